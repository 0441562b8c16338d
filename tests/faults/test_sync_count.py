"""What a sale costs on disk: one sync of the WAL, and none of the database itself.

Counted by a VFS around the system's own, through which the till's connection goes.
"""

from collections import Counter
from contextlib import contextmanager

import apsw
import pytest

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.till import FIRST_COUNTER, Till
from schema.connection import CHECKPOINT_PAGES, open_database
from tests.support.tills import OWNER

VFS = "counting"
WAL, DATABASE = "wal", "database"
WAL_FRAME_BYTES = 4096 + 24


class CountingFile(apsw.VFSFile):
    """A file that counts its syncs by what it is to the database."""

    def __init__(self, name, flags, syncs):
        super().__init__("", name, flags)
        self._syncs = syncs
        kinds = {apsw.SQLITE_OPEN_WAL: WAL, apsw.SQLITE_OPEN_MAIN_DB: DATABASE}
        self._kind = next((kind for bit, kind in kinds.items() if flags[0] & bit), "other")

    def xSync(self, flags):  # noqa: N802  # SQLite's name
        self._syncs[self._kind] += 1
        super().xSync(flags)


class CountingVFS(apsw.VFS):
    """The system's files, counted."""

    def __init__(self):
        super().__init__(VFS, "")
        self.syncs = Counter()

    def xOpen(self, name, flags):  # noqa: N802  # SQLite's name
        return CountingFile(name, flags, self.syncs)


@pytest.fixture
def syncs():
    """The syncs so far, by kind of file."""
    vfs = CountingVFS()
    yield vfs.syncs
    vfs.unregister()


@pytest.fixture
def till(home, clock, syncs, till):
    """The till whose database goes through the counting VFS; `till` has made its catalogue."""
    till.close()
    node = home.node_identity.read_text().split()[0]
    till = Till(home, open_database(home.database, vfs=VFS), clock, node)
    till.checkout(FIRST_COUNTER, OWNER).key_in("12")  # a WAL that is begun syncs its header as well
    yield till
    till.close()


@pytest.fixture
def costs(syncs):
    """The syncs of what is done inside."""

    @contextmanager
    def counted():
        before = Counter(syncs)
        cost = Counter()
        yield cost
        cost.update(syncs - before)

    return counted


@pytest.mark.parametrize(
    "keys",
    [
        ("+",),
        ("+500",),
        ("+upi UTR1234",),
        ("+20", "+*"),
        ("3*12", "110", "70", "+-5/", "+"),
        ("*5", "*-10", "+"),
        (".", "31", ".1", "+"),
    ],
    ids=" ".join,
)
def test_each_key_in_and_each_bill_is_one_sync(till, costs, keys):
    checkout = till.checkout(FIRST_COUNTER, OWNER)
    for key in keys:
        with costs() as cost:
            outcome = checkout.key_in(key)
        assert cost == {WAL: 1}, key
    assert outcome.paid is not None


def test_a_bill_of_many_lines_is_one_sync(till, costs):
    checkout = till.checkout(FIRST_COUNTER, OWNER)
    for _ in range(200):
        checkout.key_in("12")
    with costs() as cost:
        assert checkout.key_in("+").paid is not None
    assert cost == {WAL: 1}


def test_a_refused_key_in_is_no_sync(till, costs):
    checkout = till.checkout(FIRST_COUNTER, OWNER)
    with costs() as cost:
        for key in ("999", "+/100", "*0", "zebra", ".9"):
            with pytest.raises(Refused):
                checkout.key_in(key)
    assert cost == {}


def test_a_return_and_a_reprint_are_one_sync_each(till, costs):
    bill = till.checkout(FIRST_COUNTER, OWNER).key_in("+").paid
    with costs() as cost:
        till.billing.take_back(bill.number, {1: 500}, "sour", TenderKind.CASH, "1", OWNER)
    assert cost == {WAL: 1}
    with costs() as cost:
        till.billing.reprint(bill.number, OWNER)
    assert cost == {WAL: 1}


def test_looking_is_no_sync(till, costs):
    bill = till.checkout(FIRST_COUNTER, OWNER).key_in("+").paid
    with costs() as cost:
        till.slip(till.bills.by_number(bill.number), 42)
        till.catalogue.search("milk")
        list(till.bills.between(till.today(), till.today()))
        assert till.damage() == ""
    assert cost == {}


def test_no_sale_waits_for_the_database_when_the_wal_is_long(till, home, costs):
    """The WAL is moved by a thread with a connection of its own: the sale never pays for it."""
    checkout = till.checkout(FIRST_COUNTER, OWNER)
    with costs() as cost:
        for _ in range(150):
            for key in ("12", "110", "+"):
                checkout.key_in(key)
    wal_bytes = home.database.with_name("till.db-wal").stat().st_size
    assert wal_bytes > CHECKPOINT_PAGES * WAL_FRAME_BYTES, "too few sales to need the thread"
    assert cost[DATABASE] == 0
    assert cost[WAL] >= 450


def test_the_count_can_fail(till, costs):
    """With less than FULL a bill is not synced at all, and the counting shows it."""
    checkout = till.checkout(FIRST_COUNTER, OWNER)
    till._db.connection().execute("PRAGMA synchronous = NORMAL").fetchall()
    with costs() as cost:
        checkout.key_in("+")
    assert cost == {}
