"""What the counter's devices need of the machine: each check says how it stands, and what to do.

A till sells without any of it, by keyboard: what is not there is a warning.
"""

import grp
import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from milkpos_tui.domain.checks import Check, State

DEVICES, SERIAL = "milkpos", "dialout"
RULES = "70-milkpos.rules"
RULES_FOLDERS = tuple(
    Path(folder) for folder in ("/etc/udev/rules.d", "/run/udev/rules.d", "/usr/lib/udev/rules.d")
)


class Group(NamedTuple):
    """A group of the system, and who will be in it from the next login."""

    gid: int
    members: frozenset[str]


class User(NamedTuple):
    """Who runs the till; `gids` are the groups that this login has."""

    name: str
    is_root: bool
    gids: frozenset[int]


FindGroup = Callable[[str], Group | None]


def check_machine() -> list[Check]:
    """Everything here, for the user who asks."""
    user = current_user()
    return [
        check_device_group(user, find_group),
        check_serial_group(user, find_group),
        check_rules(RULES_FOLDERS),
        check_shaping(),
        check_fonts(),
    ]


def check_device_group(user: User, find: FindGroup) -> Check:
    """Scanners, USB printers and security keys, by the rules in deploy/."""
    if find(DEVICES) is None:
        words = (
            f"there is no group {DEVICES}, so no scanner and no USB printer can be opened:"
            " see deploy/README.md"
        )
        return Check("group", State.WARN, words)
    return _membership("group", DEVICES, "scanners and USB printers", user, find)


def check_serial_group(user: User, find: FindGroup) -> Check:
    """Scales, pole displays, and scanners and printers on a serial port: Debian's own group."""
    return _membership("serial", SERIAL, "scales and all that is on a serial port", user, find)


def check_rules(folders: tuple[Path, ...]) -> Check:
    """Whether udev knows the counter's devices."""
    for folder in folders:
        if (folder / RULES).is_file():
            return Check("rules", State.OK, f"udev has {folder / RULES}")
    words = f"udev does not know the counter's devices: copy deploy/{RULES} to {folders[0]}"
    return Check("rules", State.WARN, words)


def check_shaping() -> Check:
    """Whether Indic letters can be joined for a printer."""
    from drivers.printer.faults import CannotSet
    from drivers.printer.fonts import check_shaping as check_system

    try:
        check_system()
    except CannotSet as error:
        return Check("letters", State.WARN, str(error))
    return Check("letters", State.OK, "Indic letters can be joined")


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


def current_user() -> User:
    """Who runs this program."""
    uid = os.geteuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:  # a container may have users that nobody has named
        name = str(uid)
    return User(name, uid == 0, frozenset((os.getegid(), *os.getgroups())))


def find_group(name: str) -> Group | None:
    """The system's group of this name, if there is one."""
    try:
        found = grp.getgrnam(name)
    except KeyError:
        return None
    return Group(found.gr_gid, frozenset(found.gr_mem))


def _membership(check: str, name: str, opens: str, user: User, find: FindGroup) -> Check:
    group = find(name)
    if user.is_root or (group is not None and group.gid in user.gids):
        return Check(check, State.OK, f"{user.name} may open {opens}")
    if group is not None and user.name in group.members:
        words = f"{user.name} is in the group {name} from the next login on: log out and in"
    else:
        words = f"{user.name} may not open {opens} (usermod -aG {name} {user.name}, log in anew)"
    return Check(check, State.WARN, words)
