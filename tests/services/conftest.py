"""Tills of other shops than the sample one, and someone at the counter."""

import shutil
from contextlib import ExitStack
from datetime import date

import pytest

from milkpos_tui.domain.collection import Rates
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.home import Home
from milkpos_tui.services.accounts import Customer
from tests.services.reading import Counter
from tests.support.tills import (
    DAY_MS,
    MONDAY_7_AM,
    OWNER,
    FakeClock,
    make_home,
    open_sample_till,
    open_shift,
)


@pytest.fixture
def other_till(home, till):
    """A second terminal on the same file."""
    with open_sample_till(home, FakeClock(MONDAY_7_AM + 1000)) as other:
        yield other


@pytest.fixture(scope="module")
def lasting_till(tmp_path_factory, _founded):
    """One till for all examples of a property: it is never made anew."""
    folder = tmp_path_factory.mktemp("lasting") / "till"
    home = Home(shutil.copytree(_founded(TaxMode.REGULAR, 100).path, folder))
    with open_sample_till(home, FakeClock()) as till:
        yield till


@pytest.fixture
def dairy(till):
    """A shop that buys milk of farmer 301, by the kilogram of fat and SNF."""
    till.customers.add(Customer("", "301", name="Farmer"), OWNER)
    till.collections.set_rates([Rates(date(2026, 11, 1), 350_00, 240_00)], OWNER)
    return till


@pytest.fixture
def key(till):
    return Counter(till)


@pytest.fixture
def two_counters(till):
    """Someone at counter 1 and someone at counter B."""
    till.shops.add_counter("B", "Back door", OWNER)
    open_shift(till, "B")
    return Counter(till), Counter(till, "B")


@pytest.fixture(scope="session")
def _founded(tmp_path_factory):
    """Homes by what they were founded with: each is founded once, then copied."""
    homes = {}

    def founded(tax_mode, round_to_paise):
        made_of = (tax_mode, round_to_paise)
        if made_of not in homes:
            clock = FakeClock(MONDAY_7_AM - DAY_MS, boot="boot-0")
            homes[made_of] = home = make_home(
                tmp_path_factory.mktemp("founded"),
                tax_mode=tax_mode,
                round_to_paise=round_to_paise,
                clock=clock,
            )
            with open_sample_till(home, clock):
                pass
        return homes[made_of]

    return founded


@pytest.fixture
def till_of(tmp_path, clock, _founded):
    """Opens the till of another shop."""
    with ExitStack() as tills:

        def open_one(tax_mode=TaxMode.REGULAR, round_to_paise=100):
            folder = tmp_path / f"{tax_mode}-{round_to_paise}"
            home = Home(shutil.copytree(_founded(tax_mode, round_to_paise).path, folder))
            return tills.enter_context(open_sample_till(home, clock))

        yield open_one
