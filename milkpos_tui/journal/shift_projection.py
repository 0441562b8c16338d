"""What the entries of shifts, settings and clocks add up to; the rest of `projection`."""

from collections.abc import Callable, Mapping
from typing import cast

import apsw

from milkpos_tui.journal.entry import Entry
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.projection import list_of, row_of
from schema import shift_tables
from schema.sql import columns, insert_sql

_SETTING = insert_sql(shift_tables.Setting, upsert="name")
_CLOCK_JUMP = insert_sql(shift_tables.ClockJump)
_SHIFT = insert_sql(shift_tables.Shift)
_SHIFT_CASH = insert_sql(shift_tables.ShiftCash)
_SHIFT_COUNT = insert_sql(shift_tables.ShiftCount)
_SHIFT_COUNT_TENDER = insert_sql(shift_tables.ShiftCountTender)
_Z_REPORT = insert_sql(shift_tables.ZReport)
_Z_TENDER = insert_sql(shift_tables.ZTender)
_Z_TAX = insert_sql(shift_tables.ZTax)
_HAND_OVER = "UPDATE shift SET operator = ? WHERE id = ?"
_CLOSE = "UPDATE shift SET closed_at = ? WHERE id = ?"

_FROM_ENTRY = ("shift", "at", "operator")
_Z_NAMES = tuple(name for name in columns(shift_tables.ZReport) if name not in _FROM_ENTRY)
_Z_TENDER_NAMES = columns(shift_tables.ZTender)[1:]
_Z_TAX_NAMES = columns(shift_tables.ZTax)[1:]


def apply_shift(connection: apsw.Connection, kind: Kind, entry: Entry) -> None:
    """Write the rows an entry about a shift, a setting or the clock adds up to."""
    _APPLY[kind](connection, entry)


def _clock_jumped(connection: apsw.Connection, entry: Entry) -> None:
    row = (entry.node, entry.epoch, entry.seq, *row_of(entry.body, ("last_at", "by_ms")))
    connection.execute(_CLOCK_JUMP, row)


def _setting_changed(connection: apsw.Connection, entry: Entry) -> None:
    connection.execute(_SETTING, row_of(entry.body, ("name", "value")))


def _shift_opened(connection: apsw.Connection, entry: Entry) -> None:
    body = entry.body
    row = (
        entry.object,
        entry.seq,
        *row_of(body, ("counter", "operator", "operator", "business_date", "name")),
        entry.at,
        None,
        *row_of(body, ("float_paise", "denominations", "declaration")),
    )
    connection.execute(_SHIFT, row)


def _cash_moved(connection: apsw.Connection, entry: Entry) -> None:
    moved = row_of(entry.body, ("no", "kind", "amount_paise"))
    why = row_of(entry.body, ("reason", "payee"))
    row = (entry.object, *moved, entry.at, entry.actor, entry.approver, *why)
    connection.execute(_SHIFT_CASH, row)


def _drawer_opened(connection: apsw.Connection, entry: Entry) -> None:
    no, reason = row_of(entry.body, ("no", "reason"))
    row = (entry.object, no, "drawer", 0, entry.at, entry.actor, entry.approver, reason, "")
    connection.execute(_SHIFT_CASH, row)


def _shift_counted(connection: apsw.Connection, entry: Entry) -> None:
    _write_count(connection, entry, None, "")


def _shift_handed_over(connection: apsw.Connection, entry: Entry) -> None:
    successor, reason = row_of(entry.body, ("successor", "reason"))
    _write_count(connection, entry, cast(str, successor), cast(str, reason))
    connection.execute(_HAND_OVER, (successor, entry.object))


def _write_count(
    connection: apsw.Connection, entry: Entry, successor: str | None, reason: str
) -> None:
    no, denominations = row_of(entry.body, ("no", "denominations"))
    row = (entry.object, no, entry.at, entry.actor, denominations, successor, reason)
    connection.execute(_SHIFT_COUNT, row)
    for tender in list_of(entry.body, "tenders"):
        names = ("kind", "expected_paise", "counted_paise")
        connection.execute(_SHIFT_COUNT_TENDER, (entry.object, no, *row_of(tender, names)))


def _shift_closed(connection: apsw.Connection, entry: Entry) -> None:
    """The Z first, whose triggers add it up again, then the end of the shift."""
    body, named = entry.body, dict(zip(_Z_NAMES, row_of(entry.body, _Z_NAMES), strict=True))
    told = {**named, "shift": entry.object, "at": entry.at, "operator": entry.actor}
    connection.execute(_Z_REPORT, tuple(told[name] for name in columns(shift_tables.ZReport)))
    for tender in list_of(body, "tenders"):
        connection.execute(_Z_TENDER, (entry.object, *row_of(tender, _Z_TENDER_NAMES)))
    for tax in list_of(body, "taxes"):
        connection.execute(_Z_TAX, (entry.object, *row_of(tax, _Z_TAX_NAMES)))
    if body.get("khata"):  # Zs of before there were customers have none
        from milkpos_tui.journal.khata_projection import write_z

        write_z(connection, entry.object, list_of(body, "khata"))
    connection.execute(_CLOSE, (entry.at, entry.object))


_APPLY: Mapping[Kind, Callable[[apsw.Connection, Entry], None]] = {
    Kind.CLOCK_JUMPED: _clock_jumped,
    Kind.SETTING_CHANGED: _setting_changed,
    Kind.SHIFT_OPENED: _shift_opened,
    Kind.CASH_MOVED: _cash_moved,
    Kind.DRAWER_OPENED: _drawer_opened,
    Kind.SHIFT_COUNTED: _shift_counted,
    Kind.SHIFT_HANDED_OVER: _shift_handed_over,
    Kind.SHIFT_CLOSED: _shift_closed,
}
