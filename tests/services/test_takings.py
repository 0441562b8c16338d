"""X and Z reports: what should be in the drawer, over random days, and how it is looked up."""

from dataclasses import dataclass, field

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.shift import TenderCheck
from milkpos_tui.services import closing, counting, custody, shifts, standing, takings
from milkpos_tui.services.closing import Closing
from milkpos_tui.services.shifts import Move
from milkpos_tui.till import open_till, verify_home
from schema.shift_tables import ZReport
from schema.sql import insert_sql
from tests.support.days import sell
from tests.support.staff import ADIT, CARA, SUNIL, assert_refused, counted, hire
from tests.support.tills import FLOAT_PAISE, OWNER, SAMPLE_ITEMS, close_shift, open_shift

CASH = TenderKind.CASH
DAYS = 80


# --- random days, against a model that shares no code with the till ------------------------------

PRICES = {item.plu: item.price_paise for item in SAMPLE_ITEMS}
COUNTED = (40, 110)
SIGNS = {"cash": "+", "upi": "+/", "card": "+*"}


def rounded(numerator, denominator):
    """To the nearest, halves up; nothing here is below zero."""
    return (2 * numerator + denominator) // (2 * denominator)


@dataclass
class Line:
    """Goods that were sold, and how much of them came back."""

    milli: int
    paise: int
    back: int = 0


@dataclass
class Sold:
    """A bill, and what went back of it."""

    number: str
    lines: list[Line]

    def refunded(self):
        parts = sum(rounded(line.paise * line.back, line.milli) for line in self.lines)
        return rounded(parts, 100) * 100


@dataclass
class Day:
    """What the key-ins of a shift come to."""

    float: int
    kept: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SIGNS, 0))
    refunded: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SIGNS, 0))
    moved: dict[str, int] = field(default_factory=lambda: {"in": 0, "out": 0, "drop": 0})
    held: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SIGNS, 0))
    bills: int = 0
    returns: int = 0
    sold: int = 0

    def expected(self, kind):
        paise = self.kept[kind] - self.refunded[kind] + self.held[kind]
        if kind == "cash":
            paise += self.float + self.moved["in"] - self.moved["out"] - self.moved["drop"]
        return paise

    def assert_told(self, report):
        """The report of this shift says all of it."""
        sums = report.takings
        assert (sums.bills, sums.returns, sums.sold_paise) == (self.bills, self.returns, self.sold)
        assert sums.refunded_paise == sum(self.refunded.values())
        assert report.moves[:3] == tuple(self.moved.values())
        told = {check.kind.value: check.expected_paise for check in report.checks}
        assert {kind: told.get(kind, 0) for kind in SIGNS} == {
            kind: self.expected(kind) for kind in SIGNS
        }


class Trader:
    """Someone who keys in a day's work, and the model of it."""

    def __init__(self, till, draw, float_paise, books):
        self.till = till
        self.draw = draw
        self.day = Day(float_paise)
        self.books = books

    def goods(self):
        """Lines keyed in on a new bill."""
        checkout, lines = self.till.checkout("1", SUNIL), []
        for plu in self.draw(st.lists(st.sampled_from(sorted(PRICES)), min_size=1, max_size=3)):
            milli = self.draw(st.integers(50, 5000))
            milli = milli // 1000 * 1000 + 1000 if plu in COUNTED else milli
            checkout.key_in(f"{milli // 1000}.{milli % 1000:03d}*{plu}")
            lines.append(Line(milli, rounded(PRICES[plu] * milli, 1000)))
        return checkout, lines

    def sale(self):
        checkout, lines = self.goods()
        total = due = rounded(sum(line.paise for line in lines), 100) * 100
        for kind in self.draw(st.lists(st.sampled_from(sorted(SIGNS)), max_size=2)):
            part = due * self.draw(st.integers(1, 99)) // 100
            if part:
                checkout.key_in(f"{SIGNS[kind]}{part // 100}.{part % 100:02d}")
                self.day.kept[kind] += part
                due -= part
        if self.draw(st.booleans()):  # and some change
            given_paise = due + self.draw(st.integers(0, 2000_00))
            paid = checkout.key_in(f"+{given_paise // 100}.{given_paise % 100:02d}").paid
            assert paid.document.change_paise == given_paise - due
            self.day.kept["cash"] += due
        else:
            kind = self.draw(st.sampled_from(sorted(SIGNS)))
            paid = checkout.key_in(SIGNS[kind]).paid
            self.day.kept[kind] += due
        self.day.bills += 1
        self.day.sold += total
        self.books.append(Sold(paid.number, lines))

    def back(self):
        """Half or all of what is left of a line, of whichever shift it was sold in."""
        bill = self.draw(st.sampled_from(self.books))
        number = self.draw(st.integers(1, len(bill.lines)))
        line = bill.lines[number - 1]
        left = line.milli - line.back
        half = left // 2 if line.milli % 1000 else left // 2000 * 1000
        milli = self.draw(st.sampled_from([left, half or left]))
        if not milli:
            return
        kind = self.draw(st.sampled_from(sorted(SIGNS)))
        before = bill.refunded()
        try:
            self.till.billing.take_back(
                bill.number, {number: milli}, "sour", TenderKind(kind), "1", OWNER
            )
        except Refused as refused:
            assert refused.code == "return-too-little"  # noqa: PT017 -- a rare one, told elsewhere
            return
        line.back += milli
        self.day.refunded[kind] += bill.refunded() - before
        self.day.returns += 1

    def move(self):
        kind = self.draw(st.sampled_from(["in", "out", "drop"]))
        there = self.day.expected("cash")
        most = 5000_00 if kind == "in" else there
        if most > 0:
            paise = self.draw(st.integers(1, most))
            self.till.shifts.move_cash("1", Move(kind, paise, "why not"), OWNER)
            self.day.moved[kind] += paise
        if kind != "in" and (there := self.day.expected("cash")) >= 0:
            with pytest.raises(Refused):
                self.till.shifts.move_cash("1", Move(kind, there + 1, "too much"), OWNER)

    def part(self):
        """Money for a bill that is still open; then it goes back, for now."""
        checkout, lines = self.goods()
        total = rounded(sum(line.paise for line in lines), 100) * 100
        kind = self.draw(st.sampled_from(sorted(SIGNS)))
        if total > 1:
            paise = self.draw(st.integers(1, total - 1))
            checkout.key_in(f"{SIGNS[kind]}{paise // 100}.{paise % 100:02d}")
            self.day.held[kind] = paise
            self.told()
            checkout.key_in("-")
            self.day.held[kind] = 0
        checkout.key_in("--")

    def count(self):
        rupees = self.draw(st.integers(0, 10_000))
        record = self.till.shifts.count("1", counted(rupees), SUNIL)
        assert record.checks[0] == TenderCheck(CASH, self.day.expected("cash"), rupees * 100)

    def drawer(self):
        self.till.shifts.open_drawer("1", "a look", OWNER)

    def told(self):
        self.day.assert_told(self.till.takings.x(self.till.custody.needed("1")))

    def work(self):
        steps = ["sale", "sale", "sale", "move", "part", "count", "drawer"]
        if self.books:
            steps += ["back", "back"]
        getattr(self, self.draw(st.sampled_from(steps)))()

    def close(self):
        rupees = self.draw(st.integers(0, 10_000))
        others = {
            kind: self.draw(st.integers(0, 9999_99))
            for kind in self.draw(st.sets(st.sampled_from(["upi", "card"])))
        }
        z = self.till.closings.close("1", Closing(counted(rupees, **others)), SUNIL)
        self.day.assert_told(z)
        assert z.checks[0] == TenderCheck(CASH, self.day.expected("cash"), rupees * 100)
        for check in z.checks[1:]:
            counted_paise = others.get(check.kind.value)
            assert check == TenderCheck(
                check.kind, self.day.expected(check.kind.value), counted_paise
            )


def clear(till):
    """What an example that failed has left."""
    if till.custody.open_on("1") is None:
        return
    checkout = till.checkout("1", OWNER)
    while checkout.draft.cart.tenders:
        checkout.key_in("-")
    drafts = frozenset(draft.id for draft in till.closings.left_over("1"))
    till.closings.close("1", Closing(counted(None), "failed", drop=drafts), OWNER)


def test_what_should_be_in_the_drawer_over_random_days(lasting_till):
    """Float, tendered less change, less refunds, in, out, drops; and replayed it is the same."""
    till = hire(lasting_till)

    @settings(max_examples=DAYS, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def trade(data):
        clear(till)
        books = []  # of both shifts: what was sold in one may come back in the other
        for _shift in range(2):
            float_paise = data.draw(st.integers(0, 3000_00))
            till.shifts.open("1", shifts.Opening(float_paise), SUNIL)
            trader = Trader(till, data.draw, float_paise, books)
            for _step in range(data.draw(st.integers(0, 9))):
                trader.work()
                trader.told()
            trader.close()

    trade()
    verdict = verify_home(till.home, rebuild=True)
    assert (verdict.result, verdict.bad) == ("good", None)


# --- reading them -------------------------------------------------------------------------------


@pytest.fixture
def staff(till):
    return hire(till)


def test_what_was_taken_is_not_for_everybody(staff):
    shift = staff.custody.open_on("1")
    closed = close_shift(staff)
    for decide in (
        lambda: staff.takings.report(shift, CARA),
        lambda: staff.takings.report(closed.shift, CARA),
        lambda: list(staff.takings.last("1", 5, CARA)),
        lambda: staff.takings.by_number("1", 1, CARA),
        lambda: staff.takings.by_number("1", 99, CARA),
    ):
        assert_refused(staff, "not-allowed", decide)
    for actor in (SUNIL, ADIT, OWNER):
        assert staff.takings.report(closed.shift, actor) == closed
        assert staff.takings.by_number("1", 1, actor) == closed


def test_the_newest_zs_first(staff):
    zs = []
    for _shift in range(4):
        sell(staff, "1", OWNER, "12", "+")
        zs.append(close_shift(staff))
        open_shift(staff)
    assert list(staff.takings.last("1", 3, OWNER)) == zs[:0:-1]
    assert list(staff.takings.last("1", 99, OWNER)) == zs[::-1]
    assert list(staff.takings.last("B", 99, OWNER)) == []
    assert [z.closed.number for z in zs] == [1, 2, 3, 4]


@pytest.mark.parametrize(("counter", "number"), [("1", 0), ("1", 2), ("B", 1)])
def test_no_such_z(staff, counter, number):
    close_shift(staff)
    assert_refused(staff, "z-unknown", lambda: staff.takings.by_number(counter, number, OWNER))


def test_a_report_while_another_terminal_sells(home, clock, staff):
    """All of it is of one moment, wherever in the reading the sale is made."""
    shift = staff.custody.open_on("1")
    connection = staff._db.connection()
    with open_till(home, clock) as other:
        sell(other, "1", OWNER, "110", "+")

        def in_the_middle(place):
            """A sale by UPI, and a rupee taken out, just before this statement of the report."""
            until = iter(range(place))

            def trace(_cursor, sql, _bindings):
                if "SELECT" in sql and next(until, None) is None:
                    connection.exec_trace = None
                    sell(other, "1", OWNER, "110", "+/")
                    other.shifts.move_cash("1", Move("out", 1_00, "ice"), OWNER)
                return True

            return trace

        for place in range(9):
            connection.exec_trace = in_the_middle(place)
            report = staff.takings.x(shift)
            connection.exec_trace = None
            sums = report.takings
            kept = sum(tender.kept_paise for tender in sums.tenders)
            taxed = sum(tax.amount_paise for tax in sums.taxes)
            assert kept == sums.sold_paise == sums.bills * 350_00
            assert taxed + sums.round_off_paise == sums.sold_paise
            assert sums.last_bill == f"1/2627/{sums.bills}"
            assert report.moves.out_paise == (sums.bills - 1) * 1_00
            (cash, *_others) = report.checks
            assert cash.expected_paise == FLOAT_PAISE + 350_00 - (sums.bills - 1) * 1_00
    assert not connection.in_transaction


# --- how they are looked up ---------------------------------------------------------------------

LARGE = ("bill", "bill_line", "bill_tender", "entry", "shift_count_tender", "shift_cash")
SMALL = {  # a row or a few for each counter, whatever is sold
    "SCAN counter USING INDEX sqlite_autoindex_counter_1",
    "SCAN shift USING INDEX shift_open",
    "SCAN clock_jump",
    "SCAN device",
    "SCAN draft",
    "SCAN draft USING INDEX draft_open",
    "SCAN sqlite_master",
    "SCAN CONSTANT ROW",
}
STATEMENTS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in (takings, custody, standing, shifts, counting, closing)
    for name, value in vars(module).items()
    if isinstance(value, str) and "SELECT" in value and name not in ("_SELECT", "_Z")
}


def plan(connection, sql):
    """What SQLite is going to do, step by step."""
    values = (None,) * sql.count("?")
    rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
    return [detail for *_place, detail in rows]


def assert_looked_up(steps):
    """Nothing grows with what was sold: a scan is of what is small, all else by index or key."""
    for step in steps:
        if step.startswith("SCAN") and not step.startswith(("SCAN sold", "SCAN (subquery")):
            assert step in SMALL
        elif step.startswith("SEARCH"):
            assert " USING " in step
            assert "INDEX" in step or "PRIMARY KEY" in step


def test_the_statements_are_found():
    for name in ("BILLS", "NUMBER", "TAXES", "TENDERS", "MOVES", "HELD", "_COUNTS", "_Z_OF"):
        assert f"takings.{name}" in STATEMENTS
    for name in ("custody._OPEN", "custody._LAST", "standing._SOLD", "standing._LATEST"):
        assert name in STATEMENTS


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_every_statement_is_looked_up(till, name):
    steps = plan(till._db.connection(), STATEMENTS[name])
    assert steps
    assert_looked_up(steps)


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("takings.BILLS", "SEARCH bill USING INDEX bill_shift (shift=?)"),
        ("takings.NUMBER", "SEARCH bill USING INDEX bill_shift (shift=? AND seq=?)"),
        ("takings.TAXES", "SEARCH line USING PRIMARY KEY (bill=?)"),
        ("takings.TENDERS", "SEARCH tender USING PRIMARY KEY (bill=?)"),
        ("takings.MOVES", "SEARCH shift_cash USING PRIMARY KEY (shift=?)"),
        ("takings.HELD", "SEARCH tender USING PRIMARY KEY (draft=?)"),
        ("custody._OPEN", "SEARCH shift USING INDEX shift_open (counter=?)"),
        ("custody._LAST", "SEARCH shift USING INDEX shift_counter (counter=?)"),
        ("custody._BY_ID", "SEARCH shift USING PRIMARY KEY (id=?)"),
        ("standing._SOLD", "SEARCH bill USING INDEX bill_shift (shift=?)"),
        ("closing._LAST_Z", "SEARCH z_report USING INDEX sqlite_autoindex_z_report_2 (counter=?)"),
    ],
)
def test_by_which_index(till, name, index):
    assert index in plan(till._db.connection(), STATEMENTS[name])


def test_the_rules_of_a_z_are_looked_up_too(till):
    """What triggers add up of a shift's bills at its close."""
    connection = till._db.connection()
    connection.config(apsw.SQLITE_DBCONFIG_TRIGGER_EQP, 1)
    steps = plan(connection, insert_sql(ZReport))
    of_bills = [step for step in steps if step.startswith(("SEARCH bill", "SEARCH tender"))]
    assert len(of_bills) >= 4
    assert_looked_up(steps)


def test_a_scan_of_bills_would_be_seen(till):
    connection = till._db.connection()
    connection.execute("DROP INDEX bill_shift")
    for name in ("takings.BILLS", "takings.TENDERS", "takings.TAXES", "standing._SOLD"):
        with pytest.raises(AssertionError):
            assert_looked_up(plan(connection, STATEMENTS[name]))
