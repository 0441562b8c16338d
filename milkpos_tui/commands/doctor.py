"""`milkpos doctor`: what this machine has, and what is missing."""

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.context import result


def doctor() -> None:
    """Check the machine and the till's home: ok, warn or missing, with words for each.

    Exits 1 if something is missing. Example: milkpos doctor --json
    """
    from milkpos_tui.checks import State, check_all

    checks = check_all(context.settings.found_home)
    result(
        [{"check": c.name, "state": c.state.value, "message": c.words} for c in checks],
        [f"{c.state.value:8} {c.name:10} {c.words}" for c in checks],
    )
    if any(check.state is State.MISSING for check in checks):
        raise typer.Exit(1)
