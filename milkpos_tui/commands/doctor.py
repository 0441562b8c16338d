"""`milkpos doctor`: what this machine has, and what is missing."""

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.context import opened, remark, result
from milkpos_tui.domain.checks import State


def doctor(
    calibrate: bool = typer.Option(
        False, "--calibrate", help="First make checking a PIN take 150 ms on this machine."
    ),
) -> None:
    """Check the machine and the till's home: ok, warn or missing, with words for each.

    Exits 1 if something is missing. Example: milkpos doctor --json
    """
    from milkpos_tui.checks import check_all

    if calibrate:
        with opened() as till:
            cost, taken_ms = till.people.calibrate()
        remark(f"checking a PIN takes {taken_ms} ms from now on: {cost.passes} passes")

    checks = check_all(context.settings.found_home)
    result(
        [{"check": c.name, "state": c.state.value, "message": c.words} for c in checks],
        [f"{c.state.value:8} {c.name:16} {c.words}" for c in checks],
    )
    if any(check.state is State.MISSING for check in checks):
        raise typer.Exit(1)
