"""Labels of what a shop weighs and packs itself, and of its shelves: as rows of a print job.

A row is what it is and what it says, with a tab between: `text`, `large`, `ean` (13 digits as bars)
or `code` (CODE128). `hardware.papers` puts them on paper.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from textwrap import wrap
from typing import NamedTuple

from milkpos_tui.domain.cart import CartLine
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.labels import (
    DEFAULT_LAYOUTS,
    EAN_DIGITS,
    Layout,
    Measure,
    is_gtin,
    write_label,
)
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.quantity import MILLI, Unit
from milkpos_tui.domain.text import clean
from milkpos_tui.services.records import Shop

LARGE_COLUMNS = 16  # of letters twice as wide, on 58 mm paper


class Content(NamedTuple):
    """What is in a pack, by one of the three: thousandths of a kilogram or litre, pieces, or the
    paise that it is to come to. None of them is one piece."""

    weight_milli: int | None = None
    pieces: int | None = None
    worth_paise: int | None = None


def item_label(
    shop: Shop,
    item: Item,
    content: Content,
    packed_on: date,
    layouts: Iterable[Layout] = DEFAULT_LAYOUTS,
) -> list[str]:
    """A label to stick on a pack; its bars bring the same line when they are scanned.

    Refused where it would not sell: above the MRP, no multiple of the item's step, by weight what
    is sold by piece, and where the barcode has no digits for it.
    """
    line = _line(item, content)
    item.check_price(item.price_paise)
    return [
        _row("text", shop.name),
        *_large(item.name),
        _row("text", f"Net: {_quantity(line)}"),
        _row("text", f"Rate: {_rate(item)}"),
        *_large(f"Rs {show_rupees(line.amount_paise)}"),
        *_mrp(item),
        _row("text", f"Packed on {packed_on:%d-%m-%Y}"),
        *([_row("text", f"FSSAI Lic No {shop.fssai}")] if shop.fssai else []),
        _row("ean", _digits(line, content, tuple(layouts))),
    ]


def shelf_label(item: Item) -> list[str]:
    """A label for the edge of a shelf: the price, and bars that bring one of it."""
    item.check_price(item.price_paise)
    own = _own_ean(item)
    return [
        *_large(item.name),
        *_large(_rate(item)),
        *_mrp(item),
        _row("ean", own) if own else _row("code", str(item.plu)),
    ]


def _line(item: Item, content: Content) -> CartLine:
    """What the label will sell, by the same rules as any line of a bill."""
    if sum(value is not None for value in content) > 1:
        raise Refused("label-content", "say one of weight, count and price")
    if content.worth_paise is not None:
        return CartLine.by_worth(1, item, content.worth_paise)
    if item.unit.whole_only:
        if content.weight_milli is not None:
            raise Refused("not-by-weight", f"{item.name} is sold by the {item.unit}: say a count")
        pieces = 1 if content.pieces is None else content.pieces
        return CartLine.by_quantity(1, item, pieces * MILLI)
    if content.pieces is not None:
        raise Refused("not-by-count", f"{item.name} is sold by the {item.unit}: say a weight")
    if content.weight_milli is None:
        raise Refused("label-content", f"say how much {item.name} is in it: a weight or a price")
    return CartLine.by_quantity(1, item, content.weight_milli)


def _digits(line: CartLine, content: Content, layouts: tuple[Layout, ...]) -> str:
    """The barcode: what was measured where a layout has it, else the amount."""
    own = _own_ean(line.item)
    if own and line.item.unit.whole_only and line.qty_milli == MILLI:
        return own
    values = {Measure.PRICE: line.amount_paise}
    if content.weight_milli is not None:
        values[Measure.WEIGHT] = line.qty_milli
    if line.item.unit.whole_only:
        values[Measure.COUNT] = line.qty_milli // MILLI
    for measure in (Measure.COUNT, Measure.WEIGHT, Measure.PRICE):
        layout = next((each for each in layouts if each.measure is measure), None)
        if measure in values and layout is not None:
            return write_label(layout, line.item.plu, values[measure])
    raise Refused("label-layout", "no label layout has room for this: weight, price or pieces")


def _own_ean(item: Item) -> str:
    """The maker's barcode, where it has the form that is printed."""
    return next((c for c in item.barcodes if len(c) == EAN_DIGITS and is_gtin(c)), "")


def _quantity(line: CartLine) -> str:
    whole, rest = divmod(line.qty_milli, MILLI)
    if line.item.unit.whole_only:
        return f"{whole} {line.item.unit.sign}"
    return f"{whole}.{rest:03d} {line.item.unit.sign}"


def _rate(item: Item) -> str:
    per = "" if item.unit is Unit.PIECE else f" / {item.unit.sign}"
    return f"Rs {show_rupees(item.price_paise)}{per}"


def _mrp(item: Item) -> Iterator[str]:
    if item.mrp_paise is not None:
        per = "" if item.unit.whole_only else f" / {item.unit.sign}"
        yield _row("text", f"MRP Rs {show_rupees(item.mrp_paise)}{per}")
        yield _row("text", "(incl. of all taxes)")


def _large(text: str) -> list[str]:
    return [_row("large", row) for row in wrap(clean(text), LARGE_COLUMNS)]


def _row(kind: str, says: str) -> str:
    return f"{kind}\t{clean(says)}"
