import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.gstin import (
    STATES,
    check_fssai,
    check_gstin,
    check_hsn,
    check_state_code,
)
from milkpos_tui.domain.text import is_clean

VALID = ["27AAPFU0939F1ZV", "29AAGCB7383J1Z4", "24AAQCA8719H1ZC", "33AAAAR6720M1ZG"]


@pytest.mark.parametrize("gstin", VALID)
def test_valid_gstins(gstin):
    assert check_gstin(gstin) == gstin
    assert check_gstin(f" {gstin.lower()[:2]} {gstin.lower()[2:]}\n") == gstin


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("22AAAAA0000A1Z5", "check digit"),
        ("24AANFA2641L1ZK", "check digit"),
        ("", "15"),
        ("27AAPFU0939F1Z", "15"),
        ("27AAPFU0939F1ZVV", "15"),
        ("AA27PFU0939F1ZV", "made like"),
        ("27AAPFU0939F0ZV", "made like"),
        ("27AAPFU0939F1-V", "made like"),
        ("२७AAPFU0939F1ZV", "made like"),
        ("39AAPFU0939F1ZV", "state"),
        ("00AAPFU0939F1ZV", "state"),
    ],
)
def test_gstins_that_are_refused(text, why):
    with pytest.raises(Refused, match=why) as refused:
        check_gstin(text)
    assert refused.value.code == "gstin"


def test_a_refusal_repeats_nothing_that_harms_the_screen():
    with pytest.raises(Refused) as refused:
        check_gstin("27AAPFU0939F\x1b[\u202e1")
    assert is_clean(refused.value.message)


@given(st.sampled_from(VALID), st.integers(0, 14), st.data())
def test_a_single_wrong_character_is_always_found(gstin, at, data):
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    wrong = data.draw(st.sampled_from(alphabet).filter(lambda char: char != gstin[at]))
    with pytest.raises(Refused):
        check_gstin(gstin[:at] + wrong + gstin[at + 1 :])


def test_states():
    assert list(STATES) == [f"{number:02}" for number in (*range(1, 39), 97)]
    assert len(set(STATES.values())) == len(STATES)
    assert (STATES["27"], STATES["29"], STATES["33"]) == ("Maharashtra", "Karnataka", "Tamil Nadu")
    assert check_state_code(" 29 ") == "29"


@pytest.mark.parametrize(
    ("check", "text", "code"),
    [
        (check_state_code, "00", "state-code"),
        (check_state_code, "39", "state-code"),
        (check_state_code, "9", "state-code"),
        (check_state_code, "", "state-code"),
        (check_fssai, "1001202100012", "fssai"),
        (check_fssai, "100120210001234", "fssai"),
        (check_fssai, "1001202100012X", "fssai"),
        (check_fssai, "१0012021000123", "fssai"),
        (check_hsn, "", "hsn"),
        (check_hsn, "04", "hsn"),
        (check_hsn, "04012", "hsn"),
        (check_hsn, "0401200000", "hsn"),
        (check_hsn, "04o1", "hsn"),
    ],
)
def test_other_numbers_that_are_refused(check, text, code):
    with pytest.raises(Refused) as refused:
        check(text)
    assert refused.value.code == code


def test_other_numbers():
    assert check_fssai(" 1001 2021 000123 ") == "10012021000123"
    assert [check_hsn(text) for text in ("0401", " 040120", "0401 20 00")] == [
        "0401",
        "040120",
        "04012000",
    ]
