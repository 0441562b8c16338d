"""What scales send: the other end of each protocol, for the simulated scale and for tests.

Written from the formats and not from the parsers (it shares no code with them), so that the two
check each other.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

_CR, _LF, _STX, _ETX = b"\r", b"\n", b"\x02", b"\x03"


class OnPan(NamedTuple):
    """What a scale is to tell: whole grams as they lie there, and how it stands."""

    grams: int = 0
    moving: bool = False
    over: bool = False
    under: bool = False
    net: bool = False
    unit: str = "kg"  # what the scale is set to; it says so where its protocol has a place for it
    busy: bool = False
    broken: bool = False


Speak = Callable[[bytes, OnPan], bytes]
"""What a scale answers to bytes that came in; b"" asks it for what it sends by itself."""


def _kg(grams: int, width: int, fill: str = "0") -> str:
    """`1.235`, filled up on the left behind the sign; without a sign where there is no minus."""
    minus = "-" if grams < 0 else ""
    kilos, rest = divmod(abs(grams), 1000)
    number = f"{kilos}.{rest:03d}"
    room = width - len(minus)
    return minus + number.rjust(room, fill) if fill == "0" else (minus + number).rjust(width)


def _toledo_8217(asked: bytes, pan: OnPan) -> bytes:
    if b"W" not in asked:
        return b""
    troubles = (pan.moving or pan.busy, pan.over, pan.under or pan.grams < 0)
    status = 0x40 | sum(1 << bit for bit, on in enumerate(troubles) if on) | (pan.net << 5)
    if any(troubles):
        return _STX + b"?" + bytes([status]) + _CR
    if pan.unit == "lb":
        hundredths = pan.grams * 100 // 454
        return _STX + f"{hundredths // 100:02d}.{hundredths % 100:02d}".encode() + _CR
    return _STX + _kg(pan.grams, 6).encode() + (b"N" if pan.net else b"") + _CR


def _mt_sics(asked: bytes, pan: OnPan) -> bytes:
    answers = b""
    for command in asked.split(b"\r\n")[:-1]:
        answers += _mt_sics_line(command, pan) + b"\r\n"
    return answers


def _mt_sics_line(command: bytes, pan: OnPan) -> bytes:
    if command not in (b"S", b"SI") or pan.broken:
        return b"ES"
    if pan.busy or (pan.moving and command == b"S"):
        return b"S I"
    if pan.over or pan.under:
        return b"S +" if pan.over else b"S -"
    number = str(pan.grams) + ".00" if pan.unit == "g" else _kg(pan.grams, 0)
    return b"S %c %s %s" % (
        b"D" if pan.moving else b"S",
        number.rjust(10).encode(),
        pan.unit.encode(),
    )


def _nci_ecr(asked: bytes, pan: OnPan) -> bytes:
    if not asked.endswith(b"\r"):
        return b""
    if asked != b"W\r":
        return b"\n?\r\x03"
    under = pan.under or pan.grams < 0
    first = 0x30 | (pan.moving or pan.busy) | (2 * (pan.grams == 0)) | (4 * pan.broken)
    second = 0x30 | under | (2 * pan.over)
    status = bytes([first, second])
    if pan.net:  # a third byte says so, and the second that there is one
        status = bytes([first, second | 0x40, 0x34])
    tail = b"\nS" + status + b"\r\x03"
    if pan.moving or pan.busy or pan.over or under:
        return tail
    return b"\n" + _kg(pan.grams, 6).encode() + pan.unit.upper().encode() + b"\r" + tail


def _enq_dc1(asked: bytes, pan: OnPan) -> bytes:
    if asked.endswith(b"\x05"):
        return b"\x15" if pan.busy else b"\x06"
    if not asked.endswith(b"\x11"):
        return b""
    sign = b"F" if pan.over else b"-" if pan.grams < 0 else b" "
    number = _kg(abs(pan.grams), 6).encode()
    body = (b"U" if pan.moving else b"S") + sign + number + pan.unit.rjust(2).encode()
    check = 0
    for byte in body:
        check ^= byte
    return b"\x01" + _STX + body + bytes([check]) + _ETX + b"\x04"


def _head(pan: OnPan) -> bytes:
    return b"OL" if pan.over or pan.under else b"US" if pan.moving else b"ST"


def _cas_22(asked: bytes, pan: OnPan) -> bytes:
    lamps = 0x80 | (not pan.moving) << 6 | (not pan.net) << 2 | pan.net << 1 | (pan.grams == 0)
    kind = b"NT" if pan.net else b"GS"
    number = (("-" if pan.under else "") + "".rjust(7)) if pan.over or pan.under else ""
    data = number.ljust(8)[:8] if number else _kg(pan.grams, 8)
    return b"%s,%s,1%c,%s %s\r\n" % (
        _head(pan),
        kind,
        lamps,
        data.encode(),
        pan.unit.rjust(2).encode(),
    )


def _retail_stream(asked: bytes, pan: OnPan) -> bytes:
    kind = b"NT" if pan.net else b"GS"
    sign = "-" if pan.grams < 0 or pan.under else "+"
    if pan.over or pan.under:
        return _head(pan) + b"," + kind + b"," + (sign + " " * 11).encode() + b"\r\n"
    number = _kg(abs(pan.grams), 7, " ").encode()
    return _head(pan) + b"," + kind + b"," + sign.encode() + number + pan.unit.encode() + b"\r\n"


def _a_and_d(asked: bytes, pan: OnPan) -> bytes:
    sign = "-" if pan.grams < 0 or pan.under else "+"
    if pan.over or pan.under:
        return f"OL,{sign}9999999E+19\r\n".encode()
    if pan.unit == "PC":
        return f"QT,{sign}{pan.grams:08d} PC\r\n".encode()
    return _head(pan) + f",{sign}{_kg(abs(pan.grams), 8)}{pan.unit:>3}\r\n".encode()


class Speaker(NamedTuple):
    """One end of a protocol; one with `by_itself` sends without being asked."""

    speak: Speak
    by_itself: bool = False


SPEAKERS: Mapping[str, Speaker] = MappingProxyType(
    {
        "toledo-8217": Speaker(_toledo_8217),
        "mt-sics": Speaker(_mt_sics),
        "nci-ecr": Speaker(_nci_ecr),
        "enq-dc1": Speaker(_enq_dc1),
        "cas-22": Speaker(_cas_22, by_itself=True),
        "retail-stream": Speaker(_retail_stream, by_itself=True),
        "a-and-d": Speaker(_a_and_d, by_itself=True),
    }
)
"""By the protocol's name."""
