"""Which shift is open on a counter: what every sale asks first."""

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import Right
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.records import Shift
from schema.connection import TillDatabase

_SELECT = (
    "SELECT id, counter, operator, opened_by, business_date, name, opened_at, closed_at, "
    "float_paise, denominations, declaration FROM shift WHERE "
)
_OPEN = f"{_SELECT} counter = ? AND closed_at IS NULL"
_BY_ID = f"{_SELECT} id = ?"
_ALL_OPEN = f"{_SELECT} closed_at IS NULL ORDER BY counter"
_LAST = f"{_SELECT} counter = ? ORDER BY seq DESC LIMIT 1"


class Custody:
    """Reads shifts. Another terminal may close one: it is asked anew each time."""

    def __init__(self, db: TillDatabase) -> None:
        self._db = db

    def open_on(self, counter: str) -> Shift | None:
        """The open shift of a counter."""
        return self._one(_OPEN, counter)

    def needed(self, counter: str) -> Shift:
        """The open shift of a counter. Refused where there is none: nobody answers for the cash."""
        shift = self.open_on(counter)
        if shift is None:
            raise Refused("no-shift", f"no shift is open on counter {counter}: open one first")
        return shift

    def by_id(self, shift: str) -> Shift:
        """A shift by its id. Refused where there is none."""
        found = self._one(_BY_ID, shift)
        if found is None:
            raise Refused("shift-unknown", f"there is no shift {shift}")
        return found

    def still(self, shift: Shift) -> Shift:
        """The shift, as it is inside the transaction. Refused where it was closed meanwhile, or
        somebody else answers for it by now: who may decide was asked of the shift as it was."""
        now = self.by_id(shift.id)
        if now.closed_at is not None:
            raise Refused("shift-closed", f"the shift on counter {shift.counter} was closed")
        if now.operator != shift.operator:
            raise Refused(
                "shift-changed-hands", f"{now.operator} answers for counter {shift.counter} by now"
            )
        return now

    def last_on(self, counter: str) -> Shift | None:
        """The newest shift of a counter, open or closed."""
        return self._one(_LAST, counter)

    def all_open(self) -> tuple[Shift, ...]:
        """The open shifts of all counters."""
        rows = self._db.connection().execute(_ALL_OPEN)
        return tuple(Shift(*row) for row in rows)

    def _one(self, sql: str, value: str) -> Shift | None:
        found = self._db.connection().execute(sql, (value,)).fetchone()
        return Shift(*found) if found else None


def right_to_keep(shift: Shift, actor: Actor) -> Right:
    """What somebody needs to count, hand over or close a shift: it may be another's."""
    return Right.KEEP_SHIFT if actor.operator == shift.operator else Right.KEEP_OTHERS_SHIFT
