"""A machine of their own: these tests run as root in the guest that `boot` starts."""

from pathlib import Path

import pytest

from tests.hardware import guest
from tests.hardware.boot import MARK


def pytest_sessionstart():
    """They would take over the devices of the machine they run on."""
    if MARK not in Path("/proc/cmdline").read_text().split():
        pytest.exit("these run on a machine of their own: make test-hardware", returncode=4)


@pytest.fixture(scope="session", autouse=True)
def _machine():
    guest.set_up()
