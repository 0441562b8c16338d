"""Runs of several programs in turn, and what can be said of them: medians and ratios.

Only medians of interleaved runs, as ratios to a floor measured in the same minutes, say anything on
a shared machine.
"""

import importlib.metadata
import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.measure import Figures, Scenario, read, run


def compare(
    scenarios: Sequence[Scenario], *, runs: int, date: str, warm_up_runs: int = 1
) -> dict[str, Any]:
    """Run scenarios in turn, A B A B ...; what JSON can hold of the medians and ratios.

    A figure of one run is the median of its repetitions. `ratios` are those of the first scenario's
    figure to each other one's, run by run, so that what slows the machine down for a while cancels.
    """
    taken: dict[str, list[Figures]] = {scenario.name: [] for scenario in scenarios}
    for number in range(-warm_up_runs, runs):
        for scenario in scenarios:
            figures = run(scenario)
            if number >= 0:
                taken[scenario.name].append(figures)
    per_run = {name: [_medians(figures) for figures in taken[name]] for name in taken}
    first, *others = per_run
    return {
        "machine": machine(date),
        "runs": runs,
        "figures": {name: _summaries(taken[name], per_run[name]) for name in taken},
        "ratios": {
            f"{first} / {other}": _ratios(per_run[first], per_run[other]) for other in others
        },
    }


Row = tuple[str, str]  # label of the step, name of the figure


def _medians(figures: Figures) -> dict[Row, float]:
    medians = {}
    for label, measurements in figures.items():
        for name in asdict(measurements[0]):
            values = [getattr(measurement, name) for measurement in measurements]
            medians[label, name] = statistics.median(values)
    return medians


def _summaries(taken: list[Figures], per_run: list[dict[Row, float]]) -> dict[str, dict[str, Any]]:
    summaries: dict[str, dict[str, Any]] = {}
    for label, name in per_run[0]:
        values = [getattr(one, name) for figures in taken for one in figures[label]]
        medians = [run[label, name] for run in per_run]
        summaries.setdefault(label, {})[name] = {
            "median": statistics.median(medians),
            "p95": _percentile(values, 95),
            "max": max(values),
            "count": len(values),
            "per_run": medians,
        }
    return summaries


def _percentile(values: Sequence[float], percent: int) -> float:
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _ratios(
    subject: list[dict[Row, float]], floor: list[dict[Row, float]]
) -> dict[str, dict[str, Any]]:
    """By step and figure that both have; none where the floor is nothing at all."""
    ratios: dict[str, dict[str, Any]] = {}
    for label, name in subject[0]:
        pairs = [
            (mine[label, name], its[label, name])
            for mine, its in zip(subject, floor, strict=True)
            if its.get((label, name))
        ]
        if pairs:
            quotients = [mine / its for mine, its in pairs]
            ratios.setdefault(label, {})[name] = {
                "median": statistics.median(quotients),
                "min": min(quotients),
                "max": max(quotients),
                "per_run": quotients,
            }
    return ratios


Place = tuple[str, str, str]  # scenario, label of the step, name of the figure


def per_run(comparison: dict[str, Any], place: Place) -> list[float]:
    """A figure of each run."""
    scenario, label, name = place
    values: list[float] = comparison["figures"][scenario][label][name]["per_run"]
    return values


def median(comparison: dict[str, Any], place: Place) -> float:
    """The median of a figure's runs."""
    return statistics.median(per_run(comparison, place))


def quotients(
    comparison: dict[str, Any], mine: Place, its: Place, less: float = 0
) -> dict[str, float]:
    """A figure in terms of another step's or scenario's, run by run; `less` is taken off first."""
    pairs = zip(per_run(comparison, mine), per_run(comparison, its), strict=True)
    found = [(one - less) / other for one, other in pairs]
    return {"median": statistics.median(found), "min": min(found), "max": max(found)}


def machine(date: str) -> dict[str, Any]:
    """What the figures were measured on, and when."""
    cpu_info = read(Path("/proc/cpuinfo")).splitlines()
    models = [line.partition(":")[2].strip() for line in cpu_info if line.startswith("model name")]
    boards = read(Path("/proc/device-tree/model")).rstrip("\0")
    return {
        "cpu": boards or (models[0] if models else platform.processor()),
        "cores": os.cpu_count(),
        "arch": platform.machine(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "python_build": platform.python_compiler(),
        "textual": importlib.metadata.version("textual"),
        "load": os.getloadavg(),
        "date": date,
    }


def table(comparison: dict[str, Any]) -> str:
    """The comparison for reading: medians (p95 of every repetition), and the ratios' medians."""
    names, pairs = list(comparison["figures"]), list(comparison["ratios"])
    rows = [["step", "figure", *names, *pairs]]
    for label, figures in comparison["figures"][names[0]].items():
        for figure in figures:
            row = [label, figure]
            for name in names:
                one = comparison["figures"][name].get(label, {}).get(figure)
                row.append(f"{one['median']:,.2f} ({one['p95']:,.2f})" if one else "-")
            for pair in pairs:
                ratio = comparison["ratios"][pair].get(label, {}).get(figure)
                row.append(
                    f"{ratio['median']:.2f} ({ratio['min']:.2f}..{ratio['max']:.2f})"
                    if ratio
                    else "-"
                )
            rows.append(row)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if number < 2 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def save(comparison: dict[str, Any], path: Path) -> None:
    """Write a comparison as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(comparison, indent=1) + "\n")
