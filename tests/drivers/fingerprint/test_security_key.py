"""A security key: enrolled, touched, and each way in which it says no."""

import threading

import pytest

from drivers.fingerprint import reader
from drivers.fingerprint.assertion import Known, check, check_enrolled
from drivers.fingerprint.touch import (
    Backend,
    Cancel,
    Enrolment,
    Party,
    Untouched,
    Wanted,
    Why,
)
from tests.support.virtual_key import RIGHT, WRONG, VirtualKey, plugged_in

PARTY = Party("milkpos.local", "MilkPOS")
FIRST, SECOND = b"1" * 32, b"2" * 32
KINDS = [{}, {"tokens": False}, {"sensor": False, "pin": "4711"}, {"counts": False}]


def no_pin():
    raise AssertionError("the key asked for its PIN")


def enrol(key, known=(), cancel=None, pin=no_pin, tell=lambda _words: None, **more):
    with plugged_in(*([key] if isinstance(key, VirtualKey) else key)):
        enrolment = Enrolment(PARTY, FIRST, "asha", known)
        return reader.enrol(Backend.FIDO2, enrolment, cancel or Cancel(), pin, tell, **more)


def prove(key, *enrolled, cancel=None, pin=no_pin, tell=lambda _words: None, **more):
    wanted = Wanted(PARTY, SECOND, tuple(one.credential for one in enrolled))
    with plugged_in(*([key] if isinstance(key, VirtualKey) else key)):
        return reader.prove(wanted, cancel or Cancel(), pin, tell, **more)


def refusal(do, *args, **more):
    with pytest.raises(Untouched) as untouched:
        do(*args, **more)
    assert untouched.value.words == str(untouched.value)
    return untouched.value.why


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_an_enrolled_key_proves_who_touched_it(kind):
    key = VirtualKey(**kind)
    enrolled = enrol(key, pin=lambda: "4711")
    check_enrolled(enrolled, PARTY, FIRST)
    assert (enrolled.backend, enrolled.counter > 0) == (Backend.FIDO2, key.counts)
    touch = prove(key, enrolled, pin=lambda: "4711")
    known = Known(enrolled.credential, enrolled.public_key, enrolled.counter)
    assert check(touch, known, PARTY, SECOND) == (key.counter if key.counts else 0)


def test_it_is_told_when_to_touch():
    key, told = VirtualKey(), []
    prove(key, enrol(key), tell=told.append)
    assert set(told) == {"Touch the key"}


def test_the_key_of_several_that_is_wanted_is_the_one_to_touch():
    ours, other = VirtualKey(), VirtualKey()
    enrolled = enrol(ours)
    enrol(other)
    touches = other.touches
    touch = prove([other, ours], enrolled)
    assert (touch.credential, other.touches) == (enrolled.credential, touches)


def test_somebody_with_two_keys_may_use_either():
    first, second = VirtualKey(), VirtualKey()
    enrolled = enrol(first), enrol(second)
    for key, made in zip((first, second), enrolled, strict=True):
        assert prove(key, *enrolled).credential == made.credential


@pytest.mark.parametrize("tokens", [True, False])
def test_a_wrong_finger(tokens):
    key = VirtualKey(tokens=tokens)
    enrolled = enrol(key)
    key.finger = WRONG
    assert [refusal(prove, key, enrolled) for _ in range(3)] == [Why.WRONG_FINGER] * 3
    assert refusal(prove, key, enrolled) == Why.LOCKED
    key.finger = RIGHT
    assert refusal(prove, key, enrolled) == Why.LOCKED


def test_too_many_wrong_fingers_are_made_good_by_the_keys_pin():
    key = VirtualKey(pin="4711")
    enrolled = enrol(key)
    key.finger_tries = 0
    assert refusal(prove, key, enrolled, pin=lambda: "") == Why.NEEDS_KEY_PIN
    assert refusal(prove, key, enrolled, pin=lambda: "0000") == Why.WRONG_KEY_PIN
    assert prove(key, enrolled, pin=lambda: "4711").credential == enrolled.credential
    assert prove(key, enrolled).credential == enrolled.credential


def test_a_key_whose_pin_was_tried_too_often():
    key = VirtualKey(sensor=False, pin="4711")
    enrolled = enrol(key, pin=lambda: "4711")
    for _ in range(3):
        refusal(prove, key, enrolled, pin=lambda: "0000")
    assert refusal(prove, key, enrolled, pin=lambda: "4711") == Why.LOCKED


def test_no_key():
    assert refusal(enrol, []) == Why.NO_KEY
    assert refusal(prove, [], enrol(VirtualKey())) == Why.NO_KEY


def test_somebody_elses_key():
    enrolled = enrol(VirtualKey())
    assert refusal(prove, VirtualKey(), enrolled) == Why.NOT_THIS_KEY
    assert refusal(prove, [VirtualKey(), VirtualKey()], enrolled) == Why.NOT_THIS_KEY


def test_a_key_that_checks_nothing():
    key = VirtualKey(sensor=False)
    assert refusal(enrol, key) == Why.CANT
    assert key.credentials == {}


def test_a_key_on_which_no_finger_is_enrolled():
    key = VirtualKey()
    key.enrolled = False
    assert refusal(enrol, key) == Why.NO_FINGER


def test_a_key_that_signs_in_another_way():
    key = VirtualKey()
    key.algorithms = [-257]
    assert refusal(enrol, key) == Why.CANT


def test_a_key_is_not_enrolled_twice():
    key = VirtualKey()
    assert refusal(enrol, key, known=(enrol(key).credential,)) == Why.ENROLLED


def test_which_of_several_keys_to_enrol_is_not_guessed():
    assert refusal(enrol, [VirtualKey(), VirtualKey()]) == Why.SEVERAL_KEYS


def test_unplugged_before_it_is_asked():
    key = VirtualKey()
    enrolled = enrol(key)
    key.unplugged = True
    assert refusal(enrol, key) == Why.GONE
    assert refusal(prove, key, enrolled) == Why.GONE


def test_unplugged_while_it_is_asked():
    key = VirtualKey()
    enrolled = enrol(key)

    def unplug(_words):
        raise OSError(19, "No such device")

    assert refusal(prove, key, enrolled, tell=unplug) == Why.GONE


def test_nobody_touches_it():
    key = VirtualKey()
    enrolled = enrol(key)
    key.finger = None
    assert refusal(prove, key, enrolled, timeout_s=0) == Why.TIMED_OUT


def test_it_is_cancelled_from_another_thread():
    key, cancel, whys = VirtualKey(), Cancel(), []
    enrolled = enrol(key)
    key.finger = None
    waiting = threading.Thread(
        target=lambda: whys.append(refusal(prove, key, enrolled, cancel=cancel)), daemon=True
    )
    waiting.start()
    assert key.waits.wait(20)
    cancel.set()
    waiting.join(20)
    assert whys == [Why.CANCELLED]
    key.finger = RIGHT
    assert prove(key, enrolled).credential == enrolled.credential


def test_nonsense_from_a_key():
    key = VirtualKey()
    enrolled = enrol(key)
    key._assert = lambda _asked: {1: {"id": enrolled.credential, "type": "public-key"}, 2: b"short"}
    assert refusal(prove, key, enrolled) == Why.FAILED
