"""Farmers' milk at work: priced, taken in, settled once, netted on the khata."""

from datetime import date, timedelta

import pytest

from milkpos_tui.domain.collection import Basis, Chart, Milk, Rates, Reading
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.orders import BOTH
from milkpos_tui.domain.settlement import Cycle, Deduction, DeductionKind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.khata import Payment
from milkpos_tui.till import verify_home
from tests.services.reading import everything
from tests.support.tills import DAY_MS, MONDAY, OWNER, next_day

AM, PM = BOTH
CYCLE = Cycle(2026, 11, 3)
CAN = Reading(10_000, 400, clr=2800)  # SNF 8.44, 10.28 kg: Rs 352.15 by the rates
FEED = Deduction(DeductionKind.FEED, "feed", 100_00)
CHART = Chart(Basis.LITRE, (300, 400), (800, 850), ((30_00, 31_00), (35_00, 36_00)))


@pytest.fixture
def dairy(till):
    till.customers.add(Customer("", "301", name="Farmer"), OWNER)
    till.collections.set_rates([Rates(date(2026, 11, 1), 350_00, 240_00)], OWNER)
    return till


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
