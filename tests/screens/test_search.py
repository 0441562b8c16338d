"""Letters on the entry line search: the items found stand where the lines were."""

import re

import pytest

from tests.screens.driving import driven, sell_also, signed_in
from tests.support.tills import EGG, MILK, OWNER

MILK_1 = "1 Cow milk 1 L 62.00 62.00"
PEDA_1 = "1 Milk peda 1 kg 480.00 480.00"
FOUND = ["70 Milk peda 480.00 / kg", "12 Cow milk 62.00 / L"]  # the likeliest first


def many_eggs(count):
    """Items whose words begin with `egg`, a word each of its own."""
    return [EGG._replace(plu=200 + n, name=f"Egg tray {n}") for n in range(1, count + 1)]


@driven
async def test_letters_show_the_items_and_their_prices(home):
    async with signed_in(home) as till:
        await till.keyed("mil")
        assert till.lines == FOUND
        assert till.chosen == FOUND[:1]
        assert till.entry == "mil"


@driven
async def test_further_letters_narrow_and_no_letters_bring_the_lines_back(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>mil")
        await till.keyed("k p")
        assert till.lines == FOUND[:1]
        await till.keyed("<backspace>" * 6)
        assert till.entry == ""
        assert till.lines == [MILK_1]


@pytest.mark.parametrize(
    ("keyed", "line"),
    [
        ("mil<enter>", PEDA_1),
        ("mil<down><enter>", MILK_1),
        ("mil<down><down><down><enter>", MILK_1),  # not beyond the last one
        ("mil<down><up><up><enter>", PEDA_1),
        ("2*mil<down><enter>", "1 Cow milk 2 L 62.00 124.00"),
        ("/31*mil<down><enter>", "1 Cow milk 0.5 L 62.00 31.00"),
        ("MIL<down><enter>", MILK_1),
    ],
)
@driven
async def test_enter_takes_the_item_under_the_cursor(home, keyed, line):
    async with signed_in(home) as till:
        typed, down, rest = keyed.partition("<")
        await till.keyed(typed)
        await till.keyed(down + rest)
        assert till.lines == [line]
        assert till.entry == ""


@driven
async def test_esc_goes_back_to_the_lines(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>mil")
        await till.keyed("<down><escape>")
        assert till.lines == [MILK_1]
        assert till.entry == ""
        await till.keyed("<enter>")
        assert till.lines == [MILK_1]


@driven
async def test_enter_before_the_items_came_takes_the_likeliest(home):
    async with signed_in(home) as till:
        till.clerk.stop()
        till.press("mil<enter>2*mil<enter>")
        await till.until(lambda: till.clerk.asked >= 3, "handed over")
        till.clerk.go()
        await till.idle()
        assert till.lines == [PEDA_1, "2 Milk peda 2 kg 480.00 960.00"]


@driven
async def test_items_found_for_other_words_are_not_taken(home):
    async with signed_in(home) as till:
        await till.keyed("m")
        assert till.lines[-1] == "110 Ghee 500 ml 350.00 / pk"
        await till.keyed("<down><down>")
        till.clerk.stop()
        till.press("ilk<enter>")
        await till.until(lambda: till.entry == "", "handed over")
        till.clerk.go()
        await till.idle()
        assert till.lines == [PEDA_1]


@driven
async def test_one_search_at_a_time_and_the_newest_words_win(home):
    async with signed_in(home) as till:
        till.clerk.stop()
        till.press("milk c")
        await till.until(lambda: till.entry == "milk c", "typed")
        till.clerk.go()
        await till.idle()
        assert till.lines == FOUND[1:]
        searches = [name for name in till.clerk.works if name.startswith("Billing._search")]
        assert len(searches) == 2  # for `m`, and for all that was typed meanwhile


@driven
async def test_what_was_found_after_enter_does_not_hide_the_bill(home):
    async with signed_in(home) as till:
        till.clerk.stop()
        till.press("mil<enter>")
        await till.until(lambda: till.entry == "", "handed over")
        till.clerk.go()
        await till.idle()
        assert till.lines == [PEDA_1]


@driven
async def test_words_of_no_item(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter>xyz")
        assert len(till.lines) == 1
        assert "nothing" in till.lines[0]
        await till.keyed("<down><up><enter>")
        assert "xyz" in till.notice
        assert till.entry == "xyz"
        await till.keyed("<escape>")
        assert till.lines == [MILK_1]


@driven
async def test_the_cursor_stays_among_the_items_in_sight(home):
    sell_also(home, *many_eggs(35))
    async with signed_in(home) as till:
        await till.keyed("egg tr")
        room = len(till.lines)
        assert room < 35
        await till.keyed("<down>" * 40)
        assert till.chosen == till.lines[-1:]
        last = till.chosen[0].split()[0]
        await till.keyed("<pageup>")
        assert till.chosen == till.lines[:1]
        await till.keyed("<pagedown><enter>")
        assert till.lines == [f"1 Egg tray {int(last) - 200} 1 pc 7.50 7.50"]


@pytest.mark.parametrize(
    "pressed",
    [
        " <down><enter>",
        "<down><left><enter>",
    ],
)
@driven
async def test_the_item_under_the_cursor_is_taken_however_the_words_stand(home, pressed):
    async with signed_in(home) as till:
        await till.keyed("mil")
        for key in re.findall(r"<\w+>|.", pressed.removesuffix("<enter>")):
            await till.keyed(key)
        (chosen,) = till.chosen
        await till.keyed("<enter>")
        assert till.lines[0].split()[1:3] == chosen.split()[1:3] == ["Cow", "milk"]


@driven
async def test_another_size_keeps_the_items_in_sight(home):
    async with signed_in(home) as till:
        await till.keyed("mil")
        await till.pilot.resize_terminal(100, 30)
        await till.idle()
        assert till.lines == FOUND


@driven
async def test_a_name_no_longer_sold_is_not_found(home):
    async with signed_in(home) as till:
        await till.asked(lambda books: books.catalogue.retire(MILK.plu, OWNER))
        await till.keyed("mil")
        assert till.lines == FOUND[:1]
