"""The till as a Textual app: which screen is shown, and what works on all of them."""

import asyncio
import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from textual import events
from textual.app import App
from textual.timer import Timer

from milkpos_tui.actions import ACTIONS, Place, keys_of, shown_key
from milkpos_tui.attendant import Attendant
from milkpos_tui.clerk import Clerk, Done
from milkpos_tui.config import Config
from milkpos_tui.domain.errors import Defect, MilkPOSError, Refused
from milkpos_tui.domain.scan import Arrived
from milkpos_tui.domain.text import plural
from milkpos_tui.neighbours import Hearing, Neighbours
from milkpos_tui.screens.base import Handler, Notice, TillScreen
from milkpos_tui.screens.billing import Billing
from milkpos_tui.session import Session

if TYPE_CHECKING:
    from milkpos_tui.hardware.simulation import Simulation

SWITCH_INTERVAL_S = 0.005  # Python's own
GC_THRESHOLD = (50_000, 20, 100)


class MilkPOS(App[int]):
    """The app. One clerk thread has the database; the screens ask it."""

    CSS_PATH = "styles/milkpos.tcss"
    ENABLE_COMMAND_PALETTE = False
    TITLE = "MilkPOS"

    def __init__(
        self,
        clerk: Clerk,
        counter: str,
        session_name: str,
        *,
        operator: str = "",
        begun: Done[Session] | None = None,
        config: Config | None = None,
        config_problem: str = "",
        hint: str = "",
        simulation: "Callable[[], Simulation] | None" = None,
    ) -> None:
        """`begun` is the session of an operator who is let in at once, or why that was refused."""
        super().__init__(ansi_color=True)
        self.set_reactive(App.theme, "ansi-dark")
        self.animation_level = "none"
        self.clerk = clerk
        self.counter = counter
        self.session_name = session_name
        self.operator_code = operator
        self._begun = begun
        self.keymap = (config or Config()).keys
        self.config_problem = config_problem
        self._hint = hint
        self._quit_asked = ""
        self.failure: MilkPOSError | None = None
        self._key_at = monotonic()
        self._lock: Timer | None = None
        self._hearing: Hearing | None = None
        self.attendant = Attendant(clerk, counter, self._devices_said, simulation)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._devices_heard = True

    def get_default_screen(self) -> TillScreen:
        """Not Textual's empty screen with ours on top: that would be laid out twice."""
        begun = self._begun
        if begun is not None and begun.refused is None:
            return Billing(begun.result)
        from milkpos_tui.screens.signin import SignIn  # whoever is let in at once needs none

        refused = begun.refused.message if begun is not None and begun.refused else ""
        return SignIn(self._hint, refused, self.operator_code)

    def on_mount(self) -> None:
        """A collection in the middle of a key-in takes 20 ms: what a start has made is never
        garbage."""
        self.call_after_refresh(_settle)
        self._loop = asyncio.get_running_loop()
        self.call_after_refresh(self._watch_neighbours)
        self.call_after_refresh(self.attendant.look)
        if self._begun is not None and self._begun.refused is None:
            self._lock_when_idle(self._begun.result)
            self.call_after_refresh(self._offer_shift)

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes go to the screen here, one after another, before anything else sees
        them; all other events take Textual's way."""
        screen = self.screen if self.screen_stack else None
        if not isinstance(screen, TillScreen) or event.is_forwarded:
            await super().on_event(event)
        elif isinstance(event, events.Key):
            self._key_at = monotonic()
            if event.key.startswith("alt+"):
                from milkpos_tui.screens.chords import apart

                known = {key for one in ACTIONS for key in keys_of(one.id, self.keymap)}
                for key in apart(event, known):
                    await self._take_key(key)
            else:
                await self._take_key(event)
        elif isinstance(event, events.Paste):
            self._key_at = monotonic()
            screen.take_paste(event.text)
        else:
            await super().on_event(event)

    async def _take_key(self, event: events.Key) -> None:
        screen = self.screen
        handler = self.keys_for(Place.EVERYWHERE, self).get(event.key)
        if handler is not None:
            waiting = handler()
        else:
            waiting = screen.take_key(event) if isinstance(screen, TillScreen) else None
        if waiting is not None:
            await waiting

    def _fatal_error(self) -> None:
        """End at a defect of ours. Textual would show all local variables, a PIN among them."""
        self.failure = Defect("defect", f"a defect of milkpos: {self._exception!r}")
        self._close_messages_no_wait()

    def keys_for(self, place: Place, doer: object) -> dict[str, Handler]:
        """The keys of a place's actions under the keymap, and what of `doer` they call."""
        return {
            key: getattr(doer, action.method)
            for action in ACTIONS
            if action.place is place
            for key in keys_of(action.id, self.keymap)
        }

    async def show_sign_in(self) -> None:
        """Whoever comes next; dialogs go, what was stored of them stays."""
        from milkpos_tui.screens.signin import SignIn

        self._lock_never()
        while not isinstance(self.screen, SignIn | Billing):
            await self.pop_screen()
        await self._show(SignIn(self._hint))  # code and PIN: it may be somebody else

    async def _offer_shift(self) -> None:
        if isinstance(self.screen, Billing):
            await self.screen.offer_shift()

    async def show_billing(self, session: Session) -> None:
        """The till, for a session."""
        billing = Billing(session)
        await self._show(billing)
        self._lock_when_idle(session)
        await billing.offer_shift()  # now: what is keyed next is meant for it

    def _lock_when_idle(self, session: Session) -> None:
        """Look once when the time is up, and then for what is left of it: a timer that each key
        set anew would cost every key."""
        self._lock_never()
        if session.lock_after_s:
            left = session.lock_after_s - (monotonic() - self._key_at)
            wait = left if left > 0 else session.lock_after_s
            self._lock = self.set_timer(wait, partial(self._lock_if_idle, session))

    def _lock_never(self) -> None:
        if self._lock is not None:
            self._lock.stop()
            self._lock = None

    async def _lock_if_idle(self, session: Session) -> None:
        """Lock, once what was keyed is in the books."""
        screens = reversed(self.screen_stack)
        billing = next((one for one in screens if isinstance(one, Billing)), None)
        if billing is None:
            return  # nobody is signed in
        if monotonic() - self._key_at < session.lock_after_s:
            self._lock_when_idle(session)
            return
        await billing.caught_up()
        await self.show_sign_in()

    # --- other terminals ---------------------------------------------------------------------

    def _watch_neighbours(self) -> None:
        """The clerk has the database open; what it can't watch is seen at the next look. What a
        session begins with is written before, or the watch would tell of that."""
        if isinstance(self.screen, Billing):
            self.screen.take_up()
        loop = asyncio.get_running_loop()

        def watching(done: Done[Neighbours]) -> None:
            if done.refused is None:
                with suppress(RuntimeError):  # closed meanwhile
                    loop.call_soon_threadsafe(self._listen, done.result)

        self.clerk.ask(lambda till: Neighbours(till.home), watching)

    def _listen(self, neighbours: Neighbours) -> None:
        def others_wrote() -> None:
            self.call_later(self._tell_screens)

        loop = asyncio.get_running_loop()
        self._hearing = Hearing(neighbours, self._look_who, others_wrote, loop)
        self.clerk.hear(self._hearing)

    def _look_who(self) -> None:
        loop = asyncio.get_running_loop()

        def seen(done: Done[bool]) -> None:
            if done.refused is None and done.result:  # not our own, which is the most
                with suppress(RuntimeError):  # closed meanwhile
                    loop.call_soon_threadsafe(self.call_later, self._tell_screens)

        self.clerk.ask(lambda till: till.others_wrote(), seen)

    async def _tell_screens(self) -> None:
        self.attendant.look()
        self.attendant.look_at_queue()
        for screen in self.screen_stack:
            if isinstance(screen, TillScreen) and screen.stands:
                waiting = screen.counters_changed()
                if waiting is not None:
                    await waiting

    # --- devices -----------------------------------------------------------------------------

    def _devices_said(self) -> None:
        """From any thread: have it heard, once for all that is said until then."""
        loop = self._loop
        if self._devices_heard and loop is not None:
            self._devices_heard = False
            with suppress(RuntimeError):  # closed meanwhile
                loop.call_soon_threadsafe(self.call_later, self._hear_devices)

    async def _hear_devices(self) -> None:
        """Codes go to the screen in the order in which they came, and between keys."""
        self._devices_heard = True  # first: what is said from now on is heard next time
        news = self.attendant.take()
        if news is None or not self.screen_stack:
            return
        for code in news.codes:
            screen = self.screen
            if isinstance(screen, TillScreen) and screen.stands:
                waiting = screen.take_code(code)
                if waiting is not None:
                    await waiting
            elif isinstance(code, Arrived):
                self.attendant.keep(code, "nobody could take it")
                self.bell()
        for noted in news.notes:
            self.attendant.note(noted)
        screen = self.screen
        if isinstance(screen, Billing) and screen.stands:
            await screen.ask_whether_printed()
        for screen in self.screen_stack:
            if isinstance(screen, TillScreen) and screen.stands:
                screen.devices_changed()

    def hold_before_scanner(self, code: str) -> None:
        """The demo: have the simulated scanner read something."""
        desk = self.attendant.desk
        if desk is None or desk.simulation is None:
            return
        try:
            desk.simulation.scan(code)
        except Refused as refused:
            self.screen.query_one(Notice).refuse(refused.message)

    async def on_unmount(self) -> None:
        """Watch no more."""
        self.attendant.close()
        if self._hearing is not None:
            self._hearing.stop()

    async def show_help(self) -> None:
        """Help of where you are."""
        from milkpos_tui.screens.help import billing_help, place_help
        from milkpos_tui.screens.page import Help

        if isinstance(self.screen, Help):
            return
        if isinstance(self.screen, Billing):
            lines = billing_help(self.keymap)
        else:
            lines = place_help(type(self.screen).__name__, self.keymap)
        await self.push_screen(Help("Help", lines))

    async def show_commands(self) -> None:
        """All an operator can do here, to choose from."""
        screen = self.screen
        if not isinstance(screen, Billing):
            return
        from milkpos_tui.screens.pick import Choice, Pick

        actions = [action for action in ACTIONS if action.id != "commands"]
        choices = [
            Choice(action.tells, " ".join(map(shown_key, keys_of(action.id, self.keymap))))
            for action in actions
        ]

        async def chosen(index: object) -> None:
            if isinstance(index, int):
                action = actions[index]
                doers = {Place.BILLING: screen, Place.DEVICES: screen.devices}
                waiting = getattr(doers.get(action.place, self), action.method)()
                if waiting is not None:
                    await waiting

        await self.push_screen(Pick("Commands", choices), chosen)

    async def close_till(self) -> None:
        """Close the till; an open bill is kept, which is said once."""
        screens = reversed(self.screen_stack)
        billing = next((one for one in screens if isinstance(one, Billing)), None)
        if billing is not None:
            billing.counters_changed()  # the bill may have gone with its shift
            await billing.caught_up()
        if billing is not None and billing.open_lines and self._quit_asked != billing.open_bill:
            self._quit_asked = billing.open_bill
            key = shown_key(keys_of("quit", self.keymap)[0])
            lines = plural(billing.open_lines, "line")
            told = f"{lines} on the open bill, which is kept: {key} closes"
            for notice in self.screen.query(Notice):
                notice.refuse(told)
            return
        self.exit(0)

    async def _show(self, screen: TillScreen) -> None:
        # Textual can't replace the first screen of all: it stays below, out of sight.
        if len(self.screen_stack) > 1:
            await self.switch_screen(screen)
        else:
            await self.push_screen(screen)


def _settle() -> None:
    """Back to normal after a start, which `cli.py` hurries."""
    from milkpos_tui.screens.chords import free_alt

    free_alt()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)
    gc.enable()
