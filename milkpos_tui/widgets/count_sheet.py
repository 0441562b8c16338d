"""Cash counted by denomination: a row for each note and coin, and the running total."""

from textual import events

from milkpos_tui.domain.cash import DENOMINATIONS, PIECES_MAX, Count, count_of
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.widgets.painted import BOLD, PLAIN, QUIET, REVERSE, TITLE, Row
from milkpos_tui.widgets.typed import Typed

DIGITS_MAX = len(str(PIECES_MAX))


class CountSheet(Typed):
    """Digits are pieces of the row under the cursor; Enter and the arrows go along the rows."""

    DEFAULT_CSS = f"CountSheet {{ height: {len(DENOMINATIONS) + 2}; }}"

    def __init__(self) -> None:
        super().__init__(id="sheet")
        self._pieces: dict[int, int] = {}  # of the rows that were typed into
        self._at = 0
        self._begun = False  # whether a digit was typed since the cursor came to its row
        self._draw()

    @property
    def count(self) -> Count:
        """What was counted so far."""
        return count_of(self._pieces.items())

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed yet, not even a zero."""
        return not self._pieces

    @property
    def at_end(self) -> bool:
        """Whether the cursor stands on the last row."""
        return self._at == len(DENOMINATIONS) - 1

    def take(self, event: events.Key) -> bool:
        """A digit, or along the rows."""
        key = event.key
        if event.character and event.character.isascii() and event.character.isdecimal():
            self._type(event.character)
        elif key == "backspace":
            self._set(self._pieces.get(DENOMINATIONS[self._at], 0) // 10 or None)
        elif key == "delete":
            self._set(None)
        elif key in ("enter", "down"):
            self._move(self._at + 1)
        elif key == "up":
            self._move(self._at - 1)
        elif key in ("home", "end"):
            self._move(0 if key == "home" else len(DENOMINATIONS) - 1)
        else:
            return False
        return True

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Show or hide the cursor."""
        super().watch_has_focus(_has_focus)
        self._draw()

    def _type(self, digit: str) -> None:
        before = str(self._pieces.get(DENOMINATIONS[self._at], "")) if self._begun else ""
        if len((before + digit).lstrip("0")) > DIGITS_MAX:
            self.app.bell()
            return
        self._set(int(before + digit))

    def _set(self, pieces: int | None) -> None:
        if pieces is None:
            self._pieces.pop(DENOMINATIONS[self._at], None)
        else:
            self._pieces[DENOMINATIONS[self._at]] = pieces
        self._begun = True
        self._draw()

    def _move(self, to: int) -> None:
        self._at = min(max(0, to), len(DENOMINATIONS) - 1)
        self._begun = False
        self._draw()

    def _draw(self) -> None:
        self.set_row(0, (f"  {'Rs':>6}   {'pieces':>7} {'rupees':>16}", BOLD))
        for place, rupees in enumerate(DENOMINATIONS):
            self.set_row(place + 1, *self._row(place, rupees))
        total = show_rupees(self.count.paise)
        self.set_row(len(DENOMINATIONS) + 1, (f"  {'counted':<17} {total:>16} ", TITLE))

    def _row(self, place: int, rupees: int) -> Row:
        pieces = self._pieces.get(rupees)
        here = place == self._at and self.has_focus
        worth = show_rupees(rupees * pieces * 100) if pieces else ""
        return (
            (f"  {rupees:>6} x ", BOLD if here else PLAIN),
            (f"{'' if pieces is None else pieces:>7}", REVERSE if here else PLAIN),
            (f" {worth:>16}", PLAIN if pieces else QUIET),
        )
