"""Bills as the books have them: one by its number, many by date."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from peewee import Tuple

from milkpos_tui.domain.bill import Bill, BillLine
from milkpos_tui.domain.cart import Measured, Tender, TenderKind
from milkpos_tui.domain.documents import DocumentKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.numbering import BillNumber
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.domain.roles import Right
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.records import BillRecord
from schema.connection import TillDatabase
from schema.tables import Bill as BillTable
from schema.tables import BillCopy, BillTender
from schema.tables import BillLine as LineTable

PAGE = 200  # bills read at once, so that a long list costs no memory

_CODES = "SELECT id, code FROM customer WHERE id IN"
# An account of the customer's goes up by what is below zero.
_POINTS = """
SELECT ledger, coalesce(sum(amount) FILTER (WHERE amount < 0), 0),
    coalesce(sum(amount) FILTER (WHERE amount > 0), 0)
FROM posting WHERE account = 'points' AND ledger IN"""

Part = LineTable | BillTender | BillCopy
Row = dict[str, Any]  # a row as Peewee's dicts() gives it: the one place where columns have no type


class Bills:
    """Reads documents; a long list comes page by page."""

    def __init__(self, db: TillDatabase, permissions: Permissions) -> None:
        self._db = db
        self._permissions = permissions

    def by_number(self, number: str) -> BillRecord:
        """The document of a number. Refused where there is none."""
        wanted = str(BillNumber.parse(number))
        return self._one(BillTable.number == wanted, f"there is no bill {wanted}")

    def by_id(self, bill: str) -> BillRecord:
        """The document of an id. Refused where there is none."""
        return self._one(BillTable.id == bill, "there is no such bill")

    def last_on(self, counter: str) -> BillRecord | None:
        """The newest sale of a counter."""
        query = (
            BillTable.select()
            .where((BillTable.counter == counter) & (BillTable.kind != "credit_note"))
            .order_by(BillTable.seq.desc())
            .limit(1)
        )
        found = self._records(list(query.dicts().execute(self._db)))
        return found[0] if found else None

    def takings(self, first: date, last: date, actor: Actor) -> Iterator[BillRecord]:
        """The same as `between`, for somebody who wants to see what was taken."""
        self._permissions.check(Right.SEE_TAKINGS, actor)
        return self.between(first, last)

    def between(self, first: date, last: date) -> Iterator[BillRecord]:
        """The documents of business dates, both included, in the order they were made."""
        begin, after = first.isoformat(), 0
        while True:
            query = (
                BillTable.select()
                .where(
                    (BillTable.business_date <= last.isoformat())
                    & (Tuple(BillTable.business_date, BillTable.seq) > Tuple(begin, after))
                )
                .order_by(BillTable.business_date, BillTable.seq)
                .limit(PAGE)
            )
            rows = list(query.dicts().execute(self._db))
            yield from self._records(rows)
            if len(rows) < PAGE:
                return
            begin, after = rows[-1]["business_date"], rows[-1]["seq"]

    def _one(self, condition: object, missing: str) -> BillRecord:
        rows = list(BillTable.select().where(condition).dicts().execute(self._db))
        if not rows:
            raise Refused("bill-unknown", missing)
        return self._records(rows)[0]

    def _records(self, rows: Sequence[Row]) -> list[BillRecord]:
        ids = [row["id"] for row in rows]
        lines = self._by_bill(LineTable, ids)
        tenders = self._by_bill(BillTender, ids)
        copies = self._by_bill(BillCopy, ids)
        returned = self._returned(ids)
        originals = self._numbers([row["original"] for row in rows if row["original"]])
        codes = self._codes([row["customer"] for row in rows if row["customer"]])
        points = self._points([row["id"] for row in rows if row["customer"]])
        return [
            _record(
                row,
                tuple(_line(line) for line in lines.get(row["id"], ())),
                tuple(_tender(tender) for tender in tenders.get(row["id"], ())),
                returned.get(row["id"], {}),
                len(copies.get(row["id"], ())),
                originals.get(row["original"]),
                codes.get(row["customer"]),
                *_points_of(row, points),
            )
            for row in rows
        ]

    def _by_bill(self, part: type[Part], ids: Sequence[str]) -> dict[str, list[Row]]:
        grouped: dict[str, list[Row]] = {}
        query = part.select().where(part.bill.in_(ids)).order_by(*part._meta.sorted_fields[:2])
        for row in query.dicts().execute(self._db):
            grouped.setdefault(row["bill"], []).append(row)
        return grouped

    def _returned(self, ids: Sequence[str]) -> dict[str, dict[int, int]]:
        back: dict[str, dict[int, int]] = {}
        query = (
            LineTable.select(BillTable.original, LineTable.of_line, LineTable.qty_milli)
            .join(BillTable, on=(BillTable.id == LineTable.bill))
            .where(BillTable.original.in_(ids))
        )
        for original, of_line, qty in query.tuples().execute(self._db):
            lines = back.setdefault(original, {})
            lines[of_line] = lines.get(of_line, 0) + qty
        return back

    def _numbers(self, ids: Sequence[str]) -> dict[str, str]:
        query = BillTable.select(BillTable.id, BillTable.number).where(BillTable.id.in_(ids))
        return dict(query.tuples().execute(self._db)) if ids else {}

    def _points(self, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        """What the bills of customers moved of their points, up and down, by the bill's id."""
        if not ids:
            return {}
        holes = ", ".join("?" * len(ids))
        rows = self._db.connection().execute(f"{_POINTS} ({holes}) GROUP BY ledger", tuple(ids))
        return {str(bill): (-int(up), int(down)) for bill, up, down in rows}

    def _codes(self, ids: Sequence[str]) -> dict[str, str]:
        """The codes of customers by id."""
        if not ids:
            return {}
        holes = ", ".join("?" * len(ids))
        rows = self._db.connection().execute(f"{_CODES} ({holes})", tuple(ids))
        return {str(customer): str(code) for customer, code in rows}


def _record(
    row: Row,
    lines: tuple[BillLine, ...],
    tenders: tuple[Tender, ...],
    returned: dict[int, int],
    copies: int,
    original_number: str | None,
    customer_code: str | None,
    points_earned: int,
    points_taken: int,
) -> BillRecord:
    document = Bill(
        kind=DocumentKind(row["kind"]),
        lines=lines,
        tenders=tenders,
        taxable_paise=row["taxable_paise"],
        cgst_paise=row["cgst_paise"],
        sgst_paise=row["sgst_paise"],
        igst_paise=row["igst_paise"],
        discount_paise=row["discount_paise"],
        round_off_paise=row["round_off_paise"],
        total_paise=row["total_paise"],
        change_paise=row["change_paise"],
    ).balanced()
    return BillRecord(
        id=row["id"],
        number=row["number"],
        at=row["at"],
        business_date=row["business_date"],
        shift=row["shift"],
        counter=row["counter"],
        operator=row["operator"],
        customer=row["customer"],
        state=_state(document, returned),
        document=document,
        original=row["original"],
        original_number=original_number,
        reason=row["reason"],
        returned_milli=returned,
        copies=copies,
        customer_code=customer_code,
        points_earned=points_earned,
        points_taken=points_taken,
    )


def _points_of(row: Row, points: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """What a document earned and what was taken for it; a note undoes both."""
    up, down = points.get(row["id"], (0, 0))
    return (-down, -up) if row["kind"] == DocumentKind.CREDIT_NOTE.value else (up, down)


def _state(document: Bill, returned: dict[int, int]) -> str:
    if document.kind is DocumentKind.CREDIT_NOTE:
        return "refunded"
    if not returned:
        return "paid"
    sold = {number: line.qty_milli for number, line in enumerate(document.lines, 1)}
    return "returned" if returned == sold else "part_returned"


def _line(row: Row) -> BillLine:
    fields = {name: row[name] for name in BillLine._fields}
    fields["unit"], fields["measured"] = Unit(row["unit"]), Measured(row["measured"])
    return BillLine(**fields)


def _tender(row: Row) -> Tender:
    return Tender(TenderKind(row["kind"]), row["amount_paise"], row["reference"])
