"""A pole display without a pole, for demos and tests: it reads its command set strictly."""

import re
from collections import deque

from drivers.display.frames import COLUMNS, CommandSet

_TEXT = rb"([ -~]{%d})" % COLUMNS
_KNOWN = {
    CommandSet.CD5220: (rb"\x0c", rb"\x1bQA" + _TEXT + rb"\r", rb"\x1bQB" + _TEXT + rb"\r"),
    CommandSet.DM_D: (rb"\x0c", rb"\x1f\$\x01\x01" + _TEXT, rb"\x1f\$\x01\x02" + _TEXT),
    CommandSet.UTC: (rb"(?!)", rb"\x1buA" + _TEXT + rb"\r", rb"\x1buB" + _TEXT + rb"\r"),
    CommandSet.AEDEX: (rb"(?!)", rb"!#1" + _TEXT + rb"\r", rb"!#2" + _TEXT + rb"\r"),
    CommandSet.ADM787: (rb"\x0c", rb"\x0e" + _TEXT, rb"\x0f" + _TEXT),
}
STATES_KEPT = 1_000
_LONGEST_BYTES = 4 + COLUMNS + 1


class SimulatedDisplay:
    """Shows two lines; `history` has the last states it was in."""

    def __init__(self, commands: CommandSet) -> None:
        self.lines = ["", ""]
        self.history: deque[tuple[str, str]] = deque(maxlen=STATES_KEPT)
        self._clear, *self._lines = (re.compile(known) for known in _KNOWN[commands])
        self._rest = b""

    def begin_anew(self) -> None:
        """Switched off and on."""
        self.lines, self._rest = ["", ""], b""

    def take(self, data: bytes) -> bytes:
        """Bytes as they come, in any pieces; it answers nothing. ValueError for what is no command
        of its set."""
        self._rest += data
        while self._rest and self._obey():
            self.history.append((self.lines[0], self.lines[1]))
        if len(self._rest) >= _LONGEST_BYTES:
            raise ValueError(f"unknown: {self._rest[:40]!r}")
        return b""

    def _obey(self) -> bool:
        """One command, if a whole one is there."""
        cleared = self._clear.match(self._rest)
        if cleared:
            self.lines = ["", ""]
            self._rest = self._rest[cleared.end() :]
            return True
        for number, known in enumerate(self._lines):
            written = known.match(self._rest)
            if written:
                self.lines[number] = written[1].decode("ascii").rstrip()
                self._rest = self._rest[written.end() :]
                return True
        return False
