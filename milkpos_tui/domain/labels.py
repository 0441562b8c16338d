"""Barcodes: the GS1 check digit, and labels a shop prints itself with a weight or price inside.

A layout is data, never code: `21CCCCCWWWWWk` is the prefix 21, five digits of PLU, five of weight
and the EAN-13 check digit. The prefixes 02, 04 and 2x are GS1's for use within a shop, so that no
layout can swallow a maker's barcode.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple, Self

from milkpos_tui.domain.errors import Refused

EAN_DIGITS = 13
_GTIN_DIGITS = frozenset({8, 12, EAN_DIGITS, 14})
_PATTERN = re.compile(r"(?P<prefix>(?:2|0[24])[0-9]*)(?P<plu>C+)(?P<value>W+|P+|N+)k")


class Measure(StrEnum):
    """What a label says beside its PLU, by its letter in the pattern."""

    WEIGHT = "W"  # grams, which are thousandths of a kilogram
    PRICE = "P"  # paise: the last two digits are decimals of the rupee
    COUNT = "N"  # pieces


class Layout(NamedTuple):
    """Where a label of the shop's own keeps its PLU and its measure; made by `Layout.parse`."""

    prefix: str
    plu_digits: int
    measure: Measure
    value_digits: int

    @classmethod
    def parse(cls, pattern: str) -> Self:
        """Read a pattern: digits of the prefix, `C`s, then `W`s, `P`s or `N`s, then `k`.

        Raises `Refused("label-layout")` for any other pattern.
        """
        match = _PATTERN.fullmatch(pattern)
        if match is None or len(pattern) != EAN_DIGITS:
            raise Refused(
                "label-layout",
                f"The label layout {pattern!r} can't be used. Write {EAN_DIGITS} characters such as"
                " 21CCCCCWWWWWk: a prefix of 02, 04 or 2, the item's digits (C), then weight (W),"
                " price (P) or pieces (N), then k.",
            )
        value = match["value"]
        return cls(match["prefix"], len(match["plu"]), Measure(value[0]), len(value))

    @property
    def pattern(self) -> str:
        """The pattern that `parse` reads back to this layout."""
        return f"{self.prefix}{'C' * self.plu_digits}{self.measure * self.value_digits}k"


DEFAULT_LAYOUTS = (Layout.parse("21CCCCCWWWWWk"), Layout.parse("23CCCCCPPPPPk"))


class Label(NamedTuple):
    """What a label says: a PLU, and exactly one of grams, paise or pieces, above zero."""

    plu: int
    weight_milli: int | None = None
    price_paise: int | None = None
    pieces: int | None = None


def read_label(barcode: str, layouts: Iterable[Layout] = DEFAULT_LAYOUTS) -> Label | None:
    """What the shop's own label says; None if the barcode is not such a label.

    The first layout whose prefix fits is taken. Raises `Refused("label-check-digit")` for a misread
    label and `Refused("label-empty")` for one without weight, price or pieces.
    """
    if len(barcode) != EAN_DIGITS or not _all_digits(barcode):
        return None
    layout = next((each for each in layouts if barcode.startswith(each.prefix)), None)
    if layout is None:
        return None
    if not is_gtin(barcode):
        raise Refused("label-check-digit", f"Label {barcode} was not read right. Scan it again.")
    value_at = len(layout.prefix) + layout.plu_digits
    value = int(barcode[value_at:-1])
    _refuse_empty(value)
    return Label(
        plu=int(barcode[len(layout.prefix) : value_at]),
        weight_milli=value if layout.measure is Measure.WEIGHT else None,
        price_paise=value if layout.measure is Measure.PRICE else None,
        pieces=value if layout.measure is Measure.COUNT else None,
    )


def write_label(layout: Layout, plu: int, value: int) -> str:
    """The 13 digits of a label; `value` is grams, paise or pieces, as the layout measures.

    Raises `Refused("label-empty")` for nothing to sell, `Refused("label-room")` for a PLU or a
    value that the layout has no digits for.
    """
    _refuse_empty(value)
    if not (0 <= plu < 10**layout.plu_digits and value < 10**layout.value_digits):
        raise Refused(
            "label-room", f"PLU {plu} with {value} does not fit the label layout {layout.pattern}."
        )
    body = f"{layout.prefix}{plu:0{layout.plu_digits}}{value:0{layout.value_digits}}"
    return f"{body}{check_digit(body)}"


def check_digit(digits: str) -> int:
    """The GS1 check digit (modulo 10, weights 3 and 1 from the right) to put after `digits`.

    Raises ValueError when they are not all digits.
    """
    if not _all_digits(digits):
        raise ValueError("a check digit is made of digits")
    tripled, plain = digits[::-2], digits[-2::-2]
    return -(3 * sum(map(int, tripled)) + sum(map(int, plain))) % 10


def is_gtin(code: str) -> bool:
    """Whether the code is a GTIN: 8, 12, 13 or 14 digits, the last of them a right check digit."""
    if len(code) not in _GTIN_DIGITS or not _all_digits(code):
        return False
    return check_digit(code[:-1]) == int(code[-1])


def _all_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _refuse_empty(value: int) -> None:
    if value <= 0:
        raise Refused("label-empty", "The label has no weight, price or pieces. Weigh it again.")
