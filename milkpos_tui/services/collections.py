"""Milk from farmers at work: its prices, cans taken in, and settlements every ten days.

A farmer is a customer: what their milk is worth goes on their khata when it is settled, and meets
there what they owe for goods. What is then in advance is paid out like any advance
(`Khata.pay_back`), from a drawer that somebody answers for.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from milkpos_tui.domain.collection import (
    Basis,
    Chart,
    Collection,
    Formula,
    Milk,
    Rates,
    Reading,
    collect,
    parse_formula,
    show_collection,
    solids_worth,
)
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.orders import Half
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.settings import SNF_FORMULA
from milkpos_tui.domain.settlement import (
    Cycle,
    Deduction,
    DeductionKind,
    Settlement,
    Taken,
    cycle_of,
    settle,
)
from milkpos_tui.journal.clock import Clock, day_in_india, uuid7
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.accounts import FAMILY, Accounts, Customer
from milkpos_tui.services.cans import Can, can_body, read_cans
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.settings import Settings
from schema.connection import TillDatabase

Row = Sequence[Any]  # as apsw gives it

_PRICE = """
SELECT since, milk, content FROM milk_price WHERE since <= ? AND milk IN (?, '')
ORDER BY milk DESC, since DESC LIMIT 1
"""
_FARMERS = """
SELECT DISTINCT farmer FROM milk_collection
WHERE day BETWEEN ? AND ? AND settled IS NULL ORDER BY farmer
"""
_SETTLED = f"""{FAMILY}
SELECT id, day, milk_paise, payable_paise, content FROM milk_settlement
WHERE farmer IN family AND cycle = ?
"""


class Settled(NamedTuple):
    """A settlement in the books, or as it would be (`id` empty)."""

    id: str
    farmer: Customer
    day: date
    settlement: Settlement


class Collections:
    """Decisions about farmers' milk; each is one transaction."""

    def __init__(
        self,
        db: TillDatabase,
        journal: Journal,
        accounts: Accounts,
        settings: Settings,
        permissions: Permissions,
        clock: Clock,
    ) -> None:
        self._db = db
        self._journal = journal
        self._accounts = accounts
        self._settings = settings
        self._permissions = permissions
        self._clock = clock

    # --- prices ----------------------------------------------------------------------------

    def set_chart(self, chart: Chart, since: date, milk: Milk | None, actor: Actor) -> None:
        """A chart that holds from a day on, for a kind of milk or (None) for any."""
        price: dict[str, Value] = {
            "basis": chart.basis.value,
            "fats": list(chart.fats),
            "snfs": list(chart.snfs),
            "paise": [list(row) for row in chart.paise],
        }
        self._set_prices([(since, milk, price)], actor)

    def set_rates(self, rates: Sequence[Rates], actor: Actor) -> None:
        """Rates for the kilogram of fat and of SNF, each from its day on."""
        told: list[tuple[date, Milk | None, dict[str, Value]]] = []
        for one in rates:
            paise: dict[str, Value] = {
                "fat_kg_paise": one.fat_kg_paise,
                "snf_kg_paise": one.snf_kg_paise,
            }
            told.append((one.since, one.milk, paise))
        self._set_prices(told, actor)

    def price(self, milk: Milk, day: date) -> Chart | Rates:
        """What milk is bought for on a day: the newest price of its own kind, else of any. Refused
        where there is none."""
        connection = self._db.connection()
        found = connection.execute(_PRICE, (day.isoformat(), milk.value)).fetchone()
        if found is None:
            raise Refused(
                "milk-rate-missing",
                f"no rate is known for {milk} milk on {day.isoformat()}: milkpos milk rates",
            )
        return _price(*found)

    def rates_of(self, can: Can) -> Rates | None:
        """The rates for fat and SNF that a can was paid by; None where it was a chart, or where
        its day has another price by now."""
        one = can.collection
        price = self.price(one.milk, one.day)
        if one.rate_paise or isinstance(price, Chart):
            return None
        paid = solids_worth(one.grams, one.reading.fat_bp, one.snf_bp, price)
        return price if paid == one.amount_paise else None

    def formula(self) -> Formula:
        """The SNF formula that the shop has set."""
        return parse_formula(self._settings.text(SNF_FORMULA))

    # --- cans ------------------------------------------------------------------------------

    def take_in(
        self,
        code: str,
        reading: Reading,
        milk: Milk,
        day: date | None,
        half: Half,
        actor: Actor,
        *,
        again: bool = False,
    ) -> Can:
        """A can of milk. Refused for what milk can't be or is worth nothing, without a price, for
        a day to come, in ten days that are settled; and, until somebody says that it is another
        one (`again`), for the same reading of the same half: the can may have been keyed twice."""
        actor = self._permissions.check(Right.BUY_MILK, actor)
        with self._journal.transaction():
            today = day_in_india(self._clock.now())
            day = day or today
            if day > today:
                raise Refused("date-future", f"{day.isoformat()} is yet to come: today is {today}")
            farmer = self._accounts.known(code)
            if self._settled(farmer, cycle_of(day)) is not None:
                raise Refused(
                    "milk-settled",
                    f"{cycle_of(day)} of {farmer.called} is settled already: put it right by "
                    "milkpos khata adjust",
                )
            price = self.price(milk, day)
            can = collect(farmer.id, day, half, milk, reading, self.formula(), price)
            if not can.amount_paise:
                raise Refused("milk-worthless", f"{show_collection(can)}: so little is not bought")
            if not again:
                self._check_not_again(can)
            key = uuid7(self._clock.now())
            self._journal.append(Kind.MILK_COLLECTED, key, can_body(can), actor)
        return Can(key, can, None)

    def cans(self, code: str, first: date, last: date, actor: Actor) -> tuple[Can, ...]:
        """A farmer's cans of some days."""
        self._permissions.check(Right.SEE_KHATA, actor)
        farmer = self._accounts.known(code)
        return read_cans(self._db, farmer.id, first, last)

    # --- settlements -----------------------------------------------------------------------

    def unsettled(self, cycle: Cycle) -> Iterator[Customer]:
        """The farmers who have milk in ten days that is not settled."""
        days = (cycle.first.isoformat(), cycle.last.isoformat())
        seen = set()
        for (farmer,) in self._db.connection().execute(_FARMERS, days).fetchall():
            root = self._accounts.whoever(str(farmer))
            if root.id not in seen:
                seen.add(root.id)
                yield root

    def settlement(
        self, code: str, cycle: Cycle, deductions: Sequence[Deduction], actor: Actor
    ) -> Settled:
        """A settlement as it is in the books, else as it would be now."""
        self._permissions.check(Right.SEE_KHATA, actor)
        with self._db.atomic("DEFERRED"):
            farmer = self._accounts.known(code)
            return self._settled(farmer, cycle) or self._worked_out(farmer, cycle, deductions)

    def settle(
        self, code: str, cycle: Cycle, deductions: Sequence[Deduction], actor: Actor
    ) -> Settled:
        """Ten days settled, once: the milk's worth less feed and advances goes on the farmer's
        khata, where what the milk did not reach stays owed. Refused before the ten days are over,
        without milk, and where it is done already."""
        actor = self._permissions.check(Right.SETTLE_MILK, actor, about=f"{code} {cycle}")
        with self._journal.transaction():
            farmer = self._accounts.known(code)
            if self._settled(farmer, cycle) is not None:
                raise Refused("milk-settled", f"{cycle} of {farmer.called} is settled already")
            found = self._worked_out(farmer, cycle, deductions)
            if found.day <= cycle.last:
                raise Refused("cycle-open", f"{cycle} is not over: it ends on {cycle.last}")
            done = found.settlement
            if not done.collections:
                raise Refused("milk-none", f"{farmer.called} brought no milk in {cycle}")
            cans = read_cans(self._db, farmer.id, cycle.first, cycle.last)
            key = uuid7(self._clock.now())
            body: dict[str, Value] = {
                "customer": farmer.id,
                "cycle": str(cycle),
                "collections": [can.id for can in cans],
                "milk_paise": done.milk_paise,
                "taken": [_taken_body(one) for one in done.taken],
                "payable_paise": done.payable_paise,
                "amount_paise": done.by_khata_paise,
                "business_date": found.day.isoformat(),
            }
            self._journal.append(Kind.MILK_SETTLED, key, body, actor)
        return found._replace(id=key)

    # --- steps -----------------------------------------------------------------------------

    def _set_prices(
        self, prices: Sequence[tuple[date, Milk | None, dict[str, Value]]], actor: Actor
    ) -> None:
        actor = self._permissions.check(Right.SETTLE_MILK, actor)
        with self._journal.transaction():
            for since, milk, price in prices:
                body: dict[str, Value] = {
                    "since": since.isoformat(),
                    "milk": milk.value if milk else "",
                    "price": price,
                }
                about = milk.value if milk else "milk"
                self._journal.append(Kind.MILK_PRICED, about, body, actor)

    def _check_not_again(self, can: Collection) -> None:
        for one in read_cans(self._db, can.farmer, can.day, can.day):
            if one.stands and one.collection == can:
                raise Refused(
                    "milk-again",
                    f"{show_collection(can)} is there already, {can.day.isoformat()} {can.half}: "
                    "is this another can?",
                )

    def _worked_out(
        self, farmer: Customer, cycle: Cycle, deductions: Sequence[Deduction]
    ) -> Settled:
        cans = read_cans(self._db, farmer.id, cycle.first, cycle.last)
        owed = self._accounts.owed_paise(farmer.id)
        done = settle(farmer.id, cycle, [can.collection for can in cans], deductions, owed)
        return Settled("", farmer, day_in_india(self._clock.now()), done)

    def _settled(self, farmer: Customer, cycle: Cycle) -> Settled | None:
        connection = self._db.connection()
        found = connection.execute(_SETTLED, (farmer.id, str(cycle))).fetchone()
        if found is None:
            return None
        key, day, milk, payable, content = found
        cans = read_cans(self._db, farmer.id, cycle.first, cycle.last)
        done = Settlement(
            farmer.id,
            cycle,
            tuple(can.collection for can in cans if can.settled == key),
            int(milk),
            tuple(_taken(one) for one in json.loads(content)),
            int(payable),
        )
        return Settled(str(key), farmer, date.fromisoformat(day), done)


def _price(since: str, milk: str, content: str) -> Chart | Rates:
    price = json.loads(content)
    if "basis" in price:
        return Chart(
            Basis(price["basis"]),
            tuple(price["fats"]),
            tuple(price["snfs"]),
            tuple(tuple(row) for row in price["paise"]),
        )
    return Rates(
        date.fromisoformat(since),
        price["fat_kg_paise"],
        price["snf_kg_paise"],
        Milk(milk) if milk else None,
    )


def _taken_body(one: Taken) -> dict[str, Value]:
    return {
        "kind": one.deduction.kind.value,
        "words": one.deduction.words,
        "amount_paise": one.deduction.amount_paise,
        "taken_paise": one.taken_paise,
    }


def _taken(told: dict[str, Any]) -> Taken:
    kind = DeductionKind(told["kind"])
    return Taken(Deduction(kind, told["words"], told["amount_paise"]), told["taken_paise"])
