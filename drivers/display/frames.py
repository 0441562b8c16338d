"""The command sets of pole displays: pure, text in and bytes out."""

from enum import Enum
from typing import NamedTuple

from drivers.printer.letters import ascii_only

COLUMNS = 20


class CommandSet(Enum):
    """By the name in the settings; which one a display speaks is set by its switches."""

    CD5220 = "cd5220"
    DM_D = "epson dm-d"
    UTC = "utc enhanced"
    AEDEX = "aedex"
    ADM787 = "adm787"


class _Commands(NamedTuple):
    clear: bytes  # empty where manuals do not agree on one: two blank lines do it
    upper: bytes
    lower: bytes
    end: bytes  # after the text of a line


_COMMANDS = {
    CommandSet.CD5220: _Commands(b"\x0c", b"\x1bQA", b"\x1bQB", b"\r"),
    CommandSet.DM_D: _Commands(b"\x0c", b"\x1f$\x01\x01", b"\x1f$\x01\x02", b""),
    CommandSet.UTC: _Commands(b"", b"\x1buA", b"\x1buB", b"\r"),
    CommandSet.AEDEX: _Commands(b"", b"!#1", b"!#2", b"\r"),
    CommandSet.ADM787: _Commands(b"\x0c", b"\x0e", b"\x0f", b""),
}


def frame(commands: CommandSet, upper: str, lower: str) -> bytes:
    """Both lines anew. Text is padded and cut to twenty printable ASCII characters, so that no
    name moves the cursor and nothing of the text before it stays."""
    known = _COMMANDS[commands]
    return known.upper + _fitted(upper) + known.end + known.lower + _fitted(lower) + known.end


def clear(commands: CommandSet) -> bytes:
    """An empty display, the cursor at its beginning."""
    return _COMMANDS[commands].clear or frame(commands, "", "")


def _fitted(text: str) -> bytes:
    return ascii_only(text)[:COLUMNS].ljust(COLUMNS).encode("ascii")
