"""Cans of farmers' milk as they stand in the books."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from milkpos_tui.domain.collection import Collection, Milk, Reading
from milkpos_tui.domain.orders import Half
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.round_projection import AFTER_SETTLED, STRUCK_OUT
from milkpos_tui.services.accounts import FAMILY
from schema.connection import TillDatabase

Row = Sequence[Any]  # as apsw gives it

_CANS = f"""{FAMILY}
SELECT id, day, half, milk, litres_milli, fat_bp, clr, snf_bp, grams, rate_paise, amount_paise,
    settled, EXISTS (SELECT 1 FROM ledger WHERE ledger.id = milk_collection.id || '{STRUCK_OUT}'),
    EXISTS (SELECT 1 FROM ledger WHERE ledger.id = milk_collection.id || '{AFTER_SETTLED}')
FROM milk_collection WHERE farmer IN family AND day BETWEEN ? AND ?
ORDER BY day, half DESC, seq, id
"""


class Can(NamedTuple):
    """A can as it stands in the books. `corrected` is one that was put right by the khata after it
    had been settled."""

    id: str
    collection: Collection
    settled: str | None
    corrected: bool = False

    @property
    def stands(self) -> bool:
        """Whether it counts as it was keyed."""
        return not (self.collection.struck or self.corrected)


def read_cans(db: TillDatabase, farmer: str, first: date, last: date) -> tuple[Can, ...]:
    """A farmer's cans of some days, those struck out too."""
    days = (first.isoformat(), last.isoformat())
    rows = db.connection().execute(_CANS, (farmer, *days)).fetchall()
    return tuple(_can(row, farmer) for row in rows)


def can_body(can: Collection) -> dict[str, Value]:
    """A can as an entry says it."""
    return {
        "farmer": can.farmer,
        "day": can.day.isoformat(),
        "half": can.half.value,
        "milk": can.milk.value,
        "litres_milli": can.reading.litres_milli,
        "fat_bp": can.reading.fat_bp,
        "clr": can.reading.clr,
        "snf_bp": can.snf_bp,
        "grams": can.grams,
        "rate_paise": can.rate_paise,
        "amount_paise": can.amount_paise,
    }


def _can(row: Row, farmer: str) -> Can:
    key, day, half, milk, litres, fat, clr, snf, grams, rate, amount, settled, struck, right = row
    reading = Reading(litres, fat, clr, None if clr is not None else snf)
    collection = Collection(
        farmer,
        date.fromisoformat(day),
        Half(half),
        Milk(milk),
        reading,
        snf,
        grams,
        rate,
        amount,
        bool(struck),
    )
    return Can(key, collection, settled, bool(right))
