"""An open bill: its lines, discounts and tenders, and what is due. Immutable; pure arithmetic."""

from enum import StrEnum
from typing import NamedTuple

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.money import MONEY_LIMIT_PAISE, PAISE_PER_RUPEE, show_rupees
from milkpos_tui.domain.quantity import MILLI, Unit, check_quantity
from milkpos_tui.domain.rounding import half_up
from milkpos_tui.domain.tax import BP, show_percent

LINES_MAX = 1000
KHATA_OF_NOBODY = "khata needs a customer: // and their code"
CASH_SURPLUS_MAX_PAISE = 10_000_00  # more change than this is a slip of the finger


class Discount(NamedTuple):
    """Off a line or a bill: an amount in paise, or a rate in basis points; one of them is 0."""

    paise: int = 0
    rate_bp: int = 0

    def of(self, base_paise: int) -> int:
        """The paise taken off a base. Refused where it is more than the base."""
        off = self.paise + half_up(base_paise * self.rate_bp, BP)
        if off > base_paise:
            raise Refused(
                "discount-too-much",
                f"a discount of Rs {show_rupees(off)} is more than the Rs "
                f"{show_rupees(base_paise)} it is taken from",
            )
        return off

    def __str__(self) -> str:
        if self.rate_bp:
            return f"{show_percent(self.rate_bp)} %"
        return f"Rs {show_rupees(self.paise)}"


NO_DISCOUNT = Discount()


class Measured(StrEnum):
    """Who said how much there is of an item by weight; nobody of other items."""

    NOBODY = ""
    SCALE = "scale"
    LABEL = "label"
    TYPED = "typed"


class Weight(NamedTuple):
    """What lay on the scale, at rest, less its container, in grams, which are thousandths."""

    net_milli: int
    tare_milli: int = 0


class CartLine(NamedTuple):
    """One line. `id` is its own for the life of the bill; `worth_paise` is set where money was
    keyed ("fifty rupees' worth") and the quantity follows from it. `keyed_at` is UTC
    milliseconds."""

    id: int
    item: Item
    qty_milli: int
    rate_paise: int
    worth_paise: int | None = None
    discount: Discount = NO_DISCOUNT
    gross_paise: int = 0
    amount_paise: int = 0
    keyed_at: int = 0
    measured: Measured = Measured.NOBODY
    tare_milli: int = 0

    @classmethod
    def by_quantity(
        cls,
        line_id: int,
        item: Item,
        qty_milli: int,
        keyed_at: int = 0,
        measured: Measured = Measured.TYPED,
    ) -> "CartLine":
        """A line of a quantity at the item's price."""
        line = cls(line_id, item, qty_milli, item.price_paise, keyed_at=keyed_at)
        return line._said_by(measured)._priced()

    @classmethod
    def by_weight(cls, line_id: int, item: Item, weight: Weight, keyed_at: int = 0) -> "CartLine":
        """A line of what the scale says. Refused for an item that is not sold by weight."""
        line = cls(line_id, item, 0, item.price_paise, keyed_at=keyed_at)
        return line.with_weight(weight)

    @classmethod
    def by_worth(
        cls,
        line_id: int,
        item: Item,
        worth_paise: int,
        keyed_at: int = 0,
        measured: Measured = Measured.TYPED,
    ) -> "CartLine":
        """A line of an amount of money at the item's price."""
        line = cls(line_id, item, 0, item.price_paise, worth_paise, keyed_at=keyed_at)
        return line._said_by(measured)._priced()

    @classmethod
    def restored(
        cls,
        line_id: int,
        item: Item,
        qty_milli: int,
        rate_paise: int,
        worth_paise: int | None,
        discount: Discount,
        keyed_at: int = 0,
        measured: Measured = Measured.NOBODY,
        tare_milli: int = 0,
    ) -> "CartLine":
        """A line as a draft kept it; the item's rules may have changed since it was keyed."""
        line = cls(
            line_id,
            item,
            qty_milli,
            rate_paise,
            worth_paise,
            discount,
            keyed_at=keyed_at,
            measured=measured,
            tare_milli=tare_milli,
        )
        gross = line._gross_of(qty_milli)
        return line._replace(gross_paise=gross, amount_paise=gross - discount.of(gross))

    def with_quantity(self, qty_milli: int) -> "CartLine":
        """The same line of another quantity."""
        line = self._replace(qty_milli=qty_milli, worth_paise=None)
        return line._said_by(Measured.TYPED)._priced()

    def with_weight(self, weight: Weight) -> "CartLine":
        """The same line of what the scale says. Refused for an item that is not sold by weight."""
        if self.item.unit is not Unit.KG:
            raise Refused(
                "not-by-weight",
                f"{self.item.name} is sold by the {self.item.unit.value}, not by weight",
            )
        line = self._replace(qty_milli=weight.net_milli, worth_paise=None)
        return line._said_by(Measured.SCALE, weight.tare_milli)._priced()

    def with_worth(self, worth_paise: int) -> "CartLine":
        """The same line for an amount of money."""
        return self._replace(worth_paise=worth_paise)._said_by(Measured.TYPED)._priced()

    def with_rate(self, rate_paise: int) -> "CartLine":
        """The same line at another price per unit; Refused above the MRP."""
        return self._replace(rate_paise=self.item.check_price(rate_paise))._priced()

    def with_discount(self, discount: Discount) -> "CartLine":
        """The same line with a discount instead of the one it had."""
        return self._replace(discount=discount)._priced()

    def _said_by(self, measured: Measured, tare_milli: int = 0) -> "CartLine":
        if self.item.unit is not Unit.KG:
            return self
        return self._replace(measured=measured, tare_milli=tare_milli)

    def _priced(self) -> "CartLine":
        """Quantity and amounts worked out. The amount is the authority, tax comes out of it."""
        qty = self.qty_milli
        if self.worth_paise is not None:
            qty = half_up(self.worth_paise * MILLI, self.rate_paise)
        check_quantity(qty, self.item.step_milli, self.item.unit)
        gross = self._gross_of(qty)
        if self.item.unit.whole_only and gross != half_up(self.rate_paise * qty, MILLI):
            raise Refused(
                "worth-of-pieces",
                f"Rs {show_rupees(gross)} is no whole number of {self.item.name} at "
                f"Rs {show_rupees(self.rate_paise)}",
            )
        if gross <= 0:
            raise Refused("amount-zero", f"so little {self.item.name} is worth nothing")
        amount = gross - self.discount.of(gross)
        return self._replace(qty_milli=qty, gross_paise=gross, amount_paise=amount)

    def _gross_of(self, qty_milli: int) -> int:
        if self.worth_paise is not None:
            return self.worth_paise
        return half_up(self.rate_paise * qty_milli, MILLI)


class TenderKind(StrEnum):
    """What a bill is paid with."""

    CASH = "cash"
    UPI = "upi"
    CARD = "card"
    KHATA = "khata"


class Tender(NamedTuple):
    """Money given. Of cash the amount handed over: the change is the bill's."""

    kind: TenderKind
    amount_paise: int
    reference: str = ""


class Cart(NamedTuple):
    """An open bill. Totals in paise; `round_to_paise` is the shop's setting (100 or 1), `customer`
    the id of whose it is, of whose points some are taken, at what each was worth when keyed."""

    lines: tuple[CartLine, ...] = ()
    discount: Discount = NO_DISCOUNT
    tenders: tuple[Tender, ...] = ()
    round_to_paise: int = PAISE_PER_RUPEE
    customer: str | None = None
    points: int = 0
    point_paise: int = 0

    @property
    def amounts_paise(self) -> int:
        """What the lines come to, before the bill's own discount."""
        return sum([line.amount_paise for line in self.lines])

    @property
    def bill_discount_paise(self) -> int:
        """The bill's own discount, and what points are worth."""
        off = self.discount.of(self.amounts_paise) if self.discount != NO_DISCOUNT else 0
        return off + self.points_paise

    @property
    def points_paise(self) -> int:
        """What the points taken for the bill come to."""
        return self.points * self.point_paise

    @property
    def discount_paise(self) -> int:
        """All that is taken off: the lines' discounts and the bill's."""
        gross = sum(line.gross_paise for line in self.lines)
        return gross - self.amounts_paise + self.bill_discount_paise

    @property
    def net_paise(self) -> int:
        """Before the round-off."""
        return self.amounts_paise - self.bill_discount_paise

    @property
    def total_paise(self) -> int:
        """What the bill comes to, rounded as the shop rounds."""
        return round_off_to(self.net_paise, self.round_to_paise)

    @property
    def tendered_paise(self) -> int:
        """What was given so far."""
        return sum([tender.amount_paise for tender in self.tenders])

    @property
    def due_paise(self) -> int:
        """What is still to pay; never below zero."""
        return max(0, self.total_paise - self.tendered_paise)

    @property
    def change_paise(self) -> int:
        """What goes back to the customer."""
        return max(0, self.tendered_paise - self.total_paise)

    @property
    def last(self) -> CartLine:
        """The last line. Refused where there is none."""
        if not self.lines:
            raise Refused("no-line", "there is no line yet")
        return self.lines[-1]

    @property
    def next_line_id(self) -> int:
        """An id that no line of this cart has, above all of them."""
        return self.lines[-1].id + 1 if self.lines else 1

    def line(self, number: int) -> CartLine:
        """The line with a number as shown (from 1). Refused where there is none."""
        if not 1 <= number <= len(self.lines):
            raise Refused("no-line", f"there is no line {number}")
        return self.lines[number - 1]

    def with_line(self, line: CartLine) -> "Cart":
        """The cart with one more line, or with this line in place of the one of the same id."""
        self._untouched_by_tenders()
        for i, old in enumerate(self.lines):
            if old.id == line.id:
                lines = (*self.lines[:i], line, *self.lines[i + 1 :])
                return self._replace(lines=lines)._checked()
        if len(self.lines) >= LINES_MAX:
            raise Refused("bill-full", f"a bill has at most {LINES_MAX} lines: pay or hold it")
        return self._replace(lines=(*self.lines, line))._checked()

    def without_line(self, line: CartLine) -> "Cart":
        """The cart without a line; a discount in rupees, or points, that no longer fit go with
        it."""
        self._untouched_by_tenders()
        left = tuple(other for other in self.lines if other.id != line.id)
        cart = self._replace(lines=left)
        if self.discount.paise > cart.amounts_paise:
            cart = cart._replace(discount=NO_DISCOUNT)
        if cart.points_paise and cart.bill_discount_paise > cart.amounts_paise:
            cart = cart.with_points(0, 0)
        return cart

    def with_discount(self, discount: Discount) -> "Cart":
        """The cart with another discount on the whole bill."""
        self._untouched_by_tenders()
        if not self.lines:
            raise Refused("no-line", "there is nothing to take a discount from")
        return self._replace(discount=discount)._checked()

    def room_for_points(self, point_paise: int) -> int:
        """How many whole points, worth so much each, the bill takes: what it comes to without."""
        return self.with_points(0, 0).net_paise // point_paise

    def with_points(self, points: int, point_paise: int) -> "Cart":
        """The cart with points of its customer taken, in place of those it had: a discount on
        the bill. Refused for more than it comes to, and while part of it is paid."""
        self._untouched_by_tenders()
        cart = self._replace(points=points, point_paise=point_paise if points else 0)
        return cart._checked()

    def with_tender(self, kind: TenderKind, paise: int | None, reference: str = "") -> "Cart":
        """The cart with money given; `None` is exactly what is due.

        Refused: khata of nobody, nothing to pay, UPI or card above the due
        (only cash gives change), and cash absurdly above it.
        """
        if not self.lines:
            raise Refused("nothing-to-pay", "there is nothing to pay")
        if kind is TenderKind.KHATA and self.customer is None:
            raise Refused("khata-needs-customer", KHATA_OF_NOBODY)
        due = self.due_paise
        if self.tenders and not due:
            raise Refused("already-paid", "the bill is paid")
        amount = due if paise is None else paise
        if amount < 0 or (amount == 0 and due > 0):
            raise Refused("tender-zero", "an amount given must be more than zero")
        surplus = amount - due
        if surplus > 0 and kind is not TenderKind.CASH:
            raise Refused(
                "tender-above-due",
                f"Rs {show_rupees(amount)} by {kind.upper()} is more than the Rs "
                f"{show_rupees(due)} due: only cash gives change",
            )
        if surplus > CASH_SURPLUS_MAX_PAISE:
            raise Refused(
                "tender-too-much",
                f"Rs {show_rupees(amount)} for Rs {show_rupees(due)} due? "
                f"At most Rs {show_rupees(CASH_SURPLUS_MAX_PAISE)} comes back as change",
            )
        if amount == 0:
            return self
        return self._replace(tenders=(*self.tenders, Tender(kind, amount, reference)))

    def of_customer(self, customer: str | None, lines: tuple[CartLine, ...]) -> "Cart":
        """The cart of another customer, or of nobody, with its lines at their rates; points of
        who it was before are theirs again."""
        self._untouched_by_tenders()
        same = customer == self.customer
        cart = self._replace(customer=customer, lines=lines)
        return (cart if same else cart.with_points(0, 0))._checked()

    def without_last_tender(self) -> "Cart":
        """The cart with the last money given back."""
        return self._replace(tenders=self.tenders[:-1])

    def _untouched_by_tenders(self) -> None:
        if self.tenders:
            raise Refused(
                "part-paid", "part of this bill is paid: finish it, or take the money back with -"
            )

    def _checked(self) -> "Cart":
        if self.amounts_paise > MONEY_LIMIT_PAISE:
            raise Refused("bill-limit", "the bill is over the limit of an amount")
        off = self.discount.of(self.amounts_paise)
        if off + self.points_paise > self.amounts_paise:
            raise Refused(
                "points-too-much",
                f"{self.points} points are Rs {show_rupees(self.points_paise)}, more than the Rs "
                f"{show_rupees(self.amounts_paise - off)} left to pay: take fewer with +**",
            )
        return self


def round_off_to(paise: int, step_paise: int) -> int:
    """To the nearest multiple of a step, half up: the bill's round-off rule."""
    return half_up(paise, step_paise) * step_paise
