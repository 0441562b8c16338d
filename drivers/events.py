"""What devices tell a till: frozen and typed. Nothing else crosses from the drivers upward."""

from typing import NamedTuple


class DeviceUp(NamedTuple):
    """A device answers; `words` say what it is, for people."""

    device: str
    words: str = ""


class DeviceDown(NamedTuple):
    """A device does not answer any more, and why, in words. Its driver goes on trying."""

    device: str
    reason: str


class Scanned(NamedTuple):
    """A whole code, as its reader sent it: no end sign, GS (FNC1) as U+001D.

    `aim` is the AIM identifier the reader put before it (`]E0`), or empty; `at_ms` is monotonic
    milliseconds.
    """

    device: str
    code: str
    aim: str = ""
    at_ms: int = 0


class ScanLost(NamedTuple):
    """A code that came only in part: it must be scanned again. Never dropped in silence."""

    device: str
    reason: str


class Stable(NamedTuple):
    """A weight that may be sold by, whole grams; `net` where a tare is taken off by the scale."""

    grams: int
    net: bool = False


class Moving(NamedTuple):
    """The scale has not come to rest; grams so far, where it says."""

    grams: int | None = None


class Over(NamedTuple):
    """More is on the scale than it can weigh."""


class Under(NamedTuple):
    """The scale stands below zero or outside its range for zero."""


class Negative(NamedTuple):
    """A weight below zero, grams (a negative number): something was taken off a tared scale."""

    grams: int


Reading = Stable | Moving | Over | Under | Negative
"""What is on a scale. Only `Stable` sells; a status never turns a weight into 0."""


class Weighed(NamedTuple):
    """What a scale shows now; the newest replaces the one before it."""

    device: str
    reading: Reading


Event = DeviceUp | DeviceDown | Scanned | ScanLost | Weighed
"""All that a driver emits."""
