"""`milkpos order`: what households take every day, and what they say about single days."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from milkpos_tui.commands.context import acting, opened, result
from milkpos_tui.commands.round_words import order_names, order_told, said_names, said_told
from milkpos_tui.domain.dates import parse_date
from milkpos_tui.domain.errors import Misused, Refused
from milkpos_tui.domain.money import parse_rupees
from milkpos_tui.domain.orders import Half, OrderPlace, parse_days, parse_halves
from milkpos_tui.domain.quantity import parse_quantity

if TYPE_CHECKING:
    from milkpos_tui.till import Actor, Till

group = typer.Typer(no_args_is_help=True)

Code = Annotated[str, typer.Argument(metavar="CODE", help="The customer's code, like 12.")]
Plu = Annotated[int, typer.Argument(metavar="PLU", help="The item.")]
Number = Annotated[
    int | None,
    typer.Option("--order", metavar="N", help="Which of their orders, as `list` numbers them."),
]
Day = Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="The day (today).")]
First = Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="The first day (today).")]
Last = Annotated[
    str, typer.Option("--to", metavar="YYYY-MM-DD", help="The last day; without: further notice.")
]
Rate = Annotated[str, typer.Option("--rate", metavar="RUPEES", help="A price of their own.")]
HalfOf = Annotated[
    str, typer.Option("--half", metavar="HALF", help="morning, evening or both (m, e, b).")
]


@group.command("list")
def list_(code: Code) -> None:
    """A customer's standing orders, and what they said about days to come.

    Example: milkpos order list 12 --json
    """
    with opened() as till:
        _result(till, code, acting(till))


@group.command()
def add(
    code: Code,
    plu: Plu,
    quantity: str = typer.Argument("1", metavar="QUANTITY", help="In the item's unit, like .5."),
    days: str = typer.Option(
        "daily",
        "--days",
        metavar="DAYS",
        help="daily, 'alternate from 2026-11-02', mon,wed,fri, or dates with commas.",
    ),
    half: HalfOf = "morning",
    first: First = "",
    last: Last = "",
    rate: Rate = "",
    collected: bool = typer.Option(
        False, "--collected", help="They come for it: no round brings it, the counter sells it."
    ),
) -> None:
    """A new standing order.

    Example: milkpos order add 12 100 .5 --days mon,wed,fri --half both
    """
    from milkpos_tui.services.orders import Wish

    wish = Wish(
        plu,
        parse_quantity(quantity),
        parse_days(days),
        parse_halves(half),
        _day(first),
        _day(last),
        parse_rupees(rate) if rate else None,
        OrderPlace.COUNTER if collected else OrderPlace.ROUND,
    )
    with opened() as till:
        actor = acting(till)
        till.orders.add(code, wish, actor)
        _result(till, code, actor)


@group.command()
def end(code: Code, number: Number = None, last: Last = "") -> None:
    """The last day of an order (today).

    Example: milkpos order end 12 --order 2 --to 2026-11-30
    """
    with opened() as till:
        actor = acting(till)
        till.orders.end(code, number, _day(last), actor)
        _result(till, code, actor)


@group.command()
def pause(code: Code, first: First = "", last: Last = "", number: Number = None) -> None:
    """Nothing from a day to another; of all their orders, or of one.

    Example: milkpos order pause 12 --from 2026-12-20 --to 2026-12-31
    """
    with opened() as till:
        actor = acting(till)
        till.orders.pause(code, number, _day(first) or till.today(), _day(last), actor)
        _result(till, code, actor)


@group.command()
def resume(code: Code, day: Day = "") -> None:
    """What is paused goes on, from a day on.

    Example: milkpos order resume 12 --date 2026-12-28
    """
    with opened() as till:
        actor = acting(till)
        till.orders.resume(code, _day(day), actor)
        _result(till, code, actor)


@group.command()
def skip(code: Code, day: Day = "", half: HalfOf = "both", number: Number = None) -> None:
    """Not on this day.

    Example: milkpos order skip 12 --half evening
    """
    halves = parse_halves(half)
    with opened() as till:
        actor = acting(till)
        only = halves[0] if len(halves) == 1 else None
        till.orders.skip(code, number, _day(day) or till.today(), only, actor)
        _result(till, code, actor)


@group.command(context_settings={"ignore_unknown_options": True})
def more(
    code: Code,
    quantity: str = typer.Argument(
        ..., metavar="+QUANTITY|-QUANTITY", help="1: one more on that day; -1: one less."
    ),
    day: Day = "",
    half: HalfOf = "morning",
    number: Number = None,
) -> None:
    """More (or less) on one day.

    Example: milkpos order more 12 1 --date 2026-11-27
    """
    by = parse_quantity(quantity[1:] if quantity.startswith(("+", "-")) else quantity)
    by = -by if quantity.startswith("-") else by
    with opened() as till:
        actor = acting(till)
        till.orders.change(code, number, _day(day) or till.today(), _one(half), by, actor)
        _result(till, code, actor)


@group.command()
def switch(
    code: Code, plu: Plu, first: First = "", last: Last = "", rate: Rate = "", number: Number = None
) -> None:
    """Another item from a day on, or for some days.

    Example: milkpos order switch 12 101 --from 2026-12-01
    """
    paise = parse_rupees(rate) if rate else None
    with opened() as till:
        actor = acting(till)
        begin = _day(first) or till.today()
        till.orders.switch(code, number, plu, begin, _day(last), actor, paise)
        _result(till, code, actor)


def _result(till: "Till", code: str, actor: "Actor") -> None:
    customer = till.customers.known(code, actor)
    orders = list(enumerate(till.orders.of(customer), 1))
    said = [one for _, one in till.orders.said(customer, till.today())]
    items = {order.plu: till.catalogue.known(order.plu) for _, order in orders}
    names: dict[str, object] = {
        "code": customer.code,
        "name": customer.name,
        "orders": [order_names(order, number) for number, order in orders],
        "said": [said_names(one) for one in said],
    }
    lines = [customer.shown, *(order_told(order, number, items) for number, order in orders)]
    numbers = {order.id: number for number, order in orders}
    result(names, [*lines, *(said_told(one, numbers) for one in said)])


def _one(half: str) -> Half:
    halves = parse_halves(half)
    if len(halves) != 1:
        raise Misused("usage", "say which: --half morning or --half evening")
    return halves[0]


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except Refused as refused:
        raise Misused("usage", refused.message) from None
