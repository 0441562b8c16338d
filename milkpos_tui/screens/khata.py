"""The khata of all customers: a list with balances, of which only the rows in sight are fetched."""

from collections.abc import Callable, Mapping, Sequence

from milkpos_tui.actions import keys_of, shown_key
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.khata import check_code, parse_limit
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.settings import parse_yes_no
from milkpos_tui.domain.text import cell, clean
from milkpos_tui.screens.ask import Question, needed
from milkpos_tui.screens.base import Handler, Keys
from milkpos_tui.screens.listing import FOUND_MAX, Listing
from milkpos_tui.services.accounts import BEHIND_ALL, Customer, Owing
from milkpos_tui.session import Session
from milkpos_tui.till import Till
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import ALERT, PLAIN, QUIET, REVERSE, Row

NAME, PHONE, LANE, AMOUNT = 22, 13, 11, 13  # columns; what is over goes to the name


class Khata(Listing[Owing]):
    """Typing searches by code, name, phone, lane or card; Enter opens a customer's khata, `+`
    receives a payment of theirs, `*` takes up somebody new."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    async def on_mount(self) -> None:
        """The keys; then look."""
        months = keys_of("months", self.till_app.keymap)
        self.query_one(Keys).show(
            [
                ("letters", "search"),
                ("Enter", "open"),
                ("+", "receive"),
                ("*", "new"),
                (shown_key(months[0]), "months"),
                ("Esc", "back"),
            ]
        )
        await super().on_mount()

    def keys(self) -> Mapping[str, Handler]:
        """Along the list, and what can be done."""
        months = keys_of("months", self.till_app.keymap)
        return {
            **super().keys(),
            **dict.fromkeys(months, self.show_months),
            "plus": self.receive,
            "asterisk": self.add,
        }

    async def submitted(self, field: Field) -> None:
        """Open the one under the cursor."""
        one = await self.chosen()
        if one is None:
            return
        from milkpos_tui.screens.ledger import Ledger

        await self.app.push_screen(Ledger(self._session, one.customer.id), self._back)

    # --- deeds -----------------------------------------------------------------------------

    async def receive(self) -> None:
        """A payment of the one under the cursor."""
        one = await self.chosen()
        if one is None:
            return
        from milkpos_tui.screens.receive import Receive

        await self.app.push_screen(Receive(self._session, one), self._received)

    async def add(self) -> None:
        """Somebody new, by a short form."""

        async def ask(proposed: tuple[str, str]) -> None:
            code, limit = proposed
            questions = new_customer(code, limit)
            await self.ask_to_do("A new customer", questions, self._work_of, self._added)

        await self.decide(_proposed, ask)

    def _work_of(self, answers: tuple[str, ...]) -> Callable[[Till], Customer]:
        code, name, phone, agreed, lane, limit = answers
        actor = self._session.checkout.actor
        customer = Customer(
            "",
            check_code(code),
            parse_limit(limit),
            name=clean(name),
            phone=phone,
            lane=clean(lane),
        )

        def work(till: Till) -> Customer:
            on = till.today().isoformat() if phone and parse_yes_no(agreed) else ""
            return till.customers.add(customer._replace(consent_on=on), actor)

        return work

    async def _added(self, customer: Customer) -> None:
        self.field.text = customer.code
        await self.settle()
        self.tell(f"{customer.shown} is a customer now")

    async def show_months(self) -> None:
        """The monthly bills."""
        from milkpos_tui.screens.months import Months

        await self.app.push_screen(Months(self._session), self._back)

    async def _received(self, told: object) -> None:
        await self.look()
        if isinstance(told, str):
            self.tell(told)

    async def _back(self, _nothing: object) -> None:
        await self.look()

    # --- the list --------------------------------------------------------------------------

    def reading(
        self, at: Owing | None, count: int, *, up: int = 0, end: bool = False
    ) -> Callable[[Till], tuple[Owing, ...]]:
        """By code."""
        actor = self._session.checkout.actor
        customer = BEHIND_ALL if end else at.customer if at is not None else None
        return lambda till: till.ledgers.window(customer, count, actor, up=up)

    def seeking(self, words: str) -> Callable[[Till], tuple[Owing, ...]]:
        """By any of their words."""
        actor = self._session.checkout.actor
        return lambda till: till.ledgers.search(words, FOUND_MAX, actor)

    def id_of(self, row: Owing) -> str:
        """The customer's."""
        return row.customer.id

    def columns(self) -> str:
        """Code, name, phone, lane, and what they owe."""
        head = f"{'code':>6} {cell('name', self._name_columns)}  {'phone':{PHONE}} {'lane':{LANE}} "
        return f"{head}{'owes':>{AMOUNT}}"

    def drawn(self, row: Owing, *, chosen: bool) -> Row:
        """A customer."""
        return _row(row, self._name_columns, chosen=chosen)

    def empty(self) -> str:
        """A new shop."""
        return "no customer yet: * adds one"

    def headed(self, found: str) -> tuple[str, str]:
        """Where one is."""
        return "Khata", found

    @property
    def _name_columns(self) -> int:
        return NAME + max(0, self.app.size.width - 80)


def _row(one: Owing, name: int, *, chosen: bool) -> Row:
    who = one.customer
    style = REVERSE if chosen else PLAIN if who.active else QUIET
    text = f"{who.code:>6} {cell(who.name or '(erased)', name)}  {cell(who.phone, PHONE)} "
    text += f"{cell(who.lane, LANE)} {show_rupees(one.owed_paise):>{AMOUNT}}"
    if one.over:
        return ((text, style), (" OVER", ALERT))
    return ((text if who.active else f"{text} gone", style),)


def _proposed(till: Till) -> tuple[str, str]:
    limit = till.customers.usual_limit()
    return till.customers.next_code(), "none" if limit is None else show_rupees(limit)


def new_customer(code: str, limit: str) -> Sequence[Question]:
    """The questions about somebody new, with the code and the limit that are proposed."""
    return (
        Question("Code", "what is keyed at the till: 1 to 6 digits", check_code, code, limit=6),
        Question("Name", "in any letters", needed),
        Question("Phone", "Enter alone: none", _phone, limit=20),
        Question("Agreed to messages", "yes or no: they said so themselves", _yes_no, "no"),
        Question("Lane", "or street; Enter alone: none", limit=40),
        Question(
            "Limit, rupees", "what they may owe; none: no limit", parse_limit, limit, limit=12
        ),
    )


def _phone(text: str) -> None:
    if text and sum(char.isdecimal() for char in text) < 6:
        raise Refused("phone", f"'{clean(text)}' is not a phone number")


def _yes_no(text: str) -> None:
    if text not in ("yes", "no"):
        raise Refused("answer-strange", "yes or no")
