"""What is no proof: fault 27, each attack on its own. The key is whole in all else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.fingerprint.assertion import Distrusted, Known, check, check_enrolled
from drivers.fingerprint.touch import Party, Touch
from tests.drivers.fingerprint.test_security_key import FIRST, PARTY, SECOND, enrol, prove
from tests.support.virtual_key import FLAG, VirtualKey

EVIL = Party("evil.example", "Evil")


@pytest.fixture(scope="module")
def key():
    return VirtualKey()


@pytest.fixture(scope="module")
def enrolled(key):
    return enrol(key)


@pytest.fixture
def known(enrolled):
    return Known(enrolled.credential, enrolled.public_key, enrolled.counter)


@pytest.fixture
def touch(key, enrolled):
    return prove(key, enrolled)


def distrust(touch, known, challenge=SECOND, party=PARTY):
    with pytest.raises(Distrusted) as distrusted:
        check(touch, known, party, challenge)
    return distrusted.value.code


def client_data(touch, **changed):
    return touch._replace(client_data=json.dumps(json.loads(touch.client_data) | changed).encode())


def test_it_is_one_as_it_is(touch, known):
    assert check(touch, known, PARTY, SECOND) > known.counter


def test_a_cloned_key_whose_original_was_used_meanwhile(key, enrolled, known):
    thief = key.copy()
    known = known._replace(counter=check(prove(key, enrolled), known, PARTY, SECOND))
    assert distrust(prove(thief, enrolled), known) == "finger-cloned"


def test_a_cloned_key_that_is_ahead_shows_at_the_original(key, enrolled, known):
    thief = key.copy()
    thief.counter += 5
    known = known._replace(counter=check(prove(thief, enrolled), known, PARTY, SECOND))
    assert distrust(prove(key, enrolled), known) == "finger-cloned"


@pytest.mark.parametrize(
    ("kept", "said", "trusted"),
    [
        (0, 0, True),
        (0, 1, True),
        (1, 0, False),
        (7, 7, False),
        (7, 6, False),
        (7, 8, True),
        (2**32 - 1, 0, False),
        (2**32 - 2, 2**32 - 1, True),
    ],
)
def test_the_counter_rises_or_is_never_used(kept, said, trusted):
    key = VirtualKey()
    enrolled = enrol(key)
    key.counter, key.counts = said - 1, said > 0
    touch = prove(key, enrolled)
    known = Known(enrolled.credential, enrolled.public_key, kept)
    if trusted:
        assert check(touch, known, PARTY, SECOND) == said
    else:
        assert distrust(touch, known) == "finger-cloned"


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (FLAG.UP, "finger-unverified"),  # touched, but no finger was checked
        (FLAG.UV, "finger-absent"),
        (FLAG(0), "finger-absent"),
    ],
)
def test_no_finger(flags, code):
    key = VirtualKey()
    enrolled = enrol(key)
    key.flags = flags
    known = Known(enrolled.credential, enrolled.public_key, enrolled.counter)
    assert distrust(prove(key, enrolled), known) == code


def test_another_origin(touch, known):
    assert distrust(client_data(touch, origin=EVIL.origin), known) == "finger-origin"
    assert distrust(client_data(touch, crossOrigin=True), known) == "finger-origin"


def test_another_party(key, enrolled, known):
    key.answers_for = EVIL.id
    try:
        assert distrust(prove(key, enrolled), known) == "finger-origin"
    finally:
        key.answers_for = ""


def test_an_answer_that_was_given_before(touch, known):
    assert distrust(touch, known, b"3" * 32) == "finger-stale"


def test_an_answer_to_nothing(touch, known):
    for told in (None, 7, "", "é"):
        assert distrust(client_data(touch, challenge=told), known) == "finger-stale"


def test_an_enrolment_passed_off_as_a_sign_in(touch, known):
    assert distrust(client_data(touch, type="webauthn.create"), known) == "finger-kind"


def test_another_credential(touch, known):
    assert distrust(touch._replace(credential=b"other"), known) == "finger-other-key"


def test_another_key_that_claims_the_credential(key, enrolled, known):
    forger = VirtualKey()
    made = enrol(forger)
    forger.credentials[enrolled.credential] = forger.credentials[made.credential]
    forger.counter = 1000
    assert distrust(prove(forger, enrolled), known) == "finger-signature"


@pytest.mark.parametrize("field", ["client_data", "authenticator_data", "signature"])
@given(bit=st.integers(0, 4095))
def test_a_bit_that_was_changed(key, enrolled, field, bit):
    touch = prove(key, enrolled)
    known = Known(enrolled.credential, enrolled.public_key, enrolled.counter)
    whole = bytearray(getattr(touch, field))
    whole[bit // 8 % len(whole)] ^= 1 << bit % 8
    distrust(touch._replace(**{field: bytes(whole)}), known)


@given(said=st.binary(max_size=80))
def test_any_bytes_for_what_was_said(said):
    known = Known(b"c", b"", 0)
    touch_of = {"backend": "fido2", "credential": b"c", "challenge": SECOND}
    distrust(Touch(**touch_of, client_data=said, authenticator_data=said, signature=said), known)


@given(public_key=st.binary(max_size=40))
def test_any_bytes_for_the_public_key(key, enrolled, public_key):
    known = Known(enrolled.credential, public_key, enrolled.counter)
    assert distrust(prove(key, enrolled), known) == "finger-key"


# --- enrolment ----------------------------------------------------------------------------------


def distrust_enrolled(enrolled, challenge=FIRST):
    with pytest.raises(Distrusted) as distrusted:
        check_enrolled(enrolled, PARTY, challenge)
    return distrusted.value.code


def test_an_enrolment_of_before(enrolled):
    assert distrust_enrolled(enrolled, SECOND) == "finger-stale"


@pytest.mark.parametrize(
    "changed", [{"credential": b"other"}, {"public_key": b"\xa0"}, {"counter": 0}], ids=str
)
def test_an_enrolment_that_is_not_what_the_key_said(enrolled, changed):
    assert distrust_enrolled(enrolled._replace(**changed)) == "finger-other-key"


@pytest.mark.parametrize(
    ("flags", "code"), [(FLAG.UP, "finger-unverified"), (FLAG.UV, "finger-absent")]
)
def test_an_enrolment_without_a_finger(flags, code):
    key = VirtualKey()
    key.flags = flags
    assert distrust_enrolled(enrol(key)) == code


def test_an_enrolment_for_another_party():
    key = VirtualKey()
    key.answers_for = EVIL.id
    assert distrust_enrolled(enrol(key)) == "finger-origin"


@given(said=st.binary(min_size=37, max_size=120))
def test_any_bytes_for_an_enrolment(enrolled, said):
    head = enrolled.authenticator_data[:37]
    distrust_enrolled(enrolled._replace(authenticator_data=head + said))
