"""The end of a shift: its bills decided, its drawer counted, its Z."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import apsw

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.reasons import needed_reason, told_reason
from milkpos_tui.domain.roles import Request, Right
from milkpos_tui.domain.settings import BLIND_COUNT, PRINT_Z, parse_yes_no
from milkpos_tui.domain.shift import Takings, TenderCheck
from milkpos_tui.domain.text import plural
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.billing import dropped_body
from milkpos_tui.services.counting import Counted, Counting
from milkpos_tui.services.custody import Custody, right_to_keep
from milkpos_tui.services.drafts import Drafts
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.printing import JobKind, Printing
from milkpos_tui.services.records import Draft, Shift
from milkpos_tui.services.settings import Settings
from milkpos_tui.services.takings import CountRecord, Report, TakingsOf

NO_REASON = "no reason was given"

_LAST_Z = """
SELECT number, perpetual_sold_paise, perpetual_refunded_paise FROM z_report
WHERE counter = ? ORDER BY number DESC LIMIT 1
"""
_SCHEMA = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"


class Closing(NamedTuple):
    """How a shift is closed. `counted` None takes the count made last. Each bill that is not paid
    is carried over to the next shift or dropped, by its id."""

    counted: Counted | None = None
    reason: str = ""
    carry: frozenset[str] = frozenset()
    drop: frozenset[str] = frozenset()


class Closings:
    """Decisions about the ends of shifts; a close is one transaction."""

    def __init__(
        self,
        journal: Journal,
        custody: Custody,
        takings: TakingsOf,
        counting: Counting,
        drafts: Drafts,
        settings: Settings,
        permissions: Permissions,
        printing: Printing,
    ) -> None:
        self._journal = journal
        self._custody = custody
        self._takings = takings
        self._counting = counting
        self._drafts = drafts
        self._settings = settings
        self._permissions = permissions
        self._printing = printing

    def left_over(self, counter: str) -> tuple[Draft, ...]:
        """The bills of a counter that are not paid: each is settled, carried over or dropped."""
        return self._drafts.left_on(counter)

    def shown_before_count(self, counter: str) -> tuple[TenderCheck, ...]:
        """What should be there, where the shop does not count blindly; else nothing."""
        if parse_yes_no(self._settings.text(BLIND_COUNT)):
            return ()
        return self._takings.x(self._custody.needed(counter)).checks

    def standing_count(self, counter: str) -> CountRecord | None:
        """The count made last, while it can still close the shift."""
        shift = self._custody.needed(counter)
        try:
            return self._counting.fresh(
                shift, self._takings.takings(shift.id), self._takings.moves(shift.id)
            )
        except Refused:
            return None

    def preview(self, counter: str, closing: Closing) -> Report:
        """What the Z would say, by the count made last. Refused as closing would be."""
        self._decided(counter, closing)
        shift = self._custody.needed(counter)
        report = self._takings.x(shift)
        count = self._counting.fresh(shift, report.takings, report.moves)
        return report._replace(checks=count.checks)

    def close(self, counter: str, closing: Closing, actor: Actor) -> Report:
        """The end of a shift, whatever was counted: a difference never stands in the way.

        Refused while a bill is not paid and nobody said what becomes of it, or is paid in part;
        without any count; and where something was sold since the count was made.
        """
        shift = self._custody.needed(counter)
        left = self._decided(counter, closing)
        drops = [draft for draft in left if draft.id in closing.drop]
        reason = needed_reason(closing.reason) if drops else told_reason(closing.reason)
        uncounted = closing.counted is not None and closing.counted.cash is None
        actor, *droppers = self._may_close(shift, drops, uncounted, actor)
        with self._journal.transaction() as connection:
            shift = self._custody.still(shift)
            if _versions(self._drafts.left_on(counter)) != _versions(left):
                raise Refused("draft-changed", "a bill was opened, paid or changed meanwhile")
            for draft, who in zip(drops, droppers, strict=True):
                body = dropped_body(draft, reason)
                self._journal.append(Kind.DRAFT_DROPPED, draft.id, body, who)
                self._drafts.drop(connection, draft)
            if closing.counted is not None:
                counted = closing.counted
                self._counting.append(connection, Kind.SHIFT_COUNTED, shift, counted, actor)
            carried = [draft for draft in left if draft.id not in closing.drop]
            z = self._z_body(connection, shift, reason, carried, drops)
            self._journal.append(Kind.SHIFT_CLOSED, shift.id, z, actor)
            self._queue_z(connection, shift, actor)
        return self._takings.z(self._custody.by_id(shift.id))

    # --- steps -----------------------------------------------------------------------------

    def _queue_z(self, connection: apsw.Connection, shift: Shift, actor: Actor) -> None:
        """The Z on paper, in the close's own transaction as a slip is in its sale's: a power cut
        leaves a closed shift and the row that prints its Z, or neither."""
        wanted = parse_yes_no(self._settings.text(PRINT_Z))
        if wanted and self._printing.has_printer(shift.counter):
            who = actor.operator
            self._printing.put(connection, shift.counter, JobKind.REPORT, shift.id, (), who)

    def _may_close(
        self, shift: Shift, drops: Sequence[Draft], uncounted: bool, actor: Actor
    ) -> list[Actor]:
        """Who closes, and who drops each of these bills, with who allowed it. Without a count the
        Z would tell whoever answers for the drawer what is to be in it."""
        needs = [Request(right_to_keep(shift, actor), actor.operator, about=shift.id)]
        if uncounted:
            needs.insert(0, Request(Right.CLOSE_UNCOUNTED, actor.operator, about=shift.id))
        needs += [
            Request(Right.DROP_BILL, actor.operator, draft.cart.total_paise, draft.id)
            for draft in drops
        ]
        by = self._permissions.check_all(needs, actor)
        closers, droppers = by[: len(by) - len(drops)], by[len(by) - len(drops) :]
        return [next((who for who in closers if who.approver), closers[0]), *droppers]

    def _decided(self, counter: str, closing: Closing) -> tuple[Draft, ...]:
        left = self._drafts.left_on(counter)
        decided = closing.carry | closing.drop
        strange = decided - {draft.id for draft in left}
        if strange:
            raise Refused(
                "bill-of-another-shift",
                f"bill {min(strange)} is not an open bill of counter {counter}: only this shift's "
                "own bills are closed with it",
            )
        for draft in left:
            if draft.cart.tenders:
                raise Refused(
                    "part-paid",
                    f"Rs {show_rupees(draft.cart.tendered_paise)} was taken for a bill of "
                    f"{len(draft.cart.lines)} lines: finish it, or give the money back",
                )
        undecided = sum(draft.id not in decided for draft in left)
        if undecided:
            raise Refused(
                "bills-open",
                f"{plural(undecided, 'unpaid bill')}: pay, carry over or drop",
            )
        return left

    def _z_body(
        self,
        connection: apsw.Connection,
        shift: Shift,
        reason: str,
        carried: Sequence[Draft],
        dropped: Sequence[Draft],
    ) -> dict[str, Value]:
        """All that a Z says; what it stands on is read in the same transaction."""
        takings, moves = self._takings.takings(shift.id), self._takings.moves(shift.id)
        count = self._counting.fresh(shift, takings, moves)
        if not reason and any(check.difference_paise for check in count.checks):
            reason = NO_REASON
        last = connection.execute(_LAST_Z, (shift.counter,)).fetchone() or (0, 0, 0)
        head = self._journal.head()
        return {
            "counter": shift.counter,
            "number": int(last[0]) + 1,
            "business_date": shift.business_date,
            "name": shift.name,
            "count_no": count.no,
            "reason": reason,
            **_takings_names(takings),
            "in_paise": moves.in_paise,
            "out_paise": moves.out_paise,
            "dropped_paise": moves.dropped_paise,
            "drawer_openings": moves.drawer_openings,
            "carried": len(carried),
            "carried_paise": sum(draft.cart.total_paise for draft in carried),
            "carried_bills": [draft.id for draft in carried],
            "dropped_bills": len(dropped),
            "dropped_bills_paise": sum(draft.cart.total_paise for draft in dropped),
            "perpetual_sold_paise": int(last[1]) + takings.sold_paise,
            "perpetual_refunded_paise": int(last[2]) + takings.refunded_paise,
            "head_seq": head.seq,
            "head_hash": head.hash.hex(),
            "schema_hash": _schema_hash(connection),
        }


def _versions(drafts: Sequence[Draft]) -> list[tuple[str, int]]:
    return [(draft.id, draft.version) for draft in drafts]


def _takings_names(takings: Takings) -> dict[str, Value]:
    names: dict[str, Value] = {**takings._asdict()}
    names["taxes"] = [tax._asdict() for tax in takings.taxes]
    for name, sums in (("tenders", takings.tenders), ("khata", takings.khata)):
        names[name] = [{**tender._asdict(), "kind": tender.kind.value} for tender in sums]
    return names


def _schema_hash(connection: apsw.Connection) -> str:
    """SHA-256 of the database's own rules: a trigger that was dropped shows in the next Z."""
    texts = "\n".join(str(sql) for (sql,) in connection.execute(_SCHEMA).fetchall())
    return hashlib.sha256(texts.encode()).hexdigest()
