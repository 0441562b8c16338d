"""A customer's monthly bill, as it was issued or as a draft of the books."""

from collections.abc import Mapping
from pathlib import Path

from milkpos_tui.domain.month import State
from milkpos_tui.domain.text import width_of
from milkpos_tui.home import Home
from milkpos_tui.screens.base import Handler
from milkpos_tui.screens.page import Page
from milkpos_tui.services.month_list import Listed
from milkpos_tui.services.month_papers import MonthPaper
from milkpos_tui.services.printing import Job
from milkpos_tui.session import Session
from milkpos_tui.till import Till

PATH_MAX = 60


class MonthBillPage(Page):
    """The bill's text; `p` prints its slip for a dispute, `/` writes it as PDF."""

    FOOTER = (("p", "print the slip"), ("/", "PDF"), ("Up/Down", "read on"), ("Esc", "back"))
    INDENT = ""  # a bill has 80 columns

    def __init__(self, session: Session, listed: Listed) -> None:
        self._paper: MonthPaper = listed.paper
        state = "DRAFT" if listed.state is State.DRAFT else listed.state.words
        super().__init__(f"{listed.customer.shown}, {listed.paper.bill.month}: {state}")
        self._session = session

    def on_mount(self) -> None:
        """Show it."""
        from milkpos_tui.services.month_text import COLUMNS, statement

        self._lines = [part for row in statement(self._paper) for part in _folded(row, COLUMNS)]
        super().on_mount()

    def keys(self) -> Mapping[str, Handler]:
        """A page's, and what can be done."""
        return {**super().keys(), "p": self.print_slip, "slash": self.write}

    async def print_slip(self) -> None:
        """The 31 days on paper."""
        counter, actor, paper = self._session.counter, self._session.checkout.actor, self._paper

        def work(till: Till) -> Job:
            from milkpos_tui.services.month_out import queue_slip

            return queue_slip(till.printing, counter, paper, actor)

        await self.decide(work, lambda _job: self.tell("the slip is on its way to the printer"))

    async def write(self) -> None:
        """As PDF, into the home's folder."""
        paper = self._paper

        def work(till: Till) -> str:
            from milkpos_tui.services.month_out import SIZE, parse_size, store_pdf

            return (
                f"written: {where(store_pdf(paper, till.home.bills, parse_size(SIZE)), till.home)}"
            )

        await self.decide(work, self.tell)


def where(path: Path, home: Home) -> str:
    """Where something was written, in words that fit a row: its path, or from the home on."""
    told = str(path)
    if width_of(told) <= PATH_MAX:
        return told
    return f"{path.relative_to(home.path)} in the till's home"


def _folded(row: str, columns: int) -> list[str]:
    """A row in so many columns; a payment link is longer."""
    if width_of(row) <= columns:
        return [row]
    return [row[at : at + columns] for at in range(0, len(row), columns)]
