import re
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from milkpos_tui.domain.cart import Discount, TenderKind
from milkpos_tui.domain.entryline import (
    GRAMMAR,
    KEYED_MAX,
    AddItem,
    ChooseCustomer,
    DiscountBill,
    DiscountLine,
    Drop,
    Hold,
    KeyIn,
    Pay,
    Recall,
    RedeemPoints,
    SetQuantity,
    SetRate,
    SetWorth,
    TakeOff,
    parse,
    search_words,
)
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.money import MONEY_LIMIT_PAISE, show_rupees
from milkpos_tui.domain.quantity import QUANTITY_LIMIT_MILLI, show_quantity

CASH, UPI, CARD, KHATA = TenderKind.CASH, TenderKind.UPI, TenderKind.CARD, TenderKind.KHATA


def assert_understood(text, key_in):
    """Key-ins may be tuples, and tuples of two kinds are equal: Hold() == Drop()."""
    parsed = parse(text)
    assert type(parsed) is type(key_in)
    assert parsed == key_in


@pytest.mark.parametrize(
    ("text", "key_in"),
    [
        # items
        ("12", AddItem("12")),
        ("007", AddItem("007")),
        ("8909950000172", AddItem("8909950000172")),
        ("3*12", AddItem("12", qty_milli=3000)),
        (".5*12", AddItem("12", qty_milli=500)),
        ("0.25*12", AddItem("12", qty_milli=250)),
        ("3*8909950000172", AddItem("8909950000172", qty_milli=3000)),
        ("3* 12", AddItem("12", qty_milli=3000)),
        ("/50*12", AddItem("12", worth_paise=50_00)),
        ("/.5*12", AddItem("12", worth_paise=50)),
        ("/50.25*12", AddItem("12", worth_paise=50_25)),
        ("/50* 12", AddItem("12", worth_paise=50_00)),
        # points
        ("+**", RedeemPoints(None)),
        ("+**20", RedeemPoints(20)),
        ("+**0", RedeemPoints(0)),
        ("+pts", RedeemPoints(None)),
        ("+pts 20", RedeemPoints(20)),
        ("+POINTS 5", RedeemPoints(5)),
        # items by words
        ("milk", AddItem("milk")),
        ("दूध", AddItem("दूध")),
        ("cow milk 500", AddItem("cow milk 500")),
        ("7up", AddItem("7up")),
        ("3*cow milk", AddItem("cow milk", qty_milli=3000)),
        ("3*7up", AddItem("7up", qty_milli=3000)),
        ("/50*paneer", AddItem("paneer", worth_paise=50_00)),
        # the last line
        ("*3", SetQuantity(3000)),
        ("*.5", SetQuantity(500)),
        ("*/50", SetWorth(50_00)),
        ("**58", SetRate(58_00)),
        ("**58.50", SetRate(58_50)),
        ("*-10", DiscountLine(Discount(paise=10_00))),
        ("*-.5", DiscountLine(Discount(paise=50))),
        ("*-5/", DiscountLine(Discount(rate_bp=500))),
        ("*-0", DiscountLine(Discount())),
        # the bill
        ("+-10", DiscountBill(Discount(paise=10_00))),
        ("+-12.5/", DiscountBill(Discount(rate_bp=1250))),
        ("+-100/", DiscountBill(Discount(rate_bp=10_000))),
        ("-", TakeOff(None)),
        ("-2", TakeOff(2)),
        ("-12", TakeOff(12)),
        ("--", Drop()),
        ("--spilt", Drop("spilt")),
        ("-- no money with her ", Drop("no money with her")),
        ("--दूध गिरा", Drop("दूध गिरा")),
        (".", Hold()),
        (".2", Recall(2)),
        (".10", Recall(10)),
        # money
        ("+", Pay(CASH, None)),
        ("+500", Pay(CASH, 500_00)),
        ("+62.5", Pay(CASH, 62_50)),
        ("+ 500", Pay(CASH, 500_00)),
        ("+/", Pay(UPI, None)),
        ("+/200", Pay(UPI, 200_00)),
        ("+*", Pay(CARD, None)),
        ("+*200.50", Pay(CARD, 200_50)),
        ("+cash", Pay(CASH, None)),
        ("+cash 500", Pay(CASH, 500_00)),
        ("+upi", Pay(UPI, None)),
        ("+upi 200", Pay(UPI, 200_00)),
        ("+upi200", Pay(UPI, 200_00)),
        ("+ UPI 200", Pay(UPI, 200_00)),
        ("+upi 200 UTR 4242", Pay(UPI, 200_00, "UTR 4242")),
        ("+upi 200 423456789012", Pay(UPI, 200_00, "423456789012")),
        ("+upi UTR4242", Pay(UPI, None, "UTR4242")),
        ("+card 200.50 slip 7", Pay(CARD, 200_50, "slip 7")),
        ("+khata", Pay(KHATA, None)),
        ("+Khata 100", Pay(KHATA, 100_00)),
        ("+//", Pay(KHATA, None)),
        ("+//200.50", Pay(KHATA, 200_50)),
        # whose it is
        ("//12", ChooseCustomer("12")),
        ("12/", ChooseCustomer("12")),
        ("007/", ChooseCustomer("007")),
        ("// C0001234 ", ChooseCustomer("C0001234")),
        ("//मीना राव", ChooseCustomer("मीना राव")),
        ("//", ChooseCustomer("")),
        # around it
        ("  12\n", AddItem("12")),
        ("x" * 80, AddItem("x" * 80)),
    ],
)
def test_what_is_keyed_is_understood(text, key_in):
    assert_understood(text, key_in)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "key-in-empty"),
        (" \t", "key-in-empty"),
        ("x" * 81, "key-in-long"),
        ("1" * 81, "key-in-long"),
        # neither an item nor words
        ("12.", "key-in"),
        ("1.5", "key-in"),
        ("3*", "key-in"),
        ("3**12", "key-in"),
        ("3*-12", "key-in"),
        ("3*/12", "key-in"),
        ("3*+12", "key-in"),
        ("3*4*12", "key-in"),
        ("3* *12", "key-in"),
        ("/50*", "key-in"),
        ("/50**12", "key-in"),
        ("/50", "key-in"),
        ("..", "key-in"),
        (".2.", "key-in"),
        ("२", "key-in"),
        ("3*२", "key-in"),
        ("₹", "key-in"),
        # quantities
        ("1.2.3*12", "quantity-unreadable"),
        (".*12", "quantity-unreadable"),
        ("1.0005*12", "quantity-decimals"),
        ("8909950000172*3", "quantity-limit"),
        ("*", "quantity-unreadable"),
        ("*x", "quantity-unreadable"),
        ("*1/2", "quantity-unreadable"),
        ("*1.0005", "quantity-decimals"),
        # amounts
        ("/1.2.3*12", "amount-unreadable"),
        ("/.*12", "amount-unreadable"),
        ("/50.255*12", "amount-decimals"),
        ("*/", "amount-unreadable"),
        ("**", "amount-unreadable"),
        ("**-58", "amount-unreadable"),
        ("*-", "amount-unreadable"),
        ("*--5", "amount-unreadable"),
        ("+-", "amount-unreadable"),
        ("++", "amount-unreadable"),
        ("+.", "amount-unreadable"),
        ("+1,000", "amount-unreadable"),
        ("+५००", "amount-unreadable"),
        ("+500.005", "amount-decimals"),
        ("+8909950000172", "amount-limit"),
        ("+///", "amount-unreadable"),
        ("+upi 1.2.3", "amount-unreadable"),
        ("+upi 423456789012", "amount-limit"),
        # percentages
        ("*-/", "percent"),
        ("*-101/", "percent"),
        ("+-5//", "percent"),
        ("+-x/", "percent"),
        # lines and money that nobody knows
        ("-x", "key-in"),
        ("-1.5", "key-in"),
        ("--1", "key-in"),
        ("---", "key-in"),
        ("- 1", "key-in"),
        ("-२", "key-in"),
        ("+milk", "key-in"),
        ("+upis", "key-in"),
        ("+up", "key-in"),
        ("+1e3", "key-in"),
        ("+500 cash", "key-in"),
        ("+/200 UTR", "key-in"),
        ("+/upi", "key-in"),
        ("+*card 5", "key-in"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_reason(text, code):
    with pytest.raises(Refused) as refused:
        parse(text)
    assert refused.value.code == code


IN_THE_HELP = [key for form, says in GRAMMAR for key in (form, *re.findall(r"; (\S+)", says))]


@pytest.mark.parametrize("example", IN_THE_HELP)
def test_every_example_of_the_help_is_understood(example):
    assert isinstance(parse(example), KeyIn)


def test_the_help_shows_every_kind_of_key_in():
    assert {type(parse(example)) for example in IN_THE_HELP} == set(get_args(KeyIn))


@pytest.mark.parametrize(
    "text",
    ["+upi 200,50", "+card 1,200", "+cash 500/-", "+upi -200", "+upi 200UTR", "+upi ₹200"],
)
def test_an_amount_that_can_not_be_read_is_never_all_that_is_due(text):
    with pytest.raises(Refused) as refused:
        parse(text)
    assert refused.value.code == "key-in"


def test_a_refusal_shows_what_was_keyed_and_where_help_is():
    with pytest.raises(Refused, match=r"'3\*\*12' .* F1"):
        parse("3**12")


PLUS = st.integers(1, 999_999).map(str)
MONEY = st.integers(0, MONEY_LIMIT_PAISE)
QUANTITIES = st.integers(0, QUANTITY_LIMIT_MILLI)


def plain(paise):
    return show_rupees(paise).replace(",", "")


@given(QUANTITIES, PLUS)
def test_every_quantity_can_be_keyed(milli, plu):
    assert_understood(f"{show_quantity(milli)}*{plu}", AddItem(plu, qty_milli=milli))
    assert_understood(f"*{show_quantity(milli)}", SetQuantity(milli))


@given(MONEY, PLUS)
def test_every_amount_can_be_keyed(paise, plu):
    amount = plain(paise)
    assert_understood(f"/{amount}*{plu}", AddItem(plu, worth_paise=paise))
    assert_understood(f"*/{amount}", SetWorth(paise))
    assert_understood(f"**{amount}", SetRate(paise))
    assert_understood(f"*-{amount}", DiscountLine(Discount(paise=paise)))
    assert_understood(f"+-{amount}", DiscountBill(Discount(paise=paise)))
    assert_understood(f"+{amount}", Pay(CASH, paise))
    assert_understood(f"+/{amount}", Pay(UPI, paise))
    assert_understood(f"+*{amount}", Pay(CARD, paise))


@given(st.integers(1, 999))
def test_every_line_and_held_bill_can_be_named(number):
    assert_understood(f"-{number}", TakeOff(number))
    assert_understood(f".{number}", Recall(number))


# Mostly the keypad, so that its keys meet in every order; then anything that a paste may bring.
KEYPAD = st.text(st.sampled_from("0125.*/+-"), max_size=12)
LETTERED = st.text(st.sampled_from("05.*/+- \nupicashx२²½ſदू\x00\ud800"), max_size=16)
PASTED = st.text(max_size=KEYED_MAX + 20)


@given(KEYPAD | LETTERED | PASTED)
@example("-" + "9" * 79)
@example("." + "9" * 79)
@example("*" + "9" * 79)
@example("+" + "9" * 79)
@example("9" * 77 + "*12")
@example(".²")
@example("+upi " + "9" * 75)
def test_any_key_in_is_understood_or_refused(text):
    try:
        key_in = parse(text)
    except Refused:
        return
    assert isinstance(key_in, KeyIn)


@given(KEYPAD)
def test_on_the_keypad_an_item_is_digits_alone(text):
    try:
        key_in = parse(text)
    except Refused:
        return
    if isinstance(key_in, AddItem):
        assert key_in.what.isdecimal()
        assert key_in.qty_milli is None or key_in.worth_paise is None


# --- searching while typing ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("m", "m"),
        ("cow milk", "cow milk"),
        ("7up", "7up"),
        ("दूध", "दूध"),
        ("3*m", "m"),
        (".5*cow milk", "cow milk"),
        ("/50*paneer", "paneer"),
        ("3*7up", "7up"),
        ("", ""),
        ("12", ""),
        ("3*", ""),
        ("3*12", ""),
        ("/50*12", ""),
        (".", ""),
        ("--", ""),
        ("**58", ""),
        ("+", ""),
        ("+upi 200 UTR", ""),
        ("+khata", ""),
        ("//mee", ""),
        ("*x", ""),
        ("-x", ""),
        ("3*-x", "3*-x"),
    ],
)
def test_the_words_searched_for_while_typing(text, words):
    assert search_words(text) == words


@given(
    st.sampled_from(["", "3*", ".5*", "0.25*", "/50*", "/.5*"]),
    st.from_regex(r"[0-9]{0,3}[a-zक-ह][a-z 0-9/*.+-]{0,10}[a-z0-9]", fullmatch=True),
)
def test_what_is_searched_for_is_what_return_then_adds(quantity, words):
    assert search_words(quantity + words) == words
    assert parse(quantity + words).what == words


@given(KEYPAD | LETTERED | PASTED)
def test_nothing_is_searched_for_without_a_letter(text):
    words = search_words(text)
    assert words in text
    assert not words or any(char.isalpha() for char in words)
