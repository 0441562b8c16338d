"""What a customer's screen shows, laid out for any size: no amount is ever cut without a sign."""

import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.cart import Cart, CartLine, Discount
from milkpos_tui.domain.money import MONEY_LIMIT_PAISE, show_rupees
from milkpos_tui.domain.text import width_of
from milkpos_tui.domain.upi import upi_link
from milkpos_tui.journal.clock import INDIA
from milkpos_tui.services.displays import Shown
from milkpos_tui.services.viewing import Settled, View
from milkpos_tui.widgets.digits import SIZES, drawn
from milkpos_tui.widgets.facing import Page
from tests.support.strategies import GHEE, MILK, NAMES, cart_of

LINK = upi_link(
    vpa="nandini@upi", name="Nandini Dairy", amount_paise=186_00, reference="b2c4d6e8f0a1b2c4"
)
EIGHT = datetime(2026, 11, 23, 8, 5, tzinfo=INDIA)
FIGURES = re.compile(r"[\d,.]*\d$")  # at the end of a row: a cut ends in ~


def view_of(cart=None, **more):
    """A counter with this open bill."""
    cart = cart or Cart()
    known = {
        "shop": "Nandini Dairy",
        "greeting": "Welcome",
        "attended": True,
        "lines": cart.lines,
        "discount_paise": cart.bill_discount_paise,
        "total_paise": cart.total_paise,
        "given_paise": cart.tendered_paise,
        "due_paise": cart.due_paise,
        "link": None,
        "settled": None,
    }
    return View(**known | more)


def texts(rows):
    return ["".join(text for text, _style in row).rstrip() for row in rows]


def large(paise, columns, rows):
    """An amount as its digits are drawn."""
    return [row.strip() for row in drawn(show_rupees(paise), columns, rows)]


def assert_large(rows, paise, height):
    """The amount is on the screen in digits of that many rows."""
    shown = [row.strip() for row in texts(rows)]
    for columns in range(len(show_rupees(paise)), 121):
        digits = large(paise, columns, height)
        if len(digits) == height and any(
            shown[y : y + height] == digits for y in range(len(shown))
        ):
            return
    raise AssertionError("\n".join(texts(rows)))


BILL = cart_of((MILK, 3_000), (GHEE, 2_000))


# --- digits ------------------------------------------------------------------------------------


def test_a_digit_is_told_from_every_other():
    for size in SIZES:
        high, wide = size.height, size.width_of("8")
        assert len({tuple(drawn(digit, wide, high)) for digit in "0123456789"}) == 10


def test_the_smallest_digits():
    assert drawn("1,28.5", 40, 3) == [
        "▄█    ▀▀█ █▀█   █▀▀",
        " █  ▄ █▀▀ █▀█   ▀▀█",
        "▀▀▀ ▀ ▀▀▀ ▀▀▀ ▀ ▀▀▀",
    ]


@given(st.integers(0, MONEY_LIMIT_PAISE), st.integers(1, 200), st.integers(1, 50))
def test_digits_are_as_large_as_fits_and_never_larger(paise, width, height):
    rows = drawn(show_rupees(paise), width, height)
    assert len(rows) <= height
    assert len({len(row) for row in rows}) <= 1
    assert all(len(row) <= width for row in rows)
    assert set("".join(rows)) <= set(" █▀▄") | set(show_rupees(paise))
    larger = [s for s in SIZES if s.height > max(1, len(rows)) and s.height <= height]
    assert all(size.width_of(show_rupees(paise)) > width for size in larger)


# --- pages -------------------------------------------------------------------------------------


def test_a_bill_has_its_lines_its_total_large_and_the_last_line_bold():
    rows = Page(80, 24, "₹").bill(view_of(BILL))
    head, milk, ghee = texts(rows)[:3]
    assert head == " Nandini Dairy" + "2 items".rjust(65)
    assert milk.split() == ["Cow", "Milk", "3", "L", "x", "60.00", "180.00"]
    assert ghee.split() == ["Ghee", "500", "ml", "2", "pc", "x", "355.00", "710.00"]
    assert [row[0][1].bold for row in rows[1:3]] == [None, True]
    assert_large(rows, 890_00, 10)
    assert " TOTAL ₹" in texts(rows)


@pytest.mark.parametrize(
    ("size", "height"), [((80, 24), 10), ((120, 40), 15), ((40, 24), 5), ((40, 12), 5)]
)
def test_a_usual_total_is_as_large_as_the_screen_allows(size, height):
    rows = Page(*size, "Rs ").bill(view_of(BILL))
    assert_large(rows, 890_00, height)
    assert any("Ghee" in row for row in texts(rows))


def test_of_a_long_bill_the_last_lines_are_shown():
    cart = cart_of(*[(MILK._replace(name=f"Item number {n}"), 1_000) for n in range(1, 41)])
    shown = texts(Page(80, 24, "₹").bill(view_of(cart)))
    assert "40 items" in shown[0]
    assert "Item number 40" in "".join(shown)
    assert "Item number 12 " not in "".join(shown)
    assert_large(Page(80, 24, "₹").bill(view_of(cart)), cart.total_paise, 8)


def test_a_discount_and_what_was_received_are_told():
    cart = BILL.with_discount(Discount(rate_bp=1_000)).with_tender("cash", 500_00)
    rows = Page(80, 24, "₹").bill(view_of(cart))
    assert any(re.fullmatch(r" Discount +-89\.00", row) for row in texts(rows))
    assert " Total 801.00   received 500.00" in texts(rows)
    assert " DUE ₹" in texts(rows)
    assert_large(rows, 301_00, 10)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
def test_the_code_beside_its_amount(size):
    view = view_of(BILL, link=Shown("d1", 186_00, LINK))
    rows = Page(*size, "₹").code(view)
    shown = "\n".join(texts(rows))
    assert shown.count("█▀▀▀▀▀█") == 3  # the corners of a code
    assert "Scan to pay by UPI" in shown
    assert len(rows) == size[1]


def test_the_code_alone_where_nothing_fits_beside_it():
    rows = Page(41, 24, "₹").code(view_of(BILL, link=Shown("d1", 186_00, LINK)))
    shown = texts(rows)
    assert re.fullmatch(r" Scan to pay +₹186\.00", shown[1])
    assert "\n".join(shown).count("█▀▀▀▀▀█") == 3


def test_where_no_code_fits_the_bill_stays_and_says_where_to_scan():
    rows = Page(40, 12, "Rs ").code(view_of(BILL, link=Shown("d1", 186_00, LINK)))
    assert texts(rows)[1] == " UPI Rs 186.00: scan it at the till"
    assert_large(rows, 890_00, 5)


def test_after_payment_the_change():
    page, view = Page(80, 24, "₹"), view_of()
    rows = page.settled(view, Settled(7, False, 186_00, 314_00, 500_00))
    assert " CHANGE ₹" in texts(rows)
    assert " Total 186.00   received 500.00" in texts(rows)
    assert_large(rows, 314_00, 10)


def test_after_payment_without_change_what_it_came_to():
    rows = Page(80, 24, "₹").settled(view_of(), Settled(7, False, 186_00, 0, 186_00))
    assert " TOTAL ₹" in texts(rows)
    assert_large(rows, 186_00, 10)


def test_after_a_return_what_is_given_back():
    rows = Page(80, 24, "₹").settled(view_of(), Settled(7, True, 62_00, 0, 62_00))
    assert " REFUND ₹" in texts(rows)
    assert_large(rows, 62_00, 10)
    assert " Thank you" not in texts(rows)


def test_a_greeting_with_the_time():
    rows = texts(Page(80, 24, "₹").greeting(view_of(), EIGHT))
    assert [row.strip() for row in rows if "N" in row or "W" in row] == ["Nandini Dairy", "Welcome"]
    assert [row.strip() for row in rows if "█" in row] == large_clock("08:05")


def large_clock(shown):
    return [row.strip() for row in drawn(shown, 78, 5)]


def test_a_counter_where_nobody_sells_says_so():
    rows = texts(Page(80, 24, "₹").greeting(view_of(attended=False), EIGHT))
    assert "This counter is closed" in [row.strip() for row in rows]


names = st.sampled_from(NAMES) | st.text(st.characters(exclude_categories=("C",)), min_size=1)


@given(
    st.integers(1, 130),
    st.integers(1, 45),
    st.lists(st.tuples(names, st.integers(1, 9_999_999), st.integers(1, 9_999_99)), max_size=30),
    st.sampled_from(("₹", "Rs ")),
    st.booleans(),
)
def test_at_any_size_rows_fit_and_amounts_are_whole_or_marked(width, height, sold, sign, paid):
    lines = tuple(
        CartLine(n, MILK._replace(name=name), milli, paise, amount_paise=paise, gross_paise=paise)
        for n, (name, milli, paise) in enumerate(sold, 1)
    )
    cart = Cart(lines, Discount(paise=min(1, sum(line.amount_paise for line in lines))))
    view = view_of(cart, given_paise=cart.total_paise // 3 if paid else 0)
    settled = Settled(7, False, cart.total_paise, 5_00, cart.total_paise + 5_00)
    page = Page(width, height, sign)
    pages = [
        page.bill(view),
        page.settled(view, settled),
        page.greeting(view, EIGHT),
        page.waiting(),
        page.code(view._replace(link=Shown("d1", 186_00, LINK))),
    ]
    for rows in pages:
        assert len(rows) == height
        for text in texts(rows):
            assert width_of(text) <= width
    known = {line.amount_paise for line in lines} | {line.rate_paise for line in lines}
    known |= {view.total_paise, view.given_paise, view.due_paise, view.discount_paise, 186_00, 5_00}
    known |= {settled.total_paise, settled.given_paise, view.total_paise - view.given_paise}
    whole = {show_rupees(paise) for paise in known}
    ends = [found[0] for text in texts(pages[0]) if (found := FIGURES.search(text))]
    assert set(ends) <= whole
