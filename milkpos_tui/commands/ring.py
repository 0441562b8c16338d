"""`milkpos ring`: the headless till, with the same entry line as the screen."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.context import acting, flush, opened, remark, say
from milkpos_tui.commands.khata_words import customer_names
from milkpos_tui.commands.names import bill_names, cart_line_names, usual_names
from milkpos_tui.commands.printing import AtPrinter, printing_for, tell_sold
from milkpos_tui.domain.entryline import GRAMMAR
from milkpos_tui.domain.errors import Misused, Refused
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.text import clean
from milkpos_tui.services.records import Outcome

if TYPE_CHECKING:
    from milkpos_tui.services.checkout import Checkout
    from milkpos_tui.services.usual import Usual
    from milkpos_tui.till import Till


def ring(  # noqa: D103  # its help is made below, of the grammar itself
    customer: str = typer.Option(
        "", "--customer", metavar="C", help="Each bill is theirs: code, card or name."
    ),
) -> None:
    with opened() as till:
        actor = acting(till)
        counter = till.shops.check_counter(context.settings.counter_code)
        with till.home.holding_counter(counter), printing_for(till, counter) as printer:
            checkout = till.checkout(counter, actor)
            if checkout.recovered:
                remark(_left_open(checkout, "the bill left open is back"))
            _begin(checkout, customer)
            refused = sum(not _key_in(till, checkout, printer, line, customer) for line in _lines())
            if checkout.draft.cart.lines:
                remark(_left_open(checkout, "a bill is left open"))
    if refused:
        raise typer.Exit(1)


_EXAMPLES = "\n".join(f"{keyed:14}{does}" for keyed, does in GRAMMAR)

ring.__doc__ = f"""Sell by the entry line on standard input, a line per key-in, as on the screen.

\b
{_EXAMPLES}

An empty line takes the usual that the //12 right before it proposed; any other is passed over. With
--customer nothing is proposed.

Goes on after a refusal; exits 1 at the end if any key-in was refused.

Example: printf '3*12\\n+500\\n' | MILKPOS_AS=asha MILKPOS_PIN=... milkpos ring --json
"""


def _lines() -> Iterator[str]:
    """Lines as they come; bytes that are no text become question marks."""
    if sys.stdin is None:
        raise Misused("input-missing", "the key-ins come on standard input, and there is none")
    return (raw.decode(errors="replace").strip() for raw in sys.stdin.buffer)


def _key_in(
    till: "Till", checkout: "Checkout", printer: AtPrinter, text: str, customer: str
) -> bool:
    """One key-in, told; whether it was taken. What begins a bill begins it for the customer. An
    empty one is none, unless the usual was proposed before it."""
    if not text and not checkout.proposes:
        return True
    try:
        if not text:
            outcome = checkout.take_usual()
        else:
            _begin(checkout, customer)
            outcome = checkout.key_in(text)
    except Refused as refused:
        if context.settings.json:
            error = {"code": refused.code, "message": clean(refused.message, limit=400)}
            _document({"key": clean(text), "ok": False, "error": error})
        else:
            say(f"{clean(text)}: refused: {clean(refused.message, limit=400)}")
        flush()
        return False
    if outcome.paid is not None:
        tell_sold(printer, outcome.paid.document)
    if context.settings.json:
        _document(_names(till, text, outcome))
    else:
        say(_told(outcome))
    flush()
    return True


def _document(names: dict[str, object]) -> None:
    say(json.dumps(names, ensure_ascii=False))
    flush()


def _names(till: "Till", text: str, outcome: Outcome) -> dict[str, object]:
    names: dict[str, object] = {"key": clean(text), "ok": True, "did": outcome.did}
    day = till.business_date(outcome.draft.counter)
    if outcome.line is not None:
        names["line"] = cart_line_names(outcome.line, till.shop.tax_mode, day)
    if outcome.did == "customer":
        names["customer"] = _customer(till, outcome.draft.cart.customer)
        names["message"] = outcome.message
        names["usual"] = usual_names(outcome.usual, till.shop.tax_mode, day)
    if outcome.did == "usual":
        names |= usual_names(outcome.usual, till.shop.tax_mode, day) or {}
    if outcome.did == "points":
        cart = outcome.draft.cart
        names |= {"points": cart.points, "points_paise": cart.points_paise}
    if outcome.paid is not None:
        names["bill"] = bill_names(outcome.paid)
        if outcome.message:
            names["message"] = outcome.message
    else:
        names["due_paise"] = outcome.draft.cart.due_paise
    return names


def _begin(checkout: "Checkout", customer: str) -> None:
    """A bill that has nothing on it yet is the customer's."""
    cart = checkout.draft.cart
    if customer and not cart.lines and cart.customer is None:
        checkout.choose(customer)


def _customer(till: "Till", customer: str | None) -> dict[str, object] | None:
    """Whose the bill is from now on."""
    if customer is None:
        return None
    known = till.accounts.by_id(customer)
    return customer_names(known, till.accounts.balances(known.id))


def _told(outcome: Outcome) -> str:
    if outcome.paid is not None:
        bill = outcome.paid
        given = ", ".join(
            f"{tender.kind.value} {show_rupees(tender.amount_paise)}"
            for tender in bill.document.tenders
        )
        return (
            f"bill {bill.number}  total {show_rupees(bill.document.total_paise)}  {given or 'free'}"
            f"  change {show_rupees(bill.document.change_paise)}  {outcome.message}"
        ).rstrip()
    due = f"due {show_rupees(outcome.draft.cart.due_paise)}"
    line = outcome.line
    if outcome.usual is not None:
        return _usual_told(outcome, outcome.usual)
    if line is None or outcome.did == "removed":
        return f"{outcome.message or outcome.did}  {due}"
    quantity = f"{show_quantity(line.qty_milli)} {line.item.unit.sign}"
    return f"{quantity} {line.item.name}  {show_rupees(line.amount_paise)}  {due}"


def _usual_told(outcome: Outcome, usual: "Usual") -> str:
    """What is proposed, or each line that was put on the bill."""
    from milkpos_tui.domain.usual import line_told, offer_told

    if outcome.did == "customer":
        offer = offer_told(
            "", usual.source, usual.lines, usual.left_out, usual.total_paise, "an empty line"
        )
        return f"{outcome.message}; {offer}"
    lines = ", ".join(f"{line_told(line)} {show_rupees(line.amount_paise)}" for line in usual.lines)
    return f"{outcome.message}: {lines}  due {show_rupees(outcome.draft.cart.due_paise)}"


def _left_open(checkout: "Checkout", what: str) -> str:
    cart = checkout.draft.cart
    return f"{what}: {len(cart.lines)} lines, Rs {show_rupees(cart.due_paise)} due"
