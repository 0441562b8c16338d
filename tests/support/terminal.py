"""A real pseudo-terminal for tests: run a program in it, press keys, wait for what it shows.

    with Terminal(["milkpos"], env={"HOME": str(tmp_path)}) as till:
        till.wait_for("READY")
        till.send("1<enter><f5>")
        till.wait_for(r"TOTAL +64\\.00")

Nothing here sleeps for a fixed time: every wait ends when the screen says so, or with
`TerminalTimeout`, which prints the screen.
"""

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import termios
import time
from types import TracebackType
from typing import Self

from tests.support.vt import Emulator, Screen

READ_BYTES = 1 << 16
APPLICATION_CURSOR_KEYS = 1 << 5  # DECCKM, as pyte numbers private modes

PLAIN = {"enter": "\r", "tab": "\t", "esc": "\x1b", "space": " ", "backspace": "\x7f", "lt": "<"}
LETTERED = {"up": "A", "down": "B", "right": "C", "left": "D", "end": "F", "home": "H"}
LETTERED |= {"f1": "P", "f2": "Q", "f3": "R", "f4": "S"}
NUMBERED = {"insert": 2, "delete": 3, "pageup": 5, "pagedown": 6, "f5": 15, "f6": 17, "f7": 18}
NUMBERED |= {"f8": 19, "f9": 20, "f10": 21, "f11": 23, "f12": 24}
CONSOLE = {f"f{n}": f"\x1b[[{letter}" for n, letter in enumerate("ABCDE", start=1)}
CONSOLE |= {"home": "\x1b[1~", "end": "\x1b[4~", "shift+tab": "\x1b\t"}
MODIFIERS = {"shift": 1, "alt": 2, "ctrl": 4}


def key_code(name: str, *, console: bool = False, application: bool = False) -> str:
    """What a keyboard sends for `f1`, `ctrl+a`, `shift+up` ... ; ValueError: no such key."""
    if console and name in CONSOLE:
        return CONSOLE[name]
    if name == "shift+tab":
        return "\x1b[Z"
    *modifiers, key = name.split("+")
    if not modifiers and key in PLAIN:
        return PLAIN[key]
    if modifiers == ["alt"] and (len(key) == 1 or key in PLAIN):
        return "\x1b" + PLAIN.get(key, key)
    if modifiers == ["ctrl"] and len(key) == 1 and key.isalpha():
        return chr(ord(key) & 0x1F)
    if set(modifiers) <= MODIFIERS.keys():
        state = f";{1 + sum(MODIFIERS[modifier] for modifier in modifiers)}" if modifiers else ""
        if key in NUMBERED:
            return f"\x1b[{NUMBERED[key]}{state}~"
        if key in LETTERED and state:
            return f"\x1b[1{state}{LETTERED[key]}"
        if key in LETTERED:
            return f"\x1b{'O' if application or key[0] == 'f' else '['}{LETTERED[key]}"
    raise ValueError(f"no such key: <{name}>; write <lt> for a less-than sign")


class TerminalTimeout(AssertionError):
    """The screen did not become what a test waited for; the message shows what it was."""


class Terminal:
    """A program in a pseudo-terminal of its own, its screen, and a keyboard for it.

    `env` is all that the program gets, over PATH, HOME, LANG and TERM: nothing of the developer's
    own settings leaks in. `term="linux"` also behaves like the Linux console. The program starts on
    entering the context and its whole process group is killed on leaving it.
    """

    def __init__(
        self,
        command: list[str],
        *,
        env: dict[str, str],
        cols: int = 80,
        rows: int = 24,
        term: str = "xterm-256color",
        cwd: str | os.PathLike[str] | None = None,
    ) -> None:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.env = inherited | {"LANG": "C.UTF-8", "TERM": term} | env
        # posix_spawn cannot change the directory
        change_directory = ["sh", "-c", 'cd "$0" && exec "$@"', os.fspath(cwd)] if cwd else []
        self.command = change_directory + command
        self.console = term == "linux"
        self.screen = Screen(cols, rows)
        self.ended = False  # the program and its children have let go of the terminal
        self.received = 0  # bytes
        self.chunks = 0
        self.started_ns = self.arrived_ns = 0  # monotonic; when the last output came in
        self.pid = 0
        self._outbox = bytearray()
        self._emulator = Emulator(self.screen, self._outbox.extend, console=self.console)
        self._raw = bytearray()

    def __enter__(self) -> Self:
        self._master, slave = pty.openpty()
        try:
            os.set_blocking(self._master, False)
            self._set_size()
            self._open_source(slave)
            self._spawn(os.ttyname(slave))
        except BaseException:
            self._close()
            raise
        finally:
            os.close(slave)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill(signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._pidfd)
        self._close()

    def _spawn(self, tty: str) -> None:
        program = shutil.which(self.command[0], path=self.env.get("PATH"))
        if program is None:
            raise FileNotFoundError(self.command[0])
        # Opened by the leader of a new session, the terminal becomes its controlling one.
        opened = (os.POSIX_SPAWN_OPEN, 0, tty, os.O_RDWR, 0)
        copied = [(os.POSIX_SPAWN_DUP2, 0, fd) for fd in (1, 2)]
        self.started_ns = self.arrived_ns = time.monotonic_ns()
        self.pid = os.posix_spawn(
            program,
            self.command,
            self.env,
            file_actions=[opened, *copied],
            setsid=True,
            setsigdef=[signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ],
        )
        self._pidfd = os.pidfd_open(self.pid)

    # -- where output comes from: benchmarks.measure puts a time-stamping reader in between

    def _open_source(self, slave: int) -> None:
        self._source = self._master

    def _read_chunk(self) -> tuple[int, bytes]:
        """When the next output arrived and what it is; nothing at all once the program has gone."""
        try:
            data = os.read(self._master, READ_BYTES)
        except OSError:  # EIO: no process has the terminal open any more
            data = b""
        return time.monotonic_ns(), data

    def _close(self) -> None:
        os.close(self._master)

    # -- output

    def _pump(self, seconds: float) -> bool:
        """Show the next output; False if there was none in that time."""
        if self.ended or not select.select([self._source], [], [], max(0.0, seconds))[0]:
            return False
        self._receive()
        if self._outbox:
            self._write(b"")
        return not self.ended

    def _receive(self) -> None:
        at, data = self._read_chunk()
        if not data:
            self.ended = True
            return
        self.arrived_ns = at
        self.received += len(data)
        self.chunks += 1
        self._raw += data
        self._emulator.feed(data)

    @property
    def raw(self) -> bytes:
        """All output so far."""
        return bytes(self._raw)

    def lines(self) -> list[str]:
        """The lines of the screen, each as wide as the screen."""
        return list(self.screen.rendered())

    def text(self) -> str:
        """The lines of the screen joined by newlines."""
        return "\n".join(self.screen.rendered())

    def glyphs(self) -> set[str]:
        """Every character ever drawn."""
        return set(self.screen.glyphs)

    def colours(self) -> set[str]:
        """Every colour code ever used: "31", "97" of the sixteen, "38;5" (256), "48;2" (RGB)."""
        return set(self.screen.colours)

    def unknown(self) -> set[str]:
        """Sequences that this terminal did not understand."""
        return set(self._emulator.unknown)

    # -- waiting

    def wait_for(self, regex: str | re.Pattern[str], timeout: float = 20) -> re.Match[str]:
        """Wait until the screen matches (`^` and `$` are a line's; `.` stays on its line).

        Looked at after each piece of output, but not inside a synchronized frame, which a real
        terminal would not show yet: `arrived_ns` is then when the match became visible.
        """
        pattern = _compiled(regex)
        until = time.monotonic() + timeout
        while True:
            shown = self.ended or not self.screen.in_frame
            if shown and (match := pattern.search(self.text())):
                return match
            self._next(until, f"no {pattern.pattern!r} on the screen after {timeout} s")

    def wait_gone(self, regex: str | re.Pattern[str], timeout: float = 20) -> None:
        """Wait until the screen does not match any more."""
        pattern = _compiled(regex)
        until = time.monotonic() + timeout
        while self.screen.in_frame or pattern.search(self.text()):
            self._next(until, f"{pattern.pattern!r} still on the screen after {timeout} s")

    def settle(self, quiet: float = 0.05, timeout: float = 20) -> None:
        """Wait until nothing was put out for that long."""
        until = time.monotonic() + timeout
        while self._pump(quiet):
            if time.monotonic() > until:
                raise self._timeout(f"still putting out after {timeout} s")

    def read_for(self, seconds: float) -> None:
        """Go on showing output for a time: for measurements, not for tests."""
        until = time.monotonic() + seconds
        while not self.ended and (left := until - time.monotonic()) > 0:
            self._pump(left)

    def _next(self, until: float, failure: str) -> None:
        """One more piece of output, or the failure."""
        while not self._pump(until - time.monotonic()):
            if self.ended:
                raise self._timeout(f"{failure.partition(' after ')[0]} when the program ended")
            if time.monotonic() >= until:
                raise self._timeout(failure)

    def _timeout(self, failure: str) -> TerminalTimeout:
        rule = "-" * self.screen.columns
        screen = "\n".join(line.rstrip() for line in self.screen.rendered())
        return TerminalTimeout(f"{failure}\n{rule}\n{screen}\n{rule}\n{' '.join(self.command)}")

    # -- input

    def send(self, keys: str) -> None:
        """Press keys: text, with `<enter> <f1> <ctrl+a> <esc> <shift+tab> <alt+x> <lt>` ... in it.

        A program takes `<esc>` and a key sent at once for Alt and the key, as from a real keyboard:
        wait for what the Esc does first.
        """
        application = APPLICATION_CURSOR_KEYS in self.screen.mode

        def code(name: re.Match[str]) -> str:
            return key_code(name[1], console=self.console, application=application)

        self._write(re.sub(r"<([a-z0-9+]+)>", code, keys).encode())

    def _write(self, data: bytes) -> None:
        self._outbox += data
        while self._outbox and not self.ended:
            readable, writable, _ = select.select([self._source], [self._master], [], 20)
            if writable:
                del self._outbox[: os.write(self._master, self._outbox)]
            elif readable:  # a program that waits for its output to be read does not read keys
                self._receive()
            else:
                raise self._timeout(f"the program does not read: {bytes(self._outbox)!r}")

    def resize(self, cols: int, rows: int) -> None:
        """Change the size of the terminal, as when a window is dragged."""
        self.screen.resize(rows, cols)
        self._set_size()

    def _set_size(self) -> None:
        size = struct.pack("HHHH", self.screen.lines, self.screen.columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)

    # -- the process

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to the program and all of its group."""
        os.killpg(self.pid, number)  # the id stays ours: only leaving the context reaps the program

    def exit_code(self, timeout: float = 20) -> int:
        """Wait for the program's end; its exit code, or minus the signal that killed it."""
        until = time.monotonic() + timeout
        ready: list[int] = []
        while self._pidfd not in ready:
            sources = [self._pidfd] if self.ended else [self._pidfd, self._source]
            ready = select.select(sources, [], [], max(0.0, until - time.monotonic()))[0]
            if not ready:
                raise self._timeout(f"still running after {timeout} s")
            self._pump(0)
        while self._pump(0.05):  # its last words
            pass
        end = os.waitid(os.P_PIDFD, self._pidfd, os.WEXITED | os.WNOWAIT)
        if end is None:
            raise ChildProcessError(f"process {self.pid} was reaped by somebody else")
        return end.si_status if end.si_code == os.CLD_EXITED else -end.si_status


def _compiled(regex: str | re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(regex, re.MULTILINE) if isinstance(regex, str) else regex
