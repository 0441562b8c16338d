"""A fingerprint reader that fprintd serves, over D-Bus. Only `verify-match` is a proof, and only
from the service itself: any program on the bus may send a signal that looks like it.

Loads dbus-fast and asyncio: import it where a finger is needed (`reader`), never at a start.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import TypeVar

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusFastError

from drivers.fingerprint.statuses import (
    FINGERS,
    Status,
    Step,
    credential_of,
    read_credential,
    read_enrol,
    read_error,
    read_verify,
)
from drivers.fingerprint.touch import (
    Backend,
    Cancel,
    Enrolled,
    Enrolment,
    Tell,
    Touch,
    Untouched,
    Wanted,
    Why,
)

logging.getLogger("dbus_fast").addHandler(logging.NullHandler())  # else it writes over the screen

SERVICE = "net.reactivated.Fprint"
MANAGER = "net.reactivated.Fprint.Manager"
MANAGER_PATH = "/net/reactivated/Fprint/Manager"
DEVICE = "net.reactivated.Fprint.Device"
ANSWER_S = 25  # D-Bus's own; starting the service is in it
PUT_THE_FINGER = "Put the finger on the reader"

T = TypeVar("T")


def enrol(
    enrolment: Enrolment, finger: str, cancel: Cancel, tell: Tell, timeout_s: int
) -> Enrolled:
    """Have a finger enrolled; the template stays with fprintd. Raises Untouched."""
    user, finger = read_credential(credential_of(enrolment.user, finger or FINGERS[0]))

    async def work(reader: "_Reader") -> None:
        await reader.claim(user)
        await reader.watch("Enroll", finger, read_enrol, tell)

    _run(work, cancel, timeout_s)
    credential = credential_of(enrolment.user, finger)
    return Enrolled(Backend.FPRINTD, credential, challenge=enrolment.challenge)


def prove(wanted: Wanted, cancel: Cancel, tell: Tell, timeout_s: int) -> Touch:
    """Have the one finger, or the first of several, checked. Raises Untouched."""
    credential = wanted.fingers[0]
    user, finger = read_credential(credential)

    async def work(reader: "_Reader") -> None:
        await reader.claim(user)
        await reader.watch("Verify", finger, read_verify, tell)

    _run(work, cancel, timeout_s)
    return Touch(Backend.FPRINTD, credential, wanted.challenge)


def forget(credential: bytes, timeout_s: int = ANSWER_S) -> None:
    """Have fprintd delete a finger. Raises Untouched."""
    user, finger = read_credential(credential)

    async def work(reader: "_Reader") -> None:
        await reader.claim(user)
        await reader.call("DeleteEnrolledFinger", finger)

    _run(work, Cancel(), timeout_s)


def _run(work: Callable[["_Reader"], Awaitable[None]], cancel: Cancel, timeout_s: int) -> None:
    """A piece of work with a reader, which is released whatever happens."""

    async def waited() -> None:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()

        def stop() -> None:
            with suppress(RuntimeError):  # over already
                loop.call_soon_threadsafe(stopped.set)

        async def worked() -> None:
            async with _Reader() as reader:
                await work(reader)

        task = asyncio.create_task(worked())
        waiting = asyncio.create_task(stopped.wait())
        cancel.call(stop)
        try:
            await asyncio.wait(
                {task, waiting}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            cancel.call(None)
            waiting.cancel()
        if task.done():
            await task
            return
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        if cancel.is_set():
            raise Untouched(Why.CANCELLED, "the reader was asked no more")
        raise Untouched(Why.TIMED_OUT, "no finger was put on the reader")

    try:
        asyncio.run(waited())
    except (OSError, EOFError, TimeoutError, DBusFastError) as error:
        raise Untouched(Why.NOT_INSTALLED, "the system's message bus does not answer") from error


class _Reader:
    """The first reader of this machine, from the claim to the release."""

    def __init__(self) -> None:
        self._bus = MessageBus(bus_type=BusType.SYSTEM)
        self._owner = ""
        self._path = ""
        self._claimed = False
        self._running = ""
        self._said: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def __aenter__(self) -> "_Reader":
        async with asyncio.timeout(ANSWER_S):
            await self._bus.connect()
        try:
            await self._find()
        except BaseException:
            self._bus.disconnect()
            raise
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        try:
            await asyncio.shield(self._let_go())
        finally:
            self._bus.disconnect()

    async def claim(self, user: str) -> None:
        """Nobody else uses it from now on; nobody takes it from somebody who does."""
        self._claimed = True
        await self.call("Claim", user)

    async def watch(
        self, kind: str, finger: str, read: Callable[[str], Status], tell: Tell
    ) -> None:
        """Begin an enrolment or a check, and see it to its good end. Raises Untouched."""
        self._running = kind  # from the question on: it may be cancelled before the answer
        await self.call(f"{kind}Start", finger)
        tell(PUT_THE_FINGER)
        while True:
            about, result = await self._said.get()
            if about != f"{kind}Status":
                continue
            status = read(result)
            if status.step is Step.GOOD:
                return
            if status.step is Step.BAD:
                raise Untouched(status.why, status.words)
            tell(status.words)

    async def call(self, member: str, *body: str) -> list[object]:
        """Call a method of the reader. Raises Untouched."""
        return await self._call(SERVICE, self._path, DEVICE, member, *body)

    async def _find(self) -> None:
        (path,) = await self._call(SERVICE, MANAGER_PATH, MANAGER, "GetDefaultDevice")
        bus = "org.freedesktop.DBus"
        (owner,) = await self._call(bus, "/org/freedesktop/DBus", bus, "GetNameOwner", SERVICE)
        self._path, self._owner = str(path), str(owner)
        self._bus.add_message_handler(self._hear)
        rule = f"type='signal',sender='{SERVICE}',interface='{DEVICE}',path='{path}'"
        await self._call(bus, "/org/freedesktop/DBus", bus, "AddMatch", rule)

    def _hear(self, message: Message) -> None:
        """A signal: believed only from whom the bus says is the service, about our reader."""
        if (
            message.message_type is MessageType.SIGNAL
            and (message.sender, message.path) == (self._owner, self._path)
            and message.interface == DEVICE
            and message.signature == "sb"
        ):
            self._said.put_nowait((str(message.member), str(message.body[0])))

    async def _call(
        self, destination: str, path: str, interface: str, member: str, *body: str
    ) -> list[object]:
        call = Message(
            destination=destination,
            path=path,
            interface=interface,
            member=member,
            signature="s" * len(body),
            body=list(body),
        )
        # Not `wait_for`: in Python 3.11 it swallows a cancel that comes with the answer.
        async with asyncio.timeout(ANSWER_S):
            reply = await self._bus.call(call)
        if reply.message_type is MessageType.ERROR:
            raise read_error(str(reply.error_name))
        return list(reply.body)

    async def _let_go(self) -> None:
        # Where it does not answer any more, there is nothing to release: the bus does it for us.
        if self._running:
            with suppress(Untouched, OSError, EOFError, TimeoutError, DBusFastError):
                await self.call(f"{self._running}Stop")
        if self._claimed:
            with suppress(Untouched, OSError, EOFError, TimeoutError, DBusFastError):
                await self.call("Release")
