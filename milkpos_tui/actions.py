"""What an operator can do, once: bindings, footer, help, palette and keymap all read it here."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from milkpos_tui.domain.errors import Refused


class Place(StrEnum):
    """Where an action works."""

    EVERYWHERE = "everywhere"
    BILLING = "billing"
    DEVICES = "devices"  # on the billing screen too, by what it has of devices


class Action(NamedTuple):
    """One action: `id` for the keymap, F-key first and its Ctrl twin, `short` for the footer,
    `tells` for the help. `method` is what of the screen or the app does it."""

    id: str
    method: str
    keys: tuple[str, ...]
    short: str
    tells: str
    place: Place = Place.BILLING
    in_footer: bool = True


ACTIONS: tuple[Action, ...] = (
    Action(
        "help", "show_help", ("f1", "ctrl+g"), "Help", "Help of where you are", Place.EVERYWHERE
    ),
    Action("hold", "hold", ("f2", "ctrl+k"), "Hold", "Put this bill aside"),
    Action("recall", "recall", ("f3", "ctrl+r"), "Held", "Take a held bill back"),
    Action(
        "discount",
        "discount",
        ("f4", "ctrl+d"),
        "Disc",
        "Discount on the last line",
        in_footer=False,
    ),
    Action(
        "weigh",
        "weigh",
        ("f5", "ctrl+f"),
        "Weigh",
        "Take the weight on the scale",
        place=Place.DEVICES,
        in_footer=False,  # the status bar says it, where there is a scale
    ),
    Action(
        "price",
        "price",
        ("f6", "ctrl+e"),
        "Price",
        "Another price for the last line",
        in_footer=False,
    ),
    Action("return", "return_goods", ("f7", "ctrl+t"), "Return", "Take goods back: a credit note"),
    Action("reprint", "reprint", ("f8", "ctrl+b"), "Slip", "The last bill's slip again"),
    Action("pay", "pay", ("f9", "ctrl+y"), "Pay", "Payment: split, UPI with QR, card"),
    Action(
        "lock",
        "sign_out",
        ("f10", "ctrl+l"),
        "Switch",
        "Lock; or somebody else goes on",
    ),
    Action("shift", "keep_shift", ("f11", "ctrl+s"), "Shift", "Shift: open, cash, count, close"),
    Action(
        "khata",
        "show_khata",
        ("alt+k",),  # all letters with Ctrl are taken
        "Khata",
        "Khata: who owes what, receive a payment",
        in_footer=False,
    ),
    Action(
        "months",
        "show_months",
        ("alt+m",),
        "Months",
        "Monthly bills: draft, issued, paid; bill a month",
        in_footer=False,
    ),
    Action(
        "rounds",
        "show_rounds",
        ("ctrl+a",),
        "Rounds",
        "The round of a morning or evening",
        in_footer=False,
    ),
    Action(
        "counters",
        "show_counters",
        ("ctrl+n",),
        "Counters",
        "All counters of the shop",
        in_footer=False,
    ),
    Action(
        "people",
        "manage_people",
        ("ctrl+o",),
        "People",
        "People: add, roles, PINs",
        in_footer=False,
    ),
    Action(
        "tare",
        "take_tare",
        ("ctrl+w",),
        "Tare",
        "Take a container off the weight",
        place=Place.DEVICES,
        in_footer=False,
    ),
    Action(
        "codes",
        "review_codes",
        ("ctrl+x",),
        "Scans",
        "What was scanned and not sold",
        place=Place.DEVICES,
        in_footer=False,
    ),
    Action(
        "devices",
        "show_devices",
        ("ctrl+v",),
        "Devices",
        "Printer, scale, scanner: how they are, tests",
        place=Place.DEVICES,
        in_footer=False,
    ),
    Action(
        "commands", "show_commands", ("f12", "ctrl+p"), "More", "All commands", Place.EVERYWHERE
    ),
    Action("quit", "close_till", ("ctrl+q",), "Quit", "Close the till", Place.EVERYWHERE, False),
)

_BY_ID = {action.id: action for action in ACTIONS}
_POSSIBLE = re.compile(
    r"f([1-9]|1[0-2])|ctrl\+[a-z]|alt\+[a-z0-9]|shift\+f([1-9]|1[0-2])", re.ASCII
)
_TAKEN = {  # keys the entry line and every form live by
    "ctrl+c": "copy or interrupt",
    "ctrl+h": "backspace",
    "ctrl+i": "Tab",
    "ctrl+j": "Enter",
    "ctrl+m": "Enter",
    "ctrl+u": "clear the entry",
    "ctrl+z": "suspend",
}


def keys_of(action_id: str, remapped: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The keys of an action under a keymap."""
    return remapped.get(action_id, _BY_ID[action_id].keys)


def check_keymap(remapped: Mapping[str, tuple[str, ...]]) -> None:
    """Refused for an unknown action, a key that types, a reserved key, or two actions on one."""
    holders: dict[str, str] = {}
    for action_id, keys in remapped.items():
        if action_id not in _BY_ID:
            known = ", ".join(_BY_ID)
            raise Refused("keymap", f"[keys]: there is no action '{action_id}', only {known}")
        if not keys:
            raise Refused("keymap", f"[keys]: {action_id} has no key")
        for key in keys:
            _check_key(action_id, key)
    for action in ACTIONS:
        for key in keys_of(action.id, remapped):
            other = holders.setdefault(key, action.id)
            if other != action.id:
                raise Refused("keymap", f"[keys]: {key} is the key of {other} and of {action.id}")


def _check_key(action_id: str, key: str) -> None:
    if key in _TAKEN:
        raise Refused("keymap", f"[keys]: {key} can't be given to {action_id}: {_TAKEN[key]}")
    if len(key) == 1:
        raise Refused("keymap", f"[keys]: {key} types text: {action_id} needs another key")
    if not _POSSIBLE.fullmatch(key):
        raise Refused(
            "keymap",
            f"[keys]: {key} can't be given to {action_id}: it needs F1 to F12, or Ctrl or Alt "
            "with a letter",
        )


def shown_key(key: str) -> str:
    """A key as people read it: 'ctrl+k' -> '^k', 'f2' -> 'F2'."""
    if key.startswith("ctrl+"):
        return "^" + key.removeprefix("ctrl+")
    return key.upper() if key.startswith("f") else key
