"""Opening a till's database, and keeping its write-ahead log short.

SQLite comes with apsw, not from the system: 3.40 of Debian 12 has the WAL-reset bug that was
fixed in 3.51.3. The standard module `sqlite3` must never touch the same file in this process.
"""

import os
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import apsw
from playhouse.apsw_ext import APSWDatabase

from schema.errors import CantOpen, NotADatabase, TooNew, TooOld

APPLICATION_ID = 0x4D504F53  # "MPOS"
SCHEMA_VERSION = 10  # the number of the newest migration
BUSY_TIMEOUT_S = 5
MOVER_TIMEOUT_MS = 100
CHECKPOINT_PAGES = 1000
LONG_WAL = 8  # so many times the pages above

# Everything that is neither Peewee's nor apsw's default.
_PRAGMAS = (
    ("journal_mode", "wal"),
    ("synchronous", "full"),  # a commit that was acknowledged survives a power cut
    ("foreign_keys", "on"),
    ("recursive_triggers", "on"),  # else INSERT OR REPLACE deletes without asking a trigger
    ("wal_autocheckpoint", 0),  # the Checkpointer does it, outside a keystroke's path
    ("cache_size", -2048),
    ("temp_store", "memory"),
)

_READING = (("cache_size", -2048), ("temp_store", "memory"))


class Patience:
    """Waits for another process's transaction. SQLite's own handler waits up to 100 ms at a time,
    so that under constant writing one terminal may starve past any limit: short waits of chance
    lengths give each its turn."""

    def __init__(self, seconds: int) -> None:
        self._ns = seconds * 1_000_000_000
        self._since = 0

    def __call__(self, looked: int) -> bool:
        """Whether to look again, for the so-manieth time."""
        now = time.monotonic_ns()
        if looked == 0:
            self._since = now
        if now - self._since > self._ns:
            return False
        time.sleep((500 + now % 3500) / 1_000_000)
        return True


class TillDatabase(APSWDatabase):  # type: ignore[misc]  # Peewee is untyped
    """SQLite through Peewee on apsw; every write transaction is IMMEDIATE.

    `version` is the schema's, as it was found on connecting; a connection to what is no till's
    database raises NotADatabase or TooNew and leaves it as it is."""

    version = 0

    def _add_conn_hooks(self, conn: apsw.Connection) -> None:
        conn.set_busy_handler(Patience(BUSY_TIMEOUT_S))
        self.version = _version_of(conn, str(self.database))  # before anything is set
        # playhouse.migrations stores a datetime in its history, which apsw doesn't bind.
        conn.convert_binding = lambda _cursor, _number, value: str(value)
        super()._add_conn_hooks(conn)


def open_database(path: Path, *, create: bool = False, vfs: str | None = None) -> TillDatabase:
    """The database at a path, migrated to this version and connected in the calling thread.

    Raises CantOpen, NotADatabase (another program's file), TooNew. Errors of apsw come through.
    """
    if create:
        path.touch(mode=0o600)
    elif not path.is_file():
        raise CantOpen(f"there is no till at {path}: milkpos init makes one")
    if not os.access(path, os.R_OK | os.W_OK):
        raise CantOpen(f"no permission for {path}")
    if not create and not path.stat().st_size:
        raise NotADatabase(f"{path} is empty: it is not a till's database")
    settings = {"vfs": vfs} if vfs else {}
    db = TillDatabase(
        str(path), pragmas=_PRAGMAS, timeout=BUSY_TIMEOUT_S, autoconnect=False, **settings
    )
    db.connect()
    if db.version < SCHEMA_VERSION:
        try:
            migrate(db)
        except BaseException:
            db.close()
            raise
    return db


def open_to_read(path: Path) -> TillDatabase:
    """The database at a path, for a program that shows what others write: nothing can be written
    through it, and what a till does on opening and closing (migrations, checkpoints) is left to
    tills.

    Raises CantOpen, NotADatabase, TooNew, TooOld. Errors of apsw come through.
    """
    if not path.is_file():
        raise CantOpen(f"there is no till at {path}: milkpos init makes one")
    if not os.access(path, os.R_OK):
        raise CantOpen(f"no permission for {path}")
    db = TillDatabase(
        str(path),
        pragmas=_READING,
        timeout=BUSY_TIMEOUT_S,
        autoconnect=False,
        flags=apsw.SQLITE_OPEN_READONLY,
    )
    db.connect()
    if db.version < SCHEMA_VERSION:
        db.close()
        raise TooOld(
            f"{path} was written by an older MilkPOS: open the till once, which mends that"
        )
    return db


# A first migration that was cut off leaves its empty history.
_TABLES = "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'schema_migration'"


def _version_of(connection: apsw.Connection, path: str) -> int:
    """The schema version of a till's database. Raises NotADatabase, TooNew."""
    application, version = (
        int(connection.execute(sql).get) for sql in ("PRAGMA application_id", "PRAGMA user_version")
    )
    ours = application == APPLICATION_ID
    if not ours:  # only then: to count its tables, all of its schema is read
        ours = (application, version, connection.execute(_TABLES).get) == (0, 0, 0)
    if not ours:
        raise NotADatabase(f"{path} is not a till's database")
    if version > SCHEMA_VERSION:
        raise TooNew(
            f"{path} was written by a newer MilkPOS (schema {version}, this one knows "
            f"{SCHEMA_VERSION}): update this one"
        )
    return version


def is_being_written(db: TillDatabase) -> bool:
    """Whether another connection is in the middle of a write now. Waits for nobody."""
    connection = db.connection()
    connection.set_busy_handler(None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except apsw.BusyError:
        return True
    finally:
        connection.set_busy_handler(Patience(BUSY_TIMEOUT_S))
    return False


def migrate(db: TillDatabase) -> None:
    """Bring a database to this version. Each migration is one transaction."""
    from playhouse import migrations  # 25 ms that a start without migrations does not pay

    migrations.run(db, str(Path(__file__).with_name("migrations")))


def sqlite_version() -> str:
    """The version of the SQLite that is used here."""
    return apsw.sqlite_lib_version()


class Checkpointer:
    """Moves the WAL into the database in a thread of its own, woken by the commit that needs it.

    An automatic checkpoint runs inside the commit that crosses the limit: one sale in fifty
    would wait tens of milliseconds for it (craft: p99 7-12 ms).
    """

    def __init__(self, path: Path, vfs: str | None = None) -> None:
        self._path = str(path)
        self._vfs = vfs
        self._needed = threading.Event()
        self._stopped = False
        self._pages = 0
        self.commits = 0  # of the connection that is watched
        self._thread: threading.Thread | None = None

    def watch(self, connection: apsw.Connection) -> None:
        """Have commits of a connection wake the thread when the WAL has grown."""
        connection.set_wal_hook(self._after_commit)

    def stop(self) -> None:
        """End the thread, if it was ever needed; a checkpoint under way is finished."""
        self._stopped = True
        self._needed.set()
        if self._thread is not None:
            self._thread.join()

    def _after_commit(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._pages = pages
        self.commits += 1
        if pages >= CHECKPOINT_PAGES and not self._needed.is_set():
            self._needed.set()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="checkpoint", daemon=True)
                self._thread.start()
        return apsw.SQLITE_OK

    def _run(self) -> None:
        # What fails here costs nothing yet: the sale's own commit meets the same disk and tells
        # the operator, and the next commit tries this again.
        with suppress(apsw.Error), closing(apsw.Connection(self._path, vfs=self._vfs)) as mover:
            # A connection that has read nothing does not know of the WAL, and would move nothing.
            mover.execute("PRAGMA schema_version").fetchall()
            # It has the write lock while it waits for readers: sales wait with it.
            mover.set_busy_timeout(MOVER_TIMEOUT_MS)
            while True:
                self._needed.wait()
                self._needed.clear()
                if self._stopped:
                    return
                self._checkpoint(mover, self._pages)
        self._needed.clear()

    @staticmethod
    def _checkpoint(mover: apsw.Connection, pages: int) -> None:
        """Move what can be moved. PASSIVE waits for nobody; but under commits without a pause it
        never finds the moment to begin the WAL anew, so a long one is worth a short wait."""
        long = pages >= LONG_WAL * CHECKPOINT_PAGES
        mode = apsw.SQLITE_CHECKPOINT_RESTART if long else apsw.SQLITE_CHECKPOINT_PASSIVE
        with suppress(apsw.BusyError, apsw.LockedError):
            mover.wal_checkpoint(mode=mode)
