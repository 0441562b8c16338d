"""Opening a shift, in short steps: how the counter stands, which shift, the float, the word."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from textwrap import wrap
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult

from milkpos_tui.checks import check_counter
from milkpos_tui.domain.checks import Check, State
from milkpos_tui.domain.dates import parse_date
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.settings import DECLARATION
from milkpos_tui.domain.shift import ShiftName, check_shift_name
from milkpos_tui.screens.ask import only_enter
from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen, rupees
from milkpos_tui.screens.counting import NOT_COUNTED
from milkpos_tui.services.records import Shift
from milkpos_tui.services.shifts import Opening, Usual
from milkpos_tui.till import Actor, Till
from milkpos_tui.widgets.count_sheet import CountSheet
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import ALERT, BOLD, GOOD, PLAIN, Painted, Row

STYLES = {State.OK: GOOD, State.WARN: ALERT, State.MISSING: PLAIN}


class Step(Enum):
    """Where the flow stands: what it asks for."""

    CHECKS = "Enter goes on: "
    DATE = "Business date: "
    NAME = "Shift: "
    FLOAT = ""
    WORD = "Enter accepts: "


class _Known(NamedTuple):
    """What the flow begins with."""

    checks: tuple[Check, ...]
    usual: Usual
    declaration: str


class OpenShift(TillScreen):
    """Gives back the shift, or None. Esc goes a step back; nothing is stored before the last
    step."""

    DEFAULT_CSS = "OpenShift #page { height: 1fr; } OpenShift .away { display: none; }"

    def __init__(self, counter: str, actor: Actor) -> None:
        super().__init__()
        self._counter = counter
        self._actor = actor
        self._step = Step.CHECKS
        self._known: _Known | None = None
        self._day = ""
        self._shift_name = ""

    def compose(self) -> ComposeResult:
        """A page or the count sheet, and the question."""
        yield Head()
        yield Painted(id="page")
        yield CountSheet()
        yield Notice()
        yield Field(id="entry", limit=40)
        yield Keys()

    async def on_mount(self) -> None:
        """How the counter stands."""
        self._ask(Step.CHECKS)
        await self.decide(self._look, self._found)

    def on_resize(self) -> None:
        """Rows are as wide as the screen."""
        self._show()

    def keys(self) -> Mapping[str, Handler]:
        """A step back; and from the float on."""
        keys: dict[str, Handler] = {"escape": self.step_back}
        if self._step is Step.FLOAT:
            keys["plus"] = self._counted
        return keys

    async def take_key(self, event: events.Key) -> None:
        """Enter on the last coin goes on."""
        sheet = self.query_one(CountSheet)
        if event.key == "enter" and self.focused is sheet and sheet.at_end:
            self._counted()
        elif event.key not in ("tab", "shift+tab"):
            await super().take_key(event)

    async def submitted(self, field: Field) -> None:
        """The answer to the step's question; a refused one stays for mending."""
        if self._known is None:
            return  # still looking
        try:
            await self._take(field.text.strip(), self._known)
        except Refused as refused:
            self.query_one(Notice).refuse(refused.message)
            field.offer(field.text)

    def step_back(self) -> None:
        """The step before, or out."""
        steps = list(Step)
        place = steps.index(self._step)
        if place == 0:
            self.dismiss(None)
        else:
            self._ask(steps[place - 1])

    def _look(self, till: Till) -> _Known:
        till.shifts.check_none_open(self._counter)
        return _Known(
            tuple(check_counter(till, self._counter)),
            till.shifts.usual(self._counter),
            till.settings.text(DECLARATION),
        )

    def _found(self, known: _Known) -> None:
        self._known = known
        self._day, self._shift_name = known.usual.day.isoformat(), known.usual.name
        self._show()

    async def _take(self, answer: str, known: _Known) -> None:
        match self._step:
            case Step.CHECKS:
                only_enter(answer)
                self._ask(Step.DATE)
            case Step.DATE:
                self._day = parse_date(answer or known.usual.day.isoformat()).isoformat()
                self._ask(Step.NAME)
            case Step.NAME:
                names = tuple(ShiftName(name, 0) for name in known.usual.names)
                by_number = dict(zip("123456789", known.usual.names, strict=False))
                self._shift_name = check_shift_name(
                    names, by_number.get(answer, answer or self._shift_name)
                )
                self._ask(Step.FLOAT)
            case Step.WORD:
                only_enter(answer)
                await self._open()
            case Step.FLOAT:
                pass  # the sheet has the keys

    def _counted(self) -> None:
        if self.query_one(CountSheet).is_empty:
            self.query_one(Notice).refuse(NOT_COUNTED)
        else:
            self._ask(Step.WORD)

    async def _open(self) -> None:
        count = self.query_one(CountSheet).count
        checks = self._known.checks if self._known else ()
        opening = Opening(
            count.paise, count, date.fromisoformat(self._day), self._shift_name, checks
        )
        counter, actor = self._counter, self._actor

        def work(till: Till) -> Shift:
            return till.shifts.open(counter, opening, actor)

        await self.decide(work, self.dismiss)

    def _ask(self, step: Step) -> None:
        self._step = step
        field, sheet = self.query_one("#entry", Field), self.query_one(CountSheet)
        counting = step is Step.FLOAT
        next_keys = [("0-9", "pieces"), ("Enter Up Down", "next"), ("+", "done")]
        self.query_one(Keys).show(
            [*(next_keys if counting else [("Enter", "next")]), ("Esc", "a step back")]
        )
        self.query_one("#page", Painted).set_class(False, "away")
        sheet.set_class(not counting, "away")
        field.set_class(counting, "away")
        self.set_focus(sheet if counting else field)
        field.prompt = step.value
        field.text = ""
        if step is Step.DATE and self._known:
            field.offer(self._day)
        if step is Step.NAME and self._known:
            field.offer(self._shift_name)
        self.query_one(Notice).clear()
        self._show()

    def _show(self) -> None:
        place = list(Step).index(self._step) + 1
        self.query_one(Head).show(
            f"Open a shift, step {place} of {len(Step)}", f"counter {self._counter}"
        )
        self.query_one("#page", Painted).set_rows(self._rows())

    def _rows(self) -> list[Row]:
        known = self._known
        if known is None:
            return []
        match self._step:
            case Step.CHECKS:
                return [
                    ((f"  {self._actor.operator} answers for this counter's cash.", BOLD),),
                    (),
                    *(_check_row(check) for check in known.checks),
                ]
            case Step.DATE:
                return [(("  Of which day are the bills? Enter takes the one that stands.", BOLD),)]
            case Step.NAME:
                numbered = enumerate(known.usual.names, 1)
                return [((f"  {number}  {name}", PLAIN),) for number, name in numbered]
            case Step.FLOAT:
                return [(("  What is in the drawer? Count it; + when done.", BOLD),)]
            case Step.WORD:
                return self._word_rows(known)

    def _word_rows(self, known: _Known) -> list[Row]:
        count = self.query_one(CountSheet).count
        width = max(20, self.app.size.width - 6)
        return [
            ((f"  {self._shift_name} of {self._day}, float {rupees(count.paise)}", BOLD),),
            (),
            *(((f"  {line}", PLAIN),) for line in wrap(known.declaration, width)),
        ]


def _check_row(check: Check) -> Row:
    return (
        (f"  {check.state.value:8}", STYLES[check.state]),
        (f" {check.name:10} {check.words}", PLAIN),
    )
