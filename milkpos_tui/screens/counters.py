"""All counters of the shop, live: who answers for what, and what was taken."""

from collections.abc import Mapping

from textual.app import ComposeResult

from milkpos_tui.domain.text import cell
from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen, rupees
from milkpos_tui.services.records import time_in_india
from milkpos_tui.services.standing import CounterSums
from milkpos_tui.till import Actor
from milkpos_tui.widgets.painted import BOLD, PLAIN, QUIET, Painted, Row


class Counters(TillScreen):
    """For those who may see what was taken; follows the other terminals."""

    def __init__(self, actor: Actor) -> None:
        super().__init__()
        self._actor = actor
        self._sums: tuple[CounterSums, ...] = ()

    def compose(self) -> ComposeResult:
        """A row a counter."""
        yield Head()
        yield Painted(id="page")
        yield Notice()
        yield Keys()

    async def on_mount(self) -> None:
        """Look."""
        self.query_one(Keys).show([("Esc", "back")])
        await self.counters_changed()

    def on_resize(self) -> None:
        """Rows are as wide as the screen."""
        self._show()

    def keys(self) -> Mapping[str, Handler]:
        """Back."""
        return {"escape": self.leave}

    def leave(self) -> None:
        """Back."""
        self.dismiss(None)

    async def counters_changed(self) -> None:
        """See how they stand now."""
        await self.decide(lambda till: till.standings.all(self._actor), self._found)

    def _found(self, sums: tuple[CounterSums, ...]) -> None:
        self._sums = sums
        self._show()

    def _show(self) -> None:
        total = rupees(sum(one.total_paise for one in self._sums))
        self.query_one(Head).show("Counters", f"open shifts {total}" if self._sums else "")
        head = f"  {'':4}{'Shift':24}{'Operator':14}{'Bills':>6}{'Rupees':>16}{'Held':>6}  Last"
        rows: list[Row] = [((head, BOLD),), *map(_row, self._sums)]
        self.query_one("#page", Painted).set_rows(rows if self._sums else [])


def _row(one: CounterSums) -> Row:
    shift = one.shift
    if shift is None:
        return ((f"  {one.counter:4}no shift is open", QUIET),)
    last = time_in_india(one.last_at)[11:16] if one.last_at else ""
    return (
        (
            f"  {one.counter:4}{cell(f'{shift.name} {shift.day:%a %d %b}', 24)}"
            f"{cell(shift.operator, 14)}{one.bills:>6}{rupees(one.total_paise):>16}"
            f"{one.held:>6}  {last}",
            PLAIN,
        ),
    )
