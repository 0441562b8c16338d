import os
import select
import threading
from contextlib import contextmanager
from itertools import count

from drivers.display.frames import CommandSet, clear, frame
from drivers.display.pole import PoleDisplay
from drivers.display.simulated import SimulatedDisplay
from drivers.driver import Stop
from drivers.events import DeviceUp
from drivers.printer.faults import BrokenOff, NotThere, TimedOut
from drivers.printer.transport import SerialAddress
from tests.drivers.printer.lines import open_descriptors, terminal

AMPLE = 20
CD5220 = CommandSet.CD5220


class Running:
    """A display's driver in its thread: what it emitted, and how it ended."""

    def __init__(self, display):
        self.display = display
        self.stop = Stop()
        self.events = []
        self.error = None
        self.up = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        try:
            self.display.run(self._emit, self.stop)
        except OSError as error:
            self.error = error

    def _emit(self, event):
        self.events.append(event)
        self.up.set()

    def end(self):
        self.thread.join(AMPLE)
        assert not self.thread.is_alive()


@contextmanager
def pole(path, write_s=AMPLE):
    display = PoleDisplay("pole", SerialAddress(path, 115200), CD5220, write_s)
    try:
        yield display
    finally:
        display.close()


@contextmanager
def running(display):
    run = Running(display)
    try:
        yield run
    finally:
        run.stop.set()
        run.end()
        run.stop.close()


def until_it_shows(line, seen, upper, lower):
    while seen.lines != [upper, lower]:
        seen.take(os.read(line.master, 64))


def test_it_shows_what_it_is_told():
    seen = SimulatedDisplay(CD5220)
    with terminal() as line, pole(line.path) as display, running(display) as run:
        display.show("Milk", "28.00")
        until_it_shows(line, seen, "Milk", "28.00")
        display.show("Curd", "45.00")
        until_it_shows(line, seen, "Curd", "45.00")
        assert run.events == [DeviceUp("pole", f"pole display at {line.path}")]
    assert run.error is None
    assert display.name == "pole"


def test_it_begins_empty():
    with terminal() as line, pole(line.path) as display, running(display) as run:
        assert run.up.wait(AMPLE)
        assert line.read(1) == clear(CD5220)


def test_the_newest_text_wins():
    seen = SimulatedDisplay(CD5220)
    with terminal() as line, pole(line.path) as display:
        for number in range(100_000):  # nobody reads, or even runs: showing never waits
            display.show(f"Item {number}", "")
        with running(display):
            until_it_shows(line, seen, "Item 99999", "")
    assert list(seen.history) == [("", "")] + [("Item 99999", "")] * 2  # a state for each line


def test_a_slow_display_skips_what_is_old():
    size = len(frame(CD5220, "", ""))
    with terminal() as line, pole(line.path) as display, running(display) as run:
        assert run.up.wait(AMPLE)
        texts = [f"Item {number}" for number in range(2000)]  # more than the port's buffers hold
        for text in texts:
            display.show(text, "")
        assert 2000 * size > 20_000
        seen = SimulatedDisplay(CD5220)
        until_it_shows(line, seen, texts[-1], "")
    order = [texts.index(upper) for upper, _ in seen.history if upper]
    assert order == sorted(order)


def test_the_same_text_is_written_once():
    with terminal() as line, pole(line.path) as display, running(display) as run:
        assert run.up.wait(AMPLE)
        first, last = frame(CD5220, "Milk", ""), frame(CD5220, "Curd", "")
        display.show("Milk", "")
        assert line.read(1 + len(first)) == clear(CD5220) + first
        display.show("Milk", "")
        display.show("Curd", "")
        assert line.read(len(last)) == last


def show_until_it_ends(run):
    """Something new all the time: nobody reads, so the port is full at last."""
    for number in count():
        if not run.thread.is_alive():
            return
        run.display.show(f"Item {number}", "")


def test_a_display_that_hangs_is_down_in_words():
    with terminal() as line, pole(line.path, write_s=0.1) as display, running(display) as run:
        show_until_it_ends(run)
        run.end()
        assert isinstance(run.error, TimedOut)
        assert str(run.error).startswith(f"{line.path}: takes no data")


def test_pulled_out_while_nothing_is_shown():
    with terminal() as line, pole(line.path) as display, running(display) as run:
        assert run.up.wait(AMPLE)
        line.unplug()
        run.end()
        assert isinstance(run.error, BrokenOff)


def test_no_display():
    with pole("/dev/ttyUSB77") as display, running(display) as run:
        run.end()
        assert isinstance(run.error, NotThere)


def test_after_a_failure_it_shows_the_newest_again():
    with terminal() as line, pole(line.path) as display:
        with running(display) as run:
            display.show("Milk", "28.00")
            until_it_shows(line, SimulatedDisplay(CD5220), "Milk", "28.00")
        assert run.error is None
        with running(display):
            until_it_shows(line, SimulatedDisplay(CD5220), "Milk", "28.00")


def test_told_to_stop_it_ends_though_the_display_hangs():
    with terminal() as line, pole(line.path) as display, running(display) as run:
        for number in count():
            display.show(f"Item {number}", "")
            if full(line):
                break
        run.stop.set()
        run.end()
        assert run.error is None


def full(line):
    """Whether the port takes nothing more."""
    descriptor = os.open(line.path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        return not select.select([], [descriptor], [], 0)[1]
    finally:
        os.close(descriptor)


def test_runs_leave_no_descriptor_open():
    with terminal() as line, pole(line.path) as display:
        with running(display) as run:
            assert run.up.wait(AMPLE)
        before = open_descriptors()
        for _ in range(200):
            with running(display) as run:
                assert run.up.wait(AMPLE)
            line.read(1)
        assert open_descriptors() == before
