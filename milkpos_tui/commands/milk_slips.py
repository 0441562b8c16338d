"""Farmers' slips, on the terminal and on the counter's printer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from milkpos_tui.commands import context
from milkpos_tui.commands.context import remark
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.settlement import cycle_of

if TYPE_CHECKING:
    from milkpos_tui.services.cans import Can
    from milkpos_tui.services.collections import Settled
    from milkpos_tui.till import Actor, Till


def check_columns(columns: int) -> None:
    """Refused for other widths than a slip has: before anything is taken in, not after it."""
    from milkpos_tui.services.paper import paper_of

    paper_of(columns)


def can_slip_of(till: "Till", can: "Can", columns: int, actor: "Actor") -> list[str]:
    """A can's slip, with what the farmer's ten days come to by it."""
    from milkpos_tui.services.milk_paper import can_slip

    one = can.collection
    farmer = till.accounts.whoever(one.farmer)
    first = cycle_of(one.day).first
    so_far = till.collections.cans(farmer.code, first, one.day, actor)
    price = till.collections.rates_of(can)
    return can_slip(till.shop.name, farmer, can, price, so_far, columns)


def slip_of(done: "Settled", columns: int) -> list[str]:
    """The slip of ten days."""
    from milkpos_tui.services.milk_paper import settlement_slip

    return settlement_slip(done, columns)


def print_cans(till: "Till", cans: Sequence["Can"], actor: "Actor", *, copy: bool = False) -> None:
    """A slip for each can, on the counter's printer; one that is not the first says COPY."""
    columns = _paper_columns(till)
    slips = [
        (f"milk {can.collection.day.isoformat()}", can_slip_of(till, can, columns, actor))
        for can in cans
    ]
    _print(till, slips, columns, actor, copy=copy)


def print_settlement(till: "Till", done: "Settled", actor: "Actor", *, copy: bool = False) -> None:
    """The slip of ten days on the counter's printer, with room to sign."""
    from milkpos_tui.services.milk_paper import settlement_slip, with_signature

    columns = _paper_columns(till)
    rows = with_signature(settlement_slip(done, columns, till.shop.name), columns)
    about = f"milk {done.settlement.cycle} of {done.farmer.code}"
    _print(till, [(about, rows)], columns, actor, copy=copy)


def _paper_columns(till: "Till") -> int:
    """Of the counter's printer; the narrowest where that is not known here."""
    from milkpos_tui.commands.printing import printer_device
    from milkpos_tui.hardware.wiring import printer_of
    from milkpos_tui.services.paper import SLIP_COLUMNS

    device = printer_device(till, till.shops.check_counter(context.settings.counter_code))
    try:
        return printer_of(device).profile.columns if device else SLIP_COLUMNS[0]
    except Refused:  # told by whoever prints on it
        return SLIP_COLUMNS[0]


def _print(
    till: "Till",
    slips: Sequence[tuple[str, Sequence[str]]],
    columns: int,
    actor: "Actor",
    *,
    copy: bool,
) -> None:
    """What was done is done, whatever comes of its paper: without a printer a remark says so, and
    `milkpos milk slip` shows it."""
    from milkpos_tui.commands.printing import printing_for
    from milkpos_tui.services.paper import paper_of
    from milkpos_tui.services.printing import JobKind

    counter = till.shops.check_counter(context.settings.counter_code)
    heading = paper_of(columns).centred("COPY") if copy else []
    with printing_for(till, counter) as printer:
        try:
            for about, rows in slips:
                till.printing.queue(counter, JobKind.TEXT, about, [*heading, *rows], actor)
        except Refused as refused:
            if refused.code != "printer-missing":
                raise
            remark(f"{refused.message}: milkpos milk slip shows it")
        printer.look()
