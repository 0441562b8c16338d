"""What keeping the cash costs: another operator, a close, an X among a million bills."""

import statistics
from collections.abc import Sequence

from benchmarks.books import (
    ACTOR,
    COUNTER,
    OWNER,
    PIN,
    copy_books,
    fill_shift,
    make_books,
)
from benchmarks.compare import compare, median
from benchmarks.figures import Figure, Measured, spread
from benchmarks.measure import Keys
from benchmarks.sales import (
    FEW_BILLS,
    MANY_BILLS,
    MANY_PRODUCTS,
    PRODUCTS,
    measure,
    settle_memory,
)
from benchmarks.screen import TILL, lines, till
from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.cash import pieces_for
from milkpos_tui.home import Home
from milkpos_tui.services.closing import Closing
from milkpos_tui.services.counting import Counted
from milkpos_tui.till import open_till

BILLS_OF_A_SHIFT = 2_000
SWITCHED, SWITCHES = "operator switched", 5


def switching(runs: int) -> Measured:
    """From Enter behind the PIN to the bill on the screen; the hash takes what it should here."""
    home = copy_books(make_books(PRODUCTS, FEW_BILLS), "switch")
    with open_till(home) as opened:
        cost, hash_ms = opened.people.calibrate()
        opened.people.set_secret(OWNER.code, PIN, ACTOR)
    switch = Keys(
        SWITCHED,
        lambda _i: "<enter>",
        lambda _i: lines(0),
        SWITCHES,
        before=lambda _i: f"<f10>{OWNER.code}<enter>{PIN}",
        settle_s=0.3,
    )
    comparison = compare([till(home, TILL, [switch])], runs=runs, date="")
    took = median(comparison, (TILL, SWITCHED, "ms"))
    figures = [
        Figure("operator switch: time", took, "ms", limit=400, note=f"{cost.passes} passes"),
        Figure("checking a PIN, as calibrated", hash_ms, "ms"),
    ]
    return Measured(figures, comparison)


def closing(closes: int) -> Measured:
    """A shift of 2,000 bills, counted and closed: each time on a copy of the same books."""
    home = copy_books(make_books(PRODUCTS, FEW_BILLS), "close")
    with open_till(home) as opened:
        fill_shift(opened, BILLS_OF_A_SHIFT)
    taken = [_close(home) for _ in range(closes)]
    return Measured([_figure("close of a shift of 2,000 bills: time", taken, 300)], {"ms": taken})


def x_at_a_million(reports: int) -> Measured:
    """X reports of a shift of 2,000 bills, with a million in the database."""
    home = copy_books(make_books(MANY_PRODUCTS, MANY_BILLS), "x")
    with open_till(home) as opened:
        fill_shift(opened, BILLS_OF_A_SHIFT)
        shift = opened.custody.needed(COUNTER)
        settle_memory()
        taken = [
            measure(lambda: opened.takings.report(shift, ACTOR)).wall / 1000 for _ in range(reports)
        ]
    name = "X of a shift of 2,000 bills among 1,000,000: time"
    return Measured([_figure(name, taken, 100)], {"ms": taken})


def _close(books: Home) -> float:
    """In milliseconds, with the count and the sync to disk."""
    home = copy_books(books, "closed")
    with open_till(home) as opened:
        report = opened.takings.x(opened.custody.needed(COUNTER))
        counted = {check.kind: check.expected_paise for check in report.checks}
        cash = pieces_for(counted.pop(TenderKind.CASH) // 100)
        closing = Closing(Counted(cash, counted), "counted")
        settle_memory()
        return measure(lambda: opened.closings.close(COUNTER, closing, ACTOR)).wall / 1000


def _figure(name: str, taken: Sequence[float], limit: float) -> Figure:
    note = spread(min(taken), max(taken))
    return Figure(name, statistics.median(taken), "ms", limit=limit, note=note)
