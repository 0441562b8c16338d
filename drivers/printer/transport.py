"""The lines to a printer: USB (`/dev/usb/lp*`), serial, TCP. None of them ever blocks.

A line is opened for one slip and closed after it, at once if anything fails: what is still in
the system's buffers then is thrown away, so that a slip told as failed does not print later.
"""

import errno
import fcntl
import math
import os
import select
import socket
import stat
import struct
import termios
from contextlib import suppress
from ipaddress import ip_address
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from drivers.printer.faults import (
    Aborted,
    BrokenOff,
    ConnectionRefused,
    Held,
    NotAllowed,
    NotThere,
    Offline,
    PrinterFault,
    TimedOut,
)
from drivers.printer.patience import Patience, Waited

if TYPE_CHECKING:
    from serial import Serial

RAW_PORT = 9100
CHUNK_BYTES = 1024  # what a USB printer may have got, of which nobody can tell how much
RECHECK_S = 0.01  # no event tells that a buffer of the kernel has emptied
LOOK_AGAIN_S = 0.25  # ptys may get room without saying so

_UNACKED = termios.TIOCOUTQ  # for a socket the same request, by the name SIOCOUTQ
_TCP_BUFFER_BYTES = 16 * 1024  # small, so that a printer that stopped reading is noticed
_LINGER_NONE = struct.pack("ii", 1, 0)
_REPLY_BYTES_MAX = 64
_DRAIN_READS_MAX = 64  # one that talks without end is not listened to for ever


class UsbAddress(NamedTuple):
    """A printer of the kernel's usblp; best a link that udev keeps, `/dev/milkpos/printer`."""

    path: str

    def __str__(self) -> str:
        return self.path


class SerialAddress(NamedTuple):
    """A serial port, 8N1. Without flow control a slow printer loses bytes, so it is told which."""

    path: str
    baud: int = 9600
    rtscts: bool = False
    xonxoff: bool = False

    def __str__(self) -> str:
        return self.path


class TcpAddress(NamedTuple):
    """A network printer: its number (`192.168.1.50`), not a name: looking one up can't be timed."""

    host: str
    port: int = RAW_PORT

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


Address = UsbAddress | SerialAddress | TcpAddress


class Sent(NamedTuple):
    """All was taken: by the printer, or by the TCP of its network card."""

    bytes: int


class Connection:
    """An open line, under one deadline. As a context it is closed whole, or abandoned on error."""

    def __init__(self, descriptor: int, address: Address, patience: Patience) -> None:
        self._descriptor = descriptor
        self._address = address
        self._patience = patience

    def fileno(self) -> int:
        """For `poll`, which tells even without asking for anything that the line broke."""
        return self._descriptor

    def under(self, patience: Patience) -> Self:
        """Go on with another deadline: for a line that stays open."""
        self._patience = patience
        return self

    def send(self, data: bytes, within_s: float = math.inf) -> Sent:
        """All of the data, in as many writes as it takes, within the deadline and this time.

        `TimedOut`, `Aborted`, `BrokenOff` or `Offline`, with the number of bytes taken so far.
        """
        patience = self._patience.within(within_s)
        handed = 0
        try:
            while handed < len(data):
                self._await_room(patience, handed)
                handed += self._write(data[handed : handed + CHUNK_BYTES])
            self._await_taken(patience, handed)
        except PrinterFault:
            raise
        except OSError as error:
            raise _fault(error, self._address, self._taken(handed), underway=True) from error
        return Sent(handed)

    def drain(self) -> None:
        """Throw away what came unasked, or too late."""
        for _ in range(_DRAIN_READS_MAX):
            waited = self._patience.wait(self._descriptor, select.POLLIN, 0)
            if waited is not Waited.READY or not self._read():
                return

    def receive(self, within_s: float) -> bytes:
        """What comes next; empty if nothing does in time, or the line can't be read."""
        waited = self._patience.wait(self._descriptor, select.POLLIN, within_s)
        if waited is Waited.STOPPED:
            raise Aborted(f"{self._address}: stopped")
        return self._read() if waited is Waited.READY else b""

    def close(self) -> None:
        """Give the line back, when all was sent."""
        os.close(self._descriptor)

    def abandon(self) -> None:
        """Close it at once; what was not taken yet is lost."""
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def _pending(self) -> int:
        """How many bytes were handed over but not taken by the device."""
        return int.from_bytes(fcntl.ioctl(self._descriptor, _UNACKED, bytes(4)), "little")

    def _write(self, data: bytes) -> int:
        try:
            return os.write(self._descriptor, data)
        except BlockingIOError:  # room for less than the driver wants: not ready after all
            self._patience.wait(self._descriptor, 0, RECHECK_S)
            return 0

    def _read(self) -> bytes:
        try:
            return os.read(self._descriptor, _REPLY_BYTES_MAX)
        except OSError:  # a printer that only listens; if the line is broken, sending will tell
            return b""

    def _await_room(self, patience: Patience, handed: int) -> None:
        waited = Waited.LATE
        while waited is Waited.LATE and patience.left_s:
            waited = patience.wait(self._descriptor, select.POLLOUT, LOOK_AGAIN_S)
        self._check(waited, handed)

    def _await_taken(self, patience: Patience, handed: int) -> None:
        while self._pending():
            waited = patience.wait(self._descriptor, 0, RECHECK_S)
            if waited is Waited.READY:  # no event was asked for: it is an error
                raise BrokenOff(_broken(self._address, self._taken(handed)), self._taken(handed))
            if waited is Waited.STOPPED or not patience.left_s:
                self._check(waited, handed)

    def _check(self, waited: Waited, handed: int) -> None:
        if waited is Waited.READY:
            return
        taken = self._taken(handed)
        if waited is Waited.STOPPED:
            raise Aborted(f"{self._address}: stopped after at most {taken} bytes", taken)
        raise TimedOut(f"{self._address}: takes no data; it took at most {taken} bytes", taken)

    def _taken(self, handed: int) -> int:
        try:
            return max(0, handed - self._pending())
        except OSError:  # the device is gone, and what it had not taken with it
            return handed


class UsbConnection(Connection):
    """The kernel's usblp takes a chunk, and is writable again when the printer has it."""

    _chunk = 0

    def _write(self, data: bytes) -> int:
        written = super()._write(data)
        self._chunk = written or self._chunk
        return written

    def _pending(self) -> int:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        return 0 if poll.poll(0) else self._chunk

    def _taken(self, handed: int) -> int:
        return handed  # of the chunk under way, the printer may have any part


class SerialConnection(Connection):
    """A port that pyserial set up; it is written to past pyserial."""

    def __init__(self, port: "Serial", address: SerialAddress, patience: Patience) -> None:
        super().__init__(port.fileno(), address, patience)
        self._port = port

    def close(self) -> None:
        """Give the port back."""
        self._port.close()

    def abandon(self) -> None:
        """Emptied first: the kernel would wait 30 s for a stalled printer to take the rest."""
        with suppress(termios.error):  # it may be gone
            termios.tcflush(self._descriptor, termios.TCOFLUSH)
        self._port.close()


class TcpConnection(Connection):
    """All is taken when the other side acknowledged it all."""

    def __init__(self, line: socket.socket, address: TcpAddress, patience: Patience) -> None:
        super().__init__(line.fileno(), address, patience)
        self._line = line

    def close(self) -> None:
        """What came back is read first: closing over it would reset the connection."""
        self.drain()
        self._line.close()

    def abandon(self) -> None:
        """Reset the connection, so that the kernel does not go on sending."""
        self._line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
        self._line.close()

    def _taken(self, handed: int) -> int:
        return handed  # where the line broke, what was taken may not have been acknowledged


def connect(address: Address, patience: Patience) -> Connection:
    """Open the line to a printer, at this address only.

    `NotThere`, `NotAllowed`, `Held`, `ConnectionRefused`, `TimedOut` or `Aborted`, in words.
    """
    try:
        match address:
            case UsbAddress():
                return _open_usb(address, patience)
            case SerialAddress():
                return _open_serial(address, patience)
            case TcpAddress():
                return _open_tcp(address, patience)
    except PrinterFault:
        raise
    except OSError as error:
        raise _fault(error, address) from error


def send(address: Address, data: bytes, patience: Patience) -> Sent:
    """Open, send everything, close. Errors as `connect` and `Connection.send`."""
    with connect(address, patience) as connection:
        return connection.send(data)


def sending_s(address: Address, size: int) -> float:
    """How long so many bytes are on their way at least, in seconds; ten bits a byte if serial."""
    return size * 10 / address.baud if isinstance(address, SerialAddress) else 0.0


def _open_usb(address: UsbAddress, patience: Patience) -> Connection:
    flags = os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    descriptor = os.open(address.path, flags)
    if not stat.S_ISCHR(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotThere(f"{address} is no device")
    return UsbConnection(descriptor, address, patience)


def _open_serial(address: SerialAddress, patience: Patience) -> Connection:
    from serial import Serial

    port = Serial(
        address.path,
        address.baud,
        timeout=0,
        write_timeout=0,
        rtscts=address.rtscts,
        xonxoff=address.xonxoff,
        exclusive=True,
    )
    return SerialConnection(port, address, patience)


def _open_tcp(address: TcpAddress, patience: Patience) -> Connection:
    try:
        family = socket.AF_INET if ip_address(address.host).version == 4 else socket.AF_INET6
    except ValueError:
        raise NotThere(f"{address.host}: give the printer's number, as 192.168.1.50") from None
    line = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _TCP_BUFFER_BYTES)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = line.connect_ex((address.host, address.port))
        if code == errno.EINPROGRESS:
            match patience.wait(line.fileno(), select.POLLOUT):
                case Waited.LATE:
                    raise TimedOut(f"{address}: nothing answers there")
                case Waited.STOPPED:
                    raise Aborted(f"{address}: stopped")
            code = line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))
    except BaseException:
        line.close()
        raise
    return TcpConnection(line, address, patience)


_NOT_THERE = {
    errno.ENOENT,
    errno.ENODEV,
    errno.ENXIO,
    errno.EHOSTUNREACH,
    errno.ENETUNREACH,
    errno.EHOSTDOWN,
    errno.EISDIR,
}


def _fault(
    error: OSError, address: Address, taken: int = 0, *, underway: bool = False
) -> PrinterFault:
    """What the system says, in our words."""
    code = error.errno
    if code == errno.ENOSPC:  # usblp's way to say it
        return Offline(f"{address}: out of paper", taken)
    if underway:
        return BrokenOff(_broken(address, taken), taken)
    if code in _NOT_THERE:
        return NotThere(f"{address}: nothing is there")
    if code in (errno.EACCES, errno.EPERM):
        return NotAllowed(f"{address}: this user may not open it")
    if code in (errno.EBUSY, errno.EAGAIN):
        return Held(f"{address}: another program holds it")
    if code == errno.ECONNREFUSED:
        return ConnectionRefused(f"{address}: refuses the connection")
    if code == errno.ETIMEDOUT:
        return TimedOut(f"{address}: nothing answers there")
    return PrinterFault(f"{address}: {error.strerror or error}")


def _broken(address: Address, taken: int) -> str:
    return f"{address}: the line broke; at most {taken} bytes were taken"
