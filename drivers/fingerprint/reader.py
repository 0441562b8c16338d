"""The door to both back-ends: it loads the one that is needed, when it is needed.

Blocks until a finger was there or `cancel` was said: call it in a thread of its own.
"""

from drivers.fingerprint.touch import (
    AskKeyPin,
    Backend,
    Cancel,
    Enrolled,
    Enrolment,
    Tell,
    Touch,
    Untouched,
    Wanted,
    Why,
)

PATIENCE_S = 60


def enrol(
    backend: Backend,
    enrolment: Enrolment,
    cancel: Cancel,
    ask_key_pin: AskKeyPin,
    tell: Tell,
    finger: str = "",
    timeout_s: int = PATIENCE_S,
) -> Enrolled:
    """Have a key, or with fprintd a finger, enrolled for a person. Raises Untouched."""
    if backend is Backend.FIDO2:
        try:
            from drivers.fingerprint import security_key
        except ImportError as error:
            raise _not_installed(error) from None
        return security_key.enrol(enrolment, cancel, ask_key_pin, tell, timeout_s)
    try:
        from drivers.fingerprint import fprintd
    except ImportError as error:
        raise _not_installed(error) from None
    return fprintd.enrol(enrolment, finger, cancel, tell, timeout_s)


def prove(
    wanted: Wanted,
    cancel: Cancel,
    ask_key_pin: AskKeyPin,
    tell: Tell,
    timeout_s: int = PATIENCE_S,
) -> Touch:
    """A touch of one of the keys that are wanted; of a finger, where somebody has only that or
    no key is plugged in. Raises Untouched."""
    if wanted.keys:
        try:
            return _prove_by_key(wanted, cancel, ask_key_pin, tell, timeout_s)
        except Untouched as untouched:
            if untouched.why is not Why.NO_KEY or not wanted.fingers:
                raise
    if not wanted.fingers:
        raise Untouched(Why.NO_FINGER, "no key and no finger is enrolled")
    try:
        from drivers.fingerprint import fprintd
    except ImportError as error:
        raise _not_installed(error) from None
    return fprintd.prove(wanted, cancel, tell, timeout_s)


def forget(credential: bytes) -> None:
    """Have fprintd delete a finger. Raises Untouched."""
    try:
        from drivers.fingerprint import fprintd
    except ImportError as error:
        raise _not_installed(error) from None
    fprintd.forget(credential)


def _prove_by_key(
    wanted: Wanted, cancel: Cancel, ask_key_pin: AskKeyPin, tell: Tell, timeout_s: int
) -> Touch:
    try:
        from drivers.fingerprint import security_key
    except ImportError as error:
        raise _not_installed(error) from None
    return security_key.prove(wanted, cancel, ask_key_pin, tell, timeout_s)


def _not_installed(error: ImportError) -> Untouched:
    return Untouched(
        Why.NOT_INSTALLED,
        f"{error.name or 'a library'} is not installed: pip install 'milkpos[fingerprint]'",
    )
