import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.quantity import (
    QUANTITY_LIMIT_MILLI,
    Unit,
    check_quantity,
    parse_quantity,
    show_quantity,
)


@pytest.mark.parametrize(
    ("text", "milli"),
    [
        ("3", 3000),
        ("3.", 3000),
        (".5", 500),
        ("0.250", 250),
        ("0.25", 250),
        ("1.005", 1005),
        (".001", 1),
        ("0", 0),
        ("007", 7000),
        (" 2 ", 2000),
    ],
)
def test_quantities_are_read_as_thousandths(text, milli):
    assert parse_quantity(text) == milli


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "quantity-unreadable"),
        (".", "quantity-unreadable"),
        ("-1", "quantity-unreadable"),
        ("1,5", "quantity-unreadable"),
        ("1.2.3", "quantity-unreadable"),
        ("1e2", "quantity-unreadable"),
        ("1/2", "quantity-unreadable"),
        ("½", "quantity-unreadable"),
        ("२", "quantity-unreadable"),
        ("0.2505", "quantity-decimals"),
        ("1.0000", "quantity-decimals"),
        ("1234567890", "quantity-limit"),
        ("8909950000172", "quantity-limit"),
        ("1" * 5000, "quantity-limit"),
    ],
)
def test_what_is_no_quantity_is_refused_with_its_reason(text, code):
    with pytest.raises(Refused) as refused:
        parse_quantity(text)
    assert refused.value.code == code


@given(st.integers(0, QUANTITY_LIMIT_MILLI))
def test_what_is_shown_reads_back_as_the_same_quantity(milli):
    assert parse_quantity(show_quantity(milli)) == milli


@pytest.mark.parametrize(
    ("milli", "shown"),
    [
        (0, "0"),
        (3000, "3"),
        (500, "0.5"),
        (250, "0.25"),
        (1005, "1.005"),
        (10_000, "10"),
        (100_010, "100.01"),
        (-1, "-0.001"),
        (-500, "-0.5"),
        (-2000, "-2"),
    ],
)
def test_a_quantity_is_shown_without_trailing_zeros(milli, shown):
    assert show_quantity(milli) == shown


@pytest.mark.parametrize(
    ("qty", "step", "unit"),
    [
        (1, 1, Unit.KG),
        (250, 250, Unit.LITRE),
        (1750, 250, Unit.LITRE),
        (1000, 1000, Unit.PIECE),
        (12_000, 6000, Unit.PACK),
        (9_999_999, 1, Unit.KG),
    ],
)
def test_a_quantity_in_steps_and_within_the_limit_is_taken_as_it_is(qty, step, unit):
    assert check_quantity(qty, step, unit) == qty


@pytest.mark.parametrize(
    ("qty", "step", "unit", "code"),
    [
        (0, 1, Unit.KG, "quantity-zero"),
        (-1000, 1000, Unit.PIECE, "quantity-zero"),
        (1500, 1000, Unit.PIECE, "quantity-step"),
        (1, 1000, Unit.PACK, "quantity-step"),
        (300, 250, Unit.LITRE, "quantity-step"),
        (7000, 6000, Unit.PACK, "quantity-step"),
        (10_000_000, 1, Unit.KG, "quantity-limit"),
    ],
)
def test_a_quantity_that_can_not_be_sold_is_refused_with_the_rule(qty, step, unit, code):
    with pytest.raises(Refused) as refused:
        check_quantity(qty, step, unit)
    assert refused.value.code == code


def test_a_refusal_names_the_step_or_the_limit():
    with pytest.raises(Refused, match=r"0\.3 .* 0\.25 L"):
        check_quantity(300, 250, Unit.LITRE)
    with pytest.raises(Refused, match=r"10000\.5 .* 9,999\.999 units"):
        check_quantity(10_000_500, 1, Unit.LITRE)
    with pytest.raises(Refused, match=r"'1234567890' .* 9,999\.999 units"):
        parse_quantity("1234567890")


@given(st.from_regex(r"[1-9][0-9]{7,13}", fullmatch=True))
def test_a_barcode_never_becomes_a_quantity(barcode):
    with pytest.raises(Refused) as refused:
        check_quantity(parse_quantity(barcode), 1, Unit.KG)
    assert refused.value.code == "quantity-limit"


@pytest.mark.parametrize(
    ("stored", "unit", "sign", "uqc", "whole_only", "step"),
    [
        ("piece", Unit.PIECE, "pc", "PCS", True, 1000),
        ("pack", Unit.PACK, "pk", "PAC", True, 1000),
        ("kg", Unit.KG, "kg", "KGS", False, 1),
        ("litre", Unit.LITRE, "L", "LTR", False, 1),
    ],
)
def test_each_unit_has_its_sign_its_code_in_the_returns_and_its_step(
    stored, unit, sign, uqc, whole_only, step
):
    assert Unit(stored) is unit  # the journal keeps it so
    assert (unit.sign, unit.uqc) == (sign, uqc)
    assert (unit.whole_only, unit.usual_step_milli) == (whole_only, step)
