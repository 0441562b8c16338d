"""Counts of a drawer: what was found in it, against what should be there."""

from collections.abc import Mapping
from typing import NamedTuple

import apsw

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.cash import Count
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import MONEY_LIMIT_PAISE
from milkpos_tui.domain.shift import CashMoves, Takings, TenderCheck
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.records import Shift
from milkpos_tui.services.takings import CountRecord, TakingsOf, expected_checks

_NEXT_COUNT = "SELECT 1 + coalesce(max(no), 0) FROM shift_count WHERE shift = ?"


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


class Counting:
    """The counts of shifts. What it writes is part of somebody's transaction."""

    def __init__(self, journal: Journal, takings: TakingsOf) -> None:
        self._journal = journal
        self._takings = takings

    def append(
        self,
        connection: apsw.Connection,
        kind: Kind,
        shift: Shift,
        counted: Counted,
        actor: Actor,
        more: Mapping[str, Value] = {},
    ) -> CountRecord:
        """Store a count, as an entry of a kind that may say more about it. Refused for amounts that
        nobody counts."""
        if TenderKind.CASH in counted.others:
            raise Refused("count-cash", "cash is counted by its notes and coins")
        for paise in counted.others.values():
            if paise < 0:
                raise Refused("count-negative", "a count is never below zero")
            check_amount(paise)
        takings, moves = self._takings.takings(shift.id), self._takings.moves(shift.id)
        held = self._takings.held(shift.counter)
        checks = expected_checks(shift, takings, moves, held, counted.by_tender)
        body: dict[str, Value] = {
            "counter": shift.counter,
            "no": int(connection.execute(_NEXT_COUNT, (shift.id,)).get),
            "denominations": str(counted.cash or ""),
            "tenders": [_check_names(check) for check in checks],
            **more,
        }
        self._journal.append(kind, shift.id, body, actor)
        return self._takings.counts(shift.id)[-1]

    def fresh(self, shift: Shift, takings: Takings, moves: CashMoves) -> CountRecord:
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

    def cash_there(self, shift: Shift) -> int:
        """Paise of cash that should be in the drawer."""
        takings, moves = self._takings.takings(shift.id), self._takings.moves(shift.id)
        held = self._takings.held(shift.counter)
        cash, *_others = expected_checks(shift, takings, moves, held)
        return cash.expected_paise


def check_amount(paise: int) -> None:
    """Refused for an amount that is none."""
    if not 0 <= paise <= MONEY_LIMIT_PAISE:
        raise Refused("amount-limit", "an amount is from zero to the limit")


def _check_names(check: TenderCheck) -> dict[str, Value]:
    return {
        "kind": check.kind.value,
        "expected_paise": check.expected_paise,
        "counted_paise": check.counted_paise,
    }
