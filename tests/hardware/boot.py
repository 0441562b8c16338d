"""Runs a Python module on a real kernel: boots Debian's in QEMU with this machine's own files.

    python -m tests.hardware.boot pytest tests/hardware

Emulated, not by KVM: it works in a container as well, and no figure depends on who has KVM.
What the guest prints comes out here; the exit code is that of the module.
"""

import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.hardware.initramfs import CACHE, pack

ROOT = Path(__file__).parents[2]
MEMORY_MB = 768
LIMIT_S = 1_800
MARK = "milkpos_hardware"  # on the guest's kernel command line: this is no one's own machine
NOT_ENDED = 70  # an exit code that pytest has not


def main(argv):
    with tempfile.TemporaryDirectory(prefix="milkpos-hardware-") as folder:
        job = Path(folder)
        (job / "run").write_text(_script(argv))
        try:
            subprocess.run(_qemu(job), stdin=subprocess.DEVNULL, timeout=LIMIT_S, check=True)
        except subprocess.TimeoutExpired:
            print(f"the test machine did not end within {LIMIT_S} s", file=sys.stderr)
        ended = job / "ended"
        if ended.exists():
            return int(ended.read_text())
        print((job / "console").read_text(errors="replace")[-4_000:], file=sys.stderr)
        return NOT_ENDED


def _script(argv):
    """For the guest's shell."""
    return f"""\
cd {shlex.quote(str(ROOT))}
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
export PYTHONPATH={shlex.quote(str(ROOT))} PYTHONDONTWRITEBYTECODE=1
export SYSTEMD_IGNORE_CHROOT=1  # else udevadm does nothing
exec {shlex.quote(sys.executable)} -u -m {shlex.join(argv)}
"""


def _qemu(job):
    [kernel] = (CACHE / "root/boot").glob("vmlinuz-*")
    command = (
        f"{MARK} console=ttyS0 loglevel=4 panic=-1 mitigations=off tsc=unstable random.trust_cpu=on"
    )
    shared = "security_model=none,multidevs=remap"
    return [
        "qemu-system-x86_64",
        *("-accel", "tcg,thread=multi", "-machine", "q35", "-cpu", "max"),
        *("-smp", "2", "-m", str(MEMORY_MB)),
        *("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"),
        *("-kernel", str(kernel), "-initrd", str(pack()), "-append", command),
        *("-serial", f"file:{job}/console", "-serial", "stdio"),
        *("-virtfs", f"local,path=/,mount_tag=host,readonly=on,{shared}"),
        *("-virtfs", f"local,path={job},mount_tag=job,{shared}"),
    ]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
