"""Why a slip did not reach paper, in words for people. All are OSErrors, as a driver's must be."""


class PrinterFault(OSError):
    """The root. `sent` is how many bytes the device took, at most: what may stand on the paper."""

    def __init__(self, words: str, sent: int = 0) -> None:
        super().__init__(words)
        self.sent = sent


class NotThere(PrinterFault):
    """No such device, or nothing at that address."""


class NotAllowed(PrinterFault):
    """The system does not let us open it."""


class Held(PrinterFault):
    """Another program holds it."""


class ConnectionRefused(PrinterFault):
    """The machine at that address is no printer, or its printer port is shut."""


class Offline(PrinterFault):
    """The printer says that it can't print: no paper, cover open, an error."""


class NoAnswer(PrinterFault):
    """It takes the connection, but does not say how it is: switched off behind it, or hung."""


class TimedOut(PrinterFault):
    """It did not take everything within the time given."""


class BrokenOff(PrinterFault):
    """The line broke while bytes were on their way."""


class Aborted(PrinterFault):
    """We were told to stop."""


class CannotSet(PrinterFault):
    """The document holds what this printer, or this machine, can't put on paper."""
