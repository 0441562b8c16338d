"""What the entries of orders, rounds, monthly bills and milk add up to; beside `projection`."""

import json
from collections.abc import Callable, Mapping
from typing import cast

import apsw

from milkpos_tui.domain.khata import LedgerKind, adjustment_postings, sale_postings
from milkpos_tui.journal.entry import Body, Entry
from milkpos_tui.journal.khata_projection import post
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.projection import list_of, row_of
from schema import round_tables
from schema.sql import insert_sql

_ORDER = insert_sql(round_tables.StandingOrder, upsert="id")
_EXCEPTION = insert_sql(round_tables.OrderException)
_RESUMED = "UPDATE order_exception SET last_day = ? WHERE id = ?"
_PLACE = insert_sql(round_tables.RoundPlace, upsert="customer")
_DELIVERED = insert_sql(round_tables.Delivered)
_CORRECTED = "UPDATE delivered SET stands_milli = ? WHERE key = ?"
_MONTH = insert_sql(round_tables.MonthBill)
_PRICE = (
    insert_sql(round_tables.MilkPrice)
    + " ON CONFLICT (since, milk) DO UPDATE SET content = excluded.content"
)
_COLLECTION = insert_sql(round_tables.MilkCollection)
_CAN_CORRECTED = insert_sql(round_tables.MilkCorrection)
_SETTLED = "UPDATE milk_collection SET settled = ? WHERE id = ?"
_SETTLEMENT = insert_sql(round_tables.MilkSettlement)


def apply_round(connection: apsw.Connection, kind: Kind, entry: Entry) -> None:
    """Write the rows an entry about orders, rounds, months or milk adds up to."""
    _APPLY[kind](connection, entry)


def _order_set(connection: apsw.Connection, entry: Entry) -> None:
    """An entry that says no place is of the round: so were all before orders had one."""
    names = ("customer", "plu", "qty_milli", "days", "halves", "first", "last", "rate_paise")
    place = cast(str, entry.body.get("place", "round"))
    connection.execute(_ORDER, (entry.object, entry.seq, *row_of(entry.body, names), place))


def _order_excepted(connection: apsw.Connection, entry: Entry) -> None:
    names = (
        "kind", "customer", "order", "first", "last", "half", "by_milli", "plu", "rate_paise",
    )  # fmt: skip
    connection.execute(_EXCEPTION, (entry.object, entry.seq, *row_of(entry.body, names)))


def _order_resumed(connection: apsw.Connection, entry: Entry) -> None:
    connection.execute(_RESUMED, (*row_of(entry.body, ("last",)), entry.object))


def _round_placed(connection: apsw.Connection, entry: Entry) -> None:
    connection.execute(_PLACE, (entry.object, *row_of(entry.body, ("sequence",))))


def _round_recorded(connection: apsw.Connection, entry: Entry) -> None:
    """The deliveries, and one entry of the ledger for each customer."""
    day, half = cast(str, entry.body["day"]), cast(str, entry.body["half"])
    sums: dict[str, int] = {}
    for one in list_of(entry.body, "deliveries"):
        customer, paise = cast(str, one["customer"]), cast(int, one["amount_paise"])
        sums[customer] = sums.get(customer, 0) + paise
        row = (
            *row_of(one, ("key", "order", "customer")),
            day,
            half,
            *row_of(one, ("plu", "name", "unit", "planned_milli", "qty_milli", "qty_milli")),
            *row_of(one, ("rate_paise", "amount_paise", "gst_rate_bp", "hsn")),
            _ledger_of(entry, customer) if paise else None,
        )
        connection.execute(_DELIVERED, row)
    for customer, paise in sums.items():
        if paise:
            told: Body = {
                "customer": customer,
                "business_date": day,
                "reference": f"round {day} {half}",
            }
            key = _ledger_of(entry, customer)
            post(connection, entry, LedgerKind.SALE, told, sale_postings(paise), key)


def _ledger_of(entry: Entry, customer: str) -> str:
    return f"{entry.object}/{customer}"


def _round_corrected(connection: apsw.Connection, entry: Entry) -> None:
    key, stands, paise = row_of(entry.body, ("key", "is_milli", "amount_paise"))
    connection.execute(_CORRECTED, (stands, key))
    if paise:  # a few millilitres may come to nothing
        postings = adjustment_postings(cast(int, paise))
        post(connection, entry, LedgerKind.ADJUSTMENT, entry.body, postings)


def _month_issued(connection: apsw.Connection, entry: Entry) -> None:
    names = ("counter", "year", "serial", "customer", "month", "issued_on", "due_paise")
    content = _json(entry.body["bill"])
    connection.execute(_MONTH, (entry.object, *row_of(entry.body, names), content))


def _milk_priced(connection: apsw.Connection, entry: Entry) -> None:
    row = (*row_of(entry.body, ("since", "milk")), _json(entry.body["price"]))
    connection.execute(_PRICE, row)


def _milk_collected(connection: apsw.Connection, entry: Entry) -> None:
    _take_in(connection, entry, entry.object, entry.body)


def _take_in(connection: apsw.Connection, entry: Entry, can: str, told: Body) -> None:
    names = (
        "farmer", "day", "half", "milk", "litres_milli", "fat_bp", "clr", "snf_bp", "grams",
        "rate_paise", "amount_paise",
    )  # fmt: skip
    connection.execute(_COLLECTION, (can, entry.seq, *row_of(told, names), None))


def _milk_corrected(connection: apsw.Connection, entry: Entry) -> None:
    """The can stays as it was keyed. Before it is settled it is struck out, and another is taken
    in; afterwards the difference goes on the khata."""
    body = entry.body
    settled, paise = bool(body["settled"]), cast(int, body["amount_paise"])
    taken_in = None
    if settled:
        ledger = f"{entry.object}/corrected"
        post(connection, entry, LedgerKind.ADJUSTMENT, body, adjustment_postings(paise), ledger)
    elif body["can"] is not None:
        instead = cast(Body, body["can"])
        taken_in = cast(str, instead["id"])
        _take_in(connection, entry, taken_in, instead)
    row = (entry.object, entry.seq, taken_in, int(settled), paise, cast(str, body["reason"]))
    connection.execute(_CAN_CORRECTED, row)


def _milk_settled(connection: apsw.Connection, entry: Entry) -> None:
    """The cans are settled, and what they come to less feed and advances goes on the khata, where
    it meets what the farmer owes for goods."""
    body = entry.body
    for can in cast("list[str]", body["collections"]):
        connection.execute(_SETTLED, (entry.object, can))
    milk, payable = cast(int, body["milk_paise"]), cast(int, body["payable_paise"])
    row = (
        entry.object,
        *row_of(body, ("customer", "cycle", "business_date")),
        milk,
        milk - payable,
        payable,
        _json(body["taken"]),
    )
    connection.execute(_SETTLEMENT, row)
    paise = cast(int, body["amount_paise"])
    if paise:
        told: Body = {**body, "reason": f"milk {body['cycle']}"}
        post(connection, entry, LedgerKind.ADJUSTMENT, told, adjustment_postings(paise))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


_APPLY: Mapping[Kind, Callable[[apsw.Connection, Entry], None]] = {
    Kind.ORDER_SET: _order_set,
    Kind.ORDER_EXCEPTED: _order_excepted,
    Kind.ORDER_RESUMED: _order_resumed,
    Kind.ROUND_PLACED: _round_placed,
    Kind.ROUND_RECORDED: _round_recorded,
    Kind.ROUND_CORRECTED: _round_corrected,
    Kind.MONTH_ISSUED: _month_issued,
    Kind.MILK_PRICED: _milk_priced,
    Kind.MILK_COLLECTED: _milk_collected,
    Kind.MILK_CORRECTED: _milk_corrected,
    Kind.MILK_SETTLED: _milk_settled,
}
