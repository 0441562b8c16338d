"""A figure and the limit it is held against."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One number; `limit` is the most it may be, `exactly` what it must be. Without either it is
    only told."""

    name: str
    value: float
    unit: str = ""
    limit: float | None = None
    exactly: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """`ok`, `OVER`, or nothing where there is no limit."""
        if self.exactly is not None:
            return "ok" if self.value == self.exactly else "OVER"
        if self.limit is not None:
            return "ok" if self.value <= self.limit else "OVER"
        return ""

    @property
    def bound(self) -> str:
        """The limit as it is printed."""
        if self.exactly is not None:
            return f"= {_number(self.exactly)}"
        return "" if self.limit is None else f"<= {_number(self.limit)}"


@dataclass(frozen=True)
class Measured:
    """What one of the benchmarks found: its figures, and everything behind them for the JSON."""

    figures: Sequence[Figure]
    details: dict[str, Any]


def table(figures: Sequence[Figure]) -> str:
    """Figures beside their limits."""
    rows = [["figure", "value", "", "limit", "", ""]]
    rows += [
        [one.name, _number(one.value), one.unit, one.bound, one.verdict, one.note]
        for one in figures
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if number in (1, 3) else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def as_json(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """Figures with their verdicts, as JSON can hold them."""
    return [asdict(one) | {"verdict": one.verdict} for one in figures]


def spread(low: float, high: float) -> str:
    """A note: between what the runs were."""
    return f"{_number(low)} .. {_number(high)}"


def _number(value: float) -> str:
    if value == round(value) and abs(value) < 10**9:
        return f"{round(value):,}"
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"
