"""Quantity: whole thousandths of the unit (g, ml, 1/1000 piece) as `int`."""

import re
from enum import StrEnum

from milkpos_tui.domain.errors import Refused

MILLI = 1000
QUANTITY_LIMIT_MILLI = 9_999_999  # 9,999.999 units: a typed barcode can't become a quantity

_NUMBER = re.compile(r"(\d*)(?:\.(\d*))?", re.ASCII)


class Unit(StrEnum):
    """What an item is sold by."""

    PIECE = "piece"
    KG = "kg"
    LITRE = "litre"
    PACK = "pack"

    @property
    def sign(self) -> str:
        """The short form on screens and paper."""
        return _SIGNS[self]

    @property
    def uqc(self) -> str:
        """The unit quantity code of the GST returns."""
        return _UQC[self]

    @property
    def whole_only(self) -> bool:
        """Whether it is counted, not measured."""
        return self in (Unit.PIECE, Unit.PACK)

    @property
    def usual_step_milli(self) -> int:
        """The smallest quantity sold where the item names none."""
        return MILLI if self.whole_only else 1


_SIGNS = {Unit.PIECE: "pc", Unit.KG: "kg", Unit.LITRE: "L", Unit.PACK: "pk"}
_UQC = {Unit.PIECE: "PCS", Unit.KG: "KGS", Unit.LITRE: "LTR", Unit.PACK: "PAC"}


def parse_quantity(text: str) -> int:
    """Thousandths of a typed quantity: `3`, `.5`, `0.250`. Raises Refused for anything else."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None or not (match[1] or match[2]):
        raise Refused("quantity-unreadable", f"'{text}' is not a quantity, like 3 or .5")
    whole, decimals = match[1] or "0", match[2] or ""
    if len(decimals) > 3:
        raise Refused(
            "quantity-decimals", f"'{text}': a quantity has at most three decimals, like 0.250"
        )
    if len(whole) > 9:
        raise Refused("quantity-limit", f"'{text}' is over the limit of {_LIMIT} units")
    return int(whole) * MILLI + int(decimals.ljust(3, "0"))


def check_quantity(qty_milli: int, step_milli: int, unit: Unit) -> int:
    """The quantity itself, if it can be sold; else Refused with the rule it breaks."""
    if qty_milli <= 0:
        raise Refused("quantity-zero", "a quantity must be more than zero")
    if qty_milli > QUANTITY_LIMIT_MILLI:
        raise Refused(
            "quantity-limit",
            f"{show_quantity(qty_milli)} is over the limit of {_LIMIT} units",
        )
    if qty_milli % step_milli:
        step = f"{show_quantity(step_milli)} {unit.sign}"
        raise Refused(
            "quantity-step",
            f"{show_quantity(qty_milli)} is not a multiple of {step}, the step of this item",
        )
    return qty_milli


def show_quantity(qty_milli: int) -> str:
    """Without trailing zeros: 3000 -> '3', 500 -> '0.5', 250 -> '0.25'."""
    sign = "-" if qty_milli < 0 else ""
    whole, rest = divmod(abs(qty_milli), MILLI)
    decimals = f"{rest:03d}".rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


_LIMIT = "9,999.999"
