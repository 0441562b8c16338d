"""Sign-in: an operator's code and PIN."""

from textual.app import ComposeResult

from milkpos_tui.screens.base import Head, Keys, Notice, TillScreen
from milkpos_tui.session import begin
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import BOLD, PLAIN, Painted


class SignIn(TillScreen):
    """Two fields; Enter goes on. On success the app gets the session and shows the till."""

    DEFAULT_CSS = "SignIn #question { height: 4; }"

    def __init__(self, hint: str = "", refused: str = "") -> None:
        super().__init__()
        self._hint = hint
        self._refused = refused

    def compose(self) -> ComposeResult:
        """Rows from the top."""
        yield Head()
        rows = ((), (("  Who is at the till?", BOLD),), ((f"  {self._hint}", PLAIN),), ())
        yield Painted(*rows, id="question")
        yield Field("  Operator : ", limit=12, id="operator")
        yield Field("  PIN      : ", masked=True, limit=40, id="pin")
        yield Painted()
        yield Notice()
        yield Painted(id="page")
        yield Keys()

    def on_mount(self) -> None:
        """Fields ready; an operator named in the environment only keys the PIN."""
        self.query_one(Head).show("MilkPOS", f"counter {self.till_app.counter}")
        self.query_one(Keys).show((("Enter", "next"), ("Tab", "the other field"), ("^q", "quit")))
        self.set_focus(self.query_one("#operator", Field))
        if self.till_app.operator_code:
            self.query_one("#operator", Field).text = self.till_app.operator_code
            self.set_focus(self.query_one("#pin", Field))
        if self._refused:
            self.query_one(Notice).refuse(self._refused)

    def on_resize(self) -> None:
        """The head is as wide as the screen."""
        self.query_one(Head).show("MilkPOS", f"counter {self.till_app.counter}")

    async def submitted(self, field: Field) -> None:
        """From the code to the PIN, and in."""
        if field.id == "operator":
            self.set_focus(self.query_one("#pin", Field))
        else:
            await self._sign_in(self.query_one("#operator", Field).text, field.text)

    async def _sign_in(self, code: str, pin: str) -> None:
        notice = self.query_one(Notice)
        notice.tell("One moment ...")
        counter, name = self.till_app.counter, self.till_app.session_name
        done = await self.ask(lambda till: begin(till, counter, code, pin, name))
        self.query_one("#pin", Field).text = ""
        if done.refused is not None:
            notice.refuse(done.refused.message)
            self.set_focus(self.query_one("#operator", Field))
        else:
            await self.till_app.show_billing(done.result)
