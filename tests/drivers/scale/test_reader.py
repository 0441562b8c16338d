"""The driver on pseudo-terminals: real descriptors, real select, all that a line does wrong."""

import contextlib
import errno
import gc
import os
import subprocess
import sys
import termios
import threading
import tty
from pathlib import Path

import pytest
import serial

from drivers.driver import Stop
from drivers.events import DeviceDown, DeviceUp, Moving, Negative, Over, Stable, Under, Weighed
from drivers.scale.conversation import SILENT, Conversation
from drivers.scale.protocols import PROTOCOLS, Line
from drivers.scale.reader import SerialScale
from drivers.scale.simulated import PtyScale
from drivers.scale.speakers import OnPan
from drivers.scale.template import Template, protocol_of
from drivers.scale.weight import COARSE, FAULTY, REFUSED, WRONG_LINE, wrong_unit
from tests.drivers.scale.exactly import exact
from tests.drivers.scale.hearing import DEADLINE_S, Hearing, wait_for

ROOT = Path(__file__).parents[3]
NAMES = sorted(PROTOCOLS)
UNTOLD_NET = {"mt-sics", "enq-dc1", "a-and-d"}
UNTOLD_UNDER = {"enq-dc1"}


def scale_at(path, name="toledo-8217", **more):
    return SerialScale("scale", str(path), PROTOCOLS[name], **more)


def shows(reading):
    return lambda event: exact([event]) == exact([Weighed("scale", reading)])


@pytest.mark.parametrize("name", NAMES)
def test_all_that_a_scale_can_show(name, tmp_path):
    with PtyScale(name, tmp_path / "port") as far, Hearing(scale_at(far.path, name)) as near:
        # On a machine that is held up it may have been silent for a while before.
        near.until(DeviceUp("scale", PROTOCOLS[name].words))
        assert near.next() == Weighed("scale", Stable(0))
        far.pan = OnPan(1235)
        near.until(shows(Stable(1235)))
        far.pan = OnPan(1235, moving=True)
        near.until(lambda event: isinstance(event.reading, Moving))
        far.pan = OnPan(750, net=True)
        near.until(shows(Stable(750, net=name not in UNTOLD_NET)))
        far.pan = OnPan(over=True)
        near.until(shows(Over()))
        if name not in UNTOLD_UNDER:
            far.pan = OnPan(under=True)
            near.until(shows(Under()))
        far.pan = OnPan(-5)
        near.until(lambda event: isinstance(event.reading, Negative | Under))
        far.pan = OnPan(500)
        near.until(shows(Stable(500)))


@pytest.mark.parametrize(
    ("name", "pan", "words"),
    [
        ("toledo-8217", OnPan(500, unit="lb"), COARSE.words),
        ("mt-sics", OnPan(500, unit="lb"), wrong_unit("lb").words),
        ("mt-sics", OnPan(500, broken=True), REFUSED.words),
        ("nci-ecr", OnPan(500, unit="lb"), wrong_unit("LB").words),
        ("nci-ecr", OnPan(500, broken=True), FAULTY.words),
        ("enq-dc1", OnPan(500, unit="lb"), wrong_unit("lb").words),
        ("a-and-d", OnPan(500, unit="PC"), "counting pieces"),
    ],
)
def test_what_must_not_sell_is_told_and_ends(name, pan, words, tmp_path):
    with PtyScale(name, tmp_path / "port", pan) as far, Hearing(scale_at(far.path, name)) as near:
        down = near.next()
        assert isinstance(down, DeviceDown)
        assert words in down.reason
        far.pan = OnPan(500)
        assert isinstance(near.next(), DeviceUp)
        assert near.next() == Weighed("scale", Stable(500))


def test_the_same_weight_again_is_told_again(tmp_path):
    with PtyScale("toledo-8217", tmp_path / "port") as far, Hearing(scale_at(far.path)) as near:
        for _ in range(2):
            far.pan = OnPan(500)
            near.until(shows(Stable(500)))
            far.pan = OnPan(0)
            near.until(shows(Stable(0)))
        far.pan = OnPan(500)
        for _ in range(2):  # and a weight that stays is confirmed
            near.until(shows(Stable(500)))


def test_a_scale_that_is_pulled_out_and_put_in_again(tmp_path):
    with (
        PtyScale("toledo-8217", tmp_path / "port") as far,
        Hearing(scale_at(far.path), kept=True) as near,
    ):
        near.until(shows(Stable(0)))
        far.unplug()
        words = near.failure().strerror
        assert words == f"the scale at {far.path} was pulled out, or its line broke"
        assert "no scale is plugged in" in near.failure().strerror
        far.pan = OnPan(500)
        far.plug()
        near.until(DeviceUp)
        assert near.next() == Weighed("scale", Stable(500))


def test_the_descriptor_is_closed_before_the_fault_is_told(tmp_path):
    with PtyScale("toledo-8217", tmp_path / "port") as far, Hearing(scale_at(far.path)) as near:
        near.until(shows(Stable(0)))
        port = str(far.path.readlink())
        assert port in descriptors()
        far.unplug()
        near.failure()
        # Else the kernel gives the replugged scale another number.
        assert port not in descriptors()


def descriptors():
    """What our descriptors are open on; the kernel adds ` (deleted)` to what is gone."""
    held = []
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the one of this listing
            held.append(str(link.readlink()).split()[0])
    return held


def test_a_driver_that_is_started_again_on_the_same_port(tmp_path):
    with PtyScale("toledo-8217", tmp_path / "port") as far:
        for grams in (500, 750):
            far.pan = OnPan(grams)
            with Hearing(scale_at(far.path), kept=True) as near:
                near.until(shows(Stable(grams)))


def test_threads_and_descriptors_stay_the_same_over_200_replugs(tmp_path):
    with (
        PtyScale("toledo-8217", tmp_path / "port") as far,
        Hearing(scale_at(far.path), kept=True) as near,
    ):
        near.until(DeviceUp)
        gc.collect()
        before = len(descriptors()), threading.active_count()
        for _ in range(200):
            far.unplug()
            far.plug()
            near.until(DeviceUp)
        wait_for(lambda: (len(descriptors()), threading.active_count()) == before)


def test_a_silent_scale_is_told_and_asked_on(tmp_path):
    with PtyScale("toledo-8217", tmp_path / "port") as far:
        far.silent = True
        with Hearing(scale_at(far.path)) as near:
            assert near.next() == DeviceDown("scale", SILENT)
            far.silent = False
            assert isinstance(near.next(), DeviceUp)
            assert near.next() == Weighed("scale", Stable(0))
            far.silent = True
            near.until(lambda event: event == DeviceDown("scale", SILENT))


@pytest.mark.parametrize("name", ["toledo-8217", "nci-ecr", "a-and-d", "retail-stream"])
def test_a_wrong_parity_is_told_and_nothing_sold(name, tmp_path):
    # So from its first byte: one that sends by itself may have a good frame under way.
    with (
        PtyScale(name, tmp_path / "port", OnPan(500), bit_7=True) as far,
        Hearing(scale_at(far.path, name)) as near,
    ):
        down = near.next()
        assert down == DeviceDown("scale", WRONG_LINE.words)
        assert "check 7E1" in down.reason
        far.bit_7 = False
        assert isinstance(near.next(), DeviceUp)


def test_a_port_that_another_program_holds(tmp_path):
    holder = (
        "import serial, sys; port = serial.Serial(sys.argv[1], exclusive=True);"
        "print('held', flush=True); sys.stdin.read()"
    )
    # Not a protocol of 7E1: a pty that is set to it twice says that it can't (glibc looks).
    with PtyScale("mt-sics", tmp_path / "port") as far:
        driver = scale_at(far.path, "mt-sics")
        command = [sys.executable, "-c", holder, str(far.path)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdout.readline() == b"held\n"
            with Hearing(driver) as near:
                words = near.failure().strerror
            other.stdin.close()
        assert words == f"another program holds the scale's port {far.path}"
        with Hearing(driver) as near:
            near.until(DeviceUp)
            with pytest.raises(OSError, match="lock"):  # nor does another one get ours
                serial.Serial(str(far.path), exclusive=True)


def test_a_port_that_is_not_there(tmp_path):
    with Hearing(scale_at(tmp_path / "none")) as near:
        error = near.failure()
    assert error.errno == errno.ENOENT
    assert error.strerror == f"no scale is plugged in at {tmp_path / 'none'}"


def test_a_port_that_is_none(tmp_path):
    file = tmp_path / "file"
    file.touch()
    with Hearing(scale_at(file)) as near:
        assert "can't be opened" in near.failure().strerror
    with Hearing(scale_at("nonsense://port")) as near:
        assert "can't be set to 9600 7E1" in near.failure().strerror


def test_the_line_is_asked_of_pyserial_whole(monkeypatch, tmp_path):
    asked = {}

    def refuse(port, **settings):
        asked.update(settings, port=port)
        raise serial.SerialException(errno.ENODEV, "gone")

    monkeypatch.setattr(serial, "serial_for_url", refuse)
    with pytest.raises(OSError, match="no scale is plugged in"):
        scale_at("/dev/x").run(lambda _: None, Stop())
    assert asked.pop("write_timeout") > 0
    assert asked == {
        "port": "/dev/x",
        "baudrate": 9600,
        "bytesize": serial.SEVENBITS,
        "parity": serial.PARITY_EVEN,
        "stopbits": serial.STOPBITS_ONE,
        "timeout": 0,
        "exclusive": True,
    }


@pytest.fixture
def wire(tmp_path):
    """The far end of a line that nobody speaks on by himself, and its port."""
    master, slave = os.openpty()
    tty.setraw(slave)
    yield master, os.ttyname(slave)
    os.close(slave)
    os.close(master)


def test_the_line_is_set_as_the_protocol_or_the_settings_say(wire):
    master, port = wire
    stop_bits = termios.CSTOPB
    # A pty has eight bits and no parity, whatever it is told; speed and stop bits it keeps.
    for line, wanted in ((None, (termios.B9600, 0)), ("2400 8N2", (termios.B2400, stop_bits))):
        with Hearing(scale_at(port, line=line and Line.parse(line))):
            assert os.read(master, 1) == b"W"
            attributes = termios.tcgetattr(master)
        assert (attributes[5], attributes[2] & stop_bits) == wanted


def test_half_a_frame_waits_for_its_other_half(wire):
    master, port = wire
    with Hearing(scale_at(port)) as near:
        assert os.read(master, 1) == b"W"
        os.write(master, b"\x0201.")
        os.write(master, b"23")
        os.write(master, b"5\r")
        assert isinstance(near.next(), DeviceUp)
        assert near.next() == Weighed("scale", Stable(1235))


def test_a_late_answer_is_not_taken_for_the_next_one(wire):
    master, port = wire
    with Hearing(scale_at(port)) as near:
        assert os.read(master, 1) == b"W"
        os.write(master, b"\x0201.")  # and no more of it
        assert os.read(master, 1) == b"W"
        os.write(master, b"235\r\x0200.500\r")
        assert isinstance(near.next(), DeviceUp)
        assert near.next() == Weighed("scale", Stable(500))


def test_what_comes_before_a_question_is_thrown_away_and_what_follows_it_no_whole_frame():
    class Port:
        def __init__(self):
            # What lies there when the question is due.
            self.comes = [b"\x0201.000\r", b"12", b""]
            self.sent = b""

        def read(self, _size):
            return self.comes.pop(0)

        def write(self, data):
            self.sent += data

    template = Template(r"(?P<weight>\d{1,6})", unit="g", end=b"\r", ask=b"P")
    protocol = protocol_of(template, Line(9600))
    conversation, port = Conversation("scale", protocol, 0), Port()
    conversation.hear(b"\r", 0)
    SerialScale("scale", "port", protocol, now_ms=lambda: 0)._ask(port, conversation)
    assert (port.sent, port.comes) == (b"P", [])
    assert conversation.hear(b"345\r", 1) == []  # it was 12345
    assert conversation.hear(b"500\r", 2)[-1] == Weighed("scale", Moving(500))


def test_a_template_finds_rest_on_a_real_line(wire):
    master, port = wire
    template = Template(r"(?P<weight>\d{6})", unit="g", end=b"\r", ask=b"P")
    protocol = protocol_of(template, Line(9600))
    driver = SerialScale("scale", port, protocol, settle_times=3)
    with Hearing(driver) as near:
        assert os.read(master, 1) == b"P"
        os.write(master, b"\r000500\r000500\r")
        near.until(shows(Moving(500)))
        os.write(master, b"000500\r")
        near.until(shows(Stable(500)))


def test_stop_ends_a_wait_at_once(wire):
    master, port = wire
    stop = Stop()
    thread = threading.Thread(target=scale_at(port).run, args=(lambda _: None, stop))
    thread.start()
    assert os.read(master, 1) == b"W"
    stop.set()
    thread.join(DEADLINE_S)
    assert not thread.is_alive()
    stop.close()


def test_an_idle_scale_costs_no_polling(wire, monkeypatch):
    # A stream that says nothing is waited for, not looked at.
    _, port = wire
    import drivers.scale.reader as reader

    waits = []
    real = reader.select.select

    class Counting:
        @staticmethod
        def select(*arguments):
            waits.append(arguments[3])
            return real(*arguments)

    monkeypatch.setattr(reader, "select", Counting)
    with Hearing(scale_at(port, "retail-stream")) as near:
        assert near.next() == DeviceDown("scale", SILENT)
    assert len(waits) <= 4


def test_pyserial_is_loaded_for_a_scale_alone():
    code = (
        "import sys, drivers.scale.reader, drivers.scale.simulated, drivers.scale.learning;"
        "sys.exit('serial' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
