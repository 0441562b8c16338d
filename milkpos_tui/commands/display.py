"""`milkpos display`: the customer's side of a counter."""

import sys

from milkpos_tui.commands import context
from milkpos_tui.domain.errors import Misused, Unreachable


def display() -> None:
    """Follow a counter live on a second terminal that faces the customer.

    \b
    It shows the open bill's lines and total, the UPI code while the payment dialog
    does, the change for ten seconds, and in between the shop's greeting and the time.

    It only reads the books: the till beside it holds the counter as ever, and may be
    opened, closed or killed meanwhile. Nobody signs in, for nothing is shown but the
    open bill. q or Ctrl-C ends it.

    \b
    On another console of this machine, and with another greeting:
      openvt -c 2 -s -- milkpos display
      milkpos setting set greeting "Namaste"

    Example: milkpos --counter 2 display
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Misused("terminal-missing", "a display needs a terminal")
    from milkpos_tui.neighbours import Neighbours
    from milkpos_tui.till import open_reading

    with open_reading(context.settings.found_home) as till:
        counter = till.shops.check_counter(context.settings.counter_code)
        try:
            neighbours = Neighbours(till.home)
        except OSError as error:
            raise Unreachable(
                "watch-unavailable",
                f"the kernel can't tell when the till writes ({error.strerror}): "
                "raise fs.inotify.max_user_instances",
            ) from error
        try:
            from milkpos_tui.display import CustomerDisplay

            app = CustomerDisplay(till, counter, neighbours)
            with till.home.showing_customers(counter):  # the till shows codes to whoever is there
                app.run(mouse=False)
        finally:
            neighbours.close()
    if app.failure is not None:
        raise app.failure
