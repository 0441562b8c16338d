import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.printer.letters import SCRIPTS, ascii_only, is_drawn, letters_of, script_of, settable


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Cow Milk ~ 500 ml", "Cow Milk ~ 500 ml"),
        ("₹62", "Rs62"),
        ("Crème brûlée", "Creme brulee"),
        ("½ kg × 2 – “fresh”", '.5 kg x 2 - "fresh"'),
        ("\x1bp\x002", "?p?2"),
        ("\x10\x14\x01\x00\x01", "?????"),
        ("a\x7fb\x9bc\ud800", "a?b?c?"),
        ("दूध", "??"),  # the vowel sign is a mark
        ("a\nb", "a?b"),
    ],
)
def test_ascii_only(text, printed):
    assert ascii_only(text) == printed


@given(st.text())
def test_ascii_only_lets_printable_ascii_through_and_nothing_else(text):
    assert all(" " <= char <= "~" for char in ascii_only(text))
    if text.isascii() and text.isprintable():
        assert ascii_only(text) == text


@pytest.mark.parametrize(
    ("text", "set_as"),
    [
        ("Café", "Café"),  # in the code page
        ("Cafe\N{COMBINING ACUTE ACCENT}", "Café"),  # composed first
        ("Łódź", "?ódz"),
        ("\x1b@दूध\x07", "?@दूध?"),
        ("दूध ₹62", "दूध Rs62"),
        ("स्‍ट", "स्‍ट"),  # a joiner stays between letters that it shapes
        ("a\N{ZERO WIDTH JOINER}b", "ab"),
        ("a\N{RIGHT-TO-LEFT OVERRIDE}b", "a?b"),
        ("a\N{NO-BREAK SPACE}b", "a b"),
        ("牛奶", "??"),
    ],
)
def test_settable(text, set_as):
    assert settable(text, "cp437") == set_as


@given(st.text(), st.sampled_from(["cp437", "cp850", "cp1252", "latin-1"]))
def test_what_is_settable_is_in_the_code_page_or_drawn(text, codec):
    kept = settable(text, codec)
    if is_drawn(kept):
        assert all(char.isprintable() or char in "\u200c\u200d" for char in kept)
    else:
        assert set(kept) <= letters_of(codec)


def test_no_code_page_has_control_characters():
    for codec in ("cp437", "latin-1", "cp1252"):
        assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in letters_of(codec))


def test_each_script_has_its_letters():
    letters = "दবਦદଦதదದദ"
    assert [script_of(letter) for letter in letters] == list(SCRIPTS)
    assert script_of("\u0984") is None  # unassigned
    assert script_of("a") is None
