"""A monthly bill as text of 80 columns, as a slip of 32 columns for a dispute, and as CSV."""

import csv
import io
from collections.abc import Iterator, Sequence
from functools import lru_cache

from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.month import GridItem, MonthBill
from milkpos_tui.domain.orders import Half
from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.tax import show_percent
from milkpos_tui.domain.text import cell, spreadsheet_cell
from milkpos_tui.domain.words import amount_in_words
from milkpos_tui.services.month_papers import (
    MonthPaper,
    details,
    heading,
    month_words,
    payment_link,
    shop_particulars,
    sums,
)
from milkpos_tui.services.paper import SLIP_COLUMNS, paper_of
from milkpos_tui.services.slips import QR_HEADING

COLUMNS = 80
CSV_COLUMNS = ("customer", "name", "month", "bill", "date", "what", "quantity", "rate", "amount")

_AMOUNT = 14
_RATE = 12
_QTY = 12
_DAY = 2


def statement(paper: MonthPaper) -> list[str]:
    """The whole bill in 80 columns, in any letters; the payment link last, in one row."""
    bill, shop = paper.bill, paper.shop
    rows = [_centred(row) for row in (shop.name, *shop_particulars(shop))]
    rows += ["", *(_centred(row) for row in heading(paper)), ""]
    rows += [*_particulars(paper), ""]
    if bill.lines:
        rows += [*_lines(bill, with_hsn=shop.tax_mode.collects_tax), ""]
    rows += [*_taxes(bill), *_details(bill), *_sums(bill), ""]
    rows += grid_rows(bill, COLUMNS)
    link = payment_link(paper)
    return [row.rstrip() for row in rows + (["", QR_HEADING, link] if link else [])]


def _centred(text: str) -> str:
    return cell(text, COLUMNS, "^").rstrip()


def _particulars(paper: MonthPaper) -> list[str]:
    bill, party = paper.bill, paper.party
    issued = f"Date {paper.issued:%d-%m-%Y}" if paper.issued else ""
    rows = [
        _spread(f"No {bill.number}" if bill.number else "", issued),
        _spread(f"Customer {party.code}  {party.name}", month_words(paper)),
    ]
    return [row for row in (*rows, party.address, party.phone) if row.strip()]


def _spread(left: str, right: str) -> str:
    return cell(left, COLUMNS - len(right) - 1) + " " + right


def _lines(bill: MonthBill, *, with_hsn: bool) -> Iterator[str]:
    width = COLUMNS - _QTY - _RATE - _AMOUNT
    yield cell("Item (HSN)" if with_hsn else "Item", width) + (
        f"{'Quantity':>{_QTY}}{'Rate':>{_RATE}}{'Amount':>{_AMOUNT}}"
    )
    yield "-" * COLUMNS
    for line in bill.lines:
        name = f"{line.name} ({line.hsn})" if with_hsn and line.hsn else line.name
        qty = f"{show_quantity(line.qty_milli)} {line.unit.sign}"
        yield cell(name, width) + (
            f"{qty:>{_QTY}}{show_rupees(line.rate_paise):>{_RATE}}"
            f"{show_rupees(line.amount_paise):>{_AMOUNT}}"
        )
    yield "-" * COLUMNS


def tax_words(bill: MonthBill) -> list[tuple[str, int]]:
    """What the deliveries consist of, by rate; nothing where no tax is in them."""
    if not any(rate for rate, _ in bill.heads_by_rate):
        return []
    rows = []
    for rate, heads in bill.heads_by_rate:
        if not rate:
            rows.append(("Exempt", heads.taxable_paise))
            continue
        rows.append((f"Taxable at {show_percent(rate)}%", heads.taxable_paise))
        rows += [("CGST", heads.cgst_paise), ("SGST", heads.sgst_paise)]
        if heads.igst_paise:
            rows.append(("IGST", heads.igst_paise))
    return rows


def _taxes(bill: MonthBill) -> list[str]:
    rows = [_spread(f"  {label}", show_rupees(paise)) for label, paise in tax_words(bill)]
    return [*rows, ""] if rows else []


def _details(bill: MonthBill) -> list[str]:
    rows = [
        _spread(f"{day:%d-%m} {words}", show_rupees(paise)) for day, words, paise in details(bill)
    ]
    return [*rows, ""] if rows else []


def _sums(bill: MonthBill) -> Iterator[str]:
    *rows, due = sums(bill)
    yield from (_spread(one.label, show_rupees(one.paise)) for one in rows)
    yield "=" * COLUMNS
    yield _spread(due.label, f"Rs {show_rupees(due.paise)}")
    yield "=" * COLUMNS
    yield amount_in_words(due.paise)


# --- the grid -----------------------------------------------------------------------------------


def grid_rows(bill: MonthBill, columns: int) -> list[str]:
    """Each day's morning and evening by item, in as many blocks beside each other's items as the
    paper is wide; days without anything have their row too, for a dispute is about those."""
    if not bill.grid:
        return []
    quantities = {qty for item in bill.grid for qty in (*item.morning_milli, *item.evening_milli)}
    width = 1 + max(len(_shown(qty)) for qty in quantities)
    room = max(1, (columns - _DAY) // (2 * max(width, 4)))
    width = min(max(width, 4) + 3, (columns - _DAY) // (2 * min(room, len(bill.grid))))
    rows: list[str] = []
    for start in range(0, len(bill.grid), room):
        if rows:
            rows.append("")
        rows += _block(bill, bill.grid[start : start + room], width)
    return rows


def _block(bill: MonthBill, items: Sequence[GridItem], width: int) -> Iterator[str]:
    yield " " * _DAY + "".join(" " + cell(item.name, 2 * width - 1, "^") for item in items)
    yield " " * _DAY + "".join(f"{half.letter:>{width}}" for _ in items for half in Half)
    for at in range(bill.month.last.day):
        quantities = "".join(
            f"{_shown(item.morning_milli[at]):>{width}}{_shown(item.evening_milli[at]):>{width}}"
            for item in items
        )
        yield f"{at + 1:{_DAY}}{quantities}"
    totals = (f"{show_quantity(item.total_milli)} {item.unit.sign}" for item in items)
    yield " " * _DAY + "".join(f"{total:>{2 * width}}" for total in totals)


@lru_cache(maxsize=512)
def _shown(qty_milli: int) -> str:
    return show_quantity(qty_milli) if qty_milli else "."


# --- the dispute slip ---------------------------------------------------------------------------


def dispute_slip(paper: MonthPaper, columns: int = SLIP_COLUMNS[0]) -> list[str]:
    """The month as a slip of 32, 42 or 48 columns: who, the grid of 31 days, and what adds up. In
    any letters: what a printer lacks is drawn. The link is last, as on every slip.
    `Refused("slip-columns")` for other widths."""
    sheet, bill = paper_of(columns), paper.bill
    rows = [cell(paper.shop.name, columns, "^").rstrip()]
    rows += sheet.centred(month_words(paper))
    rows += [cell(f"{paper.party.code} {paper.party.name}", columns).rstrip()]
    if bill.number:
        rows += sheet.left(f"Bill {bill.number}")
    if paper.issued is None:
        rows += sheet.centred("DRAFT")
    rows.append(sheet.rule())
    rows += [row.rstrip() for row in grid_rows(bill, columns)]
    if bill.lines:
        rows.append(sheet.rule())
    for line in bill.lines:
        rows.append(cell(line.name, columns).rstrip())
        qty = f"{show_quantity(line.qty_milli)} {line.unit.sign} x {show_rupees(line.rate_paise)}"
        rows += sheet.spread(qty, show_rupees(line.amount_paise))
    rows.append(sheet.rule())
    for day, words, paise in details(bill):
        right = show_rupees(paise)
        rows.append(cell(f"{day:%d} {words}", columns - len(right) - 1) + " " + right)
    *between, due = sums(bill)
    for one in between:
        rows += sheet.spread(one.label, show_rupees(one.paise))
    rows.append(sheet.rule("="))
    rows += sheet.spread(due.label, f"Rs {show_rupees(due.paise)}")
    link = payment_link(paper)
    return rows + ([QR_HEADING, *sheet.cut(link)] if link else [])


# --- CSV ----------------------------------------------------------------------------------------


def month_csv(papers: Sequence[MonthPaper]) -> str:
    """Monthly bills as CSV: a row for each item and rate, and for each thing that was bought,
    corrected or paid. Rupees and units as plain numbers; a customer's rows from `previous` on sum
    to the amount of their row `due`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for paper in papers:
        writer.writerows(csv_rows(paper))
    return text.getvalue()


def csv_rows(paper: MonthPaper) -> Iterator[tuple[str, ...]]:
    """The rows of one customer."""
    bill, party = paper.bill, paper.party
    head = party.code, spreadsheet_cell(party.name), str(bill.month), bill.number

    def row(day: str, what: str, qty: str, rate: str, paise: int) -> tuple[str, ...]:
        return (*head, day, spreadsheet_cell(what), qty, rate, _plain(paise))

    yield row(bill.month.first.isoformat(), "previous", "", "", bill.previous_paise)
    for line in bill.lines:
        qty = show_quantity(line.qty_milli)
        yield row("", line.name, qty, _plain(line.rate_paise), line.amount_paise)
    for day, words, paise in details(bill):
        yield row(day.isoformat(), words, "", "", paise)
    yield row(bill.month.last.isoformat(), "due", "", "", bill.due_paise)


def _plain(paise: int) -> str:
    return show_rupees(paise).replace(",", "")


def grid_csv(papers: Sequence[MonthPaper]) -> str:
    """The grids of monthly bills as CSV: `customer,name,month,item,date,morning,evening`, in
    units."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("customer", "name", "month", "item", "date", "morning", "evening"))
    for paper in papers:
        for item in paper.bill.grid:
            for day, am, pm in zip(
                paper.bill.month.days, item.morning_milli, item.evening_milli, strict=True
            ):
                if am or pm:
                    writer.writerow(
                        (
                            paper.party.code,
                            spreadsheet_cell(paper.party.name),
                            str(paper.bill.month),
                            spreadsheet_cell(item.name),
                            day.isoformat(),
                            show_quantity(am),
                            show_quantity(pm),
                        )
                    )
    return text.getvalue()
