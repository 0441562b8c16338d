"""USB devices that the kernel plays to itself: a gadget on one side of `dummy_hcd`, on the other a
device like any other, that usbhid, cdc_acm or usblp serve.

What they are is written to configfs (the kernel's usb/gadget_configfs); plugged in and pulled out
is what a controller is bound to.
"""

import errno
import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, NamedTuple

GADGETS = Path("/sys/kernel/config/usb_gadget")
CONTROLLERS = Path("/sys/class/udc")
ENGLISH = "strings/0x409"
DEADLINE_S = 30
POLLED_S = 0.008  # how often a keyboard is asked what is down
_TRY_AGAIN_S = 0.002


class Identity(NamedTuple):
    """What a device says of itself."""

    vendor: int
    product: int
    maker: str
    model: str
    serial: str


SCANNER = Identity(0x05E0, 0x1200, "Symbol Technologies", "Bar Code Scanner", "S1")
SCALE = Identity(0x0EB8, 0xF000, "Mettler-Toledo", "Ariva-S", "B1")
KEY = Identity(0x1050, 0x0402, "Yubico", "Security Key", "")
PRINTER = Identity(0x04B8, 0x0202, "EPSON", "TM-T88V", "X1")

# A keyboard as in the USB HID specification, appendix E.6: modifiers, and six keys at a time.
_KEYBOARD = bytes.fromhex(
    "05010906a101050719e029e71500250175019508810295017508810395057501"
    "050819012905910295017503910395067508150025650507190029658100c0"
)
# A FIDO device (CTAP, 11.2.8.2): reports of 64 bytes on the usage page that is theirs.
_FIDO = bytes.fromhex(
    "06d0f10901a10109201500" + "26ff0075089540810209211500" + "26ff00750895409102c0"
)
_LEFT_CTRL, _LEFT_SHIFT = 1, 2
# Runs of neighbours in the usage table: the first key, what they type, and what with Shift.
_RUNS = (
    (4, "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    (30, "1234567890", "!@#$%^&*()"),
    (40, "\n", ""),
    (43, "\t ", ""),
    (45, "-=[]\\", "_+{}|"),
    (51, ";'`,./", ':"~<>?'),
)
USAGES = {
    sign: (first + at, modifiers)
    for first, plain, shifted in _RUNS
    for signs, modifiers in ((plain, 0), (shifted, _LEFT_SHIFT))
    for at, sign in enumerate(signs)
} | {"\x1d": (48, _LEFT_CTRL)}


def wait_for(condition, what):
    """What it gives, once that is anything; the kernel and udev take their time."""
    until = time.monotonic() + DEADLINE_S
    while not (found := condition()):
        assert time.monotonic() < until, f"it did not come to pass: {what}"
        time.sleep(_TRY_AGAIN_S)
    return found


def open_soon(path):
    """A node of the far end, once it is there and wants to: the first moments it is no device."""
    until = time.monotonic() + DEADLINE_S
    while True:
        try:
            return os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENODEV) or time.monotonic() > until:
                raise
        time.sleep(_TRY_AGAIN_S)


class Gadget:
    """One device. As a context it is there, but not plugged in."""

    function = ""
    attributes: ClassVar[dict[str, bytes]] = {}

    def __init__(self, identity):
        self.identity = identity
        self.controller = ""
        self.line = -1
        taken = {path.name for path in GADGETS.iterdir()}
        name = next(f"g{n}" for n in range(99) if f"g{n}" not in taken)
        self._path = GADGETS / name
        self._function = self._path / "functions" / f"{self.function}.{name}"

    def __enter__(self):
        path, identity = self._path, self.identity
        path.mkdir()
        (path / "idVendor").write_text(hex(identity.vendor))
        (path / "idProduct").write_text(hex(identity.product))
        (path / ENGLISH).mkdir()
        (path / ENGLISH / "manufacturer").write_text(identity.maker)
        (path / ENGLISH / "product").write_text(identity.model)
        (path / ENGLISH / "serialnumber").write_text(identity.serial)
        (path / "configs/c.1").mkdir()
        self._function.mkdir()
        for attribute, value in self.attributes.items():
            (self._function / attribute).write_bytes(value)
        (path / "configs/c.1/function").symlink_to(self._function)
        return self

    def __exit__(self, *_):
        self.unplug()
        (self._path / "configs/c.1/function").unlink()
        (self._path / "configs/c.1").rmdir()
        self._function.rmdir()
        (self._path / ENGLISH).rmdir()
        self._path.rmdir()

    def plug(self):
        """Put it in, and wait until the kernel has set it up."""
        used = {path.read_text().strip() for path in GADGETS.glob("*/UDC")}
        free = sorted(path.name for path in CONTROLLERS.iterdir() if path.name not in used)
        self.controller = free[0]
        (self._path / "UDC").write_text(self.controller)
        wait_for(lambda: list(self.inside.glob("usb*/*-1/*-1:1.0")), f"{self.identity} is set up")
        self._open()

    def unplug(self):
        """Pull it out, in the middle of whatever is going on, and wait until kernel and udev know:
        a hub takes a tenth of a second to see it."""
        if self.controller:
            self._close()
            (self._path / "UDC").write_text("\n")
            wait_for(lambda: not list(self.inside.glob("usb*/*-1")), f"{self.identity} is gone")
            subprocess.run(["udevadm", "settle"], check=True)
            self.controller = ""

    @property
    def inside(self):
        """The device's folder in /sys, as the computer it is plugged into has it."""
        number = self.controller.rpartition(".")[2]
        return Path(f"/sys/devices/platform/dummy_hcd.{number}")

    def node(self, pattern):
        """The name of the node that the kernel has made for it."""
        found = wait_for(lambda: list(self.inside.rglob(pattern)), f"{pattern} of {self.identity}")
        return found[0].name

    def _open(self):
        """Our side of the line: `line`."""
        raise NotImplementedError  # each gadget its own way

    def _close(self):
        if self.line >= 0:
            os.close(self.line)
        self.line = -1


class Keyboard(Gadget):
    """A barcode scanner, or a keyboard: it types."""

    function = "hid"
    attributes: ClassVar[dict[str, bytes]] = {
        "protocol": b"1",
        "subclass": b"1",
        "report_length": b"8",
        "report_desc": _KEYBOARD,
    }

    def __init__(self, identity=SCANNER):
        super().__init__(identity)

    def type(self, text, every_s=POLLED_S):
        """Each key down and up, a report after the other."""
        for sign in text:
            usage, modifiers = USAGES[sign]
            for report in ((modifiers, usage), ()):
                time.sleep(every_s)
                self.report(*report)

    def report(self, modifiers=0, *keys):
        """One report: what is down now."""
        data = bytes([modifiers, 0, *keys]).ljust(8, b"\0")
        until = time.monotonic() + DEADLINE_S
        while True:
            try:
                os.write(self.line, data)
                return
            except OSError as error:  # the computer does not listen yet
                if error.errno not in (errno.ESHUTDOWN, errno.EINVAL) or time.monotonic() > until:
                    raise
                time.sleep(_TRY_AGAIN_S)

    def _open(self):
        self.node("event*")
        number = (self._function / "dev").read_text().strip()
        wait_for(lambda: Path(f"/sys/dev/char/{number}").exists(), "its node in the kernel")
        name = Path(f"/sys/dev/char/{number}").resolve().name
        self.line = open_soon(f"/dev/{name}")
        os.set_blocking(self.line, True)


class SecurityKey(Gadget):
    """A FIDO key that nobody answers for: it is there."""

    function = "hid"
    attributes: ClassVar[dict[str, bytes]] = {
        "protocol": b"0",
        "subclass": b"0",
        "report_length": b"64",
        "report_desc": _FIDO,
    }

    def __init__(self, identity=KEY):
        super().__init__(identity)

    def _open(self):
        self.node("hidraw[0-9]*")


class SerialPort(Gadget):
    """A scale on USB: what it says is written to `line`."""

    function = "acm"

    def __init__(self, identity=SCALE):
        super().__init__(identity)

    def _open(self):
        import tty

        number = (self._function / "port_num").read_text().strip()
        self.line = open_soon(f"/dev/ttyGS{number}")
        tty.setraw(self.line)


class PrinterPort(Gadget):
    """A receipt printer on USB: what was sent to it is read from `line`."""

    function = "printer"
    attributes: ClassVar[dict[str, bytes]] = {
        "pnp_string": b"MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;CLS:PRINTER;DES:EPSON TM-T88V;",
        "q_len": b"10",
    }

    def __init__(self, identity=PRINTER):
        super().__init__(identity)

    def _open(self):
        [name] = wait_for(lambda: list(Path("/dev").glob("g_printer*")), "the printer's own side")
        self.line = open_soon(name)


@contextmanager
def plugged(gadget):
    """It is plugged in, until the end at the latest."""
    with gadget:
        gadget.plug()
        yield gadget
