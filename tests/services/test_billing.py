"""How a bill becomes a document of the books, comes back in parts, and what leaves a trace."""

from collections import Counter as Count
from datetime import UTC, date, datetime

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milkpos_tui.domain.cart import CartLine, Tender, TenderKind
from milkpos_tui.domain.documents import DocumentKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.journal.clock import INDIA
from milkpos_tui.journal.journal import Actor
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services import drafts as drafts_module
from milkpos_tui.services.records import Operator
from tests.services.reading import Counter, entries, everything, rows
from tests.support.tills import (
    CURD,
    DAY_MS,
    GHEE,
    MILK,
    OWNER,
    close_shift,
    next_day,
    open_shift,
    rupees,
)

CASH, UPI, CARD, KHATA = TenderKind.CASH, TenderKind.UPI, TenderKind.CARD, TenderKind.KHATA
RAVI = Actor("ravi", "asha", "ssh 10.0.0.7")


def milliseconds(*moment):
    """A moment in India."""
    return int(datetime(*moment, tzinfo=INDIA).astimezone(UTC).timestamp() * 1000)


def numbers(till):
    """Of all documents, in the order the journal tells them."""
    closed = entries(till, Kind.BILL_PAID, Kind.BILL_RETURNED)
    return [entry.body["number"] for entry in closed]


def shift_of(till, day):
    """The next shift on counter 1, of a day that somebody who may decides; open bills go on."""
    close_shift(till)
    return open_shift(till, day=day)


@pytest.fixture
def ravi(till):
    """A cashier, who works on another's say-so over SSH."""
    till.people.add(Operator("ravi", "Ravi", "supervisor"), "135790", OWNER)
    return Counter(till, actor=RAVI)


# --- which document -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "keyed", "kind", "gst_paise"),
    [
        (TaxMode.REGULAR, ["12", "31"], DocumentKind.BILL_OF_SUPPLY, 0),
        (TaxMode.REGULAR, ["/105*70"], DocumentKind.TAX_INVOICE, 500),
        (TaxMode.REGULAR, ["/105*70", "/62*70"], DocumentKind.TAX_INVOICE, 500 + 296),
        (TaxMode.REGULAR, ["12", "/105*70"], DocumentKind.INVOICE_CUM_BILL, 500),
        (TaxMode.COMPOSITION, ["12", "31"], DocumentKind.BILL_OF_SUPPLY, 0),
        (TaxMode.COMPOSITION, ["/105*70"], DocumentKind.BILL_OF_SUPPLY, 0),
        (TaxMode.COMPOSITION, ["12", "/105*70"], DocumentKind.BILL_OF_SUPPLY, 0),
        (TaxMode.UNREGISTERED, ["12", "31"], DocumentKind.BILL, 0),
        (TaxMode.UNREGISTERED, ["12", "/105*70"], DocumentKind.BILL, 0),
    ],
)
def test_the_document_of_a_basket(till_of, mode, keyed, kind, gst_paise):
    till = till_of(mode)
    key = Counter(till)
    key(*keyed)
    bill = key("+").paid
    assert bill.document.kind is kind
    assert bill.document.cgst_paise + bill.document.sgst_paise == gst_paise
    assert bill.document.cgst_paise == bill.document.sgst_paise
    assert bill.document.taxable_paise + gst_paise == sum(
        line.amount_paise for line in bill.document.lines
    )
    assert any(line.gst_rate_bp for line in bill.document.lines) == bool(gst_paise)
    assert till.bills.by_number(bill.number) == bill


@pytest.mark.parametrize(
    ("day", "rate_bp", "taxable", "head"),
    [(date(2025, 9, 21), 1200, "312.50", "18.75"), (date(2025, 9, 22), 500, "333.34", "8.33")],
)
def test_the_rate_of_the_shift_s_day(till, key, day, rate_bp, taxable, head):
    shift_of(till, day)
    key("110")
    line = key("+").paid.document.lines[0]
    assert line.gst_rate_bp == rate_bp
    assert (line.taxable_paise, line.cgst_paise) == (rupees(taxable), rupees(head))


def test_the_rate_of_the_day_it_is_paid_and_not_of_the_day_it_was_rung_up(till, key):
    shift_of(till, date(2025, 9, 21))
    key("110")
    shift_of(till, date(2025, 9, 22))
    bill = key("+").paid
    assert bill.document.lines[0].gst_rate_bp == 500
    assert bill.business_date == "2025-09-22"


@pytest.mark.parametrize(
    ("day", "after_midnight", "rate_bp", "number"),
    [
        (date(2025, 9, 21), (2025, 9, 22, 0, 1), 1200, "1/2526/1"),
        (date(2027, 3, 31), (2027, 4, 1, 0, 1), 500, "1/2627/2"),
    ],
    ids=str,
)
def test_a_bill_paid_after_midnight_is_of_its_shift_s_day(
    till, key, clock, day, after_midnight, rate_bp, number
):
    """The date, the rate, the number and the financial year; only the moment is the clock's."""
    key("12", "+")
    shift = shift_of(till, day)
    clock.set(milliseconds(*after_midnight))
    assert till.today() > day == till.business_date("1")
    key("110")
    bill = key("+").paid
    assert (bill.business_date, bill.shift) == (day.isoformat(), shift.id)
    assert bill.document.lines[0].gst_rate_bp == rate_bp
    assert bill.number == number
    assert bill.at >= milliseconds(*after_midnight)
    assert till.bills.by_number(number) == bill
    note = till.billing.take_back(number, {1: 1000}, "sour", CASH, "1", OWNER)
    assert (note.business_date, note.number) == (
        day.isoformat(),
        number.replace("1/", "1-R/", 1)[:-1] + "1",
    )


def test_what_a_bill_says(till, ravi, clock):
    ravi("1.5*12", "*-3", "/48*70", "2*110", "**340", "+upi 500 UTR1")
    clock.set(milliseconds(2026, 11, 23, 7, 15))
    bill = ravi("+500").paid
    assert (bill.number, bill.counter, bill.operator) == ("1/2627/1", "1", "ravi")
    assert (bill.business_date, bill.customer) == ("2026-11-23", None)
    assert bill.shift == till.custody.needed("1").id
    assert milliseconds(2026, 11, 23, 7, 15) <= bill.at < milliseconds(2026, 11, 23, 7, 16)
    assert (bill.state, bill.original, bill.reason, bill.copies) == ("paid", None, "", 0)
    milk, peda, ghee = bill.document.lines
    assert (milk.plu, milk.name, milk.unit, milk.hsn) == (12, "Cow milk", Unit.LITRE, "0401")
    assert (milk.qty_milli, milk.rate_paise, milk.discount_paise, milk.amount_paise) == (
        1500,
        rupees("62"),
        rupees("3"),
        rupees("90"),
    )
    assert (peda.qty_milli, peda.amount_paise) == (100, rupees("48"))
    assert (ghee.rate_paise, ghee.list_rate_paise, ghee.discount_paise) == (34000, 35000, 0)
    assert bill.document.tenders == (Tender(UPI, 50000, "UTR1"), Tender(CASH, 50000))
    assert (bill.document.total_paise, bill.document.change_paise) == (81800, 18200)
    assert till.bills.by_number("1/2627/1") == bill
    entry = entries(till)[-1]
    assert (entry.kind, entry.object) == (Kind.BILL_PAID, bill.id)
    assert (entry.actor, entry.approver, entry.session) == ("ravi", "asha", "ssh 10.0.0.7")
    assert entry.body["original_number"] is None


def test_a_bill_keeps_the_names_and_prices_of_its_day(till, key):
    key("12")
    sold = key("+").paid
    till.catalogue.change(MILK._replace(name="A2 milk", price_paise=9900, hsn="9999"), OWNER)
    till.catalogue.retire(MILK.plu, OWNER)
    assert till.bills.by_number(sold.number) == sold


# --- numbers ------------------------------------------------------------------------------------


def test_numbers_go_on_per_counter(two_counters):
    one, two = two_counters
    for counter in (one, two):
        counter("12")
    assert two("+").paid.number == "B/2627/1"
    assert one("+").paid.number == "1/2627/1"
    for serial in (2, 3):
        one("12")
        assert one("+").paid.number == f"1/2627/{serial}"
    two("12")
    assert two("+").paid.number == "B/2627/2"


@pytest.mark.parametrize(
    ("moment", "number", "day"),
    [
        ((2027, 3, 31, 23, 59, 59), "1/2627/2", "2027-03-31"),
        ((2027, 4, 1, 0, 0, 0), "1/2728/1", "2027-04-01"),
        ((2027, 4, 1, 5, 29, 0), "1/2728/1", "2027-04-01"),  # still March in London
        ((2028, 3, 31, 12, 0, 0), "1/2728/1", "2028-03-31"),
        ((2099, 12, 31, 12, 0, 0), "1/9900/1", "2099-12-31"),
    ],
)
def test_numbers_begin_again_on_the_first_of_april(till, key, clock, moment, number, day):
    key("12", "+", "12")  # rung up before, paid after
    clock.set(milliseconds(*moment))
    next_day(till)
    bill = key("+").paid
    assert (bill.number, bill.business_date) == (number, day)


def test_shifts_of_both_sides_of_the_first_of_april_give_no_number_twice(till, key):
    for day in ((2027, 3, 31), (2027, 4, 1), (2027, 3, 31), (2027, 4, 1)):
        shift_of(till, date(*day))
        key("12", "+")
    assert numbers(till) == ["1/2627/1", "1/2728/1", "1/2627/2", "1/2728/2"]


def test_a_clock_set_back_over_the_first_of_april_goes_back_to_no_day(till, key, clock):
    for moment in ((2027, 3, 31), (2027, 4, 1), (2027, 3, 31), (2027, 4, 1)):
        clock.set(milliseconds(*moment, 12))
        next_day(till)
        key("12", "+")
    assert numbers(till) == ["1/2627/1", "1/2728/1", "1/2728/2", "1/2728/3"]


def test_credit_notes_run_apart_and_by_their_own_day(till, key, clock):
    key("12", "+", "12")
    sold = key("+").paid
    assert sold.number == "1/2627/2"
    back = [till.billing.take_back(sold.number, {1: 100}, "sour", CASH, "1", OWNER)]
    clock.set(milliseconds(2027, 4, 1))
    next_day(till)
    back.append(till.billing.take_back(sold.number, {1: 100}, "sour", CASH, "1", OWNER))
    assert [note.number for note in back] == ["1-R/2627/1", "1-R/2728/1"]
    key("12")
    assert key("+").paid.number == "1/2728/1"


def test_a_sale_that_fails_takes_no_number(till, key):
    key("12", "+", "12")
    before = everything(till)
    draft = key.checkout.draft
    with pytest.raises(apsw.ConstraintError):  # the books don't know who sells here
        till.billing.tender(draft, CASH, None, "", Actor("nobody"))
    assert everything(till) == before
    assert key("+").paid.number == "1/2627/2"


def test_a_refused_sale_takes_no_number(till, key):
    key("12", "+", "12")
    for keyed in ("+/900", "+khata", "+99999", "+0"):
        with pytest.raises(Refused):
            key(keyed)
    assert key("+").paid.number == "1/2627/2"
    key("12", "--", "12", "-", "12", ".", "12", "+20", "-")
    assert key("+").paid.number == "1/2627/3"
    assert rows(till, *[]) == {}


# --- without a shift ----------------------------------------------------------------------------


def test_without_a_shift_nothing_is_sold_or_taken_back(till, key, sold):
    key("12", "31")
    draft = key.checkout.draft
    close_shift(till)
    before = everything(till)
    for decide in (
        lambda: till.billing.put_line(draft, CartLine.by_quantity(9, CURD, 1000), OWNER),
        lambda: till.billing.tender(draft, CASH, 1, "", OWNER),
        lambda: till.billing.tender(draft, UPI, None, "", OWNER),
        lambda: till.billing.take_back(sold.number, {1: 100}, "sour", CASH, "1", OWNER),
    ):
        with pytest.raises(Refused, match="no shift is open on counter 1: open one") as refused:
            decide()
        assert refused.value.code == "no-shift"
        assert everything(till) == before
    open_shift(till)
    assert key("+").paid.document.total_paise == 15200


def test_a_shift_on_another_counter_is_no_help(till, two_counters):
    one, two = two_counters
    one("12")
    two("31")
    close_shift(till, "B")
    with pytest.raises(Refused) as refused:
        two.checkout.key_in("+")
    assert refused.value.code == "no-shift"
    assert one("+").paid.shift == till.custody.needed("1").id


def test_a_shift_closed_at_another_terminal_takes_no_more(till, other_till, key):
    key("12")
    close_shift(other_till)
    before = everything(till)
    with pytest.raises(Refused) as refused:
        key.checkout.key_in("+")
    assert refused.value.code == "no-shift"
    assert everything(till) == before


# --- money --------------------------------------------------------------------------------------


def test_only_cash_gives_change(till, key):
    key("12")
    draft = key.checkout.draft
    for kind in (UPI, CARD):
        with pytest.raises(Refused) as refused:
            till.billing.tender(draft, kind, 6201, "", OWNER)
        assert refused.value.code == "tender-above-due"
    after, bill = till.billing.tender(draft, CASH, 6201, "", OWNER)
    assert (bill.document.change_paise, after.cart.tenders) == (1, ())


def test_khata_is_refused_with_words(till, key):
    key("12")
    before = everything(till)
    with pytest.raises(Refused, match="khata needs a customer") as refused:
        till.billing.tender(key.checkout.draft, KHATA, None, "", OWNER)
    assert refused.value.code == "khata-needs-customer"
    assert everything(till) == before


def test_the_rest_in_cash_after_a_part_by_upi(key):
    key("12", "31", "+upi 100 UTR77")
    bill = key("+60").paid.document
    assert bill.tenders == (Tender(UPI, 10000, "UTR77"), Tender(CASH, 6000))
    assert (bill.total_paise, bill.change_paise) == (15200, 800)


def test_a_reference_is_cleaned(till, key):
    key("12")
    _draft, bill = till.billing.tender(
        key.checkout.draft, UPI, None, "  UTR\x1b[31m \u202e 9" + "9" * 60, OWNER
    )
    assert bill.document.tenders[0].reference == "UTR[31m " + "9" * 32


@pytest.mark.parametrize(
    ("worth", "total", "round_off"),
    [
        ("31.49", "31", -49),
        ("31.50", "32", 50),
        ("31.51", "32", 49),
        ("31", "31", 0),
        ("0.50", "1", 50),
        ("0.30", "0", -30),
    ],
)
def test_a_bill_is_rounded_to_the_rupee(key, worth, total, round_off):
    key(f"/{worth}*12")
    bill = key("+").paid.document
    assert (bill.total_paise, bill.round_off_paise) == (rupees(total), round_off)
    assert bill.taxable_paise == rupees(worth)  # the round-off is not taxed
    assert sum(tender.amount_paise for tender in bill.tenders) == bill.total_paise


def test_change_is_from_the_rounded_total(key):
    key("/31.49*12")
    assert key("+50").paid.document.change_paise == rupees("19")


def test_a_shop_that_does_not_round(till_of):
    key = Counter(till_of(round_to_paise=1))
    key("/31.49*12")
    bill = key("+").paid.document
    assert (bill.total_paise, bill.round_off_paise) == (3149, 0)


# --- discounts and prices -----------------------------------------------------------------------


def test_a_discount_on_the_bill_is_shared_out_by_amount(key):
    key("12", "31", "/105*70", "+-10")  # 62.00, 90.00, 105.00
    bill = key("+").paid.document
    assert [line.discount_paise for line in bill.lines] == [241, 350, 409]
    assert [line.amount_paise for line in bill.lines] == [5959, 8650, 10091]
    assert (bill.discount_paise, bill.total_paise, bill.round_off_paise) == (1000, 24700, 0)
    assert (bill.lines[2].taxable_paise, bill.lines[2].cgst_paise) == (9611, 240)


def test_discounts_on_lines_and_on_the_bill_add_up(key):
    key("12", "*-2", "31", "*-10/", "+-5/")  # 60.00 and 81.00, of which 7.05
    bill = key("+").paid.document
    assert [line.discount_paise for line in bill.lines] == [200 + 300, 900 + 405]
    assert (bill.discount_paise, bill.total_paise, bill.round_off_paise) == (1805, 13400, 5)


def test_tax_is_on_what_is_left_after_the_discount(key):
    key("/105*70", "*-50/")
    line = key("+").paid.document.lines[0]
    assert (line.amount_paise, line.taxable_paise, line.cgst_paise) == (5250, 5000, 125)


def test_another_price_keeps_the_catalogue_price_beside_it(key):
    key("12", "**58", "31")
    milk, curd = key("+").paid.document.lines
    assert (milk.rate_paise, milk.list_rate_paise, milk.amount_paise) == (5800, 6200, 5800)
    assert (curd.rate_paise, curd.list_rate_paise) == (9000, 9000)


def test_no_override_goes_above_the_mrp(till, key):
    key("110", "**360")
    with pytest.raises(Refused) as refused:
        key("**360.01")
    assert refused.value.code == "price-above-mrp"
    with pytest.raises(Refused):
        till.billing.change_line(key.checkout.draft, key.cart.last.with_rate(rupees("400")), OWNER)
    assert key("+").paid.document.lines[0].rate_paise == rupees("360")


# --- where tills are robbed ---------------------------------------------------------------------


def told_since(till, before):
    """The entries after some, by what they say."""
    return [
        (entry.kind, entry.object, entry.actor, entry.approver, entry.session, entry.body)
        for entry in entries(till)[len(before) :]
    ]


def removed(draft, item, qty_milli, left_milli, amount, rate=None):
    body = {
        "plu": item.plu,
        "name": item.name,
        "qty_milli": qty_milli,
        "unit": item.unit.value,
        "rate_paise": rupees(rate) if rate else item.price_paise,
        "amount_paise": rupees(amount),
        "counter": "1",
        "left_milli": left_milli,
    }
    return (Kind.LINE_REMOVED, draft, "ravi", "asha", "ssh 10.0.0.7", body)


@pytest.mark.parametrize(
    ("before", "keyed", "item", "qty_milli", "left_milli", "amount"),
    [
        (["12", ".5*31"], "-", CURD, 500, 0, "45"),
        (["12", ".5*31"], "-1", MILK, 1000, 0, "62"),
        (["12"], "-", MILK, 1000, 0, "62"),
        (["3*12"], "*1", MILK, 3000, 1000, "186"),
        (["12"], "*/31", MILK, 1000, 500, "62"),
        (["3*12", "*-6"], "*2.999", MILK, 3000, 2999, "180"),
    ],
)
def test_less_on_the_bill_is_an_entry(
    till, ravi, before, keyed, item, qty_milli, left_milli, amount
):
    ravi(*before)
    draft, told = ravi.checkout.draft.id, entries(till)
    ravi(keyed)
    assert told_since(till, told) == [removed(draft, item, qty_milli, left_milli, amount)]


def test_a_dearer_price_that_leaves_less_is_an_entry(till, ravi):
    ravi("/62*12")
    draft, told = ravi.checkout.draft.id, entries(till)
    ravi("**124")
    assert told_since(till, told) == [removed(draft, MILK, 1000, 500, "62")]


@pytest.mark.parametrize(
    "keyed", ["12", "*3", "*1", "*/200", "**50", "*-5", "+-5", "+20", ".", "/50*12", "2*40"]
)
def test_more_on_the_bill_is_no_entry(till, ravi, keyed):
    ravi("12")
    told = entries(till)
    ravi(keyed)
    assert told_since(till, told) == []


def test_a_dropped_bill_is_an_entry_with_all_its_lines(till, ravi):
    ravi("2*12", "**60", "/50*70", "*-5", "+-10")
    draft, told = ravi.checkout.draft.id, entries(till)
    ravi("--")
    lines = [
        {
            "plu": 12,
            "name": "Cow milk",
            "qty_milli": 2000,
            "unit": "litre",
            "rate_paise": 6000,
            "amount_paise": 12000,
        },
        {
            "plu": 70,
            "name": "Milk peda",
            "qty_milli": 104,
            "unit": "kg",
            "rate_paise": 48000,
            "amount_paise": 4500,
        },
    ]
    body = {"counter": "1", "total_paise": 15500, "lines": lines, "reason": ""}
    assert told_since(till, told) == [
        (Kind.DRAFT_DROPPED, draft, "ravi", "asha", "ssh 10.0.0.7", body)
    ]


@pytest.mark.parametrize(("keyed", "reason"), [("--spilt\x07 milk", "spilt milk"), ("--", "")])
def test_why_a_bill_is_dropped_is_told(till, key, keyed, reason):
    key("12")
    key(keyed)
    (entry,) = entries(till, Kind.DRAFT_DROPPED)
    assert entry.body["reason"] == reason


def test_money_given_back_is_an_entry(till, ravi):
    ravi("12", "+20", "+upi 30 UTR5")
    draft, told = ravi.checkout.draft.id, entries(till)
    ravi("-", "-")
    who = ("ravi", "asha", "ssh 10.0.0.7")
    assert told_since(till, told) == [
        (
            Kind.TENDER_REMOVED,
            draft,
            *who,
            {"kind": "upi", "amount_paise": 3000, "reference": "UTR5"},
        ),
        (
            Kind.TENDER_REMOVED,
            draft,
            *who,
            {"kind": "cash", "amount_paise": 2000, "reference": ""},
        ),
    ]


def test_no_money_to_give_back(till, key):
    key("12")
    with pytest.raises(Refused) as refused:
        till.billing.give_back(key.checkout.draft, OWNER)
    assert refused.value.code == "no-tender"


def test_a_held_bill_is_recalled_to_be_dropped_so_no_bill_goes_without_an_entry(till, key):
    key("12", ".", "31", ".", "40")
    told = entries(till)
    for _ in range(2):
        key(".1", "--")
    key("12", "+")
    assert [kind for kind, *_ in told_since(till, told)] == [
        Kind.DRAFT_DROPPED,
        Kind.DRAFT_DROPPED,
        Kind.BILL_PAID,
    ]
    assert [bill.first_item for bill in key.checkout.held] == ["Egg"]


# --- two terminals on one file ------------------------------------------------------------------

AT_ONE = {
    "added": ["31"],
    "changed": ["*3"],
    "part paid": ["+20"],
    "discounted": ["+-5"],
    "paid": ["+"],
    "dropped": ["--"],
    "held": ["."],
    "taken off": ["-"],
    "held and recalled": [".", ".1"],
    "paid, and another begun": ["+", "31"],
}
AT_THE_OTHER = ["31", "*5", "**50", "*-5", "+-5", "-", "--", ".", "+", "+20", "+/"]


@pytest.mark.parametrize("first", AT_ONE)
def test_what_was_changed_at_another_terminal_is_not_changed_here(till, other_till, key, first):
    key("12")
    other = Counter(other_till)
    assert other.checkout.draft == key.checkout.draft
    key(*AT_ONE[first])
    before, draft = everything(till), other.checkout.draft
    for keyed in AT_THE_OTHER:
        with pytest.raises(Refused, match="at another terminal") as refused:
            other.checkout.key_in(keyed)
        assert refused.value.code == "draft-changed"
        assert other.checkout.draft is draft
        assert everything(till) == before


def test_a_bill_paid_at_two_terminals_is_one_bill(till, other_till, key):
    key("12", "31")
    other = Counter(other_till)
    paid = key("+").paid
    with pytest.raises(Refused) as refused:
        other("+")
    assert refused.value.code == "draft-changed"
    assert numbers(till) == [paid.number]
    assert rows(till, drafts_module.DraftTable) == {"draft": []}
    again = Counter(other_till)  # who looks again sees an empty counter
    again("12")
    assert again("+").paid.number == "1/2627/2"


def test_a_draft_that_was_paid_is_never_open_again(till, key):
    key("12")
    draft = key.checkout.draft
    key("+")
    before = everything(till)
    line = CartLine.by_quantity(2, CURD, 1000)
    for stale in (draft, draft._replace(version=0)):
        for decide in (
            lambda d: till.billing.tender(d, CASH, None, "", OWNER),
            lambda d: till.billing.put_line(d, line, OWNER),
            lambda d: till.billing.drop(d, "gone", OWNER),
            lambda d: till.billing.hold(d),
        ):
            with pytest.raises((Refused, apsw.ConstraintError)):
                decide(stale)
            assert everything(till) == before


def test_two_terminals_begin_a_bill_on_one_counter(till, other_till, key):
    other = Counter(other_till)
    key("12")
    before = everything(till)
    with pytest.raises(Refused) as refused:
        other("31")
    assert refused.value.code == "draft-changed"
    assert everything(till) == before


def test_a_held_bill_taken_back_at_two_terminals(till, other_till, key):
    key("12", ".", "31", ".")
    other = Counter(other_till)
    key(".1")
    before = everything(till)
    with pytest.raises(Refused):
        other(".2")  # there were two when the list was shown
    with pytest.raises((Refused, apsw.ConstraintError)):  # one is open here already
        other.checkout.key_in(".1")
    assert everything(till) == before


# --- held bills ---------------------------------------------------------------------------------


def test_many_held_bills_are_numbered_in_their_order(till, key):
    for keyed in ("12", "2*31", "3*40", "70"):
        key(keyed, ".")
    held = key.checkout.held
    assert [(bill.number, bill.first_item, bill.total_paise) for bill in held] == [
        (1, "Cow milk", 6200),
        (2, "Curd", 18000),
        (3, "Egg", 2300),
        (4, "Milk peda", 48000),
    ]
    key("110", "12", ".2")  # the open one is held behind the others
    assert [bill.first_item for bill in key.checkout.held] == [
        "Cow milk",
        "Egg",
        "Milk peda",
        "Ghee 500 ml",
    ]
    assert key.checkout.held[3].lines == 2
    assert key("+").paid.document.total_paise == 18000
    for total in (6200, 2300, 48000, 41200):
        key(".1")
        assert key("+").paid.document.total_paise == total
    assert key.checkout.held == ()
    assert numbers(till) == [f"1/2627/{serial}" for serial in range(1, 6)]


def test_an_empty_bill_is_not_held_by_a_recall(key):
    key("12", ".")
    assert key(".1").held == 0
    key(".")
    assert len(key.checkout.held) == 1


def test_a_held_bill_keeps_its_money_and_discounts(key):
    key("12", "*-2", "31", "+-5", "+20", "+upi 10 U")
    cart = key.cart
    key(".", "40", ".1")
    assert key.cart == cart
    assert key("-").did == "given_back"


def test_the_counter_has_room_for_so_many_held_bills(till, key, monkeypatch):
    monkeypatch.setattr(drafts_module, "HELD_MAX", 3)
    key("12", ".", "12", ".", "12", ".", "31")
    before = everything(till)
    with pytest.raises(Refused) as refused:
        key(".")
    assert refused.value.code == "held-full"
    assert everything(till) == before
    assert key("+").did == "paid"
    assert key(".2").held == 2


@pytest.mark.parametrize("keyed", [[], [".", "31", ".1"]], ids=["open", "held"])
@pytest.mark.parametrize(
    "change",
    [
        {"step_milli": 500},
        {"unit": Unit.PIECE, "step_milli": 1000},
        {"mrp_paise": 6200},
        {"price_paise": 9900},
    ],
    ids=repr,
)
def test_a_draft_outlives_the_rules_it_was_keyed_under(till, key, keyed, change):
    key(".25*12", "/9.99*12")
    cart = key.cart
    till.catalogue.change(MILK._replace(**change), OWNER)
    for text in keyed:
        key.checkout.key_in(text)
    again = till.checkout("1", OWNER)
    assert [(line.qty_milli, line.amount_paise) for line in again.draft.cart.lines] == [
        (line.qty_milli, line.amount_paise) for line in cart.lines
    ]
    assert again.draft.cart.due_paise == cart.due_paise
    assert again.key_in("+").paid.document.total_paise == cart.total_paise


def test_a_held_bill_is_not_paid_above_an_mrp_that_was_lowered_meanwhile(till, key):
    key("110", ".")
    till.catalogue.change(GHEE._replace(price_paise=32000, mrp_paise=32000), OWNER)
    key(".1")
    before = everything(till)
    with pytest.raises(Refused) as refused:
        key("+")
    assert refused.value.code == "price-above-mrp"
    assert everything(till) == before
    key("**320")
    assert key("+").paid.document.total_paise == 32000


# --- goods that come back -----------------------------------------------------------------------


@pytest.fixture
def sold(key):
    """2 L milk at 62 less 4, 100 g peda (48.00, 5 %), 3 eggs at 7.50; 190.50, rounded to 191."""
    key("2*12", "*-4", ".1*70", "3*40")
    return key("+upi 191 UTR1").paid


def back(till, sold, lines, reason="sour", refund=CASH, counter="1", **more):
    return till.billing.take_back(sold.number, lines, reason, refund, counter, OWNER, **more)


def test_a_credit_note(till, sold, clock):
    clock.advance(3 * DAY_MS)
    shift = next_day(till)
    note = back(till, sold, {1: 500, 2: 100}, " milk\twas\x07 sour ", UPI, reference=" R 9 ")
    assert (note.number, note.state, note.reason) == ("1-R/2627/1", "refunded", "milk was sour")
    assert (note.original, note.original_number) == (sold.id, sold.number)
    assert (note.business_date, note.shift) == ("2026-11-26", shift.id)
    bill = note.document
    assert bill.kind is DocumentKind.CREDIT_NOTE
    assert [(line.of_line, line.plu, line.qty_milli) for line in bill.lines] == [
        (1, 12, 500),
        (2, 70, 100),
    ]
    assert [line.amount_paise for line in bill.lines] == [3000, 4800]
    assert [line.discount_paise for line in bill.lines] == [100, 0]
    assert (bill.lines[1].taxable_paise, bill.lines[1].cgst_paise) == (4572, 114)
    assert bill.tenders == (Tender(UPI, 7800, "R 9"),)
    assert (bill.total_paise, bill.change_paise, bill.round_off_paise) == (7800, 0, 0)
    assert till.bills.by_number(note.number) == note
    entry = entries(till)[-1]
    assert (entry.kind, entry.object, entry.actor) == (Kind.BILL_RETURNED, note.id, "asha")
    assert (entry.body["original"], entry.body["original_number"]) == (sold.id, sold.number)


def test_returns_in_parts_until_all_is_back(till, sold):
    parts = [{1: 700}, {1: 1300, 3: 1000}, {2: 33}, {2: 67, 3: 2000}]
    states, notes = [], []
    for part in parts:
        notes.append(back(till, sold, part))
        states.append(till.bills.by_number(sold.number).state)
    assert states == ["part_returned"] * 3 + ["returned"]
    assert till.bills.by_number(sold.number).returned_milli == {1: 2000, 2: 100, 3: 3000}
    for field in ("total_paise", "taxable_paise", "cgst_paise", "sgst_paise", "round_off_paise"):
        returned = sum(getattr(note.document, field) for note in notes)
        assert returned == getattr(sold.document, field), field
    for number in (1, 2, 3):
        with pytest.raises(Refused) as refused:
            back(till, sold, {number: 1000})
        assert refused.value.code == "return-too-much"


def test_never_more_than_was_sold_over_two_notes(till, sold):
    back(till, sold, {1: 1500})
    before = everything(till)
    with pytest.raises(Refused, match=r"2 L of Cow milk were sold and 0\.5 can still come back"):
        back(till, sold, {1: 501})
    assert everything(till) == before
    back(till, sold, {1: 500})


def test_never_more_than_was_sold_at_two_terminals(till, other_till, two_counters, sold):
    back(till, sold, {1: 1500}, counter="B")
    with pytest.raises(Refused) as refused:
        other_till.billing.take_back(sold.number, {1: 501}, "sour", CASH, "1", OWNER)
    assert refused.value.code == "return-too-much"
    note = other_till.billing.take_back(sold.number, {1: 500}, "sour", CASH, "1", OWNER)
    assert numbers(till) == ["1/2627/1", "B-R/2627/1", note.number]
    assert note.number == "1-R/2627/1"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lines": {}}, "nothing-returned"),
        ({"lines": {4: 1000}}, "no-line"),
        ({"lines": {0: 1000}}, "no-line"),
        ({"lines": {1: 0}}, "quantity-zero"),
        ({"lines": {1: -500}}, "quantity-zero"),
        ({"lines": {1: 2001}}, "return-too-much"),
        ({"lines": {1: 100, 3: 4000}}, "return-too-much"),
        ({"lines": {3: 1500}}, "quantity-step"),
        ({"reason": ""}, "reason-missing"),
        ({"reason": " \t\x00\u200b\u202e "}, "reason-missing"),
        ({"refund": KHATA}, "khata-needs-customer"),
    ],
    ids=repr,
)
def test_a_refused_return_leaves_everything_as_it_was(till, sold, change, code):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        back(till, sold, **{"lines": {1: 100}, **change})
    assert refused.value.code == code
    assert everything(till) == before


@pytest.mark.parametrize(
    ("number", "code"),
    [("1/2627/2", "bill-unknown"), ("1-R/2627/9", "bill-unknown"), ("nonsense", "bill-number")],
)
def test_a_return_of_what_was_never_sold(till, sold, number, code):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        till.billing.take_back(number, {1: 100}, "sour", CASH, "1", OWNER)
    assert refused.value.code == code
    assert everything(till) == before


def test_a_note_is_not_returned(till, sold):
    note = back(till, sold, {1: 100})
    before = everything(till)
    with pytest.raises(Refused) as refused:
        back(till, note, {1: 50})
    assert refused.value.code == "return-of-note"
    assert everything(till) == before


def test_a_part_worth_nothing_comes_back_for_nothing(till, key):
    key("12", "*-100/")
    note = back(till, key("+").paid, {1: 500})
    assert (note.document.total_paise, note.document.tenders) == (0, ())
    assert till.bills.by_number(note.number) == note


def test_a_shop_that_does_not_round_gives_back_to_the_paisa(till_of):
    till = till_of(round_to_paise=1)
    key = Counter(till)
    key("/31.49*12", "12")
    note = back(till, key("+").paid, {1: 508})
    assert (note.document.total_paise, note.document.round_off_paise) == (3149, 0)


def test_refunds_are_rounded_as_the_bill_was(till, key):
    key("/31.49*12", "/10.49*31")  # 41.98, rounded to 42
    bill = key("+").paid
    milk, curd = (line.qty_milli for line in bill.document.lines)
    totals = [back(till, bill, part).document.total_paise for part in ({1: milk}, {2: curd})]
    assert totals == [3100, 1100]


def test_a_return_leaves_the_open_bill_alone(till, key, sold):
    key("31", "+20")
    draft = key.checkout.draft
    back(till, sold, {1: 100})
    key.assert_stored()
    assert key.checkout.draft == draft
    key("+")


def test_a_long_reason_is_cut(till, sold):
    assert back(till, sold, {1: 100}, "sour " * 60).reason == ("sour " * 24).strip()


@settings(max_examples=25)
@given(data=st.data())
def test_all_parts_that_come_back_add_up_to_what_was_sold(lasting_till, data):
    key = Counter(lasting_till)
    if key.cart.lines:  # an example that was given up
        key("--")
    for _ in range(data.draw(st.integers(1, 4), "lines")):
        key(data.draw(st.sampled_from(["/105*70", "2*110", ".755*12", "3*40", ".333*70"])))
        if data.draw(st.booleans(), "off"):
            key(f"*-{data.draw(st.integers(0, 40))}/")
    key(f"+-{data.draw(st.integers(0, 9))}")
    bill = key("+").paid
    totals, left = Count(), {no: ln.qty_milli for no, ln in enumerate(bill.document.lines, 1)}
    while left:
        number = data.draw(st.sampled_from(sorted(left)))
        step = 1000 if bill.document.lines[number - 1].unit.whole_only else 1
        part = step * data.draw(st.integers(-(-left[number] // (3 * step)), left[number] // step))
        note = back(lasting_till, bill, {number: part}).document
        assert note.total_paise >= 0
        for name in ("total_paise", "taxable_paise", "cgst_paise", "round_off_paise"):
            totals[name] += getattr(note, name)
        totals["discount_paise"] += note.discount_paise
        left[number] -= part
        if not left[number]:
            del left[number]
    for name, total in totals.items():
        assert total == getattr(bill.document, name), name


def test_a_part_that_is_less_than_its_tax_does_not_come_back_by_itself(till, key):
    key("1*70", "*-99.9/")  # 48 paise for a kilogram, of which one and one are tax
    bill = key("+").paid
    back(till, bill, {1: 490})
    before = everything(till)
    with pytest.raises(Refused, match="so little of Milk peda") as refused:
        back(till, bill, {1: 10})
    assert refused.value.code == "return-too-little"
    assert everything(till) == before
    back(till, bill, {1: 510})
    assert till.bills.by_number(bill.number).state == "returned"


def test_a_return_on_a_counter_that_is_not_there(till, sold):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        back(till, sold, {1: 100}, counter="9")
    assert refused.value.code == "counter-unknown"
    assert everything(till) == before


# --- printed again ------------------------------------------------------------------------------


def test_every_reprint_is_counted(till, sold, ravi):
    assert till.bills.by_number(sold.number).copies == 0
    for copy in (1, 2, 3):
        again = till.billing.reprint(sold.number, RAVI)
        assert again == sold._replace(copies=copy)
        assert till.bills.by_number(sold.number) == again
        entry = entries(till)[-1]
        assert (entry.kind, entry.object, entry.actor) == (Kind.BILL_REPRINTED, sold.id, "ravi")
        assert entry.body == {"number": sold.number, "copy": copy}


def test_reprints_are_counted_over_terminals_and_notes(till, other_till, sold):
    till.billing.reprint(sold.number, OWNER)
    assert other_till.billing.reprint(sold.number, OWNER).copies == 2
    note = back(till, sold, {1: 100})
    assert till.billing.reprint(note.number.lower(), OWNER).copies == 1
    assert till.billing.reprint(sold.number, OWNER).copies == 3


def test_a_reprint_of_an_unknown_bill(till, sold):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        till.billing.reprint("1/2627/2", OWNER)
    assert refused.value.code == "bill-unknown"
    assert everything(till) == before
