"""Is what a security key signed a proof? Pure: what was asked, what came back, what is known.

WebAuthn level 2, sections 7.1 and 7.2, for one origin that is our own. The key's counter is ours
to check: the library's own server takes one that went back.
"""

import hmac
import json
import struct
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from drivers.fingerprint.touch import Enrolled, Party, Touch

if TYPE_CHECKING:
    from fido2.cose import CoseKey

CREATE, GET = "webauthn.create", "webauthn.get"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
CHALLENGE_BYTES = 32
CREDENTIAL_MAX = 1023  # CTAP 2.1

# What the library raises for bytes that are no CBOR or no key; nested deeply, they exhaust it.
_UNREADABLE = (
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
    struct.error,
    RecursionError,
)


class Known(NamedTuple):
    """What is kept of an enrolled key."""

    credential: bytes
    public_key: bytes
    counter: int


class Distrusted(Exception):  # named after what happened
    """What came back proves nothing: a code for entries, and words for people."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class Said(NamedTuple):
    """The head of what a key signs."""

    party_hash: bytes
    flags: int
    counter: int


def check(touch: Touch, known: Known, party: Party, challenge: bytes) -> int:
    """The key's counter after a proof; keep it. Raises Distrusted for anything else: another
    credential, challenge, kind, origin or party; no finger; a wrong signature; a counter that
    did not rise, where the key counts at all."""
    if not hmac.compare_digest(touch.credential, known.credential):
        raise Distrusted("finger-other-key", "another key answered than the one that was asked")
    _check_client_data(touch.client_data, GET, party, challenge)
    said = _check_said(touch.authenticator_data, party)
    _check_signature(touch, known.public_key)
    # Last: only what the key itself signed tells of a copy of it.
    if said.counter <= known.counter and (said.counter, known.counter) != (0, 0):
        raise Distrusted(
            "finger-cloned",
            "this key's counter did not go on: there may be a copy of the key. "
            "Take it off the list and enrol another one",
        )
    return said.counter


def check_enrolled(enrolled: Enrolled, party: Party, challenge: bytes) -> None:
    """Whether a new credential is what was asked for. Raises Distrusted otherwise."""
    _check_client_data(enrolled.client_data, CREATE, party, challenge)
    said = _check_said(enrolled.authenticator_data, party)
    credential, public_key = _attested(enrolled.authenticator_data, said.flags)
    told = enrolled.credential, enrolled.public_key, enrolled.counter
    if (credential, public_key, said.counter) != told:
        raise Distrusted("finger-other-key", "the key did not say what it is said to have said")
    _read_public_key(public_key)


def _check_client_data(client_data: bytes, kind: str, party: Party, challenge: bytes) -> None:
    try:
        said = json.loads(client_data)
        told, origin = said["challenge"], said["origin"]
        kinds, crossed = said["type"], said.get("crossOrigin", False)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Distrusted("finger-unreadable", "what came from the key can't be read") from None
    if kinds != kind:
        raise Distrusted("finger-kind", "the key signed something else than a sign-in")
    if not isinstance(told, str) or not hmac.compare_digest(
        told.encode(errors="replace"), websafe(challenge).encode()
    ):
        raise Distrusted("finger-stale", "this is the answer to another question, or an old one")
    if origin != party.origin or crossed:
        raise Distrusted("finger-origin", "the key was asked by somebody else than this till")


def _check_said(authenticator_data: bytes, party: Party) -> Said:
    try:
        said = Said(*struct.unpack_from(">32sBI", authenticator_data))
    except struct.error:
        raise Distrusted("finger-unreadable", "what came from the key can't be read") from None
    if not hmac.compare_digest(said.party_hash, sha256(party.id.encode()).digest()):
        raise Distrusted("finger-origin", "the key answered for somebody else than this till")
    if not said.flags & PRESENT:
        raise Distrusted("finger-absent", "nobody touched the key")
    if not said.flags & VERIFIED:
        raise Distrusted("finger-unverified", "the key was touched, but checked no finger")
    return said


def _check_signature(touch: Touch, public_key: bytes) -> None:
    from cryptography.exceptions import InvalidSignature

    signed = touch.authenticator_data + sha256(touch.client_data).digest()
    try:
        _read_public_key(public_key).verify(signed, touch.signature)
    except (InvalidSignature, ValueError):
        raise Distrusted("finger-signature", "the key's signature is wrong") from None


def _read_public_key(public_key: bytes) -> "CoseKey":
    from fido2 import cbor, cose

    try:
        key = cose.CoseKey.parse(cbor.decode(public_key))  # type: ignore[arg-type]  # or it raises
    except _UNREADABLE:
        raise Distrusted("finger-key", "the key's public half can't be read") from None
    if not isinstance(key, cose.ES256 | cose.EdDSA):
        raise Distrusted("finger-key", "the key signs in a way that is not known here")
    return key


def _attested(authenticator_data: bytes, flags: int) -> tuple[bytes, bytes]:
    from fido2 import cbor
    from fido2.webauthn import AuthenticatorData

    if not flags & ATTESTED:
        raise Distrusted("finger-unreadable", "the key made no credential")
    try:
        data = AuthenticatorData(authenticator_data).credential_data
    except _UNREADABLE:
        data = None
    if data is None or not 1 <= len(data.credential_id) <= CREDENTIAL_MAX:
        raise Distrusted("finger-unreadable", "what came from the key can't be read")
    return data.credential_id, cbor.encode(dict(data.public_key))


def websafe(challenge: bytes) -> str:
    """Bytes as base64url without padding, as client data hold them."""
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(challenge).rstrip(b"=").decode()
