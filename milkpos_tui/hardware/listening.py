"""One device, for the time that somebody at a terminal tries it; a till runs its devices otherwise
(`desk`)."""

import errno
import queue
import threading
import time
from collections.abc import Iterator

from drivers.driver import Driver, Stop
from drivers.events import DeviceDown, DeviceUp, Event
from milkpos_tui.domain.devices import Device, DeviceState, Kind
from milkpos_tui.domain.errors import Busy, MilkPOSError, Refused, Unreachable
from milkpos_tui.hardware.wiring import driver_of

SHOW_UP_S = 4.0  # a scale is asked twice before it counts as silent
JOIN_S = 3.0

_HELD = (errno.EBUSY, errno.EAGAIN)


def real_driver(device: Device) -> Driver:
    """The driver of a device that is no printer. Refused for a simulated one."""
    if device.kind is Kind.SIMULATED:
        raise Refused("simulated", f"{device.name} is simulated: it is there in the demo alone")
    return driver_of(device)


def listen(device: Device, within_s: float) -> Iterator[Event]:
    """What a device tells, until nobody listens any more or the time is over.

    Raises Busy where another program holds it, Unreachable where it is not there or breaks off.
    A DeviceDown of a device that goes on trying, as a silent scale does, is an event.
    """
    return run(real_driver(device), device.name, within_s)


def run(driver: Driver, name: str, within_s: float) -> Iterator[Event]:
    """The same, of a driver."""
    told: queue.SimpleQueue[Event | Exception] = queue.SimpleQueue()
    stop = Stop()

    def work() -> None:
        try:
            driver.run(told.put, stop)
        except Exception as error:  # noqa: BLE001  # raised again by whoever listens
            told.put(error)

    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    until = time.monotonic() + within_s
    try:
        while (left := until - time.monotonic()) > 0:
            try:
                event = told.get(timeout=left)
            except queue.Empty:
                return
            if isinstance(event, OSError):
                raise fault_of(name, event) from event
            if isinstance(event, Exception):
                raise event
            yield event
    finally:
        stop.set()
        thread.join(JOIN_S)
        if not thread.is_alive():
            stop.close()


def fault_of(name: str, error: OSError) -> MilkPOSError:
    """What a driver raised, by the exit code that scripts know it by."""
    from drivers.printer.faults import Held

    words = f"{name}: {error.strerror or error}"
    if isinstance(error, Held) or error.errno in _HELD:
        return Busy("device-held", words)
    return Unreachable("device-unreachable", words)


def state_of(device: Device) -> tuple[DeviceState, str]:
    """Ask a device that is no printer how it is. Raises Busy where another program holds it."""
    try:
        for event in listen(device, SHOW_UP_S):
            if isinstance(event, DeviceUp):
                return DeviceState.UP, event.words
            if isinstance(event, DeviceDown):
                return DeviceState.DOWN, event.reason
    except Unreachable as fault:
        return DeviceState.DOWN, fault.message.removeprefix(f"{device.name}: ")
    return DeviceState.DOWN, "it does not answer"
