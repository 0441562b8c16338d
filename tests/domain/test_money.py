import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import (
    MONEY_LIMIT_PAISE,
    group_indian,
    parse_rupees,
    show_rupees,
)


@pytest.mark.parametrize(
    ("text", "paise"),
    [
        ("62", 62_00),
        ("62.5", 62_50),
        ("62.50", 62_50),
        ("62.05", 62_05),
        ("62.", 62_00),
        (".5", 50),
        (".05", 5),
        ("0", 0),
        ("0.00", 0),
        ("007", 7_00),
        (" 12.34\t", 12_34),
        ("100000000", 10_00_00_000_00),
    ],
)
def test_rupees_are_read_as_paise(text, paise):
    assert parse_rupees(text) == paise


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "amount-unreadable"),
        (" ", "amount-unreadable"),
        (".", "amount-unreadable"),
        ("-5", "amount-unreadable"),
        ("+5", "amount-unreadable"),
        ("1,000", "amount-unreadable"),
        ("1.2.3", "amount-unreadable"),
        ("5 0", "amount-unreadable"),
        ("1e3", "amount-unreadable"),
        ("1_000", "amount-unreadable"),
        ("Rs 5", "amount-unreadable"),
        ("inf", "amount-unreadable"),
        ("५०", "amount-unreadable"),  # digits, but not the keypad's
        ("62.505", "amount-decimals"),
        ("62.500", "amount-decimals"),
        (".001", "amount-decimals"),
        ("100000000.01", "amount-limit"),
        ("100000001", "amount-limit"),
        ("8909950000172", "amount-limit"),  # a barcode
        ("9" * 5000, "amount-limit"),  # more digits than int() takes
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(text, code):
    with pytest.raises(Refused) as refused:
        parse_rupees(text)
    assert refused.value.code == code


@given(st.integers(0, MONEY_LIMIT_PAISE))
def test_what_is_shown_reads_back_as_the_same_amount(paise):
    assert parse_rupees(show_rupees(paise).replace(",", "")) == paise


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (99_999, "99,999"),
        (100_000, "1,00,000"),
        (1_234_567, "12,34,567"),
        (12_345_678, "1,23,45,678"),
        (1_000_000_000, "1,00,00,00,000"),
        (-1, "-1"),
        (-999, "-999"),
        (-1234, "-1,234"),
        (-123_456, "-1,23,456"),
    ],
)
def test_digits_are_grouped_the_indian_way(number, shown):
    assert group_indian(number) == shown


@given(st.integers())
def test_grouping_adds_nothing_but_commas(number):
    shown = group_indian(number)
    assert re.fullmatch(r"-?\d{1,2}(,\d\d)*,\d{3}|-?\d{1,3}", shown)
    assert int(shown.replace(",", "")) == number


@pytest.mark.parametrize(
    ("paise", "shown"),
    [
        (0, "0.00"),
        (5, "0.05"),
        (50, "0.50"),
        (6250, "62.50"),
        (123_456_700, "12,34,567.00"),
        (-1, "-0.01"),
        (-50, "-0.50"),
        (-99, "-0.99"),
        (-100, "-1.00"),
        (-12_345_650, "-1,23,456.50"),
    ],
)
def test_paise_are_shown_as_rupees_with_two_decimals(paise, shown):
    assert show_rupees(paise) == shown
