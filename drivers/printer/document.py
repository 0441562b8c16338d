"""What is to be printed, as plain data. Text is only ever text: what cuts paper is `Cut` alone,
and nothing in a document opens the drawer (`build.drawer_kick` does)."""

from collections.abc import Sequence
from typing import NamedTuple

_QR_HEADING = "UPI:"  # what a slip of the till puts before its payment link
_LINK_START = "upi://"


class Text(NamedTuple):
    """One line; what does not fit goes on in the next. `double` is twice as wide and as high."""

    text: str
    bold: bool = False
    double: bool = False
    centred: bool = False


class Rule(NamedTuple):
    """A line of one sign across the paper."""

    sign: str = "-"


class Qr(NamedTuple):
    """A QR code, in the middle. Printable ASCII only."""

    payload: str


class Barcode(NamedTuple):
    """A number as CODE128 with its text below, in the middle. Printable ASCII only."""

    code: str


class Ean13(NamedTuple):
    """An article number of 13 digits as EAN-13 with its digits below, in the middle. Narrower than
    CODE128: it fits the narrowest paper, and every till reads it."""

    digits: str


class Picture(NamedTuple):
    """Black dots on white, in the middle. `bits` has whole bytes for each row, leftmost dot first
    in the highest bit, 1 for black."""

    width: int
    height: int
    bits: bytes

    @property
    def row_bytes(self) -> int:
        """How many bytes a row has."""
        return (self.width + 7) // 8


class Cut(NamedTuple):
    """The end of the slip: fed past the knife or the tear bar, and cut if there is a knife."""


Item = Text | Rule | Qr | Barcode | Ean13 | Picture | Cut
Document = Sequence[Item]


def slip_document(lines: Sequence[str], *, barcode: str = "") -> list[Item]:
    """A slip of the till as a document: its closing `UPI:` block becomes a QR code.

    `barcode` (a bill number) is printed below, where it is given.
    """
    text, payload = _without_link(lines)
    items: list[Item] = [Text(line) for line in text]
    if payload:
        items += [Text(_QR_HEADING, centred=True), Qr(payload)]
    if barcode:
        items.append(Barcode(barcode))
    return [*items, Cut()]


def _without_link(lines: Sequence[str]) -> tuple[Sequence[str], str]:
    """The lines before the last `UPI:`, and the link after it; the link is cut into rows.

    A shop or an item may be called `UPI:`; only what begins like a link is one.
    """
    for at in range(len(lines) - 1, -1, -1):
        if lines[at] == _QR_HEADING:
            payload = "".join(lines[at + 1 :])
            return (lines[:at], payload) if payload.startswith(_LINK_START) else (lines, "")
    return lines, ""
