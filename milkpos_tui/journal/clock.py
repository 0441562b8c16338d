"""Time and identity, injected wherever they matter."""

import os
import time
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Protocol

INDIA = timezone(timedelta(hours=5, minutes=30), "IST")


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> int:
        """UTC milliseconds since 1970."""

    def mono(self) -> int:
        """Milliseconds since `boot` began; never goes back."""

    @property
    def boot(self) -> str:
        """The id of this run of the machine."""


class MachineClock:
    """The machine's own clocks."""

    def __init__(self) -> None:
        try:
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            boot = ""  # no such file in some containers: then a jump shows less well
        self._boot = boot

    def now(self) -> int:
        """UTC milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def mono(self) -> int:
        """Milliseconds since the machine started."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

    @property
    def boot(self) -> str:
        """The kernel's boot id."""
        return self._boot


def day_in_india(at: int) -> date:
    """The calendar day in India of UTC milliseconds."""
    return moment_in_india(at).date()


def moment_in_india(at: int) -> datetime:
    """UTC milliseconds as a time in India, whole seconds."""
    return datetime.fromtimestamp(at // 1000, UTC).astimezone(INDIA)


def uuid7(at: int) -> str:
    """A UUID of version 7 (RFC 9562): 48 bits of UTC milliseconds, then random bits."""
    chance = int.from_bytes(os.urandom(10)) & ~(0xF << 76 | 0b11 << 62)
    value = (at & (2**48 - 1)) << 80 | 7 << 76 | 2 << 62 | chance
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
