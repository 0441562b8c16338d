"""The entry line at work: each form of a key-in, each refusal, and keys that run ahead."""

from dataclasses import dataclass

import apsw
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from milkpos_tui.domain.cart import NO_DISCOUNT, Discount, Tender, TenderKind
from milkpos_tui.domain.entryline import GRAMMAR
from milkpos_tui.domain.errors import Busy, Refused
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.labels import Layout, check_digit, write_label
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.domain.tax import parse_rates
from milkpos_tui.domain.text import clean
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.checkout import CHOICES_SHOWN, Checkout
from milkpos_tui.till import telling_storage_errors
from tests.services.reading import Counter, entries, everything
from tests.support.tills import (
    CURD,
    EGG,
    GHEE,
    MILK,
    OWNER,
    SWEETS,
    open_sample_till,
    rupees,
)

WEIGHED, PRICED = Layout.parse("21CCCCCWWWWWk"), Layout.parse("23CCCCCPPPPPk")
COUNTED = Layout.parse("25CCCCCNNNNNk")
CURD_250_G = write_label(WEIGHED, CURD.plu, 250)
SWEETS_RS_120 = write_label(PRICED, SWEETS.plu, rupees("120"))
EMPTY = f"210003100000{check_digit('210003100000')}"
MISREAD = CURD_250_G[:-1] + str((int(CURD_250_G[-1]) + 1) % 10)
CARTON = Item(
    600, "Carton", Unit.PACK, rupees("80"), parse_rates("0"), step_milli=1000, barcodes=("AB-12/x",)
)


@dataclass(frozen=True)
class Line:
    """What a line of the bill is expected to be."""

    item: Item
    qty_milli: int
    amount: str
    worth: str | None = None
    rate: str | None = None
    discount: Discount = NO_DISCOUNT

    def check(self, line):
        rate = rupees(self.rate) if self.rate else self.item.price_paise
        worth = rupees(self.worth) if self.worth else None
        assert (line.item, line.qty_milli) == (self.item, self.qty_milli)
        assert (line.rate_paise, line.worth_paise) == (rate, worth)
        assert (line.discount, line.amount_paise) == (self.discount, rupees(self.amount))


# --- a line -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keyed", "line"),
    [
        ("12", Line(MILK, 1000, "62")),
        ("012", Line(MILK, 1000, "62")),
        (" 12 ", Line(MILK, 1000, "62")),
        ("3*12", Line(MILK, 3000, "186")),
        (".5*12", Line(MILK, 500, "31")),
        ("0.255*12", Line(MILK, 255, "15.81")),
        ("/50*12", Line(MILK, 806, "50", worth="50")),
        ("/7.50*40", Line(EGG, 1000, "7.50", worth="7.50")),
        ("8901234567894", Line(GHEE, 1000, "350")),
        ("2*8901234567894", Line(GHEE, 2000, "700")),
        ("/700*8901234567894", Line(GHEE, 2000, "700", worth="700")),
        ("cow", Line(MILK, 1000, "62")),
        ("  Cow  MILK ", Line(MILK, 1000, "62")),
        ("2*gh", Line(GHEE, 2000, "700")),
        ("/90*curd", Line(CURD, 1000, "90", worth="90")),
        (CURD_250_G, Line(CURD, 250, "22.50")),
        (SWEETS_RS_120, Line(SWEETS, 250, "120", worth="120")),
    ],
)
def test_an_item(key, keyed, line):
    done = key(keyed)
    assert done.did == "added"
    assert done.line == key.cart.last
    assert len(key.cart.lines) == 1
    line.check(done.line)


def test_the_same_item_twice_is_two_lines(key):
    key("12", "12", CURD_250_G, CURD_250_G)
    assert [line.item.plu for line in key.cart.lines] == [12, 12, 31, 31]


@pytest.mark.parametrize("keyed", ["AB-12/x", "2*AB-12/x", "/160*AB-12/x"])
def test_a_barcode_with_letters(till, key, keyed):
    till.catalogue.add(CARTON, OWNER)
    assert key(keyed).line.item == CARTON


def test_a_barcode_goes_before_the_label_it_looks_like(till, key):
    till.catalogue.add(Item(600, "Box", Unit.PACK, 8000, parse_rates("0"), step_milli=1000), OWNER)
    assert key(CURD_250_G).line.item == CURD
    coded = Item(
        600, "Box", Unit.PACK, 8000, parse_rates("0"), step_milli=1000, barcodes=(CURD_250_G,)
    )
    till.catalogue.change(coded, OWNER)
    assert key(CURD_250_G).line.item == coded


def test_a_label_of_pieces(till, clock):
    layouts = (WEIGHED, COUNTED)
    checkout = Checkout(
        till.billing, till.drafts, till.catalogue, clock, "1", OWNER, lambda: till.usuals, layouts
    )
    line = checkout.key_in(write_label(COUNTED, EGG.plu, 12)).line
    Line(EGG, 12_000, "90").check(line)
    with pytest.raises(Refused) as refused:  # a layout that this shop doesn't use is a barcode
        checkout.key_in(SWEETS_RS_120)
    assert refused.value.code == "code-unknown"


def test_what_a_search_offered_is_what_is_added(key):
    with pytest.raises(Refused, match="70 Milk peda, 12 Cow milk"):
        key("milk")
    assert key("milk", chosen=SWEETS.plu).line.item == SWEETS
    assert key("2*milk", chosen=MILK.plu).line.qty_milli == 2000


def test_a_code_goes_before_what_a_search_offered(key):
    assert key("31", chosen=MILK.plu).line.item == CURD


def test_of_many_only_a_few_are_named(till, key):
    for plu in range(201, 201 + CHOICES_SHOWN - 1):
        till.catalogue.add(Item(plu, "Kulfi", Unit.KG, 100, parse_rates("0")), OWNER)
    till.catalogue.add(Item(100, "Kulfi stick", Unit.KG, 100, parse_rates("0")), OWNER)
    with pytest.raises(Refused) as all_named:
        key("kul")
    assert all_named.value.message.endswith("204 Kulfi")
    till.catalogue.add(Item(300, "Kulfi", Unit.KG, 100, parse_rates("0")), OWNER)
    with pytest.raises(Refused) as some_named:
        key("kul")
    assert some_named.value.message.endswith("204 Kulfi ...")


def test_the_price_of_today(till, key):
    key("12")
    dearer = Item(12, "Cow milk", Unit.LITRE, rupees("65"), MILK.rates, "0401", "milk")
    till.catalogue.change(dearer, OWNER)
    assert key.checkout.key_in("12").line.rate_paise == rupees("65")
    assert key.cart.lines[0].rate_paise == rupees("62")


# --- a line changed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "keyed", "line"),
    [
        ("12", "*3", Line(MILK, 3000, "186")),
        ("/50*12", "*3", Line(MILK, 3000, "186")),
        ("12", "*.25", Line(MILK, 250, "15.50")),
        ("12", "*/50", Line(MILK, 806, "50", worth="50")),
        ("12", "**58", Line(MILK, 1000, "58", rate="58")),
        ("/50*12", "**50", Line(MILK, 1000, "50", worth="50", rate="50")),
        ("110", "**360", Line(GHEE, 1000, "360", rate="360")),
        ("12", "*-10", Line(MILK, 1000, "52", discount=Discount(rupees("10")))),
        ("12", "*-62", Line(MILK, 1000, "0", discount=Discount(rupees("62")))),
        ("12", "*-5/", Line(MILK, 1000, "58.90", discount=Discount(rate_bp=500))),
        ("12", "*-12.5/", Line(MILK, 1000, "54.25", discount=Discount(rate_bp=1250))),
        ("12", "*-100/", Line(MILK, 1000, "0", discount=Discount(rate_bp=10_000))),
        ("12", "*-0", Line(MILK, 1000, "62")),
    ],
)
def test_the_last_line_changed(key, before, keyed, line):
    first = key("31").line
    key(before)
    done = key(keyed)
    assert done.did == "changed"
    assert done.line == key.cart.last
    line.check(done.line)
    assert key.cart.lines[0] == first


def test_changes_go_on_from_each_other(key):
    key("12", "*-10/", "**60", "*2")
    Line(MILK, 2000, "108", rate="60", discount=Discount(rate_bp=1000)).check(key.cart.last)
    key("*-5")  # in place of the first discount
    Line(MILK, 2000, "115", rate="60", discount=Discount(rupees("5"))).check(key.cart.last)


# --- the bill -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keyed", "discount", "due"),
    [
        ("+-10", Discount(rupees("10")), "142"),
        ("+-5/", Discount(rate_bp=500), "144"),  # 144.40
        ("+-152", Discount(rupees("152")), "0"),
        ("+-0", NO_DISCOUNT, "152"),
    ],
)
def test_a_discount_on_the_bill(key, keyed, discount, due):
    key("12", "31", "+-20")
    done = key(keyed)
    assert done.did == "discount"
    assert key.cart.discount == discount
    assert key.cart.due_paise == rupees(due)


def test_the_last_line_off(key):
    key("12", "31")
    done = key("-")
    assert (done.did, done.message) == ("removed", "1 kg Curd taken off")
    assert [line.item for line in key.cart.lines] == [MILK]


def test_a_line_off_by_its_number(key):
    key("12", ".5*31", "40")
    done = key("-2")
    assert done.line.item == CURD
    assert [line.item for line in key.cart.lines] == [MILK, EGG]
    assert key("-2").line.item == EGG  # numbers are as they are shown
    assert key("*2").line.qty_milli == 2000  # what is last now is changed


def test_a_line_added_after_one_was_taken_off(key):
    key("12", "31", "40", "-1", "70")
    assert [line.item for line in key.cart.lines] == [CURD, EGG, SWEETS]
    key("-")
    key("12")
    assert [line.item for line in key.cart.lines] == [CURD, EGG, MILK]


def test_the_only_line_off_leaves_an_empty_bill(key):
    key("12")
    before = key.checkout.draft.id
    assert key("-").did == "removed"
    assert key.cart.lines == ()
    assert key.checkout.draft.id != before


def test_the_bill_dropped(key):
    key("12", "31", "+-10")
    before = key.checkout.draft.id
    assert key("--").did == "dropped"
    assert key.cart.lines == ()
    assert key.cart.discount == NO_DISCOUNT
    assert key.checkout.draft.id != before


def test_bills_put_aside_and_taken_back(key):
    key("12")
    done = key(".")
    assert (done.did, done.held, key.cart.lines) == ("held", 1, ())
    key("31")
    assert key(".").held == 2
    done = key(".1")
    assert (done.did, done.held) == ("recalled", 1)
    assert [line.item for line in key.cart.lines] == [MILK]
    done = key(".1")  # the open one goes behind, the only other one comes
    assert [line.item for line in key.cart.lines] == [CURD]
    assert [bill.first_item for bill in key.checkout.held] == ["Cow milk"]


# --- money --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keyed", "tender", "change"),
    [
        ("+", Tender(TenderKind.CASH, rupees("62")), "0"),
        ("+62", Tender(TenderKind.CASH, rupees("62")), "0"),
        ("+500", Tender(TenderKind.CASH, rupees("500")), "438"),
        ("+62.50", Tender(TenderKind.CASH, rupees("62.50")), "0.50"),
        ("+cash 100", Tender(TenderKind.CASH, rupees("100")), "38"),
        ("+CASH", Tender(TenderKind.CASH, rupees("62")), "0"),
        ("+/", Tender(TenderKind.UPI, rupees("62")), "0"),
        ("+/62", Tender(TenderKind.UPI, rupees("62")), "0"),
        ("+upi", Tender(TenderKind.UPI, rupees("62")), "0"),
        ("+upi UTR412345", Tender(TenderKind.UPI, rupees("62"), "UTR412345"), "0"),
        ("+upi 62 4123 4567", Tender(TenderKind.UPI, rupees("62"), "4123 4567"), "0"),
        ("+*", Tender(TenderKind.CARD, rupees("62")), "0"),
        ("+*62", Tender(TenderKind.CARD, rupees("62")), "0"),
        ("+card62", Tender(TenderKind.CARD, rupees("62")), "0"),
    ],
)
def test_paid(till, key, keyed, tender, change):
    key("12")
    draft = key.checkout.draft.id
    done = key(keyed)
    assert done.did == "paid"
    assert done.paid.id == draft
    assert done.paid.document.tenders == (tender,)
    assert done.paid.document.change_paise == rupees(change)
    assert till.bills.by_number(done.paid.number) == done.paid
    assert key.cart.lines == ()


def test_paid_in_parts(key):
    key("12")
    done = key("+20")
    assert (done.did, done.paid, done.message) == ("part_paid", None, "Rs 42.00 still due")
    assert key("+/10").message == "Rs 32.00 still due"
    assert key("+*2").message == "Rs 30.00 still due"
    paid = key("+50").paid.document
    assert [(tender.kind, tender.amount_paise) for tender in paid.tenders] == [
        (TenderKind.CASH, 2000),
        (TenderKind.UPI, 1000),
        (TenderKind.CARD, 200),
        (TenderKind.CASH, 5000),
    ]
    assert paid.change_paise == 2000


def test_money_given_back_before_a_line_comes_off(key):
    key("12", "+20", "+upi 10 U1")
    done = key("-")
    assert (done.did, done.message) == ("given_back", "Rs 10.00 upi given back")
    assert key.cart.due_paise == rupees("42")
    assert key("-").message == "Rs 20.00 cash given back"
    assert key("-").did == "removed"
    assert key.cart.lines == ()


def test_the_next_customer_has_a_bill_of_their_own(key):
    key("12")
    first = key("+").paid
    key("31")
    second = key("+").paid
    assert first.id != second.id
    assert [line.plu for line in second.document.lines] == [31]


@pytest.mark.parametrize("keyed", ["+", "+/", "+*", "+5", "+upi X"])
def test_a_free_bill_is_paid_too(key, keyed):
    key("12", "*-100/")
    paid = key(keyed).paid.document
    assert (paid.total_paise, paid.lines[0].discount_paise) == (0, rupees("62"))
    assert sum(tender.amount_paise for tender in paid.tenders) == paid.change_paise


# --- what is refused changes nothing ------------------------------------------------------------

REFUSED = [
    # to find something
    ("", "999", "code-unknown"),
    ("", "1234567890123", "code-unknown"),
    ("", "999999999999999999999999", "code-unknown"),
    ("", "2*999", "code-unknown"),
    ("", "buffalo", "words-unknown"),
    ("", "2*buffalo", "words-unknown"),
    ("", "milk", "words-many"),
    ("", write_label(WEIGHED, 99, 250), "code-unknown"),
    ("", MISREAD, "label-check-digit"),
    ("", EMPTY, "label-empty"),
    ("", f"2*{CURD_250_G}", "label-quantity"),
    ("", f"/20*{SWEETS_RS_120}", "label-quantity"),
    ("", write_label(WEIGHED, EGG.plu, 250), "quantity-step"),
    # what is no key-in
    ("", "", "key-in-empty"),
    ("", "\x1b\u202e\x00", "key-in-empty"),
    ("", "1" * 81, "key-in-long"),
    ("", "x" * 500, "key-in-long"),
    ("12", "3**12", "key-in"),
    ("12", "-x", "key-in"),
    ("12", "12-3", "key-in"),
    ("12", "+pay 5", "key-in"),
    ("12", "+khata5x", "key-in"),
    ("12", ".5", "held-unknown"),
    ("12", "*", "quantity-unreadable"),
    ("12", "**", "amount-unreadable"),
    ("12", "*/.", "amount-unreadable"),
    ("12", "*-", "amount-unreadable"),
    ("12", "*-101/", "percent"),
    ("12", "/0.001*12", "amount-decimals"),
    ("12", ".0001*12", "quantity-decimals"),
    # quantities and amounts
    ("12", "0*12", "quantity-zero"),
    ("12", "*0", "quantity-zero"),
    ("12", "*/0", "quantity-zero"),
    ("12", "*10000", "quantity-limit"),
    ("12", "10000*12", "quantity-limit"),
    ("40", ".5*40", "quantity-step"),
    ("40", "/10*40", "quantity-step"),
    ("40", "*1.5", "quantity-step"),
    ("12 **.01", "*.001", "amount-zero"),
    ("12 **99999999", "*2", "bill-limit"),
    ("12", "**100000001", "amount-limit"),
    # prices and discounts
    ("12", "**0", "price-zero"),
    ("110", "**360.01", "price-above-mrp"),
    ("12", "*-62.01", "discount-too-much"),
    ("12", "+-62.01", "discount-too-much"),
    ("12 *-60", "*.9", "discount-too-much"),
    ("12 31 +-100", "*.1", "discount-too-much"),
    # nothing there
    ("", "*3", "no-line"),
    ("", "*/3", "no-line"),
    ("", "**3", "no-line"),
    ("", "*-3", "no-line"),
    ("", "+-3", "no-line"),
    ("", "-", "no-line"),
    ("", "--", "no-line"),
    ("", ".", "no-line"),
    ("", "-1", "no-line"),
    ("12", "-2", "no-line"),
    ("12", "-0", "no-line"),
    ("12", ".1", "held-unknown"),
    ("12 . 31", ".2", "held-unknown"),
    ("12 . 31", ".0", "held-unknown"),
    ("", "+", "nothing-to-pay"),
    ("", "+/5", "nothing-to-pay"),
    # money
    ("12", "+0", "tender-zero"),
    ("12", "+upi 0", "tender-zero"),
    ("12", "+/62.01", "tender-above-due"),
    ("12", "+*100", "tender-above-due"),
    ("12 +50", "+/12.01", "tender-above-due"),
    ("12 *-100/", "+/1", "tender-above-due"),
    ("12", "+10062.01", "tender-too-much"),
    ("12", "+khata", "khata-needs-customer"),
    ("12", "+khata 20", "khata-needs-customer"),
    ("12", "+upi 412345678901", "amount-limit"),
    # a bill of which part is paid
    ("12 +20", "31", "part-paid"),
    ("12 +20", "*2", "part-paid"),
    ("12 +20", "**60", "part-paid"),
    ("12 +20", "*-1", "part-paid"),
    ("12 +20", "+-1", "part-paid"),
    ("12 +20", "-1", "part-paid"),
    ("12 +20", "--", "part-paid"),
]


@pytest.mark.parametrize(("before", "keyed", "code"), REFUSED, ids=repr)
def test_a_refusal_leaves_everything_as_it_was(till, key, before, keyed, code):
    for text in before.split():
        key(text)
    was, draft = everything(till), key.checkout.draft
    with pytest.raises(Refused) as refused:
        key.checkout.key_in(keyed)
    assert refused.value.code == code
    assert refused.value.message
    assert key.checkout.draft is draft
    assert everything(till) == was


def test_refusals_say_the_rule_in_words(key):
    key("110")
    with pytest.raises(Refused, match=r"361\.00 is above the MRP of Ghee 500 ml, Rs 360\.00"):
        key("**361")
    with pytest.raises(Refused, match=r"400\.00 by UPI is more than the Rs 350\.00 due"):
        key("+/400")
    with pytest.raises(Refused, match="khata needs a customer"):
        key("+khata")


def test_a_chosen_item_that_is_not_there(key):
    with pytest.raises(Refused) as refused:
        key("milk", chosen=999)
    assert refused.value.code == "product-unknown"


def test_a_chosen_item_that_was_retired_meanwhile(till, key):
    till.catalogue.retire(SWEETS.plu, OWNER)
    before = everything(till)
    with pytest.raises(Refused) as refused:
        key("milk", chosen=SWEETS.plu)
    assert refused.value.code == "product-retired"
    assert everything(till) == before


@pytest.mark.parametrize(
    ("retired", "keyed"), [(MILK, "12"), (GHEE, "8901234567894"), (CURD, CURD_250_G), (CURD, "cur")]
)
def test_what_is_retired_is_not_sold(till, key, retired, keyed):
    till.catalogue.retire(retired.plu, OWNER)
    with pytest.raises(Refused):
        key(keyed)


ANYTHING = st.text(max_size=90) | st.text("0123456789.*/+-", max_size=12)
ANYTHING |= st.text("127./*+- cowmilkupash", max_size=12)


@settings(max_examples=250)
@example("3*+500")
@example("/*12")
@example("\ud800")
@example('milk" AND NEAR(')
@example("2**")
@example("١*12")
@example("²")
@given(keyed=ANYTHING)
def test_whatever_is_keyed_is_done_or_refused_in_words(lasting_till, keyed):
    counter = Counter(lasting_till)
    before = everything(lasting_till)
    try:
        counter(keyed)
    except Refused as refused:
        told = refused.message
    else:
        told = ""
    assert told == clean(told, limit=len(told))
    assert not told or everything(lasting_till) == before
    if len(counter.cart.lines) > 8:
        counter("+" if counter.cart.tenders else "-1")


@pytest.mark.parametrize("example", [keyed for keyed, _words in GRAMMAR])
def test_the_examples_of_the_grammar_work(till, key, example):
    counter = key
    for plu in (2, 3):
        till.catalogue.add(Item(plu, f"Mint {plu}", Unit.KG, 100, parse_rates("0")), OWNER)
    till.customers.add(Customer("", "12", name="Meena"), OWNER)
    counter("//12", "31", ".", "31", ".", "//12", "5*70", "12")  # two held bills, and an open one
    if example == "+**":
        with pytest.raises(Refused, match="has 0 points"):
            counter(example)
    else:
        counter(example, chosen=12)


# --- keys that run ahead of the disk ------------------------------------------------------------


def test_a_payment_keyed_twice_bills_once(till, key):
    key("12", serial=1)
    paid = key("+500", serial=2, seen=1)
    was, draft = everything(till), key.checkout.draft
    again = key("+500", serial=3, seen=1)
    assert (paid.did, again.did) == ("paid", "repeated")
    assert again.paid is None
    assert again.draft is draft
    assert everything(till) == was


def test_money_keyed_three_times_bills_once(till, key):
    key("12", serial=1)
    key("+", serial=2, seen=1)
    assert [key("+", serial=serial, seen=1).did for serial in (3, 4)] == ["repeated"] * 2
    key("31", serial=5, seen=4)  # the next customer
    assert [line.item for line in key.cart.lines] == [CURD]
    assert len(list(till.bills.between(till.today(), till.today()))) == 1


def test_two_customers_keyed_ahead_of_the_disk_are_two_bills(till, key):
    key("12", serial=1)
    key("+", serial=2)
    key("31", serial=3)  # what is between makes the next money another's
    assert key("+", serial=4).did == "paid"
    assert key("+", serial=5).did == "repeated"
    assert len(list(till.bills.between(till.today(), till.today()))) == 2


def test_money_keyed_twice_around_a_refusal_bills_once(till, key):
    key("12", serial=1)
    key("+", serial=2)
    with pytest.raises(Refused):
        key("999", serial=3)
    was = everything(till)
    assert key("+", serial=4).did == "repeated"
    assert everything(till) == was


def test_money_keyed_after_the_payment_was_seen_is_not_a_repetition(key):
    key("12", serial=1)
    key("+", serial=2, seen=1)
    with pytest.raises(Refused) as refused:
        key("+", serial=3, seen=2)
    assert refused.value.code == "nothing-to-pay"


def test_a_payment_that_was_seen_blocks_nothing(key):
    for serial in range(1, 9, 2):
        key("12", serial=serial, seen=serial - 1)
        assert key("+", serial=serial + 1, seen=serial - 1).did == "paid"


def test_part_payments_are_not_the_same_enter_twice(key):
    key("12", serial=1)
    assert key("+20", serial=2).did == "part_paid"
    assert key("+20", serial=3).did == "part_paid"
    assert key.cart.due_paise == rupees("22")


def test_money_keyed_before_a_refusal_was_seen_is_refused(till, key):
    key("12", serial=1)
    with pytest.raises(Refused) as first:
        key("999", serial=2, seen=1)
    was, draft = everything(till), key.checkout.draft
    for serial, seen in ((3, 1), (4, 2), (5, 3)):  # each of these refusals must be seen as well
        with pytest.raises(Refused) as ahead:
            key("+", serial=serial, seen=seen)
        assert (first.value.code, ahead.value.code) == ("code-unknown", "keyed-ahead")
    assert key.checkout.draft is draft
    assert everything(till) == was
    assert key("+", serial=6, seen=5).did == "paid"


def test_only_money_waits_for_a_refusal_to_be_seen(key):
    with pytest.raises(Refused):
        key("999", serial=1)
    key("12", "31", "*2", "-1", serial=2, seen=0)
    assert key("+", serial=3, seen=1).did == "paid"


def test_a_scan_after_a_refusal_does_not_make_it_seen(key):
    with pytest.raises(Refused):
        key("999", serial=1)
    key("12", serial=2, seen=0)
    with pytest.raises(Refused) as ahead:
        key("+", serial=3, seen=0)
    assert ahead.value.code == "keyed-ahead"


def test_money_keyed_before_a_failure_was_seen_is_refused(till, home, key):
    key("12", serial=1)
    till._db.connection().set_busy_timeout(0)
    other = apsw.Connection(str(home.database))
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(Busy), telling_storage_errors():
            key("31", serial=2, seen=1)
    finally:
        other.execute("ROLLBACK")
        other.close()
    with pytest.raises(Refused) as ahead:  # else the customer leaves with the curd unpaid
        key("+", serial=3, seen=1)
    assert ahead.value.code == "keyed-ahead"
    assert key("+", serial=4, seen=3).did == "paid"


# --- what is on the counter comes back ----------------------------------------------------------

ON_THE_COUNTER = [
    ["12"],
    [".255*12", "/50*12", "2*110"],
    ["12", "*-10", "31", "**80", "/50*70", "*-5/"],
    ["12", "31", "+-10"],
    ["12", "31", "+-7.5/"],
    ["12", "31", "40", "-1", "70"],
    ["12", "31", "+20", "+upi 40 UTR9"],
    ["12", "+20", "-", "+30"],
    ["12", ".", "31", ".", "40", ".1"],
    ["12", "+20", ".", "31", ".1"],
]


@pytest.mark.parametrize("keyed", ON_THE_COUNTER, ids=" ".join)
def test_after_a_restart_the_same_bill_is_there(home, clock, keyed):
    with open_sample_till(home, clock) as till:
        key = Counter(till)
        assert not key.checkout.recovered
        key(*keyed)
        draft, held = key.checkout.draft, key.checkout.held
    with open_sample_till(home, clock) as till:
        again = Counter(till)
        assert again.checkout.recovered
        assert again.checkout.draft == draft
        assert again.checkout.held == held
        paid = again("+").paid.document
        assert paid.total_paise == draft.cart.total_paise
        assert len(paid.lines) == len(draft.cart.lines)


def test_after_a_restart_an_empty_counter_is_empty(home, clock):
    with open_sample_till(home, clock) as till:
        Counter(till)("12", "+", "12", "-", "12", "--", "12", ".")
    with open_sample_till(home, clock) as till:
        checkout = till.checkout("1", OWNER)
        assert not checkout.recovered
        assert checkout.draft.cart.lines == ()
        assert len(checkout.held) == 1


def test_counters_do_not_share_a_bill(till, two_counters):
    one, two = two_counters
    one("12", "+20")
    two("31")
    assert [line.item for line in one.cart.lines] == [MILK]
    assert till.checkout("B", OWNER).draft == two.checkout.draft
    two(".")
    assert one.checkout.held == ()
    with pytest.raises(Refused, match="there is no held bill 1"):
        one(".1")


def test_who_keys_is_who_the_entry_names(till, key):
    assert key.checkout.actor is OWNER
    key("12", "-")
    assert entries(till)[-1].actor == OWNER.operator


@pytest.mark.parametrize(("code", "refused_as"), [("9", "counter-unknown"), ("", "counter-code")])
def test_a_counter_that_is_not_there(till, code, refused_as):
    with pytest.raises(Refused) as refused:
        till.checkout(code, OWNER)
    assert refused.value.code == refused_as
