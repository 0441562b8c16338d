"""The base of what the till draws itself.

A stock table repaints about 14 kB and 30 ms for a line (docs/performance.md). Here a widget keeps
the rows it shows as styled text; setting a row repaints the cells that differ and nothing else.
"""

import re
from collections.abc import Sequence
from itertools import zip_longest

from rich.segment import ControlType, Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from milkpos_tui.domain.text import cell, width_of

Part = tuple[str, Style]
Row = tuple[Part, ...]

PLAIN = Style()
BOLD = Style(bold=True)
REVERSE = Style(reverse=True)
TITLE = Style(bold=True, reverse=True)
GOOD = Style(color="green", bold=True)
ALERT = Style(color="red", bold=True, reverse=True)
QUIET = Style(color="cyan")


class Painted(Widget):
    """A widget that shows rows of styled text and repaints only what changes of them."""

    DEFAULT_CSS = "Painted { height: 1; width: 100%; }"

    def __init__(self, *rows: Row, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._rows: list[Row] = list(rows) or [()]

    def row(self, y: int) -> Row:
        """What is shown at a line of the widget."""
        return self._rows[y] if y < len(self._rows) else ()

    def set_row(self, y: int, *parts: Part) -> None:
        """Show a row; repaints the cells that differ from what is shown."""
        before = self.row(y)
        if parts == before:
            return
        while len(self._rows) <= y:
            self._rows.append(())
        self._rows[y] = parts
        self.repaint(y, before, parts)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show rows from the top and nothing below them."""
        shown = len(self._rows)
        for y, row in enumerate(rows):
            self.set_row(y, *row)
        for y in range(len(rows), shown):
            self.set_row(y)
        del self._rows[max(1, len(rows)) :]

    def repaint(self, y: int, before: Row, after: Row) -> None:
        """Have the differing cells of a line drawn."""
        if not self.size.width:
            return  # not laid out yet: all of it is drawn then
        first, beyond = _difference(before, after)
        self.refresh(Region(first, y, min(beyond, self.size.width) - first, 1))

    def render_line(self, y: int) -> Strip:
        """A line of the widget as Textual wants it."""
        width = self.size.width
        row = self.row(y)
        blank = " " * (width - sum(width_of(text) for text, _style in row))
        strip = Strip(_segments((*row, (blank, PLAIN)), self.region.x))
        return strip.adjust_cell_length(width, PLAIN)


def _segments(row: Row, column: int) -> list[Segment]:
    """A row from a column of the screen on. Terminals differ in how wide they draw Indic vowel
    signs: the gap behind a name with marks ends by going to the column that is meant. Blanks clear
    what stood there; the name is drawn once more over them, for its last letters may reach there.
    """
    segments: list[Segment] = []
    name: list[Segment] = []  # with marks, and what follows it up to the gap
    begins, marks = column, 0
    for text, style in row:
        for piece in _pieces(text):
            rest = piece
            while marks and (gap := _GAP.search(rest)):
                _add(segments, name, rest[: gap.start()], style)
                column += width_of(rest[: gap.start()])
                blanks = gap.end() - gap.start()
                before = max(0, blanks - marks)  # no more cells than the widest terminal has left
                if before:
                    segments.append(Segment(" " * before, style))
                segments += [_go_to(column + before), Segment(" " * (blanks - before), style)]
                column += blanks
                segments += _once_more(name, begins, column)
                name, marks, rest = [], 0, rest[gap.end() :]
            width = width_of(rest)
            if not marks and len(rest) > width:
                begins = column
            marks += max(0, len(rest) - width)
            _add(segments, name if marks else [], rest, style)
            column += width
    return segments


def _add(segments: list[Segment], name: list[Segment], text: str, style: Style) -> None:
    if text:
        segment = Segment(text, style)
        segments.append(segment)
        name.append(segment)


def _once_more(name: Sequence[Segment], begins: int, ends: int) -> list[Segment]:
    """A name again at its column, as controls: its cells are counted already."""
    again = [Segment(one.text, one.style, _go_to(begins).control) for one in name]
    return [_go_to(begins), *again, _go_to(ends)]


def _go_to(column: int) -> Segment:
    return Segment(f"\x1b[{column + 1}G", None, [(ControlType.CURSOR_MOVE_TO_COLUMN, column)])


_GAP = re.compile(r" {2,}|(?<=~) ")  # one blank alone is between words, but behind a name cut short
# The rupee's sign, a word with foreign letters, or whatever is plain. Rich remembers how it cut
# texts with foreign letters, 16,384 of them: with ever new amounts in them they would become 10 MB.
# As few pieces as possible: each one's style goes to the terminal.
_PIECE = re.compile(
    r"₹|[^\s₹]*[^\x00-\x7f\s₹][^\s₹]*|(?:[\x00-\x08\x0e-\x1b!-\x7f]+(?![^\x00-\x7f\s₹])|\s)+"
)


def _pieces(text: str) -> list[str]:
    return [text] if text.isascii() else _PIECE.findall(text)


def _difference(before: Row, after: Row) -> tuple[int, int]:
    """The first cell that differs, and the one behind the last."""
    old, new = _cells(before), _cells(after)
    if old is None or new is None:
        return 0, 10_000  # wide or combining characters: cells are not characters
    length = max(len(old), len(new))
    differing = [x for x, (a, b) in enumerate(zip_longest(old, new, fillvalue=_BLANK)) if a != b]
    return (differing[0], differing[-1] + 1) if differing else (0, length)


_BLANK = (" ", PLAIN)


def _cells(row: Row) -> list[tuple[str, Style]] | None:
    cells: list[tuple[str, Style]] = []
    for text, style in row:
        if not text.isascii() and width_of(text) != len(text):
            return None
        cells.extend((char, style) for char in text)
    return cells


def spread(left: str, right: str, width: int) -> str:
    """Two texts at the two ends of a row; the left one gives way."""
    room = max(0, width - width_of(right) - 1)
    return f"{cell(left, room)} {right}"
