"""The demo's devices: simulated ones that can be pulled out, to see what happens."""

import tempfile
from pathlib import Path
from typing import Protocol

from drivers.display.frames import CommandSet
from drivers.display.pole import PoleDisplay
from drivers.display.simulated import SimulatedDisplay
from drivers.driver import Driver
from drivers.printer.decoder import (
    Bars,
    CutPaper,
    EanBars,
    Fed,
    Kicked,
    Line,
    QrCode,
    Raster,
    Reset,
)
from drivers.printer.simulated import PtyPlug, SimulatedPrinter
from drivers.printer.transport import SerialAddress
from drivers.scale.simulated import SimulatedScale
from drivers.scanner.reader import Role as ReaderRole
from drivers.scanner.simulated import SimulatedScanner
from milkpos_tui.domain.devices import Device, Role
from milkpos_tui.domain.errors import Refused


class _Plugged(Protocol):
    def plug(self) -> None: ...
    def unplug(self) -> None: ...


class Simulation:
    """Makes the devices of `simulated` rows, and is the hand that holds them. Its links lie in a
    folder of its own until `close`."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="milkpos-demo-")
        self._plugs: dict[str, _Plugged] = {}
        self._in: dict[str, bool] = {}
        self._scanner: SimulatedScanner | None = None
        self.scale: SimulatedScale | None = None
        self._display: SimulatedDisplay | None = None
        self.printer: SimulatedPrinter | None = None

    def driver(self, device: Device) -> Driver:
        """The driver of a scanner, a card reader, a scale or a display."""
        match device.role:
            case Role.SCANNER | Role.CARD:
                return self._new_scanner(device)
            case Role.SCALE:
                self.scale = SimulatedScale(device.name)
                self._hold(device.name, self.scale)
                return self.scale
            case Role.DISPLAY:
                self._display = SimulatedDisplay(CommandSet.CD5220)
                plug = self._line_to(device.name, PtyPlug(self._display, self._link(device)))
                return PoleDisplay(device.name, SerialAddress(str(plug.link)))
            case Role.PRINTER:
                raise Refused("device-role", "a printer is no driver: it has a queue")

    def printer_link(self, device: Device) -> str:
        """The path at which the simulated printer is reached."""
        self.printer = SimulatedPrinter()
        plug = self._line_to(device.name, PtyPlug(self.printer, self._link(device)))
        return str(plug.link)

    def close(self) -> None:
        """Pull everything out, and put the folder away."""
        for plug in self._plugs.values():
            plug.unplug()
        self._folder.cleanup()

    # --- the hand ----------------------------------------------------------------------------

    def is_plugged(self, name: str) -> bool:
        """Whether a device is plugged in."""
        return self._in[name]

    def toggle(self, name: str) -> bool:
        """Pull it out, or put it in again; whether it is in now."""
        plugged = not self._in[name]
        if plugged:
            self._plugs[name].plug()
        else:
            self._plugs[name].unplug()
        self._in[name] = plugged
        return plugged

    def scan(self, code: str) -> None:
        """Hold a code before the scanner. Refused where it is unplugged."""
        if self._scanner is None:
            raise Refused("no-scanner", "there is no simulated scanner")
        try:
            self._scanner.scan(code)
        except OSError as error:
            raise Refused("unplugged", str(error.strerror)) from error

    def put_grams(self, grams: int) -> None:
        """Put so much on the scale, at rest. Refused where there is none."""
        if self.scale is None:
            raise Refused("no-scale", "there is no simulated scale")
        self.scale.put(grams)

    @property
    def pole(self) -> tuple[str, str]:
        """What stands on the customer's display."""
        upper, lower = self._display.lines if self._display is not None else ("", "")
        return upper, lower

    def roll(self, rows: int) -> list[str]:
        """The last rows of what was printed."""
        if self.printer is None:
            return []
        told: list[str] = []
        for step in list(self.printer.steps)[-rows:]:
            told += _row(step)
        return told[-rows:]

    # --- steps -------------------------------------------------------------------------------

    def _new_scanner(self, device: Device) -> SimulatedScanner:
        card = device.role is Role.CARD
        role = ReaderRole.CUSTOMER_CARD if card else ReaderRole.SCANNER
        scanner = SimulatedScanner(device.name, role)
        if not card or self._scanner is None:
            self._scanner = scanner
        self._hold(device.name, scanner)
        return scanner

    def _line_to(self, name: str, plug: PtyPlug) -> PtyPlug:
        before = self._plugs.get(name)
        if before is not None:  # a desk was made anew: one device has one line
            before.unplug()
        plug.plug()
        self._hold(name, plug)
        return plug

    def _hold(self, name: str, plug: _Plugged) -> None:
        self._plugs[name], self._in[name] = plug, True

    def _link(self, device: Device) -> Path:
        return Path(self._folder.name) / device.name


def _row(step: object) -> list[str]:
    match step:
        case Line(text):
            return [text]
        case Fed(lines):
            return [""] * min(lines, 2)
        case Raster(_, height):
            return [f"[picture, {height} dots high]"]
        case QrCode(payload):
            return [f"[QR {payload[:24]}...]"]
        case Bars(code) | EanBars(code):
            return [f"|||| {code} ||||"]
        case Kicked():
            return ["* the drawer opens *"]
        case CutPaper():
            return ["- - - - 8< - - - -"]
        case Reset():
            return []
        case _:
            return []
