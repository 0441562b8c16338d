"""The app under Textual's pilot: a keyboard for it, what it shows, and a clerk that can be slow.

    @driven
    async def test_a_sale(home):
        async with signed_in(home) as till:
            await till.keyed("12<enter>+<enter>")
            assert "CHANGE" in till.row("#last")

Nothing here sleeps for a fixed time: a wait ends when its condition holds, or fails and shows the
screen.
"""

import asyncio
import functools
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import Future
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, TypeVar
from unittest.mock import DEFAULT, patch

from textual import events
from textual.keys import _character_to_key as key_of
from textual.pilot import Pilot
from textual.widget import Widget

from milkpos_tui.app import MilkPOS
from milkpos_tui.clerk import Clerk, Done
from milkpos_tui.domain.cart import Cart
from milkpos_tui.domain.item import Item
from milkpos_tui.home import Home
from milkpos_tui.journal.clock import Clock
from milkpos_tui.screens.base import Notice
from milkpos_tui.services.records import BillRecord
from milkpos_tui.session import Session, begin
from milkpos_tui.till import FIRST_COUNTER, Till, open_till
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import Painted
from tests.support.tills import OWNER, OWNER_PIN

DEADLINE_S = 20
ALL_DAYS = date(2000, 1, 1), date(2100, 1, 1)

PRESSED = re.compile(r"<([a-z0-9+]+)>|(.)", re.DOTALL)
NAMED = {"enter": "\r", "tab": "\t", "escape": "\x1b", "backspace": "\x7f", "lt": "<"}

T = TypeVar("T")


def driven(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that is a coroutine. No plugin is needed for that."""

    @functools.wraps(test)
    def run(*args: object, **kwargs: object) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


def keys(pressed: str) -> list[events.Key]:
    """Key presses: text, with `<enter> <f1> <ctrl+q> <escape> <lt>` ... in it."""
    return [
        _key(name) if name and name != "lt" else events.Key(key_of(char or "<"), char or "<")
        for name, char in PRESSED.findall(pressed)
    ]


def _key(name: str) -> events.Key:
    char = NAMED.get(name)
    if name.startswith("ctrl+") and len(name) == len("ctrl+x"):
        char = chr(ord(name[-1]) & 0x1F)
    if name.startswith("alt+"):
        char = name[-1]
    return events.Key(name, char)


class SlowClerk(Clerk):
    """A clerk that a test can stop: what is asked meanwhile waits, as on a slow disk. Its till may
    have a clock that the test turns."""

    def __init__(self, home: Home, clock: Clock | None = None) -> None:
        super().__init__(home)
        self._clock = clock
        self.asked = self.answered = 0
        self.works: list[str] = []  # by the names in the code
        self._may_work = threading.Event()
        self._may_work.set()

    @property
    def idle(self) -> bool:
        """Whether everything asked was answered."""
        return self.asked == self.answered

    def stop(self) -> None:
        """From now on nothing is done."""
        self._may_work.clear()

    def go(self) -> None:
        """Work off what waits, and go on."""
        self._may_work.set()

    def _do(self, work: Callable[[Till], T]) -> T:
        if self._till is None:
            self._till = self._open.enter_context(open_till(self.home, self._clock))
        return super()._do(work)

    def ask(self, work: Callable[[Till], T], then: Callable[[Done[T]], object]) -> None:
        self.asked += 1
        self.works.append(work.__qualname__)

        def when_allowed(till: Till) -> T:
            assert self._may_work.wait(DEADLINE_S), "the test never let the clerk go on"
            return work(till)

        def counted(done: Done[T]) -> None:
            then(done)
            self.answered += 1  # in the clerk's thread alone

        super().ask(when_allowed, counted)


class Driven:
    """A running app: press its keys, wait, and read its rows."""

    def __init__(self, app: MilkPOS, clerk: SlowClerk, pilot: Pilot[int]) -> None:
        self.app = app
        self.clerk = clerk
        self.pilot = pilot
        self.bells = 0
        app.bell = self._ring

    def _ring(self) -> None:
        self.bells += 1

    # --- keys ------------------------------------------------------------------------------

    def press(self, pressed: str) -> None:
        """Press keys one after the other, waiting for nothing between them."""
        for key in keys(pressed):
            self.app.post_message(key)

    async def keyed(self, pressed: str) -> None:
        """Press keys without a pause, then wait until all is done that they asked for."""
        self.press(pressed)
        await self.idle()

    def paste(self, text: str) -> None:
        """Paste text, as a terminal with bracketed paste tells it."""
        self.app.post_message(events.Paste(text))

    # --- waiting ---------------------------------------------------------------------------

    async def idle(self) -> None:
        """Wait until the keys pressed are dealt with, the clerk has answered and it is shown."""
        until = time.monotonic() + DEADLINE_S
        before = -1
        while before != self.clerk.asked or not self.clerk.idle:
            assert time.monotonic() < until, f"the clerk is still at work\n{self.text()}"
            before = self.clerk.asked if self.clerk.idle else -1
            await self.pilot.pause(0.001)
        await self.pilot.pause(0)

    async def taken(self) -> None:
        """Wait until the app took the keys pressed, whatever the clerk does meanwhile."""
        await self.until(lambda: not self.app.message_queue_size, "taken")
        for _ in range(10):  # the last of them is dealt with until it waits for the clerk
            await asyncio.sleep(0)

    async def until(self, condition: Callable[[], object], told: str = "") -> None:
        """Wait until something holds."""
        until = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < until, f"never {told}\n{self.text()}"
            await asyncio.sleep(0.002)

    # --- what is shown ---------------------------------------------------------------------

    def find(self, selector: str | type[Widget]) -> Widget:
        """A widget of the screen in front."""
        return self.app.screen.query_one(selector)

    def rows(self, selector: str | type[Widget]) -> list[str]:
        """The rows of a widget."""
        return rows(self.find(selector))

    def row(self, selector: str | type[Widget]) -> str:
        """The first row of a widget."""
        return self.rows(selector)[0]

    def text(self) -> str:
        """The whole screen, from the top."""
        lines = [""] * self.app.size.height
        painted = sorted(self.app.screen.query(Painted), key=lambda widget: widget.region.x)
        for widget in painted:
            for y, row in enumerate(rows(widget), widget.region.y):
                if y < len(lines):
                    lines[y] = lines[y].ljust(widget.region.x) + row
        return "\n".join(lines)

    @property
    def notice(self) -> str:
        """What the till says."""
        return self.row(Notice).strip()

    @property
    def entry(self) -> str:
        """What stands on the line that is typed in."""
        field = self.app.screen.focused
        assert isinstance(field, Field), "nothing is typed in here"
        return field.text

    @property
    def place(self) -> str:
        """The name of the screen in front."""
        return type(self.app.screen).__name__

    @property
    def lines(self) -> list[str]:
        """The lines of the bill, or the items found, as shown: without their head, one space
        between words."""
        return [" ".join(row.split()) for row in self.rows("#basket")[1:] if row]

    @property
    def chosen(self) -> list[str]:
        """The rows under the cursor, one space between words."""
        return self.reversed("#basket")

    def reversed(self, selector: str) -> list[str]:
        """What stands out of a widget by reversed colours, one space between words."""
        return [" ".join(text.split()) for text in reversed_texts(self.find(selector))]

    @property
    def total(self) -> str:
        """What the bill comes to: `TOTAL 62.00`, or `DUE 42.00` when a part is paid."""
        match = re.search(r"(TOTAL|DUE) +\D*([0-9,.]+)$", self.row("#total"))
        assert match, self.row("#total")
        return f"{match[1]} {match[2]}"

    @property
    def change(self) -> str:
        """What went back on the last bill."""
        match = re.search(r"CHANGE \D*([0-9,.]+)", self.row("#last"))
        assert match, f"no change is shown\n{self.text()}"
        return match[1]

    # --- the books -------------------------------------------------------------------------

    async def asked(self, work: Callable[[Till], T]) -> T:
        """What the till's books say, after all that was asked before."""
        answer: asyncio.Future[Done[T]] = asyncio.get_running_loop().create_future()
        loop = asyncio.get_running_loop()
        self.clerk.ask(work, lambda done: loop.call_soon_threadsafe(answer.set_result, done))
        done = await asyncio.wait_for(answer, DEADLINE_S)
        if done.refused is not None:
            raise done.refused
        return done.result

    async def bills(self) -> list[BillRecord]:
        """All documents, in the order they were made."""
        return await self.asked(lambda till: list(till.bills.between(*ALL_DAYS)))

    async def kinds(self) -> list[str]:
        """What happened, by the journal."""
        sql = "SELECT kind FROM entry ORDER BY seq"
        return await self.asked(lambda till: [row[0] for row in till._db.connection().execute(sql)])

    async def cart(self) -> Cart:
        """The open bill as it is stored."""
        return await self.asked(lambda till: stored_cart(till))


def rows(widget: Widget) -> list[str]:
    """What a widget draws, row by row."""
    return [drawn(widget, y).rstrip() for y in range(widget.size.height)]


def drawn(widget: Widget, y: int) -> str:
    """What a widget draws on a line, without where it sends the cursor."""
    return "".join(part.text for part in widget.render_line(y) if not part.control)


def reversed_texts(widget: Widget) -> list[str]:
    """What of a widget stands out by reversed colours, below its first row."""
    strips = [widget.render_line(y) for y in range(1, widget.size.height)]
    parts = (part for strip in strips for part in strip if not part.control)
    return [part.text for part in parts if part.style and part.style.reverse]


def stored_cart(till: Till) -> Cart:
    """The open bill of the first counter; an empty one where there is none."""
    draft = till.drafts.open_on(FIRST_COUNTER)
    return draft.cart if draft else Cart()


def sell_also(home: Home, *items: Item) -> None:
    """More items for a home that no app is running on."""
    with open_till(home) as till:
        for item in items:
            till.catalogue.add(item, OWNER)


@asynccontextmanager
async def running(
    home: Home,
    *,
    size: tuple[int, int] = (80, 24),
    operator: str = "",
    pin: str = "",
    counter: str = FIRST_COUNTER,
    clock: Clock | None = None,
    **options: Any,
) -> AsyncIterator[Driven]:
    """The app of a home; who is named with a PIN is let in, as `open_screen` does it."""
    clerk = SlowClerk(home, clock)
    begun: Done[Session] | None = None
    if pin:
        beginning: Future[Done[Session]] = Future()
        clerk.ask(lambda till: begin(till, counter, operator, pin, "test"), beginning.set_result)
        begun = beginning.result()
    app = MilkPOS(clerk, counter, "test", operator=operator, begun=begun, **options)
    # The app freezes what it finds at its start: good once in a process, not a hundred times.
    settling = patch.multiple("gc", freeze=DEFAULT, set_threshold=DEFAULT)
    try:
        with settling:
            async with app.run_test(size=size) as pilot:
                till = Driven(app, clerk, pilot)
                await till.idle()
                try:
                    yield till
                finally:
                    clerk.go()
    finally:
        clerk.close()


@asynccontextmanager
async def signed_in(home: Home, **options: Any) -> AsyncIterator[Driven]:
    """The app of a home, with its owner at the entry line."""
    async with running(home, operator=OWNER.operator, pin=OWNER_PIN, **options) as till:
        await till.until(lambda: till.place == "Billing", "signed in")
        await till.idle()
        yield till


async def sign_in(till: Driven, code: str = OWNER.operator, pin: str = OWNER_PIN) -> None:
    """Whoever stood there before, and wherever the cursor is."""
    if till.app.screen.focused is not till.find("#operator"):
        await till.keyed("<tab>")
    await till.keyed(f"<ctrl+u>{code}<enter>")
    await till.keyed(f"{pin}<enter>")
