"""A round: what is delivered in a half of a day, lane by lane, and what came of it.

It is recorded by exception: all was delivered as the sheet says, but for what is keyed. `GRAMMAR`
says how; every sign is on the numeric keypad.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.orders import Delivery, Half
from milkpos_tui.domain.quantity import (
    MILLI,
    QUANTITY_LIMIT_MILLI,
    check_quantity,
    parse_quantity,
    show_quantity,
)
from milkpos_tui.domain.rounding import half_up
from milkpos_tui.domain.text import clean

EXCEPTIONS_MAX = 2_000  # as many as a large round has households

GRAMMAR: tuple[tuple[str, str], ...] = (
    ("", "nothing keyed: all was delivered as the sheet says"),
    ("-14 -22", "nothing at 14 and at 22"),
    ("9+1", "9 took one more, 9+.5 half a litre more"),
    ("9-1", "9 took one less"),
    ("9*2", "9 took two in all"),
    ("9/12+1", "where 9 takes several items: one more of item 12"),
    ("-9/12", "no item 12 at 9"),
)
"""Examples of what can be keyed, and what each does. Spaces or commas stand between them."""


class Place(NamedTuple):
    """Where a customer is on the round: code as it is keyed, lane, and the place within it."""

    customer: str
    code: str
    name: str
    lane: str = ""
    sequence: int = 0


class Stop(NamedTuple):
    """A door of the round and what is left there."""

    place: Place
    deliveries: tuple[Delivery, ...]


class Sheet(NamedTuple):
    """A round as it is carried: the stops in the order they are walked."""

    day: date
    half: Half
    stops: tuple[Stop, ...]

    @property
    def planned(self) -> "Sheet":
        """Without what was taken without an order, which nobody need take along."""
        stops = (
            stop._replace(deliveries=tuple(one for one in stop.deliveries if one.qty_milli))
            for stop in self.stops
        )
        return self._replace(stops=tuple(stop for stop in stops if stop.deliveries))

    @property
    def loads(self) -> tuple[tuple[str, int, int], ...]:
        """What to take along: lane, PLU and quantity in thousandths, sorted."""
        loads: dict[tuple[str, int], int] = {}
        for stop in self.planned.stops:
            for one in stop.deliveries:
                key = stop.place.lane, one.plu
                loads[key] = loads.get(key, 0) + one.qty_milli
        return tuple((lane, plu, qty) for (lane, plu), qty in sorted(loads.items()))


def sheet_of(
    day: date, half: Half, deliveries: Iterable[Delivery], places: Mapping[str, Place]
) -> Sheet:
    """The sheet by lane and sequence, and by code where the sequence is the same. `places` are by
    customer, and have all whom something is delivered to."""
    by_customer: dict[str, list[Delivery]] = {}
    for one in deliveries:
        by_customer.setdefault(one.customer, []).append(one)
    stops = [Stop(places[customer], tuple(some)) for customer, some in by_customer.items()]
    return Sheet(day, half, tuple(sorted(stops, key=_walked)))


def _walked(stop: Stop) -> tuple[str, int, int, str]:
    place = stop.place
    return place.lane, place.sequence, len(place.code), place.code  # 9 comes before 14


# --- what is keyed ------------------------------------------------------------------------------


class Keyed(NamedTuple):
    """One thing that was not as the sheet says. `plu` None: the only item there; for `drop`, all.
    `by_milli` is more or less, else `qty_milli` is what was taken in all."""

    code: str
    plu: int | None
    by_milli: int | None = None
    qty_milli: int = 0
    keyed: str = ""


_WORD = re.compile(
    r"(?P<none>-)?(?P<code>[0-9]{1,6})(?:/(?P<plu>[0-9]{1,6}))?"
    r"(?:(?P<sign>[+*-])(?P<number>[0-9.]+))?",
    re.ASCII,
)


def parse_exceptions(text: str) -> tuple[Keyed, ...]:
    """What was keyed for a round; `GRAMMAR` has the words. Refused, with the word that is not
    understood, and where two words say something about the same."""
    words = clean(text, limit=len(text)).replace(",", " ").split()
    if len(words) > EXCEPTIONS_MAX:
        raise Refused("round-long", f"at most {EXCEPTIONS_MAX:,} exceptions in one round")
    found: dict[tuple[str, int | None], Keyed] = {}
    for word in words:
        said = _exception(word)
        same = {(said.code, said.plu), (said.code, None)} & found.keys()
        if said.plu is None:
            same |= {key for key in found if key[0] == said.code}
        if same:
            other = found[min(same, key=str)].keyed
            raise Refused("round-twice", f"'{other}' and '{word}' are about the same: key one")
        found[said.code, said.plu] = said
    return tuple(found.values())


def _exception(word: str) -> Keyed:
    match = _WORD.fullmatch(word)
    if match is None or bool(match["none"]) == bool(match["sign"]):
        raise Refused(
            "round-word",
            f"'{clean(word, limit=20)}' is not understood: -14 is nothing at 14, 9+1 one more at "
            "9, 9-1 one less, 9*2 two in all, 9/12+1 one more of item 12",
        )
    code, plu = str(int(match["code"])), int(match["plu"]) if match["plu"] else None
    if match["none"]:
        return Keyed(code, plu, keyed=word)
    qty = parse_quantity(match["number"])
    if match["sign"] == "*":
        return Keyed(code, plu, qty_milli=qty, keyed=word)
    if not qty:
        raise Refused("round-word", f"'{word}' changes nothing")
    return Keyed(code, plu, by_milli=qty if match["sign"] == "+" else -qty, keyed=word)


# --- what came of it ----------------------------------------------------------------------------


class Delivered(NamedTuple):
    """What was delivered of what was planned, both in thousandths; `order` is empty for what was
    taken without one. Nothing delivered is recorded too: it was asked for and refused, or missed.
    """

    order: str
    customer: str
    day: date
    half: Half
    plu: int
    planned_milli: int
    qty_milli: int
    rate_paise: int | None

    @property
    def key(self) -> str:
        """One recording each: the same round generated twice has the same keys."""
        what = self.order or f"{self.customer}/{self.plu}"
        return f"{what}/{self.day.isoformat()}/{self.half}"


def outcome(
    sheet: Sheet, said: Iterable[Keyed], others: Mapping[str, str] | None = None
) -> tuple[Delivered, ...]:
    """What was delivered: the sheet, but for what was said.

    `others` are customers by code who are not on the sheet; they may take something when its item
    is named. Refused where a code or an item is not there, and for less than nothing.
    """
    stops = {stop.place.code: stop for stop in sheet.stops}
    exceptions: dict[str, list[Keyed]] = {}
    for one in said:
        if one.code not in stops and one.code not in (others or {}):
            raise Refused("round-stop", f"'{one.keyed}': {one.code} is not on this round")
        exceptions.setdefault(one.code, []).append(one)
    found: list[Delivered] = []
    for stop in sheet.stops:
        found += _at(stop, exceptions.pop(stop.place.code, []))
    for code, some in exceptions.items():
        customer = (others or {})[code]
        found += [_without_order(sheet.day, sheet.half, customer, one) for one in some]
    return tuple(found)


def _at(stop: Stop, said: Iterable[Keyed]) -> list[Delivered]:
    delivered = [_as_planned(one) for one in stop.deliveries]
    for one in said:
        places = [at for at, line in enumerate(delivered) if one.plu is None or line.plu == one.plu]
        if one.plu is None and one.by_milli is None and not one.qty_milli:
            for at in places:
                delivered[at] = delivered[at]._replace(qty_milli=0)
            continue
        if not places:
            first = stop.deliveries[0]
            delivered.append(_without_order(first.day, first.half, first.customer, one))
            continue
        if len({delivered[at].plu for at in places}) > 1:
            plus = sorted({delivered[at].plu for at in places})
            told = " or ".join(_with_item(one, plu) for plu in plus)
            raise Refused("round-item", f"'{one.keyed}': {one.code} takes several: key {told}")
        _share(delivered, places, one)
    return delivered


def _share(delivered: list[Delivered], places: list[int], said: Keyed) -> None:
    """Sets what was taken of one item, which two orders may be for: the last of them gets more
    first, and gives up first."""
    planned = sum(delivered[at].qty_milli for at in places)
    taken = said.qty_milli if said.by_milli is None else planned + said.by_milli
    if taken < 0:
        raise Refused(
            "round-less",
            f"'{said.keyed}': {said.code} gets {show_quantity(planned)}, so it can't take "
            f"{show_quantity(-(said.by_milli or 0))} less",
        )
    _check_limit(taken, said)
    left = taken
    for at in places[:-1]:
        here = min(left, delivered[at].qty_milli)
        delivered[at] = delivered[at]._replace(qty_milli=here)
        left -= here
    delivered[places[-1]] = delivered[places[-1]]._replace(qty_milli=left)


def _without_order(day: date, half: Half, customer: str, said: Keyed) -> Delivered:
    taken = said.qty_milli if said.by_milli is None else said.by_milli
    if said.plu is None:
        raise Refused(
            "round-item", f"'{said.keyed}': {said.code} is not on this round, name the item too"
        )
    if taken <= 0:
        raise Refused("round-item", f"'{said.keyed}': {said.code} gets no item {said.plu}")
    _check_limit(taken, said)
    return Delivered("", customer, day, half, said.plu, 0, taken, None)


def _check_limit(taken_milli: int, said: Keyed) -> None:
    if taken_milli > QUANTITY_LIMIT_MILLI:
        raise Refused("quantity-limit", f"'{said.keyed}' is over the limit of a quantity")


def _as_planned(one: Delivery) -> Delivered:
    return Delivered(
        one.order,
        one.customer,
        one.day,
        one.half,
        one.plu,
        one.qty_milli,
        one.qty_milli,
        one.rate_paise,
    )


def _with_item(said: Keyed, plu: int) -> str:
    head, rest = said.code, said.keyed.lstrip("-")[len(said.code) :]
    return f"{head}/{plu}{rest}"


def check_taken(one: Delivered, item: Item, *, is_new: bool) -> None:
    """Refused where what was taken can't be sold so: off the item's step, where it is not what was
    planned; and where it is new and nothing was planned, of an item that is sold no longer."""
    if is_new and not one.planned_milli and not item.active:
        raise Refused("product-retired", f"{item.name} is sold no longer")
    if one.qty_milli and one.qty_milli != one.planned_milli:
        check_quantity(one.qty_milli, item.step_milli, item.unit)


# --- recorded once ------------------------------------------------------------------------------


class Recorded(NamedTuple):
    """A delivery as it stands in the books: with the rate of its day, in paise per unit."""

    delivered: Delivered
    rate_paise: int
    amount_paise: int


def recorded(one: Delivered, rate_of: Callable[[Delivered], int]) -> Recorded:
    """With its own rate, else the rate that `rate_of` knows for its day."""
    rate = one.rate_paise if one.rate_paise is not None else rate_of(one)
    return Recorded(one, rate, half_up(rate * one.qty_milli, MILLI))


class Correction(NamedTuple):
    """A late correction: the recording stays, and an adjustment dated `on` says what was wrong.
    `by_paise` is above zero where more is owed; `code` is the customer's, `what` unit and item."""

    key: str
    on: date
    was_milli: int
    is_milli: int
    by_paise: int
    code: str = ""
    what: str = ""

    @property
    def words(self) -> str:
        """For the monthly bill: which delivery, what it became, and of what."""
        *_, day, half = self.key.split("/")
        was, now = show_quantity(self.was_milli), show_quantity(self.is_milli)
        return f"{day} {half}: {now} instead of {was} {self.what}".rstrip()


class Rerun(NamedTuple):
    """What a round recorded again would do: what is new, and what differs from the books."""

    new: tuple[Delivered, ...]
    corrections: tuple[Correction, ...]


def again(now: Iterable[Delivered], books: Mapping[str, tuple[Recorded, int]], on: date) -> Rerun:
    """A round that may have been recorded before, in whole or in part.

    `books` has by key what was recorded, and the quantity it stands at after corrections. What is
    there already is not recorded again, so twice the same does nothing twice; what now differs
    is corrected at the rate it was delivered at. A correction undone comes to zero with it.
    """
    new, corrections = [], []
    for one in now:
        if one.key not in books:
            new.append(one)
            continue
        kept, stands_milli = books[one.key]
        if one.qty_milli != stands_milli:
            worth = half_up(kept.rate_paise * one.qty_milli, MILLI)
            stood = half_up(kept.rate_paise * stands_milli, MILLI)
            corrections.append(Correction(one.key, on, stands_milli, one.qty_milli, worth - stood))
    return Rerun(tuple(new), tuple(corrections))
