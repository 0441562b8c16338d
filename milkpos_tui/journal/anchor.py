"""The anchor: the head of the chain in a file beside the database, written after each commit.

It costs one small write and no sync. After a power cut it may lag behind the database, which is
fine; a database that lags behind it has lost its tail (fault 13).
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

_FORMAT = "{epoch:08d} {seq:012d} {hash}\n"
_RECORD = re.compile(rb"(\d{8}) (\d{12}) ([0-9a-f]{64})\n")


class Anchored(NamedTuple):
    """The newest entry that the file knows."""

    epoch: int
    seq: int
    hash: bytes


class Anchor:
    """The file. Opened once, written in place: a fixed length in one write can't be torn apart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def write(self, epoch: int, seq: int, digest: bytes) -> None:
        """Remember the head."""
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        record = _FORMAT.format(epoch=epoch, seq=seq, hash=digest.hex()).encode()
        os.pwrite(self._descriptor, record, 0)

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def read_anchor(path: Path) -> Anchored | None:
    """What the file says, or None where there is none or it can't be read as an anchor."""
    try:
        record = _RECORD.fullmatch(path.read_bytes())
    except OSError:
        return None
    if record is None:
        return None
    return Anchored(int(record[1]), int(record[2]), bytes.fromhex(record[3].decode()))
