"""How a counter stands: its shift, its held bills, and what somebody at it should know."""

from typing import NamedTuple

from milkpos_tui.domain.roles import Right
from milkpos_tui.journal.clock import Clock, day_in_india, moment_in_india
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.custody import Custody
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.records import Shift
from schema.connection import TillDatabase

CLOCK_BEHIND_MS = 1000  # less is the drift that a time server corrects

_LATEST = "SELECT at FROM entry WHERE node = ? ORDER BY epoch DESC, seq DESC LIMIT 1"
# What the jumps add up to: a clock that once ran ahead and was set right is not behind.
_SET_BACK = """
SELECT max(last_at) FILTER (WHERE by_ms < 0) FROM clock_jump HAVING sum(by_ms) <= -?
"""
_HELD = "SELECT count(*) FROM draft WHERE counter = ? AND state = 'held'"
_COUNTERS = "SELECT code, name FROM counter ORDER BY code"
_SOLD = """
SELECT count(*) FILTER (WHERE kind <> 'credit_note'),
    coalesce(sum(iif(kind = 'credit_note', -total_paise, total_paise)), 0), max(at)
FROM bill WHERE shift = ?
"""
_OPEN_LINES = """
SELECT count(*) FROM draft JOIN draft_line AS line ON line.draft = draft.id
WHERE draft.counter = ? AND draft.state = 'open'
"""
_SLIPS = """
SELECT count(*) FROM print_job WHERE counter = ? AND state IN ('waiting', 'printing', 'unsure')
"""
_DOWN = "SELECT name, last_error FROM device WHERE counter = ? AND state = 'down' ORDER BY name"


class Standing(NamedTuple):
    """A counter now. `open_lines` are on the bill under way; `warnings` are words for people;
    `slips` wait to be printed, `faults` are of its devices, as they were noted last."""

    counter: str
    shift: Shift | None
    held: int
    open_lines: int
    warnings: tuple[str, ...]
    slips: int = 0
    faults: tuple[str, ...] = ()


class CounterSums(NamedTuple):
    """A counter as a supervisor sees it; sums in paise of its open shift, 0 without one."""

    counter: str
    name: str
    shift: Shift | None
    bills: int
    total_paise: int
    last_at: int | None
    held: int


class Standings:
    """Reads how counters stand."""

    def __init__(
        self,
        db: TillDatabase,
        node: str,
        custody: Custody,
        permissions: Permissions,
        clock: Clock,
    ) -> None:
        self._db = db
        self._node = node
        self._custody = custody
        self._permissions = permissions
        self._clock = clock

    def of(self, counter: str) -> Standing:
        """One counter."""
        shift = self._custody.open_on(counter)
        return Standing(
            counter,
            shift,
            self._number(_HELD, counter),
            self._number(_OPEN_LINES, counter),
            tuple(words for words in (self._clock_words(), self._late_words(shift)) if words),
            self._number(_SLIPS, counter),
            self._faults(counter),
        )

    def all(self, actor: Actor) -> tuple[CounterSums, ...]:
        """All counters of the shop, for who may see what was taken."""
        self._permissions.check(Right.SEE_TAKINGS, actor)
        rows = self._db.connection().execute(_COUNTERS).fetchall()
        return tuple(self._sums(str(code), str(name)) for code, name in rows)

    def _sums(self, counter: str, name: str) -> CounterSums:
        shift = self._custody.open_on(counter)
        id_ = shift.id if shift else ""
        bills, total, last_at = self._db.connection().execute(_SOLD, (id_,)).fetchall()[0]
        held = self._number(_HELD, counter)
        return CounterSums(counter, name, shift, int(bills), int(total), last_at, held)

    def _faults(self, counter: str) -> tuple[str, ...]:
        rows = self._db.connection().execute(_DOWN, (counter,)).fetchall()
        return tuple(f"{name}: {error}" for name, error in rows)

    def _number(self, sql: str, counter: str) -> int:
        return int(self._db.connection().execute(sql, (counter,)).get)

    def _clock_words(self) -> str:
        """The clock is behind what was written with it: it was set back, or never set."""
        connection = self._db.connection()
        latest = connection.execute(_LATEST, (self._node,)).get
        before_jump = connection.execute(_SET_BACK, (CLOCK_BEHIND_MS,)).get
        seen = max(latest or 0, before_jump or 0)
        if seen - self._clock.now() < CLOCK_BEHIND_MS:
            return ""
        shown = moment_in_india(seen).strftime("%d %b %H:%M")
        return f"the clock is behind {shown}, when something was entered: set it"

    def _late_words(self, shift: Shift | None) -> str:
        if shift is None or shift.day >= day_in_india(self._clock.now()):
            return ""
        return f"this shift is of {shift.day:%a %d %b}: count and close it"
