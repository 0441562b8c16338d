"""Customers in a till's life: sold on khata, paid, paid back, corrected; deposits, bottles, points.
Their balances must be what a few lines of addition here say."""

from collections import Counter as Count
from dataclasses import replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.khata import Unit
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.khata import Payment
from tests.services.life_model import (
    COUNTED,
    COUNTERS,
    CUSTOMERS,
    LOOSE,
    LOYALTY,
    POINT_WORTH_PAISE,
    POINTS,
    Line,
    Off,
)
from tests.support.tills import OWNER

counters, codes = st.sampled_from(COUNTERS), st.sampled_from(CUSTOMERS)


def prepare(till):
    """Two customers, in a shop that gives points."""
    for code in CUSTOMERS:
        till.customers.add(Customer("", code, name=f"Customer {code}"), OWNER)
    till.settings.change("loyalty", LOYALTY, OWNER)
    till.settings.change("point-worth", f"{POINT_WORTH_PAISE / 100:.2f}", OWNER)


class OnKhata:
    """Rules and what must hold, for `Life`."""

    @initialize(share=st.sampled_from((0, 40, 100)), both=st.booleans())
    def customers_have_come(self, share, both):
        """So that there are points to take, and bills of somebody to bring back."""
        for code in CUSTOMERS if both else CUSTOMERS[:1]:
            self.sell_to_a_customer(COUNTERS[-1], code, (70, 12), 0, share)
        self.sell_to_a_customer(COUNTERS[-1], CUSTOMERS[0], (12, 31), 60, share)

    @precondition(lambda self: not all(now.lines for now in self.open.values()))
    @rule(
        counter=counters,
        code=codes,
        plus=st.lists(st.sampled_from(COUNTED + LOOSE), min_size=1, max_size=3),
        wanted=st.integers(0, 60),
        share=st.sampled_from((0, 40, 100)),
    )
    def sell_to_a_customer(self, counter, code, plus, wanted, share):
        """On khata, a part of it or nothing; and points for a part of what it comes to."""
        if self.open[counter].lines:
            counter = next(code for code, now in self.open.items() if not now.lines)
        owed = self.owed[code]
        self.checkouts[counter].key_in(f"//{code}")
        for plu in plus:
            self.add(counter, f"3*{plu}", Line(plu, self.prices[plu], 3000))
        taken = min(wanted, max(0, owed.points), self.open[counter].amounts // POINT_WORTH_PAISE)
        if taken:
            off = Off(taken * POINT_WORTH_PAISE)
            self.do(counter, f"+**{taken}", lambda now: replace(now, off=off), "points")
        on_khata = self.open[counter].total * share // 100
        if on_khata:
            self.pay_amount(counter, "khata", on_khata)
        if self.open[counter].lines:
            self.pay_amount(counter, "cash", None)
        sold = self.sold[-1]
        lines = self.till.bills.by_number(sold.number).document.lines
        sold.code, sold.taken = code, taken
        sold.earned = sum(ln.amount_paise * POINTS.get(ln.plu, 0) for ln in lines) // 100_00
        owed.khata += on_khata
        owed.points += sold.earned - taken

    def came_back(self, bill, kind, paise, before):
        """What a credit note does to whose bill it was: `before` are its points so far."""
        if not bill.code:
            return
        owed = self.owed[bill.code]
        owed.khata -= paise if kind == "khata" else 0
        earned, taken = (after - was for after, was in zip(bill.points_back, before, strict=True))
        owed.points += taken - earned

    @rule(
        counter=counters,
        code=codes,
        kind=st.sampled_from(("cash", "upi", "card")),
        paise=st.integers(1, 900_00),
        deposit=st.booleans(),
    )
    def receive(self, counter, code, kind, paise, deposit):
        payment = Payment(paise, TenderKind(kind), again=True, deposit=deposit)
        self.till.khata.receive(code, payment, counter, OWNER)
        self.shifts[counter].of_khata[kind] += paise
        if deposit:
            self.owed[code].deposit += paise
        else:
            self.owed[code].khata -= paise
        self.tell(Kind.KHATA_RECEIVED)

    @rule(counter=counters, code=codes, paise=st.integers(1, 900_00), deposit=st.booleans())
    def pay_back(self, counter, code, paise, deposit):
        """By UPI, so that no drawer is short; never more than there is."""
        owed, payment = self.owed[code], Payment(paise, TenderKind.UPI, deposit=deposit)

        def decide():
            self.till.khata.pay_back(code, payment, "asked for", counter, OWNER)

        if self.moved(decide, paise <= (owed.deposit if deposit else -owed.khata), "khata-short"):
            self.shifts[counter].of_khata["upi"] -= paise
            if deposit:
                owed.deposit -= paise
            else:
                owed.khata += paise
            self.tell(Kind.KHATA_PAID_BACK)

    @rule(counter=counters, code=codes, paise=st.integers(1, 900_00))
    def use_deposit(self, counter, code, paise):
        owed = self.owed[code]

        def decide():
            self.till.khata.use_deposit(code, paise, "month's end", counter, OWNER)

        if self.moved(decide, paise <= min(owed.deposit, owed.khata), "khata-short"):
            owed.deposit -= paise
            owed.khata -= paise
            self.tell(Kind.DEPOSIT_USED)

    @rule(
        counter=counters,
        code=codes,
        paise=st.integers(-900_00, 900_00),
        bottles=st.just(0) | st.integers(-9, 9),
    )
    def correct(self, counter, code, paise, bottles):
        """What is owed, or the bottles that are out."""
        if paise:
            self.till.khata.adjust(code, paise, "keyed wrongly", counter, OWNER)
            self.owed[code].khata += paise
            self.tell(Kind.KHATA_ADJUSTED)
        if bottles:
            self.till.khata.move_containers(code, {Unit.BOTTLE: bottles}, counter, OWNER)
            self.owed[code].bottles += bottles
            self.tell(Kind.CONTAINERS_MOVED)

    @rule(counter=counters, code=codes, points=st.integers(1, 60))
    def redeem(self, counter, code, points):
        owed = self.owed[code]

        def decide():
            self.till.khata.redeem(code, points, counter, OWNER)

        if self.moved(decide, points <= owed.points, "points"):
            owed.points -= points
            owed.khata -= points * POINT_WORTH_PAISE
            self.tell(Kind.POINTS_MOVED)

    def moved(self, decide, allowed, no):
        """Done, or refused so and nothing changed."""
        if allowed:
            decide()
            return True
        before = self.ask("SELECT count(*) FROM entry"), self.ask("SELECT * FROM balance")
        with pytest.raises(Refused) as refused:
            decide()
        assert refused.value.code == no
        assert (self.ask("SELECT count(*) FROM entry"), self.ask("SELECT * FROM balance")) == before
        return False

    # --- what must hold after every step ---------------------------------------------------

    @invariant()
    def each_balance_is_what_it_adds_up_to(self):
        for code, owed in self.owed.items():
            found = self.till.accounts.balances(self.till.accounts.known(code).id)
            assert (found.khata_paise, found.deposit_paise, found.bottles, found.points) == (
                owed.khata,
                owed.deposit,
                owed.bottles,
                owed.points,
            )
            assert (found.cans, found.crates) == (0, 0)

    @invariant()
    def the_ledger_is_balanced_and_its_balances_are_its_postings(self):
        assert not self.ask(
            "SELECT ledger FROM posting GROUP BY ledger, unit HAVING sum(amount) <> 0"
        )
        postings, balances, days = (
            Count({tuple(row[:3]): row[3] for row in self.ask(sql)})
            for sql in (
                "SELECT customer, account, unit, sum(amount) FROM posting"
                " WHERE customer IS NOT NULL GROUP BY 1, 2, 3",
                "SELECT customer, account, unit, amount FROM balance",
                "SELECT customer, account, unit, sum(up - down) FROM balance_day GROUP BY 1, 2, 3",
            )
        )
        assert postings == balances == days
