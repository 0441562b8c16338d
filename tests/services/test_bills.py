"""Documents as the books have them: one by its number, many by date, page by page."""

from datetime import date
from itertools import islice

import pytest

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.services import bills as module
from tests.services.reading import Counter
from tests.support.tills import DAY_MS, MONDAY_7_AM, OWNER, next_day

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (23, 24, 25))


def numbers(found):
    return [bill.number for bill in found]


def back(till, sold, lines, counter="1"):
    return till.billing.take_back(sold.number, lines, "sour", TenderKind.CASH, counter, OWNER)


@pytest.fixture
def three_days(till, clock, key):
    """Nine documents: three bills a day, but on Wednesday two and a credit note for Monday's."""
    made = []
    for day in range(3):
        if day:
            clock.advance(DAY_MS)
            next_day(till)
        for keyed in (["12", "+500"], ["110", "31", "+20", "+upi U1"], ["3*40", "*-2", "+"]):
            if len(made) < 8:
                made.append(key(*keyed).paid)
    return [*made, back(till, made[0], {1: 400})]


# --- one ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["1/2627/1", " 1/2627/1 "])
def test_by_its_number(till, key, typed):
    key("12")
    sold = key("+").paid
    assert till.bills.by_number(typed) == sold


def test_letters_of_a_number_may_be_small(till, two_counters):
    _one, two = two_counters
    two("12")
    sold = two("+").paid
    assert till.bills.by_number("b/2627/1") == sold
    note = back(till, sold, {1: 100}, "B")
    assert till.bills.by_number("b-r/2627/1") == note


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1/2627/2", "bill-unknown"),
        ("1/2728/1", "bill-unknown"),
        ("2/2627/1", "bill-unknown"),
        ("1-R/2627/1", "bill-unknown"),
        ("1/2627/01", "bill-number"),
        ("1", "bill-number"),
        ("", "bill-number"),
        ("1/2627/1' OR 1=1 --", "bill-number"),
        ("१/2627/1", "bill-number"),
    ],
)
def test_a_number_that_is_not_there(till, key, number, code):
    key("12", "+")
    with pytest.raises(Refused) as refused:
        till.bills.by_number(number)
    assert refused.value.code == code


# --- how they stand -----------------------------------------------------------------------------


def test_states(till, key):
    key("2*12", "3*40")
    sold = key("+").paid
    seen = [till.bills.by_number(sold.number)]
    notes = [back(till, sold, part) for part in ({1: 500},)]
    seen.append(till.bills.by_number(sold.number))
    notes += [back(till, sold, part) for part in ({1: 1500}, {2: 3000})]
    seen.append(till.bills.by_number(sold.number))
    assert [bill.state for bill in seen] == ["paid", "part_returned", "returned"]
    assert [bill.returned_milli for bill in seen] == [{}, {1: 500}, {1: 2000, 2: 3000}]
    assert {till.bills.by_number(note.number).state for note in notes} == {"refunded"}
    assert all(till.bills.by_number(note.number).returned_milli == {} for note in notes)


def test_one_line_all_back_is_a_part(till, key):
    key("12", "31")
    sold = key("+").paid
    back(till, sold, {1: 1000})
    assert till.bills.by_number(sold.number).state == "part_returned"


def test_what_came_back_of_one_bill_is_not_of_another(till, key):
    key("12")
    first = key("+").paid
    key("12")
    second = key("+").paid
    back(till, first, {1: 1000})
    till.billing.reprint(first.number, OWNER)
    found = {bill.number: bill for bill in till.bills.between(MONDAY, MONDAY)}
    assert (found[first.number].state, found[first.number].copies) == ("returned", 1)
    assert found[second.number] == second


# --- many ---------------------------------------------------------------------------------------


def test_by_date(till, three_days):
    def found(first, last):
        return list(till.bills.between(first, last))

    now = [till.bills.by_number(bill.number) for bill in three_days]
    assert found(MONDAY, WEDNESDAY) == now
    assert found(MONDAY, MONDAY) == now[:3]
    assert found(TUESDAY, TUESDAY) == now[3:6]
    assert found(TUESDAY, WEDNESDAY) == now[3:]
    assert found(date.min, date.max) == now
    assert found(WEDNESDAY, MONDAY) == []
    assert found(date(2027, 1, 1), date.max) == []
    assert now[8].number == "1-R/2627/1"


@pytest.mark.parametrize("page", range(1, 11))
def test_over_pages(till, three_days, monkeypatch, page):
    everything = list(till.bills.between(date.min, date.max))
    assert len(everything) == 9
    monkeypatch.setattr(module, "PAGE", page)
    assert list(till.bills.between(date.min, date.max)) == everything
    assert list(till.bills.between(TUESDAY, WEDNESDAY)) == everything[3:]


def test_more_than_a_real_page(lasting_till):
    key = Counter(lasting_till)
    count = module.PAGE + 3
    for _ in range(count):
        key.checkout.key_in("12")
        key.checkout.key_in("+")
    found = numbers(lasting_till.bills.between(MONDAY, MONDAY))
    assert found == [f"1/2627/{serial}" for serial in range(1, count + 1)]


def test_a_long_list_is_read_as_it_is_looked_at(till, key, three_days, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    found = till.bills.between(date.min, date.max)
    first = list(islice(found, 2))
    late = back(till, three_days[1], {2: 500})  # while the list is on the screen
    assert numbers(first) + numbers(found) == [*numbers(three_days), late.number]


def test_in_the_order_they_were_made_though_one_waited(till, key):
    key("12", ".", "31", "+", ".1", "+")
    assert numbers(till.bills.between(MONDAY, MONDAY)) == ["1/2627/1", "1/2627/2"]


def test_in_the_order_they_were_made_though_something_came_back(till, key):
    key("12")
    sold = key("+").paid
    note = back(till, sold, {1: 100})
    key("31")
    last = key("+").paid
    found = numbers(till.bills.between(MONDAY, MONDAY))
    assert found == numbers([sold, note, last])


# --- the newest ---------------------------------------------------------------------------------


def test_there_is_no_sale_yet(till):
    assert till.bills.last_on("1") is None


def test_the_last_sale_of_a_counter(till, two_counters):
    one, two = two_counters
    one("12")
    first = one("+").paid
    assert till.bills.last_on("1") == first
    assert till.bills.last_on("B") is None
    two("31")
    other = two("+").paid
    one("40")
    second = one("+").paid
    assert till.bills.last_on("1") == second
    assert till.bills.last_on("B") == other


def test_a_return_is_no_sale(till, key):
    key("12")
    sold = key("+").paid
    back(till, sold, {1: 100})
    last = till.bills.last_on("1")
    assert (last.number, last.state) == (sold.number, "part_returned")


def test_the_last_sale_is_the_one_paid_last(till, key):
    key("12", ".", "31", "+", ".1")
    sold = key("+").paid
    assert till.bills.last_on("1") == sold


def test_the_last_sale_though_the_clock_went_back(till, key, clock):
    key("12", "+", "12", "+")
    clock.set(MONDAY_7_AM - DAY_MS)
    key("31", "+", "31")
    sold = key("+").paid
    assert till.bills.last_on("1") == sold
