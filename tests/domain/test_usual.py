"""The usual: what is left to collect, and how it is told in so many columns."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.cart import CartLine
from milkpos_tui.domain.orders import Delivery, Half
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.domain.text import width_of
from milkpos_tui.domain.usual import (
    RETIRED,
    TO_WEIGH,
    Asked,
    LeftOut,
    Source,
    agreed_rate,
    left_of,
    nothing_told,
    offer_told,
    taken_told,
)
from tests.support.strategies import COLA, MILK, make_item

DAY = date(2026, 11, 23)


def due(plu, qty_milli, rate_paise=None):
    return Delivery(f"o{plu}", "c1", DAY, Half.MORNING, plu, qty_milli, rate_paise)


def test_nothing_was_collected_yet():
    assert left_of([due(12, 2000), due(40, 6000)], {}) == (Asked(12, 2000), Asked(40, 6000))


def test_what_was_collected_is_not_due_again():
    assert left_of([due(12, 2000), due(40, 6000)], {12: 2000, 40: 1000}) == (Asked(40, 5000),)


def test_more_of_one_item_is_not_taken_for_another():
    assert left_of([due(12, 2000), due(40, 6000)], {12: 9000, 99: 1000}) == (Asked(40, 6000),)


def test_what_came_back_more_than_was_sold_adds_nothing():
    assert left_of([due(12, 2000)], {12: -1000}) == (Asked(12, 2000),)


def test_two_orders_of_an_item_are_one_line_unless_their_rates_differ():
    orders = [due(12, 1000), due(40, 1000), due(12, 500)]
    assert left_of(orders, {}) == (Asked(12, 1500), Asked(40, 1000))
    agreed = [due(12, 1000, 55_00), due(12, 500)]
    assert left_of(agreed, {12: 300}) == (Asked(12, 700, 55_00), Asked(12, 500))


@given(
    st.lists(
        st.builds(
            due, st.integers(1, 4), st.integers(1, 5000), st.sampled_from([None, 55_00, 60_00])
        ),
        max_size=8,
    ),
    st.dictionaries(st.integers(1, 4), st.integers(-3000, 12_000)),
)
def test_what_is_left_and_what_was_had_come_to_what_is_due(orders, had):
    left = left_of(orders, had)
    for plu in range(1, 5):
        wanted = sum(one.qty_milli for one in orders if one.plu == plu)
        found = sum(one.qty_milli for one in left if one.plu == plu)
        assert found == max(0, wanted - max(0, had.get(plu, 0)))
    assert all(one.qty_milli > 0 for one in left)
    assert len({(one.plu, one.rate_paise) for one in left}) == len(left)


def test_an_agreed_rate_is_never_above_the_mrp():
    assert agreed_rate(COLA, 19_00) == 19_00
    assert agreed_rate(COLA, 21_00) == 20_00
    assert agreed_rate(MILK, 99_00) == 99_00


# --- in words -----------------------------------------------------------------------------------


def line(name, qty_milli=1000, unit=Unit.PACK):
    return CartLine.by_quantity(1, make_item(name=name, unit=unit), qty_milli)


USUAL = [line("Toned milk 500 ml", 2000), line("Cow milk", 500, Unit.LITRE), line("Curd cup")]
LEFT_OUT = [LeftOut("Peda", TO_WEIGH), LeftOut("Lassi", RETIRED), LeftOut("Buttermilk", RETIRED)]


def offered(width, lines=USUAL, left_out=(), who="12 Lakshmi", source=Source.ORDERS):
    return offer_told(who, source, lines, left_out, 92_00, width=width)


def test_the_usual_as_it_is_proposed():
    assert offered(100) == (
        "12 Lakshmi: 2 Toned milk 500 ml + 0.5 L Cow milk + 1 Curd cup = Rs 92?  Enter takes it"
    )
    assert offered(79, USUAL[1:], LEFT_OUT[:1]) == (
        "12 Lakshmi: 0.5 L Cow milk + 1 Curd cup, no Peda = Rs 92?  Enter takes it"
    )


def test_it_is_said_where_it_is_the_last_bill():
    told = "1 Curd cup = Rs 92?  Enter takes it"
    assert offered(79, USUAL[2:], source=Source.LAST_BILL) == f"12 Lakshmi, last bill: {told}"
    assert offered(79, USUAL[2:], who="", source=Source.LAST_BILL) == f"last bill: {told}"
    assert offered(79, USUAL[2:], who="") == told


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (93, "12 Lakshmi: 2 Toned milk 500 ml + 0.5 L Cow milk + 1 Curd cup"),
        (79, "12: 2 Toned milk 500 ~ + 0.5 L Cow milk + 1 Curd cup"),
        (75, "12: 2 Toned m~ + 0.5 L Cow milk + 1 Curd cup"),
        (67, "12: 2 Toned m~ + 0.5 L Cow milk + 1 more"),
        (63, "12: 2 Toned milk 500 ~ + 2 more"),
        (40, "12: 3 items"),
    ],
)
def test_the_name_gives_way_then_items_and_never_what_it_comes_to(width, told):
    offer = offered(width, who="12 Lakshmi Narayanan")
    assert offer == f"{told} = Rs 92?  Enter takes it"


def test_a_bill_of_a_thousand_lines_is_told_at_once():
    told = offered(79, USUAL[2:] * 1000)
    assert told == "12: 1 Curd cup + 1 Curd cup + 1 Curd cup + 997 more = Rs 92?  Enter takes it"


def test_what_follows_a_comma_gives_way_before_anything_is_cut():
    loose = [line("Cow Milk, loose", 500, Unit.LITRE), line("Greek Yoghurt, Blueberry, 100 g")]
    assert offered(79, loose, who="7 Gita") == (
        "7 Gita: 0.5 L Cow Milk + 1 Greek Yoghurt = Rs 92?  Enter takes it"
    )


def test_a_rupee_s_parts_are_told_where_there_are_some():
    assert offer_told("12", Source.ORDERS, USUAL[2:], (), 92_50).endswith(
        " = Rs 92.50?  Enter takes it"
    )


def test_what_is_left_out_is_told_as_long_as_there_is_room():
    assert offered(100, USUAL[2:], LEFT_OUT) == (
        "12 Lakshmi: 1 Curd cup, no Peda, no Lassi, no Buttermilk = Rs 92?  Enter takes it"
    )
    assert offered(79, USUAL[:2], LEFT_OUT) == (
        "12: 2 Toned m~ + 0.5 L Cow milk, without 3 items = Rs 92?  Enter takes it"
    )
    assert offered(20) == "Rs 92?  Enter takes it"


names = st.text(alphabet="abc नन्दि जि 牛", min_size=1, max_size=40)


@given(
    names,
    st.lists(names, min_size=1, max_size=12),
    st.lists(names, max_size=4),
    st.integers(0, 10**9),
)
def test_it_fits_eighty_columns_whatever_names_are(who, lines, left_out, total):
    told = offer_told(
        f"123456 {who}",
        Source.LAST_BILL,
        [line(name, 999_000) for name in lines],
        [LeftOut(name, RETIRED) for name in left_out],
        total,
        width=79,
    )
    assert width_of(told) <= 79
    assert told.endswith("?  Enter takes it")


def test_what_was_taken_and_what_was_not():
    assert taken_told(USUAL[:1], ()) == "the usual: 1 line"
    assert taken_told(USUAL, LEFT_OUT) == (
        "the usual: 3 lines; to be weighed: Peda; sold no longer: Lassi, Buttermilk"
    )
    assert nothing_told(LEFT_OUT[1:]) == (
        "nothing of the usual (sold no longer: Lassi, Buttermilk)"
    )
