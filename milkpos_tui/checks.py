"""What `milkpos doctor` and the opening of a shift look at: each check is one function that says
how things stand."""

import platform
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from datetime import datetime

from milkpos_tui.domain.checks import Check, State
from milkpos_tui.domain.errors import MilkPOSError
from milkpos_tui.home import Home
from milkpos_tui.till import INDIA, open_till, sqlite_version

PYTHON_MIN = (3, 11)
SQLITE_MIN = (3, 51, 3)  # the WAL-reset corruption was fixed there
DISK_FREE_MIN_MB = 200
CLOCK_BEGINS = 1_767_225_600  # 2026-01-01: an earlier clock was never set
DEVICES = ("printer", "scale", "scanner", "drawer")
SYSTEM_PACKAGES = {"tmux": "to keep a till open over SSH"}


def check_all(home: Home) -> list[Check]:
    """Look at everything, in order."""
    return [
        check_python(sys.version_info[:2]),
        check_sqlite(sqlite_version()),
        check_clock(int(time.time())),
        *_packages(),
        check_fonts(),
        *_home(home),
    ]


def check_counter(home: Home) -> list[Check]:
    """What whoever opens a shift should know: the counter's devices, the clock, the disk, the last
    backup. Devices are not served by this version, so none of them can be set up."""
    none_set_up = "none is set up: it works by keyboard"
    return [
        *(Check(name, State.MISSING, none_set_up) for name in DEVICES),
        check_clock(int(time.time())),
        _disk(home),
        Check("backup", State.MISSING, "no backup was ever made"),
    ]


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


def check_fonts() -> Check:
    """Whose letters a bill as PDF can be set in. None is made without Latin ones; the others
    matter where names are written in them."""
    from drivers.printer.fonts import latin_package, missing_packages

    missing = missing_packages()
    if latin_package() in missing:
        words = f"no bill can be made as PDF (apt install {latin_package()})"
        return Check("fonts", State.WARN, words)
    if missing:
        return Check("fonts", State.OK, f"for bills as PDF; more letters: {' '.join(missing)}")
    return Check("fonts", State.OK, "for bills as PDF, in all letters of India")


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
    except MilkPOSError as error:
        yield Check("books", State.MISSING, error.message)
        return
    if damage:
        yield Check("books", State.MISSING, f"the database is damaged: {damage}")
    else:
        yield Check("books", State.OK, f"the database of {words} is sound")


def _keymap(home: Home) -> Check:
    from milkpos_tui.config import read_config

    try:
        config = read_config(home.config)
    except MilkPOSError as error:
        return Check("keys", State.WARN, error.message)
    changed = len(config.keys)
    return Check("keys", State.OK, f"{changed} keys remapped" if changed else "the usual keys")
