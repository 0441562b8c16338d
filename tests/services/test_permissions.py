"""Who may do what, through the services: every cell of the table, and what an approval is worth."""

import pytest

from milkpos_tui.domain.cart import Discount, TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import TABLE, Cell, NeedsApproval, Request, Right, Role, cell
from milkpos_tui.journal.journal import Actor
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.records import Operator
from tests.services.reading import entries, everything
from tests.support.tills import EGG, MILK, OWNER, OWNER_PIN

PIN = "271828"
CASHIER, SUPERVISOR = Operator("cara", "Cara", "cashier"), Operator("sunil", "Sunil", "supervisor")
AT_COUNTER = Actor(CASHIER.code, session="tty1")
CELLS = [(role, right) for role in Role for right in Right]


@pytest.fixture
def staff(till, monkeypatch):
    """A till with one of each role, whose PINs are cheap to check."""
    till.home.hash_cost.write_text("1 8\n")
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
        with pytest.raises(Refused, match=f"a {role} may not {TABLE[right].tells}") as refused:
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


def decisions(till, actor):
    """What services decide, by the right it needs."""
    checkout = till.checkout("1", OWNER)
    checkout.key_in("12")
    sold = till.checkout("1", OWNER).key_in("+").paid
    draft = till.checkout("1", OWNER).key_in("2*12").draft
    line, billing = draft.cart.last, till.billing
    newcomer = Operator("new", "New", "cashier")
    return {
        Right.SELL: lambda: billing.put_line(draft, line._replace(id=9), actor),
        Right.DROP_BILL: lambda: billing.drop(draft, actor),
        Right.DISCOUNT: lambda: billing.set_discount(draft, Discount(rate_bp=5000), actor),
        Right.OVERRIDE_PRICE: lambda: billing.change_line(draft, line.with_rate(1_00), actor),
        Right.RETURN_GOODS: lambda: billing.take_back(
            sold.number, {1: 1000}, "sour", TenderKind.CASH, "1", actor
        ),
        Right.REPRINT: lambda: billing.reprint(sold.number, actor),
        Right.SEE_TAKINGS: lambda: till.bills.takings(till.today(), till.today(), actor),
        Right.EDIT_PRODUCTS: lambda: till.catalogue.retire(EGG.plu, actor),
        Right.MANAGE_PEOPLE: lambda: till.people.add(newcomer, PIN, actor),
    }


DECIDED = (
    Right.SELL,
    Right.DROP_BILL,
    Right.DISCOUNT,
    Right.OVERRIDE_PRICE,
    Right.RETURN_GOODS,
    Right.REPRINT,
    Right.SEE_TAKINGS,
    Right.EDIT_PRODUCTS,
    Right.MANAGE_PEOPLE,
)


@pytest.mark.parametrize("right", DECIDED, ids=str)
@pytest.mark.parametrize("role", Role, ids=str)
def test_the_services_ask(staff, role, right):
    decide = decisions(staff, Actor(role.value))[right]
    before = everything(staff)
    if cell(role, right) is Cell.YES:
        decide()
        assert (everything(staff) != before) is (right is not Right.SEE_TAKINGS)
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
    assert entry.body == {"right": "override-price", "amount_paise": 50_00}


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
