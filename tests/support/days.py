"""A day at a till, with something of everything that writes a table."""

from datetime import timedelta

from drivers.fingerprint.touch import Backend, Enrolled
from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.cash import parse_count
from milkpos_tui.domain.collection import Instead, Milk, Reading
from milkpos_tui.domain.collection import Rates as MilkRates
from milkpos_tui.domain.devices import Device, DeviceState
from milkpos_tui.domain.devices import Kind as DeviceKind
from milkpos_tui.domain.devices import Role as DeviceRole
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.khata import Unit
from milkpos_tui.domain.month import month_of
from milkpos_tui.domain.orders import DAILY, Half, OrderPlace
from milkpos_tui.domain.settlement import cycle_of
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.counting import Counted
from milkpos_tui.services.displays import Shown
from milkpos_tui.services.khata import Payment
from milkpos_tui.services.milk_corrections import Keyed
from milkpos_tui.services.orders import Wish
from milkpos_tui.services.rates import RateChange
from milkpos_tui.services.records import BillRecord, Operator
from milkpos_tui.services.shifts import Handing, Move
from milkpos_tui.till import Till
from tests.support.tills import (
    CURD,
    DAY_MS,
    GHEE,
    MILK,
    OWNER,
    OWNER_PIN,
    SWEETS,
    FakeClock,
    next_day,
    open_shift,
    rupees,
)

RAVI = Actor("ravi", "asha", "tty2")
MEENA = Customer("", "12", name="Meena ಮೀನಾ", phone="98450 54321", lane="3rd Cross", card="C0001234")


def sell(till: Till, counter: str, actor: Actor, *keys: str) -> BillRecord:
    """The bill that key-ins on a counter come to; the last of them pays it."""
    checkout = till.checkout(counter, actor)
    outcomes = [checkout.key_in(key) for key in keys]
    paid = outcomes[-1].paid
    assert paid is not None, "the last key-in did not pay the bill"
    return paid


def live_a_day(till: Till, clock: FakeClock) -> None:
    """People come, goods change, bills are paid, returned, printed again, dropped and left open."""
    till.people.add(Operator("ravi", "रवि", "supervisor"), "135790", OWNER)
    ravi = Operator("ravi", "Ravi K", "manager")
    till.people.change(ravi._replace(active=False), OWNER)
    till.people.change(ravi, OWNER)
    till.people.prove(OWNER.operator, OWNER_PIN, "tty1")
    till.people.note_sign_in(OWNER)
    refuse_a_sign_in(till)
    enrol_a_finger(till)
    till.shops.add_counter("B", "Back door", OWNER)
    till.settings.change("discount-limit", "12.5", OWNER)
    open_shift(till, "B", RAVI)
    change_goods(till)
    set_up_devices(till)
    first = sell(till, "1", OWNER, "3*12", "123", "/50*70", "*-5/", "+20", "+upi")
    till.billing.reprint(first.number, RAVI)
    till.billing.reprint(first.number, RAVI)
    till.billing.take_back(first.number, {1: 500}, "sour", TenderKind.CASH, "1", RAVI)
    till.billing.take_back(first.number, {1: 250, 2: 1000}, "more", TenderKind.UPI, "B", RAVI)
    sell(till, "B", RAVI, "12", "456", "-1", "+10", "-", "+")
    keep_khata(till)
    make_rounds(till, clock)
    keep_the_cash(till)
    clock.set(clock.now() + 200 * DAY_MS)  # into the next financial year
    next_day(till)
    sell(till, "1", OWNER, "13", "+500")
    checkout = till.checkout("1", OWNER)
    for key in ("12", "--", "12", "110"):
        checkout.key_in(key)


def make_rounds(till: Till, clock: FakeClock) -> None:
    """Households order, are away, are brought milk and billed; a farmer's milk is settled."""
    till.customers.add(
        Customer("", "7", name="Gita", phone="98450 11111", consent_on="2026-11-01"), OWNER
    )
    till.customers.add(Customer("", "301", name="Farmer"), OWNER)
    today = till.today()
    till.orders.add("7", Wish(MILK.plu, 1000, DAILY), OWNER)
    till.orders.add("301", Wish(MILK.plu, 500, DAILY, place=OrderPlace.COUNTER), OWNER)
    till.orders.pause("7", None, today + timedelta(1), None, OWNER)
    till.orders.resume("7", today + timedelta(2), OWNER)
    till.orders.switch("7", None, SWEETS.plu, today + timedelta(2), None, OWNER)
    till.rounds.place("7", 3, OWNER)
    till.rounds.record(today, Half.MORNING, "", OWNER)
    till.rounds.record(today, Half.MORNING, "7+1", OWNER)
    rates = MilkRates(today, rupees("350"), rupees("240"))
    till.collections.set_rates([rates], OWNER)
    can = Reading(10_000, 400, clr=2800)
    till.collections.take_in("301", can, Milk.COW, today, Half.EVENING, OWNER)
    wrong = Keyed("301", today, Half.EVENING)
    till.milk_corrections.correct(wrong, Instead(litres_milli=9_500), "keyed 10", OWNER)
    clock.set(clock.now() + 40 * DAY_MS)
    list(till.months.run(month_of(today), "1", OWNER))
    till.message_channels.set("sms", "json://localhost/{phone}", OWNER)
    till.messages.queue(month_of(today), (), OWNER)
    till.messages.drop(1, OWNER)
    till.collections.settle("301", cycle_of(today), [], OWNER)
    clock.set(clock.now() - 40 * DAY_MS)


def keep_khata(till: Till) -> None:
    """Customers come, buy on khata, pay, are corrected, merged and erased."""
    meena = till.customers.add(MEENA, OWNER)
    double = till.customers.add(MEENA._replace(code="", name="Minu", card="", lane="Gate"), OWNER)
    gone = till.customers.add(Customer("", "99", name="Gone"), OWNER)
    till.customers.change(meena._replace(limit_paise=2000_00), OWNER)
    for change in (
        RateChange(MILK.plu, till.today(), rupees("60"), customer=meena.id),
        RateChange(MILK.plu, till.today(), rupees("58"), price_list="khata"),
    ):
        till.rates.set(change, OWNER)
    bill = sell(till, "1", OWNER, "//12", "3*12", "+50", "+//")
    sell(till, "1", RAVI, f"//{double.code}", "2*12", "+khata")
    till.billing.take_back(bill.number, {1: 500}, "sour", TenderKind.KHATA, "1", RAVI)
    till.khata.receive("12", Payment(50_00), "1", OWNER)
    till.khata.receive("12", Payment(500_00, TenderKind.UPI, "UTR 9", deposit=True), "1", OWNER)
    till.khata.pay_back("12", Payment(100_00, deposit=True), "asked for it", "1", OWNER)
    till.khata.use_deposit("12", 10_00, "month's end", "1", OWNER)
    till.khata.adjust("12", -1_00, "a rupee too much", "1", OWNER)
    till.khata.move_containers("12", {Unit.BOTTLE: 2, Unit.CAN: -1}, "1", OWNER)
    till.settings.change("loyalty", "milk=5,*=1", OWNER)
    points = sell(till, "1", OWNER, "//12", "9*12", "+")
    till.billing.take_back(points.number, {1: 1000}, "sour", TenderKind.CASH, "1", OWNER)
    till.khata.redeem("12", 3, "1", OWNER)
    till.customers.merge(double, meena, OWNER)
    till.customers.erase(gone, OWNER)


def set_up_devices(till: Till) -> None:
    """A printer that is never there, a scale that was, and a customer who wants to pay by UPI."""
    printer = Device("printer", DeviceRole.PRINTER, "1", DeviceKind.USB, "/dev/usb/lp0")
    till.devices.add(printer, OWNER)
    till.devices.change(printer._replace(options={"paper": "80 mm"}), OWNER)
    till.devices.note("printer", DeviceState.DOWN, "no printer is there", 1)
    scale = Device("scale", DeviceRole.SCALE, "1", DeviceKind.SERIAL, "/dev/ttyS0")
    till.devices.add(scale, OWNER)
    till.devices.remove("scale", OWNER)
    till.displays.show_link("1", Shown("d1", 62_00, "upi://pay?pa=nandini@upi"))
    till.displays.hide_link("1")


def enrol_a_finger(till: Till) -> None:
    """A finger on a reader, and another one that is taken off again."""
    for finger in ("right-thumb", "left-thumb"):
        enrolment, actor = till.fingers.enrolment("ravi", OWNER)
        name = f"milkpos-ravi/{finger}".encode()
        made = Enrolled(Backend.FPRINTD, name, challenge=enrolment.challenge)
        till.fingers.enrol("ravi", made, finger, actor)
    till.fingers.remove("ravi", "left-thumb", OWNER)


def keep_the_cash(till: Till) -> None:
    """Cash comes and goes without a sale, and the drawer goes from hand to hand."""
    till.shifts.move_cash("1", Move("in", 200_00, "coins from the bank"), OWNER)
    till.shifts.move_cash("1", Move("out", 50_00, "ice", "Manju"), OWNER)
    till.shifts.move_cash("1", Move("drop", 100_00, "safe"), OWNER)
    till.shifts.open_drawer("1", "a note for change", OWNER)
    count = parse_count("500=1,100=2,10=3")
    till.shifts.count("1", Counted(count, {TenderKind.UPI: 1_00}), OWNER)
    till.shifts.hand_over("1", Handing("ravi", Counted(count), "tea"), OWNER)
    till.shifts.hand_over("1", Handing("asha", Counted(count)), RAVI)


def change_goods(till: Till) -> None:
    """One changed, one no longer sold, and a file of one new and one changed."""
    till.catalogue.change(GHEE._replace(price_paise=rupees("355"), barcodes=("123", "456")), OWNER)
    till.catalogue.retire(CURD.plu, OWNER)
    file = (
        MILK._replace(name="Buffalo milk", plu=13, barcodes=("789",)),
        SWEETS._replace(price_paise=rupees("500")),
    )
    till.catalogue.take_in(file, "ab" * 32, OWNER)


def refuse_a_sign_in(till: Till) -> None:
    """Someone tries another's PIN."""
    try:
        till.people.prove("ravi", "000000", "tty2")
    except Refused:
        return
    raise AssertionError("a wrong PIN was taken")
