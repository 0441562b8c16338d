"""A month run in real books: `python -m benchmarks --only months`.

Customers with three standing orders each, every round of a month recorded, then all of them billed:
each bill an entry, signed, chained, applied and synced like any other. Making the books is told
apart, for rounds are recorded over a month.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.books import ACTOR, COUNTER, OWNER, PIN, SHOP
from benchmarks.figures import Figure, Measured
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


def months(customers: int = CUSTOMERS) -> Measured:
    """All customers billed, then all of their bills written as PDF."""
    folder = Path(tempfile.mkdtemp(prefix="months-"))
    clock = BenchClock()
    home = Home(folder / "till")
    try:
        found_till(home, Founding(SHOP, OWNER, PIN, COUNTER), clock)
        with open_till(home, clock) as till:
            connection = till._db.connection()
            connection.execute("PRAGMA synchronous = off")
            fill(till, customers)
            clock.at += 31 * DAY_MS
            recording = _timed(lambda: _recorded(till))
            connection.execute("PRAGMA synchronous = full")
            issuing = _timed(lambda: _issued(till))
            before = memory_mb()
            writing = _timed(lambda: _written(till, folder))
            grown = memory_mb() - before
    finally:
        shutil.rmtree(folder)
    assert issuing.count == writing.count == customers, "everybody is billed"
    told = f"{customers:,} customers, {recording.count:,} deliveries"
    rounds = len(MONTH.days) * len(BOTH)
    figures = [
        Figure("month run, without PDF", issuing.seconds, "s", limit=5, note=told),
        Figure("month run, as PDF files", issuing.seconds + writing.seconds, "s", limit=60),
        Figure(
            "month run, as PDF: memory grown by", grown, "MB", limit=10, note=f"of {before:.0f} MB"
        ),
        Figure("round recorded", recording.seconds / rounds, "s"),
    ]
    details = {
        name: one._asdict()
        for name, one in (("recorded", recording), ("issued", issuing), ("written", writing))
    }
    return Measured(figures, details)


class Timed(NamedTuple):
    """How many were made in how long."""

    count: int
    seconds: float
    cpu_seconds: float


def _timed(work: Callable[[], int]) -> Timed:
    begun, cpu = time.perf_counter(), time.process_time()
    count = work()
    return Timed(count, time.perf_counter() - begun, time.process_time() - cpu)


def _recorded(till: Till) -> int:
    return sum(one.recorded for one in till.rounds.generate(MONTH.first, MONTH.last, ACTOR))


def _issued(till: Till) -> int:
    return sum(one.issued for one in till.months.run(MONTH, COUNTER, ACTOR))


def _written(till: Till, folder: Path) -> int:
    written = 0
    for one in till.months.run(MONTH, COUNTER, ACTOR):
        if one.paper is not None:
            (folder / f"{one.customer.code}.pdf").write_bytes(month_pdf(one.paper))
            written += 1
    return written
