"""The grammar of the entry line: all of a sale on the numeric keypad alone.

`GRAMMAR` says it for people; the help of the screen and of `milkpos ring` show it. Everything with
a letter that doesn't begin with `+` is a search by name, also behind a quantity.
"""

import re
from typing import NamedTuple

from milkpos_tui.domain.cart import Discount, TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import parse_rupees
from milkpos_tui.domain.quantity import parse_quantity
from milkpos_tui.domain.tax import parse_percent

KEYED_MAX = 80

GRAMMAR: tuple[tuple[str, str], ...] = (
    ("12", "item 12: its PLU, a barcode, a weighed label"),
    ("3*12", "three of it; .5*12 is half a litre"),
    ("/50*12", "fifty rupees' worth of it"),
    ("mil", "items whose words begin with mil; 2*mil two of one"),
    ("*3", "the last line becomes 3"),
    ("*/50", "the last line for Rs 50"),
    ("**58", "the last line at Rs 58 a unit"),
    ("*-10", "Rs 10 off the last line; *-5/ is 5 percent off it"),
    ("+-10", "Rs 10 off the bill; +-5/ is 5 percent off it"),
    ("-", "the last line off, or the money last taken back; -2 line 2 off"),
    ("--", "the open bill dropped; --spilt says why"),
    ("12/", "the bill is customer 12's"),
    ("//mee", "customers found by words, code or card; // is nobody's bill"),
    (".", "the bill put aside; .2 takes held bill 2 back"),
    ("+", "paid in exact cash; +500 is Rs 500 in cash, with change"),
    ("+/", "the rest by UPI; +/200 a part of it"),
    ("+*", "the rest by card; +*200 a part of it"),
    ("+//", "the rest on the customer's khata; +//200 a part of it"),
    ("+**", "the customer's points off the bill; +**20 is 20 of them"),
    ("+upi 200 UTR", "the same in letters (cash, upi, card, khata), with a reference"),
)
"""Examples of what can be keyed, and what each does."""


class AddItem(NamedTuple):
    """An item by its PLU, barcode or words, of a quantity or for an amount of money."""

    what: str
    qty_milli: int | None = None
    worth_paise: int | None = None


class SetQuantity(NamedTuple):
    """The last line's quantity."""

    qty_milli: int


class SetWorth(NamedTuple):
    """The last line for an amount of money."""

    worth_paise: int


class SetRate(NamedTuple):
    """The last line's price per unit."""

    rate_paise: int


class DiscountLine(NamedTuple):
    """Off the last line."""

    discount: Discount


class DiscountBill(NamedTuple):
    """Off the whole bill."""

    discount: Discount


class RedeemPoints(NamedTuple):
    """Points of the customer taken for a part of the bill; None is as many as it takes."""

    points: int | None


class TakeOff(NamedTuple):
    """A line off, the last one where no number is given; money given goes back first."""

    number: int | None


class Drop(NamedTuple):
    """The open bill dropped, and why."""

    reason: str = ""


class Hold(NamedTuple):
    """The open bill put aside."""


class Recall(NamedTuple):
    """A held bill back, by its place in the list of held bills."""

    number: int


class ChooseCustomer(NamedTuple):
    """Whose the bill is, by code, card or words; nobody's where nothing is given."""

    what: str


class Pay(NamedTuple):
    """Money given; no amount means all that is due."""

    kind: TenderKind
    amount_paise: int | None
    reference: str = ""


KeyIn = (
    AddItem
    | SetQuantity
    | SetWorth
    | SetRate
    | DiscountLine
    | DiscountBill
    | RedeemPoints
    | TakeOff
    | Drop
    | Hold
    | Recall
    | ChooseCustomer
    | Pay
)

_BY_QUANTITY = re.compile(r"([0-9.]+)\*(?=[^*/\-+])(.+)", re.ASCII)
_BY_WORTH = re.compile(r"/([0-9.]+)\*(.+)", re.ASCII)
_SIGNS = tuple("+-*/.")
_CODE = re.compile(r"[0-9]+", re.ASCII)
# A reference without an amount begins with a letter: `+upi 200,50` must not pay all that is due.
_PAY_WORDS = re.compile(
    r"\+\s*([a-z]+)(?:\s*([0-9.]+)(?:\s+(\S.*))?|\s+([a-z].*))?", re.ASCII | re.IGNORECASE
)
_TENDER_WORDS = frozenset(TenderKind)
_PAY_SIGNS = {
    "": TenderKind.CASH,
    "/": TenderKind.UPI,
    "*": TenderKind.CARD,
    "//": TenderKind.KHATA,
}
_CUSTOMER = "//"
_CUSTOMER_CODE = re.compile(r"([0-9]+)\s*/", re.ASCII)  # a key less, for who comes every day
_POINTS = "**"
_POINT_WORDS = re.compile(r"(?:\*\*|\s*(?:pts|points))\s*([0-9]{0,6})", re.ASCII | re.IGNORECASE)


def parse(text: str) -> KeyIn:
    """What a key-in asks for. Raises Refused, with words, for what the grammar doesn't know."""
    text = text.strip()
    if not text:
        raise Refused("key-in-empty", "nothing was keyed")
    if len(text) > KEYED_MAX:
        raise Refused("key-in-long", f"a key-in has at most {KEYED_MAX} characters")
    head, rest = text[0], text[1:]
    if head == "+":
        return _plus(text, rest)
    if head == "-":
        return _minus(text, rest)
    if head == "*":
        return _times(rest)
    if head == "." and (not rest or _CODE.fullmatch(rest)):
        return Recall(_number(rest)) if rest else Hold()
    if text.startswith(_CUSTOMER):
        return ChooseCustomer(text.removeprefix(_CUSTOMER).strip())
    by_code = _CUSTOMER_CODE.fullmatch(text)
    if by_code:
        return ChooseCustomer(by_code[1])
    return _item(text)


def search_words(text: str) -> str:
    """The words being searched for while a key-in grows; empty while it is none."""
    text = text.strip()
    match = _BY_QUANTITY.fullmatch(text) or _BY_WORTH.fullmatch(text)
    what = match[2].strip() if match else text
    return what if _are_words(what) else ""


def customer_words(text: str) -> str:
    """What a customer is being looked for by while a key-in grows; empty while it is for none."""
    text = text.strip()
    return text.removeprefix(_CUSTOMER).strip() if text.startswith(_CUSTOMER) else ""


def _item(text: str) -> KeyIn:
    by_worth = _BY_WORTH.fullmatch(text)
    if by_worth:
        return AddItem(_what(by_worth[2]), worth_paise=parse_rupees(by_worth[1]))
    by_quantity = _BY_QUANTITY.fullmatch(text)
    if by_quantity:
        return AddItem(_what(by_quantity[2]), qty_milli=parse_quantity(by_quantity[1]))
    return AddItem(_what(text))


def _what(text: str) -> str:
    text = text.strip()
    if _CODE.fullmatch(text) or _are_words(text):
        return text
    raise _unknown(text)


def _are_words(text: str) -> bool:
    return text[:1] not in _SIGNS and any(c.isalpha() for c in text)


def _times(rest: str) -> KeyIn:
    if rest.startswith("-"):
        return DiscountLine(_discount(rest[1:]))
    if rest.startswith("/"):
        return SetWorth(parse_rupees(rest[1:]))
    if rest.startswith("*"):
        return SetRate(parse_rupees(rest[1:]))
    return SetQuantity(parse_quantity(rest))


def _minus(text: str, rest: str) -> KeyIn:
    if rest.startswith("-") and (rest == "-" or _are_words(rest[1:])):
        return Drop(rest[1:].strip())
    if not rest:
        return TakeOff(None)
    if _CODE.fullmatch(rest):
        return TakeOff(_number(rest))
    raise _unknown(text)


def _plus(text: str, rest: str) -> KeyIn:
    if rest.startswith("-"):
        return DiscountBill(_discount(rest[1:]))
    points = _POINT_WORDS.fullmatch(rest)
    if points is not None:
        return RedeemPoints(int(points[1]) if points[1] else None)
    if rest.startswith(_POINTS):
        raise _unknown(text)
    sign = next((sign for sign in ("//", "/", "*") if rest.startswith(sign)), "")
    amount = rest[len(sign) :]
    if not any(c.isalpha() for c in amount):
        return Pay(_PAY_SIGNS[sign], parse_rupees(amount) if amount else None)
    words = _PAY_WORDS.fullmatch(text)
    if words is None or words[1].lower() not in _TENDER_WORDS:
        raise _unknown(text)
    paise = parse_rupees(words[2]) if words[2] else None
    return Pay(TenderKind(words[1].lower()), paise, words[3] or words[4] or "")


def _discount(text: str) -> Discount:
    if text.endswith("/"):
        return Discount(rate_bp=parse_percent(text[:-1]))
    return Discount(paise=parse_rupees(text))


def _number(digits: str) -> int:
    if len(digits) > 4:
        raise Refused("key-in", f"there is no line and no held bill {digits}")
    return int(digits)


def _unknown(text: str) -> Refused:
    return Refused("key-in", f"'{text}' is not understood: F1 shows what can be keyed")
