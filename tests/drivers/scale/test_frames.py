import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.events import Moving, Stable
from drivers.scale.frames import HIGH_BYTES_MIN, Frames
from drivers.scale.protocols import PROTOCOLS, Line, Parity
from drivers.scale.speakers import SPEAKERS, OnPan
from drivers.scale.weight import WRONG_LINE
from tests.drivers.scale.exactly import exact
from tests.drivers.scale.golden import GOLDEN, SPOILED

NAMES = sorted(PROTOCOLS)
CASES = [
    pytest.param(name, frame, heard, id=f"{name}-{frame!r}")
    for name, table in GOLDEN.items()
    for frame, heard in table
]


def feed(name, *parts):
    frames = Frames(PROTOCOLS[name].grammar)
    return [heard for part in parts for heard in frames.feed(part)]


def cut(stream, places):
    """The stream in parts."""
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[start:end] for start, end in itertools.pairwise(edges)]


def test_every_protocol_is_there_with_its_frames_and_a_speaker():
    assert set(PROTOCOLS) == set(GOLDEN) == set(SPOILED) == set(SPEAKERS)
    assert len(PROTOCOLS) == 7
    assert all(name == protocol.name for name, protocol in PROTOCOLS.items())


@pytest.mark.parametrize(("name", "frame", "heard"), CASES)
def test_golden_frames(name, frame, heard):
    assert exact(feed(name, frame)) == exact([heard])
    assert len(frame) <= PROTOCOLS[name].grammar.bytes_max


@pytest.mark.parametrize(("name", "frame", "heard"), CASES)
def test_frames_that_come_byte_by_byte(name, frame, heard):
    parts = [frame[i : i + 1] for i in range(len(frame))]
    assert exact(feed(name, *parts)) == exact([heard])
    assert feed(name, *parts[:-1]) == []


@pytest.mark.parametrize(
    ("name", "frame"), [(name, frame) for name, table in SPOILED.items() for frame in table]
)
def test_spoiled_frames_are_no_weight(name, frame):
    assert [heard for heard in feed(name, frame) if isinstance(heard, Stable)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_half_frame_does_not_spoil_the_next(name):
    for frame, heard in GOLDEN[name]:
        for length in range(len(frame)):
            assert exact(feed(name, frame[:length] + frame)) == exact([heard])


# The retail stream has no width and no sum: there is nothing to see a lost digit by.
@pytest.mark.parametrize("name", [name for name in NAMES if name != "retail-stream"])
def test_a_frame_that_lost_one_byte_is_no_weight_or_the_same(name):
    for frame, heard in GOLDEN[name]:
        for lost in range(len(frame)):
            for said in feed(name, frame[:lost] + frame[lost + 1 :]):
                if isinstance(said, Stable) and said != heard:
                    assert said == heard._replace(net=False), frame


streams = st.sampled_from(NAMES).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.lists(
            st.tuples(
                st.sampled_from(GOLDEN[name]),
                # Of a frame's own signs too, and too few high bytes to be a wrong parity.
                st.one_of(
                    st.binary(max_size=40).map(lambda data: bytes(byte & 0x7F for byte in data)),
                    st.sampled_from([frame for frame, _ in GOLDEN[name]]).flatmap(
                        lambda frame: st.integers(0, len(frame) - 1).map(lambda n: frame[:n])
                    ),
                    st.just(b"\xff"),
                ),
            ),
            max_size=6,
        ),
        st.lists(st.integers(0, 400), max_size=12),
    )
)


@given(streams)
def test_no_cut_of_a_stream_changes_what_it_says(drawn):
    name, pieces, places = drawn
    stream = b"".join(garbage + frame for (frame, _), garbage in pieces)
    assert exact(feed(name, *cut(stream, places))) == exact(feed(name, stream))


# Garbage between frames that is not a piece of one: no sign that a frame begins or ends with.
quiet = st.binary(max_size=40).map(lambda data: bytes(byte % 16 + 0x60 for byte in data))


@given(
    st.sampled_from(NAMES).flatmap(
        lambda name: st.tuples(
            st.just(name), st.lists(st.tuples(quiet, st.sampled_from(GOLDEN[name])), max_size=8)
        )
    ),
    st.lists(st.integers(0, 600), max_size=12),
)
def test_garbage_between_frames_hides_and_adds_nothing(drawn, places):
    name, pieces = drawn
    stream = b"".join(garbage + frame for garbage, (frame, _) in pieces)
    assert exact(feed(name, *cut(stream, places))) == exact(heard for _, (_, heard) in pieces)


@given(st.sampled_from(NAMES), st.lists(st.binary(max_size=200), max_size=8))
@example("cas-22", [b"ST,GS,", b"ST,GS,1\xc4,0001.235 kg\r\n"])
def test_random_bytes_never_raise(name, parts):
    assert exact(feed(name, *parts)) == exact(feed(name, b"".join(parts)))


@given(
    st.sampled_from(NAMES),
    st.tuples(st.integers(0, 29_999), st.booleans(), st.booleans()).map(
        lambda drawn: OnPan(drawn[0], moving=drawn[1], net=drawn[2])
    ),
)
def test_what_speakers_say_is_understood(name, pan):
    # Written apart from each other, from the same sheet.
    question = PROTOCOLS[name].steps[-1].ask if PROTOCOLS[name].steps else b""
    (heard,) = feed(name, SPEAKERS[name].speak(question, pan))
    if not pan.moving:
        net = pan.net and name not in ("mt-sics", "enq-dc1", "a-and-d")  # these don't tell
        assert exact([heard]) == exact([Stable(pan.grams, net=net)])
    else:
        assert isinstance(heard, Moving)
        assert heard.grams in (None, pan.grams)


@pytest.mark.parametrize("name", NAMES)
def test_a_parity_bit_is_no_weight_but_trouble(name):
    frame, _ = GOLDEN[name][0]
    spoiled = bytes(byte | (byte.bit_count() & 1) << 7 for byte in frame)
    heard = feed(name, *[spoiled] * 20)
    assert set(heard) == {WRONG_LINE}


def test_a_little_noise_is_no_wrong_parity():
    frame, heard = GOLDEN["toledo-8217"][0]
    noise = b"\xfe" * (HIGH_BYTES_MIN - 1)
    assert feed("toledo-8217", *[noise + frame] * 5) == [heard] * 5
    assert HIGH_BYTES_MIN == 3
    assert feed("toledo-8217", b"\xfe" * HIGH_BYTES_MIN + frame) == [WRONG_LINE, heard]


def test_a_flood_without_a_frame_is_not_kept():
    frames = Frames(PROTOCOLS["mt-sics"].grammar)
    for _ in range(1000):
        frames.feed(b"S S " * 1000)
    assert len(frames._kept) <= PROTOCOLS["mt-sics"].grammar.bytes_max


def test_lines_are_written_as_people_do():
    assert PROTOCOLS["toledo-8217"].line == Line(9600, 7, Parity.EVEN, 1)
    assert str(PROTOCOLS["a-and-d"].line) == "2400 7E1"
    assert str(PROTOCOLS["mt-sics"].line) == "9600 8N1"
    assert Line.parse("19200 7O2") == Line(19200, 7, Parity.ODD, 2)


@pytest.mark.parametrize("text", ["", "9600", "9600 9N1", "9600 7E3", "9600,7E1", "9600 7E1 "])
def test_lines_that_are_none(text):
    with pytest.raises(ValueError, match="write it as 9600 7E1"):
        Line.parse(text)
