"""What a scanned code means: an article number, GS1 element strings, or just text.

By biip 5.2 and the GS1 General Specifications. The order matters, because any digits can pass for
element strings: `99999999` for AI 99, a label `21…` for a serial number, and so can an EAN that was
misread. So an article number is tried first, and element strings need either the AIM identifier
of a GS1 symbol or a valid GTIN (AI 01) in them. No region is set: what the labels of a shop's own
say (02, 04, 2x) is for the shop's own table, which gets their digits from here.
"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from biip.gs1_element_strings import GS1ElementString

_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
# EAN-13 and UPC-A, with an add-on, EAN-8, ITF-14: never element strings.
_ARTICLE_AIMS = frozenset({"]E0", "]E3", "]E4", "]I1"})
# GS1-128, DataBar, Composite, GS1 DataMatrix, GS1 QR, GS1 DotCode: element strings, or a GS1
# Digital Link. Their digits are no bare article number, whatever their check digit.
_GS1_AIMS = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"})
_RUPEE = "356"  # ISO 4217
_LINKS = ("http://", "https://")


class Article(NamedTuple):
    """An EAN, UPC or ITF-14 as it was read; its check digit is right."""

    digits: str


class Elements(NamedTuple):
    """Element strings: what a till can use of them; None is what they don't say.

    `gtin` has 14 digits only for a case or a weighed article; else it is the EAN as an item's
    barcode is written. `grams` is the net weight, to the nearest gram; `price_paise` the price of
    what was weighed, in rupees alone. A date that is none in the calendar is left out.
    """

    gtin: str | None = None
    batch: str | None = None
    expiry: date | None = None
    best_before: date | None = None
    grams: int | None = None
    price_paise: int | None = None


class Text(NamedTuple):
    """Anything else, also an article number that was misread."""

    text: str


Meaning = Article | Elements | Text


def meaning(code: str, aim: str = "") -> Meaning:
    """What a code means; `aim` is the AIM identifier that came with it (`]E0`), or empty."""
    if aim not in _GS1_AIMS and is_gtin(code):
        return Article(code)
    if aim in _ARTICLE_AIMS or not code.isascii():
        return Text(code)
    elements = _elements(code)
    if elements is None or not (elements.gtin or aim in _GS1_AIMS):
        return Text(code)
    return elements


def is_gtin(code: str) -> bool:
    """Whether the code is 8, 12, 13 or 14 digits, the last of them a right check digit.

    Not biip's: that takes 100 ms to load, which a shop without GS1 symbols need not wait for.
    """
    if len(code) not in _GTIN_LENGTHS or not (code.isascii() and code.isdigit()):
        return False
    return (3 * sum(map(int, code[-2::-2])) + sum(map(int, code[::-2]))) % 10 == 0


def _elements(code: str) -> Elements | None:
    """What the element strings say; None where there are none, or their GTIN is misread."""
    strings = _parse(code)
    if not strings:
        return None
    gtin = _first(strings, "01")
    if gtin is not None and not is_gtin(gtin.value):
        return None
    batch, expiry, best_before = (_first(strings, ai) for ai in ("10", "17", "15"))
    return Elements(
        gtin=_as_printed(gtin.value) if gtin else None,
        batch=batch.value if batch else None,
        expiry=expiry.date if expiry else None,
        best_before=best_before.date if best_before else None,
        grams=_grams(strings),
        price_paise=_price_paise(strings),
    )


def _parse(code: str) -> "Sequence[GS1ElementString]":
    from biip import ParseConfig, ParseError
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI
    from biip.gs1_messages import GS1Message

    # A till sells by the GTIN: a date of no calendar must not hide it.
    config = ParseConfig(gs1_element_strings_verify_date=False)
    try:
        if code.lower().startswith(_LINKS):
            return GS1DigitalLinkURI.parse(code, config=config).element_strings
        # Readers that send no AIM identifier may send the FNC1 at the front as GS; biip strips it.
        return GS1Message.parse(code, config=config).element_strings
    except (ParseError, ValueError):  # ValueError: a link that isn't even a URL
        return ()


def _first(strings: "Sequence[GS1ElementString]", ai: str) -> "GS1ElementString | None":
    return next((each for each in strings if each.ai.ai == ai), None)


def _as_printed(gtin: str) -> str:
    """The 14 digits of AI 01 as the EAN-8 or EAN-13 that is printed on the article."""
    if gtin.startswith("000000"):
        return gtin[6:]
    return gtin.removeprefix("0")


def _grams(strings: "Sequence[GS1ElementString]") -> int | None:
    """AI 310n: kilograms with n decimals."""
    for each in strings:
        if each.ai.ai.startswith("310"):
            scale: int = 10 ** int(each.ai.ai[3])
            return (int(each.value) * 1000 + scale // 2) // scale
    return None


def _price_paise(strings: "Sequence[GS1ElementString]") -> int | None:
    """AI 392n (the shop's own currency) or 393n (ISO code first): an amount with n decimals.

    An amount that is not whole paise is no price.
    """
    for each in strings:
        if each.ai.ai.startswith("392"):
            amount = each.value
        elif each.ai.ai.startswith("393") and each.value.startswith(_RUPEE):
            amount = each.value.removeprefix(_RUPEE)
        else:
            continue
        scale: int = 10 ** int(each.ai.ai[3])
        paise, rest = divmod(int(amount) * 100, scale)
        return None if rest else paise
    return None
