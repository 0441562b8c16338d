"""May somebody do this? The table is the domain's; who they are and what was allowed is asked here.

Services ask before they decide, so that no front end can forget to.
"""

from collections.abc import Callable

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import TABLE, Cell, NeedsApproval, Request, Right, Role, cell
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.records import Operator
from schema.connection import TillDatabase

_ROLE = "SELECT role FROM operator WHERE code = ? AND active = 1"

Approver = Callable[[Request], Operator]
"""Finds somebody who allows it, proven; raises NeedsApproval or Refused where nobody does."""


class Permissions:
    """What an operator may not do alone, another allows on the spot. What was allowed is bound to
    the right, the amount and the thing, and works once; a restart forgets it."""

    def __init__(self, db: TillDatabase) -> None:
        self._db = db
        self._allowed: dict[Request, str] = {}
        self.find_approver: Approver | None = None  # a front end that can ask while it waits

    def check(self, right: Right, actor: Actor, *, amount_paise: int = 0, about: str = "") -> Actor:
        """The actor, with who allowed it where that was needed.

        Refused for what a role never may; NeedsApproval where somebody must allow it first.
        """
        verdict = cell(self._role(actor), right)
        if verdict is Cell.YES:
            return actor
        if verdict is Cell.NO:
            raise _not_allowed(self._role(actor), right)
        request = Request(right, actor.operator, amount_paise, about)
        approver = self._allowed.pop(request, None)
        if approver is None:
            if self.find_approver is None:
                raise NeedsApproval(request)
            approver = self._judged(request, self.find_approver(request))
        return actor._replace(approver=approver)

    def allow(self, request: Request, approver: Operator) -> None:
        """Somebody who has proven who they are allows a request, once. Refused if they may not."""
        self._allowed[request] = self._judged(request, approver)

    def _judged(self, request: Request, approver: Operator) -> str:
        role = Role(approver.role)
        if approver.code == request.operator or cell(role, request.right) is not Cell.YES:
            raise _not_allowed(role, request.right)
        return approver.code

    def _role(self, actor: Actor) -> Role:
        found = self._db.connection().execute(_ROLE, (actor.operator,)).fetchone()
        if found is None:
            raise Refused("not-allowed", f"'{actor.operator}' does not work here")
        return Role(found[0])


def _not_allowed(role: Role, right: Right) -> Refused:
    return Refused("not-allowed", f"a {role} may not {TABLE[right].tells}")
