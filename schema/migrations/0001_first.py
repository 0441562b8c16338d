"""The first schema: the journal, what it adds up to, and what is not an entry.

The database keeps the money rules even against our own bugs: the journal and closed bills can't
be changed, a bill that doesn't balance can't be inserted, a number can't be given twice.
"""

from schema.columns import text_column
from schema.connection import TillDatabase

_PAISE = "INTEGER NOT NULL CHECK ({0} BETWEEN -100000000000 AND 100000000000)"


def _paise(column: str) -> str:
    return f"{column} {_PAISE.format(column)}"


_TABLES = f"""
CREATE TABLE entry (
    node TEXT NOT NULL,
    epoch INTEGER NOT NULL CHECK (epoch >= 1),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    content BLOB NOT NULL,
    prev BLOB NOT NULL CHECK (length(prev) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (node, epoch, seq)
) STRICT;

CREATE TABLE head (
    node TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE node (
    id TEXT NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    opened_at INTEGER NOT NULL
) STRICT;

CREATE TABLE shop (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    {text_column("name")},
    state_code TEXT NOT NULL CHECK (length(state_code) = 2),
    tax_mode TEXT NOT NULL CHECK (tax_mode IN ('unregistered', 'composition', 'regular')),
    gstin TEXT NOT NULL CHECK (length(gstin) IN (0, 15)),
    fssai TEXT NOT NULL CHECK (length(fssai) IN (0, 14)),
    {text_column("address", 400)},
    {text_column("phone", 40)},
    {text_column("upi_vpa", 80)},
    round_to_paise INTEGER NOT NULL CHECK (round_to_paise IN (1, 100))
) STRICT;

CREATE TABLE counter (
    code TEXT NOT NULL PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 3),
    {text_column("name")}
) STRICT;

CREATE TABLE operator (
    code TEXT NOT NULL PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 12),
    {text_column("name")},
    role TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT;

CREATE TABLE product (
    plu INTEGER PRIMARY KEY CHECK (plu BETWEEN 1 AND 999999),
    {text_column("name", 80)} CHECK (length(name) > 0),
    {text_column("category", 40)},
    unit TEXT NOT NULL CHECK (unit IN ('piece', 'kg', 'litre', 'pack')),
    price_paise INTEGER NOT NULL CHECK (price_paise > 0),
    mrp_paise INTEGER CHECK (mrp_paise >= price_paise),
    hsn TEXT NOT NULL,
    rates TEXT NOT NULL,
    packed INTEGER NOT NULL CHECK (packed IN (0, 1)),
    step_milli INTEGER NOT NULL CHECK (step_milli > 0),
    active INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT;

CREATE TABLE barcode (
    code TEXT NOT NULL PRIMARY KEY CHECK (length(code) BETWEEN 1 AND 48),
    plu INTEGER NOT NULL REFERENCES product (plu)
) STRICT, WITHOUT ROWID;
CREATE INDEX barcode_plu ON barcode (plu);

CREATE VIRTUAL TABLE product_words USING fts5 (
    name, category, content = '', contentless_delete = 1,
    prefix = '1 2 3', tokenize = "unicode61 remove_diacritics 2 categories 'L* N* M*'"
);

CREATE TABLE series (
    counter TEXT NOT NULL REFERENCES counter (code),
    series TEXT NOT NULL CHECK (series IN ('', '-R')),
    year TEXT NOT NULL CHECK (length(year) = 4),
    last INTEGER NOT NULL CHECK (last >= 1),
    PRIMARY KEY (counter, series, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE bill (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE CHECK (length(number) <= 16),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    kind TEXT NOT NULL CHECK (
        kind IN ('tax_invoice', 'bill_of_supply', 'invoice_cum_bill', 'bill', 'credit_note')
    ),
    at INTEGER NOT NULL,
    business_date TEXT NOT NULL CHECK (length(business_date) = 10),
    shift TEXT,
    counter TEXT NOT NULL REFERENCES counter (code),
    operator TEXT NOT NULL REFERENCES operator (code),
    customer TEXT,
    {_paise("taxable_paise")},
    {_paise("cgst_paise")},
    {_paise("sgst_paise")},
    {_paise("igst_paise")},
    {_paise("discount_paise")},
    {_paise("round_off_paise")},
    {_paise("total_paise")},
    {_paise("change_paise")},
    original TEXT REFERENCES bill (id),
    {text_column("reason")},
    CHECK (cgst_paise = sgst_paise),
    CHECK (abs(round_off_paise) < 100),
    CHECK (taxable_paise + cgst_paise + sgst_paise + igst_paise + round_off_paise = total_paise),
    CHECK ((kind = 'credit_note') = (original IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX bill_day ON bill (business_date, seq);
CREATE INDEX bill_counter ON bill (counter, seq);
CREATE INDEX bill_original ON bill (original) WHERE original IS NOT NULL;

CREATE TABLE bill_line (
    bill TEXT NOT NULL REFERENCES bill (id) DEFERRABLE INITIALLY DEFERRED,
    no INTEGER NOT NULL CHECK (no >= 1),
    plu INTEGER NOT NULL,
    {text_column("name", 80)},
    qty_milli INTEGER NOT NULL CHECK (qty_milli > 0),
    unit TEXT NOT NULL,
    rate_paise INTEGER NOT NULL CHECK (rate_paise > 0),
    list_rate_paise INTEGER NOT NULL,
    discount_paise INTEGER NOT NULL CHECK (discount_paise >= 0),
    amount_paise INTEGER NOT NULL CHECK (amount_paise >= 0),
    taxable_paise INTEGER NOT NULL CHECK (taxable_paise >= 0),
    cgst_paise INTEGER NOT NULL CHECK (cgst_paise >= 0),
    sgst_paise INTEGER NOT NULL CHECK (sgst_paise = cgst_paise),
    igst_paise INTEGER NOT NULL CHECK (igst_paise >= 0),
    gst_rate_bp INTEGER NOT NULL CHECK (gst_rate_bp BETWEEN 0 AND 10000),
    hsn TEXT NOT NULL,
    of_line INTEGER NOT NULL,
    PRIMARY KEY (bill, no),
    CHECK (taxable_paise + cgst_paise + sgst_paise + igst_paise = amount_paise)
) STRICT, WITHOUT ROWID;

CREATE TABLE bill_tender (
    bill TEXT NOT NULL REFERENCES bill (id) DEFERRABLE INITIALLY DEFERRED,
    no INTEGER NOT NULL CHECK (no >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('cash', 'upi', 'card', 'khata')),
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    {text_column("reference", 80)},
    PRIMARY KEY (bill, no)
) STRICT, WITHOUT ROWID;

CREATE TABLE bill_copy (
    bill TEXT NOT NULL REFERENCES bill (id),
    copy INTEGER NOT NULL CHECK (copy >= 1),
    at INTEGER NOT NULL,
    operator TEXT NOT NULL REFERENCES operator (code),
    PRIMARY KEY (bill, copy)
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
    id TEXT NOT NULL PRIMARY KEY,
    counter TEXT NOT NULL REFERENCES counter (code),
    operator TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'held')),
    version INTEGER NOT NULL,
    discount_paise INTEGER NOT NULL CHECK (discount_paise >= 0),
    discount_bp INTEGER NOT NULL CHECK (discount_bp BETWEEN 0 AND 10000),
    opened_at INTEGER NOT NULL,
    held_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX draft_open ON draft (counter) WHERE state = 'open';

CREATE TABLE draft_line (
    draft TEXT NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
    id INTEGER NOT NULL,
    plu INTEGER NOT NULL REFERENCES product (plu),
    qty_milli INTEGER NOT NULL CHECK (qty_milli > 0),
    rate_paise INTEGER NOT NULL CHECK (rate_paise > 0),
    worth_paise INTEGER CHECK (worth_paise > 0),
    discount_paise INTEGER NOT NULL,
    discount_bp INTEGER NOT NULL,
    PRIMARY KEY (draft, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_line_plu ON draft_line (plu);

CREATE TABLE draft_tender (
    draft TEXT NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
    no INTEGER NOT NULL,
    kind TEXT NOT NULL,
    amount_paise INTEGER NOT NULL CHECK (amount_paise > 0),
    {text_column("reference", 80)},
    PRIMARY KEY (draft, no)
) STRICT, WITHOUT ROWID;

CREATE TABLE credential (
    operator TEXT NOT NULL PRIMARY KEY,
    pin_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

_CLOSED = ("entry", "bill", "bill_line", "bill_tender", "bill_copy", "node")


def _closed(table: str) -> str:
    """Triggers that refuse any change of a table's rows."""
    return "".join(
        f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table}: what is closed is never changed'); END;
"""
        for verb in ("UPDATE", "DELETE")
    )


_RULES = """
CREATE TRIGGER entry_continues BEFORE INSERT ON entry
WHEN NEW.seq <> 1 + coalesce(
    (SELECT max(seq) FROM entry WHERE node = NEW.node AND epoch = NEW.epoch), 0)
BEGIN SELECT RAISE(ABORT, 'entry: the next number of its chain is another'); END;

CREATE TRIGGER series_continues BEFORE UPDATE ON series
WHEN NEW.last <> OLD.last + 1 OR NEW.counter <> OLD.counter
    OR NEW.series <> OLD.series OR NEW.year <> OLD.year
BEGIN SELECT RAISE(ABORT, 'series: numbers are given one after another'); END;

CREATE TRIGGER series_starts AFTER INSERT ON series WHEN NEW.last <> 1
BEGIN SELECT RAISE(ABORT, 'series: numbers start at 1'); END;

CREATE TRIGGER series_stays BEFORE DELETE ON series
BEGIN SELECT RAISE(ABORT, 'series: never forgotten'); END;

CREATE TRIGGER bill_line_closed BEFORE INSERT ON bill_line
WHEN EXISTS (SELECT 1 FROM bill WHERE id = NEW.bill)
BEGIN SELECT RAISE(ABORT, 'bill_line: the bill is closed'); END;

CREATE TRIGGER bill_tender_closed BEFORE INSERT ON bill_tender
WHEN EXISTS (SELECT 1 FROM bill WHERE id = NEW.bill)
BEGIN SELECT RAISE(ABORT, 'bill_tender: the bill is closed'); END;

CREATE TRIGGER bill_balances AFTER INSERT ON bill
WHEN (NEW.total_paise - NEW.round_off_paise, NEW.taxable_paise, NEW.cgst_paise, NEW.igst_paise,
        NEW.discount_paise) IS NOT (
        SELECT sum(amount_paise), sum(taxable_paise), sum(cgst_paise), sum(igst_paise),
            sum(discount_paise) FROM bill_line WHERE bill = NEW.id)
    OR NEW.total_paise <> (SELECT coalesce(sum(amount_paise), 0) FROM bill_tender
        WHERE bill = NEW.id) - NEW.change_paise
BEGIN SELECT RAISE(ABORT, 'bill: lines, round-off, tenders and total do not balance'); END;

CREATE TRIGGER bill_returns_what_was_sold BEFORE INSERT ON bill
WHEN NEW.original IS NOT NULL AND EXISTS (
    SELECT 1 FROM bill_line AS sold WHERE sold.bill = NEW.original AND sold.qty_milli < (
        SELECT coalesce(sum(back.qty_milli), 0) FROM bill_line AS back
        WHERE back.of_line = sold.no AND (back.bill = NEW.id OR back.bill IN
            (SELECT id FROM bill WHERE original = NEW.original))))
BEGIN SELECT RAISE(ABORT, 'bill: more would come back than was sold'); END;

CREATE TRIGGER bill_returns_lines_of_its_original AFTER INSERT ON bill
WHEN EXISTS (SELECT 1 FROM bill_line AS back WHERE back.bill = NEW.id AND CASE
    WHEN NEW.original IS NULL THEN back.of_line <> 0
    ELSE NOT EXISTS (SELECT 1 FROM bill_line AS sold
        WHERE sold.bill = NEW.original AND sold.no = back.of_line) END)
BEGIN SELECT RAISE(ABORT, 'bill: a line comes back that was not on the original'); END;

CREATE TRIGGER draft_is_no_bill BEFORE INSERT ON draft
WHEN EXISTS (SELECT 1 FROM bill WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'draft: it is a bill already'); END;
"""


def up(_migrator: object, db: TillDatabase) -> None:
    """Make everything, in one transaction."""
    connection = db.connection()
    connection.execute(_TABLES)
    for table in _CLOSED:
        connection.execute(_closed(table))
    connection.execute(_RULES)
    connection.execute("PRAGMA application_id = 1297108819")  # "MPOS"
    connection.execute("PRAGMA user_version = 1")
