"""A till of before there were devices, opened by this version: nobody weighed what it sold."""

import pytest

from milkpos_tui.domain.cart import Measured, TenderKind, Weight
from milkpos_tui.domain.devices import Device, Role
from milkpos_tui.domain.devices import Kind as DeviceKind
from milkpos_tui.journal.clock import uuid7
from milkpos_tui.journal.entry import parse
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.checkout import Scale
from milkpos_tui.till import open_till
from schema import connection as opening
from tests.schema.test_migrating import (
    OPEN_DRAFT,
    assert_rebuilt,
    before,
    bills,
    cut_migration,
    queried,
    version,
)
from tests.support.days import sell
from tests.support.tills import (
    CURD,
    DAY_MS,
    MILK,
    MONDAY,
    MONDAY_7_AM,
    OWNER,
    FakeClock,
    close_shift,
    make_home,
    open_shift,
)

BEFORE_DEVICES = 3
OPEN_LINE = (
    "INSERT INTO draft_line (draft, id, plu, qty_milli, rate_paise, worth_paise, discount_paise,"
    " discount_bp, keyed_at) VALUES (?, 1, 31, 250, 9000, NULL, 0, 0, 1)"
)


def as_it_was(line):
    """A line of an entry, which said nothing of weighing then."""
    return {name: said for name, said in line.items() if name not in ("measured", "tare_milli")}


@pytest.fixture
def sold(till):
    """What bills and a return of goods by weight say in the journal."""
    first = sell(till, "1", OWNER, "3*12", ".25*31", "+")
    sell(till, "1", OWNER, "/50*31", "+upi")
    till.billing.take_back(first.number, {2: 100}, "sour", TenderKind.CASH, "1", OWNER)
    found = till._db.connection().execute(
        "SELECT content FROM entry WHERE kind LIKE 'bill.%' ORDER BY seq"
    )
    return [parse(content) for (content,) in found.fetchall()]


@pytest.fixture
def old_home(tmp_path, sold):
    """A home of the version before, which sold the same in a shift; a bill is open."""
    (tmp_path / "migrations").mkdir()
    clock = FakeClock(MONDAY_7_AM - DAY_MS, boot="boot-0")
    with before(BEFORE_DEVICES, tmp_path / "migrations"):
        home = make_home(tmp_path / "old", clock=clock)
        with open_till(home, clock) as till:
            for item in (MILK, CURD):
                till.catalogue.add(item, OWNER)
            shift = open_shift(till, day=MONDAY)
            for entry in sold:
                lines = [as_it_was(line) for line in entry.body["lines"]]
                body = {**entry.body, "shift": shift.id, "lines": lines}
                with till.journal.transaction():
                    till.journal.append(Kind(entry.kind), entry.object, body, OWNER)
            with till.journal.transaction() as connection:
                draft = uuid7(clock.now())
                connection.execute(OPEN_DRAFT, (draft,))
                connection.execute(OPEN_LINE, (draft,))
    assert version(home) == BEFORE_DEVICES
    return home


def marks(home):
    return queried(home, "SELECT DISTINCT measured, tare_milli FROM bill_line")


def test_its_bills_say_that_nobody_weighed_and_its_journal_still_rebuilds(old_home, clock):
    was = bills(old_home)
    assert len(was) == 3
    with open_till(old_home, clock) as till:
        lines = till.bills.by_number("1/2627/1").document.lines
        assert [(line.measured, line.tare_milli) for line in lines] == [(Measured.NOBODY, 0)] * 2
        assert till.devices.all() == ()
        assert till.printing.open_jobs("1") == ()
    assert version(old_home) == opening.SCHEMA_VERSION
    assert (bills(old_home), marks(old_home)) == (was, [("", 0)])
    assert_rebuilt(old_home)


def test_the_open_bill_goes_on_and_what_is_weighed_now_is_marked(old_home, clock):
    with open_till(old_home, clock) as till:
        checkout = till.checkout("1", OWNER)
        (line,) = checkout.draft.cart.lines
        assert (line.qty_milli, line.measured, line.tare_milli) == (250, Measured.NOBODY, 0)
        checkout.weigh("31", chosen=None, serial=1, scale=Scale(Weight(412, 120)))
        bill = checkout.key_in("+").paid
        assert [line.measured for line in bill.document.lines] == ["", "scale"]
        assert till.bills.by_number(bill.number).document == bill.document
        note = till.billing.take_back("1/2627/1", {2: 50}, "sour", TenderKind.CASH, "1", OWNER)
        assert note.document.lines[0].measured is Measured.NOBODY
        close_shift(till)
    assert_rebuilt(old_home)


def test_it_prints_from_now_on(old_home, clock):
    with open_till(old_home, clock) as till:
        till.devices.add(
            Device("printer", Role.PRINTER, "1", DeviceKind.USB, "/dev/usb/lp0"), OWNER
        )
        bill = sell(till, "1", OWNER, "12", "+")
        assert [job.about for job in till.printing.open_jobs("1")] == [bill.id]


@pytest.mark.parametrize("statements", [0, 3, None], ids=str)
def test_a_cut_migration_leaves_the_version_before(old_home, clock, statements):
    was = bills(old_home)
    cut_migration(old_home, clock, statements)
    assert version(old_home) == BEFORE_DEVICES
    with open_till(old_home, clock):
        pass
    assert (bills(old_home), marks(old_home)) == (was, [("", 0)])
    assert_rebuilt(old_home)
