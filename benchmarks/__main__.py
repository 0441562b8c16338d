"""Everything the till promises about speed, measured: `make bench`.

The figures are printed beside their limits; everything behind them goes to benchmarks/results/.
"""

import argparse
import compileall
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import (
    counter,
    displays,
    khata,
    ledgers,
    month_books,
    sales,
    screen,
    searching,
    shifts,
    starting,
)
from benchmarks.books import RESULTS, copy_books, make_books
from benchmarks.compare import machine
from benchmarks.figures import Figure, Measured, as_json, table
from benchmarks.syncs import count_syncs

ROOT = Path(__file__).parents[1]
COMPILED = ("milkpos_tui", "schema", "drivers", "cli.py", "benchmarks")


def syncs(bills: int) -> Measured:
    """How often the disk is waited for."""
    home = copy_books(make_books(sales.PRODUCTS, sales.FEW_BILLS), "till")
    counted = count_syncs(home, bills)
    paid, drafted = (sum(counted[part].values()) / bills for part in ("payments", "lines"))
    return Measured(
        [
            Figure("syncs to disk: at a payment", paid, exactly=1),
            Figure("syncs to disk: by the four lines before it", drafted),
        ],
        counted,
    )


def benchmarks(runs: int, *, quick: bool) -> dict[str, Callable[[], Measured]]:
    """All there are, by name, as long as they take with so many runs."""
    found: dict[str, Callable[[], Measured]] = {
        "start": lambda: screen.start(runs),
        "keys": lambda: screen.keys(max(1, runs // 3), 3 if quick else 10),
        "memory": lambda: screen.memory(100 if quick else 1_000, 1),
        "version": lambda: starting.version(3 * runs),
        "syncs": lambda: syncs(20),
        "sale": lambda: sales.against_plain_sql(60 * runs),
        "pace": lambda: sales.at_a_pace(100 * runs),
        "switch": lambda: shifts.switching(max(1, runs // 3)),
        "close": lambda: shifts.closing(max(3, runs // 3)),
        "search": lambda: searching.searching(100 * runs),
        "khata": lambda: khata.khata(30 * runs),
        "months": lambda: month_books.months(100 if quick else month_books.CUSTOMERS),
        "ledgers": lambda: ledgers.opening(max(1, runs // 3)),
        "counter": lambda: counter.counter(max(1, runs // 3), 3 if quick else 20),
        "display": lambda: displays.following(max(2, runs), 3 if quick else 10),
    }
    if not quick:
        found["million"] = lambda: sales.at_a_million(40 * runs)
        found["x"] = lambda: shifts.x_at_a_million(2 * runs)
    return found


def _compile() -> None:
    """As it is installed: a start without bytecode takes three times as long."""
    for source in COMPILED:
        path = ROOT / source
        if path.is_dir():
            compileall.compile_dir(path, quiet=1)
        else:
            compileall.compile_file(path, quiet=1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--runs", type=int, help="of each comparison (15; quick 3)")
    parser.add_argument("--quick", action="store_true", help="fewer runs, without the million")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these benchmarks")
    parser.add_argument("--date", default=datetime.now(UTC).date().isoformat())
    options = parser.parse_args()
    chosen = benchmarks(options.runs or (3 if options.quick else 15), quick=options.quick)
    if unknown := set(options.only or ()) - chosen.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}, only {', '.join(chosen)}")
    _compile()
    results: dict[str, Any] = {"machine": machine(options.date), "figures": [], "details": {}}
    for name in options.only or chosen:
        load = os.getloadavg()[0]
        measured = chosen[name]()
        print(f"\n{name} (load {load:.1f}, then {os.getloadavg()[0]:.1f})")
        print(table(measured.figures), flush=True)
        results["figures"] += as_json(measured.figures)
        results["details"][name] = measured.details
    path = RESULTS / f"{datetime.now(UTC):%Y%m%d-%H%M%S}{'-quick' * options.quick}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n")
    over = [one["name"] for one in results["figures"] if one["verdict"] == "OVER"]
    print(f"\n{path}\n{len(over)} over their limits" + "".join(f"\n  {name}" for name in over))


if __name__ == "__main__":
    main()
