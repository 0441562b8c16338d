"""Signing in: who is at the till, and the bill that stays on the counter meanwhile."""

import pytest

from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till
from tests.screens.driving import driven, running, sign_in, signed_in
from tests.support.tills import OWNER, OWNER_PIN

MILK_1 = "1 Cow milk 1 L 62.00 62.00"


@driven
async def test_a_code_and_a_pin_open_the_till(home):
    async with running(home) as till:
        assert till.place == "SignIn"
        assert "counter 1" in till.text()
        await sign_in(till)
        assert till.place == "Billing"
        assert "Asha" in till.text()
        assert (await till.kinds())[-1] == "operator.signed_in"


@driven
async def test_code_and_pin_keyed_without_a_pause(home):
    async with running(home) as till:
        await till.keyed(f"{OWNER.operator}<enter>{OWNER_PIN}<enter>")
        await till.until(lambda: till.place == "Billing", "signed in")


@pytest.mark.parametrize(
    ("code", "pin"), [(OWNER.operator, "111111"), ("nobody", OWNER_PIN), ("", ""), ("asha", "")]
)
@driven
async def test_what_is_wrong_is_told_and_asked_again(home, code, pin):
    async with running(home) as till:
        await sign_in(till, code, pin)
        assert till.place == "SignIn"
        assert till.bells == 1
        assert "wrong" in till.notice
        assert OWNER_PIN not in till.text()
        assert (await till.kinds())[-1] == "operator.refused"
        await sign_in(till)
        assert till.place == "Billing"


@driven
async def test_a_code_and_a_pin_are_told_wrong_in_the_same_words(home):
    async with running(home) as till:
        await sign_in(till, OWNER.operator, "111111")
        told = till.notice
        await sign_in(till, "nobody", OWNER_PIN)
        assert till.notice == told


@driven
async def test_the_pin_is_never_shown(home):
    async with running(home) as till:
        await till.keyed(f"asha<enter>{OWNER_PIN}")
        assert till.entry == OWNER_PIN
        assert till.row("#pin").rstrip().endswith("*" * len(OWNER_PIN))
        assert OWNER_PIN not in till.text()
        await till.keyed("<left><left>")
        assert OWNER_PIN[-2] not in till.row("#pin")
        till.paste("987")
        await till.idle()
        assert "987" not in till.text()


@driven
async def test_the_pin_is_not_kept_by_the_screen_it_was_keyed_on(home):
    async with running(home) as till:
        below = till.find("#pin")
        await sign_in(till)
        assert (till.place, below.text) == ("Billing", "")


@driven
async def test_tab_goes_to_the_other_field(home):
    async with running(home) as till:
        await till.keyed("ash<tab>1<tab>a<tab>2")
        assert till.row("#operator").endswith("asha")
        assert till.entry == "12"
        await till.keyed("<shift+tab>")
        assert till.entry == "asha"


@driven
async def test_who_is_named_in_the_environment_is_signed_in_at_once(home):
    async with running(home, operator=OWNER.operator, pin=OWNER_PIN) as till:
        await till.until(lambda: till.place == "Billing", "signed in")


@driven
async def test_who_is_named_without_a_pin_is_asked_for_it(home):
    async with running(home, operator=OWNER.operator) as till:
        assert till.place == "SignIn"
        assert till.row("#operator").endswith(OWNER.operator)
        await till.keyed(f"{OWNER_PIN}<enter>")
        assert till.place == "Billing"


@driven
async def test_a_wrong_pin_in_the_environment_is_told(home):
    async with running(home, operator=OWNER.operator, pin="111111") as till:
        assert till.place == "SignIn"
        assert "wrong" in till.text()


@driven
async def test_the_hint_is_shown_as_it_is(home):
    async with running(home, hint="demo: [asha], PIN [/b]") as till:
        assert "demo: [asha], PIN [/b]" in till.text()


@pytest.mark.parametrize("key", ["<f10>", "<ctrl+l>"])
@driven
async def test_a_locked_till_wants_the_pin_again_and_keeps_the_bill(home, key):
    async with signed_in(home) as till:
        await till.keyed("12<enter>31<enter>.<enter>12<enter>")
        await till.keyed(key)
        assert till.place == "SignIn"
        assert "62.00" not in till.text()
        await till.keyed("<escape>")
        assert till.place == "SignIn"
        await sign_in(till)
        assert till.place == "Billing"
        assert till.lines == [MILK_1]
        assert "back" in till.notice
        assert till.row("#status").strip() == "1 held"


@driven
async def test_another_operator_goes_on_with_the_bill(home):
    with open_till(home) as books:
        books.people.add(Operator("ravi", "Ravi", "cashier"), "135790", OWNER)
    async with signed_in(home) as till:
        await till.keyed("12<enter>31<enter>")
        await till.keyed("<f10>")
        await sign_in(till, "ravi", "135790")
        assert "Ravi" in till.text().splitlines()[0]
        await till.keyed("-<enter>+<enter>")
        (bill,) = await till.bills()
        assert bill.operator == "ravi"


@driven
async def test_the_last_bill_is_still_told_after_a_lock(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>+500<enter>")
        await till.keyed("<f10>")
        await sign_in(till)
        assert till.change == "438.00"
        assert till.notice == ""  # no bill was open


@driven
async def test_an_unknown_counter_is_told(home):
    async with running(home) as till:
        till.app.counter = "9"
        await sign_in(till)
        assert till.place == "SignIn"
        assert "9" in till.notice
