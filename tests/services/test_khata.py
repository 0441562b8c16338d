"""Khata at work: sales and returns on it, payments, corrections, and what a shift answers for."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.khata import Ages, LedgerKind, Unit
from milkpos_tui.domain.roles import NeedsApproval, Request, Right
from milkpos_tui.domain.scan import Scan
from milkpos_tui.journal.clock import uuid7
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.accounts import Customer, is_over
from milkpos_tui.services.khata import AGAIN_MS, PaidAgain, Payment
from milkpos_tui.till import open_till, verify_home
from tests.services.reading import Counter, entries, everything
from tests.support.staff import CARA, allow, hire
from tests.support.tills import DAY_MS, MONDAY, OWNER, close_shift, next_day, open_shift

CASH, UPI, CARD, KHATA = TenderKind
LIMIT = 500_00


@pytest.fixture
def meena(till):
    return till.customers.add(Customer("", "12", LIMIT, name="Meena", card="C0001234"), OWNER)


def refusal(till, decide):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        decide()
    assert everything(till) == before
    return refused.value.code


def owes(till, customer):
    return till.accounts.owed_paise(customer.id)


def amounts(till, customer):
    found = till.ledgers.statement(customer, None, None, OWNER)
    return [(entry.kind.value, entry.amount_paise, entry.balance_paise) for entry in found.entries]


def receive(till, paise, tender=CASH, **more):
    return till.khata.receive("12", Payment(paise, tender, **more), "1", OWNER)


# --- at the counter -----------------------------------------------------------------------------


@pytest.mark.parametrize("keyed", ["//12", "// 12", "C0001234", "//C0001234", "//mee"])
def test_a_bill_is_a_customer_s(till, meena, key, keyed):
    chosen = key(keyed)
    assert chosen.did == "customer"
    assert "Meena" in chosen.message
    assert key.cart.customer == meena.id
    paid = key("3*12", "+//").paid
    assert (paid.customer, paid.customer_code) == (meena.id, "12")
    assert till.bills.by_number(paid.number) == paid
    assert owes(till, meena) == 186_00
    assert key.cart.customer is None  # the next bill is nobody's
    told = entries(till, Kind.BILL_PAID)[-1]
    assert told.body["customer"] == meena.id


@pytest.mark.parametrize(
    ("card", "scan"),
    [
        ("C0001234", Scan("C0001234")),
        ("0012345678905", Scan("0012345678905", article="0012345678905")),
        ("2100031002506", Scan("2100031002506", article="2100031002506")),  # like a label of ours
    ],
    ids=str,
)
def test_a_scanned_card(till, meena, card, scan):
    till.customers.change(meena._replace(card=card), OWNER)
    checkout = till.checkout("1", OWNER)
    assert checkout.scan(scan).did == "customer"
    assert checkout.draft.cart.customer == meena.id


def test_nobody_buys_on_khata(till, meena, key):
    key("12")
    for keyed in ("+//", "+khata", "+//20"):
        with pytest.raises(Refused) as refused:
            key(keyed)
        assert refused.value.code == "khata-needs-customer"
    key("//12", "//")
    with pytest.raises(Refused, match="// and their code"):
        key("+//")


@pytest.mark.parametrize(
    ("keyed", "code"),
    [
        ("//13", "customer-unknown"),
        ("//zzz", "customer-unknown"),
        ("//1234567", "customer-unknown"),
        ("//m", "customer-many"),
        ("2*C0001234", "customer-code"),
    ],
)
def test_who_is_not_found(till, meena, key, keyed, code):
    till.customers.add(Customer("", "9", name="Mohan"), OWNER)
    with pytest.raises(Refused) as refused:
        key(keyed)
    if code != "customer-code":  # a card can't be bought twice: there is no such item
        assert refused.value.code == code


def test_the_customer_of_an_open_bill_survives_a_restart(home, till, meena, key):
    key("//12", "12")
    with open_till(home, till.clock) as again:
        assert again.drafts.open_on("1").cart.customer == meena.id
        paid = Counter(again)("+//").paid
    assert paid.customer == meena.id


def test_choosing_somebody_opens_no_bill(till, meena, key):
    before = everything(till)
    key("//12")
    assert everything(till) == before
    assert till.closings.left_over("1") == ()


def test_the_last_line_off_leaves_the_customer(till, meena, key):
    key("//12", "12", "-")
    assert key.cart.customer == meena.id
    key("//", "12", "-")
    assert key.cart.customer is None


def test_a_bill_that_is_paid_in_part_stays_whose_it_is(till, meena, key):
    key("//12", "12", "+20")
    with pytest.raises(Refused, match="part of this bill is paid"):
        key("//")


def test_a_part_on_khata_and_the_rest_in_cash(till, meena, key):
    paid = key("//12", "12", "+//20", "+").paid
    assert [(one.kind, one.amount_paise) for one in paid.document.tenders] == [
        (KHATA, 20_00),
        (CASH, 42_00),
    ]
    assert owes(till, meena) == 20_00
    with pytest.raises(Refused, match="only cash gives change"):
        key("//12", "12", "+//62.01")


def test_a_bill_of_a_customer_that_is_paid_at_once_is_not_owed(till, meena, key):
    paid = key("//12", "12", "+").paid
    assert paid.customer == meena.id
    assert amounts(till, meena) == []
    assert till.ledgers.after(paid.id, meena.id) is None


def test_the_slip_says_whose_it_is_and_what_is_due(till, meena, key):
    first = key("//12", "12", "+//").paid
    key("//12", "2*12", "+//")
    slip = "\n".join(till.slip(first, 42))
    assert "Customer 12 Meena" in slip
    assert slip.count("Khata: now due") == 1
    assert next(row for row in till.slip(first, 42) if "now due" in row).endswith(" 62.00")
    till.customers.change(meena._replace(name="ಮೀನಾ"), OWNER)
    assert "Customer 12 ಮೀನಾ" in till.slip(first, 42)
    till.customers.change(meena._replace(name="美娜"), OWNER)  # no printer of ours has letters
    assert "Customer 12" in till.slip(first, 42)
    cash = key("12", "+").paid
    assert "Customer" not in "\n".join(till.slip(cash, 42))


def test_goods_come_back_on_khata(till, meena, key):
    sold = key("//12", "3*12", "+//").paid
    note = till.billing.take_back(sold.number, {1: 1000}, "sour", KHATA, "1", OWNER)
    assert note.customer == meena.id
    assert amounts(till, meena) == [("sale", 186_00, 186_00), ("return", -62_00, 124_00)]
    till.billing.take_back(sold.number, {1: 1000}, "sour", CASH, "1", OWNER)
    assert owes(till, meena) == 124_00  # that was given back in cash
    cash = key("12", "+").paid
    code = refusal(
        till, lambda: till.billing.take_back(cash.number, {1: 1}, "sour", KHATA, "1", OWNER)
    )
    assert code == "khata-needs-customer"


# --- the limit ----------------------------------------------------------------------------------


def test_up_to_the_limit_nobody_is_asked(till, meena):
    hire(till)
    counter = Counter(till, actor=CARA)
    assert counter("//12", "/500*12", "+//").paid is not None
    assert owes(till, meena) == LIMIT


def test_above_the_limit_somebody_must_allow_it(till, meena):
    hire(till)
    counter = Counter(till, actor=CARA)
    counter("//12", "9*12")
    request = allow(till, lambda: counter("+//"))
    draft = counter.checkout.draft.id
    assert request == Request(Right.EXCEED_LIMIT, CARA.operator, 558_00, draft)
    paid = counter("+//")
    assert paid.paid is not None
    assert "OVER the limit" in paid.message
    told = entries(till, Kind.APPROVAL_GIVEN)[-1]
    assert told.body == {"right": "exceed-limit", "amount_paise": 558_00, "reason": ""}
    assert (told.actor, told.approver) == ("cara", "sunil")


def test_leave_is_for_what_was_owed_when_it_was_given(home, till, meena):
    hire(till)
    till.shops.add_counter("B", "Back door", OWNER)
    open_shift(till, "B")
    counter = Counter(till, actor=CARA)
    counter("//12", "9*12")
    allow(till, lambda: counter("+//"))
    with open_till(home, till.clock) as other:
        Counter(other, "B")("//12", "12", "+//")
    with pytest.raises(NeedsApproval) as needed:
        counter("+//")
    assert needed.value.request.amount_paise == 620_00
    assert owes(till, meena) == 62_00


def test_cash_needs_no_leave_above_the_limit(till, meena):
    hire(till)
    assert Counter(till, actor=CARA)("//12", "9*12", "+").paid is not None


def test_without_a_limit_nobody_is_asked(till):
    hire(till)
    till.customers.add(Customer("", "5", None, name="Hotel"), OWNER)
    assert Counter(till, actor=CARA)("//5", "99*12", "+//").paid is not None


def test_fault_41_two_tills_that_were_apart_pass_one_limit(home, till, meena, key):
    """Both sales stand, and the customer is flagged: nothing refuses what was sold elsewhere."""
    key("//12", "8*12", "+//")
    sold = entries(till, Kind.BILL_PAID)[-1]
    late = {**sold.body, "number": "1/2627/2"}
    with till.journal.transaction():  # as it would come from the other till
        till.journal.append(Kind.BILL_PAID, uuid7(till.clock.now()), late, OWNER)
    assert owes(till, meena) == 992_00
    (aged,) = till.ledgers.ageing(OWNER)
    assert (aged.over, aged.owed_paise) == (True, 992_00)
    assert is_over(meena, owes(till, meena))
    assert "OVER the limit" in key("//12").message


def test_a_sale_to_somebody_who_is_not_known_yet_stands(till, meena, key):
    """Their own entry comes later, from another till."""
    key("//12", "12", "+//")
    sold = entries(till, Kind.BILL_PAID)[-1]
    stranger = "00000000-0000-7000-8000-000000000000"
    late = {**sold.body, "number": "1/2627/2", "customer": stranger}
    with till.journal.transaction():
        bill = uuid7(till.clock.now())
        till.journal.append(Kind.BILL_PAID, bill, late, OWNER)
    assert till.accounts.owed_paise(stranger) == 62_00
    assert {one.customer.code for one in till.ledgers.ageing(OWNER)} == {"12", "?"}
    assert till.slip(till.bills.by_number("1/2627/2"), 32)


# --- money --------------------------------------------------------------------------------------


@pytest.mark.parametrize("tender", [CASH, UPI, CARD])
def test_a_payment(till, meena, key, tender):
    key("//12", "3*12", "+//")
    received = receive(till, 100_00, tender, reference=" UTR 9 ")
    assert (received.kind, received.before_paise, received.advance_paise) == ("payment", 186_00, 0)
    assert amounts(till, meena)[-1] == ("payment", -100_00, 86_00)
    (told,) = entries(till, Kind.KHATA_RECEIVED)
    assert told.body["reference"] == "UTR 9"
    assert (told.body["tender"], told.body["customer"]) == (tender, meena.id)


def test_more_than_is_due_is_an_advance(till, meena, key):
    key("//12", "12", "+//")
    received = receive(till, 100_00)
    assert (received.kind, received.advance_paise) == (LedgerKind.PAYMENT, 38_00)
    assert owes(till, meena) == -38_00
    more = receive(till, 10_00)
    assert (more.kind, more.advance_paise) == (LedgerKind.ADVANCE, 10_00)
    key("//12", "12", "+//")
    assert owes(till, meena) == 14_00  # the advance was for this


def test_a_deposit_is_kept_beside_the_khata(till, meena, key):
    key("//12", "12", "+//")
    received = receive(till, 500_00, deposit=True)
    assert (received.kind, received.advance_paise) == (LedgerKind.DEPOSIT, 0)
    assert received.balances[:2] == (62_00, 500_00)
    after = till.khata.use_deposit("12", 50_00, "month's end", "1", OWNER)
    assert after[:2] == (12_00, 450_00)
    assert refusal(till, lambda: till.khata.use_deposit("12", 12_01, "too much", "1", OWNER)) == (
        "khata-short"
    )


def test_money_goes_back(till, meena):
    receive(till, 100_00)
    receive(till, 200_00, deposit=True)
    paid = till.khata.pay_back("12", Payment(40_00), "moves away", "1", OWNER)
    assert paid.kind is LedgerKind.ADVANCE_BACK
    till.khata.pay_back("12", Payment(200_00, UPI, deposit=True), "moves away", "1", OWNER)
    assert till.accounts.balances(meena.id)[:2] == (-60_00, 0)
    for payment in (Payment(60_01), Payment(1, deposit=True)):
        code = refusal(
            till, lambda payment=payment: till.khata.pay_back("12", payment, "x", "1", OWNER)
        )
        assert code == "khata-short"
    code = refusal(till, lambda: till.khata.pay_back("12", Payment(1_00), " ", "1", OWNER))
    assert code == "reason-missing"


def test_no_more_cash_goes_back_than_there_is(till, meena):
    receive(till, 2000_00, UPI)
    decide = lambda: till.khata.pay_back("12", Payment(500_01), "moves", "1", OWNER)  # noqa: E731
    assert refusal(till, decide) == "cash-short"
    till.khata.pay_back("12", Payment(500_00), "moves", "1", OWNER)


@pytest.mark.parametrize(
    ("payment", "code"),
    [
        (Payment(0), "amount-zero"),
        (Payment(-5), "amount-zero"),
        (Payment(10**12), "amount-limit"),
        (Payment(5, KHATA), "tender-khata"),
        (Payment(5, day=MONDAY + timedelta(1)), "date-future"),
    ],
    ids=str,
)
def test_what_is_not_received(till, meena, payment, code):
    assert refusal(till, lambda: till.khata.receive("12", payment, "1", OWNER)) == code


def test_nobody_answers_for_money_without_a_shift(till, meena):
    close_shift(till)
    assert refusal(till, lambda: receive(till, 5_00)) == "no-shift"


def test_nothing_is_received_of_nobody(till):
    assert refusal(till, lambda: receive(till, 5_00)) == "customer-unknown"


def test_an_equal_amount_within_a_minute_asks(home, till, meena, clock):
    receive(till, 100_00)
    with open_till(home, clock) as other, pytest.raises(PaidAgain) as asked:
        other.khata.receive("12", Payment(100_00, UPI), "1", OWNER)
    assert asked.value.code == "payment-again"
    receive(till, 100_01)  # another amount
    till.customers.add(Customer("", "13", name="Ravi"), OWNER)
    till.khata.receive("13", Payment(100_00), "1", OWNER)  # another customer
    receive(till, 100_00, again=True)
    clock.advance(AGAIN_MS)
    receive(till, 100_00)
    assert owes(till, meena) == -400_01


def test_the_double_s_payment_is_the_same_customer_s(till, meena):
    double = till.customers.add(Customer("", "45", name="Minu"), OWNER)
    till.khata.receive("45", Payment(100_00), "1", OWNER)
    till.customers.merge(double, meena, OWNER)
    assert refusal(till, lambda: receive(till, 100_00)) == "payment-again"


def test_a_payment_that_came_earlier_counts_from_its_day(till, meena, key):
    key("//12", "3*12", "+//")
    receive(till, 100_00, UPI, day=MONDAY - timedelta(3))
    assert till.accounts.balances(meena.id, MONDAY - timedelta(4)).khata_paise == 0
    assert till.accounts.balances(meena.id, MONDAY - timedelta(1)).khata_paise == -100_00
    assert till.accounts.balances(meena.id, MONDAY).khata_paise == 86_00
    assert [amount for _kind, amount, _balance in amounts(till, meena)] == [-100_00, 186_00]


# --- what a shift answers for -----------------------------------------------------------------


def test_the_drawer_holds_what_was_received(home, till, meena, key):
    key("//12", "9*12", "+//")
    receive(till, 300_00)
    receive(till, 20_00, UPI)
    receive(till, 50_00, CARD, deposit=True)
    till.khata.pay_back("12", Payment(50_00, deposit=True), "asked", "1", OWNER)
    report = till.takings.x(till.custody.needed("1"))
    expected = {check.kind: check.expected_paise for check in report.checks}
    assert expected == {CASH: 750_00, UPI: 20_00, CARD: 50_00, KHATA: 558_00}
    assert report.takings.sold_paise == 558_00  # a payment is no sale
    z = close_shift(till)
    assert z.difference_paise == 0
    assert [tuple(one) for one in z.takings.khata] == [
        (CASH, 300_00, 50_00),
        (UPI, 20_00, 0),
        (CARD, 50_00, 0),
    ]
    assert till.takings.z(z.shift) == z
    rows = "\n".join(till.report(z, 42))
    assert "Cash received for khata" in rows
    assert "Cash paid back of khata" in rows
    assert "Card received for khata" in rows
    till.close()
    assert verify_home(home, rebuild=True).result is Result.GOOD


def test_a_payment_makes_a_count_stale(till, meena):
    from milkpos_tui.domain.cash import pieces_for
    from milkpos_tui.services.closing import Closing
    from milkpos_tui.services.counting import Counted

    till.shifts.count("1", Counted(pieces_for(500)), OWNER)
    receive(till, 5_00)
    with pytest.raises(Refused, match="money moved since"):
        till.closings.close("1", Closing(), OWNER)


# --- corrections --------------------------------------------------------------------------------


def test_a_correction_is_an_entry_with_its_reason(till, meena, key):
    key("//12", "12", "+//")
    after = till.khata.adjust("12", -62_00, "it was sour", "1", OWNER)
    assert after.khata_paise == 0
    till.khata.adjust("12", 10_00, "of last month", "1", OWNER, MONDAY - timedelta(30))
    assert amounts(till, meena) == [
        ("adjustment", 10_00, 10_00),
        ("sale", 62_00, 72_00),
        ("adjustment", -62_00, 10_00),
    ]
    for paise, reason, day, code in (
        (0, "x", None, "amount-zero"),
        (5, " ", None, "reason-missing"),
        (5, "x", MONDAY + timedelta(1), "date-future"),
    ):
        decide = lambda p=paise, r=reason, d=day: till.khata.adjust("12", p, r, "1", OWNER, d)  # noqa: E731
        assert refusal(till, decide) == code


def test_a_correction_needs_leave(till, meena):
    hire(till)
    request = allow(till, lambda: till.khata.adjust("12", -5_00, "sour", "1", CARA))
    assert (request.right, request.amount_paise, request.about) == (
        Right.ADJUST_KHATA,
        -5_00,
        meena.id,
    )
    till.khata.adjust("12", -5_00, "sour", "1", CARA)
    (entry,) = till.ledgers.newest(meena, 1, OWNER)
    assert (entry.operator, entry.approver) == ("cara", "sunil")


def test_containers_are_a_balance_of_their_own(till, meena):
    till.khata.move_containers("12", {Unit.BOTTLE: 3, Unit.CRATE: 1}, "1", OWNER)
    after = till.khata.move_containers("12", {Unit.BOTTLE: -2}, "1", OWNER, "came back")
    assert after.containers == {"bottle": 1, "can": 0, "crate": 1}
    assert after.khata_paise == 0
    first, second = till.ledgers.statement(meena, None, None, OWNER).entries
    assert (first.pieces, second.pieces) == ({"bottle": 3, "crate": 1}, {"bottle": -2})


# --- reading ------------------------------------------------------------------------------------


def test_a_statement_of_some_days(till, meena, clock):
    for _day in range(4):
        Counter(till)("//12", "12", "+//")
        clock.advance(DAY_MS)
        next_day(till)
    first = MONDAY + timedelta(1)
    found = till.ledgers.statement(meena, first, MONDAY + timedelta(2), OWNER)
    assert (found.opening_paise, found.closing.khata_paise) == (62_00, 186_00)
    assert [entry.balance_paise for entry in found.entries] == [124_00, 186_00]
    assert [entry.day for entry in found.entries] == ["2026-11-24", "2026-11-25"]
    newest = till.ledgers.newest(meena, 3, OWNER)
    assert [entry.balance_paise for entry in newest] == [124_00, 186_00, 248_00]
    assert till.ledgers.statement(meena, None, None, OWNER).first == MONDAY
    empty = till.ledgers.statement(meena, date(2020, 1, 1), date(2020, 2, 1), OWNER)
    assert (empty.entries, empty.closing.khata_paise) == ((), 0)


def test_how_old_dues_are(till, meena):
    ravi = till.customers.add(Customer("", "5", name="Ravi"), OWNER)
    for days, code, paise in (
        (0, "12", 10_00),
        (45, "12", 40_00),
        (100, "12", 70_00),
        (61, "5", 9_00),
    ):
        till.khata.adjust(code, paise, "the old book", "1", OWNER, MONDAY - timedelta(days))
    receive(till, 20_00)
    meenas, ravis = till.ledgers.ageing(OWNER, MONDAY)
    assert meenas.ages == Ages(10_00, 40_00, 0, 50_00)  # paid is what was oldest
    assert (meenas.customer, meenas.owed_paise) == (meena, 100_00)
    assert (ravis.customer, ravis.ages) == (ravi, Ages(0, 0, 9_00))
    assert till.ledgers.ages(meena, MONDAY - timedelta(50)) == Ages(0, 70_00)


def test_dues_at_a_day_that_is_over_are_those_of_that_day(till, meena):
    """Who paid since owed then, and who owes now did not."""
    till.customers.add(Customer("", "5", name="Ravi"), OWNER)
    till.khata.adjust("12", 600_00, "the old book", "1", OWNER, MONDAY - timedelta(40))
    till.khata.adjust("12", -600_00, "it was paid", "1", OWNER, MONDAY - timedelta(2))
    till.khata.adjust("5", 9_00, "the old book", "1", OWNER, MONDAY - timedelta(1))
    (then,) = till.ledgers.ageing(OWNER, MONDAY - timedelta(5))
    assert (then.customer, then.owed_paise, then.over) == (meena, 600_00, True)
    assert then.ages == Ages(0, 600_00)
    assert [one.customer.code for one in till.ledgers.ageing(OWNER)] == ["5"]
    assert list(till.ledgers.ageing(OWNER, MONDAY - timedelta(41))) == []


# --- whatever is done -----------------------------------------------------------------------------

MOVES = st.one_of(
    st.tuples(st.just("sell"), st.integers(1, 5)),
    st.tuples(st.just("pay"), st.integers(1, 300_00)),
    st.tuples(st.just("keep"), st.integers(1, 300_00)),
    st.tuples(st.just("adjust"), st.integers(-100_00, 100_00).filter(bool)),
    st.tuples(st.just("bottles"), st.integers(-5, 5).filter(bool)),
    st.tuples(st.just("return"), st.just(0)),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(MOVES, min_size=1, max_size=12))
def test_a_balance_is_the_fold_of_its_entries(lasting_till, moves):
    till = lasting_till
    code = till.customers.add(Customer("", "", name="Anybody"), OWNER).code
    customer, sold = till.accounts.known(code), []
    for what, amount in moves:
        do(till, code, what, amount, sold)
    statement = till.ledgers.statement(customer, None, None, OWNER)
    balances = till.accounts.balances(customer.id)
    folded = 0
    for entry in statement.entries:
        folded += entry.amount_paise
        assert entry.balance_paise == folded
    assert folded == balances.khata_paise == statement.closing.khata_paise
    assert sum(entry.deposit_paise for entry in statement.entries) == balances.deposit_paise
    assert sum(one.pieces.get("bottle", 0) for one in statement.entries) == balances.bottles
    assert till.ledgers.ages(customer, till.today()).total_paise == max(0, folded)
    unbalanced = till._db.connection().execute(
        "SELECT ledger, unit FROM posting GROUP BY 1, 2 HAVING sum(amount) <> 0"
    )
    assert unbalanced.fetchall() == []


def do(till, code, what, amount, sold):
    match what:
        case "sell":
            sold.append(Counter(till)(f"//{code}", f"{amount}*12", "+//").paid)
        case "pay" | "keep":
            payment = Payment(amount, UPI, deposit=what == "keep", again=True)
            till.khata.receive(code, payment, "1", OWNER)
        case "adjust":
            till.khata.adjust(code, amount, "so it is", "1", OWNER)
        case "bottles":
            till.khata.move_containers(code, {Unit.BOTTLE: amount}, "1", OWNER)
        case "return" if sold:
            bill = sold.pop()
            till.billing.take_back(bill.number, {1: 500}, "sour", KHATA, "1", OWNER)
