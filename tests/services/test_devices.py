"""The registry of a machine's devices."""

import pytest

from milkpos_tui.domain.devices import OPTION_MAX, Device, DeviceState, Kind, Role
from milkpos_tui.domain.errors import Refused
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.devices import WORDS_MAX
from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till
from tests.services.reading import entries, everything
from tests.support.tills import OWNER

SCALE = Device("scale", Role.SCALE, "1", Kind.SERIAL, "/dev/ttyS0", {"protocol": "mt-sics"})
READER = Device("reader", Role.SCANNER, "1", Kind.EVDEV, "", {"named": "A = B", "gs": "|"})
PRINTER = Device("printer", Role.PRINTER, "1", Kind.TCP, "192.168.1.50")


@pytest.fixture
def devices(till):
    return till.devices


def refused(till, work, *args):
    """The code of a refusal, which changed nothing."""
    before = everything(till)
    with pytest.raises(Refused) as refusal:
        work(*args)
    assert everything(till) == before
    return refusal.value.code


def test_they_are_kept(home, till, devices, clock):
    for device in (SCALE, READER, PRINTER):
        assert devices.add(device, OWNER) == device
    assert [device.name for device in devices.all()] == ["printer", "scale", "reader"]
    with open_till(home, clock) as other:
        assert other.devices.of("1") == devices.all()
        assert other.devices.device("reader") == READER


def test_they_are_no_entries(till, devices):
    before = len(entries(till))
    devices.add(SCALE, OWNER)
    devices.note("scale", DeviceState.UP, "a scale")
    devices.remove("scale", OWNER)
    assert len(entries(till)) == before


def test_of_a_counter(till, devices):
    till.shops.add_counter("B", "Back door", OWNER)
    devices.add(SCALE, OWNER)
    other = devices.add(SCALE._replace(name="scale-b", counter="B"), OWNER)
    assert devices.of("B") == (other,)
    assert devices.of("1") == (SCALE,)


def test_a_second_one_is_in_the_way(till, devices):
    for device in (SCALE, PRINTER, READER):
        devices.add(device, OWNER)
        assert refused(till, devices.add, device, OWNER) == "device-taken"
    assert refused(till, devices.add, SCALE._replace(name="other"), OWNER) == "device-second"
    assert refused(till, devices.add, PRINTER._replace(name="other"), OWNER) == "device-second"
    devices.add(READER._replace(name="other"), OWNER)
    changed = Device("other", Role.SCALE, "1", Kind.SERIAL, "/dev/ttyS1")
    assert refused(till, devices.change, changed, OWNER) == "device-second"
    assert devices.change(SCALE._replace(options={}), OWNER).options == {}


@pytest.mark.parametrize(
    ("device", "code"),
    [
        (SCALE._replace(counter="Z"), "counter-unknown"),
        (SCALE._replace(name="Scale"), "device-name"),
        (SCALE._replace(options={"line": "a\nb"}), "device-option"),
        (SCALE._replace(options=dict.fromkeys("abcdefgh", "x" * OPTION_MAX)), "device-option"),
    ],
)
def test_one_that_can_not_be_is_not_kept(till, devices, device, code):
    assert refused(till, devices.add, device, OWNER) == code
    devices.add(SCALE, OWNER)
    if device.name == SCALE.name:
        assert refused(till, devices.change, device, OWNER) == code


def test_one_that_is_not_there(till, devices):
    assert refused(till, devices.device, "scale") == "device-unknown"
    assert refused(till, devices.change, SCALE, OWNER) == "device-unknown"
    assert refused(till, devices.remove, "scale", OWNER) == "device-unknown"
    devices.note("scale", DeviceState.UP, "removed meanwhile")
    devices.add(SCALE, OWNER)
    with pytest.raises(Refused, match=r"there is no device 'no\[2Jne', only scale"):
        devices.device("no\x1b[2Jne")


def test_only_who_sets_up_the_shop_sets_up_its_devices(till, devices):
    till.people.add(Operator("cara", "Cara", "cashier"), "135790", OWNER)
    cara = Actor("cara")
    devices.add(SCALE, OWNER)
    for work, given in (
        (devices.add, READER),
        (devices.change, SCALE),
        (devices.remove, "scale"),
    ):
        assert refused(till, work, given, cara) == "not-allowed"


def test_what_became_of_it(devices, clock):
    devices.add(SCALE, OWNER)
    devices.note("scale", DeviceState.UP, "answers on 9600 8N1")
    up = devices.device("scale")
    assert (up.state, up.words, up.errors, up.last_error) == (
        DeviceState.UP,
        "answers on 9600 8N1",
        0,
        "",
    )
    assert up.seen_at is not None
    clock.advance(60_000)
    devices.note("scale", DeviceState.DOWN, "unplugged\x1b[2J", 1)
    down = devices.device("scale")
    assert (down.state, down.words, down.errors, down.last_error, down.seen_at) == (
        DeviceState.DOWN,
        "",
        1,
        "unplugged[2J",
        up.seen_at,
    )
    devices.note("scale", DeviceState.UP, "back")
    back = devices.device("scale")
    assert (back.words, back.errors, back.last_error) == ("back", 1, "unplugged[2J")
    assert back.seen_at > up.seen_at


def test_long_words_are_cut(devices):
    devices.add(SCALE, OWNER)
    devices.note("scale", DeviceState.DOWN, "x" * 1000)
    assert len(devices.device("scale").last_error) == WORDS_MAX


def test_a_change_of_settings_keeps_what_became_of_it(devices):
    devices.add(SCALE, OWNER)
    devices.note("scale", DeviceState.DOWN, "no answer", 3)
    changed = devices.change(SCALE._replace(options={"protocol": "a-and-d"}), OWNER)
    assert (changed.options, changed.errors) == ({"protocol": "a-and-d"}, 3)
