"""The kernel's numbers of input events and keys (linux/input-event-codes.h), as far as readers use
them. Our own, because evdev's take 100 ms to load and bring asyncio along; a test compares them.
"""

EV_SYN, EV_KEY = 0, 1
SYN_REPORT, SYN_DROPPED = 0, 3
UP, DOWN = 0, 1

SHIFTS = frozenset({42, 54})
CTRLS = frozenset({29, 97})
ALTS = frozenset({56, 100})
MODIFIERS = SHIFTS | CTRLS | ALTS

ENTER, KEYPAD_ENTER, TAB = 28, 96, 15
ENDS = frozenset({ENTER, KEYPAD_ENTER, TAB})
RIGHT_BRACKET = 27

# Runs of neighbours on a US keyboard: the first key's number, what they type, what with Shift.
_RUNS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
_KEYPAD_RUNS = ((55, "*"), (71, "789-456+1230."), (98, "/"), (117, "="), (121, ","))

SIGNS: dict[int, tuple[str, str]] = {
    first + at: pair
    for first, plain, shifted in (*_RUNS, *((first, signs, signs) for first, signs in _KEYPAD_RUNS))
    for at, pair in enumerate(zip(plain, shifted, strict=True))
}
"""What each key types, and what it types with Shift; the keypad as if Num Lock was on."""

KEYPAD: dict[int, str] = {
    first + at: sign
    for first, signs in _KEYPAD_RUNS
    for at, sign in enumerate(signs)
    if sign.isdigit()
}
"""The digits of the keypad, which spell a sign's number while Alt is held."""

# What a device must have to be taken for a reader: the row of digits, and Enter.
TYPES_CODES = sum(1 << key for key in (*range(2, 12), ENTER))
