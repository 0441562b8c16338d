"""`milkpos device`: scanners, scales, printers, displays of the counters on this machine."""

import shlex
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from milkpos_tui.commands import context, device_jobs, device_learning, device_tries
from milkpos_tui.commands.context import acting, opened, result
from milkpos_tui.commands.device_names import device_names, device_told
from milkpos_tui.domain.devices import (
    Device,
    Kind,
    Role,
    check_device,
    parse_kind,
    parse_options,
)
from milkpos_tui.domain.errors import Misused, Refused

if TYPE_CHECKING:
    from milkpos_tui.hardware.finding import Found

group = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="As it was named: scale, printer-2.")]
Settings = Annotated[
    list[str],
    typer.Option("--set", metavar="NAME=VALUE", help="Again for several; docs/devices.md has all."),
]

_EXAMPLES = {
    Role.SCANNER: "scanner",
    Role.CARD: "cards",
    Role.SCALE: "scale",
    Role.PRINTER: "printer",
    Role.DISPLAY: "display",
}


@group.command("list")
def list_devices(
    all_counters: bool = typer.Option(False, "--all", help="Those of all counters."),
) -> None:
    """The devices that are set up, and how they were when they were last tried.

    Example: milkpos device list --json
    """
    with opened() as till:
        counter = till.shops.check_counter(context.settings.counter_code)
        devices = till.devices.all() if all_counters else till.devices.of(counter)
    none = ["no device is set up: milkpos device find"]
    result(
        [device_names(device) for device in devices], map(device_told, devices) if devices else none
    )


@group.command()
def add(
    name: str = typer.Argument(..., metavar="NAME", help="Small letters, digits and -."),
    role: Role = typer.Option(..., "--role", help="What it is for."),
    kind: Kind = typer.Option(..., "--kind", help="How it is reached."),
    at: str = typer.Option(
        "", "--at", metavar="ADDRESS", help="/dev/serial/by-id/..., /dev/usb/lp0, 192.168.1.50:9100"
    ),
    settings: Settings = [],  # noqa: B006  # Typer's way
) -> None:
    """Set up a device of a counter. `milkpos device find` says what could be.

    \b
    Example: milkpos device add printer --role printer --kind usb --at /dev/usb/lp0
    Example: milkpos device add scanner --role scanner --kind evdev --at /dev/input/event5
    Example: milkpos device add scale --role scale --kind serial \\
        --at /dev/serial/by-id/usb-FTDI_FT232R_A1-if00-port0 --set protocol=mt-sics
    """
    from milkpos_tui.hardware.wiring import check_wiring

    options = _options(settings)
    device = Device(name, role, context.settings.counter_code, kind, at, options)
    with opened() as till:
        actor = acting(till)
        device = _found_again(check_device(device))
        check_wiring(device)
        device = till.devices.add(device, actor)
    result(device_names(device), [device_told(device), f"try it: milkpos device test {name}"])


@group.command()
def change(
    name: Name,
    role: Role | None = typer.Option(None, "--role", help="What it is for."),
    kind: Kind | None = typer.Option(None, "--kind", help="How it is reached."),
    at: str | None = typer.Option(None, "--at", metavar="ADDRESS", help="Where it is."),
    settings: Settings = [],  # noqa: B006  # Typer's way
    unset: list[str] = typer.Option([], "--unset", metavar="NAME", help="Back to what is usual."),
    move_to: str | None = typer.Option(None, "--move-to", metavar="COUNTER", help="Its counter."),
) -> None:
    """Change what is named, leave the rest.

    Example: milkpos device change printer --set drawer=5 --unset logo
    """
    from milkpos_tui.hardware.wiring import check_wiring

    options = _options(settings)
    with opened() as till:
        actor = acting(till)
        device = till.devices.device(name)
        device = device._replace(
            role=role or device.role,
            kind=kind or device.kind,
            address=device.address if at is None else at,
            options=_without({**device.options, **options}, unset),
            counter=move_to or device.counter,
        )
        device = _found_again(check_device(device))
        check_wiring(device)
        device = till.devices.change(device, actor)
    result(device_names(device), [device_told(device)])


@group.command()
def remove(name: Name) -> None:
    """A device is set up no longer. What waits to be printed stays.

    Example: milkpos device remove scale
    """
    with opened() as till:
        device = till.devices.remove(name, acting(till))
    result(device_names(device), [f"{name} is set up no longer"])


@group.command()
def find() -> None:
    """What is plugged into this machine and could be set up, and by which command.

    Network printers are not looked for: a printer's own self-test slip says its number.

    Example: milkpos device find
    """
    from milkpos_tui.hardware.finding import find_all

    with opened() as till:
        found = find_all(till.devices.all())
    names: list[dict[str, object]] = [
        {
            "kind": each.kind.value,
            "address": each.address,
            "words": each.words,
            "roles": [role.value for role in each.suits],
            "options": dict(each.options),
            "device": each.device or None,
            "add": _add_command(each),
        }
        for each in found
    ]
    none = ["nothing is plugged in that the till knows; network printers are not looked for"]
    result(names, [line for each in found for line in _found_told(each)] or none)


group.command()(device_tries.pair)
group.command()(device_tries.status)
group.command("test")(device_tries.try_out)
group.command()(device_tries.watch)
group.command()(device_learning.learn)
group.command()(device_jobs.jobs)
group.command()(device_jobs.settle)
group.command()(device_jobs.drop)
scale_group = typer.Typer(no_args_is_help=True)
scale_group.command()(device_learning.learn)
# An own callback keeps a group of one command from being taken for the command itself.
scale_group.callback()(lambda: None)
group.add_typer(scale_group, name="scale", help="Scales: learn.")


def _options(texts: list[str]) -> dict[str, str]:
    try:
        return parse_options(texts)
    except Refused as refused:
        raise Misused("usage", refused.message) from None


def _without(options: dict[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: value for name, value in options.items() if value and name not in names}


def _found_again(device: Device) -> Device:
    """A reader that was named by its path, by what it is known again."""
    from milkpos_tui.hardware.finding import reader_options

    parse_kind(device.kind, device.role)
    if device.kind is Kind.SIMULATED:
        raise Refused("device-kind", "simulated devices are there in the demo alone")
    if device.kind is not Kind.EVDEV or not device.address:
        return device
    return device._replace(address="", options={**device.options, **reader_options(device.address)})


def _add_command(found: "Found") -> str:
    role = found.suits[0]
    words = ["milkpos", "device", "add", _EXAMPLES[role], "--role", role, "--kind", found.kind]
    if found.kind is not Kind.EVDEV:
        words += ["--at", found.address]
    options = dict(found.options)
    if role is Role.SCALE:
        options["protocol"] = "mt-sics"
    for name, value in options.items():
        words += ["--set", f"{name}={value}"]
    return shlex.join(words)


def _found_told(found: "Found") -> list[str]:
    told = f"{found.words} ({found.address})"
    if found.device:
        return [f"{told}: set up as {found.device}"]
    roles = ", ".join(found.suits)
    lines = [f"{told}: could be a {roles}", f"    {_add_command(found)}"]
    if found.kind is Kind.EVDEV:
        lines.append("    or milkpos device pair scanner, and scan what it shows")
    if Role.SCALE in found.suits:
        lines.append("    a scale's protocol is one of milkpos device learn --list")
    return lines
