from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.text import clean
from milkpos_tui.domain.upi import LINK_CHARS_MAX, check_vpa, upi_link

BILL = {"vpa": "shop@upi", "name": "Sri Dairy", "amount_paise": 6200, "reference": "A/26-000042"}


def test_the_link_in_full():
    assert upi_link(**BILL, note="Milk & curd") == (
        "upi://pay?pa=shop@upi&pn=Sri%20Dairy&am=62.00&cu=INR&tn=Milk%20%26%20curd&tr=A-26-000042"
    )


def test_without_a_note_there_is_no_field_for_it():
    assert "tn=" not in upi_link(**BILL)


@pytest.mark.parametrize(
    ("paise", "shown"), [(1, "0.01"), (10, "0.10"), (6205, "62.05"), (12_345_600, "123456.00")]
)
def test_the_amount_has_two_decimals(paise, shown):
    assert field(upi_link(**BILL | {"amount_paise": paise}), "am") == shown


def test_the_note_goes_before_the_name_is_cut():
    link = upi_link(**BILL, note="n" * 40)
    assert field(link, "tn") is None
    assert field(link, "pn") == "Sri Dairy"


def test_the_name_is_cut_to_what_fits():
    name = "Sri Lakshmi Narasimha Dairy and Sweets of Malleshwaram"
    link = upi_link(**BILL | {"name": name})
    shown = field(link, "pn")
    assert name.startswith(shown)
    assert LINK_CHARS_MAX - 3 <= len(link) <= LINK_CHARS_MAX < 100


@pytest.mark.parametrize("length", range(20, 60))
def test_the_cut_name_ends_in_no_space(length):
    link = upi_link(**BILL | {"name": "S" * length + " Dairy Farm and Sweets, Malleshwaram"})
    assert not field(link, "pn").endswith(" ")


def test_address_amount_and_reference_are_never_cut():
    whole = {"vpa": "a-very-long-name.1234567890@somebank", "reference": "r" * 35}
    link = upi_link(**BILL | whole, note="milk")
    assert (field(link, "pa"), field(link, "tr")) == (whole["vpa"], whole["reference"])
    assert (field(link, "pn"), field(link, "tn")) == ("S", None)


def test_the_note_has_at_most_50_characters():
    link = upi_link(vpa="a1@b1", name="S", amount_paise=1, reference="1", note="n" * 80)
    assert field(link, "tn") == "n" * 50


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"vpa": "shop"}, "vpa"),
        ({"name": ""}, "upi-name"),
        ({"name": "\x1b \u202e"}, "upi-name"),
        ({"amount_paise": 0}, "upi-amount"),
        ({"amount_paise": -100}, "upi-amount"),
        ({"reference": ""}, "upi-reference"),
        ({"reference": "r" * 36}, "upi-reference"),
    ],
)
def test_links_that_are_refused(change, code):
    with pytest.raises(Refused) as refused:
        upi_link(**BILL | change)
    assert refused.value.code == code


@given(
    name=st.text(min_size=1, max_size=90).filter(clean),
    note=st.text(max_size=90),
    paise=st.integers(1, 10**9),
    reference=st.text(min_size=1, max_size=35),
)
def test_any_link_is_short_plain_and_says_what_was_asked(name, note, paise, reference):
    link = upi_link(
        vpa="sri.dairy@upi", name=name, amount_paise=paise, reference=reference, note=note
    )
    assert link.isascii()
    assert not set(link) & set(' +"<>')
    assert field(link, "pa") == "sri.dairy@upi"
    assert field(link, "cu") == "INR"
    rupees, cents = field(link, "am").split(".")
    assert int(rupees) * 100 + int(cents) == paise
    assert clean(name).startswith(field(link, "pn"))
    assert field(link, "tn") in (None, clean(note, limit=50))
    tr = field(link, "tr")
    assert len(tr) == len(reference)
    assert all(new == old or new == "-" for new, old in zip(tr, reference, strict=True))
    assert set(tr) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert len(link) <= LINK_CHARS_MAX or len(field(link, "pn")) == 1


@pytest.mark.parametrize("vpa", ["shop@upi", "98765.43210@okbank", "a-b_c.d@ybl", "Shop@HDFC2"])
def test_addresses(vpa):
    assert check_vpa(f" {vpa}\n") == vpa


@pytest.mark.parametrize(
    "vpa",
    ["", "shop", "@upi", "shop@", "s@upi", "a b@upi", "a@b@upi", "shop@u.pi", "a&b@upi", "दूध@upi"],
)
def test_addresses_that_are_refused(vpa):
    with pytest.raises(Refused) as refused:
        check_vpa(vpa)
    assert refused.value.code == "vpa"


def field(link: str, key: str) -> str | None:
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc) == ("upi", "pay")
    values = parse_qs(parts.query, strict_parsing=True, max_num_fields=6).get(key)
    assert values is None or f"{key}=" in unquote(link)
    return values[0] if values else None
