"""The round on the screen: keyed by exception, recorded once, corrected late."""

import pytest

from milkpos_tui.domain.devices import Device, Kind, Role
from milkpos_tui.domain.orders import BOTH, DAILY
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.orders import Wish
from milkpos_tui.till import open_till
from tests.screens.counter import equipped, set_up
from tests.screens.driving import driven
from tests.screens.shop import assert_fits, at_counter, bodies, elsewhere, monday
from tests.support.tills import EGG, MILK, MONDAY, OWNER, FakeClock

AM = BOTH[0]


@pytest.fixture
def street(opened):
    """House 9 in lane B; 14, who also takes six eggs, and 22 in lane A."""
    with open_till(opened, FakeClock(boot="boot-2")) as till:
        for code, lane in (("9", "B"), ("14", "A"), ("22", "A")):
            till.customers.add(Customer("", code, name=f"House {code}", lane=lane), OWNER)
            till.orders.add(code, Wish(MILK.plu, 1000, DAILY), OWNER)
        till.orders.add("14", Wish(EGG.plu, 6000, DAILY), OWNER)
    return opened


async def begin(till):
    await till.keyed("<ctrl+a>")
    assert till.place == "Rounds"


async def stands(till):
    def read(opened):
        sheet = opened.rounds.carried(MONDAY, AM, OWNER)
        return sorted(sheet.stands.values())

    return await till.asked(read)


KEYED = {
    "": "all as ordered",
    "-": "-14/12",
    "0": "-14/12",
    "+": "14/12+1",
    "<right>-": "-14/40",
    "-<right>0": "-14",
    "1.5": "14/12+0.5",
    ".5": "14/12-0.5",
    "<down>-": "-22",
    "<down>3": "22+2",
    "<end>+": "9+1",
    "<down><right>6": "22/40+6",
    "3<backspace>": "all as ordered",
    "3<delete>": "all as ordered",
    "3<down><up>4": "14/12+3",
}


@pytest.mark.parametrize("keyed", KEYED)
@driven
async def test_what_is_keyed_is_told_in_the_words_of_the_command(street, keyed):
    async with at_counter(street, "cara") as till:
        await begin(till)
        await till.keyed(keyed)
        assert till.row("#words").strip() == KEYED[keyed]


@driven
async def test_a_round_is_recorded_once_and_corrected_by_a_dated_adjustment(street):
    async with at_counter(street, "cara") as till:
        await begin(till)
        assert till.text().splitlines()[0].endswith("not recorded")
        await till.keyed("<down>-<down>+<enter>")
        assert "4 recorded, nothing at 1" in till.notice
        assert till.text().splitlines()[0].endswith("RECORDED")
        assert await stands(till) == [0, 1000, 2000, 6000]
        await till.keyed("<enter>")
        assert till.notice == "recorded already: nothing changed"
        assert len(await bodies(till, "round.recorded")) == 1
        await till.keyed("<escape><ctrl+a><end>1<enter>")
        assert "1 corrected" in till.notice
        (corrected,) = await bodies(till, "round.corrected")
        assert (corrected["was_milli"], corrected["is_milli"]) == (2000, 1000)
        assert corrected["business_date"] == MONDAY.isoformat()
        assert await stands(till) == [0, 1000, 1000, 6000]


@driven
async def test_an_item_without_an_order_stays_when_it_is_recorded_again(street):
    async with at_counter(street, "cara") as till:
        await begin(till)
        await till.keyed("<down><right>6<enter><enter>")
        assert till.notice == "recorded already: nothing changed"
        assert await stands(till) == [1000, 1000, 1000, 6000, 6000]


@driven
async def test_what_is_not_recorded_is_not_lost_by_one_key(street):
    async with at_counter(street, "cara") as till:
        await begin(till)
        await till.keyed("-<escape>")
        assert (till.place, till.bells) == ("Rounds", 1)
        await till.keyed("b")
        assert till.row("#words").strip() == "-14/12"
        await till.keyed("<escape><escape>")
        assert till.place == "Billing"
        assert await stands(till) == []


@driven
async def test_what_another_terminal_recorded_is_not_undone(street):
    async with at_counter(street, "cara") as till:
        await begin(till)
        await till.keyed("+")
        with elsewhere(street) as other:
            other.rounds.record(MONDAY, AM, "-22", OWNER)
        await till.keyed("<enter>")
        assert "another terminal" in till.notice
        assert await stands(till) == [0, 1000, 1000, 6000]


@driven
async def test_a_day_to_come_is_refused(street):
    async with at_counter(street, "cara") as till:
        await begin(till)
        await till.keyed("n<enter>")
        assert "yet to come" in till.notice


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@driven
async def test_sixty_doors_scroll_and_fit(opened, size):
    with open_till(opened, FakeClock(boot="boot-2")) as shop:
        for number in range(1, 61):
            lane = f"Lane {number // 20}"
            name = f"ಮೀನಾಕ್ಷಿ House {number}"
            shop.customers.add(Customer("", str(number), name=name, lane=lane), OWNER)
            shop.orders.add(str(number), Wish(MILK.plu, 1000, DAILY), OWNER)
    async with at_counter(opened, "cara", size=size) as till:
        await begin(till)
        assert_fits(till)
        for keys, door in (("", 1), ("<pagedown>", 0), ("<end>", 60), ("<up>", 59), ("<home>", 1)):
            await till.keyed(keys)
            assert_fits(till)
            assert next(text for text in till.reversed("#sheet") if text) == "1"
            if door:
                assert f"door {door} of 60" in till.rows("#sheet")[-1]
                assert any(row.split()[:1] == [str(door)] for row in till.rows("#sheet"))
        await till.keyed("<end>+<enter>")
        assert "60 recorded" in till.notice


@driven
async def test_the_sheet_is_printed_and_the_screen_stays(street):
    set_up(street, Device("printer", Role.PRINTER, "1", Kind.SIMULATED, "", {"status": "yes"}))
    async with equipped(street, clock=monday()) as counter:
        await begin(counter.till)
        await counter.till.keyed("p")
        assert counter.till.place == "Rounds"
        assert "on its way to the printer" in counter.till.notice
        rows = await counter.printed(1)
        assert any("House 14" in row for row in rows)
