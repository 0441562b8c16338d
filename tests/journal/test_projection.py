"""What the entries add up to, and nothing else: a replayed journal gives the same tables."""

import pytest

from milkpos_tui.journal.entry import parse
from milkpos_tui.journal.khata_projection import _APPLY as _APPLY_KHATA
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.projection import _APPLY, _only_told, apply
from milkpos_tui.journal.round_projection import _APPLY as _APPLY_ROUND
from milkpos_tui.journal.shift_projection import _APPLY as _APPLY_SHIFT
from schema.all_tables import PROJECTED
from schema.connection import open_database
from tests.support.days import live_a_day, sell
from tests.support.tills import CURD, GHEE, MILK, OWNER, FakeClock, make_home, open_sample_till


def entries(connection):
    rows = connection.execute("SELECT content FROM entry ORDER BY node, epoch, seq")
    return [parse(content) for (content,) in rows.fetchall()]


def projected(connection):
    return {
        table._meta.table_name: set(connection.execute(f"SELECT * FROM {table._meta.table_name}"))
        for table in PROJECTED
    }


def found_by(connection, *words):
    sql = "SELECT rowid FROM product_words WHERE product_words MATCH ? ORDER BY rowid"
    return {word: connection.execute(sql, [f'"{word}"*']).fetchall() for word in words}


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """The database after a day. No test changes it."""
    home, clock = make_home(tmp_path_factory.mktemp("day")), FakeClock()
    with open_sample_till(home, clock) as till:
        live_a_day(till, clock)
        yield till._db.connection()


@pytest.fixture
def empty(tmp_path):
    db = open_database(tmp_path / "empty.db", create=True)
    yield db
    db.close()


def replay(db, told):
    for entry in told:
        with db.atomic("IMMEDIATE"):
            apply(db.connection(), entry)


# --- every kind ---------------------------------------------------------------------------------


def test_every_kind_is_applied():
    applied = [*_APPLY, *_APPLY_SHIFT, *_APPLY_KHATA, *_APPLY_ROUND]
    assert set(applied) == set(Kind)
    assert len(applied) == len(Kind), "a kind is applied in one place"


def test_every_kind_that_writes_a_table_is_in_the_day_below(day):
    happened = {entry.kind for entry in entries(day)}
    writing = {kind for kind in Kind if _APPLY.get(kind) is not _only_told}
    assert writing <= happened


@pytest.mark.parametrize("kind", [kind for kind, told in _APPLY.items() if told is _only_told])
def test_what_is_only_told_writes_nothing(day, kind):
    before = projected(day)
    apply(day, entries(day)[0]._replace(kind=kind.value, body={}))
    assert projected(day) == before


def test_an_unknown_kind(day):
    with pytest.raises(ValueError, match=r"bill\.burnt"):
        apply(day, entries(day)[0]._replace(kind="bill.burnt"))


def test_a_body_that_lacks_a_name(day):
    with pytest.raises(KeyError, match="public_key"):
        apply(day, entries(day)[0]._replace(body={}))


# --- the journal replayed -----------------------------------------------------------------------


def test_a_replayed_journal_gives_the_same_tables(day, empty):
    replay(empty, entries(day))
    there, again = projected(day), projected(empty.connection())
    for table, rows in there.items():
        assert rows, f"nothing in {table}: the day is too quiet to prove anything"
        assert again[table] == rows


def test_a_replayed_journal_finds_the_same_words(day, empty):
    replay(empty, entries(day))
    words = ("gh", "milk", "buff", "curd", "peda", "sweet")
    found = found_by(day, *words)
    assert found == found_by(empty.connection(), *words)
    assert found["buff"] == [(13,)]
    assert found["curd"] == []  # retired
    assert found["milk"] == [(12,), (13,), (70,)]


def test_a_table_says_what_its_entry_said_and_not_what_is_so_today(day, empty):
    # Names, prices and rates of a bill are the day's own: with all products changed since, the
    # same entries give the same bills.
    told = entries(day)
    for entry in told:
        with empty.atomic("IMMEDIATE"):
            apply(empty.connection(), entry)
            empty.connection().execute("UPDATE product SET name = 'Other', price_paise = 1")
    for table in ("bill", "bill_line", "bill_tender"):
        assert projected(empty.connection())[table] == projected(day)[table]


def test_a_part_of_the_journal_gives_the_tables_of_that_moment(till, clock, empty):
    connection = till._db.connection()
    sell(till, "1", OWNER, "3*12", "+")
    then, length = projected(connection), len(entries(connection))
    live_a_day(till, clock)
    replay(empty, entries(connection)[:length])
    assert projected(empty.connection()) == then


def test_the_same_bill_twice_is_refused(day, empty):
    told = entries(day)
    replay(empty, told)
    before = projected(empty.connection())
    paid = next(entry for entry in told if entry.kind == Kind.BILL_PAID)
    with pytest.raises(Exception, match="series: numbers are given one after another"):
        replay(empty, [paid])
    assert projected(empty.connection()) == before


# --- products -----------------------------------------------------------------------------------


def test_a_changed_product_loses_its_old_barcodes_and_words(day):
    barcodes = day.execute("SELECT code FROM barcode WHERE plu = ? ORDER BY code", [GHEE.plu])
    assert barcodes.fetchall() == [("123",), ("456",)]
    assert found_by(day, "ghee") == {"ghee": [(GHEE.plu,)]}


def test_a_retired_product_stays_for_its_bills(day):
    assert day.execute("SELECT active FROM product WHERE plu = ?", [CURD.plu]).fetchall() == [(0,)]


def test_a_product_with_another_name_is_found_by_that_alone(till):
    till.catalogue.change(GHEE._replace(name="Butter oil", category="fat"), OWNER)
    connection = till._db.connection()
    assert found_by(connection, "ghee", "butter", "fat") == {
        "ghee": [],
        "butter": [(GHEE.plu,)],
        "fat": [(GHEE.plu,)],
    }


def test_a_file_can_take_a_product_off_sale_and_put_it_back(till):
    connection = till._db.connection()
    till.catalogue.take_in([GHEE._replace(active=False)], "ab" * 32, OWNER)
    assert found_by(connection, "ghee") == {"ghee": []}
    till.catalogue.take_in([GHEE], "cd" * 32, OWNER)
    assert found_by(connection, "ghee") == {"ghee": [(GHEE.plu,)]}


def test_a_barcode_changes_hands_within_a_file(till):
    code = GHEE.barcodes[0]
    file = [MILK._replace(barcodes=(code,)), GHEE._replace(barcodes=())]
    till.catalogue.take_in(file, "ab" * 32, OWNER)
    assert till.catalogue.by_code(code).plu == MILK.plu
    till.catalogue.take_in([MILK, GHEE], "cd" * 32, OWNER)
    assert till.catalogue.by_code(code).plu == GHEE.plu
