"""A customer's month: what was owed, what was delivered, bought, corrected and paid, what is due.

    previous balance + deliveries + purchases on khata + adjustments - payments = due

The amounts are those of the ledger, so a bill and a balance never differ by a paisa: a line of the
bill is the sum of its deliveries as they were recorded. Khata is a continuous supply, so the bill
for the deliveries is issued with the month (CGST Act s. 31(4)); what was bought at the counter has
its own document already and is listed by its number.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

from milkpos_tui.domain.bill import BillLine
from milkpos_tui.domain.documents import DocumentKind, sale_document
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.numbering import NUMBER_LENGTH_MAX, financial_year
from milkpos_tui.domain.orders import Half
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.domain.tax import Heads, TaxMode, work_back

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
YEAR_MIN, YEAR_MAX = 2000, 9998  # the calendar has no month after the last of 9999


class Month(NamedTuple):
    """A month of a year."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    @property
    def days(self) -> tuple[date, ...]:
        """All its days."""
        return tuple(self.first + timedelta(day) for day in range(self.last.day))

    @property
    def next(self) -> "Month":
        """The month that follows."""
        return month_of(self.last + timedelta(1))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


def month_of(day: date) -> Month:
    """The month that a day is in."""
    return Month(day.year, day.month)


def parse_month(text: str) -> Month:
    """`2026-11`. Refused for anything else."""
    match = _MONTH.fullmatch(text.strip())
    if match is None or not YEAR_MIN <= int(match[1]) <= YEAR_MAX:
        raise Refused("month", f"'{text}' is not a month like 2026-11")
    return Month(int(match[1]), int(match[2]))


def month_number(counter: str, day: date, serial: int) -> str:
    """The number of a monthly bill, of a series of its own: `1-M/2627/4`. Refused where it would
    be longer than the law allows (CGST Rule 46(b))."""
    number = f"{counter}-M/{financial_year(day)}/{serial}"
    if len(number) > NUMBER_LENGTH_MAX:
        raise Refused("series-full", f"{number} is longer than 16 characters: open a new counter")
    return number


class Given(NamedTuple):
    """A delivery as it was recorded: names and rates of its day."""

    day: date
    half: Half
    plu: int
    name: str
    unit: Unit
    qty_milli: int
    rate_paise: int
    amount_paise: int
    gst_rate_bp: int = 0
    hsn: str = ""


class Purchase(NamedTuple):
    """What was bought at the counter on khata: a bill of its own, below zero a credit note."""

    day: date
    number: str
    amount_paise: int


class Adjustment(NamedTuple):
    """A dated correction with its reason; above zero more is owed."""

    day: date
    reason: str
    amount_paise: int


class Payment(NamedTuple):
    """Money received on the khata; below zero paid back. `how` is cash, UPI, card ..."""

    day: date
    how: str
    amount_paise: int


class GridItem(NamedTuple):
    """One item of the grid: what was delivered each day, in thousandths, morning and evening."""

    plu: int
    name: str
    unit: Unit
    morning_milli: tuple[int, ...]
    evening_milli: tuple[int, ...]

    @property
    def total_milli(self) -> int:
        """Of the whole month."""
        return sum(self.morning_milli) + sum(self.evening_milli)


class MonthBill(NamedTuple):
    """A customer's month. `lines` are the deliveries by item and rate, in the order the rates
    came; `kind` is the document for them, None where nothing was delivered. On a draft `number`
    is empty."""

    customer: str
    month: Month
    number: str
    kind: DocumentKind | None
    previous_paise: int
    lines: tuple[BillLine, ...]
    grid: tuple[GridItem, ...]
    purchases: tuple[Purchase, ...]
    adjustments: tuple[Adjustment, ...]
    payments: tuple[Payment, ...]

    @property
    def delivered_paise(self) -> int:
        """What the deliveries come to."""
        return sum(line.amount_paise for line in self.lines)

    @property
    def purchased_paise(self) -> int:
        """What was bought at the counter."""
        return sum(one.amount_paise for one in self.purchases)

    @property
    def adjusted_paise(self) -> int:
        """All corrections."""
        return sum(one.amount_paise for one in self.adjustments)

    @property
    def paid_paise(self) -> int:
        """All that was paid in the month."""
        return sum(one.amount_paise for one in self.payments)

    @property
    def due_paise(self) -> int:
        """What is due at the month's end; below zero is an advance."""
        charged = self.delivered_paise + self.purchased_paise + self.adjusted_paise
        return self.previous_paise + charged - self.paid_paise

    @property
    def heads(self) -> Heads:
        """The tax in the deliveries, by head."""
        return Heads(
            sum(line.taxable_paise for line in self.lines),
            sum(line.cgst_paise for line in self.lines),
            sum(line.sgst_paise for line in self.lines),
            sum(line.igst_paise for line in self.lines),
        )

    @property
    def heads_by_rate(self) -> tuple[tuple[int, Heads], ...]:
        """The same by rate in basis points, lowest first; exempt goods at 0."""
        by_rate: dict[int, list[Heads]] = {}
        for line in self.lines:
            heads = Heads(line.taxable_paise, line.cgst_paise, line.sgst_paise, line.igst_paise)
            by_rate.setdefault(line.gst_rate_bp, []).append(heads)
        return tuple(
            (rate, Heads(*map(sum, zip(*by_rate[rate], strict=True)))) for rate in sorted(by_rate)
        )


def month_bill(
    customer: str,
    month: Month,
    mode: TaxMode,
    previous_paise: int,
    given: Iterable[Given] = (),
    *,
    purchases: Iterable[Purchase] = (),
    adjustments: Iterable[Adjustment] = (),
    payments: Iterable[Payment] = (),
    number: str = "",
) -> MonthBill:
    """A customer's month from what is in the books. The tax is worked back per line and head, for
    a shop that collects tax. Refused where something is not of this month."""
    delivered = [one for one in given if one.qty_milli]
    bought, adjusted = _dated(purchases), _dated(adjustments)
    paid = _dated(payments)
    first, last = month.first, month.last
    for day in (one.day for some in (delivered, bought, adjusted, paid) for one in some):
        if not first <= day <= last:
            raise Refused("month-day", f"{day.isoformat()} is not in {month}")
    lines = _lines(delivered, mode)
    kind = sale_document(mode, [line.gst_rate_bp for line in lines]) if lines else None
    return MonthBill(
        customer,
        month,
        number,
        kind,
        previous_paise,
        lines,
        _grid(delivered, month),
        tuple(bought),
        tuple(adjusted),
        tuple(paid),
    )


def _lines(given: Iterable[Given], mode: TaxMode) -> tuple[BillLine, ...]:
    """By item and, where rates changed in the month, by rate."""
    sums: dict[tuple[int, str, Unit, int, int, str], list[int]] = {}
    for one in sorted(given, key=lambda one: (one.day, one.half is Half.EVENING)):
        gst_rate = one.gst_rate_bp if mode.collects_tax else 0
        key = (one.plu, one.name, one.unit, one.rate_paise, gst_rate, one.hsn)
        so_far = sums.setdefault(key, [0, 0])
        so_far[0] += one.qty_milli
        so_far[1] += one.amount_paise
    by_item = sorted(sums.items(), key=lambda one: one[0][0])  # stable: rates as they came
    return tuple(_line(*key, qty, amount) for key, (qty, amount) in by_item)


def _line(
    plu: int,
    name: str,
    unit: Unit,
    rate_paise: int,
    gst_rate_bp: int,
    hsn: str,
    qty_milli: int,
    amount_paise: int,
) -> BillLine:
    heads = work_back(amount_paise, gst_rate_bp)
    return BillLine(
        plu,
        name,
        qty_milli,
        unit,
        rate_paise,
        rate_paise,
        0,
        amount_paise,
        heads.taxable_paise,
        heads.cgst_paise,
        heads.sgst_paise,
        heads.igst_paise,
        gst_rate_bp,
        hsn,
    )


def _grid(given: Iterable[Given], month: Month) -> tuple[GridItem, ...]:
    """By item, under the name it had last."""
    days = month.last.day
    mornings: dict[int, list[int]] = {}
    evenings: dict[int, list[int]] = {}
    named: dict[int, Given] = {}
    for one in given:
        plu = one.plu
        if plu not in named:
            mornings[plu], evenings[plu] = [0] * days, [0] * days
            named[plu] = one
        elif named[plu].day <= one.day:
            named[plu] = one
        cells = mornings if one.half is Half.MORNING else evenings
        cells[plu][one.day.day - 1] += one.qty_milli
    return tuple(
        GridItem(plu, named[plu].name, named[plu].unit, tuple(mornings[plu]), tuple(evenings[plu]))
        for plu in sorted(named)
    )


_Dated = TypeVar("_Dated", Purchase, Adjustment, Payment)


def _dated(some: Iterable[_Dated]) -> list[_Dated]:
    """By day; what is of one day stays in its order."""
    return sorted(some, key=lambda one: one.day)


# --- what has become of it ----------------------------------------------------------------------


class State(StrEnum):
    """How far a monthly bill is. An issued one never changes: what comes later is in the next."""

    DRAFT = "draft"
    ISSUED = "issued"
    PART_PAID = "part_paid"
    PAID = "paid"

    @property
    def words(self) -> str:
        """For people."""
        return self.value.replace("_", " ")


def state_of(due_paise: int, *, issued: bool, paid_since_paise: int = 0) -> State:
    """The state of a bill of which so much was paid since it was issued. Where nothing is due it
    is paid when it is issued; money paid back since makes it part paid or issued again."""
    if not issued:
        return State.DRAFT
    if due_paise <= paid_since_paise:
        return State.PAID
    return State.PART_PAID if paid_since_paise > 0 else State.ISSUED


def check_issue(bill: MonthBill, today: date) -> MonthBill:
    """The bill itself, if it can be issued. Refused before its month is over, for the grid is not
    whole then, and for one that was issued."""
    if bill.number:
        raise Refused(
            "month-issued", f"bill {bill.number} is issued: a correction goes on the next one"
        )
    if today <= bill.month.last:
        raise Refused(
            "month-open", f"{bill.month} is not over: it can be issued from {bill.month.next}-01"
        )
    return bill
