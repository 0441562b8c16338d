"""`milkpos shift` on a terminal, as a cashier over SSH meets it: what it asks, and what is left
when somebody goes away in the middle."""

import os
import re
import shutil
import sys
from contextlib import contextmanager
from datetime import timedelta

import pytest

from milkpos_tui.home import Home
from milkpos_tui.services.records import Operator
from milkpos_tui.till import MachineClock, day_in_india, open_till
from tests.commands.driving import COMMAND, ROOT, environment, run
from tests.support.staff import PIN
from tests.support.terminal import Terminal
from tests.support.tills import OWNER, OWNER_PIN, close_shift

INTERRUPTED = 130
ROLES = {"ravi": "cashier", "mina": "cashier", "sunil": "supervisor", "adit": "auditor"}
LEAVE = {"MILKPOS_APPROVER": "sunil", "MILKPOS_APPROVER_PIN": PIN}
FIRST_ROW = r" 0\.00 +2000 x"
ROWS = (2000, 500, 200, 100, 50, 20, 10, 5, 2, 1)


@pytest.fixture(scope="module")
def _traded_once(tmp_path_factory, _founded_now):
    shop = Home(shutil.copytree(_founded_now.path, tmp_path_factory.mktemp("traded") / "shop"))
    with open_till(shop, MachineClock()) as till:
        for code, role in ROLES.items():
            till.people.add(Operator(code, code.title(), role), PIN, OWNER)
        close_shift(till)
    assert run("shift", "open", "--float", "500", home=shop, operator="ravi", pin=PIN).code == 0
    assert run("ring", home=shop, operator="ravi", pin=PIN, stdin="12\n+100\n").code == 0
    return shop


@pytest.fixture
def shop(tmp_path, _traded_once):
    """The same with people. Ravi answers for counter 1, with Rs 500; a bill of Rs 62 is paid."""
    return Home(shutil.copytree(_traded_once.path, tmp_path / "shop"))


@pytest.fixture
def no_shift(shop):
    """Nobody answers for counter 1."""
    with open_till(shop, MachineClock()) as till:
        close_shift(till)
    return shop


@contextmanager
def shift(home, *args, by="ravi", pin=PIN, env=None, to=None):
    """`milkpos shift ...` on a terminal, its standard output in a file where `to` says so."""
    command = [*COMMAND, "shift", *args]
    if to is not None:
        command = ["sh", "-c", 'out=$0; exec "$@" > "$out"', str(to), *command]
    given = environment(home, pin, by, env)
    with Terminal(command, env=given, cwd=ROOT, rows=120, cols=140) as terminal:
        yield terminal
        assert b"Traceback" not in terminal.raw


def count(terminal, **pieces):
    """Key pieces in by denomination, like `_500=2`, each when its row is there; the sum is so."""
    for rupees in ROWS:
        terminal.wait_for(rf" {rupees} x *$")
        terminal.send(f"{pieces.get(f'_{rupees}', '')}<enter>")
    terminal.wait_for("Is that what is there")
    terminal.send("<enter>")


def others(terminal, upi="", card=""):
    for name, keys in (("UPI", upi), ("Card", card)):
        terminal.wait_for(f"{name} received, rupees")
        terminal.send(f"{keys}<enter>")


def status(home, **more):
    return run("shift", "status", "--json", home=home, **more).json


def kinds(home):
    """The kinds of the journal's entries, in order."""
    ran = run("audit", "export", home=home)
    return [line["entry"]["kind"] for line in ran.documents]


# --- open ----------------------------------------------------------------------------------------


def test_opened_note_by_note(no_shift, tmp_path):
    out = tmp_path / "out"
    with shift(no_shift, "open", to=out) as terminal:
        terminal.wait_for(FIRST_ROW)
        assert re.search(r"^missing +printer", terminal.text(), re.MULTILINE)
        count(terminal, _500=2, _10=3)
        terminal.wait_for(r"1,000\.00 +200 x")
        terminal.wait_for(r"1,030\.00 +counted")
        terminal.wait_for("I counted the cash in this drawer")
        terminal.wait_for("Do you accept it")
        terminal.send("y<enter>")
        assert terminal.exit_code() == 0
        assert "answers for it" not in terminal.text()
    (line,) = out.read_text().splitlines()
    assert line.endswith("ravi answers for it, float Rs 1,030.00")
    told = status(no_shift)
    assert (told["float_paise"], told["float_count"]) == (1030_00, "500=2,10=3")


@pytest.mark.parametrize("answer", ["n", "no", "maybe"])
def test_a_declaration_that_is_not_accepted(no_shift, answer):
    before = kinds(no_shift)
    with shift(no_shift, "open", "--float", "500") as terminal:
        terminal.wait_for("Do you accept it")
        terminal.send(f"{answer}<enter>")
        assert terminal.exit_code() == 1
        assert "the declaration was not accepted: no shift was opened" in terminal.text()
    assert status(no_shift)["state"] == "none"
    assert kinds(no_shift) == before


def test_with_every_value_as_an_option_nothing_is_asked(no_shift):
    with shift(no_shift, "open", "--float", "500", "--accept") as terminal:
        assert terminal.exit_code() == 0
        assert "I counted the cash" in terminal.text()
        assert "accept it?" not in terminal.text()
    assert status(no_shift)["state"] == "open"


def test_what_is_no_number_of_pieces_is_asked_for_again(no_shift):
    with shift(no_shift, "open") as terminal:
        terminal.wait_for(FIRST_ROW)
        for keys, words in (
            ("-3", "-3 pieces of Rs 2000: a count is never < 0"),
            ("1.5", "'1.5' is not a number of pieces"),
            ("two", "'two' is not a number of pieces"),
            ("100000", "more than 99,999 pieces of Rs 2000"),
            ("-", "'-' is not a number of pieces"),
            ("\u096a", "is not a number of pieces"),
        ):
            terminal.send(f"{keys}<enter>")
            terminal.wait_for(re.escape(words))
        terminal.send("1<enter>")
        terminal.wait_for(r"2,000\.00 +500 x")


def test_what_a_terminal_sends_for_keys_is_not_sent_back(no_shift):
    """An arrow key, and half a letter: neither ends the count, nor is it obeyed."""
    with shift(no_shift, "open", env={"LANG": "en_IN.UTF-8", "PYTHONUTF8": "0"}) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.settle()
        before = len(terminal.raw)
        terminal.send("<up><enter>")
        terminal.wait_for("'.*' is not a number of pieces")
        assert b"\x1b" not in terminal.raw[before:].replace(b"^[", b"")
        terminal._write(b"\xe0\xa4\r")
        terminal.wait_for(r"(?s)not a number.*not a number of pieces")
        terminal.send("1<enter>")
        terminal.wait_for(r"2,000\.00 +500 x")


def test_a_sum_that_is_not_what_is_there_is_counted_again(no_shift):
    with shift(no_shift, "open") as terminal:
        for rupees in ROWS:
            terminal.wait_for(rf" {rupees} x *$")
            terminal.send("22<enter>" if rupees == 500 else "<enter>")
        terminal.wait_for(r"11,000\.00 +counted")
        terminal.wait_for("Is that what is there")
        terminal.send("n<enter>")
        terminal.wait_for(r"(?s)counted.*How many of each.* 0\.00 +2000 x")
        for rupees in ROWS:
            terminal.wait_for(rf"(?s)How many.*How many.* {rupees} x *$")
            terminal.send("2<enter>" if rupees == 500 else "<enter>")
        terminal.wait_for(r"1,000\.00 +counted")
        terminal.send("<enter>")
        terminal.wait_for("Do you accept it")
        terminal.send("<enter>")
        assert terminal.exit_code() == 0
    assert status(no_shift)["float_count"] == "500=2"


@pytest.mark.parametrize(
    ("args", "by", "words"),
    [
        (("--name", "noon"), "ravi", "there is no shift 'noon', only morning, evening"),
        (("--date", "2020-01-01"), "ravi", "a supervisor must allow it: --approve OPERATOR"),
        ((), "adit", "auditor may not open"),
    ],
    ids=str,
)
def test_what_is_refused_is_refused_before_anybody_counts(no_shift, args, by, words):
    with shift(no_shift, "open", *args, by=by) as terminal:
        assert terminal.exit_code() == 1
        assert words in terminal.text()
        assert "How many" not in terminal.text()


def test_where_a_shift_is_open_nobody_counts(shop):
    with shift(shop, "open") as terminal:
        assert terminal.exit_code() == 1
        assert "a shift is open on counter 1" in terminal.text()
        assert "How many" not in terminal.text()


def test_who_allows_another_date_is_asked_once(no_shift):
    """Before the count; and not once more behind it."""
    day = (day_in_india(MachineClock().now()) + timedelta(days=3)).isoformat()
    with shift(no_shift, "open", "--date", day, "--approve", "sunil") as terminal:
        terminal.wait_for("PIN of sunil, to let ravi open a shift under another date: ")
        terminal.send(f"{PIN}<enter>")
        count(terminal, _500=1)
        terminal.wait_for("Do you accept it")
        terminal.send("<enter>")
        assert terminal.exit_code() == 0
        assert terminal.text().count("PIN of sunil") == 1
        assert PIN not in terminal.text()
    assert status(no_shift)["business_date"] == day


# --- gone in the middle --------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["<ctrl+c>", "<ctrl+d>"])
@pytest.mark.parametrize("command", ["open", "count", "handover", "close"])
def test_a_count_that_is_broken_off_leaves_nothing(shop, command, key):
    if command == "open":
        with open_till(shop, MachineClock()) as till:
            close_shift(till)
    before, books = kinds(shop), status(shop)
    more = ("--to", "mina") if command == "handover" else ()
    with shift(shop, command, *more, env={"MILKPOS_SUCCESSOR_PIN": PIN}) as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("1<enter>")
        terminal.wait_for(r"2,000\.00 +500 x")
        terminal.settle()
        terminal.send(key)
        assert terminal.exit_code() == INTERRUPTED
        assert "562.00" not in terminal.text()
    assert kinds(shop) == before
    assert status(shop) == books


@pytest.mark.parametrize("key", ["<ctrl+c>", "<ctrl+d>"])
@pytest.mark.parametrize("question", ["Is that what is there", "UPI received", "Card received"])
def test_nor_does_one_that_is_broken_off_late(shop, question, key):
    before = kinds(shop)
    with shift(shop, "count") as terminal:
        for rupees in ROWS:
            terminal.wait_for(rf" {rupees} x *$")
            terminal.send("<enter>")
        terminal.wait_for("Is that what is there")
        if question != "Is that what is there":
            terminal.send("<enter>")
            terminal.wait_for("UPI received")
        if question == "Card received":
            terminal.send("<enter>")
            terminal.wait_for(question)
        terminal.settle()
        terminal.send(key)
        assert terminal.exit_code() == INTERRUPTED
        assert "562.00" not in terminal.text()
    assert kinds(shop) == before


def test_a_declaration_that_is_left_unanswered(no_shift):
    before = kinds(no_shift)
    with shift(no_shift, "open", "--float", "500") as terminal:
        terminal.wait_for("Do you accept it")
        terminal.send("<ctrl+d>")
        assert terminal.exit_code() == INTERRUPTED
    assert kinds(no_shift) == before


def test_the_connection_is_lost_in_the_middle_of_a_count(shop):
    before = kinds(shop)
    with shift(shop, "close") as terminal:
        terminal.wait_for(FIRST_ROW)
        terminal.send("1<enter>")
        terminal.wait_for(r"2,000\.00 +500 x")
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, terminal._master)
        os.close(nothing)
        terminal.ended = True
        assert terminal.exit_code() != 0
    assert kinds(shop) == before


# --- count and close -----------------------------------------------------------------------------


def test_a_count_tells_what_should_be_there_only_afterwards(shop, tmp_path):
    out = tmp_path / "out"
    with shift(shop, "count", to=out) as terminal:
        count(terminal, _500=1, _50=1)
        terminal.wait_for("UPI received")
        assert "562.00" not in terminal.text()
        terminal.send("12.005<enter>")
        terminal.wait_for("at most two decimals")
        assert "562.00" not in terminal.text()
        terminal.settle()
    assert out.read_text() == ""


def test_counted_in_full(shop, tmp_path):
    out = tmp_path / "out"
    with shift(shop, "count", to=out) as terminal:
        count(terminal, _500=1, _50=1)
        others(terminal, card="0")
        assert terminal.exit_code() == 0
    assert out.read_text().splitlines() == [
        "cash: Rs 550.00 counted, Rs 562.00 expected: Rs 12.00 short",
        "card: Rs 0.00 counted, Rs 0.00 expected: exact",
    ]


@pytest.mark.parametrize("command", ["count", "close"])
def test_a_shop_that_does_not_count_blindly_sees_it_before(shop, command):
    run("setting", "set", "blind-count", "no", home=shop)
    with shift(shop, command) as terminal:
        terminal.wait_for(r"(?s)cash: Rs 562\.00 expected.*How many of each")


def test_closed_with_a_difference_and_a_reason(shop, tmp_path):
    out = tmp_path / "z.txt"
    with shift(shop, "close", to=out) as terminal:
        count(terminal, _500=1, _50=1)
        others(terminal)
        terminal.wait_for(r"Rs 550\.00 counted, Rs 562\.00 expected: Rs 12\.00 short")
        terminal.wait_for("Why does it differ")
        assert status(shop)["state"] == "open"
        terminal.send("=a coin fell<enter>")
        assert terminal.exit_code() == 0
        assert "Z REPORT" not in terminal.text()
    told = out.read_text()
    assert "Z REPORT 2" in told
    assert "Reason: =a coin fell" in told
    assert "How many" not in told
    assert status(shop)["state"] == "none"
    assert kinds(shop)[-2:] == ["shift.counted", "shift.closed"]


def test_no_reason_is_no_reason_to_stay_open(shop):
    with shift(shop, "close") as terminal:
        count(terminal)
        others(terminal)
        terminal.wait_for("Why does it differ")
        terminal.send("<enter>")
        terminal.wait_for("Reason: no reason was given")
        assert terminal.exit_code() == 0


def test_an_exact_count_is_asked_no_reason(shop):
    with shift(shop, "close") as terminal:
        count(terminal, _500=1, _50=1, _10=1, _2=1)
        others(terminal)
        assert terminal.exit_code() == 0
        assert "Why" not in terminal.text()
        assert re.search(r"Cash difference +exact", terminal.text())


def test_differences_that_cancel_out_are_asked_a_reason(shop):
    """Rs 62 more in the drawer, and Rs 62 of UPI that did not come."""
    assert run("ring", home=shop, operator="ravi", pin=PIN, stdin="12\n+/\n").code == 0
    with shift(shop, "close") as terminal:
        count(terminal, _500=1, _100=1, _20=1, _2=2)
        others(terminal, upi="0")
        terminal.wait_for(r"upi: .*Rs 62\.00 short")
        terminal.wait_for("Why does it differ")


def test_interrupted_behind_the_count_it_is_closed_by_that_count(shop):
    with shift(shop, "close") as terminal:
        count(terminal, _500=1)
        others(terminal)
        terminal.wait_for("Why does it differ")
        terminal.settle()
        terminal.send("<ctrl+c>")
        assert terminal.exit_code() == INTERRUPTED
    assert status(shop)["state"] == "open"
    with shift(shop, "close") as terminal:
        terminal.wait_for(r"ravi counted at \d\d:\d\d: cash Rs 500\.00\. Close by it\?")
        assert "562.00" not in terminal.text()
        terminal.send("<enter>")
        terminal.wait_for("Why does it differ")
        terminal.send("<enter>")
        assert terminal.exit_code() == 0
    assert kinds(shop).count("shift.counted") == 2  # of the shift before, and of this one


def test_or_it_is_counted_again(shop):
    run("shift", "count", "--count", "500=1", home=shop, operator="ravi", pin=PIN)
    with shift(shop, "close", "--reason", "late") as terminal:
        terminal.wait_for("Close by it")
        terminal.send("n<enter>")
        count(terminal, _500=1, _50=1)
        others(terminal)
        terminal.wait_for(r"Cash counted +550\.00")
        assert terminal.exit_code() == 0
    assert kinds(shop)[-2:] == ["shift.counted", "shift.closed"]


def test_counted_by_options_only_the_reason_is_asked(shop):
    with shift(shop, "close", "--count", "500=1") as terminal:
        terminal.wait_for(r"Rs 62\.00 short")
        terminal.wait_for("Why does it differ")
        assert "How many" not in terminal.text()
        terminal.send("taken for ice<enter>")
        terminal.wait_for("Reason: taken for ice")
        assert terminal.exit_code() == 0


@pytest.mark.parametrize(
    "args",
    [
        ("--count", "500=1", "--reason", "x"),
        ("--count", "500=1", "--reason", ""),
        ("--uncounted",),
        ("--uncounted", "--upi", "5", "--reason", "x"),
    ],
    ids=" ".join,
)
def test_closed_with_every_value_as_an_option(shop, args):
    with shift(shop, "close", *args, env=LEAVE) as terminal:
        assert terminal.exit_code() == 0
        assert "Z REPORT 2" in terminal.text()
        assert "?" not in terminal.text()


def test_unpaid_bills_are_decided_before_the_count(shop):
    assert run("ring", home=shop, operator="ravi", pin=PIN, stdin="12\n.\n31\n").code == 0
    with shift(shop, "close", env=LEAVE) as terminal:
        terminal.wait_for(r"unpaid bill open: 1 lines, Rs 90\.00\. Carry it over, or drop it\?")
        terminal.send("x<enter>")
        terminal.wait_for(r"(?s)c carries it over to the next shift, d drops it.*\[c/d\] *$")
        terminal.send("c<enter>")
        terminal.wait_for(r"unpaid bill 1: 1 lines, Rs 62\.00\. Carry it over, or drop it\?")
        terminal.send("d<enter>")
        terminal.wait_for("Why is it dropped")
        terminal.send("<enter>")
        terminal.wait_for("a reason is needed")
        assert "How many" not in terminal.text()
        terminal.send("spilt<enter>")
        count(terminal, _500=1, _50=1, _10=1, _2=1)
        others(terminal)
        terminal.wait_for(r"Open bills dropped: 1 +62\.00")
        assert terminal.exit_code() == 0
    (left,) = status(shop)["open_bills"]
    assert (left["bill"], left["total_paise"]) == ("open", 90_00)


def test_bills_named_by_options_are_not_asked_for(shop):
    assert run("ring", home=shop, operator="ravi", pin=PIN, stdin="12\n.\n31\n").code == 0
    with shift(shop, "close", "--uncounted", "--carry", "all", env=LEAVE) as terminal:
        assert terminal.exit_code() == 0
        assert "Carry it over, or" not in terminal.text()
    assert len(status(shop)["open_bills"]) == 2


@pytest.mark.parametrize(
    ("keys", "args", "words"),
    [
        ("12\n+5\n", (), "Rs 5.00 was taken for a bill of 1 lines"),
        ("", ("--carry", "7"), "bill 7 is not an open bill of counter 1"),
        ("", ("--columns", "33"), "32, 42 or 48 columns"),
    ],
)
def test_a_close_that_is_refused_is_refused_before_the_count(shop, keys, args, words):
    run("ring", home=shop, operator="ravi", pin=PIN, stdin=keys)
    before = kinds(shop)
    with shift(shop, "close", *args) as terminal:
        assert terminal.exit_code() == 1
        assert words in terminal.text()
        assert "How many" not in terminal.text()
    assert kinds(shop) == before


# --- who allows it, and who takes it over --------------------------------------------------------


@pytest.mark.parametrize("command", ["count", "close"])
def test_another_s_drawer_without_leave_is_not_counted(shop, command):
    with shift(shop, command, by="mina") as terminal:
        assert terminal.exit_code() == 1
        assert "a supervisor must allow it: --approve OPERATOR" in terminal.text()
        assert "How many" not in terminal.text()


def test_who_lets_another_s_shift_be_closed_is_asked_once(shop):
    with shift(shop, "close", "--approve", "sunil", by="mina", pin=None) as terminal:
        terminal.wait_for("PIN of mina: ")
        terminal.send(f"{PIN}<enter>")
        terminal.wait_for("PIN of sunil, to let mina close somebody else's shift: ")
        terminal.send(f"{PIN}<enter>")
        count(terminal, _500=1)
        others(terminal)
        terminal.wait_for("Why does it differ")
        terminal.send("he went home<enter>")
        assert terminal.exit_code() == 0
        assert terminal.text().count("PIN of sunil") == 1
    told = run("audit", "export", home=shop).documents
    (counted, closed) = [line["entry"] for line in told][-2:]
    assert (counted["actor"], counted["approver"]) == ("mina", "sunil")
    assert (closed["actor"], closed["approver"]) == ("mina", "sunil")


def test_the_successor_proves_themselves_before_the_count(shop):
    with shift(shop, "handover", "--to", "mina") as terminal:
        terminal.wait_for("PIN of mina, who takes it over: ")
        terminal.send(f"{PIN}<enter>")
        count(terminal, _500=1, _50=1, _10=1, _2=1)
        others(terminal)
        terminal.wait_for("mina answers for it now")
        assert terminal.exit_code() == 0
        assert PIN not in terminal.text()
    assert status(shop)["operator"] == "mina"


@pytest.mark.parametrize(
    ("to", "pin", "words"),
    [
        ("mina", "000001", "mina, who takes it over: the operator or the PIN is wrong"),
        ("adit", PIN, "auditor may not open, hand over and close a shift"),
    ],
)
def test_who_may_not_take_it_over_is_told_before_the_count(shop, to, pin, words):
    with shift(shop, "handover", "--to", to) as terminal:
        terminal.wait_for(f"PIN of {to}")
        terminal.send(f"{pin}<enter>")
        assert terminal.exit_code() == 1
        assert words in terminal.text()
        assert "How many" not in terminal.text()
    assert status(shop)["operator"] == "ravi"


# --- beside an open till -------------------------------------------------------------------------


def test_the_till_shows_what_the_commands_beside_it_do(shop):
    command = [sys.executable, "-m", "cli"]
    with Terminal(command, env=environment(shop, PIN, "ravi"), cwd=ROOT) as till:
        till.wait_for("TOTAL")
        till.settle()
        by = {"home": shop, "operator": "ravi", "pin": PIN}
        assert run("shift", "status", home=shop).code == 0
        assert run("shift", "count", "--count", "500=1", **by).code == 0
        assert run("shift", "close", **by).code == 0
        till.wait_for("no shift")
        assert run("shift", "open", "--float", "500", **by).code == 0
        till.wait_gone("no shift is open")
        till.send("12<enter>")
        till.wait_for(r"1 +Cow milk +1 L")
        till.send("+<enter>")
        till.wait_for("0 lines")
    told = run("shift", "report", "--json", home=shop, pin=OWNER_PIN).json
    assert (told["state"], told["bills"]) == ("open", 1)
