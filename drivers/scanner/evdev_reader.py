"""A barcode reader that types: a keyboard of its own, read by evdev and grabbed.

It is grabbed always, or its codes and their Enter reach the console as well, where they are keys.
"""

import errno
import fcntl
import select
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from time import CLOCK_MONOTONIC
from typing import NamedTuple, Protocol

from drivers.driver import Emit, Stop
from drivers.events import DeviceUp
from drivers.scanner.decoder import KeyDecoder, Rules
from drivers.scanner.discovery import Listed, Match, find, holders, list_inputs
from drivers.scanner.reader import Held, Role, monotonic_ms, serve

RECORD = struct.Struct("llHHi")  # struct input_event: seconds, microseconds, type, code, value
# A new node may be opened only half a second after it appears, when udev has given it its group.
OPEN_AGAIN_S = 0.1
OPEN_TRIES = 20

_SET_CLOCK = 0x400445A0  # EVIOCSCLOCKID, which evdev doesn't have


class KeyReader(NamedTuple):
    """The settings of a reader that types."""

    name: str
    match: Match
    role: Role = Role.SCANNER
    rules: Rules = Rules()


class Node(Protocol):
    """An open input device, as far as a reader needs it: evdev's, or a pipe of a test."""

    @property
    def fd(self) -> int:
        """Gives `RECORD`s, their times monotonic."""

    def grab(self) -> None:
        """Keep its keys from all others; OSError EBUSY: another has done so."""

    def ungrab(self) -> None:
        """Let others have its keys again."""

    def active_keys(self) -> list[int]:
        """The keys that are down."""

    def close(self) -> None:
        """Give the descriptor back."""


def open_node(path: str) -> Node:
    """Open an input device whose events carry monotonic times (by themselves they don't)."""
    from evdev import InputDevice

    node: Node = InputDevice(path, readonly=True)
    try:
        fcntl.ioctl(node.fd, _SET_CLOCK, struct.pack("i", CLOCK_MONOTONIC))
    except OSError:
        node.close()
        raise
    return node


class EvdevScanner:
    """The driver. Finds its reader anew each time, since a replugged one has another path."""

    def __init__(
        self,
        reader: KeyReader,
        *,
        listing: Callable[[], Iterable[Listed]] = list_inputs,
        opening: Callable[[str], Node] = open_node,
        now_ms: Callable[[], int] = monotonic_ms,
    ) -> None:
        self.reader = reader
        self._listing = listing
        self._opening = opening
        self._now_ms = now_ms

    @property
    def name(self) -> str:
        """The reader's name in the settings."""
        return self.reader.name

    def run(self, emit: Emit, stop: Stop) -> None:
        """Serve the reader. Raises OSError in words: not there, several alike, `Held`, gone."""
        listed = find(self._listing(), self.reader.match)
        node = self._open(listed.path, stop)
        if node is None:
            return
        try:
            _grab(node, listed.path)
            # Asked before it is told: the kernel throws away the keys that wait when it answers.
            half = bool(node.active_keys())
            emit(DeviceUp(self.name, f"{listed.name or 'barcode reader'} at {listed.place}"))
            decoder = KeyDecoder(self.name, self.reader.rules, emit)
            if half:
                decoder.lose(
                    "a key was down when the reader was opened: scan again", self._now_ms()
                )
            serve(node.fd, stop, decoder, Records(decoder).feed, self._now_ms)
        finally:
            with suppress(OSError):  # it is unplugged, or another's
                node.ungrab()
            node.close()

    def _open(self, path: str, stop: Stop) -> Node | None:
        """Open the node; None where `stop` was said before it could be."""
        for _ in range(OPEN_TRIES):
            try:
                return self._opening(path)
            except (PermissionError, FileNotFoundError) as error:
                refused = error.errno
            if select.select([stop], [], [], OPEN_AGAIN_S)[0]:
                return None
        raise OSError(refused, f"{path} can't be opened: is this user in the group milkpos?")


class Records:
    """Bytes of a node, fed to a decoder as whole records."""

    def __init__(self, decoder: KeyDecoder) -> None:
        self._decoder = decoder
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """Take bytes as they were read; what is left of a record waits for its rest."""
        data = self._rest + data
        whole = len(data) // RECORD.size * RECORD.size
        self._rest = data[whole:]
        for seconds, micros, kind, code, value in RECORD.iter_unpack(data[:whole]):
            self._decoder.feed(kind, code, value, seconds * 1000 + micros // 1000)


def _grab(node: Node, path: str) -> None:
    try:
        node.grab()
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise Held(path, holders(path)) from error
        raise
