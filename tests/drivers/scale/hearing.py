"""A driver that runs in a thread, and what it tells: waited for with a deadline."""

import contextlib
import queue
import select
import threading
import time

from drivers.driver import Stop

DEADLINE_S = 20


class Hearing:
    """Runs a driver until it is left; again and again where it is to be `kept`, as the supervisor
    does."""

    def __init__(self, driver, *, kept=False):
        self.events = queue.Queue()
        self.failed = queue.Queue()
        self._driver = driver
        self._kept = kept
        self._stop = Stop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive()
        self._stop.close()

    def _run(self):
        while not self._stop.said:
            try:
                self._driver.run(self.events.put, self._stop)
            except OSError as error:
                self.failed.put(error)
                if not self._kept:
                    return
                select.select([self._stop], [], [], 0.002)

    def next(self):
        """The next event."""
        return self.events.get(timeout=DEADLINE_S)

    def until(self, wanted):
        """The first event that is wanted: equal, of a class, or that a function says yes to."""
        before = []
        until = time.monotonic() + DEADLINE_S
        while time.monotonic() < until:
            with contextlib.suppress(queue.Empty):
                event = self.events.get(timeout=1)
                before.append(event)
                if event == wanted or (isinstance(wanted, type) and isinstance(event, wanted)):
                    return event
                if not isinstance(wanted, type | tuple) and wanted(event):
                    return event
        raise AssertionError(f"{wanted} did not come, but {before[-5:]}")

    def failure(self):
        """Why the driver ended."""
        return self.failed.get(timeout=DEADLINE_S)


def wait_for(condition):
    """Until it holds."""
    until = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.005)
