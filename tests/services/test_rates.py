"""What an item costs whom: lists and customers' own rates, by date, and whom a change affects."""

from datetime import timedelta

import pytest

from milkpos_tui.domain.errors import Refused
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.rates import RateChange
from tests.services.reading import entries, everything
from tests.support.tills import CURD, DAY_MS, EGG, GHEE, MILK, MONDAY, OWNER, next_day

TUESDAY = MONDAY + timedelta(1)


@pytest.fixture
def meena(till):
    return till.customers.add(Customer("", "12", name="Meena"), OWNER)


@pytest.fixture
def hotel(till):
    return till.customers.add(Customer("", "5", price_list="wholesale", name="Hotel"), OWNER)


@pytest.fixture
def walk_in(till):
    return till.customers.add(Customer("", "7", price_list="counter", name="Walk-in"), OWNER)


def listed(till, paise, price_list="khata", plu=MILK.plu, day=MONDAY):
    return till.rates.set(RateChange(plu, day, paise, price_list), OWNER)


def own(till, customer, paise, plu=MILK.plu, day=MONDAY):
    return till.rates.set(RateChange(plu, day, paise, customer=customer.id), OWNER)


def rate(till, customer, item=MILK, day=MONDAY):
    return till.rates.rate(item, customer.id if customer else None, day)


def test_who_pays_what(till, meena, hotel, walk_in):
    everybody = (None, meena, hotel, walk_in)
    assert {rate(till, one) for one in everybody} == {62_00}
    listed(till, 60_00)
    listed(till, 50_00, "wholesale")
    assert [rate(till, one) for one in everybody] == [62_00, 60_00, 50_00, 62_00]
    own(till, meena, 58_00)
    own(till, walk_in, 61_00)
    assert [rate(till, one) for one in everybody] == [62_00, 58_00, 50_00, 61_00]
    assert rate(till, meena, CURD) == CURD.price_paise


def test_from_a_day_on(till, meena):
    listed(till, 60_00)
    listed(till, 64_00, day=TUESDAY)
    own(till, meena, 55_00, day=TUESDAY + timedelta(1))
    days = [MONDAY + timedelta(days) for days in range(-1, 4)]
    assert [rate(till, meena, day=day) for day in days] == [62_00, 60_00, 64_00, 55_00, 55_00]
    own(till, meena, None, day=TUESDAY + timedelta(2))  # the list's again
    listed(till, None, day=TUESDAY + timedelta(3))  # the catalogue's again
    days = [TUESDAY + timedelta(days) for days in range(1, 4)]
    assert [rate(till, meena, day=day) for day in days] == [55_00, 64_00, 62_00]


def test_of_one_day_the_last_word_holds(till, meena):
    listed(till, 60_00)
    listed(till, 59_00)
    assert rate(till, meena) == 59_00
    assert [one.rate_paise for one in till.rates.of("khata")] == [59_00]
    assert len([one for one in entries(till) if one.kind == "rate.set"]) == 2


def test_a_preview_says_who_pays_what_instead(till, meena, hotel, walk_in):
    own(till, hotel, 45_00)
    change = RateChange(MILK.plu, MONDAY, 60_00, "khata")
    before = everything(till)
    (affected,) = till.rates.preview(change)
    assert everything(till) == before
    assert (affected.customer, affected.before_paise, affected.after_paise) == (
        meena,
        62_00,
        60_00,
    )
    assert affected.difference_paise == -2_00
    assert till.rates.set(change, OWNER) == (affected,)
    assert till.rates.preview(change) == ()  # nobody any more
    assert till.rates.preview(RateChange(MILK.plu, MONDAY, 1_00, "wholesale")) == ()
    (hers,) = till.rates.preview(RateChange(MILK.plu, MONDAY, None, customer=hotel.id))
    assert (hers.before_paise, hers.after_paise) == (45_00, 62_00)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (RateChange(GHEE.plu, MONDAY, 361_00, "khata"), "price-above-mrp"),
        (RateChange(MILK.plu, MONDAY, 0, "khata"), "price-zero"),
        (RateChange(999, MONDAY, 5, "khata"), "product-unknown"),
        (RateChange(MILK.plu, MONDAY, 5, "counter"), "price-list"),
        (RateChange(MILK.plu, MONDAY, 5, "cheap"), "price-list"),
        (RateChange(MILK.plu, MONDAY, 5), "rate-whose"),
        (RateChange(MILK.plu, MONDAY, 5, "khata", "c1"), "rate-whose"),
        (RateChange(MILK.plu, MONDAY, 5, customer="c1"), "customer-unknown"),
    ],
    ids=str,
)
def test_no_rate(till, change, code):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        till.rates.set(change, OWNER)
    assert refused.value.code == code
    assert everything(till) == before


def test_no_rate_is_above_a_later_mrp(till, meena):
    listed(till, 355_00, plu=GHEE.plu)
    cheaper = GHEE._replace(price_paise=340_00, mrp_paise=345_00)
    till.catalogue.change(cheaper, OWNER)
    assert rate(till, meena, cheaper) == 345_00


# --- on a bill ----------------------------------------------------------------------------------


def rates_of(key):
    return [line.rate_paise for line in key.cart.lines]


def test_a_line_has_the_rate_of_whose_the_bill_is(till, meena, key):
    listed(till, 60_00)
    assert key("//12", "2*12").line.amount_paise == 120_00
    assert key("/30*12").line.qty_milli == 500
    paid = key("+//").paid
    line = paid.document.lines[0]
    assert (line.rate_paise, line.list_rate_paise, line.discount_paise) == (60_00, 62_00, 0)


def test_choosing_somebody_gives_the_lines_their_rate(till, meena, key):
    listed(till, 60_00)
    key("2*12", "31", "12", "**40")
    key("//12")
    assert rates_of(key) == [60_00, CURD.price_paise, 40_00]  # what was keyed stays
    key("//")
    assert rates_of(key) == [62_00, CURD.price_paise, 40_00]


def test_a_worth_of_pieces_that_no_longer_fits_is_told(till, meena, key):
    listed(till, 7_00, plu=EGG.plu)
    key("/15*40")
    before = everything(till)
    with pytest.raises(Refused, match="not a multiple"):
        key("//12")
    assert everything(till) == before


def test_the_rate_is_that_of_the_shift_s_day(till, meena, key, clock):
    listed(till, 50_00, day=TUESDAY)
    clock.advance(DAY_MS)  # past midnight, in Monday's shift
    key("//12", "12", "+//")
    assert till.accounts.owed_paise(meena.id) == 62_00
    next_day(till)
    key("//12", "12", "+//")
    assert till.accounts.owed_paise(meena.id) == 112_00
