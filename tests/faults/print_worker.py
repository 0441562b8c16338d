"""A program that sells a bill, prints it, and is killed at one moment of that: see
`test_print_died`.

Moments: `sold` (after the sale, before the queue is looked at), `begun` (before the first byte),
`jammed` (it is killed from outside in the middle of the slip), `sent` (all bytes are out, and
nobody has written down that they are), `printed` (after that).
"""

import os
import signal
import sys
import threading
from pathlib import Path

from milkpos_tui.hardware.spooler import Spooler
from milkpos_tui.hardware.wiring import printer_of
from milkpos_tui.home import Home
from milkpos_tui.services.printing import Printing
from milkpos_tui.till import open_till
from tests.support.days import sell
from tests.support.tills import OWNER


def die(*_given: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dies_in(name: str, *, after: bool) -> None:
    """A step of the queue kills its process, before it does anything or when it is done."""
    step = getattr(Printing, name)

    def fatal(*given: object) -> None:
        if after:
            step(*given)
        die()

    setattr(Printing, name, fatal)


def main() -> None:
    home, moment = Home(Path(sys.argv[1])), sys.argv[2]
    with open_till(home) as till:
        bill = sell(till, "1", OWNER, "12", "+")
        print(bill.number, flush=True)
        if moment == "sold":
            die()
        if moment == "begun":
            dies_in("begin", after=True)
        if moment in ("sent", "printed"):
            dies_in("printed", after=moment == "printed")
        (device,) = till.devices.of("1")
        Spooler(home, "1", printer_of(device)).start()
        threading.Event().wait()


if __name__ == "__main__":
    main()
