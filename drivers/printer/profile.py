"""What a printer can do, as data."""

from enum import Enum
from typing import NamedTuple


class Cutter(Enum):
    """What cuts the paper; with `NONE` it is fed to the tear bar."""

    NONE = "none"
    FULL = "full"
    PARTIAL = "partial"


class CodePage(NamedTuple):
    """The letters beyond ASCII: Python's name of the set, and its number in `ESC t`."""

    codec: str
    number: int


CP437 = CodePage("cp437", 0)  # where every ESC/POS printer stands when switched on


class Profile(NamedTuple):
    """A kind of printer.

    `dots` across the paper, `columns` of its standard letters; `drawer_pin` is 2 or 5, None
    without a drawer socket. What a printer can't draw itself (`qr`, `barcode`) is sent as a
    picture. `answers_status` promises a reply to DLE EOT: silence is then a fault.
    """

    name: str
    dots: int
    columns: int
    code_page: CodePage = CP437
    cutter: Cutter = Cutter.FULL
    drawer_pin: int | None = 2
    qr: bool = True
    barcode: bool = True
    answers_status: bool = True


PAPER_58 = Profile(
    "58 mm", 384, 32, cutter=Cutter.NONE, qr=False, barcode=False, answers_status=False
)
PAPER_80 = Profile("80 mm", 576, 48)
TM_T88 = Profile("TM-T88", 512, 42)

PROFILES = {profile.name: profile for profile in (PAPER_58, PAPER_80, TM_T88)}
"""By the name that stands in the settings."""
