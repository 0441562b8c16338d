"""`milkpos demo`: a shop to try."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.context import remark, result
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.home import Home

if TYPE_CHECKING:
    from milkpos_tui.demo import Day


def demo(
    days: int = typer.Option(7, "--days", min=0, max=366, help="How many days were traded."),
    no_ui: bool = typer.Option(False, "--no-ui", help="Trade, print what was sold, and end."),
) -> None:
    """A shop with people, customers, goods and traded days; then the till. Its books are real ones.

    Without --home it lives in a folder of its own and is kept for the next time. Where there is
    no terminal it behaves as with --no-ui.

    Example: milkpos demo --no-ui --days 3 --home /tmp/shop
    """
    from milkpos_tui.demo import OWNER, PIN, check_free, is_traded, make_demo
    from milkpos_tui.till import MachineClock, day_in_india

    home = _demo_home()
    check_free(home)
    if not is_traded(home):
        remark(f"trading {days} days in {home.path} ...")
        make_demo(home, days, day_in_india(MachineClock().now()))
    if no_ui or not (sys.stdin.isatty() and sys.stdout.isatty()):
        _print_days(home)
        return
    from milkpos_tui.commands.screen import open_screen

    open_screen(home, context.settings.counter_code, hint=f"demo: {OWNER.code}, PIN {PIN}")


def _demo_home() -> Home:
    if context.settings.home_named:
        return context.settings.found_home
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    return Home(Path(data) / "milkpos-demo")


def _amounts(day: "Day") -> tuple[int, ...]:
    return (day.total_paise, day.cash_paise, day.upi_paise, day.card_paise, day.khata_paise)


def _print_days(home: Home) -> None:
    from milkpos_tui.demo import sold_by_day
    from milkpos_tui.till import open_till

    with open_till(home) as till:
        days = list(sold_by_day(till))
    heads = ("total", "cash", "UPI", "card", "khata")
    lines = ["day        bills returns" + "".join(f"{head:>11}" for head in heads)]
    lines += [
        f"{day.day.isoformat()} {day.bills:5} {day.returns:7}"
        + "".join(f"{show_rupees(paise):>11}" for paise in _amounts(day))
        for day in days
    ]
    total = sum(day.total_paise for day in days)
    bills = sum(day.bills for day in days)
    lines.append(f"{bills} bills, Rs {show_rupees(total)} in {home.path}")
    names = [
        {
            "date": day.day.isoformat(),
            "bills": day.bills,
            "returns": day.returns,
            "total_paise": day.total_paise,
            "cash_paise": day.cash_paise,
            "upi_paise": day.upi_paise,
            "card_paise": day.card_paise,
            "khata_paise": day.khata_paise,
        }
        for day in days
    ]
    result({"home": str(home.path), "bills": bills, "total_paise": total, "days": names}, lines)
