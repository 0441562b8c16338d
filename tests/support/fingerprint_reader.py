"""A fingerprint reader: Debian's fprintd and the virtual device of its libfprint, on a bus of its
own. No bus of the system is needed, and none is touched.

    with fingerprint_reader(folder) as reader:
        reader.put("asha's right index")    # whoever is asked next sees this finger
"""

import asyncio
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.constants import NameFlag

DEADLINE_S = 30
FPRINTD = "/usr/libexec/fprintd"
POLKIT = "org.freedesktop.PolicyKit1"
SERVICE = "net.reactivated.Fprint"

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*" eavesdrop="true"/>
    <allow send_type="signal"/><allow receive_sender="*"/><allow receive_type="signal"/>
    <allow receive_type="method_return"/><allow receive_type="error"/>
    <allow receive_type="method_call"/>
  </policy>
</busconfig>
"""


class Reader:
    """The finger that is put on the reader, and what happens to the reader."""

    def __init__(self, address: str, device: Path, polkit: "Polkit") -> None:
        self.address = address
        self._device = device
        self.polkit = polkit

    def put(self, *fingers: str) -> None:
        """These fingers, one after the other, for whoever asks next."""
        self.does(*(f"SCAN {finger}" for finger in fingers))

    def does(self, *commands: str) -> None:
        """Commands of libfprint's virtual device, once it listens: from the claim on."""
        for command in commands:
            with connected(self._device) as line:
                line.settimeout(DEADLINE_S)
                line.sendall(command.encode())
                line.shutdown(socket.SHUT_WR)
                line.recv(1)  # the device closes when it has taken it


class Polkit:
    """Who may do what, as fprintd asks polkit; a test says no by `denied`."""

    def __init__(self, address: str) -> None:
        self.denied: set[str] = set()
        self.asked: list[str] = []
        self._address = address
        self._client = ""
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="polkit", daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(DEADLINE_S), "polkit did not start"

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE_S)

    def signal(self, member: str, result: str, path: str) -> None:
        """Say something to whoever asked last as if we were fprintd. The bus puts our own name on
        it, and hands it over: no rule of theirs is needed for what is meant for them alone."""
        message = Message(
            destination=self._client,
            message_type=MessageType.SIGNAL,
            path=path,
            interface=f"{SERVICE}.Device",
            member=member,
            signature="sb",
            body=[result, True],
        )
        asyncio.run_coroutine_threadsafe(self._send(message), self._loop).result(DEADLINE_S)

    async def _send(self, message: Message) -> None:
        await self._bus.send(message)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._ready.set()
        self._loop.run_forever()
        self._bus.disconnect()
        self._loop.close()

    async def _serve(self) -> None:
        self._bus = MessageBus(bus_address=self._address)
        await self._bus.connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name(POLKIT, NameFlag.DO_NOT_QUEUE)

    def _answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        if message.member == "CheckAuthorization":
            action = str(message.body[1])
            self.asked.append(action)
            self._client = message.body[0][1]["name"].value
            allowed = action.rpartition(".")[2] not in self.denied
            return Message.new_method_return(message, "(bba{ss})", [[allowed, False, {}]])
        if message.member == "GetAll":
            properties: dict[str, Any] = {"BackendName": Variant("s", "for tests")}
            return Message.new_method_return(message, "a{sv}", [properties])
        return None


@contextmanager
def fingerprint_reader(folder: Path) -> Iterator[Reader]:
    """A reader that DBUS_SYSTEM_BUS_ADDRESS of this process leads to."""
    with ExitStack() as started:
        address = started.enter_context(private_bus(folder))
        polkit = Polkit(address)
        polkit.start()
        started.callback(polkit.stop)
        device, state = folder / "device", folder / "state"
        state.mkdir()
        _start(
            started,
            [FPRINTD, "--no-timeout"],
            folder / "fprintd.log",
            FP_VIRTUAL_DEVICE=str(device),
            DBUS_SYSTEM_BUS_ADDRESS=address,
            STATE_DIRECTORY=str(state),
        )
        asyncio.run(_until_owned(address, SERVICE))
        yield Reader(address, device, polkit)


@contextmanager
def private_bus(folder: Path) -> Iterator[str]:
    """A bus on which there is nobody, as this process's system bus; its address."""
    daemon = shutil.which("dbus-daemon")
    assert daemon, "dbus-daemon is missing: tests/packages.sh"
    path, config = folder / "bus", folder / "bus.conf"
    config.write_text(CONFIG.format(path=path))
    with ExitStack() as started:
        command = [daemon, f"--config-file={config}", "--nofork", "--nopidfile"]
        _start(started, command, folder / "bus.log")
        connected(path).close()
        address = f"unix:path={path}"
        before = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS")
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = address
        try:
            yield address
        finally:
            if before is None:
                del os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
            else:
                os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = before


def connected(path: Path) -> socket.socket:
    """A line to somebody who will listen there: its file is there before, and stays after."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        line = socket.socket(socket.AF_UNIX)
        try:
            line.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            line.close()
            assert time.monotonic() < deadline, f"nobody ever listened at {path}"
            time.sleep(0.005)
        else:
            return line


def until(holds: Any, what: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline, f"it never came to pass: {what}"
        time.sleep(0.005)


def _start(started: ExitStack, command: list[str], log: Path, **env: str) -> None:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env={"PATH": os.environ["PATH"], **env}
        )

    def end() -> None:
        process.terminate()
        process.wait(DEADLINE_S)

    started.callback(end)


async def _until_owned(address: str, name: str) -> None:
    bus = await MessageBus(bus_address=address).connect()
    deadline = time.monotonic() + DEADLINE_S
    try:
        while True:
            dbus = "org.freedesktop.DBus"
            asked = Message(
                destination=dbus,
                path="/org/freedesktop/DBus",
                interface=dbus,
                member="NameHasOwner",
                signature="s",
                body=[name],
            )
            if (await bus.call(asked)).body == [True]:
                return
            assert time.monotonic() < deadline, f"{name} never came up"
            await asyncio.sleep(0.02)
    finally:
        bus.disconnect()
