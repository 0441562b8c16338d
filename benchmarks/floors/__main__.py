"""`python -m benchmarks.floors --runs 5`: the two floors of a Textual till, side by side."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.compare import compare, save, table
from benchmarks.floors.scenario import IDLE_SECONDS, LINES_AT_START, floor


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floors", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--lines", type=int, default=LINES_AT_START, help="on the bill at start")
    parser.add_argument("--idle", type=float, default=IDLE_SECONDS, help="seconds")
    parser.add_argument("--date", default=datetime.now(UTC).date().isoformat())
    parser.add_argument("--json", type=Path, help="also write everything here")
    parser.add_argument("--floors", nargs="+", default=["stock", "lean"], choices=["stock", "lean"])
    options = parser.parse_args()
    scenarios = [floor(name, options.lines, options.idle) for name in options.floors]
    comparison = compare(scenarios, runs=options.runs, date=options.date)
    print(table(comparison))
    if options.json:
        save(comparison, options.json)


if __name__ == "__main__":
    main()
