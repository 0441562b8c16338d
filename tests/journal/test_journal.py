"""The one way in: what is appended is chained, signed, applied and anchored, or never was."""

import subprocess
import sys

import apsw
import pytest

from milkpos_tui.domain.errors import NotWhole
from milkpos_tui.journal.anchor import Anchored, read_anchor
from milkpos_tui.journal.entry import FIRST_PREV, chained, parse
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.keys import read_key, verified
from milkpos_tui.journal.kinds import Kind
from tests.support.tills import MONDAY_7_AM, OWNER, FakeClock, make_home, open_sample_till

PATIENCE_S = 30  # for another process; never waited for unless something is wrong
COUNTER_2 = {"code": "2", "name": "Counter 2"}


@pytest.fixture
def connection(till):
    return till._db.connection()


def chain(connection):
    return connection.execute(
        "SELECT node, epoch, seq, at, kind, content, prev, hash, signature FROM entry"
        " ORDER BY node, epoch, seq"
    ).fetchall()


def head(connection):
    return connection.execute("SELECT node, epoch, seq, hash FROM head").fetchall()


def state(connection, home):
    """All that an append changes."""
    counters = connection.execute("SELECT * FROM counter").fetchall()
    return chain(connection), head(connection), counters, read_anchor(home.anchor)


def sign_in(journal):
    """An entry that is a transaction of its own."""
    with journal.transaction():
        return journal.append(Kind.OPERATOR_SIGNED_IN, "asha", {"code": "asha"}, OWNER)


def assert_whole(connection, public):
    """Every entry is signed, behind the one before it, and the head is the last of them."""
    prev, seq = FIRST_PREV, 0
    for node, epoch, number, at, kind, content, before, digest, signature in chain(connection):
        seq += 1
        assert (number, before) == (seq, prev)
        assert digest == chained(prev, content)
        assert verified(public, digest, signature)
        entry = parse(content)
        told = (entry.node, entry.epoch, entry.seq, entry.at, entry.kind)
        assert told == (node, epoch, number, at, kind)
        prev = digest
    assert head(connection) == [(node, epoch, seq, prev)]
    return seq


# --- appending ----------------------------------------------------------------------------------


def test_the_chain_of_a_new_till_is_whole(till, connection):
    assert assert_whole(connection, read_key(till.home.node_key).public) > 1
    first = parse(chain(connection)[0][5])
    assert first.kind == Kind.NODE_OPENED
    assert first.body == {"public_key": read_key(till.home.node_key).public.hex()}


def test_an_entry_goes_behind_the_newest(till, connection):
    before = chain(connection)
    entries = [sign_in(till.journal) for _ in range(3)]
    after = chain(connection)
    assert after[: len(before)] == before
    assert [parse(row[5]) for row in after[len(before) :]] == entries
    assert_whole(connection, read_key(till.home.node_key).public)


def test_several_entries_of_one_decision(till, connection):
    before = len(chain(connection))
    with till.journal.transaction():
        for code in "234":
            till.journal.append(Kind.COUNTER_ADDED, code, {"code": code, "name": code}, OWNER)
    assert len(chain(connection)) == before + 3
    assert_whole(connection, read_key(till.home.node_key).public)


def test_what_an_entry_says(till, clock):
    clock.set(MONDAY_7_AM)
    clock.advance(5)
    clock.boot = "boot-7"
    mono = clock.mono()
    actor = Actor("ravi", "asha", "ssh 192.168.1.7")
    with till.journal.transaction():
        entry = till.journal.append(Kind.COUNTER_ADDED, "2", COUNTER_2, actor)
    said = entry._asdict()
    assert said.pop("seq") > 1
    assert said == {
        "node": till.node,
        "epoch": 1,
        "at": MONDAY_7_AM + 5,
        "boot": "boot-7",
        "mono": mono,
        "kind": "counter.added",
        "actor": "ravi",
        "approver": "asha",
        "session": "ssh 192.168.1.7",
        "object": "2",
        "body": COUNTER_2,
    }


def test_a_clock_that_goes_back_changes_no_order(till, connection, clock):
    clock.set(MONDAY_7_AM - 10**9)
    clock.reboot("boot-2")
    last = parse(chain(connection)[-1][5])
    entry = sign_in(till.journal)
    told = parse(chain(connection)[-2][5])
    # That it went back is told first.
    assert (told.kind, told.seq, told.at) == (Kind.CLOCK_JUMPED, last.seq + 1, entry.at)
    assert told.body == {"last_at": last.at, "by_ms": entry.at - last.at}
    assert entry.seq == last.seq + 2
    assert entry.at < last.at
    assert entry.boot != last.boot
    assert_whole(connection, read_key(till.home.node_key).public)


def test_what_is_appended_is_applied(till):
    with till.journal.transaction():
        till.journal.append(Kind.COUNTER_ADDED, "2", COUNTER_2, OWNER)
    assert till.shops.counters() == ("1", "2")


# --- all of it or nothing -----------------------------------------------------------------------


def add_counter_and_raise(journal):
    with journal.transaction():
        journal.append(Kind.COUNTER_ADDED, "2", COUNTER_2, OWNER)
        raise ZeroDivisionError


def add_counter_twice(journal):
    with journal.transaction():
        journal.append(Kind.COUNTER_ADDED, "2", COUNTER_2, OWNER)
        journal.append(Kind.COUNTER_ADDED, "2", COUNTER_2, OWNER)


def leave_something_out(journal):
    with journal.transaction():
        journal.append(Kind.COUNTER_ADDED, "2", {"code": "2"}, OWNER)


def say_a_float(journal):
    with journal.transaction():
        journal.append(Kind.COUNTER_ADDED, "2", COUNTER_2, OWNER)
        journal.append(Kind.COUNTER_ADDED, "3", {"code": "3", "name": 3.5}, OWNER)


def fail_at_the_commit(journal):
    with journal.transaction() as connection:
        journal.append(Kind.COUNTER_ADDED, "2", COUNTER_2, OWNER)
        # Refers to a bill that is not there; asked for at the commit only.
        connection.execute("INSERT INTO bill_tender VALUES ('no bill', 1, 'cash', 1, '')")


@pytest.mark.parametrize(
    ("fail", "error"),
    [
        (add_counter_and_raise, ZeroDivisionError),
        (add_counter_twice, apsw.ConstraintError),
        (leave_something_out, KeyError),
        (say_a_float, ValueError),
        (fail_at_the_commit, Exception),
    ],
)
def test_a_failed_decision_leaves_nothing(till, home, connection, fail, error):
    sign_in(till.journal)
    before = state(connection, home)
    with pytest.raises(error):
        fail(till.journal)
    assert connection.getautocommit()
    assert state(connection, home) == before
    sign_in(till.journal)  # and the chain goes on without a gap
    assert_whole(connection, read_key(home.node_key).public)


def test_an_interrupted_decision_leaves_nothing(till, home, connection):
    before = state(connection, home)
    with pytest.raises(KeyboardInterrupt), till.journal.transaction():  # noqa: PT012 -- as it happens
        till.journal.append(Kind.COUNTER_ADDED, "2", COUNTER_2, OWNER)
        raise KeyboardInterrupt
    assert state(connection, home) == before


def test_a_transaction_is_immediate(till, home):
    other = apsw.Connection(str(home.database))
    try:
        with till.journal.transaction(), pytest.raises(apsw.BusyError):
            other.execute("BEGIN IMMEDIATE")  # though nothing is written yet
        other.execute("BEGIN IMMEDIATE")
    finally:
        other.close()


def test_a_chain_that_lost_its_head_is_not_continued(till, home, connection):
    connection.execute("DELETE FROM head")
    before = state(connection, home)
    with pytest.raises(NotWhole) as refused:
        sign_in(till.journal)
    assert refused.value.code == "journal-headless"
    with pytest.raises(apsw.ConstraintError, match="the next number of its chain is another"):
        open_node_again(till.journal, till.node)
    assert state(connection, home) == before


def open_node_again(journal, node):
    with journal.transaction():
        journal.append(Kind.NODE_OPENED, node, {"public_key": "00" * 32}, OWNER)


# --- the anchor ---------------------------------------------------------------------------------


def test_the_anchor_is_the_head(till, home, connection):
    sign_in(till.journal)
    ((_node, epoch, seq, digest),) = head(connection)
    assert read_anchor(home.anchor) == Anchored(epoch, seq, digest)


def test_the_anchor_is_written_after_the_commit_only(till, home, connection):
    before = read_anchor(home.anchor)
    with till.journal.transaction():
        till.journal.append(Kind.OPERATOR_SIGNED_IN, "asha", {"code": "asha"}, OWNER)
        ((_node, _epoch, seq, digest),) = head(connection)
        assert read_anchor(home.anchor) == before
        till.journal.append(Kind.OPERATOR_SIGNED_IN, "asha", {"code": "asha"}, OWNER)
        assert read_anchor(home.anchor) == before
    ((_node, _epoch, seq, digest),) = head(connection)
    assert read_anchor(home.anchor) == Anchored(1, seq, digest)


def test_a_transaction_without_an_entry_leaves_the_anchor(till, home):
    sign_in(till.journal)
    home.anchor.write_bytes(b"as it was")
    with till.journal.transaction() as connection:
        connection.execute("DELETE FROM draft")
    assert home.anchor.read_bytes() == b"as it was"


def test_a_sale_stands_though_the_anchor_can_not_be_written(home, clock):
    home.anchor.unlink()
    home.anchor.mkdir()
    with open_sample_till(home, clock) as till:
        entry = sign_in(till.journal)
        assert head(till._db.connection())[0][2] == entry.seq


# --- several terminals on one file --------------------------------------------------------------


def test_two_connections_continue_one_chain(till, home, connection):
    with open_sample_till(home, FakeClock()) as other:
        for _ in range(5):
            first = sign_in(till.journal)
            second = sign_in(other.journal)
            assert second.seq == first.seq + 1
            add_counter_fails(other.journal)
        assert_whole(connection, read_key(home.node_key).public)
        assert chain(other._db.connection()) == chain(connection)
        assert read_anchor(home.anchor).hash == head(connection)[0][3]


def add_counter_fails(journal):
    with pytest.raises(ZeroDivisionError):
        add_counter_and_raise(journal)


WRITER = """
import sys
from pathlib import Path
from milkpos_tui.home import Home
from milkpos_tui.till import open_till
from tests.journal.test_journal import sign_in

with open_till(Home(Path(sys.argv[1]))) as till:
    sys.stdin.read()
    for _ in range(30):
        sign_in(till.journal)
"""


def test_two_processes_continue_one_chain(home, pytestconfig):
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(home.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=pytestconfig.rootpath,
        )
        for _ in range(2)
    ]
    try:
        with open_sample_till(home) as till:
            before = len(chain(till._db.connection()))
            for writer in writers:
                writer.stdin.close()  # neither begins before both are under way
            for writer in writers:
                assert writer.wait(PATIENCE_S) == 0, writer.stdout.read().decode()
            count = assert_whole(till._db.connection(), read_key(home.node_key).public)
            assert count == before + 60
    finally:
        for writer in writers:
            writer.kill()
            writer.stdout.close()


def test_two_nodes_have_chains_of_their_own(till, tmp_path, connection):
    other = make_home(tmp_path / "other")
    with open_sample_till(other) as second:
        assert second.node != till.node
        journal = Journal(
            till._db, second.node, read_key(other.node_key), FakeClock(), tmp_path / "anchor"
        )
        with pytest.raises(NotWhole):  # this database knows no head of it
            sign_in(journal)
        assert_whole(connection, read_key(till.home.node_key).public)
        assert_whole(second._db.connection(), read_key(other.node_key).public)
        journal.close()
