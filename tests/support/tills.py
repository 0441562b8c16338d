"""Tills to test with: founded, with a few items, and a clock that is turned by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from unittest.mock import patch

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.cash import count_of
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.money import parse_rupees as rupees
from milkpos_tui.domain.quantity import MILLI, Unit
from milkpos_tui.domain.tax import TaxMode, parse_rates
from milkpos_tui.home import Home
from milkpos_tui.journal.clock import Clock
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.closing import Closing
from milkpos_tui.services.counting import Counted
from milkpos_tui.services.hashing import Cost
from milkpos_tui.services.records import Operator, Shift, Shop
from milkpos_tui.services.shifts import Opening
from milkpos_tui.services.takings import Report
from milkpos_tui.till import FIRST_COUNTER, Founding, Till, found_till, open_till

MONDAY_7_AM = 1_795_397_400_000  # 2026-11-23 07:00 in India, in UTC milliseconds
MONDAY = date(2026, 11, 23)
DAY_MS = 24 * 60 * 60 * 1000
FLOAT_PAISE = 500_00

OWNER = Actor("asha")
OWNER_PIN = "482913"
CHEAP = Cost(1, 8)  # what a PIN costs here: at the usual cost, tests would wait for that most
GSTIN = "29AAGCB7383J1Z4"

MILK = Item(12, "Cow milk", Unit.LITRE, rupees("62"), parse_rates("0"), "0401", "milk")
CURD = Item(31, "Curd", Unit.KG, rupees("90"), parse_rates("0"), "0403", "curd")
EGG = Item(
    40, "Egg", Unit.PIECE, rupees("7.50"), parse_rates("0"), "0407", "eggs", step_milli=MILLI
)
SWEETS = Item(70, "Milk peda", Unit.KG, rupees("480"), parse_rates("5"), "2106", "sweets")
GHEE = Item(
    110,
    "Ghee 500 ml",
    Unit.PACK,
    rupees("350"),
    parse_rates("12;2025-09-22=5"),
    "0405",
    "ghee",
    mrp_paise=rupees("360"),
    packed=True,
    step_milli=MILLI,
    barcodes=("8901234567894",),
)
SAMPLE_ITEMS = (MILK, CURD, EGG, SWEETS, GHEE)


class FakeClock:
    """A clock that goes on by `step` ms at each look at the time, and else only by hand."""

    def __init__(self, now_ms: int = MONDAY_7_AM, step: int = 1, boot: str = "boot-1") -> None:
        self.boot = boot
        self._now = now_ms
        self._mono = 60_000
        self._step = step

    def now(self) -> int:
        at = self._now
        self.advance(self._step)
        return at

    def mono(self) -> int:
        return self._mono

    def advance(self, ms: int) -> None:
        """Time passes."""
        assert ms >= 0, "time does not go back: set the clock instead"
        self._now += ms
        self._mono += ms

    def set(self, now_ms: int) -> None:
        """Someone sets the clock, forward or back; the monotonic one does not go along."""
        self._now = now_ms

    def reboot(self, boot: str) -> None:
        """The machine starts anew."""
        self.boot = boot
        self._mono = 0


def make_home(
    folder: Path,
    *,
    tax_mode: TaxMode = TaxMode.REGULAR,
    counter: str = FIRST_COUNTER,
    round_to_paise: int = 100,
    clock: Clock | None = None,
) -> Home:
    """A new till founded under a folder: a machine of its own, with its own node and key, and with
    PINs that are cheap to check."""
    home = Home(folder / "till")
    shop = Shop(
        "Nandini Dairy",
        "29",
        tax_mode,
        gstin="" if tax_mode is TaxMode.UNREGISTERED else GSTIN,
        address="14 Market Road, Mysuru",
        phone="98450 12345",
        upi_vpa="nandini@upi",
        round_to_paise=round_to_paise,
    )
    founding = Founding(shop, Operator(OWNER.operator, "Asha", "owner"), OWNER_PIN, counter)
    # Founded the day before, so that a test's own clock never begins before its till; and before
    # a restart of the machine, so that the clock was never set in between.
    with patch("milkpos_tui.services.hashing.USUAL_COST", CHEAP):
        found_till(home, founding, clock or FakeClock(MONDAY_7_AM - DAY_MS, boot="boot-0"))
    home.hash_cost.write_text(f"{CHEAP.passes} {CHEAP.kib}\n")
    return home


@contextmanager
def open_sample_till(home: Home, clock: Clock | None = None) -> Iterator[Till]:
    """The till of a home, with the sample items in its catalogue and a shift on its counter."""
    with open_till(home, clock or FakeClock()) as till:
        for item in SAMPLE_ITEMS:
            if till.catalogue.item(item.plu) is None:
                till.catalogue.add(item, OWNER)
        (counter, *_others) = till.shops.counters()
        if till.custody.last_on(counter) is None:
            open_shift(till, counter, day=max(till.today(), MONDAY))
        yield till


def open_shift(
    till: Till, counter: str = FIRST_COUNTER, actor: Actor = OWNER, day: date | None = None
) -> Shift:
    """A shift on a counter, with Rs 500 in the drawer; of any day, for tests of what days mean."""
    with patch("milkpos_tui.services.shifts.DAYS_OFF_MAX", 10_000):
        return till.shifts.open(counter, Opening(FLOAT_PAISE, day=day), actor)


def close_shift(till: Till, counter: str = FIRST_COUNTER, actor: Actor = OWNER) -> Report:
    """The open shift of a counter closed, its cash counted as it should be; open bills go on."""
    carry = frozenset(draft.id for draft in till.closings.left_over(counter))
    shift = till.custody.needed(counter)
    expected = {check.kind: check.expected_paise for check in till.takings.x(shift).checks}
    rupees_there, paise = divmod(expected.pop(TenderKind.CASH), 100)
    assert paise == 0, "no coin is smaller than a rupee"
    counted = Counted(count_of([(1, rupees_there)]), expected)
    return till.closings.close(counter, Closing(counted, carry=carry), actor)


def next_day(till: Till, counter: str = FIRST_COUNTER, actor: Actor = OWNER) -> Shift:
    """The next shift of a counter, of the day it is by now."""
    close_shift(till, counter, actor)
    return open_shift(till, counter, actor)
