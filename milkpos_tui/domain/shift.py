"""A shift: who answers for a drawer from when to when, and what should be in it."""

import hashlib
import re
from typing import NamedTuple

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import show_rupees

NAME_MAX = 20

# A name may have any signs behind its first letter: \w knows no vowel signs of Indic letters.
_STARTS = re.compile(r"([^\W_][^=]*?)\s*=\s*([0-9]{1,2}):([0-9]{2})")


class ShiftName(NamedTuple):
    """A name of the day's shifts, and from which minute of the day it is the usual one."""

    name: str
    from_minute: int


def parse_shift_names(text: str) -> tuple[ShiftName, ...]:
    """The names of `morning=04:00,evening=14:00`, earliest first. Refused for anything else."""
    names: dict[str, int] = {}
    for part in text.split(","):
        match = _STARTS.fullmatch(part.strip())
        hour, minute = (int(match[2]), int(match[3])) if match else (24, 0)
        if match is None or hour > 23 or minute > 59 or len(match[1]) > NAME_MAX:
            raise Refused(
                "shift-names",
                f"'{part.strip()}' is not a shift and when it begins, like evening=14:00",
            )
        known = {name.casefold() for name in names}
        if match[1].casefold() in known or hour * 60 + minute in names.values():
            raise Refused("shift-names", f"'{text}' names a shift or a time twice")
        names[match[1]] = hour * 60 + minute
    return tuple(ShiftName(name, names[name]) for name in sorted(names, key=lambda one: names[one]))


def usual_name(names: tuple[ShiftName, ...], minute: int) -> str:
    """The shift of a minute of the day; before the first of the day it is still the last one."""
    begun = [name for name in names if name.from_minute <= minute]
    return (begun or names)[-1].name


def check_shift_name(names: tuple[ShiftName, ...], name: str) -> str:
    """A shift's name as the settings have it. Refused for another."""
    for known in names:
        if known.name.casefold() == name.strip().casefold():
            return known.name
    told = ", ".join(known.name for known in names)
    raise Refused("shift-name", f"there is no shift '{name}', only {told}")


def declaration_digest(text: str) -> str:
    """SHA-256 of the text that was accepted, in hex: which wording it was can be proven."""
    return hashlib.sha256(text.encode()).hexdigest()


class TaxSum(NamedTuple):
    """What was sold at a rate less what came back, in paise; `rate_bp` 0 is exempt."""

    rate_bp: int
    taxable_paise: int
    cgst_paise: int
    sgst_paise: int
    igst_paise: int
    amount_paise: int


class TenderSum(NamedTuple):
    """Money taken and given back by a kind of tender, in paise. Of cash, change is taken off."""

    kind: TenderKind
    kept_paise: int
    refunded_paise: int


class CashMoves(NamedTuple):
    """Cash that moved without a sale, in paise; `drawer_openings` moved none."""

    in_paise: int = 0
    out_paise: int = 0
    dropped_paise: int = 0
    drawer_openings: int = 0


class Takings(NamedTuple):
    """What a shift came to so far. Numbers are empty where no document was made. `khata` is what
    customers paid of what they owed, and what was paid back to them: no sale."""

    bills: int
    returns: int
    first_bill: str
    last_bill: str
    first_note: str
    last_note: str
    sold_paise: int
    refunded_paise: int
    discount_paise: int
    round_off_paise: int
    taxes: tuple[TaxSum, ...]
    tenders: tuple[TenderSum, ...]
    khata: tuple[TenderSum, ...] = ()

    @property
    def total_paise(self) -> int:
        """What was sold less what was given back."""
        return self.sold_paise - self.refunded_paise

    def tender(self, kind: TenderKind) -> TenderSum:
        """Of one kind; nothing where none was taken."""
        return _of_kind(kind, self.tenders)

    def khata_by(self, kind: TenderKind) -> TenderSum:
        """What was received for khata by one kind; nothing where nothing was."""
        return _of_kind(kind, self.khata)


def _of_kind(kind: TenderKind, sums: tuple[TenderSum, ...]) -> TenderSum:
    return next((one for one in sums if one.kind is kind), TenderSum(kind, 0, 0))


class TenderCheck(NamedTuple):
    """What should be there of a kind of tender and what was counted; None where nobody did."""

    kind: TenderKind
    expected_paise: int
    counted_paise: int | None

    @property
    def difference_paise(self) -> int:
        """Above zero: more was there. Zero where nobody counted."""
        return 0 if self.counted_paise is None else self.counted_paise - self.expected_paise


def expected_paise(
    kind: TenderKind, float_paise: int, takings: Takings, moves: CashMoves, held_paise: int = 0
) -> int:
    """What should be there of a kind of tender.

    Cash: float + kept (tendered - change) - refunds + received for khata + in - out - drops, and
    what was taken for bills that are still open. Others: taken less given back.
    """
    taken, khata = takings.tender(kind), takings.khata_by(kind)
    expected = taken.kept_paise - taken.refunded_paise + held_paise
    expected += khata.kept_paise - khata.refunded_paise
    if kind is TenderKind.CASH:
        expected += float_paise + moves.in_paise - moves.out_paise - moves.dropped_paise
    return expected


def show_difference(paise: int) -> str:
    """A difference as people say it."""
    if paise == 0:
        return "exact"
    return f"Rs {show_rupees(abs(paise))} {'over' if paise > 0 else 'short'}"
