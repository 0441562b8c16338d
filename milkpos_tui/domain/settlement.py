"""What a farmer is paid for ten days of milk: feed, advances and goods are taken off first."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from milkpos_tui.domain.collection import Collection
from milkpos_tui.domain.dates import parse_date
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import show_rupees


class Cycle(NamedTuple):
    """Ten days of a month: 1 to 10, 11 to 20, 21 to its end."""

    year: int
    month: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 10 * self.number - 9)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(1)

    @property
    def next(self) -> "Cycle":
        """The cycle that follows."""
        if self.number < 3:
            return self._replace(number=self.number + 1)
        return cycle_of(date(self.year, self.month, 28) + timedelta(4))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}/{self.number}"


def cycle_of(day: date) -> Cycle:
    """The cycle that a day is in."""
    return Cycle(day.year, day.month, min(3, (day.day + 9) // 10))


def parse_cycle(text: str) -> Cycle:
    """`2026-11/2`, or a day in it. Refused for anything else."""
    month, slash, number = text.strip().partition("/")
    if not slash:
        return cycle_of(parse_date(month))
    if number not in ("1", "2", "3"):
        raise Refused("cycle", f"'{text}': a month has the cycles 1, 2 and 3, like 2026-11/2")
    first = parse_date(f"{month}-01")
    return Cycle(first.year, first.month, int(number))


class DeductionKind(StrEnum):
    """What is taken off the money for milk. Goods are on the khata already; the others come onto
    it by the settlement."""

    STRUCK = "struck"
    FEED = "feed"
    ADVANCE = "advance"
    GOODS = "goods"
    OTHER = "other"


class Deduction(NamedTuple):
    """What is to be taken off, in words for the slip."""

    kind: DeductionKind
    words: str
    amount_paise: int


class Taken(NamedTuple):
    """A deduction and how much of it was taken; the rest stays owed."""

    deduction: Deduction
    taken_paise: int

    @property
    def left_paise(self) -> int:
        """What the farmer still owes of it."""
        return self.deduction.amount_paise - self.taken_paise


class Settlement(NamedTuple):
    """What ten days of milk came to, what was taken off, and what is paid out. `milk_paise` is of
    all cans as they were keyed; those struck out are taken off first."""

    farmer: str
    cycle: Cycle
    collections: tuple[Collection, ...]
    milk_paise: int
    taken: tuple[Taken, ...]
    payable_paise: int

    @property
    def left_paise(self) -> int:
        """What the farmer owes after it."""
        return sum(one.left_paise for one in self.taken)

    @property
    def litres_milli(self) -> int:
        """All the milk of the cycle, without what was struck out."""
        return sum(one.reading.litres_milli for one in self.collections if not one.struck)

    @property
    def struck_paise(self) -> int:
        """What was keyed and struck out."""
        struck = DeductionKind.STRUCK
        return sum(one.taken_paise for one in self.taken if one.deduction.kind is struck)

    @property
    def worth_paise(self) -> int:
        """What the milk is worth that was brought."""
        return self.milk_paise - self.struck_paise

    @property
    def by_khata_paise(self) -> int:
        """What the khata gains by it; below zero it is the farmer's. The whole of feed and
        advances, for what the milk did not reach stays owed."""
        goods, off = DeductionKind.GOODS, (one.deduction for one in self.taken)
        return sum(one.amount_paise for one in off if one.kind is not goods) - self.milk_paise

    def balanced(self) -> "Settlement":
        """The settlement itself. Raises ValueError where it does not add up."""
        if self.milk_paise != self.payable_paise + sum(one.taken_paise for one in self.taken):
            raise ValueError("what was taken off and what is paid are not the milk's worth")
        return self


def settle(
    farmer: str,
    cycle: Cycle,
    collections: Iterable[Collection],
    deductions: Sequence[Deduction],
    khata_paise: int = 0,
) -> Settlement:
    """The settlement of a farmer who may be a customer too: `khata_paise` is what they owe for
    goods, below zero what they have paid in advance, which is not paid out here.

    What was struck out comes off first, deductions in their order and the khata after them, each
    as far as the milk's money reaches; nobody is ever asked for money by a settlement. Refused for
    a deduction of nothing, and for milk of another farmer or cycle.
    """
    cans = tuple(sorted(collections, key=lambda one: (one.day, one.half == "evening", one.milk)))
    for can in cans:
        if can.farmer != farmer or not cycle.first <= can.day <= cycle.last:
            raise Refused("settlement-milk", f"{can.day.isoformat()} is not of this settlement")
    for deduction in deductions:
        if deduction.amount_paise <= 0:
            raise Refused(
                "deduction-zero",
                f"Rs {show_rupees(deduction.amount_paise)} for {deduction.words} is no deduction",
            )
    milk = sum(can.amount_paise for can in cans)
    struck = [
        Deduction(DeductionKind.STRUCK, f"{can.day:%d-%m} {can.half.letter}", can.amount_paise)
        for can in cans
        if can.struck and can.amount_paise
    ]
    wanted = [*struck, *deductions]
    if khata_paise > 0:
        wanted.append(Deduction(DeductionKind.GOODS, "goods on khata", khata_paise))
    left, taken = milk, []
    for deduction in wanted:
        part = min(left, deduction.amount_paise)
        taken.append(Taken(deduction, part))
        left -= part
    return Settlement(farmer, cycle, cans, milk, tuple(taken), left).balanced()
