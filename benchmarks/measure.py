"""Measuring a program through a real pseudo-terminal, as the person at the till would feel it.

Bytes are exact, times are not: `benchmarks.compare` makes of many runs what can be said.
"""

import fcntl
import os
import re
import select
import signal
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.terminal import READ_BYTES, Terminal

HEADER = struct.Struct("<QI")  # monotonic nanoseconds of arrival, bytes that follow
PIPE_BYTES = 1 << 20
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class StampedTerminal(Terminal):
    """A terminal whose output is time-stamped on arrival by a process of its own.

    A process and not a thread: this one renders the screen and searches it, and a thread would wait
    up to a switch interval (5 ms, twice a whole keystroke) for the interpreter lock before it could
    look at the clock.
    """

    def _open_source(self, slave: int) -> None:
        self._source, stamped = os.pipe()
        fcntl.fcntl(stamped, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._reader = os.fork()
        if self._reader == 0:
            try:
                os.close(self._source)
                os.close(slave)  # or the terminal would outlive the program
                _stamp_output(self._master, stamped)
            finally:
                os._exit(0)
        os.close(stamped)

    def _read_chunk(self) -> tuple[int, bytes]:
        at, length = HEADER.unpack(self._read_exactly(HEADER.size))
        return at, self._read_exactly(length)

    def _read_exactly(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            data += os.read(self._source, length - len(data))
        return data

    def _close(self) -> None:
        super()._close()
        os.kill(self._reader, signal.SIGKILL)
        os.waitpid(self._reader, 0)
        os.close(self._source)


def _stamp_output(master: int, stamped: int) -> None:
    """Pass output on, each piece with its time of arrival; an empty piece ends it."""
    data = b"?"
    while data:
        select.select([master], [], [])
        try:
            data = os.read(master, READ_BYTES)
        except OSError:  # EIO: no process has the terminal open any more
            data = b""
        os.write(stamped, HEADER.pack(time.monotonic_ns(), len(data)) + data)


# -- what the kernel knows of a program and all its descendants


def process_tree(pid: int) -> list[int]:
    """The process and its living descendants."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        if fields := read(stat).rpartition(")")[2].split():
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    tree = [pid]
    for parent in tree:
        tree += children.get(parent, [])
    return tree


def cpu_ms(pids: Sequence[int]) -> float:
    """CPU time used, with the threads and the children that have ended.

    From the processes' CPU clocks, which count in nanoseconds; the schedstat of the tasks does too,
    but forgets every thread that has ended. Only for ended children are ticks all that there is.
    """
    total_ms = 0.0
    for pid in pids:
        fields = read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
        if not fields:
            continue
        ended_children_ticks = int(fields[13]) + int(fields[14])
        total_ms += ended_children_ticks * 1000 / TICKS_PER_SECOND
        total_ms += time.clock_gettime_ns(_cpu_clock(pid)) / 1e6
    return total_ms


def _cpu_clock(pid: int) -> int:
    """The clock id of another process's CPU clock, as clock_getcpuclockid(3) makes it."""
    scheduler_clock = 2
    return (~pid << 3) | scheduler_clock


def wakeups(pids: Sequence[int]) -> int:
    """How often the threads have gone to sleep to be woken again."""
    return sum(
        _field(read(status), "voluntary_ctxt_switches")
        for pid in pids
        for status in Path(f"/proc/{pid}/task").glob("*/status")
    )


def _field(text: str, name: str) -> int:
    """The number after `name:` at a line's start; 0 if there is none."""
    for line in text.splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0


def read(path: Path) -> str:
    """A file of /proc; empty if its process has ended meanwhile."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


# -- measurements


@dataclass(frozen=True)
class Response:
    """From exec or a key to the screen that answers it; CPU and bytes until that has settled."""

    ms: float
    cpu_ms: float
    bytes: int


@dataclass(frozen=True)
class Idled:
    """What doing nothing costs."""

    bytes_per_s: float
    wakeups_per_s: float
    cpu_percent: float


@dataclass(frozen=True)
class Resident:
    """Memory: shared pages by share (PSS; other Pythons on the machine lower it), and its own."""

    pss_mb: float
    private_mb: float


Measurement = Response | Idled | Resident


def measure_start(terminal: Terminal, ready: str, *, settle_s: float, timeout_s: float) -> Response:
    """Measure a terminal that was just entered."""
    terminal.wait_for(ready, timeout_s)
    ready_ms = (terminal.arrived_ns - terminal.started_ns) / 1e6
    terminal.settle(settle_s)
    return Response(ready_ms, cpu_ms(process_tree(terminal.pid)), terminal.received)


def measure_keys(
    terminal: Terminal, keys: str, expect: str, *, settle_s: float = 0.06, timeout_s: float = 20
) -> Response:
    """Measure keys that make the screen match; ValueError if it does already."""
    if re.search(expect, terminal.text(), re.MULTILINE):
        raise ValueError(f"{expect!r} is on the screen before {keys!r}:\n{terminal.text()}")
    pids = process_tree(terminal.pid)
    cpu_before_ms, bytes_before = cpu_ms(pids), terminal.received
    pressed_ns = time.monotonic_ns()
    terminal.send(keys)
    terminal.wait_for(expect, timeout_s)
    ms = (terminal.arrived_ns - pressed_ns) / 1e6
    terminal.settle(settle_s)
    return Response(ms, cpu_ms(pids) - cpu_before_ms, terminal.received - bytes_before)


def measure_idle(terminal: Terminal, seconds: float) -> Idled:
    """Measure the program while nobody touches it."""
    terminal.settle(0.3)
    pids = process_tree(terminal.pid)
    begun, cpu_before_ms = time.monotonic(), cpu_ms(pids)
    wakeups_before, bytes_before = wakeups(pids), terminal.received
    terminal.read_for(seconds)
    elapsed_s = time.monotonic() - begun
    return Idled(
        bytes_per_s=(terminal.received - bytes_before) / elapsed_s,
        wakeups_per_s=(wakeups(pids) - wakeups_before) / elapsed_s,
        cpu_percent=(cpu_ms(pids) - cpu_before_ms) / elapsed_s / 10,
    )


def measure_memory(terminal: Terminal) -> Resident:
    """Measure what the program and its descendants hold in memory now."""
    maps = [read(Path(f"/proc/{pid}/smaps_rollup")) for pid in process_tree(terminal.pid)]
    private = ("Private_Clean", "Private_Dirty")
    return Resident(
        pss_mb=sum(_field(text, "Pss") for text in maps) / 1024,
        private_mb=sum(_field(text, name) for text in maps for name in private) / 1024,
    )


# -- scenarios


@dataclass(frozen=True)
class Keys:
    """Keys pressed `repeat` times: what to press, and what the screen shows then, by repetition.

    `before` is pressed ahead of each, unmeasured. Without a `label` nothing of it is reported.
    """

    label: str
    press: Callable[[int], str]
    expect: Callable[[int], str]
    repeat: int = 1
    before: Callable[[int], str] | None = None
    settle_s: float = 0.06


@dataclass(frozen=True)
class Idle:
    """Nobody touches the program for some seconds."""

    label: str
    seconds: float


@dataclass(frozen=True)
class Memory:
    """A look at the memory it uses."""

    label: str


@dataclass(frozen=True)
class Scenario:
    """A program and what is done with it, from its start on."""

    name: str
    command: list[str]
    ready: str
    steps: Sequence[Keys | Idle | Memory]
    env: dict[str, str] = field(default_factory=dict)
    cols: int = 80
    rows: int = 24
    term: str = "xterm-256color"
    cwd: str | None = None
    before_run: Callable[[], None] = lambda: None  # for instance a fresh copy of a database
    start_timeout_s: float = 60


Figures = dict[str, list[Measurement]]


def run(scenario: Scenario) -> Figures:
    """Go through a scenario once; the measurements by the labels of its steps, and `start`."""
    scenario.before_run()
    figures: Figures = {}
    with StampedTerminal(
        scenario.command,
        env=scenario.env,
        cols=scenario.cols,
        rows=scenario.rows,
        term=scenario.term,
        cwd=scenario.cwd,
    ) as terminal:
        timeout_s = scenario.start_timeout_s
        figures["start"] = [
            measure_start(terminal, scenario.ready, settle_s=0.25, timeout_s=timeout_s)
        ]
        for step in scenario.steps:
            figures[step.label] = _take(terminal, step)
    figures.pop("", None)
    return figures


def _take(terminal: Terminal, step: Keys | Idle | Memory) -> list[Measurement]:
    if isinstance(step, Idle):
        return [measure_idle(terminal, step.seconds)]
    if isinstance(step, Memory):
        return [measure_memory(terminal)]
    taken: list[Measurement] = []
    for i in range(step.repeat):
        if step.before is not None:
            terminal.send(step.before(i))
            terminal.settle(step.settle_s)
        keys, expect = step.press(i), step.expect(i)
        taken.append(measure_keys(terminal, keys, expect, settle_s=step.settle_s))
    return taken
