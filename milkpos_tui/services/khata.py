"""Khata: receiving what customers owe, paying back, and correcting it."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import apsw

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.khata import LedgerKind, Unit, check_received
from milkpos_tui.domain.money import parse_rupees, show_rupees
from milkpos_tui.domain.reasons import needed_reason, told_reason
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.settings import POINT_WORTH
from milkpos_tui.domain.text import clean
from milkpos_tui.journal.clock import Clock, day_in_india, uuid7
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.accounts import FAMILY, Accounts, Balances, Customer
from milkpos_tui.services.custody import Custody
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.records import Shift
from milkpos_tui.services.settings import Settings
from milkpos_tui.services.takings import TakingsOf, expected_checks
from schema.connection import TillDatabase

REFERENCE_MAX = 40
AGAIN_MS = 60_000  # an equal amount within it may be the same money keyed at two terminals
PAYMENTS = frozenset({LedgerKind.PAYMENT, LedgerKind.ADVANCE, LedgerKind.DEPOSIT})

_JUST_NOW = f"""{FAMILY}
SELECT max(ledger.at) FROM shift JOIN ledger ON ledger.shift = shift.id
JOIN posting ON posting.ledger = ledger.id
WHERE shift.closed_at IS NULL AND ledger.customer IN family AND posting.account = ledger.tender
    AND posting.amount = ? AND abs(ledger.at - ?) < ?
"""


class PaidAgain(Refused):
    """The same amount was received from the same customer a moment ago: somebody must say that it
    is another payment."""

    def __init__(self, customer: Customer, paise: int, seconds: int) -> None:
        super().__init__(
            "payment-again",
            f"Rs {show_rupees(paise)} of {customer.called} was received {seconds} s ago: "
            "is this another payment?",
        )


class Received(NamedTuple):
    """What a payment did: what was owed before it and after, and how much of it is an advance."""

    customer: Customer
    entry: str
    kind: LedgerKind
    tender: TenderKind
    amount_paise: int
    before_paise: int
    balances: Balances

    @property
    def advance_paise(self) -> int:
        """The part that was more than was due."""
        if self.kind is LedgerKind.DEPOSIT:
            return 0
        return min(self.amount_paise, max(0, self.amount_paise - self.before_paise))


class Payment(NamedTuple):
    """Money that a customer gives. `deposit` is kept safe beside the khata; `day` None is the
    shift's; `again` says that an equal amount a moment ago was another payment."""

    amount_paise: int
    tender: TenderKind = TenderKind.CASH
    reference: str = ""
    deposit: bool = False
    day: date | None = None
    again: bool = False


class Khata:
    """Decisions about what customers owe; each method is one transaction."""

    def __init__(
        self,
        db: TillDatabase,
        journal: Journal,
        accounts: Accounts,
        custody: Custody,
        takings: TakingsOf,
        settings: Settings,
        permissions: Permissions,
        clock: Clock,
    ) -> None:
        self._db = db
        self._journal = journal
        self._accounts = accounts
        self._custody = custody
        self._takings = takings
        self._settings = settings
        self._permissions = permissions
        self._clock = clock

    # --- money -----------------------------------------------------------------------------

    def receive(self, code: str, payment: Payment, counter: str, actor: Actor) -> Received:
        """Money of a customer, which the counter's shift then answers for. What is more than was
        due is an advance.

        Refused without an open shift, for a date that is yet to come, on khata itself; and, until
        somebody says that it is another one, for an equal amount within a minute.
        """
        paise = check_received(payment.amount_paise)
        tender = _money(payment.tender)
        actor = self._permissions.check(Right.RECEIVE_PAYMENT, actor, amount_paise=paise)
        with self._journal.transaction() as connection:
            customer = self._accounts.known(code)
            shift = self._custody.needed(counter)
            day = _past(payment.day, shift.day)
            if not payment.again:
                self._check_not_again(connection, customer, paise)
            before = self._accounts.owed_paise(customer.id)
            kind = _kind(before, payment.deposit)
            body = _money_body(customer, kind, tender, paise, day, shift)
            body["reference"] = clean(payment.reference, limit=REFERENCE_MAX)
            entry = self._append(Kind.KHATA_RECEIVED, body, actor)
            balances = self._accounts.balances(customer.id)
        return Received(customer, entry, kind, tender, paise, before, balances)

    def pay_back(
        self, code: str, payment: Payment, reason: str, counter: str, actor: Actor
    ) -> Received:
        """Money that goes back to a customer, out of their advance or deposit. Refused for more
        than there is, without a reason, and for more cash than is in the drawer by the books."""
        paise, reason = check_received(payment.amount_paise), needed_reason(reason)
        tender = _money(payment.tender)
        kind = LedgerKind.DEPOSIT_BACK if payment.deposit else LedgerKind.ADVANCE_BACK
        customer = self._accounts.known(code)
        actor = self._may_adjust(customer, paise, actor)
        with self._journal.transaction():
            customer = self._accounts.by_id(customer.id)
            shift = self._custody.needed(counter)
            had = self._accounts.balances(customer.id)
            left = had.deposit_paise if payment.deposit else -had.khata_paise
            if paise > left:
                what = "a deposit" if payment.deposit else "an advance"
                raise Refused(
                    "khata-short",
                    f"{customer.called} has {what} of Rs {show_rupees(max(0, left))}, not more",
                )
            if tender is TenderKind.CASH and paise > self._cash_there(shift):
                raise Refused("cash-short", "by the books there is not so much in the drawer")
            day = _past(payment.day, shift.day)
            body = _money_body(customer, kind, tender, paise, day, shift)
            body["reference"] = clean(payment.reference, limit=REFERENCE_MAX)
            entry = self._append(Kind.KHATA_PAID_BACK, {**body, "reason": reason}, actor)
            balances = self._accounts.balances(customer.id)
        return Received(customer, entry, kind, tender, paise, had.khata_paise, balances)

    def use_deposit(
        self, code: str, paise: int, reason: str, counter: str, actor: Actor
    ) -> Balances:
        """What is owed, paid out of the deposit. Refused for more than either is."""
        paise, customer = check_received(paise), self._accounts.known(code)
        actor = self._may_adjust(customer, paise, actor)
        with self._journal.transaction():
            customer = self._accounts.by_id(customer.id)
            had = self._accounts.balances(customer.id)
            if paise > min(had.deposit_paise, had.khata_paise):
                raise Refused(
                    "khata-short",
                    f"{customer.called} owes Rs {show_rupees(max(0, had.khata_paise))} and left a "
                    f"deposit of Rs {show_rupees(had.deposit_paise)}",
                )
            body = self._body(customer, None, counter, needed_reason(reason))
            self._append(Kind.DEPOSIT_USED, {**body, "amount_paise": paise}, actor)
            return self._accounts.balances(customer.id)

    # --- corrections -----------------------------------------------------------------------

    def adjust(
        self,
        code: str,
        paise: int,
        reason: str,
        counter: str,
        actor: Actor,
        day: date | None = None,
    ) -> Balances:
        """A correction of what somebody owes, above zero more; dated, never a changed entry.
        Refused without a reason, for nothing, and for a date that is yet to come."""
        check_received(abs(paise))
        reason, customer = needed_reason(reason), self._accounts.known(code)
        actor = self._may_adjust(customer, paise, actor)
        with self._journal.transaction():
            customer = self._accounts.by_id(customer.id)
            body = self._body(customer, day, counter, reason)
            self._append(Kind.KHATA_ADJUSTED, {**body, "amount_paise": paise}, actor)
            return self._accounts.balances(customer.id)

    def move_containers(
        self,
        code: str,
        pieces: Mapping[Unit, int],
        counter: str,
        actor: Actor,
        reason: str = "",
    ) -> Balances:
        """Bottles, cans and crates of the shop, given out (above zero) or come back."""
        actor = self._permissions.check(Right.SELL, actor)
        with self._journal.transaction():
            customer = self._accounts.known(code)
            body = self._body(customer, None, counter, told_reason(reason))
            moved: Value = {unit.value: count for unit, count in pieces.items()}
            self._append(Kind.CONTAINERS_MOVED, {**body, "pieces": moved}, actor)
            return self._accounts.balances(customer.id)

    def redeem(self, code: str, points: int, counter: str, actor: Actor) -> Balances:
        """Points turned into money off the khata. Refused for more than there are."""
        actor = self._permissions.check(Right.SELL, actor)
        if points <= 0:
            raise Refused("points", "a number of points must be more than zero")
        with self._journal.transaction():
            customer = self._accounts.known(code)
            had = self._accounts.balances(customer.id).points
            if points > had:
                raise Refused("points", f"{customer.called} has {max(0, had)} points, not more")
            worth = parse_rupees(self._settings.text(POINT_WORTH))
            body = self._body(customer, None, counter, f"{points} points redeemed")
            body |= {"points": -points, "amount_paise": -points * worth}
            self._append(Kind.POINTS_MOVED, body, actor)
            return self._accounts.balances(customer.id)

    # --- steps -----------------------------------------------------------------------------

    def _may_adjust(self, customer: Customer, paise: int, actor: Actor) -> Actor:
        return self._permissions.check(
            Right.ADJUST_KHATA, actor, amount_paise=paise, about=customer.id
        )

    def _append(self, kind: Kind, body: dict[str, Value], actor: Actor) -> str:
        entry = uuid7(self._clock.now())
        self._journal.append(kind, entry, body, actor)
        return entry

    def _body(
        self, customer: Customer, day: date | None, counter: str, reason: str
    ) -> dict[str, Value]:
        shift = self._custody.open_on(counter)
        today = shift.day if shift is not None else day_in_india(self._clock.now())
        return {
            "customer": customer.id,
            "business_date": _past(day, today).isoformat(),
            "reason": reason,
        }

    def _check_not_again(self, connection: apsw.Connection, customer: Customer, paise: int) -> None:
        now = self._clock.now()
        at = connection.execute(_JUST_NOW, (customer.id, paise, now, AGAIN_MS)).get
        if at is not None:
            raise PaidAgain(customer, paise, abs(now - int(at)) // 1000)

    def _cash_there(self, shift: Shift) -> int:
        report = self._takings
        takings, moves = report.takings(shift.id), report.moves(shift.id)
        return expected_checks(shift, takings, moves, report.held(shift.counter))[0].expected_paise


def _money_body(
    customer: Customer, kind: LedgerKind, tender: TenderKind, paise: int, day: date, shift: Shift
) -> dict[str, Value]:
    return {
        "customer": customer.id,
        "kind": kind.value,
        "tender": tender.value,
        "amount_paise": paise,
        "business_date": day.isoformat(),
        "counter": shift.counter,
        "shift": shift.id,
    }


def _kind(owed_paise: int, deposit: bool) -> LedgerKind:
    if deposit:
        return LedgerKind.DEPOSIT
    return LedgerKind.PAYMENT if owed_paise > 0 else LedgerKind.ADVANCE


def _money(tender: TenderKind) -> TenderKind:
    if tender is TenderKind.KHATA:
        raise Refused("tender-khata", "khata is paid by cash, upi or card")
    return tender


def _past(day: date | None, today: date) -> date:
    if day is not None and day > today:
        raise Refused("date-future", f"{day.isoformat()} is yet to come: today is {today}")
    return day or today
