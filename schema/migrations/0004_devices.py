"""Devices: which a counter has, what is to be printed, and how a quantity was found.

`measured` says of an item by weight whether the scale, a label or somebody's fingers said how
much it was; `tare_milli` is the container's part that was taken off.
"""

from schema.columns import text_column
from schema.connection import TillDatabase

_MEASURED = "TEXT NOT NULL DEFAULT '' CHECK (measured IN ('', 'scale', 'label', 'typed'))"
_TARE = "INTEGER NOT NULL DEFAULT 0 CHECK (tare_milli BETWEEN 0 AND 9999999)"

_TABLES = f"""
CREATE TABLE device (
    name TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 30
        AND name NOT GLOB '*[^a-z0-9-]*'),
    role TEXT NOT NULL CHECK (role IN ('scanner', 'card', 'scale', 'printer', 'display')),
    counter TEXT NOT NULL REFERENCES counter (code),
    kind TEXT NOT NULL CHECK (kind IN ('evdev', 'serial', 'usb', 'tcp', 'simulated')),
    {text_column("address", 300)},
    options TEXT NOT NULL CHECK (length(options) <= 2000),
    added_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'unknown' CHECK (state IN ('unknown', 'up', 'down')),
    {text_column("words", 300)},
    seen_at INTEGER,
    errors INTEGER NOT NULL DEFAULT 0 CHECK (errors >= 0),
    {text_column("last_error", 300)}
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX device_one_of_a_kind ON device (counter, role)
    WHERE role IN ('scale', 'printer', 'display');

CREATE TABLE print_job (
    id INTEGER PRIMARY KEY NOT NULL,
    counter TEXT NOT NULL REFERENCES counter (code),
    kind TEXT NOT NULL CHECK (kind IN ('slip', 'report', 'text', 'label')),
    {text_column("about", 80)},
    copy INTEGER NOT NULL CHECK (copy >= 0),
    operator TEXT NOT NULL,
    content TEXT NOT NULL CHECK (length(content) <= 200000),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'printing', 'unsure', 'printed', 'dropped')),
    queued_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    {text_column("error", 300)}
) STRICT;
CREATE INDEX print_job_open ON print_job (counter, id)
    WHERE state IN ('waiting', 'printing', 'unsure');

CREATE TABLE customer_view (
    counter TEXT NOT NULL PRIMARY KEY REFERENCES counter (code),
    draft TEXT NOT NULL,
    paise INTEGER NOT NULL CHECK (paise >= 0),
    {text_column("link", 400)}
) STRICT, WITHOUT ROWID;

ALTER TABLE bill_line ADD COLUMN measured {_MEASURED};
ALTER TABLE bill_line ADD COLUMN tare_milli {_TARE};
ALTER TABLE draft_line ADD COLUMN measured {_MEASURED};
ALTER TABLE draft_line ADD COLUMN tare_milli {_TARE};
"""


def up(_migrator: object, db: TillDatabase) -> None:
    """The tables of devices, and the marks of what was weighed."""
    connection = db.connection()
    connection.execute(_TABLES)
    connection.execute("PRAGMA user_version = 4")
