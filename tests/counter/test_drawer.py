"""The drawer opens when cash was taken, now or not at all."""

import time

import pytest

from drivers.printer.decoder import Kicked
from drivers.printer.status import Paper
from milkpos_tui.domain.devices import DeviceState
from milkpos_tui.hardware.spooler import Condition
from tests.counter.stands import numbers, standing


def test_it_opens(plugged, stand):
    printer, _ = plugged
    stand.start()
    stand.spooler.kick()
    assert printer.wait_for(lambda: printer.kicks == 1)
    stand.sell()
    stand.await_queue()
    assert (printer.kicks, stand.state.drawer) == (1, "")


def test_it_opens_before_the_slip_is_printed(plugged, stand):
    printer, _ = plugged
    for _ in range(5):
        stand.sell()
    stand.spooler.kick()
    stand.start().await_queue()
    assert printer.wait_for(lambda: len(numbers(printer)) == 5 and printer.kicks == 1)
    assert isinstance(printer.steps[0], Kicked)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ({"paper": Paper.OUT}, "out of paper"),
        ({"cover_open": True}, "cover is open"),
        ({"silent": True}, "does not answer"),
    ],
)
def test_a_printer_that_would_open_it_later_is_not_told_to(plugged, stand, trouble, words):
    # It would keep the pulse, and open the drawer when somebody puts a roll in.
    printer, _ = plugged
    usual = {name: getattr(printer, name) for name in trouble}
    vars(printer).update(trouble)
    stand.start()
    stand.spooler.kick()
    stand.woken.until(lambda: words in stand.state.drawer)
    vars(printer).update(usual)
    stand.woken.until(lambda: stand.state.condition is Condition.READY)
    assert printer.kicks == 0
    stand.spooler.kick()
    stand.woken.until(lambda: stand.state.drawer == "")
    assert printer.wait_for(lambda: printer.kicks == 1)


def test_a_printer_that_is_gone(plugged, stand):
    _, plug = plugged
    plug.unplug()
    stand.start()
    stand.spooler.kick()
    stand.woken.until(lambda: stand.state.drawer.startswith("the drawer did not open: "))


def test_while_a_slip_takes_too_long_it_does_not_open_for_nobody(home, till, jam):
    printer, stand = jam
    now = [0.0]
    stand.spooler._now_s = lambda: now[0]
    printer.jams = True
    stand.start()
    stand.sell()
    assert printer.wait_for(lambda: printer.jammed)
    stand.spooler.kick()
    now[0] = 2.5
    stand.woken.until(lambda: stand.state.drawer)
    assert stand.state.drawer == "the drawer did not open: the printer was busy"
    stand.spooler._now_s = time.monotonic
    printer.clear()
    stand.spooler.look()
    stand.await_queue()
    assert printer.kicks == 0


def test_a_printer_without_a_drawer(home, till, plugged):
    printer, plug = plugged
    with standing(home, till, plug) as stand:
        stand.set_up(drawer="no")
        stand.spooler.kick()
        stand.sell()
        stand.await_queue()
        assert (printer.kicks, stand.state.drawer) == (0, "")


def test_the_drawer_opens_by_the_pin_that_is_set(home, till, plugged):
    printer, plug = plugged
    with standing(home, till, plug) as stand:
        stand.set_up(drawer="5")
        stand.spooler.kick()
        assert printer.wait_for(lambda: printer.kicks == 1)
        assert printer.steps[0].pin == 5


def test_a_printer_that_is_stuck_holds_no_sale_up(jam, monkeypatch):
    monkeypatch.setattr("milkpos_tui.hardware.spooler.PRINT_S", 3600)
    printer, stand = jam
    printer.jams = True
    stand.start()
    stand.sell()
    assert printer.wait_for(lambda: printer.jammed)
    # Each would wait for an hour, were there anything to wait for.
    sold = [stand.sell().number for _ in range(30)]
    assert (len(sold), stand.queued.waiting) == (30, 31)
    assert printer.slips[1:] == []
    assert stand.till.devices.device("printer").state is not DeviceState.DOWN


def test_its_sensor_is_told_where_it_has_one(plugged, stand):
    printer, _ = plugged
    stand.start()
    stand.woken.until(lambda: stand.state.condition is Condition.READY)
    assert stand.state.drawer_open is None
    stand.set_up(sensor="high")
    stand.woken.until(lambda: stand.state.drawer_open is False)
    printer.drawer_high = True
    stand.spooler.kick()
    stand.woken.until(lambda: stand.state.drawer_open is True)
    printer.drawer_high = False
    stand.woken.until(lambda: stand.state.drawer_open is False)
