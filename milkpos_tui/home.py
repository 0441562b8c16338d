"""The home of a till: the folder with its database, its keys and its settings."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from milkpos_tui.domain.errors import Busy, Unreachable

PRINTER_HELD = "printer-held"


class Home(NamedTuple):
    """Where things lie. Everything in it is readable by its owner alone."""

    path: Path

    @property
    def database(self) -> Path:
        """The till's database."""
        return self.path / "till.db"

    @property
    def database_log(self) -> Path:
        """The write-ahead log of the database, there while somebody has it open."""
        return self.path / "till.db-wal"

    @property
    def anchor(self) -> Path:
        """The newest entry's hash, beside the database."""
        return self.path / "journal.anchor"

    @property
    def keys(self) -> Path:
        """What must never be in the database."""
        return self.path / "keys"

    @property
    def node_key(self) -> Path:
        """The node's private key."""
        return self.keys / "node.key"

    @property
    def node_identity(self) -> Path:
        """The node's id and public key: what the journal is verified against."""
        return self.keys / "node.pub"

    @property
    def pepper(self) -> Path:
        """The key that PINs are digested with before they are hashed."""
        return self.keys / "pepper"

    @property
    def hash_cost(self) -> Path:
        """What hashing a PIN costs on this machine, where that was measured."""
        return self.keys / "hash-cost"

    @property
    def message_urls(self) -> Path:
        """By which services messages go out: the keys of the shop's accounts there."""
        return self.keys / "message-urls"

    @property
    def bills(self) -> Path:
        """Where the till writes monthly bills as PDF."""
        return self.path / "bills"

    @property
    def config(self) -> Path:
        """The settings of this machine, written by people."""
        return self.path / "config.toml"

    @property
    def exists(self) -> bool:
        """Whether a till was made here."""
        return self.database.exists()

    def make(self) -> None:
        """Make the folders. Raises Unreachable where that is not allowed or possible."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.keys.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise Unreachable(
                "home-unreachable", f"{self.path} can't be made: {error.strerror}"
            ) from error

    def unmake(self) -> None:
        """Take away the files of a till, and only those. For the demo alone."""
        database = self.database.name
        files = [self.path / f"{database}{end}" for end in ("", "-wal", "-shm")]
        files += [self.anchor, self.node_key, self.node_identity, self.pepper, self.hash_cost]
        files.append(self.message_urls)
        for file in files:
            file.unlink(missing_ok=True)

    @contextmanager
    def holding_counter(self, counter: str) -> Iterator[None]:
        """Hold a counter while a terminal bills on it. Raises Busy if another one holds it."""
        held = Busy("counter-held", f"counter {counter} is open at another terminal")
        with self._holding(f"counter-{counter}.lock", held):
            yield

    @contextmanager
    def holding_printer(self, counter: str) -> Iterator[None]:
        """Hold a counter's printer while its queue is worked off. Raises Busy if another terminal
        does that."""
        held = Busy(PRINTER_HELD, f"another terminal prints for counter {counter}")
        with self._holding(f"printer-{counter}.lock", held):
            yield

    @contextmanager
    def sending_messages(self) -> Iterator[None]:
        """Hold the queue of messages while it is sent. Raises Busy if another program does."""
        with self._holding(
            "messages.lock", Busy("messages-held", "messages are being sent already")
        ):
            yield

    @contextmanager
    def showing_customers(self, counter: str) -> Iterator[None]:
        """Say that a display of another program follows a counter; there may be several."""
        descriptor = self._lock_file(f"display-{counter}.lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield
        finally:
            os.close(descriptor)

    def shows_customers(self, counter: str) -> bool:
        """Whether there is one now."""
        descriptor = self._lock_file(f"display-{counter}.lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    @contextmanager
    def _holding(self, name: str, held: Busy) -> Iterator[None]:
        """A lock of the kernel: it goes with the process, however that ends."""
        lock = self._lock_file(name)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise held from None
        try:
            yield
        finally:
            os.close(lock)

    def _lock_file(self, name: str) -> int:
        try:
            return os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unreachable(
                "home-unreachable", f"{self.path} can't be written: {error.strerror}"
            ) from error


def home_at(path: str | None, environment: Mapping[str, str]) -> Home:
    """The home that was asked for, else `MILKPOS_HOME`, else the user's data folder.

    Raises Unreachable where none of them is known.
    """
    chosen = path or environment.get("MILKPOS_HOME")
    if chosen:
        try:
            return Home(Path(chosen).expanduser().absolute())
        except RuntimeError as error:
            raise Unreachable("home-missing", f"there is no user of {chosen}") from error
    data = environment.get("XDG_DATA_HOME")
    if data and Path(data).is_absolute():
        return Home(Path(data) / "milkpos")
    user = environment.get("HOME")
    if not user:
        raise Unreachable(
            "home-missing", "there is no home folder: say where with --home or MILKPOS_HOME"
        )
    return Home(Path(user) / ".local/share/milkpos")
