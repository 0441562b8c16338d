"""The catalogue as CSV: taken in whole or refused whole, and written out the same way.

Columns: `plu,name,barcodes,category,unit,price,mrp,hsn,gst_rates,packed,step,active`. Prices in
rupees, several barcodes separated by spaces, GST rates in percent with dates
(`12;2025-09-22=5`), the step in units. `plu`, `name`, `unit` and `price` must be there; the rest
may be left out.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.gstin import check_hsn
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.money import parse_rupees, show_rupees
from milkpos_tui.domain.quantity import Unit, parse_quantity, show_quantity
from milkpos_tui.domain.tax import parse_rates, show_rates
from milkpos_tui.domain.text import clean, from_spreadsheet, spreadsheet_cell
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.catalogue import Catalogue, check_barcodes, check_item
from milkpos_tui.services.spreadsheets import CsvRow, all_or_none, parse_yes, rows_of

COLUMNS = (
    "plu",
    "name",
    "barcodes",
    "category",
    "unit",
    "price",
    "mrp",
    "hsn",
    "gst_rates",
    "packed",
    "step",
)
ACTIVE = "active"  # written only where items no longer sold are among the others
REQUIRED = frozenset({"plu", "name", "unit", "price"})
CELL_MAX = 400
BARCODE_MAX = 48
_BARCODE = re.compile(r"[A-Za-z0-9]+|[A-Za-z0-9][0-9-]*[A-Za-z][A-Za-z0-9-]*|[A-Za-z][A-Za-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or with a dry run would do."""

    added: int
    changed: int
    unchanged: int


def take_in(catalogue: Catalogue, content: bytes, actor: Actor, *, dry_run: bool) -> Imported:
    """Import a CSV file's content. Refused whole, with the lines and reasons, if one is bad."""
    known = {item.plu: item for item in catalogue.items(retired=True)}
    items = list(_items(content, frozenset(plu for plu in known if not known[plu].active)))
    check_barcodes(items, known)
    news = [item for item in items if known.get(item.plu) != item]
    if news and not dry_run:
        catalogue.take_in(news, hashlib.sha256(content).hexdigest(), actor)
    added = sum(item.plu not in known for item in news)
    return Imported(added, len(news) - added, len(items) - len(news))


def written(items: Iterable[Item], *, retired: bool = False) -> str:
    """Items as CSV, such that importing it changes nothing; the column `active` only where items
    no longer sold are among them."""
    columns = (*COLUMNS, ACTIVE) if retired else COLUMNS
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for item in items:
        cells = (
            item.plu,
            spreadsheet_cell(item.name),
            spreadsheet_cell(" ".join(item.barcodes)),
            spreadsheet_cell(item.category),
            item.unit.value,
            _plain(item.price_paise),
            _plain(item.mrp_paise) if item.mrp_paise is not None else "",
            item.hsn,
            show_rates(item.rates),
            "yes" if item.packed else "no",
            show_quantity(item.step_milli),
            "yes" if item.active else "no",
        )
        writer.writerow(cells[: len(columns)])
    return text.getvalue()


def _items(content: bytes, retired: Set[int]) -> Iterator[Item]:
    plus: dict[int, int] = {}

    def understand(line: int, row: CsvRow) -> Item:
        item = _item(row, retired)
        if item.plu in plus:
            raise Refused("plu-twice", f"item {item.plu} is on line {plus[item.plu]} already")
        plus[item.plu] = line
        return item

    return all_or_none(rows_of(content, (*COLUMNS, ACTIVE), REQUIRED), understand)


def _item(row: CsvRow, retired: Set[int]) -> Item:
    def cell(name: str) -> str:
        return clean(row.get(name, ""), limit=CELL_MAX)

    plu = cell("plu")
    if not (plu.isascii() and plu.isdecimal() and len(plu) <= 6):
        raise Refused("plu", f"'{clean(plu, limit=20)}' is not a PLU of at most six digits")
    unit = parse_unit(cell("unit"))
    step = cell("step")
    sold = "no" if int(plu) in retired else "yes"
    item = Item(
        plu=int(plu),
        name=clean(from_spreadsheet(cell("name"))),
        unit=unit,
        price_paise=parse_rupees(cell("price")),
        rates=parse_rates(cell("gst_rates") or "0"),
        hsn=check_hsn(cell("hsn")) if cell("hsn") else "",
        category=clean(from_spreadsheet(cell("category")), limit=40),
        mrp_paise=parse_rupees(cell("mrp")) if cell("mrp") else None,
        packed=parse_yes("packed", cell("packed")),
        step_milli=parse_quantity(step) if step else unit.usual_step_milli,
        barcodes=parse_barcodes(from_spreadsheet(row.get("barcodes", "").strip())),
        active=parse_yes(ACTIVE, cell(ACTIVE) or sold),
    )
    check_item(item)
    return item


def parse_unit(text: str) -> Unit:
    """A unit by its name. Refused for any other word."""
    try:
        return Unit(text.lower())
    except ValueError:
        known = ", ".join(unit.value for unit in Unit)
        raise Refused("unit", f"'{clean(text, limit=20)}' is not a unit: {known}") from None


def parse_barcodes(text: str) -> tuple[str, ...]:
    """Barcodes separated by spaces, sorted. Refused where one is a PLU or can't be printed."""
    codes = tuple(sorted(set(text.split())))
    for code in codes:
        # Other signs mean something on the entry line, where a barcode may have to be typed.
        if not (_BARCODE.fullmatch(code) and len(code) <= BARCODE_MAX):
            raise Refused("barcode", f"'{clean(code, limit=20)}' is not a barcode")
        if code.isdecimal() and len(code) <= 6:
            raise Refused("barcode", f"{code} is as short as a PLU: barcodes have 7 digits or more")
    return codes


def _plain(paise: int) -> str:
    return show_rupees(paise).replace(",", "")
