"""Cash as it is counted: so many pieces of each note and coin."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import PAISE_PER_RUPEE

# Notes and coins that are legal tender, in rupees (RBI; the 2,000 note is withdrawn, not void).
DENOMINATIONS = (2000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
PIECES_MAX = 99_999

_PART = re.compile(r"\s*(-?\d{1,9})\s*[=x*]\s*(-?\d{1,9})\s*", re.ASCII)


class Count(NamedTuple):
    """Pieces by denomination in rupees, the largest first, none of them zero."""

    pieces: tuple[tuple[int, int], ...] = ()

    @property
    def paise(self) -> int:
        """What it comes to."""
        return sum(rupees * pieces for rupees, pieces in self.pieces) * PAISE_PER_RUPEE

    def __str__(self) -> str:
        return ",".join(f"{rupees}={pieces}" for rupees, pieces in self.pieces)


def count_of(pieces: Iterable[tuple[int, int]]) -> Count:
    """A count of pieces by denomination, in any order; the same one twice adds up.

    Refused: a denomination there is none of, a negative or absurd number of pieces.
    """
    counted: dict[int, int] = {}
    for rupees, number in pieces:
        if rupees not in DENOMINATIONS:
            known = ", ".join(map(str, DENOMINATIONS))
            raise Refused("denomination", f"there is no note or coin of Rs {rupees}, only {known}")
        if number < 0:
            raise Refused("count-negative", f"{number} pieces of Rs {rupees}: a count is never < 0")
        counted[rupees] = counted.get(rupees, 0) + number
        if counted[rupees] > PIECES_MAX:
            raise Refused("count-limit", f"more than {PIECES_MAX:,} pieces of Rs {rupees}?")
    return Count(
        tuple((rupees, counted[rupees]) for rupees in DENOMINATIONS if counted.get(rupees))
    )


def parse_count(text: str) -> Count:
    """The count of `500=2,100=7,10=3`. An empty text counts nothing: an empty drawer is Rs 0.

    Refused for anything else, with the rule.
    """
    return count_of(_part(part) for part in text.split(",") if part.strip())


def pieces_for(rupees: int) -> Count:
    """The fewest pieces that whole rupees take."""
    pieces = []
    for denomination in DENOMINATIONS:
        number, rupees = divmod(rupees, denomination)
        pieces.append((denomination, number))
    return count_of(pieces)


def _part(text: str) -> tuple[int, int]:
    match = _PART.fullmatch(text)
    if match is None:
        raise Refused("count-unreadable", f"'{text.strip()}' is not a count, like 500=2")
    return int(match[1]), int(match[2])
