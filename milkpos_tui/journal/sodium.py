"""What a till does with libsodium between its start and its end: sign, and check a PIN.

These are PyNaCl's compiled bindings under libsodium's own names. The modules around them load
thirty more, which is 7 ms of every start; whatever is not on a start's path uses those.
"""

from nacl._sodium import ffi, lib  # type: ignore[import-not-found]  # compiled, without types

from milkpos_tui.journal.keys import SEED_SIZE

SIGNATURE_SIZE = 64
_PUBLIC_SIZE, _SECRET_SIZE = 32, 64  # the same on every machine: RFC 8032

if lib.sodium_init() < 0:
    raise ImportError("libsodium can't be used on this machine")


class Signer:
    """An Ed25519 key made of its seed (RFC 8032)."""

    def __init__(self, seed: bytes) -> None:
        assert len(seed) == SEED_SIZE
        public = ffi.new("unsigned char[]", _PUBLIC_SIZE)
        self._secret = ffi.new("unsigned char[]", _SECRET_SIZE)
        _done(lib.crypto_sign_seed_keypair(public, self._secret, seed))
        self.public = bytes(ffi.buffer(public))

    def sign(self, message: bytes) -> bytes:
        """The signature over a message; 64 bytes."""
        signed = ffi.new("unsigned char[]", SIGNATURE_SIZE + len(message))
        length = ffi.new("unsigned long long *")
        _done(lib.crypto_sign(signed, length, message, len(message), self._secret))
        return bytes(ffi.buffer(signed, SIGNATURE_SIZE))


def matches(stored: bytes, secret: bytes) -> bool:
    """Whether an Argon2id hash as libsodium writes it (RFC 9106) is of this secret. What is no such
    hash matches nothing."""
    if b"\0" in stored or len(stored) >= lib.crypto_pwhash_strbytes():
        return False
    return int(lib.crypto_pwhash_str_verify(stored, secret, len(secret))) == 0


def _done(returned: int) -> None:
    assert returned == 0, "libsodium could not sign"
