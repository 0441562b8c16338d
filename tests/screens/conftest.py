"""The app works by the machine's clock: its till was founded just now, its shift is of today."""

import shutil

import pytest

from milkpos_tui.home import Home
from milkpos_tui.till import MachineClock, open_till
from tests.support.staff import CARA, hire
from tests.support.tills import (
    OWNER,
    SAMPLE_ITEMS,
    FakeClock,
    make_home,
    open_sample_till,
    open_shift,
)


@pytest.fixture(scope="session")
def _founded_now(tmp_path_factory):
    # A minute ago: a time server may set the clock back a little while the tests run.
    clock = FakeClock(MachineClock().now() - 60_000, boot="boot-0")
    home = make_home(tmp_path_factory.mktemp("now"), clock=clock)
    with open_sample_till(home, clock):
        return home


@pytest.fixture
def home(tmp_path, _founded_now):
    """A home with the sample items. A copy: for a second machine, found one with `make_home`."""
    return Home(shutil.copytree(_founded_now.path, tmp_path / "till"))


@pytest.fixture(scope="session")
def _staffed_once(tmp_path_factory):
    home = make_home(tmp_path_factory.mktemp("staffed"))
    with open_till(home, FakeClock()) as till:
        hire(till)
        for item in SAMPLE_ITEMS:
            till.catalogue.add(item, OWNER)
        till.shops.add_counter("2", "", OWNER)
    return home


@pytest.fixture
def unopened(tmp_path, _staffed_once):
    """A shop with two counters and all its people, on a Monday morning; no shift is open."""
    return Home(shutil.copytree(_staffed_once.path, tmp_path / "shop"))


@pytest.fixture
def opened(unopened):
    """The same; on the first counter Cara answers for Rs 500."""
    with open_till(unopened, FakeClock(boot="boot-2")) as till:
        open_shift(till, actor=CARA)
    return unopened
