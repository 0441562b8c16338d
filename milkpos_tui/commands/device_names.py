"""Devices and print jobs by the names that scripts hold on to, and in words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from milkpos_tui.domain.devices import Device, DeviceState
from milkpos_tui.services.printing import Job, JobKind, JobState
from milkpos_tui.services.records import time_in_india

if TYPE_CHECKING:
    from milkpos_tui.till import Till

Names = dict[str, object]

_STATES = {DeviceState.UNKNOWN: "not tried", DeviceState.UP: "up", DeviceState.DOWN: "down"}
_HOW_FAR = {
    JobState.WAITING: "waits",
    JobState.PRINTING: "is being printed",
    JobState.UNSURE: "printed or not? look, and settle it",
    JobState.PRINTED: "printed",
    JobState.DROPPED: "dropped",
}


def device_names(device: Device) -> Names:
    """A device of the registry."""
    return {
        "name": device.name,
        "role": device.role.value,
        "counter": device.counter,
        "kind": device.kind.value,
        "address": device.address,
        "options": dict(device.options),
        "state": device.state.value,
        "words": device.words,
        "last_seen": None if device.seen_at is None else time_in_india(device.seen_at),
        "errors": device.errors,
        "last_error": device.last_error,
    }


def device_told(device: Device) -> str:
    """A device in one line."""
    where = device.address or option_words(device.options)
    words = device.last_error if device.state is DeviceState.DOWN else device.words
    told = f"{device.counter:4} {device.name:14} {device.role:8} {device.kind:7} {where}"
    return f"{told}  {_STATES[device.state]}{': ' if words else ''}{words}"


def option_words(options: Mapping[str, str]) -> str:
    """Options as they are given: `vendor=05e0 product=1200`."""
    return " ".join(f"{name}={value}" for name, value in options.items())


def job_names(till: "Till", job: Job) -> Names:
    """A job of the print queue; `number` is the bill's, null for what is no bill."""
    return {
        "id": job.id,
        "counter": job.counter,
        "kind": job.kind.value,
        "about": job.about,
        "number": till.bills.by_id(job.about).number if job.kind is JobKind.SLIP else None,
        "copy": job.copy,
        "state": job.state.value,
        "queued_at": time_in_india(job.queued_at),
        "tries": job.tries,
        "error": job.error,
    }


def job_told(till: "Till", job: Job) -> str:
    """A job in one line."""
    error = f" ({job.error})" if job.error else ""
    at = time_in_india(job.queued_at)[:16].replace("T", " ")
    return f"{job.id:6} {at} {till.printing.told(job)}: {_HOW_FAR[job.state]}{error}"
