"""What a print job puts on paper: lines and pictures for a printer's width."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from milkpos_tui.domain.labels import EAN_DIGITS, is_gtin
from milkpos_tui.services.printing import Job, JobKind

if TYPE_CHECKING:
    from drivers.printer.document import Item, Picture
    from milkpos_tui.hardware.wiring import Printer
    from milkpos_tui.till import Till

DUPLICATE = "*** DUPLICATE ***"


def bytes_of(till: "Till", job: Job, printer: "Printer") -> bytes:
    """The bytes of a job. Raises Refused (no such bill), `CannotSet` (letters nobody can draw)."""
    from drivers.printer.build import build
    from drivers.printer.faults import CannotSet

    document = document_of(till, job, printer)
    try:
        return build(document, printer.profile)
    except CannotSet:
        raise
    except Exception as error:  # one job that can't be built must not stop those behind it
        raise CannotSet(f"a defect in building it: {type(error).__name__}: {error}") from error


def document_of(till: "Till", job: Job, printer: "Printer") -> "Sequence[Item]":
    """A job as a document for this printer."""
    from drivers.printer.document import Cut, Text, slip_document

    columns = printer.profile.columns
    if job.kind is JobKind.SLIP:
        bill = till.bills.by_id(job.about)
        lines = till.slip(bill, columns, duplicate=job.copy > 0)
        return [*_logo(printer), *slip_document(lines, barcode=bill.number)]
    if job.kind is JobKind.REPORT:
        lines = till.report(till.takings.z(till.custody.by_id(job.about)), columns)
    elif job.kind is JobKind.LABEL:
        return label_document(job.content)
    else:
        lines = job.content.splitlines()
    heading = [Text(DUPLICATE, centred=True)] if job.copy else []
    return [*heading, *(Text(line) for line in lines), Cut()]


def label_document(content: str) -> "Sequence[Item]":
    """A label: rows of `text`, `large`, `ean` or `code`, each with what it says behind a tab."""
    from drivers.printer.document import Barcode, Cut, Ean13, Text

    items: list[Item] = []
    for row in content.splitlines():
        kind, _, says = row.partition("\t")
        if kind == "large":
            items.append(Text(says, bold=True, double=True))
        elif kind == "ean" and len(says) == EAN_DIGITS and is_gtin(says):
            items.append(Ean13(says))
        elif kind == "code":
            items.append(Barcode(says))
        else:
            items.append(Text(says))
    return [*items, Cut()]


def _logo(printer: "Printer") -> "list[Picture]":
    """The logo, if its file is still there and a picture: no slip waits for it."""
    from drivers.printer.faults import CannotSet

    if not printer.logo:
        return []
    path = Path(printer.logo)
    try:
        return [_drawn(path, path.stat().st_mtime_ns, printer.profile.dots)]
    except (OSError, CannotSet):
        return []


@lru_cache(maxsize=1)
def _drawn(path: Path, _changed_at: int, dots: int) -> "Picture":
    from drivers.printer.drawing import logo

    return logo(path.read_bytes(), dots)
