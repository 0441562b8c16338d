"""One slip, or one kick of the drawer, to one printer."""

from typing import NamedTuple

from drivers.printer.faults import NoAnswer, Offline, PrinterFault
from drivers.printer.patience import Patience
from drivers.printer.profile import Profile
from drivers.printer.status import Status, ask
from drivers.printer.transport import Address, Connection, Sent, connect


class Printed(NamedTuple):
    """What was sent, and how the printer was just before."""

    sent: Sent
    status: Status


def print_bytes(address: Address, profile: Profile, data: bytes, patience: Patience) -> Printed:
    """Ask how the printer is, if it can tell, and send.

    Nothing is sent to one that says it can't print (`Offline`), nor to one that should answer and
    does not (`NoAnswer`): its network card may take a slip that never gets to paper. Other
    errors as `transport.send`, each with the number of bytes taken.
    """
    with connect(address, patience) as connection:
        status = Status()
        if profile.answers_status:
            status = _able(connection, address)
        return Printed(connection.send(data), status)


def ask_status(address: Address, patience: Patience) -> Status:
    """How the printer is. Errors as `transport.connect` and `Connection.send`."""
    with connect(address, patience) as connection:
        return ask(connection)


def _able(connection: Connection, address: Address) -> Status:
    """How the printer is, if it can print. None of what is sent for that can stand on paper."""
    try:
        status = ask(connection)
    except PrinterFault as fault:
        fault.sent = 0
        raise
    if status.silent:
        raise NoAnswer(f"{address}: the printer does not answer")
    if status.trouble:
        raise Offline(status.trouble)
    return status
