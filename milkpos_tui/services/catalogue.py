"""The catalogue: finding, searching, adding, changing and retiring what is sold."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import PLU_MAX, Item
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.tax import RateHistory, parse_rates, show_rates
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.search import Ranked, has_words, match_queries, rank
from schema.connection import TillDatabase
from schema.tables import Barcode, Product

IMPORT_BATCH = 500  # products in one entry: bounded, and still few entries

_rates = lru_cache(maxsize=256)(parse_rates)


class Catalogue:
    """Items by code and by words. Each read asks the database: another terminal may change it."""

    def __init__(self, db: TillDatabase, journal: Journal, permissions: Permissions) -> None:
        self._db = db
        self._journal = journal
        self._permissions = permissions

    # --- reading ---------------------------------------------------------------------------

    def item(self, plu: int) -> Item | None:
        """The item of a PLU, retired ones too."""
        if not 1 <= plu <= PLU_MAX:
            return None
        found = self._db.connection().execute(f"{_SELECT} WHERE plu = ?", (plu,)).fetchone()
        return _item(found) if found else None

    def by_code(self, code: str) -> Item | None:
        """The item on sale of a barcode, or of a PLU of at most six digits."""
        found = self._db.connection().execute(_BY_BARCODE, (code,)).fetchone()
        item = _item(found) if found else None
        if item is None and code.isascii() and code.isdecimal() and len(code) <= 6:
            item = self.item(int(code))
        return item if item is not None and item.active else None

    def known(self, plu: int) -> Item:
        """The item of a PLU. Refused where there is none."""
        item = self.item(plu)
        if item is None:
            raise Refused("product-unknown", f"there is no item {plu}")
        return item

    def on_sale(self, plu: int) -> Item:
        """The item of a PLU. Refused where there is none, or it is sold no longer."""
        item = self.known(plu)
        if not item.active:
            raise Refused("product-retired", f"{item.name} is sold no longer")
        return item

    def search(self, words: str, limit: int = 12) -> tuple[Item, ...]:
        """Items on sale whose words begin with what was typed, the likeliest first.

        The index gives the few that match, and only those are ranked: sorting all matches of one
        letter among 100,000 items costs 36 ms.
        """
        found: dict[int, Ranked] = {}
        for query in match_queries(words):
            rows = self._db.connection().execute(_SEARCH, (query, _CANDIDATES))
            found.update((int(plu), Ranked(int(plu), str(name))) for plu, name in rows)
            if len(found) >= limit:
                break
        ranked = rank(words, list(found.values()))[:limit]
        return self._items_of([candidate.plu for candidate in ranked])

    def items(self, words: str = "", *, retired: bool = False) -> Iterator[Item]:
        """All items by PLU, or those with words that begin so; with `retired` also those no longer
        sold."""
        query = Product.select(*_FIELDS).order_by(Product.plu)
        if not retired:
            query = query.where(Product.active == 1)
        codes: dict[int, list[str]] = {}
        barcodes = Barcode.select(Barcode.plu, Barcode.code).order_by(Barcode.code)
        for plu, code in barcodes.tuples().execute(self._db):
            codes.setdefault(plu, []).append(code)
        for row in query.tuples().execute(self._db):
            item = _item((*row, " ".join(codes.get(row[0], ()))))
            if not words or has_words(words, f"{item.name} {item.category}"):
                yield item

    # --- changing --------------------------------------------------------------------------

    def add(self, item: Item, actor: Actor) -> Item:
        """A new item. Refused for a PLU or barcode that is taken, and for a price above MRP."""
        actor = self._may_edit(actor, str(item.plu))
        with self._journal.transaction():
            if self.item(item.plu) is not None:
                raise Refused("plu-taken", f"there is an item {item.plu} already")
            self._check(item)
            self._journal.append(Kind.PRODUCT_ADDED, str(item.plu), product_body(item), actor)
        return item

    def change(self, item: Item, actor: Actor) -> Item:
        """An item as it is from now on. Refused where there is none of that PLU."""
        actor = self._may_edit(actor, str(item.plu))
        with self._journal.transaction():
            self.known(item.plu)
            self._check(item)
            self._journal.append(Kind.PRODUCT_CHANGED, str(item.plu), product_body(item), actor)
        return item

    def retire(self, plu: int, actor: Actor) -> Item:
        """An item no longer sold. Bills keep it, and its PLU is not given again."""
        actor = self._may_edit(actor, str(plu))
        with self._journal.transaction():
            item = self.known(plu)
            if not item.active:
                raise Refused("product-retired", f"{item.name} is retired already")
            self._journal.append(Kind.PRODUCT_RETIRED, str(plu), {"plu": plu}, actor)
        return item._replace(active=False)

    def take_in(self, items: Sequence[Item], digest: str, actor: Actor) -> None:
        """A whole import in one transaction: added where the PLU is new, else changed."""
        actor = self._may_edit(actor, digest)
        with self._journal.transaction():
            for item in items:
                check_item(item)
            check_barcodes(items, {known.plu: known for known in self.items(retired=True)})
            for start in range(0, len(items), IMPORT_BATCH):
                batch = items[start : start + IMPORT_BATCH]
                body: dict[str, Value] = {
                    "file": digest,
                    "products": [product_body(item) for item in batch],
                }
                self._journal.append(Kind.PRODUCTS_IMPORTED, digest, body, actor)

    def _may_edit(self, actor: Actor, about: str) -> Actor:
        return self._permissions.check(Right.EDIT_PRODUCTS, actor, about=about)

    def _items_of(self, plus: Sequence[int]) -> tuple[Item, ...]:
        """The items of some PLUs, in that order."""
        holes = ", ".join("?" * len(plus))
        rows = self._db.connection().execute(f"{_SELECT} WHERE plu IN ({holes})", tuple(plus))
        items = {item.plu: item for item in map(_item, rows)}
        return tuple(items[plu] for plu in plus if plu in items)

    def _check(self, item: Item) -> None:
        check_item(item)
        for code in item.barcodes:
            found = self._db.connection().execute(_BY_BARCODE, (code,)).fetchone()
            if found and found[0] != item.plu:
                raise Refused("barcode-taken", f"{code} is the barcode of {found[1]} already")


def check_item(item: Item) -> None:
    """Refused for an item that can't be sold by the rules."""
    if not 1 <= item.plu <= PLU_MAX:
        raise Refused("plu", f"a PLU is a number from 1 to {PLU_MAX}, not {item.plu}")
    if not item.name:
        raise Refused("name-missing", f"item {item.plu} needs a name")
    if item.unit.whole_only and item.step_milli % 1000:
        raise Refused("step", f"{item.name} is counted: its step is a whole number")
    if item.step_milli <= 0:
        raise Refused("step", f"the step of {item.name} must be more than zero")
    item.check_price(item.price_paise)


def check_barcodes(items: Sequence[Item], known: Mapping[int, Item]) -> None:
    """Refused where a barcode would name two items, also of those that `items` leave alone."""
    touched = {item.plu for item in items}
    owners = {
        code: plu for plu, item in known.items() if plu not in touched for code in item.barcodes
    }
    for item in items:
        for code in item.barcodes:
            owner = owners.setdefault(code, item.plu)
            if owner != item.plu:
                raise Refused(
                    "barcode-taken", f"item {item.plu}: {code} is the barcode of item {owner} too"
                )


def product_body(item: Item) -> dict[str, Value]:
    """A product as the journal keeps it: everything its rows are rebuilt from."""
    return {
        "plu": item.plu,
        "name": item.name,
        "category": item.category,
        "unit": item.unit.value,
        "price_paise": item.price_paise,
        "mrp_paise": item.mrp_paise,
        "hsn": item.hsn,
        "rates": show_rates(item.rates),
        "packed": int(item.packed),
        "step_milli": item.step_milli,
        "active": int(item.active),
        "barcodes": sorted(item.barcodes),
    }


_CANDIDATES = 64
_FIELDS = (
    Product.plu,
    Product.name,
    Product.category,
    Product.unit,
    Product.price_paise,
    Product.mrp_paise,
    Product.hsn,
    Product.rates,
    Product.packed,
    Product.step_milli,
    Product.active,
)
# The entry line asks these at every key-in: plain SQL, prepared once by apsw.
_SELECT = (
    f"SELECT {', '.join(field.column_name for field in _FIELDS)}, "
    "(SELECT group_concat(code, ' ') FROM barcode WHERE barcode.plu = product.plu) FROM product"
)
_BY_BARCODE = f"{_SELECT} WHERE plu = (SELECT plu FROM barcode WHERE code = ?)"
_SEARCH = """
SELECT product.plu, product.name FROM
    (SELECT rowid AS plu FROM product_words WHERE product_words MATCH ? LIMIT ?) AS found
JOIN product ON product.plu = found.plu
"""


def _item(row: Sequence[str | int | None]) -> Item:
    plu, name, category, unit, price, mrp, hsn, rates, packed, step, active, codes = row
    history: RateHistory = _rates(str(rates))
    return Item(
        plu=int(plu or 0),
        name=str(name),
        unit=Unit(str(unit)),
        price_paise=int(price or 0),
        rates=history,
        hsn=str(hsn),
        category=str(category),
        mrp_paise=None if mrp is None else int(mrp),
        packed=bool(packed),
        step_milli=int(step or 1),
        barcodes=tuple(str(codes).split()) if codes else (),
        active=bool(active),
    )
