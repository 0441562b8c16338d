"""A reader without a device, for the demo and for tests."""

import errno
import os
import select
import threading
from collections import deque

from drivers.driver import Emit, Stop
from drivers.events import DeviceUp, Scanned
from drivers.scanner.reader import Role, monotonic_ms


class SimulatedScanner:
    """The driver. `scan`, `unplug` and `plug` may be called from any thread, at any time."""

    def __init__(self, name: str, role: Role = Role.SCANNER) -> None:
        self._name = name
        self.role = role
        self._changed = threading.Lock()
        self._plugged = True
        self._to_send: deque[Scanned] = deque()
        self._waker: int | None = None  # an eventfd while it runs, so that waiting is not polling

    @property
    def name(self) -> str:
        """As it was called."""
        return self._name

    def scan(self, code: str, aim: str = "") -> None:
        """Send a code, at once or as soon as the driver runs. OSError where it is unplugged."""
        with self._changed:
            if not self._plugged:
                raise _unplugged()
            self._to_send.append(Scanned(self._name, code, aim, monotonic_ms()))
            self._wake()

    def unplug(self) -> None:
        """Pull it out; what it has sent is still read."""
        with self._changed:
            self._plugged = False
            self._wake()

    def plug(self) -> None:
        """Put it in again."""
        with self._changed:
            self._plugged = True

    def run(self, emit: Emit, stop: Stop) -> None:
        """Emit what is scanned; OSError where it is unplugged."""
        with self._changed:
            if not self._plugged:
                raise _unplugged()
            self._waker = waker = os.eventfd(1, os.EFD_CLOEXEC)  # 1: look what came before
        try:
            emit(DeviceUp(self._name, "simulated barcode reader"))
            while stop.fileno() not in select.select([waker, stop.fileno()], [], [])[0]:
                self._send(waker, emit)
        finally:
            with self._changed:
                self._waker = None
            os.close(waker)

    def _send(self, waker: int, emit: Emit) -> None:
        os.eventfd_read(waker)
        with self._changed:
            scans, plugged = list(self._to_send), self._plugged
            self._to_send.clear()
        for scan in scans:
            emit(scan)
        if not plugged:
            raise _unplugged()

    def _wake(self) -> None:
        if self._waker is not None:
            os.eventfd_write(self._waker, 1)


def _unplugged() -> OSError:
    return OSError(errno.ENODEV, "the simulated barcode reader is unplugged")
