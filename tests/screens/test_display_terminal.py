"""`milkpos display` as a program, on a real terminal beside a till: sizes, ends, quiet."""

import json
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from milkpos_tui.home import Home
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.displays import Shown
from milkpos_tui.till import open_till
from tests.screens.driving import stored_cart
from tests.screens.test_terminal import (
    CLOSED,
    COMMAND,
    CONSOLE_GLYPHS,
    MILK,
    MISUSED,
    REFUSED,
    SIXTEEN,
    UNREACHABLE,
    assert_clean,
    environment,
    hang_up,
    newer_version,
    processes_of,
)
from tests.screens.test_terminal import opened as opened_till
from tests.support.sources import ROOT
from tests.support.terminal import Terminal
from tests.support.tills import OWNER

DISPLAY = [*COMMAND, "display"]
SIZES = [(80, 24), (40, 12), (120, 40)]
LINK = "upi://pay?pa=nandini@upi&pn=Nandini%20Dairy&am=186.00&cu=INR&tr=b2c4d6e8f0a1b2c4"


@contextmanager
def shown(home, **options):
    """The display of counter 1, with nothing sold yet."""
    with Terminal(DISPLAY, env=environment(home), **options) as terminal:
        terminal.wait_for("Welcome")
        terminal.settle()
        yield terminal


@contextmanager
def selling(home):
    """Somebody sells in another process's stead."""
    with open_till(home) as till:
        yield till, till.checkout("1", Actor(OWNER.operator))


def visit_every_moment(terminal, home):
    with selling(home) as (till, checkout):
        checkout.key_in("3*12")
        terminal.wait_for(r"Cow milk.* 186\.00")
        till.displays.show_link("1", Shown(checkout.draft.id, 186_00, LINK))
        terminal.wait_for("Scan to pay|scan it at the till")
        till.displays.hide_link("1")
        terminal.wait_gone("[Ss]can ")
        checkout.key_in("+100")
        terminal.wait_for(r"received 100\.00")
        checkout.key_in("+100")
        terminal.wait_for("CHANGE")
    terminal.settle()


@pytest.mark.parametrize(("cols", "rows"), SIZES)
def test_every_moment_at_every_size(home, cols, rows):
    with shown(home, cols=cols, rows=rows) as terminal:
        visit_every_moment(terminal, home)
        assert "█" in terminal.text()
        assert "₹" in terminal.text()
        assert_clean(terminal)
        assert terminal.colours() <= SIXTEEN


def test_the_linux_console_gets_its_own_glyphs_and_sixteen_colours(home):
    with shown(home, term="linux") as terminal:
        visit_every_moment(terminal, home)
        assert terminal.glyphs() <= CONSOLE_GLYPHS
        assert {"█", "▀", "▄"} <= terminal.glyphs()
        assert terminal.colours() <= SIXTEEN
        assert "CHANGE Rs" in terminal.text()
        assert_clean(terminal)


@pytest.mark.parametrize("keys", ["q", "<ctrl+c>"])
def test_a_key_ends_it_and_puts_the_terminal_back(home, keys):
    with shown(home) as terminal:
        terminal.send(keys)
        assert terminal.exit_code() == CLOSED
        assert terminal.raw.rindex(b"\x1b[?1049l") > terminal.raw.rindex(b"\x1b[?1049h")
        assert terminal.raw.rindex(b"\x1b[?25h") > terminal.raw.rindex(b"\x1b[?25l")
        assert_clean(terminal)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it(home, number):
    with shown(home) as terminal:
        terminal.kill(number)
        assert terminal.exit_code() == CLOSED
        assert_clean(terminal)


def test_when_its_terminal_goes_it_goes(home):
    with shown(home) as terminal:
        hang_up(terminal)
        terminal.exit_code()
        assert processes_of(terminal.pid) == []


def test_idle_it_writes_nothing(home):
    with shown(home) as terminal, selling(home) as (_till, checkout):
        checkout.key_in("12")  # with a bill open there is no clock
        terminal.wait_for("Cow milk")
        terminal.settle(0.3)
        before = terminal.received
        terminal.read_for(1)
        assert terminal.received == before


def test_the_till_beside_it_is_opened_killed_and_opened_again(home):
    with shown(home) as terminal:
        with opened_till(home) as till:
            till.send("12<enter>")
            till.wait_for(MILK)
            terminal.wait_for("Cow milk")
            till.kill(signal.SIGKILL)
            till.exit_code()
        assert "Cow milk" in terminal.text()
        with opened_till(home) as till:
            till.send("31<enter>")
            terminal.wait_for("Curd")
            till.send("+500<enter>")
            terminal.wait_for("CHANGE")
            till.send("<ctrl+q>")
            assert till.exit_code() == CLOSED
        terminal.send("q")
        assert terminal.exit_code() == CLOSED
    with open_till(home) as till:
        assert stored_cart(till).lines == ()


def test_it_holds_no_counter_and_two_of_them_may_look(home):
    with shown(home) as terminal, shown(home) as second, opened_till(home) as till:
        till.send("12<enter>")
        terminal.wait_for("Cow milk")
        second.wait_for("Cow milk")
        locks = sorted(lock.name for lock in home.path.glob("*.lock"))
        assert locks == ["counter-1.lock", "display-1.lock"]  # the latter says that it is there


SLOW_DISK = """
import sys, time
import apsw
from pathlib import Path
from milkpos_tui.home import Home
from milkpos_tui.till import Actor, open_till

class Files(apsw.VFS):
    def __init__(self):
        self.usual = apsw.vfs_names()[0]
        super().__init__("slow", self.usual, makedefault=True)
    def xOpen(self, name, flags):
        return File(self.usual, name, flags)

class File(apsw.VFSFile):
    def xSync(self, flags):
        time.sleep(0.5)
        super().xSync(flags)

files = Files()
with open_till(Home(Path(sys.argv[1]))) as till:
    till.checkout("1", Actor("asha")).key_in("12")
    print("stored", flush=True)
    sys.stdin.readline()
"""


def test_a_line_that_a_slow_disk_was_waited_for_is_shown(home):
    """The log is written half a second before its commit can be seen, and nothing is written
    then: the kernel speaks too early."""
    command = [sys.executable, "-c", SLOW_DISK, str(home.path)]
    with (
        shown(home) as terminal,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as till,
    ):
        assert till.stdout.readline() == b"stored\n"
        terminal.wait_for("Cow milk", timeout=5)
        till.communicate(b"\n")


# --- starts that can't be ----------------------------------------------------------------------


def refused(home, *arguments):
    return Terminal([*COMMAND, *arguments, "display"], env=environment(home), cols=200)


def test_a_counter_that_was_not_set_up(home):
    with refused(home, "--counter", "9") as terminal:
        assert terminal.exit_code() == REFUSED
        assert "there is no counter 9, only 1" in terminal.text()
        assert_clean(terminal)


def test_without_a_till(tmp_path):
    with refused(Home(tmp_path / "nothing"), "--json") as terminal:
        assert terminal.exit_code() == UNREACHABLE
        told = json.loads(terminal.text().strip().splitlines()[0])
        assert told["error"]["code"] == "database-unreachable"
        assert "milkpos init" in told["error"]["message"]
    assert not (tmp_path / "nothing").exists()


def test_a_database_of_a_newer_version(home):
    newer_version(home)
    with refused(home) as terminal:
        assert terminal.exit_code() == UNREACHABLE
        assert "newer MilkPOS" in terminal.text()
        assert_clean(terminal)


def test_without_a_terminal(home):
    done = subprocess.run(
        DISPLAY,
        env=environment(home),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (MISUSED, "")
    assert "needs a terminal" in done.stderr
