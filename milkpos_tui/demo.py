"""A shop to try: people, goods and some traded days, all by the same entry line as the till's.

Nothing here writes the books by another way: the days are keyed in, with a clock that is set to
each sale's time.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.cash import parse_count, pieces_for
from milkpos_tui.domain.collection import Milk, Rates, Reading
from milkpos_tui.domain.devices import Device, Kind, Role
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.orders import Half, parse_days
from milkpos_tui.domain.quantity import Unit, show_quantity
from milkpos_tui.domain.roles import NeedsApproval
from milkpos_tui.domain.settings import TARES
from milkpos_tui.domain.settlement import Deduction, DeductionKind, cycle_of
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.home import Home
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.checkout import Checkout
from milkpos_tui.services.closing import Closing
from milkpos_tui.services.counting import Counted
from milkpos_tui.services.khata import Payment
from milkpos_tui.services.orders import Wish
from milkpos_tui.services.shifts import Move, Opening
from milkpos_tui.till import INDIA, Actor, Founding, Operator, Shop, Till, found_till, open_till

OWNER, CASHIER = Operator("asha", "Asha", "owner"), Operator("ravi", "Ravi", "cashier")
PIN = "246810"
SHOP = Shop(
    name="Gopal Dairy (demo)",
    state_code="29",
    tax_mode=TaxMode.REGULAR,
    gstin="29AAGCB7383J1Z4",
    fssai="11223344556677",
    address="14 Market Road, Mysuru",
    phone="0821 555 0114",
    upi_vpa="gopaldairy@upi",
)
# Who buys on khata: code, name, lane, whether they pay what they owe now and then.
REGULARS = (
    Customer("", "1", name="Lakshmi Bhat", lane="Temple Street"),
    Customer("", "2", name="ಮೀನಾಕ್ಷಿ ರಾವ್", lane="Temple Street", language="kn"),
    Customer("", "3", name="Imran Khan", lane="3rd Cross"),
    Customer("", "4", name="Hotel Annapurna", lane="Market Road", price_list="wholesale"),
    Customer("", "5", 3000_00, name="Deepa Nair", lane="3rd Cross"),
)
ON_KHATA = 0.2  # of those who come
BOTH, AM, PM = (Half.MORNING, Half.EVENING), (Half.MORNING,), (Half.EVENING,)
# What is brought to their doors: code, item, thousandths, days, halves, and a rate of their own.
# Who has a limit is not on the round: its deliveries would take them over it.
ORDERS = (
    ("1", 12, 1000, "daily", AM, None),
    ("1", 12, 500, "daily", PM, None),
    ("2", 102, 2000, "daily", AM, None),
    ("2", 21, 500, "sat,sun", AM, None),
    ("3", 11, 1000, "alternate from {first}", BOTH, None),
    ("4", 11, 8000, "daily", BOTH, 72_00),
    ("4", 31, 2000, "mon,wed,fri", AM, None),
)
# What a round's exceptions are like: mostly there are none.
EXCEPTIONS = ("", "", "", "1+.5", "-1", "4/11+2")
FARMER = Customer("", "301", name="Shivanna", lane="Kere Road")
MILK_RATES = (350_00, 240_00)  # for a kilogram of fat, and of SNF
FEED = Deduction(DeductionKind.FEED, "feed", 300_00)
# A shift each: its name, when it begins, and how many come.
RUSHES = (("morning", time(6), 35), ("evening", time(17, 30), 25))
FLOAT = parse_count("100=3,50=4,20=5,10=10,5=10,2=15,1=20")
MARK, TRADING, TRADED = "demo", "milkpos demo, being traded\n", "milkpos demo\n"
SEED = 62


@dataclass(frozen=True, slots=True)
class Day:
    """What a day came to, in paise."""

    day: date
    bills: int
    returns: int
    total_paise: int
    cash_paise: int
    upi_paise: int
    card_paise: int
    khata_paise: int


class SetClock:
    """A clock that stands where it is put, and moves a second with each look."""

    boot = "demo"

    def __init__(self, moment: datetime) -> None:
        self.put(moment)

    def put(self, moment: datetime) -> None:
        """Set it."""
        self._now = int(moment.timestamp()) * 1000

    def now(self) -> int:
        """UTC milliseconds."""
        return self._now

    def mono(self) -> int:
        """The same: this machine never restarts."""
        return self._now


def is_demo(home: Home) -> bool:
    """Whether the till of a home was made by the demo."""
    return _mark(home) in (TRADING, TRADED)


def check_free(home: Home) -> None:
    """Refused where something else than a demo has the folder."""
    if is_demo(home):
        return
    if home.exists:
        raise Refused("home-taken", f"{home.path} holds a real till: the demo wants its own --home")
    if (home.path / MARK).exists():
        raise Refused("home-taken", f"{home.path} is no folder of the demo's: name another --home")


def is_traded(home: Home) -> bool:
    """Whether the demo of a home was finished, not cut off in the middle."""
    return _mark(home) == TRADED


def _mark(home: Home) -> str:
    try:
        return (home.path / MARK).read_text()
    except (OSError, UnicodeDecodeError):
        return ""


def _set_mark(home: Home, mark: str) -> None:
    """Whole or not at all: a folder with half a mark would be nobody's."""
    new = home.path / f"{MARK}.new"
    new.write_text(mark)
    new.replace(home.path / MARK)


def make_demo(home: Home, days: int, today: date) -> None:
    """Found the demo shop in a home and trade its days up to yesterday."""
    clock = SetClock(datetime.combine(today - timedelta(days), time(5), INDIA))
    if is_demo(home):
        home.unmake()  # cut off in the middle: begin again
    home.make()
    _set_mark(home, TRADING)
    found_till(home, Founding(SHOP, OWNER, PIN), clock, sample=True)
    with open_till(home, clock) as till:
        till.people.add(CASHIER, PIN, Actor(OWNER.code))
        for regular in REGULARS:
            till.customers.add(regular, Actor(OWNER.code))
        _set_up_rounds(till, clock, today - timedelta(days))
        chance = random.Random(SEED)  # noqa: S311  # play, not secrets
        street = random.Random(SEED)  # noqa: S311  # apart: what is sold stays what it was
        for past in range(days, 0, -1):
            _trade_day(till, clock, today - timedelta(past), chance, street)
        # One thing to be seen on today's round: half a litre more.
        till.orders.change("1", 1, today, Half.MORNING, 500, Actor(OWNER.code, session="demo"))
    with open_till(home) as till:  # by the machine's clock: the till is ready to sell
        till.shifts.open("1", Opening(FLOAT.paise, FLOAT), Actor(CASHIER.code, session="demo"))
        _set_up_devices(till, Actor(OWNER.code, session="demo"))
    _set_mark(home, TRADED)


def _set_up_devices(till: Till, owner: Actor) -> None:
    """Simulated ones: there while the demo's own till is open."""
    for role in (Role.SCANNER, Role.SCALE, Role.PRINTER, Role.DISPLAY):
        options = {"paper": "58 mm", "status": "yes"} if role is Role.PRINTER else {}
        till.devices.add(Device(role.value, role, "1", Kind.SIMULATED, "", options), owner)
    till.settings.change(TARES.name, "steel can=480, dabba=120", owner)


def sold_by_day(till: Till) -> Iterator[Day]:
    """What each day came to, returns taken off."""
    by_day: dict[str, list[int]] = {}
    for bill in till.bills.between(date.min, date.max):
        sums = by_day.setdefault(bill.business_date, [0] * 7)
        sign = 1 if bill.original is None else -1
        sums[0 if sign > 0 else 1] += 1
        sums[2] += sign * bill.document.total_paise
        for tender in bill.document.tenders:
            sums[3 + list(TenderKind).index(tender.kind)] += sign * tender.amount_paise
        sums[3] -= bill.document.change_paise
    for day, sums in by_day.items():
        yield Day(date.fromisoformat(day), *sums)


def _set_up_rounds(till: Till, clock: SetClock, first: date) -> None:
    owner = Actor(OWNER.code, session="demo")
    for second, (code, plu, qty, days, halves, rate) in enumerate(ORDERS):
        clock.put(datetime.combine(first, time(5, 0, second), INDIA))  # listed as they came
        when = parse_days(days.format(first=first.isoformat()))
        till.orders.add(code, Wish(plu, qty, when, halves, first, rate_paise=rate), owner)
    till.customers.add(FARMER, owner)
    till.collections.set_rates([Rates(first, *MILK_RATES)], owner)


def _trade_day(
    till: Till, clock: SetClock, day: date, chance: random.Random, street: random.Random
) -> None:
    clock.put(datetime.combine(day, time(5), INDIA))
    _settle_milk(till, day)
    items = list(till.catalogue.items())
    weights = [8 if item.plu < 100 else 1 for item in items]
    cashier = Actor(CASHIER.code, session="demo")
    for name, begins, customers in RUSHES:
        moment = datetime.combine(day, begins, INDIA)
        clock.put(moment)
        till.shifts.open("1", Opening(FLOAT.paise, FLOAT, day, name), cashier)
        checkout = till.checkout("1", cashier)
        _take_milk_in(till, Half(name), cashier, street)
        for _customer in range(customers):
            moment += timedelta(seconds=chance.randint(40, 400))
            clock.put(moment)
            regular = chance.choice(REGULARS) if chance.random() < ON_KHATA else None
            if regular is not None:
                checkout.key_in(f"//{regular.code}")
            for item in chance.choices(items, weights, k=chance.choice((1, 1, 2, 2, 3, 5))):
                checkout.key_in(_keyed(item, chance))
            _settle(checkout, chance, on_khata=regular is not None)
            if chance.random() < 0.02:
                _bring_back(till, chance)
        till.rounds.record(day, Half(name), street.choice(EXCEPTIONS), cashier)
        _receive(till, cashier, chance)
        _close(till, cashier, chance)


def _take_milk_in(till: Till, half: Half, cashier: Actor, street: random.Random) -> None:
    """The farmer's can, of six to nine litres of good cow milk."""
    litres = street.randrange(6_000, 9_001, 250)
    reading = Reading(litres, street.randrange(380, 451, 5), clr=street.randrange(2700, 2951, 50))
    till.collections.take_in(FARMER.code, reading, Milk.COW, None, half, cashier)


def _settle_milk(till: Till, day: date) -> None:
    """Ten days that ended yesterday."""
    over = cycle_of(day - timedelta(1))
    if over != cycle_of(day):
        owner = Actor(OWNER.code, session="demo")
        for farmer in till.collections.unsettled(over):
            till.collections.settle(farmer.code, over, [FEED], owner)


def _receive(till: Till, cashier: Actor, chance: random.Random) -> None:
    """Somebody pays what they owe, in notes or by UPI."""
    regular = till.accounts.known(chance.choice(REGULARS).code)
    rupees = till.accounts.owed_paise(regular.id) // 100_00 * 100
    if rupees:
        tender = chance.choice((TenderKind.CASH, TenderKind.UPI))
        till.khata.receive(regular.code, Payment(rupees * 100, tender), "1", cashier)


def _close(till: Till, cashier: Actor, chance: random.Random) -> None:
    """Money for ice goes out, notes go into the safe; then the drawer is counted, and now and then
    a few rupees are missing."""
    owner = Actor(OWNER.code, session="demo")
    till.shifts.move_cash("1", Move("out", 40_00, "ice", "Manju"), owner)
    till.shifts.move_cash("1", Move("drop", 500_00, "into the safe"), owner)
    cash, *others = till.takings.x(till.custody.needed("1")).checks
    missing = chance.choice((0, 0, 0, 2, 5))
    counted = Counted(
        pieces_for(cash.expected_paise // 100 - missing),
        {one.kind: one.expected_paise for one in others if one.kind is not TenderKind.KHATA},
    )
    reason = "a coin fell under the counter" if missing else ""
    till.closings.close("1", Closing(counted, reason), cashier)


def _keyed(item: Item, chance: random.Random) -> str:
    """How a cashier keys an item in."""
    if item.unit.whole_only:
        count = chance.choice((1, 1, 1, 2, 2, 6))
        return str(item.plu) if count == 1 else f"{count}*{item.plu}"
    if item.step_milli == 1 and chance.random() < 0.2:
        return f"/{chance.choice((20, 50, 100))}*{item.plu}"
    quantity = chance.choice((500, 1000, 2000, 250))
    return f"{show_quantity(max(quantity, item.step_milli))}*{item.plu}"


def _settle(checkout: Checkout, chance: random.Random, *, on_khata: bool) -> None:
    """Now and then a line comes off or the bill waits; then it is paid, or goes on khata while the
    limit allows."""
    if len(checkout.draft.cart.lines) > 2 and chance.random() < 0.05:
        checkout.key_in("-")
    if chance.random() < 0.03:
        checkout.key_in(".")
        checkout.key_in(".1")
    if chance.random() < 0.05 and checkout.draft.cart.total_paise >= 100_00:
        checkout.key_in("+-5")  # on a smaller bill a supervisor would have to allow it
    due = checkout.draft.cart.due_paise
    if on_khata:
        try:
            checkout.key_in("+//")
        except NeedsApproval:  # above the limit: then it is paid
            checkout.key_in("+")
        return
    way = chance.random()
    if way < 0.45:
        notes = -(-due // 100_00) * 100
        checkout.key_in(f"+{notes}" if chance.random() < 0.6 else "+")
    elif way < 0.9:
        checkout.key_in(f"+upi UTR{chance.randrange(10**11, 10**12)}")
    elif way < 0.97 or due < 100_00:
        checkout.key_in("+*")
    else:
        checkout.key_in("+50")
        checkout.key_in("+/")


def _bring_back(till: Till, chance: random.Random) -> None:
    sold = till.bills.last_on("1")
    if sold is None or sold.state != "paid":
        return
    number = chance.randint(1, len(sold.document.lines))
    line = sold.document.lines[number - 1]
    back = 1000 if line.unit in (Unit.PIECE, Unit.PACK) else line.qty_milli
    till.billing.take_back(
        sold.number, {number: back}, "not fresh", TenderKind.CASH, "1", Actor(OWNER.code)
    )
