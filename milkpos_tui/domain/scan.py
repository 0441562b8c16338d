"""What a scanned code means to a till. Which signs meant what is the reader's to find out."""

from datetime import date
from typing import NamedTuple


class Scan(NamedTuple):
    """A code as it was scanned, and what its symbol says beside it.

    `article` is an EAN, UPC or GTIN whose check digit is right; `grams` and `price_paise` are of
    what was weighed and packed; None is what the symbol does not say.
    """

    code: str
    article: str | None = None
    batch: str | None = None
    expiry: date | None = None
    grams: int | None = None
    price_paise: int | None = None


class Arrived(NamedTuple):
    """A code that came from a device; `card` where that reads customers' cards."""

    device: str
    scan: Scan
    card: bool = False


class Lost(NamedTuple):
    """A code that came only in part, and why: it must be scanned again."""

    device: str
    reason: str


def spellings(article: str) -> tuple[str, ...]:
    """How an article number may stand in the catalogue: a UPC is an EAN whose first digit is 0."""
    if len(article) == 12:
        return article, f"0{article}"
    if len(article) == 13 and article.startswith("0"):
        return article, article[1:]
    return (article,)
