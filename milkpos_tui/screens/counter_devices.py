"""What the devices of a counter do to the bill, and the bill to them."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from milkpos_tui.actions import keys_of, shown_key
from milkpos_tui.domain.cart import Cart, Measured
from milkpos_tui.domain.scan import Arrived, Lost
from milkpos_tui.domain.text import plural
from milkpos_tui.services.checkout import NO_SCALE
from milkpos_tui.services.records import BillRecord, Outcome
from milkpos_tui.session import Session
from milkpos_tui.till import Till
from milkpos_tui.widgets.painted import ALERT, PLAIN, QUIET, Part

if TYPE_CHECKING:
    from textual.timer import Timer

    from milkpos_tui.attendant import Attendant
    from milkpos_tui.hardware.customer import Facing
    from milkpos_tui.hardware.desk import Desk
    from milkpos_tui.screens.billing import Billing

GREET_AFTER_S = 10.0
TONES = {"quiet": QUIET, "plain": PLAIN, "alert": ALERT}


class KeyIn(NamedTuple):
    """One key-in on its way: what the clerk is to do given its number and the answer that was seen,
    and how to have it done again once it is allowed. `arrived` is the code it came from."""

    text: str
    work: Callable[[Till, int, int], Outcome]
    again: Callable[[], object]
    arrived: Arrived | None = None


class CounterDevices:
    """The billing screen's devices: scanner, scale, printer and drawer."""

    def __init__(self, billing: "Billing", session: Session) -> None:
        self._billing = billing
        self._session = session
        self._asked_printed = False
        self._greeting: Timer | None = None
        self._faced: Desk | None = None

    # --- codes -------------------------------------------------------------------------------

    def take_code(self, code: Arrived | Lost) -> None:
        """Sell what was scanned, in its turn."""
        if isinstance(code, Lost):
            self._billing.notice.refuse(code.reason)
            return
        checkout, scale = self._session.checkout, self._attendant.scale() or NO_SCALE

        def work(_till: Till, serial: int, _seen: int) -> Outcome:
            return checkout.scan(code.scan, card=code.card, serial=serial, scale=scale)

        again = partial(self.take_code, code)
        self._billing.hand_over(KeyIn(code.scan.code, work, again, code))

    async def review_codes(self) -> None:
        """What was scanned and not sold."""
        if not self._attendant.kept:
            self._billing.notice.tell("every code that was scanned is on a bill")
            return
        from milkpos_tui.screens.kept import KeptCodes

        screen = KeptCodes(self._attendant.kept)
        await self._billing.app.push_screen(screen, self._codes_reviewed)

    def _codes_reviewed(self, chosen: object) -> None:
        if isinstance(chosen, Arrived):
            self.take_code(chosen)
        self._billing.show_status()

    # --- weights -----------------------------------------------------------------------------

    def weigh(self) -> None:
        """What lies on the scale, of the item that is keyed, or of the last line."""
        self._weigh(*self._billing.take_keyed())

    def _weigh(self, text: str, chosen: int | None) -> None:
        checkout, scale = self._session.checkout, self._attendant.scale() or NO_SCALE

        def work(_till: Till, serial: int, _seen: int) -> Outcome:
            return checkout.weigh(text, chosen=chosen, serial=serial, scale=scale)

        self._billing.hand_over(KeyIn(text, work, partial(self._weigh, text, chosen)))

    async def take_tare(self) -> None:
        """Choose the container that is taken off the weight."""
        from milkpos_tui.screens.tares import choose_tare

        await choose_tare(self._billing)

    # --- printer and drawer --------------------------------------------------------------------

    async def show_devices(self) -> None:
        """The counter's devices."""
        from milkpos_tui.screens.devices import DevicesScreen

        screen = DevicesScreen(self._session.counter, self._session.checkout.actor)

        def back(_result: object) -> None:
            self._billing.show_status()  # what will never be printed has been read
            self._billing.look_again()

        await self._billing.app.push_screen(screen, back)

    async def ask_whether_printed(self) -> None:
        """A slip was under way when a till ended: somebody has to look at the paper. Once."""
        desk = self._attendant.desk
        if desk is not None and desk.printer.queued.unsure and not self._asked_printed:
            self._asked_printed = True
            await self.show_devices()

    # --- what follows from a key-in ------------------------------------------------------------

    def follow(self, outcome: Outcome) -> None:
        """A container is taken off once, a slip that was scanned opens its bill; and the customer
        sees it."""
        if self._attendant.shows_customers:
            from milkpos_tui.hardware.customer import after

            self._face(lambda words: after(outcome, words, self._session.shop.name))
        if outcome.paid is not None and self._attendant.shows_customers:
            self._greet_soon()
        if outcome.line is not None and outcome.line.measured is Measured.SCALE:
            self._weighed()
        if outcome.found is not None and self._billing.is_current:
            self._open_bill(outcome.found)

    def changed(self) -> None:
        """A display that was only now set up shows the bill as it stands."""
        desk = self._attendant.desk
        if desk is not self._faced:
            self._faced = desk
            self.face_bill()

    def face_bill(self) -> None:
        """The customer sees the bill as it stands."""
        if not self._attendant.shows_customers:
            return
        from milkpos_tui.hardware.customer import standing

        cart, shop = self._session.checkout.draft.cart, self._session.shop.name
        self._face(lambda words: standing(cart, words, shop))

    def hide_left_over(self) -> None:
        """The code that a till left on the customer's screen when it died."""
        counter = self._session.counter
        self._billing.work(lambda till: till.displays.hide_link(counter), lambda _done: None)

    def face_payment(self, cart: Cart) -> None:
        """The customer is about to pay."""
        if self._attendant.shows_customers:
            from milkpos_tui.hardware.customer import to_pay

            self._face(lambda _words: to_pay(cart))

    def face_refund(self, note: BillRecord) -> None:
        """The customer gets money back."""
        if self._attendant.shows_customers:
            from milkpos_tui.hardware.customer import refunded

            self._face(lambda _words: refunded(note.document))
            self._greet_soon()

    def _face(self, facing_of: "Callable[[str], Facing | None]") -> None:
        if self._greeting is not None:
            self._greeting.stop()
            self._greeting = None
        self._attendant.show_customer(facing_of)

    def _greet_soon(self) -> None:
        """Whoever is next is greeted, when the last one has seen the change."""
        self._greeting = self._billing.set_timer(GREET_AFTER_S, self.face_bill)

    def _weighed(self) -> None:
        """The next container may be another."""
        desk = self._attendant.desk
        if desk is not None and desk.tare is not None:
            desk.tare = None
            self._billing.show_status()

    def _open_bill(self, bill: BillRecord) -> None:
        from milkpos_tui.screens.pick import Choice, Pick

        deeds = (
            (Choice("Return goods: a credit note"), self._billing.return_from),
            (Choice("Slip again"), self._billing.show_slip),
        )

        async def chosen(index: object) -> None:
            if isinstance(index, int):
                await deeds[index][1](bill)

        choices = [choice for choice, _ in deeds]
        self._billing.app.push_screen(Pick(f"Bill {bill.number}", choices), chosen)

    # --- for the status bar --------------------------------------------------------------------

    def status(self) -> list[Part]:
        """The weight, codes that nobody sold, and what is wrong with devices."""
        desk, kept = self._attendant.desk, self._attendant.kept
        parts: list[Part] = []
        if desk is not None and desk.has_scale:
            key = shown_key(keys_of("weigh", self._billing.till_app.keymap)[0])
            parts += [(f"   {key} ", QUIET), (desk.weight_words, TONES[desk.weight_tone])]
        if kept:
            parts.append((f"   {plural(len(kept), 'scan')} not sold", ALERT))
        if desk is not None:
            parts += [(f"   {words}", TONES[tone]) for words, tone in desk.status()]
        return parts

    @property
    def _attendant(self) -> "Attendant":
        return self._billing.till_app.attendant
