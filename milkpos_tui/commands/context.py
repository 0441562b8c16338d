"""What a command works with: the settings, the till, who acts, and the two outputs."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from milkpos_tui.commands.globals import Settings, session_name
from milkpos_tui.domain.errors import Misused, Refused, Unreachable
from milkpos_tui.domain.roles import TABLE, NeedsApproval, Request

if TYPE_CHECKING:
    from milkpos_tui.till import Actor, Leave, Operator, Till

Json = dict[str, object] | list[dict[str, object]]

settings = Settings()
"""The global options of this run; `commands.main.run` sets them before a command is called."""


class OutputGone(Exception):  # named after what happened
    """Whoever read our output has gone: the run ends, quietly."""


def say(text: str) -> None:
    """A line of the result, on standard output. Raises OutputGone, Unreachable."""
    if sys.stdout is None:
        raise Unreachable("output-closed", "there is no standard output to write to")
    try:
        sys.stdout.write(text + "\n")
    except BrokenPipeError as error:
        raise OutputGone from error


def flush() -> None:
    """Have the result seen now. Raises OutputGone."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError as error:
        raise OutputGone from error


def remark(text: str) -> None:
    """A message beside the result, on standard error."""
    if sys.stderr is not None:
        sys.stderr.write(text + "\n")


def result(document: Json, lines: Iterable[str]) -> None:
    """The result: one JSON document with `--json`, else lines for people."""
    if settings.json:
        say(json.dumps(document, ensure_ascii=False))
    else:
        for line in lines:
            say(line)


@contextmanager
def opened() -> Iterator["Till"]:
    """The till of the home that is meant."""
    from milkpos_tui.till import open_till

    with open_till(settings.found_home) as till:
        till.permissions.find_approver = lambda request: _approver(till, request)
        yield till


def acting(till: "Till", *, enrolling: bool = False) -> "Actor":
    """Who acts: proven by a PIN from `MILKPOS_PIN` or, on a terminal, from a prompt; and by a key
    or finger where their role needs it (to enrol their first one it never does).

    Raises Misused where nobody is named or no PIN can be had; Refused for a wrong one.
    """
    from milkpos_tui.till import Actor

    code = settings.operator_code
    if code is None:
        known = till.people.operators()
        if len(known) != 1:
            raise Misused("operator-missing", "say who acts: --as OPERATOR or MILKPOS_AS")
        code = known[0].code
    operator = _proven(till, code, ask_pin(f"PIN of {code}: "), enrolling=enrolling)
    return Actor(operator.code, session=session_name())


def _approver(till: "Till", request: Request) -> "Leave":
    """Who was named to allow it, proven like whoever acts. Raises NeedsApproval without one."""
    from milkpos_tui.till import Leave

    code = settings.approver_code
    if code is None:
        needed = NeedsApproval(request)
        needed.message += ": --approve OPERATOR"
        raise needed
    tells = TABLE[request.right].tells
    pin = ask_pin(f"PIN of {code}, to let {request.operator} {tells}: ", "MILKPOS_APPROVER_PIN")
    with telling_whose(f"{code}, who is to allow it"):
        return Leave(_proven(till, code, pin), settings.because_text)


def _proven(till: "Till", code: str, pin: str, *, enrolling: bool = False) -> "Operator":
    from milkpos_tui.commands.touching import with_touch  # one of us

    name = session_name()
    return with_touch(till, lambda: till.people.prove(code, pin, name, enrolling=enrolling))


def ask_leave_once(till: "Till") -> None:
    """For one decision in several steps, like a count and what is done with it: whoever allowed a
    step is not asked for the same again. Not for a command that decides many times."""
    find, given = till.permissions.find_approver, {}
    assert find is not None, "only a till that can ask"

    def remembering(request: Request) -> "Leave":
        if request not in given:
            given[request] = find(request)
        return given[request]

    till.permissions.find_approver = remembering


@contextmanager
def telling_whose(who: str) -> Iterator[None]:
    """Where a second PIN is asked for, say whose was wrong."""
    try:
        yield
    except Refused as refused:
        if refused.code not in ("sign-in", "locked-out"):
            raise
        raise Refused(refused.code, f"{who}: {refused.message}") from None


def ask_new_pin(prompt: str, variable: str) -> str:
    """A new PIN or password, on a terminal asked for twice. Refused where the two differ."""
    pin = ask_pin(prompt, variable)
    if variable not in os.environ and ask_pin("The same once more: ", variable) != pin:
        raise Refused("pin-differs", "the two PINs are not the same")
    return pin


def pin_given() -> bool:
    """Whether a PIN can be had without asking anybody."""
    return "MILKPOS_PIN" in os.environ


def ask_pin(prompt: str, variable: str = "MILKPOS_PIN") -> str:
    """A PIN from the environment or a prompt that does not show it."""
    given = os.environ.get(variable)
    if given is not None:
        return given
    if sys.stdin is None or not sys.stdin.isatty():
        raise Misused("pin-missing", f"a PIN is needed: set {variable}, or run on a terminal")
    import getpass

    return getpass.getpass(prompt, stream=sys.stderr)
