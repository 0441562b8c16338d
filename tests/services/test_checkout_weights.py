"""Weights from the scale: by F5, by themselves, less their container, and marked for ever."""

import pytest

from milkpos_tui.domain.cart import Measured, TenderKind, Weight
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.domain.scan import Scan
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.checkout import NO_SCALE, Scale
from milkpos_tui.till import open_till, verify_home
from tests.services.reading import entries, everything
from tests.support.tills import CURD, OWNER

RESTING = Scale(Weight(412, 120))
MOVING = Scale(None, "the scale has not come to rest")
OVER = Scale(None, "too much on the scale")


def by_itself(scale):
    return scale._replace(by_itself=True)


def weigh(checkout, text="", scale=RESTING, chosen=None):
    return checkout.weigh(text, chosen=chosen, serial=1, scale=scale)


def weighing(line):
    return line.item.plu, line.qty_milli, line.tare_milli, line.measured


CURD_WEIGHED = (31, 412, 120, Measured.SCALE)


@pytest.mark.parametrize("text", ["31", " 31 ", "curd", "000031"])
def test_what_is_keyed_is_weighed(checkout, text):
    outcome = weigh(checkout, text)
    assert (outcome.did, weighing(outcome.line)) == ("added", CURD_WEIGHED)
    assert outcome.line.amount_paise == 37_08  # .412 kg at Rs 90


def test_what_a_search_offered_is_weighed(checkout):
    assert weighing(weigh(checkout, "d", chosen=31).line) == CURD_WEIGHED


@pytest.mark.parametrize("text", ["", "  ", "\x00"])
def test_the_last_line_is_weighed(checkout, text):
    checkout.key_in("31")
    outcome = weigh(checkout, text)
    assert (outcome.did, weighing(outcome.line)) == ("changed", CURD_WEIGHED)
    assert len(checkout.draft.cart.lines) == 1


def test_weighed_again_the_last_weight_counts(checkout):
    weigh(checkout, "31")
    assert weighing(weigh(checkout, "", Scale(Weight(500))).line) == (31, 500, 0, Measured.SCALE)


def test_the_same_weight_twice_is_two_sales(checkout):
    weigh(checkout, "31")
    weigh(checkout, "31")
    assert [weighing(line) for line in checkout.draft.cart.lines] == [CURD_WEIGHED] * 2


def test_a_discount_and_another_price_stay_with_the_weight(checkout):
    weigh(checkout, "31")
    checkout.key_in("*-2/")
    (line,) = checkout.draft.cart.lines
    assert weighing(line) == CURD_WEIGHED
    assert weigh(checkout, "", Scale(Weight(1000))).line.discount.rate_bp == 200


@pytest.mark.parametrize(
    ("before", "text", "scale", "code"),
    [
        ((), "31", MOVING, "no-weight"),
        ((), "31", OVER, "no-weight"),
        ((), "31", NO_SCALE, "no-weight"),
        (("31",), "", MOVING, "no-weight"),
        ((), "", RESTING, "no-line"),
        ((), "12", RESTING, "not-by-weight"),
        ((), "40", RESTING, "not-by-weight"),
        (("12",), "", RESTING, "not-by-weight"),
        ((), ".5*31", RESTING, "weigh-quantity"),
        ((), "/50*31", RESTING, "weigh-quantity"),
        (("31",), "*2", RESTING, "weigh-what"),
        (("31",), "+", RESTING, "weigh-what"),
        (("31",), "--", RESTING, "weigh-what"),
        ((), "999", RESTING, "code-unknown"),
        ((), "xyz", RESTING, "words-unknown"),
        (("31", "+1"), "", RESTING, "part-paid"),
        (("31", "+1"), "31", RESTING, "part-paid"),
    ],
)
def test_what_is_refused_changes_nothing(till, checkout, before, text, scale, code):
    for key in before:
        checkout.key_in(key)
    was = everything(till), checkout.draft
    with pytest.raises(Refused) as refused:
        weigh(checkout, text, scale)
    assert refused.value.code == code
    assert (everything(till), checkout.draft) == was


def test_why_there_is_no_weight_is_told(checkout):
    with pytest.raises(Refused, match="has not come to rest"):
        weigh(checkout, "31", MOVING)


def test_a_weight_that_was_refused_stops_money_keyed_before_it_was_seen(checkout):
    checkout.key_in("12", serial=1, seen=0)
    with pytest.raises(Refused):
        checkout.weigh("31", chosen=None, serial=2, scale=MOVING)
    with pytest.raises(Refused) as refused:
        checkout.key_in("+", serial=3, seen=1)
    assert refused.value.code == "keyed-ahead"


# By itself


@pytest.mark.parametrize("keyed", ["31", "curd"])
def test_an_item_by_weight_takes_the_weight_by_itself(checkout, keyed):
    outcome = checkout.key_in(keyed, scale=by_itself(RESTING))
    assert weighing(outcome.line) == CURD_WEIGHED


@pytest.mark.parametrize("scale", [MOVING, OVER, NO_SCALE])
def test_by_itself_there_must_be_a_weight(till, checkout, scale):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        checkout.key_in("31", scale=by_itself(scale))
    assert (refused.value.code, refused.value.message) == ("no-weight", scale.why_none)
    assert everything(till) == before


@pytest.mark.parametrize("scale", [MOVING, OVER, RESTING])
def test_what_is_not_sold_by_weight_needs_no_scale(checkout, scale):
    assert checkout.key_in("12", scale=by_itself(scale)).line.qty_milli == 1000
    assert checkout.key_in("40", scale=by_itself(scale)).line.qty_milli == 1000


@pytest.mark.parametrize("scale", [MOVING, OVER, RESTING])
@pytest.mark.parametrize(("keyed", "qty"), [(".25*31", 250), ("/45*31", 500)])
def test_a_weight_that_is_keyed_is_taken_and_marked(checkout, scale, keyed, qty):
    line = checkout.key_in(keyed, scale=by_itself(scale)).line
    assert weighing(line) == (31, qty, 0, Measured.TYPED)


def test_without_the_setting_a_kilogram_is_meant(checkout):
    assert weighing(checkout.key_in("31", scale=RESTING).line) == (31, 1000, 0, Measured.TYPED)


def test_of_one_key_in_only(checkout):
    checkout.key_in("31", scale=by_itself(RESTING))
    assert checkout.key_in("31").line.measured is Measured.TYPED
    assert checkout.scan(Scan("31")).line.measured is Measured.TYPED


# What becomes of the marks


def sold_lines(till):
    found = till._db.connection().execute(
        "SELECT plu, qty_milli, measured, tare_milli FROM bill_line ORDER BY bill, no"
    )
    return found.fetchall()


def test_the_marks_are_in_the_draft_the_entry_and_the_bill(till, home, checkout, clock):
    weigh(checkout, "31")
    checkout.key_in(".25*31")
    checkout.scan(Scan("2100031002504", "2100031002504"))
    checkout.key_in("12")
    with open_till(home, clock) as restarted:
        kept = restarted.drafts.open_on("1")
        assert kept.cart == checkout.draft.cart
    bill = checkout.key_in("+").paid
    assert sold_lines(till) == [
        (31, 412, "scale", 120),
        (31, 250, "typed", 0),
        (31, 250, "label", 0),
        (12, 1000, "", 0),
    ]
    (entry,) = entries(till, Kind.BILL_PAID)
    told = [
        (line.get("measured", "nobody"), line.get("tare_milli")) for line in entry.body["lines"]
    ]
    assert told == [("scale", 120), ("typed", 0), ("label", 0), ("nobody", None)]
    assert till.bills.by_number(bill.number).document == bill.document
    assert [line.measured for line in bill.document.lines] == ["scale", "typed", "label", ""]


def test_what_comes_back_was_weighed_as_it_was_sold(till, checkout):
    weigh(checkout, "31")
    bill = checkout.key_in("+").paid
    note = till.billing.take_back(bill.number, {1: 200}, "sour", TenderKind.CASH, "1", OWNER)
    assert sold_lines(till) == [(31, 412, "scale", 120), (31, 200, "scale", 120)]
    assert till.bills.by_number(note.number).document == note.document


def test_the_tables_are_the_journal_replayed(till, home, checkout):
    weigh(checkout, "31")
    checkout.key_in("12")
    checkout.key_in("+")
    weigh(checkout, "70", Scale(Weight(1, 1)))
    verdict = verify_home(home, rebuild=True)
    assert (verdict.result, verdict.bad) == (Result.GOOD, None)


def test_a_mark_that_was_altered_is_found(till, home, checkout):
    checkout.key_in(".25*31")
    checkout.key_in("+")
    connection = till._db.connection()
    triggers = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'bill_line'"
    ).fetchall()
    for (name,) in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("UPDATE bill_line SET measured = 'scale'")
    assert verify_home(home, rebuild=True).result is not Result.GOOD


def test_an_item_that_is_sold_otherwise_meanwhile(till, checkout, home, clock):
    # The line was weighed; then the item is sold by the piece. The bill is paid as it was keyed.
    weigh(checkout, "31")
    till.catalogue.change(CURD._replace(unit=Unit.PIECE, step_milli=1000), OWNER)
    with open_till(home, clock) as restarted:
        kept = restarted.drafts.open_on("1").cart.last
        assert (kept.measured, kept.tare_milli, kept.qty_milli) == (Measured.SCALE, 120, 412)
