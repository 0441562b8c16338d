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
    """How large a pixel is: so many cells wide and so many halves of a cell high, which makes it
    square; and how many cells lie between digits."""

    pixel: int
    gap: int

    @property
    def height(self) -> int:
        """Of a digit, in rows of the screen."""
        return (PIXELS_HIGH * self.pixel + 1) // 2

    def width_of(self, figures: str) -> int:
        """Of figures, in columns of the screen."""
        pixels = sum(len(_GLYPHS[figure].split()[0]) for figure in figures)
        return pixels * self.pixel + self.gap * max(0, len(figures) - 1)


SIZES = (Size(6, 4), Size(4, 3), Size(4, 2), Size(3, 2), Size(2, 2), Size(2, 1), Size(1, 1))


def drawn(figures: str, width: int, height: int) -> list[str]:
    """Figures (digits and `. , : -`) as rows, as large as fits into a place; written plainly where
    even the smallest digits do not, and not at all where an amount would be cut."""
    for size in SIZES:
        if size.height <= height and size.width_of(figures) <= width:
            return _at(figures, size)
    return [figures] if height > 0 and len(figures) <= width else []


def _at(figures: str, size: Size) -> list[str]:
    """Drawn in halves of a row, of which two make one."""
    halves = [line for y in range(PIXELS_HIGH) for line in [_line(figures, y, size)] * size.pixel]
    if len(halves) % 2:
        halves.append([False] * len(halves[0]))
    return [
        "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(halves[::2], halves[1::2], strict=True)
    ]


def _line(figures: str, y: int, size: Size) -> list[bool]:
    """One line of pixels, cell by cell: where there is ink."""
    blank = [False] * size.gap
    cells: list[bool] = []
    for figure in figures:
        cells += blank if cells else []
        cells += [ink == "#" for ink in _GLYPHS[figure].split()[y] for _ in range(size.pixel)]
    return cells
