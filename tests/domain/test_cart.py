from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.cart import (
    CASH_SURPLUS_MAX_PAISE,
    LINES_MAX,
    NO_DISCOUNT,
    Cart,
    CartLine,
    Discount,
    Tender,
    TenderKind,
    round_off_to,
)
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import MONEY_LIMIT_PAISE
from milkpos_tui.domain.quantity import MILLI, QUANTITY_LIMIT_MILLI, Unit
from tests.support.strategies import (
    COLA,
    GHEE,
    MILK,
    MODEST,
    cart_lines,
    cart_of,
    carts,
    cash_upi_card,
    items,
    make_item,
    paid_carts,
    quantities,
    worths,
)

CASH, UPI, CARD, KHATA = TenderKind.CASH, TenderKind.UPI, TenderKind.CARD, TenderKind.KHATA
CAN = make_item(60_00, Unit.LITRE, step_milli=250)


def refusal(call, *args):
    """The code of the rule that refuses a call."""
    with pytest.raises(Refused) as refused:
        call(*args)
    return refused.value.code


# --- lines -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "qty_milli", "amount"),
    [
        (MILK, 1000, 60_00),
        (MILK, 500, 30_00),
        (GHEE, 3000, 1065_00),
        (make_item(33_33), 333, 11_10),  # 11.09889
        (make_item(61_00), 250, 15_25),
        (make_item(61_50), 250, 15_38),  # 15.375: half a paisa goes up
        (make_item(1), 500, 1),
    ],
)
def test_an_amount_is_price_times_quantity_half_up(item, qty_milli, amount):
    line = CartLine.by_quantity(7, item, qty_milli)
    assert (line.id, line.qty_milli, line.rate_paise) == (7, qty_milli, item.price_paise)
    assert line.gross_paise == line.amount_paise == amount
    assert line.worth_paise is None


@pytest.mark.parametrize(
    ("item", "worth", "qty_milli"),
    [
        (MILK, 50_00, 833),  # 0.8333 L
        (MILK, 40_00, 667),
        (make_item(320_00, Unit.KG), 50_00, 156),  # 0.15625 kg
        (make_item(80_00), 10_00, 125),
        (make_item(80_00), 10_04, 126),  # 0.1255 L: half a millilitre goes up
        (COLA, 60_00, 3000),
        (CAN, 45_00, 750),
    ],
)
def test_worth_gives_the_nearest_quantity_and_asks_what_was_keyed(item, worth, qty_milli):
    line = CartLine.by_worth(1, item, worth)
    assert (line.qty_milli, line.worth_paise) == (qty_milli, worth)
    assert line.gross_paise == line.amount_paise == worth


@MODEST
@given(st.data())
def test_any_quantity_in_the_item_s_steps_is_sold(data):
    item = data.draw(items())
    line = CartLine.by_quantity(1, item, data.draw(quantities(item)))
    assert abs(line.amount_paise * MILLI - line.qty_milli * item.price_paise) * 2 <= MILLI


@MODEST
@given(st.data())
def test_fifty_rupees_worth_is_fifty_rupees_to_the_paisa(data):
    item = data.draw(items())
    worth = data.draw(worths(item))
    line = CartLine.by_worth(1, item, worth)
    assert line.amount_paise == worth
    assert abs(line.qty_milli * line.rate_paise - worth * MILLI) * 2 <= line.rate_paise
    assert line.qty_milli % item.step_milli == 0
    assert CartLine.by_quantity(1, item, MILLI * 6).with_worth(worth) == line


@pytest.mark.parametrize(
    ("item", "qty_milli", "code"),
    [
        (MILK, 0, "quantity-zero"),
        (MILK, -1000, "quantity-zero"),
        (MILK, QUANTITY_LIMIT_MILLI + 1, "quantity-limit"),
        (GHEE, 500, "quantity-step"),
        (CAN, 300, "quantity-step"),
        (make_item(1), 499, "amount-zero"),
        (make_item(0), 1000, "amount-zero"),
    ],
)
def test_a_quantity_that_can_not_be_sold_is_refused(item, qty_milli, code):
    assert refusal(CartLine.by_quantity, 1, item, qty_milli) == code
    line = CartLine.by_quantity(1, item._replace(price_paise=60_00), 1000)
    if item.price_paise > 1:
        assert refusal(line.with_quantity, qty_milli) == code


@pytest.mark.parametrize(
    ("item", "worth", "code"),
    [
        (MILK, 0, "quantity-zero"),
        (MILK, -50_00, "quantity-zero"),
        (MILK, 2, "quantity-zero"),  # 0.33 ml
        (COLA, 50_00, "quantity-step"),  # two and a half bottles
        (CAN, 50_00, "quantity-step"),
        (MILK, 10_00_000_00, "quantity-limit"),
    ],
)
def test_worth_that_buys_no_quantity_that_is_sold_is_refused(item, worth, code):
    assert refusal(CartLine.by_worth, 1, item, worth) == code
    assert refusal(CartLine.by_quantity(1, item, 1000).with_worth, worth) == code


def test_a_keyed_quantity_replaces_a_keyed_worth_and_the_other_way_round():
    by_worth = CartLine.by_worth(1, MILK, 50_00)
    assert by_worth.with_quantity(500) == CartLine.by_quantity(1, MILK, 500)
    assert CartLine.by_quantity(1, MILK, 500).with_worth(50_00) == by_worth


def test_another_price_keeps_the_quantity_or_the_worth_that_was_keyed():
    by_quantity = CartLine.by_quantity(1, MILK, 1500).with_rate(50_00)
    assert (by_quantity.qty_milli, by_quantity.amount_paise) == (1500, 75_00)
    by_worth = CartLine.by_worth(1, MILK, 50_00).with_rate(50_00)
    assert (by_worth.qty_milli, by_worth.amount_paise) == (1000, 50_00)
    assert by_worth.item.price_paise == 60_00


@pytest.mark.parametrize(
    ("price", "code"), [(20_01, "price-above-mrp"), (0, "price-zero"), (-1, "price-zero")]
)
def test_a_price_above_the_mrp_or_of_nothing_is_refused(price, code):
    line = CartLine.by_quantity(1, COLA, 1000)
    assert refusal(line.with_rate, price) == code
    assert line.with_rate(19_50).with_rate(20_00).amount_paise == 20_00


@pytest.mark.parametrize("worth", [4_999_99, 5_000_01, 5_002_49, 10_002_49])
def test_what_is_counted_is_never_sold_at_another_price_by_worth(worth):
    tin = make_item(5_000_00, Unit.PIECE, mrp_paise=5_000_00)
    assert refusal(CartLine.by_worth, 1, tin, worth) == "worth-of-pieces"
    assert CartLine.by_worth(1, tin, 10_000_00).qty_milli == 2000


@given(cart_lines(line_id=4))
def test_a_line_comes_back_from_a_draft_as_it_was(line):
    kept = (line.item, line.qty_milli, line.rate_paise, line.worth_paise, line.discount)
    assert CartLine.restored(4, *kept, line.keyed_at) == line


def test_a_change_keeps_when_the_line_was_keyed():
    for line in (
        CartLine.by_quantity(1, MILK, 2000, keyed_at=7),
        CartLine.by_worth(1, MILK, 50_00, keyed_at=7),
    ):
        changes = (
            line.with_quantity(3000),
            line.with_worth(90_00),
            line.with_rate(50_00),
            line.with_discount(Discount(rate_bp=500)),
        )
        assert [changed.keyed_at for changed in changes] == [7] * len(changes)


@pytest.mark.parametrize("worth", [None, 30_00])
def test_a_line_comes_back_though_its_item_has_a_coarser_step_now(worth):
    coarse = MILK._replace(step_milli=1000, price_paise=66_00)
    line = CartLine.restored(4, coarse, 500, 60_00, worth, Discount(rate_bp=1000))
    assert (line.qty_milli, line.rate_paise, line.worth_paise) == (500, 60_00, worth)
    assert (line.gross_paise, line.amount_paise) == (30_00, 27_00)


# --- discounts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("discount", "base", "off"),
    [
        (NO_DISCOUNT, 100_00, 0),
        (Discount(paise=10_00), 100_00, 10_00),
        (Discount(paise=100_00), 100_00, 100_00),
        (Discount(rate_bp=500), 62_00, 3_10),
        (Discount(rate_bp=500), 62_10, 3_11),  # 3.105
        (Discount(rate_bp=500), 62_09, 3_10),
        (Discount(rate_bp=1250), 1_00, 13),  # 0.125
        (Discount(rate_bp=10_000), 62_00, 62_00),
        (Discount(rate_bp=500), 0, 0),
    ],
)
def test_a_discount_is_an_amount_or_a_rate_half_up(discount, base, off):
    assert discount.of(base) == off


@pytest.mark.parametrize(
    ("discount", "base"),
    [
        (Discount(paise=100_01), 100_00),
        (Discount(paise=1), 0),
        (Discount(rate_bp=10_001), 1000_00),
    ],
)
def test_a_discount_of_more_than_there_is_is_refused(discount, base):
    assert refusal(discount.of, base) == "discount-too-much"


def test_a_discount_is_written_as_it_was_keyed():
    assert str(Discount(rate_bp=1250)) == "12.5 %"
    assert str(Discount(paise=1_000_00)) == "Rs 1,000.00"
    assert str(NO_DISCOUNT) == "Rs 0.00"


def test_a_line_s_discount_comes_off_its_amount_and_not_off_the_other_discount():
    line = CartLine.by_quantity(1, GHEE, 2000).with_discount(Discount(rate_bp=1000))
    assert (line.gross_paise, line.amount_paise) == (710_00, 639_00)
    again = line.with_discount(Discount(paise=10_00))
    assert (again.gross_paise, again.amount_paise) == (710_00, 700_00)
    assert again.with_discount(NO_DISCOUNT) == CartLine.by_quantity(1, GHEE, 2000)


def test_a_line_s_discount_stays_when_its_quantity_worth_or_price_changes():
    milk = CartLine.by_quantity(1, MILK, 1000).with_discount(Discount(rate_bp=1000))
    assert milk.with_quantity(2000).amount_paise == 108_00
    assert milk.with_worth(50_00).amount_paise == 45_00
    assert milk.with_rate(50_00).amount_paise == 45_00


def test_a_discount_that_no_longer_fits_its_line_is_refused():
    line = CartLine.by_quantity(1, MILK, 1000).with_discount(Discount(paise=50_00))
    assert refusal(line.with_quantity, 500) == "discount-too-much"
    assert refusal(line.with_discount, Discount(paise=60_01)) == "discount-too-much"


def test_the_bill_s_discount_comes_after_the_lines_own():
    cart = cart_of((MILK, 1000), (COLA, 2000))
    cart = cart.with_line(cart.last.with_discount(Discount(paise=10_00)))
    cart = cart.with_discount(Discount(rate_bp=1000))
    assert cart.amounts_paise == 90_00
    assert cart.bill_discount_paise == 9_00
    assert cart.discount_paise == 19_00
    assert cart.net_paise == cart.total_paise == 81_00


def test_a_bill_s_discount_of_more_than_the_lines_is_refused():
    cart = cart_of((MILK, 1000))
    assert refusal(cart.with_discount, Discount(paise=60_01)) == "discount-too-much"
    assert refusal(Cart().with_discount, Discount(rate_bp=500)) == "no-line"
    given_away = cart.with_discount(Discount(paise=60_00))
    assert given_away.total_paise == 0
    smaller = cart.last.with_quantity(500)
    assert refusal(given_away.with_line, smaller) == "discount-too-much"


def test_a_bill_s_discount_in_rupees_goes_with_the_line_that_it_needs():
    cart = cart_of((MILK, 1000), (COLA, 1000)).with_discount(Discount(paise=20_00))
    assert cart.without_line(cart.line(1)).discount == Discount(paise=20_00)
    dearer = cart.with_discount(Discount(paise=20_01))
    assert dearer.without_line(dearer.line(1)).discount == NO_DISCOUNT
    rate = cart.with_discount(Discount(rate_bp=1000))
    assert rate.without_line(rate.line(1)).total_paise == 18_00


# --- the lines of a cart ---------------------------------------------------------------------


def test_a_line_of_a_new_id_is_added_and_one_of_a_known_id_replaced():
    cart = cart_of((MILK, 1000), (GHEE, 1000), (COLA, 1000))
    changed = cart.line(2).with_quantity(4000)
    after = cart.with_line(changed)
    assert after.lines == (cart.line(1), changed, cart.line(3))
    assert cart.line(2).qty_milli == 1000  # the cart before is what it was


def test_a_line_is_taken_off_by_its_id():
    cart = cart_of((MILK, 1000), (MILK, 1000), (COLA, 1000))
    assert cart.without_line(cart.line(2)).lines == (cart.line(1), cart.line(3))
    assert cart_of((MILK, 1000)).without_line(cart.line(1)) == Cart()


def test_lines_are_found_by_the_number_shown():
    cart = cart_of((MILK, 1000), (COLA, 1000))
    assert (cart.line(1).item, cart.line(2).item, cart.last.item) == (MILK, COLA, COLA)
    assert refusal(cart.line, 0) == refusal(cart.line, 3) == refusal(cart.line, -1) == "no-line"
    assert refusal(lambda: Cart().last) == "no-line"


@MODEST
@given(st.lists(st.integers(0, 4), max_size=12))
def test_no_two_lines_of_a_cart_have_one_id(strokes):
    cart, count = Cart(), 0
    for stroke in strokes:
        if stroke < len(cart.lines):
            cart, count = cart.without_line(cart.lines[stroke]), count - 1
        else:
            line = CartLine.by_quantity(cart.next_line_id, MILK, 1000)
            cart, count = cart.with_line(line), count + 1
    ids = [line.id for line in cart.lines]
    assert len(set(ids)) == len(ids) == count
    assert ids == sorted(ids)  # a draft comes back in the order of its ids
    assert min([cart.next_line_id, *ids]) >= 1


def test_a_bill_has_a_thousand_lines_and_no_more():
    one = CartLine.by_quantity(1, MILK, 1000)
    lines = tuple(one._replace(id=line_id) for line_id in range(1, LINES_MAX))
    full = Cart(lines).with_line(one._replace(id=LINES_MAX))
    assert len(full.lines) == LINES_MAX == 1000
    assert refusal(full.with_line, one._replace(id=LINES_MAX + 1)) == "bill-full"
    assert full.with_line(one.with_quantity(2000)).line(1).qty_milli == 2000


def test_a_bill_comes_to_ten_crore_and_no_more():
    dear = make_item(MONEY_LIMIT_PAISE)
    full = cart_of((dear, 1000))
    assert full.total_paise == MONEY_LIMIT_PAISE
    paisa = CartLine.by_quantity(2, make_item(1), 1000)
    assert refusal(full.with_line, paisa) == "bill-limit"
    assert refusal(full.with_line, full.last.with_quantity(1001)) == "bill-limit"


# --- totals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paise", "step", "rounded"),
    [
        (62_49, 100, 62_00),
        (62_50, 100, 63_00),
        (63_00, 100, 63_00),
        (49, 100, 0),
        (62_49, 1, 62_49),
        (0, 100, 0),
        (62_40, 500, 60_00),
    ],
)
def test_the_total_is_rounded_to_the_nearest_rupee_halves_up(paise, step, rounded):
    assert round_off_to(paise, step) == rounded
    cart = Cart(round_to_paise=step)
    if paise:
        cart = cart.with_line(CartLine.by_quantity(1, make_item(paise), 1000))
    assert (cart.net_paise, cart.total_paise) == (paise, rounded)


@MODEST
@given(carts())
def test_what_is_shown_of_an_open_bill_adds_up(cart):
    assert cart.amounts_paise == sum(line.amount_paise for line in cart.lines)
    gross = sum(line.gross_paise for line in cart.lines)
    assert gross - cart.discount_paise == cart.net_paise >= 0
    assert 0 <= cart.bill_discount_paise <= cart.amounts_paise
    assert -cart.round_to_paise < 2 * (cart.total_paise - cart.net_paise) <= cart.round_to_paise
    assert cart.total_paise % cart.round_to_paise == 0
    assert (cart.due_paise, cart.change_paise) == (cart.total_paise, 0)


# --- tenders ---------------------------------------------------------------------------------


def test_the_books_keep_these_words_for_what_is_given():
    assert list(TenderKind) == ["cash", "upi", "card", "khata"]


def test_cash_above_the_due_gives_change():
    paid = cart_of((MILK, 1000)).with_tender(CASH, 500_00)
    assert (paid.due_paise, paid.change_paise, paid.tendered_paise) == (0, 440_00, 500_00)


@pytest.mark.parametrize("kind", [UPI, CARD])
def test_upi_and_card_above_the_due_are_refused_for_they_give_no_change(kind):
    cart = cart_of((MILK, 1000))
    assert refusal(cart.with_tender, kind, 60_01) == "tender-above-due"
    part = cart.with_tender(CASH, 20_00)
    assert refusal(part.with_tender, kind, 40_01) == "tender-above-due"
    paid = part.with_tender(kind, 40_00)
    assert (paid.due_paise, paid.change_paise) == (0, 0)


@pytest.mark.parametrize("paise", [None, 10_00, 60_00])
def test_khata_is_refused_to_nobody(paise):
    assert refusal(cart_of((MILK, 1000)).with_tender, KHATA, paise) == "khata-needs-customer"


@pytest.mark.parametrize("paise", [None, 10_00, 60_00])
def test_khata_of_a_customer(paise):
    cart = cart_of((MILK, 1000))
    cart = cart.of_customer("c1", cart.lines).with_tender(KHATA, paise)
    assert [tender.amount_paise for tender in cart.tenders] == [60_00 if paise is None else paise]
    assert refusal(cart.of_customer, None, cart.lines) == "part-paid"


def test_khata_gives_no_change():
    cart = cart_of((MILK, 1000))
    cart = cart.of_customer("c1", cart.lines)
    assert refusal(cart.with_tender, KHATA, 60_01) == "tender-above-due"


@pytest.mark.parametrize("kind", TenderKind)
@pytest.mark.parametrize("paise", [None, 0, 10_00])
def test_there_is_nothing_to_pay_without_a_line(kind, paise):
    assert refusal(Cart().with_tender, kind, paise) == "nothing-to-pay"


@pytest.mark.parametrize("kind", [CASH, UPI, CARD])
@pytest.mark.parametrize("paise", [0, -1, -60_00])
@pytest.mark.parametrize("due", [1, 60_00])
def test_nothing_given_is_refused_while_something_is_due(kind, paise, due):
    cart = cart_of((make_item(due), 1000), round_to_paise=1)
    assert refusal(cart.with_tender, kind, paise) == "tender-zero"


def test_cash_absurdly_above_the_due_is_refused():
    cart = cart_of((MILK, 1000))
    most = 60_00 + CASH_SURPLUS_MAX_PAISE
    assert cart.with_tender(CASH, most).change_paise == CASH_SURPLUS_MAX_PAISE == 10_000_00
    assert refusal(cart.with_tender, CASH, most + 1) == "tender-too-much"


@pytest.mark.parametrize("kind", [CASH, UPI, CARD])
def test_no_amount_means_exactly_what_is_due(kind):
    part = cart_of((MILK, 1000)).with_tender(CASH, 17_50)
    paid = part.with_tender(kind, None, "UTR 42")
    assert paid.tenders == (Tender(CASH, 17_50), Tender(kind, 42_50, "UTR 42"))
    assert (paid.due_paise, paid.change_paise) == (0, 0)


def test_a_bill_given_away_is_paid_without_any_money():
    cart = cart_of((MILK, 1000)).with_discount(Discount(rate_bp=10_000))
    assert cart.with_tender(CASH, None) == cart.with_tender(UPI, 0) == cart
    assert refusal(cart.with_tender, CASH, -1) == "tender-zero"
    assert refusal(cart.with_tender, UPI, 1) == "tender-above-due"


def test_a_bill_in_part_paid_does_not_change():
    cart = cart_of((MILK, 1000), (COLA, 1000)).with_tender(UPI, 10_00)
    more = CartLine.by_quantity(3, MILK, 1000)
    assert refusal(cart.with_line, more) == "part-paid"
    assert refusal(cart.with_line, cart.last.with_quantity(2000)) == "part-paid"
    assert refusal(cart.without_line, cart.last) == "part-paid"
    assert refusal(cart.with_discount, Discount(paise=1_00)) == "part-paid"
    back = cart.without_last_tender()
    assert back.with_line(more).total_paise == 140_00


def test_the_last_money_given_goes_back_first():
    cart = cart_of((MILK, 1000)).with_tender(UPI, 10_00).with_tender(CARD, 20_00)
    assert cart.without_last_tender().tenders == (Tender(UPI, 10_00),)
    assert cart.without_last_tender().without_last_tender() == cart_of((MILK, 1000))
    assert Cart().without_last_tender() == Cart()


@pytest.mark.parametrize("kind", [CASH, UPI, CARD])
@pytest.mark.parametrize("paise", [None, 0, 1, -5_00, CASH_SURPLUS_MAX_PAISE])
@pytest.mark.parametrize("cash", [60_00, 100_00])
def test_a_bill_that_is_paid_takes_no_more_money_and_gives_none_out(kind, paise, cash):
    paid = cart_of((MILK, 1000)).with_tender(CASH, cash)
    assert refusal(paid.with_tender, kind, paise) == "already-paid"


@MODEST
@given(paid_carts())
def test_change_comes_out_of_cash_alone(cart):
    cash = sum(tender.amount_paise for tender in cart.tenders if tender.kind is CASH)
    assert cart.due_paise == 0
    assert 0 <= cart.change_paise <= cash
    assert cart.tendered_paise - cart.change_paise == cart.total_paise
    assert all(tender.amount_paise > 0 for tender in cart.tenders)


@MODEST
@given(carts(), st.lists(st.tuples(cash_upi_card, st.integers(-100, 200_00_000)), max_size=5))
def test_whatever_is_keyed_no_money_but_cash_is_taken_above_the_due(cart, keyed):
    for kind, paise in keyed:
        with suppress(Refused):
            cart = cart.with_tender(kind, paise)
    unreturnable = sum(tender.amount_paise for tender in cart.tenders if tender.kind is not CASH)
    assert unreturnable <= cart.total_paise
    assert cart.change_paise <= CASH_SURPLUS_MAX_PAISE
    assert cart.due_paise + cart.tendered_paise - cart.change_paise == cart.total_paise
    assert min(cart.due_paise, cart.change_paise) == 0
