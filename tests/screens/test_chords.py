"""Esc and a key right behind it come as the bytes of Alt and that key."""

import time

import pytest
from textual import events
from textual._xterm_parser import XTermParser

from milkpos_tui.config import Config
from milkpos_tui.screens.chords import apart, free_alt
from tests.screens.driving import driven, signed_in

KNOWN = {"alt+k", "f9"}


def parsed(sequence):
    """The keys that Textual makes of bytes, once the wait for the rest of a sequence is over."""
    parser = XTermParser()
    found = list(parser.feed(sequence))
    until = time.monotonic() + 5
    while not found and time.monotonic() < until:
        found += parser.tick()
    return [event for event in found if isinstance(event, events.Key)]


def pressed(sequence):
    """The same, as the till takes them."""
    free_alt()
    keys = parsed(sequence)
    taken = [one for key in keys for one in (apart(key, KNOWN) if "alt+" in key.key else (key,))]
    return [(key.key, key.character) for key in taken]


@pytest.mark.parametrize(
    ("sequence", "keys"),
    [
        ("\x1bk", [("alt+k", "k")]),
        ("\x1bK", [("alt+k", "k")]),  # with the shift lock on
        ("\x1bm", [("escape", "\x1b"), ("m", "m")]),
        *((f"\x1b{digit}", [("escape", "\x1b"), (digit, digit)]) for digit in "0123456789"),
        ("\x1bb", [("escape", "\x1b"), ("b", "b")]),
        ("\x1b-", [("minus", "-")]),
        ("\x1b\r", [("escape", None), ("enter", None)]),
        ("\x1b[A", [("up", None)]),
        ("\x1bOP", [("f1", None)]),
        ("\x1b[3~", [("delete", None)]),
    ],
)
def test_what_is_no_key_of_an_action_is_esc_and_the_key(sequence, keys):
    assert pressed(sequence) == keys


@driven
async def test_a_digit_behind_esc_is_not_lost(home):
    async with signed_in(home) as till:
        await till.keyed("31<alt+1>2<enter>")
        assert till.lines == ["1 Cow milk 1 L 62.00 62.00"]


@driven
async def test_esc_and_a_letter_leave_a_list_and_type_below_it(home):
    async with signed_in(home) as till:
        await till.keyed("<alt+k>")
        await till.keyed("<alt+c>")
        assert till.place == "Billing"
        assert till.entry == "c"


@driven
async def test_alt_k_with_the_shift_lock_on(home):
    async with signed_in(home) as till:
        await till.keyed("<alt+shift+k>")
        assert till.place == "Khata"


@driven
async def test_a_key_given_to_an_action_by_the_shop_is_that_action_s(home):
    async with signed_in(home, config=Config(keys={"khata": ("alt+1",)})) as till:
        await till.keyed("<alt+1>")
        assert till.place == "Khata"
