"""A monthly bill as the journal holds it, and back: all that is on it, but not who it is for."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from milkpos_tui.domain.bill import BillLine
from milkpos_tui.domain.cart import Measured
from milkpos_tui.domain.documents import DocumentKind
from milkpos_tui.domain.month import (
    Adjustment,
    GridItem,
    MonthBill,
    Payment,
    Purchase,
    parse_month,
)
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.journal.entry import Value
from milkpos_tui.services.records import line_names

Content = Mapping[str, Any]  # JSON as it is read back: the one place where it has no type


def content_of(bill: MonthBill) -> dict[str, Value]:
    """By the names of the journal."""
    return {
        "number": bill.number,
        "kind": bill.kind.value if bill.kind else None,
        "balance_before_paise": bill.previous_paise,
        "lines": [cast("dict[str, Value]", line_names(line)) for line in bill.lines],
        "grid": [
            {
                "plu": item.plu,
                "name": item.name,
                "unit": item.unit.value,
                "morning_milli": list(item.morning_milli),
                "evening_milli": list(item.evening_milli),
            }
            for item in bill.grid
        ],
        "purchases": [
            {"day": one.day.isoformat(), "number": one.number, "amount_paise": one.amount_paise}
            for one in bill.purchases
        ],
        "adjustments": [
            {"day": one.day.isoformat(), "reason": one.reason, "amount_paise": one.amount_paise}
            for one in bill.adjustments
        ],
        "payments": [
            {"day": one.day.isoformat(), "how": one.how, "amount_paise": one.amount_paise}
            for one in bill.payments
        ],
    }


def bill_of(customer: str, month: str, content: Content) -> MonthBill:
    """The bill that `content_of` was given."""
    return MonthBill(
        customer,
        parse_month(month),
        content["number"],
        DocumentKind(content["kind"]) if content["kind"] else None,
        content["balance_before_paise"],
        tuple(_line(line) for line in content["lines"]),
        tuple(
            GridItem(
                item["plu"],
                item["name"],
                Unit(item["unit"]),
                tuple(item["morning_milli"]),
                tuple(item["evening_milli"]),
            )
            for item in content["grid"]
        ),
        tuple(Purchase(*_dated(one, "number")) for one in content["purchases"]),
        tuple(Adjustment(*_dated(one, "reason")) for one in content["adjustments"]),
        tuple(Payment(*_dated(one, "how")) for one in content["payments"]),
    )


def _line(line: Content) -> BillLine:
    """Of what is not sold by weight nothing is said of weighing."""
    values = {name: line[name] for name in BillLine._fields if name in line}
    values["measured"] = Measured(values.get("measured", ""))
    return BillLine(**{**values, "unit": Unit(line["unit"])})


def _dated(one: Content, name: str) -> tuple[date, str, int]:
    return date.fromisoformat(one["day"]), one[name], one["amount_paise"]
