"""A day at a till, with something of everything that writes a table."""

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.journal.journal import Actor
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.records import BillRecord, Operator
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
    rupees,
)

RAVI = Actor("ravi", "asha", "tty2")


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
    with till.journal.transaction():
        counter = {"code": "B", "name": "Back door"}
        till.journal.append(Kind.COUNTER_ADDED, "B", counter, OWNER)
    change_goods(till)
    first = sell(till, "1", OWNER, "3*12", "123", "/50*70", "*-5/", "+20", "+upi")
    till.billing.reprint(first.number, RAVI)
    till.billing.reprint(first.number, RAVI)
    till.billing.take_back(first.number, {1: 500}, "sour", TenderKind.CASH, "1", RAVI)
    till.billing.take_back(first.number, {1: 250, 2: 1000}, "more", TenderKind.UPI, "B", RAVI)
    sell(till, "B", RAVI, "12", "456", "-1", "+10", "-", "+")
    clock.set(clock.now() + 200 * DAY_MS)  # into the next financial year
    sell(till, "1", OWNER, "13", "+500")
    checkout = till.checkout("1", OWNER)
    for key in ("12", "--", "12", "110"):
        checkout.key_in(key)


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
