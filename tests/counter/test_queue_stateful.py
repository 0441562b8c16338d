"""A printer's life at random: sales, faults, kills, restarts, people who look at the paper.

The real queue and the real spooler, in this thread; only the line to the printer is a model. It
keeps each piece of paper that came out, whole or torn.
"""

import shutil
from collections import Counter as Count
from collections import deque
from typing import NamedTuple

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

from drivers.printer import job as printing_job
from drivers.printer.decoder import Bars, Line, decode
from drivers.printer.faults import Aborted, BrokenOff, NotThere, Offline
from drivers.printer.job import Printed
from drivers.printer.status import Paper, Status
from drivers.printer.transport import Sent
from milkpos_tui.domain.devices import Device, Role
from milkpos_tui.domain.devices import Kind as DeviceKind
from milkpos_tui.hardware.spooler import Spooler
from milkpos_tui.hardware.wiring import printer_of
from milkpos_tui.home import Home
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.printing import JobState
from milkpos_tui.till import open_till, verify_home
from tests.services.reading import entries
from tests.support.days import sell
from tests.support.tills import MONDAY_7_AM, OWNER, FakeClock

LIVES, STEPS = 30, 25
READY = Status(False, False, False, Paper.OK, False)
NOT_SENT = ("gone", "out of paper", "stopped before", "killed before")
IN_THE_MIDDLE = ("torn", "stopped", "killed")
OUTCOMES = ("printed", *NOT_SENT, *IN_THE_MIDDLE, "killed after")


class Killed(BaseException):
    """The program ends here; what it had committed stays."""


class Piece(NamedTuple):
    """A piece of paper: of which job, whether all of it, whether it says DUPLICATE."""

    job: int
    bill: str
    whole: bool
    marked: bool


class Driven(Spooler):
    """A spooler without its thread: runs until there is nothing to do but wait."""

    patience = 0

    def _print(self, till, job, data):
        self.printing = job
        super()._print(till, job, data)

    def _pause(self, seconds):
        if not seconds:
            return
        self.patience -= 1
        self.now += seconds
        if self.patience < 0:
            self._stop.set()

    def run(self, patience):
        self.now, self.patience = 0.0, patience
        self._now_s = lambda: self.now
        try:
            self._run()
        finally:
            self._stop.set()
            assert self.stop()


class PrintersLife(RuleBasedStateMachine):
    founded = None
    folder = None

    @initialize()
    def open(self):
        self.clock = FakeClock(MONDAY_7_AM)
        PrintersLife.folder += 1
        path = self.founded.path.parent / f"life-{self.folder}"
        self.home = Home(shutil.copytree(self.founded.path, path))
        self.opened = open_till(self.home, self.clock)
        self.till = self.opened.__enter__()
        row = Device("printer", Role.PRINTER, "1", DeviceKind.USB, "/dev/usb/lp0")
        self.printer = printer_of(self.till.devices.add(row, OWNER))
        self.pieces: list[Piece] = []
        self.outcomes: deque[str] = deque()
        self.bills: dict[str, str] = {}
        self.asked_again = self.told_not_printed = 0

    def teardown(self):
        if not hasattr(self, "till"):
            return
        try:
            self.come_to_rest()
        finally:
            self.opened.__exit__(None, None, None)
        assert verify_home(self.home, rebuild=True).result is Result.GOOD

    # --- the line -----------------------------------------------------------------------------

    def print_bytes(self, _address, _profile, data, _patience):
        outcome = self.outcomes.popleft() if self.outcomes else "printed"
        job = self.spooler.printing
        match outcome:
            case "gone":
                raise NotThere("nothing is there")
            case "out of paper":
                raise Offline("out of paper")
            case "stopped before":
                self.spooler._stop.set()
                raise Aborted("stopped")
            case "killed before":
                raise Killed
        steps = decode(data)
        marked = any(isinstance(step, Line) and "DUPLICATE" in step.text for step in steps)
        assert [step.code for step in steps if isinstance(step, Bars)] == [self.bills[job.about]]
        whole = outcome not in IN_THE_MIDDLE
        self.pieces.append(Piece(job.id, job.about, whole, marked))
        match outcome:
            case "torn":
                raise BrokenOff("the line broke", len(data) // 2)
            case "stopped":
                self.spooler._stop.set()
                raise Aborted("stopped", len(data) // 2)
            case "killed" | "killed after":
                raise Killed
        return Printed(Sent(len(data)), READY)

    # --- what happens -------------------------------------------------------------------------

    @rule(bills=st.integers(1, 3))
    def sell(self, bills):
        for _ in range(bills):
            bill = sell(self.till, "1", OWNER, "12", "+")
            self.bills[bill.id] = bill.number

    @precondition(lambda self: self.bills)
    @rule(data=st.data())
    def print_again(self, data):
        number = data.draw(st.sampled_from(sorted(self.bills.values())))
        self.till.billing.reprint(number, OWNER, "1")
        self.asked_again += 1

    @rule(outcomes=st.lists(st.sampled_from(OUTCOMES), max_size=5), patience=st.integers(0, 3))
    def run(self, outcomes, patience):
        self.outcomes = deque(outcomes)
        self.spooler = Driven(self.home, "1", self.printer)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(printing_job, "print_bytes", self.print_bytes)
            patch.setattr(printing_job, "ask_status", lambda *_: READY)
            patch.setattr("milkpos_tui.till.MachineClock", lambda: self.clock)
            try:
                self.spooler.run(patience)
            except Killed:
                return

    @rule(data=st.data())
    def look_at_the_paper(self, data):
        """Somebody says of an unsure slip what they see: it is there whole, or it is not."""
        unsure = [job for job in self.jobs() if job.state is JobState.UNSURE]
        if unsure:
            self.settle(data.draw(st.sampled_from(unsure)))

    def settle(self, job):
        printed = any(piece.job == job.id and piece.whole for piece in self.pieces)
        self.told_not_printed += not printed
        self.till.printing.settle(job.id, OWNER, printed=printed)

    def come_to_rest(self):
        """All faults are over, and people have looked at everything."""
        for _ in range(3):
            self.run([], 0)
            for job in self.jobs():
                self.settle(job)
        assert self.jobs() == ()
        whole = Count(piece.bill for piece in self.pieces if piece.whole)
        assert set(whole) == set(self.bills), "every bill's slip came out whole"
        self.never_twice_unmarked()

    # --- what always holds --------------------------------------------------------------------

    def jobs(self):
        return self.till.printing.open_jobs("1")

    def entries(self):
        return Count(entry.object for entry in entries(self.till, Kind.BILL_REPRINTED))

    @invariant()
    def never_twice_unmarked(self):
        if not hasattr(self, "till"):
            return
        unmarked = Count(piece.bill for piece in self.pieces if not piece.marked)
        assert all(count == 1 for count in unmarked.values()), "two pieces without DUPLICATE"
        whole = Count(piece.bill for piece in self.pieces if piece.marked and piece.whole)
        told = self.entries()
        assert all(told[bill] >= count for bill, count in whole.items()), "a copy without an entry"

    @invariant()
    def no_entry_without_a_reason(self):
        if not hasattr(self, "till"):
            return
        torn = sum(not piece.whole and not piece.marked for piece in self.pieces)
        assert sum(self.entries().values()) <= torn + self.asked_again + self.told_not_printed

    @invariant()
    def no_slip_is_lost(self):
        if not hasattr(self, "till"):
            return
        whole = {piece.bill for piece in self.pieces if piece.whole}
        waiting = {job.about for job in self.jobs()}
        assert set(self.bills) <= whole | waiting

    @invariant()
    def copies_are_as_many_as_entries(self):
        if hasattr(self, "till"):
            for bill, count in self.entries().items():
                assert self.till.bills.by_id(bill).copies == count


@pytest.mark.usefixtures("_short_times")
def test_every_slip_is_printed_and_none_twice_unmarked(home):
    PrintersLife.founded, PrintersLife.folder = home, 0
    run_state_machine_as_test(
        PrintersLife,
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
