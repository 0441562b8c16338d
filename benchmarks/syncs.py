"""How often a sale waits for the disk: `python -m benchmarks.syncs HOME BILLS` prints JSON.

A process of its own, whose SQLite goes through a file system layer that counts; so do Python's own
calls. One sync is one fsync or fdatasync of the kernel.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import apsw

from benchmarks.books import ACTOR, COUNTER
from milkpos_tui.home import Home
from milkpos_tui.till import open_till

LINES = ("101", "2*102", "103", "3*104")
PAID = "+"

synced: Counter[str] = Counter()  # by file


class CountingFiles(apsw.VFS):
    """The usual files, made the default so that everything opens them."""

    def __init__(self) -> None:
        self._usual = apsw.vfs_names()[0]
        super().__init__("counting", self._usual, makedefault=True)

    def xOpen(self, name: Any, flags: Any) -> "CountingFile":  # noqa: N802  # apsw's name
        return CountingFile(self._usual, name, flags)


class CountingFile(apsw.VFSFile):
    """A file that counts how often it is synced."""

    def __init__(self, usual: str, name: Any, flags: Any) -> None:
        super().__init__(usual, name, flags)
        self._name = Path(name.filename() if isinstance(name, apsw.URIFilename) else name).name

    def xSync(self, flags: int) -> None:  # noqa: N802  # apsw's name
        synced[self._name] += 1
        super().xSync(flags)


def count_syncs(home: Home, bills: int) -> dict[str, Any]:
    """Syncs by file, of all the bills' lines and of all their payments; in another process."""
    command = [sys.executable, "-m", "benchmarks.syncs", str(home.path), str(bills)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    counted: dict[str, Any] = json.loads(done.stdout)
    return counted


def _count(home: Home, bills: int) -> dict[str, dict[str, int]]:
    with open_till(home) as till:
        checkout = till.checkout(COUNTER, ACTOR)
        lines: Counter[str] = Counter()
        payments: Counter[str] = Counter()
        for _ in range(bills):
            synced.clear()
            for keyed in LINES:
                checkout.key_in(keyed)
            lines += synced
            synced.clear()
            checkout.key_in(PAID)
            payments += synced
        return {"lines": dict(lines), "payments": dict(payments)}


def _count_pythons_own() -> None:
    for name in ("fsync", "fdatasync"):
        original = getattr(os, name)

        def counting(descriptor: int, original: Any = original) -> None:
            synced[Path(f"/proc/self/fd/{descriptor}").readlink().name] += 1
            original(descriptor)

        setattr(os, name, counting)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.syncs", description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("bills", type=int)
    options = parser.parse_args()
    _count_pythons_own()
    files = CountingFiles()
    print(json.dumps(_count(Home(options.home.resolve()), options.bills)))
    files.unregister()


if __name__ == "__main__":
    main()
