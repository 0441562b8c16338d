"""What a printer can't set by itself, as pictures: Indic lines, QR codes, bar codes, the logo."""

import re
import unicodedata
from io import BytesIO
from typing import TYPE_CHECKING

from drivers.printer.document import Picture, Text
from drivers.printer.faults import CannotSet
from drivers.printer.fonts import Run, check_shaping, runs

if TYPE_CHECKING:
    from PIL.Image import Image

TEXT_DOTS = 24  # as high as a printer's own letters
QR_MODULE_DOTS_MAX = 6  # three quarters of a millimetre at 203 dpi
QR_MODULE_DOTS_MIN = 3  # below, telephones fail on thermal paper
QR_QUIET_MODULES = 4
BAR_DOTS = 2
BAR_HEIGHT_DOTS = 64
BAR_QUIET_MODULES = 10
EAN_MODULES = 95
EAN_QUIET_MODULES = 11  # at the left; the right needs 7
EAN_DOTS_MAX = 3  # 0.375 mm at 203 dpi; GS1's nominal size is 0.33 mm
LOGO_HEIGHT_DOTS_MAX = 400
LOGO_PIXELS_MAX = 4_000_000

_GAP = re.compile(r"(?<=\S) {2,}(?=\S+(?: \S+)*$)")  # before what stands at the right edge
_GAP_DOTS = TEXT_DOTS


def text_picture(item: Text, dots: int) -> Picture:
    """A line set with shaped letters, in as many rows as it needs.

    What two or more spaces keep away from the rest stands at the right edge, as in a slip's
    columns. `CannotSet` without fonts, or where this machine does not shape letters.
    """
    from PIL import Image, ImageDraw

    check_shaping()
    size = TEXT_DOTS * 2 if item.double else TEXT_DOTS
    rows = _placed(item, size, dots)
    fonts = [run.font for row in rows for _, run in row] or [run.font for run in runs("x", size)]
    ascent = max(font.getmetrics()[0] for font in fonts)
    height = ascent + max(font.getmetrics()[1] for font in fonts)
    image = Image.new("1", (dots, height * len(rows)), 1)
    pen = ImageDraw.Draw(image)
    for number, row in enumerate(rows):
        for left, run in row:
            for shift in (0, 1) if item.bold else (0,):
                at = (left + shift, number * height + ascent)
                pen.text(at, run.text, fill=0, font=run.font, anchor="ls")
    return _picture(image)


def qr_modules(payload: str) -> list[bytes]:
    """The rows of a QR code (level L, no quiet zone), a byte for each module, 1 for black.

    `CannotSet` if the payload is longer than any code.
    """
    import segno

    try:
        code = segno.make(payload, error="l", micro=False, boost_error=False)
    except segno.DataOverflowError as error:
        raise CannotSet("the payment link is too long for a QR code") from error
    return [bytes(row) for row in code.matrix]


def qr_module_dots(modules: int, dots: int) -> int:
    """How large a module may be; `CannotSet` if the code would be too fine to be read."""
    size = min(QR_MODULE_DOTS_MAX, dots // (modules + 2 * QR_QUIET_MODULES))
    if size < QR_MODULE_DOTS_MIN:
        raise CannotSet("the payment link is too long for a QR code on this paper")
    return size


def qr_picture(payload: str, dots: int) -> Picture:
    """A QR code with its quiet zone above and below; at its sides the paper is empty anyway."""
    rows = qr_modules(payload)
    size = qr_module_dots(len(rows), dots)
    width = len(rows) * size
    quiet = bytes((width + 7) // 8) * (QR_QUIET_MODULES * size)
    drawn = b"".join(_row_bits(row, size) * size for row in rows)
    return Picture(width, (len(rows) + 2 * QR_QUIET_MODULES) * size, quiet + drawn + quiet)


def barcode_picture(code: str, dots: int) -> Picture | None:
    """The bars of CODE128; None if they would not fit on this paper."""
    from barcode.codex import Code128

    modules = bytes(int(module) for module in Code128(code).build()[0])
    if (len(modules) + 2 * BAR_QUIET_MODULES) * BAR_DOTS > dots:
        return None
    row = _row_bits(modules, BAR_DOTS)
    return Picture(len(modules) * BAR_DOTS, BAR_HEIGHT_DOTS, row * BAR_HEIGHT_DOTS)


def ean_module_dots(dots: int) -> int:
    """How wide the bars of an EAN-13 may be on this paper."""
    return min(EAN_DOTS_MAX, dots // (EAN_MODULES + 2 * EAN_QUIET_MODULES))


def ean_picture(digits: str, dots: int) -> Picture:
    """The bars of an EAN-13 whose check digit is right."""
    from barcode.ean import EuropeanArticleNumber13

    modules = bytes(int(module) for module in EuropeanArticleNumber13(digits).build()[0])
    size = ean_module_dots(dots)
    row = _row_bits(modules, size)
    return Picture(len(modules) * size, BAR_HEIGHT_DOTS, row * BAR_HEIGHT_DOTS)


def logo(image_file: bytes, dots: int) -> Picture:
    """A picture file (PNG, JPEG, BMP) for this paper: made to fit, greys as dots.

    What is transparent is white. `CannotSet` for a file that is no picture, or a huge one.
    """
    from PIL import Image

    try:
        with Image.open(BytesIO(image_file), formats=("PNG", "JPEG", "BMP", "GIF")) as opened:
            if opened.width * opened.height > LOGO_PIXELS_MAX:
                raise CannotSet("the logo has too many pixels: make it smaller")
            seen = opened.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, CannotSet):
            raise
        raise CannotSet("the logo can't be read: give a PNG, JPEG, BMP or GIF file") from error
    paper = Image.new("RGBA", seen.size, "white")
    paper.alpha_composite(seen)
    grey = paper.convert("L")
    grey.thumbnail((dots, LOGO_HEIGHT_DOTS_MAX))
    return _picture(grey.convert("1", dither=Image.Dither.FLOYDSTEINBERG))


def _placed(item: Text, size: int, dots: int) -> list[list[tuple[int, Run]]]:
    """The rows, each as runs with their left edge."""
    gap = None if item.centred else _GAP.search(item.text)
    left, right = (item.text[: gap.start()], item.text[gap.end() :]) if gap else (item.text, "")
    rows = [runs(row, size) for row in _wrapped(left, size, dots)]
    placed: list[list[tuple[int, Run]]] = []
    for row in rows:
        spare = dots - _width(row)
        indent = 0
        if item.centred:
            indent = spare // 2
        elif len(rows) == 1 and not right:
            indent = min(spare, (len(left) - len(left.lstrip())) * (size // 2))
        placed.append(_side_by_side(row, indent))
    if right:
        tail = runs(" ".join(_wrapped(right, size, dots)[:1]), size)
        if _width(rows[-1]) + _GAP_DOTS + _width(tail) > dots:
            placed.append([])
        placed[-1] += _side_by_side(tail, dots - _width(tail))
    return placed


def _side_by_side(row: list[Run], left: int) -> list[tuple[int, Run]]:
    placed = []
    for run in row:
        placed.append((left, run))
        left += run.width
    return placed


def _wrapped(text: str, size: int, dots: int) -> list[str]:
    """Rows that fit, broken at spaces; a word wider than the paper is cut between letters."""
    rows = [""]
    for word in text.split():
        joined = f"{rows[-1]} {word}".strip()
        if _width(runs(joined, size)) <= dots:
            rows[-1] = joined
            continue
        pieces = _cut(word, size, dots)
        rows = [*rows, *pieces] if rows[-1] else pieces
    return rows


def _cut(word: str, size: int, dots: int) -> list[str]:
    pieces = [""]
    for letter in _letters(word):
        if pieces[-1] and _width(runs(pieces[-1] + letter, size)) > dots:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _letters(word: str) -> list[str]:
    """Letters with the marks that belong to them."""
    letters: list[str] = []
    for char in word:
        if letters and unicodedata.category(char)[0] in "MC":
            letters[-1] += char
        else:
            letters.append(char)
    return letters


def _width(row: list[Run]) -> int:
    return sum(run.width for run in row)


def _picture(image: "Image") -> Picture:
    """Of a 1-bit image, in which 1 is white."""
    return Picture(image.width, image.height, image.tobytes("raw", "1;I"))


def _row_bits(modules: bytes, size: int) -> bytes:
    """A row of modules, each `size` dots wide."""
    dots = "".join(("1" if module else "0") * size for module in modules)
    dots += "0" * (-len(dots) % 8)
    return int(dots, 2).to_bytes(len(dots) // 8, "big")
