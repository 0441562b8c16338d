"""Customers and what they owe, as they are read: by code, card or words, with their balances.

What a sale asks of a customer is here, in plain SQL; who changes them is `customers`, and what
moves their khata is `khata`. A double is read together with the customer it was merged into.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from milkpos_tui.domain.errors import Refused
from milkpos_tui.services.search import match_queries
from schema.connection import TillDatabase

if TYPE_CHECKING:
    from milkpos_tui.services.code_order import Standing

Row = tuple[Any, ...]  # as apsw gives it: the one place where columns have no type

SEARCHED = 64  # candidates that are ranked
PAGE = 500


class Customer(NamedTuple):
    """Somebody who buys on khata. `limit_paise` None is no limit; `consent_on` is the date, as
    YYYY-MM-DD, on which they agreed to messages; without a card only the code is left."""

    id: str
    code: str
    limit_paise: int | None = None
    language: str = "en"
    price_list: str = "khata"
    active: bool = True
    merged_into: str | None = None
    erased: bool = False
    name: str = ""
    phone: str = ""
    consent_on: str = ""
    address: str = ""
    lane: str = ""
    notes: str = ""
    card: str = ""
    email: str = ""

    @property
    def shown(self) -> str:
        """Code and name, as a list has them."""
        return f"{self.code} {self.name}".rstrip()

    @property
    def called(self) -> str:
        """The name; the code where the name was erased."""
        return self.name or f"customer {self.code}"


BEHIND_ALL = Customer("", "9" * 7)
"""Longer than any code: stands behind the last of a list by code."""


class Owing(NamedTuple):
    """A customer as a list shows them: what they owe, and whether it is over their limit.
    `asked_for` is the id they were asked for by: a double's, where they are read as another."""

    customer: Customer
    owed_paise: int
    over: bool
    asked_for: str = ""


class Balances(NamedTuple):
    """What a customer owes in paise (below zero: an advance), the deposit they left, the shop's
    containers they have, and points."""

    khata_paise: int = 0
    deposit_paise: int = 0
    bottles: int = 0
    cans: int = 0
    crates: int = 0
    points: int = 0

    @property
    def containers(self) -> dict[str, int]:
        """Pieces by kind."""
        return {"bottle": self.bottles, "can": self.cans, "crate": self.crates}


_FIELDS = """
SELECT customer.id, customer.code, customer.limit_paise, customer.language, customer.price_list,
    customer.active, customer.merged_into, customer.erased_at IS NOT NULL, card.name, card.phone,
    card.consent_on, card.address, card.lane, card.notes, card.card, card.email
"""
_SELECT = f"""{_FIELDS}
FROM customer LEFT JOIN customer_card AS card ON card.customer = customer.id
"""
_BY_ID = f"{_SELECT} WHERE customer.id = ?"
_BY_CODE = f"{_SELECT} WHERE customer.code = ?"
_BY_CARD = f"{_SELECT} WHERE card.card = ?"
_FOUND = f"""{_FIELDS}
FROM (SELECT rowid AS no FROM customer_words WHERE customer_words MATCH ? LIMIT ?) AS found
CROSS JOIN customer_card AS card ON card.no = found.no
CROSS JOIN customer ON customer.id = card.customer
"""
_ALL = f"""{_SELECT} WHERE customer.merged_into IS NULL AND (customer.active OR ?)
    AND (length(customer.code), customer.code, customer.id) > (?, ?, ?)
ORDER BY length(customer.code), customer.code, customer.id LIMIT ?
"""
FAMILY = """
WITH RECURSIVE family (id) AS (VALUES (?) UNION
    SELECT customer.id FROM customer JOIN family ON customer.merged_into = family.id)
"""
"""The ids that are read as one customer: opens a query, with the customer's own id bound first."""
_BALANCES = f"""{FAMILY}
SELECT account, unit, sum(amount) FROM balance WHERE customer IN family GROUP BY 1, 2
"""
_AT = f"""{FAMILY}
SELECT account, unit, sum(up - down) FROM balance_day WHERE customer IN family AND day <= ?
GROUP BY 1, 2
"""
_OWED = f"""{FAMILY}
SELECT coalesce(sum(amount), 0) FROM balance WHERE customer IN family AND account = 'khata'
"""
_ALL_OWED = "SELECT customer, amount FROM balance WHERE account = 'khata'"
_ALL_OWED_AT = """
SELECT customer, sum(up - down) FROM balance_day WHERE account = 'khata' AND day <= ? GROUP BY 1
"""
_POINTS = """
SELECT coalesce(-sum(amount) FILTER (WHERE amount < 0), 0),
    coalesce(sum(amount) FILTER (WHERE amount > 0), 0)
FROM posting WHERE ledger = ? AND account = 'points'
"""
_CAME_BACK = "SELECT coalesce(sum(total_paise), 0) FROM bill WHERE original = ?"
_MERGED = "SELECT id FROM customer WHERE merged_into IS NOT NULL"


class Accounts:
    """Reads customers and balances; each read asks the database: another terminal writes too."""

    def __init__(self, db: TillDatabase) -> None:
        self._db = db

    # --- customers -------------------------------------------------------------------------

    def by_id(self, customer: str) -> Customer:
        """A customer by id: for a double, the one it was merged into. Refused where there is
        none."""
        found = self._one(_BY_ID, customer)
        if found is None:
            raise Refused("customer-unknown", "that customer is not known here")
        return self._root(found)

    def whoever(self, customer: str) -> Customer:
        """The same for one whose own entry did not come yet from another till: with no name."""
        try:
            return self.by_id(customer)
        except Refused:
            return Customer(customer, "?")

    def find(self, code: str) -> Customer | None:
        """The customer of a code, gone ones too; for a double the one it was merged into.

        Refused where two tills gave the code to two customers while they were apart.
        """
        rows = self._db.connection().execute(_BY_CODE, (code,)).fetchall()
        roots = {root.id: root for root in (self._root(_customer(row)) for row in rows)}
        named = [one for one in roots.values() if one.code == code and not one.erased]
        if len(named) > 1:
            told = " and ".join(sorted(one.called for one in named))
            raise Refused("customer-code-twice", f"code {code} is {told}: change one of them")
        return next(iter(named or roots.values()), None)

    def known(self, code: str) -> Customer:
        """The customer of a code as it is typed. Refused where there is none."""
        from milkpos_tui.domain.khata import check_code

        code = check_code(code)
        found = self.find(code)
        if found is None:
            raise Refused("customer-unknown", f"there is no customer {code}")
        return found

    def by_card(self, card: str) -> Customer | None:
        """The customer of a card or barcode."""
        found = self._one(_BY_CARD, card) if card else None
        return None if found is None else self._root(found)

    def search(self, words: str, limit: int = 12) -> tuple[Customer, ...]:
        """Customers whose code, name, phone, lane, address, card or notes have words that begin
        so: a code that is exactly this first, then names that begin so."""
        found: dict[str, Customer] = {}
        exact = self.find(words.strip()) if words.strip().isdecimal() else None
        if exact is not None:
            found[exact.id] = exact
        for query in match_queries(words):
            rows = self._db.connection().execute(_FOUND, (query, SEARCHED)).fetchall()
            found.update((row[0], _customer(row)) for row in rows)
            if len(found) >= limit:
                break
        return tuple(sorted(found.values(), key=lambda one: _unlikeliness(words, one))[:limit])

    def all(self, *, gone: bool = False) -> Iterator[Customer]:
        """All customers by code, page by page; with `gone` also those who buy no longer."""
        after: tuple[int, str, str] = (0, "", "")
        while True:
            rows = self._db.connection().execute(_ALL, (gone, *after, PAGE)).fetchall()
            yield from map(_customer, rows)
            if len(rows) < PAGE:
                return
            after = (len(rows[-1][1]), rows[-1][1], rows[-1][0])

    def window(self, at: Customer | None, count: int, *, up: int = 0) -> tuple[Customer, ...]:
        """`count` customers by code, gone ones too: from `up` before one of them on (None is the
        first), or the last ones where fewer follow."""
        from milkpos_tui.services.code_order import FIRST_OF_ALL, ascending, descending

        key = FIRST_OF_ALL if at is None else (len(at.code), at.code, at.id)
        ahead = _places(ascending(self._db, key), count)
        back = max(up, count - len(ahead))
        before = _places(descending(self._db, key), back)
        found = (self._one(_BY_ID, one) for one in (*reversed(before), *ahead)[:count])
        return tuple(one for one in found if one is not None)

    # --- balances --------------------------------------------------------------------------

    def owed_paise(self, customer: str) -> int:
        """What a customer owes now; below zero it is an advance."""
        return int(self._db.connection().execute(_OWED, (customer,)).get)

    def owing(self, customer: str) -> Owing:
        """A customer by id, with what they owe; one who is not known here yet has no name."""
        return self.owing_of(self.whoever(customer))._replace(asked_for=customer)

    def owing_of(self, customer: Customer) -> Owing:
        """What a customer owes, and whether it is too much."""
        owed = self.owed_paise(customer.id)
        return Owing(customer, owed, is_over(customer, owed))

    def owed_by_all(self, day: date | None = None) -> dict[str, int]:
        """What each customer owes who ever bought on khata, by id: now, or at the end of a day."""
        connection = self._db.connection()
        into = {
            str(one): self.by_id(str(one)).id for (one,) in connection.execute(_MERGED).fetchall()
        }
        owed: dict[str, int] = {}
        sql, values = (_ALL_OWED, ()) if day is None else (_ALL_OWED_AT, (day.isoformat(),))
        for customer, paise in connection.execute(sql, values).fetchall():
            root = into.get(str(customer), str(customer))
            owed[root] = owed.get(root, 0) + int(paise)
        return owed

    def balances(self, customer: str, day: date | None = None) -> Balances:
        """All balances of a customer: now, or at the end of a day."""
        if day is None:
            rows = self._db.connection().execute(_BALANCES, (customer,))
        else:
            rows = self._db.connection().execute(_AT, (customer, day.isoformat()))
        sums = {(str(account), str(unit)): int(amount) for account, unit, amount in rows}
        return Balances(
            sums.get(("khata", "paise"), 0),
            -sums.get(("deposit", "paise"), 0),
            sums.get(("containers", "bottle"), 0),
            sums.get(("containers", "can"), 0),
            sums.get(("containers", "crate"), 0),
            -sums.get(("points", "point"), 0),
        )

    def points_of(self, bill: str) -> tuple[int, int]:
        """The points that a bill earned, by its id, and those that were taken for it."""
        earned, taken = self._db.connection().execute(_POINTS, (bill,)).fetchall()[0]
        return int(earned), int(taken)

    def came_back_paise(self, bill: str) -> int:
        """How many paise of a bill came back so far."""
        return int(self._db.connection().execute(_CAME_BACK, (bill,)).get)

    # --- steps -----------------------------------------------------------------------------

    def _one(self, sql: str, value: str) -> Customer | None:
        found = self._db.connection().execute(sql, (value,)).fetchone()
        return _customer(found) if found else None

    def _root(self, customer: Customer) -> Customer:
        """Who a double was merged into. Two tills that were apart may have merged two customers
        into each other: then the one with the smaller id stands for both."""
        seen = {customer.id: customer}
        while customer.merged_into is not None:
            into = self._one(_BY_ID, customer.merged_into)
            if into is None:
                break
            if into.id in seen:
                return seen[min(seen)]
            seen[into.id] = customer = into
        return customer


def _places(order: "Iterator[Standing]", count: int) -> list[str]:
    """The ids of so many who are read as themselves."""
    return [one.id for one in islice((one for one in order if not one.merged), count)]


def is_over(customer: Customer, owed_paise: int) -> bool:
    """Whether somebody owes more than their limit."""
    return customer.limit_paise is not None and owed_paise > customer.limit_paise


def _customer(row: Sequence[Any]) -> Customer:
    customer, code, limit, language, price_list, active, merged, erased, *card = row
    texts = ("" if text is None else str(text) for text in card)
    return Customer(
        customer, code, limit, language, price_list, bool(active), merged, bool(erased), *texts
    )


def _unlikeliness(words: str, customer: Customer) -> tuple[bool, bool, int, str]:
    typed = unicodedata.normalize("NFC", words.strip()).casefold()
    return (
        customer.code != typed,
        not customer.name.casefold().startswith(typed),
        len(customer.code),
        customer.code,
    )
