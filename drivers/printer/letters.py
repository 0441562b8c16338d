"""The allow-list between a name and a device: letters pass, what could be a command never does.

Names are cleaned at the till's door too; nothing here relies on that.
"""

import unicodedata
from functools import cache
from typing import NamedTuple

JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # they shape Indic letters
_UNKNOWN = "?"
_SPELT = str.maketrans(
    {"₹": "Rs", "¼": ".25", "½": ".5", "¾": ".75", "×": "x", "–": "-", "—": "-"}
    | {"‘": "'", "’": "'", "“": '"', "”": '"'}
)


class Script(NamedTuple):
    """Letters that are drawn: where they stand in Unicode, which fonts have them (files, the
    first found wins), and the Debian package that brings the first."""

    name: str
    first: int
    last: int
    fonts: tuple[str, ...]
    package: str


def _script(name: str, first: int, package: str, in_noto: str = "") -> Script:
    fonts = (f"Lohit-{name}.ttf", f"NotoSans{in_noto or name}-Regular.ttf")
    return Script(name, first, first + 0x7F, fonts, f"fonts-lohit-{package}")


SCRIPTS = (
    _script("Devanagari", 0x0900, "deva"),
    _script("Bengali", 0x0980, "beng-bengali"),
    _script("Gurmukhi", 0x0A00, "guru"),
    _script("Gujarati", 0x0A80, "gujr"),
    _script("Odia", 0x0B00, "orya", "Oriya"),
    _script("Tamil", 0x0B80, "taml"),
    _script("Telugu", 0x0C00, "telu"),
    _script("Kannada", 0x0C80, "knda"),
    _script("Malayalam", 0x0D00, "mlym"),
)


def ascii_only(text: str) -> str:
    """The text from space to `~`: `₹` as `Rs`, letters without accents, the rest as `?`.

    >>> ascii_only("Crème ₹50\\x1bi")
    'Creme Rs50?i'
    """
    if text.isascii() and text.isprintable():
        return text
    spelt = unicodedata.normalize("NFKD", text.translate(_SPELT))
    return "".join(
        char if " " <= char <= "~" else _UNKNOWN
        for char in spelt
        if not unicodedata.category(char).startswith("M") and char not in JOINERS
    )


def settable(text: str, codec: str) -> str:
    """The text in the letters of a code page and of `SCRIPTS`, and nothing else."""
    if text.isascii() and text.isprintable():
        return text
    letters = letters_of(codec)
    composed = unicodedata.normalize("NFC", text.translate(_SPELT))
    kept = "".join(
        char if char in letters or script_of(char) or char in JOINERS else ascii_only(char)
        for char in composed
    )
    return kept if is_drawn(kept) else kept.translate(dict.fromkeys(map(ord, JOINERS)))


def is_drawn(text: str) -> bool:
    """Whether the text has letters that no code page has."""
    return not text.isascii() and any(map(script_of, text))


@cache
def letters_of(codec: str) -> frozenset[str]:
    """All that may be sent under a code page."""
    every = bytes([*range(0x20, 0x7F), *range(0x80, 0x100)]).decode(codec, "ignore")
    return frozenset(char for char in every if char.isprintable())


@cache
def script_of(char: str) -> Script | None:
    """The script that a letter or a mark belongs to, if it is one of those drawn."""
    if unicodedata.category(char)[0] not in "LMNPS":
        return None  # unassigned, too
    code = ord(char)
    return next((script for script in SCRIPTS if script.first <= code <= script.last), None)
