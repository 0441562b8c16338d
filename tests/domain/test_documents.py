import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.documents import COMPOSITION_NOTE, DocumentKind, sale_document
from milkpos_tui.domain.tax import TaxMode
from tests.support.strategies import rates_bp


@pytest.mark.parametrize(
    ("basket_bp", "kind"),
    [
        ([0], DocumentKind.BILL_OF_SUPPLY),
        ([0, 0, 0], DocumentKind.BILL_OF_SUPPLY),
        ([500], DocumentKind.TAX_INVOICE),
        ([1], DocumentKind.TAX_INVOICE),
        ([500, 4000], DocumentKind.TAX_INVOICE),
        ([0, 500], DocumentKind.INVOICE_CUM_BILL),
        ([4000, 0], DocumentKind.INVOICE_CUM_BILL),
        ([25, 0, 0, 0], DocumentKind.INVOICE_CUM_BILL),
    ],
)
def test_a_regular_shop_issues_what_the_basket_asks_for(basket_bp, kind):
    assert sale_document(TaxMode.REGULAR, iter(basket_bp)) is kind


@given(st.lists(rates_bp, min_size=1))
def test_a_shop_that_collects_no_tax_never_issues_a_tax_invoice(basket_bp):
    assert sale_document(TaxMode.COMPOSITION, basket_bp) is DocumentKind.BILL_OF_SUPPLY
    assert sale_document(TaxMode.UNREGISTERED, basket_bp) is DocumentKind.BILL


@pytest.mark.parametrize(
    ("stored", "kind", "heading"),
    [
        ("tax_invoice", DocumentKind.TAX_INVOICE, "TAX INVOICE"),
        ("bill_of_supply", DocumentKind.BILL_OF_SUPPLY, "BILL OF SUPPLY"),
        ("invoice_cum_bill", DocumentKind.INVOICE_CUM_BILL, "INVOICE-CUM-BILL OF SUPPLY"),
        ("bill", DocumentKind.BILL, "BILL"),
        ("credit_note", DocumentKind.CREDIT_NOTE, "CREDIT NOTE"),
    ],
)
def test_the_heading_on_paper_is_the_law_s(stored, kind, heading):
    assert kind.heading == heading
    assert DocumentKind(stored) is kind  # the journal keeps it so


def test_every_kind_has_a_heading_of_its_own():
    assert len({kind.heading for kind in DocumentKind}) == len(DocumentKind)


def test_the_note_of_a_composition_shop_is_the_law_s():
    assert COMPOSITION_NOTE == (
        "composition taxable person, not eligible to collect tax on supplies"
    )
