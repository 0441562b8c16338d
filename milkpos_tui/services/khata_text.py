"""What is said of a khata: in words on screens and lines, and as a statement on paper."""

from typing import TYPE_CHECKING

from milkpos_tui.domain.khata import show_balance
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.services.paper import paper_of

if TYPE_CHECKING:
    from milkpos_tui.services.accounts import Balances
    from milkpos_tui.services.khata import Received
    from milkpos_tui.services.ledgers import LedgerEntry, Statement
    from milkpos_tui.services.records import Shop

SLIP = 32  # columns that every paper has


def balances_words(balances: "Balances") -> str:
    """The balances beside the khata, where there are any."""
    told = [f"{count} {kind}" for kind, count in balances.containers.items() if count]
    if balances.deposit_paise:
        told.append(f"deposit Rs {show_rupees(balances.deposit_paise)}")
    if balances.points:
        told.append(f"{balances.points} points")
    return ", ".join(told)


def entry_words(entry: "LedgerEntry") -> str:
    """What an entry was about: reference, tender, reason, and what moved beside the khata."""
    moved = [f"{count:+} {kind}" for kind, count in entry.pieces.items()]
    if entry.deposit_paise:
        moved.append(f"deposit {show_rupees(entry.deposit_paise)}")
    if entry.points:
        moved.append(f"{entry.points:+} points")
    return " ".join(filter(None, (entry.reference, entry.tender, entry.reason, *moved)))


def received_words(received: "Received") -> list[str]:
    """What a payment did."""
    what = {"deposit": " as a deposit", "advance": " in advance"}.get(received.kind.value, "")
    told = [
        f"{received.customer.shown}: Rs {show_rupees(received.amount_paise)} by "
        f"{received.tender.value}{what}; {show_balance(received.balances.khata_paise)}"
    ]
    if received.advance_paise and received.before_paise > 0:
        told.append(
            f"Rs {show_rupees(received.advance_paise)} is more than was due: taken as an advance"
        )
    return told


def statement_slip(statement: "Statement", shop: "Shop", columns: int = SLIP) -> list[str]:
    """A statement as it is printed: what each entry added, and what was owed after it."""
    paper, customer = paper_of(columns), statement.customer
    rows = [*paper.centred(shop.name), *paper.centred("KHATA STATEMENT"), paper.rule()]
    rows += paper.left(customer.shown)
    rows += paper.left(f"{statement.first:%d %b %Y} to {statement.last:%d %b %Y}")
    rows += [paper.rule(), *paper.spread("brought forward", show_rupees(statement.opening_paise))]
    for entry in statement.entries:
        kind = entry.kind.value.replace("_", " ")
        amounts = f"{show_rupees(entry.amount_paise)}  {show_rupees(entry.balance_paise)}"
        rows += paper.spread(f"{entry.day[8:]}-{entry.day[5:7]} {kind}", amounts)
        rows += [f" {row}" for row in paper_of(columns).left(entry_words(entry)[: columns - 1])]
    rows += [paper.rule(), *paper.left(show_balance(statement.closing.khata_paise))]
    return rows + paper.left(balances_words(statement.closing))
