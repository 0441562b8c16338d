"""The entry line at work: what is keyed or scanned on a counter, one key-in after another.

The billing screen, `milkpos ring` and the demo all drive this; it holds the open bill.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from milkpos_tui.domain import entryline as keyed
from milkpos_tui.domain.cart import CartLine, Measured, Weight
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.labels import DEFAULT_LAYOUTS, Label, Layout, read_label
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.numbering import BillNumber
from milkpos_tui.domain.quantity import MILLI, Unit, show_quantity
from milkpos_tui.domain.scan import Scan, spellings
from milkpos_tui.domain.text import clean
from milkpos_tui.journal.clock import Clock, day_in_india
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.billing import Billing
from milkpos_tui.services.catalogue import Catalogue
from milkpos_tui.services.drafts import Drafts
from milkpos_tui.services.records import Draft, HeldBill, Outcome

if TYPE_CHECKING:
    from milkpos_tui.services.usual import Usual, Usuals

CHOICES_SHOWN = 5


class Scale(NamedTuple):
    """What the scale of a counter says at a key-in: a weight to sell by, or why there is none.
    `by_itself` where an item by weight takes it without being told to."""

    weight: Weight | None = None
    why_none: str = "no scale is set up: key the weight, like .250*12"
    by_itself: bool = False

    def needed(self) -> Weight:
        """The weight. Refused where there is none, and why."""
        if self.weight is None:
            raise Refused("no-weight", self.why_none)
        return self.weight


NO_SCALE = Scale()


class Checkout:
    """One counter with one operator. A refused key-in changes nothing."""

    def __init__(
        self,
        billing: Billing,
        drafts: Drafts,
        catalogue: Catalogue,
        clock: Clock,
        counter: str,
        actor: Actor,
        usuals: "Callable[[], Usuals]",
        layouts: Sequence[Layout] = DEFAULT_LAYOUTS,
    ) -> None:
        """`usuals` are made when a customer is first chosen: a start need not load them."""
        self._billing = billing
        self._drafts = drafts
        self._catalogue = catalogue
        self._clock = clock
        self._actor = actor
        self._usuals = usuals
        self._layouts = layouts
        self._scale = NO_SCALE
        self._refused_at = 0
        self._paid_at: int | None = None  # the key-in before this one, if it was a payment
        self._proposed: Usual | None = None  # by the key-in before this one
        left_open = drafts.open_on(counter)
        self.recovered = left_open is not None
        self.draft: Draft = left_open or drafts.new(counter)

    @property
    def actor(self) -> Actor:
        """Who bills here."""
        return self._actor

    @property
    def held(self) -> tuple[HeldBill, ...]:
        """The bills put aside on this counter."""
        return self._drafts.held(self.draft.counter)

    def key_in(
        self,
        text: str,
        *,
        chosen: int | None = None,
        serial: int = 0,
        seen: int = 0,
        scale: Scale = NO_SCALE,
    ) -> Outcome:
        """Do what a line of the entry line asks for. Raises Refused with the rule.

        `chosen` is the PLU that a search offered for the words. A screen whose keys run ahead of
        the disk numbers its key-ins (`serial`) and says the answer to which one the operator had
        `seen`: money keyed before a payment was seen is the same Enter pressed twice, and money
        keyed before a refusal was seen would pay a bill that lacks something.
        """
        self._scale = scale
        return self._taken(
            lambda refused_at: self._do(
                keyed.parse(clean(text, limit=keyed.KEYED_MAX + 1)), chosen, seen, refused_at
            ),
            serial,
        )

    def scan(
        self, scan: Scan, *, card: bool = False, serial: int = 0, scale: Scale = NO_SCALE
    ) -> Outcome:
        """Put what was scanned on the bill; a bill's own number finds that bill. Of a reader of
        customers' cards a code is a `card` and nothing else, whatever item has that number. Raises
        Refused for an unknown code and for what is past its expiry."""
        self._scale = scale
        work = self._carded if card else self._scanned
        return self._taken(lambda _refused_at: work(scan), serial)

    def weigh(self, text: str, *, chosen: int | None, serial: int, scale: Scale) -> Outcome:
        """The scale's weight of what is keyed, or of the last line where nothing is. Refused while
        the scale does not rest, for items not sold by weight, and where a quantity is keyed too."""
        self._scale = NO_SCALE
        return self._taken(lambda _refused_at: self._weighed(text, chosen, scale), serial)

    @property
    def proposes(self) -> bool:
        """Whether the key-in before this one proposed the usual, which an empty one takes."""
        return self._proposed is not None

    def choose(self, what: str) -> Outcome:
        """Make the bill a customer's without proposing anything: nobody is there to be told."""
        outcome = self.key_in(f"//{what}")
        self.drop_usual()
        return outcome._replace(usual=None)

    def drop_usual(self) -> None:
        """What was proposed is not wanted."""
        self._proposed = None

    def take_usual(self, *, serial: int = 0) -> Outcome:
        """An empty key-in: what the key-in before it proposed is put on the bill, in one go; it is
        never paid by that. Where nothing was proposed it is passed over. Refused where the usual is
        another by now."""
        proposed = self._proposed
        if proposed is None:
            return Outcome("repeated", self.draft)
        return self._taken(lambda _refused_at: self._take(proposed), serial)

    def _taken(self, work: Callable[[int], Outcome], serial: int) -> Outcome:
        """What one key-in does, given the key-in that was refused before it. What was proposed
        before it is dropped."""
        self._proposed = None
        refused_before, self._refused_at = self._refused_at, serial
        outcome = work(refused_before)
        # Only what came this far was not refused, and was not lost to a full or busy disk.
        self._refused_at = refused_before
        if outcome.did != "repeated":
            self._paid_at = serial if outcome.paid is not None else None
        return outcome

    def _carded(self, scan: Scan) -> Outcome:
        known = (scan.code, *spellings(scan.article or scan.code))
        card = next(filter(self._billing.is_card, known), None)
        if card is None:
            raise Refused("card-unknown", "no customer has this card: milkpos customer change")
        return self._choose(card)

    def _scanned(self, scan: Scan) -> Outcome:
        if BillNumber.is_one(scan.code):
            found = self._billing.find(scan.code)
            return Outcome("bill_found", self.draft, found=found, message=f"bill {found.number}")
        if scan.article is None:
            return self._put_code(scan.code)
        known = (self._catalogue.by_code(each) for each in spellings(scan.article))
        item = next((each for each in known if each is not None), None)
        if item is None:
            cards = filter(self._billing.is_card, spellings(scan.article))
            return self._put_code(next(cards, scan.article))
        today = day_in_india(self._clock.now())
        if scan.expiry is not None and scan.expiry < today:
            raise Refused(
                "expired", f"{item.name} expired on {scan.expiry:%d %b %Y}: not to be sold"
            )
        if scan.grams is not None and item.unit is Unit.KG:
            return self._put(item, scan.grams, None, Measured.LABEL)
        if scan.price_paise is not None and not item.unit.whole_only:
            return self._put(item, None, scan.price_paise, Measured.LABEL)
        return self._put(item, None, None)

    def _weighed(self, text: str, chosen: int | None, scale: Scale) -> Outcome:
        weight = scale.needed()
        text = clean(text, limit=keyed.KEYED_MAX + 1)
        if not text:
            return self._change(self.draft.cart.last.with_weight(weight))
        key_in = keyed.parse(text)
        if not isinstance(key_in, keyed.AddItem):
            raise Refused("weigh-what", "key an item to weigh, or nothing for the last line")
        if key_in.qty_milli is not None or key_in.worth_paise is not None:
            raise Refused("weigh-quantity", "the scale says how much it is: key the item alone")
        item = self._catalogue.by_code(key_in.what)
        if item is None and chosen is not None:
            item = self._catalogue.on_sale(chosen)
        return self._put_weight(item or self._by_words(key_in.what), weight)

    def _do(self, key_in: keyed.KeyIn, chosen: int | None, seen: int, refused_at: int) -> Outcome:
        match key_in:
            case keyed.AddItem(what, qty_milli, worth_paise):
                return self._add(what, qty_milli, worth_paise, chosen)
            case keyed.SetQuantity(qty_milli):
                return self._change(self.draft.cart.last.with_quantity(qty_milli))
            case keyed.SetWorth(worth_paise):
                return self._change(self.draft.cart.last.with_worth(worth_paise))
            case keyed.SetRate(rate_paise):
                return self._change(self.draft.cart.last.with_rate(rate_paise))
            case keyed.DiscountLine(discount):
                return self._change(self.draft.cart.last.with_discount(discount))
            case keyed.DiscountBill(discount):
                return self._now(
                    "discount", self._billing.set_discount(self.draft, discount, self._actor)
                )
            case keyed.RedeemPoints(points):
                return self._redeem(points)
            case keyed.TakeOff(number):
                return self._take_off(number)
            case keyed.Drop(reason):
                return self._now("dropped", self._billing.drop(self.draft, reason, self._actor))
            case keyed.Hold():
                return self._set_aside("held", self._billing.hold(self.draft))
            case keyed.Recall(number):
                return self._set_aside("recalled", self._billing.recall(self.draft, number))
            case keyed.ChooseCustomer(what):
                return self._choose(what)
            case keyed.Pay():
                return self._pay(key_in, seen, refused_at)

    def _add(
        self, what: str, qty_milli: int | None, worth_paise: int | None, chosen: int | None
    ) -> Outcome:
        item = self._catalogue.by_code(what)
        if item is None and chosen is not None:
            item = self._catalogue.on_sale(chosen)
        if item is not None:
            return self._put(item, qty_milli, worth_paise)
        if qty_milli is None and worth_paise is None and self._billing.is_card(what):
            return self._choose(what)
        label = self._label(what)
        if label is None:
            return self._put(self._by_words(what), qty_milli, worth_paise)
        if qty_milli is not None or worth_paise is not None:
            raise Refused("label-quantity", "the label says how much it is: key it alone")
        return self._put_labelled(label)

    def _put_code(self, code: str) -> Outcome:
        """What was scanned, without a search: the words of any QR code might find an item."""
        item = self._catalogue.by_code(code)
        if item is not None:
            return self._put(item, None, None)
        if self._billing.is_card(code):
            return self._choose(code)
        label = self._label(code)
        if label is None:
            raise _unknown(code)
        return self._put_labelled(label)

    def _label(self, code: str) -> Label | None:
        return read_label(code, self._layouts) if code.isdecimal() and code.isascii() else None

    def _put_labelled(self, label: Label) -> Outcome:
        labelled = self._catalogue.by_code(str(label.plu))
        if labelled is None:
            raise Refused("code-unknown", f"the label's item {label.plu} is not known")
        count = label.pieces * MILLI if label.pieces is not None else None
        return self._put(labelled, label.weight_milli or count, label.price_paise, Measured.LABEL)

    def _by_words(self, what: str) -> Item:
        if not any(char.isalpha() for char in what):
            raise _unknown(what)
        found = self._catalogue.search(what, CHOICES_SHOWN + 1)
        if not found:
            raise Refused("words-unknown", f"no item is called '{what}'")
        if len(found) > 1:
            choices = ", ".join(f"{item.plu} {item.name}" for item in found[:CHOICES_SHOWN])
            more = " ..." if len(found) > CHOICES_SHOWN else ""
            raise Refused("words-many", f"'{what}' may be {choices}{more}")
        return found[0]

    def _put(
        self,
        item: Item,
        qty_milli: int | None,
        worth_paise: int | None,
        measured: Measured = Measured.TYPED,
    ) -> Outcome:
        line_id, now = self.draft.cart.next_line_id, self._clock.now()
        if worth_paise is not None:
            line = CartLine.by_worth(line_id, item, worth_paise, now, measured)
        elif qty_milli is None and item.unit is Unit.KG and self._scale.by_itself:
            return self._put_weight(item, self._scale.needed())
        else:
            qty_milli = MILLI if qty_milli is None else qty_milli
            line = CartLine.by_quantity(line_id, item, qty_milli, now, measured)
        return self._put_line(line)

    def _put_weight(self, item: Item, weight: Weight) -> Outcome:
        line = CartLine.by_weight(self.draft.cart.next_line_id, item, weight, self._clock.now())
        return self._put_line(line)

    def _put_line(self, line: CartLine) -> Outcome:
        line = self._billing.at_rate(self.draft, line)
        return self._now("added", self._billing.put_line(self.draft, line, self._actor), line)

    def _choose(self, what: str) -> Outcome:
        draft, told = self._billing.choose_customer(self.draft, what, self._actor)
        chosen = self._now("customer", draft, message=told)
        if draft.cart.customer is None or draft.cart.lines:
            return chosen
        usual = self._usuals().of(draft)
        if usual is None:
            return chosen
        if usual.lines:
            self._proposed = usual
            return chosen._replace(usual=usual)
        from milkpos_tui.domain.usual import nothing_told

        why = (
            f"this {usual.half}'s usual was collected"
            if usual.collected
            else nothing_told(usual.left_out)
        )
        who = f"{usual.customer.shown}: "  # what they owe stands on the bill: it may be cut off
        return chosen._replace(message=f"{who}{why}; {told.removeprefix(who)}")

    def _take(self, proposed: "Usual") -> Outcome:
        from milkpos_tui.domain.usual import taken_told

        draft = self._usuals().take(self.draft, proposed, self._actor)
        told = taken_told(proposed.lines, proposed.left_out)
        return self._now("usual", draft, message=told)._replace(usual=proposed)

    def _change(self, line: CartLine) -> Outcome:
        return self._now("changed", self._billing.change_line(self.draft, line, self._actor), line)

    def _redeem(self, points: int | None) -> Outcome:
        draft = self._billing.take_points(self.draft, points, self._actor)
        cart = draft.cart
        told = f"{cart.points} points are Rs {show_rupees(cart.points_paise)} off the bill"
        return self._now("points", draft, message=told)

    def _take_off(self, number: int | None) -> Outcome:
        cart = self.draft.cart
        if number is None and cart.tenders:
            back = cart.tenders[-1]
            return self._now(
                "given_back",
                self._billing.give_back(self.draft, self._actor),
                message=f"Rs {show_rupees(back.amount_paise)} {back.kind.value} given back",
            )
        line = cart.last if number is None else cart.line(number)
        return self._now(
            "removed",
            self._billing.remove_line(self.draft, line, self._actor),
            line,
            f"{show_quantity(line.qty_milli)} {line.item.unit.sign} {line.item.name} taken off",
        )

    def _pay(self, pay: keyed.Pay, seen: int, refused_at: int) -> Outcome:
        if self._paid_at is not None and self._paid_at > seen:
            return Outcome("repeated", self.draft)
        if refused_at > seen:
            raise Refused(
                "keyed-ahead", "something before it was refused: look at the bill, then pay"
            )
        self.draft, paid = self._billing.tender(
            self.draft, pay.kind, pay.amount_paise, pay.reference, self._actor
        )
        if paid is not None:
            return Outcome("paid", self.draft, paid=paid, message=self._billing.warning(paid))
        due = show_rupees(self.draft.cart.due_paise)
        return Outcome("part_paid", self.draft, message=f"Rs {due} still due")

    def _set_aside(self, did: str, draft: Draft) -> Outcome:
        self.draft = draft
        return Outcome(did, draft, held=len(self.held))

    def _now(
        self, did: str, draft: Draft, line: CartLine | None = None, message: str = ""
    ) -> Outcome:
        self.draft = draft
        return Outcome(did, draft, line, message=message)


def _unknown(code: str) -> Refused:
    return Refused("code-unknown", f"no item has the code {code}")
