"""Milk from farmers: SNF, weight, rates and what a can is worth, to the paisa."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.collection import (
    FORMULAS,
    Basis,
    Chart,
    Formula,
    Milk,
    Rates,
    Reading,
    collect,
    parse_formula,
    parse_hundredths,
    rates_on,
    show_collection,
    show_hundredths,
)
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.orders import Half

DAY = date(2026, 11, 23)
ISI = FORMULAS["isi"]
CHART = Chart(Basis.LITRE, (350, 360, 400), (800, 850), ((3410, 3440), (3460, 3490), (3600, 3650)))
BY_KG = Rates(date.min, 350_00, 240_00)


def bought(reading, price=CHART, formula=ISI):
    return collect("f1", DAY, Half.MORNING, Milk.COW, reading, formula, price)


@pytest.mark.parametrize(
    ("formula", "clr", "fat", "snf"),
    [
        ("isi", "28", "4.0", 844),  # 7 + 1 + 0.44
        ("richmond", "28", "4.0", 820),  # 7 + 0.84 + 0.36
        ("0.20/0.36", "28", "4.0", 816),
        ("0.20/0.14", "28", "4.0", 794),
        ("isi", "26.5", "6.5", 869),  # 6.625 + 1.625 + 0.44 = 8.69
        ("isi", "28.5", "3.9", 854),  # 7.125 + 0.975 + 0.44 = 8.54
        ("0.21/0.36", "28", "4.0", 820),
        ("isi", "28.02", "4.0", 845),  # 8.445: half up
        ("0.210/0.665", "28", "4.0", 851),  # 8.505: half up
    ],
)
def test_snf_of_clr_and_fat(formula, clr, fat, snf):
    known = parse_formula(formula)
    assert known.snf_bp(parse_hundredths(clr, "CLR"), parse_hundredths(fat, "fat")) == snf


@given(st.integers(1500, 4000), st.integers(10, 1500), st.integers(0, 999), st.integers(0, 999))
def test_snf_is_within_half_a_hundredth_of_the_exact_figure(clr, fat, a, b):
    exact = Fraction(clr, 4) + Fraction(a * fat, 1000) + Fraction(b, 10)
    assert Fraction(-1, 2) < Formula(a, b).snf_bp(clr, fat) - exact <= Fraction(1, 2)


@pytest.mark.parametrize("text", ["", "0.25", "a/b", "0.25/", "10/1", "0.2501/0.44", "-1/2", "/"])
def test_a_formula_that_is_none(text):
    with pytest.raises(Refused) as refused:
        parse_formula(text)
    assert refused.value.code == "snf-formula"


@pytest.mark.parametrize("formula", FORMULAS.values())
def test_a_formula_is_read_as_it_is_written(formula):
    assert parse_formula(str(formula)) == formula


@pytest.mark.parametrize(
    ("text", "number"), [("4.2", 420), ("4.25", 425), ("28", 2800), ("28.", 2800), ("0.05", 5)]
)
def test_readings_in_hundredths(text, number):
    assert parse_hundredths(text, "fat") == number
    assert parse_hundredths(show_hundredths(number), "fat") == number


@pytest.mark.parametrize("text", ["", "4.255", "4,2", "-4", "1e1", "४.२", "1234"])
def test_a_reading_that_is_none(text):
    with pytest.raises(Refused, match="not a reading of fat"):
        parse_hundredths(text, "fat")


def test_a_litre_weighs_a_kilogram_and_its_clr_in_grams():
    assert Reading(1000, 400, clr=2800).grams == 1028
    assert Reading(10_000, 400, clr=2850).grams == 10_285
    assert Reading(1000, 400, snf_bp=850).grams == 1030  # the usual density


def test_by_the_chart_a_litre():
    can = bought(Reading(12_500, 400, clr=2800))  # SNF 8.44 reaches the step 8.0
    assert (can.snf_bp, can.rate_paise, can.amount_paise) == (844, 3600, 450_00)
    assert show_collection(can) == "12.5 L cow, fat 4.0, SNF 8.44: Rs 450.00"


def test_by_a_chart_for_the_kilogram():
    by_kg = CHART._replace(basis=Basis.KG)
    assert bought(Reading(10_000, 400, clr=2800), by_kg).amount_paise == 370_08  # 10.28 kg x 36


def test_by_kilograms_of_fat_and_snf():
    # 10.28 kg: 0.4112 kg of fat at 350 = 143.92, 0.867632 kg of SNF at 240 = 208.23168
    can = bought(Reading(10_000, 400, clr=2800), BY_KG)
    assert (can.rate_paise, can.amount_paise) == (0, 352_15)


@given(
    st.integers(1, 9_999_999), st.integers(10, 1500), st.integers(300, 1300), st.integers(1, 10**5)
)
def test_an_amount_is_rounded_once(litres, fat, snf, rate):
    reading = Reading(litres, fat, snf_bp=snf)
    can = bought(reading, Rates(date.min, rate, 2 * rate))
    exact = Fraction(reading.grams * (fat * rate + snf * 2 * rate), 10_000 * 1000)
    assert Fraction(-1, 2) < can.amount_paise - exact <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("fat", "snf", "rate"),
    [(350, 800, 3410), (359, 849, 3410), (360, 850, 3490), (399, 850, 3490), (900, 999, 3650)],
)
def test_the_step_that_is_reached(fat, snf, rate):
    assert CHART.rate_paise(fat, snf) == rate


@pytest.mark.parametrize(("fat", "snf", "words"), [(349, 800, "fat 3.49"), (350, 799, "SNF 7.99")])
def test_milk_below_the_chart_is_not_bought(fat, snf, words):
    with pytest.raises(Refused, match=f"{words} is below the chart"):
        CHART.rate_paise(fat, snf)


@pytest.mark.parametrize(
    ("reading", "code"),
    [
        (Reading(0, 400, clr=2800), "quantity-zero"),
        (Reading(10_000_000, 400, clr=2800), "quantity-limit"),
        (Reading(1000, 9, clr=2800), "milk-reading"),
        (Reading(1000, 1501, clr=2800), "milk-reading"),
        (Reading(1000, 400, clr=280), "milk-reading"),  # the point forgotten
        (Reading(1000, 400, snf_bp=85), "milk-reading"),
        (Reading(1000, 400), "milk-reading"),
        (Reading(1000, 400, clr=2800, snf_bp=850), "milk-reading"),
        (Reading(1000, 1500, clr=4000), "milk-reading"),  # SNF of 14.19 comes of it
    ],
)
def test_a_reading_that_milk_cannot_have(reading, code):
    with pytest.raises(Refused) as refused:
        bought(reading)
    assert refused.value.code == code


def test_the_rates_of_a_day_and_of_whose_milk():
    new, buffalo = Rates(DAY, 360_00, 250_00), Rates(date(2026, 1, 1), 400_00, 260_00, Milk.BUFFALO)
    history = (BY_KG, buffalo, new)
    assert rates_on(history, Milk.COW, date(2026, 11, 22)) is BY_KG
    assert rates_on(history, Milk.COW, DAY) is new
    assert rates_on(history, Milk.BUFFALO, DAY) is buffalo
    with pytest.raises(Refused) as refused:
        rates_on((new,), Milk.COW, date(2026, 11, 22))
    assert refused.value.code == "milk-rate-missing"
