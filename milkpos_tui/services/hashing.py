"""How a PIN or password is kept: Argon2id over a keyed digest of it (RFC 9106, RFC 2104).

The key (pepper) lies outside the database, so that a stolen database alone gives nothing to guess:
a PIN of six digits would fall in minutes.
"""

import hmac
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from milkpos_tui.domain.errors import NotWhole, Unreachable

TARGET_MS = 150
PASSES_MAX = 64


class Cost(NamedTuple):
    """What a hash costs: passes over so many KiB of memory."""

    passes: int
    kib: int

    @property
    def told(self) -> str:
        """As it stands in a hash."""
        return f"m={self.kib},t={self.passes},"


USUAL_COST = Cost(2, 19 * 1024)  # OWASP's minimum for Argon2id, which a Pi with 512 MB bears


class Hasher:
    """Hashes and checks secrets of a home. `cost` is a file that `milkpos doctor --calibrate`
    writes; without it the usual cost holds."""

    def __init__(self, pepper: Path, cost: Path) -> None:
        self._pepper = pepper
        self._cost = cost

    @property
    def cost(self) -> Cost:
        """What a new hash costs here. Raises NotWhole for a file that says nothing of the kind."""
        try:
            passes, kib = self._cost.read_text().split()
            return Cost(int(passes), int(kib))
        except FileNotFoundError:
            return USUAL_COST
        except (OSError, ValueError) as error:
            raise NotWhole("hash-cost", f"{self._cost} does not say what a hash costs") from error

    def hashed(self, secret: str) -> str:
        """A new hash. Raises Unreachable without the pepper."""
        return _hashed(self._peppered(secret), self.cost)

    def matches(self, stored: str, secret: str) -> bool:
        """Whether a hash is of this secret. Raises Unreachable without the pepper."""
        from milkpos_tui.journal.sodium import matches

        return matches(stored.encode(), self._peppered(secret))

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made at another cost than the one that holds now."""
        return self.cost.told not in stored

    def seal(self, content: bytes) -> bytes:
        """A digest of something kept in the database, which the database alone can't make.
        Raises Unreachable without the pepper."""
        return hmac.digest(self._key(), b"milkpos/finger/1\n" + content, "sha256")

    def calibrate(self, timer: Callable[[], int] = time.perf_counter_ns) -> tuple[Cost, int]:
        """Choose the passes so that a hash takes at least 150 ms here, and write them down; the
        cost and what a hash takes in milliseconds."""
        cost, taken_ms = USUAL_COST, 0
        while cost.passes <= PASSES_MAX:
            begun = timer()
            _hashed(bytes(32), cost)
            taken_ms = (timer() - begun) // 1_000_000
            if taken_ms >= TARGET_MS:
                break
            needed = -(-cost.passes * TARGET_MS // max(taken_ms, 1))
            cost = Cost(min(max(cost.passes + 1, needed), PASSES_MAX + 1), cost.kib)
        new = self._cost.with_name(self._cost.name + ".new")
        new.write_text(f"{cost.passes} {cost.kib}\n")
        new.chmod(0o600)
        new.replace(self._cost)
        return cost, taken_ms

    def _peppered(self, secret: str) -> bytes:
        return hmac.digest(self._key(), secret.encode(errors="surrogatepass"), "sha256")

    def _key(self) -> bytes:
        try:
            return self._pepper.read_bytes()
        except OSError as error:
            raise Unreachable("pepper-missing", f"{self._pepper} can't be read") from error


def make_pepper() -> bytes:
    """A new key for the digests."""
    return os.urandom(32)


def _hashed(digest: bytes, cost: Cost) -> str:
    # 15 ms of import that only a sign-in pays.
    from nacl.pwhash import argon2id

    return argon2id.str(digest, opslimit=cost.passes, memlimit=cost.kib * 1024).decode()
