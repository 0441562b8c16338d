"""The shift screen: cash that moves without a sale, counts, handing over, the X."""

import pytest

from tests.screens.driving import driven
from tests.screens.shop import allow, assert_fits, at_counter, bodies, elsewhere
from tests.support.staff import CARA, CARL, PIN, SUNIL
from tests.support.tills import OWNER, close_shift, open_shift

MOVES = {"1": ("in", "Put cash in"), "2": ("out", "Pay cash out"), "3": ("drop", "into the safe")}


@pytest.fixture
def supervised(unopened):
    """Sunil, who needs nobody's leave, answers for the first counter's Rs 500."""
    with elsewhere(unopened) as till:
        open_shift(till, actor=SUNIL)
    return unopened


async def standing(till):
    return await till.asked(lambda open_till: open_till.standings.of("1"))


@driven
async def test_it_tells_how_the_counter_stands_and_what_can_be_done(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>31<enter>.<enter>40<enter><f11>")
        assert till.place == "ShiftScreen"
        told = till.text()
        for words in ("morning of Mon 23 Nov 2026", "cara answers for the drawer", "500.00"):
            assert words in told
        assert "Not paid: 1 line on the bill, 1 held bill\n" in told
        assert [row.split()[0] for row in till.rows("#page") if row[2:3].isdigit()] == list(
            "12345678"
        )
        await till.keyed("9")
        assert till.text() == told
        await till.keyed("<escape>")
        assert till.place == "Billing"
        assert till.lines == ["1 Egg 1 pc 7.50 7.50"]


@pytest.mark.parametrize("key", ["<f11>", "<ctrl+s>"])
@driven
async def test_both_its_keys_open_it(opened, key):
    async with at_counter(opened, "cara") as till:
        await till.keyed(key)
        assert till.place == "ShiftScreen"


# --- cash in, out, into the safe ---------------------------------------------------------------


@driven
async def test_cash_is_put_in_paid_out_and_dropped(supervised):
    async with at_counter(supervised, "sunil") as till:
        await till.keyed("<f11>1200.50<enter>coins<enter>Bank<enter>")
        assert "200.50 noted: coins" in till.notice
        await till.keyed("262<enter>ice<enter><enter>")
        assert "62.00 noted: ice" in till.notice
        await till.keyed("3100<enter><enter>")
        assert "100.00 noted: into the safe" in till.notice
        moved = await bodies(till, "cash.moved")
        assert [(m["kind"], m["amount_paise"], m["reason"], m["payee"]) for m in moved] == [
            ("in", 200_50, "coins", "Bank"),
            ("out", 62_00, "ice", ""),
            ("drop", 100_00, "into the safe", ""),
        ]
        assert [(m["actor"], m["approver"]) for m in moved] == [("sunil", "")] * 3


@pytest.mark.parametrize("amount", ["", "x", "0", "1.234", "1,", "-5", "1e5"])
@pytest.mark.parametrize("digit", MOVES)
@driven
async def test_an_amount_without_meaning_stays_for_mending(supervised, digit, amount):
    async with at_counter(supervised, "sunil") as till:
        await till.keyed(f"<f11>{digit}{amount}<enter>")
        assert till.place == "Ask"
        assert till.entry == amount
        assert till.bells == 1
        await till.keyed("<ctrl+u>5<enter>because<enter><enter>")
        (moved,) = await bodies(till, "cash.moved")
        assert (moved["kind"], moved["amount_paise"]) == (MOVES[digit][0], 5_00)


@pytest.mark.parametrize("digit", ["1", "2"])
@driven
async def test_a_reason_is_needed(supervised, digit):
    async with at_counter(supervised, "sunil") as till:
        await till.keyed(f"<f11>{digit}5<enter><enter>")
        assert till.place == "Ask"
        assert "an answer is needed" in till.notice
        await till.keyed("   <enter>")
        assert "an answer is needed" in till.notice
        assert "5" in till.row("#asked") + till.rows("#asked")[1]
        await till.keyed("<ctrl+u>because<enter><enter>")
        assert (await bodies(till, "cash.moved"))[0]["reason"] == "because"


@driven
async def test_more_than_is_there_comes_back_with_its_answers(supervised):
    async with at_counter(supervised, "sunil") as till:
        await till.keyed("<f11>2600<enter>ice<enter>Manju<enter>")
        assert till.place == "Ask"
        assert "there is not so much in the drawer" in till.notice
        assert till.bells == 1
        assert till.entry == "600"
        await till.keyed("60<enter>")
        assert till.entry == "ice"
        await till.keyed("<enter><enter>")
        (moved,) = await bodies(till, "cash.moved")
        assert (moved["amount_paise"], moved["reason"], moved["payee"]) == (60_00, "ice", "Manju")


@driven
async def test_esc_goes_back_question_by_question_and_moves_nothing(supervised):
    async with at_counter(supervised, "sunil") as till:
        await till.keyed("<f11>15<enter>coins<enter>")
        assert "To or from whom" in till.text()
        await till.keyed("<escape>")
        assert till.entry == "coins"
        await till.keyed("<escape>")
        assert till.entry == "5"
        await till.keyed("<escape>")
        assert till.place == "ShiftScreen"
        assert "cash.moved" not in await till.kinds()


@pytest.mark.parametrize(
    ("keyed", "kind"),
    [("15<enter>coins<enter><enter>", "cash.moved"), ("4change<enter>", "drawer.opened")],
)
@driven
async def test_a_cashier_needs_leave_and_both_names_are_in_the_entry(opened, keyed, kind):
    async with at_counter(opened, "cara") as till:
        await till.keyed("<f11>" + keyed)
        assert till.place == "Approve"
        await till.keyed("<escape>")
        assert till.place == "ShiftScreen"
        assert "a supervisor must allow it" in till.notice
        assert kind not in await till.kinds()
        await till.keyed(keyed)
        await allow(till, pin="111111")
        assert "wrong" in till.notice
        await till.keyed("<ctrl+u>")
        await allow(till)
        assert till.place == "ShiftScreen"
        assert "noted" in till.notice
        (entry,) = await bodies(till, kind)
        assert (entry["actor"], entry["approver"]) == ("cara", "sunil")


@driven
async def test_the_drawer_is_opened_with_a_reason(supervised):
    async with at_counter(supervised, "sunil") as till:
        await till.keyed("<f11>4<enter>")
        assert "an answer is needed" in till.notice
        await till.keyed("change for a 500<enter>")
        assert "The opening is noted: change for a 500" in till.notice
        assert (await bodies(till, "drawer.opened"))[0]["reason"] == "change for a 500"


# --- counting ----------------------------------------------------------------------------------


@driven
async def test_nothing_tells_what_should_be_there_before_the_count(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>+<enter><f11>5")
        assert till.place == "Counting"
        assert "562" not in till.text()
        assert "Expected" not in till.text()
        await till.keyed("<down>1<down>")
        assert "562" not in till.text()
        await till.keyed("+")
        assert till.notice == "Counted: CASH Rs 62.00 short"
        assert (await standing(till)).shift is not None  # it goes on


@driven
async def test_where_the_shop_does_not_count_blindly_it_is_told(opened):
    with elsewhere(opened) as other:
        other.settings.change("blind-count", "no", OWNER)
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>+<enter><f11>5")
        assert till.row("#expected").strip().startswith("Expected: CASH")
        assert "562.00" in till.row("#expected")


# --- handing over ------------------------------------------------------------------------------


@driven
async def test_the_drawer_goes_to_whoever_proves_who_they_are(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("<f11>6<down>1+")
        assert till.place == "Ask"
        await till.keyed("carl<enter>")
        await till.keyed(PIN)
        assert PIN not in till.text()
        await till.keyed("<enter>")
        assert till.place == "ShiftScreen"
        assert "carl answers for the drawer" in till.text()
        assert till.notice == "Counted: CASH exact"
        (handed,) = await bodies(till, "shift.handed_over")
        assert (handed["actor"], handed["successor"], handed["denominations"]) == (
            "cara",
            "carl",
            "500=1",
        )


@pytest.mark.parametrize(
    ("code", "pin", "words"),
    [("carl", "111111", "wrong"), ("nobody", PIN, "wrong"), ("cara", PIN, "answers for this"),
     ("adit", PIN, "auditor may not")],
)  # fmt: skip
@driven
async def test_who_does_not_get_it_is_told_and_the_count_is_not_lost(opened, code, pin, words):
    async with at_counter(opened, "cara") as till:
        await till.keyed(f"<f11>6<down>1+{code}<enter>{pin}<enter>")
        assert till.place == "Ask"
        assert words in till.notice
        assert pin not in till.text()
        assert (await standing(till)).shift.operator == "cara"
        assert till.entry == code
        await till.keyed(f"carl<enter>{PIN}<enter>")
        assert "carl answers for the drawer" in till.text()
        (handed,) = await bodies(till, "shift.handed_over")
        assert handed["denominations"] == "500=1"


@driven
async def test_somebody_else_s_drawer_is_handed_over_with_leave(opened):
    async with at_counter(opened, "carl") as till:
        await till.keyed(f"<f11>6<down>1+carl<enter>{PIN}<enter>")
        await allow(till)
        assert "carl answers for the drawer" in till.text()
        (handed,) = await bodies(till, "shift.handed_over")
        assert (handed["actor"], handed["approver"]) == ("carl", "sunil")


# --- the X -------------------------------------------------------------------------------------


@driven
async def test_a_supervisor_sees_the_x_and_a_cashier_is_refused(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("12<enter>+<enter><f11>7")
        assert till.place == "ShiftScreen"
        assert till.notice == "a cashier may not see what was taken"
        assert "62.00" not in till.text()
    async with at_counter(opened, "sunil") as till:
        await till.keyed("<f11>7")
        assert till.place == "Page"
        assert "X REPORT" in till.text()
        await till.keyed("<pagedown>")
        assert "562.00" in till.text()
        await till.keyed("<escape>")
        assert till.place == "ShiftScreen"


@driven
async def test_without_a_shift_it_is_the_last_z(unopened):
    async with at_counter(unopened, "sunil") as till:
        await till.keyed("<escape><f11>7")
        assert "there was no shift on this counter yet" in till.text()
        await till.keyed("<escape>")
        with elsewhere(unopened) as other:
            open_shift(other, actor=CARA)
            close_shift(other, actor=CARA)
        await till.keyed("7")
        assert "Z REPORT 1" in till.text()


# --- how it is shown ---------------------------------------------------------------------------


@driven
async def test_it_follows_another_terminal(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("<f11>")
        with elsewhere(opened) as other:
            close_shift(other, actor=CARA)
            await till.until(lambda: "No shift is open" in till.text(), "told")
            assert "1 7 do it" in till.text()
            open_shift(other, actor=CARL)
            await till.until(lambda: "carl answers for the drawer" in till.text(), "told")


@driven
async def test_closed_elsewhere_while_it_was_counted_is_told(opened):
    async with at_counter(opened, "cara") as till:
        await till.keyed("<f11>5<down>1")
        with elsewhere(opened) as other:
            close_shift(other, actor=CARA)
        await till.keyed("+")
        assert till.place == "ShiftScreen"
        assert "no shift is open on counter 1" in till.notice


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@driven
async def test_it_fits(supervised, size):
    async with at_counter(supervised, "sunil", size=size) as till:
        await till.keyed("12<enter>.<enter>12<enter>")
        for keyed in ("<f11>", "1", "5<enter>", "x<enter>", "<enter>", "7"):
            await till.keyed(keyed)
            assert_fits(till)
            assert till.text().splitlines()[-1].endswith(("Esc back", "Esc a step back"))
