"""Books of a shop that has traded for years: `python -m benchmarks.books 5000 100000`.

Made by the till's own services, so every entry is signed, chained and applied. Three things are not
as in a shop: no bill was a draft, the bills of a day share a transaction, and nothing waits for the
disk. Each day is a shift, counted and closed; the last one is open, so that more can be sold.
"""

import argparse
import hashlib
import json
import random
import shutil
import time
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import apsw

from milkpos_tui.domain.bill import Bill, complete
from milkpos_tui.domain.cart import Cart, CartLine, TenderKind
from milkpos_tui.domain.cash import pieces_for
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.quantity import MILLI, Unit
from milkpos_tui.domain.tax import TaxMode, parse_rates
from milkpos_tui.home import Home
from milkpos_tui.services.closing import Closing
from milkpos_tui.services.counting import Counted
from milkpos_tui.services.records import Shift
from milkpos_tui.services.shifts import Opening
from milkpos_tui.till import Actor, Founding, Operator, Shop, Till, found_till, open_till
from schema.connection import open_database

RESULTS = Path(__file__).with_name("results")
MADE = "made.json"
RECIPE = b"4"  # raise it when what is made here changes
MIGRATIONS = Path(__file__).parents[1] / "schema/migrations"

OWNER, PIN = Operator("asha", "Asha", "owner"), "482913"
ACTOR = Actor(OWNER.code, session="books")
COUNTER = "1"
SHOP = Shop("Nandini Dairy", "29", TaxMode.REGULAR, gstin="29AAGCB7383J1Z4", upi_vpa="nandini@upi")

FIRST_PLU = 101
BILLS_A_DAY = 900
DOCUMENTS = 3_000  # that the bills take turns with
A_DAY = date(2026, 4, 1)  # for the tax rates
FLOAT_PAISE = 500_00
WAYS = (TenderKind.CASH, TenderKind.UPI)
DAY_MS = 24 * 60 * 60 * 1000
SEED = 62

WORDS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text())


def make_books(products: int, bills: int) -> Home:
    """The home of such a shop: made once for each size and schema, then kept. Work on a copy."""
    home = Home(RESULTS / f"books-{products}-{bills}")
    if how_made(home).get("recipe") == _recipe():
        return home
    shutil.rmtree(home.path, ignore_errors=True)
    begun = time.monotonic()
    clock = PastClock(-(-bills // BILLS_A_DAY) + 1)
    found_till(home, Founding(SHOP, OWNER, PIN, COUNTER), clock)
    db = open_database(home.database)
    node = home.node_identity.read_text().split()[0]
    db.connection().execute("PRAGMA synchronous = off; PRAGMA cache_size = -200000")
    try:
        till = Till(home, db, clock, node)
        db.connection().set_wal_hook(None)  # the WAL is put away between transactions here
        items = list(_items(products))
        till.catalogue.take_in(items, hashlib.sha256(b"books").hexdigest(), ACTOR)
        _sell(till, clock, items, bills)
        till.close()
    finally:
        db.close()
    made = {
        "recipe": _recipe(),
        "seconds": round(time.monotonic() - begun),
        "mb": round(home.database.stat().st_size / 2**20),
    }
    (home.path / MADE).write_text(json.dumps(made))
    return home


def how_made(home: Home) -> dict[str, Any]:
    """By which recipe books were made, in how many seconds, and their size; empty if unfinished."""
    try:
        made: dict[str, Any] = json.loads((home.path / MADE).read_text())
    except FileNotFoundError:
        return {}
    return made


def copy_books(home: Home, name: str) -> Home:
    """A copy to work on, in place of the one of that name before."""
    copy = Home(RESULTS / f"work-{name}")
    shutil.rmtree(copy.path, ignore_errors=True)
    shutil.copytree(home.path, copy.path)
    return copy


def clear_counter(home: Home) -> None:
    """Drop the bill that a run left open, and close the database as a till does in the evening."""
    with open_till(home) as till:
        checkout = till.checkout(COUNTER, ACTOR)
        while checkout.draft.cart.tenders:
            checkout.key_in("-")
        if checkout.draft.cart.lines:
            checkout.key_in("--")


class PastClock:
    """A clock that began days ago and goes on by hand."""

    boot = "books"

    def __init__(self, days: int) -> None:
        self.at = time.time_ns() // 1_000_000 - days * DAY_MS

    def now(self) -> int:
        """UTC milliseconds."""
        return self.at

    def mono(self) -> int:
        """The same: this machine never restarts."""
        return self.at


def _items(count: int) -> Iterator[Item]:
    """Names that are like real ones, no two the same."""
    chance = random.Random(SEED)
    makers, goods, kinds, sizes = (WORDS[name] for name in ("makers", "goods", "kinds", "sizes"))
    combinations = len(makers) * len(goods) * len(kinds) * len(sizes)
    for number, chosen in enumerate(chance.sample(range(combinations), count)):
        rest, maker = divmod(chosen, len(makers))
        rest, good = divmod(rest, len(goods))
        size, kind = divmod(rest, len(kinds))
        name = f"{makers[maker]} {kinds[kind]} {goods[good]} {sizes[size]}"
        yield _item(FIRST_PLU + number, name, goods[good], chance)


def _item(plu: int, name: str, category: str, chance: random.Random) -> Item:
    price = chance.randint(20, 1200) * 50
    loose = chance.random() < 0.1
    return Item(
        plu,
        name,
        Unit.KG if loose else Unit.PACK,
        price,
        parse_rates(chance.choice(("0", "5", "12;2025-09-22=5", "18;2025-09-22=5"))),
        hsn="0401",
        category=category,
        mrp_paise=None if loose else price + chance.choice((0, 200)),
        packed=not loose,
        step_milli=1 if loose else MILLI,
        barcodes=() if loose else (f"8909{plu:09d}",),
    )


def _sell(till: Till, clock: PastClock, items: list[Item], bills: int) -> None:
    chance = random.Random(SEED)
    documents = [_document(items, chance) for _ in range(DOCUMENTS)]
    till.shifts.open(COUNTER, Opening(FLOAT_PAISE), ACTOR)
    for start in range(0, bills, BILLS_A_DAY):
        if start:
            _close_shift(till)
            till.shifts.open(COUNTER, Opening(FLOAT_PAISE), ACTOR)
        shift = till.custody.needed(COUNTER)
        with till.journal.transaction() as connection:
            for _ in range(min(BILLS_A_DAY, bills - start)):
                clock.at += DAY_MS // BILLS_A_DAY
                _sell_one(till, connection, shift, chance.choice(documents))
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)


def _sell_one(till: Till, connection: apsw.Connection, shift: Shift, document: Bill) -> None:
    """All of a sale but its draft and its own transaction."""
    till.billing._close(connection, till.drafts.new(COUNTER), document, shift, ACTOR)


def fill_shift(till: Till, bills: int) -> None:
    """More sales, until the open shift has so many."""
    chance, shift = random.Random(SEED), till.custody.needed(COUNTER)
    items = [item for item in till.catalogue.items() if item.plu < FIRST_PLU + 1000]
    missing = bills - till.takings.takings(shift.id).bills
    with till.journal.transaction() as connection:
        for _ in range(missing):
            _sell_one(till, connection, shift, _document(items, chance))


def _close_shift(till: Till) -> None:
    """With what should be there, as far as it is whole rupees."""
    report = till.takings.x(till.custody.needed(COUNTER))
    expected = {check.kind: check.expected_paise for check in report.checks}
    cash = pieces_for(expected.pop(TenderKind.CASH) // 100)
    till.closings.close(COUNTER, Closing(Counted(cash, expected)), ACTOR)


def _document(items: list[Item], chance: random.Random) -> Bill:
    cart = Cart(round_to_paise=SHOP.round_to_paise)
    for item in chance.choices(items, k=chance.choice((1, 1, 2, 2, 3, 4, 5))):
        quantity = MILLI * chance.choice((1, 1, 1, 2, 3))
        cart = cart.with_line(CartLine.by_quantity(cart.next_line_id, item, quantity))
    return complete(cart.with_tender(chance.choice(WAYS), None), SHOP.tax_mode, A_DAY)


def _recipe() -> str:
    """Other migrations or another recipe give other books."""
    digest = hashlib.sha256(RECIPE)
    for path in sorted(MIGRATIONS.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.books", description=__doc__)
    parser.add_argument("products", type=int)
    parser.add_argument("bills", type=int)
    options = parser.parse_args()
    home = make_books(options.products, options.bills)
    made = how_made(home)
    print(f"{home.path}: {made['mb']:,} MB, made in {made['seconds']:,} s")


if __name__ == "__main__":
    main()
