"""What a reader sent, as it may be looked up, shown and printed (fault 29)."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.events import Scanned
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.scan import Scan
from milkpos_tui.domain.text import is_clean
from milkpos_tui.hardware.meaning import CODE_MAX, scan_of
from tests.counter.test_papers import books, texts  # noqa: F401 - the same till
from tests.services.reading import everything
from tests.support.tills import OWNER

GTIN = "08909950000172"
AIMS = ("", "]E0", "]C0", "]C1", "]d2", "]Q3", "]e0", "]zz")


@pytest.mark.parametrize(
    ("code", "aim", "scan"),
    [
        ("8909950000172", "]E0", Scan("8909950000172", "8909950000172")),
        ("8909950000173", "]E0", Scan("8909950000173")),
        ("012345678905", "", Scan("012345678905", "012345678905")),
        (
            f"01{GTIN}10AB7\x1d17261231",
            "]C1",
            Scan(f"01{GTIN}10AB7 17261231", GTIN[1:], "AB7", date(2026, 12, 31)),
        ),
        (
            f"01{GTIN}15261231",
            "]d2",
            Scan(f"01{GTIN}15261231", GTIN[1:], expiry=date(2026, 12, 31)),
        ),
        (f"01{GTIN}3103000412", "]C1", Scan(f"01{GTIN}3103000412", GTIN[1:], grams=412)),
        (f"01{GTIN}39225050", "]C1", Scan(f"01{GTIN}39225050", GTIN[1:], price_paise=50_50)),
        ("1/2627/34", "]C0", Scan("1/2627/34")),
        ("Curd\x1b[2J\u202e", "]C0", Scan("Curd[2J")),
        ("  \x00 ", "", Scan("")),
    ],
)
def test_what_a_code_means(code, aim, scan):
    assert scan_of(Scanned("reader", code, aim)) == scan


def test_a_code_without_end_is_cut():
    assert len(scan_of(Scanned("reader", "A" * 10_000)).code) == CODE_MAX


@given(code=texts, aim=st.sampled_from(AIMS))
@example(code="\x1b[2J\x9b", aim="]Q3")
@example(code=f"01{GTIN}10\x1b[2J\u202e", aim="]C1")
def test_what_comes_of_a_scan_is_clean(code, aim):
    scan = scan_of(Scanned("reader", code, aim))
    assert is_clean(scan.code)
    assert scan.batch is None or is_clean(scan.batch)
    assert scan.article is None or (scan.article.isascii() and scan.article.isdigit())


@given(code=texts, aim=st.sampled_from(AIMS))
@example(code="Curd", aim="]Q3")
@example(code="[red]Curd[/x]", aim="")
def test_what_is_said_of_an_unknown_code_is_clean(books, code, aim):  # noqa: F811
    checkout = books.checkout("1", OWNER)
    before = everything(books)
    with pytest.raises(Refused) as refused:
        checkout.scan(scan_of(Scanned("reader", f"{code}~", aim)))
    assert is_clean(refused.value.message)
    assert everything(books) == before
