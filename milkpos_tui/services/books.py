"""The journal given out, entry by entry, for an auditor's own tools."""

from collections.abc import Iterator
from typing import NamedTuple

from milkpos_tui.domain.roles import Right
from milkpos_tui.journal.entry import Entry, parse
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.permissions import Permissions
from schema.connection import TillDatabase

PAGE = 500

_PAGE = """
SELECT content, prev, hash, signature FROM entry
WHERE (node, epoch, seq) > (?, ?, ?) AND seq >= ? ORDER BY node, epoch, seq LIMIT ?
"""


class SealedEntry(NamedTuple):
    """An entry and what seals it: the hash before, its own, and the signature over that."""

    entry: Entry
    prev: bytes
    hash: bytes
    signature: bytes


class Books:
    """Reads the journal page by page: a long one costs no memory."""

    def __init__(self, db: TillDatabase, permissions: Permissions) -> None:
        self._db = db
        self._permissions = permissions

    def entries(self, first: int, actor: Actor) -> Iterator[SealedEntry]:
        """The entries from a number on, for who may take the books out of the shop."""
        self._permissions.check(Right.EXPORT, actor)
        return self._pages(first)

    def _pages(self, first: int) -> Iterator[SealedEntry]:
        behind = ("", 0, 0)
        while True:
            rows = self._db.connection().execute(_PAGE, (*behind, first, PAGE)).fetchall()
            for content, *seals in rows:
                entry = parse(bytes(content))
                yield SealedEntry(entry, *(bytes(seal) for seal in seals))
                behind = (entry.node, entry.epoch, entry.seq)
            if len(rows) < PAGE:
                return
