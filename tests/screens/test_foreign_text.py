"""Names and pasted text are data: they show as they are, and change nothing else."""

from unicodedata import category

import pytest
from rich.cells import cell_len

from milkpos_tui.domain.text import width_of
from milkpos_tui.widgets.painted import BOLD, PLAIN, TITLE, Painted
from tests.screens.driving import drawn, driven, sell_also, signed_in
from tests.support.tills import MILK

NAMES = {
    201: "Paneer [/b] fresh",
    202: "[red]Lassi[/red] [link=x]",
    203: "दूध की बर्फी",
    204: "नमकीन क्ष्मा मिठाई ५०० ग्राम",
    205: "Kulfi $(rm) `x` %s {0} \\[bold]",
    206: "எருமை பால்",
    207: "牛乳 アイス",
    208: "Extra creamy " * 5 + "buffalo",
}
LONG = NAMES[208]


def shown_as_far_as_it_fits(name, text):
    return name in text or name[:20] in text


@pytest.fixture
def foreign_home(home):
    sell_also(home, *(MILK._replace(plu=plu, name=name) for plu, name in NAMES.items()))
    return home


def assert_sound(till):
    """Every row is exactly as wide as its widget, so that the next one stands where it should."""
    for widget in till.app.screen.query(Painted):
        for y in range(widget.size.height):
            assert cell_len(drawn(widget, y)) == widget.size.width


@driven
async def test_names_on_the_bill_show_as_they_are_and_amounts_stay_in_their_column(foreign_home):
    async with signed_in(foreign_home) as till:
        till.press("".join(f"{plu}<enter>" for plu in NAMES))
        await till.idle()
        rows = till.rows("#basket")[1 : len(NAMES) + 1]
        for name, row in zip(NAMES.values(), rows, strict=True):
            assert shown_as_far_as_it_fits(name, row)
            assert row.endswith(" 62.00")
        assert len({cell_len(row) for row in rows}) == 1
        assert_sound(till)
        assert till.total == "TOTAL 496.00"


@driven
async def test_a_name_that_is_cut_says_so(foreign_home):
    async with signed_in(foreign_home) as till:
        await till.keyed("208<enter>")
        assert LONG not in till.text()
        assert "~ " in till.lines[0]


@driven
async def test_names_are_found_by_their_own_letters(foreign_home):
    async with signed_in(foreign_home) as till:
        for typed, plu in (("pan", 201), ("दू", 203), ("क्ष", 204), ("எரு", 206), ("牛", 207)):
            await till.keyed(typed)
            assert till.entry == typed
            assert NAMES[plu] in till.rows("#basket")[1]
            assert_sound(till)
            await till.keyed("<enter>")
            assert NAMES[plu] in till.text()


@driven
async def test_names_show_as_they_are_on_every_screen(foreign_home):
    async with signed_in(foreign_home) as till:
        till.press("".join(f"{plu}<enter>.<enter>" for plu in NAMES))
        await till.idle()
        await till.keyed("<f3>")
        assert_names_are_shown(till)  # the held bills
        await till.keyed("<escape>" + "".join(f"{plu}<enter>" for plu in NAMES))
        await till.keyed("-1<enter>")
        assert NAMES[201] in till.notice
        assert_sound(till)
        await till.keyed("201<enter>+<enter>")
        await till.keyed("<f7>")
        await till.keyed("<enter>")
        assert_names_are_shown(till)  # the lines that may come back
        await till.keyed("<escape><escape>")
        await till.keyed("<f8>")
        assert till.place == "Slip"
        assert "62.00" in till.text()  # paper knows no other letters
        assert_sound(till)


def assert_names_are_shown(till):
    text = till.text()
    missing = [name for name in NAMES.values() if not shown_as_far_as_it_fits(name, text)]
    assert not missing, text
    assert_sound(till)


@driven
async def test_words_that_look_like_markup_are_searched_and_told_as_they_are(home):
    async with signed_in(home) as till:
        await till.keyed("[/b]zz[red]")
        assert till.entry == "[/b]zz[red]"
        await till.keyed("<enter>")
        assert "[/b]zz[red]" in till.notice


PASTED = {
    "3*12": "3*12",
    "a\x1b[2Jb\nc": "a[2Jb c",
    "12\r\n31\n": "12 31",
    "\ttab\tbed ": "tab bed",
    "right\u202eleft\u2066x": "rightleftx",
    "nul\x00bell\x07c1\x9b31m": "nulbellc131m",
    "दूध": "दूध",
    "x" * 200: "x" * 80,
}


@driven
async def test_pasted_text_is_one_clean_line(home):
    async with signed_in(home) as till:
        for pasted, line in PASTED.items():
            till.paste(pasted)
            await till.idle()
            assert till.entry == line
            assert_sound(till)
            await till.keyed("<escape>")
        assert till.lines == []  # nothing was keyed in by it


@driven
async def test_a_single_pasted_character_is_cleaned_too(home):
    async with signed_in(home) as till:
        for char in ("\x1b", "\n", "\u202e", "\x9b", "\x00"):
            till.paste(char)
            await till.idle()
            assert till.entry == "", repr(char)


@driven
async def test_text_pasted_where_nothing_is_typed_is_left_alone(home):
    async with signed_in(home) as till:
        await till.keyed("12<f1>")
        till.paste("31")
        await till.idle()
        await till.keyed("<escape>")
        assert till.entry == "12"


@driven
async def test_a_terminal_that_draws_vowel_signs_wider_has_amounts_in_their_column(foreign_home):
    """glibc, tmux and xterm give a vowel sign (Mc) a cell of its own; Textual gives it none."""
    async with signed_in(foreign_home) as till:
        till.press("".join(f"{plu}<enter>" for plu in NAMES))
        await till.idle()
        basket = till.find("#basket")
        for y in range(1, len(NAMES) + 1):
            column = 0
            for part in basket.render_line(y):
                if part.control:
                    column = part.control[0][1]
                else:
                    column += sum(cells_in_tmux(char) for char in part.text)
                assert column <= 80
            assert column == 80


class TmuxRow:
    """A row of a terminal that gives each vowel sign a cell of its own."""

    def __init__(self):
        self.cells = [""] * 100
        self.column = 0

    def draw(self, part):
        if part.control and part.text.startswith("\x1b["):
            self.column = part.control[0][1]
            return
        for char in part.text:
            width = cells_in_tmux(char)
            if width:
                self.cells[self.column] = char
                self.column += width
            else:
                self.cells[self.column - 1] += char


ROWS = {
    "a name, and blanks up to a phone": [
        ("   7 Meena पाटील    9876543210", PLAIN),
        (" OVER", BOLD),
    ],
    "more vowel signs than blanks": [("ശ്രീലക്ഷ്മി पाटील  9876543210    ", PLAIN), ("12.00", BOLD)],
    "a name that was cut": [("ಮೀನಾಕ್ಷಿ Kulkarni of~ 9876543210    ", PLAIN), ("12.00", BOLD)],
    "the chosen row": [("   रमेश पाटील     9876543210   ", TITLE), ("12.00", TITLE)],
}


@pytest.mark.parametrize("row", ROWS)
@driven
async def test_no_letter_of_a_name_is_lost_and_what_follows_stands_in_its_column(home, row):
    parts = ROWS[row]
    text = "".join(text for text, _style in parts)
    name = text[: text.index("9876543210")].rstrip()
    async with signed_in(home) as till:
        widget = till.find("#total")
        widget.set_row(0, *parts)
        drawn_row = TmuxRow()
        for part in widget.render_line(0):
            drawn_row.draw(part)
    shown = "".join(drawn_row.cells)
    assert drawn_row.cells[width_of(text) - 1] == text[-1]
    at = width_of(text[: text.index("9876543210")])
    assert "".join(drawn_row.cells[at : at + 10]) == "9876543210"
    if "~" not in name and "more" not in row:
        assert name in shown


def cells_in_tmux(char):
    return 1 if category(char) == "Mc" else width_of(char)
