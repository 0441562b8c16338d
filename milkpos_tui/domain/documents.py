"""Which document a sale is, and what is written at its head (CGST Rules 46, 46A, 49, 53)."""

from collections.abc import Iterable
from enum import StrEnum

from milkpos_tui.domain.tax import TaxMode


class DocumentKind(StrEnum):
    """The documents a till issues."""

    TAX_INVOICE = "tax_invoice"
    BILL_OF_SUPPLY = "bill_of_supply"
    INVOICE_CUM_BILL = "invoice_cum_bill"
    BILL = "bill"
    CREDIT_NOTE = "credit_note"

    @property
    def heading(self) -> str:
        """The heading on paper."""
        return _TITLES[self]


_TITLES = {
    DocumentKind.TAX_INVOICE: "TAX INVOICE",
    DocumentKind.BILL_OF_SUPPLY: "BILL OF SUPPLY",
    DocumentKind.INVOICE_CUM_BILL: "INVOICE-CUM-BILL OF SUPPLY",
    DocumentKind.BILL: "BILL",
    DocumentKind.CREDIT_NOTE: "CREDIT NOTE",
}

COMPOSITION_NOTE = "composition taxable person, not eligible to collect tax on supplies"


def sale_document(mode: TaxMode, rates_bp: Iterable[int]) -> DocumentKind:
    """The document for a basket with these rates, sold to a buyer without a GSTIN.

    All exempt: bill of supply (Rule 49). All taxable: tax invoice (46). Mixed, unregistered buyer:
    one invoice-cum-bill of supply (46A). A composition shop issues bills of supply, an
    unregistered one plain bills.
    """
    if mode is TaxMode.UNREGISTERED:
        return DocumentKind.BILL
    if mode is TaxMode.COMPOSITION:
        return DocumentKind.BILL_OF_SUPPLY
    taxed = {rate > 0 for rate in rates_bp}
    if taxed == {True, False}:
        return DocumentKind.INVOICE_CUM_BILL
    return DocumentKind.TAX_INVOICE if taxed == {True} else DocumentKind.BILL_OF_SUPPLY
