"""What `doctor` says of the machine that devices are plugged into, with fakes for the machine."""

import os

import pytest

from drivers.printer import fonts
from drivers.printer.faults import CannotSet
from milkpos_tui import device_checks
from milkpos_tui.device_checks import (
    RULES,
    Group,
    User,
    check_device_group,
    check_fonts,
    check_machine,
    check_rules,
    check_serial_group,
    check_shaping,
    current_user,
    find_group,
)
from milkpos_tui.domain.checks import State

ASHA = User("asha", is_root=False, gids=frozenset({1000}))
ROOT = User("root", is_root=True, gids=frozenset({0}))
GROUPS = {
    "milkpos": Group(995, frozenset({"ravi"})),
    "dialout": Group(20, frozenset()),
}

groups = pytest.mark.parametrize(
    ("check", "name"), [(check_device_group, "milkpos"), (check_serial_group, "dialout")]
)


@groups
def test_a_user_who_is_in_the_group(check, name):
    user = ASHA._replace(gids=frozenset({1000, GROUPS[name].gid}))
    found = check(user, GROUPS.get)
    assert found.state is State.OK
    assert found.words.startswith("asha may open ")


@groups
def test_a_user_who_is_not_is_told_the_command(check, name):
    found = check(ASHA, GROUPS.get)
    assert found.state is State.WARN
    assert f"usermod -aG {name} asha" in found.words


@groups
def test_a_user_who_is_in_it_only_from_the_next_login_on(check, name):
    later = {**GROUPS, name: GROUPS[name]._replace(members=frozenset({"asha"}))}
    found = check(ASHA, later.get)
    assert found.state is State.WARN
    assert "log out and in" in found.words
    assert "usermod" not in found.words


@groups
def test_root_may_all(check, name):
    assert check(ROOT, GROUPS.get).state is State.OK


def test_without_the_group_the_way_to_it_is_told():
    for user in (ASHA, ROOT):
        found = check_device_group(user, {}.get)
        assert found.state is State.WARN
        assert "deploy/README.md" in found.words


def test_rules(tmp_path):
    folders = (tmp_path / "etc", tmp_path / "lib")
    for folder in folders:
        folder.mkdir()
    found = check_rules(folders)
    assert found.state is State.WARN
    assert f"copy deploy/{RULES} to {folders[0]}" in found.words
    (folders[1] / RULES).touch()
    found = check_rules(folders)
    assert (found.state, found.words) == (State.OK, f"udev has {folders[1] / RULES}")


def test_letters_that_can_be_joined_or_not(monkeypatch):
    monkeypatch.setattr(fonts, "_shapes", lambda: True)
    assert check_shaping().state is State.OK
    monkeypatch.setattr(fonts, "_shapes", lambda: False)
    found = check_shaping()
    assert found.state is State.WARN
    assert "apt-get install libfribidi0" in found.words
    with pytest.raises(CannotSet):
        fonts.check_shaping()


def test_letters_that_no_bill_can_be_set_in(monkeypatch):
    monkeypatch.setattr(fonts, "_installed", lambda _folders: {"Lohit-Tamil.ttf": None})
    found = check_fonts()
    assert found.state is State.WARN
    assert "apt install fonts-dejavu-core" in found.words
    latin = {"DejaVuSans.ttf": None, "Lohit-Tamil.ttf": None}
    monkeypatch.setattr(fonts, "_installed", lambda _folders: latin)
    found = check_fonts()
    assert found.state is State.OK
    assert "fonts-lohit-deva" in found.words
    assert "fonts-lohit-taml" not in found.words


def test_this_machine(monkeypatch):
    assert [check.name for check in check_machine()] == [
        "group",
        "serial",
        "rules",
        "letters",
        "fonts",
    ]
    user = current_user()
    assert user.is_root == (os.geteuid() == 0)
    assert os.getegid() in user.gids
    assert find_group("no such group") is None
    assert find_group("dialout") is not None

    def nobody(uid):
        raise KeyError(uid)

    monkeypatch.setattr(device_checks.pwd, "getpwuid", nobody)
    assert current_user().name == str(os.geteuid())
