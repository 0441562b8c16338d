"""Rounds at work: the sheet of a day and half, recorded by exception, corrected late."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, NamedTuple

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.khata import check_received
from milkpos_tui.domain.money import MONEY_LIMIT_PAISE
from milkpos_tui.domain.orders import Delivery, Half, half_at
from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.rounds import (
    Correction,
    Delivered,
    Place,
    Recorded,
    Sheet,
    again,
    check_taken,
    outcome,
    parse_exceptions,
    recorded,
    sheet_of,
)
from milkpos_tui.journal.clock import Clock, day_in_india, moment_in_india, uuid7
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.accounts import FAMILY, Accounts, Owing
from milkpos_tui.services.catalogue import Catalogue
from milkpos_tui.services.orders import Orders
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.rates import Rates
from schema.connection import TillDatabase

PER_ENTRY_MAX = 500  # deliveries; an entry stays of a size that a till verifies at once
GENERATED_DAYS_MAX = 62
SEQUENCE_MAX = 99_999

_BOOKS = """
SELECT standing_order, customer, plu, planned_milli, qty_milli, stands_milli, rate_paise,
    amount_paise FROM delivered WHERE day = ? AND half = ?
"""
_PLACES = "SELECT customer, sequence FROM round_place"
_ANY_BILLED = "SELECT EXISTS (SELECT 1 FROM month_bill WHERE month = ?)"
_BILLED = f"""{FAMILY}
SELECT EXISTS (SELECT 1 FROM month_bill WHERE customer IN family AND month = ?)
"""


class Done(NamedTuple):
    """What recording a round did. `over` are those who owe more than they may by it: what was
    delivered stands, so that is told afterwards."""

    day: date
    half: Half
    recorded: int
    missed: int
    amount_paise: int
    corrections: tuple[Correction, ...]
    over: tuple[Owing, ...] = ()


class Carried(NamedTuple):
    """A round with what the books say of it: items by PLU, and what is recorded by the key of its
    delivery, in thousandths after corrections; empty where the round is not recorded yet."""

    sheet: Sheet
    items: Mapping[int, Item]
    stands: Mapping[str, int]


class Rounds:
    """Decisions about rounds; each method is one transaction."""

    def __init__(
        self,
        db: TillDatabase,
        journal: Journal,
        orders: Orders,
        accounts: Accounts,
        catalogue: Catalogue,
        rates: Rates,
        permissions: Permissions,
        clock: Clock,
    ) -> None:
        self._db = db
        self._journal = journal
        self._orders = orders
        self._accounts = accounts
        self._catalogue = catalogue
        self._rates = rates
        self._permissions = permissions
        self._clock = clock

    def sheet(self, day: date, half: Half, actor: Actor) -> Sheet:
        """The round of a day and half by lane and sequence. What was recorded of it stands as it
        was planned then, whatever was said since."""
        self._permissions.check(Right.SEE_KHATA, actor)
        with self._db.atomic("DEFERRED"):
            return self._sheet(day, half)

    def carried(self, day: date, half: Half, actor: Actor) -> Carried:
        """The same with its items, and how far it is recorded."""
        self._permissions.check(Right.SEE_KHATA, actor)
        with self._db.atomic("DEFERRED"):
            sheet = self._sheet(day, half)
            stands = self._stands(day, half)
            plus = {one.plu for stop in sheet.stops for one in stop.deliveries}
            return Carried(sheet, {plu: self._catalogue.known(plu) for plu in plus}, stands)

    def now(self) -> tuple[date, Half]:
        """The round that it is time for, by the clock."""
        moment = moment_in_india(self._clock.now())
        return moment.date(), half_at(moment.hour)

    def place(self, code: str, sequence: int, actor: Actor) -> None:
        """A customer's place within their lane."""
        actor = self._permissions.check(Right.EDIT_CUSTOMERS, actor, about=code)
        if not 0 <= sequence <= SEQUENCE_MAX:
            raise Refused("round-place", f"a place in a lane is from 0 to {SEQUENCE_MAX}")
        with self._journal.transaction():
            customer = self._accounts.known(code)
            body: dict[str, Value] = {"sequence": sequence}
            self._journal.append(Kind.ROUND_PLACED, customer.id, body, actor)

    def record(
        self,
        day: date,
        half: Half,
        keyed: str,
        actor: Actor,
        seen: Mapping[str, int] | None = None,
        *,
        anew: bool = True,
    ) -> Done:
        """A round as the sheet says, but for what is keyed (`domain.rounds.GRAMMAR`).

        Recorded again, only what is new is recorded and what differs is corrected by a dated
        adjustment. Refused for a day to come, and for new deliveries in a month that is billed.
        `seen` is how far it was recorded when whoever keys it looked (`Carried.stands`): refused
        where another terminal recorded it since, for what is not keyed here would undo that.
        Without `anew` the same is refused of any door that is not keyed: who puts one right does
        not mean to undo what was keyed of the others before.
        """
        actor = self._permissions.check(Right.SELL, actor)
        said = parse_exceptions(keyed)
        with self._journal.transaction():
            self._check_past(day)
            if seen is not None and seen != self._stands(day, half):
                raise Refused(
                    "round-changed", "another terminal recorded this round meanwhile: look again"
                )
            books = self._books(day, half)
            others = {one.code: one.id for one in self._accounts.all()}
            now = outcome(self._sheet(day, half), said, others)
            if not anew:
                self._check_nothing_undone(now, books, {one.code for one in said})
            return self._record(day, half, now, books, actor)

    def generate(self, first: date, last: date, actor: Actor) -> Iterator[Done]:
        """All rounds of some days as planned, where they were not recorded: each round is a
        decision of its own. What is recorded is left as it is, so twice does nothing twice."""
        actor = self._permissions.check(Right.SELL, actor)
        if not 0 <= (last - first).days < GENERATED_DAYS_MAX:
            raise Refused(
                "round-span", f"from 1 to {GENERATED_DAYS_MAX} days are generated at once"
            )
        self._check_past(last)
        for number in range((last - first).days + 1):
            day = first + timedelta(number)
            for half in Half:
                with self._journal.transaction():
                    books = self._books(day, half)
                    planned = outcome(self._sheet(day, half), ())
                    new = [one for one in planned if one.key not in books]
                    done = self._record(day, half, new, books, actor)
                yield done

    # --- steps -----------------------------------------------------------------------------

    def _check_past(self, day: date) -> None:
        today = day_in_india(self._clock.now())
        if day > today:
            raise Refused("date-future", f"{day.isoformat()} is yet to come: today is {today}")

    def _sheet(self, day: date, half: Half) -> Sheet:
        books = self._books(day, half)
        planned = [
            Delivery(one.order, one.customer, day, half, one.plu, one.planned_milli, one.rate_paise)
            for one in (kept.delivered for kept, _ in books.values())
        ]
        known = {one.order for one in planned}
        planned += [one for one in self._orders.deliveries(day, half) if one.order not in known]
        connection = self._db.connection()
        sequences: Mapping[str, int] = dict(connection.execute(_PLACES).fetchall())
        places = {}
        for customer_id in {one.customer for one in planned}:
            one = self._accounts.whoever(customer_id)
            places[customer_id] = Place(
                customer_id, one.code, one.name, one.lane, sequences.get(one.id, 0)
            )
        return sheet_of(day, half, planned, places)

    def _books(self, day: date, half: Half) -> dict[str, tuple[Recorded, int]]:
        """What was recorded of a round, by key, and what each stands at by now."""
        rows: Sequence[Any] = (
            self._db.connection().execute(_BOOKS, (day.isoformat(), half.value)).fetchall()
        )
        books = {}
        for order, customer, plu, planned, qty, stands, rate, amount in rows:
            one = Delivered(order, customer, day, half, plu, planned, qty, rate)
            books[one.key] = (Recorded(one, rate, amount), stands)
        return books

    def _stands(self, day: date, half: Half) -> dict[str, int]:
        return {key: stands for key, (_, stands) in self._books(day, half).items()}

    def _record(
        self,
        day: date,
        half: Half,
        now: Sequence[Delivered],
        books: Mapping[str, tuple[Recorded, int]],
        actor: Actor,
    ) -> Done:
        rerun = again(now, books, day_in_india(self._clock.now()))
        self._check_not_billed(day, rerun.new)
        changed = {one.key for one in rerun.corrections}
        taken = [*rerun.new, *(one for one in now if one.key in changed)]
        items = {plu: self._catalogue.known(plu) for plu in {one.plu for one in taken}}
        for took in taken:
            with self._telling_whose(took.customer):
                check_taken(took, items[took.plu], is_new=took.key not in changed)
        entries = [
            recorded(one, lambda one: self._rates.rate(items[one.plu], one.customer, one.day))
            for one in rerun.new
        ]
        self._check_amounts(entries, [(one, books[one.key][0]) for one in rerun.corrections])
        for start in range(0, len(entries), PER_ENTRY_MAX):
            some = entries[start : start + PER_ENTRY_MAX]
            body: dict[str, Value] = {
                "day": day.isoformat(),
                "half": half.value,
                "deliveries": [_delivery_body(one, items[one.delivered.plu]) for one in some],
            }
            key = uuid7(self._clock.now())
            self._journal.append(Kind.ROUND_RECORDED, key, body, actor)
        corrections = []
        for one in rerun.corrections:
            told = books[one.key][0].delivered
            item, code = items[told.plu], self._accounts.whoever(told.customer).code
            corrections.append(one._replace(code=code, what=f"{item.unit.sign} {item.name}"))
            self._correct(corrections[-1], told.customer, actor)
        return Done(
            day,
            half,
            len(entries),
            sum(not one.delivered.qty_milli for one in entries),
            sum(one.amount_paise for one in entries),
            tuple(corrections),
            self._over(one.delivered.customer for one in entries if one.amount_paise),
        )

    def _over(self, customers: Iterable[str]) -> tuple[Owing, ...]:
        found = (self._accounts.owing(customer) for customer in dict.fromkeys(customers))
        return tuple(one for one in found if one.over)

    def _check_nothing_undone(
        self,
        now: Sequence[Delivered],
        books: Mapping[str, tuple[Recorded, int]],
        keyed: Set[str],
    ) -> None:
        """Refused where a door that is not keyed would go back to the sheet, with what to key."""
        undone: set[tuple[str, int]] = set()
        stands: dict[tuple[str, int], int] = {}  # two orders may be for one item
        for one in now:
            if one.key not in books:
                continue
            door, kept_milli = (one.customer, one.plu), books[one.key][1]
            stands[door] = stands.get(door, 0) + kept_milli
            if kept_milli != one.qty_milli:
                undone.add(door)
        words = []
        for (customer, plu), milli in stands.items():
            code = self._accounts.whoever(customer).code if (customer, plu) in undone else ""
            if code and code not in keyed:
                word = f"{code}/{plu}*{show_quantity(milli)}" if milli else f"-{code}/{plu}"
                words.append((len(code), code, plu, word))
        if words:
            told = " ".join(word for *_, word in sorted(words))
            raise Refused(
                "round-undone",
                f"this round is recorded, and this would be undone: {told}. Key that "
                "too, or say --anew: all as the sheet says but for what is keyed now",
            )

    @contextmanager
    def _telling_whose(self, customer: str) -> Iterator[None]:
        """A rule that is broken is told with who would break it: a round has many."""
        try:
            yield
        except Refused as refused:
            who = self._accounts.whoever(customer).shown
            raise Refused(refused.code, f"{who}: {refused.message}") from None

    def _check_amounts(
        self, entries: Sequence[Recorded], corrected: Sequence[tuple[Correction, Recorded]]
    ) -> None:
        """Refused where a customer would owe more by this round than any amount may be."""
        sums: dict[str, int] = {}
        for one in entries:
            customer = one.delivered.customer
            sums[customer] = sums.get(customer, 0) + one.amount_paise
        single = [(kept.delivered.customer, abs(said.by_paise)) for said, kept in corrected]
        for customer, paise in (*sums.items(), *single):
            if paise > MONEY_LIMIT_PAISE:
                with self._telling_whose(customer):
                    check_received(paise)

    def _correct(self, one: Correction, customer: str, actor: Actor) -> None:
        body: dict[str, Value] = {
            "key": one.key,
            "customer": customer,
            "was_milli": one.was_milli,
            "is_milli": one.is_milli,
            "amount_paise": one.by_paise,
            "business_date": one.on.isoformat(),
            "reason": one.words,
        }
        key = uuid7(self._clock.now())
        self._journal.append(Kind.ROUND_CORRECTED, key, body, actor)

    def _check_not_billed(self, day: date, new: Sequence[Delivered]) -> None:
        month, connection = day.isoformat()[:7], self._db.connection()
        if not new or not connection.execute(_ANY_BILLED, (month,)).get:
            return
        for customer in dict.fromkeys(one.customer for one in new):
            if connection.execute(_BILLED, (customer, month)).get:
                who = self._accounts.whoever(customer)
                raise Refused(
                    "month-issued",
                    f"{month} of {who.shown} is billed: put it right by milkpos khata adjust",
                )


def _delivery_body(one: Recorded, item: Item) -> dict[str, Value]:
    told = one.delivered
    return {
        "key": told.key,
        "order": told.order,
        "customer": told.customer,
        "plu": told.plu,
        "name": item.name,
        "unit": item.unit.value,
        "planned_milli": told.planned_milli,
        "qty_milli": told.qty_milli,
        "rate_paise": one.rate_paise,
        "amount_paise": one.amount_paise,
        "gst_rate_bp": item.rate_bp(told.day),
        "hsn": item.hsn,
    }
