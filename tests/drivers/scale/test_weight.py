import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.events import Moving, Negative, Over, Stable, Under
from drivers.scale.settling import settled
from drivers.scale.weight import is_unit, same, weighed, whole_grams, wrong_unit
from tests.drivers.scale.exactly import exact


@pytest.mark.parametrize(
    ("number", "unit", "grams"),
    [
        ("1.235", "kg", 1235),
        ("01.2", "KG", 1200),
        ("  1235", " g", 1235),
        ("+0001.2345", "kg", 1235),
        ("1.2344", "kg", 1234),
        ("-1.2345", "kg", -1235),
        ("- 1.2344", "kg", -1234),
        ("0.5", "g", 1),
        ("0.49", "g", 0),
        ("-0.5", "g", -1),
        ("-0.000", "kg", 0),
        ("9999999", "kg", 9_999_999_000),
    ],
)
def test_grams_are_whole_and_rounded_half_up(number, unit, grams):
    assert whole_grams(number, unit) == grams


@given(st.integers(-10_000_000, 10_000_000), st.integers(0, 4))
def test_rounding_is_never_off_by_more_than_half_a_gram(number, decimals):
    sign, digits = ("-" if number < 0 else ""), str(abs(number)).rjust(decimals + 1, "0")
    text = f"{sign}{digits[: len(digits) - decimals]}.{digits[len(digits) - decimals :]}"
    off = whole_grams(text, "g") * 10**decimals - number
    assert 2 * abs(off) <= 10**decimals
    assert whole_grams(text.replace("-", ""), "g") == abs(whole_grams(text, "g"))


def test_only_kg_and_g_are_weighed_in():
    assert is_unit(" Kg")
    assert weighed("1.5", "lb", at_rest=True) == wrong_unit("lb")
    assert weighed("1.5", "lb", at_rest=False) == wrong_unit("lb")
    assert "set it to kg" in wrong_unit("lb").words
    assert "lb" in wrong_unit("lb").words


def test_a_weight_sells_only_at_rest_and_above_zero():
    said = [
        weighed("1.5", "kg", at_rest=True, net=True),
        weighed("1.5", "kg", at_rest=False, net=True),
        weighed("-1.5", "kg", at_rest=True),
        weighed("-1.5", "kg", at_rest=False),
    ]
    assert exact(said) == exact(
        [Stable(1500, net=True), Moving(1500), Negative(-1500), Moving(-1500)]
    )


def test_readings_are_the_same_only_in_kind_and_value():
    assert same(Over(), Over())
    assert not same(Over(), Under())
    assert not same(Moving(-5), Negative(-5))
    assert not same(Moving(5), Moving(6))
    assert not same(Over(), None)


@pytest.mark.parametrize(
    ("readings", "times", "reading"),
    [
        ([Moving(500)], 3, Moving(500)),
        ([Moving(500)] * 2, 3, Moving(500)),
        ([Moving(500)] * 3, 3, Stable(500)),
        ([Moving(500)] * 9, 3, Stable(500)),
        ([Moving(499), *[Moving(500)] * 2], 3, Moving(500)),
        ([Moving(499), *[Moving(500)] * 3], 3, Stable(500)),
        ([*[Moving(500)] * 3, Moving(501)], 3, Moving(501)),
        ([Moving(500), Over(), Moving(500), Moving(500)], 3, Moving(500)),
        ([Moving(-5)] * 3, 3, Negative(-5)),
        ([Moving(0)] * 3, 3, Stable(0)),
        ([Negative(-5), Moving(-5), Moving(-5)], 3, Moving(-5)),
        ([Moving()] * 3, 3, Moving()),
        ([Over()] * 3, 3, Over()),
        ([Under()], 3, Under()),
    ],
)
def test_so_many_equal_readings_are_rest(readings, times, reading):
    assert exact([settled(readings, times)]) == exact([reading])


def test_the_same_weight_twice_is_at_rest_twice():
    shown = [0, 0, 0, 500, 500, 500, 0, 0, 0, 500, 500, 500]
    readings = [Moving(grams) for grams in shown]
    said = [settled(readings[: i + 1], 3) for i in range(len(readings))]
    assert [i for i, each in enumerate(said) if each == Stable(500)] == [5, 11]
