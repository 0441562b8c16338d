"""Choosing one of a list: held bills, commands. Typing narrows it."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from textual.app import ComposeResult

from milkpos_tui.domain.text import cell
from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import PLAIN, REVERSE, Painted


class Choice(NamedTuple):
    """One row: what it is, and a note at its right."""

    name: str
    note: str = ""


class Pick(TillScreen):
    """Gives back the index of the choice, or None. Esc goes back."""

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._shown = list(range(len(choices)))
        self._at = 0

    def compose(self) -> ComposeResult:
        """The list, and the line that narrows it."""
        yield Head()
        yield Painted(id="page")
        yield Notice()
        yield Field("> ", id="filter")
        yield Keys()

    def on_mount(self) -> None:
        """Show all of them."""
        keys = [("Enter", "choose"), ("Up/Down", "move"), ("Esc", "back"), ("letters", "narrow")]
        self.query_one(Keys).show(keys)
        self.set_focus(self.query_one("#filter", Field))
        self._show()

    def on_resize(self) -> None:
        """Rows are as wide as the screen."""
        self._show()

    def keys(self) -> Mapping[str, Handler]:
        """Along the list, and back."""
        return {
            "escape": partial(self.choose, None),
            "up": partial(self._move, -1),
            "down": partial(self._move, 1),
        }

    def changed(self, field: Field) -> None:
        """Narrow the list."""
        words = field.text.casefold().split()
        self._shown = [
            i
            for i, choice in enumerate(self._choices)
            if all(word in choice.name.casefold() for word in words)
        ]
        self._at = 0
        self._show()

    async def submitted(self, field: Field) -> None:
        """Choose."""
        if self._shown:
            self.choose(self._shown[self._at])

    def choose(self, index: int | None) -> None:
        """Back, with what was chosen."""
        self.dismiss(index)

    def _move(self, by: int) -> None:
        self._at = min(max(0, self._at + by), max(0, len(self._shown) - 1))
        self._show()

    def _show(self) -> None:
        width, page = self.app.size.width, self.query_one("#page", Painted)
        self.query_one(Head).show(self._title, f"{len(self._shown)} of {len(self._choices)}")
        room = max(1, page.size.height)
        top = max(0, self._at - room + 1)
        rows = []
        for place, i in enumerate(self._shown[top : top + room], top):
            choice = self._choices[i]
            name = cell(f"  {choice.name}", max(8, width - len(choice.note) - 3))
            rows.append(((f"{name} {choice.note} ", REVERSE if place == self._at else PLAIN),))
        page.set_rows(rows or [(("  nothing is called so", PLAIN),)])
