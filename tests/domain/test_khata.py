"""Khata: what balances, how old a debt is, and what can be typed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.khata import (
    CONTAINERS,
    CUSTOMERS,
    Account,
    Ages,
    LedgerKind,
    Posting,
    Unit,
    adjustment_postings,
    age,
    check_code,
    check_received,
    container_postings,
    deposit_used_postings,
    is_balanced,
    money_postings,
    parse_limit,
    parse_pieces,
    parse_signed_rupees,
    point_postings,
    sale_postings,
    show_balance,
)

TODAY = date(2026, 11, 23)
CASH = TenderKind.CASH
amounts = st.integers(-(10**9), 10**9).filter(bool)


def code_of(refuse):
    with pytest.raises(Refused) as refused:
        refuse()
    return refused.value.code


# --- postings -----------------------------------------------------------------------------------


@given(amounts, st.sampled_from([TenderKind.CASH, TenderKind.UPI, TenderKind.CARD]))
def test_whatever_is_posted_sums_to_zero(amount, tender):
    every = [
        sale_postings(amount),
        adjustment_postings(amount),
        deposit_used_postings(amount),
        point_postings(amount),
        container_postings({Unit.BOTTLE: amount, Unit.CRATE: -amount}),
        *(
            money_postings(kind, tender, amount)
            for kind in (LedgerKind.PAYMENT, LedgerKind.DEPOSIT)
        ),
    ]
    for postings in every:
        assert is_balanced(postings)
        assert all(posting.amount for posting in postings)
        assert sum(posting.account in CUSTOMERS for posting in postings) >= 1


def test_what_does_not_balance():
    assert not is_balanced([])
    assert not is_balanced([Posting(Account.KHATA, Unit.PAISE, 1)])
    assert not is_balanced(
        [Posting(Account.CONTAINERS, Unit.BOTTLE, 1), Posting(Account.CONTAINERS_OUT, Unit.CAN, -1)]
    )


def amount_in(postings, account):
    return [posting.amount for posting in postings if posting.account is account]


def test_which_way_it_goes():
    assert amount_in(sale_postings(62_00), Account.KHATA) == [62_00]
    assert amount_in(sale_postings(-62_00), Account.KHATA) == [-62_00]
    paid = money_postings(LedgerKind.PAYMENT, CASH, 50_00)
    assert amount_in(paid, Account.KHATA) == [-50_00]
    assert amount_in(paid, Account.CASH) == [50_00]
    kept = money_postings(LedgerKind.DEPOSIT, CASH, 50_00)
    assert amount_in(kept, Account.DEPOSIT) == [-50_00]
    assert not amount_in(kept, Account.KHATA)
    back = money_postings(LedgerKind.ADVANCE_BACK, CASH, -50_00)
    assert amount_in(back, Account.KHATA) == [50_00]
    assert amount_in(deposit_used_postings(5), Account.KHATA) == [-5]
    assert amount_in(point_postings(5), Account.POINTS) == [-5]  # the shop owes them
    assert amount_in(container_postings({Unit.CAN: 2}), Account.CONTAINERS) == [2]


def test_nothing_is_no_posting():
    assert sale_postings(0) == container_postings({}) == container_postings({Unit.CAN: 0}) == ()


# --- how old it is ------------------------------------------------------------------------------


def days_ago(days):
    return TODAY - timedelta(days)


@pytest.mark.parametrize(
    ("days", "ages"),
    [
        (0, Ages(100)),
        (30, Ages(100)),
        (31, Ages(0, 100)),
        (60, Ages(0, 100)),
        (61, Ages(0, 0, 100)),
        (90, Ages(0, 0, 100)),
        (91, Ages(0, 0, 0, 100)),
        (4000, Ages(0, 0, 0, 100)),
    ],
)
def test_the_bands(days, ages):
    assert age(100, [(days_ago(days), 100)], TODAY) == ages


def test_payments_are_taken_off_the_oldest():
    owed = [(days_ago(1), 100), (days_ago(40), 50), (days_ago(80), 70)]
    assert age(220, owed, TODAY) == Ages(100, 50, 70)
    assert age(170, owed, TODAY) == Ages(100, 50, 20)  # 50 were paid: of the oldest
    assert age(100, owed, TODAY) == Ages(100)
    assert age(30, owed, TODAY) == Ages(30)
    assert age(0, owed, TODAY) == age(-10, owed, TODAY) == Ages()


def test_what_no_day_tells_of_is_older():
    assert age(120, [(days_ago(1), 100)], TODAY) == Ages(100, 0, 0, 20)


@given(
    st.integers(-(10**6), 10**6),
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 10**5)), max_size=30),
)
def test_the_ages_are_the_balance(balance, owed):
    newest_first = [(days_ago(days), paise) for days, paise in sorted(owed)]
    ages = age(balance, newest_first, TODAY)
    assert ages.total_paise == max(0, balance)
    assert all(paise >= 0 for paise in ages)


def test_ages_together():
    assert Ages(1, 2, 3, 4).plus(Ages(10, 20, 30, 40)) == Ages(11, 22, 33, 44)


# --- what is typed ------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "code"), [("12", "12"), (" 012 ", "12"), ("999999", "999999")])
def test_a_code(typed, code):
    assert check_code(typed) == code


@pytest.mark.parametrize("typed", ["", "0", "000", "1234567", "-1", "1.5", "A1", "१२", "²", "1 2"])
def test_no_code(typed):
    assert code_of(lambda: check_code(typed)) == "customer-code"


@pytest.mark.parametrize(
    ("typed", "paise"), [("50", 50_00), ("+50.5", 50_50), ("-12.05", -12_05), (" -.5 ", -50)]
)
def test_an_amount_with_a_sign(typed, paise):
    assert parse_signed_rupees(typed) == paise


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "amount-unreadable"),
        ("--5", "amount-unreadable"),
        ("+-5", "amount-unreadable"),
        ("5-", "amount-unreadable"),
        ("-5.005", "amount-decimals"),
        ("0", "amount-zero"),
        ("-0.00", "amount-zero"),
    ],
)
def test_no_amount_with_a_sign(typed, code):
    assert code_of(lambda: parse_signed_rupees(typed)) == code


def test_a_limit():
    assert parse_limit("3000") == 3000_00
    assert parse_limit(" None ") is None
    assert parse_limit("0") == 0
    assert code_of(lambda: parse_limit("1.005")) == "amount-decimals"


@pytest.mark.parametrize("paise", [0, -1])
def test_nothing_is_received(paise):
    assert code_of(lambda: check_received(paise)) == "amount-zero"


def test_too_much_is_received():
    assert code_of(lambda: check_received(10**12)) == "amount-limit"


def test_pieces():
    assert parse_pieces(["bottle=2", " Can =-1"]) == {Unit.BOTTLE: 2, Unit.CAN: -1}
    assert parse_pieces(["crate=+3"]) == {Unit.CRATE: 3}


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["bottle"],
        ["bottle="],
        ["bottle=0"],
        ["bottle=1.5"],
        ["bottle=10001"],
        ["bottle=99999999999999999999"],
        ["point=5"],
        ["paise=5"],
        ["jar=1"],
        ["can=1", "can=2"],
    ],
    ids=str,
)
def test_no_pieces(texts):
    assert code_of(lambda: parse_pieces(texts)) == "containers"


def test_what_is_told():
    assert show_balance(0) == "owes nothing"
    assert show_balance(1_234_50) == "owes Rs 1,234.50"
    assert show_balance(-5_00) == "has Rs 5.00 in advance"


def test_containers_are_not_money():
    assert Unit.PAISE not in CONTAINERS
    assert Unit.POINT not in CONTAINERS
