"""The other ends of a printer's lines, as bad as a test wants them."""

import gc
import os
import select
import socket
import struct
import threading
import tty
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.driver import Stop
from drivers.printer.patience import Patience
from drivers.printer.transport import SerialAddress, UsbAddress

MASTER_READ = 65536
SLIP = bytes(range(256)) * 40  # every byte there is; more than a pty holds
BUFFERED = bytes(8_000)  # our system's buffers hold it, a small network printer's do not
MUCH = bytes(4_000_000)  # more than any buffer holds
SOON = 0.2  # a deadline that is meant to pass
AMPLE = 20

kinds = pytest.mark.parametrize("kind", ["usb", "serial"])


class Terminal:
    """A pty: what a test does at the printer's end, and the path of ours."""

    def __init__(self):
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)

    def read(self, size):
        """Exactly so many bytes."""
        data = b""
        while len(data) < size:
            data += os.read(self.master, min(MASTER_READ, size - len(data)))
        return data

    def unplug(self):
        for descriptor in (self._slave, self.master):
            if descriptor >= 0:
                os.close(descriptor)
        self._slave = self.master = -1


@contextmanager
def terminal():
    line = Terminal()
    try:
        yield line
    finally:
        line.unplug()


@contextmanager
def listening(serve=None, *, buffer=4096):
    """A server at 127.0.0.1: its port. `serve(peer)` runs in a thread for the first connection;
    without it the connection is taken by the system alone, and nobody ever reads."""
    server = socket.create_server(("127.0.0.1", 0))
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    server.settimeout(20)

    errors = []

    def run():
        peer, _ = server.accept()
        try:
            with peer:
                serve(peer)
        except (OSError, AssertionError) as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    if serve is not None:
        thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        if serve is not None:
            thread.join(20)
            assert not thread.is_alive()
        server.close()
    assert not errors


def reset(peer):
    """Close so that the other side gets an error at once."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


@contextmanager
def stopper():
    stop = Stop()
    try:
        yield stop
    finally:
        stop.close()


def open_descriptors():
    """How many; what earlier tests left to the collector is collected first."""
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def patient(seconds=AMPLE, stop=None):
    return Patience(seconds, stop)


def device(kind, path):
    return UsbAddress(path) if kind == "usb" else SerialAddress(path, 115200)


def waiting(line):
    """How many bytes there are to be read at the printer's end."""
    size = 0
    while select.select([line.master], [], [], 0)[0]:
        size += len(os.read(line.master, 65536))
    return size
