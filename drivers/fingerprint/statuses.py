"""What fprintd says, in words for people. Pure: the names are those of its D-Bus interface."""

from enum import Enum
from typing import NamedTuple

from drivers.fingerprint.touch import Untouched, Why

FINGERS = tuple(
    f"{side}-{finger}"
    for side in ("right", "left")
    for finger in ("index-finger", "middle-finger", "ring-finger", "little-finger", "thumb")
)
"""All fingers fprintd knows, the usual one first."""

ERROR_PREFIX = "net.reactivated.Fprint.Error."
USER_PREFIX = "milkpos-"


class Step(Enum):
    """What a status means: go on, done well, or over without."""

    AGAIN = "again"
    GOOD = "good"
    BAD = "bad"


class Status(NamedTuple):
    """A status of an enrolment or a check, and what to tell."""

    step: Step
    words: str = ""
    why: Why = Why.FAILED


_AGAIN = {
    "retry-scan": Status(Step.AGAIN, "Once more: the finger was not seen well"),
    "swipe-too-short": Status(Step.AGAIN, "Once more: swipe all of the finger"),
    "finger-not-centered": Status(Step.AGAIN, "Once more: in the middle"),
    "remove-and-retry": Status(Step.AGAIN, "Lift the finger and put it down again"),
    "too-fast": Status(Step.AGAIN, "Once more, slower"),
}
_OVER = {
    "disconnected": Status(Step.BAD, "the reader was unplugged", Why.GONE),
    "unknown-error": Status(Step.BAD, "the reader failed", Why.FAILED),
}
_VERIFY = (
    _AGAIN
    | _OVER
    | {
        # The one word that unlocks. Anything else, also what is not known here, does not.
        "match": Status(Step.GOOD),
        "no-match": Status(Step.BAD, "this is another finger", Why.WRONG_FINGER),
    }
)
_ENROL = (
    _AGAIN
    | _OVER
    | {
        "completed": Status(Step.GOOD),
        "stage-passed": Status(Step.AGAIN, "Good. Lift the finger and put it down again"),
        "failed": Status(Step.BAD, "the finger could not be enrolled", Why.FAILED),
        "data-full": Status(Step.BAD, "the reader is full", Why.CANT),
        "duplicate": Status(Step.BAD, "this finger is enrolled already", Why.ENROLLED),
    }
)

_ERRORS: dict[str, tuple[Why, str]] = {
    "NoSuchDevice": (Why.NO_KEY, "no fingerprint reader is plugged in"),
    "AlreadyInUse": (Why.FAILED, "another program uses the fingerprint reader"),
    "PermissionDenied": (
        Why.NOT_ALLOWED,
        "the fingerprint reader may not be used: it needs the polkit rule, and whoever runs "
        "milkpos must be in the group milkpos",
    ),
    "NoEnrolledPrints": (Why.NO_FINGER, "the reader does not know this finger any more"),
    "FingerAlreadyEnrolled": (Why.ENROLLED, "this finger is enrolled already"),
    "PrintsNotDeleted": (Why.FAILED, "the reader did not delete the finger"),
    "PrintsNotDeletedFromDevice": (Why.FAILED, "the reader did not delete the finger"),
    "InvalidFingername": (Why.FAILED, "there is no such finger"),
}
_NOT_RUNNING = (
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.NoReply",
    "org.freedesktop.DBus.Error.Spawn.",
)


def read_verify(result: str) -> Status:
    """A `VerifyStatus`; what is not known is bad."""
    return _read(_VERIFY, result, "verify-")


def read_enrol(result: str) -> Status:
    """An `EnrollStatus`; what is not known is bad."""
    return _read(_ENROL, result, "enroll-")


def read_error(name: str) -> Untouched:
    """An error of the service, or of the bus about it."""
    if name.startswith(_NOT_RUNNING):
        return Untouched(Why.NOT_INSTALLED, "fprintd does not run here: apt install fprintd")
    known = _ERRORS.get(name.removeprefix(ERROR_PREFIX))
    if known is not None and name.startswith(ERROR_PREFIX):
        return Untouched(*known)
    return Untouched(Why.FAILED, f"the fingerprint reader failed ({name.rpartition('.')[2]})")


def credential_of(user: str, finger: str) -> bytes:
    """What is kept of an enrolled finger: under which name fprintd has it."""
    return f"{USER_PREFIX}{user}/{finger}".encode()


def read_credential(credential: bytes) -> tuple[str, str]:
    """User name and finger of fprintd. Raises Untouched for what is none of ours."""
    user, _, finger = credential.decode(errors="replace").rpartition("/")
    if not user.startswith(USER_PREFIX) or finger not in FINGERS:
        raise Untouched(Why.FAILED, "this is no finger of fprintd's")
    return user, finger


def _read(table: dict[str, Status], result: str, prefix: str) -> Status:
    unknown = Status(Step.BAD, "the reader said something that is not known here", Why.FAILED)
    return table.get(result.removeprefix(prefix), unknown) if result.startswith(prefix) else unknown
