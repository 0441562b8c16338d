import errno
import os
import subprocess
import sys

import pytest

from drivers.scanner.discovery import Listed, Match, find, holders, identify, list_inputs

FIRST = Listed("/dev/input/event3", "Honeywell 1900", 0x0C2E, 0x0B61, "A1", "usb-1/input0", True)
SECOND = FIRST._replace(path="/dev/input/event4", serial="A2", port="usb-2/input0")
KEYBOARD = Listed("/dev/input/event0", "Keyboard", 0x046D, 0xC31C, "", "usb-9/input0", True)
BUTTON = Listed("/dev/input/event1", "Power Button", 0, 1, "", "PNP0C0C/button/input0", False)
NUMBERLESS = FIRST._replace(serial="")
ALL = [BUTTON, KEYBOARD, SECOND, FIRST]


@pytest.mark.parametrize(
    "match",
    [
        Match(serial="A1"),
        Match(port="usb-1/input0"),
        Match(port="usb-1"),
        Match(name="Honeywell 1900", serial="A1"),
        Match(vendor=0x0C2E, product=0x0B61, port="usb-1"),
    ],
)
def test_one_of_two_alike(match):
    assert find(ALL, match) == FIRST


@pytest.mark.parametrize("match", [Match(vendor=0x046D), Match(product=0xC31C)])
def test_by_maker_or_product(match):
    assert find(ALL, match) == KEYBOARD


@pytest.mark.parametrize(
    "match",
    [
        Match(),  # else it would grab the keyboard
        Match(serial="A3"),
        Match(serial="A1", port="usb-2"),
        Match(vendor=0x0C2E, product=1),
        Match(name="Honeywell"),
        Match(name="Power Button"),  # has no keys that type codes
        Match(vendor=0, product=1),
    ],
)
def test_none(match):
    with pytest.raises(OSError, match="not plugged in") as refused:
        find(ALL, match)
    assert refused.value.errno == errno.ENODEV


def test_two_alike_are_refused():
    with pytest.raises(OSError, match=r"2 barcode readers are alike, at usb-1, usb-2") as refused:
        find(ALL, Match(vendor=0x0C2E, product=0x0B61))
    assert refused.value.errno == errno.ENOTUNIQ


def test_a_reader_that_shows_two_keyboards_is_one():
    other_face = FIRST._replace(path="/dev/input/event2", port="usb-1/input1")
    assert find([other_face, *ALL], Match(serial="A1")) == FIRST


def test_two_readers_of_one_bluetooth_receiver_are_two():
    one = Listed("/dev/input/event5", "CS3070", 5, 7, "aa:01", "00:1a:7d", True)
    other = one._replace(path="/dev/input/event6", serial="aa:02")
    assert find([one, other], Match(serial="aa:02")) == other
    with pytest.raises(OSError, match="alike"):
        find([one, other], Match(name="CS3070"))


@pytest.mark.parametrize(
    ("listing", "reader", "match"),
    [
        (ALL, FIRST, Match(vendor=0x0C2E, product=0x0B61, serial="A1")),
        ([FIRST, NUMBERLESS], NUMBERLESS, Match(vendor=0x0C2E, product=0x0B61, port="usb-1")),
        # Some makers give all their readers one serial number.
        (
            [FIRST, SECOND._replace(serial="A1")],
            FIRST,
            Match(vendor=0x0C2E, product=0x0B61, port="usb-1"),
        ),
    ],
)
def test_what_to_know_a_reader_by(listing, reader, match):
    assert identify(listing, reader) == match
    assert find(listing, identify(listing, reader)).place == reader.place


KEYS_OF_A_KEYBOARD = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"


def make_input(classes, number, *, keys=KEYS_OF_A_KEYBOARD, **more):
    device = classes / f"event{number}" / "device"
    said = {
        "name": "Symbol Bar Code Scanner",
        "uniq": "S1",
        "phys": "usb-1/input0",
        "id/vendor": "05e0",
        "id/product": "1200",
        "capabilities/key": keys,
        **more,
    }
    for name, text in said.items():
        file = device / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    return device


def test_the_kernels_list(tmp_path):
    make_input(tmp_path, 12)
    make_input(tmp_path, 3, keys="10000000000000 0", uniq="", name="Power Button")
    (tmp_path / "mouse0").mkdir()
    assert sorted(list_inputs(tmp_path)) == [
        Listed(
            "/dev/input/event12",
            "Symbol Bar Code Scanner",
            0x05E0,
            0x1200,
            "S1",
            "usb-1/input0",
            True,
        ),
        Listed("/dev/input/event3", "Power Button", 0x05E0, 0x1200, "", "usb-1/input0", False),
    ]


def test_the_kernels_list_in_words_of_32_bits(tmp_path):
    make_input(tmp_path, 1, keys="feffffdf ffefffff ffffffff fffffffe")
    assert [each.types_codes for each in list_inputs(tmp_path)] == [True]


@pytest.mark.parametrize("keys", ["0", "fffffffeffffffff 0", "ffc", "10000000"])
def test_too_few_keys_for_a_reader(tmp_path, keys):
    make_input(tmp_path, 1, keys=keys)
    assert [each.types_codes for each in list_inputs(tmp_path)] == [False]


@pytest.mark.parametrize("going", ["id/vendor", "capabilities/key"])
def test_a_device_that_goes_while_it_is_listed(tmp_path, going):
    make_input(tmp_path, 1)
    (make_input(tmp_path, 2) / going).write_text("")
    (make_input(tmp_path, 3) / going).unlink()
    assert [each.path for each in list_inputs(tmp_path)] == ["/dev/input/event1"]


def test_no_input_devices_at_all(tmp_path):
    assert list_inputs(tmp_path / "none") == []


HOLD = "import sys; file = open(sys.argv[1]); print('open', flush=True); sys.stdin.read()"


def test_who_holds_a_node(tmp_path):
    node = tmp_path / "event7"
    node.touch()
    link = tmp_path / "scanner"
    link.symlink_to(node)
    assert holders(str(node)) == []
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, node], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "open\n"
        [holder] = holders(str(link))
        assert holder.endswith(f" (process {process.pid})")
        assert holder.startswith("python")
        process.stdin.close()


def test_a_second_driver_of_the_same_till(tmp_path):
    node = tmp_path / "event7"
    node.touch()
    with node.open():
        assert holders(str(node)) == []  # who asks has it open itself
        with node.open():
            assert holders(str(node)) == ["this till itself"]


def test_processes_that_can_not_be_looked_into(tmp_path):
    for process in ("7", "8", str(os.getpid())):
        (tmp_path / process).mkdir()
    (tmp_path / "8" / "fd").mkdir()
    (tmp_path / "8" / "fd" / "3").symlink_to("/dev/input/event7")
    assert holders("/dev/input/event7", tmp_path) == ["a program (process 8)"]
