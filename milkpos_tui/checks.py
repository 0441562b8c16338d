"""What `milkpos doctor` and the opening of a shift look at: each check is one function that says
how things stand."""

import platform
import shutil
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime

from milkpos_tui.device_checks import check_machine
from milkpos_tui.domain.checks import Check, State
from milkpos_tui.domain.devices import Device, DeviceState, Role
from milkpos_tui.domain.errors import MilkPOSError, Refused
from milkpos_tui.home import Home
from milkpos_tui.till import INDIA, Till, open_till, sqlite_version

PYTHON_MIN = (3, 11)
SQLITE_MIN = (3, 51, 3)  # the WAL-reset corruption was fixed there
DISK_FREE_MIN_MB = 200
CLOCK_BEGINS = 1_767_225_600  # 2026-01-01: an earlier clock was never set
ROLES = {
    "printer": Role.PRINTER,
    "scale": Role.SCALE,
    "scanner": Role.SCANNER,
    "drawer": Role.PRINTER,
    "cards": Role.CARD,
    "display": Role.DISPLAY,
}
NOT_MISSED = (Role.CARD, Role.DISPLAY)
NONE_SET_UP = "none is set up: it works by keyboard"
SYSTEM_PACKAGES = {"tmux": "to keep a till open over SSH"}


def check_all(home: Home) -> list[Check]:
    """Look at everything, in order."""
    return [
        check_python(sys.version_info[:2]),
        check_sqlite(sqlite_version()),
        check_clock(int(time.time())),
        *_packages(),
        *check_machine(),
        *_home(home),
    ]


def check_counter(till: Till, counter: str) -> list[Check]:
    """What whoever opens a shift should know: the counter's devices as they were when they were
    last tried, the clock, the disk, the last backup."""
    return [
        *check_devices(till.devices.of(counter)),
        check_clock(int(time.time())),
        _disk(till.home),
        Check("backup", State.MISSING, "no backup was ever made"),
    ]


def check_devices(devices: Sequence[Device]) -> list[Check]:
    """A counter's devices by what they are for; the drawer is as its printer is."""
    checks = []
    for name, role in ROLES.items():
        of_role = [device for device in devices if device.role is role]
        if name == "drawer":
            of_role = [device for device in of_role if _opens_drawer(device)]
        if of_role:
            checks += [_device(name, device) for device in of_role]
        elif role not in NOT_MISSED:
            checks.append(Check(name, State.MISSING, NONE_SET_UP))
    return checks


def _device(name: str, device: Device) -> Check:
    match device.state:
        case DeviceState.UP:
            return Check(name, State.OK, f"{device.name}: {device.words or 'it answers'}")
        case DeviceState.DOWN:
            return Check(name, State.WARN, f"{device.name} is down: {device.last_error}")
        case DeviceState.UNKNOWN:
            return Check(name, State.WARN, f"{device.name} is set up, and was never tried")


def _opens_drawer(printer: Device) -> bool:
    from milkpos_tui.hardware.wiring import printer_of

    try:
        return printer_of(printer).profile.drawer_pin is not None
    except Refused:  # its logo is gone, say: told where it prints
        return False


def check_python(version: tuple[int, ...]) -> Check:
    """The interpreter."""
    words = f"Python {platform.python_version()} on {platform.machine()}"
    return Check("python", State.OK if version >= PYTHON_MIN else State.MISSING, words)


def check_sqlite(version: str) -> Check:
    """The SQLite that apsw brings."""
    numbers = tuple(int(part) for part in version.split("."))
    if numbers >= SQLITE_MIN:
        return Check("sqlite", State.OK, f"SQLite {version}")
    return Check("sqlite", State.MISSING, f"SQLite {version} can damage a WAL: update apsw")


def check_clock(now: int) -> Check:
    """A Raspberry Pi without a clock of its own starts in the past."""
    if now >= CLOCK_BEGINS:
        moment = datetime.fromtimestamp(now, INDIA)
        return Check("clock", State.OK, f"{moment:%Y-%m-%d %H:%M} in India")
    return Check("clock", State.WARN, "the clock was never set: set it before selling")


def _packages() -> Iterator[Check]:
    for package, purpose in SYSTEM_PACKAGES.items():
        if shutil.which(package):
            yield Check(package, State.OK, "installed")
        else:
            yield Check(package, State.WARN, f"not installed: {purpose} (apt install {package})")


def _home(home: Home) -> Iterator[Check]:
    if not home.exists:
        yield Check("home", State.MISSING, f"no till in {home.path}: milkpos init makes one")
        return
    yield Check("home", State.OK, str(home.path))
    yield _disk(home)
    yield _private_key(home)
    yield from _books(home)
    yield _keymap(home)


def _disk(home: Home) -> Check:
    free = shutil.disk_usage(home.path).free >> 20
    state = State.OK if free >= DISK_FREE_MIN_MB else State.WARN
    return Check("disk", state, f"{free} MB free")


def _private_key(home: Home) -> Check:
    try:
        mode = stat.S_IMODE(home.node_key.stat().st_mode)
    except OSError as error:
        return Check("key", State.MISSING, f"{home.node_key}: {error.strerror}")
    if mode & 0o077:
        return Check("key", State.WARN, f"others can read {home.node_key}: chmod 600")
    return Check("key", State.OK, "the node's key is private")


def _books(home: Home) -> Iterator[Check]:
    try:
        with open_till(home) as till:
            damage = till.damage()
            words = till.shop.name
            devices = list(till.devices.all())
    except MilkPOSError as error:
        yield Check("books", State.MISSING, error.message)
        return
    if damage:
        yield Check("books", State.MISSING, f"the database is damaged: {damage}")
    else:
        yield Check("books", State.OK, f"the database of {words} is sound")
    yield from _asked(home, devices)


def _asked(home: Home, devices: list[Device]) -> Iterator[Check]:
    """Every device of this machine, asked now; as it was noted where an open till has it."""
    if not devices:
        yield Check("devices", State.OK, f"{NONE_SET_UP}; milkpos device find")
        return
    from milkpos_tui.hardware.trying import ask_all

    for device, answer in zip(devices, ask_all(home, devices), strict=True):
        down = answer.state is DeviceState.DOWN
        device = device._replace(
            state=answer.state, words=answer.words, last_error=answer.words if down else ""
        )
        yield _device(f"device {device.name}", device)


def _keymap(home: Home) -> Check:
    from milkpos_tui.config import read_config

    try:
        config = read_config(home.config)
    except MilkPOSError as error:
        return Check("keys", State.WARN, error.message)
    changed = len(config.keys)
    return Check("keys", State.OK, f"{changed} keys remapped" if changed else "the usual keys")
