"""The usual at two counters: whatever is taken, keyed, paid, held, dropped and returned, nothing is
proposed that was collected already, and nothing that is still due is forgotten."""

import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.orders import BOTH, DAILY, OrderPlace
from milkpos_tui.journal.clock import moment_in_india
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.orders import Wish
from milkpos_tui.till import verify_home
from tests.services.reading import everything
from tests.support.tills import (
    DAY_MS,
    EGG,
    GHEE,
    MILK,
    OWNER,
    FakeClock,
    make_home,
    open_sample_till,
    open_shift,
)

DUE = {MILK.plu: 2000, EGG.plu: 1000}
counters = st.sampled_from(("1", "B"))


@dataclass
class Open:
    """A bill on a counter: whose it is, and its lines as (PLU, thousandths, when)."""

    code: str = ""
    lines: list[tuple[int, int, tuple[str, bool]]] = field(default_factory=list)


class UsualMachine(RuleBasedStateMachine):
    """Lakshmi (12) collects two litres and an egg in each half of the day; Gita (13) has no order.
    The shift is the same all the time."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp())
        self.files = ExitStack()
        self.clock = FakeClock()
        self.home = make_home(self.folder)
        self.till = self.files.enter_context(open_sample_till(self.home, self.clock))
        self.till.shops.add_counter("B", "", OWNER)
        open_shift(self.till, "B")
        for code in ("12", "13"):
            self.till.customers.add(Customer("", code, name=f"House {code}"), OWNER)
        for plu, qty in DUE.items():
            wish = Wish(plu, qty, DAILY, BOTH, place=OrderPlace.COUNTER)
            self.till.orders.add("12", wish, OWNER)
        self.checkouts = {code: self.till.checkout(code, OWNER) for code in ("1", "B")}
        self.open = {"1": Open(), "B": Open()}
        self.offered = {"1": None, "B": None}
        self.held = {"1": [], "B": []}
        self.paid = []  # (number, code, half, {line: [plu, left]})

    def teardown(self):
        self.files.close()
        verdict = verify_home(self.home, rebuild=True)
        shutil.rmtree(self.folder)
        assert verdict.result is Result.GOOD

    # --- the model -------------------------------------------------------------------------

    def now(self):
        at = moment_in_india(self.clock._now)
        return at.date().isoformat(), at.hour < 12

    def left(self, but):
        """What of the usual is still due now, as (PLU, thousandths); bill `but` has nothing."""
        now = self.now()
        had = dict.fromkeys(DUE, 0)
        for _number, code, half, lines in self.paid:
            if code == "12" and half == now[1]:
                for plu, qty in lines.values():
                    had[plu] = had.get(plu, 0) + qty
        unpaid = [self.open["1"], self.open["B"], *self.held["1"], *self.held["B"]]
        for bill in unpaid:
            if bill.code == "12" and bill is not but:
                for plu, qty, when in bill.lines:
                    if when == now:
                        had[plu] = had.get(plu, 0) + qty
        left = {plu: max(0, qty - had[plu]) for plu, qty in DUE.items()}
        return [(plu, qty) for plu, qty in left.items() if qty]

    def wanted(self, bill):
        """What is to be proposed for a bill."""
        if bill.lines or not bill.code:
            return []
        if bill.code == "12":
            return self.left(bill)
        last = next((lines for _, code, _, lines in reversed(self.paid) if code == "13"), {})
        return [(plu, qty) for plu, qty in last.values() if qty]

    # --- what happens ----------------------------------------------------------------------

    @rule(counter=counters, code=st.sampled_from(("12", "13", "")))
    def choose(self, counter, code):
        bill = self.open[counter]
        usual = self.checkouts[counter].key_in(f"//{code}").usual
        bill.code = code
        wanted = self.wanted(bill)
        assert (usual and [asked[:2] for asked in usual.asked]) == (wanted or None)
        self.offered[counter] = wanted or None

    @rule(counter=counters)
    def enter(self, counter):
        checkout, bill, offered = self.checkouts[counter], self.open[counter], self.offered[counter]
        self.offered[counter] = None
        if offered is None:
            before = everything(self.till)
            assert checkout.take_usual().did == "repeated"
            assert everything(self.till) == before
        elif self.wanted(bill) != offered:
            self.refused(checkout.take_usual, "usual-changed")
        else:
            assert checkout.take_usual().did == "usual"
            bill.lines += [(plu, qty, self.now()) for plu, qty in offered]

    @rule(counter=counters, plu=st.sampled_from((MILK.plu, EGG.plu, GHEE.plu)))
    def key_by_hand(self, counter, plu):
        self.checkouts[counter].key_in(str(plu))
        self.open[counter].lines.append((plu, 1000, self.now()))
        self.offered[counter] = None

    @rule(counter=counters)
    def pay(self, counter):
        checkout, bill = self.checkouts[counter], self.open[counter]
        self.offered[counter] = None
        if not bill.lines:
            self.refused(lambda: checkout.key_in("+"), "nothing-to-pay")
            return
        _day, morning = self.now()
        paid = checkout.key_in("+").paid
        lines = {no: [plu, qty] for no, (plu, qty, _) in enumerate(bill.lines, 1)}
        self.paid.append((paid.number, bill.code, morning, lines))
        self.open[counter] = Open()

    @precondition(lambda self: self.paid)
    @rule(which=st.integers(0, 9))
    def give_back(self, which):
        number, _code, _morning, lines = self.paid[which % len(self.paid)]
        no = next((no for no, (_plu, qty) in lines.items() if qty), None)
        if no is not None:
            self.till.billing.take_back(number, {no: 1000}, "sour", TenderKind.CASH, "1", OWNER)
            lines[no][1] -= 1000

    @rule(counter=counters)
    def hold(self, counter):
        bill, checkout = self.open[counter], self.checkouts[counter]
        self.offered[counter] = None
        if bill.lines:
            checkout.key_in(".")
            self.held[counter].append(bill)
            self.open[counter] = Open()
        else:
            self.refused(lambda: checkout.key_in("."), "no-line")

    @precondition(lambda self: any(self.held.values()))
    @rule()
    def recall(self):
        counter = next(code for code, held in self.held.items() if held)
        self.checkouts[counter].key_in(".1")
        now, self.open[counter] = self.open[counter], self.held[counter].pop(0)
        self.held[counter] += [now] if now.lines else []
        self.offered[counter] = None

    @rule(counter=counters)
    def drop(self, counter):
        checkout = self.checkouts[counter]
        self.offered[counter] = None
        if self.open[counter].lines:
            checkout.key_in("--")
            self.open[counter] = Open()
        else:
            self.refused(lambda: checkout.key_in("--"), "no-line")

    @rule()
    def half_a_day_passes(self):
        self.clock.advance(DAY_MS // 2)

    def refused(self, decide, code):
        before = everything(self.till)
        with pytest.raises(Refused) as refused:
            decide()
        assert refused.value.code == code
        assert everything(self.till) == before


TestUsual = UsualMachine.TestCase
TestUsual.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
