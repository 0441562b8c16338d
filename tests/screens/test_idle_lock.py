"""The lock after a while without a key; what it shows; and how somebody else goes on."""

from functools import partial
from unittest.mock import patch

import pytest
from textual.timer import Timer

from milkpos_tui.app import MilkPOS
from tests.screens.driving import driven, running, sign_in
from tests.screens.shop import assert_fits, at_counter, elsewhere, monday
from tests.support.staff import PIN
from tests.support.tills import OWNER

MILK = "1 Cow milk 1 L 62.00 62.00"
AFTER_S = 300  # the usual setting


class Hours:
    """Time as the lock sees it: it passes when the test says so, and the timer fires then."""

    def __init__(self):
        self.now = 1000.0
        self.waits = []
        self._due = None

    def monotonic(self):
        return self.now

    def set_timer(self, app, delay, callback):
        """In place of Textual's; the app sets no other timer."""
        assert isinstance(callback, partial), callback
        self.waits.append(delay)
        self._due = self.now + delay, callback
        return Timer(app, delay, pause=True)

    def stop(self, _timer):
        self._due = None

    async def pass_by(self, till, seconds):
        until = self.now + seconds
        while self._due is not None and self._due[0] <= until:
            (self.now, callback), self._due = self._due, None
            till.app.call_later(callback)
            await till.idle()
        self.now = until


@pytest.fixture
def hours():
    hours = Hours()
    with (
        patch("milkpos_tui.app.monotonic", hours.monotonic),
        patch.object(MilkPOS, "set_timer", lambda *args: hours.set_timer(*args)),
        patch.object(Timer, "stop", lambda timer: hours.stop(timer)),
    ):
        yield hours


def set_to(home, seconds):
    with elsewhere(home) as other:
        other.settings.change("lock-after", str(seconds), OWNER)


@driven
async def test_after_a_while_without_a_key_it_locks_and_the_bill_is_back(opened, hours):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>")
        await hours.pass_by(till, AFTER_S - 1)
        assert till.place == "Billing"
        await hours.pass_by(till, 1)
        assert till.place == "SignIn"
        assert "An open bill of 1 line\n" in till.text()
        assert "62.00" not in till.text()
        await sign_in(till, "carl", PIN)
        assert till.lines == [MILK]
        assert "Carl" in till.text().splitlines()[0]


@pytest.mark.parametrize("key", ["<left>", "1", "<f2>"])
@driven
async def test_keys_keep_it_awake(opened, hours, key):
    async with at_counter(opened, "cara") as till:
        for _ in range(4):
            await hours.pass_by(till, AFTER_S - 1)
            await till.keyed(key)
        assert till.place == "Billing"
        await hours.pass_by(till, AFTER_S)
        assert till.place == "SignIn"
        assert len(hours.waits) < 10  # it looks when the time is up, not at each key


@driven
async def test_a_scan_that_comes_as_a_paste_keeps_it_awake(opened, hours):
    async with at_counter(opened, "cara") as till:
        await hours.pass_by(till, AFTER_S - 1)
        till.paste("8901234567894")
        await till.idle()
        await hours.pass_by(till, AFTER_S - 1)
        assert till.place == "Billing"


@driven
async def test_zero_never_locks(opened, hours):
    set_to(opened, 0)
    async with at_counter(opened, "cara") as till:
        await hours.pass_by(till, 10 * 86_400)
        assert till.place == "Billing"
        assert hours.waits == []


@driven
async def test_the_shop_sets_after_how_long(opened, hours):
    set_to(opened, 7)
    async with at_counter(opened, "cara") as till:
        await hours.pass_by(till, 6)
        assert till.place == "Billing"
        await hours.pass_by(till, 1)
        assert till.place == "SignIn"


@pytest.mark.parametrize(
    "keyed",
    ["<f9>1", "<f11>", "<f11>15<enter>coi", "<f11>5<down>12", "<f1>", "<f12>di", "<f11>14<enter>x"],
)
@driven
async def test_dialogs_are_closed_and_nothing_of_them_was_done(opened, hours, keyed):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>" + keyed)
        before = await till.kinds()
        await hours.pass_by(till, AFTER_S)
        assert till.place == "SignIn"
        assert len(till.app.screen_stack) == 2
        assert await till.kinds() == before
        await sign_in(till, "cara", PIN)
        assert till.place == "Billing"
        assert till.lines == [MILK]


@pytest.mark.parametrize("begun", [{"operator": "cara", "pin": PIN}, {}])
@driven
async def test_locked_by_hand_already_it_just_stays_locked(opened, hours, begun):
    async with running(opened, clock=monday(), **begun) as till:
        if not begun:
            await sign_in(till, "cara", PIN)
        await till.keyed("<f10>car")
        await hours.pass_by(till, 10 * AFTER_S)
        assert till.app.failure is None
        assert till.place == "SignIn"
        assert till.entry == "car"
        await till.keyed(f"a<enter>{PIN}<enter>")
        assert till.place == "Billing"
        await hours.pass_by(till, AFTER_S)
        assert till.place == "SignIn"


@driven
async def test_f10_a_code_and_a_pin_switch_and_keep_the_draft(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed(f"12<enter>3<f10>carl<enter>{PIN}<enter>")
        await till.until(lambda: till.place == "Billing", "switched")
        assert till.lines == [MILK]
        await till.keyed("+<enter>")
        (bill,) = await till.bills()
        assert bill.operator == "carl"


@driven
async def test_the_lock_screen_shows_what_is_unfinished(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>.<enter>31<enter>.<enter>12<enter>31<enter><f10>")
        assert "morning shift of Mon 23 Nov, cara since 07:00" in till.text()
        assert "An open bill of 2 lines" in till.text()
        assert "2 held bills" in till.text()
        assert_fits(till)
    async with running(opened, clock=monday(23)) as till:
        assert "this shift is of Mon 23 Nov: count and close it" in till.text()
    async with running(opened, clock=monday(-3, boot="boot-9")) as till:
        assert "the clock is behind" in till.text()


@driven
async def test_the_lock_screen_follows_another_terminal(opened):
    async with running(opened, clock=monday()) as till:
        with elsewhere(opened) as other:
            other.checkout("1", OWNER).key_in("12")
            await till.until(lambda: "An open bill of 1 line" in till.text(), "told")
