"""A counter's printer as tests set it up: a simulated one, its row in the registry, its spooler."""

import threading
from contextlib import contextmanager

from drivers.printer.decoder import Bars, Line
from drivers.printer.simulated import PtyPlug, SimulatedPrinter, TcpPlug
from milkpos_tui.domain.devices import Device, Kind, Role
from milkpos_tui.hardware import spooler as spooling
from milkpos_tui.hardware.spooler import Spooler
from milkpos_tui.hardware.wiring import printer_of
from milkpos_tui.services.printing import Queued
from tests.support.days import sell
from tests.support.tills import OWNER

AMPLE_S = 30  # never waited for unless something is wrong
NOTHING = Queued(0, 0)
SHORT = {
    "PRINT_S": 0.5,
    "AGAIN_FIRST_S": 0.01,
    "AGAIN_MAX_S": 0.05,
    "LOCK_AGAIN_S": 0.02,
}
"""The times a spooler waits, as short as tests want them."""


class Woken:
    """What devices' threads call, and what a test waits by."""

    def __init__(self):
        self._changed = threading.Condition()
        self.times = 0

    def __call__(self):
        with self._changed:
            self.times += 1
            self._changed.notify_all()

    def until(self, happened):
        """Looks again whenever a thread has told something."""
        with self._changed:
            assert self._changed.wait_for(happened, AMPLE_S), "it did not happen"


class Jamming(SimulatedPrinter):
    """Takes no more in the middle of a slip, once `jams` is set: its line stalls."""

    def __init__(self):
        super().__init__()
        self.plug = None
        self.jams = False
        self.jammed = False

    def take(self, data):
        replies = super().take(data)
        if self.jams and len(data) > 3:  # a part of a slip, no question
            self.jams, self.jammed = False, True
            self.plug.stall()
        return replies

    def clear(self):
        """Switched off, half a slip torn off, and on again."""
        self.plug.unplug()
        self.plug.stall(False)
        self.plug.plug()


@contextmanager
def network_printer(printer=None):
    """A printer that jams, on a line of TCP; its address as the registry has it."""
    printer = printer or Jamming()
    with TcpPlug(printer) as plug:
        printer.plug = plug
        yield printer, plug


@contextmanager
def usb_printer(link, printer=None):
    """A printer on a pty."""
    printer = printer or Jamming()
    with PtyPlug(printer, link) as plug:
        printer.plug = plug
        yield printer, plug


def add_printer(till, plug, counter="1", **options):
    """The printer of a plug in the registry, as the counter's own."""
    usb = isinstance(plug, PtyPlug)
    kind, address = (Kind.USB, str(plug.link)) if usb else (Kind.TCP, f"127.0.0.1:{plug.port}")
    device = Device("printer", Role.PRINTER, counter, kind, address, options)
    return till.devices.add(device, OWNER)


class Stand:
    """A till whose counter 1 has a printer, and that printer's spooler."""

    def __init__(self, home, till, device, **more):
        self.home, self.till, self.device = home, till, device
        self.woken = Woken()
        self.spooler = self.another(**more)

    def another(self, **more):
        """One more spooler of the same printer."""
        printer = printer_of(self.device)
        return Spooler(self.home, "1", printer, wake=self.woken, **more)

    def start(self):
        self.spooler.start()
        return self

    def restart(self, **more):
        """The program ends and begins again."""
        assert self.spooler.stop()
        self.spooler = self.another(**more)
        return self.start()

    def set_up(self, **options):
        """The printer has these options from now on, and its spooler runs by them."""
        changed = self.device._replace(options=options)
        self.device = self.till.devices.change(changed, OWNER)
        return self.restart()

    @property
    def state(self):
        return self.spooler.state

    @property
    def queued(self):
        return self.till.printing.queued("1")

    def sell(self, *keys):
        """A bill, of which the spooler is told."""
        bill = sell(self.till, "1", OWNER, *(keys or ("12", "+")))
        self.spooler.look()
        return bill

    def await_queue(self, queued=NOTHING):
        self.woken.until(lambda: self.queued == queued)

    def await_words(self, words):
        self.woken.until(lambda: words in self.state.words)


@contextmanager
def standing(home, till, plug, *, logo="", **more):
    """A stand that is stopped at the end, with its printer in the registry."""
    options = {"logo": str(logo)} if logo else {}
    stand = Stand(home, till, add_printer(till, plug, **options), **more)
    try:
        yield stand
    finally:
        assert stand.spooler.stop(), "the spooler did not end"


def shorten(monkeypatch):
    for name, seconds in SHORT.items():
        monkeypatch.setattr(spooling, name, seconds)


def text_of(slip):
    """What is written on a slip, line by line."""
    return [step.text for step in slip if isinstance(step, Line)]


def numbers(printer):
    """The bill numbers in bars, slip by slip."""
    return [step.code for slip in printer.slips for step in slip if isinstance(step, Bars)]


def marked(printer):
    """The numbers of the slips that say DUPLICATE."""
    return [
        bars.code
        for slip in printer.slips
        for bars in slip
        if isinstance(bars, Bars) and any("DUPLICATE" in line for line in text_of(slip))
    ]
