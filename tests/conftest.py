"""What most tests start from: a clock turned by hand, and a till that sells the sample items."""

import shutil
from contextlib import contextmanager

import pytest
from hypothesis import settings

from milkpos_tui.home import Home
from milkpos_tui.till import FIRST_COUNTER
from schema import connection
from tests.support.tills import (
    DAY_MS,
    MONDAY_7_AM,
    OWNER,
    FakeClock,
    make_home,
    open_sample_till,
)

# A slow machine is no defect: no time limit per example.
settings.register_profile("milkpos", deadline=None)
settings.load_profile("milkpos")


PRAGMAS = connection._PRAGMAS


@contextmanager
def _pragmas(pragmas):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "_PRAGMAS", pragmas)
        yield


@pytest.fixture(scope="session", autouse=True)
def _unsynced():
    """A commit in this process does not wait for the disk: nothing here cuts the power. Processes
    that a test starts sync as a till does."""
    with _pragmas((*PRAGMAS, ("synchronous", "off"))):
        yield


@pytest.fixture
def synced(_unsynced):
    """For tests of what reaches the disk: a commit waits for it, as on a till."""
    with _pragmas(PRAGMAS):
        yield


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture(scope="session")
def _founded_once(tmp_path_factory):
    clock = FakeClock(MONDAY_7_AM - DAY_MS, boot="boot-0")
    home = make_home(tmp_path_factory.mktemp("founded"), clock=clock)
    with open_sample_till(home, clock):
        return home


@pytest.fixture
def home(tmp_path, _founded_once):
    """A home with the sample items. A copy: for a second machine, found one with `make_home`."""
    return Home(shutil.copytree(_founded_once.path, tmp_path / "till"))


@pytest.fixture
def till(home, clock):
    with open_sample_till(home, clock) as till:
        yield till


@pytest.fixture
def checkout(till):
    return till.checkout(FIRST_COUNTER, OWNER)
