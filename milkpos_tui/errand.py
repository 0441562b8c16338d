"""A long piece of work in a thread of its own, with a till of its own: the clerk has customers
waiting. To the terminals it is one more that writes the books."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from milkpos_tui.clerk import Done, refusal

if TYPE_CHECKING:
    from milkpos_tui.home import Home
    from milkpos_tui.till import Till

T = TypeVar("T")
Going = Callable[[int, int], bool]
"""Told how far the work is, of how much; whether it shall go on."""

JOIN_S = 5.0
BREATH_S = 0.002  # between two steps: who waits to write the books gets at them


class Errand(Generic[T]):
    """`work` calls its second argument after each step and ends early where that says no; what it
    did so far is in the books. `told` and `ended` are called in the errand's thread, so they may
    only post messages; `ended` is the last."""

    def __init__(
        self,
        home: "Home",
        work: Callable[["Till", Going], T],
        told: Callable[[int, int], object],
        ended: Callable[[Done[T]], object],
    ) -> None:
        self._home = home
        self._work = work
        self._told = told
        self._ended = ended
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="errand", daemon=True)

    def start(self) -> None:
        """Begin, once."""
        self._thread.start()

    def stop(self) -> None:
        """Have it end after the step that is under way."""
        self._stop.set()

    def join(self) -> None:
        """Wait until it has ended, a bounded time: else it dies with the program, and a step that
        is not in the books by then is not done."""
        self._thread.join(JOIN_S)

    def _run(self) -> None:
        self._ended(self._done())

    def _done(self) -> Done[T]:
        from milkpos_tui.till import open_till, telling_storage_errors

        try:
            with telling_storage_errors(), open_till(self._home) as till:
                return Done(self._work(till, self._going), None)
        except Exception as error:  # noqa: BLE001  # told, as the clerk tells one of its own
            return Done(None, refusal(error))

    def _going(self, step: int, of: int) -> bool:
        self._told(step, of)
        return not self._stop.wait(BREATH_S)
