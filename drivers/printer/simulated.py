"""A printer without paper, for demos and tests: it takes bytes directly, over a pty or over TCP,
keeps the slips as its strict decoder read them, and can be as bad as a real one."""

import os
import select
import socket
import threading
import tty
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol, Self

from drivers.printer.decoder import Decoder, Kicked, Reset, StatusAsked, Step, UnknownBytes
from drivers.printer.status import Paper

STEPS_KEPT = 20_000  # a demo may run for days

_READ_BYTES = 4096


class SimulatedPrinter:
    """Its state is set by plain assignment, at any time."""

    def __init__(self) -> None:
        self.paper = Paper.OK
        self.cover_open = False
        self.offline = False
        self.drawer_high = False
        self.silent = False  # prints, and answers nothing
        self.steps: deque[Step] = deque(maxlen=STEPS_KEPT)
        self.received = 0
        self.not_understood = ""
        self._decoder = Decoder()
        self._changed = threading.Condition()

    def take(self, data: bytes) -> bytes:
        """Print, and give the replies. What is not understood is kept in words, and ends it all."""
        replies = b""
        with self._changed:
            self.received += len(data)
            if not self.not_understood:
                try:
                    steps = self._decoder.feed(data)
                except UnknownBytes as error:
                    self.not_understood, steps = str(error), []
                for step in steps:
                    if isinstance(step, StatusAsked):
                        replies += self._answer(step.number)
                    else:
                        self.steps.append(step)
            self._changed.notify_all()
        return replies

    @property
    def slips(self) -> list[list[Step]]:
        """What was printed, slip by slip; each begins with a reset, which is left out."""
        slips: list[list[Step]] = []
        for step in list(self.steps):  # the printer goes on meanwhile
            if isinstance(step, Reset):
                slips.append([])
            elif slips and not isinstance(step, Kicked):
                slips[-1].append(step)
        return slips

    @property
    def kicks(self) -> int:
        """How often the drawer was opened."""
        return sum(isinstance(step, Kicked) for step in self.steps)

    def wait_for(self, happened: Callable[[], bool], within_s: float = 10.0) -> bool:
        """Until something has happened to it; False if it did not in time."""
        with self._changed:
            return self._changed.wait_for(happened, within_s)

    def begin_anew(self) -> None:
        """Switched off and on: half a slip is forgotten."""
        with self._changed:
            self._decoder = Decoder()

    def _answer(self, number: int) -> bytes:
        if self.silent:
            return b""
        out = self.paper is Paper.OUT
        stands = self.offline or self.cover_open or out
        near_end = self.paper is not Paper.OK
        flags = {
            1: (0x04 if self.drawer_high else 0) | (0x08 if stands else 0),
            2: (0x04 if self.cover_open else 0) | (0x20 if out else 0),
            3: 0,
            4: (0x0C if near_end else 0) | (0x60 if out else 0),
        }
        return bytes([0x12 | flags[number]])


class FarEnd(Protocol):
    """What stands at the far end of a line: a printer, or a pole display."""

    def take(self, data: bytes) -> bytes:
        """Take bytes as they come, and give what is answered."""

    def begin_anew(self) -> None:
        """Switched off and on."""


class Plug:
    """Serves a device on a line from a thread of its own. As a context it is plugged in."""

    def __init__(self, printer: FarEnd) -> None:
        self.printer = printer
        self._stalled = False
        self._ending = False
        self._word = -1
        self._thread: threading.Thread | None = None

    def plug(self) -> None:
        """Connect it."""
        assert self._thread is None, "plugged in already"
        self._word = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._ending = False
        self.printer.begin_anew()
        self._open()
        self._thread = threading.Thread(target=self._serve, name="simulated printer", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Pull the cable, in the middle of whatever is going on."""
        if self._thread is None:
            return
        self._ending = True
        os.eventfd_write(self._word, 1)
        self._thread.join()
        self._thread = None
        os.close(self._word)

    def stall(self, stalled: bool = True) -> None:
        """Take connections, and read nothing any more."""
        self._stalled = stalled
        if self._thread is not None:
            os.eventfd_write(self._word, 1)

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def _serve(self) -> None:
        try:
            while not self._ending:
                waited_for = [self._word] if self._stalled else [self._word, *self._lines()]
                for line in select.select(waited_for, [], [])[0]:
                    if line == self._word:
                        os.eventfd_read(self._word)
                    elif not self._ending and not self._stalled:
                        self._on_ready(line)
        finally:
            self._close()

    def _open(self) -> None:
        raise NotImplementedError  # each kind of line its own way

    def _close(self) -> None:
        raise NotImplementedError  # each kind of line its own way

    def _lines(self) -> list[int]:
        """The descriptors to wait for."""
        raise NotImplementedError  # each kind of line its own way

    def _on_ready(self, line: int) -> None:
        raise NotImplementedError  # each kind of line its own way


class PtyPlug(Plug):
    """A line like a serial or a USB printer's. `link` points to it while it is plugged in."""

    def __init__(self, printer: FarEnd, link: Path) -> None:
        super().__init__(printer)
        self.link = link
        self._master = -1
        self._slave = -1

    def _open(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.link.symlink_to(os.ttyname(self._slave))

    def _close(self) -> None:
        self.link.unlink(missing_ok=True)
        os.close(self._slave)  # kept open till now: without any slave, reading fails
        os.close(self._master)

    def _lines(self) -> list[int]:
        return [self._master]

    def _on_ready(self, line: int) -> None:
        os.write(self._master, self.printer.take(os.read(self._master, _READ_BYTES)))


class TcpPlug(Plug):
    """A network printer on this machine; it comes back at the port it had. One connection is
    served at a time, as printers do it."""

    def __init__(self, printer: FarEnd) -> None:
        super().__init__(printer)
        self.port = 0
        self._listener: socket.socket | None = None
        self._peer: socket.socket | None = None

    def _open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _READ_BYTES)
        self.port = self._listener.getsockname()[1]

    def _close(self) -> None:
        for line in (self._peer, self._listener):
            if line is not None:
                line.close()
        self._peer = self._listener = None

    def _lines(self) -> list[int]:
        line = self._peer or self._listener
        return [line.fileno()] if line else []

    def _on_ready(self, line: int) -> None:
        if self._peer is None:
            assert self._listener is not None
            self._peer, _ = self._listener.accept()
            return
        data = b""
        with suppress(ConnectionError):
            data = self._peer.recv(_READ_BYTES)
            self._peer.sendall(self.printer.take(data))
        if not data:
            self._peer.close()
            self._peer = None
