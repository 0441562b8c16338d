import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.words import amount_in_words


@pytest.mark.parametrize(
    ("paise", "words"),
    [
        (0, "Rupees Zero Only"),
        (1, "Rupees Zero and One Paise Only"),
        (100, "Rupees One Only"),
        (1999, "Rupees Nineteen and Ninety-Nine Paise Only"),
        (2000, "Rupees Twenty Only"),
        (10_000, "Rupees One Hundred Only"),
        (11_100, "Rupees One Hundred Eleven Only"),
        (100_000, "Rupees One Thousand Only"),
        (9_999_900, "Rupees Ninety-Nine Thousand Nine Hundred Ninety-Nine Only"),
        (
            12_345_650,
            "Rupees One Lakh Twenty-Three Thousand Four Hundred Fifty-Six and Fifty Paise Only",
        ),
        (1_000_000_000, "Rupees One Crore Only"),
        (100_000_000_000, "Rupees One Hundred Crore Only"),
        (1_200_000_000_000, "Rupees One Thousand Two Hundred Crore Only"),
        (100_000_010_000_000, "Rupees One Lakh Crore One Lakh Only"),
        (-6_250, "Minus Rupees Sixty-Two and Fifty Paise Only"),
    ],
)
def test_amounts(paise, words):
    assert amount_in_words(paise) == words


@given(st.integers(-(10**18), 10**18) | st.integers(-(10**6), 10**6))
def test_the_words_read_back_as_the_amount(paise):
    assert paise_of(amount_in_words(paise)) == paise


SPOKEN = """
    Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen
    Sixteen Seventeen Eighteen Nineteen Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety
"""
UNITS = dict(zip(SPOKEN.split(), [*range(20), *range(20, 100, 10)], strict=True))


def paise_of(words: str) -> int:
    rupees, _, paise = (
        words.removeprefix("Minus ").removeprefix("Rupees ").removesuffix(" Only")
    ).partition(" and ")
    amount = number_of(rupees) * 100 + number_of(paise.removesuffix(" Paise"))
    return -amount if words.startswith("Minus ") else amount


def number_of(words: str) -> int:
    """Reads words from left to right, as the speaker says them."""
    total = group = 0
    for word in words.replace("-", " ").split():
        if word == "Crore":
            total, group = (total + group) * 10_000_000, 0
        elif word in {"Lakh", "Thousand"}:
            total, group = total + group * {"Lakh": 100_000, "Thousand": 1_000}[word], 0
        elif word == "Hundred":
            group *= 100
        else:
            group += UNITS[word]
    return total + group
