"""Cans that were keyed wrongly: struck out and taken in anew, or put right by the khata."""

from datetime import timedelta

import pytest

from milkpos_tui.domain.collection import Instead, Milk, Reading
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.orders import BOTH
from milkpos_tui.domain.roles import NeedsApproval, Request, Right
from milkpos_tui.domain.settlement import DeductionKind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.milk_corrections import Keyed
from milkpos_tui.till import Actor, Leave, Operator, verify_home
from tests.services.reading import everything
from tests.services.test_collections import CAN, CYCLE, FEED, owes, take
from tests.support.tills import DAY_MS, MONDAY, OWNER

AM, PM = BOTH
WRONG = Reading(100_000, 400, clr=2800)  # 10 keyed as 100: Rs 3,521.52
TENTH = Instead(litres_milli=10_000)
KEYED = Keyed("301", MONDAY, AM)
CASHIER = Actor("cara")


def put_right(till, instead=TENTH, keyed=KEYED, reason="keyed 100", actor=OWNER):
    return till.milk_corrections.correct(keyed, instead, reason, actor)


def settled(till, deductions=()):
    return till.collections.settle("301", CYCLE, deductions, OWNER).settlement


def refusal(till, decide):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        decide()
    assert everything(till) == before
    return refused.value.code


def test_a_can_is_struck_out_and_taken_in_anew(dairy, clock, home):
    take(dairy, WRONG)
    done = put_right(dairy)
    assert (done.was.collection.amount_paise, done.now.amount_paise) == (3521_52, 352_15)
    old, new = dairy.collections.cans("301", MONDAY, MONDAY, OWNER)
    assert (old.collection.struck, old.collection.amount_paise) == (True, 3521_52)
    assert (new.collection, new.stands) == (done.now, True)
    assert owes(dairy) == 0  # milk is on no khata before it is settled, right or wrong
    clock.advance(8 * DAY_MS)
    shown = dairy.collections.settlement("301", CYCLE, [FEED], OWNER).settlement
    paid = settled(dairy, [FEED])
    assert shown == paid == dairy.collections.settlement("301", CYCLE, [], OWNER).settlement
    assert (paid.litres_milli, paid.worth_paise, paid.struck_paise) == (10_000, 352_15, 3521_52)
    assert paid.taken[0].deduction.kind is DeductionKind.STRUCK
    assert paid.payable_paise == 252_15
    assert owes(dairy) == -252_15
    assert verify_home(home, rebuild=True).result is Result.GOOD


def test_it_is_said_on_the_khata_and_has_no_age(dairy, clock):
    dairy.khata.adjust("301", 500_00, "of the old book", "1", OWNER, MONDAY - timedelta(100))
    take(dairy, WRONG)
    put_right(dairy)
    farmer = dairy.accounts.known("301")
    told = dairy.ledgers.newest(farmer, 1, OWNER)[0]
    assert told.reason == (
        "10 L cow, fat 4.0, SNF 8.44 instead of 100 L cow, fat 4.0, SNF 8.44: keyed 100"
    )
    assert (told.amount_paise, told.day) == (0, MONDAY.isoformat())
    assert dairy.ledgers.ages(farmer, MONDAY).older == 500_00
    assert dairy.accounts.balances(farmer.id).deposit_paise == 0


def test_a_can_of_somebody_else(dairy, clock):
    dairy.customers.add(Customer("", "302", name="Neighbour"), OWNER)
    take(dairy)
    assert put_right(dairy, None, reason="it was 302").now is None
    dairy.collections.take_in("302", CAN, Milk.COW, MONDAY, AM, OWNER)
    clock.advance(8 * DAY_MS)
    paid = settled(dairy)
    assert (paid.litres_milli, paid.worth_paise, paid.payable_paise) == (0, 0, 0)
    assert owes(dairy) == 0


@pytest.mark.parametrize(
    ("instead", "reading", "milk"),
    [
        (Instead(fat_bp=450), Reading(10_000, 450, clr=2800), Milk.COW),
        (Instead(clr=2900), Reading(10_000, 400, clr=2900), Milk.COW),
        (Instead(snf_bp=860), Reading(10_000, 400, snf_bp=860), Milk.COW),
        (Instead(milk=Milk.BUFFALO), CAN, Milk.BUFFALO),
        (Instead(1_000, 300, 2600), Reading(1_000, 300, clr=2600), Milk.COW),
    ],
)
def test_only_what_was_wrong_is_said(dairy, instead, reading, milk):
    take(dairy)
    now = put_right(dairy, instead).now
    assert (now.reading, now.milk) == (reading, milk)
    stands = dairy.collections.cans("301", MONDAY, MONDAY, OWNER)[-1]
    assert stands.collection == now


def test_a_correction_is_corrected(dairy, clock):
    take(dairy, WRONG)
    put_right(dairy, Instead(litres_milli=1_000))
    put_right(dairy, TENTH)
    clock.advance(8 * DAY_MS)
    assert settled(dairy).payable_paise == 352_15


def test_once_settled_the_difference_goes_on_the_khata(dairy, clock, home):
    take(dairy, WRONG)
    clock.advance(8 * DAY_MS)
    before = settled(dairy)
    done = put_right(dairy)
    assert done.amount_paise == 3521_52 - 352_15
    assert owes(dairy) == -352_15
    assert dairy.collections.settlement("301", CYCLE, [], OWNER).settlement == before
    (can,) = dairy.collections.cans("301", MONDAY, MONDAY, OWNER)
    assert (can.corrected, can.stands) == (True, False)
    assert refusal(dairy, lambda: put_right(dairy)) == "can-corrected"
    assert list(dairy.collections.unsettled(CYCLE)) == []
    assert verify_home(home, rebuild=True).result is Result.GOOD


def test_which_of_several(dairy):
    take(dairy)
    take(dairy, Reading(5_000, 400, clr=2800))
    assert refusal(dairy, lambda: put_right(dairy)) == "can-which"
    second = KEYED._replace(number=2)
    assert put_right(dairy, None, second).was.collection.reading.litres_milli == 5_000
    assert refusal(dairy, lambda: put_right(dairy, None, second)) == "can-unknown"
    put_right(dairy, None)  # the one that is left needs no number
    assert refusal(dairy, lambda: put_right(dairy, None)) == "can-unknown"


def test_what_is_refused(dairy):
    take(dairy)
    assert refusal(dairy, lambda: put_right(dairy, reason=" ")) == "reason-missing"
    assert refusal(dairy, lambda: put_right(dairy, TENTH)) == "correction-none"
    assert refusal(dairy, lambda: put_right(dairy, Instead(fat_bp=3000))) == "milk-reading"
    assert refusal(dairy, lambda: put_right(dairy, Instead(clr=2800, snf_bp=850))) == "milk-reading"
    assert refusal(dairy, lambda: put_right(dairy, keyed=KEYED._replace(half=PM))) == "can-unknown"
    other = KEYED._replace(code="777")
    assert refusal(dairy, lambda: put_right(dairy, keyed=other)) == "customer-unknown"


def test_a_cashier_asks_for_that_amount_of_that_can(dairy):
    dairy.people.add(Operator("cara", "Cara", "cashier"), "271828", OWNER)
    take(dairy, WRONG)
    with pytest.raises(NeedsApproval) as needed:
        put_right(dairy, actor=CASHIER)
    about = f"milk of 301 {MONDAY} morning"
    assert needed.value.request == Request(Right.ADJUST_KHATA, "cara", 3169_37, about)
    owner = next(one for one in dairy.people.operators() if one.code == OWNER.operator)
    dairy.permissions.allow(needed.value.request, Leave(owner))
    put_right(dairy, actor=CASHIER)
    told = dairy.ledgers.newest(dairy.accounts.known("301"), 1, OWNER)[0]
    assert (told.operator, told.approver) == ("cara", OWNER.operator)
