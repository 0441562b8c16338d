"""Orders and rounds at work: what is delivered, billed on khata, corrected, and never twice."""

from datetime import date, timedelta

import pytest

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.khata import LedgerKind
from milkpos_tui.domain.orders import BOTH, DAILY, OrderPlace, parse_days
from milkpos_tui.domain.roles import NeedsApproval
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.orders import Wish
from milkpos_tui.services.rates import RateChange
from milkpos_tui.till import verify_home
from tests.services.reading import entries, everything
from tests.support.staff import CARA, hire
from tests.support.tills import CURD, DAY_MS, EGG, GHEE, MILK, MONDAY, OWNER

AM, PM = BOTH
TUESDAY = MONDAY + timedelta(1)


@pytest.fixture
def street(till):
    """Three households: 9 and 22 take a litre each morning, 14 two litres and an egg."""
    for code, lane in (("9", "B"), ("14", "A"), ("22", "A")):
        till.customers.add(Customer("", code, name=f"House {code}", lane=lane), OWNER)
        till.orders.add(code, Wish(MILK.plu, 2000 if code == "14" else 1000, DAILY), OWNER)
    till.orders.add("14", Wish(EGG.plu, 6000, DAILY), OWNER)
    return till


def refusal(till, decide):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        decide()
    assert everything(till) == before
    return refused.value.code


def carried(till, day=MONDAY, half=AM):
    sheet = till.rounds.sheet(day, half, OWNER)
    return [
        (stop.place.code, [(one.plu, one.qty_milli) for one in stop.deliveries])
        for stop in sheet.stops
    ]


def owes(till, code):
    return till.accounts.owed_paise(till.accounts.known(code).id)


def record(till, keyed="", day=MONDAY, half=AM):
    return till.rounds.record(day, half, keyed, OWNER)


# --- the sheet ----------------------------------------------------------------------------------


def test_the_sheet_is_by_lane_and_place(street):
    assert [code for code, _ in carried(street)] == ["14", "22", "9"]
    street.rounds.place("22", 1, OWNER)
    street.rounds.place("14", 2, OWNER)
    assert [code for code, _ in carried(street)] == ["22", "14", "9"]
    assert carried(street)[1] == ("14", [(12, 2000), (40, 6000)])
    assert carried(street, half=PM) == []


def test_what_was_said_about_days(street):
    street.orders.pause("9", None, MONDAY, MONDAY, OWNER)
    street.orders.skip("22", None, TUESDAY, AM, OWNER)
    street.orders.change("14", 2, MONDAY, AM, 2000, OWNER)
    street.orders.switch("22", None, CURD.plu, MONDAY, MONDAY, OWNER)
    assert carried(street) == [("14", [(12, 2000), (40, 8000)]), ("22", [(31, 1000)])]
    assert carried(street, TUESDAY) == [("14", [(12, 2000), (40, 6000)]), ("9", [(12, 1000)])]


def test_a_pause_of_everything_is_ended_when_they_are_back(street):
    street.orders.pause("14", None, MONDAY, None, OWNER)
    assert street.orders.resume("14", TUESDAY, OWNER) == 1
    assert [code for code, _ in carried(street)] == ["22", "9"]
    assert [code for code, _ in carried(street, TUESDAY)] == ["14", "22", "9"]
    assert refusal(street, lambda: street.orders.resume("14", TUESDAY, OWNER)) == "pause-none"


def test_an_order_that_ended_and_a_customer_who_left(street):
    street.orders.end("9", None, MONDAY, OWNER)
    assert [code for code, _ in carried(street, TUESDAY)] == ["14", "22"]
    left = street.accounts.known("22")._replace(active=False)
    street.customers.change(left, OWNER)
    assert [code for code, _ in carried(street, TUESDAY)] == ["14"]


def test_a_double_gets_what_both_ordered_at_one_door(street):
    street.customers.merge(*map(street.accounts.known, ("22", "9")), OWNER)
    assert carried(street) == [("14", [(12, 2000), (40, 6000)]), ("9", [(12, 1000), (12, 1000)])]


def test_who_is_away_gets_nothing_of_what_their_double_ordered(street):
    street.customers.merge(*map(street.accounts.known, ("22", "9")), OWNER)
    street.orders.pause("9", None, MONDAY, MONDAY, OWNER)
    assert carried(street) == [("14", [(12, 2000), (40, 6000)])]
    assert [code for code, _ in carried(street, TUESDAY)] == ["14", "9"]


# --- collected at the counter -------------------------------------------------------------------


@pytest.fixture
def regular(street):
    """Customer 9 also collects two packs of ghee and an egg, morning and evening."""
    for plu, qty in ((GHEE.plu, 2000), (EGG.plu, 1000)):
        wish = Wish(plu, qty, DAILY, BOTH, place=OrderPlace.COUNTER)
        street.orders.add("9", wish, OWNER)
    return street


def collects(till, day=MONDAY, half=AM, code="9"):
    due = till.orders.collections(till.accounts.known(code), day, half)
    return None if due is None else [(one.plu, one.qty_milli) for one in due]


def test_what_is_collected_is_on_no_round(regular):
    assert dict(carried(regular))["9"] == [(12, 1000)]
    assert carried(regular, half=PM) == []
    record(regular)
    assert owes(regular, "9") == 62_00
    assert collects(regular) == collects(regular, half=PM) == [(110, 2000), (40, 1000)]
    assert collects(regular, code="14") is None


def test_what_is_said_about_days_holds_at_the_counter_too(regular):
    regular.orders.skip("9", 2, MONDAY, PM, OWNER)
    regular.orders.change("9", 3, MONDAY, PM, 5000, OWNER)
    regular.orders.switch("9", 2, CURD.plu, TUESDAY, None, OWNER)
    regular.orders.pause("9", None, TUESDAY + timedelta(1), None, OWNER)
    assert collects(regular) == [(110, 2000), (40, 1000)]
    assert collects(regular, half=PM) == [(40, 6000)]
    assert collects(regular, TUESDAY) == [(31, 2000), (40, 1000)]
    assert collects(regular, TUESDAY + timedelta(1)) == []
    regular.orders.end("9", 2, TUESDAY, OWNER)
    regular.orders.end("9", 3, TUESDAY, OWNER)
    assert collects(regular, TUESDAY + timedelta(1)) is None


def test_a_double_s_orders_and_pauses_are_read_as_one_at_the_counter(regular):
    nine, other = map(regular.accounts.known, ("9", "22"))
    regular.customers.merge(nine, other, OWNER)
    assert collects(regular, code="22") == [(110, 2000), (40, 1000)]
    regular.orders.pause("22", None, MONDAY, MONDAY, OWNER)
    assert collects(regular, code="22") == []


def test_an_order_of_before_places_is_of_the_round(regular, home):
    told = [one.body.get("place") for one in entries(regular, Kind.ORDER_SET)]
    assert told == [None] * 4 + ["counter"] * 2
    regular.orders.end("9", 2, None, OWNER)
    assert entries(regular, Kind.ORDER_SET)[-1].body["place"] == "counter"
    assert verify_home(home, rebuild=True).result is Result.GOOD


REFUSED = {
    "plu": (lambda o: o.add("9", Wish(999, 1000, DAILY), OWNER), "product-unknown"),
    "step": (lambda o: o.add("9", Wish(EGG.plu, 500, DAILY), OWNER), "quantity-step"),
    "past": (
        lambda o: o.add("9", Wish(12, 1000, DAILY, first=date(2026, 11, 22)), OWNER),
        "date-past",
    ),
    "mrp": (
        lambda o: o.add("9", Wish(110, 1000, DAILY, rate_paise=361_00), OWNER),
        "price-above-mrp",
    ),
    "dates": (lambda o: o.add("9", Wish(12, 1, parse_days("2026-01-01")), OWNER), "order-days"),
    "nobody": (lambda o: o.add("77", Wish(12, 1000, DAILY), OWNER), "customer-unknown"),
    "skip": (lambda o: o.skip("9", None, date(2026, 11, 22), None, OWNER), "date-past"),
    "which": (lambda o: o.skip("14", None, MONDAY, None, OWNER), "order-which"),
    "third": (lambda o: o.skip("14", 3, MONDAY, None, OWNER), "order-unknown"),
    "span": (lambda o: o.pause("9", None, TUESDAY, MONDAY, OWNER), "date-order"),
    "none": (lambda o: o.change("9", None, MONDAY, AM, 0, OWNER), "quantity-zero"),
    "half": (lambda o: o.change("14", 2, MONDAY, AM, 500, OWNER), "quantity-step"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(street, case):
    decide, code = REFUSED[case]
    assert refusal(street, lambda: decide(street.orders)) == code


def test_an_order_that_ended_is_not_opened_again(street, clock):
    street.orders.end("9", None, MONDAY, OWNER)
    clock.advance(3 * DAY_MS)
    assert refusal(street, lambda: street.orders.end("9", 1, None, OWNER)) == "order-ended"
    assert "9" not in [code for code, _ in carried(street, TUESDAY)]


@pytest.mark.parametrize("keyed", ["14/40+.5", "14/40*1.5", "14/40-.5", "9/40+.5"])
def test_what_is_keyed_is_a_quantity_that_is_sold(street, keyed):
    assert refusal(street, lambda: record(street, keyed)) == "quantity-step"
    record(street)
    assert refusal(street, lambda: record(street, keyed)) == "quantity-step"


def test_what_is_sold_no_longer_is_not_taken_without_an_order(street):
    record(street, "9/31+1")
    street.catalogue.retire(CURD.plu, OWNER)
    street.catalogue.retire(MILK.plu, OWNER)
    assert refusal(street, lambda: record(street, "22/31+1")) == "product-retired"
    assert not record(street, "9/31+1").corrections  # as it stands
    assert record(street, "9/31*0 22/12+1").corrections  # the order of the milk stands


def test_an_item_sold_no_longer_cannot_be_ordered(street):
    street.catalogue.retire(CURD.plu, OWNER)
    wish = Wish(CURD.plu, 1000, DAILY)
    assert refusal(street, lambda: street.orders.add("9", wish, OWNER)) == "product-retired"


def test_a_cashier_notes_days_but_asks_for_a_new_order(street):
    hire(street)
    cara = CARA
    street.orders.skip("9", None, MONDAY, None, cara)
    with pytest.raises(NeedsApproval):
        street.orders.add("9", Wish(12, 1000, DAILY), cara)


# --- recorded -----------------------------------------------------------------------------------


def test_a_round_goes_on_khata(street):
    done = record(street, "-22 9+1")
    assert (done.recorded, done.missed, done.amount_paise) == (4, 1, 293_00)
    assert [owes(street, code) for code in ("9", "14", "22")] == [124_00, 169_00, 0]
    (entry,) = street.ledgers.newest(street.accounts.known("9"), 5, OWNER)
    assert (entry.kind, entry.reference) == (LedgerKind.SALE, "round 2026-11-23 morning")


def test_the_rate_is_the_customer_s_on_that_day(street):
    nine = street.accounts.known("9").id
    street.rates.set(RateChange(MILK.plu, MONDAY, 60_00, customer=nine), OWNER)
    street.orders.end("22", None, None, OWNER)
    street.orders.add("22", Wish(MILK.plu, 1000, DAILY, rate_paise=55_00), OWNER)
    record(street)
    assert owes(street, "9") == 60_00
    assert owes(street, "22") == 62_00 + 55_00


def test_recording_twice_does_nothing_twice(street):
    record(street, "-22")
    before = everything(street)
    done = record(street, "-22")
    assert (done.recorded, done.corrections) == (0, ())
    assert everything(street) == before


def test_a_late_correction_is_a_dated_adjustment(street, clock):
    record(street, "-22")
    clock.advance(2 * DAY_MS)
    done = record(street, "9+.5")
    assert [one.by_paise for one in done.corrections] == [62_00, 31_00]
    newest = street.ledgers.newest(street.accounts.known("9"), 1, OWNER)[0]
    assert (newest.kind, newest.day, newest.amount_paise) == (
        LedgerKind.ADJUSTMENT,
        "2026-11-25",
        31_00,
    )
    assert newest.reason == "2026-11-23 morning: 1.5 instead of 1 L Cow milk"
    assert owes(street, "22") == 62_00
    record(street, "-22")
    assert (owes(street, "9"), owes(street, "22")) == (62_00, 0)


def test_what_is_said_later_changes_no_round_that_was_recorded(street, clock):
    record(street)
    street.orders.end("9", None, MONDAY, OWNER)
    street.orders.switch("22", None, CURD.plu, MONDAY, None, OWNER)
    done = record(street)
    assert (done.recorded, done.corrections) == (0, ())


def test_somebody_who_is_not_on_the_round_takes_something(street):
    street.customers.add(Customer("", "40", name="House 40"), OWNER)
    record(street, "40/12+1")
    assert owes(street, "40") == 62_00
    record(street, "40/12+1")
    assert owes(street, "40") == 62_00


def test_generating_days(street, clock):
    record(street, "-22")
    clock.advance(2 * DAY_MS)
    done = list(street.rounds.generate(MONDAY, MONDAY + timedelta(2), OWNER))
    assert [one.recorded for one in done] == [0, 0, 4, 0, 4, 0]
    assert owes(street, "22") == 2 * 62_00
    before = everything(street)
    assert sum(one.recorded for one in street.rounds.generate(MONDAY, TUESDAY, OWNER)) == 0
    assert everything(street) == before


def test_a_day_to_come_is_refused(street):
    assert refusal(street, lambda: record(street, day=TUESDAY)) == "date-future"
    assert refusal(street, lambda: record(street, "-9 77+1")) == "round-stop"
    months = (MONDAY - timedelta(70), MONDAY)
    assert refusal(street, lambda: list(street.rounds.generate(*months, OWNER))) == "round-span"


def test_many_deliveries_are_several_entries(street, monkeypatch):
    monkeypatch.setattr("milkpos_tui.services.rounds.PER_ENTRY_MAX", 3)
    record(street)
    assert [len(one.body["deliveries"]) for one in entries(street, Kind.ROUND_RECORDED)] == [3, 1]
    assert owes(street, "14") == 169_00


def test_the_journal_rebuilds_it_all(street, clock, home):
    street.orders.pause("14", None, TUESDAY, None, OWNER)
    street.orders.resume("14", TUESDAY + timedelta(3), OWNER)
    street.rounds.place("9", 4, OWNER)
    record(street, "-22")
    record(street, "9+1")
    assert verify_home(home, rebuild=True).result is Result.GOOD


# --- what can't be sold so ----------------------------------------------------------------------


def test_what_is_taken_is_of_the_items_step(street):
    for keyed in ("14/40+.5", "9/40+1.5", "14/40*2.5"):
        assert refusal(street, lambda keyed=keyed: record(street, keyed)) == "quantity-step"
    record(street, "14/40+1")
    assert refusal(street, lambda: record(street, "14/40*.5")) == "quantity-step"
    with pytest.raises(Refused, match=r"14 House 14: 0\.5 is not a multiple"):
        record(street, "14/40*.5")
    assert record(street, "-14/40").corrections  # nothing at all is of every step


def test_nothing_that_is_sold_no_longer_is_taken_without_an_order(street):
    record(street, "9/31+1")
    street.catalogue.retire(CURD.plu, OWNER)
    street.catalogue.retire(EGG.plu, OWNER)
    assert refusal(street, lambda: record(street, "9/31+1", TUESDAY)) == "date-future"
    assert refusal(street, lambda: record(street, "22/31+1 9/31+1")) == "product-retired"
    record(street, "9/31+2")  # what was delivered before can still be put right
    assert owes(street, "9") == 62_00 + 2 * 90_00


def test_an_amount_that_is_over_the_limit(street):
    huge = Wish(MILK.plu, 9_999_000, DAILY, rate_paise=99_999_999_00)
    assert refusal(street, lambda: street.orders.add("9", huge, OWNER)) == "amount-limit"
    dear = Wish(MILK.plu, 1000, DAILY, rate_paise=90_000_000_00)
    street.orders.add("22", dear, OWNER)
    assert refusal(street, lambda: record(street, "22*9999")) == "amount-limit"
    record(street)
    assert refusal(street, lambda: record(street, "22*9999")) == "amount-limit"  # put right
