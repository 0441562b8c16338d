"""Open and held bills, stored line by line as they grow. This service owns the draft tables."""

from typing import Any

import apsw

from milkpos_tui.domain.cart import Cart, CartLine, Discount, Measured, Tender, TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.journal.clock import Clock, uuid7
from milkpos_tui.services.catalogue import Catalogue
from milkpos_tui.services.records import Draft, HeldBill
from schema.connection import TillDatabase
from schema.sql import insert_sql
from schema.tables import Draft as DraftTable
from schema.tables import DraftLine, DraftTender

HELD_MAX = 99

_NEW = insert_sql(DraftTable)
_LINE = insert_sql(DraftLine).replace("INSERT", "INSERT OR REPLACE", 1)
_TENDER = insert_sql(DraftTender)
_CHANGED = """
UPDATE draft SET version = version + 1, discount_paise = ?, discount_bp = ?, customer = ?,
    points = ?, point_paise = ?
WHERE id = ? AND state = 'open' AND version = ?
"""
_TAKEN = "DELETE FROM draft WHERE id = ? AND state = 'open' AND version = ?"
_DROPPED = "DELETE FROM draft WHERE id = ? AND version = ?"
_LATEST_HELD = "SELECT coalesce(max(held_at), 0) FROM draft WHERE counter = ? AND state = 'held'"
_STATE = """
UPDATE draft SET state = ?, held_at = ?, version = version + 1
WHERE id = ? AND state = ? AND version = ?
"""


class Drafts:
    """Each change is the difference between two carts, written under the draft's version: when
    another terminal was faster, nothing is written and the operator is told."""

    def __init__(self, db: TillDatabase, catalogue: Catalogue, clock: Clock, round_to: int) -> None:
        self._db = db
        self._catalogue = catalogue
        self._clock = clock
        self._round_to = round_to

    def new(self, counter: str, customer: str | None = None) -> Draft:
        """A bill nothing is on yet; nothing is stored."""
        now = self._clock.now()
        cart = Cart(round_to_paise=self._round_to, customer=customer)
        return Draft(uuid7(now), counter, now, cart)

    def open_on(self, counter: str) -> Draft | None:
        """The bill a counter left open: after a power cut, the same bill again."""
        return self._load("counter = ? AND state = 'open'", counter)

    def held(self, counter: str) -> tuple[HeldBill, ...]:
        """The bills put aside on a counter, in the order they were, numbered from 1."""
        rows = self._db.connection().execute(
            "SELECT id FROM draft WHERE counter = ? AND state = 'held' ORDER BY held_at, id",
            (counter,),
        )
        return tuple(self._held(number, row[0]) for number, row in enumerate(rows.fetchall(), 1))

    def save(self, connection: apsw.Connection, before: Draft, cart: Cart, operator: str) -> Draft:
        """Store what changed of a draft's cart; returns the draft as it is now."""
        after = Draft(before.id, before.counter, before.opened_at, cart, before.version + 1)
        if before.version:
            self._must_be_ours(
                connection,
                _CHANGED,
                (
                    cart.discount.paise,
                    cart.discount.rate_bp,
                    cart.customer,
                    cart.points,
                    cart.point_paise,
                    before.id,
                    before.version,
                ),
            )
        else:
            self._insert(connection, after, operator)
        self._save_lines(connection, before, cart)
        self._save_tenders(connection, before, cart)
        return after

    def take(self, connection: apsw.Connection, draft: Draft) -> None:
        """The draft becomes a bill, or is dropped: its rows go. Refused if it went already."""
        self._must_be_ours(connection, _TAKEN, (draft.id, draft.version))

    def left_on(self, counter: str) -> tuple[Draft, ...]:
        """All bills of a counter that are not paid: the open one, then the held ones."""
        open_one = self.open_on(counter)
        held = (self._load("id = ?", bill.draft) for bill in self.held(counter))
        return tuple(draft for draft in (open_one, *held) if draft is not None)

    def drop(self, connection: apsw.Connection, draft: Draft) -> None:
        """A bill goes, open or held. Refused if it was changed meanwhile."""
        self._must_be_ours(connection, _DROPPED, (draft.id, draft.version))

    def hold(self, connection: apsw.Connection, draft: Draft) -> None:
        """Put an open draft aside."""
        if len(self.held(draft.counter)) >= HELD_MAX:
            raise Refused("held-full", f"{HELD_MAX} bills are held: pay or drop one first")
        # Behind all that are held, also where the clock was set back since.
        latest = int(connection.execute(_LATEST_HELD, (draft.counter,)).get)
        held_at = max(self._clock.now(), latest + 1)
        self._must_be_ours(connection, _STATE, ("held", held_at, draft.id, "open", draft.version))

    def recall(self, connection: apsw.Connection, draft_id: str) -> Draft:
        """A held draft, open again."""
        draft = self._load("id = ? AND state = 'held'", draft_id)
        if draft is None:
            raise Refused("held-gone", "that bill is no longer held")
        self._must_be_ours(connection, _STATE, ("open", None, draft.id, "held", draft.version))
        return Draft(draft.id, draft.counter, draft.opened_at, draft.cart, draft.version + 1)

    def _must_be_ours(
        self, connection: apsw.Connection, sql: str, values: tuple[str | int | None, ...]
    ) -> None:
        before = connection.total_changes()
        connection.execute(sql, values)
        if connection.total_changes() == before:
            raise Refused(
                "draft-changed", "this bill was paid, held or changed at another terminal"
            )

    def _insert(self, connection: apsw.Connection, draft: Draft, operator: str) -> None:
        cart = draft.cart
        row = (
            draft.id,
            draft.counter,
            operator,
            "open",
            draft.version,
            cart.discount.paise,
            cart.discount.rate_bp,
            draft.opened_at,
            None,
            cart.customer,
            cart.points,
            cart.point_paise,
        )
        try:
            connection.execute(_NEW, row)
        except apsw.ConstraintError as error:
            raise Refused(
                "draft-changed", "another bill was opened on this counter, or this one is paid"
            ) from error

    def _save_lines(self, connection: apsw.Connection, before: Draft, cart: Cart) -> None:
        had = {line.id: line for line in before.cart.lines}
        for line in cart.lines:
            if had.pop(line.id, None) is not line:
                connection.execute(
                    _LINE,
                    (
                        before.id,
                        line.id,
                        line.item.plu,
                        line.qty_milli,
                        line.rate_paise,
                        line.worth_paise,
                        line.discount.paise,
                        line.discount.rate_bp,
                        line.keyed_at,
                        line.measured.value,
                        line.tare_milli,
                    ),
                )
        for gone in had:
            connection.execute(
                "DELETE FROM draft_line WHERE draft = ? AND id = ?", (before.id, gone)
            )

    def _save_tenders(self, connection: apsw.Connection, before: Draft, cart: Cart) -> None:
        had, have = before.cart.tenders, cart.tenders
        for no, tender in enumerate(have[len(had) :], len(had) + 1):
            row = (before.id, no, tender.kind.value, tender.amount_paise, tender.reference)
            connection.execute(_TENDER, row)
        if len(have) < len(had):
            connection.execute(
                "DELETE FROM draft_tender WHERE draft = ? AND no > ?", (before.id, len(have))
            )

    def _load(self, where: str, value: str) -> Draft | None:
        connection = self._db.connection()
        found = connection.execute(
            f"SELECT id, counter, version, discount_paise, discount_bp, opened_at, state, "
            f"customer, points, point_paise FROM draft WHERE {where}",
            (value,),
        ).fetchone()
        if found is None:
            return None
        draft_id, counter, version, paise, rate_bp, opened_at, state, customer, *points = found
        cart = Cart(
            self._lines(connection, draft_id),
            Discount(paise, rate_bp),
            self._tenders(connection, draft_id),
            self._round_to,
            customer,
            *points,
        )
        return Draft(draft_id, counter, opened_at, cart, version, state == "held")

    def _lines(self, connection: apsw.Connection, draft_id: str) -> tuple[CartLine, ...]:
        rows: list[Any] = connection.execute(
            "SELECT id, plu, qty_milli, rate_paise, worth_paise, discount_paise, discount_bp, "
            "keyed_at, measured, tare_milli FROM draft_line WHERE draft = ? ORDER BY id",
            (draft_id,),
        ).fetchall()
        return tuple(
            CartLine.restored(
                line_id,
                self._catalogue.known(plu),
                qty,
                rate,
                worth,
                Discount(paise, bp),
                at,
                Measured(measured),
                tare,
            )
            for line_id, plu, qty, rate, worth, paise, bp, at, measured, tare in rows
        )

    def _tenders(self, connection: apsw.Connection, draft_id: str) -> tuple[Tender, ...]:
        rows: list[Any] = connection.execute(
            "SELECT kind, amount_paise, reference FROM draft_tender WHERE draft = ? ORDER BY no",
            (draft_id,),
        ).fetchall()
        return tuple(Tender(TenderKind(kind), paise, ref) for kind, paise, ref in rows)

    def _held(self, number: int, draft_id: str) -> HeldBill:
        draft = self._load("id = ?", draft_id)
        assert draft is not None, "read in the same breath"
        lines = draft.cart.lines
        (held_at,) = (
            self._db.connection()
            .execute("SELECT held_at FROM draft WHERE id = ?", (draft_id,))
            .fetchone()
        )
        first = lines[0].item.name if lines else ""
        return HeldBill(number, draft_id, int(held_at), first, len(lines), draft.cart.total_paise)
