"""Choosing the container that is taken off the weight."""

from typing import TYPE_CHECKING

from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.tares import TARE_MAX_GRAMS, Tare
from milkpos_tui.screens.base import TillScreen
from milkpos_tui.screens.pick import Choice, Pick

if TYPE_CHECKING:
    from milkpos_tui.hardware.desk import Desk

ON_THE_SCALE = "what is on the scale now"
NONE = "no container"


async def choose_tare(screen: TillScreen) -> None:
    """Ask, and have it taken off from now on until a line was weighed."""
    desk = screen.till_app.attendant.desk
    if desk is None or not desk.has_scale:
        screen.refuse("no scale is set up on this counter")
        return
    tares = _choices(desk, screen.till_app.attendant.fitting.tares)
    choices = [
        Choice(tare.name, f"{show_quantity(tare.grams)} kg") if tare else Choice(NONE)
        for tare in tares
    ]

    def chosen(index: object) -> None:
        if isinstance(index, int):
            desk.tare = tares[index]
            screen.devices_changed()

    await screen.app.push_screen(Pick("Which container?", choices), chosen)


def _choices(desk: "Desk", known: tuple[Tare, ...]) -> list[Tare | None]:
    tares: list[Tare | None] = [*known]
    weight = desk.gross_grams
    if weight is not None and 0 < weight <= TARE_MAX_GRAMS:
        tares.insert(0, Tare(ON_THE_SCALE, weight))
    return [*tares, None] if desk.tare is not None or not tares else tares
