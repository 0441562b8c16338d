"""Questions on a terminal: on standard error, for standard output carries the result alone."""

import sys
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import typer

from milkpos_tui.commands.context import remark
from milkpos_tui.domain.cash import DENOMINATIONS, Count, count_of
from milkpos_tui.domain.errors import Misused, Refused
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.text import clean

T = TypeVar("T")

ANSWER_MAX = 400


def on_terminal() -> bool:
    """Whether there is somebody to ask."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty())


def ask(question: str, understand: Callable[[str], T]) -> T:
    """An answer that is understood; a refused one is told why and asked for again.

    Raises typer.Abort where the input ends.
    """
    while True:
        try:
            return understand(_answer(question))
        except (Refused, Misused) as refused:
            remark(clean(refused.message, limit=ANSWER_MAX))


def ask_yes(question: str) -> bool:
    """Yes or no; Enter alone is yes."""
    return _answer(f"{question} [Y/n] ").lower() in ("", "y", "yes")


def ask_count() -> Count:
    """Cash counted by denomination: a row for each note and coin, Enter alone for none. Nothing
    is counted before its sum was looked at: what is in the journal stays there."""
    while True:
        remark("How many of each? Enter alone is none.")
        count = Count()
        for rupees in DENOMINATIONS:
            question = f"{show_rupees(count.paise):>14}   {rupees:>5} x "
            more = ask(question, partial(_pieces, rupees))
            count = Count((*count.pieces, *more.pieces))
        remark(f"{show_rupees(count.paise):>14}   counted")
        if ask_yes("Is that what is there?"):
            return count


def _pieces(rupees: int, text: str) -> Count:
    digits = text.removeprefix("-")
    if text and not (digits.isascii() and digits.isdecimal() and len(digits) <= 9):
        raise Refused("count-unreadable", f"'{text}' is not a number of pieces")
    return count_of([(rupees, int(text or 0))])


def _answer(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    line = sys.stdin.buffer.readline()
    if not line:
        sys.stderr.write("\n")  # what comes next stands on a line of its own
        raise typer.Abort
    return line.decode(errors="replace").strip()
