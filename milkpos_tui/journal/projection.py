"""What the entries add up to: one function a kind, each a function of the entry alone.

Only this module writes the projected tables (a contract test looks for it). It speaks SQL that is
built from the models once: a `Model.create` per row makes a sale six times as dear.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

import apsw

from milkpos_tui.domain.numbering import BillNumber
from milkpos_tui.journal.entry import Body, Entry
from milkpos_tui.journal.kinds import Kind
from schema import tables
from schema.sql import insert_sql

Row = tuple[str | int | bytes | None, ...]

_BILL = insert_sql(tables.Bill)
_BILL_LINE = insert_sql(tables.BillLine)
_BILL_TENDER = insert_sql(tables.BillTender)
_BILL_COPY = insert_sql(tables.BillCopy)
_NODE = insert_sql(tables.Node)
_SHOP = insert_sql(tables.Shop, replace=True)
_COUNTER = insert_sql(tables.Counter)
_OPERATOR = insert_sql(tables.Operator)
_OPERATOR_CHANGED = "UPDATE operator SET name = ?, role = ?, active = ? WHERE code = ?"
_PRODUCT = insert_sql(tables.Product, upsert="plu")
_BARCODE = insert_sql(tables.Barcode, upsert="code")  # in an import a code may change hands
_COUNT_ON = """
INSERT INTO series (counter, series, year, last) VALUES (?, ?, ?, ?)
ON CONFLICT (counter, series, year) DO UPDATE SET last = excluded.last
"""
_FORGET_WORDS = "DELETE FROM product_words WHERE rowid = ?"
_WORDS = "INSERT INTO product_words (rowid, name, category) VALUES (?, ?, ?)"
_RETIRE = "UPDATE product SET active = 0 WHERE plu = ?"
_FORGET_BARCODES = "DELETE FROM barcode WHERE plu = ?"

_BILL_TOTALS = (
    "taxable_paise",
    "cgst_paise",
    "sgst_paise",
    "igst_paise",
    "discount_paise",
    "round_off_paise",
    "total_paise",
    "change_paise",
)
_LINE_NAMES = (
    "plu",
    "name",
    "qty_milli",
    "unit",
    "rate_paise",
    "list_rate_paise",
    "discount_paise",
    "amount_paise",
    "taxable_paise",
    "cgst_paise",
    "sgst_paise",
    "igst_paise",
    "gst_rate_bp",
    "hsn",
    "of_line",
)
_SHOP_NAMES = (
    "name",
    "state_code",
    "tax_mode",
    "gstin",
    "fssai",
    "address",
    "phone",
    "upi_vpa",
    "round_to_paise",
)
_PRODUCT_NAMES = (
    "plu",
    "name",
    "category",
    "unit",
    "price_paise",
    "mrp_paise",
    "hsn",
    "rates",
    "packed",
    "step_milli",
    "active",
)


def apply(connection: apsw.Connection, entry: Entry) -> None:
    """Write the rows an entry adds up to, in the transaction that is open.

    Raises KeyError for a body that lacks a name, and what the database's own rules raise.
    """
    kind = Kind(entry.kind)
    if kind in _OF_KHATA:
        from milkpos_tui.journal.khata_projection import apply_khata

        apply_khata(connection, kind, entry)
    elif kind in _OF_ROUNDS:
        from milkpos_tui.journal.round_projection import apply_round

        apply_round(connection, kind, entry)
    elif kind in _OF_SHIFTS:
        from milkpos_tui.journal.shift_projection import apply_shift  # models a sale doesn't need

        apply_shift(connection, kind, entry)
    else:
        _APPLY[kind](connection, entry)


def _node_opened(connection: apsw.Connection, entry: Entry) -> None:
    public_key = bytes.fromhex(cast(str, entry.body["public_key"]))
    connection.execute(_NODE, (entry.node, entry.epoch, public_key, entry.at))


def _shop_set_up(connection: apsw.Connection, entry: Entry) -> None:
    connection.execute(_SHOP, (1, *row_of(entry.body, _SHOP_NAMES)))


def _counter_added(connection: apsw.Connection, entry: Entry) -> None:
    connection.execute(_COUNTER, row_of(entry.body, ("code", "name")))


def _operator_added(connection: apsw.Connection, entry: Entry) -> None:
    connection.execute(_OPERATOR, (*row_of(entry.body, ("code", "name", "role")), 1))


def _operator_changed(connection: apsw.Connection, entry: Entry) -> None:
    names = ("name", "role", "active", "code")
    connection.execute(_OPERATOR_CHANGED, row_of(entry.body, names))


def _product_set(connection: apsw.Connection, entry: Entry) -> None:
    _write_product(connection, entry.body)


def _products_imported(connection: apsw.Connection, entry: Entry) -> None:
    for product in list_of(entry.body, "products"):
        _write_product(connection, product)


def _write_product(connection: apsw.Connection, product: Body) -> None:
    connection.execute(_PRODUCT, row_of(product, _PRODUCT_NAMES))
    plu = cast(int, product["plu"])
    connection.execute(_FORGET_BARCODES, (plu,))
    for code in cast(Sequence[str], product["barcodes"]):
        connection.execute(_BARCODE, (code, plu))
    connection.execute(_FORGET_WORDS, (plu,))
    if product["active"]:
        connection.execute(_WORDS, row_of(product, ("plu", "name", "category")))


def _product_retired(connection: apsw.Connection, entry: Entry) -> None:
    plu = cast(int, entry.body["plu"])
    connection.execute(_RETIRE, (plu,))
    connection.execute(_FORGET_WORDS, (plu,))


def _bill_closed(connection: apsw.Connection, entry: Entry) -> None:
    """A bill or credit note: lines and tenders first, then the bill, whose trigger balances it."""
    body, bill = entry.body, entry.object
    number = BillNumber.parse(cast(str, body["number"]))
    connection.execute(_COUNT_ON, (number.counter, number.series, number.year, number.serial))
    for no, line in enumerate(list_of(body, "lines"), 1):
        weighing = (
            line.get("measured", ""),
            line.get("tare_milli", 0),
        )  # said where it was weighed
        connection.execute(_BILL_LINE, (bill, no, *row_of(line, _LINE_NAMES), *weighing))
    for no, tender in enumerate(list_of(body, "tenders"), 1):
        row = (bill, no, *row_of(tender, ("kind", "amount_paise", "reference")))
        connection.execute(_BILL_TENDER, row)
    row = (
        bill,
        cast(str, body["number"]),
        entry.seq,
        cast(str, body["kind"]),
        entry.at,
        *row_of(body, ("business_date", "shift", "counter", "operator", "customer")),
        *row_of(body, _BILL_TOTALS),
        *row_of(body, ("original", "reason")),
    )
    connection.execute(_BILL, row)
    if body["customer"] is not None:
        from milkpos_tui.journal.khata_projection import post_bill  # most are nobody's

        post_bill(connection, entry)


def _bill_reprinted(connection: apsw.Connection, entry: Entry) -> None:
    row = (entry.object, cast(int, entry.body["copy"]), entry.at, entry.actor)
    connection.execute(_BILL_COPY, row)


def _only_told(_connection: apsw.Connection, _entry: Entry) -> None:
    """A fact that no table adds up: the journal itself is where it is read."""


_APPLY: Mapping[Kind, Callable[[apsw.Connection, Entry], None]] = {
    Kind.NODE_OPENED: _node_opened,
    Kind.SHOP_SET_UP: _shop_set_up,
    Kind.COUNTER_ADDED: _counter_added,
    Kind.OPERATOR_ADDED: _operator_added,
    Kind.OPERATOR_CHANGED: _operator_changed,
    Kind.OPERATOR_PIN_SET: _only_told,
    Kind.OPERATOR_PIN_RESET: _only_told,
    Kind.OPERATOR_SIGNED_IN: _only_told,
    Kind.OPERATOR_REFUSED: _only_told,
    Kind.OPERATOR_KEY_ENROLLED: _only_told,
    Kind.OPERATOR_KEY_REMOVED: _only_told,
    Kind.OPERATOR_KEY_REFUSED: _only_told,
    Kind.PRODUCT_ADDED: _product_set,
    Kind.PRODUCT_CHANGED: _product_set,
    Kind.PRODUCT_RETIRED: _product_retired,
    Kind.PRODUCTS_IMPORTED: _products_imported,
    Kind.BILL_PAID: _bill_closed,
    Kind.BILL_RETURNED: _bill_closed,
    Kind.BILL_REPRINTED: _bill_reprinted,
    Kind.LINE_REMOVED: _only_told,
    Kind.TENDER_REMOVED: _only_told,
    Kind.APPROVAL_GIVEN: _only_told,
    Kind.DRAFT_DROPPED: _only_told,
}
_OF_KHATA = frozenset(
    {
        Kind.CUSTOMER_ADDED,
        Kind.CUSTOMER_CHANGED,
        Kind.CUSTOMER_MERGED,
        Kind.CUSTOMER_ERASED,
        Kind.KHATA_RECEIVED,
        Kind.KHATA_PAID_BACK,
        Kind.KHATA_ADJUSTED,
        Kind.DEPOSIT_USED,
        Kind.CONTAINERS_MOVED,
        Kind.POINTS_MOVED,
        Kind.RATE_SET,
    }
)
_OF_ROUNDS = frozenset(
    {
        Kind.ORDER_SET,
        Kind.ORDER_EXCEPTED,
        Kind.ORDER_RESUMED,
        Kind.ROUND_PLACED,
        Kind.ROUND_RECORDED,
        Kind.ROUND_CORRECTED,
        Kind.MONTH_ISSUED,
        Kind.MILK_PRICED,
        Kind.MILK_COLLECTED,
        Kind.MILK_CORRECTED,
        Kind.MILK_SETTLED,
    }
)
_OF_SHIFTS = frozenset(Kind) - _APPLY.keys() - _OF_KHATA - _OF_ROUNDS


def row_of(body: Body, names: tuple[str, ...]) -> Row:
    """The values of some names of a body, in that order."""
    return tuple([cast("str | int | None", body[name]) for name in names])


def list_of(body: Body, name: str) -> Sequence[Body]:
    """The bodies in a list of a body."""
    return cast("Sequence[Body]", body[name])
