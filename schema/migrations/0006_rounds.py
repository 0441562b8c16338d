"""Rounds: standing orders, what was delivered, monthly bills, and milk bought from farmers."""

from schema.columns import text_column
from schema.connection import TillDatabase

_DAY = "length({0}) = 10"
_UNIT = "unit IN ('piece', 'kg', 'litre', 'pack')"
_HALF = "half IN ('morning', 'evening')"

_TABLES = f"""
CREATE TABLE standing_order (
    id TEXT NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL CHECK (seq >= 1),
    customer TEXT NOT NULL,
    plu INTEGER NOT NULL,
    qty_milli INTEGER NOT NULL CHECK (qty_milli BETWEEN 1 AND 9999999),
    {text_column("days", 800)},
    halves TEXT NOT NULL CHECK (halves IN ('morning', 'evening', 'both')),
    first_day TEXT NOT NULL CHECK ({_DAY.format("first_day")}),
    last_day TEXT CHECK ({_DAY.format("last_day")}),
    rate_paise INTEGER CHECK (rate_paise BETWEEN 1 AND 100000000000)
) STRICT, WITHOUT ROWID;
CREATE INDEX standing_order_customer ON standing_order (customer);

CREATE TABLE order_exception (
    id TEXT NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL CHECK (seq >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('pause', 'skip', 'change', 'switch')),
    customer TEXT NOT NULL,
    standing_order TEXT NOT NULL,
    first_day TEXT NOT NULL CHECK ({_DAY.format("first_day")}),
    last_day TEXT CHECK ({_DAY.format("last_day")}),
    half TEXT CHECK ({_HALF}),
    by_milli INTEGER CHECK (by_milli <> 0),
    plu INTEGER,
    rate_paise INTEGER CHECK (rate_paise BETWEEN 1 AND 100000000000),
    CHECK ((by_milli IS NOT NULL) = (kind = 'change')),
    CHECK ((plu IS NOT NULL) = (kind = 'switch')),
    CHECK (kind <> 'change' OR half IS NOT NULL),
    CHECK (kind = 'pause' OR standing_order <> '')
) STRICT, WITHOUT ROWID;
CREATE INDEX order_exception_customer ON order_exception (customer);

CREATE TABLE round_place (
    customer TEXT NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL CHECK (sequence BETWEEN 0 AND 99999)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivered (
    key TEXT NOT NULL PRIMARY KEY,
    standing_order TEXT NOT NULL,
    customer TEXT NOT NULL,
    day TEXT NOT NULL CHECK ({_DAY.format("day")}),
    half TEXT NOT NULL CHECK ({_HALF}),
    plu INTEGER NOT NULL,
    {text_column("name", 80)},
    unit TEXT NOT NULL CHECK ({_UNIT}),
    planned_milli INTEGER NOT NULL CHECK (planned_milli >= 0),
    qty_milli INTEGER NOT NULL CHECK (qty_milli >= 0),
    stands_milli INTEGER NOT NULL CHECK (stands_milli >= 0),
    rate_paise INTEGER NOT NULL CHECK (rate_paise >= 0),
    amount_paise INTEGER NOT NULL CHECK (amount_paise >= 0),
    gst_rate_bp INTEGER NOT NULL CHECK (gst_rate_bp BETWEEN 0 AND 10000),
    {text_column("hsn", 8)},
    ledger TEXT,
    CHECK ((ledger IS NOT NULL) = (amount_paise > 0))
) STRICT, WITHOUT ROWID;
CREATE INDEX delivered_customer ON delivered (customer, day);
CREATE INDEX delivered_day ON delivered (day, half);

CREATE TABLE month_bill (
    id TEXT NOT NULL PRIMARY KEY,
    counter TEXT NOT NULL REFERENCES counter (code),
    year TEXT NOT NULL CHECK (length(year) = 4),
    serial INTEGER NOT NULL CHECK (serial BETWEEN 1 AND 99999),
    customer TEXT NOT NULL,
    month TEXT NOT NULL CHECK (length(month) = 7),
    issued_on TEXT NOT NULL CHECK ({_DAY.format("issued_on")}),
    due_paise INTEGER NOT NULL,
    content TEXT NOT NULL CHECK (json_valid(content)),
    UNIQUE (counter, year, serial),
    UNIQUE (customer, month)
) STRICT, WITHOUT ROWID;
CREATE INDEX month_bill_month ON month_bill (month);

CREATE TABLE milk_price (
    since TEXT NOT NULL CHECK ({_DAY.format("since")}),
    milk TEXT NOT NULL CHECK (milk IN ('', 'cow', 'buffalo', 'mixed')),
    content TEXT NOT NULL CHECK (json_valid(content)),
    PRIMARY KEY (since, milk)
) STRICT, WITHOUT ROWID;

CREATE TABLE milk_collection (
    id TEXT NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL CHECK (seq >= 1),
    farmer TEXT NOT NULL,
    day TEXT NOT NULL CHECK ({_DAY.format("day")}),
    half TEXT NOT NULL CHECK ({_HALF}),
    milk TEXT NOT NULL CHECK (milk IN ('cow', 'buffalo', 'mixed')),
    litres_milli INTEGER NOT NULL CHECK (litres_milli BETWEEN 1 AND 9999999),
    fat_bp INTEGER NOT NULL CHECK (fat_bp BETWEEN 10 AND 1500),
    clr INTEGER CHECK (clr BETWEEN 1500 AND 4000),
    snf_bp INTEGER NOT NULL CHECK (snf_bp BETWEEN 300 AND 1300),
    grams INTEGER NOT NULL CHECK (grams >= 0),
    rate_paise INTEGER NOT NULL CHECK (rate_paise >= 0),
    amount_paise INTEGER NOT NULL CHECK (amount_paise >= 0),
    settled TEXT REFERENCES milk_settlement (id) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
CREATE INDEX milk_collection_farmer ON milk_collection (farmer, day);

CREATE TABLE milk_settlement (
    id TEXT NOT NULL PRIMARY KEY,
    farmer TEXT NOT NULL,
    cycle TEXT NOT NULL CHECK (length(cycle) = 9),
    day TEXT NOT NULL CHECK ({_DAY.format("day")}),
    milk_paise INTEGER NOT NULL CHECK (milk_paise >= 0),
    taken_paise INTEGER NOT NULL CHECK (taken_paise >= 0),
    payable_paise INTEGER NOT NULL CHECK (payable_paise >= 0),
    content TEXT NOT NULL CHECK (json_valid(content)),
    UNIQUE (farmer, cycle),
    CHECK (milk_paise = taken_paise + payable_paise)
) STRICT, WITHOUT ROWID;
"""

_CLOSED = (("month_bill", "a bill that was issued"), ("milk_settlement", "a settlement"))

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

CREATE TRIGGER delivered_stays BEFORE DELETE ON delivered
BEGIN SELECT RAISE(ABORT, 'delivered: never forgotten'); END;

CREATE TRIGGER delivered_only_corrected BEFORE UPDATE ON delivered
WHEN NEW.key <> OLD.key OR NEW.customer <> OLD.customer OR NEW.day <> OLD.day
    OR NEW.half <> OLD.half OR NEW.plu <> OLD.plu OR NEW.qty_milli <> OLD.qty_milli
    OR NEW.rate_paise <> OLD.rate_paise OR NEW.amount_paise <> OLD.amount_paise
    OR NEW.ledger IS NOT OLD.ledger
BEGIN SELECT RAISE(ABORT, 'delivered: corrected by an adjustment, never changed'); END;

CREATE TRIGGER month_bill_continues BEFORE INSERT ON month_bill
WHEN NEW.serial <> 1 + (SELECT coalesce(max(serial), 0) FROM month_bill
    WHERE counter = NEW.counter AND year = NEW.year)
BEGIN SELECT RAISE(ABORT, 'month_bill: numbers are given one after another'); END;

CREATE TRIGGER milk_collection_stays BEFORE DELETE ON milk_collection
BEGIN SELECT RAISE(ABORT, 'milk_collection: never forgotten'); END;

CREATE TRIGGER milk_collection_settled_once BEFORE UPDATE ON milk_collection
WHEN OLD.settled IS NOT NULL OR NEW.settled IS NULL OR NEW.id <> OLD.id
    OR NEW.farmer <> OLD.farmer OR NEW.day <> OLD.day OR NEW.amount_paise <> OLD.amount_paise
BEGIN SELECT RAISE(ABORT, 'milk_collection: settled once, and never changed'); END;

CREATE TRIGGER milk_settlement_adds_up AFTER INSERT ON milk_settlement
WHEN NEW.milk_paise <> (SELECT coalesce(sum(amount_paise), 0) FROM milk_collection
    WHERE settled = NEW.id)
BEGIN SELECT RAISE(ABORT, 'milk_settlement: it is not the worth of its milk'); END;
"""


def up(_migrator: object, db: TillDatabase) -> None:
    """The tables of rounds, months and milk, and what holds of them."""
    connection = db.connection()
    connection.execute(_TABLES)
    connection.execute(_RULES)
    connection.execute("PRAGMA user_version = 6")
