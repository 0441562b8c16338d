"""Trying a device out: whether it answers, and what a test of it shows."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from drivers.driver import Emit, Stop
from drivers.events import (
    DeviceDown,
    DeviceUp,
    Event,
    Moving,
    Reading,
    ScanLost,
    Scanned,
    Stable,
    Weighed,
)
from milkpos_tui.domain.devices import Device, DeviceState, Kind, Role
from milkpos_tui.domain.errors import Busy, MilkPOSError, Refused, Unreachable
from milkpos_tui.hardware.listening import fault_of, listen, real_driver, run, state_of
from milkpos_tui.hardware.wiring import Printer, printer_of
from milkpos_tui.home import Home

if TYPE_CHECKING:
    from drivers.printer.document import Item
    from drivers.printer.status import Status

ASK_S = 3.0
PRINT_S = 30.0
SHOW_S = 2.0  # how long a display is given to take its two lines
LOOK_S = 2.0  # how often a printer that is watched is asked

INDIC = ("दूध, दही", "பால்", "ಹಾಲು")  # milk and curd: Devanagari; milk: Tamil, Kannada


class Answer(NamedTuple):
    """How a device is now; `asked` is False where an open till holds it and the registry's words
    stand in."""

    state: DeviceState
    words: str
    asked: bool = True


def ask_all(home: Home, devices: list[Device]) -> list[Answer]:
    """How each device is, all asked at once."""
    if not devices:
        return []
    with ThreadPoolExecutor(len(devices)) as pool:
        return list(pool.map(lambda device: _ask(home, device), devices))


def _ask(home: Home, device: Device) -> Answer:
    if device.kind is Kind.SIMULATED:
        return _noted(device)
    try:
        if device.role is Role.PRINTER:
            with holding(home, device):
                return Answer(*_printer_state(device))
        if counter_in_use(home, device.counter):
            return _noted(device)
        return Answer(*state_of(device))
    except Busy:
        return _noted(device)
    except Refused as refused:
        return Answer(DeviceState.DOWN, refused.message)


def _noted(device: Device) -> Answer:
    words = device.last_error if device.state is DeviceState.DOWN else device.words
    return Answer(device.state, words, asked=False)


def counter_in_use(home: Home, counter: str) -> bool:
    """Whether a terminal bills on a counter, and has its devices then."""
    try:
        with home.holding_counter(counter):
            return False
    except Busy:
        return True


# --- printers ---------------------------------------------------------------------------------


@contextmanager
def holding(home: Home, device: Device) -> Iterator[Printer]:
    """A printer for ourselves. Raises Busy where an open till has it."""
    if device.kind is Kind.SIMULATED:
        raise Refused("simulated", f"{device.name} is simulated: it is there in the demo alone")
    printer = printer_of(device)
    with home.holding_printer(device.counter):
        yield printer


def printer_words(printer: Printer) -> str:
    """A printer that can print, and how its paper is. Raises Busy, Unreachable."""
    try:
        status = _asked(printer)
    except OSError as error:
        raise fault_of(printer.name, error) from error
    told = f"{printer.profile.name} at {printer.address}"
    return told if status is None else f"{told}, paper {status.paper.value}"


def _printer_state(device: Device) -> tuple[DeviceState, str]:
    try:
        return DeviceState.UP, printer_words(printer_of(device))
    except Unreachable as fault:
        return DeviceState.DOWN, fault.message.removeprefix(f"{device.name}: ")


def _asked(printer: Printer) -> "Status | None":
    """None of a printer that does not tell. Raises `PrinterFault` where it can't print."""
    from drivers.printer.faults import NoAnswer, Offline
    from drivers.printer.job import ask_status
    from drivers.printer.patience import Patience
    from drivers.printer.transport import connect

    patience = Patience(ASK_S)
    if not printer.profile.answers_status:
        with connect(printer.address, patience):
            return None
    status = ask_status(printer.address, patience)
    if status.silent:
        raise NoAnswer("the printer does not answer")
    if status.trouble:
        raise Offline(status.trouble)
    return status


def print_test(printer: Printer, shop: str) -> "Status":
    """A test slip. Raises Busy, Unreachable; Refused where the slip can't be put together."""
    from drivers.printer.build import build
    from drivers.printer.faults import CannotSet
    from drivers.printer.job import print_bytes
    from drivers.printer.patience import Patience
    from drivers.printer.transport import sending_s

    try:
        data = build(test_slip(printer, shop), printer.profile)
    except CannotSet as error:
        raise Refused("device-cannot-print", str(error)) from error
    patience = Patience(PRINT_S + sending_s(printer.address, len(data)))
    try:
        return print_bytes(printer.address, printer.profile, data, patience).status
    except OSError as error:
        raise fault_of(printer.name, error) from error


def kick(printer: Printer) -> None:
    """Open the drawer. Raises Busy, Unreachable."""
    from drivers.printer.build import drawer_kick
    from drivers.printer.patience import Patience
    from drivers.printer.transport import send

    try:
        send(printer.address, drawer_kick(printer.profile), Patience(ASK_S))
    except OSError as error:
        raise fault_of(printer.name, error) from error


def test_slip(printer: Printer, shop: str) -> "list[Item]":
    """What shows whether width, letters, codes and the knife are right."""
    from drivers.printer.build import build
    from drivers.printer.document import Barcode, Cut, Ean13, Qr, Rule, Text
    from drivers.printer.faults import CannotSet

    profile = printer.profile
    scale = "".join(str(column % 10) for column in range(1, profile.columns + 1))
    items: list[Item] = [
        Text(shop, bold=True, double=True, centred=True),
        Text("TEST SLIP, NO BILL", centred=True),
        Rule(),
        Text(f"{printer.name}: {profile.name}, {profile.columns} columns, {profile.dots} dots"),
        Text(scale),
        Text("The row above fills the paper"),
        Text(f"Letters of {profile.code_page.codec}: é è ñ ü ç £ °"),
        Text("Bold", bold=True),
        Text("Large", double=True),
    ]
    for line in map(Text, INDIC):
        try:
            build([line], profile)
            items.append(line)
        except CannotSet as error:
            items.append(Text(str(error)))
    return [
        *items,
        Text("QR:", centred=True),
        Qr("https://example.in/test"),
        Text("CODE128:", centred=True),
        Barcode("1/2627/345"),
        Text("EAN-13:", centred=True),
        Ean13("2100012004503"),
        Rule("="),
        Cut(),
    ]


class WatchedPrinter:
    """A driver that only asks a printer how it is, for `milkpos device watch`."""

    def __init__(self, home: Home, device: Device) -> None:
        self._home = home
        self._device = device

    @property
    def name(self) -> str:
        """The printer's name in the registry."""
        return self._device.name

    def run(self, emit: Emit, stop: Stop) -> None:
        """Tell whenever its answer is another one. OSError where it can't be reached."""
        import select

        while not stop.said:
            try:
                with holding(self._home, self._device) as printer:
                    emit(DeviceUp(self.name, printer_words(printer)))
            except MilkPOSError as error:
                raise OSError(error.message.removeprefix(f"{self.name}: ")) from error
            select.select([stop], [], [], LOOK_S)


# --- scanners, scales, displays ---------------------------------------------------------------


def first_scan(device: Device, within_s: float) -> Scanned:
    """The first code that a reader sends. Raises Busy, Unreachable."""
    lost = ""
    for event in listen(device, within_s):
        if isinstance(event, Scanned):
            return event
        if isinstance(event, ScanLost):
            lost = event.reason
    words = lost or f"nothing was scanned within {within_s:g} s"
    raise Unreachable("no-scan", f"{device.name}: {words}")


def weight_at_rest(device: Device, within_s: float) -> Stable:
    """What is on a scale, at rest. Raises Busy, Unreachable; Refused where it shows no weight to
    sell by."""
    last: Event | None = None
    for event in listen(device, within_s):
        if isinstance(event, Weighed) and isinstance(event.reading, Stable):
            return event.reading
        if isinstance(event, DeviceDown):
            raise Unreachable("device-unreachable", f"{device.name}: {event.reason}")
        last = event
    if isinstance(last, Weighed):
        raise Refused("no-rest", f"{device.name}: {_unrest(last.reading)}")
    raise Unreachable("device-unreachable", f"{device.name}: the scale says no weight")


def _unrest(reading: Reading) -> str:
    from milkpos_tui.hardware.desk import reading_words

    if isinstance(reading, Moving):
        return "the scale did not come to rest"
    return reading_words(reading)


def show(device: Device, upper: str, lower: str) -> None:
    """Put two lines on a display. Raises Busy, Unreachable."""
    from drivers.display.pole import PoleDisplay

    driver = real_driver(device)
    assert isinstance(driver, PoleDisplay)
    driver.show(upper, lower)
    up = False
    for event in run(driver, device.name, SHOW_S):  # it is up before it has the lines: to the end
        up = up or isinstance(event, DeviceUp)
    if not up:
        raise Unreachable("device-unreachable", f"{device.name}: the display takes nothing")
