"""Sheets of a PDF file: text, rules and QR codes in place.

Lengths are whole hundredths of a point (1/7200 inch), from the sheet's top left corner; a text's
place is its baseline.
Only the glyphs that are used are embedded. What a reader copies or searches is the text itself:
`ActualText` in Indic letters; words from the right, readers turn round themselves. No date is
written, so the same sheets are the same bytes.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pydyf

from milkpos_tui.domain.rounding import half_up
from milkpos_tui.services.typesetting import LATIN, UNITS, Face, Run, face_of, shaped, width_of

POINT = 100
BOLD_STROKE_PERCENT = 3  # of the size: fonts of most scripts have no bold cut


class Format(NamedTuple):
    """A size of paper, upright."""

    name: str
    width: int
    height: int


def mm(length: int) -> int:
    """Millimetres as hundredths of a point."""
    return half_up(length * 72 * POINT * 10, 254)


A4 = Format("A4", mm(210), mm(297))
A5 = Format("A5", mm(148), mm(210))
FORMATS = {paper.name.lower(): paper for paper in (A4, A5)}


class Sheets:
    """The sheets of one document. Made, written on from top to bottom, and finished once."""

    def __init__(self, paper: Format, title: str) -> None:
        self.paper = paper
        self._title = title
        self._pages: list[list[str]] = []
        self._used: dict[str, dict[int, str]] = {}  # by script: glyphs, and what they stand for
        self._widths: dict[str, dict[int, int]] = {}

    @property
    def pages(self) -> int:
        """How many there are."""
        return len(self._pages)

    def new_page(self) -> None:
        """A new sheet; everything that follows is on it."""
        self._pages.append([])

    def text(
        self,
        left: int,
        down: int,
        text: str,
        size: int,
        *,
        align: str = "<",
        bold: bool = False,
    ) -> None:
        """One line; `align` says what `left` is of it: `<` its left edge, `>` its right, `^` its
        middle."""
        runs = shaped(text)
        width = sum(run.width for run in runs) * size // UNITS
        left -= {"<": 0, "^": width // 2, ">": width}[align]
        rows = self._pages[-1]
        rows.append("BT")
        if bold:
            rows.append(f"2 Tr {_points(size * BOLD_STROKE_PERCENT // 100)} w")
        rows.append(f"1 0 0 1 {_points(left)} {_points(self.paper.height - down)} Tm")
        for run in runs:
            self._use(run)
            rows.append(f"/{run.script} {_points(size)} Tf")
            joined = run.script != LATIN
            if joined:
                actual = run.text.encode("utf-16-be").hex()
                rows.append(f"/Span<</ActualText<feff{actual}>>>BDC")
            rows += _shown(run, size)
            if joined:
                rows.append("EMC")
        if bold:
            rows.append("0 Tr")
        rows.append("ET")

    def fitted(self, text: str, size: int, width: int) -> str:
        """The text, or as much of it as is at most so wide, with dots."""
        if width_of(text) * size <= width * UNITS:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if width_of(_cut(text, middle)) * size <= width * UNITS:
                low = middle
            else:
                high = middle - 1
        return _cut(text, low)

    def rule(self, left: int, down: int, right: int, width: int) -> None:
        """A straight line across."""
        up = _points(self.paper.height - down)
        self._pages[-1].append(
            f"{_points(width)} w {_points(left)} {up} m {_points(right)} {up} l S"
        )

    def shade(self, left: int, down: int, width: int, height: int, white_percent: int) -> None:
        """A grey field; `down` is its top edge."""
        field = (left, self.paper.height - down - height, width, height)
        told = " ".join(map(_points, field))
        self._pages[-1].append(f"q {_points(white_percent)} g {told} re f Q")

    def modules(self, left: int, down: int, size: int, rows: Sequence[Sequence[int]]) -> None:
        """A QR code, with its quiet zone in `rows`; at most `size` wide, of whole modules."""
        step = size // len(rows)
        squares = []
        for number, row in enumerate(rows):
            bottom = self.paper.height - down - (number + 1) * step
            squares += [
                " ".join(map(_points, (left + start * step, bottom, length * step, step))) + " re"
                for start, length in _black(row)
            ]
        if squares:
            self._pages[-1].append("\n".join(squares) + " f")

    def finish(self) -> bytes:
        """The file."""
        document = pydyf.PDF()
        fonts = pydyf.Dictionary(
            {script: _font(document, face_of(script), *self._of(script)) for script in self._used}
        )
        for page in self._pages:
            content = pydyf.Stream([row.encode("ascii") for row in page], compress=True)
            document.add_object(content)
            document.add_page(
                pydyf.Dictionary(
                    {
                        "Type": "/Page",
                        "Parent": document.pages.reference,
                        "MediaBox": pydyf.Array(
                            [0, 0, _points(self.paper.width), _points(self.paper.height)]
                        ),
                        "Contents": content.reference,
                        "Resources": pydyf.Dictionary({"Font": fonts}),
                    }
                )
            )
        document.info["Title"] = pydyf.String(self._title)
        document.info["Producer"] = pydyf.String("MilkPOS")
        return _written(document)

    def _use(self, run: Run) -> None:
        used = self._used.setdefault(run.script, {})
        widths = self._widths.setdefault(run.script, {})
        for glyph in run.glyphs:
            if not used.get(glyph.id):
                used[glyph.id] = glyph.text
                widths[glyph.id] = glyph.own

    def _of(self, script: str) -> tuple[dict[int, str], dict[int, int]]:
        return self._used[script], self._widths[script]


def _points(hundredths: int) -> str:
    """As PDF writes a number of points."""
    whole, rest = divmod(abs(hundredths), POINT)
    return f"{'-' if hundredths < 0 else ''}{whole}.{rest:02d}"


def _cut(text: str, length: int) -> str:
    return text if length >= len(text) else f"{text[:length].rstrip()}..."


def _black(row: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Where black modules begin, and how many follow each other."""
    start = None
    for at, module in enumerate([*row, 0]):
        if module and start is None:
            start = at
        elif not module and start is not None:
            yield start, at - start
            start = None


def _shown(run: Run, size: int) -> list[str]:
    """The operators that show a run. A number inside TJ moves to the left; a rise needs Ts."""
    parts: list[str] = []
    row: list[str] = []
    up = 0

    def flush() -> None:
        if row:
            parts.append(f"[{''.join(row)}]TJ")
            row.clear()

    for glyph in run.glyphs:
        if glyph.up != up:
            flush()
            up = glyph.up
            parts.append(f"{_points(up * size // UNITS)} Ts")
        if glyph.right:
            row.append(f"{-glyph.right}")
        row.append(f"<{glyph.id:04x}>")
        back = glyph.own - glyph.advance + glyph.right
        if back:
            row.append(f"{back}")
    flush()
    if up:
        parts.append("0 Ts")
    return parts


def _font(document: pydyf.PDF, face: Face, used: dict[int, str], widths: dict[int, int]) -> bytes:
    """A font of the glyphs that are used, addressed by their numbers; its reference."""
    file = pydyf.Stream([face.subset(set(used))], compress=True)
    document.add_object(file)
    name = f"/{_tag(used)}+{face.name}"
    descriptor = pydyf.Dictionary(
        {
            "Type": "/FontDescriptor",
            "FontName": name,
            "Flags": 4,  # symbolic: glyphs have no names
            "FontBBox": pydyf.Array([-UNITS, face.descent, 2 * UNITS, face.ascent]),
            "ItalicAngle": 0,
            "Ascent": face.ascent,
            "Descent": face.descent,
            "CapHeight": face.ascent,
            "StemV": 80,
            "FontFile2": file.reference,
        }
    )
    document.add_object(descriptor)
    told = " ".join(f"{glyph} [{widths[glyph]}]" for glyph in sorted(widths))
    descendant = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/CIDFontType2",
            "BaseFont": name,
            "CIDSystemInfo": "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>",
            "FontDescriptor": descriptor.reference,
            "W": f"[{told}]",
            "CIDToGIDMap": "/Identity",
        }
    )
    document.add_object(descendant)
    meanings = pydyf.Stream([_to_unicode(used).encode("ascii")], compress=True)
    document.add_object(meanings)
    font = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": name,
            "Encoding": "/Identity-H",
            "DescendantFonts": pydyf.Array([descendant.reference]),
            "ToUnicode": meanings.reference,
        }
    )
    document.add_object(font)
    reference: bytes = font.reference
    return reference


def _tag(used: dict[int, str]) -> str:
    """Six capitals that differ where the glyphs differ, as subsets are named (ISO 32000, 9.9.2)."""
    number = sum(glyph * (place + 1) for place, glyph in enumerate(sorted(used)))
    letters = ""
    for _ in range(6):
        number, letter = divmod(number, 26)
        letters += chr(ord("A") + letter)
    return letters


def _to_unicode(used: dict[int, str]) -> str:
    """What glyphs stand for, in at most a hundred rows a block (ISO 32000, 9.10.3)."""
    rows = [
        f"<{glyph:04x}><{text.encode('utf-16-be').hex()}>"
        for glyph, text in sorted(used.items())
        if text
    ]
    blocks = []
    for start in range(0, len(rows), 100):
        some = rows[start : start + 100]
        blocks.append(f"{len(some)} beginbfchar\n" + "\n".join(some) + "\nendbfchar")
    return "\n".join(
        (
            "/CIDInit/ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def",
            "/CMapName/Adobe-Identity-UCS def/CMapType 2 def",
            "1 begincodespacerange<0000><ffff>endcodespacerange",
            *blocks,
            "endcmap CMapName currentdict/CMap defineresource pop end end",
        )
    )


def _written(document: pydyf.PDF) -> bytes:
    from io import BytesIO

    file = BytesIO()
    document.write(file, compress=False)
    return file.getvalue()
