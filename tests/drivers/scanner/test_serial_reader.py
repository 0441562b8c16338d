"""The serial reader on pseudo-terminals: real line settings, real locks, a real hang-up."""

import errno
import os
import termios
import tty

import pytest
import serial

from drivers.events import DeviceUp, ScanLost, Scanned
from drivers.scanner.decoder import Rules
from drivers.scanner.reader import Held, Role
from drivers.scanner.serial_reader import SerialReader, SerialScanner
from tests.drivers.scanner.stands import open_descriptors, running

MILK = "8909950000172"


class Line:
    """A serial line: the reader's end, and the path of the till's end."""

    def __init__(self):
        self._reader_end, till_end = os.openpty()
        tty.setraw(till_end)
        self.path = os.ttyname(till_end)
        os.close(till_end)

    def send(self, data):
        os.write(self._reader_end, data)

    def unplug(self):
        if self._reader_end >= 0:
            os.close(self._reader_end)
            self._reader_end = -1


@pytest.fixture
def line():
    line = Line()
    yield line
    line.unplug()


def scanner(line, **more):
    return SerialScanner(SerialReader("counter", line.path, **more))


def test_what_it_tells(line):
    with running(scanner(line)) as run:
        [up] = run.ears.wait_for(DeviceUp)
        assert up == DeviceUp("counter", f"serial barcode reader at {line.path}")
        line.send(b"]C1010" + MILK.encode() + b"10AB\x1d17261231\r\n12\r")
        scanned = run.ears.wait_for(Scanned, 2)
        run.stop.set()
        assert run.ended() is None
    assert [each.code for each in scanned] == ["010" + MILK + "10AB\x1d17261231", "12"]
    assert [each.aim for each in scanned] == ["]C1", ""]
    assert [type(event) for event in run.ears.events] == [DeviceUp, Scanned, Scanned]


def test_its_settings(line):
    cards = scanner(line, role=Role.CUSTOMER_CARD)
    assert cards.reader.role is Role.CUSTOMER_CARD
    assert cards.name == "counter"


def test_the_speed(line):
    with running(scanner(line, baud=115_200)) as run:
        run.ears.wait_for(DeviceUp)
        fd = os.open(line.path, os.O_RDONLY | os.O_NOCTTY)
        assert termios.tcgetattr(fd)[4:6] == [termios.B115200, termios.B115200]
        os.close(fd)


def test_a_code_without_an_end_ends_by_itself(line):
    with running(scanner(line, rules=Rules(idle_ms=20))) as run:
        run.ears.wait_for(DeviceUp)
        line.send(MILK.encode())
        assert run.ears.wait_for(Scanned)[0].code == MILK


def test_unplugged_in_the_middle_of_a_code(line):
    before = open_descriptors()
    with running(scanner(line, rules=Rules(idle_ms=60_000))) as run:
        run.ears.wait_for(DeviceUp)
        line.send(b"12\r8909")
        run.ears.wait_for(Scanned)
        line.unplug()
        assert run.ended().errno == errno.ENODEV
    assert [type(event) for event in run.ears.events] == [DeviceUp, Scanned, ScanLost]
    assert open_descriptors() == before - 1  # the line's own


def test_two_programs_on_one_port(line):
    with serial.Serial(line.path, exclusive=True), running(scanner(line)) as run:
        error = run.ended()
    assert isinstance(error, Held)
    assert line.path in error.strerror
    assert run.ears.events == []


def test_a_port_that_another_has_claimed(line, monkeypatch):
    def claimed(*arguments, **more):
        raise serial.SerialException(errno.EBUSY, "Device or resource busy")

    monkeypatch.setattr(serial, "Serial", claimed)
    with running(scanner(line)) as run:
        assert isinstance(run.ended(), Held)


def test_a_port_that_is_not_there(line):
    line.path += "9"
    with running(scanner(line)) as run:
        error = run.ended()
    assert error.errno == errno.ENOENT
    assert line.path in error.strerror


def test_a_port_that_goes_while_it_is_opened(line, monkeypatch):
    def going(*arguments, **more):
        raise termios.error(errno.EIO, "Input/output error")

    monkeypatch.setattr(serial, "Serial", going)
    with running(scanner(line)) as run:
        assert run.ended().errno == errno.EIO
