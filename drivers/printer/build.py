"""A document as the bytes of ESC/POS, made by python-escpos: it only builds, nothing is sent here.

Every character passes `letters` first. Pictures pass `without_real_time`: a printer obeys some
commands even inside a picture's data, and one of them opens the drawer.
"""

import logging
import os
import re
import shutil
from functools import cache
from typing import TYPE_CHECKING, Protocol

from drivers.printer.document import (
    Barcode,
    Cut,
    Document,
    Ean13,
    Item,
    Picture,
    Qr,
    Rule,
    Text,
)
from drivers.printer.drawing import (
    BAR_DOTS,
    BAR_HEIGHT_DOTS,
    BAR_QUIET_MODULES,
    barcode_picture,
    ean_module_dots,
    ean_picture,
    qr_module_dots,
    qr_modules,
    qr_picture,
    text_picture,
)
from drivers.printer.faults import CannotSet
from drivers.printer.letters import ascii_only, is_drawn, settable
from drivers.printer.profile import Cutter, Profile

if TYPE_CHECKING:
    from PIL.Image import Image

TEAR_FEED_LINES = 6  # as python-escpos feeds before it cuts
BARCODE_LETTERS_MAX = 40

_RESET = b"\x1b@"
_ONE_BYTE_LETTERS = b"\x1c."  # Chinese models else take two bytes above 7F for one letter
_CODE_PAGE = b"\x1bt"
_HRI_BELOW = b"\x1dH\x02"
_BAR_HEIGHT = b"\x1dh"
_BAR_WIDTH = b"\x1dw"
_CODE128 = b"\x1dkI"
_EAN13 = b"\x1dkC\x0d"  # 13 digits follow
_CODE_SET_B = "{B"  # whose own sign `{` is written twice
_CODE128_MODULES_MORE = 35  # start, check and stop sign
_REAL_TIME = re.compile(rb"\x10(?=[\x04\x05\x14])")  # DLE EOT, DLE ENQ, DLE DC4
_PICKLE_FOLDER_SETTING = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_HARMLESS = b"\x18"  # the same eight dots, and one more black


class _Paper(Protocol):
    """What is used of python-escpos, which has no types of its own."""

    output: bytes

    def _raw(self, msg: bytes) -> None: ...
    def text(self, txt: str) -> None: ...
    def set(
        self,
        *,
        align: str,
        bold: bool,
        normal_textsize: bool,
        double_width: bool,
        double_height: bool,
    ) -> None: ...
    def image(self, img_source: "Image") -> None: ...
    def qr(self, content: str, *, size: int, native: bool) -> None: ...
    def cut(self, mode: str) -> None: ...
    def print_and_feed(self, n: int) -> None: ...
    def cashdraw(self, pin: int) -> None: ...


def build(document: Document, profile: Profile) -> bytes:
    """The bytes that print a document; they begin with a reset of the printer.

    `CannotSet` for what can't be put on paper: a link too long for a QR code, Indic letters
    without their font or without shaping, a picture wider than the paper.
    """
    paper = _new_paper(profile)
    texts = [
        settable(item.text, profile.code_page.codec) for item in document if isinstance(item, Text)
    ]
    paper._raw(_RESET)
    if not all(text.isascii() or is_drawn(text) for text in texts):
        number = bytes([profile.code_page.number])
        paper._raw(_ONE_BYTE_LETTERS + _CODE_PAGE + number)
    setting = _Setting(paper, profile)
    for item in document:
        setting.put(item)
    return paper.output


def drawer_kick(profile: Profile) -> bytes:
    """The bytes that open the drawer; `CannotSet` if the printer has no socket for one."""
    if profile.drawer_pin is None:
        raise CannotSet("this printer has no socket for a cash drawer")
    paper = _new_paper(profile)
    paper.cashdraw(profile.drawer_pin)
    return paper.output


def without_real_time(bits: bytes) -> bytes:
    """A picture's bits without the commands that a printer obeys wherever they stand.

    DLE DC4 opens the drawer or switches off, even in the middle of a picture (so Epson's manual).
    A black dot is added to the DLE: nobody sees it.
    """
    return _REAL_TIME.sub(_HARMLESS, bits)


class _Setting:
    """Sets items one by one, and sends a change of style only where there is one."""

    def __init__(self, paper: _Paper, profile: Profile) -> None:
        self._paper = paper
        self._profile = profile
        self._style = Text("")

    def put(self, item: Item) -> None:
        match item:
            case Text():
                self._text(item)
            case Rule(sign):
                self._text(Text((ascii_only(sign)[:1].strip() or "-") * self._profile.columns))
            case Qr(payload):
                self._qr(ascii_only(payload))
            case Barcode(code):
                self._barcode(ascii_only(code).strip())
            case Ean13(digits):
                self._ean(digits)
            case Picture():
                self._picture(item)
            case Cut():
                self._cut()

    def _text(self, item: Text) -> None:
        item = item._replace(text=settable(item.text, self._profile.code_page.codec))
        if is_drawn(item.text):
            self._picture(text_picture(item, self._profile.dots))
            return
        self._turn_to(item)
        columns = self._profile.columns // 2 if item.double else self._profile.columns
        text = item.text.rstrip()
        for at in range(0, max(len(text), 1), columns):
            self._paper.text(text[at : at + columns] + "\n")

    def _qr(self, payload: str) -> None:
        if not payload:
            return
        if not self._profile.qr:
            self._picture(qr_picture(payload, self._profile.dots))
            return
        size = qr_module_dots(len(qr_modules(payload)), self._profile.dots)
        self._turn_to(Text("", centred=True))
        self._paper.qr(payload, size=size, native=True)

    def _barcode(self, code: str) -> None:
        """Bars with their text; the text alone where the bars do not fit."""
        if not code:
            return
        escaped = code.replace("{", "{{")
        modules = len(code) * 11 + _CODE128_MODULES_MORE + 2 * BAR_QUIET_MODULES
        fits = len(code) <= BARCODE_LETTERS_MAX and modules * BAR_DOTS <= self._profile.dots
        if self._profile.barcode and fits:
            data = (_CODE_SET_B + escaped).encode("ascii")
            self._turn_to(Text("", centred=True))
            self._bars(BAR_DOTS, _CODE128 + bytes([len(data)]) + data)
            return
        bars = barcode_picture(code, self._profile.dots)
        if bars:
            self._picture(bars)
        self._text(Text(code, centred=True))

    def _ean(self, digits: str) -> None:
        """Bars with their digits. Refused where the check digit is wrong: printers then print
        nothing, or another one."""
        if not _is_ean13(digits):
            raise CannotSet(f"'{ascii_only(digits)[:20]}' is no EAN-13: its check digit is wrong")
        if self._profile.barcode:
            self._turn_to(Text("", centred=True))
            dots = ean_module_dots(self._profile.dots)
            self._bars(dots, _EAN13 + digits.encode("ascii"))
            return
        self._picture(ean_picture(digits, self._profile.dots))
        self._text(Text(digits, centred=True))

    def _bars(self, module_dots: int, code: bytes) -> None:
        height, width = bytes([BAR_HEIGHT_DOTS]), bytes([module_dots])
        self._paper._raw(_HRI_BELOW + _BAR_HEIGHT + height + _BAR_WIDTH + width + code)

    def _picture(self, picture: Picture) -> None:
        if len(picture.bits) != picture.row_bytes * picture.height:
            raise CannotSet("the picture is not whole")
        if picture.width > self._profile.dots:
            raise CannotSet("the picture is wider than the paper")
        if not picture.bits:
            return
        self._turn_to(Text(""))
        self._paper.image(_image(_centred(picture, self._profile.dots)))

    def _cut(self) -> None:
        self._turn_to(Text(""))
        match self._profile.cutter:
            case Cutter.NONE:
                self._paper.print_and_feed(TEAR_FEED_LINES)
            case Cutter.FULL:
                self._paper.cut("FULL")
            case Cutter.PARTIAL:
                self._paper.cut("PART")

    def _turn_to(self, style: Text) -> None:
        style = style._replace(text="")
        if style == self._style:
            return
        self._style = style
        self._paper.set(
            align="center" if style.centred else "left",
            bold=style.bold,
            normal_textsize=not style.double,
            double_width=style.double,
            double_height=style.double,
        )


def _is_ean13(digits: str) -> bool:
    if not (len(digits) == 13 and digits.isascii() and digits.isdigit()):
        return False
    weighed = (int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return sum(weighed) % 10 == 0


def _centred(picture: Picture, dots: int) -> Picture:
    """Moved to the middle, as near as whole bytes go: not all printers centre pictures."""
    before = (dots - picture.width) // 2 // 8
    width = before * 8 + picture.width
    rows = [
        bytes(before) + picture.bits[at : at + picture.row_bytes]
        for at in range(0, len(picture.bits), picture.row_bytes)
    ]
    return Picture(width, picture.height, b"".join(rows))


def _image(picture: Picture) -> "Image":
    from PIL import Image

    bits = without_real_time(picture.bits)
    return Image.frombytes("1", (picture.row_bytes * 8, picture.height), bits, "raw", "1;I")


def _new_paper(profile: Profile) -> _Paper:
    """A Dummy of its own for each slip: its output only ever grows."""
    _import_escpos()
    from escpos.capabilities import Profile as Capabilities
    from escpos.printer import Dummy

    cutter = profile.cutter
    able = Capabilities(
        columns=profile.columns,
        features={
            "paperFullCut": cutter is Cutter.FULL,
            "paperPartCut": cutter is Cutter.PARTIAL,
        },
    )
    # Without a width it prints advice on the terminal.
    able.profile_data = {**able.profile_data, "media": {"width": {"pixels": profile.dots}}}
    encoding = {"encoding": profile.code_page.codec.upper(), "disabled": True}
    paper: _Paper = Dummy(profile=able, magic_encode_args=encoding)
    return paper


@cache
def _import_escpos() -> None:
    """Its first import, kept from what it does beside: it configures the root logger, and leaves
    a folder with a pickle among the temporary files."""
    root = logging.getLogger()
    guard = logging.NullHandler()
    root.addHandler(guard)  # basicConfig leaves a logger alone that has a handler
    try:
        from escpos import capabilities
    finally:
        root.removeHandler(guard)
    if _PICKLE_FOLDER_SETTING not in os.environ:  # a folder of its own making, not somebody's
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
