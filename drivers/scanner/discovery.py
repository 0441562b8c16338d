"""Which input devices there are, which of them is a given reader, and who else has one open.

All from what the kernel writes under /sys and /proc: nothing is opened, so that a reader is found
before it may be opened, and a reader that the till has grabbed is found as well.
"""

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from drivers.scanner.keys import TYPES_CODES

NO_SUCH_READER = "the barcode reader is not plugged in"


class Listed(NamedTuple):
    """An input device as the kernel lists it.

    `serial` is the device's own number and often empty; `port` is where it is plugged in
    (`usb-0000:01:00.0-1.2/input0`), the same after each replugging, while `path` is not.
    """

    path: str
    name: str
    vendor: int
    product: int
    serial: str
    port: str
    types_codes: bool

    @property
    def place(self) -> str:
        """Where the reader is: the same for all keyboards that one reader shows.

        By Bluetooth the port is the receiver's and the serial number the reader's own.
        """
        return self.port.rpartition("/input")[0] or self.serial or self.port or self.path


class Match(NamedTuple):
    """By what a reader is known again; all that is given must agree.

    The port may also be a place: then it is without its `/inputN`.
    """

    name: str = ""
    vendor: int | None = None
    product: int | None = None
    serial: str = ""
    port: str = ""

    def fits(self, listed: Listed) -> bool:
        """Whether this may be the device; a match that says nothing fits none."""
        return self != Match() and (
            self.name in ("", listed.name)
            and self.vendor in (None, listed.vendor)
            and self.product in (None, listed.product)
            and self.serial in ("", listed.serial)
            and self.port in ("", listed.port, listed.place)
        )


def find(listing: Iterable[Listed], match: Match) -> Listed:
    """The one reader that is meant.

    Raises OSError in words: ENODEV where there is none, ENOTUNIQ where several are alike, since a
    customer's card must not be read as an item of the other till.
    """
    found = sorted(
        (each for each in listing if each.types_codes and match.fits(each)),
        key=lambda each: (each.port, each.path),
    )
    if not found:
        raise OSError(errno.ENODEV, NO_SUCH_READER)
    places = sorted({each.place for each in found})
    if len(places) > 1:
        raise OSError(
            errno.ENOTUNIQ, f"{len(places)} barcode readers are alike, at {', '.join(places)}"
        )
    return found[0]


def identify(listing: Iterable[Listed], reader: Listed) -> Match:
    """By what to know this reader again: its serial number if no other has it, else its port."""
    alike = {
        each.place
        for each in listing
        if (each.vendor, each.product, each.serial)
        == (reader.vendor, reader.product, reader.serial)
    }
    if reader.serial and alike == {reader.place}:
        return Match(vendor=reader.vendor, product=reader.product, serial=reader.serial)
    return Match(vendor=reader.vendor, product=reader.product, port=reader.place)


def list_inputs(classes: Path = Path("/sys/class/input")) -> list[Listed]:
    """All input devices there are now."""
    listed = (_listed(node) for node in classes.glob("event*"))
    return [each for each in listed if each is not None]


def holders(path: str, processes: Path = Path("/proc")) -> list[str]:
    """Who else has a node open, as far as this user may see: `getty (process 7)`.

    Having it open is not yet having grabbed it, but who has grabbed it is among them. The caller
    has it open once itself.
    """
    node, own, found = Path(path).resolve(), str(os.getpid()), []
    for process in sorted(processes.glob("[0-9]*"), key=lambda each: int(each.name)):
        times = _times_open(process, node)
        if process.name == own and times > 1:
            found.append("this till itself")
        elif process.name != own and times:
            found.append(f"{_read(process / 'comm') or 'a program'} (process {process.name})")
    return found


def _listed(node: Path) -> Listed | None:
    """None for a device that is being unplugged while it is read."""
    device = node / "device"
    try:
        keys = (device / "capabilities" / "key").read_text().split()
        return Listed(
            path=f"/dev/input/{node.name}",
            name=_read(device / "name"),
            vendor=int((device / "id" / "vendor").read_text(), 16),
            product=int((device / "id" / "product").read_text(), 16),
            serial=_read(device / "uniq"),
            port=_read(device / "phys"),
            # Words of keys, the lowest last; all of a reader's are in it, be it 32 bits or 64.
            types_codes=int(keys[-1], 16) & TYPES_CODES == TYPES_CODES,
        )
    except (OSError, ValueError, IndexError):
        return None


def _times_open(process: Path, node: Path) -> int:
    try:
        descriptors = list((process / "fd").iterdir())
    except OSError:  # another user's, or it has just ended
        return 0
    return sum(_leads_to(each, node) for each in descriptors)


def _leads_to(descriptor: Path, node: Path) -> bool:
    try:
        return descriptor.readlink() == node
    except OSError:  # closed meanwhile
        return False


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
