"""Messages: each language's templates fill, and a template can reach nothing but its names."""

import string

import pytest

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.messages import (
    FIELDS,
    LANGUAGES,
    TEMPLATE_MAX,
    address_of,
    check_template,
    month_message,
)
from milkpos_tui.domain.month import Month
from milkpos_tui.domain.settings import SETTINGS, TEMPLATES
from milkpos_tui.domain.text import clean

LINK = "upi://pay?pa=shop@upi&pn=Sri%20Dairy&am=1234.50&cu=INR&tr=M-2627-7"
SCRIPTS = {"en": "LATIN", "hi": "DEVANAGARI", "mr": "DEVANAGARI", "kn": "KANNADA", "ta": "TAMIL",
           "te": "TELUGU"}  # fmt: skip


def message(language="en", **fields):
    values = {"name": "Asha", "month": Month(2026, 11), "due_paise": 1234_50, "shop": "Sri Dairy"}
    return month_message(language, **values | fields)


def test_a_message_in_full():
    assert message(link=LINK) == (
        "Dear Asha, your bill of November 2026 from Sri Dairy: Rs 1,234.50 is due.\n"
        f"Pay by UPI: {LINK}\n"
        "Thank you."
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("due", [1234_50, 0, -1234_50])
def test_every_language_fills(language, due):
    text = message(language, due_paise=due, link=LINK)
    assert "Asha" in text
    assert "Sri Dairy" in text
    assert "2026" in text
    assert ("1,234.50" in text) == (due != 0)
    assert (LINK in text) == (due > 0)
    assert "{" not in text
    assert "}" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_written_in_its_letters_and_is_clean(language):
    import unicodedata

    known = LANGUAGES[language]
    assert len(set(known.months)) == 12
    for text in (known.due, known.nothing_due, known.advance, *known.months):
        for row in text.split("\n"):
            assert clean(row, limit=TEMPLATE_MAX) == row
        letters = [
            c for c in text if c.isalpha() and (language == "en" or c not in string.ascii_letters)
        ]
        assert letters
        assert {unicodedata.name(c).split()[0] for c in letters} == {SCRIPTS[language]}


def test_without_a_link_its_row_is_left_out():
    assert message() == (
        "Dear Asha, your bill of November 2026 from Sri Dairy: Rs 1,234.50 is due.\nThank you."
    )


def test_what_a_name_says_is_not_filled_again():
    assert "Dear {shop}{link}," in message(name="{shop}{link}")
    assert "\x1b" not in message(name="A\x1b[2J\nB")
    assert "A[2J B" in message(name="A\x1b[2J\nB")


def test_a_template_of_the_shop():
    assert message(template="{amount} for {month}, {name}") == "1,234.50 for November 2026, Asha"
    assert "nothing is due" in message(template="{amount} please", due_paise=0)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{amount.__class__}", "means nothing"),
        ("{amount} {0}", "'0' means nothing"),
        ("{amount} {phone}", "'phone' means nothing"),
        ("{amount} {}", "means nothing"),
        ("{amount} {", "a brace by itself"),
        ("{{amount}}", "a brace by itself"),
        ("please pay", "without {amount}"),
        ("{amount}" + "x" * TEMPLATE_MAX, "at most"),
    ],
)
def test_a_bad_template(template, words):
    with pytest.raises(Refused) as refused:
        check_template(template)
    assert refused.value.code == "template"
    assert words in refused.value.message


def test_a_language_there_is_no_template_for():
    with pytest.raises(Refused, match="no text in 'fr', only en, hi, kn"):
        message("fr")


def test_every_language_is_complete_and_may_be_the_shops_own():
    assert set(TEMPLATES) == set(LANGUAGES)
    for code, language in LANGUAGES.items():
        assert SETTINGS[f"message-{code}"] is TEMPLATES[code]
        named = {name for _text, name, *_more in string.Formatter().parse(language.due) if name}
        assert named == FIELDS
        assert check_template(language.due) == language.due
        for text in (language.nothing_due, language.advance):
            names = {name for _text, name, *_more in string.Formatter().parse(text) if name}
            assert names >= {"name", "month", "shop"}
            assert ("amount" in names) == (text is language.advance)
            assert "link" not in names


@pytest.mark.parametrize(
    ("phone", "digits"),
    [
        ("98450 12345", "919845012345"),
        ("+91 98450-12345", "919845012345"),
        ("098450 12345", "919845012345"),
        ("0091 98450 12345", "919845012345"),
        ("+971 50 123 4567", "971501234567"),
        ("080 2345 6789", "918023456789"),
        ("", None),
        ("245245", None),
        ("2345 6789", None),
    ],
)
def test_a_number_as_services_want_it(phone, digits):
    url = address_of("json://a/{phone}", phone, "")
    assert url == (digits and f"json://a/{digits}")


def test_an_address_stays_one_in_a_url():
    url = address_of("mailto://a?to={email}", "", "a+b&cc=c@example.org")
    assert url == "mailto://a?to=a%2Bb%26cc%3Dc@example.org"
    assert address_of("mailto://a?to={email}", "98450 12345", "") is None
