"""A clock that was set (fault 19): selling goes on, the journal says so once, and dates and numbers
are none the worse for it."""

from datetime import date

import pytest

from milkpos_tui.journal.journal import BACK_MS, FORWARD_MS
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.till import open_till, verify_home
from schema.shift_tables import ClockJump
from tests.journal.test_journal import sign_in
from tests.services.reading import entries, rows
from tests.support.days import sell
from tests.support.tills import (
    DAY_MS,
    MONDAY_7_AM,
    OWNER,
    FakeClock,
    close_shift,
    make_home,
    open_shift,
)

HOUR_MS = 3_600_000


@pytest.fixture
def clock():
    """It stands still but by hand, so that a step is known to the millisecond."""
    return FakeClock(step=0)


@pytest.fixture
def till(till):
    """Something was entered already in this run of the machine."""
    sign_in(till.journal)
    return till


def jumps(till):
    return [entry for entry in entries(till) if entry.kind == Kind.CLOCK_JUMPED]


def step(clock, by_ms):
    """Somebody sets the clock."""
    clock.set(clock.now() + by_ms)


def warned(till):
    return any(words.startswith("the clock is behind") for words in till.standings.of("1").warnings)


def assert_good(till):
    verdict = verify_home(till.home, rebuild=True)
    assert (verdict.result, verdict.bad) == ("good", None)


# --- within one run of the machine --------------------------------------------------------------


def test_set_back_by_an_hour(till, clock):
    before = sell(till, "1", OWNER, "12", "+")
    last_at = entries(till)[-1].at
    step(clock, -HOUR_MS)
    count = len(entries(till))
    after = sell(till, "1", OWNER, "12", "+")
    jump, paid = entries(till)[count:]
    assert (jump.kind, jump.object, jump.actor) == (Kind.CLOCK_JUMPED, till.node, "asha")
    assert jump.body == {"last_at": last_at, "by_ms": -HOUR_MS}
    assert jump.at == paid.at == last_at - HOUR_MS
    assert paid.kind == Kind.BILL_PAID
    assert rows(till, ClockJump)["clock_jump"] == [(till.node, 1, jump.seq, last_at, -HOUR_MS)]
    # Selling goes on: the next number, the shift's date, in the order in which it happened.
    assert (before.number, after.number) == ("1/2627/1", "1/2627/2")
    assert after.at < before.at
    assert after.business_date == before.business_date == "2026-11-23"
    assert list(till.bills.between(date.min, date.max)) == [before, after]
    assert till.bills.last_on("1") == after
    assert_good(till)


@pytest.mark.parametrize("by_ms", [-HOUR_MS, DAY_MS])
def test_it_is_told_once(till, clock, by_ms):
    step(clock, by_ms)
    for _customer in range(3):
        sell(till, "1", OWNER, "12", "+")
        clock.advance(60_000)
    assert [jump.body["by_ms"] for jump in jumps(till)] == [by_ms]
    assert till.journal.clock_jumps == 1


def test_each_time_it_is_set(till, clock):
    for by_ms in (-HOUR_MS, 2 * HOUR_MS, -DAY_MS):
        step(clock, by_ms)
        sell(till, "1", OWNER, "12", "+")
    assert [jump.body["by_ms"] for jump in jumps(till)] == [-HOUR_MS, 2 * HOUR_MS, -DAY_MS]
    assert_good(till)


@pytest.mark.parametrize(
    ("by_ms", "told"),
    [
        (-BACK_MS + 1, False),
        (-BACK_MS, True),
        (FORWARD_MS - 1, False),
        (FORWARD_MS, True),
        (-1, False),
        (1, False),
    ],
)
def test_small_steps_are_no_jump(till, clock, by_ms, told):
    """A time server makes them all day."""
    sign_in(till.journal)
    clock.advance(5000)
    step(clock, by_ms)
    sign_in(till.journal)
    assert len(jumps(till)) == told
    assert till.journal.clock_jumps == told


@pytest.mark.parametrize("ms", [0, 1, FORWARD_MS, HOUR_MS, 400 * DAY_MS])
def test_time_that_passes_is_no_jump(till, clock, ms):
    sign_in(till.journal)
    clock.advance(ms)
    sign_in(till.journal)
    assert jumps(till) == []


def test_set_forward_by_a_day(till, clock):
    """No clock of its own, and then the network's time."""
    sell(till, "1", OWNER, "12", "+")
    step(clock, DAY_MS)
    bill = sell(till, "1", OWNER, "12", "+")
    (jump,) = jumps(till)
    assert jump.body["by_ms"] == DAY_MS
    assert (bill.number, bill.business_date) == ("1/2627/2", "2026-11-23")
    assert not warned(till)
    assert_good(till)


def test_what_happened_while_it_was_set_is_taken_off(till, clock):
    """Ten minutes passed, and the clock went back an hour: it is the hour that is told."""
    sign_in(till.journal)
    clock.advance(600_000)
    step(clock, -HOUR_MS)
    clock.advance(600_000)
    sign_in(till.journal)
    assert jumps(till)[0].body["by_ms"] == -HOUR_MS


def test_a_decision_that_failed_has_told_nothing(till, clock):
    """The next one tells it instead."""
    sign_in(till.journal)
    before = entries(till)
    step(clock, -HOUR_MS)
    with pytest.raises(ZeroDivisionError), till.journal.transaction():  # noqa: PT012 -- as it happens
        till.journal.append(Kind.OPERATOR_SIGNED_IN, "asha", {"code": "asha"}, OWNER)
        raise ZeroDivisionError
    assert entries(till) == before
    sign_in(till.journal)
    assert [jump.body["by_ms"] for jump in jumps(till)] == [-HOUR_MS]
    sign_in(till.journal)
    assert len(jumps(till)) == 1


def test_several_entries_of_one_decision(till, clock):
    step(clock, -HOUR_MS)
    count = len(entries(till))
    with till.journal.transaction():
        for code in "23":
            till.journal.append(Kind.COUNTER_ADDED, code, {"code": code, "name": code}, OWNER)
    kinds = [entry.kind for entry in entries(till)[count:]]
    assert kinds == [Kind.CLOCK_JUMPED, Kind.COUNTER_ADDED, Kind.COUNTER_ADDED]


def test_two_terminals_tell_it_once(home, till, clock):
    with open_till(home, clock) as other:
        sign_in(till.journal)
        sign_in(other.journal)
        step(clock, -HOUR_MS)
        sign_in(other.journal)
        sign_in(till.journal)
        sign_in(other.journal)
    assert len(jumps(till)) == 1
    assert (till.journal.clock_jumps, other.journal.clock_jumps) == (0, 1)


def test_a_till_that_was_opened_again_in_between(home, till, clock):
    """It is the journal that remembers, not the program."""
    sign_in(till.journal)
    step(clock, -HOUR_MS)
    with open_till(home, clock) as again:
        sign_in(again.journal)
        assert [jump.body["by_ms"] for jump in jumps(again)] == [-HOUR_MS]


# --- when the machine was started anew ----------------------------------------------------------


@pytest.mark.parametrize(
    ("by_ms", "told"),
    [(-HOUR_MS, True), (-BACK_MS, True), (-BACK_MS + 1, False), (DAY_MS, False), (HOUR_MS, False)],
)
def test_after_a_restart_of_the_machine_only_a_step_back_shows(till, clock, by_ms, told):
    """How long it was off is not known."""
    sign_in(till.journal)
    clock.reboot("boot-2")
    step(clock, by_ms)
    sign_in(till.journal)
    assert [jump.body["by_ms"] for jump in jumps(till)] == [by_ms] * told


def test_no_clock_of_its_own_then_the_network_s(till, clock):
    """As on a Raspberry Pi: years back at the start, and right a minute later."""
    sell(till, "1", OWNER, "12", "+")
    now = clock.now()
    clock.reboot("boot-2")
    clock.set(0)
    early = sell(till, "1", OWNER, "12", "+")
    assert warned(till)
    clock.advance(60_000)
    clock.set(now + 60_000)
    late = sell(till, "1", OWNER, "12", "+")
    assert not warned(till)
    assert [jump.body["by_ms"] for jump in jumps(till)] == [-now, now]
    assert {early.business_date, late.business_date} == {"2026-11-23"}
    assert [early.number, late.number] == ["1/2627/2", "1/2627/3"]
    assert_good(till)


def test_a_shift_that_is_opened_while_the_clock_is_back(till, clock):
    """Its date is not one that the counter's books are past."""
    clock.reboot("boot-2")
    clock.set(0)
    close_shift(till)
    assert open_shift(till).business_date == "2026-11-23"
    assert sell(till, "1", OWNER, "12", "+").number == "1/2627/1"


def test_a_machine_that_does_not_say_which_run_it_is(till, clock):
    """As in some containers: its monotonic clock says nothing of how long it was off."""
    clock.boot = ""
    sign_in(till.journal)
    clock.advance(HOUR_MS)
    clock.reboot("")
    sign_in(till.journal)
    clock.set(clock.now() + DAY_MS)
    clock.advance(HOUR_MS)
    sign_in(till.journal)
    assert jumps(till) == []
    step(clock, -HOUR_MS)
    sign_in(till.journal)
    assert [jump.body["by_ms"] for jump in jumps(till)] == [-HOUR_MS]


def test_a_till_s_first_entries_are_no_jump(tmp_path):
    home = make_home(tmp_path, clock=FakeClock(0, boot="boot-9"))
    with open_till(home, FakeClock(MONDAY_7_AM, boot="boot-9")) as till:
        assert jumps(till) == []


# --- and people are told ------------------------------------------------------------------------


def test_while_the_clock_is_behind_people_are_told(till, clock):
    sell(till, "1", OWNER, "12", "+")
    assert not warned(till)
    step(clock, -HOUR_MS)
    assert warned(till)  # before anything was entered
    sell(till, "1", OWNER, "12", "+")
    assert warned(till)  # and though the newest entry is not ahead any more
    clock.advance(HOUR_MS - 60_000)
    sell(till, "1", OWNER, "12", "+")
    assert warned(till)
    clock.advance(60_000)
    assert not warned(till)


def test_once_it_is_set_right_nothing_is_said(till, clock):
    step(clock, -HOUR_MS)
    sell(till, "1", OWNER, "12", "+")
    assert warned(till)
    step(clock, HOUR_MS)
    assert not warned(till)
    sell(till, "1", OWNER, "12", "+")
    assert not warned(till)


def test_every_counter_is_told(till, clock):
    till.shops.add_counter("B", "", OWNER)
    step(clock, -HOUR_MS)
    assert till.standings.of("B").warnings == till.standings.of("1").warnings != ()
