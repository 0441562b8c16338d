"""What can go wrong, told to a shopkeeper in words and to a script by a code.

The exit codes are the contract of the command line (docs/cli.md).
"""


class MilkPOSError(Exception):
    """Something the till refuses or can't do: a stable `code` and a `message` for people."""

    exit_code = 1

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Refused(MilkPOSError):
    """A rule of the trade forbids it; the message names the rule."""


class Misused(MilkPOSError):
    """The command or its values can't be understood."""

    exit_code = 2


class NotWhole(MilkPOSError):
    """The books or the journal are not whole."""

    exit_code = 3


class Unreachable(MilkPOSError):
    """A device, a file or the hub can't be reached."""

    exit_code = 4


class Defect(MilkPOSError):
    """Our own mistake."""

    exit_code = 70


class Busy(MilkPOSError):
    """Another terminal holds it."""

    exit_code = 5
