"""Loyalty at work: points of bills, back with returns, and turned into money off the khata."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.accounts import Customer
from milkpos_tui.till import verify_home
from tests.services.reading import Counter, entries, everything
from tests.support.tills import MONDAY, OWNER


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


# --- taken at the till --------------------------------------------------------------------------


@pytest.fixture
def rich(till, meena, key):
    """Meena has 79 points, at half a rupee each."""
    key("//12", "10*12", "70", "31", "+")
    assert points(till, meena) == 79
    return meena


def test_points_are_a_discount_on_the_bill(till, rich, key):
    """Taken in the bill's own entry; the tax is of what is paid, and so are the new points."""
    key("//12", "70")
    told = key("+**60").message
    assert told == "60 points are Rs 30.00 off the bill"
    assert key.cart.due_paise == 450_00
    paid = key("+").paid
    bill = paid.document
    assert (bill.total_paise, bill.discount_paise) == (450_00, 30_00)
    assert bill.taxable_paise == 428_58  # of Rs 450, not of Rs 480; each head is rounded
    body = entries(till, Kind.BILL_PAID)[-1].body
    assert (body["points_taken"], body["points"]) == (60, 45)
    assert points(till, rich) == 79 - 60 + 45


def test_a_document_says_its_points_as_it_was_made(till, rich, key):
    """Read again it is what was sold; a note has what it undoes below zero."""
    plain = key("12", "+").paid
    sold = key("//12", "70", "10*12", "+**60", "+").paid
    assert (sold.points_earned, sold.points_taken) == (76, 60)
    notes = [
        till.billing.take_back(sold.number, {2: 5000}, "sour", TenderKind.CASH, "1", OWNER)
        for _half in range(2)
    ]
    for note in notes:
        assert note.points_earned < 0
        assert note.points_taken < 0
    read = {bill.number: bill for bill in till.bills.between(MONDAY, MONDAY)}
    for made in (plain, sold, *notes):
        told = (made.points_earned, made.points_taken)
        again = read[made.number]
        assert (again.points_earned, again.points_taken) == told
        again = till.bills.by_number(made.number)
        assert (again.points_earned, again.points_taken) == told


def test_as_many_as_there_are_or_as_the_bill_takes(till, rich, key):
    key("//12", "10*12", "+**")
    assert key.cart.points == 79
    key("+**0", "*.5", "+**")  # Rs 31: 62 points
    assert (key.cart.points, key.cart.due_paise) == (62, 0)
    paid = key("+").paid
    assert (paid.document.total_paise, paid.document.tenders) == (0, ())
    assert points(till, rich) == 17


def test_points_stand_beside_a_discount_and_come_off_again(till, rich, key):
    key("//12", "10*12", "+-5/", "+**20")
    assert key.cart.due_paise == 620_00 - 31_00 - 10_00
    key("+**4")
    assert key.cart.due_paise == 620_00 - 31_00 - 2_00
    key("+**0")
    assert (key.cart.due_paise, key.cart.point_paise) == (589_00, 0)


def test_what_a_point_was_worth_when_it_was_keyed_stays(till, rich, key):
    key("//12", "10*12", "+**20")
    till.settings.change("point-worth", "5", OWNER)
    assert key("+").paid.document.discount_paise == 10_00


def test_points_that_no_longer_fit_go(till, rich, key):
    key("//12", "12", "10*12", "+**79")
    key("-2")  # Rs 62 are left: the points stay
    assert key.cart.points == 79
    key(".2*31", "-1")  # Rs 18 are
    assert (key.cart.points, key.cart.due_paise) == (0, 18_00)


def test_another_customer_has_other_points(till, rich, key):
    till.customers.add(Customer("", "13", name="Ravi"), OWNER)
    key("//12", "12", "+**20", "//13")
    assert (key.cart.points, key.cart.due_paise) == (0, 62_00)


@pytest.mark.parametrize(
    ("keys", "last", "code"),
    [
        (("12",), "+**5", "points-needs-customer"),
        (("//12",), "+**5", "no-line"),
        (("//12", "10*12"), "+**80", "points"),
        (("//12", ".5*12"), "+**63", "points-too-much"),
        (("//12", "12", "+10"), "+**5", "part-paid"),
        (("//12", "12", "+**79"), "*.25", "points-too-much"),
    ],
)
def test_points_refused(till, rich, key, keys, last, code):
    key(*keys)
    before = everything(till)
    with pytest.raises(Refused) as refused:
        key(last)
    assert refused.value.code == code
    assert everything(till) == before


def test_two_tills_do_not_take_the_same_points(till, rich, two_counters):
    one, other = two_counters
    for each in (one, other):
        each("//12", "10*12", "+**79")
    one("+")
    before = everything(till)
    with pytest.raises(Refused) as refused:
        other("+")
    assert refused.value.code == "points"
    assert "points by now, not 79: take them off" in refused.value.message
    assert everything(till) == before


def test_a_return_gives_its_part_back(till, rich, key):
    key("//12", "10*12", "+**60")
    sold = key("+").paid
    earned = entries(till, Kind.BILL_PAID)[-1].body["points"]
    assert points(till, rich) == 79 - 60 + earned
    for part, back in ((2500, 15), (7500, 60)):
        till.billing.take_back(sold.number, {1: part}, "sour", TenderKind.CASH, "1", OWNER)
        given = -sum(one.body.get("points_taken", 0) for one in entries(till, Kind.BILL_RETURNED))
        assert given == back
    assert points(till, rich) == 79


def test_points_of_a_bill_that_cost_nothing_come_back(till, rich, key):
    key("//12", ".5*12", "+**")
    sold = key("+").paid
    assert sold.document.total_paise == 0
    till.billing.take_back(sold.number, {1: 500}, "sour", TenderKind.CASH, "1", OWNER)
    assert points(till, rich) == 79


def test_the_slip_says_it(till, rich, key):
    key("//12", "10*12", "+**60")
    sold = key("+").paid
    assert any(row.split() == ["Points", "redeemed", "60"] for row in till.slip(sold, 42))
    note = till.billing.take_back(sold.number, {1: 5000}, "sour", TenderKind.CASH, "1", OWNER)
    assert any(row.split() == ["Points", "given", "back", "30"] for row in till.slip(note, 42))


def test_the_journal_rebuilds_it(till, home, rich, key):
    key("//12", "10*12", "+**60")
    sold = key("+").paid
    till.billing.take_back(sold.number, {1: 5000}, "sour", TenderKind.CASH, "1", OWNER)
    assert verify_home(home, rebuild=True).result is Result.GOOD


SALES = st.lists(
    st.tuples(
        st.integers(1, 4000),  # thousandths of a litre
        st.integers(0, 200),  # points asked for
        st.sampled_from(["+", "+/", "+//"]),
        st.integers(0, 4),  # quarters of it that come back
    ),
    min_size=1,
    max_size=5,
)


@given(SALES)
@settings(max_examples=25, deadline=None)
def test_the_balance_is_the_fold_of_the_entries(lasting_till, sales):
    """Whatever is sold, taken and brought back: points are what the entries say, never below
    zero by a sale; each bill is lines and round-off, which are tenders less change."""
    till = lasting_till
    till.settings.change("loyalty", "milk=100", OWNER)
    till.settings.change("point-worth", "0.50", OWNER)
    whose = till.accounts.find("12") or till.customers.add(Customer("", "12", name="Meena"), OWNER)
    counter = Counter(till)
    for milli, wanted, pay, quarters in sales:
        counter(f"//{whose.code}", f"{milli // 1000}.{milli % 1000:03d}*12")
        with suppress(Refused):
            counter(f"+**{wanted}")
        had = points(till, whose)
        assert counter.cart.points <= had
        bill = counter(pay).paid
        document = bill.document.balanced()
        assert document.total_paise >= 0
        before = points(till, whose)
        back = milli * quarters // 4
        if back and quarters:
            with suppress(Refused):  # a few paise that can't come back by themselves
                till.billing.take_back(bill.number, {1: back}, "sour", TenderKind.CASH, "1", OWNER)
        if quarters == 4:
            assert points(till, whose) == had
        assert before >= 0
    told = [one.body for one in entries(till, Kind.BILL_PAID, Kind.BILL_RETURNED)]
    folded = sum(one.get("points", 0) - one.get("points_taken", 0) for one in told)
    assert points(till, whose) == folded
