"""`milkpos product label`: labels for packs and shelves, out of the counter's printer."""

from typing import TYPE_CHECKING, Annotated

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.context import acting, opened, result
from milkpos_tui.commands.device_names import job_names
from milkpos_tui.commands.printing import printing_for
from milkpos_tui.domain.errors import Misused, Refused
from milkpos_tui.domain.money import parse_rupees
from milkpos_tui.domain.quantity import parse_quantity
from milkpos_tui.domain.roles import Right

if TYPE_CHECKING:
    from milkpos_tui.services.labels import Content
    from milkpos_tui.services.printing import Job
    from milkpos_tui.till import Till

COPIES_MAX = 100


def label(
    plu: Annotated[int, typer.Argument(metavar="PLU", min=1, help="The item's number.")],
    weight: str | None = typer.Option(
        None, "--weight", metavar="QTY", help="Net kilograms or litres, like 0.450."
    ),
    count: int | None = typer.Option(None, "--count", metavar="N", min=1, help="Pieces (1)."),
    price: str | None = typer.Option(
        None, "--price", metavar="RUPEES", help="So many rupees' worth; the weight follows."
    ),
    copies: int = typer.Option(
        1, "--copies", metavar="N", min=1, max=COPIES_MAX, help="How many labels."
    ),
    shelf: bool = typer.Option(False, "--shelf", help="For the shelf: price, no pack."),
) -> None:
    """Print a label with a barcode that brings the item, and what is in the pack, when scanned.

    \b
    Example: milkpos product label 31 --weight 0.450
    Example: milkpos product label 31 --price 50 --copies 4
    Example: milkpos product label 12 --shelf
    """
    from milkpos_tui.services.labels import Content, item_label, shelf_label
    from milkpos_tui.services.printing import JobKind

    content = Content(
        None if weight is None else parse_quantity(weight),
        count,
        None if price is None else parse_rupees(price),
    )
    _check_options(content, shelf=shelf)
    with opened() as till:
        counter, actor = till.shops.check_counter(context.settings.counter_code), acting(till)
        till.permissions.check(Right.SELL, actor)
        item = till.catalogue.on_sale(plu)
        rows = shelf_label(item) if shelf else item_label(till.shop, item, content, till.today())
        with printing_for(till, counter) as printer:
            jobs = [
                till.printing.queue(counter, JobKind.LABEL, str(plu), rows, actor)
                for _ in range(copies)
            ]
            printer.look()
        names = _outcome(till, jobs)
    says = [row.partition("\t")[2] for row in rows]
    result({"plu": plu, "rows": rows, "jobs": names}, says)


def _check_options(content: "Content", *, shelf: bool) -> None:
    given = sum(value is not None for value in content)
    if shelf and given:
        raise Misused("usage", "--shelf goes without --weight, --count and --price")
    if given > 1:
        raise Misused("usage", "say one of --weight, --count and --price")


def _outcome(till: "Till", jobs: "list[Job]") -> list[dict[str, object]]:
    """How far the labels are. Refused where this printer, or this machine, can't print them."""
    from milkpos_tui.services.printing import JobState

    now = [till.printing.job(job.id) for job in jobs]
    for job in now:
        if job.state is JobState.DROPPED:
            raise Refused("label-unprintable", f"the label can't be printed: {job.error}")
    return [job_names(till, job) for job in now]
