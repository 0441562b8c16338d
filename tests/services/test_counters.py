"""More than one counter: added by who may, each with a series, a drawer and shifts of its own."""

import pytest

from milkpos_tui.domain.errors import Busy, Refused
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.till import open_till, verify_home
from schema.tables import Counter as CounterTable
from tests.services.reading import entries, rows
from tests.support.days import sell
from tests.support.staff import ADIT, CARA, SUNIL, assert_refused, hire
from tests.support.tills import OWNER, close_shift, open_shift


@pytest.fixture
def staff(till):
    return hire(till)


@pytest.mark.parametrize(
    ("code", "name", "code_kept", "name_kept"),
    [
        ("B", "Back door", "B", "Back door"),
        (" b2 ", "", "B2", "Counter B2"),
        ("07", " \t\x1b ", "07", "Counter 07"),
        ("ABC", "पिछला\x1b दरवाज़ा", "ABC", "पिछला दरवाज़ा"),
        ("Z", "x" * 99, "Z", "x" * 40),
    ],
)
def test_a_counter_more(staff, code, name, code_kept, name_kept):
    assert staff.shops.add_counter(code, name, OWNER) == code_kept
    assert staff.shops.counters() == tuple(sorted(("1", code_kept)))
    entry = entries(staff)[-1]
    assert (entry.kind, entry.object, entry.actor) == (Kind.COUNTER_ADDED, code_kept, "asha")
    assert entry.body == {"code": code_kept, "name": name_kept}
    assert (code_kept, name_kept) in rows(staff, CounterTable)["counter"]
    assert staff.custody.last_on(code_kept) is None


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("1", "counter-taken"),
        ("b", "counter-taken"),
        ("", "counter-code"),
        ("LONG", "counter-code"),
        ("B-R", "counter-code"),
        ("1/2", "counter-code"),
        ("क", "counter-code"),
        ("१", "counter-code"),
    ],
)
def test_no_such_counter(staff, code, refusal):
    staff.shops.add_counter("B", "Back door", OWNER)
    assert_refused(staff, refusal, lambda: staff.shops.add_counter(code, "another", OWNER))


@pytest.mark.parametrize("actor", [CARA, SUNIL, ADIT])
def test_who_may_add_none(staff, actor):
    assert_refused(staff, "not-allowed", lambda: staff.shops.add_counter("B", "mine", actor))


def test_added_at_another_terminal_it_is_there(home, clock, staff):
    with open_till(home, clock) as other:
        other.shops.add_counter("B", "Back door", OWNER)
    assert staff.shops.check_counter(" b ") == "B"
    open_shift(staff, "B", CARA)
    assert sell(staff, "B", CARA, "12", "+").number == "B/2627/1"


def test_each_has_a_series_of_its_own(staff):
    staff.shops.add_counter("B", "", OWNER)
    open_shift(staff, "B")
    numbers = [sell(staff, counter, OWNER, "12", "+").number for counter in "1BB1B"]
    assert numbers == ["1/2627/1", "B/2627/1", "B/2627/2", "1/2627/2", "B/2627/3"]


def test_each_has_an_open_bill_and_held_ones_of_its_own(staff):
    staff.shops.add_counter("B", "", OWNER)
    open_shift(staff, "B")
    one, back = staff.checkout("1", OWNER), staff.checkout("B", OWNER)
    for checkout, keys in ((one, ("12", ".", "31")), (back, ("110",))):
        for key in keys:
            checkout.key_in(key)
    assert (len(one.held), len(back.held)) == (1, 0)
    assert staff.drafts.open_on("1").cart.last.item.plu == 31
    assert staff.drafts.open_on("B").cart.last.item.plu == 110
    with pytest.raises(Refused):
        back.key_in(".1")


def test_each_is_held_by_one_terminal(home, staff):
    staff.shops.add_counter("B", "", OWNER)
    with home.holding_counter("1"), home.holding_counter("B"):
        for counter in "1B":
            with pytest.raises(Busy), home.holding_counter(counter):
                pass


def test_each_is_closed_by_itself(staff):
    staff.shops.add_counter("B", "", OWNER)
    back = open_shift(staff, "B", CARA)
    close_shift(staff)
    assert staff.custody.all_open() == (back,)
    sell(staff, "B", CARA, "12", "+")
    with pytest.raises(Refused):
        sell(staff, "1", CARA, "12", "+")
    assert [close_shift(staff, "B", CARA).closed.number] == [1]
    assert verify_home(staff.home, rebuild=True).result == "good"
