"""Somebody allows on the spot what the operator may not do alone; the operator stays signed in."""

from collections.abc import Mapping

from textual.app import ComposeResult

from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.roles import TABLE, Request, Right
from milkpos_tui.screens.base import Handler, Notice
from milkpos_tui.screens.prove import Prove
from milkpos_tui.widgets.field import Field

REASONS = ("agreed with the customer", "keyed wrongly", "spoiled or damaged")

# What says nowhere else why it was done.
WHY_IS_ASKED = frozenset(
    {
        Right.DROP_BILL,
        Right.DISCOUNT,
        Right.OVERRIDE_PRICE,
        Right.REMOVE_LINE,
        Right.EXCEED_LIMIT,
    }
)


class Approve(Prove):
    """Gives back True once it is allowed; Esc goes back without."""

    FOOTER = (*Prove.FOOTER, ("Esc", "not allowed"))

    def __init__(self, request: Request) -> None:
        paise = request.amount_paise
        amount = f" (Rs {show_rupees(paise)})" if paise else ""
        question = f"{request.operator} wants to {TABLE[request.right].tells}{amount}"
        hint = "A supervisor who allows it keys code and PIN."
        self._asks_why = request.right in WHY_IS_ASKED
        if self._asks_why:
            numbered = ", ".join(f"{number} {told}" for number, told in enumerate(REASONS, 1))
            hint = f"Why? {numbered}, or in words."
        super().__init__(question, hint)
        self._request = request

    def asked_first(self) -> ComposeResult:
        """Why, where nothing else says it."""
        if self._asks_why:
            yield Field("  Why      : ", limit=60, id="why")

    def keys(self) -> Mapping[str, Handler]:
        """Back, without."""
        return {"escape": self.leave}

    def leave(self) -> None:
        """Not allowed."""
        self.dismiss(False)

    async def submitted(self, field: Field) -> None:
        """A reason is needed before anybody is asked for a PIN."""
        if field.id == "why" and not field.text.strip():
            self.query_one(Notice).refuse("say why: a number, or a word or two")
            return
        await super().submitted(field)

    async def proven(self, code: str, pin: str) -> str:
        """Allowed, once."""
        request, name, why = self._request, self.till_app.session_name, self._why()
        if self._asks_why and not why:
            return "say why: a number, or a word or two"
        done = await self.ask(lambda till: till.allow(request, code, pin, name, why))
        if done.refused is not None:
            return done.refused.message
        self.dismiss(True)
        return ""

    def _why(self) -> str:
        if not self._asks_why:
            return ""
        told = self.query_one("#why", Field).text.strip()
        by_number = {str(number): reason for number, reason in enumerate(REASONS, 1)}
        return by_number.get(told, told)
