"""The count sheet: cash by note and coin, keyed on the numeric keypad."""

import pytest

from milkpos_tui.domain.cash import DENOMINATIONS, PIECES_MAX, parse_count
from milkpos_tui.widgets.count_sheet import CountSheet
from tests.screens.driving import driven
from tests.screens.shop import assert_fits, at_counter, bodies

LAST = len(DENOMINATIONS) - 1


async def begin(till):
    """The count that leaves the shift open."""
    await till.keyed("<f11>5")
    assert till.place == "Counting"


def sheet(till):
    found = till.find(CountSheet)
    assert isinstance(found, CountSheet)
    return found


def total(till):
    return till.rows(CountSheet)[-1].split()[-1]


KEYED = {
    "12": "2000=12",
    "1<enter>2<enter>3": "2000=1,500=2,200=3",
    "1<down>2<up>": "2000=1,500=2",
    "<down><down>7": "200=7",
    "<end>4<home>1": "2000=1,1=4",
    "12<backspace>": "2000=1",
    "5<backspace>": "",
    "5<delete>": "",
    "12<up>3": "2000=3",  # a row that is come to anew begins anew
    "12<down><up>3": "2000=3",
    "12<down><up><backspace>": "2000=1",
    "007": "2000=7",
    "0<enter>2": "500=2",
    "1<up><up>2<down><up>": "2000=2",
    "<enter>" * 5 + "9": "20=9",
    "1-x/*.": "2000=1",  # what is no digit types nothing
}


@pytest.mark.parametrize("keyed", KEYED)
@driven
async def test_digits_and_arrows_make_the_count(opened, keyed):
    async with at_counter(opened, "cara") as till:
        await begin(till)
        await till.keyed(keyed)
        assert sheet(till).count == parse_count(KEYED[keyed])


@driven
async def test_the_total_runs_along(opened):
    async with at_counter(opened, "cara") as till:
        await begin(till)
        assert total(till) == "0.00"
        await till.keyed("1")
        assert total(till) == "2,000.00"
        await till.keyed("2<enter>3")
        assert total(till) == "25,500.00"
        assert [" ".join(row.split()) for row in till.rows(CountSheet)[1:3]] == [
            "2000 x 12 24,000.00",
            "500 x 3 1,500.00",
        ]
        await till.keyed("<backspace>")
        assert total(till) == "24,000.00"


@driven
async def test_the_cursor_shows_where_one_types(opened):
    async with at_counter(opened, "cara") as till:
        await begin(till)
        await till.keyed("12<down>3")
        assert till.reversed("#sheet")[0] == "3"
        await till.keyed("<tab>")
        assert till.reversed("#sheet")[:-1] == []  # the total stands out always
        assert till.app.screen.focused is till.find("#upi")


@driven
async def test_an_absurd_number_of_pieces_is_not_typed(opened):
    async with at_counter(opened, "cara") as till:
        await begin(till)
        await till.keyed(f"{PIECES_MAX}9")
        assert till.bells == 1
        assert sheet(till).count == parse_count(f"2000={PIECES_MAX}")


@driven
async def test_enter_goes_from_the_last_coin_to_the_other_tenders_and_out(opened):
    async with at_counter(opened, "cara") as till:
        await begin(till)
        await till.keyed("1" + "<enter>" * LAST)
        assert sheet(till).at_end
        await till.keyed("<enter>12.50<enter>")
        assert till.app.screen.focused is till.find("#card")
        await till.keyed("<enter>")
        assert till.place == "ShiftScreen"
        (counted,) = await bodies(till, "shift.counted")
        assert counted["denominations"] == "2000=1"
        assert {one["kind"]: one["counted_paise"] for one in counted["tenders"]} == {
            "cash": 2000_00,
            "upi": 12_50,
        }


@pytest.mark.parametrize("keyed", ["+", "<enter>" * (LAST + 3), "5<backspace>+", "<tab>12+"])
@driven
async def test_what_nobody_counted_is_not_counted_as_nothing(opened, keyed):
    async with at_counter(opened, "cara") as till:
        await begin(till)
        await till.keyed(keyed)
        assert till.place == "Counting"
        assert "where the drawer is empty, key 0" in till.notice
        assert till.bells >= 1
        assert "shift.counted" not in await till.kinds()
        await till.keyed("<home>3+")
        (counted,) = await bodies(till, "shift.counted")
        assert counted["denominations"] == "2000=3"


@driven
async def test_an_empty_drawer_is_counted_with_a_zero(opened):
    async with at_counter(opened, "cara") as till:
        await begin(till)
        await till.keyed("0")
        assert till.rows(CountSheet)[1].split() == ["2000", "x", "0"]
        await till.keyed("+")
        (counted,) = await bodies(till, "shift.counted")
        assert counted["denominations"] == ""
        assert "Rs 500.00 short" in till.notice


@driven
async def test_an_amount_that_cannot_be_read_stays_for_mending(opened):
    async with at_counter(opened, "cara") as till:
        await begin(till)
        await till.keyed("1<tab>12x<tab>7+")
        assert till.place == "Counting"
        assert (till.app.screen.focused, till.entry) == (till.find("#upi"), "12x")
        assert till.bells == 1
        await till.keyed("<backspace>+")
        (counted,) = await bodies(till, "shift.counted")
        assert {one["kind"]: one["counted_paise"] for one in counted["tenders"]} == {
            "cash": 2000_00,
            "upi": 12_00,
            "card": 7_00,
        }


@driven
async def test_esc_counts_nothing(opened):
    async with at_counter(opened, "cara") as till:
        await begin(till)
        await till.keyed("12<escape>")
        assert till.place == "ShiftScreen"
        assert "shift.counted" not in await till.kinds()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@driven
async def test_it_fits(opened, size):
    async with at_counter(opened, "cara", size=size) as till:
        await begin(till)
        await till.keyed(f"{PIECES_MAX}<enter>" * (LAST + 1))
        assert_fits(till)
        assert till.text().splitlines()[-1].endswith("Esc back")
        assert till.row("#card").strip().startswith("CARD")
