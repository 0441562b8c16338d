"""How each trigger of rounds, months and milk is violated, and what it says."""

from schema import round_tables as t

LEFT_BEHIND = (t.Delivered, t.MonthBill, t.MilkSettlement, t.MilkCollection, t.MilkCorrection)
"""The rows that must be there before."""


def _run(sql):
    return lambda books: books.run(sql)


ROUND_VIOLATIONS = {
    "month_bill_no_update": (
        _run("UPDATE month_bill SET due_paise = 1"),
        "month_bill: a bill that was issued is never changed",
    ),
    "month_bill_no_delete": (
        _run("DELETE FROM month_bill"),
        "month_bill: a bill that was issued is never changed",
    ),
    "month_bill_continues": (
        lambda books: books.insert(t.MonthBill, id="m2", customer="c2", serial=3),
        "month_bill: numbers are given one after another",
    ),
    "milk_settlement_no_update": (
        _run("UPDATE milk_settlement SET day = '2026-12-02'"),
        "milk_settlement: a settlement is never changed",
    ),
    "milk_settlement_no_delete": (
        _run("DELETE FROM milk_settlement"),
        "milk_settlement: a settlement is never changed",
    ),
    "milk_settlement_adds_up": (
        lambda books: books.insert(
            t.MilkSettlement, id="s2", farmer="c2", milk_paise=1, payable_paise=1
        ),
        "milk_settlement: it is not the worth of its milk",
    ),
    "delivered_stays": (_run("DELETE FROM delivered"), "delivered: never forgotten"),
    "delivered_only_corrected": (
        _run("UPDATE delivered SET qty_milli = 1"),
        "delivered: corrected by an adjustment, never changed",
    ),
    "milk_collection_stays": (
        _run("DELETE FROM milk_collection"),
        "milk_collection: never forgotten",
    ),
    "milk_correction_no_update": (
        _run("UPDATE milk_correction SET settled = 1"),
        "milk_correction: what was corrected is never changed",
    ),
    "milk_correction_no_delete": (
        _run("DELETE FROM milk_correction"),
        "milk_correction: what was corrected is never changed",
    ),
    "milk_collection_settled_once": (
        _run("UPDATE milk_collection SET amount_paise = 1"),
        "milk_collection: settled once, and never changed",
    ),
}
