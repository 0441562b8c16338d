"""A printer at the far end of a USB line: what `drivers.printer.simulated` is on a pty."""

import errno
import os
import select
import threading

from drivers.driver import Stop


class Printer:
    """Reads what comes and answers as `simulated` does, from a thread of its own; all of the bytes
    are kept in `got`. While `stalled` it takes nothing."""

    def __init__(self, port, simulated):
        self.got = b""
        self._port = port
        self._simulated = simulated
        self._flow = threading.Event()
        self._flow.set()
        self._stop = Stop()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def stall(self, stalled=True):
        """Take nothing any more, or go on."""
        if stalled:
            self._flow.clear()
        else:
            self._flow.set()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._flow.set()
        self._thread.join()
        self._stop.close()

    def _serve(self):
        line = self._port.line
        while not self._stop.said:
            self._flow.wait()
            ready = select.select([line, self._stop], [], [])[0]
            if line not in ready or self._stop.said or not self._flow.is_set():
                continue
            try:
                data = os.read(line, 8192)
            except OSError as error:
                if error.errno == errno.EAGAIN:
                    continue
                raise
            self.got += data
            replies = self._simulated.take(data)
            for reply in replies:  # a packet each, as a printer answers each request
                os.write(line, bytes([reply]))
