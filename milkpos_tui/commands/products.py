"""`milkpos product`: the catalogue."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from milkpos_tui.commands.context import acting, opened, result
from milkpos_tui.commands.names import product_names
from milkpos_tui.domain.gstin import check_hsn
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.money import parse_rupees, show_rupees
from milkpos_tui.domain.quantity import Unit, parse_quantity, show_quantity
from milkpos_tui.domain.tax import parse_rates, show_rates
from milkpos_tui.domain.text import clean

group = typer.Typer(no_args_is_help=True)

Plu = Annotated[int, typer.Argument(metavar="PLU", min=1, help="The item's number.")]
Name = Annotated[str | None, typer.Option("--name", help="What it is called.")]
SoldBy = Annotated[Unit | None, typer.Option("--unit", help="What it is sold by.")]
Price = Annotated[
    str | None, typer.Option("--price", metavar="RUPEES", help="Rupees per unit, tax included.")
]
Mrp = Annotated[
    str | None,
    typer.Option("--mrp", metavar="RUPEES", help="Printed maximum price in rupees, or none."),
]
Hsn = Annotated[str | None, typer.Option("--hsn", help="4, 6 or 8 digits.")]
Gst = Annotated[
    str | None,
    typer.Option("--gst", metavar="RATES", help="Percent, dated: 5, or 12;2025-09-22=5."),
]
Packed = Annotated[
    bool | None, typer.Option("--packed/--loose", help="Pre-packed and labelled, or loose.")
]
Step = Annotated[
    str | None, typer.Option("--step", metavar="QTY", help="The smallest quantity sold, in units.")
]
Barcodes = Annotated[
    list[str] | None,
    typer.Option("--barcode", metavar="CODE", help="Again for several; none for none."),
]
Category = Annotated[str | None, typer.Option("--category", help="Where it belongs.")]
Retired = Annotated[bool, typer.Option("--retired", help="Those no longer sold as well.")]


@group.command("list")
def list_products(
    words: str = typer.Argument("", metavar="[WORDS]", help="Only those whose words begin so."),
    retired: Retired = False,
) -> None:
    """The items, all or those found by words.

    Example: milkpos product list milk --json
    """
    with opened() as till:
        items, today = list(till.catalogue.items(words, retired=retired)), till.today()
    result([product_names(item, today) for item in items], [_listed(item) for item in items])


@group.command()
def show(plu: Plu) -> None:
    """One item. Example: milkpos product show 12 --json"""
    with opened() as till:
        _result(till.catalogue.known(plu), till.today())


@group.command()
def add(
    plu: Plu,
    name: str = typer.Option(..., "--name", help="What it is called."),
    unit: Unit = typer.Option(..., "--unit", help="What it is sold by."),
    price: str = typer.Option(..., "--price", metavar="RUPEES", help="Per unit, tax included."),
    mrp: Mrp = None,
    hsn: Hsn = None,
    gst: Gst = None,
    packed: Packed = None,
    step: Step = None,
    barcode: Barcodes = None,
    category: Category = None,
) -> None:
    """A new item.

    Example: milkpos product add 12 --name "Cow milk" --unit litre --price 62 --hsn 0401 --gst 0
    """
    plain = Item(plu, "", unit, 0, parse_rates("0"), step_milli=unit.usual_step_milli)
    item = _changed(plain, name, None, price, mrp, hsn, gst, packed, step, barcode, category)
    with opened() as till:
        _result(till.catalogue.add(item, acting(till)), till.today())


@group.command()
def change(
    plu: Plu,
    name: Name = None,
    unit: SoldBy = None,
    price: Price = None,
    mrp: Mrp = None,
    hsn: Hsn = None,
    gst: Gst = None,
    packed: Packed = None,
    step: Step = None,
    barcode: Barcodes = None,
    category: Category = None,
) -> None:
    """Change what is named, leave the rest.

    Example: milkpos product change 12 --price 64
    """
    with opened() as till:
        actor = acting(till)
        known = till.catalogue.known(plu)
        item = _changed(known, name, unit, price, mrp, hsn, gst, packed, step, barcode, category)
        _result(till.catalogue.change(item, actor), till.today())


@group.command()
def price(plu: Plu, rupees: str = typer.Argument(..., metavar="RUPEES", help="Per unit.")) -> None:
    """A new price. Example: milkpos product price 12 64.50"""
    with opened() as till:
        actor = acting(till)
        item = till.catalogue.known(plu)._replace(price_paise=parse_rupees(rupees))
        _result(till.catalogue.change(item, actor), till.today())


@group.command()
def retire(plu: Plu) -> None:
    """An item is no longer sold. Bills keep it, and its number is not given again.

    Example: milkpos product retire 12
    """
    with opened() as till:
        _result(till.catalogue.retire(plu, acting(till)), till.today())


@group.command("import")
def import_file(
    file: Path = typer.Argument(..., metavar="FILE", help="CSV, as `product export` writes it."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what would be done."),
) -> None:
    """Add and change items from a CSV file; a file with a bad line is refused whole.

    Example: milkpos product import prices.csv --dry-run
    """
    from milkpos_tui.services.product_files import take_in
    from milkpos_tui.services.spreadsheets import read_file

    content = read_file(file)
    with opened() as till:
        done = take_in(till.catalogue, content, acting(till), dry_run=dry_run)
    counts = {"added": done.added, "changed": done.changed, "unchanged": done.unchanged}
    would = "would be " if dry_run else ""
    told = ", ".join(f"{count} {would}{what}" for what, count in counts.items())
    result({**counts, "dry_run": dry_run}, [told])


@group.command("export")
def export_file(
    retired: Retired = False,
) -> None:
    """The catalogue as CSV on standard output (with --json as a list).

    Example: milkpos product export > catalogue.csv
    """
    from milkpos_tui.services.product_files import written

    with opened() as till:
        items, today = list(till.catalogue.items(retired=retired)), till.today()
    lines = written(items, retired=retired).splitlines()
    result([product_names(item, today) for item in items], lines)


def _changed(
    item: Item,
    name: str | None,
    unit: Unit | None,
    price: str | None,
    mrp: str | None,
    hsn: str | None,
    gst: str | None,
    packed: bool | None,
    step: str | None,
    barcodes: list[str] | None,
    category: str | None,
) -> Item:
    """The item with what was named in the options; None leaves things as they are."""
    from milkpos_tui.services.product_files import parse_barcodes

    if name is not None:
        item = item._replace(name=clean(name))
    if unit is not None and unit is not item.unit:
        item = item._replace(unit=unit, step_milli=unit.usual_step_milli)
    if price is not None:
        item = item._replace(price_paise=parse_rupees(price))
    if mrp is not None:
        item = item._replace(mrp_paise=None if mrp == "none" else parse_rupees(mrp))
    if hsn is not None:
        item = item._replace(hsn=check_hsn(hsn) if hsn else "")
    if gst is not None:
        item = item._replace(rates=parse_rates(gst))
    if packed is not None:
        item = item._replace(packed=packed)
    if step is not None:
        item = item._replace(step_milli=parse_quantity(step))
    if barcodes:
        codes = () if barcodes == ["none"] else parse_barcodes(" ".join(barcodes))
        item = item._replace(barcodes=codes)
    if category is not None:
        item = item._replace(category=clean(category, limit=40))
    return item


def _result(item: Item, day: date) -> None:
    result(product_names(item, day), _shown(item))


def _listed(item: Item) -> str:
    price = f"{show_rupees(item.price_paise)} / {item.unit.sign}"
    retired = "" if item.active else "  retired"
    return f"{item.plu:6} {item.name:40} {price:>16}{retired}"


def _shown(item: Item) -> list[str]:
    mrp = f", MRP {show_rupees(item.mrp_paise)}" if item.mrp_paise is not None else ""
    return [
        _listed(item) + mrp,
        f"       HSN {item.hsn or '-'}, GST {show_rates(item.rates)} %, "
        f"{'packed' if item.packed else 'loose'}, step {show_quantity(item.step_milli)}, "
        f"barcodes {' '.join(item.barcodes) or '-'}",
    ]
