import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.devices import (
    ADDRESS_MAX,
    KINDS,
    NAME_MAX,
    OPTION_MAX,
    Device,
    Kind,
    Role,
    check_device,
    parse_kind,
    parse_options,
    parse_role,
    parse_tcp,
)
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.text import is_clean

SCALE = Device("scale", Role.SCALE, "1", Kind.SERIAL, "/dev/serial/by-id/scale")


def refusal(work, *args):
    with pytest.raises(Refused) as refused:
        work(*args)
    assert is_clean(refused.value.message)
    return refused.value.code


def test_a_role_and_how_it_is_reached():
    assert parse_role(" Scanner ") is Role.SCANNER
    assert parse_kind("SERIAL", Role.SCALE) is Kind.SERIAL
    assert refusal(parse_role, "toaster") == "device-role"
    for role, kinds in KINDS.items():
        for kind in Kind:
            if kind in kinds:
                assert parse_kind(kind.value, role) is kind
            else:
                assert refusal(parse_kind, kind.value, role) == "device-kind"


def test_one_of_a_counter():
    assert [role for role in Role if role.one_a_counter] == [
        Role.SCALE,
        Role.PRINTER,
        Role.DISPLAY,
    ]


def test_options():
    told = parse_options(["Protocol=mt-sics", "line = 9600 7E1 ", "pattern=a=b", "gs="])
    assert told == {"protocol": "mt-sics", "line": "9600 7E1", "pattern": "a=b", "gs": ""}
    assert Device("x", Role.SCALE, "1", Kind.SERIAL, options=told).option("baud", "9600") == "9600"


@pytest.mark.parametrize(
    "text",
    [
        "baud",
        "=9600",
        "b aud=1",
        "9=1",
        "a_b=1",
        "gs=\x1b[2J",
        "named=a\nbaud=1",
        "named=\u202ex",
        f"named={'x' * (OPTION_MAX + 1)}",
    ],
)
def test_what_is_no_option(text):
    assert refusal(parse_options, [text]) == "device-option"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "device-name"),
        ({"name": "Scale"}, "device-name"),
        ({"name": "-scale"}, "device-name"),
        ({"name": "s\n"}, "device-name"),
        ({"name": "x" * (NAME_MAX + 1)}, "device-name"),
        ({"kind": Kind.USB}, "device-kind"),
        ({"address": ""}, "device-address"),
        ({"address": "COM1"}, "device-address"),
        ({"address": "/dev/tty\x1b"}, "device-address"),
        ({"address": "/" + "x" * ADDRESS_MAX}, "device-address"),
        # What a reader calls itself comes from outside, and is kept as rows of name=value.
        ({"options": {"named": "Reader\nvendor=0000"}}, "device-option"),
        ({"options": {"named": "\u202eredaeR"}}, "device-option"),
        ({"options": {"Named": "x"}}, "device-option"),
    ],
)
def test_a_device_that_can_not_be(change, code):
    assert refusal(check_device, SCALE._replace(**change)) == code


def test_a_device_that_can_be():
    assert check_device(SCALE._replace(address=f" {SCALE.address} ")) == SCALE
    reader = Device("reader-2", Role.SCANNER, "1", Kind.EVDEV, options={"named": "USB Reader"})
    assert check_device(reader) == reader
    assert check_device(SCALE._replace(address="socket://127.0.0.1:4001"))


@pytest.mark.parametrize(
    ("address", "at"),
    [
        ("192.168.1.50", ("192.168.1.50", 9100)),
        ("192.168.1.50:515", ("192.168.1.50", 515)),
        ("0.0.0.0:65535", ("0.0.0.0", 65535)),
    ],
)
def test_a_network_printer_s_number(address, at):
    assert parse_tcp(address) == at


@pytest.mark.parametrize(
    "address",
    [
        "",
        "printer.local",
        "192.168.1",
        "192.168.1.256",
        "192.168.1.50:0",
        "192.168.1.50:65536",
        "192.168.1.050",
        "1.2.3.4:",
        "1.2.3.4:9100:1",
        "१.2.3.4",
        "1.2.3.²",
        "::1",
        "1.2.3.4.5",
    ],
)
def test_what_is_no_number(address):
    assert refusal(parse_tcp, address) == "device-address"


@given(st.text(max_size=40))
def test_anything_is_a_number_or_refused(text):
    try:
        host, port = parse_tcp(text)
    except Refused as refused:
        code = refused.code
    else:
        code = ""
        assert [str(int(part)) for part in host.split(".")] == host.split(".")
        assert 0 < port < 65536
    assert code in ("", "device-address")
