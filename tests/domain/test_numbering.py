import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.documents import DocumentKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.numbering import (
    BillNumber,
    Series,
    check_counter,
    financial_year,
    series_of,
)

COUNTERS = st.from_regex(r"[A-Z0-9]{1,3}", fullmatch=True)
YEARS = st.dates().map(financial_year)


@st.composite
def bill_numbers(draw):
    counter, series = draw(COUNTERS), draw(st.sampled_from(Series))
    most = 10 ** min(7, 16 - len(f"{counter}{series}/2627/")) - 1
    return BillNumber(counter, series, draw(YEARS), draw(st.integers(1, most)))


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 3, 31), "2526"),
        (date(2026, 4, 1), "2627"),
        (date(2026, 11, 23), "2627"),
        (date(2026, 12, 31), "2627"),
        (date(2027, 1, 1), "2627"),
        (date(2027, 3, 31), "2627"),
        (date(2027, 4, 1), "2728"),
        (date(2028, 2, 29), "2728"),
        (date(2009, 6, 1), "0910"),
        (date(2000, 3, 31), "9900"),
        (date(2099, 4, 1), "9900"),
        (date(2000, 4, 1), "0001"),
    ],
)
def test_a_financial_year_begins_on_the_first_of_april(day, year):
    assert financial_year(day) == year


@given(st.dates(max_value=date(9999, 12, 30)))
def test_the_financial_year_changes_on_no_other_day(day):
    morrow = day + timedelta(days=1)
    changes = financial_year(day) != financial_year(morrow)
    assert changes == ((morrow.month, morrow.day) == (4, 1))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (BillNumber("1", Series.SALE, "2627", 345), "1/2627/345"),
        (BillNumber("1", Series.RETURN, "2627", 7), "1-R/2627/7"),
        (BillNumber("AB2", Series.SALE, "9900", 9_999_999), "AB2/9900/9999999"),
        (BillNumber("R", Series.RETURN, "2627", 1), "R-R/2627/1"),
    ],
)
def test_a_number_as_it_is_printed(number, text):
    assert str(number) == text
    assert BillNumber.parse(text) == number
    assert BillNumber.parse(f"  {text.lower()}\n") == number


@given(bill_numbers())
def test_a_number_reads_back_so_that_no_two_print_alike(number):
    assert BillNumber.parse(str(number)) == number


@given(bill_numbers())
def test_a_number_keeps_the_law_s_sixteen_characters(number):
    assert re.fullmatch(r"[A-Za-z0-9/-]{1,16}", str(number))


@pytest.mark.parametrize(
    ("counter", "series", "last"),
    [
        ("1", Series.RETURN, 9_999_999),
        ("ABC", Series.SALE, 9_999_999),
        ("AB", Series.RETURN, 999_999),
        ("ABC", Series.RETURN, 99_999),
    ],
)
def test_a_series_ends_where_its_numbers_would_be_longer(counter, series, last):
    assert len(str(BillNumber(counter, series, "2627", last))) == 16
    with pytest.raises(Refused, match="new counter") as refused:
        BillNumber(counter, series, "2627", last + 1).checked()
    assert refused.value.code == "series-full"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "345",
        "1/345",
        "1/2627/",
        "1/2627/0",
        "1/2627/007",
        "1/2627/-7",
        "1/2627/12345678",
        "1/26-27/7",
        "1/262/7",
        "/2627/7",
        "ABCD/2627/7",
        "1-C/2627/7",
        "1-R-R/2627/7",
        "1 /2627/7",
        "1/2627/7 8",
        "१/2627/7",
        "1/२६२७/7",
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Refused) as refused:
        BillNumber.parse(text)
    assert refused.value.code == "bill-number"


def test_a_number_too_long_for_the_law_is_refused_when_read_too():
    with pytest.raises(Refused) as refused:
        BillNumber.parse("ABC-R/2627/100000")
    assert refused.value.code == "series-full"


@given(st.text(st.sampled_from("1AR-/ \n26७ßı")) | st.text(max_size=20))
def test_any_text_is_a_number_or_refused(text):
    try:
        number = BillNumber.parse(text)
    except Refused:
        return
    assert BillNumber.parse(str(number)) == number


@pytest.mark.parametrize(
    ("typed", "code"), [("1", "1"), (" a ", "A"), ("ab2", "AB2"), ("00", "00")]
)
def test_a_counter_is_kept_in_capitals(typed, code):
    assert check_counter(typed) == code


@pytest.mark.parametrize("typed", ["", " ", "ABCD", "1-", "-R", "A/", "A B", "१", "é"])
def test_what_is_no_counter_is_refused(typed):
    with pytest.raises(Refused) as refused:
        check_counter(typed)
    assert refused.value.code == "counter-code"


def test_credit_notes_run_apart_from_everything_sold():
    in_returns = [kind for kind in DocumentKind if series_of(kind) is Series.RETURN]
    assert in_returns == [DocumentKind.CREDIT_NOTE]
