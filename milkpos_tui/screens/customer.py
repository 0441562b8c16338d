"""The screen that a customer reads: one counter, followed live."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from milkpos_tui.domain.errors import MilkPOSError
from milkpos_tui.hardware.moments import Following, Moment
from milkpos_tui.screens.base import RUPEE
from milkpos_tui.services.viewing import View
from milkpos_tui.till import Till, moment_in_india, telling_storage_errors
from milkpos_tui.widgets.facing import Page
from milkpos_tui.widgets.painted import Painted, Row

RETRY_S = 5


class Customer(Screen[object]):
    """Reads the books itself: it has no keys that could wait for it."""

    DEFAULT_CSS = "Customer #facing { height: 100%; }"

    def __init__(self, till: Till, counter: str) -> None:
        super().__init__()
        self._till = till
        self._counter = counter
        self._following = Following()
        self._view: View | None = None
        self._turn: Timer | None = None

    def compose(self) -> ComposeResult:
        """All of it is one picture, of which the cells that differ are drawn."""
        yield Painted(id="facing")

    def on_mount(self) -> None:
        """What there is to see already."""
        self.look()

    def on_resize(self) -> None:
        """A picture is as large as the screen."""
        self.show()

    def look(self) -> None:
        """Somebody wrote: see what, and show it. What can't be read is asked for again."""
        try:
            with telling_storage_errors():
                if not self._till.others_wrote() and self._view is not None:
                    return
                self._view = self._till.viewing.of(self._counter)
        except MilkPOSError:
            self._view = None
            self._wait(RETRY_S, self.look)
            self._facing.set_rows(self._page.waiting())
            return
        self._following.see(self._view, self._till.clock.mono())
        self.show()

    def show(self) -> None:
        """Show what was seen, and come back when that looks different by itself."""
        if self._view is None:
            return
        at, now = self._till.clock.mono(), self._till.clock.now()
        moment = self._following.moment(self._view, at)
        self._facing.set_rows(self._picture(moment, self._view, now))
        turn = self._following.changes_in(moment, at, now)
        if turn is None:
            self._wait_no_more()
        else:
            self._wait(turn / 1000, self.show)

    def _picture(self, moment: Moment, view: View, now: int) -> list[Row]:
        page = self._page
        if moment is Moment.CODE:
            return page.code(view)
        if moment is Moment.BILL:
            return page.bill(view)
        if moment is Moment.SETTLED and view.settled is not None:
            return page.settled(view, view.settled)
        return page.greeting(view, moment_in_india(now))

    @property
    def _facing(self) -> Painted:
        return self.query_one("#facing", Painted)

    @property
    def _page(self) -> Page:
        return Page(self.app.size.width, self.app.size.height, RUPEE)

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        self._wait_no_more()
        self._turn = self.set_timer(seconds, then)

    def _wait_no_more(self) -> None:
        if self._turn is not None:
            self._turn.stop()
            self._turn = None
