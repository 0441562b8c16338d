"""The widgets of our own: what they repaint, and how the line one types in is mended."""

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from textual.app import App

from milkpos_tui.domain.cart import CartLine
from milkpos_tui.widgets.basket import Basket
from milkpos_tui.widgets.field import Field
from milkpos_tui.widgets.painted import BOLD, PLAIN, Painted, _pieces, spread
from milkpos_tui.widgets.qr import QUIET_ZONE, qr_rows
from tests.screens.driving import driven, keys, rows
from tests.support.tills import EGG, MILK

WIDTH, HEIGHT = 40, 10


class Bare(App):
    """Nothing but one widget."""

    CSS = "#it { height: 1fr; } Field#it { height: 1; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, widget):
        super().__init__()
        self.widget = widget
        self.bells = 0

    def compose(self):
        yield self.widget

    def bell(self):
        self.bells += 1


class Watched:
    """Notes which regions a widget asks to be drawn again."""

    def __init__(self, widget, monkeypatch):
        self.regions = []
        monkeypatch.setattr(widget, "refresh", self._refresh)

    def _refresh(self, *regions, **_options):
        self.regions += regions or ["all"]
        return self

    def cells(self):
        """The regions since the last look, as (x, y, width)."""
        seen = [r if r == "all" else (r.x, r.y, r.width) for r in self.regions]
        assert all(r == "all" or r.height == 1 for r in self.regions)
        self.regions = []
        return seen


# --- Painted -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "cells"),
    [
        (("TOTAL  62.00",), ("TOTAL  64.00",), [(8, 0, 1)]),
        (("TOTAL  62.00",), ("TOTAL 124.00",), [(6, 0, 3)]),
        (("12",), ("123",), [(2, 0, 1)]),
        (("123",), ("12",), [(2, 0, 1)]),
        (("12",), ("12",), []),
        (("",), ("abc",), [(0, 0, 3)]),
        (("abc",), ("",), [(0, 0, 3)]),
        (("₹62.00",), ("₹63.00",), [(2, 0, 1)]),
        (("दूध 1",), ("दूध 2",), [(0, 0, WIDTH)]),  # cells are not characters there
        (("日本",), ("",), [(0, 0, WIDTH)]),
    ],
)
@driven
async def test_only_the_cells_that_differ_are_drawn_again(monkeypatch, before, after, cells):
    widget = Painted(id="it")
    async with Bare(widget).run_test(size=(WIDTH, HEIGHT)):
        widget.set_row(0, *((text, PLAIN) for text in before))
        watched = Watched(widget, monkeypatch)
        widget.set_row(0, *((text, PLAIN) for text in after))
        assert watched.cells() == cells
        assert rows(widget)[0] == "".join(after).rstrip()


@driven
async def test_another_style_is_another_cell(monkeypatch):
    widget = Painted(id="it")
    async with Bare(widget).run_test(size=(WIDTH, HEIGHT)):
        widget.set_row(0, ("due 62", PLAIN))
        watched = Watched(widget, monkeypatch)
        widget.set_row(0, ("due ", PLAIN), ("62", BOLD))
        assert watched.cells() == [(4, 0, 2)]


@driven
async def test_rows_set_together_leave_nothing_of_those_before(monkeypatch):
    widget = Painted(id="it")
    async with Bare(widget).run_test(size=(WIDTH, HEIGHT)):
        widget.set_rows([(("one", PLAIN),), (("two", PLAIN),), (("three", PLAIN),)])
        watched = Watched(widget, monkeypatch)
        widget.set_rows([(("one", PLAIN),), (("six", PLAIN),)])
        assert watched.cells() == [(0, 1, 3), (0, 2, 5)]
        assert rows(widget) == ["one", "six"] + [""] * (HEIGHT - 2)
        widget.set_rows([])
        assert rows(widget) == [""] * HEIGHT


@driven
async def test_beyond_the_edge_nothing_is_drawn(monkeypatch):
    widget = Painted(id="it")
    async with Bare(widget).run_test(size=(WIDTH, HEIGHT)):
        widget.set_row(0, ("x" * 60 + "1", PLAIN))
        watched = Watched(widget, monkeypatch)
        widget.set_row(0, ("x" * 60 + "2", PLAIN))
        widget.set_row(0, ("y" * 61, PLAIN))
        assert [region for region in watched.cells() if region[2] > 0] == [(0, 0, WIDTH)]
        assert rows(widget)[0] == "y" * WIDTH


@pytest.mark.parametrize(
    ("left", "right", "width", "row"),
    [
        ("left", "right", 12, "left   right"),
        ("left", "right", 10, "left right"),
        ("left", "right", 8, "l~ right"),
        ("", "right", 8, "   right"),
        ("दूध", "₹5", 7, "दूध   ₹5"),
    ],
)
def test_two_texts_at_the_ends_of_a_row(left, right, width, row):
    assert spread(left, right, width) == row


# --- Field ---------------------------------------------------------------------------------


def type_in(field, pressed):
    for key in keys(pressed):
        field.take(key)


@pytest.mark.parametrize(
    ("pressed", "text", "under"),
    [
        ("12", "12", " "),
        ("12<left>3", "132", "2"),
        ("12<left><left><left>3", "312", "1"),
        ("12<left><right><right>3", "123", " "),
        ("12<home>3<end>4", "3124", " "),
        ("12<ctrl+a>3", "312", "1"),
        ("123<left><backspace>", "13", "3"),
        ("12<home><backspace>", "12", "1"),
        ("123<home><delete>", "23", "2"),
        ("12<delete>", "12", " "),
        ("123<left><ctrl+u>4", "4", " "),
        ("a b  c", "a b  c", " "),
        ("दूध<backspace>", "दू", " "),
        ("+-*/.", "+-*/.", " "),
        ("1<f5><ctrl+x><up><enter><escape><tab>2", "12", " "),
    ],
)
@driven
async def test_typing_and_mending(pressed, text, under):
    field = Field("> ", id="it")
    async with Bare(field).run_test(size=(WIDTH, HEIGHT)) as pilot:
        field.focus()
        await pilot.pause()
        type_in(field, pressed)
        assert field.text == text
        assert under_the_cursor(field) == under
        assert rows(field)[0] == f"> {text}".rstrip()


def under_the_cursor(field):
    return next(part.text for part in field.render_line(0) if part.style and part.style.reverse)


@driven
async def test_a_field_says_which_keys_it_took():
    field = Field("> ", id="it")
    async with Bare(field).run_test(size=(WIDTH, HEIGHT)):
        took = [field.take(key) for key in keys("1<backspace><left><enter><f1><ctrl+k><up>")]
        assert took == [True, True, True, False, False, False, False]


@driven
async def test_what_is_longer_than_the_limit_beeps_and_is_not_taken():
    field = Field("> ", limit=5, id="it")
    app = Bare(field)
    async with app.run_test(size=(WIDTH, HEIGHT)):
        type_in(field, "12345")
        assert app.bells == 0
        type_in(field, "6<home>7")
        assert field.text == "12345"
        assert app.bells == 2
        type_in(field, "<backspace><delete>8")
        assert field.text == "82345"


@driven
async def test_a_masked_field_shows_stars():
    field = Field("PIN: ", masked=True, id="it")
    async with Bare(field).run_test(size=(WIDTH, HEIGHT)) as pilot:
        field.focus()
        await pilot.pause()
        type_in(field, "482913<left>")
        assert field.text == "482913"
        assert rows(field)[0] == "PIN: ******"


@driven
async def test_a_text_longer_than_the_row_keeps_the_cursor_in_sight():
    field = Field("> ", id="it")
    async with Bare(field).run_test(size=(20, HEIGHT)) as pilot:
        field.focus()
        await pilot.pause()
        text = "abcdefghijklmnopqrstuvwxyz"
        type_in(field, text)
        assert rows(field)[0].endswith("xyz")
        assert under_the_cursor(field) == " "
        type_in(field, "<home>")
        assert rows(field)[0].startswith("> abc")
        assert under_the_cursor(field) == "a"


@driven
async def test_without_the_focus_there_is_no_cursor():
    field = Field("> ", id="it")
    async with Bare(field).run_test(size=(WIDTH, HEIGHT)) as pilot:
        field.focus()
        await pilot.pause()
        type_in(field, "12")
        assert under_the_cursor(field) == " "
        field.blur()
        await pilot.pause()
        assert not any(part.style and part.style.reverse for part in field.render_line(0))
        assert rows(field)[0] == "> 12"


@driven
async def test_a_character_typed_repaints_two_cells(monkeypatch):
    field = Field("> ", id="it")
    async with Bare(field).run_test(size=(WIDTH, HEIGHT)) as pilot:
        field.focus()
        await pilot.pause()
        type_in(field, "12")
        watched = Watched(field, monkeypatch)
        type_in(field, "3")
        assert watched.cells() == [(4, 0, 2)]  # itself and the cursor behind it


@driven
async def test_an_offered_text_is_replaced_by_typing_and_kept_by_mending():
    field = Field("> ", id="it")
    async with Bare(field).run_test(size=(WIDTH, HEIGHT)):
        for pressed, text in {
            "1": "1",
            "<backspace>": "3*99",
            "<left>1": "3*9919",
            "<home><delete>": "*999",
            "<end>1": "3*9991",
            "<right>1": "3*9991",
            "<ctrl+u>1": "1",
        }.items():
            field.offer("3*999")
            assert field.text == "3*999"
            type_in(field, pressed)
            assert field.text == text, pressed


@driven
async def test_pasted_text_goes_in_at_the_cursor_as_one_clean_line():
    field = Field("> ", limit=20, id="it")
    app = Bare(field)
    async with app.run_test(size=(WIDTH, HEIGHT)):
        type_in(field, "12<left>")
        field.paste("a\x1b[31mb\nc")
        assert field.text == "1a[31mb c2"
        field.paste("\x1b\x00\u202e")
        assert field.text == "1a[31mb c2"
        field.paste("x" * 11)
        assert field.text == "1a[31mb c2"
        assert app.bells == 1


# --- Basket --------------------------------------------------------------------------------


def egg_lines(count):
    return tuple(CartLine.by_quantity(n, EGG, n * 1000) for n in range(1, count + 1))


@driven
async def test_a_line_is_put_into_words_when_it_is_drawn_and_not_before(monkeypatch):
    basket = Basket()
    worded = []
    word = Basket._line_row
    monkeypatch.setattr(
        Basket, "_line_row", lambda it, y, *rest: worded.append(y) or word(it, y, *rest)
    )
    async with Bare(basket).run_test(size=(80, HEIGHT)) as pilot:
        worded.clear()
        basket.show_lines(egg_lines(500))
        await pilot.pause()
        assert rows(basket)[-1].split()[0] == "500"
        assert len(worded) < 10 * HEIGHT


@driven
async def test_one_more_line_repaints_that_line_alone(monkeypatch):
    basket = Basket()
    async with Bare(basket).run_test(size=(80, HEIGHT)) as pilot:
        lines = egg_lines(3)
        basket.show_lines(lines[:2])
        await pilot.pause()
        watched = Watched(basket, monkeypatch)
        basket.show_lines(lines)
        ((_x, y, _width),) = watched.cells()
        assert y == 3
        basket.show_lines(lines)
        assert watched.cells() == []
        changed = (lines[0], lines[1].with_quantity(7000), lines[2])
        basket.show_lines(changed)
        ((_x, y, _width),) = watched.cells()
        assert y == 2
        basket.show_lines(changed[:1])
        assert [y for _x, y, _width in watched.cells()] == [2, 3]
        assert [row for row in rows(basket)[1:] if row] == rows(basket)[1:2]


@driven
async def test_lines_that_move_up_are_all_drawn(monkeypatch):
    basket = Basket()
    async with Bare(basket).run_test(size=(80, HEIGHT)) as pilot:
        lines = egg_lines(HEIGHT)
        basket.show_lines(lines[:-1])
        await pilot.pause()
        watched = Watched(basket, monkeypatch)
        basket.show_lines(lines)
        assert watched.cells() == ["all"]


@driven
async def test_choices_stand_where_the_lines_were():
    basket = Basket()
    async with Bare(basket).run_test(size=(80, HEIGHT)):
        basket.show_lines(egg_lines(2))
        assert not basket.choosing
        assert basket.chosen is None
        basket.show_choices((MILK, EGG))
        assert basket.choosing
        assert basket.chosen is MILK
        assert "Cow milk" in rows(basket)[1]
        basket.move(1)
        assert basket.chosen is EGG
        basket.hide_choices()
        assert not basket.choosing
        assert "Egg" in rows(basket)[1]
        basket.show_choices(())
        assert basket.choosing
        assert basket.chosen is None
        basket.show_lines(egg_lines(1))  # a line was added: it is what counts now
        assert not basket.choosing


# --- QR ------------------------------------------------------------------------------------

DARK = {" ": (False, False), "▀": (True, False), "▄": (False, True), "█": (True, True)}


@pytest.mark.parametrize(
    "payload",
    [
        "upi://pay?pa=a@b&am=1.00",
        "upi://pay?pa=nandini@upi&pn=Nandini&am=62.00&cu=INR&tr=" + "7" * 35,
    ],
)
def test_the_rows_are_the_modules_of_the_code(payload):
    drawn = []
    for ((text, style),) in qr_rows(payload):
        assert style == Style(color="black", bgcolor="white")
        halves = [DARK[char] for char in text]
        drawn += [[top for top, _low in halves], [low for _top, low in halves]]
    wanted = [
        [bool(module) for module in line]
        for line in segno.make_qr(payload, error="l", boost_error=False).matrix_iter(border=2)
    ]
    assert QUIET_ZONE >= 2
    assert drawn[: len(wanted)] == wanted
    assert not any(any(line) for line in drawn[len(wanted) :])  # what fills the last row is white
    assert len(drawn) - len(wanted) in (0, 1)


@given(st.text(st.sampled_from("ab₹ é\u0301दू\x01\n\u00a0"), max_size=12))
def test_what_is_drawn_in_pieces_is_the_text(text):
    assert "".join(_pieces(text)) == text


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Milk 1 L", ["Milk 1 L"]),
        ("₹1,234.00 due", ["₹", "1,234.00 due"]),
        ("1 दूध ताज़ा 2 L", ["1 ", "दूध", " ", "ताज़ा", " 2 L"]),
        ("Milk cafe\u0301", ["Milk caf", "e\u0301"]),  # a mark stays with its letter
    ],
)
def test_amounts_are_drawn_apart_from_what_rich_remembers(text, pieces):
    assert _pieces(text) == pieces
