"""A customer's statement, as it would be printed."""

from collections.abc import Mapping
from datetime import date, timedelta

from milkpos_tui.screens.base import Handler
from milkpos_tui.screens.page import Page
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.printing import Job, JobKind
from milkpos_tui.session import Session
from milkpos_tui.till import Till

Found = tuple[date, list[str]]


class StatementPage(Page):
    """From the first of last month to today; `-` begins a month earlier, `p` prints it."""

    FOOTER = (("p", "print"), ("-", "a month earlier"), ("Up/Down", "read on"), ("Esc", "back"))

    def __init__(self, session: Session, customer: Customer) -> None:
        super().__init__(f"Statement of {customer.shown}")
        self._session = session
        self._customer = customer
        self._first: date | None = None
        self._slip: list[str] = []

    async def on_mount(self) -> None:  # type: ignore[override]  # it has to be fetched
        """Have it made."""
        super().on_mount()
        await self.look()

    def keys(self) -> Mapping[str, Handler]:
        """A page's, and what can be done."""
        return {**super().keys(), "p": self.print, "minus": self.earlier}

    async def look(self) -> None:
        """See what it says now."""
        first, customer, actor = self._first, self._customer, self._session.checkout.actor
        shop = self._session.shop

        def work(till: Till) -> Found:
            from milkpos_tui.services.khata_text import statement_slip

            begin = first or _month_before(till.today())
            found = till.ledgers.statement(customer, begin, None, actor)
            return begin, statement_slip(found, shop)

        await self.decide(work, self._made)

    async def earlier(self) -> None:
        """Begin a month earlier."""
        if self._first is not None:
            self._first = _month_before(self._first)
            await self.look()

    async def print(self) -> None:
        """On paper."""
        counter, actor, slip = self._session.counter, self._session.checkout.actor, self._slip
        about = f"statement {self._customer.code}"

        def work(till: Till) -> Job:
            return till.printing.queue(counter, JobKind.TEXT, about, slip, actor)

        await self.decide(work, lambda _job: self.tell("the statement is on its way"))

    def _made(self, found: Found) -> None:
        self._first, self._slip = found
        self.show_lines(self._slip)


def _month_before(day: date) -> date:
    """The first day of the month before."""
    return (day.replace(day=1) - timedelta(1)).replace(day=1)
