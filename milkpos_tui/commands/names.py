"""The stable names of `--json`: extended, never renamed. The contract: docs/cli.md."""

from typing import TYPE_CHECKING

from milkpos_tui.domain.cart import CartLine, Tender
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.tax import TaxMode, show_rates, work_back
from milkpos_tui.services.records import BillRecord, line_names, time_in_india

if TYPE_CHECKING:
    from datetime import date

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
        "customer": record.customer,
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


def tender_names(tender: Tender) -> Names:
    """Money given."""
    return {
        "kind": tender.kind.value,
        "amount_paise": tender.amount_paise,
        "reference": tender.reference,
    }
