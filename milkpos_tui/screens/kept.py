"""The codes that were scanned and not sold."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from milkpos_tui.domain.text import cell
from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen
from milkpos_tui.widgets.painted import PLAIN, REVERSE, Painted

if TYPE_CHECKING:
    from milkpos_tui.attendant import Kept

CODE_COLUMNS = 28


class KeptCodes(TillScreen):
    """Gives back the code that is to be tried again, or None. Works on the list itself."""

    def __init__(self, kept: "list[Kept]") -> None:
        super().__init__()
        self._kept = kept
        self._at = 0

    def compose(self) -> ComposeResult:
        """The list, the oldest first."""
        yield Head()
        yield Painted(id="page")
        yield Notice()
        yield Keys()

    def on_mount(self) -> None:
        """Show it."""
        self.query_one(Keys).show(
            [("Enter", "sell it now"), ("-", "not wanted"), ("Up/Down", "move"), ("Esc", "back")]
        )
        self._show()

    def on_resize(self) -> None:
        """Rows are as wide as the screen."""
        self._show()

    def keys(self) -> Mapping[str, Handler]:
        """Along the list; one of it again, or off it."""
        return {
            "escape": partial(self.dismiss, None),
            "up": partial(self._move, -1),
            "down": partial(self._move, 1),
            "enter": self._again,
            "minus": self._drop,
        }

    def devices_changed(self) -> None:
        """Another one may have come."""
        self._show()

    def _again(self) -> None:
        self.dismiss(self._kept.pop(self._at).arrived)

    def _drop(self) -> None:
        self._kept.pop(self._at)
        self._at = min(self._at, len(self._kept) - 1)
        if self._kept:
            self._show()
        else:
            self.dismiss(None)

    def _move(self, by: int) -> None:
        self._at = min(max(0, self._at + by), len(self._kept) - 1)
        self._show()

    def _show(self) -> None:
        width, page = self.app.size.width, self.query_one("#page", Painted)
        self.query_one(Head).show("Scanned and not sold", f"{len(self._kept)}")
        room = max(1, page.size.height)
        top = max(0, self._at - room + 1)
        page.set_rows(
            [
                (
                    (
                        cell(f"  {cell(kept.arrived.scan.code, CODE_COLUMNS)}  {kept.why}", width),
                        REVERSE if place == self._at else PLAIN,
                    ),
                )
                for place, kept in enumerate(self._kept[top : top + room], top)
            ]
        )
