"""Whose a bill is: what billing asks of customers, and nothing else."""

from datetime import date
from typing import NamedTuple

from milkpos_tui.domain.bill import Bill, BillLine
from milkpos_tui.domain.cart import Cart, CartLine
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import parse_rupees, show_rupees
from milkpos_tui.domain.rounding import apportion, half_up
from milkpos_tui.domain.settings import LOYALTY, POINT_WORTH
from milkpos_tui.domain.text import clean
from milkpos_tui.services.accounts import Accounts, Customer, is_over
from milkpos_tui.services.rates import Rates
from milkpos_tui.services.records import BillRecord
from milkpos_tui.services.settings import Settings

CHOICES_SHOWN = 5


class Buyer(NamedTuple):
    """What a slip says of a customer; `owes_paise` None where nothing went on khata;
    `points_taken` off the bill, below zero where a return gave some back."""

    code: str
    name: str
    owes_paise: int | None
    points_taken: int = 0


class Buyers:
    """Customers at the counter."""

    def __init__(self, accounts: Accounts, rates: Rates, settings: Settings) -> None:
        self._accounts = accounts
        self._rates = rates
        self._settings = settings

    def is_card(self, code: str) -> bool:
        """Whether a code is the card of a customer."""
        return self._accounts.by_card(code) is not None

    def chosen(self, what: str) -> tuple[str | None, str]:
        """The id of the customer of a code, card or words, and what to tell of them; None for
        nothing. Refused where there is none, or more than one, and for who buys no longer."""
        if not what:
            return None, "nobody's bill"
        customer = self._found(what)
        if not customer.active:
            raise Refused("customer-gone", f"{customer.called} buys on khata no longer")
        return customer.id, self.told(customer.id)

    def told(self, customer_id: str) -> str:
        """Who a customer is and what they owe now, of how much; in capitals where it is more than
        they may."""
        from milkpos_tui.domain.khata import show_balance

        customer = self._accounts.whoever(customer_id)
        owed = self._accounts.owed_paise(customer.id)
        told = f"{customer.shown}: {show_balance(owed)}"
        if customer.limit_paise is None:
            return told
        limit = show_rupees(customer.limit_paise)
        return f"{told}, {'OVER' if is_over(customer, owed) else 'of'} the limit of Rs {limit}"

    def code_of(self, customer: str | None) -> str | None:
        """The code of a customer."""
        return None if customer is None else self._accounts.whoever(customer).code

    def over_limit(self, customer: str, more_paise: int) -> int | None:
        """What a customer would owe with so much more, where it is above their limit."""
        known = self._accounts.by_id(customer)
        owed = self._accounts.owed_paise(known.id) + more_paise
        return owed if is_over(known, owed) else None

    def at_rate_of(
        self, customer: str | None, line: CartLine, day: date, before: str | None = None
    ) -> CartLine:
        """A line at a customer's rate of a day, if it has the usual rate of whose it was before, or
        one that was agreed for an order of theirs: a price that was keyed stays."""
        usual = {self._rates.rate(line.item, before, day)}
        if before != customer:
            usual |= self._rates.agreed(line.item, before)
        rate = self._rates.rate(line.item, customer, day)
        return line.with_rate(rate) if line.rate_paise in usual - {rate} else line

    def points_for(self, cart: Cart) -> int:
        """The points that whose bill it is earns by it, as the shop gives them."""
        if cart.customer is None:
            return 0
        from milkpos_tui.domain import loyalty

        rates = loyalty.parse_point_rates(self._settings.text(LOYALTY))
        if not rates:
            return 0
        off, amounts = cart.bill_discount_paise, [line.amount_paise for line in cart.lines]
        shares = apportion(off, amounts) if off else [0] * len(amounts)
        sold = (
            (line.item.category, line.amount_paise - share)
            for line, share in zip(cart.lines, shares, strict=True)
        )
        return loyalty.points_for(rates, sold)

    def points_back(self, sold: BillRecord, back_paise: int) -> int:
        """The points that a return takes back of those its bill earned."""
        earned, _taken = self._accounts.points_of(sold.id)
        if not earned:
            return 0
        from milkpos_tui.domain.loyalty import points_back

        before_paise = self._accounts.came_back_paise(sold.id)
        return points_back(earned, sold.document.total_paise, before_paise, back_paise)

    def points_given_back(self, sold: BillRecord, note: Bill) -> int:
        """The points taken for a bill that a return gives back: the same part of them as of what
        its goods were worth before any discount, and all of them when all of it came back."""
        _earned, taken = self._accounts.points_of(sold.id)
        if not taken:
            return 0
        from milkpos_tui.domain.loyalty import points_back

        lines = sold.document.lines
        before = sum(_worth(lines[number - 1], qty) for number, qty in sold.returned_milli.items())
        whole = sum(_worth(line, line.qty_milli) for line in lines)
        now = sum(line.amount_paise + line.discount_paise for line in note.lines)
        return points_back(taken, whole, before, now)

    def points_to_take(self, cart: Cart, points: int | None) -> Cart:
        """A bill with points of its customer taken for a part of it, all that fit where no number
        is said. Refused for nobody's bill, and for more than they have or than the bill takes."""
        if cart.customer is None:
            raise Refused("points-needs-customer", "whose points? choose a customer first: //12")
        if not cart.lines:
            raise Refused("no-line", "there is nothing to take points for")
        point_paise = parse_rupees(self._settings.text(POINT_WORTH))
        customer = self._accounts.whoever(cart.customer)
        had = max(0, self._accounts.balances(customer.id).points)
        room = cart.room_for_points(point_paise)
        wanted = min(had, room) if points is None else points
        if wanted > had or (points is None and not had):
            raise Refused("points", f"{customer.called} has {had} points, not more")
        if wanted > room or (points is None and not room):
            raise Refused("points-too-much", f"the bill takes {room} points, not more")
        return cart.with_points(wanted, point_paise)

    def check_points(self, cart: Cart) -> None:
        """Refused where a customer no longer has the points taken for their bill: another terminal
        was faster. To be asked in the transaction that takes them."""
        if not cart.points or cart.customer is None:
            return
        customer = self._accounts.whoever(cart.customer)
        had = max(0, self._accounts.balances(customer.id).points)
        if cart.points > had:
            raise Refused(
                "points",
                f"{customer.called} has {had} points by now, not {cart.points}: take them off "
                "with +**0, or fewer",
            )

    def _found(self, what: str) -> Customer:
        if what.isascii() and what.isdecimal() and len(what) <= 6:
            return self._accounts.known(what)
        card = self._accounts.by_card(what)
        if card is not None:
            return card
        found = self._accounts.search(what, CHOICES_SHOWN + 1)
        if not found:
            raise Refused("customer-unknown", f"no customer is '{clean(what)}'")
        if len(found) > 1:
            choices = ", ".join(one.shown for one in found[:CHOICES_SHOWN])
            more = " ..." if len(found) > CHOICES_SHOWN else ""
            raise Refused("customer-many", f"'{clean(what)}' may be {choices}{more}")
        return found[0]


def _worth(line: BillLine, qty_milli: int) -> int:
    """What so much of a sold line was worth before any discount, as its parts add up to it."""
    parts = (line.amount_paise, line.discount_paise)
    return sum(half_up(paise * qty_milli, line.qty_milli) for paise in parts)
