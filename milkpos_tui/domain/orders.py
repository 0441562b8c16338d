"""Standing orders: what a household takes every day, and what it said about single days.

An order says an item, a quantity, on which days and in which half of the day. What is said later
(a pause, a skip, one more, another item) never changes the order: it stands beside it with its
dates, and `deliveries_of` adds both up. So the same day worked out twice is the same.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from milkpos_tui.domain.dates import parse_date
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.money import MONEY_LIMIT_PAISE, show_rupees
from milkpos_tui.domain.quantity import MILLI, check_quantity
from milkpos_tui.domain.rounding import half_up

DATES_MAX = 62  # of one order: two months, day by day
NOON = 12


class Half(StrEnum):
    """The half of the day a round is made in."""

    MORNING = "morning"
    EVENING = "evening"

    @property
    def letter(self) -> str:
        """As a grid heads its columns."""
        return self.value[0].upper()


BOTH = (Half.MORNING, Half.EVENING)


def half_at(hour: int) -> Half:
    """The half of the day that an hour of it (0 to 23, in India) is in."""
    return Half.MORNING if hour < NOON else Half.EVENING


class OrderPlace(StrEnum):
    """Where a customer gets what they ordered: at their door, or they collect it themselves."""

    ROUND = "round"
    COUNTER = "counter"


def parse_halves(text: str) -> tuple[Half, ...]:
    """`morning`, `evening` or `both`, also by the first letter. Refused for anything else."""
    word = text.strip().lower()
    for half in BOTH:
        if word in (half.value, half.letter.lower()):
            return (half,)
    if word in ("both", "b"):
        return BOTH
    raise Refused("order-half", f"'{text}' is neither morning, evening nor both")


class Every(StrEnum):
    """The ways in which days repeat."""

    DAILY = "daily"
    ALTERNATE = "alternate"
    WEEKDAYS = "weekdays"
    DATES = "dates"


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALTERNATE = re.compile(r"alternate(?:\s*(?::|from)\s*|\s+)(\S+)", re.IGNORECASE)


class Days(NamedTuple):
    """On which days. `start` is a day of an alternate order on which it is delivered; `weekdays`
    are 1 for Monday to 7 for Sunday."""

    every: Every
    start: date = date.min
    weekdays: tuple[int, ...] = ()
    dates: tuple[date, ...] = ()

    def have(self, day: date) -> bool:
        """Whether a day is one of them.

        Alternate days are counted in the calendar from `start`, before it too: whatever is
        paused, skipped or not delivered between, the rhythm stays.
        """
        if self.every is Every.ALTERNATE:
            return (day - self.start).days % 2 == 0
        if self.every is Every.WEEKDAYS:
            return day.isoweekday() in self.weekdays
        if self.every is Every.DATES:
            return day in self.dates
        return True

    def __str__(self) -> str:
        if self.every is Every.ALTERNATE:
            return f"alternate from {self.start.isoformat()}"
        if self.every is Every.WEEKDAYS:
            return ",".join(_WEEKDAYS[number - 1] for number in self.weekdays)
        if self.every is Every.DATES:
            return ",".join(day.isoformat() for day in self.dates)
        return self.every.value


DAILY = Days(Every.DAILY)


def parse_days(text: str) -> Days:
    """`daily`, `alternate from 2026-11-02`, `mon,wed,fri`, or dates with commas; the inverse of
    `str`. Refused for anything else."""
    text = text.strip()
    if text.lower() == "daily":
        return DAILY
    alternate = _ALTERNATE.fullmatch(text)
    if alternate:
        return Days(Every.ALTERNATE, start=parse_date(alternate[1]))
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if parts and all(part[:1].isdigit() for part in parts):
        dates = tuple(sorted({parse_date(part) for part in parts}))
        if len(dates) > DATES_MAX:
            raise Refused("order-days", f"an order lists at most {DATES_MAX} dates")
        return Days(Every.DATES, dates=dates)
    weekdays = {_weekday(part) for part in parts}
    if parts and None not in weekdays:
        return Days(Every.WEEKDAYS, weekdays=tuple(sorted(day for day in weekdays if day)))
    raise Refused(
        "order-days",
        f"'{text}' is not daily, alternate from 2026-11-02, mon,wed,fri or dates with commas",
    )


def _weekday(text: str) -> int | None:
    """Of the first three letters or the whole English name."""
    name = text.lower()
    full = {
        "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6,
        "sunday": 7,
    }  # fmt: skip
    return _WEEKDAYS.index(name) + 1 if name in _WEEKDAYS else full.get(name)


class StandingOrder(NamedTuple):
    """What a customer takes until they say otherwise. `rate_paise` is their own price per unit,
    None for the price of the day; `last` is the last day, None while there is none known. What is
    collected at the counter is no delivery: it is sold there, by a bill."""

    id: str
    customer: str
    plu: int
    qty_milli: int
    days: Days
    halves: tuple[Half, ...]
    first: date
    last: date | None = None
    rate_paise: int | None = None
    place: OrderPlace = OrderPlace.ROUND

    def runs(self, day: date) -> bool:
        """Whether a day is between its first and its last."""
        return _holds(self.first, self.last, day)

    def due(self, day: date, half: Half) -> bool:
        """Whether it is delivered by itself, exceptions apart."""
        return half in self.halves and self.runs(day) and self.days.have(day)


class Pause(NamedTuple):
    """Nothing from `first` to `last`, both included, None until further notice; of one order, or
    where `order` is empty, of all that the customer has."""

    customer: str
    first: date
    last: date | None = None
    order: str = ""


class Skip(NamedTuple):
    """Not on this day, in one half or (None) in both."""

    order: str
    day: date
    half: Half | None = None


class Change(NamedTuple):
    """So much more, or less below zero, on one day: "one litre extra today".

    It also holds where the order would not be delivered: who asks for one more while on holiday
    has a guest, and gets that one.
    """

    order: str
    day: date
    half: Half
    by_milli: int


class Switch(NamedTuple):
    """Another item from a day on, and back after `last` where there is one. The order's own rate
    was agreed for its own item, so the switch has its own or none."""

    order: str
    first: date
    plu: int
    last: date | None = None
    rate_paise: int | None = None


OrderException = Pause | Skip | Change | Switch


class Delivery(NamedTuple):
    """What is to be delivered of one order; its customer, order, day and half are its key."""

    order: str
    customer: str
    day: date
    half: Half
    plu: int
    qty_milli: int
    rate_paise: int | None


def deliveries_of(
    orders: Iterable[StandingOrder],
    exceptions: Sequence[OrderException],
    day: date,
    half: Half,
) -> tuple[Delivery, ...]:
    """What is to be delivered on a day and in a half of it, in the orders' order.

    Of several switches that hold, the one that began last counts, and of the same day the one said
    last; several changes add up, and nothing is ever delivered below zero.
    """
    paused_customers = set()
    paused = set()
    skipped = set()
    by_milli: dict[str, int] = {}
    switched: dict[str, Switch] = {}
    for said in exceptions:
        if isinstance(said, Pause):
            if _holds(said.first, said.last, day):
                if said.order:
                    paused.add(said.order)
                else:
                    paused_customers.add(said.customer)
        elif isinstance(said, Switch):
            known = switched.get(said.order)
            if _holds(said.first, said.last, day) and (known is None or said.first >= known.first):
                switched[said.order] = said
        elif said.day != day or said.half not in (None, half):
            continue
        elif isinstance(said, Skip):
            skipped.add(said.order)
        else:
            by_milli[said.order] = by_milli.get(said.order, 0) + said.by_milli
    found = []
    for order in orders:
        usual = (
            order.due(day, half)
            and order.customer not in paused_customers
            and order.id not in paused
            and order.id not in skipped
        )
        qty = (order.qty_milli if usual else 0) + by_milli.get(order.id, 0)
        if qty > 0:
            plu, rate = order.plu, order.rate_paise
            if order.id in switched:
                plu, rate = switched[order.id].plu, switched[order.id].rate_paise
            found.append(Delivery(order.id, order.customer, day, half, plu, qty, rate))
    return tuple(found)


def check_order(order: StandingOrder, item: Item) -> StandingOrder:
    """The order itself, if it can be taken. Refused with the rule it breaks."""
    check_item_for_order(order.qty_milli, order.rate_paise, item)
    if not order.halves:
        raise Refused("order-half", "an order is for the morning, the evening or both")
    check_span(order.first, order.last)
    last = order.last or date.max
    if order.days.every is Every.DATES and not any(
        order.first <= day <= last for day in order.days.dates
    ):
        raise Refused("order-days", "none of its dates is between its first and its last day")
    return order


def check_item_for_order(qty_milli: int, rate_paise: int | None, item: Item) -> None:
    """Refused for an item that is sold no longer, a quantity off its step, a rate over its MRP, and
    for more at once than any amount may be: no round with it could be recorded."""
    if not item.active:
        raise Refused("product-retired", f"{item.name} is sold no longer: it can't be ordered")
    check_quantity(qty_milli, item.step_milli, item.unit)
    rate = item.price_paise if rate_paise is None else item.check_price(rate_paise)
    paise = half_up(rate * qty_milli, MILLI)
    if paise > MONEY_LIMIT_PAISE:
        raise Refused("amount-limit", f"Rs {show_rupees(paise)} is over the limit of an amount")


def check_span(first: date, last: date | None) -> None:
    """Refused where it would end before it begins."""
    if last is not None and last < first:
        raise Refused(
            "date-order", f"{last.isoformat()} is before {first.isoformat()}, where it begins"
        )


def _holds(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)
