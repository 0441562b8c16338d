"""Figures of the drivers on a real kernel: `make measure-hardware` prints them as a table.

They are those of an emulated machine: what matters is what they are made of, and that nothing takes
seconds. Times are from the far end's last act to the event that the till would take.
"""

import select
import statistics
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from drivers.events import DeviceDown, DeviceUp, ScanLost, Scanned, Stable, Weighed
from drivers.printer.faults import Offline
from drivers.printer.job import ask_status, print_bytes
from drivers.printer.patience import Patience
from drivers.printer.profile import PAPER_80
from drivers.printer.simulated import SimulatedPrinter
from drivers.printer.status import Paper
from drivers.printer.transport import send
from drivers.scale.speakers import OnPan
from drivers.supervisor import Supervisor
from tests.drivers.scanner.stands import open_descriptors
from tests.hardware import guest
from tests.hardware.gadgets import Keyboard, PrinterPort, SerialPort, plugged, wait_for
from tests.hardware.printing import Printer
from tests.hardware.test_printer import ADDRESS, AMPLE_S, SLIP
from tests.hardware.test_scale import BY_ID, Scale, driver
from tests.hardware.test_scanner import scanner

CODE = "8909950000172"
SCANS, CYCLES = 50, 20
TRY_AGAIN_S = 0.02  # without the supervisor's back-off, which is longer than all that is measured


class Figure(NamedTuple):
    what: str
    middle: str
    worst: str = ""


class Heard(NamedTuple):
    at_s: float
    event: object


class Listener:
    """Drivers under their supervisor; each event with the moment at which it could be taken."""

    def __init__(self, *drivers):
        self.heard = []
        self._came = threading.Condition()
        self._supervisor = Supervisor(drivers, wake=self._take, wait=self._wait)

    def __enter__(self):
        self._supervisor.start()
        return self

    def __exit__(self, *_):
        assert self._supervisor.stop() == []

    def next(self, wanted):
        """The moment of the next event that is wanted, of those not asked for yet."""
        with self._came:
            assert self._came.wait_for(lambda: any(wanted(each.event) for each in self.heard), 60)
            at = next(at for at, each in enumerate(self.heard) if wanted(each.event))
            found = self.heard[at]
            del self.heard[: at + 1]
            return found.at_s

    def forget(self):
        with self._came:
            self.heard.clear()

    def _wait(self, stop, seconds):
        select.select([stop], [], [], TRY_AGAIN_S)

    def _take(self):
        while events := self._supervisor.take():
            now = time.monotonic()
            with self._came:
                self.heard += [Heard(now, event) for event in events]
                self._came.notify_all()


def of(kind):
    return lambda event: isinstance(event, kind)


def milliseconds(what, seconds):
    middle, worst = statistics.median(seconds) * 1000, max(seconds) * 1000
    return Figure(what, f"{middle:.1f} ms", f"{worst:.1f} ms")


def scans():
    with plugged(Keyboard()) as reader, Listener(scanner()) as till:
        till.next(of(DeviceUp))
        taken = []
        for _ in range(SCANS):
            reader.type(CODE)
            began = time.monotonic()
            reader.type("\n", every_s=0)
            taken.append(till.next(of(Scanned)) - began)
        yield milliseconds("the report of Enter to Scanned", taken)
        yield from back_to_back(reader, till)
        yield milliseconds(
            "a scanner plugged in to DeviceUp, tried every 20 ms", list(replugs(reader, till))
        )


def back_to_back(reader, till):
    """Codes of 19 characters, as fast as the kernel takes reports: faster than any reader."""
    began = time.monotonic()
    for number in range(SCANS):
        reader.type(f"89099500{number:011}\n", every_s=0)
    each = (time.monotonic() - began) / SCANS
    time.sleep(3)
    whole = sum(isinstance(heard.event, Scanned) for heard in till.heard)
    lost = sum(isinstance(heard.event, ScanLost) for heard in till.heard)
    till.forget()
    what = f"19 characters and Enter, {SCANS} without a pause"
    yield Figure(what, f"{each * 1000:.0f} ms a code", f"{whole} whole, {lost} told as lost")


def replugs(gadget, till):
    for _ in range(CYCLES):
        gadget.unplug()
        till.next(of(DeviceDown))
        began = time.monotonic()
        gadget.plug()
        yield till.next(of(DeviceUp)) - began


def weights():
    with plugged(SerialPort()) as port:
        wait_for(BY_ID.exists, BY_ID)
        with Scale(port) as scale, Listener(driver()) as till:
            till.next(of(DeviceUp))
            taken = []
            for grams in range(100, 100 + SCANS):
                scale.pan = OnPan(grams)
                wanted = Weighed("scale", Stable(grams))
                began = time.monotonic()
                taken.append(till.next(lambda event, wanted=wanted: event == wanted) - began)
    yield milliseconds("laid on the scale to Weighed (asked every 250 ms)", taken)


def slips():
    simulated = SimulatedPrinter()
    with plugged(PrinterPort()) as port, Printer(port, simulated) as printer:
        wait_for(Path(ADDRESS.path).exists, ADDRESS.path)
        much = SLIP * 40
        began = time.monotonic()
        send(ADDRESS, much, Patience(AMPLE_S))
        rate = len(much) / (time.monotonic() - began)
        wait_for(lambda: len(printer.got) == len(much), "all of it")
        yield Figure(f"{len(much) // 1000} kB to the printer", f"{rate / 1000:.0f} kB/s")
        taken, told = [], []
        for _ in range(20):
            began = time.monotonic()
            ask_status(ADDRESS, Patience(AMPLE_S))
            taken.append(time.monotonic() - began)
        yield milliseconds("the printer asked how it is (four questions)", taken)
        for _ in range(20):
            simulated.paper = Paper.OUT
            began = time.monotonic()
            try:
                print_bytes(ADDRESS, PAPER_80, SLIP, Patience(AMPLE_S))
            except Offline:
                told.append(time.monotonic() - began)
            simulated.paper = Paper.OK
        yield milliseconds("a slip to a printer without paper, told", told)


def cycles():
    """Threads and descriptors, each time when the device is out."""
    with ExitStack() as stack:
        reader = stack.enter_context(plugged(Keyboard()))
        till = stack.enter_context(Listener(scanner()))
        till.next(of(DeviceUp))
        held = set()
        for _ in range(CYCLES):
            reader.unplug()
            till.next(of(DeviceDown))
            held.add((threading.active_count(), open_descriptors()))
            reader.plug()
            till.next(of(DeviceUp))
    middle = ", ".join(f"{threads} and {files}" for threads, files in sorted(held))
    yield Figure(f"threads and descriptors over {CYCLES} replugs of the scanner", middle)


def main():
    guest.set_up()
    print("| on a real kernel | middle | worst |\n|---|---|---|", flush=True)
    for measured in (scans, weights, slips, cycles):
        for figure in measured():
            print(f"| {figure.what} | {figure.middle} | {figure.worst} |", flush=True)


if __name__ == "__main__":
    main()
