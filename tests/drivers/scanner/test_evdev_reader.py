"""The reader over pipes in the place of nodes; over a real node where the kernel makes one."""

import errno
import os
import threading
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.driver import Stop
from drivers.events import DeviceUp, ScanLost, Scanned
from drivers.scanner import evdev_reader, reader
from drivers.scanner.decoder import KeyDecoder, Rules
from drivers.scanner.discovery import Match
from drivers.scanner.evdev_reader import EvdevScanner, KeyReader, Records
from drivers.scanner.reader import Held, Role, monotonic_ms
from tests.drivers.scanner.stands import (
    DROPPED,
    KEY,
    REPORT,
    Bench,
    Ears,
    open_descriptors,
    pack,
    running,
    strokes,
    timed,
)

MILK = "8909950000172"
COUNTER = KeyReader("counter", Match(serial="S1"))
UINPUT = Path("/dev/uinput")


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.close()


def test_what_it_tells(bench):
    path = bench.plug(serial="S1", port="usb-3")
    with running(bench.scanner(COUNTER)) as run:
        assert run.ears.wait_for(DeviceUp) == [DeviceUp("counter", "Test Reader at usb-3")]
        bench.send(path, timed(strokes("]E0" + MILK + "\n")))
        assert run.ears.wait_for(Scanned) == [Scanned("counter", MILK, "]E0", 1_000 + 85)]
        assert bench.nodes[path].grabbed
        run.stop.set()
        assert run.ended() is None
    assert not bench.nodes[path].grabbed
    assert bench.nodes[path].closed


def test_its_role_is_in_its_settings(bench):
    cards = KeyReader("cards", Match(serial="S2"), Role.CUSTOMER_CARD)
    assert bench.scanner(cards).reader.role is Role.CUSTOMER_CARD
    assert bench.scanner(COUNTER).reader.role is Role.SCANNER


def test_a_hundred_scans_twenty_a_second_are_all_read_in_order(bench):
    path = bench.plug(serial="S1")
    codes = [f"89099500{number:05}" for number in range(100)]
    with running(bench.scanner(COUNTER)) as run:
        for number, code in enumerate(codes):
            bench.send(path, timed(strokes(code + "\n"), 1_000 + 50 * number, 0))
        scanned = run.ears.wait_for(Scanned, len(codes))
    assert [each.code for each in scanned] == codes
    assert [each.at_ms for each in scanned] == [1_000 + 50 * number for number in range(100)]


def test_a_code_without_an_end_sign_ends_by_itself(bench):
    path = bench.plug(serial="S1")
    rules = Rules(idle_ms=20)
    with running(bench.scanner(COUNTER._replace(rules=rules), monotonic_ms)) as run:
        bench.send(path, timed(strokes(MILK), monotonic_ms(), 0))
        assert run.ears.wait_for(Scanned)[0].code == MILK


def test_a_key_that_repeats_for_ever_does_not_hold_a_code_up(bench):
    path = bench.plug(serial="S1")
    over = threading.Event()

    def repeat():
        while not over.wait(0.005):
            bench.send(path, [(KEY, 3, 2, monotonic_ms())])

    with running(bench.scanner(COUNTER._replace(rules=Rules(idle_ms=50)), monotonic_ms)) as run:
        bench.send(path, timed(strokes("12")[:-2], monotonic_ms(), 0))
        repeating = threading.Thread(target=repeat)
        repeating.start()
        try:
            assert run.ears.wait_for(Scanned)[0].code == "12"
        finally:
            over.set()
            repeating.join()


def test_a_code_that_comes_as_soon_as_the_reader_is_told_is_read_whole(bench):
    path, ears = bench.plug(serial="S1", forgets=True), Ears()

    def emit(event):
        ears.emit(event)
        if isinstance(event, DeviceUp):
            bench.send(path, timed(strokes(MILK + "\n")))
            bench.unplug(path)

    with pytest.raises(OSError, match="unplugged"):
        bench.scanner(COUNTER).run(emit, Stop())
    assert [each.code for each in ears.of(Scanned)] == [MILK]


# Failures


def test_unplugged_in_the_middle_of_a_code(bench):
    path = bench.plug(serial="S1")
    with running(bench.scanner(COUNTER)) as run:
        bench.send(path, timed(strokes("12\n8909"), monotonic_ms(), 0))
        run.ears.wait_for(Scanned)
        bench.unplug(path)
        error = run.ended()
    assert error.errno == errno.ENODEV
    assert run.ears.events[-1].reason.startswith("the reader was unplugged in the middle")
    assert [type(event) for event in run.ears.events] == [DeviceUp, Scanned, ScanLost]
    assert bench.nodes[path].closed


def test_unplugged_between_codes_loses_none(bench):
    path = bench.plug(serial="S1")
    with running(bench.scanner(COUNTER)) as run:
        bench.send(path, timed(strokes("12\n")))
        bench.unplug(path)
        assert run.ended().errno == errno.ENODEV
    assert [type(event) for event in run.ears.events] == [DeviceUp, Scanned]


@pytest.mark.parametrize(
    ("said", "told"),
    [(errno.ENODEV, errno.ENODEV), (errno.EIO, errno.ENODEV), (errno.EACCES, errno.EACCES)],
)
def test_what_a_read_says_of_a_reader_that_is_gone(bench, monkeypatch, said, told):
    def read(fd, count):
        raise OSError(said, os.strerror(said))

    bench.send(bench.plug(serial="S1"), timed(strokes("8")))
    monkeypatch.setattr(reader.os, "read", read)
    with running(bench.scanner(COUNTER)) as run:
        assert run.ended().errno == told


def test_stopped_in_the_middle_of_a_code(bench):
    path = bench.plug(serial="S1")
    with running(bench.scanner(COUNTER)) as run:
        bench.send(path, timed(strokes("1\n8909"), monotonic_ms(), 0))
        run.ears.wait_for(Scanned)
        run.stop.set()
        assert run.ended() is None
    assert "stopped" in run.ears.of(ScanLost)[0].reason


def test_syn_dropped_asks_for_a_rescan(bench):
    path = bench.plug(serial="S1")
    with running(bench.scanner(COUNTER)) as run:
        events = [*strokes("8909"), DROPPED, REPORT, *strokes("172\n"), *strokes(MILK + "\n")]
        bench.send(path, timed(events))
        assert run.ears.wait_for(Scanned)[0].code == MILK
    assert [type(event) for event in run.ears.events] == [DeviceUp, ScanLost, Scanned]


def test_keys_that_are_down_at_opening_are_the_rest_of_a_code(bench):
    path = bench.plug(serial="S1", active=[3])
    with running(bench.scanner(COUNTER, lambda: 1_000)) as run:
        bench.send(path, timed(strokes("172\n") + strokes(MILK + "\n")))
        assert run.ears.wait_for(Scanned)[0].code == MILK
    assert [type(event) for event in run.ears.events] == [DeviceUp, ScanLost, Scanned]


def test_a_reader_that_another_program_holds(bench, monkeypatch):
    monkeypatch.setattr(evdev_reader, "holders", lambda path: ["quicktill (process 7)"])
    path = bench.plug(serial="S1", grab_error=OSError(errno.EBUSY, "Device or resource busy"))
    with running(bench.scanner(COUNTER)) as run:
        error = run.ended()
    assert isinstance(error, Held)
    assert error.errno == errno.EBUSY
    assert error.holders == ["quicktill (process 7)"]
    assert error.strerror == (
        f"the barcode reader is held by another program; {path} is open in quicktill (process 7)"
    )
    assert run.ears.events == []
    assert bench.nodes[path].closed


def test_a_holder_that_can_not_be_seen(bench):
    assert "a program that this user can't see" in Held("/dev/input/event7", []).strerror


def test_another_fault_of_grabbing(bench):
    bench.plug(serial="S1", grab_error=OSError(errno.ENODEV, "No such device"))
    with running(bench.scanner(COUNTER)) as run:
        error = run.ended()
    assert error.errno == errno.ENODEV
    assert not isinstance(error, Held)


def test_a_reader_that_is_not_there(bench):
    with running(bench.scanner(COUNTER)) as run:
        assert run.ended().strerror == "the barcode reader is not plugged in"
    assert run.ears.events == []


@pytest.mark.parametrize("refusal", [PermissionError, FileNotFoundError])
def test_a_new_node_that_can_not_be_opened_yet(bench, monkeypatch, refusal):
    monkeypatch.setattr(evdev_reader, "OPEN_AGAIN_S", 0.001)
    path = bench.plug(serial="S1")
    tries = []

    def opening(path):
        tries.append(path)
        if len(tries) < 4:
            raise refusal(errno.EACCES, "not yet")
        return bench.open(path)

    scanner = EvdevScanner(COUNTER, listing=bench.listing, opening=opening)
    with running(scanner) as run:
        run.ears.wait_for(DeviceUp)
    assert tries == [path] * 4


def test_the_patience_covers_what_udev_needs():
    assert evdev_reader.OPEN_AGAIN_S * evdev_reader.OPEN_TRIES > 3 * 0.6


def test_a_node_that_can_never_be_opened(bench, monkeypatch):
    monkeypatch.setattr(evdev_reader, "OPEN_AGAIN_S", 0.001)
    bench.plug(serial="S1")

    def opening(path):
        raise PermissionError(errno.EACCES, "Permission denied")

    with running(EvdevScanner(COUNTER, listing=bench.listing, opening=opening)) as run:
        error = run.ended()
    assert error.errno == errno.EACCES
    assert "group milkpos" in error.strerror


def test_stopped_while_a_node_can_not_be_opened(bench, monkeypatch):
    monkeypatch.setattr(evdev_reader, "OPEN_AGAIN_S", 1_000.0)
    bench.plug(serial="S1")
    tried = threading.Event()

    def opening(path):
        tried.set()
        raise PermissionError(errno.EACCES, "Permission denied")

    with running(EvdevScanner(COUNTER, listing=bench.listing, opening=opening)) as run:
        assert tried.wait(20)
        run.stop.set()
        assert run.ended() is None


# Which of several


def test_two_of_one_model_are_two_devices(bench):
    paths = [
        bench.plug(serial=serial, port=port) for serial, port in [("S1", "usb-1"), ("S2", "usb-2")]
    ]
    ours = bench.scanner(KeyReader("ours", Match(serial="S2")))
    theirs = bench.scanner(KeyReader("theirs", Match(port="usb-1")))
    with running(ours) as one, running(theirs) as other:
        # Both at the same time, key by key.
        for left, right in zip(timed(strokes("111\n")), timed(strokes("222\n")), strict=True):
            bench.send(paths[0], [left])
            bench.send(paths[1], [right])
        assert one.ears.wait_for(Scanned)[0][:2] == ("ours", "222")
        assert other.ears.wait_for(Scanned)[0][:2] == ("theirs", "111")


def test_replugged_under_another_path(bench):
    before = bench.plug(serial="S1")
    scanner = bench.scanner(COUNTER)
    with running(scanner) as run:
        bench.unplug(before)
        assert run.ended().errno == errno.ENODEV
    other = bench.plug(serial="S2", port="usb-2")
    after = bench.plug(serial="S1", port="usb-4")
    assert after != before
    with running(scanner) as run:
        bench.send(after, timed(strokes(MILK + "\n")))
        assert run.ears.wait_for(Scanned)[0].code == MILK
    assert other not in bench.nodes


def test_no_descriptor_is_left(bench):
    scanner = bench.scanner(COUNTER)
    before = open_descriptors()
    for active in ([], [42]):
        path = bench.plug(serial="S1", active=active)
        with running(scanner) as run:
            run.ears.wait_for(DeviceUp)
            bench.unplug(path)
            run.ended()
    assert open_descriptors() == before


# Bytes of the node


@given(st.data())
def test_chunks_of_records_change_nothing(data):
    codes = data.draw(st.lists(st.text("0123456789aB]\x1d", min_size=1, max_size=6), max_size=4))
    sent = pack(timed(strokes("".join(code + "\n" for code in codes)), step_ms=40))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=20)))
    heard = []
    for bounds in ([0, len(sent)], [0, *cuts, len(sent)]):
        ears = Ears()
        records = Records(KeyDecoder("counter", Rules(), ears.emit))
        for start, end in pairwise(bounds):
            records.feed(sent[start:end])
        heard.append(ears.events)
    assert heard[0] == heard[1]


# The real thing


class UinputReader:
    """A keyboard that the kernel makes for us: everything below the driver is real."""

    def __init__(self):
        from evdev import UInput

        self._keyboard = UInput(
            name="MilkPOS test reader", vendor=0x05E0, product=0x1200, phys="uinput-1/input0"
        )
        path = self._keyboard.device.path
        self._keyboard.device.close()
        self.node = Path(path)

    def driver(self, reader):
        return EvdevScanner(reader)

    def send(self, events):
        for kind, code, value in events:
            self._keyboard.write(kind, code, value)

    def unplug(self):
        self._keyboard.close()


class PipeReader:
    def __init__(self, bench):
        self._bench = bench
        self._path = bench.plug(name="MilkPOS test reader", port="uinput-1")

    def driver(self, reader):
        return self._bench.scanner(reader, monotonic_ms)

    def send(self, events):
        self._bench.send(self._path, timed(events, monotonic_ms(), 0))

    def unplug(self):
        self._bench.unplug(self._path)


@pytest.fixture
def plugged(bench):
    return UinputReader() if os.access(UINPUT, os.W_OK) else PipeReader(bench)


def test_as_real_as_this_machine_allows(plugged):
    match = Match("MilkPOS test reader", 0x05E0, 0x1200, port="uinput-1")
    with running(plugged.driver(KeyReader("counter", match))) as run:
        [up] = run.ears.wait_for(DeviceUp)
        assert up.words == "MilkPOS test reader at uinput-1"
        # The kernel keeps no more than 64 events, should the till be slow: one code at a time.
        for number, code in enumerate(["8909", "12aB\n", "10\x1d7\n"], start=1):
            before_ms = monotonic_ms()
            plugged.send(strokes("]d2" + code))
            scanned = run.ears.wait_for(Scanned, number)[-1]  # the first code ends by the gap
            assert scanned[:3] == ("counter", code.rstrip("\n"), "]d2")
            assert before_ms <= scanned.at_ms <= monotonic_ms()
        plugged.unplug()
        assert run.ended().errno == errno.ENODEV
    assert [type(event) for event in run.ears.events] == [DeviceUp, *[Scanned] * 3]
