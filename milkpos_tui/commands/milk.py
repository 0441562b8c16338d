"""`milkpos milk`: milk bought from farmers, and settled every ten days."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from milkpos_tui.commands.context import acting, opened, result
from milkpos_tui.commands.milk_slips import (
    can_slip_of,
    check_columns,
    print_cans,
    print_settlement,
    slip_of,
)
from milkpos_tui.commands.milk_words import (
    can_names,
    cans_told,
    corrected_names,
    corrected_told,
    settled_names,
)
from milkpos_tui.domain.collection import (
    Basis,
    Instead,
    Milk,
    Reading,
    parse_hundredths,
    show_collection,
)
from milkpos_tui.domain.dates import parse_date
from milkpos_tui.domain.errors import Misused, Refused
from milkpos_tui.domain.money import parse_rupees, show_rupees
from milkpos_tui.domain.orders import Half
from milkpos_tui.domain.quantity import parse_quantity, show_quantity
from milkpos_tui.domain.settlement import Deduction, DeductionKind, parse_cycle
from milkpos_tui.domain.text import cell, clean

group = typer.Typer(no_args_is_help=True)

NAME_COLUMNS = 24


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


HalfOf = Annotated[Halves | None, typer.Option("--half", help="When (by the clock).")]
Columns = Annotated[int, typer.Option("--columns", help="Of the slip: 32, 42 or 48.")]
OnPaper = Annotated[bool, typer.Option("--print", help="Also a slip on the counter's printer.")]


@group.command()
def take(
    code: Code,
    litres: str = typer.Argument(..., metavar="LITRES", help="Like 12.5."),
    fat: str = typer.Argument(..., metavar="FAT", help="Percent, like 4.2."),
    clr: str = typer.Option("", "--clr", help="The lactometer's degrees, like 28.5."),
    snf: str = typer.Option("", "--snf", help="Percent, where an analyser says it."),
    milk: Annotated[Kind, typer.Option("--milk", help="Whose milk.")] = Kind.COW,
    half: HalfOf = None,
    day: str = typer.Option("", "--date", metavar="YYYY-MM-DD", help="The day (today)."),
    again: bool = typer.Option(False, "--again", help="It is another can with the same reading."),
    on_paper: OnPaper = False,
    slip: bool = typer.Option(False, "--slip", help="Show its slip."),
    columns: Columns = 32,
) -> None:
    """Take in a can of milk; SNF follows from CLR and fat by the setting snf-formula. For another
    day say which half of it.

    Example: milkpos milk take 301 12.5 4.2 --clr 28.5 --half evening --print
    """
    reading = Reading(
        parse_quantity(litres),
        parse_hundredths(fat, "fat"),
        parse_hundredths(clr, "CLR") if clr else None,
        parse_hundredths(snf, "SNF") if snf else None,
    )
    when = _day(day)
    if when is not None and half is None:
        raise Misused("usage", "say which half of the day: --half morning or --half evening")
    check_columns(columns)
    with opened() as till:
        actor = acting(till)
        which = Half(half.value) if half else till.rounds.now()[1]
        milked = Milk(milk.value)
        try:
            can = till.collections.take_in(code, reading, milked, when, which, actor, again=again)
        except Refused as refused:
            if refused.code == "milk-again":
                raise Refused(refused.code, f"{refused.message} --again") from None
            raise
        told = [show_collection(can.collection)]
        if slip:
            told = can_slip_of(till, can, columns, actor)
        if on_paper:
            print_cans(till, [can], actor)
    result(can_names(can), told)


@group.command()
def correct(
    code: Code,
    day: str = typer.Argument(..., metavar="YYYY-MM-DD", help="The can's day."),
    half: Halves = typer.Option(..., "--half", help="When it was brought."),
    can: int = typer.Option(0, "--can", help="Which one, where there are several: 1, 2 ..."),
    litres: str = typer.Option("", "--litres", help="As it should be, like 11.5."),
    fat: str = typer.Option("", "--fat", help="As it should be, in percent."),
    clr: str = typer.Option("", "--clr", help="As it should be; it takes the place of an SNF."),
    snf: str = typer.Option("", "--snf", help="As it should be; it takes the place of a CLR."),
    milk: Annotated[Kind | None, typer.Option("--milk", help="Whose milk it was.")] = None,
    strike: bool = typer.Option(False, "--strike", help="No such can was brought."),
    reason: str = typer.Option(..., "--reason", help="Why; it stands on the khata."),
) -> None:
    """Put right a can that was keyed wrongly: say what should stand there instead. The can stays in
    the books, struck out; once it is settled, the difference goes on the khata. A cashier needs
    leave (--approve).

    Example: milkpos milk correct 301 2026-11-23 --half morning --litres 11.5 --reason "keyed 115"
    """
    from milkpos_tui.services.milk_corrections import Keyed

    instead = Instead(
        parse_quantity(litres) if litres else None,
        parse_hundredths(fat, "fat") if fat else None,
        parse_hundredths(clr, "CLR") if clr else None,
        parse_hundredths(snf, "SNF") if snf else None,
        Milk(milk.value) if milk else None,
    )
    if strike == (instead != Instead()):
        raise Misused("usage", "say what it should be, or --strike where no such can was brought")
    when = _day(day)
    assert when is not None, "the argument is needed"
    with opened() as till:
        actor = acting(till)
        keyed = Keyed(code, when, Half(half.value), can or None)
        done = till.milk_corrections.correct(keyed, None if strike else instead, reason, actor)
    result(corrected_names(done), corrected_told(done))


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
def due(
    cycle: CycleOf,
) -> None:
    """The farmers whose ten days are not settled yet: code, name, litres, rupees for milk.

    Example: milkpos milk due 2026-11/2
    """
    which, lines = parse_cycle(cycle), []
    names: list[dict[str, object]] = []
    with opened() as till:
        actor = acting(till)
        for farmer in till.collections.unsettled(which):
            found = till.collections.settlement(farmer.code, which, [], actor)
            done = found.settlement
            names.append(settled_names(found))
            told = f"{show_quantity(done.litres_milli)} L  Rs {show_rupees(done.worth_paise)}"
            lines.append(f"{farmer.code:>6} {cell(farmer.name, NAME_COLUMNS)} {told}")
    result(names, lines)


@group.command()
def settle(
    code: Code,
    cycle: CycleOf,
    off: Off = None,
    dry_run: bool = typer.Option(False, "--dry-run", help="Only show what it would be."),
    columns: Columns = 32,
    on_paper: OnPaper = False,
) -> None:
    """Settle ten days: the milk less feed, advances and what is owed for goods. It goes on the
    farmer's khata; `milkpos khata pay-back` pays it out.

    Example: milkpos milk settle 301 2026-11/2 --off feed=300 --off advance=500 --print
    """
    which, deductions = parse_cycle(cycle), [_deduction(text) for text in off or []]
    check_columns(columns)
    with opened() as till:
        actor = acting(till)
        work = till.collections.settlement if dry_run else till.collections.settle
        done = work(code, which, deductions, actor)
        if on_paper:
            print_settlement(till, done, actor)
    result(settled_names(done), slip_of(done, columns))


@group.command()
def slip(
    code: Code,
    when: str = typer.Argument(
        ..., metavar="YYYY-MM-DD|YYYY-MM/N", help="A day for its cans, ten days for their slip."
    ),
    half: HalfOf = None,
    columns: Columns = 32,
    on_paper: OnPaper = False,
) -> None:
    """A farmer's slips once more: of the cans of a day (or of one half), or of ten days, settled or
    not. On paper they say COPY.

    Example: milkpos milk slip 301 2026-11/2 --columns 48 --print
    """
    check_columns(columns)
    with opened() as till:
        actor = acting(till)
        if "/" in when:
            done = till.collections.settlement(code, parse_cycle(when), [], actor)
            if on_paper:
                print_settlement(till, done, actor, copy=True)
            result(settled_names(done), slip_of(done, columns))
            return
        day = _day(when)
        assert day is not None, "the argument is needed"
        found = till.collections.cans(code, day, day, actor)
        halves = {half.value} if half else {one.value for one in Half}
        cans = [can for can in found if can.stands and can.collection.half.value in halves]
        if not cans:
            raise Refused("can-unknown", f"{code} has no can of {day.isoformat()}")
        lines = [row for can in cans for row in (*can_slip_of(till, can, columns, actor), "")]
        if on_paper:
            print_cans(till, cans, actor, copy=True)
        result([can_names(can) for can in cans], lines[:-1])


# --- what is typed ------------------------------------------------------------------------------


def _deduction(text: str) -> Deduction:
    name, sign, rupees = text.partition("=")
    by_itself = (DeductionKind.GOODS, DeductionKind.STRUCK)
    known = {kind.value: kind for kind in DeductionKind if kind not in by_itself}
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
