"""What a driver is: something that runs in a thread, emits events, and stops when it is told to."""

import os
from collections.abc import Callable
from typing import Protocol

from drivers.events import Event

Emit = Callable[[Event], None]
"""Takes an event; never blocks, may be called from any thread."""


class Stop:
    """The word to stop. A driver that waits for a device waits for `fileno` as well (`select`),
    so it ends at once and never polls."""

    def __init__(self) -> None:
        self._descriptor = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._said = False

    def fileno(self) -> int:
        """Readable once `set` was called."""
        return self._descriptor

    @property
    def said(self) -> bool:
        """Whether `set` was called."""
        return self._said

    def set(self) -> None:
        """Say it."""
        self._said = True
        os.eventfd_write(self._descriptor, 1)

    def close(self) -> None:
        """Give the descriptor back, when nobody waits for it any more."""
        os.close(self._descriptor)


class Driver(Protocol):
    """One device."""

    @property
    def name(self) -> str:
        """The device's name in the registry; all its events carry it."""

    def run(self, emit: Emit, stop: Stop) -> None:
        """Serve the device until it is gone (OSError) or `stop` was said (return).

        Emits DeviceUp once it answers. The supervisor calls it again after an OSError.
        """
