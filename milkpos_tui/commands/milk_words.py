"""What the commands of farmers' milk say: stable names for `--json`, lines for people."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from milkpos_tui.commands.names import Names
from milkpos_tui.domain.collection import show_hundredths
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.quantity import show_quantity

if TYPE_CHECKING:
    from milkpos_tui.domain.collection import Collection
    from milkpos_tui.services.cans import Can
    from milkpos_tui.services.collections import Settled
    from milkpos_tui.services.milk_corrections import Corrected


def can_names(can: "Can") -> Names:
    """A can of milk."""
    return {
        "id": can.id,
        **_collection_names(can.collection),
        "settled": can.settled is not None,
        "struck": can.collection.struck,
        "corrected": can.corrected,
    }


def _collection_names(one: "Collection") -> Names:
    return {
        "date": one.day.isoformat(),
        "half": one.half.value,
        "milk": one.milk.value,
        "litres_milli": one.reading.litres_milli,
        "fat_bp": one.reading.fat_bp,
        "clr_hundredths": one.reading.clr,
        "snf_bp": one.snf_bp,
        "grams": one.grams,
        "rate_paise": one.rate_paise,
        "amount_paise": one.amount_paise,
    }


def cans_told(cans: Iterable["Can"]) -> Iterator[str]:
    """Cans in rows."""
    for can in cans:
        one = can.collection
        mark = " struck out" if one.struck else " corrected since" if can.corrected else ""
        yield (
            f"{one.day:%d-%m} {one.half.letter} {one.milk:8}"
            f"{show_quantity(one.reading.litres_milli):>8} L"
            f"{show_hundredths(one.reading.fat_bp):>6}{show_hundredths(one.snf_bp):>6}"
            f"{show_rupees(one.amount_paise):>12}{mark}"
        )


def corrected_names(done: "Corrected") -> Names:
    """A correction: what was keyed, what it should have been, and what goes on the khata."""
    return {
        "was": can_names(done.was),
        "now": _collection_names(done.now) if done.now else None,
        "amount_paise": done.amount_paise,
    }


def corrected_told(done: "Corrected") -> Iterator[str]:
    """The same in words."""
    yield done.words
    if done.was.settled is None:
        now = show_rupees(done.now.amount_paise if done.now else 0)
        yield f"Rs {now} instead of Rs {show_rupees(done.was.collection.amount_paise)}"
    elif done.amount_paise > 0:
        yield f"Rs {show_rupees(done.amount_paise)} more is owed, on the khata"
    else:
        yield f"Rs {show_rupees(-done.amount_paise)} goes to the farmer, on the khata"


def settled_names(settled: "Settled") -> Names:
    """A settlement; without an `id` it is not made yet."""
    done = settled.settlement
    return {
        "id": settled.id or None,
        "customer": settled.farmer.code,
        "name": settled.farmer.name,
        "cycle": str(done.cycle),
        "cans": sum(not one.struck for one in done.collections),
        "litres_milli": done.litres_milli,
        "milk_paise": done.milk_paise,
        "struck_paise": done.struck_paise,
        "taken": [
            {
                "kind": one.deduction.kind.value, "words": one.deduction.words,
                "amount_paise": one.deduction.amount_paise, "taken_paise": one.taken_paise,
            }
            for one in done.taken
        ],
        "payable_paise": done.payable_paise,
        "left_paise": done.left_paise,
    }  # fmt: skip
