"""`milkpos device learn`: a scale of no published format, by files and on a terminal."""

import sys

import pytest

from drivers.scale.protocols import PROTOCOLS
from drivers.scale.simulated import PtyScale
from drivers.scale.speakers import OnPan
from milkpos_tui.hardware.wiring import protocol_of
from milkpos_tui.services.records import Operator
from milkpos_tui.till import MachineClock, open_till
from tests.commands.driving import (
    COMMAND,
    REFUSED,
    ROOT,
    UNREACHABLE,
    USAGE,
    adding,
    assert_words,
    environment,
    run,
)
from tests.support.staff import PIN
from tests.support.terminal import Terminal
from tests.support.tills import OWNER

SCALE = adding("scale", "scale", "serial", "/dev/serial/by-id/usb-A", "protocol=mt-sics", "same=3")


@pytest.fixture
def captured(tmp_path):
    """A file of what a scale sent with so many grams on it, as an option."""

    def write(grams, frame="W:{:07.3f}kg*\r\n", times=6):
        file = tmp_path / f"{grams}.bin"
        file.write_bytes(frame.format(grams / 1000).encode() * times)
        return ("--capture", f"{grams}={file}")

    return write


def test_the_protocols_that_are_known(milkpos):
    for words in (("device", "learn"), ("device", "scale", "learn")):
        known = milkpos(*words, "--list", "--json", pin=None).json
        assert [each["protocol"] for each in known] == list(PROTOCOLS)
    assert known[0] == {
        "protocol": "toledo-8217",
        "words": "Toledo 8217 (Ariva, Viva, Magellan and others)",
        "line": "9600 7E1",
        "asks": True,
        "tells_rest": True,
    }
    assert len(milkpos("device", "learn", "--list").lines) == len(PROTOCOLS)


@pytest.mark.parametrize("words", [("device", "learn"), ("device", "scale", "learn")])
def test_learned_from_files_and_stored(milkpos, home, clock, captured, words):
    milkpos(*SCALE)
    args = (*captured(0), *captured(1000), *captured(2500), "--line", "4800 8N1")
    ran = milkpos(*words, "scale", *args, "--json")
    assert ran.code == 0, ran.err
    options = ran.json["options"]
    assert (options["protocol"], options["line"]) == ("template", "4800 8N1")
    assert options["same"] == "3"  # what is no part of a template stays
    assert "learned: protocol=template" in ran.err
    with open_till(home, clock) as till:
        assert protocol_of(till.devices.device("scale")).name == "template"


def test_a_known_protocol_takes_the_place_of_a_template(milkpos, captured):
    milkpos(*SCALE)
    milkpos("device", "learn", "scale", *captured(0), *captured(1000))
    template = ("line", "pattern", "unit", "end", "ask")
    unset = [word for name in template for word in ("--unset", name)]
    args = ("--set", "protocol=cas-22", *unset, "--json")
    changed = milkpos("device", "change", "scale", *args).json
    assert changed["options"] == {"protocol": "cas-22", "same": "3"}


def test_what_can_t_be_learned_is_told_and_changes_nothing(milkpos, captured, tmp_path):
    milkpos(*SCALE)
    before = milkpos("device", "list", "--json").json

    def learn(*args, name="scale", **more):
        return milkpos("device", "learn", name, *args, **more)

    assert_words(learn(*captured(0)), REFUSED, "two different weights")
    assert_words(learn(*captured(0), *captured(1000, "W:000.000kg\r\n")), REFUSED, "the weights")
    assert_words(learn("--capture", "0=/nowhere"), UNREACHABLE, "/nowhere: No such file")
    assert_words(learn("--capture", "one=/nowhere"), USAGE, "no weight and file")
    assert_words(learn(*captured(0), *captured(1000), "--line", "9600"), REFUSED, "9600 7E1")
    assert_words(learn(*captured(0), *captured(1000), "--ask", "xy"), REFUSED, "not hex")
    assert_words(learn(), USAGE, "--capture GRAMS=FILE")
    assert_words(learn(*captured(0), name="tray"), REFUSED, "no device 'tray'")
    assert_words(milkpos("device", "learn"), USAGE, "which scale")
    huge = tmp_path / "huge"
    huge.write_bytes(bytes(70_000))
    assert_words(learn("--capture", f"0={huge}"), REFUSED, "larger than")
    assert milkpos("device", "list", "--json").json == before


def test_only_for_scales_and_for_who_may_set_up(milkpos, printer, home, clock, captured):
    milkpos(*SCALE)
    args = (*captured(0), *captured(1000))
    assert_words(milkpos("device", "learn", "printer", *args), REFUSED, "no scale")
    with open_till(home, clock) as till:
        till.people.add(Operator("ravi", "Ravi", "cashier"), PIN, OWNER)
    ran = milkpos("device", "learn", "scale", *args, operator="ravi", pin=PIN)
    assert_words(ran, REFUSED, "change settings")


def test_the_wizard_on_a_terminal(shop, tmp_path):
    with PtyScale("retail-stream", tmp_path / "port") as scale:
        added = adding("scale", "scale", "serial", str(scale.path), "protocol=mt-sics")
        assert run(*added, home=shop).code == 0
        command = [sys.executable, *COMMAND[1:], "device", "learn", "scale"]
        with Terminal(command, env=environment(shop), cwd=ROOT, rows=60, cols=140) as terminal:
            terminal.wait_for("Take everything off the scale")
            terminal.send("<enter>")
            terminal.wait_for("how many grams: *$")
            scale.pan = OnPan(grams=1000)
            terminal.send("one kilo<enter>")
            terminal.wait_for("'one kilo' is not a number of grams")
            terminal.send("1000<enter>")
            terminal.wait_for("or Enter alone to go on")
            terminal.send("<enter>")
            terminal.wait_for("Store it")
            terminal.send("<enter>")
            terminal.wait_for("is set to what it sends")
            assert b"Traceback" not in terminal.raw
        with open_till(shop, MachineClock()) as till:
            assert till.devices.device("scale").option("protocol") == "template"
        scale.pan = OnPan(grams=735)
        assert run("device", "test", "scale", home=shop).lines == ["0.735 kg"]
