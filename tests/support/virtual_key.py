"""A security key made of software (CTAP 2.1), with a finger that can be there, wrong or away; and
the ways in which one is attacked: copied, rolled back, made to answer for somebody else.

    key = VirtualKey()
    key.finger = None          # nobody touches it: it waits until it is cancelled
    thief = key.copy()         # the same credentials and the same counter
"""

import copy
import hmac
import os
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.ctap import STATUS, CtapDevice, CtapError
from fido2.ctap2.pin import PinProtocolV1, PinProtocolV2
from fido2.hid import CAPABILITY
from fido2.webauthn import Aaguid, AttestedCredentialData, AuthenticatorData

ERR = CtapError.ERR
FLAG = AuthenticatorData.FLAG
RIGHT, WRONG = "the owner's", "another's"
DEADLINE_S = 20


class VirtualKey(CtapDevice):
    """One key. Its attributes are what a test turns."""

    def __init__(
        self, *, sensor: bool = True, tokens: bool = True, pin: str = "", counts: bool = True
    ) -> None:
        self.finger: str | None = RIGHT
        self.sensor = sensor  # whether it has one, with a finger enrolled
        self.enrolled = sensor
        self.tokens = tokens  # CTAP 2.1's pinUvAuthToken; else uv is an option
        self.pin = pin
        self.counts = counts
        self.counter = 10
        self.credentials: dict[bytes, tuple[ec.EllipticCurvePrivateKey, str]] = {}
        self.finger_tries = self.pin_tries = 3
        self.unplugged = False
        self.touches = 0
        self.answers_for = ""  # a party instead of the one it is asked for
        self.flags = FLAG.UP | FLAG.UV
        self.algorithms = [ES256.ALGORITHM]
        self.waits = threading.Event()  # set while it waits for a finger
        self._token = os.urandom(32)
        self._agreement = ec.generate_private_key(ec.SECP256R1())

    def copy(self) -> "VirtualKey":
        """What a thief made of it."""
        other = VirtualKey(sensor=self.sensor, tokens=self.tokens, pin=self.pin, counts=self.counts)
        other.counter, other.credentials = self.counter, dict(self.credentials)
        return other

    # --- what the library asks of a device -------------------------------------------------------

    @property
    def capabilities(self) -> int:
        return CAPABILITY.CBOR

    @classmethod
    def list_devices(cls) -> Iterator[CtapDevice]:
        raise NotImplementedError  # the library asks for it, we do not

    def call(
        self,
        cmd: int,
        data: bytes = b"",
        event: threading.Event | None = None,
        on_keepalive: Callable[[STATUS], None] | None = None,
    ) -> bytes:
        if self.unplugged:
            raise OSError(19, "No such device")
        commands = {1: self._make, 2: self._assert, 4: self._info, 6: self._client_pin}
        self._event, self._on_keepalive = event, on_keepalive
        try:
            answer = commands[data[0]](cbor.decode(data[1:]) if data[1:] else {})
        except CtapError as error:
            return bytes([error.code])
        return b"\0" + cbor.encode(answer)

    # --- commands --------------------------------------------------------------------------------

    def _info(self, _asked: Mapping[int, Any]) -> dict[int, Any]:
        options: dict[str, bool] = {"rk": False, "up": True, "pinUvAuthToken": self.tokens}
        if self.sensor:
            options |= {"uv": self.enrolled, "bioEnroll": self.enrolled}
        options["clientPin"] = bool(self.pin)
        return {
            1: ["FIDO_2_0", "FIDO_2_1"],
            3: bytes(Aaguid.NONE),
            4: dict(sorted(options.items(), key=lambda item: (len(item[0]), item[0]))),
            6: [2, 1],
        }

    def _make(self, asked: Mapping[int, Any]) -> dict[int, Any]:
        party = asked[2]["id"]
        self._must_be_verified(asked[1], asked.get(7, {}), asked.get(8), asked.get(9))
        if any(one["id"] in self.credentials for one in asked.get(5, [])):
            raise CtapError(ERR.CREDENTIAL_EXCLUDED)
        if not {one["alg"] for one in asked[4]} & set(self.algorithms):
            raise CtapError(ERR.UNSUPPORTED_ALGORITHM)
        credential, private = os.urandom(32), ec.generate_private_key(ec.SECP256R1())
        self.credentials[credential] = private, party
        public = ES256.from_cryptography_key(private.public_key())
        attested = AttestedCredentialData.create(bytes(16), credential, public)
        data = self._said(party, self.flags | FLAG.AT, attested)
        return {1: "none", 2: bytes(data), 3: {}}

    def _assert(self, asked: Mapping[int, Any]) -> dict[int, Any]:
        party, options = asked[1], asked.get(5, {})
        silent = options.get("up") is False
        if not silent:
            self._must_be_verified(asked[2], options, asked.get(6), asked.get(7))
        for one in asked.get(3, []):
            private, made_for = self.credentials.get(one["id"], (None, ""))
            if private is not None and made_for == party:
                data = self._said(party, FLAG(0) if silent else self.flags, count=not silent)
                signature = private.sign(bytes(data) + asked[2], ec.ECDSA(hashes.SHA256()))
                return {1: {"id": one["id"], "type": "public-key"}, 2: bytes(data), 3: signature}
        raise CtapError(ERR.NO_CREDENTIALS)

    def _client_pin(self, asked: Mapping[int, Any]) -> dict[int, Any]:
        command = asked[2]
        if command == 2:
            return {1: dict(_cose(self._agreement))}
        if command == 6:
            self._wait_for_finger()
        elif command in (5, 9):
            self._check_pin(asked)
        else:
            raise CtapError(ERR.INVALID_SUBCOMMAND)
        protocol, secret = self._shared(asked)
        return {2: protocol.encrypt(secret, self._token)}

    # --- steps -----------------------------------------------------------------------------------

    def _said(
        self, party: str, flags: FLAG, attested: bytes = b"", count: bool = True
    ) -> AuthenticatorData:
        if self.counts and count:
            self.counter += 1
        counter = self.counter if self.counts else 0
        party_hash = sha256((self.answers_for or party).encode()).digest()
        return AuthenticatorData.create(party_hash, flags, counter, attested)

    def _must_be_verified(
        self, client_data_hash: bytes, options: Mapping[str, bool], param: Any, version: Any
    ) -> None:
        if param is None:
            if not options.get("uv"):
                raise CtapError(ERR.PUAT_REQUIRED)
            self._wait_for_finger()
            return
        protocol = PinProtocolV2() if version == 2 else PinProtocolV1()
        if not hmac.compare_digest(protocol.authenticate(self._token, client_data_hash), param):
            raise CtapError(ERR.PIN_AUTH_INVALID)
        self.touches += 1

    def _wait_for_finger(self) -> None:
        if self.finger_tries == 0:
            raise CtapError(ERR.UV_BLOCKED)
        if self._on_keepalive:
            self._on_keepalive(STATUS.UPNEEDED)
        if self.finger is None:
            self.waits.set()
            assert self._event is not None, "it is asked without a way to cancel it"
            assert self._event.wait(DEADLINE_S), "nobody cancelled it"
            self.waits.clear()
            raise CtapError(ERR.KEEPALIVE_CANCEL)
        if self.finger != RIGHT:
            self.finger_tries -= 1
            raise CtapError(ERR.UV_INVALID)
        self.finger_tries = 3
        self.touches += 1

    def _check_pin(self, asked: Mapping[int, Any]) -> None:
        if self.pin_tries == 0:
            raise CtapError(ERR.PIN_BLOCKED)
        protocol, secret = self._shared(asked)
        if protocol.decrypt(secret, asked[6]) != sha256(self.pin.encode()).digest()[:16]:
            self.pin_tries -= 1
            raise CtapError(ERR.PIN_INVALID)
        self.pin_tries, self.finger_tries = 3, 3

    def _shared(self, asked: Mapping[int, Any]) -> tuple[PinProtocolV1, bytes]:
        protocol = PinProtocolV2() if asked[1] == 2 else PinProtocolV1()
        x, y = (int.from_bytes(asked[3][name]) for name in (-2, -3))
        peer = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        return protocol, protocol.kdf(self._agreement.exchange(ec.ECDH(), peer))


@contextmanager
def plugged_in(*keys: CtapDevice) -> Iterator[None]:
    """These keys, and no others, are at this machine."""
    with patch("drivers.fingerprint.security_key.plugged_in", lambda: iter(keys)):
        yield


def _cose(private: ec.EllipticCurvePrivateKey) -> Mapping[int, Any]:
    key = copy.copy(ES256.from_cryptography_key(private.public_key()))
    return {**key, 3: -25}


def counter_of(authenticator_data: bytes) -> int:
    """What a key said its counter was."""
    (counter,) = struct.unpack_from(">I", authenticator_data, 33)
    return int(counter)
