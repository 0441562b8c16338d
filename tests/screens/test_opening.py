"""Opening a shift: five short steps, which come by themselves where nobody answers for the cash."""

import hashlib
from datetime import date

import pytest

from milkpos_tui.domain.settings import DECLARATION
from milkpos_tui.screens.opening import OpenShift
from milkpos_tui.services.records import Operator
from milkpos_tui.widgets.count_sheet import CountSheet
from tests.screens.driving import driven, running, sign_in
from tests.screens.shop import allow, assert_fits, at_counter, bodies, elsewhere, monday
from tests.support.staff import CARL, PIN
from tests.support.tills import OWNER, open_shift

TO_THE_FLOAT = "<enter><enter><enter>"
FLOAT = "1<enter>2<enter>3"  # 2000 + 1000 + 600


def step(till):
    """Which step is asked for, as the head tells it."""
    assert till.place == "OpenShift", till.text()
    return till.text().splitlines()[0].split("step ")[1].split(" of ")[0]


async def shift(till):
    """The open shift of the first counter."""
    (found,) = await till.asked(lambda open_till: [open_till.custody.open_on("1")])
    return found


@driven
async def test_signing_in_where_no_shift_is_open_leads_through_its_steps(unopened):
    async with running(unopened, clock=monday()) as till:
        assert "No shift is open." in till.text()
        await sign_in(till, "cara", PIN)
        assert step(till) == "1"
        for word in ("printer", "scale", "scanner", "drawer", "clock", "disk", "backup"):
            assert any(f" {word} " in row for row in till.rows("#page")), word
        assert "cara answers for this counter's cash" in till.text()
        await till.keyed("<enter>")
        assert (step(till), till.entry) == ("2", "2026-11-23")
        await till.keyed("<enter>")
        assert (step(till), till.entry) == ("3", "morning")
        await till.keyed("<enter>")
        assert step(till) == "4"
        await till.keyed(FLOAT)
        assert till.rows(CountSheet)[-1].split()[-1] == "3,600.00"
        await till.keyed("+")
        assert step(till) == "5"
        assert "morning of 2026-11-23, float" in till.row("#page")
        assert DECLARATION.usual[:40] in till.text()
        await till.keyed("<enter>")
        assert till.place == "Billing"
        assert "morning Mon 23 Nov 2026" in till.text().splitlines()[0]
        assert "no shift" not in till.text()
        assert "The morning shift is open" in till.notice
        await till.keyed("12<enter>+<enter>")
        assert len(await till.bills()) == 1


@driven
async def test_the_shift_is_in_the_books_as_it_was_opened(unopened):
    async with at_counter(unopened, "cara") as till:
        await till.keyed(TO_THE_FLOAT + FLOAT + "+<enter>")
        found = await shift(till)
        assert (found.operator, found.name, found.day) == ("cara", "morning", date(2026, 11, 23))
        assert (found.float_paise, found.denominations) == (3600_00, "2000=1,500=2,200=3")
        assert found.declaration == hashlib.sha256(DECLARATION.usual.encode()).hexdigest()
        (opened,) = await bodies(till, "shift.opened")
        assert (opened["actor"], opened["approver"]) == ("cara", "")
        assert [check["name"] for check in opened["checks"]][:4] == [
            "printer",
            "scale",
            "scanner",
            "drawer",
        ]


@driven
async def test_all_of_it_keyed_ahead_lands_where_it_belongs(unopened):
    async with running(unopened, clock=monday()) as till:
        await till.keyed(f"cara<enter>{PIN}<enter>{TO_THE_FLOAT}{FLOAT}+<enter>3*12<enter>")
        await till.until(lambda: till.place == "Billing", "opened")
        await till.idle()
        assert (await shift(till)).float_paise == 3600_00
        assert till.lines == ["1 Cow milk 3 L 62.00 186.00"]
        assert till.bells == 1  # of the notice that no shift was open


@driven
async def test_keyed_ahead_of_a_slow_disk_nothing_is_lost(unopened):
    async with at_counter(unopened, "cara") as till:
        await till.keyed("<escape>")
        till.clerk.stop()
        till.press("<f11>1" + TO_THE_FLOAT + FLOAT)
        till.press("+<enter><escape>12<enter>")
        await till.until(lambda: not till.clerk.idle, "asked")
        till.clerk.go()
        await till.until(lambda: till.place == "Billing", "opened")
        await till.idle()
        assert (await shift(till)).float_paise == 3600_00
        assert till.lines == ["1 Cow milk 1 L 62.00 62.00"]


@driven
async def test_esc_goes_a_step_back_and_out_and_keeps_what_was_keyed(unopened):
    async with at_counter(unopened, "cara") as till:
        await till.keyed("<enter><enter>2<enter>" + FLOAT + "+")
        assert step(till) == "5"
        assert "evening of 2026-11-23" in till.row("#page")
        await till.keyed("<escape>")
        assert step(till) == "4"
        assert till.rows(CountSheet)[-1].split()[-1] == "3,600.00"
        await till.keyed("<escape>")
        assert (step(till), till.entry) == ("3", "evening")
        await till.keyed("<escape><escape>")
        assert step(till) == "1"
        await till.keyed("<escape>")
        assert till.place == "Billing"
        assert "F11 opens one" in till.notice
        assert "no shift is open" in till.row("#status")
        assert await shift(till) is None
        assert "shift.opened" not in await till.kinds()


@driven
async def test_without_a_shift_nothing_is_sold_and_f11_opens_one(unopened):
    async with at_counter(unopened, "cara") as till:
        await till.keyed("<escape>12<enter>")
        assert "no shift is open on counter 1" in till.notice
        assert (await till.cart()).lines == ()
        await till.keyed("<ctrl+u><f11>")
        assert till.place == "ShiftScreen"
        assert "1 7 do it" in till.text()
        await till.keyed("1")
        await till.keyed(TO_THE_FLOAT + "0+<enter>")
        assert till.place == "ShiftScreen"
        assert "The morning shift is open, float" in till.notice
        await till.keyed("<escape>")
        assert till.place == "Billing"


@pytest.mark.parametrize("keyed", ["evening", "EVENING", "2"])
@driven
async def test_another_shift_by_its_number_or_its_name(unopened, keyed):
    async with at_counter(unopened, "cara") as till:
        await till.keyed(f"<enter><enter>{keyed}<enter>0+<enter>")
        assert (await shift(till)).name == "evening"


@pytest.mark.parametrize(
    ("keyed", "at", "words"),
    [
        ("<enter>23.11.2026<enter>", "2", "23.11.2026"),
        ("<enter>2026-02-30<enter>", "2", "2026-02-30"),
        ("<enter><enter>noon<enter>", "3", "no shift 'noon'"),
        ("<enter><enter>3<enter>", "3", "no shift '3'"),
        ("no<enter>", "1", "Enter alone"),
        (TO_THE_FLOAT + "+", "4", "key 0"),
        (TO_THE_FLOAT + "<enter>" * 30, "4", "key 0"),
        (TO_THE_FLOAT + "1+no<enter>", "5", "Enter alone"),
    ],
)
@driven
async def test_what_has_no_meaning_is_told_and_stays_for_mending(unopened, keyed, at, words):
    async with at_counter(unopened, "cara") as till:
        bells = till.bells
        await till.keyed(keyed)
        assert step(till) == at
        assert words in till.notice
        assert till.bells > bells
        assert await shift(till) is None
        if at != "4":
            assert till.entry
            await till.keyed("<ctrl+u><enter>")
        else:
            await till.keyed("1+")
        assert till.place == "Billing" or step(till) == str(int(at) + 1)


@driven
async def test_another_date_needs_leave_on_the_spot(unopened):
    async with at_counter(unopened, "cara") as till:
        await till.keyed("<enter>2026-11-22<enter><enter>1+<enter>")
        assert till.place == "Approve"
        assert "cara wants to open a shift under another date" in till.text()
        await till.keyed("<escape>")
        assert step(till) == "5"
        assert "a supervisor must allow it" in till.notice
        assert await shift(till) is None
        await till.keyed("<enter>")
        await allow(till)
        assert till.place == "Billing"
        assert (await shift(till)).business_date == "2026-11-22"
        (opened,) = await bodies(till, "shift.opened")
        assert (opened["actor"], opened["approver"]) == ("cara", "sunil")


@driven
async def test_an_auditor_is_not_led_there(unopened):
    async with at_counter(unopened, "adit") as till:
        assert till.place == "Billing"
        assert "F11 opens one" in till.notice
        await till.keyed("<f10>")
        await sign_in(till, "adit", PIN)
        assert till.place == "Billing"


@driven
async def test_where_a_shift_is_open_nobody_is_led_there(opened):
    async with running(opened, clock=monday()) as till:
        assert "morning shift of Mon 23 Nov, cara since 07:00" in till.text()
        await sign_in(till, "carl", PIN)
        assert till.place == "Billing"


@driven
async def test_somebody_else_opened_it_at_the_same_moment(unopened):
    async with at_counter(unopened, "cara") as till:
        await till.keyed(TO_THE_FLOAT + "1+")
        with elsewhere(unopened) as other:
            open_shift(other, actor=CARL)
        await till.keyed("<enter>")
        assert step(till) == "5"
        assert "a shift is open on counter 1" in till.notice
        assert "carl answers for it" in till.notice
        await till.keyed("<escape>" * 5)
        assert till.place == "Billing"
        assert (await shift(till)).operator == "carl"
        assert "morning Mon 23 Nov 2026" in till.text().splitlines()[0]


@driven
async def test_opened_elsewhere_before_the_first_step_is_told_at_once(opened):
    async with at_counter(opened, "carl") as till:
        await till.app.push_screen(OpenShift("1", CARL))
        assert "a shift is open on counter 1" in till.notice
        await till.keyed("<enter>")
        assert step(till) == "1"
        await till.keyed("<escape>")
        assert till.place == "Billing"


@driven
async def test_the_shop_s_own_words_and_names_are_used(unopened):
    words = "मैं इस गल्ले का हिसाब दूँगा। " * 6
    with elsewhere(unopened) as other:
        other.settings.change("declaration", words, OWNER)
        other.settings.change("shift-names", "सुबह=04:00,शाम=14:00", OWNER)
        other.people.change(Operator("cara", "कारा " * 20, "cashier"), OWNER)
    async with at_counter(unopened, "cara") as till:
        await till.keyed("<enter><enter>")
        assert till.entry == "सुबह"
        assert_fits(till)
        await till.keyed("2<enter>1+")
        assert_fits(till)
        assert "शाम of 2026-11-23" in till.row("#page")
        await till.keyed("<enter>")
        assert (await shift(till)).name == "शाम"
        assert "23 Nov 2026" in till.text().splitlines()[0]
        assert_fits(till)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@driven
async def test_every_step_fits(unopened, size):
    async with at_counter(unopened, "cara", size=size) as till:
        for keyed in ("", "<enter>", "<enter>", "<enter>", "1+"):
            await till.keyed(keyed)
            assert_fits(till)
            assert till.text().splitlines()[-1].endswith("Esc a step back")
