"""Operators: who they are, and how they prove it. PIN hashes never enter the journal."""

import hmac
from pathlib import Path

from milkpos_tui.domain.errors import Refused, Unreachable
from milkpos_tui.domain.text import clean
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.records import Operator
from schema.connection import TillDatabase
from schema.sql import insert_sql
from schema.tables import Credential
from schema.tables import Operator as OperatorTable

PIN_LENGTH = 6
CODE_MAX = 12

# OWASP's minimum for Argon2id, which a Pi with 512 MB bears.
HASH_PASSES = 2
HASH_BYTES = 19 * 2**20
ROLES = ("cashier", "supervisor", "manager", "owner", "auditor")

_SET_PIN = insert_sql(Credential, upsert="operator")


class People:
    """Operators and their PINs. A PIN is hashed with Argon2id over a keyed digest of it; the key
    (pepper) lies outside the database, so that a stolen database alone gives nothing to guess."""

    def __init__(self, db: TillDatabase, journal: Journal, pepper: Path) -> None:
        self._db = db
        self._journal = journal
        self._pepper = pepper

    def operators(self) -> tuple[Operator, ...]:
        """Everyone who works here, by code."""
        query = OperatorTable.select().order_by(OperatorTable.code).tuples()
        return tuple(
            Operator(code, name, role, bool(active))
            for code, name, role, active in query.execute(self._db)
        )

    def add(self, operator: Operator, pin: str, actor: Actor) -> Operator:
        """A new operator with a PIN. Refused for a code that is taken or a PIN that is none."""
        check_pin(pin)
        if operator.role not in ROLES:
            raise Refused("role", f"'{operator.role}' is not one of {', '.join(ROLES)}")
        if not 1 <= len(operator.code) <= CODE_MAX or not operator.code.isalnum():
            raise Refused(
                "operator-code", f"an operator's code is 1 to {CODE_MAX} letters or digits"
            )
        pin_hash = self._hashed(pin)
        with self._journal.transaction() as connection:
            if any(known.code == operator.code for known in self.operators()):
                raise Refused("operator-taken", f"there is an operator {operator.code} already")
            body = {"code": operator.code, "name": operator.name, "role": operator.role}
            self._journal.append(Kind.OPERATOR_ADDED, operator.code, body, actor)
            connection.execute(_SET_PIN, (operator.code, pin_hash))
        return operator

    def prove(self, code: str, pin: str, session: str) -> Operator:
        """The operator of a code and PIN. Refused otherwise, which is an entry."""
        code = clean(code, limit=CODE_MAX)
        operator = next((known for known in self.operators() if known.code == code), None)
        if operator is None or not operator.active or not self._matches(code, pin):
            with self._journal.transaction():
                self._journal.append(
                    Kind.OPERATOR_REFUSED, code, {"code": code}, Actor("", "", session)
                )
            raise Refused("sign-in", "the operator or the PIN is wrong")
        return operator

    def note_sign_in(self, actor: Actor) -> None:
        """Someone who has proven who they are begins to work at a terminal: an entry."""
        with self._journal.transaction():
            body = {"code": actor.operator}
            self._journal.append(Kind.OPERATOR_SIGNED_IN, actor.operator, body, actor)

    def _matches(self, code: str, pin: str) -> bool:
        from nacl import exceptions, pwhash

        query = Credential.select(Credential.pin_hash).where(Credential.operator == code)
        row = query.tuples().first(self._db)
        if row is None:
            return False
        try:
            return pwhash.verify(str(row[0]).encode(), self._peppered(pin))
        except (exceptions.CryptoError, ValueError):
            return False

    def _hashed(self, pin: str) -> str:
        # 15 ms of import that only a sign-in pays.
        from nacl.pwhash import argon2id

        hashed = argon2id.str(self._peppered(pin), opslimit=HASH_PASSES, memlimit=HASH_BYTES)
        return hashed.decode()

    def _peppered(self, pin: str) -> bytes:
        try:
            key = self._pepper.read_bytes()
        except OSError as error:
            raise Unreachable("pepper-missing", f"{self._pepper} can't be read") from error
        return hmac.digest(key, pin.encode(errors="surrogatepass"), "sha256")


def check_pin(pin: str) -> str:
    """Refused unless it is a PIN of six digits."""
    if not (pin.isascii() and pin.isdecimal() and len(pin) == PIN_LENGTH):
        raise Refused("pin", f"a PIN is {PIN_LENGTH} digits")
    return pin
