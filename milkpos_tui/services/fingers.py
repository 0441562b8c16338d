"""Keys and fingers: who enrolled which, and whether what one of them said is a proof. This service
owns their table; what of them is a fact for the books is an entry.

What goes to a key and what comes back is the drivers' (`drivers/fingerprint`); decided is here,
in the transaction that keeps the key's counter. `People` counts what was refused.
"""

import hmac
import json
import os
from hashlib import sha256
from typing import NamedTuple, cast

import apsw

from drivers.fingerprint.assertion import (
    CHALLENGE_BYTES,
    Distrusted,
    Known,
    check,
    check_enrolled,
)
from drivers.fingerprint.touch import Backend, Enrolled, Enrolment, Party, Touch, Wanted
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.text import clean
from milkpos_tui.journal.clock import Clock, uuid7
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.hashing import Hasher
from milkpos_tui.services.permissions import Permissions
from schema.connection import TillDatabase

PARTY = Party("milkpos.local", "MilkPOS")
FINGERS_MAX = 10  # of one operator
LABEL_MAX = 40
ANSWER_WITHIN_MS = 180_000
ASKED_MAX = 32

_READ = """
SELECT id, operator, backend, credential, public_key, counter, label, enrolled_at, seal
FROM finger WHERE operator = ? ORDER BY enrolled_at, id
"""
_ALL = _READ.replace("WHERE operator = ?", "")
_NEW = """
INSERT INTO finger
    (id, operator, backend, credential, public_key, counter, label, enrolled_at, seal)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_COUNTED = "UPDATE finger SET counter = ?, seal = ? WHERE id = ?"
_GONE = "DELETE FROM finger WHERE id = ?"


class Finger(NamedTuple):
    """An enrolled key or finger. `credential` and `public_key` as in `drivers.fingerprint`. It is
    not `sound` where another hand than ours wrote it into the database: then it proves nothing."""

    id: str
    operator: str
    backend: Backend
    credential: bytes
    public_key: bytes
    counter: int
    label: str
    enrolled_at: int
    sound: bool = True

    @property
    def digest(self) -> str:
        """What an entry names it by: SHA-256 of its public half."""
        return sha256(self.public_key or self.credential).hexdigest()


class _Asked(NamedTuple):
    operator: str
    enrols: bool  # and not proves: whoever asked was allowed to
    until_ms: int  # of the monotonic clock


class Fingers:
    """Each question to a key has a challenge that is answered once, in time, by whom it was for;
    a restart forgets them."""

    def __init__(
        self,
        db: TillDatabase,
        journal: Journal,
        hasher: Hasher,
        permissions: Permissions,
        clock: Clock,
    ) -> None:
        self._db = db
        self._journal = journal
        self._hasher = hasher
        self._permissions = permissions
        self._clock = clock
        self._asked: dict[bytes, _Asked] = {}

    def of(self, operator: str) -> tuple[Finger, ...]:
        """What somebody enrolled, the oldest first."""
        rows = self._db.connection().execute(_READ, (operator,))
        return tuple(self._read(row) for row in rows.fetchall())

    def all(self) -> tuple[Finger, ...]:
        """What everybody enrolled."""
        return tuple(self._read(row) for row in self._db.connection().execute(_ALL).fetchall())

    def wanted(self, operator: str) -> Wanted:
        """A question to somebody's keys and fingers. Refused where they have none."""
        enrolled = [one for one in self.of(operator) if one.sound]
        if not enrolled:
            raise Refused(
                "finger-none",
                f"{operator} has no key and no finger enrolled: "
                f"milkpos user fingerprint enrol {operator}",
            )
        return Wanted(
            PARTY,
            self._ask(operator, enrols=False),
            tuple(one.credential for one in enrolled if one.backend is Backend.FIDO2),
            tuple(one.credential for one in enrolled if one.backend is Backend.FPRINTD),
        )

    def enrolment(self, operator: str, actor: Actor) -> tuple[Enrolment, Actor]:
        """What a key is asked for to be enrolled, and the actor, with who allowed it.

        Refused for who may not manage people, and for more than somebody can have."""
        actor = self._permissions.check(Right.MANAGE_PEOPLE, actor, about=operator)
        if len(self.of(operator)) >= FINGERS_MAX:
            raise Refused("finger-full", f"{operator} has {FINGERS_MAX} keys and fingers already")
        known = tuple(one.credential for one in self.all() if one.backend is Backend.FIDO2)
        return Enrolment(PARTY, self._ask(operator, enrols=True), operator, known), actor

    def enrol(self, operator: str, enrolled: Enrolled, label: str, actor: Actor) -> Finger:
        """Keep what was enrolled; `actor` is `enrolment`'s. An entry. Refused where it is not the
        answer to that question, and for a key that somebody has."""
        self._answered(operator, enrolled.challenge, enrols=True)
        if enrolled.backend is Backend.FIDO2:
            try:
                check_enrolled(enrolled, PARTY, enrolled.challenge)
            except Distrusted as distrusted:
                raise Refused(distrusted.code, distrusted.words) from None
        now = self._clock.now()
        finger = Finger(
            uuid7(now),
            operator,
            enrolled.backend,
            enrolled.credential,
            enrolled.public_key,
            enrolled.counter,
            clean(label, limit=LABEL_MAX),
            now,
        )
        with self._journal.transaction() as connection:
            if any(one.credential == finger.credential for one in self.all()):
                raise Refused("finger-enrolled", "this key or finger is enrolled already")
            self._tell(Kind.OPERATOR_KEY_ENROLLED, finger, actor)
            row = (*finger[:2], finger.backend.value, *finger[3:8], self._seal(finger))
            connection.execute(_NEW, row)
        return finger

    def remove(self, operator: str, named: str, actor: Actor) -> tuple[Finger, ...]:
        """Take somebody's keys and fingers off the list: the one of an id or a label, or with `all`
        each; an entry each. Refused for none of that name, and who may not manage people."""
        actor = self._permissions.check(Right.MANAGE_PEOPLE, actor, about=operator)
        return self._remove(operator, named, actor)

    def reset(self, operator: str, session: str) -> tuple[Finger, ...]:
        """The same for whoever has the machine: a lost key. The entries have no actor."""
        return self._remove(operator, "all", Actor("", session=session))

    def check(self, connection: apsw.Connection, operator: str, touch: Touch) -> Finger:
        """Whose key or finger it was, inside the transaction that keeps its counter.

        Raises Distrusted for what is no proof. The question is used up in any case."""
        try:
            self._answered(operator, touch.challenge, enrols=False)
        except Refused as refused:
            raise Distrusted(refused.code, refused.message) from None
        finger = next(
            (
                one
                for one in self.of(operator)
                if one.backend is touch.backend
                and hmac.compare_digest(one.credential, touch.credential)
            ),
            None,
        )
        if finger is None:
            raise Distrusted("finger-not-this-key", "this is not the key that is enrolled")
        if not finger.sound:
            raise Distrusted(
                "finger-changed",
                "this key was changed in the database: take it off the list and enrol it anew",
            )
        if finger.backend is Backend.FPRINTD:
            return finger
        known = Known(finger.credential, finger.public_key, finger.counter)
        counter = check(touch, known, PARTY, touch.challenge)
        if counter:
            finger = finger._replace(counter=counter)
            connection.execute(_COUNTED, (counter, self._seal(finger), finger.id))
        return finger

    # --- steps -----------------------------------------------------------------------------

    def _ask(self, operator: str, *, enrols: bool) -> bytes:
        challenge = os.urandom(CHALLENGE_BYTES)
        if len(self._asked) >= ASKED_MAX:
            del self._asked[next(iter(self._asked))]
        self._asked[challenge] = _Asked(operator, enrols, self._clock.mono() + ANSWER_WITHIN_MS)
        return challenge

    def _answered(self, operator: str, challenge: bytes, *, enrols: bool) -> None:
        asked = self._asked.pop(challenge, None)
        if (
            asked is None
            or (asked.operator, asked.enrols) != (operator, enrols)
            or asked.until_ms < self._clock.mono()
        ):
            raise Refused("finger-stale", "that was the answer to another question, or an old one")

    def _remove(self, operator: str, named: str, actor: Actor) -> tuple[Finger, ...]:
        with self._journal.transaction() as connection:
            found = tuple(
                one for one in self.of(operator) if named in ("all", one.id) or named == one.label
            )
            if not found:
                raise Refused("finger-unknown", f"{operator} has no key or finger '{named}'")
            for one in found:
                self._tell(Kind.OPERATOR_KEY_REMOVED, one, actor)
                connection.execute(_GONE, (one.id,))
        return found

    def _tell(self, kind: Kind, finger: Finger, actor: Actor) -> None:
        body: dict[str, Value] = {
            "code": finger.operator,
            "backend": finger.backend.value,
            "label": finger.label,
            "key": finger.digest,
        }
        self._journal.append(kind, finger.operator, body, actor)

    def _seal(self, finger: Finger) -> bytes:
        fields = [one.hex() if isinstance(one, bytes) else str(one) for one in finger[:8]]
        return self._hasher.seal(json.dumps(fields).encode())

    def _read(self, row: tuple[object, ...]) -> Finger:
        number, operator, backend, credential, public_key, counter, label, at, seal = row
        finger = Finger(
            str(number),
            str(operator),
            Backend(str(backend)),
            cast(bytes, credential),
            cast(bytes, public_key),
            cast(int, counter),
            str(label),
            cast(int, at),
        )
        sound = hmac.compare_digest(cast(bytes, seal), self._seal(finger))
        return finger._replace(sound=sound)
