"""Which moment of a sale a customer's screen is at: pure, with the time given to it."""

from enum import Enum
from typing import NamedTuple

from milkpos_tui.services.displays import Shown
from milkpos_tui.services.viewing import View

SETTLED_MS = 10_000  # how long the change stays, unless the next bill begins
MINUTE_MS = 60_000


class Moment(Enum):
    """What is to be shown."""

    CLOSED = "closed"
    GREETING = "greeting"
    BILL = "bill"
    CODE = "code"
    SETTLED = "settled"


class _Asked(NamedTuple):
    """A code, and the bill as it was when the code was first seen."""

    link: Shown
    total_paise: int
    given_paise: int


class Following:
    """Follows one counter by what was seen of it. A bill that was settled before the first look is
    of no interest to whoever stands there now. Times are milliseconds of a clock that only goes
    on."""

    def __init__(self) -> None:
        self._seq: int | None = None
        self._until = 0
        self._asked: _Asked | None = None

    def see(self, view: View, at: int) -> None:
        """Take in how the counter looks now."""
        seq = view.settled.seq if view.settled else 0
        if self._seq is not None and seq > self._seq:
            self._until = at + SETTLED_MS
        self._seq = seq
        if view.link is None:
            self._asked = None
        elif self._asked is None or self._asked.link != view.link:
            self._asked = _Asked(view.link, view.total_paise, view.given_paise)

    def moment(self, view: View, at: int) -> Moment:
        """What to show of it."""
        if view.attended and view.lines:
            return Moment.CODE if self._holds(view) else Moment.BILL
        if at < self._until:
            return Moment.SETTLED
        return Moment.GREETING if view.attended else Moment.CLOSED

    def _holds(self, view: View) -> bool:
        """A code that stayed when its bill went on was left by a till that died: nobody pays by
        it."""
        return self._asked is not None and self._asked == (
            view.link,
            view.total_paise,
            view.given_paise,
        )

    def changes_in(self, moment: Moment, at: int, now: int) -> int | None:
        """In how many milliseconds that looks different by itself; None where it never does. `now`
        is UTC: the minute goes on by it."""
        if moment is Moment.SETTLED:
            return self._until - at
        if moment in (Moment.GREETING, Moment.CLOSED):
            return MINUTE_MS - now % MINUTE_MS
        return None
