"""`milkpos khata`: what customers owe, and what they pay."""

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.context import acting, opened, result
from milkpos_tui.commands.khata_words import (
    aged_names,
    ageing_told,
    ages_names,
    customer_names,
    customer_told,
    entry_names,
    entry_row,
    received_names,
    statement_names,
    statement_told,
)
from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.dates import parse_date
from milkpos_tui.domain.errors import Misused, Refused
from milkpos_tui.domain.khata import parse_pieces, parse_signed_rupees
from milkpos_tui.domain.money import parse_rupees
from milkpos_tui.services.khata_text import received_words

if TYPE_CHECKING:
    from milkpos_tui.services.khata import Payment
    from milkpos_tui.till import Till

LAST_MAX = 100_000  # entries: all that anybody has

group = typer.Typer(no_args_is_help=True)


class Money(StrEnum):
    """What khata is paid by."""

    CASH = "cash"
    UPI = "upi"
    CARD = "card"


Code = Annotated[str, typer.Argument(metavar="CODE", help="The customer's code, like 12.")]
Rupees = Annotated[str, typer.Argument(metavar="RUPEES", help="Like 62 or 62.50.")]
Tender = Annotated[Money, typer.Option("--tender", "--by", help="How it is paid.")]
Reference = Annotated[str, typer.Option("--reference", help="A UTR or receipt number.")]
Day = Annotated[
    str, typer.Option("--date", metavar="YYYY-MM-DD", help="The day it counts for (the shift's).")
]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is in the journal.")]
First = Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="The first date.")]
Last = Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="The last date.")]


@group.command()
def show(
    code: Code,
    last: int = typer.Option(
        20, "--last", min=0, max=LAST_MAX, help="How many of the newest entries."
    ),
    on: str = typer.Option(
        "", "--date", metavar="YYYY-MM-DD", help="Balances at the end of that day, no entries."
    ),
) -> None:
    """What a customer owes (Rs), how old it is, and the newest entries.

    Example: milkpos khata show 12 --last 10 --json
    """
    day = _day(on)
    with opened() as till:
        actor = acting(till)
        customer = till.customers.known(code, actor)
        balances = till.accounts.balances(customer.id, day)
        ages = till.ledgers.ages(customer, day or till.today())
        entries = till.ledgers.newest(customer, last, actor) if day is None and last else ()
    names = {
        **customer_names(customer, balances),
        "ages": ages_names(ages),
        "entries": [entry_names(entry) for entry in entries],
    }
    if day is not None:
        names["date"] = day.isoformat()
    result(names, [*customer_told(customer, balances), *map(entry_row, entries)])


@group.command()
def receive(
    code: Code,
    rupees: Rupees,
    tender: Tender = Money.CASH,
    reference: Reference = "",
    deposit: bool = typer.Option(False, "--deposit", help="Kept safe beside the khata."),
    day: Day = "",
    again: bool = typer.Option(
        False, "--again", help="It is another payment, though equal to one a moment ago."
    ),
) -> None:
    """Money of a customer; the open shift of the counter answers for it. What is more than was due
    is an advance.

    Example: milkpos khata receive 12 500 --tender upi --reference 423456789012
    """
    from milkpos_tui.services.khata import PaidAgain

    payment = _payment(rupees, tender, reference, deposit, day)._replace(again=again)
    with opened() as till:
        actor = acting(till)
        try:
            received = till.khata.receive(code, payment, _counter(till), actor)
        except PaidAgain as asked:
            raise Refused(asked.code, f"{asked.message} --again says so") from None
    result(received_names(received), received_words(received))


@group.command("pay-back")
def pay_back(
    code: Code,
    rupees: Rupees,
    reason: Reason,
    tender: Tender = Money.CASH,
    reference: Reference = "",
    deposit: bool = typer.Option(False, "--deposit", help="Out of the deposit."),
) -> None:
    """Money back to a customer, out of an advance or, with --deposit, of the deposit.

    Example: milkpos khata pay-back 12 200 --deposit --reason "moves away"
    """
    payment = _payment(rupees, tender, reference, deposit, "")
    with opened() as till:
        actor = acting(till)
        paid = till.khata.pay_back(code, payment, reason, _counter(till), actor)
    result(received_names(paid), received_words(paid))


@group.command(context_settings={"ignore_unknown_options": True})
def adjust(
    code: Code,
    rupees: str = typer.Argument(
        ..., metavar="+RUPEES|-RUPEES", help="+50: they owe 50 more; -50: 50 less."
    ),
    reason: str = typer.Option(..., "--reason", help="Why; it is in the journal."),
    day: Day = "",
    from_deposit: bool = typer.Option(
        False, "--from-deposit", help="-50 is paid out of the deposit."
    ),
) -> None:
    """Correct what a customer owes, as an entry of its own.

    Example: milkpos khata adjust 12 -62 --reason "2 litres on the 4th were sour"
    """
    paise = parse_signed_rupees(rupees)
    if from_deposit and paise > 0:
        raise Misused("usage", "--from-deposit goes with what they owe less: -50")
    if from_deposit and day:
        raise Misused("usage", "--from-deposit counts for today: it takes no --date")
    with opened() as till:
        actor, counter = acting(till), _counter(till)
        if from_deposit:
            till.khata.use_deposit(code, -paise, reason, counter, actor)
        else:
            till.khata.adjust(code, paise, reason, counter, actor, _day(day))
        _result(till, code)


@group.command()
def containers(
    code: Code,
    pieces: list[str] = typer.Argument(
        ..., metavar="bottle=2|can=-1|crate=1", help="Given out; with - come back."
    ),
    reason: Reason = "",
) -> None:
    """Bottles, cans and crates of the shop, given out or come back.

    Example: milkpos khata containers 12 bottle=-2 can=1
    """
    moved = parse_pieces(pieces)
    with opened() as till:
        actor = acting(till)
        till.khata.move_containers(code, moved, _counter(till), actor, reason)
        _result(till, code)


@group.command()
def redeem(
    code: Code, points: int = typer.Argument(..., metavar="POINTS", min=1, help="How many.")
) -> None:
    """Points of loyalty turned into money off the khata (setting `point-worth`).

    Example: milkpos khata redeem 12 50
    """
    with opened() as till:
        actor = acting(till)
        till.khata.redeem(code, points, _counter(till), actor)
        _result(till, code)


@group.command()
def statement(code: Code, first: First = "", last: Last = "") -> None:
    """A customer's entries by date, with the balance (Rs) as it runs on.

    Example: milkpos khata statement 12 --from 2026-11-01 --to 2026-11-30 --json
    """
    begin, end = _day(first), _day(last)
    with opened() as till:
        actor = acting(till)
        customer = till.customers.known(code, actor)
        if begin and begin > (end or till.today()):
            raise Misused("usage", f"--from is after {end or till.today()}, the last day")
        found = till.ledgers.statement(customer, begin, end, actor)
    result(statement_names(found), statement_told(found))


@group.command()
def ageing(
    on: str = typer.Option("", "--date", metavar="YYYY-MM-DD", help="Ages as of that day (today)."),
    over: bool = typer.Option(False, "--over", help="Only those over their limit."),
) -> None:
    """Everybody who owes, by how old it is: 0-30, 31-60, 61-90 days, older (Rs).

    Example: milkpos khata ageing --json
    """
    day = _day(on)
    with opened() as till:
        actor = acting(till)
        found = [one for one in till.ledgers.ageing(actor, day) if one.over or not over]
    result([aged_names(one) for one in found], ageing_told(found))


def _payment(rupees: str, tender: Money, reference: str, deposit: bool, day: str) -> "Payment":
    from milkpos_tui.services.khata import Payment

    paise = parse_rupees(rupees)
    return Payment(paise, TenderKind(tender.value), reference, deposit, _day(day))


def _counter(till: "Till") -> str:
    return till.shops.check_counter(context.settings.counter_code)


def _result(till: "Till", code: str) -> None:
    customer = till.accounts.known(code)
    balances = till.accounts.balances(customer.id)
    result(customer_names(customer, balances), customer_told(customer, balances))


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except Refused as refused:
        raise Misused("usage", refused.message) from None
