"""An operator at a counter: what the screen works with between sign-in and lock."""

from typing import NamedTuple

from milkpos_tui.domain.settings import LOCK_AFTER, parse_seconds
from milkpos_tui.services.checkout import Checkout
from milkpos_tui.services.records import BillRecord, Draft, Operator, Shop
from milkpos_tui.services.standing import Standing
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
    """Who works where, and what was found there. The checkout is the clerk's alone to call.
    `lock_after_s` is how long the till may stand without a key; 0 for ever."""

    shop: Shop
    operator: Operator
    counter: str
    checkout: Checkout
    standing: Standing
    lock_after_s: int
    turns: Turns


def begin(till: Till, counter: str, code: str, pin: str, name: str) -> Session:
    """Sign an operator in on a counter. Refused for a wrong PIN or an unknown counter.

    What a screen can be shown without is `take_up`'s: it need not wait for the disk.
    """
    counter = till.shops.check_counter(counter)
    operator = till.people.prove(code, pin, name)
    checkout = till.checkout(counter, Actor(operator.code, session=name))
    return Session(
        shop=till.shop,
        operator=operator,
        counter=counter,
        checkout=checkout,
        standing=till.standings.of(counter),
        lock_after_s=parse_seconds(till.settings.text(LOCK_AFTER)),
        turns=Turns(),
    )


def look(till: Till, session: Session) -> tuple[Standing, Draft | None]:
    """How the counter stands; and where its open bill was dropped elsewhere, with the shift say,
    the bill that the checkout goes on with."""
    standing, checkout = till.standings.of(session.counter), session.checkout
    if standing.open_lines == len(checkout.draft.cart.lines):
        return standing, None
    checkout.draft = till.drafts.open_on(session.counter) or till.drafts.new(session.counter)
    return standing, checkout.draft


def take_up(till: Till, session: Session) -> BillRecord | None:
    """Journal the sign-in, before the session's first key-in; the last bill of the counter."""
    till.people.note_sign_in(session.checkout.actor)
    return till.bills.last_on(session.counter)
