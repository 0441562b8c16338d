"""What is to be printed, as rows: written with the sale, worked off by whoever has the printer.

A row says `waiting`, then `printing` before the first byte goes out, then `printed`. One found in
`printing` by whoever takes the printer next was cut off by a power cut or a kill: it is `unsure`
until somebody looked at the paper. So no slip is lost, and none is printed twice unmarked.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import NamedTuple

import apsw

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.settings import PRINT_SLIPS
from milkpos_tui.domain.text import clean
from milkpos_tui.journal.clock import Clock
from milkpos_tui.journal.entry import Value
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.permissions import Permissions
from schema.connection import TillDatabase

ERROR_MAX = 300
KEPT_PRINTED = 500  # older ones are forgotten; the books have what was on them

_COLUMNS = "id, counter, kind, about, copy, operator, content, state, queued_at, tries, error"
# One statement: a sale without a printer pays no more than this question.
_QUEUE_SLIP = """
INSERT INTO print_job (counter, kind, about, copy, operator, content, state, queued_at, error)
SELECT ?1, 'slip', ?2, ?3, ?4, '', 'waiting', ?5, ''
WHERE EXISTS (SELECT 1 FROM device WHERE counter = ?1 AND role = 'printer')
    AND NOT EXISTS (SELECT 1 FROM setting WHERE name = ?6 AND value = 'no')
"""
_QUEUE = """
INSERT INTO print_job (counter, kind, about, copy, operator, content, state, queued_at, error)
VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, '')
"""
_PRINTER = "SELECT 1 FROM device WHERE counter = ? AND role = 'printer'"
_NEXT = f"SELECT {_COLUMNS} FROM print_job WHERE counter = ? AND state = 'waiting' ORDER BY id"
_OPEN = f"""
SELECT {_COLUMNS} FROM print_job
WHERE counter = ? AND state IN ('waiting', 'printing', 'unsure') ORDER BY id
"""
_COUNT = """
SELECT count(*) FILTER (WHERE state <> 'unsure'), count(*) FILTER (WHERE state = 'unsure')
FROM print_job WHERE counter = ? AND state IN ('waiting', 'printing', 'unsure')
"""
_BY_ID = f"SELECT {_COLUMNS} FROM print_job WHERE id = ?"
_STATE = "UPDATE print_job SET state = ?, tries = tries + ?, error = ? WHERE id = ? AND state = ?"
_CUT_OFF = "UPDATE print_job SET state = 'unsure' WHERE counter = ? AND state = 'printing'"
_FORGET = """
DELETE FROM print_job WHERE state IN ('printed', 'dropped') AND counter = ?1 AND id <= (
    SELECT id FROM print_job WHERE counter = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
"""
_FORGET_TEXTS = """
UPDATE print_job SET content = '',
    error = CASE state WHEN 'printed' THEN error ELSE ? END,
    state = CASE state WHEN 'printed' THEN state ELSE 'dropped' END
WHERE kind = 'text' AND content <> ''
"""
_COPIES = "SELECT count(*) FROM bill_copy WHERE bill = ?"
_NUMBER = "SELECT number FROM bill WHERE id = ?"


class JobKind(StrEnum):
    """What is printed: a bill by its id, a Z by its shift's, lines as they are, a label."""

    SLIP = "slip"
    REPORT = "report"
    TEXT = "text"
    LABEL = "label"


class JobState(StrEnum):
    """How far it is."""

    WAITING = "waiting"
    PRINTING = "printing"
    UNSURE = "unsure"
    PRINTED = "printed"
    DROPPED = "dropped"


class Job(NamedTuple):
    """One thing to print. `copy` is 0 for the first; all others say DUPLICATE."""

    id: int
    counter: str
    kind: JobKind
    about: str
    copy: int
    operator: str
    content: str
    state: JobState
    queued_at: int
    tries: int
    error: str


class Queued(NamedTuple):
    """How many jobs of a counter are to be printed, and of how many nobody knows if they were."""

    waiting: int
    unsure: int


class Printing:
    """The queue of each counter's printer."""

    def __init__(
        self, db: TillDatabase, journal: Journal, permissions: Permissions, clock: Clock
    ) -> None:
        self._db = db
        self._journal = journal
        self._permissions = permissions
        self._clock = clock

    # --- what is to be printed ---------------------------------------------------------------

    def queue_slip(
        self, connection: apsw.Connection, counter: str, bill: str, operator: str, copy: int = 0
    ) -> None:
        """A bill's slip, in the bill's own transaction; nothing where the counter has no printer,
        or the shop prints slips only when it is asked to."""
        row = (counter, bill, copy, operator, self._clock.now(), PRINT_SLIPS.name)
        connection.execute(_QUEUE_SLIP, row)

    def queue(
        self, counter: str, kind: JobKind, about: str, content: Sequence[str], actor: Actor
    ) -> Job:
        """Anything else, as lines. Refused where the counter has no printer."""
        with self._journal.transaction() as connection:
            return self.put(connection, counter, kind, about, content, actor.operator)

    def put(
        self,
        connection: apsw.Connection,
        counter: str,
        kind: JobKind,
        about: str,
        content: Sequence[str],
        operator: str,
        copy: int = 0,
    ) -> Job:
        """The same, in a transaction that is open."""
        if not self.has_printer(counter):
            raise Refused("printer-missing", f"counter {counter} has no printer set up")
        text = "\n".join(content)
        row = (counter, kind.value, about, copy, operator, text, self._clock.now())
        connection.execute(_QUEUE, row)
        return self.job(connection.last_insert_rowid())

    def has_printer(self, counter: str) -> bool:
        """Whether a printer is set up on a counter."""
        return self._db.connection().execute(_PRINTER, (counter,)).fetchone() is not None

    # --- looking -----------------------------------------------------------------------------

    def job(self, number: int) -> Job:
        """A job by its number. Refused where there is none."""
        found = self._db.connection().execute(_BY_ID, (number,)).fetchone()
        if found is None:
            raise Refused("job-unknown", f"there is no print job {number}")
        return _job(found)

    def open_jobs(self, counter: str) -> tuple[Job, ...]:
        """What is not printed yet, or may not be, the oldest first."""
        return tuple(map(_job, self._db.connection().execute(_OPEN, (counter,))))

    def queued(self, counter: str) -> Queued:
        """How much that is."""
        waiting, unsure = self._db.connection().execute(_COUNT, (counter,)).fetchall()[0]
        return Queued(int(waiting), int(unsure))

    def told(self, job: Job) -> str:
        """What a job prints, for people."""
        if job.kind is JobKind.SLIP:
            found = self._db.connection().execute(_NUMBER, (job.about,)).fetchone()
            what = f"slip of bill {found[0]}" if found else "slip"
        else:
            what = f"{job.kind} {job.about}".strip()
        return f"{what}, DUPLICATE" if job.copy else what

    # --- working it off: for whoever has the printer -----------------------------------------

    def take_over(self, counter: str) -> int:
        """The printer changes hands: what was being printed is unsure now. How many are."""
        with self._journal.transaction() as connection:
            with _overwriting(connection):
                connection.execute(_CUT_OFF, (counter,))
            return connection.changes()

    def next(self, counter: str) -> Job | None:
        """The oldest waiting job."""
        found = self._db.connection().execute(_NEXT, (counter,)).fetchone()
        return _job(found) if found else None

    def begin(self, job: Job) -> bool:
        """The first byte is about to go out; False where somebody dropped the job meanwhile."""
        return self._move(job, JobState.WAITING, JobState.PRINTING, tries=1)

    def printed(self, job: Job) -> None:
        """All of it was taken by the printer."""
        with self._journal.transaction() as connection:
            self._set(connection, job, JobState.PRINTING, JobState.PRINTED)
            with _overwriting(connection):
                connection.execute(_FORGET, (job.counter, KEPT_PRINTED))

    def put_back(self, job: Job, error: str) -> None:
        """Nothing of it reached the printer: it waits again."""
        self._move(job, JobState.PRINTING, JobState.WAITING, error)

    def torn(self, job: Job, error: str) -> None:
        """A part of it may stand on paper: printed again, marked, and an entry where it is a
        slip. One that is marked already waits as it is: a printer that tears slip after slip
        must not fill the books."""
        if job.copy:
            self.put_back(job, error)
            return
        error = clean(error, limit=ERROR_MAX)
        with self._journal.transaction() as connection:
            if self._set(connection, job, JobState.PRINTING, JobState.DROPPED, error):
                self._again(connection, job, Actor(job.operator, session="printer", reason=error))

    def refuse(self, job: Job, error: str) -> None:
        """This printer can't print it, however often it is tried."""
        self._move(job, JobState.PRINTING, JobState.DROPPED, error)

    # --- by people ---------------------------------------------------------------------------

    def settle(self, number: int, actor: Actor, *, printed: bool) -> Job:
        """Somebody looked at the paper: the unsure slip is there, or is printed again, marked.
        Refused for a job that is not unsure."""
        with self._journal.transaction() as connection:
            job = self.job(number)
            if job.state is not JobState.UNSURE:
                raise Refused("job-sure", f"print job {number} is {job.state.value}, not unsure")
            actor = self._permissions.check(Right.REPRINT, actor, about=job.about)
            after = JobState.PRINTED if printed else JobState.DROPPED
            self._set(connection, job, JobState.UNSURE, after, job.error)
            if not printed:
                self._again(connection, job, actor)
        return self.job(number)

    def drop(self, number: int, actor: Actor) -> Job:
        """A waiting job is not wanted any more. Refused for one that is not waiting."""
        with self._journal.transaction() as connection:
            job = self.job(number)
            self._permissions.check(Right.REPRINT, actor, about=job.about)
            if not self._set(connection, job, JobState.WAITING, JobState.DROPPED, job.error):
                raise Refused("job-late", f"print job {number} is {job.state.value} already")
        return self.job(number)

    # --- steps -------------------------------------------------------------------------------

    def _again(self, connection: apsw.Connection, job: Job, actor: Actor) -> None:
        copy = job.copy + 1
        if job.kind is JobKind.SLIP:
            number = str(connection.execute(_NUMBER, (job.about,)).get)
            copy = int(connection.execute(_COPIES, (job.about,)).get) + 1
            body: dict[str, Value] = {"number": number, "copy": copy}
            self._journal.append(Kind.BILL_REPRINTED, job.about, body, actor)
        row = (
            job.counter,
            job.kind.value,
            job.about,
            copy,
            actor.operator,
            job.content,
            self._clock.now(),
        )
        connection.execute(_QUEUE, row)

    def _move(
        self, job: Job, before: JobState, after: JobState, error: str = "", tries: int = 0
    ) -> bool:
        with self._journal.transaction() as connection:
            return self._set(connection, job, before, after, error, tries)

    def _set(
        self,
        connection: apsw.Connection,
        job: Job,
        before: JobState,
        after: JobState,
        error: str = "",
        tries: int = 0,
    ) -> bool:
        row = (after.value, tries, clean(error, limit=ERROR_MAX), job.id, before.value)
        with _overwriting(connection):
            connection.execute(_STATE, row)
        return connection.changes() == 1


@contextmanager
def _overwriting(connection: apsw.Connection) -> Iterator[None]:
    """What rows said before is overwritten in the file: sheets name customers, and nobody finds the
    remains of a row when one of them is erased."""
    before = connection.execute("PRAGMA secure_delete").get
    connection.execute("PRAGMA secure_delete = ON").fetchall()
    try:
        yield
    finally:
        connection.execute(f"PRAGMA secure_delete = {int(before)}").fetchall()


def _job(row: tuple[str | int, ...]) -> Job:
    number, counter, kind, about, copy, operator, content, state, at, tries, error = row
    return Job(
        int(number),
        str(counter),
        JobKind(str(kind)),
        str(about),
        int(copy),
        str(operator),
        str(content),
        JobState(str(state)),
        int(at),
        int(tries),
        str(error),
    )


def forget_texts(connection: apsw.Connection) -> None:
    """Sheets and slips that name customers, as lines: what they say goes, in the transaction that
    erases somebody. Those not printed yet are dropped: who needs them asks for them anew."""
    connection.execute(_FORGET_TEXTS, ("somebody on it was erased",))
