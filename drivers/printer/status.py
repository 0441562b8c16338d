"""How a printer is, by DLE EOT 1 to 4. What is not known stays unknown: silence is no paper.

Source: Epson's ESC/POS reference. In each reply bits 1 and 4 are set, bits 0 and 7 are not;
what does not look so is noise, or a reply to something else.
"""

from enum import Enum
from typing import NamedTuple

from drivers.printer.faults import TimedOut
from drivers.printer.transport import Connection

REPLY_S = 0.8  # a printer answers within milliseconds, a slow network within tenths

_FIXED_MASK, _FIXED = 0x93, 0x12
_DRAWER_PIN = 0x04  # of reply 1
_OFFLINE = 0x08
_COVER = 0x04  # of reply 2
_STOPPED_FOR_PAPER = 0x20
_ERROR = 0x40
_ERROR_KINDS = 0x6C  # of reply 3: mechanics, knife, for good, head too hot
_NEAR_END = 0x0C  # of reply 4; the two sensors always say the same
_OUT = 0x60


class Paper(Enum):
    """What the sensors say of the roll."""

    UNKNOWN = "unknown"
    OK = "ok"
    NEAR_END = "near its end"
    OUT = "out"


class Status(NamedTuple):
    """None where the printer did not say. `drawer_high` is the level of the drawer's sensor: what
    it means (open or shut) is up to the drawer."""

    offline: bool | None = None
    cover_open: bool | None = None
    error: bool | None = None
    paper: Paper = Paper.UNKNOWN
    drawer_high: bool | None = None

    @property
    def silent(self) -> bool:
        """Whether it said nothing at all."""
        return self == Status()

    @property
    def trouble(self) -> str:
        """Why it can't print, in words; empty if it can, for all we know."""
        if self.cover_open:
            return "the printer's cover is open"
        if self.paper is Paper.OUT:
            return "the printer is out of paper"
        if self.error:
            return "the printer has an error: switch it off and on"
        if self.offline:
            return "the printer is offline"
        return ""


def request(number: int) -> bytes:
    """DLE EOT, `number` 1 to 4."""
    return bytes([0x10, 0x04, number])


def parse(replies: dict[int, bytes]) -> Status:
    """The status in the replies, by the number of their request; empty and odd ones say nothing."""
    state, reasons, errors, paper = (_flags(replies.get(number, b"")) for number in (1, 2, 3, 4))
    return Status(
        offline=_is_set(state, _OFFLINE),
        cover_open=_is_set(reasons, _COVER),
        error=_either(_is_set(reasons, _ERROR), _is_set(errors, _ERROR_KINDS)),
        paper=_paper(paper, reasons),
        drawer_high=_is_set(state, _DRAWER_PIN),
    )


def ask(connection: Connection, reply_s: float = REPLY_S) -> Status:
    """The printer's answers. The first request without one is the last that is made: a late
    answer would be taken for that to the next, for all look alike.

    Errors as `Connection.send`, but for `TimedOut`: what takes no question is silent.
    """
    replies: dict[int, bytes] = {}
    for number in (1, 2, 3, 4):
        connection.drain()
        try:
            connection.send(request(number), reply_s)
        except TimedOut:
            break  # it does not even take the question
        replies[number] = connection.receive(reply_s)
        if not replies[number]:
            break
    return parse(replies)


def _flags(reply: bytes) -> int | None:
    """The reply's byte, if it is one."""
    if len(reply) == 1 and reply[0] & _FIXED_MASK == _FIXED:
        return reply[0]
    return None


def _is_set(flags: int | None, mask: int) -> bool | None:
    return None if flags is None else bool(flags & mask)


def _either(one: bool | None, other: bool | None) -> bool | None:
    if one or other:
        return True
    return one if other is None else other


def _paper(sensors: int | None, reasons: int | None) -> Paper:
    if sensors is None:
        return Paper.OUT if _is_set(reasons, _STOPPED_FOR_PAPER) else Paper.UNKNOWN
    near_end, out = sensors & _NEAR_END, sensors & _OUT
    if near_end not in (0, _NEAR_END) or out not in (0, _OUT):
        return Paper.UNKNOWN
    if out:
        return Paper.OUT
    return Paper.NEAR_END if near_end else Paper.OK
