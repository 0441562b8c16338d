"""Rates for milk as CSV: a chart of fat against SNF, or dated rates for the kilogram of fat and of
SNF. A file is taken whole or refused whole, with the lines and the reasons. Text in, rules out:
reading the file is the caller's.

A chart's first row has the SNF steps, its first column the fat steps, rates in rupees:

    fat,8.0,8.1,8.2
    3.5,34.10,34.40,34.70
    3.6,34.60,34.90,35.20

Rates have the columns `since,fat_kg,snf_kg`, in rupees, and may have `milk`
(`cow|buffalo|mixed`; empty for any).
"""

import csv
import io
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

from milkpos_tui.domain.collection import (
    FAT_RANGE_BP,
    SNF_RANGE_BP,
    Basis,
    Chart,
    Milk,
    Rates,
    parse_hundredths,
    show_hundredths,
)
from milkpos_tui.domain.dates import parse_date
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import parse_rupees
from milkpos_tui.domain.text import clean, plural

ROWS_MAX = 2_000
CELLS_MAX = 200
FAULTS_SHOWN = 10
RATE_MAX_PAISE = 10_000_00  # for a litre or a kilogram: more is a column too far

_RATE_COLUMNS = frozenset({"since", "fat_kg", "snf_kg"})

Row = tuple[int, list[str]]
_T = TypeVar("_T")


def read_chart(content: bytes, basis: Basis) -> Chart:
    """A chart's file. Refused("milk-file") for a bad one: not a number, a step out of order or
    beyond what milk can be, a gap, a rate that falls where the milk gets better."""
    rows = _rows(content)
    if len(rows) < 2 or len(rows[0][1]) < 2:
        raise _refused(["line 1: a chart has SNF in its first row and fat in its first column"])
    faults = _Faults()
    head_line, head = rows[0]
    snfs = [faults.read(head_line, _step_of("SNF", SNF_RANGE_BP), cell) for cell in head[1:]]
    _check_rising(faults, "SNF", [(head_line, snf) for snf in snfs])
    fats, paise = [], []
    for line, cells in rows[1:]:
        fats.append((line, faults.read(line, _step_of("fat", FAT_RANGE_BP), cells[0])))
        if len(cells) != len(head):
            faults.add(line, f"it has {plural(len(cells), 'cell')}, the first row {len(head)}")
            continue
        paise.append((line, [faults.read(line, _rate, cell) for cell in cells[1:]]))
    _check_rising(faults, "fat", fats)
    faults.refuse()
    _check_no_fall(faults, [(line, _whole(row)) for line, row in paise])
    faults.refuse()
    return Chart(
        basis,
        tuple(_whole([fat for _, fat in fats])),
        tuple(_whole(snfs)),
        tuple(tuple(_whole(row)) for _, row in paise),
    )


def read_rates(content: bytes) -> tuple[Rates, ...]:
    """A file of dated rates, sorted by day. Refused("milk-file") for a bad one."""
    rows = _rows(content)
    header = [name.strip().lower() for name in rows[0][1]] if rows else []
    missing = sorted(_RATE_COLUMNS - set(header))
    odd = sorted(set(header) - _RATE_COLUMNS - {"milk"})
    if missing or odd or len(set(header)) != len(header):
        told = f"the column {missing[0]} is missing" if missing else "it has other columns"
        raise _refused([f"line 1: {told}: since, fat_kg, snf_kg, and milk where it matters"])
    if len(rows) < 2:
        raise _refused(["line 1: there is no rate in it"])
    faults = _Faults()
    found: dict[tuple[str, str], Rates] = {}
    for line, cells in rows[1:]:
        if len(cells) != len(header):
            faults.add(line, f"it has {plural(len(cells), 'cell')}, not {len(header)}")
            continue
        cell = dict(zip(header, cells, strict=True))
        since = faults.read(line, parse_date, cell["since"])
        fat = faults.read(line, _rate, cell["fat_kg"])
        snf = faults.read(line, _rate, cell["snf_kg"])
        milk = faults.read(line, _milk, cell["milk"]) if cell.get("milk", "").strip() else None
        if since is None or fat is None or snf is None:
            continue
        key = since.isoformat(), milk or ""
        if key in found:
            faults.add(line, f"{since.isoformat()} is there twice")
        found[key] = Rates(since, fat, snf, milk)
    faults.refuse()
    return tuple(sorted(found.values(), key=lambda rates: (rates.since, rates.milk or "")))


# --- cells --------------------------------------------------------------------------------------


def _step_of(what: str, bounds: tuple[int, int]) -> Callable[[str], int]:
    def step(text: str) -> int:
        value = parse_hundredths(text, what)
        if not bounds[0] <= value <= bounds[1]:
            raise Refused(
                "milk-reading",
                f"{what} {show_hundredths(value)} is none that milk has "
                f"({show_hundredths(bounds[0])} to {show_hundredths(bounds[1])})",
            )
        return value

    return step


def _rate(text: str) -> int:
    paise = parse_rupees(text)
    if not 0 < paise <= RATE_MAX_PAISE:
        raise Refused("milk-rate", f"'{clean(text, limit=20)}' is no rate for milk")
    return paise


def _milk(text: str) -> Milk:
    try:
        return Milk(text.strip().lower())
    except ValueError:
        known = ", ".join(Milk)
        raise Refused("milk-kind", f"'{clean(text, limit=20)}' is no milk: {known}") from None


def _check_rising(faults: "_Faults", what: str, steps: Sequence[tuple[int, int | None]]) -> None:
    for (_, before), (line, after) in pairwise(steps):
        if before is not None and after is not None and after <= before:
            told = f"{what} {show_hundredths(after)} comes after {show_hundredths(before)}"
            faults.add(line, f"{told}: steps rise")


def _check_no_fall(faults: "_Faults", rows: Sequence[tuple[int, list[int]]]) -> None:
    above: list[int] = []
    for line, row in rows:
        falls = any(after < before for before, after in pairwise(row))
        if falls or any(after < before for before, after in zip(above, row, strict=False)):
            faults.add(line, "a rate is lower than one for poorer milk: a digit is wrong there")
        above = row


def _whole(numbers: Sequence[int | None]) -> list[int]:
    return [number for number in numbers if number is not None]


class _Faults:
    """What is wrong with a file, by line."""

    def __init__(self) -> None:
        self._told: list[str] = []

    def add(self, line: int, words: str) -> None:
        self._told.append(f"line {line}: {words}")

    def read(self, line: int, reader: Callable[[str], _T], text: str) -> _T | None:
        """What a reader makes of a cell; None, and a fault more, where it refuses."""
        try:
            return reader(text)
        except Refused as refused:
            self.add(line, refused.message)
            return None

    def refuse(self) -> None:
        """Refused where there is a fault."""
        if self._told:
            raise _refused(self._told)


def _refused(faults: Sequence[str]) -> Refused:
    more = len(faults) - FAULTS_SHOWN
    told = [*faults[:FAULTS_SHOWN], *([f"and {more} more"] if more > 0 else [])]
    return Refused("milk-file", "nothing was taken in. " + "; ".join(told))


def _rows(content: bytes) -> list[Row]:
    """Lines with something in them, with their numbers; at most `ROWS_MAX` x `CELLS_MAX`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refused([f"line {line}: the file is not UTF-8 text"]) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    try:
        for cells in reader:
            if len(rows) >= ROWS_MAX or len(cells) > CELLS_MAX:
                words = f"a file has at most {ROWS_MAX:,} lines of {CELLS_MAX} cells"
                raise _refused([f"line {reader.line_num}: {words}"])
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise _refused([f"line {reader.line_num}: {error}"]) from error
    return rows
