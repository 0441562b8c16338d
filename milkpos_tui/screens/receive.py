"""A payment of what a customer owes: the amount due proposed, one Enter takes it."""

from collections.abc import Callable, Mapping
from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.message import Message

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import MilkPOSError, Refused
from milkpos_tui.domain.khata import show_balance
from milkpos_tui.domain.money import parse_rupees, show_rupees
from milkpos_tui.domain.text import cell
from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen, rupees
from milkpos_tui.services.accounts import Owing
from milkpos_tui.session import Session
from milkpos_tui.till import Till
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import BOLD, PLAIN, REVERSE, Painted, Row

WAYS = (
    ("plus", "+", TenderKind.CASH, "Cash"),
    ("slash", "/", TenderKind.UPI, "UPI"),
    ("asterisk", "*", TenderKind.CARD, "Card"),
)
AGAIN = "payment-again"


class Receive(TillScreen):
    """Gives back words of what the payment did, or None. An equal amount a moment ago asks: Enter
    says that it is another payment, Esc that it is the same."""

    DEFAULT_CSS = "Receive #page { height: 1fr; }"

    def __init__(self, session: Session, owing: Owing) -> None:
        super().__init__()
        self._session = session
        self._owing = owing
        self._way = 0
        self._asked = ""  # the question whether it is another payment
        self._touched = False  # whether somebody types the amount themselves
        self._answered_at = 0.0
        self._last_key = ""

    def compose(self) -> ComposeResult:
        """Who, how, and how much."""
        yield Head()
        yield Painted(id="page")
        yield Field("  Rupees    : ", limit=12, id="amount")
        yield Field("  Reference : ", limit=40, id="reference")
        yield Notice()
        yield Keys()

    def on_mount(self) -> None:
        """All that is due, in cash."""
        self._show_keys()
        self.set_focus(self._amount)
        if self._owing.owed_paise > 0:
            self._amount.offer(_typed(self._owing.owed_paise))
        self._show()

    def on_resize(self) -> None:
        """Rows are as wide as the screen."""
        self._show()

    def keys(self) -> Mapping[str, Handler]:
        """The signs of the entry line choose the way until an amount is typed."""
        keys: dict[str, Handler] = {
            "escape": self.leave,
            "up": partial(self._choose, self._way - 1),
            "down": partial(self._choose, self._way + 1),
        }
        if self.focused is self._amount and (not self._touched or not self._amount.text):
            keys |= {key: partial(self._choose, way) for way, (key, *_) in enumerate(WAYS)}
        return keys

    def changed(self, field: Field) -> None:
        """Another amount or reference is another question."""
        self._touched = self._touched or field is self._amount
        self._forget_question()
        self._show()

    async def take_key(self, event: events.Key) -> None:
        """An Enter pressed before the answer to the last one was seen is the same Enter twice; nor
        does it say yes to a question that nobody had seen."""
        unseen = event.key == "enter" and event.time < self._answered_at
        twice = unseen and (self._last_key == "enter" or bool(self._asked))
        self._last_key = event.key
        if not twice:
            await super().take_key(event)

    async def submitted(self, field: Field) -> None:
        """The money was received."""
        await self.decide(self._work(again=bool(self._asked)), self._received, self._mend)
        self._answered_at = Message().time

    def leave(self) -> None:
        """Back to the amount, where something was asked; else out."""
        if self._asked:
            self._forget_question()
            self.tell("it was received once: nothing more was noted")
        else:
            self.dismiss(None)

    # --- steps -----------------------------------------------------------------------------

    @property
    def _amount(self) -> Field:
        return self.query_one("#amount", Field)

    def _work(self, *, again: bool) -> "Callable[[Till], str | _Again]":
        typed = self._amount.text.strip()
        reference = self.query_one("#reference", Field).text.strip()
        tender, code = WAYS[self._way][2], self._owing.customer.code
        counter, actor = self._session.counter, self._session.checkout.actor

        def work(till: Till) -> "str | _Again":
            from milkpos_tui.services.khata import Payment
            from milkpos_tui.services.khata_text import received_words

            if not typed:
                raise Refused("amount-missing", "say how much was received")
            payment = Payment(parse_rupees(typed), tender, reference, again=again)
            try:
                received = till.khata.receive(code, payment, counter, actor)
            except Refused as refused:
                if refused.code != AGAIN:
                    raise
                return _Again(refused)
            *_balance, told = received_words(received)
            return told

        return work

    def _received(self, answer: "str | _Again") -> None:
        self._answered_at = Message().time
        if isinstance(answer, _Again):
            self._asked = answer.question
            self.refuse(self._asked)
            self._show_keys()
            return
        if WAYS[self._way][2] is TenderKind.CASH:
            self.till_app.attendant.open_drawer()
        self.dismiss(answer)

    def _mend(self, rule: str) -> None:
        self._forget_question()
        self.refuse(rule)
        self._touched = False
        self._amount.offer(self._amount.text)

    def _choose(self, way: int) -> None:
        self._way = way % len(WAYS)
        self._forget_question()
        self._show()

    def _forget_question(self) -> None:
        if self._asked:
            self._asked = ""
            self.query_one(Notice).clear()
            self._show_keys()

    def _show_keys(self) -> None:
        """What they do now: the answers to a question stand in sight, however long it is."""
        if self._asked:
            keys = [("Enter", "yes, another payment"), ("Esc", "no, the same one")]
        else:
            keys = [("+ / *", "how"), ("Enter", "money received"), ("Tab", "reference")]
            keys.append(("Esc", "back"))
        self.query_one(Keys).show(keys)

    def _show(self) -> None:
        customer, owed = self._owing.customer, self._owing.owed_paise
        self.query_one(Head).show(f"Received of {customer.shown}", f"DUE {rupees(max(0, owed))}")
        rows: list[Row] = [
            (),
            ((f"  {cell(customer.called, 36).rstrip()} {show_balance(owed)}; paid by", BOLD),),
        ]
        for place, (_key, sign, _kind, name) in enumerate(WAYS):
            style = REVERSE if place == self._way else PLAIN
            rows.append((("  ", PLAIN), (f" {sign}  {name:8}", style)))
        rows += [(), ((f"  {self._told_before()}", PLAIN),)]
        self.query_one("#page", Painted).set_rows(rows)

    def _told_before(self) -> str:
        """What the amount will do: an advance by a slip of the finger is seen before Enter."""
        try:
            left = self._owing.owed_paise - parse_rupees(self._amount.text.strip())
        except Refused:
            return ""  # nothing, or not an amount yet: told at Enter
        if left < 0:
            return f"{rupees(-left)} in advance then: more than is due"
        return f"{rupees(left)} left to pay then" if left else "nothing left to pay then"


class _Again:
    """The question whether it is another payment."""

    def __init__(self, refused: MilkPOSError) -> None:
        self.question = refused.message


def _typed(paise: int) -> str:
    """An amount as it is typed: without the commas between thousands."""
    return show_rupees(paise).replace(",", "")
