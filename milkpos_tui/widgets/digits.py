"""Figures that are read from two metres away: digits drawn of blocks, as large as there is room.

Only full and half blocks are used: the Linux console's font has them too.
"""

from typing import NamedTuple

# Three pixels wide, five high; signs are narrower. `#` is ink.
_GLYPHS = {
    "0": "### #.# #.# #.# ###",
    "1": ".#. ##. .#. .#. ###",
    "2": "### ..# ### #.. ###",
    "3": "### ..# ### ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ### ..# ###",
    "6": "### #.. ### #.# ###",
    "7": "### ..# ..# ..# ..#",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ###",
    ".": ". . . . #",
    ",": ". . . # #",
    ":": ". # . # .",
    "-": "... ... ### ... ...",
}
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
PIXELS_HIGH = 5


class Size(NamedTuple):
    """How large a pixel is, in cells, and how many cells lie between digits. A cell is twice as
    high as it is wide. Of `rows` 0, two pixels share a cell."""

    columns: int
    rows: int
    gap: int

    @property
    def height(self) -> int:
        """Of a digit, in rows of the screen."""
        return PIXELS_HIGH * self.rows or (PIXELS_HIGH + 1) // 2

    def width_of(self, figures: str) -> int:
        """Of figures, in columns of the screen."""
        pixels = sum(len(_GLYPHS[figure].split()[0]) for figure in figures)
        return pixels * self.columns + self.gap * max(0, len(figures) - 1)


SIZES = (Size(6, 3, 4), Size(4, 2, 3), Size(4, 2, 2), Size(2, 1, 2), Size(2, 1, 1), Size(1, 0, 1))


def drawn(figures: str, width: int, height: int) -> list[str]:
    """Figures (digits and `. , : -`) as rows, as large as fits into a place; written plainly where
    even the smallest digits do not."""
    for size in SIZES:
        if size.height <= height and size.width_of(figures) <= width:
            return _at(figures, size)
    return [figures] if height > 0 else []


def _at(figures: str, size: Size) -> list[str]:
    glyphs = [_GLYPHS[figure].split() for figure in figures]
    lines = [[[ink == "#" for ink in glyph[y]] for glyph in glyphs] for y in range(PIXELS_HIGH)]
    gap = " " * size.gap
    if size.rows:
        rows = [gap.join(_line(glyph, size.columns) for glyph in line) for line in lines]
        return [row for row in rows for _ in range(size.rows)]
    lines.append([[False] * len(glyph) for glyph in lines[0]])
    return [
        gap.join(
            "".join(_HALVES[pair] for pair in zip(above, below, strict=True))
            for above, below in zip(upper, lower, strict=True)
        )
        for upper, lower in zip(lines[::2], lines[1::2], strict=True)
    ]


def _line(glyph: list[bool], columns: int) -> str:
    return "".join(("█" if ink else " ") * columns for ink in glyph)
