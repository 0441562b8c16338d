"""What a frame says, as whole grams or as trouble in words. The one place where a weight is
rounded, and where a unit is accepted."""

from typing import NamedTuple

from drivers.events import Moving, Negative, Over, Reading, Stable, Under


class Trouble(NamedTuple):
    """Why there is no weight to be had: `code` for programs, `words` for people."""

    code: str
    words: str


Heard = Reading | Trouble
"""What one frame says."""

WRONG_LINE = Trouble(
    "wrong-line",
    "the scale's bytes have bit 7 set: check 7E1 (7 data bits, even parity), here and at the scale",
)
COUNTING = Trouble("wrong-unit", "the scale is counting pieces: set it to weigh in kg")
COARSE = Trouble(
    "wrong-unit",
    "the scale sends two decimals, as one that is set to lb does: set it to kg with three",
)
REFUSED = Trouble("refused", "the scale does not understand the till: check its protocol")
FAULTY = Trouble("faulty", "the scale reports a fault of its own: it needs service")

_GRAMS = {"g": 1, "kg": 1000}


def wrong_unit(unit: str) -> Trouble:
    """A scale that weighs in anything but kg and g must not sell."""
    return Trouble("wrong-unit", f"the scale weighs in {unit}: set it to kg")


def same(one: Reading, other: Reading | None) -> bool:
    """Whether two readings say the same. Not `==`: to Python any two named tuples are equal that
    hold equal values, as `Over()` and `Under()`, or a weight that moves and one that is negative.
    """
    return type(one) is type(other) and one == other


def is_unit(unit: str) -> bool:
    """Whether it is a unit that a till sells by: kg or g, in capitals or not."""
    return unit.strip().lower() in _GRAMS


def whole_grams(number: str, unit: str) -> int:
    """`-1.2345` kg as -1235: finer digits are rounded half up, away from zero.

    Raises ValueError for a number with anything but a sign, digits and a point, KeyError for a
    unit that `is_unit` does not know.
    """
    whole, _, decimals = number.strip().lstrip("+-").strip().partition(".")
    numerator = int(whole + decimals) * _GRAMS[unit.strip().lower()]
    denominator = int(10 ** len(decimals))
    grams = (2 * numerator + denominator) // (2 * denominator)
    return -grams if "-" in number else grams


def weighed(number: str, unit: str, *, at_rest: bool, net: bool = False) -> Heard | None:
    """What a weight is: sold by, moving or negative; trouble in another unit than kg and g.

    None for thousandths of a gram, which no shop's scale shows: the k of kg was lost on the way.
    """
    if not is_unit(unit):
        return wrong_unit(unit.strip())
    if unit.strip().lower() == "g" and len(number.strip().partition(".")[2]) > 2:
        return None
    grams = whole_grams(number, unit)
    return rested(grams, net=net) if at_rest else Moving(grams)


def rested(grams: int, *, net: bool = False) -> Reading:
    """The reading of a weight that does not move."""
    return Negative(grams) if grams < 0 else Stable(grams, net)


def out_of_range(number: str) -> Reading:
    """A scale that can't weigh what is on it says by the sign on which side it is out."""
    return Under() if "-" in number else Over()
