"""A shop on a Monday morning, its people at its counters: for the tests of the shifts' screens."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any

from milkpos_tui.domain.text import width_of
from milkpos_tui.home import Home
from milkpos_tui.journal.entry import parse
from milkpos_tui.till import Till, open_till
from milkpos_tui.widgets.painted import Painted
from tests.screens.driving import Driven, running
from tests.support.staff import PIN, SUNIL
from tests.support.tills import MONDAY_7_AM, FakeClock

HOUR_MS = 60 * 60 * 1000


def monday(hours: int = 1, boot: str = "boot-3") -> FakeClock:
    """A clock that many hours after seven, on a machine that was just switched on."""
    return FakeClock(MONDAY_7_AM + hours * HOUR_MS, boot=boot)


def at_counter(
    home: Home, code: str, pin: str = PIN, **options: Any
) -> AbstractAsyncContextManager[Driven]:
    """The app with somebody signed in."""
    return running(home, operator=code, pin=pin, **{"clock": monday(), **options})


@contextmanager
def elsewhere(home: Home) -> Iterator[Till]:
    """Another terminal of the shop, as the command line is one."""
    with open_till(home, monday(boot="boot-4")) as till:
        yield till


async def allow(till: Driven, code: str = SUNIL.operator, pin: str = PIN) -> None:
    """Somebody allows on the spot what is asked for."""
    assert till.place == "Approve", till.text()
    why = "1<enter>" if till.app.screen.focused.id == "why" else ""
    await till.keyed(f"{why}{code}<enter>{pin}<enter>")


async def bodies(till: Driven, kind: str) -> list[dict[str, Any]]:
    """The entries of a kind: their bodies, with the two names."""
    return await till.asked(lambda open_till: entries(open_till, kind))


def entries(till: Till, kind: str) -> list[dict[str, Any]]:
    """The same, of a till that no app has."""
    rows = till._db.connection().execute(
        "SELECT content FROM entry WHERE kind = ? ORDER BY seq", (kind,)
    )
    found = [parse(bytes(row[0])) for row in rows.fetchall()]
    return [{**entry.body, "actor": entry.actor, "approver": entry.approver} for entry in found]


def assert_fits(till: Driven) -> None:
    """No row of the screen is cut at its right end."""
    for widget in till.app.screen.query(Painted):
        for y in range(widget.size.height):
            width = sum(width_of(text) for text, _style in widget.row(y))
            assert width <= widget.size.width, (widget, widget.row(y))
