"""Messages to customers, their mail addresses, and points of loyalty on an open bill.

All of it is this machine's own: no entries. A message is unsure where the machine died while it
went out, and it is told once by a channel what a month comes to, whoever asks for it again.
"""

from schema.columns import text_column
from schema.connection import TillDatabase

_TABLES = f"""
CREATE TABLE message (
    id INTEGER NOT NULL PRIMARY KEY,
    customer TEXT NOT NULL,
    month TEXT NOT NULL CHECK (length(month) = 7),
    channel TEXT NOT NULL CHECK (length(channel) BETWEEN 1 AND 20),
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'unsure', 'sent', 'failed',
        'expired', 'dropped')),
    operator TEXT NOT NULL REFERENCES operator (code),
    queued_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    ended_at INTEGER,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    {text_column("why")},
    UNIQUE (customer, month, channel),
    CHECK ((ended_at IS NOT NULL) = (state IN ('sent', 'failed', 'expired', 'dropped')))
) STRICT;
CREATE INDEX message_open ON message (state, next_at) WHERE ended_at IS NULL;

ALTER TABLE customer_card ADD COLUMN {text_column("email", 80)} DEFAULT '';
ALTER TABLE draft ADD COLUMN points INTEGER NOT NULL DEFAULT 0 CHECK (points >= 0);
ALTER TABLE draft ADD COLUMN point_paise INTEGER NOT NULL DEFAULT 0 CHECK (point_paise >= 0);
"""

_RULES = """
CREATE TRIGGER message_goes_on BEFORE UPDATE ON message
WHEN NEW.customer <> OLD.customer OR NEW.month <> OLD.month OR NEW.channel <> OLD.channel
    OR OLD.state = 'sent'
BEGIN SELECT RAISE(ABORT, 'message: what was sent stays sent'); END;
"""


def up(_migrator: object, db: TillDatabase) -> None:
    """One table and three columns."""
    connection = db.connection()
    connection.execute(_TABLES)
    connection.execute(_RULES)
    connection.execute("PRAGMA user_version = 8")
