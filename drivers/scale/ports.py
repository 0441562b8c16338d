"""Serial ports by names that stay: udev's links say maker, model and serial number, and a scale
keeps its name whichever socket it is put into and whatever number the kernel gives it."""

from pathlib import Path
from typing import NamedTuple

BY_ID = Path("/dev/serial/by-id")


class Port(NamedTuple):
    """A serial port that is there now; `path` is what to write into the settings."""

    path: Path
    device: Path

    @property
    def words(self) -> str:
        """Maker, model and serial number, as udev puts them together."""
        return self.path.name.removeprefix("usb-").replace("_", " ")


def ports_by_id(folder: Path = BY_ID) -> list[Port]:
    """The ports that are plugged in, by name. None where no serial device has ever been."""
    try:
        links = sorted(folder.iterdir())
    except FileNotFoundError:  # udev makes the folder with the first port
        return []
    return [Port(link, link.resolve()) for link in links if link.exists()]
