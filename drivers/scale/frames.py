"""Frames out of a stream of bytes, however it is cut: half frames wait, garbage is passed over.

Nothing here waits or reads; what comes in is bytes, what goes out is what the frames say.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from drivers.scale.weight import WRONG_LINE, Heard

# One such byte may be noise from plugging in; a frame that was sent with a parity bit has several.
HIGH_BYTES_MIN = 3
_HIGH = re.compile(rb"[\x80-\xff]")


class Found(NamedTuple):
    """A frame between two places of a buffer; None where it is not to be believed."""

    start: int
    end: int
    heard: Heard | None


Find = Callable[[bytes, int], Found | None]
"""The next whole frame in a buffer, from a place on."""


class Grammar(NamedTuple):
    """How frames are found. No frame is longer than `bytes_max`.

    `delimited` frames have nothing but an end, so that one whose beginning was missed looks like a
    frame: `12.345` cut to `2.345`. They count only after another one's end.
    """

    find: Find
    bytes_max: int
    delimited: bool = False


def by_pattern(
    pattern: bytes, says: Callable[[re.Match[bytes]], Heard | None], bytes_max: int
) -> Grammar:
    """Frames that a pattern describes from their first byte to their last.

    The last bytes must stand nowhere else in a frame, or the frame be of one fixed length: else
    what is found would depend on how the stream was cut.
    """
    compiled = re.compile(pattern)

    def find(buffer: bytes, start: int) -> Found | None:
        match = compiled.search(buffer, start)
        return None if match is None else Found(match.start(), match.end(), says(match))

    return Grammar(find, bytes_max)


def by_end(end: bytes, says: Callable[[bytes], Heard | None], bytes_max: int) -> Grammar:
    """Frames that are whatever stands between two ends."""

    def find(buffer: bytes, start: int) -> Found | None:
        at = buffer.find(end, start)
        if at < 0:
            return None
        after = at + len(end)
        return Found(start, after, says(buffer[start:at]) if after - start <= bytes_max else None)

    return Grammar(find, bytes_max, delimited=True)


class Frames:
    """The stream of one scale."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._kept = b""
        self._whole = not grammar.delimited
        self._high_bytes = 0

    def feed(self, data: bytes) -> list[Heard]:
        """What the frames say that are whole by now. Never raises, whatever the bytes are."""
        buffer = self._kept + data
        said: list[Heard] = []
        at = 0
        while (found := self._grammar.find(buffer, at)) is not None:
            said += self._pass_over(buffer[at : found.start])
            if found.heard is None or not self._whole:
                said += self._pass_over(buffer[found.start : found.end])
            else:
                said.append(found.heard)
                self._high_bytes = 0
            self._whole = True
            at = found.end
        self._kept = buffer[at:]
        return said + self._keep_short()

    def cut(self, *, lost: bool) -> None:
        """Forget a half frame: what comes next does not continue it. `lost` where bytes of the
        stream were thrown away."""
        if self._kept or lost:
            self._high_bytes += _high_bytes(self._kept)
            self._kept = b""
            self._whole = not self._grammar.delimited

    def _keep_short(self) -> list[Heard]:
        """What is too far back to be the beginning of a frame goes. What stays of a delimited one
        is so long that it will not count."""
        too_long = len(self._kept) - self._grammar.bytes_max
        if too_long <= 0:
            return self._pass_over(b"")
        gone, self._kept = self._kept[:too_long], self._kept[too_long:]
        return self._pass_over(gone)

    def _pass_over(self, garbage: bytes) -> list[Heard]:
        self._high_bytes += _high_bytes(garbage)
        times, self._high_bytes = divmod(self._high_bytes, HIGH_BYTES_MIN)
        return [WRONG_LINE] * times


def _high_bytes(data: bytes) -> int:
    return len(_HIGH.findall(data))
