"""Monthly bills on their way out: slips in a print queue, PDFs in files."""

from pathlib import Path

from milkpos_tui.domain.errors import Misused, Unreachable
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.month_papers import MonthPaper
from milkpos_tui.services.printing import Job, JobKind, Printing

SIZE = "a4"
SIZES = ("a4", "a5")  # of `pdf_sheet.FORMATS`, which loads what writes PDFs


def queue_slip(printing: Printing, counter: str, paper: MonthPaper, actor: Actor) -> Job:
    """The 31-day slip of a bill for a counter's printer. Refused where there is no printer."""
    from milkpos_tui.services.month_text import dispute_slip

    about = f"month {paper.bill.month} of {paper.party.code}"
    return printing.queue(counter, JobKind.TEXT, about, dispute_slip(paper), actor)


def check_size(size: str) -> str:
    """A size of paper as `--size` names it, asked before anything is done. Misused for one that is
    none."""
    if size.lower() not in SIZES:
        raise Misused("usage", f"--size is one of {', '.join(SIZES)}")
    return size.lower()


def pdf_of(paper: MonthPaper, size: str = SIZE) -> bytes:
    """A bill as PDF. Misused for a size that is none; Refused where a font is missing."""
    from milkpos_tui.services.month_pdf import month_pdf
    from milkpos_tui.services.pdf_sheet import FORMATS

    return month_pdf(paper, FORMATS[check_size(size)])


def store_pdf(paper: MonthPaper, folder: Path, size: str = SIZE) -> Path:
    """A bill as PDF in a folder, one file a customer and month: one that is there already is
    written again. Unreachable where it can't be written."""
    path = folder / f"{paper.bill.month}-{paper.party.code}.pdf"
    write_file(path, pdf_of(paper, size))
    return path


def write_file(path: Path, content: bytes) -> None:
    """A file, with the folders to it. Unreachable where it can't be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise Unreachable("file-unreachable", f"{path}: {error.strerror}") from error
