"""People at a till, and what they count: for tests of shifts."""

import pytest

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.cash import pieces_for
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import NeedsApproval, Request
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.counting import Counted
from milkpos_tui.services.permissions import Leave
from milkpos_tui.services.records import Operator
from milkpos_tui.till import Till, open_till
from tests.services.reading import everything
from tests.support.tills import OWNER

PIN = "271828"
CARA = Actor("cara", session="tty1")
CARL = Actor("carl", session="tty2")
SUNIL = Actor("sunil", session="tty3")
ADIT = Actor("adit", session="tty4")
ROLES = {"cara": "cashier", "carl": "cashier", "sunil": "supervisor", "adit": "auditor"}


def hire(till: Till) -> Till:
    """Two cashiers, a supervisor and an auditor."""
    for code, role in ROLES.items():
        till.people.add(Operator(code, code.title(), role), PIN, OWNER)
    return till


def allow(till: Till, decide) -> Request:
    """The supervisor allows what this needs, on the spot; what was asked for."""
    with pytest.raises(NeedsApproval) as needed:
        decide()
    request = needed.value.request
    till.allow(request, SUNIL.operator, PIN, "tty1")
    return request


def assert_refused(till: Till, code: str, decide) -> Refused:
    """It is refused with this code, and nothing at all is written."""
    before = everything(till)
    with pytest.raises(Refused) as refused:
        decide()
    assert (refused.value.code, refused.value.message) == (code, refused.value.message)
    assert everything(till) == before
    return refused.value


def counted(rupees: int | None, **others: int) -> Counted:
    """So many rupees in the drawer, in the fewest pieces; others in paise."""
    cash = None if rupees is None else pieces_for(rupees)
    return Counted(cash, {TenderKind(kind): paise for kind, paise in others.items()})


def meanwhile(till: Till, do) -> None:
    """While the supervisor is asked to allow something, this is done at another terminal."""

    def find(_request):
        with open_till(till.home, till.clock) as other:
            do(other)
        return Leave(till.people.known(SUNIL.operator))

    till.permissions.find_approver = find
