"""`milkpos bill`: the documents of the books."""

from datetime import date

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.context import acting, opened, remark, result
from milkpos_tui.commands.names import bill_names
from milkpos_tui.commands.printing import printing_for, tell_sold
from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.dates import parse_date
from milkpos_tui.domain.errors import Misused, Refused
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.quantity import parse_quantity, show_quantity
from milkpos_tui.services.records import BillRecord

group = typer.Typer(no_args_is_help=True)

_COLUMNS = typer.Option(42, "--columns", help="Width of the slip: 32, 42 or 48 characters.")


@group.command("list")
def list_bills(
    on: str = typer.Option("", "--date", metavar="YYYY-MM-DD", help="One business date (today)."),
    first: str = typer.Option("", "--from", metavar="YYYY-MM-DD", help="The first date."),
    last: str = typer.Option("", "--to", metavar="YYYY-MM-DD", help="The last date."),
) -> None:
    """Bills and credit notes of some days, today's without an option.

    Example: milkpos bill list --from 2026-11-01 --to 2026-11-23 --json
    """
    if on and (first or last):
        raise Misused("usage", "--date goes without --from and --to")
    with opened() as till:
        actor = acting(till)
        today = till.today()
        begin = _day(on or first) or (today if not last else date.min)
        end = _day(on or last) or today
        bills = list(till.bills.takings(begin, end, actor))
    result([bill_names(bill) for bill in bills], _listed(bills))


@group.command()
def show(
    number: str = typer.Argument(..., metavar="NUMBER", help="As printed, like 1/2627/345."),
    slip: bool = typer.Option(False, "--slip", help="As the printed slip."),
    columns: int = _COLUMNS,
) -> None:
    """One bill or credit note.

    Example: milkpos bill show 1/2627/345 --slip --columns 32
    """
    with opened() as till:
        bill = till.bills.by_number(number)
        lines = till.slip(bill, columns) if slip else _shown(bill)
    names = bill_names(bill)
    result({**names, "slip": lines} if slip else names, lines)


@group.command("return")
def take_back(
    number: str = typer.Argument(..., metavar="NUMBER", help="The bill that was sold."),
    line: list[str] = typer.Option(
        ..., "--line", metavar="K=QTY", help="Line K (from 1) and how many units come back."
    ),
    reason: str = typer.Option(..., "--reason", help="Why; it is printed on the credit note."),
    refund: TenderKind = typer.Option(TenderKind.CASH, "--refund", help="How it goes back."),
) -> None:
    """Take a part of a bill back: a credit note, tied to the bill, never more than was sold.

    Example: milkpos bill return 1/2627/345 --line 2=0.5 --reason sour --refund cash
    """
    back = _lines_back(line)
    with opened() as till:
        actor = acting(till)
        counter = till.shops.check_counter(context.settings.counter_code)
        with printing_for(till, counter) as printer:
            note = till.billing.take_back(number, back, reason, refund, counter, actor)
            tell_sold(printer, note.document)
    result(bill_names(note), _shown(note))


@group.command()
def reprint(
    number: str = typer.Argument(..., metavar="NUMBER", help="The bill."), columns: int = _COLUMNS
) -> None:
    """The slip of a bill once more, marked DUPLICATE. The reprint is an entry of the journal.

    It comes out of the counter's printer, where there is one, and on standard output.

    Example: milkpos bill reprint 1/2627/345 --columns 32
    """
    with opened() as till:
        actor = acting(till)
        lines = till.slip(till.bills.by_number(number), columns, duplicate=True)
        counter = till.shops.check_counter(context.settings.counter_code)
        with printing_for(till, counter) as printer:
            bill = till.billing.reprint(number, actor, counter)
            printer.look()
    result({**bill_names(bill), "slip": lines}, lines)
    if not context.settings.json:
        remark(f"copy {bill.copies} of {bill.number}")


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except Refused as refused:
        raise Misused("usage", refused.message) from None


def _lines_back(texts: list[str]) -> dict[int, int]:
    back: dict[int, int] = {}
    for text in texts:
        number, equals, quantity = text.partition("=")
        if not (equals and number.isascii() and number.isdecimal() and len(number) <= 4):
            raise Misused("usage", f"'{text}' is not a line and a quantity, like 2=0.5")
        if int(number) in back:
            raise Misused("usage", f"line {number} is named twice")
        back[int(number)] = parse_quantity(quantity)
    return back


def _listed(bills: list[BillRecord]) -> list[str]:
    lines = [
        f"{bill.number:16} {bill.business_date} {bill.document.kind.heading:26} "
        f"{bill.operator:12} {show_rupees(bill.document.total_paise):>14} {bill.state}"
        for bill in bills
    ]
    return [*lines, f"{len(bills)} documents"]


def _shown(bill: BillRecord) -> list[str]:
    document = bill.document
    lines = [f"{document.kind.heading} {bill.number}  {bill.business_date}  {bill.state}"]
    lines += [
        f"{number:3} {line.name:32} {show_quantity(line.qty_milli):>9} {line.unit.sign:2} "
        f"{show_rupees(line.rate_paise):>10} {show_rupees(line.amount_paise):>12}"
        for number, line in enumerate(document.lines, 1)
    ]
    lines.append(f"round-off {show_rupees(document.round_off_paise)}")
    lines.append(f"total {show_rupees(document.total_paise)}")
    lines += [
        f"{tender.kind.value} {show_rupees(tender.amount_paise)} {tender.reference}".rstrip()
        for tender in document.tenders
    ]
    lines.append(f"change {show_rupees(document.change_paise)}")
    if bill.original_number:
        lines.append(f"against bill {bill.original_number}: {bill.reason}")
    return lines
