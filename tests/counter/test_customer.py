"""The two lines a customer reads on a pole, at each moment of a sale."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.display.frames import CommandSet, frame
from drivers.display.simulated import SimulatedDisplay
from milkpos_tui.domain.bill import complete
from milkpos_tui.domain.cart import Cart, CartLine, Tender, TenderKind
from milkpos_tui.domain.money import MONEY_LIMIT_PAISE, show_rupees
from milkpos_tui.domain.orders import DAILY, OrderPlace
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.hardware import customer
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.orders import Wish
from milkpos_tui.services.records import Draft, Outcome
from tests.support.strategies import A_DAY, NAMES, cart_of, make_item
from tests.support.tills import CURD, EGG, GHEE, OWNER, FakeClock, make_home, open_sample_till

BILL = complete(cart_of((CURD, 1_000)).with_tender(TenderKind.CASH, None), TaxMode.REGULAR, A_DAY)
WORDS, SHOP = "Welcome", "Nandini Dairy"


@pytest.fixture
def checkout(tmp_path):
    with open_sample_till(make_home(tmp_path), FakeClock()) as till:
        yield till.checkout("1", OWNER)


def shown(checkout, *keys):
    """What stands on the display after the last of these key-ins."""
    facing = None
    for key in keys:
        facing = customer.after(checkout.key_in(key), WORDS, SHOP)
    return facing


def test_a_line_over_the_total_so_far(checkout):
    assert shown(checkout, "3*12") == ("Cow milk   3 x 62.00", "TOTAL         186.00")
    assert shown(checkout, ".25*31") == ("Curd    0.25 x 90.00", "TOTAL         209.00")


@pytest.mark.parametrize(
    ("keys", "upper", "lower"),
    [
        (["2*12", "*3"], "Cow milk   3 x 62.00", "TOTAL         186.00"),
        (["12", "40", "-1"], "Cow milk      -62.00", "TOTAL           8.00"),
        (["12", "-1"], "      Welcome       ", "   Nandini Dairy    "),
        (["2*12", "*-5/"], "Cow milk   2 x 62.00", "TOTAL         118.00"),
        (["12", "+20"], "TOTAL          62.00", "DUE            42.00"),
        (["12", "+20", "-"], "TOTAL          62.00", "DUE            62.00"),
        (["3*12", "+500"], "PAID          500.00", "CHANGE        314.00"),
        (["3*12", "+"], "PAID          186.00", "CHANGE          0.00"),
        (["3*12", "+100", "+upi"], "PAID          186.00", "CHANGE          0.00"),
        (["12", "."], "      Welcome       ", "   Nandini Dairy    "),
        (["12", ".", "40", ".1"], "Cow milk   1 x 62.00", "TOTAL          62.00"),
        (["12", "--"], "      Welcome       ", "   Nandini Dairy    "),
    ],
)
def test_each_moment(checkout, keys, upper, lower):
    assert shown(checkout, *keys) == (upper, lower)


def test_the_usual_is_seen_when_it_is_taken_and_not_before(tmp_path):
    with open_sample_till(make_home(tmp_path), FakeClock()) as till:
        till.customers.add(Customer("", "12", name="Lakshmi"), OWNER)
        for item, qty in ((CURD, 500), (EGG, 2000)):
            wish = Wish(item.plu, qty, DAILY, place=OrderPlace.COUNTER)
            till.orders.add("12", wish, OWNER)
        checkout = till.checkout("1", OWNER)
        assert shown(checkout, "//12") is None
        facing = customer.after(checkout.take_usual(), WORDS, SHOP)
        assert facing == ("Egg         2 x 7.50", "TOTAL          60.00")


def test_a_discount_on_the_bill(checkout):
    checkout.key_in("2*12")
    facing = shown(checkout, "+-5/")
    assert facing == ("DISCOUNT       -6.20", "TOTAL         118.00")


def test_what_changes_nothing_leaves_the_display_alone():
    draft = Draft("d1", "1", 0, Cart())
    assert customer.after(Outcome("repeated", draft), WORDS, SHOP) is None
    assert customer.after(Outcome("bill_found", draft), WORDS, SHOP) is None


def test_a_bill_found_after_a_power_cut():
    assert customer.standing(cart_of((CURD, 500)), WORDS, SHOP).upper == "Curd     0.5 x 90.00"
    assert customer.standing(Cart(), WORDS, SHOP) == customer.greeting(WORDS, SHOP)


@pytest.mark.parametrize(
    ("item", "milli", "upper"),
    [
        (GHEE, 12_000, "Ghee 50~ 12 x 350.00"),
        (make_item(1_234_50, name="Saffron"), 1_250, "Saffr~ 1.25x1,234.50"),
        (make_item(12_345_50, name="Saffron"), 1_255, "Saffron    15,493.60"),
        (make_item(60_00, name="गाय का दूध"), 1_000, "Item 12    1 x 60.00"),
        (EGG._replace(name="½ dozen eggs"), 6_000, ".5 dozen e~ 6 x 7.50"),
    ],
)
def test_a_long_name_gives_way_to_figures(item, milli, upper):
    cart = cart_of((item, milli))
    assert customer.added(cart.last, cart).upper == upper


names = st.sampled_from(NAMES) | st.text(min_size=1, max_size=60)
amounts = st.integers(0, MONEY_LIMIT_PAISE)


@given(names, st.integers(1, 9_999_999), st.integers(1, 50_000_00))
def test_whatever_it_is_called_the_money_is_whole_and_the_line_twenty_wide(name, milli, rate):
    item = make_item(rate, name=name)
    line = CartLine(1, item, milli, rate, gross_paise=rate, amount_paise=rate)
    cart = Cart((line,))
    for facing in (customer.added(line, cart), customer.removed(line, cart)):
        assert facing.lower.endswith(show_rupees(cart.total_paise))
        assert_fits(facing)
    upper = customer.added(line, cart).upper
    assert upper.endswith((show_rupees(rate), show_rupees(line.amount_paise)))


@given(amounts, amounts, st.sampled_from(TenderKind))
def test_no_amount_is_ever_cut(total, change, kind):
    tender = Tender(kind, total + change)
    document = BILL._replace(total_paise=total, change_paise=change, tenders=(tender,))
    facing = customer.settled(document)
    given_paise = total if kind is TenderKind.KHATA else total + change
    assert facing.upper.endswith(show_rupees(given_paise))
    assert facing.lower.endswith(show_rupees(change))
    assert_fits(facing)
    assert customer.refunded(document).upper.endswith(show_rupees(total))


def test_what_went_on_an_account_is_not_called_paid():
    on_account = BILL._replace(total_paise=62_00, tenders=(Tender(TenderKind.KHATA, 62_00),))
    assert customer.settled(on_account) == ("TOTAL          62.00", "CHANGE          0.00")


@given(names, names)
def test_a_greeting_in_any_letters(words, shop):
    assert_fits(customer.greeting(words, shop))


def assert_fits(facing):
    """The driver sends it as it is, and a display that reads its commands strictly shows it."""
    display = SimulatedDisplay(CommandSet.CD5220)
    display.take(frame(CommandSet.CD5220, *facing))
    assert display.lines == [row.rstrip() for row in facing]
