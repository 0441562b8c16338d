import errno

import pytest

from drivers.events import DeviceUp, Scanned
from drivers.scanner.reader import Role
from drivers.scanner.simulated import SimulatedScanner
from tests.drivers.scanner.stands import open_descriptors, running


def test_scans_before_and_while_it_runs():
    scanner = SimulatedScanner("demo")
    scanner.scan("1")
    with running(scanner) as run:
        run.ears.wait_for(Scanned)
        scanner.scan("2", "]E0")
        scanned = run.ears.wait_for(Scanned, 2)
    assert [each[:3] for each in scanned] == [("demo", "1", ""), ("demo", "2", "]E0")]
    assert scanned[0].at_ms <= scanned[1].at_ms
    assert isinstance(run.ears.events[0], DeviceUp)


def test_a_burst_keeps_its_order():
    scanner = SimulatedScanner("demo")
    with running(scanner) as run:
        for number in range(1_000):
            scanner.scan(str(number))
        scanned = run.ears.wait_for(Scanned, 1_000)
    assert [each.code for each in scanned] == [str(number) for number in range(1_000)]


def test_unplugging_and_plugging():
    scanner = SimulatedScanner("demo")
    before = open_descriptors()
    with running(scanner) as run:
        run.ears.wait_for(DeviceUp)
        scanner.scan("1")
        scanner.unplug()
        assert run.ended().errno == errno.ENODEV
    assert [each.code for each in run.ears.of(Scanned)] == ["1"]  # it was sent before
    with pytest.raises(OSError, match="unplugged"):
        scanner.scan("2")
    with running(scanner) as run:
        assert run.ended().errno == errno.ENODEV
    assert run.ears.events == []
    scanner.plug()
    with running(scanner) as run:
        scanner.scan("3")
        assert [each.code for each in run.ears.wait_for(Scanned)] == ["3"]
        run.stop.set()
        assert run.ended() is None
    scanner.scan("4")  # nobody runs it just now
    with running(scanner) as run:
        assert [each.code for each in run.ears.wait_for(Scanned)] == ["4"]
    assert open_descriptors() == before


def test_its_role():
    assert SimulatedScanner("demo").role is Role.SCANNER
    assert SimulatedScanner("demo", Role.CUSTOMER_CARD).role is Role.CUSTOMER_CARD
