"""fprintd as Debian has it, with the virtual reader of its libfprint: only a match is a proof."""

import threading
from contextlib import contextmanager

import pytest

from drivers.fingerprint import reader as door
from drivers.fingerprint.touch import (
    Backend,
    Cancel,
    Enrolment,
    Party,
    Touch,
    Untouched,
    Wanted,
    Why,
)
from tests.support.fingerprint_reader import fingerprint_reader, private_bus, until

PARTY = Party("milkpos.local", "MilkPOS")
CHALLENGE = b"c" * 32
RIGHT_INDEX = b"milkpos-asha/right-index-finger"
STAGES = 5  # of the virtual device
PATH = "/net/reactivated/Fprint/Device/0"


@pytest.fixture
def reader(tmp_path_factory):
    # A socket's path has at most 107 bytes: not below the test's own long name.
    with fingerprint_reader(tmp_path_factory.mktemp("fp")) as reader:
        yield reader


@contextmanager
def in_a_thread(do, *args, **more):
    """What is done meanwhile, and what came of it in the end."""
    came = []

    def run():
        try:
            came.append(do(*args, **more))
        except Untouched as untouched:
            came.append(untouched.why)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield came
    thread.join(30)
    assert not thread.is_alive()


def no_pin():
    raise AssertionError("a reader has no PIN")


def enrol(user="asha", finger="", cancel=None, tell=lambda _words: None, timeout_s=20):
    enrolment = Enrolment(PARTY, CHALLENGE, user)
    cancel = cancel or Cancel()
    return door.enrol(Backend.FPRINTD, enrolment, cancel, no_pin, tell, finger, timeout_s)


def prove(*fingers, cancel=None, tell=lambda _words: None, timeout_s=20):
    wanted = Wanted(PARTY, CHALLENGE, (), fingers or (RIGHT_INDEX,))
    return door.prove(wanted, cancel or Cancel(), no_pin, tell, timeout_s)


def enrolled(reader, finger="", print_="index"):
    with in_a_thread(enrol, finger=finger) as came:
        reader.put(*[print_] * STAGES)
    return came[0]


def test_a_finger_is_enrolled_and_proves_who_it_is(reader):
    told = []
    with in_a_thread(enrol, tell=told.append) as came:
        reader.put(*["index"] * STAGES)
    assert (came[0].backend, came[0].credential) == (Backend.FPRINTD, RIGHT_INDEX)
    assert told[0] == "Put the finger on the reader"
    assert told[1].startswith("Good.")
    with in_a_thread(prove) as came:
        reader.put("index")
    assert came == [Touch(Backend.FPRINTD, RIGHT_INDEX, CHALLENGE)]


def test_another_finger_does_not(reader):
    enrolled(reader)
    with in_a_thread(prove) as came:
        reader.put("somebody else's")
    assert came == [Why.WRONG_FINGER]


def test_each_operator_has_fingers_of_their_own(reader):
    enrolled(reader)
    assert not isinstance(refusal(prove, b"milkpos-ravi/right-index-finger"), Touch)


def refusal(do, *args, **more):
    with pytest.raises(Untouched) as untouched:
        do(*args, **more)
    return untouched.value.why


def test_a_finger_that_fprintd_does_not_know(reader):
    assert refusal(prove) == Why.NO_FINGER


def test_a_finger_that_was_not_seen_well_is_asked_for_again(reader):
    enrolled(reader)
    told = []
    with in_a_thread(prove, tell=told.append) as came:
        reader.does("RETRY 0")
        until(lambda: len(told) == 2, "it is asked for again")
        reader.put("index")
    assert isinstance(came[0], Touch)
    assert len(told) == 2, told


def test_a_reader_that_fails(reader):
    enrolled(reader)
    with in_a_thread(prove) as came:
        reader.does("ERROR 0")
    assert came == [Why.FAILED]


def test_a_signal_of_somebody_else_is_no_proof(reader):
    enrolled(reader)
    told = []
    with in_a_thread(prove, tell=told.append) as came:
        until(lambda: told, "the finger is asked for")
        for _ in range(5):
            reader.polkit.signal("VerifyStatus", "verify-match", PATH)
        reader.put("somebody else's")
    assert came == [Why.WRONG_FINGER]


def test_nobody_comes(reader):
    enrolled(reader)
    assert refusal(prove, timeout_s=0.2) == Why.TIMED_OUT
    with in_a_thread(prove) as came:  # it was released: the next one has it
        reader.put("index")
    assert isinstance(came[0], Touch)


def test_it_is_cancelled_and_released(reader):
    enrolled(reader)
    cancel, told = Cancel(), []
    with in_a_thread(prove, cancel=cancel, tell=told.append) as came:
        until(lambda: told, "the finger is asked for")
        cancel.set()
    assert came == [Why.CANCELLED]
    assert refusal(prove, cancel=cancel) == Why.CANCELLED  # said before it began
    with in_a_thread(prove) as came:
        reader.put("index")
    assert isinstance(came[0], Touch)


def test_a_reader_that_somebody_else_uses(reader):
    enrolled(reader)
    cancel, told = Cancel(), []
    with in_a_thread(prove, cancel=cancel, tell=told.append):
        until(lambda: told, "the finger is asked for")
        assert refusal(prove) == Why.FAILED
        cancel.set()


def test_who_may_not_use_it_is_told(reader):
    reader.polkit.denied |= {"verify", "enroll", "setusername"}
    assert refusal(enrol) == Why.NOT_ALLOWED


def test_a_finger_is_forgotten(reader):
    credential = enrolled(reader).credential
    door.forget(credential)
    assert refusal(prove) == Why.NO_FINGER


def test_a_finger_that_is_none():
    assert refusal(enrol, finger="sixth-finger") == Why.FAILED


def test_no_reader_and_no_service_and_no_bus(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("fp")
    with private_bus(folder):
        assert refusal(prove) == Why.NOT_INSTALLED
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={folder}/gone")
    assert refusal(prove) == Why.NOT_INSTALLED
    assert refusal(enrol) == Why.NOT_INSTALLED


def test_a_reader_that_is_unplugged(reader):
    enrolled(reader)
    with in_a_thread(prove) as came:
        reader.does("UNPLUG")
    assert came == [Why.FAILED]  # all that fprintd says of it
