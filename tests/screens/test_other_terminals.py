"""Several terminals on one home: two counters, and the command line beside the till."""

import json
import re
import subprocess
import sys
from contextlib import contextmanager

import pytest

from milkpos_tui.till import MachineClock, open_till
from tests.screens.driving import driven
from tests.screens.shop import at_counter, elsewhere, entries
from tests.screens.test_terminal import (
    CONSOLE_GLYPHS,
    HELD,
    SIXTEEN,
    SIZES,
    assert_clean,
    environment,
)
from tests.support.sources import ROOT
from tests.support.staff import CARA, PIN, hire
from tests.support.terminal import Terminal
from tests.support.tills import OWNER, SAMPLE_ITEMS, close_shift, make_home, open_shift

COMMAND = [sys.executable, "-m", "cli"]
MILK = r"1 +Cow milk +1 L"


@pytest.fixture
def shop(tmp_path):
    """A shop of today, for real processes: two counters, its people, no shift."""
    home = make_home(tmp_path, clock=MachineClock())
    with open_till(home) as till:
        hire(till)
        for item in SAMPLE_ITEMS:
            till.catalogue.add(item, OWNER)
        till.shops.add_counter("2", "", OWNER)
    return home


@contextmanager
def terminal(home, counter, code, **options):
    """The till on a terminal, with somebody signed in."""
    who = environment(home, MILKPOS_COUNTER=counter, MILKPOS_AS=code, MILKPOS_PIN=PIN)
    with Terminal(COMMAND, env=who, **options) as shown:
        shown.wait_for("TOTAL|Open a shift")
        shown.settle()
        yield shown


def milkpos(home, *arguments, code="sunil"):
    """The command line beside the till: its exit code and what it says."""
    who = environment(home, MILKPOS_AS=code, MILKPOS_PIN=PIN, PATH="/usr/bin:/bin")
    return subprocess.run(
        [*COMMAND, *arguments],
        env=who,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def open_shift_at(shown):
    """Through the flow, from wherever one was led to it."""
    shown.wait_for("step 1 of 5")
    shown.wait_for("backup")
    shown.send("<enter>")
    shown.wait_for("step 2 of 5")
    shown.send("<enter>")
    shown.wait_for("step 3 of 5")
    shown.send("<enter>")
    shown.wait_for(r"0\.00")
    shown.send("<down>1")
    shown.wait_for(r"500\.00")
    shown.send("+")
    shown.wait_for("I answer for it")
    shown.send("<enter>")
    shown.wait_for("TOTAL")


# --- in one process ----------------------------------------------------------------------------


@driven
async def test_a_shift_that_was_closed_elsewhere_is_told_without_a_key(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>mil")
        assert till.row("#status").strip() == "no bill held"
        with elsewhere(opened) as other:
            close_shift(other, actor=CARA)
            await till.until(lambda: "no shift is open" in till.row("#status"), "told")
            assert till.text().splitlines()[0].rstrip().endswith("no shift")
            assert till.entry == "mil"
            assert "Milk peda" in till.text()  # the search goes on
            open_shift(other, actor=CARA)
            await till.until(lambda: "no shift" not in till.row("#status"), "told")
            assert "The morning shift is open" in till.notice
        await till.keyed("<escape>+<enter>")
        assert len(await till.bills()) == 1  # the bill was carried over


@driven
async def test_a_bill_that_was_dropped_with_its_shift_goes_off_the_screen(opened):
    from milkpos_tui.services.closing import Closing
    from tests.support.staff import counted

    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>")
        with elsewhere(opened) as other:
            (draft,) = other.closings.left_over("1")
            closing = Closing(counted(500), "left", frozenset(), frozenset({draft.id}))
            other.closings.close("1", closing, OWNER)
            await till.until(lambda: till.lines == [], "taken off")
            assert till.total == "TOTAL 0.00"
            assert till.notice == "the open bill was dropped elsewhere"
            open_shift(other, actor=CARA)
            await till.until(lambda: "no shift" not in till.row("#status"), "told")
        await till.keyed("40<enter>+<enter>")
        assert [bill.document.total_paise for bill in await till.bills()] == [8_00]


@driven
async def test_what_another_counter_does_leaves_this_one_s_screen_alone(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>mil")
        before = till.text()
        with elsewhere(opened) as other:
            looked = till.clerk.asked
            open_shift(other, "2", OWNER)
            other.checkout("2", OWNER).key_in("31")
            await till.until(lambda: till.clerk.asked > looked, "it looked")
            await till.idle()
        assert till.text() == before


# --- real processes ----------------------------------------------------------------------------


def test_two_counters_of_one_home_each_with_a_series_and_a_drawer(shop):
    with terminal(shop, "1", "cara") as first, terminal(shop, "2", "carl") as second:
        for shown in (first, second):
            open_shift_at(shown)
        first.send("12<enter>")
        second.send("31<enter>")
        first.wait_for(MILK)
        second.wait_for(r"1 +Curd")
        for shown, number in ((first, "1/"), (second, "2/")):
            shown.send("+<enter>")
            shown.wait_for(rf"CHANGE.*bill {number}\S*1\b")
        for shown in (first, second):
            shown.send("<ctrl+q>")
            assert shown.exit_code() == 0
            assert_clean(shown)
    with open_till(shop) as till:
        shifts = till.custody.all_open()
        assert [(one.counter, one.operator, one.float_paise) for one in shifts] == [
            ("1", "cara", 500_00),
            ("2", "carl", 500_00),
        ]


def test_a_supervisor_sees_the_other_counter_sell_without_a_key(shop):
    with open_till(shop) as till:
        open_shift(till, "1", CARA)
    with terminal(shop, "1", "cara") as first, terminal(shop, "2", "sunil") as second:
        second.send("<esc>")
        second.wait_for("F11 opens one")
        second.send("<ctrl+n>")
        second.wait_for(r"^ +1 .*cara +0 ")
        first.send("12<enter>+<enter>")
        second.wait_for(r"^ +1 .*cara +1 +\D*62\.00")
        assert_clean(second)


def test_the_command_line_closes_the_shift_beside_the_till(shop):
    with open_till(shop) as till:
        open_shift(till, "1", CARA)
    with terminal(shop, "1", "cara") as shown:
        shown.send("12<enter>")
        shown.wait_for(MILK)
        closed = milkpos(shop, "--json", "shift", "close", "--count", "500=1", "--carry", "all")
        assert closed.returncode == 0, closed.stderr
        assert json.loads(closed.stdout)
        shown.wait_for("no shift is open")
        shown.send("+<enter>")
        shown.wait_for("no shift is open on counter 1")
        shown.send("<ctrl+u><f11>1")
        open_again(shown)
        shown.send("+<enter>")
        shown.wait_for(r"CHANGE")
        assert_clean(shown)


def open_again(shown):
    shown.wait_for("step 1 of 5")
    shown.send("<enter>")
    shown.wait_for("step 2 of 5")
    shown.send("<enter>")
    shown.wait_for("step 3 of 5")
    shown.send("<enter>")
    shown.wait_for("step 4 of 5")
    shown.send("0+")
    shown.wait_for("step 5 of 5")
    shown.send("<enter>")
    shown.wait_for("The .* shift is open")
    shown.send("<esc>")
    shown.wait_for("TOTAL")


def test_two_terminals_never_hold_one_counter(shop):
    with open_till(shop) as till:
        open_shift(till, "1", CARA)
    with terminal(shop, "1", "cara") as first:
        with Terminal(COMMAND, env=environment(shop, MILKPOS_COUNTER="1")) as second:
            assert second.exit_code() == HELD
            assert "counter 1 is open at another terminal" in second.text()
        rung = milkpos(shop, "ring", code="carl")
        assert (rung.returncode, rung.stdout) == (HELD, "")
        first.send("12<enter>")
        first.wait_for(MILK)


def test_a_count_made_before_the_till_was_killed_closes_the_shift(shop):
    with open_till(shop) as till:
        open_shift(till, "1", CARA)
    with terminal(shop, "1", "cara") as shown:
        shown.send("<f11>8")
        shown.wait_for("Count the drawer")
        shown.send("<down>2+")
        shown.wait_for("500.00 over")
        shown.kill()
        shown.exit_code()
    with terminal(shop, "1", "cara") as shown:
        shown.send("<f11>8")
        shown.wait_for("counted already; F5 counts again")
        shown.wait_for("500.00 over")
        shown.send("it was in the tin<enter>")
        shown.wait_for("not closed yet")
        shown.send("<enter>")
        shown.wait_for("Z REPORT 1")
        assert_clean(shown)
    with open_till(shop) as till:
        assert [count["denominations"] for count in entries(till, "shift.counted")] == ["500=2"]


def visit_every_place(shown):
    """Open a shift, each deed of it, the counters, the people, close it."""
    open_shift_at(shown)
    wide = shown.screen.columns >= 80
    shown.send("12<enter><f11>")
    shown.wait_for("8  Count and close the shift")
    for digit, words in (("1", "Rupees"), ("4", "Why"), ("5", r"counted +0\.00")):
        shown.send(digit)
        shown.wait_for(words)
        shown.send("<f1>")
        shown.wait_for("^ Help")
        shown.send("<esc>")
        shown.wait_for(words)
        shown.send("<esc>")
        shown.wait_for("8  Count and close the shift")
    shown.send("7")
    shown.wait_for("X REPORT")
    shown.send("<esc>")
    shown.wait_for("8  Count")
    shown.send("<esc>")
    shown.wait_for(MILK)
    shown.send("<ctrl+n>")
    shown.wait_for(r"^ +1 +(morning|evening)")
    shown.send("<esc>")
    shown.wait_for(MILK)
    shown.send("<ctrl+o>")
    shown.wait_for("cara +cashier")
    shown.send("<enter>")
    shown.wait_for("Another name")
    shown.send("<esc>")
    shown.wait_for("cara +cashier")
    shown.send("<esc>")
    shown.wait_for(MILK)
    shown.send("<f11>8")
    shown.wait_for("carry" if wide else "Cow milk")
    shown.send("1<enter>+<enter>")
    shown.wait_for(r"counted +0\.00")
    shown.send("<down>2+")
    shown.wait_for("over" if wide else "Why")
    shown.send("why not<enter>")
    shown.wait_for("not closed yet")
    shown.send("<enter>")
    shown.wait_for("Z REPORT 1")
    shown.send("<esc>")
    shown.wait_for("No shift is open")
    shown.settle()


@pytest.mark.parametrize(("cols", "rows"), SIZES)
def test_every_new_place_at_every_size(shop, cols, rows):
    with terminal(shop, "1", "sunil", cols=cols, rows=rows) as shown:
        visit_every_place(shown)
        assert_clean(shown)
        shown.send("<ctrl+q>")
        assert shown.exit_code() == 0
    with open_till(shop) as till:
        assert till.custody.open_on("1") is None


def test_the_linux_console_gets_its_own_glyphs_and_sixteen_colours(shop):
    with terminal(shop, "1", "sunil", term="linux") as shown:
        visit_every_place(shown)
        assert_clean(shown)
        assert shown.glyphs() <= CONSOLE_GLYPHS
        assert shown.colours() <= SIXTEEN
        assert re.search(rb"Rs \d", shown.raw)


@pytest.mark.parametrize("keys", ["<f11>", "<ctrl+n>", "<ctrl+o>", "<f11>5<down>12", "<f10>"])
def test_idle_the_new_screens_write_nothing(shop, keys):
    with open_till(shop) as till:
        open_shift(till, "1", CARA)
    with terminal(shop, "1", "sunil") as shown:
        shown.send(keys)
        shown.settle(0.3)
        before = shown.received
        shown.read_for(1)
        assert shown.received == before
