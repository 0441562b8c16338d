"""From a question of the till to a touched key: for the front ends, which know no drivers.

Blocks until a finger was there or `cancel` was said: in a thread of its own where a screen waits.
"""

from collections.abc import Callable

from drivers.fingerprint import reader
from drivers.fingerprint.touch import (
    ATTEMPTS,
    UNREACHABLE,
    Backend,
    Cancel,
    Enrolled,
    Enrolment,
    Touch,
    Untouched,
    Wanted,
)
from milkpos_tui.domain.errors import MilkPOSError, Refused, Unreachable

__all__ = ["Backend", "Cancel", "Enrolled", "Enrolment", "Touch", "Wanted", "WrongFinger"]


class WrongFinger(Refused):
    """Somebody tried who is not the one: to be told to the till, which counts it."""


def wait_for_touch(
    wanted: Wanted, cancel: Cancel, ask_key_pin: Callable[[], str], tell: Callable[[str], object]
) -> Touch:
    """A touch, not believed yet. Unreachable where there is no key or reader; WrongFinger;
    Refused for all else, in words."""
    try:
        return reader.prove(wanted, cancel, ask_key_pin, tell)
    except Untouched as untouched:
        raise _ours(untouched) from untouched


def wait_for_enrolment(
    backend: Backend,
    enrolment: Enrolment,
    finger: str,
    cancel: Cancel,
    ask_key_pin: Callable[[], str],
    tell: Callable[[str], object],
) -> Enrolled:
    """The same for somebody's new key, or with fprintd a finger."""
    try:
        return reader.enrol(backend, enrolment, cancel, ask_key_pin, tell, finger)
    except Untouched as untouched:
        raise _ours(untouched) from untouched


def forget(credential: bytes) -> None:
    """Have fprintd delete a finger it is no longer asked for."""
    try:
        reader.forget(credential)
    except Untouched as untouched:
        raise _ours(untouched) from untouched


def _ours(untouched: Untouched) -> MilkPOSError:
    if untouched.why in UNREACHABLE:
        return Unreachable(untouched.why.value, untouched.words)
    kind = WrongFinger if untouched.why in ATTEMPTS else Refused
    return kind(untouched.why.value, untouched.words)
