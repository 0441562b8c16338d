"""A security key over USB (FIDO2, CTAP 2): have it check a finger and sign. Blocks until somebody
touched it, or `cancel` was said: run it in a thread of its own.

Loads fido2 and cryptography: import it where a key is needed (`reader`), never at a start.
"""

import logging
import struct
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Timer

from fido2 import cbor
from fido2.client import (
    ClientError,
    DefaultClientDataCollector,
    Fido2Client,
    PinRequiredError,
    UserInteraction,
)
from fido2.cose import ES256, EdDSA
from fido2.ctap import CtapDevice, CtapError
from fido2.ctap2.base import Ctap2
from fido2.ctap2.pin import ClientPin
from fido2.hid import ConnectionFailure, CtapHidDevice, list_descriptors, open_connection
from fido2.webauthn import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRequestOptions,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from drivers.fingerprint.touch import (
    AskKeyPin,
    Backend,
    Cancel,
    Enrolled,
    Enrolment,
    Party,
    Tell,
    Touch,
    Untouched,
    Wanted,
    Why,
)

logging.getLogger("fido2").addHandler(logging.NullHandler())  # else it writes over the screen

TOUCH_THE_KEY = "Touch the key"
HIDRAW = Path("/sys/class/hidraw")
FIDO_USAGE_PAGE = b"\x06\xd0\xf1"  # as an item of a HID report descriptor

_PUBLIC_KEY = PublicKeyCredentialType.PUBLIC_KEY
_ERR = CtapError.ERR

# What the library raises where a key does not keep to the protocol.
_NONSENSE = (ConnectionFailure, ValueError, TypeError, LookupError, struct.error)

# What a key says, told to whoever stands before it.
_TOLD: dict[int, tuple[Why, str]] = {
    _ERR.NO_CREDENTIALS: (Why.NOT_THIS_KEY, "this is not the key that is enrolled"),
    _ERR.INVALID_CREDENTIAL: (Why.NOT_THIS_KEY, "this is not the key that is enrolled"),
    _ERR.CREDENTIAL_EXCLUDED: (Why.ENROLLED, "this key is enrolled already"),
    _ERR.UV_INVALID: (Why.WRONG_FINGER, "the key does not know this finger"),
    _ERR.UV_BLOCKED: (
        Why.LOCKED,
        "too many wrong fingers: the key is locked until its PIN is given",
    ),
    _ERR.PIN_INVALID: (Why.WRONG_KEY_PIN, "the PIN of the key is wrong"),
    _ERR.PIN_AUTH_INVALID: (Why.WRONG_KEY_PIN, "the PIN of the key is wrong"),
    _ERR.PIN_AUTH_BLOCKED: (Why.LOCKED, "the key is locked: unplug it and plug it in again"),
    _ERR.PIN_BLOCKED: (Why.LOCKED, "the key is locked for good: it must be reset by its owner"),
    _ERR.PIN_NOT_SET: (Why.NO_FINGER, "no finger is enrolled on this key: do that first"),
    _ERR.OPERATION_DENIED: (Why.WRONG_FINGER, "the key refused"),
    _ERR.NOT_ALLOWED: (Why.FAILED, "the key does not allow that now: unplug it and try again"),
    _ERR.KEY_STORE_FULL: (Why.CANT, "the key is full"),
    _ERR.UNSUPPORTED_OPTION: (Why.CANT, "this key can't check a finger"),
    _ERR.UNSUPPORTED_ALGORITHM: (Why.CANT, "this key signs in no way that is known here"),
    _ERR.USER_ACTION_TIMEOUT: (Why.TIMED_OUT, "nobody touched the key"),
    _ERR.ACTION_TIMEOUT: (Why.TIMED_OUT, "nobody touched the key"),
}


def enrol(
    enrolment: Enrolment, cancel: Cancel, ask_key_pin: AskKeyPin, tell: Tell, timeout_s: int
) -> Enrolled:
    """Have the key that is plugged in make a credential. Raises Untouched.

    The finger itself is enrolled on the key with its maker's tool: nothing of it is kept here.
    """
    with _Telling(cancel, timeout_s), ExitStack() as opened:
        keys = _opened(opened)
        if len(keys) > 1:
            raise Untouched(Why.SEVERAL_KEYS, "several keys are plugged in: leave the one to enrol")
        must_check_fingers(keys[0])
        options = PublicKeyCredentialCreationOptions(
            rp=PublicKeyCredentialRpEntity(id=enrolment.party.id, name=enrolment.party.name),
            user=PublicKeyCredentialUserEntity(
                id=enrolment.user.encode(), name=enrolment.user, display_name=enrolment.user
            ),
            challenge=enrolment.challenge,
            pub_key_cred_params=[
                PublicKeyCredentialParameters(type=_PUBLIC_KEY, alg=alg)
                for alg in (ES256.ALGORITHM, EdDSA.ALGORITHM)
            ],
            exclude_credentials=_descriptors(enrolment.known),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        client = _client(keys[0], enrolment.party, ask_key_pin, tell)
        made = client.make_credential(options, cancel).response
    data = made.attestation_object.auth_data
    credential = data.credential_data
    if credential is None:
        raise Untouched(Why.FAILED, "the key made no credential")
    return Enrolled(
        Backend.FIDO2,
        credential.credential_id,
        cbor.encode(dict(credential.public_key)),
        data.counter,
        enrolment.challenge,
        bytes(made.client_data),
        bytes(data),
    )


def prove(
    wanted: Wanted, cancel: Cancel, ask_key_pin: AskKeyPin, tell: Tell, timeout_s: int
) -> Touch:
    """Have one of the keys wanted sign the challenge after it has checked a finger. Raises
    Untouched. What it signed is a proof only after `assertion.check`."""
    with _Telling(cancel, timeout_s), ExitStack() as opened:
        key = _chosen(_opened(opened), wanted)
        must_check_fingers(key)
        options = PublicKeyCredentialRequestOptions(
            challenge=wanted.challenge,
            rp_id=wanted.party.id,
            allow_credentials=_descriptors(wanted.keys),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        client = _client(key, wanted.party, ask_key_pin, tell)
        selected = client.get_assertion(options, cancel).get_response(0)
    said = selected.response
    return Touch(
        Backend.FIDO2,
        selected.raw_id,
        wanted.challenge,
        bytes(said.client_data),
        bytes(said.authenticator_data),
        said.signature,
    )


def must_check_fingers(device: CtapDevice) -> None:
    """Raises Untouched for a key that checks neither finger nor PIN: it would only say that
    somebody is there."""
    try:
        options = Ctap2(device).info.options
    except (ValueError, CtapError):
        raise Untouched(Why.CANT, "this key is too old: it can't check a finger") from None
    if not any(options.get(name) for name in ("uv", "bioEnroll", "clientPin")):
        if {"uv", "bioEnroll"} & options.keys():
            raise Untouched(Why.NO_FINGER, "no finger is enrolled on this key: do that first")
        raise Untouched(Why.CANT, "this key can't check a finger, and has no PIN")


def plugged_in() -> Iterable[CtapDevice]:
    """The keys at this machine, opened. Raises Untouched where one may not be opened."""
    found = list_descriptors()  # type: ignore[no-untyped-call]  # fido2 has none; without those we may not look at
    for descriptor in found:
        try:
            yield CtapHidDevice(descriptor, open_connection(descriptor))  # type: ignore[no-untyped-call]  # fido2 has none
        except PermissionError:
            raise _not_allowed() from None
        except (OSError, ConnectionFailure):
            continue  # gone again, or not awake yet
    if not found and _is_hidden_key_there():
        raise _not_allowed()


def _not_allowed() -> Untouched:
    return Untouched(
        Why.NOT_ALLOWED,
        "a security key is plugged in, but may not be opened: it needs the udev rules, and "
        "whoever runs milkpos must be in the group milkpos",
    )


def _is_hidden_key_there() -> bool:
    """Whether sysfs, which anybody may read, knows of a key."""
    for descriptor in HIDRAW.glob("*/device/report_descriptor"):
        try:
            if descriptor.read_bytes().startswith(FIDO_USAGE_PAGE):
                return True
        except OSError:
            continue  # unplugged while we looked
    return False


def _opened(opened: ExitStack) -> list[CtapDevice]:
    keys = []
    for device in plugged_in():
        opened.callback(device.close)
        keys.append(device)
    if not keys:
        raise Untouched(Why.NO_KEY, "no security key is plugged in")
    return keys


def _chosen(keys: Sequence[CtapDevice], wanted: Wanted) -> CtapDevice:
    """The key to be touched: of several, the one that has a credential that is wanted."""
    if len(keys) == 1:
        return keys[0]
    for key in keys:
        if _has_one_of(key, wanted):
            return key
    raise Untouched(Why.NOT_THIS_KEY, "none of these keys is the one that is enrolled")


def _has_one_of(device: CtapDevice, wanted: Wanted) -> bool:
    """Asked without a touch, one after the other: not every key takes a list."""
    for credential in wanted.keys:
        allowed: list[Mapping[str, object]] = [{"type": _PUBLIC_KEY.value, "id": credential}]
        try:
            Ctap2(device).get_assertion(wanted.party.id, bytes(32), allowed, options={"up": False})
        except CtapError as error:
            if error.code == _ERR.PUAT_REQUIRED:
                return True  # it tells nobody without a finger: it may be this one
        except ValueError:
            return False
        else:
            return True
    return False


def _descriptors(credentials: Sequence[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(type=_PUBLIC_KEY, id=one) for one in credentials]


def _client(device: CtapDevice, party: Party, ask_key_pin: AskKeyPin, tell: Tell) -> Fido2Client:
    collector = DefaultClientDataCollector(party.origin)
    return Fido2Client(device, collector, _Interaction(ask_key_pin, tell), extensions=[])


class _Interaction(UserInteraction):
    """What the library has somebody do."""

    def __init__(self, ask_key_pin: AskKeyPin, tell: Tell) -> None:
        self._ask_key_pin = ask_key_pin
        self._tell = tell

    def prompt_up(self) -> None:
        self._tell(TOUCH_THE_KEY)

    def request_uv(self, permissions: ClientPin.PERMISSION, rp_id: str | None) -> bool:
        self._tell(TOUCH_THE_KEY)
        return True

    def request_pin(self, permissions: ClientPin.PERMISSION, rp_id: str | None) -> str | None:
        return self._ask_key_pin() or None


class _Telling:
    """While a key is waited for: a limit of time, and what it raises as Untouched."""

    def __init__(self, cancel: Cancel, timeout_s: int) -> None:
        self._cancel = cancel
        self._late = False
        self._timer = Timer(timeout_s, self._is_late)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._timer.cancel()
        if isinstance(error, ClientError):
            raise self._told_client(error) from error
        if isinstance(error, OSError):
            raise Untouched(Why.GONE, "the key was unplugged") from error
        if isinstance(error, CtapError):
            raise self._told_key(error) from error
        if isinstance(error, _NONSENSE):
            raise Untouched(Why.FAILED, "the key's answer can't be understood") from error

    def _is_late(self) -> None:
        self._late = True
        self._cancel.set()

    def _told_client(self, error: ClientError) -> Untouched:
        if isinstance(error, PinRequiredError):
            return self._stopped() or Untouched(Why.NEEDS_KEY_PIN, "the key wants its own PIN")
        if isinstance(error.cause, CtapError):
            return self._told_key(error.cause)
        if error.code == ClientError.ERR.CONFIGURATION_UNSUPPORTED:
            # It was ready to check fingers before, and has no PIN to be unlocked with.
            return Untouched(Why.LOCKED, "too many wrong fingers: the key is locked")
        return self._stopped() or Untouched(Why.FAILED, f"the key failed ({error.code.name})")

    def _told_key(self, error: CtapError) -> Untouched:
        if error.code == _ERR.KEEPALIVE_CANCEL:
            return self._stopped() or Untouched(Why.CANCELLED, "the key was asked no more")
        why, words = _TOLD.get(int(error.code), (Why.FAILED, f"the key failed ({error.code.name})"))
        return Untouched(why, words)

    def _stopped(self) -> Untouched | None:
        if self._late:
            return Untouched(Why.TIMED_OUT, "nobody touched the key")
        if self._cancel.is_set():
            return Untouched(Why.CANCELLED, "the key was asked no more")
        return None
