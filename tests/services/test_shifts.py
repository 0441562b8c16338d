"""A shift from its opening to its handover: who answers for the drawer, and what moves in it."""

from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

import pytest

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.cash import parse_count
from milkpos_tui.domain.checks import Check, State
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import NeedsApproval, Request, Right
from milkpos_tui.domain.settings import DECLARATION
from milkpos_tui.domain.shift import CashMoves, TenderCheck, declaration_digest
from milkpos_tui.journal.journal import Actor
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.closing import Closing
from milkpos_tui.services.counting import Counted
from milkpos_tui.services.shifts import Handing, Move, Opening
from schema.shift_tables import ShiftCash, ShiftCount, ShiftCountTender
from tests.services.reading import entries, everything, rows
from tests.support.days import sell
from tests.support.staff import (
    ADIT,
    CARA,
    CARL,
    PIN,
    SUNIL,
    allow,
    assert_refused,
    counted,
    hire,
    meanwhile,
)
from tests.support.tills import (
    DAY_MS,
    FLOAT_PAISE,
    MONDAY,
    MONDAY_7_AM,
    OWNER,
    FakeClock,
    close_shift,
    open_sample_till,
    open_shift,
)

TUESDAY = MONDAY + timedelta(days=1)
HOUR_MS = 3_600_000
CASH, UPI = TenderKind.CASH, TenderKind.UPI
FLOAT = parse_count("100=3,50=2,10=10")


@pytest.fixture
def staff(till):
    """A till with people, and a counter B that nobody answers for yet."""
    hire(till).shops.add_counter("B", "Back door", OWNER)
    return till


@pytest.fixture
def shift(staff):
    """The cashier's own shift, on counter B."""
    return open_shift(staff, "B", CARA)


def last(till):
    return entries(till)[-1]


# --- opening ------------------------------------------------------------------------------------


def test_a_shift_as_usual(staff, clock):
    usual = staff.shifts.usual("B")
    assert usual == (MONDAY, "morning", ("morning", "evening"))
    before, now = len(entries(staff)), clock._now
    shift = staff.shifts.open("B", Opening(500_00), CARA)
    assert shift == staff.custody.open_on("B") == staff.custody.by_id(shift.id)
    assert shift._replace(id="", declaration="", opened_at=0) == (
        *("", "B", "cara", "cara", "2026-11-23", "morning"),
        *(0, None, 500_00, "", ""),
    )
    assert 0 <= shift.opened_at - now < 10
    (entry,) = entries(staff)[before:]
    assert (entry.kind, entry.object, entry.actor, entry.approver, entry.session) == (
        Kind.SHIFT_OPENED,
        shift.id,
        "cara",
        "",
        "tty1",
    )
    assert entry.body == {
        "counter": "B",
        "operator": "cara",
        "business_date": "2026-11-23",
        "name": "morning",
        "float_paise": 500_00,
        "denominations": "",
        "declaration": declaration_digest(DECLARATION.usual),
        "checks": [],
    }


@pytest.mark.parametrize(
    ("hour", "name"), [(4, "morning"), (13, "morning"), (14, "evening"), (23, "evening")]
)
def test_the_name_of_the_hour(staff, clock, hour, name):
    clock.set(MONDAY_7_AM + (hour - 7) * HOUR_MS)
    assert open_shift(staff, "B", CARA).name == name


def test_in_the_small_hours_it_is_still_the_evening_of_the_new_day(staff, clock):
    clock.set(MONDAY_7_AM + 19 * HOUR_MS)
    shift = open_shift(staff, "B", CARA)
    assert (shift.name, shift.business_date) == ("evening", "2026-11-24")


def test_the_names_are_the_shop_s(staff):
    staff.settings.change("shift-names", "प्रातः=05:00,Noon=06:30", OWNER)
    assert staff.shifts.usual("B").names == ("प्रातः", "Noon")
    assert open_shift(staff, "B").name == "Noon"


@pytest.mark.parametrize("name", ["evening", " Evening "])
def test_another_name_of_the_shop_s(staff, name):
    assert staff.shifts.open("B", Opening(0, name=name), CARA).name == "evening"


def test_no_other_name(staff):
    assert_refused(
        staff, "shift-name", lambda: staff.shifts.open("B", Opening(0, name="night"), CARA)
    )


@pytest.mark.parametrize("day", [MONDAY - timedelta(days=31), TUESDAY, MONDAY + timedelta(days=31)])
def test_another_date_needs_leave(staff, day):
    def decide():
        return staff.shifts.open("B", Opening(0, day=day), CARA)

    before = everything(staff)
    request = allow(staff, decide)
    assert request == Request(Right.OTHER_DATE, "cara", about=day.isoformat())
    assert everything(staff) == before
    shift = decide()
    assert shift.day == day
    assert (shift.operator, last(staff).actor, last(staff).approver) == ("cara", "cara", "sunil")


@pytest.mark.parametrize("day", [MONDAY - timedelta(days=32), date(1, 1, 1), date.max])
def test_a_date_far_away_is_a_slip(staff, day):
    decide = partial(staff.shifts.open, "B", Opening(0, day=day), OWNER)
    assert_refused(staff, "date-far", decide)


def test_the_usual_date_needs_none(staff):
    assert staff.shifts.open("B", Opening(0, day=MONDAY), CARA).day == MONDAY


def test_a_clock_that_was_set_back_does_not_set_the_date_back(staff, clock):
    """The counter's books are past that day already: the date goes on from theirs."""
    staff.shifts.open("B", Opening(0, day=TUESDAY), SUNIL)
    close_shift(staff, "B", SUNIL)
    clock.set(MONDAY_7_AM - 30 * DAY_MS)
    assert staff.shifts.usual("B").day == TUESDAY
    assert open_shift(staff, "B", CARA).day == TUESDAY


def test_one_open_shift_a_counter(staff, shift):
    refused = assert_refused(staff, "shift-open", lambda: open_shift(staff, "B", CARL))
    assert refused.message == (
        "a shift is open on counter B: morning of 2026-11-23, cara answers for it"
    )
    assert {one.counter for one in staff.custody.all_open()} == {"1", "B"}


def test_opened_at_another_terminal_meanwhile(staff):
    meanwhile(staff, lambda other: open_shift(other, "B", CARL))
    with pytest.raises(Refused) as refused:
        staff.shifts.open("B", Opening(0, day=TUESDAY), CARA)
    assert refused.value.code == "shift-open"
    assert staff.custody.open_on("B").operator == "carl"


def test_which_declaration_was_accepted(staff):
    usual = open_shift(staff, "B", CARA)
    assert usual.declaration == declaration_digest(DECLARATION.usual)
    close_shift(staff, "B", CARA)
    staff.settings.change("declaration", "मैं ज़िम्मेदार हूँ", OWNER)
    now = open_shift(staff, "B", CARA)
    assert now.declaration == declaration_digest(staff.settings.text(DECLARATION))
    assert now.declaration == last(staff).body["declaration"] != usual.declaration


def test_the_devices_as_they_were(staff):
    checks = (
        Check("printer", State.OK, "ready"),
        Check("scale", State.MISSING, "तराज़ू नहीं"),
        Check("backup", State.WARN, "9 days old"),
    )
    staff.shifts.open("B", Opening(0, checks=checks), CARA)
    assert last(staff).body["checks"] == [
        {"name": "printer", "state": "ok", "words": "ready"},
        {"name": "scale", "state": "missing", "words": "तराज़ू नहीं"},
        {"name": "backup", "state": "warn", "words": "9 days old"},
    ]


def test_a_float_counted_by_denomination(staff):
    shift = staff.shifts.open("B", Opening(FLOAT.paise, FLOAT), CARA)
    assert (shift.float_paise, shift.denominations) == (500_00, "100=3,50=2,10=10")
    body = last(staff).body
    assert (body["float_paise"], body["denominations"]) == (500_00, "100=3,50=2,10=10")


@pytest.mark.parametrize(
    ("opening", "code"),
    [
        (Opening(-1), "amount-limit"),
        (Opening(10_00_00_000_00 + 1), "amount-limit"),
        (Opening(500_01, FLOAT), "float-count"),
        (Opening(0, FLOAT), "float-count"),
        (Opening(500_00, parse_count("")), "float-count"),
    ],
)
def test_no_such_float(staff, opening, code):
    assert_refused(staff, code, lambda: staff.shifts.open("B", opening, CARA))


@pytest.mark.parametrize("paise", [0, 12_345_67, 10_00_00_000_00])
def test_a_float_by_its_amount(staff, paise):
    shift = staff.shifts.open("B", Opening(paise), CARA)
    assert (shift.float_paise, shift.denominations) == (paise, "")
    assert staff.takings.x(shift).checks == (TenderCheck(CASH, paise, None),)


@pytest.mark.parametrize("actor", [ADIT, Actor("nobody")])
def test_who_may_not_keep_a_shift_opens_none(staff, actor):
    assert_refused(staff, "not-allowed", lambda: open_shift(staff, "B", actor))


# --- no sale without one ------------------------------------------------------------------------


def test_without_a_shift_nothing_is_sold(staff):
    checkout = staff.checkout("B", CARA)
    assert_refused(staff, "no-shift", lambda: checkout.key_in("12"))
    sold = sell(staff, "1", OWNER, "12", "+")
    assert_refused(
        staff,
        "no-shift",
        lambda: staff.billing.take_back(sold.number, {1: 1}, "sour", CASH, "B", OWNER),
    )


@pytest.mark.parametrize("pay", ["+", "+1", "+/", "+100"])
def test_without_a_shift_no_money_is_taken(staff, shift, pay):
    """A bill that was carried over is paid for in a shift."""
    checkout = staff.checkout("B", CARA)
    checkout.key_in("12")
    close_shift(staff, "B", CARA)
    assert_refused(staff, "no-shift", lambda: checkout.key_in(pay))
    shift = open_shift(staff, "B", CARL)
    checkout.key_in(pay)
    assert staff.takings.takings(shift.id).bills == (pay != "+1")


@pytest.mark.parametrize("key", ["31", "+20", "+", "take back"])
def test_a_shift_that_is_closed_at_that_moment(staff, shift, monkeypatch, key):
    """It is asked for in the same breath in which the money is written down."""
    sold = sell(staff, "B", CARA, "12", "+")
    checkout = staff.checkout("B", CARA)
    checkout.key_in("12")
    transaction = staff.journal.transaction

    @contextmanager
    def late():
        with open_sample_till(staff.home, FakeClock(MONDAY_7_AM + 5000)) as other:
            close_shift(other, "B", OWNER)
        with transaction() as connection:
            yield connection

    def take_back():
        staff.billing.take_back(sold.number, {1: 1000}, "sour", CASH, "B", OWNER)

    monkeypatch.setattr(staff.journal, "transaction", late)
    with pytest.raises(Refused) as refused:
        take_back() if key == "take back" else checkout.key_in(key)
    assert refused.value.code == "no-shift"
    (left,) = staff.closings.left_over("B")
    assert (len(left.cart.lines), left.cart.tenders) == (1, ())


def test_without_a_shift_no_cash_moves(staff):
    shifts = staff.shifts
    for decide in (
        lambda: shifts.move_cash("B", Move("in", 1_00, "change"), OWNER),
        lambda: shifts.open_drawer("B", "change", OWNER),
        lambda: shifts.count("B", counted(0), OWNER),
        lambda: shifts.hand_over("B", Handing("carl", counted(0)), OWNER),
        lambda: staff.closings.close("B", Closing(counted(0)), OWNER),
    ):
        assert_refused(staff, "no-shift", decide)


# --- cash that moves ----------------------------------------------------------------------------


def test_cash_in_out_and_into_the_safe(staff, shift):
    moves = (
        Move("in", 200_50, "coins from\tthe bank"),
        Move("out", 150_00, "ice", "Manju \x1b[1m"),
        Move("drop", 300_00, "safe"),
        Move("out", 50, "blade"),
    )
    before = len(entries(staff))
    done = [staff.shifts.move_cash("B", move, SUNIL) for move in moves]
    assert done[0].reason == "coins from the bank"
    assert done[1].payee == "Manju [1m"
    told = entries(staff)[before:]
    assert [entry.kind for entry in told] == [Kind.CASH_MOVED] * 4
    assert {entry.object for entry in told} == {shift.id}
    assert [entry.body for entry in told] == [
        {**move._asdict(), "counter": "B", "no": no} for no, move in enumerate(done, 1)
    ]
    assert rows(staff, ShiftCash)["shift_cash"] == [
        (shift.id, no, move.kind, move.amount_paise, entry.at, "sunil", "", move.reason, move.payee)
        for no, (move, entry) in enumerate(zip(done, told, strict=True), 1)
    ]
    report = staff.takings.x(shift)
    assert report.moves == CashMoves(200_50, 150_50, 300_00, 0)
    assert report.checks == (TenderCheck(CASH, FLOAT_PAISE - 250_00, None),)


@pytest.mark.parametrize(
    ("move", "code"),
    [
        (Move("in", 1_00, ""), "reason-missing"),
        (Move("out", 1_00, " \t\x1b "), "reason-missing"),
        (Move("in", 0, "change"), "amount-zero"),
        (Move("out", -1, "change"), "amount-zero"),
        (Move("in", 10_00_00_000_00 + 1, "change"), "amount-limit"),
        (Move("drawer", 1_00, "change"), "cash-kind"),
        (Move("", 1_00, "change"), "cash-kind"),
        (Move("out", FLOAT_PAISE + 1, "ice"), "cash-short"),
        (Move("drop", FLOAT_PAISE + 1, "safe"), "cash-short"),
    ],
)
def test_no_such_move(staff, shift, move, code):
    assert_refused(staff, code, lambda: staff.shifts.move_cash("B", move, OWNER))


@pytest.mark.parametrize("kind", ["out", "drop"])
def test_all_that_is_there_may_go(staff, shift, kind):
    """What is there: the float, what was kept of sales, and what was taken for open bills."""
    sell(staff, "B", CARA, "12", "+100")
    staff.checkout("B", CARA).key_in("12")
    staff.checkout("B", CARA).key_in("+20")
    there = FLOAT_PAISE + 62_00 + 20_00
    too_much = Move(kind, there + 1, "all of it")
    assert_refused(staff, "cash-short", lambda: staff.shifts.move_cash("B", too_much, OWNER))
    staff.shifts.move_cash("B", Move(kind, there, "all of it"), OWNER)
    assert staff.takings.x(shift).checks == (TenderCheck(CASH, 0, None),)
    assert_refused(
        staff, "cash-short", lambda: staff.shifts.move_cash("B", Move(kind, 1, "more"), OWNER)
    )


@pytest.mark.parametrize("kind", ["in", "out", "drop"])
def test_a_cashier_needs_leave_to_move_cash(staff, shift, kind):
    move = Move(kind, 40_00, "ice")

    def decide():
        return staff.shifts.move_cash("B", move, CARA)

    request = allow(staff, decide)
    assert request == Request(Right.MOVE_CASH, "cara", 40_00, shift.id)
    other = move._replace(amount_paise=41_00)
    with pytest.raises(NeedsApproval):
        staff.shifts.move_cash("B", other, CARA)
    assert decide() == move
    entry = last(staff)
    assert (entry.kind, entry.actor, entry.approver) == (Kind.CASH_MOVED, "cara", "sunil")
    ((*_rest, operator, approver, _reason, _payee),) = rows(staff, ShiftCash)["shift_cash"]
    assert (operator, approver) == ("cara", "sunil")
    with pytest.raises(NeedsApproval):
        decide()


def test_the_drawer_opened_without_a_sale(staff, shift):
    staff.shifts.move_cash("B", Move("in", 5_00, "change"), OWNER)
    staff.shifts.open_drawer("B", " a note\x07 for change ", SUNIL)
    entry = last(staff)
    assert (entry.kind, entry.object) == (Kind.DRAWER_OPENED, shift.id)
    assert entry.body == {"counter": "B", "no": 2, "reason": "a note for change"}
    assert rows(staff, ShiftCash)["shift_cash"][1] == (
        *(shift.id, 2, "drawer", 0, entry.at, "sunil", ""),
        *("a note for change", ""),
    )
    report = staff.takings.x(shift)
    assert report.moves == CashMoves(5_00, 0, 0, 1)
    assert report.checks == (TenderCheck(CASH, FLOAT_PAISE + 5_00, None),)
    assert_refused(staff, "reason-missing", lambda: staff.shifts.open_drawer("B", "\t", SUNIL))


def test_a_cashier_needs_leave_to_open_the_drawer(staff, shift):
    def decide():
        staff.shifts.open_drawer("B", "change", CARA)

    assert allow(staff, decide) == Request(Right.OPEN_DRAWER, "cara", about=shift.id)
    decide()
    assert (last(staff).actor, last(staff).approver) == ("cara", "sunil")
    assert rows(staff, ShiftCash)["shift_cash"][0][6] == "sunil"


def test_the_auditor_moves_nothing(staff, shift):
    shifts = staff.shifts
    for decide in (
        lambda: shifts.move_cash("B", Move("in", 1_00, "change"), ADIT),
        lambda: shifts.open_drawer("B", "change", ADIT),
        lambda: shifts.count("B", counted(500), ADIT),
        lambda: shifts.hand_over("B", Handing("carl", counted(500)), ADIT),
        lambda: staff.closings.close("B", Closing(counted(500)), ADIT),
    ):
        assert_refused(staff, "not-allowed", decide)


@pytest.mark.parametrize(
    "decide",
    [
        lambda till: till.shifts.move_cash("B", Move("in", 1_00, "change"), CARA),
        lambda till: till.shifts.open_drawer("B", "change", CARA),
        lambda till: till.shifts.count("B", counted(500), CARL),
        lambda till: till.shifts.hand_over("B", Handing("carl", counted(500)), CARL),
        lambda till: till.closings.close("B", Closing(counted(500)), CARL),
    ],
    ids=["move", "drawer", "count", "hand over", "close"],
)
def test_closed_at_another_terminal_meanwhile(staff, shift, decide):
    """Also where another shift was opened there since: this was not decided for that one."""

    def close_and_open(other):
        close_shift(other, "B", OWNER)
        open_shift(other, "B", OWNER)

    meanwhile(staff, close_and_open)
    with pytest.raises(Refused) as refused:
        decide(staff)
    assert refused.value.code == "shift-closed"
    now = staff.custody.open_on("B")
    assert now.id != shift.id
    assert staff.takings.x(now).moves == CashMoves()
    assert staff.takings.counts(now.id) == ()


# --- counting, blindly --------------------------------------------------------------------------


def test_a_count_is_written_and_then_compared(staff, shift):
    sell(staff, "B", CARA, "12", "+100")
    sell(staff, "B", CARA, "12", "+/")
    pieces = parse_count("500=1,50=1,10=1,1=1")
    before = len(entries(staff))
    record = staff.shifts.count("B", Counted(pieces, {UPI: 60_00}), CARA)
    (entry,) = entries(staff)[before:]
    assert (entry.kind, entry.object, entry.actor) == (Kind.SHIFT_COUNTED, shift.id, "cara")
    assert entry.body == {
        "counter": "B",
        "no": 1,
        "denominations": "500=1,50=1,10=1,1=1",
        "tenders": [
            {"kind": "cash", "expected_paise": 562_00, "counted_paise": 561_00},
            {"kind": "upi", "expected_paise": 62_00, "counted_paise": 60_00},
        ],
    }
    checks = (TenderCheck(CASH, 562_00, 561_00), TenderCheck(UPI, 62_00, 60_00))
    assert record == (1, entry.at, "cara", "500=1,50=1,10=1,1=1", None, "", checks)
    assert record.difference_paise == -3_00
    assert staff.takings.counts(shift.id) == (record,)
    assert rows(staff, ShiftCount)["shift_count"] == [
        (shift.id, 1, entry.at, "cara", "500=1,50=1,10=1,1=1", None, "")
    ]
    assert rows(staff, ShiftCountTender)["shift_count_tender"] == [
        (shift.id, 1, "cash", 562_00, 561_00),
        (shift.id, 1, "upi", 62_00, 60_00),
    ]


def test_what_was_counted_before_stays(staff, shift):
    """Counting again, now that the difference is known, hides nothing."""
    first = staff.shifts.count("B", counted(480), CARA)
    second = staff.shifts.count("B", counted(500), CARA)
    assert (first.difference_paise, second.difference_paise) == (-20_00, 0)
    assert staff.takings.counts(shift.id) == (first, second)
    close_shift(staff, "B", CARA)
    assert staff.takings.counts(shift.id)[:2] == (first, second)


@pytest.mark.parametrize(
    ("what", "checks"),
    [
        (counted(0), (TenderCheck(CASH, 500_00, 0),)),
        (counted(0, upi=5_00), (TenderCheck(CASH, 500_00, 0), TenderCheck(UPI, 0, 5_00))),
        (
            counted(500, card=0),
            (TenderCheck(CASH, 500_00, 500_00), TenderCheck(TenderKind.CARD, 0, 0)),
        ),
    ],
)
def test_counted_or_not(staff, shift, what, checks):
    assert staff.shifts.count("B", what, CARA).checks == checks


def test_a_count_counts_the_cash(staff, shift):
    """Else it would tell what is to be there before anything was counted."""
    for nothing in (counted(None), counted(None, upi=5_00)):
        assert_refused(
            staff, "count-missing", lambda nothing=nothing: staff.shifts.count("B", nothing, CARA)
        )


def test_money_for_open_bills_is_in_the_drawer(staff, shift):
    checkout = staff.checkout("B", CARA)
    for key in ("10*12", "+100", "+/20"):
        checkout.key_in(key)
    record = staff.shifts.count("B", counted(600, upi=20_00), CARA)
    assert record.checks == (TenderCheck(CASH, 600_00, 600_00), TenderCheck(UPI, 20_00, 20_00))
    assert staff.takings.x(shift).open_paise == 100_00


@pytest.mark.parametrize("paise", [-1, -500_00])
def test_no_count_is_below_zero(staff, shift, paise):
    for decide in (
        lambda: staff.shifts.count("B", counted(500, upi=paise), CARA),
        lambda: staff.shifts.hand_over("B", Handing("carl", counted(500, upi=paise)), CARA),
        lambda: staff.closings.close("B", Closing(counted(500, upi=paise)), CARA),
    ):
        assert_refused(staff, "count-negative", decide)


@pytest.mark.parametrize(
    ("others", "code"),
    [({UPI: 10_00_00_000_00 + 1}, "amount-limit"), ({UPI: 2**70}, "amount-limit")],
    ids=["over the limit", "absurd"],
)
def test_no_absurd_count(staff, shift, others, code):
    assert_refused(staff, code, lambda: staff.shifts.count("B", Counted(FLOAT, others), CARA))


def test_cash_is_counted_by_denomination_alone(staff, shift):
    """What was typed is not overwritten by an amount."""
    assert_refused(
        staff,
        "count-cash",
        lambda: staff.shifts.count("B", Counted(FLOAT, {CASH: 1_00}), CARA),
    )


def test_before_the_count_nobody_is_told(staff, shift):
    """Neither by what a cashier may look at, nor by what is refused."""
    sell(staff, "B", CARA, "123*12", "+")
    expected = 500_00 + 123 * 62_00
    told = [
        assert_refused(staff, "not-allowed", lambda: staff.takings.report(shift, CARA)).message,
        assert_refused(staff, "not-allowed", lambda: staff.standings.all(CARA)).message,
        repr(staff.standings.of("B")),
        repr(staff.closings.left_over("B")),
    ]
    for code, decide in (
        ("count-missing", lambda: staff.closings.close("B", Closing(), CARA)),
        ("count-negative", lambda: staff.shifts.count("B", counted(1, upi=-1), CARA)),
        (
            "count-missing",
            lambda: staff.shifts.hand_over("B", Handing("carl", counted(None)), CARA),
        ),
    ):
        told.append(assert_refused(staff, code, decide).message)
    with pytest.raises(NeedsApproval) as needed:
        staff.shifts.move_cash("B", Move("out", 1, "is there a paisa?"), CARA)
    told.append(str(needed.value))
    assert all(str(expected) not in words for words in told)
    assert all("8,126.00" not in words for words in told)
    assert staff.takings.counts(shift.id) == ()


def test_a_count_that_can_not_be_written_tells_nothing(staff, shift, monkeypatch):
    def full(*_args):
        raise OSError("no room")

    monkeypatch.setattr(staff.journal, "append", full)
    before = everything(staff)
    with pytest.raises(OSError, match="no room"):
        staff.shifts.count("B", counted(500), CARA)
    assert everything(staff) == before


def test_what_is_told_is_what_this_count_found(staff, shift, monkeypatch):
    """And not what another terminal counted at the same moment."""
    transaction = staff.journal.transaction

    @contextmanager
    def followed():
        with transaction() as connection:
            yield connection
        monkeypatch.undo()
        with open_sample_till(staff.home, FakeClock(MONDAY_7_AM + 5000)) as other:
            other.shifts.count("B", counted(1), OWNER)

    monkeypatch.setattr(staff.journal, "transaction", followed)
    record = staff.shifts.count("B", counted(500), CARA)
    assert (record.no, record.difference_paise) == (1, 0)


def test_another_s_drawer_is_counted_with_leave(staff, shift):
    def decide():
        return staff.shifts.count("B", counted(500), CARL)

    assert allow(staff, decide) == Request(Right.KEEP_OTHERS_SHIFT, "carl", about=shift.id)
    assert decide().operator == "carl"
    assert (last(staff).actor, last(staff).approver) == ("carl", "sunil")
    assert staff.custody.open_on("B").operator == "cara"


# --- handing over -------------------------------------------------------------------------------


def test_a_drawer_changes_hands(staff, shift):
    sell(staff, "B", CARA, "12", "+")
    before = len(entries(staff))
    handing = Handing("carl", counted(560), " a coin\tfell ")
    record = staff.hand_over("B", handing, PIN, CARA)
    told = entries(staff)[before:]
    (entry,) = [entry for entry in told if entry.kind == Kind.SHIFT_HANDED_OVER]
    assert (entry.object, entry.actor, entry.approver) == (shift.id, "cara", "")
    assert entry.body == {
        "counter": "B",
        "no": 1,
        "denominations": "500=1,50=1,10=1",
        "tenders": [{"kind": "cash", "expected_paise": 562_00, "counted_paise": 560_00}],
        "successor": "carl",
        "reason": "a coin fell",
    }
    checks = (TenderCheck(CASH, 562_00, 560_00),)
    assert record == (1, entry.at, "cara", "500=1,50=1,10=1", "carl", "a coin fell", checks)
    assert record.difference_paise == -2_00
    now = staff.custody.open_on("B")
    assert now == shift._replace(operator="carl")
    assert (now.opened_by, now.closed_at) == ("cara", None)
    assert rows(staff, ShiftCount)["shift_count"] == [
        (shift.id, 1, entry.at, "cara", "500=1,50=1,10=1", "carl", "a coin fell")
    ]


def test_the_shift_goes_on_in_other_hands(staff, shift):
    sell(staff, "B", CARA, "12", "+")
    staff.shifts.hand_over("B", Handing("carl", counted(562)), CARA)
    sell(staff, "B", CARL, "12", "+")
    report = close_shift(staff, "B", CARL)
    assert (report.takings.bills, report.difference_paise) == (2, 0)
    assert [count.successor for count in report.counts] == ["carl", None]
    assert (report.shift.opened_by, report.shift.operator) == ("cara", "carl")


def test_the_former_one_needs_leave_to_close_it(staff, shift):
    staff.shifts.hand_over("B", Handing("carl", counted(500)), CARA)

    def decide():
        return staff.closings.close("B", Closing(counted(500)), CARA)

    assert allow(staff, decide) == Request(Right.KEEP_OTHERS_SHIFT, "cara", about=shift.id)
    report = decide()
    assert (report.shift.operator, report.closed.operator) == ("carl", "cara")
    assert (last(staff).actor, last(staff).approver) == ("cara", "sunil")


def test_and_back_again(staff, shift):
    staff.shifts.hand_over("B", Handing("carl", counted(500)), CARA)
    staff.shifts.hand_over("B", Handing("cara", counted(500)), CARL)
    assert staff.custody.open_on("B") == shift
    assert staff.closings.close("B", Closing(), CARA).closed.operator == "cara"


@pytest.mark.parametrize(
    ("handing", "code"),
    [
        (Handing("cara", counted(500)), "successor"),
        (Handing("adit", counted(500)), "not-allowed"),
        (Handing("nobody", counted(500)), "not-allowed"),
        (Handing("carl", counted(None)), "count-missing"),
        (Handing("carl", counted(None, upi=0)), "count-missing"),
    ],
)
def test_no_such_handover(staff, shift, handing, code):
    assert_refused(staff, code, lambda: staff.shifts.hand_over("B", handing, CARA))


def test_who_was_disabled_takes_nothing_over(staff, shift):
    staff.people.change(staff.people.known("carl")._replace(active=False), OWNER)
    handing = Handing("carl", counted(500))
    assert_refused(staff, "not-allowed", lambda: staff.shifts.hand_over("B", handing, CARA))


def test_another_s_drawer_is_handed_over_with_leave(staff, shift):
    def decide():
        return staff.shifts.hand_over("B", Handing("sunil", counted(500)), CARL)

    assert allow(staff, decide) == Request(Right.KEEP_OTHERS_SHIFT, "carl", about=shift.id)
    assert decide().operator == "carl"
    assert (last(staff).actor, last(staff).approver) == ("carl", "sunil")


def test_the_successor_proves_who_they_are(staff, shift):
    with pytest.raises(Refused) as refused:
        staff.hand_over("B", Handing("carl", counted(500)), "314159", CARA)
    assert refused.value.code == "sign-in"
    assert staff.custody.open_on("B") == shift
    assert last(staff).kind == Kind.OPERATOR_REFUSED
    assert staff.takings.counts(shift.id) == ()


def test_handed_over_at_another_terminal_meanwhile(staff, shift):
    """Whoever no longer answers for it does not decide as if they did."""
    closings = staff.closings

    def another(other):
        other.shifts.hand_over("B", Handing("carl", counted(500)), CARA)

    checkout = staff.checkout("B", CARA)
    checkout.key_in("12")
    (draft,) = closings.left_over("B")
    meanwhile(staff, another)
    with pytest.raises(Refused) as refused:  # dropping the bill is what is asked for
        closings.close("B", Closing(counted(500), "left", drop=frozenset({draft.id})), CARA)
    assert refused.value.code == "shift-changed-hands"
    assert staff.custody.open_on("B").operator == "carl"
