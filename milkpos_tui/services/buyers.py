"""Whose a bill is: what billing asks of customers, and nothing else."""

from datetime import date
from typing import NamedTuple

from milkpos_tui.domain.cart import Cart, CartLine
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.rounding import apportion
from milkpos_tui.domain.settings import LOYALTY
from milkpos_tui.domain.text import clean
from milkpos_tui.services.accounts import Accounts, Customer, is_over
from milkpos_tui.services.rates import Rates
from milkpos_tui.services.records import BillRecord
from milkpos_tui.services.settings import Settings

CHOICES_SHOWN = 5


class Buyer(NamedTuple):
    """What a slip says of a customer; `owes_paise` None where nothing went on khata."""

    code: str
    name: str
    owes_paise: int | None


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
        """A line at a customer's rate of a day, if it has the usual rate of whose it was before: a
        price that was keyed stays."""
        usual = self._rates.rate(line.item, before, day)
        rate = self._rates.rate(line.item, customer, day)
        return line.with_rate(rate) if line.rate_paise == usual != rate else line

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
        earned, before_paise = self._accounts.points_of(sold.id)
        if not earned:
            return 0
        from milkpos_tui.domain.loyalty import points_back

        return points_back(earned, sold.document.total_paise, before_paise, back_paise)

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
