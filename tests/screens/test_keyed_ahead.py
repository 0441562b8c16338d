"""Keys run ahead of a slow disk: nothing is lost, nothing is done twice, no key waits."""

import pytest

from tests.screens.driving import driven, signed_in

MILK_1 = "1 Cow milk 1 L 62.00 62.00"


async def keyed_ahead(till, pressed):
    """Press keys while the clerk is held up by the first of them; then let it work."""
    till.clerk.stop()
    till.press(pressed)
    await till.taken()
    till.clerk.go()
    await till.idle()


@pytest.mark.parametrize("slow", [False, True])
@driven
async def test_a_sale_keyed_without_a_pause_is_one_bill_with_its_lines(home, slow):
    async with signed_in(home) as till:
        if slow:
            await keyed_ahead(till, "12<enter>3*12<enter>+<enter>")
        else:
            await till.keyed("12<enter>3*12<enter>+<enter>")
        (bill,) = await till.bills()
        assert [line.qty_milli for line in bill.document.lines] == [1000, 3000]
        assert bill.document.total_paise == 248_00
        assert till.lines == []
        assert till.bells == 0


@driven
async def test_a_hundred_lines_keyed_without_a_pause_stay_in_order(home):
    async with signed_in(home) as till:
        await keyed_ahead(till, "".join(f"{n}*40<enter>" for n in range(1, 101)))
        lines = (await till.cart()).lines
        assert [line.qty_milli for line in lines] == [n * 1000 for n in range(1, 101)]
        assert till.lines[-1] == "100 Egg 100 pc 7.50 750.00"


@driven
async def test_a_key_does_not_wait_for_the_clerk(home):
    async with signed_in(home) as till:
        till.clerk.stop()
        till.press("12<enter>40")
        await till.until(lambda: till.row("#entry") == "> 40", "painted")
        till.press("<backspace>")
        await till.until(lambda: till.row("#entry") == "> 4", "mended")
        till.press("<escape><f4>")
        await till.until(lambda: till.entry == "*-", "begun")
        assert not till.clerk.idle
        assert till.lines == []
        till.clerk.go()
        await till.idle()
        assert till.lines == [MILK_1]
        assert till.entry == "*-"


@pytest.mark.parametrize("pay", ["+", "+500"])
@driven
async def test_pay_pressed_twice_bills_once_and_its_change_stays(home, pay):
    async with signed_in(home) as till:
        await till.keyed("12<enter>")
        await keyed_ahead(till, f"{pay}<enter>{pay}<enter>")
        assert len(await till.bills()) == 1
        assert till.change == ("438.00" if pay == "+500" else "0.00")
        assert till.bells == 0
        assert till.notice == till.entry == ""


@driven
async def test_money_keyed_after_the_payment_was_seen_is_refused(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>+<enter>")
        await till.keyed("+<enter>")
        assert till.bells == 1
        assert "nothing to pay" in till.notice
        assert len(await till.bills()) == 1


@driven
async def test_money_keyed_ahead_of_a_refusal_does_not_pay(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>")
        await keyed_ahead(till, "999<enter>+<enter>")
        assert await till.bills() == []
        assert till.lines == [MILK_1]
        assert till.bells == 2
        assert till.notice
        assert till.entry == "999"
        await till.keyed("31<enter>+<enter>")  # seen, and keyed otherwise
        (bill,) = await till.bills()
        assert bill.document.total_paise == 152_00


@driven
async def test_money_keyed_ahead_of_a_refusal_behind_good_lines_does_not_pay(home):
    async with signed_in(home) as till:
        await keyed_ahead(till, "12<enter>999<enter>31<enter>+500<enter>")
        assert await till.bills() == []
        assert till.total == "TOTAL 152.00"


@driven
async def test_what_is_typed_meanwhile_is_not_overwritten_by_what_was_refused(home):
    async with signed_in(home) as till:
        await keyed_ahead(till, "999<enter>31")
        assert till.entry == "31"
        assert "999" in till.notice
        assert till.bells == 1


@driven
async def test_two_payments_of_two_customers_looked_at_are_two_bills(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>+<enter>")
        await till.keyed("31<enter>+<enter>")
        assert [bill.document.total_paise for bill in await till.bills()] == [62_00, 90_00]


@driven
async def test_the_next_customers_payment_keyed_ahead_is_not_swallowed(home):
    async with signed_in(home) as till:
        await keyed_ahead(till, "12<enter>+<enter>31<enter>+<enter>")
        assert len(await till.bills()) == 2 or till.bells > 0


@driven
async def test_a_refusal_is_still_told_when_the_next_line_was_taken(home):
    async with signed_in(home) as till:
        await keyed_ahead(till, "999<enter>12<enter>")
        assert "999" in till.notice


# --- keys that open a dialog, right behind an Enter --------------------------------------


@driven
async def test_the_pay_key_right_behind_the_first_line_opens_the_payment(home):
    async with signed_in(home) as till:
        await keyed_ahead(till, "12<enter><f9>")
        assert till.place == "Payment"
        assert till.bells == 0


@driven
async def test_the_payment_asks_for_all_that_was_keyed_before(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>")
        await keyed_ahead(till, "31<enter><f9>")
        assert till.place == "Payment"
        assert "152.00" in till.text()


@driven
async def test_money_in_the_dialog_does_not_pay_past_a_refusal_nobody_saw(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>")
        await keyed_ahead(till, "999<enter><f9>")
        await till.keyed("<enter>")
        assert await till.bills() == []


@driven
async def test_the_slip_key_right_behind_a_payment_shows_that_bills_slip(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>+<enter>31<enter>")
        await keyed_ahead(till, "+<enter><f8>")
        assert "1/2627/2" in till.text()


@driven
async def test_the_held_bills_key_right_behind_a_hold_shows_that_bill(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>")
        await keyed_ahead(till, ".<enter><f3>")
        assert till.place == "Pick"
        assert "Cow milk" in till.row("#page")


@driven
async def test_locked_right_behind_a_line_the_line_is_on_the_bill(home):
    async with signed_in(home) as till:
        await keyed_ahead(till, "12<enter>31<enter><f10>")
        await till.until(lambda: till.place == "SignIn", "locked")
        assert len((await till.cart()).lines) == 2
