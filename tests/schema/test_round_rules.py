"""What the tables of orders, rounds, months and milk refuse, each rule broken once by plain SQL."""

import apsw
import pytest

from schema import round_tables as t


@pytest.mark.parametrize(
    ("table", "change", "rule"),
    [
        (t.StandingOrder, {"seq": 0}, "seq >= 1"),
        (t.StandingOrder, {"qty_milli": 0}, "qty_milli BETWEEN"),
        (t.StandingOrder, {"halves": "noon"}, "halves IN"),
        (t.StandingOrder, {"first_day": "2026-1-1"}, "length(first_day) = 10"),
        (t.StandingOrder, {"last_day": "never"}, "length(last_day) = 10"),
        (t.StandingOrder, {"rate_paise": 0}, "rate_paise BETWEEN"),
        (t.StandingOrder, {"place": "gate"}, "place IN"),
        (t.OrderException, {"kind": "holiday"}, "kind IN"),
        (t.OrderException, {"kind": "skip"}, "kind = 'pause' OR standing_order <> ''"),
        (t.OrderException, {"by_milli": 0}, "by_milli <> 0"),
        (t.OrderException, {"by_milli": 5}, "(by_milli IS NOT NULL) = (kind = 'change')"),
        (t.OrderException, {"plu": 12}, "(plu IS NOT NULL) = (kind = 'switch')"),
        (
            t.OrderException,
            {"kind": "change", "by_milli": 5, "standing_order": "o1"},
            "kind <> 'change' OR half IS NOT NULL",
        ),
        (t.OrderException, {"half": "noon"}, "half IN"),
        (t.RoundPlace, {"sequence": -1}, "sequence BETWEEN"),
        (t.Delivered, {"half": "noon"}, "half IN"),
        (t.Delivered, {"unit": "bag"}, "unit IN"),
        (t.Delivered, {"qty_milli": -1}, "qty_milli >= 0"),
        (t.Delivered, {"stands_milli": -1}, "stands_milli >= 0"),
        (t.Delivered, {"amount_paise": 0}, "(ledger IS NOT NULL) = (amount_paise > 0)"),
        (t.Delivered, {"ledger": None}, "(ledger IS NOT NULL) = (amount_paise > 0)"),
        (t.Delivered, {"gst_rate_bp": 10_001}, "gst_rate_bp BETWEEN"),
        (t.MonthBill, {"month": "2026-1"}, "length(month) = 7"),
        (t.MonthBill, {"year": "26"}, "length(year) = 4"),
        (t.MonthBill, {"content": "no"}, "json_valid(content)"),
        (t.MilkPrice, {"milk": "goat"}, "milk IN"),
        (t.MilkPrice, {"content": ""}, "json_valid(content)"),
        (t.MilkCollection, {"litres_milli": 0}, "litres_milli BETWEEN"),
        (t.MilkCollection, {"fat_bp": 9}, "fat_bp BETWEEN"),
        (t.MilkCollection, {"clr": 280}, "clr BETWEEN"),
        (t.MilkCollection, {"snf_bp": 85}, "snf_bp BETWEEN"),
        (t.MilkCollection, {"milk": ""}, "milk IN"),
        (t.MilkSettlement, {"cycle": "2026-11"}, "length(cycle) = 9"),
        (t.MilkSettlement, {"payable_paise": 1}, "milk_paise = taken_paise + payable_paise"),
    ],
    ids=str,
)
def test_a_row_that_breaks_a_check(books, table, change, rule):
    with pytest.raises(apsw.ConstraintError) as refused:
        books.insert(table, **change)
    assert rule in str(refused.value)


def twice(books, table, **change):
    books.insert(table)
    books.insert(table, **change)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        (t.Delivered, {}),
        (t.MonthBill, {"id": "m2", "serial": 2}),
        (t.MilkSettlement, {"id": "s2"}),
    ],
    ids=str,
)
def test_what_there_is_once(books, table, change):
    """A delivery by its key, a bill by customer and month, a settlement by farmer and cycle."""
    with pytest.raises(apsw.ConstraintError, match="UNIQUE constraint failed"):
        twice(books, table, **change)


@pytest.mark.parametrize("serial", [1, 3])
def test_numbers_of_monthly_bills_have_no_gap(books, serial):
    with pytest.raises(apsw.ConstraintError, match="given one after another"):
        twice(books, t.MonthBill, id="m2", customer="c2", serial=serial)


@pytest.mark.parametrize(
    ("table", "sql"),
    [
        (t.Delivered, "UPDATE delivered SET amount_paise = 1"),
        (t.Delivered, "UPDATE delivered SET ledger = 'l2'"),
        (t.Delivered, "UPDATE delivered SET day = '2026-11-22'"),
        (t.MilkCollection, "UPDATE milk_collection SET settled = NULL"),
        (t.MilkCollection, "UPDATE milk_collection SET settled = 's1', farmer = 'c2'"),
    ],
)
def test_what_never_changes(books, table, sql):
    books.insert(table)
    with pytest.raises(apsw.ConstraintError, match="never changed"):
        books.run(sql)


def test_a_delivery_is_corrected_beside_what_it_was(books):
    books.insert(t.Delivered)
    books.run("UPDATE delivered SET stands_milli = 500")


def test_a_settlement_is_worth_its_milk(books):
    books.insert(t.MilkCollection)
    with books.transaction():
        books.run("UPDATE milk_collection SET settled = 's1'")
        with pytest.raises(apsw.ConstraintError, match="not the worth of its milk"):
            books.insert(t.MilkSettlement, milk_paise=1, payable_paise=1)
        books.insert(t.MilkSettlement, milk_paise=352_15, payable_paise=352_15)
    with pytest.raises(apsw.ConstraintError, match="settled once"):
        books.run("UPDATE milk_collection SET settled = 's2'")
