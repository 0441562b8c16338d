"""What the commands of customers and khata say: stable names for `--json`, lines for people."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from milkpos_tui.commands.names import Names
from milkpos_tui.domain.khata import show_balance
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.text import cell, plural
from milkpos_tui.services.accounts import is_over
from milkpos_tui.services.khata_text import balances_words, entry_words
from milkpos_tui.services.records import time_in_india

if TYPE_CHECKING:
    from milkpos_tui.domain.khata import Ages
    from milkpos_tui.services.accounts import Balances, Customer
    from milkpos_tui.services.khata import Received
    from milkpos_tui.services.ledgers import Aged, LedgerEntry, Statement
    from milkpos_tui.services.rates import Affected, RateChange

NAME_COLUMNS = 28


def customer_names(customer: "Customer", balances: "Balances") -> Names:
    """A customer; `balance_paise` is what they owe, below zero an advance."""
    return {
        "id": customer.id,
        "code": customer.code,
        "name": customer.name,
        "phone": customer.phone,
        "email": customer.email,
        "consent_on": customer.consent_on,
        "address": customer.address,
        "lane": customer.lane,
        "language": customer.language,
        "price_list": customer.price_list,
        "card": customer.card,
        "notes": customer.notes,
        "active": customer.active,
        "erased": customer.erased,
        "balance_paise": balances.khata_paise,
        "limit_paise": customer.limit_paise,
        "over_limit": is_over(customer, balances.khata_paise),
        "deposit_paise": balances.deposit_paise,
        "containers": balances.containers,
        "points": balances.points,
    }


def entry_names(entry: "LedgerEntry") -> Names:
    """An entry of a khata; above zero they owe more by it."""
    return {
        "id": entry.id,
        "at": time_in_india(entry.at),
        "date": entry.day,
        "kind": entry.kind.value,
        "reference": entry.reference,
        "reason": entry.reason,
        "tender": entry.tender,
        "operator": entry.operator,
        "approver": entry.approver,
        "amount_paise": entry.amount_paise,
        "balance_paise": entry.balance_paise,
        "deposit_paise": entry.deposit_paise,
        "containers": dict(entry.pieces),
        "points": entry.points,
    }


def ages_names(ages: "Ages") -> Names:
    """What is owed by how old it is."""
    return {f"{name}_paise": paise for name, paise in ages._asdict().items()}


def aged_names(aged: "Aged") -> Names:
    """Somebody who owes."""
    customer = aged.customer
    return {
        "code": customer.code,
        "name": customer.name,
        "phone": customer.phone,
        "balance_paise": aged.owed_paise,
        "limit_paise": customer.limit_paise,
        "over_limit": aged.over,
        **ages_names(aged.ages),
    }


def statement_names(statement: "Statement") -> Names:
    """A khata between two days."""
    return {
        "code": statement.customer.code,
        "name": statement.customer.name,
        "from": statement.first.isoformat(),
        "to": statement.last.isoformat(),
        "opening_paise": statement.opening_paise,
        "entries": [entry_names(entry) for entry in statement.entries],
        "closing_paise": statement.closing.khata_paise,
        "deposit_paise": statement.closing.deposit_paise,
        "containers": statement.closing.containers,
        "points": statement.closing.points,
    }


def received_names(received: "Received") -> Names:
    """A payment, and what it did."""
    return {
        **customer_names(received.customer, received.balances),
        "entry": received.entry,
        "kind": received.kind.value,
        "tender": received.tender.value,
        "amount_paise": received.amount_paise,
        "before_paise": received.before_paise,
        "advance_paise": received.advance_paise,
    }


def rate_names(rate: "RateChange") -> Names:
    """What an item costs from a day on."""
    return {
        "plu": rate.plu,
        "from": rate.from_day.isoformat(),
        "rate_paise": rate.rate_paise,
        "list": rate.price_list,
    }


def affected_names(affected: "Affected") -> Names:
    """Somebody for whom an item costs something else."""
    return {
        "code": affected.customer.code,
        "name": affected.customer.name,
        "before_paise": affected.before_paise,
        "after_paise": affected.after_paise,
        "difference_paise": affected.difference_paise,
    }


# --- for people -----------------------------------------------------------------------------


def customer_row(customer: "Customer", owed_paise: int) -> str:
    """A customer in a list."""
    flags = [
        word
        for word, there in (
            ("OVER LIMIT", is_over(customer, owed_paise)),
            ("gone", not customer.active and not customer.erased),
            ("erased", customer.erased),
        )
        if there
    ]
    row = f"{customer.code:>6} {cell(customer.name, NAME_COLUMNS)} {customer.phone:14} "
    row += f"{cell(customer.lane, 12)} {show_rupees(owed_paise):>14}  {' '.join(flags)}"
    return row.rstrip()


def customer_told(customer: "Customer", balances: "Balances") -> list[str]:
    """All of a customer."""
    limit = "none" if customer.limit_paise is None else f"Rs {show_rupees(customer.limit_paise)}"
    consent = f" (agreed to messages on {customer.consent_on})" if customer.consent_on else ""
    over = ", OVER it" if is_over(customer, balances.khata_paise) else ""
    told = [
        f"{customer.shown}{'  erased' if customer.erased else ''}",
        f"  {show_balance(balances.khata_paise)}, limit {limit}{over}",
        *_besides(balances),
        f"  phone {customer.phone or '-'}{consent}, lane {customer.lane or '-'}, "
        f"card {customer.card or '-'}",
        f"  language {customer.language}, price list {customer.price_list}"
        f"{'' if customer.active else ', buys no longer'}",
    ]
    told += [f"  {text}" for text in (customer.address, customer.notes) if text]
    return told


def _besides(balances: "Balances") -> list[str]:
    told = balances_words(balances)
    return [f"  {told}"] if told else []


def entry_row(entry: "LedgerEntry") -> str:
    """An entry of a khata in a list, with the balance after it."""
    return (
        f"{entry.day} {entry.kind.value:12} {cell(entry_words(entry), 30)} "
        f"{show_rupees(entry.amount_paise):>12} {show_rupees(entry.balance_paise):>12}"
    )


def statement_told(statement: "Statement") -> list[str]:
    """A khata between two days."""
    days = f"{statement.first.isoformat()} to {statement.last.isoformat()}"
    brought = "brought forward"
    return [
        f"{statement.customer.shown}: {days}",
        f"{brought:54} {'':>12} {show_rupees(statement.opening_paise):>12}",
        *map(entry_row, statement.entries),
        f"{show_balance(statement.closing.khata_paise)}",
        *_besides(statement.closing),
    ]


def ageing_told(aged: "Iterable[Aged]") -> list[str]:
    """Everybody who owes, by how old it is."""
    heads = ("0-30", "31-60", "61-90", "older", "owes")
    head = f"{'code':>6} {'name':{NAME_COLUMNS}}" + "".join(f"{one:>13}" for one in heads)
    rows = [
        f"{one.customer.code:>6} {cell(one.customer.name, NAME_COLUMNS)}"
        + "".join(f"{show_rupees(paise):>13}" for paise in (*one.ages, one.owed_paise))
        + ("  OVER LIMIT" if one.over else "")
        for one in aged
    ]
    return [head, *rows, f"{plural(len(rows), 'customer')} with dues"]


def affected_told(affected: "Iterable[Affected]") -> list[str]:
    """Who pays something else by a change of rates, per unit."""
    rows = [
        f"{one.customer.code:>6} {cell(one.customer.name, NAME_COLUMNS)} "
        f"{show_rupees(one.before_paise):>10} -> {show_rupees(one.after_paise):>10}"
        for one in affected
    ]
    return [*rows, f"{plural(len(rows), 'customer')} affected"]
