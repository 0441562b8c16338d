"""A pole display as a driver. It has a thread of its own: a till that has something to show says
so and goes on, and never learns how slow the display is."""

import os
import select
import threading
from contextlib import suppress
from typing import NamedTuple

from drivers.display.frames import CommandSet, clear, frame
from drivers.driver import Emit, Stop
from drivers.events import DeviceUp
from drivers.printer.faults import Aborted, BrokenOff
from drivers.printer.patience import Patience
from drivers.printer.transport import Connection, SerialAddress, connect, sending_s

WRITE_S = 2.0  # beyond the time that the bytes themselves take


class Shown(NamedTuple):
    """What stands on the display."""

    upper: str
    lower: str


class PoleDisplay:
    """The newest text wins: what a slow display did not get round to is never shown."""

    def __init__(
        self,
        name: str,
        address: SerialAddress,
        commands: CommandSet = CommandSet.CD5220,
        write_s: float = WRITE_S,
    ) -> None:
        self._name = name
        self._address = address
        self._commands = commands
        self._write_s = write_s
        self._newest: Shown | None = None
        self._lock = threading.Lock()
        self._word = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    @property
    def name(self) -> str:
        """The device's name in the registry."""
        return self._name

    def show(self, upper: str, lower: str) -> None:
        """Put this on the display when it can take it. From any thread; never waits."""
        with self._lock:
            self._newest = Shown(upper, lower)
        os.eventfd_write(self._word, 1)

    def run(self, emit: Emit, stop: Stop) -> None:
        """Show what is newest until `stop`; after a failure begin again with what is newest.

        A display answers nothing, so that it is up means: it took a frame. OSError (a
        `PrinterFault`, in words) if the port is gone or takes nothing within the time.
        """
        with suppress(Aborted), connect(self._address, self._patience(0, stop)) as line:
            self._write(line, clear(self._commands), stop)
            emit(DeviceUp(self._name, f"pole display at {self._address}"))
            shown: Shown | None = None
            while not stop.said:
                newest = self._take_newest()
                if newest is not None and newest != shown:
                    self._write(line, frame(self._commands, *newest), stop)
                    shown = newest
                else:
                    self._await_word(line, stop)

    def close(self) -> None:
        """Give back what waking the thread takes; after `run` has ended for good."""
        os.close(self._word)

    def _take_newest(self) -> Shown | None:
        with suppress(BlockingIOError):  # nobody said anything since
            os.eventfd_read(self._word)
        with self._lock:
            return self._newest

    def _await_word(self, line: Connection, stop: Stop) -> None:
        poll = select.poll()
        poll.register(stop, select.POLLIN)
        poll.register(self._word, select.POLLIN)
        poll.register(line, 0)  # wakes up when the port is unplugged
        if line.fileno() in {ready for ready, _ in poll.poll()}:
            raise BrokenOff(f"{self._address}: the pole display is gone")

    def _write(self, line: Connection, data: bytes, stop: Stop) -> None:
        line.under(self._patience(len(data), stop)).send(data)

    def _patience(self, size: int, stop: Stop) -> Patience:
        return Patience(self._write_s + sending_s(self._address, size), stop)
