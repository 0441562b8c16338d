"""GST in inclusive prices: the tax is worked back from the total, per head (CGST Rule 35)."""

import re
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from milkpos_tui.domain.dates import parse_date
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.rounding import half_up

BP = 10_000  # basis points of one whole
RATE_LIMIT_BP = 10_000


class TaxMode(StrEnum):
    """How the shop stands to GST."""

    UNREGISTERED = "unregistered"
    COMPOSITION = "composition"
    REGULAR = "regular"

    @property
    def collects_tax(self) -> bool:
        """Only a regular taxpayer may show and collect tax (CGST Act s. 10(4), s. 32)."""
        return self is TaxMode.REGULAR


class Heads(NamedTuple):
    """What an inclusive amount consists of, in paise; the parts add up to it exactly."""

    taxable_paise: int
    cgst_paise: int = 0
    sgst_paise: int = 0
    igst_paise: int = 0


def work_back(inclusive_paise: int, rate_bp: int, *, inter_state: bool = False) -> Heads:
    """Split an inclusive amount: tax = amount x rate / (100 + rate), half up per head.

    Within the state the rate is halved and CGST = SGST always; between states it is IGST alone.
    """
    if inter_state:
        igst = half_up(inclusive_paise * rate_bp, BP + rate_bp)
        return Heads(inclusive_paise - igst, igst_paise=igst)
    head = half_up(inclusive_paise * rate_bp, 2 * (BP + rate_bp))
    return Heads(inclusive_paise - 2 * head, head, head)


class DatedRate(NamedTuple):
    """A GST rate and the first day it holds; `since` is `date.min` for 'from the beginning'."""

    since: date
    rate_bp: int


RateHistory = tuple[DatedRate, ...]


def rate_on(history: RateHistory, day: date) -> int:
    """The rate in basis points that holds on a day: that of the latest change not after it."""
    latest: DatedRate | None = None
    for dated in history:
        if dated.since <= day and (latest is None or dated.since >= latest.since):
            latest = dated
    if latest is None:
        raise Refused("rate-missing", f"no GST rate is known for {day.isoformat()}")
    return latest.rate_bp


_PERCENT = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?", re.ASCII)


def parse_percent(text: str) -> int:
    """Basis points of a percentage typed by people: `5`, `12.5`. At most 100."""
    match = _PERCENT.fullmatch(text.strip())
    rate = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else -1
    if not 0 <= rate <= RATE_LIMIT_BP:
        raise Refused("percent", f"'{text}' is not a percentage from 0 to 100, like 5 or 12.5")
    return rate


def show_percent(rate_bp: int) -> str:
    """500 -> '5', 1250 -> '12.5'."""
    whole, rest = divmod(rate_bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def parse_rates(text: str) -> RateHistory:
    """A dated history as people write it: `5`, or `12;2025-09-22=5` (12 until that day)."""
    history: dict[date, int] = {}
    for part in text.split(";"):
        day, _, rate = part.rpartition("=")
        try:
            since = parse_date(day) if day.strip() else date.min
        except Refused as refused:
            raise Refused("rate-date", refused.message) from None
        if since in history:
            raise Refused("rate-date", f"'{text}' has two rates for one day")
        history[since] = parse_percent(rate)
    if date.min not in history:
        raise Refused("rate-first", f"'{text}' has no first rate; write it like 12;2025-09-22=5")
    return tuple(DatedRate(since, history[since]) for since in sorted(history))


def show_rates(history: RateHistory) -> str:
    """The inverse of `parse_rates`."""
    return ";".join(
        show_percent(dated.rate_bp)
        if dated.since == date.min
        else f"{dated.since.isoformat()}={show_percent(dated.rate_bp)}"
        for dated in history
    )
