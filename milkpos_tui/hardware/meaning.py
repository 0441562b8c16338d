"""A code as a reader sent it, made into what it means to a till."""

from drivers.events import Scanned
from milkpos_tui.domain.scan import Scan
from milkpos_tui.domain.text import clean

CODE_MAX = 200  # of a code that is shown or looked up: more is no item's


def scan_of(scanned: Scanned) -> Scan:
    """What was scanned; a code is data and is cleaned like anything that comes from outside."""
    from drivers.scanner.gs1 import Article, Elements, meaning

    code = clean(scanned.code, limit=CODE_MAX)
    match meaning(scanned.code, scanned.aim):
        case Article(digits):
            return Scan(code, digits)
        case Elements() as found:
            return Scan(
                code,
                found.gtin,
                found.batch and clean(found.batch),
                found.expiry or found.best_before,
                found.grams,
                found.price_paise,
            )
        case _:
            return Scan(code)
