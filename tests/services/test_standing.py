"""How counters stand: the shift, what is unfinished there, and what people should know."""

import pytest

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.services.standing import CounterSums, Standing
from milkpos_tui.till import open_till
from tests.support.days import sell
from tests.support.staff import ADIT, CARA, SUNIL, assert_refused, hire
from tests.support.tills import DAY_MS, MONDAY_7_AM, OWNER, FakeClock, close_shift, open_shift


@pytest.fixture
def staff(till):
    """A till with people, and a counter B without a shift."""
    hire(till).shops.add_counter("B", "Back door", OWNER)
    return till


def test_a_counter_without_a_shift(staff):
    assert staff.standings.of("B") == Standing("B", None, 0, 0, ())


def test_a_counter_at_work(staff):
    shift = open_shift(staff, "B", CARA)
    checkout = staff.checkout("B", CARA)
    for key in ("12", ".", "31", "12", ".", "12", "31", "110"):
        checkout.key_in(key)
    assert staff.standings.of("B") == Standing("B", shift, 2, 3, ())
    assert staff.standings.of("1") == Standing("1", staff.custody.open_on("1"), 0, 0, ())
    checkout.key_in("+")
    checkout.key_in(".1")
    assert staff.standings.of("B") == Standing("B", shift, 1, 1, ())


def test_what_is_left_of_a_shift_that_was_closed(staff):
    open_shift(staff, "B", CARA)
    checkout = staff.checkout("B", CARA)
    for key in ("12", ".", "31"):
        checkout.key_in(key)
    close_shift(staff, "B", CARA)
    assert staff.standings.of("B") == Standing("B", None, 1, 1, ())


# --- all counters of the shop -------------------------------------------------------------------


def test_all_counters(staff):
    """Only of the shift that is open, less what came back."""
    sold = sell(staff, "1", OWNER, "10*12", "+")
    close_shift(staff)
    first = open_shift(staff)
    last = sell(staff, "1", OWNER, "110", "+/")
    sell(staff, "1", OWNER, "12", "+")
    note = staff.billing.take_back(sold.number, {1: 1000}, "sour", TenderKind.CASH, "1", OWNER)
    staff.checkout("1", OWNER).key_in("12")
    staff.checkout("1", OWNER).key_in(".")
    assert last.at < note.at
    total = 350_00 + 62_00 - 62_00
    assert staff.standings.all(SUNIL) == (
        CounterSums("1", "Counter 1", first, 2, total, note.at, 1),
        CounterSums("B", "Back door", None, 0, 0, None, 0),
    )
    back = open_shift(staff, "B", CARA)
    assert staff.standings.all(ADIT)[1] == CounterSums("B", "Back door", back, 0, 0, None, 0)


def test_a_shift_that_only_took_back(staff):
    sold = sell(staff, "1", OWNER, "10*12", "+")
    open_shift(staff, "B")
    staff.billing.take_back(sold.number, {1: 1000}, "sour", TenderKind.CASH, "B", OWNER)
    sums = staff.standings.all(OWNER)[1]
    assert (sums.bills, sums.total_paise) == (0, -62_00)


def test_they_are_not_for_everybody(staff):
    assert_refused(staff, "not-allowed", lambda: staff.standings.all(CARA))


def test_what_another_terminal_did_is_seen(home, clock, staff):
    with open_till(home, clock) as other:
        shift = open_shift(other, "B", CARA)
        assert staff.standings.of("B").shift == shift
        sell(other, "B", CARA, "12", "+")
        assert staff.standings.all(OWNER)[1].bills == 1
        other.checkout("B", CARA).key_in("12")
        assert staff.standings.of("B").open_lines == 1
        close_shift(other, "B", CARA)
        assert staff.standings.of("B").shift is None


# --- what people should know --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "late"), [(0, False), (16, False), (17, True), (41, True)], ids="{} h later".format
)
def test_a_shift_of_another_day(staff, clock, hours, late):
    """From midnight in India on."""
    clock.advance(hours * 3_600_000 - 60_000 * (hours == 16))
    words = "this shift is of Mon 23 Nov: count and close it"
    assert staff.standings.of("1").warnings == ((words,) if late else ())
    assert staff.standings.of("B").warnings == ()


def test_of_a_day_to_come_nothing_is_said(staff, clock):
    close_shift(staff)
    open_shift(staff, "1", day=staff.today().replace(day=30))
    assert staff.standings.of("1").warnings == ()


@pytest.mark.parametrize(("behind_ms", "told"), [(900, False), (1100, True), (DAY_MS, True)])
def test_a_clock_that_is_behind(home, staff, behind_ms, told):
    """Behind what was entered already; less is what a time server corrects."""
    sell(staff, "1", OWNER, "12", "+")
    at = staff.clock._now
    with open_till(home, FakeClock(at - behind_ms, step=0)) as other:
        words = other.standings.of("1").warnings
    assert len(words) == told
    if told:
        assert words[0] == ("the clock is behind 23 Nov 07:00, when something was entered: set it")


def test_two_warnings_at_once(home, staff, clock):
    clock.advance(3 * DAY_MS)
    sell(staff, "1", OWNER, "12", "+")
    clock.set(MONDAY_7_AM + DAY_MS)
    behind, late = staff.standings.of("1").warnings
    assert behind.startswith("the clock is behind 26 Nov 07:00")
    assert late == "this shift is of Mon 23 Nov: count and close it"
