"""The scale's driver, its scale a serial port of the kernel's USB: hotplug and its name."""

import errno
import os
import select
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from drivers.driver import Stop
from drivers.events import DeviceDown, DeviceUp, Moving, Over, Stable, Weighed
from drivers.scale.ports import ports_by_id
from drivers.scale.protocols import PROTOCOLS
from drivers.scale.reader import SerialScale
from drivers.scale.speakers import SPEAKERS, OnPan
from tests.drivers.scale.hearing import Hearing
from tests.hardware.gadgets import SCALE, SerialPort, plugged, wait_for

TOLEDO = "toledo-8217"
BY_ID = Path(f"/dev/serial/by-id/usb-{SCALE.maker}_{SCALE.model}_{SCALE.serial}-if00")


class Scale:
    """At the far end of the line: speaks Toledo 8217, or says `frame` where it is given."""

    def __init__(self, port):
        self.pan = OnPan()
        self.frame = None
        self.asked = threading.Event()
        self._port = port
        self._stop = Stop()
        self._thread = threading.Thread(target=self._speak, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        self._stop.close()

    def _speak(self):
        line = self._port.line
        while not self._stop.said:
            if line in select.select([line, self._stop], [], [])[0]:
                asked = os.read(line, 64)
                answer = (
                    SPEAKERS[TOLEDO].speak(asked, self.pan) if self.frame is None else self.frame
                )
                if answer:
                    os.write(line, answer)
                    self.asked.set()


@pytest.fixture
def port():
    with plugged(SerialPort()) as port:
        wait_for(BY_ID.exists, f"{BY_ID}")
        yield port


def driver():
    return SerialScale("scale", str(BY_ID), PROTOCOLS[TOLEDO])


def shows(reading):
    return lambda event: isinstance(event, Weighed) and event.reading == reading


def test_its_name_that_stays_says_what_it_is(port):
    [found] = ports_by_id()
    assert found.path == BY_ID
    assert found.device == Path("/dev") / port.node("ttyACM*")
    assert "Mettler-Toledo Ariva-S B1" in found.words


def test_what_lies_on_it(port):
    with Scale(port) as scale, Hearing(driver()) as near:
        near.until(DeviceUp)
        near.until(shows(Stable(0)))
        scale.pan = OnPan(1235)
        near.until(shows(Stable(1235)))
        scale.pan = OnPan(1235, moving=True)
        near.until(shows(Moving()))
        scale.pan = OnPan(over=True)
        near.until(shows(Over()))


def wait_until_told(near):
    while "was pulled out" not in near.failure().strerror:  # it was tried before it was there
        pass


def test_pulled_out_in_the_middle_of_a_frame_and_put_in_again(port):
    """It comes back under the name and the number it had, since its descriptor was closed."""
    node = port.node("ttyACM*")
    with Hearing(driver(), kept=True) as near:
        with Scale(port) as scale:
            scale.pan = OnPan(1235)
            near.until(shows(Stable(1235)))
            scale.asked.clear()
            scale.frame = b"\x0201.2"
            assert scale.asked.wait(30)
        port.unplug()
        wait_until_told(near)
        port.plug()
        with Scale(port) as scale:
            scale.pan = OnPan(500)
            before = []
            near.until(lambda event: before.append(event) or isinstance(event, DeviceUp))
            assert near.next() == Weighed("scale", Stable(500))
        assert {event.reading for event in before if isinstance(event, Weighed)} <= {Stable(1235)}
        assert port.node("ttyACM*") == node


@pytest.mark.parametrize("times", [20])
def test_it_keeps_its_number_however_often_it_is_put_in(port, times):
    node = port.node("ttyACM*")
    with Hearing(driver(), kept=True) as near:
        for _ in range(times):
            with Scale(port):
                near.until(DeviceUp)
            port.unplug()
            wait_until_told(near)
            port.plug()
            assert port.node("ttyACM*") == node


HOLDER = """
import sys
from serial import Serial
with Serial(sys.argv[1], exclusive=True):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_port_that_another_program_holds(port):
    argv = [sys.executable, "-c", HOLDER, str(BY_ID)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with Hearing(driver()) as near:
            error = near.failure()
        assert error.errno in (errno.EAGAIN, errno.EBUSY)
        assert "another program holds" in error.strerror
        holder.stdin.close()


def test_a_silent_one_is_told(port):
    with Hearing(driver()) as near:
        down = near.until(DeviceDown)
    assert "does not answer" in down.reason
