"""Billing: what happens to an open bill, and how it becomes a document of the books."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import apsw

from milkpos_tui.domain.bill import Bill, complete, credit_note, rounding_of
from milkpos_tui.domain.cart import (
    KHATA_OF_NOBODY,
    Cart,
    CartLine,
    Discount,
    Tender,
    TenderKind,
)
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.numbering import BillNumber, Series, financial_year, series_of
from milkpos_tui.domain.reasons import told_reason
from milkpos_tui.domain.roles import Request, Right
from milkpos_tui.domain.settings import DISCOUNT_LIMIT, REMOVE_WITHIN, parse_seconds
from milkpos_tui.domain.tax import BP, parse_percent
from milkpos_tui.domain.text import clean
from milkpos_tui.journal.clock import Clock, day_in_india
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.bills import Bills
from milkpos_tui.services.custody import Custody
from milkpos_tui.services.drafts import Drafts
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.records import BillRecord, Draft, Shift, line_names
from milkpos_tui.services.settings import Settings
from milkpos_tui.services.shops import Shops

if TYPE_CHECKING:
    from milkpos_tui.services.buyers import Buyers
    from milkpos_tui.services.printing import Printing

REFERENCE_MAX = 40


class _Use(NamedTuple):
    """A right that is used for an amount."""

    right: Right
    paise: int


class _Allowed(NamedTuple):
    """A right that was used for an amount; the actor has who allowed it."""

    right: Right
    paise: int
    actor: Actor


class Billing:
    """Decisions about bills on one counter. Each method is one transaction, and gives back the
    draft as it is afterwards; a refused one changes nothing."""

    def __init__(
        self,
        journal: Journal,
        drafts: Drafts,
        bills: Bills,
        shops: Shops,
        clock: Clock,
        permissions: Permissions,
        custody: Custody,
        settings: Settings,
        printing: "Callable[[], Printing]",
        buyers: "Callable[[], Buyers]",
    ) -> None:
        """The last two are made when they are first asked for: a start need not load them."""
        self._make_printing = printing
        self._make_buyers = buyers
        self._custody = custody
        self._settings = settings
        self._journal = journal
        self._drafts = drafts
        self._bills = bills
        self._shops = shops
        self._clock = clock
        self._permissions = permissions
        self._shop = shops.shop()

    @cached_property
    def _printing(self) -> "Printing":
        return self._make_printing()

    @cached_property
    def _buyers(self) -> "Buyers":
        return self._make_buyers()

    # --- the open bill ---------------------------------------------------------------------

    def put_line(self, draft: Draft, line: CartLine, actor: Actor) -> Draft:
        """A line added. Refused while part of the bill is paid, without an open shift, and for who
        may not sell: what is on a bill already may be paid for by anybody."""
        self._permissions.check(Right.SELL, actor)
        return self._save(draft, draft.cart.with_line(line), actor)

    def change_line(self, draft: Draft, line: CartLine, actor: Actor) -> Draft:
        """A line changed. Less of it than before is an entry: so are tills robbed. Refused without
        an open shift."""
        cart = draft.cart.with_line(line)
        before = next(old for old in draft.cart.lines if old.id == line.id)
        needs = self._change_needs(before, line) + self._shrink_needs(draft.cart, cart)
        if line.qty_milli < before.qty_milli:
            needs += self._removal_needs(before)
        allowed = self._ask(draft, needs, actor)
        with self._journal.transaction() as connection:
            self._custody.needed(draft.counter)
            self._tell_allowed(draft, allowed)
            after = self._drafts.save(connection, draft, cart, actor.operator)
            if line.qty_milli < before.qty_milli:
                self._tell_removed(draft, before, line.qty_milli, actor)
        return after

    def remove_line(self, draft: Draft, line: CartLine, actor: Actor) -> Draft:
        """A line taken off, as an entry. The last line's going leaves an empty bill."""
        cart = draft.cart.without_line(line)
        needs = self._removal_needs(line) + self._shrink_needs(draft.cart, cart)
        allowed = self._ask(draft, needs, actor)
        with self._journal.transaction() as connection:
            self._tell_allowed(draft, allowed)
            self._tell_removed(draft, line, 0, actor)
            if cart.lines:
                return self._drafts.save(connection, draft, cart, actor.operator)
            self._drafts.take(connection, draft)
        return self._drafts.new(draft.counter, draft.cart.customer)

    def is_card(self, code: str) -> bool:
        """Whether a code is the card of a customer."""
        return self._buyers.is_card(code)

    def choose_customer(self, draft: Draft, what: str, actor: Actor) -> tuple[Draft, str]:
        """Whose the bill is, by code, card or words, or nobody's; and what to tell of them. The
        lines that have the usual rate get that of the customer. Nothing is stored of a bill that
        has no line yet. Refused while part of the bill is paid."""
        self._permissions.check(Right.SELL, actor)
        buyer, told = self._buyers.chosen(what)
        before = draft.cart
        day = self._day(draft)
        lines = tuple(
            self._buyers.at_rate_of(buyer, line, day, before.customer) for line in before.lines
        )
        cart = before.of_customer(buyer, lines)
        if not cart.lines and not draft.version:
            return draft._replace(cart=cart), told
        with self._journal.transaction() as connection:
            return self._drafts.save(connection, draft, cart, actor.operator), told

    def at_rate(self, draft: Draft, line: CartLine) -> CartLine:
        """A new line at the rate of whose the bill is."""
        customer = draft.cart.customer
        if customer is None:
            return line
        return self._buyers.at_rate_of(customer, line, self._day(draft))

    def set_discount(self, draft: Draft, discount: Discount, actor: Actor) -> Draft:
        """A discount on the whole bill, in place of the one it had; above the limit somebody who
        may has to allow it."""
        cart = draft.cart.with_discount(discount)
        needs = self._discount_needs(discount.of(cart.amounts_paise), cart.amounts_paise)
        allowed = self._ask(draft, needs, actor)
        with self._journal.transaction() as connection:
            self._tell_allowed(draft, allowed)
            return self._drafts.save(connection, draft, cart, actor.operator)

    def take_points(self, draft: Draft, points: int | None, actor: Actor) -> Draft:
        """Points of the customer taken for a part of the bill, in place of those it had; None is
        as many as go. They leave the balance when the bill is paid, by its own entry."""
        self._permissions.check(Right.SELL, actor)
        return self._save(draft, self._buyers.points_to_take(draft.cart, points), actor)

    def give_back(self, draft: Draft, actor: Actor) -> Draft:
        """The last money taken for an open bill goes back, as an entry."""
        if not draft.cart.tenders:
            raise Refused("no-tender", "no money was taken for this bill")
        body = _tender_names(draft.cart.tenders[-1])
        with self._journal.transaction() as connection:
            self._journal.append(Kind.TENDER_REMOVED, draft.id, body, actor)
            return self._drafts.save(
                connection, draft, draft.cart.without_last_tender(), actor.operator
            )

    def drop(self, draft: Draft, reason: str, actor: Actor) -> Draft:
        """An open bill that is not going to be paid, as an entry with all its lines and why."""
        if not draft.cart.lines:
            raise Refused("no-line", "there is no open bill to drop")
        if draft.cart.tenders:
            raise Refused("part-paid", "money was taken for this bill: give it back first, with -")
        total = draft.cart.total_paise
        actor = self._permissions.check(Right.DROP_BILL, actor, amount_paise=total, about=draft.id)
        with self._journal.transaction() as connection:
            body = dropped_body(draft, told_reason(reason) or actor.reason)
            self._journal.append(Kind.DRAFT_DROPPED, draft.id, body, actor)
            self._drafts.take(connection, draft)
        return self._drafts.new(draft.counter)

    def hold(self, draft: Draft) -> Draft:
        """The open bill put aside; a new one begins."""
        if not draft.cart.lines:
            raise Refused("no-line", "there is no open bill to hold")
        with self._journal.transaction() as connection:
            self._drafts.hold(connection, draft)
        return self._drafts.new(draft.counter)

    def recall(self, draft: Draft, number: int) -> Draft:
        """A held bill back; the one that is open now is held in its place."""
        held = {bill.number: bill for bill in self._drafts.held(draft.counter)}
        if number not in held:
            raise Refused("held-unknown", f"there is no held bill {number}")
        with self._journal.transaction() as connection:
            if draft.cart.lines:
                self._drafts.hold(connection, draft)
            return self._drafts.recall(connection, held[number].draft)

    # --- becoming a document ---------------------------------------------------------------

    def tender(
        self, draft: Draft, kind: TenderKind, paise: int | None, reference: str, actor: Actor
    ) -> tuple[Draft, BillRecord | None]:
        """Money given. When nothing is due any more the bill is complete, numbered and signed in
        the same transaction: the one sync to disk of the sale. Its date is its shift's. Khata above
        the customer's limit is somebody's who may to allow."""
        cart = draft.cart.with_tender(kind, paise, clean(reference, limit=REFERENCE_MAX))
        needs = self._limit_needs(cart) if kind is TenderKind.KHATA else []
        allowed = self._ask(draft, needs, actor) if needs else []
        with self._journal.transaction() as connection:
            shift = self._custody.needed(draft.counter)
            if kind is TenderKind.KHATA and self._limit_needs(cart) != needs:
                raise Refused("khata-changed", "the khata changed meanwhile: look, and pay again")
            self._tell_allowed(draft, allowed)
            if cart.due_paise:
                return self._drafts.save(connection, draft, cart, actor.operator), None
            self._buyers.check_points(cart)
            document = complete(cart, self._shop.tax_mode, shift.day)
            self._drafts.take(connection, draft)
            points = self._buyers.points_for(cart)
            record = self._close(
                connection,
                draft,
                document,
                shift,
                actor,
                points=points,
                points_taken=cart.points,
            )
        return self._drafts.new(draft.counter), record

    def warning(self, paid: BillRecord) -> str:
        """What is to be told of a bill on khata; nothing of any other."""
        on_khata = any(one.kind is TenderKind.KHATA for one in paid.document.tenders)
        if not on_khata or paid.customer is None:
            return ""
        return self._buyers.told(paid.customer)

    def take_back(
        self,
        number: str,
        back: Mapping[int, int],
        reason: str,
        refund: TenderKind,
        counter: str,
        actor: Actor,
        reference: str = "",
    ) -> BillRecord:
        """A part of a bill comes back: a credit note in its own series, tied to the original.

        `back` is thousandths by line number (from 1). Refused: an unknown bill or line, more than
        was sold and not yet returned, no reason, a refund on the khata of nobody.
        """
        reason = told_reason(reason)
        if not reason:
            raise Refused("reason-missing", "a return needs a reason")
        counter = self._shops.check_counter(counter)
        actor = self._permissions.check(Right.RETURN_GOODS, actor, about=number)
        with self._journal.transaction() as connection:
            shift = self._custody.needed(counter)
            sold = self._bills.by_number(number)
            if sold.original is not None:
                raise Refused("return-of-note", f"{sold.number} is a credit note itself")
            if refund is TenderKind.KHATA and sold.customer is None:
                raise Refused("khata-needs-customer", KHATA_OF_NOBODY)
            note = credit_note(
                sold.document,
                sold.returned_milli,
                back,
                Tender(refund, 0, clean(reference, limit=REFERENCE_MAX)),
                rounding_of(sold.document),
            )
            return self._close(
                connection,
                self._drafts.new(counter, sold.customer),
                note,
                shift,
                actor,
                sold,
                reason,
                points=-self._buyers.points_back(sold, note.total_paise),
                points_taken=-self._buyers.points_given_back(sold, note),
            )

    def find(self, number: str) -> BillRecord:
        """A document by its number. Refused where there is none."""
        return self._bills.by_number(number)

    def reprint(self, number: str, actor: Actor, counter: str = "") -> BillRecord:
        """A second slip of a bill, which is an entry; the slip says DUPLICATE. It comes out of a
        counter's printer, where one is named that has one."""
        actor = self._permissions.check(Right.REPRINT, actor, about=number)
        with self._journal.transaction() as connection:
            record = self._bills.by_number(number)
            copy = record.copies + 1
            body: dict[str, Value] = {"number": record.number, "copy": copy}
            self._journal.append(Kind.BILL_REPRINTED, record.id, body, actor)
            if self._printing.has_printer(counter):
                from milkpos_tui.services.printing import JobKind

                self._printing.put(
                    connection, counter, JobKind.SLIP, record.id, (), actor.operator, copy
                )
        return record._replace(copies=copy)

    # --- steps -----------------------------------------------------------------------------

    def _day(self, draft: Draft) -> date:
        """The date that a bill has now: its shift's, today's where none is open."""
        shift = self._custody.open_on(draft.counter)
        return shift.day if shift is not None else day_in_india(self._clock.now())

    def _save(self, draft: Draft, cart: Cart, actor: Actor) -> Draft:
        """What needs an open shift, and is no entry yet."""
        with self._journal.transaction() as connection:
            self._custody.needed(draft.counter)
            return self._drafts.save(connection, draft, cart, actor.operator)

    def _change_needs(self, before: CartLine, line: CartLine) -> list[_Use]:
        """The rights a change of a line needs: another price, a discount above the limit."""
        needs = []
        if line.rate_paise not in (before.rate_paise, line.item.price_paise):
            needs.append(_Use(Right.OVERRIDE_PRICE, line.rate_paise))
        shrunk = line.discount.paise and line.gross_paise < before.gross_paise
        if line.discount != before.discount or shrunk:
            needs += self._discount_needs(line.gross_paise - line.amount_paise, line.gross_paise)
        return needs

    def _shrink_needs(self, before: Cart, cart: Cart) -> list[_Use]:
        """A bill's discount in rupees is a greater part of it when there is less on the bill."""
        if not cart.discount.paise or cart.amounts_paise >= before.amounts_paise:
            return []
        return self._discount_needs(cart.discount.paise, cart.amounts_paise)

    def _discount_needs(self, off_paise: int, base_paise: int) -> list[_Use]:
        """Nothing up to the limit of what anybody may give away."""
        limit_bp = parse_percent(self._settings.text(DISCOUNT_LIMIT))
        over = off_paise * BP > base_paise * limit_bp
        return [_Use(Right.DISCOUNT, off_paise)] if over else []

    def _removal_needs(self, line: CartLine) -> list[_Use]:
        """Leave to take off what was keyed a while ago; what was only just keyed was a slip. What
        seems to come from later was not: the clock was set back."""
        within_ms = parse_seconds(self._settings.text(REMOVE_WITHIN)) * 1000
        late = abs(self._clock.now() - line.keyed_at) > within_ms
        return [_Use(Right.REMOVE_LINE, line.amount_paise)] if late else []

    def _limit_needs(self, cart: Cart) -> list[_Use]:
        """Leave for what a customer would owe, where it is above their limit."""
        if cart.customer is None:
            return []
        on_khata = sum(one.amount_paise for one in cart.tenders if one.kind is TenderKind.KHATA)
        owed = self._buyers.over_limit(cart.customer, on_khata)
        return [] if owed is None else [_Use(Right.EXCEED_LIMIT, owed)]

    def _ask(self, draft: Draft, needs: Sequence[_Use], actor: Actor) -> list[_Allowed]:
        """The uses of rights on a draft that somebody else had to allow."""
        requests = [Request(right, actor.operator, paise, draft.id) for right, paise in needs]
        by = self._permissions.check_all(requests, actor)
        return [_Allowed(*use, who) for use, who in zip(needs, by, strict=True) if who != actor]

    def _tell_allowed(self, draft: Draft, allowed: Sequence[_Allowed]) -> None:
        """What is no entry itself, but was allowed by somebody else, is told with both names."""
        for right, paise, actor in allowed:
            body: dict[str, Value] = {
                "right": right.value,
                "amount_paise": paise,
                "reason": actor.reason,
            }
            self._journal.append(Kind.APPROVAL_GIVEN, draft.id, body, actor)

    def _close(
        self,
        connection: apsw.Connection,
        draft: Draft,
        document: Bill,
        shift: Shift,
        actor: Actor,
        original: BillRecord | None = None,
        reason: str = "",
        *,
        points: int = 0,
        points_taken: int = 0,
    ) -> BillRecord:
        """Number and journal a document; what it returns equals what the tables now hold."""
        series = series_of(document.kind)
        number = _next_number(connection, draft.counter, series, financial_year(shift.day))
        kind = Kind.BILL_PAID if original is None else Kind.BILL_RETURNED
        body: dict[str, Value] = {
            "number": str(number),
            "kind": document.kind.value,
            "business_date": shift.business_date,
            "shift": shift.id,
            "counter": draft.counter,
            "operator": actor.operator,
            "customer": draft.cart.customer,
            "taxable_paise": document.taxable_paise,
            "cgst_paise": document.cgst_paise,
            "sgst_paise": document.sgst_paise,
            "igst_paise": document.igst_paise,
            "discount_paise": document.discount_paise,
            "round_off_paise": document.round_off_paise,
            "total_paise": document.total_paise,
            "change_paise": document.change_paise,
            "original": original.id if original else None,
            "original_number": original.number if original else None,
            "reason": reason,
            "lines": [line_names(line) for line in document.lines],
            "tenders": [_tender_names(tender) for tender in document.tenders],
        }
        if points:
            body["points"] = points
        if points_taken:
            body["points_taken"] = points_taken
        entry = self._journal.append(kind, draft.id, body, actor)
        self._printing.queue_slip(connection, draft.counter, draft.id, actor.operator)
        return BillRecord(
            id=draft.id,
            number=str(number),
            at=entry.at,
            business_date=shift.business_date,
            shift=shift.id,
            counter=draft.counter,
            operator=actor.operator,
            customer=draft.cart.customer,
            state="paid" if original is None else "refunded",
            document=document,
            original=original.id if original else None,
            original_number=original.number if original else None,
            reason=reason,
            returned_milli={},
            copies=0,
            customer_code=self._buyers.code_of(draft.cart.customer),
            points_earned=points,
            points_taken=points_taken,
        )

    def _tell_removed(self, draft: Draft, line: CartLine, left_milli: int, actor: Actor) -> None:
        body = {**_cart_line_names(line), "counter": draft.counter, "left_milli": left_milli}
        self._journal.append(Kind.LINE_REMOVED, draft.id, body, actor)


def _next_number(
    connection: apsw.Connection, counter: str, series: Series, year: str
) -> BillNumber:
    """The number after the last one of a series; counted on by the entry that carries it."""
    found = connection.execute(
        "SELECT last FROM series WHERE counter = ? AND series = ? AND year = ?",
        (counter, series.value, year),
    ).fetchone()
    return BillNumber(counter, series, year, int(found[0]) + 1 if found else 1).checked()


def dropped_body(draft: Draft, reason: str) -> dict[str, Value]:
    """What the entry about a dropped bill says: all of it, and why."""
    return {
        "counter": draft.counter,
        "total_paise": draft.cart.total_paise,
        "lines": [_cart_line_names(line) for line in draft.cart.lines],
        "reason": reason,
    }


def _cart_line_names(line: CartLine) -> dict[str, Value]:
    return {
        "plu": line.item.plu,
        "name": line.item.name,
        "qty_milli": line.qty_milli,
        "unit": line.item.unit.value,
        "rate_paise": line.rate_paise,
        "amount_paise": line.amount_paise,
    }


def _tender_names(tender: Tender) -> dict[str, Value]:
    return {
        "kind": tender.kind.value,
        "amount_paise": tender.amount_paise,
        "reference": tender.reference,
    }
