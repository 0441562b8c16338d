"""What a dairy shop sells and how it is paid for: Hypothesis strategies and a few plain examples.

Everything made here keeps the rules (steps, limits, MRP), so that no example is thrown away.
"""

from datetime import date
from math import gcd

from hypothesis import settings
from hypothesis import strategies as st

from milkpos_tui.domain.cart import (
    CASH_SURPLUS_MAX_PAISE,
    NO_DISCOUNT,
    Cart,
    CartLine,
    Discount,
    TenderKind,
)
from milkpos_tui.domain.item import PLU_MAX, Item
from milkpos_tui.domain.quantity import MILLI, Unit
from milkpos_tui.domain.tax import DatedRate, TaxMode

MODEST = settings(max_examples=30, deadline=None)  # for properties of whole carts and bills

GST_REFORM = date(2025, 9, 22)
A_DAY = date(2026, 11, 23)

RATES_BP = (0, 500, 1200, 1800, 2800, 4000)
NAMES = ("Cow Milk", "Curd", "Paneer", "Ghee 500 ml", "Shrikhand", "गाय का दूध", "Cola [b]")
PRICE_MAX_PAISE = 5_000_00
QTY_MAX_MILLI = 100 * MILLI

modes = st.sampled_from(TaxMode)
days = st.sampled_from((date(2025, 9, 21), GST_REFORM, A_DAY))
rates_bp = st.sampled_from(RATES_BP)
usual_rates = st.sampled_from(
    [(DatedRate(date.min, rate_bp),) for rate_bp in RATES_BP]
    + [
        (DatedRate(date.min, before_bp), DatedRate(GST_REFORM, now_bp))
        for before_bp, now_bp in ((500, 0), (1200, 500), (1800, 500), (2800, 4000))
    ]
)
round_steps_paise = st.sampled_from((1, 100))
cash_upi_card = st.sampled_from((TenderKind.CASH, TenderKind.UPI, TenderKind.CARD))


def make_item(price_paise=60_00, unit=Unit.LITRE, *, rate_bp=0, **fields):
    """A plain item: by default exempt loose milk at Rs 60 a litre, in the unit's usual step."""
    known = {"plu": 12, "name": "Cow Milk", "hsn": "0401", "step_milli": unit.usual_step_milli}
    rates = (DatedRate(date.min, rate_bp),)
    return Item(**known | {"unit": unit, "price_paise": price_paise, "rates": rates} | fields)


MILK = make_item()
GHEE = make_item(355_00, Unit.PIECE, rate_bp=500, plu=31, name="Ghee 500 ml", hsn="0405")
COLA = make_item(20_00, Unit.PIECE, rate_bp=4000, plu=52, name="Cola", hsn="2202", mrp_paise=20_00)


def cart_of(*lines, **fields):
    """A cart of (item, thousandths) pairs."""
    cart = Cart(**fields)
    for item, qty_milli in lines:
        cart = cart.with_line(CartLine.by_quantity(cart.next_line_id, item, qty_milli))
    return cart


@st.composite
def rate_histories(draw):
    """A first rate and up to two changes of it, in the order of their days."""
    changes = draw(st.dictionaries(st.dates(), rates_bp, max_size=2))
    history = {date.min: draw(rates_bp)} | changes
    return tuple(DatedRate(since, history[since]) for since in sorted(history))


@st.composite
def items(draw, units=tuple(Unit)):
    """An item of the catalogue, priced at or below its MRP where it has one."""
    unit = draw(st.sampled_from(units))
    price = draw(st.integers(1, PRICE_MAX_PAISE))
    steps = (MILLI, 6 * MILLI) if unit.whole_only else (1, 50, 250, 500)
    margin = draw(st.none() | st.integers(0, 100_00))
    return Item(
        plu=draw(st.integers(1, PLU_MAX)),
        name=draw(st.sampled_from(NAMES)),
        unit=unit,
        price_paise=price,
        rates=draw(usual_rates),
        hsn=draw(st.sampled_from(("", "0401", "040610", "22029930"))),
        mrp_paise=None if margin is None else price + margin,
        packed=draw(st.booleans()),
        step_milli=draw(st.sampled_from(steps)),
    )


@st.composite
def quantities(draw, item):
    """A quantity in the item's steps, big enough to cost half a paisa."""
    least = -(-500 // (item.price_paise * item.step_milli))
    most = max(least, QTY_MAX_MILLI // item.step_milli)
    return item.step_milli * draw(st.integers(least, most))


@st.composite
def worths(draw, item):
    """An amount of money that buys a quantity in the item's steps."""
    if item.step_milli == 1:
        least = -(-item.price_paise // (2 * MILLI))
        return draw(st.integers(least, max(least, item.price_paise * QTY_MAX_MILLI // MILLI)))
    price_of_step = item.price_paise * item.step_milli
    whole_paise = price_of_step // gcd(price_of_step, MILLI)
    return whole_paise * draw(st.integers(1, 8))


@st.composite
def discounts(draw, base_paise):
    """None, or a rate, or an amount up to the base."""
    kind = draw(st.sampled_from(("none", "rate", "amount")))
    if kind == "rate":
        return Discount(rate_bp=draw(st.integers(0, 100_00)))
    return Discount(paise=draw(st.integers(0, base_paise))) if kind == "amount" else NO_DISCOUNT


@st.composite
def cart_lines(draw, line_id=1, item=None):
    """A line by quantity or by worth, maybe at another price, maybe with a discount."""
    item = draw(items()) if item is None else item
    keyed_at = draw(st.sampled_from((0, 1_795_397_400_000)))
    if draw(st.booleans()):
        line = CartLine.by_quantity(line_id, item, draw(quantities(item)), keyed_at)
        if draw(st.booleans()) and line.qty_milli >= MILLI:
            most = item.mrp_paise or 2 * item.price_paise
            line = line.with_rate(draw(st.integers(1, most)))
    else:
        line = CartLine.by_worth(line_id, item, draw(worths(item)), keyed_at)
    return line.with_discount(draw(discounts(line.gross_paise)))


@st.composite
def carts(draw, max_lines=5):
    """An open bill with lines, maybe with a discount of its own, nothing of it paid."""
    cart = Cart(round_to_paise=draw(round_steps_paise))
    for line_id in range(1, draw(st.integers(1, max_lines)) + 1):
        cart = cart.with_line(draw(cart_lines(line_id)))
    return cart.with_discount(draw(discounts(cart.amounts_paise)))


@st.composite
def paid_carts(draw, max_lines=5):
    """A cart paid in full: in parts by anything, the last of them maybe in cash with change."""
    cart = draw(carts(max_lines))
    for _ in range(draw(st.integers(0, 2))):
        if cart.due_paise > 1:
            part = draw(st.integers(1, cart.due_paise - 1))
            cart = cart.with_tender(draw(cash_upi_card), part)
    if not cart.due_paise or draw(st.booleans()):
        return cart.with_tender(draw(cash_upi_card), None)
    surplus = draw(st.integers(0, CASH_SURPLUS_MAX_PAISE))
    return cart.with_tender(TenderKind.CASH, cart.due_paise + surplus)
