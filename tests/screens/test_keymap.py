"""Other keys from `config.toml`: what can't be is refused in words, and the usual keys are used."""

import pytest

from milkpos_tui.actions import ACTIONS, check_keymap, keys_of, shown_key
from milkpos_tui.commands.screen import open_screen
from milkpos_tui.config import Config, read_config
from milkpos_tui.domain.errors import Refused
from milkpos_tui.screens.base import Keys
from milkpos_tui.till import FIRST_COUNTER
from tests.screens.driving import driven, signed_in


def config(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(text)
    return path


def test_without_a_file_the_usual_keys_are_used(tmp_path):
    assert read_config(tmp_path / "config.toml") == Config()


def test_keys_are_read_as_people_write_them(tmp_path):
    path = config(tmp_path, '[keys]\npay = "Alt+P , Shift+F9,"\nhold="alt+h"\nprice = "shift+f6"\n')
    assert read_config(path).keys == {
        "pay": ("alt+p", "shift+f9"),
        "hold": ("alt+h",),
        "price": ("shift+f6",),
    }


def test_two_actions_may_change_keys(tmp_path):
    path = config(tmp_path, '[keys]\nhold = "f3, ctrl+r"\nrecall = "f2, ctrl+k"\n')
    assert read_config(path).keys["hold"] == ("f3", "ctrl+r")


REFUSED = {
    '[keys]\npay = "f2"': ("f2", "hold", "pay"),
    '[keys]\npay = "alt+p"\nhold = "alt+p"': ("alt+p", "hold", "pay"),
    '[keys]\nhold = "ctrl+g"': ("ctrl+g", "help", "hold"),
    '[keys]\nsell = "f5"': ("sell", "pay"),
    '[keys]\npay = ""': ("pay", "no key"),
    '[keys]\npay = " , "': ("pay", "no key"),
    '[keys]\npay = "p"': ("pay", "p types"),
    '[keys]\npay = "+"': ("pay", "+ types"),
    '[keys]\npay = "f13"': ("pay", "f13"),
    '[keys]\npay = "f0"': ("pay", "f0"),
    '[keys]\npay = "enter"': ("pay", "enter"),
    '[keys]\npay = "escape"': ("pay", "escape"),
    '[keys]\npay = "up"': ("pay", "up"),
    '[keys]\npay = "tab"': ("pay", "tab"),
    "[keys]\npay = 5": ("[keys]", "pay ="),
    '[keys]\npay = ["f5"]': ("[keys]", "pay ="),
    'keys = "f5"': ("[keys]",),
    '[key]\npay = "f5"': ("key",),
    "theme = 1": ("theme",),
    "[keys": ("config.toml",),
}
REFUSED |= {
    f'[keys]\npay = "{key}"': (key, "pay", does)
    for key, does in {
        "ctrl+c": "interrupt",
        "ctrl+h": "backspace",
        "ctrl+i": "Tab",
        "ctrl+j": "Enter",
        "ctrl+m": "Enter",
        "ctrl+u": "clear",
        "ctrl+z": "suspend",
    }.items()
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_is_refused_with_its_words(tmp_path, text):
    with pytest.raises(Refused) as refused:
        read_config(config(tmp_path, text))
    for told in REFUSED[text]:
        assert told in refused.value.message


@pytest.mark.parametrize("key", ["ctrl+foo", "ctrl+", "alt+", "shift+foo", "f01"])
def test_a_key_that_does_not_exist_is_refused(key):
    with pytest.raises(Refused):
        check_keymap({"pay": (key,)})


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b"[keys]\npay = \xff")
    with pytest.raises(Refused, match="can't be read"):
        read_config(path)


def test_the_usual_keys_have_no_clash_and_each_action_has_a_key_of_its_own():
    check_keymap({})
    held = [key for action in ACTIONS for key in keys_of(action.id, {})]
    assert len(held) == len(set(held))
    assert all(keys_of(action.id, {}) for action in ACTIONS)
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


def test_every_action_has_a_twin_for_keyboards_without_function_keys():
    for action in ACTIONS:
        assert any(key.startswith(("ctrl+", "alt+")) for key in action.keys), action.id


@pytest.mark.parametrize(
    ("key", "shown"), [("ctrl+k", "^k"), ("f2", "F2"), ("f12", "F12"), ("alt+h", "alt+h")]
)
def test_keys_are_shown_as_people_read_them(key, shown):
    assert shown_key(key) == shown


@driven
async def test_the_new_keys_work_and_the_old_ones_do_nothing(home):
    keys = {
        "pay": ("f5", "ctrl+f"),
        "weigh": ("shift+f5",),
        "hold": ("alt+h",),
        "help": ("f11",),
        "shift": ("shift+f11",),
    }
    async with signed_in(home, config=Config(keys=keys)) as till:
        await till.keyed("12<enter>")
        await till.keyed("<f9><ctrl+y><f2><ctrl+k><f1>")
        assert till.place == "Billing"
        assert len(till.lines) == 1
        for key in ("<f5>", "<ctrl+f>"):
            await till.keyed(key)
            assert till.place == "Payment"
            await till.keyed("<escape>")
        await till.keyed("<f11>")
        assert till.text().split()[0] == "Help"
        await till.keyed("<escape><alt+h>")
        assert till.row("#status").strip() == "1 held"
        footer = till.row(Keys)
        assert "F5 Pay" in footer
        assert "alt+h Hold" in footer
        assert "F2" not in footer


@driven
async def test_a_refused_file_is_told_on_the_screen(home):
    async with signed_in(home, config_problem="[keys]: f2 is the key of hold and of pay") as till:
        assert "f2 is the key of hold and of pay" in till.notice
        assert till.bells <= 1  # it may ring before the bell was listened to
        await till.keyed("12<enter><f9>")
        assert till.place == "Payment"


class Started(Exception):
    """The app would run now."""


@pytest.mark.parametrize("text", ['[keys]\npay = "f2"', "[keys"])
def test_the_usual_keys_are_used_where_the_file_is_refused(home, monkeypatch, text):
    def run(app, **_options):
        raise Started(app.keymap, app.config_problem)

    monkeypatch.setattr("milkpos_tui.app.MilkPOS.run", run)
    home.config.write_text(text)
    with pytest.raises(Started) as started:
        open_screen(home, FIRST_COUNTER)
    keymap, problem = started.value.args
    assert keymap == {}
    assert "usual keys" in problem
