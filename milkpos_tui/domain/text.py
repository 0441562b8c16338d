"""Text that came from outside: cleaned once at the door, measured for screens, spelt for paper and
spreadsheets."""

import re
import unicodedata
from itertools import accumulate

_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"  # they shape Indic letters
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co"})  # control, format (bidi too), surrogate, private
_WIDTHLESS = frozenset({"Cc", "Cf", "Mn", "Mc", "Me"})
_GAP = re.compile(rf"\s[\s{_JOINERS}]*")
_CUT_SIGN = "~"  # a glyph that every console font has, unlike the ellipsis
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run such a cell
_INDIC = frozenset(map(chr, range(0x0900, 0x0D80)))  # Devanagari to Malayalam
_ON_PAPER = str.maketrans(
    {"₹": "Rs", "¼": ".25", "½": ".5", "¾": ".75", "×": "x", "–": "-", "—": "-"}
    | {"‘": "'", "’": "'", "“": '"', "”": '"'}
    | dict.fromkeys(_JOINERS)
)


def clean(text: str, *, limit: int = 80) -> str:
    """The text as it may be stored: one NFC line of at most `limit` characters, trimmed.

    Controls, bidi and other format characters, lone surrogates, private-use and noncharacters go;
    the joiners stay inside words. Every run of white space becomes one space. Idempotent.

    >>> clean("  Cow\\tmilk\\x1b[2J ")
    'Cow milk[2J'
    """
    if text.isascii() and text.isprintable() and "  " not in text:  # the most, at a till
        return text.strip()[:limit].rstrip()
    kept = "".join(char for char in text if _may_stay(char))
    spaced = _GAP.sub(" ", unicodedata.normalize("NFC", kept))
    return _from_first_letter(spaced)[:limit].rstrip()


def is_clean(text: str) -> bool:
    """Whether `clean` would leave the text as it is, its length apart."""
    return clean(text, limit=len(text)) == text


def width_of(text: str) -> int:
    """Terminal cells the text takes: 2 for East Asian wide characters, 0 for marks and joiners."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(map(_cells, text))


def cell(text: str, width: int, align: str = "<") -> str:
    """The text in exactly `width` terminal cells; `align` is `<`, `>` or `^`; a cut ends in `~`.

    >>> cell("Paneer", 8, ">"), cell("Buttermilk", 7)
    ('  Paneer', 'Butter~')
    """
    if width_of(text) > width:
        text = _head(text, width - 1) + _CUT_SIGN if width else ""
    return f"{text:{align}{len(text) + width - width_of(text)}}"


def printable_ascii(text: str) -> str:
    """The text in the letters every receipt printer has: space to `~`, and nothing else.

    `₹` becomes `Rs`, letters lose their accents, what has no ASCII spelling becomes `?`. A control
    character becomes `?` too, so that no name cuts the paper or opens the drawer.
    """
    spelt = unicodedata.normalize("NFKD", text.translate(_ON_PAPER))
    return "".join(
        char if " " <= char <= "~" else "?"
        for char in spelt
        if not unicodedata.category(char).startswith("M")
    )


def printable(text: str) -> str:
    """The same, but Indic letters stay: printers that lack them get them drawn.

    >>> printable("दूध \\x1b")
    'दूध ?'
    """
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text)
    if not any(map(_is_indic, composed)):
        return printable_ascii(text)
    return "".join(
        char if _is_indic(char) or char in _JOINERS else printable_ascii(char) for char in composed
    )


def _is_indic(char: str) -> bool:
    return char in _INDIC and unicodedata.category(char)[0] in "LMNPS"


def plural(number: int, thing: str) -> str:
    """'1 line', '2 lines'."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def spreadsheet_cell(text: str) -> str:
    """Text that no spreadsheet runs; a quote is put before what looks like a formula."""
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA_STARTS) else text


def from_spreadsheet(text: str) -> str:
    """The text that `spreadsheet_cell` was given."""
    return text[1:] if text[:1] == "'" and spreadsheet_cell(text) != text else text


def _may_stay(char: str) -> bool:
    if char.isspace() or char in _JOINERS:
        return True
    return unicodedata.category(char) not in _UNWANTED and not _is_noncharacter(ord(char))


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _from_first_letter(text: str) -> str:
    """Without leading spaces, and without marks and joiners that would cling to what is before."""
    for position, char in enumerate(text):
        if char not in _JOINERS and char != " " and not unicodedata.category(char).startswith("M"):
            return text[position:]
    return ""


def _cells(char: str) -> int:
    if unicodedata.category(char) in _WIDTHLESS:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _head(text: str, width: int) -> str:
    """As much of the text's beginning as fits, with the marks of its last letter."""
    ends = accumulate(map(_cells, text))
    fitting = [char for char, end in zip(text, ends, strict=True) if end <= width]
    return "".join(fitting).rstrip(_JOINERS)
