"""Shifts: somebody answers for a counter's drawer from a counted float to a counted close."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import apsw

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.cash import Count
from milkpos_tui.domain.checks import Check
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import MONEY_LIMIT_PAISE, show_rupees
from milkpos_tui.domain.roles import Request, Right
from milkpos_tui.domain.settings import BLIND_COUNT, DECLARATION, SHIFT_NAMES, parse_yes_no
from milkpos_tui.domain.shift import (
    CashMoves,
    Takings,
    TenderCheck,
    check_shift_name,
    declaration_digest,
    parse_shift_names,
    usual_name,
)
from milkpos_tui.domain.text import clean, plural
from milkpos_tui.journal.clock import Clock, moment_in_india, uuid7
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.billing import dropped_body
from milkpos_tui.services.custody import Custody
from milkpos_tui.services.drafts import Drafts
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.records import Draft, Shift
from milkpos_tui.services.settings import Settings
from milkpos_tui.services.takings import CountRecord, Report, TakingsOf, expected_checks
from schema.connection import TillDatabase

REASON_MAX = 120
PAYEE_MAX = 60
DAYS_OFF_MAX = 31  # a date further away is a slip, or the clock is wrong
NO_REASON = "no reason was given"

_LAST_Z = """
SELECT number, perpetual_sold_paise, perpetual_refunded_paise FROM z_report
WHERE counter = ? ORDER BY number DESC LIMIT 1
"""
_NEXT_MOVE = "SELECT 1 + coalesce(max(no), 0) FROM shift_cash WHERE shift = ?"
_NEXT_COUNT = "SELECT 1 + coalesce(max(no), 0) FROM shift_count WHERE shift = ?"
_SCHEMA = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"


class Opening(NamedTuple):
    """What a shift begins with, and how the counter's devices stood. Without a date or a name the
    usual ones are taken."""

    float_paise: int
    counted: Count | None = None
    day: date | None = None
    name: str = ""
    checks: Sequence[Check] = ()


class Usual(NamedTuple):
    """What the next shift of a counter would be called, and its date."""

    day: date
    name: str
    names: tuple[str, ...]


class Move(NamedTuple):
    """Cash put in (`in`), paid out (`out`) or dropped into the safe (`drop`)."""

    kind: str
    amount_paise: int
    reason: str
    payee: str = ""


class Counted(NamedTuple):
    """What was counted: the cash by denomination, None where nobody did; others by amount, as
    their own terminals and apps say."""

    cash: Count | None
    others: Mapping[TenderKind, int] = {}

    @property
    def by_tender(self) -> dict[TenderKind, int]:
        """Paise by kind of tender."""
        cash = {} if self.cash is None else {TenderKind.CASH: self.cash.paise}
        return {**cash, **self.others}


class Handing(NamedTuple):
    """To whom a drawer goes, and what was counted in it."""

    successor: str
    counted: Counted
    reason: str = ""


class Closing(NamedTuple):
    """How a shift is closed. `counted` None takes the count made last. Each bill that is not paid
    is carried over to the next shift or dropped, by its id."""

    counted: Counted | None = None
    reason: str = ""
    carry: frozenset[str] = frozenset()
    drop: frozenset[str] = frozenset()


class Shifts:
    """Decisions about shifts; each method is one transaction."""

    def __init__(
        self,
        db: TillDatabase,
        journal: Journal,
        custody: Custody,
        takings: TakingsOf,
        drafts: Drafts,
        settings: Settings,
        permissions: Permissions,
        clock: Clock,
    ) -> None:
        self._db = db
        self._journal = journal
        self._custody = custody
        self._takings = takings
        self._drafts = drafts
        self._settings = settings
        self._permissions = permissions
        self._clock = clock

    # --- opening ---------------------------------------------------------------------------

    def usual(self, counter: str) -> Usual:
        """Today and the shift of this hour; a day that the counter's books are past already is not
        gone back to, for then it is the clock that is wrong."""
        now = moment_in_india(self._clock.now())
        last = self._custody.last_on(counter)
        day = max(now.date(), last.day) if last else now.date()
        names = parse_shift_names(self._settings.text(SHIFT_NAMES))
        name = usual_name(names, now.hour * 60 + now.minute)
        return Usual(day, name, tuple(known.name for known in names))

    def check_none_open(self, counter: str) -> None:
        """Refused where a shift is open on a counter: a front end asks before it has money
        counted."""
        shift = self._custody.open_on(counter)
        if shift is not None:
            raise Refused(
                "shift-open",
                f"a shift is open on counter {counter}: {shift.name} of {shift.business_date}, "
                f"{shift.operator} answers for it",
            )

    def open(self, counter: str, opening: Opening, actor: Actor) -> Shift:
        """Somebody answers for a counter's drawer from now on; the declaration was accepted.

        Refused where a shift is open there already, for a name the settings do not have, and, to
        who may not decide it, for another date than the usual one.
        """
        usual = self.usual(counter)
        day = opening.day or usual.day
        if abs((day - usual.day).days) > DAYS_OFF_MAX:
            raise Refused(
                "date-far",
                f"{day.isoformat()} is more than {DAYS_OFF_MAX} days from {usual.day.isoformat()}: "
                "is it the clock that is wrong?",
            )
        names = parse_shift_names(self._settings.text(SHIFT_NAMES))
        name = check_shift_name(names, opening.name) if opening.name else usual.name
        _check_amount(opening.float_paise)
        if opening.counted is not None and opening.counted.paise != opening.float_paise:
            raise Refused("float-count", "the float is not what its notes and coins come to")
        needs = [Request(Right.KEEP_SHIFT, actor.operator)]
        if day != usual.day:
            needs.append(Request(Right.OTHER_DATE, actor.operator, about=day.isoformat()))
        actor = self._permissions.check_all(needs, actor)[-1]
        body: dict[str, Value] = {
            "counter": counter,
            "operator": actor.operator,
            "business_date": day.isoformat(),
            "name": name,
            "float_paise": opening.float_paise,
            "denominations": str(opening.counted or ""),
            "declaration": declaration_digest(self._settings.text(DECLARATION)),
            "checks": [{**check._asdict(), "state": check.state.value} for check in opening.checks],
        }
        with self._journal.transaction():
            self.check_none_open(counter)
            shift = uuid7(self._clock.now())
            self._journal.append(Kind.SHIFT_OPENED, shift, body, actor)
            return self._custody.by_id(shift)

    # --- during ----------------------------------------------------------------------------

    def move_cash(self, counter: str, move: Move, actor: Actor) -> Move:
        """Cash moves without a sale. Refused without a reason, and for more than is in the drawer
        by the books."""
        move = move._replace(
            reason=_needed_reason(move.reason), payee=clean(move.payee, limit=PAYEE_MAX)
        )
        if move.kind not in ("in", "out", "drop"):
            raise Refused("cash-kind", f"cash goes in, out or into the safe, not '{move.kind}'")
        if move.amount_paise <= 0:
            raise Refused("amount-zero", "an amount of cash must be more than zero")
        _check_amount(move.amount_paise)
        shift = self._custody.needed(counter)
        actor = self._permissions.check(
            Right.MOVE_CASH, actor, amount_paise=move.amount_paise, about=shift.id
        )
        with self._journal.transaction() as connection:
            shift = self._still(shift)
            if move.kind != "in" and move.amount_paise > self._cash_there(shift):
                raise Refused("cash-short", "by the books there is not so much in the drawer")
            body: dict[str, Value] = {**move._asdict(), "counter": counter}
            body["no"] = _next(connection, _NEXT_MOVE, shift)
            self._journal.append(Kind.CASH_MOVED, shift.id, body, actor)
        return move

    def open_drawer(self, counter: str, reason: str, actor: Actor) -> None:
        """The drawer is opened without a sale, which is an entry. Refused without a reason."""
        reason = _needed_reason(reason)
        shift = self._custody.needed(counter)
        actor = self._permissions.check(Right.OPEN_DRAWER, actor, about=shift.id)
        with self._journal.transaction() as connection:
            shift = self._still(shift)
            no = _next(connection, _NEXT_MOVE, shift)
            body: dict[str, Value] = {"counter": counter, "no": no, "reason": reason}
            self._journal.append(Kind.DRAWER_OPENED, shift.id, body, actor)

    def count(self, counter: str, counted: Counted, actor: Actor) -> CountRecord:
        """The drawer counted, and what should have been there: nobody sees that before an entry
        has what was counted. Refused where the cash was not."""
        if counted.cash is None:
            raise Refused("count-missing", "a count counts the cash at least")
        shift = self._custody.needed(counter)
        actor = self._may_keep(shift, actor)
        with self._journal.transaction() as connection:
            shift = self._still(shift)
            self._append_count(connection, Kind.SHIFT_COUNTED, shift, counted, actor, {})
            return self._takings.counts(shift.id)[-1]

    def hand_over(self, counter: str, handing: Handing, actor: Actor) -> CountRecord:
        """Somebody else, who has proven who they are, answers for the drawer as it was counted.

        Refused where nothing was counted, for the one who answers for it already, and for a
        successor who may not keep a shift.
        """
        shift, successor = self._custody.needed(counter), handing.successor
        if handing.counted.cash is None:
            raise Refused("count-missing", "a drawer is handed over counted")
        if successor == shift.operator:
            raise Refused("successor", f"{successor} answers for this drawer already")
        self._permissions.check(Right.KEEP_SHIFT, Actor(successor))
        actor = self._may_keep(shift, actor)
        with self._journal.transaction() as connection:
            shift = self._still(shift)
            more: dict[str, Value] = {
                "successor": successor,
                "reason": clean(handing.reason, limit=REASON_MAX),
            }
            counted, kind = handing.counted, Kind.SHIFT_HANDED_OVER
            self._append_count(connection, kind, shift, counted, actor, more)
            return self._takings.counts(shift.id)[-1]

    # --- closing ---------------------------------------------------------------------------

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
            return self._fresh_count(
                shift, self._takings.takings(shift.id), self._takings.moves(shift.id)
            )
        except Refused:
            return None

    def preview(self, counter: str, closing: Closing) -> Report:
        """What the Z would say, by the count made last. Refused as closing would be."""
        self._decided(counter, closing)
        shift = self._custody.needed(counter)
        report = self._takings.x(shift)
        count = self._fresh_count(shift, report.takings, report.moves)
        return report._replace(checks=count.checks)

    def close(self, counter: str, closing: Closing, actor: Actor) -> Report:
        """The end of a shift, whatever was counted: a difference never stands in the way.

        Refused while a bill is not paid and nobody said what becomes of it, or is paid in part;
        without any count; and where something was sold since the count was made.
        """
        shift = self._custody.needed(counter)
        left = self._decided(counter, closing)
        drops = [draft for draft in left if draft.id in closing.drop]
        reason = (
            _needed_reason(closing.reason) if drops else clean(closing.reason, limit=REASON_MAX)
        )
        uncounted = closing.counted is not None and closing.counted.cash is None
        actor, *droppers = self._may_close(shift, drops, uncounted, actor)
        with self._journal.transaction() as connection:
            shift = self._still(shift)
            if _versions(self._drafts.left_on(counter)) != _versions(left):
                raise Refused("draft-changed", "a bill was opened, paid or changed meanwhile")
            for draft, who in zip(drops, droppers, strict=True):
                body = dropped_body(draft, reason)
                self._journal.append(Kind.DRAFT_DROPPED, draft.id, body, who)
                self._drafts.drop(connection, draft)
            if closing.counted is not None:
                counted = closing.counted
                self._append_count(connection, Kind.SHIFT_COUNTED, shift, counted, actor, {})
            carried = [draft for draft in left if draft.id not in closing.drop]
            z = self._z_body(connection, shift, reason, carried, drops)
            self._journal.append(Kind.SHIFT_CLOSED, shift.id, z, actor)
        return self._takings.z(self._custody.by_id(shift.id))

    # --- steps -----------------------------------------------------------------------------

    def _still(self, shift: Shift) -> Shift:
        """The shift, as it is inside the transaction. Refused where it was closed meanwhile, or
        somebody else answers for it by now: who may decide was asked of the shift as it was."""
        now = self._custody.by_id(shift.id)
        if now.closed_at is not None:
            raise Refused("shift-closed", f"the shift on counter {shift.counter} was closed")
        if now.operator != shift.operator:
            raise Refused(
                "shift-changed-hands", f"{now.operator} answers for counter {shift.counter} by now"
            )
        return now

    def _may_keep(self, shift: Shift, actor: Actor) -> Actor:
        return self._permissions.check(_keeping(shift, actor), actor, about=shift.id)

    def _may_close(
        self, shift: Shift, drops: Sequence[Draft], uncounted: bool, actor: Actor
    ) -> list[Actor]:
        """Who closes, and who drops each of these bills, with who allowed it. Without a count the
        Z would tell whoever answers for the drawer what is to be in it."""
        needs = [Request(_keeping(shift, actor), actor.operator, about=shift.id)]
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

    def _cash_there(self, shift: Shift) -> int:
        takings, moves = self._takings.takings(shift.id), self._takings.moves(shift.id)
        held = self._takings.held(shift.counter)
        cash, *_others = expected_checks(shift, takings, moves, held)
        return cash.expected_paise

    def _append_count(
        self,
        connection: apsw.Connection,
        kind: Kind,
        shift: Shift,
        counted: Counted,
        actor: Actor,
        more: Mapping[str, Value],
    ) -> None:
        if TenderKind.CASH in counted.others:
            raise Refused("count-cash", "cash is counted by its notes and coins")
        for paise in counted.others.values():
            if paise < 0:
                raise Refused("count-negative", "a count is never below zero")
            _check_amount(paise)
        takings, moves = self._takings.takings(shift.id), self._takings.moves(shift.id)
        held = self._takings.held(shift.counter)
        checks = expected_checks(shift, takings, moves, held, counted.by_tender)
        body: dict[str, Value] = {
            "counter": shift.counter,
            "no": _next(connection, _NEXT_COUNT, shift),
            "denominations": str(counted.cash or ""),
            "tenders": [_check_names(check) for check in checks],
            **more,
        }
        self._journal.append(kind, shift.id, body, actor)

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
        count = self._fresh_count(shift, takings, moves)
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

    def _fresh_count(self, shift: Shift, takings: Takings, moves: CashMoves) -> CountRecord:
        """The count that closes a shift: made when what should be there was what it is now."""
        counts = self._takings.counts(shift.id)
        if not counts:
            raise Refused("count-missing", "count the drawer first, or close it as not counted")
        now, then = (
            {check.kind: check.expected_paise for check in checks if check.expected_paise}
            for checks in (expected_checks(shift, takings, moves, {}), counts[-1].checks)
        )
        if now != then:
            raise Refused("count-stale", "money moved since the drawer was counted: count again")
        return counts[-1]


def _keeping(shift: Shift, actor: Actor) -> Right:
    return Right.KEEP_SHIFT if actor.operator == shift.operator else Right.KEEP_OTHERS_SHIFT


def _versions(drafts: Sequence[Draft]) -> list[tuple[str, int]]:
    return [(draft.id, draft.version) for draft in drafts]


def _next(connection: apsw.Connection, sql: str, shift: Shift) -> int:
    return int(connection.execute(sql, (shift.id,)).get)


def _needed_reason(text: str) -> str:
    reason = clean(text, limit=REASON_MAX)
    if not reason:
        raise Refused("reason-missing", "say why: a reason is needed")
    return reason


def _check_amount(paise: int) -> None:
    if not 0 <= paise <= MONEY_LIMIT_PAISE:
        raise Refused("amount-limit", "an amount is from zero to the limit")


def _check_names(check: TenderCheck) -> dict[str, Value]:
    return {
        "kind": check.kind.value,
        "expected_paise": check.expected_paise,
        "counted_paise": check.counted_paise,
    }


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
