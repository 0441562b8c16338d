"""How long a piece of work may wait in all, and the word that ends it early."""

import math
import select
import time
from collections.abc import Callable
from enum import Enum

from drivers.driver import Stop

Clock = Callable[[], float]
"""Seconds, monotonic."""


class Waited(Enum):
    """How a wait ended."""

    READY = "ready"
    LATE = "late"  # the time for this wait, or for all of them, is over
    STOPPED = "stopped"


class Patience:
    """One deadline for everything that is done under it."""

    def __init__(
        self, seconds: float, stop: Stop | None = None, clock: Clock = time.monotonic
    ) -> None:
        self._clock = clock
        self._until = clock() + seconds
        self._stop = stop

    def within(self, seconds: float) -> "Patience":
        """The same, but for no longer than this: for a part of the work."""
        return Patience(min(seconds, self.left_s), self._stop, self._clock)

    @property
    def left_s(self) -> float:
        """Seconds, never below 0."""
        return max(0.0, self._until - self._clock())

    def wait(self, descriptor: int, events: int, at_most_s: float = math.inf) -> Waited:
        """Until the descriptor has one of poll's `events`, or an error, whatever they are."""
        if self._stop is not None and self._stop.said:
            return Waited.STOPPED
        poll = select.poll()  # select itself fails for descriptors from 1024 on
        poll.register(descriptor, events)
        if self._stop is not None:
            poll.register(self._stop, select.POLLIN)
        ready = {found for found, _ in poll.poll(math.ceil(min(self.left_s, at_most_s) * 1000))}
        if self._stop is not None and self._stop.said:
            return Waited.STOPPED
        return Waited.READY if descriptor in ready else Waited.LATE
