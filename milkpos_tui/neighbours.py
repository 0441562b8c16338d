"""The other terminals on the same home: the kernel says when somebody wrote, so that nobody has to
look five times a second."""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from milkpos_tui.home import Home

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle

BUFFER_BYTES = 4096
# The first soon, but once for a burst; five seconds in all, as long as a writer waits for a lock.
LOOKS_AFTER_S = (0.005, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56)


class Neighbours:
    """Readable (`fileno`) once the database's write-ahead log was written, by anybody, us too:
    `Till.others_wrote` tells whose it was."""

    def __init__(self, home: Home) -> None:
        """Raises OSError where the kernel can't watch; the till must be open already."""
        from inotify_simple import INotify, flags  # looks for libc: 10 ms that a start hasn't

        self._watch = INotify(nonblocking=True)
        try:
            self._watch.add_watch(home.database_log, flags.MODIFY)
        except OSError:
            self._watch.close()
            raise

    def fileno(self) -> int:
        """What to wait for."""
        return int(self._watch.fileno())

    def drain(self) -> None:
        """Forget what was told so far; what it says in detail is of no interest."""
        with suppress(BlockingIOError):
            while len(os.read(self.fileno(), BUFFER_BYTES)) > BUFFER_BYTES // 2:
                pass

    def close(self) -> None:
        """Watch no more."""
        self._watch.close()


class Looks:
    """When to look, after word came that somebody wrote.

    The log is written before the disk is waited for, and only then is the commit there to be seen,
    of which the kernel says nothing: so one look is not enough. They come ever later, until any
    disk has caught up, and then nobody looks until there is word again.
    """

    def __init__(
        self, neighbours: Neighbours, look: Callable[[], None], loop: "AbstractEventLoop"
    ) -> None:
        self._neighbours = neighbours
        self._look = look
        self._loop = loop
        self._next: TimerHandle | None = None
        self._done = 0
        loop.add_reader(neighbours, self._somebody_wrote)

    def stop(self) -> None:
        """Listen no more; the neighbours are whoever's they were."""
        self._loop.remove_reader(self._neighbours)
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _somebody_wrote(self) -> None:
        self._neighbours.drain()
        if self._next is not None:
            if not self._done:
                return  # the first look is on its way already, and others follow it
            self._next.cancel()
        self._done = 0
        self._plan()

    def _plan(self) -> None:
        self._next = self._loop.call_later(LOOKS_AFTER_S[self._done], self._take_one)

    def _take_one(self) -> None:
        self._done += 1
        self._next = None
        if self._done < len(LOOKS_AFTER_S):
            self._plan()
        self._look()
