import threading
from types import SimpleNamespace

import pytest

from drivers.events import DeviceUp, ScanLost, Scanned
from drivers.scanner import pairing
from drivers.scanner.discovery import Listed, Match
from drivers.scanner.pairing import candidates, pair, paired
from drivers.scanner.simulated import SimulatedScanner

SHOWN = "PAIR-4711"


@pytest.mark.parametrize(
    ("events", "name"),
    [
        ([], None),
        ([DeviceUp("a"), ScanLost("a", "half")], None),
        ([Scanned("a", SHOWN)], "a"),
        ([Scanned("a", SHOWN, "]C0", 5)], "a"),
        ([Scanned("a", "8909950000172"), Scanned("b", SHOWN), Scanned("a", SHOWN)], "b"),
        ([Scanned("a", SHOWN + "9"), Scanned("a", SHOWN[:-1]), Scanned("a", "")], None),
    ],
)
def test_the_first_that_sends_the_shown_code(events, name):
    assert paired(SHOWN, events) == name


def test_pairing():
    readers = [SimulatedScanner(name) for name in ("usb-1", "usb-2", "usb-3")]
    readers[0].scan("8909950000172")
    readers[1].unplug()
    readers[2].scan(SHOWN)
    before = threading.active_count()
    assert pair(SHOWN, readers, within_s=20) == "usb-3"
    assert threading.active_count() == before


def test_scanned_while_it_waits():
    reader = SimulatedScanner("usb-1")

    def scan_much():
        for code in [*map(str, range(2_000)), SHOWN]:
            reader.scan(code)

    scanning = threading.Thread(target=scan_much)
    scanning.start()
    assert pair(SHOWN, [reader], within_s=20) == "usb-1"
    scanning.join()


def test_nobody_scans_it(monkeypatch):
    times = iter([0.0, 0.0, 5.0])  # seconds: the clock, in place of the waiting
    monkeypatch.setattr(pairing, "time", SimpleNamespace(monotonic=lambda: next(times)))
    reader = SimulatedScanner("usb-1")
    before = threading.active_count()
    assert pair(SHOWN, [reader], within_s=4.0) is None
    assert threading.active_count() == before


def test_candidates_are_all_that_type_codes():
    def listed(path, port, types_codes=True):
        return Listed(path, "Reader", 1, 2, "", port, types_codes)

    found = candidates(
        [
            listed("/dev/input/event2", "usb-2/input0"),
            listed("/dev/input/event3", "usb-2/input1"),
            listed("/dev/input/event1", "usb-1/input0"),
            listed("/dev/input/event0", "button/input0", types_codes=False),
            listed("/dev/input/event9", ""),
        ]
    )
    assert [each.name for each in found] == ["/dev/input/event9", "usb-1", "usb-2"]
    assert [each.reader.match for each in found] == [
        Match(port="/dev/input/event9"),
        Match(port="usb-1"),
        Match(port="usb-2"),
    ]
