"""What a shift came to: summed up from its bills, or read from its Z."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.shift import (
    CashMoves,
    Takings,
    TaxSum,
    TenderCheck,
    TenderSum,
    expected_paise,
)
from milkpos_tui.journal.clock import Clock
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.custody import Custody
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.records import Shift
from schema.connection import TillDatabase

Row = tuple[Any, ...]  # as apsw gives it: the one place where columns have no type

BILLS = """
SELECT kind = 'credit_note', count(*), sum(total_paise), sum(discount_paise),
    sum(round_off_paise), sum(change_paise), min(seq), max(seq)
FROM bill WHERE shift = ? GROUP BY 1
"""
NUMBER = "SELECT number FROM bill WHERE shift = ? AND seq = ?"
TAXES = """
SELECT line.gst_rate_bp, sum(line.taxable_paise * sign), sum(line.cgst_paise * sign),
    sum(line.sgst_paise * sign), sum(line.igst_paise * sign), sum(line.amount_paise * sign)
FROM (SELECT id, iif(kind = 'credit_note', -1, 1) AS sign FROM bill WHERE shift = ?) AS sold
JOIN bill_line AS line ON line.bill = sold.id GROUP BY 1 ORDER BY 1
"""
TENDERS = """
SELECT tender.kind, sum(iif(bill.kind = 'credit_note', 0, tender.amount_paise)),
    sum(iif(bill.kind = 'credit_note', tender.amount_paise, 0))
FROM bill JOIN bill_tender AS tender ON tender.bill = bill.id WHERE bill.shift = ? GROUP BY 1
"""
KHATA = """
SELECT ledger.tender, sum(max(posting.amount, 0)), sum(max(-posting.amount, 0))
FROM ledger JOIN posting ON posting.ledger = ledger.id AND posting.account = ledger.tender
WHERE ledger.shift = ? GROUP BY 1
"""
MOVES = "SELECT kind, count(*), sum(amount_paise) FROM shift_cash WHERE shift = ? GROUP BY 1"
HELD = """
SELECT tender.kind, sum(tender.amount_paise) FROM draft JOIN draft_tender AS tender
ON tender.draft = draft.id WHERE draft.counter = ? GROUP BY 1
"""
_COUNTS = """
SELECT no, at, operator, denominations, successor, reason FROM shift_count
WHERE shift = ? ORDER BY no
"""
_CHECKS = """
SELECT kind, expected_paise, counted_paise FROM shift_count_tender WHERE shift = ? AND no = ?
"""
_Z_TENDERS = "SELECT kind, kept_paise, refunded_paise FROM z_tender WHERE shift = ?"
_Z_KHATA = "SELECT kind, received_paise, paid_back_paise FROM z_khata WHERE shift = ?"
_Z_TAXES = """
SELECT rate_bp, taxable_paise, cgst_paise, sgst_paise, igst_paise, amount_paise
FROM z_tax WHERE shift = ? ORDER BY rate_bp
"""


class CountRecord(NamedTuple):
    """A drawer as it was counted; with a `successor` when it was handed over. `denominations` is
    empty where nothing was there, and `checks` say None where a tender was not counted."""

    no: int
    at: int
    operator: str
    denominations: str
    successor: str | None
    reason: str
    checks: tuple[TenderCheck, ...]

    @property
    def difference_paise(self) -> int:
        """Of all tenders together; above zero: more was there."""
        return sum(check.difference_paise for check in self.checks)


class Closed(NamedTuple):
    """What a Z says beside what its shift came to."""

    number: int
    at: int
    operator: str
    reason: str
    carried: int
    carried_paise: int
    dropped_bills: int
    dropped_bills_paise: int
    perpetual_sold_paise: int
    perpetual_refunded_paise: int
    head_seq: int
    head_hash: str
    schema_hash: str


class Report(NamedTuple):
    """An X, or with `closed` a Z. `checks` are what should be there and, of a Z, was counted;
    `open_paise` is cash taken for bills that are still open."""

    shift: Shift
    at: int
    takings: Takings
    moves: CashMoves
    checks: tuple[TenderCheck, ...]
    counts: tuple[CountRecord, ...]
    open_paise: int = 0
    closed: Closed | None = None

    @property
    def difference_paise(self) -> int:
        """Of all tenders together."""
        return sum(check.difference_paise for check in self.checks)


class _ZRow(NamedTuple):
    """A Z as the database has it."""

    shift: str
    number: int
    at: int
    operator: str
    count_no: int
    reason: str
    bills: int
    returns: int
    first_bill: str
    last_bill: str
    first_note: str
    last_note: str
    sold_paise: int
    refunded_paise: int
    discount_paise: int
    round_off_paise: int
    in_paise: int
    out_paise: int
    dropped_paise: int
    drawer_openings: int
    carried: int
    carried_paise: int
    dropped_bills: int
    dropped_bills_paise: int
    perpetual_sold_paise: int
    perpetual_refunded_paise: int
    head_seq: int
    head_hash: str
    schema_hash: str


_Z = f"SELECT {', '.join(_ZRow._fields)} FROM z_report WHERE "
_Z_OF = f"{_Z} shift = ?"
_Z_BY_NUMBER = f"{_Z} counter = ? AND number = ?"
_Z_LAST = f"{_Z} counter = ? ORDER BY number DESC LIMIT ?"


class TakingsOf:
    """Reads X and Z reports."""

    def __init__(
        self, db: TillDatabase, custody: Custody, permissions: Permissions, clock: Clock
    ) -> None:
        self._db = db
        self._custody = custody
        self._permissions = permissions
        self._clock = clock

    def report(self, shift: Shift, actor: Actor) -> Report:
        """The Z of a closed shift, the X of an open one, for who may see what was taken."""
        self._permissions.check(Right.SEE_TAKINGS, actor, about=shift.id)
        return self.z(shift) if shift.closed_at is not None else self.x(shift)

    def last(self, counter: str, count: int, actor: Actor) -> Iterator[Report]:
        """The newest Zs of a counter, the newest first."""
        self._permissions.check(Right.SEE_TAKINGS, actor)
        for row in self._db.connection().execute(_Z_LAST, (counter, count)).fetchall():
            yield self._of_row(_ZRow(*row))

    def by_number(self, counter: str, number: int, actor: Actor) -> Report:
        """A counter's Z of a number. Refused where there is none."""
        self._permissions.check(Right.SEE_TAKINGS, actor)
        found = self._db.connection().execute(_Z_BY_NUMBER, (counter, number)).fetchone()
        if found is None:
            raise Refused("z-unknown", f"counter {counter} has no Z {number}")
        return self._of_row(_ZRow(*found))

    def x(self, shift: Shift) -> Report:
        """What a shift came to so far, all of it at one moment: other terminals go on selling."""
        with self._db.atomic("DEFERRED"):
            takings, moves = self.takings(shift.id), self.moves(shift.id)
            open_paise = self.held(shift.counter)
            counts = self.counts(shift.id)
        checks = expected_checks(shift, takings, moves, open_paise)
        cash = open_paise.get(TenderKind.CASH, 0)
        return Report(shift, self._clock.now(), takings, moves, checks, counts, cash)

    def z(self, shift: Shift) -> Report:
        """How a shift was closed. Refused while it is open."""
        found = self._db.connection().execute(_Z_OF, (shift.id,)).fetchone()
        if found is None:
            raise Refused("shift-open", f"the shift on counter {shift.counter} is still open")
        return self._of_row(_ZRow(*found))

    def takings(self, shift: str) -> Takings:
        """What a shift's bills add up to."""
        connection = self._db.connection()
        sums: dict[int, Row] = {
            int(row[0]): row[1:] for row in connection.execute(BILLS, (shift,)).fetchall()
        }
        sold, back = sums.get(0, (0,) * 7), sums.get(1, (0,) * 7)
        change = int(sold[4])
        tenders = tuple(
            TenderSum(kind, int(kept) - (change if kind is TenderKind.CASH else 0), int(refunded))
            for kind, kept, refunded in (
                (TenderKind(row[0]), row[1], row[2])
                for row in connection.execute(TENDERS, (shift,)).fetchall()
            )
        )
        return Takings(
            bills=int(sold[0]),
            returns=int(back[0]),
            first_bill=self._number(shift, sold[5]),
            last_bill=self._number(shift, sold[6]),
            first_note=self._number(shift, back[5]),
            last_note=self._number(shift, back[6]),
            sold_paise=int(sold[1]),
            refunded_paise=int(back[1]),
            discount_paise=int(sold[2]),
            round_off_paise=int(sold[3]) - int(back[3]),
            taxes=tuple(TaxSum(*row) for row in connection.execute(TAXES, (shift,)).fetchall()),
            tenders=_in_order(tenders),
            khata=_sums(connection.execute(KHATA, (shift,)).fetchall()),
        )

    def moves(self, shift: str) -> CashMoves:
        """The cash that moved without a sale."""
        rows = self._db.connection().execute(MOVES, (shift,)).fetchall()
        sums = {str(kind): (int(count), int(paise)) for kind, count, paise in rows}
        none = (0, 0)
        return CashMoves(
            sums.get("in", none)[1],
            sums.get("out", none)[1],
            sums.get("drop", none)[1],
            sums.get("drawer", none)[0],
        )

    def held(self, counter: str) -> dict[TenderKind, int]:
        """What was taken for bills that are still open, by kind of tender."""
        rows = self._db.connection().execute(HELD, (counter,)).fetchall()
        return {TenderKind(kind): int(paise) for kind, paise in rows}

    def counts(self, shift: str) -> tuple[CountRecord, ...]:
        """Each count of a shift's drawer, in order."""
        rows: list[Row] = self._db.connection().execute(_COUNTS, (shift,)).fetchall()
        return tuple(
            CountRecord(no, at, operator, pieces, successor, reason, self._checks(shift, no))
            for no, at, operator, pieces, successor, reason in rows
        )

    def _checks(self, shift: str, no: int) -> tuple[TenderCheck, ...]:
        rows = self._db.connection().execute(_CHECKS, (shift, no)).fetchall()
        checks = {kind: TenderCheck(TenderKind(kind), *rest) for kind, *rest in rows}
        return tuple(checks[kind] for kind in TenderKind if kind in checks)

    def _number(self, shift: str, seq: int) -> str:
        found = self._db.connection().execute(NUMBER, (shift, seq)).fetchone() if seq else None
        return str(found[0]) if found else ""

    def _of_row(self, row: _ZRow) -> Report:
        connection = self._db.connection()
        tenders = connection.execute(_Z_TENDERS, (row.shift,)).fetchall()
        taxes = connection.execute(_Z_TAXES, (row.shift,)).fetchall()
        takings = Takings(
            row.bills,
            row.returns,
            row.first_bill,
            row.last_bill,
            row.first_note,
            row.last_note,
            row.sold_paise,
            row.refunded_paise,
            row.discount_paise,
            row.round_off_paise,
            tuple(TaxSum(*tax) for tax in taxes),
            _sums(tenders),
            _sums(connection.execute(_Z_KHATA, (row.shift,)).fetchall()),
        )
        moves = CashMoves(row.in_paise, row.out_paise, row.dropped_paise, row.drawer_openings)
        closed = Closed(*[getattr(row, name) for name in Closed._fields])
        return Report(
            self._custody.by_id(row.shift),
            row.at,
            takings,
            moves,
            self._checks(row.shift, row.count_no),
            self.counts(row.shift),
            closed=closed,
        )


def expected_checks(
    shift: Shift,
    takings: Takings,
    moves: CashMoves,
    held: Mapping[TenderKind, int],
    counted: Mapping[TenderKind, int] | None = None,
) -> tuple[TenderCheck, ...]:
    """What should be there of each tender that was taken or counted, and what was counted."""
    counted = counted or {}
    taken = (*takings.tenders, *takings.khata)
    kinds = {sums.kind for sums in taken} | set(held) | set(counted) | {TenderKind.CASH}
    return tuple(
        TenderCheck(
            kind,
            expected_paise(kind, shift.float_paise, takings, moves, held.get(kind, 0)),
            counted.get(kind),
        )
        for kind in TenderKind
        if kind in kinds
    )


def _sums(rows: list[Row]) -> tuple[TenderSum, ...]:
    return _in_order(tuple(TenderSum(TenderKind(kind), *sums) for kind, *sums in rows))


def _in_order(tenders: tuple[TenderSum, ...]) -> tuple[TenderSum, ...]:
    order = list(TenderKind)
    return tuple(sorted(tenders, key=lambda sums: order.index(sums.kind)))
