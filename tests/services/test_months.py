"""Monthly bills at work: what the ledger says, issued once, never changed, a broken run resumed."""

from datetime import date

import pytest

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused, Unreachable
from milkpos_tui.domain.month import Month, State
from milkpos_tui.domain.orders import BOTH, DAILY
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.khata import Payment
from milkpos_tui.services.month_text import statement
from milkpos_tui.services.orders import Wish
from milkpos_tui.services.rates import RateChange
from milkpos_tui.till import verify_home
from tests.services.reading import entries, everything
from tests.support.tills import DAY_MS, MILK, MONDAY, OWNER, next_day

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
LAST = date(2026, 11, 30)
AM, PM = BOTH


@pytest.fixture
def month(till, key, clock):
    """November from Monday the 23rd: 9 takes a litre a day and buys at the counter; 14 owes of it
    nothing; a rate changes on the 27th."""
    for code in ("9", "14", "22"):
        till.customers.add(Customer("", code, name=f"House {code}"), OWNER)
    till.orders.add("9", Wish(MILK.plu, 1000, DAILY), OWNER)
    till.orders.add("22", Wish(MILK.plu, 500, DAILY), OWNER)
    till.rates.set(RateChange(MILK.plu, date(2026, 11, 27), 64_00, price_list="khata"), OWNER)
    key("//9", "2*31", "+//")
    till.khata.receive("9", Payment(100_00, TenderKind.UPI), "1", OWNER)
    till.khata.adjust("9", -12_00, "sour", "1", OWNER)
    clock.advance(8 * DAY_MS)
    next_day(till)  # 1 December
    list(till.rounds.generate(MONDAY, LAST, OWNER))
    return till


def run(till, which=NOVEMBER):
    return list(till.months.run(which, "1", OWNER))


def owes(till, code):
    return till.accounts.owed_paise(till.accounts.known(code).id)


def test_a_draft_is_what_the_ledger_says(month):
    paper = month.months.paper("9", NOVEMBER, OWNER)
    bill = paper.bill
    assert paper.issued is None
    assert [(line.qty_milli, line.rate_paise) for line in bill.lines] == [
        (4000, 62_00),
        (4000, 64_00),
    ]
    assert (bill.delivered_paise, bill.purchased_paise) == (504_00, 180_00)
    assert (bill.adjusted_paise, bill.paid_paise) == (-12_00, 100_00)
    assert bill.due_paise == owes(month, "9") == 572_00
    assert bill.purchases[0].number == "1/2627/1"


def test_a_run_bills_everybody_with_something(month):
    done = run(month)
    assert [(one.customer.code, one.issued) for one in done] == [
        ("9", True),
        ("14", False),
        ("22", True),
    ]
    assert [one.paper.bill.number for one in done if one.paper] == ["1-M/2627/1", "1-M/2627/2"]
    assert [one.paper.issued for one in done if one.paper] == [date(2026, 12, 1)] * 2


def test_issued_bills_are_listed_by_their_numbers(month, monkeypatch):
    """Not by their ids, which are made in any order within a millisecond."""
    ids = iter("zyxwv")
    monkeypatch.setattr("milkpos_tui.services.months.uuid7", lambda _now: next(ids))
    run(month)
    numbers = [one.paper.bill.number for one in month.months.stands(NOVEMBER, OWNER)]
    assert numbers == ["1-M/2627/1", "1-M/2627/2"]


def test_a_second_run_bills_nobody_again(month):
    first = run(month)
    before = everything(month)
    second = run(month)
    assert [one.paper for one in second] == [one.paper for one in first]
    assert not any(one.issued for one in second)
    assert everything(month) == before


@pytest.mark.parametrize(
    ("at_once", "left"), [(1, [False, False, True]), (20, [False, False, False])]
)
def test_a_run_that_was_broken_off_goes_on(month, monkeypatch, at_once, left):
    monkeypatch.setattr("milkpos_tui.services.months.AT_ONCE", at_once)
    broken = month.months.run(NOVEMBER, "1", OWNER)
    next(broken)
    broken.close()
    assert [one.issued for one in run(month)] == left
    assert len(entries(month, Kind.MONTH_ISSUED)) == 2


def test_bills_issued_together_are_in_the_books_together(month, monkeypatch):
    before = everything(month)
    append = month.journal.append
    issued = []

    def full_disk_at_the_second(kind, *rest):
        issued.append(kind)
        if len(issued) == 2:
            raise Unreachable("disk-full", "the disk is full")
        return append(kind, *rest)

    monkeypatch.setattr(month.journal, "append", full_disk_at_the_second)
    with pytest.raises(Unreachable):
        run(month)
    assert everything(month) == before
    monkeypatch.undo()
    assert [one.paper.bill.number for one in run(month) if one.paper] == [
        "1-M/2627/1",
        "1-M/2627/2",
    ]


def test_an_issued_bill_never_changes(month):
    run(month)
    text = statement(month.months.paper("9", NOVEMBER, OWNER))
    month.khata.adjust("9", -62_00, "not delivered", "1", OWNER, LAST)
    month.catalogue.change(MILK._replace(name="Other milk"), OWNER)
    assert statement(month.months.paper("9", NOVEMBER, OWNER)) == text


def test_what_was_entered_late_is_on_the_next_bill(month):
    run(month)
    month.khata.adjust("9", -62_00, "not delivered", "1", OWNER, LAST)
    bill = month.months.paper("9", DECEMBER, OWNER).bill
    assert bill.previous_paise == 572_00
    assert [(one.reason, one.amount_paise) for one in bill.adjustments] == [
        ("entered late, of an earlier month", -62_00)
    ]
    assert bill.due_paise == owes(month, "9") == 510_00


def test_a_late_correction_of_a_round_is_on_the_next_bill(month):
    run(month)
    month.rounds.record(LAST, AM, "-9", OWNER)
    bill = month.months.paper("9", DECEMBER, OWNER).bill
    assert [one.amount_paise for one in bill.adjustments] == [-64_00]
    assert bill.due_paise == owes(month, "9") == 508_00


def test_a_new_delivery_in_a_billed_month_is_refused(month):
    run(month)
    before = everything(month)
    with pytest.raises(Refused) as refused:
        month.rounds.record(LAST, AM, "9/31+1", OWNER)
    assert refused.value.code == "month-issued"
    assert "9 House 9" in refused.value.message
    assert everything(month) == before


def test_the_state_follows_what_is_paid(month):
    run(month)
    paper = month.months.paper("9", NOVEMBER, OWNER)
    states = [month.months.state("9", paper, OWNER)]
    for paise in (500_00, 72_00):
        month.khata.receive("9", Payment(paise, TenderKind.CASH), "1", OWNER)
        states.append(month.months.state("9", paper, OWNER))
    assert states == [State.ISSUED, State.PART_PAID, State.PAID]
    stands = {one.customer.code: one.state for one in month.months.stands(NOVEMBER, OWNER)}
    assert stands == {"9": State.PAID, "22": State.ISSUED}
    draft = month.months.paper("9", DECEMBER, OWNER)
    assert month.months.state("9", draft, OWNER) is State.DRAFT


def test_what_is_paid_late_under_a_date_of_the_month_counts(month):
    month.khata.receive("9", Payment(2_00, day=LAST), "1", OWNER)  # on the bill, the day it is made
    run(month)
    states = []
    for paise in (500_00, 69_00, 1_00):
        month.khata.receive("9", Payment(paise, day=LAST), "1", OWNER)
        paper = month.months.paper("9", NOVEMBER, OWNER)
        states.append(month.months.state("9", paper, OWNER))
    assert states == [State.PART_PAID, State.PART_PAID, State.PAID]


def test_what_a_double_paid_before_is_of_another_bill(month, clock):
    month.khata.receive("14", Payment(600_00, day=LAST), "1", OWNER)
    clock.advance(DAY_MS)
    run(month)
    month.customers.merge(month.accounts.known("14"), month.accounts.known("9"), OWNER)
    assert month.months.state("9", month.months.paper("9", NOVEMBER, OWNER), OWNER) is State.ISSUED


def test_a_payment_entered_late_under_a_date_of_the_month_is_paid_too(month):
    run(month)
    due = owes(month, "9")
    month.khata.receive("9", Payment(due, TenderKind.UPI, day=LAST), "1", OWNER)
    (nine, _) = month.months.stands(NOVEMBER, OWNER)
    assert (nine.state, owes(month, "9")) == (State.PAID, 0)


def test_what_a_double_paid_in_the_month_pays_no_bill_twice(month):
    month.khata.receive("22", Payment(20_00, day=LAST), "1", OWNER)
    run(month)
    month.customers.merge(month.accounts.known("9"), month.accounts.known("22"), OWNER)
    assert {one.state for one in month.months.stands(NOVEMBER, OWNER)} == {State.ISSUED}


def test_what_a_double_was_billed_for_is_billed(month, clock):
    """The bill of a double is theirs who it was merged into: no second one for the same milk."""
    run(month)
    known = month.accounts.known
    month.customers.merge(known("22"), known("14"), OWNER)
    month.customers.merge(known("9"), known("14"), OWNER)
    assert [(one.customer.code, one.issued) for one in run(month)] == [("14", False)]
    paper = month.months.paper("14", NOVEMBER, OWNER)
    assert (paper.bill.number, paper.party.code) == ("1-M/2627/1", "14")
    with pytest.raises(Refused, match="is billed"):
        month.rounds.record(LAST, AM, "14/31+1", OWNER)
    clock.advance(31 * DAY_MS)
    (fourteen,) = run(month, DECEMBER)
    assert fourteen.paper.bill.previous_paise == owes(month, "14")  # what both bills said
    assert fourteen.paper.bill.adjustments == ()


def test_a_month_that_is_not_over_is_not_billed(month):
    with pytest.raises(Refused) as refused:
        run(month, DECEMBER)
    assert refused.value.code == "month-open"


def test_who_was_erased_keeps_their_bill_without_a_name(month):
    run(month)
    assert month.months.paper("9", NOVEMBER, OWNER).party.name == "House 9"
    assert not any("House" in str(one.body) for one in entries(month, Kind.MONTH_ISSUED))


def test_the_journal_rebuilds_it(month, home):
    run(month)
    assert verify_home(home, rebuild=True).result is Result.GOOD
