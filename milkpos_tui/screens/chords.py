"""A terminal sends the same bytes for Alt and a key as for Esc and that key right behind it.

Over a slow line they come together however slowly they were pressed. So whatever is no key of an
action is taken for what a hurried hand meant: Esc, and then the key.
"""

from collections.abc import Collection
from typing import cast

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.keys import Keys, _character_to_key

ESC = "\x1b"


def free_alt() -> None:
    """Have Alt with a key told as such, as `apart` and the keymap need it. Textual makes of Alt-1
    the sign that a Mac's keyboard has there, of Alt-B and Alt-F an arrow; and of Esc, Enter the
    Enter alone, which would do what somebody only now took back."""
    table = cast(dict[str, object], ANSI_SEQUENCES_KEYS)
    for sequence in list(table):
        if len(sequence) == 2 and sequence[0] == ESC and sequence[1].isprintable():
            del table[sequence]
    table[f"{ESC}\r"] = (Keys.Escape, Keys.Enter)


def apart(event: events.Key, known: Collection[str]) -> tuple[events.Key, ...]:
    """What was pressed: the key of an action, also with the shift lock on; else Esc and a key."""
    *_modifiers, letter = event.key.split("+")
    if event.key in known:
        return (event,)
    if f"alt+{letter}" in known:
        return (events.Key(f"alt+{letter}", letter),)
    escape = events.Key("escape", ESC)
    char = event.character
    return (escape, events.Key(_character_to_key(char), char)) if char else (escape,)
