"""Something long under way: how far it is, and a key that stops it."""

from collections.abc import Callable, Mapping

from textual.app import ComposeResult
from textual.message import Message

from milkpos_tui.clerk import Done
from milkpos_tui.domain.errors import MilkPOSError
from milkpos_tui.errand import Errand, Going
from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen
from milkpos_tui.till import Till
from milkpos_tui.widgets.painted import BOLD, PLAIN, Painted, Row

BAR_MIN, BESIDES = 10, 8  # columns: of the bar, and what stands beside it


class Underway(TillScreen):
    """Gives back words of what was done, also where it was stopped, or the error that ended it.
    Work goes on in a thread of its own, so whoever sells at another terminal never waits for it."""

    class Far(Message):
        """How far it is; the newest is enough."""

        def __init__(self, step: int, of: int) -> None:
            super().__init__()
            self.step = step
            self.of = of

        def can_replace(self, message: Message) -> bool:
            """One that was not seen yet, by a newer one."""
            return isinstance(message, Underway.Far)

    DEFAULT_CSS = "Underway #page { height: 1fr; }"

    def __init__(self, title: str, work: Callable[[Till, Going], str]) -> None:
        super().__init__()
        self._title = title
        self._work = work
        self._errand: Errand[str] | None = None
        self._far = (0, 0)
        self._stopping = False

    def compose(self) -> ComposeResult:
        """The bar between head and keys."""
        yield Head()
        yield Painted(id="page")
        yield Notice()
        yield Keys()

    def on_mount(self) -> None:
        """Begin."""
        self.query_one(Keys).show([("Esc", "stop; what is done stays done")])
        self._show()
        self._errand = Errand(self.till_app.clerk.home, self._work, self._told, self._ended)
        self._errand.start()

    def on_resize(self) -> None:
        """The bar is as wide as the screen."""
        self._show()

    def on_unmount(self) -> None:
        """Locked, or the till is closed: it goes on another time."""
        if self._errand is not None:
            self._errand.stop()
            self._errand.join()

    def keys(self) -> Mapping[str, Handler]:
        """Stop."""
        return {"escape": self.leave}

    def leave(self) -> None:
        """Stop after the step that is under way; then this place is left by itself."""
        if self._errand is not None:
            self._stopping = True
            self._errand.stop()
            self._show()

    # --- the errand's thread -----------------------------------------------------------------

    def _told(self, step: int, of: int) -> None:
        self.post_message(self.Far(step, of))

    def _ended(self, done: Done[str]) -> None:
        self.post_message(self.Worked(done, self._back))

    # --- showing -----------------------------------------------------------------------------

    def on_underway_far(self, far: "Far") -> None:
        """How far it is now."""
        far.stop()
        self._far = far.step, far.of
        self._show()

    def _back(self, done: Done[str]) -> None:
        if self.stands:
            result: str | MilkPOSError = done.refused or done.result
            self.dismiss(result)

    def _show(self) -> None:
        step, of = self._far
        told = f"{step} of {of}" if of else "looking ..."
        self.query_one(Head).show(self._title, told)
        width = max(BAR_MIN, self.app.size.width - BESIDES)
        full = width * step // of if of else 0
        rows: list[Row] = [
            (),
            ((f"  {told}", BOLD),),
            (),
            ((f"  [{'#' * full}{'.' * (width - full)}]", PLAIN),),
            (),
            (("  stopping ..." if self._stopping else "", PLAIN),),
        ]
        self.query_one("#page", Painted).set_rows(rows)
