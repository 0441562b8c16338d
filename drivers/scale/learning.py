"""A template from what a scale sends for weights that are known: the core of the wizard
`milkpos device scale learn`. Pure."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from drivers.events import Moving, Negative, Stable
from drivers.scale.frames import Frames
from drivers.scale.protocols import Line
from drivers.scale.settling import settled
from drivers.scale.template import FRAME_BYTES_MAX, BadTemplate, Template, protocol_of
from drivers.scale.weight import Heard

ENDS = (b"\r\n", b"\r\x03", b"\n\r", b"\r", b"\n", b"\x03", b"\x04", b"=")
"""What frames end with, the longest first: a frame that ends in CR LF ends in LF as well."""

TOLERANCE_G = 5  # a kitchen scale, and a shop's weights, are no better
TOLERANCE_PERCENT = 2
FRAMES_MIN = 3
SETTLE_TIMES = 2

_FIELD = re.compile(rb"(?P<pad>[ +-]*)(?P<digits>[0-9]+)(?P<decimals>\.[0-9]+)?")
_UNIT = re.compile(rb"(?P<gap> {0,3})(?P<unit>kg|g)(?![A-Za-z])", re.IGNORECASE)


class Capture(NamedTuple):
    """All that a scale sent with a known weight on it, at rest; 0 grams for the empty pan."""

    grams: int
    data: bytes


class NotLearned(ValueError):
    """No template explains all captures, and why, in words."""


class _Shown(NamedTuple):
    """One frame, taken apart at one of its numbers."""

    before: bytes
    pad: bytes
    digits: bytes
    decimals: bytes
    after: bytes


def learn(captures: Sequence[Capture], ask: bytes = b"") -> Template:
    """The one template that explains all captures. Raises NotLearned, in words."""
    _check(captures)
    ends = [end for end in ENDS if all(len(_frames(c.data, end)) >= FRAMES_MIN for c in captures)]
    if not ends:
        raise NotLearned(
            f"not every weight came as {FRAMES_MIN} frames or more that end alike: wait longer at"
            " each weight, or check the line settings"
        )
    why = "no number in what it sends follows the weights: were they the right ones?"
    for end in ends:
        found, reason = _explained(captures, end, ask)
        if len(found) == 1:
            return found[0]
        if found:
            raise NotLearned(
                "more than one number follows the weight, such as gross and net: put a tare on, and"
                " learn again"
            )
        why = reason or why
    raise NotLearned(why)


def _check(captures: Sequence[Capture]) -> None:
    silent = [str(each.grams) for each in captures if not each.data]
    if silent:
        raise NotLearned(f"nothing came for {', '.join(silent)} g: is the scale set to send?")
    if len({each.grams for each in captures}) < 2 or not any(each.grams for each in captures):
        raise NotLearned("two different weights are needed at least, such as an empty pan and 1 kg")
    if any(each.grams < 0 for each in captures):
        raise NotLearned("a weight below zero can't be learned from")
    everything = b"".join(each.data for each in captures)
    odd = {byte.bit_count() & 1 for byte in everything}
    if max(everything) > 0x7F and len(odd) == 1:  # status bytes of a format's own would differ
        line, parity = ("7O1", "odd") if odd == {1} else ("7E1", "even")
        raise NotLearned(
            f"the scale's bytes have a parity bit: check {line} (7 data bits, {parity} parity)"
        )


def _frames(data: bytes, end: bytes) -> list[bytes]:
    """Those of which both ends are there."""
    return data.split(end)[1:-1]


def _explained(captures: Sequence[Capture], end: bytes, ask: bytes) -> tuple[list[Template], str]:
    """The templates that explain every capture, one for each number that follows the weights; or
    none, and why, where a reason is known."""
    resting = [_frames(each.data, end)[-1] for each in captures]
    if any(len(frame) + len(end) > FRAME_BYTES_MAX for frame in resting):
        return [], f"its frames are longer than {FRAME_BYTES_MAX} bytes"
    all_frames = [frame for each in captures for frame in _frames(each.data, end)]
    counts = {len(list(_FIELD.finditer(frame))) for frame in resting}
    found, why = [], ""
    for place, unit in itertools.product(range(min(counts)), ("kg", "g")):
        if not _follows(captures, resting, place, unit):
            continue
        try:
            template = _template(all_frames, resting, place, Template("", unit, end, ask))
            _try_out(template, captures)
        except (NotLearned, BadTemplate) as reason:
            why = str(reason)
        else:
            found.append(template)
    return found, why


def _follows(captures: Sequence[Capture], frames: Sequence[bytes], place: int, unit: str) -> bool:
    for capture, frame in zip(captures, frames, strict=True):
        shown = _take_apart(frame, place)
        if shown is None or not _near(_grams(shown, unit), capture.grams):
            return False
    return True


def _near(grams: int, known: int) -> bool:
    return abs(grams - known) <= max(TOLERANCE_G, known * TOLERANCE_PERCENT // 100)


def _grams(shown: _Shown, unit: str) -> int:
    milli = int(shown.digits + (shown.decimals[1:] + b"000")[:3])
    return milli if unit == "kg" else milli // 1000


def _take_apart(frame: bytes, place: int) -> _Shown | None:
    fields = list(itertools.islice(_FIELD.finditer(frame), place + 1))
    if len(fields) <= place:
        return None
    field = fields[place]
    return _Shown(
        frame[: field.start()],
        field["pad"],
        field["digits"],
        field["decimals"] or b"",
        frame[field.end() :],
    )


def _template(
    all_frames: Sequence[bytes], resting: Sequence[bytes], place: int, settings: Template
) -> Template:
    """Put together what is always there, what changes with rest, and what differs."""
    shown = [each for frame in resting if (each := _take_apart(frame, place))]
    every = [each for frame in all_frames if (each := _take_apart(frame, place))]
    stable_found = False

    def around(part: Callable[[_Shown], bytes], where: str) -> str:
        nonlocal stable_found
        pattern, marks_rest = _side(
            {part(each) for each in shown},
            Counter(part(each) for each in every),
            where,
            may_mark_rest=not stable_found,
        )
        stable_found = stable_found or marks_rest
        return pattern

    before = around(lambda each: each.before, "before")
    named = all(_UNIT.match(each.after) for each in shown)
    after = around(lambda each: _after_unit(each.after) if named else each.after, "after")
    return settings._replace(
        pattern=before + _number(shown) + (_unit(shown) if named else "") + after
    )


def _after_unit(after: bytes) -> bytes:
    match = _UNIT.match(after)
    return after if match is None else after[match.end() :]


def _number(shown: Sequence[_Shown]) -> str:
    decimals = {len(each.decimals) - 1 for each in shown}
    if len(decimals) > 1:
        raise NotLearned("its number has now more, now fewer decimals")
    digits = {len(each.digits) for each in shown}
    filled = any(len(each.digits) > 1 and each.digits.startswith(b"0") for each in shown)
    # Where zeros fill it up the width is fixed, and a digit lost on the way is seen.
    width = f"{{{digits.pop()}}}" if filled and len(digits) == 1 else "{1,6}"
    point = decimals.pop()
    sign = "(?P<sign>[ +-]{0,%d})" % max(1, *(len(each.pad) for each in shown))  # noqa: UP031
    return sign + rf"(?P<weight>\d{width}" + (rf"\.\d{{{point}}}" if point > 0 else "") + ")"


def _unit(shown: Sequence[_Shown]) -> str:
    gaps = {match["gap"] for each in shown if (match := _UNIT.match(each.after))}
    gap = _literal(gaps.pop()) if len(gaps) == 1 else " {0,3}"
    # Not the unit that was seen: a scale that is set to lb later is told so.
    return gap + "(?P<unit>[A-Za-z]{1,2})"


def _side(
    resting: set[bytes], every: Counter[bytes], where: str, *, may_mark_rest: bool
) -> tuple[str, bool]:
    """The pattern of what stands on one side of the number, and whether it tells rest."""
    if len(resting) == 1:
        (rest,) = resting
        # What comes once is noise. It must not pass for a mark of motion: the scale would seem to
        # tell rest, and always be at it.
        moving = {each for each, times in every.items() if times >= FRAMES_MIN} - resting
        if not may_mark_rest or not moving:
            return _literal(rest), False
        others = "|".join(_literal(each) for each in sorted(moving))
        return f"(?:(?P<stable>{_literal(rest)})|{others})", True
    if len({len(each) for each in resting}) > 1:
        raise NotLearned(f"what stands {where} the weight is now longer, now shorter")
    columns = zip(*sorted(resting), strict=True)
    return "".join(_column(set(column)) for column in columns), False


def _column(seen: set[int]) -> str:
    return _literal(bytes(seen)) if len(seen) == 1 else r"[\x00-\xff]"


def _literal(text: bytes) -> str:
    return "".join(
        re.escape(chr(byte)) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in text
    )


def _try_out(template: Template, captures: Sequence[Capture]) -> None:
    """The template must read the captures as the driver will. Raises NotLearned, BadTemplate."""
    for capture in captures:
        read = list(_at_rest(Frames(protocol_of(template, Line(9600)).grammar).feed(capture.data)))
        if not read or not _near(read[-1], capture.grams):
            raise NotLearned(f"what came for {capture.grams} g does not look like the rest")


def _at_rest(heard: Sequence[Heard]) -> Iterator[int]:
    weights = [each for each in heard if isinstance(each, Stable | Moving | Negative)]
    for count in range(1, len(weights) + 1):
        reading = settled(weights[max(0, count - SETTLE_TIMES) : count], SETTLE_TIMES)
        if isinstance(reading, Stable):
            yield reading.grams
