"""The usual on the billing screen: a code and Enter propose it, Enter takes it."""

import pytest

from milkpos_tui.domain.orders import BOTH, DAILY, OrderPlace
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.orders import Wish
from milkpos_tui.till import MachineClock, open_till
from tests.screens.driving import driven, signed_in
from tests.support.tills import EGG, GHEE, MILK, OWNER, FakeClock

OFFER = "12 Lakshmi: 2 L Cow milk + 1 Egg = Rs 132?  Enter takes it"
BILL = ["1 Cow milk 2 L 62.00 124.00", "2 Egg 1 pc 7.50 7.50"]


@pytest.fixture
def shop(home):
    """Lakshmi collects two litres and an egg, whatever the time of the day is."""
    now = FakeClock(MachineClock().now())  # two orders are never of one millisecond
    with open_till(home, now) as till:
        till.customers.add(Customer("", "12", name="Lakshmi", card="C0001234"), OWNER)
        for plu, qty in ((MILK.plu, 2000), (EGG.plu, 1000)):
            wish = Wish(plu, qty, DAILY, BOTH, place=OrderPlace.COUNTER)
            till.orders.add("12", wish, OWNER)
    return home


@pytest.mark.parametrize("keyed", ["//12", "//lak", "C0001234"])
@driven
async def test_a_code_and_enter_propose_it_and_enter_takes_it(shop, keyed):
    async with signed_in(shop) as till:
        await till.keyed(f"{keyed}<enter>")
        assert till.notice == OFFER
        assert till.lines == []
        assert till.total == "TOTAL 0.00"
        assert "12 Lakshmi owes 0.00" in till.row("#total")
        await till.keyed("<enter>")
        assert till.notice == "the usual: 2 lines"
        assert till.lines == BILL
        assert till.total == "TOTAL 132.00"
        await till.keyed("+//<enter>")
        assert "owes Rs 132.00" in till.notice
        assert till.lines == []


@driven
async def test_keys_that_run_ahead_take_it_too(shop):
    async with signed_in(shop) as till:
        till.clerk.stop()
        till.press("//12<enter><enter>+//<enter>")
        await till.taken()
        till.clerk.go()
        await till.idle()
        (bill,) = await till.bills()
        assert (bill.customer_code, bill.document.total_paise) == ("12", 132_00)


@driven
async def test_two_enters_too_many_do_nothing(shop):
    async with signed_in(shop) as till:
        await till.keyed("//12<enter><enter><enter><enter>")
        assert till.lines == BILL
        assert till.bells == 0


@driven
async def test_enter_alone_does_nothing_and_hides_nothing(shop):
    async with signed_in(shop) as till:
        await till.keyed("12<enter>nonsense*<enter><ctrl+u>")
        told = till.notice
        assert told
        await till.keyed("<enter>")
        assert till.notice == told
        assert len(till.lines) == 1


@driven
async def test_escape_dismisses_it(shop):
    async with signed_in(shop) as till:
        await till.keyed("//12<enter>")
        await till.keyed("<escape>")
        assert till.notice == ""
        await till.keyed("<enter>")
        assert till.lines == []
        await till.keyed("12<enter>")
        assert till.lines == ["1 Cow milk 1 L 62.00 62.00"]


@driven
async def test_escape_dismisses_it_before_it_is_told(shop):
    async with signed_in(shop) as till:
        till.clerk.stop()
        till.press("//12<enter><escape><enter>")
        await till.taken()
        till.clerk.go()
        await till.idle()
        assert (till.notice, till.lines) == ("", [])


@driven
async def test_something_else_keyed_drops_it(shop):
    async with signed_in(shop) as till:
        await till.keyed("//12<enter>110<enter><enter>")
        assert till.lines == ["1 Ghee 500 ml 1 pk 350.00 350.00"]
        assert till.notice == ""


@driven
async def test_what_was_typed_and_wiped_out_again_was_not_keyed(shop):
    async with signed_in(shop) as till:
        await till.keyed("//12<enter>11<backspace><backspace><enter>")
        assert till.lines == BILL


@driven
async def test_a_dialog_in_between_leaves_what_is_still_said(shop):
    async with signed_in(shop) as till:
        await till.keyed("//12<enter><f1><escape>")
        assert (till.place, till.notice) == ("Billing", OFFER)
        await till.keyed("<enter>")
        assert till.lines == BILL


@driven
async def test_what_is_no_longer_said_is_not_taken(shop):
    async with signed_in(shop) as till:
        await till.keyed("//12<enter><f9>")
        assert till.notice == "there is nothing to pay"
        await till.keyed("<enter>")
        assert till.lines == []


@driven
async def test_what_was_collected_meanwhile_is_refused(shop):
    async with signed_in(shop) as till:
        await till.keyed("//12<enter>")
        with open_till(shop) as other:
            other.orders.end("12", 2, None, OWNER)
            other.catalogue.retire(EGG.plu, OWNER)
        await till.keyed("<enter>")
        assert till.lines == []
        assert "is another by now" in till.notice
        assert till.bells == 1
        await till.keyed("//12<enter>")
        assert "no Egg" in till.notice


@driven
async def test_the_customer_sees_nothing_before_it_is_taken(shop):
    async with signed_in(shop) as till:
        await till.keyed("//12<enter>")
        assert await till.asked(lambda opened: opened.drafts.open_on("1")) is None
        await till.keyed("<enter>")
        draft = await till.asked(lambda opened: opened.drafts.open_on("1"))
        assert len(draft.cart.lines) == 2


@driven
async def test_long_names_fit_the_row(shop):
    with open_till(shop) as opened:
        opened.catalogue.change(
            MILK._replace(name="Toned homogenised milk of the best cows, pouch of 500 ml"), OWNER
        )
        opened.orders.add("12", Wish(GHEE.plu, 1000, DAILY, BOTH, place=OrderPlace.COUNTER), OWNER)
    async with signed_in(shop) as till:
        await till.keyed("//12<enter>")
        row = till.row("Notice").rstrip()
        assert len(row) <= 80
        assert row.endswith("= Rs 482?  Enter takes it")
        await till.keyed("<enter>")
        assert len(till.lines) == 3
