import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.display.frames import CommandSet, clear, frame
from drivers.display.simulated import SimulatedDisplay

UPPER, LOWER = "Milk 2 x 28.00", "TOTAL Rs 56.00"
A, B = b"Milk 2 x 28.00      ", b"TOTAL Rs 56.00      "

every_set = pytest.mark.parametrize("commands", list(CommandSet))


@pytest.mark.parametrize(
    ("commands", "golden", "cleared"),
    [
        (CommandSet.CD5220, b"\x1bQA" + A + b"\r\x1bQB" + B + b"\r", b"\x0c"),
        (CommandSet.DM_D, b"\x1f$\x01\x01" + A + b"\x1f$\x01\x02" + B, b"\x0c"),
        (
            CommandSet.UTC,
            b"\x1buA" + A + b"\r\x1buB" + B + b"\r",
            b"\x1buA" + b" " * 20 + b"\r\x1buB" + b" " * 20 + b"\r",
        ),
        (
            CommandSet.AEDEX,
            b"!#1" + A + b"\r!#2" + B + b"\r",
            b"!#1" + b" " * 20 + b"\r!#2" + b" " * 20 + b"\r",
        ),
        (CommandSet.ADM787, b"\x0e" + A + b"\x0f" + B, b"\x0c"),
    ],
)
def test_golden_bytes(commands, golden, cleared):
    assert frame(commands, UPPER, LOWER) == golden
    assert clear(commands) == cleared


@every_set
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_only_ever_text(commands, upper, lower):
    data = frame(commands, upper, lower)
    assert len(data) == len(frame(commands, "", ""))
    display = SimulatedDisplay(commands)
    display.take(clear(commands) + data)
    assert len(display.history) == (4 if commands in (CommandSet.UTC, CommandSet.AEDEX) else 3)
    for shown, meant in zip(display.lines, (upper, lower), strict=True):
        assert len(shown) <= 20
        if meant.isascii() and meant.isprintable():
            assert shown == meant[:20].rstrip()


@every_set
def test_what_was_there_before_is_gone(commands):
    display = SimulatedDisplay(commands)
    display.take(frame(commands, "Paneer, loose 250 g", "100.00"))
    display.take(frame(commands, "₹5", ""))
    assert display.lines == ["Rs5", ""]


@every_set
def test_in_any_pieces(commands):
    display = SimulatedDisplay(commands)
    for byte in clear(commands) + frame(commands, UPPER, LOWER):
        display.take(bytes([byte]))
    assert display.lines == [UPPER, LOWER]


@every_set
@pytest.mark.parametrize("noise", [b"Milk" * 20, b"\x1bX" + bytes(40), b"\x1bQA\x1bQA" + bytes(40)])
def test_the_simulated_display_is_strict(commands, noise):
    with pytest.raises(ValueError, match="unknown"):
        SimulatedDisplay(commands).take(noise)
