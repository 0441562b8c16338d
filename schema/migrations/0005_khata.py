"""Khata: customers, their ledger of balanced postings, rates, and what a shift took for khata.

What tells who a customer is stands in a table of its own, which is no entry and can be erased.
Customers of other tills may arrive in any order, so nothing here asks whether one is there already,
and two may have one code: what was sold stands.
"""

from schema.columns import text_column
from schema.connection import TillDatabase

_TABLES = f"""
CREATE TABLE customer (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL CHECK (length(code) BETWEEN 1 AND 6 AND code NOT GLOB '*[^0-9]*'),
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    limit_paise INTEGER CHECK (limit_paise BETWEEN 0 AND 100000000000),
    language TEXT NOT NULL CHECK (length(language) BETWEEN 2 AND 3),
    price_list TEXT NOT NULL CHECK (price_list IN ('counter', 'khata', 'wholesale')),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    merged_into TEXT CHECK (merged_into <> id),
    erased_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_code ON customer (code);
CREATE INDEX customer_merged ON customer (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE ledger (
    id TEXT NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL CHECK (seq >= 1),
    customer TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('sale', 'return', 'payment', 'advance', 'deposit',
        'advance_back', 'deposit_back', 'adjustment', 'deposit_used', 'containers', 'points')),
    at INTEGER NOT NULL,
    day TEXT NOT NULL CHECK (length(day) = 10),
    {text_column("reference", 80)},
    {text_column("reason")},
    tender TEXT CHECK (tender IN ('cash', 'upi', 'card')),
    counter TEXT REFERENCES counter (code),
    shift TEXT REFERENCES shift (id),
    operator TEXT NOT NULL REFERENCES operator (code),
    approver TEXT NOT NULL,
    CHECK ((tender IS NOT NULL) = (shift IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_customer ON ledger (customer, day, seq);
CREATE INDEX ledger_shift ON ledger (shift) WHERE shift IS NOT NULL;

CREATE TABLE posting (
    ledger TEXT NOT NULL REFERENCES ledger (id) DEFERRABLE INITIALLY DEFERRED,
    no INTEGER NOT NULL CHECK (no >= 1),
    account TEXT NOT NULL,
    unit TEXT NOT NULL,
    customer TEXT,
    amount INTEGER NOT NULL CHECK (amount <> 0 AND abs(amount) <= 100000000000),
    PRIMARY KEY (ledger, no),
    CHECK (CASE
        WHEN account IN ('khata', 'deposit', 'sales', 'cash', 'upi', 'card', 'adjustments')
            THEN unit = 'paise'
        WHEN account IN ('containers', 'containers_out') THEN unit IN ('bottle', 'can', 'crate')
        WHEN account IN ('points', 'points_out') THEN unit = 'point'
        ELSE 0 END),
    CHECK ((customer IS NOT NULL) = (account IN ('khata', 'deposit', 'containers', 'points')))
) STRICT, WITHOUT ROWID;

CREATE TABLE balance (
    customer TEXT NOT NULL,
    account TEXT NOT NULL,
    unit TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (customer, account, unit)
) STRICT, WITHOUT ROWID;

CREATE TABLE balance_day (
    customer TEXT NOT NULL,
    account TEXT NOT NULL,
    unit TEXT NOT NULL,
    day TEXT NOT NULL CHECK (length(day) = 10),
    up INTEGER NOT NULL CHECK (up >= 0),
    down INTEGER NOT NULL CHECK (down >= 0),
    PRIMARY KEY (customer, account, unit, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE z_khata (
    shift TEXT NOT NULL REFERENCES z_report (shift),
    kind TEXT NOT NULL CHECK (kind IN ('cash', 'upi', 'card')),
    received_paise INTEGER NOT NULL CHECK (received_paise >= 0),
    paid_back_paise INTEGER NOT NULL CHECK (paid_back_paise >= 0),
    PRIMARY KEY (shift, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE rate (
    list TEXT NOT NULL CHECK (list IN ('', 'khata', 'wholesale')),
    customer TEXT NOT NULL,
    plu INTEGER NOT NULL,
    from_day TEXT NOT NULL CHECK (length(from_day) = 10),
    rate_paise INTEGER CHECK (rate_paise BETWEEN 1 AND 100000000000),
    PRIMARY KEY (list, customer, plu, from_day),
    CHECK ((list = '') = (customer <> ''))
) STRICT, WITHOUT ROWID;

CREATE TABLE customer_card (
    no INTEGER NOT NULL PRIMARY KEY,
    customer TEXT NOT NULL UNIQUE,
    salt BLOB NOT NULL CHECK (length(salt) = 16),
    {text_column("name", 80)},
    {text_column("phone", 20)},
    consent_on TEXT NOT NULL CHECK (length(consent_on) IN (0, 10)),
    {text_column("address")},
    {text_column("lane", 40)},
    {text_column("notes")},
    {text_column("card", 48)}
) STRICT;
CREATE UNIQUE INDEX customer_card_card ON customer_card (card) WHERE card <> '';

CREATE VIRTUAL TABLE customer_words USING fts5 (
    code, name, phone, place, card, notes, content = '', contentless_delete = 1,
    prefix = '1 2 3', tokenize = "unicode61 remove_diacritics 2 categories 'L* N* M*'"
);

ALTER TABLE draft ADD COLUMN customer TEXT;
"""

_CLOSED = (("ledger", "an entry"), ("posting", "a posting"), ("z_khata", "a Z"))

_KEPT = "".join(
    f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table}: {what} is never changed'); END;
"""
    for table, what in _CLOSED
    for verb in ("UPDATE", "DELETE")
)

_MONEY_OF_SHIFT = """(SELECT coalesce(sum(posting.amount), 0) FROM ledger
        JOIN posting ON posting.ledger = ledger.id
        WHERE ledger.shift = NEW.shift AND posting.account = {0})"""

_RULES = f"""
{_KEPT}

CREATE TRIGGER customer_stays BEFORE DELETE ON customer
BEGIN SELECT RAISE(ABORT, 'customer: never forgotten'); END;

CREATE TRIGGER customer_merged_or_erased_once BEFORE UPDATE ON customer
WHEN NEW.id <> OLD.id
    OR (OLD.merged_into IS NOT NULL AND NEW.merged_into IS NOT OLD.merged_into)
    OR (OLD.erased_at IS NOT NULL AND NEW.erased_at IS NOT OLD.erased_at)
BEGIN SELECT RAISE(ABORT, 'customer: merged and erased once'); END;

CREATE TRIGGER posting_closed BEFORE INSERT ON posting
WHEN EXISTS (SELECT 1 FROM ledger WHERE id = NEW.ledger)
BEGIN SELECT RAISE(ABORT, 'posting: the entry is closed'); END;

CREATE TRIGGER ledger_balances AFTER INSERT ON ledger
WHEN NOT EXISTS (SELECT 1 FROM posting WHERE ledger = NEW.id AND customer = NEW.customer)
    OR EXISTS (SELECT 1 FROM posting WHERE ledger = NEW.id AND customer <> NEW.customer)
    OR EXISTS (SELECT 1 FROM posting WHERE ledger = NEW.id GROUP BY unit HAVING sum(amount) <> 0)
BEGIN SELECT RAISE(ABORT, 'ledger: its postings do not sum to zero'); END;

CREATE TRIGGER ledger_money_in_open_shift AFTER INSERT ON ledger
WHEN CASE
    WHEN NEW.shift IS NULL THEN EXISTS (SELECT 1 FROM posting
        WHERE ledger = NEW.id AND account IN ('cash', 'upi', 'card'))
    ELSE NOT EXISTS (SELECT 1 FROM shift
        WHERE id = NEW.shift AND counter = NEW.counter AND closed_at IS NULL)
        OR NOT EXISTS (SELECT 1 FROM posting WHERE ledger = NEW.id AND account = NEW.tender) END
BEGIN SELECT RAISE(ABORT, 'ledger: its money is not of the open shift of its counter'); END;

CREATE TRIGGER bill_on_khata_is_somebodys AFTER INSERT ON bill
WHEN NEW.customer IS NULL
    AND EXISTS (SELECT 1 FROM bill_tender WHERE bill = NEW.id AND kind = 'khata')
BEGIN SELECT RAISE(ABORT, 'bill: on khata without a customer'); END;

DROP TRIGGER z_cash_adds_up;
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
    + {_MONEY_OF_SHIFT.format("'cash'")}
BEGIN SELECT RAISE(ABORT, 'z_report: its cash is not float, sales, returns and movements'); END;

CREATE TRIGGER z_khata_adds_up BEFORE INSERT ON z_khata
WHEN NOT (SELECT closed_at IS NULL FROM shift WHERE id = NEW.shift)
    OR NEW.received_paise - NEW.paid_back_paise <> {_MONEY_OF_SHIFT.format("NEW.kind")}
BEGIN SELECT RAISE(ABORT, 'z_khata: it is not what the shift took for khata'); END;
"""


def up(_migrator: object, db: TillDatabase) -> None:
    """The tables of khata, and what holds of them."""
    connection = db.connection()
    connection.execute(_TABLES)
    connection.execute(_RULES)
    connection.execute("PRAGMA user_version = 5")
