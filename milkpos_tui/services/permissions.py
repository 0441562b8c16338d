"""May somebody do this? The table is the domain's; who they are and what was allowed is asked here.

Services ask before they decide, so that no front end can forget to.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import TABLE, Cell, NeedsApproval, Request, Right, Role, cell
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.records import Operator
from schema.connection import TillDatabase

_ROLE = "SELECT role FROM operator WHERE code = ? AND active = 1"


class Leave(NamedTuple):
    """Who allows something, proven, and why."""

    approver: Operator
    reason: str = ""


Approver = Callable[[Request], Leave]
"""Finds somebody who allows it; raises NeedsApproval or Refused where nobody does."""


class Permissions:
    """What an operator may not do alone, another allows on the spot. What was allowed is bound to
    the right, the amount and the thing, and works once; a restart forgets it."""

    def __init__(self, db: TillDatabase) -> None:
        self._db = db
        self._allowed: dict[Request, Leave] = {}
        self.find_approver: Approver | None = None  # a front end that can ask while it waits

    def check(self, right: Right, actor: Actor, *, amount_paise: int = 0, about: str = "") -> Actor:
        """The actor, with who allowed it where that was needed.

        Refused for what a role never may; NeedsApproval where somebody must allow it first.
        """
        return self.check_all([Request(right, actor.operator, amount_paise, about)], actor)[0]

    def check_all(self, requests: Sequence[Request], actor: Actor) -> list[Actor]:
        """The same for all that one decision needs. What was allowed is used up only where nothing
        is missing: else two that are needed at once would never be there together."""
        role = self._role(actor)
        asked = [request for request in requests if self._must_ask(request, role)]
        approvers = {request: self._approver(request) for request in asked}
        for request in asked:
            self._allowed.pop(request, None)
        return [_with_leave(actor, approvers.get(request)) for request in requests]

    def allow(self, request: Request, leave: Leave) -> None:
        """Somebody who has proven who they are allows a request, once. Refused if they may not."""
        self._allowed[request] = self._judged(request, leave)

    def _must_ask(self, request: Request, role: Role) -> bool:
        verdict = cell(role, request.right)
        if verdict is Cell.NO:
            raise _not_allowed(role, request.right)
        return verdict is Cell.ASK

    def _approver(self, request: Request) -> Leave:
        if request in self._allowed:
            return self._allowed[request]
        if self.find_approver is None:
            raise NeedsApproval(request)
        return self._judged(request, self.find_approver(request))

    def _judged(self, request: Request, leave: Leave) -> Leave:
        approver = leave.approver
        role = Role(approver.role)
        if approver.code == request.operator or cell(role, request.right) is not Cell.YES:
            raise _not_allowed(role, request.right)
        return leave

    def _role(self, actor: Actor) -> Role:
        found = self._db.connection().execute(_ROLE, (actor.operator,)).fetchone()
        if found is None:
            raise Refused("not-allowed", f"'{actor.operator}' does not work here")
        return Role(found[0])


def _with_leave(actor: Actor, leave: Leave | None) -> Actor:
    if leave is None:
        return actor
    return actor._replace(approver=leave.approver.code, reason=leave.reason)


def _not_allowed(role: Role, right: Right) -> Refused:
    article = "an" if role[0] in "ao" else "a"
    return Refused("not-allowed", f"{article} {role} may not {TABLE[right].tells}")
