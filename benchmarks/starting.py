"""How soon the smallest command answers, against a Python that does nothing."""

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, Measured, spread

MILKPOS = Path(sys.executable).with_name("milkpos")
VERSION = [str(MILKPOS), "--version"]
BARE = [sys.executable, "-c", "pass"]
ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


@dataclass(frozen=True)
class Ran:
    """A command from its start to its end."""

    ms: float
    cpu_ms: float


def version(runs: int) -> Measured:
    """`milkpos --version` and a bare Python in turn."""
    taken: dict[str, list[Ran]] = {"version": [], "bare": []}
    for number in range(-2, runs):
        for name, command in (("version", VERSION), ("bare", BARE)):
            ran = _run(command)
            if number >= 0:
                taken[name].append(ran)
    figures = []
    for label, measured in (("time", "ms"), ("CPU", "cpu_ms")):
        mine, its = ([getattr(ran, measured) for ran in taken[name]] for name in taken)
        ratios = [one / other for one, other in zip(mine, its, strict=True)]
        told = f"{statistics.median(mine):.1f} / {statistics.median(its):.1f} ms"
        note = f"{told}; {spread(min(ratios), max(ratios))}"
        name = f"milkpos --version: {label} / bare Python"
        figures.append(Figure(name, statistics.median(ratios), "x", limit=3, note=note))
    times = {name: [ran.ms for ran in runs] for name, runs in taken.items()}
    return Measured(figures, {"ms": times, "imports": _imports()})


def _run(command: list[str]) -> Ran:
    begun = time.perf_counter_ns()
    pid = os.posix_spawn(
        command[0],
        command,
        ENVIRONMENT,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, used = os.wait4(pid, 0)
    ms = (time.perf_counter_ns() - begun) / 1e6
    if status:
        raise ChildProcessError(f"{command} ended with {status}")
    return Ran(ms, (used.ru_utime + used.ru_stime) * 1000)


def _imports() -> list[str]:
    """Every module that `milkpos --version` loads, as -X importtime tells it."""
    command = [sys.executable, "-X", "importtime", *VERSION]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return done.stderr.splitlines()
