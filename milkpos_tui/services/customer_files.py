"""Customers as CSV: taken in whole or refused whole, and written out the same way.

Columns: `code,name,phone,consent_on,address,lane,language,limit,price_list,card,notes,active,
email`.
`code` and `name` must be there; the limit is in rupees or `none`. Customers are known by their
code; what the file leaves out of somebody who is there already stays as it is.
"""

import csv
import io
from collections.abc import Iterable

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.khata import check_code, parse_limit
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.text import clean, from_spreadsheet, spreadsheet_cell
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.accounts import Accounts, Customer
from milkpos_tui.services.customers import Customers, checked
from milkpos_tui.services.spreadsheets import CsvRow, all_or_none, parse_yes, rows_of

COLUMNS = (
    "code",
    "name",
    "phone",
    "consent_on",
    "address",
    "lane",
    "language",
    "limit",
    "price_list",
    "card",
    "notes",
    "active",
    "email",
)
REQUIRED = frozenset({"code", "name"})
TEXTS = ("name", "phone", "consent_on", "address", "lane", "card", "notes", "email")
WORDS = ("language", "price_list")
CELL_MAX = 400


def take_in(
    customers: Customers, accounts: Accounts, content: bytes, actor: Actor, *, dry_run: bool
) -> dict[str, int]:
    """Import a CSV file's content: how many were added, changed and left as they were. Refused
    whole, with the lines and reasons, if one is bad."""
    found = list(_customers(customers, accounts, content))
    known = {one.code: accounts.find(one.code) for one in found}
    news = [one for one in found if known[one.code] != one]
    added = sum(known[one.code] is None for one in news)
    if news and not dry_run:
        customers.take_in(news, actor)
    return {"added": added, "changed": len(news) - added, "unchanged": len(found) - len(news)}


def written(customers: Iterable[Customer]) -> str:
    """Customers as CSV, such that importing it changes nothing."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in customers:
        limit = "none" if one.limit_paise is None else show_rupees(one.limit_paise)
        cells = {name: spreadsheet_cell(getattr(one, name)) for name in (*TEXTS, *WORDS)}
        cells |= {"code": one.code, "limit": limit.replace(",", "")}
        cells["active"] = "yes" if one.active else "no"
        writer.writerow(cells[name] for name in COLUMNS)
    return text.getvalue()


def _customers(customers: Customers, accounts: Accounts, content: bytes) -> Iterable[Customer]:
    lines: dict[str, int] = {}
    cards: dict[str, int] = {}
    usual = Customer("", "", customers.usual_limit())

    def understand(line: int, row: CsvRow) -> Customer:
        customer = _customer(row, accounts, usual)
        customers.check_free(customer)
        for taken, what in ((lines, customer.code), (cards, customer.card)):
            if what and what in taken:
                raise Refused("customer-twice", f"{what} is on line {taken[what]} already")
            taken[what] = line
        return customer

    return all_or_none(rows_of(content, COLUMNS, REQUIRED), understand)


def _customer(row: CsvRow, accounts: Accounts, usual: Customer) -> Customer:
    code = check_code(clean(row["code"], limit=20))
    known = accounts.find(code)
    if known is not None and (known.erased or known.code != code):
        raise Refused("customer-gone", f"customer {code} was erased, or is {known.code} by now")
    customer = known or usual._replace(code=code)
    given = {name: from_spreadsheet(row[name].strip()) for name in (*TEXTS, *WORDS) if name in row}
    for name in WORDS:
        given[name] = given.get(name, "").lower() or getattr(customer, name)
    texts = {name: given.get(name, getattr(customer, name)) for name in (*TEXTS, *WORDS)}
    customer = Customer._make({**customer._asdict(), **texts}.values())
    limit, active = row.get("limit", "").strip(), row.get("active", "").strip()
    if limit:
        customer = customer._replace(limit_paise=parse_limit(limit))
    if active:
        customer = customer._replace(active=parse_yes("active", active))
    return checked(customer)
