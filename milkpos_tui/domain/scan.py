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
    """How an article number may stand in the catalogue, as it was read first: a UPC is an EAN whose
    first digit is 0, and an EAN is a GTIN of 14 digits whose first digit is 0."""
    ean = article.zfill(13) if len(article) == 12 else article
    if len(article) == 14 and article.startswith("0"):
        ean = article[1:]
    upc = ean[1:] if len(ean) == 13 and ean.startswith("0") else ean
    return tuple(dict.fromkeys((article, ean, upc)))
