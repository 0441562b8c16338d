"""All counters of the shop, live, for those who may see what was taken."""

import pytest

from milkpos_tui.services.records import Operator
from tests.screens.driving import driven
from tests.screens.shop import assert_fits, at_counter, elsewhere
from tests.support.staff import CARA, CARL, SUNIL
from tests.support.tills import OWNER, close_shift, open_shift


def counter(till, code):
    """A counter's row, one space between words."""
    rows = [" ".join(row.split()) for row in till.rows("#page")]
    (row,) = [row for row in rows if row.split()[:1] == [code]]
    return row.replace("₹", "").replace("Rs ", "")


@driven
async def test_a_supervisor_sees_every_counter(opened):
    async with at_counter(opened, "sunil") as till:
        await till.keyed("12<enter>+<enter>31<enter>.<enter><ctrl+n>")
        assert till.place == "Counters"
        assert counter(till, "1").startswith("1 morning Mon 23 Nov cara 1 62.00 1 ")
        assert counter(till, "2") == "2 no shift is open"
        assert "open shifts" in till.text().splitlines()[0]
        await till.keyed("<escape>")
        assert till.place == "Billing"


@pytest.mark.parametrize("code", ["cara", "carl"])
@driven
async def test_a_cashier_is_refused(opened, code):
    async with at_counter(opened, code) as till:
        await till.keyed("12<enter>+<enter><ctrl+n>")
        assert till.notice == "a cashier may not see what was taken"
        assert "62.00" not in till.text()
        with elsewhere(opened) as other:
            open_shift(other, "2", CARL)
        await till.idle()
        assert "carl" not in till.rows("#page")[0]


@driven
async def test_the_rows_follow_what_other_terminals_do(opened):
    async with at_counter(opened, "sunil") as till:
        await till.keyed("<ctrl+n>")
        with elsewhere(opened) as other:
            open_shift(other, "2", CARL)
            await till.until(lambda: counter(till, "2").startswith("2 morning"), "opened")
            checkout = other.checkout("2", CARL)
            checkout.key_in("3*12")
            checkout.key_in("+")
            await till.until(lambda: " 1 186.00 0 " in counter(till, "2"), "sold")
            checkout.key_in("31")
            checkout.key_in(".")
            await till.until(lambda: " 1 186.00 1 " in counter(till, "2"), "held")
            assert "186.00" in till.text().splitlines()[0]
            close_shift(other, "2", CARL)
            await till.until(lambda: counter(till, "2") == "2 no shift is open", "closed")


@driven
async def test_nothing_looks_while_nobody_writes(opened):
    async with at_counter(opened, "sunil") as till:
        await till.keyed("<ctrl+n>")
        await till.until(lambda: till.app._hearing is not None, "listening")
        await till.until(lambda: till.app._hearing.quiet, "done with its own entries")
        await till.idle()
        asked = till.clerk.asked
        timers = [timer for timer in till.app._timers if timer._repeat != 0]
        assert timers == []
        assert till.app._hearing.quiet
        assert till.clerk.asked == asked


@driven
async def test_what_this_terminal_writes_itself_is_not_shown_anew(opened):
    async with at_counter(opened, "sunil") as till:
        told = []
        till.app._tell_screens = lambda: told.append(1)
        await till.until(lambda: till.app._hearing is not None, "listening")
        await till.until(lambda: till.app._hearing.quiet, "done with its own entries")
        await till.keyed("12<enter>")
        before = len(told)
        asked = till.clerk.asked
        await till.keyed("31<enter>")
        await till.until(lambda: till.app._hearing.quiet, "done")
        assert till.clerk.asked == asked + 1, "nobody looks for what this terminal wrote itself"
        assert len(told) == before
        with elsewhere(opened) as other:
            open_shift(other, "2", CARL)
            await till.until(lambda: len(told) > before, "told of the other")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@driven
async def test_it_fits_with_long_names_and_amounts(opened, size):
    with elsewhere(opened) as other:
        close_shift(other, actor=CARA)
        other.settings.change("shift-names", "ಬೆಳಗಿನ ಪಾಳಿ ತುಂಬಾ=04:00", OWNER)
        other.people.add(Operator("abcdefghijkl", "ವೆಂಕಟೇಶಮೂರ್ತಿ", "cashier"), "640917", OWNER)
        open_shift(other, "1", SUNIL._replace(operator="abcdefghijkl"))
        checkout = other.checkout("1", SUNIL)
        checkout.key_in("9999*110")
        checkout.key_in("+")
    async with at_counter(opened, "sunil", size=size) as till:
        await till.keyed("<ctrl+n>")
        assert_fits(till)
        assert "34,99,650.00" in till.text()
        assert "abcdefghijkl" in till.text()
        assert till.rows("#page")[0].endswith("Last")
