"""The monthly bills: who has one, how far it is paid, all of a month in one run."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from milkpos_tui.domain.errors import MilkPOSError, Unreachable
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.month import Month, State, month_of
from milkpos_tui.domain.text import cell, plural
from milkpos_tui.screens.ask import Ask, Question, only_enter
from milkpos_tui.screens.base import Handler, Keys, rupees
from milkpos_tui.screens.listing import Listing
from milkpos_tui.services.month_list import Listed, Tally
from milkpos_tui.session import Session
from milkpos_tui.till import Actor, Till
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import ALERT, GOOD, PLAIN, QUIET, REVERSE, Row

if TYPE_CHECKING:
    from milkpos_tui.errand import Going

NUMBER, NAME, AMOUNT, STATE = 16, 26, 13, 9  # columns; what is over goes to the name
FOUND_MAX = 24  # each of them is worked out
STYLES = {State.DRAFT: QUIET, State.PAID: GOOD, State.PART_PAID: ALERT, State.ISSUED: PLAIN}


class Months(Listing[Listed]):
    """The customers of a month. Enter reads a bill, `-` and `+` are other months, `*` bills all of
    the month, `/` writes all its bills as PDF."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._month: Month | None = None
        self._tally = Tally(0, 0)

    async def on_mount(self) -> None:
        """The month that was over last."""
        self.query_one(Keys).show(
            [
                ("letters", "search"),
                ("Enter", "read"),
                ("- +", "month"),
                ("*", "bill all"),
                ("/", "PDF of all"),
                ("Esc", "back"),
            ]
        )
        await self.decide(lambda till: month_of(till.today()), self._begin)
        await super().on_mount()

    def keys(self) -> Mapping[str, Handler]:
        """Along the list, and what can be done."""
        return {
            **super().keys(),
            "minus": partial(self.other_month, -1),
            "plus": partial(self.other_month, 1),
            "asterisk": self.bill_all,
            "slash": self.write_all,
        }

    async def submitted(self, field: Field) -> None:
        """Read the bill under the cursor."""
        one = await self.chosen()
        if one is None:
            return
        from milkpos_tui.screens.month_bill import MonthBillPage

        await self.app.push_screen(MonthBillPage(self._session, one), self._back)

    # --- deeds -----------------------------------------------------------------------------

    async def other_month(self, by: int) -> None:
        """The month before, or the next one; none that is yet to come."""
        if self._month is None:
            return
        month = self._month.next if by > 0 else _before(self._month)

        def judged(this: Month) -> Month:
            return month if month <= this else this

        async def go(month: Month) -> None:
            self._month = month
            await self.look_anew()

        await self.decide(lambda till: judged(month_of(till.today())), go)

    async def bill_all(self) -> None:
        """All customers of the month, after one more Enter."""
        month, actor = self._month, self._session.checkout.actor
        if month is None:
            return

        async def ask(allowed: Actor) -> None:
            async def answered(answers: object) -> None:
                if isinstance(answers, tuple):
                    await self._run(month, allowed)

            hint = "a bill never changes once it is issued; who has one keeps it"
            question = Question("Enter bills them, Esc goes back", hint, only_enter)
            await self.app.push_screen(Ask(f"Bill all customers of {month}", [question]), answered)

        await self.decide(lambda till: till.months.may_run(month, actor), ask)

    async def _run(self, month: Month, actor: Actor) -> None:
        from milkpos_tui.screens.underway import Underway

        counter = self._session.counter

        def work(till: Till, going: "Going") -> str:
            return _billed(till, month, counter, actor, going)

        await self.app.push_screen(Underway(f"Bills of {month}", work), self._told)

    async def write_all(self) -> None:
        """All issued bills of the month as PDF, into the home's folder."""
        month, actor = self._month, self._session.checkout.actor
        if month is None:
            return
        if not self._tally.issued:
            self.refuse(f"no bill of {month} is issued yet: * bills the month")
            return
        from milkpos_tui.screens.underway import Underway

        def work(till: Till, going: "Going") -> str:
            return _written(till, month, actor, going)

        await self.app.push_screen(Underway(f"PDF of the bills of {month}", work), self._told)

    async def _told(self, told: object) -> None:
        await self.look()
        if isinstance(told, MilkPOSError):
            self.refuse(told.message)
        elif isinstance(told, str):
            self.tell(told)

    async def _back(self, _nothing: object) -> None:
        await self.look()

    def _begin(self, this: Month) -> None:
        self._month = _before(this)

    # --- the list --------------------------------------------------------------------------

    def reading(
        self, at: Listed | None, count: int, *, up: int = 0, end: bool = False
    ) -> Callable[[Till], tuple[Listed, ...]]:
        """By code, and how far the month is."""
        month, actor = self._month, self._session.checkout.actor

        def read(till: Till) -> tuple[Listed, ...]:
            assert month is not None, "read once it is known which"
            self._tally = till.month_list.tally(month, actor)
            return till.month_list.window(month, at, count, actor, up=up, end=end)

        return read

    def seeking(self, words: str) -> Callable[[Till], tuple[Listed, ...]]:
        """By the words of a customer."""
        month, actor = self._month, self._session.checkout.actor

        def read(till: Till) -> tuple[Listed, ...]:
            assert month is not None, "searched once it is known which"
            return till.month_list.search(month, words, FOUND_MAX, actor)

        return read

    def id_of(self, row: Listed) -> str:
        """The customer's, as they stand in the list."""
        return row.id

    def columns(self) -> str:
        """Code, name, number, what the bill says is due, and its state."""
        head = f"{'code':>6} {cell('name', self._name_columns)}  {'bill':{NUMBER}} "
        return f"{head}{'due':>{AMOUNT}}  {'state':{STATE}}"

    def drawn(self, row: Listed, *, chosen: bool) -> Row:
        """A customer's bill, or what it would be."""
        bill, who = row.paper.bill, row.customer
        text = f"{who.code:>6} {cell(who.name or '(erased)', self._name_columns)}  "
        text += f"{bill.number:{NUMBER}} {show_rupees(bill.due_paise):>{AMOUNT}}  "
        style = REVERSE if chosen else PLAIN
        state = f"{row.state.words:{STATE}}"
        return ((text, style), (state, style if chosen else STYLES[row.state]))

    def empty(self) -> str:
        """A month without khata."""
        return f"nobody owed, bought or paid anything on khata in {self._month}"

    def headed(self, found: str) -> tuple[str, str]:
        """Which month, and how far it is."""
        tally = self._tally
        issued = f"{plural(tally.issued, 'bill')} issued, {rupees(tally.due_paise)} due"
        told = issued if tally.issued else "not billed yet"
        return f"Bills of {self._month or ''}", found or told

    @property
    def _name_columns(self) -> int:
        return NAME + max(0, self.app.size.width - 80)


def _before(month: Month) -> Month:
    return month_of(month.first - timedelta(1))


def _billed(till: Till, month: Month, counter: str, actor: Actor, going: "Going") -> str:
    """Bill a month as far as it may go on; the messages follow once all is billed."""
    from milkpos_tui.hardware.month_messages import tell_month
    from milkpos_tui.services.months import Ran

    ran = Ran()
    for one in till.months.run_allowed(month, counter, actor):
        ran = ran.and_then(one)
        if not going(one.number, one.of) and one.number < one.of:
            return f"stopped at {one.number} of {one.of}: {ran.told(month)}; * goes on from there"
    return "; ".join((ran.told(month), *tell_month(till, month, actor)))


def _written(till: Till, month: Month, actor: Actor, going: "Going") -> str:
    """Write the PDFs of a month as far as it may go on."""
    from milkpos_tui.screens.month_bill import where
    from milkpos_tui.services.month_out import SIZE, parse_size, store_pdf

    folder = till.home.bills
    told = where(folder, till.home)
    of, missing = till.month_list.tally(month, actor).issued, list[str]()
    for number, one in enumerate(till.months.stands(month, actor), 1):
        try:
            store_pdf(one.paper, folder, parse_size(SIZE))
        except Unreachable as error:
            if error.code != "font-missing":
                raise
            missing.append(error.message)  # it keeps back no other
        if not going(number, of) and number < of:
            return f"stopped at {number} of {of}, which are in {told}; / writes all of them"
    if missing:
        return f"{plural(len(missing), 'bill')} not: {missing[0]}; the others are in {told}"
    return f"{plural(of, 'PDF')} in {told}"
