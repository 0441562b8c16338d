"""The usual at the counter: what a customer comes for, proposed when they are chosen, and taken.

A proposal is of the moment and nowhere stored: it is worked out anew when it is taken, in the
transaction that puts it on the bill.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from milkpos_tui.domain.cart import Cart, CartLine, Measured
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.orders import Half, half_at
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.usual import (
    RETIRED,
    TO_WEIGH,
    Asked,
    LeftOut,
    Source,
    agreed_rate,
    left_of,
)
from milkpos_tui.journal.clock import Clock, day_in_india, moment_in_india
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.services.accounts import FAMILY, Accounts, Customer
from milkpos_tui.services.bills import Bills
from milkpos_tui.services.catalogue import Catalogue
from milkpos_tui.services.custody import Custody
from milkpos_tui.services.drafts import Drafts
from milkpos_tui.services.orders import Orders
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.rates import Rates
from milkpos_tui.services.records import Draft
from schema.connection import TillDatabase

# What came back of a line counts for the half of the day in which it was sold.
_SOLD = f"""{FAMILY}
SELECT bill.at, line.plu, line.qty_milli - coalesce((SELECT sum(back.qty_milli)
    FROM bill AS note JOIN bill_line AS back ON back.bill = note.id
    WHERE note.original = bill.id AND back.of_line = line.no), 0)
FROM bill JOIN bill_line AS line ON line.bill = bill.id
WHERE bill.customer IN family AND bill.business_date = ? AND bill.kind <> 'credit_note'
"""
_KEYED = f"""{FAMILY}
SELECT line.keyed_at, line.plu, line.qty_milli
FROM draft JOIN draft_line AS line ON line.draft = draft.id
WHERE draft.customer IN family AND draft.id <> ?
"""
_LAST_BILLS = f"""{FAMILY}
SELECT (SELECT id FROM bill WHERE customer = family.id AND kind <> 'credit_note'
    ORDER BY business_date DESC, seq DESC LIMIT 1) FROM family
"""


class Usual(NamedTuple):
    """What is proposed to a customer, or why nothing is. `lines` have the customer's rates of the
    day; `collected` where all that was due in this half of the day was collected already."""

    customer: Customer
    source: Source
    half: Half
    lines: tuple[CartLine, ...]
    left_out: tuple[LeftOut, ...]
    total_paise: int
    collected: bool = False

    @property
    def asked(self) -> tuple[tuple[int, int, int], ...]:
        """What it comes to line by line: PLU, thousandths, paise per unit."""
        return tuple((line.item.plu, line.qty_milli, line.rate_paise) for line in self.lines)


class Usuals:
    """Proposes and takes the usual."""

    def __init__(
        self,
        db: TillDatabase,
        journal: Journal,
        drafts: Drafts,
        bills: Bills,
        orders: Orders,
        accounts: Accounts,
        catalogue: Catalogue,
        rates: Rates,
        custody: Custody,
        permissions: Permissions,
        clock: Clock,
    ) -> None:
        self._db = db
        self._journal = journal
        self._drafts = drafts
        self._bills = bills
        self._orders = orders
        self._accounts = accounts
        self._catalogue = catalogue
        self._rates = rates
        self._custody = custody
        self._permissions = permissions
        self._clock = clock

    def of(self, draft: Draft) -> Usual | None:
        """The usual of whose an empty bill is: of their orders for the counter what is left to
        collect in this half of the shift's day; without such orders their last bill. None where
        the bill is not empty or nobody's, no shift is open, or nothing is usual now."""
        shift = self._custody.open_on(draft.counter)
        if draft.cart.lines or draft.cart.customer is None or shift is None:
            return None
        customer = self._accounts.whoever(draft.cart.customer)
        half = half_at(moment_in_india(self._clock.now()).hour)
        due = self._orders.collections(customer, shift.day, half)
        if due is None:
            source = Source.LAST_BILL
            asked, left_out = self._of_last_bill(customer)
        else:
            source, left_out = Source.ORDERS, []
            asked = left_of(due, self._had(customer, shift.day, half, draft))
            if due and not asked:
                return Usual(customer, source, half, (), (), 0, collected=True)
        lines = tuple(self._lines(draft, customer, shift.day, asked, left_out))
        if not lines and not left_out:
            return None
        total = Cart(lines, round_to_paise=draft.cart.round_to_paise).total_paise
        return Usual(customer, source, half, lines, tuple(left_out), total)

    def take(self, draft: Draft, proposed: Usual, actor: Actor) -> Draft:
        """What was proposed on the bill, as if it was keyed. Refused where it is another by now:
        somebody else of the family was faster, a price or an order changed."""
        self._permissions.check(Right.SELL, actor)
        with self._journal.transaction() as connection:
            self._custody.needed(draft.counter)
            now = self.of(draft)
            if now is None or now.asked != proposed.asked:
                raise Refused(
                    "usual-changed",
                    f"the usual of {proposed.customer.called} is another by now: key // and their "
                    "code again",
                )
            cart = draft.cart
            for line in now.lines:
                cart = cart.with_line(line)
            return self._drafts.save(connection, draft, cart, actor.operator)

    # --- steps -----------------------------------------------------------------------------

    def _had(self, customer: Customer, day: date, half: Half, draft: Draft) -> dict[int, int]:
        """What was sold to a customer in a half of a day, by PLU, and what is on other bills of
        theirs that are not paid yet."""
        connection = self._db.connection()
        sold = connection.execute(_SOLD, (customer.id, day.isoformat())).fetchall()
        keyed = connection.execute(_KEYED, (customer.id, draft.id)).fetchall()
        today = day_in_india(self._clock.now())
        there = [row for row in keyed if day_in_india(int(row[0])) == today]
        had: dict[int, int] = {}
        for at, plu, qty in (*sold, *there):
            if half_at(moment_in_india(int(at)).hour) is half:
                had[int(plu)] = had.get(int(plu), 0) + int(qty)
        return had

    def _of_last_bill(self, customer: Customer) -> tuple[tuple[Asked, ...], list[LeftOut]]:
        """What a customer kept of their last bill. What a scale or a label said is another weight
        today; prices and discounts of that day are not asked for again."""
        rows = self._db.connection().execute(_LAST_BILLS, (customer.id,)).fetchall()
        bills = [self._bills.by_id(str(bill)) for (bill,) in rows if bill is not None]
        if not bills:
            return (), []
        last = max(bills, key=lambda bill: (bill.business_date, bill.at))
        asked, left_out = [], []
        for number, line in enumerate(last.document.lines, 1):
            kept = line.qty_milli - last.returned_milli.get(number, 0)
            if not kept:
                continue
            if line.measured in (Measured.SCALE, Measured.LABEL):
                left_out.append(LeftOut(line.name, TO_WEIGH))
            else:
                asked.append(Asked(line.plu, kept))
        return tuple(asked), left_out

    def _lines(
        self,
        draft: Draft,
        customer: Customer,
        day: date,
        asked: Sequence[Asked],
        left_out: list[LeftOut],
    ) -> Iterator[CartLine]:
        """The lines of what is asked for; what can't be sold any more, or not so much of it, is
        left out, and why."""
        line_id = draft.cart.next_line_id
        for one in asked:
            item = self._catalogue.item(one.plu)
            if item is None or not item.active:
                name = f"item {one.plu}" if item is None else item.name
                left_out.append(LeftOut(name, RETIRED))
                continue
            rate = self._rate(item, one, customer, day)
            try:
                line = CartLine.by_quantity(line_id, item, one.qty_milli, self._clock.now())
                line = line.with_rate(rate)
            except Refused as refused:
                left_out.append(LeftOut(item.name, refused.message))
                continue
            line_id += 1
            yield line

    def _rate(self, item: Item, asked: Asked, customer: Customer, day: date) -> int:
        if asked.rate_paise is not None:
            return agreed_rate(item, asked.rate_paise)
        return self._rates.rate(item, customer.id, day)
