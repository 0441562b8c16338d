"""`milkpos milk`: milk bought from farmers, and settled every ten days."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from milkpos_tui.commands.context import acting, opened, result
from milkpos_tui.commands.round_words import (
    can_names,
    cans_told,
    settled_names,
    settled_told,
)
from milkpos_tui.domain.collection import Basis, Milk, Reading, parse_hundredths, show_collection
from milkpos_tui.domain.dates import parse_date
from milkpos_tui.domain.errors import Misused, Refused
from milkpos_tui.domain.money import parse_rupees
from milkpos_tui.domain.orders import Half
from milkpos_tui.domain.quantity import parse_quantity
from milkpos_tui.domain.settlement import Deduction, DeductionKind, parse_cycle
from milkpos_tui.domain.text import clean

group = typer.Typer(no_args_is_help=True)


class Kind(StrEnum):
    """Whose milk."""

    COW = "cow"
    BUFFALO = "buffalo"
    MIXED = "mixed"


class Halves(StrEnum):
    """The halves of a day."""

    MORNING = "morning"
    EVENING = "evening"


class Per(StrEnum):
    """What a chart's rates are for."""

    LITRE = "litre"
    KG = "kg"


Code = Annotated[str, typer.Argument(metavar="CODE", help="The farmer's code as a customer.")]
CycleOf = Annotated[
    str, typer.Argument(metavar="YYYY-MM/N", help="The ten days: 1, 2 or 3 of a month.")
]
Off = Annotated[
    list[str] | None,
    typer.Option(
        "--off", metavar="KIND=RUPEES", help="Taken off first: feed=300, advance=500, other=20."
    ),
]


@group.command()
def take(
    code: Code,
    litres: str = typer.Argument(..., metavar="LITRES", help="Like 12.5."),
    fat: str = typer.Argument(..., metavar="FAT", help="Percent, like 4.2."),
    clr: str = typer.Option("", "--clr", help="The lactometer's degrees, like 28.5."),
    snf: str = typer.Option("", "--snf", help="Percent, where an analyser says it."),
    milk: Annotated[Kind, typer.Option("--milk", help="Whose milk.")] = Kind.COW,
    half: Annotated[Halves, typer.Option("--half", help="When.")] = Halves.MORNING,
    day: str = typer.Option("", "--date", metavar="YYYY-MM-DD", help="The day (today)."),
) -> None:
    """Take in a can of milk; SNF follows from CLR and fat by the setting snf-formula.

    Example: milkpos milk take 301 12.5 4.2 --clr 28.5 --half evening
    """
    reading = Reading(
        parse_quantity(litres),
        parse_hundredths(fat, "fat"),
        parse_hundredths(clr, "CLR") if clr else None,
        parse_hundredths(snf, "SNF") if snf else None,
    )
    with opened() as till:
        actor = acting(till)
        which, when = Milk(milk.value), Half(half.value)
        can = till.collections.take_in(code, reading, which, _day(day), when, actor)
    result(can_names(can), [show_collection(can.collection)])


@group.command("list")
def list_(code: Code, cycle: CycleOf) -> None:
    """A farmer's cans of ten days: day, half, milk, litres, fat, SNF, rupees.

    Example: milkpos milk list 301 2026-11/2 --json
    """
    which = parse_cycle(cycle)
    with opened() as till:
        cans = till.collections.cans(code, which.first, which.last, acting(till))
    result([can_names(can) for can in cans], cans_told(cans))


@group.command()
def chart(
    file: Path = typer.Argument(..., metavar="FILE", help="CSV: SNF across, fat down, rupees."),
    since: str = typer.Option(..., "--from", metavar="YYYY-MM-DD", help="The first day."),
    per: Annotated[Per, typer.Option("--per", help="What a rate is for.")] = Per.LITRE,
    milk: Annotated[Kind | None, typer.Option("--milk", help="Whose milk (any).")] = None,
) -> None:
    """Buy by a chart of fat and SNF, from a day on. A bad file is refused whole.

    Example: milkpos milk chart cow.csv --from 2026-12-01 --milk cow
    """
    from milkpos_tui.domain.milk_files import read_chart
    from milkpos_tui.services.spreadsheets import read_file

    found = read_chart(read_file(file), Basis(per.value))
    first = _day(since)
    assert first is not None, "the option is needed"
    with opened() as till:
        actor = acting(till)
        till.collections.set_chart(found, first, Milk(milk.value) if milk else None, actor)
    names: dict[str, object] = {"from": since, "fats": len(found.fats), "snfs": len(found.snfs)}
    result(names, [f"a chart of {len(found.fats)} x {len(found.snfs)} rates from {since}"])


@group.command()
def rates(
    file: Path = typer.Argument(..., metavar="FILE", help="CSV: since,fat_kg,snf_kg[,milk]."),
) -> None:
    """Buy by the kilogram of fat and of SNF (rupees), each row from its day on.

    Example: milkpos milk rates rates.csv
    """
    from milkpos_tui.domain.milk_files import read_rates
    from milkpos_tui.services.spreadsheets import read_file

    found = read_rates(read_file(file))
    with opened() as till:
        till.collections.set_rates(found, acting(till))
    result({"rates": len(found)}, [f"{len(found)} rates"])


@group.command()
def settle(
    code: Code,
    cycle: CycleOf,
    off: Off = None,
    dry_run: bool = typer.Option(False, "--dry-run", help="Only show what it would be."),
    columns: int = typer.Option(32, "--columns", help="Of the slip: 32, 42 or 48."),
) -> None:
    """Settle ten days: the milk less feed, advances and what is owed for goods. It goes on the
    farmer's khata; `milkpos khata pay-back` pays it out.

    Example: milkpos milk settle 301 2026-11/2 --off feed=300 --off advance=500
    """
    which, deductions = parse_cycle(cycle), [_deduction(text) for text in off or []]
    with opened() as till:
        actor = acting(till)
        work = till.collections.settlement if dry_run else till.collections.settle
        done = work(code, which, deductions, actor)
    result(settled_names(done), settled_told(done, columns))


def _deduction(text: str) -> Deduction:
    name, sign, rupees = text.partition("=")
    known = {kind.value: kind for kind in DeductionKind if kind is not DeductionKind.GOODS}
    kind = known.get(name.strip().lower())
    if kind is None or not sign:
        told = ", ".join(known)
        raise Misused("usage", f"'{clean(text, limit=20)}' is not like feed=300: {told}")
    return Deduction(kind, kind.value, parse_rupees(rupees))


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except Refused as refused:
        raise Misused("usage", refused.message) from None
