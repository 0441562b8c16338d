"""The other terminals on the same home: the kernel says when somebody wrote, so that nobody has to
look five times a second."""

import os
from contextlib import suppress

from milkpos_tui.home import Home

BUFFER_BYTES = 4096


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
