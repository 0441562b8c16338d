"""Sign-in: who is at the till."""

from milkpos_tui.screens.base import Notice
from milkpos_tui.screens.prove import Prove
from milkpos_tui.session import begin


class SignIn(Prove):
    """On success the app gets the session and shows the till."""

    FOOTER = (*Prove.FOOTER, ("^q", "quit"))

    def __init__(self, hint: str = "", refused: str = "", code: str = "") -> None:
        super().__init__("Who is at the till?", hint, code)
        self._refused = refused

    def on_mount(self) -> None:
        """Why somebody was not let in at once, if so."""
        super().on_mount()
        if self._refused:
            self.query_one(Notice).refuse(self._refused)

    async def proven(self, code: str, pin: str) -> str:
        """The till, for whoever it is."""
        counter, name = self.till_app.counter, self.till_app.session_name
        done = await self.ask(lambda till: begin(till, counter, code, pin, name))
        if done.refused is not None:
            return done.refused.message
        await self.till_app.show_billing(done.result)
        return ""
