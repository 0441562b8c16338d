"""The khata of all customers: a list with balances, of which only the rows in sight are fetched."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from textual.app import ComposeResult

from milkpos_tui.clerk import Done
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.khata import check_code, parse_limit
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.settings import parse_yes_no
from milkpos_tui.domain.text import cell, clean
from milkpos_tui.screens.ask import Asking, Question, needed
from milkpos_tui.screens.base import Handler, Head, Keys, Notice
from milkpos_tui.services.accounts import BEHIND_ALL, Customer, Owing
from milkpos_tui.session import Session
from milkpos_tui.till import Till
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import ALERT, BOLD, PLAIN, QUIET, REVERSE, Painted, Row

ROWS_BESIDES = 4  # head, notice, search and keys
FOUND_MAX = 64  # who is not among them needs another letter
NAME, PHONE, LANE, AMOUNT = 22, 13, 11, 13  # columns; what is over goes to the name


class Khata(Asking):
    """Typing searches by code, name, phone, lane or card; Enter opens a customer's khata, `+`
    receives a payment of theirs, `*` takes up somebody new."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._owing: tuple[Owing, ...] = ()
        self._top = 0  # of what was found: a search has more than fits
        self._at = 0
        self._found_for = ""
        self._searching = False

    def compose(self) -> ComposeResult:
        """The list, and the line that searches."""
        yield Head()
        yield Painted(id="page")
        yield Notice()
        yield Field("> ", id="search")
        yield Keys()

    async def on_mount(self) -> None:
        """Look."""
        self.query_one(Keys).show(
            [
                ("letters, digits", "search"),
                ("Enter", "open"),
                ("+", "receive"),
                ("*", "somebody new"),
                ("Esc", "back"),
            ]
        )
        self.set_focus(self._field)
        await self.look()  # now: what is keyed next is meant for it

    async def on_resize(self) -> None:
        """More rows, or fewer."""
        self._show()
        if self._owing:
            await self.look()

    def keys(self) -> Mapping[str, Handler]:
        """Along the list, and what can be done."""
        return {
            "escape": self.leave,
            "up": partial(self._move, -1),
            "down": partial(self._move, 1),
            "pageup": partial(self._page, -1),
            "pagedown": partial(self._page, 1),
            "ctrl+home": partial(self._turn, None),
            "ctrl+end": partial(self._turn, BEHIND_ALL),
            "plus": self.receive,
            "asterisk": self.add,
        }

    def changed(self, field: Field) -> None:
        """Search while it is typed; the newest words win."""
        if not self._searching and field.text.strip() != self._found_for:
            self._searching = True
            self.work(self._search_of(field.text), self._searched)

    async def submitted(self, field: Field) -> None:
        """Open the one under the cursor."""
        one = await self._chosen()
        if one is None:
            return
        from milkpos_tui.screens.ledger import Ledger

        await self.app.push_screen(Ledger(self._session, one.customer.id), self._back)

    async def look(self) -> None:
        """See how they stand now."""
        if self._found_for:
            await self.decide(self._search_of(self._found_for), self._refreshed)
        else:
            await self._fetch(self._owing[0].customer if self._owing else None)

    async def counters_changed(self) -> None:
        """Another terminal did something."""
        await self.look()

    async def leave(self) -> None:
        """Back: the search first."""
        if not self._field.text:
            self.dismiss(None)
            return
        self._field.text = ""
        await self._settle()

    # --- deeds -----------------------------------------------------------------------------

    async def receive(self) -> None:
        """A payment of the one under the cursor."""
        one = await self._chosen()
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
        self._field.text = customer.code
        await self._settle()
        self.tell(f"{customer.shown} is a customer now")

    async def _received(self, told: object) -> None:
        await self.look()
        if isinstance(told, str):
            self.tell(told)

    async def _back(self, _nothing: object) -> None:
        await self.look()

    # --- the list --------------------------------------------------------------------------

    @property
    def _field(self) -> Field:
        return self.query_one("#search", Field)

    @property
    def _room(self) -> int:
        height = self.query_one("#page", Painted).size.height
        return max(1, (height or self.app.size.height - ROWS_BESIDES) - 1)

    async def _chosen(self) -> Owing | None:
        """Who is under the cursor, of what is typed by now: keys run ahead of a search."""
        await self._settle()
        return self._owing[self._at] if self._owing else None

    async def _settle(self) -> None:
        if self._field.text.strip() != self._found_for:
            await self.decide(self._search_of(self._field.text), self._found)

    def _search_of(self, typed: str) -> Callable[[Till], tuple[str, tuple[Owing, ...]]]:
        words, actor, room = typed.strip(), self._session.checkout.actor, self._room

        def work(till: Till) -> tuple[str, tuple[Owing, ...]]:
            if not words:
                return words, till.ledgers.window(None, room, actor)
            return words, till.ledgers.search(words, FOUND_MAX, actor)

        return work

    def _searched(self, done: Done[tuple[str, tuple[Owing, ...]]]) -> None:
        self._searching = False
        if not self.stands:
            return
        if done.refused is not None:
            self.refuse(done.refused.message)
            return
        self._found(done.result)
        self.changed(self._field)

    def _found(self, found: tuple[str, tuple[Owing, ...]]) -> None:
        words, owing = found
        if words != self._found_for:
            self._at = self._top = 0
        self._found_for = words
        self._take(owing)

    def _refreshed(self, found: tuple[str, tuple[Owing, ...]]) -> None:
        if found[0] == self._found_for:
            self._found(found)

    async def _fetch(self, at: Customer | None, up: int = 0) -> None:
        room, actor = self._room, self._session.checkout.actor
        await self.decide(lambda till: till.ledgers.window(at, room, actor, up=up), self._take)

    def _take(self, owing: tuple[Owing, ...]) -> None:
        self._owing = owing
        self._at = min(self._at, max(0, len(owing) - 1))
        self._show()

    async def _move(self, by: int) -> None:
        """The cursor; at an edge of the list by code, the rows beyond it are fetched."""
        await self._settle()
        at = self._at + by
        if not self._owing:
            return
        if not self._found_for and not 0 <= at < len(self._owing):
            if by > 0 and len(self._owing) == self._room:
                await self._fetch(self._owing[min(by, self._room - 1)].customer)
            elif by < 0:
                await self._fetch(self._owing[0].customer, up=-by)
        self._at = min(max(0, at), len(self._owing) - 1)
        self._show()

    async def _page(self, direction: int) -> None:
        """As many as are in sight, the cursor where it is."""
        await self._settle()
        step = max(1, self._room - 1)
        if self._found_for or not self._owing:
            await self._move(direction * step)
            return
        last, first = self._owing[-1].customer.id, self._owing[0].customer.id
        if direction > 0:
            await self._fetch(self._owing[min(step, len(self._owing) - 1)].customer)
            if self._owing[-1].customer.id == last:
                self._at = len(self._owing) - 1
        else:
            await self._fetch(self._owing[0].customer, up=step)
            if self._owing[0].customer.id == first:
                self._at = 0
        self._show()

    async def _turn(self, at: Customer | None) -> None:
        """The beginning or the end."""
        await self._settle()
        if not self._found_for:
            await self._fetch(at)
        self._at = 0 if at is None else max(0, len(self._owing) - 1)
        self._show()

    # --- showing ---------------------------------------------------------------------------

    def _show(self) -> None:
        found = f"{len(self._owing)} found" if self._found_for else ""
        if self._found_for and len(self._owing) == FOUND_MAX:
            found = f"the likeliest {FOUND_MAX}"
        self.query_one(Head).show("Khata", found)
        page, room = self.query_one("#page", Painted), self._room
        self._top = min(max(self._top, self._at - room + 1), self._at)
        spare = max(0, self.app.size.width - 80)
        head = f"{'code':>6} {cell('name', NAME + spare)} {'phone':{PHONE}} {'lane':{LANE}} "
        rows: list[Row] = [((f"{head}{'owes':>{AMOUNT}}", BOLD),)]
        for place, one in enumerate(self._owing[self._top : self._top + room], self._top):
            rows.append(_row(one, NAME + spare, chosen=place == self._at))
        if not self._owing:
            nobody = "nobody is found so" if self._found_for else "no customer yet: * adds one"
            rows.append(((f"  {nobody}", QUIET),))
        page.set_rows(rows)


def _row(one: Owing, name: int, *, chosen: bool) -> Row:
    who = one.customer
    style = REVERSE if chosen else PLAIN if who.active else QUIET
    text = f"{who.code:>6} {cell(who.name or '(erased)', name)} {cell(who.phone, PHONE)} "
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
