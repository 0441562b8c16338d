"""Closing a shift: the unpaid bills, the blind count, the difference in words, the Z."""

from collections.abc import Mapping
from enum import Enum
from functools import partial
from typing import NamedTuple

from textual.app import ComposeResult

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.shift import TenderCheck, show_difference
from milkpos_tui.domain.text import cell, plural
from milkpos_tui.screens.ask import only_enter
from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen, rupees
from milkpos_tui.screens.counting import Counting
from milkpos_tui.services.closing import Closing
from milkpos_tui.services.counting import Counted
from milkpos_tui.services.records import Draft
from milkpos_tui.services.takings import CountRecord, Report
from milkpos_tui.till import Actor, Till
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import ALERT, BOLD, GOOD, PLAIN, REVERSE, Painted, Row

REPORT_COLUMNS = 42


class Step(Enum):
    """Where the flow stands."""

    BILLS = "Number changes, + goes on: "
    REASON = "Why? "
    CLOSE = "Enter closes the shift: "


NO_BILLS = "Enter counts the drawer: "


class _Known(NamedTuple):
    """What the flow begins with: unpaid bills, a count that still holds, and what may be shown."""

    left: tuple[Draft, ...]
    counted: CountRecord | None
    expected: tuple[TenderCheck, ...]


class CloseShift(TillScreen):
    """Gives back the Z, or None. What was counted is in the journal before anybody is told what
    should have been there, and after a power cut it holds as long as nothing was sold since."""

    def __init__(self, counter: str, actor: Actor) -> None:
        super().__init__()
        self._counter = counter
        self._actor = actor
        self._step = Step.BILLS
        self._left: tuple[Draft, ...] = ()
        self._drop: set[str] = set()
        self._count: CountRecord | None = None
        self._counting: Counted | None = None  # counted, and not in the books yet
        self._expected: tuple[TenderCheck, ...] = ()
        self._reason = ""
        self._preview: list[str] = []
        self._top = 0

    def compose(self) -> ComposeResult:
        """A page, what happened, the question."""
        yield Head()
        yield Painted(id="page")
        yield Notice()
        yield Field(id="entry", limit=100)
        yield Keys()

    def on_mount(self) -> None:
        """Keys and the question."""
        self.query_one(Keys).show(
            [("Enter", "next"), ("F5", "count again"), ("Up/Down", "read on"), ("Esc", "back")]
        )
        self.set_focus(self.query_one("#entry", Field))

    async def begin(self) -> None:
        """What is not paid yet; else the count at once. Whoever opens this waits for it, in the
        turn of a key: what is typed next is meant for what this shows."""
        await self.decide(self._look, self._found)

    def on_resize(self) -> None:
        """Rows are as wide as the screen."""
        self._show()

    def keys(self) -> Mapping[str, Handler]:
        """Back, on along the preview, and another count."""
        return {
            "escape": self.step_back,
            "f5": self._ask_count,
            "up": partial(self._scroll, -1),
            "down": partial(self._scroll, 1),
            "pageup": partial(self._scroll, -12),
            "pagedown": partial(self._scroll, 12),
        }

    def step_back(self) -> None:
        """The step before, or out: the shift goes on, and a count that was made is in the books."""
        if self._step is Step.CLOSE and self._differs:
            self._ask(Step.REASON)
        elif self._step is not Step.BILLS and self._left:
            self._ask(Step.BILLS)
        else:
            self.dismiss(None)

    async def submitted(self, field: Field) -> None:
        """The answer to the step's question."""
        answer = field.text.strip()
        match self._step:
            case Step.BILLS:
                await self._take_bill(answer)
            case Step.REASON:
                if not answer:
                    self.query_one(Notice).refuse("say why, in a word or two")
                    return
                self._reason = answer
                await self._preview_z()
            case Step.CLOSE:
                try:
                    only_enter(answer)
                except Refused as refused:
                    self.query_one(Notice).refuse(refused.message)
                    field.offer(answer)
                    return
                await self._close()

    @property
    def _differs(self) -> bool:
        """Of each tender by itself: what is short of one is not made good by another."""
        checks = self._count.checks if self._count else ()
        return bool(self._drop) or any(check.difference_paise for check in checks)

    def _look(self, till: Till) -> _Known:
        return _Known(
            till.closings.left_over(self._counter),
            till.closings.standing_count(self._counter),
            till.closings.shown_before_count(self._counter),
        )

    async def _found(self, known: _Known) -> None:
        self._left, self._count, self._expected = known
        if self._count is not None:
            self.query_one(Notice).tell("The drawer was counted already; F5 counts again")
        self._ask(Step.BILLS)
        if not self._left:
            await self._go_on()

    async def _take_bill(self, answer: str) -> None:
        if answer in ("+", ""):
            paid = next((draft for draft in self._left if draft.cart.tenders), None)
            if paid is not None:
                self.query_one(Notice).refuse(
                    f"{rupees(paid.cart.tendered_paise)} was taken for a bill: finish it, or give "
                    "the money back"
                )
                return
            await self._go_on()
            return
        number = int(answer) if answer.isascii() and answer.isdecimal() else 0
        if not 1 <= number <= len(self._left):
            self.query_one(Notice).refuse(f"'{answer}' is no bill here")
            return
        self._drop ^= {self._left[number - 1].id}
        self._ask(Step.BILLS)

    async def _go_on(self) -> None:
        if self._counting is not None:
            await self._note_count(self._counting)
        elif self._count is None:
            await self._ask_count()
        else:
            await self._counted(self._count)

    async def _ask_count(self) -> None:
        await self.app.push_screen(Counting("Count the drawer", self._expected), self._take_count)

    async def _take_count(self, counted: object) -> None:
        if isinstance(counted, Counted):
            self._counting = counted
            await self._note_count(counted)
        elif self._count is None and self._counting is None and not self._left:
            self.dismiss(None)

    async def _note_count(self, counted: Counted) -> None:
        """What was counted stays until the books have it: it may need somebody's leave."""
        counter, actor = self._counter, self._actor
        await self.decide(lambda till: till.shifts.count(counter, counted, actor), self._counted)

    async def _counted(self, count: CountRecord) -> None:
        self._count, self._counting, self._reason = count, None, ""
        if self._differs:
            self._ask(Step.REASON)
        else:
            await self._preview_z()

    async def _preview_z(self) -> None:
        closing, counter = self._as_decided(), self._counter

        def work(till: Till) -> list[str]:
            report = till.closings.preview(counter, closing)
            return till.report(report, REPORT_COLUMNS, "Z REPORT (not closed yet)")

        await self.decide(work, self._show_preview)

    def _show_preview(self, lines: list[str]) -> None:
        self._preview, self._top = lines, 0
        self._ask(Step.CLOSE)

    async def _close(self) -> None:
        closing, counter, actor = self._as_decided(), self._counter, self._actor

        def work(till: Till) -> Report:
            return till.closings.close(counter, closing, actor)

        await self.decide(work, self.dismiss)

    def _as_decided(self) -> Closing:
        carry = frozenset(draft.id for draft in self._left) - self._drop
        return Closing(None, self._reason, carry, frozenset(self._drop))

    def _ask(self, step: Step) -> None:
        self._step = step
        field = self.query_one("#entry", Field)
        field.prompt = step.value if step is not Step.BILLS or self._left else NO_BILLS
        field.text = ""
        self._show()

    def _scroll(self, by: int) -> None:
        room = max(1, self.query_one("#page", Painted).size.height)
        self._top = min(max(0, self._top + by), max(0, len(self._preview) - room))
        self._show()

    def _show(self) -> None:
        room = max(1, self.query_one("#page", Painted).size.height)
        more = self._step is Step.CLOSE and len(self._preview) > self._top + room
        told = "more below" if more else f"counter {self._counter}"
        self.query_one(Head).show("Close the shift", told)
        self.query_one("#page", Painted).set_rows(self._rows())

    def _rows(self) -> list[Row]:
        match self._step:
            case Step.BILLS:
                return self._bill_rows()
            case Step.REASON:
                return self._difference_rows()
            case Step.CLOSE:
                room = max(1, self.query_one("#page", Painted).size.height)
                return [((f"  {line}", PLAIN),) for line in self._preview[self._top :][:room]]

    def _bill_rows(self) -> list[Row]:
        rows: list[Row] = []
        if self._left:
            rows = [(("  Bills that are not paid: carried over, or dropped", BOLD),), ()]
        for number, draft in enumerate(self._left, 1):
            drop = draft.id in self._drop
            first = draft.cart.lines[0].item.name if draft.cart.lines else ""
            lines = plural(len(draft.cart.lines), "line")
            text = f"  {number:2}  {cell(first, 24)} {lines:>9} "
            text += f"{rupees(draft.cart.total_paise):>14}  "
            rows.append(((text, PLAIN), ("drop" if drop else "carry", REVERSE if drop else PLAIN)))
        return rows

    def _difference_rows(self) -> list[Row]:
        checks = self._count.checks if self._count else ()
        rows: list[Row] = [((f"  {'':6}{'expected':>16}{'counted':>16}", BOLD),)]
        for check in checks:
            told = f"  {check.kind.upper():6}{rupees(check.expected_paise):>16}"
            if check.counted_paise is None:
                rows.append(((f"{told}{'not counted':>16}", PLAIN),))
                continue
            difference = check.difference_paise
            told += f"{rupees(check.counted_paise):>16}   "
            rows.append(
                ((told, PLAIN), (show_difference(difference), ALERT if difference else GOOD))
            )
        if self._drop:
            rows += [(), ((f"  Bills to be dropped: {len(self._drop)}", ALERT),)]
        return rows
