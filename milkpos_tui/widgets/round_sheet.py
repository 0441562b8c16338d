"""The sheet of a round for arrow keys and digits: a row for each door, a column for each item."""

from collections.abc import Mapping

from textual import events

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.quantity import (
    MILLI,
    QUANTITY_LIMIT_MILLI,
    parse_quantity,
    show_quantity,
)
from milkpos_tui.domain.round_grid import Cell, Grid
from milkpos_tui.domain.text import cell
from milkpos_tui.widgets.painted import BOLD, PLAIN, QUIET, REVERSE, TITLE, Part, Row
from milkpos_tui.widgets.typed import Typed

CODE_COLUMNS, NAME_COLUMNS, QTY_COLUMNS = 7, 19, 9
HEADS = 2  # rows: the PLUs, the items' names
NO_GRID = "  nobody gets anything on this round"


class RoundSheet(Typed):
    """Digits and the point are what was taken, `-` is nothing, `+` one more; Delete is as ordered
    again. Arrows go along doors and items."""

    DEFAULT_CSS = "RoundSheet { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__(id="sheet")
        self._grid: Grid | None = None
        self._items: Mapping[int, Item] = {}
        self._row = self._column = 0
        self._left = 0  # the first column in sight
        self._top = 0  # the first row in sight, lanes counted
        self._typed = ""  # what was typed since the cursor came to its cell

    @property
    def grid(self) -> Grid | None:
        """What was keyed so far."""
        return self._grid

    def show(self, grid: Grid, items: Mapping[int, Item], *, anew: bool) -> None:
        """Show a round; `anew` with the cursor on its first door."""
        self._grid, self._items, self._typed = grid, items, ""
        if anew:
            self._row = self._column = self._top = self._left = 0
        self._row = min(self._row, max(0, len(grid.sheet.stops) - 1))
        self._column = min(self._column, max(0, len(grid.plus) - 1))
        self.draw()

    def take(self, event: events.Key) -> bool:
        """A quantity, or along the sheet."""
        if self._grid is None or not self._grid.sheet.stops:
            return False
        if event.character and event.character in "0123456789." and event.character.isascii():
            self._type(self._typed + event.character)
        elif event.key == "backspace":
            self._type(self._typed[:-1])
        elif event.key in ("minus", "delete", "plus"):
            self._typed = ""
            self._step(event.key)
        else:
            return self._go(event.key)
        return True

    # --- keys ------------------------------------------------------------------------------

    @property
    def _cell(self) -> Cell:
        assert self._grid is not None, "only a round that is shown has a cursor"
        return self._row, self._grid.plus[self._column]

    def _step(self, key: str) -> None:
        assert self._grid is not None, "only a round that is shown takes keys"
        if key == "delete":
            self._set(self._grid.as_ordered(self._cell))
        elif key == "minus":
            self._set(self._grid.having(self._cell, 0))
        elif self._grid.taken(self._cell) + MILLI > QUANTITY_LIMIT_MILLI:
            self.app.bell()
        else:
            self._set(self._grid.having(self._cell, self._grid.taken(self._cell) + MILLI))

    def _type(self, text: str) -> None:
        assert self._grid is not None, "only a round that is shown takes keys"
        if not text:
            self._typed = ""
            self._set(self._grid.as_ordered(self._cell))
            return
        whole_only = self._items[self._grid.plus[self._column]].unit.whole_only
        try:
            milli = 0 if text == "." else parse_quantity(text)
        except Refused:
            milli = QUANTITY_LIMIT_MILLI + 1
        if milli > QUANTITY_LIMIT_MILLI or (whole_only and "." in text):
            self.app.bell()
            return
        self._typed = text
        self._set(self._grid.having(self._cell, milli))

    def _set(self, grid: Grid) -> None:
        self._grid = grid
        self.draw()

    def _go(self, key: str) -> bool:
        assert self._grid is not None, "only a round that is shown has a cursor"
        last = len(self._grid.sheet.stops) - 1
        page = max(1, self._room - 1)
        rows = {
            "up": self._row - 1, "down": self._row + 1, "pageup": self._row - page,
            "pagedown": self._row + page, "home": 0, "end": last,
        }  # fmt: skip
        columns = {"left": self._column - 1, "right": self._column + 1}
        if key not in rows and key not in columns:
            return False
        self._row = min(max(0, rows.get(key, self._row)), last)
        column = columns.get(key, self._column)
        self._column = min(max(0, column), len(self._grid.plus) - 1)
        self._typed = ""
        self.draw()
        return True

    # --- showing ---------------------------------------------------------------------------

    @property
    def _room(self) -> int:
        return max(1, self.size.height - HEADS - 1)

    def draw(self) -> None:
        """Paint what is in sight: heads, doors under their lanes, and what was taken in all."""
        grid = self._grid
        if grid is None or not self.size.height:
            return
        if not grid.sheet.stops:
            self.set_rows([(), ((NO_GRID, PLAIN),)])
            return
        beside = self.size.width - CODE_COLUMNS - NAME_COLUMNS
        shown = max(1, beside // QTY_COLUMNS)
        self._left = min(max(self._left, self._column - shown + 1), self._column)
        plus = grid.plus[self._left :][:shown]
        body = self._body(grid, plus)
        rows = body[self._top :][: self._room]
        rows += [()] * (self._room - len(rows))
        self.set_rows([*self._heads(grid, plus), *rows, self._foot(grid, plus)])

    def _body(self, grid: Grid, plus: tuple[int, ...]) -> list[Row]:
        """All rows, with a row above the doors of each lane; scrolled so that the cursor shows."""
        rows: list[Row] = []
        lane = None
        for number, stop in enumerate(grid.sheet.stops):
            if stop.place.lane != lane:
                lane = stop.place.lane
                rows.append(((cell(f" {lane or 'no lane'}", self.size.width), QUIET),))
            if number == self._row:
                at = len(rows)
                first = at - 1 if number == 0 else at  # with the first lane's name
                self._top = min(max(self._top, at - self._room + 1), first)
            rows.append(self._door(grid, number, plus))
        return rows

    def _door(self, grid: Grid, number: int, plus: tuple[int, ...]) -> Row:
        place = grid.sheet.stops[number].place
        here = number == self._row
        name = cell(f"{place.code:>5} ", CODE_COLUMNS) + cell(place.name, NAME_COLUMNS)
        return ((name, BOLD if here else PLAIN), *(self._qty(grid, (number, plu)) for plu in plus))

    def _qty(self, grid: Grid, at: Cell) -> Part:
        """`-` is nothing at a door that ordered it; a star marks what differs."""
        there = at in grid.planned or grid.taken(at)
        here = at == self._cell
        told = show_quantity(grid.taken(at)) if grid.taken(at) else "-"
        if here and self._typed:
            told = self._typed
        mark = "*" if grid.differs(at) else " "
        style = REVERSE if here and self.has_focus else BOLD if grid.differs(at) else PLAIN
        return f"{told if there or here else '':>{QTY_COLUMNS - 1}}{mark}", style

    def _heads(self, grid: Grid, plus: tuple[int, ...]) -> list[Row]:
        before = "<" if self._left else " "
        more = ">" if self._left + len(plus) < len(grid.plus) else " "
        left = cell(f"{'code':>5}  name", CODE_COLUMNS + NAME_COLUMNS - 1)
        numbers = "".join(f"{plu:>{QTY_COLUMNS - 1}} " for plu in plus)
        names = "".join(cell(self._items[plu].name, QTY_COLUMNS - 1, ">") + " " for plu in plus)
        blank = " " * (CODE_COLUMNS + NAME_COLUMNS - 1)
        return [((f"{left}{before}{numbers[:-1]}{more}", BOLD),), ((f"{blank} {names}", QUIET),)]

    def _foot(self, grid: Grid, plus: tuple[int, ...]) -> Row:
        told = cell(
            f" door {self._row + 1} of {len(grid.sheet.stops)}", CODE_COLUMNS + NAME_COLUMNS
        )
        sums = "".join(f"{show_quantity(grid.total(plu)):>{QTY_COLUMNS - 1}} " for plu in plus)
        return ((cell(told + sums, self.size.width), TITLE),)

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Show or hide the cursor."""
        super().watch_has_focus(_has_focus)
        self.draw()

    def on_resize(self) -> None:
        """More or less of it."""
        self.draw()
