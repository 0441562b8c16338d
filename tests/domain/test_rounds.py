"""Rounds: the sheet, what is keyed about it, what was delivered, and doing it again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.orders import BOTH, Delivery
from milkpos_tui.domain.rounds import (
    GRAMMAR,
    Place,
    again,
    outcome,
    parse_exceptions,
    recorded,
    sheet_of,
)

DAY = date(2026, 11, 23)
TODAY = date(2026, 11, 27)
AM, PM = BOTH
COW, BUFFALO, CURD = 12, 13, 31


def delivery(code, plu=COW, qty_milli=1000, order="", rate_paise=None):
    return Delivery(order or f"o{code}-{plu}", f"c{code}", DAY, AM, plu, qty_milli, rate_paise)


def place(code, lane="", sequence=0):
    return Place(f"c{code}", str(code), f"Name {code}", lane, sequence)


def sheet(*deliveries, places=()):
    known = {one.customer: place(one.customer[1:]) for one in deliveries}
    return sheet_of(DAY, AM, deliveries, known | {one.customer: one for one in places})


THREE = (delivery(9), delivery(14), delivery(22, qty_milli=500))


def taken(the_sheet, keyed, others=None):
    done = outcome(the_sheet, parse_exceptions(keyed), others)
    return [(one.customer, one.plu, one.qty_milli) for one in done]


def test_the_sheet_is_walked_by_lane_and_sequence_and_then_by_code():
    places = [place(9, "B", 1), place(14, "A", 2), place(22, "A", 1), place(100, "A", 2)]
    walked = sheet(*THREE, delivery(100), places=places)
    assert [stop.place.code for stop in walked.stops] == ["22", "14", "100", "9"]
    assert walked.loads == (("A", COW, 2500), ("B", COW, 1000))


def test_several_items_are_left_at_one_door():
    walked = sheet(delivery(9), delivery(9, CURD, 250))
    assert [len(stop.deliveries) for stop in walked.stops] == [2]


@pytest.mark.parametrize(
    ("keyed", "quantities"),
    [
        ("", (1000, 1000, 500)),
        ("-14 -22", (1000, 0, 0)),
        ("-14,-22, 9+1", (2000, 0, 0)),
        ("9+.5", (1500, 1000, 500)),
        ("22-.25", (1000, 1000, 250)),
        ("22-.5", (1000, 1000, 0)),
        ("9*2", (2000, 1000, 500)),
        ("9*0", (0, 1000, 500)),
        ("9/12+1", (2000, 1000, 500)),
        ("-9/12", (0, 1000, 500)),
        ("009+1", (2000, 1000, 500)),
    ],
)
def test_all_but_what_is_keyed(keyed, quantities):
    assert [qty for *_, qty in taken(sheet(*THREE), keyed)] == list(quantities)


def test_who_takes_several_items_says_which():
    two = sheet(delivery(9), delivery(9, CURD, 250))
    assert taken(two, "9/31+.25") == [("c9", COW, 1000), ("c9", CURD, 500)]
    assert taken(two, "-9") == [("c9", COW, 0), ("c9", CURD, 0)]
    assert taken(two, "-9/31 9/12+1") == [("c9", COW, 2000), ("c9", CURD, 0)]
    with pytest.raises(Refused, match=r"'9\+1': 9 takes several: key 9/12\+1 or 9/31\+1"):
        taken(two, "9+1")


def test_two_orders_of_one_item_share_what_was_taken():
    two = sheet(delivery(9, order="a"), delivery(9, qty_milli=500, order="b"))
    assert taken(two, "9+1") == [("c9", COW, 1000), ("c9", COW, 1500)]
    assert taken(two, "9-1") == [("c9", COW, 500), ("c9", COW, 0)]


def test_an_item_without_an_order_and_a_customer_who_is_not_on_the_round():
    assert ("c9", CURD, 2000) in taken(sheet(*THREE), "9/31*2")
    assert taken(sheet(*THREE), "40/12+1", {"40": "c40"})[-1] == ("c40", COW, 1000)


@pytest.mark.parametrize(
    ("keyed", "code", "words"),
    [
        ("-15", "round-stop", "'-15': 15 is not on this round"),
        ("9+1 9+1", "round-twice", "about the same"),
        ("-9 9/12+1", "round-twice", "about the same"),
        ("9/12+1 -9", "round-twice", "about the same"),
        ("9-2", "round-less", "9 gets 1, so it can't take 2 less"),
        ("9", "round-word", "'9' is not understood"),
        ("-9+1", "round-word", "'-9+1' is not understood"),
        ("14..22", "round-word", "not understood"),
        ("all", "round-word", "'all' is not understood"),
        ("९+1", "round-word", "not understood"),
        ("9+0", "round-word", "changes nothing"),
        ("9+1.2345", "quantity-decimals", "three decimals"),
        ("9+.", "quantity-unreadable", "not a quantity"),
        ("9*99999", "quantity-limit", "over the limit"),
        ("-9/31", "round-item", "9 gets no item 31"),
        ("9/31-1", "round-item", "9 gets no item 31"),
        ("40+1", "round-item", "name the item too"),
    ],
)
def test_what_is_refused(keyed, code, words):
    with pytest.raises(Refused) as refused:
        taken(sheet(*THREE), keyed, {"40": "c40"})
    assert refused.value.code == code
    assert words in refused.value.message


def test_a_flood_of_words_is_refused():
    with pytest.raises(Refused, match="at most 2,000"):
        parse_exceptions("-1 " * 2_001)


def test_the_grammar_that_is_shown_is_understood():
    for example, _ in GRAMMAR:
        parse_exceptions(example)


def test_keys_tell_order_day_and_half():
    done = outcome(sheet(*THREE), parse_exceptions("9/31+1"))
    keys = [one.key for one in done]
    assert keys[0] == "o9-12/2026-11-23/morning"
    assert "c9/31/2026-11-23/morning" in keys
    assert len(set(keys)) == len(keys)


# --- recorded again -----------------------------------------------------------------------------


def books(done, rate=60_00):
    entries = [recorded(one, lambda _: rate) for one in done]
    return {entry.delivered.key: (entry, entry.delivered.qty_milli) for entry in entries}


def test_its_own_rate_goes_before_the_price_of_the_day():
    own, usual = outcome(sheet(delivery(9, rate_paise=55_00), delivery(14)), ())
    assert recorded(own, lambda _: 60_00).amount_paise == 55_00
    assert recorded(usual, lambda _: 60_00).amount_paise == 60_00


def test_generating_twice_does_nothing_twice():
    done = outcome(sheet(*THREE), parse_exceptions("-14"))
    assert again(done, {}, TODAY).new == done
    assert again(done, books(done), TODAY) == ((), ())


def test_what_came_later_is_new_and_the_rest_is_left():
    done = outcome(sheet(*THREE), ())
    assert again(done, books(done[:2]), TODAY).new == done[2:]


def test_a_late_correction_is_an_adjustment_of_its_own_date():
    done = outcome(sheet(*THREE), ())
    now = outcome(sheet(*THREE), parse_exceptions("-14 9+.5"))
    rerun = again(now, books(done), TODAY)
    assert rerun.new == ()
    assert [(one.on, one.by_paise) for one in rerun.corrections] == [
        (TODAY, 30_00),
        (TODAY, -60_00),
    ]
    assert rerun.corrections[1].words == "2026-11-23 morning: 0 instead of 1"


codes = st.sampled_from([9, 14, 22])
words = st.dictionaries(
    codes, st.sampled_from(["-{}", "{}+1", "{}+.333", "{}-.25", "{}*2", "{}*.125"])
).map(lambda said: " ".join(word.format(code) for code, word in said.items()))


@given(words, words, st.integers(1, 99_99))
def test_corrections_add_up_to_what_it_would_have_been(first, second, rate):
    """And a correction that is taken back leaves nothing over, to the paisa."""
    before = outcome(sheet(*THREE), parse_exceptions(first))
    after = outcome(sheet(*THREE), parse_exceptions(second))
    kept = books(before, rate)
    corrected = again(after, kept, TODAY)
    changed = {one.key: one.is_milli for one in corrected.corrections}
    amount = sum(entry.amount_paise for entry, _ in kept.values())
    amount += sum(one.by_paise for one in corrected.corrections)
    assert amount == sum(recorded(one, lambda _: rate).amount_paise for one in after)
    stands = {key: (entry, changed.get(key, qty)) for key, (entry, qty) in kept.items()}
    assert again(after, stands, TODAY) == ((), ())
    back = again(before, stands, TODAY)
    both = [*corrected.corrections, *back.corrections]
    assert sum(one.by_paise for one in both) == 0
