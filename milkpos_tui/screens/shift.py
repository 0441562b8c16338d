"""The shift of a counter: how it stands, and what can be done with its cash."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from textual.app import ComposeResult

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import parse_rupees
from milkpos_tui.domain.shift import TenderCheck, show_difference
from milkpos_tui.domain.text import plural
from milkpos_tui.screens.ask import Asking, Question, needed
from milkpos_tui.screens.base import Answered, Handler, Head, Keys, Notice, rupees
from milkpos_tui.screens.closing import REPORT_COLUMNS, CloseShift
from milkpos_tui.screens.counting import Counting
from milkpos_tui.screens.opening import OpenShift
from milkpos_tui.screens.page import Page
from milkpos_tui.services.counting import Counted
from milkpos_tui.services.records import Shift
from milkpos_tui.services.shifts import Handing, Move
from milkpos_tui.services.standing import Standing
from milkpos_tui.services.takings import CountRecord, Report
from milkpos_tui.till import Actor, Till
from milkpos_tui.widgets.painted import ALERT, BOLD, PLAIN, Painted, Row


def cash_amount(text: str) -> int:
    """Paise of an amount that is keyed. Refused for nothing at all, too."""
    paise = parse_rupees(text)
    if paise == 0:
        raise Refused("amount-zero", "an amount of cash must be more than zero")
    return paise


AMOUNT = Question("Rupees", "like 62 or 62.50", cash_amount, limit=12)
REASON = Question("Why", "a few words; they are in the journal and the Z", needed)
PAYEE = Question("To or from whom", "Enter alone: nobody in particular")
SAFE = Question("Which safe, or why", "", needed, usual="into the safe")
SUCCESSOR = Question("Who takes it over (code)", "", needed, limit=12)
PIN = Question("Their PIN", "whoever takes it over keys it", needed, masked=True, limit=64)


class Deed(NamedTuple):
    """One thing to do, by its digit."""

    key: str
    tells: str
    method: str


WITH_SHIFT = (
    Deed("1", "Put cash in", "cash_in"),
    Deed("2", "Pay cash out", "cash_out"),
    Deed("3", "Cash into the safe", "cash_drop"),
    Deed("4", "Open the drawer without a sale", "open_drawer"),
    Deed("5", "Count the drawer; the shift goes on", "count"),
    Deed("6", "Hand the drawer over to somebody else", "hand_over"),
    Deed("7", "X report: what was taken so far", "show_x"),
    Deed("8", "Count and close the shift", "close"),
)
WITHOUT_SHIFT = (Deed("1", "Open a shift", "open"), Deed("7", "The last Z report", "show_x"))


class ShiftScreen(Asking):
    """A digit does what stands beside it; Esc goes back to the bill."""

    def __init__(self, counter: str, actor: Actor) -> None:
        super().__init__()
        self._counter = counter
        self._actor = actor
        self._standing: Standing | None = None

    def compose(self) -> ComposeResult:
        """How it stands, what can be done, what happened."""
        yield Head()
        yield Painted(id="page")
        yield Notice()
        yield Keys()

    async def on_mount(self) -> None:
        """Look."""
        await self.look()

    def on_resize(self) -> None:
        """Rows are as wide as the screen."""
        self._show()

    def keys(self) -> Mapping[str, Handler]:
        """The deeds that are possible now."""
        keys: dict[str, Handler] = {deed.key: getattr(self, deed.method) for deed in self._deeds}
        keys["escape"] = self.leave
        return keys

    async def look(self) -> None:
        """See how the counter stands now."""
        await self.decide(lambda till: till.standings.of(self._counter), self._found)

    async def counters_changed(self) -> None:
        """Another terminal did something."""
        await self.look()

    def leave(self) -> None:
        """Back."""
        self.dismiss(None)

    # --- deeds -----------------------------------------------------------------------------

    async def open(self) -> None:
        """Open a shift."""
        await self.app.push_screen(OpenShift(self._counter, self._actor), self._opened)

    async def cash_in(self) -> None:
        """Cash in."""
        await self._ask_move("in", "Put cash in", AMOUNT, REASON, PAYEE)

    async def cash_out(self) -> None:
        """Cash out."""
        await self._ask_move("out", "Pay cash out", AMOUNT, REASON, PAYEE)

    async def cash_drop(self) -> None:
        """Into the safe."""
        await self._ask_move("drop", "Cash into the safe", AMOUNT, SAFE)

    def _drawer_noted(self, why: str) -> None:
        """The entry is made: now it may open."""
        self.till_app.attendant.open_drawer()
        self.tell(f"The opening is noted: {why}")

    async def open_drawer(self) -> None:
        """The drawer without a sale."""
        counter, actor = self._counter, self._actor

        def work_of(answers: tuple[str, ...]) -> Callable[[Till], str]:
            (reason,) = answers

            def work(till: Till) -> str:
                till.shifts.open_drawer(counter, reason, actor)
                return reason

            return work

        await self.ask_to_do(
            "Open the drawer",
            [REASON],
            work_of,
            self._drawer_noted,
        )

    async def count(self) -> None:
        """Count; the shift goes on."""
        await self._ask_count("Count the drawer", self._count)

    async def hand_over(self) -> None:
        """Count, then to whom."""
        await self._ask_count("Hand over: count the drawer", self._ask_successor)

    async def show_x(self) -> None:
        """The X of the open shift, else the last Z."""

        def work(till: Till) -> list[str]:
            shift = till.custody.last_on(self._counter)
            if shift is None:
                return ["there was no shift on this counter yet"]
            return till.report(till.takings.report(shift, self._actor), REPORT_COLUMNS)

        await self.decide(work, self._show_report)

    async def close(self) -> None:
        """Count and close."""
        closing = CloseShift(self._counter, self._actor)
        await self.app.push_screen(closing, self._after_close)
        await closing.begin()

    # --- steps -----------------------------------------------------------------------------

    @property
    def _deeds(self) -> tuple[Deed, ...]:
        if self._standing is None:
            return ()
        return WITH_SHIFT if self._standing.shift else WITHOUT_SHIFT

    async def _ask_move(self, kind: str, title: str, *questions: Question) -> None:
        counter, actor = self._counter, self._actor

        def work_of(answers: tuple[str, ...]) -> Callable[[Till], Move]:
            amount, reason, *payee = answers
            move = Move(kind, parse_rupees(amount), reason, payee[0] if payee else "")
            return lambda till: till.shifts.move_cash(counter, move, actor)

        def moved(move: Move) -> None:
            self.till_app.attendant.open_drawer()
            self.tell(f"{rupees(move.amount_paise)} noted: {move.reason}")

        await self.ask_to_do(title, questions, work_of, moved)

    async def _ask_count(self, title: str, then: Answered) -> None:
        def work(till: Till) -> tuple[TenderCheck, ...]:
            return till.closings.shown_before_count(self._counter)

        async def ask(expected: tuple[TenderCheck, ...]) -> None:
            await self.app.push_screen(Counting(title, expected), then)

        await self.decide(work, ask)

    async def _count(self, counted: object) -> None:
        if isinstance(counted, Counted):
            counter, actor = self._counter, self._actor
            await self.decide(
                lambda till: till.shifts.count(counter, counted, actor), self._tell_count
            )

    async def _ask_successor(self, counted: object) -> None:
        if not isinstance(counted, Counted):
            return
        counter, actor = self._counter, self._actor

        def work_of(answers: tuple[str, ...]) -> Callable[[Till], CountRecord]:
            successor, pin = answers
            handing = Handing(successor, counted)
            return lambda till: till.hand_over(counter, handing, pin, actor)

        async def done(count: CountRecord) -> None:
            await self.look()
            self._tell_count(count)

        await self.ask_to_do("Hand the drawer over", [SUCCESSOR, PIN], work_of, done)

    def _tell_count(self, count: CountRecord) -> None:
        self.tell(f"Counted: {_differences(count.checks)}")

    async def _show_report(self, lines: list[str]) -> None:
        await self.app.push_screen(Page("Report", lines))

    async def _opened(self, shift: object) -> None:
        if isinstance(shift, Shift):
            await self.look()
            self.tell(f"The {shift.name} shift is open, float {rupees(shift.float_paise)}")

    async def _after_close(self, report: object) -> None:
        await self.look()
        if isinstance(report, Report):
            self.tell(f"The shift is closed: {_differences(report.checks)}")
            await self.decide(lambda till: till.report(report, REPORT_COLUMNS), self._show_report)

    def _found(self, standing: Standing) -> None:
        self._standing = standing
        self._show()

    def _show(self) -> None:
        self.query_one(Head).show("Shift", f"counter {self._counter}")
        digits = "1-8" if self._deeds is WITH_SHIFT else "1 7"
        self.query_one(Keys).show([(digits, "do it"), ("Esc", "back")])
        if self._standing is not None:
            self.query_one("#page", Painted).set_rows(self._rows(self._standing))

    def _rows(self, standing: Standing) -> list[Row]:
        shift = standing.shift
        rows: list[Row] = [()]
        if shift is None:
            rows.append((("  No shift is open: nobody answers for this drawer.", BOLD),))
        else:
            rows += [
                ((f"  {shift.name} of {shift.day:%a %d %b %Y}", BOLD),),
                ((f"  {shift.operator} answers for the drawer", PLAIN),),
                ((f"  Float {rupees(shift.float_paise)}", PLAIN),),
            ]
        if standing.held or standing.open_lines:
            lines, held = plural(standing.open_lines, "line"), plural(standing.held, "held bill")
            rows.append(((f"  Not paid: {lines} on the bill, {held}", PLAIN),))
        rows += [((f"  {words}", ALERT),) for words in standing.warnings]
        rows.append(())
        return rows + [((f"  {deed.key}  {deed.tells}", PLAIN),) for deed in self._deeds]


def _differences(checks: Sequence[TenderCheck]) -> str:
    return "   ".join(
        f"{check.kind.upper()} {show_difference(check.difference_paise)}"
        for check in checks
        if check.counted_paise is not None
    )
