"""What is asked of a finger, what comes back, and why nothing does: for both back-ends."""

import threading
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple


class Backend(StrEnum):
    """Who checks the finger. The values are stored."""

    FIDO2 = "fido2"
    FPRINTD = "fprintd"


class Party(NamedTuple):
    """For whom a key proves something: `id` is hashed into what it signs. `origin` must be https
    of that id, or the library refuses."""

    id: str
    name: str

    @property
    def origin(self) -> str:
        """As it stands in the client data."""
        return f"https://{self.id}"


class Enrolment(NamedTuple):
    """A finger to be enrolled for a person. `challenge` is fresh; `known` are the credentials of
    all that are enrolled already, so that a key is not taken twice."""

    party: Party
    challenge: bytes
    user: str
    known: tuple[bytes, ...] = ()


class Enrolled(NamedTuple):
    """A new way to prove who somebody is.

    FIDO2: `credential` is the key's id for it, `public_key` COSE in CBOR, `counter` the key's
    count of signatures so far; the last two are what the key said. fprintd: `credential` is
    user name and finger, all else is empty.
    """

    backend: Backend
    credential: bytes
    public_key: bytes = b""
    counter: int = 0
    challenge: bytes = b""
    client_data: bytes = b""
    authenticator_data: bytes = b""


class Wanted(NamedTuple):
    """A proof that is wanted from any of these, with a fresh challenge."""

    party: Party
    challenge: bytes
    keys: tuple[bytes, ...]
    fingers: tuple[bytes, ...] = ()


class Touch(NamedTuple):
    """A finger was there. Nothing is believed yet: see `assertion.check`."""

    backend: Backend
    credential: bytes
    challenge: bytes
    client_data: bytes = b""
    authenticator_data: bytes = b""
    signature: bytes = b""


class Why(StrEnum):
    """Why there is no proof. The values are stable: entries and scripts hold them."""

    NOT_INSTALLED = "finger-not-installed"
    NO_KEY = "no-key"
    NOT_ALLOWED = "no-key-permission"
    SEVERAL_KEYS = "several-keys"
    CANT = "finger-cannot"
    NO_FINGER = "finger-none"
    WRONG_FINGER = "finger-wrong"
    LOCKED = "finger-locked"
    TIMED_OUT = "finger-timeout"
    CANCELLED = "finger-cancelled"
    NOT_THIS_KEY = "finger-not-this-key"
    ENROLLED = "finger-enrolled"
    WRONG_KEY_PIN = "key-pin-wrong"
    NEEDS_KEY_PIN = "key-pin-needed"
    GONE = "key-gone"
    FAILED = "finger-failed"


UNREACHABLE = frozenset({Why.NOT_INSTALLED, Why.NO_KEY, Why.NOT_ALLOWED, Why.GONE})
"""There was nothing to talk to."""

ATTEMPTS = frozenset({Why.WRONG_FINGER, Why.NOT_THIS_KEY, Why.WRONG_KEY_PIN})
"""Somebody tried to be who they are not: counts like a wrong PIN."""


class Untouched(Exception):  # named after what happened
    """No proof, why, and the same in words for people."""

    def __init__(self, why: Why, words: str) -> None:
        super().__init__(words)
        self.why = why
        self.words = words


class Cancel(threading.Event):
    """The word to stop waiting for a finger; may be said in any thread. `then` is called at once
    where it was said, so nobody has to poll for it."""

    def __init__(self) -> None:
        super().__init__()
        self._then: Callable[[], object] | None = None
        self._guard = threading.Lock()

    def set(self) -> None:
        """Say it."""
        with self._guard:
            super().set()
            then = self._then
        if then is not None:
            then()

    def call(self, then: Callable[[], object] | None) -> None:
        """Have this called when it is said, and now where it was said already; None for nothing
        any more."""
        with self._guard:
            self._then = then
            said = self.is_set()
        if said and then is not None:
            then()


AskKeyPin = Callable[[], str]
"""Asks for the key's own PIN, in the thread that waits for the finger; empty for no answer."""

Tell = Callable[[str], object]
"""Takes what somebody should do now, in words; may be called in any thread."""
