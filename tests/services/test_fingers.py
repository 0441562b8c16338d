"""Keys of operators: enrolled, believed once, and fault 27: what is no proof is refused, told, an
entry, and counts like a wrong PIN."""

import shutil

import apsw
import pytest

from drivers.fingerprint.touch import Backend, Enrolled, Touch
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import NeedsFinger
from milkpos_tui.home import Home
from milkpos_tui.journal.journal import Actor
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.records import Operator
from tests.services.reading import entries
from tests.support.tills import OWNER, OWNER_PIN, FakeClock, open_sample_till
from tests.support.touching import enrol, make_credential, touch
from tests.support.virtual_key import FLAG, VirtualKey

RAVI, RAVI_PIN = Operator("ravi", "Ravi", "cashier"), "135790"
TTY = "tty1"


@pytest.fixture
def people(till):
    till.people.add(RAVI, RAVI_PIN, OWNER)
    return till.people


@pytest.fixture
def key(till, people):
    key = VirtualKey()
    enrol(till, key, "ravi", "blue")
    return key


def roles(till, instead="none", also="none"):
    till.settings.change("finger-instead", instead, OWNER)
    till.settings.change("finger-also", also, OWNER)


def refused(do, *args):
    with pytest.raises(Refused) as refusal:
        do(*args)
    return refusal.value.code


def last(till):
    entry = entries(till)[-1]
    return entry.kind, entry.body


def refused_touch(till, said, session=TTY):
    """The code it is refused with, which is the one in the entry."""
    code = refused(till.people.touched, "ravi", said, session)
    assert last(till) == (Kind.OPERATOR_KEY_REFUSED, {"code": "ravi", "why": code})
    with pytest.raises(NeedsFinger):
        till.people.prove("ravi", "", session)
    return code


# --- enrolled -----------------------------------------------------------------------------------


def test_an_enrolment_is_an_entry(till, key):
    (finger,) = till.fingers.of("ravi")
    assert (finger.label, finger.backend, finger.counter) == ("blue", Backend.FIDO2, key.counter)
    body = {"code": "ravi", "backend": "fido2", "label": "blue", "key": finger.digest}
    assert last(till) == (Kind.OPERATOR_KEY_ENROLLED, body)
    assert till.fingers.all() == (finger,)
    assert till.fingers.of("asha") == ()


def test_a_key_is_one_persons(till, key):
    other = make_credential(till, VirtualKey(), "asha", OWNER)
    (finger,) = till.fingers.of("ravi")
    said = other._replace(credential=finger.credential)
    assert refused(till.fingers.enrol, "asha", said, "", OWNER) == "finger-other-key"
    again = till.fingers.enrolment("asha", OWNER)[0]
    assert finger.credential in again.known


def test_an_enrolment_answers_its_own_question(till, people):
    made = make_credential(till, VirtualKey(), "ravi", OWNER)
    assert refused(till.fingers.enrol, "asha", made, "", OWNER) == "finger-stale"
    assert refused(till.fingers.enrol, "ravi", made, "", OWNER) == "finger-stale"  # used up
    assert till.fingers.all() == ()


def test_a_question_for_a_proof_enrols_nothing(till, key):
    wanted = till.fingers.wanted("ravi")  # which nobody has to be allowed
    made = Enrolled(Backend.FPRINTD, b"milkpos-ravi/left-thumb", challenge=wanted.challenge)
    assert refused(till.fingers.enrol, "ravi", made, "", Actor("ravi")) == "finger-stale"
    assert len(till.fingers.of("ravi")) == 1


def test_who_may_not_manage_people_enrols_and_removes_nothing(till, key):
    assert refused(till.fingers.enrolment, "ravi", Actor("ravi")) == "not-allowed"
    assert refused(till.fingers.remove, "ravi", "blue", Actor("ravi")) == "not-allowed"


def test_a_key_that_is_removed_proves_nothing(till, key):
    roles(till, instead="cashier")
    enrol(till, VirtualKey(), "ravi", "red")
    said = touch(till, key, "ravi")
    (gone,) = till.fingers.remove("ravi", "blue", OWNER)
    body = {"code": "ravi", "backend": "fido2", "label": "blue", "key": gone.digest}
    assert last(till) == (Kind.OPERATOR_KEY_REMOVED, body)
    assert refused_touch(till, said) == "finger-not-this-key"
    assert refused(till.fingers.remove, "ravi", "blue", OWNER) == "finger-unknown"


def test_lost_keys_are_taken_off_by_whoever_has_the_machine(till, key):
    assert len(till.fingers.reset("ravi", TTY)) == 1
    entry = entries(till)[-1]
    assert (entry.kind, entry.actor, entry.session) == (Kind.OPERATOR_KEY_REMOVED, "", TTY)


# --- instead of the PIN -------------------------------------------------------------------------


def test_a_finger_is_enough_where_the_owner_says_so(till, key):
    roles(till, instead="cashier")
    with pytest.raises(NeedsFinger) as needed:
        till.people.prove("ravi", "", TTY)
    assert needed.value.operator == "ravi"
    till.people.touched("ravi", touch(till, key, "ravi"), TTY)
    assert till.people.prove("ravi", "", TTY) == RAVI
    with pytest.raises(NeedsFinger):  # it held once
        till.people.prove("ravi", "", TTY)
    assert till.people.prove("ravi", RAVI_PIN, TTY) == RAVI


def test_a_finger_is_not_enough_where_nobody_says_so(till, key):
    till.people.touched("ravi", touch(till, key, "ravi"), TTY)
    assert refused(till.people.prove, "ravi", "", TTY) == "sign-in"


def test_a_role_that_needs_both_gets_in_by_neither_alone(till, key):
    roles(till, instead="cashier", also="cashier")
    assert refused(till.people.prove, "ravi", "", TTY) == "sign-in"
    with pytest.raises(NeedsFinger):
        till.people.prove("ravi", RAVI_PIN, TTY)
    till.people.touched("ravi", touch(till, key, "ravi"), TTY)
    assert refused(till.people.prove, "ravi", "999991", TTY) == "sign-in"
    assert till.people.prove("ravi", RAVI_PIN, TTY) == RAVI


def test_without_a_finger_an_empty_pin_is_a_wrong_one(till, people):
    roles(till, instead="cashier")
    assert refused(people.prove, "ravi", "", TTY) == "sign-in"
    assert refused(people.prove, "nobody", "", TTY) == "sign-in"


def test_a_touch_is_of_one_terminal_and_one_minute(till, key, clock):
    roles(till, instead="cashier")
    till.people.touched("ravi", touch(till, key, "ravi"), "tty2")
    with pytest.raises(NeedsFinger):
        till.people.prove("ravi", "", TTY)
    clock.advance(60_001)
    with pytest.raises(NeedsFinger):
        till.people.prove("ravi", "", "tty2")


def test_who_works_here_no_more_is_not_let_in(till, key):
    roles(till, instead="cashier")
    till.people.change(RAVI._replace(active=False), OWNER)
    assert refused(till.people.prove, "ravi", "", TTY) == "sign-in"


# --- as well as the PIN -------------------------------------------------------------------------


def test_who_needs_a_finger_and_has_none_may_enrol_one(till, people):
    roles(till, also="cashier,owner")
    with pytest.raises(NeedsFinger):
        people.prove("asha", OWNER_PIN, TTY)
    assert refused(till.fingers.wanted, "asha") == "finger-none"
    assert people.prove("asha", OWNER_PIN, TTY, enrolling=True).code == "asha"
    enrol(till, VirtualKey(), "asha")
    with pytest.raises(NeedsFinger):  # now they have one
        people.prove("asha", OWNER_PIN, TTY, enrolling=True)


def test_a_right_pin_does_not_forgive_wrong_fingers(till, key):
    roles(till, also="cashier")
    for _ in range(4):
        with pytest.raises(NeedsFinger):
            till.people.prove("ravi", RAVI_PIN, TTY)
        refused(till.people.refuse_finger, "ravi", "finger-wrong", "another finger", TTY)
    with pytest.raises(Refused, match="another finger: wait 30 s"):
        till.people.refuse_finger("ravi", "finger-wrong", "another finger", TTY)
    assert refused(till.people.prove, "ravi", RAVI_PIN, TTY) == "locked-out"
    said = touch(till, key, "ravi")
    assert refused(till.people.touched, "ravi", said, TTY) == "locked-out"


def test_a_touch_forgives_wrong_pins(till, key):
    roles(till, instead="cashier")
    for _ in range(4):
        refused(till.people.prove, "ravi", "999991", TTY)
    till.people.touched("ravi", touch(till, key, "ravi"), TTY)
    till.people.prove("ravi", "", TTY)
    for _ in range(4):
        assert refused(till.people.prove, "ravi", "999991", TTY) == "sign-in"


# --- fault 27 -----------------------------------------------------------------------------------


@pytest.fixture
def instead(till, key):
    roles(till, instead="cashier")
    return key


def test_a_cloned_key(till, instead):
    thief = instead.copy()
    till.people.touched("ravi", touch(till, instead, "ravi"), TTY)
    till.people.prove("ravi", "", TTY)
    assert refused_touch(till, touch(till, thief, "ravi")) == "finger-cloned"
    till.people.touched("ravi", touch(till, instead, "ravi"), TTY)


def test_a_clone_that_was_used_shows_at_the_original(till, instead):
    thief = instead.copy()
    for _ in range(2):
        till.people.touched("ravi", touch(till, thief, "ravi"), TTY)
        till.people.prove("ravi", "", TTY)
    said = touch(till, instead, "ravi")
    with pytest.raises(Refused, match="there may be a copy of the key"):
        till.people.touched("ravi", said, TTY)


def test_the_counter_outlives_a_restart(till, instead, home):
    thief = instead.copy()
    till.people.touched("ravi", touch(till, instead, "ravi"), TTY)
    with open_sample_till(home, FakeClock(till.clock.now() + 1000, boot="boot-2")) as again:
        assert refused_touch(again, touch(again, thief, "ravi")) == "finger-cloned"


def test_two_terminals_do_not_take_one_answer_twice(till, other_till, instead):
    till.people.touched("ravi", touch(till, instead, "ravi"), TTY)
    instead.counter -= 1
    assert refused_touch(other_till, touch(other_till, instead, "ravi"), "tty2") == "finger-cloned"


def test_a_key_that_never_counts(till, people):
    roles(till, instead="cashier")
    key = VirtualKey(counts=False)
    enrol(till, key, "ravi")
    for _ in range(2):
        till.people.touched("ravi", touch(till, key, "ravi"), TTY)
        assert till.people.prove("ravi", "", TTY) == RAVI


@pytest.mark.parametrize(
    ("flags", "why"), [(FLAG.UP, "finger-unverified"), (FLAG.UV, "finger-absent")]
)
def test_no_finger(till, instead, flags, why):
    instead.flags = flags
    assert refused_touch(till, touch(till, instead, "ravi")) == why


def test_wrong_origin(till, instead):
    instead.answers_for = "evil.example"
    assert refused_touch(till, touch(till, instead, "ravi")) == "finger-origin"
    instead.answers_for = ""
    said = touch(till, instead, "ravi")
    said = said._replace(client_data=said.client_data.replace(b"milkpos.local", b"milkpos.loca1"))
    assert refused_touch(till, said) == "finger-origin"


def test_an_answer_that_was_recorded(till, instead):
    said = touch(till, instead, "ravi")
    till.people.touched("ravi", said, TTY)
    till.people.prove("ravi", "", TTY)
    assert refused_touch(till, said) == "finger-stale"


def test_an_answer_that_comes_late(till, instead, clock):
    said = touch(till, instead, "ravi")
    clock.advance(180_001)
    assert refused_touch(till, said) == "finger-stale"


def test_an_answer_to_somebody_elses_question(till, instead):
    enrol(till, VirtualKey(), "asha")
    theirs = till.fingers.wanted("asha")
    said = touch(till, instead, "ravi")._replace(challenge=theirs.challenge)
    assert refused_touch(till, said) == "finger-stale"


def test_anothers_key(till, instead):
    mine = VirtualKey()
    enrol(till, mine, "asha")
    ravis = till.fingers.wanted("ravi").challenge
    said = touch(till, mine, "asha")._replace(challenge=ravis)
    assert refused_touch(till, said) == "finger-not-this-key"


def test_questions_do_not_pile_up(till, instead):
    first = touch(till, instead, "ravi")
    for _ in range(32):
        till.fingers.wanted("ravi")
    assert refused_touch(till, first) == "finger-stale"


# --- the database in other hands ----------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "operator = 'asha'",
        "public_key = (SELECT public_key FROM finger WHERE operator = 'asha')",
        "counter = 1",
    ],
)
def test_a_row_that_was_changed_proves_nothing(till, instead, change):
    enrol(till, VirtualKey(), "asha")
    connection = till._db.connection()
    connection.execute("DROP TRIGGER finger_counts_on")
    connection.execute(f"UPDATE finger SET {change} WHERE operator = 'ravi'")
    whose = "asha" if change.endswith("asha'") else "ravi"
    sound = [one.sound for one in till.fingers.of(whose)]
    assert False in sound
    assert till.fingers.remove(whose, "blue", OWNER)


def test_a_changed_key_is_refused_though_it_answers_well(till, instead):
    wanted = till.fingers.wanted("ravi")
    till._db.connection().execute("DROP TRIGGER finger_counts_on")
    till._db.connection().execute("UPDATE finger SET counter = 1")
    said = Touch(Backend.FIDO2, wanted.keys[0], wanted.challenge)
    assert refused(till.people.touched, "ravi", said, TTY) == "finger-changed"


def test_the_database_alone_can_not_seal(till, instead, home, tmp_path):
    copied = Home(shutil.copytree(home.path, tmp_path / "stolen"))
    copied.pepper.write_bytes(bytes(32))
    with open_sample_till(copied, FakeClock(till.clock.now(), boot="boot-2")) as stolen:
        assert [one.sound for one in stolen.fingers.of("ravi")] == [False]


@pytest.mark.parametrize(
    "change", ["counter = counter - 1", "counter = counter", "operator='asha'"]
)
def test_the_database_lets_no_counter_go_back(till, instead, change):
    with pytest.raises(apsw.ConstraintError, match="stays what it is, and counts on"):
        till._db.connection().execute(f"UPDATE finger SET {change}")


# --- fprintd ------------------------------------------------------------------------------------


def test_a_finger_of_fprintd(till, people):
    roles(till, instead="cashier")
    name = b"milkpos-ravi/right-index-finger"
    enrolment, actor = till.fingers.enrolment("ravi", OWNER)
    made = Enrolled(Backend.FPRINTD, name, challenge=enrolment.challenge)
    till.fingers.enrol("ravi", made, "", actor)
    wanted = till.fingers.wanted("ravi")
    assert (wanted.keys, wanted.fingers) == ((), (name,))
    people.touched("ravi", Touch(Backend.FPRINTD, name, wanted.challenge), TTY)
    assert people.prove("ravi", "", TTY) == RAVI
    stale = Touch(Backend.FPRINTD, name, wanted.challenge)
    assert refused_touch(till, stale) == "finger-stale"


def test_the_word_of_fprintd_is_none_of_a_keys(till, instead):
    wanted = till.fingers.wanted("ravi")
    said = Touch(Backend.FPRINTD, wanted.keys[0], wanted.challenge)
    assert refused_touch(till, said) == "finger-not-this-key"
