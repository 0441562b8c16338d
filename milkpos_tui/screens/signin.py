"""Sign-in and lock: who is at the till, and what is unfinished there."""

from milkpos_tui.clerk import Done
from milkpos_tui.domain.errors import MilkPOSError
from milkpos_tui.domain.scan import Arrived, Lost
from milkpos_tui.domain.text import plural
from milkpos_tui.screens.base import Notice
from milkpos_tui.screens.prove import Prove
from milkpos_tui.services.records import time_in_india
from milkpos_tui.services.standing import Standing
from milkpos_tui.session import begin
from milkpos_tui.widgets.painted import ALERT, PLAIN, Painted, Row


class SignIn(Prove):
    """On success the app gets the session and shows the till."""

    FOOTER = (*Prove.FOOTER, ("^q", "quit"))

    def __init__(self, hint: str = "", refused: str = "", code: str = "") -> None:
        super().__init__("Who is at the till?", hint, code)
        self._refused = refused

    def on_mount(self) -> None:
        """Why somebody was not let in at once, if so."""
        super().on_mount()
        if self._refused:
            self.query_one(Notice).refuse(self._refused)
        self.counters_changed()

    def counters_changed(self) -> None:
        """What is unfinished here, for whoever comes next."""
        counter = self.till_app.counter
        self.work(lambda till: till.standings.of(counter), self._looked)

    def take_code(self, code: Arrived | Lost) -> None:
        """Nobody is there to sell it, and it is not kept for whoever comes."""
        self.refuse("a code was scanned: sign in first, then scan it again")

    def _looked(self, done: Done[Standing]) -> None:
        if done.refused is None:
            self.query_one("#page", Painted).set_rows(_unfinished(done.result))

    async def proven(self, code: str, pin: str) -> MilkPOSError | None:
        """The till, for whoever it is."""
        counter, name = self.till_app.counter, self.till_app.session_name
        done = await self.ask(lambda till: begin(till, counter, code, pin, name))
        if done.refused is not None:
            return done.refused
        await self.till_app.show_billing(done.result)
        return None


def _unfinished(standing: Standing) -> list[Row]:
    shift = standing.shift
    rows: list[Row] = [()]
    if shift is None:
        rows.append((("  No shift is open.", PLAIN),))
    else:
        since = time_in_india(shift.opened_at)[11:16]
        told = f"{shift.name} shift of {shift.day:%a %d %b}, {shift.operator} since {since}"
        rows.append(((f"  {told}", PLAIN),))
    if standing.open_lines:
        rows.append(((f"  An open bill of {plural(standing.open_lines, 'line')}", PLAIN),))
    if standing.held:
        rows.append(((f"  {plural(standing.held, 'held bill')}", PLAIN),))
    if standing.slips:
        rows.append(((f"  {plural(standing.slips, 'slip')} not printed yet", PLAIN),))
    alerts = (*standing.warnings, *standing.faults)
    return rows + [((f"  {words}", ALERT),) for words in alerts]
