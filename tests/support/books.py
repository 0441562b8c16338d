"""Rows to break the database's rules with: each table's sound row, and a till's books by SQL."""

from contextlib import contextmanager
from dataclasses import dataclass

import apsw

from milkpos_tui.services.records import BillRecord
from schema import device_tables, finger_tables, khata_tables, message_tables, shift_tables, tables
from schema.sql import insert_sql
from tests.support.round_rows import ROUND_ROWS
from tests.support.tills import GSTIN, MILK, OWNER

SOUND = {
    tables.Entry: {
        "node": "n1",
        "epoch": 1,
        "seq": 1,
        "at": 1,
        "kind": "node.opened",
        "content": b"{}",
        "prev": bytes(32),
        "hash": bytes(32),
        "signature": bytes(64),
    },
    tables.Head: {"node": "n1", "epoch": 1, "seq": 1, "hash": bytes(32)},
    tables.Node: {"id": "n1", "epoch": 1, "public_key": bytes(32), "opened_at": 1},
    tables.Shop: {
        "one": 1,
        "name": "Nandini",
        "state_code": "29",
        "tax_mode": "regular",
        "gstin": GSTIN,
        "fssai": "",
        "address": "",
        "phone": "",
        "upi_vpa": "",
        "round_to_paise": 1,
    },
    tables.Counter: {"code": "2", "name": "Counter 2"},
    tables.Operator: {"code": "ravi", "name": "Ravi", "role": "cashier", "active": 1},
    tables.Product: {
        "plu": 500,
        "name": "Paneer",
        "category": "",
        "unit": "kg",
        "price_paise": 100,
        "mrp_paise": 100,
        "hsn": "0406",
        "rates": "5",
        "packed": 0,
        "step_milli": 1,
        "active": 1,
    },
    tables.Barcode: {"code": "12345670", "plu": MILK.plu},
    tables.Series: {"counter": "1", "series": "", "year": "2728", "last": 1},
    tables.Bill: {
        "id": "b1",
        "number": "1/2627/90",
        "seq": 90,
        "kind": "bill_of_supply",
        "at": 1,
        "business_date": "2026-11-23",
        "shift": None,
        "counter": "1",
        "operator": OWNER.operator,
        "customer": None,
        "taxable_paise": 6200,
        "cgst_paise": 0,
        "sgst_paise": 0,
        "igst_paise": 0,
        "discount_paise": 0,
        "round_off_paise": 0,
        "total_paise": 6200,
        "change_paise": 0,
        "original": None,
        "reason": "",
    },
    tables.BillLine: {
        "bill": "b1",
        "no": 1,
        "plu": MILK.plu,
        "name": MILK.name,
        "qty_milli": 1000,
        "unit": "litre",
        "rate_paise": 6200,
        "list_rate_paise": 6200,
        "discount_paise": 0,
        "amount_paise": 6200,
        "taxable_paise": 6200,
        "cgst_paise": 0,
        "sgst_paise": 0,
        "igst_paise": 0,
        "gst_rate_bp": 0,
        "hsn": "0401",
        "of_line": 0,
        "measured": "",
        "tare_milli": 0,
    },
    tables.BillTender: {
        "bill": "b1",
        "no": 1,
        "kind": "cash",
        "amount_paise": 6200,
        "reference": "",
    },
    tables.BillCopy: {"bill": "b1", "copy": 1, "at": 1, "operator": OWNER.operator},
    tables.Draft: {
        "id": "d1",
        "counter": "1",
        "operator": OWNER.operator,
        "state": "open",
        "version": 1,
        "discount_paise": 0,
        "discount_bp": 0,
        "opened_at": 1,
        "held_at": None,
        "customer": None,
        "points": 0,
        "point_paise": 0,
    },
    tables.DraftLine: {
        "draft": "d1",
        "id": 1,
        "plu": MILK.plu,
        "qty_milli": 1,
        "rate_paise": 1,
        "worth_paise": None,
        "discount_paise": 0,
        "discount_bp": 0,
        "keyed_at": 1,
        "measured": "",
        "tare_milli": 0,
    },
    tables.DraftTender: {
        "draft": "d1",
        "no": 1,
        "kind": "cash",
        "amount_paise": 1,
        "reference": "",
    },
    device_tables.Device: {
        "name": "scale",
        "role": "scale",
        "counter": "1",
        "kind": "serial",
        "address": "/dev/serial/by-id/scale",
        "options": "protocol=mt-sics",
        "added_at": 1,
        "state": "unknown",
        "words": "",
        "seen_at": None,
        "errors": 0,
        "last_error": "",
    },
    device_tables.PrintJob: {
        "id": 1,
        "counter": "1",
        "kind": "slip",
        "about": "b1",
        "copy": 0,
        "operator": OWNER.operator,
        "content": "",
        "state": "waiting",
        "queued_at": 1,
        "tries": 0,
        "error": "",
    },
    device_tables.CustomerView: {"counter": "1", "draft": "d1", "paise": 6200, "link": "upi://"},
    finger_tables.Finger: {
        "id": "0" * 36,
        "operator": OWNER.operator,
        "backend": "fido2",
        "credential": b"c",
        "public_key": b"k",
        "counter": 1,
        "label": "blue",
        "enrolled_at": 1,
        "seal": bytes(32),
    },
    shift_tables.Setting: {"name": "discount-limit", "value": "10"},
    shift_tables.ClockJump: {"node": "n1", "epoch": 1, "seq": 2, "last_at": 1, "by_ms": -5000},
    # A shift on counter 2: Rs 500, Rs 62 for milk, Rs 100 out of the bank, closed as it should be.
    shift_tables.Shift: {
        "id": "s1",
        "seq": 1,
        "counter": "2",
        "operator": OWNER.operator,
        "opened_by": OWNER.operator,
        "business_date": "2026-11-23",
        "name": "morning",
        "opened_at": 1,
        "closed_at": None,
        "float_paise": 50000,
        "denominations": "500=1",
        "declaration": "ab" * 32,
    },
    shift_tables.ShiftCash: {
        "shift": "s1",
        "no": 1,
        "kind": "in",
        "amount_paise": 10000,
        "at": 1,
        "operator": OWNER.operator,
        "approver": "",
        "reason": "coins",
        "payee": "",
    },
    shift_tables.ShiftCount: {
        "shift": "s1",
        "no": 1,
        "at": 1,
        "operator": OWNER.operator,
        "denominations": "500=1,100=1,50=1,10=1,2=1",
        "successor": None,
        "reason": "",
    },
    shift_tables.ShiftCountTender: {
        "shift": "s1",
        "no": 1,
        "kind": "cash",
        "expected_paise": 66200,
        "counted_paise": 66200,
    },
    shift_tables.ZReport: {
        "shift": "s1",
        "counter": "2",
        "number": 1,
        "at": 1,
        "operator": OWNER.operator,
        "count_no": 1,
        "reason": "",
        "bills": 1,
        "returns": 0,
        "first_bill": "2/2627/1",
        "last_bill": "2/2627/1",
        "first_note": "",
        "last_note": "",
        "sold_paise": 6200,
        "refunded_paise": 0,
        "discount_paise": 0,
        "round_off_paise": 0,
        "in_paise": 10000,
        "out_paise": 0,
        "dropped_paise": 0,
        "drawer_openings": 0,
        "carried": 0,
        "carried_paise": 0,
        "dropped_bills": 0,
        "dropped_bills_paise": 0,
        "perpetual_sold_paise": 6200,
        "perpetual_refunded_paise": 0,
        "head_seq": 1,
        "head_hash": "cd" * 32,
        "schema_hash": "ef" * 32,
    },
    shift_tables.ZTender: {
        "shift": "s1",
        "kind": "cash",
        "kept_paise": 6200,
        "refunded_paise": 0,
    },
    shift_tables.ZTax: {
        "shift": "s1",
        "rate_bp": 0,
        "taxable_paise": 6200,
        "cgst_paise": 0,
        "sgst_paise": 0,
        "igst_paise": 0,
        "amount_paise": 6200,
    },
    khata_tables.ZKhata: {
        "shift": "s1",
        "kind": "upi",
        "received_paise": 0,
        "paid_back_paise": 0,
    },
    khata_tables.Customer: {
        "id": "c1",
        "code": "12",
        "digest": "ab" * 32,
        "limit_paise": 100000,
        "language": "kn",
        "price_list": "khata",
        "active": 1,
        "merged_into": None,
        "erased_at": None,
    },
    khata_tables.Ledger: {
        "id": "l1",
        "seq": 1,
        "customer": "c1",
        "kind": "adjustment",
        "at": 1,
        "day": "2026-11-23",
        "reference": "",
        "reason": "spilt",
        "tender": None,
        "counter": None,
        "shift": None,
        "operator": OWNER.operator,
        "approver": "",
    },
    khata_tables.Posting: {
        "ledger": "l1",
        "no": 1,
        "account": "khata",
        "unit": "paise",
        "customer": "c1",
        "amount": 6200,
    },
    khata_tables.Balance: {
        "customer": "c1",
        "account": "khata",
        "unit": "paise",
        "amount": 6200,
    },
    khata_tables.BalanceDay: {
        "customer": "c1",
        "account": "khata",
        "unit": "paise",
        "day": "2026-11-23",
        "up": 6200,
        "down": 0,
    },
    khata_tables.Rate: {
        "list": "khata",
        "customer": "",
        "plu": MILK.plu,
        "from_day": "2026-11-23",
        "rate_paise": 6000,
    },
    khata_tables.CustomerCard: {
        "no": 1,
        "customer": "c1",
        "salt": bytes(16),
        "name": "Meena",
        "phone": "",
        "consent_on": "",
        "address": "",
        "lane": "",
        "notes": "",
        "card": "",
        "email": "",
    },
    message_tables.Message: {
        "id": 1,
        "customer": "c1",
        "month": "2026-10",
        "channel": "sms",
        "state": "sent",
        "operator": OWNER.operator,
        "queued_at": 1,
        "next_at": 1,
        "ended_at": 2,
        "tries": 1,
        "why": "",
        "refusals": 0,
    },
    **ROUND_ROWS,
}

# The tables of a shift in the order it writes them; each needs those before it.
OF_A_SHIFT = (
    tables.Counter,
    shift_tables.Shift,
    shift_tables.ShiftCash,
    shift_tables.ShiftCount,
    shift_tables.ShiftCountTender,
    shift_tables.ZReport,
    shift_tables.ZTender,
    shift_tables.ZTax,
    khata_tables.ZKhata,
)


@dataclass
class Books:
    """The books of a till that sold, took back and printed again; `draft` is open."""

    connection: apsw.Connection
    bill: BillRecord
    draft: str

    def run(self, sql, values=()):
        return self.connection.execute(sql, values).fetchall()

    def insert(self, table, **change):
        """A sound row, but for the columns that are given. A bill is of the open shift."""
        if table is tables.Bill:
            change = {"shift": self.bill.shift, **change}
        self.run(insert_sql(table), tuple({**SOUND[table], **change}.values()))

    def store(self, table, change):
        """The same, after what such a row needs to be there before."""
        if table is tables.Shop:
            self.run("DELETE FROM shop")
        if table in (tables.Bill, tables.BillLine, tables.BillTender):
            parts = {tables.Bill: {}, tables.BillLine: {}, tables.BillTender: {}, table: change}
            self.close_bill(*parts.values())
            return
        if table in (khata_tables.Ledger, khata_tables.Posting):
            parts = {khata_tables.Ledger: {}, khata_tables.Posting: {}, table: change}
            self.post(*parts.values())
            return
        if table in OF_A_SHIFT:
            self.keep_shift(OF_A_SHIFT[: OF_A_SHIFT.index(table)])
        if table is tables.BillCopy:
            self.close_bill()
        if table is tables.Draft:
            self.run("DELETE FROM draft")
        if table in (tables.DraftLine, tables.DraftTender):
            self.insert(tables.Draft, state="held")
        self.insert(table, **change)

    def keep_shift(self, steps=OF_A_SHIFT):
        """The sound shift on counter 2 so far; after all of its steps only its end is missing."""
        for table in steps:
            self.insert(table)
            if table is shift_tables.Shift:
                self.close_bill(id="b2", number="2/2627/1", counter="2", shift="s1")

    def close_shift(self):
        """The sound shift on counter 2, closed; the next one is open and counted."""
        self.keep_shift()
        self.run("UPDATE shift SET closed_at = 2 WHERE id = 's1'")
        self.insert(shift_tables.Shift, id="s2", seq=2)
        self.insert(shift_tables.ShiftCount, shift="s2")
        self.insert(
            shift_tables.ShiftCountTender, shift="s2", expected_paise=50000, counted_paise=50000
        )

    def next_z(self, **change):
        """The sound Z of that next shift, in which nothing was sold."""
        nothing = {"bills": 0, "first_bill": "", "last_bill": "", "sold_paise": 0, "in_paise": 0}
        z = {"shift": "s2", "number": 2, **nothing, **change}
        self.insert(shift_tables.ZReport, **z)

    @contextmanager
    def transaction(self):
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            self.run("ROLLBACK")
            raise

    def close_bill(self, bill=None, line=None, tender=None, *, lines=1, tenders=1, **more):
        """A sound bill of one litre of milk for cash, but for the columns that are given."""
        bill = {**(bill or {}), **more}
        key = bill.get("id", SOUND[tables.Bill]["id"])
        with self.transaction():
            for no in range(1, lines + 1):
                self.insert(tables.BillLine, **{"bill": key, "no": no, **(line or {})})
            for no in range(1, tenders + 1):
                self.insert(tables.BillTender, **{"bill": key, "no": no, **(tender or {})})
            self.insert(tables.Bill, **bill)

    def post(self, entry=None, posting=None, *, against=None):
        """A sound entry of a khata, but for the columns that are given."""
        other = {"no": 2, "account": "adjustments", "customer": None, "amount": -6200}
        with self.transaction():
            self.insert(khata_tables.Posting, **(posting or {}))
            self.insert(khata_tables.Posting, **{**other, **(against or {})})
            self.insert(khata_tables.Ledger, **(entry or {}))

    def give_back(self, qty_milli, number="1-R/2627/90", of_line=1):
        """A credit note for a part of the bill, at no amount: it is the quantity that counts."""
        nothing = {"amount_paise": 0, "taxable_paise": 0}
        self.close_bill(
            line={"qty_milli": qty_milli, "of_line": of_line, **nothing},
            tenders=0,
            id=f"note {number}",
            number=number,
            kind="credit_note",
            original=self.bill.id,
            taxable_paise=0,
            total_paise=0,
        )
