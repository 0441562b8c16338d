"""A key or finger on the command line: it is waited for here, Ctrl-C stops it."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from milkpos_tui.commands.context import ask_pin, remark
from milkpos_tui.commands.globals import session_name
from milkpos_tui.domain.roles import NeedsFinger

if TYPE_CHECKING:
    from milkpos_tui.till import Till

KEY_PIN = "MILKPOS_KEY_PIN"

T = TypeVar("T")


def with_touch(till: "Till", do: Callable[[], T]) -> T:
    """Do something that needs a proof; where a key or finger is needed for it, ask for that and
    do it again."""
    try:
        return do()
    except NeedsFinger as needed:
        touch(till, needed.operator)
        return do()


def touch(till: "Till", code: str) -> None:
    """Have somebody touch their key or the reader. Unreachable where there is none; Refused for
    what is no proof, which is an entry."""
    from milkpos_tui.hardware.fingers import Cancel, WrongFinger, wait_for_touch

    wanted = till.fingers.wanted(code)
    try:
        touched = wait_for_touch(wanted, Cancel(), ask_key_pin, _whose(code))
    except WrongFinger as wrong:
        till.people.refuse_finger(code, wrong.code, wrong.message, session_name())
    till.people.touched(code, touched, session_name())


def ask_key_pin() -> str:
    """The key's own PIN; empty where nobody is there to ask."""
    if KEY_PIN not in os.environ and not (sys.stdin and sys.stdin.isatty()):
        return ""
    return ask_pin("PIN of the key: ", KEY_PIN)


def _whose(code: str) -> Callable[[str], None]:
    said: set[str] = set()

    def tell(words: str) -> None:
        if words not in said or words.startswith("Once"):
            remark(f"{code}: {words}")
        said.add(words)

    return tell
