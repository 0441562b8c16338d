"""Who writes what: the tables that entries add up to are written by the journal alone."""

import ast
import re
import traceback

import apsw
import pytest

from schema import khata_tables, round_tables, shift_tables
from schema.all_tables import KEPT, PROJECTED
from schema.connection import TillDatabase
from tests.support.days import live_a_day
from tests.support.sources import ROOT, imports, sources, told
from tests.support.tills import FakeClock, make_home, open_sample_till

PROJECTION = "milkpos_tui/journal/projection.py"
SHIFT_PROJECTION = "milkpos_tui/journal/shift_projection.py"
KHATA_PROJECTION = "milkpos_tui/journal/khata_projection.py"
ROUND_PROJECTION = "milkpos_tui/journal/round_projection.py"
CUSTOMERS = "milkpos_tui/services/customers.py"


def projection_of(table):
    """Of shifts, khata and rounds apart: a sale loads no model that it does not need."""
    apart = {
        shift_tables.__name__: SHIFT_PROJECTION,
        khata_tables.__name__: KHATA_PROJECTION,
        round_tables.__name__: ROUND_PROJECTION,
    }
    return apart.get(table.__module__, PROJECTION)


# Where a table may be written; what is not here is nobody's.
WRITERS = {
    "product_words": PROJECTION,
    **{table._meta.table_name: projection_of(table) for table in PROJECTED},
    "entry": "milkpos_tui/journal/journal.py",
    "head": "milkpos_tui/journal/journal.py",
    "draft": "milkpos_tui/services/drafts.py",
    "draft_line": "milkpos_tui/services/drafts.py",
    "draft_tender": "milkpos_tui/services/drafts.py",
    "credential": "milkpos_tui/services/people.py",
    "customer_card": CUSTOMERS,
    "customer_words": CUSTOMERS,
    "finger": "milkpos_tui/services/fingers.py",
    "device": "milkpos_tui/services/devices.py",
    "message": "milkpos_tui/services/messages.py",
    "print_job": "milkpos_tui/services/printing.py",
    "customer_view": "milkpos_tui/services/displays.py",
}
MODULES = (
    "schema.tables",
    "schema.device_tables",
    "schema.shift_tables",
    "schema.khata_tables",
    "schema.finger_tables",
    "schema.message_tables",
    "schema.round_tables",
    "schema.all_tables",
)
MODELS = {table.__name__: table._meta.table_name for table in (*PROJECTED, *KEPT)}

STATEMENT = re.compile(
    r"\b(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)"
    r"\s+[\"'`\[]?(\w+|\{\})",
    re.IGNORECASE,
)
# Peewee's ways to write, on a model ...
ON_A_MODEL = {
    "insert",
    "insert_many",
    "insert_from",
    "replace",
    "replace_many",
    "update",
    "delete",
    "create",
    "get_or_create",
    "bulk_create",
    "bulk_update",
    "set_by_id",
    "delete_by_id",
    "truncate_table",
    "drop_table",
}
# ... and on a row, where it can't be seen of which table it is.
ON_A_ROW = {"delete_instance", "bulk_create", "bulk_update"}
UNKNOWN = "a table that can't be told"


def test_every_table_has_a_writer():
    assert WRITERS.keys() == {*MODELS.values(), "product_words", "customer_words"}


# --- as it is written ---------------------------------------------------------------------------


def writes(tree):
    """Where source writes a table, and which."""
    models = models_by_name(tree)
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if id(node) in docstrings:
            continue
        for name in STATEMENT.findall(text_of(node)):
            if name == "{}":
                yield node, UNKNOWN
            elif name.lower() in WRITERS:
                yield node, name.lower()
        if isinstance(node, ast.Call):
            yield from ((node, table) for table in written_by_call(node, models))


def models_by_name(tree):
    """The tables by the names they have in a module: imported, or as attributes of theirs."""
    names = {
        f"{module.removeprefix('schema.')}.{model}": table
        for module in MODULES
        for model, table in MODELS.items()
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in MODULES:
            for alias in node.names:
                names[alias.asname or alias.name] = MODELS.get(alias.name, UNKNOWN)
    return names


def text_of(node):
    """The text of a literal, with {} for what an f-string puts in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    return ""


def written_by_call(node, models):
    function = ast.unparse(node.func)
    receiver, _, method = function.rpartition(".")
    if method == "insert_sql" and node.args:
        yield models.get(ast.unparse(node.args[0]), UNKNOWN)
    elif method in ON_A_MODEL and receiver in models:
        yield models[receiver]
    elif method in ON_A_ROW or (method == "save" and not node.args):
        yield UNKNOWN


@pytest.mark.parametrize(
    ("source", "table"),
    [
        ('connection.execute("DELETE FROM bill")', "bill"),
        ('SQL = """\n  update or ignore bill_line\n  SET qty_milli = 1"""', "bill_line"),
        ('SQL = "INSERT OR REPLACE INTO " "series VALUES (?)"', "series"),
        ("SQL = f'REPLACE INTO product ({names})'", "product"),
        ('SQL = "WITH x AS (SELECT 1) INSERT INTO entry SELECT * FROM x"', "entry"),
        ("SQL = f'UPDATE {table} SET x = 1'", UNKNOWN),
        ("from schema.tables import Bill as B\nB.insert(id=1).execute(db)", "bill"),
        ("from schema.tables import Counter\nCounter.update(name='')", "counter"),
        ("from schema import tables\ntables.BillCopy.delete().execute(db)", "bill_copy"),
        ("from schema.tables import Head\nSQL = insert_sql(Head, upsert='node')", "head"),
        ("from schema import shift_tables\nSQL = insert_sql(shift_tables.ZReport)", "z_report"),
        ("from schema.shift_tables import Shift as S\nS.update(name='')", "shift"),
        ("from schema import khata_tables\nSQL = insert_sql(khata_tables.Posting)", "posting"),
        ("from schema.all_tables import Setting\nSetting.delete().execute(db)", "setting"),
        ("SQL = sql.insert_sql(some_table)", UNKNOWN),
        ("bill.save()", UNKNOWN),
        ("bill.delete_instance()", UNKNOWN),
    ],
)
def test_a_write_is_seen(source, table):
    assert {seen for _node, seen in writes(ast.parse(source))} == {table}


@pytest.mark.parametrize(
    "source",
    [
        '"""Update bill lines: a docstring that says so."""',
        'SQL = "SELECT * FROM bill"',
        "from schema.tables import Bill\nBill.select().where(Bill.number == 1)",
        "self._drafts.save(connection, draft, cart)",
        "body.update(bill)",
    ],
)
def test_what_is_no_write_is_not(source):
    assert list(writes(ast.parse(source))) == []


def test_each_table_is_written_in_one_place():
    wrong = [
        f"{told(path, node)} writes {table}"
        for path in sources()
        if path.relative_to(ROOT).parts[0] != "schema"  # makes the tables, and the SQL for them
        for node, table in writes(ast.parse(path.read_text()))
        if WRITERS.get(table) != path.relative_to(ROOT).as_posix()
    ]
    assert wrong == []


# --- as it happens ------------------------------------------------------------------------------


def test_each_table_is_written_from_one_place(tmp_path, monkeypatch):
    """The same, seen by SQLite while a till is founded and lives a day."""
    seen = {}

    def note(operation, table, _column, _database, _trigger):
        if operation in (apsw.SQLITE_INSERT, apsw.SQLITE_UPDATE, apsw.SQLITE_DELETE):
            files = [frame.filename for frame in traceback.extract_stack(limit=12)]
            seen.setdefault(table, []).append(files)
        return apsw.SQLITE_OK

    hooks = TillDatabase._add_conn_hooks

    def watched(self, connection):
        hooks(self, connection)
        connection.authorizer = note

    monkeypatch.setattr(TillDatabase, "_add_conn_hooks", watched)
    clock = FakeClock()
    with open_sample_till(make_home(tmp_path), clock) as till:
        live_a_day(till, clock)
    for table, writer in WRITERS.items():
        assert seen.get(table), f"{table} was not written: the day is too quiet"
        for files in seen[table]:
            assert str(ROOT / writer) in files, f"{table} was written from {files[-2:]}"


# --- what nobody writes -------------------------------------------------------------------------


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_other_sqlite_in_the_process(path):
    # Two SQLite libraries on one file drop each other's locks: it destroyed a database header.
    for node, name in imports(ast.parse(path.read_text())):
        assert name.split(".")[0] not in ("sqlite3", "_sqlite3", "pysqlite3"), told(path, node)


EXACT = ("milkpos_tui/domain", "milkpos_tui/journal", "milkpos_tui/services", "schema")


@pytest.mark.parametrize(
    "path", sources(*EXACT), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_money_and_quantities_are_whole_numbers(path):
    for node in ast.walk(ast.parse(path.read_text())):
        inexact = (
            (isinstance(node, ast.Name) and node.id in ("float", "Decimal", "round"))
            or (isinstance(node, ast.Attribute) and node.attr in ("Decimal", "DecimalField"))
            or (isinstance(node, ast.Constant) and isinstance(node.value, float))
        )
        assert not inexact, f"{told(path, node)}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", sources("milkpos_tui/domain"), ids=lambda path: path.stem)
def test_the_domain_divides_whole_numbers(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.BinOp | ast.AugAssign):
            assert not isinstance(node.op, ast.Div), f"{told(path, node)}: {ast.unparse(node)}"
