"""What stands in for readers: what a keyboard sends for a text, pipes for nodes, and ears."""

import contextlib
import os
import struct
import threading
from pathlib import Path

from drivers.driver import Stop
from drivers.scanner.discovery import Listed
from drivers.scanner.evdev_reader import EvdevScanner

DEADLINE_S = 20

# Written down apart from drivers.scanner.keys, by the key caps: the two must agree.
ROWS = {
    2: ("1234567890-=", "!@#$%^&*()_+"),
    16: ("qwertyuiop[]", "QWERTYUIOP{}"),
    30: ("asdfghjkl;'`", 'ASDFGHJKL:"~'),
    43: ("\\zxcvbnm,./", "|ZXCVBNM<>?"),
    57: (" ", " "),
}
PLAIN = {c: first + i for first, (low, _) in ROWS.items() for i, c in enumerate(low)}
SHIFTED = {
    c: first + i for first, (_, high) in ROWS.items() for i, c in enumerate(high) if c != " "
}
PAD = {c: 71 + i for i, c in enumerate("789-456+1230.")}
ENTER, TAB, PAD_ENTER = 28, 15, 96
SHIFT, RIGHT_SHIFT, CTRL, ALT = 42, 54, 29, 56
SYN, KEY, MSC = 0, 1, 4
REPORT, DROPPED = (SYN, 0, 0), (SYN, 3, 0)


def press(code):
    """A key down and up, as two reports of a USB keyboard."""
    return [(MSC, 4, 0x70000 + code), (KEY, code, 1), REPORT, (KEY, code, 0), REPORT]


def with_held(held, *strokes):
    return [(KEY, held, 1), REPORT, *(e for s in strokes for e in s), (KEY, held, 0), REPORT]


def strokes(text, *, shift=SHIFT):
    """What a US keyboard sends for a text; GS by Ctrl+]."""
    events = []
    for sign in text:
        if sign == "\x1d":
            events += with_held(CTRL, press(PLAIN["]"]))
        elif sign == "\n":
            events += press(ENTER)
        elif sign == "\t":
            events += press(TAB)
        elif sign in PLAIN:
            events += press(PLAIN[sign])
        else:
            events += with_held(shift, press(SHIFTED[sign]))
    return events


def timed(events, start_ms=1_000, step_ms=1):
    return [(*event, start_ms + step_ms * i) for i, event in enumerate(events)]


def pack(events):
    """Events with their times as the kernel's records."""
    return b"".join(
        struct.pack("llHHi", ms // 1000, ms % 1000 * 1000, kind, code, value)
        for kind, code, value, ms in events
    )


def open_descriptors():
    """How many this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


class Ears:
    """Hears what drivers emit; waits for it, with a deadline."""

    def __init__(self):
        self.events = []
        self._came = threading.Condition()

    def emit(self, event):
        with self._came:
            self.events.append(event)
            self._came.notify_all()

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    def wait_for(self, kind, count=1):
        """The events of a kind, once there are so many."""
        with self._came:
            came = self._came.wait_for(lambda: len(self.of(kind)) >= count, DEADLINE_S)
            assert came, f"no {count} {kind.__name__} in {self.events}"
            return self.of(kind)


class Running:
    """A driver in a thread; `ended` gives what ended it."""

    def __init__(self, driver):
        self.ears = Ears()
        self.stop = Stop()
        self._error = None
        self._thread = threading.Thread(target=self._run, args=(driver,), daemon=True)
        self._thread.start()

    def _run(self, driver):
        try:
            driver.run(self.ears.emit, self.stop)
        except OSError as error:
            self._error = error

    def ended(self):
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive()
        return self._error


@contextlib.contextmanager
def running(driver):
    run = Running(driver)
    try:
        yield run
    finally:
        run.stop.set()
        run.ended()
        run.stop.close()


class PipeNode:
    """A pipe where EvdevScanner has an open input device. One that `forgets` does as the kernel
    does when it is asked which keys are down: what waits to be read is gone."""

    def __init__(self, fd, *, grab_error=None, active=(), forgets=False):
        self.fd = fd
        self.grabbed = False
        self.closed = False
        self._grab_error = grab_error
        self._active = list(active)
        self._forgets = forgets

    def grab(self):
        if self._grab_error is not None:
            raise self._grab_error
        self.grabbed = True

    def ungrab(self):
        if not self.grabbed:
            raise OSError(22, "Invalid argument")
        self.grabbed = False

    def active_keys(self):
        if self._forgets:
            with contextlib.suppress(BlockingIOError):
                os.read(self.fd, 65536)
        return self._active

    def close(self):
        self.closed = True
        os.close(self.fd)


class Bench:
    """Sockets that readers are plugged into: the kernel's list, and nodes to open."""

    def __init__(self):
        self.listed = {}
        self.nodes = {}
        self._writers = {}
        self._readers = {}
        self._number = 0

    def listing(self):
        return list(self.listed.values())

    def plug(self, *, serial="", port="usb-1", name="Test Reader", **node):
        """Plug one in; gives its path, another each time."""
        self._number += 1
        path = f"/dev/input/event{self._number}"
        reading, writing = os.pipe2(os.O_NONBLOCK)
        self._readers[path], self._writers[path] = (reading, node), writing
        self.listed[path] = Listed(
            path, name, 0x05E0, 0x1200, serial, f"{port}/input0", types_codes=True
        )
        return path

    def open(self, path):
        if path not in self._readers:
            raise FileNotFoundError(2, "No such file or directory")
        fd, node = self._readers.pop(path)
        self.nodes[path] = PipeNode(fd, **node)
        return self.nodes[path]

    def send(self, path, events):
        data = pack(events)
        os.set_blocking(self._writers[path], True)
        while data:
            data = data[os.write(self._writers[path], data) :]

    def unplug(self, path):
        del self.listed[path]
        os.close(self._writers.pop(path))

    def close(self):
        for path in list(self._writers):
            self.unplug(path)
        for fd, _ in self._readers.values():
            os.close(fd)

    def scanner(self, reader, now_ms=lambda: 0):
        """Its driver. The clock stands before all events: a gap is seen from their times alone."""
        return EvdevScanner(reader, listing=self.listing, opening=self.open, now_ms=now_ms)
