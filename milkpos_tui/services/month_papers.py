"""What all papers of a monthly bill share: whose it is, what it says at its head, what adds up."""

from datetime import date
from typing import NamedTuple

from milkpos_tui.domain.documents import COMPOSITION_NOTE
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.messages import LANGUAGES
from milkpos_tui.domain.month import MonthBill
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.domain.upi import upi_link
from milkpos_tui.services.records import Shop

DRAFT = "DRAFT - not a bill"


class Party(NamedTuple):
    """A customer as their papers name them; empty text where there is none."""

    code: str
    name: str
    address: str = ""
    phone: str = ""


class MonthPaper(NamedTuple):
    """A monthly bill with all that stands on it. `issued` is None on a draft."""

    bill: MonthBill
    party: Party
    shop: Shop
    issued: date | None = None


class Sum(NamedTuple):
    """A row of what adds up to what is due; payments are taken off, so theirs is below zero."""

    label: str
    paise: int


def heading(paper: MonthPaper) -> list[str]:
    """What kind of paper it is; a month without deliveries is a statement."""
    kind = paper.bill.kind
    rows = [kind.heading if kind is not None else "STATEMENT"]
    if paper.shop.tax_mode is TaxMode.COMPOSITION and kind is not None:
        rows.append(COMPOSITION_NOTE)
    if paper.issued is None:
        rows.append(DRAFT)
    return rows


def month_words(paper: MonthPaper) -> str:
    """`November 2026`."""
    month = paper.bill.month
    return f"{LANGUAGES['en'].months[month.number - 1]} {month.year}"


def sums(bill: MonthBill) -> list[Sum]:
    """From the previous balance to what is due, without rows of nothing in between."""
    between = (
        Sum("Deliveries", bill.delivered_paise),
        Sum("Bought at the counter", bill.purchased_paise),
        Sum("Adjustments", bill.adjusted_paise),
        Sum("Payments", -bill.paid_paise),
    )
    return [
        Sum("Previous balance", bill.previous_paise),
        *(one for one in between if one.paise),
        Sum("DUE" if bill.due_paise >= 0 else "IN ADVANCE", abs(bill.due_paise)),
    ]


def details(bill: MonthBill) -> list[tuple[date, str, int]]:
    """What was bought, corrected and paid, by day: words and paise."""
    some = [
        *((one.day, f"Bill {one.number}", one.amount_paise) for one in bill.purchases),
        *((one.day, one.reason, one.amount_paise) for one in bill.adjustments),
        *((one.day, f"Paid, {one.how}", -one.amount_paise) for one in bill.payments),
    ]
    return sorted(some, key=lambda one: one[0])


def payment_link(paper: MonthPaper) -> str:
    """The UPI link that asks for what is due; empty where nothing is, on a draft, without a UPI
    address, and where the shop's particulars make no link: no bill is left unprinted for it."""
    bill, shop = paper.bill, paper.shop
    if not shop.upi_vpa or bill.due_paise <= 0 or not bill.number:
        return ""
    try:
        return upi_link(
            vpa=shop.upi_vpa,
            name=shop.name,
            amount_paise=bill.due_paise,
            reference=bill.number,
            note=f"Milk {bill.month}",
        )
    except Refused:
        return ""


def shop_particulars(shop: Shop) -> list[str]:
    """Below the shop's name: address, phone, and what the law wants there."""
    labelled = (("Phone", shop.phone), ("GSTIN", shop.gstin), ("FSSAI Lic No", shop.fssai))
    rows = [shop.address] if shop.address else []
    return rows + [f"{label} {value}" for label, value in labelled if value]
