"""Keeps a counter's devices for the app: starts them after the till stands, anew when the registry
changes, and keeps the codes that nobody could take."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from milkpos_tui.clerk import Clerk, Done
from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.scan import Arrived

if TYPE_CHECKING:  # devices come after a till's start: what is theirs is loaded then
    from milkpos_tui.domain.devices import Device
    from milkpos_tui.domain.tares import Tare
    from milkpos_tui.hardware.customer import Facing
    from milkpos_tui.hardware.desk import Desk, News, Noted
    from milkpos_tui.hardware.simulation import Simulation
    from milkpos_tui.services.checkout import Scale
    from milkpos_tui.services.records import BillRecord
    from milkpos_tui.till import Till


class Fitting(NamedTuple):
    """What a counter is fitted out with, and how its shop wants it used."""

    devices: "tuple[Device, ...]" = ()
    by_itself: bool = False
    tares: "tuple[Tare, ...]" = ()
    greeting: str = ""


class Kept(NamedTuple):
    """A code that was scanned and not sold, and why not."""

    arrived: Arrived
    why: str


class Attendant:
    """All methods are the app's to call; `wake` is called from other threads when `take` has
    something, or the state of a device is another one."""

    def __init__(
        self,
        clerk: Clerk,
        counter: str,
        wake: Callable[[], None],
        simulation: "Callable[[], Simulation] | None" = None,
    ) -> None:
        self.fitting = Fitting()
        self.desk: Desk | None = None
        self.kept: list[Kept] = []
        self._clerk = clerk
        self._counter = counter
        self._wake = wake
        self._make_simulation = simulation
        self._simulation: Simulation | None = None
        self._closed = False
        clerk.when_written = self.look_at_queue
        # Drivers are loaded and put together there: the clerk has customers waiting.
        self._fitter: ThreadPoolExecutor | None = None

    def look(self) -> None:
        """See what the counter should have now; where that changed, fit it out anew."""
        self._clerk.ask(self._read, self._fit)

    def take(self) -> "News | None":
        """What the devices told."""
        return self.desk.take() if self.desk is not None else None

    def note(self, noted: "Noted") -> None:
        """Have it written into the registry."""
        from milkpos_tui.domain.devices import DeviceState

        name, state, words = noted
        errors = int(state is DeviceState.DOWN)
        self._clerk.ask(lambda till: till.devices.note(name, state, words, errors), lambda _: None)

    def keep(self, arrived: Arrived, why: str) -> None:
        """A code that was not sold stays on the list until somebody looks at it."""
        self.kept.append(Kept(arrived, why))

    def scale(self) -> "Scale | None":
        """What the scale says to a key-in; None where no devices are set up."""
        if self.desk is None:
            return None
        return self.desk.scale(by_itself=self.fitting.by_itself)

    def open_drawer(self) -> None:
        """Now or not at all. From any thread; the entry about it is in the books already."""
        desk = self.desk
        if desk is not None:
            desk.open_drawer()

    def closed_bill(self, bill: "BillRecord") -> None:
        """Where cash was given or taken, the drawer opens. In the clerk's own turn, so that it
        opens before the slip is printed."""
        if any(tender.kind is TenderKind.CASH for tender in bill.document.tenders):
            self.open_drawer()

    def look_at_queue(self) -> None:
        """The books were written: there may be something to print. From any thread."""
        desk = self.desk
        if desk is not None:
            desk.look_at_queue()

    @property
    def shows_customers(self) -> bool:
        """Whether a customer's display is set up."""
        return self.desk is not None and self.desk.has_display

    def show_customer(self, facing_of: "Callable[[str], Facing | None]") -> None:
        """Two lines for the customer, where there is a display, given the shop's greeting."""
        if self.desk is not None:
            facing = facing_of(self.fitting.greeting)
            if facing is not None:
                self.desk.show_customer(*facing)

    def close(self) -> None:
        """Stop them all."""
        self._closed = True
        if self._fitter is not None:
            self._fitter.submit(self._dismantle).result()
            self._fitter.shutdown()

    # --- other threads -----------------------------------------------------------------------

    def _read(self, till: "Till") -> Fitting:
        """The clerk's."""
        devices = till.devices.of(self._counter)
        if not devices:
            return Fitting()
        from milkpos_tui.domain.settings import GREETING, TARES, WEIGH_BY_ITSELF, parse_yes_no
        from milkpos_tui.domain.tares import parse_tares

        return Fitting(
            devices,
            parse_yes_no(till.settings.text(WEIGH_BY_ITSELF)),
            parse_tares(till.settings.text(TARES)),
            till.settings.text(GREETING),
        )

    def _fit(self, done: Done[Fitting]) -> None:
        """The clerk's: hands it over."""
        if done.refused is not None or self._closed:
            return
        if self._fitter is None:
            if not done.result.devices:
                return  # the most, at a start
            self._fitter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fitter")
        with suppress(RuntimeError):  # closed meanwhile
            self._fitter.submit(self._fit_out, done.result)

    def _fit_out(self, fitting: Fitting) -> None:
        before, self.fitting = self.fitting, fitting
        if _settings(before.devices) != _settings(fitting.devices):
            self._dismantle()
            if fitting.devices:
                self.desk = self._fitted(fitting)
                self.desk.start()
            self._wake()
        elif before != fitting:
            self._wake()

    def _fitted(self, fitting: Fitting) -> "Desk":
        from milkpos_tui.hardware.desk import Desk

        if self._make_simulation is not None and self._simulation is None:
            self._simulation = self._make_simulation()
        home = self._clerk.home
        return Desk(home, self._counter, fitting.devices, self._wake, self._simulation)

    def _dismantle(self) -> None:
        desk, self.desk = self.desk, None
        if desk is not None:
            desk.stop()
        if self._simulation is not None:
            self._simulation.close()
            self._simulation = None


def _settings(devices: "tuple[Device, ...]") -> list[tuple[object, ...]]:
    """What a change of makes other drivers of them; how they are is none of it."""
    return [
        (each.name, each.role, each.counter, each.kind, each.address, dict(each.options))
        for each in devices
    ]
