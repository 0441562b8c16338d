"""A counter with all its devices: what a scan takes beside typing, what they cost while nobody
sells, and how fast a slip is made."""

import os
import statistics
import tempfile
import time
import tty
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.books import ACTOR, COUNTER, OWNER, PIN, clear_counter, copy_books, make_books
from benchmarks.figures import Figure, Measured, spread
from benchmarks.floors.scenario import FLOOR_ENV
from benchmarks.measure import Idled, StampedTerminal, measure_idle
from benchmarks.sales import FEW_BILLS, PRODUCTS
from benchmarks.screen import lines
from benchmarks.starting import MILKPOS
from drivers.display.frames import CommandSet
from drivers.display.simulated import SimulatedDisplay
from drivers.printer.simulated import PtyPlug, SimulatedPrinter
from drivers.scale.simulated import PtyScale
from drivers.scanner.decoder import KeyDecoder, Rules
from drivers.scanner.keys import DOWN, EV_KEY, EV_SYN, SYN_REPORT, UP
from milkpos_tui.domain.devices import Device, Kind, Role
from milkpos_tui.hardware.papers import bytes_of
from milkpos_tui.hardware.wiring import printer_of
from milkpos_tui.home import Home
from milkpos_tui.services.printing import JobKind
from milkpos_tui.till import Actor, open_till

SCANS_LIMIT, IDLE_CPU_LIMIT, SLIP_LIMIT_MS = 1.3, 1.0, 15
CODES_DECODED, ENTER = 5_000, 28  # linux/input-event-codes.h
LINES_A_BILL, SLIP_LINES, PAUSE_S = 20, 20, 0.06


def counter(bills: int, idle_s: float) -> Measured:
    """A till on a pseudo-terminal, its devices on ptys."""
    home = copy_books(make_books(PRODUCTS, FEW_BILLS), "counter")
    clear_counter(home)
    slip_ms = _slips(home, 20)
    env = FLOOR_ENV | {"MILKPOS_HOME": str(home.path), "MILKPOS_AS": OWNER.code, "MILKPOS_PIN": PIN}
    with _equipped(home) as scanner, StampedTerminal([str(MILKPOS)], env=env) as terminal:
        terminal.wait_for(lines(0), 60)
        terminal.wait_for(r"F5 0\.000 kg", 20)  # the devices are there
        terminal.settle(1.0)
        codes = _codes(home)
        scanned, typed = [], []
        for _ in range(bills):
            for number in range(1, LINES_A_BILL + 1):
                ways = (scanned, typed) if number % 2 else (typed, scanned)
                code = codes[number % len(codes)]
                took = _line(terminal, scanner, code, number, scan=ways[0] is scanned)
                ways[0].append(took)
            terminal.send("+/<enter>")
            terminal.wait_for(lines(0))
            terminal.settle(0.5)
        idle = measure_idle(terminal, idle_s)
    ratio = statistics.median(scanned) / statistics.median(typed)
    note = f"{statistics.median(scanned):.1f} / {statistics.median(typed):.1f} ms"
    return Measured(
        [
            Figure(
                "scan to painted line: time / the code typed", ratio, "x", SCANS_LIMIT, note=note
            ),
            Figure("scanner decoder: a key event", _decoding(), "µs", 5, note="200,000 a second"),
            *_idle(idle),
            Figure(
                f"a slip of {SLIP_LINES} lines built, after the first",
                statistics.median(slip_ms[1:]),
                "ms",
                SLIP_LIMIT_MS,
                note=f"first {slip_ms[0]:.0f} ms; {spread(min(slip_ms[1:]), max(slip_ms[1:]))}",
            ),
        ],
        {"scanned_ms": scanned, "typed_ms": typed, "slip_ms": slip_ms},
    )


def _decoding() -> float:
    """Microseconds a key event, of codes of 13 digits and Enter."""
    decoded: list[object] = []
    decoder = KeyDecoder("scanner", Rules(), decoded.append)
    keys = [*(2 + digit for digit in (7, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4)), ENTER]
    begun = time.perf_counter_ns()
    for _ in range(CODES_DECODED):
        for key in keys:
            decoder.feed(EV_KEY, key, DOWN, 0)
            decoder.feed(EV_SYN, SYN_REPORT, 0, 0)
            decoder.feed(EV_KEY, key, UP, 0)
            decoder.feed(EV_SYN, SYN_REPORT, 0, 0)
    took = (time.perf_counter_ns() - begun) / 1000
    assert len(decoded) == CODES_DECODED, "every code came out"
    return took / (CODES_DECODED * len(keys) * 4)


def _idle(idle: Idled) -> list[Figure]:
    return [
        Figure("idle with all devices: CPU", idle.cpu_percent, "%", IDLE_CPU_LIMIT),
        Figure("idle with all devices: bytes", idle.bytes_per_s, "bytes/s"),
        Figure("idle with all devices: wake-ups", idle.wakeups_per_s, "/s"),
    ]


def _line(terminal: StampedTerminal, scanner: int, code: str, number: int, *, scan: bool) -> float:
    begun = time.monotonic_ns()
    if scan:
        os.write(scanner, f"{code}\r".encode())
    else:
        terminal.send(f"{code}<enter>")
    terminal.wait_for(lines(number))
    took = (terminal.arrived_ns - begun) / 1e6
    terminal.settle(PAUSE_S)
    return took


def _codes(home: Home) -> list[str]:
    with open_till(home) as till:
        items = [item for item in till.catalogue.items() if item.barcodes and item.unit.whole_only]
        return [item.barcodes[0] for item in items[:LINES_A_BILL]]


@contextmanager
def _equipped(home: Home) -> Iterator[int]:
    """All devices of the counter, plugged in; the far end of the scanner's line."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        master, slave = os.openpty()
        stack.callback(os.close, master)
        stack.callback(os.close, slave)
        tty.setraw(slave)
        (folder / "scanner").symlink_to(os.ttyname(slave))
        stack.enter_context(PtyScale("mt-sics", folder / "scale"))
        stack.enter_context(PtyPlug(SimulatedPrinter(), folder / "printer"))
        stack.enter_context(PtyPlug(SimulatedDisplay(CommandSet.CD5220), folder / "display"))
        actor = Actor(OWNER.code)
        with open_till(home) as till:
            for device in (
                Device("scanner", Role.SCANNER, COUNTER, Kind.SERIAL, str(folder / "scanner")),
                Device(
                    "scale",
                    Role.SCALE,
                    COUNTER,
                    Kind.SERIAL,
                    str(folder / "scale"),
                    {"protocol": "mt-sics"},
                ),
                Device("printer", Role.PRINTER, COUNTER, Kind.USB, str(folder / "printer")),
                Device("display", Role.DISPLAY, COUNTER, Kind.SERIAL, str(folder / "display")),
            ):
                till.devices.add(device, actor)
        yield master


def _slips(home: Home, times: int) -> list[float]:
    """Milliseconds from the job's row to its bytes."""
    with open_till(home) as till:
        checkout = till.checkout(COUNTER, ACTOR)
        for item in list(till.catalogue.items())[:SLIP_LINES]:
            checkout.key_in(str(item.plu))
        paid = checkout.key_in("+").paid
        assert paid is not None, "the bill is paid"
        device = Device("printer", Role.PRINTER, COUNTER, Kind.USB, "/dev/usb/lp0")
        till.devices.add(device, Actor(OWNER.code))
        job = till.printing.queue(COUNTER, JobKind.SLIP, paid.id, (), ACTOR)
        till.printing.drop(job.id, ACTOR)
        till.devices.remove("printer", Actor(OWNER.code))
        printer = printer_of(device)
        took = []
        for _ in range(times):
            begun = time.perf_counter_ns()
            bytes_of(till, job, printer)
            took.append((time.perf_counter_ns() - begun) / 1e6)
        return took
