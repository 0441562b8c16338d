"""A page of text to read: help, a slip."""

from collections.abc import Mapping, Sequence
from functools import partial

from textual.app import ComposeResult

from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen
from milkpos_tui.widgets.painted import PLAIN, Painted


class Page(TillScreen):
    """Shows lines; arrows and pages move, Esc goes back."""

    FOOTER: Sequence[tuple[str, str]] = (("Up/Down", "read on"), ("Esc", "back"))
    INDENT = " "

    def __init__(self, title: str, lines: Sequence[str] = ()) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._top = 0

    def compose(self) -> ComposeResult:
        """The lines between head and keys."""
        yield Head()
        yield Painted(id="page")
        yield Notice()
        yield Keys()

    def on_mount(self) -> None:
        """Show the beginning."""
        self.query_one(Keys).show(self.FOOTER)
        self.show()

    def on_resize(self) -> None:
        """More or less of it."""
        self.show()

    def keys(self) -> Mapping[str, Handler]:
        """Read on, and back."""
        return {
            "escape": self.leave,
            "up": partial(self._move, -1),
            "down": partial(self._move, 1),
            "pageup": partial(self._move, -15),
            "pagedown": partial(self._move, 15),
        }

    def leave(self) -> None:
        """Back."""
        self.dismiss(None)

    def show_lines(self, lines: Sequence[str]) -> None:
        """Other lines from now on."""
        self._lines, self._top = lines, 0
        self.show()

    def show(self) -> None:
        """Paint what is in sight."""
        page = self.query_one("#page", Painted)
        room = max(1, page.size.height)
        more = "more below" if len(self._lines) > self._top + room else ""
        self.query_one(Head).show(self._title, more)
        page.set_rows(
            [((f"{self.INDENT}{line}", PLAIN),) for line in self._lines[self._top :][:room]]
        )

    def _move(self, by: int) -> None:
        room = self.query_one("#page", Painted).size.height
        self._top = min(max(0, self._top + by), max(0, len(self._lines) - room))
        self.show()


class Help(Page):
    """The help of the place it was asked for."""
