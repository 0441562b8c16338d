"""Shifts: somebody answers for a counter's drawer from its float on, until it is closed
(`closing`)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import apsw

from milkpos_tui.domain.cash import Count
from milkpos_tui.domain.checks import Check
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.reasons import needed_reason, told_reason
from milkpos_tui.domain.roles import Request, Right
from milkpos_tui.domain.settings import DECLARATION, SHIFT_NAMES
from milkpos_tui.domain.shift import (
    check_shift_name,
    declaration_digest,
    parse_shift_names,
    usual_name,
)
from milkpos_tui.domain.text import clean
from milkpos_tui.journal.clock import Clock, moment_in_india, uuid7
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.counting import Counted, Counting, check_amount
from milkpos_tui.services.custody import Custody, right_to_keep
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.records import Shift
from milkpos_tui.services.settings import Settings
from milkpos_tui.services.takings import CountRecord

PAYEE_MAX = 60
DAYS_OFF_MAX = 31  # a date further away is a slip, or the clock is wrong

_NEXT_MOVE = "SELECT 1 + coalesce(max(no), 0) FROM shift_cash WHERE shift = ?"


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


class Handing(NamedTuple):
    """To whom a drawer goes, and what was counted in it."""

    successor: str
    counted: Counted
    reason: str = ""


class Shifts:
    """Decisions about shifts; each method is one transaction."""

    def __init__(
        self,
        journal: Journal,
        custody: Custody,
        counting: Counting,
        settings: Settings,
        permissions: Permissions,
        clock: Clock,
    ) -> None:
        self._journal = journal
        self._custody = custody
        self._counting = counting
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
        check_amount(opening.float_paise)
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
            reason=needed_reason(move.reason), payee=clean(move.payee, limit=PAYEE_MAX)
        )
        if move.kind not in ("in", "out", "drop"):
            raise Refused("cash-kind", f"cash goes in, out or into the safe, not '{move.kind}'")
        if move.amount_paise <= 0:
            raise Refused("amount-zero", "an amount of cash must be more than zero")
        check_amount(move.amount_paise)
        shift = self._custody.needed(counter)
        actor = self._permissions.check(
            Right.MOVE_CASH, actor, amount_paise=move.amount_paise, about=shift.id
        )
        with self._journal.transaction() as connection:
            shift = self._custody.still(shift)
            if move.kind != "in" and move.amount_paise > self._counting.cash_there(shift):
                raise Refused("cash-short", "by the books there is not so much in the drawer")
            body: dict[str, Value] = {**move._asdict(), "counter": counter}
            body["no"] = _next(connection, _NEXT_MOVE, shift)
            self._journal.append(Kind.CASH_MOVED, shift.id, body, actor)
        return move

    def open_drawer(self, counter: str, reason: str, actor: Actor) -> None:
        """The drawer is opened without a sale, which is an entry. Refused without a reason."""
        reason = needed_reason(reason)
        shift = self._custody.needed(counter)
        actor = self._permissions.check(Right.OPEN_DRAWER, actor, about=shift.id)
        with self._journal.transaction() as connection:
            shift = self._custody.still(shift)
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
            shift = self._custody.still(shift)
            return self._counting.append(connection, Kind.SHIFT_COUNTED, shift, counted, actor)

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
            shift = self._custody.still(shift)
            more: dict[str, Value] = {
                "successor": successor,
                "reason": told_reason(handing.reason),
            }
            counted, kind = handing.counted, Kind.SHIFT_HANDED_OVER
            return self._counting.append(connection, kind, shift, counted, actor, more)

    # --- steps -----------------------------------------------------------------------------

    def _may_keep(self, shift: Shift, actor: Actor) -> Actor:
        return self._permissions.check(right_to_keep(shift, actor), actor, about=shift.id)


def _next(connection: apsw.Connection, sql: str, shift: Shift) -> int:
    return int(connection.execute(sql, (shift.id,)).get)
