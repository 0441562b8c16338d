"""Runs the drivers, each in a thread of its own, and hands on what they tell.

A driver that fails is run again after a while, for ever: a device may come back at any time, and a
till goes on without it until then.
"""

import select
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from drivers.driver import Driver, Stop
from drivers.events import DeviceDown, DeviceUp, Event, Weighed

BACKOFF_FIRST_S = 0.25
BACKOFF_MAX_S = 4.0
STEADY_MS = 4_000  # so long a device must have answered for its next fault to count as a first one
TAKE_MAX = 256
JOIN_S = 2.0

Wait = Callable[[Stop, float], object]
"""Waits so many seconds, less where `stop` is said."""


class State(NamedTuple):
    """How a device is: `seen_ms` is when it last gave a sign of life, monotonic milliseconds;
    `errors` counts its faults and `last_error` says the newest, also while it is up again."""

    name: str
    up: bool = False
    seen_ms: int | None = None
    errors: int = 0
    last_error: str = ""


class Supervisor:
    """The devices of a till.

    `wake` is called from the drivers' threads when there is something to take and there was nothing
    before; it must not block or raise.
    """

    def __init__(
        self,
        drivers: Iterable[Driver],
        *,
        wake: Callable[[], None] = lambda: None,
        now_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000,
        wait: Wait = lambda stop, seconds: select.select([stop], [], [], seconds),
    ) -> None:
        self._queue = _Queue(wake)
        self._stop = Stop()
        self._stopped = False
        self._wait = wait
        self._watches = [_Watch(driver, self._queue, now_ms) for driver in drivers]
        if len({watch.state.name for watch in self._watches}) < len(self._watches):
            raise ValueError("two devices have one name")
        self._threads = [
            threading.Thread(
                target=self._keep_running, args=(watch,), name=watch.state.name, daemon=True
            )
            for watch in self._watches
        ]

    def start(self) -> None:
        """Start all drivers, once."""
        for thread in self._threads:
            thread.start()

    def take(self, limit: int = TAKE_MAX) -> list[Event]:
        """The oldest events that nobody has taken; take until there are none, then wait for `wake`.

        Scans are all there, in the order in which they came. Of a scale's weights only the newest
        is, at the place where it came.
        """
        return self._queue.take(limit)

    def states(self) -> tuple[State, ...]:
        """How each device is now."""
        return tuple(watch.state for watch in self._watches)

    def stop(self, within_s: float = JOIN_S) -> list[str]:
        """Stop all drivers; what they have told can still be taken.

        Gives the names of those whose threads did not end: they die with the program.
        """
        if self._stopped:
            return []
        self._stop.set()
        until = time.monotonic() + within_s
        started = [thread for thread in self._threads if thread.ident is not None]
        for thread in started:
            thread.join(max(0.0, until - time.monotonic()))
        stuck = [thread.name for thread in started if thread.is_alive()]
        if not stuck:  # else the number might soon be that of another file, and they wait for it
            self._stop.close()
            self._stopped = True
        return stuck

    def _keep_running(self, watch: "_Watch") -> None:
        faults = 0
        while not self._stop.said:
            faults = 1 if watch.run(self._stop) else faults + 1
            if not self._stop.said:
                self._wait(self._stop, backoff_s(faults))


def backoff_s(faults: int) -> float:
    """How long to wait after so many faults one after the other, in seconds."""
    return min(BACKOFF_MAX_S, BACKOFF_FIRST_S * (1 << min(faults - 1, 16)))


class _Queue:
    """Events between the drivers' threads and the one that takes them."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._changed = threading.Lock()
        self._wake = wake
        # A weight is kept by its scale, anything else by a number of its own.
        self._events: OrderedDict[str | int, Event] = OrderedDict()
        self._number = 0

    def put(self, event: Event) -> None:
        with self._changed:
            first = not self._events
            self._number += 1
            key = event.device if isinstance(event, Weighed) else self._number
            self._events[key] = event
            self._events.move_to_end(key)
        if first:
            self._wake()

    def take(self, limit: int) -> list[Event]:
        with self._changed:
            count = min(limit, len(self._events))
            return [self._events.popitem(last=False)[1] for _ in range(count)]


class _Watch:
    """A driver, and how its device is. `state` is read without the lock: it is replaced whole."""

    def __init__(self, driver: Driver, queue: _Queue, now_ms: Callable[[], int]) -> None:
        self.state = State(driver.name)
        self._driver = driver
        self._queue = queue
        self._now_ms = now_ms
        self._changed = threading.Lock()
        self._told_down = False
        self._up_at_ms = 0

    def run(self, stop: Stop) -> bool:
        """Run the driver until it ends, tell why; whether the device had been up for long."""
        try:
            self._driver.run(self._emit, stop)
            reason = "its driver ended"
        except OSError as error:
            reason = error.strerror or str(error) or type(error).__name__
        except Exception as error:  # noqa: BLE001 - a defect in one driver must not stop the till
            reason = f"a defect in its driver: {type(error).__name__}: {error}"
        with self._changed:
            if stop.said:  # nothing is wrong with the device
                self.state = self.state._replace(up=False)
                return False
            return self._down(reason)

    def _emit(self, event: Event) -> None:
        with self._changed:
            if isinstance(event, DeviceDown):
                self._down(event.reason)
                return
            self.state = self.state._replace(seen_ms=self._now_ms())
            if isinstance(event, DeviceUp):
                self._up(event)
            else:
                self._queue.put(event)

    def _up(self, event: DeviceUp) -> None:
        if self.state.up:
            return
        self._up_at_ms = self._now_ms()
        self._told_down = False
        self.state = self.state._replace(up=True)
        self._queue.put(event)

    def _down(self, reason: str) -> bool:
        now_ms, was = self._now_ms(), self.state
        self.state = was._replace(
            up=False,
            seen_ms=now_ms if was.up else was.seen_ms,
            errors=was.errors + 1,
            last_error=reason,
        )
        if not self._told_down:
            self._told_down = True
            self._queue.put(DeviceDown(was.name, reason))
        return was.up and now_ms - self._up_at_ms >= STEADY_MS
