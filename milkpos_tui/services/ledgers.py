"""Ledgers as they are read: entries by date with the balance as it runs on, and dues by age."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from milkpos_tui.domain.khata import CUSTOMERS, Account, Ages, LedgerKind, age
from milkpos_tui.domain.roles import Right
from milkpos_tui.journal.clock import Clock, day_in_india
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.accounts import FAMILY, Accounts, Balances, Customer, Owing, Row, is_over
from milkpos_tui.services.permissions import Permissions
from schema.connection import TillDatabase

_ENTRIES = f"""{FAMILY}
SELECT ledger.id, ledger.at, ledger.day, ledger.kind, ledger.reference, ledger.reason,
    ledger.tender, ledger.operator, ledger.approver, posting.account, posting.unit, posting.amount
FROM ledger JOIN posting ON posting.ledger = ledger.id AND posting.customer = ledger.customer
WHERE ledger.customer IN family AND ledger.day BETWEEN ? AND ?
ORDER BY ledger.day, ledger.seq, ledger.id, posting.no
"""
_BESIDES_ROUNDS = _ENTRIES.replace(
    "ORDER BY",
    """AND ledger.id NOT IN (SELECT ledger FROM delivered
    WHERE customer IN family AND day BETWEEN ? AND ? AND ledger IS NOT NULL)
ORDER BY""",
)
_NEWEST = f"""{FAMILY}
SELECT ledger.id, ledger.at, ledger.day, ledger.kind, ledger.reference, ledger.reason,
    ledger.tender, ledger.operator, ledger.approver, posting.account, posting.unit, posting.amount
FROM (SELECT * FROM ledger WHERE customer IN family ORDER BY day DESC, seq DESC LIMIT ?) AS ledger
JOIN posting ON posting.ledger = ledger.id AND posting.customer = ledger.customer
ORDER BY ledger.day, ledger.seq, ledger.id, posting.no
"""
_OWED_DAYS = f"""{FAMILY}
SELECT day, sum(up) FROM balance_day
WHERE customer IN family AND account = 'khata' AND day <= ? AND up > 0
GROUP BY day ORDER BY day DESC
"""
_AFTER = f"""{FAMILY}
SELECT coalesce(sum(posting.amount), 0) FROM ledger JOIN posting ON posting.ledger = ledger.id
WHERE ledger.customer IN family AND posting.account = 'khata' AND ledger.seq <= ?
"""
_SEQ = "SELECT seq FROM ledger WHERE id = ?"


class LedgerEntry(NamedTuple):
    """An entry of a customer's khata: what it added to what they owe (below zero it took off), and
    what they owed after it. The other balances by what moved: deposit, containers, points."""

    id: str
    at: int
    day: str
    kind: LedgerKind
    reference: str
    reason: str
    tender: str | None
    operator: str
    approver: str
    amount_paise: int
    balance_paise: int
    deposit_paise: int = 0
    pieces: Mapping[str, int] = {}
    points: int = 0


class Statement(NamedTuple):
    """A customer's khata from day to day, both included."""

    customer: Customer
    first: date
    last: date
    opening_paise: int
    entries: tuple[LedgerEntry, ...]
    closing: Balances


class Aged(NamedTuple):
    """What somebody owes, by how old it is; `over` their limit or not."""

    customer: Customer
    owed_paise: int
    ages: Ages
    over: bool


class KhataStanding(NamedTuple):
    """How a customer's khata stands: the balances, the dues by age, the newest entries (the oldest
    of them first), and whether there are older ones."""

    customer: Customer
    balances: Balances
    ages: Ages
    entries: tuple[LedgerEntry, ...]
    more: bool

    @property
    def over(self) -> bool:
        """Whether they owe more than they may."""
        return is_over(self.customer, self.balances.khata_paise)


class Ledgers:
    """Reads khata; each read asks the database: another terminal writes too."""

    def __init__(
        self, db: TillDatabase, accounts: Accounts, permissions: Permissions, clock: Clock
    ) -> None:
        self._db = db
        self._accounts = accounts
        self._permissions = permissions
        self._clock = clock

    def search(self, words: str, count: int, actor: Actor) -> tuple[Owing, ...]:
        """Customers found by words, the likeliest first, with what they owe."""
        self._permissions.check(Right.SEE_KHATA, actor)
        return tuple(map(self._accounts.owing_of, self._accounts.search(words, count)))

    def window(
        self, at: Customer | None, count: int, actor: Actor, *, up: int = 0
    ) -> tuple[Owing, ...]:
        """Some of the list of all customers by code (`Accounts.window`), with what they owe: only
        those are looked at."""
        self._permissions.check(Right.SEE_KHATA, actor)
        return tuple(map(self._accounts.owing_of, self._accounts.window(at, count, up=up)))

    def standing(self, customer: str, count: int, actor: Actor) -> KhataStanding:
        """How a customer's khata stands now, with `count` of the newest entries."""
        self._permissions.check(Right.SEE_KHATA, actor)
        with self._db.atomic("DEFERRED"):
            known = self._accounts.by_id(customer)
            entries = self.newest(known, count + 1, actor)
            balances = self._accounts.balances(known.id)
            ages = self.ages(known, day_in_india(self._clock.now()))
        return KhataStanding(known, balances, ages, entries[-count:], len(entries) > count)

    def newest(self, customer: Customer, count: int, actor: Actor) -> tuple[LedgerEntry, ...]:
        """A customer's newest entries, the oldest of them first."""
        self._permissions.check(Right.SEE_KHATA, actor)
        with self._db.atomic("DEFERRED"):
            rows = self._db.connection().execute(_NEWEST, (customer.id, count)).fetchall()
            closing = self._accounts.owed_paise(customer.id)
        moved = sum(int(row[11]) for row in rows if row[9] == Account.KHATA)
        return tuple(_entries(rows, closing - moved))

    def besides_rounds(
        self, customer: Customer, first: date, last: date
    ) -> tuple[LedgerEntry, ...]:
        """A customer's entries of some days but for the rounds', for services whose caller may see
        them; the balance runs from zero."""
        days = (first.isoformat(), last.isoformat())
        values = (customer.id, *days, *days)
        rows = self._db.connection().execute(_BESIDES_ROUNDS, values).fetchall()
        return tuple(_entries(rows, 0))

    def statement(
        self, customer: Customer, first: date | None, last: date | None, actor: Actor
    ) -> Statement:
        """A customer's khata between two days; without them from the first entry to today."""
        self._permissions.check(Right.SEE_KHATA, actor)
        first, last = first or date.min, last or day_in_india(self._clock.now())
        days = (first.isoformat(), last.isoformat())
        with self._db.atomic("DEFERRED"):
            rows = self._db.connection().execute(_ENTRIES, (customer.id, *days)).fetchall()
            closing = self._accounts.balances(customer.id, last)
        moved = sum(int(row[11]) for row in rows if row[9] == Account.KHATA)
        opening = closing.khata_paise - moved
        entries = tuple(_entries(rows, opening))
        if first == date.min and entries:
            first = date.fromisoformat(entries[0].day)
        return Statement(customer, first, last, opening, entries, closing)

    def ages(self, customer: Customer, today: date) -> Ages:
        """What a customer owes at the end of a day, by how old it is."""
        owed = self._accounts.balances(customer.id, today).khata_paise
        rows = self._db.connection().execute(_OWED_DAYS, (customer.id, today.isoformat()))
        return age(owed, ((date.fromisoformat(day), int(up)) for day, up in rows), today)

    def ageing(self, actor: Actor, today: date | None = None) -> Iterator[Aged]:
        """Everybody who owes now, or owed at the end of a day, the most first, by how old it was;
        who is over their limit is told apart, also where tills that were offline took them
        there."""
        self._permissions.check(Right.SEE_KHATA, actor)
        owing = [item for item in self._accounts.owed_by_all(today).items() if item[1] > 0]
        today = today or day_in_india(self._clock.now())
        known = {customer.id: customer for customer in self._accounts.all(gone=True)}
        for customer_id, owed in sorted(owing, key=lambda item: (-item[1], item[0])):
            customer = known.get(customer_id) or self._accounts.whoever(customer_id)
            yield Aged(customer, owed, self.ages(customer, today), is_over(customer, owed))

    def after(self, entry: str, customer: str) -> int | None:
        """What a customer owed after a ledger entry, by the bill's id; None where it has none."""
        connection = self._db.connection()
        found = connection.execute(_SEQ, (entry,)).fetchone()
        if found is None:
            return None
        root = self._accounts.whoever(customer).id
        return int(connection.execute(_AFTER, (root, int(found[0]))).get)


def _entries(rows: list[Row], opening_paise: int) -> Iterator[LedgerEntry]:
    """Entries of their postings, which come together, with the balance as it runs on."""
    entry: LedgerEntry | None = None
    balance = opening_paise
    for key, at, day, kind, reference, reason, tender, operator, approver, *posting in rows:
        if entry is None or entry.id != key:
            if entry is not None:
                yield entry
            told = (reference, reason, tender, operator, approver)
            entry = LedgerEntry(key, at, day, LedgerKind(kind), *told, 0, balance)
        entry = _with_posting(entry, *posting)
        balance = entry.balance_paise
    if entry is not None:
        yield entry


def _with_posting(entry: LedgerEntry, account: str, unit: str, amount: int) -> LedgerEntry:
    assert Account(account) in CUSTOMERS, "a customer's own account"
    match Account(account):
        case Account.KHATA:
            return entry._replace(
                amount_paise=entry.amount_paise + amount,
                balance_paise=entry.balance_paise + amount,
            )
        case Account.DEPOSIT:
            return entry._replace(deposit_paise=entry.deposit_paise - amount)
        case Account.POINTS:
            return entry._replace(points=entry.points - amount)
        case _:
            return entry._replace(pieces={**entry.pieces, unit: amount})
