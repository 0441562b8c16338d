"""Opening a database: what is in force, what is refused, and who moves the WAL."""

import threading
import time

import apsw
import peewee
import pytest

from schema import connection as opening
from schema import errors
from schema.connection import (
    APPLICATION_ID,
    CHECKPOINT_PAGES,
    SCHEMA_VERSION,
    Checkpointer,
    migrate,
    open_database,
    open_to_read,
)

PAGE_BYTES = 4096
PATIENCE_S = 5  # for another thread; never waited for unless something is wrong
SALE_EVERY_S = 0.1


@pytest.fixture
def path(tmp_path):
    return tmp_path / "till.db"


@pytest.fixture
def db(path):
    db = open_database(path, create=True)
    yield db
    db.close()


def plain(path, *statements):
    """What a connection that is not ours answers."""
    connection = apsw.Connection(str(path))
    try:
        return [connection.execute(statement).fetchall() for statement in statements][-1]
    finally:
        connection.close()


# --- opening --------------------------------------------------------------------------------


def test_sqlite_has_no_wal_reset_bug():
    assert tuple(map(int, apsw.sqlitelibversion().split("."))) >= (3, 51, 3)


@pytest.mark.usefixtures("synced")
@pytest.mark.parametrize("again", [False, True], ids=["new", "opened again"])
def test_pragmas_in_force(path, again):
    db = open_database(path, create=True)
    if again:
        db.close()
        db = open_database(path)
    try:
        pragmas = {
            name: db.connection().execute(f"PRAGMA {name}").fetchone()[0]
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "wal_autocheckpoint",
                "application_id",
                "user_version",
            )
        }
    finally:
        db.close()
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "wal_autocheckpoint": 0,
        "application_id": APPLICATION_ID,
        "user_version": SCHEMA_VERSION,
    }


def test_a_new_database_is_its_owner_s_alone(db, path):
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_write_transaction_is_immediate_in_every_process(db, path):
    with db.atomic("IMMEDIATE"):
        other = apsw.Connection(str(path))
        with pytest.raises(apsw.BusyError):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_opening_again_changes_nothing(path):
    open_database(path, create=True).close()
    before = path.read_bytes()
    open_database(path).close()
    assert path.read_bytes() == before


def test_a_missing_file(path):
    with pytest.raises(errors.CantOpen, match=f"there is no till at {path}: milkpos init"):
        open_database(path)
    assert not path.exists()


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(errors.CantOpen):
        open_database(tmp_path)


def test_a_newer_database(path):
    open_database(path, create=True).close()
    plain(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(errors.TooNew, match=f"newer MilkPOS .schema {SCHEMA_VERSION + 1}.*update"):
        open_database(path)


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION])
def test_another_program_s_database(path, version):
    plain(path, "CREATE TABLE notes (text)", "PRAGMA application_id = 77")
    plain(path, f"PRAGMA user_version = {version}")
    with pytest.raises(errors.NotADatabase, match="is not a till's database"):
        open_database(path)
    assert plain(path, "SELECT name FROM sqlite_schema") == [("notes",)]


def test_a_versioned_database_without_a_name(path):
    plain(path, "CREATE TABLE notes (text)", f"PRAGMA user_version = {SCHEMA_VERSION}")
    with pytest.raises(errors.NotADatabase):
        open_database(path)


def test_garbage(path):
    garbage = b"This is a shopping list, not a database. " * 200
    path.write_bytes(garbage)
    with pytest.raises(errors.DATABASE_ERRORS) as raised:
        open_database(path)
    assert isinstance(errors.told(raised.value), errors.NotADatabase)
    assert path.read_bytes() == garbage


@pytest.mark.parametrize("contents", [None, "newer"], ids=["other program", "newer"])
def test_a_refused_database_is_let_go(path, contents):
    if contents:
        open_database(path, create=True).close()
        plain(path, "PRAGMA user_version = 99")
    else:
        plain(path, "PRAGMA application_id = 77")
    with pytest.raises(errors.StorageError):
        open_database(path)
    # A connection left open would keep its WAL beside the file.
    assert [file.name for file in path.parent.iterdir()] == [path.name]


# --- migrations -----------------------------------------------------------------------------


class PowerCut(Exception):
    """What stops a migration half-way."""


def migration_cut(path, monkeypatch, statements):
    """A migration that is cut after so many statements, or (None) at its commit."""
    passed = []

    def trace(_cursor, sql, _bindings):
        if len(passed) == statements or (statements is None and sql.upper().startswith("COMMIT")):
            raise PowerCut
        passed.append(sql)
        return True

    def migrate_and_cut(db):
        db.connection().exec_trace = trace
        migrate(db)

    with monkeypatch.context() as patched:
        patched.setattr(opening, "migrate", migrate_and_cut)
        with pytest.raises(PowerCut):
            open_database(path, create=True)
    return passed


@pytest.mark.parametrize("statements", [0, 8, 15, 30, 45, None], ids=str)
def test_a_migration_is_whole_or_not_at_all(path, monkeypatch, statements):
    passed = migration_cut(path, monkeypatch, statements)
    if statements is None:
        assert any("user_version = " in sql for sql in passed), "it was cut before its end"
    left = plain(path, "SELECT name FROM sqlite_schema WHERE name NOT LIKE '%schema_migration%'")
    assert left == []
    assert plain(path, "PRAGMA user_version") == [(0,)]
    assert plain(path, "PRAGMA application_id") == [(0,)]
    open_database(path).close()
    assert plain(path, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert len(plain(path, "SELECT * FROM schema_migration")) == len(migrations())


def test_the_version_is_that_of_the_newest_migration(db):
    numbers = [int(path.name[:4]) for path in migrations()]
    assert numbers[-1] == SCHEMA_VERSION
    assert len(set(numbers)) == len(numbers)


def migrations():
    return sorted(opening.Path(opening.__file__).with_name("migrations").glob("[0-9]*.py"))


# --- the checkpointer -------------------------------------------------------------------------


def grow_wal(db, pages):
    db.connection().execute("CREATE TABLE IF NOT EXISTS ballast (bytes BLOB)")
    db.connection().execute("INSERT INTO ballast VALUES (zeroblob(?))", [pages * PAGE_BYTES])


def sell_until(done, db, otherwise):
    """A commit now and then, as on a till, until the other thread has done something."""
    deadline = time.monotonic() + PATIENCE_S
    next_sale = 0
    while not done():
        assert time.monotonic() < deadline, otherwise
        if time.monotonic() >= next_sale:
            grow_wal(db, 1)
            next_sale = time.monotonic() + SALE_EVERY_S
        time.sleep(0.001)  # between two looks


def sell_until_moved(db, path):
    """Until what `grow_wal` wrote is in the database itself."""
    sell_until(
        lambda: path.stat().st_size > 2 * CHECKPOINT_PAGES * PAGE_BYTES,
        db,
        "the WAL was never moved into the database",
    )


def threads():
    return [thread.name for thread in threading.enumerate()]


@pytest.fixture
def watched(db, path):
    """The database with a checkpointer; stopped at the end."""
    checkpointer = Checkpointer(path)
    checkpointer.watch(db.connection())
    yield db
    checkpointer.stop()
    assert "checkpoint" not in threads()


def test_a_commit_moves_no_page_itself(db, path):
    before = path.stat().st_size
    grow_wal(db, 2 * CHECKPOINT_PAGES)
    grow_wal(db, 1)
    assert path.stat().st_size == before


def test_the_checkpointer_moves_the_wal_in_its_own_thread(watched, path):
    grow_wal(watched, 2 * CHECKPOINT_PAGES)
    assert "checkpoint" in threads()
    sell_until_moved(watched, path)


def test_a_wal_that_was_moved_is_used_again(watched, path):
    looker = apsw.Connection(str(path))
    looker.execute("PRAGMA schema_version").fetchall()  # else it does not know of the WAL

    def moved_whole():
        pages, moved = looker.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_NOOP)
        return pages == moved

    grow_wal(watched, 2 * CHECKPOINT_PAGES)
    sell_until(moved_whole, watched, "the WAL grows for ever")
    looker.close()
    wal = path.with_name(path.name + "-wal")

    def written_over():  # not while the other thread still has its lock
        before = wal.stat().st_size
        grow_wal(watched, 1)
        return wal.stat().st_size == before

    sell_until(written_over, watched, "the WAL grows for ever")


def test_a_commit_wakes_the_thread_once(db, path, monkeypatch):
    woken = []
    monkeypatch.setattr(
        Checkpointer, "_checkpoint", staticmethod(lambda mover, _pages: woken.append(mover))
    )
    checkpointer = Checkpointer(path)
    checkpointer.watch(db.connection())
    grow_wal(db, 2 * CHECKPOINT_PAGES)
    deadline = time.monotonic() + PATIENCE_S
    while not woken and time.monotonic() < deadline:
        time.sleep(0.001)
    checkpointer.stop()
    assert len(woken) == 1


def test_a_small_wal_needs_no_thread(watched):
    grow_wal(watched, CHECKPOINT_PAGES // 2)
    assert "checkpoint" not in threads()


def test_a_reader_in_the_way_does_not_end_the_checkpointer(watched, path):
    reader = apsw.Connection(str(path))
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entry").fetchall()
        grow_wal(watched, 2 * CHECKPOINT_PAGES)
        grow_wal(watched, 1)
        assert path.stat().st_size < CHECKPOINT_PAGES * PAGE_BYTES
        reader.execute("COMMIT")
        sell_until_moved(watched, path)
    finally:
        reader.close()


# --- what the errors mean ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raised", "ours", "code"),
    [
        (apsw.FullError, errors.DiskFull, "disk-full"),
        (apsw.BusyError, errors.Locked, "database-busy"),
        (apsw.LockedError, errors.Locked, "database-busy"),
        (apsw.NotADBError, errors.NotADatabase, "database-unreadable"),
        (apsw.CorruptError, errors.NotADatabase, "database-unreadable"),
        (apsw.FormatError, errors.NotADatabase, "database-unreadable"),
        (apsw.CantOpenError, errors.CantOpen, "database-unreachable"),
        (apsw.PermissionsError, errors.CantOpen, "database-unreachable"),
        (apsw.ReadOnlyError, errors.CantOpen, "database-unreachable"),
        (apsw.IOError, errors.DiskFault, "disk-fault"),
        (apsw.ConstraintError, errors.Forbidden, "database-rule"),
        (apsw.SQLError, errors.StorageError, "storage"),
        (peewee.OperationalError, errors.StorageError, "storage"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_what_an_error_means(raised, ours, code):
    told = errors.told(raised("the cause"))
    assert type(told) is ours
    assert told.code == code
    if ours in (errors.Forbidden, errors.DiskFault, errors.StorageError):
        assert "the cause" in str(told)  # the only trace of which rule, which disk, which query


def test_an_error_that_peewee_wraps_means_the_same(db):
    pages = db.pragma("page_count")
    db.pragma("max_page_count", pages)
    with pytest.raises(peewee.PeeweeException) as raised:
        db.execute_sql("CREATE TABLE ballast AS SELECT zeroblob(1000000)")
    assert type(errors.told(raised.value)) is errors.DiskFull


def test_a_trigger_s_words_come_through(db):
    with pytest.raises(errors.DATABASE_ERRORS) as raised:
        db.execute_sql("INSERT INTO entry VALUES ('n', 1, 2, 1, '', x'', x'', x'', x'')")
    told = errors.told(raised.value)
    assert type(told) is errors.Forbidden
    assert "the next number of its chain is another" in str(told)


def test_another_program_s_lock(db, path):
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    db.connection().set_busy_timeout(0)
    with pytest.raises(errors.DATABASE_ERRORS) as raised, db.atomic("IMMEDIATE"):
        pass
    other.close()
    assert type(errors.told(raised.value)) is errors.Locked


SECOND_NS = 1_000_000_000


def test_a_writer_waits_for_another_process_and_not_for_ever(db, path, monkeypatch):
    """However long SQLite would have gone to sleep: it is the clock that says when it is enough."""
    times = iter([0, 1 * SECOND_NS, 5 * SECOND_NS, 5 * SECOND_NS + 1])
    monkeypatch.setattr(opening.time, "monotonic_ns", lambda: next(times))
    waits = []
    monkeypatch.setattr(opening.time, "sleep", waits.append)
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(apsw.BusyError):
        db.connection().execute("BEGIN IMMEDIATE")
    assert next(times, None) is None
    assert len(waits) == 3
    assert all(0 < wait < 0.005 for wait in waits)
    other.close()


# --- only reading ---------------------------------------------------------------------------


@pytest.fixture
def reader(db, path):
    reader = open_to_read(path)
    yield reader
    reader.close()


def test_a_reader_sees_what_is_committed_and_can_write_nothing(db, reader):
    seen = "SELECT count(*) FROM counter"
    assert reader.connection().execute(seen).get == 0
    db.connection().execute("INSERT INTO counter VALUES ('1', 'Counter 1')")
    assert reader.connection().execute(seen).get == 1
    for statement in ("DELETE FROM counter", "DROP TABLE counter", "PRAGMA user_version = 9"):
        with pytest.raises(apsw.ReadOnlyError):
            reader.connection().execute(statement)
    assert db.connection().execute(seen).get == 1


def test_a_reader_that_is_the_last_to_close_leaves_the_files_as_they_are(path):
    db = open_database(path, create=True)
    reader = open_to_read(path)
    reader.connection().execute("SELECT count(*) FROM counter").fetchall()
    db.connection().execute("INSERT INTO counter VALUES ('1', 'Counter 1')")
    db.close()
    files = [path, path.with_name("till.db-wal")]
    before = [file.read_bytes() for file in files]
    reader.close()
    assert [file.read_bytes() for file in files] == before
    assert plain(path, "SELECT count(*) FROM counter") == [(1,)]


def test_a_reader_mends_nothing(path):
    open_database(path, create=True).close()
    plain(path, f"PRAGMA user_version = {SCHEMA_VERSION - 1}")
    before = path.read_bytes()
    with pytest.raises(errors.TooOld, match="open the till once"):
        open_to_read(path)
    plain(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(errors.TooNew):
        open_to_read(path)
    plain(path, f"PRAGMA user_version = {SCHEMA_VERSION - 1}")
    assert len(path.read_bytes()) == len(before)


def test_where_there_is_nothing_a_reader_makes_nothing(path):
    with pytest.raises(errors.CantOpen, match="milkpos init"):
        open_to_read(path)
    assert not path.exists()
