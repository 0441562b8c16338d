"""Keys as the kernel shows them: HID packets, and those that may not be opened or have gone."""

import queue
import struct
import threading

import pytest
from fido2.hid import CTAPHID, TYPE_INIT
from fido2.hid.base import CtapHidConnection, HidDescriptor

from drivers.fingerprint import reader, security_key
from drivers.fingerprint.touch import Backend, Cancel, Enrolment, Party, Untouched, Wanted, Why
from tests.support.virtual_key import VirtualKey

PACKET = 64
CHANNEL = 7
KEEPALIVE_S = 0.01
PARTY = Party("milkpos.local", "MilkPOS")


class Wire(CtapHidConnection):
    """What lies between the library and a key: packets of 64 bytes, keep-alives while a finger is
    waited for, and the word to cancel."""

    def __init__(self, key):
        self.key = key
        self.closed = False
        self._answers = queue.Queue()
        self._cancelled = threading.Event()
        self._asked, self._needed = b"", 0

    def write_packet(self, data):
        channel, command = struct.unpack_from(">IB", data)
        if command & TYPE_INIT:
            if command & 0x7F == CTAPHID.CANCEL:
                self._cancelled.set()
                return
            self._command = command & 0x7F
            (self._needed,) = struct.unpack_from(">H", data, 5)
            self._asked = data[7:]
        else:
            self._asked += data[5:]
        if len(self._asked) >= self._needed:
            self._do(channel, self._asked[: self._needed])

    def read_packet(self):
        if self.key.unplugged:
            raise OSError(19, "No such device")
        try:
            return self._answers.get(timeout=KEEPALIVE_S)
        except queue.Empty:
            return struct.pack(">IBHB", CHANNEL, TYPE_INIT | CTAPHID.KEEPALIVE, 1, 2).ljust(PACKET)

    def close(self):
        self.closed = True

    def _do(self, channel, asked):
        if self._command == CTAPHID.INIT:
            told = asked + struct.pack(">IBBBBB", CHANNEL, 2, 1, 0, 0, self.key.capabilities)
            self._answer(channel, told)
            return
        self._cancelled.clear()
        work = threading.Thread(
            target=lambda: self._answer(
                channel, self.key.call(self._command, asked, self._cancelled)
            ),
            daemon=True,
        )
        work.start()

    def _answer(self, channel, told):
        head = struct.pack(">IBH", channel, TYPE_INIT | self._command, len(told))
        packet, told, number = head + told[: PACKET - 7], told[PACKET - 7 :], 0
        while True:
            self._answers.put(packet.ljust(PACKET, b"\0"))
            if not told:
                return
            packet = struct.pack(">IB", channel, number) + told[: PACKET - 5]
            told, number = told[PACKET - 5 :], number + 1


@pytest.fixture
def plug(monkeypatch):
    """These wires are at this machine; an error is what opening one of them raises."""

    def do(*wires):
        descriptors = [
            HidDescriptor(str(n), 0, 0, PACKET, PACKET, "", "") for n in range(len(wires))
        ]

        def opened(descriptor):
            wire = wires[int(descriptor.path)]
            if isinstance(wire, OSError):
                raise wire
            return wire

        monkeypatch.setattr(security_key, "list_descriptors", lambda: descriptors)
        monkeypatch.setattr(security_key, "open_connection", opened)

    return do


def enrol():
    enrolment = Enrolment(PARTY, b"1" * 32, "asha")
    return reader.enrol(Backend.FIDO2, enrolment, Cancel(), str, lambda _words: None)


def prove(enrolled, cancel=None):
    wanted = Wanted(PARTY, b"2" * 32, (enrolled.credential,))
    return reader.prove(wanted, cancel or Cancel(), str, lambda _words: None)


def refusal(do, *args):
    with pytest.raises(Untouched) as untouched:
        do(*args)
    return untouched.value.why


def test_a_key_is_spoken_to_in_packets_and_closed(plug):
    wire = Wire(VirtualKey())
    plug(wire)
    enrolled = enrol()
    assert wire.closed
    assert prove(enrolled).credential == enrolled.credential


def test_a_cancel_reaches_the_key(plug):
    wire, cancel = Wire(VirtualKey()), Cancel()
    plug(wire)
    enrolled = enrol()
    wire.key.finger = None
    whys = []
    waiting = threading.Thread(target=lambda: whys.append(refusal(prove, enrolled, cancel)))
    waiting.start()
    assert wire.key.waits.wait(20)
    cancel.set()
    waiting.join(20)
    assert whys == [Why.CANCELLED]


def test_unplugged_while_a_finger_is_waited_for(plug):
    wire = Wire(VirtualKey())
    plug(wire)
    enrolled = enrol()
    wire.key.finger = None
    threading.Thread(
        target=lambda: (wire.key.waits.wait(20), setattr(wire.key, "unplugged", True)), daemon=True
    ).start()
    assert refusal(prove, enrolled) == Why.GONE
    wire._cancelled.set()


def test_one_that_has_gone_again_is_passed_over(plug):
    wire = Wire(VirtualKey())
    plug(OSError(19, "No such device"), wire)
    assert enrol().backend is Backend.FIDO2
    plug(OSError(19, "No such device"))
    assert refusal(enrol) == Why.NO_KEY


def test_one_that_may_not_be_opened_is_told(plug):
    plug(PermissionError(13, "Permission denied"))
    assert refusal(enrol) == Why.NOT_ALLOWED


@pytest.mark.parametrize(
    ("descriptor", "why"),
    [(bytes.fromhex("06d0f10901a101"), Why.NOT_ALLOWED), (b"\x05\x01\x09\x06", Why.NO_KEY)],
)
def test_one_that_may_not_even_be_looked_at_is_told(plug, monkeypatch, tmp_path, descriptor, why):
    # The library passes such keys over in silence; sysfs may be read by anybody.
    plug()
    place = tmp_path / "hidraw0" / "device"
    place.mkdir(parents=True)
    (place / "report_descriptor").write_bytes(descriptor)
    monkeypatch.setattr(security_key, "HIDRAW", tmp_path)
    assert refusal(enrol) == why
