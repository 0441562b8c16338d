"""The other terminals on the same home: the kernel says when somebody wrote, so that nobody has to
look five times a second."""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from milkpos_tui.home import Home

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle

    from milkpos_tui.till import Till

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
        self.listen()

    def listen(self) -> None:
        """Hear of what is written from now on, and of what was not drained yet."""
        self._loop.add_reader(self._neighbours, self._somebody_wrote)

    def pause(self) -> None:
        """Hear of nothing for a while; looks that are due are taken."""
        self._loop.remove_reader(self._neighbours)

    def stop(self) -> None:
        """Listen no more; the neighbours are whoever's they were."""
        self.pause()
        if self._next is not None:
            self._next.cancel()
            self._next = None

    @property
    def due(self) -> bool:
        """Whether a look is still to come."""
        return self._next is not None

    def _somebody_wrote(self) -> None:
        self._neighbours.drain()
        self.plan()

    def plan(self) -> None:
        """Look soon, and again and again."""
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


class Hearing:
    """Word from other terminals for a till that writes itself: while its clerk is at work nobody is
    woken, or every key-in would wake the till once more to learn that it was itself.

    `told` is called in the loop when others wrote. `begin` is the loop's to call; `end` and
    `wrote` are the clerk's.
    """

    def __init__(
        self,
        neighbours: Neighbours,
        look: Callable[[], None],
        told: Callable[[], object],
        loop: "AbstractEventLoop",
    ) -> None:
        self._neighbours = neighbours
        self._looks = Looks(neighbours, look, loop)
        self._told = told
        self._loop = loop
        self._at_work = 0
        self._others = self._unseen = False

    def begin(self) -> None:
        """The clerk is asked for something."""
        self._at_work += 1
        if self._at_work == 1:
            self._looks.pause()

    def wrote(self, till: "Till") -> None:
        """The clerk has written, and what is drained says so. Of whoever wrote before it is there
        to be seen by now; who writes at this very moment may have been drained too, and is
        looked for again."""
        self._neighbours.drain()
        self._unseen = till.somebody_writes() or self._unseen
        self._others = till.others_wrote() or self._others

    def end(self) -> None:
        """The clerk has answered."""
        others, self._others = self._others, False
        unseen, self._unseen = self._unseen, False
        with suppress(RuntimeError):  # closed meanwhile
            self._loop.call_soon_threadsafe(self._ended, others, unseen)

    @property
    def quiet(self) -> bool:
        """Whether nothing is to be looked for, and the clerk rests."""
        return not self._at_work and not self._looks.due

    def stop(self) -> None:
        """Listen no more."""
        self._at_work = -1_000_000  # what the clerk still answers changes nothing
        self._looks.stop()
        self._neighbours.close()

    def _ended(self, others: bool, unseen: bool) -> None:
        self._at_work -= 1
        if self._at_work == 0:
            self._looks.listen()
        if unseen:
            self._looks.plan()
        if others:
            self._told()
