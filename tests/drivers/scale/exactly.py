"""To Python any two named tuples are equal that hold equal values: `Over() == Under()`."""


def exact(readings):
    """Readings or events to be compared with their classes."""
    return [repr(each) for each in readings]
