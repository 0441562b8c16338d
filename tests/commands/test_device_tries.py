"""`milkpos device status`, `test`, `watch`, `pair` against simulated devices at real lines."""

import os
import threading
import tty
from contextlib import contextmanager

import pytest

from drivers.display.frames import CommandSet
from drivers.display.simulated import SimulatedDisplay
from drivers.printer.decoder import Bars, CutPaper, EanBars, Line, QrCode
from drivers.printer.simulated import PtyPlug
from drivers.printer.status import Paper
from drivers.scale.ports import Port
from drivers.scale.speakers import OnPan
from drivers.scanner.simulated import SimulatedScanner
from milkpos_tui.domain.labels import is_gtin
from milkpos_tui.hardware.pairing import Candidates, code_rows, new_code
from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till
from tests.commands.driving import (
    BUSY,
    REFUSED,
    UNREACHABLE,
    USAGE,
    adding,
    assert_words,
    run,
    writing,
)
from tests.support.staff import PIN
from tests.support.tills import OWNER, close_shift

MILK_LABEL = "2100012004503"  # 0.450 of item 12


class SendingPort:
    """A serial port with a reader at its far end, which sends a code until somebody has it."""

    def __init__(self, link):
        self.link = link
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        link.symlink_to(os.ttyname(self._slave))

    @contextmanager
    def sending(self, code):
        """What a port held before it was opened is thrown away: so it is sent again and again."""
        done = threading.Event()

        def send():
            while not done.wait(0.05):
                os.write(self._master, f"{code}\r".encode())

        thread = threading.Thread(target=send)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def close(self):
        os.close(self._master)
        os.close(self._slave)


@pytest.fixture
def reader(tmp_path):
    port = SendingPort(tmp_path / "reader")
    yield port
    port.close()


@pytest.fixture
def scanner(milkpos, reader):
    """The same, set up as `scanner`."""
    assert milkpos(*adding("scanner", "scanner", "serial", str(reader.link))).code == 0
    return reader


@pytest.fixture
def display(milkpos, tmp_path):
    pole = SimulatedDisplay(CommandSet.CD5220)
    with PtyPlug(pole, tmp_path / "pole"):
        assert milkpos(*adding("pole", "display", "serial", str(tmp_path / "pole"))).code == 0
        yield pole


# --- status --------------------------------------------------------------------------------------


def test_status_asks_them_all(milkpos, printer, scale, scanner, display):
    found = {each["name"]: each for each in milkpos("device", "status", "--json", pin=None).json}
    assert {name: each["state"] for name, each in found.items()} == dict.fromkeys(
        ("printer", "scale", "scanner", "pole"), "up"
    )
    assert all(each["asked"] and each["last_seen"] for each in found.values())
    assert "paper ok" in found["printer"]["words"]
    noted = milkpos("device", "list", "--json").json
    assert [each["state"] for each in noted] == ["up"] * 4


def test_status_tells_what_is_down_and_counts_a_fault_once(milkpos, printer, scale):
    printer.unplug()
    scale.unplug()
    for _ in range(2):
        ran = milkpos("device", "status", "--json")
        assert ran.code == 0
        found = {each["name"]: each for each in ran.json}
        assert {each["state"] for each in found.values()} == {"down"}
        assert {each["errors"] for each in found.values()} == {1}
    assert "refuses the connection" in found["printer"]["last_error"]
    assert "no scale is plugged in" in found["scale"]["last_error"]
    assert milkpos("device", "status", "scale").code == UNREACHABLE
    assert_words(milkpos("device", "status", "tray"), REFUSED, "no device 'tray'")


def test_a_printer_that_can_t_print_is_down(milkpos, printer):
    printer.printer.cover_open = True
    ran = milkpos("device", "status", "printer", "--json")
    assert ran.code == UNREACHABLE
    assert ran.json[0]["last_error"] == "the printer's cover is open"


def test_what_an_open_till_has_is_told_as_it_noted_it(milkpos, printer, scale, home):
    assert milkpos("device", "status").code == 0
    scale.unplug()
    printer.unplug()
    with home.holding_counter("1"), home.holding_printer("1"):
        ran = milkpos("device", "status", "--json")
    assert {each["state"] for each in ran.json} == {"up"}
    assert not any(each["asked"] for each in ran.json)
    assert {each["errors"] for each in ran.json} == {0}


def test_status_is_not_held_up_by_books_that_are_busy(shop, tmp_path):
    at = adding("scale", "scale", "serial", str(tmp_path / "none"), "protocol=mt-sics")
    assert run(*at, home=shop).code == 0
    with writing(shop):
        ran = run("device", "status", "--json", home=shop, pin=None)
    assert ran.code == 0
    assert [each["name"] for each in ran.json] == ["scale"]


# --- test ----------------------------------------------------------------------------------------


def test_a_test_slip_shows_width_letters_and_codes(milkpos, printer):
    ran = milkpos("device", "test", "printer", "--json", pin=None)
    assert ran.json == {"name": "printer", "role": "printer", "paper": "ok", "answers": True}
    assert printer.printer.wait_for(lambda: CutPaper(whole=True) in printer.printer.steps)
    (slip,) = printer.printer.slips
    texts = [step.text for step in slip if isinstance(step, Line)]
    assert "TEST SLIP, NO BILL" in texts
    assert max(map(len, texts)) == 48
    assert any("é" in text for text in texts)
    for kind in (Bars, EanBars, QrCode, CutPaper):
        assert any(isinstance(step, kind) for step in slip)
    assert printer.printer.kicks == 0


def test_a_test_slip_without_paper_is_told_and_noted(milkpos, printer):
    printer.printer.paper = Paper.OUT
    assert_words(milkpos("device", "test", "printer"), UNREACHABLE, "out of paper")
    (noted,) = milkpos("device", "list", "--json").json
    assert (noted["state"], noted["errors"]) == ("down", 1)
    printer.printer.paper = Paper.NEAR_END
    assert "near its end" in milkpos("device", "test", "printer").out


def test_a_printer_that_an_open_till_has_is_busy(milkpos, printer, home):
    with home.holding_printer("1"):
        ran = milkpos("device", "test", "printer", "--json")
        assert (ran.code, ran.error["code"]) == (BUSY, "printer-held")
        args = ("--drawer", "--reason", "trying")
        assert milkpos("device", "test", "printer", *args).code == BUSY
    assert printer.printer.steps == type(printer.printer.steps)()
    kinds = {line["entry"]["kind"] for line in milkpos("audit", "export").documents}
    assert "drawer.opened" not in kinds


def test_the_drawer_is_opened_with_a_reason_and_an_entry(milkpos, printer, home, clock):
    ran = milkpos("device", "test", "printer", "--drawer", "--reason", "trying it", "--json")
    assert ran.json == {"name": "printer", "role": "printer", "reason": "trying it"}
    assert printer.printer.wait_for(lambda: printer.printer.kicks == 1)
    newest = milkpos("audit", "export").documents[-1]["entry"]
    assert (newest["kind"], newest["body"]["reason"]) == ("drawer.opened", "trying it")


def test_the_drawer_is_not_opened_without_reason_right_shift_or_socket(
    milkpos, printer, scale, home, clock
):
    def drawer(*args, name="printer", **more):
        return milkpos("device", "test", name, "--drawer", *args, **more)

    with open_till(home, clock) as till:
        till.people.add(Operator("ravi", "Ravi", "cashier"), PIN, OWNER)
    why = ("--reason", "trying")
    assert_words(drawer(), REFUSED, "say why")
    assert_words(drawer(*why, operator="ravi", pin=PIN), REFUSED, "open the drawer")
    assert_words(drawer(*why, name="scale"), USAGE, "the drawer is on the printer")
    assert_words(milkpos("device", "test", "printer", *why), USAGE, "--drawer")
    milkpos("device", "change", "printer", "--set", "drawer=no")
    assert_words(drawer(*why), REFUSED, "has no drawer")
    milkpos("device", "change", "printer", "--set", "drawer=2")
    with open_till(home, clock) as till:
        close_shift(till)
    assert_words(drawer(*why), REFUSED, "no shift is open")
    assert printer.printer.kicks == 0


def test_the_weight_at_rest(milkpos, scale):
    scale.pan = OnPan(grams=450)
    assert milkpos("device", "test", "scale").lines == ["0.450 kg"]
    assert milkpos("device", "test", "scale", "--json").json == {
        "name": "scale",
        "role": "scale",
        "weight_milli": 450,
        "net": False,
    }


@pytest.mark.parametrize(
    ("pan", "words"),
    [
        (OnPan(grams=450, moving=True), "did not come to rest"),
        (OnPan(over=True), "too much on the scale"),
        (OnPan(under=True), "below zero"),
    ],
)
def test_no_weight_to_sell_by_is_refused(milkpos, scale, pan, words):
    scale.pan = pan
    assert_words(milkpos("device", "test", "scale", "--within", "1"), REFUSED, words)


def test_a_silent_scale_and_one_that_is_gone(milkpos, scale):
    scale.silent = True
    assert_words(milkpos("device", "test", "scale"), UNREACHABLE, "does not answer")
    scale.unplug()
    assert_words(milkpos("device", "test", "scale"), UNREACHABLE, "no scale is plugged in")


def test_a_scan_and_what_it_means(milkpos, scanner):
    with scanner.sending(MILK_LABEL):
        ran = milkpos("device", "test", "scanner", "--json", pin=None)
    assert ran.json == {
        "name": "scanner",
        "role": "scanner",
        "code": MILK_LABEL,
        "aim": "",
        "article": MILK_LABEL,
        "batch": None,
        "expiry": None,
        "weight_milli": None,
        "price_paise": None,
        "means": "label of item 12, Cow milk, 0.45 L",
    }
    for code, words in (("12", "item 12, Cow milk"), ("1/2627/7", "a bill's number"), ("9", "no")):
        with scanner.sending(code):
            assert words in milkpos("device", "test", "scanner").out


def test_no_scan_in_time_is_told(milkpos, scanner):
    ran = milkpos("device", "test", "scanner", "--within", "0.3", "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (UNREACHABLE, "", "no-scan")


def test_a_reader_that_another_program_has_is_busy(milkpos, scanner):
    from serial import Serial

    with Serial(str(scanner.link), exclusive=True):
        ran = milkpos("device", "test", "scanner", "--json")
    assert (ran.code, ran.error["code"]) == (BUSY, "device-held")


def test_two_lines_on_the_display(milkpos, display):
    assert milkpos("device", "test", "pole").code == 0
    assert [line.strip() for line in display.lines] == ["MilkPOS", "Test: 12345678901234"]


# --- watch ---------------------------------------------------------------------------------------


def test_a_stream_of_events(milkpos, scanner):
    with scanner.sending("12"):
        ran = milkpos("device", "watch", "scanner", "--count", "3", "--json", pin=None)
    up, *scans = ran.documents
    assert list(up) == ["at", "device", "event", "words"]
    assert (up["device"], up["event"]) == ("scanner", "up")
    assert [(scan["event"], scan["code"], scan["means"]) for scan in scans] == [
        ("scan", "12", "item 12, Cow milk")
    ] * 2
    with scanner.sending("12"):
        lines = milkpos("device", "watch", "--count", "2").lines
    assert "scanner is up" in lines[0]
    assert lines[1].endswith("scanner: 12, item 12, Cow milk")


def test_a_weight_is_told_once_until_it_changes(milkpos, scale, monkeypatch):
    scale.pan = OnPan(grams=450)
    told = []

    def say(text):
        told.append(text)
        scale.pan = OnPan(grams=450 + 100 * len(told))

    monkeypatch.setattr("milkpos_tui.commands.device_tries.say", say)
    assert milkpos("device", "watch", "scale", "--count", "4").code == 0
    assert len(set(told)) == 4  # the first is that it is up


def test_what_is_down_is_an_event(milkpos, printer):
    printer.unplug()
    (down,) = milkpos("device", "watch", "--count", "1", "--json").documents
    assert (down["device"], down["event"]) == ("printer", "down")
    assert "refuses the connection" in down["words"]


def test_nothing_to_watch(milkpos):
    assert_words(milkpos("device", "watch"), REFUSED, "no device to watch")
    assert_words(milkpos("device", "watch", "--count", "0"), USAGE, "--count")


# --- pair ----------------------------------------------------------------------------------------


@pytest.fixture
def shown(monkeypatch):
    """The code that is shown."""
    monkeypatch.setattr("milkpos_tui.hardware.pairing.new_code", lambda: "20000004")
    return "20000004"


def test_the_reader_that_scans_the_code_is_set_up(milkpos, reader, shown, monkeypatch):
    ports = [Port(reader.link, reader.link.resolve())]
    monkeypatch.setattr("drivers.scale.ports.ports_by_id", lambda: ports)
    monkeypatch.setattr("drivers.scanner.discovery.list_inputs", list)
    with reader.sending(shown):
        ran = milkpos("device", "pair", "cards", "--card", "--json")
    assert ran.code == 0, ran.err
    assert (ran.json["kind"], ran.json["address"]) == ("serial", str(reader.link))
    assert (ran.json["role"], ran.json["counter"]) == ("card", "1")
    assert shown in ran.err
    # The same reader by another name keeps what was set for it.
    milkpos("device", "change", "cards", "--set", "gap=70")
    with reader.sending(shown):
        assert milkpos("device", "pair", "cards", "--json").json["options"] == {"gap": "70"}


def test_other_codes_pair_nothing(milkpos, shown, monkeypatch):
    stranger = SimulatedScanner("usb-1")
    stranger.scan("20000011")
    monkeypatch.setattr(
        "milkpos_tui.hardware.pairing.candidates", lambda known: Candidates([], [], [stranger])
    )
    ran = milkpos("device", "pair", "scanner", "--within", "0.3")
    assert ran.code == UNREACHABLE
    assert "nobody scanned 20000004" in ran.err
    assert milkpos("device", "list", "--json").json == []


def test_pairing_is_refused_before_anything_is_shown(milkpos, scale, home, clock, monkeypatch):
    monkeypatch.setattr("drivers.scale.ports.ports_by_id", list)
    monkeypatch.setattr("drivers.scanner.discovery.list_inputs", list)
    assert_words(milkpos("device", "pair", "scanner"), UNREACHABLE, "no barcode reader")
    assert_words(milkpos("device", "pair", "scale"), REFUSED, "scale is a scale, no reader")
    assert_words(milkpos("device", "pair", "Scan ner"), REFUSED, "small letters")
    with open_till(home, clock) as till:
        till.people.add(Operator("ravi", "Ravi", "cashier"), PIN, OWNER)
    ran = milkpos("device", "pair", "scanner", operator="ravi", pin=PIN)
    assert_words(ran, REFUSED, "change settings")


def test_codes_are_short_of_the_shop_s_own_and_never_the_same():
    codes = {new_code() for _ in range(50)}
    assert len(codes) > 45
    assert all(len(code) == 8 and code[0] == "2" and is_gtin(code) for code in codes)


def test_a_code_that_is_shown_is_read_by_zbar():
    from PIL import Image
    from pyzbar.pyzbar import decode

    rows = code_rows("20000004", coloured=False)
    width, cell = max(map(len, rows)), (8, 16)
    paper = Image.new("L", (width * cell[0], len(rows) * cell[1]), 255)
    halves = {
        "▌": [(0, 0, 4, 16)],
        "▐": [(4, 0, 8, 16)],
        "▀": [(0, 0, 8, 8)],
        "▄": [(0, 8, 8, 16)],
        "█": [(0, 0, 8, 16)],
        " ": [],
    }
    for top, row in enumerate(rows):
        for left, sign in enumerate(row):
            for x0, y0, x1, y1 in halves[sign]:
                at = (left * 8 + x0, top * 16 + y0, left * 8 + x1, top * 16 + y1)
                paper.paste(0, at)
    found = {(code.type, code.data.decode()) for code in decode(paper)}
    assert ("QRCODE", "20000004") in found
    assert any(kind.startswith("EAN") and text.endswith("20000004") for kind, text in found)
