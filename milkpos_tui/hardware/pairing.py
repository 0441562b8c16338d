"""Pairing: a code on the terminal, and the reader that scans it."""

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from milkpos_tui.domain.devices import Device, Kind, Role
from milkpos_tui.domain.errors import Unreachable
from milkpos_tui.domain.labels import check_digit
from milkpos_tui.hardware.finding import Found
from milkpos_tui.hardware.wiring import match_options

if TYPE_CHECKING:
    from drivers.driver import Driver
    from drivers.scanner.discovery import Listed

QUIET_MODULES = 10
BAR_ROWS = 5

_HALVES = {(0, 0): " ", (1, 0): "▌", (0, 1): "▐", (1, 1): "█"}
_QR_HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
_BLACK_ON_WHITE, _AS_BEFORE = "\x1b[30;107m", "\x1b[0m"


def new_code() -> str:
    """Eight digits as an EAN-8 of a shop's own (prefix 2), which every reader reads as it comes."""
    body = f"2{secrets.randbelow(10**6):06}"
    return f"{body}{check_digit(body)}"


def code_rows(code: str, *, coloured: bool) -> list[str]:
    """The code as bars and as QR, in half blocks. Black on white by the terminal's colours; where
    it is no terminal, without."""
    rows = [*_bars(code), "", *_qr(code)]
    if not coloured:
        return rows
    width = max(map(len, rows))
    return [f"{_BLACK_ON_WHITE}{row:{width}}{_AS_BEFORE}" for row in rows]


class Candidates(NamedTuple):
    """What may be the reader: what types codes, and serial ports that nothing else is set up on."""

    listing: "Sequence[Listed]"
    ports: Sequence[str]
    drivers: "Sequence[Driver]"


def candidates(known: Sequence[Device]) -> Candidates:
    """All that is plugged in now. Raises Unreachable where that is nothing."""
    from drivers.scale.ports import ports_by_id
    from drivers.scanner import pairing
    from drivers.scanner.discovery import list_inputs
    from drivers.scanner.serial_reader import SerialReader, SerialScanner

    listing = list_inputs()
    others = {d.address for d in known if d.role not in (Role.SCANNER, Role.CARD)}
    ports = [path for port in ports_by_id() if (path := str(port.path)) not in others]
    serial = [SerialScanner(SerialReader(path, path)) for path in ports]
    drivers: list[Driver] = [*pairing.candidates(listing), *serial]
    if not drivers:
        raise Unreachable("no-reader", "no barcode reader is plugged in: milkpos device find")
    return Candidates(listing, ports, drivers)


def await_reader(code: str, among: Candidates, within_s: float) -> Found:
    """The one that sends the code. Raises Unreachable where none does in time."""
    from drivers.scanner.discovery import identify
    from drivers.scanner.pairing import pair

    place = pair(code, among.drivers, within_s)
    if place is None:
        raise Unreachable("no-scan", f"nobody scanned {code} within {within_s:g} s")
    if place in among.ports:
        return Found(Kind.SERIAL, place, "serial barcode reader", (Role.SCANNER,))
    reader = _at_place(among.listing, place)
    options = match_options(identify(among.listing, reader))
    return Found(Kind.EVDEV, "", reader.name, (Role.SCANNER,), options)


def _at_place(listing: "Sequence[Listed]", place: str) -> "Listed":
    return next(each for each in listing if each.types_codes and each.place == place)


def _bars(code: str) -> list[str]:
    from barcode.ean import EuropeanArticleNumber8

    quiet = [0] * QUIET_MODULES
    modules = [*quiet, *map(int, EuropeanArticleNumber8(code).build()[0]), *quiet]
    modules += [0] * (len(modules) % 2)
    pairs = zip(modules[::2], modules[1::2], strict=True)
    return ["".join(_HALVES[pair] for pair in pairs)] * BAR_ROWS


def _qr(code: str) -> list[str]:
    import segno

    matrix = [list(map(int, row)) for row in segno.make_qr(code, error="l").matrix_iter(border=4)]
    if len(matrix) % 2:
        matrix.append([0] * len(matrix[0]))
    return [
        "".join(_QR_HALVES[pair] for pair in zip(top, low, strict=True))
        for top, low in zip(matrix[::2], matrix[1::2], strict=True)
    ]
