"""What must be in the books of a till that lives at random (`test_till_stateful`): arithmetic that
shares no code with the till's."""

from collections import Counter as Count
from dataclasses import dataclass, field, replace
from datetime import date

from tests.support.tills import FLOAT_PAISE

COUNTERS = ("1", "B")
LOOSE, COUNTED = (12, 31, 70), (40, 110)
QUANTITY_MAX, BILL_MAX = 9_999_999, 10**10
POINTS = {12: 5, 70: 10}
"""Points for Rs 100 of milk and of sweets."""
LOYALTY, POINT_WORTH_PAISE = "milk=5,sweets=10", 50
CUSTOMERS = ("12", "13")


class No(Exception):
    """The model refuses."""


@dataclass(frozen=True)
class Off:
    """A discount."""

    paise: int = 0
    rate_bp: int = 0

    def of(self, base):
        off = self.paise + rounded(base * self.rate_bp, 10_000)
        if off > base:
            raise No("discount-too-much")
        return off

    def keyed(self):
        return rupees_keyed(self.paise) if self.paise else f"{self.rate_bp // 100}/"


NOTHING_OFF = Off()


@dataclass(frozen=True)
class Line:
    """A line of an open bill."""

    plu: int
    rate: int
    qty: int = 0
    worth: int | None = None
    off: Off = NOTHING_OFF

    @property
    def milli(self):
        return self.qty if self.worth is None else rounded(self.worth * 1000, self.rate)

    @property
    def gross(self):
        return rounded(self.rate * self.qty, 1000) if self.worth is None else self.worth

    @property
    def amount(self):
        return self.gross - self.off.of(self.gross)

    def checked(self):
        if self.milli <= 0:
            raise No("quantity-zero")
        if self.milli > QUANTITY_MAX:
            raise No("quantity-limit")
        if self.gross <= 0:
            raise No("amount-zero")
        assert self.amount >= 0
        return self


@dataclass(frozen=True)
class Open:
    """An open bill."""

    lines: tuple[Line, ...] = ()
    off: Off = NOTHING_OFF
    given: tuple[tuple[str, int], ...] = ()

    @property
    def amounts(self):
        return sum(line.amount for line in self.lines)

    @property
    def total(self):
        return rounded(self.amounts - self.off.of(self.amounts), 100) * 100

    @property
    def due(self):
        return max(0, self.total - sum(paise for _kind, paise in self.given))

    def unpaid(self):
        if self.given:
            raise No("part-paid")
        return self

    def with_lines(self, lines):
        after = replace(self.unpaid(), lines=tuple(lines))
        if after.amounts > BILL_MAX:
            raise No("bill-limit")
        assert after.total >= 0  # or its discount is refused
        return after

    def with_last(self, change):
        if not self.lines:
            raise No("no-line")
        line = change(self.lines[-1]).checked()
        return self.with_lines((*self.lines[:-1], line))


@dataclass
class Sold:
    """A bill in the books."""

    number: str
    counter: str
    lines: tuple[tuple[int, int, bool, int], ...]
    """Thousandths, paise, whether it is counted, and the discount that is off it."""
    total: int
    code: str = ""
    """Whose it is."""
    earned: int = 0
    taken: int = 0
    """Points by it and for it."""
    returned: Count = field(default_factory=Count)
    copies: int = 0

    @property
    def refunded(self):
        """What went back so far, as what came back is worth."""
        parts = sum(
            rounded(self.lines[number - 1][1] * milli, self.lines[number - 1][0])
            for number, milli in self.returned.items()
        )
        return rounded(parts, 100) * 100

    @property
    def points_back(self):
        """Points that what came back so far took along, and those it gave back: by its share of
        what was paid, and of what it was worth before any discount."""
        whole = sum(paise + off for _milli, paise, _whole, off in self.lines)
        came = sum(
            rounded(part * milli, self.lines[number - 1][0])
            for number, milli in self.returned.items()
            for part in (self.lines[number - 1][1], self.lines[number - 1][3])
        )
        earned = rounded(self.earned * self.refunded, self.total) if self.total else 0
        return earned, rounded(self.taken * came, whole)

    def left(self):
        return {
            number: milli - self.returned[number]
            for number, (milli, *_others) in enumerate(self.lines, 1)
            if milli > self.returned[number]
        }


@dataclass
class Kept:
    """What a shift must come to."""

    day: date
    bills: int = 0
    returns: int = 0
    sold: int = 0
    refunded: int = 0
    moved: int = 0
    """Cash in, less what went out and into the safe."""
    by_kind: Count = field(default_factory=Count)
    """Taken for what was sold, less what went back."""
    of_khata: Count = field(default_factory=Count)
    """Received for khata, less what was paid back."""

    def expected(self, kind):
        floating = FLOAT_PAISE + self.moved if kind == "cash" else 0
        return self.by_kind[kind] + self.of_khata[kind] + floating


@dataclass
class Owed:
    """What a customer's balances must be."""

    khata: int = 0
    deposit: int = 0
    bottles: int = 0
    points: int = 0


def rounded(numerator, denominator):
    """To the nearest, halves up; nothing here is below zero."""
    return (2 * numerator + denominator) // (2 * denominator)


def rupees_keyed(paise):
    return f"{paise // 100}.{paise % 100:02d}"


def quantity_keyed(milli):
    return f"{milli // 1000}.{milli % 1000:03d}"
