"""Open bills in the database: what is stored is what was saved, under the version it had."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milkpos_tui.domain.cart import NO_DISCOUNT, Cart, CartLine, Discount, Tender, TenderKind
from milkpos_tui.domain.errors import Refused
from schema.tables import Draft as DraftTable
from tests.services.reading import DRAFTS, rows
from tests.support.strategies import cart_lines, cash_upi_card, discounts
from tests.support.tills import CURD, EGG, GHEE, MILK, MONDAY_7_AM, OWNER, SAMPLE_ITEMS

BY = OWNER.operator
KEYED_AT = MONDAY_7_AM - 5000


def line(line_id, item, qty_milli=1000):
    return CartLine.by_quantity(line_id, item, qty_milli, KEYED_AT + line_id)


def save(till, draft, cart):
    with till.journal.transaction() as connection:
        return till.drafts.save(connection, draft, cart, BY)


@pytest.fixture
def draft(till):
    """A stored bill of milk and curd."""
    cart = Cart().with_line(line(1, MILK)).with_line(line(2, CURD))
    return save(till, till.drafts.new("1"), cart)


def test_a_new_bill_is_not_stored(till, clock):
    before = rows(till, *DRAFTS)
    now = clock.now()
    draft = till.drafts.new("1")
    assert rows(till, *DRAFTS) == before == {"draft": [], "draft_line": [], "draft_tender": []}
    assert (draft.counter, draft.version, draft.cart) == ("1", 0, Cart())
    assert draft.opened_at == now + 1
    assert till.drafts.new("1").id > draft.id  # by time, as of UUID version 7


def test_the_shop_says_how_bills_are_rounded(till_of):
    assert till_of(round_to_paise=1).drafts.new("1").cart.round_to_paise == 1


def test_what_is_stored(till, draft):
    draft = save(till, draft, draft.cart.with_discount(Discount(rate_bp=500)))
    draft = save(till, draft, draft.cart.with_tender(TenderKind.UPI, 100, "UTR 1"))
    assert draft.version == 3
    assert rows(till, *DRAFTS) == {
        "draft": [(draft.id, "1", "asha", "open", 3, 0, 500, draft.opened_at, None, None, 0, 0)],
        "draft_line": [
            (draft.id, 1, 12, 1000, 6200, None, 0, 0, KEYED_AT + 1, "", 0),
            (draft.id, 2, 31, 1000, 9000, None, 0, 0, KEYED_AT + 2, "typed", 0),
        ],
        "draft_tender": [(draft.id, 1, "upi", 100, "UTR 1")],
    }
    assert till.drafts.open_on("1") == draft
    assert till.drafts.open_on("2") is None


def test_a_bill_dropped_or_paid_leaves_no_row(till, draft):
    draft = save(till, draft, draft.cart.with_tender(TenderKind.CASH, 100))
    with till.journal.transaction() as connection:
        till.drafts.take(connection, draft)
    assert rows(till, *DRAFTS) == {"draft": [], "draft_line": [], "draft_tender": []}


def test_a_line_keeps_the_price_it_was_rung_up_at(till, draft):
    till.catalogue.change(MILK._replace(price_paise=9900), OWNER)
    milk = till.drafts.open_on("1").cart.lines[0]
    assert (milk.rate_paise, milk.amount_paise) == (6200, 6200)


def test_a_line_by_worth_keeps_its_quantity(till, draft):
    draft = save(till, draft, draft.cart.with_line(CartLine.by_worth(3, MILK, 5000)))
    till.catalogue.change(MILK._replace(price_paise=9900), OWNER)
    assert till.drafts.open_on("1").cart.lines[2].qty_milli == 806


# --- only the difference is written, and it is all of the difference ---------------------------

STEPS = ("add", "add", "change", "off", "discount", "tender", "give back")


def changed(data, cart):
    """One thing that may happen to a cart."""
    step = data.draw(st.sampled_from(STEPS))
    if step == "tender" and cart.due_paise > 1:
        part = data.draw(st.integers(1, cart.due_paise - 1))
        reference = data.draw(st.sampled_from(["", "UTR 1", "x'y"]))
        return cart.with_tender(data.draw(cash_upi_card), part, reference)
    if step == "give back" or cart.tenders:
        return cart.without_last_tender()
    if step == "off" and len(cart.lines) > 1:
        return cart.without_line(data.draw(st.sampled_from(cart.lines)))
    if step == "discount":
        return cart.with_discount(data.draw(discounts(cart.amounts_paise)))
    line_id = cart.next_line_id
    if step == "change":
        line_id = data.draw(st.sampled_from(cart.lines)).id
        cart = cart.with_discount(NO_DISCOUNT)
    return cart.with_line(data.draw(cart_lines(line_id, data.draw(st.sampled_from(SAMPLE_ITEMS)))))


@settings(max_examples=40)
@given(data=st.data())
def test_what_was_saved_is_what_is_read(lasting_till, data):
    till = lasting_till
    take_what_is_open(till)
    draft = save(till, till.drafts.new("1"), Cart().with_line(line(1, MILK)))
    for version in range(2, 2 + data.draw(st.integers(1, 8))):
        draft = save(till, draft, changed(data, draft.cart))
        assert draft.version == version
        assert till.drafts.open_on("1") == draft


def take_what_is_open(till):
    left = till.drafts.open_on("1")
    if left is not None:
        with till.journal.transaction() as connection:
            till.drafts.take(connection, left)


def test_another_bills_rows_are_left_alone(till, draft):
    with till.journal.transaction() as connection:
        till.drafts.hold(connection, draft)
    held = rows(till, *DRAFTS)
    other = save(till, till.drafts.new("1"), Cart().with_line(line(1, EGG)).with_line(line(2, EGG)))
    other = save(till, other, other.cart.without_line(other.cart.last))
    other = save(till, other, other.cart.with_tender(TenderKind.CASH, 1))
    other = save(till, other, other.cart.without_last_tender())
    with till.journal.transaction() as connection:
        till.drafts.take(connection, other)
    assert rows(till, *DRAFTS) == held


# --- the version --------------------------------------------------------------------------------


def saving(till, connection, draft):
    till.drafts.save(connection, draft, draft.cart.with_line(line(9, GHEE)), BY)


def taking(till, connection, draft):
    till.drafts.take(connection, draft)


def holding(till, connection, draft):
    till.drafts.hold(connection, draft)


@pytest.mark.parametrize("do", [saving, taking, holding])
@pytest.mark.parametrize("stale", [-1, 1], ids=["older", "newer"])
def test_a_draft_of_another_version_is_not_ours(till, draft, do, stale):
    draft = save(till, draft, draft.cart.with_discount(Discount(100)))
    before = rows(till, *DRAFTS)
    with pytest.raises(Refused) as refused, till.journal.transaction() as connection:
        do(till, connection, draft._replace(version=draft.version + stale))
    assert refused.value.code == "draft-changed"
    assert rows(till, *DRAFTS) == before


@pytest.mark.parametrize("do", [saving, taking, holding])
def test_a_held_draft_is_not_open(till, draft, do):
    with till.journal.transaction() as connection:
        till.drafts.hold(connection, draft)
    before = rows(till, *DRAFTS)
    with pytest.raises(Refused), till.journal.transaction() as connection:
        do(till, connection, draft._replace(version=draft.version + 1))
    assert rows(till, *DRAFTS) == before


def test_one_open_bill_a_counter(till, draft):
    with pytest.raises(Refused) as refused:
        save(till, till.drafts.new("1"), Cart().with_line(line(1, EGG)))
    assert refused.value.code == "draft-changed"


# --- held ---------------------------------------------------------------------------------------


def test_held_and_recalled_is_the_same_bill(till, clock, draft):
    draft = save(till, draft, draft.cart.with_tender(TenderKind.CASH, 5000))
    clock.advance(5000)
    at = clock.now() + 1
    with till.journal.transaction() as connection:
        till.drafts.hold(connection, draft)
    assert till.drafts.open_on("1") is None
    (held,) = till.drafts.held("1")
    assert (held.number, held.draft, held.held_at) == (1, draft.id, at)
    assert (held.first_item, held.lines, held.total_paise) == ("Cow milk", 2, 15200)
    with till.journal.transaction() as connection:
        back = till.drafts.recall(connection, draft.id)
    assert back == draft._replace(version=draft.version + 2)
    assert back.cart.tenders == (Tender(TenderKind.CASH, 5000),)
    assert till.drafts.open_on("1") == back
    assert till.drafts.held("1") == ()


def test_what_is_not_held_is_not_recalled(till, draft):
    before = rows(till, DraftTable)
    for draft_id in (draft.id, "no such draft"):
        with pytest.raises(Refused) as refused, till.journal.transaction() as connection:
            till.drafts.recall(connection, draft_id)
        assert refused.value.code == "held-gone"
    assert rows(till, DraftTable) == before
