"""Which PINs and passwords are good enough, and how long wrong ones lock."""

from itertools import pairwise

from milkpos_tui.domain.errors import Refused

PIN_LENGTH = 6
PASSWORD_MIN, PASSWORD_MAX = 10, 64
TRIES = 5
FIRST_LOCK_MS = 30_000
LONGEST_LOCK_MS = 60 * 60 * 1000

# What no rule below refuses, and yet is among the first to be tried: columns and other ways over
# a numeric keypad.
_FREQUENT = frozenset(
    {"147258", "258369", "369258", "147852", "159357", "159753", "753159", "789456", "456123"}
    | {"123321", "102030"}
)


def check_secret(secret: str, code: str = "") -> str:
    """A PIN of six digits that is not among the first to be tried, or a password.

    Refused: digits of another number, common PINs (one, two or three digits repeated, pairs, runs
    up or down, ways over the keypad); a password that is short, long, not printable, made of few
    signs, or that contains the operator's code.
    """
    if secret.isascii() and secret.isdecimal():
        return _check_pin(secret)
    if not PASSWORD_MIN <= len(secret) <= PASSWORD_MAX or not secret.isprintable():
        raise Refused(
            "pin",
            f"a PIN is {PIN_LENGTH} digits, a password {PASSWORD_MIN} to {PASSWORD_MAX} letters",
        )
    if len(set(secret)) < PASSWORD_MIN // 2 or (code and code.lower() in secret.lower()):
        raise Refused("pin-common", "this password is easily guessed: take another")
    return secret


def lock_ms(failures: int) -> int:
    """How long a wrong try locks: nothing for the first four in a row, then 30 s, twice as long
    with each one more, and at most an hour."""
    if failures < TRIES:
        return 0
    doublings: int = min(failures - TRIES, 10)
    return min(FIRST_LOCK_MS << doublings, LONGEST_LOCK_MS)


def _check_pin(pin: str) -> str:
    if len(pin) != PIN_LENGTH:
        raise Refused("pin", f"a PIN is {PIN_LENGTH} digits")
    if _is_common(pin):
        raise Refused("pin-common", "this PIN is one of the first to be tried: take another")
    return pin


def _is_common(pin: str) -> bool:
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    run = steps in ({0}, {1}, {9})
    repeated = pin in (pin[:2] * 3, pin[:3] * 2)
    pairs = all(pin[i] == pin[i + 1] for i in range(0, PIN_LENGTH, 2))
    return run or repeated or pairs or pin in _FREQUENT
