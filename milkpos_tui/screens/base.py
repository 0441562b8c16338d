"""What every screen has: keys in the order they were pressed, rows, and work done by the clerk."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from textual import events
from textual.message import Message
from textual.screen import Screen

from milkpos_tui.actions import Place
from milkpos_tui.attendant import Attendant
from milkpos_tui.clerk import Clerk, Done
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.roles import NeedsApproval, NeedsFinger
from milkpos_tui.domain.scan import Arrived, Lost
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import ALERT, PLAIN, REVERSE, TITLE, Painted, Part, spread
from milkpos_tui.widgets.typed import Typed

if TYPE_CHECKING:
    from milkpos_tui.session import Session
    from milkpos_tui.till import Till

T = TypeVar("T")
Handler = Callable[[], Awaitable[None] | None]
Answered = Callable[[object], None] | Callable[[object], Awaitable[None]]
"""What is done with what a dialog gives back."""

RUPEE = "Rs " if os.environ.get("TERM") in ("linux", "vt100", "vt220") else "₹"


def rupees(paise: int) -> str:
    """An amount with the sign this terminal can show."""
    return RUPEE + show_rupees(paise)


async def ask(clerk: Clerk, work: Callable[["Till"], T]) -> Done[T]:
    """Have the clerk do something and wait for it, while the screen goes on painting."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Done[T]] = loop.create_future()

    def done(ended: Done[T]) -> None:
        loop.call_soon_threadsafe(answer.set_result, ended)

    clerk.ask(work, done)
    return await answer


class TheApp(Protocol):
    """What a screen asks of the app."""

    clerk: Clerk
    attendant: Attendant
    counter: str
    session_name: str
    operator_code: str
    keymap: Mapping[str, tuple[str, ...]]
    config_problem: str

    def keys_for(self, place: Place, doer: object) -> dict[str, Handler]:
        """The keys of a place's actions under the keymap."""

    async def show_sign_in(self) -> None:
        """Whoever comes next."""

    def hold_before_scanner(self, code: str) -> None:
        """The demo: have the simulated scanner read something."""

    async def show_billing(self, session: "Session") -> None:
        """The till, for a session."""


class TillScreen(Screen[object]):
    """A screen of the till: rows it paints itself, and no work of its own on the database.

    Each key is dealt with to its end before the next one: a function key pressed right after
    Enter can't overtake it, and what is typed after a dialog was opened lands in the dialog.
    """

    class Worked(Message):
        """The clerk is done with a piece of work of this screen."""

        def __init__(self, done: Done[Any], then: Callable[[Done[Any]], None]) -> None:
            super().__init__()
            self.done = done
            self.then = then

    @property
    def till_app(self) -> TheApp:
        """The app, as what a screen may ask of it."""
        return cast(TheApp, self.app)

    # --- keys ------------------------------------------------------------------------------

    def keys(self) -> Mapping[str, Handler]:
        """The keys of this screen that do not type."""
        return {}

    async def submitted(self, field: Field) -> None:
        """Enter was pressed in a field."""

    def changed(self, field: Field) -> None:
        """A field's text or cursor is another one now."""

    async def take_key(self, event: events.Key) -> None:
        """Deal with a key: one of this screen's, Enter, or one for the field."""
        handler = self.keys().get(event.key)
        if handler is not None:
            waiting = handler()
            if waiting is not None:
                await waiting
            return
        field = self.focused
        if event.key in ("tab", "shift+tab"):
            self.focus_next() if event.key == "tab" else self.focus_previous()
        elif isinstance(field, Field):
            if event.key == "enter":
                await self.submitted(field)
            elif field.take(event):
                self.changed(field)
        elif isinstance(field, Typed):
            field.take(event)

    def take_paste(self, text: str) -> None:
        """Pasted text goes into the field, as one line."""
        if isinstance(self.focused, Field):
            self.focused.paste(text)
            self.changed(self.focused)

    @property
    def stands(self) -> bool:
        """Whether there is something to show on: neither left yet nor still being put together."""
        return bool(self.children)

    def tell(self, words: str) -> None:
        """Say what was done, where the screen still stands."""
        for notice in self.query(Notice):
            notice.tell(words)

    def counters_changed(self) -> Awaitable[None] | None:
        """Another terminal of the shop changed the books; nothing to show of it here."""

    # --- devices -----------------------------------------------------------------------------

    def take_code(self, code: Arrived | Lost) -> Awaitable[None] | None:
        """A code was scanned. A place that does not sell says so, audibly, and it is kept."""
        if isinstance(code, Lost):
            self.refuse(f"{code.device}: {code.reason}")
            return None
        self.till_app.attendant.keep(code, "this place takes no scans")
        self.refuse(f"{code.scan.code} was scanned: it is kept, for this place takes no scans")
        return None

    def devices_changed(self) -> None:
        """A weight or the state of a device is another one; nothing to show of it here."""

    def refuse(self, words: str) -> None:
        """Say why not, audibly, where the screen still stands."""
        notices = self.query(Notice)
        for notice in notices:
            notice.refuse(words)
        if not notices:
            self.app.bell()

    # --- the clerk -------------------------------------------------------------------------

    def work(self, work: Callable[["Till"], T], then: Callable[[Done[T]], None]) -> None:
        """Have the clerk do something while keys go on; `then` is called here when it is done."""

        def done(ended: Done[T]) -> None:
            self.post_message(self.Worked(ended, then))

        self.till_app.clerk.ask(work, done)

    async def ask(self, work: Callable[["Till"], T]) -> Done[T]:
        """Have the clerk do something that the next key depends on; keys wait for it. For dialogs:
        the entry line never waits."""
        return await ask(self.till_app.clerk, work)

    def ask_leave(self, needed: NeedsApproval, again: Callable[[], object]) -> None:
        """Have somebody allow it on the spot, and do it `again` when they did."""
        from milkpos_tui.screens.approve import Approve  # one of us

        async def answered(allowed: object) -> None:
            if allowed:
                await _awaited(again())

        self.app.push_screen(Approve(needed.request), answered)

    def ask_touch(
        self,
        needed: NeedsFinger,
        again: Callable[[], object],
        without: Callable[[], object] = lambda: None,
    ) -> None:
        """Have somebody touch their key or the reader, and do it `again` when they did."""
        from milkpos_tui.screens.touch import TouchKey  # one of us

        async def answered(touched: object) -> None:
            await _awaited(again() if touched else without())

        self.app.push_screen(TouchKey(needed.operator), answered)

    async def decide(
        self,
        work: Callable[["Till"], T],
        then: Callable[[T], object],
        mend: Callable[[str], object] | None = None,
    ) -> None:
        """Have the clerk do what may be refused: the rule is told, leave is asked for on the spot
        where that helps, and `then` gets what came of it. `mend` gets the rule where it has to be
        keyed otherwise."""
        done = await self.ask(work)
        if not self.stands:
            return  # left meanwhile: nobody is there to be told
        if done.refused is None:
            await _awaited(then(done.result))
            return
        if isinstance(done.refused, NeedsFinger):
            self.ask_touch(done.refused, lambda: self.decide(work, then, mend))
            return
        if mend is not None and not isinstance(done.refused, NeedsApproval):
            await _awaited(mend(done.refused.message))
            return
        self.query_one(Notice).refuse(done.refused.message)
        if isinstance(done.refused, NeedsApproval):
            self.ask_leave(done.refused, lambda: self.decide(work, then, mend))

    async def caught_up(self) -> None:
        """Wait until all work handed over before now was answered and shown. Anything else on the
        screen may be a bill behind."""
        shown = asyncio.get_running_loop().create_future()
        self.work(lambda _till: True, lambda _done: shown.set_result(None))
        await shown

    def on_till_screen_worked(self, message: Worked) -> None:
        """What the clerk brings back."""
        message.stop()
        message.then(message.done)


async def _awaited(waiting: object) -> None:
    if isinstance(waiting, Awaitable):
        await waiting


class Head(Painted):
    """The top row: where you are at the left, who and when at the right."""

    def show(self, left: str, right: str) -> None:
        """Set both."""
        self.set_row(0, (spread(f" {left}", f"{right} ", self.app.size.width), TITLE))


class Notice(Painted):
    """One row that tells what happened; a refusal stands out and beeps. `said` is what it tells."""

    said = ""

    def tell(self, text: str) -> None:
        """Say something."""
        self.said = text
        self.set_row(0, (f" {text}", PLAIN))

    def refuse(self, text: str) -> None:
        """Say why not, audibly."""
        self.said = text
        self.set_row(0, (f" {text} ", ALERT))
        self.app.bell()

    def clear(self) -> None:
        """Say nothing."""
        self.said = ""
        self.set_row(0)


class Keys(Painted):
    """The bottom row: keys and what they do."""

    def show(self, keys: Sequence[tuple[str, str]]) -> None:
        """Set them, as (key, what it does)."""
        parts: list[Part] = []
        for key, does in keys:
            parts += [(key, REVERSE), (f" {does} ", PLAIN)]
        self.set_row(0, *parts)
