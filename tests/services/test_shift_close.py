"""The end of a shift: whatever was counted it is closed, once, and its one Z adds up."""

import hashlib
from datetime import timedelta

import pytest

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import NeedsApproval, Request, Right
from milkpos_tui.domain.shift import CashMoves, TaxSum, TenderCheck, TenderSum
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.closing import NO_REASON, Closing
from milkpos_tui.services.counting import Counted
from milkpos_tui.services.shifts import Handing, Move
from milkpos_tui.till import open_till, verify_home
from schema.shift_tables import ShiftCount, ZReport, ZTax, ZTender
from tests.services.reading import DRAFTS, entries, rows
from tests.support.days import sell
from tests.support.staff import CARA, CARL, SUNIL, allow, assert_refused, counted, hire, meanwhile
from tests.support.tills import (
    DAY_MS,
    FLOAT_PAISE,
    MONDAY,
    OWNER,
    close_shift,
    open_shift,
)

CASH, UPI, CARD = TenderKind.CASH, TenderKind.UPI, TenderKind.CARD
FLOAT_RUPEES = FLOAT_PAISE // 100


@pytest.fixture
def staff(till):
    """A till with people, and a counter B; the cashier answers for the drawer of both."""
    hire(till).shops.add_counter("B", "Back door", OWNER)
    close_shift(till, "1")
    open_shift(till, "1", CARA)
    open_shift(till, "B", CARA)
    return till


@pytest.fixture
def shift(staff):
    return staff.custody.open_on("1")


def close(till, what=None, reason="", actor=CARA, counter="1", **bills):
    ids = {name: frozenset(draft.id for draft in drafts) for name, drafts in bills.items()}
    return till.closings.close(counter, Closing(what, reason, **ids), actor)


def told(till, kind):
    return [entry for entry in entries(till) if entry.kind == kind]


def left_open(till, *keys, counter="1"):
    """A bill that is not paid; the draft as it is stored."""
    checkout = till.checkout(counter, CARA)
    for key in keys:
        checkout.key_in(key)
    return till.closings.left_over(counter)


# --- what was counted ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rupees", "reason", "told_reason", "difference"),
    [
        (562, "", "", 0),
        (562, "all well", "all well", 0),
        (560, "a coin\tfell ", "a coin fell", -2_00),
        (560, "", NO_REASON, -2_00),
        (560, " \x1b", NO_REASON, -2_00),
        (600, "somebody left it", "somebody left it", 38_00),
        (600, "", NO_REASON, 38_00),
        (0, "", NO_REASON, -562_00),
        (99_999, "", NO_REASON, 99_437_00),
    ],
)
def test_whatever_was_counted_it_is_closed(staff, shift, rupees, reason, told_reason, difference):
    """A difference never stands in the way, and what was typed stays as it was typed."""
    sell(staff, "1", CARA, "12", "+100")
    what = counted(rupees)
    report = close(staff, what, reason)
    assert report.checks == (TenderCheck(CASH, 562_00, rupees * 100),)
    assert report.difference_paise == difference
    assert report.closed.reason == told_reason
    assert report.shift.closed_at == report.closed.at == report.at
    assert staff.custody.open_on("1") is None
    (count,) = report.counts
    assert (count.denominations, count.checks) == (str(what.cash), report.checks)
    assert rows(staff, ShiftCount)["shift_count"][-1][4] == str(what.cash)
    assert told(staff, Kind.SHIFT_COUNTED)[-1].body["denominations"] == str(what.cash)


@pytest.mark.parametrize(
    ("others", "checks"),
    [
        ({}, (TenderCheck(UPI, 62_00, None), TenderCheck(CARD, 90_00, None))),
        ({"upi": 62_00}, (TenderCheck(UPI, 62_00, 62_00), TenderCheck(CARD, 90_00, None))),
        (
            {"upi": 60_00, "card": 91_50},
            (TenderCheck(UPI, 62_00, 60_00), TenderCheck(CARD, 90_00, 91_50)),
        ),
        ({"upi": 0, "card": 0}, (TenderCheck(UPI, 62_00, 0), TenderCheck(CARD, 90_00, 0))),
    ],
)
def test_others_counted_or_not(staff, shift, others, checks):
    sell(staff, "1", CARA, "12", "+/")
    sell(staff, "1", CARA, "31", "+*")
    report = close(staff, counted(FLOAT_RUPEES, **others))
    assert report.checks == (TenderCheck(CASH, FLOAT_PAISE, FLOAT_PAISE), *checks)
    assert report.difference_paise == sum(check.difference_paise for check in checks)
    assert report.closed.reason == (NO_REASON if report.difference_paise else "")


def test_differences_that_cancel_out_are_differences(staff, shift):
    sell(staff, "1", CARA, "12", "+/")
    report = close(staff, counted(FLOAT_RUPEES + 5, upi=57_00))
    assert (report.difference_paise, report.closed.reason) == (0, NO_REASON)


def test_not_counted_at_all(staff, shift):
    """Which somebody else allows: the Z tells what is to be in the drawer."""
    sell(staff, "1", CARA, "12", "+")
    request = allow(staff, lambda: close(staff, Counted(None)))
    assert request == Request(Right.CLOSE_UNCOUNTED, "cara", about=shift.id)
    report = close(staff, Counted(None))
    told = entries(staff)[-1]
    assert (told.actor, told.approver) == ("cara", "sunil")
    assert report.checks == (TenderCheck(CASH, 562_00, None),)
    assert (report.difference_paise, report.closed.reason) == (0, "")
    assert (report.counts[-1].denominations, report.counts[-1].checks) == ("", report.checks)


def test_an_empty_drawer_was_counted(staff, shift):
    staff.shifts.move_cash("1", Move("drop", FLOAT_PAISE, "safe"), OWNER)
    report = close(staff, counted(0))
    assert report.checks == (TenderCheck(CASH, 0, 0),)


def test_without_any_count_it_stays_open(staff, shift):
    assert_refused(staff, "count-missing", lambda: close(staff))


def test_more_went_back_than_there_was(staff, shift):
    """Goods that were paid for elsewhere come back: the drawer is below its float, or below zero,
    and that is what should be there by the books."""
    sold = sell(staff, "B", CARA, "10*12", "+")
    staff.billing.take_back(sold.number, {1: 10_000}, "sour", CASH, "1", OWNER)
    report = close(staff, counted(0))
    assert report.checks == (TenderCheck(CASH, FLOAT_PAISE - 620_00, 0),)
    assert (report.takings.total_paise, report.difference_paise) == (-620_00, 120_00)


# --- a count made before ------------------------------------------------------------------------


def test_closed_by_the_count_made_last(staff, shift):
    staff.shifts.count("1", counted(FLOAT_RUPEES - 9), CARA)
    record = staff.shifts.count("1", counted(FLOAT_RUPEES - 3), CARA)
    report = close(staff, reason="a coin fell")
    assert report.counts[-1] == record
    assert report.checks == record.checks
    assert (len(report.counts), report.difference_paise) == (2, -3_00)
    assert report.closed.reason == "a coin fell"


def test_counted_then_the_machine_died(home, clock, staff, shift):
    """The count was acknowledged, so it is there when the till is back, and closes the shift."""
    sell(staff, "1", CARA, "12", "+")
    record = staff.shifts.count("1", counted(560), CARA)
    with open_till(home, clock) as again:
        clock.reboot("boot-2")
        assert again.custody.open_on("1") == shift
        assert again.takings.counts(shift.id) == (record,)
        report = close(again)
    assert (report.counts, report.difference_paise) == ((record,), -2_00)
    assert staff.custody.open_on("1") is None


STALE = {
    "sold": lambda till: sell(till, "1", CARA, "12", "+"),
    "sold by UPI": lambda till: sell(till, "1", CARA, "12", "+/"),
    "taken back": lambda till: till.billing.take_back(
        "1/2627/1", {1: 500}, "sour", CASH, "1", OWNER
    ),
    "put in": lambda till: till.shifts.move_cash("1", Move("in", 1_00, "change"), OWNER),
    "into the safe": lambda till: till.shifts.move_cash("1", Move("drop", 1_00, "safe"), OWNER),
}


@pytest.mark.parametrize("moved", STALE.values(), ids=STALE)
def test_a_count_from_before_money_moved_closes_nothing(staff, shift, moved):
    sell(staff, "1", CARA, "12", "+")
    staff.shifts.count("1", counted(562), CARA)
    moved(staff)
    assert_refused(staff, "count-stale", lambda: close(staff))
    staff.shifts.count("1", counted(1), CARA)
    assert close(staff).checks[0].counted_paise == 1_00


def test_a_drawer_that_was_only_opened_needs_no_new_count(staff, shift):
    staff.shifts.count("1", counted(FLOAT_RUPEES), CARA)
    staff.shifts.open_drawer("1", "a note for change", OWNER)
    assert close(staff).moves.drawer_openings == 1


@pytest.mark.parametrize("pay", ["+20", "+/20"])
def test_a_count_with_money_that_went_back_since(staff, shift, pay):
    """What was taken for an open bill is no longer there, by whatever it was paid."""
    drafts = left_open(staff, "12", pay)
    staff.shifts.count("1", counted(FLOAT_RUPEES + 20), CARA)
    staff.checkout("1", CARA).key_in("-")
    assert_refused(staff, "count-stale", lambda: close(staff, carry=drafts))
    report = close(staff, counted(FLOAT_RUPEES), carry=drafts)
    assert report.checks == (TenderCheck(CASH, FLOAT_PAISE, FLOAT_PAISE),)


def test_the_count_of_a_handover_closes_too(staff, shift):
    staff.shifts.hand_over("1", Handing("carl", counted(FLOAT_RUPEES)), CARA)
    report = close(staff, actor=CARL)
    assert report.counts[-1].successor == "carl"


# --- bills that are not paid --------------------------------------------------------------------


def test_what_is_left_over(staff, shift):
    """The open bill, then the held ones in the order they were put aside."""
    left_open(staff, "12", ".", "31", ".", "110")
    left = staff.closings.left_over("1")
    assert [draft.cart.last.item.plu for draft in left] == [110, 12, 31]
    assert staff.closings.left_over("B") == ()


@pytest.mark.parametrize("keys", [("12",), ("12", "."), ("12", ".", "31")], ids=" ".join)
def test_a_bill_that_nobody_decided_on(staff, shift, keys):
    drafts = left_open(staff, *keys)
    what = counted(FLOAT_RUPEES)
    assert_refused(staff, "bills-open", lambda: close(staff, what))
    for kept in drafts:
        others = [draft for draft in drafts if draft is not kept]
        assert_refused(staff, "bills-open", lambda others=others: close(staff, what, carry=others))
    assert close(staff, what, carry=drafts).closed.carried == len(drafts)


def test_carried_over(staff, shift):
    """Still there in the next shift, and paid for there."""
    drafts = left_open(staff, "12", ".", "2*31")
    before = rows(staff, *DRAFTS)
    report = close(staff, counted(FLOAT_RUPEES), carry=drafts)
    assert (report.closed.carried, report.closed.carried_paise) == (2, 242_00)
    assert (report.closed.dropped_bills, report.takings.bills) == (0, 0)
    z = told(staff, Kind.SHIFT_CLOSED)[-1].body
    assert z["carried_bills"] == [draft.id for draft in drafts]
    assert rows(staff, *DRAFTS) == before
    following = open_shift(staff, "1", CARL)
    checkout = staff.checkout("1", CARL)
    assert checkout.recovered
    first = checkout.key_in("+").paid
    checkout.key_in(".1")
    second = checkout.key_in("+").paid
    assert [first.id, second.id] == [draft.id for draft in drafts]
    assert {first.shift, second.shift} == {following.id}
    report = close_shift(staff, "1", CARL)
    assert (report.takings.bills, report.takings.sold_paise) == (2, 242_00)


def test_dropped_with_a_reason(staff, shift):
    open_one, held = left_open(staff, "12", ".", "2*31")
    what = counted(FLOAT_RUPEES)
    assert_refused(
        staff, "reason-missing", lambda: close(staff, what, actor=SUNIL, drop=[open_one, held])
    )
    report = close(staff, what, "they\tleft", actor=OWNER, drop=[held], carry=[open_one])
    assert (report.closed.dropped_bills, report.closed.dropped_bills_paise) == (1, 62_00)
    assert (report.closed.carried, report.closed.carried_paise) == (1, 180_00)
    (dropped,) = told(staff, Kind.DRAFT_DROPPED)
    assert (dropped.object, dropped.actor) == (held.id, "asha")
    assert dropped.body == {
        "counter": "1",
        "total_paise": 62_00,
        "reason": "they left",
        "lines": [
            {
                "plu": 12,
                "name": "Cow milk",
                "qty_milli": 1000,
                "unit": "litre",
                "rate_paise": 62_00,
                "amount_paise": 62_00,
            }
        ],
    }
    assert staff.closings.left_over("1") == (open_one,)


def test_a_cashier_needs_leave_to_drop_each(staff, shift):
    drafts = left_open(staff, "12", ".", "2*31")

    def decide():
        return close(staff, counted(FLOAT_RUPEES), "they left", drop=drafts)

    asked = [allow(staff, decide) for _draft in drafts]
    assert asked == [
        Request(Right.DROP_BILL, "cara", draft.cart.total_paise, draft.id) for draft in drafts
    ]
    assert decide().closed.dropped_bills == 2
    dropped = told(staff, Kind.DRAFT_DROPPED)
    assert [(entry.object, entry.actor, entry.approver) for entry in dropped] == [
        (draft.id, "cara", "sunil") for draft in drafts
    ]
    assert told(staff, Kind.SHIFT_CLOSED)[-1].approver == ""
    assert staff.closings.left_over("1") == ()


def test_nobody_is_asked_before_there_is_a_reason(staff, shift):
    """What was allowed is not used up by a close that is refused for lack of one."""
    drafts = left_open(staff, "12")
    allow(staff, lambda: close(staff, counted(1), "they left", drop=drafts))
    assert_refused(staff, "reason-missing", lambda: close(staff, counted(1), drop=drafts))
    assert close(staff, counted(1), "they left", drop=drafts).closed.dropped_bills == 1


@pytest.mark.parametrize("how", ["carry", "drop"])
@pytest.mark.parametrize(
    "keys", [("2*12", "+20"), ("2*12", "+/20"), ("12", "+1", ".")], ids=" ".join
)
def test_a_bill_that_is_paid_in_part(staff, shift, keys, how):
    drafts = left_open(staff, *keys)
    refused = assert_refused(
        staff, "part-paid", lambda: close(staff, counted(1), "left", OWNER, **{how: drafts})
    )
    assert "was taken for a bill of 1 lines: finish it, or give the money back" in refused.message


@pytest.mark.parametrize("how", ["carry", "drop"])
def test_a_bill_of_another_counter_s_shift(staff, shift, how):
    left_open(staff, "12", counter="B")
    strangers = staff.closings.left_over("B")
    assert_refused(
        staff,
        "bill-of-another-shift",
        lambda: close(staff, counted(1), "left", OWNER, **{how: strangers}),
    )
    mine = left_open(staff, "31")
    assert_refused(
        staff,
        "bill-of-another-shift",
        lambda: close(staff, counted(1), "left", OWNER, **{how: [*mine, *strangers]}),
    )


def test_a_bill_that_is_paid_already_is_not_decided_on(staff, shift):
    drafts = left_open(staff, "12")
    staff.checkout("1", CARA).key_in("+")
    assert_refused(staff, "bill-of-another-shift", lambda: close(staff, counted(562), carry=drafts))


MEANWHILE = {
    "another was opened": ("12", "31"),
    "money was taken": ("+20",),
    "it was paid": ("+",),
    "another line": ("31",),
    "it was held": (".",),
}


@pytest.mark.parametrize("keys", MEANWHILE.values(), ids=MEANWHILE)
def test_bills_that_changed_at_another_terminal_meanwhile(staff, shift, keys):
    """What a Z says was carried over is what is there."""
    drafts = left_open(staff, "12", ".", "2*12")

    def key_in(other):
        checkout = other.checkout("1", CARA)
        for key in keys:
            checkout.key_in(key)

    meanwhile(staff, key_in)
    with pytest.raises(Refused) as refused:
        close(staff, counted(1), "left", drop=drafts[1:], carry=drafts[:1])
    assert refused.value.code == "draft-changed"
    assert staff.custody.open_on("1") == shift
    assert staff.takings.counts(shift.id) == ()


# --- once ---------------------------------------------------------------------------------------


def test_closed_once(staff, shift):
    close(staff, counted(FLOAT_RUPEES))
    assert_refused(staff, "no-shift", lambda: close(staff, counted(FLOAT_RUPEES)))
    assert [row[0] for row in rows(staff, ZReport)["z_report"]].count(shift.id) == 1


def test_an_open_shift_has_no_z(staff, shift):
    with pytest.raises(Refused) as refused:
        staff.takings.z(shift)
    assert refused.value.code == "shift-open"


def test_another_s_shift_is_closed_with_leave(staff, shift):
    def decide():
        return close(staff, counted(FLOAT_RUPEES), actor=CARL)

    assert allow(staff, decide) == Request(Right.KEEP_OTHERS_SHIFT, "carl", about=shift.id)
    report = decide()
    assert (report.shift.operator, report.closed.operator) == ("cara", "carl")
    for kind in (Kind.SHIFT_COUNTED, Kind.SHIFT_CLOSED):
        entry = told(staff, kind)[-1]
        assert (entry.actor, entry.approver) == ("carl", "sunil")


def test_leave_to_close_is_for_this_shift(staff, shift):
    allow(staff, lambda: close(staff, counted(FLOAT_RUPEES), actor=CARL))
    with pytest.raises(NeedsApproval):
        close(staff, counted(FLOAT_RUPEES), actor=CARL, counter="B")


def test_left_open_overnight_it_is_closed_late_under_its_own_date(staff, shift, clock):
    sell(staff, "1", CARA, "12", "+")
    clock.advance(2 * DAY_MS)
    assert staff.standings.of("1").warnings == ("this shift is of Mon 23 Nov: count and close it",)
    late = sell(staff, "1", CARA, "12", "+")
    assert (late.business_date, late.shift) == ("2026-11-23", shift.id)
    report = close(staff, counted(FLOAT_RUPEES + 124))
    assert (report.shift.day, report.takings.bills, report.difference_paise) == (MONDAY, 2, 0)
    assert report.at - shift.opened_at > 2 * DAY_MS
    assert told(staff, Kind.SHIFT_CLOSED)[-1].body["business_date"] == "2026-11-23"
    following = open_shift(staff, "1", CARA)
    assert following.day == MONDAY + timedelta(days=2)
    assert sell(staff, "1", CARA, "12", "+").business_date == "2026-11-25"
    assert staff.standings.of("1").warnings == ()


# --- the Z --------------------------------------------------------------------------------------


def a_busy_shift(till, counter="1", actor=CARA):
    """Something of everything; the bills of it, and the credit notes."""
    bills = [
        sell(till, counter, actor, "3*12", "110", "/50*70", "*-5/", "+1000"),
        sell(till, counter, actor, "2*110", "4*40", "+-5", "+20", "+/50", "+*"),
        sell(till, counter, actor, ".333*31", "70", "+/"),
    ]
    notes = [
        till.billing.take_back(bills[0].number, {1: 500, 2: 1000}, "sour", CASH, counter, OWNER),
        till.billing.take_back(bills[2].number, {2: 333}, "dry", UPI, counter, OWNER),
    ]
    till.shifts.move_cash(counter, Move("in", 50_00, "change"), OWNER)
    till.shifts.move_cash(counter, Move("out", 20_00, "ice", "Manju"), OWNER)
    till.shifts.move_cash(counter, Move("drop", 100_00, "safe"), OWNER)
    till.shifts.open_drawer(counter, "change", OWNER)
    return [bill.document for bill in bills], [note.document for note in notes]


def tax_sums(bills, notes):
    """By rate, sold less what came back, out of the documents themselves."""
    sums = {}
    signed = [(1, line) for bill in bills for line in bill.lines]
    signed += [(-1, line) for note in notes for line in note.lines]
    for sign, line in signed:
        of_rate = sums.setdefault(line.gst_rate_bp, [0] * 5)
        for place, paise in enumerate(
            (
                line.taxable_paise,
                line.cgst_paise,
                line.sgst_paise,
                line.igst_paise,
                line.amount_paise,
            )
        ):
            of_rate[place] += sign * paise
    return tuple(TaxSum(rate_bp, *sums[rate_bp]) for rate_bp in sorted(sums))


def tender_sums(bills, notes):
    found = []
    for kind in TenderKind:
        kept, back = (
            [t.amount_paise for one in documents for t in one.tenders if t.kind is kind]
            for documents in (bills, notes)
        )
        change = sum(bill.change_paise for bill in bills) if kind is CASH else 0
        if kept or back:
            found.append(TenderSum(kind, sum(kept) - change, sum(back)))
    return tuple(found)


def test_a_z_is_the_sum_of_its_bills(staff, shift):
    bills, notes = a_busy_shift(staff)
    a_busy_shift(staff, "B")  # which is none of it
    takings = close(staff, counted(1)).takings
    assert (takings.bills, takings.returns) == (3, 2)
    assert (takings.first_bill, takings.last_bill) == ("1/2627/1", "1/2627/3")
    assert (takings.first_note, takings.last_note) == ("1-R/2627/1", "1-R/2627/2")
    assert takings.sold_paise == sum(bill.total_paise for bill in bills)
    assert takings.refunded_paise == sum(note.total_paise for note in notes)
    assert takings.discount_paise == sum(bill.discount_paise for bill in bills) > 0
    assert takings.round_off_paise == sum(bill.round_off_paise for bill in bills) - sum(
        note.round_off_paise for note in notes
    )
    assert takings.taxes == tax_sums(bills, notes)
    assert [tax.rate_bp for tax in takings.taxes] == [0, 500]
    assert takings.tenders == tender_sums(bills, notes)
    amounts = sum(tax.amount_paise for tax in takings.taxes)
    assert amounts + takings.round_off_paise == takings.total_paise
    kept = sum(tender.kept_paise - tender.refunded_paise for tender in takings.tenders)
    assert kept == takings.total_paise


def test_the_x_equals_the_z_that_follows(staff, shift):
    a_busy_shift(staff)
    x = staff.takings.x(shift)
    assert x.closed is None
    assert x == staff.takings.report(shift, SUNIL)._replace(at=x.at)
    z = close(staff, counted(1))
    assert z.closed is not None
    assert (z.takings, z.moves, z.open_paise) == (x.takings, x.moves, 0)
    assert z.moves == CashMoves(50_00, 20_00, 100_00, 1)
    assert [(check.kind, check.expected_paise) for check in z.checks] == [
        (check.kind, check.expected_paise) for check in x.checks
    ]
    # Read again, from its rows, it is the same.
    again = staff.custody.by_id(shift.id)
    assert again.closed_at == z.at
    assert staff.takings.report(again, SUNIL) == z
    assert staff.takings.by_number("1", z.closed.number, SUNIL) == z
    assert next(staff.takings.last("1", 5, SUNIL)) == z


def test_the_sums_of_a_z_are_its_entry_s(staff, shift):
    a_busy_shift(staff)
    z = close(staff, counted(1), "quiet day")
    body = told(staff, Kind.SHIFT_CLOSED)[-1].body
    names = {**z.takings._asdict(), **z.closed._asdict(), **z.moves._asdict()}
    for name in ("taxes", "tenders", "khata", "at", "operator"):
        del names[name]
    assert names.items() <= body.items()
    assert body["taxes"] == [tax._asdict() for tax in z.takings.taxes]
    assert body["tenders"] == [
        {**tender._asdict(), "kind": tender.kind.value} for tender in z.takings.tenders
    ]
    assert body["khata"] == []
    assert (body["counter"], body["name"], body["count_no"]) == ("1", "morning", 1)
    stored = rows(staff, ZTax, ZTender)
    assert {row[1:] for row in stored["z_tax"] if row[0] == shift.id} == set(z.takings.taxes)
    assert {row[1:] for row in stored["z_tender"] if row[0] == shift.id} == {
        (tender.kind.value, tender.kept_paise, tender.refunded_paise)
        for tender in z.takings.tenders
    }


def test_a_shift_without_a_bill(staff, shift):
    takings = close(staff, counted(FLOAT_RUPEES)).takings
    assert takings == staff.takings.takings(shift.id)
    assert (takings.bills, takings.first_bill, takings.last_bill) == (0, "", "")
    assert (takings.taxes, takings.tenders, takings.total_paise) == ((), (), 0)


def test_numbers_without_a_gap_and_totals_that_never_fall(staff, shift):
    """Also where more came back than was sold."""
    perpetual = (0, 0)
    sold = sell(staff, "1", CARA, "10*12", "+")
    zs = []
    for back in (0, 5000, 1000, 0):
        if back:
            staff.billing.take_back(sold.number, {1: back}, "sour", UPI, "1", OWNER)
        z = close(staff, counted(1)).closed
        takings = staff.takings.by_number("1", z.number, OWNER).takings
        assert z.perpetual_sold_paise == perpetual[0] + takings.sold_paise
        assert z.perpetual_refunded_paise == perpetual[1] + takings.refunded_paise
        perpetual = (z.perpetual_sold_paise, z.perpetual_refunded_paise)
        zs.append(z.number)
        open_shift(staff, "1", CARA)
    assert zs == [2, 3, 4, 5]  # the first was closed before the cashier came
    assert perpetual == (620_00, 372_00)


def test_the_head_is_the_entry_that_the_z_stands_on(staff, shift):
    a_busy_shift(staff)
    z = close(staff, counted(1)).closed
    connection = staff._db.connection()
    (entry,) = told(staff, Kind.SHIFT_CLOSED)[-1:]
    assert z.head_seq == entry.seq - 1
    (digest,) = connection.execute("SELECT hash FROM entry WHERE seq = ?", (z.head_seq,)).fetchone()
    assert z.head_hash == digest.hex()


def test_a_trigger_that_was_dropped_shows_in_the_next_z(staff, shift):
    connection = staff._db.connection()
    texts = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
    text = "\n".join(sql for (sql,) in connection.execute(texts))
    before = close(staff, counted(1)).closed.schema_hash
    assert before == hashlib.sha256(text.encode()).hexdigest()
    open_shift(staff, "1", CARA)
    assert close(staff, counted(1)).closed.schema_hash == before
    open_shift(staff, "1", CARA)
    connection.execute("DROP TRIGGER bill_no_update")
    assert close(staff, counted(1)).closed.schema_hash != before
    verdict = verify_home(staff.home, rebuild=True)
    assert (verdict.result, verdict.bad.table) == ("tampered", "bill_no_update")


# --- two counters at once -----------------------------------------------------------------------


def test_each_counter_has_its_own_series_drawer_and_z(staff):
    shifts = {counter: staff.custody.open_on(counter) for counter in ("1", "B")}
    for keys in (("12", "+"), ("31", "+/"), ("12", "+")):
        sell(staff, "B", CARA, *keys)
    sell(staff, "1", CARA, "2*12", "+")
    staff.shifts.move_cash("B", Move("out", 30_00, "ice"), OWNER)
    staff.shifts.move_cash("1", Move("in", 7_00, "change"), OWNER)
    one, back = (staff.takings.x(shifts[counter]) for counter in ("1", "B"))
    assert one.checks == (TenderCheck(CASH, FLOAT_PAISE + 124_00 + 7_00, None),)
    assert back.checks == (
        TenderCheck(CASH, FLOAT_PAISE + 124_00 - 30_00, None),
        TenderCheck(UPI, 90_00, None),
    )
    z = close(staff, counted(1), counter="B")
    assert (z.takings.first_bill, z.takings.last_bill) == ("B/2627/1", "B/2627/3")
    assert (z.closed.number, z.closed.perpetual_sold_paise) == (1, 214_00)
    assert staff.custody.open_on("1") == shifts["1"]
    assert sell(staff, "1", CARA, "12", "+").number == "1/2627/2"
    z = close(staff, counted(1))
    assert (z.takings.bills, z.closed.number, z.closed.perpetual_sold_paise) == (2, 2, 186_00)


def test_a_return_is_of_the_counter_that_takes_it_back(staff):
    sold = sell(staff, "1", CARA, "2*12", "+")
    staff.billing.take_back(sold.number, {1: 1000}, "sour", CASH, "B", OWNER)
    back = close(staff, counted(1), counter="B")
    assert (back.takings.returns, back.takings.first_note) == (1, "B-R/2627/1")
    assert back.checks[0].expected_paise == FLOAT_PAISE - 62_00
    assert close(staff, counted(1)).checks[0].expected_paise == FLOAT_PAISE + 124_00


def test_each_terminal_sees_what_the_other_does(home, clock, staff):
    with open_till(home, clock) as other:
        close(staff, counted(FLOAT_RUPEES))
        assert other.custody.open_on("1") is None
        open_shift(other, "1", CARL)
        assert staff.custody.open_on("1").operator == "carl"
        sell(other, "1", CARL, "12", "+")
        assert staff.takings.x(staff.custody.open_on("1")).takings.bills == 1
        staff.shifts.count("1", counted(1), OWNER)
        assert close(other, actor=CARL).checks[0].counted_paise == 1_00


# --- and the journal says the same --------------------------------------------------------------


def test_replayed_it_is_the_same(staff):
    a_busy_shift(staff)
    staff.shifts.hand_over("1", Handing("carl", counted(5)), CARA)
    a_busy_shift(staff, "B")
    drafts = left_open(staff, "12", ".", "31")
    close(staff, counted(None), "they left", SUNIL, drop=drafts[:1], carry=drafts[1:])
    verdict = verify_home(staff.home, rebuild=True)
    assert (verdict.result, verdict.bad) == ("good", None)
