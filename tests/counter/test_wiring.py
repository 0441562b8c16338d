"""From a row of the registry to its driver, and what is refused before it is kept."""

import pytest

from drivers.display.pole import PoleDisplay
from drivers.printer.profile import PAPER_58, PAPER_80
from drivers.printer.transport import SerialAddress, TcpAddress, UsbAddress
from drivers.scale.protocols import PROTOCOLS
from drivers.scale.reader import SerialScale
from drivers.scanner.discovery import Match
from drivers.scanner.evdev_reader import EvdevScanner
from drivers.scanner.serial_reader import SerialScanner
from milkpos_tui.domain.devices import KINDS, Device, Kind, Role, check_device
from milkpos_tui.domain.errors import Refused
from milkpos_tui.hardware.wiring import (
    OPTIONS,
    TELLS,
    check_wiring,
    driver_of,
    match_options,
    printer_of,
    protocol_of,
)

ADDRESSES = {
    Kind.EVDEV: "",
    Kind.SERIAL: "/dev/ttyS0",
    Kind.USB: "/dev/usb/lp0",
    Kind.TCP: "192.168.1.50",
    Kind.SIMULATED: "",
}
GOOD = {
    (Role.SCANNER, Kind.EVDEV): {"vendor": "05e0", "gs": "|", "gap": "50", "ends": "yes"},
    (Role.CARD, Kind.EVDEV): {"named": "RFID Reader"},
    (Role.SCANNER, Kind.SERIAL): {"baud": "115200", "gs": "{GS}"},
    (Role.CARD, Kind.SERIAL): {},
    (Role.SCALE, Kind.SERIAL): {"protocol": "mt-sics", "line": "2400 7E1", "same": "4"},
    (Role.PRINTER, Kind.USB): {"paper": "58 mm", "drawer": "no", "status": "yes"},
    (Role.PRINTER, Kind.SERIAL): {"baud": "19200", "flow": "rtscts"},
    (Role.PRINTER, Kind.TCP): {"paper": "TM-T88", "drawer": "5"},
    (Role.DISPLAY, Kind.SERIAL): {"commands": "epson dm-d", "baud": "9600"},
}
DRIVERS = {
    (Role.SCANNER, Kind.EVDEV): EvdevScanner,
    (Role.CARD, Kind.EVDEV): EvdevScanner,
    (Role.SCANNER, Kind.SERIAL): SerialScanner,
    (Role.CARD, Kind.SERIAL): SerialScanner,
    (Role.SCALE, Kind.SERIAL): SerialScale,
    (Role.DISPLAY, Kind.SERIAL): PoleDisplay,
}


def device(role, kind, **options):
    return Device("it", role, "1", kind, ADDRESSES[kind], options)


@pytest.mark.parametrize(("role", "kind"), GOOD, ids=str)
def test_each_can_be_set_up(role, kind):
    row = device(role, kind, **GOOD[role, kind])
    check_wiring(check_device(row))
    if role is not Role.PRINTER:
        driver = driver_of(row)
        assert isinstance(driver, DRIVERS[role, kind])
        assert driver.name == "it"


def test_all_ways_are_tried():
    ways = {(role, kind) for role, kinds in KINDS.items() for kind in kinds}
    assert {way for way in ways if way[1] is not Kind.SIMULATED} == set(GOOD)


def test_each_option_is_told():
    assert {option for options in OPTIONS.values() for option in options} == set(TELLS)


@pytest.mark.parametrize("role", Role)
def test_a_simulated_one_can_be_set_up(role):
    check_wiring(device(role, Kind.SIMULATED))


@pytest.mark.parametrize(
    ("role", "kind", "options", "words"),
    [
        (Role.SCANNER, Kind.EVDEV, {}, "say which reader it is"),
        (Role.SCANNER, Kind.EVDEV, {"baud": "9600"}, "has no baud, only vendor"),
        (Role.SCANNER, Kind.EVDEV, {"vendor": "05e0x"}, "up to four hex digits"),
        (Role.SCANNER, Kind.EVDEV, {"vendor": "05e01"}, "up to four hex digits"),
        (Role.SCANNER, Kind.EVDEV, {"vendor": "05e0", "ends": "maybe"}, "yes or no"),
        (Role.SCANNER, Kind.SERIAL, {"gap": "0"}, "above zero"),
        (Role.SCANNER, Kind.SERIAL, {"gap": "-5"}, "above zero"),
        (Role.SCANNER, Kind.SERIAL, {"gap": "²"}, "above zero"),
        (Role.SCANNER, Kind.SERIAL, {"gap": ""}, "above zero"),
        (Role.SCANNER, Kind.SERIAL, {"baud": "9" * 200}, "above zero"),
        (Role.SCALE, Kind.SERIAL, {}, "protocol is one of"),
        (Role.SCALE, Kind.SERIAL, {"protocol": "mt-sics", "line": "fast"}, "scale's settings"),
        (Role.SCALE, Kind.SERIAL, {"protocol": "template"}, "scale's settings"),
        (Role.SCALE, Kind.SERIAL, {"protocol": "template", "pattern": "("}, "scale's settings"),
        (
            Role.SCALE,
            Kind.SERIAL,
            {"protocol": "template", "pattern": r"(?P<weight>\d+)", "end": "0x"},
            "scale's settings",
        ),
        (Role.SCALE, Kind.SERIAL, {"protocol": "mt-sics", "same": "x"}, "above zero"),
        (Role.PRINTER, Kind.TCP, {"paper": "A4"}, "paper is one of"),
        (Role.PRINTER, Kind.TCP, {"drawer": "3"}, "drawer is 2, 5 or no"),
        (Role.PRINTER, Kind.TCP, {"logo": "/no/such.png"}, "there is no picture"),
        (Role.PRINTER, Kind.TCP, {"flow": "rtscts"}, "has no flow"),
        (Role.PRINTER, Kind.SERIAL, {"flow": "wild"}, "flow is none"),
        (Role.PRINTER, Kind.USB, {"status": "perhaps"}, "yes or no"),
        (Role.DISPLAY, Kind.SERIAL, {"commands": "morse"}, "commands is one of"),
        (Role.DISPLAY, Kind.SIMULATED, {"baud": "9600"}, "has no baud, only none"),
    ],
    ids=str,
)
def test_what_can_not_be(role, kind, options, words):
    with pytest.raises(Refused, match=words) as refused:
        check_wiring(device(role, kind, **options))
    assert refused.value.code == "device-option"


@pytest.mark.parametrize(
    ("row", "address"),
    [
        (device(Role.PRINTER, Kind.USB), UsbAddress("/dev/usb/lp0")),
        (device(Role.PRINTER, Kind.TCP), TcpAddress("192.168.1.50", 9100)),
        (
            device(Role.PRINTER, Kind.TCP)._replace(address="192.168.1.50:515"),
            TcpAddress("192.168.1.50", 515),
        ),
        (
            device(Role.PRINTER, Kind.SERIAL, baud="19200", flow="xonxoff"),
            SerialAddress("/dev/ttyS0", 19200, False, True),
        ),
        (
            device(Role.PRINTER, Kind.SERIAL, flow="rtscts"),
            SerialAddress("/dev/ttyS0", 9600, True, False),
        ),
    ],
)
def test_where_a_printer_is(row, address):
    assert printer_of(row).address == address


def test_what_a_printer_can(tmp_path):
    usual = printer_of(device(Role.PRINTER, Kind.USB))
    assert (usual.profile, usual.logo, usual.name) == (PAPER_80, "", "it")
    small = printer_of(device(Role.PRINTER, Kind.USB, paper="58 mm", drawer="no", status="yes"))
    assert small.profile == PAPER_58._replace(drawer_pin=None, answers_status=True)
    dumb = printer_of(device(Role.PRINTER, Kind.USB, status="no", drawer="5"))
    assert dumb.profile == PAPER_80._replace(answers_status=False, drawer_pin=5)
    logo = tmp_path / "logo.png"
    logo.touch()
    assert printer_of(device(Role.PRINTER, Kind.USB, logo=str(logo))).logo == str(logo)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_scale_speaks_its_protocol_on_its_usual_line(name):
    assert protocol_of(device(Role.SCALE, Kind.SERIAL, protocol=name)) == PROTOCOLS[name]


def test_a_scale_on_another_line():
    row = device(Role.SCALE, Kind.SERIAL, protocol="mt-sics", line="1200 7O1")
    assert str(protocol_of(row).line) == "1200 7O1"


@pytest.mark.parametrize(
    "match",
    [
        Match("USB Reader", 0x05E0, 0x1200, "S1", "1-1.2"),
        Match(vendor=0, product=0xFFFF),
        Match(port="usb-1/input0"),
    ],
)
def test_what_pairing_found_is_what_is_looked_for(match):
    from milkpos_tui.hardware.wiring import match_of

    assert match_of(device(Role.SCANNER, Kind.EVDEV, **match_options(match))) == match
