"""What the database can refuse, in words. The till gives these its own exit codes."""

import apsw
import peewee


class StorageError(Exception):
    """The database can't do what was asked; `code` for scripts, the text for people."""

    code = "storage"


class NotADatabase(StorageError):
    """The file is no till's database, or is damaged."""

    code = "database-unreadable"


class TooNew(StorageError):
    """A newer MilkPOS wrote the file."""

    code = "database-newer"


class TooOld(StorageError):
    """An older MilkPOS wrote the file, and whoever opens it only reads."""

    code = "database-older"


class CantOpen(StorageError):
    """No such file, no permission, no directory."""

    code = "database-unreachable"


class DiskFull(StorageError):
    """Nothing more can be written."""

    code = "disk-full"


class DiskFault(StorageError):
    """The disk failed at reading or writing."""

    code = "disk-fault"


class Locked(StorageError):
    """Another program held the database longer than the busy time-out."""

    code = "database-busy"


class Forbidden(StorageError):
    """A rule that the database itself keeps: a trigger or a constraint."""

    code = "database-rule"


_TOLD: tuple[tuple[type[apsw.Error], type[StorageError], str], ...] = (
    (apsw.FullError, DiskFull, "the disk is full: nothing was stored. Make room and try again"),
    (apsw.BusyError, Locked, "another program holds the database: try again"),
    (apsw.LockedError, Locked, "another program holds the database: try again"),
    (apsw.NotADBError, NotADatabase, "the file is not a till's database"),
    (apsw.CorruptError, NotADatabase, "the database is damaged"),
    (apsw.FormatError, NotADatabase, "the file is not a till's database"),
    (apsw.CantOpenError, CantOpen, "the database can't be opened: no such file or no permission"),
    (apsw.PermissionsError, CantOpen, "no permission for the database"),
    (apsw.ReadOnlyError, CantOpen, "the database can't be written: no permission"),
    (apsw.IOError, DiskFault, "the disk failed: nothing was stored"),
    (apsw.ConstraintError, Forbidden, "the database refuses it"),
)

# What a database call can raise, from apsw directly or through Peewee.
DATABASE_ERRORS = (apsw.Error, peewee.PeeweeException)


def told(error: Exception) -> StorageError:
    """The storage error that an error of apsw, or of Peewee around it, means."""
    root: BaseException = error
    while not isinstance(root, apsw.Error) and (root.__cause__ or root.__context__):
        root = root.__cause__ or root.__context__ or root
    for kind, means, words in _TOLD:
        if isinstance(root, kind):
            detail = f" ({root})" if means in (Forbidden, DiskFault) else ""
            return means(words + detail)
    return StorageError(f"the database failed ({root})")
