"""Shifts: who answers for a drawer, what was counted in it, and one Z a shift.

What a Z says of its shift is added up again by triggers, of the bills themselves.
"""

from schema.columns import text_column
from schema.connection import TillDatabase

_TABLES = f"""
CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 40),
    {text_column("value", 400)}
) STRICT, WITHOUT ROWID;

CREATE TABLE clock_jump (
    node TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    by_ms INTEGER NOT NULL CHECK (by_ms <> 0),
    PRIMARY KEY (node, epoch, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE shift (
    id TEXT NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL CHECK (seq >= 1),
    counter TEXT NOT NULL REFERENCES counter (code),
    operator TEXT NOT NULL REFERENCES operator (code),
    opened_by TEXT NOT NULL REFERENCES operator (code),
    business_date TEXT NOT NULL CHECK (length(business_date) = 10),
    {text_column("name", 20)} CHECK (length(name) > 0),
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    float_paise INTEGER NOT NULL CHECK (float_paise BETWEEN 0 AND 100000000000),
    denominations TEXT NOT NULL CHECK (length(denominations) <= 200),
    declaration TEXT NOT NULL CHECK (length(declaration) = 64)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX shift_open ON shift (counter) WHERE closed_at IS NULL;
CREATE INDEX shift_counter ON shift (counter, seq);

CREATE TABLE shift_cash (
    shift TEXT NOT NULL REFERENCES shift (id),
    no INTEGER NOT NULL CHECK (no >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('in', 'out', 'drop', 'drawer')),
    amount_paise INTEGER NOT NULL CHECK (amount_paise BETWEEN 0 AND 100000000000),
    at INTEGER NOT NULL,
    operator TEXT NOT NULL REFERENCES operator (code),
    approver TEXT NOT NULL,
    {text_column("reason")} CHECK (length(reason) > 0),
    {text_column("payee", 80)},
    PRIMARY KEY (shift, no),
    CHECK ((kind = 'drawer') = (amount_paise = 0))
) STRICT, WITHOUT ROWID;

CREATE TABLE shift_count (
    shift TEXT NOT NULL REFERENCES shift (id),
    no INTEGER NOT NULL CHECK (no >= 1),
    at INTEGER NOT NULL,
    operator TEXT NOT NULL REFERENCES operator (code),
    denominations TEXT NOT NULL CHECK (length(denominations) <= 200),
    successor TEXT REFERENCES operator (code),
    {text_column("reason")},
    PRIMARY KEY (shift, no)
) STRICT, WITHOUT ROWID;

CREATE TABLE shift_count_tender (
    shift TEXT NOT NULL,
    no INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('cash', 'upi', 'card', 'khata')),
    expected_paise INTEGER NOT NULL,
    counted_paise INTEGER CHECK (counted_paise >= 0),
    PRIMARY KEY (shift, no, kind),
    FOREIGN KEY (shift, no) REFERENCES shift_count (shift, no)
) STRICT, WITHOUT ROWID;

CREATE TABLE z_report (
    shift TEXT NOT NULL PRIMARY KEY REFERENCES shift (id),
    counter TEXT NOT NULL REFERENCES counter (code),
    number INTEGER NOT NULL CHECK (number >= 1),
    at INTEGER NOT NULL,
    operator TEXT NOT NULL REFERENCES operator (code),
    count_no INTEGER NOT NULL,
    {text_column("reason")},
    bills INTEGER NOT NULL CHECK (bills >= 0),
    returns INTEGER NOT NULL CHECK (returns >= 0),
    first_bill TEXT NOT NULL,
    last_bill TEXT NOT NULL,
    first_note TEXT NOT NULL,
    last_note TEXT NOT NULL,
    sold_paise INTEGER NOT NULL CHECK (sold_paise >= 0),
    refunded_paise INTEGER NOT NULL CHECK (refunded_paise >= 0),
    discount_paise INTEGER NOT NULL,
    round_off_paise INTEGER NOT NULL,
    in_paise INTEGER NOT NULL CHECK (in_paise >= 0),
    out_paise INTEGER NOT NULL CHECK (out_paise >= 0),
    dropped_paise INTEGER NOT NULL CHECK (dropped_paise >= 0),
    drawer_openings INTEGER NOT NULL CHECK (drawer_openings >= 0),
    carried INTEGER NOT NULL CHECK (carried >= 0),
    carried_paise INTEGER NOT NULL CHECK (carried_paise >= 0),
    dropped_bills INTEGER NOT NULL CHECK (dropped_bills >= 0),
    dropped_bills_paise INTEGER NOT NULL CHECK (dropped_bills_paise >= 0),
    perpetual_sold_paise INTEGER NOT NULL,
    perpetual_refunded_paise INTEGER NOT NULL,
    head_seq INTEGER NOT NULL,
    head_hash TEXT NOT NULL CHECK (length(head_hash) = 64),
    schema_hash TEXT NOT NULL CHECK (length(schema_hash) = 64),
    UNIQUE (counter, number),
    FOREIGN KEY (shift, count_no) REFERENCES shift_count (shift, no)
) STRICT, WITHOUT ROWID;

CREATE TABLE z_tender (
    shift TEXT NOT NULL REFERENCES z_report (shift),
    kind TEXT NOT NULL CHECK (kind IN ('cash', 'upi', 'card', 'khata')),
    kept_paise INTEGER NOT NULL,
    refunded_paise INTEGER NOT NULL,
    PRIMARY KEY (shift, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE z_tax (
    shift TEXT NOT NULL REFERENCES z_report (shift),
    rate_bp INTEGER NOT NULL CHECK (rate_bp BETWEEN 0 AND 10000),
    taxable_paise INTEGER NOT NULL,
    cgst_paise INTEGER NOT NULL,
    sgst_paise INTEGER NOT NULL CHECK (sgst_paise = cgst_paise),
    igst_paise INTEGER NOT NULL,
    amount_paise INTEGER NOT NULL,
    PRIMARY KEY (shift, rate_bp),
    CHECK (taxable_paise + cgst_paise + sgst_paise + igst_paise = amount_paise)
) STRICT, WITHOUT ROWID;

CREATE INDEX bill_shift ON bill (shift, seq);

ALTER TABLE draft_line ADD COLUMN keyed_at INTEGER NOT NULL DEFAULT 0;
"""

_OF_OPEN_SHIFT = "(SELECT closed_at IS NULL FROM shift WHERE id = NEW.shift)"

_CLOSED = (
    ("shift_cash", "cash that moved"),
    ("shift_count", "a count"),
    ("shift_count_tender", "a count"),
    ("z_report", "a Z"),
    ("z_tender", "a Z"),
    ("z_tax", "a Z"),
    ("clock_jump", "a jump of the clock"),
)

_KEPT = "".join(
    f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table}: {what} is never changed'); END;
"""
    for table, what in _CLOSED
    for verb in ("UPDATE", "DELETE")
)

_RULES = f"""
{_KEPT}

CREATE TRIGGER bill_in_open_shift BEFORE INSERT ON bill
WHEN CASE
    WHEN NEW.shift IS NULL THEN EXISTS (SELECT 1 FROM shift WHERE counter = NEW.counter)
    ELSE NOT EXISTS (SELECT 1 FROM shift WHERE id = NEW.shift AND counter = NEW.counter
        AND business_date = NEW.business_date AND closed_at IS NULL) END
BEGIN SELECT RAISE(ABORT, 'bill: not of the open shift of its counter'); END;

CREATE TRIGGER shift_begins_open BEFORE INSERT ON shift
WHEN NEW.closed_at IS NOT NULL OR NEW.operator <> NEW.opened_by
BEGIN SELECT RAISE(ABORT, 'shift: it begins open, with who opened it'); END;

CREATE TRIGGER shift_changes_hands_or_closes BEFORE UPDATE ON shift
WHEN OLD.closed_at IS NOT NULL OR (NEW.id, NEW.seq, NEW.counter, NEW.opened_by, NEW.business_date,
        NEW.name, NEW.opened_at, NEW.float_paise, NEW.denominations, NEW.declaration)
    IS NOT (OLD.id, OLD.seq, OLD.counter, OLD.opened_by, OLD.business_date,
        OLD.name, OLD.opened_at, OLD.float_paise, OLD.denominations, OLD.declaration)
    OR (NEW.closed_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM z_report WHERE shift = NEW.id))
BEGIN SELECT RAISE(ABORT, 'shift: it changes hands, or is closed once, by its Z'); END;

CREATE TRIGGER shift_stays BEFORE DELETE ON shift
BEGIN SELECT RAISE(ABORT, 'shift: never forgotten'); END;

CREATE TRIGGER shift_cash_while_open BEFORE INSERT ON shift_cash
WHEN NOT {_OF_OPEN_SHIFT}
BEGIN SELECT RAISE(ABORT, 'shift_cash: the shift is closed'); END;

CREATE TRIGGER shift_count_while_open BEFORE INSERT ON shift_count
WHEN NOT {_OF_OPEN_SHIFT}
BEGIN SELECT RAISE(ABORT, 'shift_count: the shift is closed'); END;

CREATE TRIGGER shift_count_tender_while_open BEFORE INSERT ON shift_count_tender
WHEN NOT {_OF_OPEN_SHIFT}
BEGIN SELECT RAISE(ABORT, 'shift_count_tender: the shift is closed'); END;

CREATE TRIGGER z_follows BEFORE INSERT ON z_report
WHEN NEW.counter <> (SELECT counter FROM shift WHERE id = NEW.shift) OR NOT {_OF_OPEN_SHIFT}
    OR NEW.number <> 1 + coalesce(
        (SELECT max(number) FROM z_report WHERE counter = NEW.counter), 0)
    OR (NEW.perpetual_sold_paise - NEW.sold_paise,
        NEW.perpetual_refunded_paise - NEW.refunded_paise) IS NOT (
        coalesce((SELECT perpetual_sold_paise FROM z_report
            WHERE counter = NEW.counter AND number = NEW.number - 1), 0),
        coalesce((SELECT perpetual_refunded_paise FROM z_report
            WHERE counter = NEW.counter AND number = NEW.number - 1), 0))
BEGIN SELECT RAISE(ABORT, 'z_report: it does not follow from the Z before it'); END;

CREATE TRIGGER z_adds_up BEFORE INSERT ON z_report
WHEN (NEW.bills, NEW.sold_paise, NEW.returns, NEW.refunded_paise) IS NOT (
    SELECT coalesce(sum(kind <> 'credit_note'), 0),
        coalesce(sum(CASE WHEN kind <> 'credit_note' THEN total_paise END), 0),
        coalesce(sum(kind = 'credit_note'), 0),
        coalesce(sum(CASE WHEN kind = 'credit_note' THEN total_paise END), 0)
    FROM bill WHERE shift = NEW.shift)
BEGIN SELECT RAISE(ABORT, 'z_report: it is not the sum of its bills'); END;

CREATE TRIGGER z_cash_adds_up BEFORE INSERT ON z_report
WHEN (SELECT expected_paise FROM shift_count_tender
        WHERE shift = NEW.shift AND no = NEW.count_no AND kind = 'cash') IS NOT
    (SELECT float_paise FROM shift WHERE id = NEW.shift)
    + (SELECT coalesce(sum(CASE kind WHEN 'in' THEN amount_paise ELSE -amount_paise END), 0)
        FROM shift_cash WHERE shift = NEW.shift)
    + (SELECT coalesce(sum(CASE bill.kind WHEN 'credit_note' THEN -tender.amount_paise
            ELSE tender.amount_paise END), 0)
        FROM bill JOIN bill_tender AS tender ON tender.bill = bill.id
        WHERE bill.shift = NEW.shift AND tender.kind = 'cash')
    - (SELECT coalesce(sum(change_paise), 0) FROM bill WHERE shift = NEW.shift)
BEGIN SELECT RAISE(ABORT, 'z_report: its cash is not float, sales, returns and movements'); END;

CREATE TRIGGER z_tax_with_its_report AFTER INSERT ON z_tax
WHEN NOT {_OF_OPEN_SHIFT}
BEGIN SELECT RAISE(ABORT, 'z_tax: the shift is closed'); END;

CREATE TRIGGER z_tender_with_its_report AFTER INSERT ON z_tender
WHEN NOT {_OF_OPEN_SHIFT}
BEGIN SELECT RAISE(ABORT, 'z_tender: the shift is closed'); END;
"""


def up(_migrator: object, db: TillDatabase) -> None:
    """The tables of shifts, settings and clocks that jumped, and what holds of them."""
    connection = db.connection()
    connection.execute(_TABLES)
    connection.execute(_RULES)
    connection.execute("PRAGMA user_version = 3")
