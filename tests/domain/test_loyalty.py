"""Points of loyalty: what is given for what is bought, and what a return takes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.loyalty import parse_point_rates, points_back, points_for


def test_rates():
    assert parse_point_rates("Sweets=2, ghee = 3,*=1") == {"sweets": 2, "ghee": 3, "*": 1}
    assert parse_point_rates("none") == {}


@pytest.mark.parametrize("text", ["", "x", "x=", "=1", "x=1.5", "x=-1", "x=101", "x=1,X=2", "x=1,"])
def test_no_rates(text):
    with pytest.raises(Refused) as refused:
        parse_point_rates(text)
    assert refused.value.code == "loyalty"


def test_points_of_a_bill():
    rates = parse_point_rates("sweets=2,*=1")
    assert points_for(rates, [("Sweets", 500_00), ("milk", 99_99)]) == 10
    assert points_for(rates, [("sweets", 50_00), ("milk", 99_99)]) == 1
    assert points_for(parse_point_rates("sweets=2"), [("milk", 9000_00)]) == 0
    assert points_for(rates, []) == 0


@given(st.integers(0, 1000), st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_all_points_come_back_with_all_of_the_bill(earned, parts):
    total, before, back = sum(parts), 0, 0
    for part in parts:
        taken = points_back(earned, total, before, part)
        assert 0 <= taken <= earned
        back, before = back + taken, before + part
    assert back == earned


def test_a_free_bill_earned_nothing():
    assert points_back(0, 0, 0, 0) == 0
