"""`milkpos round`: what is carried in the morning and in the evening, and what came of it."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.context import acting, opened, remark, result
from milkpos_tui.commands.round_words import done_names, done_told, sheet_names, sheet_told
from milkpos_tui.domain.dates import parse_date
from milkpos_tui.domain.errors import Misused, Refused
from milkpos_tui.domain.orders import Half, parse_halves

if TYPE_CHECKING:
    from milkpos_tui.services.rounds import Carried
    from milkpos_tui.till import Actor, Till

group = typer.Typer(no_args_is_help=True)

Day = Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="The day (today).")]
HalfOf = Annotated[
    str, typer.Option("--half", metavar="HALF", help="morning or evening (by the clock).")
]


@group.command()
def sheet(
    day: Day = "",
    half: HalfOf = "",
    on_paper: bool = typer.Option(False, "--print", help="Also on the counter's printer."),
) -> None:
    """The round of a half of a day: who gets what, by lane and place, and what to take along.

    Example: milkpos round sheet --date 2026-11-24 --half morning --json
    """
    with opened() as till:
        actor = acting(till)
        carried = till.rounds.carried(_day(day) or till.today(), _half(till, half), actor)
        found, items = carried.sheet, carried.items
        if on_paper:
            _print(till, carried, actor)
    result(sheet_names(found, items), sheet_told(found, items))


@group.command(
    context_settings={"ignore_unknown_options": True},
    help="""Record a round: all as the sheet says, but for the EXCEPTIONS.

\b
  (nothing)      all was delivered as the sheet says
  -14 -22        nothing at 14 and at 22
  9+1  9+.5      9 took one more; half a unit more
  9-1            9 took one less
  9*2            9 took two in all
  9/12+1         where 9 takes several items: one more of item 12
  -9/12          no item 12 at 9

Recorded again, what differs is corrected by an adjustment dated today. What was keyed before is
keyed again beside it; a round that would undo some of that is refused and tells what to key.

Example: milkpos round record --half morning -14 -22 9+1""",
)
def record(
    exceptions: Annotated[
        list[str] | None, typer.Argument(metavar="[EXCEPTIONS]...", show_default=False)
    ] = None,
    day: Day = "",
    half: HalfOf = "",
    anew: bool = typer.Option(
        False, "--anew", help="Recorded again, doors that are not keyed go back to the sheet."
    ),
) -> None:
    """See the help above, which shows the grammar."""
    with opened() as till:
        actor = acting(till)
        keyed = " ".join(exceptions or [])
        which = _half(till, half)
        done = till.rounds.record(_day(day) or till.today(), which, keyed, actor, anew=anew)
    result(done_names(done), done_told(done))


@group.command()
def generate(
    first: str = typer.Option(..., "--from", metavar="YYYY-MM-DD", help="The first day."),
    last: str = typer.Option("", "--to", metavar="YYYY-MM-DD", help="The last day (the first)."),
) -> None:
    """Record all rounds of some days as planned, where they are not recorded yet. Twice does
    nothing twice.

    Example: milkpos round generate --from 2026-11-01 --to 2026-11-15
    """
    begin = _day(first)
    assert begin is not None, "the option is needed"
    done = []
    with opened() as till:
        actor = acting(till)
        for one in till.rounds.generate(begin, _day(last) or begin, actor):
            if one.recorded:
                done.append(one)
    lines = [line for one in done for line in done_told(one)]
    if not done:
        remark("there was nothing to record")
    result([done_names(one) for one in done], lines)


@group.command()
def place(
    code: str = typer.Argument(..., metavar="CODE", help="The customer's code."),
    sequence: int = typer.Argument(..., metavar="N", help="The place within the lane."),
) -> None:
    """Where a customer comes within their lane (`milkpos customer change --lane`).

    Example: milkpos round place 12 30
    """
    with opened() as till:
        till.rounds.place(code, sequence, acting(till))
        code = till.accounts.known(code).code
    result({"code": code, "sequence": sequence}, [f"{code}: place {sequence} of the lane"])


def _print(till: "Till", carried: "Carried", actor: "Actor") -> None:
    from milkpos_tui.commands.printing import printing_for
    from milkpos_tui.services.round_paper import queue_sheet

    counter = till.shops.check_counter(context.settings.counter_code)
    with printing_for(till, counter) as printer:
        queue_sheet(till.printing, counter, carried, actor)
        printer.look()


def _half(till: "Till", text: str) -> Half:
    if not text:
        return till.rounds.now()[1]
    halves = parse_halves(text)
    if len(halves) != 1:
        raise Misused("usage", "a round is of the morning or of the evening")
    return halves[0]


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except Refused as refused:
        raise Misused("usage", refused.message) from None
