"""What the two lines of a pole display say at each moment of a sale: pure, text in and text out.

Names are spelt in ASCII here already, though the driver does it too: a name that grows when it is
spelt would push the last digits of an amount off the display. No customer's name, phone or balance
is ever said.
"""

from typing import NamedTuple

from drivers.printer.letters import ascii_only
from milkpos_tui.domain.bill import Bill
from milkpos_tui.domain.cart import Cart, CartLine, TenderKind
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.text import cell
from milkpos_tui.services.records import Outcome

COLUMNS = 20  # as of every command set in drivers/display/frames.py
_KHATA = TenderKind.KHATA
NAME_MIN = 6  # of a name, before the rate gives way to it


class Facing(NamedTuple):
    """What the customer reads; each line has exactly `COLUMNS` characters of ASCII."""

    upper: str
    lower: str


def greeting(words: str, shop: str) -> Facing:
    """While nothing is sold: the shop's greeting (setting `greeting`) over its name."""
    return Facing(_centred(words), _centred(shop))


def added(line: CartLine, cart: Cart) -> Facing:
    """A line that was added or changed, over what the bill comes to so far."""
    return Facing(_line_row(line), _amount("TOTAL", cart.total_paise))


def removed(line: CartLine, cart: Cart) -> Facing:
    """A line that was taken off: the customer sees that it is, and what is left."""
    off = f" -{show_rupees(line.amount_paise)}"
    return Facing(_ends(_name(line), off), _amount("TOTAL", cart.total_paise))


def discounted(cart: Cart) -> Facing:
    """What is off the whole bill, over what it comes to now."""
    off = f" -{show_rupees(cart.bill_discount_paise)}"
    return Facing(_ends("DISCOUNT", off), _amount("TOTAL", cart.total_paise))


def to_pay(cart: Cart) -> Facing:
    """At payment: what the bill comes to, over what of it is still due."""
    return Facing(_amount("TOTAL", cart.total_paise), _amount("DUE", cart.due_paise))


def settled(document: Bill) -> Facing:
    """After payment: what was given, over what comes back; where something of it went on an
    account, only what it came to."""
    given = sum(tender.amount_paise for tender in document.tenders if tender.kind is not _KHATA)
    whole = given - document.change_paise >= document.total_paise
    upper = _amount("PAID", given) if whole else _amount("TOTAL", document.total_paise)
    return Facing(upper, _amount("CHANGE", document.change_paise))


def refunded(note: Bill) -> Facing:
    """After a return: what is given back."""
    return Facing(_amount("REFUND", note.total_paise), _centred("THANK YOU"))


def standing(cart: Cart, words: str, shop: str) -> Facing:
    """An open bill as it is found: after a start, a recall, or when another one was put aside."""
    return added(cart.last, cart) if cart.lines else greeting(words, shop)


def after(outcome: Outcome, words: str, shop: str) -> Facing | None:
    """What to show after a key-in or a scan; None where that leaves the display as it is.

    `words` and `shop` are what `greeting` takes: for the moments at which no bill is open.
    """
    if outcome.paid is not None:
        return settled(outcome.paid.document)
    cart, line = outcome.draft.cart, outcome.line
    match outcome.did:
        case "added" | "changed" if line is not None:
            return added(line, cart)
        case "removed" if line is not None and cart.lines:
            return removed(line, cart)
        case "discount":
            return discounted(cart)
        case "part_paid" | "given_back":
            return to_pay(cart)
        case "removed" | "dropped" | "held" | "recalled" | "usual":
            return standing(cart, words, shop)
    return None  # a bill that was only looked for, say


def _line_row(line: CartLine) -> str:
    """Name, and quantity x rate; where a long one leaves no room for the name, what it comes to."""
    name, quantity, rate = _name(line), show_quantity(line.qty_milli), show_rupees(line.rate_paise)
    for right in (f" {quantity} x {rate}", f" {quantity}x{rate}"):
        if len(right) <= COLUMNS - min(NAME_MIN, len(name)):
            return _ends(name, right)
    return _ends(name, f" {show_rupees(line.amount_paise)}")


def _name(line: CartLine) -> str:
    """A name in letters that the display lacks would be a row of question marks."""
    spelt = ascii_only(line.item.name)
    return spelt if any(map(str.isalnum, spelt)) else f"Item {line.item.plu}"


def _amount(label: str, paise: int) -> str:
    return _ends(label, f" {show_rupees(paise)}")


def _ends(left: str, right: str) -> str:
    """Two texts at the two ends; the left one gives way, an amount never does."""
    right = right[-COLUMNS:]
    return cell(ascii_only(left), COLUMNS - len(right)) + right


def _centred(text: str) -> str:
    return cell(ascii_only(text), COLUMNS, "^")
