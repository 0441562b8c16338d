"""The printer's transports and status over the kernel's usblp, its printer a USB gadget."""

import errno
import os
import threading
import time
from pathlib import Path

import pytest

from drivers.driver import Stop
from drivers.printer.build import build, drawer_kick
from drivers.printer.document import Cut, Qr, Text
from drivers.printer.faults import Aborted, BrokenOff, Held, NoAnswer, NotThere, Offline, TimedOut
from drivers.printer.job import ask_status, print_bytes
from drivers.printer.patience import Patience
from drivers.printer.profile import PAPER_80
from drivers.printer.simulated import SimulatedPrinter
from drivers.printer.status import Paper, Status, request
from drivers.printer.transport import UsbAddress, connect, send
from tests.hardware.gadgets import PrinterPort, plugged, wait_for
from tests.hardware.printing import Printer

ADDRESS = UsbAddress("/dev/milkpos/printer")
READY = Status(False, False, False, Paper.OK, False)
AMPLE_S = 60
SLIP = build(
    [Text("Nandini Dairy", double=True, centred=True)]
    + [Text(f"Milk {number:03} 28.00") for number in range(200)]
    + [Qr("upi://pay?pa=shop@okaxis&am=12.50"), Cut()],
    PAPER_80,
)
ASKED = b"".join(map(request, (1, 2, 3, 4)))
MUCH = SLIP * 60


@pytest.fixture
def port():
    with plugged(PrinterPort()) as port:
        wait_for(Path(ADDRESS.path).exists, ADDRESS.path)
        yield port


@pytest.fixture
def simulated():
    return SimulatedPrinter()


@pytest.fixture
def printer(port, simulated):
    with Printer(port, simulated) as printer:
        yield printer


def patient(seconds=AMPLE_S, stop=None):
    return Patience(seconds, stop)


def test_a_slip_arrives_byte_by_byte(printer, simulated):
    done = print_bytes(ADDRESS, PAPER_80, SLIP, patient())
    assert (done.sent.bytes, done.status) == (len(SLIP), READY)
    wait_for(lambda: len(printer.got) >= len(ASKED + SLIP), "the whole slip")
    assert printer.got == ASKED + SLIP
    assert simulated.not_understood == ""


def test_the_drawer_is_kicked_once(printer, simulated):
    send(ADDRESS, drawer_kick(PAPER_80), patient())
    wait_for(lambda: simulated.kicks, "the kick")
    assert printer.got == drawer_kick(PAPER_80)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ({}, READY),
        ({"paper": Paper.NEAR_END}, READY._replace(paper=Paper.NEAR_END)),
        ({"paper": Paper.OUT}, READY._replace(offline=True, paper=Paper.OUT)),
        ({"cover_open": True}, READY._replace(offline=True, cover_open=True)),
        ({"offline": True}, READY._replace(offline=True)),
        ({"drawer_high": True}, READY._replace(drawer_high=True)),
        ({"silent": True}, Status()),
    ],
)
def test_how_it_says_it_is(printer, simulated, state, status):
    vars(simulated).update(state)
    assert ask_status(ADDRESS, patient()) == status


def test_out_of_paper_nothing_is_sent_and_it_goes_on_with_paper(printer, simulated):
    simulated.paper = Paper.OUT
    with pytest.raises(Offline, match="out of paper") as fault:
        print_bytes(ADDRESS, PAPER_80, SLIP, patient())
    assert fault.value.sent == 0
    assert printer.got == ASKED
    simulated.paper = Paper.OK
    print_bytes(ADDRESS, PAPER_80, SLIP, patient())
    wait_for(lambda: printer.got == ASKED * 2 + SLIP, "the slip, once")


def test_one_that_does_not_answer_gets_no_slip(printer, simulated):
    simulated.silent = True
    with pytest.raises(NoAnswer):
        print_bytes(ADDRESS, PAPER_80, SLIP, patient())
    assert printer.got == request(1)


# Faults in the middle


def test_a_stalled_one_is_told_in_time_and_prints_no_more_than_was_counted(printer):
    printer.stall()
    began = time.monotonic()
    with pytest.raises(TimedOut, match="takes no data") as fault:
        send(ADDRESS, MUCH, patient(3))
    assert time.monotonic() - began < 3 + 2
    assert 0 < fault.value.sent < len(MUCH)
    printer.stall(False)
    send(ADDRESS, b"\n", patient())
    wait_for(lambda: printer.got.endswith(b"\n"), "what is sent next")
    assert len(printer.got) - 1 <= fault.value.sent


def test_unplugged_in_the_middle_of_a_slip_and_replugged(port, simulated):
    with Printer(port, simulated) as printer:
        printer.stall()
        faults = []
        sender = threading.Thread(target=_send_much, args=(faults,))
        sender.start()
        wait_for(lambda: _is_held(port), "the slip is on its way")
    port.unplug()
    sender.join(AMPLE_S)
    [fault] = faults
    assert isinstance(fault, BrokenOff)
    assert fault.sent < len(MUCH)
    with pytest.raises(NotThere):
        send(ADDRESS, SLIP, patient())
    port.plug()
    wait_for(Path(ADDRESS.path).exists, "it is back")
    simulated.begin_anew()
    with Printer(port, simulated) as printer:
        print_bytes(ADDRESS, PAPER_80, SLIP, patient())
        wait_for(lambda: len(printer.got) >= len(ASKED + SLIP), "the whole slip")
        assert printer.got == ASKED + SLIP


def _send_much(faults):
    try:
        send(ADDRESS, MUCH, patient())
    except OSError as fault:
        faults.append(fault)


def _is_held(port):
    try:
        os.close(os.open(f"/dev/usb/{port.node('lp*')}", os.O_RDWR | os.O_NONBLOCK))
    except OSError as error:
        return error.errno == errno.EBUSY
    return False


def test_stopped_while_it_stalls(printer):
    printer.stall()
    stop = Stop()
    threading.Timer(1, stop.set).start()
    with pytest.raises(Aborted):
        send(ADDRESS, MUCH, patient(AMPLE_S, stop))
    stop.close()


def test_two_programs_at_one_printer(printer):
    with connect(ADDRESS, patient()), pytest.raises(Held):
        connect(ADDRESS, patient())
