"""A month run in real books: `python -m benchmarks.month_books [customers]`.

Customers with three standing orders each, every round of a month recorded, then all of them billed:
each bill an entry, signed, chained, applied and synced like any other. Making the books is told
apart, for rounds are recorded over a month.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.books import ACTOR, COUNTER, OWNER, PIN, SHOP
from benchmarks.months import CUSTOMERS, ITEMS, NAMES, memory_mb
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.month import Month
from milkpos_tui.domain.orders import BOTH, DAILY
from milkpos_tui.domain.quantity import MILLI
from milkpos_tui.domain.tax import parse_rates, show_percent
from milkpos_tui.home import Home
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.month_pdf import month_pdf
from milkpos_tui.services.orders import Wish
from milkpos_tui.till import Founding, Till, found_till, open_till

FIRST_OF_OCTOBER = 1_790_823_600_000  # 2026-10-01 09:10 in India
DAY_MS = 24 * 60 * 60 * 1000
MONTH = Month(2026, 10)


class BenchClock:
    """Turned by hand; each look is a millisecond later, so that ids are in their order."""

    boot = "bench"

    def __init__(self) -> None:
        self.at = FIRST_OF_OCTOBER

    def now(self) -> int:
        self.at += 1
        return self.at

    def mono(self) -> int:
        return self.at - FIRST_OF_OCTOBER + DAY_MS


def fill(till: Till, customers: int) -> None:
    """Customers, what they take, and a month of rounds."""
    for plu, name, unit, price, gst_bp, hsn in ITEMS:
        rates = parse_rates(show_percent(gst_bp))
        till.catalogue.add(
            Item(plu, name, unit, price, rates, hsn, step_milli=unit.usual_step_milli), ACTOR
        )
    for number in range(1, customers + 1):
        code, name = str(number), f"{NAMES[number % len(NAMES)]} {number}"
        till.customers.add(Customer("", code, name=name, lane=f"Lane {number % 20}"), ACTOR)
        for plu, *_ in ITEMS:
            till.orders.add(code, Wish(plu, MILLI, DAILY, BOTH), ACTOR)


def main(customers: int = CUSTOMERS) -> None:
    folder = Path(tempfile.mkdtemp(prefix="months-"))
    clock = BenchClock()
    home = Home(folder / "till")
    try:
        found_till(home, Founding(SHOP, OWNER, PIN, COUNTER), clock)
        with open_till(home, clock) as till:
            begun = time.perf_counter()
            till._db.connection().execute("PRAGMA synchronous = off")
            fill(till, customers)
            print(f"{customers:,} customers and their orders: {time.perf_counter() - begun:.1f} s")
            clock.at += 31 * DAY_MS
            begun = time.perf_counter()
            done = list(till.rounds.generate(MONTH.first, MONTH.last, ACTOR))
            took = time.perf_counter() - begun
            count = sum(one.recorded for one in done)
            print(f"{count:,} deliveries recorded: {took:.1f} s, {took / len(done):.2f} s a round")
            till._db.connection().execute("PRAGMA synchronous = full")
            for what in ("month run", "run again", "run again, as PDF"):
                before, begun, cpu = memory_mb(), time.perf_counter(), time.process_time()
                for one in till.months.run(MONTH, COUNTER, ACTOR):
                    if what.endswith("PDF") and one.paper is not None:
                        month_pdf(one.paper)
                took, cpu = time.perf_counter() - begun, time.process_time() - cpu
                print(
                    f"{what}: {took:.2f} s ({cpu:.2f} s of CPU), "
                    f"memory {before:.0f} -> {memory_mb():.0f} MB"
                )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS)
