import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.events import Moving, Stable
from drivers.scale.frames import Frames
from drivers.scale.learning import Capture, NotLearned, learn
from drivers.scale.protocols import Line
from drivers.scale.speakers import SPEAKERS, OnPan
from drivers.scale.template import protocol_of
from drivers.scale.weight import wrong_unit

WEIGHTS = (0, 500, 1000)


def captured(show, weights=WEIGHTS, times=8, start=5):
    """Captures that begin in the middle of a frame."""
    return [
        Capture(grams, b"".join(show(grams) for _ in range(times))[start:]) for grams in weights
    ]


def read(template, stream):
    return Frames(protocol_of(template, Line(9600)).grammar).feed(template.end + stream)


def kg(grams, form="{:07.3f}"):
    return form.format(grams / 1000).encode()


@pytest.mark.parametrize(
    ("show", "end"),
    [
        (lambda grams: b"W+" + kg(grams) + b"kg\r\n", b"\r\n"),
        (lambda grams: kg(grams, "{:8.3f}") + b" kg\r", b"\r"),
        (lambda grams: b"\x02" + kg(grams) + b"\x03", b"\x03"),
        (lambda grams: b"\x02" + kg(grams) + b"\r\x03", b"\r\x03"),
        (lambda grams: b"=" + kg(grams, "{:.3f}"), b"="),
        (lambda grams: b"%06d\n" % grams, b"\n"),
        (lambda grams: b"NET %8d g\n" % grams, b"\n"),
        (lambda grams: b"No.7 " + kg(grams) + b" Kg 17:03\r\n", b"\r\n"),
        (lambda grams: b"%c\x02" % (0x20 + grams // 500) + kg(grams) + b"\r\n", b"\r\n"),
    ],
    ids=["zeros", "spaces", "stx-etx", "cr-etx", "equals", "grams", "words", "clock", "lamps"],
)
def test_formats_that_are_learned(show, end):
    template = learn(captured(show))
    assert template.end == end
    for grams in (*WEIGHTS, 1235, 12_345):
        assert read(template, show(grams) * 2)[-1] == Moving(grams), template
    assert read(template, show(500)[1:-3]) == []


def test_a_wrong_unit_is_refused_by_what_was_learned():
    template = learn(captured(lambda grams: kg(grams) + b" kg\r\n"))
    assert read(template, b"002.720 lb\r\n") == [wrong_unit("lb")]


def test_a_lost_digit_is_seen_where_zeros_fill_the_number():
    template = learn(captured(lambda grams: kg(grams) + b"kg\r\n"))
    assert read(template, b"012.345kg\r\n12.345kg\r\n") == [Moving(12_345)]


def test_the_mark_of_rest_is_learned():
    def data(grams):
        moving = b"US,GS,+" + kg(grams + 30) + b"kg\r\n"
        return moving * 3 + b"ST,GS,+" + kg(grams) + b"kg\r\n" * 1

    captures = [
        Capture(grams, data(grams) + b"ST,GS,+%skg\r\n" % kg(grams) * 5) for grams in WEIGHTS
    ]
    template = learn(captures)
    assert "stable" in template.pattern
    assert read(template, b"US,GS,+000.500kg\r\nST,GS,+000.500kg\r\n") == [Moving(500), Stable(500)]


def test_noise_is_not_learned_as_a_mark_of_motion():
    captures = captured(lambda grams: b"ST,GS,+" + kg(grams) + b"kg\r\n")
    noisy = Capture(0, captures[0].data.replace(b"GS", b"GX", 1) + captures[0].data[14:])
    template = learn([noisy, *captures[1:]])
    assert "stable" not in template.pattern
    assert read(template, b"ST,GX,+000.500kg\r\nST,GS,+000.500kg\r\n") == [Moving(500)]


def test_a_scale_that_is_a_little_off_is_learned():
    template = learn([*captured(lambda g: kg(g + 4 if g else 0) + b"kg\r\n")])
    assert read(template, b"000.504kg\r\n") == [Moving(504)]


def test_the_question_stays_with_the_template():
    assert learn(captured(lambda grams: kg(grams) + b"\r\n"), ask=b"W\r").ask == b"W\r"


@pytest.mark.parametrize("name", ["cas-22", "retail-stream", "a-and-d"])
def test_published_streams_are_learned_as_well(name):
    speak = SPEAKERS[name].speak
    template = learn(captured(lambda grams: speak(b"", OnPan(grams))))
    assert read(template, speak(b"", OnPan(1500)))[-1] in (Moving(1500), Stable(1500))


@pytest.mark.parametrize(
    ("captures", "words"),
    [
        ([], "two different weights"),
        (captured(lambda g: kg(g) + b"\r\n", weights=(500, 500)), "two different weights"),
        (captured(lambda g: kg(g) + b"\r\n", weights=(0, 0)), "two different weights"),
        (captured(lambda g: kg(g) + b"\r\n", weights=(-5, 500)), "below zero"),
        ([Capture(0, b""), Capture(500, b"")], "nothing came for 0, 500 g"),
        (captured(lambda g: kg(g) + b"\r\n", times=3), "wait longer"),
        (captured(lambda g: kg(g)), "end alike"),
        (captured(lambda g: kg(2 * g + 40) + b"\r\n"), "follows the weights"),
        (captured(lambda g: b"------\r\n"), "follows the weights"),
        (captured(lambda g: kg(g) + b" " + kg(g) + b"\r\n"), "gross and net"),
        (captured(lambda g: b"x" * 70 + kg(g) + b"\r\n"), "longer than 64 bytes"),
        (captured(lambda g: b"%05d kg\r\n" % g), "does not look like"),
        (captured(lambda g: b"\xf8" * 50 + kg(g) + b"\r\n"), "at most 200 signs"),
        (captured(lambda g: b"x" * (g // 500) + kg(g) + b"\r\n"), "now longer, now shorter"),
        (captured(lambda g: kg(g, "{:.3f}" if g else "{:.2f}") + b"\r\n"), "more, now fewer"),
        (captured(lambda g: kg(g) + b"lb\r\n")[:1], "two different weights"),
        (
            captured(lambda g: bytes(b | (b.bit_count() & 1) << 7 for b in kg(g) + b"\r\n")),
            "check 7E1",
        ),
    ],
)
def test_captures_that_nothing_explains(captures, words):
    with pytest.raises(NotLearned, match=words):
        learn(captures)


@given(st.lists(st.tuples(st.integers(-5, 2000), st.binary(max_size=120)), max_size=4))
def test_any_bytes_are_learned_or_refused_in_words(drawn):
    with contextlib.suppress(NotLearned):
        learn([Capture(grams, data) for grams, data in drawn])
