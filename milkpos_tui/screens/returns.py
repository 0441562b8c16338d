"""The return dialog: which bill, which lines and how much, why, and how the money goes back."""

from collections.abc import Mapping
from enum import Enum
from functools import partial

from textual.app import ComposeResult

from milkpos_tui.domain.bill import check_return, credit_note, rounding_of
from milkpos_tui.domain.cart import Tender, TenderKind
from milkpos_tui.domain.errors import MilkPOSError, Refused
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.quantity import parse_quantity, show_quantity
from milkpos_tui.domain.roles import NeedsApproval
from milkpos_tui.domain.text import cell
from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen, rupees
from milkpos_tui.services.records import BillRecord
from milkpos_tui.session import Session
from milkpos_tui.till import Till
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import BOLD, PLAIN, Painted, Row

REASONS = ("spoiled or sour", "wrong item", "customer changed their mind")
REFUNDS = {
    "+": TenderKind.CASH,
    "/": TenderKind.UPI,
    "*": TenderKind.CARD,
    ".": TenderKind.KHATA,
}


class Step(Enum):
    """Where the dialog stands; each asks on the one entry line."""

    BILL = "Bill number: "
    LINES = "Line, or quantity*line; + when done: "
    REASON = "Reason, 1 to 3 or in words: "
    REFUND = "Give back by: "


class Returns(TillScreen):
    """Gives back the credit note, or None. Esc goes a step back; nothing is stored before the
    last step."""

    def __init__(self, session: Session, last_number: str, bill: BillRecord | None = None) -> None:
        super().__init__()
        self._session = session
        self._last_number = last_number
        self._step = Step.BILL
        self._bill = bill
        self._back: dict[int, int] = {}
        self._reason = ""
        self._top = 0

    def compose(self) -> ComposeResult:
        """The bill, what happened, the question."""
        yield Head()
        yield Painted(id="page")
        yield Notice()
        yield Field(id="entry", limit=60)
        yield Keys()

    def on_mount(self) -> None:
        """Ask for the bill."""
        self.query_one(Keys).show([("Enter", "next"), ("Esc", "a step back")])
        self.set_focus(self.query_one("#entry", Field))
        self._ask(Step.BILL if self._bill is None else Step.LINES)
        if self._last_number and self._bill is None:
            self._notice.tell(f"Enter alone: the last bill, {self._last_number}")

    def on_resize(self) -> None:
        """Rows are as wide as the screen."""
        self._show()

    def keys(self) -> Mapping[str, Handler]:
        """A step back, and along a long bill."""
        return {
            "escape": self.step_back,
            "up": partial(self._scroll, -1),
            "down": partial(self._scroll, 1),
            "pageup": partial(self._scroll, -10),
            "pagedown": partial(self._scroll, 10),
        }

    async def submitted(self, field: Field) -> None:
        """The answer to the step's question; a refused one stays for mending."""
        try:
            await self._take(field.text.strip())
        except MilkPOSError as refused:
            self._notice.refuse(refused.message)
            field.offer(field.text)
            if isinstance(refused, NeedsApproval):
                self.ask_leave(refused, lambda: self.submitted(field))

    def step_back(self) -> None:
        """The step before, or out."""
        steps = list(Step)
        place = steps.index(self._step)
        if place == 0:
            self.dismiss(None)
            return
        if self._step is Step.LINES:
            self._bill, self._back = None, {}
        self._notice.clear()
        self._ask(steps[place - 1])

    @property
    def _notice(self) -> Notice:
        return self.query_one(Notice)

    async def _take(self, answer: str) -> None:
        match self._step:
            case Step.BILL:
                await self._find(answer or self._last_number)
            case Step.LINES:
                self._take_line(answer)
            case Step.REASON:
                if not answer:
                    raise Refused("reason-missing", "a return needs a reason")
                number = int(answer) if answer in ("1", "2", "3") else 0
                self._reason = REASONS[number - 1] if number else answer
                self._ask(Step.REFUND)
            case Step.REFUND:
                if answer not in REFUNDS:
                    raise Refused("refund", "key + for cash, / for UPI, * for card or . for khata")
                await self._note(REFUNDS[answer])

    async def _find(self, number: str) -> None:
        done = await self.ask(lambda till: till.bills.by_number(number))
        if done.refused is not None:
            raise done.refused
        self._bill = done.result
        self._notice.clear()
        self._ask(Step.LINES)

    def _take_line(self, answer: str) -> None:
        assert self._bill is not None, "the step before found it"
        if answer == "+":
            if not self._back:
                raise Refused("nothing-returned", "no line comes back yet: key its number")
            self._ask(Step.REASON)
            return
        quantity, times, number_text = answer.rpartition("*")
        number = int(number_text) if number_text.isdecimal() and number_text.isascii() else 0
        lines = self._bill.document.lines
        if not 1 <= number <= len(lines):
            raise Refused("no-line", f"'{answer}' is no line of this bill")
        before = self._bill.returned_milli.get(number, 0)
        line = lines[number - 1]
        qty = parse_quantity(quantity) if times else line.qty_milli - before
        check_return(line, number, before, qty)
        self._back[number] = qty
        self._notice.clear()
        self._ask(Step.LINES)

    async def _note(self, refund: TenderKind) -> None:
        assert self._bill is not None, "an earlier step found it"
        number, back, reason = self._bill.number, dict(self._back), self._reason
        counter, actor = self._session.counter, self._session.checkout.actor
        attendant = self.till_app.attendant

        def work(till: Till) -> BillRecord:
            note = till.billing.take_back(number, back, reason, refund, counter, actor)
            attendant.closed_bill(note)
            return note

        done = await self.ask(work)
        if done.refused is not None:
            raise done.refused
        self.dismiss(done.result)

    def _ask(self, step: Step) -> None:
        self._step = step
        field = self.query_one("#entry", Field)
        field.prompt = step.value
        if step is Step.REFUND:
            assert self._bill is not None, "an earlier step found it"
            khata = ", . khata" if self._bill.customer else ""
            amount = rupees(self._refund_paise())
            field.prompt = f"Give {amount} back by + cash, / UPI, * card{khata}: "
        field.text = ""
        self._show()

    def _refund_paise(self) -> int:
        assert self._bill is not None, "an earlier step found it"
        bill = self._bill
        note = credit_note(
            bill.document,
            bill.returned_milli,
            self._back,
            Tender(TenderKind.CASH, 0),
            rounding_of(bill.document),
        )
        return note.total_paise

    def _scroll(self, by: int) -> None:
        count = len(self._bill.document.lines) if self._bill else 0
        room = max(1, self.query_one("#page", Painted).size.height - 1)
        self._top = min(max(0, self._top + by), max(0, count - room))
        self._show()

    def _show(self) -> None:
        bill = self._bill
        self.query_one(Head).show("Return", bill.number if bill else "")
        self.query_one("#page", Painted).set_rows(self._rows())

    def _rows(self) -> list[Row]:
        if self._step is Step.REASON:
            return [((f"  {i}  {reason}", PLAIN),) for i, reason in enumerate(REASONS, 1)]
        if self._bill is None:
            return [(("  Goods come back: which bill are they from?", BOLD),)]
        rows: list[Row] = [
            ((f"  # {cell('Item', 34)} {'sold':>9} {'was back':>9} {'back now':>9}", BOLD),)
        ]
        for number, line in list(enumerate(self._bill.document.lines, 1))[self._top :]:
            before = show_quantity(self._bill.returned_milli.get(number, 0))
            now = show_quantity(self._back.get(number, 0))
            text = (
                f"{number:3} {cell(line.name, 34)} {show_quantity(line.qty_milli):>9} "
                f"{before:>9} {now:>9}  {show_rupees(line.amount_paise)}"
            )
            rows.append(((text, BOLD if number in self._back else PLAIN),))
        return rows
