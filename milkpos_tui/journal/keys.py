"""The node's key: an Ed25519 seed in a file of mode 0600, never in the database."""

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from milkpos_tui.domain.errors import NotWhole, Unreachable

if TYPE_CHECKING:
    from milkpos_tui.journal.sodium import Signer

SEED_SIZE = 32


class NodeKey:
    """A node's key. The library is loaded by the first signature, not by the start."""

    def __init__(self, seed: bytes) -> None:
        self.seed = seed

    @cached_property
    def _signer(self) -> "Signer":
        from milkpos_tui.journal.sodium import Signer

        return Signer(self.seed)

    @property
    def public(self) -> bytes:
        """The 32 bytes that others verify by."""
        return self._signer.public

    def sign(self, digest: bytes) -> bytes:
        """The 64 bytes of the signature over an entry's hash."""
        return self._signer.sign(digest)


def make_key(path: Path) -> NodeKey:
    """A new key, written to a file that only its owner reads."""
    key = NodeKey(os.urandom(SEED_SIZE))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key.seed.hex() + "\n")
        file.flush()
        os.fsync(descriptor)
    return key


def read_key(path: Path) -> NodeKey:
    """The key of a node. Raises Unreachable without the file, NotWhole for one that is no key."""
    try:
        text = path.read_text()
    except OSError as error:
        raise Unreachable("key-missing", f"the node's key {path} can't be read") from error
    except UnicodeDecodeError:
        text = ""
    try:
        seed = bytes.fromhex(text.strip())
    except ValueError:
        seed = b""
    if len(seed) != SEED_SIZE:
        raise NotWhole("key-broken", f"{path} does not hold a node's key")
    return NodeKey(seed)


def verified(public: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether a signature over an entry's hash is by this key."""
    from nacl.exceptions import BadSignatureError
    from nacl.signing import VerifyKey

    try:
        VerifyKey(public).verify(digest, signature)
    except (BadSignatureError, ValueError):
        return False
    return True
