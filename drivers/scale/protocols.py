"""What scales speak: one table, an entry a protocol. Another one is another entry, and its frames
as a table in tests/drivers/scale.

Each grammar says where its format is published. Fields whose width is published must have that
width: a byte lost on the way then spoils the frame, not the weight.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Self

from drivers.scale import grammars
from drivers.scale.frames import Grammar

_LINE = re.compile(r"([0-9]{3,6}) ([78])([NEO])([12])", re.ASCII)


class Parity(StrEnum):
    """By the letter that pyserial and the scales' menus use."""

    NONE = "N"
    EVEN = "E"
    ODD = "O"


class Line(NamedTuple):
    """The settings of a serial line; `str` and `parse` write them as people do: `9600 7E1`."""

    baud: int
    data_bits: int = 8
    parity: Parity = Parity.NONE
    stop_bits: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `9600 7E1`. Raises ValueError, in words, for anything else."""
        match = _LINE.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no line setting: write it as 9600 7E1")
        return cls(int(match[1]), int(match[2]), Parity(match[3]), int(match[4]))

    def __str__(self) -> str:
        return f"{self.baud} {self.data_bits}{self.parity}{self.stop_bits}"


class Step(NamedTuple):
    """One thing to send. Where `until` is empty a frame is the answer; else the next step follows
    when `until` was heard. An answer that begins with `busy` means that there is no weight yet."""

    ask: bytes
    until: bytes = b""
    busy: bytes = b""


class Protocol(NamedTuple):
    """How to talk to a kind of scale. One without steps sends by itself and is never asked."""

    name: str
    words: str
    line: Line
    grammar: Grammar
    steps: tuple[Step, ...] = ()
    poll_ms: int = 250
    tells_rest: bool = True


_ACK, _NAK = b"\x06", b"\x15"

_ALL = (
    Protocol(
        "toledo-8217",
        "Toledo 8217 (Ariva, Viva, Magellan and others)",
        Line(9600, 7, Parity.EVEN),
        grammars.TOLEDO_8217,
        (Step(b"W"),),
    ),
    Protocol(
        "mt-sics",
        "Mettler Toledo MT-SICS (also Ohaus, Sartorius)",
        Line(9600),
        grammars.MT_SICS,
        # Not `S`, which a scale answers only when it has come to rest, or not at all.
        (Step(b"SI\r\n"),),
    ),
    Protocol(
        "nci-ecr",
        "NCI-ECR (Weigh-Tronix, Brecknell)",
        Line(9600, 7, Parity.EVEN),
        grammars.NCI_ECR,
        (Step(b"W\r"),),
    ),
    Protocol(
        "enq-dc1",
        "ENQ/DC1 handshake (CAS PD-II, Aviator and others)",
        Line(9600),
        grammars.ENQ_DC1,
        (Step(b"\x05", until=_ACK, busy=_NAK), Step(b"\x11", busy=_NAK)),
    ),
    Protocol(
        "cas-22",
        "CAS indicators, 22 bytes, sending by themselves",
        Line(9600),
        grammars.CAS_22,
    ),
    Protocol(
        "retail-stream",
        "scales that send ST,GS,+… kg by themselves",
        Line(9600),
        grammars.RETAIL_STREAM,
    ),
    Protocol(
        "a-and-d",
        "A&D, sending by itself",
        Line(2400, 7, Parity.EVEN),
        grammars.A_AND_D,
    ),
)

PROTOCOLS: Mapping[str, Protocol] = MappingProxyType({each.name: each for each in _ALL})
"""The published protocols, by the name in the settings."""
