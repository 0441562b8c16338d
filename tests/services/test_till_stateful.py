"""A till lives at random: all that can be keyed, shifts, power cuts, a new year; against a model.

The model knows the arithmetic of a bill and counts what must be in the books; it shares no code
with the till. After every step the books are looked at, and at the end the journal is replayed.
"""

import shutil
from collections import Counter as Count
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

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
from milkpos_tui.domain.cash import pieces_for
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.labels import Layout, write_label
from milkpos_tui.home import Home
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.closing import Closing
from milkpos_tui.services.counting import Counted
from milkpos_tui.services.shifts import Move
from milkpos_tui.till import open_till, verify_home
from tests.services.life_model import (
    COUNTED,
    COUNTERS,
    CUSTOMERS,
    LOOSE,
    NOTHING_OFF,
    Kept,
    Line,
    No,
    Off,
    Open,
    Owed,
    Sold,
    quantity_keyed,
    rupees_keyed,
)
from tests.services.life_on_khata import OnKhata, prepare
from tests.services.reading import entries
from tests.support.tills import (
    DAY_MS,
    MONDAY,
    MONDAY_7_AM,
    OWNER,
    SAMPLE_ITEMS,
    FakeClock,
    open_shift,
    rupees,
)

LIVES, STEPS = 45, 50
IST = timezone(timedelta(hours=5, minutes=30))
WEIGHED, PRICED = Layout.parse("21CCCCCWWWWWk"), Layout.parse("23CCCCCPPPPPk")
SIGNS = {"cash": "+", "upi": "+/", "card": "+*"}
KEYED = {**SIGNS, "khata": "+//"}
NAMED = {"8901234567894": 110, "cow": 12, "egg": 40, "ghee": 110, "000031": 31}
GHEE_MRP = rupees("360")
ALWAYS_REFUSED = ("999", "7654321", "buffalo", "+khata", "3**12", "*", ".77", "-999", "0*12", "")


counters = st.sampled_from(COUNTERS)
tender_kinds = st.sampled_from(sorted(SIGNS))
offs = st.builds(Off, paise=st.integers(1, 80_00))
offs |= st.builds(Off, rate_bp=st.integers(0, 100).map(lambda percent: percent * 100))


class Life(OnKhata, RuleBasedStateMachine):
    """One till, from its founding to the verification of its journal."""

    def __init__(self, founded, folder):
        super().__init__()
        self.folder = folder
        self.clock = FakeClock(MONDAY_7_AM)
        self.prices = {item.plu: item.price_paise for item in SAMPLE_ITEMS}
        self.open = dict.fromkeys(COUNTERS, Open())
        self.held = {counter: [] for counter in COUNTERS}
        self.sold = []
        self.owed = {code: Owed() for code in CUSTOMERS}
        self.notes = Count()
        self.drawer = Count()
        self.serials = Count()
        self.told = Count()
        self.set_by = 0  # what the clock was set by since the newest entry
        self.shifts = {counter: Kept(MONDAY) for counter in COUNTERS}
        self.closed = {counter: [] for counter in COUNTERS}
        self.cuts = 0
        self.lags = False
        self.files = ExitStack()
        self.home = Home(shutil.copytree(founded, folder / "0"))
        self.start()
        self.till.shops.add_counter("B", "Back door", OWNER)
        open_shift(self.till, "B")
        self.before = len(entries(self.till))
        self.anchor_before = self.home.anchor.read_bytes()
        self.sit_down()

    def start(self):
        self.till = self.files.enter_context(open_till(self.home, self.clock))

    def sit_down(self):
        self.checkouts = {code: self.till.checkout(code, OWNER) for code in COUNTERS}

    def teardown(self):
        self.files.close()
        verdict = verify_home(self.home, rebuild=True)
        shutil.rmtree(self.folder)
        assert (verdict.result, verdict.bad) == (Result.GOOD, None)
        assert verdict.entries == self.before + self.told.total()

    def tell(self, kind, count=1):
        """So many entries; the first of them comes behind one that says the clock was set."""
        if count:
            self.told[Kind.CLOCK_JUMPED] += self.set_by <= -1000 or self.set_by >= 120_000
            self.set_by = 0
        self.told[kind] += count

    # --- keying in -------------------------------------------------------------------------

    def do(self, counter, text, change, did):
        """Key it in: taken or refused, as the model says."""
        self.anchor_before = self.home.anchor.read_bytes()
        checkout = self.checkouts[counter]
        after, no = None, ""
        try:
            after = change(self.open[counter])
        except No as refusal:
            no = str(refusal)
        if after is not None:
            outcome = checkout.key_in(text)
            assert outcome.did == did
            self.open[counter] = after
            return outcome
        before, draft = everything_counted(self), checkout.draft
        with pytest.raises(Refused) as refused:
            checkout.key_in(text)
        assert refused.value.code == no
        assert checkout.draft is draft
        assert everything_counted(self) == before
        return None

    def add(self, counter, text, line):
        return self.do(
            counter, text, lambda now: now.with_lines((*now.lines, line.checked())), "added"
        )

    @rule(counter=counters, plu=st.sampled_from(LOOSE), milli=st.integers(1, 20_000))
    def add_measured(self, counter, plu, milli):
        self.add(counter, f"{quantity_keyed(milli)}*{plu}", Line(plu, self.prices[plu], milli))

    @rule(counter=counters, plu=st.sampled_from(COUNTED), count=st.integers(1, 12))
    def add_counted(self, counter, plu, count):
        text = str(plu) if count == 1 else f"{count}*{plu}"
        self.add(counter, text, Line(plu, self.prices[plu], count * 1000))

    @rule(counter=counters, what=st.sampled_from(sorted(NAMED)))
    def add_by_barcode_or_words(self, counter, what):
        self.add(counter, what, Line(NAMED[what], self.prices[NAMED[what]], 1000))

    @rule(counter=counters, plu=st.sampled_from(LOOSE), worth=st.integers(5_00, 300_00))
    def add_worth(self, counter, plu, worth):
        line = Line(plu, self.prices[plu], worth=worth)
        self.add(counter, f"/{rupees_keyed(worth)}*{plu}", line)

    @rule(counter=counters, plu=st.sampled_from(LOOSE), value=st.integers(5_00, 99_999))
    def add_label(self, counter, plu, value):
        if value % 2:
            self.add(counter, write_label(WEIGHED, plu, value), Line(plu, self.prices[plu], value))
        else:
            line = Line(plu, self.prices[plu], worth=value)
            self.add(counter, write_label(PRICED, plu, value), line)

    @rule(counter=counters, count=st.integers(0, 12), grams=st.integers(0, 999))
    def change_quantity(self, counter, count, grams):
        lines = self.open[counter].lines
        milli = count * 1000 + (grams if lines and lines[-1].plu in LOOSE else 0)
        less = bool(lines) and milli < lines[-1].milli

        def change(now):
            return now.with_last(lambda line: replace(line, qty=milli, worth=None))

        if self.do(counter, f"*{quantity_keyed(milli)}", change, "changed"):
            self.tell(Kind.LINE_REMOVED, less)

    @precondition(lambda self: any(now.lines for now in self.open.values()))
    @rule(counter=counters, worth=st.integers(5_00, 300_00))
    def change_worth(self, counter, worth):
        lines = self.open[counter].lines
        if lines and lines[-1].plu in COUNTED:
            return
        last = lines[-1] if lines else None

        def change(now):
            return now.with_last(lambda line: replace(line, worth=worth))

        if self.do(counter, f"*/{rupees_keyed(worth)}", change, "changed"):
            less = self.open[counter].lines[-1].milli < last.milli
            self.tell(Kind.LINE_REMOVED, less)

    @precondition(lambda self: any(now.lines for now in self.open.values()))
    @rule(counter=counters, rate=st.integers(1, 600_00))
    def change_rate(self, counter, rate):
        lines = self.open[counter].lines
        before = lines[-1].milli if lines else 0

        def change(now):
            def priced(line):
                if line.plu == 110 and rate > GHEE_MRP:
                    raise No("price-above-mrp")
                return replace(line, rate=rate)

            return now.with_last(priced)

        if self.do(counter, f"**{rupees_keyed(rate)}", change, "changed"):
            self.tell(Kind.LINE_REMOVED, self.open[counter].lines[-1].milli < before)

    @rule(counter=counters, off=offs)
    def discount_line(self, counter, off):
        def change(now):
            return now.with_last(lambda line: replace(line, off=off))

        self.do(counter, f"*-{off.keyed()}", change, "changed")

    @rule(counter=counters, off=offs)
    def discount_bill(self, counter, off):
        def change(now):
            now.unpaid()
            if not now.lines:
                raise No("no-line")
            after = replace(now, off=off)
            assert after.total >= 0
            return after

        self.do(counter, f"+-{off.keyed()}", change, "discount")

    # --- less of it ------------------------------------------------------------------------

    @precondition(lambda self: any(now.given for now in self.open.values()))
    @rule()
    def give_money_back(self):
        counter = next(code for code, now in self.open.items() if now.given)
        self.do(counter, "-", lambda now: replace(now, given=now.given[:-1]), "given_back")
        self.tell(Kind.TENDER_REMOVED)

    @precondition(lambda self: not all(now.given for now in self.open.values()))
    @rule(number=st.none() | st.integers(1, 4), which=st.integers(0, 1))
    def take_off(self, number, which):
        free = [code for code, now in self.open.items() if number or not now.given]
        counter = free[which % len(free)]

        def change(now):
            place = len(now.lines) if number is None else number
            if not 1 <= place <= len(now.lines):
                raise No("no-line")
            now.unpaid()
            left = (*now.lines[: place - 1], *now.lines[place:])
            if not left:
                return Open()
            fits = now.off.paise <= sum(line.amount for line in left)
            return replace(now, lines=left, off=now.off if fits else NOTHING_OFF)

        if self.do(counter, "-" if number is None else f"-{number}", change, "removed"):
            self.tell(Kind.LINE_REMOVED)

    @rule(counter=counters)
    def drop(self, counter):
        def change(now):
            if not now.lines:
                raise No("no-line")
            now.unpaid()
            return Open()

        if self.do(counter, "--", change, "dropped"):
            self.tell(Kind.DRAFT_DROPPED)

    @rule(counter=counters)
    def hold(self, counter):
        def change(now):
            if not now.lines:
                raise No("no-line")
            return Open()

        now = self.open[counter]
        if self.do(counter, ".", change, "held"):
            self.held[counter].append(now)

    @precondition(lambda self: any(self.held.values()))
    @rule(counter=counters, number=st.integers(1, 3))
    def recall(self, counter, number):
        now, held = self.open[counter], self.held[counter]

        def change(_now):
            if number > len(held):
                raise No("held-unknown")
            return held[number - 1]

        outcome = self.do(counter, f".{number}", change, "recalled")
        if outcome:
            del held[number - 1]
            if now.lines:
                held.append(now)
            assert outcome.held == len(held)

    @rule(counter=counters, text=st.sampled_from(ALWAYS_REFUSED))
    def key_nonsense(self, counter, text):
        with pytest.raises(Refused):
            self.checkouts[counter].key_in(text)

    # --- money -----------------------------------------------------------------------------

    @rule(counter=counters, kind=tender_kinds, share=st.integers(1, 99))
    def pay_a_part(self, counter, kind, share):
        due = self.open[counter].due
        self.pay_amount(counter, kind, due * share // 100)

    @initialize(bills=st.integers(0, 3))
    def the_shop_has_opened(self, bills):
        for plu in (12, 70, 40)[:bills]:
            self.add("1", f"2*{plu}", Line(plu, self.prices[plu], 2000))
            self.pay_amount("1", "cash", None)

    @rule(counter=counters, plus=st.lists(st.sampled_from(COUNTED + LOOSE), max_size=3))
    def sell(self, counter, plus):
        """What most customers want."""
        for plu in plus:
            self.add(counter, f"3*{plu}", Line(plu, self.prices[plu], 3000))
        self.pay_amount(counter, "cash", self.open[counter].due + 100_00)

    @rule(counter=counters, kind=tender_kinds)
    def pay_the_rest(self, counter, kind):
        self.pay_amount(counter, kind, None)

    @rule(counter=counters, kind=tender_kinds, more=st.integers(1, 500_00))
    def pay_too_much(self, counter, kind, more):
        self.pay_amount(counter, kind, self.open[counter].due + more)

    def pay_amount(self, counter, kind, paise):
        now = self.open[counter]
        amount = now.due if paise is None else paise

        def change(now):
            if not now.lines:
                raise No("nothing-to-pay")
            if not amount and now.due:
                raise No("tender-zero")
            if kind != "cash" and amount > now.due:
                raise No("tender-above-due")
            if amount >= now.due:
                return Open()
            return replace(now, given=(*now.given, (kind, amount)))

        text = KEYED[kind] + ("" if paise is None else rupees_keyed(paise))
        did = "paid" if amount >= now.due else "part_paid"
        draft = self.checkouts[counter].draft.id
        outcome = self.do(counter, text, change, did)
        if outcome and did == "paid":
            self.tell(Kind.BILL_PAID)
            given = (*now.given, *([(kind, amount)] if amount else []))
            self.booked(counter, now, given, draft, outcome.paid)

    def booked(self, counter, now, given, draft, bill):
        """The model's books of a bill, which must be the till's."""
        document = bill.document
        change = sum(paise for _kind, paise in given) - now.total
        assert bill.id == draft
        shift = self.shifts[counter]
        assert bill.number == self.next_number(counter, "", shift.day)
        assert bill.business_date == shift.day.isoformat()
        assert (document.total_paise, document.change_paise) == (now.total, change)
        assert [(t.kind.value, t.amount_paise) for t in document.tenders] == list(given)
        assert [(ln.plu, ln.qty_milli, ln.rate_paise) for ln in document.lines] == [
            (ln.plu, ln.milli, ln.rate) for ln in now.lines
        ]
        bill_off = now.off.of(now.amounts)
        assert sum(ln.amount_paise for ln in document.lines) == now.amounts - bill_off
        assert all(
            ln.amount_paise <= mine.amount
            for ln, mine in zip(document.lines, now.lines, strict=True)
        )
        for tender, paise in (*given, ("cash", -change)):
            self.drawer[tender] += paise
            shift.by_kind[tender] += paise
        shift.bills += 1
        shift.sold += now.total
        lines = tuple(
            (ln.qty_milli, ln.amount_paise, ln.plu in COUNTED, ln.discount_paise)
            for ln in document.lines
        )
        self.sold.append(Sold(bill.number, counter, lines, now.total))
        assert self.till.bills.by_number(bill.number) == bill

    def next_number(self, counter, series, today):
        first = today.year if today.month >= 4 else today.year - 1
        year = f"{first % 100:02d}{(first + 1) % 100:02d}"
        self.serials[counter, series, year] += 1
        return f"{counter}{series}/{year}/{self.serials[counter, series, year]}"

    def today(self):
        return datetime.fromtimestamp(self.clock._now / 1000, UTC).astimezone(IST).date()

    # --- what comes back -------------------------------------------------------------------

    @precondition(lambda self: any(bill.left() for bill in self.sold))
    @rule(data=st.data(), counter=counters, kind=tender_kinds)
    def take_back(self, data, counter, kind):
        bills = [bill for bill in self.sold if bill.left()]
        theirs = [bill for bill in bills if bill.code]
        bill = data.draw(st.sampled_from(theirs if theirs and data.draw(st.booleans()) else bills))
        if bill.code and data.draw(st.booleans()):
            kind = "khata"
        left = bill.left()
        numbers = data.draw(st.sets(st.sampled_from(sorted(left)), min_size=1))
        back = {}
        for number in sorted(numbers):
            share = data.draw(st.sampled_from((1, 1, 2, 3)))
            whole = bill.lines[number - 1][2]
            part = left[number] // share
            back[number] = max(1000, part // 1000 * 1000) if whole else max(1, part)
        before, refunded, no = everything_counted(self), bill.refunded, ""
        points = bill.points_back
        try:
            note = self.give_back(bill, back, counter, kind)
        except Refused as refused:
            no = refused.code
        if no:
            assert no == "return-too-little"
            assert everything_counted(self) == before
            return
        bill.returned.update(back)
        shift = self.shifts[counter]
        assert note.number == self.next_number(counter, "-R", shift.day)
        assert note.business_date == shift.day.isoformat()
        assert note.document.total_paise == bill.refunded - refunded
        assert note.original_number == bill.number
        assert {ln.of_line: ln.qty_milli for ln in note.document.lines} == back
        assert bill.left() or bill.refunded == bill.total
        self.drawer[kind] -= note.document.total_paise
        shift.by_kind[kind] -= note.document.total_paise
        shift.returns += 1
        shift.refunded += note.document.total_paise
        self.came_back(bill, kind, note.document.total_paise, points)
        self.tell(Kind.BILL_RETURNED)
        self.notes[bill.number] += 1

    def give_back(self, bill, back, counter, kind):
        return self.till.billing.take_back(
            bill.number, back, "sour", TenderKind(kind), counter, OWNER
        )

    @precondition(lambda self: self.sold)
    @rule(data=st.data(), counter=counters)
    def take_back_too_much(self, data, counter):
        bill = data.draw(st.sampled_from(self.sold))
        number = data.draw(st.integers(1, len(bill.lines)))
        milli = bill.lines[number - 1][0] - bill.returned[number]
        with pytest.raises(Refused) as refused:
            self.give_back(bill, {number: milli + 1000}, counter, "cash")
        assert refused.value.code == "return-too-much"

    @precondition(lambda self: self.sold)
    @rule(data=st.data())
    def reprint(self, data):
        bill = data.draw(st.sampled_from(self.sold))
        bill.copies += 1
        assert self.till.billing.reprint(bill.number, OWNER).copies == bill.copies
        self.tell(Kind.BILL_REPRINTED)

    # --- shifts ----------------------------------------------------------------------------

    def bills_of(self, counter):
        """The bills of a counter that are not paid."""
        return [now for now in (self.open[counter], *self.held[counter]) if now.lines]

    @rule(
        counter=counters, kind=st.sampled_from(("in", "out", "drop")), paise=st.integers(1, 700_00)
    )
    def move_cash(self, counter, kind, paise):
        shift, before = self.shifts[counter], everything_counted(self)
        given = [part for now in self.bills_of(counter) for part in now.given]
        there = shift.expected("cash") + sum(paise for kind, paise in given if kind == "cash")
        move = Move(kind, paise, "change")
        if kind != "in" and paise > there:
            with pytest.raises(Refused) as refused:
                self.till.shifts.move_cash(counter, move, OWNER)
            assert refused.value.code == "cash-short"
            assert everything_counted(self) == before
            return
        self.till.shifts.move_cash(counter, move, OWNER)
        self.tell(Kind.CASH_MOVED)
        shift.moved += paise if kind == "in" else -paise

    @rule(counter=counters, busiest=st.booleans(), missing=st.integers(0, 3))
    def next_shift(self, counter, busiest, missing):
        """One is closed, nothing is sold without one, and the next begins: maybe of another day,
        never of one before. What is not paid goes on, but not with money taken for it."""
        if busiest:
            counter = max(COUNTERS, key=lambda code: self.shifts[code].bills)
        closings, shift = self.till.closings, self.shifts[counter]
        counted = Counted(pieces_for(max(0, shift.expected("cash") // 100 - missing)))
        carry = frozenset(draft.id for draft in closings.left_over(counter))
        closing, before = Closing(counted, carry=carry), everything_counted(self)
        if any(now.given for now in self.bills_of(counter)):
            with pytest.raises(Refused) as refused:
                closings.close(counter, closing, OWNER)
            assert refused.value.code == "part-paid"
            assert everything_counted(self) == before
            return
        z = closings.close(counter, closing, OWNER)
        self.tell(Kind.SHIFT_COUNTED)
        self.tell(Kind.SHIFT_CLOSED)
        self.closed[counter].append(shift)
        self.assert_z(counter, shift, z, counted.cash.paise)
        with pytest.raises(Refused) as refused:
            self.checkouts[counter].key_in("12")
        assert refused.value.code == "no-shift"
        day = max(self.today(), shift.day)
        assert open_shift(self.till, counter).day == day
        self.tell(Kind.SHIFT_OPENED)
        self.shifts[counter] = Kept(day)

    def assert_z(self, counter, shift, z, counted_paise):
        kept, all_of_them = z.takings, self.closed[counter]
        assert (kept.bills, kept.returns) == (shift.bills, shift.returns)
        assert (kept.sold_paise, kept.refunded_paise) == (shift.sold, shift.refunded)
        expected = {check.kind.value: check.expected_paise for check in z.checks}
        assert Count(expected) == Count({kind: shift.expected(kind) for kind in (*SIGNS, "khata")})
        assert z.difference_paise == counted_paise - shift.expected("cash")
        assert sum(tax.amount_paise for tax in kept.taxes) == (
            kept.total_paise - kept.round_off_paise
        )
        assert z.closed.number == len(all_of_them)
        assert z.closed.carried == len(self.bills_of(counter))
        assert z.closed.perpetual_sold_paise == sum(one.sold for one in all_of_them)
        assert z.closed.perpetual_refunded_paise == sum(one.refunded for one in all_of_them)
        assert self.till.takings.by_number(counter, z.closed.number, OWNER) == z

    # --- what happens to a shop ------------------------------------------------------------

    @rule(item=st.sampled_from(SAMPLE_ITEMS), price=st.integers(100, 900_00))
    def change_price(self, item, price):
        price = min(price, item.mrp_paise or price)
        known = self.till.catalogue.known(item.plu)
        self.till.catalogue.change(known._replace(price_paise=price), OWNER)
        self.prices[item.plu] = price
        self.tell(Kind.PRODUCT_CHANGED)

    @rule(lags=st.booleans())
    def power_cut(self, lags):
        """The files as they lie there are all that is left; the anchor may be one step old."""
        self.cuts += 1
        after = Home(self.folder / str(self.cuts))
        shutil.copytree(self.home.path, after.path, ignore=shutil.ignore_patterns("*-shm"))
        if lags:
            after.anchor.write_bytes(self.anchor_before)
        self.files.close()
        shutil.rmtree(self.home.path)
        self.home, self.lags = after, lags or self.lags
        self.anchor_before = after.anchor.read_bytes()
        self.start()
        self.sit_down()
        for code, checkout in self.checkouts.items():
            assert checkout.recovered == bool(self.open[code].lines)

    @rule()
    def close_and_open(self):
        self.files.close()
        self.start()
        self.sit_down()

    @rule(counter=counters)
    def another_terminal_was_faster(self, counter):
        """Whoever holds an old view of the bill is refused, whatever they key."""
        slow = self.checkouts[counter]
        with open_till(self.home, self.clock) as other:
            self.checkouts[counter] = other.checkout(counter, OWNER)
            assert as_keyed(self.checkouts[counter].draft.cart) == as_keyed(slow.draft.cart)
            if self.open[counter].given:
                self.pay_amount(counter, "upi", None)
            else:
                self.add(counter, "12", Line(12, self.prices[12], 1000))
            with pytest.raises(Refused) as refused:
                slow.key_in("+" if slow.draft.cart.tenders else "31")
            assert refused.value.code == "draft-changed"
        self.checkouts[counter] = self.till.checkout(counter, OWNER)

    @rule(minutes=st.integers(1, 3 * 24 * 60))
    def time_passes(self, minutes):
        self.clock.advance(minutes * 60_000)

    @rule(before=st.booleans())
    def the_first_of_april(self, before):
        """A minute before it, or its first moment; never back in time."""
        today = self.today()
        year = today.year if (today.month, today.day) < (4, 1) else today.year + 1
        midnight = int(datetime(year, 4, 1, tzinfo=IST).timestamp() * 1000)
        moment = midnight - 60_000 if before else midnight
        if moment > self.clock._now and moment - self.clock._now < 2 * 366 * DAY_MS:
            self.clock.advance(moment - self.clock._now)

    @rule(seconds=st.integers(-3 * 86_400, 3 * 86_400) | st.integers(-2, 130))
    def someone_sets_the_clock(self, seconds):
        self.clock.set(self.clock._now + seconds * 1000)
        self.set_by += seconds * 1000

    # --- what must hold after every step ---------------------------------------------------

    def ask(self, sql):
        return self.till._db.connection().execute(sql).fetchall()

    @invariant()
    def a_bill_is_its_lines_its_round_off_and_its_money(self):
        assert not self.ask(
            "SELECT id FROM bill WHERE total_paise <> round_off_paise"
            " + (SELECT sum(amount_paise) FROM bill_line WHERE bill = id)"
            " OR total_paise <> (SELECT coalesce(sum(amount_paise), 0) FROM bill_tender"
            " WHERE bill = id) - change_paise"
            " OR taxable_paise + cgst_paise + sgst_paise + igst_paise"
            " <> (SELECT sum(amount_paise) FROM bill_line WHERE bill = id)"
            " OR abs(round_off_paise) > 99"
        )

    @invariant()
    def numbers_have_no_gap(self):
        serials = {}
        for (number,) in self.ask("SELECT number FROM bill"):
            head, year, serial = number.split("/")
            series = head.partition("-")[1] + head.partition("-")[2]
            serials.setdefault((head.partition("-")[0], series, year), []).append(int(serial))
        for key, found in serials.items():
            assert sorted(found) == list(range(1, self.serials[key] + 1)), key
        last = {tuple(row[:3]): row[3] for row in self.ask("SELECT * FROM series")}
        assert last == {key: count for key, count in self.serials.items() if count}
        assert serials.keys() == last.keys()

    @invariant()
    def no_bill_is_open_and_paid(self):
        assert not self.ask("SELECT id FROM draft WHERE id IN (SELECT id FROM bill)")
        drafts = Count((row[0], row[1]) for row in self.ask("SELECT counter, state FROM draft"))
        for code in COUNTERS:
            assert drafts[code, "open"] == bool(self.open[code].lines)
            assert drafts[code, "held"] == len(self.held[code])

    @invariant()
    def no_more_came_back_than_was_sold(self):
        back = self.ask(
            "SELECT sold.number, line.of_line, sum(line.qty_milli) FROM bill AS note"
            " JOIN bill_line AS line ON line.bill = note.id"
            " JOIN bill AS sold ON sold.id = note.original GROUP BY 1, 2"
        )
        found = {(number, of_line): milli for number, of_line, milli in back}
        assert found == {
            (bill.number, number): milli
            for bill in self.sold
            for number, milli in bill.returned.items()
        }
        assert all(
            milli <= bill.lines[number - 1][0]
            for bill in self.sold
            for number, milli in bill.returned.items()
        )

    @invariant()
    def the_drawer_holds_what_the_bills_say(self):
        rows = self.ask(
            "SELECT tender.kind, sum(CASE WHEN original IS NULL THEN 1 ELSE -1 END * amount_paise)"
            " FROM bill_tender AS tender JOIN bill ON bill.id = tender.bill GROUP BY 1"
        )
        ((change,),) = self.ask("SELECT coalesce(sum(change_paise), 0) FROM bill")
        drawer = Count(dict(rows))
        drawer["cash"] -= change
        assert {kind: drawer[kind] for kind in SIGNS} == {kind: self.drawer[kind] for kind in SIGNS}

    @invariant()
    def what_is_stored_is_shown_and_is_what_was_keyed(self):
        for code, checkout in self.checkouts.items():
            now, cart = self.open[code], checkout.draft.cart
            assert [
                (line.item.plu, line.qty_milli, line.rate_paise, line.worth_paise)
                for line in cart.lines
            ] == [(line.plu, line.milli, line.rate, line.worth) for line in now.lines]
            assert [line.amount_paise for line in cart.lines] == [ln.amount for ln in now.lines]
            assert (cart.total_paise, cart.due_paise) == (now.total, now.due)
            assert [(t.kind.value, t.amount_paise) for t in cart.tenders] == list(now.given)
            stored = self.till.drafts.open_on(code)
            assert (stored is None) == (not now.lines)
            if stored is not None:
                assert (stored.id, stored.version) == (checkout.draft.id, checkout.draft.version)
                assert as_keyed(stored.cart) == as_keyed(cart)
            assert [bill.total_paise for bill in checkout.held] == [
                bill.total for bill in self.held[code]
            ]

    @invariant()
    def the_journal_tells_what_happened(self):
        rows = self.ask(f"SELECT kind, count(*) FROM entry WHERE seq > {self.before} GROUP BY 1")
        assert dict(rows) == {kind.value: count for kind, count in self.told.items() if count}
        ((most, count),) = self.ask("SELECT max(seq), count(*) FROM entry")
        assert most == count == self.before + self.told.total()

    @invariant()
    def the_anchor_is_the_head_or_lags(self):
        ((seq, digest),) = self.ask("SELECT seq, hash FROM head")
        known = self.home.anchor.read_text().split()
        assert int(known[1]) <= seq
        self.lags = self.lags and int(known[1]) < seq
        assert self.lags or (int(known[1]), known[2]) == (seq, digest.hex())

    @invariant()
    def copies_are_counted(self):
        rows = self.ask("SELECT number, count(*) FROM bill JOIN bill_copy ON bill = id GROUP BY 1")
        assert dict(rows) == {bill.number: bill.copies for bill in self.sold if bill.copies}


def as_keyed(cart):
    """All of a cart but its items, whose prices may have changed since."""
    lines = [line._replace(item=SAMPLE_ITEMS[0]) for line in cart.lines]
    return lines, cart.discount, cart.tenders


def everything_counted(life):
    """What a refusal may not change."""
    tables = ("entry", "bill", "bill_line", "bill_tender", "draft", "shift", "z_report", "ledger")
    return [life.ask(f"SELECT count(*) FROM {table}") for table in tables], life.ask(
        "SELECT * FROM series"
    )


def test_a_till_lives(tmp_path, home):
    """Hypothesis prints the steps of a failure, and the seed where it is asked for."""
    made = []
    with open_till(home, FakeClock(MONDAY_7_AM)) as till:
        prepare(till)

    def life():
        made.append(len(made))
        return Life(home.path, tmp_path / f"life {len(made)}")

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
