"""The shop's settings: changed by who may, told by an entry, and in force at once."""

import pytest

from milkpos_tui.domain.roles import NeedsApproval
from milkpos_tui.domain.settings import (
    BLIND_COUNT,
    DISCOUNT_LIMIT,
    LOCK_AFTER,
    REMOVE_WITHIN,
    SETTINGS,
    SHIFT_NAMES,
)
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.till import open_till, verify_home
from schema.shift_tables import Setting as SettingTable
from tests.services.reading import entries, everything, rows
from tests.support.staff import ADIT, CARA, SUNIL, assert_refused, hire
from tests.support.tills import OWNER, close_shift, open_shift


@pytest.fixture
def staff(till):
    return hire(till)


def changes(till):
    return [entry for entry in entries(till) if entry.kind == Kind.SETTING_CHANGED]


def test_what_is_usual_where_nothing_was_set(staff):
    assert staff.settings.all() == tuple((one, one.usual) for one in SETTINGS.values())
    assert rows(staff, SettingTable)["setting"] == []


def test_another_value(staff):
    assert staff.settings.change(" Discount-Limit ", " 12.5\t", OWNER) == (DISCOUNT_LIMIT, "12.5")
    assert staff.settings.text(DISCOUNT_LIMIT) == "12.5"
    (entry,) = changes(staff)
    assert (entry.object, entry.actor) == ("discount-limit", "asha")
    assert entry.body == {"name": "discount-limit", "value": "12.5"}
    assert rows(staff, SettingTable)["setting"] == [("discount-limit", "12.5")]
    assert staff.settings.text(BLIND_COUNT) == BLIND_COUNT.usual


def test_and_back_to_what_is_usual(staff):
    for value in ("12.5", "10"):
        staff.settings.change("discount-limit", value, OWNER)
    assert staff.settings.text(DISCOUNT_LIMIT) == DISCOUNT_LIMIT.usual
    assert [entry.body["value"] for entry in changes(staff)] == ["12.5", "10"]


def test_nothing_is_written_where_nothing_differs(staff):
    before = everything(staff)
    assert staff.settings.change("discount-limit", "10", OWNER) == (DISCOUNT_LIMIT, "10")
    assert everything(staff) == before
    staff.settings.change("discount-limit", "5", OWNER)
    before = everything(staff)
    staff.settings.change("discount-limit", "5", OWNER)
    assert everything(staff) == before


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("discount-limit", "101", "percent"),
        ("remove-within", "-1", "setting-value"),
        ("blind-count", "perhaps", "setting-value"),
        ("shift-names", "morning", "shift-names"),
        ("declaration", "", "setting-value"),
        ("price-of-milk", "62", "setting-unknown"),
    ],
)
def test_what_has_no_meaning_there(staff, name, value, code):
    assert_refused(staff, code, lambda: staff.settings.change(name, value, OWNER))


@pytest.mark.parametrize("actor", [CARA, SUNIL, ADIT])
def test_who_may_not_change_them(staff, actor):
    assert_refused(
        staff, "not-allowed", lambda: staff.settings.change("discount-limit", "50", actor)
    )


def test_another_terminal_sees_it_at_once(home, clock, staff):
    with open_till(home, clock) as other:
        staff.settings.change("lock-after", "60", OWNER)
        assert other.settings.text(LOCK_AFTER) == "60"
        other.settings.change("lock-after", "0", OWNER)
    assert staff.settings.text(LOCK_AFTER) == "0"


def test_replayed_they_are_the_same(staff):
    for value in ("day=06:00", "प्रातः=04:00,सायं=16:00"):
        staff.settings.change("shift-names", value, OWNER)
    assert staff.settings.text(SHIFT_NAMES) == "प्रातः=04:00,सायं=16:00"
    assert verify_home(staff.home, rebuild=True).result == "good"


# --- what they are for --------------------------------------------------------------------------


def test_the_limit_of_discounts(staff):
    checkout = staff.checkout("1", CARA)
    checkout.key_in("12")
    assert checkout.key_in("*-10/").did == "changed"
    staff.settings.change("discount-limit", "5", OWNER)
    with pytest.raises(NeedsApproval):
        checkout.key_in("*-9/")
    assert checkout.key_in("*-5/").did == "changed"
    staff.settings.change("discount-limit", "0", OWNER)
    with pytest.raises(NeedsApproval):
        checkout.key_in("+-1")


@pytest.mark.parametrize(("passed", "asks"), [(119, False), (121, True)])
@pytest.mark.parametrize("keys", ["-", "-1", "*1"])
def test_a_line_that_was_only_just_keyed_comes_off(staff, clock, passed, asks, keys):
    assert_comes_off(staff, clock, passed, asks, keys)


@pytest.mark.parametrize(("within", "passed", "asks"), [(0, 1, True), (600, 599, False)])
def test_how_long_is_a_setting(staff, clock, within, passed, asks):
    staff.settings.change("remove-within", str(within), OWNER)
    assert staff.settings.text(REMOVE_WITHIN) == str(within)
    assert_comes_off(staff, clock, passed, asks, "-")


def assert_comes_off(till, clock, passed_s, asks, keys):
    """Also of a bill that was put aside, or carried over a restart, in between."""
    till.checkout("1", CARA).key_in("2*12")
    till.checkout("1", CARA).key_in(".")
    clock.advance(passed_s * 1000)
    checkout = till.checkout("1", CARA)
    checkout.key_in(".1")
    if asks:
        with pytest.raises(NeedsApproval) as needed:
            checkout.key_in(keys)
        assert (needed.value.request.right, needed.value.request.amount_paise) == (
            "remove-line",
            124_00,
        )
        assert till.checkout("1", SUNIL).key_in(keys).did in ("removed", "changed")
    else:
        assert checkout.key_in(keys).did in ("removed", "changed")


def test_a_clock_that_was_set_back_makes_no_line_new(staff, clock):
    checkout = staff.checkout("1", CARA)
    checkout.key_in("2*12")
    clock.set(clock.now() - 3_600_000)
    with pytest.raises(NeedsApproval):
        checkout.key_in("-")


def test_what_shifts_are_called(staff):
    close_shift(staff)
    staff.settings.change("shift-names", "day=00:00", OWNER)
    assert open_shift(staff).name == "day"
