"""What whoever opens a shift is told of the counter's devices."""

import pytest

from milkpos_tui.checks import NONE_SET_UP, check_devices
from milkpos_tui.domain.checks import State
from milkpos_tui.domain.devices import Device, DeviceState, Kind, Role

PRINTER = Device("printer", Role.PRINTER, "1", Kind.TCP, "10.0.0.5", {"paper": "80 mm"})
SCALE = Device("scale", Role.SCALE, "1", Kind.SERIAL, "/dev/x", {"protocol": "cas-22"})


def told(*devices):
    return [(check.name, check.state, check.words) for check in check_devices(devices)]


def test_nothing_is_set_up():
    assert told() == [
        (name, State.MISSING, NONE_SET_UP) for name in ("printer", "scale", "scanner", "drawer")
    ]


@pytest.mark.parametrize(
    ("noted", "state", "words"),
    [
        ({"state": DeviceState.UP, "words": "CAS"}, State.OK, "scale: CAS"),
        ({"state": DeviceState.UP}, State.OK, "scale: it answers"),
        (
            {"state": DeviceState.DOWN, "words": "CAS", "last_error": "no port"},
            State.WARN,
            "scale is down: no port",
        ),
        ({}, State.WARN, "scale is set up, and was never tried"),
    ],
)
def test_a_device_is_told_as_it_was_noted(noted, state, words):
    assert ("scale", state, words) in told(SCALE._replace(**noted))


def test_the_drawer_is_as_its_printer_is():
    down = PRINTER._replace(state=DeviceState.DOWN, last_error="no paper")
    assert told(down)[-1] == ("drawer", State.WARN, "printer is down: no paper")
    without = down._replace(options={"drawer": "no"})
    assert told(without)[-1] == ("drawer", State.MISSING, NONE_SET_UP)
    broken = down._replace(options={"logo": "/nowhere.png"})
    assert told(broken)[-1] == ("drawer", State.MISSING, NONE_SET_UP)


def test_two_scanners_are_told_apart_and_nobody_misses_cards_or_a_display():
    one = Device("left", Role.SCANNER, "1", Kind.SERIAL, "/dev/a", state=DeviceState.UP)
    two = one._replace(name="right", state=DeviceState.DOWN, last_error="gone")
    scanners = [check for check in told(one, two) if check[0] == "scanner"]
    assert [state for _, state, _ in scanners] == [State.OK, State.WARN]
    display = Device("pole", Role.DISPLAY, "1", Kind.SERIAL, "/dev/b", state=DeviceState.UP)
    assert ("display", State.OK, "pole: it answers") in told(display)
    assert not {"cards", "display"} & {name for name, _, _ in told()}
