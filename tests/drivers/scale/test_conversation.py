"""The rules of time, with the time given by hand."""

import pytest

from drivers.events import DeviceDown, DeviceUp, Moving, Negative, Over, Stable, Under, Weighed
from drivers.scale.conversation import (
    ANSWER_MS,
    HEARTBEAT_MS,
    NOT_UNDERSTOOD,
    SILENT,
    SILENT_MS,
    Conversation,
)
from drivers.scale.protocols import PROTOCOLS, Line
from drivers.scale.template import Template, protocol_of
from drivers.scale.weight import COARSE, WRONG_LINE
from tests.drivers.scale.exactly import exact

TOLEDO = PROTOCOLS["toledo-8217"]
HANDSHAKE = PROTOCOLS["enq-dc1"]
STREAM = PROTOCOLS["retail-stream"]
PLAIN = protocol_of(Template(r"(?P<weight>\d+)", unit="g", end=b"\r"), Line(9600))

HALF, KILO = b"\x0200.500\r", b"\x0201.000\r"
UP = DeviceUp("scale", TOLEDO.words)


def weighed(grams):
    return Weighed("scale", Stable(grams))


def test_a_question_follows_its_answer_and_not_too_often():
    talk = Conversation("scale", TOLEDO, 0)
    assert talk.ask(0) == b"W"
    assert talk.ask(1) == b""
    talk.hear(HALF, 40)
    assert talk.due_ms() == TOLEDO.poll_ms
    assert talk.ask(TOLEDO.poll_ms - 1) == b""
    assert talk.ask(TOLEDO.poll_ms) == b"W"


def test_an_answer_may_be_slow():
    talk = Conversation("scale", TOLEDO, 0)
    talk.ask(0)
    assert talk.ask(ANSWER_MS - 1) == b""
    assert talk.hear(HALF, ANSWER_MS - 1) == [UP, weighed(500)]
    assert talk.ask(ANSWER_MS - 1) == b"W"
    assert talk.ask(2 * ANSWER_MS - 1) == b"W"  # not answered at all


def test_half_an_answer_is_not_continued_by_the_answer_to_the_next_question():
    talk = Conversation("scale", TOLEDO, 0)
    talk.ask(0)
    assert talk.hear(HALF[:4], 10) == []
    talk.ask(ANSWER_MS)
    assert talk.hear(KILO[4:], ANSWER_MS + 10) == []
    assert talk.hear(KILO, ANSWER_MS + 20) == [UP, weighed(1000)]


def test_what_was_thrown_away_is_a_gap():
    talk = Conversation("scale", TOLEDO, 0)
    talk.hear(HALF[:4], 10)
    talk.drained()
    assert talk.hear(KILO[4:], 20) == []


def test_a_weight_is_told_when_it_changes_and_confirmed_once_a_second():
    talk = Conversation("scale", STREAM, 0)
    frame = b"ST,GS,+0000.500kg\r\n"
    told = [at for at in range(0, 3_000, 50) if talk.hear(frame, at)]
    assert told == [0, HEARTBEAT_MS, 2 * HEARTBEAT_MS, 3 * HEARTBEAT_MS]
    assert HEARTBEAT_MS + TOLEDO.poll_ms <= 1_000
    assert talk.hear(b"ST,GS,+0000.501kg\r\n", 3_001) == [weighed(501)]
    assert talk.hear(frame, 3_002) == [weighed(500)]


def test_a_change_of_kind_alone_is_told():
    # To Python these are equal, one after the other.
    talk = Conversation("scale", PROTOCOLS["mt-sics"], 0)
    frames = [b"S +\r\n", b"S -\r\n", b"S D     -0.005 kg\r\n", b"S S     -0.005 kg\r\n"]
    told = [event for frame in frames for event in talk.hear(frame, 0)]
    readings = [Over(), Under(), Moving(-5), Negative(-5)]
    assert exact(told[1:]) == exact(Weighed("scale", reading) for reading in readings)


def test_the_same_weight_twice_is_told_twice():
    talk = Conversation("scale", TOLEDO, 0)
    events = [
        event
        for at, frame in enumerate([HALF, b"\x0200.000\r", HALF, b"\x02?A\r", HALF])
        for event in talk.hear(frame, at)
    ]
    assert events.count(weighed(500)) == 3


def test_rest_is_found_where_a_protocol_does_not_tell_it():
    talk = Conversation("scale", PLAIN, 0, settle_times=3)
    talk.hear(b"\r", 0)
    said = [talk.hear(b"500\r", at)[-1:] for at in range(4)]
    assert said == [[Weighed("scale", Moving(500))], [], [weighed(500)], []]
    assert talk.hear(b"501\r", 5) == [Weighed("scale", Moving(501))]


def test_rest_from_before_a_scale_was_lost_counts_for_nothing():
    talk = Conversation("scale", PLAIN, 0, settle_times=3)
    talk.hear(b"\r500\r500\r", 0)
    assert talk.look(SILENT_MS) == [DeviceDown("scale", SILENT)]
    events = talk.hear(b"500\r", SILENT_MS + 1)
    assert events == [DeviceUp("scale", PLAIN.words), Weighed("scale", Moving(500))]


def test_a_silent_scale_is_told_once_and_asked_on():
    talk = Conversation("scale", TOLEDO, 0)
    asked, told = [], []
    for at in range(0, 10_001, 10):
        if talk.ask(at):
            asked.append(at)
        told += talk.look(at)
    assert told == [DeviceDown("scale", SILENT)]
    assert asked == list(range(0, 10_001, ANSWER_MS))
    assert talk.hear(HALF, 10_002) == [UP, weighed(500)]


def test_a_scale_that_falls_silent_is_told_and_comes_back():
    talk = Conversation("scale", TOLEDO, 0)
    talk.hear(HALF, 100)
    assert talk.look(100 + SILENT_MS - 1) == []
    assert talk.look(100 + SILENT_MS) == [DeviceDown("scale", SILENT)]
    assert talk.hear(HALF, 9_000) == [UP, weighed(500)]
    assert talk.look(9_000 + SILENT_MS) == [DeviceDown("scale", SILENT)]


def test_a_scale_that_speaks_otherwise_is_told_so():
    talk = Conversation("scale", TOLEDO, 0)
    assert talk.hear(b"ST,GS,+0000.500kg\r\n", 10) == []
    assert talk.look(SILENT_MS) == [DeviceDown("scale", NOT_UNDERSTOOD)]
    assert talk.look(2 * SILENT_MS) == [DeviceDown("scale", SILENT)]


@pytest.mark.parametrize(
    ("frame", "trouble"), [(b"\x0201.10\r", COARSE), (b"\xff" * 30, WRONG_LINE)]
)
def test_trouble_is_told_at_once_and_once(frame, trouble):
    talk = Conversation("scale", TOLEDO, 0)
    talk.hear(HALF, 0)
    assert talk.hear(frame, 10) == [DeviceDown("scale", trouble.words)]
    for at in range(20, 3 * SILENT_MS, 500):
        assert talk.hear(frame, at) + talk.look(at + 1) == []
    assert talk.hear(HALF, 4 * SILENT_MS) == [UP, weighed(500)]
    assert talk.hear(frame, 4 * SILENT_MS + 1) == [DeviceDown("scale", trouble.words)]


def test_the_weight_comes_with_the_scale_even_if_it_is_the_one_from_before():
    talk = Conversation("scale", TOLEDO, 0)
    talk.hear(HALF, 0)
    talk.hear(b"\x0201.10\r", 10)
    assert talk.hear(HALF, 20) == [UP, weighed(500)]


def test_the_handshake():
    talk = Conversation("scale", HANDSHAKE, 0)
    assert talk.ask(0) == b"\x05"
    assert talk.hear(b"\x06", 5) == []
    assert talk.due_ms() == 5
    assert talk.ask(5) == b"\x11"
    frame = b"\x01\x02S 01.235kg\x64\x03\x04"
    assert talk.hear(frame[:5], 10) == []
    assert talk.hear(frame[5:], 15)[-1] == weighed(1235)
    assert talk.ask(HANDSHAKE.poll_ms - 1) == b""
    assert talk.ask(HANDSHAKE.poll_ms) == b"\x05"


@pytest.mark.parametrize("answers", [[b"\x15"], [b"\x06", b"\x15"]])
def test_a_busy_scale_has_no_weight_yet(answers):
    talk = Conversation("scale", HANDSHAKE, 0)
    events = []
    for answer in answers:
        assert talk.ask(0)
        events += talk.hear(answer, 0)
    assert events == [DeviceUp("scale", HANDSHAKE.words), Weighed("scale", Moving())]
    assert talk.ask(HANDSHAKE.poll_ms) == b"\x05"


def test_a_sum_that_looks_like_busy_is_none():
    talk = Conversation("scale", HANDSHAKE, 0)
    talk.ask(0)
    talk.hear(b"\x06", 0)
    talk.ask(0)
    body = b"S 01.2" + b"35kg"
    assert talk.hear(b"\x01\x02" + body, 1) == []
    assert talk.hear(b"\x15\x03\x04", 2) == []  # a wrong sum, not a busy scale


def test_a_handshake_that_breaks_off_starts_again():
    talk = Conversation("scale", HANDSHAKE, 0)
    talk.ask(0)
    talk.hear(b"\x06", 5)
    talk.ask(5)
    assert talk.ask(5 + ANSWER_MS) == b"\x05"
    assert talk.look(SILENT_MS) == [DeviceDown("scale", SILENT)]  # an ACK alone is no weight


def test_a_stream_is_never_asked():
    talk = Conversation("scale", STREAM, 0)
    assert talk.ask(10**9) == b""
    assert talk.due_ms() == SILENT_MS
