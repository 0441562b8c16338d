"""Is what was written still what is there? Each way to tamper with it is tried, and named."""

import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import apsw
import pytest

from milkpos_tui.home import Home
from milkpos_tui.journal import verify as module
from milkpos_tui.journal.anchor import Anchored, read_anchor
from milkpos_tui.journal.entry import FIRST_PREV, canonical, chained, parse
from milkpos_tui.journal.keys import NodeKey, read_key
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.verify import Bad, Result, Trusted, Verdict, verify
from milkpos_tui.till import verify_home
from schema.all_tables import PROJECTED
from schema.sql import columns
from tests.support.days import live_a_day
from tests.support.tills import OWNER, FakeClock, make_home, open_sample_till

THIEFS_KEY = NodeKey(bytes(range(32)))
NEW_ENTRY = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
AN_ENTRY = "SELECT * FROM entry WHERE seq = ?"


@dataclass
class Shop:
    """A till's files as a thief has them: the database, but neither the key nor the anchor."""

    home: Home
    connection: apsw.Connection
    node: str
    length: int
    """How many entries there are."""

    def run(self, sql, *values):
        return self.connection.execute(sql, values).fetchall()

    def verify(self, *, rebuild=False, **known):
        """The verdict, with something else known from outside."""
        key = read_key(self.home.node_key).public
        trusted = replace(Trusted(self.node, key, read_anchor(self.home.anchor)), **known)
        return verify(self.home.database, trusted, rebuild=rebuild)

    @contextmanager
    def rules_off(self):
        """The database's rules sleep, and wake as if nothing had been."""
        self.connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
        self.run("BEGIN")
        yield
        self.run("COMMIT")
        self.connection.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 1)

    def set(self, seq, **values):
        """Overwrite columns of an entry."""
        with self.rules_off():
            for column, value in values.items():
                self.run(f"UPDATE entry SET {column} = ? WHERE seq = ?", value, seq)

    def cut(self, first, last):
        with self.rules_off():
            self.run("DELETE FROM entry WHERE seq BETWEEN ? AND ?", first, last)

    def mend_head(self):
        """Have the head row say what is now the newest entry."""
        self.run(
            "REPLACE INTO head SELECT node, epoch, seq, hash FROM entry"
            " WHERE node = ? ORDER BY epoch DESC, seq DESC LIMIT 1",
            self.node,
        )

    def entry(self, seq):
        sql = "SELECT content FROM entry WHERE node = ? AND seq = ?"
        ((content,),) = self.run(sql, self.node, seq)
        return parse(content)

    def seq_of(self, kind):
        """The first entry of a kind."""
        ((seq,),) = self.run("SELECT min(seq) FROM entry WHERE kind = ?", kind.value)
        return seq

    def hash_of(self, seq):
        ((digest,),) = self.run("SELECT hash FROM entry WHERE seq = ?", seq)
        return digest

    def rewrite(self, key, first=1, *, change=lambda entry: entry, encode=canonical):
        """Write the chain anew from an entry on, signed with a key, and mend the head."""
        told = [parse(content) for (content,) in self.run("SELECT content FROM entry ORDER BY seq")]
        prev = self.hash_of(first - 1) if first > 1 else FIRST_PREV
        with self.rules_off():
            self.run("DELETE FROM entry WHERE seq >= ?", first)
            for entry in map(change, told[first - 1 :]):
                content = encode(entry)
                digest = chained(prev, content)
                row = (entry.node, entry.epoch, entry.seq, entry.at, entry.kind, content, prev)
                self.run(NEW_ENTRY, *row, digest, key.sign(digest))
                prev = digest
        self.mend_head()


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A home in which a day was lived, closed."""
    home, clock = make_home(tmp_path_factory.mktemp("lived")), FakeClock()
    with open_sample_till(home, clock) as till:
        live_a_day(till, clock)
    return home


@pytest.fixture
def shop(lived, tmp_path):
    home = Home(Path(shutil.copytree(lived.path, tmp_path / "till")))
    connection = apsw.Connection(str(home.database))
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute("PRAGMA synchronous = OFF")  # thieves don't fear a power cut
    ((node, length),) = connection.execute("SELECT node, count(*) FROM entry").fetchall()
    yield Shop(home, connection, node, length)
    connection.close()


@pytest.fixture
def key(shop):
    """What a thief of the key has too."""
    return read_key(shop.home.node_key)


def assert_bad(shop, verdict, seq, words, result=Result.TAMPERED):
    """The entry is named, and all before it were found good."""
    assert verdict.result is result
    assert words in verdict.bad.reason
    assert (verdict.bad.node, verdict.bad.epoch, verdict.bad.seq) == (shop.node, 1, seq)
    assert verdict.bad.table == ""
    assert verdict.entries == seq - 1
    before = shop.run("SELECT hash FROM entry WHERE seq = ?", seq - 1)
    assert verdict.head == (before[0][0] if before else FIRST_PREV).hex()


# --- nothing is wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize("rebuild", [False, True])
def test_good(shop, rebuild):
    head = shop.hash_of(shop.length).hex()
    assert shop.length > 20
    assert shop.verify(rebuild=rebuild) == Verdict(Result.GOOD, shop.length, head=head)
    assert verify_home(shop.home, rebuild=rebuild) == Verdict(Result.GOOD, shop.length, head=head)


def test_nothing_is_written(shop):
    shop.connection.close()
    before = {path: path.read_bytes() for path in shop.home.path.rglob("*") if path.is_file()}
    verify_home(shop.home, rebuild=True)
    after = {path: path.read_bytes() for path in shop.home.path.rglob("*") if path.is_file()}
    assert {path: content for path, content in after.items() if path in before} == before


def test_what_is_open_on_a_counter_is_no_matter(shop):
    shop.run("DELETE FROM draft")
    shop.run("DELETE FROM credential")
    assert shop.verify(rebuild=True).result is Result.GOOD


def test_while_the_till_sells(shop, clock):
    clock.set(shop.entry(shop.length).at)
    with open_sample_till(shop.home, clock) as till:
        checkout = till.checkout("1", OWNER)
        for _ in range(3):
            checkout.key_in("12")
            checkout.key_in("+")
            before = shop.run("SELECT count(*) FROM entry")[0][0]
            with till.journal.transaction():
                till.journal.append(Kind.OPERATOR_SIGNED_IN, "asha", {"code": "asha"}, OWNER)
                verdict = verify_home(shop.home, rebuild=True)  # what is not committed is not there
            assert (verdict.result, verdict.entries) == (Result.GOOD, before)
    assert verify_home(shop.home, rebuild=True).entries == shop.length + 6


@pytest.mark.parametrize("meanwhile", ["check_end", "_compare_rebuilt", "_compare_table"])
def test_what_is_sold_while_it_verifies_cries_no_wolf(shop, clock, monkeypatch, meanwhile):
    clock.set(shop.entry(shop.length).at)
    where = module._Walk if meanwhile == "check_end" else module
    before = getattr(where, meanwhile)
    with open_sample_till(shop.home, clock) as till:
        checkout = till.checkout("1", OWNER)

        def sell_first(*args):
            checkout.key_in("12")
            checkout.key_in("+")
            return before(*args)

        monkeypatch.setattr(where, meanwhile, sell_first)
        verdict = verify_home(shop.home, rebuild=True)
    assert (verdict.result, verdict.entries) == (Result.GOOD, shop.length)


def test_an_anchor_that_lags_behind(shop):
    seq = shop.seq_of(Kind.BILL_PAID)
    bills = shop.run("SELECT count(*) FROM entry WHERE kind = 'bill.paid' AND seq > ?", seq)[0][0]
    assert bills == 5
    verdict = shop.verify(anchor=Anchored(1, seq, shop.hash_of(seq)))
    assert (verdict.result, verdict.unanchored_bills) == (Result.GOOD, bills)
    verdict = shop.verify(anchor=Anchored(1, seq - 1, shop.hash_of(seq - 1)))
    assert (verdict.result, verdict.unanchored_bills) == (Result.GOOD, bills + 1)


# --- an entry is tampered with ------------------------------------------------------------------


def poorer(entry):
    """The same bill for less money."""
    body = {**entry.body, "total_paise": entry.body["total_paise"] - 100}
    return entry._replace(body=body)


def edit_content(shop, seq):
    shop.set(seq, content=canonical(poorer(shop.entry(seq))))


def edit_content_and_hash(shop, seq):
    content = canonical(poorer(shop.entry(seq)))
    shop.set(seq, content=content, hash=chained(shop.hash_of(seq - 1), content))


def edit_content_hash_and_signature(shop, seq):
    edit_content_and_hash(shop, seq)
    shop.set(seq, signature=THIEFS_KEY.sign(shop.hash_of(seq)))


def edit_hash(shop, seq):
    shop.set(seq, hash=bytes(32))


def edit_prev(shop, seq):
    shop.set(seq, prev=bytes(32))


def edit_signature(shop, seq):
    ((signature,),) = shop.run("SELECT signature FROM entry WHERE seq = ?", seq)
    shop.set(seq, signature=bytes([signature[0] ^ 1]) + signature[1:])


def take_another_signature(shop, seq):
    ((signature,),) = shop.run("SELECT signature FROM entry WHERE seq = ?", seq - 1)
    shop.set(seq, signature=signature)


def sign_with_another_key(shop, seq):
    shop.set(seq, signature=THIEFS_KEY.sign(shop.hash_of(seq)))


def edit_time(shop, seq):
    shop.set(seq, at=shop.entry(seq).at - 1)


def edit_kind(shop, seq):
    shop.set(seq, kind="bill.returned")


EDITS = {
    edit_content: "content is not what was hashed",
    edit_content_and_hash: "signature is not by this node's key",
    edit_content_hash_and_signature: "signature is not by this node's key",
    edit_hash: "content is not what was hashed",
    edit_prev: "not chained to the entry before it",
    edit_signature: "signature is not by this node's key",
    take_another_signature: "signature is not by this node's key",
    sign_with_another_key: "signature is not by this node's key",
    edit_time: "columns are not what its content says",
    edit_kind: "columns are not what its content says",
}


@pytest.mark.parametrize("rebuild", [False, True])
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_an_entry_edited(shop, edit, rebuild):
    seq = shop.seq_of(Kind.BILL_PAID)
    edit(shop, seq)
    assert_bad(shop, shop.verify(rebuild=rebuild), seq, EDITS[edit])


@pytest.mark.parametrize("anchored", [True, False])
def test_the_newest_entry_edited(shop, anchored):
    edit_content(shop, shop.length)
    known = {} if anchored else {"anchor": None}
    verdict = shop.verify(**known)
    assert_bad(shop, verdict, shop.length, "content is not what was hashed")


def test_the_newest_entry_edited_with_its_hash_and_head(shop):
    edit_content_and_hash(shop, shop.length)
    shop.mend_head()
    assert_bad(shop, shop.verify(anchor=None), shop.length, "signature is not by")


def test_the_first_bad_entry_is_named(shop):
    first = shop.seq_of(Kind.BILL_PAID)
    for seq in (shop.length, first + 3, first):
        edit_signature(shop, seq)
    shop.run("UPDATE shop SET name = 'Other'")
    assert_bad(shop, shop.verify(rebuild=True), first, "signature")


def test_two_entries_swapped(shop):
    with shop.rules_off():
        for old, new in ((5, 1005), (6, 5), (1005, 6)):
            shop.run("UPDATE entry SET seq = ? WHERE seq = ?", new, old)
    assert_bad(shop, shop.verify(), 5, "not chained")


def test_an_entry_said_twice(shop):
    last = shop.run(AN_ENTRY, shop.length)[0]
    again = (*last[:2], shop.length + 1, *last[3:6], last[7], *last[7:])
    shop.run(NEW_ENTRY, *again)
    shop.mend_head()
    assert_bad(shop, shop.verify(), shop.length + 1, "content is not what was hashed")


@pytest.mark.parametrize("column", ["node", "epoch"])
def test_an_entry_of_another_node_or_life(shop, column):
    seq = shop.seq_of(Kind.BILL_PAID)
    shop.set(seq, **{column: {"node": "zz", "epoch": 2}[column]})
    verdict = shop.verify()
    assert (verdict.result, verdict.entries) == (Result.TAMPERED, seq - 1)
    assert verdict.bad == Bad("entries before this one are missing", shop.node, 1, seq + 1)


def test_the_whole_chain_said_to_be_another_nodes(shop):
    with shop.rules_off():
        shop.run("UPDATE entry SET node = 'other'")
        shop.run("UPDATE head SET node = 'other'")
    verdict = shop.verify()
    assert verdict.result is Result.TAMPERED
    assert (verdict.bad.node, verdict.bad.seq) == ("other", 1)


# --- entries are missing ------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "last"), [(1, 1), (1, 7), (2, 2), (9, 9), (9, 14)])
def test_a_missing_middle(shop, first, last):
    shop.cut(first, last)
    verdict = shop.verify()
    assert (verdict.result, verdict.entries) == (Result.TAMPERED, first - 1)
    assert verdict.bad == Bad("entries before this one are missing", shop.node, 1, last + 1)


def test_a_missing_middle_closed_up(shop):
    shop.cut(9, 9)
    with shop.rules_off():
        for seq in range(10, shop.length + 1):
            shop.run("UPDATE entry SET seq = ? WHERE seq = ?", seq - 1, seq)
    shop.mend_head()
    assert_bad(shop, shop.verify(anchor=None), 9, "not chained")


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("anchored", [True, False])
def test_a_missing_tail(shop, count, anchored):
    last = shop.length - count
    shop.cut(last + 1, shop.length)
    known = {} if anchored else {"anchor": None}
    words = f"ends at entry {last}, but entry {shop.length} was written: its tail is gone"
    assert_bad(shop, shop.verify(**known), last + 1, words, Result.CUT)


@pytest.mark.parametrize("count", [1, 5])
def test_a_missing_tail_with_a_mended_head(shop, count):
    last = shop.length - count
    shop.cut(last + 1, shop.length)
    shop.mend_head()
    assert_bad(shop, shop.verify(), last + 1, f"but entry {shop.length} was written", Result.CUT)
    # Nothing else knows: without the anchor it is not said to be good.
    assert shop.verify(anchor=None).result is Result.UNANCHORED


@pytest.mark.parametrize("mended", [True, False])
def test_nothing_is_left(shop, mended):
    shop.cut(1, shop.length)
    if mended:
        shop.run("DELETE FROM head")
    verdict = shop.verify(anchor=None)
    assert (verdict.result, verdict.entries, verdict.head) == (Result.CUT, 0, "00" * 32)
    assert shop.verify().result is Result.CUT


def test_a_missing_head(shop):
    shop.run("DELETE FROM head")
    for known in ({}, {"anchor": None}):
        verdict = shop.verify(**known)
        assert (verdict.result, verdict.bad.reason) == (Result.TAMPERED, "the head is missing")
        assert verdict.bad.seq == shop.length


@pytest.mark.parametrize(
    ("sql", "result"),
    [
        ("UPDATE head SET seq = seq + 1", Result.CUT),
        ("UPDATE head SET epoch = 2", Result.CUT),
        ("UPDATE head SET seq = seq - 1", Result.TAMPERED),
        ("UPDATE head SET hash = zeroblob(32)", Result.TAMPERED),
        ("UPDATE head SET node = 'other'", Result.CUT),
        ("INSERT INTO head VALUES ('other', 1, 1, zeroblob(32))", Result.CUT),
    ],
)
def test_a_head_that_is_not_the_newest_entry(shop, sql, result):
    shop.run(sql)
    assert shop.verify(anchor=None).result is result


@pytest.mark.parametrize(
    ("sold", "result"),
    [(1, Result.CUT), (4, Result.CUT), (5, Result.TAMPERED), (7, Result.TAMPERED)],
)
def test_a_missing_tail_is_still_told_when_the_till_sells_on(shop, clock, sold, result):
    shop.cut(shop.length - 4, shop.length)
    shop.mend_head()
    clock.set(shop.entry(shop.length - 5).at)
    for _ in range(sold):
        with open_sample_till(shop.home, clock) as till:
            till.people.note_sign_in(OWNER)
    verdict = shop.verify()
    assert verdict.result is result
    assert verdict.bad.seq == min(shop.length, shop.length - 5 + sold + 1)


# --- all is written anew ------------------------------------------------------------------------


def with_another_node_key(entry):
    if entry.kind == Kind.NODE_OPENED:
        return entry._replace(body={"public_key": THIEFS_KEY.public.hex()})
    return entry


def change_of(seq):
    return lambda entry: poorer(entry) if entry.seq == seq else entry


@pytest.mark.parametrize("anchored", [True, False])
def test_all_rewritten_with_another_key(shop, anchored):
    shop.rewrite(THIEFS_KEY, change=with_another_node_key)
    with shop.rules_off():
        shop.run("UPDATE node SET public_key = ?", THIEFS_KEY.public)
    known = {} if anchored else {"anchor": None}
    assert_bad(shop, shop.verify(**known), 1, "signature is not by this node's key")


def test_the_rest_rewritten_with_another_key(shop):
    seq = shop.seq_of(Kind.BILL_PAID)
    shop.rewrite(THIEFS_KEY, seq, change=change_of(seq))
    assert_bad(shop, shop.verify(anchor=None), seq, "signature is not by this node's key")


@pytest.mark.parametrize("first", [1, "bill"])
def test_all_rewritten_with_the_same_key(shop, key, first):
    seq = shop.seq_of(Kind.BILL_PAID)
    shop.rewrite(key, seq if first == "bill" else 1, change=change_of(seq))
    words = "the anchor remembers another entry here: the journal was rewritten"
    assert_bad(shop, shop.verify(), shop.length, words)
    assert shop.verify(anchor=None).result is Result.UNANCHORED


def test_rewritten_with_the_same_key_up_to_an_old_anchor(shop, key):
    """An anchor that lags behind tells of what it knows, and how much it doesn't."""
    seq = shop.seq_of(Kind.BILL_PAID)
    old = Anchored(1, seq + 1, shop.hash_of(seq + 1))
    shop.rewrite(key, seq, change=change_of(seq))
    assert_bad(shop, shop.verify(anchor=old), seq + 1, "the anchor remembers another entry")
    before = Anchored(1, seq - 1, shop.hash_of(seq - 1))
    verdict = shop.verify(anchor=before)
    assert (verdict.result, verdict.unanchored_bills) == (Result.GOOD, 6)


def test_rewritten_and_longer_than_the_anchor(shop, key):
    """Selling on after the journal was rewritten hides nothing."""
    old = read_anchor(shop.home.anchor)
    seq = shop.seq_of(Kind.BILL_PAID)
    shop.rewrite(key, seq, change=change_of(seq))
    last = shop.entry(shop.length)
    content = canonical(last._replace(seq=last.seq + 1))
    prev = shop.hash_of(shop.length)
    digest = chained(prev, content)
    row = (shop.node, 1, last.seq + 1, last.at, last.kind, content, prev, digest, key.sign(digest))
    shop.run(NEW_ENTRY, *row)
    shop.mend_head()
    assert_bad(shop, shop.verify(anchor=old), old.seq, "the anchor remembers another entry")


def test_all_rewritten_with_the_same_key_in_another_epoch(shop, key):
    seq = shop.seq_of(Kind.BILL_PAID)
    shop.rewrite(key, change=lambda entry: change_of(seq)(entry)._replace(epoch=2))
    shop.run("UPDATE head SET epoch = 2")
    verdict = shop.verify()
    assert (verdict.result, verdict.bad.reason) == (
        Result.TAMPERED,
        "the entry that the anchor remembers is not there",
    )
    assert shop.verify(anchor=None).result is Result.UNANCHORED


# --- what the key signed, but no journal of ours would say --------------------------------------


def spaced(entry):
    return json.dumps(json.loads(canonical(entry)), ensure_ascii=False, sort_keys=True).encode()


def with_another_field(entry):
    fields = {**json.loads(canonical(entry)), "note": ""}
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def no_json(entry):
    return b"{" + canonical(entry)


def no_text(entry):
    return b"\xff\xfe" + canonical(entry)


def a_float(entry):
    return canonical(entry).replace(b'"epoch":1', b'"epoch":1.0')


def a_list(entry):
    return b"[" + canonical(entry) + b"]"


def another_entry(entry):
    return canonical(entry._replace(seq=entry.seq + 1))


@pytest.mark.parametrize(
    ("encode", "words"),
    [
        (spaced, "the bytes are not in canonical form"),
        (with_another_field, "the fields are not those of an entry"),
        (no_json, "its content can't be read"),
        (no_text, "its content can't be read"),
        (a_float, "its content can't be read"),
        (a_list, "the fields are not those of an entry"),
        (another_entry, "its columns are not what its content says"),
    ],
)
def test_a_signed_entry_of_another_form(shop, key, encode, words):
    first = shop.length - 2
    shop.rewrite(key, first, encode=encode)
    assert_bad(shop, shop.verify(anchor=None), first, words)


def test_content_that_is_nested_without_end(shop):
    content = b"[" * 200_000
    prev = shop.hash_of(shop.length - 1)
    shop.set(shop.length, content=content, hash=chained(prev, content))  # it takes no key
    verdict = shop.verify(anchor=None)
    assert (verdict.result, verdict.bad.seq) == (Result.TAMPERED, shop.length)


def add_foreign_chain(shop, node, bodies):
    """Entries of a node that this till has never heard of, whole and signed by its own key."""
    prev, template = FIRST_PREV, shop.entry(1)
    for seq, (kind, body) in enumerate(bodies, 1):
        entry = template._replace(node=node, seq=seq, kind=kind.value, body=body)
        content = canonical(entry)
        digest = chained(prev, content)
        row = (node, 1, seq, entry.at, kind.value, content, prev, digest, THIEFS_KEY.sign(digest))
        shop.run(NEW_ENTRY, *row)
        prev = digest


@pytest.mark.parametrize("rebuild", [False, True])
@pytest.mark.parametrize("node", ["00", "zz"], ids=["before our own", "behind our own"])
def test_entries_of_a_node_nobody_knows(shop, node, rebuild):
    opened = {"public_key": THIEFS_KEY.public.hex()}
    thief = {"code": "thief", "name": "Thief", "role": "owner"}
    shop.run("INSERT INTO operator VALUES ('thief', 'Thief', 'owner', 1)")
    at = shop.entry(1).at
    shop.run("INSERT INTO node VALUES (?, 1, ?, ?)", node, THIEFS_KEY.public, at)
    add_foreign_chain(shop, node, [(Kind.NODE_OPENED, opened), (Kind.OPERATOR_ADDED, thief)])
    verdict = shop.verify(rebuild=rebuild)
    assert verdict.result is Result.TAMPERED
    assert verdict.bad == Bad("it is of a node that this till does not know", node, 1, 1)


@pytest.mark.parametrize("body", [{}, {"public_key": "xyz"}, {"public_key": ""}], ids=repr)
def test_a_foreign_first_entry_without_a_key(shop, body):
    add_foreign_chain(shop, "00", [(Kind.NODE_OPENED, body)])
    assert shop.verify().result is Result.TAMPERED


# --- tables that are not what the journal says --------------------------------------------------


def changed_value(column, value):
    """Another value that the column may hold."""
    if isinstance(value, bytes):
        return bytes(len(value))
    if isinstance(value, int) or column.endswith(("_paise", "_at", "_milli")) or column == "plu":
        return 1 - value if column in ("packed", "active") else (value or 0) + 1
    return f"{value or ''}x"


def table_of(shop, table):
    names, name = columns(table), table._meta.table_name
    keys = [field.column_name for field in table._meta.get_primary_keys()]
    found = shop.run(f"SELECT {', '.join(names)} FROM {name} ORDER BY {', '.join(keys)}")
    return name, names, keys, found


def where(keys):
    return " AND ".join(f"{key} = ?" for key in keys)


def key_of(names, keys, row):
    return [row[names.index(key)] for key in keys]


def shown(values):
    return "/".join(str(value) for value in values)


TABLES = pytest.mark.parametrize("table", PROJECTED, ids=lambda table: table.__name__)


@TABLES
def test_a_row_changed(shop, table):
    """Every column that is no key, one after another."""
    name, names, keys, found = table_of(shop, table)
    row = found[len(found) // 2]
    key = key_of(names, keys, row)
    for column in (column for column in names if column not in keys):
        old = row[names.index(column)]
        update = f"UPDATE {name} SET {column} = ? WHERE {where(keys)}"
        with shop.rules_off():
            shop.run(update, changed_value(column, old), *key)
        verdict = shop.verify(rebuild=True)
        words = f"row {shown(key)} of {name}: {column} is not what the journal says"
        assert verdict.bad == Bad(words, table=name)
        assert (verdict.result, verdict.entries) == (Result.TAMPERED, shop.length)
        with shop.rules_off():
            shop.run(update, old, *key)
    assert shop.verify(rebuild=True).result is Result.GOOD


@TABLES
@pytest.mark.parametrize("which", [0, -1], ids=["first", "last"])
def test_a_row_removed(shop, table, which):
    name, names, keys, found = table_of(shop, table)
    key = key_of(names, keys, found[which])
    with shop.rules_off():
        shop.run(f"DELETE FROM {name} WHERE {where(keys)}", *key)
    verdict = shop.verify(rebuild=True)
    assert (verdict.result, verdict.bad.table) == (Result.TAMPERED, name)
    assert verdict.bad.reason == f"row {shown(key)} of {name} is missing"
    assert shop.verify().result is Result.GOOD  # it is the rebuilding that sees it


@TABLES
@pytest.mark.parametrize("place", ["before", "after"])
def test_a_row_added(shop, table, place):
    name, names, keys, found = table_of(shop, table)
    row = dict(zip(names, found[0 if place == "before" else -1], strict=True))
    for column in keys:
        if isinstance(row[column], int):
            row[column] += -1 if place == "before" else 1
        else:
            row[column] = "!" if place == "before" else "~"
    # What is no key and is there once all the same: a number, an open shift on a counter.
    if "number" in row:
        row["number"] = 9 if name == "z_report" else "9/2627/1"
    if name == "shift":
        row["closed_at"] = 1
    if name == "month_bill":
        row |= {"month": "1999-01", "serial": 99}
    if name == "milk_settlement":
        row["cycle"] = "1999-01/1"
    with shop.rules_off():
        marks = ", ".join("?" * len(names))
        shop.run(f"INSERT INTO {name} ({', '.join(names)}) VALUES ({marks})", *row.values())
    verdict = shop.verify(rebuild=True)
    assert (verdict.result, verdict.bad.table) == (Result.TAMPERED, name)
    assert verdict.bad.reason == f"row {shown(row[key] for key in keys)} of {name} is in no entry"
    assert shop.verify().result is Result.GOOD


def test_a_table_emptied(shop):
    with shop.rules_off():
        shop.run("DELETE FROM bill_copy")
    verdict = shop.verify(rebuild=True)
    assert (verdict.bad.table, verdict.result) == ("bill_copy", Result.TAMPERED)


def test_a_key_changed(shop):
    with shop.rules_off():
        shop.run("UPDATE counter SET code = 'Z' WHERE code = '1'")
    assert shop.verify(rebuild=True).bad.reason == "row 1 of counter is missing"


def test_an_entry_that_can_not_be_applied_is_named(shop, key):
    """Signed by the node's own key, and still no bill: it doesn't balance."""
    seq = shop.seq_of(Kind.BILL_PAID)
    shop.rewrite(key, seq, change=change_of(seq))
    verdict = shop.verify(rebuild=True, anchor=None)
    assert verdict.result is Result.TAMPERED
    assert "it can't be applied: " in verdict.bad.reason
    assert (verdict.bad.node, verdict.bad.seq) == (shop.node, seq)


@pytest.mark.parametrize("body", [{}, {"code": "x"}])
def test_an_entry_that_lacks_something_is_named(shop, key, body):
    seq = shop.seq_of(Kind.OPERATOR_ADDED)
    shop.rewrite(
        key, seq, change=lambda entry: entry._replace(body=body) if entry.seq == seq else entry
    )
    verdict = shop.verify(rebuild=True, anchor=None)
    assert (verdict.result, verdict.bad.seq) == (Result.TAMPERED, seq)


# --- the database's own rules -------------------------------------------------------------------


@pytest.fixture(scope="module")
def rules(lived):
    connection = apsw.Connection(str(lived.database), flags=apsw.SQLITE_OPEN_READONLY)
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    rules = dict(found.fetchall())
    connection.close()
    return rules


def assert_rule_named(shop, name, words):
    verdict = shop.verify(rebuild=True)
    assert (verdict.result, verdict.entries) == (Result.TAMPERED, shop.length)
    assert verdict.bad.table == name
    assert verdict.bad.reason == f"the database's own rule or table {name} is {words}"


def test_every_dropped_trigger_is_named(shop, rules):
    assert len(rules) > 15
    for name, sql in rules.items():
        shop.run(f"DROP TRIGGER {name}")
        assert_rule_named(shop, name, "missing")
        shop.run(sql)
    assert shop.verify(rebuild=True).result is Result.GOOD


def test_a_trigger_that_was_softened(shop, rules):
    shop.run("DROP TRIGGER bill_balances")
    softer = rules["bill_balances"].replace("RAISE(ABORT, ", "length(")
    shop.run(
        softer.replace("length('bill: lines, round-off, tenders and total do not balance')", "1")
    )
    assert_rule_named(shop, "bill_balances", "not as this version made it")


def test_a_trigger_of_someone_else(shop):
    shop.run("CREATE TRIGGER mine AFTER INSERT ON bill BEGIN DELETE FROM draft; END")
    assert_rule_named(shop, "mine", "not as this version made it")


def test_a_table_of_someone_else(shop):
    shop.run("CREATE TABLE mine (x)")
    assert_rule_named(shop, "mine", "not as this version made it")


def test_a_dropped_index(shop):
    shop.run("DROP INDEX draft_open")
    assert_rule_named(shop, "draft_open", "missing")


def test_a_table_without_its_checks(shop):
    shop.run("DROP TABLE draft_tender")
    shop.run("CREATE TABLE draft_tender (draft TEXT, no INTEGER, PRIMARY KEY (draft, no))")
    assert_rule_named(shop, "draft_tender", "not as this version made it")


# --- what can't be verified ---------------------------------------------------------------------


@pytest.mark.parametrize("rebuild", [False, True])
def test_without_an_anchor_good_is_not_said(shop, rebuild):
    shop.home.anchor.unlink()
    verdict = verify_home(shop.home, rebuild=rebuild)
    assert (verdict.result, verdict.entries, verdict.bad) == (Result.UNANCHORED, shop.length, None)
    assert verdict.head == shop.hash_of(shop.length).hex()
    shop.home.anchor.write_bytes(b"rubbish")
    assert verify_home(shop.home).result is Result.UNANCHORED


def test_an_anchor_of_another_till(shop):
    anchor = read_anchor(shop.home.anchor)
    epoch, seq, digest = anchor.epoch, anchor.seq, anchor.hash
    assert shop.verify(anchor=Anchored(epoch, seq, bytes(32))).result is Result.TAMPERED
    assert shop.verify(anchor=Anchored(epoch, seq + 1, digest)).result is Result.CUT
    assert shop.verify(anchor=Anchored(2, seq, digest)).result is Result.CUT


@pytest.mark.parametrize("key", [THIEFS_KEY.public, b"", b"short", bytes(32)], ids=repr)
def test_with_another_public_key(shop, key):
    assert_bad(shop, shop.verify(public_key=key), 1, "signature is not by this node's key")


def missing(path):
    path.unlink()


def garbage(path):
    path.write_bytes(b"no database" * 1000)


def empty(path):
    path.write_bytes(b"")


def cut_short(path):
    path.write_bytes(path.read_bytes()[:5000])


def without_header(path):
    content = path.read_bytes()
    path.write_bytes(bytes(100) + content[100:])


def of_another_program(path):
    path.unlink()
    connection = apsw.Connection(str(path))
    connection.execute("CREATE TABLE entry (node); INSERT INTO entry VALUES ('x')")
    connection.close()


def a_folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("rebuild", [False, True])
@pytest.mark.parametrize(
    "spoil",
    [missing, garbage, empty, cut_short, without_header, of_another_program, a_folder],
    ids=lambda spoil: spoil.__name__,
)
def test_what_can_not_be_read(shop, spoil, rebuild):
    shop.connection.close()
    spoil(shop.home.database)
    verdict = verify_home(shop.home, rebuild=rebuild)
    assert verdict.result is Result.UNREADABLE
    assert verdict.bad.reason.startswith("the database can't be read: ")
    assert shop.home.database.exists() == (spoil is not missing)  # nothing is made in its place


@pytest.mark.parametrize("identity", [None, b"", b"one", b"one two three", b"one xyz", b"\xff\xfe"])
def test_without_the_nodes_identity(shop, identity):
    shop.home.node_identity.unlink()
    if identity is not None:
        shop.home.node_identity.write_bytes(identity)
    verdict = verify_home(shop.home)
    assert (verdict.result, verdict.entries) == (Result.UNREADABLE, 0)
    assert str(shop.home.node_identity) in verdict.bad.reason


def test_verifying_needs_no_private_key(shop):
    shop.home.node_key.unlink()
    shop.home.pepper.unlink()
    assert verify_home(shop.home, rebuild=True).result is Result.GOOD


@pytest.mark.parametrize("said", [b'"kind":"bill.paid"', b'"name":"Cow milk"', b'"prev', b'"at":'])
def test_bit_rot(shop, said):
    """Wherever a bit of the journal turns, it is never said to be good."""
    shop.connection.close()
    content = shop.home.database.read_bytes()
    spoilt = content.replace(said, said[:3] + bytes([said[3] ^ 0x04]) + said[4:])
    assert (spoilt == content) == (said == b'"prev')  # which no entry says: a test of the test
    shop.home.database.write_bytes(spoilt)
    verdict = verify_home(shop.home)
    assert (verdict.result is Result.GOOD) == (spoilt == content)
