"""The sheet of a round as it is printed: doors by lane, what is left there, what to take along."""

from collections.abc import Mapping

from milkpos_tui.domain.item import Item
from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.rounds import Sheet
from milkpos_tui.domain.text import cell, plural
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.paper import SLIP_COLUMNS
from milkpos_tui.services.printing import Job, JobKind, Printing
from milkpos_tui.services.rounds import Carried

CODE_COLUMNS = 5


def sheet_rows(sheet: Sheet, items: Mapping[int, Item], columns: int) -> list[str]:
    """The sheet in so many columns; what a door gets stands under its name, with room before it
    for a tick."""
    sheet = sheet.planned
    rows = [
        f"ROUND {sheet.day:%d-%m-%Y} {sheet.half.value}",
        f"{plural(len(sheet.stops), 'door')}",
        "=" * columns,
    ]
    lane = None
    for stop in sheet.stops:
        if stop.place.lane != lane:
            lane = stop.place.lane
            rows.append(cell(f"-- {lane or 'no lane'}", columns).rstrip())
        place = stop.place
        rows.append(cell(f"{place.code:>{CODE_COLUMNS}} {place.name}", columns).rstrip())
        rows += [_left(one.qty_milli, items[one.plu], columns) for one in stop.deliveries]
    rows.append("=" * columns)
    sums: dict[int, int] = {}
    for _, plu, milli in sheet.loads:
        sums[plu] = sums.get(plu, 0) + milli
    rows += [_left(milli, items[plu], columns, "take") for plu, milli in sums.items()]
    return rows


def queue_sheet(printing: Printing, counter: str, carried: Carried, actor: Actor) -> Job:
    """A round's sheet for a counter's printer, in the columns of the narrowest paper. Refused where
    there is no printer."""
    sheet = carried.sheet
    rows = sheet_rows(sheet, carried.items, SLIP_COLUMNS[0])
    about = f"round {sheet.day.isoformat()} {sheet.half.value}"
    return printing.queue(counter, JobKind.TEXT, about, rows, actor)


def _left(milli: int, item: Item, columns: int, tick: str = "[ ]") -> str:
    told = f"{tick:>{CODE_COLUMNS}} {show_quantity(milli)} {item.unit.sign} {item.name}"
    return cell(told, columns).rstrip()
