"""What a sale costs in process, against the same rows written by plain SQL through apsw.

The CPU is that of the selling thread with what the kernel does for it; the checkpoints, which are
the same for both, are the other thread's.
"""

import gc
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import apsw

from benchmarks.books import (
    ACTOR,
    COUNTER,
    FIRST_PLU,
    SEED,
    clear_counter,
    copy_books,
    how_made,
    make_books,
)
from benchmarks.figures import Figure, Measured, spread
from milkpos_tui.app import GC_THRESHOLD
from milkpos_tui.home import Home
from milkpos_tui.till import Till, open_till
from schema.connection import CHECKPOINT_PAGES, Checkpointer, open_database

PRODUCTS = 5_000
FEW_BILLS, MANY_BILLS = 1_000, 1_000_000
MANY_PRODUCTS = 100_000
LINES = 4
PAUSE_S = 0.01  # from customer to customer: without one no checkpoint ever finds the WAL at rest
WARM_UP = 30
BLOCKS = 5  # the spread of their medians tells the noise

Statement = tuple[str, tuple[Any, ...]]
KeyIns = tuple[str, ...]
WRITING = ("INSERT", "UPDATE", "DELETE", "BEGIN", "COMMIT")


@dataclass(frozen=True)
class Cost:
    """Of one piece of work; in microseconds unless said otherwise."""

    cpu: float
    wall: float


@dataclass(frozen=True)
class SaleCost:
    """Of a sale's lines together, and of its payment."""

    lines: Cost
    payment: Cost


def baskets(sales: int, products: int) -> list[KeyIns]:
    """Sales of four lines, paid in cash."""
    chance = random.Random(SEED)
    return [
        (
            *(f"{chance.randint(1, 3)}*{FIRST_PLU + chance.randrange(products)}" for _ in range(4)),
            "+",
        )
        for _ in range(sales)
    ]


# -- the two sellers


class TillSeller:
    """Sells as the screen does, by the entry line's key-ins."""

    def __init__(self, till: Till) -> None:
        self._checkout = till.checkout(COUNTER, ACTOR)

    def sell(self, key_ins: KeyIns) -> SaleCost:
        *lines, payment = key_ins
        costs = [measure(lambda keyed=keyed: self._checkout.key_in(keyed)) for keyed in lines]
        return SaleCost(_sum(costs), measure(lambda: self._checkout.key_in(payment)))


class PlainSeller:
    """Writes what a till wrote in the same sale, and does nothing else."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def sell(self, written: Sequence[Sequence[Statement]]) -> SaleCost:
        *lines, payment = written
        costs = [measure(lambda part=part: self._write(part)) for part in lines]
        return SaleCost(_sum(costs), measure(lambda: self._write(payment)))

    def _write(self, statements: Sequence[Statement]) -> None:
        execute = self._connection.execute
        for sql, values in statements:
            execute(sql, values)


def record(home: Home, sales: Sequence[KeyIns]) -> list[list[list[Statement]]]:
    """What a till writes to the database in sales, by sale and key-in."""
    recorded: list[list[list[Statement]]] = []

    def traced(_cursor: object, sql: str, values: Any) -> bool:
        if sql.lstrip().upper().startswith(WRITING):
            recorded[-1][-1].append((sql, tuple(values or ())))
        return True

    with open_till(home) as till:
        checkout = till.checkout(COUNTER, ACTOR)
        with till.journal.transaction() as connection:
            pass
        connection.exec_trace = traced
        for key_ins in sales:
            recorded.append([])
            for keyed in key_ins:
                recorded[-1].append([])
                checkout.key_in(keyed)
        connection.exec_trace = None
    return recorded


@contextmanager
def plain_seller(home: Home) -> Iterator[PlainSeller]:
    """On the same database settings and with the same checkpoints as a till's."""
    db = open_database(home.database)
    checkpointer = Checkpointer(home.database)
    checkpointer.watch(db.connection())
    yield PlainSeller(db.connection())
    checkpointer.stop()
    db.close()


def measure(work: Callable[[], object]) -> Cost:
    """What a piece of work takes of this thread."""
    wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
    work()
    spent_cpu, spent_wall = time.thread_time_ns() - cpu, time.perf_counter_ns() - wall
    return Cost(spent_cpu / 1000, spent_wall / 1000)


def _sum(costs: Sequence[Cost]) -> Cost:
    return Cost(sum(cost.cpu for cost in costs), sum(cost.wall for cost in costs))


def settle_memory() -> None:
    """As the app does it after its start."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)


# -- what is measured


def against_plain_sql(sales: int) -> Measured:
    """A till and plain SQL take turns, sale by sale, on copies of the same books."""
    books = make_books(PRODUCTS, FEW_BILLS)
    sold = baskets(sales + WARM_UP, PRODUCTS)
    written = record(copy_books(books, "recorded"), sold)
    tills, plains = [], []
    with (
        open_till(copy_books(books, "till")) as till,
        plain_seller(copy_books(books, "plain")) as plain,
    ):
        seller = TillSeller(till)
        settle_memory()
        for key_ins, statements in zip(sold, written, strict=True):
            tills.append(seller.sell(key_ins))
            plains.append(plain.sell(statements))
    tills, plains = tills[WARM_UP:], plains[WARM_UP:]

    def figure(name: str, cpu: Callable[[SaleCost], float]) -> Figure:
        mine, its = [cpu(one) for one in tills], [cpu(one) for one in plains]
        mine_us, its_us = statistics.median(mine), statistics.median(its)
        ratios = _block_ratios(mine, its)
        note = f"{mine_us:,.0f} / {its_us:,.0f} µs; {spread(min(ratios), max(ratios))}"
        return Figure(name, mine_us / its_us, "x", limit=2, note=note)

    figures = [
        figure("payment of 4 lines: CPU / plain SQL", lambda one: one.payment.cpu),
        figure("whole sale with its draft lines: CPU / plain SQL", _whole_cpu),
    ]
    return Measured(figures, {"till": _details(tills), "plain": _details(plains)})


def at_a_million(sales: int) -> Measured:
    """The same sales on few and on a million bills, taking turns."""
    few, many = make_books(PRODUCTS, FEW_BILLS), make_books(MANY_PRODUCTS, MANY_BILLS)
    clear_counter(many)  # too big to copy: it grows by what is sold here
    costs: dict[str, list[SaleCost]] = {"few": [], "many": []}
    with open_till(copy_books(few, "till")) as small, open_till(many) as big:
        sellers = {"few": TillSeller(small), "many": TillSeller(big)}
        settle_memory()
        for key_ins in baskets(sales + WARM_UP, PRODUCTS):
            for name, seller in sellers.items():
                costs[name].append(seller.sell(key_ins))
    taken = {name: of[WARM_UP:] for name, of in costs.items()}

    def figure(name: str, cpu: Callable[[SaleCost], float]) -> Figure:
        of_few, of_many = ([cpu(one) for one in taken[size]] for size in ("few", "many"))
        ratios = _block_ratios(of_many, of_few)
        ratio = statistics.median(of_many) / statistics.median(of_few)
        return Figure(name, ratio, "x", limit=1.2, note=spread(min(ratios), max(ratios)))

    figures = [
        figure("payment at 1,000,000 bills: CPU / at 1,000", lambda one: one.payment.cpu),
        figure("whole sale at 1,000,000 bills: CPU / at 1,000", _whole_cpu),
    ]
    details = {name: _details(of) for name, of in taken.items()}
    return Measured(figures, {**details, "books": how_made(many)})


def at_a_pace(sales: int) -> Measured:
    """How even the payments are while the WAL is put away beside them, and whether it is."""
    home = copy_books(make_books(PRODUCTS, FEW_BILLS), "till")
    with open_till(home) as till:
        seller = TillSeller(till)
        settle_memory()
        for key_ins in baskets(WARM_UP, PRODUCTS):
            seller.sell(key_ins)
        costs = []
        for key_ins in baskets(sales, PRODUCTS):
            costs.append(seller.sell(key_ins))
            time.sleep(PAUSE_S)
        wal = home.database.with_name(home.database.name + "-wal")
        pages = wal.stat().st_size / (24 + 4096)
    wall = sorted(one.payment.wall for one in costs)
    p50, p99 = statistics.median(wall), wall[len(wall) * 99 // 100]
    figures = [
        Figure(
            "payment: p99 / p50, time", p99 / p50, "x", limit=5, note=f"{p99:,.0f} / {p50:,.0f} µs"
        ),
        Figure(
            f"WAL after {sales:,} sales",
            pages,
            "pages",
            limit=2 * CHECKPOINT_PAGES,
            note=f"put away from {CHECKPOINT_PAGES:,} on",
        ),
    ]
    return Measured(figures, {"till": _details(costs)})


def _whole_cpu(sale: SaleCost) -> float:
    return sale.lines.cpu + sale.payment.cpu


def _block_ratios(mine: Sequence[float], its: Sequence[float]) -> list[float]:
    bounds = [len(mine) * i // BLOCKS for i in range(BLOCKS + 1)]
    return [
        statistics.median(mine[start:end]) / statistics.median(its[start:end])
        for start, end in pairwise(bounds)
    ]


def _details(costs: Sequence[SaleCost]) -> dict[str, Any]:
    """Microseconds: medians and the slow ends."""
    parts = {
        "lines_cpu": [one.lines.cpu for one in costs],
        "payment_cpu": [one.payment.cpu for one in costs],
        "lines_wall": [one.lines.wall for one in costs],
        "payment_wall": [one.payment.wall for one in costs],
    }
    details: dict[str, Any] = {"sales": len(costs)}
    for name, values in parts.items():
        ordered = sorted(values)
        details[name] = {
            "p50": statistics.median(ordered),
            "p95": ordered[len(ordered) * 95 // 100],
            "p99": ordered[len(ordered) * 99 // 100],
            "max": ordered[-1],
        }
    return details
