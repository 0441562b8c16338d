import subprocess
import sys
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.scanner.gs1 import Article, Elements, Text, is_gtin, meaning
from milkpos_tui.domain import labels
from tests.support.sources import ROOT

MILK = "8909950000172"
IN_AI = "01" + "0" + MILK
GTIN = Elements(gtin=MILK)
WEIGHED = "01" + "98909950000175"  # packaging level 9: of variable measure


@pytest.mark.parametrize("aim", ["", "]E0", "]C0", "]X0"])
@pytest.mark.parametrize(
    "digits",
    [
        MILK,
        "96385074",  # EAN-8
        "012345678905",  # UPC-A
        "18909950000179",  # ITF-14
        "2100012012508",  # labels of the shop's own: their digits are handed on
        "2300012062507",
        "0255006200248",
    ],
)
def test_articles(digits, aim):
    assert meaning(digits, aim) == Article(digits)


@pytest.mark.parametrize(
    ("code", "aim", "says"),
    [
        (IN_AI, "", GTIN),
        (IN_AI, "]C1", GTIN),
        (IN_AI, "]C0", GTIN),
        (IN_AI, "]d2", GTIN),
        (IN_AI, "]Q3", GTIN),
        (IN_AI, "]e0", GTIN),
        ("\x1d" + IN_AI, "", GTIN),  # FNC1 at the front sent as GS
        (IN_AI + "10AB-7/x", "", GTIN._replace(batch="AB-7/x")),
        (IN_AI + "10AB\x1d17261231", "", GTIN._replace(batch="AB", expiry=date(2026, 12, 31))),
        (IN_AI + "17260200", "", GTIN._replace(expiry=date(2026, 2, 28))),  # day 00: the last
        (IN_AI + "15261231", "", GTIN._replace(best_before=date(2026, 12, 31))),
        (IN_AI + "17260231", "", GTIN),  # a date of no calendar
        (IN_AI + "17000000" + "10AB", "", GTIN._replace(batch="AB")),
        (IN_AI + "3103001250", "", GTIN._replace(grams=1250)),
        (IN_AI + "3100000012", "", GTIN._replace(grams=12_000)),
        (IN_AI + "3102000125", "", GTIN._replace(grams=1250)),
        (IN_AI + "3105000050", "", GTIN._replace(grams=1)),  # half a gram
        (IN_AI + "3105000049", "", GTIN._replace(grams=0)),
        (IN_AI + "3922125050", "", GTIN._replace(price_paise=125_050)),
        (IN_AI + "3920125", "", GTIN._replace(price_paise=12_500)),
        (IN_AI + "39295", "", GTIN),  # a fraction of a paisa
        (IN_AI + "3929500000000", "", GTIN._replace(price_paise=50)),
        (IN_AI + "393235612505", "", GTIN._replace(price_paise=12_505)),
        (IN_AI + "393284012505", "", GTIN),  # US dollars
        (
            WEIGHED + "3103001250" + "3922007500" + "\x1d" + "10L1",
            "]C1",
            Elements("98909950000175", "L1", grams=1250, price_paise=7500),
        ),
        ("01" + "00000096385074", "", Elements("96385074")),
        ("01" + "00012345678905", "", Elements("0012345678905")),
        ("10AB", "]C1", Elements(batch="AB")),
        ("2112345", "]C1", Elements()),
        # In a GS1 symbol these are no article number but a serial number.
        ("2100012012508", "]C1", Elements()),
        (f"https://id.gs1.org/01/0{MILK}", "", GTIN),
        (f"HTTPS://ID.GS1.ORG/01/{MILK}", "]Q1", GTIN),
        (
            f"https://shop.example/in/01/0{MILK}/10/AB?17=261231&3103=001250&x=1",
            "]Q3",
            GTIN._replace(batch="AB", expiry=date(2026, 12, 31), grams=1250),
        ),
    ],
)
def test_elements(code, aim, says):
    assert meaning(code, aim) == says


@pytest.mark.parametrize("aim", ["", "]E0", "]C0"])
@pytest.mark.parametrize(
    "code",
    [
        "8909950000173",  # misread
        "2100012012503",  # AI 21, to biip
        "2100012012508 ",
        "99999999",  # AI 99, to biip
        "21ABC",
        "10AB",
        "010890995000017310AB",  # the GTIN misread
        "01089099500001",
        "",
        "12",
        "A-17",
        "upi://pay?pa=a@b&am=12.00",
        "https://example.com/01/8909950000173",
        "https://example.com/milk",
        "http://[",
        "०१०8909950000172",  # digits of other scripts
        "8९09950000172",
        IN_AI + "3103००१२५०",
        "]",
        "\x1d",
        "\x1d\x1d21",
    ],
)
def test_text(code, aim):
    assert meaning(code, aim) == Text(code)


@pytest.mark.parametrize("aim", ["]E0", "]E3", "]E4", "]I1"])
def test_an_article_number_is_never_element_strings(aim):
    assert meaning(IN_AI, aim) == Text(IN_AI)


@pytest.mark.parametrize("code", ["", "\x1d", "8909950000172x", "99", "0108909950000173"])
def test_a_gs1_symbol_that_can_not_be_parsed_is_text(code):
    assert meaning(code, "]C1") == Text(code)


@given(
    st.one_of(
        st.text(st.characters(codec="utf-8"), max_size=40),
        st.text(st.sampled_from("0123456789\x1dA/"), max_size=40),
        st.text(st.sampled_from("0123456789\x1d"), max_size=40).map(IN_AI.__add__),
        st.text(max_size=40).map("http://".__add__),
        st.text(st.sampled_from("0123456789/?=&%"), max_size=40).map("https://a/01/".__add__),
    ),
    st.sampled_from(["", "]E0", "]C1", "]d2", "]Q3", "]C0", "]", "]Y9"]),
)
@example("]", "]C1")
def test_no_code_raises_and_no_number_is_made_up(code, aim):
    says = meaning(code, aim)
    if isinstance(says, Elements):
        assert says.gtin is None or is_gtin(says.gtin)
        assert says.gtin or aim in ("]C1", "]d2", "]Q3")
    elif isinstance(says, Article):
        assert says.digits == code
        assert is_gtin(code)
    else:
        assert says == Text(code)


@given(st.text("0123456789", min_size=13, max_size=13))
def test_thirteen_digits_without_a_gs1_symbol_are_an_article_or_text(digits):
    assert meaning(digits) in (Article(digits), Text(digits))


@given(st.one_of(st.text("0123456789", min_size=6, max_size=15), st.text(max_size=14)))
def test_the_check_digit_is_that_of_the_shops_labels(code):
    # `drivers` may not import the domain; the two must not come apart.
    assert is_gtin(code) == labels.is_gtin(code)
    body = code[:-1]
    if body.isascii() and body.isdigit():
        right = f"{body}{labels.check_digit(body)}"
        assert is_gtin(right) == (len(right) in (8, 12, 13, 14))


def test_articles_do_not_load_biip():
    code = "import sys; from drivers.scanner.gs1 import meaning; meaning('8909950000172', ']E0')"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; sys.exit('biip' in sys.modules)"], cwd=ROOT, check=False
    )
    assert done.returncode == 0
