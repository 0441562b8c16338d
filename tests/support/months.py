"""A customer's month to render: three items, both halves, a rate that changes, a purchase."""

from datetime import date

from milkpos_tui.domain.month import Adjustment, Given, Month, Payment, Purchase, month_bill
from milkpos_tui.domain.orders import Half
from milkpos_tui.domain.quantity import MILLI, Unit
from milkpos_tui.domain.rounding import half_up
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.services.month_papers import MonthPaper, Party
from milkpos_tui.services.records import Shop

OCTOBER = Month(2026, 10)
SHOP = Shop(
    "Sri Lakshmi Dairy",
    "29",
    TaxMode.REGULAR,
    gstin="29AAGCB7383J1Z4",
    fssai="11223344556677",
    address="8th Cross, Malleshwaram",
    upi_vpa="lakshmi@upi",
)
PARTY = Party("9", "Asha Rao", "4th Main", "9876543210")
ITEMS = {
    12: ("Cow Milk", Unit.LITRE, 0, "0401"),
    13: ("Buffalo Milk", Unit.LITRE, 0, "0401"),
    31: ("Ghee 500 ml", Unit.PIECE, 500, "0405"),
}


def given(day, plu=12, qty_milli=1000, half=Half.MORNING, rate_paise=60_00):
    name, unit, gst, hsn = ITEMS[plu]
    amount = half_up(rate_paise * qty_milli, MILLI)
    return Given(
        date(2026, 10, day), half, plu, name, unit, qty_milli, rate_paise, amount, gst, hsn
    )


def whole_month():
    for day in range(1, 32):
        rate = 60_00 if day < 16 else 62_00
        yield given(day, rate_paise=rate)
        yield given(day, qty_milli=500, half=Half.EVENING, rate_paise=rate)
        yield given(day, 13, 250)
    yield given(7, 31, 2000, rate_paise=355_00)


def paper(deliveries=None, *, party=PARTY, shop=SHOP, issued=date(2026, 11, 1), **fields):
    usual = {
        "number": "1-M/2627/4" if issued else "",
        "purchases": [Purchase(date(2026, 10, 9), "1/2627/88", 45_50)],
        "adjustments": [Adjustment(date(2026, 10, 12), "sour milk", -60_00)],
        "payments": [Payment(date(2026, 10, 5), "UPI", 500_00)],
    }
    bill = month_bill(
        party.code,
        OCTOBER,
        shop.tax_mode,
        500_00,
        whole_month() if deliveries is None else deliveries,
        **usual | fields,
    )
    return MonthPaper(bill, party, shop, issued)
