"""The devices of one counter, running: what they tell, and what is told to them."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from drivers.driver import Driver
from drivers.events import (
    DeviceDown,
    DeviceUp,
    Event,
    Moving,
    Negative,
    Over,
    Reading,
    ScanLost,
    Scanned,
    Stable,
    Under,
    Weighed,
)
from drivers.supervisor import Supervisor
from milkpos_tui.domain.cart import Weight
from milkpos_tui.domain.devices import Device, DeviceState, Kind, Role
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.quantity import show_quantity
from milkpos_tui.domain.scan import Arrived, Lost
from milkpos_tui.domain.tares import Tare
from milkpos_tui.domain.text import plural
from milkpos_tui.hardware.meaning import scan_of
from milkpos_tui.hardware.spooler import Condition, PrinterState, Spooler
from milkpos_tui.hardware.wiring import Printer, driver_of, printer_of
from milkpos_tui.home import Home
from milkpos_tui.services.checkout import NO_SCALE, Scale

if TYPE_CHECKING:
    from milkpos_tui.hardware.simulation import Simulation

NO_PRINTER = PrinterState()


class Noted(NamedTuple):
    """What the registry should say of a device from now on."""

    device: str
    state: DeviceState
    words: str


class News(NamedTuple):
    """What the devices told since it was asked last, in the order in which it came."""

    codes: tuple[Arrived | Lost, ...] = ()
    notes: tuple[Noted, ...] = ()


class Tone(StrEnum):
    """How a part of the status bar is to be seen."""

    QUIET = "quiet"
    PLAIN = "plain"
    ALERT = "alert"


class _Shows(Protocol):
    def show(self, upper: str, lower: str) -> None: ...
    def close(self) -> None: ...


class Desk:
    """Starts with `start`; `wake` is called from the devices' threads when `take` has news or the
    weight or a state is another one, and must not block."""

    def __init__(
        self,
        home: Home,
        counter: str,
        devices: Sequence[Device],
        wake: Callable[[], None],
        simulation: "Simulation | None" = None,
    ) -> None:
        self.devices = tuple(devices)
        self.simulation = simulation
        self.tare: Tare | None = None
        self._reading: Reading | None = None
        self._down: dict[str, str] = {}
        self._up: dict[str, str] = {}
        self._first_notes: list[Noted] = []  # of devices that are set up wrong
        self._wake = wake
        self._refused_seen = 0
        self._roles = {device.name: device.role for device in devices}
        self._displays: list[_Shows] = []
        self._spooler: Spooler | None = None
        drivers = [driver for device in devices if (driver := self._driver(device))]
        self._supervisor = Supervisor(drivers, wake=wake)
        printer = self._printer()
        if printer is not None:
            self._spooler = Spooler(home, counter, printer, wake=wake)

    def start(self) -> None:
        """Start them all, once."""
        self._supervisor.start()
        if self._spooler is not None:
            self._spooler.start()
        if self._first_notes:
            self._wake()

    def stop(self) -> list[str]:
        """Stop them all; the names of those that did not."""
        stuck = self._supervisor.stop()
        displays, self._displays = self._displays, []
        for display in displays:
            if not stuck:  # else its thread waits for what would be closed
                display.close()
        if self._spooler is not None and not self._spooler.stop():
            stuck.append("printer")
        return stuck

    # --- what they tell ----------------------------------------------------------------------

    def take(self) -> News:
        """All that came."""
        codes: list[Arrived | Lost] = []
        notes, self._first_notes = self._first_notes, []
        while events := self._supervisor.take():
            for event in events:
                self._hear(event, codes, notes)
        return News(tuple(codes), tuple(notes))

    def _hear(self, event: Event, codes: "list[Arrived | Lost]", notes: list[Noted]) -> None:
        match event:
            case Scanned():
                card = self._roles.get(event.device) is Role.CARD
                codes.append(Arrived(event.device, scan_of(event), card))
            case ScanLost():
                codes.append(Lost(event.device, event.reason))
            case Weighed():
                self._reading = event.reading
            case DeviceUp():
                self._down.pop(event.device, None)
                self._up[event.device] = event.words
                notes.append(Noted(event.device, DeviceState.UP, event.words))
            case DeviceDown():
                self._down[event.device] = event.reason
                self._up.pop(event.device, None)
                if self._roles.get(event.device) is Role.SCALE:
                    self._reading = None
                notes.append(Noted(event.device, DeviceState.DOWN, event.reason))

    @property
    def reading(self) -> Reading | None:
        """What the scale shows; None where there is none, or it does not answer."""
        return self._reading

    @property
    def gross_grams(self) -> int | None:
        """What lies on the scale, at rest; None where it does not rest."""
        return self._reading.grams if isinstance(self._reading, Stable) else None

    @property
    def weight_words(self) -> str:
        """What the scale shows, and the container that is taken off it."""
        if self._reading is None:
            return "no scale"
        words = reading_words(self._reading)
        if self.tare is not None:
            words += f" - {self.tare.name} {show_quantity(self.tare.grams)} kg"
        return words

    @property
    def has_scale(self) -> bool:
        """Whether a scale is set up."""
        return Role.SCALE in self._roles.values()

    @property
    def printer(self) -> PrinterState:
        """The printer and its queue."""
        return self._spooler.state if self._spooler is not None else NO_PRINTER

    @property
    def prints(self) -> bool:
        """Whether a printer is set up."""
        return self._spooler is not None

    @property
    def refused(self) -> tuple[str, ...]:
        """What will never be printed, in words, and nobody has seen yet."""
        return self.printer.refused[self._refused_seen :]

    def refusals_seen(self) -> None:
        """Somebody has read them."""
        self._refused_seen = len(self.printer.refused)

    def state_of(self, device: Device) -> tuple[DeviceState, str]:
        """How a device is now, and what it says of itself or why it is down."""
        if device.role is Role.PRINTER and self._spooler is not None:
            state = self._spooler.state
            if state.condition is Condition.DOWN:
                return DeviceState.DOWN, state.words
            if state.condition is Condition.UNKNOWN and not state.printed:
                return DeviceState.UNKNOWN, state.words
            return DeviceState.UP, state.condition.value
        if device.name in self._down:
            return DeviceState.DOWN, self._down[device.name]
        if device.name in self._up:
            return DeviceState.UP, self._up[device.name]
        return DeviceState.UNKNOWN, ""

    def scale(self, *, by_itself: bool = False) -> Scale:
        """What the scale says to a key-in now."""
        if not self.has_scale:
            return NO_SCALE
        reading = self._reading
        if not isinstance(reading, Stable):
            return Scale(None, _why_none(reading), by_itself)
        tare = self.tare.grams if self.tare else 0
        if reading.net and tare:
            why = "the scale takes a container off by itself: clear it there, or here"
            return Scale(None, why, by_itself)
        net = reading.grams - tare
        if net <= 0:
            why = "nothing is on the scale" if not tare else "less is on the scale than the tare"
            return Scale(None, f"{why}: put it on, or key the weight, like .250*12", by_itself)
        return Scale(Weight(net, tare), "", by_itself)

    # --- what is told to them ----------------------------------------------------------------

    def open_drawer(self) -> None:
        """Open it now or not at all; the entry about it is in the books already."""
        if self._spooler is not None:
            self._spooler.kick()

    def look_at_queue(self) -> None:
        """Somebody wrote the books: there may be something to print."""
        if self._spooler is not None:
            self._spooler.look()

    @property
    def has_display(self) -> bool:
        """Whether a customer's display is set up."""
        return bool(self._displays)

    def show_customer(self, upper: str, lower: str) -> None:
        """Two lines for the customer, where there is a display."""
        for display in self._displays:
            display.show(upper, lower)

    # --- for the status bar --------------------------------------------------------------------

    def status(self) -> tuple[tuple[str, Tone], ...]:
        """What is wrong, in few words, the worst first."""
        state, parts = self.printer, list[tuple[str, Tone]]()
        if state.queued.unsure:
            parts.append((f"{plural(state.queued.unsure, 'slip')}: printed?", Tone.ALERT))
        if state.drawer and state.condition is not Condition.DOWN:  # which says why
            parts.append(("drawer shut", Tone.ALERT))
        if state.drawer_open:
            parts.append(("drawer open", Tone.PLAIN))
        if self.refused:
            parts.append((f"{plural(len(self.refused), 'slip')} can't be printed", Tone.ALERT))
        waiting = plural(state.queued.waiting, "slip")
        if state.condition is Condition.DOWN or state.words:
            more = f", {waiting} to print" if state.queued.waiting else ""
            parts.append((f"printer: {_in_few_words(state.words)}{more}", Tone.ALERT))
        else:
            if self.prints and state.condition is Condition.UNKNOWN:
                parts.append(("printer: unknown", Tone.QUIET))
            elif state.condition is Condition.NEAR_END:
                parts.append((state.condition.value, Tone.PLAIN))
            if state.queued.waiting > 1:
                parts.append((f"{waiting} to print", Tone.PLAIN))
        parts += [
            (f"{name} is gone", Tone.ALERT)
            for name in self._down
            if self._roles[name] is not Role.SCALE
        ]
        return tuple(parts)

    @property
    def weight_tone(self) -> Tone:
        """Whether the scale can be sold by, or soon."""
        return Tone.PLAIN if isinstance(self._reading, Stable | Moving) else Tone.ALERT

    # --- putting together ----------------------------------------------------------------------

    def _driver(self, device: Device) -> Driver | None:
        if device.role is Role.PRINTER:
            return None
        try:
            driver = self._simulated(device) or driver_of(device)
        except Refused as refused:
            self._set_up_wrong(device, refused)
            return None
        if device.role is Role.DISPLAY:
            self._displays.append(driver)  # type: ignore[arg-type]  # a display's driver shows
        return driver

    def _printer(self) -> Printer | None:
        device = next((each for each in self.devices if each.role is Role.PRINTER), None)
        if device is None:
            return None
        try:
            if device.kind is Kind.SIMULATED:
                link = self._simulation_for(device).printer_link(device)
                device = device._replace(address=link)
            return printer_of(device)
        except Refused as refused:
            self._set_up_wrong(device, refused)
            return None

    def _set_up_wrong(self, device: Device, refused: Refused) -> None:
        self._down[device.name] = refused.message
        self._first_notes.append(Noted(device.name, DeviceState.DOWN, refused.message))

    def _simulated(self, device: Device) -> Driver | None:
        if device.kind is not Kind.SIMULATED:
            return None
        return self._simulation_for(device).driver(device)

    def _simulation_for(self, device: Device) -> "Simulation":
        if self.simulation is None:
            raise Refused("simulated", f"{device.name} is simulated: it is there in the demo alone")
        return self.simulation


def _in_few_words(words: str) -> str:
    """What is wrong with the printer, where it is said that it is the printer."""
    return words.removeprefix("the printer is ").removeprefix("the printer's ")


def reading_words(reading: Reading) -> str:
    """What a scale shows, in few words."""
    match reading:
        case Stable(grams, net):
            return f"{show_kg(grams)} net" if net else show_kg(grams)
        case Moving(grams):
            return "moving" if grams is None else f"{show_kg(grams)} moving"
        case Over():
            return "too much on the scale"
        case Under():
            return "the scale is below zero"
        case Negative(grams):
            return f"{show_kg(grams)} on the scale"


def show_kg(grams: int) -> str:
    """Kilograms with three decimals, as scales show them."""
    sign = "-" if grams < 0 else ""
    return f"{sign}{abs(grams) // 1000}.{abs(grams) % 1000:03d} kg"


def _why_none(reading: Reading | None) -> str:
    instead = "or key the weight, like .250*12"
    if reading is None:
        return "the scale does not answer: key the weight, like .250*12"
    if isinstance(reading, Moving):
        return f"the scale has not come to rest: again in a moment, {instead}"
    return f"{reading_words(reading)}: no weight to sell by, {instead}"
