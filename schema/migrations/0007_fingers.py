"""Keys and fingers by which operators prove who they are. Of this machine alone: no entries."""

from schema.columns import text_column
from schema.connection import TillDatabase

_TABLES = f"""
CREATE TABLE finger (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 36),
    operator TEXT NOT NULL REFERENCES operator (code),
    backend TEXT NOT NULL CHECK (backend IN ('fido2', 'fprintd')),
    credential BLOB NOT NULL CHECK (length(credential) BETWEEN 1 AND 1023),
    public_key BLOB NOT NULL CHECK ((length(public_key) > 0) = (backend = 'fido2')),
    counter INTEGER NOT NULL CHECK (counter BETWEEN 0 AND 4294967295),
    {text_column("label", 40)},
    enrolled_at INTEGER NOT NULL,
    seal BLOB NOT NULL CHECK (length(seal) = 32),
    UNIQUE (backend, credential)
) STRICT, WITHOUT ROWID;
CREATE INDEX finger_operator ON finger (operator);
"""

_RULES = """
CREATE TRIGGER finger_counts_on BEFORE UPDATE ON finger
WHEN NEW.counter <= OLD.counter OR NEW.id <> OLD.id OR NEW.operator <> OLD.operator
    OR NEW.backend <> OLD.backend OR NEW.credential <> OLD.credential
    OR NEW.public_key <> OLD.public_key OR NEW.enrolled_at <> OLD.enrolled_at
BEGIN SELECT RAISE(ABORT, 'finger: a key stays what it is, and counts on'); END;
"""


def up(_migrator: object, db: TillDatabase) -> None:
    """One table, and what never changes in it."""
    connection = db.connection()
    connection.execute(_TABLES)
    connection.execute(_RULES)
    connection.execute("PRAGMA user_version = 7")
