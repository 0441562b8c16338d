"""A till whose spoolers work by the test's clock and wait no longer than they must."""

import pytest
from PIL import Image

from tests.counter.stands import network_printer, shorten, standing, usb_printer


@pytest.fixture(autouse=True)
def _short_times(monkeypatch, clock):
    shorten(monkeypatch)
    monkeypatch.setattr("milkpos_tui.till.MachineClock", lambda: clock)


@pytest.fixture
def big_logo(tmp_path):
    """A picture that makes each slip longer than what the buffers of a network line hold."""
    path = tmp_path / "logo.png"
    Image.effect_noise((576, 400), 200).save(path)
    return path


@pytest.fixture(params=["usb", "tcp"])
def plugged(request, tmp_path):
    """A printer and its plug."""
    line = network_printer() if request.param == "tcp" else usb_printer(tmp_path / "lp0")
    with line as both:
        yield both


@pytest.fixture
def stand(home, till, plugged):
    """Its spooler is started by the test."""
    with standing(home, till, plugged[1]) as stand:
        yield stand


@pytest.fixture
def jam(home, till, big_logo):
    """A network printer that can be stopped in the middle of a slip, and its stand."""
    with network_printer() as (printer, plug), standing(home, till, plug, logo=big_logo) as stand:
        yield printer, stand
