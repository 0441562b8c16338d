"""What is plugged into this machine and could be set up as a device of the till.

Nothing is opened: all is read from what the kernel and udev say.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from milkpos_tui.domain.devices import Device, Kind, Role
from milkpos_tui.domain.errors import Unreachable
from milkpos_tui.domain.text import clean
from milkpos_tui.hardware.wiring import match_options

if TYPE_CHECKING:
    from drivers.scanner.discovery import Listed

USB_PRINTERS = Path("/dev/usb")
USB_CLASSES = Path("/sys/class/usbmisc")


class Found(NamedTuple):
    """Something that is plugged in. `options` know it again; `device` is the name it is set up by,
    empty if it is not; `suits` are the roles it could have."""

    kind: Kind
    address: str
    words: str
    suits: tuple[Role, ...]
    options: Mapping[str, str] = {}
    device: str = ""


def find_all(known: Sequence[Device]) -> list[Found]:
    """All that is plugged in, with what of it is set up already."""
    from drivers.scale.ports import ports_by_id
    from drivers.scanner.discovery import list_inputs

    ports = [
        Found(
            Kind.SERIAL,
            str(port.path),
            f"serial port: {clean(port.words)}",
            (Role.SCALE, Role.SCANNER, Role.PRINTER, Role.DISPLAY),
            device=_at((port.path, port.device), known),
        )
        for port in ports_by_id()
    ]
    return [*readers(list_inputs(), known), *ports, *usb_printers(known)]


def readers(listing: Sequence["Listed"], known: Iterable[Device]) -> list[Found]:
    """What types codes, a line for each place: readers, and keyboards, which look the same."""
    from drivers.scanner.discovery import identify

    by_place = {each.place: each for each in reversed(listing) if each.types_codes}
    return [
        Found(
            Kind.EVDEV,
            each.path,
            f"{clean(each.name) or 'a reader without a name'} at {clean(place)}",
            (Role.SCANNER, Role.CARD),
            match_options(identify(listing, each)),
            _matched(each, known),
        )
        for place, each in sorted(by_place.items())
    ]


def usb_printers(
    known: Iterable[Device], folder: Path = USB_PRINTERS, classes: Path = USB_CLASSES
) -> list[Found]:
    """The printers of the kernel's usblp."""
    known = tuple(known)
    found = []
    for path in sorted(folder.glob("lp*")):
        told = _ieee1284(classes / path.name / "device" / "ieee1284_id")
        words = told or "a printer without a name"
        found.append(Found(Kind.USB, str(path), words, (Role.PRINTER,), device=_at((path,), known)))
    return found


def reader_options(path: str) -> dict[str, str]:
    """By what the reader at a path like `/dev/input/event5` is known again, for its path is not the
    same after the next start. Raises Unreachable where none is there."""
    from drivers.scanner.discovery import identify, list_inputs

    listing, real = list_inputs(), str(Path(path).resolve())
    for each in listing:
        if each.path == real and each.types_codes:
            return match_options(identify(listing, each))
    raise Unreachable("device-unreachable", f"no barcode reader is at {path}: milkpos device find")


def _matched(listed: "Listed", known: Iterable[Device]) -> str:
    from milkpos_tui.hardware.wiring import match_of

    of_readers = (device for device in known if device.kind is Kind.EVDEV)
    return next((device.name for device in of_readers if match_of(device).fits(listed)), "")


def _at(paths: Sequence[Path], known: Iterable[Device]) -> str:
    real = {path.resolve() for path in paths}
    by_path = (device for device in known if device.address.startswith("/"))
    return next((each.name for each in by_path if Path(each.address).resolve() in real), "")


def _ieee1284(file: Path) -> str:
    """Maker and model of `MFG:EPSON;MDL:TM-T20;...`, as far as they are told."""
    try:
        text = file.read_text(errors="replace")
    except OSError:
        return ""
    fields = dict(field.partition(":")[::2] for field in text.split(";") if ":" in field)
    names = {"MFG": "MANUFACTURER", "MDL": "MODEL"}
    parts = (fields.get(short) or fields.get(long) or "" for short, long in names.items())
    return clean(" ".join(part.strip() for part in parts if part.strip()))
