"""The usual at the counter: proposed when a customer is chosen, taken by an empty key-in."""

import contextlib
from datetime import timedelta

import pytest

from milkpos_tui.domain.cart import Measured, TenderKind, Weight
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.labels import DEFAULT_LAYOUTS, write_label
from milkpos_tui.domain.month import month_of
from milkpos_tui.domain.orders import BOTH, DAILY, OrderPlace
from milkpos_tui.domain.roles import NeedsApproval
from milkpos_tui.domain.scan import Scan
from milkpos_tui.domain.usual import Source
from milkpos_tui.journal.journal import Actor
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.checkout import Scale
from milkpos_tui.services.orders import Wish
from milkpos_tui.services.rates import RateChange
from milkpos_tui.services.records import Operator
from milkpos_tui.till import verify_home
from tests.services.reading import Counter, entries, everything
from tests.support.staff import CARA, hire
from tests.support.tills import (
    CURD,
    DAY_MS,
    EGG,
    GHEE,
    MILK,
    MONDAY,
    OWNER,
    SWEETS,
    close_shift,
    next_day,
)

AM, PM = BOTH
HOUR_MS = DAY_MS // 24
EVENING_MS = 11 * HOUR_MS  # from seven in the morning


def collected(plu, qty_milli, halves=BOTH, **more):
    return Wish(plu, qty_milli, DAILY, halves, place=OrderPlace.COUNTER, **more)


@pytest.fixture
def lakshmi(till):
    """Lakshmi collects two litres and an egg, morning and evening; she may owe Rs 200."""
    customer = till.customers.add(
        Customer("", "12", 200_00, name="Lakshmi", card="C0001234"), OWNER
    )
    till.orders.add("12", collected(MILK.plu, 2000), OWNER)
    till.orders.add("12", collected(EGG.plu, 1000), OWNER)
    return customer


def lines(cart):
    return [(line.item.plu, line.qty_milli, line.rate_paise) for line in cart.lines]


def proposed(key, keyed="//12"):
    """What is proposed for a customer."""
    usual = key(keyed).usual
    assert key.checkout.proposes is (usual is not None)
    return None if usual is None else list(usual.asked)


def take(key):
    outcome = key.checkout.take_usual()
    assert outcome.draft is key.checkout.draft
    key.assert_stored()
    return outcome


def refusal(till, decide):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        decide()
    assert everything(till) == before
    return refused.value.code


TWO_LITRES_AND_AN_EGG = [(MILK.plu, 2000, 62_00), (EGG.plu, 1000, 7_50)]


# --- proposed, and taken ------------------------------------------------------------------------


def test_the_usual_is_proposed_and_nothing_is_stored(till, key, lakshmi):
    before = everything(till)
    outcome = key("//12")
    assert (outcome.did, outcome.message) == (
        "customer",
        "12 Lakshmi: owes nothing, of the limit of Rs 200.00",
    )
    usual = outcome.usual
    assert (usual.source, usual.half, usual.total_paise) == (Source.ORDERS, AM, 132_00)
    assert list(usual.asked) == TWO_LITRES_AND_AN_EGG
    assert key.cart.lines == ()
    assert everything(till) == before


def test_an_empty_key_in_takes_it_in_one_go_and_pays_nothing(till, key, lakshmi, clock):
    key("//12")
    clock.advance(HOUR_MS)
    outcome = take(key)
    assert (outcome.did, outcome.paid, outcome.message) == ("usual", None, "the usual: 2 lines")
    assert lines(key.cart) == TWO_LITRES_AND_AN_EGG
    assert key.cart.customer == lakshmi.id
    assert key.checkout.draft.version == 1
    assert [line.id for line in key.cart.lines] == [1, 2]
    assert all(abs(clock.now() - line.keyed_at) < HOUR_MS for line in key.cart.lines)
    key("+//")
    assert till.accounts.owed_paise(lakshmi.id) == 132_00


def test_it_is_proposed_to_who_is_scanned_too(till, lakshmi):
    checkout = till.checkout("1", OWNER)
    assert checkout.scan(Scan("C0001234"), card=True).usual is not None
    assert checkout.take_usual().did == "usual"


def test_an_empty_key_in_by_itself_is_passed_over(till, key, lakshmi):
    key("12")
    before = everything(till)
    assert take(key).did == "repeated"
    assert everything(till) == before
    key("+")
    assert take(key).did == "repeated"


@pytest.mark.parametrize("keyed", ["12", "*2", "+", "//", ".", "-", "nonsense!"])
def test_anything_else_drops_it(till, key, lakshmi, keyed):
    key("//12")
    with contextlib.suppress(Refused):
        key(keyed)
    before = everything(till)
    assert take(key).did == "repeated"
    assert everything(till) == before


def test_a_scan_and_a_weight_drop_it(till, key, lakshmi):
    key("//12")
    key.checkout.scan(Scan(GHEE.barcodes[0]))
    assert not key.checkout.proposes
    key("-", "//12")
    with pytest.raises(Refused):
        key.checkout.weigh("", chosen=None, serial=0, scale=Scale())
    assert not key.checkout.proposes


def test_it_is_taken_once(till, key, lakshmi):
    key("//12")
    take(key)
    assert take(key).did == "repeated"
    assert lines(key.cart) == TWO_LITRES_AND_AN_EGG


def test_a_bill_that_has_lines_is_not_proposed_anything(till, key, lakshmi):
    key("110")
    assert proposed(key) is None
    assert len(key.cart.lines) == 1


def test_nobody_is_proposed_nothing(till, key, lakshmi):
    assert proposed(key, "//") is None


def test_choosing_without_being_asked_proposes_nothing(till, key, lakshmi):
    assert key.checkout.choose("12").usual is None
    assert not key.checkout.proposes
    assert key.cart.customer == lakshmi.id


def test_an_empty_key_in_between_keeps_what_was_paid_and_refused(till, key, lakshmi):
    key("12", serial=1)
    key("+", serial=2)
    assert key.checkout.take_usual(serial=3).did == "repeated"
    assert key("+", serial=4, seen=1).did == "repeated"


def test_money_keyed_ahead_of_a_refused_taking_pays_nothing(till, key, lakshmi):
    key("//12", serial=1)
    till.catalogue.change(MILK._replace(price_paise=63_00), OWNER)
    with pytest.raises(Refused):
        key.checkout.take_usual(serial=2)
    key("12", serial=3)
    with pytest.raises(Refused) as refused:
        key("+", serial=4, seen=1)
    assert refused.value.code == "keyed-ahead"


# --- what is left of it -------------------------------------------------------------------------


def test_what_was_collected_is_not_proposed_again_in_this_half(till, key, lakshmi, clock):
    key("//12")
    take(key)
    key("+//")
    outcome = key("//12")
    assert (outcome.usual, outcome.message) == (
        None,
        "12 Lakshmi: this morning's usual was collected; owes Rs 132.00, of the limit of Rs 200.00",
    )
    assert take(key).did == "repeated"
    clock.advance(EVENING_MS)
    assert proposed(key) == TWO_LITRES_AND_AN_EGG


def test_what_was_keyed_by_hand_counts_and_what_came_back_does_not(till, key, lakshmi, clock):
    bill = key("//12", "1.5*12", "40", "+").paid
    assert proposed(key) == [(MILK.plu, 500, 62_00)]
    till.billing.take_back(bill.number, {1: 1000}, "sour", TenderKind.CASH, "1", OWNER)
    assert proposed(key) == [(MILK.plu, 1500, 62_00)]
    clock.advance(EVENING_MS)
    till.billing.take_back(bill.number, {1: 500}, "sour", TenderKind.CASH, "1", OWNER)
    assert proposed(key) == TWO_LITRES_AND_AN_EGG


def test_what_somebody_else_bought_does_not_count(till, key, lakshmi):
    till.customers.add(Customer("", "13", name="Gita"), OWNER)
    key("//13", "2*12", "40", "+", "2*12", "+")
    assert proposed(key) == TWO_LITRES_AND_AN_EGG


def test_yesterday_s_does_not_count(till, key, lakshmi, clock):
    key("//12")
    take(key)
    key("+")
    clock.advance(DAY_MS)
    next_day(till)
    assert proposed(key) == TWO_LITRES_AND_AN_EGG


def test_what_is_on_another_bill_of_theirs_counts_until_that_is_dropped(
    till, two_counters, lakshmi
):
    key, other = two_counters
    key("//12")
    take(key)
    assert "collected" in other("//12").message
    key(".")
    assert "collected" in key("//12").message
    key(".1", "--")
    assert proposed(other) == TWO_LITRES_AND_AN_EGG


def test_of_two_counters_one_takes_it(till, two_counters, lakshmi):
    key, other = two_counters
    key("//12")
    other("//12")
    take(key)
    assert refusal(till, other.checkout.take_usual) == "usual-changed"
    assert other.cart.lines == ()
    assert not other.checkout.proposes


def test_days_and_what_is_said_about_them(till, key, lakshmi):
    till.orders.skip("12", 1, MONDAY, AM, OWNER)
    till.orders.change("12", 2, MONDAY, AM, 5000, OWNER)
    assert proposed(key) == [(EGG.plu, 6000, 7_50)]
    till.orders.switch("12", 2, CURD.plu, MONDAY, MONDAY, OWNER)
    assert proposed(key) == [(CURD.plu, 6000, 90_00)]
    till.orders.pause("12", None, MONDAY, None, OWNER)
    assert proposed(key) == [(CURD.plu, 5000, 90_00)]  # asked for while away: a guest


def test_who_has_orders_and_nothing_due_is_not_proposed_the_last_bill(till, key, lakshmi):
    key("//12", "110", "+")
    till.orders.pause("12", None, MONDAY, None, OWNER)
    outcome = key("//12")
    assert (outcome.usual, outcome.message) == (
        None,
        "12 Lakshmi: owes nothing, of the limit of Rs 200.00",
    )


def test_the_day_is_the_shift_s(till, key, lakshmi, clock):
    till.orders.end("12", 2, MONDAY, OWNER)
    clock.advance(DAY_MS)  # the shift of Monday is still open
    assert proposed(key) == TWO_LITRES_AND_AN_EGG
    take(key)
    key("+")
    assert "collected" in key("//12").message
    next_day(till)
    assert proposed(key) == TWO_LITRES_AND_AN_EGG[:1]


def test_without_a_shift_nothing_is_proposed(till, key, lakshmi):
    key("//12")
    close_shift(till)
    assert refusal(till, key.checkout.take_usual) == "no-shift"
    assert proposed(key) is None


def test_a_double_collects_for_both(till, key, lakshmi):
    double = till.customers.add(Customer("", "77", name="Lakshmi R"), OWNER)
    till.orders.add("77", collected(MILK.plu, 500), OWNER)
    key("//77", ".5*12", "+")
    till.customers.merge(double, lakshmi, OWNER)
    assert proposed(key, "//77") == [(MILK.plu, 2000, 62_00), (EGG.plu, 1000, 7_50)]


# --- at which price -----------------------------------------------------------------------------


def test_it_is_at_the_customer_s_rate_of_the_day(till, key, lakshmi):
    till.rates.set(RateChange(MILK.plu, MONDAY, 60_00, customer=lakshmi.id), OWNER)
    till.rates.set(RateChange(EGG.plu, MONDAY, 7_00, price_list="khata"), OWNER)
    assert proposed(key) == [(MILK.plu, 2000, 60_00), (EGG.plu, 1000, 7_00)]


@pytest.fixture
def agreed(till):
    """Lakshmi gets her ghee at Rs 345."""
    till.customers.add(Customer("", "12", name="Lakshmi"), OWNER)
    till.orders.add("12", collected(GHEE.plu, 1000, rate_paise=345_00), OWNER)


def test_a_rate_agreed_for_the_order_holds_and_never_above_the_mrp(till, key, agreed):
    assert proposed(key) == [(GHEE.plu, 1000, 345_00)]
    till.catalogue.change(GHEE._replace(mrp_paise=340_00, price_paise=340_00), OWNER)
    assert proposed(key) == [(GHEE.plu, 1000, 340_00)]


def test_an_agreed_rate_does_not_stay_on_a_bill_that_becomes_another_s(till, key, agreed):
    key("//12")
    take(key)
    key("//12")
    assert lines(key.cart) == [(GHEE.plu, 1000, 345_00)]
    key("//")
    assert lines(key.cart) == [(GHEE.plu, 1000, 350_00)]


def test_a_rate_that_changed_since_is_told_first(till, key, lakshmi):
    key("//12")
    till.rates.set(RateChange(MILK.plu, MONDAY, 64_00, price_list="khata"), OWNER)
    assert refusal(till, key.checkout.take_usual) == "usual-changed"
    assert proposed(key)[0] == (MILK.plu, 2000, 64_00)


# --- the last bill ------------------------------------------------------------------------------


@pytest.fixture
def gita(till):
    """Gita has no orders."""
    return till.customers.add(Customer("", "13", name="Gita"), OWNER)


def test_who_has_no_orders_is_proposed_the_last_bill(till, key, gita, clock):
    assert proposed(key, "//13") is None
    key("12", "+")
    key("//13", "110", "+")
    clock.advance(HOUR_MS)
    key("//13", "2*12", ".25*31", "+//")
    key("3*12", "+")
    usual = key("//13").usual
    assert (usual.source, usual.total_paise) == (Source.LAST_BILL, 147_00)
    assert list(usual.asked) == [(MILK.plu, 2000, 62_00), (CURD.plu, 250, 90_00)]
    take(key)
    assert [line.measured for line in key.cart.lines] == [Measured.NOBODY, Measured.TYPED]


def test_prices_and_discounts_of_that_day_are_not_asked_for_again(till, key, gita):
    key("//13", "2*12", "**50", "*-10", "110", "+-20", "+")
    till.rates.set(RateChange(MILK.plu, MONDAY, 61_00, price_list="khata"), OWNER)
    assert proposed(key, "//13") == [(MILK.plu, 2000, 61_00), (GHEE.plu, 1000, 350_00)]
    take(key)
    assert key.cart.discount_paise == 0


def test_what_came_back_is_not_proposed(till, key, gita):
    bill = key("//13", "2*12", "110", "+").paid
    till.billing.take_back(bill.number, {1: 500, 2: 1000}, "sour", TenderKind.CASH, "1", OWNER)
    assert proposed(key, "//13") == [(MILK.plu, 1500, 62_00)]
    till.billing.take_back(bill.number, {1: 1500}, "sour", TenderKind.CASH, "1", OWNER)
    assert proposed(key, "//13") is None


def test_what_a_scale_or_a_label_said_is_weighed_anew(till, key, gita):
    checkout = key.checkout
    key("//13", "12", write_label(DEFAULT_LAYOUTS[1], SWEETS.plu, 50_00))
    checkout.weigh("31", chosen=None, serial=0, scale=Scale(Weight(412)))
    key("+")
    usual = key("//13").usual
    assert list(usual.asked) == [(MILK.plu, 1000, 62_00)]
    assert take(key).message == "the usual: 1 line; to be weighed: Milk peda, Curd"


def test_orders_that_ended_leave_the_last_bill(till, key, lakshmi, clock):
    key("//12", "110", "+")
    for number in (1, 2):
        till.orders.end("12", number, MONDAY, OWNER)
    clock.advance(DAY_MS)
    next_day(till)
    assert proposed(key) == [(GHEE.plu, 1000, 350_00)]


def test_what_the_round_brings_is_never_proposed(till, key, gita):
    till.orders.add("13", Wish(MILK.plu, 1000, DAILY), OWNER)
    till.rounds.record(MONDAY, AM, "", OWNER)
    assert proposed(key, "//13") is None
    key("//13", "110", "+")
    assert proposed(key, "//13") == [(GHEE.plu, 1000, 350_00)]


# --- what goes wrong ----------------------------------------------------------------------------


def test_an_item_sold_no_longer_is_left_out_and_told(till, key, lakshmi):
    till.catalogue.retire(EGG.plu, OWNER)
    usual = key("//12").usual
    assert list(usual.asked) == TWO_LITRES_AND_AN_EGG[:1]
    assert take(key).message == "the usual: 1 line; sold no longer: Egg"


def test_where_nothing_of_it_is_sold_any_more_that_is_told(till, key, lakshmi):
    for plu in (EGG.plu, MILK.plu):
        till.catalogue.retire(plu, OWNER)
    outcome = key("//12")
    assert outcome.usual is None
    assert outcome.message.startswith(
        "12 Lakshmi: nothing of the usual (sold no longer: Cow milk, Egg); owes nothing"
    )


def test_a_quantity_that_is_sold_no_longer_is_left_out(till, key, lakshmi):
    till.catalogue.change(MILK._replace(step_milli=5000), OWNER)
    usual = key("//12").usual
    assert list(usual.asked) == TWO_LITRES_AND_AN_EGG[1:]
    assert usual.left_out[0].name == "Cow milk"


def test_an_item_retired_between_proposal_and_enter(till, key, lakshmi):
    key("//12")
    till.catalogue.retire(EGG.plu, OWNER)
    assert refusal(till, key.checkout.take_usual) == "usual-changed"


def test_above_the_limit_is_asked_at_payment_as_ever(till, lakshmi):
    hire(till)
    key = Counter(till, actor=CARA)
    till.khata.adjust("12", 150_00, "brought forward", "1", OWNER)
    key("//12")
    take(key)
    with pytest.raises(NeedsApproval):
        key("+//")
    assert len(key.cart.lines) == 2


def test_who_may_not_sell_is_proposed_nothing(till, lakshmi):
    till.people.add(Operator("audit", "Audit", "auditor"), "135791", OWNER)
    key = Counter(till, actor=Actor("audit"))
    assert refusal(till, lambda: key("//12")) == "not-allowed"
    assert not key.checkout.proposes


def test_who_may_sell_no_longer_takes_nothing(till, lakshmi):
    hire(till)
    key = Counter(till, actor=CARA)
    key("//12")
    till.people.change(Operator(CARA.operator, "Cara", "auditor"), OWNER)
    assert refusal(till, key.checkout.take_usual) == "not-allowed"


def test_it_is_not_put_on_a_bill_that_has_something(till, key, lakshmi):
    usual = key("//12").usual
    key("110")
    draft = key.checkout.draft
    assert refusal(till, lambda: till.usuals.take(draft, usual, OWNER)) == "usual-changed"


def test_a_shift_s_bill_dropped_elsewhere_takes_the_proposal_along(till, key, lakshmi):
    key("//12")
    key.checkout.draft = till.drafts.new("1")
    assert refusal(till, key.checkout.take_usual) == "usual-changed"


# --- what becomes of it -------------------------------------------------------------------------


def test_it_is_a_bill_of_the_month_and_no_delivery(till, key, lakshmi, clock):
    key("//12")
    take(key)
    paid = key("+//").paid
    till.rounds.record(MONDAY, AM, "", OWNER)
    assert entries(till, Kind.ROUND_RECORDED) == []
    clock.advance(10 * DAY_MS)
    bill = till.months.paper("12", month_of(MONDAY), OWNER).bill
    assert bill.lines == ()
    assert [(one.number, one.amount_paise) for one in bill.purchases] == [(paid.number, 132_00)]
    assert bill.due_paise == 132_00


def test_the_journal_rebuilds_it(till, home, key, lakshmi, clock):
    key("//12")
    take(key)
    key("+//")
    clock.advance(EVENING_MS)
    till.orders.change("12", 1, MONDAY + timedelta(1), PM, 500, OWNER)
    assert verify_home(home, rebuild=True).result is Result.GOOD
