"""Monthly bills: what adds up to what is due, and what has become of a bill."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.documents import DocumentKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.month import (
    Adjustment,
    Given,
    Month,
    Payment,
    Purchase,
    State,
    check_issue,
    month_bill,
    month_of,
    parse_month,
    state_of,
)
from milkpos_tui.domain.orders import BOTH, Half
from milkpos_tui.domain.quantity import MILLI, Unit
from milkpos_tui.domain.rounding import half_up
from milkpos_tui.domain.tax import Heads, TaxMode, work_back

NOVEMBER = Month(2026, 11)
AM, PM = BOTH


def delivery(day, plu=12, qty_milli=1000, rate_paise=60_00, half=AM, **fields):
    amount = half_up(rate_paise * qty_milli, MILLI)
    name, unit = {12: ("Cow Milk", Unit.LITRE), 31: ("Ghee", Unit.PIECE)}[plu]
    one = Given(
        date(2026, 11, day), half, plu, name, unit, qty_milli, rate_paise, amount, hsn="0401"
    )
    return one._replace(**fields)


def bill(*given, mode=TaxMode.REGULAR, previous=0, **fields):
    return month_bill("c9", NOVEMBER, mode, previous, given, **fields)


def test_previous_and_all_that_came_less_what_was_paid():
    done = bill(
        delivery(1),
        delivery(1, half=PM),
        previous=500_00,
        purchases=[Purchase(date(2026, 11, 9), "1/2627/88", 45_50)],
        adjustments=[Adjustment(date(2026, 11, 12), "sour milk", -60_00)],
        payments=[Payment(date(2026, 11, 5), "UPI", 500_00)],
    )
    assert (done.delivered_paise, done.purchased_paise, done.adjusted_paise) == (
        120_00, 45_50, -60_00,
    )  # fmt: skip
    assert (done.paid_paise, done.due_paise) == (500_00, 105_50)


def test_a_rate_that_changes_in_mid_month_makes_two_lines():
    done = bill(delivery(15), delivery(16, rate_paise=62_00), delivery(17, rate_paise=62_00))
    assert [(line.qty_milli, line.rate_paise, line.amount_paise) for line in done.lines] == [
        (1000, 60_00, 60_00),
        (2000, 62_00, 124_00),
    ]
    assert [item.total_milli for item in done.grid] == [3000]


def test_lines_are_by_item_and_the_rates_as_they_came():
    done = bill(delivery(2, 31), delivery(3, rate_paise=50_00), delivery(1))
    assert [(line.plu, line.rate_paise) for line in done.lines] == [
        (12, 60_00), (12, 50_00), (31, 60_00),
    ]  # fmt: skip


def test_the_grid_has_every_day_morning_and_evening():
    (item,) = bill(delivery(1), delivery(30, qty_milli=500, half=PM), delivery(1)).grid
    assert item.morning_milli == (2000, *[0] * 29)
    assert item.evening_milli == (*[0] * 29, 500)


def test_what_was_not_delivered_is_not_on_the_bill():
    assert bill(delivery(1, qty_milli=0)).lines == ()


def test_an_item_renamed_stands_under_its_newest_name_in_the_grid():
    done = bill(delivery(2, name="Cow Milk A2"), delivery(1))
    assert [item.name for item in done.grid] == ["Cow Milk A2"]
    assert [line.name for line in done.lines] == ["Cow Milk", "Cow Milk A2"]


@pytest.mark.parametrize(
    ("mode", "rates", "kind"),
    [
        (TaxMode.REGULAR, [0], DocumentKind.BILL_OF_SUPPLY),
        (TaxMode.REGULAR, [500], DocumentKind.TAX_INVOICE),
        (TaxMode.REGULAR, [0, 500], DocumentKind.INVOICE_CUM_BILL),
        (TaxMode.COMPOSITION, [0, 500], DocumentKind.BILL_OF_SUPPLY),
        (TaxMode.UNREGISTERED, [500], DocumentKind.BILL),
        (TaxMode.REGULAR, [], None),
    ],
)
def test_the_document_that_the_tax_mode_demands(mode, rates, kind):
    given = [delivery(1, 31, gst_rate_bp=rate) for rate in rates]
    assert bill(*given, mode=mode).kind is kind


def test_the_tax_is_worked_back_per_head_of_each_line():
    done = bill(delivery(1), delivery(1, 31, rate_paise=62_00, gst_rate_bp=500))
    assert done.heads == Heads(60_00 + 59_04, 1_48, 1_48)
    assert done.heads_by_rate == ((0, Heads(60_00)), (500, Heads(59_04, 1_48, 1_48)))


def test_a_shop_that_collects_no_tax_shows_none():
    done = bill(delivery(1, 31, gst_rate_bp=500), mode=TaxMode.COMPOSITION)
    assert done.heads == Heads(60_00)
    assert done.lines[0].gst_rate_bp == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"purchases": [Purchase(date(2026, 10, 31), "1/2627/8", 1)]},
        {"adjustments": [Adjustment(date(2026, 12, 1), "late", 1)]},
        {"payments": [Payment(date(2025, 11, 5), "cash", 1)]},
    ],
)
def test_what_is_of_another_month_is_refused(fields):
    with pytest.raises(Refused) as refused:
        bill(**fields)
    assert refused.value.code == "month-day"


amounts = st.integers(-(10**7), 10**7)
november_days = st.integers(0, 29).map(lambda day: date(2026, 11, 1) + timedelta(day))
deliveries = st.builds(
    delivery,
    st.integers(1, 30),
    st.sampled_from([12, 31]),
    st.integers(0, 20_000),
    st.integers(1, 999_99),
    st.sampled_from(Half),
    gst_rate_bp=st.sampled_from([0, 500, 1800]),
)


@given(
    st.lists(deliveries, max_size=40),
    st.sampled_from(TaxMode),
    amounts,
    st.lists(st.builds(Purchase, november_days, st.just("1/2627/1"), amounts), max_size=4),
    st.lists(st.builds(Adjustment, november_days, st.just("late"), amounts), max_size=4),
    st.lists(st.builds(Payment, november_days, st.just("cash"), amounts), max_size=4),
)
def test_it_adds_up_to_the_paisa(given, mode, previous, purchases, adjustments, payments):
    done = bill(
        *given,
        mode=mode,
        previous=previous,
        purchases=purchases,
        adjustments=adjustments,
        payments=payments,
    )
    charged = sum(one.amount_paise for some in (given, purchases, adjustments) for one in some)
    assert done.due_paise == previous + charged - sum(one.amount_paise for one in payments)
    assert sum(done.heads) == done.delivered_paise
    for line in done.lines:
        assert work_back(line.amount_paise, line.gst_rate_bp) == Heads(
            line.taxable_paise, line.cgst_paise, line.sgst_paise, line.igst_paise
        )
    by_rate = [sum(heads) for heads in zip(*(one for _, one in done.heads_by_rate), strict=True)]
    assert by_rate in ([], list(done.heads))
    for item in done.grid:
        assert item.total_milli == sum(one.qty_milli for one in given if one.plu == item.plu)
        assert item.total_milli == sum(
            line.qty_milli for line in done.lines if line.plu == item.plu
        )


# --- months -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days"), [("2026-11", 30), ("2024-02", 29), ("2026-02", 28), ("2026-12", 31)]
)
def test_a_month_and_its_days(text, days):
    month = parse_month(text)
    assert (str(month), len(month.days), month.days[-1]) == (text, days, month.last)
    assert month.next.first == month.last + timedelta(1)
    assert month_of(month.last) == month


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-00", "11-2026", "2026-11-01", "1999-01", "9999-12"]
)
def test_a_month_that_is_none(text):
    with pytest.raises(Refused) as refused:
        parse_month(text)
    assert refused.value.code == "month"


# --- states -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "issued", "paid", "state"),
    [
        (100, False, 0, State.DRAFT),
        (100, False, 100, State.DRAFT),
        (100, True, 0, State.ISSUED),
        (100, True, 99, State.PART_PAID),
        (100, True, 100, State.PAID),
        (100, True, 150, State.PAID),
        (0, True, 0, State.PAID),
        (-50, True, 0, State.PAID),
        (100, True, -10, State.ISSUED),
    ],
)
def test_the_state_of_a_bill(due, issued, paid, state):
    assert state_of(due, issued=issued, paid_since_paise=paid) is state


def test_an_issued_bill_and_one_of_a_month_that_is_not_over():
    draft = bill(delivery(1))
    assert check_issue(draft, date(2026, 12, 1)) is draft
    with pytest.raises(Refused, match="from 2026-12-01"):
        check_issue(draft, date(2026, 11, 30))
    with pytest.raises(Refused, match="M/2627/1 is issued"):
        check_issue(draft._replace(number="M/2627/1"), date(2026, 12, 1))
