import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.events import Moving, Negative, Stable
from drivers.scale.frames import Frames
from drivers.scale.protocols import Line
from drivers.scale.template import FRAME_BYTES_MAX, BadTemplate, Template, protocol_of
from drivers.scale.weight import WRONG_LINE, wrong_unit
from tests.drivers.scale.exactly import exact

LINE = Line(2400)
ESSAE = Template(
    r"(?:(?P<stable>S)|U) (?P<sign>[+ -])(?P<weight>\d{3}\.\d{3}) (?P<unit>[A-Za-z]{2})"
)
TRAILING = Template(r"(?P<stable>S)(?P<weight>\d\.\d{3})(?P<sign>[ -])")
PLAIN = Template(r"(?P<sign>[ -]{0,3})(?P<weight>\d{1,6})", unit="g", end=b"\r")


def heard(template, *parts):
    frames = Frames(protocol_of(template, LINE).grammar)
    return [each for part in parts for each in frames.feed(part)]


@pytest.mark.parametrize(
    ("template", "frame", "said"),
    [
        (ESSAE, b"S +001.235 kg\r\n", Stable(1235)),
        (ESSAE, b"U +001.235 kg\r\n", Moving(1235)),
        (ESSAE, b"S -000.005 kg\r\n", Negative(-5)),
        (ESSAE, b"S +002.720 lb\r\n", wrong_unit("lb")),
        (PLAIN, b"  1235\r", Moving(1235)),  # no mark of rest: that is found by what follows
        (PLAIN, b" -5\r", Moving(-5)),
        (TRAILING, b"S0.500-\r\n", Negative(-500)),
        (TRAILING, b"S0.500 \r\n", Stable(500)),
    ],
)
def test_golden_templates(template, frame, said):
    assert exact(heard(template, template.end, frame)) == exact([said])


def test_a_frame_whose_beginning_was_missed_is_no_weight():
    assert heard(PLAIN, b"235\r", b"1235\r") == [Moving(1235)]
    assert heard(PLAIN, b"\r", b"12", b"35\r") == [Moving(1235)]
    assert heard(PLAIN, b"\r" + b"9" * FRAME_BYTES_MAX + b"1235\r1235\r") == [Moving(1235)]


def test_a_frame_that_is_too_long_is_no_weight():
    long = b"\r" + b"0" * FRAME_BYTES_MAX + b"\r"
    vague = Template(r"(?P<weight>\d{1,9})\d*", unit="g", end=b"\r")
    assert heard(vague, long[:-2] + b"\r") == [Moving(0)]
    assert heard(vague, long) == []
    assert heard(vague, *(long[i : i + 1] for i in range(len(long)))) == []


def test_a_frame_cut_by_a_question_is_no_weight():
    frames = Frames(protocol_of(PLAIN, LINE).grammar)
    assert frames.feed(b"\r12") == []
    frames.cut(lost=False)
    assert frames.feed(b"35\r77\r") == [Moving(77)]
    frames.cut(lost=True)
    assert frames.feed(b"5\r78\r") == [Moving(78)]
    frames.cut(lost=False)
    assert frames.feed(b"79\r") == [Moving(79)]


def test_a_minus_that_the_pattern_passes_over_is_still_one():
    vague = Template(r"W.(?P<weight>\d{1,2}\.\d{3})")
    assert heard(vague, b"\r\nW 0.500\r\nW-0.500\r\n") == [Moving(500), Moving(-500)]


def test_a_weight_that_is_no_number_is_none():
    vague = Template(r"(?P<weight>.{1,8})kg")
    assert heard(vague, b"\r\n1.5kg\r\n1.5.5kg\r\n----kg\r\n-1.5kg\r\n") == [Moving(1500)]


def test_the_parity_bit():
    spoiled = bytes(byte | (byte.bit_count() & 1) << 7 for byte in b"S +001.235 kg\r\n")
    assert set(heard(ESSAE, *[spoiled] * 20)) == {WRONG_LINE}


def test_what_a_template_makes():
    protocol = protocol_of(PLAIN._replace(ask=b"W\r"), LINE, "essae")
    assert (protocol.name, protocol.line) == ("essae", LINE)
    assert [step.ask for step in protocol.steps] == [b"W\r"]
    assert not protocol.tells_rest
    assert protocol_of(ESSAE, LINE).tells_rest
    assert protocol_of(ESSAE, LINE).steps == ()


@pytest.mark.parametrize(
    ("template", "words"),
    [
        (Template(r"\d+"), "none for the weight"),
        (Template(r"(?P<weight>\d+)(?P<price>\d+)"), "price"),
        (Template(r"(?P<weight>\d+"), "can't be read"),
        (Template(r"(?P<weight>\d{99999999999})"), "can't be read"),
        (Template(r"(?P<weight>\d+)₹"), "plain ASCII"),
        (Template(r"(?P<weight>\d)[[]"), "can't be read"),
        (Template(r"(?P<weight>\d)" + "x" * 200), "at most 200"),
        (Template(r"(?P<weight>\d+)", unit="lb"), "must be kg or g"),
        (Template(r"(?P<weight>\d+)", end=b""), "one to four bytes"),
        (Template(r"(?P<weight>\d+)", end=b"12345"), "one to four bytes"),
        (Template(r"(?:\d+)+(?P<weight>\d)"), "repeats a group"),
        (Template(r"(?P<weight>(?:\d|\d)*)x"), "repeats a group"),
        (Template(r"(?:\d){9}(?P<weight>\d)"), "repeats a group"),
        (Template(r"(?:\d)?+(?P<weight>\d)"), "repeats a group"),
        (Template(r"(?P<weight>\d+)(?=x)"), "do not know"),
        (Template(r"(?P<weight>\d+)(?P=weight)"), "do not know"),
        (Template(r".*.*.*.*.*(?P<weight>\d+)"), "too vague"),
        (Template(r"(?:0|00)" * 22 + r"(?P<weight>\d)"), "too vague"),
        (Template(r"\d?" * 25 + r"(?P<weight>\d)"), "too vague"),
        (Template(r"\d{0,60}\d{0,60}\d{0,60}\d{0,60}(?P<weight>\d)"), "too vague"),
    ],
)
def test_templates_that_are_refused(template, words):
    with pytest.raises(BadTemplate, match=words.replace("(", r"\(")):
        protocol_of(template, LINE)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\d*\d*\d*(?P<weight>\d+)x",  # the vaguest of each kind that are taken
        r"[0-9]*[0-9]*[0-9]*(?P<weight>\d+)[x-z]",
        r"\d?" * 19 + r"(?P<weight>\d)x",
        r"[)+*?\]]{1,9}\{2\}(?P<weight>\d+)x",
    ],
)
def test_no_frame_keeps_a_template_that_is_taken_busy_for_long(pattern):
    frame = b"0" * (FRAME_BYTES_MAX - 2) + b"\r\n"
    frames = Frames(protocol_of(Template(pattern), LINE).grammar)
    frames.feed(b"\r\n")
    before = time.process_time()
    assert frames.feed(frame) == []
    assert time.process_time() - before < 5


@given(st.text(alphabet=r"\d.*+?{}()[]|?P<weight>:x0,1", max_size=40))
def test_any_pattern_is_taken_or_refused_in_words(pattern):
    try:
        protocol = protocol_of(Template(pattern), LINE)
    except BadTemplate:
        return
    Frames(protocol.grammar).feed(b"\r\n" + b"0" * 60 + b"\r\n")


@given(st.lists(st.binary(max_size=100), max_size=8))
def test_random_bytes_say_the_same_however_they_are_cut(parts):
    parts = [bytes(byte % 16 + 0x2A if byte > 20 else 13 for byte in part) for part in parts]
    assert exact(heard(PLAIN, *parts)) == exact(heard(PLAIN, b"".join(parts)))
