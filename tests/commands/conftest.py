"""The command line on a till with the sample items, as a process or inside this one."""

import shutil

import pytest

from drivers.printer.simulated import SimulatedPrinter, TcpPlug
from drivers.scale.simulated import PtyScale
from milkpos_tui.home import Home
from milkpos_tui.till import MachineClock
from tests.commands.driving import Here, adding, found
from tests.support.tills import DAY_MS, MONDAY_7_AM, FakeClock


@pytest.fixture(scope="session")
def _founded_on_sunday(tmp_path_factory):
    return found(tmp_path_factory.mktemp("sunday"), FakeClock(MONDAY_7_AM - DAY_MS, boot="boot-0"))


@pytest.fixture(scope="session")
def _founded_now(tmp_path_factory):
    return found(tmp_path_factory.mktemp("now"), MachineClock())


@pytest.fixture
def home(tmp_path, _founded_on_sunday):
    """A home with the sample items, the day before the fixture `clock` begins."""
    return Home(shutil.copytree(_founded_on_sunday.path, tmp_path / "till"))


@pytest.fixture
def shop(tmp_path, _founded_now):
    """The same, founded just now: for commands as processes, whose clock is the machine's."""
    return Home(shutil.copytree(_founded_now.path, tmp_path / "shop"))


@pytest.fixture
def milkpos(home, clock, monkeypatch, capsys):
    """A command in this process: `milkpos("bill", "list")`. Its time is the fixture `clock`."""
    monkeypatch.setattr("milkpos_tui.till.MachineClock", lambda: clock)
    return Here(home, monkeypatch, capsys)


@pytest.fixture
def ring(milkpos):
    """What key-ins, one after another, come to: the JSON documents, none of them refused."""

    def sell(*keys):
        ran = milkpos("ring", "--json", stdin="\n".join(keys))
        assert ran.code == 0, ran.out + ran.err
        return ran.documents

    return sell


@pytest.fixture
def network_printer():
    """A simulated printer at a port of this machine, plugged in."""
    with TcpPlug(SimulatedPrinter()) as plug:
        yield plug


@pytest.fixture
def printer(milkpos, network_printer):
    """The same, set up on counter 1 as `printer`."""
    ran = milkpos(*adding("printer", "printer", "tcp", f"127.0.0.1:{network_printer.port}"))
    assert ran.code == 0, ran.err
    return network_printer


@pytest.fixture
def scale(milkpos, tmp_path):
    """An MT-SICS scale, set up on counter 1 as `scale`."""
    with PtyScale("mt-sics", tmp_path / "scale-port") as plug:
        at = adding("scale", "scale", "serial", str(plug.path), "protocol=mt-sics")
        assert milkpos(*at).code == 0
        yield plug
