"""The models say the same as the SQL that makes the tables."""

import pytest

from schema.all_tables import KEPT, PROJECTED
from schema.connection import open_database
from schema.sql import columns, insert_sql
from schema.tables import Head, Product, Shop

TYPES = {"TEXT": "TEXT", "INT": "INTEGER", "BLOB": "BLOB"}
TABLES = [*PROJECTED, *KEPT]
NOT_OURS = (
    "sqlite_",
    "product_words",
    "customer_words",
    "schema_migration",
)  # SQLite's, the index's, Peewee's


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    db = open_database(tmp_path_factory.mktemp("schema") / "till.db", create=True)
    yield db.connection()
    db.close()


def own_tables(connection):
    """Name, WITHOUT ROWID and STRICT of the tables that are ours."""
    listed = connection.execute("SELECT name, wr, strict FROM pragma_table_list WHERE type='table'")
    return {name: (wr, strict) for name, wr, strict in listed if not name.startswith(NOT_OURS)}


def by_name(table):
    return table.__name__


@pytest.mark.parametrize("table", TABLES, ids=by_name)
def test_a_model_has_the_columns_of_its_table(connection, table):
    there = connection.execute(
        'SELECT name, type, "notnull" FROM pragma_table_info(?)', [table._meta.table_name]
    ).fetchall()
    told = [
        (field.column_name, TYPES[field.field_type], int(not field.null))
        for field in table._meta.sorted_fields
    ]
    if table in (Shop, Product):  # SQLite's own name for a row is never null, and not said to be so
        name, kind, _ = there[0]
        there[0] = (name, kind, 1)
    assert there == told


@pytest.mark.parametrize("table", TABLES, ids=by_name)
def test_a_model_has_the_key_of_its_table(connection, table):
    keys = connection.execute(
        "SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk", [table._meta.table_name]
    ).fetchall()
    told = [field.column_name for field in table._meta.get_primary_keys()]
    assert [name for (name,) in keys] == told


@pytest.mark.parametrize("table", TABLES, ids=by_name)
def test_a_model_says_how_its_table_is_stored(connection, table):
    without_rowid, strict = own_tables(connection)[table._meta.table_name]
    assert bool(without_rowid) == bool(table._meta.without_rowid)
    assert strict
    assert table._meta.strict_tables


def test_every_table_is_either_projected_or_kept(connection):
    # One that is neither would be in no backup, no rebuild and no check.
    told = [table._meta.table_name for table in TABLES]
    assert sorted(told) == sorted(own_tables(connection))


@pytest.mark.parametrize("table", TABLES, ids=by_name)
def test_a_whole_row_can_be_inserted(connection, table):
    for sql in (insert_sql(table), insert_sql(table, replace=True)):
        connection.execute(f"EXPLAIN {sql}", [None] * len(columns(table)))


def test_the_sql_of_an_insert():
    assert insert_sql(Head) == "INSERT INTO head (node, epoch, seq, hash) VALUES (?, ?, ?, ?)"
    assert insert_sql(Head, replace=True).startswith("INSERT OR REPLACE INTO head (node, ")
    assert insert_sql(Head, upsert="node").endswith(
        " ON CONFLICT (node) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq,"
        " hash = excluded.hash"
    )
