"""`deploy/`: what udev makes of the rules, and who may open what."""

import grp
import os
import pwd
import re
import stat
import subprocess
from pathlib import Path

import pytest

from tests.hardware.gadgets import (
    PRINTER,
    SCALE,
    SCANNER,
    Identity,
    Keyboard,
    PrinterPort,
    SecurityKey,
    SerialPort,
    plugged,
    wait_for,
)
from tests.hardware.guest import DEPLOY, GROUP, RULES, udevadm

NOBODY = 65534
COMPLAINS = re.compile(r"Invalid|Unknown|invalid|unknown|Failed|ignoring|expected", re.ASCII)
KEYBOARD = Identity(0x046D, 0xC31C, "Logitech", "USB Keyboard", "K1")


def may_open(path, group):
    """Whether a user who is in this group alone may."""
    child = os.fork()
    if child == 0:  # the whole of this program can't be read by that user
        os.setgroups([grp.getgrnam(group).gr_gid] if group else [])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        try:
            os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        except PermissionError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def assert_for_the_group(node):
    status = node.stat()
    assert grp.getgrgid(status.st_gid).gr_name == GROUP
    assert stat.S_IMODE(status.st_mode) == 0o660
    assert may_open(str(node), GROUP)
    assert not may_open(str(node), "")


@pytest.mark.parametrize(
    ("gadget", "pattern", "link"),
    [
        (Keyboard(SCANNER), "event*", f"milkpos/scanner-{SCANNER.serial}"),
        (PrinterPort(PRINTER), "lp*", "milkpos/printer"),
        (PrinterPort(PRINTER), "lp*", f"milkpos/printer-{PRINTER.serial}"),
    ],
)
def test_names_and_group(gadget, pattern, link):
    link = Path("/dev") / link
    with plugged(gadget):
        wait_for(link.exists, link)
        assert link.resolve().name == gadget.node(pattern)
        assert_for_the_group(link)
        gadget.unplug()
        assert not link.is_symlink()


def test_a_reader_without_a_number_is_named_after_its_socket():
    with plugged(Keyboard(SCANNER._replace(serial=""))) as reader:
        [link] = wait_for(lambda: list(Path("/dev/milkpos").glob("scanner-*")), "a name for it")
        assert link.resolve().name == reader.node("event*")
        assert_for_the_group(link)


def test_a_keyboard_stays_a_keyboard():
    with plugged(Keyboard(KEYBOARD)) as keyboard:
        udevadm("settle")
        node = Path("/dev/input") / keyboard.node("event*")
        assert not may_open(str(node), GROUP)
        assert not list(Path("/dev/milkpos").glob("scanner-*"))
        assert "LIBINPUT_IGNORE_DEVICE" not in udevadm("info", str(node))


def test_a_reader_is_no_keyboard_for_desktops():
    with plugged(Keyboard(SCANNER)) as reader:
        udevadm("settle")
        node = f"/dev/input/{reader.node('event*')}"
        assert "LIBINPUT_IGNORE_DEVICE=1" in udevadm("info", node)


def test_a_scale_keeps_debians_group_and_a_name_that_stays():
    link = Path(f"/dev/serial/by-id/usb-{SCALE.maker}_{SCALE.model}_{SCALE.serial}-if00")
    with plugged(SerialPort(SCALE)):
        wait_for(link.exists, link)
        assert may_open(str(link), "dialout")
        assert not may_open(str(link), "")
        assert "ID_MM_DEVICE_IGNORE=1" in udevadm("info", str(link))


def test_a_security_key_is_for_the_group_and_other_raw_devices_are_not():
    with plugged(SecurityKey()) as key, plugged(Keyboard(KEYBOARD)) as keyboard:
        udevadm("settle")
        assert_for_the_group(Path("/dev") / key.node("hidraw[0-9]*"))
        assert not may_open(f"/dev/{keyboard.node('hidraw[0-9]*')}", GROUP)


def test_udev_understands_every_line():
    udevadm("control", "--log-level=info")
    with plugged(Keyboard(SCANNER)) as reader:
        path = next(reader.inside.rglob("event*"))
        said = udevadm("test", "--action=add", str(path)).splitlines()
    assert [
        line for line in said if line.endswith(f"Reading rules file: /etc/udev/rules.d/{RULES}")
    ]
    assert [line for line in said if RULES in line and COMPLAINS.search(line)] == []


def test_systemd_understands_the_unit():
    program = Path("/opt/milkpos/.venv/bin/milkpos")
    program.parent.mkdir(parents=True)
    program.symlink_to("/bin/true")
    unit = Path("/etc/systemd/system/milkpos.service")
    unit.write_bytes((DEPLOY / unit.name).read_bytes())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert (done.returncode, unit.name in done.stdout) == (0, False), done.stdout


def test_the_home_is_the_tills_alone():
    subprocess.run(["systemd-tmpfiles", "--create", DEPLOY / "milkpos.tmpfiles"], check=True)
    home, user = Path("/var/lib/milkpos"), pwd.getpwnam(GROUP)
    assert (home.stat().st_uid, stat.S_IMODE(home.stat().st_mode)) == (user.pw_uid, 0o700)
    assert user.pw_dir == str(home)
    assert GROUP in grp.getgrnam("dialout").gr_mem
