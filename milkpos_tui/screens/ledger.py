"""One customer's khata: how it stands, the entries by date, and what can be done with it."""

from collections.abc import Callable, Mapping
from functools import partial

from textual.app import ComposeResult

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.khata import (
    CONTAINERS,
    Unit,
    parse_pieces,
    parse_signed_rupees,
    show_balance,
)
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.text import cell
from milkpos_tui.screens.ask import Asking, Question, needed
from milkpos_tui.screens.base import Handler, Head, Keys, Notice
from milkpos_tui.services.accounts import Balances, Owing
from milkpos_tui.services.khata_text import balances_words, entry_words
from milkpos_tui.services.ledgers import KhataStanding, LedgerEntry
from milkpos_tui.session import Session
from milkpos_tui.till import Till
from milkpos_tui.widgets.painted import ALERT, BOLD, PLAIN, QUIET, Painted, Row

ENTRIES = 60  # fetched at first; twice as many whenever somebody reads on beyond them
WORDS = 28  # columns of what an entry was about, on 80
REASON = Question("Why", "a few words; they are in the journal and on the statement", needed)
CORRECTION = Question(
    "Rupees", "50: they owe Rs 50 more; -50: Rs 50 less", parse_signed_rupees, limit=12
)


class Ledger(Asking):
    """The newest entry in sight. `+` receives a payment, `-` corrects, `.` takes containers back,
    Enter shows the statement."""

    DEFAULT_CSS = "Ledger #stands { height: 3; }"

    def __init__(self, session: Session, customer: str) -> None:
        super().__init__()
        self._session = session
        self._customer = customer
        self._khata: KhataStanding | None = None
        self._up = 0  # entries below what is in sight

    def compose(self) -> ComposeResult:
        """How it stands, the entries, what happened."""
        yield Head()
        yield Painted(id="stands")
        yield Painted(id="page")
        yield Notice()
        yield Keys()

    async def on_mount(self) -> None:
        """Look."""
        self.query_one(Keys).show(
            [
                ("+", "receive"),
                ("-", "correct"),
                (".", "containers"),
                ("Enter", "statement"),
                ("Up/Down", "entries"),
                ("Esc", "back"),
            ]
        )
        await self.look()

    def on_resize(self) -> None:
        """Rows are as wide as the screen."""
        self._show()

    def keys(self) -> Mapping[str, Handler]:
        """Along the entries, and what can be done."""
        page = max(1, self._room - 1)
        return {
            "escape": self.leave,
            "up": partial(self._move, 1),
            "down": partial(self._move, -1),
            "pageup": partial(self._move, page),
            "pagedown": partial(self._move, -page),
            "plus": self.receive,
            "minus": self.adjust,
            "full_stop": self.take_containers,
            "enter": self.show_statement,
        }

    async def look(self) -> None:
        """See how it stands now."""
        await self._fetch(max(ENTRIES, len(self._khata.entries) if self._khata else 0))

    async def counters_changed(self) -> None:
        """Another terminal did something."""
        await self.look()

    def leave(self) -> None:
        """Back to the list."""
        self.dismiss(None)

    # --- deeds -----------------------------------------------------------------------------

    async def receive(self) -> None:
        """A payment."""
        khata = self._khata
        if khata is None:
            return
        from milkpos_tui.screens.receive import Receive

        owing = Owing(khata.customer, khata.balances.khata_paise, khata.over)
        await self.app.push_screen(Receive(self._session, owing), self._received)

    async def adjust(self) -> None:
        """A correction, with a reason."""
        khata = self._khata
        if khata is None:
            return
        code, counter = khata.customer.code, self._session.counter
        actor = self._session.checkout.actor

        def work_of(answers: tuple[str, ...]) -> Callable[[Till], Balances]:
            amount, reason = answers
            paise = parse_signed_rupees(amount)
            return lambda till: till.khata.adjust(code, paise, reason, counter, actor)

        title = f"Correct the khata of {khata.customer.shown}"
        await self.ask_to_do(title, (CORRECTION, REASON), work_of, self._moved)

    async def take_containers(self) -> None:
        """Bottles, cans and crates that come back, or go out."""
        khata = self._khata
        if khata is None:
            return
        code, counter = khata.customer.code, self._session.counter
        actor = self._session.checkout.actor

        def work_of(answers: tuple[str, ...]) -> Callable[[Till], Balances]:
            def work(till: Till) -> Balances:
                return till.khata.move_containers(code, pieces_back(answers), counter, actor)

            return work

        out = khata.balances.containers
        questions = [
            Question(
                f"{unit.value.capitalize()}s back",
                f"they have {out[unit.value]}; Enter alone: none; -2 gives two out",
                _count,
                limit=6,
            )
            for unit in CONTAINERS
        ]
        title = f"Containers of {khata.customer.shown}"
        await self.ask_to_do(title, questions, work_of, self._moved)

    async def show_statement(self) -> None:
        """The statement, to read and to print."""
        if self._khata is None:
            return
        from milkpos_tui.screens.statement import StatementPage

        await self.app.push_screen(StatementPage(self._session, self._khata.customer))

    async def _received(self, told: object) -> None:
        if isinstance(told, str):
            self._up = 0
            await self.look()
            self.tell(told)

    async def _moved(self, balances: Balances) -> None:
        self._up = 0
        await self.look()
        besides = balances_words(balances)
        told = show_balance(balances.khata_paise)
        self.tell(f"Noted: {told}{', ' if besides else ''}{besides}")

    # --- the entries -----------------------------------------------------------------------

    @property
    def _room(self) -> int:
        return max(1, self.query_one("#page", Painted).size.height - 1)

    async def _fetch(self, count: int) -> None:
        customer, actor = self._customer, self._session.checkout.actor
        await self.decide(lambda till: till.ledgers.standing(customer, count, actor), self._found)

    def _found(self, khata: KhataStanding) -> None:
        self._khata = khata
        self._show()

    async def _move(self, up: int) -> None:
        khata = self._khata
        if khata is None:
            return
        wanted = self._up + up
        if khata.more and wanted + self._room > len(khata.entries):
            await self._fetch(2 * len(khata.entries))
        self._up = max(0, wanted)
        self._show()

    # --- showing ---------------------------------------------------------------------------

    def _show(self) -> None:
        khata = self._khata
        if khata is None:
            self.query_one(Head).show("Khata", "")
            return
        self.query_one(Head).show(f"Khata of {khata.customer.shown}", self._place(khata))
        self.query_one("#stands", Painted).set_rows(_stands(khata, self.app.size.width))
        room, width = self._room, WORDS + max(0, self.app.size.width - 80)
        self._up = min(self._up, max(0, len(khata.entries) - room))
        last = len(khata.entries) - self._up
        head = f"  {'date':10} {'what':12} {cell('', width)} {'Rs':>11} {'owes':>12}"
        rows: list[Row] = [((head, BOLD),)]
        rows += [_row(one, width) for one in khata.entries[max(0, last - room) : last]]
        if not khata.entries:
            rows.append((("  nothing was bought or paid on khata yet", QUIET),))
        self.query_one("#page", Painted).set_rows(rows)

    def _place(self, khata: KhataStanding) -> str:
        older = khata.more or len(khata.entries) - self._up > self._room
        return " ".join((["older above"] if older else []) + (["newer below"] if self._up else []))


def _stands(khata: KhataStanding, width: int) -> list[Row]:
    """Balance and limit, dues by age, and everything else they have."""
    customer, balances = khata.customer, khata.balances
    limit = customer.limit_paise
    of = "no limit" if limit is None else f"limit Rs {show_rupees(limit)}"
    ages = zip(("0-30 days", "31-60", "61-90", "older"), khata.ages, strict=True)
    told = "   ".join(f"{name} {show_rupees(paise)}" for name, paise in ages)
    balance = show_balance(balances.khata_paise)
    owes = f"  {balance[:1].upper()}{balance[1:]}, {of}"
    beside = balances_words(balances) or "no containers, no deposit, no points"
    where = "  ".join(filter(None, (customer.phone, customer.lane)))
    over: Row = ((" OVER THE LIMIT ", ALERT),) if khata.over else ()
    return [
        ((owes, BOLD), ("  ", PLAIN), *over),
        ((f"  {told}", PLAIN),),
        ((f"  {beside}   ", PLAIN), (cell(where, max(0, width - len(beside) - 5)).rstrip(), QUIET)),
    ]


def _row(entry: LedgerEntry, width: int) -> Row:
    kind = entry.kind.value.replace("_", " ")
    text = f"  {entry.day} {kind:12} {cell(entry_words(entry), width)} "
    amounts = f"{show_rupees(entry.amount_paise):>11} {show_rupees(entry.balance_paise):>12}"
    return ((text + amounts, PLAIN),)


def _count(text: str) -> None:
    if text and not text.removeprefix("-").isdecimal():
        raise Refused("containers", f"'{text}' is not a number of pieces")


def pieces_back(answers: tuple[str, ...]) -> Mapping[Unit, int]:
    """Pieces by kind as they were answered: come back, or with `-` given out. Refused for none."""
    texts = []
    for unit, answer in zip(CONTAINERS, answers, strict=True):
        if answer.strip("-0"):
            out = answer.startswith("-")
            texts.append(f"{unit.value}={answer[1:] if out else f'-{answer}'}")
    return parse_pieces(texts)
