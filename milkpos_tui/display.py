"""`milkpos display` as a Textual app: what a customer sees of a counter, in a terminal of its own.

It only reads. The kernel says when somebody wrote; nothing is looked at while nobody does.
"""

import asyncio
import signal
from contextlib import suppress

from textual import events
from textual.app import App

from milkpos_tui.domain.errors import Defect, MilkPOSError
from milkpos_tui.neighbours import Looks, Neighbours
from milkpos_tui.screens.customer import Customer
from milkpos_tui.till import Till

ENDING = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
ENDING_KEYS = ("q", "ctrl+c", "ctrl+q")


class CustomerDisplay(App[int]):
    """One screen, and no keys but those that end it: nobody can do anything here."""

    CSS_PATH = "styles/milkpos.tcss"
    ENABLE_COMMAND_PALETTE = False
    TITLE = "MilkPOS"

    def __init__(self, till: Till, counter: str, neighbours: Neighbours) -> None:
        super().__init__(ansi_color=True)
        self.set_reactive(App.theme, "ansi-dark")
        self.animation_level = "none"
        self._customer = Customer(till, counter)
        self._neighbours = neighbours
        self._looks: Looks | None = None
        self.failure: MilkPOSError | None = None

    def get_default_screen(self) -> Customer:
        """The only one."""
        return self._customer

    def on_mount(self) -> None:
        """Listen to the kernel, and to whoever ends this terminal."""
        loop = asyncio.get_running_loop()
        for number in ENDING:
            with suppress(ValueError, RuntimeError):  # a test's app is in no main thread
                loop.add_signal_handler(number, self.end)
        self._looks = Looks(self._neighbours, self._customer.look, loop)

    async def on_event(self, event: events.Event) -> None:
        """Keys that end it end it; all others do nothing."""
        if not isinstance(event, events.Key):
            await super().on_event(event)
        elif event.key in ENDING_KEYS:
            self.end()

    def end(self) -> None:
        """Put the terminal back and go."""
        self.exit(0)

    def _fatal_error(self) -> None:
        """End at a defect of ours, told in words by the command."""
        self.failure = Defect("defect", f"a defect of milkpos: {self._exception!r}")
        self._close_messages_no_wait()

    async def on_unmount(self) -> None:
        """Listen no more."""
        if self._looks is not None:
            self._looks.stop()
