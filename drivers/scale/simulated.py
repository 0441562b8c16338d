"""Scales without a device, for the demo and for tests: a driver, and a scale at the far end of a
pseudo-terminal that speaks a real protocol to a real driver."""

import contextlib
import errno
import os
import select
import termios
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

from drivers.driver import Emit, Stop
from drivers.events import DeviceUp, Reading, Stable, Weighed
from drivers.scale.conversation import HEARTBEAT_MS
from drivers.scale.speakers import SPEAKERS, OnPan

_Attributes = list[int | list[bytes | int]]  # of a terminal, as termios has them

STREAM_S = 0.1  # how often a scale sends that sends by itself


class SimulatedScale:
    """The driver. Its other methods may be called from any thread, at any time."""

    def __init__(self, name: str, grams: int = 0) -> None:
        self._name = name
        self._changed = threading.Lock()
        self._plugged = True
        self._reading: Reading = Stable(grams)
        self._waker: int | None = None  # an eventfd while it runs, so that waiting is not polling

    @property
    def name(self) -> str:
        """As it was called."""
        return self._name

    def put(self, grams: int) -> None:
        """Put so much on the pan, at rest."""
        self.show(Stable(grams))

    def show(self, reading: Reading) -> None:
        """Show anything a scale can."""
        with self._changed:
            self._reading = reading
            self._wake()

    def unplug(self) -> None:
        """Pull it out."""
        with self._changed:
            self._plugged = False
            self._wake()

    def plug(self) -> None:
        """Put it in again, with what lies on it."""
        with self._changed:
            self._plugged = True

    def run(self, emit: Emit, stop: Stop) -> None:
        """Emit what it shows, at once and every second. OSError where it is unplugged."""
        with self._waking() as waker:
            emit(DeviceUp(self._name, "simulated scale"))
            while True:
                emit(Weighed(self._name, self._shown()))
                ready = select.select([waker, stop.fileno()], [], [], HEARTBEAT_MS / 1000)[0]
                if stop.fileno() in ready:
                    return
                if ready:
                    os.eventfd_read(waker)

    @contextlib.contextmanager
    def _waking(self) -> Iterator[int]:
        self._shown()
        waker = os.eventfd(0, os.EFD_CLOEXEC)
        with self._changed:
            self._waker = waker
        try:
            yield waker
        finally:
            with self._changed:
                self._waker = None
            os.close(waker)

    def _shown(self) -> Reading:
        with self._changed:
            if not self._plugged:
                raise OSError(errno.ENODEV, "the simulated scale is unplugged")
            return self._reading

    def _wake(self) -> None:
        if self._waker is not None:
            os.eventfd_write(self._waker, 1)


class PtyScale:
    """A scale at the far end of a serial line: `path` is a link to its port, as udev would make it,
    and stays when it is pulled out and put in again. A context manager; plugged in from the start.

    `silent` and `bit_7` are what goes wrong on a line: nothing comes, or everything with a parity
    bit that the till did not expect.
    """

    def __init__(
        self, protocol: str, path: Path, pan: OnPan | None = None, *, bit_7: bool = False
    ) -> None:
        self.path = path
        self.pan = pan or OnPan()
        self.silent = False
        self.bit_7 = bit_7
        self._speaker = SPEAKERS[protocol]
        self._thread: threading.Thread | None = None
        self._stop: Stop | None = None

    def __enter__(self) -> "PtyScale":
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug(self) -> None:
        """Put it in: a new port, found under the old name."""
        if self._thread is not None:
            return
        master, slave = os.openpty()
        tty.setraw(slave)
        fresh = termios.tcgetattr(slave)
        new = self.path.with_name(self.path.name + ".new")
        new.symlink_to(os.ttyname(slave))
        os.close(slave)
        self._stop = Stop()
        self._thread = threading.Thread(
            target=self._speak, args=(master, fresh, self._stop), daemon=True
        )
        self._thread.start()
        new.replace(self.path)

    def unplug(self) -> None:
        """Pull it out: the port breaks under whoever reads it, and its name is gone."""
        if self._thread is None or self._stop is None:
            return
        self.path.unlink(missing_ok=True)
        self._stop.set()
        self._thread.join()
        self._stop.close()
        self._thread = None

    def _speak(self, master: int, fresh: _Attributes, stop: Stop) -> None:
        asked = b""
        try:
            while not stop.said:
                wait_s = STREAM_S if self._speaker.by_itself else None
                ready = select.select([master, stop.fileno()], [], [], wait_s)[0]
                if master in ready:
                    asked = (asked + self._read(master, fresh, stop))[-16:]
                answer = b"" if self.silent else self._speaker.speak(asked, self.pan)
                if answer or self.silent:
                    asked = b""
                self._write(master, answer)
        finally:
            os.close(master)

    def _read(self, master: int, fresh: _Attributes, stop: Stop) -> bytes:
        try:
            return os.read(master, 64)
        except OSError:  # nobody has the port open: a pty says so by an error
            # It can do no 7E1, and glibc says so to whoever asks for what was asked for before.
            termios.tcsetattr(master, termios.TCSANOW, fresh)
            select.select([stop.fileno()], [], [], STREAM_S / 10)
            return b""

    def _write(self, master: int, answer: bytes) -> None:
        if self.bit_7:
            answer = bytes(byte | (byte.bit_count() & 1) << 7 for byte in answer)
        if answer and select.select([], [master], [], 0)[1]:  # a full line loses what is sent
            os.write(master, answer)
