"""Ten-day settlements: cycles, what is taken off, what is paid, and that it adds up."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.collection import FORMULAS, Milk, Rates, Reading, collect
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.orders import BOTH
from milkpos_tui.domain.settlement import (
    Cycle,
    Deduction,
    DeductionKind,
    cycle_of,
    parse_cycle,
    settle,
)

CYCLE = Cycle(2026, 11, 3)
FEED = Deduction(DeductionKind.FEED, "2 bags of feed", 300_00)
ADVANCE = Deduction(DeductionKind.ADVANCE, "advance of 5 November", 500_00)


def can(day=date(2026, 11, 23), half=BOTH[0], litres=10_000, farmer="f1"):
    reading = Reading(litres, 400, clr=2800)
    rates = Rates(date.min, 350_00, 240_00)
    return collect(farmer, day, half, Milk.COW, reading, FORMULAS["isi"], rates)  # Rs 352.15


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        ("2026-11-01", "2026-11/1"),
        ("2026-11-10", "2026-11/1"),
        ("2026-11-11", "2026-11/2"),
        ("2026-11-20", "2026-11/2"),
        ("2026-11-21", "2026-11/3"),
        ("2026-10-31", "2026-10/3"),
        ("2024-02-29", "2024-02/3"),
    ],
)
def test_the_cycle_of_a_day(day, shown):
    assert str(parse_cycle(day)) == shown
    assert parse_cycle(shown) == parse_cycle(day)


@given(st.dates(date(1999, 12, 1), date(2100, 1, 1)))
def test_cycles_follow_each_other_without_gap_or_overlap(day):
    cycle = cycle_of(day)
    assert cycle.first <= day <= cycle.last
    assert cycle.next.first == cycle.last + timedelta(1)
    assert cycle_of(cycle.last) == cycle_of(cycle.first) == cycle


@pytest.mark.parametrize("text", ["2026-11/4", "2026-11/0", "2026-13/1", "11/1", ""])
def test_a_cycle_that_is_none(text):
    with pytest.raises(Refused):
        parse_cycle(text)


def test_deductions_come_off_and_the_rest_is_paid():
    cans = [can(), can(half=BOTH[1]), can(date(2026, 11, 21))]
    done = settle("f1", CYCLE, cans, [FEED, ADVANCE], khata_paise=100_00)
    assert (done.milk_paise, done.payable_paise, done.left_paise) == (1056_45, 156_45, 0)
    assert [one.taken_paise for one in done.taken] == [300_00, 500_00, 100_00]
    assert done.taken[-1].deduction.kind is DeductionKind.GOODS
    assert [one.day.day for one in done.collections] == [21, 23, 23]
    assert done.litres_milli == 30_000


def test_where_the_milk_is_worth_less_the_rest_stays_owed():
    done = settle("f1", CYCLE, [can()], [FEED, ADVANCE], khata_paise=100_00)
    assert (done.payable_paise, done.left_paise) == (0, 547_85)
    assert [one.taken_paise for one in done.taken] == [300_00, 52_15, 0]


def test_an_advance_payment_of_the_farmer_as_a_customer_is_not_paid_out():
    assert settle("f1", CYCLE, [can()], [], khata_paise=-40_00).payable_paise == 352_15


@given(
    st.lists(st.integers(1, 60_000), max_size=6),
    st.lists(st.integers(1, 900_00), max_size=5),
    st.integers(-900_00, 900_00),
)
def test_nothing_is_lost_and_nobody_is_asked_for_money(litres, deductions, khata):
    cans = [can(litres=one) for one in litres]
    asked = [Deduction(DeductionKind.OTHER, "something", paise) for paise in deductions]
    done = settle("f1", CYCLE, cans, asked, khata)
    taken = sum(one.taken_paise for one in done.taken)
    assert done.payable_paise >= 0
    assert done.payable_paise + taken == sum(one.amount_paise for one in cans)
    assert taken + done.left_paise == sum(deductions) + max(0, khata)
    assert done.left_paise == 0 or done.payable_paise == 0


def test_what_is_refused():
    for bad in (can(date(2026, 11, 20)), can(farmer="f2")):
        with pytest.raises(Refused) as refused:
            settle("f1", CYCLE, [bad], [])
        assert refused.value.code == "settlement-milk"
    with pytest.raises(Refused) as refused:
        settle("f1", CYCLE, [can()], [FEED._replace(amount_paise=0)])
    assert refused.value.code == "deduction-zero"
