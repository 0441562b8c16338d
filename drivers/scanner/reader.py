"""What readers that type and serial readers have in common."""

import errno
import os
import select
import time
from collections.abc import Callable
from enum import StrEnum

from drivers.driver import Stop
from drivers.scanner.decoder import Codes

READ_BYTES = 4096
# How an unplugged device answers a read; a serial adapter may also answer with no bytes.
_GONE = frozenset({errno.ENODEV, errno.EIO, errno.ENXIO})


class Role(StrEnum):
    """What a reader's codes are for."""

    SCANNER = "scanner"
    CUSTOMER_CARD = "customer card"


class Held(OSError):
    """Another program has the reader; `holders` names those that have it open, may be none."""

    def __init__(self, path: str, holders: list[str]) -> None:
        whose = ", ".join(holders) or "a program that this user can't see"
        super().__init__(
            errno.EBUSY, f"the barcode reader is held by another program; {path} is open in {whose}"
        )
        self.holders = holders


def serve(
    fd: int, stop: Stop, codes: Codes, feed: Callable[[bytes], None], now_ms: Callable[[], int]
) -> None:
    """Feed what a reader sends until `stop` is said, or OSError: it is gone.

    A code that came in part by then is told as lost.
    """
    reason = "the reader was unplugged in the middle of a code: scan it again"
    try:
        while True:
            ready = select.select([fd, stop.fileno()], [], [], _wait_s(codes, now_ms))[0]
            if stop.fileno() in ready:
                reason = "the till stopped reading in the middle of a code: scan it again"
                return
            if ready:
                feed(_read(fd))
            else:
                codes.idle(now_ms())
    finally:
        codes.abandon(reason)


def monotonic_ms() -> int:
    """Milliseconds on the kernel's CLOCK_MONOTONIC, as the events of readers carry them."""
    return time.monotonic_ns() // 1_000_000


def _wait_s(codes: Codes, now_ms: Callable[[], int]) -> float | None:
    due_ms = codes.due_ms
    return None if due_ms is None else max(0, due_ms - now_ms()) / 1000


def _read(fd: int) -> bytes:
    try:
        data = os.read(fd, READ_BYTES)
    except OSError as error:
        if error.errno in _GONE:
            raise _gone() from error
        raise
    if not data:
        raise _gone()
    return data


def _gone() -> OSError:
    return OSError(errno.ENODEV, "the barcode reader was unplugged")
