"""The counter's devices: how they are, a test for each, and what the printer still has to print.

In the demo they are simulated ones, and a key pulls them out.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult

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

PAGE = 40  # columns of devices and jobs where the roll is shown beside
ROLL = 40
WIDE = PAGE + ROLL
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

    def __init__(self, counter: str, actor: Actor) -> None:
        super().__init__()
        self._counter = counter
        self._actor = actor
        self._jobs: tuple[tuple[Job, str], ...] = ()
        self._at = 0

    def compose(self) -> ComposeResult:
        """Devices, what is to be printed, what happened."""
        yield Head()
        yield Painted(id="page")
        yield Notice()
        yield Keys()

    async def on_mount(self) -> None:
        """Look."""
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
            "escape": partial(self.dismiss, None),
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
        desk = self.till_app.attendant.desk
        if desk is not None:
            desk.look_at_queue()

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
        await self._queue_changed()

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
        await self._queue_changed()

    async def _queue_changed(self) -> None:
        desk = self.till_app.attendant.desk
        if desk is not None:
            desk.look_at_queue()
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
        page = self.query_one("#page", Painted)
        rows = self._rows()
        room, width = max(1, page.size.height), self.app.size.width
        if self._simulation is not None:
            rows = self._with_roll(rows, room, width)
        page.set_rows(rows[:room])

    def _rows(self) -> list[Row]:
        devices = self._devices
        if not devices:
            return [(), (("  No device is set up here: milkpos device --help", PLAIN),)]
        rows = [self._device_row(place, device) for place, device in enumerate(devices)]
        rows += [(), (("  To be printed", BOLD),)]
        for place, (job, told) in enumerate(self._jobs, len(devices)):
            style = REVERSE if place == self._at else PLAIN
            sure = "printed?" if job.state is JobState.UNSURE else job.state.value
            rows.append(((f"  {cell(told, 40)} {sure}  {job.error}", style),))
        if not self._jobs:
            rows.append((("  nothing", QUIET),))
        return rows

    def _device_row(self, place: int, device: Device) -> Row:
        desk = self.till_app.attendant.desk
        assert desk is not None, "its devices are shown"
        state, words = desk.state_of(device)
        if device.role is Role.SCALE and desk.reading is not None:
            words = desk.weight_words
        style = REVERSE if place == self._at else PLAIN
        return (
            (f"  {cell(device.name, 14)} {cell(device.role, 8)}", style),
            (f" {cell(state, 8)}", _TONES[state]),
            (f" {clean(words, limit=60)}", PLAIN),
        )

    def _with_roll(self, rows: list[Row], room: int, width: int) -> list[Row]:
        """What the simulated printer printed: beside the devices where there is room, else below;
        the customer's display above it."""
        simulation = self._simulation
        assert simulation is not None, "only then there is a roll"
        pole = [f"[{cell(line, 20)}]" for line in simulation.pole]
        below = max(0, room - len(rows) - 5)
        roll = simulation.roll(below)
        printed: list[Row] = [((f"  | {line}", QUIET),) for line in roll]
        shown: list[Row] = [((f"  {line}", GOOD),) for line in pole]
        return [*rows, (), *shown, (("  Paper", BOLD),), *printed]
