"""`milkpos device pair`, `status`, `test`, `watch`: devices tried out from a terminal."""

import itertools
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.context import acting, flush, opened, remark, result, say
from milkpos_tui.commands.device_names import device_names, device_told
from milkpos_tui.commands.device_words import (
    event_names,
    event_told,
    reading_told,
    scan_names,
    scan_told,
)
from milkpos_tui.domain.devices import Device, DeviceState, Kind, Role, check_device
from milkpos_tui.domain.errors import Busy, Misused, Refused, Unreachable
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.text import clean

if TYPE_CHECKING:
    from drivers.driver import Driver
    from drivers.events import Event, Reading
    from drivers.supervisor import Supervisor
    from milkpos_tui.hardware.trying import Answer
    from milkpos_tui.till import Till

PAIR_S = 45.0
TEST_S = 20.0
TEST_LINES = ("MilkPOS", "Test: 12345678901234")

Within = Annotated[
    float, typer.Option("--within", metavar="SECONDS", min=0.1, max=600, help="How long to wait.")
]
Named = Annotated[str, typer.Argument(metavar="[NAME]", help="One of them; all without.")]


def pair(
    name: str = typer.Argument(..., metavar="NAME", help="What the reader is to be called."),
    card: bool = typer.Option(False, "--card", help="It reads customers' cards."),
    within: Within = PAIR_S,
) -> None:
    """Show a code; the barcode reader that scans it is set up under this name.

    A reader that is set up already is told which one it is from now on. Keyboards on this machine
    do not type while it waits, for nobody can tell them from readers.

    Example: milkpos device pair scanner
    """
    from milkpos_tui.hardware.pairing import await_reader, candidates, new_code

    with opened() as till:
        actor = acting(till)
        till.permissions.check(Right.SETTINGS, actor, about=name)
        counter = till.shops.check_counter(context.settings.counter_code)
        role = Role.CARD if card else Role.SCANNER
        known = {device.name: device for device in till.devices.all()}
        device = check_device(known.get(name) or Device(name, role, counter, Kind.EVDEV))
        if device.role not in (Role.SCANNER, Role.CARD):
            raise Refused("device-role", f"{name} is a {device.role}, no reader")
        among, code = candidates(tuple(known.values())), new_code()
        _show_code(code, within)
        found = await_reader(code, among, within)
        kept = {name: device.option(name) for name in ("gs", "gap", "ends") if device.option(name)}
        device = device._replace(
            kind=found.kind, address=found.address, options={**found.options, **kept}
        )
        save = till.devices.change if name in known else till.devices.add
        device = save(device, actor)
    result(device_names(device), [device_told(device), f"try it: milkpos device test {name}"])


def status(name: Named = "") -> None:
    """How the devices of the counter are, asked now; of those that an open till has, what it noted.

    Exits 4 if the one that is named is down. Example: milkpos device status --json
    """
    from milkpos_tui.hardware.trying import ask_all

    with opened() as till:
        devices = _devices(till, name)
        answers = ask_all(till.home, devices)
        now = [_answered(till, *each) for each in zip(devices, answers, strict=True)]
        _tell_status(now, answers)
        flush()  # before the registry is written, which may have to wait for another terminal
        for before, device, answer in zip(devices, now, answers, strict=True):
            if answer.asked:
                _note(till, device.name, answer.state, answer.words, device.errors - before.errors)
    if name and any(device.state is DeviceState.DOWN for device in now):
        raise typer.Exit(Unreachable.exit_code)


def try_out(
    name: str = typer.Argument(..., metavar="NAME", help="As `milkpos device list` names it."),
    within: Within = TEST_S,
    drawer: bool = typer.Option(False, "--drawer", help="Of a printer: open its drawer instead."),
    reason: str = typer.Option("", "--reason", help="With --drawer: why; it is an entry."),
) -> None:
    """Try a device: a scan and what it means, the weight at rest, a test slip, two lines.

    Exits 4 where it can't be reached or nothing came in time, 5 where an open till has it.

    \b
    Example: milkpos device test scanner --within 30
    Example: milkpos device test printer --drawer --reason "trying the drawer"
    """
    if reason and not drawer:
        raise Misused("usage", "--reason goes with --drawer")
    with opened() as till:
        device = till.devices.device(name)
        if drawer:
            _test_drawer(till, device, reason)
            return
        try:
            names, lines = _TESTS[device.role](till, device, within)
        except (Unreachable, Refused) as fault:
            if fault.code == "device-unreachable":
                words = fault.message.removeprefix(f"{name}: ")
                _note(till, name, DeviceState.DOWN, words, 1)
            raise
        _note(till, name, DeviceState.UP, device.words)
    result({"name": name, "role": device.role.value, **names}, lines)


def watch(
    name: Named = "",
    count: int | None = typer.Option(None, "--count", metavar="N", min=1, help="End after N."),
) -> None:
    """What the devices of the counter tell, an event a line, until Ctrl-C.

    Close the till before: it holds its devices. Example: milkpos device watch scale --count 10
    """
    import queue

    from drivers.supervisor import Supervisor

    with opened() as till:
        drivers = _drivers(till, _devices(till, name))
        woken: queue.SimpleQueue[None] = queue.SimpleQueue()
        supervisor = Supervisor(drivers, wake=lambda: woken.put(None))
        supervisor.start()
        try:
            for _, event in zip(_numbers(count), _events(supervisor, woken.get), strict=False):
                if context.settings.json:
                    say(json.dumps(event_names(till, event), ensure_ascii=False))
                else:
                    say(event_told(till, event))
                flush()
        finally:
            supervisor.stop()


# --- steps ------------------------------------------------------------------------------------


def _devices(till: "Till", name: str) -> list[Device]:
    if name:
        return [till.devices.device(name)]
    return list(till.devices.of(till.shops.check_counter(context.settings.counter_code)))


def _answered(till: "Till", device: Device, answer: "Answer") -> Device:
    """A device as it is now. The same fault, found again, is no other one."""
    if not answer.asked:
        return device
    if answer.state is DeviceState.UP:
        return device._replace(state=answer.state, words=answer.words, seen_at=till.clock.now())
    fault = answer.words != device.last_error or device.state is not DeviceState.DOWN
    return device._replace(
        state=answer.state, words="", errors=device.errors + fault, last_error=answer.words
    )


def _tell_status(devices: list[Device], answers: "list[Answer]") -> None:
    both = list(zip(devices, answers, strict=True))
    names = [{**device_names(device), "asked": answer.asked} for device, answer in both]
    lines = [
        device_told(device) + ("" if answer.asked else "  (as noted before: not asked now)")
        for device, answer in both
    ]
    result(names, lines or ["no device is set up: milkpos device find"])


def _note(till: "Till", name: str, state: DeviceState, words: str, errors: int = 0) -> None:
    """In the registry, if it can be: who only looks is not held up by books that are busy."""
    from milkpos_tui.till import telling_storage_errors

    with suppress(Busy, Unreachable), telling_storage_errors():
        till.devices.note(name, state, words, errors)


def _drivers(till: "Till", devices: list[Device]) -> "list[Driver]":
    from milkpos_tui.hardware.listening import real_driver
    from milkpos_tui.hardware.trying import WatchedPrinter

    real = [device for device in devices if device.kind is not Kind.SIMULATED]
    if not real:
        raise Refused("no-device", "there is no device to watch: milkpos device find")
    return [
        WatchedPrinter(till.home, device) if device.role is Role.PRINTER else real_driver(device)
        for device in real
    ]


def _numbers(count: int | None) -> Iterable[int]:
    return itertools.count() if count is None else range(count)


def _events(supervisor: "Supervisor", wait: Callable[[], None]) -> "Iterator[Event]":
    """All that comes; a weight that a scale only says once more is not told again."""
    from drivers.events import Weighed
    from drivers.scale.weight import same

    shown: dict[str, Reading] = {}
    while True:
        wait()
        while events := supervisor.take(1):
            event = events[0]
            if not isinstance(event, Weighed):
                shown.pop(event.device, None)
            elif same(event.reading, shown.get(event.device)):
                continue
            else:
                shown[event.device] = event.reading
            yield event


def _show_code(code: str, within: float) -> None:
    from milkpos_tui.hardware.pairing import code_rows

    remark(f"scan this code within {within:g} s, with the reader that is meant:")
    for row in code_rows(code, coloured=bool(sys.stderr and sys.stderr.isatty())):
        remark(row)
    remark(f"the code is {code}")


def _test_scanner(till: "Till", device: Device, within: float) -> "Shown":
    from milkpos_tui.hardware.trying import first_scan

    remark(f"scan something within {within:g} s")
    scanned = first_scan(device, within)
    return scan_names(till, scanned), [scan_told(till, scanned)]


def _test_scale(till: "Till", device: Device, within: float) -> "Shown":
    from milkpos_tui.hardware.trying import weight_at_rest

    reading = weight_at_rest(device, within)
    return {"weight_milli": reading.grams, "net": reading.net}, [reading_told(reading)]


def _test_printer(till: "Till", device: Device, within: float) -> "Shown":
    from milkpos_tui.hardware.trying import holding, print_test

    with holding(till.home, device) as printer:
        status = print_test(printer, till.shop.name)
    names: dict[str, object] = {"paper": status.paper.value, "answers": not status.silent}
    paper = "does not say how its paper is" if status.silent else f"paper: {status.paper.value}"
    return names, [f"a test slip was sent to {device.name}; {paper}"]


def _test_display(till: "Till", device: Device, within: float) -> "Shown":
    from milkpos_tui.hardware.trying import show

    show(device, *TEST_LINES)
    return {"lines": list(TEST_LINES)}, [f"{device.name} shows: {' / '.join(TEST_LINES)}"]


def _test_drawer(till: "Till", device: Device, reason: str) -> None:
    """The entry first: a drawer that opens is always in the books."""
    from milkpos_tui.hardware.trying import holding, kick

    if device.role is not Role.PRINTER:
        raise Misused("usage", f"{device.name} is a {device.role}: the drawer is on the printer")
    actor = acting(till)
    with holding(till.home, device) as printer:
        if printer.profile.drawer_pin is None:
            raise Refused("no-drawer", f"{device.name} has no drawer: --set drawer=2 or 5")
        till.shifts.open_drawer(device.counter, reason, actor)
        kick(printer)
    names: dict[str, object] = {"name": device.name, "role": device.role.value}
    names["reason"] = clean(reason, limit=120)
    result(names, ["the drawer was opened; the opening is noted"])


Shown = tuple[dict[str, object], list[str]]
"""The result of a test, by names and in lines."""

_TESTS = {
    Role.SCANNER: _test_scanner,
    Role.CARD: _test_scanner,
    Role.SCALE: _test_scale,
    Role.PRINTER: _test_printer,
    Role.DISPLAY: _test_display,
}
