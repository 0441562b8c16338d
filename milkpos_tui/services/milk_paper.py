"""Farmers' slips: one for each can that is taken in, one for the ten days when they are settled."""

from collections.abc import Sequence
from datetime import date

from milkpos_tui.domain.collection import Basis, Collection, Rates, show_hundredths, worth
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.settlement import DeductionKind, Settlement, cycle_of
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.cans import Can
from milkpos_tui.services.collections import Settled
from milkpos_tui.services.paper import Paper, amount_row, paper_of


def can_slip(
    shop: str,
    farmer: Customer,
    can: Can,
    rates: Rates | None,
    so_far: Sequence[Can],
    columns: int,
) -> list[str]:
    """What a farmer takes home with the empty can: what was measured, what it is paid, and what the
    ten days come to with it. `rates` are for the kilogram of fat and SNF, where it was paid so;
    `so_far` are their cans of the ten days. Refused for other widths than 32, 42 and 48 columns."""
    paper, one = paper_of(columns), can.collection
    rows = [*paper.centred(shop), *paper.centred("MILK"), paper.rule()]
    rows += paper.spread(f"{one.day:%d-%m-%Y} {one.half.value}", one.milk.value)
    rows += paper.left(farmer.shown)
    rows.append(paper.rule())
    rows += paper.spread("Litres", show_quantity(one.reading.litres_milli))
    rows += paper.spread("Kilograms", show_quantity(one.grams))
    rows += paper.spread("Fat %", show_hundredths(one.reading.fat_bp))
    if one.reading.clr is not None:
        rows += paper.spread("CLR", show_hundredths(one.reading.clr))
    rows += paper.spread("SNF %", show_hundredths(one.snf_bp))
    rows += _price_rows(paper, one, rates)
    rows.append(paper.rule("="))
    rows += amount_row(paper, "Rs", one.amount_paise)
    rows.append(paper.rule("="))
    cans = [each.collection for each in so_far if not each.collection.struck]
    litres = sum(each.reading.litres_milli for each in cans)
    paise = sum(each.amount_paise for each in cans)
    rows += amount_row(paper, f"{_days(one.day)}: {show_quantity(litres)} L", paise)
    return rows


def _price_rows(paper: Paper, can: Collection, rates: Rates | None) -> list[str]:
    if can.rate_paise:
        litres = worth(can.reading.litres_milli, can.rate_paise)
        basis = Basis.LITRE if litres == can.amount_paise else Basis.KG
        return amount_row(paper, f"Rs a {basis.value}", can.rate_paise)
    if rates is None:
        return paper.left("by kg of fat and SNF")
    return [
        *amount_row(paper, "Rs a kg of fat", rates.fat_kg_paise),
        *amount_row(paper, "Rs a kg of SNF", rates.snf_kg_paise),
    ]


def _days(day: date) -> str:
    cycle = cycle_of(day)
    return f"{cycle.first.day}-{cycle.last:%d %b}"


def settlement_slip(settled: Settled, columns: int, shop: str = "") -> list[str]:
    """A settlement: each can, what was struck out, what was taken off, what is to be paid, and
    room to sign for it. Refused for other widths than 32, 42 and 48 columns."""
    paper, done = paper_of(columns), settled.settlement
    rows = [*paper.centred(shop)] if shop else []
    rows += paper.left(settled.farmer.shown)
    rows += paper.left(f"Milk of {done.cycle.first:%d-%m} to {done.cycle.last:%d-%m-%Y}")
    if settled.id:
        rows += paper.left(f"Settled {settled.day:%d-%m-%Y}")
    else:
        rows += paper.centred("NOT SETTLED YET")
    rows.append(paper.rule())
    rows += _can_rows(paper, done)
    rows.append(paper.rule())
    rows += amount_row(paper, f"Milk {show_quantity(done.litres_milli)} L", done.worth_paise)
    for taken in done.taken:
        if taken.deduction.kind is not DeductionKind.STRUCK:
            rows += amount_row(paper, taken.deduction.words, -taken.taken_paise)
    rows.append(paper.rule("="))
    rows += amount_row(paper, "TO PAY", done.payable_paise)
    if done.left_paise:
        rows += amount_row(paper, "still owed", done.left_paise)
    return rows


def with_signature(rows: Sequence[str], columns: int) -> list[str]:
    """A slip on paper: room for whoever is paid to sign."""
    return [*rows, "", "", *paper_of(columns).spread("Signed", "." * (columns // 2))]


def _can_rows(paper: Paper, done: Settlement) -> list[str]:
    rows = []
    for one in done.collections:
        left = (
            f"{one.day.day:2}{one.half.letter} {show_quantity(one.reading.litres_milli)}L "
            f"{show_hundredths(one.reading.fat_bp)} {show_hundredths(one.snf_bp)}"
        )
        rows += paper.spread(left, show_rupees(one.amount_paise))
        if one.struck:
            rows += amount_row(paper, "   struck out", -one.amount_paise)
    return rows
