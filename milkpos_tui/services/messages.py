"""Messages to customers, as rows: queued by whoever says so, sent when there is a network.

A row says `queued`, then `sending` before anything goes out, then `sent`. One found in `sending` by
whoever sends next was cut off: it is `unsure` until somebody says what became of it, for nothing is
told twice by itself. A row has nobody's name or number: whom it goes to, whether they still agree,
and what it says is looked up when it is sent.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.messages import LANGUAGES, address_of, month_message, template_rows
from milkpos_tui.domain.month import Month, State, parse_month
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.settings import TEMPLATES
from milkpos_tui.domain.text import clean
from milkpos_tui.journal.clock import Clock
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.services.accounts import Accounts, Customer
from milkpos_tui.services.message_channels import MessageChannels
from milkpos_tui.services.month_papers import MonthPaper, payment_link
from milkpos_tui.services.months import Months
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.settings import Settings
from schema.connection import TillDatabase

MINUTE_MS = 60_000
LATEST_TRY_MS = 6 * 60 * MINUTE_MS
REFUSALS_MAX = 5
NUMBER_MAX = 2**63 - 1
KEPT_MS = 45 * 24 * 60 * MINUTE_MS  # later than that a month's text only puzzles
WHY_MAX = 200

_COLUMNS = "id, customer, month, channel, state, operator, queued_at, next_at, tries, refusals, why"
_QUEUE = """
INSERT INTO message
    (customer, month, channel, state, operator, queued_at, next_at, tries, why)
VALUES (?, ?, ?, 'queued', ?, ?, ?, 0, '')
ON CONFLICT (customer, month, channel) DO NOTHING
"""
_OPEN = f"SELECT {_COLUMNS} FROM message WHERE ended_at IS NULL ORDER BY id"
_ALL = f"SELECT {_COLUMNS} FROM message ORDER BY id"
_BY_ID = f"SELECT {_COLUMNS} FROM message WHERE id = ?"
_MOVE = """
UPDATE message
SET state = ?, next_at = ?, ended_at = ?, tries = tries + ?, refusals = refusals + ?, why = ?
WHERE id = ? AND state = ?
"""
_AGAIN = """
UPDATE message
SET state = 'queued', queued_at = ?, next_at = ?, ended_at = NULL, tries = 0, refusals = 0, why = ''
WHERE id = ? AND state = ?
"""
_CUT_OFF = """
UPDATE message SET state = 'unsure', why = 'it was cut off while it was sent'
WHERE state = 'sending'
"""
_EXPIRE = """
UPDATE message SET state = 'expired', ended_at = ?, why = 'it waited too long'
WHERE state = 'queued' AND queued_at < ?
"""


class Stage(StrEnum):
    """How far a message is."""

    QUEUED = "queued"
    SENDING = "sending"
    UNSURE = "unsure"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    DROPPED = "dropped"


_TRIED_AGAIN = (Stage.UNSURE, Stage.FAILED, Stage.EXPIRED, Stage.DROPPED)


class Message(NamedTuple):
    """A month's text to a customer by a channel. Times are UTC milliseconds. `refusals` are those
    of the `tries` that the service heard, and said no to."""

    id: int
    customer: str
    month: Month
    channel: str
    stage: Stage
    operator: str
    queued_at: int
    next_at: int
    tries: int
    refusals: int
    why: str


class Queued(NamedTuple):
    """What a month put in the queue: new ones, those that had their turn, and customers without
    consent, or without what the channel needs."""

    new: int
    there: int
    without: int


class Letter(NamedTuple):
    """A message as it goes out. `url` is a secret."""

    url: str
    title: str
    text: str


class Messages:
    """The queue of messages."""

    def __init__(
        self,
        db: TillDatabase,
        journal: Journal,
        months: Months,
        accounts: Accounts,
        settings: Settings,
        permissions: Permissions,
        clock: Clock,
        channels: MessageChannels,
    ) -> None:
        self._db = db
        self._journal = journal
        self._months = months
        self._accounts = accounts
        self._settings = settings
        self._permissions = permissions
        self._clock = clock
        self._channels = channels

    # --- what is to be sent ------------------------------------------------------------------

    def text(self, customer: Customer, paper: MonthPaper) -> str:
        """What a customer is told of a month, in their language, by the shop's own template where
        it has one."""
        language = customer.language if customer.language in LANGUAGES else "en"
        return month_message(
            language,
            name=paper.party.name,
            month=paper.bill.month,
            due_paise=paper.bill.due_paise,
            shop=paper.shop.name,
            link=payment_link(paper),
            template=template_rows(self._settings.text(TEMPLATES[language])),
        )

    def queue(self, month: Month, names: Sequence[str], actor: Actor) -> Queued:
        """The texts of a month's issued bills, once for each customer and channel, however often
        it is asked for. `names` are channels, none of them is all. Refused where none is set up,
        and while no bill of the month is issued."""
        actor = self._permissions.check(Right.BILL_MONTHS, actor, about=str(month))
        channels = self._chosen(names)
        bills = self._months.issued_for(month)
        if not bills:
            raise Refused(
                "month-unbilled", f"no bill of {month} is issued: milkpos month run first"
            )
        new = there = without = 0
        now = self._clock.now()
        with self._journal.transaction() as connection:
            for customer in bills:
                known = self._accounts.whoever(customer)
                for name, url in channels.items():
                    if not _may_be_told(known) or not address_of(url, known.phone, known.email):
                        without += 1
                        continue
                    row = (customer, str(month), name, actor.operator, now, now)
                    connection.execute(_QUEUE, row)
                    new += connection.changes()
                    there += not connection.changes()
        return Queued(new, there, without)

    def open(self, actor: Actor) -> tuple[Message, ...]:
        """What is not sent yet, or may not be, the oldest first."""
        return self._read(_OPEN, actor)

    def all(self, actor: Actor) -> tuple[Message, ...]:
        """All messages there ever were."""
        return self._read(_ALL, actor)

    def message(self, number: int) -> Message:
        """A message by its number. Refused where there is none."""
        known = number <= NUMBER_MAX
        found = known and self._db.connection().execute(_BY_ID, (number,)).fetchone()
        if not found:
            raise Refused("message-unknown", f"there is no message {number}")
        return _message(found)

    def told(self, message: Message) -> str:
        """Whom a message is for, for people."""
        known = self._accounts.whoever(message.customer)
        why = f": {message.why}" if message.why else ""
        return (
            f"{message.id:>5} {message.month} {message.channel:10} {message.stage:8} "
            f"{known.shown}{why}"
        )

    def code_of(self, message: Message) -> str:
        """The code of whom it is for."""
        return self._accounts.whoever(message.customer).code

    # --- sending: for whoever holds the queue (`Home.sending_messages`) -----------------------

    def take_over(self, actor: Actor) -> int:
        """What was being sent is unsure now, what is too old has expired. How many have."""
        self._permissions.check(Right.BILL_MONTHS, actor, about="messages")
        now = self._clock.now()
        with self._journal.transaction() as connection:
            connection.execute(_CUT_OFF)
            connection.execute(_EXPIRE, (now, now - KEPT_MS))
            return connection.changes()

    def due(self, actor: Actor, *, early: bool = False) -> tuple[Message, ...]:
        """What is to be tried now; with `early` also what was to be tried later."""
        now = self._clock.now()
        return tuple(
            one
            for one in self._read(_OPEN, actor)
            if one.stage is Stage.QUEUED and (early or one.next_at <= now)
        )

    def letter(self, message: Message) -> Letter | None:
        """A message as it is to go out now; None where it is not: then it is dropped, and says
        why. Who was erased, no longer agrees or has paid meanwhile is told nothing."""
        url = self._channels.all().get(message.channel)
        stand = self._months.stand(message.customer, message.month)
        why = ""
        address = None
        if url is None:
            why = f"there is no channel {message.channel} any more"
        elif stand is None or not _may_be_told(stand.customer):
            why = "they did not agree to messages, or were erased"
        elif stand.paper.bill.due_paise > 0 and stand.state is State.PAID:
            why = "it was paid meanwhile"
        else:
            address = address_of(url, stand.customer.phone, stand.customer.email)
            why = "" if address else "they have no number or address for it any more"
        if why or stand is None or address is None:
            self._end(message, Stage.QUEUED, Stage.DROPPED, why)
            return None
        title = stand.paper.shop.name if url is not None and "{email}" in url else ""
        return Letter(address, title, self.text(stand.customer, stand.paper))

    def begin(self, message: Message) -> bool:
        """It is about to go out; False where somebody dropped it meanwhile."""
        return self._move(message, Stage.QUEUED, Stage.SENDING, tries=1, why="")

    def sent(self, message: Message) -> None:
        """The service took it."""
        self._end(message, Stage.SENDING, Stage.SENT, "")

    def unsent(self, message: Message, why: str) -> None:
        """Nobody took it, or was asked to: it waits, twice as long after every try, at most six
        hours."""
        self._wait(message, why, refusals=0)

    def refused(self, message: Message, why: str) -> bool:
        """The service said no: tried again as above, but not for ever; False where it is given
        up."""
        again = message.refusals + 1 < REFUSALS_MAX
        if again:
            self._wait(message, why, refusals=1)
        else:
            self._end(message, Stage.SENDING, Stage.FAILED, why, refusals=1)
        return again

    def unsure(self, message: Message, why: str) -> None:
        """Nobody knows whether it went out."""
        self._move(message, Stage.SENDING, Stage.UNSURE, why=why)

    # --- by people ---------------------------------------------------------------------------

    def settle(self, number: int, actor: Actor, *, sent: bool) -> Message:
        """Somebody found out what became of an unsure message; or wants one that failed, is too old
        or was dropped tried after all, as if it had been queued just now. Refused for any other,
        and to call sent what is not unsure."""
        self._permissions.check(Right.BILL_MONTHS, actor, about=f"message {number}")
        message = self.message(number)
        if message.stage not in ((Stage.UNSURE,) if sent else _TRIED_AGAIN):
            raise Refused("message-settled", f"message {number} is {message.stage}")
        if sent:
            self._end(message, message.stage, Stage.SENT, f"said {actor.operator}")
        else:
            now = self._clock.now()
            with self._journal.transaction() as connection:
                connection.execute(_AGAIN, (now, now, number, message.stage.value))
        return self.message(number)

    def drop(self, number: int, actor: Actor) -> Message:
        """A message that waits, or is unsure, is not sent. Refused for one that had its end."""
        self._permissions.check(Right.BILL_MONTHS, actor, about=f"message {number}")
        message = self.message(number)
        if message.stage not in (Stage.QUEUED, Stage.UNSURE):
            raise Refused("message-settled", f"message {number} is {message.stage}")
        self._end(message, message.stage, Stage.DROPPED, f"dropped by {actor.operator}")
        return self.message(number)

    # --- steps -------------------------------------------------------------------------------

    def _chosen(self, names: Sequence[str]) -> dict[str, str]:
        channels = self._channels.all()
        if not channels:
            raise Refused("channel-missing", "no channel is set up: milkpos message channel NAME")
        unknown = [name for name in names if name not in channels]
        if unknown:
            told = ", ".join(channels)
            raise Refused("channel-unknown", f"there is no channel '{unknown[0]}', only {told}")
        return {name: channels[name] for name in names} if names else channels

    def _read(self, sql: str, actor: Actor) -> tuple[Message, ...]:
        self._permissions.check(Right.SEE_KHATA, actor)
        return tuple(map(_message, self._db.connection().execute(sql).fetchall()))

    def _wait(self, message: Message, why: str, *, refusals: int) -> None:
        wait = min(LATEST_TRY_MS, MINUTE_MS << min(message.tries, 20))
        then = self._clock.now() + wait
        self._move(message, Stage.SENDING, Stage.QUEUED, why=why, refusals=refusals, next_at=then)

    def _end(
        self, message: Message, was: Stage, now: Stage, why: str, *, refusals: int = 0
    ) -> None:
        ended = self._clock.now()
        self._move(message, was, now, why=why, refusals=refusals, ended_at=ended)

    def _move(
        self,
        message: Message,
        was: Stage,
        now: Stage,
        *,
        why: str,
        tries: int = 0,
        refusals: int = 0,
        next_at: int | None = None,
        ended_at: int | None = None,
    ) -> bool:
        then = message.next_at if next_at is None else next_at
        why = clean(why, limit=WHY_MAX)
        row = (now.value, then, ended_at, tries, refusals, why, message.id, was.value)
        with self._journal.transaction() as connection:
            connection.execute(_MOVE, row)
            return connection.changes() > 0


def _may_be_told(customer: Customer) -> bool:
    return bool(customer.consent_on) and not customer.erased


def _message(row: Sequence[Any]) -> Message:
    number, customer, month, channel, stage, *rest = row
    return Message(number, customer, parse_month(month), channel, Stage(stage), *rest)
