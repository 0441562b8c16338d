"""A barcode reader on a serial port (also ttyACM), by pyserial."""

import errno
import termios
from collections.abc import Callable
from typing import NamedTuple

from drivers.driver import Emit, Stop
from drivers.events import DeviceUp
from drivers.scanner.decoder import LineDecoder, Rules
from drivers.scanner.discovery import holders
from drivers.scanner.reader import Held, Role, monotonic_ms, serve

# What opening a port says where another program has claimed (TIOCEXCL) or locked (flock) it.
_HELD = frozenset({errno.EBUSY, errno.EAGAIN})


class SerialReader(NamedTuple):
    """The settings of a serial reader: a path that stays, as in `/dev/serial/by-id`; baud."""

    name: str
    path: str
    baud: int = 9600
    role: Role = Role.SCANNER
    rules: Rules = Rules()


class SerialScanner:
    """The driver."""

    def __init__(self, reader: SerialReader, *, now_ms: Callable[[], int] = monotonic_ms) -> None:
        self.reader = reader
        self._now_ms = now_ms

    @property
    def name(self) -> str:
        """The reader's name in the settings."""
        return self.reader.name

    def run(self, emit: Emit, stop: Stop) -> None:
        """Serve the reader. Raises OSError in words: not there, `Held`, gone."""
        from serial import Serial, SerialException

        path = self.reader.path
        try:
            port = Serial(path, self.reader.baud, exclusive=True)
        except SerialException as error:
            if error.errno in _HELD:
                raise Held(path, holders(path)) from error
            raise
        except termios.error as error:  # pyserial lets it pass, and it is no OSError
            raise OSError(*error.args) from error
        # Closed at once when it is gone, or the kernel gives the replugged reader another number.
        with port:
            emit(DeviceUp(self.name, f"serial barcode reader at {path}"))
            decoder = LineDecoder(self.name, self.reader.rules, emit)
            serve(
                port.fileno(),
                stop,
                decoder,
                lambda data: decoder.feed(data, self._now_ms()),
                self._now_ms,
            )
