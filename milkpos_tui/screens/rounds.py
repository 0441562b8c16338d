"""The round of a half of a day: what is carried, and what came of it."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult

from milkpos_tui.domain.orders import Half
from milkpos_tui.domain.round_grid import grid_of
from milkpos_tui.domain.text import cell
from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen, rupees
from milkpos_tui.services.rounds import Carried, Done
from milkpos_tui.till import Actor, Till
from milkpos_tui.widgets.painted import BOLD, PLAIN, Painted
from milkpos_tui.widgets.round_sheet import RoundSheet


class Which(NamedTuple):
    """A round: its day and half."""

    day: date
    half: Half


class Rounds(TillScreen):
    """Everything is delivered as ordered but for what is keyed; Enter records it."""

    DEFAULT_CSS = "Rounds #words { height: 1; }"

    def __init__(self, counter: str, actor: Actor) -> None:
        super().__init__()
        self._counter = counter
        self._actor = actor
        self._which: Which | None = None
        self._carried: Carried | None = None
        self._shown = ""  # what differed when the books were looked at
        self._leaving = False

    def compose(self) -> ComposeResult:
        """The sheet, what differs of it, what happened."""
        yield Head()
        yield RoundSheet()
        yield Painted(id="words")
        yield Notice()
        yield Keys()

    async def on_mount(self) -> None:
        """The round that it is time for."""
        self.query_one(Keys).show(
            [
                ("0-9", "taken"),
                ("+", "more"),
                ("-", "none"),
                ("Del", "ordered"),
                ("Enter", "record"),
                ("h b n", "others"),
                ("p", "print"),
                ("Esc", "back"),
            ]
        )
        self.set_focus(self.query_one(RoundSheet))
        await self.decide(lambda till: Which(*till.rounds.now()), self._go_to)

    def on_resize(self) -> None:
        """Rows are as wide as the screen."""
        self._show()

    def keys(self) -> Mapping[str, Handler]:
        """Record, other rounds, print, back. What was keyed is not lost by a slip of the hand."""
        return {
            "enter": self.record,
            "h": self.other_half,
            "b": partial(self.other_day, -1),
            "n": partial(self.other_day, 1),
            "p": self.print_sheet,
            "escape": self.leave,
        }

    async def take_key(self, event: events.Key) -> None:
        """A key; the row of what differs follows."""
        leaving = self._leaving
        await super().take_key(event)
        if leaving and self._leaving:
            self._leaving = False
        if self.stands:
            self._show()

    # --- deeds -----------------------------------------------------------------------------

    async def record(self) -> None:
        """The round as it stands on the screen. Nothing is there twice: what is recorded already
        is only corrected where it differs."""
        which, carried, grid = self._which, self._carried, self.query_one(RoundSheet).grid
        if which is None or carried is None or grid is None or not carried.sheet.stops:
            self.refuse("there is nothing to record")
            return
        words, seen, actor = grid.words, carried.stands, self._actor

        async def recorded(done: Done) -> None:
            await self._look(anew=False)
            self.tell(_told(done))

        await self.decide(
            lambda till: till.rounds.record(which.day, which.half, words, actor, seen), recorded
        )

    async def other_half(self) -> None:
        """The other half of the day."""
        if self._which is not None and not self._is_keyed():
            half = Half.EVENING if self._which.half is Half.MORNING else Half.MORNING
            await self._go_to(self._which._replace(half=half))

    async def other_day(self, by: int) -> None:
        """The same half of another day."""
        if self._which is not None and not self._is_keyed():
            await self._go_to(self._which._replace(day=self._which.day + timedelta(by)))

    async def print_sheet(self) -> None:
        """The sheet on the counter's printer."""
        which, counter, actor = self._which, self._counter, self._actor
        if which is None:
            return

        def work(till: Till) -> None:
            from milkpos_tui.services.round_paper import queue_sheet

            carried = till.rounds.carried(which.day, which.half, actor)
            queue_sheet(till.printing, counter, carried, actor)

        await self.decide(work, lambda _done: self.tell("the sheet is on its way to the printer"))

    def leave(self) -> None:
        """Back; what is keyed and not recorded is asked about once."""
        if self._is_new() and not self._leaving:
            self._leaving = True
            self.refuse("not recorded yet: Enter records it, Esc again leaves it")
            return
        self.dismiss(None)

    async def counters_changed(self) -> None:
        """Another terminal did something: what is being keyed stays."""
        if not self._is_new():
            await self._look(anew=False)

    # --- steps -----------------------------------------------------------------------------

    async def _go_to(self, which: Which) -> None:
        self._which = which
        await self._look(anew=True)

    async def _look(self, *, anew: bool) -> None:
        which, actor = self._which, self._actor
        if which is None:
            return

        def found(carried: Carried) -> None:
            self._carried = carried
            grid = grid_of(carried.sheet, carried.stands)
            self._shown = grid.words
            self.query_one(RoundSheet).show(grid, carried.items, anew=anew)
            self._show()

        await self.decide(lambda till: till.rounds.carried(which.day, which.half, actor), found)

    def _is_new(self) -> bool:
        grid = self.query_one(RoundSheet).grid
        return grid is not None and grid.words != self._shown

    def _is_keyed(self) -> bool:
        if self._is_new():
            self.refuse("not recorded yet: Enter records it, Esc twice leaves it")
            return True
        return False

    def _show(self) -> None:
        which, carried, grid = self._which, self._carried, self.query_one(RoundSheet).grid
        if which is None or carried is None or grid is None:
            return
        state = "RECORDED" if carried.stands else "not recorded"
        self.query_one(Head).show(f"Round of {which.day:%a %d %b %Y}, {which.half.value}", state)
        told = grid.words or "all as ordered"
        row = cell(f" {told}", self.app.size.width)
        self.query_one("#words", Painted).set_row(0, (row, BOLD if grid.words else PLAIN))


def _told(done: Done) -> str:
    """What recording did, in a row."""
    if not done.recorded and not done.corrections:
        return "recorded already: nothing changed"
    told = []
    if done.recorded:
        missed = f", nothing at {done.missed}" if done.missed else ""
        told.append(f"{done.recorded} recorded{missed}, {rupees(done.amount_paise)}")
    if done.corrections:
        by = sum(one.by_paise for one in done.corrections)
        told.append(f"{len(done.corrections)} corrected by adjustments of today, {rupees(by)}")
    return "; ".join(told)
