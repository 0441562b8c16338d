"""Operators and their PINs: proven, refused as an entry, never readable from the database."""

import shutil

import pytest

from milkpos_tui.domain.errors import MilkPOSError, NotWhole, Refused, Unreachable
from milkpos_tui.domain.roles import Role
from milkpos_tui.home import Home
from milkpos_tui.journal.journal import Actor
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.hashing import USUAL_COST, Cost, Hasher
from milkpos_tui.services.records import Operator
from schema.tables import Credential
from tests.services.reading import entries, everything, rows
from tests.support.tills import OWNER, OWNER_PIN, FakeClock, open_sample_till

RAVI, RAVI_PIN = Operator("ravi", "रवि", "cashier"), "135790"
ASHA = Operator("asha", "Asha", "owner")


@pytest.fixture
def people(till):
    till.people.add(RAVI, RAVI_PIN, OWNER)
    return till.people


def hash_of(till, operator):
    return {row[0]: row[1] for row in rows(till, Credential)["credential"]}[operator]


# --- who works here -----------------------------------------------------------------------------


def test_an_operator_added_is_an_entry_without_the_pin(till):
    actor = Actor("asha", "boss", "tty1")
    assert till.people.add(RAVI, RAVI_PIN, actor) == RAVI
    assert till.people.operators() == (ASHA, RAVI)
    entry = entries(till)[-1]
    assert (entry.kind, entry.object) == (Kind.OPERATOR_ADDED, "ravi")
    assert (entry.actor, entry.approver, entry.session) == ("asha", "boss", "tty1")
    assert entry.body == {"code": "ravi", "name": "रवि", "role": "cashier"}


@pytest.mark.parametrize("role", Role)
def test_every_role(till, role):
    operator = Operator("x", "X", role)
    till.people.add(operator, RAVI_PIN, OWNER)
    assert operator in till.people.operators()
    assert till.people.prove("x", RAVI_PIN, "").role == role


@pytest.mark.parametrize("code", ["a", "7", "A1", "twelveletter", "Ä"])
def test_codes(till, code):
    till.people.add(Operator(code, "X", "cashier"), RAVI_PIN, OWNER)
    assert till.people.prove(code, RAVI_PIN, "").code == code


@pytest.mark.parametrize(
    ("operator", "pin", "code"),
    [
        (Operator("asha", "Other", "cashier"), RAVI_PIN, "operator-taken"),
        (Operator("", "X", "cashier"), RAVI_PIN, "operator-code"),
        (Operator("thirteenchars", "X", "cashier"), RAVI_PIN, "operator-code"),
        (Operator("a b", "X", "cashier"), RAVI_PIN, "operator-code"),
        (Operator("a-b", "X", "cashier"), RAVI_PIN, "operator-code"),
        (Operator("a\x1b", "X", "cashier"), RAVI_PIN, "operator-code"),
        (Operator("x", "X", "boss"), RAVI_PIN, "role"),
        (Operator("x", "X", ""), RAVI_PIN, "role"),
        (Operator("x", "X", "cashier"), "12345", "pin"),
        (Operator("x", "X", "cashier"), "1234567", "pin"),
        (Operator("x", "X", "cashier"), "12345a", "pin"),
        (Operator("x", "X", "cashier"), "12345 ", "pin"),
        (Operator("x", "X", "cashier"), "१२३४५६", "pin"),
        (Operator("x", "X", "cashier"), "12345²", "pin"),
        (Operator("x", "X", "cashier"), "", "pin"),
    ],
    ids=repr,
)
def test_who_is_not_added(till, operator, pin, code):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        till.people.add(operator, pin, OWNER)
    assert refused.value.code == code
    assert everything(till) == before


# --- changing what is known of them --------------------------------------------------------------


def test_a_change_is_an_entry_with_all_of_it(till, people):
    promoted = RAVI._replace(name="Ravi K", role="supervisor")
    assert people.change(promoted, OWNER) == promoted
    assert people.known("ravi") == promoted
    entry = entries(till)[-1]
    assert (entry.kind, entry.object, entry.actor) == (Kind.OPERATOR_CHANGED, "ravi", "asha")
    assert entry.body == {"code": "ravi", "name": "Ravi K", "role": "supervisor", "active": 1}


def test_no_change_is_no_entry(till, people):
    before = everything(till)
    assert people.change(RAVI, OWNER) == RAVI
    assert everything(till) == before


def test_who_is_disabled_is_refused_and_can_come_back(till, people):
    people.change(RAVI._replace(active=False), OWNER)
    with pytest.raises(Refused) as refused:
        people.prove("ravi", RAVI_PIN, "")
    assert refused.value.code == "sign-in"
    people.change(RAVI, OWNER)
    assert people.prove("ravi", RAVI_PIN, "") == RAVI


@pytest.mark.parametrize("change", [{"role": "manager"}, {"active": False}])
def test_there_is_always_an_owner(till, people, change):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        people.change(ASHA._replace(**change), OWNER)
    assert refused.value.code == "operator-last-owner"
    assert everything(till) == before
    people.change(RAVI._replace(role="owner"), OWNER)
    assert people.change(ASHA._replace(**change), OWNER) == ASHA._replace(**change)


@pytest.mark.parametrize(
    ("operator", "code"),
    [(Operator("nobody", "X", "cashier"), "operator-unknown"), (ASHA._replace(role="x"), "role")],
)
def test_a_change_that_is_refused(till, operator, code):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        till.people.change(operator, OWNER)
    assert refused.value.code == code
    assert everything(till) == before


def test_a_new_pin_is_an_entry_without_it(till, people):
    assert people.set_secret("ravi", "271828", OWNER) == RAVI
    assert people.prove("ravi", "271828", "") == RAVI
    with pytest.raises(Refused):
        people.prove("ravi", RAVI_PIN, "")
    entry = entries(till)[-2]
    assert (entry.kind, entry.object, entry.actor) == (Kind.OPERATOR_PIN_SET, "ravi", "asha")
    assert entry.body == {"code": "ravi"}


def test_a_password_does_what_a_pin_does(people):
    people.set_secret("ravi", "milk at six in the morning", OWNER)
    assert people.prove("ravi", "milk at six in the morning", "") == RAVI


def test_a_reset_has_no_actor(till, people):
    people.reset_secret("asha", "271828", "tty1")
    entry = entries(till)[-1]
    assert (entry.kind, entry.object) == (Kind.OPERATOR_PIN_RESET, "asha")
    assert (entry.actor, entry.session) == ("", "tty1")
    assert people.prove("asha", "271828", "") == ASHA


@pytest.mark.parametrize(
    ("code", "secret", "why"),
    [
        ("ravi", "123456", "pin-common"),
        ("ravi", "ravi is my name", "pin-common"),
        ("ravi", "1234", "pin"),
        ("nobody", "271828", "operator-unknown"),
    ],
)
def test_a_secret_that_is_refused(till, people, code, secret, why):
    before = everything(till)
    for decide in (
        lambda: people.set_secret(code, secret, OWNER),
        lambda: people.reset_secret(code, secret, "tty1"),
    ):
        with pytest.raises(Refused) as refused:
            decide()
        assert refused.value.code == why
    assert everything(till) == before


# --- guessing -----------------------------------------------------------------------------------


def guess(people, *, times=1, code="ravi"):
    for _ in range(times):
        with pytest.raises(Refused) as refused:
            people.prove(code, "999991", "")
    return refused.value


def test_the_fifth_wrong_try_locks_even_for_the_right_pin(people, clock):
    assert guess(people, times=4).message == "the operator or the PIN is wrong"
    assert guess(people).message == "the operator or the PIN is wrong: wait 30 s"
    with pytest.raises(Refused, match="wait 30 s") as refused:
        people.prove("ravi", RAVI_PIN, "")
    assert refused.value.code == "locked-out"
    clock.advance(30_000)
    assert people.prove("ravi", RAVI_PIN, "") == RAVI


def test_each_one_more_locks_longer(people, clock):
    guess(people, times=5)
    for wait in ("60 s", "2 minutes", "4 minutes", "8 minutes"):
        clock.advance(60 * 60 * 1000)
        assert guess(people).message.endswith(f"wait {wait}")


def test_a_try_while_locked_is_neither_counted_nor_told(till, people):
    guess(people, times=5)
    before = everything(till)
    assert guess(people, times=3).code == "locked-out"
    assert everything(till) == before


def test_a_lock_survives_a_restart(home, till, people):
    guess(people, times=5)
    with open_sample_till(home, till.clock) as again, pytest.raises(Refused) as refused:
        again.people.prove("ravi", RAVI_PIN, "")
    assert refused.value.code == "locked-out"


def test_a_right_try_forgets_the_wrong_ones(people):
    guess(people, times=4)
    people.prove("ravi", RAVI_PIN, "")
    assert guess(people, times=4).code == "sign-in"
    assert people.prove("ravi", RAVI_PIN, "") == RAVI


def test_a_lock_is_one_operator_s(people):
    guess(people, times=5)
    assert people.prove("asha", OWNER_PIN, "") == ASHA


def test_a_new_pin_ends_a_lock(people):
    guess(people, times=6)
    people.set_secret("ravi", "271828", OWNER)
    assert people.prove("ravi", "271828", "") == RAVI


def test_a_clock_set_back_locks_for_an_hour_at_most(people, clock):
    guess(people, times=5)
    clock.set(clock.now() - 10 * 365 * 24 * 60 * 60 * 1000)
    assert guess(people).message == "too many wrong tries: wait 60 minutes"


def test_unknown_codes_lock_nobody(people):
    assert guess(people, times=9, code="nobody").code == "sign-in"
    assert people.prove("ravi", RAVI_PIN, "") == RAVI


# --- what a hash costs --------------------------------------------------------------------------


def test_calibration_finds_what_takes_long_enough(home):
    home.hash_cost.unlink()
    hasher = Hasher(home.pepper, home.hash_cost)
    assert hasher.cost == USUAL_COST
    # 40 ms for two passes, so eight are tried; they take 160 ms.
    looks = iter([0, 40_000_000, 10**9, 1_160_000_000])
    assert hasher.calibrate(lambda: next(looks)) == (Cost(8, USUAL_COST.kib), 160)
    assert hasher.cost == Cost(8, USUAL_COST.kib)
    assert home.hash_cost.stat().st_mode & 0o777 == 0o600


def test_a_hash_of_another_cost_is_made_anew_at_the_next_sign_in(till, people):
    till.home.hash_cost.write_text("2 8\n")
    before = entries(till)
    assert people.prove("ravi", RAVI_PIN, "") == RAVI
    assert "$m=8,t=2,p=1$" in hash_of(till, "ravi")
    assert people.prove("ravi", RAVI_PIN, "") == RAVI
    assert entries(till) == before


@pytest.mark.parametrize("content", ["", "two 8", "2"])
def test_a_cost_that_is_none(till, people, content):
    till.home.hash_cost.write_text(content)
    with pytest.raises(NotWhole) as refused:
        people.set_secret("ravi", "271828", OWNER)
    assert refused.value.code == "hash-cost"


# --- proving it ---------------------------------------------------------------------------------


def test_the_right_pin(till, people):
    before = everything(till)
    assert people.prove("ravi", RAVI_PIN, "tty2") == RAVI
    assert people.prove(" asha ", OWNER_PIN, "tty2") == ASHA
    assert everything(till) == before  # to prove it is not yet to sign in


def test_a_sign_in_is_an_entry(till, people):
    before = entries(till)
    people.note_sign_in(Actor("ravi", session="ssh 10.0.0.7"))
    (entry,) = entries(till)[len(before) :]
    assert (entry.kind, entry.object) == (Kind.OPERATOR_SIGNED_IN, "ravi")
    assert (entry.actor, entry.approver, entry.session) == ("ravi", "", "ssh 10.0.0.7")
    assert entry.body == {"code": "ravi"}


@pytest.mark.parametrize(
    ("code", "pin"),
    [
        ("ravi", "135791"),
        ("ravi", ""),
        ("ravi", "1357900"),
        ("ravi", OWNER_PIN),
        ("asha", RAVI_PIN),
        ("RAVI", RAVI_PIN),
        ("nobody", RAVI_PIN),
        ("", RAVI_PIN),
        ("ravi'--", RAVI_PIN),
        ("a very long code indeed", RAVI_PIN),
    ],
    ids=repr,
)
def test_a_wrong_code_or_pin_is_refused_and_told(till, people, code, pin):
    before = entries(till)
    with pytest.raises(Refused, match="the operator or the PIN is wrong") as refused:
        people.prove(code, pin, "tty9")
    assert refused.value.code == "sign-in"
    (entry,) = entries(till)[len(before) :]
    assert (entry.kind, entry.object) == (Kind.OPERATOR_REFUSED, code[:12].strip())
    assert (entry.actor, entry.approver, entry.session) == ("", "", "tty9")
    assert entry.body == {"code": code[:12].strip()}  # never what was given for the PIN


def test_who_no_longer_works_here_is_refused(till, people):
    till._db.connection().execute("UPDATE operator SET active = 0 WHERE code = 'ravi'")
    assert Operator("ravi", "रवि", "cashier", active=False) in people.operators()
    with pytest.raises(Refused):
        people.prove("ravi", RAVI_PIN, "")


def test_an_operator_without_a_pin_is_refused(till, people):
    till._db.connection().execute("DELETE FROM credential WHERE operator = 'ravi'")
    with pytest.raises(Refused):
        people.prove("ravi", RAVI_PIN, "")


@pytest.mark.parametrize("rubbish", ["", "135790", "$argon2id$", "$argon2id$v=19$m=1,t=1,p=1$a$b"])
def test_a_hash_that_is_none_is_refused(till, people, rubbish):
    till._db.connection().execute("UPDATE credential SET pin_hash = ?", (rubbish,))
    with pytest.raises(Refused):
        people.prove("ravi", RAVI_PIN, "")


@pytest.mark.parametrize(
    ("code", "told"),
    [("e\u0301", "é"), ("\udc80", ""), ("\x1b[2J\u202e", "[2J"), ("a\x00b", "ab")],
    ids=ascii,
)
def test_any_code_that_is_typed_is_refused_and_told_clean(till, people, code, told):
    with pytest.raises(Refused):
        people.prove(code, RAVI_PIN, "")
    assert entries(till)[-1].body == {"code": told}


def test_any_pin_that_is_typed_is_refused(till, people):
    for pin in ("\udc80", "\x00", "🥛", "1" * 5000):
        with pytest.raises(Refused):
            people.prove("ravi", pin, "")
        assert entries(till)[-1].kind == Kind.OPERATOR_REFUSED


# --- what a thief of the database has -----------------------------------------------------------


def test_the_hash_is_argon2id_and_not_the_pin(till, people):
    till.home.hash_cost.unlink()  # what a till costs that nobody calibrated
    people.set_secret("ravi", RAVI_PIN, OWNER)
    stored = hash_of(till, "ravi")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert RAVI_PIN not in stored


def test_the_pin_is_nowhere_in_the_database(till, people):
    people.prove("ravi", RAVI_PIN, "")
    people.note_sign_in(Actor("ravi"))
    till._db.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = till.home.database.read_bytes()
    assert b"ravi" in content
    for pin in (RAVI_PIN, OWNER_PIN):
        assert pin.encode() not in content


def test_the_same_pin_is_another_hash(till, people):
    people.add(Operator("mina", "Mina", "cashier"), RAVI_PIN, OWNER)
    assert hash_of(till, "mina") != hash_of(till, "ravi")


def test_the_hash_alone_gives_nothing_to_guess(till, people):
    from nacl.exceptions import InvalidkeyError
    from nacl.pwhash import verify

    with pytest.raises(InvalidkeyError):
        verify(hash_of(till, "ravi").encode(), RAVI_PIN.encode())


def test_without_the_pepper_nobody_signs_in(till, people):
    till.home.pepper.rename(till.home.pepper.with_name("stolen"))
    with pytest.raises(Unreachable) as refused:
        people.prove("ravi", RAVI_PIN, "")
    assert refused.value.code == "pepper-missing"
    with pytest.raises(MilkPOSError):
        people.add(Operator("mina", "Mina", "cashier"), RAVI_PIN, OWNER)
    assert len(people.operators()) == 2


def test_with_another_pepper_nobody_signs_in(home, till, people, tmp_path):
    copy = Home(shutil.copytree(home.path, tmp_path / "stolen"))
    copy.pepper.write_bytes(bytes(32))
    with open_sample_till(copy, FakeClock()) as stolen, pytest.raises(Refused):
        stolen.people.prove("ravi", RAVI_PIN, "")
    assert people.prove("ravi", RAVI_PIN, "") == RAVI
