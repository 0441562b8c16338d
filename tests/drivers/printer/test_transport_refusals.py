"""Lines that are not there, not ours, or that answer as the kernel's usblp does."""

import errno
import os
import socket

import pytest

from drivers.printer import transport
from drivers.printer.faults import (
    BrokenOff,
    ConnectionRefused,
    Held,
    NotAllowed,
    NotThere,
    Offline,
    PrinterFault,
    TimedOut,
)
from drivers.printer.transport import (
    CHUNK_BYTES,
    Sent,
    SerialAddress,
    TcpAddress,
    UsbAddress,
    connect,
    send,
)
from tests.drivers.printer.lines import (
    patient,
    terminal,
)

# Nobody there, or not for us


@pytest.mark.parametrize("address", [UsbAddress("/dev/usb/lp77"), SerialAddress("/dev/ttyUSB77")])
def test_no_such_device(address):
    with pytest.raises(NotThere, match="77: nothing is there"):
        connect(address, patient())


def test_a_file_is_no_printer(tmp_path):
    file = tmp_path / "lp0"
    file.write_text("books")
    with pytest.raises(NotThere, match="is no device"):
        connect(UsbAddress(str(file)), patient())
    with pytest.raises(PrinterFault):
        connect(SerialAddress(str(file)), patient())
    with pytest.raises(NotThere):
        connect(UsbAddress(str(tmp_path)), patient())
    assert file.read_text() == "books"


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ConnectionRefused, match=f"127.0.0.1:{port}: refuses"):
        connect(TcpAddress("127.0.0.1", port), patient())


def test_a_network_printer_is_tried_by_its_number_only():
    with pytest.raises(NotThere, match=r"192\.168\.1\.50"):
        connect(TcpAddress("printer.local"), patient())


def test_two_programs_at_one_serial_port():
    with (
        terminal() as line,
        connect(SerialAddress(line.path), patient()),
        pytest.raises(Held, match="another program"),
    ):
        connect(SerialAddress(line.path), patient())


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.EACCES, NotAllowed),
        (errno.EBUSY, Held),
        (errno.ENODEV, NotThere),
        (errno.ENOSPC, Offline),
        (errno.EHOSTUNREACH, NotThere),
        (errno.ETIMEDOUT, TimedOut),
        (errno.EPROTO, PrinterFault),
    ],
)
def test_what_the_system_says_in_our_words(monkeypatch, code, kind):
    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(transport.os, "open", refuse)
    with pytest.raises(PrinterFault) as fault:
        connect(UsbAddress("/dev/usb/lp0"), patient())
    assert type(fault.value) is kind
    assert str(fault.value).startswith("/dev/usb/lp0: ")


# usblp's ways


def test_writable_but_not_ready_after_all(monkeypatch):
    answers = iter([0, BlockingIOError(), 3])
    real = os.write

    def write(descriptor, data):
        answer = next(answers, None)
        if isinstance(answer, OSError):
            raise answer
        return real(descriptor, data if answer is None else data[:answer])

    with terminal() as line:
        monkeypatch.setattr(transport.os, "write", write)
        assert send(UsbAddress(line.path), b"0123456789", patient()) == Sent(10)
        assert line.read(10) == b"0123456789"


@pytest.mark.parametrize(("code", "kind"), [(errno.ENOSPC, Offline), (errno.EIO, BrokenOff)])
def test_an_error_after_some_bytes(monkeypatch, code, kind):
    real = os.write
    calls = []

    def write(descriptor, data):
        calls.append(len(data))
        if len(calls) == 2:
            raise OSError(code, os.strerror(code))
        return real(descriptor, data)

    with terminal() as line:
        monkeypatch.setattr(transport.os, "write", write)
        with pytest.raises(kind) as fault:
            send(UsbAddress(line.path), bytes(2000), patient())
        assert fault.value.sent == CHUNK_BYTES
