"""Scales of no published format: a pattern and a unit from the settings make a protocol.

A pattern is matched against whole frames, from end to end. Its groups say what is what:
`weight` (needed), `sign`, `unit`, and `stable`, which is there when the scale is at rest:

    (?:(?P<stable>S)|U) (?P<sign>[+ -])(?P<weight>\\d{3}\\.\\d{3}) (?P<unit>kg)
"""

import math
import re
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from drivers.scale.frames import by_end
from drivers.scale.protocols import Line, Protocol, Step
from drivers.scale.weight import Heard, is_unit, weighed

FRAME_BYTES_MAX = 64
PATTERN_SIGNS_MAX = 200
# How many ways a pattern may have to divide a frame: a frame that fits in none of them costs them
# all, every time it comes. So many take less than a second on a Pi.
WAYS_MAX = 1_000_000

_GROUPS = frozenset({"weight", "unit", "stable", "sign"})
_NUMBER = re.compile(rb" *[0-9]{1,9}(?:\.[0-9]{1,6})? *")
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<open>\((?:\?P<\w+>|\?:)?)|(?P<close>\))|(?P<or>\|)"
    r"|(?P<times>[*+?]|\{(?P<low>\d*)(?P<range>,(?P<high>\d*))?\})|.",
    re.ASCII | re.DOTALL,
)


class BadTemplate(ValueError):
    """The template can't be used, and why, in words."""


class Template(NamedTuple):
    """The settings: `unit` is for frames that name none, `end` the last bytes of every frame, `ask`
    what to send for a weight, if anything."""

    pattern: str
    unit: str = "kg"
    end: bytes = b"\r\n"
    ask: bytes = b""


def protocol_of(template: Template, line: Line, name: str = "template") -> Protocol:
    """The protocol that a template describes. Raises BadTemplate, in words."""
    pattern = _checked(template)
    tells_rest = "stable" in pattern.groupindex

    def says(frame: bytes) -> Heard | None:
        match = pattern.fullmatch(frame)
        return None if match is None else _said(match, template.unit)

    return Protocol(
        name,
        "a scale by its template",
        line,
        by_end(template.end, says, FRAME_BYTES_MAX),
        (Step(template.ask),) if template.ask else (),
        tells_rest=tells_rest,
    )


def _said(match: re.Match[bytes], usual_unit: str) -> Heard | None:
    groups = match.groupdict()
    number, sign = groups["weight"] or b"", groups.get("sign") or b""
    unit = (groups.get("unit") or b"").decode("latin-1")
    if _NUMBER.fullmatch(number) is None:
        return None
    # A minus counts also where the pattern passes over it: else -0.500 would sell as 500 g.
    before = match.string[: match.start("weight")].rstrip()
    minus = "-" if b"-" in sign or before.endswith(b"-") else ""
    text = minus + number.decode("ascii").strip()
    # Without a group for it, rest is found by what follows: until then the weight moves.
    at_rest = groups.get("stable") is not None
    return weighed(text, unit if unit.strip() else usual_unit, at_rest=at_rest)


def _checked(template: Template) -> re.Pattern[bytes]:
    if not is_unit(template.unit):
        raise BadTemplate(f"the unit {template.unit!r} can't be used: it must be kg or g")
    if not 0 < len(template.end) <= 4:
        raise BadTemplate("a frame must end with one to four bytes that are always the same")
    pattern = _compiled(template.pattern)
    unknown = set(pattern.groupindex) - _GROUPS
    if "weight" not in pattern.groupindex or unknown:
        named = ", ".join(sorted(unknown)) or "none for the weight"
        raise BadTemplate(f"its groups must be weight, unit, stable and sign; here is {named}")
    if _ways(template.pattern) > WAYS_MAX:
        raise BadTemplate(
            "the pattern is too vague to be fast: write how many digits there are, as in"
            r" \d{3}\.\d{3}, and fewer of * + ? and |"
        )
    return pattern


def _compiled(pattern: str) -> re.Pattern[bytes]:
    if len(pattern) > PATTERN_SIGNS_MAX:
        raise BadTemplate(f"a pattern has at most {PATTERN_SIGNS_MAX} signs")
    try:
        with warnings.catch_warnings():
            # What Python only warns of, as `[[`, would go to the screen.
            warnings.simplefilter("error", FutureWarning)
            return re.compile(pattern.encode("ascii"))
    except UnicodeEncodeError:
        raise BadTemplate(r"a pattern is plain ASCII; write other bytes as in \xf8") from None
    except (re.error, FutureWarning, OverflowError, RecursionError) as error:
        raise BadTemplate(f"the pattern can't be read: {error}") from error


def _ways(pattern: str) -> int:
    """In how many ways it can divide a frame, at most."""
    unlimited, ways = 0, 1
    for choices in _choices(pattern):
        if choices is None:
            unlimited += 1
        else:
            ways *= choices
    return ways * math.comb(FRAME_BYTES_MAX + unlimited, unlimited)


def _choices(pattern: str) -> Iterator[int | None]:
    """The choices that each quantifier and each `|` leaves; None for one without an upper end."""
    after_group = False
    for token in _TOKEN.finditer(pattern):
        times = token["times"]
        if times is None:
            yield 2 if token["or"] else 1
        elif after_group and times != "?":
            raise BadTemplate("the pattern repeats a group: write it out, only ? may follow a )")
        else:
            yield _repeats(token)
        if token["open"] == "(" and pattern.startswith("?", token.end()):
            raise BadTemplate(
                "the pattern has (?…) of a kind that templates do not know:"
                " use (?P<name>…) and (?:…)"
            )
        # `)?` may itself be followed by a sign that makes it lazy or possessive: still a group.
        after_group = token["close"] is not None or (after_group and times == "?")


def _repeats(token: re.Match[str]) -> int | None:
    if token["times"] == "?":
        return 2
    if token["times"] in ("*", "+"):
        return None
    low = int(token["low"] or 0)
    high = token["high"] if token["range"] else str(low)
    return int(high) - low + 1 if high else None
