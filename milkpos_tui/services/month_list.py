"""The customers of a month with their bills, a screen's rows at a time."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from milkpos_tui.domain.month import Month, State
from milkpos_tui.domain.roles import Right
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.accounts import FAMILY, Accounts, Customer
from milkpos_tui.services.code_order import (
    BEHIND_ALL,
    FIRST_OF_ALL,
    Standing,
    ascending,
    descending,
)
from milkpos_tui.services.month_papers import MonthPaper
from milkpos_tui.services.months import Months
from milkpos_tui.services.permissions import Permissions
from schema.connection import TillDatabase

_HAS_BILL = "SELECT 1 FROM month_bill WHERE customer = ? AND month = ?"
_OWED_BEFORE_OR_MOVED = f"""{FAMILY}
SELECT coalesce(sum(up - down) FILTER (WHERE day < ?), 0) <> 0 OR coalesce(max(day), '') >= ?
FROM balance_day
WHERE customer IN family AND account = 'khata' AND unit = 'paise' AND day <= ?
"""
_TALLY = """
SELECT count(*), coalesce(sum(max(due_paise, 0)), 0) FROM month_bill WHERE month = ?
"""


class Listed(NamedTuple):
    """A customer's month as a list shows it: as it was issued, else a draft of the books. `id` and
    `code` are where it stands in the list: those of a double, where that one was billed."""

    id: str
    code: str
    customer: Customer
    paper: MonthPaper
    state: State


class Tally(NamedTuple):
    """How many bills of a month are issued, and what they say is due."""

    issued: int
    due_paise: int


class MonthList:
    """Reads; each read asks the database: another terminal writes too."""

    def __init__(
        self, db: TillDatabase, accounts: Accounts, months: Months, permissions: Permissions
    ) -> None:
        self._db = db
        self._accounts = accounts
        self._months = months
        self._permissions = permissions

    def window(
        self,
        month: Month,
        at: Listed | None,
        count: int,
        actor: Actor,
        *,
        up: int = 0,
        end: bool = False,
    ) -> tuple[Listed, ...]:
        """`count` customers of a month by code: from `up` before one of them on (None is the
        first), or the last ones where fewer follow, or with `end`. Who owed nothing before it and
        bought and paid nothing in it is none of the month's."""
        self._permissions.check(Right.SEE_KHATA, actor)
        key = BEHIND_ALL if end else (len(at.code), at.code, at.id) if at else FIRST_OF_ALL
        with self._db.atomic("DEFERRED"):
            ahead = self._of(month, ascending(self._db, key), count)
            before = self._of(month, descending(self._db, key), max(up, count - len(ahead)))
            places = [*reversed(before), *ahead][:count]
            return tuple(self._listed(one.id, one.code, month, actor) for one in places)

    def search(self, month: Month, words: str, count: int, actor: Actor) -> tuple[Listed, ...]:
        """Those of a month among the customers found by words, the likeliest first."""
        self._permissions.check(Right.SEE_KHATA, actor)
        with self._db.atomic("DEFERRED"):
            customers = self._accounts.search(words, count)
            return tuple(
                self._listed(one.id, one.code, month, actor)
                for one in customers
                if self._has_something(one.id, month)
            )

    def tally(self, month: Month, actor: Actor) -> Tally:
        """How far a month is."""
        self._permissions.check(Right.SEE_KHATA, actor)
        issued, due = self._db.connection().execute(_TALLY, (str(month),)).fetchall()[0]
        return Tally(int(issued), int(due))

    # --- steps -----------------------------------------------------------------------------

    def _of(self, month: Month, order: Iterator[Standing], count: int) -> list[Standing]:
        """So many of an order who are the month's. A double that was billed before it was merged
        keeps its own row."""
        found = (one for one in order if self._is_of(month, one))
        return list(islice(found, count))

    def _is_of(self, month: Month, one: Standing) -> bool:
        if one.merged:
            return self._has_bill(one.id, month)
        return self._has_something(one.id, month)

    def _has_bill(self, customer: str, month: Month) -> bool:
        values = (customer, str(month))
        return self._db.connection().execute(_HAS_BILL, values).fetchone() is not None

    def _has_something(self, customer: str, month: Month) -> bool:
        connection = self._db.connection()
        if self._has_bill(customer, month):
            return True
        first, last = month.first.isoformat(), month.last.isoformat()
        return bool(connection.execute(_OWED_BEFORE_OR_MOVED, (customer, first, first, last)).get)

    def _listed(self, one: str, code: str, month: Month, actor: Actor) -> Listed:
        stands = self._months.stand(one, month)
        if stands is not None:
            return Listed(one, code, *stands)
        customer = self._accounts.by_id(one)
        return Listed(one, code, customer, self._months.draft(customer, month, actor), State.DRAFT)
