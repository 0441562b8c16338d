"""Containers of known weight: what is taken off what the scale says."""

from typing import NamedTuple

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.text import clean

TARES_MAX = 20
TARE_MAX_GRAMS = 50_000


class Tare(NamedTuple):
    """A container: what it is called, and its weight in grams."""

    name: str
    grams: int


def parse_tares(text: str) -> tuple[Tare, ...]:
    """`dabba=120, 5 L can=940` as containers; empty text is none. Refused for anything else."""
    tares = tuple(_parse(part) for part in text.split(",") if part.strip())
    if len(tares) > TARES_MAX:
        raise Refused("setting-value", f"there are at most {TARES_MAX} containers")
    if len({tare.name.casefold() for tare in tares}) < len(tares):
        raise Refused("setting-value", "two containers have one name")
    return tares


def _parse(part: str) -> Tare:
    name, equals, grams = (piece.strip() for piece in part.rpartition("="))
    name = clean(name, limit=40)
    number = grams.removesuffix("g").strip()
    if not (equals and name and number.isascii() and number.isdecimal() and len(number) <= 5):
        raise Refused("setting-value", f"'{clean(part)}' is not a container, like dabba=120")
    if not 0 < int(number) <= TARE_MAX_GRAMS:
        raise Refused("setting-value", f"{name}: from 1 to {TARE_MAX_GRAMS} g")
    return Tare(name, int(number))
