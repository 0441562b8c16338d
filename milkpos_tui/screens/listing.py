"""A long list of which only the rows in sight are fetched, and the line that searches it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Generic, TypeVar

from textual.app import ComposeResult

from milkpos_tui.clerk import Done
from milkpos_tui.screens.ask import Asking
from milkpos_tui.screens.base import Handler, Head, Keys, Notice
from milkpos_tui.till import Till
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import BOLD, QUIET, Painted, Row

R = TypeVar("R")

ROWS_BESIDES = 4  # head, notice, search and keys
FOUND_MAX = 64  # who is not among them needs another letter


class Listing(Asking, Generic[R]):
    """Typing searches, the arrows and page keys walk. What is keyed next is meant for what is typed
    by now: keys run ahead of a search, so each of them waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[R, ...] = ()
        self.found_for = ""
        self._top = 0  # of what was found: a search has more than fits
        self._at = 0
        self._searching = False

    # --- what a list is of -----------------------------------------------------------------

    def reading(
        self, at: R | None, count: int, *, up: int = 0, end: bool = False
    ) -> Callable[[Till], tuple[R, ...]]:
        """Work that reads `count` rows from `up` before one of them on; None is the first row,
        `end` the last ones."""
        raise NotImplementedError  # a subclass's; Textual's metaclass takes no ABC

    def seeking(self, words: str) -> Callable[[Till], tuple[R, ...]]:
        """Work that searches for words, the likeliest first, at most `FOUND_MAX`."""
        raise NotImplementedError  # a subclass's; Textual's metaclass takes no ABC

    def id_of(self, row: R) -> str:
        """What tells a row from others."""
        raise NotImplementedError  # a subclass's; Textual's metaclass takes no ABC

    def columns(self) -> str:
        """The head of the columns."""
        raise NotImplementedError  # a subclass's; Textual's metaclass takes no ABC

    def drawn(self, row: R, *, chosen: bool) -> Row:
        """A row as it is shown."""
        raise NotImplementedError  # a subclass's; Textual's metaclass takes no ABC

    def empty(self) -> str:
        """What to say where there are none."""
        raise NotImplementedError  # a subclass's; Textual's metaclass takes no ABC

    def headed(self, found: str) -> tuple[str, str]:
        """The head, left and right, with how many were found."""
        raise NotImplementedError  # a subclass's; Textual's metaclass takes no ABC

    # --- the screen ------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The list, and the line that searches."""
        yield Head()
        yield Painted(id="page")
        yield Notice()
        yield Field("> ", id="search")
        yield Keys()

    async def on_mount(self) -> None:
        """Look."""
        self.set_focus(self.field)
        await self.look()  # now: what is keyed next is meant for it

    async def on_resize(self) -> None:
        """More rows, or fewer."""
        self.show_rows()
        if self.rows:
            await self.look()

    def keys(self) -> Mapping[str, Handler]:
        """Along the list, and back."""
        return {
            "escape": self.leave,
            "up": partial(self._move, -1),
            "down": partial(self._move, 1),
            "pageup": partial(self._page, -1),
            "pagedown": partial(self._page, 1),
            "ctrl+home": partial(self._turn, end=False),
            "ctrl+end": partial(self._turn, end=True),
        }

    def changed(self, field: Field) -> None:
        """Search while it is typed; the newest words win."""
        if not self._searching and field.text.strip() != self.found_for:
            self._searching = True
            self.work(self._search_of(field.text), self._searched)

    async def look(self) -> None:
        """See how they stand now."""
        if self.found_for:
            await self.decide(self._search_of(self.found_for), self._refreshed)
        else:
            await self._fetch(self.rows[0] if self.rows else None)

    async def look_anew(self) -> None:
        """The same of something else: from the first row on."""
        self.rows, self._at, self._top = (), 0, 0
        await self.look()

    async def counters_changed(self) -> None:
        """Another terminal did something."""
        await self.look()

    async def leave(self) -> None:
        """Back: the search first."""
        if not self.field.text:
            self.dismiss(None)
            return
        self.field.text = ""
        await self.settle()

    # --- the list --------------------------------------------------------------------------

    @property
    def field(self) -> Field:
        """The line that searches."""
        return self.query_one("#search", Field)

    @property
    def _room(self) -> int:
        height = self.query_one("#page", Painted).size.height
        return max(1, (height or self.app.size.height - ROWS_BESIDES) - 1)

    async def chosen(self) -> R | None:
        """The row under the cursor, of what is typed by now."""
        await self.settle()
        return self.rows[self._at] if self.rows else None

    async def settle(self) -> None:
        """Have found what is typed by now."""
        if self.field.text.strip() != self.found_for:
            await self.decide(self._search_of(self.field.text), self._found)

    def _search_of(self, typed: str) -> Callable[[Till], tuple[str, tuple[R, ...]]]:
        words = typed.strip()
        read = self.seeking(words) if words else self.reading(None, self._room)
        return lambda till: (words, read(till))

    def _searched(self, done: Done[tuple[str, tuple[R, ...]]]) -> None:
        self._searching = False
        if not self.stands:
            return
        if done.refused is not None:
            self.refuse(done.refused.message)
            return
        self._found(done.result)
        self.changed(self.field)

    def _found(self, found: tuple[str, tuple[R, ...]]) -> None:
        words, rows = found
        if words != self.found_for:
            self._at = self._top = 0
        self.found_for = words
        self._take(rows)

    def _refreshed(self, found: tuple[str, tuple[R, ...]]) -> None:
        if found[0] == self.found_for:
            self._found(found)

    async def _fetch(self, at: R | None, *, up: int = 0, end: bool = False) -> None:
        await self.decide(self.reading(at, self._room, up=up, end=end), self._take)

    def _take(self, rows: tuple[R, ...]) -> None:
        self.rows = rows
        self._at = min(self._at, max(0, len(rows) - 1))
        self.show_rows()

    async def _move(self, by: int) -> None:
        """The cursor; at an edge of the list, the rows beyond it are fetched."""
        await self.settle()
        at = self._at + by
        if not self.rows:
            return
        if not self.found_for and not 0 <= at < len(self.rows):
            if by > 0 and len(self.rows) == self._room:
                await self._fetch(self.rows[min(by, self._room - 1)])
            elif by < 0:
                await self._fetch(self.rows[0], up=-by)
        self._at = min(max(0, at), len(self.rows) - 1)
        self.show_rows()

    async def _page(self, direction: int) -> None:
        """As many as are in sight, the cursor where it is."""
        await self.settle()
        step = max(1, self._room - 1)
        if self.found_for or not self.rows:
            await self._move(direction * step)
            return
        last, first = self.id_of(self.rows[-1]), self.id_of(self.rows[0])
        if direction > 0:
            await self._fetch(self.rows[min(step, len(self.rows) - 1)])
            if self.id_of(self.rows[-1]) == last:
                self._at = len(self.rows) - 1
        else:
            await self._fetch(self.rows[0], up=step)
            if self.id_of(self.rows[0]) == first:
                self._at = 0
        self.show_rows()

    async def _turn(self, *, end: bool) -> None:
        """The beginning or the end."""
        await self.settle()
        if not self.found_for:
            await self._fetch(None, end=end)
        self._at = max(0, len(self.rows) - 1) if end else 0
        self.show_rows()

    # --- showing ---------------------------------------------------------------------------

    def show_rows(self) -> None:
        """Paint what is in sight."""
        found = f"{len(self.rows)} found" if self.found_for else ""
        if self.found_for and len(self.rows) == FOUND_MAX:
            found = f"the likeliest {FOUND_MAX}"
        self.query_one(Head).show(*self.headed(found))
        page, room = self.query_one("#page", Painted), self._room
        self._top = min(max(self._top, self._at - room + 1), self._at)
        rows: list[Row] = [((self.columns(), BOLD),)]
        for place, one in enumerate(self.rows[self._top : self._top + room], self._top):
            rows.append(self.drawn(one, chosen=place == self._at))
        if not self.rows:
            rows.append(((f"  {'nobody is found so' if self.found_for else self.empty()}", QUIET),))
        page.set_rows(rows)
