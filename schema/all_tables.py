"""All tables, by what becomes of them when the journal is replayed."""

from schema.device_tables import CustomerView, Device, PrintJob
from schema.finger_tables import Finger
from schema.khata_tables import (
    Balance,
    BalanceDay,
    Customer,
    CustomerCard,
    Ledger,
    Posting,
    Rate,
    ZKhata,
)
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
    Customer,
    Ledger,
    Posting,
    Balance,
    BalanceDay,
    ZKhata,
    Rate,
)
"""The tables that the entries add up to: a replayed journal gives the same rows."""

KEPT: tuple[type[Table], ...] = (
    Entry,
    Head,
    Draft,
    DraftLine,
    DraftTender,
    Credential,
    CustomerCard,
    Device,
    PrintJob,
    CustomerView,
    Finger,
)
"""The journal itself, and what is not an entry."""
