"""Khata: what a customer owes, as balanced postings; and how old it is.

Every entry is double: what a customer's account gains, another account loses, and the postings of
one entry sum to zero in each unit. Above zero a customer owes: rupees, bottles. Below zero the shop
owes them: an advance, a deposit, points.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import MONEY_LIMIT_PAISE, parse_rupees, show_rupees

CODE_DIGITS_MAX = 6
PIECES_MAX = 10_000  # of bottles at once: more is a slip of the finger
AGES = (30, 60, 90)  # days, both included; what is older is the last band


class Account(StrEnum):
    """Where a posting goes. The first four are each customer's own, the others the shop's."""

    KHATA = "khata"
    DEPOSIT = "deposit"
    CONTAINERS = "containers"
    POINTS = "points"
    SALES = "sales"
    CASH = "cash"
    UPI = "upi"
    CARD = "card"
    ADJUSTMENTS = "adjustments"
    CONTAINERS_OUT = "containers_out"
    POINTS_OUT = "points_out"


CUSTOMERS = frozenset({Account.KHATA, Account.DEPOSIT, Account.CONTAINERS, Account.POINTS})
"""The accounts that each customer has."""


class Unit(StrEnum):
    """What an account counts."""

    PAISE = "paise"
    BOTTLE = "bottle"
    CAN = "can"
    CRATE = "crate"
    POINT = "point"


CONTAINERS = (Unit.BOTTLE, Unit.CAN, Unit.CRATE)


class Posting(NamedTuple):
    """A part of an entry: what an account gains, in its unit; below zero it loses."""

    account: Account
    unit: Unit
    amount: int


class LedgerKind(StrEnum):
    """What an entry of the ledger is."""

    SALE = "sale"
    RETURN = "return"
    PAYMENT = "payment"
    ADVANCE = "advance"
    DEPOSIT = "deposit"
    ADVANCE_BACK = "advance_back"
    DEPOSIT_BACK = "deposit_back"
    DEPOSIT_USED = "deposit_used"
    ADJUSTMENT = "adjustment"
    CONTAINERS = "containers"
    POINTS = "points"


_OF_DEPOSIT = frozenset({LedgerKind.DEPOSIT, LedgerKind.DEPOSIT_BACK})


def pair(
    into: Account, out_of: Account, amount: int, unit: Unit = Unit.PAISE
) -> tuple[Posting, ...]:
    """An amount from one account into another; nothing for nothing."""
    if not amount:
        return ()
    return Posting(into, unit, amount), Posting(out_of, unit, -amount)


def sale_postings(paise: int) -> tuple[Posting, ...]:
    """Sold on khata; below zero: what came back of it."""
    return pair(Account.KHATA, Account.SALES, paise)


def money_postings(kind: LedgerKind, tender: TenderKind, paise: int) -> tuple[Posting, ...]:
    """Money of a customer, above zero received, below zero paid back: into their khata, or for
    safe keeping into their deposit."""
    own = Account.DEPOSIT if kind in _OF_DEPOSIT else Account.KHATA
    return pair(Account(tender.value), own, paise)


def adjustment_postings(paise: int) -> tuple[Posting, ...]:
    """A correction; above zero they owe more."""
    return pair(Account.KHATA, Account.ADJUSTMENTS, paise)


def deposit_used_postings(paise: int) -> tuple[Posting, ...]:
    """What is owed, paid out of the deposit."""
    return pair(Account.DEPOSIT, Account.KHATA, paise)


def container_postings(pieces: Mapping[Unit, int]) -> tuple[Posting, ...]:
    """Bottles, cans and crates; above zero they have more of the shop's."""
    return tuple(
        posting
        for unit in CONTAINERS
        for posting in pair(Account.CONTAINERS, Account.CONTAINERS_OUT, pieces.get(unit, 0), unit)
    )


def point_postings(points: int) -> tuple[Posting, ...]:
    """Points of loyalty; above zero the customer has more of them."""
    return pair(Account.POINTS_OUT, Account.POINTS, points, Unit.POINT)


def note_postings() -> tuple[Posting, ...]:
    """An entry that moves nothing: something to be known of a customer. The ledger wants postings
    of each entry: a paisa into their deposit and out of it, which has no age as the khata has."""
    return pair(Account.DEPOSIT, Account.DEPOSIT, 1)


def is_balanced(postings: Iterable[Posting]) -> bool:
    """Whether they sum to zero in each unit, and there are some."""
    sums: dict[Unit, int] = {}
    for posting in postings:
        sums[posting.unit] = sums.get(posting.unit, 0) + posting.amount
    return bool(sums) and not any(sums.values())


# --- how old it is ------------------------------------------------------------------------------


class Ages(NamedTuple):
    """What is owed by the days since it was sold: 0 to 30, 31 to 60, 61 to 90, and older."""

    days_0_30: int = 0
    days_31_60: int = 0
    days_61_90: int = 0
    older: int = 0

    @property
    def total_paise(self) -> int:
        """All of it."""
        return sum(self)

    def plus(self, other: "Ages") -> "Ages":
        """Two of them together."""
        return Ages(*(one + two for one, two in zip(self, other, strict=True)))


def age(balance_paise: int, owed: Iterable[tuple[date, int]], today: date) -> Ages:
    """What a balance consists of, payments taken off the oldest first.

    `owed` is what was added to the khata by day, the newest first. What a correction of a later
    day leaves over counts as older.
    """
    left, bands = max(0, balance_paise), [0] * (len(AGES) + 1)
    for day, paise in owed:
        part = min(left, paise)
        bands[_band((today - day).days)] += part
        left -= part
        if not left:
            break
    bands[-1] += left
    return Ages(*bands)


def _band(days: int) -> int:
    return next((band for band, last in enumerate(AGES) if days <= last), len(AGES))


# --- what is typed ------------------------------------------------------------------------------


def check_code(text: str) -> str:
    """A customer's code: up to six digits without leading zeros, for the numeric keypad. Refused
    for anything else."""
    code = text.strip()
    if not (code.isascii() and code.isdecimal() and len(code) <= CODE_DIGITS_MAX and int(code)):
        raise Refused(
            "customer-code", f"'{text}': a customer's code is a number of 1 to 6 digits, like 12"
        )
    return str(int(code))


def parse_limit(text: str) -> int | None:
    """A credit limit in rupees; None for `none`."""
    return None if text.strip().lower() == "none" else parse_rupees(text)


def parse_signed_rupees(text: str) -> int:
    """Paise of an amount with a sign before it: `+50` or `50`, `-12.50`. Refused like
    `parse_rupees`, and for zero."""
    text = text.strip()
    sign = -1 if text.startswith("-") else 1
    paise = sign * parse_rupees(text[1:] if text[:1] in ("+", "-") else text)
    if not paise:
        raise Refused("amount-zero", "an amount must be more or less than zero")
    return paise


def check_received(paise: int) -> int:
    """Money received, in paise. Refused for nothing and above the limit."""
    if paise <= 0:
        raise Refused("amount-zero", "an amount must be more than zero")
    if paise > MONEY_LIMIT_PAISE:
        raise Refused("amount-limit", f"Rs {show_rupees(paise)} is over the limit of an amount")
    return paise


def parse_pieces(texts: Iterable[str]) -> dict[Unit, int]:
    """Containers as `bottle=2`, `can=-1`: given out above zero, come back below. Refused for
    others, for none, and for one that is named twice."""
    pieces: dict[Unit, int] = {}
    for text in texts:
        name, _, number = text.partition("=")
        unit = {one.value: one for one in CONTAINERS}.get(name.strip().lower())
        digits = number.strip().lstrip("+-")
        if unit is None or unit in pieces or not (digits.isascii() and digits.isdecimal()):
            raise Refused(
                "containers", f"'{text}' is not like bottle=2 or can=-1, each of them once"
            )
        count = int(digits[: CODE_DIGITS_MAX + 1])
        if not 0 < count <= PIECES_MAX:
            raise Refused("containers", f"'{text}': from 1 to {PIECES_MAX} at once")
        pieces[unit] = -count if number.strip().startswith("-") else count
    if not pieces:
        raise Refused("containers", "say which and how many, like bottle=2")
    return pieces


def show_balance(paise: int) -> str:
    """A balance as people say it."""
    if not paise:
        return "owes nothing"
    if paise > 0:
        return f"owes Rs {show_rupees(paise)}"
    return f"has Rs {show_rupees(-paise)} in advance"
