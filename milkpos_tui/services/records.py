"""What the services hand out: frozen views of the books."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from milkpos_tui.domain.bill import Bill, BillLine
from milkpos_tui.domain.cart import Cart, CartLine
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.journal.clock import moment_in_india

if TYPE_CHECKING:
    from milkpos_tui.services.usual import Usual


class Shop(NamedTuple):
    """The shop's particulars; empty text where there is none."""

    name: str
    state_code: str
    tax_mode: TaxMode
    gstin: str = ""
    fssai: str = ""
    address: str = ""
    phone: str = ""
    upi_vpa: str = ""
    round_to_paise: int = 100


class Operator(NamedTuple):
    """Someone who works at the till."""

    code: str
    name: str
    role: str
    active: bool = True


class Draft(NamedTuple):
    """A bill on a counter that is not paid. `version` is 0 until something of it is stored; `held`
    where it was put aside."""

    id: str
    counter: str
    opened_at: int
    cart: Cart
    version: int = 0
    held: bool = False


class HeldBill(NamedTuple):
    """A bill put aside, for the list of held bills."""

    number: int
    draft: str
    held_at: int
    first_item: str
    lines: int
    total_paise: int


class BillRecord(NamedTuple):
    """A document in the books. `state` is paid, part_returned, returned or, of a note, refunded.

    `returned_milli` is what came back so far by line (from 1); `copies` counts the reprints.
    `customer` is an id, `customer_code` what they are keyed by; `points_earned` by it and
    `points_taken` for a part of it are below zero where a note takes them back and gives them back.
    """

    id: str
    number: str
    at: int
    business_date: str
    shift: str | None
    counter: str
    operator: str
    customer: str | None
    state: str
    document: Bill
    original: str | None
    original_number: str | None
    reason: str
    returned_milli: Mapping[int, int]
    copies: int
    customer_code: str | None = None
    points_earned: int = 0
    points_taken: int = 0


class Outcome(NamedTuple):
    """What a key-in did: the bill as it is now, and what is worth telling.

    `line` is the line that was added, changed or taken off; `paid` the bill it completed; `held`
    the number of held bills, where that changed; `clock_set` whether the clock was found to have
    been set since the entry before; `found` a bill whose number was scanned; `usual` what is
    proposed to a customer who was chosen, or was put on the bill.
    """

    did: str
    draft: Draft
    line: CartLine | None = None
    paid: BillRecord | None = None
    message: str = ""
    held: int | None = None
    clock_set: bool = False
    found: BillRecord | None = None
    usual: "Usual | None" = None


class Shift(NamedTuple):
    """Who answers for a counter's drawer: `operator` now, `opened_by` at first. `denominations` is
    the float as it was counted, empty where only its amount was said."""

    id: str
    counter: str
    operator: str
    opened_by: str
    business_date: str
    name: str
    opened_at: int
    closed_at: int | None
    float_paise: int
    denominations: str = ""
    declaration: str = ""

    @property
    def day(self) -> date:
        """The business date, which all its bills have."""
        return date.fromisoformat(self.business_date)


def time_in_india(at: int) -> str:
    """UTC milliseconds as ISO 8601 with the zone of India."""
    return moment_in_india(at).isoformat()


def line_names(line: BillLine) -> dict[str, str | int]:
    """A bill's line by the names of the journal and of `--json`; of what is not sold by weight
    nothing is said of weighing."""
    names: dict[str, str | int] = {
        "plu": line.plu,
        "name": line.name,
        "qty_milli": line.qty_milli,
        "unit": line.unit,
        "rate_paise": line.rate_paise,
        "list_rate_paise": line.list_rate_paise,
        "discount_paise": line.discount_paise,
        "amount_paise": line.amount_paise,
        "taxable_paise": line.taxable_paise,
        "cgst_paise": line.cgst_paise,
        "sgst_paise": line.sgst_paise,
        "igst_paise": line.igst_paise,
        "gst_rate_bp": line.gst_rate_bp,
        "hsn": line.hsn,
        "of_line": line.of_line,
    }
    if line.measured:
        names["measured"] = line.measured.value
        names["tare_milli"] = line.tare_milli
    return names
