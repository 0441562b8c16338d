"""Loyalty at work: points of bills, back with returns, and turned into money off the khata."""

import pytest

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.accounts import Customer
from tests.services.reading import entries, everything
from tests.support.tills import OWNER


@pytest.fixture
def meena(till):
    till.settings.change("loyalty", "milk=5,sweets=10", OWNER)
    till.settings.change("point-worth", "0.50", OWNER)
    return till.customers.add(Customer("", "12", name="Meena"), OWNER)


def points(till, customer):
    return till.accounts.balances(customer.id).points


@pytest.mark.parametrize("pay", ["+", "+/", "+//"])
def test_points_whatever_it_is_paid_with(till, meena, key, pay):
    key("//12", "10*12", "70", "31", pay)  # 620 of milk, 480 of sweets, curd
    assert points(till, meena) == 31 + 48
    assert entries(till, Kind.BILL_PAID)[-1].body["points"] == 79


def test_points_are_of_what_was_paid(till, meena, key):
    key("//12", "10*12", "+-320", "+")
    assert points(till, meena) == 15


def test_nobody_earns_nothing_and_no_setting_gives_none(till, meena, key):
    key("10*12", "+")
    assert "points" not in entries(till, Kind.BILL_PAID)[-1].body
    till.settings.change("loyalty", "none", OWNER)
    key("//12", "10*12", "+")
    assert points(till, meena) == 0
    assert till.ledgers.statement(meena, None, None, OWNER).entries == ()


def test_a_return_takes_its_points_back(till, meena, key):
    sold = key("//12", "10*12", "+//").paid
    till.settings.change("loyalty", "milk=50", OWNER)  # what was earned is what comes back
    for _part in range(2):
        till.billing.take_back(sold.number, {1: 5000}, "sour", TenderKind.CASH, "1", OWNER)
    assert points(till, meena) == 0
    kinds = [one.kind for one in till.ledgers.statement(meena, None, None, OWNER).entries]
    assert kinds == ["sale", "points", "points"]


def test_points_are_money_off_the_khata(till, meena, key):
    key("//12", "10*12", "+//")
    after = till.khata.redeem("12", 20, "1", OWNER)
    assert (after.points, after.khata_paise) == (11, 610_00)
    entry = till.ledgers.newest(meena, 1, OWNER)[0]
    assert (entry.kind, entry.amount_paise, entry.points) == ("points", -10_00, -20)


@pytest.mark.parametrize("count", [0, -1, 32])
def test_no_more_than_there_are(till, meena, key, count):
    key("//12", "10*12", "+//")
    before = everything(till)
    with pytest.raises(Refused) as refused:
        till.khata.redeem("12", count, "1", OWNER)
    assert refused.value.code == "points"
    assert everything(till) == before
