"""How often a service refused a message, apart from how often it was tried: who was offline for
weeks is not given up at the first no. Of this machine alone: no entries."""

from schema.connection import TillDatabase


def up(_migrator: object, db: TillDatabase) -> None:
    """One column."""
    connection = db.connection()
    connection.execute(
        "ALTER TABLE message ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0 CHECK (refusals >= 0)"
    )
    connection.execute("PRAGMA user_version = 10")
