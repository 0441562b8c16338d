"""The devices of a counter, simulated, and what the desk makes of what they tell."""

import threading
from pathlib import Path

import pytest

from drivers.events import Moving, Negative, Over, Stable, Under
from milkpos_tui.domain.devices import Device, DeviceState, Kind, Role
from milkpos_tui.domain.tares import Tare
from milkpos_tui.hardware.desk import NO_PRINTER, Desk, Noted, Tone, reading_words
from milkpos_tui.hardware.simulation import Simulation
from milkpos_tui.services.checkout import NO_SCALE
from tests.counter.stands import Woken
from tests.support.days import sell
from tests.support.tills import OWNER

DABBA = Tare("dabba", 120)
KEY_IT = "key the weight, like .250*12"
ROLES = {
    "scanner": Role.SCANNER,
    "cards": Role.CARD,
    "scale": Role.SCALE,
    "printer": Role.PRINTER,
    "pole": Role.DISPLAY,
}
BAD = {
    "scale": {"protocol": "no such"},
    "printer": {"paper": "A4"},
    "pole": {"commands": "morse"},
    "scanner": {"baud": "fast"},
}


class Counter:
    """A desk in a test's hands: what it told so far."""

    def __init__(self, home, devices, simulation=None):
        self.woken = Woken()
        self.codes, self.notes = [], []
        self.desk = Desk(home, "1", devices, self.woken, simulation)

    def take(self):
        news = self.desk.take()
        self.codes += news.codes
        self.notes += news.notes

    def until(self, happened):
        def look():
            self.take()
            return happened()

        self.woken.until(look)

    def states(self):
        return {device.name: self.desk.state_of(device) for device in self.desk.devices}


@pytest.fixture
def simulation():
    simulation = Simulation()
    yield simulation
    simulation.close()


@pytest.fixture
def devices(till):
    return tuple(
        till.devices.add(Device(name, role, "1", Kind.SIMULATED), OWNER)
        for name, role in ROLES.items()
    )


@pytest.fixture
def counter(home, devices, simulation):
    counter = Counter(home, devices, simulation)
    counter.desk.start()
    counter.until(lambda: len({note.device for note in counter.notes}) == 4)
    yield counter
    assert counter.desk.stop() == []


# Codes


def test_scans_come_in_order_and_none_is_lost(counter, simulation):
    codes = [f"{number:05}" for number in range(1000)]
    for code in codes:
        simulation.scan(code)
    counter.until(lambda: len(counter.codes) == 1000)
    assert [arrived.scan.code for arrived in counter.codes] == codes
    assert {(arrived.device, arrived.card) for arrived in counter.codes} == {("scanner", False)}


def test_a_code_of_the_reader_of_cards_is_a_card(home, devices, simulation):
    (cards,) = (device for device in devices if device.role is Role.CARD)
    counter = Counter(home, [cards], simulation)
    counter.desk.start()
    counter.until(lambda: counter.notes)
    simulation.scan("0012345678")
    counter.until(lambda: counter.codes)
    assert counter.codes[0].card
    assert counter.desk.stop() == []


def test_what_is_scanned_while_the_reader_is_pulled_out_and_put_in(counter, simulation):
    simulation.scan("1")
    assert simulation.toggle("scanner") is False
    counter.until(lambda: counter.states()["scanner"][0] is DeviceState.DOWN)
    assert counter.desk.status()[-1] == ("scanner is gone", Tone.ALERT)
    assert simulation.toggle("scanner") is True
    counter.until(lambda: counter.states()["scanner"][0] is DeviceState.UP)
    simulation.scan("2")
    counter.until(lambda: len(counter.codes) == 2)
    assert [arrived.scan.code for arrived in counter.codes] == ["1", "2"]
    told = [note for note in counter.notes if note.device == "scanner"]
    assert [note.state for note in told] == [DeviceState.UP, DeviceState.DOWN, DeviceState.UP]
    assert "unplugged" in told[1].words


# Weights


def weighed(counter, simulation, reading):
    simulation.scale.show(reading)
    counter.until(lambda: counter.desk.reading == reading)


def test_of_weights_the_newest_is_kept(counter, simulation):
    for grams in range(1, 501):
        simulation.scale.put(grams)
    counter.until(lambda: counter.desk.reading == Stable(500))
    assert counter.codes == []


@pytest.mark.parametrize(
    ("reading", "tare", "net", "why", "bar"),
    [
        (Stable(412), None, (412, 0), "", "0.412 kg"),
        (Stable(412), DABBA, (292, 120), "", "0.412 kg - dabba 0.12 kg"),
        (Stable(412, net=True), None, (412, 0), "", "0.412 kg net"),
        (
            Stable(412, net=True),
            DABBA,
            None,
            "takes a container off by itself",
            "0.412 kg net - dabba 0.12 kg",
        ),
        (Stable(0), None, None, "nothing is on the scale", "0.000 kg"),
        (
            Stable(120),
            DABBA,
            None,
            "less is on the scale than the tare",
            "0.120 kg - dabba 0.12 kg",
        ),
        (Stable(20), DABBA, None, "less is on the scale than the tare", "0.020 kg - dabba 0.12 kg"),
        (Moving(400), None, None, "not come to rest", "0.400 kg moving"),
        (Moving(), None, None, "not come to rest", "moving"),
        (Over(), None, None, "too much on the scale", "too much on the scale"),
        (Under(), None, None, "below zero", "the scale is below zero"),
        (Negative(-120), None, None, "-0.120 kg on the scale", "-0.120 kg on the scale"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("by_itself", [False, True])
def test_what_the_scale_says_to_a_key_in(
    counter, simulation, reading, tare, net, why, bar, by_itself
):
    counter.desk.tare = tare
    weighed(counter, simulation, reading)
    scale = counter.desk.scale(by_itself=by_itself)
    assert scale.weight == net
    assert why in scale.why_none
    assert scale.by_itself is by_itself
    assert (net is None) == bool(scale.why_none)
    assert counter.desk.weight_words == bar


def test_a_scale_that_is_pulled_out_says_nothing_any_more(counter, simulation):
    weighed(counter, simulation, Stable(412))
    simulation.toggle("scale")
    counter.until(lambda: counter.desk.reading is None)
    scale = counter.desk.scale()
    assert scale.weight is None
    assert scale.why_none == f"the scale does not answer: {KEY_IT}"
    assert (counter.desk.weight_words, counter.desk.weight_tone) == ("no scale", Tone.ALERT)
    simulation.toggle("scale")
    counter.until(lambda: counter.desk.reading == Stable(412))
    assert counter.desk.scale().weight is not None


def test_without_a_scale(home):
    desk = Desk(home, "1", (), Woken())
    desk.start()
    assert (desk.scale(), desk.has_scale, desk.reading) == (NO_SCALE, False, None)
    assert (desk.prints, desk.printer, desk.status()) == (False, NO_PRINTER, ())
    for told in (desk.open_drawer, desk.look_at_queue):
        told()
    desk.show_customer("Milk", "62.00")
    assert desk.stop() == []


# The printer, the drawer and the display


def test_a_sale_is_printed_and_cash_opens_the_drawer(counter, simulation, till):
    printer = simulation.printer
    bill = sell(till, "1", OWNER, "12", "+")
    counter.desk.open_drawer()
    counter.until(lambda: counter.desk.printer.printed == 1)
    assert printer.wait_for(lambda: printer.kicks == 1)
    upi = sell(till, "1", OWNER, "12", "+/")
    counter.desk.look_at_queue()
    counter.until(lambda: counter.desk.printer.printed == 2)
    assert printer.wait_for(lambda: len(printer.slips) == 2 and len(printer.slips[1]) > 20)
    assert printer.kicks == 1
    told = simulation.roll(200)
    assert f"|||| {bill.number} ||||" in told
    assert told.index("* the drawer opens *") < told.index(f"|||| {upi.number} ||||")


def test_a_printer_that_is_pulled_out(counter, simulation, till):
    simulation.toggle("printer")
    sell(till, "1", OWNER, "12", "+")
    counter.desk.open_drawer()
    counter.until(lambda: counter.states()["printer"][0] is DeviceState.DOWN)
    told = ("printer: nothing is there, 1 slip to print", Tone.ALERT)
    counter.until(lambda: told in counter.desk.status())
    counter.until(lambda: counter.desk.printer.drawer)  # which was tried, and can't be later
    simulation.toggle("printer")
    counter.until(lambda: counter.desk.printer.printed == 1)
    counter.until(lambda: counter.states()["printer"] == (DeviceState.UP, "ready"))
    assert simulation.printer.kicks == 0, "long after the sale it opens for nobody"


def test_the_display_shows_what_is_newest_also_after_it_was_pulled_out(counter, simulation):
    display = simulation._display
    take = display.take

    def take_and_tell(data):
        replies = take(data)
        counter.woken()
        return replies

    display.take = take_and_tell
    counter.desk.show_customer("Cow milk", "62.00")
    counter.until(lambda: simulation.pole == ("Cow milk", "62.00"))
    simulation.toggle("pole")
    counter.until(lambda: counter.states()["pole"][0] is DeviceState.DOWN)
    counter.desk.show_customer("Total", "186.00")
    simulation.toggle("pole")
    counter.until(lambda: simulation.pole == ("Total", "186.00"))


# Set up wrong


@pytest.mark.parametrize("name", BAD)
def test_a_device_that_is_set_up_wrong_is_down_and_the_others_work(home, simulation, name):
    bad = Device(name, ROLES[name], "1", Kind.SERIAL, "/dev/ttyS9", BAD[name])
    good = Device("reader", Role.SCANNER, "1", Kind.SIMULATED)
    counter = Counter(home, [bad, good], simulation)
    assert counter.woken.times == 0
    counter.desk.start()
    counter.until(lambda: len(counter.notes) == 2)
    state, words = counter.desk.state_of(bad)
    assert state is DeviceState.DOWN
    assert BAD[name][next(iter(BAD[name]))] in words
    assert counter.notes[0] == Noted(name, DeviceState.DOWN, words)
    tones = [counter.desk.weight_tone, *(tone for _, tone in counter.desk.status())]
    assert Tone.ALERT in tones
    simulation.scan("12")
    counter.until(lambda: counter.codes)
    assert counter.desk.stop() == []


@pytest.mark.parametrize("name", ROLES)
def test_a_simulated_device_outside_the_demo(home, name):
    device = Device(name, ROLES[name], "1", Kind.SIMULATED)
    counter = Counter(home, [device])
    counter.desk.start()
    counter.take()
    assert counter.notes == [
        Noted(name, DeviceState.DOWN, f"{name} is simulated: it is there in the demo alone")
    ]
    assert counter.desk.stop() == []


def test_it_gives_back_what_it_took(home, devices, simulation):
    def begin_and_end():
        counter = Counter(home, devices, simulation)
        counter.desk.start()
        counter.until(lambda: len({note.device for note in counter.notes}) == 4)
        assert counter.desk.stop() == []
        counter.desk.show_customer("late", "word")
        counter.desk.open_drawer()
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

    begin_and_end()
    first = begin_and_end()
    assert {begin_and_end() for _ in range(10)} == {first}


def test_readings_in_words_are_of_whole_grams():
    assert reading_words(Stable(1)) == "0.001 kg"
    assert reading_words(Negative(-1005)) == "-1.005 kg on the scale"
    assert reading_words(Stable(12_345)) == "12.345 kg"
