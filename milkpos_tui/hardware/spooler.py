"""Works off a counter's print queue, and opens its drawer: one thread, with a till of its own.

It never holds a sale up: what it can't print waits as a row. To the terminals it is one more that
writes the books.
"""

import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from drivers.driver import Stop
from milkpos_tui.domain.devices import DeviceState
from milkpos_tui.domain.errors import Busy, MilkPOSError
from milkpos_tui.home import PRINTER_HELD, Home
from milkpos_tui.services.printing import Job, Queued

if TYPE_CHECKING:
    from drivers.printer.faults import PrinterFault
    from drivers.printer.status import Status
    from milkpos_tui.hardware.wiring import Printer
    from milkpos_tui.till import Till

PRINT_S = 30.0  # beyond the time that the bytes themselves take on a slow line
ASK_S = 3.0
KICK_S = 2.0  # a drawer that opens later than that opens for nobody
LOOK_S = 10.0  # how often a printer that tells is asked how it is, while nothing is printed
LOOK_OPEN_S = 1.0  # the same, while its drawer is open or was only now kicked
AGAIN_FIRST_S = 0.5
AGAIN_MAX_S = 10.0
LOCK_AGAIN_S = 1.0
JOIN_S = 3.0


class Condition(StrEnum):
    """How the printer is."""

    UNKNOWN = "unknown"
    READY = "ready"
    NEAR_END = "paper near its end"
    DOWN = "down"


class PrinterState(NamedTuple):
    """The printer and its queue; `words` say what is wrong, `drawer` what went wrong with the
    drawer last; `held` where another terminal works this queue off; `drawer_open` what the drawer's
    sensor says, None without one; `refused` are words of all that will never be printed."""

    condition: Condition = Condition.UNKNOWN
    words: str = ""
    queued: Queued = Queued(0, 0)
    drawer: str = ""
    printed: int = 0
    held: bool = False
    drawer_open: bool | None = None
    refused: tuple[str, ...] = ()


class Spooler:
    """The thread. `wake` is called from it whenever `state` is another one; it must not block."""

    def __init__(
        self,
        home: Home,
        counter: str,
        printer: "Printer",
        *,
        wake: Callable[[], None] = lambda: None,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state = PrinterState()
        self._home = home
        self._counter = counter
        self._printer = printer
        self._wake = wake
        self._now_s = now_s
        self._stop = Stop()
        self._word = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._kicks: deque[float] = deque(maxlen=1)  # when it was asked for
        self._sending_kick = False
        self._winding_up = False
        self._ended = False
        self._faults = 0
        self._try_at = 0.0
        self._look_at = 0.0
        self._noted: tuple[DeviceState, str] | None = None
        self._thread = threading.Thread(target=self._run, name="printer", daemon=True)

    def start(self) -> None:
        """Begin, once."""
        self._thread.start()

    def look(self) -> None:
        """There may be something to print."""
        if not self._ended:
            os.eventfd_write(self._word, 1)

    def kick(self) -> None:
        """Open the drawer, now or not at all."""
        self._kicks.append(self._now_s())
        self.look()

    @property
    def kicking(self) -> bool:
        """Whether the drawer is still to be opened, or to be given up."""
        return bool(self._kicks) or self._sending_kick

    def wind_up(self) -> None:
        """Finish what is being printed, and begin nothing else: before `stop`, which breaks off."""
        self._winding_up = True
        self.look()

    def stop(self, within_s: float = JOIN_S) -> bool:
        """End; what is on its way to the printer is broken off, and found unsure. Whether the
        thread did end: else it dies with the program."""
        if self._ended:
            return True
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(within_s)
        if self._thread.is_alive():
            return False
        self._ended = True
        self._stop.close()
        os.close(self._word)
        return True

    # --- the thread ------------------------------------------------------------------------

    def _run(self) -> None:
        from milkpos_tui.till import open_till, telling_storage_errors

        while not self._stop.said:
            self._take_word()
            try:
                with (
                    telling_storage_errors(),
                    self._home.holding_printer(self._counter),
                    open_till(self._home) as till,
                ):
                    self._tell(self.state._replace(held=False))
                    till.printing.take_over(self._counter)
                    self._faults, self._try_at, self._look_at = 0, 0.0, 0.0
                    self._serve(till)
            except Busy as busy:
                held = busy.code == PRINTER_HELD
                self._not_served(self.state.condition, busy.message, held=held)
            except MilkPOSError as error:  # the books: the sale's own commit tells the operator
                self._not_served(Condition.DOWN, error.message)
            except Exception as error:  # noqa: BLE001 - a defect here must not end all printing
                words = f"a defect in printing: {type(error).__name__}: {error}"
                self._not_served(Condition.DOWN, words)
            self._pause(LOCK_AGAIN_S)

    def _not_served(self, condition: Condition, words: str, *, held: bool = False) -> None:
        """Nothing is printed now, and a drawer that was asked for does not open later."""
        drawer = self.state.drawer
        if self._kicks:
            self._kicks.clear()
            drawer = f"the drawer did not open: {words}"
        state = self.state._replace(condition=condition, words=words, drawer=drawer, held=held)
        self._tell(state)

    def _serve(self, till: "Till") -> None:
        while not self._stop.said:
            self._take_word()
            self._open_drawer()
            job = None if self._winding_up else till.printing.next(self._counter)
            now = self._now_s()
            if job is not None and now >= self._try_at:
                self._try(till, job)
            elif job is None and now >= self._look_at:
                self._ask(till)
            self._tell(self.state._replace(queued=till.printing.queued(self._counter)))
            if not self._kicks:
                self._pause(self._wait_s(job is not None and self._faults == 0, job is not None))

    def _wait_s(self, more: bool, waiting: bool) -> float | None:
        if more:
            return 0
        until = self._try_at if waiting else self._look_at
        return max(0.0, until - self._now_s())

    def _try(self, till: "Till", job: Job) -> None:
        """Print a job. After a fault the printer is asked first: a row is not written each time."""
        from drivers.printer.faults import Aborted, CannotSet, PrinterFault
        from milkpos_tui.hardware.papers import bytes_of

        try:
            if self._faults:
                self._probe(till)
            data = bytes_of(till, job, self._printer)
        except Aborted:  # nothing is wrong with the printer
            return
        except CannotSet as error:
            self._refuse(till, job, str(error))
            return
        except PrinterFault as fault:
            self._failed(till, self._words(fault))
            return
        except MilkPOSError as error:
            self._refuse(till, job, error.message)
            return
        if till.printing.begin(job):
            self._tell(self.state._replace(queued=till.printing.queued(self._counter)))
            self._print(till, job, data)

    def _print(self, till: "Till", job: Job, data: bytes) -> None:
        from drivers.printer.faults import Aborted, PrinterFault
        from drivers.printer.job import print_bytes
        from drivers.printer.patience import Patience
        from drivers.printer.transport import sending_s

        printer = self._printer
        patience = Patience(PRINT_S + sending_s(printer.address, len(data)), self._stop)
        try:
            done = print_bytes(printer.address, printer.profile, data, patience)
        except Aborted as aborted:
            if not aborted.sent:
                till.printing.put_back(job, "")
        except PrinterFault as fault:
            words = self._words(fault)
            if fault.sent:
                till.printing.torn(job, words)
            else:
                till.printing.put_back(job, words)
            self._failed(till, words)
        else:
            till.printing.printed(job)
            self._tell(self.state._replace(printed=self.state.printed + 1))
            self._well(till, done.status)

    def _refuse(self, till: "Till", job: Job, words: str) -> None:
        """It is not the printer's fault: this one will never print."""
        if till.printing.begin(job):
            till.printing.refuse(job, words)
        told = f"{till.printing.told(job)} can't be printed: {words}"
        self._tell(self.state._replace(refused=(*self.state.refused, told)))

    # --- how the printer is ------------------------------------------------------------------

    def _ask(self, till: "Till") -> None:
        from drivers.printer.faults import Aborted, PrinterFault

        try:
            self._probe(till)
        except Aborted:
            return
        except PrinterFault as fault:
            self._failed(till, self._words(fault))

    def _words(self, fault: "PrinterFault") -> str:
        """Why, without the address: there is one printer here."""
        return str(fault).removeprefix(f"{self._printer.address}: ")

    def _probe(self, till: "Till") -> None:
        """Whether it can print. Raises `PrinterFault`."""
        from drivers.printer.faults import NoAnswer, Offline
        from drivers.printer.job import ask_status
        from drivers.printer.patience import Patience
        from drivers.printer.transport import connect

        printer, patience = self._printer, Patience(ASK_S, self._stop)
        if not printer.profile.answers_status:
            with connect(printer.address, patience):
                self._well(till, None)
            return
        status = ask_status(printer.address, patience)
        if status.silent:
            raise NoAnswer(f"{printer.address}: the printer does not answer")
        if status.trouble:
            raise Offline(status.trouble)
        self._well(till, status)

    def _well(self, till: "Till", status: "Status | None") -> None:
        from drivers.printer.status import Paper

        self._faults, self._try_at = 0, 0.0
        is_open = self._printer.drawer_open(status.drawer_high) if status is not None else None
        self._look_at = self._now_s() + (LOOK_OPEN_S if is_open else LOOK_S)
        self._note(till, DeviceState.UP, f"{self._printer.profile.name} at {self._printer.address}")
        self._tell(self.state._replace(drawer="", drawer_open=is_open))
        if status is None or status.silent:
            self._tell(self.state._replace(condition=Condition.UNKNOWN, words=""))
        elif status.paper is Paper.NEAR_END:
            self._tell(self.state._replace(condition=Condition.NEAR_END, words=""))
        else:
            self._tell(self.state._replace(condition=Condition.READY, words=""))

    def _failed(self, till: "Till", words: str) -> None:
        self._faults += 1
        wait = min(AGAIN_MAX_S, AGAIN_FIRST_S * (1 << min(self._faults - 1, 10)))
        self._try_at = self._look_at = self._now_s() + wait
        self._note(till, DeviceState.DOWN, words)
        self._tell(self.state._replace(condition=Condition.DOWN, words=words))

    def _note(self, till: "Till", state: DeviceState, words: str) -> None:
        """In the registry, when it changes."""
        if self._noted != (state, words):
            self._noted = state, words
            till.devices.note(self._printer.name, state, words, int(state is DeviceState.DOWN))

    def _open_drawer(self) -> None:
        if not self._kicks:
            return
        self._sending_kick = True  # before it is taken, so that whoever asks always sees it
        try:
            asked = self._kicks.popleft()
            if self._printer.profile.drawer_pin is not None:
                self._send_kick(asked)
        finally:
            self._sending_kick = False

    def _send_kick(self, asked: float) -> None:
        """It is asked how it is first: a printer without paper would keep the pulse, and open the
        drawer when somebody puts a roll in."""
        from drivers.printer.build import drawer_kick
        from drivers.printer.faults import PrinterFault
        from drivers.printer.job import print_bytes
        from drivers.printer.patience import Patience

        profile = self._printer.profile
        left = KICK_S - (self._now_s() - asked)
        words = ""
        if left <= 0:
            words = "the drawer did not open: the printer was busy"
        else:
            try:
                data = drawer_kick(profile)
                print_bytes(self._printer.address, profile, data, Patience(left, self._stop))
            except PrinterFault as fault:
                words = f"the drawer did not open: {self._words(fault)}"
        if self._printer.open_is_high is not None:
            self._look_at = self._now_s() + LOOK_OPEN_S
        self._tell(self.state._replace(drawer=words))

    # --- waiting and telling -----------------------------------------------------------------

    def _take_word(self) -> None:
        with suppress(BlockingIOError):
            os.eventfd_read(self._word)

    def _pause(self, seconds: float | None) -> None:
        select.select([self._word, self._stop.fileno()], [], [], seconds)

    def _tell(self, state: PrinterState) -> None:
        if state != self.state:
            self.state = state
            self._wake()
