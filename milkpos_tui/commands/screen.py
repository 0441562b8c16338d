"""`milkpos` without a command: the till itself. Loads no Typer."""

import os
import sys
from concurrent.futures import Future
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from milkpos_tui.clerk import Clerk, Done
from milkpos_tui.commands.failing import guarded
from milkpos_tui.commands.globals import Settings, session_name
from milkpos_tui.config import Config, read_config
from milkpos_tui.domain.errors import MilkPOSError, Misused, Unreachable
from milkpos_tui.domain.numbering import check_counter
from milkpos_tui.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable

    from milkpos_tui.hardware.simulation import Simulation
    from milkpos_tui.session import Session
    from milkpos_tui.till import Till

T = TypeVar("T")


def run_till(settings: Settings) -> int:
    """Open the till on this terminal; returns the exit code."""

    def action() -> int:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise Misused(
                "terminal-missing", "the till needs a terminal: milkpos ring sells without one"
            )
        return open_screen(settings.found_home, settings.counter_code)

    return guarded(settings, action)


def open_screen(
    home: Home,
    counter: str,
    hint: str = "",
    simulation: "Callable[[], Simulation] | None" = None,
) -> int:
    """Run the till of a home on a counter; `hint` is shown at sign-in, `simulation` makes the
    devices that are simulated.

    Raises Unreachable where there is no till, Busy where another terminal holds the counter.
    """
    if not home.exists:
        raise Unreachable("home-missing", f"there is no till in {home.path}: milkpos init")
    counter = check_counter(counter)
    with home.holding_counter(counter):
        # Before the clerk begins: two threads that import wait for each other at every file.
        import_module("milkpos_tui.session")

        clerk = Clerk(home)
        try:
            # The clerk opens the database and proves the PIN while Textual is being imported.
            opening = _asked(clerk, lambda _till: True)
            operator, beginning = _let_in(clerk, counter)
            from milkpos_tui.app import MilkPOS

            opened = opening.result()
            if opened.refused is not None:
                raise opened.refused
            config, problem = _config(home)
            app = MilkPOS(
                clerk,
                counter,
                session_name(),
                operator=operator,
                begun=beginning.result() if beginning else None,
                config=config,
                config_problem=problem,
                hint=hint,
                simulation=simulation,
            )
            code = app.run(mouse=False)
            if app.failure is not None:
                raise app.failure
            return code or 0
        finally:
            clerk.close()


def _let_in(clerk: Clerk, counter: str) -> "tuple[str, Future[Done[Session]] | None]":
    """Who is named in the environment, and with a PIN there their session on its way."""
    code, pin = os.environ.get("MILKPOS_AS", ""), os.environ.get("MILKPOS_PIN", "")
    if not (code and pin):
        return code, None
    name = session_name()

    def work(till: "Till") -> "Session":
        from milkpos_tui.session import begin

        return begin(till, counter, code, pin, name)

    return code, _asked(clerk, work)


def _asked(clerk: Clerk, work: "Callable[[Till], T]") -> "Future[Done[T]]":
    """Work on its way to the clerk, to wait for later."""
    asked: Future[Done[T]] = Future()
    clerk.ask(work, asked.set_result)
    return asked


def _config(home: Home) -> tuple[Config, str]:
    """The settings of this machine; with a bad file the usual ones, and what is wrong with it."""
    try:
        return read_config(home.config), ""
    except MilkPOSError as error:
        return Config(), f"{error.message}; the usual keys are used"
