from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.domain.tax import parse_rates
from tests.support.strategies import COLA, MILK, items, make_item


def test_an_item_has_the_rate_of_the_day():
    ghee = make_item(355_00, Unit.PIECE, rates=parse_rates("12;2025-09-22=5"))
    assert ghee.rate_bp(date(2025, 9, 21)) == 1200
    assert ghee.rate_bp(date(2025, 9, 22)) == 500


@pytest.mark.parametrize("price", [1, 19_99, 20_00])
def test_a_price_up_to_the_mrp_is_taken_as_it_is(price):
    assert COLA.check_price(price) == price


@pytest.mark.parametrize("price", [20_01, 40_00])
def test_a_price_above_the_mrp_is_refused_as_an_offence(price):
    with pytest.raises(Refused, match=r"MRP of Cola, Rs 20\.00.*offence") as refused:
        COLA.check_price(price)
    assert refused.value.code == "price-above-mrp"


@pytest.mark.parametrize("item", [COLA, MILK])
@pytest.mark.parametrize("price", [0, -1])
def test_nothing_is_sold_for_nothing(item, price):
    with pytest.raises(Refused) as refused:
        item.check_price(price)
    assert refused.value.code == "price-zero"


@given(st.integers(1, 10**9))
def test_loose_goods_without_mrp_have_any_price(price):
    assert MILK.check_price(price) == price


@given(items())
def test_the_catalogue_s_own_price_may_be_asked(item):
    assert item.check_price(item.price_paise) == item.price_paise


def test_an_item_is_loose_on_sale_and_without_mrp_unless_told():
    item = Item(12, "Cow Milk", Unit.LITRE, 60_00, parse_rates("0"))
    assert (item.packed, item.active, item.mrp_paise) == (False, True, None)
    assert (item.hsn, item.category, item.barcodes) == ("", "", ())


def test_an_item_can_not_be_changed_under_an_open_bill():
    with pytest.raises(AttributeError):
        MILK.price_paise = 1
