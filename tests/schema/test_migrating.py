"""A till of before there were shifts, opened by this version: its books stay as they are."""

import shutil
from contextlib import contextmanager

import apsw
import pytest
from playhouse import migrations

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import NeedsApproval
from milkpos_tui.journal import projection
from milkpos_tui.journal.clock import uuid7
from milkpos_tui.journal.entry import parse
from milkpos_tui.journal.journal import Actor
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till, verify_home
from schema import connection as opening
from schema.sql import columns
from schema.tables import BillLine
from tests.support.days import sell
from tests.support.tills import (
    DAY_MS,
    MILK,
    MONDAY_7_AM,
    OWNER,
    FakeClock,
    close_shift,
    make_home,
    open_shift,
)

BEFORE_SHIFTS = 2
BEFORE_REFUSALS = 9
MESSAGE_BEFORE = (
    "INSERT INTO message"
    " (customer, month, channel, state, operator, queued_at, next_at, tries, why)"
    " VALUES ('c', '2026-10', 'sms', 'queued', 'asha', 1, 1, 4, 'the service refused it')"
)
CARA = Operator("cara", "Cara", "cashier")
OPEN_DRAFT = "INSERT INTO draft VALUES (?, '1', 'asha', 'open', 1, 0, 0, 1, NULL)"
OPEN_LINE = (
    "INSERT INTO draft_line (draft, id, plu, qty_milli, rate_paise, worth_paise, discount_paise,"
    " discount_bp) VALUES (?, 1, 12, 2000, 6200, NULL, 0, 0)"
)
# Nobody said then who weighed: the last two values are what they are where nobody does.
_NAMES = [name for name in columns(BillLine) if name not in ("measured", "tare_milli")]
BILL_LINE_BEFORE = (
    f"INSERT INTO bill_line ({', '.join(_NAMES)}) "
    f"SELECT {', '.join(f'?{number}' for number in range(1, len(_NAMES) + 1))} "
    f"WHERE ?{len(_NAMES) + 1} = '' AND ?{len(_NAMES) + 2} = 0"
)


class PowerCut(Exception):
    """What stops a migration half-way."""


@contextmanager
def before(version, folder):
    """As if this were an earlier version: it knows no later migration."""
    for path in sorted(opening.Path(opening.__file__).with_name("migrations").glob("[0-9]*.py")):
        if int(path.name[:4]) <= version:
            shutil.copy(path, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "SCHEMA_VERSION", version)
        patch.setattr(opening, "migrate", lambda db: migrations.run(db, str(folder)))
        patch.setattr(projection, "_BILL_LINE", BILL_LINE_BEFORE)
        yield


@pytest.fixture
def sold(till):
    """What two bills and a return say in the journal."""
    first = sell(till, "1", OWNER, "3*12", "+")
    sell(till, "1", OWNER, "110", "12", "+upi")
    till.billing.take_back(first.number, {1: 1000}, "sour", TenderKind.CASH, "1", OWNER)
    connection = till._db.connection()
    rows = connection.execute("SELECT content FROM entry WHERE kind LIKE 'bill.%' ORDER BY seq")
    return [parse(content) for (content,) in rows.fetchall()]


@pytest.fixture
def old_home(tmp_path, sold):
    """A home of the version before, which sold the same without a shift; a bill is open."""
    migrations_before = tmp_path / "migrations"
    migrations_before.mkdir()
    clock = FakeClock(MONDAY_7_AM - DAY_MS, boot="boot-0")
    with before(BEFORE_SHIFTS, migrations_before):
        home = make_home(tmp_path / "old", clock=clock)
        with open_till(home, clock) as till:
            till.people.add(CARA, "135790", OWNER)
            till.catalogue.add(MILK, OWNER)
            for entry in sold:
                with till.journal.transaction():
                    body = {**entry.body, "shift": None}
                    till.journal.append(Kind(entry.kind), entry.object, body, OWNER)
            with till.journal.transaction() as connection:
                draft = uuid7(clock.now())
                connection.execute(OPEN_DRAFT, (draft,))
                connection.execute(OPEN_LINE, (draft,))
    assert version(home) == BEFORE_SHIFTS
    return home


def queried(home, sql):
    """What a question to a home's database gives, past everything of ours."""
    connection = apsw.Connection(str(home.database))
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def version(home):
    return queried(home, "PRAGMA user_version")[0][0]


def bills(home):
    return queried(home, "SELECT * FROM bill ORDER BY seq")


def assert_rebuilt(home):
    verdict = verify_home(home, rebuild=True)
    assert (verdict.result, verdict.bad) == (Result.GOOD, None)


def cut_migration(home, clock, statements):
    """Open a home, and lose power after so many statements of its migration; None: at its end."""
    passed = []

    def trace(_cursor, sql, _bindings):
        if len(passed) == statements or (statements is None and sql.upper().startswith("COMMIT")):
            raise PowerCut
        passed.append(sql)
        return True

    migrate = opening.migrate

    def migrate_and_cut(db):
        db.connection().exec_trace = trace
        migrate(db)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "migrate", migrate_and_cut)
        with pytest.raises(PowerCut), open_till(home, clock):
            pass


def test_its_bills_stay_and_its_journal_still_rebuilds(old_home, sold, clock):
    before = bills(old_home)
    assert len(before) == 3
    with open_till(old_home, clock) as till:
        assert version(old_home) == opening.SCHEMA_VERSION
        first = till.bills.by_number("1/2627/1")
        assert (first.shift, first.document.total_paise, first.state) == (
            None,
            18600,
            "part_returned",
        )
        assert till.custody.open_on("1") is None
    assert bills(old_home) == before
    assert_rebuilt(old_home)


def test_it_needs_a_shift_to_sell_from_now_on(old_home, clock):
    with open_till(old_home, clock) as till:
        checkout = till.checkout("1", OWNER)
        for key in ("12", "+"):
            with pytest.raises(Refused) as refused:
                checkout.key_in(key)
            assert refused.value.code == "no-shift"
        open_shift(till)
        assert checkout.key_in("+").paid.number == "1/2627/3"
        note = till.billing.take_back("1/2627/1", {1: 500}, "sour", TenderKind.CASH, "1", OWNER)
        assert note.shift == till.custody.needed("1").id
        z = close_shift(till)
    # The bills of before are no shift's, and in no Z.
    assert (z.closed.number, z.takings.bills, z.takings.returns) == (1, 1, 1)
    assert z.closed.perpetual_sold_paise == 12400
    assert_rebuilt(old_home)


def test_a_line_that_was_open_was_keyed_long_ago(old_home, clock):
    with open_till(old_home, clock) as till:
        open_shift(till)
        checkout = till.checkout("1", Actor(CARA.code))
        (line,) = checkout.draft.cart.lines
        assert (line.qty_milli, line.keyed_at) == (2000, 0)
        with pytest.raises(NeedsApproval):
            checkout.key_in("-")
        assert checkout.key_in("+").paid is not None


def test_no_bill_without_a_shift_after_the_first_one(old_home, sold, clock):
    with open_till(old_home, clock) as till:
        open_shift(till)
        body = {**sold[0].body, "shift": None, "number": "1/2627/3"}
        with (
            pytest.raises(apsw.ConstraintError, match="not of the open shift"),
            till.journal.transaction(),
        ):
            till.journal.append(Kind.BILL_PAID, "another", body, OWNER)


@pytest.mark.parametrize("statements", [0, 5, 15, None], ids=str)
def test_a_cut_migration_leaves_the_version_before(old_home, clock, statements):
    before = bills(old_home)
    cut_migration(old_home, clock, statements)
    assert version(old_home) == BEFORE_SHIFTS
    with open_till(old_home, clock) as till:
        assert till.custody.open_on("1") is None
    assert bills(old_home) == before
    assert_rebuilt(old_home)


def test_a_message_of_before_was_refused_by_nobody(tmp_path, clock):
    """Refusals were not counted apart from tries: none of them is held against it."""
    (tmp_path / "migrations").mkdir()
    with before(BEFORE_REFUSALS, tmp_path / "migrations"):
        home = make_home(tmp_path / "old", clock=clock)
        with open_till(home, clock) as till:
            till._db.connection().execute(MESSAGE_BEFORE)
    with open_till(home, clock) as till:
        message = till.messages.message(1)
    assert (message.tries, message.refusals) == (4, 0)
    assert_rebuilt(home)
