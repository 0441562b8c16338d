"""Shifts live at random (fault 23): two counters, whose clock is set and whose till dies, against a
model that shares no code with the till.

Milk is 62 rupees a litre and an egg seven and a half; the rest is who answers for which drawer.
After every step the books are looked at, and at the end the journal is replayed.
"""

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.home import Home
from milkpos_tui.journal.entry import parse
from milkpos_tui.journal.journal import Actor
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.closing import Closing
from milkpos_tui.services.shifts import Handing, Move, Opening
from milkpos_tui.till import open_till, verify_home
from tests.services.reading import DRAFTS, entries, rows
from tests.support.staff import counted, hire
from tests.support.tills import (
    DAY_MS,
    FLOAT_PAISE,
    MONDAY,
    MONDAY_7_AM,
    OWNER,
    FakeClock,
    open_sample_till,
)

LIVES, STEPS = 100, 40
IST = timezone(timedelta(hours=5, minutes=30))
COUNTERS = ("1", "B")
KEEPERS = ("asha", "sunil", "cara")
SIGNS = {"cash": "+", "upi": "+/", "card": "+*"}
MILK, EGG = 62_00, 7_50
BACK_MS, FORWARD_MS = 1000, 120_000


class No(Exception):
    """The model refuses."""


@dataclass
class Bill:
    """A bill that is not paid: litres, eggs and money taken."""

    litres: int = 0
    eggs: int = 0
    given: list[tuple[str, int]] = field(default_factory=list)
    id: str = ""

    @property
    def total(self):
        paise = self.litres * MILK + self.eggs * EGG
        return (paise + 50) // 100 * 100

    @property
    def due(self):
        return self.total - sum(paise for _kind, paise in self.given)


@dataclass
class Shift:
    """What a shift comes to."""

    operator: str
    day: date
    float: int
    kept: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SIGNS, 0))
    refunded: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SIGNS, 0))
    moved: dict[str, int] = field(default_factory=lambda: {"in": 0, "out": 0, "drop": 0})
    openings: int = 0
    bills: int = 0
    returns: int = 0
    sold: int = 0
    counts: list[tuple[dict[str, int], int | None]] = field(default_factory=list)
    """What should have been there, and the rupees that were counted."""
    carried: int = 0
    dropped: int = 0
    first: str = ""
    last: str = ""

    def expected(self, bill):
        sums = {kind: self.kept[kind] - self.refunded[kind] for kind in SIGNS}
        sums["cash"] += self.float + self.moved["in"] - self.moved["out"] - self.moved["drop"]
        for kind, paise in bill.given:
            sums[kind] += paise
        return sums


def assert_told(report, shift, bill):
    """A report, X or Z, says what the model says."""
    sums, moves = report.takings, report.moves
    assert (sums.bills, sums.returns, sums.sold_paise) == (shift.bills, shift.returns, shift.sold)
    assert sums.refunded_paise == sum(shift.refunded.values())
    assert moves == (*shift.moved.values(), shift.openings)
    assert (sums.first_bill, sums.last_bill) == (shift.first, shift.last)
    assert (report.shift.operator, report.shift.day) == (shift.operator, shift.day)
    told = {check.kind.value: check.expected_paise for check in report.checks}
    assert dict.fromkeys(SIGNS, 0) | told == shift.expected(bill)


counters = st.sampled_from(COUNTERS)
tender_kinds = st.sampled_from(sorted(SIGNS))
keepers = st.sampled_from(KEEPERS)


class Life(RuleBasedStateMachine):
    """One till with two counters."""

    def __init__(self, founded, folder):
        super().__init__()
        self.folder = folder
        self.clock = FakeClock(MONDAY_7_AM)
        self.shifts = {"1": Shift("asha", MONDAY, FLOAT_PAISE), "B": None}
        self.days = {"1": MONDAY, "B": None}
        self.open = {code: Bill() for code in COUNTERS}
        self.held = {code: [] for code in COUNTERS}
        self.closed = {code: [] for code in COUNTERS}
        self.serials = dict.fromkeys(COUNTERS, 0)
        self.notes = dict.fromkeys(COUNTERS, 0)
        self.litres = []  # number of a bill, and litres of it that may still come back
        self.cuts = self.jumps = 0
        self.files = ExitStack()
        self.home = Home(shutil.copytree(founded, folder / "0"))
        self.start()
        self.newest = entries(self.till)[-1]

    def start(self):
        self.till = self.files.enter_context(open_till(self.home, self.clock))
        self.checkouts = {code: self.till.checkout(code, OWNER) for code in COUNTERS}
        for code, checkout in self.checkouts.items():
            assert checkout.recovered == bool(self.open[code].total)

    def teardown(self):
        zs = {code: list(self.till.takings.last(code, 10_000, OWNER))[::-1] for code in COUNTERS}
        self.files.close()
        verdict = verify_home(self.home, rebuild=True)
        shutil.rmtree(self.folder)
        assert (verdict.result, verdict.bad) == (Result.GOOD, None)
        for code, closed in self.closed.items():
            for z, shift in zip(zs[code], closed, strict=True):
                self.assert_closed(z, shift)

    def assert_closed(self, z, shift):
        """Long after it was closed, a Z still says what it said."""
        assert_told(z, shift, Bill())
        expected, rupees = shift.counts[-1]
        assert z.checks[0].expected_paise == expected["cash"]
        assert z.checks[0].counted_paise == (None if rupees is None else rupees * 100)
        assert (z.closed.carried, z.closed.dropped_bills) == (shift.carried, shift.dropped)
        assert len(z.counts) == len(shift.counts)

    def today(self):
        return datetime.fromtimestamp(self.clock._now / 1000, UTC).astimezone(IST).date()

    def needed(self, counter):
        if self.shifts[counter] is None:
            raise No("no-shift")
        return self.shifts[counter]

    def do(self, decide, change):
        """Done, and the model with it; or refused as the model says, and nothing is written."""
        after, no = None, ""
        try:
            after = change()
        except No as refusal:
            no = str(refusal)
        if after is not None:
            done = decide()
            after(done)
            return
        before = self.stored()
        with pytest.raises(Refused) as refused:
            decide()
        assert refused.value.code == no
        assert self.stored() == before

    def stored(self):
        """What a refusal may not change: the newest entry, and the open bills."""
        return self.ask("SELECT * FROM head"), rows(self.till, *DRAFTS)

    # --- shifts ----------------------------------------------------------------------------

    @rule(counter=counters, operator=keepers, rupees=st.integers(0, 900))
    def open_shift(self, counter, operator, rupees):
        day = max(self.days[counter] or self.today(), self.today())

        def change():
            if self.shifts[counter] is not None:
                raise No("shift-open")
            return opened

        def opened(shift):
            assert (shift.operator, shift.day) == (operator, day)
            self.shifts[counter] = Shift(operator, day, rupees * 100)
            self.days[counter] = day

        self.do(
            lambda: self.till.shifts.open(counter, Opening(rupees * 100), Actor(operator)), change
        )

    @initialize(open_the_other=st.sampled_from([True, True, True, False]))
    def begin(self, open_the_other):
        if open_the_other:
            self.open_shift("B", "cara", 100)

    @rule(counter=counters, rupees=st.integers(0, 2000))
    def count(self, counter, rupees):
        def change():
            self.needed(counter)
            return lambda record: self.note_count(counter, rupees, record)

        self.do(lambda: self.till.shifts.count(counter, counted(rupees), OWNER), change)

    def note_count(self, counter, rupees, record):
        shift = self.shifts[counter]
        expected = shift.expected(self.unpaid(counter))
        shift.counts.append((expected, rupees))
        told = {check.kind.value: check.expected_paise for check in record.checks}
        assert dict.fromkeys(SIGNS, 0) | told == expected
        assert record.checks[0].counted_paise == (None if rupees is None else rupees * 100)
        assert record.no == len(shift.counts)

    @rule(counter=counters, successor=keepers, rupees=st.integers(0, 2000))
    def hand_over(self, counter, successor, rupees):
        def change():
            if self.needed(counter).operator == successor:
                raise No("successor")
            return handed_over

        def handed_over(record):
            self.note_count(counter, rupees, record)
            self.shifts[counter].operator = successor

        handing = Handing(successor, counted(rupees))
        self.do(lambda: self.till.shifts.hand_over(counter, handing, OWNER), change)

    @rule(
        counter=counters, kind=st.sampled_from(["in", "out", "drop"]), paise=st.integers(1, 900_00)
    )
    def move_cash(self, counter, kind, paise):
        def change():
            shift = self.needed(counter)
            if kind != "in" and paise > shift.expected(self.unpaid(counter))["cash"]:
                raise No("cash-short")
            return moved

        def moved(_move):
            self.shifts[counter].moved[kind] += paise

        self.do(
            lambda: self.till.shifts.move_cash(counter, Move(kind, paise, "why not"), OWNER), change
        )

    @rule(counter=counters)
    def open_drawer(self, counter):
        def change():
            self.needed(counter)
            return opened

        def opened(_nothing):
            self.shifts[counter].openings += 1

        self.do(lambda: self.till.shifts.open_drawer(counter, "a look", OWNER), change)

    @rule(
        counter=counters,
        rupees=st.none() | st.integers(0, 2000),
        count_now=st.sampled_from([True, True, False]),
        undecided=st.sampled_from([False, False, False, True]),
        keep=st.integers(0, 15),
    )
    def close(self, counter, rupees, count_now, undecided, keep):
        left = self.left(counter)
        carry = [bill for place, bill in enumerate(left) if keep >> place & 1]
        drop = [bill for bill in left if bill not in carry]
        if undecided:
            carry = carry[1:]

        def change():
            shift = self.needed(counter)
            if any(bill.given for bill in left):
                raise No("part-paid")
            if len(carry) + len(drop) < len(left):
                raise No("bills-open")
            if not count_now and not shift.counts:
                raise No("count-missing")
            if not count_now and shift.counts[-1][0] != shift.expected(Bill()):
                raise No("count-stale")
            return closed

        def closed(z):
            shift = self.shifts[counter]
            if count_now:
                shift.counts.append((shift.expected(Bill()), rupees))
            shift.carried, shift.dropped = len(carry), len(drop)
            self.assert_closed(z, shift)
            self.closed[counter].append(shift)
            self.shifts[counter] = None
            self.held[counter] = [bill for bill in self.held[counter] if bill not in drop]
            if self.open[counter] in drop:
                self.open[counter] = Bill()
            self.checkouts[counter] = self.till.checkout(counter, OWNER)

        closing = Closing(
            counted(rupees) if count_now else None,
            "they left",
            frozenset(bill.id for bill in carry),
            frozenset(bill.id for bill in drop),
        )
        self.do(lambda: self.till.closings.close(counter, closing, OWNER), change)

    @rule(
        counter=counters,
        litres=st.lists(st.integers(1, 5), max_size=3),
        first=st.booleans(),
        then=st.sampled_from(["", "sell", "move", "again", "held", "held"]),
        kind=tender_kinds,
        keep=st.integers(0, 15),
    )
    def a_shift_comes_to_its_end(self, counter, litres, first, then, kind, keep):
        """Sold, maybe counted first, closed by a count that holds or that does not; the next."""
        if self.shifts[counter] is None:
            self.open_shift(counter, "asha", 500)
        for some in litres:
            self.sell(counter, some)
        while self.open[counter].given:
            self.give_money_back_on(counter)
        if then == "held":  # money is taken for a bill, and goes back behind the count
            self.add(counter, 2, False)
            self.pay(counter, kind, 50)
        if first:
            self.count(counter, 500)
        if then == "held":
            self.give_money_back_on(counter)
        if then == "sell":
            self.sell(counter, 1)
        elif then == "move":
            self.move_cash(counter, "in", 1_00)
        elif then == "again":
            self.close_and_open()
        self.close(counter, 500, not first, False, keep)
        if first and self.shifts[counter] is not None:
            self.close(counter, None, True, False, keep)

    @precondition(lambda self: None in self.shifts.values() and any(self.closed.values()))
    @rule()
    def close_what_is_closed(self):
        for counter, shift in self.shifts.items():
            if shift is None:
                with pytest.raises(Refused) as refused:
                    self.till.closings.close(counter, Closing(counted(1)), OWNER)
                assert refused.value.code == "no-shift"

    # --- bills -----------------------------------------------------------------------------

    def unpaid(self, counter):
        """All money that was taken for bills that are still open, as if for one."""
        bills = self.left(counter)
        return Bill(given=[given for bill in bills for given in bill.given])

    def left(self, counter):
        now = self.open[counter]
        return [*([now] if now.total else []), *self.held[counter]]

    @rule(counter=counters, litres=st.integers(1, 5), eggs=st.booleans())
    def add(self, counter, litres, eggs):
        now, checkout = self.open[counter], self.checkouts[counter]

        def change():
            self.needed(counter)
            if now.given:
                raise No("part-paid")
            return added

        def added(outcome):
            now.id = outcome.draft.id
            if eggs:
                now.eggs += litres
            else:
                now.litres += litres
            assert outcome.draft.cart.total_paise == now.total

        self.do(lambda: checkout.key_in(f"{litres}*{40 if eggs else 12}"), change)

    @rule(counter=counters, kind=tender_kinds, share=st.integers(1, 150))
    def pay(self, counter, kind, share):
        """A part of what is due, all of it, or more than that."""
        now = self.open[counter]
        paise = max(1, now.due * min(share, 100) // 100) if now.total else 1_00
        if share > 100 and kind == "cash":
            paise += share * 1_00

        def change():
            if not now.total:
                raise No("nothing-to-pay")
            self.needed(counter)
            return paid

        def paid(outcome):
            if paise < now.due:
                now.given.append((kind, paise))
                assert outcome.paid is None
                return
            shift = self.shifts[counter]
            for each, amount in [*now.given, (kind, now.due)]:
                shift.kept[each] += amount
            self.serials[counter] += 1
            shift.bills += 1
            shift.sold += now.total
            bill = outcome.paid
            assert (bill.id, bill.business_date) == (now.id, shift.day.isoformat())
            assert bill.document.change_paise == paise - now.due
            shift.first, shift.last = shift.first or bill.number, bill.number
            self.litres.append([bill.number, now.litres, now.eggs])
            self.open[counter] = Bill()

        text = f"{SIGNS[kind]}{paise // 100}.{paise % 100:02d}"
        self.do(lambda: self.checkouts[counter].key_in(text), change)

    @rule(counter=counters, litres=st.integers(1, 5))
    def sell(self, counter, litres):
        """What most customers want."""
        self.add(counter, litres, False)
        if self.shifts[counter] is not None:
            self.pay(counter, "cash", 120)

    @precondition(lambda self: any(bill.given for bill in self.open.values()))
    @rule()
    def give_money_back(self):
        self.give_money_back_on(next(code for code, bill in self.open.items() if bill.given))

    def give_money_back_on(self, counter):
        assert self.checkouts[counter].key_in("-").did == "given_back"
        self.open[counter].given.pop()

    @precondition(lambda self: any(bill.total for bill in self.open.values()))
    @rule(counter=counters)
    def hold(self, counter):
        now = self.open[counter]

        def change():
            if not now.total:
                raise No("no-line")
            return held

        def held(_outcome):
            self.held[counter].append(now)
            self.open[counter] = Bill()

        self.do(lambda: self.checkouts[counter].key_in("."), change)

    @precondition(lambda self: any(self.held.values()))
    @rule()
    def recall(self):
        counter = next(code for code, held in self.held.items() if held)
        checkout, now = self.checkouts[counter], self.open[counter]
        first = checkout.held[0].draft
        assert checkout.key_in(".1").draft.id == first
        (bill,) = [bill for bill in self.held[counter] if bill.id == first]
        self.held[counter].remove(bill)
        if now.total:
            self.held[counter].append(now)
        self.open[counter] = bill

    @precondition(lambda self: any(litres for _number, litres, _eggs in self.litres))
    @rule(data=st.data(), counter=counters, kind=tender_kinds)
    def take_back(self, data, counter, kind):
        """A litre comes back, also to the other counter, also days later."""
        places = [i for i, (_number, litres, eggs) in enumerate(self.litres) if litres and not eggs]
        if not places:
            return
        sold = self.litres[data.draw(st.sampled_from(places))]

        def change():
            self.needed(counter)
            return taken

        def taken(note):
            shift = self.shifts[counter]
            shift.returns += 1
            shift.refunded[kind] += MILK
            sold[1] -= 1
            self.notes[counter] += 1
            assert note.document.total_paise == MILK
            assert note.business_date == shift.day.isoformat()

        number, left, _eggs = sold
        lines = self.till.bills.by_number(number)
        line = next(
            no
            for no, line in enumerate(lines.document.lines, 1)
            if line.qty_milli > lines.returned_milli.get(no, 0)
        )
        self.do(
            lambda: self.till.billing.take_back(
                number, {line: 1000}, "sour", TenderKind(kind), counter, OWNER
            ),
            change,
        )
        assert left >= sold[1]

    # --- what happens to a till ------------------------------------------------------------

    @rule()
    def power_cut(self):
        """The files as they lie there are all that is left."""
        self.cuts += 1
        after = Home(self.folder / str(self.cuts))
        shutil.copytree(self.home.path, after.path, ignore=shutil.ignore_patterns("*-shm"))
        self.files.close()
        shutil.rmtree(self.home.path)
        self.home = after
        self.clock.reboot(f"boot after {self.cuts}")
        self.start()

    @rule()
    def close_and_open(self):
        self.files.close()
        self.start()

    @rule(minutes=st.integers(1, 2 * 24 * 60))
    def time_passes(self, minutes):
        self.clock.advance(minutes * 60_000)

    @rule(seconds=st.integers(-3 * 86_400, 3 * 86_400) | st.integers(-200, 200))
    def somebody_sets_the_clock(self, seconds):
        moment = self.clock._now + seconds * 1000
        if abs(moment - MONDAY_7_AM) < 60 * DAY_MS:  # within the financial year
            self.clock.set(moment)

    # --- what must hold after every step ---------------------------------------------------

    def ask(self, sql):
        return self.till._db.connection().execute(sql).fetchall()

    @invariant()
    def one_open_shift_a_counter_at_most(self):
        there = {shift.counter: shift for shift in self.till.custody.all_open()}
        assert len(there) == len(self.till.custody.all_open())
        assert there.keys() == {code for code, shift in self.shifts.items() if shift is not None}
        for code, shift in there.items():
            mine = self.shifts[code]
            assert (shift.operator, shift.day, shift.float_paise) == (
                mine.operator,
                mine.day,
                mine.float,
            )

    @invariant()
    def one_z_for_each_closed_shift(self):
        closed = self.ask("SELECT id, counter FROM shift WHERE closed_at IS NOT NULL ORDER BY id")
        assert closed == self.ask("SELECT shift, counter FROM z_report ORDER BY shift")
        for code in COUNTERS:
            mine = [counter for _id, counter in closed if counter == code]
            assert len(mine) == len(self.closed[code])

    @invariant()
    def the_zs_follow_each_other(self):
        for code in COUNTERS:
            rows = self.ask(
                "SELECT number, sold_paise, refunded_paise, perpetual_sold_paise,"
                f" perpetual_refunded_paise FROM z_report WHERE counter = '{code}' ORDER BY number"
            )
            sold = refunded = 0
            for no, (number, sold_now, refunded_now, *perpetual) in enumerate(rows, 1):
                assert number == no
                assert sold_now >= 0
                assert refunded_now >= 0
                sold, refunded = sold + sold_now, refunded + refunded_now
                assert perpetual == [sold, refunded]

    @invariant()
    def the_zs_and_the_open_shifts_are_all_bills(self):
        bills = dict.fromkeys(COUNTERS, (0, 0, 0, 0)) | {
            row[0]: row[1:]
            for row in self.ask(
                "SELECT counter, sum(original IS NULL), sum(original IS NOT NULL),"
                " sum(iif(original IS NULL, total_paise, 0)),"
                " sum(iif(original IS NULL, 0, total_paise)) FROM bill GROUP BY 1"
            )
        }
        for code in COUNTERS:
            sums = list(self.till.takings.last(code, 10_000, OWNER))
            if self.shifts[code] is not None:
                sums.append(self.till.takings.x(self.till.custody.needed(code)))
            told = [report.takings for report in sums]
            assert bills[code] == (
                sum(one.bills for one in told),
                sum(one.returns for one in told),
                sum(one.sold_paise for one in told),
                sum(one.refunded_paise for one in told),
            )
            assert bills[code][:2] == (self.serials[code], self.notes[code])

    @invariant()
    def the_x_is_what_was_keyed(self):
        for code, shift in self.shifts.items():
            if shift is not None:
                report = self.till.takings.x(self.till.custody.needed(code))
                assert_told(report, shift, self.unpaid(code))

    @invariant()
    def bills_are_of_their_shift_and_their_numbers_have_no_gap(self):
        assert not self.ask(
            "SELECT bill.id FROM bill LEFT JOIN shift ON shift.id = bill.shift"
            " WHERE bill.counter IS NOT shift.counter"
            " OR bill.business_date IS NOT shift.business_date"
        )
        for code in COUNTERS:
            for series, count in (("", self.serials[code]), ("-R", self.notes[code])):
                rows = self.ask(
                    f"SELECT number FROM bill WHERE number LIKE '{code}{series}/%' ORDER BY seq"
                )
                serials = [int(number.rpartition("/")[2]) for (number,) in rows]
                assert serials == list(range(1, count + 1))

    @invariant()
    def what_is_not_paid_is_there(self):
        for code in COUNTERS:
            there = {draft.id: draft.cart.due_paise for draft in self.till.closings.left_over(code)}
            assert there == {bill.id: bill.due for bill in self.left(code)}

    @invariant()
    def a_clock_that_was_set_is_told(self):
        """As the two clocks of each entry and the one before it say."""
        sql = f"SELECT content FROM entry WHERE seq > {self.newest.seq} ORDER BY seq"
        for (content,) in self.ask(sql):
            before, self.newest = self.newest, parse(content)
            entry = self.newest
            passed = entry.mono - before.mono if entry.boot == before.boot else None
            by = (
                entry.at - before.at - passed
                if passed is not None
                else min(0, entry.at - before.at)
            )
            jumped = by <= -BACK_MS or by >= FORWARD_MS
            assert jumped == (entry.kind == Kind.CLOCK_JUMPED)
            if jumped:
                assert entry.body == {"last_at": before.at, "by_ms": by}


@pytest.fixture(scope="module")
def founded(tmp_path_factory, _founded_once):
    """A till with people and two counters, of which one is open."""
    folder = tmp_path_factory.mktemp("shifts") / "till"
    home = Home(shutil.copytree(_founded_once.path, folder))
    with open_sample_till(home, FakeClock(MONDAY_7_AM - 1000, boot="boot-0")) as till:
        hire(till).shops.add_counter("B", "Back door", OWNER)
    return home


def test_shifts_live(tmp_path, founded):
    """Hypothesis prints the steps of a failure, and the seed where it is asked for."""
    made = []

    def life():
        made.append(len(made))
        return Life(founded.path, tmp_path / f"life {len(made)}")

    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            deadline=None,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
