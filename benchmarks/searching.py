"""Searching the catalogue as words grow letter by letter, in process."""

import random
import statistics
from collections.abc import Sequence

from benchmarks.books import SEED, make_books
from benchmarks.figures import Figure, Measured
from benchmarks.sales import Cost, measure, settle_memory
from milkpos_tui.domain.item import Item
from milkpos_tui.screens.billing import CHOICES_MAX
from milkpos_tui.till import Till, open_till

PRODUCTS = 100_000
LETTERS_MAX = 5
ROUNDS = 3  # of each search the median counts: something else may have had the machine


def searching(searches: int) -> Measured:
    """Prefixes of one to five letters, and two words, of names that are in the catalogue."""
    with open_till(make_books(PRODUCTS, 0)) as till:
        prefixes = _prefixes(list(till.catalogue.items()), searches)
        settle_memory()
        rounds = [[_search(till, words) for _kind, words in prefixes] for _ in range(ROUNDS)]
    taken: dict[str, list[Cost]] = {}
    for (kind, _words), *costs in zip(prefixes, *rounds, strict=True):
        taken.setdefault(kind, []).append(_median(costs))
    every = [cost for costs in taken.values() for cost in costs]
    cpu, wall = _ends([one.cpu for one in every]), _ends([one.wall for one in every])
    by_kind = {kind: _ends([one.cpu for one in costs]) for kind, costs in sorted(taken.items())}
    p50s = ", ".join(f"{kind} {ends['p50']:.2f}" for kind, ends in by_kind.items())
    figures = [
        Figure(
            "search in 100,000 products: CPU, p95",
            cpu["p95"],
            "ms",
            limit=2,
            note=f"p50 by letters: {p50s}",
        ),
        Figure(
            "search in 100,000 products: time, p95",
            wall["p95"],
            "ms",
            note=f"p50 {wall['p50']:.2f} ms; on an idle machine the CPU's",
        ),
    ]
    return Measured(figures, {"cpu": cpu, "wall": wall, **by_kind})


def _prefixes(items: list[Item], count: int) -> list[tuple[str, str]]:
    """What somebody types who looks for one of the items, and how many letters of it."""
    chance = random.Random(SEED)
    prefixes = []
    for item in chance.choices(items, k=count):
        words = [word for word in item.name.split() if word.isalpha()]
        letters = chance.randint(1, LETTERS_MAX)
        if chance.random() < 0.2:
            first, second = chance.sample(words, 2)
            prefixes.append(("two words", f"{first[:letters]} {second[:3]}".lower()))
        else:
            prefixes.append((str(letters), chance.choice(words)[:letters].lower()))
    return prefixes


def _search(till: Till, words: str) -> Cost:
    """In milliseconds."""
    cost = measure(lambda: till.catalogue.search(words, CHOICES_MAX))
    return Cost(cost.cpu / 1000, cost.wall / 1000)


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        statistics.median(one.cpu for one in costs), statistics.median(one.wall for one in costs)
    )


def _ends(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "count": len(ordered),
        "p50": statistics.median(ordered),
        "p95": ordered[len(ordered) * 95 // 100],
        "max": ordered[-1],
    }
