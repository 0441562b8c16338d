"""Somebody allows on the spot what the operator may not do alone; the operator stays signed in."""

from collections.abc import Mapping

from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.roles import TABLE, Request
from milkpos_tui.screens.base import Handler
from milkpos_tui.screens.prove import Prove


class Approve(Prove):
    """Gives back True once it is allowed; Esc goes back without."""

    FOOTER = (*Prove.FOOTER, ("Esc", "not allowed"))

    def __init__(self, request: Request) -> None:
        paise = request.amount_paise
        amount = f" (Rs {show_rupees(paise)})" if paise else ""
        question = f"{request.operator} wants to {TABLE[request.right].tells}{amount}"
        super().__init__(question, "A supervisor who allows it keys code and PIN.")
        self._request = request

    def keys(self) -> Mapping[str, Handler]:
        """Back, without."""
        return {"escape": self.leave}

    def leave(self) -> None:
        """Not allowed."""
        self.dismiss(False)

    async def proven(self, code: str, pin: str) -> str:
        """Allowed, once."""
        request, name = self._request, self.till_app.session_name
        done = await self.ask(lambda till: till.allow(request, code, pin, name))
        if done.refused is not None:
            return done.refused.message
        self.dismiss(True)
        return ""
