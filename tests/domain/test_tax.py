from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.tax import (
    DatedRate,
    Heads,
    TaxMode,
    parse_percent,
    parse_rates,
    rate_on,
    show_percent,
    show_rates,
    work_back,
)
from tests.support.strategies import GST_REFORM, rate_histories

PAISE = st.integers(0, 10**10)
RATE_BP = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("inclusive", "rate_bp", "taxable", "head"),
    [
        (105_00, 500, 100_00, 2_50),
        (62_00, 500, 59_04, 1_48),
        (10_00, 500, 9_52, 24),
        (280_00, 500, 266_66, 6_67),
        (40_00, 1800, 33_90, 3_05),
        (20_00, 4000, 14_28, 2_86),
        (42, 500, 40, 1),  # exactly one paisa a head
        (21, 500, 19, 1),  # exactly half a paisa a head goes up
        (20, 500, 20, 0),
        (62_00, 0, 62_00, 0),
        (0, 500, 0, 0),
        (1, 10_000, 1, 0),
        (2, 10_000, 0, 1),
    ],
)
def test_tax_is_worked_back_from_the_inclusive_amount_per_head(inclusive, rate_bp, taxable, head):
    assert work_back(inclusive, rate_bp) == Heads(taxable, head, head, 0)
    assert work_back(-inclusive, rate_bp) == Heads(-taxable, -head, -head, 0)


@pytest.mark.parametrize(
    ("inclusive", "rate_bp", "taxable", "igst"),
    [
        (105_00, 500, 100_00, 5_00),
        (62_00, 500, 59_05, 2_95),  # one paisa of rounding less than in two heads
        (40_00, 1800, 33_90, 6_10),
        (20_00, 4000, 14_29, 5_71),
        (62_00, 0, 62_00, 0),
    ],
)
def test_between_states_the_tax_is_one_head(inclusive, rate_bp, taxable, igst):
    assert work_back(inclusive, rate_bp, inter_state=True) == Heads(taxable, 0, 0, igst)


@given(PAISE, RATE_BP)
def test_within_the_state_cgst_is_sgst_and_the_parts_add_up(inclusive, rate_bp):
    heads = work_back(inclusive, rate_bp)
    assert heads.cgst_paise == heads.sgst_paise
    assert heads.igst_paise == 0
    assert heads.taxable_paise + heads.cgst_paise + heads.sgst_paise == inclusive
    assert heads.taxable_paise >= 0
    exact = Fraction(inclusive * rate_bp, 2 * (10_000 + rate_bp))
    assert Fraction(-1, 2) < heads.cgst_paise - exact <= Fraction(1, 2)


@given(PAISE, RATE_BP)
def test_between_states_the_parts_add_up(inclusive, rate_bp):
    heads = work_back(inclusive, rate_bp, inter_state=True)
    assert (heads.cgst_paise, heads.sgst_paise) == (0, 0)
    assert heads.taxable_paise + heads.igst_paise == inclusive
    exact = Fraction(inclusive * rate_bp, 10_000 + rate_bp)
    assert Fraction(-1, 2) < heads.igst_paise - exact <= Fraction(1, 2)


def test_only_a_regular_taxpayer_collects_tax():
    assert [mode for mode in TaxMode if mode.collects_tax] == [TaxMode.REGULAR]


def test_the_shop_s_setting_keeps_these_words():
    assert list(TaxMode) == ["unregistered", "composition", "regular"]


@pytest.mark.parametrize(
    ("goods", "rates", "before", "now"),
    [
        ("fresh milk", "0", 0, 0),
        ("UHT milk", "5;2025-09-22=0", 500, 0),
        ("ghee", "12;2025-09-22=5", 1200, 500),
        ("ice cream", "18;2025-09-22=5", 1800, 500),
        ("soft drinks", "28;2025-09-22=40", 2800, 4000),
    ],
)
def test_a_new_rate_holds_from_its_first_day(goods, rates, before, now):
    history = parse_rates(rates)
    assert rate_on(history, GST_REFORM - timedelta(days=1)) == before
    assert rate_on(history, GST_REFORM) == now
    assert rate_on(history, date.max) == now
    assert rate_on(history, date.min) == before


@given(rate_histories(), st.dates(), st.randoms())
def test_the_latest_change_not_after_the_day_holds_in_whatever_order_they_are(
    history, day, shuffler
):
    expected = None
    for dated in history:  # in the order of their days
        if dated.since <= day:
            expected = dated.rate_bp
    shuffled = list(history)
    shuffler.shuffle(shuffled)
    assert rate_on(tuple(shuffled), day) == expected


@pytest.mark.parametrize("history", [(), (DatedRate(GST_REFORM, 500),)])
def test_a_day_without_a_rate_is_refused(history):
    with pytest.raises(Refused, match="2025-09-21") as refused:
        rate_on(history, date(2025, 9, 21))
    assert refused.value.code == "rate-missing"


@pytest.mark.parametrize(
    ("text", "rate_bp", "shown"),
    [
        ("0", 0, "0"),
        ("5", 500, "5"),
        ("12.5", 1250, "12.5"),
        ("12.50", 1250, "12.5"),
        ("0.25", 25, "0.25"),
        ("0.05", 5, "0.05"),
        ("10", 1000, "10"),
        ("100", 10_000, "100"),
        ("100.00", 10_000, "100"),
        (" 18 ", 1800, "18"),
        ("005", 500, "5"),
    ],
)
def test_percentages_are_read_and_shown(text, rate_bp, shown):
    assert parse_percent(text) == rate_bp
    assert show_percent(rate_bp) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        ".5",
        "5.",
        "-5",
        "+5",
        "5%",
        "5,5",
        "12.505",
        "100.01",
        "101",
        "1000",
        "५",
        "x",
    ],
)
def test_what_is_no_percentage_is_refused(text):
    with pytest.raises(Refused) as refused:
        parse_percent(text)
    assert refused.value.code == "percent"


@given(RATE_BP)
def test_a_percentage_that_is_shown_reads_back(rate_bp):
    assert parse_percent(show_percent(rate_bp)) == rate_bp


@pytest.mark.parametrize(
    ("text", "history"),
    [
        ("5", ((date.min, 500),)),
        ("12;2025-09-22=5", ((date.min, 1200), (GST_REFORM, 500))),
        (" 12 ; 2025-09-22 = 5 ", ((date.min, 1200), (GST_REFORM, 500))),
        (
            "2027-04-01=12.5;2025-09-22=5;28",
            ((date.min, 2800), (GST_REFORM, 500), (date(2027, 4, 1), 1250)),
        ),
    ],
)
def test_a_dated_history_is_read_in_the_order_of_its_days(text, history):
    assert parse_rates(text) == tuple(DatedRate(since, rate) for since, rate in history)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "percent"),
        ("12;", "rate-date"),
        ("twelve", "percent"),
        ("12;2025-09-22=", "percent"),
        ("12;2025-09-22=101", "percent"),
        ("2025-09-22=5", "rate-first"),
        ("12;2025-09-31=5", "rate-date"),
        ("12;22.9.2025=5", "rate-date"),
        ("12;2025-09-22=5=6", "rate-date"),
        ("12;5", "rate-date"),
        ("12;2025-09-22=5;2025-09-22=18", "rate-date"),
    ],
)
def test_a_history_that_can_not_be_read_is_refused_with_its_reason(text, code):
    with pytest.raises(Refused) as refused:
        parse_rates(text)
    assert refused.value.code == code


@given(rate_histories())
def test_a_history_that_is_shown_reads_back(history):
    assert parse_rates(show_rates(history)) == history


def test_a_history_is_shown_as_people_write_it():
    assert show_rates(parse_rates("2025-09-22=5;12.50")) == "12.5;2025-09-22=5"


@given(st.text(st.sampled_from("0123456789.;=- ५W\ud800")) | st.text())
def test_any_text_is_a_history_or_refused(text):
    try:
        history = parse_rates(text)
    except Refused:
        return
    assert all(0 <= dated.rate_bp <= 10_000 for dated in history)
