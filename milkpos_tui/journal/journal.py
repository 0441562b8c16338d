"""The one way in: append an entry and apply it, inside one transaction."""

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
_WRITE_HEAD = insert_sql(HeadTable, upsert="node")
_WRITE_ENTRY = insert_sql(EntryTable)


class Actor(NamedTuple):
    """Who does it, who allowed it, and from where (terminal, remote address)."""

    operator: str
    approver: str = ""
    session: str = ""


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

        Must be called inside `transaction`. Raises NotWhole where the chain has no head.
        """
        assert self._db.in_transaction(), "an entry is stored and applied in one transaction"
        connection = self._db.connection()
        epoch, seq, prev = self._head(connection, kind)
        entry = Entry(
            node=self._node,
            epoch=epoch,
            seq=seq + 1,
            at=self._clock.now(),
            boot=self._clock.boot,
            mono=self._clock.mono(),
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
        return entry

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

    def _head(self, connection: apsw.Connection, kind: Kind) -> tuple[int, int, bytes]:
        found = connection.execute(_READ_HEAD, (self._node,)).fetchone()
        if found is None:
            if kind is not Kind.NODE_OPENED:
                raise NotWhole("journal-headless", "the journal has lost its head: audit verify")
            return 1, 0, FIRST_PREV
        epoch, seq, digest = found
        return int(epoch), int(seq), bytes(digest)
