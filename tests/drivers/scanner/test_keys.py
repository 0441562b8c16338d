"""Our numbers of keys against the kernel's, as evdev has them."""

import string

from evdev import ecodes

from drivers.scanner import keys

NAMES = {
    "MINUS": "-_",
    "EQUAL": "=+",
    "LEFTBRACE": "[{",
    "RIGHTBRACE": "]}",
    "SEMICOLON": ";:",
    "APOSTROPHE": "'\"",
    "GRAVE": "`~",
    "BACKSLASH": "\\|",
    "COMMA": ",<",
    "DOT": ".>",
    "SLASH": "/?",
    "SPACE": "  ",
    "KPASTERISK": "**",
    "KPMINUS": "--",
    "KPPLUS": "++",
    "KPDOT": "..",
    "KPSLASH": "//",
    "KPEQUAL": "==",
    "KPCOMMA": ",,",
    **{letter: letter.lower() + letter for letter in string.ascii_uppercase},
    **{digit: digit + mark for digit, mark in zip("1234567890", "!@#$%^&*()", strict=True)},
    **{f"KP{digit}": digit * 2 for digit in string.digits},
}


def number(name):
    return getattr(ecodes, f"KEY_{name}")


def test_what_each_key_types():
    assert {number(name): tuple(signs) for name, signs in NAMES.items()} == keys.SIGNS


def test_the_keypad():
    assert {number(f"KP{digit}"): digit for digit in string.digits} == keys.KEYPAD


def test_keys_that_type_nothing():
    assert {number("LEFTSHIFT"), number("RIGHTSHIFT")} == keys.SHIFTS
    assert {number("LEFTCTRL"), number("RIGHTCTRL")} == keys.CTRLS
    assert {number("LEFTALT"), number("RIGHTALT")} == keys.ALTS
    assert {number("ENTER"), number("KPENTER"), number("TAB")} == keys.ENDS
    assert number("RIGHTBRACE") == keys.RIGHT_BRACKET


def test_types_of_events():
    assert (keys.EV_SYN, keys.EV_KEY) == (ecodes.EV_SYN, ecodes.EV_KEY)
    assert (keys.SYN_REPORT, keys.SYN_DROPPED) == (ecodes.SYN_REPORT, ecodes.SYN_DROPPED)
