"""The payment dialog: cash, UPI with its QR code, card, and parts of each."""

from collections.abc import Mapping
from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message

from milkpos_tui.clerk import Done
from milkpos_tui.domain.cart import Cart, TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.khata import show_balance
from milkpos_tui.domain.money import parse_rupees, show_rupees
from milkpos_tui.domain.text import cell, width_of
from milkpos_tui.domain.upi import upi_link
from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen, rupees
from milkpos_tui.services.accounts import Owing
from milkpos_tui.services.displays import Shown
from milkpos_tui.services.records import Outcome
from milkpos_tui.session import Session
from milkpos_tui.till import Till
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import BOLD, PLAIN, REVERSE, Painted, Row
from milkpos_tui.widgets.qr import qr_rows

WAYS = (
    (TenderKind.CASH, "Cash"),
    (TenderKind.UPI, "UPI"),
    (TenderKind.CARD, "Card"),
    (TenderKind.KHATA, "Khata"),
)
SIGNS = (("plus", "+"), ("slash", "/"), ("asterisk", "*"), ("full_stop", "."))
LEFT = 38


class Payment(TillScreen):
    """Gives back the outcome of the last money given, or None. Nothing is ever marked paid by
    itself: the cashier looks at the customer's phone, notes the reference and presses Enter."""

    DEFAULT_CSS = f"""
    Payment Vertical {{ width: {LEFT}; }}
    Payment #qr {{ width: 1fr; height: 100%; }}
    Payment #ways, Payment #given {{ height: 6; }}
    """

    def __init__(self, session: Session, cart: Cart) -> None:
        super().__init__()
        self._buyer: Owing | None = None  # whose bill it is, once that was looked up
        self._session = session
        self._cart = cart
        self._way = 0
        self._outcome: Outcome | None = None
        self._shown: Shown | None = None
        self._answered_at = 0.0
        self._last_key = ""

    def compose(self) -> ComposeResult:
        """Ways and fields at the left, the QR code at the right."""
        yield Head()
        with Horizontal():
            with Vertical():
                yield Painted((("  How?", BOLD),), id="ways")
                yield Field("  Rupees    : ", limit=12, id="amount")
                yield Field("  Reference : ", limit=40, id="reference")
                yield Painted()
                yield Painted(id="given")
            yield Painted(id="qr")
        yield Notice()
        yield Keys()

    def on_mount(self) -> None:
        """Cash first, all that is due."""
        self.query_one(Keys).show(
            [
                ("+ / * .", "how"),
                ("Enter", "money received"),
                ("Tab", "reference"),
                ("-", "give back"),
                ("Esc", "back"),
            ]
        )
        self.set_focus(self.query_one("#amount", Field))
        self._show()
        customer = self._cart.customer
        if customer is not None:
            self.work(lambda till: till.accounts.owing(customer), self._buyer_found)

    def on_resize(self) -> None:
        """Rows are as wide as the screen."""
        self._show()

    def keys(self) -> Mapping[str, Handler]:
        """The signs of the entry line choose the way while no amount is typed."""
        keys: dict[str, Handler] = {
            "escape": self.leave,
            "up": partial(self._choose, self._way - 1),
            "down": partial(self._choose, self._way + 1),
        }
        amount = self.query_one("#amount", Field)
        if self.focused is amount and not amount.text:
            keys |= {sign: partial(self._choose, i) for i, (sign, _) in enumerate(SIGNS)}
            keys["minus"] = self._give_back
        return keys

    def changed(self, field: Field) -> None:
        """The QR code carries what is typed."""
        if field.id == "amount":
            self._show()

    async def submitted(self, field: Field) -> None:
        """The money was received."""
        kind = WAYS[self._way][0]
        amount = self.query_one("#amount", Field).text.strip()
        reference = self.query_one("#reference", Field).text.strip()
        await self._key_in(f"+{kind.value} {amount} {reference}".rstrip())

    async def take_key(self, event: events.Key) -> None:
        """An Enter pressed before the answer to the last one was seen is the same Enter twice."""
        twice = event.key == self._last_key == "enter" and event.time < self._answered_at
        self._last_key = event.key
        if not twice:
            await super().take_key(event)

    async def _give_back(self) -> None:
        if self._cart.tenders:
            await self._key_in("-")
        else:
            self.query_one(Notice).refuse("no money was taken yet")

    def leave(self) -> None:
        """Back to the bill; what was given stays on it."""
        self.dismiss(self._outcome)

    def _choose(self, way: int) -> None:
        self._way = way % len(WAYS)
        self._show()

    async def _key_in(self, text: str) -> None:
        """One press of Enter, one payment: the next key waits until this one is answered."""
        turns, checkout = self._session.turns, self._session.checkout
        serial, seen = turns.take(), turns.seen
        attendant = self.till_app.attendant

        def work(_till: Till) -> Outcome:
            outcome = checkout.key_in(text, serial=serial, seen=seen)
            if outcome.paid is not None:
                attendant.closed_bill(outcome.paid)
            return outcome

        done = await self.ask(work)
        turns.seen = serial
        self._answered_at = Message().time
        self._answered(done)

    def _answered(self, done: Done[Outcome]) -> None:
        if done.refused is not None:
            self.query_one(Notice).refuse(done.refused.message)
            amount = self.query_one("#amount", Field)
            amount.offer(amount.text)
            return
        self._outcome = done.result
        self._cart = done.result.draft.cart
        self._face(done.result)
        if done.result.paid is not None:
            self.dismiss(self._outcome)
            return
        self.query_one("#amount", Field).text = ""
        self.query_one("#reference", Field).text = ""
        self.set_focus(self.query_one("#amount", Field))
        self.query_one(Notice).tell(done.result.message)
        self._show()

    def _face(self, outcome: Outcome) -> None:
        """The customer sees what was taken."""
        attendant, shop = self.till_app.attendant, self._session.shop.name
        if attendant.shows_customers:
            from milkpos_tui.hardware.customer import after

            attendant.show_customer(lambda words: after(outcome, words, shop))

    def _show(self) -> None:
        due = self._cart.due_paise
        right = f"DUE {rupees(due)}"
        whose = self._whose(due, self.app.size.width - width_of(right) - 4)
        self.query_one(Head).show(whose or "Payment", right)
        rows: list[Row] = [((f"  Due {rupees(due)}, paid by", BOLD),)]
        for place, (_kind, name) in enumerate(WAYS):
            sign = SIGNS[place][1]
            style = REVERSE if place == self._way else PLAIN
            rows.append((("  ", PLAIN), (f" {sign}  {name:8}", style)))
        self.query_one("#ways", Painted).set_rows(rows)
        given: list[Row] = [
            ((f"  {tender.kind.value:6}{rupees(tender.amount_paise):>14}", PLAIN),)
            for tender in self._cart.tenders[-5:]
        ]
        self.query_one("#given", Painted).set_rows(
            [(("  Received so far", BOLD),), *given] if given else []
        )
        self.query_one("#qr", Painted).set_rows(self._qr())

    def _buyer_found(self, done: Done[Owing]) -> None:
        if done.refused is None and self.stands:
            self._buyer = done.result
            self._show()

    def _whose(self, due_paise: int, width: int) -> str:
        """Whose khata it would go on, what they owe, and where that would be too much; in so many
        columns: the name gives way. In the head, for a QR code needs all rows below it."""
        if self._cart.customer is None:
            on_khata = WAYS[self._way][0] is TenderKind.KHATA
            return "For khata choose the customer first: //12" if on_khata else ""
        if self._buyer is None:
            return ""
        customer, owed = self._buyer.customer, self._buyer.owed_paise
        told = f": {show_balance(owed)}"
        if customer.limit_paise is not None:
            told += f" of {show_rupees(customer.limit_paise)}"
            if owed > customer.limit_paise:
                told += ", OVER THE LIMIT"
            elif owed + due_paise > customer.limit_paise:
                told += ", OVER WITH THIS BILL"
        return f"{cell(customer.shown, max(8, width - len(told))).rstrip()}{told}"

    def _show_customer(self, shown: Shown | None) -> None:
        """The code, on the customer's own display where a program shows one."""
        if shown == self._shown:
            return
        self._shown = shown
        counter = self._session.counter

        def work(till: Till) -> bool:
            if shown is None:
                till.displays.hide_link(counter)
            elif till.home.shows_customers(counter):
                till.displays.show_link(counter, shown)
            return True

        self.work(work, lambda _done: None)

    def on_unmount(self) -> None:
        """The customer needs no code any more."""
        self._show_customer(None)

    def _qr(self) -> list[Row]:
        if WAYS[self._way][0] is not TenderKind.UPI:
            self._show_customer(None)
            return []
        shop = self._session.shop
        if not shop.upi_vpa:
            return [(("the shop has no UPI address:", PLAIN),), (("milkpos init --upi", PLAIN),)]
        typed = self.query_one("#amount", Field).text.strip()
        try:
            amount = parse_rupees(typed) if typed else self._cart.due_paise
            link = upi_link(
                vpa=shop.upi_vpa,
                name=shop.name,
                amount_paise=amount,
                reference=self._upi_reference(),
            )
        except Refused as refused:
            return [((refused.message, PLAIN),)]
        self._show_customer(Shown(self._session.checkout.draft.id, amount, link))
        rows, room = qr_rows(link), self.query_one("#qr", Painted).size
        if len(rows) > room.height or len(rows[0][0][0]) > room.width:
            return [(("the screen is too small", PLAIN),), (("for the UPI code", PLAIN),)]
        return rows

    def _upi_reference(self) -> str:
        """Short, so that the code stays small: the random half of the bill's own id."""
        return self._session.checkout.draft.id.replace("-", "")[16:]
