import os
import select
import socket
import threading
import time

import pytest

from drivers.printer import transport
from drivers.printer.faults import (
    Aborted,
    BrokenOff,
    ConnectionRefused,
    TimedOut,
)
from drivers.printer.patience import Patience, Waited
from drivers.printer.transport import (
    CHUNK_BYTES,
    Sent,
    SerialAddress,
    TcpAddress,
    UsbAddress,
    connect,
    send,
    sending_s,
)
from tests.drivers.printer.lines import (
    AMPLE,
    BUFFERED,
    MUCH,
    SLIP,
    SOON,
    device,
    kinds,
    listening,
    open_descriptors,
    patient,
    reset,
    stopper,
    terminal,
    waiting,
)

# All is well


@kinds
def test_all_arrives_over_a_device(kind):
    with terminal() as line:
        reader = threading.Thread(target=lambda: got.append(line.read(len(SLIP))), daemon=True)
        got = []
        reader.start()
        assert send(device(kind, line.path), SLIP, patient()) == Sent(len(SLIP))
        reader.join(AMPLE)
        assert got == [SLIP]


def test_all_arrives_over_tcp():
    got = []

    def serve(peer):
        while data := peer.recv(1000):
            got.append(data)

    with listening(serve) as port:
        assert send(TcpAddress("127.0.0.1", port), SLIP, patient()) == Sent(len(SLIP))
    assert b"".join(got) == SLIP


def test_what_a_printer_says_unasked_does_not_cut_its_slip_off():
    # A connection closed over unread bytes is reset, and the printer loses what it has not read.
    got, spoken, closed = [], threading.Event(), threading.Event()

    def serve(peer):
        peer.sendall(b"\x14\x00\x00\x0f")
        spoken.set()
        assert closed.wait(AMPLE)
        while data := peer.recv(1000):
            got.append(data)

    with listening(serve) as port:
        with connect(TcpAddress("127.0.0.1", port), patient()) as connection:
            assert spoken.wait(AMPLE)
            assert select.select([connection], [], [], AMPLE)[0]
            connection.send(b"Milk\n")
        closed.set()
    assert got == [b"Milk\n"]


def test_nothing_to_send():
    with terminal() as line:
        assert send(UsbAddress(line.path), b"", patient()) == Sent(0)


# Stalls


@kinds
def test_exactly_the_bytes_that_a_stalled_device_took_are_counted(kind):
    with terminal() as line, connect(device(kind, line.path), patient(SOON)) as connection:
        with pytest.raises(TimedOut, match="takes no data") as fault:
            connection.send(MUCH)
        taken = fault.value.sent
        assert f" {taken} bytes" in str(fault.value)
        assert 0 < taken == waiting(line)


def test_what_waits_at_a_serial_port_is_thrown_away():
    # Else closing the port would wait for it, and it would print after all.
    with terminal() as line:
        with pytest.raises(TimedOut) as fault:
            send(SerialAddress(line.path), MUCH, patient(SOON))
        assert waiting(line) < fault.value.sent


def test_a_network_printer_that_never_reads():
    with listening() as port:
        with pytest.raises(TimedOut, match="takes no data") as fault:
            send(TcpAddress("127.0.0.1", port), MUCH, patient(SOON))
        assert 0 < fault.value.sent < 100_000  # what the other side's system took, not ours


def test_what_only_our_own_buffers_took_was_not_sent():
    with listening(buffer=1024) as port:
        with pytest.raises(TimedOut) as fault:
            send(TcpAddress("127.0.0.1", port), BUFFERED, patient(SOON))
        # At most: the other side may have read what it never came to acknowledge.
        assert fault.value.sent == len(BUFFERED)


def test_what_a_network_printer_acknowledged_is_what_it_can_read():
    got = []
    go_on = threading.Event()

    def serve(peer):
        assert go_on.wait(AMPLE)
        try:
            while data := peer.recv(65536):
                got.append(data)
        except ConnectionResetError:
            got.append(b"")

    with listening(serve) as port:
        with pytest.raises(TimedOut) as fault:
            send(TcpAddress("127.0.0.1", port), MUCH, patient(SOON))
        go_on.set()
    # Given up means given up: what waited in our buffers was thrown away.
    assert len(b"".join(got)) <= fault.value.sent


def test_a_printer_that_goes_on_reading_gets_the_rest():
    got = []

    def serve(peer):
        while data := peer.recv(700):  # slowly: many partial writes
            got.append(len(data))

    with listening(serve, buffer=2048) as port:
        assert send(TcpAddress("127.0.0.1", port), bytes(300_000), patient()).bytes == 300_000
    assert sum(got) == 300_000


def test_the_deadline_is_for_all_of_it():
    # A printer that takes a little now and then never gets more time than there was.
    ending = threading.Event()
    with terminal() as line:

        def sip():
            while not ending.wait(0.01):
                waiting(line)

        thread = threading.Thread(target=sip, daemon=True)
        thread.start()
        begun = time.monotonic()
        with pytest.raises(TimedOut):
            send(UsbAddress(line.path), bytes(400_000_000), patient(SOON))
        assert time.monotonic() - begun < SOON + 5
        ending.set()
        thread.join()


def test_nothing_is_written_once_the_time_is_over():
    with terminal() as line:
        seconds = iter([0.0, 0.0, 0.0, 0.0] + [100.0] * 1000)
        with pytest.raises(TimedOut) as fault:
            send(UsbAddress(line.path), MUCH, Patience(10, clock=lambda: next(seconds)))
        assert fault.value.sent == waiting(line) < 10 * CHUNK_BYTES


def test_one_that_says_it_has_room_and_has_not(monkeypatch):
    def write(*_):
        raise BlockingIOError

    with terminal() as line:
        monkeypatch.setattr(transport.os, "write", write)
        with pytest.raises(TimedOut) as fault:
            send(UsbAddress(line.path), SLIP, patient(SOON))
        assert fault.value.sent == 0


# Lines that break


@kinds
def test_unplugged_in_the_middle(kind):
    with terminal() as line:
        thread = threading.Thread(target=lambda: (line.read(100), line.unplug()), daemon=True)
        thread.start()
        with pytest.raises(BrokenOff, match="the line broke") as fault:
            send(device(kind, line.path), MUCH, patient())
        thread.join(AMPLE)
        assert 100 <= fault.value.sent < len(MUCH)


@pytest.mark.parametrize("leave", [reset, lambda peer: peer.close()], ids=["reset", "close"])
def test_the_peer_goes_in_the_middle(leave):
    def serve(peer):
        peer.recv(100)
        leave(peer)

    with listening(serve) as port:
        with pytest.raises(BrokenOff, match="the line broke") as fault:
            send(TcpAddress("127.0.0.1", port), MUCH, patient())
        assert 100 <= fault.value.sent < len(MUCH)


def test_the_peer_goes_when_all_is_handed_over(monkeypatch):
    handed = threading.Event()
    real, sizes = os.write, []

    def write(descriptor, data):
        sizes.append(real(descriptor, data))
        if sum(sizes) == len(BUFFERED):
            handed.set()
        return sizes[-1]

    def serve(peer):
        assert handed.wait(AMPLE)
        reset(peer)

    with listening(serve, buffer=1024) as port:
        monkeypatch.setattr(transport.os, "write", write)
        with pytest.raises(BrokenOff) as fault:
            send(TcpAddress("127.0.0.1", port), BUFFERED, patient())
        assert fault.value.sent == len(BUFFERED)


def test_what_was_read_but_not_acknowledged_may_stand_on_paper():
    # A slip told as not sent would be printed again without DUPLICATE.
    read = []

    def serve(peer):
        peer.recv(3)
        peer.sendall(b"\x12")  # what the two talk about lets the system delay acknowledgements
        read.append(len(peer.recv(1024)))
        reset(peer)

    with (
        listening(serve) as port,
        connect(TcpAddress("127.0.0.1", port), patient()) as connection,
    ):
        connection.send(b"\x10\x04\x01")
        connection.receive(AMPLE)
        with pytest.raises(BrokenOff) as fault:
            connection.send(BUFFERED[:500])
        assert (read, fault.value.sent) == ([500], 500)


# Stopped


@pytest.mark.parametrize("over", ["usb", "serial", "tcp"])
def test_the_word_to_stop_ends_it_at_once(over):
    with stopper() as stop, terminal() as line, listening() as port:
        address = TcpAddress("127.0.0.1", port) if over == "tcp" else device(over, line.path)
        with connect(address, patient(stop=stop)) as connection:
            full = threading.Thread(target=stop_when_full, args=(connection, stop), daemon=True)
            full.start()
            with pytest.raises(Aborted, match="stopped after") as fault:
                connection.send(MUCH)
            full.join(AMPLE)
        assert 0 < fault.value.sent < len(MUCH)


def stop_when_full(connection, stop):
    while select.select([], [connection], [], 0)[1]:
        os.sched_yield()
    stop.set()


def test_stopped_before_it_began():
    with stopper() as stop, terminal() as line:
        stop.set()
        with pytest.raises(Aborted) as fault:
            send(UsbAddress(line.path), SLIP, patient(stop=stop))
        assert fault.value.sent == 0
        assert waiting(line) == 0


@pytest.fixture
def silent_pipe():
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)
    os.close(writing)


def test_patience(silent_pipe):
    reading, writing = silent_pipe
    now = [0.0]
    patience = Patience(5, clock=lambda: now[0])
    assert patience.wait(writing, select.POLLOUT) is Waited.READY
    assert patience.wait(reading, select.POLLIN, 0) is Waited.LATE
    assert patience.left_s == 5
    assert patience.within(2).left_s == 2
    assert patience.within(9).left_s == 5
    now[0] = 6.0
    assert patience.left_s == 0
    begun = time.monotonic()
    assert patience.wait(reading, select.POLLIN) is Waited.LATE
    assert time.monotonic() - begun < 2


def test_the_word_to_stop_wakes_who_waits(silent_pipe):
    with stopper() as stop:
        calls = []

        def clock():  # read a second time when the wait has begun
            calls.append(None)
            if len(calls) == 2:
                stop.set()
            return 0.0

        assert Patience(3600, stop, clock).wait(silent_pipe[0], select.POLLIN) is Waited.STOPPED


# Descriptors


@kinds
def test_a_thousand_slips_leave_no_descriptor_open(kind):
    with terminal() as line:
        address = device(kind, line.path)
        send(address, b"x", patient())  # what is imported only now stays open
        before = open_descriptors()
        for _ in range(500):
            send(address, b"x", patient())
            with pytest.raises(TimedOut):
                send(address, bytes(100_000), patient(0.0001))
            waiting(line)
        assert open_descriptors() == before


def test_a_thousand_connections_leave_no_descriptor_open():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # bound, but it does not listen
        address = TcpAddress(*server.getsockname())
        before = open_descriptors()
        for _ in range(500):
            send(address, b"x", patient())
            server.accept()[0].close()
            with pytest.raises(ConnectionRefused):
                send(TcpAddress(*silent.getsockname()), b"x", patient())
        assert open_descriptors() == before


def test_time_on_a_serial_line():
    assert sending_s(SerialAddress("/dev/ttyS0", 9600), 18_000) == pytest.approx(18.75)
    assert sending_s(UsbAddress("/dev/usb/lp0"), 18_000) == 0
