"""What the tables themselves refuse: rows that can't be, text from people, broken references."""

import apsw
import pytest

from schema import khata_tables, shift_tables, tables
from tests.support.books import SOUND
from tests.support.tills import GHEE, rupees


@pytest.mark.parametrize("table", SOUND, ids=lambda table: table.__name__)
def test_a_sound_row_is_taken(books, table):
    # Else the refusals below might be for another reason than the one they are named after.
    books.store(table, {})


def test_a_number_is_given_once(books):
    with pytest.raises(apsw.ConstraintError, match=r"^UNIQUE constraint failed: bill\.number$"):
        books.close_bill(number=books.bill.number)


def test_a_draft_becomes_one_bill(books):
    # No line can be added to what is a bill, so a second bill of that id never even begins.
    with pytest.raises(apsw.ConstraintError, match="bill_line: the bill is closed"):
        books.close_bill(id=books.bill.id)
    books.close_bill()
    with pytest.raises(apsw.ConstraintError, match=r"^UNIQUE constraint failed: bill\.id$"):
        books.insert(tables.Bill, number="1/2627/91")


def test_a_counter_has_one_open_draft(books):
    with pytest.raises(apsw.ConstraintError, match=r"^UNIQUE constraint failed: draft\.counter$"):
        books.insert(tables.Draft)
    books.run("UPDATE draft SET state = 'held' WHERE id = ?", [books.draft])
    books.insert(tables.Draft)


def test_a_dropped_draft_takes_its_lines_along(books):
    books.run("DELETE FROM draft WHERE id = ?", [books.draft])
    assert books.run("SELECT count(*) FROM draft_line") == [(0,)]


def test_there_is_one_shop(books):
    with pytest.raises(apsw.ConstraintError, match=r"UNIQUE constraint failed: shop\.one"):
        books.run("INSERT INTO shop SELECT * FROM shop")


def test_a_barcode_is_one_product_s(books):
    with pytest.raises(apsw.ConstraintError, match=r"UNIQUE constraint failed: barcode\.code"):
        books.insert(tables.Barcode, code=GHEE.barcodes[0])


@pytest.mark.parametrize("table", [tables.BillLine, tables.BillTender])
def test_no_line_or_tender_without_its_bill(books, table):
    # They come before their bill; at the commit the bill must be there.
    with (
        pytest.raises(apsw.ConstraintError, match="FOREIGN KEY constraint failed"),
        books.transaction(),
    ):
        books.insert(table)
    assert books.run(f"SELECT count(*) FROM {table._meta.table_name} WHERE bill = 'b1'") == [(0,)]


def test_no_posting_without_its_entry(books):
    with (
        pytest.raises(apsw.ConstraintError, match="FOREIGN KEY constraint failed"),
        books.transaction(),
    ):
        books.insert(khata_tables.Posting)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        (tables.Bill, {"operator": "nobody"}),
        (tables.BillCopy, {"bill": "b9"}),
        (tables.Barcode, {"plu": 999}),
        (tables.Series, {"counter": "9"}),
        (tables.Draft, {"counter": "9"}),
        (tables.DraftLine, {"draft": "d9"}),
        (tables.DraftLine, {"plu": 999}),
        (tables.DraftTender, {"draft": "d9"}),
        (shift_tables.Shift, {"counter": "9"}),
        (shift_tables.Shift, {"operator": "nobody", "opened_by": "nobody"}),
        (shift_tables.ShiftCash, {"operator": "nobody"}),
        (shift_tables.ShiftCount, {"operator": "nobody"}),
        (shift_tables.ShiftCount, {"successor": "nobody"}),
        (shift_tables.ShiftCountTender, {"no": 9}),
        (shift_tables.ZReport, {"operator": "nobody"}),
        (khata_tables.Ledger, {"operator": "nobody"}),
        (khata_tables.Ledger, {"counter": "9"}),
    ],
    ids=str,
)
def test_what_is_referred_to_exists(books, table, change):
    with pytest.raises(apsw.ConstraintError, match="FOREIGN KEY constraint failed"):
        books.store(table, change)


@pytest.mark.parametrize(
    ("table", "change", "rule"),
    [
        (tables.Bill, {"cgst_paise": 10, "taxable_paise": 6190}, "cgst_paise = sgst_paise"),
        (tables.Bill, {"taxable_paise": 6100}, "taxable_paise + cgst_paise + sgst_paise"),
        (tables.Bill, {"kind": "credit_note"}, "(kind = 'credit_note') = (original IS NOT NULL)"),
        (tables.Bill, {"original": "b1"}, "(kind = 'credit_note') = (original IS NOT NULL)"),
        (tables.Bill, {"kind": "quotation"}, "\n        kind IN ('tax_invoice'"),
        (tables.Bill, {"number": "1/2627/1234567890"}, "length(number) <= 16"),
        (tables.Bill, {"discount_paise": 10**11 + 1}, "discount_paise BETWEEN"),
        (tables.Bill, {"discount_paise": -(10**11) - 1}, "discount_paise BETWEEN"),
        (tables.BillLine, {"no": 0}, "no >= 1"),
        (tables.BillLine, {"qty_milli": 0}, "qty_milli > 0"),
        (tables.BillLine, {"rate_paise": 0}, "rate_paise > 0"),
        (tables.BillLine, {"discount_paise": -1}, "discount_paise >= 0"),
        (tables.BillLine, {"amount_paise": -1, "taxable_paise": -1}, "amount_paise >= 0"),
        (tables.BillLine, {"taxable_paise": -1, "igst_paise": 6201}, "taxable_paise >= 0"),
        (tables.BillLine, {"taxable_paise": 6100}, "taxable_paise + cgst_paise + sgst_paise"),
        (tables.BillLine, {"taxable_paise": 6190, "cgst_paise": 10}, "sgst_paise = cgst_paise"),
        (tables.BillLine, {"taxable_paise": 6190, "sgst_paise": 10}, "sgst_paise = cgst_paise"),
        (tables.BillLine, {"taxable_paise": 6210, "igst_paise": -10}, "igst_paise >= 0"),
        (
            tables.BillLine,
            {"taxable_paise": 6220, "cgst_paise": -10, "sgst_paise": -10},
            "cgst_paise >= 0",
        ),
        (tables.BillLine, {"gst_rate_bp": 10001}, "gst_rate_bp BETWEEN 0 AND 10000"),
        (tables.BillLine, {"gst_rate_bp": -1}, "gst_rate_bp BETWEEN 0 AND 10000"),
        (tables.BillTender, {"kind": "cheque"}, "kind IN ('cash', 'upi', 'card', 'khata')"),
        (tables.BillTender, {"amount_paise": 0}, "amount_paise > 0"),
        (tables.BillTender, {"no": 0}, "no >= 1"),
        (tables.BillCopy, {"copy": 0}, "copy >= 1"),
        (tables.Product, {"plu": 0}, "plu BETWEEN 1 AND 999999"),
        (tables.Product, {"plu": 1_000_000}, "plu BETWEEN 1 AND 999999"),
        (tables.Product, {"name": ""}, "length(name) > 0"),
        (tables.Product, {"unit": "gallon"}, "unit IN ('piece', 'kg', 'litre', 'pack')"),
        (tables.Product, {"price_paise": 0}, "price_paise > 0"),
        (tables.Product, {"mrp_paise": 99}, "mrp_paise >= price_paise"),
        (tables.Product, {"step_milli": 0}, "step_milli > 0"),
        (tables.Product, {"packed": 2}, "packed IN (0, 1)"),
        (tables.Product, {"active": -1}, "active IN (0, 1)"),
        (tables.Barcode, {"code": ""}, "length(code) BETWEEN 1 AND 48"),
        (tables.Barcode, {"code": "9" * 49}, "length(code) BETWEEN 1 AND 48"),
        (tables.Counter, {"code": ""}, "length(code) BETWEEN 1 AND 3"),
        (tables.Counter, {"code": "1234"}, "length(code) BETWEEN 1 AND 3"),
        (tables.Operator, {"code": ""}, "length(code) BETWEEN 1 AND 12"),
        (tables.Operator, {"code": "o" * 13}, "length(code) BETWEEN 1 AND 12"),
        (tables.Operator, {"active": 2}, "active IN (0, 1)"),
        (tables.Series, {"series": "-X"}, "series IN ('', '-R')"),
        (tables.Series, {"year": "26-27"}, "length(year) = 4"),
        (tables.Draft, {"state": "paid"}, "state IN ('open', 'held')"),
        (tables.Draft, {"discount_paise": -1}, "discount_paise >= 0"),
        (tables.Draft, {"discount_bp": 10001}, "discount_bp BETWEEN 0 AND 10000"),
        (tables.DraftLine, {"qty_milli": 0}, "qty_milli > 0"),
        (tables.DraftLine, {"rate_paise": 0}, "rate_paise > 0"),
        (tables.DraftLine, {"worth_paise": 0}, "worth_paise > 0"),
        (tables.DraftTender, {"amount_paise": 0}, "amount_paise > 0"),
        (tables.Entry, {"epoch": 0}, "epoch >= 1"),
        (tables.Entry, {"prev": bytes(31)}, "length(prev) = 32"),
        (tables.Entry, {"hash": bytes(33)}, "length(hash) = 32"),
        (tables.Entry, {"signature": bytes(63)}, "length(signature) = 64"),
        (tables.Head, {"hash": bytes(31)}, "length(hash) = 32"),
        (tables.Node, {"public_key": bytes(31)}, "length(public_key) = 32"),
        (tables.Shop, {"one": 2}, "one = 1"),
        (tables.Shop, {"state_code": "KA1"}, "length(state_code) = 2"),
        (tables.Shop, {"tax_mode": "none"}, "tax_mode IN ('unregistered', 'composition'"),
        (tables.Shop, {"gstin": "29"}, "length(gstin) IN (0, 15)"),
        (tables.Shop, {"fssai": "1"}, "length(fssai) IN (0, 14)"),
        (tables.Shop, {"round_to_paise": 50}, "round_to_paise IN (1, 100)"),
        (shift_tables.Setting, {"name": ""}, "length(name) BETWEEN 1 AND 40"),
        (shift_tables.Setting, {"name": "s" * 41}, "length(name) BETWEEN 1 AND 40"),
        (shift_tables.ClockJump, {"by_ms": 0}, "by_ms <> 0"),
        (shift_tables.Shift, {"seq": 0}, "seq >= 1"),
        (shift_tables.Shift, {"business_date": "2026-1-1"}, "length(business_date) = 10"),
        (shift_tables.Shift, {"name": ""}, "length(name) > 0"),
        (shift_tables.Shift, {"float_paise": -1}, "float_paise BETWEEN 0 AND"),
        (shift_tables.Shift, {"float_paise": 10**11 + 1}, "float_paise BETWEEN 0 AND"),
        (shift_tables.Shift, {"denominations": "1" * 201}, "length(denominations) <= 200"),
        (shift_tables.Shift, {"declaration": "ab" * 31}, "length(declaration) = 64"),
        (shift_tables.ShiftCash, {"no": 0}, "no >= 1"),
        (shift_tables.ShiftCash, {"kind": "lost"}, "kind IN ('in', 'out', 'drop', 'drawer')"),
        (shift_tables.ShiftCash, {"amount_paise": -1}, "amount_paise BETWEEN 0 AND"),
        (shift_tables.ShiftCash, {"amount_paise": 10**11 + 1}, "amount_paise BETWEEN 0 AND"),
        (shift_tables.ShiftCash, {"amount_paise": 0}, "(kind = 'drawer') = (amount_paise = 0)"),
        (shift_tables.ShiftCash, {"kind": "drawer"}, "(kind = 'drawer') = (amount_paise = 0)"),
        (shift_tables.ShiftCash, {"reason": ""}, "length(reason) > 0"),
        (shift_tables.ShiftCount, {"no": 0}, "no >= 1"),
        (shift_tables.ShiftCount, {"denominations": "1" * 201}, "length(denominations) <= 200"),
        (shift_tables.ShiftCountTender, {"kind": "cheque"}, "kind IN ('cash', 'upi'"),
        (shift_tables.ShiftCountTender, {"counted_paise": -1}, "counted_paise >= 0"),
        *(
            (shift_tables.ZReport, {name: -1}, f"{name} >= 0")
            for name in (
                "in_paise",
                "out_paise",
                "dropped_paise",
                "drawer_openings",
                "carried",
                "carried_paise",
                "dropped_bills",
                "dropped_bills_paise",
            )
        ),
        (shift_tables.ZReport, {"head_hash": "ab"}, "length(head_hash) = 64"),
        (shift_tables.ZReport, {"schema_hash": "ab"}, "length(schema_hash) = 64"),
        (shift_tables.ZTender, {"kind": "cheque"}, "kind IN ('cash', 'upi', 'card', 'khata')"),
        (shift_tables.ZTax, {"rate_bp": -1}, "rate_bp BETWEEN 0 AND 10000"),
        (shift_tables.ZTax, {"rate_bp": 10001}, "rate_bp BETWEEN 0 AND 10000"),
        (shift_tables.ZTax, {"taxable_paise": 6190, "cgst_paise": 10}, "sgst_paise = cgst_paise"),
        (shift_tables.ZTax, {"amount_paise": 6199}, "taxable_paise + cgst_paise + sgst_paise"),
        (khata_tables.ZKhata, {"kind": "khata"}, "kind IN ('cash', 'upi', 'card')"),
        (khata_tables.Customer, {"code": ""}, "length(code) BETWEEN 1 AND 6"),
        (khata_tables.Customer, {"code": "1234567"}, "length(code) BETWEEN 1 AND 6"),
        (khata_tables.Customer, {"code": "1a"}, "length(code) BETWEEN 1 AND 6 AND code NOT GLOB"),
        (khata_tables.Customer, {"digest": "ab"}, "length(digest) = 64"),
        (khata_tables.Customer, {"limit_paise": -1}, "limit_paise BETWEEN 0 AND"),
        (khata_tables.Customer, {"language": "english"}, "length(language) BETWEEN 2 AND 3"),
        (khata_tables.Customer, {"price_list": "cheap"}, "price_list IN ('counter', 'khata'"),
        (khata_tables.Customer, {"active": 2}, "active IN (0, 1)"),
        (khata_tables.Customer, {"merged_into": "c1"}, "merged_into <> id"),
        (khata_tables.Ledger, {"seq": 0}, "seq >= 1"),
        (khata_tables.Ledger, {"kind": "gift"}, "kind IN ('sale', 'return'"),
        (khata_tables.Ledger, {"day": "2026-1-1"}, "length(day) = 10"),
        (khata_tables.Ledger, {"tender": "khata"}, "tender IN ('cash', 'upi', 'card')"),
        (khata_tables.Ledger, {"tender": "cash"}, "(tender IS NOT NULL) = (shift IS NOT NULL)"),
        (khata_tables.Posting, {"no": 0}, "no >= 1"),
        (khata_tables.Posting, {"amount": 0}, "amount <> 0"),
        (khata_tables.Posting, {"amount": 10**11 + 1}, "amount <> 0 AND abs(amount) <="),
        (khata_tables.Posting, {"account": "gifts"}, "CASE"),
        (khata_tables.Posting, {"unit": "bottle"}, "CASE"),
        (khata_tables.Posting, {"account": "containers"}, "CASE"),
        (khata_tables.Posting, {"customer": None}, "(customer IS NOT NULL) ="),
        (khata_tables.BalanceDay, {"up": -1}, "up >= 0"),
        (khata_tables.BalanceDay, {"down": -1}, "down >= 0"),
        (khata_tables.BalanceDay, {"day": "2026"}, "length(day) = 10"),
        (khata_tables.Rate, {"list": "counter"}, "list IN ('', 'khata', 'wholesale')"),
        (khata_tables.Rate, {"rate_paise": 0}, "rate_paise BETWEEN 1 AND"),
        (khata_tables.Rate, {"customer": "c1"}, "(list = '') = (customer <> '')"),
        (khata_tables.Rate, {"list": ""}, "(list = '') = (customer <> '')"),
        (khata_tables.CustomerCard, {"salt": b""}, "length(salt) = 16"),
        (khata_tables.CustomerCard, {"consent_on": "yes"}, "length(consent_on) IN (0, 10)"),
    ],
    ids=str,
)
def test_what_can_not_be(books, table, change, rule):
    with pytest.raises(apsw.ConstraintError) as refused:
        books.store(table, change)
    assert str(refused.value).startswith(f"CHECK constraint failed: {rule.strip()}")


@pytest.mark.parametrize(
    ("trigger", "table", "change", "rule"),
    [
        ("bill_in_open_shift", tables.Bill, {"counter": "9"}, "FOREIGN KEY constraint failed"),
        ("bill_in_open_shift", tables.Bill, {"business_date": "1"}, "length(business_date) = 10"),
        ("z_follows", shift_tables.ZReport, {"number": 0}, "number >= 1"),
        *(
            ("z_adds_up", shift_tables.ZReport, {name: -1, **follows}, f"{name} >= 0")
            for name, follows in (
                ("bills", {}),
                ("returns", {}),
                ("sold_paise", {"perpetual_sold_paise": -1}),
                ("refunded_paise", {"perpetual_refunded_paise": -1}),
            )
        ),
    ],
    ids=str,
)
def test_what_a_trigger_refuses_first_can_not_be_either(books, trigger, table, change, rule):
    books.run(f"DROP TRIGGER {trigger}")
    with pytest.raises(apsw.ConstraintError) as refused:
        books.store(table, change)
    assert str(refused.value).removeprefix("CHECK constraint failed: ").startswith(rule)


# --- text from people ----------------------------------------------------------------------------

# The columns that people write, and the longest text they take.
WRITTEN = {
    ("shop", "name"): 200,
    ("shop", "address"): 400,
    ("shop", "phone"): 40,
    ("shop", "upi_vpa"): 80,
    ("counter", "name"): 200,
    ("operator", "name"): 200,
    ("product", "name"): 80,
    ("product", "category"): 40,
}
CONTROLS = [chr(code) for code in (*range(1, 32), 127)]


@pytest.mark.parametrize(("table", "column"), WRITTEN)
def test_no_control_character_is_stored(books, table, column):
    for control in CONTROLS:
        with pytest.raises(apsw.ConstraintError, match="CHECK constraint failed"):
            books.run(f"UPDATE {table} SET {column} = ?", [f"Cow{control}milk"])
    books.run(f"UPDATE {table} SET {column} = ?", ["Cow milk ~ गाय का दूध [red] ₹"])


@pytest.mark.parametrize(("table", "column"), WRITTEN)
def test_text_is_bounded(books, table, column):
    longest = WRITTEN[table, column]
    books.run(f"UPDATE {table} SET {column} = ?", ["म" * longest])
    with pytest.raises(apsw.ConstraintError, match=rf"length\({column}\) <= {longest}"):
        books.run(f"UPDATE {table} SET {column} = ?", ["म" * (longest + 1)])


@pytest.mark.parametrize("control", ["\x1b[2J", "\n", "\x7f"], ids=repr)
@pytest.mark.parametrize(
    ("part", "column"), [("bill", "reason"), ("line", "name"), ("tender", "reference")]
)
def test_no_control_character_in_a_bill(books, part, column, control):
    with pytest.raises(apsw.ConstraintError, match=rf"CHECK constraint failed: length\({column}\)"):
        books.close_bill(**{part: {column: f"so{control}ur"}})


OF_SHIFTS = {
    (shift_tables.Setting, "value"): 400,
    (shift_tables.Shift, "name"): 20,
    (shift_tables.ShiftCash, "reason"): 200,
    (shift_tables.ShiftCash, "payee"): 80,
    (shift_tables.ShiftCount, "reason"): 200,
    (shift_tables.ZReport, "reason"): 200,
    (khata_tables.Ledger, "reference"): 80,
    (khata_tables.Ledger, "reason"): 200,
    (khata_tables.CustomerCard, "name"): 80,
    (khata_tables.CustomerCard, "phone"): 20,
    (khata_tables.CustomerCard, "address"): 200,
    (khata_tables.CustomerCard, "lane"): 40,
    (khata_tables.CustomerCard, "notes"): 200,
    (khata_tables.CustomerCard, "card"): 48,
}


@pytest.mark.parametrize("control", ["\x1b[2J", "\n", "\x7f"], ids=repr)
@pytest.mark.parametrize(("table", "column"), OF_SHIFTS)
def test_no_control_character_in_a_shift_or_khata(books, table, column, control):
    with pytest.raises(apsw.ConstraintError, match=rf"CHECK constraint failed: length\({column}\)"):
        books.store(table, {column: f"so{control}ur"})


@pytest.mark.parametrize(("table", "column"), OF_SHIFTS)
def test_text_of_a_shift_is_bounded(books, table, column):
    longest = OF_SHIFTS[table, column]
    with pytest.raises(apsw.ConstraintError, match=rf"length\({column}\) <= {longest}"):
        books.store(table, {column: "म" * (longest + 1)})


@pytest.mark.parametrize(("table", "column"), OF_SHIFTS)
def test_the_longest_text_of_a_shift(books, table, column):
    books.store(table, {column: "म" * OF_SHIFTS[table, column]})


# --- numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [62.5, "sixty-two", b"62"], ids=repr)
def test_amounts_are_whole_numbers(books, amount):
    with pytest.raises(apsw.ConstraintError, match="cannot store"):
        books.close_bill(total_paise=amount)


def test_the_smallest_price_is_a_paisa(books):
    books.insert(tables.Product, price_paise=rupees("0.01"))
