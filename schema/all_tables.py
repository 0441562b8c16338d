"""All tables, by what becomes of them when the journal is replayed."""

from schema.finger_tables import Finger
from schema.shift_tables import (
    ClockJump,
    Setting,
    Shift,
    ShiftCash,
    ShiftCount,
    ShiftCountTender,
    ZReport,
    ZTax,
    ZTender,
)
from schema.tables import (
    Barcode,
    Bill,
    BillCopy,
    BillLine,
    BillTender,
    Counter,
    Credential,
    Draft,
    DraftLine,
    DraftTender,
    Entry,
    Head,
    Node,
    Operator,
    Product,
    Series,
    Shop,
    Table,
)

PROJECTED: tuple[type[Table], ...] = (
    Node,
    Shop,
    Counter,
    Operator,
    Product,
    Barcode,
    Series,
    Bill,
    BillLine,
    BillTender,
    BillCopy,
    Setting,
    ClockJump,
    Shift,
    ShiftCash,
    ShiftCount,
    ShiftCountTender,
    ZReport,
    ZTender,
    ZTax,
)
"""The tables that the entries add up to: a replayed journal gives the same rows."""

KEPT: tuple[type[Table], ...] = (Entry, Head, Draft, DraftLine, DraftTender, Credential, Finger)
"""The journal itself, and what is not an entry."""
