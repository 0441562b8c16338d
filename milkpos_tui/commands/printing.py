"""The printer of a counter, for the life of a command: a script that sells gets its slips too."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from milkpos_tui.commands.context import remark
from milkpos_tui.domain.bill import Bill
from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.devices import Device, Kind, Role
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.text import plural

if TYPE_CHECKING:
    from milkpos_tui.hardware.spooler import Spooler
    from milkpos_tui.till import Till

WAIT_S = 6.0  # for what is to be printed, once the command is done
HELD_S = 2.0  # for the open till that has the printer, to print what this command left it
UNDERWAY_S = 40.0  # for the slip that is on its way by then: breaking it off would leave it torn
_LOOK_S = 0.1


class AtPrinter(Protocol):
    """What a command tells the printer's spooler."""

    def look(self) -> None:
        """There may be something to print."""

    def kick(self) -> None:
        """Open the drawer, now or not at all."""


class _Nobody:
    """Where no printer is set up, or this command can't reach it."""

    def look(self) -> None: ...

    def kick(self) -> None: ...


@contextmanager
def printing_for(till: "Till", counter: str) -> Iterator[AtPrinter]:
    """Work off what this command has printed on a counter, and at its end wait a bounded time.

    What can't be printed then stays in the queue and is told of; a printer that an open till
    holds is left to it. The command's own end is the same either way: what it did is in the books.
    """
    spooler, woken = None, threading.Event()
    device = printer_device(till, counter)
    if device is not None and device.kind is not Kind.SIMULATED:  # the demo's till prints on that
        spooler = _spooler(till, device, woken)
    if spooler is None:
        yield _Nobody()
        return
    spooler.start()
    try:
        yield spooler
    finally:
        try:
            _await_paper(till, counter, spooler, woken)
        finally:
            spooler.stop()
        _tell_left(till, counter, spooler)


def printer_device(till: "Till", counter: str) -> Device | None:
    """The printer that is set up on a counter."""
    return next((each for each in till.devices.of(counter) if each.role is Role.PRINTER), None)


def tell_sold(printer: AtPrinter, document: Bill) -> None:
    """A document was closed: its slip waits, and the drawer opens for cash, in or out."""
    if any(tender.kind is TenderKind.CASH for tender in document.tenders):
        printer.kick()
    else:
        printer.look()


def _spooler(till: "Till", device: Device, woken: threading.Event) -> "Spooler | None":
    from milkpos_tui.hardware.spooler import Spooler
    from milkpos_tui.hardware.wiring import printer_of

    try:
        return Spooler(till.home, device.counter, printer_of(device), wake=woken.set)
    except Refused as refused:
        remark(f"{device.name}: {refused.message}")
        return None


def _await_paper(till: "Till", counter: str, spooler: "Spooler", woken: threading.Event) -> None:
    """Until all is printed, or nothing more will be; then until nothing is on its way."""
    begun = time.monotonic()
    spooler.look()
    while _goes_on(till, counter, spooler, time.monotonic() - begun):
        woken.clear()
        woken.wait(_LOOK_S)
    spooler.wind_up()
    until = time.monotonic() + UNDERWAY_S
    while _underway(till, counter) and not spooler.state.held and time.monotonic() < until:
        woken.wait(_LOOK_S)
        woken.clear()


def _goes_on(till: "Till", counter: str, spooler: "Spooler", waited_s: float) -> bool:
    """Whether waiting longer may bring something on paper, or the drawer open."""
    from milkpos_tui.hardware.spooler import Condition

    state, waiting = spooler.state, till.printing.queued(counter).waiting > 0
    if state.held:
        return waiting and waited_s < HELD_S
    if spooler.kicking:  # tried also where the printer is known to be down: for two seconds
        return waited_s < WAIT_S
    return waiting and state.condition is not Condition.DOWN and waited_s < WAIT_S


def _underway(till: "Till", counter: str) -> bool:
    from milkpos_tui.services.printing import JobState

    return any(job.state is JobState.PRINTING for job in till.printing.open_jobs(counter))


def _tell_left(till: "Till", counter: str, spooler: "Spooler") -> None:
    state, queued = spooler.state, till.printing.queued(counter)
    for words in dict.fromkeys(spooler.state.refused):
        remark(words)
    if state.drawer:
        remark(state.drawer)
    if spooler.kicking:
        remark(f"the drawer did not open: {state.words or 'the printer was busy'}")
    if queued.waiting:
        why = f" ({state.words})" if state.words else ""
        remark(f"{plural(queued.waiting, 'print job')} left to print{why}: milkpos device jobs")
    if queued.unsure:
        remark(f"{plural(queued.unsure, 'print job')}: printed or not? milkpos device jobs")
