"""SIGKILL while a shift is opened, counted, handed over and closed (fault 5): each of these is
whole or absent, what was told is there, and the till goes on."""

import random
import subprocess
import sys
from collections import Counter

import pytest

from milkpos_tui.domain.cash import parse_count
from milkpos_tui.journal.clock import MachineClock
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till, verify_home
from tests.commands.driving import PATIENCE_S, ROOT, found
from tests.faults.shift_worker import FLOAT
from tests.support.tills import OWNER, close_shift, open_shift

KILLS = 12
STEP = 2  # every other statement of about 180: it takes half as long
SEED = 20261123
TOLD_MAX = 20
KINDS = {
    "opened": Kind.SHIFT_OPENED,
    "sold": Kind.BILL_PAID,
    "moved": Kind.CASH_MOVED,
    "counted": Kind.SHIFT_COUNTED,
    "handed": Kind.SHIFT_HANDED_OVER,
    "closed": Kind.SHIFT_CLOSED,
}


@pytest.fixture
def home(tmp_path):
    """A till founded just now, with two who may keep a shift, and none is open."""
    home = found(tmp_path, MachineClock())
    with open_till(home) as till:
        till.people.add(Operator("ravi", "Ravi", "supervisor"), "271828", OWNER)
        close_shift(till)
    return home


def keep_and_kill(home, told):
    """Keep shifts, and kill as soon as so many decisions are told, wherever it is by then."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.shift_worker", str(home.path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    ) as worker:
        try:
            said = [worker.stdout.readline() for _ in range(told)]
        finally:
            worker.kill()
        rest, remarks = worker.stdout.read(), worker.stderr.read()
        worker.wait(PATIENCE_S)
    assert worker.returncode == -9, remarks
    said += rest.splitlines(keepends=True)
    return [line.strip() for line in said if line.endswith("\n")]


def kinds_of(till):
    """How many entries of each kind there are."""
    found = till._db.connection().execute("SELECT kind, count(*) FROM entry GROUP BY kind")
    return Counter(dict(found.fetchall()))


def happened(till):
    """How often each of it is in the journal."""
    kinds = kinds_of(till)
    kinds[Kind.SHIFT_COUNTED] -= kinds[Kind.SHIFT_CLOSED]  # which counts as well, each time
    return {told: kinds[kind] for told, kind in KINDS.items()}


class Watch:
    """What a home holds after each death, against what was told before it."""

    def __init__(self, home):
        self._home = home
        self._was_open = False
        self.where = Counter()
        with open_till(home) as till:
            self._before = happened(till)

    def assert_whole_after(self, said, when):
        """What was told is there, and beside it at most the decision that was under way."""
        with open_till(self._home) as till:
            after = happened(till)
            untold = Counter(after) - Counter(self._before) - Counter(said)
            assert untold in ({}, {following(said, self._was_open): 1}), when
            assert Counter(self._before) + Counter(said) + untold == Counter(after), when
            assert_each_is_whole(till)
            self.where[state(till)] += 1
            self._was_open = till.custody.open_on("1") is not None
        self._before = after
        return untold


def following(said, was_open):
    """Which decision comes behind those that were told."""
    if not said:
        return "closed" if was_open else "opened"
    order = list(KINDS)
    return order[(order.index(said[-1]) + 1) % len(order)]


def state(till):
    """How far the shift that is open has come."""
    shift = till.custody.open_on("1")
    if shift is None:
        return "none open"
    report = till.takings.x(shift)
    if shift.operator == "ravi":
        return "dropping" if till.closings.left_over("1") else "handed over"
    if report.counts:
        return "counted"
    if report.moves.dropped_paise:
        return "moved"
    if report.takings.bills:
        return "sold"
    return "opened"


def assert_each_is_whole(till):
    """No shift, count, handover or Z is there in part."""
    ask = till._db.connection().execute
    open_shifts = ask("SELECT count(*) FROM shift WHERE closed_at IS NULL").get
    assert open_shifts <= 1
    closed = ask("SELECT id FROM shift WHERE closed_at IS NOT NULL ORDER BY seq").fetchall()
    assert closed == ask("SELECT shift FROM z_report ORDER BY number").fetchall()
    assert not ask(
        "SELECT shift, no FROM shift_count WHERE NOT EXISTS (SELECT 1 FROM shift_count_tender AS of"
        " WHERE of.shift = shift_count.shift AND of.no = shift_count.no AND kind = 'cash')"
    ).fetchall()
    dropped = ask("SELECT sum(dropped_bills) FROM z_report").get
    assert dropped == kinds_of(till)[Kind.DRAFT_DROPPED]
    shift = till.custody.last_on("1")
    if shift.closed_at is None:
        assert parse_count(shift.denominations).paise == shift.float_paise == FLOAT * 100
        handed = [count for count in till.takings.counts(shift.id) if count.successor]
        assert shift.operator == ("ravi" if handed else "asha")
        # A bill that a close was to drop is there as long as the shift is open.
        assert all(not draft.cart.tenders for draft in till.closings.left_over("1"))
    else:
        z = till.takings.z(shift)
        assert z.closed.carried == len(till.closings.left_over("1"))


def test_killed_from_outside_while_shifts_are_kept(home):
    chance = random.Random(SEED)
    watch = Watch(home)
    for kill in range(KILLS):
        said = keep_and_kill(home, chance.randrange(TOLD_MAX))
        watch.assert_whole_after(said, f"seed {SEED}, kill {kill}")
    assert verify_home(home, rebuild=True).result == "good"
    with open_till(home) as till:
        shift = till.custody.open_on("1") or open_shift(till)
        assert till.checkout("1", OWNER).key_in("12").did == "added"
        report = close_shift(till)
        assert (report.shift.id, report.difference_paise) == (shift.id, 0)
        assert open_shift(till).operator == "asha"
    assert verify_home(home, rebuild=True).result == "good"


def test_killed_between_any_two_statements(home):
    """In the middle of each decision, wherever that is."""
    watch, deaths, untold = Watch(home), 0, Counter()
    command = [sys.executable, "-m", "tests.faults.shift_worker", str(home.path), str(STEP)]
    pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    with subprocess.Popen(command, cwd=ROOT, text=True, bufsize=1, **pipes) as worker:
        try:
            how = ""
            while how != "lived":
                said = []
                while (how := worker.stdout.readline().strip()) in KINDS:
                    said.append(how)
                assert how in ("killed", "lived"), said
                untold += watch.assert_whole_after(said, f"death {deaths}")
                deaths += how == "killed"
                worker.stdin.write("\n")
        finally:
            worker.kill()
    assert deaths > 5 * len(KINDS)
    assert {*watch.where} == {
        "none open",
        "opened",
        "sold",
        "moved",
        "counted",
        "handed over",
        "dropping",
    }
    assert untold, "no death between a commit and its being told"
    assert verify_home(home, rebuild=True).result == "good"


@pytest.mark.parametrize("told", [0, 1, 3, 4, 5, 6], ids="after {} decisions".format)
def test_killed_at_rest(home, told):
    """Between two decisions the till is as after the last of them, and goes on from there."""
    said = keep_and_kill(home, told)
    with open_till(home) as till:
        assert_each_is_whole(till)
        happened_then = happened(till)
        assert all(happened_then[one] >= times for one, times in Counter(said).items())
    said = keep_and_kill(home, 7)
    assert "closed" in said
    assert verify_home(home, rebuild=True).result == "good"
