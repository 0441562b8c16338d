"""`milkpos device jobs`, `settle`, `drop`: what is to be printed."""

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.context import acting, opened, result
from milkpos_tui.commands.device_names import job_names, job_told
from milkpos_tui.commands.printing import printing_for
from milkpos_tui.domain.errors import Misused

_JOB = typer.Argument(..., metavar="JOB", min=1, help="Its number, as `milkpos device jobs` says.")


def jobs() -> None:
    """What a counter's printer has still to print, and of what nobody knows if it was printed.

    Example: milkpos device jobs --json
    """
    with opened() as till:
        counter = till.shops.check_counter(context.settings.counter_code)
        found = till.printing.open_jobs(counter)
        names = [job_names(till, job) for job in found]
        lines = [job_told(till, job) for job in found]
    result(names, lines or [f"nothing is to be printed on counter {counter}"])


def settle(
    job: int = _JOB,
    printed: bool = typer.Option(False, "--printed", help="It is on paper, whole."),
    again: bool = typer.Option(False, "--again", help="It is not: print it, as DUPLICATE."),
) -> None:
    """Say what became of a job that was cut off while it was printed: look at the paper first.

    Example: milkpos device settle 12 --again
    """
    if printed is again:
        raise Misused("usage", "say either --printed or --again")
    with opened() as till:
        actor = acting(till)
        with printing_for(till, till.printing.job(job).counter) as printer:
            settled = till.printing.settle(job, actor, printed=printed)
            printer.look()
        names = job_names(till, settled)
    result(names, [f"print job {job}: {'printed' if printed else 'printed again, as DUPLICATE'}"])


def drop(job: int = _JOB) -> None:
    """A job that waits is not printed at all. Example: milkpos device drop 12"""
    with opened() as till:
        dropped = till.printing.drop(job, acting(till))
        names = job_names(till, dropped)
    result(names, [f"print job {job} is dropped"])
