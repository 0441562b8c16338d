"""A shift: its names and hours, its sums, and what should be in the drawer."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.shift import (
    CashMoves,
    ShiftName,
    Takings,
    TenderCheck,
    TenderSum,
    check_shift_name,
    declaration_digest,
    expected_paise,
    parse_shift_names,
    show_difference,
    usual_name,
)

TWO = (ShiftName("morning", 240), ShiftName("evening", 840))
CASH, UPI, CARD = TenderKind.CASH, TenderKind.UPI, TenderKind.CARD


def takings(*tenders, sold=0, refunded=0):
    return Takings(0, 0, "", "", "", "", sold, refunded, 0, 0, (), tenders)


# --- names and hours ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("morning=04:00,evening=14:00", TWO),
        ("evening=14:00,morning=4:00", TWO),  # by the hour, not as they were written
        (" morning=04:00 , evening=14:00 ", TWO),
        ("morning =04:00,evening= 14:00", TWO),
        ("day=00:00", (ShiftName("day", 0),)),
        ("last=23:59", (ShiftName("last", 1439),)),
        ("early round 2=03:30", (ShiftName("early round 2", 210),)),
        ("सुबह=04:00,शाम=14:00", (ShiftName("सुबह", 240), ShiftName("शाम", 840))),
        ("காலை=05:00", (ShiftName("காலை", 300),)),
    ],
)
def test_names_are_read(text, names):
    assert parse_shift_names(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "",
        "morning",
        "morning=",
        "=04:00",
        " =04:00",
        "-=04:00",
        "morning=24:00",
        "morning=04:60",
        "morning=4",
        "morning=04:0",
        "morning=०४:००",
        "morning=004:00",
        "morning=04:00,",
        "morning=04:00;evening=14:00",
        f"{'m' * 21}=04:00",
        "morning=04:00,morning=14:00",
        "morning=04:00,Morning=14:00",
        "morning=04:00,morning =14:00",
        "morning=04:00,evening=04:00",
        "morning=04:00,evening=4:00",
    ],
)
def test_what_are_no_names(text):
    with pytest.raises(Refused) as refused:
        parse_shift_names(text)
    assert refused.value.code == "shift-names"


@pytest.mark.parametrize(
    ("hour", "minute", "name"),
    [
        (4, 0, "morning"),
        (13, 59, "morning"),
        (14, 0, "evening"),
        (23, 59, "evening"),
        (0, 0, "evening"),  # before the first of the day it is still the last one
        (3, 59, "evening"),
    ],
)
def test_the_usual_name_of_a_minute(hour, minute, name):
    assert usual_name(TWO, hour * 60 + minute) == name


@given(st.integers(0, 1439))
def test_one_name_is_usual_all_day(minute):
    assert usual_name(parse_shift_names("day=06:00"), minute) == "day"


@pytest.mark.parametrize("name", ["evening", "Evening", " EVENING "])
def test_a_name_as_the_settings_have_it(name):
    assert check_shift_name(TWO, name) == "evening"


@pytest.mark.parametrize("name", ["night", "", "even", "evening 2"])
def test_no_other_name(name):
    with pytest.raises(Refused, match="only morning, evening") as refused:
        check_shift_name(TWO, name)
    assert refused.value.code == "shift-name"


def test_every_name_that_was_read_is_found():
    for text in ("morning =04:00,evening=14:00", "सुबह=04:00,शाम=14:00", "Early Round=3:00"):
        names = parse_shift_names(text)
        assert [check_shift_name(names, one.name) for one in names] == [one.name for one in names]


def test_the_digest_of_a_declaration():
    digest = declaration_digest("I counted it. नमस्ते")
    assert digest == hashlib.sha256("I counted it. नमस्ते".encode()).hexdigest()
    assert declaration_digest("I counted it.") != digest


# --- what should be there -----------------------------------------------------------------------

paise = st.integers(0, 10**9)
moves = st.builds(CashMoves, paise, paise, paise, st.integers(0, 9))


@given(paise, paise, paise, moves, paise)
def test_the_cash_that_should_be_there(float_paise, kept, refunded, moved, held):
    sums = takings(TenderSum(CASH, kept, refunded), TenderSum(UPI, 7, 3))
    expected = expected_paise(CASH, float_paise, sums, moved, held)
    into = float_paise + kept + moved.in_paise + held
    assert expected == into - refunded - moved.out_paise - moved.dropped_paise


@given(paise, paise, paise, moves, paise)
def test_what_others_should_come_to(float_paise, kept, refunded, moved, held):
    """No float, and no cash that moved."""
    sums = takings(TenderSum(CASH, 5, 1), TenderSum(UPI, kept, refunded))
    assert expected_paise(UPI, float_paise, sums, moved, held) == kept - refunded + held
    assert expected_paise(CARD, float_paise, sums, moved) == 0


def test_the_sums_of_a_shift():
    sums = takings(TenderSum(UPI, 30_00, 10_00), sold=100_00, refunded=30_00)
    assert sums.total_paise == 70_00
    assert sums.tender(UPI) == TenderSum(UPI, 30_00, 10_00)
    assert sums.tender(CASH) == TenderSum(CASH, 0, 0)


@pytest.mark.parametrize(
    ("counted", "difference"),
    [(100_00, 0), (99_00, -1_00), (101_50, 1_50), (0, -100_00), (None, 0)],
)
def test_the_difference(counted, difference):
    assert TenderCheck(CASH, 100_00, counted).difference_paise == difference


@pytest.mark.parametrize(
    ("paise", "words"),
    [
        (0, "exact"),
        (1, "Rs 0.01 over"),
        (-1, "Rs 0.01 short"),
        (1_234_567_00, "Rs 12,34,567.00 over"),
        (-50_00, "Rs 50.00 short"),
    ],
)
def test_a_difference_in_words(paise, words):
    assert show_difference(paise) == words
