"""The billing screen: the entry line, the bill's lines and total, the last bill's change."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from milkpos_tui.actions import ACTIONS, Place, keys_of, shown_key
from milkpos_tui.clerk import Done
from milkpos_tui.domain.entryline import customer_words, search_words
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.roles import NeedsApproval, Role
from milkpos_tui.domain.scan import Arrived, Lost
from milkpos_tui.domain.text import cell, width_of
from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen, rupees
from milkpos_tui.screens.counter_devices import CounterDevices, KeyIn
from milkpos_tui.services.checkout import NO_SCALE
from milkpos_tui.services.records import BillRecord, Draft, Outcome
from milkpos_tui.services.standing import Standing
from milkpos_tui.session import Session, look, take_up
from milkpos_tui.till import Till
from milkpos_tui.widgets.basket import Basket, Choices, Offered
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import ALERT, GOOD, PLAIN, QUIET, TITLE, Painted, Part, spread

if TYPE_CHECKING:  # a start has no customers
    from milkpos_tui.services.accounts import Owing

CHOICES_MAX = 24
NAME_COLUMNS = 20  # of the operator's name: the business date must be in sight


class Billing(TillScreen):
    """Hands stay on the entry line. Each Enter is handed to the clerk and the line is free at once;
    what comes back is shown in the order it was keyed."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._cart = session.checkout.draft.cart
        self._standing = session.standing
        self._last: BillRecord | None = None
        self._taken_up = False
        self._buyer: Owing | None = None  # whose the bill is
        self._offer = ""  # the usual, as it was proposed last
        self._offers_shift = (
            session.standing.shift is None and session.operator.role != Role.AUDITOR
        )
        self._refusals = 0
        self._refused_at = 0
        self._searching = False
        self._found_for = ""
        self.devices = CounterDevices(self, session)
        self._keys: dict[str, Handler] = {}

    def compose(self) -> ComposeResult:
        """From the top: where and who, the lines, the total, the last bill, what happened, the
        entry line, how things stand, the keys."""
        yield Head()
        yield Basket()
        yield Painted(id="total")
        yield Painted(id="last")
        yield Notice()
        yield Field("> ", id="entry")
        yield Painted(id="status")
        yield Keys()

    def on_mount(self) -> None:
        """Show what was found: after a power cut, the same bill."""
        self._keys = {
            **self.till_app.keys_for(Place.BILLING, self),
            **self.till_app.keys_for(Place.DEVICES, self.devices),
            "escape": self.back,
            "up": partial(self._basket.move, -1),
            "down": partial(self._basket.move, 1),
            "pageup": partial(self._basket.page, -1),
            "pagedown": partial(self._basket.page, 1),
        }
        self.set_focus(self._entry)
        self._show_all()
        self._basket.show_lines(self._cart.lines)
        if self._session.checkout.recovered:
            lines = len(self._cart.lines)
            self._notice.tell(f"The open bill is back: {lines} lines")
        if self.till_app.config_problem:
            self._notice.refuse(self.till_app.config_problem)
        self.call_after_refresh(self.take_up)
        self._look_at_buyer()
        self.devices.face_bill()
        if self._standing.shift is None:
            self._notice.refuse(f"no shift is open: {self._shift_key} opens one")

    def on_resize(self) -> None:
        """Rows are as wide as the screen."""
        self._show_all()

    # --- keys ------------------------------------------------------------------------------

    def keys(self) -> Mapping[str, Handler]:
        """The actions of the registry under the keymap, and the arrows."""
        return self._keys

    def changed(self, field: Field) -> None:
        """While letters are typed, search; the newest words win."""
        words = sought(field.text)
        if words and words == self._found_for:
            return  # the cursor moved along the text: what was found still stands
        if words:
            self._search(words)
        elif self._basket.choosing:
            self._found_for = ""
            self._basket.hide_choices()

    async def submitted(self, field: Field) -> None:
        """Enter: the line is handed over and free for the next."""
        text = field.text.strip()
        field.text = ""
        if not text:
            self._take_usual()
            return
        self._key_in(self._as_chosen(text), self._chosen_for(text))

    def _take_usual(self) -> None:
        """Enter alone takes what the till proposes: what it says now, or is about to say where
        keys run ahead. What was dismissed, or something else was told since, is not taken."""
        turns, checkout = self._session.turns, self._session.checkout
        offered = bool(self._offer) and self._notice.said == self._offer
        if not offered and turns.seen == turns.given:
            return

        def work(_till: Till, serial: int, _seen: int) -> Outcome:
            return checkout.take_usual(serial=serial)

        self.hand_over(KeyIn("", work, self._take_usual))

    def _chosen_for(self, text: str) -> int | None:
        """The PLU that was offered and chosen for the words of a key-in."""
        words = search_words(text)
        chosen = self._basket.chosen if words and words == self._found_for else None
        return chosen.plu if chosen else None

    def _as_chosen(self, text: str) -> str:
        """A key-in with the code of the customer that was offered and chosen for its words. Digits
        are a code, unless somebody moved the cursor."""
        words = customer_words(text)
        if not words or f"//{words}" != self._found_for:
            return text
        buyer = self._basket.chosen_buyer
        if buyer is None or (words.isdecimal() and not self._basket.moved):
            return text
        return f"//{buyer.code}"

    def back(self) -> None:
        """Back: the search first, then what was typed. The bill is never touched."""
        self._entry.text = ""
        self._basket.hide_choices()
        self._notice.clear()
        checkout = self._session.checkout
        self.work(lambda _till: checkout.drop_usual(), self._offer_dropped)

    def _offer_dropped(self, _done: Done[None]) -> None:
        """Escape may have been pressed before the answer it dismisses."""
        if self._offer and self._notice.said == self._offer:
            self._notice.clear()
        self._offer = ""

    def hold(self) -> None:
        """Put the bill aside."""
        self._key_in(".", None)

    async def recall(self) -> None:
        """Choose a held bill."""
        if await self._refused_meanwhile():
            return
        done = await self.ask(lambda _till: self._session.checkout.held)
        if done.refused is not None:
            self._notice.refuse(done.refused.message)
            return
        if not done.result:
            self._notice.refuse("no bill is held")
            return
        from milkpos_tui.screens.pick import Choice, Pick

        choices = [
            Choice(
                f"{held.number:2}  {held.first_item}, {held.lines} lines", rupees(held.total_paise)
            )
            for held in done.result
        ]
        await self.app.push_screen(Pick("Held bills", choices), self._recall)

    def discount(self) -> None:
        """Begin the key-in of a discount."""
        self._begin("*-", "Discount on the last line: rupees, or percent with / behind, then Enter")

    def price(self) -> None:
        """Begin the key-in of a price."""
        self._begin("**", "Another price for the last line, rupees a unit, then Enter")

    async def pay(self) -> None:
        """The payment dialog."""
        if await self._refused_meanwhile():
            return
        if not self._cart.lines:
            self._notice.refuse("there is nothing to pay")
            return
        from milkpos_tui.screens.payment import Payment

        self.devices.face_payment(self._cart)
        await self.app.push_screen(Payment(self._session, self._cart), self._after_payment)

    async def return_goods(self) -> None:
        """The return dialog."""
        if await self._refused_meanwhile():
            return
        await self.return_from(None)

    async def return_from(self, bill: BillRecord | None) -> None:
        """The return dialog, of a bill that is known already."""
        from milkpos_tui.screens.returns import Returns

        last = self._last.number if self._last else ""
        await self.app.push_screen(Returns(self._session, last, bill), self._after_return)

    async def reprint(self) -> None:
        """The last bill's slip."""
        if await self._refused_meanwhile():
            return
        if self._last is None:
            self._notice.refuse("there is no bill yet")
            return
        await self.show_slip(self._last)

    async def show_slip(self, bill: BillRecord) -> None:
        """A bill's slip."""
        from milkpos_tui.screens.slip import Slip

        await self.app.push_screen(Slip(self._session, bill))

    async def keep_shift(self) -> None:
        """The counter's shift."""
        if await self._refused_meanwhile():
            return
        from milkpos_tui.screens.shift import ShiftScreen

        actor = self._session.checkout.actor
        await self.app.push_screen(ShiftScreen(self._session.counter, actor), self.look_again)

    async def offer_shift(self) -> None:
        """Where nobody answers for the drawer, the opening of a shift comes by itself, once. The
        app calls it when this screen stands, and keys wait for it."""
        if not self._offers_shift or not self.is_current:
            return
        self._offers_shift = False
        from milkpos_tui.screens.opening import OpenShift

        actor = self._session.checkout.actor
        await self.app.push_screen(OpenShift(self._session.counter, actor), self.look_again)

    async def show_khata(self) -> None:
        """Who owes what."""
        if await self._refused_meanwhile():
            return
        from milkpos_tui.screens.khata import Khata

        await self.app.push_screen(Khata(self._session), self._after_khata)

    async def show_months(self) -> None:
        """The monthly bills."""
        if await self._refused_meanwhile():
            return
        from milkpos_tui.screens.months import Months

        await self.app.push_screen(Months(self._session), self._after_khata)

    async def show_rounds(self) -> None:
        """The round that it is time for."""
        if await self._refused_meanwhile():
            return
        from milkpos_tui.screens.rounds import Rounds

        await self.app.push_screen(Rounds(self._session.counter, self._session.checkout.actor))

    async def show_counters(self) -> None:
        """All counters of the shop."""
        from milkpos_tui.screens.counters import Counters

        await self.app.push_screen(Counters(self._session.checkout.actor))

    async def manage_people(self) -> None:
        """Who works here."""
        from milkpos_tui.screens.people import People

        await self.app.push_screen(People(self._session.checkout.actor))

    def take_code(self, code: Arrived | Lost) -> None:
        """A scan, at any moment: it never mixes with what is being typed."""
        self.devices.take_code(code)

    async def ask_whether_printed(self) -> None:
        """Once, while nothing is being keyed: somebody has to look at the paper."""
        busy = self._cart.lines or self._entry.text or not self.is_current or self._offers_shift
        if not busy:
            await self.devices.ask_whether_printed()

    def devices_changed(self) -> None:
        """The weight, and whatever is wrong."""
        self.devices.changed()
        self.show_status()

    async def sign_out(self) -> None:
        """Sign out; the open bill stays on the counter."""
        if await self._refused_meanwhile():
            return
        await self.till_app.show_sign_in()

    @property
    def _shift_key(self) -> str:
        return shown_key(keys_of("shift", self.till_app.keymap)[0])

    @property
    def notice(self) -> Notice:
        """Where the till says what happened."""
        return self._notice

    def take_keyed(self) -> tuple[str, int | None]:
        """What stands on the entry line, and what a search offered for it; the line is free."""
        text = self._entry.text.strip()
        chosen = self._chosen_for(text)
        self._entry.text = ""
        return self._as_chosen(text), chosen

    @property
    def open_bill(self) -> str:
        """The open bill's id."""
        return self._session.checkout.draft.id

    @property
    def open_lines(self) -> int:
        """How much an operator would leave behind."""
        return len(self._cart.lines)

    # --- handing over ----------------------------------------------------------------------

    async def _refused_meanwhile(self) -> bool:
        """Let the clerk catch up, so that a dialog shows the bill as it is; and whether something
        was refused that the operator had not seen yet: then no dialog hides it."""
        self.take_up()
        before = self._refusals
        await self.caught_up()
        return self._refusals > before

    def take_up(self) -> None:
        """Once: when the screen stands, or before the first of what was keyed ahead of it."""
        if not self._taken_up:
            self._taken_up = True
            self.work(lambda till: take_up(till, self._session), self._began)
            self.devices.hide_left_over()

    def _began(self, done: Done[BillRecord | None]) -> None:
        """The sign-in is in the journal, or could not be written."""
        if done.refused is not None:
            self._notice.refuse(done.refused.message)
        else:
            self._last = done.result
            self._show_last()

    def _begin(self, text: str, hint: str) -> None:
        self._entry.text = text
        self._notice.tell(hint)

    def _key_in(self, text: str, chosen: int | None) -> None:
        checkout, scale = self._session.checkout, self.till_app.attendant.scale() or NO_SCALE
        first = bool(search_words(text)) and chosen is None

        def work(till: Till, serial: int, seen: int) -> Outcome:
            plu = likeliest(till, text) if first else chosen
            return checkout.key_in(text, chosen=plu, serial=serial, seen=seen, scale=scale)

        self.hand_over(KeyIn(text, work, partial(self._key_in_again, text, chosen)))

    def hand_over(self, key_in: KeyIn) -> None:
        """Have the clerk do it in its turn; keys and codes go on."""
        self.take_up()
        turns, attendant = self._session.turns, self.till_app.attendant
        serial, seen = turns.take(), turns.seen

        def work(till: Till) -> Outcome:
            jumps = till.journal.clock_jumps
            outcome = key_in.work(till, serial, seen)
            if outcome.paid is not None:
                attendant.closed_bill(outcome.paid)
            return outcome._replace(clock_set=till.journal.clock_jumps != jumps)

        self.work(work, partial(self._answered, serial, seen, key_in))

    def _key_in_again(self, text: str, chosen: int | None) -> None:
        if self._entry.text == text:  # offered for mending
            self._entry.text = ""
        self._notice.clear()
        self._key_in(text, chosen)

    def _answered(self, serial: int, seen: int, key_in: KeyIn, done: Done[Outcome]) -> None:
        self._session.turns.seen = serial
        if done.refused is not None:
            self._refused(serial, key_in, done.refused.message)
            if isinstance(done.refused, NeedsApproval) and self.is_current:
                self.ask_leave(done.refused, key_in.again)
        elif done.result.did != "repeated":
            # A refusal stays until the operator has keyed on after seeing it.
            self._show(done.result, tell=seen >= self._refused_at)

    def _refused(self, serial: int, key_in: KeyIn, message: str) -> None:
        """The rule, a beep, and the key-in back on the line for mending; a code goes on the list
        of what was scanned and not sold."""
        self._refusals += 1
        self._refused_at = serial
        self._notice.refuse(message)
        if key_in.arrived is not None:
            self.till_app.attendant.keep(key_in.arrived, message)
            self.show_status()
        elif not self._entry.text:
            self._entry.offer(key_in.text)

    def counters_changed(self) -> None:
        """Another terminal did something: it may be about this counter."""
        self.look_again()

    def look_again(self, _back: object = None) -> None:
        """See how the counter stands now."""
        session = self._session
        self.work(lambda till: look(till, session), self._looked)

    def _looked(self, done: Done[tuple[Standing, Draft | None]]) -> None:
        if done.refused is not None:
            self._notice.refuse(done.refused.message)
            return
        before, (self._standing, other_bill) = self._standing, done.result
        shift = self._standing.shift
        if shift and not before.shift:
            self._notice.tell(f"The {shift.name} shift is open, float {rupees(shift.float_paise)}")
        if other_bill is not None:
            if self._cart.lines:
                self._notice.refuse("the open bill was dropped elsewhere")
            self._cart = other_bill.cart
            self._basket.show_lines(self._cart.lines)
        self._look_at_buyer()
        if other_bill is not None or self._standing != before:
            self._show_all()

    def _recall(self, index: object) -> None:
        if isinstance(index, int):
            self._key_in(f".{index + 1}", None)

    def _after_payment(self, outcome: object) -> None:
        """The dialog gives back what the last key-in there did, or nothing."""
        if isinstance(outcome, Outcome):
            self._show(outcome)
        else:
            self.devices.face_bill()

    def _after_return(self, note: object) -> None:
        if isinstance(note, BillRecord):
            total = rupees(note.document.total_paise)
            given = note.document.tenders[0].kind.value if note.document.tenders else "nothing"
            self.devices.face_refund(note)
            self._notice.tell(f"Credit note {note.number}: give back {total} ({given})")

    # --- searching -------------------------------------------------------------------------

    def _search(self, words: str) -> None:
        """One search at a time; when it is done, the newest words are looked for."""
        if self._searching:
            return
        self._searching = True
        actor, buyer = self._session.checkout.actor, customer_words(words)

        def work(till: Till) -> tuple[str, Choices]:
            if buyer:
                found = till.ledgers.search(buyer, CHOICES_MAX, actor)
                return words, tuple(_offered(one) for one in found if one.customer.active)
            return words, till.catalogue.search(words, CHOICES_MAX)

        self.work(work, self._found)

    def _found(self, done: Done[tuple[str, Choices]]) -> None:
        self._searching = False
        if done.refused is not None:
            self._notice.refuse(done.refused.message)
            return
        words, found = done.result
        now = sought(self._entry.text)
        if not now:
            return
        self._found_for = words
        self._basket.show_choices(found, buyers=bool(customer_words(words)))
        if now != words:
            self._search(now)

    # --- whose bill it is ------------------------------------------------------------------

    def _look_at_buyer(self) -> None:
        """See what whose bill it is owes now; nobody is asked where it is nobody's."""
        customer = self._cart.customer
        if self._buyer is not None and self._buyer.asked_for != customer:
            self._buyer = None
        if customer is not None:
            self.work(lambda till: till.accounts.owing(customer), self._buyer_found)

    def _buyer_found(self, done: "Done[Owing]") -> None:
        if done.refused is None and done.result.asked_for == self._cart.customer:
            self._buyer = done.result
            self._show_total()

    def _after_khata(self, _back: object) -> None:
        self._look_at_buyer()

    # --- showing ---------------------------------------------------------------------------

    @property
    def _basket(self) -> Basket:
        return self.query_one(Basket)

    @property
    def _entry(self) -> Field:
        return self.query_one("#entry", Field)

    @property
    def _notice(self) -> Notice:
        return self.query_one(Notice)

    def _show(self, outcome: Outcome, *, tell: bool = True) -> None:
        self._cart = outcome.draft.cart
        self._basket.show_lines(self._cart.lines)
        self._look_at_buyer()
        self._show_total()
        if outcome.paid is not None:
            self._last = outcome.paid
            self._show_last()
        if outcome.held is not None:
            self._standing = self._standing._replace(held=outcome.held)
            self.show_status()
        self.devices.follow(outcome)
        if outcome.clock_set:
            self.look_again()
        if tell:
            self._notice.tell(self._told(outcome))

    def _told(self, outcome: Outcome) -> str:
        """What to say of a key-in; the usual where it is proposed, in so many columns as there
        are: what its customer owes stands on the bill."""
        usual = outcome.usual
        if usual is None or outcome.did != "customer":
            self._offer = ""
            return outcome.message
        from milkpos_tui.domain.usual import offer_told

        self._offer = offer_told(
            usual.customer.shown,
            usual.source,
            usual.lines,
            usual.left_out,
            usual.total_paise,
            width=self.app.size.width - 1,
        )
        return self._offer

    def _show_all(self) -> None:
        session = self._session
        who = cell(session.operator.name, NAME_COLUMNS).rstrip()
        self.query_one(Head).show(
            session.shop.name,
            f"counter {session.counter}  {who}  {_shift_told(self._standing)}",
        )
        keymap = self.till_app.keymap
        self.query_one(Keys).show(
            [
                (shown_key(keys_of(action.id, keymap)[0]), action.short)
                for action in ACTIONS
                if action.in_footer
            ]
        )
        self._show_total()
        self._show_last()
        self.show_status()

    def _show_total(self) -> None:
        cart = self._cart
        count = len(cart.lines)
        left = [f"{count} line{'' if count == 1 else 's'}"]
        if cart.discount_paise:
            left.append(f"discount {show_rupees(cart.discount_paise)}")
        if cart.tenders:
            left.append(f"paid {show_rupees(cart.tendered_paise)}")
        word = "DUE" if cart.tenders else "TOTAL"
        right = f"{word}  {rupees(cart.due_paise)} "
        told, width = " " + "   ".join(left), self.app.size.width
        parts: list[Part] = []
        if self._buyer is not None:
            whose = _buyer_told(self._buyer, width - len(told) - width_of(right) - 4)
            parts = [(f"{told}   ", TITLE), (whose, ALERT if self._buyer.over else TITLE)]
            width -= len(told) + 3 + width_of(whose)
            told = ""
        parts.append((spread(told, right, width), TITLE))
        self.query_one("#total", Painted).set_row(0, *parts)

    def _show_last(self) -> None:
        shown = self.query_one("#last", Painted)
        if self._last is None:
            shown.set_row(0)
            return
        bill = self._last.document
        given = " ".join(
            f"{tender.kind.value} {show_rupees(tender.amount_paise)}" for tender in bill.tenders
        )
        shown.set_row(
            0,
            (f" CHANGE {rupees(bill.change_paise)}", GOOD),
            (f"   bill {self._last.number} of {rupees(bill.total_paise)}: {given}", PLAIN),
        )

    def show_status(self) -> None:
        """The bottom of the screen: held bills, the scale, and what is wrong."""
        standing = self._standing
        parts: list[Part] = [
            (f" {standing.held} held" if standing.held else " no bill held", QUIET)
        ]
        parts += self.devices.status()
        if standing.shift is None:
            parts.append(("   no shift is open", ALERT))
        parts += [(f"   {words}", ALERT) for words in standing.warnings]
        self.query_one("#status", Painted).set_row(0, *parts)


def _shift_told(standing: Standing) -> str:
    shift = standing.shift
    return f"{shift.name} {shift.day:%a %d %b %Y}" if shift else "no shift"


def _offered(owing: "Owing") -> Offered:
    customer = owing.customer
    about = "  ".join(filter(None, (customer.phone, customer.lane)))
    return Offered(customer.code, customer.name, about, owing.owed_paise, owing.over)


def _buyer_told(owing: "Owing", width: int) -> str:
    """Whose a bill is, what they owe, and of how much, in so many columns: the name gives way."""
    customer = owing.customer
    told = f" owes {show_rupees(owing.owed_paise)}"
    if customer.limit_paise is not None:
        told += f"{' OVER' if owing.over else ' of'} {show_rupees(customer.limit_paise)}"
    room = max(0, width - len(told))
    shown = customer.shown
    return cell(f"{cell(shown, min(room, width_of(shown)))}{told}", max(0, width)).rstrip()


def sought(text: str) -> str:
    """The words that are looked for while a key-in grows: an item's, or behind // a customer's."""
    buyer = customer_words(text)
    return f"//{buyer}" if buyer else search_words(text)


def likeliest(till: Till, text: str) -> int | None:
    """The PLU that words mean most likely, where Enter came before the search's answer."""
    found = till.catalogue.search(search_words(text), 1)
    return found[0].plu if found else None
