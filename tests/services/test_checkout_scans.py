"""What is scanned goes on the bill, or is refused and changes nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.cart import Measured, Weight
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.labels import Layout, check_digit, write_label
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.domain.scan import Scan
from milkpos_tui.domain.tax import parse_rates
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.checkout import Scale
from tests.services.reading import everything
from tests.support.days import sell
from tests.support.tills import CURD, GHEE, MONDAY, OWNER, SWEETS, rupees

EAN = "8909950000172"
UPC = "012345678905"
WEIGHED, PRICED = Layout.parse("21CCCCCWWWWWk"), Layout.parse("23CCCCCPPPPPk")
RESTING = Scale(Weight(250), "", by_itself=True)


@pytest.fixture
def checkout(till):
    till.catalogue.change(CURD._replace(barcodes=(EAN,)), OWNER)
    biscuits = Item(
        200, "Biscuits", Unit.PACK, rupees("30"), parse_rates("5"), barcodes=(UPC,), step_milli=1000
    )
    till.catalogue.add(biscuits, OWNER)
    return till.checkout("1", OWNER)


def line_of(outcome):
    line = outcome.line
    return line.item.plu, line.qty_milli, line.amount_paise, line.measured


@pytest.mark.parametrize(
    ("scan", "line"),
    [
        (Scan(EAN, EAN), (31, 1000, 90_00, Measured.TYPED)),
        (Scan("8901234567894"), (110, 1000, 350_00, Measured.NOBODY)),  # no right check digit
        (Scan("12"), (12, 1000, 62_00, Measured.NOBODY)),  # a PLU in bars, on the shop's shelf
        (Scan("x", EAN, grams=412), (31, 412, 37_08, Measured.LABEL)),
        (Scan("x", EAN, price_paise=45_00), (31, 500, 45_00, Measured.LABEL)),
        # A weight is nearer to the goods than the price that came of it.
        (Scan("x", EAN, grams=412, price_paise=45_00), (31, 412, 37_08, Measured.LABEL)),
        (Scan("x", UPC, grams=200), (200, 1000, 30_00, Measured.NOBODY)),  # a pack is a pack
        (Scan("x", UPC, price_paise=45_00), (200, 1000, 30_00, Measured.NOBODY)),
        (Scan("x", EAN, batch="A1", expiry=MONDAY), (31, 1000, 90_00, Measured.TYPED)),
    ],
    ids=repr,
)
def test_a_line(checkout, scan, line):
    outcome = checkout.scan(scan)
    assert (outcome.did, line_of(outcome)) == ("added", line)
    assert checkout.draft.cart.last == outcome.line


@pytest.mark.parametrize("known", [UPC, f"0{UPC}"])
@pytest.mark.parametrize("read", [UPC, f"0{UPC}", f"00{UPC}"])
def test_a_upc_is_found_however_it_is_spelt(till, checkout, known, read):
    biscuits = till.catalogue.item(200)
    till.catalogue.change(biscuits._replace(barcodes=(known,)), OWNER)
    assert checkout.scan(Scan(read, read)).line.item.plu == 200


def test_what_was_read_goes_before_another_spelling(till, checkout):
    milk = till.catalogue.item(12)
    till.catalogue.change(milk._replace(barcodes=(f"0{UPC}",)), OWNER)
    assert checkout.scan(Scan(UPC, UPC)).line.item.plu == 200
    assert checkout.scan(Scan(f"0{UPC}", f"0{UPC}")).line.item.plu == 12


def test_labels_of_the_shop_s_own(checkout):
    curd, sweets = write_label(WEIGHED, CURD.plu, 250), write_label(PRICED, SWEETS.plu, 12000)
    assert line_of(checkout.scan(Scan(curd, curd))) == (31, 250, 22_50, Measured.LABEL)
    assert line_of(checkout.scan(Scan(sweets, sweets))) == (70, 250, 120_00, Measured.LABEL)


def test_a_hundred_scans_are_a_hundred_units(checkout):
    for number in range(100):
        assert checkout.scan(Scan(EAN, EAN), serial=number).line.id == number + 1
    assert len(checkout.draft.cart.lines) == 100
    assert checkout.draft.cart.total_paise == 9000_00


UNKNOWN = "8909950000189"
MISLABELLED = write_label(WEIGHED, 99, 250)
EMPTY = "2100012000000"


@pytest.mark.parametrize(
    ("scan", "code", "words"),
    [
        (Scan(UNKNOWN, UNKNOWN), "code-unknown", UNKNOWN),
        (Scan("[red]8[/x]"), "code-unknown", "[red]8[/x]"),
        (Scan(""), "code-unknown", "no item has the code"),
        # A QR code with words on it is no search: it would sell whatever is called so.
        (Scan("Curd"), "code-unknown", "Curd"),
        (Scan("egg"), "code-unknown", "egg"),
        (Scan("3*12"), "code-unknown", "3*12"),
        (Scan("+"), "code-unknown", "+"),
        (Scan("--"), "code-unknown", "--"),
        (Scan(EMPTY, EMPTY), "label-empty", "Weigh it again"),
        (Scan("2100012012503"), "label-check-digit", "Scan it again"),
        (Scan(MISLABELLED, MISLABELLED), "code-unknown", "99"),
        (Scan("x", EAN, expiry=MONDAY - timedelta(1)), "expired", "Curd expired on 22 Nov 2026"),
        (Scan("x", EAN, expiry=date(2020, 1, 1), grams=500), "expired", "not to be sold"),
        (Scan("x", EAN, grams=0), "quantity-zero", ""),
        (Scan("1/2627/99"), "bill-unknown", "1/2627/99"),
    ],
    ids=repr,
)
def test_what_is_refused_changes_nothing(till, checkout, scan, code, words):
    checkout.key_in("12")
    before = everything(till), checkout.draft
    with pytest.raises(Refused) as refused:
        checkout.scan(scan)
    assert words in refused.value.message
    assert (everything(till), checkout.draft) == before
    if code != "bill-unknown":
        assert refused.value.code == code


def test_it_expires_at_the_end_of_its_day_in_india(checkout, clock):
    last = Scan("x", EAN, expiry=MONDAY)
    clock.advance(17 * 60 * 60 * 1000 - 60_000)  # it was seven in the morning
    assert checkout.scan(last).did == "added"
    clock.advance(120_000)
    with pytest.raises(Refused, match="expired"):
        checkout.scan(last)


def test_what_is_sold_no_longer(till, checkout):
    till.catalogue.retire(CURD.plu, OWNER)
    with pytest.raises(Refused) as refused:
        checkout.scan(Scan(EAN, EAN))
    assert refused.value.code == "code-unknown"


def test_a_bill_s_number_finds_the_bill(till, checkout):
    bill = sell(till, "1", OWNER, "3*12", "+")
    checkout.draft = till.drafts.new("1")
    checkout.key_in("12")
    before = checkout.draft
    outcome = checkout.scan(Scan(bill.number))
    assert (outcome.did, outcome.found, outcome.message) == (
        "bill_found",
        till.bills.by_number(bill.number),
        f"bill {bill.number}",
    )
    assert checkout.draft is outcome.draft is before


def test_while_a_bill_is_part_paid_nothing_more_is_scanned(checkout):
    checkout.key_in("12")
    checkout.key_in("+10")
    with pytest.raises(Refused) as refused:
        checkout.scan(Scan(EAN, EAN))
    assert refused.value.code == "part-paid"


def test_a_scan_that_was_refused_stops_money_keyed_before_it_was_seen(checkout):
    checkout.key_in("12", serial=1, seen=0)
    with pytest.raises(Refused):
        checkout.scan(Scan(UNKNOWN, UNKNOWN), serial=2)
    with pytest.raises(Refused) as refused:
        checkout.key_in("+", serial=3, seen=1)
    assert refused.value.code == "keyed-ahead"
    assert checkout.key_in("+", serial=4, seen=3).paid is not None


def test_a_scan_after_a_payment_is_the_next_customer_s(checkout):
    checkout.key_in("12", serial=1, seen=0)
    assert checkout.key_in("+", serial=2, seen=1).paid is not None
    assert len(checkout.scan(Scan(EAN, EAN), serial=3).draft.cart.lines) == 1


def test_the_scale_that_is_taken_by_itself_weighs_what_no_label_weighed(checkout):
    label = write_label(WEIGHED, CURD.plu, 500)
    assert line_of(checkout.scan(Scan(EAN, EAN), scale=RESTING))[1:] == (
        250,
        22_50,
        Measured.SCALE,
    )
    assert checkout.scan(Scan(label, label), scale=RESTING).line.measured is Measured.LABEL
    assert checkout.scan(Scan("x", EAN, grams=412), scale=RESTING).line.qty_milli == 412
    assert checkout.scan(Scan(UPC, UPC), scale=RESTING).line.qty_milli == 1000


@given(body=st.text("0123456789", min_size=12, max_size=12))
def test_any_article_is_sold_or_refused_in_words(lasting_till, body):
    article = body + str(check_digit(body))
    checkout = lasting_till.checkout("1", OWNER)
    try:
        outcome = checkout.scan(Scan(article, article))
    except Refused as refused:
        told = refused.message
    else:
        told = "sold"
        assert outcome.line.measured is Measured.LABEL or article in outcome.line.item.barcodes
        checkout.key_in("-")
    assert told


def test_a_card_reader_chooses_a_customer_and_sells_nothing(till, checkout):
    card = "20000012"
    meena = till.customers.add(Customer("", "7", name="Meena", card=card), OWNER)
    outcome = checkout.scan(Scan(card), card=True)
    assert (outcome.did, outcome.draft.cart.customer) == ("customer", meena.id)
    assert outcome.draft.cart.lines == ()
    with pytest.raises(Refused) as refused:
        checkout.scan(Scan(GHEE.barcodes[0], GHEE.barcodes[0]), card=True)
    assert refused.value.code == "card-unknown"
    with pytest.raises(Refused) as refused:
        checkout.scan(Scan("12"), card=True)  # milk, on any other reader
    assert refused.value.code == "card-unknown"
