"""Monthly bills at work: drafts from the books, all customers of a month issued in one run."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from milkpos_tui.domain.khata import LedgerKind
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.month import (
    Adjustment,
    Given,
    Month,
    MonthBill,
    Payment,
    Purchase,
    State,
    check_issue,
    month_bill,
    month_number,
    month_of,
    state_of,
)
from milkpos_tui.domain.numbering import financial_year
from milkpos_tui.domain.orders import Half
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.text import plural
from milkpos_tui.journal.clock import Clock, day_in_india, uuid7
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.accounts import FAMILY, Accounts, Customer
from milkpos_tui.services.ledgers import LedgerEntry, Ledgers
from milkpos_tui.services.month_content import bill_of, content_of
from milkpos_tui.services.month_papers import MonthPaper, Party
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.records import Shop
from milkpos_tui.services.shops import Shops
from schema.connection import TillDatabase

Row = Sequence[Any]  # as apsw gives it

AT_ONCE = 20  # bills that one wait for the disk is for; a sale elsewhere waits for no more of them
LATE = "entered late, of an earlier month"

_DELIVERED = f"""{FAMILY}
SELECT day, half, plu, name, unit, qty_milli, rate_paise, amount_paise, gst_rate_bp, hsn
FROM delivered WHERE customer IN family AND day BETWEEN ? AND ? ORDER BY day, half DESC, key
"""
_ISSUED = "SELECT issued_on, content FROM month_bill WHERE customer = ? AND month = ?"
_ISSUED_TO = f"""{FAMILY}
SELECT issued_on, content FROM month_bill WHERE customer IN family AND month = ?
ORDER BY customer = ? DESC, id LIMIT 1
"""
_DUE = f"""{FAMILY}
SELECT sum(due_paise) FROM month_bill WHERE customer IN family AND month = ?
"""
_PAID = f"""{FAMILY}
SELECT coalesce(sum(payment.value ->> 'amount_paise'), 0)
FROM month_bill, json_each(content, '$.payments') AS payment
WHERE customer IN family AND month = ?
"""
_ALL_ISSUED = """
SELECT customer, issued_on, content FROM month_bill WHERE month = ?
ORDER BY counter, year, serial
"""
_NEXT_SERIAL = """
SELECT 1 + coalesce(max(serial), 0) FROM month_bill WHERE counter = ? AND year = ?
"""
_HALVES, _UNITS = {half.value: half for half in Half}, {unit.value: unit for unit in Unit}
_CORRECTIONS = frozenset({LedgerKind.ADJUSTMENT, LedgerKind.POINTS})
_MONEY = frozenset(
    {LedgerKind.PAYMENT, LedgerKind.ADVANCE, LedgerKind.ADVANCE_BACK, LedgerKind.DEPOSIT_USED}
)


class Stands(NamedTuple):
    """A monthly bill and what has become of it."""

    customer: Customer
    paper: MonthPaper
    state: State


class Run(NamedTuple):
    """One customer of a month's run: the paper, and whether it was issued just now. Without a paper
    there was nothing to bill."""

    number: int
    of: int
    customer: Customer
    paper: MonthPaper | None
    issued: bool


class Ran(NamedTuple):
    """What a run came to so far: bills that were issued and bills that were there, and what all of
    them say is due."""

    issued: int = 0
    held: int = 0
    due_paise: int = 0

    def and_then(self, one: Run) -> "Ran":
        """With one more customer."""
        if one.paper is None:
            return self
        due = self.due_paise + max(0, one.paper.bill.due_paise)
        return Ran(self.issued + one.issued, self.held + (not one.issued), due)

    def told(self, month: Month) -> str:
        """The same in words."""
        due = show_rupees(self.due_paise)
        return (
            f"{month}: {plural(self.issued, 'bill')} issued, {self.held} were there, Rs {due} due"
        )


class Months:
    """Decisions about monthly bills; a run issues some at once."""

    def __init__(
        self,
        db: TillDatabase,
        journal: Journal,
        accounts: Accounts,
        ledgers: Ledgers,
        shops: Shops,
        permissions: Permissions,
        clock: Clock,
    ) -> None:
        self._db = db
        self._journal = journal
        self._accounts = accounts
        self._ledgers = ledgers
        self._shops = shops
        self._permissions = permissions
        self._clock = clock

    # --- reading ---------------------------------------------------------------------------

    def paper(self, code: str, month: Month, actor: Actor) -> MonthPaper:
        """A customer's month: as it was issued, else as a draft of the books."""
        self._permissions.check(Right.SEE_KHATA, actor)
        customer = self._accounts.known(code)
        with self._db.atomic("DEFERRED"):
            shop = self._shops.shop()
            issued = self._issued(customer, month, shop)
            return issued or _paper(customer, self._draft(customer, month, shop), shop, None)

    def draft(self, customer: Customer, month: Month, actor: Actor) -> MonthPaper:
        """A customer's month as the books have it now, whatever was issued."""
        self._permissions.check(Right.SEE_KHATA, actor)
        shop = self._shops.shop()
        return _paper(customer, self._draft(customer, month, shop), shop, None)

    def stands(self, month: Month, actor: Actor) -> Iterator[Stands]:
        """The bills of a month that are issued, and how far each is paid."""
        self._permissions.check(Right.SEE_KHATA, actor)
        rows = self._db.connection().execute(_ALL_ISSUED, (str(month),)).fetchall()
        shop = self._shops.shop()
        for customer_id, issued_on, content in rows:
            customer = self._accounts.whoever(str(customer_id))
            paper = _stored(customer, month, shop, issued_on, content)
            yield Stands(customer, paper, self._state(customer, paper.bill))

    def issued_for(self, month: Month) -> tuple[str, ...]:
        """The ids that have a bill of a month, in its order."""
        rows = self._db.connection().execute(_ALL_ISSUED, (str(month),)).fetchall()
        return tuple(str(row[0]) for row in rows)

    def stand(self, customer: str, month: Month) -> Stands | None:
        """An issued bill by the id it was issued for, with whoever that is now."""
        known = self._accounts.whoever(customer)
        found = self._db.connection().execute(_ISSUED, (customer, str(month))).fetchone()
        if found is None:
            return None
        paper = _stored(known, month, self._shops.shop(), *found)
        return Stands(known, paper, self._state(known, paper.bill))

    def state(self, code: str, paper: MonthPaper, actor: Actor) -> State:
        """What has become of a customer's bill."""
        self._permissions.check(Right.SEE_KHATA, actor)
        customer = self._accounts.known(code)
        if paper.issued is None:
            return State.DRAFT
        return self._state(customer, paper.bill)

    # --- issuing ---------------------------------------------------------------------------

    def run(self, month: Month, counter: str, actor: Actor) -> Iterator[Run]:
        """The bills of all customers of a month, one after another; each is in the books when it is
        told of. A run that was broken off goes on where it stopped: who has a bill keeps it.

        Refused before the month is over.
        """
        return self.run_allowed(month, counter, self.may_run(month, actor))

    def may_run(self, month: Month, actor: Actor) -> Actor:
        """The actor of a month's run, with who allowed it where that was needed. Refused before
        the month is over."""
        self._check_over(month)
        return self._permissions.check(Right.BILL_MONTHS, actor, about=str(month))

    def run_allowed(self, month: Month, counter: str, actor: Actor) -> Iterator[Run]:
        """A month's run by an actor of `may_run`: another till of the same books may do it, which
        does not know of the leave that was given to this one."""
        self._check_over(month)
        today = day_in_india(self._clock.now())
        shop = self._shops.shop()
        customers = list(self._accounts.all(gone=True))
        for first in range(0, len(customers), AT_ONCE):
            together = customers[first : first + AT_ONCE]
            with self._journal.transaction():
                billed = [
                    self._billed(customer, month, shop, counter, today, actor)
                    for customer in together
                ]
            for number, (customer, (paper, issued)) in enumerate(
                zip(together, billed, strict=True), first + 1
            ):
                yield Run(number, len(customers), customer, paper, issued)

    # --- steps -----------------------------------------------------------------------------

    def _check_over(self, month: Month) -> None:
        mode = self._shops.shop().tax_mode
        check_issue(month_bill("", month, mode, 0), day_in_india(self._clock.now()))

    def _billed(
        self,
        customer: Customer,
        month: Month,
        shop: Shop,
        counter: str,
        today: date,
        actor: Actor,
    ) -> tuple[MonthPaper | None, bool]:
        """A customer's paper, and whether it was issued just now; no paper where there is nothing
        to bill."""
        issued = self._issued(customer, month, shop)
        if issued is not None:
            return issued, False
        draft = self._draft(customer, month, shop)
        if not _has_something(draft):
            return None, False
        return self._issue(customer, draft, shop, counter, today, actor), True

    def _issue(
        self,
        customer: Customer,
        draft: MonthBill,
        shop: Shop,
        counter: str,
        today: date,
        actor: Actor,
    ) -> MonthPaper:
        check_issue(draft, today)
        year = financial_year(today)
        serial = int(self._db.connection().execute(_NEXT_SERIAL, (counter, year)).get)
        bill = draft._replace(number=month_number(counter, today, serial))
        body: dict[str, Value] = {
            "counter": counter,
            "year": year,
            "serial": serial,
            "customer": customer.id,
            "month": str(bill.month),
            "issued_on": today.isoformat(),
            "due_paise": bill.due_paise,
            "bill": content_of(bill),
        }
        self._journal.append(Kind.MONTH_ISSUED, uuid7(self._clock.now()), body, actor)
        return _paper(customer, bill, shop, today)

    def _draft(self, customer: Customer, month: Month, shop: Shop) -> MonthBill:
        """What the books say of a month: what is due is the balance at its end, to the paisa.

        It begins with what the bill before said. What was entered since then under an earlier date
        stands here as an adjustment, for an issued bill never changes.
        """
        days = (month.first.isoformat(), month.last.isoformat())
        rows = self._db.connection().execute(_DELIVERED, (customer.id, *days)).fetchall()
        before = self._accounts.balances(customer.id, month.first - timedelta(1)).khata_paise
        told = self._told_before(customer, month)
        previous = before if told is None else told
        late = [Adjustment(month.first, LATE, before - previous)] if before != previous else []
        entries = self._ledgers.besides_rounds(customer, month.first, month.last)
        bill = month_bill(
            customer.code,
            month,
            shop.tax_mode,
            previous,
            [_given(row) for row in rows],
            purchases=[
                Purchase(_day(one), one.reference, one.amount_paise)
                for one in entries
                if one.kind in (LedgerKind.SALE, LedgerKind.RETURN)
            ],
            adjustments=late
            + [
                Adjustment(_day(one), one.reason or "adjustment", one.amount_paise)
                for one in entries
                if one.kind in _CORRECTIONS and one.amount_paise
            ],
            payments=[
                Payment(_day(one), _how(one), -one.amount_paise)
                for one in entries
                if one.kind in _MONEY and one.amount_paise
            ],
        )
        at_end = self._accounts.balances(customer.id, month.last).khata_paise
        assert bill.due_paise == at_end, "a monthly bill is what the ledger says"
        return bill

    def _told_before(self, customer: Customer, month: Month) -> int | None:
        """What the bill of the month before said is due, with those of their doubles; None where
        none was issued."""
        before = month_of(month.first - timedelta(1))
        due = self._db.connection().execute(_DUE, (customer.id, str(before))).get
        return None if due is None else int(due)

    def _state(self, customer: Customer, bill: MonthBill) -> State:
        """By what was paid that is on no bill of the month: after it, or late under its date."""
        entries = self._ledgers.besides_rounds(customer, bill.month.first, date.max)
        paid = _paid(entries)
        told = int(self._db.connection().execute(_PAID, (customer.id, str(bill.month))).get)
        return state_of(bill.due_paise, issued=True, paid_since_paise=paid - told)

    def _issued(self, customer: Customer, month: Month, shop: Shop) -> MonthPaper | None:
        """Their own bill of a month, else that of a double merged into them since: what is on it
        is billed, and no second document is for the same deliveries."""
        values = (customer.id, str(month), customer.id)
        found = self._db.connection().execute(_ISSUED_TO, values).fetchone()
        return None if found is None else _stored(customer, month, shop, *found)


def _stored(
    customer: Customer, month: Month, shop: Shop, issued_on: str, content: str
) -> MonthPaper:
    bill = bill_of(customer.code, str(month), json.loads(content))
    return _paper(customer, bill, shop, date.fromisoformat(issued_on))


def _paper(customer: Customer, bill: MonthBill, shop: Shop, issued: date | None) -> MonthPaper:
    party = Party(customer.code, customer.name, customer.address, customer.phone)
    return MonthPaper(bill, party, shop, issued)


def _paid(entries: Iterable[LedgerEntry]) -> int:
    return -sum(one.amount_paise for one in entries if one.kind in _MONEY)


def _has_something(bill: MonthBill) -> bool:
    return bool(
        bill.previous_paise or bill.lines or bill.purchases or bill.adjustments or bill.payments
    )


def _given(row: Row) -> Given:
    day, half, plu, name, unit, qty, rate, amount, gst, hsn = row
    return Given(_date(day), _HALVES[half], plu, name, _UNITS[unit], qty, rate, amount, gst, hsn)


@lru_cache(maxsize=64)  # a month's days, for all its customers
def _date(text: str) -> date:
    return date.fromisoformat(text)


def _day(one: LedgerEntry) -> date:
    return _date(one.day)


def _how(one: LedgerEntry) -> str:
    if one.kind is LedgerKind.DEPOSIT_USED:
        return "out of the deposit"
    how = {"cash": "cash", "upi": "UPI", "card": "card"}.get(one.tender or "", "")
    return f"{how}, paid back" if one.kind is LedgerKind.ADVANCE_BACK else how
