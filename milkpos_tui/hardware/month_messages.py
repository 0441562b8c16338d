"""The messages about a month that was billed, where the shop has them sent by themselves."""

from typing import TYPE_CHECKING

from milkpos_tui.domain.errors import MilkPOSError
from milkpos_tui.domain.settings import MESSAGES, parse_yes_no

if TYPE_CHECKING:
    from milkpos_tui.domain.month import Month
    from milkpos_tui.till import Actor, Till


def tell_month(till: "Till", month: "Month", actor: "Actor") -> tuple[str, ...]:
    """Queue and send them, and say what came of it; nothing where the shop did not set it so. A
    network that is down stops no month: what waits goes out later."""
    if not parse_yes_no(till.settings.text(MESSAGES)):
        return ()
    from milkpos_tui.hardware.messenger import send_queue

    try:
        queued = till.messages.queue(month, (), actor)
        done = send_queue(till, actor)
    except MilkPOSError as error:
        return (f"messages: {error.message}",)
    told = [f"messages: {queued.new} queued, {done.told}"]
    if done.troubles:
        told.append(f"messages: {done.told_troubles}")
    return (*told, *done.left)
