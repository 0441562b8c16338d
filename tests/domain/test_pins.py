"""PINs and passwords: what is good enough, and how long wrong ones lock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.pins import FIRST_LOCK_MS, LONGEST_LOCK_MS, check_secret, lock_ms


@pytest.mark.parametrize("pin", ["482913", "135790", "246810", "100001", "271828"])
def test_a_pin_of_six_digits(pin):
    assert check_secret(pin, "asha") == pin


@pytest.mark.parametrize(
    "pin",
    [
        "000000",
        "777777",
        "123456",
        "012345",
        "890123",
        "654321",
        "098765",
        "121212",
        "789789",
        "112233",
        "998877",
        "147258",
        "123321",
    ],
)
def test_the_first_to_be_tried_are_refused(pin):
    with pytest.raises(Refused) as refused:
        check_secret(pin)
    assert refused.value.code == "pin-common"


@pytest.mark.parametrize(
    "secret",
    ["", "12345", "1234567", "12345a", "12345 ", "१२३४५६", "12345²", "short one", "x" * 65],
)
def test_what_is_neither_a_pin_nor_a_password(secret):
    with pytest.raises(Refused) as refused:
        check_secret(secret)
    assert refused.value.code == "pin"


@pytest.mark.parametrize("secret", ["milk at six in the morning", "दूध सुबह छह बजे", "k3#9-Wq!x7"])
def test_a_password(secret):
    assert check_secret(secret, "asha") == secret


@pytest.mark.parametrize("secret", ["aaaaaaaaaaaa", "abababababab", "my name is ASHA ok"])
def test_a_password_that_is_easily_guessed(secret):
    with pytest.raises(Refused) as refused:
        check_secret(secret, "asha")
    assert refused.value.code == "pin-common"


def test_a_control_character_is_in_no_password():
    with pytest.raises(Refused):
        check_secret("long enough\x1b[2J")


def test_the_fifth_wrong_try_locks_and_each_more_locks_longer():
    assert [lock_ms(failures) for failures in range(5)] == [0] * 5
    assert [lock_ms(failures) // 1000 for failures in range(5, 12)] == [
        *(30, 60, 120, 240, 480),
        *(960, 1920),
    ]


@given(st.integers(0, 10**9))
def test_a_lock_never_gets_shorter_nor_longer_than_an_hour(failures):
    assert lock_ms(failures) <= lock_ms(failures + 1) <= LONGEST_LOCK_MS
    assert lock_ms(failures) == 0 or lock_ms(failures) >= FIRST_LOCK_MS
