"""`milkpos customer`: who buys on khata."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.context import acting, opened, remark, result
from milkpos_tui.commands.khata_words import (
    customer_names,
    customer_row,
    customer_told,
)
from milkpos_tui.domain.khata import parse_limit, show_balance
from milkpos_tui.domain.text import plural

if TYPE_CHECKING:
    from milkpos_tui.services.accounts import Balances, Customer
    from milkpos_tui.till import Till

group = typer.Typer(no_args_is_help=True)

Code = Annotated[str, typer.Argument(metavar="CODE", help="The customer's code, like 12.")]
Name = Annotated[str | None, typer.Option("--name", help="What they are called.")]
Phone = Annotated[str | None, typer.Option("--phone", help="Digits, with or without +91.")]
Consent = Annotated[
    str | None,
    typer.Option(
        "--consent", metavar="YYYY-MM-DD", help="When they agreed to messages; today, or none."
    ),
]
Address = Annotated[str | None, typer.Option("--address", help="Where they live.")]
Lane = Annotated[str | None, typer.Option("--lane", help="The lane of the round.")]
Language = Annotated[
    str | None, typer.Option("--language", metavar="en|hi|kn|...", help="For bills and messages.")
]
Limit = Annotated[
    str | None,
    typer.Option("--limit", metavar="RUPEES", help="What they may owe, or none (no limit)."),
]
Prices = Annotated[
    str | None,
    typer.Option("--prices", metavar="khata|counter|wholesale", help="The price list they pay."),
]
Card = Annotated[
    str | None, typer.Option("--card", metavar="CODE", help="Card or barcode, or none.")
]
Notes = Annotated[str | None, typer.Option("--notes", help="What to know of them.")]
Email = Annotated[str | None, typer.Option("--email", help="Their mail address.")]
Gone = Annotated[bool, typer.Option("--gone", help="Those who buy no longer as well.")]


@group.command()
def add(
    code: str = typer.Argument("", metavar="[CODE]", help="Up to 6 digits; else the next one."),
    name: str = typer.Option(..., "--name", help="What they are called."),
    phone: Phone = None,
    consent: Consent = None,
    address: Address = None,
    lane: Lane = None,
    language: Language = None,
    limit: Limit = None,
    prices: Prices = None,
    card: Card = None,
    notes: Notes = None,
    email: Email = None,
) -> None:
    """Somebody new. Name, phone, address, notes and card stay out of the journal.

    Example: milkpos customer add 12 --name Meena --phone 9845012345 --lane "3rd Cross" --limit 3000
    """
    from milkpos_tui.services.accounts import Customer

    with opened() as till:
        actor = acting(till)
        new = Customer("", code, till.customers.usual_limit())
        new = _changed(
            till,
            new,
            name,
            phone,
            consent,
            address,
            lane,
            language,
            limit,
            prices,
            card,
            notes,
            email,
        )
        _result(till, till.customers.add(new, actor))


@group.command("list")
def list_customers(
    words: str = typer.Argument("", metavar="[WORDS]", help="Code, name, phone, lane, card ..."),
    gone: Gone = False,
) -> None:
    """Customers with what they owe (Rs), all or those found by words.

    Example: milkpos customer list meena --json
    """
    with opened() as till:
        actor = acting(till)
        found = list(till.customers.listed(words, actor, gone=gone))
        owed = till.accounts.owed_by_all() if len(found) > 1 or not words else {}
        rows = [
            customer_row(one, owed.get(one.id, 0) if owed else till.accounts.owed_paise(one.id))
            for one in found
        ]
        balances = _all_balances(till, found) if context.settings.json else {}
    names = [customer_names(one, balances[one.id]) for one in found] if balances else []
    result(names, [*rows, plural(len(rows), "customer")])


@group.command()
def show(code: Code) -> None:
    """One customer. Example: milkpos customer show 12 --json"""
    with opened() as till:
        _result(till, till.customers.known(code, acting(till)))


@group.command()
def change(
    code: Code,
    name: Name = None,
    phone: Phone = None,
    consent: Consent = None,
    address: Address = None,
    lane: Lane = None,
    language: Language = None,
    limit: Limit = None,
    prices: Prices = None,
    card: Card = None,
    notes: Notes = None,
    email: Email = None,
    new_code: str | None = typer.Option(None, "--code", help="Another code."),
    active: bool | None = typer.Option(None, "--back/--gone", help="Buys again, or no longer."),
) -> None:
    """Change what is named, leave the rest.

    Example: milkpos customer change 12 --limit 5000 --lane "4th Cross"
    """
    with opened() as till:
        actor = acting(till)
        known = till.customers.known(code, actor)
        after = _changed(
            till,
            known,
            name,
            phone,
            consent,
            address,
            lane,
            language,
            limit,
            prices,
            card,
            notes,
            email,
        )
        after = after._replace(
            code=known.code if new_code is None else new_code,
            active=known.active if active is None else active,
        )
        _result(till, till.customers.change(after, actor))


@group.command()
def merge(
    code: str = typer.Argument(..., metavar="DOUBLE", help="The code that goes."),
    into: str = typer.Option(..., "--into", metavar="CODE", help="Who they were all along."),
) -> None:
    """Two customers who are the same: entries of both are read as one from now on.

    Example: milkpos customer merge 45 --into 12
    """
    with opened() as till:
        actor = acting(till)
        double, other = (till.customers.known(one, actor) for one in (code, into))
        _result(till, till.customers.merge(double, other, actor))


@group.command()
def erase(code: Code) -> None:
    """Erase who a customer is: name, phone, address, notes and card. Bills and balances stay.

    Example: milkpos customer erase 12
    """
    with opened() as till:
        actor = acting(till)
        customer = till.customers.known(code, actor)
        owed = till.accounts.owed_paise(customer.id)
        erased = till.customers.erase(customer, actor)
        if owed:
            remark(f"{customer.called} {show_balance(owed)}: that stays in the books")
        _result(till, erased)


@group.command("import")
def import_file(
    file: Path = typer.Argument(..., metavar="FILE", help="CSV: docs/cli.md has the columns."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what it would do."),
) -> None:
    """Customers from a CSV file: all of it, or nothing if a line is bad.

    Example: milkpos customer import customers.csv --dry-run
    """
    from milkpos_tui.services.customer_files import take_in
    from milkpos_tui.services.spreadsheets import read_file

    content = read_file(file)
    with opened() as till:
        actor = acting(till)
        counts = take_in(till.customers, till.accounts, content, actor, dry_run=dry_run)
    would = "would be " if dry_run else ""
    told = ", ".join(f"{count} {would}{what}" for what, count in counts.items())
    result({**counts, "dry_run": dry_run}, [told])


@group.command("export")
def export_file() -> None:
    """All customers as CSV on standard output (with --json as a list), for who may export.

    Those who buy no longer are in it, with active no; who was erased is not.

    Example: milkpos customer export > customers.csv
    """
    from milkpos_tui.services.customer_files import written

    with opened() as till:
        customers = list(till.customers.given_out(acting(till)))
        balances = _all_balances(till, customers) if context.settings.json else {}
    names = [customer_names(one, balances[one.id]) for one in customers] if balances else []
    result(names, written(customers).splitlines())


def _changed(
    till: "Till",
    customer: "Customer",
    name: str | None,
    phone: str | None,
    consent: str | None,
    address: str | None,
    lane: str | None,
    language: str | None,
    limit: str | None,
    prices: str | None,
    card: str | None,
    notes: str | None,
    email: str | None,
) -> "Customer":
    """The customer with what was named in the options; None leaves things as they are."""
    if consent is not None:
        day = {"today": till.today().isoformat(), "none": ""}.get(consent.lower(), consent)
        customer = customer._replace(consent_on=day)
    if limit is not None:
        customer = customer._replace(limit_paise=parse_limit(limit))
    if card is not None:
        customer = customer._replace(card="" if card.lower() == "none" else card)
    texts = {
        "name": name,
        "phone": phone,
        "address": address,
        "lane": lane,
        "language": language,
        "price_list": prices,
        "notes": notes,
        "email": email,
    }
    named = {field: text for field, text in texts.items() if text is not None}
    return type(customer)._make({**customer._asdict(), **named}.values())


def _all_balances(till: "Till", customers: "list[Customer]") -> "dict[str, Balances]":
    return {one.id: till.accounts.balances(one.id) for one in customers}


def _result(till: "Till", customer: "Customer") -> None:
    balances = till.accounts.balances(customer.id)
    result(customer_names(customer, balances), customer_told(customer, balances))
