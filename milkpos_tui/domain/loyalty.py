"""Loyalty: points for what was bought, by category, and what they are worth."""

import re
from collections.abc import Iterable, Mapping

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import PAISE_PER_RUPEE
from milkpos_tui.domain.rounding import half_up

EVERYTHING = "*"
PER_PAISE = 100 * PAISE_PER_RUPEE  # points are given for each Rs 100
POINTS_MAX = 100

_RATE = re.compile(r"([^=,]+)=\s*([0-9]{1,3})", re.ASCII)

PointRates = Mapping[str, int]
"""Points for each Rs 100 by category, in small letters; `*` is every other one."""


def parse_point_rates(text: str) -> PointRates:
    """The rates of `sweets=2,ghee=3,*=1`; `none` is no loyalty. Refused for anything else."""
    rates: dict[str, int] = {}
    if text.strip().lower() == "none":
        return rates
    for part in text.split(","):
        match = _RATE.fullmatch(part.strip())
        category = match[1].strip().casefold() if match else ""
        if match is None or not category or category in rates or int(match[2]) > POINTS_MAX:
            raise Refused(
                "loyalty",
                f"'{part.strip()}' is not a category and points for each Rs 100, like sweets=2",
            )
        rates[category] = int(match[2])
    return rates


def points_for(rates: PointRates, sold: Iterable[tuple[str, int]]) -> int:
    """Whole points for what was sold: pairs of category and paise. What is left over is lost."""
    other = rates.get(EVERYTHING, 0)
    return sum(paise * rates.get(category.casefold(), other) for category, paise in sold) // (
        PER_PAISE
    )


def points_back(earned: int, sold_paise: int, before_paise: int, now_paise: int) -> int:
    """What a return takes back of the points of a bill, of which some may have come back before:
    all of them when all of it has."""
    if not sold_paise:
        return 0
    after = half_up(earned * (before_paise + now_paise), sold_paise)
    return after - half_up(earned * before_paise, sold_paise)
