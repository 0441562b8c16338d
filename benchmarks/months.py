"""What a month of bills costs: 2,000 customers, 31 days, morning and evening, three items each.

`python -m benchmarks.months [customers]` prints the figures; issue 4 of the khata asks for under
60 s as PDF, under 5 s without, and for memory that stays flat.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date

from milkpos_tui.domain.messages import month_message
from milkpos_tui.domain.month import Given, Month, Payment, Purchase, month_bill
from milkpos_tui.domain.orders import BOTH
from milkpos_tui.domain.quantity import MILLI, Unit
from milkpos_tui.domain.rounding import half_up
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.services.month_papers import MonthPaper, Party, payment_link
from milkpos_tui.services.month_pdf import month_pdf
from milkpos_tui.services.month_text import csv_rows, dispute_slip, statement
from milkpos_tui.services.records import Shop

CUSTOMERS = 2_000
MONTH = Month(2026, 10)
SHOP = Shop("Sri Lakshmi Dairy", "29", TaxMode.REGULAR, gstin="29AAGCB7383J1Z4",
            fssai="11223344556677", address="8th Cross, Malleshwaram, Bengaluru",
            upi_vpa="lakshmi@upi")  # fmt: skip
ITEMS = (
    (12, "गाय का दूध", Unit.LITRE, 60_00, 0, "0401"),
    (13, "Buffalo Milk", Unit.LITRE, 75_00, 0, "0401"),
    (31, "Ghee 500 ml", Unit.PIECE, 355_00, 500, "0405"),
)
NAMES = ("Asha Rao", "लक्ष्मी क्षीरसागर", "ಶ್ರೀನಿವಾಸ ಮೂರ್ತಿ", "கிருஷ்ணன் ஸ்ரீனிவாசன்")


def papers(customers: int) -> Iterator[MonthPaper]:
    """One bill after the other, as a month run makes them."""
    for number in range(customers):
        given = [
            _given(number, day, half, item) for day in MONTH.days for half in BOTH for item in ITEMS
        ]
        bill = month_bill(
            str(number),
            MONTH,
            SHOP.tax_mode,
            number * 100,
            given,
            purchases=[Purchase(date(2026, 10, 9), f"1/2627/{number + 1}", 125_50)],
            payments=[Payment(date(2026, 10, 5), "UPI", number * 100)],
            number=f"1-M/2627/{number + 1}",
        )
        name = f"{NAMES[number % len(NAMES)]} {number}"
        yield MonthPaper(bill, Party(str(number), name, "4th Main"), SHOP, date(2026, 11, 1))


def _given(number, day, half, item):
    plu, name, unit, rate, gst, hsn = item
    qty = MILLI if unit is Unit.PIECE else 250 * (1 + (number + day.day) % 6)
    rate += 200 if day.day > 15 else 0
    amount = half_up(rate * qty, MILLI)
    return Given(day, half, plu, name, unit, qty, rate, amount, gst, hsn)


def _message(paper: MonthPaper) -> str:
    return month_message(
        "hi",
        name=paper.party.name,
        month=paper.bill.month,
        due_paise=paper.bill.due_paise,
        shop=SHOP.name,
        link=payment_link(paper),
    )


KINDS: dict[str, Callable[[MonthPaper], object]] = {
    "worked out": lambda paper: None,
    "text": statement,
    "slip": dispute_slip,
    "csv": lambda paper: list(csv_rows(paper)),
    "message": _message,
    "pdf": month_pdf,
}


def memory_mb() -> float:
    """The most this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(customers: int = CUSTOMERS) -> None:
    for kind, make in KINDS.items():
        for paper in papers(3):
            make(paper)  # fonts are found and shaped once
        before, started, size = memory_mb(), time.perf_counter(), 0
        for paper in papers(customers):
            made = make(paper)
            size += len(made) if isinstance(made, bytes) else 0
        took = time.perf_counter() - started
        print(
            f"{kind:12} {customers:,} bills {took:6.2f} s, {took / customers * 1000:6.2f} ms each, "
            f"memory {before:.0f} -> {memory_mb():.0f} MB"
            + (f", {size / customers / 1024:.0f} kB each" if size else "")
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS)
