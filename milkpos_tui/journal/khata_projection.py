"""What the entries of customers, khata and rates add up to; the rest of `projection`.

Nothing here refuses a sale above a limit, or of a customer who is not known yet: entries of another
till come when they come, and what was sold stands.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

import apsw

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.documents import DocumentKind
from milkpos_tui.domain.khata import (
    CUSTOMERS,
    LedgerKind,
    Posting,
    Unit,
    adjustment_postings,
    container_postings,
    deposit_used_postings,
    is_balanced,
    money_postings,
    point_postings,
    sale_postings,
)
from milkpos_tui.journal.entry import Body, Entry
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.projection import list_of, row_of
from schema import khata_tables
from schema.sql import columns, insert_sql

_CUSTOMER = insert_sql(khata_tables.Customer)
_CUSTOMER_CHANGED = """
UPDATE customer SET code = ?, digest = ?, limit_paise = ?, language = ?, price_list = ?, active = ?
WHERE id = ?
"""
_MERGED = "UPDATE customer SET merged_into = ?, active = 0 WHERE id = ?"
_ERASED = "UPDATE customer SET erased_at = ?, active = 0 WHERE id = ?"
_LEDGER = insert_sql(khata_tables.Ledger)
_POSTING = insert_sql(khata_tables.Posting)
_BALANCE = (
    insert_sql(khata_tables.Balance)
    + " ON CONFLICT (customer, account, unit) DO UPDATE SET amount = amount + excluded.amount"
)
_BALANCE_DAY = (
    insert_sql(khata_tables.BalanceDay)
    + " ON CONFLICT (customer, account, unit, day) DO UPDATE SET up = up + excluded.up, "
    "down = down + excluded.down"
)
_Z_KHATA = insert_sql(khata_tables.ZKhata)
_RATE = (
    insert_sql(khata_tables.Rate)
    + " ON CONFLICT (list, customer, plu, from_day) DO UPDATE SET rate_paise = excluded.rate_paise"
)

_CUSTOMER_NAMES = ("code", "digest", "limit_paise", "language", "price_list")
_WHERE_NAMES = ("counter", "shift")


def apply_khata(connection: apsw.Connection, kind: Kind, entry: Entry) -> None:
    """Write the rows an entry about customers, khata or rates adds up to."""
    _APPLY[kind](connection, entry)


def post_bill(connection: apsw.Connection, entry: Entry) -> None:
    """A bill or credit note's part on khata, and its points; nothing where it has neither."""
    body = entry.body
    paise = sum(
        cast(int, tender["amount_paise"])
        for tender in list_of(body, "tenders")
        if tender["kind"] == TenderKind.KHATA
    )
    # Only where there are some; those taken for the bill apart, for a return gives them back apart.
    earned, taken = (cast(int, body.get(name, 0)) for name in ("points", "points_taken"))
    if not paise and not earned and not taken:
        return
    back = body["kind"] == DocumentKind.CREDIT_NOTE
    kind = LedgerKind.RETURN if back else LedgerKind.SALE
    if not paise:
        kind = LedgerKind.POINTS
    told: Body = {**body, "reference": body["number"], "shift": None}
    money = sale_postings(-paise if back else paise)
    points = (*point_postings(earned), *point_postings(-taken))
    post(connection, entry, kind, told, (*money, *points))


def write_z(connection: apsw.Connection, shift: str, sums: Sequence[Body]) -> None:
    """What a Z says its shift took for khata."""
    for one in sums:
        row = (shift, *row_of(one, ("kind", "kept_paise", "refunded_paise")))
        connection.execute(_Z_KHATA, row)


def _customer_added(connection: apsw.Connection, entry: Entry) -> None:
    row = (entry.object, *row_of(entry.body, _CUSTOMER_NAMES), 1, None, None)
    connection.execute(_CUSTOMER, row)


def _customer_changed(connection: apsw.Connection, entry: Entry) -> None:
    row = (*row_of(entry.body, (*_CUSTOMER_NAMES, "active")), entry.object)
    connection.execute(_CUSTOMER_CHANGED, row)


def _customer_merged(connection: apsw.Connection, entry: Entry) -> None:
    connection.execute(_MERGED, (*row_of(entry.body, ("into",)), entry.object))


def _customer_erased(connection: apsw.Connection, entry: Entry) -> None:
    connection.execute(_ERASED, (entry.at, entry.object))


def _received(connection: apsw.Connection, entry: Entry) -> None:
    _post_money(connection, entry, 1)


def _paid_back(connection: apsw.Connection, entry: Entry) -> None:
    _post_money(connection, entry, -1)


def _post_money(connection: apsw.Connection, entry: Entry, sign: int) -> None:
    body = entry.body
    kind, tender = LedgerKind(cast(str, body["kind"])), TenderKind(cast(str, body["tender"]))
    paise = sign * cast(int, body["amount_paise"])
    post(connection, entry, kind, body, money_postings(kind, tender, paise))


def _adjusted(connection: apsw.Connection, entry: Entry) -> None:
    paise = cast(int, entry.body["amount_paise"])
    post(connection, entry, LedgerKind.ADJUSTMENT, entry.body, adjustment_postings(paise))


def _deposit_used(connection: apsw.Connection, entry: Entry) -> None:
    paise = cast(int, entry.body["amount_paise"])
    post(connection, entry, LedgerKind.DEPOSIT_USED, entry.body, deposit_used_postings(paise))


def _containers_moved(connection: apsw.Connection, entry: Entry) -> None:
    moved = cast("Mapping[str, int]", entry.body["pieces"])
    pieces = {Unit(unit): count for unit, count in moved.items()}
    post(connection, entry, LedgerKind.CONTAINERS, entry.body, container_postings(pieces))


def _points_moved(connection: apsw.Connection, entry: Entry) -> None:
    points, paise = (cast(int, entry.body[name]) for name in ("points", "amount_paise"))
    postings = (*point_postings(points), *adjustment_postings(paise))
    post(connection, entry, LedgerKind.POINTS, entry.body, postings)


def post(
    connection: apsw.Connection,
    entry: Entry,
    kind: LedgerKind,
    body: Body,
    postings: Sequence[Posting],
    ledger: str = "",
) -> None:
    """An entry of the ledger, under the entry's object or an id of its own: postings first, then
    the row, whose trigger balances them; the balances with them."""
    ledger = ledger or entry.object
    assert is_balanced(postings), "every entry sums to zero"
    customer, day = row_of(body, ("customer", "business_date"))
    for no, (account, unit, amount) in enumerate(postings, 1):
        whose = customer if account in CUSTOMERS else None
        connection.execute(_POSTING, (ledger, no, account.value, unit.value, whose, amount))
        if whose is not None:
            key = (whose, account.value, unit.value)
            connection.execute(_BALANCE, (*key, amount))
            connection.execute(_BALANCE_DAY, (*key, day, max(0, amount), max(0, -amount)))
    told: Body = {
        "id": ledger,
        "seq": entry.seq,
        "customer": customer,
        "kind": kind.value,
        "at": entry.at,
        "day": day,
        "reference": body.get("reference", ""),
        "reason": body.get("reason", ""),
        "tender": body.get("tender"),
        "counter": body.get("counter"),
        "shift": body.get("shift"),
        "operator": entry.actor,
        "approver": entry.approver,
    }
    connection.execute(_LEDGER, row_of(told, columns(khata_tables.Ledger)))


def _rate_set(connection: apsw.Connection, entry: Entry) -> None:
    row = row_of(entry.body, ("list", "customer", "plu", "from", "rate_paise"))
    connection.execute(_RATE, row)


_APPLY: Mapping[Kind, Callable[[apsw.Connection, Entry], None]] = {
    Kind.CUSTOMER_ADDED: _customer_added,
    Kind.CUSTOMER_CHANGED: _customer_changed,
    Kind.CUSTOMER_MERGED: _customer_merged,
    Kind.CUSTOMER_ERASED: _customer_erased,
    Kind.KHATA_RECEIVED: _received,
    Kind.KHATA_PAID_BACK: _paid_back,
    Kind.KHATA_ADJUSTED: _adjusted,
    Kind.DEPOSIT_USED: _deposit_used,
    Kind.CONTAINERS_MOVED: _containers_moved,
    Kind.POINTS_MOVED: _points_moved,
    Kind.RATE_SET: _rate_set,
}
