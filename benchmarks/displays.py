"""How soon a customer sees on `milkpos display` what was keyed in at the till, and its quiet."""

import re
import statistics
import sys
import time
from pathlib import Path

from benchmarks.books import ACTOR, COUNTER, FIRST_PLU, clear_counter, copy_books, make_books
from benchmarks.figures import Figure, Measured
from benchmarks.floors.scenario import FLOOR_ENV
from benchmarks.measure import StampedTerminal, measure_idle
from benchmarks.sales import FEW_BILLS, PRODUCTS
from milkpos_tui.services.checkout import Checkout
from milkpos_tui.till import open_till

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "cli", "display"]
LIMIT_MS = 200
LINES_A_BILL = 20  # with the last ones scrolling
PAUSE_S = 0.06  # between key-ins, as between keys


def following(bills: int, idle_s: float) -> Measured:
    """From the moment a line's key-in is begun, so with its commit, to the row on the display."""
    home = copy_books(make_books(PRODUCTS, FEW_BILLS), "display")
    clear_counter(home)
    env = FLOOR_ENV | {"MILKPOS_HOME": str(home.path), "PYTHONPATH": str(ROOT)}
    with open_till(home) as till, StampedTerminal(COMMAND, env=env) as terminal:
        terminal.wait_for("Welcome", 60)
        terminal.settle(0.3)
        checkout = till.checkout(COUNTER, ACTOR)
        lines, changes = [], []
        for _ in range(bills):
            lines += [_line(checkout, terminal, number) for number in range(1, LINES_A_BILL + 1)]
            changes.append(_seen(checkout, terminal, "+", "Thank you"))
        checkout.key_in(str(FIRST_PLU))
        terminal.wait_for("1 item ")
        idle = measure_idle(terminal, idle_s)
        checkout.key_in("--")
    median, p95 = statistics.median(lines), statistics.quantiles(lines, n=20)[-1]
    figures = [
        Figure("display: line keyed in to row painted, median", median, "ms", LIMIT_MS),
        Figure("display: the same, p95", p95, "ms", LIMIT_MS, note=f"at most {max(lines):.1f}"),
        Figure("display: payment to change, median", statistics.median(changes), "ms", LIMIT_MS),
        Figure("display, idle: bytes", idle.bytes_per_s, "bytes/s", 0),
        Figure("display, idle: CPU", idle.cpu_percent, "%", 0.5),
        Figure("display, idle: wake-ups", idle.wakeups_per_s, "/s", 12),
    ]
    return Measured(figures, {"lines_ms": lines, "changes_ms": changes})


def _line(checkout: Checkout, terminal: StampedTerminal, number: int) -> float:
    head = "1 item" if number == 1 else f"{number} items"
    return _seen(checkout, terminal, str(FIRST_PLU + number), rf"\A.* {head} *$")


def _seen(checkout: Checkout, terminal: StampedTerminal, key_in: str, shown: str) -> float:
    """Milliseconds from a key-in to what it shows; the next one waits until all is quiet."""
    assert not re.search(shown, terminal.text(), re.MULTILINE), f"{shown} is shown already"
    begun = time.monotonic_ns()
    checkout.key_in(key_in)
    terminal.wait_for(shown)
    took = (terminal.arrived_ns - begun) / 1e6
    terminal.settle(PAUSE_S)
    return took
