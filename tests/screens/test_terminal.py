"""The till as a whole in a real pseudo-terminal: sizes, the Linux console, crashes, hang-ups."""

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from milkpos_tui.home import Home
from milkpos_tui.till import open_till
from tests.screens.driving import ALL_DAYS, stored_cart
from tests.support.sources import ROOT
from tests.support.terminal import Terminal
from tests.support.tills import OWNER, OWNER_PIN

COMMAND = [sys.executable, "-m", "cli"]
CLOSED, DEFECT = 0, 70
REFUSED, MISUSED, UNREACHABLE, HELD = 1, 2, 4, 5
MILK = r"1 +Cow milk +1 L"
SIZES = [(80, 24), (120, 40), (40, 24)]

# What every console font has: ASCII, and of CP437 the blocks and the lines of boxes.
CONSOLE_GLYPHS = {chr(code) for code in range(0x20, 0x7F)} | set("▀▄█░▒▓─│┌┐└┘├┤┬┴┼═║°")
SIXTEEN = {str(code) for base in (30, 40, 90, 100) for code in range(base, base + 8)}


def environment(home, **more):
    return {"MILKPOS_HOME": str(home.path), "PYTHONPATH": str(ROOT)} | more


def asking(home, **options):
    """The till on a terminal, asking who is there."""
    return Terminal(COMMAND, env=environment(home), **options)


@contextmanager
def opened(home, **options):
    """The till on a terminal, its owner at the entry line."""
    who = environment(home, MILKPOS_AS=OWNER.operator, MILKPOS_PIN=OWNER_PIN)
    with Terminal(COMMAND, env=who, **options) as terminal:
        terminal.wait_for("TOTAL|DUE")
        terminal.settle()
        yield terminal


def close(terminal):
    terminal.send("<ctrl+q>")
    assert terminal.exit_code() == CLOSED
    assert_clean(terminal)


def assert_clean(terminal):
    """Nothing of Python's was shown, and nothing that a terminal does not understand."""
    assert b"Traceback" not in terminal.raw
    assert terminal.unknown() == set()


def books(home):
    """The open bill and the bills in the books; no till may run on that home."""
    with open_till(home) as till:
        return stored_cart(till), list(till.bills.between(*ALL_DAYS))


def visit_every_place(terminal):
    """Sign in, bill, search, hold, pay, look at the slip, take back, read the help."""
    terminal.wait_for("Operator")
    terminal.send(f"{OWNER.operator}<enter>{OWNER_PIN}<enter>")
    terminal.wait_for("TOTAL")
    terminal.send("12<enter>3*31<enter>")
    terminal.wait_for(r"2 lines.*332\.00")
    terminal.send("999<enter>")
    terminal.wait_for("code 999")
    terminal.send("<ctrl+u>mil")
    terminal.wait_for("Milk peda")
    terminal.send("<esc>")
    terminal.wait_for(MILK)
    terminal.send("<f1>")
    terminal.wait_for("Help")
    terminal.send("<pagedown><esc>")
    terminal.wait_for(MILK)
    terminal.send("<f2>")
    terminal.wait_for("1 held")
    terminal.send("<f3>")
    terminal.wait_for("Cow milk, 2")
    terminal.send("<enter>")
    terminal.wait_for(MILK)
    terminal.send("<f12>")
    terminal.wait_for("aside")
    terminal.send("<esc>")
    terminal.wait_for(MILK)
    terminal.send("<f9>")
    terminal.wait_for("Reference")
    terminal.send("/")
    if terminal.screen.columns >= 80:
        terminal.wait_for("▀")
    terminal.settle()
    terminal.send("<esc>")
    terminal.wait_for(MILK)
    terminal.send("+500<enter>")
    terminal.wait_for(r"CHANGE.*168\.00")
    terminal.send("<f8>")
    terminal.wait_for("Nandini Dairy(?s:.*)Cow milk")
    terminal.send("r")
    terminal.wait_for("DUPLICATE")
    terminal.send("<esc>")
    terminal.wait_for("TOTAL")
    terminal.send("<f7><enter>")
    terminal.wait_for("Cow milk")
    terminal.send("1<enter>+<enter>1<enter>+<enter>")
    terminal.wait_for("Credit note.*62")
    terminal.settle()


@pytest.mark.parametrize(("cols", "rows"), SIZES)
def test_every_place_at_every_size(home, cols, rows):
    with asking(home, cols=cols, rows=rows) as terminal:
        visit_every_place(terminal)
        close(terminal)
    cart, bills = books(home)
    assert cart.lines == ()
    assert [bill.document.total_paise for bill in bills] == [332_00, 62_00]


@pytest.mark.parametrize(("cols", "rows"), SIZES)
def test_what_counts_is_in_sight(home, cols, rows):
    with opened(home, cols=cols, rows=rows) as terminal:
        terminal.send("12<enter>3*31<enter>")
        terminal.wait_for(r"2 lines +TOTAL .*332\.00")
        assert re.search(r"1 +Cow milk.* 62\.00", terminal.text())
        assert re.search(r"2 +Curd +3 kg.* 270\.00", terminal.text())
        terminal.send("999<enter>")
        terminal.wait_for("no item has the code 999")
        terminal.wait_for("> 999")
        terminal.send("+500<enter>")
        terminal.wait_for(r"CHANGE \D*168\.00")


def test_on_the_smallest_window_nothing_breaks(home):
    with opened(home, cols=80, rows=24) as terminal:
        terminal.send("12<enter>")
        terminal.wait_for(MILK)
        for cols, rows in ((20, 8), (10, 4), (1, 1), (200, 60)):
            terminal.resize(cols, rows)
            terminal.settle()
            terminal.send("mil<esc>")
            terminal.settle()
        terminal.resize(80, 24)
        terminal.wait_for(r"TOTAL.*62\.00")
        terminal.wait_for(MILK)
        assert_clean(terminal)


def test_the_linux_console_gets_its_own_glyphs_and_sixteen_colours(home):
    with asking(home, term="linux") as terminal:
        visit_every_place(terminal)
        close(terminal)
        assert terminal.glyphs() <= CONSOLE_GLYPHS
        assert "▀" in terminal.glyphs()  # the code was drawn
        assert terminal.colours() <= SIXTEEN
        assert b"Rs 332.00" in terminal.raw


def test_a_terminal_of_256_colours_gets_sixteen_too(home):
    with opened(home) as terminal:
        terminal.send("12<enter>999<enter>")
        terminal.wait_for("code 999")
        assert terminal.colours() <= SIXTEEN
        assert "₹" in terminal.text()


@pytest.mark.parametrize("term", ["xterm-256color", "linux"])
def test_what_was_repainted_piece_by_piece_is_what_a_whole_repaint_shows(home, term):
    def drawn(keys, shows):
        terminal.send(keys)
        terminal.wait_for(shows)
        terminal.settle(0.1)
        pieces = terminal.lines()
        for cols in (90, 80):
            terminal.resize(cols, 24)
            terminal.wait_for(rf"^ Nandini Dairy.{{{cols - 19}}}20\d\d $")
            terminal.settle(0.1)
        assert terminal.lines() == pieces, keys

    with opened(home, term=term) as terminal:
        drawn("12<enter>3*31<enter>.5*31<enter>", r"3 +Curd")
        drawn("-2<enter>", r"2 lines")
        drawn("40<enter>" * 30, r"32 +Egg")
        drawn("999<enter>", "code 999")
        drawn("3*77<left><left><backspace>", r"> 377")
        drawn("<ctrl+u>+5<enter>", r"DUE")
        drawn("-<enter>+1000<enter>", r"0 lines")


def test_a_resize_goes_on_with_the_same_bill(home):
    with opened(home) as terminal:
        terminal.send("12<enter>mi")
        terminal.wait_for("Milk peda")
        terminal.resize(120, 40)
        terminal.wait_for(r"^.{100,}62\.00 *$")
        terminal.wait_for("> mi")
        terminal.send("<esc>")
        terminal.wait_gone("> mi")
        terminal.wait_for(MILK)
        terminal.resize(60, 20)
        terminal.wait_for(r"TOTAL.*62\.00")
        terminal.send("31<enter>")
        terminal.wait_for(r"2 lines")
        assert_clean(terminal)


# --- crashes and hang-ups ------------------------------------------------------------------


def test_killed_in_the_middle_of_a_bill_the_same_bill_is_back_and_that_is_told(home):
    with opened(home) as terminal:
        terminal.send("12<enter>3*31<enter>*-5<enter>+/20<enter>")
        terminal.wait_for(r"DUE.*307\.00")
        terminal.kill(signal.SIGKILL)
        assert terminal.exit_code() == -signal.SIGKILL
    with opened(home) as terminal:
        terminal.wait_for("is back.*2 lines")
        terminal.wait_for(MILK)
        terminal.wait_for(r"2 +Curd .*less Rs 5.* 265\.00")
        terminal.wait_for(r"DUE.*307\.00")
        terminal.send("+<enter>")
        terminal.wait_for("0 lines")
        close(terminal)
    (bill,) = books(home)[1]
    assert bill.document.total_paise == 327_00


def test_killed_after_a_bill_nothing_is_back(home):
    with opened(home) as terminal:
        terminal.send("12<enter>+<enter>")
        terminal.wait_for("CHANGE")
        terminal.kill(signal.SIGKILL)
        terminal.exit_code()
    with opened(home) as terminal:
        terminal.wait_for("CHANGE")  # of the last bill
        assert "is back" not in terminal.text()
        assert "0 lines" in terminal.text()
    assert len(books(home)[1]) == 1


def hang_up(terminal):
    """Close the terminal's window, or lose the SSH connection."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, terminal._master)
    os.close(nothing)
    terminal.ended = True


def processes_of(group):
    """What still runs of a process group."""
    left = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _name, _paren, rest = stat.read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, _parent, its_group = rest.split()[:3]
        if int(its_group) == group and state != "Z":
            left.append(stat.parent.name)
    return left


@pytest.mark.parametrize("typed", ["", "31", "<f9>"])
def test_when_the_terminal_goes_the_till_goes_and_the_bill_stays(home, typed):
    with opened(home) as terminal:
        terminal.send("12<enter>")
        terminal.wait_for(MILK)
        terminal.send(typed)
        terminal.settle()
        hang_up(terminal)
        terminal.exit_code()
        assert processes_of(terminal.pid) == []
    assert len(books(home)[0].lines) == 1


def test_a_second_terminal_on_the_counter_is_refused_in_words(home):
    with opened(home) as first:
        first.send("12<enter>")
        first.wait_for(MILK)
        with asking(home) as second:
            assert second.exit_code() == HELD
            assert "counter 1 is open at another terminal" in second.text()
            assert_clean(second)
        first.send("31<enter>")
        first.wait_for("2 lines")
        first.send("+<enter>")
        first.wait_for("0 lines")
        close(first)
    with opened(home) as third:
        close(third)


def test_a_counter_is_free_again_when_its_till_was_killed(home):
    with opened(home) as terminal:
        terminal.kill(signal.SIGKILL)
        terminal.exit_code()
    with opened(home) as terminal:
        close(terminal)


# --- keys and output -----------------------------------------------------------------------

HOLDS_THE_DATABASE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""


@contextmanager
def database_held(home):
    """Another process holds the database, as a slow disk would; in that process, because two
    SQLites in one process lose each other's locks."""
    command = [sys.executable, "-c", HOLDS_THE_DATABASE, str(home.database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.communicate(b"\n")


def test_a_key_is_shown_while_the_disk_is_slow(home):
    with opened(home) as terminal:
        with database_held(home):
            terminal.send("12<enter>31")
            terminal.wait_for("> 31")
            assert "0 lines" in terminal.text()
        terminal.wait_for(MILK)
        terminal.wait_for("> 31")


def test_closed_while_the_disk_is_slow_what_was_keyed_is_kept(home):
    with opened(home) as terminal:
        with database_held(home):
            terminal.send("12<enter>31<enter>40")
            terminal.wait_for("> 40")
            terminal.send("<ctrl+q>")
        terminal.wait_for("2 lines.* open bill")
        terminal.send("<ctrl+q>")
        assert terminal.exit_code() == CLOSED
        assert_clean(terminal)
    assert len(books(home)[0].lines) == 2


def test_idle_it_writes_nothing(home):
    with opened(home) as terminal:
        terminal.send("12<enter>31")
        terminal.wait_for("> 31")
        terminal.settle(0.3)
        before = terminal.received
        terminal.read_for(2)
        assert terminal.received == before


def test_a_typed_figure_costs_few_bytes(home):
    with opened(home) as terminal:
        terminal.send("1")
        terminal.wait_for("> 1")
        terminal.settle()
        before = terminal.received
        terminal.send("2")
        terminal.wait_for("> 12")
        terminal.settle()
        assert terminal.received - before < 100


def test_pasted_text_is_one_clean_line_and_no_command_for_the_terminal(home):
    with opened(home) as terminal:
        terminal.send("<esc>[200~12\n31\x07\tx\u202e\u009b2J\n<esc>[201~")
        terminal.wait_for(r"> 12 31 x2J")
        terminal.settle()
        assert "0 lines" in terminal.text()
        assert not {"\u202e", "\u009b"} & terminal.glyphs()
        assert_clean(terminal)


def test_other_keys_of_the_config_file(home):
    home.config.write_text('[keys]\nhold = "alt+h"\npay = "shift+f6, ctrl+f"\nweigh = "f5"\n')
    with opened(home) as terminal:
        terminal.wait_for("alt\\+h Hold")
        terminal.send("12<enter><alt+h>")
        terminal.wait_for("1 held")
        terminal.send("31<enter><ctrl+f>")
        terminal.wait_for("Reference")
        terminal.send("<esc>")
        terminal.wait_for("Curd")
        terminal.send("<shift+f6>")
        terminal.wait_for("Reference")


def test_a_config_file_that_is_refused_is_told_and_the_usual_keys_are_used(home):
    home.config.write_text('[keys]\nhold = "f3"\n')
    with opened(home, cols=160) as terminal:
        terminal.wait_for("f3 is the key of hold and of recall.*usual keys")
        terminal.send("12<enter><f2>")
        terminal.wait_for("1 held")


def test_interrupt_and_suspend_are_keys_and_nothing_more(home):
    with opened(home) as terminal:
        terminal.send("12<enter>")
        terminal.wait_for(MILK)
        terminal.send("<ctrl+c><ctrl+c><ctrl+z>9")
        terminal.wait_for("> 9")
        close_with_open_bill(terminal)


def close_with_open_bill(terminal):
    terminal.send("<ctrl+q>")
    terminal.wait_for("open bill")
    close(terminal)


def test_closed_it_leaves_the_terminal_as_it_was(home):
    with opened(home) as terminal:
        close(terminal)
        assert terminal.raw.rindex(b"\x1b[?1049l") > terminal.raw.rindex(b"\x1b[?1049h")
        assert terminal.raw.rindex(b"\x1b[?25h") > terminal.raw.rindex(b"\x1b[?25l")
        assert "TOTAL" not in terminal.text()


BROKEN = """
import sys
from milkpos_tui.screens.billing import Billing
sys.argv = ["milkpos"]
def hold(self):
    secret = "482913"
    raise RuntimeError("broken")
Billing.hold = hold
import cli
cli.main()
"""


def test_a_defect_of_the_screen_is_told_without_its_secrets_and_with_an_exit_code(home):
    who = environment(home, MILKPOS_AS=OWNER.operator, MILKPOS_PIN=OWNER_PIN)
    with Terminal([sys.executable, "-c", BROKEN], env=who) as terminal:
        terminal.wait_for("TOTAL")
        terminal.send("12<enter>")
        terminal.wait_for(MILK)
        terminal.send("<f2>")
        assert terminal.exit_code() == DEFECT
        assert b"broken" in terminal.raw
        assert b"482913" not in terminal.raw
        assert b"locals" not in terminal.raw


# --- starts that can't be ------------------------------------------------------------------


def test_without_a_terminal_it_says_so(home):
    done = subprocess.run(
        COMMAND,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == MISUSED
    assert done.stdout == ""
    assert "needs a terminal" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_till_it_says_how_to_make_one(tmp_path):
    with asking(Home(tmp_path / "nothing")) as terminal:
        assert terminal.exit_code() == UNREACHABLE
        assert "there is no till in" in terminal.text()
        assert "milkpos init" in terminal.text().replace("\n", "")
        assert_clean(terminal)
    assert not (tmp_path / "nothing").exists()


def test_on_a_home_that_can_not_be_written_it_says_so(home):
    # A folder where the lock should be stops root too.
    (home.path / "counter-1.lock").mkdir()
    with asking(home) as terminal:
        assert terminal.exit_code() == UNREACHABLE
        assert_clean(terminal)


@pytest.mark.parametrize("counter", ["../1", "a b", "[/b]"])
def test_a_counter_that_can_be_none_is_told_at_once(home, counter):
    with Terminal([*COMMAND, "--counter", counter], env=environment(home)) as terminal:
        assert terminal.exit_code() == REFUSED
        assert "counter" in terminal.text()
        assert_clean(terminal)
    assert sorted(home.path.glob("*.lock")) == []


def test_a_counter_that_was_not_set_up_is_told_at_the_sign_in(home):
    with Terminal([*COMMAND, "--counter", "9"], env=environment(home)) as terminal:
        terminal.wait_for("Operator")
        terminal.send(f"{OWNER.operator}<enter>{OWNER_PIN}<enter>")
        terminal.wait_for("no counter 9")
        close(terminal)


def newer_version(home):
    connection = apsw.Connection(str(home.database))
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def test_a_database_of_a_newer_version_ends_the_start(home):
    newer_version(home)
    with asking(home, cols=200) as terminal:
        assert terminal.exit_code() == UNREACHABLE
        assert "newer MilkPOS" in terminal.text()
        assert "update" in terminal.text()
        assert_clean(terminal)
