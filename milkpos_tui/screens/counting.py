"""The count sheet: cash by note and coin, and what the UPI app and the card terminal say."""

from collections.abc import Mapping, Sequence

from textual import events
from textual.app import ComposeResult

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import parse_rupees
from milkpos_tui.domain.shift import TenderCheck
from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen, rupees
from milkpos_tui.services.counting import Counted
from milkpos_tui.widgets.count_sheet import CountSheet
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import BOLD, PLAIN, Painted

NOT_COUNTED = "nothing is counted yet; where the drawer is empty, key 0"
OTHERS = ((TenderKind.UPI, "upi"), (TenderKind.CARD, "card"))


class Counting(TillScreen):
    """Gives back what was counted, or None. `expected` is shown where the shop does not count
    blindly."""

    def __init__(
        self, title: str, expected: Sequence[TenderCheck] = (), *, others: bool = True
    ) -> None:
        super().__init__()
        self._title = title
        self._expected = expected
        self._others: Sequence[tuple[TenderKind, str]] = OTHERS if others else ()

    def compose(self) -> ComposeResult:
        """The sheet, then the other tenders."""
        yield Head()
        yield Painted(id="expected")
        yield CountSheet()
        for kind, name in self._others:
            yield Field(f"  {kind.upper():4} received, Rs : ", limit=12, id=name)
        yield Notice()
        yield Painted(id="page")
        yield Keys()

    def on_mount(self) -> None:
        """The first note."""
        self.query_one(Keys).show(
            [
                ("0-9", "pieces"),
                ("Enter Up Down", "next"),
                ("Tab", "UPI, card" if self._others else "on"),
                ("+", "done"),
                ("Esc", "back"),
            ]
        )
        self.set_focus(self.query_one(CountSheet))
        if self._others:
            self.query_one(Notice).tell("UPI and card stay empty where nobody can say")
        self._show()

    def on_resize(self) -> None:
        """The head is as wide as the screen."""
        self._show()

    def keys(self) -> Mapping[str, Handler]:
        """Done, and back."""
        return {"escape": self.leave, "plus": self.done}

    async def take_key(self, event: events.Key) -> None:
        """From the last coin on to the other tenders."""
        sheet = self.query_one(CountSheet)
        if event.key == "enter" and self.focused is sheet and sheet.at_end:
            if self._others:
                self.focus_next()
            else:
                self.done()
            return
        await super().take_key(event)

    async def submitted(self, field: Field) -> None:
        """From one tender to the next, and done."""
        if field.id == self._others[-1][1]:
            self.done()
        else:
            self.focus_next()

    def done(self) -> None:
        """What was counted; an amount that can't be read stays for mending."""
        sheet = self.query_one(CountSheet)
        if sheet.is_empty:
            self.query_one(Notice).refuse(NOT_COUNTED)
            self.set_focus(sheet)
            return
        others: dict[TenderKind, int] = {}
        for kind, name in self._others:
            field = self.query_one(f"#{name}", Field)
            try:
                if field.text.strip():
                    others[kind] = parse_rupees(field.text)
            except Refused as refused:
                self.query_one(Notice).refuse(refused.message)
                self.set_focus(field)
                field.offer(field.text)
                return
        self.dismiss(Counted(sheet.count, others))

    def leave(self) -> None:
        """Back; nothing was counted."""
        self.dismiss(None)

    def _show(self) -> None:
        self.query_one(Head).show(self._title, f"counter {self.till_app.counter}")
        told = "   ".join(
            f"{check.kind.upper()} {rupees(check.expected_paise)}" for check in self._expected
        )
        row = (f"  Expected: {told}", BOLD) if told else ("  Count what is there.", PLAIN)
        self.query_one("#expected", Painted).set_row(0, row)
