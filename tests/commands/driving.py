"""The command line as scripts meet it: run as a process of its own, or inside this one.

What comes back is judged at once: no command may end in a traceback or in a defect of ours.
"""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from milkpos_tui.commands import main
from milkpos_tui.commands.failing import DEFECT
from milkpos_tui.commands.globals import split_globals
from milkpos_tui.home import Home
from milkpos_tui.journal.clock import Clock
from milkpos_tui.till import open_till
from tests.support.tills import (
    OWNER,
    OWNER_PIN,
    close_shift,
    make_home,
    open_sample_till,
    open_shift,
)

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "cli")
PATIENCE_S = 60  # for another process; never waited for unless something is wrong

REFUSED, USAGE, NOT_WHOLE, UNREACHABLE, BUSY = 1, 2, 3, 4, 5
PIPE_CLOSED = 141

OPEN_SHIFT = ("shift", "open", "--float", "500")  # what a new till needs before it sells


def found(folder: Path, clock: Clock) -> Home:
    """A till with the sample items."""
    home = make_home(folder, clock=clock)
    with open_sample_till(home, clock):
        return home


def next_shift(home: Home, clock: Clock, day: date | None = None) -> None:
    """The shift of the first counter closed, and the next one begun: of a day, else of today."""
    with open_till(home, clock) as till:
        close_shift(till)
        open_shift(till, day=day)


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document of the result."""
        return json.loads(self.out)

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The JSON documents of a stream, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def lines(self) -> list[str]:
        """The lines of the result."""
        return self.out.splitlines()

    @property
    def error(self) -> dict[str, str]:
        """The code and message of a failure with `--json`: the last line on standard error."""
        told = json.loads(self.err.splitlines()[-1])
        assert told.keys() == {"error"}
        assert told["error"].keys() == {"code", "message"}
        return told["error"]


def environment(
    home: Home | Path | None,
    pin: str | None = OWNER_PIN,
    operator: str | None = OWNER.operator,
    env: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """All that a command sees of the environment: nothing of the developer's own leaks in."""
    folder = home.path if isinstance(home, Home) else home
    named = {"MILKPOS_HOME": folder, "MILKPOS_PIN": pin, "MILKPOS_AS": operator}
    given = {name: str(value) for name, value in named.items() if value is not None}
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | given | dict(env or {})


def run(
    *args: str | bytes,
    home: Home | Path | None,
    pin: str | None = OWNER_PIN,
    operator: str | None = OWNER.operator,
    stdin: str | bytes = "",
    env: Mapping[str, str] | None = None,
) -> Ran:
    """A command as a process of its own, on a home."""
    ended = subprocess.run(
        [*COMMAND, *args],
        cwd=ROOT,
        env=environment(home, pin, operator, env),
        input=_bytes(stdin),
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return _judged(Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode()))


@contextmanager
def running(
    *args: str, home: Home, env: Mapping[str, str] | None = None, **streams: Any
) -> Iterator[subprocess.Popen[str]]:
    """A command under way, with pipes where `streams` says nothing else; killed at the end."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    process = subprocess.Popen(
        [*COMMAND, *args],
        cwd=ROOT,
        env=environment(home, env=env),
        text=True,
        bufsize=1,
        preexec_fn=_heed_interrupts,
        **(pipes | streams),
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _heed_interrupts() -> None:
    """A shell's background job, as these tests may be, ignores them and so would the command."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def writing(home: Home) -> Iterator[None]:
    """Another process holds a write transaction on a till's database."""
    code = (
        "import apsw, sys\n"
        "connection = apsw.Connection(sys.argv[1])\n"
        "connection.execute('BEGIN IMMEDIATE')\n"
        "connection.execute('DELETE FROM draft')\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(home.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.stdin.close()


class Here:
    """`run` without the cost of a process: for the many cases. A test's own clock is in force."""

    def __init__(self, home, monkeypatch, capsys):
        self.home = home
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(
        self,
        *args: str,
        home: Home | Path | None = None,
        pin: str | None = OWNER_PIN,
        operator: str | None = OWNER.operator,
        stdin: str | bytes = "",
        env: Mapping[str, str] | None = None,
    ) -> Ran:
        with self._monkeypatch.context() as patch:
            given = environment(home or self.home, pin, operator, env)
            for name in os.environ.keys() - given.keys():
                patch.delenv(name)
            for name, value in given.items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(_bytes(stdin))))
            self._capsys.readouterr()
            code = main.run(*split_globals(args))
        said = self._capsys.readouterr()
        return _judged(Ran(code, said.out, said.err))


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _judged(ran: Ran) -> Ran:
    assert ran.code != DEFECT, ran.err
    assert "Traceback (most recent call last)" not in ran.err, ran.err
    assert "Exception ignored" not in ran.err, ran.err
    return ran


def adding(name: str, role: str, kind: str, at: str = "", *options: str) -> tuple[str, ...]:
    """The words of `milkpos device add`."""
    where = ("--at", at) if at else ()
    settings = [word for option in options for word in ("--set", option)]
    return ("device", "add", name, "--role", role, "--kind", kind, *where, *settings)


def assert_words(ran: Ran, code: int, *words: str) -> None:
    """It ended so, told why in words on standard error alone, and gave no result."""
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert ran.err.startswith("milkpos: ")
    for word in words:
        assert word in ran.err, f"{word!r} is not told: {ran.err}"
    assert "None:" not in ran.err, "a name that nobody gave is told"
