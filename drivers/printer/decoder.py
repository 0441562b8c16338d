"""A printer's own view of its bytes: strict, for tests and for the simulated printer.

It knows what `build` sends and the usual status requests; everything else is an error, so that a
byte that slipped through is found and not guessed at. Source: Epson's ESC/POS reference.
"""

from collections.abc import Callable, Collection
from typing import NamedTuple

CODECS = {0: "cp437", 2: "cp850", 16: "cp1252"}
"""Of the code pages, by their number in `ESC t`."""

_REAL_TIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")
_ALIGNMENTS = ("left", "center", "right")
_QR_LEVELS = "LMQH"


class UnknownBytes(ValueError):
    """Bytes that a printer might take for anything."""


class Style(NamedTuple):
    """How letters stand."""

    bold: bool = False
    wide: bool = False
    high: bool = False
    align: str = "left"


class Reset(NamedTuple):
    """`ESC @`: the beginning of a document."""


class Line(NamedTuple):
    """Letters and the line feed after them."""

    text: str
    style: Style = Style()


class Fed(NamedTuple):
    """Paper fed without letters."""

    lines: int


class CutPaper(NamedTuple):
    """The knife."""

    whole: bool


class Kicked(NamedTuple):
    """A pulse to the drawer, in milliseconds."""

    pin: int
    on_ms: int
    off_ms: int


class Raster(NamedTuple):
    """A picture, 1 for black."""

    row_bytes: int
    height: int
    bits: bytes


class QrCode(NamedTuple):
    """A QR code that the printer drew."""

    payload: str
    level: str
    module_dots: int
    align: str


class Bars(NamedTuple):
    """A CODE128 that the printer drew, its text below."""

    code: str
    height: int
    module_dots: int
    align: str


class EanBars(NamedTuple):
    """An EAN-13 that the printer drew, its digits below."""

    digits: str
    height: int
    module_dots: int
    align: str


class StatusAsked(NamedTuple):
    """DLE EOT: answered at once."""

    number: int


Step = Reset | Line | Fed | CutPaper | Kicked | Raster | QrCode | Bars | EanBars | StatusAsked
"""What a printer does. Modes are not steps: they stand in the style of what follows."""


class _Incomplete(Exception):
    """The rest has not come yet."""


class _Bytes:
    """Takes bytes from the front."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise _Incomplete
        self.at += count
        return self.data[self.at - count : self.at]

    def byte(self) -> int:
        return self.take(1)[0]

    def word(self) -> int:
        return int.from_bytes(self.take(2), "little")


def decode(data: bytes) -> list[Step]:
    """All of a document. `UnknownBytes` for anything that is not known, whole and printed."""
    decoder = Decoder()
    steps = decoder.feed(data)
    decoder.finish()
    return steps


class Decoder:
    """Takes bytes as they come, in any pieces."""

    def __init__(self) -> None:
        self._rest = b""
        self._letters = b""
        self._reset()
        self._commands: dict[bytes, Callable[[_Bytes], Step | None]] = {
            b"\x1b@": self._on_reset,
            b"\x1b!": self._on_print_mode,
            b"\x1bE": self._on_bold,
            b"\x1ba": self._on_align,
            b"\x1bt": self._on_code_page,
            b"\x1c.": self._on_one_byte_letters,
            b"\x1bd": self._on_feed,
            b"\x1bp": self._on_kick,
            b"\x1dV": self._on_cut,
            b"\x1dv": self._on_raster,
            b"\x1d(": self._on_qr,
            b"\x1dH": self._on_bar_text,
            b"\x1dh": self._on_bar_height,
            b"\x1dw": self._on_bar_width,
            b"\x1dk": self._on_bars,
            b"\x10\x04": self._on_status,
        }

    def feed(self, data: bytes) -> list[Step]:
        """What the printer did by now; the end of `data` may be the beginning of a command."""
        coming = _Bytes(self._rest + data)
        steps: list[Step] = []
        while coming.at < len(coming.data):
            begun = coming.at
            try:
                step = self._next(coming)
            except _Incomplete:
                coming.at = begun
                break
            if step is not None:
                steps.append(step)
        self._rest = coming.data[coming.at :]
        return steps

    def finish(self) -> None:
        """`UnknownBytes` if a command is not whole, or letters wait to be printed."""
        if self._rest or self._letters:
            raise UnknownBytes(f"ends in the middle of {(self._letters + self._rest)[:40]!r}")

    def _next(self, coming: _Bytes) -> Step | None:
        first = coming.byte()
        if first == 0x0A:
            return self._line()
        if 0x20 <= first <= 0x7E or (first >= 0x80 and self._codec):
            self._letters += bytes([first])
            return None
        prefix = bytes([first]) + coming.take(1)
        command = self._commands.get(prefix)
        if command is None:
            raise UnknownBytes(f"unknown: {prefix!r}")
        if self._letters and prefix != b"\x10\x04":
            raise UnknownBytes(f"{prefix!r} in the middle of a line")
        return command(coming)

    def _line(self) -> Step:
        letters, self._letters = self._letters, b""
        return Line(letters.decode(self._codec or "ascii"), self._style)

    def _reset(self) -> None:
        self._style = Style()
        self._codec = ""
        self._one_byte_letters = False
        self._qr_size = 3
        self._qr_level = "L"
        self._qr_payload = ""
        self._bar_height = 162
        self._bar_width = 3
        self._bar_text = 0

    def _on_reset(self, coming: _Bytes) -> Step:
        self._reset()
        return Reset()

    def _on_print_mode(self, coming: _Bytes) -> None:
        mode = _one_of(coming.byte(), {0x00, 0x08, 0x10, 0x20, 0x30, 0x38})
        self._style = self._style._replace(
            bold=bool(mode & 0x08), high=bool(mode & 0x10), wide=bool(mode & 0x20)
        )

    def _on_bold(self, coming: _Bytes) -> None:
        self._style = self._style._replace(bold=bool(_one_of(coming.byte(), {0, 1})))

    def _on_align(self, coming: _Bytes) -> None:
        alignment = _ALIGNMENTS[_one_of(coming.byte(), {0, 1, 2})]
        self._style = self._style._replace(align=alignment)

    def _on_one_byte_letters(self, coming: _Bytes) -> None:
        self._one_byte_letters = True

    def _on_code_page(self, coming: _Bytes) -> None:
        number = _one_of(coming.byte(), CODECS.keys())
        if not self._one_byte_letters:
            raise UnknownBytes("a code page, while letters may still take two bytes")
        self._codec = CODECS[number]

    def _on_feed(self, coming: _Bytes) -> Step:
        return Fed(coming.byte())

    def _on_kick(self, coming: _Bytes) -> Step:
        pin = _one_of(coming.byte(), {0, 1})
        return Kicked((2, 5)[pin], coming.byte() * 2, coming.byte() * 2)

    def _on_cut(self, coming: _Bytes) -> Step:
        return CutPaper(whole=_one_of(coming.byte(), {0, 1}) == 0)

    def _on_raster(self, coming: _Bytes) -> Step:
        if coming.take(2) != b"0\x00":
            raise UnknownBytes("GS v with an unknown mode")
        row_bytes, height = coming.word(), coming.word()
        if not row_bytes or not height:
            raise UnknownBytes("a picture without dots")
        bits = coming.take(row_bytes * height)
        if any(command in bits for command in _REAL_TIME):
            raise UnknownBytes("a real-time command inside a picture")
        return Raster(row_bytes, height, bits)

    def _on_qr(self, coming: _Bytes) -> Step | None:
        if coming.take(1) != b"k":
            raise UnknownBytes("GS ( with an unknown function")
        body = coming.take(coming.word())
        if body[:1] != b"1":
            raise UnknownBytes("a two-dimensional code that is no QR")
        function, more = body[1:2], body[2:]
        if function == b"A" and more == b"2\x00":
            return None
        if function == b"C" and len(more) == 1 and 1 <= more[0] <= 16:
            self._qr_size = more[0]
            return None
        if function == b"E" and len(more) == 1 and 0 <= more[0] - 0x30 <= 3:
            self._qr_level = _QR_LEVELS[more[0] - 0x30]
            return None
        if function == b"P" and more[:1] == b"0" and len(more) > 1:
            self._qr_payload = _printable(more[1:])
            return None
        if function == b"Q" and more == b"0" and self._qr_payload:
            return QrCode(self._qr_payload, self._qr_level, self._qr_size, self._style.align)
        raise UnknownBytes(f"an unknown QR function: {body[:20]!r}")

    def _on_bar_text(self, coming: _Bytes) -> None:
        self._bar_text = _one_of(coming.byte(), {2})

    def _on_bar_height(self, coming: _Bytes) -> None:
        self._bar_height = _one_of(coming.byte(), range(1, 256))

    def _on_bar_width(self, coming: _Bytes) -> None:
        self._bar_width = _one_of(coming.byte(), range(2, 7))

    def _on_bars(self, coming: _Bytes) -> Step:
        kind = coming.take(1)
        if kind == b"C":
            return self._ean_bars(_printable(coming.take(coming.byte())))
        if kind != b"I":
            raise UnknownBytes("a bar code other than CODE128 and EAN-13")
        data = _printable(coming.take(coming.byte()))
        code = data[2:].replace("{{", "\0")
        if not data.startswith("{B") or not code or "{" in code:
            raise UnknownBytes(f"no CODE128 of set B: {data!r}")
        code = code.replace("\0", "{")
        return Bars(code, self._bar_height, self._bar_width, self._style.align)

    def _ean_bars(self, digits: str) -> Step:
        if len(digits) != 13 or not digits.isdecimal():
            raise UnknownBytes(f"no EAN-13: {digits!r}")
        if (sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))) % 10:
            raise UnknownBytes(f"an EAN-13 with a wrong check digit: {digits}")
        return EanBars(digits, self._bar_height, self._bar_width, self._style.align)

    def _on_status(self, coming: _Bytes) -> Step:
        return StatusAsked(_one_of(coming.byte(), {1, 2, 3, 4}))


def _one_of(value: int, known: Collection[int]) -> int:
    if value not in known:
        raise UnknownBytes(f"an unknown argument: {value}")
    return value


def _printable(data: bytes) -> str:
    text = data.decode("latin-1")
    if not (text.isascii() and text.isprintable()):
        raise UnknownBytes(f"not printable: {data[:40]!r}")
    return text
