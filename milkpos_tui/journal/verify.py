"""Is the journal whole, and are the tables what it adds up to?

Everything is read in one snapshot, so it may run while the till sells. The node's own public key
and the anchor come from files beside the database: whoever rewrites the database alone is found.
"""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import Any

import apsw

from milkpos_tui.journal.anchor import Anchored
from milkpos_tui.journal.entry import FIRST_PREV, Entry, chained, parse
from milkpos_tui.journal.keys import verified
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.projection import apply
from schema.all_tables import PROJECTED
from schema.connection import open_database
from schema.sql import columns
from schema.tables import Table


class Result(StrEnum):
    """What verification finds."""

    GOOD = "good"
    TAMPERED = "tampered"
    CUT = "cut"
    UNANCHORED = "unanchored"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Bad:
    """The first thing that is wrong: an entry, or with `table` a row of it."""

    reason: str
    node: str = ""
    epoch: int = 0
    seq: int = 0
    table: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. `head` is the newest entry's hash; `unanchored_bills` counts the bills that
    came after the anchor, whose loss nothing outside the database would show."""

    result: Result
    entries: int = 0
    bad: Bad | None = None
    head: str = ""
    unanchored_bills: int = 0


@dataclass(frozen=True, slots=True)
class Trusted:
    """What is known from outside the database."""

    node: str
    public_key: bytes
    anchor: Anchored | None


class _Broken(Exception):
    """Verification stops at the first bad thing."""

    def __init__(self, bad: Bad, result: Result = Result.TAMPERED) -> None:
        super().__init__(bad.reason)
        self.bad = bad
        self.result = result


def verify(path: Path, trusted: Trusted, *, rebuild: bool = False) -> Verdict:
    """Verify the journal of a database file; with `rebuild` also replay it and compare tables."""
    try:
        with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
            connection.execute("BEGIN")
            return _verify(connection, trusted, rebuild)
    except apsw.Error as error:
        return Verdict(Result.UNREADABLE, bad=Bad(f"the database can't be read: {error}"))


def _verify(connection: apsw.Connection, trusted: Trusted, rebuild: bool) -> Verdict:
    walk = _Walk(trusted)
    try:
        for _entry in walk.entries(connection):
            pass
        walk.check_end(connection)
        if rebuild:
            _compare_rebuilt(connection)
    except _Broken as broken:
        return Verdict(broken.result, walk.count, broken.bad, walk.head.hex())
    result = Result.GOOD if trusted.anchor else Result.UNANCHORED
    return Verdict(result, walk.count, None, walk.head.hex(), walk.unanchored_bills)


class _Walk:
    """Along the chains, entry by entry, as long as they hold."""

    def __init__(self, trusted: Trusted) -> None:
        self._trusted = trusted
        self._anchor_met = False
        self._last: tuple[str, int, int] = ("", 0, 0)
        self.count = 0
        self.head = FIRST_PREV
        self.unanchored_bills = 0

    def entries(self, connection: apsw.Connection) -> Iterator[Entry]:
        """Each entry once its number, chain, hash, signature and columns were found good."""
        rows = connection.execute(
            "SELECT node, epoch, seq, at, kind, content, prev, hash, signature "
            "FROM entry ORDER BY node, epoch, seq"
        )
        for row in rows:
            yield self._checked(row)

    def check_end(self, connection: apsw.Connection) -> None:
        """The newest entry against the head row, and against the anchor outside."""
        node, epoch, seq = self._last
        heads = connection.execute("SELECT node, epoch, seq, hash FROM head").fetchall()
        for head_node, head_epoch, head_seq, head_hash in heads:
            if head_node != node or (head_epoch, head_seq) > (epoch, seq):
                raise _Broken(_cut(node, epoch, seq, int(str(head_seq))), Result.CUT)
            if (head_epoch, head_seq, head_hash) != (epoch, seq, self.head):
                raise _Broken(Bad("the head is not the newest entry", node, epoch, seq))
        if not heads and self.count:
            raise _Broken(Bad("the head is missing", node, epoch, seq))
        anchor = self._trusted.anchor
        if anchor and (anchor.epoch, anchor.seq) > (epoch, seq):
            raise _Broken(_cut(node, epoch, seq, anchor.seq), Result.CUT)
        if not self.count:
            raise _Broken(Bad("there is no entry at all"), Result.CUT)
        if anchor and not self._anchor_met:
            raise _Broken(Bad("the entry that the anchor remembers is not there", node, epoch, seq))

    def _checked(self, row: tuple[Any, ...]) -> Entry:
        node, epoch, seq, at, kind, content, prev, digest, signature = row
        here = (node, epoch, seq)

        def bad(reason: str) -> _Broken:
            return _Broken(Bad(reason, *here))

        last_node, last_epoch, last_seq = self._last
        follows = (node, epoch) == (last_node, last_epoch)
        if seq != (last_seq + 1 if follows else 1):
            raise bad("entries before this one are missing")
        if prev != (self.head if follows else FIRST_PREV):
            raise bad("it is not chained to the entry before it")
        if chained(prev, content) != digest:
            raise bad("its content is not what was hashed")
        try:
            entry = parse(content)
        except ValueError as error:
            raise bad(f"its content can't be read: {error}") from error
        if (entry.node, entry.epoch, entry.seq, entry.at, entry.kind) != (*here, at, kind):
            raise bad("its columns are not what its content says")
        if node != self._trusted.node:
            raise bad("it is of a node that this till does not know")
        if not verified(self._trusted.public_key, digest, signature):
            raise bad("its signature is not by this node's key")
        anchor = self._trusted.anchor
        if anchor and (epoch, seq) == (anchor.epoch, anchor.seq):
            if digest != anchor.hash:
                raise bad("the anchor remembers another entry here: the journal was rewritten")
            self._anchor_met = True
        if self._anchor_met and anchor and seq > anchor.seq and kind == Kind.BILL_PAID:
            self.unanchored_bills += 1
        self._last, self.head, self.count = here, digest, self.count + 1
        return entry


def _cut(node: str, epoch: int, seq: int, known: int) -> Bad:
    return Bad(
        f"the journal ends at entry {seq}, but entry {known} was written: its tail is gone",
        node,
        epoch,
        seq + 1,
    )


# --- rebuilding --------------------------------------------------------------------------------


def _compare_rebuilt(connection: apsw.Connection) -> None:
    """Replay the journal into an empty database and compare schema and every projected row."""
    with tempfile.TemporaryDirectory(prefix="milkpos-rebuild-") as folder:
        rebuilt = open_database(Path(folder) / "rebuilt.db", create=True)
        with closing(rebuilt):
            fresh = rebuilt.connection()
            fresh.execute("PRAGMA synchronous = OFF")  # thrown away when compared
            with rebuilt.atomic("IMMEDIATE"):
                _replay(connection, fresh)
            _compare_schema(connection, fresh)
            for table in PROJECTED:
                _compare_table(connection, fresh, table)


def _replay(connection: apsw.Connection, fresh: apsw.Connection) -> None:
    contents = connection.execute("SELECT content FROM entry ORDER BY node, epoch, seq")
    for (content,) in contents:
        entry = parse(bytes(content))
        try:
            apply(fresh, entry)
        except (apsw.Error, KeyError, ValueError) as error:
            bad = Bad(f"it can't be applied: {error}", entry.node, entry.epoch, entry.seq)
            raise _Broken(bad) from error


def _compare_schema(connection: apsw.Connection, fresh: apsw.Connection) -> None:
    """A dropped trigger is tampering too: it was what refused the change."""
    sql = "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'trigger', 'index')"
    there, here = dict(connection.execute(sql)), dict(fresh.execute(sql))
    for name in sorted(here.keys() | there.keys()):
        if here.get(name) != there.get(name):
            how = "missing" if name not in there else "not as this version made it"
            raise _Broken(Bad(f"the database's own rule or table {name} is {how}", table=name))


def _compare_table(connection: apsw.Connection, fresh: apsw.Connection, table: type[Table]) -> None:
    names = columns(table)
    keys = [field.column_name for field in table._meta.get_primary_keys()]  # type: ignore[no-untyped-call]  # Peewee
    name = table._meta.table_name
    sql = f"SELECT {', '.join(names)} FROM {name} ORDER BY {', '.join(keys)}"
    for there, here in zip_longest(connection.execute(sql), fresh.execute(sql)):
        if there != here:
            raise _Broken(_row_differs(name, names, keys, there, here))


def _row_differs(
    table: str,
    names: tuple[str, ...],
    keys: list[str],
    there: tuple[Any, ...] | None,
    here: tuple[Any, ...] | None,
) -> Bad:
    def key(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(row[names.index(name)] for name in keys)

    if there is None or (here is not None and key(here) < key(there)):
        assert here is not None, "one of two different rows is there"
        return Bad(f"row {_shown(key(here))} of {table} is missing", table=table)
    if here is None or key(there) < key(here):
        return Bad(f"row {_shown(key(there))} of {table} is in no entry", table=table)
    wrong = next(name for name, a, b in zip(names, there, here, strict=True) if a != b)
    return Bad(
        f"row {_shown(key(there))} of {table}: {wrong} is not what the journal says", table=table
    )


def _shown(key: tuple[Any, ...]) -> str:
    return "/".join(str(part) for part in key)
