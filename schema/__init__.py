"""The database of a till: tables, opening, migrations. Knows nothing of `milkpos_tui`."""

import sys

# Peewee tries to import every database driver there is; psycopg alone would triple its time. Here
# they seem absent while it looks, whoever needs one imports it for itself. The system's SQLite must
# not touch our file at all: ours is apsw's.
_PROBED = ("sqlite3", "pysqlite3", "psycopg2cffi", "psycopg2", "psycopg", "pymysql", "MySQLdb")


def _import_peewee_alone() -> None:
    hidden = [name for name in _PROBED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None makes an import fail
    try:
        import peewee  # noqa: F401  # now, while they are hidden
    finally:
        for name in hidden:
            del sys.modules[name]


_import_peewee_alone()
