"""Fonts for letters that printers do not have, and whether this machine can shape them.

Everything here is found once in a process and kept: fonts that are installed later want a restart.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from drivers.printer.faults import CannotSet
from drivers.printer.letters import JOINERS, SCRIPTS, script_of

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))  # where Debian has them

_LATIN = "Latin"
_LATIN_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "Lohit-Devanagari.ttf")
_LATIN_PACKAGE = "fonts-dejavu-core"
_DANDAS = "।॥"  # stand in the Devanagari block, but end sentences in its neighbours' too


class Run(NamedTuple):
    """Letters that one font sets."""

    text: str
    font: "FreeTypeFont"

    @property
    def width(self) -> int:
        """In dots, rounded up."""
        return -int(-self.font.getlength(self.text) // 1)


def check_shaping() -> None:
    """`CannotSet` if this machine would print Indic letters torn apart."""
    if not _shapes():
        raise CannotSet(
            "Indic letters can't be printed: the system library fribidi is missing"
            " (apt-get install libfribidi0)"
        )


def scripts_with_font(folders: tuple[Path, ...] = FOLDERS) -> list[str]:
    """The Indic scripts that this machine has letters for, by name."""
    installed = _installed(folders)
    return [script.name for script in SCRIPTS if any(font in installed for font in script.fonts)]


def runs(text: str, size: int) -> list[Run]:
    """The text cut where the font changes, set `size` dots high.

    Spaces, digits and signs go with the letters before them. `CannotSet` where a font is missing.
    """
    pieces: list[tuple[str, str]] = []
    for char in text:
        script = _script_named(char)
        if not pieces:
            pieces.append((script, char))
        elif script in ("", pieces[-1][0]):
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + char)
        elif not pieces[-1][0]:
            pieces[-1] = (script, pieces[-1][1] + char)
        else:
            pieces.append((script, char))
    return [Run(piece, _font(script or _LATIN, size)) for script, piece in pieces]


def _script_named(char: str) -> str:
    """Empty for what goes with any letters."""
    if char in _DANDAS or char in JOINERS:
        return ""
    script = script_of(char)
    if script:
        return script.name
    return _LATIN if char.isalpha() or not char.isascii() else ""


@cache
def _font(script: str, size: int) -> "FreeTypeFont":
    from PIL import ImageFont

    names, package = _fonts_of(script)
    installed = _installed(FOLDERS)
    for name in names:
        if name in installed:
            return ImageFont.truetype(installed[name], size, layout_engine=ImageFont.Layout.RAQM)
    raise CannotSet(f"no font for {script} letters is installed (apt-get install {package})")


def _fonts_of(script: str) -> tuple[tuple[str, ...], str]:
    for known in SCRIPTS:
        if known.name == script:
            return known.fonts, known.package
    return _LATIN_FONTS, _LATIN_PACKAGE


@cache
def _installed(folders: tuple[Path, ...]) -> dict[str, Path]:
    """The font files there are, by name."""
    return {path.name: path for folder in folders for path in folder.rglob("*.ttf")}


@cache
def _shapes() -> bool:
    from PIL import features

    return bool(features.check("raqm"))
