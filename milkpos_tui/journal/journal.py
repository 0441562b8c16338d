"""The one way in: append an entry and apply it, inside one transaction."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import apsw

from milkpos_tui.domain.errors import NotWhole
from milkpos_tui.journal.anchor import Anchor, Anchored, read_anchor
from milkpos_tui.journal.clock import Clock
from milkpos_tui.journal.entry import FIRST_PREV, Body, Entry, canonical, chained
from milkpos_tui.journal.keys import NodeKey
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.projection import apply
from schema.connection import TillDatabase
from schema.sql import insert_sql
from schema.tables import Entry as EntryTable
from schema.tables import Head as HeadTable

_READ_HEAD = "SELECT epoch, seq, hash FROM head WHERE node = ?"
_READ_HASH = "SELECT hash FROM entry WHERE node = ? AND epoch = ? AND seq = ?"
_READ_TIME = "SELECT at, content FROM entry WHERE node = ? AND epoch = ? AND seq = ?"
_WRITE_HEAD = insert_sql(HeadTable, upsert="node")
_WRITE_ENTRY = insert_sql(EntryTable)


class Actor(NamedTuple):
    """Who does it, who allowed it and why, and from where (terminal, remote address)."""

    operator: str
    approver: str = ""
    session: str = ""
    reason: str = ""


BACK_MS = 1000  # time servers correct smaller steps all day
FORWARD_MS = 120_000


class Head(NamedTuple):
    """The newest entry of a chain."""

    epoch: int
    seq: int
    hash: bytes


class _Moment(NamedTuple):
    """When an entry was made, by both clocks."""

    at: int
    boot: str
    mono: int

    def jump_to(self, now: "_Moment") -> int:
        """By how many milliseconds the clock was set since then; 0 for what may be drift. After a
        restart of the machine, or where it does not tell one, only a step back shows."""
        same_run = now.boot == self.boot != ""
        passed = now.mono - self.mono if same_run else max(0, now.at - self.at)
        by = now.at - self.at - passed
        return by if by <= -BACK_MS or by >= FORWARD_MS else 0


class Journal:
    """A node's own chain. Not for several threads: it belongs to the one that owns the database."""

    def __init__(
        self, db: TillDatabase, node: str, key: NodeKey, clock: Clock, anchor: Path
    ) -> None:
        self._db = db
        self._node = node
        self._key = key
        self._clock = clock
        self._anchor_path = anchor
        self._anchor: Anchor | None = None
        self._written: tuple[int, int, bytes] | None = None
        self._last: tuple[bytes, _Moment] | None = None  # of the entry with that hash
        self.clock_jumps = 0  # seen by this terminal

    @contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """One decision: begun IMMEDIATE, committed with all its entries or not at all."""
        assert not self._db.in_transaction(), "a decision is one transaction, not a part of one"
        self._written = None
        with self._db.atomic("IMMEDIATE"):
            yield self._db.connection()
        if self._written is not None:
            # The commit is done; an anchor that can't be written only lags behind.
            with suppress(OSError):
                self._write_anchor(*self._written)

    def append(self, kind: Kind, obj: str, body: Body, actor: Actor) -> Entry:
        """Sign an entry behind the newest one, store it and apply it.

        Where the clock was set since the entry before, an entry that says so goes first. Must be
        called inside `transaction`. Raises NotWhole where the chain has no head.
        """
        assert self._db.in_transaction(), "an entry is stored and applied in one transaction"
        connection = self._db.connection()
        now = self._moment()
        head = Head(1, 0, FIRST_PREV) if kind is Kind.NODE_OPENED else self.head()
        before = self._moment_of(connection, head)
        jump = before.jump_to(now) if before else 0
        if before and jump:
            self.clock_jumps += 1
            jumped: Body = {"last_at": before.at, "by_ms": jump}
            self._store(connection, head, Kind.CLOCK_JUMPED, self._node, jumped, actor, now)
            head = self.head()
        return self._store(connection, head, kind, obj, body, actor, now)

    def _moment(self) -> _Moment:
        """Both clocks at once: were the process held up between the two looks, the next entry
        would tell of a clock that nobody set."""
        while True:
            mono = self._clock.mono()
            moment = _Moment(self._clock.now(), self._clock.boot, mono)
            if self._clock.mono() - mono < BACK_MS // 4:
                return moment

    def head(self) -> Head:
        """The newest entry. Raises NotWhole where the chain has no head."""
        found = self._db.connection().execute(_READ_HEAD, (self._node,)).fetchone()
        if found is None:
            raise NotWhole("journal-headless", "the journal has lost its head: audit verify")
        epoch, seq, digest = found
        return Head(int(epoch), int(seq), bytes(digest))

    def _store(
        self,
        connection: apsw.Connection,
        head: Head,
        kind: Kind,
        obj: str,
        body: Body,
        actor: Actor,
        now: _Moment,
    ) -> Entry:
        epoch, seq, prev = head
        entry = Entry(
            node=self._node,
            epoch=epoch,
            seq=seq + 1,
            at=now.at,
            boot=now.boot,
            mono=now.mono,
            kind=kind.value,
            actor=actor.operator,
            approver=actor.approver,
            session=actor.session,
            object=obj,
            body=body,
        )
        content = canonical(entry)
        digest = chained(prev, content)
        signature = self._key.sign(digest)
        connection.execute(
            _WRITE_ENTRY,
            (
                entry.node,
                epoch,
                entry.seq,
                entry.at,
                entry.kind,
                content,
                prev,
                digest,
                signature,
            ),
        )
        connection.execute(_WRITE_HEAD, (self._node, epoch, entry.seq, digest))
        apply(connection, entry)
        self._written = (epoch, entry.seq, digest)
        self._last = (digest, now)
        return entry

    def _moment_of(self, connection: apsw.Connection, head: Head) -> _Moment | None:
        """When the newest entry was made; remembered while nobody else appends."""
        if self._last is not None and self._last[0] == head.hash:
            return self._last[1]
        found = connection.execute(_READ_TIME, (self._node, head.epoch, head.seq)).fetchone()
        if found is None:
            return None  # the first entry of all
        fields = json.loads(bytes(found[1]))
        return _Moment(int(found[0]), str(fields["boot"]), int(fields["mono"]))

    def close(self) -> None:
        """Give the anchor's file back."""
        if self._anchor is not None:
            self._anchor.close()

    def _write_anchor(self, epoch: int, seq: int, digest: bytes) -> None:
        """Remember the head. An anchor whose entry is not in the journal is left as it is: it is
        the one witness of what was taken out."""
        if self._anchor is None:
            anchored = read_anchor(self._anchor_path)
            if anchored is not None and not self._has(anchored):
                return
            self._anchor = Anchor(self._anchor_path)
        self._anchor.write(epoch, seq, digest)

    def _has(self, anchored: Anchored) -> bool:
        found = self._db.connection().execute(
            _READ_HASH, (self._node, anchored.epoch, anchored.seq)
        )
        return bool(found.fetchone() == (anchored.hash,))
