"""A counter's devices, unplugged and replugged a thousand times under their supervisor: no thread
and no descriptor more than at the beginning. Nothing is waited for but the devices themselves."""

import threading
from collections import Counter

from drivers.events import DeviceDown, DeviceUp, ScanLost, Scanned, Weighed
from drivers.printer.build import build
from drivers.printer.document import Cut, Text
from drivers.printer.faults import BrokenOff
from drivers.printer.job import print_bytes
from drivers.printer.patience import Patience, Waited
from drivers.printer.profile import PAPER_80
from drivers.printer.simulated import PtyPlug, SimulatedPrinter
from drivers.printer.status import request
from drivers.printer.transport import UsbAddress, connect
from drivers.scale.protocols import PROTOCOLS
from drivers.scale.reader import SerialScale
from drivers.scale.simulated import PtyScale
from drivers.scanner.discovery import Match
from drivers.scanner.evdev_reader import KeyReader
from drivers.supervisor import Supervisor
from tests.drivers.scanner.stands import DEADLINE_S, Bench, open_descriptors, strokes, timed

CYCLES = 1_000
TOLEDO = "toledo-8217"
SLIP = build([Text("Milk 28.00"), Cut()], PAPER_80)
PRINTED_BYTES = len(SLIP) + sum(len(request(number)) for number in (1, 2, 3, 4))
DEVICES = ("scanner", "scale", "printer")


class Printing:
    """A driver that prints a slip when its printer comes, and watches the line until it breaks."""

    def __init__(self, name, address):
        self.name = name
        self._address = address

    def run(self, emit, stop):
        print_bytes(self._address, PAPER_80, SLIP, Patience(DEADLINE_S, stop))
        emit(DeviceUp(self.name))
        patience = Patience(DEADLINE_S, stop)
        with connect(self._address, patience) as line:
            if patience.wait(line.fileno(), 0) is Waited.READY:
                raise BrokenOff("the printer was unplugged")


class Tally:
    """How often each device told what: waited for with a deadline."""

    def __init__(self):
        self.counts = Counter()
        self._came = threading.Condition()

    def add(self, events):
        with self._came:
            self.counts.update((type(event), event.device) for event in events)
            self._came.notify_all()

    def wait_for(self, kind, count, devices=DEVICES):
        with self._came:
            wanted = [(kind, device) for device in devices]
            assert self._came.wait_for(
                lambda: all(self.counts[each] >= count for each in wanted), DEADLINE_S
            ), f"no {count} {kind.__name__} of each in {self.counts}"


class Desk:
    """The three devices, and their drivers, which try again when they are told to."""

    def __init__(self, folder):
        self.tally = Tally()
        self.bench = Bench()
        self.printer = SimulatedPrinter()
        self.scale = PtyScale(TOLEDO, folder / "scale")
        self._printer_line = PtyPlug(self.printer, folder / "printer")
        self._plugged = {device: threading.Semaphore(0) for device in DEVICES}
        self._path = ""
        drivers = [
            self.bench.scanner(KeyReader("scanner", Match(serial="S1"))),
            SerialScale("scale", str(self.scale.path), PROTOCOLS[TOLEDO]),
            Printing("printer", UsbAddress(str(folder / "printer"))),
        ]
        self.supervisor = Supervisor(drivers, wake=self._take, wait=self._until_plugged)

    def plug(self):
        self._path = self.bench.plug(serial="S1")
        self.scale.plug()
        self._printer_line.plug()
        for plugged in self._plugged.values():
            plugged.release()

    def scan(self, text):
        self.bench.send(self._path, timed(strokes(text)))

    def unplug(self):
        self.bench.unplug(self._path)
        self.scale.unplug()
        self._printer_line.unplug()

    def stop(self):
        for plugged in self._plugged.values():
            plugged.release()
        assert self.supervisor.stop() == []

    def _until_plugged(self, stop, seconds):
        self._plugged[threading.current_thread().name].acquire(timeout=DEADLINE_S)

    def _take(self):
        while events := self.supervisor.take():
            self.tally.add(events)


def test_a_thousand_times_unplugged_and_replugged(tmp_path):
    desk, held = Desk(tmp_path), set()
    desk.supervisor.start()
    desk.tally.wait_for(DeviceDown, 1)
    for number in range(1, CYCLES + 1):
        desk.plug()
        desk.tally.wait_for(DeviceUp, number)
        desk.scan(f"{number}\n8909")  # and half a code
        desk.tally.wait_for(Weighed, number, ["scale"])
        assert desk.printer.wait_for(
            lambda: desk.printer.received >= desk.tally.counts[DeviceUp, "printer"] * PRINTED_BYTES
        )
        desk.unplug()
        desk.tally.wait_for(DeviceDown, number + 1)
        held.add((threading.active_count(), open_descriptors()))
    desk.stop()
    assert len(held) == 1, held
    told = desk.tally.counts
    assert (told[Scanned, "scanner"], told[ScanLost, "scanner"]) == (CYCLES, CYCLES)
    assert len(desk.printer.slips) == CYCLES
    assert [state.errors for state in desk.supervisor.states()] == [CYCLES + 1] * len(DEVICES)
