"""Somebody touches their key or the reader: waited for in a thread, while the screen paints."""

import threading
from collections.abc import Mapping
from functools import partial
from queue import SimpleQueue

from textual.app import ComposeResult
from textual.message import Message

from milkpos_tui.domain.errors import Defect, MilkPOSError
from milkpos_tui.hardware.fingers import Cancel, Touch, Wanted, WrongFinger, wait_for_touch
from milkpos_tui.screens.base import Handler, Head, Keys, Notice, TillScreen
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import BOLD, Painted


class Attempt:
    """One time that a finger is waited for, and what the screen says to whoever waits."""

    def __init__(self) -> None:
        self.cancel = Cancel()
        self.key_pins: SimpleQueue[str] = SimpleQueue()

    def stop(self) -> None:
        """Wait no more, neither for a finger nor for a PIN."""
        self.cancel.set()
        self.key_pins.put("")


class TouchKey(TillScreen):
    """Gives back True once the till believes the touch; Esc goes back without."""

    DEFAULT_CSS = "TouchKey #question { height: 4; }"

    class Said(Message):
        """What somebody should do now; with `asks`, key the PIN of the key."""

        def __init__(self, attempt: Attempt, words: str, *, asks: bool = False) -> None:
            super().__init__()
            self.attempt, self.words, self.asks = attempt, words, asks

    class Ended(Message):
        """A touch, or why there is none."""

        def __init__(self, attempt: Attempt, outcome: Touch | MilkPOSError) -> None:
            super().__init__()
            self.attempt, self.outcome = attempt, outcome

    def __init__(self, operator: str) -> None:
        super().__init__()
        self._operator = operator
        self._attempt: Attempt | None = None

    def compose(self) -> ComposeResult:
        """Who is meant, what to do, and a field for the PIN of a key that asks for one."""
        yield Head()
        question = f"  {self._operator}: the security key, or the finger on the reader"
        yield Painted((), ((question, BOLD),), (), id="question")
        yield Field("  PIN of the key : ", masked=True, limit=63, id="key-pin")
        yield Notice()
        yield Painted(id="page")
        yield Keys()

    async def on_mount(self) -> None:
        """Ask at once."""
        self.query_one("#key-pin", Field).display = False
        self.query_one(Head).show("MilkPOS", f"counter {self.till_app.counter}")
        await self._begin()

    def on_unmount(self) -> None:
        """Nobody is waited for on a screen that has gone."""
        self._stop()

    def keys(self) -> Mapping[str, Handler]:
        """Back; and once more, when it is over."""
        keys: dict[str, Handler] = {"escape": self.leave}
        if self._attempt is None:
            keys["enter"] = self._begin
        return keys

    def leave(self) -> None:
        """Not touched."""
        self._stop()
        self.dismiss(False)

    async def submitted(self, field: Field) -> None:
        """The PIN of the key."""
        if self._attempt is not None and field.text:
            self._attempt.key_pins.put(field.text)
            field.text = ""
            field.display = False
            self.query_one(Notice).tell("One moment ...")

    # --- steps -----------------------------------------------------------------------------

    async def _begin(self) -> None:
        operator = self._operator
        done = await self.ask(lambda till: till.fingers.wanted(operator))
        if not self.stands:
            return
        if done.refused is not None:
            self._refuse(done.refused)
            return
        self._attempt = Attempt()
        self.query_one(Keys).show([("Esc", "back")])
        self.query_one(Notice).tell("One moment ...")
        waiting = partial(self._wait, self._attempt, done.result)
        threading.Thread(target=waiting, name="finger", daemon=True).start()

    def _stop(self) -> None:
        if self._attempt is not None:
            self._attempt.stop()
            self._attempt = None

    def _wait(self, attempt: Attempt, wanted: Wanted) -> None:
        """In a thread of its own: nothing here may touch the screen."""
        outcome: Touch | MilkPOSError = Defect("defect", "a defect of milkpos: the key was lost")

        def tell(words: str) -> None:
            self.post_message(self.Said(attempt, words))

        def ask_key_pin() -> str:
            self.post_message(self.Said(attempt, "The key asks for its own PIN", asks=True))
            return attempt.key_pins.get()

        try:
            outcome = wait_for_touch(wanted, attempt.cancel, ask_key_pin, tell)
        except MilkPOSError as error:
            outcome = error
        finally:
            self.post_message(self.Ended(attempt, outcome))

    def on_touch_key_said(self, message: Said) -> None:
        """Tell it."""
        message.stop()
        if message.attempt is not self._attempt:
            return
        self.query_one(Notice).tell(message.words)
        if message.asks:
            field = self.query_one("#key-pin", Field)
            field.display = True
            self.set_focus(field)

    async def on_touch_key_ended(self, message: Ended) -> None:
        """Have it believed, or tell why not; what comes after Esc is nobody's."""
        message.stop()
        if message.attempt is not self._attempt:
            return
        self._attempt = None
        self.query_one("#key-pin", Field).display = False
        refused = await self._judge(message.outcome)
        if not self.stands:
            return
        if refused is None:
            self.dismiss(True)
        else:
            self._refuse(refused)

    async def _judge(self, outcome: Touch | MilkPOSError) -> MilkPOSError | None:
        operator, name = self._operator, self.till_app.session_name
        if isinstance(outcome, WrongFinger):
            code, words = outcome.code, outcome.message
            done = await self.ask(
                lambda till: till.people.refuse_finger(operator, code, words, name)
            )
            return done.refused
        if isinstance(outcome, MilkPOSError):
            return outcome
        believed = await self.ask(lambda till: till.people.touched(operator, outcome, name))
        return believed.refused

    def _refuse(self, refused: MilkPOSError) -> None:
        self.query_one(Notice).refuse(refused.message)
        self.query_one(Keys).show([("Enter", "once more"), ("Esc", "back")])
