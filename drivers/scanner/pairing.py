"""Pairing: which of several readers is the one in the hand? The one that sends the shown code."""

import queue
import time
from collections.abc import Iterable

from drivers.driver import Driver
from drivers.events import Event, Scanned
from drivers.scanner.discovery import Listed, Match
from drivers.scanner.evdev_reader import EvdevScanner, KeyReader
from drivers.supervisor import Supervisor


def paired(shown: str, events: Iterable[Event]) -> str | None:
    """The name of the first device that sent the shown code; other codes mean nothing."""
    return next((e.device for e in events if isinstance(e, Scanned) and e.code == shown), None)


def candidates(listing: Iterable[Listed]) -> list[EvdevScanner]:
    """A driver for each device that types codes, called by its place.

    Also keyboards: nobody can tell them from readers. They are grabbed while pairing lasts.
    """
    places = sorted({each.place for each in listing if each.types_codes})
    return [EvdevScanner(KeyReader(place, Match(port=place))) for place in places]


def pair(shown: str, drivers: Iterable[Driver], within_s: float) -> str | None:
    """Listen to all candidates until one sends the shown code; None: none did within the time.

    Blocks. It must end by itself, as the keyboard that could break it off may be a candidate.
    """
    woken: queue.SimpleQueue[None] = queue.SimpleQueue()
    supervisor = Supervisor(drivers, wake=lambda: woken.put(None))
    supervisor.start()
    until = time.monotonic() + within_s
    found = None
    try:
        while found is None:
            woken.get(timeout=max(0.0, until - time.monotonic()))
            while found is None and (events := supervisor.take()):
                found = paired(shown, events)
    except queue.Empty:
        pass
    finally:
        supervisor.stop()
    return found
