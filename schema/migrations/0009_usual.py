"""The usual: orders that are collected at the counter, and a customer's bills found at once.

The index is for the entry line: whose last bill it was is asked when a customer is chosen, and of a
million bills most are nobody's.
"""

from schema.connection import TillDatabase

_TABLES = """
ALTER TABLE standing_order ADD COLUMN place TEXT NOT NULL DEFAULT 'round'
    CHECK (place IN ('round', 'counter'));
CREATE INDEX bill_customer ON bill (customer, business_date, seq) WHERE customer IS NOT NULL;
"""


def up(_migrator: object, db: TillDatabase) -> None:
    """A column and an index."""
    connection = db.connection()
    connection.execute(_TABLES)
    connection.execute("PRAGMA user_version = 9")
