"""`milkpos shift`: who answers for the cash of a counter."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.asking import ask_count, ask_yes, on_terminal
from milkpos_tui.commands.context import (
    acting,
    ask_pin,
    opened,
    remark,
    result,
    telling_whose,
)
from milkpos_tui.commands.names import count_names, report_names, shift_names
from milkpos_tui.commands.printing import printing_for
from milkpos_tui.commands.shift_asking import (
    asked_bills,
    asked_count,
    bill_name,
    check_keeping,
    check_opening,
    check_successor,
    other_tenders,
    written_count,
)
from milkpos_tui.commands.shift_words import (
    count_told,
    left_told,
    report_told,
    reports_csv,
    shift_told,
    sums_told,
)
from milkpos_tui.commands.touching import with_touch
from milkpos_tui.domain.cash import Count, parse_count
from milkpos_tui.domain.dates import parse_date
from milkpos_tui.domain.errors import Misused, Refused
from milkpos_tui.domain.money import parse_rupees, show_rupees
from milkpos_tui.domain.text import clean

if TYPE_CHECKING:
    from datetime import date

    from milkpos_tui.services.counting import Counted
    from milkpos_tui.services.records import Draft, Shift
    from milkpos_tui.services.takings import Report
    from milkpos_tui.till import Actor, Till

group = typer.Typer(no_args_is_help=True)

SUCCESSOR_PIN = "MILKPOS_SUCCESSOR_PIN"
ALL_BILLS = "all"

Rupees = Annotated[str, typer.Argument(metavar="RUPEES", help="Like 62 or 62.50.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is in the journal and the Z.")]
Pieces = Annotated[
    str | None,
    typer.Option("--count", metavar="500=2,10=3", help="Cash: pieces of each note or coin (Rs)."),
]
Upi = Annotated[
    str | None, typer.Option("--upi", metavar="RUPEES", help="UPI received, as its app says.")
]
Card = Annotated[
    str | None, typer.Option("--card", metavar="RUPEES", help="Card, as its terminal says.")
]
Columns = Annotated[
    int, typer.Option("--columns", help="Width of the report: 32, 42 or 48 characters.")
]


@group.command("open")
def open_shift(
    float_: str | None = typer.Option(
        None, "--float", metavar="RUPEES", help="Cash in the drawer, by its amount."
    ),
    count: Pieces = None,
    name: str = typer.Option("", "--name", help="The shift, like morning (by the hour)."),
    day: str = typer.Option("", "--date", metavar="YYYY-MM-DD", help="Business date (today)."),
    accept: bool = typer.Option(False, "--accept", help="Accept the declaration unasked."),
) -> None:
    """Answer for a counter's drawer from now on. Without a float it is asked for, note by note.

    Opening a shift accepts the declaration, which is shown, and on a terminal asked about.

    Example: milkpos shift open --count 100=3,50=4,10=10 --name morning
    """
    from milkpos_tui.checks import check_counter
    from milkpos_tui.domain.settings import DECLARATION
    from milkpos_tui.services.shifts import Opening

    business_date = _day(day)
    amount, pieces = _float(float_, count)
    with opened() as till:
        counter, actor = _counter(till), acting(till)
        till.shifts.check_none_open(counter)
        check_opening(till, counter, name, business_date, actor)
        checks = check_counter(till, counter)
        for check in checks:
            remark(f"{check.state.value:8} {check.name:10} {check.words}")
        if amount is None:
            pieces = ask_count()
            amount = pieces.paise
        remark(till.settings.text(DECLARATION))
        if not accept and on_terminal() and not ask_yes("Do you accept it?"):
            raise Refused("declaration", "the declaration was not accepted: no shift was opened")
        opening = Opening(amount, pieces, business_date, name, checks)
        shift = till.shifts.open(counter, opening, actor)
    result(shift_names(shift), shift_told(shift))


@group.command()
def status() -> None:
    """The shift of a counter, what is unfinished there, and what should be known.

    Named with their PIN, an operator who may see takings is also told what was taken.
    Example: milkpos shift status --json
    """
    with opened() as till:
        counter = _counter(till)
        standing = till.standings.of(counter)
        left = till.closings.left_over(counter)
        shift, report = standing.shift, None
        if shift is not None:
            report = _x_if_allowed(till, shift)
    names: dict[str, object] = {"counter": counter, "state": "none"}
    if shift is not None:
        names = shift_names(shift, report)
    names["open_bills"] = [
        {"bill": bill_name(number, draft, left), "id": draft.id, "lines": len(draft.cart.lines)}
        | {"total_paise": draft.cart.total_paise, "paid_paise": draft.cart.tendered_paise}
        for number, draft in enumerate(left)
    ]
    names["warnings"] = list(standing.warnings)
    told = shift_told(shift) if shift else [f"no shift is open on counter {counter}"]
    if report is not None:
        told += sums_told(report)
    told += [left_told(bill_name(i, draft, left), draft) for i, draft in enumerate(left)]
    result(names, [*told, *standing.warnings])


@group.command("cash-in")
def cash_in(
    amount: Rupees, reason: Reason, payee: str = typer.Option("", "--payee", help="From whom.")
) -> None:
    """Cash put into the drawer without a sale.

    Example: milkpos shift cash-in 500 --reason "coins from the bank"
    """
    _move("in", amount, reason, payee)


@group.command("cash-out")
def cash_out(
    amount: Rupees, reason: Reason, payee: str = typer.Option("", "--payee", help="To whom.")
) -> None:
    """Cash paid out of the drawer.

    Example: milkpos shift cash-out 120 --reason ice --payee Manju
    """
    _move("out", amount, reason, payee)


@group.command()
def drop(
    amount: Rupees,
    reason: str = typer.Option("into the safe", "--reason", help="Why, or which safe."),
) -> None:
    """Cash from the drawer into the safe. Example: milkpos shift drop 5000"""
    _move("drop", amount, reason, "")


@group.command()
def drawer(reason: Reason) -> None:
    """Open the drawer without a sale, by the printer if there is one. It is an entry.

    Example: milkpos shift drawer --reason change
    """
    with opened() as till:
        counter, actor = _counter(till), acting(till)
        with printing_for(till, counter) as printer:
            till.shifts.open_drawer(counter, reason, actor)
            printer.kick()
    names: dict[str, object] = {"counter": counter, "reason": clean(reason, limit=120)}
    result(names, ["the opening of the drawer is noted"])


@group.command()
def count(count: Pieces = None, upi: Upi = None, card: Card = None) -> None:
    """Count the drawer while the shift goes on; then see what should be there.

    Example: milkpos shift count --count 500=2,100=7,10=3 --upi 1240
    """
    with opened() as till:
        counter, actor = _counter(till), acting(till)
        counted = _given_count(count, upi, card)
        if counted is None:
            check_keeping(till, counter, actor)
            counted = asked_count(till, counter, upi, card)
        record = till.shifts.count(counter, counted, actor)
    result(count_names(record), count_told(record))


@group.command()
def handover(
    to: str = typer.Option(..., "--to", metavar="OPERATOR", help="Who takes the drawer over."),
    count: Pieces = None,
    upi: Upi = None,
    card: Card = None,
    reason: str = typer.Option("", "--reason", help="Why, or of a difference."),
) -> None:
    """The drawer, counted, goes to somebody else; the shift goes on.

    Whoever takes it over proves who they are: MILKPOS_SUCCESSOR_PIN, or a prompt.

    Example: milkpos shift handover --to ravi --count 500=2,100=7
    """
    from milkpos_tui.services.shifts import Handing

    with opened() as till:
        counter, actor = _counter(till), acting(till)
        counted = _given_count(count, upi, card)
        if counted is None:
            check_keeping(till, counter, actor)
        pin = ask_pin(f"PIN of {to}, who takes it over: ", SUCCESSOR_PIN)
        with telling_whose(f"{to}, who takes it over"):
            check_successor(till, to, pin)
        if counted is None:
            counted = asked_count(till, counter, upi, card)
        handing = Handing(to, counted, reason)
        record = with_touch(till, lambda: till.hand_over(counter, handing, pin, actor))
    result(count_names(record), [*count_told(record), f"{record.successor} answers for it now"])


@group.command()
def close(
    count: Pieces = None,
    upi: Upi = None,
    card: Card = None,
    reason: str | None = typer.Option(
        None, "--reason", help="Of a difference, or of dropped bills."
    ),
    carry: list[str] = typer.Option(
        [], "--carry", metavar="BILL", help="An unpaid bill that stays for the next shift; all."
    ),
    drop: list[str] = typer.Option(
        [], "--drop", metavar="BILL", help="An unpaid bill that is dropped; all. Needs --reason."
    ),
    uncounted: bool = typer.Option(
        False, "--uncounted", help="Close without a count; the Z says so."
    ),
    columns: Columns = 42,
) -> None:
    """Close the shift, whatever was counted, and print its Z: also on paper, where the counter has
    a printer and the setting print-z is yes.

    Without --count the count made last holds; on a terminal the drawer is asked for note by note.
    Unpaid bills are named as `milkpos shift status` names them: open, 1, 2, or their ids; all is
    all that are not named otherwise.

    Example: milkpos shift close --count 500=2,100=7,10=3 --upi 1240 --carry all
    """
    from milkpos_tui.services.closing import Closing
    from milkpos_tui.services.paper import paper_of

    paper_of(columns)  # a shift is not closed first and then refused
    counted = _closing_count(count, upi, card, uncounted)
    with opened() as till:
        counter, actor = _counter(till), acting(till)
        carried, dropped = _decided(carry, drop, till.closings.left_over(counter))
        closing = Closing(counted, reason or "", carried, dropped)
        if on_terminal():
            closing = asked_bills(till, counter, closing, actor)
            closing = written_count(till, counter, closing, (upi, card), actor, reason is None)
        with printing_for(till, counter) as printer:
            report = till.closings.close(counter, closing, actor)
            printer.look()
        lines = till.report(report, columns)
    result({**report_names(report), "slip": lines}, lines)


@group.command()
def report(
    z: int | None = typer.Option(None, "--z", metavar="NUMBER", min=1, help="The counter's Z."),
    last: int | None = typer.Option(
        None, "--last", metavar="N", min=1, max=10_000, help="The newest N Zs, a line each."
    ),
    as_csv: bool = typer.Option(False, "--csv", help="With --last: CSV, amounts in rupees."),
    columns: Columns = 42,
) -> None:
    """The X of the open shift; without one the last Z.

    Example: milkpos shift report --last 30 --csv > shifts.csv
    """
    if as_csv and last is None:
        raise Misused("usage", "--csv goes with --last")
    if z is not None and last is not None:
        raise Misused("usage", "--z goes without --last")
    with opened() as till:
        counter, actor = _counter(till), acting(till)
        if last is not None:
            _list(list(till.takings.last(counter, last, actor)), as_csv)
            return
        found = _report(till, counter, z, actor)
        lines = till.report(found, columns)
    result({**report_names(found), "slip": lines}, lines)


# --- steps ------------------------------------------------------------------------------------


def _counter(till: "Till") -> str:
    return till.shops.check_counter(context.settings.counter_code)


def _float(amount: str | None, count: str | None) -> tuple[int | None, Count | None]:
    if amount is not None and count is not None:
        raise Misused("usage", "--float goes without --count")
    if amount is not None:
        return parse_rupees(amount), None
    if count is not None:
        pieces = parse_count(count)
        return pieces.paise, pieces
    if not on_terminal():
        raise Misused("float-missing", "say what is in the drawer: --float 500 or --count 100=5")
    return None, None


def _move(kind: str, amount: str, reason: str, payee: str) -> None:
    from milkpos_tui.services.shifts import Move

    with opened() as till:
        counter, actor = _counter(till), acting(till)
        move = till.shifts.move_cash(
            counter, Move(kind, parse_rupees(amount), reason, payee), actor
        )
    names = {"counter": counter, **move._asdict()}
    ways = {"in": "put in", "out": "paid out", "drop": "into the safe"}
    result(names, [f"Rs {show_rupees(move.amount_paise)} {ways[kind]}: {move.reason}"])


def _day(text: str) -> "date | None":
    try:
        return parse_date(text) if text else None
    except Refused as refused:
        raise Misused("usage", refused.message) from None


def _given_count(count: str | None, upi: str | None, card: str | None) -> "Counted | None":
    """What was counted as the options say; None where it is to be asked for."""
    from milkpos_tui.services.counting import Counted

    if count is not None:
        return Counted(parse_count(count), other_tenders(upi, card))
    if not on_terminal():
        raise Misused("count-missing", "say what was counted: --count 500=2,100=7")
    return None


def _closing_count(
    count: str | None, upi: str | None, card: str | None, uncounted: bool
) -> "Counted | None":
    """What is counted at the close as the options say; None where a count made before holds."""
    from milkpos_tui.services.counting import Counted

    if count is not None:
        if uncounted:
            raise Misused("usage", "--uncounted goes without --count")
        return Counted(parse_count(count), other_tenders(upi, card))
    if uncounted:
        return Counted(None, other_tenders(upi, card))
    if not on_terminal() and (upi is not None or card is not None):
        raise Misused("usage", "--upi and --card go with --count or --uncounted")
    return None


def _decided(
    carry: Iterable[str], drop: Iterable[str], left: "tuple[Draft, ...]"
) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of the unpaid bills that are carried over, and of those that are dropped."""
    carry, drop = set(carry), set(drop)
    if carry & drop:
        raise Misused("usage", f"{min(carry & drop)} is both carried over and dropped")
    carried, dropped = _bills(carry, left), _bills(drop, left)
    if carried & dropped:
        raise Misused("usage", "a bill is both carried over and dropped")
    others = {draft.id for draft in left} - carried - dropped
    return (
        carried | (others if ALL_BILLS in carry else set()),
        dropped | (others if ALL_BILLS in drop else set()),
    )


def _bills(named: Iterable[str], left: "tuple[Draft, ...]") -> frozenset[str]:
    """The ids of unpaid bills as people name them; what is none of these is an id."""
    by_name = {bill_name(number, draft, left): draft.id for number, draft in enumerate(left)}
    return frozenset(by_name.get(name, name) for name in named if name != ALL_BILLS)


def _x_if_allowed(till: "Till", shift: "Shift") -> "Report | None":
    """The X, where somebody who may see what was taken gave their PIN beforehand."""
    named = context.settings.operator_code is not None or len(till.people.operators()) == 1
    if not (named and context.pin_given()):
        return None
    actor = acting(till)
    try:
        return till.takings.report(shift, actor)
    except Refused as refused:
        if refused.code != "not-allowed":
            raise
        return None


def _report(till: "Till", counter: str, z: int | None, actor: "Actor") -> "Report":
    if z is not None:
        return till.takings.by_number(counter, z, actor)
    shift = till.custody.last_on(counter)
    if shift is None:
        raise Refused("no-shift", f"there was no shift on counter {counter} yet")
    return till.takings.report(shift, actor)


def _list(reports: "list[Report]", as_csv: bool) -> None:
    if as_csv and not context.settings.json:
        result({}, reports_csv(reports).splitlines())
        return
    result([report_names(report) for report in reports], map(report_told, reports))
