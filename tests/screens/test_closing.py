"""Closing a shift: unpaid bills, the blind count, the difference in words, the Z."""

import pytest

from tests.screens.driving import driven
from tests.screens.shop import allow, assert_fits, at_counter, bodies, elsewhere, monday
from tests.support.staff import CARA
from tests.support.tills import OWNER, close_shift

CLOSE = "<f11>8"
EXACT = "<down>1+"  # the float of Rs 500
PREVIEW = "Z REPORT (not closed yet)"


async def is_open(till):
    (shift,) = await till.asked(lambda open_till: [open_till.custody.open_on("1")])
    return shift is not None


async def report(till):
    """The page in front, all of it."""
    read = []
    for _page in range(12):
        read += [row for row in till.rows("#page") if row not in read]
        await till.keyed("<pagedown>")
    return "\n".join(read)


def asks(till):
    """What the closing asks for."""
    assert till.place == "CloseShift", till.text()
    return till.row("#entry").partition(":")[0].partition("?")[0]


# --- without open bills ------------------------------------------------------------------------


@driven
async def test_without_open_bills_it_is_counted_at_once_and_closed(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>+<enter>" + CLOSE)
        assert till.place == "Counting"
        assert "562" not in till.text()
        assert "Expected" not in till.text()
        await till.keyed("<down>1<end>62+")
        assert asks(till) == "Enter closes the shift"
        assert PREVIEW in till.text()
        assert "more below" in till.text()
        assert await is_open(till)
        await till.keyed("<enter>")
        assert till.place == "Page"
        assert "Z REPORT 1" in till.text()  # a cashier sees the Z of what they closed
        told = await report(till)
        assert "62.00" in told
        assert "All tenders" in told
        assert not await is_open(till)
        await till.keyed("<escape>")
        assert till.place == "ShiftScreen"
        assert till.notice == "The shift is closed: CASH exact"
        await till.keyed("<escape>")
        assert "no shift is open" in till.row("#status")
        (closed,) = await bodies(till, "shift.closed")
        assert (closed["actor"], closed["number"], closed["reason"]) == ("cara", 1, "")


@driven
async def test_a_difference_is_told_in_words_and_wants_a_reason(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed(CLOSE + "<down>1<down>1<tab>20+")
        assert asks(till) == "Why"
        rows = [" ".join(row.split()) for row in till.rows("#page") if row]
        assert rows[1].startswith("CASH")
        assert rows[1].endswith("Rs 200.00 over")
        assert rows[2].endswith("Rs 20.00 over")
        await till.keyed("<enter>")
        assert "say why" in till.notice
        assert asks(till) == "Why"
        await till.keyed("a customer forgot it<enter>")
        assert PREVIEW in till.text()
        await till.keyed("<enter>")
        assert "Rs 220.00 over" in await report(till)
        (closed,) = await bodies(till, "shift.closed")
        assert closed["reason"] == "a customer forgot it"


@driven
async def test_what_is_short_of_one_tender_is_not_made_good_by_another(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>+/<enter>" + CLOSE + "<down>1<end>62<tab>0+")
        assert asks(till) == "Why"
        assert "Rs 62.00 over" in till.text()
        assert "Rs 62.00 short" in till.text()
        await till.keyed("keyed as UPI<enter><enter><escape>")
        assert "CASH Rs 62.00 over   UPI Rs 62.00 short" in till.notice


@driven
async def test_what_was_not_counted_is_told_so(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>+/<enter>" + CLOSE + "<down>2+")
        rows = [" ".join(row.split()) for row in till.rows("#page") if row]
        assert any(row.startswith("UPI") and row.endswith("not counted") for row in rows)


@driven
async def test_where_the_shop_does_not_count_blindly_the_expected_cash_stands_above(opened):
    with elsewhere(opened) as other:
        other.settings.change("blind-count", "no", OWNER)
    async with at_counter(opened, "cara") as till:
        await till.keyed(CLOSE)
        assert "Expected: CASH" in till.row("#expected")
        assert "500.00" in till.row("#expected")


# --- Esc ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "keyed", ["<escape>", "<down>2+<escape>", "<down>2+why<enter><escape><escape>", "2<escape>"]
)
@driven
async def test_esc_leaves_the_shift_open_anywhere(opened, keyed):
    async with at_counter(opened, "cara") as till:
        await till.keyed(CLOSE + keyed)
        assert till.place == "ShiftScreen"
        assert await is_open(till)
        assert "shift.closed" not in await till.kinds()
        await till.keyed("<escape>12<enter>+<enter>")  # selling goes on
        assert len(await till.bills()) == 1


@driven
async def test_esc_goes_back_from_the_preview_to_the_reason_to_the_bills(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>" + CLOSE + "+<enter><down>2+why<enter>")
        assert asks(till) == "Enter closes the shift"
        await till.keyed("<escape>")
        assert asks(till) == "Why"
        await till.keyed("<escape>")
        assert asks(till) == "Number changes, + goes on"
        await till.keyed("<escape>")
        assert till.place == "ShiftScreen"


@driven
async def test_a_no_does_not_close_it(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed(CLOSE + EXACT + "no<enter>")
        assert asks(till) == "Enter closes the shift"
        assert "Enter alone says yes" in till.notice
        assert await is_open(till)
        await till.keyed("<ctrl+u><enter>")
        assert not await is_open(till)


# --- bills that are not paid -------------------------------------------------------------------


@driven
async def test_unpaid_bills_are_listed_and_carried_over_unless_dropped(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>31<enter>.<enter>40<enter>" + CLOSE)
        assert asks(till) == "Number changes, + goes on"
        rows = [" ".join(row.split()) for row in till.rows("#page") if row[2:4].strip().isdigit()]
        assert [row.split(" ", 1)[0] + row[-6:] for row in rows] == ["1 carry", "2 carry"]
        assert "1 line " in rows[0]
        assert "Cow milk 2 lines" in rows[1]
        for number, words in (("3", "'3' is no bill"), ("0", "'0' is no bill"), ("x", "'x' is")):
            await till.keyed(f"<ctrl+u>{number}<enter>")
            assert words in till.notice
        await till.keyed("<ctrl+u>1<enter>2<enter>1<enter>")
        rows = [row for row in till.rows("#page") if row[2:4].strip().isdigit()]
        assert [row.split()[-1] for row in rows] == ["carry", "drop"]


@driven
async def test_carried_bills_are_there_in_the_next_shift(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>" + CLOSE + "+" + "<enter>")
        assert till.place == "Counting"
        await till.keyed(EXACT + "<enter>")
        assert "Open bills carried over: 1" in await report(till)
        await till.keyed("<escape>1<enter><enter><enter>0+<enter><escape>")
        assert till.place == "Billing"
        assert till.lines == ["1 Cow milk 1 L 62.00 62.00"]
        await till.keyed("+<enter>")
        assert len(await till.bills()) == 1


@driven
async def test_dropping_wants_a_reason_and_leave_and_takes_the_bill_off_the_screen(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>" + CLOSE + "1<enter>+<enter>" + EXACT)
        assert asks(till) == "Why"
        assert "Bills to be dropped: 1" in till.text()
        await till.keyed("customer left<enter>")
        await till.keyed("<enter>")
        assert till.place == "Approve"
        assert "drop an open bill (Rs 62.00)" in till.text()
        await till.keyed("<escape>")
        assert asks(till) == "Enter closes the shift"
        assert await is_open(till)
        await till.keyed("<enter>")
        await allow(till)
        assert "Z REPORT 1" in till.text()
        (dropped,) = await bodies(till, "draft.dropped")
        assert (dropped["actor"], dropped["approver"]) == ("cara", "sunil")
        assert dropped["reason"] == "customer left"
        await till.keyed("<escape><escape>")
        assert till.place == "Billing"
        assert till.lines == []
        assert till.total == "TOTAL 0.00"
        await till.keyed("<f11>1<enter><enter><enter>0+<enter><escape>40<enter>+<enter>")
        assert [bill.document.total_paise for bill in await till.bills()] == [8_00]


@driven
async def test_a_bill_paid_in_part_has_to_be_finished_first(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>+50<enter>" + CLOSE)
        await till.keyed("+<enter>")
        assert asks(till) == "Number changes, + goes on"
        assert "50.00 was taken for a bill" in till.notice
        await till.keyed("<escape><escape>+<enter>" + CLOSE)
        assert till.place == "Counting"


@driven
async def test_a_bill_with_nothing_left_on_it_is_not_asked_about(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>-<enter>" + CLOSE)
        assert till.place == "Counting"
        await till.keyed(EXACT + "<enter>")
        assert not await is_open(till)
        await till.keyed("<escape>1<enter><enter><enter>0+<enter><escape>12<enter>+<enter>")
        assert len(await till.bills()) == 1


# --- the count holds, or not -------------------------------------------------------------------


@driven
async def test_the_count_of_a_till_that_was_killed_holds(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed(CLOSE + "<down>2+")
        assert asks(till) == "Why"
    async with at_counter(opened, "cara") as till:  # nothing was said of the reason
        await till.keyed(CLOSE)
        assert asks(till) == "Why"
        assert "counted already; F5 counts again" in till.notice
        assert "Rs 500.00 over" in till.text()
        await till.keyed("found it<enter><enter>")
        assert not await is_open(till)
        assert len(await bodies(till, "shift.counted")) == 1


@driven
async def test_f5_counts_anew(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed(CLOSE + "<down>2+<f5>")
        assert till.place == "Counting"
        await till.keyed("<escape>")
        assert asks(till) == "Why"
        assert "Rs 500.00 over" in till.text()
        await till.keyed("<f5>" + EXACT)
        assert asks(till) == "Enter closes the shift"
        await till.keyed("<enter>")
        counted = await bodies(till, "shift.counted")
        assert [count["denominations"] for count in counted] == ["500=2", "500=1"]
        (closed,) = await bodies(till, "shift.closed")
        assert closed["count_no"] == 2


@driven
async def test_something_sold_since_it_is_counted_again(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed(CLOSE + EXACT + "<escape><escape>")
        await till.keyed("12<enter>+<enter>" + CLOSE)
        assert till.place == "Counting"


@driven
async def test_sold_elsewhere_while_the_z_was_read_it_is_not_closed_on_that_count(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed(CLOSE + EXACT)
        with elsewhere(opened) as other:
            checkout = other.checkout("1", CARA)
            checkout.key_in("12")
            checkout.key_in("+")
        await till.keyed("<enter>")
        assert asks(till) == "Enter closes the shift"
        assert "money moved since the drawer was counted" in till.notice
        await till.keyed("<f5><down>1<end>62+<enter>")
        assert not await is_open(till)


@driven
async def test_closed_elsewhere_meanwhile_is_told(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed(CLOSE + EXACT)
        with elsewhere(opened) as other:
            close_shift(other, actor=CARA)
        await till.keyed("<enter>")
        assert "no shift is open on counter 1" in till.notice
        await till.keyed("<escape>")
        assert "No shift is open" in till.text()


# --- somebody else's shift ---------------------------------------------------------------------


@driven
async def test_another_s_shift_is_closed_with_leave_and_a_count_is_not_lost_over_it(opened):
    async with at_counter(opened, "carl") as till:
        await till.keyed(CLOSE + EXACT)
        assert till.place == "Approve"
        assert "carl wants to close somebody else's shift" in till.text()
        await till.keyed("<escape>")
        assert asks(till) == "Enter counts the drawer"
        assert "a supervisor must allow it" in till.notice
        await till.keyed("<enter>")
        await allow(till)
        assert asks(till) == "Enter closes the shift"
        await till.keyed("<enter>")
        await allow(till)
        assert "Z REPORT 1" in till.text()
        for kind in ("shift.counted", "shift.closed"):
            (entry,) = await bodies(till, kind)
            assert (entry["actor"], entry["approver"]) == ("carl", "sunil")
        assert (await bodies(till, "shift.counted"))[0]["denominations"] == "500=1"


@driven
async def test_a_shift_left_open_overnight_is_closed_under_its_own_date(opened):
    async with at_counter(opened, "cara", clock=monday(hours=23)) as till:
        assert "this shift is of Mon 23 Nov: count and close it" in till.row("#status")
        assert_fits(till)
        await till.keyed("12<enter>+<enter>" + CLOSE + "<down>1<end>62+<enter>")
        assert "23-11-2026" in till.text()
        (closed,) = await bodies(till, "shift.closed")
        assert closed["business_date"] == "2026-11-23"


# --- how it is shown ---------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@driven
async def test_every_step_fits(opened, size):
    async with at_counter(opened, "cara", size=size) as till:
        await till.keyed("12<enter>.<enter>12<enter>" + "31<enter>" * 12)
        for keyed in (CLOSE, "1<enter>", "+<enter>", "<down>99999+", "why<enter>"):
            await till.keyed(keyed)
            assert_fits(till)
            assert till.text().splitlines()[-1].endswith("Esc back")


@driven
async def test_the_preview_is_read_to_its_end(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed(CLOSE + EXACT)
        first = till.rows("#page")
        await till.keyed("<up><pageup>")
        assert till.rows("#page") == first
        await till.keyed("<down>")
        assert till.rows("#page")[:-1] == first[1:]
        await till.keyed("<pagedown>" * 9)
        assert "more below" not in till.text()
        last = till.rows("#page")
        assert last[-1]
        await till.keyed("<down>")
        assert till.rows("#page") == last
