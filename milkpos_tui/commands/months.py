"""`milkpos month`: monthly bills, all of a month in one run."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.context import acting, opened, remark, result, say
from milkpos_tui.commands.round_words import month_names, month_row
from milkpos_tui.domain.errors import Unreachable
from milkpos_tui.domain.month import parse_month
from milkpos_tui.domain.text import plural

if TYPE_CHECKING:
    from milkpos_tui.domain.month import Month
    from milkpos_tui.services.month_papers import MonthPaper
    from milkpos_tui.till import Actor, Till

group = typer.Typer(no_args_is_help=True)

BAR_COLUMNS = 30

MonthOf = Annotated[str, typer.Argument(metavar="YYYY-MM", help="The month, like 2026-10.")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="The customer's code, like 12.")]
Folder = Annotated[
    str, typer.Option("--pdf", metavar="DIR", help="Also a PDF for each customer, into a folder.")
]
Size = Annotated[str, typer.Option("--size", metavar="a4|a5", help="The paper of PDFs.")]


@group.command()
def run(month: MonthOf, folder: Folder = "", size: Size = "a4") -> None:
    """Bill all customers of a month that is over. Who has a bill keeps it; a run that was broken
    off goes on where it stopped.

    Example: milkpos month run 2026-10 --pdf bills
    """
    from milkpos_tui.services.month_out import make_folder, parse_size, store_pdf
    from milkpos_tui.services.months import Ran

    which, paper_size = parse_month(month), parse_size(size)
    if folder:
        make_folder(Path(folder))
    ran, unwritten = Ran(), _Unwritten()
    with opened() as till:
        actor = acting(till)
        counter = till.shops.check_counter(context.settings.counter_code)
        for one in till.months.run(which, counter, actor):
            _progress(one.number, one.of)
            ran = ran.and_then(one)
            if folder and one.paper is not None:
                try:
                    store_pdf(one.paper, Path(folder), paper_size)
                except Unreachable as missing:
                    unwritten.note(one.customer.code, missing)
        _say_messages(till, which, actor)
    names: dict[str, object] = {
        "month": str(which), "issued": ran.issued, "held": ran.held, "due_paise": ran.due_paise,
    }  # fmt: skip
    result(names, [ran.told(which)])
    unwritten.tell()


@group.command("list")
def list_(month: MonthOf) -> None:
    """The bills of a month, and how far each is paid (Rs due).

    Example: milkpos month list 2026-10 --json
    """
    with opened() as till:
        found = list(till.months.stands(parse_month(month), acting(till)))
    names: list[dict[str, object]] = [
        {
            "number": one.paper.bill.number,
            "customer": one.customer.code,
            "name": one.customer.name,
            "month": str(one.paper.bill.month),
            "due_paise": one.paper.bill.due_paise,
            "state": one.state.value,
        }
        for one in found
    ]
    result(names, [month_row(one.paper, one.state.words) for one in found])


@group.command()
def show(
    code: Code,
    month: MonthOf,
    slip: bool = typer.Option(False, "--slip", help="The 31-day slip for 58 mm paper."),
    columns: int = typer.Option(32, "--columns", help="Of the slip: 32, 42 or 48."),
    as_csv: bool = typer.Option(False, "--csv", help="As CSV, in rupees and units."),
    message: bool = typer.Option(False, "--message", help="The text for a messenger."),
    pdf: str = typer.Option("", "--pdf", metavar="FILE", help="As PDF, into a file."),
    size: Size = "a4",
) -> None:
    """A customer's month: as it was issued, else a draft of the books.

    Example: milkpos month show 12 2026-10 --pdf bill.pdf --size a5
    """
    from milkpos_tui.services.month_out import parse_size, pdf_of, write_file

    which, paper_size = parse_month(month), parse_size(size)
    with opened() as till:
        actor = acting(till)
        paper = till.months.paper(code, which, actor)
        state = till.months.state(code, paper, actor)
        if message:
            result({"message": _message(till, paper, actor)}, [_message(till, paper, actor)])
            return
    if pdf:
        write_file(Path(pdf), pdf_of(paper, paper_size))
        remark(f"written: {pdf}")
        if not context.settings.json:
            return
    result(month_names(paper, state), _lines(paper, slip, columns, as_csv))


@group.command("print")
def print_(
    month: MonthOf,
    code: Annotated[
        str, typer.Argument(metavar="[CODE]", help="One customer's alone; else all issued ones.")
    ] = "",
) -> None:
    """The 31-day slips of a month on the counter's printer: of all whose bill is issued, or of one
    customer, as a draft too.

    Example: milkpos month print 2026-10 12
    """
    from milkpos_tui.commands.printing import printing_for
    from milkpos_tui.services.month_out import queue_slip

    which = parse_month(month)
    with opened() as till:
        actor = acting(till)
        counter = till.shops.check_counter(context.settings.counter_code)
        if code:
            papers = [till.months.paper(code, which, actor)]
        else:
            papers = [one.paper for one in till.months.stands(which, actor)]
        with printing_for(till, counter) as printer:
            for paper in papers:
                queue_slip(till.printing, counter, paper, actor)
            printer.look()
    names: dict[str, object] = {"month": str(which), "slips": len(papers)}
    result(names, [f"{which}: {plural(len(papers), 'slip')} to print"])


@group.command()
def messages(month: MonthOf) -> None:
    """A text for each customer whose month is billed, in their language, ready to be sent: code,
    phone and text a line, with tabs. Only of who agreed to messages. Nothing is sent.

    Example: milkpos month messages 2026-10 --json
    """
    with opened() as till:
        actor = acting(till)
        found = [
            (one.customer, _message(till, one.paper, actor))
            for one in till.months.stands(parse_month(month), actor)
            if one.customer.phone and one.customer.consent_on
        ]
    if context.settings.json:
        result([{"code": who.code, "phone": who.phone, "message": text} for who, text in found], ())
        return
    for who, text in found:
        say(f"{who.code}\t{who.phone}\t{text}".replace("\n", " "))


def _lines(paper: "MonthPaper", slip: bool, columns: int, as_csv: bool) -> list[str]:
    from milkpos_tui.services.month_text import dispute_slip, grid_csv, month_csv, statement

    if as_csv:
        return [*month_csv([paper]).splitlines(), "", *grid_csv([paper]).splitlines()]
    return dispute_slip(paper, columns) if slip else statement(paper)


def _message(till: "Till", paper: "MonthPaper", actor: "Actor") -> str:
    return till.messages.text(till.customers.known(paper.party.code, actor), paper)


def _say_messages(till: "Till", month: "Month", actor: "Actor") -> None:
    from milkpos_tui.hardware.month_messages import tell_month

    for told in tell_month(till, month, actor):
        remark(told)


class _Unwritten:
    """PDFs of a run that have no file, because letters of a name have no font here: the bills are
    issued all the same, and who is to be printed again is told at the end."""

    def __init__(self) -> None:
        self._codes: list[str] = []
        self._why: list[str] = []

    def note(self, code: str, missing: Unreachable) -> None:
        """One customer's. What is no missing font stops the run."""
        if missing.code != "font-missing":
            raise missing
        self._codes.append(code)
        if missing.message not in self._why:
            self._why.append(missing.message)

    def tell(self) -> None:
        """`Unreachable("font-missing")` if there is one."""
        if self._codes:
            whose, why = ", ".join(self._codes), "; ".join(self._why)
            raise Unreachable("font-missing", f"no PDF of {whose}: {why}; then run it again")


def _progress(number: int, of: int) -> None:
    """A bar on standard error, where that is a terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        return
    done = BAR_COLUMNS * number // max(1, of)
    end = "\n" if number == of else ""
    sys.stderr.write(f"\r[{'#' * done}{'.' * (BAR_COLUMNS - done)}] {number}/{of}{end}")
    sys.stderr.flush()
