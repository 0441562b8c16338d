"""A scale on a serial port, by pyserial. `socket://host:port` is a serial server on the network."""

import contextlib
import errno
import select
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from drivers.driver import Emit, Stop
from drivers.scale.conversation import SETTLE_TIMES, Conversation
from drivers.scale.protocols import Line, Protocol

if TYPE_CHECKING:
    import serial

WRITE_S = 2.0  # a question is a few bytes: a port that does not take them hangs
READ_BYTES = 4096
CAPTURE_BYTES_MAX = 65_536

_WORDS = {
    errno.ENOENT: "no scale is plugged in at {port}",
    errno.ENODEV: "no scale is plugged in at {port}",
    errno.ENXIO: "no scale is plugged in at {port}",
    errno.EACCES: "the till may not open {port}: its user must be in the group dialout",
    # flock, and the TIOCEXCL of programs that use it.
    errno.EAGAIN: "another program holds the scale's port {port}",
    errno.EBUSY: "another program holds the scale's port {port}",
}


def monotonic_ms() -> int:
    """Milliseconds that no change of the clock touches."""
    return time.monotonic_ns() // 1_000_000


class SerialScale:
    """The driver. `line` is for a scale whose menu says otherwise than is usual; `settle_times` for
    protocols that don't tell rest."""

    def __init__(
        self,
        name: str,
        port: str,
        protocol: Protocol,
        *,
        line: Line | None = None,
        settle_times: int = SETTLE_TIMES,
        now_ms: Callable[[], int] = monotonic_ms,
    ) -> None:
        self._name = name
        self._port = port
        self._protocol = protocol
        self._line = line or protocol.line
        self._settle_times = settle_times
        self._now_ms = now_ms

    @property
    def name(self) -> str:
        """The scale's name in the settings."""
        return self._name

    def run(self, emit: Emit, stop: Stop) -> None:
        """Serve the scale; a silent one is asked again and again.

        Raises OSError, its `strerror` for people: not there, held by another program, not allowed,
        pulled out. Its descriptor is closed by then.
        """
        with self._opened() as port:
            conversation = Conversation(
                self._name, self._protocol, self._now_ms(), settle_times=self._settle_times
            )
            try:
                self._serve(port, conversation, emit, stop)
            except OSError as error:
                words = f"the scale at {self._port} was pulled out, or its line broke"
                raise OSError(errno.EIO, words) from error

    def _serve(
        self, port: "serial.SerialBase", conversation: Conversation, emit: Emit, stop: Stop
    ) -> None:
        while not stop.said:
            self._ask(port, conversation)
            wait_s = max(0, conversation.due_ms() - self._now_ms()) / 1000
            readable = select.select([port.fileno(), stop.fileno()], [], [], wait_s)[0]
            data = port.read(READ_BYTES) if readable else b""
            now_ms = self._now_ms()
            events = conversation.hear(data, now_ms) if data else []
            for event in events + conversation.look(now_ms):
                emit(event)

    def _ask(self, port: "serial.SerialBase", conversation: Conversation) -> None:
        question = conversation.ask(self._now_ms())
        if question:
            # What came since the last answer would be taken for the answer to this question. Read,
            # not flushed: pyserial's flush of a port that is gone raises what is no OSError.
            while port.read(READ_BYTES):
                conversation.drained()
            port.write(question)

    @contextlib.contextmanager
    def _opened(self) -> Iterator["serial.SerialBase"]:
        """The port; closed at once when it is gone, or the kernel gives the scale another number
        when it is plugged in again."""
        with contextlib.closing(open_port(self._port, self._line)) as port:
            yield port


def open_port(port: str, line: Line) -> "serial.SerialBase":
    """A scale's port, for ourselves alone. Raises OSError in words, as `SerialScale.run`."""
    import termios

    import serial

    try:
        return serial.serial_for_url(
            port,
            baudrate=line.baud,
            bytesize=line.data_bits,
            parity=str(line.parity),
            stopbits=line.stop_bits,
            timeout=0,
            write_timeout=WRITE_S,
            exclusive=True,
        )
    except OSError as error:
        number = error.errno or errno.EIO
        words = _WORDS.get(number, "the scale's port {port} can't be opened: {error}")
        raise OSError(number, words.format(port=port, error=error)) from error
    except (termios.error, ValueError) as error:  # pyserial lets them pass: a port that goes
        # while it is set up, and settings that no port has
        words = f"the scale's port {port} can't be set to {line}: {error}"
        raise OSError(errno.EINVAL, words) from error


def capture(port: str, line: Line, ask: bytes, seconds: float, ask_every_s: float = 0.25) -> bytes:
    """All that a scale sends in a time, asked again and again if `ask` is anything: for learning.

    Raises OSError in words.
    """
    heard = b""
    until = time.monotonic() + seconds
    with contextlib.closing(open_port(port, line)) as opened:
        try:
            while (left := until - time.monotonic()) > 0 and len(heard) < CAPTURE_BYTES_MAX:
                if ask:
                    opened.write(ask)
                select.select([opened.fileno()], [], [], min(left, ask_every_s))
                heard += opened.read(READ_BYTES)
                if ask:  # the answer is on its way: wait for the rest of it, not for its beginning
                    time.sleep(min(ask_every_s, max(0.0, until - time.monotonic())))
                    heard += opened.read(READ_BYTES)
        except OSError as error:
            words = f"the scale at {port} was pulled out, or its line broke"
            raise OSError(errno.EIO, words) from error
    return heard
