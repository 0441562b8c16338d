"""The help of the place: what can be keyed here, and which keys do what."""

from collections.abc import Mapping

from milkpos_tui.actions import ACTIONS, Place, keys_of, shown_key
from milkpos_tui.domain.entryline import GRAMMAR

Keymap = Mapping[str, tuple[str, ...]]


def billing_help(keymap: Keymap) -> list[str]:
    """Help of the billing screen."""
    return [
        "The entry line: key it, then Enter",
        *(f"  {keyed:14}{does}" for keyed, does in GRAMMAR),
        "",
        "Keys",
        *_keys(keymap, (Place.BILLING, Place.EVERYWHERE)),
        f"  {'Up Down':14}Among items found by words; else along the lines",
        f"  {'Esc':14}Back; it never takes anything off the bill",
        "",
        "What is refused comes back on the entry line, yellow: Backspace and arrows mend it,",
        "typing on replaces it.",
        "Lines taken off and bills dropped are kept in the journal with your name.",
    ]


def general_help(keymap: Keymap) -> list[str]:
    """Help where a screen's own keys stand at its bottom."""
    return [
        "The keys of this screen stand in its bottom row. Esc goes back and changes nothing.",
        "",
        *_keys(keymap, (Place.EVERYWHERE,)),
    ]


def _keys(keymap: Keymap, places: tuple[Place, ...]) -> list[str]:
    return [
        f"  {' '.join(map(shown_key, keys_of(action.id, keymap))):14}{action.tells}"
        for action in ACTIONS
        if action.place in places
    ]
