"""What the registry says of a device: its name, what it is for, how it is reached.

What an option may be is the driver's to say (`milkpos_tui.hardware.wiring`); here is only how it
is written.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.text import clean

NAME_MAX = 30
ADDRESS_MAX = 300
OPTION_MAX = 300
OPTIONS_MAX = 2000

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII)
_OPTION = re.compile(r"[a-z][a-z-]*", re.ASCII)


class Role(StrEnum):
    """What a device is for. A card reader is a scanner whose codes are customers' cards."""

    SCANNER = "scanner"
    CARD = "card"
    SCALE = "scale"
    PRINTER = "printer"
    DISPLAY = "display"

    @property
    def one_a_counter(self) -> bool:
        """Whether a second one on the same counter would be in the way."""
        return self in (Role.SCALE, Role.PRINTER, Role.DISPLAY)


class Kind(StrEnum):
    """How a device is reached."""

    EVDEV = "evdev"
    SERIAL = "serial"
    USB = "usb"
    TCP = "tcp"
    SIMULATED = "simulated"


KINDS: Mapping[Role, tuple[Kind, ...]] = {
    Role.SCANNER: (Kind.EVDEV, Kind.SERIAL, Kind.SIMULATED),
    Role.CARD: (Kind.EVDEV, Kind.SERIAL, Kind.SIMULATED),
    Role.SCALE: (Kind.SERIAL, Kind.SIMULATED),
    Role.PRINTER: (Kind.USB, Kind.SERIAL, Kind.TCP, Kind.SIMULATED),
    Role.DISPLAY: (Kind.SERIAL, Kind.SIMULATED),
}
"""By which ways a device of a role can be reached."""

_WITHOUT_ADDRESS = (Kind.EVDEV, Kind.SIMULATED)  # found by what it is, or not there at all


class DeviceState(StrEnum):
    """Whether a device answered when it was last tried."""

    UNKNOWN = "unknown"
    UP = "up"
    DOWN = "down"


class Device(NamedTuple):
    """A device of a counter. `words` is what it says of itself, `seen_at` UTC milliseconds."""

    name: str
    role: Role
    counter: str
    kind: Kind
    address: str = ""
    options: Mapping[str, str] = {}
    state: DeviceState = DeviceState.UNKNOWN
    words: str = ""
    seen_at: int | None = None
    errors: int = 0
    last_error: str = ""

    def option(self, name: str, usual: str = "") -> str:
        """An option's value, or what is usual."""
        return self.options.get(name, usual)


def parse_role(text: str) -> Role:
    """A role by its name. Refused for any other word."""
    try:
        return Role(text.strip().lower())
    except ValueError:
        raise Refused("device-role", f"'{text}' is not one of {', '.join(Role)}") from None


def parse_kind(text: str, role: Role) -> Kind:
    """How a device of a role is reached. Refused for a way that it can't be."""
    known = KINDS[role]
    kind = next((each for each in known if each.value == text.strip().lower()), None)
    if kind is None:
        raise Refused("device-kind", f"a {role} is reached by {' or '.join(known)}, not '{text}'")
    return kind


def parse_options(texts: list[str]) -> dict[str, str]:
    """`["protocol=mt-sics", "line=9600 7E1"]` as a table. Refused for what is no `name=value`."""
    options: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip().lower()
        if not equals:
            raise Refused("device-option", f"'{clean(text)}' is not an option, like baud=9600")
        options[name] = _check_option(name, value.strip())
    return options


def _check_option(name: str, value: str) -> str:
    if _OPTION.fullmatch(name) is None:
        raise Refused("device-option", f"'{clean(name)}' is not an option, like baud=9600")
    if clean(value, limit=OPTION_MAX) != value:
        raise Refused("device-option", f"{name}: at most {OPTION_MAX} printable characters")
    return value


def check_device(device: Device) -> Device:
    """The device, cleaned. Refused for a bad name, address or option: what a reader calls itself
    comes from outside too."""
    if not (_NAME.fullmatch(device.name) and len(device.name) <= NAME_MAX):
        raise Refused(
            "device-name",
            f"'{clean(device.name)}' can't be a device's name: small letters, digits and -, at "
            f"most {NAME_MAX}",
        )
    parse_kind(device.kind.value, device.role)
    address = clean(device.address, limit=ADDRESS_MAX)
    if address != device.address.strip():
        raise Refused("device-address", f"an address has at most {ADDRESS_MAX} plain characters")
    if not address and device.kind not in _WITHOUT_ADDRESS:
        raise Refused("device-address", f"say where the {device.role} is: --at")
    if device.kind is Kind.TCP:
        parse_tcp(address)
    elif device.kind in (Kind.USB, Kind.SERIAL) and not address.startswith(("/", "socket://")):
        raise Refused("device-address", f"'{address}' is not a path like /dev/usb/lp0")
    for name, value in device.options.items():
        _check_option(name, value)
    return device._replace(address=address)


def parse_tcp(address: str, usual_port: int = 9100) -> tuple[str, int]:
    """`192.168.1.50` or `192.168.1.50:9100` as host and port. Refused for a name: looking one up
    takes a time that nobody can limit."""
    host, colon, port = address.rpartition(":")
    if not colon:
        host, port = address, str(usual_port)
    numbers = host.split(".")
    good = (
        len(numbers) == 4
        and all(_is_octet(part) for part in numbers)
        and port.isascii()
        and port.isdecimal()
        and 0 < int(port) < 65536
    )
    if not good:
        raise Refused(
            "device-address", f"'{address}' is not a printer's number, like 192.168.1.50:9100"
        )
    return host, int(port)


def _is_octet(text: str) -> bool:
    """Without leading zeros, which some read as octal."""
    return text.isascii() and text.isdecimal() and text == str(int(text)) and int(text) <= 255
