"""The test machine's first file system: busybox, `init`, and the kernel's modules that are needed.

Written here, so that it needs neither root, for the device nodes in it, nor cpio and depmod.
"""

import gzip
import lzma
import stat
from pathlib import Path

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".hardware"
PACKED = CACHE / "initramfs.gz"

MODULES = (
    # the host's files as the root
    *("virtio_pci", "9pnet_virtio", "9p", "overlay"),
    # what a till's devices need
    *("usbhid", "hid_generic", "evdev", "uinput", "cdc_acm", "usblp"),
    # a USB socket inside of the machine, and what can be plugged into it
    *("dummy_hcd", "configfs", "libcomposite", "usb_f_hid", "usb_f_acm", "usb_f_printer"),
)
OPTIONS = {"dummy_hcd": "num=4 is_high_speed=0"}
FOLDERS = ["bin", "dev", "proc", "sys", "modules", "host", "written", "new"]


class Archive:
    """A cpio archive in the format `newc` (the kernel's early-userspace/buffer-format)."""

    def __init__(self, out):
        self._out = out
        self._number = 0

    def folder(self, name):
        self._add(name, stat.S_IFDIR | 0o755)

    def device(self, name, major, minor):
        self._add(name, stat.S_IFCHR | 0o600, device=(major, minor))

    def file(self, name, data):
        self._add(name, stat.S_IFREG | 0o755, data)

    def end(self):
        self._add("TRAILER!!!", 0)

    def _add(self, name, mode, data=b"", device=(0, 0)):
        self._number += 1
        raw = name.encode() + b"\0"
        fields = (self._number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(raw), 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + raw
        self._out.write(_padded(head) + _padded(data))


def _padded(data):
    return data + bytes(-len(data) % 4)


class Modules:
    """The kernel's modules, and in which order to load them."""

    def __init__(self, root):
        [self._folder] = (root / "lib/modules").iterdir()
        self._paths = {_name(path): path for path in self._folder.rglob("*.ko*")}
        builtin = (self._folder / "modules.builtin").read_text().split()
        self._builtin = {_name(Path(line)) for line in builtin}
        self.ordered = {}

    def add(self, name):
        """A module after all that it depends on, as it says itself."""
        if name in self.ordered or name in self._builtin:
            return
        data = _unpacked(self._paths[name])
        depends = data.partition(b"\0depends=")[2].partition(b"\0")[0].decode()
        for needed in filter(None, depends.split(",")):
            self.add(needed.replace("-", "_"))
        self.ordered[name] = data


def _name(path):
    return path.name.partition(".")[0].replace("-", "_")


def _unpacked(path):
    data = path.read_bytes()
    return lzma.decompress(data) if path.suffix == ".xz" else data


def pack():
    """Write it; where it is."""
    modules = Modules(CACHE / "root")
    for name in MODULES:
        modules.add(name)
    with gzip.open(PACKED, "wb", 1) as out:
        archive = Archive(out)
        for folder in FOLDERS:
            archive.folder(folder)
        archive.device("dev/console", 5, 1)
        archive.device("dev/null", 1, 3)
        archive.file("bin/busybox", _busybox().read_bytes())
        archive.file("init", (HERE / "init").read_bytes())
        for name, data in modules.ordered.items():
            archive.file(f"modules/{name}.ko", data)
        order = "".join(f"{name} {OPTIONS.get(name, '')}\n" for name in modules.ordered)
        archive.file("modules/order", order.encode())
        archive.end()
    return PACKED


def _busybox():
    """Where Debian has it depends on the release."""
    places = (CACHE / "root" / folder / "busybox" for folder in ("bin", "usr/bin"))
    return next(place for place in places if place.exists())
