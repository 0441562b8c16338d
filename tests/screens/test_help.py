"""The help of where you stand, and the footer: both read the one registry of actions."""

from importlib import import_module
from inspect import isclass
from pkgutil import iter_modules

import pytest

from milkpos_tui import screens as package
from milkpos_tui.actions import ACTIONS, keys_of, shown_key
from milkpos_tui.config import Config
from milkpos_tui.domain.entryline import GRAMMAR, parse
from milkpos_tui.screens.base import Keys, TillScreen
from milkpos_tui.screens.help import _PLACES, place_help
from tests.screens.driving import driven, running, signed_in
from tests.screens.shop import assert_fits
from tests.support.staff import PIN

PLACES = {  # how one gets there from the entry line
    "Billing": "",
    "Payment": "12<enter><f9>",
    "Returns": "<f7>",
    "Pick": "<f12>",
    "Slip": "12<enter>+<enter><f8>",
    "ShiftScreen": "<f11>",
    "Ask": "<f11>1",
    "Counting": "<f11>5",
    "CloseShift": "12<enter><f11>8",
    "Counters": "<ctrl+n>",
    "People": "<ctrl+o>",
}


async def read_help(till):
    """All of the page in front, paged through to its end."""
    read = []
    for _page in range(20):
        read += [row for row in till.rows("#page") if row not in read]
        await till.keyed("<pagedown>")
    return "\n".join(read)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("key", ["<f1>", "<ctrl+g>"])
@driven
async def test_help_opens_everywhere_and_esc_goes_back_there(home, place, key):
    async with signed_in(home) as till:
        await till.keyed(PLACES[place])
        assert till.place == place
        before = till.text()
        await till.keyed(key)
        assert till.text().split()[0] == "Help"
        await till.keyed(key)  # no help of the help
        await till.keyed("<escape>")
        assert till.place == place
        assert till.text() == before


@driven
async def test_help_at_the_sign_in(home):
    async with running(home) as till:
        await till.keyed("ash<f1>")
        assert till.text().split()[0] == "Help"
        await till.keyed("<escape>a")
        assert till.place == "SignIn"
        assert till.entry == "asha"


@driven
async def test_help_of_billing_has_every_action_with_its_keys_and_the_whole_grammar(home):
    async with signed_in(home) as till:
        await till.keyed("31<f1>")
        assert "more" in till.text().splitlines()[0]
        told = await read_help(till)
        assert "more" not in till.text().splitlines()[0]
        for action in ACTIONS:
            keys = " ".join(map(shown_key, action.keys))
            assert any(keys in row and action.tells in row for row in told.splitlines()), action.id
        for keyed, does in GRAMMAR:
            assert any(row.split() == f"{keyed} {does}".split() for row in told.splitlines()), keyed
        await till.keyed("<escape>")
        assert till.entry == "31"


@pytest.mark.parametrize("keyed", [keyed for keyed, _does in GRAMMAR])
def test_the_examples_of_the_help_are_understood(keyed):
    assert parse(keyed) is not None


TOLD = {  # what a tired cashier asks of these
    "<f11>": ("reason", "supervisor keys code and PIN", "takes it over"),
    "<f11>5": ("0-9", "Backspace", "key 0 once", "not counted"),
    "12<enter><f11>8": ("F5 counts again", "carry", "drop", "Enter alone closes"),
    "<ctrl+n>": ("follow the other terminals",),
    "<ctrl+o>": ("owner", "never shown"),
    "<alt+k>": ("OVER", "advance", "search"),
    "<alt+m>": ("part paid", "goes on where", "PDF"),
    "<ctrl+a>": ("One more", "adjusted today"),
    "<ctrl+v>": ("what is still to be printed",),
}


def screens():
    """All screens there are, by the modules of their room."""
    for found in iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{found.name}")
        for name, one in vars(module).items():
            if isclass(one) and issubclass(one, TillScreen) and one.__module__ == module.__name__:
                yield name


NO_PLACE = {  # bases, the help itself, and billing, whose help is made of the registry
    *("TillScreen", "Asking", "Listing", "Page", "Prove", "Help", "Billing"),
}


@pytest.mark.parametrize("place", sorted(set(screens()) - NO_PLACE))
def test_every_place_has_help_of_its_own_that_fits(place):
    own = _PLACES[place]
    assert own
    assert all(len(row) < 80 for row in place_help(place, {}))


@pytest.mark.parametrize("place", TOLD)
@driven
async def test_help_of_the_shift_s_screens_tells_what_their_keys_do(home, place):
    async with signed_in(home) as till:
        await till.keyed(place + "<f1>")
        told = await read_help(till)
        for words in (*TOLD[place], "Esc goes back", "F1"):
            assert words in told
        assert_fits(till)


@driven
async def test_help_of_the_opening_tells_its_five_steps(unopened):
    async with running(unopened, operator="cara", pin=PIN) as till:
        await till.keyed("<f1>")
        told = await read_help(till)
        for words in ("answer for the cash", "business date", "supervisor's leave", "float", "0-9"):
            assert words in told
        await till.keyed("<escape>")
        assert till.place == "OpenShift"


@driven
async def test_help_of_a_dialog_tells_how_to_get_out(home):
    async with signed_in(home) as till:
        await till.keyed("12<enter><f9>")
        await till.keyed("<f1>")
        told = await read_help(till)
        assert "Esc" in told
        assert "F1" in told


@driven
async def test_a_page_is_read_with_arrows_and_pages_and_stays_within_its_ends(home):
    async with signed_in(home) as till:
        await till.keyed("<f1>")
        first = till.rows("#page")
        await till.keyed("<up><pageup>")
        assert till.rows("#page") == first
        await till.keyed("<down>")
        assert till.rows("#page")[:-1] == first[1:]
        await till.keyed("<pagedown>" * 20)
        last = till.rows("#page")
        assert last[-1]
        await till.keyed("<down>")
        assert till.rows("#page") == last


@driven
async def test_a_larger_screen_shows_more_of_the_help(home):
    async with signed_in(home) as till:
        await till.keyed("<f1>")
        before = len([row for row in till.rows("#page") if row])
        await till.pilot.resize_terminal(120, 60)
        await till.idle()
        assert len([row for row in till.rows("#page") if row]) > before
        assert "more" not in till.text().splitlines()[0]


@driven
async def test_the_footer_has_its_actions_and_fits_80_columns(home):
    async with signed_in(home) as till:
        footer = till.row(Keys)
        for action in ACTIONS:
            told = f"{shown_key(action.keys[0])} {action.short}"
            assert (told in footer) == action.in_footer, action.id
        assert till.find(Keys).row(0)[-1][0].strip() in footer  # nothing is cut off


@driven
async def test_footer_and_help_follow_the_keymap(home):
    config = Config(
        keys={
            "pay": ("f5", "ctrl+f"),
            "weigh": ("shift+f5",),
            "quit": ("ctrl+w",),
            "tare": ("alt+t",),
        }
    )
    async with signed_in(home, config=config) as till:
        assert "F5 Pay" in till.row(Keys)
        assert "F9" not in till.row(Keys)
        await till.keyed("<f12>")
        assert "F5 ^f" in till.text()
        await till.keyed("<escape><f1>")
        told = await read_help(till)
        assert "F5 ^f" in told
        assert "^w" in told
        assert "F9" not in told
        assert "^q" not in told
        assert keys_of("pay", till.app.keymap) == ("f5", "ctrl+f")
