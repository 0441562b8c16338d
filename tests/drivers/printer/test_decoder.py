from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.printer.decoder import (
    Bars,
    CutPaper,
    Decoder,
    Fed,
    Kicked,
    Line,
    QrCode,
    Raster,
    Reset,
    StatusAsked,
    Style,
    UnknownBytes,
    decode,
)

QR = (
    bytes.fromhex("1d286b0400314132001d286b0300314304")
    + bytes.fromhex("1d286b030031453 0".replace(" ", ""))
    + bytes.fromhex("1d286b0600315030")
    + b"abc"
    + bytes.fromhex("1d286b0300315130")
)

KNOWN = [
    (b"\x1b@", [Reset()]),
    (b"Milk\n", [Line("Milk")]),
    (b"\n", [Line("")]),
    (b"\x1bE\x01a\n\x1bE\x00b\n", [Line("a", Style(bold=True)), Line("b")]),
    (b"\x1b!\x30a\n", [Line("a", Style(wide=True, high=True))]),
    (b"\x1ba\x01a\n\x1b@b\n", [Line("a", Style(align="center")), Reset(), Line("b")]),
    (b"\x1c.\x1bt\x00Caf\x82\n", [Line("Café")]),
    (b"\x1bd\x06", [Fed(6)]),
    (b"\x1dV\x00\x1dV\x01", [CutPaper(whole=True), CutPaper(whole=False)]),
    (b"\x1bp\x00\x32\x32\x1bp\x01\x19\xff", [Kicked(2, 100, 100), Kicked(5, 50, 510)]),
    (b"\x1dv0\x00\x01\x00\x02\x00\xaa\x1b", [Raster(1, 2, b"\xaa\x1b")]),
    (QR, [QrCode("abc", "L", 4, "left")]),
    (b"\x1dH\x02\x1dh\x40\x1dw\x02\x1dkI\x05{B1{{", [Bars("1{", 64, 2, "left")]),
    (b"\x10\x04\x01", [StatusAsked(1)]),
    (b"ab\x10\x04\x04c\n", [StatusAsked(4), Line("abc")]),  # real time: before the line it is in
]


@pytest.mark.parametrize(("data", "steps"), KNOWN)
def test_known(data, steps):
    assert decode(data) == steps


@pytest.mark.parametrize(("data", "steps"), KNOWN)
def test_in_any_pieces(data, steps):
    decoder = Decoder()
    assert [step for byte in data for step in decoder.feed(bytes([byte]))] == steps
    decoder.finish()


@pytest.mark.parametrize(
    "data",
    [
        b"\x00",
        b"a\tb\n",
        b"\r\n",
        b"\x7f\n",
        b"Caf\x82\n",  # no code page was chosen
        b"\x1bt\x00",  # two bytes may still make a letter
        b"\x1c.\x1bt\x63",
        b"\x1c&",
        b"\x1bi",
        b"\x1bE\x02",
        b"\x1ba\x03",
        b"\x1b!\x80",
        b"\x1bp\x02\x19\x19",
        b"\x1dV\x42\x00",
        b"\x1dv1\x00\x01\x00\x01\x00\x00",
        b"\x1dv0\x01\x01\x00\x01\x00\x00",
        b"\x1dv0\x00\x00\x00\x01\x00",
        b"\x1dv0\x00\x05\x00\x01\x00\x10\x14\x01\x00\x01",  # a kick, obeyed even in a picture
        b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x01",
        b"\x1d(L\x02\x0001",
        b"\x1d(k\x03\x000C\x04",
        b"\x1d(k\x03\x001Q0",  # nothing was stored to print
        b"\x1d(k\x04\x001P0\x1b",
        b"\x1dk\x04ABC\x00",
        b"\x1dkI\x03{C\x01",
        b"\x1dkI\x03{Bx{",
        b"\x1dkI\x02{B",
        b"\x10\x04\x05",
        b"\x10\x05\x01",
        b"\x10\x14\x01\x00\x01",
        b"text\x1b@\n",  # in the middle of a line
        b"text",  # never printed
        b"\x1d",
        b"\x1dv0\x00\x02\x00\x02\x00\x01",
    ],
)
def test_unknown(data):
    with pytest.raises(UnknownBytes):
        decode(data)


@given(st.binary(max_size=200))
def test_never_anything_but_steps_or_unknown_bytes(data):
    with suppress(UnknownBytes):
        decode(data)


def test_two_codes_one_after_the_other():
    assert decode(QR + QR) == [QrCode("abc", "L", 4, "left")] * 2


@pytest.mark.parametrize(
    "code", [b"\x1dkC\x0d8901262150263", b"\x1dkC\x0c890126215026", b"\x1dkC\x0d890126215026x"]
)
def test_an_ean_that_a_printer_would_not_print_is_unknown(code):
    with pytest.raises(UnknownBytes, match="EAN-13"):
        decode(code)
