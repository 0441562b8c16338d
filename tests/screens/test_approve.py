"""A supervisor allows on the spot what a cashier may not do alone."""

from contextlib import asynccontextmanager

import pytest

from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till
from tests.screens.driving import driven, running
from tests.screens.shop import entries
from tests.support.tills import OWNER, OWNER_PIN

PIN = "271828"


@pytest.fixture
def staffed(home):
    with open_till(home) as till:
        till.people.add(Operator("cara", "Cara", "cashier"), PIN, OWNER)
    return home


@asynccontextmanager
async def at_the_counter(home):
    """The app with a cashier at the entry line, who has a milk on the bill."""
    async with running(home, operator="cara", pin=PIN) as till:
        await till.keyed("12<enter>")
        yield till


async def allow(till, code=OWNER.operator, pin=OWNER_PIN):
    why = "1<enter>" if till.app.screen.focused.id == "why" else ""
    await till.keyed(f"{why}<ctrl+u>{code}<enter>{pin}<enter>")


@driven
async def test_another_price_is_allowed_and_done(staffed):
    async with at_the_counter(staffed) as till:
        await till.keyed("**50<enter>")
        assert till.place == "Approve"
        assert "cara wants to sell at another price (Rs 50.00)" in till.text()
        await allow(till)
        assert till.place == "Billing"
        assert till.lines == ["1 Cow milk (price changed) 1 L 50.00 50.00"]
        assert (till.entry, till.notice) == ("", "")
        assert "Cara" in till.text()  # who stays signed in
        assert (await till.kinds())[-1] == "approval.given"


@pytest.mark.parametrize(
    ("keyed", "told"),
    [("2", "keyed wrongly"), ("3", "spoiled or damaged"), ("the cup broke", "the cup broke")],
)
@driven
async def test_why_it_was_allowed_is_in_the_entry(staffed, keyed, told):
    async with at_the_counter(staffed) as till:
        await till.keyed("--<enter>")
        assert "2 keyed wrongly" in till.text()
        await till.keyed(f"{keyed}<enter>{OWNER.operator}<enter>{OWNER_PIN}<enter>")
        assert till.place == "Billing"
        dropped = await till.asked(lambda open_till: entries(open_till, "draft.dropped")[-1])
        assert (dropped["reason"], dropped["approver"]) == (told, OWNER.operator)


@driven
async def test_a_reason_is_needed(staffed):
    async with at_the_counter(staffed) as till:
        await till.keyed("--<enter>")
        await till.keyed("<enter>")
        assert "say why" in till.notice
        await till.keyed(f"<tab>{OWNER.operator}<enter>{OWNER_PIN}<enter>")
        assert (till.place, "say why" in till.notice) == ("Approve", True)
        assert "draft.dropped" not in await till.kinds()


@driven
async def test_what_says_why_itself_is_not_asked_again(staffed):
    async with at_the_counter(staffed) as till:
        await till.keyed("+<enter><f7><enter>1<enter>+<enter>1<enter>+<enter>")
        assert (till.place, till.app.screen.focused.id) == ("Approve", "operator")


@driven
async def test_without_leave_the_key_in_is_back_for_mending(staffed):
    async with at_the_counter(staffed) as till:
        await till.keyed("**50<enter>")
        await till.keyed("<escape>")
        assert till.place == "Billing"
        assert till.lines == ["1 Cow milk 1 L 62.00 62.00"]
        assert till.entry == "**50"
        assert "a supervisor must allow it" in till.notice


@pytest.mark.parametrize(
    ("code", "pin", "words"),
    [("asha", "999991", "wrong"), ("nobody", OWNER_PIN, "wrong"), ("cara", PIN, "may not")],
)
@driven
async def test_who_may_not_allow_it(staffed, code, pin, words):
    async with at_the_counter(staffed) as till:
        await till.keyed("--<enter>")
        await allow(till, code, pin)
        assert till.place == "Approve"
        assert words in till.notice
        assert pin not in till.text()
        await allow(till)
        assert till.place == "Billing"
        assert till.lines == []
        assert (await till.kinds())[-1] == "draft.dropped"


@driven
async def test_it_holds_for_once(staffed):
    async with at_the_counter(staffed) as till:
        await till.keyed("**50<enter>")
        await allow(till)
        await till.keyed("**62<enter>**50<enter>")
        assert till.place == "Approve"


@driven
async def test_goods_come_back_with_leave(staffed):
    async with at_the_counter(staffed) as till:
        await till.keyed("+<enter><f7><enter>1<enter>+<enter>1<enter>+<enter>")
        assert till.place == "Approve"
        await allow(till)
        assert till.place == "Billing"
        assert "Credit note 1-R/" in till.notice
        note = (await till.bills())[-1]
        assert note.operator == "cara"
        assert (await till.kinds())[-1] == "bill.returned"


@driven
async def test_goods_stay_without_leave(staffed):
    async with at_the_counter(staffed) as till:
        await till.keyed("+<enter><f7><enter>1<enter>+<enter>1<enter>+<enter>")
        await till.keyed("<escape>")
        assert till.place == "Returns"
        assert "a supervisor must allow it" in till.notice
        assert len(await till.bills()) == 1
