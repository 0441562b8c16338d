"""`milkpos rate`: price lists and customers' own rates."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from milkpos_tui.commands.context import acting, opened, result
from milkpos_tui.commands.khata_words import affected_names, affected_told, rate_names
from milkpos_tui.domain.dates import parse_date
from milkpos_tui.domain.errors import Misused, Refused
from milkpos_tui.domain.money import parse_rupees, show_rupees

if TYPE_CHECKING:
    from milkpos_tui.services.rates import RateChange
    from milkpos_tui.till import Till

group = typer.Typer(no_args_is_help=True)

PriceList = Annotated[
    str, typer.Option("--list", metavar="khata|wholesale", help="For all who pay that list.")
]
Whose = Annotated[str, typer.Option("--customer", metavar="CODE", help="For one customer.")]


@group.command("list")
def list_rates(price_list: PriceList = "", customer: Whose = "") -> None:
    """The dated rates (Rs per unit) of a price list or a customer.

    Example: milkpos rate list --list khata --json
    """
    _check_one(price_list, customer)
    with opened() as till:
        rates = list(till.rates.of(price_list, _id(till, customer)))
    result([rate_names(rate) for rate in rates], [_told(rate) for rate in rates])


@group.command("set")
def set_rate(
    plu: int = typer.Argument(..., metavar="PLU", min=1, help="The item's number."),
    rupees: str = typer.Argument(..., metavar="RUPEES", help="Per unit, or none: as before."),
    price_list: PriceList = "",
    customer: Whose = "",
    first: str = typer.Option("", "--from", metavar="YYYY-MM-DD", help="From that day on (today)."),
    preview: bool = typer.Option(False, "--preview", help="Only say whom it affects."),
) -> None:
    """Another rate from a day on, also in the middle of a month; says who pays what instead.

    Example: milkpos rate set 12 60 --list khata --from 2026-12-01 --preview
    """
    from milkpos_tui.services.rates import RateChange

    _check_one(price_list, customer)
    paise = None if rupees.lower() == "none" else parse_rupees(rupees)
    with opened() as till:
        actor = acting(till)
        day = _day(first) or till.today()
        change = RateChange(plu, day, paise, price_list, _id(till, customer))
        affected = till.rates.preview(change) if preview else till.rates.set(change, actor)
    names = {**rate_names(change), "preview": preview}
    names["affected"] = [affected_names(one) for one in affected]
    result(names, [_told(change), *affected_told(affected)])


def _check_one(price_list: str, customer: str) -> None:
    if bool(price_list) == bool(customer):
        raise Misused("usage", "say whose: --list khata, or --customer 12")


def _id(till: "Till", code: str) -> str:
    if not code:
        return ""
    customer = till.accounts.known(code)
    if customer.erased:
        raise Refused("customer-erased", f"who customer {code} was is erased")
    return customer.id


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except Refused as refused:
        raise Misused("usage", refused.message) from None


def _told(rate: "RateChange") -> str:
    costs = "as before" if rate.rate_paise is None else f"Rs {show_rupees(rate.rate_paise)}"
    return f"item {rate.plu} from {rate.from_day.isoformat()}: {costs}"
