"""A key at the screen: instead of the PIN, after it, for leave; the screen goes on meanwhile."""

from contextlib import asynccontextmanager

import pytest

from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till
from tests.screens.driving import driven, running, sign_in
from tests.screens.shop import allow
from tests.support.tills import OWNER, OWNER_PIN
from tests.support.touching import enrol
from tests.support.virtual_key import RIGHT, WRONG, VirtualKey, plugged_in

PIN = "271828"


@pytest.fixture
def key():
    return VirtualKey()


@pytest.fixture
def shop(home, key):
    """Cara sells; Asha has a key, and no role needs one yet."""
    with open_till(home) as till:
        till.people.add(Operator("cara", "Cara", "cashier"), PIN, OWNER)
        enrol(till, key, "asha")
    with plugged_in(key):
        yield home


def roles(home, instead="none", also="none"):
    with open_till(home) as till:
        till.settings.change("finger-instead", instead, OWNER)
        till.settings.change("finger-also", also, OWNER)


@asynccontextmanager
async def signing_in(home, instead="none", also="none", **options):
    roles(home, instead, also)
    async with running(home, **options) as till:
        yield till


async def until_place(till, place):
    await till.until(lambda: till.place == place, place)
    await till.idle()


@driven
async def test_enter_without_a_pin_and_a_touch(shop, key):
    async with signing_in(shop, instead="owner") as till:
        await till.keyed("asha<enter><enter>")
        await until_place(till, "Billing")
        assert (await till.kinds())[-1] == "operator.signed_in"


@driven
async def test_the_pin_and_then_a_touch(shop, key):
    async with signing_in(shop, also="owner") as till:
        await sign_in(till)
        await until_place(till, "Billing")
        assert key.touches > 1


@driven
async def test_a_wrong_pin_asks_for_no_key(shop, key):
    async with signing_in(shop, also="owner") as till:
        touches = key.touches
        await sign_in(till, pin="999991")
        assert (till.place, key.touches) == ("SignIn", touches)
        assert "the operator or the PIN is wrong" in till.notice


@driven
async def test_escape_stops_waiting_and_the_pin_still_works(shop, key):
    key.finger = None
    async with signing_in(shop, instead="owner") as till:
        await till.keyed("asha<enter><enter>")
        await till.until(key.waits.is_set, "the key waits")
        await till.until(lambda: "Touch the key" in till.notice, "it is told")
        await till.keyed("<f1>")  # the screen is alive while the key is waited for
        assert till.place == "Help"
        await till.keyed("<escape><escape>")
        assert till.place == "SignIn"
        await till.until(lambda: not key.waits.is_set(), "the key is asked no more")
        await sign_in(till)
        assert till.place == "Billing"


@driven
async def test_a_touch_after_escape_is_nobodys(shop, key):
    key.finger = None
    async with signing_in(shop, instead="owner") as till:
        await till.keyed("asha<enter><enter>")
        await till.until(key.waits.is_set, "the key waits")
        await till.keyed("<escape>")
        key.finger = RIGHT
        await till.until(lambda: not key.waits.is_set(), "the key is asked no more")
        await till.idle()
        assert till.place == "SignIn"


@driven
async def test_no_key_then_once_more(shop, key):
    async with signing_in(shop, instead="owner") as till:
        with plugged_in():
            await till.keyed("asha<enter><enter>")
            await till.until(lambda: "no security key is plugged in" in till.notice, "it is told")
        assert till.bells == 1
        await till.keyed("<enter>")
        await until_place(till, "Billing")


@driven
async def test_a_wrong_finger_is_told_and_an_entry(shop, key):
    key.finger = WRONG
    async with signing_in(shop, instead="owner") as till:
        await till.keyed("asha<enter><enter>")
        await till.until(lambda: "does not know this finger" in till.notice, "it is told")
        assert (await till.kinds())[-1] == "operator.key_refused"
        await till.keyed("<escape>")
        assert till.place == "SignIn"


@driven
async def test_a_cloned_key_is_told(shop, key):
    async with signing_in(shop, instead="owner") as till:
        key.counter -= 5
        await till.keyed("asha<enter><enter>")
        await till.until(lambda: "there may be a copy of the key" in till.notice, "it is told")
        assert (await till.kinds())[-1] == "operator.key_refused"


@driven
async def test_the_key_asks_for_its_own_pin(shop, home):
    other = VirtualKey(pin="4711")
    with open_till(home) as till:
        enrol(till, other, "asha")
    other.finger_tries = 0
    with plugged_in(other):
        async with signing_in(home, instead="owner") as till:
            await till.keyed("asha<enter><enter>")
            await till.until(lambda: "asks for its own PIN" in till.notice, "it is asked for")
            await till.keyed("4711")
            assert "4711" not in till.text()
            await till.keyed("<enter>")
            await until_place(till, "Billing")


@driven
async def test_leave_is_given_by_a_touch(shop, key):
    roles(shop, instead="owner")
    async with running(shop, operator="cara", pin=PIN) as till:
        await till.keyed("12<enter>**50<enter>")
        assert till.place == "Approve"
        await allow(till, "asha", "")
        await until_place(till, "Billing")
        assert till.lines == ["1 Cow milk (price changed) 1 L 50.00 50.00"]
        assert (await till.kinds())[-1] == "approval.given"


@driven
async def test_leave_needs_both_where_the_role_does(shop, key):
    roles(shop, also="owner")
    key.finger = None
    async with running(shop, operator="cara", pin=PIN) as till:
        await till.keyed("12<enter>**50<enter>")
        await allow(till, "asha", OWNER_PIN)
        await till.until(key.waits.is_set, "the key waits")
        await till.keyed("<escape>")
        assert till.place == "Approve"
        await till.keyed("<escape>")
        assert till.lines == ["1 Cow milk 1 L 62.00 62.00"]


@driven
async def test_who_is_named_at_the_start_touches_too(shop, key):
    async with signing_in(shop, also="owner", operator="asha", pin=OWNER_PIN) as till:
        assert till.place == "SignIn"
        assert "asha must touch" in till.notice
        await till.keyed(f"{OWNER_PIN}<enter>")
        await until_place(till, "Billing")


@driven
async def test_without_a_key_nothing_of_it_is_seen(shop):
    async with signing_in(shop, instead="cashier") as till:
        await till.keyed("cara<enter><enter>")
        assert (till.place, till.bells) == ("SignIn", 1)
        assert "the operator or the PIN is wrong" in till.notice
