"""Standing orders: which days they fall on, and what is said about single days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.orders import (
    BOTH,
    DAILY,
    Change,
    Days,
    Every,
    Half,
    Pause,
    Skip,
    StandingOrder,
    Switch,
    check_order,
    deliveries_of,
    half_at,
    parse_days,
    parse_halves,
)
from milkpos_tui.domain.quantity import Unit
from tests.support.strategies import GHEE, MILK, make_item

MONDAY = date(2026, 11, 2)
AM, PM = BOTH


def order(**fields):
    usual = StandingOrder("o1", "c9", 12, 1000, DAILY, (AM,), date(2026, 1, 1))
    return usual._replace(**fields)


def quantities(orders, said, days, half=AM):
    return [sum(one.qty_milli for one in deliveries_of(orders, said, day, half)) for day in days]


def days_from(first, number):
    return [first + timedelta(day) for day in range(number)]


def test_the_morning_ends_at_noon():
    assert [half_at(hour) for hour in (0, 6, 11, 12, 18, 23)] == [AM, AM, AM, PM, PM, PM]


def test_daily_in_the_morning_only():
    assert quantities([order()], [], days_from(MONDAY, 3)) == [1000] * 3
    assert quantities([order()], [], days_from(MONDAY, 3), PM) == [0] * 3


def test_both_halves():
    both = order(halves=BOTH)
    assert quantities([both], [], [MONDAY]) == quantities([both], [], [MONDAY], PM) == [1000]


def test_chosen_weekdays():
    chosen = order(days=parse_days("mon,wed,fri"))
    assert quantities([chosen], [], days_from(MONDAY, 7)) == [1000, 0, 1000, 0, 1000, 0, 0]


def test_listed_dates():
    listed = order(days=parse_days("2026-11-04,2026-11-02"))
    assert quantities([listed], [], days_from(MONDAY, 4)) == [1000, 0, 1000, 0]


def test_it_holds_from_its_first_to_its_last_day():
    short = order(first=MONDAY, last=MONDAY + timedelta(1))
    days = days_from(MONDAY - timedelta(1), 4)
    assert quantities([short], [], days) == [0, 1000, 1000, 0]


def test_a_pause_of_a_customer_and_of_one_order():
    orders = [order(), order(id="o2", plu=13, qty_milli=500)]
    days = days_from(MONDAY, 4)
    all_of_it = Pause("c9", days[1], days[2])
    one_of_it = Pause("c9", days[1], days[2], "o2")
    assert quantities(orders, [all_of_it], days) == [1500, 0, 0, 1500]
    assert quantities(orders, [one_of_it], days) == [1500, 1000, 1000, 1500]


def test_a_pause_until_further_notice_and_of_another_customer():
    days = days_from(MONDAY, 2)
    assert quantities([order()], [Pause("c9", days[1])], days) == [1000, 0]
    assert quantities([order()], [Pause("c8", days[0])], days) == [1000, 1000]


def test_skip_today_in_one_half_or_in_both():
    both = order(halves=BOTH)
    assert quantities([both], [Skip("o1", MONDAY, PM)], [MONDAY]) == [1000]
    assert quantities([both], [Skip("o1", MONDAY, PM)], [MONDAY], PM) == [0]
    assert quantities([both], [Skip("o1", MONDAY)], [MONDAY]) == [0]
    assert quantities([both], [Skip("o1", MONDAY)], [MONDAY + timedelta(1)]) == [1000]


def test_one_more_today_also_on_a_day_that_is_paused_or_skipped():
    more = Change("o1", MONDAY, AM, 1000)
    assert quantities([order()], [more], [MONDAY]) == [2000]
    assert quantities([order()], [more, Pause("c9", MONDAY)], [MONDAY]) == [1000]
    assert quantities([order()], [more, Skip("o1", MONDAY)], [MONDAY]) == [1000]
    assert quantities([order()], [more], [MONDAY], PM) == [0]


def test_less_than_nothing_is_nothing():
    less = Change("o1", MONDAY, AM, -3000)
    assert deliveries_of([order()], [less], MONDAY, AM) == ()


def test_a_switch_takes_another_item_without_the_rate_of_the_first():
    own = order(rate_paise=55_00)
    until = Switch("o1", MONDAY, 13, MONDAY)
    assert [(one.plu, one.rate_paise) for one in deliveries_of([own], [until], MONDAY, AM)] == [
        (13, None)
    ]
    after = deliveries_of([own], [until], MONDAY + timedelta(1), AM)
    assert [(one.plu, one.rate_paise) for one in after] == [(12, 55_00)]


def test_the_switch_that_began_last_counts():
    first, second = Switch("o1", MONDAY, 13), Switch("o1", MONDAY + timedelta(1), 14)
    for said in ([first, second], [second, first]):
        taken = [deliveries_of([order()], said, day, AM)[0].plu for day in days_from(MONDAY, 2)]
        assert taken == [13, 14]
    again = Switch("o1", MONDAY, 15)
    assert deliveries_of([order()], [first, again], MONDAY, AM)[0].plu == 15


# --- properties ---------------------------------------------------------------------------------

some_days = st.dates(date(2025, 1, 1), date(2028, 12, 31))
schedules = st.one_of(
    st.just(DAILY),
    st.builds(lambda day: Days(Every.ALTERNATE, start=day), some_days),
    st.sets(st.integers(1, 7), min_size=1).map(
        lambda days: Days(Every.WEEKDAYS, weekdays=tuple(sorted(days)))
    ),
    st.sets(some_days, min_size=1, max_size=9).map(
        lambda days: Days(Every.DATES, dates=tuple(sorted(days)))
    ),
)
halves = st.sampled_from(Half)
orders = st.builds(
    order,
    days=schedules,
    halves=st.sampled_from([BOTH, (AM,), (PM,)]),
    qty_milli=st.integers(1, 20_000),
)
spans = st.tuples(some_days, st.integers(0, 60)).map(
    lambda span: (span[0], span[0] + timedelta(span[1]))
)


@given(some_days, spans, st.integers(0, 200))
def test_alternate_days_never_drift_over_a_pause(start, span, later):
    alternate = order(days=Days(Every.ALTERNATE, start=start), first=date.min)
    pause = Pause("c9", *span)
    days = days_from(start, later + 2)
    for day in (days[-2], days[-1]):
        expected = 1000 if (day - start).days % 2 == 0 and not span[0] <= day <= span[1] else 0
        assert quantities([alternate], [pause], [day]) == [expected]


@given(orders, spans, some_days, halves)
def test_a_pause_takes_away_only_its_own_days(one, span, day, half):
    without = deliveries_of([one], [], day, half)
    paused = deliveries_of([one], [Pause("c9", *span)], day, half)
    assert paused == (() if span[0] <= day <= span[1] else without)


@given(orders, some_days, halves, st.lists(st.integers(-5000, 5000), max_size=4))
def test_changes_add_up_and_end_at_nothing(one, day, half, changes):
    said = [Change("o1", day, half, by) for by in changes]
    usual = sum(d.qty_milli for d in deliveries_of([one], [], day, half))
    changed = sum(d.qty_milli for d in deliveries_of([one], said, day, half))
    assert changed == max(0, usual + sum(changes))
    tomorrow = day + timedelta(1)
    assert deliveries_of([one], said, tomorrow, half) == deliveries_of([one], [], tomorrow, half)


@given(orders, st.lists(st.one_of(st.builds(Skip, st.just("o1"), some_days)), max_size=3))
def test_the_same_day_twice_is_the_same(one, said):
    for day in days_from(MONDAY, 3):
        first = deliveries_of([one], said, day, AM)
        assert deliveries_of([one], list(reversed(said)), day, AM) == first


@given(schedules)
def test_days_are_read_as_they_are_written(days):
    assert parse_days(str(days)) == days


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "weekly", ",", "alternate", "mon,2026-11-02", "alternate from monday", "2026-02-30"],
)
def test_days_that_are_none(text):
    with pytest.raises(Refused):
        parse_days(text)


def test_more_dates_than_an_order_lists():
    dates = ",".join(day.isoformat() for day in days_from(MONDAY, 63))
    with pytest.raises(Refused, match="at most 62"):
        parse_days(dates)


def test_halves_by_word_and_by_letter():
    assert parse_halves("morning") == parse_halves("M") == (AM,)
    assert parse_halves(" both ") == parse_halves("b") == BOTH
    with pytest.raises(Refused) as refused:
        parse_halves("noon")
    assert refused.value.code == "order-half"


@pytest.mark.parametrize(
    ("fields", "item", "code"),
    [
        ({}, make_item(active=False), "product-retired"),
        ({"qty_milli": 0}, MILK, "quantity-zero"),
        ({"qty_milli": 500}, GHEE, "quantity-step"),
        ({"rate_paise": 25_00}, make_item(20_00, Unit.PIECE, mrp_paise=20_00), "price-above-mrp"),
        ({"halves": ()}, MILK, "order-half"),
        ({"first": MONDAY, "last": MONDAY - timedelta(1)}, MILK, "date-order"),
        ({"days": parse_days("2025-11-02")}, MILK, "order-days"),
    ],
)
def test_an_order_that_breaks_a_rule(fields, item, code):
    with pytest.raises(Refused) as refused:
        check_order(order(**fields), item)
    assert refused.value.code == code


def test_an_order_that_keeps_them():
    assert check_order(order(), MILK) == order()
