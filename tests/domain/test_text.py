import re
from unicodedata import category, is_normalized

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from milkpos_tui.domain.text import cell, clean, is_clean, printable, printable_ascii, width_of

ZWJ = "\N{ZERO WIDTH JOINER}"
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
ACUTE = "\N{COMBINING ACUTE ACCENT}"

# Mostly the characters that do harm, so that they meet each other often.
NASTY = st.text(
    st.one_of(
        st.characters(categories=["Cc", "Cf", "Cs", "Co", "Mn", "Mc", "Zs", "Zl", "Zp"]),
        st.sampled_from(f"aक ी्è=Ω\ufdd0\uffff{ZWJ}{ZWNJ}{ACUTE}\N{COMBINING LONG SOLIDUS OVERLAY}"),
        st.characters(exclude_categories=[]),
    )
)


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("", ""),
        ("Milk", "Milk"),
        ("  Cow \t\r\n milk\N{NO-BREAK SPACE}\N{LINE SEPARATOR}1 L ", "Cow milk 1 L"),
        ("Mi\x00lk\x7f\x9b31m", "Milk31m"),
        ("\x1b[2JPaneer\x1b]0;owned\x07", "[2JPaneer]0;owned"),
        ("\u202eklim\u2066\u200f\u061c", "klim"),
        ("Mi\u200blk\ufeff\u00ad", "Milk"),
        ("Gh\ud800ee\udfff", "Ghee"),
        ("\ue000Curd\ufdd0\uffff\U0010ffff", "Curd"),
        ("Cafe" + ACUTE, "Café"),
        ("e\x00" + ACUTE, "é"),  # what is stripped out must not leave two halves of a letter
        ("क्" + ZWJ + "ष", "क्" + ZWJ + "ष"),
        ("പാല്" + ZWJ + " 1", "പാല്" + ZWJ + " 1"),  # Malayalam "milk" may end in a joiner
        ("a " + ZWNJ + " b", "a b"),
        (ZWJ + " " + ACUTE + "Milk", "Milk"),
        (ZWJ * 3, ""),
        ("[/b] [red]", "[/b] [red]"),  # markup is only text
    ],
)
def test_clean(dirty, expected):
    assert clean(dirty) == expected
    assert is_clean(expected)
    assert is_clean(dirty) == (dirty == expected)


def test_clean_cuts_at_the_limit_and_leaves_no_space_there():
    assert clean("abcd", limit=3) == "abc"
    assert clean("ab cd", limit=3) == "ab"
    assert clean("x" * 100) == "x" * 80
    assert is_clean("x" * 100)


@given(NASTY, st.integers(0, 12))
@example("=\x00\N{COMBINING LONG SOLIDUS OVERLAY}" + ZWJ, 12)
def test_cleaning_twice_changes_nothing(text, limit):
    once = clean(text, limit=limit)
    assert clean(once, limit=limit) == once
    assert is_clean(once)


@given(NASTY)
def test_what_is_clean_holds_nothing_that_harms(text):
    cleaned = clean(text, limit=12)
    assert len(cleaned) <= 12
    assert is_normalized("NFC", cleaned)
    assert cleaned == " ".join(cleaned.split())
    cleaned.encode()
    for char in cleaned.replace(ZWJ, "").replace(ZWNJ, ""):
        assert category(char) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        assert ord(char) & 0xFFFE != 0xFFFE


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", 0),
        ("Ghee", 4),
        ("दूध", 2),
        ("घी", 1),
        ("牛乳", 4),
        ("e" + ACUTE, 1),
        (ZWJ, 0),
        ("₹62", 3),
        ("Ａ", 2),
    ],
)
def test_width(text, cells):
    assert width_of(text) == cells


def test_width_is_what_textual_reckons_with_for_indian_scripts():
    codes = (*range(0x20, 0x250), *range(0x900, 0xE00), 0x200C, 0x200D, 0x20B9)
    usual = [char for char in map(chr, codes) if is_clean("k" + char) and category(char) != "Cn"]
    differing = [char for char in usual if width_of(char) != cell_len(char)]
    assert len(usual) > 1000
    assert differing == []


@pytest.mark.parametrize(
    ("text", "width", "align", "expected"),
    [
        ("Curd", 6, "<", "Curd  "),
        ("Curd", 6, ">", "  Curd"),
        ("Curd", 6, "^", " Curd "),
        ("Curd", 4, "<", "Curd"),
        ("Buttermilk", 7, ">", "Butter~"),
        ("Curd", 1, "<", "~"),
        ("Curd", 0, "<", ""),
        ("", 2, "<", "  "),
        ("दूध", 4, ">", "  दूध"),
        ("पनीर", 2, "<", "प~"),
        ("नीर", 2, "<", "नी" + "र"),
        ("नीरज", 2, "<", "नी~"),
        ("牛乳屋", 4, "<", "牛~ "),
        ("क्" + ZWJ + "षष", 2, "<", "क्~"),
    ],
)
def test_cell(text, width, align, expected):
    assert cell(text, width, align) == expected


@given(
    st.text("aक牛 ी" + ACUTE + ZWJ, max_size=12).map(clean),
    st.integers(0, 12),
    st.sampled_from("<>^"),
)
def test_a_cell_is_as_wide_as_asked(text, width, align):
    shown = cell(text, width, align)
    assert width_of(shown) == width
    assert ("~" in shown) == (width_of(text) > width > 0)
    assert shown.strip() == text or width_of(text) > width


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("Cow milk 1 L", "Cow milk 1 L"),
        ("₹62.00", "Rs62.00"),
        ("Café crème", "Cafe creme"),
        ("1½ kg", "1.5 kg"),
        ("6 × 200 ml – “fresh”…", '6 x 200 ml - "fresh"...'),
        ("दूध milk", "?? milk"),
        ("क्" + ZWJ + "ष", "??"),
        ("\x1bp\x00\x0a\x9b", "?p???"),
    ],
)
def test_printable_ascii(text, paper):
    assert printable_ascii(text) == paper


@given(NASTY)
def test_paper_gets_printable_ascii_alone(text):
    assert all(" " <= char <= "~" for char in printable_ascii(text))


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("Crème ₹50", "Creme Rs50"),
        ("दूध ₹50", "दूध Rs50"),
        (f"क्{ZWJ}ष", f"क्{ZWJ}ष"),
        (f"क{ZWJ}\x1bp", f"क{ZWJ}?p"),
        ("பால் 牛", "பால் ?"),
    ],
)
def test_indic_letters_stay_on_paper(text, paper):
    assert printable(text) == paper


@given(NASTY)
def test_paper_gets_ascii_and_indic_letters_alone(text):
    assert re.fullmatch(f"[ -~\u0900-\u0d7f{ZWJ}{ZWNJ}]*", printable(text))


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_paper_keeps_ascii(text):
    assert printable_ascii(text) == text
