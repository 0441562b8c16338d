import errno
import select
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.events import DeviceDown, DeviceUp, Moving, ScanLost, Scanned, Stable, Weighed
from drivers.scanner.discovery import Match
from drivers.scanner.evdev_reader import KeyReader
from drivers.scanner.simulated import SimulatedScanner
from drivers.supervisor import (
    BACKOFF_FIRST_S,
    BACKOFF_MAX_S,
    STEADY_MS,
    State,
    Supervisor,
    backoff_s,
)
from tests.drivers.scanner.stands import DEADLINE_S, Bench, Ears, open_descriptors, strokes, timed


class Scripted:
    """A driver that does one thing after the other, a run each; then it waits for `stop`."""

    def __init__(self, *runs, name="device"):
        self.name = name
        self._runs = list(runs)
        self.ran = 0

    def run(self, emit, stop):
        self.ran += 1
        if self._runs:
            self._runs.pop(0)(emit, stop)
        else:
            wait_for_stop(emit, stop)


def wait_for_stop(emit, stop):
    select.select([stop], [], [], DEADLINE_S)


def fails(error, *events):
    def run(emit, stop):
        for event in events:
            emit(event)
        raise error

    return run


def tells(*events):
    def run(emit, stop):
        for event in events:
            emit(event)
        wait_for_stop(emit, stop)

    return run


class Watched:
    """A supervisor whose events are heard as they come, and whose waits are noted, not waited."""

    def __init__(self, *drivers, now_ms=lambda: 0, wait=None):
        self.ears = Ears()
        self.waits = []
        self.supervisor = Supervisor(
            drivers, wake=self._take, now_ms=now_ms, wait=wait or self._note
        )

    def _take(self):
        while events := self.supervisor.take():
            for event in events:
                self.ears.emit(event)

    def _note(self, stop, seconds):
        self.waits.append(seconds)

    def __enter__(self):
        self.supervisor.start()
        return self

    def __exit__(self, *error):
        assert self.supervisor.stop() == []


UP, GONE = DeviceUp("device", "a scale"), OSError(errno.ENODEV, "it was unplugged")


def test_up_and_down_are_told_once_a_change():
    driver = Scripted(
        fails(OSError(errno.ENODEV, "not there")),
        fails(OSError(errno.EBUSY, "held by another")),
        fails(GONE, UP, UP),
        fails(GONE),
        tells(UP, UP, Scanned("device", "1")),
    )
    with Watched(driver) as watched:
        watched.ears.wait_for(Scanned)
    assert watched.ears.events == [
        DeviceDown("device", "not there"),
        UP,
        DeviceDown("device", "it was unplugged"),
        UP,
        Scanned("device", "1"),
    ]


def test_what_a_driver_tells_of_itself():
    said = DeviceDown("device", "no paper")
    with Watched(Scripted(tells(UP, said, said, UP, Scanned("device", "1")))) as watched:
        watched.ears.wait_for(Scanned)
        assert watched.supervisor.states()[0].up
    assert watched.ears.events == [UP, said, UP, Scanned("device", "1")]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (OSError("no number"), "no number"),
        (TimeoutError(), "TimeoutError"),
        (KeyError("x"), "a defect in its driver: KeyError: 'x'"),
        (ZeroDivisionError(), "a defect in its driver: ZeroDivisionError: "),
        (AssertionError("so"), "a defect in its driver: AssertionError: so"),
    ],
)
def test_any_fault_is_told_in_words_and_the_driver_goes_on(error, words):
    driver = Scripted(fails(error, UP), tells(UP, Scanned("device", "1")))
    with Watched(driver) as watched:
        watched.ears.wait_for(Scanned)
        [state] = watched.supervisor.states()
    assert watched.ears.of(DeviceDown) == [DeviceDown("device", words)]
    assert (state.up, state.errors, state.last_error) == (True, 1, words)


def test_a_driver_that_ends_by_itself_is_run_again():
    driver = Scripted(lambda emit, stop: emit(UP), tells(UP, Scanned("device", "1")))
    with Watched(driver) as watched:
        watched.ears.wait_for(Scanned)
    assert watched.ears.of(DeviceDown) == [DeviceDown("device", "its driver ended")]


def test_one_driver_does_not_disturb_another():
    broken = Scripted(*[fails(KeyError("x"))] * 20, name="broken")
    scanner = SimulatedScanner("demo")
    with Watched(broken, scanner) as watched:
        for number in range(100):
            scanner.scan(str(number))
        scanned = watched.ears.wait_for(Scanned, 100)
    assert [each.code for each in scanned] == [str(number) for number in range(100)]


# Back-off


def test_back_off_doubles_and_is_bounded():
    assert [backoff_s(faults) for faults in (1, 2, 3, 4, 5, 6, 10_000)] == [
        0.25,
        0.5,
        1.0,
        2.0,
        4.0,
        4.0,
        4.0,
    ]
    assert (BACKOFF_FIRST_S, BACKOFF_MAX_S) == (0.25, 4.0)


class Clock:
    def __init__(self):
        self.now_ms = 1_000_000

    def __call__(self):
        return self.now_ms


@pytest.mark.parametrize(
    ("up_for_ms", "third_wait_s"), [(STEADY_MS, 0.25), (STEADY_MS - 1, 1.0), (0, 1.0)]
)
def test_a_device_that_was_up_for_long_is_tried_again_soon(up_for_ms, third_wait_s):
    clock = Clock()

    def works_for_a_while(emit, stop):
        emit(UP)
        clock.now_ms += up_for_ms
        raise GONE

    driver = Scripted(
        fails(GONE), fails(GONE), works_for_a_while, tells(UP, Scanned("device", "1"))
    )
    with Watched(driver, now_ms=clock) as watched:
        watched.ears.wait_for(Scanned)
    assert watched.waits == [0.25, 0.5, third_wait_s]


def test_by_itself_it_waits_for_stop():
    driver = Scripted(*[fails(GONE)] * 50)
    came = threading.Event()
    supervisor = Supervisor([driver], wake=came.set)
    supervisor.start()
    assert came.wait(DEADLINE_S)
    began = time.monotonic()
    assert supervisor.stop() == []
    assert time.monotonic() - began < DEADLINE_S / 2
    assert driver.ran < 50  # it waited between its tries


# The registry


def test_states():
    clock = Clock()
    seen = threading.Event()
    go_on = threading.Event()

    def scans_later(emit, stop):
        emit(UP)
        clock.now_ms += 100
        emit(Scanned("device", "1"))
        clock.now_ms += 7_000
        seen.set()
        assert go_on.wait(DEADLINE_S)
        raise GONE

    other = SimulatedScanner("demo")
    watched = Watched(Scripted(scans_later), other, now_ms=clock)
    assert watched.supervisor.states() == (State("device"), State("demo"))
    with watched:
        assert seen.wait(DEADLINE_S)
        assert watched.supervisor.states()[0] == State("device", True, 1_000_100)
        go_on.set()
        watched.ears.wait_for(DeviceDown)
        # It answered until it was pulled out.
        assert watched.supervisor.states()[0] == State("device", False, 1_007_100, 1, GONE.strerror)
    assert [state.up for state in watched.supervisor.states()] == [False, False]


def test_never_seen():
    with Watched(Scripted(fails(GONE))) as watched:
        watched.ears.wait_for(DeviceDown)
        assert watched.supervisor.states()[0] == State("device", False, None, 1, GONE.strerror)


def test_two_devices_of_one_name_are_refused():
    with pytest.raises(ValueError, match="name"):
        Supervisor([SimulatedScanner("demo"), SimulatedScanner("demo")])


# What is taken

kitchen = [Weighed("kitchen", Stable(grams)) for grams in (10, 20, 30)]
door = [Weighed("door", Moving()), Weighed("door", Stable(5))]
one, two, lost = Scanned("device", "1"), Scanned("device", "2"), ScanLost("device", "half")


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ([one, one, lost, lost, two], [one, one, lost, lost, two]),
        (kitchen, kitchen[2:]),
        ([kitchen[0], one, kitchen[1]], [one, kitchen[1]]),
        (
            [kitchen[0], door[0], one, kitchen[1], door[1], two, kitchen[2]],
            [one, door[1], two, kitchen[2]],
        ),
        ([kitchen[0], kitchen[0]], [kitchen[0]]),
    ],
)
def test_weights_coalesce_and_scans_do_not(told, taken):
    supervisor, heard = told_by_one_driver([*told, DeviceUp("device")])
    assert heard == [*taken, DeviceUp("device")]
    assert supervisor.take() == []


def told_by_one_driver(events, limit=10_000):
    """What can be taken when a driver has told all this and nobody took anything meanwhile."""
    done = threading.Event()

    def run(emit, stop):
        for event in events:
            emit(event)
        done.set()
        wait_for_stop(emit, stop)

    supervisor = Supervisor([Scripted(run)])
    supervisor.start()
    assert done.wait(DEADLINE_S)
    assert supervisor.stop() == []
    return supervisor, supervisor.take(limit)


def test_a_take_is_bounded_and_drops_nothing():
    scans = [Scanned("device", str(number)) for number in range(1_000)]
    supervisor, taken = told_by_one_driver(scans, limit=7)
    assert len(taken) == 7
    rest = supervisor.take()
    assert len(rest) == 256
    while more := supervisor.take():
        rest += more
    assert taken + rest == scans


def test_a_weight_that_was_taken_is_not_waited_for():
    weights = [Weighed("kitchen", Stable(grams)) for grams in range(100)]
    with Watched(Scripted(tells(*weights, one))) as watched:
        watched.ears.wait_for(Scanned)
    assert watched.ears.events == [*weights, one]  # each was taken before the next came


@given(
    st.lists(
        st.one_of(
            st.builds(Weighed, st.sampled_from("ab"), st.builds(Stable, st.integers(0, 9))),
            st.builds(Scanned, st.sampled_from("ab"), st.text("12", max_size=2)),
            st.builds(ScanLost, st.sampled_from("ab"), st.just("half")),
        ),
        max_size=30,
    )
)
def test_what_is_taken_of_any_events(events):
    _, taken = told_by_one_driver(events)
    kept = [
        event
        for at, event in enumerate(events)
        if not isinstance(event, Weighed)
        or all(event.device != e.device for e in events[at + 1 :] if isinstance(e, Weighed))
    ]
    assert taken == kept


def test_it_wakes_once_until_all_is_taken():
    wakes, told, more = [], threading.Event(), threading.Event()

    def run(emit, stop):
        emit(one)
        emit(two)
        told.set()
        assert more.wait(DEADLINE_S)
        emit(lost)
        told.set()
        wait_for_stop(emit, stop)

    supervisor = Supervisor([Scripted(run)], wake=lambda: wakes.append(1))
    supervisor.start()
    assert told.wait(DEADLINE_S)
    assert len(wakes) == 1
    assert supervisor.take() == [one, two]
    told.clear()
    more.set()
    assert told.wait(DEADLINE_S)
    assert len(wakes) == 2
    supervisor.stop()


def test_scans_of_many_drivers_are_all_there_each_in_order():
    scanners = [SimulatedScanner(str(number)) for number in range(8)]
    with Watched(*scanners) as watched:
        for number in range(200):
            for scanner in scanners:
                scanner.scan(str(number))
        scanned = watched.ears.wait_for(Scanned, 1_600)
    for scanner in scanners:
        codes = [each.code for each in scanned if each.device == scanner.name]
        assert codes == [str(number) for number in range(200)]


# Ending


def test_stop_ends_all_threads_and_gives_descriptors_back():
    threads, descriptors = threading.active_count(), open_descriptors()
    scanners = [SimulatedScanner(str(number)) for number in range(20)]
    supervisor = Supervisor([*scanners, Scripted(*[fails(GONE)] * 9)])
    supervisor.start()
    began = time.monotonic()
    assert supervisor.stop() == []
    assert time.monotonic() - began < DEADLINE_S / 2
    assert threading.active_count() == threads
    assert open_descriptors() == descriptors
    assert supervisor.stop() == []  # a second time does no harm


def test_a_driver_that_does_not_end_is_named_and_left():
    let_go = threading.Event()
    stubborn = Scripted(lambda emit, stop: let_go.wait(DEADLINE_S), name="stubborn")
    supervisor = Supervisor([stubborn, SimulatedScanner("demo")])
    supervisor.start()
    assert supervisor.stop(within_s=0.01) == ["stubborn"]
    let_go.set()
    assert supervisor.stop(within_s=DEADLINE_S) == []


def test_nothing_is_wrong_with_a_device_because_the_till_ends():
    scanner = SimulatedScanner("demo")
    with Watched(scanner) as watched:
        watched.ears.wait_for(DeviceUp)
    assert watched.ears.of(DeviceDown) == []
    assert watched.supervisor.states()[0].errors == 0


def test_never_started():
    assert Supervisor([SimulatedScanner("demo")]).stop() == []


def test_threads_do_not_keep_the_program_alive():
    with Watched(SimulatedScanner("demo")):
        [thread] = [each for each in threading.enumerate() if each.name == "demo"]
        assert thread.daemon


# With a reader


def test_a_thousand_times_unplugged_and_replugged():
    bench, plugged = Bench(), threading.Semaphore(0)
    scanner = bench.scanner(KeyReader("counter", Match(serial="S1")))

    def until_plugged(stop, seconds):
        plugged.acquire(timeout=DEADLINE_S)

    counts = set()
    with Watched(scanner, wait=until_plugged) as watched:
        watched.ears.wait_for(DeviceDown)
        for number in range(1, 1_001):
            path = bench.plug(serial="S1")
            plugged.release()
            watched.ears.wait_for(DeviceUp, number)
            bench.send(path, timed(strokes(f"{number}\n8909")))
            bench.unplug(path)
            watched.ears.wait_for(DeviceDown, number + 1)
            counts.add((threading.active_count(), open_descriptors()))
        plugged.release()
        watched.supervisor.stop()
    assert len(counts) == 1
    assert [each.code for each in watched.ears.of(Scanned)] == [str(n) for n in range(1, 1_001)]
    assert len(watched.ears.of(ScanLost)) == 1_000
    assert watched.supervisor.states()[0].errors == 1_001
