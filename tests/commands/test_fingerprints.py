"""`milkpos user fingerprint`, and keys where commands ask who acts."""

import subprocess
import sys

import pytest

from milkpos_tui.till import open_till
from tests.commands.driving import REFUSED, ROOT, UNREACHABLE, USAGE, assert_words, environment
from tests.support.fingerprint_reader import fingerprint_reader
from tests.support.tills import OWNER_PIN
from tests.support.touching import enrol as enrol_key
from tests.support.virtual_key import WRONG, VirtualKey, plugged_in


@pytest.fixture
def fingerprint(milkpos):
    """`milkpos user fingerprint ...` with keys plugged in."""

    def do(*args, keys=(), **more):
        with plugged_in(*keys):
            return milkpos("user", "fingerprint", *args, **more)

    return do


@pytest.fixture
def key(home, clock):
    key = VirtualKey()
    with open_till(home, clock) as till:
        enrol_key(till, key, "asha", "blue")
    return key


def kinds(milkpos):
    return [line["entry"]["kind"] for line in milkpos("audit", "export").documents]


def test_enrolled_listed_tested_and_removed(fingerprint, milkpos):
    key = VirtualKey()
    made = fingerprint("enrol", "asha", "--label", "blue\x1b[2J", "--json", keys=[key])
    assert made.code == 0, made.err
    assert "Touch the key" in made.err
    names = made.json
    assert (names["code"], names["backend"], names["label"]) == ("asha", "fido2", "blue[2J")
    assert fingerprint("list", "--json").json == [names]
    assert fingerprint("list", "asha").lines[0].split()[:2] == ["asha", "fido2"]
    assert fingerprint("test", "asha", "--json", keys=[key]).json["proven"] is True
    assert fingerprint("remove", "asha", names["id"], "--json").json[0]["id"] == names["id"]
    assert fingerprint("list", "--json").json == []
    assert milkpos("audit", "verify", "--rebuild").code == 0


def test_no_key_can_be_reached(fingerprint, key):
    assert_words(fingerprint("enrol", "asha"), UNREACHABLE, "no security key is plugged in")
    assert_words(fingerprint("test", "asha"), UNREACHABLE, "no security key is plugged in")


def test_refused(fingerprint, key):
    again = fingerprint("enrol", "asha", keys=[key])
    assert_words_end(again, REFUSED, "this key is enrolled already")
    assert_words(fingerprint("enrol", "nobody"), REFUSED, "no operator nobody")
    assert_words(fingerprint("remove", "asha", "red"), REFUSED, "no key or finger 'red'")
    assert_words(fingerprint("enrol", "asha", "--by", "nose"), USAGE, "--by is key or reader")


def test_nobody_has_a_key(fingerprint):
    assert_words(fingerprint("test", "asha"), REFUSED, "no key and no finger enrolled")


def test_a_wrong_key_or_finger_is_an_entry(fingerprint, milkpos, key):
    assert_words_end(fingerprint("test", "asha", keys=[VirtualKey()]), REFUSED, "not the key")
    key.finger = WRONG
    assert_words_end(fingerprint("test", "asha", keys=[key]), REFUSED, "does not know this finger")
    assert kinds(milkpos)[-2:] == ["operator.key_refused"] * 2


def test_a_cloned_key_is_told(fingerprint, key):
    thief = key.copy()
    assert fingerprint("test", "asha", keys=[key]).code == 0
    ran = fingerprint("test", "asha", "--json", keys=[thief])
    assert (ran.code, ran.error["code"]) == (REFUSED, "finger-cloned")


def test_the_keys_own_pin(fingerprint):
    key = VirtualKey(sensor=False, pin="4711")
    assert_words(fingerprint("enrol", "asha", keys=[key]), REFUSED, "the key wants its own PIN")
    pin = {"MILKPOS_KEY_PIN": "4711"}
    assert fingerprint("enrol", "asha", keys=[key], env=pin).code == 0


def test_a_command_asks_for_the_key_where_a_role_needs_it(fingerprint, milkpos, key):
    assert milkpos("setting", "set", "finger-also", "owner").code == 0
    with plugged_in(key):
        ran = milkpos("setting", "set", "lock-after", "120")
    assert (ran.code, ran.err) == (0, "asha: Touch the key\n")
    assert_words(milkpos("setting", "set", "lock-after", "60"), UNREACHABLE, "no security key")


def test_a_command_takes_the_key_instead_of_the_pin(milkpos, key):
    assert milkpos("setting", "set", "finger-instead", "owner").code == 0
    with plugged_in(key):
        assert milkpos("setting", "set", "lock-after", "120", pin="").code == 0
    assert_words(milkpos("setting", "set", "lock-after", "60", pin=""), UNREACHABLE, "no security")


def test_a_first_key_is_enrolled_by_the_pin_alone(fingerprint, milkpos):
    assert milkpos("setting", "set", "finger-also", "owner").code == 0
    told = milkpos("setting", "set", "lock-after", "60")
    assert_words(told, REFUSED, "milkpos user fingerprint enrol asha")
    assert fingerprint("enrol", "asha", keys=[VirtualKey()]).code == 0


def test_a_lost_key_is_taken_off_by_whoever_has_the_machine(fingerprint, milkpos, key):
    milkpos("setting", "set", "finger-also", "owner")
    ran = fingerprint("reset", "asha", operator=None, pin=None)
    assert ran.code == 0
    assert "without proof" in ran.err
    assert fingerprint("enrol", "asha", keys=[VirtualKey()]).code == 0


def test_a_successor_touches_their_key_once(fingerprint, milkpos, key):
    with plugged_in(VirtualKey()):
        assert milkpos(
            "user", "add", "ravi", "--name", "Ravi", "--role", "supervisor",
            env={"MILKPOS_NEW_PIN": "271828"},
        ).code == 0  # fmt: skip
    ravis = VirtualKey()
    assert fingerprint("enrol", "ravi", keys=[ravis]).code == 0
    assert milkpos("setting", "set", "finger-also", "supervisor").code == 0
    touches = ravis.touches
    with plugged_in(ravis):
        ran = milkpos(
            "shift", "handover", "--to", "ravi", "--count", "500=1",
            env={"MILKPOS_SUCCESSOR_PIN": "271828"},
        )  # fmt: skip
    assert ran.code == 0, ran.err
    assert ravis.touches > touches
    assert ran.err.count("Touch the key") == 1


@pytest.mark.parametrize("value", ["cashier,owner", "none", "cashier, supervisor"])
def test_roles_of_a_setting(milkpos, value):
    assert milkpos("setting", "set", "finger-also", value).code == 0


@pytest.mark.parametrize("value", ["boss", "", "cashier,"])
def test_roles_that_are_none(milkpos, value):
    assert milkpos("setting", "set", "finger-instead", value).code == REFUSED


def test_without_the_libraries_it_says_what_to_install(home, tmp_path):
    (tmp_path / "fido2.py").write_text("raise ModuleNotFoundError('no', name='fido2')")
    env = environment(home) | {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    command = [sys.executable, "-m", "cli", "user", "fingerprint", "enrol", "asha"]
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == UNREACHABLE, ran.stderr
    assert "pip install 'milkpos[fingerprint]'" in ran.stderr


def test_a_finger_on_a_reader(fingerprint, milkpos, tmp_path_factory):
    from tests.drivers.fingerprint.test_fprintd import STAGES, in_a_thread

    with fingerprint_reader(tmp_path_factory.mktemp("fp")) as reader:
        bus = {"DBUS_SYSTEM_BUS_ADDRESS": reader.address}
        with in_a_thread(reader.put, *["index"] * STAGES):
            made = fingerprint("enrol", "asha", "--by", "reader", "--json", env=bus)
        assert (made.code, made.json["backend"]) == (0, "fprintd"), made.err
        with in_a_thread(reader.put, "index"):
            assert fingerprint("test", "asha", env=bus).code == 0
        with in_a_thread(reader.put, "thumb"):
            told = fingerprint("test", "asha", env=bus)
        assert_words_end(told, REFUSED, "this is another finger")
        gone = fingerprint("remove", "asha", "all", env=bus)
        assert (gone.code, gone.err) == (0, "")
    assert milkpos("ring", pin=OWNER_PIN, stdin="12\n+\n").code == 0


def assert_words_end(ran, code, words):
    """As `assert_words`, after what was said to whoever stands there."""
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert words in ran.err.splitlines()[-1]
