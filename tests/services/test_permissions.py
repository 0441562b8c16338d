"""Who may do what, through the services: every cell of the table, and what an approval is worth."""

from datetime import timedelta

import pytest

from milkpos_tui.domain.cart import Discount, TenderKind
from milkpos_tui.domain.cash import Count
from milkpos_tui.domain.collection import Milk, Reading
from milkpos_tui.domain.collection import Rates as MilkRates
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.khata import Unit as Jar
from milkpos_tui.domain.month import Month
from milkpos_tui.domain.orders import DAILY, Half
from milkpos_tui.domain.roles import TABLE, Cell, NeedsApproval, Request, Right, Role, cell
from milkpos_tui.domain.settlement import cycle_of
from milkpos_tui.journal.journal import Actor
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.closing import Closing
from milkpos_tui.services.counting import Counted
from milkpos_tui.services.khata import Payment
from milkpos_tui.services.orders import Wish
from milkpos_tui.services.rates import RateChange
from milkpos_tui.services.records import Operator
from milkpos_tui.services.shifts import Handing, Move, Opening
from tests.services.reading import entries, everything
from tests.support.tills import EGG, MILK, OWNER, OWNER_PIN, close_shift, open_shift

PIN = "271828"
WITHIN_MS = 120_000  # a line comes off without leave, unless the owner sets it otherwise
LATE_MS = 10 * WITHIN_MS
CASHIER, SUPERVISOR = Operator("cara", "Cara", "cashier"), Operator("sunil", "Sunil", "supervisor")
AT_COUNTER = Actor(CASHIER.code, session="tty1")
OCTOBER = Month(2026, 10)
MILK_A_DAY = Wish(MILK.plu, 1000, DAILY)
CELLS = [(role, right) for role in Role for right in Right]


@pytest.fixture
def staff(till, monkeypatch):
    """A till with one of each role."""
    for role in Role:
        till.people.add(Operator(role.value, role.name, role.value), PIN, OWNER)
    for operator in (CASHIER, SUPERVISOR):
        till.people.add(operator, PIN, OWNER)
    return till


def asked(decide):
    """What somebody is asked to allow before this is done."""
    with pytest.raises(NeedsApproval) as needed:
        decide()
    assert needed.value.code == "needs-approval"
    return needed.value.request


# --- the table ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "right"), CELLS, ids=lambda one: one.value)
def test_every_cell(staff, role, right):
    actor = Actor(role.value)
    verdict = cell(role, right)
    if verdict is Cell.YES:
        assert staff.permissions.check(right, actor) == actor
    elif verdict is Cell.ASK:
        assert asked(lambda: staff.permissions.check(right, actor)) == Request(right, role.value)
    else:
        with pytest.raises(Refused, match=f"an? {role} may not {TABLE[right].tells}") as refused:
            staff.permissions.check(right, actor)
        assert refused.value.code == "not-allowed"


@pytest.mark.parametrize(("role", "right"), CELLS, ids=lambda one: one.value)
def test_who_may_allow_it(staff, role, right):
    request = Request(right, CASHIER.code)
    if cell(role, right) is Cell.YES:
        assert staff.allow(request, role.value, PIN, "tty1").code == role.value
    else:
        with pytest.raises(Refused) as refused:
            staff.allow(request, role.value, PIN, "tty1")
        assert refused.value.code == "not-allowed"


# What services decide, by what is done: the right it needs.
DECIDED = {
    "put a line": Right.SELL,
    "take off a late line": Right.REMOVE_LINE,
    "make a late line smaller": Right.REMOVE_LINE,
    "drop a bill": Right.DROP_BILL,
    "half off": Right.DISCOUNT,
    "another price": Right.OVERRIDE_PRICE,
    "take goods back": Right.RETURN_GOODS,
    "print again": Right.REPRINT,
    "open the drawer": Right.OPEN_DRAWER,
    "put cash in": Right.MOVE_CASH,
    "take cash out": Right.MOVE_CASH,
    "open a shift": Right.KEEP_SHIFT,
    "count another's drawer": Right.KEEP_OTHERS_SHIFT,
    "hand over another's drawer": Right.KEEP_OTHERS_SHIFT,
    "close another's shift": Right.KEEP_OTHERS_SHIFT,
    "close a shift uncounted": Right.CLOSE_UNCOUNTED,
    "open a shift of tomorrow": Right.OTHER_DATE,
    "takings of a day": Right.SEE_TAKINGS,
    "an X": Right.SEE_TAKINGS,
    "a Z by its number": Right.SEE_TAKINGS,
    "the last Zs": Right.SEE_TAKINGS,
    "all counters": Right.SEE_TAKINGS,
    "retire an item": Right.EDIT_PRODUCTS,
    "change a setting": Right.SETTINGS,
    "add a counter": Right.SETTINGS,
    "add somebody": Right.MANAGE_PEOPLE,
    "give the journal out": Right.EXPORT,
    "see a customer": Right.SEE_KHATA,
    "a statement": Right.SEE_KHATA,
    "the ages of all dues": Right.SEE_KHATA,
    "give the customers out": Right.EXPORT,
    "receive a payment": Right.RECEIVE_PAYMENT,
    "sell above a limit": Right.EXCEED_LIMIT,
    "correct a khata": Right.ADJUST_KHATA,
    "pay back a deposit": Right.ADJUST_KHATA,
    "use a deposit": Right.ADJUST_KHATA,
    "hand bottles out": Right.SELL,
    "choose a customer": Right.SELL,
    "add a customer": Right.EDIT_CUSTOMERS,
    "change a customer": Right.EDIT_CUSTOMERS,
    "take customers in": Right.EDIT_CUSTOMERS,
    "merge two customers": Right.ERASE_CUSTOMERS,
    "erase a customer": Right.ERASE_CUSTOMERS,
    "set a rate": Right.EDIT_RATES,
    "see an order's round": Right.SEE_KHATA,
    "see a month": Right.SEE_KHATA,
    "see a farmer's cans": Right.SEE_KHATA,
    "skip a day": Right.SELL,
    "record a round": Right.SELL,
    "generate rounds": Right.SELL,
    "order something": Right.EDIT_CUSTOMERS,
    "end an order": Right.EDIT_CUSTOMERS,
    "give a place in the lane": Right.EDIT_CUSTOMERS,
    "bill a month": Right.BILL_MONTHS,
    "take milk in": Right.BUY_MILK,
    "price milk": Right.SETTLE_MILK,
    "settle milk": Right.SETTLE_MILK,
}
LOOKED_AT = {Right.SEE_TAKINGS, Right.SEE_KHATA, Right.EXPORT}  # nothing is written
# There is no hub to exchange with yet: `test_every_cell` and `test_who_may_allow_it` walk this one
# through Permissions alone, until a service asks for it.
NO_SERVICE_YET = {Right.SYNC}


def decisions(till, actor):
    """Each of them, ready to be done: a bill is open whose line was keyed a while ago, another is
    sold, the shift on counter 1 is the owner's, and counter B had one."""
    checkout = till.checkout("1", OWNER)
    checkout.key_in("12")
    sold = checkout.key_in("+").paid
    draft = checkout.key_in("2*12").draft
    till.shops.add_counter("B", "Back door", OWNER)
    open_shift(till, "B")
    close_shift(till, "B")
    till.clock.advance(LATE_MS)
    line, billing, shifts = draft.cart.last, till.billing, till.shifts
    shift, today = till.custody.needed("1"), till.today()
    nothing = Counted(Count())
    meena, minu = (
        till.customers.add(Customer("", code, 10_00, name=name), OWNER)
        for code, name in (("12", "Meena"), ("13", "Minu"))
    )
    till.khata.adjust("12", 500_00, "from the book", "1", OWNER)
    till.khata.receive("12", Payment(5_00, deposit=True), "1", OWNER)
    draft, _told = billing.choose_customer(draft, "12", OWNER)
    new = Customer("", "20", name="New")
    till.khata.adjust("13", 1_00, "from the book", "1", OWNER, OCTOBER.last)
    till.orders.add("13", MILK_A_DAY, OWNER)
    milk_rates, can = MilkRates(OCTOBER.first, 350_00, 240_00), Reading(10_000, 400, clr=2800)
    till.collections.set_rates([milk_rates], OWNER)
    till.collections.take_in("13", can, Milk.COW, OCTOBER.first, Half.MORNING, OWNER)
    first_ten = cycle_of(OCTOBER.first)
    return {
        "put a line": lambda: billing.put_line(draft, line._replace(id=9), actor),
        "take off a late line": lambda: billing.remove_line(draft, line, actor),
        "make a late line smaller": lambda: billing.change_line(
            draft, line.with_quantity(1000), actor
        ),
        "drop a bill": lambda: billing.drop(draft, "gone", actor),
        "half off": lambda: billing.set_discount(draft, Discount(rate_bp=5000), actor),
        "another price": lambda: billing.change_line(draft, line.with_rate(1_00), actor),
        "take goods back": lambda: billing.take_back(
            sold.number, {1: 1000}, "sour", TenderKind.CASH, "1", actor
        ),
        "print again": lambda: billing.reprint(sold.number, actor),
        "open the drawer": lambda: shifts.open_drawer("1", "change", actor),
        "put cash in": lambda: shifts.move_cash("1", Move("in", 1_00, "coins"), actor),
        "take cash out": lambda: shifts.move_cash("1", Move("out", 1_00, "ice"), actor),
        "open a shift": lambda: shifts.open("B", Opening(0), actor),
        "count another's drawer": lambda: shifts.count("1", nothing, actor),
        "hand over another's drawer": lambda: shifts.hand_over(
            "1", Handing(SUPERVISOR.code, nothing), actor
        ),
        "close another's shift": lambda: till.closings.close(
            "1", Closing(nothing, carry=frozenset({draft.id})), actor
        ),
        "close a shift uncounted": lambda: till.closings.close(
            "1", Closing(Counted(None), carry=frozenset({draft.id})), actor
        ),
        "open a shift of tomorrow": lambda: shifts.open(
            "B", Opening(0, day=today + timedelta(1)), actor
        ),
        "takings of a day": lambda: till.bills.takings(today, today, actor),
        "an X": lambda: till.takings.report(shift, actor),
        "a Z by its number": lambda: till.takings.by_number("B", 1, actor),
        "the last Zs": lambda: list(till.takings.last("B", 1, actor)),
        "all counters": lambda: till.standings.all(actor),
        "retire an item": lambda: till.catalogue.retire(EGG.plu, actor),
        "change a setting": lambda: till.settings.change("lock-after", "60", actor),
        "add a counter": lambda: till.shops.add_counter("C", "", actor),
        "add somebody": lambda: till.people.add(Operator("new", "New", "cashier"), PIN, actor),
        "give the journal out": lambda: list(till.books.entries(1, actor)),
        "see a customer": lambda: till.customers.known("12", actor),
        "a statement": lambda: till.ledgers.statement(meena, None, None, actor),
        "the ages of all dues": lambda: list(till.ledgers.ageing(actor)),
        "give the customers out": lambda: list(till.customers.given_out(actor)),
        "receive a payment": lambda: till.khata.receive("12", Payment(1_00), "1", actor),
        "sell above a limit": lambda: billing.tender(draft, TenderKind.KHATA, None, "", actor),
        "correct a khata": lambda: till.khata.adjust("12", 1_00, "spilt", "1", actor),
        "pay back a deposit": lambda: till.khata.pay_back(
            "12", Payment(1_00, deposit=True), "moves away", "1", actor
        ),
        "use a deposit": lambda: till.khata.use_deposit("12", 1_00, "the last month", "1", actor),
        "hand bottles out": lambda: till.khata.move_containers("12", {Jar.BOTTLE: 1}, "1", actor),
        "choose a customer": lambda: billing.choose_customer(draft, "", actor),
        "add a customer": lambda: till.customers.add(new, actor),
        "change a customer": lambda: till.customers.change(meena._replace(lane="2"), actor),
        "take customers in": lambda: till.customers.take_in([new], actor),
        "merge two customers": lambda: till.customers.merge(minu, meena, actor),
        "erase a customer": lambda: till.customers.erase(meena, actor),
        "set a rate": lambda: till.rates.set(
            RateChange(MILK.plu, today, 60_00, price_list="khata"), actor
        ),
        "see an order's round": lambda: till.rounds.sheet(today, Half.MORNING, actor),
        "see a month": lambda: till.months.paper("13", OCTOBER, actor),
        "see a farmer's cans": lambda: till.collections.cans("13", today, today, actor),
        "skip a day": lambda: till.orders.skip("13", None, today, None, actor),
        "record a round": lambda: till.rounds.record(today, Half.MORNING, "", actor),
        "generate rounds": lambda: list(till.rounds.generate(today, today, actor)),
        "order something": lambda: till.orders.add("13", MILK_A_DAY, actor),
        "end an order": lambda: till.orders.end("13", None, None, actor),
        "give a place in the lane": lambda: till.rounds.place("13", 2, actor),
        "bill a month": lambda: list(till.months.run(OCTOBER, "1", actor)),
        "take milk in": lambda: till.collections.take_in(
            "13", can, Milk.COW, today, Half.MORNING, actor
        ),
        "price milk": lambda: till.collections.set_rates([milk_rates], actor),
        "settle milk": lambda: till.collections.settle("13", first_ten, [], actor),
    }


def test_every_right_is_decided_somewhere():
    assert {*DECIDED.values(), *NO_SERVICE_YET} == set(Right)
    assert not NO_SERVICE_YET & set(DECIDED.values())


@pytest.mark.parametrize("what", DECIDED)
@pytest.mark.parametrize("role", Role, ids=str)
def test_the_services_ask(staff, role, what):
    decide, right = decisions(staff, Actor(role.value))[what], DECIDED[what]
    before = everything(staff)
    if cell(role, right) is Cell.YES:
        decide()
        assert (everything(staff) != before) is (right not in LOOKED_AT)
        return
    if cell(role, right) is Cell.ASK:
        assert asked(decide).right is right
    else:
        with pytest.raises(Refused) as refused:
            decide()
        assert refused.value.code == "not-allowed"
    assert everything(staff) == before


def test_a_small_discount_needs_nobody(staff):
    checkout = staff.checkout("1", AT_COUNTER)
    checkout.key_in("12")
    assert checkout.key_in("*-10/").line.discount == Discount(rate_bp=1000)
    assert checkout.key_in("+-5/").did == "discount"
    assert asked(lambda: checkout.key_in("+-10.01/")).right is Right.DISCOUNT
    assert asked(lambda: checkout.key_in("*-11/")).right is Right.DISCOUNT


@pytest.mark.parametrize(
    "keys",
    [("10*12", "*-60", "*2"), ("10*12", "+-60", "*2"), ("5*12", "5*12", "+-60", "-")],
    ids=" ".join,
)
def test_a_discount_does_not_grow_by_what_it_is_taken_from(staff, keys):
    checkout = staff.checkout("1", AT_COUNTER)
    for key in keys[:-1]:
        checkout.key_in(key)
    before = everything(staff)
    request = asked(lambda: checkout.key_in(keys[-1]))
    assert (request.right, request.amount_paise) == (Right.DISCOUNT, 60_00)
    assert everything(staff) == before
    staff.allow(request, SUPERVISOR.code, PIN, "tty1")
    checkout.key_in(keys[-1])
    told = [entry for entry in entries(staff) if entry.kind == Kind.APPROVAL_GIVEN]
    assert [(entry.actor, entry.approver) for entry in told] == [("cara", "sunil")]


def test_two_that_are_needed_at_once(staff):
    """Both are asked for, one after the other, and what was allowed first is not lost."""
    checkout = staff.checkout("1", AT_COUNTER)
    for key in ("12", "*-6"):
        checkout.key_in(key)
    for right in (Right.OVERRIDE_PRICE, Right.DISCOUNT):
        request = asked(lambda: checkout.key_in("**20"))
        assert request.right is right
        staff.allow(request, SUPERVISOR.code, PIN, "tty1")
    assert checkout.key_in("**20").line.amount_paise == 14_00
    told = [entry.body["right"] for entry in entries(staff) if entry.kind == Kind.APPROVAL_GIVEN]
    assert told == ["override-price", "discount"]
    assert staff.permissions._allowed == {}


def test_the_catalogue_s_own_price_needs_nobody(staff):
    checkout = staff.checkout("1", AT_COUNTER)
    checkout.key_in("12")
    request = asked(lambda: checkout.key_in("**50"))
    staff.allow(request, SUPERVISOR.code, PIN, "tty1")
    assert checkout.key_in("**50").line.rate_paise == 50_00
    assert checkout.key_in(f"**{MILK.price_paise // 100}").line.rate_paise == MILK.price_paise


@pytest.mark.parametrize(("limit", "over"), [("5", "5.01"), ("0", "0.01"), ("25", "26")])
def test_the_owner_sets_the_limit_of_discounts(staff, limit, over):
    checkout = staff.checkout("1", AT_COUNTER)
    checkout.key_in("12")
    staff.settings.change("discount-limit", limit, OWNER)  # for bills that are open as well
    for of_line in (True, False):
        sign = "*" if of_line else "+"
        checkout.key_in(f"{sign}-{limit}/")
        before = everything(staff)
        assert asked(lambda sign=sign: checkout.key_in(f"{sign}-{over}/")).right is Right.DISCOUNT
        assert everything(staff) == before
        checkout.key_in(f"{sign}-0")


def test_a_setting_holds_at_another_terminal_at_once(staff, other_till):
    checkout = other_till.checkout("1", AT_COUNTER)
    checkout.key_in("12")
    checkout.key_in("*-10/")
    staff.settings.change("discount-limit", "5", OWNER)
    assert asked(lambda: checkout.key_in("*-9/")).right is Right.DISCOUNT


# --- lines that were keyed a while ago ----------------------------------------------------------


def wait_until(clock, at):
    """The next look at the clock says `at`."""
    clock.advance(at - clock.now() - 1)


def keyed(staff, *keys):
    """A cashier at the counter, and the line they keyed last."""
    checkout = staff.checkout("1", AT_COUNTER)
    for key in keys:
        line = checkout.key_in(key).line
    return checkout, line


@pytest.mark.parametrize(
    ("keys", "less", "amount_paise"),
    [
        (["31", "3*12"], "-", 186_00),
        (["31", "3*12"], "*2", 186_00),
        (["31", "3*12"], "*/62", 186_00),
        (["31", "/62*12"], "*.999", 62_00),
        (["3*12", "*-6"], "-", 180_00),
    ],
    ids=repr,
)
def test_less_of_a_late_line_needs_leave(staff, clock, keys, less, amount_paise):
    checkout, line = keyed(staff, *keys)
    draft = checkout.draft
    wait_until(clock, line.keyed_at + WITHIN_MS + 1)
    before = everything(staff)
    request = asked(lambda: checkout.key_in(less))
    assert request == Request(Right.REMOVE_LINE, CASHIER.code, amount_paise, draft.id)
    assert everything(staff) == before
    told = len(entries(staff))
    staff.allow(request, SUPERVISOR.code, PIN, "tty1")
    checkout.key_in(less)
    approval, removal = entries(staff)[told:]
    assert (approval.kind, approval.actor, approval.approver) == (
        Kind.APPROVAL_GIVEN,
        "cara",
        "sunil",
    )
    assert approval.body == {"right": "remove-line", "amount_paise": amount_paise, "reason": ""}
    assert (removal.kind, removal.object) == (Kind.LINE_REMOVED, draft.id)


@pytest.mark.parametrize("less", ["-", "*1", "-1"])
def test_a_slip_is_mended_without_leave(staff, clock, less):
    checkout, line = keyed(staff, "3*12")
    wait_until(clock, line.keyed_at + WITHIN_MS)
    told = len(entries(staff))
    checkout.key_in(less)
    (removal,) = entries(staff)[told:]
    assert (removal.kind, removal.actor, removal.approver) == (Kind.LINE_REMOVED, "cara", "")


def test_each_line_has_its_own_time(staff, clock):
    checkout, first = keyed(staff, "3*12")
    wait_until(clock, first.keyed_at + WITHIN_MS)
    checkout.key_in("31")
    assert asked(lambda: checkout.key_in("-1")).right is Right.REMOVE_LINE
    checkout.key_in("-2")
    assert [line.id for line in checkout.draft.cart.lines] == [first.id]


@pytest.mark.parametrize("more", ["*4", "*/500", "31", "+-1"])
def test_more_of_a_late_line_needs_nobody(staff, clock, more):
    checkout, line = keyed(staff, "3*12")
    clock.advance(LATE_MS)
    checkout.key_in(more)
    assert checkout.draft.cart.lines[0].keyed_at == line.keyed_at


@pytest.mark.parametrize("change", [["*4"], ["*-5"], [".", "31", ".1"]], ids=repr)
def test_a_change_makes_no_line_younger(staff, clock, change):
    checkout, _line = keyed(staff, "3*12")
    clock.advance(LATE_MS)
    for key in change:
        checkout.key_in(key)
    assert asked(lambda: checkout.key_in("-")).right is Right.REMOVE_LINE
    again = staff.checkout("1", AT_COUNTER)  # nor does a start of the till
    assert asked(lambda: again.key_in("-")).right is Right.REMOVE_LINE


@pytest.mark.parametrize("seconds", [10, 3600])
def test_the_owner_sets_how_long_a_line_comes_off(staff, clock, seconds):
    staff.settings.change("remove-within", str(seconds), OWNER)
    for over_ms in (0, 1):
        checkout, line = keyed(staff, "3*12")
        wait_until(clock, line.keyed_at + seconds * 1000 + over_ms)
        if over_ms:
            assert asked(lambda checkout=checkout: checkout.key_in("-")).right is Right.REMOVE_LINE
        else:
            checkout.key_in("-")


def test_the_owner_lets_no_line_come_off_by_itself(staff):
    checkout, _line = keyed(staff, "3*12")
    staff.settings.change("remove-within", "0", OWNER)
    assert asked(lambda: checkout.key_in("-")).right is Right.REMOVE_LINE


def test_a_clock_set_back_makes_no_line_younger(staff, clock):
    checkout, line = keyed(staff, "3*12")
    clock.advance(LATE_MS)
    clock.set(line.keyed_at - WITHIN_MS - 1)
    assert asked(lambda: checkout.key_in("-")).right is Right.REMOVE_LINE


def test_two_rights_that_one_removal_needs(staff, clock):
    """Off comes a late line, and what is left has a greater part of the discount."""
    checkout, _line = keyed(staff, "5*12", "5*12", "+-60")
    clock.advance(LATE_MS)
    for right in (Right.REMOVE_LINE, Right.DISCOUNT):
        request = asked(lambda: checkout.key_in("-"))
        assert request.right is right
        staff.allow(request, SUPERVISOR.code, PIN, "tty1")
    checkout.key_in("-")
    told = [entry.body["right"] for entry in entries(staff) if entry.kind == Kind.APPROVAL_GIVEN]
    assert told == ["remove-line", "discount"]


def test_one_s_own_pin_needs_nobody(staff):
    assert staff.people.set_secret(CASHIER.code, "314159", AT_COUNTER) == CASHIER
    with pytest.raises(Refused):
        staff.people.set_secret(SUPERVISOR.code, "314159", AT_COUNTER)


# --- what was allowed ---------------------------------------------------------------------------


def test_both_names_are_in_the_entry(staff):
    checkout = staff.checkout("1", AT_COUNTER)
    draft = checkout.key_in("12").draft
    request = asked(lambda: checkout.key_in("**50"))
    assert request == Request(Right.OVERRIDE_PRICE, CASHIER.code, 50_00, draft.id)
    staff.allow(request, SUPERVISOR.code, PIN, "tty1")
    checkout.key_in("**50")
    entry = entries(staff)[-1]
    assert (entry.kind, entry.object) == (Kind.APPROVAL_GIVEN, draft.id)
    assert (entry.actor, entry.approver, entry.session) == ("cara", "sunil", "tty1")
    assert entry.body == {"right": "override-price", "amount_paise": 50_00, "reason": ""}


def test_why_it_was_allowed_is_told(staff):
    checkout = staff.checkout("1", AT_COUNTER)
    checkout.key_in("12")
    request = asked(lambda: checkout.key_in("**50"))
    staff.allow(request, SUPERVISOR.code, PIN, "tty1", "sour\x07 by noon")
    checkout.key_in("**50")
    assert entries(staff)[-1].body["reason"] == "sour by noon"
    staff.allow(asked(lambda: checkout.key_in("--")), SUPERVISOR.code, PIN, "tty1", "gone")
    checkout.key_in("--")
    entry = entries(staff)[-1]
    assert (entry.kind, entry.body["reason"]) == (Kind.DRAFT_DROPPED, "gone")


def test_what_is_an_entry_itself_has_the_approver(staff):
    checkout = staff.checkout("1", AT_COUNTER)
    checkout.key_in("12")
    staff.allow(asked(lambda: checkout.key_in("--")), SUPERVISOR.code, PIN, "tty1")
    checkout.key_in("--")
    entry = entries(staff)[-1]
    assert (entry.kind, entry.actor, entry.approver) == (Kind.DRAFT_DROPPED, "cara", "sunil")


def test_it_works_once(staff):
    checkout = staff.checkout("1", AT_COUNTER)
    checkout.key_in("12")
    request = asked(lambda: checkout.key_in("**50"))
    staff.allow(request, SUPERVISOR.code, PIN, "tty1")
    checkout.key_in("**50")
    checkout.key_in("**62")
    assert asked(lambda: checkout.key_in("**50")) == request


@pytest.mark.parametrize(
    "change",
    [
        {"amount_paise": 49_00},
        {"amount_paise": 51_00},
        {"about": "another draft"},
        {"right": Right.DISCOUNT},
        {"operator": "sunil"},
    ],
    ids=repr,
)
def test_it_is_bound_to_all_of_it(staff, change):
    checkout = staff.checkout("1", AT_COUNTER)
    checkout.key_in("12")
    request = asked(lambda: checkout.key_in("**50"))
    staff.allow(request._replace(**change), "owner", PIN, "tty1")
    assert asked(lambda: checkout.key_in("**50")) == request


def test_nobody_allows_it_to_themselves(staff):
    request = Request(Right.DROP_BILL, SUPERVISOR.code)
    with pytest.raises(Refused) as refused:
        staff.allow(request, SUPERVISOR.code, PIN, "tty1")
    assert refused.value.code == "not-allowed"


def test_a_wrong_pin_allows_nothing(staff):
    checkout = staff.checkout("1", AT_COUNTER)
    checkout.key_in("12")
    request = asked(lambda: checkout.key_in("--"))
    with pytest.raises(Refused) as refused:
        staff.allow(request, SUPERVISOR.code, OWNER_PIN, "tty1")
    assert refused.value.code == "sign-in"
    assert asked(lambda: checkout.key_in("--")) == request


def test_who_was_disabled_meanwhile_does_nothing_more(staff):
    checkout = staff.checkout("1", AT_COUNTER)
    checkout.key_in("12")
    staff.people.change(CASHIER._replace(active=False), OWNER)
    with pytest.raises(Refused) as refused:
        checkout.key_in("12")
    assert refused.value.code == "not-allowed"
    assert checkout.key_in("+").paid is not None
