"""From a row of the registry to its driver. What an option may be is said here, in one table."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from drivers.driver import Driver
from milkpos_tui.domain.devices import Device, Kind, Role, parse_tcp
from milkpos_tui.domain.errors import Refused

if TYPE_CHECKING:
    from drivers.printer.profile import Profile
    from drivers.printer.transport import Address
    from drivers.scale.protocols import Protocol
    from drivers.scanner.decoder import Rules
    from drivers.scanner.discovery import Match

TEMPLATE = "template"

_READER = ("gs", "gap", "ends")
OPTIONS: Mapping[tuple[Role, Kind], tuple[str, ...]] = {
    (Role.SCANNER, Kind.EVDEV): ("vendor", "product", "serial", "port", "named", *_READER),
    (Role.SCANNER, Kind.SERIAL): ("baud", *_READER),
    (Role.SCALE, Kind.SERIAL): ("protocol", "line", "same", "pattern", "unit", "end", "ask"),
    (Role.PRINTER, Kind.USB): ("paper", "drawer", "sensor", "logo", "status"),
    (Role.PRINTER, Kind.SERIAL): ("paper", "drawer", "sensor", "logo", "status", "baud", "flow"),
    (Role.PRINTER, Kind.TCP): ("paper", "drawer", "sensor", "logo", "status"),
    (Role.PRINTER, Kind.SIMULATED): ("paper", "drawer", "sensor", "logo", "status"),
    (Role.DISPLAY, Kind.SERIAL): ("commands", "baud"),
}
"""What can be said of a device beside its address; a card reader is a scanner."""

TELLS = {
    "vendor": "USB vendor, four hex digits",
    "product": "USB product, four hex digits",
    "serial": "the reader's own number",
    "port": "the USB socket it is plugged into",
    "named": "the reader's name as the system shows it",
    "gs": "what it types for GS (FNC1), as {GS} or |",
    "gap": "milliseconds without a key that end a code",
    "ends": "yes: it sends Enter or Tab after each code",
    "baud": "bits a second",
    "protocol": "one of milkpos device learn --list, or template",
    "line": "like 9600 7E1",
    "same": "equal weights in a row that count as rest",
    "pattern": "the template's pattern",
    "unit": "kg or g, where the template's frames name none",
    "end": "the template's last bytes, in hex",
    "ask": "what the template's scale is asked with, in hex",
    "paper": "58 mm, 80 mm or TM-T88",
    "drawer": "the pin the drawer is on: 2, 5 or no",
    "sensor": "the level of the drawer's sensor when it is open: high, low or no",
    "logo": "a picture file for the head of the slip",
    "status": "no: the printer does not say how it is",
    "flow": "none, rtscts or xonxoff",
    "commands": "cd5220, epson dm-d, utc enhanced, aedex or adm787",
}


class Printer(NamedTuple):
    """A counter's printer: where it is, what it can, the file of its logo, and the level of the
    drawer's sensor when that is open, where it has one."""

    name: str
    address: "Address"
    profile: "Profile"
    logo: str = ""
    open_is_high: bool | None = None

    def drawer_open(self, sensor_high: bool | None) -> bool | None:
        """Whether the drawer is open; None where nobody can tell."""
        if self.open_is_high is None or sensor_high is None:
            return None
        return sensor_high == self.open_is_high


def check_wiring(device: Device) -> None:
    """Refused for an option that means nothing for such a device, or whose value can't be."""
    role = Role.SCANNER if device.role is Role.CARD else device.role
    known = OPTIONS.get((role, device.kind), ())
    strange = sorted(set(device.options) - set(known))
    if strange:
        can = ", ".join(known) or "none"
        raise Refused(
            "device-option", f"a {device.role} by {device.kind} has no {strange[0]}, only {can}"
        )
    if device.role is Role.PRINTER:
        _check_logo(printer_of(device))
    elif device.kind is not Kind.SIMULATED:
        driver_of(device)


def driver_of(device: Device) -> Driver:
    """The driver of a scanner, a card reader, a scale or a display that is no simulated one."""
    return _DRIVERS[device.role](device)


def printer_of(device: Device) -> Printer:
    """The printer of a row. A simulated one's address is the link its far end has made."""
    from drivers.printer.profile import PROFILES

    paper = device.option("paper", "80 mm")
    if paper not in PROFILES:
        raise Refused("device-option", f"paper is one of {', '.join(PROFILES)}, not '{paper}'")
    profile = PROFILES[paper]
    pin = device.option("drawer", str(profile.drawer_pin or "no"))
    if pin not in ("2", "5", "no"):
        raise Refused("device-option", f"drawer is 2, 5 or no, not '{pin}'")
    tells = _yes_no(device, "status", profile.answers_status)
    profile = profile._replace(drawer_pin=int(pin) if pin != "no" else None, answers_status=tells)
    logo = device.option("logo")
    if logo and not Path(logo).is_file():
        raise Refused("device-option", f"there is no picture {logo}")
    sensor = device.option("sensor", "no")
    if sensor not in ("high", "low", "no"):
        raise Refused("device-option", f"sensor is high, low or no, not '{sensor}'")
    open_is_high = None if sensor == "no" else sensor == "high"
    return Printer(device.name, _printer_address(device), profile, logo, open_is_high)


def _check_logo(printer: Printer) -> None:
    """Refused for a file that is no picture: said now, it stops no slip later."""
    if not printer.logo:
        return
    from drivers.printer.drawing import logo
    from drivers.printer.faults import CannotSet

    try:
        logo(Path(printer.logo).read_bytes(), printer.profile.dots)
    except CannotSet as error:
        raise Refused("device-option", f"{printer.logo}: {error}") from error


def _printer_address(device: Device) -> "Address":
    from drivers.printer.transport import SerialAddress, TcpAddress, UsbAddress

    if device.kind is Kind.TCP:
        return TcpAddress(*parse_tcp(device.address))
    if device.kind is Kind.SERIAL:
        flow = device.option("flow", "none")
        if flow not in ("none", "rtscts", "xonxoff"):
            raise Refused("device-option", f"flow is none, rtscts or xonxoff, not '{flow}'")
        return SerialAddress(
            device.address, _number(device, "baud", 9600), flow == "rtscts", flow == "xonxoff"
        )
    return UsbAddress(device.address)


def _scanner(device: Device) -> Driver:
    from drivers.scanner.evdev_reader import EvdevScanner, KeyReader
    from drivers.scanner.reader import Role as ReaderRole
    from drivers.scanner.serial_reader import SerialReader, SerialScanner

    role = ReaderRole.CUSTOMER_CARD if device.role is Role.CARD else ReaderRole.SCANNER
    if device.kind is Kind.SERIAL:
        baud = _number(device, "baud", 9600)
        return SerialScanner(SerialReader(device.name, device.address, baud, role, _rules(device)))
    return EvdevScanner(KeyReader(device.name, match_of(device), role, _rules(device)))


def match_of(device: Device) -> "Match":
    """By what a reader is known again. Refused where its row does not say."""
    from drivers.scanner.discovery import Match

    match = Match(
        device.option("named"),
        _hex(device, "vendor"),
        _hex(device, "product"),
        device.option("serial"),
        device.option("port"),
    )
    if match == Match():
        raise Refused(
            "device-option", "say which reader it is: milkpos device pair finds it by a scan"
        )
    return match


def match_options(match: "Match") -> dict[str, str]:
    """A match as options, the reverse of what `driver_of` reads."""
    options = {"named": match.name, "serial": match.serial, "port": match.port}
    for name, number in (("vendor", match.vendor), ("product", match.product)):
        options[name] = "" if number is None else f"{number:04x}"
    return {name: value for name, value in options.items() if value}


def _rules(device: Device) -> "Rules":
    from drivers.scanner.decoder import Rules

    usual = Rules()
    gap = _number(device, "gap", usual.idle_ms)
    return Rules(device.option("gs"), gap, _yes_no(device, "ends", usual.always_ends))


def _scale(device: Device) -> Driver:
    from drivers.scale.conversation import SETTLE_TIMES
    from drivers.scale.reader import SerialScale

    protocol = protocol_of(device)
    times = _number(device, "same", SETTLE_TIMES)
    return SerialScale(
        device.name, device.address, protocol, line=protocol.line, settle_times=times
    )


def protocol_of(device: Device) -> "Protocol":
    """What a scale speaks, on the line that its row says."""
    from drivers.scale.protocols import PROTOCOLS, Line
    from drivers.scale.template import BadTemplate, Template, protocol_of

    name = device.option("protocol")
    if name != TEMPLATE and name not in PROTOCOLS:
        known = ", ".join((*PROTOCOLS, TEMPLATE))
        raise Refused("device-option", f"protocol is one of {known}, not '{name}'")
    usual = PROTOCOLS[name].line if name in PROTOCOLS else Line(9600)
    try:
        line = Line.parse(device.option("line", str(usual)))
        if name in PROTOCOLS:
            return PROTOCOLS[name]._replace(line=line)
        end, ask = (bytes.fromhex(device.option(option)) for option in ("end", "ask"))
        template = Template(device.option("pattern"), device.option("unit", "kg"), end, ask)
        return protocol_of(template, line)
    except (BadTemplate, ValueError) as error:
        raise Refused("device-option", f"the scale's settings: {error}") from None


def _display(device: Device) -> Driver:
    from drivers.display.frames import CommandSet
    from drivers.display.pole import PoleDisplay
    from drivers.printer.transport import SerialAddress

    name = device.option("commands", CommandSet.CD5220.value)
    commands = next((each for each in CommandSet if each.value == name), None)
    if commands is None:
        known = ", ".join(each.value for each in CommandSet)
        raise Refused("device-option", f"commands is one of {known}, not '{name}'")
    address = SerialAddress(device.address, _number(device, "baud", 9600))
    return PoleDisplay(device.name, address, commands)


_DRIVERS: Mapping[Role, Callable[[Device], Driver]] = {
    Role.SCANNER: _scanner,
    Role.CARD: _scanner,
    Role.SCALE: _scale,
    Role.DISPLAY: _display,
}


def _number(device: Device, name: str, usual: int) -> int:
    text = device.option(name, str(usual))
    if not (text.isascii() and text.isdecimal() and int(text[:7]) > 0 and len(text) <= 7):
        raise Refused("device-option", f"{name} is a number above zero, not '{text}'")
    return int(text)


def _hex(device: Device, name: str) -> int | None:
    text = device.option(name)
    if not text:
        return None
    if re.fullmatch(r"[0-9A-Fa-f]{1,4}", text) is None:
        raise Refused("device-option", f"{name} is up to four hex digits, not '{text}'")
    return int(text, 16)


def _yes_no(device: Device, name: str, usual: bool) -> bool:
    text = device.option(name, "yes" if usual else "no")
    if text not in ("yes", "no"):
        raise Refused("device-option", f"{name} is yes or no, not '{text}'")
    return text == "yes"
