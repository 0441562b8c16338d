"""Cans of milk that were keyed wrongly: each is put right once, and stays as it was keyed."""

from schema.connection import TillDatabase

_TABLE = """
CREATE TABLE milk_correction (
    can TEXT NOT NULL PRIMARY KEY,
    seq INTEGER NOT NULL CHECK (seq >= 1),
    instead TEXT REFERENCES milk_collection (id) DEFERRABLE INITIALLY DEFERRED,
    settled INTEGER NOT NULL CHECK (settled IN (0, 1)),
    amount_paise INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (reason <> '')
) STRICT, WITHOUT ROWID;

CREATE TRIGGER milk_correction_no_update BEFORE UPDATE ON milk_correction
BEGIN SELECT RAISE(ABORT, 'milk_correction: what was corrected is never changed'); END;
CREATE TRIGGER milk_correction_no_delete BEFORE DELETE ON milk_correction
BEGIN SELECT RAISE(ABORT, 'milk_correction: what was corrected is never changed'); END;
"""


def up(_migrator: object, db: TillDatabase) -> None:
    """One table."""
    connection = db.connection()
    connection.execute(_TABLE)
    connection.execute("PRAGMA user_version = 11")
