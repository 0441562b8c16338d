"""Options that every command has, taken from wherever they stand, and what they stand for.

No Typer here: the till's own start goes through this module too.
"""

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from milkpos_tui.domain.errors import Misused
from milkpos_tui.domain.text import clean
from milkpos_tui.home import Home, home_at

_WITH_VALUE = {
    "--home": "home",
    "--counter": "counter",
    "--as": "operator",
    "--approve": "approver",
    "--because": "because",
}
_FLAGS = {"--json": "json", "--debug": "debug"}


class Settings(NamedTuple):
    """The global options; None where neither option nor environment says anything."""

    home: str | None = None
    counter: str | None = None
    operator: str | None = None
    approver: str | None = None
    because: str | None = None
    json: bool = False
    debug: bool = False
    problem: str = ""

    @property
    def found_home(self) -> Home:
        """The home these settings mean."""
        return home_at(self.home, os.environ)

    @property
    def home_named(self) -> bool:
        """Whether somebody said which home."""
        return bool(self.home or os.environ.get("MILKPOS_HOME"))

    @property
    def counter_code(self) -> str:
        """The counter that is billed on."""
        return self.counter or os.environ.get("MILKPOS_COUNTER") or "1"

    @property
    def operator_code(self) -> str | None:
        """Who acts, where somebody said so."""
        return self.operator or os.environ.get("MILKPOS_AS") or None

    @property
    def approver_code(self) -> str | None:
        """Who allows what the operator may not do alone, where somebody said so."""
        return self.approver or os.environ.get("MILKPOS_APPROVER") or None

    @property
    def because_text(self) -> str:
        """Why it is allowed, where somebody said so."""
        return self.because or os.environ.get("MILKPOS_BECAUSE") or ""

    def check(self) -> None:
        """Raise Misused for an option without its value."""
        if self.problem:
            raise Misused("usage", self.problem)


def split_globals(arguments: Sequence[str]) -> tuple[Settings, list[str]]:
    """The global options, and the arguments without them. Everything behind `--` is left alone."""
    rest: list[str] = []
    given: dict[str, Any] = {}  # by Settings' own names
    flags: set[str] = set()
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.partition("=")
        if argument == "--":
            rest += [argument, *waiting]
        elif name in _WITH_VALUE:
            found = value if equals else next(waiting, "")
            if found:
                given[_WITH_VALUE[name]] = found
            else:
                given["problem"] = f"{name} needs a value"
        elif argument in _FLAGS:
            flags.add(_FLAGS[argument])
        else:
            rest.append(argument)
    settings = Settings(json="json" in flags, debug="debug" in flags)
    return settings._replace(**given), rest


def session_name() -> str:
    """The terminal and, over SSH, the remote address: what an entry notes as its session."""
    try:
        terminal = os.ttyname(0).removeprefix("/dev/")
    except OSError:
        terminal = "no terminal"
    remote = clean(os.environ.get("SSH_CONNECTION", "").split(" ")[0])
    return f"{terminal} from {remote}" if remote else terminal
