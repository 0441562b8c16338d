"""`milkpos device list`, `add`, `change`, `remove`, `find`: the registry of a machine's devices."""

import pytest

from drivers.scanner.discovery import Listed
from milkpos_tui.domain.devices import Kind, Role
from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till
from tests.commands.driving import REFUSED, UNREACHABLE, USAGE, adding, assert_words
from tests.support.staff import PIN
from tests.support.tills import OWNER

NAMES = [
    *("name", "role", "counter", "kind", "address", "options", "state", "words", "last_seen"),
    *("errors", "last_error"),
]
SCALE = adding("scale", "scale", "serial", "/dev/serial/by-id/usb-A", "protocol=mt-sics")
PRINTER = adding("printer", "printer", "usb", "/dev/usb/lp0", "paper=58 mm")
READER = Listed("/dev/input/event5", "Zebra DS2208", 0x05E0, 0x1200, "S1", "usb-1-1.2/input0", True)
KEYBOARD = Listed("/dev/input/event3", "AT keyboard", 1, 1, "", "isa0060/serio0/input0", True)
BUTTON = Listed("/dev/input/event0", "Power Button", 0, 1, "", "PNP0C0C/button/input0", False)


@pytest.fixture
def plugged(monkeypatch):
    """What is plugged in: change the list."""
    inputs = [KEYBOARD, READER, BUTTON]
    monkeypatch.setattr("drivers.scanner.discovery.list_inputs", lambda: inputs)
    return inputs


def test_none(milkpos):
    ran = milkpos("device", "list")
    assert (ran.code, ran.lines) == (0, ["no device is set up: milkpos device find"])
    assert milkpos("device", "list", "--json").json == []


def test_added_and_listed_by_stable_names(milkpos):
    added = milkpos(*SCALE, "--json").json
    assert list(added) == NAMES
    assert added == {
        "name": "scale",
        "role": "scale",
        "counter": "1",
        "kind": "serial",
        "address": "/dev/serial/by-id/usb-A",
        "options": {"protocol": "mt-sics"},
        "state": "unknown",
        "words": "",
        "last_seen": None,
        "errors": 0,
        "last_error": "",
    }
    assert milkpos("device", "list", "--json").json == [added]


def test_lists_need_no_pin_and_are_of_one_counter(milkpos):
    milkpos("counter", "add", "2")
    milkpos(*SCALE)
    milkpos(*PRINTER, "--counter", "2")
    one, two = (
        milkpos("device", "list", "--json", "--counter", counter, pin=None).json
        for counter in ("1", "2")
    )
    assert [[device["name"] for device in devices] for devices in (one, two)] == [
        ["scale"],
        ["printer"],
    ]
    both = milkpos("device", "list", "--all", "--json", pin=None).json
    assert [device["counter"] for device in both] == ["1", "2"]


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (adding("scale", "scale", "serial", "/dev/x"), REFUSED, "protocol is one of toledo-8217"),
        (adding("x", "scale", "serial", "/dev/x", "protocol=mt-sics", "a=b"), REFUSED, "has no a"),
        (adding("x", "scale", "evdev"), REFUSED, "reached by serial"),
        (adding("x", "printer", "tcp", "printer.local"), REFUSED, "192.168.1.50:9100"),
        (adding("x", "printer", "tcp"), REFUSED, "say where"),
        (adding("x", "printer", "usb", "lp0"), REFUSED, "/dev/usb/lp0"),
        (adding("x", "printer", "usb", "/dev/usb/lp0", "drawer=3"), REFUSED, "drawer is 2, 5"),
        (adding("x", "display", "simulated"), REFUSED, "demo alone"),
        (adding("Big Name", "display", "serial", "/dev/x"), REFUSED, "small letters"),
        (adding("x", "scanner", "evdev"), REFUSED, "which reader"),
        (adding("x", "display", "serial", "/dev/x", "baud"), USAGE, "'baud' is not an option"),
        (adding("x", "tray", "serial", "/dev/x"), USAGE, "--role"),
        (adding("x", "scale", "pigeon", "/dev/x"), USAGE, "--kind"),
    ],
)
def test_what_can_t_be_is_refused_in_words(milkpos, args, code, words):
    assert_words(milkpos(*args), code, words)
    assert milkpos("device", "list", "--json").json == []


def test_a_second_scale_and_a_taken_name_are_refused(milkpos):
    milkpos(*SCALE)
    second = adding("scale-2", "scale", "serial", "/dev/y", "protocol=cas-22")
    assert_words(milkpos(*second), REFUSED, "counter 1 has a scale already, scale")
    taken = adding("scale", "display", "serial", "/dev/y")
    assert_words(milkpos(*taken), REFUSED, "there is a device scale already")


def test_only_who_may_set_the_shop_up_sets_devices_up(milkpos, home, clock):
    with open_till(home, clock) as till:
        till.people.add(Operator("ravi", "Ravi", "cashier"), PIN, OWNER)
    milkpos(*SCALE)
    for args in (PRINTER, ("device", "change", "scale"), ("device", "remove", "scale")):
        assert_words(milkpos(*args, operator="ravi", pin=PIN), REFUSED, "change settings")
    assert_words(milkpos(*PRINTER, pin=None), USAGE, "a PIN is needed")
    assert [device["name"] for device in milkpos("device", "list", "--json").json] == ["scale"]


def test_changed_in_what_was_named_alone(milkpos):
    milkpos(*PRINTER)
    changed = milkpos("device", "change", "printer", "--set", "drawer=5", "--json").json
    assert changed["options"] == {"drawer": "5", "paper": "58 mm"}
    changed = milkpos("device", "change", "printer", "--unset", "paper", "--json").json
    assert changed["options"] == {"drawer": "5"}
    args = ("--kind", "tcp", "--at", "10.0.0.5", "--json")
    changed = milkpos("device", "change", "printer", *args).json
    assert (changed["kind"], changed["address"]) == ("tcp", "10.0.0.5")
    milkpos("counter", "add", "2")
    # The counter that is billed on moves no device.
    args = ("device", "change", "printer", "--set", "drawer=2", "--json", "--counter", "2")
    assert milkpos(*args).json["counter"] == "1"
    assert milkpos("device", "change", "printer", "--move-to", "2", "--json").json["counter"] == "2"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--set", "paper=90 mm"), "paper is one of"),
        (("--kind", "evdev"), "reached by"),
        (("--role", "scale"), "a scale is reached by"),
        (("--move-to", "9"), "no counter 9"),
        (("--at", "nowhere"), "not a path"),
    ],
)
def test_a_change_that_can_t_be_leaves_all_as_it_was(milkpos, args, words):
    milkpos(*PRINTER)
    before = milkpos("device", "list", "--json").json
    assert_words(milkpos("device", "change", "printer", *args), REFUSED, words)
    assert milkpos("device", "list", "--json").json == before


def test_removed(milkpos):
    milkpos(*SCALE)
    assert milkpos("device", "remove", "scale").lines == ["scale is set up no longer"]
    assert milkpos("device", "list", "--json").json == []
    assert_words(milkpos("device", "remove", "scale"), REFUSED, "no device 'scale'")


def test_a_reader_named_by_its_path_is_known_by_what_it_is(milkpos, plugged):
    args = adding("scanner", "scanner", "evdev", "/dev/input/event5")
    added = milkpos(*args, "--json").json
    assert added["address"] == ""  # another one after the next start
    assert added["options"] == {"vendor": "05e0", "product": "1200", "serial": "S1"}
    args = adding("cards", "card", "evdev", "/dev/input/event0")
    assert_words(milkpos(*args), UNREACHABLE, "no barcode reader is at /dev/input/event0")


def test_find_tells_what_is_plugged_in_and_how_to_add_it(milkpos, plugged):
    found = {each["address"]: each for each in milkpos("device", "find", "--json", pin=None).json}
    assert list(found) == ["/dev/input/event3", "/dev/input/event5"]
    reader = found["/dev/input/event5"]
    assert reader["roles"] == [Role.SCANNER, Role.CARD]
    assert (reader["kind"], reader["device"]) == (Kind.EVDEV, None)
    words = reader["add"].split()
    assert words[:2] == ["milkpos", "device"]
    assert milkpos(*words[1:]).code == 0  # the command that it names is one
    found = {each["address"]: each for each in milkpos("device", "find", "--json").json}
    assert found["/dev/input/event5"]["device"] == "scanner"
    ran = milkpos("device", "find")
    assert "Zebra DS2208 at usb-1-1.2 (/dev/input/event5): set up as scanner" in ran.out
    assert "AT keyboard" in ran.out
    assert "Power Button" not in ran.out


def test_find_tells_when_there_is_nothing(milkpos, plugged, monkeypatch):
    plugged.clear()
    monkeypatch.setattr("drivers.scale.ports.ports_by_id", list)
    monkeypatch.setattr("milkpos_tui.hardware.finding.USB_PRINTERS", _Nowhere())
    ran = milkpos("device", "find")
    assert (ran.code, ran.err) == (0, "")
    assert ran.lines == [
        "nothing is plugged in that the till knows; network printers are not looked for"
    ]


class _Nowhere:
    def glob(self, _pattern):
        return []
