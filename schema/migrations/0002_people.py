"""People: how often somebody failed to prove who they are, and until when that locks them out."""

from schema.connection import TillDatabase

_TABLES = """
ALTER TABLE credential ADD COLUMN failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0);
ALTER TABLE credential ADD COLUMN locked_until INTEGER NOT NULL DEFAULT 0;
"""

_RULES = """
CREATE TRIGGER operator_has_a_role BEFORE INSERT ON operator
WHEN NEW.role NOT IN ('cashier', 'supervisor', 'manager', 'owner', 'auditor')
BEGIN SELECT RAISE(ABORT, 'operator: no such role'); END;

CREATE TRIGGER operator_keeps_a_role BEFORE UPDATE ON operator
WHEN NEW.role NOT IN ('cashier', 'supervisor', 'manager', 'owner', 'auditor')
    OR NEW.code <> OLD.code
BEGIN SELECT RAISE(ABORT, 'operator: no such role'); END;

CREATE TRIGGER operator_stays BEFORE DELETE ON operator
BEGIN SELECT RAISE(ABORT, 'operator: never forgotten'); END;
"""


def up(_migrator: object, db: TillDatabase) -> None:
    """Two columns of `credential`, and what an operator can't become."""
    connection = db.connection()
    connection.execute(_TABLES)
    connection.execute(_RULES)
    connection.execute("PRAGMA user_version = 2")
