from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.rounding import apportion, half_up


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (0, 7, 0),
        (1, 2, 1),
        (5, 2, 3),
        (4, 3, 1),
        (5, 3, 2),
        (7, 3, 2),
        (49, 100, 0),
        (50, 100, 1),
        (149, 100, 1),
        (150, 100, 2),
        (250, 100, 3),  # not to the even one
        (10**18 + 1, 2, 5 * 10**17 + 1),  # a float would lose the 1
    ],
)
def test_halves_go_up_and_a_return_mirrors_its_sale(numerator, denominator, expected):
    assert half_up(numerator, denominator) == expected
    assert half_up(-numerator, denominator) == -expected


@given(st.integers(), st.integers(min_value=1))
def test_the_result_is_the_nearest_integer_halves_away_from_zero(numerator, denominator):
    exact = Fraction(numerator, denominator)
    rounded = half_up(numerator, denominator)
    assert abs(rounded - exact) <= Fraction(1, 2)
    if abs(rounded - exact) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)


@pytest.mark.parametrize("denominator", [0, -1, -100])
def test_a_denominator_that_is_not_positive_is_an_error(denominator):
    with pytest.raises(ValueError, match="denominator"):
        half_up(1, denominator)


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (0, [3, 4], [0, 0]),
        (10, [1], [10]),
        (10, [1, 1], [5, 5]),
        (1, [1, 1, 1], [1, 0, 0]),  # equal remainders: the first lines first
        (2, [1, 1, 1], [1, 1, 0]),
        (100, [1, 1, 1], [34, 33, 33]),
        (10, [2, 3, 2], [3, 4, 3]),  # 2.86, 4.29, 2.86
        (5, [0, 9, 0], [0, 5, 0]),
        (1, [0, 1], [0, 1]),
        (7, [3, 4], [3, 4]),
        (20, [3, 4], [9, 11]),  # 8.57, 11.43
        (1, [1, 10**17], [0, 1]),
    ],
)
def test_the_shares_follow_the_weights_and_the_largest_remainders(total, weights, shares):
    assert apportion(total, weights) == shares


WEIGHTS = st.lists(st.integers(0, 10**7), min_size=1, max_size=12).filter(any)


@given(st.integers(0, 10**8), WEIGHTS)
def test_the_shares_add_up_and_each_is_within_one_of_its_exact_part(total, weights):
    shares = apportion(total, weights)
    assert sum(shares) == total
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    for share, part in zip(shares, exact, strict=True):
        assert abs(share - part) < 1
    missed = [part - share for share, part in zip(shares, exact, strict=True)]
    assert max(missed) - min(missed) <= 1  # who got a paisa more had the larger remainder


@given(WEIGHTS, st.data())
def test_no_share_exceeds_its_weight(weights, data):
    total = data.draw(st.integers(0, sum(weights)))
    shares = apportion(total, weights)
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


@pytest.mark.parametrize(
    ("total", "weights"), [(1, []), (0, []), (1, [0, 0]), (1, [3, -1]), (-1, [1, 2])]
)
def test_what_can_not_be_apportioned_is_an_error(total, weights):
    with pytest.raises(ValueError, match="weights"):
        apportion(total, weights)
