"""Somebody says who they are and proves it: an operator's code, then the PIN or password."""

from functools import partial

from textual.app import ComposeResult

from milkpos_tui.domain.errors import MilkPOSError
from milkpos_tui.domain.roles import NeedsFinger
from milkpos_tui.screens.base import Head, Keys, Notice, TillScreen
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import BOLD, PLAIN, Painted


class Prove(TillScreen):
    """Fields; Enter goes on. What follows from code and PIN is a subclass's `proven`."""

    DEFAULT_CSS = "Prove #question { height: 4; }"
    FOOTER: tuple[tuple[str, str], ...] = (("Enter", "next"), ("Tab", "the other field"))

    def __init__(self, question: str, hint: str = "", code: str = "") -> None:
        super().__init__()
        self._question = question
        self._hint = hint
        self._code = code

    def compose(self) -> ComposeResult:
        """Rows from the top."""
        yield Head()
        rows = ((), ((f"  {self._question}", BOLD),), ((f"  {self._hint}", PLAIN),), ())
        yield Painted(*rows, id="question")
        yield from self.asked_first()
        yield Field("  Operator : ", limit=12, id="operator")
        yield Field("  PIN      : ", masked=True, limit=64, id="pin")
        yield Painted()
        yield Notice()
        yield Painted(id="page")
        yield Keys()

    def asked_first(self) -> ComposeResult:
        """Fields above the code."""
        yield from ()

    def on_mount(self) -> None:
        """Fields ready; who is named already only keys the PIN."""
        self._show_head()
        self.query_one(Keys).show(self.FOOTER)
        self.set_focus(self.query(Field).first())
        if self._code:
            self.query_one("#operator", Field).text = self._code
            self.set_focus(self.query_one("#pin", Field))

    def on_resize(self) -> None:
        """The head is as wide as the screen."""
        self._show_head()

    async def submitted(self, field: Field) -> None:
        """From field to field, and from the PIN in."""
        if field.id != "pin":
            self.focus_next()
            return
        code, pin = self.query_one("#operator", Field).text, field.text
        field.text = ""  # also where this screen stays below the next one
        self.query_one(Notice).tell("One moment ...")
        await self._prove(code, pin)

    async def _prove(self, code: str, pin: str) -> None:
        refused = await self.proven(code, pin)
        if isinstance(refused, NeedsFinger):
            self.ask_touch(refused, partial(self._prove, code, pin), self._begin_anew)
        elif refused is not None:
            self.query_one(Notice).refuse(refused.message)
            self._begin_anew()

    def _begin_anew(self) -> None:
        self.set_focus(self.query_one("#operator", Field))

    async def proven(self, code: str, pin: str) -> MilkPOSError | None:
        """Do what somebody proves who they are for; why it is refused, if it is. NeedsFinger has
        them touch a key, and comes back here."""
        raise NotImplementedError  # a subclass's; Textual's metaclass takes no ABC

    def _show_head(self) -> None:
        self.query_one(Head).show("MilkPOS", f"counter {self.till_app.counter}")
