"""Farmers' milk at work: priced, taken in, settled once, netted on the khata."""

from datetime import date, timedelta
from fractions import Fraction
from math import floor

import pytest

from milkpos_tui.domain.collection import Basis, Chart, Milk, Rates, Reading
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.orders import BOTH
from milkpos_tui.domain.settlement import Cycle, Deduction, DeductionKind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.khata import Payment
from milkpos_tui.till import verify_home
from tests.services.reading import everything
from tests.support.tills import DAY_MS, MONDAY, OWNER, next_day

AM, PM = BOTH
CYCLE = Cycle(2026, 11, 3)
CAN = Reading(10_000, 400, clr=2800)  # SNF 8.44, 10.28 kg: Rs 352.15 by the rates
FEED = Deduction(DeductionKind.FEED, "feed", 100_00)
CHART = Chart(Basis.LITRE, (300, 400), (800, 850), ((30_00, 31_00), (35_00, 36_00)))


def take(till, reading=CAN, milk=Milk.COW, day=None, half=AM):
    return till.collections.take_in("301", reading, milk, day, half, OWNER)


def refusal(till, decide):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        decide()
    assert everything(till) == before
    return refused.value.code


def owes(till):
    return till.accounts.owed_paise(till.accounts.known("301").id)


def test_a_can_is_priced_and_kept(dairy):
    can = take(dairy)
    assert (can.collection.snf_bp, can.collection.amount_paise) == (844, 352_15)
    assert dairy.collections.cans("301", MONDAY, MONDAY, OWNER) == (can,)
    assert owes(dairy) == 0  # until it is settled


def test_the_formula_is_a_setting(dairy):
    dairy.settings.change("snf-formula", "richmond", OWNER)
    assert take(dairy).collection.snf_bp == 820
    assert take(dairy, Reading(10_000, 400, snf_bp=844)).collection.snf_bp == 844
    with pytest.raises(Refused):
        dairy.settings.change("snf-formula", "guess", OWNER)


def test_its_own_price_goes_before_that_of_any_milk(dairy):
    dairy.collections.set_chart(CHART, MONDAY, Milk.BUFFALO, OWNER)
    assert take(dairy, milk=Milk.BUFFALO).collection.amount_paise == 350_00
    assert take(dairy).collection.amount_paise == 352_15
    earlier = take(dairy, milk=Milk.BUFFALO, day=MONDAY - timedelta(1))
    assert earlier.collection.amount_paise == 352_15


def test_ten_days_are_settled_and_netted(dairy, key, clock):
    key("//301", "1*31", "+//")  # curd for Rs 90 on khata
    take(dairy)
    take(dairy, half=PM)
    clock.advance(8 * DAY_MS)
    assert [one.code for one in dairy.collections.unsettled(CYCLE)] == ["301"]
    shown = dairy.collections.settlement("301", CYCLE, [FEED], OWNER)
    done = dairy.collections.settle("301", CYCLE, [FEED], OWNER)
    assert shown.settlement == done.settlement
    assert done.settlement.milk_paise == 704_30
    assert done.settlement.payable_paise == 514_30
    assert owes(dairy) == -514_30
    assert list(dairy.collections.unsettled(CYCLE)) == []
    stored = dairy.collections.settlement("301", CYCLE, [], OWNER)
    assert (stored.id, stored.settlement) == (done.id, done.settlement)


def test_what_is_payable_is_paid_out_of_the_drawer(dairy, clock):
    take(dairy)
    clock.advance(8 * DAY_MS)
    next_day(dairy)
    dairy.collections.settle("301", CYCLE, [], OWNER)
    dairy.khata.pay_back("301", Payment(352_15), "milk 2026-11/3", "1", OWNER)
    assert owes(dairy) == 0


def test_a_debt_larger_than_the_milk_stays(dairy, clock):
    dairy.khata.adjust("301", 500_00, "cattle feed", "1", OWNER)
    take(dairy)
    clock.advance(8 * DAY_MS)
    done = dairy.collections.settle("301", CYCLE, [], OWNER)
    assert (done.settlement.payable_paise, done.settlement.left_paise) == (0, 147_85)
    assert owes(dairy) == 147_85


def test_what_the_milk_did_not_reach_of_an_advance_is_owed(dairy, clock):
    """Whatever was taken off: the khata says the whole of it, and the next settlement takes it."""
    take(dairy)
    clock.advance(8 * DAY_MS)
    large = Deduction(DeductionKind.ADVANCE, "advance", 500_00)
    done = dairy.collections.settle("301", CYCLE, [FEED, large], OWNER).settlement
    assert (done.payable_paise, done.left_paise) == (0, 600_00 - 352_15)
    assert owes(dairy) == done.left_paise
    take(dairy)
    clock.advance(10 * DAY_MS)
    done = dairy.collections.settle("301", CYCLE.next, [], OWNER).settlement
    assert done.payable_paise == 2 * 352_15 - 600_00
    assert owes(dairy) == -done.payable_paise


def test_the_same_can_again_must_be_said(dairy):
    take(dairy)
    assert refusal(dairy, lambda: take(dairy)) == "milk-again"
    take(dairy, half=PM)
    take(dairy, Reading(10_001, 400, clr=2800))
    dairy.collections.take_in("301", CAN, Milk.COW, None, AM, OWNER, again=True)
    assert len(dairy.collections.cans("301", MONDAY, MONDAY, OWNER)) == 4


def test_what_is_worth_nothing_is_not_bought(dairy):
    dairy.collections.set_rates([Rates(MONDAY, 1, 1)], OWNER)
    assert refusal(dairy, lambda: take(dairy, Reading(1, 400, clr=2800))) == "milk-worthless"


def test_ten_days_by_hand(dairy, clock):
    """Every sum of a settlement, by fractions and without a line of the till's own arithmetic."""
    readings = [(7_350, 385, 2725), (12_005, 612, 2950), (3_333, 451, 2890), (41_125, 333, 2605)]
    worth = []
    for day, (litres, fat, clr) in enumerate(readings):
        read = Reading(litres, fat, clr=clr)
        take(dairy, read, day=MONDAY - timedelta(day % 3), half=BOTH[day % 2])
        snf = nearest(Fraction(clr, 4) + Fraction(fat, 4) + 44)  # in hundredths: ISI
        grams = nearest(litres * (1 + Fraction(clr, 100 * 1000)))
        rupees = Fraction(grams, 1000) * (Fraction(fat, 10_000) * 350 + Fraction(snf, 10_000) * 240)
        worth.append(nearest(rupees * 100))
    dairy.khata.adjust("301", 90_00, "a bag of feed", "1", OWNER)
    clock.advance(8 * DAY_MS)
    done = dairy.collections.settle("301", CYCLE, [FEED], OWNER).settlement
    assert sorted(can.amount_paise for can in done.collections) == sorted(worth)
    assert done.litres_milli == 63_813
    assert (done.milk_paise, done.payable_paise) == (sum(worth), sum(worth) - 100_00 - 90_00)
    assert owes(dairy) == -done.payable_paise


def nearest(number):
    return floor(number + Fraction(1, 2))


def test_what_is_refused(dairy, clock):
    collections = dairy.collections
    assert refusal(dairy, lambda: take(dairy, Reading(1, 4, clr=2800))) == "milk-reading"
    assert refusal(dairy, lambda: take(dairy, day=MONDAY + timedelta(1))) == "date-future"
    assert refusal(dairy, lambda: take(dairy, day=date(2026, 10, 31))) == "milk-rate-missing"
    take(dairy)
    assert refusal(dairy, lambda: collections.settle("301", CYCLE, [], OWNER)) == "cycle-open"
    clock.advance(8 * DAY_MS)
    earlier = Cycle(2026, 11, 2)
    assert refusal(dairy, lambda: collections.settle("301", earlier, [], OWNER)) == "milk-none"
    collections.settle("301", CYCLE, [], OWNER)
    assert refusal(dairy, lambda: collections.settle("301", CYCLE, [], OWNER)) == "milk-settled"
    assert refusal(dairy, lambda: take(dairy, day=MONDAY)) == "milk-settled"


def test_the_journal_rebuilds_it(dairy, clock, home):
    dairy.collections.set_chart(CHART, MONDAY, None, OWNER)
    take(dairy)
    clock.advance(8 * DAY_MS)
    dairy.collections.settle("301", CYCLE, [FEED], OWNER)
    assert verify_home(home, rebuild=True).result is Result.GOOD
