"""The stable names of `--json`: extended, never renamed. The contract: docs/cli.md."""

from typing import TYPE_CHECKING

from milkpos_tui.domain.cart import CartLine, Tender
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.tax import TaxMode, show_rates, work_back
from milkpos_tui.services.records import BillRecord, Shift, line_names, time_in_india

if TYPE_CHECKING:
    from datetime import date

    from milkpos_tui.services.takings import CountRecord, Report
    from milkpos_tui.services.usual import Usual

Names = dict[str, object]


def product_names(item: Item, day: "date") -> Names:
    """A product; its GST rate is that of the day. `stock_milli` is null: stock is not counted."""
    return {
        "plu": item.plu,
        "name": item.name,
        "barcodes": list(item.barcodes),
        "category": item.category,
        "unit": item.unit.value,
        "price_paise": item.price_paise,
        "mrp_paise": item.mrp_paise,
        "hsn": item.hsn,
        "gst_rate_bp": item.rate_bp(day),
        "gst_rates": show_rates(item.rates),
        "packed": item.packed,
        "step_milli": item.step_milli,
        "stock_milli": None,
        "active": item.active,
    }


def cart_line_names(line: CartLine, mode: TaxMode, day: "date") -> Names:
    """A line of an open bill, by the names of a bill's line."""
    rate_bp = line.item.rate_bp(day) if mode.collects_tax else 0
    return {
        "plu": line.item.plu,
        "name": line.item.name,
        "qty_milli": line.qty_milli,
        "unit": line.item.unit.value,
        "rate_paise": line.rate_paise,
        "discount_paise": line.gross_paise - line.amount_paise,
        "amount_paise": line.amount_paise,
        "taxable_paise": work_back(line.amount_paise, rate_bp).taxable_paise,
        "gst_rate_bp": rate_bp,
        "hsn": line.item.hsn,
    }


def usual_names(usual: "Usual | None", mode: TaxMode, day: "date") -> Names | None:
    """The usual as it is proposed or was taken, or none."""
    if usual is None:
        return None
    return {
        "source": usual.source.value,
        "half": usual.half.value,
        "lines": [cart_line_names(line, mode, day) for line in usual.lines],
        "left_out": [one._asdict() for one in usual.left_out],
        "total_paise": usual.total_paise,
    }


def bill_names(record: BillRecord) -> Names:
    """A document of the books."""
    document = record.document
    return {
        "number": record.number,
        "kind": document.kind.value,
        "state": record.state,
        "at": time_in_india(record.at),
        "business_date": record.business_date,
        "shift": record.shift,
        "counter": record.counter,
        "operator": record.operator,
        "customer": record.customer_code,
        "customer_id": record.customer,
        "points_earned": record.points_earned,
        "points_taken": record.points_taken,
        "lines": [line_names(line) for line in document.lines],
        "taxable_paise": document.taxable_paise,
        "cgst_paise": document.cgst_paise,
        "sgst_paise": document.sgst_paise,
        "igst_paise": document.igst_paise,
        "discount_paise": document.discount_paise,
        "round_off_paise": document.round_off_paise,
        "total_paise": document.total_paise,
        "tenders": [tender_names(tender) for tender in document.tenders],
        "change_paise": document.change_paise,
        "original": record.original_number,
        "reason": record.reason,
        "copies": record.copies,
    }


def shift_names(shift: Shift, report: "Report | None" = None) -> Names:
    """A shift; what was taken is null where it was not asked for or may not be seen."""
    closed = report.closed if report else None
    checks = report.checks if report else ()
    takings = report.takings if report else None
    expected = {check.kind.value: check.expected_paise for check in checks}
    counted = {
        check.kind.value: check.counted_paise for check in checks if check.counted_paise is not None
    }
    return {
        "id": shift.id,
        "counter": shift.counter,
        "operator": shift.operator,
        "opened_by": shift.opened_by,
        "business_date": shift.business_date,
        "name": shift.name,
        "state": "open" if shift.closed_at is None else "closed",
        "opened_at": time_in_india(shift.opened_at),
        "closed_at": None if shift.closed_at is None else time_in_india(shift.closed_at),
        "float_paise": shift.float_paise,
        "float_count": shift.denominations,
        "expected": expected if report else None,
        "counted": counted if report else None,
        "difference_paise": report.difference_paise if report and closed else None,
        "bills": takings.bills if takings else None,
        "returns": takings.returns if takings else None,
        "total_paise": takings.total_paise if takings else None,
    }


def report_names(report: "Report") -> Names:
    """An X, or with `z` a Z."""
    takings, closed = report.takings, report.closed
    return {
        **shift_names(report.shift, report),
        "z": closed.number if closed else None,
        "first_bill": takings.first_bill,
        "last_bill": takings.last_bill,
        "first_note": takings.first_note,
        "last_note": takings.last_note,
        "sold_paise": takings.sold_paise,
        "refunded_paise": takings.refunded_paise,
        "discount_paise": takings.discount_paise,
        "round_off_paise": takings.round_off_paise,
        "taxes": [tax._asdict() for tax in takings.taxes],
        "tenders": [{**tender._asdict(), "kind": tender.kind.value} for tender in takings.tenders],
        "khata": [{**sums._asdict(), "kind": sums.kind.value} for sums in takings.khata],
        "moves": report.moves._asdict(),
        "taken_for_open_bills_paise": report.open_paise,
        "counts": [count_names(count) for count in report.counts],
        **(closed._asdict() if closed else {}),
        "at": time_in_india(report.at),
        "closed_by": closed.operator if closed else None,
        "operator": report.shift.operator,
    }


def count_names(count: "CountRecord") -> Names:
    """A drawer as it was counted."""
    return {
        "no": count.no,
        "at": time_in_india(count.at),
        "operator": count.operator,
        "count": count.denominations,
        "successor": count.successor,
        "reason": count.reason,
        "tenders": [
            {
                "kind": check.kind.value,
                "expected_paise": check.expected_paise,
                "counted_paise": check.counted_paise,
                "difference_paise": check.difference_paise,
            }
            for check in count.checks
        ],
        "difference_paise": count.difference_paise,
    }


def tender_names(tender: Tender) -> Names:
    """Money given."""
    return {
        "kind": tender.kind.value,
        "amount_paise": tender.amount_paise,
        "reference": tender.reference,
    }
