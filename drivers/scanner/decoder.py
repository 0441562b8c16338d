"""Key events and bytes of barcode readers, made into codes. Pure: no device and no clock.

How a stream is cut into codes depends on the times of its events alone, never on how many of them
are read at once.
"""

import re
from typing import NamedTuple

from drivers.driver import Emit
from drivers.events import ScanLost, Scanned
from drivers.scanner.keys import (
    ALTS,
    CTRLS,
    DOWN,
    ENDS,
    EV_KEY,
    EV_SYN,
    KEYPAD,
    MODIFIERS,
    RIGHT_BRACKET,
    SHIFTS,
    SIGNS,
    SYN_DROPPED,
    SYN_REPORT,
    UP,
)

GS = "\x1d"
LENGTH_MAX = 7_089  # digits in the largest QR code: no code is longer

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]", re.ASCII)
_DIGITS_OF_ALT = 4
_END_BYTES = frozenset(b"\r\n\t")
_DELETE = 0x7F


class Rules(NamedTuple):
    """How a reader is set up.

    `gs_text` is what it writes for GS (`{GS}` or `|`), if it has no key for it. After `idle_ms`
    without a key a code ends by itself; where `always_ends`, the reader is known to send Enter or
    Tab, and a code that stops without it is lost, not shorter. Where that is not known, a code that
    stops after one that had its end sign is lost once: whoever pulls a reader out of its socket is
    slower than the gap.
    """

    gs_text: str = ""
    idle_ms: int = 150
    always_ends: bool = False


class Codes:
    """The code that is coming: its signs so far, and when the last of them came."""

    def __init__(self, device: str, rules: Rules, emit: Emit) -> None:
        if rules.idle_ms <= 0:
            raise ValueError("a gap that ends a code lasts more than 0 ms")
        self._device = device
        self._rules = rules
        self._emit = emit
        self._signs: list[str] = []
        self._last_ms = 0
        self._ends = rules.always_ends  # whether the next code should have its end sign
        self._lost = False  # what is still to come of a lost code must not pass for a short one

    @property
    def due_ms(self) -> int | None:
        """When `idle` will end what has come, if nothing more comes; None: nothing to end."""
        if not (self._signs or self._lost):
            return None
        return self._last_ms + self._rules.idle_ms

    def idle(self, now_ms: int) -> None:
        """Take note that nothing came until now, in the milliseconds of the events."""
        if (self._signs or self._lost) and now_ms - self._last_ms >= self._rules.idle_ms:
            self._end(by_gap=True)

    def lose(self, reason: str, at_ms: int) -> None:
        """Give up the code that is coming, also its rest: to its end sign or a gap."""
        self._reset()
        self._lost = True
        self._last_ms = at_ms
        self._emit(ScanLost(self._device, reason))

    def abandon(self, reason: str) -> None:
        """The reader is gone; tell of the code that it was in the middle of."""
        in_the_middle = bool(self._signs)
        self._reset()
        if in_the_middle:
            self._emit(ScanLost(self._device, reason))

    def _add(self, sign: str) -> None:
        if self._lost:
            return
        if len(self._signs) == LENGTH_MAX:
            self.lose(f"a code of more than {LENGTH_MAX} signs", self._last_ms)
            return
        self._signs.append(sign)

    def _end(self, *, by_gap: bool = False) -> None:
        signs, lost = "".join(self._signs), self._lost
        self._reset()
        if lost or not signs:
            return
        expected, self._ends = self._ends, self._rules.always_ends or not by_gap
        if by_gap and expected:
            self._emit(ScanLost(self._device, "the end of a code did not come: scan it again"))
            return
        text = self._text(signs)
        if text is None:
            self._emit(ScanLost(self._device, "no text came: check the reader's speed and parity"))
            return
        self._emit(self._scanned(text))

    def _scanned(self, text: str) -> Scanned | ScanLost:
        if self._rules.gs_text:
            text = text.replace(self._rules.gs_text, GS)
        prefix = _AIM.match(text)
        aim = prefix[0] if prefix else ""
        code = text[len(aim) :]
        if not code:
            return ScanLost(self._device, "only the prefix of a code came: scan it again")
        return Scanned(self._device, code, aim, self._last_ms)

    def _text(self, signs: str) -> str | None:
        return signs

    def _reset(self) -> None:
        self._signs.clear()
        self._lost = False


class KeyDecoder(Codes):
    """Codes that a reader types as a US keyboard.

    GS comes as Ctrl+], as Alt + 029 on the keypad, or as the text in the rules. What stays held
    because its release was lost is let go with the end of the code.
    """

    def __init__(self, device: str, rules: Rules, emit: Emit) -> None:
        super().__init__(device, rules, emit)
        self._held: set[int] = set()
        self._alt_digits = ""
        self._resyncing = False

    def feed(self, kind: int, code: int, value: int, at_ms: int) -> None:
        """Take one event of the kernel: its type, code and value, and its time."""
        if kind != EV_KEY:
            if kind == EV_SYN:
                self._synchronise(code, at_ms)
            return
        # Any other value is the autorepeat of a key whose release may have been lost.
        if self._resyncing or (value != DOWN and value != UP):
            return
        self.idle(at_ms)
        self._last_ms = at_ms
        if code in MODIFIERS:
            self._modify(code, value)
        elif value == DOWN:
            self._press(code)

    def _synchronise(self, code: int, at_ms: int) -> None:
        """After SYN_DROPPED the kernel's next report is still of the time before it."""
        if code == SYN_DROPPED:
            self.idle(at_ms)
            self.lose("the till was too slow for the reader: scan again", at_ms)
            self._resyncing = True
        elif code == SYN_REPORT:
            self._resyncing = False

    def _modify(self, code: int, value: int) -> None:
        if code in ALTS:
            self._end_alt()
        if value == DOWN:
            self._held.add(code)
        else:
            self._held.discard(code)

    def _press(self, code: int) -> None:
        if code in ENDS:
            self._end_alt()
            self._end()
            return
        held = self._held
        if held:
            if not held.isdisjoint(ALTS):
                if code in KEYPAD:
                    self._alt_digits = self._alt_digits[-_DIGITS_OF_ALT:] + KEYPAD[code]
                    return
                # Nothing but the keypad means anything with Alt: its release was lost.
                self._end_alt()
                held -= ALTS
            if not held.isdisjoint(CTRLS):
                self._press_with_ctrl(code)
                return
        if code in SIGNS:
            self._add(SIGNS[code][not held.isdisjoint(SHIFTS)])

    def _press_with_ctrl(self, code: int) -> None:
        if code != RIGHT_BRACKET:
            self._spoil()
            return
        self._add(GS)
        self._held -= CTRLS  # GS is all that it was held for, also if its release is lost

    def _end_alt(self) -> None:
        """Alt was let go: the digits typed with it are the number of a sign."""
        digits, self._alt_digits = self._alt_digits, ""
        if not digits:
            return
        sign = chr(int(digits))
        if len(digits) <= _DIGITS_OF_ALT and (
            sign == GS or (sign.isascii() and sign.isprintable())
        ):
            self._add(sign)
        else:
            self._spoil()

    def _spoil(self) -> None:
        """A code without one of its signs would be another code."""
        if not self._lost:
            self.lose("the reader sent a sign that no code has: scan again", self._last_ms)

    def _reset(self) -> None:
        super()._reset()
        self._held.clear()
        self._alt_digits = ""


class LineDecoder(Codes):
    """Codes of a serial reader: ASCII or UTF-8; CR, LF or Tab ends one; GS comes as itself."""

    def feed(self, data: bytes, at_ms: int) -> None:
        """Take bytes as they were read, and when."""
        self.idle(at_ms)
        self._last_ms = at_ms
        for byte in data:
            if byte in _END_BYTES:
                self._end()
            elif (byte >= ord(" ") and byte != _DELETE) or byte == ord(GS):
                self._add(chr(byte))

    def _text(self, signs: str) -> str | None:
        try:
            return signs.encode("latin-1").decode("utf-8")
        except UnicodeDecodeError:
            return None
