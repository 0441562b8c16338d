"""What the tests need of the machine around the devices: udev, with the rules of `deploy/`, and its
console."""

import os
import select
import subprocess
import tty
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
RULES = "70-milkpos.rules"
GROUP = "milkpos"


def set_up():
    """As deploy/README.md says it, and udev running."""
    subprocess.run(["systemd-sysusers", DEPLOY / "milkpos.sysusers"], check=True)
    rules = Path("/etc/udev/rules.d")
    rules.mkdir(parents=True, exist_ok=True)
    (rules / RULES).write_bytes((DEPLOY / RULES).read_bytes())
    subprocess.run(["/lib/systemd/systemd-udevd", "--daemon"], check=True)
    udevadm("trigger", "--action=add")
    udevadm("settle")


def udevadm(*arguments):
    """What it prints, on both of its streams."""
    done = subprocess.run(
        ["udevadm", *arguments], check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return done.stdout.decode()


class Console:
    """The first terminal, where a till would be: what is typed there."""

    def __init__(self):
        self._terminal = os.open("/dev/tty1", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._terminal)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._terminal)

    def typed(self, count, within_s=10):
        """So many bytes of it, or what came in time."""
        data = b""
        while len(data) < count and select.select([self._terminal], [], [], within_s)[0]:
            data += os.read(self._terminal, 4096)
        return data.decode()
