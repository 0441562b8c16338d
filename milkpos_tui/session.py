"""An operator at a counter: what the screen works with between sign-in and lock."""

from typing import NamedTuple

from milkpos_tui.services.checkout import Checkout
from milkpos_tui.services.records import BillRecord, Operator, Shop
from milkpos_tui.till import Actor, Till


class Turns:
    """Key-ins handed to the clerk, and answers seen: keys run ahead of a slow disk."""

    def __init__(self) -> None:
        self.given = 0
        self.seen = 0

    def take(self) -> int:
        """The number of the next key-in."""
        self.given += 1
        return self.given


class Session(NamedTuple):
    """Who works where, and what was found there. The checkout is the clerk's alone to call."""

    shop: Shop
    operator: Operator
    counter: str
    today: str
    checkout: Checkout
    held: int
    last: BillRecord | None
    turns: Turns


def begin(till: Till, counter: str, code: str, pin: str, name: str) -> Session:
    """Sign an operator in on a counter. Refused for a wrong PIN or an unknown counter.

    The entry about it is `note_begun`'s, so that the screen need not wait for the disk.
    """
    counter = till.shops.check_counter(counter)
    operator = till.people.prove(code, pin, name)
    checkout = till.checkout(counter, Actor(operator.code, session=name))
    return Session(
        shop=till.shop,
        operator=operator,
        counter=counter,
        today=till.today().strftime("%a %d %b %Y"),
        checkout=checkout,
        held=len(checkout.held),
        last=till.bills.last_on(counter),
        turns=Turns(),
    )


def note_begun(till: Till, session: Session) -> bool:
    """Journal the sign-in; the clerk does it before the session's first key-in."""
    till.people.note_sign_in(session.checkout.actor)
    return True
