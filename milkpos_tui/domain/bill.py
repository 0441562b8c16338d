"""A bill once it is complete: one shape for the journal, the tables, the slip and JSON."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from milkpos_tui.domain.cart import Cart, CartLine, Measured, Tender, round_off_to
from milkpos_tui.domain.documents import DocumentKind, sale_document
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import PAISE_PER_RUPEE
from milkpos_tui.domain.quantity import MILLI, Unit, show_quantity
from milkpos_tui.domain.rounding import apportion, half_up
from milkpos_tui.domain.tax import Heads, TaxMode, work_back


class BillLine(NamedTuple):
    """A line as it was sold: names and rates of that day. `list_rate_paise` is the catalogue's
    price where it was overridden, else the same as `rate_paise`. `of_line` is, on a credit
    note, the line of the original bill (from 1); on a sale 0."""

    plu: int
    name: str
    qty_milli: int
    unit: Unit
    rate_paise: int
    list_rate_paise: int
    discount_paise: int
    amount_paise: int
    taxable_paise: int
    cgst_paise: int
    sgst_paise: int
    igst_paise: int
    gst_rate_bp: int
    hsn: str
    of_line: int = 0
    measured: Measured = Measured.NOBODY
    tare_milli: int = 0


class Bill(NamedTuple):
    """A document of the till. On a credit note all amounts are positive and go to the customer."""

    kind: DocumentKind
    lines: tuple[BillLine, ...]
    tenders: tuple[Tender, ...]
    taxable_paise: int
    cgst_paise: int
    sgst_paise: int
    igst_paise: int
    discount_paise: int
    round_off_paise: int
    total_paise: int
    change_paise: int

    def balanced(self) -> "Bill":
        """The bill itself. Raises ValueError where it does not add up, which no bill may do."""
        amounts = sum(line.amount_paise for line in self.lines)
        given = sum(tender.amount_paise for tender in self.tenders)
        if amounts + self.round_off_paise != self.total_paise:
            raise ValueError("the lines and the round-off are not the total")
        if given - self.change_paise != self.total_paise:
            raise ValueError("the tenders less the change are not the total")
        return self


def complete(cart: Cart, mode: TaxMode, day: date) -> Bill:
    """The bill a fully paid cart becomes. Refused while something is due or nothing is sold."""
    if not cart.lines:
        raise Refused("nothing-to-pay", "there is nothing to pay")
    total, given = cart.total_paise, cart.tendered_paise
    if given < total:
        raise Refused("still-due", "the bill is not paid in full yet")
    for line in cart.lines:
        line.item.check_price(line.rate_paise)  # a held bill may be older than a lower MRP
    lines = _sold_lines(cart, mode, day)
    return _bill(
        sale_document(mode, [line.gst_rate_bp for line in lines]),
        lines,
        cart.tenders,
        total,
        given - total,
    )


def _sold_lines(cart: Cart, mode: TaxMode, day: date) -> tuple[BillLine, ...]:
    off = cart.bill_discount_paise
    shares = [0] * len(cart.lines)
    if off:
        shares = apportion(off, [line.amount_paise for line in cart.lines])
    return tuple(
        _sold_line(line, share, mode, day) for line, share in zip(cart.lines, shares, strict=True)
    )


def _sold_line(line: CartLine, share_paise: int, mode: TaxMode, day: date) -> BillLine:
    item = line.item
    amount = line.amount_paise - share_paise
    rate_bp = item.rate_bp(day) if mode.collects_tax else 0
    heads = work_back(amount, rate_bp) if rate_bp else Heads(amount)
    return BillLine(
        item.plu,
        item.name,
        line.qty_milli,
        item.unit,
        line.rate_paise,
        item.price_paise,
        line.gross_paise - amount,
        amount,
        heads.taxable_paise,
        heads.cgst_paise,
        heads.sgst_paise,
        heads.igst_paise,
        rate_bp,
        item.hsn,
        0,
        line.measured,
        line.tare_milli,
    )


def _bill(
    kind: DocumentKind,
    lines: tuple[BillLine, ...],
    tenders: tuple[Tender, ...],
    total_paise: int,
    change_paise: int,
) -> Bill:
    taxable = cgst = sgst = igst = discount = amounts = 0
    for line in lines:
        taxable += line.taxable_paise
        cgst += line.cgst_paise
        sgst += line.sgst_paise
        igst += line.igst_paise
        discount += line.discount_paise
        amounts += line.amount_paise
    return Bill(
        kind,
        lines,
        tenders,
        taxable,
        cgst,
        sgst,
        igst,
        discount,
        total_paise - amounts,
        total_paise,
        change_paise,
    ).balanced()


def part_of_line(line: BillLine, number: int, before_milli: int, qty_milli: int) -> BillLine:
    """What a return of `qty_milli` takes back of a sold line of which `before_milli` came back
    already. Amounts are differences of running parts, so that all parts add up to the line.

    Refused for a part of a few paise that its equal tax heads, whole paise each, would exceed."""

    def part(paise: int) -> int:
        after = half_up(paise * (before_milli + qty_milli), line.qty_milli)
        return after - half_up(paise * before_milli, line.qty_milli)

    amount, cgst, igst = part(line.amount_paise), part(line.cgst_paise), part(line.igst_paise)
    if 2 * cgst + igst > amount:
        raise Refused(
            "return-too-little",
            f"line {number}: so little of {line.name} can't come back by itself",
        )
    return line._replace(
        qty_milli=qty_milli,
        discount_paise=part(line.discount_paise),
        amount_paise=amount,
        taxable_paise=amount - 2 * cgst - igst,
        cgst_paise=cgst,
        sgst_paise=cgst,
        igst_paise=igst,
        of_line=number,
    )


def check_return(line: BillLine, number: int, before_milli: int, qty_milli: int) -> None:
    """Refused unless this much of a line can come back."""
    left = line.qty_milli - before_milli
    if qty_milli <= 0:
        raise Refused("quantity-zero", "a quantity must be more than zero")
    if qty_milli > left:
        raise Refused(
            "return-too-much",
            f"line {number}: {show_quantity(line.qty_milli)} {line.unit.sign} of {line.name} were "
            f"sold and {show_quantity(left)} can still come back, not {show_quantity(qty_milli)}",
        )
    if line.unit.whole_only and qty_milli % MILLI:
        raise Refused("quantity-step", f"line {number}: {line.name} comes back in whole pieces")


def credit_note(
    sold: Bill,
    returned_milli: Mapping[int, int],
    back: Mapping[int, int],
    refund: Tender,
    round_to_paise: int,
) -> Bill:
    """The credit note for a part of a bill.

    `returned_milli` and `back` are quantities by line number (from 1): what came back before, and
    what comes back now. `refund` says how the money goes back; its amount is worked out here.
    Refunds of one bill add up to its total when all of it has come back.
    """
    if not back:
        raise Refused("nothing-returned", "a return needs at least one line")
    lines = []
    for number, qty in sorted(back.items()):
        if not 1 <= number <= len(sold.lines):
            raise Refused("no-line", f"the bill has no line {number}")
        line, before = sold.lines[number - 1], returned_milli.get(number, 0)
        check_return(line, number, before, qty)
        lines.append(part_of_line(line, number, before, qty))
    refunded = _returned_paise(sold.lines, returned_milli)
    now = sum(line.amount_paise for line in lines)
    total = round_off_to(refunded + now, round_to_paise) - round_off_to(refunded, round_to_paise)
    tenders = (refund._replace(amount_paise=total),) if total else ()
    return _bill(DocumentKind.CREDIT_NOTE, tuple(lines), tenders, total, 0)


def rounding_of(sold: Bill) -> int:
    """The step its refunds are rounded to: the bill's own, whatever the shop's setting is now."""
    return PAISE_PER_RUPEE if sold.total_paise % PAISE_PER_RUPEE == 0 else 1


def _returned_paise(lines: Sequence[BillLine], returned_milli: Mapping[int, int]) -> int:
    return sum(
        half_up(lines[number - 1].amount_paise * qty, lines[number - 1].qty_milli)
        for number, qty in returned_milli.items()
    )
