"""MT-SICS against a scale that others wrote: mt-sics-emulator, over TCP and over a pty."""

import json
import os
import select
import subprocess
import sys
import threading
import tty
import urllib.request
from pathlib import Path

import pytest

from drivers.driver import Stop
from drivers.events import DeviceUp, Moving, Over, Stable, Under, Weighed
from drivers.scale.protocols import PROTOCOLS
from drivers.scale.reader import SerialScale
from tests.drivers.scale.hearing import Hearing

MT_SICS = PROTOCOLS["mt-sics"]

# Its own program takes fixed ports; this asks the system for free ones.
TCP = """
import asyncio
from mtsics.core.simulator import SimConfig, WeightSimulator
from mtsics.core.state import ScaleState
from mtsics.profiles import load
from mtsics.protocol.engine import MTSICSEngine
from mtsics.transport.control import ControlAPI, ControlConfig
from mtsics.transport.tcp import TCPConfig, TCPTransport

async def main():
    state = ScaleState(config=load("ohaus-defender5000"))
    sim = WeightSimulator(state, cfg=SimConfig(noise_sigma=0.0, stability_window=30.0))
    tcp = TCPTransport(MTSICSEngine(state), simulator=sim, cfg=TCPConfig("127.0.0.1", 0))
    _, port = await tcp.start()
    _, control = await ControlAPI(state, sim, cfg=ControlConfig(port=0)).start()
    print(port, control, flush=True)
    await tcp.serve_forever()

asyncio.run(main())
"""


@pytest.fixture
def emulator():
    with subprocess.Popen([sys.executable, "-c", TCP], stdout=subprocess.PIPE, text=True) as it:
        port, control = it.stdout.readline().split()
        yield int(port), int(control)
        it.kill()


def put(control, grams, *, snap=True):
    request = urllib.request.Request(
        f"http://127.0.0.1:{control}/weight",
        data=json.dumps({"value": grams / 1000, "snap": snap}).encode(),
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def test_weights_over_tcp(emulator):
    port, control = emulator
    with Hearing(SerialScale("scale", f"socket://127.0.0.1:{port}", MT_SICS)) as near:
        assert near.next() == DeviceUp("scale", MT_SICS.words)
        assert near.next() == Weighed("scale", Stable(0))
        put(control, 12_500)
        near.until(Weighed("scale", Stable(12_500)))
        put(control, 60_000, snap=False)  # it moves there, and is long not at rest
        near.until(lambda event: isinstance(event.reading, Moving) and event.reading.grams)
        put(control, 200_000_000)
        near.until(Weighed("scale", Over()))
        put(control, -5_000)
        near.until(Weighed("scale", Under()))
        put(control, 2_000)
        near.until(Weighed("scale", Stable(2_000)))


def test_weights_over_a_pty(tmp_path):
    # Its serial program opens one side of a pair of ptys that are tied together here.
    program = Path(sys.executable).with_name("mtsics-serial")
    ours, ours_port = pair()
    theirs, theirs_port = pair()
    command = [program, "--port", os.ttyname(theirs_port)]
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL) as it,
        Tied(ours, theirs),
        Hearing(SerialScale("scale", os.ttyname(ours_port), MT_SICS)) as near,
    ):
        reading = near.until(Weighed).reading
        assert reading.grams in range(-100, 101)  # an empty pan, with the emulator's noise
        it.kill()
    for descriptor in (ours, ours_port, theirs, theirs_port):
        os.close(descriptor)


def pair():
    master, slave = os.openpty()
    tty.setraw(slave)
    return master, slave


class Tied:
    """Passes on what comes at either end."""

    def __init__(self, one, other):
        self._ends = {one: other, other: one}

    def __enter__(self):
        self._stop = Stop()
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        self._stop.close()

    def _pass_on(self):
        while not self._stop.said:
            for end in select.select([*self._ends, self._stop], [], [])[0]:
                if end in self._ends:
                    os.write(self._ends[end], os.read(end, 4096))
