"""Standing orders at work: taken, changed, paused; what is to be delivered on a day.

An order is addressed as people do it: by its customer, and where they have several by its place in
the list (1, 2 ...), which stays as it is while orders are only added.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.orders import (
    BOTH,
    Change,
    Days,
    Delivery,
    Half,
    OrderException,
    OrderPlace,
    Pause,
    Skip,
    StandingOrder,
    Switch,
    check_item_for_order,
    check_order,
    check_span,
    deliveries_of,
    parse_days,
)
from milkpos_tui.domain.roles import Right
from milkpos_tui.journal.clock import Clock, day_in_india, uuid7
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.accounts import FAMILY, Accounts, Customer
from milkpos_tui.services.catalogue import Catalogue
from milkpos_tui.services.permissions import Permissions
from schema.connection import TillDatabase

Row = Sequence[Any]  # as apsw gives it

BY_MAX_MILLI = 1_000_000

_ORDERS = """
SELECT id, customer, plu, qty_milli, days, halves, first_day, last_day, rate_paise, place
FROM standing_order
"""
_ORDERS_OF = f"{FAMILY} {_ORDERS} WHERE customer IN family ORDER BY id"  # UUIDv7: as they came
_ORDERS_ON = f"""{_ORDERS}
WHERE first_day <= ? AND coalesce(last_day, ?) >= ? AND place = ? ORDER BY id
"""
_SAID = """
SELECT kind, customer, standing_order, first_day, last_day, half, by_milli, plu, rate_paise, id
FROM order_exception
"""
_SAID_ON = f"{_SAID} WHERE first_day <= ? AND coalesce(last_day, ?) >= ? ORDER BY seq, id"
_SAID_OF = f"""{FAMILY} {_SAID}
WHERE customer IN family AND coalesce(last_day, ?) >= ?
    AND coalesce(last_day, first_day) >= first_day ORDER BY seq, id
"""


class Wish(NamedTuple):
    """A standing order as it is wanted. `first` None is today."""

    plu: int
    qty_milli: int
    days: Days
    halves: tuple[Half, ...] = (Half.MORNING,)
    first: date | None = None
    last: date | None = None
    rate_paise: int | None = None
    place: OrderPlace = OrderPlace.ROUND


class Orders:
    """Decisions about standing orders; each method is one transaction."""

    def __init__(
        self,
        db: TillDatabase,
        journal: Journal,
        accounts: Accounts,
        catalogue: Catalogue,
        permissions: Permissions,
        clock: Clock,
    ) -> None:
        self._db = db
        self._journal = journal
        self._accounts = accounts
        self._catalogue = catalogue
        self._permissions = permissions
        self._clock = clock

    # --- reading ---------------------------------------------------------------------------

    def of(self, customer: Customer) -> tuple[StandingOrder, ...]:
        """A customer's orders, ended ones too, in the order they came."""
        rows = self._db.connection().execute(_ORDERS_OF, (customer.id,))
        return tuple(_order(row) for row in rows)

    def said(self, customer: Customer, since: date) -> tuple[tuple[str, OrderException], ...]:
        """What a customer said about days from one on: ids and exceptions, as they were said."""
        day = since.isoformat()
        rows = self._db.connection().execute(_SAID_OF, (customer.id, day, day)).fetchall()
        return tuple((str(row[9]), _exception(row)) for row in rows)

    def deliveries(self, day: date, half: Half) -> tuple[Delivery, ...]:
        """What all customers are brought on a day and in a half of it, who buy no longer left out;
        never what is collected at the counter."""
        key = (day.isoformat(),) * 3
        connection = self._db.connection()
        rows = connection.execute(_ORDERS_ON, (*key, OrderPlace.ROUND.value)).fetchall()
        orders = [_order(row) for row in rows]
        said = [_exception(row) for row in connection.execute(_SAID_ON, key).fetchall()]
        pauses = [one for one in said if isinstance(one, Pause)]
        customers = {one.customer for one in orders} | {one.customer for one in pauses}
        roots = {customer: self._accounts.whoever(customer) for customer in customers}
        whose = {customer: root.id for customer, root in roots.items()}
        due = deliveries_of(_owned(orders, whose), _told_of(said, whose), day, half)
        buying = {root.id for root in roots.values() if root.active and not root.erased}
        return tuple(one for one in due if one.customer in buying)

    def collections(self, customer: Customer, day: date, half: Half) -> tuple[Delivery, ...] | None:
        """What a customer collects at the counter on a day and in a half of it; None where no
        order of theirs for the counter runs on that day."""
        orders = [
            order
            for order in self.of(customer)
            if order.place is OrderPlace.COUNTER and order.runs(day)
        ]
        if not orders:
            return None
        said = [one for _, one in self.said(customer, day)]
        pauses = [one for one in said if isinstance(one, Pause)]
        customers = {one.customer for one in orders} | {one.customer for one in pauses}
        whose = dict.fromkeys(customers, customer.id)
        return deliveries_of(_owned(orders, whose), _told_of(said, whose), day, half)

    def one(self, code: str, number: int | None) -> tuple[Customer, StandingOrder]:
        """A customer's order by its place in their list; without one the only one that has not
        ended. Refused where there is none, or more than one."""
        customer = self._accounts.known(code)
        orders = self.of(customer)
        if number is not None:
            if not 1 <= number <= len(orders):
                raise Refused("order-unknown", f"{customer.called} has no order {number}")
            return customer, orders[number - 1]
        today = self._today()
        held = [one for one in orders if one.last is None or one.last >= today]
        if len(held) != 1:
            told = "no order" if not held else "several orders: say which of them (1, 2 ...)"
            raise Refused("order-which", f"{customer.called} has {told}")
        return customer, held[0]

    # --- orders ----------------------------------------------------------------------------

    def add(self, code: str, wish: Wish, actor: Actor) -> StandingOrder:
        """A new order. Refused for an item sold no longer, a quantity off its step, a rate above
        the MRP, and from a day that is over."""
        actor = self._permissions.check(Right.EDIT_CUSTOMERS, actor, about=code)
        if wish.rate_paise is not None:
            self._permissions.check(
                Right.EDIT_RATES, actor, amount_paise=wish.rate_paise, about=code
            )
        with self._journal.transaction():
            customer = self._buying(code)
            order = StandingOrder(
                uuid7(self._clock.now()),
                customer.id,
                wish.plu,
                wish.qty_milli,
                wish.days,
                wish.halves,
                self._coming(wish.first),
                wish.last,
                wish.rate_paise,
                wish.place,
            )
            check_order(order, self._catalogue.known(wish.plu))
            self._append_order(order, actor)
        return order

    def end(self, code: str, number: int | None, last: date | None, actor: Actor) -> StandingOrder:
        """The last day of an order: today, or one to come. Another order begins where they want
        something else from then on, so that what was delivered stays explained. Refused for one
        that ended before today: a later end would plan days in between."""
        actor = self._permissions.check(Right.EDIT_CUSTOMERS, actor, about=code)
        with self._journal.transaction():
            _, order = self.one(code, number)
            if order.last is not None and order.last < self._today():
                raise Refused("order-ended", f"it ended on {order.last}: add a new order")
            ended = order._replace(last=self._coming(last))
            check_span(ended.first, ended.last)
            self._append_order(ended, actor)
        return ended

    # --- what is said about days -----------------------------------------------------------

    def pause(
        self, code: str, number: int | None, first: date, last: date | None, actor: Actor
    ) -> Pause:
        """Nothing from a day to another, or until further notice; of all orders where no number is
        given. Refused for days that are over."""
        check_span(first, last)
        customer = self._accounts.known(code)
        order = self.one(code, number)[1].id if number is not None else ""
        pause = Pause(customer.id, self._coming(first), last, order)
        self._say(customer, pause, actor)
        return pause

    def resume(self, code: str, on: date | None, actor: Actor) -> int:
        """Whatever is paused goes on on a day (today). The number of pauses that end; refused where
        there is none."""
        actor = self._permissions.check(Right.SELL, actor)
        with self._journal.transaction():
            customer, day = self._accounts.known(code), self._coming(on)
            last = day - timedelta(1)
            pauses = [
                (key, said)
                for key, said in self.said(customer, day)
                if isinstance(said, Pause) and said.first <= day
            ]
            if not pauses:
                raise Refused("pause-none", f"nothing of {customer.called} is paused then")
            for key, said in pauses:
                body: dict[str, Value] = {"customer": said.customer, "last": last.isoformat()}
                self._journal.append(Kind.ORDER_RESUMED, key, body, actor)
        return len(pauses)

    def skip(
        self, code: str, number: int | None, day: date, half: Half | None, actor: Actor
    ) -> Skip:
        """Not on this day."""
        customer, order = self.one(code, number)
        skip = Skip(order.id, self._coming(day), half)
        self._say(customer, skip, actor)
        return skip

    def change(
        self, code: str, number: int | None, day: date, half: Half, by_milli: int, actor: Actor
    ) -> Change:
        """So much more on one day, or less below zero."""
        if not 0 < abs(by_milli) <= BY_MAX_MILLI:
            raise Refused("quantity-zero", "say how much more or less, up to 1,000 units")
        customer, order = self.one(code, number)
        item = self._catalogue.known(order.plu)
        check_item_for_order(abs(by_milli), None, item)
        change = Change(order.id, self._coming(day), half, by_milli)
        self._say(customer, change, actor)
        return change

    def switch(
        self,
        code: str,
        number: int | None,
        plu: int,
        first: date,
        last: date | None,
        actor: Actor,
        rate_paise: int | None = None,
    ) -> Switch:
        """Another item from a day on, or for some days."""
        check_span(first, last)
        customer, order = self.one(code, number)
        check_item_for_order(order.qty_milli, rate_paise, self._catalogue.known(plu))
        if rate_paise is not None:
            self._permissions.check(Right.EDIT_RATES, actor, amount_paise=rate_paise, about=code)
        switch = Switch(order.id, self._coming(first), plu, last, rate_paise)
        self._say(customer, switch, actor)
        return switch

    # --- steps -----------------------------------------------------------------------------

    def _today(self) -> date:
        return day_in_india(self._clock.now())

    def _coming(self, day: date | None) -> date:
        """The day itself, today for None. A day that is over is put right on its round."""
        today = self._today()
        if day is not None and day < today:
            raise Refused(
                "date-past", f"{day.isoformat()} is over: what was delivered is put right there"
            )
        return day or today

    def _buying(self, code: str) -> Customer:
        customer = self._accounts.known(code)
        if not customer.active:
            raise Refused("customer-gone", f"{customer.called} buys no longer")
        return customer

    def _append_order(self, order: StandingOrder, actor: Actor) -> None:
        body: dict[str, Value] = {
            "customer": order.customer,
            "plu": order.plu,
            "qty_milli": order.qty_milli,
            "days": str(order.days),
            "halves": _halves_text(order.halves),
            "first": order.first.isoformat(),
            "last": _text(order.last),
            "rate_paise": order.rate_paise,
        }
        if order.place is not OrderPlace.ROUND:
            body["place"] = order.place.value
        self._journal.append(Kind.ORDER_SET, order.id, body, actor)

    def _say(self, customer: Customer, said: OrderException, actor: Actor) -> None:
        actor = self._permissions.check(Right.SELL, actor)
        body = {"customer": customer.id, **_said_body(said)}
        with self._journal.transaction():
            key = uuid7(self._clock.now())
            self._journal.append(Kind.ORDER_EXCEPTED, key, body, actor)


def _owned(orders: Iterable[StandingOrder], whose: Mapping[str, str]) -> Iterator[StandingOrder]:
    """Orders under whom their customers are read as."""
    return (order._replace(customer=whose[order.customer]) for order in orders)


def _told_of(said: Iterable[OrderException], whose: Mapping[str, str]) -> list[OrderException]:
    """What was said, a pause under whom its customer is read as: who is away gets nothing of what
    their double ordered."""
    return [
        one._replace(customer=whose[one.customer]) if isinstance(one, Pause) else one
        for one in said
    ]


def _order(row: Row) -> StandingOrder:
    key, customer, plu, qty, days, halves, first, last, rate, place = row
    return StandingOrder(
        key,
        customer,
        plu,
        qty,
        parse_days(days),
        BOTH if halves == "both" else (Half(halves),),
        date.fromisoformat(first),
        _day(last),
        rate,
        OrderPlace(place),
    )


def _halves_text(halves: tuple[Half, ...]) -> str:
    return "both" if len(halves) > 1 else halves[0].value


def _exception(row: Row) -> OrderException:
    kind, customer, order, first_text, last_text, half_text, by, plu, rate, _ = row
    first, last = date.fromisoformat(first_text), _day(last_text)
    half = Half(half_text) if half_text else None
    if kind == "pause":
        return Pause(customer, first, last, order)
    if kind == "skip":
        return Skip(order, first, half)
    if kind == "switch":
        return Switch(order, first, plu, last, rate)
    assert half is not None, "the table keeps it"
    return Change(order, first, half, by)


def _said_body(said: OrderException) -> dict[str, Value]:
    nothing: dict[str, Value] = {
        "last": None, "half": None, "by_milli": None, "plu": None, "rate_paise": None,
    }  # fmt: skip
    order: dict[str, Value] = {**nothing, "order": said.order}
    if isinstance(said, Pause):
        span = {"first": said.first.isoformat(), "last": _text(said.last)}
        return {**order, "kind": "pause", **span}
    if isinstance(said, Switch):
        span = {"first": said.first.isoformat(), "last": _text(said.last)}
        return {
            **order, "kind": "switch", **span, "plu": said.plu, "rate_paise": said.rate_paise,
        }  # fmt: skip
    day = said.day.isoformat()
    only: dict[str, Value] = {**order, "first": day, "last": day}
    if isinstance(said, Skip):
        return {**only, "kind": "skip", "half": said.half.value if said.half else None}
    return {**only, "kind": "change", "half": said.half.value, "by_milli": said.by_milli}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
