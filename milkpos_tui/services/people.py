"""Operators: who they are, and how they prove it. Hashes of PINs never enter the journal."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import apsw

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.pins import LONGEST_LOCK_MS, check_secret, lock_ms
from milkpos_tui.domain.roles import NeedsFinger, Right, Role, parse_role
from milkpos_tui.domain.settings import FINGER_ALSO, FINGER_INSTEAD, Setting, parse_roles
from milkpos_tui.domain.text import clean
from milkpos_tui.journal.clock import Clock
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.hashing import Cost, Hasher
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.records import Operator
from milkpos_tui.services.settings import Settings
from schema.connection import TillDatabase
from schema.tables import Operator as OperatorTable

if TYPE_CHECKING:
    from drivers.fingerprint.touch import Touch
    from milkpos_tui.services.fingers import Fingers

CODE_MAX = 12
TOUCH_HOLDS_MS = 60_000

_SET = """
INSERT INTO credential (operator, pin_hash, failures, locked_until) VALUES (?, ?, 0, 0)
ON CONFLICT (operator) DO UPDATE SET pin_hash = excluded.pin_hash, failures = 0, locked_until = 0
"""
_READ = "SELECT pin_hash, failures, locked_until FROM credential WHERE operator = ?"
_FORGIVEN = "UPDATE credential SET failures = 0, locked_until = 0 WHERE operator = ?"
_FAILED = "UPDATE credential SET failures = ?, locked_until = ? WHERE operator = ?"


class _Secret(NamedTuple):
    """What is kept of somebody's PIN or password."""

    hash: str
    failures: int
    locked_until: int


class People:
    """Operators and what they prove themselves with."""

    def __init__(
        self,
        db: TillDatabase,
        journal: Journal,
        hasher: Hasher,
        clock: Clock,
        permissions: Permissions,
        settings: Settings,
        fingers: "Callable[[], Fingers]",
    ) -> None:
        self._db = db
        self._journal = journal
        self._permissions = permissions
        self._hasher = hasher
        self._clock = clock
        self._settings = settings
        self._fingers = fingers  # loaded when somebody is asked for one
        self._touched: dict[tuple[str, str], int] = {}  # until when, of the monotonic clock

    def operators(self) -> tuple[Operator, ...]:
        """Everyone who works here or did, by code."""
        query = OperatorTable.select().order_by(OperatorTable.code).tuples()
        return tuple(
            Operator(code, name, role, bool(active))
            for code, name, role, active in query.execute(self._db)
        )

    def known(self, code: str) -> Operator:
        """The operator of a code. Refused where there is none."""
        found = self._find(code)
        if found is None:
            raise Refused("operator-unknown", f"there is no operator {clean(code, limit=CODE_MAX)}")
        return found

    def add(self, operator: Operator, secret: str, actor: Actor) -> Operator:
        """A new operator with a PIN or password.

        Refused for a code that is taken or no code, a role there is none of, a weak secret. The
        first one of all is allowed by nobody: with them a shop begins.
        """
        if self.operators():
            actor = self._may_manage(actor, operator.code)
        check_secret(secret, operator.code)
        parse_role(operator.role)
        if not 1 <= len(operator.code) <= CODE_MAX or not operator.code.isalnum():
            raise Refused(
                "operator-code", f"an operator's code is 1 to {CODE_MAX} letters or digits"
            )
        hashed = self._hasher.hashed(secret)
        with self._journal.transaction() as connection:
            if self._find(operator.code) is not None:
                raise Refused("operator-taken", f"there is an operator {operator.code} already")
            body = {"code": operator.code, "name": operator.name, "role": operator.role}
            self._journal.append(Kind.OPERATOR_ADDED, operator.code, body, actor)
            connection.execute(_SET, (operator.code, hashed))
        return operator

    def change(self, operator: Operator, actor: Actor) -> Operator:
        """Another name or role, gone or back again. Nothing is written where nothing differs.

        Refused for an unknown code, and where nobody would be left who may do everything.
        """
        parse_role(operator.role)
        actor = self._may_manage(actor, operator.code)
        with self._journal.transaction():
            before = self.known(operator.code)
            if operator != before:
                self._must_leave_an_owner(operator)
                body: dict[str, Value] = {
                    "code": operator.code,
                    "name": operator.name,
                    "role": operator.role,
                    "active": int(operator.active),
                }
                self._journal.append(Kind.OPERATOR_CHANGED, operator.code, body, actor)
        return operator

    def set_secret(self, code: str, secret: str, actor: Actor) -> Operator:
        """A new PIN or password, which also ends a lock. One's own needs no permission."""
        if actor.operator != clean(code, limit=CODE_MAX):
            actor = self._may_manage(actor, code)
        return self._set_secret(Kind.OPERATOR_PIN_SET, code, secret, actor)

    def reset_secret(self, code: str, secret: str, session: str) -> Operator:
        """The same for whoever has the machine: a lost owner's PIN. The entry has no actor."""
        return self._set_secret(Kind.OPERATOR_PIN_RESET, code, secret, Actor("", session=session))

    def prove(self, code: str, secret: str, session: str, *, enrolling: bool = False) -> Operator:
        """The operator of a code and a PIN or password.

        Refused otherwise, which is an entry; the fifth wrong try in a row locks, and each one more
        locks longer, also after a restart. NeedsFinger where their role needs a finger as well, or
        where no PIN is given and a finger is enough: have it `touched`, and ask again. To enrol
        their first one (`enrolling`), a PIN alone is always enough.
        """
        operator = self._find(code)
        kept = self._kept(operator.code) if operator is not None and operator.active else None
        if kept is not None:
            self._must_not_be_locked(kept)
        if operator is not None and kept is not None and not secret and self._by_finger(operator):
            self._must_be_touched(operator.code, session)
            self._forgive(operator.code, kept)
            return operator
        if operator is None or kept is None or not self._hasher.matches(kept.hash, secret):
            self._refuse(clean(code, limit=CODE_MAX), kept is not None, session)
        if self._is_for(FINGER_ALSO, operator) and not (
            enrolling and not self._fingers().of(operator.code)
        ):
            self._must_be_touched(operator.code, session)
        self._note_right(operator.code, kept, secret)
        return operator

    def touched(self, code: str, touch: "Touch", session: str) -> Operator:
        """Somebody touched their key or the reader: it holds once, for a minute, at this terminal.

        Refused for what is no proof, which is an entry and counts like a wrong PIN.
        """
        from drivers.fingerprint.assertion import Distrusted

        operator = self.known(code)
        kept = self._kept(operator.code) if operator.active else None
        if kept is not None:
            self._must_not_be_locked(kept)
        try:
            with self._journal.transaction() as connection:
                self._fingers().check(connection, operator.code, touch)
        except Distrusted as distrusted:
            self.refuse_finger(operator.code, distrusted.code, distrusted.words, session)
        self._touched[operator.code, session] = self._clock.mono() + TOUCH_HOLDS_MS
        return operator

    def refuse_finger(self, code: str, why: str, words: str, session: str) -> NoReturn:
        """A key or finger was tried that is not this operator's: an entry, and it counts like a
        wrong PIN. Always Refused, with these words."""
        code = clean(code, limit=CODE_MAX)
        body: dict[str, Value] = {"code": code, "why": why}
        with self._journal.transaction() as connection:
            self._journal.append(Kind.OPERATOR_KEY_REFUSED, code, body, Actor("", "", session))
            wait_ms = self._count_failure(connection, code) if self._kept(code) else 0
        raise Refused(why, words + (f": wait {_show_wait(wait_ms)}" if wait_ms else ""))

    def note_sign_in(self, actor: Actor) -> None:
        """Someone who has proven who they are begins to work at a terminal: an entry."""
        with self._journal.transaction():
            body = {"code": actor.operator}
            self._journal.append(Kind.OPERATOR_SIGNED_IN, actor.operator, body, actor)

    def calibrate(self) -> tuple[Cost, int]:
        """Have checking a PIN take long enough on this machine; what it costs, and milliseconds.
        Hashes that are there are made anew as their owners sign in."""
        return self._hasher.calibrate()

    # --- steps -----------------------------------------------------------------------------

    def _may_manage(self, actor: Actor, code: str) -> Actor:
        return self._permissions.check(Right.MANAGE_PEOPLE, actor, about=code)

    def _find(self, code: str) -> Operator | None:
        code = clean(code, limit=CODE_MAX)
        return next((known for known in self.operators() if known.code == code), None)

    def _must_leave_an_owner(self, changed: Operator) -> None:
        after = [changed if one.code == changed.code else one for one in self.operators()]
        if not any(one.active and one.role == Role.OWNER for one in after):
            raise Refused("operator-last-owner", "there must be an owner: name another one first")

    def _set_secret(self, kind: Kind, code: str, secret: str, actor: Actor) -> Operator:
        operator = self.known(code)
        hashed = self._hasher.hashed(check_secret(secret, operator.code))
        with self._journal.transaction() as connection:
            self._journal.append(kind, operator.code, {"code": operator.code}, actor)
            connection.execute(_SET, (operator.code, hashed))
        return operator

    def _kept(self, code: str) -> _Secret | None:
        row = self._db.connection().execute(_READ, (code,)).fetchone()
        return None if row is None else _Secret(str(row[0]), int(row[1]), int(row[2]))

    def _is_for(self, setting: Setting, operator: Operator) -> bool:
        return operator.role in parse_roles(self._settings.text(setting))

    def _by_finger(self, operator: Operator) -> bool:
        """Whether a finger is enough for somebody, who has one."""
        return (
            self._is_for(FINGER_INSTEAD, operator)
            and not self._is_for(FINGER_ALSO, operator)
            and bool(self._fingers().of(operator.code))
        )

    def _must_be_touched(self, code: str, session: str) -> None:
        if self._touched.pop((code, session), 0) < self._clock.mono():
            raise NeedsFinger(code)

    def _must_not_be_locked(self, kept: _Secret) -> None:
        # A clock that was set back must not lock for years.
        left_ms = min(kept.locked_until - self._clock.now(), LONGEST_LOCK_MS)
        if left_ms > 0:
            raise Refused("locked-out", f"too many wrong tries: wait {_show_wait(left_ms)}")

    def _refuse(self, code: str, is_known: bool, session: str) -> NoReturn:
        """Tell the journal and count the try, both or neither; then refuse."""
        wait_ms = 0
        with self._journal.transaction() as connection:
            self._journal.append(
                Kind.OPERATOR_REFUSED, code, {"code": code}, Actor("", "", session)
            )
            if is_known:
                wait_ms = self._count_failure(connection, code)
        told = "the operator or the PIN is wrong"
        if wait_ms:
            told += f": wait {_show_wait(wait_ms)}"
        raise Refused("sign-in", told)

    def _count_failure(self, connection: apsw.Connection, code: str) -> int:
        kept = self._kept(code)
        failures = kept.failures + 1 if kept else 1
        wait_ms = lock_ms(failures)
        connection.execute(_FAILED, (failures, self._clock.now() + wait_ms, code))
        return wait_ms

    def _forgive(self, code: str, kept: _Secret) -> None:
        if kept.failures:
            with self._journal.transaction() as connection:
                connection.execute(_FORGIVEN, (code,))

    def _note_right(self, code: str, kept: _Secret, secret: str) -> None:
        """Forget the failures; and hash anew where a hash has another cost by now."""
        outdated = self._hasher.is_outdated(kept.hash)
        if not (outdated or kept.failures):
            return
        hashed = self._hasher.hashed(secret) if outdated else kept.hash
        with self._journal.transaction() as connection:
            now = self._kept(code)
            if now is not None and now.hash == kept.hash:  # not set anew, or locked, meanwhile
                self._must_not_be_locked(now)
                connection.execute(_SET, (code, hashed))


def _show_wait(ms: int) -> str:
    seconds = -(-ms // 1000)
    return f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} minutes"
