"""Monthly bills on their way out: slips in a print queue, PDFs in files."""

from pathlib import Path
from typing import TYPE_CHECKING

from milkpos_tui.domain.errors import Misused, Unreachable
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.month_papers import MonthPaper
from milkpos_tui.services.printing import Job, JobKind, Printing

if TYPE_CHECKING:
    from milkpos_tui.services.pdf_sheet import Format

SIZE = "a4"


def queue_slip(printing: Printing, counter: str, paper: MonthPaper, actor: Actor) -> Job:
    """The 31-day slip of a bill for a counter's printer. Refused where there is no printer."""
    from milkpos_tui.services.month_text import dispute_slip

    about = f"month {paper.bill.month} of {paper.party.code}"
    return printing.queue(counter, JobKind.TEXT, about, dispute_slip(paper), actor)


def parse_size(size: str) -> "Format":
    """The paper of PDFs by its name. Misused for one that is none."""
    from milkpos_tui.services.pdf_sheet import FORMATS

    if size.lower() not in FORMATS:
        raise Misused("usage", f"--size is one of {', '.join(FORMATS)}")
    return FORMATS[size.lower()]


def pdf_of(paper: MonthPaper, size: "Format") -> bytes:
    """A bill as PDF. Unreachable (`font-missing`) where letters have no font here."""
    from milkpos_tui.services.month_pdf import month_pdf

    return month_pdf(paper, size)


def store_pdf(paper: MonthPaper, folder: Path, size: "Format") -> Path:
    """A bill as PDF in a folder, one file a customer and month: one that is there already is
    written again. Unreachable where it can't be written, or a font is missing."""
    path = folder / f"{paper.bill.month}-{paper.party.code}.pdf"
    write_file(path, pdf_of(paper, size))
    return path


def make_folder(folder: Path) -> None:
    """A folder, with those to it. Unreachable where it can't be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unreachable("file-unreachable", f"{folder}: {error.strerror}") from error


def write_file(path: Path, content: bytes) -> None:
    """A file, with the folders to it. Unreachable where it can't be written."""
    make_folder(path.parent)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Unreachable("file-unreachable", f"{path}: {error.strerror}") from error
