"""`milkpos counter`: the billing positions of the shop."""

import typer

from milkpos_tui.commands.context import acting, opened, result

group = typer.Typer(no_args_is_help=True)


@group.command("list")
def list_counters() -> None:
    """The counters, and who answers for the cash of each.

    Example: milkpos counter list --json
    """
    with opened() as till:
        standings = [till.standings.of(code) for code in till.shops.counters()]
    names: list[dict[str, object]] = [
        {
            "counter": standing.counter,
            "shift": standing.shift.id if standing.shift else None,
            "operator": standing.shift.operator if standing.shift else None,
            "held": standing.held,
        }
        for standing in standings
    ]
    lines = [
        f"{standing.counter:4} "
        + (
            f"{standing.shift.name} of {standing.shift.business_date}, {standing.shift.operator}"
            if standing.shift
            else "no shift is open"
        )
        for standing in standings
    ]
    result(names, lines)


@group.command()
def add(
    code: str = typer.Argument(..., metavar="CODE", help="One to three letters or digits."),
    name: str = typer.Option("", "--name", help="As on screens."),
) -> None:
    """A new counter, with its own bill series, shifts and drawer.

    Example: milkpos counter add 2 --name "Back door"
    """
    with opened() as till:
        actor = acting(till)
        added = till.shops.add_counter(code, name, actor)
    result({"counter": added}, [f"counter {added} is there: milkpos --counter {added}"])
