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
NAMED_MAX = 8  # of more items than fit a row: no row of a till has room for so many


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
    """The usual as it is proposed, in at most so many columns: `12 Lakshmi: 2 Milk + 1 Curd =
    Rs 92?  Enter takes it`. Where it is too long, first the customer's name gives way (it stands on
    the bill), then the items' names, then items; never what it comes to."""
    last = "last bill" if source is Source.LAST_BILL else ""
    tail = f" = Rs {show_rupees(total_paise).removesuffix('.00')}?  {taken_by} takes it"
    ways = (f"{head}{told}{tail}" for head, told in _ways(_heads(who, last), lines, left_out))
    return next((told for told in ways if width_of(told) <= width), tail.strip(" ="))


def taken_told(lines: Sequence[CartLine], left_out: Sequence[LeftOut]) -> str:
    """What was put on the bill, and what was not and why."""
    return "; ".join((f"the usual: {plural(len(lines), 'line')}", *_reasons(left_out)))


def nothing_told(left_out: Sequence[LeftOut]) -> str:
    """Why there is a usual and nothing of it is proposed."""
    return f"nothing of the usual ({'; '.join(_reasons(left_out))})"


def line_told(line: CartLine, name_columns: int = 0) -> str:
    """`2 Egg`, `0.5 L Cow milk, loose`; where a number is given, what is before the name's comma,
    in so many columns at most."""
    sign = "" if line.item.unit.whole_only else f"{line.item.unit.sign} "
    name = line.item.name
    if name_columns:
        name = _short(name.partition(",")[0], name_columns)
    return f"{show_quantity(line.qty_milli)} {sign}{name}"


def _heads(who: str, last: str) -> tuple[str, str, str]:
    """Whom it is proposed to: with the name, with the first of the names, by the code alone."""
    first = " ".join(who.split(" ")[:2])
    named = (_short(who, WHO_COLUMNS), _short(first, WHO_COLUMNS // 2), who.partition(" ")[0])
    told = (", ".join(filter(None, (one, last))) for one in named)
    full, short, bare = (f"{one}: " if one else "" for one in told)
    return full, short, bare


def _ways(
    heads: tuple[str, str, str], lines: Sequence[CartLine], left_out: Sequence[LeftOut]
) -> Iterator[tuple[str, str]]:
    """Head and items, from all of it to the least. Names have commas themselves, so the sign of a
    sum is between them."""
    full, short, bare = heads
    without = "".join(f", no {one.name}" for one in left_out)
    few = f", without {plural(len(left_out), 'item')}" if left_out else ""
    for head, columns in (
        (full, 0),
        (short, 0),
        (short, 2 * NAME_MIN),
        (bare, 2 * NAME_MIN),
        (bare, NAME_MIN),
    ):
        told = " + ".join(line_told(line, columns) for line in lines)
        yield head, f"{told}{without}"
        yield head, f"{told}{few}"
    for count in range(min(len(lines) - 1, NAMED_MAX), 0, -1):
        for columns in (2 * NAME_MIN, NAME_MIN):
            told = " + ".join(line_told(line, columns) for line in lines[:count])
            yield bare, f"{told} + {len(lines) - count} more{few}"
    yield bare, f"{plural(len(lines), 'item')}{few}"
    yield bare, plural(len(lines), "item")


def _short(text: str, columns: int) -> str:
    return cell(text, min(columns, width_of(text))).rstrip()


def _reasons(left_out: Sequence[LeftOut]) -> Iterator[str]:
    names: dict[str, list[str]] = {}
    for one in left_out:
        names.setdefault(one.why, []).append(one.name)
    for why, some in names.items():
        yield f"{why}: {', '.join(some)}"
