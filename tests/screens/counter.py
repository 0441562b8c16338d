"""A counter with simulated devices, for the tests of what they do on the screens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from drivers.events import Reading
from milkpos_tui.domain.devices import Device, DeviceState, Kind, Role
from milkpos_tui.hardware.desk import Desk
from milkpos_tui.hardware.simulation import Simulation
from milkpos_tui.home import Home
from milkpos_tui.till import open_till
from tests.screens.driving import Driven, signed_in
from tests.support.tills import OWNER

DEVICES = (
    Device("scanner", Role.SCANNER, "1", Kind.SIMULATED),
    Device("scale", Role.SCALE, "1", Kind.SIMULATED),
    Device("printer", Role.PRINTER, "1", Kind.SIMULATED, "", {"paper": "80 mm"}),
    Device("pole", Role.DISPLAY, "1", Kind.SIMULATED),
)


class Counter:
    """A till with its devices, and the hands that hold them."""

    def __init__(self, till: Driven) -> None:
        self.till = till

    @property
    def desk(self) -> Desk:
        desk = self.till.app.attendant.desk
        assert desk is not None, "the devices are not there yet"
        return desk

    @property
    def hands(self) -> Simulation:
        simulation = self.desk.simulation
        assert simulation is not None, "these are real devices"
        return simulation

    async def scan(self, *codes: str) -> None:
        """Hold codes before the scanner, and wait until the till has dealt with them."""
        device = self.till.app.attendant
        before = self.till.clerk.asked + len(device.kept)
        for code in codes:
            self.hands.scan(code)
        await self.till.until(
            lambda: self.till.clerk.asked + len(device.kept) >= before + len(codes), "scanned"
        )
        await self.till.idle()

    async def put(self, reading: Reading) -> None:
        """Put something on the scale, and wait until the till has seen it."""
        scale = self.hands.scale
        assert scale is not None
        scale.show(reading)
        await self.till.until(
            lambda: type(self.desk.reading) is type(reading) and self.desk.reading == reading,
            f"weighed {reading}",
        )
        await self.till.idle()

    async def state(self, name: str, state: DeviceState) -> None:
        """Wait until a device is up or down."""
        (device,) = [each for each in self.desk.devices if each.name == name]
        await self.till.until(lambda: self.desk.state_of(device)[0] is state, f"{name} {state}")
        await self.till.idle()

    async def printed(self, slips: int) -> list[str]:
        """Wait until so many slips are on paper; the rows of the last one."""
        printer = self.hands.printer
        assert printer is not None
        await self.till.until(
            lambda: len(printer.slips) >= slips and self.desk.printer.queued.waiting == 0,
            f"{slips} slips printed",
        )
        return [step.text for step in printer.slips[slips - 1] if hasattr(step, "text")]


def set_up(home: Home, *devices: Device, **settings: str) -> None:
    """Devices for the first counter of a home that no app is running on, and how they are used."""
    with open_till(home) as till:
        for device in devices or DEVICES:
            till.devices.add(device, OWNER)
        for name, value in settings.items():
            till.settings.change(name.replace("_", "-"), value, OWNER)


@asynccontextmanager
async def equipped(home: Home, **options: Any) -> AsyncIterator[Counter]:
    """The till of a home, its owner at the entry line, all devices up."""
    async with signed_in(home, simulation=Simulation, **options) as till:
        await till.until(lambda: till.app.attendant.desk is not None, "devices are set up")
        counter = Counter(till)
        for device in counter.desk.devices:
            await counter.state(device.name, DeviceState.UP)
        await till.idle()
        yield counter
