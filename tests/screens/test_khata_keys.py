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
