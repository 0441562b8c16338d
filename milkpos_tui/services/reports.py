"""X and Z reports as lines of plain text, for paper of 32, 42 or 48 columns."""

from collections.abc import Iterable, Mapping

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.cash import parse_count
from milkpos_tui.domain.money import group_indian
from milkpos_tui.domain.shift import TenderCheck, show_difference
from milkpos_tui.domain.tax import show_percent
from milkpos_tui.domain.text import printable_ascii
from milkpos_tui.journal.clock import moment_in_india
from milkpos_tui.services.paper import Paper, amount_row, paper_of
from milkpos_tui.services.records import Shop
from milkpos_tui.services.slips import shop_rows
from milkpos_tui.services.takings import Closed, CountRecord, Report

Names = Mapping[str, str]
"""Operators' names by code."""

_TENDERS = {
    TenderKind.CASH: "Cash",
    TenderKind.UPI: "UPI",
    TenderKind.CARD: "Card",
    TenderKind.KHATA: "Khata",
}


def report_rows(
    report: Report, shop: Shop, names: Names, columns: int, title: str = ""
) -> list[str]:
    """The lines of a report, each of at most `columns` printable ASCII characters, under the title
    of an X or a Z or another one.

    `Refused("slip-columns")` for other widths than 32, 42 and 48.
    """
    paper = paper_of(columns)
    rows = [
        *shop_rows(paper, shop),
        paper.rule(),
        *paper.centred(title or _title(report)),
        *_heading_rows(paper, report, names),
        paper.rule(),
        *_sales_rows(paper, report),
        *_tax_rows(paper, report),
        paper.rule(),
        *_cash_rows(paper, report),
        *_other_rows(paper, report),
        *_count_rows(paper, report, names),
    ]
    return rows + (_closing_rows(paper, report, report.closed) if report.closed else [])


def told_difference(checks: Iterable[TenderCheck]) -> str:
    """The difference of all tenders together, as people say it."""
    differences = [check.difference_paise for check in checks if check.counted_paise is not None]
    return show_difference(sum(differences)) if differences else "not counted"


def _title(report: Report) -> str:
    closed = report.closed
    return f"Z REPORT {closed.number}" if closed else "X REPORT (the shift goes on)"


def _heading_rows(paper: Paper, report: Report, names: Names) -> list[str]:
    shift, closed = report.shift, report.closed
    until, last = ("Closed", closed.operator) if closed else ("Now", shift.operator)
    return [
        *paper.spread(f"Counter {shift.counter}", f"{shift.name}, {shift.day:%d-%m-%Y}"),
        *paper.left(f"Opened {_moment(shift.opened_at)} by {_name(names, shift.opened_by)}"),
        *paper.left(f"{until} {_moment(report.at)} by {_name(names, last)}"),
        *(paper.left(f"Shift of {_name(names, shift.operator)}") if last != shift.operator else ()),
    ]


def _sales_rows(paper: Paper, report: Report) -> list[str]:
    takings = report.takings
    rows = [
        *paper.spread("Bills", str(takings.bills)),
        *_range_rows(paper, takings.first_bill, takings.last_bill),
        *paper.spread("Credit notes", str(takings.returns)),
        *_range_rows(paper, takings.first_note, takings.last_note),
        *amount_row(paper, "Sold", takings.sold_paise),
        *amount_row(paper, "Given back", -takings.refunded_paise),
        *amount_row(paper, "Net", takings.total_paise),
        *amount_row(paper, "Discounts in it", takings.discount_paise),
        *amount_row(paper, "Round-off in it", takings.round_off_paise),
    ]
    for tender in takings.tenders:
        label = f"by {_TENDERS[tender.kind]}"
        rows += amount_row(paper, label, tender.kept_paise - tender.refunded_paise)
    return rows


def _range_rows(paper: Paper, first: str, last: str) -> list[str]:
    return paper.right(f"{first} to {last}") if first else []


def _tax_rows(paper: Paper, report: Report) -> list[str]:
    rows: list[str] = []
    for tax in report.takings.taxes:
        if tax.rate_bp == 0:
            rows += amount_row(paper, "Exempt or untaxed", tax.taxable_paise)
            continue
        percent = show_percent(tax.rate_bp)
        rows += amount_row(paper, f"Taxable at {percent}%", tax.taxable_paise)
        if tax.igst_paise:
            rows += amount_row(paper, "IGST", tax.igst_paise)
        rows += amount_row(paper, "CGST", tax.cgst_paise)
        rows += amount_row(paper, "SGST", tax.sgst_paise)
    return [paper.rule(), *rows] if rows else []


def _cash_rows(paper: Paper, report: Report) -> list[str]:
    cash, moves = report.takings.tender(TenderKind.CASH), report.moves
    rows = [
        *amount_row(paper, "Float", report.shift.float_paise),
        *amount_row(paper, "Cash kept of sales", cash.kept_paise),
        *amount_row(paper, "Cash given back", -cash.refunded_paise),
        *_khata_rows(paper, report, TenderKind.CASH),
        *amount_row(paper, "Put in", moves.in_paise),
        *amount_row(paper, "Paid out", -moves.out_paise),
        *amount_row(paper, "Into the safe", -moves.dropped_paise),
    ]
    if report.open_paise:
        rows += amount_row(paper, "Taken for open bills", report.open_paise)
    rows += paper.spread("Drawer opened without a sale", str(moves.drawer_openings))
    return rows + _check_rows(paper, report.checks[0], report.closed is not None)


def _other_rows(paper: Paper, report: Report) -> list[str]:
    rows: list[str] = []
    for check in report.checks[1:]:
        rows += _khata_rows(paper, report, check.kind)
        rows += _check_rows(paper, check, report.closed is not None)
    return rows


def _khata_rows(paper: Paper, report: Report, kind: TenderKind) -> list[str]:
    """What customers paid of what they owed; nothing where nobody did."""
    khata, name = report.takings.khata_by(kind), _TENDERS[kind]
    rows: list[str] = []
    if khata.kept_paise:
        rows += amount_row(paper, f"{name} received for khata", khata.kept_paise)
    if khata.refunded_paise:
        rows += amount_row(paper, f"{name} paid back of khata", -khata.refunded_paise)
    return rows


def _check_rows(paper: Paper, check: TenderCheck, closed: bool) -> list[str]:
    name = _TENDERS[check.kind]
    rows = amount_row(paper, f"{name} expected", check.expected_paise)
    if check.counted_paise is not None:
        rows += amount_row(paper, f"{name} counted", check.counted_paise)
        rows += paper.spread(f"{name} difference", show_difference(check.difference_paise))
    elif closed:
        rows += paper.spread(f"{name} counted", "not counted")
    return rows


def _count_rows(paper: Paper, report: Report, names: Names) -> list[str]:
    """Each count with its time; what the last one found piece by piece."""
    rows: list[str] = []
    for count in report.counts:
        rows += _one_count(paper, count, names)
    if report.closed and report.counts:
        for rupees, pieces in parse_count(report.counts[-1].denominations).pieces:
            rows += amount_row(paper, f"  {rupees} x {group_indian(pieces)}", rupees * pieces * 100)
    return [paper.rule(), *rows] if rows else []


def _one_count(paper: Paper, count: CountRecord, names: Names) -> list[str]:
    what = "Count" if count.successor is None else "Handed over"
    row = paper.spread(f"{what} {_moment(count.at)}", told_difference(count.checks))
    row += paper.left(f"  by {_name(names, count.operator)}")
    if count.successor is not None:
        row += paper.left(f"  to {_name(names, count.successor)}")
    return row + (paper.left(f"  {count.reason}") if count.reason else [])


def _closing_rows(paper: Paper, report: Report, closed: Closed) -> list[str]:
    rows = [paper.rule()]
    if closed.carried:
        told = f"Open bills carried over: {closed.carried}"
        rows += amount_row(paper, told, closed.carried_paise)
    if closed.dropped_bills:
        told = f"Open bills dropped: {closed.dropped_bills}"
        rows += amount_row(paper, told, closed.dropped_bills_paise)
    rows += paper.spread("All tenders", told_difference(report.checks))
    if closed.reason:
        rows += paper.left(f"Reason: {closed.reason}")
    return [
        *rows,
        paper.rule(),
        *paper.left("Perpetual totals of this counter"),
        *amount_row(paper, "Sold", closed.perpetual_sold_paise),
        *amount_row(paper, "Given back", closed.perpetual_refunded_paise),
        *paper.left(f"Journal to entry {closed.head_seq}"),
        *paper.cut(closed.head_hash),
        *paper.left("Rules of the database"),
        *paper.cut(closed.schema_hash),
    ]


def _moment(at: int) -> str:
    return moment_in_india(at).strftime("%d-%m-%Y %H:%M")


def _name(names: Names, code: str) -> str:
    """Who it was; the code, where the paper has no letters for the name."""
    name = names.get(code, code)
    return code if "?" in printable_ascii(name) else name
