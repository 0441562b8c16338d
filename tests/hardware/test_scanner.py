"""The scanner's driver, its reader a USB keyboard of the kernel's: grab, hotplug, faults."""

import errno
import subprocess
import sys
import threading
from contextlib import closing

import pytest
from evdev import InputDevice

from drivers.events import DeviceDown, DeviceUp, ScanLost, Scanned
from drivers.scanner.decoder import Rules
from drivers.scanner.discovery import Match, list_inputs
from drivers.scanner.evdev_reader import EvdevScanner, KeyReader
from drivers.scanner.reader import Held
from drivers.supervisor import Supervisor
from tests.drivers.scanner.stands import Ears, running
from tests.hardware.gadgets import SCANNER, Identity, Keyboard, plugged, wait_for
from tests.hardware.guest import Console

MILK, CURD = "8909950000172", "8901234567894"
GS = "\x1d"
COUNTER = KeyReader("counter", Match(serial=SCANNER.serial))
UNHURRIED = Rules(idle_ms=2_000)  # an emulated reader may be held up in the middle of a code
BATCH = f"]C10108901234567894310300125017251231{GS}10LOT-7/a{GS}21XYZ"
LINK = "upi://pay?pa=shop@okaxis&pn=A%20B&am=12.50"
KEYBOARD = Identity(0x046D, 0xC31C, "Logitech", "USB Keyboard", "")


def scanner(match=COUNTER.match, name=COUNTER.name, rules=UNHURRIED):
    return EvdevScanner(KeyReader(name, match, rules=rules))


@pytest.fixture
def reader():
    with plugged(Keyboard()) as reader:
        yield reader


class Counter:
    """Drivers under their supervisor, and what they tell."""

    def __init__(self, *drivers):
        self.ears = Ears()
        self.supervisor = Supervisor(drivers, wake=self._take)

    def _take(self):
        while events := self.supervisor.take():
            for event in events:
                self.ears.emit(event)

    def __enter__(self):
        self.supervisor.start()
        return self.ears

    def __exit__(self, *_):
        assert self.supervisor.stop() == []


def test_it_says_what_it_is(reader):
    with running(scanner()) as run:
        [up] = run.ears.wait_for(DeviceUp)
    place = f"usb-dummy_hcd.{reader.controller.rpartition('.')[2]}-1"
    assert up.words == f"{SCANNER.maker} {SCANNER.model} at {place}"


@pytest.mark.parametrize(
    ("typed", "aim", "code"),
    [
        (MILK, "", MILK),
        ("]E0" + MILK, "]E0", MILK),
        (BATCH, "]C1", BATCH.removeprefix("]C1")),
        ("]Q1" + LINK, "]Q1", LINK),
        ("%B4111^RAMESH/K^2512?", "", "%B4111^RAMESH/K^2512?"),
    ],
)
def test_codes_of_every_kind(reader, typed, aim, code):
    with running(scanner()) as run:
        run.ears.wait_for(DeviceUp)
        reader.type(typed + "\n")
        [scanned] = run.ears.wait_for(Scanned)
    assert (scanned.aim, scanned.code) == (aim, code)


def test_fifty_codes_back_to_back_arrive_whole_and_in_order(reader):
    codes = [f"89099500{number:011}" for number in range(50)]
    with running(scanner()) as run:
        run.ears.wait_for(DeviceUp)
        for code in codes:
            reader.type(code + "\n")
        scanned = run.ears.wait_for(Scanned, len(codes))
    assert [each.code for each in scanned] == codes
    assert run.ears.of(ScanLost) == []


# What others see


def test_its_codes_do_not_reach_the_console_and_the_keyboard_does(reader):
    with plugged(Keyboard(KEYBOARD)) as keyboard, Console() as console:
        with running(scanner()) as run:
            run.ears.wait_for(DeviceUp)
            reader.type(MILK + "\n")
            run.ears.wait_for(Scanned)
            keyboard.type("milk\n")
            assert console.typed(5).replace("\r", "\n") == "milk\n"
        reader.type(MILK + "\n")  # let go, it is a keyboard again
        assert console.typed(14).replace("\r", "\n") == MILK + "\n"


HOLDER = """
import sys
from evdev import InputDevice
device = InputDevice(sys.argv[1])
device.grab()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_reader_that_another_program_holds(reader):
    path = "/dev/input/" + reader.node("event*")
    argv = [sys.executable, "-c", HOLDER, path]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with running(scanner()) as run:
            error = run.ended()
        assert isinstance(error, Held)
        assert error.errno == errno.EBUSY
        assert [f"(process {holder.pid})" in each for each in error.holders] == [True]
        with Counter(scanner()) as ears:
            assert "held by another program" in ears.wait_for(DeviceDown)[0].reason
            holder.stdin.close()
            ears.wait_for(DeviceUp)


# Hotplug


def test_unplugged_in_the_middle_of_a_code_and_replugged(reader):
    with Counter(scanner(rules=Rules())) as ears:
        ears.wait_for(DeviceUp)
        reader.type(MILK + "\n" + MILK[:6], every_s=0)
        ears.wait_for(Scanned)
        reader.unplug()
        assert ears.wait_for(DeviceDown)[0].reason == "the barcode reader was unplugged"
        ears.wait_for(ScanLost)  # the kernel took longer to see it than the gap, or not
        reader.plug()
        ears.wait_for(DeviceUp, 2)
        reader.type(CURD + "\n")
        scanned = ears.wait_for(Scanned, 2)
    assert [each.code for each in scanned] == [MILK, CURD]


def test_two_of_one_model_are_told_apart_by_their_numbers(reader):
    other = SCANNER._replace(serial="S2")
    with (
        plugged(Keyboard(other)) as second,
        Counter(scanner(), scanner(Match(serial="S2"), "door")) as ears,
    ):
        ears.wait_for(DeviceUp, 2)
        reader.type(MILK + "\n")
        ears.wait_for(Scanned)
        second.type(CURD + "\n")
        scanned = ears.wait_for(Scanned, 2)
    assert [(each.device, each.code) for each in scanned] == [("counter", MILK), ("door", CURD)]


def test_two_of_one_model_and_number_are_told_apart_by_their_sockets(reader):
    with plugged(Keyboard(SCANNER)) as second:
        with running(scanner()) as run:
            assert run.ended().errno == errno.ENOTUNIQ
        node = "/dev/input/" + second.node("event*")
        [listed] = [each for each in list_inputs() if each.path == node]
        with running(scanner(Match(port=listed.place))) as run:
            run.ears.wait_for(DeviceUp)
            reader.type(MILK + "\n")
            second.type(CURD + "\n")
            assert [each.code for each in run.ears.wait_for(Scanned)] == [CURD]


# What a kernel does to codes


def test_a_key_that_is_never_let_go_types_once(reader):
    five = (34,)
    with running(scanner(rules=Rules())) as run:
        run.ears.wait_for(DeviceUp)
        with closing(InputDevice("/dev/input/" + reader.node("event*"))) as node:
            delay_s = node.repeat.delay / 1000
        reader.report(0, *five)
        threading.Event().wait(2 * delay_s)  # the kernel begins to repeat it
        reader.report()
        reader.type(MILK + "\n")
        scanned = run.ears.wait_for(Scanned, 2)
    # What had no end sign was ended by the gap after it.
    assert [each.code for each in scanned] == ["5", MILK]


def test_codes_that_a_full_buffer_lost_are_told(reader):
    """The driver is held up in the middle of a code, till the kernel has no room left."""
    held, go_on = threading.Event(), threading.Event()
    ears = Ears()

    def emit(event):
        ears.emit(event)
        if isinstance(event, Scanned) and event.code == "1":
            held.set()
            assert go_on.wait(30)

    driver = scanner()
    driver_run = driver.run
    driver.run = lambda _, stop: driver_run(emit, stop)
    with running(driver):
        ears.wait_for(DeviceUp)
        reader.type("1\n")
        assert held.wait(30)
        for number in range(20):
            reader.type(f"89099500{number:05}\n", every_s=0)
        go_on.set()
        ears.wait_for(ScanLost)
        reader.type(MILK + "\n")
        wait_for(lambda: [each for each in ears.of(Scanned) if each.code == MILK], "the next code")
    whole = {"1", MILK, *(f"89099500{number:05}" for number in range(20))}
    assert {each.code for each in ears.of(Scanned)} <= whole
