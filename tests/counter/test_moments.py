"""Which moment of a sale is shown, by what was seen before."""

import pytest

from milkpos_tui.hardware.moments import SETTLED_MS, Following, Moment
from milkpos_tui.services.displays import Shown
from milkpos_tui.services.viewing import Settled, View
from tests.support.strategies import MILK, cart_of

BILL = cart_of((MILK, 3_000))
EMPTY = View("Nandini", "Welcome", True, (), 0, 0, 0, 0, None, None)
OPEN = EMPTY._replace(lines=BILL.lines, total_paise=180_00, due_paise=180_00)
LINK = Shown("d1", 180_00, "upi://pay")
PAID = Settled(5, False, 180_00, 20_00, 200_00)


def seen(*views, at=1_000):
    """A follower that saw these, all at one time."""
    following = Following()
    for view in views:
        following.see(view, at)
    return following


def test_an_open_bill_and_nothing_open():
    assert seen(OPEN).moment(OPEN, 1_000) is Moment.BILL
    assert seen(EMPTY).moment(EMPTY, 1_000) is Moment.GREETING


def test_a_bill_that_waits_for_the_next_shift_is_nobody_s():
    closed = OPEN._replace(attended=False)
    assert seen(closed).moment(closed, 1_000) is Moment.CLOSED


def test_the_change_stays_for_a_while():
    after = EMPTY._replace(settled=PAID)
    following = seen(OPEN, after)
    assert following.moment(after, 1_000) is Moment.SETTLED
    assert following.moment(after, 999 + SETTLED_MS) is Moment.SETTLED
    assert following.moment(after, 1_000 + SETTLED_MS) is Moment.GREETING


def test_the_next_bill_ends_it_at_once():
    after, following = OPEN._replace(settled=PAID), seen(OPEN, EMPTY._replace(settled=PAID))
    following.see(after, 1_001)
    assert following.moment(after, 1_001) is Moment.BILL


def test_what_was_settled_before_the_first_look_is_not_shown():
    after = EMPTY._replace(settled=PAID)
    assert seen(after).moment(after, 1_000) is Moment.GREETING


def test_the_first_bill_of_all_is_shown():
    after = EMPTY._replace(settled=PAID)
    assert seen(EMPTY, after).moment(after, 1_000) is Moment.SETTLED


def test_another_look_at_the_same_bill_does_not_prolong_it():
    after = EMPTY._replace(settled=PAID)
    following = seen(EMPTY, after)
    following.see(after, 9_000)
    assert following.moment(after, 1_000 + SETTLED_MS) is Moment.GREETING


def test_a_code_while_its_bill_is_as_it_was():
    asking = OPEN._replace(link=LINK)
    following = seen(OPEN, asking)
    assert following.moment(asking, 1_000) is Moment.CODE
    following.see(asking, 1_001)
    assert following.moment(asking, 1_001) is Moment.CODE


@pytest.mark.parametrize("change", [{"total_paise": 240_00}, {"given_paise": 50_00}])
def test_a_code_that_stayed_when_the_bill_went_on_is_not_shown(change):
    asking = OPEN._replace(link=LINK)
    following, later = seen(asking), asking._replace(**change)
    following.see(later, 2_000)
    assert following.moment(later, 2_000) is Moment.BILL
    again = later._replace(link=Shown("d1", 130_00, "upi://pay?am=130"))
    following.see(again, 3_000)
    assert following.moment(again, 3_000) is Moment.CODE


def test_when_it_looks_different_by_itself():
    after = EMPTY._replace(settled=PAID)
    following = seen(EMPTY, after)
    assert following.changes_in(Moment.SETTLED, 3_000, 0) == SETTLED_MS - 2_000
    assert following.changes_in(Moment.GREETING, 3_000, 60_000 * 7 + 59_000) == 1_000
    assert following.changes_in(Moment.CLOSED, 3_000, 60_000) == 60_000
    assert following.changes_in(Moment.BILL, 3_000, 0) is None
    assert following.changes_in(Moment.CODE, 3_000, 0) is None
