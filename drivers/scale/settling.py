"""Rest, for scales that don't tell it."""

from collections.abc import Sequence
from itertools import islice

from drivers.events import Moving, Reading
from drivers.scale.weight import rested, same


def settled(readings: Sequence[Reading], times: int) -> Reading:
    """What the newest of the readings says: at rest, if it came so many times in a row.

    It looks at nothing but the readings, so that a weight which stays, or comes again, is at rest
    again: the same weight twice is two sales.
    """
    newest = readings[-1]
    if not isinstance(newest, Moving) or newest.grams is None or len(readings) < times:
        return newest
    row = islice(readings, len(readings) - times, None)
    return rested(newest.grams) if all(same(each, newest) for each in row) else newest
