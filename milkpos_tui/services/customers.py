"""Customers: adding, changing, merging doubles, erasing. This service owns `customer_card`.

Who somebody is (name, phone, address, notes, card) never enters the journal: there it is the id and
a digest of it, salted, so that the entry proves a card that is still there and tells nothing of one
that was erased.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

import apsw

from milkpos_tui.domain.dates import parse_date
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.khata import CODE_DIGITS_MAX, check_code, parse_limit
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.settings import CREDIT_LIMIT
from milkpos_tui.domain.text import clean
from milkpos_tui.journal.clock import Clock, day_in_india, uuid7
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.accounts import Accounts, Customer
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.settings import Settings
from schema.connection import TillDatabase
from schema.khata_tables import CustomerCard
from schema.sql import columns, insert_sql

PRICE_LISTS = ("counter", "khata", "wholesale")
NAME_MAX, PHONE_MAX, ADDRESS_MAX, LANE_MAX, NOTES_MAX, CARD_MAX = 80, 20, 200, 40, 200, 48
EMAIL_MAX = 80
PHONE_ENDS = (4, 5)  # last digits by which a phone is also found

_PERSONAL = ("name", "phone", "consent_on", "address", "lane", "notes", "card", "email")
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)
_PHONE = re.compile(r"\+?[0-9](?:[ -]?[0-9]){5,14}", re.ASCII)
_EMAIL = re.compile(r"[0-9A-Za-z._+-]+@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+", re.ASCII)
_CARD_SIGNS = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]*", re.ASCII)

_WRITE = insert_sql(CustomerCard, upsert="customer").replace("no = excluded.no, ", "")
_NO = "SELECT no FROM customer_card WHERE customer = ?"
_NEXT_NO = "SELECT 1 + coalesce(max(no), 0) FROM customer_card"
_FORGET = "DELETE FROM customer_card WHERE customer = ?"
_ALL_CARDS = f"SELECT {', '.join(columns(CustomerCard))} FROM customer_card ORDER BY no"
_FORGET_WORDS = "DELETE FROM customer_words WHERE rowid = ?"
_WORDS = """
INSERT INTO customer_words (rowid, code, name, phone, place, card, notes)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_TIDY_WORDS = "INSERT INTO customer_words (customer_words) VALUES ('optimize')"
_NEXT_CODE = "SELECT 1 + coalesce(max(CAST(code AS INTEGER)), 0) FROM customer"
_FREE_CODE = """
SELECT min(free) FROM (SELECT 1 AS free UNION ALL SELECT CAST(code AS INTEGER) + 1 FROM customer)
WHERE CAST(free AS TEXT) NOT IN (SELECT code FROM customer)
"""
_IS_BARCODE = "SELECT 1 FROM barcode WHERE code = ?"
_DIGEST = "SELECT digest FROM customer WHERE id = ?"
_SALT = "SELECT salt FROM customer_card WHERE customer = ?"


class Customers:
    """Decisions about customers; each method is one transaction."""

    def __init__(
        self,
        db: TillDatabase,
        journal: Journal,
        accounts: Accounts,
        settings: Settings,
        permissions: Permissions,
        clock: Clock,
    ) -> None:
        self._db = db
        self._journal = journal
        self._accounts = accounts
        self._settings = settings
        self._permissions = permissions
        self._clock = clock

    def listed(self, words: str, actor: Actor, *, gone: bool = False) -> Iterator[Customer]:
        """All customers by code, or those found by words, for who may see them."""
        self._permissions.check(Right.SEE_KHATA, actor)
        return iter(self._accounts.search(words, 500)) if words else self._accounts.all(gone=gone)

    def known(self, code: str, actor: Actor) -> Customer:
        """The customer of a code, for who may see them. Refused where there is none."""
        self._permissions.check(Right.SEE_KHATA, actor)
        return self._accounts.known(code)

    def given_out(self, actor: Actor) -> Iterator[Customer]:
        """All customers, those who buy no longer too, for who may take them out of the shop; not
        those who were erased."""
        self._permissions.check(Right.EXPORT, actor)
        return (one for one in self._accounts.all(gone=True) if not one.erased)

    def usual_limit(self) -> int | None:
        """The credit limit of who is new, as the shop set it."""
        return parse_limit(self._settings.text(CREDIT_LIMIT))

    def next_code(self) -> str:
        """The code that the next customer gets, unless another one is said: behind all others, or
        where the last one is given, the lowest that never was."""
        connection = self._db.connection()
        code = int(connection.execute(_NEXT_CODE).get)
        if code >= 10**CODE_DIGITS_MAX:
            code = int(connection.execute(_FREE_CODE).get)
        return check_code(str(code))

    def add(self, customer: Customer, actor: Actor) -> Customer:
        """Somebody new; without a code, of the next one. Refused for a code or card that is taken,
        and without a name."""
        actor = self._permissions.check(Right.EDIT_CUSTOMERS, actor, about=customer.code)
        customer = checked(customer)
        with self._transaction() as connection:
            return self._add(connection, customer, actor)

    def change(self, customer: Customer, actor: Actor) -> Customer:
        """A customer, by id, as they are from now on. Nothing is written where nothing differs."""
        actor = self._permissions.check(Right.EDIT_CUSTOMERS, actor, about=customer.code)
        customer = checked(customer)
        with self._transaction() as connection:
            return self._change(connection, self._alive(customer.id), customer, actor)

    def merge(self, double: Customer, into: Customer, actor: Actor) -> Customer:
        """Two that were the same all along: what the double bought and paid is read with the other
        one, who also gets what only the double's card had. Refused for the same one twice."""
        actor = self._permissions.check(Right.ERASE_CUSTOMERS, actor, about=double.code)
        with self._transaction() as connection:
            double, into = self._alive(double.id), self._alive(into.id)
            if double.id == into.id:
                raise Refused("customer-same", f"{double.code} and {into.code} are one already")
            body: dict[str, Value] = {"into": into.id, "code": double.code, "into_code": into.code}
            self._journal.append(Kind.CUSTOMER_MERGED, double.id, body, actor)
            self._forget(connection, double.id)
            return self._change(connection, into, _filled(into, double), actor)

    def erase(self, customer: Customer, actor: Actor) -> Customer:
        """Name, phone, address, notes and card go, on request; bills and balances stay, under the
        code. What the database's file had of them is overwritten, also on round sheets and month
        slips that were printed or wait for a printer."""
        from milkpos_tui.services.printing import forget_texts

        actor = self._permissions.check(Right.ERASE_CUSTOMERS, actor, about=customer.code)
        with self._transaction() as connection:
            customer = self._alive(customer.id)
            body: dict[str, Value] = {"code": customer.code}
            self._journal.append(Kind.CUSTOMER_ERASED, customer.id, body, actor)
            self._forget(connection, customer.id)
            forget_texts(connection)
            _write_anew(connection)
            connection.execute(_TIDY_WORDS)  # else the index keeps words of deleted rows
            erased = self._accounts.by_id(customer.id)
        with suppress(apsw.BusyError, apsw.LockedError):  # then it goes with the next checkpoint
            self._db.connection().wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        return erased

    def take_in(self, customers: Sequence[Customer], actor: Actor) -> tuple[int, int]:
        """A whole import in one transaction, by code: how many were added, and how many changed.
        Refused whole where one of them is refused."""
        actor = self._permissions.check(Right.EDIT_CUSTOMERS, actor, about="import")
        added = changed = 0
        with self._transaction() as connection:
            for customer in customers:
                before = self._accounts.find(customer.code)
                if before is None:
                    self._add(connection, customer, actor)
                    added += 1
                else:
                    after = customer._replace(id=before.id)
                    changed += self._change(connection, self._alive(before.id), after, actor) != (
                        before
                    )
        return added, changed

    def check_free(self, customer: Customer) -> None:
        """Refused where a code or card is another customer's, or a card an item's barcode; and
        for a consent of a day that is yet to come."""
        today = day_in_india(self._clock.now()).isoformat()
        if customer.consent_on > today:
            raise Refused("date-future", f"{customer.consent_on} is yet to come: today is {today}")
        other = self._accounts.find(customer.code)
        if other is not None and other.id != customer.id:
            raise Refused("customer-taken", f"{customer.code} is {other.called} already")
        if not customer.card:
            return
        holder = self._accounts.by_card(customer.card)
        if holder is not None and holder.id != customer.id:
            raise Refused("card-taken", f"card {customer.card} is that of {holder.shown}")
        if self._db.connection().execute(_IS_BARCODE, (customer.card,)).fetchone():
            raise Refused("card-taken", f"{customer.card} is the barcode of an item")

    def matches_journal(self, customer: Customer) -> bool:
        """Whether the card is the one that the journal's digest was made of."""
        connection = self._db.connection()
        salt = connection.execute(_SALT, (customer.id,)).fetchone()
        digest = connection.execute(_DIGEST, (customer.id,)).fetchone()
        return bool(salt and digest and _digest(bytes(salt[0]), customer) == digest[0])

    # --- steps -----------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[apsw.Connection]:
        """One decision that writes cards: what they said before is overwritten in the file."""
        connection = self._db.connection()
        connection.execute("PRAGMA secure_delete = ON").fetchall()
        try:
            with self._journal.transaction() as connection:
                yield connection
        finally:
            connection.execute("PRAGMA secure_delete = OFF").fetchall()

    def _add(self, connection: apsw.Connection, customer: Customer, actor: Actor) -> Customer:
        code = customer.code or self.next_code()
        customer = customer._replace(
            id=uuid7(self._clock.now()), code=code, merged_into=None, erased=False
        )
        self.check_free(customer)
        salt = os.urandom(16)
        body = _body(customer, _digest(salt, customer))
        self._journal.append(Kind.CUSTOMER_ADDED, customer.id, body, actor)
        if not customer.active:
            body = {**body, "active": 0}
            self._journal.append(Kind.CUSTOMER_CHANGED, customer.id, body, actor)
        self._write(connection, customer, salt)
        return customer

    def _change(
        self, connection: apsw.Connection, before: Customer, customer: Customer, actor: Actor
    ) -> Customer:
        customer = customer._replace(merged_into=None, erased=False)
        if customer == before:
            return before
        self.check_free(customer)
        salt = os.urandom(16)
        body = {**_body(customer, _digest(salt, customer)), "active": int(customer.active)}
        self._journal.append(Kind.CUSTOMER_CHANGED, customer.id, body, actor)
        self._write(connection, customer, salt)
        return customer

    def _alive(self, customer: str) -> Customer:
        """A customer as they are inside the transaction. Refused where they were erased."""
        found = self._accounts.by_id(customer)
        if found.erased:
            raise Refused("customer-erased", f"who customer {found.code} was is erased")
        return found

    def _write(self, connection: apsw.Connection, customer: Customer, salt: bytes) -> None:
        found = connection.execute(_NO, (customer.id,)).fetchone()
        no = int(found[0]) if found else int(connection.execute(_NEXT_NO).get)
        personal = {name: getattr(customer, name) for name in _PERSONAL}
        row = {"no": no, "customer": customer.id, "salt": salt, **personal}
        connection.execute(_WRITE, tuple(row[name] for name in columns(CustomerCard)))
        connection.execute(_FORGET_WORDS, (no,))
        place = f"{customer.lane} {customer.address}".strip()
        phone = _phone_words(customer.phone)
        words = (no, customer.code, customer.name, phone, place, customer.card, customer.notes)
        connection.execute(_WORDS, words)

    def _forget(self, connection: apsw.Connection, customer: str) -> None:
        found = connection.execute(_NO, (customer,)).fetchone()
        if found is not None:
            connection.execute(_FORGET_WORDS, (int(found[0]),))
            connection.execute(_FORGET, (customer,))


def _write_anew(connection: apsw.Connection) -> None:
    """All cards onto pages of their own. When the table grew, rows went from page to page, and
    SQLite overwrites what it deletes but not what it moved away: an old page's gap may still have a
    card, and only a page that is given up is zeroed as a whole."""
    cards = connection.execute(_ALL_CARDS).fetchall()
    connection.execute("DELETE FROM customer_card")
    connection.executemany(insert_sql(CustomerCard), cards)


def checked(customer: Customer) -> Customer:
    """A customer with all texts cleaned. Refused for one that can't be kept so."""
    name = clean(customer.name, limit=NAME_MAX)
    phone = clean(customer.phone, limit=PHONE_MAX + 1)
    language, card = customer.language.strip().lower(), clean(customer.card, limit=CARD_MAX + 1)
    if not name:
        raise Refused("name-missing", "a customer needs a name")
    if phone and not _PHONE.fullmatch(phone):
        raise Refused("phone", f"'{phone}' is not a phone number")
    email = clean(customer.email, limit=EMAIL_MAX + 1)
    if email and not (_EMAIL.fullmatch(email) and len(email) <= EMAIL_MAX):
        raise Refused("email", f"'{clean(email, limit=40)}' is not a mail address")
    if not _LANGUAGE.fullmatch(language):
        raise Refused("language", f"'{clean(language, limit=10)}' is not a language, like en or kn")
    if customer.price_list not in PRICE_LISTS:
        raise Refused("price-list", f"a price list is one of {', '.join(PRICE_LISTS)}")
    if card and not (_CARD_SIGNS.fullmatch(card) and len(card) <= CARD_MAX):
        raise Refused("card", f"'{clean(card, limit=20)}' is not a card or barcode")
    if card.isdecimal() and len(card) <= 6:
        raise Refused("card", f"{card} is as short as a code: a card has 7 digits or more")
    return customer._replace(
        code=check_code(customer.code) if customer.code else "",
        name=name,
        phone=phone,
        consent_on=parse_date(customer.consent_on).isoformat() if customer.consent_on else "",
        address=clean(customer.address, limit=ADDRESS_MAX),
        lane=clean(customer.lane, limit=LANE_MAX),
        notes=clean(customer.notes, limit=NOTES_MAX),
        card=card,
        email=email,
        language=language,
    )


def _body(customer: Customer, digest: str) -> dict[str, Value]:
    return {
        "code": customer.code,
        "digest": digest,
        "limit_paise": customer.limit_paise,
        "language": customer.language,
        "price_list": customer.price_list,
    }


def _digest(salt: bytes, customer: Customer) -> str:
    """SHA-256 of who they are behind a salt, in hex: without the salt it can't be guessed."""
    texts = [getattr(customer, name) for name in _PERSONAL]
    if not customer.email:
        texts.pop()  # cards were kept before there were mail addresses on them
    told = json.dumps(texts, ensure_ascii=False)
    return hashlib.sha256(salt + told.encode()).hexdigest()


def _filled(into: Customer, double: Customer) -> Customer:
    """A customer with what only their double's card had."""
    missing = {
        name: getattr(double, name)
        for name in _PERSONAL
        if not getattr(into, name) and getattr(double, name)
    }
    if into.phone or into.email:
        missing.pop("consent_on", None)  # it was given for the other number
    return into._replace(**missing)


def _phone_words(phone: str) -> str:
    """A phone as it is looked for: all digits, without the country, and by its end."""
    digits = "".join(char for char in phone if char.isdecimal())
    parts: Iterable[str] = (digits, digits[-10:], *(digits[-end:] for end in PHONE_ENDS))
    return " ".join(dict.fromkeys(part for part in parts if part))
