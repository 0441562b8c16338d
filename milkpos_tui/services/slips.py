"""The slip: a document of the till as lines of plain text, for paper of 32, 42 or 48 columns.

What must stand on it: CGST Rules 46 (tax invoice), 49 (bill of supply), 53 (credit note), and the
food licence on food bills. Amounts are rupees with two decimals.
"""

from collections.abc import Iterable

from milkpos_tui.domain.bill import Bill, BillLine
from milkpos_tui.domain.cart import Tender, TenderKind
from milkpos_tui.domain.documents import COMPOSITION_NOTE, DocumentKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.tax import Heads, TaxMode, show_percent
from milkpos_tui.domain.text import printable
from milkpos_tui.domain.upi import upi_link
from milkpos_tui.domain.words import amount_in_words
from milkpos_tui.journal.clock import moment_in_india
from milkpos_tui.services.buyers import Buyer
from milkpos_tui.services.paper import GAP, Paper, amount_row, paper_of
from milkpos_tui.services.records import BillRecord, Shop

WORDS_COLUMNS_MIN = 42
BUYER_NAMED_FROM_PAISE = 50_000_00  # Rule 46(e): taxable supplies to an unregistered buyer
QR_HEADING = "UPI:"

_AMOUNT = "Amount"
_TENDER_NAMES = {
    TenderKind.CASH: "Cash",
    TenderKind.UPI: "UPI",
    TenderKind.CARD: "Card",
    TenderKind.KHATA: "Khata",
}


def slip(
    record: BillRecord,
    shop: Shop,
    operator_name: str,
    columns: int,
    *,
    duplicate: bool = False,
    buyer: Buyer | None = None,
) -> list[str]:
    """The lines of a slip, each of at most `columns` cells: printable ASCII and Indic letters; with
    a `buyer` whose it is, and what they owed after it.

    Where there is a payment link it comes last: the line `UPI:`, then `qr_payload` cut into
    lines, so that a printer may draw a QR code in their place. `Refused("slip-columns")` for
    other widths than 32, 42 and 48.
    """
    paper = paper_of(columns)
    bill = record.document
    return [
        *shop_rows(paper, shop),
        paper.rule(),
        *_heading_rows(paper, bill.kind, shop.tax_mode, duplicate),
        *_particulars(paper, record, operator_name),
        *(_customer_rows(paper, buyer) if buyer else ()),
        paper.rule(),
        *_item_rows(paper, bill, with_hsn=shop.tax_mode.collects_tax),
        paper.rule(),
        *_total_rows(paper, bill),
        *_tender_rows(paper, bill),
        *(_point_rows(paper, buyer) if buyer else ()),
        *(_balance_rows(paper, buyer) if buyer else ()),
        *_tax_rows(paper, bill),
        *_buyer_rows(paper, bill),
        *_closing_rows(paper, bill),
        *_qr_rows(paper, qr_payload(record, shop)),
    ]


def qr_payload(record: BillRecord, shop: Shop) -> str:
    """The UPI link that asks for a sale's total; empty where there is nothing to ask for.

    That is: no UPI address, a credit note, a total of zero. A shop whose particulars make no link
    gets none either, for a bill in the books is never left without its slip.
    """
    if not shop.upi_vpa or record.document.kind is DocumentKind.CREDIT_NOTE:
        return ""
    try:
        return upi_link(
            vpa=shop.upi_vpa,
            name=shop.name,
            amount_paise=record.document.total_paise,
            reference=record.number,
            note=f"Bill {record.number}",
        )
    except Refused:
        return ""


def shop_rows(paper: Paper, shop: Shop) -> list[str]:
    """Who it is from: name, address, and what the law wants there."""
    labelled = (("Phone", shop.phone), ("GSTIN", shop.gstin), ("FSSAI Lic No", shop.fssai))
    rows = [*paper.centred(shop.name), *paper.centred(shop.address)]
    for label, value in labelled:
        if value:
            rows += paper.centred(f"{label} {value}")
    return rows


def _heading_rows(paper: Paper, kind: DocumentKind, mode: TaxMode, duplicate: bool) -> list[str]:
    rows = paper.centred(kind.heading)
    if mode is TaxMode.COMPOSITION:
        rows += paper.centred(COMPOSITION_NOTE)
    if duplicate:
        rows += paper.centred("*** DUPLICATE ***")
    return rows


def _particulars(paper: Paper, record: BillRecord, operator_name: str) -> list[str]:
    moment = moment_in_india(record.at).strftime("%d-%m-%Y %H:%M")
    rows = [
        *paper.spread(f"No {record.number}", f"Counter {record.counter}"),
        *paper.spread(moment, f"Operator {operator_name}"),
    ]
    if record.original_number is not None:
        rows += paper.left(f"Against bill {record.original_number}")
    if record.reason:
        rows += paper.left(f"Reason: {record.reason}")
    return rows


def _customer_rows(paper: Paper, buyer: Buyer) -> list[str]:
    """Whose it is; by the code alone where the paper has no letters for the name."""
    name = "" if "?" in printable(buyer.name) else buyer.name
    return paper.left(f"Customer {buyer.code} {name}")


def _point_rows(paper: Paper, buyer: Buyer) -> list[str]:
    """Points that are a part of the discount; that it was known at the sale is on the invoice."""
    if not buyer.points_taken:
        return []
    told = "Points redeemed" if buyer.points_taken > 0 else "Points given back"
    return paper.spread(told, str(abs(buyer.points_taken)))


def _balance_rows(paper: Paper, buyer: Buyer) -> list[str]:
    if buyer.owes_paise is None:
        return []
    if buyer.owes_paise < 0:
        return amount_row(paper, "Khata: in advance", -buyer.owes_paise)
    return amount_row(paper, "Khata: now due", buyer.owes_paise)


def _item_rows(paper: Paper, bill: Bill, *, with_hsn: bool) -> list[str]:
    """The lines sold. Amounts are what is paid, discounts taken off; they add up to the total."""
    amounts = [show_rupees(line.amount_paise) for line in bill.lines]
    width = GAP + max(map(len, (_AMOUNT, *amounts)))
    rows = paper.spread("Item (HSN)" if with_hsn else "Item", f"Qty x rate{_AMOUNT:>{width}}")
    for line, amount in zip(bill.lines, amounts, strict=True):
        name = f"{line.name} ({line.hsn})" if with_hsn and line.hsn else line.name
        measure = (
            f"{show_quantity(line.qty_milli)} {line.unit.sign} x {show_rupees(line.rate_paise)}"
        )
        if line.discount_paise:
            rows += paper.spread(name, measure + " " * width)
            name, measure = "", f"less {show_rupees(line.discount_paise)}"
        rows += paper.spread(name, f"{measure}{amount:>{width}}")
    return rows


def _total_rows(paper: Paper, bill: Bill) -> list[str]:
    rows = paper.left(f"Items: {len(bill.lines)}")
    if bill.discount_paise or bill.round_off_paise:
        rows += amount_row(paper, "Subtotal", bill.total_paise - bill.round_off_paise)
    if bill.round_off_paise:
        rows += amount_row(paper, "Round off", bill.round_off_paise)
    total = paper.right(f"TOTAL Rs {show_rupees(bill.total_paise)}")
    return [*rows, paper.rule("="), *total, paper.rule("=")]


def _tender_rows(paper: Paper, bill: Bill) -> list[str]:
    rows: list[str] = []
    for tender in bill.tenders:
        label = _tender_label(tender)
        if bill.kind is DocumentKind.CREDIT_NOTE:
            label = f"REFUND {label}"
        rows += amount_row(paper, label, tender.amount_paise)
    if bill.change_paise:
        rows += amount_row(paper, "Change", bill.change_paise)
    return rows


def _tender_label(tender: Tender) -> str:
    return f"{_TENDER_NAMES[tender.kind]} {tender.reference}".rstrip()


def _tax_rows(paper: Paper, bill: Bill) -> list[str]:
    """What the total consists of, by rate; nothing for a document without tax."""
    by_rate = _heads_by_rate(bill.lines)
    exempt = by_rate.pop(0, None)
    if not by_rate:
        return []
    rows = [paper.rule()]
    for rate_bp, heads in by_rate.items():
        rows += amount_row(paper, f"Taxable at {show_percent(rate_bp)}%", heads.taxable_paise)
        if heads.igst_paise:
            rows += amount_row(paper, f"IGST {show_percent(rate_bp)}%", heads.igst_paise)
        else:
            half = _half_percent(rate_bp)
            rows += amount_row(paper, f"CGST {half}%", heads.cgst_paise)
            rows += amount_row(paper, f"SGST {half}%", heads.sgst_paise)
    if exempt is not None:
        rows += amount_row(paper, "Exempt", exempt.taxable_paise)
    return rows


def _heads_by_rate(lines: Iterable[BillLine]) -> dict[int, Heads]:
    """The sums of the lines' heads by rate in basis points, lowest first; exempt goods at 0."""
    by_rate: dict[int, Heads] = {}
    for line in lines:
        so_far = by_rate.get(line.gst_rate_bp, Heads(0))
        by_rate[line.gst_rate_bp] = Heads(
            so_far.taxable_paise + line.taxable_paise,
            so_far.cgst_paise + line.cgst_paise,
            so_far.sgst_paise + line.sgst_paise,
            so_far.igst_paise + line.igst_paise,
        )
    return dict(sorted(by_rate.items()))


def _half_percent(rate_bp: int) -> str:
    """Each head's share of a rate, exactly: 500 -> '2.5', 25 -> '0.125'."""
    whole, rest = divmod(rate_bp * 5, 1000)  # thousandths of a percent
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)


def _buyer_rows(paper: Paper, bill: Bill) -> list[str]:
    """Room for the buyer's name and address, by hand, where the law asks for them."""
    taxed = sum(line.taxable_paise for line in bill.lines if line.gst_rate_bp)
    if bill.kind is DocumentKind.CREDIT_NOTE or taxed < BUYER_NAMED_FROM_PAISE:
        return []
    blank = paper.rule("_")
    return [paper.rule(), f"Buyer: {blank}"[: paper.columns], f"Address: {blank}"[: paper.columns]]


def _closing_rows(paper: Paper, bill: Bill) -> list[str]:
    rows = [paper.rule()]
    if paper.columns >= WORDS_COLUMNS_MIN:
        rows += paper.left(amount_in_words(bill.total_paise))
    if bill.discount_paise and bill.kind is not DocumentKind.CREDIT_NOTE:
        rows += paper.centred(f"You saved Rs {show_rupees(bill.discount_paise)}")
    return rows + paper.centred("Thank you, come again")


def _qr_rows(paper: Paper, payload: str) -> list[str]:
    return [QR_HEADING, *paper.cut(payload)] if payload else []
