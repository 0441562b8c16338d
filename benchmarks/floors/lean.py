"""The floor of the Line API: the same bill with widgets that draw their own lines.

What makes it lean: no stock widget, no mouse, no blinking cursor, and after a change only the cells
that changed are refreshed. `python lean.py 50` begins with fifty lines. Every line costs 45.00.
"""

import sys

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

PRICE_RUPEES = 45
PLAIN, BOLD = Style(), Style(bold=True)
HEADING = f"{'No':>4} {'Item':40} {'Qty':>4} {'Amount':>10}"
PROMPT, EMPTY = "> ", "READY"
TOTAL = "TOTAL "


def strip(text: str, width: int, style: Style = PLAIN) -> Strip:
    return Strip([Segment(text[:width].ljust(width), style)], width)


class Bill(Widget):
    """A heading and the last lines that fit under it."""

    DEFAULT_CSS = "Bill { height: 1fr; }"

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.lines: list[str] = []
        for _ in range(lines):
            self._append("already there")

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 0:
            return strip(HEADING, width, BOLD)
        number = self._first_shown() + y - 1
        return strip(self.lines[number] if number < len(self.lines) else "", width)

    def add_line(self, item: str) -> None:
        first_before = self._first_shown()
        self._append(item)
        if self._first_shown() == first_before:
            self.refresh(Region(0, len(self.lines) - first_before, self.size.width, 1))
        else:
            self.refresh()

    def _append(self, item: str) -> None:
        amount = f"{PRICE_RUPEES}.00"
        self.lines.append(f"{len(self.lines) + 1:>4} {item:40} {1:>4} {amount:>10}")

    def _first_shown(self) -> int:
        return max(0, len(self.lines) - (self.size.height - 1))


class Total(Widget):
    """The sum of the bill."""

    DEFAULT_CSS = "Total { height: 1; }"
    amount = ""

    def render_line(self, y: int) -> Strip:
        return strip(TOTAL + self.amount, self.size.width)

    def show(self, bill: Bill) -> None:
        before = len(self.amount)
        self.amount = f"{len(bill.lines) * PRICE_RUPEES}.00"
        self.refresh(Region(len(TOTAL), 0, max(before, len(self.amount)), 1))


class Entry(Widget, can_focus=True):
    """What is being typed."""

    DEFAULT_CSS = "Entry { height: 1; }"
    typed = ""

    def render_line(self, y: int) -> Strip:
        return strip(PROMPT + (self.typed or EMPTY), self.size.width)

    def type(self, character: str) -> None:
        column, was_empty = len(PROMPT) + len(self.typed), not self.typed
        self.typed += character
        self.refresh(Region(column, 0, len(EMPTY) if was_empty else 1, 1))

    def take(self) -> str:
        taken, self.typed = self.typed, ""
        self.refresh(Region(len(PROMPT), 0, max(len(taken), len(EMPTY)), 1))
        return taken


class LeanFloor(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.bill, self.total, self.entry = Bill(lines), Total(), Entry()

    def compose(self) -> ComposeResult:
        yield from (self.bill, self.total, self.entry)

    def on_mount(self) -> None:
        self.total.show(self.bill)
        self.entry.focus()

    def on_key(self, event: events.Key) -> None:
        event.stop()
        if event.key == "enter":
            self.bill.add_line(self.entry.take())
            self.total.show(self.bill)
        elif event.character and event.is_printable:
            self.entry.type(event.character)


if __name__ == "__main__":
    LeanFloor(int(sys.argv[1])).run(mouse=False)
