"""Text as glyphs in place, so that Indic letters join and stand as they must: HarfBuzz shapes.

Fonts are the system's (docs/rounds.md names the packages), one for each script. What was shaped is
kept: a month's bills consist of the same few hundred words and numbers.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

import uharfbuzz as hb

from drivers.printer.faults import CannotSet
from drivers.printer.fonts import by_script, font_file
from milkpos_tui.domain.errors import Unreachable
from milkpos_tui.domain.rounding import half_up

UNITS = 1000  # of a font's em, in which PDF counts
KEPT_TEXTS = 2_048
LATIN = "Latin"

_ASCII = re.compile(r"([!-~]+)")  # digits and signs look the same in every line
_RTL = r"\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_FROM_RIGHT = re.compile(f"([{_RTL}]+(?: +[{_RTL}]+)*)")  # an Urdu name, of several words too
_NOT_IN_PDF = [
    int.from_bytes(table)
    for table in (b"GSUB", b"GPOS", b"GDEF", b"name", b"post", b"OS/2", b"kern", b"gasp", b"cmap")
]
_FEATURES = {"liga": False, "clig": False, "dlig": False}  # of Latin: a glyph a letter


class Glyph(NamedTuple):
    """A glyph in place, in thousandths of the em. `text` is what it stands for, where it alone
    stands for it; `own` is the advance the font gives it, `advance` the one it has here."""

    id: int
    own: int
    advance: int
    right: int
    up: int
    text: str


class Run(NamedTuple):
    """Glyphs of one font."""

    script: str
    text: str
    glyphs: tuple[Glyph, ...]
    width: int


class Face(NamedTuple):
    """A font of the system, as HarfBuzz has it."""

    script: str
    name: str
    face: "hb.Face"
    font: "hb.Font"
    units: int
    ascent: int
    descent: int

    def subset(self, glyphs: set[int]) -> bytes:
        """A font of these glyphs alone, under their own numbers, without what a reader of PDF has
        no use for."""
        wanted = hb.SubsetInput()
        wanted.flags = hb.SubsetFlags.RETAIN_GIDS
        wanted.glyph_set.update(glyphs)
        wanted.drop_table_tag_set.update(_NOT_IN_PDF)
        return bytes(hb.subset(self.face, wanted).blob.data)


@cache
def face_of(script: str) -> Face:
    """The font for a script. `Unreachable("font-missing")` where there is none."""
    try:
        path = font_file(script)
    except CannotSet as missing:
        raise Unreachable("font-missing", str(missing)) from missing
    face = hb.Face(hb.Blob.from_file_path(str(path)))
    font = hb.Font(face)
    extents = font.get_font_extents("ltr")
    units = face.upem
    return Face(
        script,
        re.sub(r"[^A-Za-z0-9-]", "", path.stem),
        face,
        font,
        units,
        extents.ascender * UNITS // units,
        extents.descender * UNITS // units,
    )


@lru_cache(maxsize=KEPT_TEXTS)
def shaped(text: str) -> tuple[Run, ...]:
    """The text as runs of glyphs, from left to right; words that are read from the right are one
    run, their last letter first. A letter that no font has is a box."""
    runs = []
    for script, piece in by_script(text):
        parts = (_FROM_RIGHT if script == LATIN else _ASCII).split(piece)
        runs += [_run(LATIN if _ASCII.fullmatch(part) else script, part) for part in parts if part]
    return tuple(runs)


def width_of(text: str) -> int:
    """In thousandths of the em."""
    return sum(run.width for run in shaped(text))


def _run(script: str, text: str) -> Run:
    face = face_of(script)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    apart = script == LATIN and buffer.direction == "ltr"
    hb.shape(face.font, buffer, _FEATURES if apart else None)
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    clusters = [info.cluster for info in infos]
    ends = dict(zip(sorted(set(clusters)), [*sorted(set(clusters))[1:], len(text)], strict=True))
    glyphs = tuple(
        Glyph(
            info.codepoint,
            _scaled(face.font.get_glyph_h_advance(info.codepoint), face.units),
            _scaled(position.x_advance, face.units),
            _scaled(position.x_offset, face.units),
            _scaled(position.y_offset, face.units),
            text[info.cluster : ends[info.cluster]] if clusters.count(info.cluster) == 1 else "",
        )
        for info, position in zip(infos, positions, strict=True)
    )
    return Run(script, text, glyphs, sum(glyph.advance for glyph in glyphs))


def _scaled(value: int, units: int) -> int:
    return half_up(value * UNITS, units) if units != UNITS else value
