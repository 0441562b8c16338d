"""The sheet of a round as a grid of doors and items, and what differs from the sheet in the words
that `domain.rounds` reads: the screen and the command line say the same."""

from collections.abc import Mapping
from typing import NamedTuple

from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.rounds import Sheet, outcome

Cell = tuple[int, int]
"""A door's place on the sheet, from 0, and a PLU."""


class Grid(NamedTuple):
    """`planned` is what the sheet says and `now` what was taken, in thousandths; a cell that is in
    neither is an item that the door has no order for. `plus` are the columns."""

    sheet: Sheet
    plus: tuple[int, ...]
    planned: Mapping[Cell, int]
    now: Mapping[Cell, int]

    def taken(self, cell: Cell) -> int:
        """What was taken, in thousandths."""
        return self.now.get(cell, 0)

    def differs(self, cell: Cell) -> bool:
        """Whether that is not as ordered."""
        return self.taken(cell) != self.planned.get(cell, 0)

    def total(self, plu: int) -> int:
        """All that was taken of an item, in thousandths."""
        return sum(milli for (_, one), milli in self.now.items() if one == plu)

    def having(self, cell: Cell, milli: int) -> "Grid":
        """The grid with another quantity taken."""
        return self._replace(now={**self.now, cell: milli})

    def as_ordered(self, cell: Cell) -> "Grid":
        """The grid with a cell as the sheet has it."""
        return self.having(cell, self.planned.get(cell, 0))

    @property
    def words(self) -> str:
        """What differs, as it is keyed on the command line; empty where nothing does."""
        found: list[str] = []
        for row in range(len(self.sheet.stops)):
            found += self._words_of(row)
        return " ".join(found)

    def _words_of(self, row: int) -> list[str]:
        code = self.sheet.stops[row].place.code
        here = [plu for plu in self.plus if (row, plu) in self.planned]
        takes = any(self.taken((row, plu)) for plu in self.plus)
        if not takes and any(self.planned[row, plu] for plu in here):
            return [f"-{code}"]
        words = []
        for plu in self.plus:
            if not self.differs((row, plu)):
                continue
            which = code if here == [plu] else f"{code}/{plu}"
            taken, by = self.taken((row, plu)), self._by((row, plu))
            if taken:
                words.append(f"{which}{'+' if by > 0 else '-'}{show_quantity(abs(by))}")
            else:
                words.append(f"-{which}")
        return words

    def _by(self, cell: Cell) -> int:
        return self.taken(cell) - self.planned.get(cell, 0)


def grid_of(sheet: Sheet, stands: Mapping[str, int]) -> Grid:
    """The grid of a round: as ordered, and where it is recorded, as it stands in the books. What
    a door takes of one item by two orders is one cell."""
    rows = {stop.place.customer: row for row, stop in enumerate(sheet.stops)}
    planned: dict[Cell, int] = {}
    now: dict[Cell, int] = {}
    for one in outcome(sheet, ()):
        cell = rows[one.customer], one.plu
        planned[cell] = planned.get(cell, 0) + one.planned_milli
        now[cell] = now.get(cell, 0) + stands.get(one.key, one.planned_milli)
    return Grid(sheet, tuple(sorted({plu for _, plu in planned})), planned, now)
