"""The last bill's slip on the screen, and its reprint."""

from collections.abc import Mapping

from milkpos_tui.clerk import Done
from milkpos_tui.screens.base import Handler, Notice
from milkpos_tui.screens.page import Page
from milkpos_tui.services.records import BillRecord
from milkpos_tui.session import Session
from milkpos_tui.till import Till

COLUMNS = 42


class Slip(Page):
    """Looking is free; a reprint is marked DUPLICATE and is an entry of the journal."""

    FOOTER = (("Up/Down", "read on"), ("r", "reprint, marked DUPLICATE"), ("Esc", "back"))

    def __init__(self, session: Session, bill: BillRecord) -> None:
        super().__init__(f"Slip of {bill.number}")
        self._session = session
        self._bill = bill

    def on_mount(self) -> None:
        """Have it rendered."""
        super().on_mount()
        bill = self._bill
        self.work(lambda till: till.slip(bill, COLUMNS), self._rendered)

    def keys(self) -> Mapping[str, Handler]:
        """A page's, and the reprint."""
        return {**super().keys(), "r": self.reprint}

    async def reprint(self) -> None:
        """Once more, marked."""
        number, actor = self._bill.number, self._session.checkout.actor
        counter = self._session.counter

        def work(till: Till) -> list[str]:
            bill = till.billing.reprint(number, actor, counter)
            return till.slip(bill, COLUMNS, duplicate=True)

        done = await self.ask(work)
        self._rendered(done)
        if done.refused is None:
            self.query_one(Notice).tell("the reprint is noted in the journal")

    def _rendered(self, done: Done[list[str]]) -> None:
        if done.refused is not None:
            self.query_one(Notice).refuse(done.refused.message)
        else:
            self.show_lines(done.result)
