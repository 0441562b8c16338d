from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.bill import check_return, complete, credit_note, part_of_line
from milkpos_tui.domain.cart import Cart, Discount, Tender, TenderKind
from milkpos_tui.domain.documents import DocumentKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.quantity import MILLI, Unit
from milkpos_tui.domain.tax import DatedRate, TaxMode, parse_rates, work_back
from tests.support.strategies import (
    A_DAY,
    COLA,
    GHEE,
    GST_REFORM,
    MILK,
    MODEST,
    cart_of,
    days,
    make_item,
    modes,
    paid_carts,
)

CASH, UPI = TenderKind.CASH, TenderKind.UPI
IN_CASH = Tender(CASH, 0)
HEADS = ("taxable_paise", "cgst_paise", "sgst_paise", "igst_paise")
SUMS = (*HEADS, "discount_paise")


def sold(*lines, mode=TaxMode.REGULAR, day=A_DAY, **fields):
    return complete(cart_of(*lines, **fields).with_tender(CASH, None), mode, day)


def refusal(call, *args):
    """The code of the rule that refuses a call."""
    with pytest.raises(Refused) as refused:
        call(*args)
    return refused.value.code


def assert_adds_up(bill):
    """Nothing of a document's sums and heads is left over."""
    for line in bill.lines:
        assert line.cgst_paise == line.sgst_paise
        assert sum(getattr(line, head) for head in HEADS) == line.amount_paise
    for name in SUMS:
        assert getattr(bill, name) == sum(getattr(line, name) for line in bill.lines)
    assert sum(getattr(bill, head) for head in HEADS) + bill.round_off_paise == bill.total_paise
    given_paise = sum(tender.amount_paise for tender in bill.tenders)
    assert given_paise - bill.change_paise == bill.total_paise


# --- sales -----------------------------------------------------------------------------------


@MODEST
@given(paid_carts(), modes, days)
def test_every_bill_balances_with_discounts_in_all_tax_modes(cart, mode, day):
    bill = complete(cart, mode, day)
    assert_adds_up(bill)
    assert bill.total_paise == cart.total_paise
    assert bill.discount_paise == cart.discount_paise
    assert (bill.tenders, bill.change_paise) == (cart.tenders, cart.change_paise)
    assert -50 <= bill.round_off_paise <= 50
    assert cart.round_to_paise == 100 or bill.round_off_paise == 0
    for keyed, line in zip(cart.lines, bill.lines, strict=True):
        assert min(getattr(line, name) for name in (*SUMS, "amount_paise")) >= 0
        assert line.discount_paise == keyed.gross_paise - line.amount_paise
        assert (line.qty_milli, line.rate_paise) == (keyed.qty_milli, keyed.rate_paise)


@MODEST
@given(paid_carts(), modes, days)
def test_each_line_s_tax_is_worked_back_from_what_it_costs(cart, mode, day):
    for keyed, line in zip(cart.lines, complete(cart, mode, day).lines, strict=True):
        rate_bp = keyed.item.rate_bp(day) if mode is TaxMode.REGULAR else 0
        assert line.gst_rate_bp == rate_bp
        heads = work_back(line.amount_paise, rate_bp)
        assert tuple(getattr(heads, head) for head in HEADS) == tuple(
            getattr(line, head) for head in HEADS
        )


@MODEST
@given(paid_carts(), modes)
def test_the_bill_s_discount_is_spread_over_the_lines_by_what_they_cost(cart, mode):
    bill = complete(cart, mode, A_DAY)
    for keyed, line in zip(cart.lines, bill.lines, strict=True):
        share = keyed.amount_paise - line.amount_paise
        if not cart.bill_discount_paise:
            assert share == 0
        else:
            exact = Fraction(cart.bill_discount_paise * keyed.amount_paise, cart.amounts_paise)
            assert abs(share - exact) < 1


def test_a_bill_in_full():
    cart = cart_of((MILK, 1500), (GHEE, 2000), (COLA, 3000))
    cart = cart.with_line(cart.line(2).with_rate(350_00).with_discount(Discount(paise=10_00)))
    cart = cart.with_discount(Discount(rate_bp=1000))
    cart = cart.with_tender(UPI, 500_00, "UTR 1").with_tender(CASH, 300_00)
    bill = complete(cart, TaxMode.REGULAR, A_DAY)
    assert bill.kind is DocumentKind.INVOICE_CUM_BILL
    milk, ghee, cola = bill.lines
    assert (milk.name, milk.unit, milk.hsn, milk.plu) == ("Cow Milk", Unit.LITRE, "0401", 12)
    assert (milk.qty_milli, milk.amount_paise, milk.discount_paise) == (1500, 81_00, 9_00)
    assert (milk.taxable_paise, milk.cgst_paise, milk.gst_rate_bp) == (81_00, 0, 0)
    assert (ghee.plu, ghee.rate_paise, ghee.list_rate_paise) == (31, 350_00, 355_00)
    assert (ghee.amount_paise, ghee.discount_paise) == (621_00, 79_00)
    assert (ghee.taxable_paise, ghee.cgst_paise, ghee.sgst_paise) == (591_42, 14_79, 14_79)
    assert (cola.amount_paise, cola.taxable_paise, cola.sgst_paise) == (54_00, 38_58, 7_71)
    assert (cola.rate_paise, cola.list_rate_paise, cola.gst_rate_bp) == (20_00, 20_00, 4000)
    assert (bill.taxable_paise, bill.cgst_paise, bill.sgst_paise) == (711_00, 22_50, 22_50)
    assert (bill.igst_paise, bill.discount_paise) == (0, 94_00)
    assert (bill.total_paise, bill.round_off_paise, bill.change_paise) == (756_00, 0, 44_00)
    assert bill.tenders == (Tender(UPI, 500_00, "UTR 1"), Tender(CASH, 300_00))
    assert {line.of_line for line in bill.lines} == {0}


@pytest.mark.parametrize(
    ("mode", "lines", "kind"),
    [
        (TaxMode.REGULAR, [MILK], DocumentKind.BILL_OF_SUPPLY),
        (TaxMode.REGULAR, [GHEE, COLA], DocumentKind.TAX_INVOICE),
        (TaxMode.REGULAR, [MILK, COLA], DocumentKind.INVOICE_CUM_BILL),
        (TaxMode.COMPOSITION, [MILK, COLA], DocumentKind.BILL_OF_SUPPLY),
        (TaxMode.COMPOSITION, [COLA], DocumentKind.BILL_OF_SUPPLY),
        (TaxMode.UNREGISTERED, [MILK, COLA], DocumentKind.BILL),
    ],
)
def test_the_document_follows_the_shop_and_the_basket(mode, lines, kind):
    assert sold(*((item, 1000) for item in lines), mode=mode).kind is kind


@pytest.mark.parametrize("mode", [TaxMode.COMPOSITION, TaxMode.UNREGISTERED])
def test_a_shop_that_collects_no_tax_shows_none(mode):
    bill = sold((COLA, 1000), mode=mode)
    assert (bill.taxable_paise, bill.cgst_paise, bill.sgst_paise) == (20_00, 0, 0)
    assert bill.lines[0].gst_rate_bp == 0


@pytest.mark.parametrize(
    ("day", "kind", "cgst"),
    [
        (GST_REFORM - timedelta(days=1), DocumentKind.TAX_INVOICE, 1_67),
        (GST_REFORM, DocumentKind.BILL_OF_SUPPLY, 0),
    ],
)
def test_rates_and_document_are_those_of_the_day(day, kind, cgst):
    uht = make_item(70_00, Unit.PACK, rates=parse_rates("5;2025-09-22=0"))
    bill = sold((uht, 1000), day=day)
    assert (bill.kind, bill.cgst_paise) == (kind, cgst)


def test_a_day_before_the_first_rate_is_refused():
    milk = make_item(rates=(DatedRate(date(2026, 4, 1), 0),))
    cart = cart_of((milk, 1000)).with_tender(CASH, None)
    assert refusal(complete, cart, TaxMode.REGULAR, date(2026, 3, 31)) == "rate-missing"


@pytest.mark.parametrize(
    ("price", "step", "total", "round_off"),
    [
        (62_49, 100, 62_00, -49),
        (62_50, 100, 63_00, 50),
        (62_00, 100, 62_00, 0),
        (62_49, 1, 62_49, 0),
    ],
)
def test_the_round_off_stands_apart_and_bears_no_tax(price, step, total, round_off):
    bill = sold((make_item(price, rate_bp=500), 1000), round_to_paise=step)
    assert (bill.total_paise, bill.round_off_paise) == (total, round_off)
    assert bill.taxable_paise + bill.cgst_paise + bill.sgst_paise == price


def test_a_bill_is_complete_only_when_it_is_paid():
    cart = cart_of((MILK, 1000))
    assert refusal(complete, cart, TaxMode.REGULAR, A_DAY) == "still-due"
    part = cart.with_tender(UPI, 59_99)
    assert refusal(complete, part, TaxMode.REGULAR, A_DAY) == "still-due"
    assert refusal(complete, Cart(), TaxMode.REGULAR, A_DAY) == "nothing-to-pay"


def test_a_bill_given_away_is_complete_without_money():
    cart = cart_of((COLA, 1000), (MILK, 500)).with_discount(Discount(rate_bp=10_000))
    bill = complete(cart, TaxMode.REGULAR, A_DAY)
    assert (bill.total_paise, bill.discount_paise, bill.tenders) == (0, 50_00, ())
    assert_adds_up(bill)


def test_a_bill_of_lines_given_away_is_complete_too():
    free = cart_of((COLA, 1000)).last.with_discount(Discount(rate_bp=10_000))
    bill = complete(Cart((free,)), TaxMode.REGULAR, A_DAY)
    assert (bill.total_paise, bill.discount_paise, bill.lines[0].amount_paise) == (0, 20_00, 0)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"total_paise": 61_00}, "round-off"),
        ({"round_off_paise": 1}, "round-off"),
        ({"change_paise": 1}, "tenders"),
        ({"tenders": ()}, "tenders"),
        ({"tenders": (Tender(CASH, 60_01),)}, "tenders"),
        ({"lines": ()}, "round-off"),
    ],
)
def test_a_bill_that_does_not_balance_can_not_be_made(changes, why):
    with pytest.raises(ValueError, match=why):
        sold((MILK, 1000))._replace(**changes).balanced()


# --- returns ---------------------------------------------------------------------------------


@st.composite
def returns_by_parts(draw):
    """A bill, and all of it coming back in any parts: one {line: thousandths} after another."""
    bill = complete(draw(paid_carts()), draw(modes), draw(days))
    notes = [{} for _ in range(draw(st.integers(1, 4)))]
    for number, line in enumerate(bill.lines, start=1):
        step = MILLI if line.unit.whole_only else 1
        before = 0
        for note in notes[:-1]:
            left = (line.qty_milli - before) // step
            part = draw(st.integers(0, left) | st.integers(0, min(3, left))) * step
            if part and not too_little(line, before, part):
                note[number] = part
                before += part
        if before < line.qty_milli:
            notes[-1][number] = line.qty_milli - before
    return bill, [note for note in notes if note]


def too_little(line, before_milli, part_milli):
    """Whether a part is refused, as only one of less than two paise may be."""
    with suppress(Refused):
        part_of_line(line, 1, before_milli, part_milli)
        return False
    assert line.amount_paise * part_milli < 2 * line.qty_milli
    return True


def take_all_back(bill, parts, round_to_paise):
    """The credit notes of a return by parts, one after the other."""
    before, notes = Counter(), []
    for part in parts:
        notes.append(credit_note(bill, dict(before), part, IN_CASH, round_to_paise))
        before.update(part)
    return notes


def step_of(bill):
    return 100 if bill.total_paise % 100 == 0 else 1


@MODEST
@given(returns_by_parts())
def test_any_parts_of_a_full_return_add_up_to_the_bill(case):
    bill, parts = case
    notes = take_all_back(bill, parts, step_of(bill))
    for name in (*SUMS, "total_paise", "round_off_paise"):
        assert sum(getattr(note, name) for note in notes) == getattr(bill, name), name
    for number, line in enumerate(bill.lines, start=1):
        back = [part for note in notes for part in note.lines if part.of_line == number]
        for name in (*SUMS, "amount_paise", "qty_milli"):
            assert sum(getattr(part, name) for part in back) == getattr(line, name), name


@MODEST
@given(returns_by_parts())
def test_each_credit_note_balances_and_gives_back_its_part(case):
    bill, parts = case
    for note, part in zip(take_all_back(bill, parts, step_of(bill)), parts, strict=True):
        assert_adds_up(note)
        assert note.kind is DocumentKind.CREDIT_NOTE
        assert {line.of_line: line.qty_milli for line in note.lines} == part
        assert -100 < note.round_off_paise < 100
        assert note.total_paise >= 0
        assert note.change_paise == 0
        assert [tender.amount_paise for tender in note.tenders] == [note.total_paise] * bool(
            note.total_paise
        )
        for back in note.lines:
            line = bill.lines[back.of_line - 1]
            assert min(getattr(back, name) for name in (*SUMS, "amount_paise")) >= 0
            for name in ("amount_paise", "cgst_paise", "igst_paise", "discount_paise"):
                exact = Fraction(getattr(line, name) * back.qty_milli, line.qty_milli)
                assert abs(getattr(back, name) - exact) <= 1


@MODEST
@given(paid_carts(), modes)
def test_a_return_of_everything_at_once_is_the_bill_itself(cart, mode):
    bill = complete(cart, mode, A_DAY)
    everything = {number: line.qty_milli for number, line in enumerate(bill.lines, start=1)}
    note = credit_note(bill, {}, everything, IN_CASH, cart.round_to_paise)
    assert note.lines == tuple(
        line._replace(of_line=number) for number, line in enumerate(bill.lines, start=1)
    )
    assert note.total_paise == bill.total_paise


@MODEST
@given(returns_by_parts(), st.integers(1, 5 * MILLI))
def test_never_more_than_was_sold_comes_back(case, extra):
    bill, parts = case
    last = parts.pop()
    before = Counter()
    for part in parts:
        before.update(part)
    number = min(last)
    extra *= MILLI if bill.lines[number - 1].unit.whole_only else 1
    too_much = last | {number: last[number] + extra}
    assert refusal(credit_note, bill, before, too_much, IN_CASH, 100) == "return-too-much"
    before.update(last)
    for number in last:
        again = {number: MILLI}
        assert refusal(credit_note, bill, before, again, IN_CASH, 100) == "return-too-much"


def test_a_part_of_a_line_in_full():
    cola = sold((MILK, 1000), (COLA, 3000)).lines[1]
    assert (cola.taxable_paise, cola.cgst_paise) == (42_86, 8_57)
    first, second, third = (part_of_line(cola, 2, before, 1000) for before in (0, 1000, 2000))
    assert (first.qty_milli, first.of_line, first.amount_paise) == (1000, 2, 20_00)
    assert [part.cgst_paise for part in (first, second, third)] == [2_86, 2_85, 2_86]
    assert [part.taxable_paise for part in (first, second, third)] == [14_28, 14_30, 14_28]
    kept = ("plu", "name", "unit", "rate_paise", "list_rate_paise", "gst_rate_bp", "hsn")
    assert all(getattr(first, name) == getattr(cola, name) for name in kept)


def test_a_line_taxed_between_states_comes_back_with_its_one_head():
    sold_line = (
        sold((COLA, 3000))
        .lines[0]
        ._replace(
            taxable_paise=42_86,
            cgst_paise=0,
            sgst_paise=0,
            igst_paise=17_14,
        )
    )
    parts = [part_of_line(sold_line, 1, before, 1000) for before in (0, 1000, 2000)]
    assert [part.igst_paise for part in parts] == [5_71, 5_72, 5_71]
    assert [part.taxable_paise for part in parts] == [14_29, 14_28, 14_29]
    assert {part.cgst_paise + part.sgst_paise for part in parts} == {0}


def test_the_refund_goes_back_as_asked_for_and_its_amount_is_worked_out():
    bill = sold((MILK, 1000), (COLA, 3000))
    refund = Tender(UPI, 999_00, "UTR 7")
    note = credit_note(bill, {2: 1000}, {2: 1000}, refund, 100)
    assert note.tenders == (Tender(UPI, 20_00, "UTR 7"),)
    assert (note.total_paise, note.kind) == (20_00, DocumentKind.CREDIT_NOTE)


def test_a_note_s_round_off_makes_the_refunds_the_total_of_the_bill():
    bill = sold((make_item(10_50), 1000), (make_item(20_99), 1000))
    assert (bill.total_paise, bill.round_off_paise) == (31_00, -49)
    first, second = take_all_back(bill, [{1: 1000}, {2: 1000}], 100)
    assert (first.total_paise, first.round_off_paise) == (11_00, 50)
    assert (second.total_paise, second.round_off_paise) == (20_00, -99)


def test_a_return_worth_nothing_any_more_has_no_refund():
    bill = sold((make_item(49), 1000), (MILK, 1000))
    note = credit_note(bill, {}, {1: 1000}, IN_CASH, 100)
    assert (note.total_paise, note.tenders, note.round_off_paise) == (0, (), -49)


def test_the_lines_of_a_note_stand_in_the_order_of_the_bill():
    bill = sold((MILK, 1000), (GHEE, 1000), (COLA, 1000))
    note = credit_note(bill, {}, {3: 1000, 1: 500}, IN_CASH, 100)
    assert [line.of_line for line in note.lines] == [1, 3]


def test_a_part_too_little_for_its_tax_is_refused_and_a_larger_one_is_not():
    line = sold((make_item(10_00, Unit.KG, rate_bp=500), 250)).lines[0]
    assert refusal(part_of_line, line, 1, 20, 1) == "return-too-little"  # 1 paisa = -1 + 1 + 1
    part = part_of_line(line, 1, 20, 2)
    assert (part.amount_paise, part.taxable_paise, part.cgst_paise) == (2, 0, 1)
    assert part_of_line(line, 1, 21, 1).taxable_paise == 1
    igst = {"taxable_paise": 1_90, "cgst_paise": 0, "sgst_paise": 0, "igst_paise": 10}
    between_states = line._replace(qty_milli=400, amount_paise=2_00, **igst)
    assert refusal(part_of_line, between_states, 1, 19, 1) == "return-too-little"  # 0 = -1 + 1
    assert part_of_line(between_states, 1, 19, 2).taxable_paise == 0


@pytest.mark.parametrize(
    ("before", "back", "code"),
    [
        ({}, {}, "nothing-returned"),
        ({}, {0: 1000}, "no-line"),
        ({}, {3: 1000}, "no-line"),
        ({}, {-1: 1000}, "no-line"),
        ({}, {1: 0}, "quantity-zero"),
        ({}, {1: -500}, "quantity-zero"),
        ({}, {1: 1501}, "return-too-much"),
        ({1: 1000}, {1: 501}, "return-too-much"),
        ({1: 1500}, {1: 1}, "return-too-much"),
        ({}, {1: 500, 2: 3001}, "return-too-much"),
        ({}, {2: 500}, "quantity-step"),
        ({2: 1000}, {2: 1500}, "quantity-step"),
    ],
)
def test_what_can_not_come_back_is_refused(before, back, code):
    bill = sold((MILK, 1500), (COLA, 3000))
    assert refusal(credit_note, bill, before, back, IN_CASH, 100) == code


@pytest.mark.parametrize(
    ("line", "before", "qty"), [(0, 0, 1500), (0, 1499, 1), (1, 0, 3000), (1, 2000, 1000)]
)
def test_all_that_is_left_may_come_back(line, before, qty):
    bill = sold((MILK, 1500), (COLA, 3000))
    check_return(bill.lines[line], line + 1, before, qty)


def test_too_much_is_refused_with_what_can_still_come_back():
    bill = sold((MILK, 1500))
    with pytest.raises(Refused, match=r"line 1: 1\.5 L of Cow Milk .* 0\.5 can still .* not 0\.75"):
        check_return(bill.lines[0], 1, 1000, 750)
