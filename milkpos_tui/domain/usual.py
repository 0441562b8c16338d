"""The usual: what a regular comes for, before they say it.

What is ordered for the counter is due once in its half of the day; whoever of the family comes
first collects it, so what was sold of it counts as collected, however it was keyed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from milkpos_tui.domain.cart import CartLine
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.orders import Delivery
from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.text import cell, plural, width_of

RETIRED = "sold no longer"
TO_WEIGH = "to be weighed"
WIDTH_MAX = 1_000  # columns of a line that no screen cuts
WHO_COLUMNS = 24
NAME_MIN = 8  # columns that a name keeps, before fewer of them are told


class Source(StrEnum):
    """Where the usual is from."""

    ORDERS = "orders"
    LAST_BILL = "last_bill"


class Asked(NamedTuple):
    """So much of an item, in thousandths; `rate_paise` is a price agreed for it, per unit."""

    plu: int
    qty_milli: int
    rate_paise: int | None = None


class LeftOut(NamedTuple):
    """An item of the usual that can't be proposed, and why."""

    name: str
    why: str


def left_of(due: Iterable[Delivery], had_milli: Mapping[int, int]) -> tuple[Asked, ...]:
    """What is still to be collected of what is due, in its order, an item at one rate once.

    `had_milli` is what was collected already by PLU; what was returned is not collected.
    """
    left = {plu: max(0, qty) for plu, qty in had_milli.items()}
    asked: dict[tuple[int, int | None], int] = {}
    for one in due:
        had = min(one.qty_milli, left.get(one.plu, 0))
        left[one.plu] = left.get(one.plu, 0) - had
        if one.qty_milli > had:
            key = one.plu, one.rate_paise
            asked[key] = asked.get(key, 0) + one.qty_milli - had
    return tuple(Asked(plu, qty, rate) for (plu, rate), qty in asked.items())


def agreed_rate(item: Item, rate_paise: int) -> int:
    """A rate that was agreed for an item; the MRP, where that is lower by now."""
    return rate_paise if item.mrp_paise is None else min(rate_paise, item.mrp_paise)


# --- in words -----------------------------------------------------------------------------------


def offer_told(
    who: str,
    source: Source,
    lines: Sequence[CartLine],
    left_out: Sequence[LeftOut],
    total_paise: int,
    taken_by: str = "Enter",
    width: int = WIDTH_MAX,
) -> str:
    """The usual as it is proposed, in at most so many columns: `12 Lakshmi: 2 Milk 500 ml, 1 Curd =
    Rs 92.00?  Enter takes it`. What comes to how much, and what is left out, is told even where
    names and then items have to give way."""
    named = [cell(who, min(WHO_COLUMNS, width_of(who)))] if who else []
    last = ["last bill"] if source is Source.LAST_BILL else []
    head = f"{', '.join(named + last)}: " if named + last else ""
    tail = f" = Rs {show_rupees(total_paise)}?  {taken_by} takes it"
    room = width - width_of(head) - width_of(tail)
    return head + next(filter(lambda told: width_of(told) <= room, _ways(lines, left_out))) + tail


def taken_told(lines: Sequence[CartLine], left_out: Sequence[LeftOut]) -> str:
    """What was put on the bill, and what was not and why."""
    return "; ".join((f"the usual: {plural(len(lines), 'line')}", *_reasons(left_out)))


def nothing_told(left_out: Sequence[LeftOut]) -> str:
    """Why there is a usual and nothing of it is proposed."""
    return "; ".join(("of the usual nothing can be proposed", *_reasons(left_out)))


def line_told(line: CartLine, name_columns: int = 0) -> str:
    """`2 Egg`, `0.5 L Cow milk`; the name in so many columns at most, where a number is given."""
    sign = "" if line.item.unit.whole_only else f"{line.item.unit.sign} "
    name = line.item.name
    if name_columns:
        name = cell(name, min(name_columns, width_of(name))).rstrip()
    return f"{show_quantity(line.qty_milli)} {sign}{name}"


def _ways(lines: Sequence[CartLine], left_out: Sequence[LeftOut]) -> Iterator[str]:
    """From all of it to the least: shorter names, then fewer items, then their number alone."""
    without = [f"no {one.name}" for one in left_out]
    few = [f"without {plural(len(left_out), 'item')}"] if left_out else []
    for columns in (0, 2 * NAME_MIN, NAME_MIN):
        told = [line_told(line, columns) for line in lines]
        yield ", ".join((*told, *without))
        yield ", ".join((*told, *few))
    for count in range(len(lines) - 1, 0, -1):
        for columns in (2 * NAME_MIN, NAME_MIN):
            told = [line_told(line, columns) for line in lines[:count]]
            yield ", ".join((*told, f"{len(lines) - count} more", *few))
    yield ", ".join((plural(len(lines), "item"), *few))
    yield plural(len(lines), "item")
    yield ""


def _reasons(left_out: Sequence[LeftOut]) -> Iterator[str]:
    names: dict[str, list[str]] = {}
    for one in left_out:
        names.setdefault(one.why, []).append(one.name)
    for why, some in names.items():
        yield f"{why}: {', '.join(some)}"
