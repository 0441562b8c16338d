"""Customers in the order of their codes as people count, 9 before 10, from a place on.

That is the order of a code's length, then of its digits, and no index has it: sorting 20,000 codes
for each page of a list takes 10 ms. But digits of one length are in the order of the index by code,
between those of other lengths, over which each look-up leaps: two look-ups a customer.
"""

from collections.abc import Iterator
from typing import NamedTuple

from schema.connection import TillDatabase

Key = tuple[int, str, str]
"""Where a customer stands: the length of the code, the code, the id."""

CODE_LENGTH_MAX = 6
FIRST_OF_ALL: Key = (0, "", "")
BEHIND_ALL: Key = (CODE_LENGTH_MAX + 1, "9" * (CODE_LENGTH_MAX + 1), "")
BEHIND_NINE = ":"  # the character that follows the digits

_NOT_BEFORE = "SELECT code FROM customer WHERE code >= ? ORDER BY code LIMIT 1"
_BEFORE = "SELECT code FROM customer WHERE code < ? ORDER BY code DESC LIMIT 1"
_OF_CODE = "SELECT id, merged_into IS NOT NULL FROM customer WHERE code = ? ORDER BY id"


class Standing(NamedTuple):
    """A customer in the order; `merged` are read as another one."""

    id: str
    code: str
    merged: bool

    @property
    def key(self) -> Key:
        """Where they stand."""
        return (len(self.code), self.code, self.id)


def ascending(db: TillDatabase, key: Key) -> Iterator[Standing]:
    """From a place on, it included."""
    for code in _codes_up(db, key):
        yield from (one for one in _of_code(db, code) if one.key >= key)


def descending(db: TillDatabase, key: Key) -> Iterator[Standing]:
    """From before a place on, backwards."""
    for code in _codes_down(db, key):
        yield from (one for one in reversed(_of_code(db, code)) if one.key < key)


def _codes_up(db: TillDatabase, key: Key) -> Iterator[str]:
    begins, first, _id = key
    for length in range(max(1, begins), CODE_LENGTH_MAX + 1):
        at = first if length == begins else "0" * length
        while (code := _look(db, _NOT_BEFORE, at)) is not None:
            if len(code) == length:
                yield code
            # On to the first one of this length that may follow.
            shorter = len(code) < length
            at = code.ljust(length, "0") if shorter else code[:length] + BEHIND_NINE


def _codes_down(db: TillDatabase, key: Key) -> Iterator[str]:
    begins, last, _id = key
    for length in range(min(begins, CODE_LENGTH_MAX), 0, -1):
        at = (last if length == begins else "9" * length) + "0"  # it included
        while (code := _look(db, _BEFORE, at)) is not None:
            if len(code) == length:
                yield code
            # Whatever is longer stands behind its beginning, which may be a code itself.
            at = code[:length] + "0" if len(code) > length else code


def _look(db: TillDatabase, sql: str, at: str) -> str | None:
    found = db.connection().execute(sql, (at,)).fetchone()
    return None if found is None else str(found[0])


def _of_code(db: TillDatabase, code: str) -> list[Standing]:
    rows = db.connection().execute(_OF_CODE, (code,)).fetchall()
    return [Standing(str(one), code, bool(merged)) for one, merged in rows]
