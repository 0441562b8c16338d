"""The counter's devices: how they are, a test for each, and what the printer still has to print.

In the demo they are simulated ones, and a key pulls them out.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal

from milkpos_tui.domain.devices import Device, DeviceState, Kind, Role
from milkpos_tui.domain.quantity import parse_quantity
from milkpos_tui.domain.scan import Arrived, Lost
from milkpos_tui.domain.text import cell, clean
from milkpos_tui.screens.ask import Asking, Question, needed
from milkpos_tui.screens.base import Handler, Head, Keys, Notice
from milkpos_tui.services.printing import Job, JobKind, JobState
from milkpos_tui.till import Actor, Till
from milkpos_tui.widgets.painted import ALERT, BOLD, GOOD, PLAIN, QUIET, REVERSE, Painted, Row

if TYPE_CHECKING:
    from milkpos_tui.hardware.simulation import Simulation

ROLL = 34  # columns of the demo's paper: 58 mm of it
CODE = Question("Code", "what is held before the simulated scanner", needed, limit=60)
WEIGHT = Question("Kilograms", "what lies on the simulated scale, like .450", parse_quantity)
TEST_SLIP = (
    "TEST",
    "This printer works.",
    "0123456789",
    "Rs 1,23,456.00",
)
_TONES = {DeviceState.UP: GOOD, DeviceState.DOWN: ALERT, DeviceState.UNKNOWN: QUIET}


class DevicesScreen(Asking):
    """Up and down choose a device or a slip; Esc goes back to the bill."""

    DEFAULT_CSS = f"""
    DevicesScreen #page {{ width: 1fr; height: 100%; }}
    DevicesScreen #roll {{ width: {ROLL}; height: 100%; }}
    """

    def __init__(self, counter: str, actor: Actor) -> None:
        super().__init__()
        self._counter = counter
        self._actor = actor
        self._jobs: tuple[tuple[Job, str], ...] = ()
        self._at = 0

    def compose(self) -> ComposeResult:
        """Devices, what is to be printed, what happened."""
        yield Head()
        with Horizontal():
            yield Painted(id="page")
            yield Painted(id="roll")
        yield Notice()
        yield Keys()

    async def on_mount(self) -> None:
        """Look."""
        self.query_one("#roll").display = self._simulation is not None
        keys = [("t", "test"), ("y", "printed"), ("n", "print again"), ("-", "drop")]
        demo = [("u", "pull out"), ("s", "scan"), ("w", "weigh")] if self._simulation else []
        self.query_one(Keys).show([*keys, *demo, ("Esc", "back")])
        self._show()
        await self.look()

    def on_resize(self) -> None:
        """Rows are as wide as the screen."""
        self._show()

    def keys(self) -> Mapping[str, Handler]:
        """Along the list, and what can be done."""
        keys: dict[str, Handler] = {
            "escape": self.leave,
            "up": partial(self._move, -1),
            "down": partial(self._move, 1),
            "t": self.test,
            "y": partial(self.settle, True),
            "n": partial(self.settle, False),
            "minus": self.drop,
        }
        if self._simulation is not None:
            keys |= {"u": self.toggle, "s": self.hold_code, "w": self.put_weight}
        return keys

    def leave(self) -> None:
        """Back; what will never be printed has been read."""
        desk = self.till_app.attendant.desk
        if desk is not None:
            desk.refusals_seen()
        self.dismiss(None)

    async def look(self) -> None:
        """See what is to be printed."""

        def work(till: Till) -> tuple[tuple[Job, str], ...]:
            jobs = till.printing.open_jobs(self._counter)
            return tuple((job, till.printing.told(job)) for job in jobs)

        await self.decide(work, self._found)

    async def counters_changed(self) -> None:
        """The printer's thread wrote the books, or another terminal."""
        await self.look()

    def devices_changed(self) -> None:
        """A weight or a state is another one."""
        self._show()

    def take_code(self, code: Arrived | Lost) -> None:
        """Here a scan is a test of the scanner: it is shown, and sells nothing."""
        if isinstance(code, Lost):
            self.refuse(f"{code.device}: {code.reason}")
        else:
            self.tell(f"{code.device} read {code.scan.code}")

    # --- what can be done ----------------------------------------------------------------------

    async def test(self) -> None:
        """Try the chosen device."""
        device = self._device
        if device is None:
            return
        match device.role:
            case Role.PRINTER:
                await self._test_printer()
            case Role.DISPLAY:
                desk = self.till_app.attendant.desk
                if desk is not None:
                    desk.show_customer("TEST 0123456789", "TOTAL      Rs 123.00")
                self.tell("two lines of text stand on the display now")
            case Role.SCALE:
                self.tell("put something on the scale: its weight stands in the row")
            case Role.SCANNER | Role.CARD:
                self.tell("scan something: the code is shown here, and nothing is sold")

    async def _test_printer(self) -> None:
        counter, actor = self._counter, self._actor

        def work(till: Till) -> Job:
            return till.printing.queue(counter, JobKind.TEXT, "test", TEST_SLIP, actor)

        await self.decide(work, lambda _job: self.tell("a test slip is on its way"))

    async def settle(self, printed: bool) -> None:
        """Somebody looked whether the chosen slip is on paper."""
        job, actor = self._job, self._actor
        if job is None:
            self.tell("choose a slip of which nobody knows whether it was printed")
            return
        told = "it is on paper" if printed else "it is printed again, marked DUPLICATE"
        await self.decide(
            lambda till: till.printing.settle(job.id, actor, printed=printed),
            lambda _job: self.tell(told),
        )
        await self.look()

    async def drop(self) -> None:
        """The chosen slip is not wanted."""
        job, actor = self._job, self._actor
        if job is None:
            self.tell("choose a slip that waits to be printed")
            return
        await self.decide(
            lambda till: till.printing.drop(job.id, actor),
            lambda _job: self.tell("it is not printed"),
        )
        await self.look()

    # --- the demo --------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Pull the chosen device out, or put it in again."""
        simulation, device = self._simulation, self._device
        if simulation is None or device is None or device.kind is not Kind.SIMULATED:
            return
        plugged = simulation.toggle(device.name)
        self.tell(f"{device.name} is {'plugged in' if plugged else 'pulled out'}")

    async def hold_code(self) -> None:
        """Have the simulated scanner read something, on the bill."""
        simulation = self._simulation
        assert simulation is not None, "only with it is there a key"

        async def answered(answers: object) -> None:
            if isinstance(answers, tuple):
                await self.app.pop_screen()
                self.till_app.hold_before_scanner(answers[0])

        from milkpos_tui.screens.ask import Ask

        await self.app.push_screen(Ask("Scan", [CODE]), answered)

    async def put_weight(self) -> None:
        """Put something on the simulated scale."""
        simulation = self._simulation
        assert simulation is not None, "only with it is there a key"

        def answered(answers: object) -> None:
            if isinstance(answers, tuple):
                simulation.put_grams(parse_quantity(answers[0]))

        from milkpos_tui.screens.ask import Ask

        await self.app.push_screen(Ask("On the scale", [WEIGHT]), answered)

    # --- showing ---------------------------------------------------------------------------

    @property
    def _simulation(self) -> "Simulation | None":
        desk = self.till_app.attendant.desk
        return desk.simulation if desk is not None else None

    @property
    def _devices(self) -> tuple[Device, ...]:
        desk = self.till_app.attendant.desk
        return desk.devices if desk is not None else ()

    @property
    def _device(self) -> Device | None:
        return self._devices[self._at] if self._at < len(self._devices) else None

    @property
    def _job(self) -> Job | None:
        at = self._at - len(self._devices)
        return self._jobs[at][0] if 0 <= at < len(self._jobs) else None

    def _found(self, jobs: tuple[tuple[Job, str], ...]) -> None:
        first, self._jobs = not self._jobs, jobs
        unsure = [place for place, (job, _) in enumerate(jobs) if job.state is JobState.UNSURE]
        if first and unsure:
            self._at = len(self._devices) + unsure[0]
            self.refuse("Is this slip on paper? y: it is; n: print it again, marked DUPLICATE")
        self._move(0)

    def _move(self, by: int) -> None:
        last = len(self._devices) + len(self._jobs) - 1
        self._at = min(max(0, self._at + by), max(0, last))
        self._show()

    def _show(self) -> None:
        self.query_one(Head).show(f"Devices of counter {self._counter}", "")
        page, roll = self.query_one("#page", Painted), self.query_one("#roll", Painted)
        room = max(1, page.size.height)
        rows, at = self._rows()
        top = max(0, at - room + 1)
        page.set_rows(rows[top : top + room])
        roll.set_rows(self._roll_rows(room))

    def _rows(self) -> tuple[list[Row], int]:
        """All rows, and which of them is chosen."""
        desk, devices = self.till_app.attendant.desk, self._devices
        if desk is None:
            return [(), (("  No device is set up here: milkpos device --help", PLAIN),)], 0
        rows = [self._device_row(place, device) for place, device in enumerate(devices)]
        if desk.refused:
            rows += [(), (("  Will never be printed", BOLD),)]
            rows += [((f"  {words}", ALERT),) for words in desk.refused]
        rows += [(), (("  To be printed", BOLD),)]
        first = len(rows)
        rows += [self._job_row(place, *job) for place, job in enumerate(self._jobs, len(devices))]
        if not self._jobs:
            rows.append((("  nothing", QUIET),))
        at = self._at if self._at < len(devices) else first + self._at - len(devices)
        return rows, at

    def _job_row(self, place: int, job: Job, told: str) -> Row:
        sure = "printed?" if job.state is JobState.UNSURE else job.state.value
        style = REVERSE if place == self._at else PLAIN
        return ((f"  {cell(told, 30)} {sure}  {job.error}", style),)

    def _device_row(self, place: int, device: Device) -> Row:
        desk = self.till_app.attendant.desk
        assert desk is not None, "its devices are shown"
        state, words = desk.state_of(device)
        if device.role is Role.SCALE and desk.reading is not None:
            words = desk.weight_words
        style = REVERSE if place == self._at else PLAIN
        return (
            (f"  {cell(device.name, 10)}", style),
            (f" {cell(state, 7)}", _TONES[state]),
            (f" {clean(words, limit=80)}", PLAIN),
        )

    def _roll_rows(self, room: int) -> list[Row]:
        """What the simulated devices show: the customer's display, and below it the paper."""
        simulation = self._simulation
        if simulation is None:
            return []
        pole: list[Row] = [((f" [{cell(line, 20)}]", GOOD),) for line in simulation.pole]
        heads: list[Row] = [((" Customer's display", BOLD),), *pole, (), ((" Paper", BOLD),)]
        paper = simulation.roll(max(0, room - len(heads)))
        return [*heads, *(((f" {line}", QUIET),) for line in paper)]
