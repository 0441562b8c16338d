"""Teaching the till a scale of no published format: from captures to the options of its row."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from milkpos_tui.domain.devices import Device, Kind, Role
from milkpos_tui.domain.errors import Refused
from milkpos_tui.hardware.listening import fault_of
from milkpos_tui.hardware.wiring import TEMPLATE

if TYPE_CHECKING:
    from drivers.scale.protocols import Line

CAPTURE_S = 4.0

_OF_A_TEMPLATE = ("protocol", "line", "pattern", "unit", "end", "ask")


class Manner(NamedTuple):
    """How a scale is listened to: `9600 8N1`, and what it is asked with, in hex, if anything."""

    line: str
    ask: str = ""


class Published(NamedTuple):
    """A protocol of the table, for the list."""

    name: str
    words: str
    line: str
    asks: bool
    tells_rest: bool


def published() -> list[Published]:
    """The protocols that need no learning."""
    from drivers.scale.protocols import PROTOCOLS

    return [
        Published(each.name, each.words, str(each.line), bool(each.steps), each.tells_rest)
        for each in PROTOCOLS.values()
    ]


def check_teachable(device: Device, manner: Manner) -> None:
    """Refused for what is no scale on a serial port, and for a manner that can't be."""
    if device.role is not Role.SCALE or device.kind is not Kind.SERIAL:
        raise Refused("device-role", f"{device.name} is no scale on a serial port")
    _line(manner)
    _ask(manner)


def capture(device: Device, manner: Manner, seconds: float = CAPTURE_S) -> bytes:
    """What the scale sends now. Raises Busy, Unreachable."""
    from drivers.scale.reader import capture as listen_to

    try:
        return listen_to(device.address, _line(manner), _ask(manner), seconds)
    except OSError as error:
        raise fault_of(device.name, error) from error


def learn(captures: Sequence[tuple[int, bytes]], manner: Manner) -> dict[str, str]:
    """The options of the template that explains what came for each weight in grams. Refused, in
    words, where none does."""
    from drivers.scale.learning import Capture, NotLearned
    from drivers.scale.learning import learn as learned

    try:
        template = learned([Capture(*each) for each in captures], _ask(manner))
    except NotLearned as why:
        raise Refused("not-learned", str(why)) from why
    options = {
        "protocol": TEMPLATE,
        "line": str(_line(manner)),
        "pattern": template.pattern,
        "unit": template.unit,
        "end": template.end.hex(),
        "ask": template.ask.hex(),
    }
    return {name: value for name, value in options.items() if value}


def taught(device: Device, options: Mapping[str, str]) -> Device:
    """The device with these options in place of those of another protocol."""
    kept = {name: value for name, value in device.options.items() if name not in _OF_A_TEMPLATE}
    return device._replace(options={**kept, **options})


def _line(manner: Manner) -> "Line":
    from drivers.scale.protocols import Line

    try:
        return Line.parse(manner.line)
    except ValueError as error:
        raise Refused("device-option", str(error)) from None


def _ask(manner: Manner) -> bytes:
    try:
        return bytes.fromhex(manner.ask)
    except ValueError:
        raise Refused("device-option", f"'{manner.ask}' is not hex, like 05 or 57 0d") from None
