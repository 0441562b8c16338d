import errno
import fcntl
import os
import select
import termios
import threading

import pytest

from drivers.printer import transport
from drivers.printer.build import build, drawer_kick
from drivers.printer.decoder import CutPaper, Fed, Line
from drivers.printer.document import Cut, Text
from drivers.printer.faults import (
    BrokenOff,
    ConnectionRefused,
    NoAnswer,
    NotThere,
    Offline,
    TimedOut,
)
from drivers.printer.job import ask_status, print_bytes
from drivers.printer.patience import Patience
from drivers.printer.profile import PAPER_58, PAPER_80
from drivers.printer.simulated import PtyPlug, SimulatedPrinter, TcpPlug
from drivers.printer.status import Paper, Status, ask
from drivers.printer.transport import Sent, SerialAddress, TcpAddress, UsbAddress, connect
from tests.drivers.printer.lines import listening, terminal

AMPLE = 20
SLIP = build([Text("Milk 28.00"), Cut()], PAPER_80)
READY = Status(False, False, False, Paper.OK, False)


@pytest.fixture
def printer():
    return SimulatedPrinter()


@pytest.fixture(params=["usb", "serial", "tcp"])
def plugged(request, printer, tmp_path):
    """A plug, and the address that it gives the printer."""
    if request.param == "tcp":
        with TcpPlug(printer) as plug:
            yield plug, TcpAddress("127.0.0.1", plug.port)
        return
    with PtyPlug(printer, tmp_path / "printer") as plug:
        path = str(tmp_path / "printer")
        yield plug, UsbAddress(path) if request.param == "usb" else SerialAddress(path)


def print_on(address, data=SLIP, profile=PAPER_80):
    return print_bytes(address, profile, data, Patience(AMPLE))


def test_a_slip_and_a_kick(printer, plugged):
    _, address = plugged
    done = print_on(address, SLIP + drawer_kick(PAPER_80) + SLIP)
    assert done == (Sent(len(SLIP) * 2 + 5), READY)
    assert printer.wait_for(lambda: len(printer.slips) == 2 and len(printer.slips[1]) == 3)
    assert printer.slips == [[Line("Milk 28.00"), Fed(6), CutPaper(whole=True)]] * 2
    assert printer.kicks == 1
    assert not printer.not_understood


@pytest.mark.parametrize(
    ("state", "words", "status"),
    [
        ({"paper": Paper.OUT}, "out of paper", READY._replace(offline=True, paper=Paper.OUT)),
        ({"cover_open": True}, "cover is open", READY._replace(offline=True, cover_open=True)),
        ({"offline": True}, "is offline", READY._replace(offline=True)),
    ],
)
def test_one_that_can_not_print_gets_nothing(printer, plugged, state, words, status):
    _, address = plugged
    vars(printer).update(state)
    with pytest.raises(Offline, match=words) as fault:
        print_on(address)
    assert fault.value.sent == 0
    assert ask_status(address, Patience(AMPLE)) == status
    assert printer.slips == []


def test_near_its_end_it_prints(printer, plugged):
    _, address = plugged
    printer.paper, printer.drawer_high = Paper.NEAR_END, True
    done = print_on(address)
    assert done.status == READY._replace(paper=Paper.NEAR_END, drawer_high=True)
    assert printer.wait_for(lambda: len(printer.slips) == 1)


def test_a_silent_one_is_unknown_and_gets_nothing_if_it_should_answer(printer, plugged):
    _, address = plugged
    printer.silent = True
    with pytest.raises(NoAnswer, match="does not answer"):
        print_on(address)
    assert ask_status(address, Patience(AMPLE)) == Status()
    assert printer.slips == []


def test_a_simple_one_is_not_asked(printer, plugged):
    _, address = plugged
    printer.silent = True
    assert print_on(address, profile=PAPER_58) == (Sent(len(SLIP)), Status())
    assert printer.wait_for(lambda: len(printer.slips) == 1)


def test_one_that_takes_the_connection_and_never_reads(printer, plugged):
    # A short slip would fit the system's buffers, and look as if it was printed.
    plug, address = plugged
    plug.stall()
    with pytest.raises(NoAnswer):
        print_on(address)


def test_one_whose_buffers_are_full_is_asked_no_longer_than_one_that_is_silent(tmp_path):
    with PtyPlug(SimulatedPrinter(), tmp_path / "printer") as plug:
        plug.stall()
        patience = Patience(3600)
        with connect(UsbAddress(str(tmp_path / "printer")), patience) as connection:
            with pytest.raises(TimedOut):
                connection.send(bytes(1_000_000), 0.1)
            assert ask(connection, 0.1) == Status()
        assert patience.left_s > 3600 - AMPLE


def test_one_that_talks_without_end(monkeypatch):
    with terminal() as line, connect(UsbAddress(line.path), Patience(AMPLE)) as connection:
        os.write(line.master, b"\x11")
        assert select.select([connection], [], [], AMPLE)[0]
        monkeypatch.setattr(transport.os, "read", lambda *_: b"\x11")
        assert ask(connection) == Status()


def test_one_that_only_listens(monkeypatch):
    def read(*_):
        raise OSError(errno.EINVAL, "usblp: this printer has no way back")

    with terminal() as line, connect(UsbAddress(line.path), Patience(AMPLE)) as connection:
        os.write(line.master, b"\x12")
        assert select.select([connection], [], [], AMPLE)[0]
        monkeypatch.setattr(transport.os, "read", read)
        assert ask(connection) == Status()
        assert connection.send(SLIP) == Sent(len(SLIP))


def test_unplugged_and_plugged_in_again(printer, plugged):
    plug, address = plugged
    print_on(address)
    assert printer.wait_for(lambda: len(printer.steps) == 4)
    plug.unplug()
    with pytest.raises((NotThere, ConnectionRefused)):
        print_on(address)
    plug.plug()
    print_on(address)
    assert printer.wait_for(lambda: len(printer.steps) == 8)
    assert len(printer.slips) == 2


def test_half_a_slip_is_not_the_beginning_of_the_next(printer, plugged):
    plug, address = plugged
    with connect(address, Patience(AMPLE)) as connection:
        connection.send(SLIP[:-1])
        assert printer.wait_for(lambda: printer.received == len(SLIP) - 1)
    plug.unplug()
    plug.plug()
    print_on(address)
    assert printer.wait_for(lambda: len(printer.slips) == 2)
    assert not printer.not_understood


def test_garbage_is_told(printer):
    assert printer.take(b"\x1b@Milk\n\x1bi") == b""
    assert "unknown" in printer.not_understood


# Asking


def answering(*answers):
    """A printer that answers each request with the next of these."""

    def serve(peer):
        for answer in answers:
            peer.recv(3)
            peer.sendall(answer)
        peer.recv(3)

    return serve


def asked(*answers, reply_s=AMPLE):
    with (
        listening(answering(*answers)) as port,
        connect(TcpAddress("127.0.0.1", port), Patience(AMPLE)) as connection,
    ):
        return ask(connection, reply_s)


def test_all_four_are_asked():
    assert asked(b"\x16", b"\x12", b"\x12", b"\x1e") == Status(
        False, False, False, Paper.NEAR_END, True
    )


def test_noise_is_no_answer():
    assert asked(b"\x00", b"\xff", b"\x93", b"\x13") == Status()


def test_after_a_missing_answer_nothing_more_is_asked():
    # A late answer to this request would be taken for that to the next.
    requests = []

    def serve(peer):
        requests.append(peer.recv(3))
        peer.sendall(b"\x12")
        while request := peer.recv(3):
            requests.append(request)

    with (
        listening(serve) as port,
        connect(TcpAddress("127.0.0.1", port), Patience(AMPLE)) as connection,
    ):
        assert ask(connection, 0.05) == Status(offline=False, drawer_high=False)
    assert requests == [b"\x10\x04\x01", b"\x10\x04\x02"]


def unread(connection):
    return int.from_bytes(fcntl.ioctl(connection, termios.FIONREAD, bytes(4)), "little")


def test_what_came_unasked_is_no_answer():
    # Paper end, said by itself some time ago.
    with terminal() as line, connect(UsbAddress(line.path), Patience(AMPLE)) as connection:
        os.write(line.master, b"\x1a\x32\x12\x72" * 50)
        while unread(connection) < 200:
            os.sched_yield()

        def answer():
            for _ in range(4):
                line.read(3)
                os.write(line.master, b"\x12")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        assert ask(connection) == READY
        thread.join(AMPLE)


def test_a_printer_that_goes_while_it_is_asked():
    with (
        listening(lambda peer: peer.recv(3)) as port,
        connect(TcpAddress("127.0.0.1", port), Patience(AMPLE)) as connection,
    ):
        assert ask(connection) == Status()
        with pytest.raises(BrokenOff):
            connection.send(bytes(4_000_000))
