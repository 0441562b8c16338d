import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.printer.status import Paper, Status, parse, request

WELL = {1: b"\x12", 2: b"\x12", 3: b"\x12", 4: b"\x12"}
READY = Status(False, False, False, Paper.OK, False)


def test_requests():
    assert [request(number).hex() for number in (1, 2, 3, 4)] == [
        "100401",
        "100402",
        "100403",
        "100404",
    ]


@pytest.mark.parametrize(
    ("number", "reply", "change", "trouble"),
    [
        (1, 0x16, {"drawer_high": True}, ""),
        (1, 0x1A, {"offline": True}, "the printer is offline"),
        (2, 0x16, {"cover_open": True}, "the printer's cover is open"),
        (2, 0x32, {}, ""),  # stopped for paper; the sensors say more
        (2, 0x52, {"error": True}, "the printer has an error: switch it off and on"),
        (3, 0x1A, {"error": True}, "the printer has an error: switch it off and on"),
        (3, 0x32, {"error": True}, "the printer has an error: switch it off and on"),
        (4, 0x1E, {"paper": Paper.NEAR_END}, ""),
        (4, 0x72, {"paper": Paper.OUT}, "the printer is out of paper"),
        (4, 0x7E, {"paper": Paper.OUT}, "the printer is out of paper"),
        (4, 0x16, {"paper": Paper.UNKNOWN}, ""),  # the two sensors never differ
        (4, 0x32, {"paper": Paper.UNKNOWN}, ""),
    ],
)
def test_each_bit(number, reply, change, trouble):
    status = parse({**WELL, number: bytes([reply])})
    assert status == READY._replace(**change)
    assert status.trouble == trouble


def test_ready():
    assert parse(WELL) == READY
    assert READY.trouble == ""
    assert not READY.silent


def test_silence_is_not_paper():
    assert parse({}) == parse(dict.fromkeys((1, 2, 3, 4), b"")) == Status()
    assert Status().paper is Paper.UNKNOWN
    assert Status().silent


@pytest.mark.parametrize(
    "noise", [b"\x00", b"\xff", b"\x13", b"\x11", b"\x92", b"\x02", b"\x12\x12"]
)
def test_noise_says_nothing(noise):
    assert parse(dict.fromkeys((1, 2, 3, 4), noise)) == Status()


def test_paper_end_of_reply_2_counts_where_the_sensors_are_silent():
    assert parse({1: b"\x1a", 2: b"\x32"}).paper is Paper.OUT
    assert parse({1: b"\x12", 2: b"\x12"}).paper is Paper.UNKNOWN


@given(st.dictionaries(st.integers(1, 4), st.binary(max_size=3)))
def test_only_well_formed_replies_say_anything(replies):
    def good(number):
        reply = replies.get(number, b"")
        return len(reply) == 1 and reply[0] & 0x93 == 0x12

    status = parse(replies)
    assert (status.offline is None) == (not good(1)) == (status.drawer_high is None)
    assert (status.cover_open is None) == (not good(2))
    assert (status.error is None) == (not good(2) and not good(3))
    if status.paper in (Paper.OK, Paper.NEAR_END):
        assert good(4)
