"""Two nodes of one shop that were apart (fault 41): each sells within a customer's limit by its own
books, and when the entries of each have reached the other both sales stand.

Nothing carries entries from node to node yet (the hub will): here each one's are applied at the
other by the journal's own projection, in either order.
"""

import shutil
from contextlib import contextmanager

import pytest

from milkpos_tui.domain.roles import NeedsApproval
from milkpos_tui.home import Home
from milkpos_tui.journal.clock import uuid7
from milkpos_tui.journal.entry import parse
from milkpos_tui.journal.journal import Actor
from milkpos_tui.journal.keys import make_key
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.projection import apply
from milkpos_tui.services.accounts import Customer
from milkpos_tui.till import open_till
from tests.services.reading import Counter
from tests.support.staff import CARA, hire
from tests.support.tills import OWNER, FakeClock, open_sample_till, open_shift

LIMIT_PAISE, SOLD_PAISE = 500_00, 496_00
TABLES = ("bill", "bill_tender", "ledger", "posting", "balance", "balance_day", "customer")


@pytest.fixture
def nodes(home, tmp_path, clock):
    """Two nodes with one shop's past: Meena may owe Rs 500, and each has a counter of its own."""
    with open_sample_till(home, clock) as till:
        till.shops.add_counter("B", "Back door", OWNER)
        open_shift(till, "B")
        hire(till)
        till.customers.add(Customer("", "12", LIMIT_PAISE, name="Meena"), OWNER)
    other = Home(shutil.copytree(home.path, tmp_path / "other"))
    be_another_node(other)
    with node_of(home, clock) as first, node_of(other, FakeClock(clock.now())) as second:
        yield first, second


@contextmanager
def node_of(home, clock):
    with open_till(home, clock) as till:
        yield till


def be_another_node(home):
    """A key and a chain of its own, behind what both have in common."""
    for path in (home.node_key, home.anchor):
        path.unlink()
    key, clock = make_key(home.node_key), FakeClock()
    node = uuid7(clock.now())
    home.node_identity.write_text(f"{node} {key.public.hex()}\n")
    with open_till(home, clock) as till, till.journal.transaction():
        body = {"public_key": key.public.hex()}
        till.journal.append(Kind.NODE_OPENED, node, body, Actor(OWNER.operator))


def sold(till, counter):
    """On khata, by a cashier whom nobody allows anything."""
    return Counter(till, counter, CARA)("//12", "8*12", "+//").paid


def own_entries(till):
    """What a node told since it was alone."""
    rows = till._db.connection().execute(
        "SELECT content FROM entry WHERE node = ? AND kind = 'bill.paid'", (till.node,)
    )
    return [parse(bytes(content)) for (content,) in rows]


def receive(till, entries):
    with till.journal.transaction() as connection:
        for entry in entries:
            apply(connection, entry)


def owed(till):
    return till.accounts.owing(till.accounts.known("12").id)


def test_two_nodes_pass_one_limit(nodes):
    first, second = nodes
    bills = {sold(first, "1").number, sold(second, "B").number}
    for till in nodes:  # each by its own books: nobody was asked
        assert (owed(till).owed_paise, owed(till).over) == (SOLD_PAISE, False)
    of_first, of_second = own_entries(first), own_entries(second)
    assert len(of_first) == len(of_second) == 1
    receive(first, of_second)
    receive(second, of_first)
    for till in nodes:
        assert (owed(till).owed_paise, owed(till).over) == (2 * SOLD_PAISE, True)
        (aged,) = till.ledgers.ageing(OWNER)
        assert (aged.owed_paise, aged.over) == (2 * SOLD_PAISE, True)
        assert {till.bills.by_number(number).number for number in bills} == bills
    assert tables(first) == tables(second)


def test_from_then_on_a_cashier_is_asked(nodes):
    first, second = nodes
    sold(first, "1")
    sold(second, "B")
    receive(second, own_entries(first))
    counter = Counter(second, "B", CARA)
    assert "OVER the limit" in counter("//12").message
    counter("12")
    with pytest.raises(NeedsApproval):
        counter("+//")
    assert counter("+").paid is not None  # cash needs nobody


def tables(till):
    """All rows that the entries add up to, whichever came first."""
    connection = till._db.connection()
    return {
        table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}"))) for table in TABLES
    }
