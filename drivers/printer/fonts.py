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


def runs(text: str, size: int) -> list[Run]:
    """The text cut where the font changes, set `size` dots high. `CannotSet` where a font is
    missing."""
    return [Run(piece, _font(script, size)) for script, piece in by_script(text)]


def by_script(text: str) -> list[tuple[str, str]]:
    """The text cut where its letters change: the script's name and the piece. Spaces, digits and
    signs go with the letters before them."""
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
    return [(script or _LATIN, piece) for script, piece in pieces]


def font_file(script: str) -> Path:
    """The font for the letters of a script. `CannotSet` where none is installed."""
    names, package = _fonts_of(script)
    installed = _installed(FOLDERS)
    for name in names:
        if name in installed:
            return installed[name]
    raise CannotSet(f"no font for {script} letters is installed (apt-get install {package})")


def latin_package() -> str:
    """The Debian package with Latin letters."""
    return _LATIN_PACKAGE


def missing_packages() -> list[str]:
    """The Debian packages of scripts that no font is installed for."""
    installed = _installed(FOLDERS)
    known = [(_LATIN_FONTS, _LATIN_PACKAGE), *((one.fonts, one.package) for one in SCRIPTS)]
    return [package for fonts, package in known if not installed.keys() & set(fonts)]


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

    layout = ImageFont.Layout.RAQM
    return ImageFont.truetype(font_file(script), size, layout_engine=layout)


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
