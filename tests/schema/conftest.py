"""The books that the tests of the database's rules begin with."""

import pytest

from milkpos_tui.domain.cart import TenderKind
from tests.support.books import Books
from tests.support.tills import OWNER


@pytest.fixture
def books(till, checkout):
    """Milk (3 L) and ghee sold, one litre taken back, the bill reprinted; a draft is open."""
    for key in ("3*12", "8901234567894", "+"):
        outcome = checkout.key_in(key)
    bill = outcome.paid
    till.billing.take_back(bill.number, {1: 1000}, "sour", TenderKind.CASH, "1", OWNER)
    till.billing.reprint(bill.number, OWNER)
    checkout.key_in("12")
    return Books(till._db.connection(), bill, checkout.draft.id)
