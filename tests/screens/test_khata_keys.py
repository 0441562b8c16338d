"""Khata by the entry line on the screen: whose the bill is, and what is asked above a limit."""

import pytest

from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till
from tests.screens.driving import driven, running, signed_in
from tests.screens.test_approve import allow
from tests.support.tills import OWNER

PIN = "271828"


@pytest.fixture
def shop(home):
    """Meena, who may owe Rs 100, and a cashier."""
    with open_till(home) as till:
        till.people.add(Operator("cara", "Cara", "cashier"), PIN, OWNER)
        till.customers.add(Customer("", "12", 100_00, name="Meena ಮೀನಾ [b]", card="C0001234"), OWNER)
    return home


async def owed(till):
    return await till.asked(
        lambda opened: opened.accounts.owed_paise(opened.accounts.known("12").id)
    )


@pytest.mark.parametrize("keyed", ["//12", "//mee", "C0001234"])
@driven
async def test_a_bill_on_khata_on_the_keypad_alone(shop, keyed):
    async with signed_in(shop) as till:
        await till.keyed(f"{keyed}<enter>")
        assert "12 Meena ಮೀನಾ [b]: owes nothing" in till.notice
        await till.keyed("12<enter>+//<enter>")
        assert till.lines == []
        assert "owes Rs 62.00" in till.notice
        assert await owed(till) == 62_00


@driven
async def test_khata_in_the_payment_dialog(shop):
    async with signed_in(shop) as till:
        await till.keyed("//12<enter>12<enter><f9>.<enter>")
        assert till.place == "Billing"
        assert await owed(till) == 62_00


@driven
async def test_above_the_limit_a_supervisor_allows_it_on_the_spot(shop):
    async with running(shop, operator="cara", pin=PIN) as till:
        await till.keyed("//12<enter>2*12<enter>+//<enter>")
        assert till.place == "Approve"
        assert "sell on khata above the customer's limit (Rs 124.00)" in till.text()
        await allow(till)
        assert till.place == "Billing"
        assert "OVER the limit" in till.notice
        assert await owed(till) == 124_00


@driven
async def test_nobody_s_bill_comes_back_to_be_mended(shop):
    async with signed_in(shop) as till:
        await till.keyed("12<enter>+//<enter>")
        assert "khata needs a customer" in till.notice
        assert till.entry == "+//"


@driven
async def test_goods_come_back_to_the_khata(shop):
    async with signed_in(shop) as till:
        await till.keyed("//12<enter>12<enter>+//<enter>")
        await till.keyed("<f7><enter>1<enter>+<enter>1<enter>")
        assert ". khata" in till.row("#entry")
        await till.keyed(".<enter>")
        assert till.place == "Billing"
        assert await owed(till) == 0


@driven
async def test_nobody_s_goods_do_not(shop):
    async with signed_in(shop) as till:
        await till.keyed("12<enter>+<enter>")
        await till.keyed("<f7><enter>1<enter>+<enter>1<enter>")
        assert "khata" not in till.row("#entry")
        await till.keyed(".<enter>")
        assert till.place == "Returns"
        assert "khata needs a customer" in till.notice


# --- searching behind // ------------------------------------------------------------------------


@driven
async def test_customers_are_shown_while_words_are_typed(shop):
    with open_till(shop) as opened:
        opened.customers.add(Customer("", "15", name="Meenakshi", lane="2nd Main"), OWNER)
    async with signed_in(shop) as till:
        await till.keyed("12<enter>//mee")
        assert till.lines == ["12 Meena ಮೀನಾ [b] 0.00", "15 Meenakshi 2nd Main 0.00"]
        await till.keyed("<down><enter>")
        assert "15 Meenakshi: owes nothing" in till.notice
        assert till.lines == ["1 Cow milk 1 L 62.00 62.00"]
        assert "15 Meenakshi owes 0.00" in till.row("#total")


@driven
async def test_digits_are_a_code_whoever_is_found_by_them(shop):
    with open_till(shop) as opened:
        opened.customers.add(Customer("", "15", name="Ravi", phone="98450 11223"), OWNER)
    async with signed_in(shop) as till:
        await till.keyed("//1223")
        assert till.lines == ["15 Ravi 98450 11223 0.00"]
        await till.keyed("<enter>")
        assert "there is no customer 1223" in till.notice
        await till.keyed("<ctrl+u>//1223")
        await till.keyed("<down><enter>")
        assert "15 Ravi: owes nothing" in till.notice


@driven
async def test_whose_the_bill_is_stands_on_it_with_balance_and_limit(shop):
    async with signed_in(shop) as till:
        await till.keyed("//12<enter>12<enter>")
        assert "12 Meena ಮೀನಾ [b] owes 0.00 of 100.00" in till.row("#total")
        assert till.total == "TOTAL 62.00"
        await till.keyed("+//<enter>")
        assert "Meena" not in till.row("#total")
        await till.keyed("//12<enter>")
        assert "owes 62.00 of 100.00" in till.row("#total")
        await till.keyed("//<enter>")
        assert "Meena" not in till.row("#total")


@driven
async def test_who_is_over_the_limit_stands_out_and_a_payment_is_seen(shop):
    with open_till(shop) as opened:
        opened.khata.adjust("12", 150_00, "brought forward", "1", OWNER)
    async with signed_in(shop) as till:
        await till.keyed("//12<enter>12<enter>")
        assert "owes 150.00 OVER 100.00" in till.row("#total")
        await till.keyed("<alt+k>+<enter><escape>")
        assert till.place == "Billing"
        assert "owes 0.00 of 100.00" in till.row("#total")


@driven
async def test_a_recovered_bill_tells_whose_it_is(shop):
    async with signed_in(shop) as till:
        await till.keyed("//12<enter>12<enter>")
    async with signed_in(shop) as till:
        assert "12 Meena ಮೀನಾ [b] owes 0.00" in till.row("#total")
