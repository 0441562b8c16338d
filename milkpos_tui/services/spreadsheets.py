"""CSV files from people: rows by the names of their columns; refused whole, with every reason."""

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Set
from pathlib import Path
from typing import TypeVar

from milkpos_tui.domain.errors import Refused, Unreachable
from milkpos_tui.domain.text import clean

FILE_LIMIT_BYTES = 64 * 2**20
FAULTS_SHOWN = 10

T = TypeVar("T")
CsvRow = Mapping[str, str]


def read_file(path: Path) -> bytes:
    """A file to import. Raises Unreachable, and Refused for one that is too large."""
    try:
        if path.stat().st_size > FILE_LIMIT_BYTES:
            raise Refused("file-too-large", f"{path} is larger than {FILE_LIMIT_BYTES >> 20} MiB")
        return path.read_bytes()
    except OSError as error:
        raise Unreachable("file-unreachable", f"{path} can't be read: {error.strerror}") from error


def rows_of(
    content: bytes, columns: Collection[str], required: Set[str]
) -> Iterator[tuple[int, CsvRow]]:
    """The rows of a CSV file in UTF-8, each with the line it ends on. Refused where a column is
    missing or unknown, and where a row has not as many cells."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refused("import", f"line {line}: the file is not UTF-8 text") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in reader.fieldnames or ()]
        missing, unknown = required - set(header), set(header) - set(columns)
        if missing:
            raise Refused("import", f"line 1: the column {min(missing)} is missing")
        if unknown or len(set(header)) != len(header):
            odd = min(unknown) if unknown else "twice the same"
            raise Refused("import", f"line 1: there is no column '{clean(odd)}'")
        reader.fieldnames = header
        for row in reader:
            if None in row or None in row.values():
                raise Refused(
                    "import", f"line {reader.reader.line_num}: it has not {len(header)} cells"
                )
            yield reader.reader.line_num, row  # the DictReader's own misses blank lines
    except csv.Error as error:
        raise Refused("import", f"line {reader.reader.line_num}: {error}") from error


def all_or_none(
    rows: Iterator[tuple[int, CsvRow]], understand: Callable[[int, CsvRow], T]
) -> Iterator[T]:
    """What each row means, by its line. Refused at the end with the lines and reasons of all that
    mean nothing."""
    faults: list[str] = []
    for line, row in rows:
        try:
            yield understand(line, row)
        except Refused as refused:
            faults.append(f"line {line}: {refused.message}")
    if faults:
        more = len(faults) - FAULTS_SHOWN
        told = faults[:FAULTS_SHOWN] + ([f"and {more} more"] if more > 0 else [])
        raise Refused("import", "nothing was imported. " + "; ".join(told))


def parse_yes(column: str, text: str) -> bool:
    """`yes`, `no`, or nothing, which is no. Refused for anything else."""
    if text.lower() in ("yes", "no", ""):
        return text.lower() == "yes"
    raise Refused("yes-or-no", f"{column} is yes or no, not '{clean(text, limit=20)}'")
