"""The money rules that triggers keep: each broken once, by plain SQL."""

import apsw
import pytest

from schema import finger_tables, khata_tables, message_tables, shift_tables, tables
from schema.all_tables import KEPT, PROJECTED
from tests.schema.round_violations import LEFT_BEHIND, ROUND_VIOLATIONS
from tests.support.books import OF_A_SHIFT

SOLD_MILLI = 3000  # of the bill in `books`, and 1000 of it came back

CHANGES = {
    "entry": "kind = 'bill.dropped'",
    "bill": "operator = 'ravi'",
    "bill_line": "qty_milli = 1",
    "bill_tender": "kind = 'upi'",
    "bill_copy": "at = 0",
    "node": "public_key = zeroblob(32)",
}
# What a shift leaves behind, and what it is called when somebody changes it.
KEPT_OF_A_SHIFT = {
    "shift_cash": ("amount_paise = 1", "cash that moved"),
    "shift_count": ("denominations = ''", "a count"),
    "shift_count_tender": ("counted_paise = 0", "a count"),
    "z_report": ("sold_paise = 0", "a Z"),
    "z_tender": ("kept_paise = 0", "a Z"),
    "z_tax": ("taxable_paise = 0", "a Z"),
    "clock_jump": ("by_ms = 1", "a jump of the clock"),
    "ledger": ("day = '2026-11-22'", "an entry"),
    "posting": ("amount = 1", "a posting"),
    "z_khata": ("received_paise = 1", "a Z"),
}
# What moves after Rs 100 were put in, and what should then be there.
CASH_MOVED = [
    ("in", 500, 66700),
    ("out", 500, 65700),
    ("drop", 500, 65700),
    ("drawer", 0, 66200),
]
NEXT_ENTRY = (
    "INSERT INTO entry SELECT node, epoch, {seq}, at, kind, content, prev, hash, signature"
    " FROM entry ORDER BY seq DESC LIMIT 1"
)


def add_line(books):
    books.insert(tables.BillLine, bill=books.bill.id, no=9)


def add_tender(books):
    books.insert(tables.BillTender, bill=books.bill.id, no=9)


def open_a_bill_again(books):
    books.insert(tables.Draft, id=books.bill.id, state="held")


def count_too_little(books):
    """A Z of a count that expected less than the float."""
    with books.transaction():
        books.insert(shift_tables.ShiftCount, shift="s2", no=2)
        books.insert(shift_tables.ShiftCountTender, shift="s2", no=2, expected_paise=49900)
        books.next_z(count_no=2)


# By the name of the trigger: what it is there to stop, and what it says.
VIOLATIONS = {
    **{
        f"{table}_no_update": (
            lambda books, table=table, change=change: books.run(f"UPDATE {table} SET {change}"),
            f"{table}: what is closed is never changed",
        )
        for table, change in CHANGES.items()
    },
    **{
        f"{table}_no_delete": (
            lambda books, table=table: books.run(f"DELETE FROM {table}"),
            f"{table}: what is closed is never changed",
        )
        for table in CHANGES
    },
    **{
        f"{table}_no_update": (
            lambda books, table=table, change=change: books.run(f"UPDATE {table} SET {change}"),
            f"{table}: {what} is never changed",
        )
        for table, (change, what) in KEPT_OF_A_SHIFT.items()
    },
    **{
        f"{table}_no_delete": (
            lambda books, table=table: books.run(f"DELETE FROM {table}"),
            f"{table}: {what} is never changed",
        )
        for table, (_change, what) in KEPT_OF_A_SHIFT.items()
    },
    "entry_continues": (
        lambda books: books.run(NEXT_ENTRY.format(seq="seq + 2")),
        "entry: the next number of its chain is another",
    ),
    "series_continues": (
        lambda books: books.run("UPDATE series SET last = last + 2"),
        "series: numbers are given one after another",
    ),
    "series_starts": (
        lambda books: books.run("INSERT INTO series VALUES ('1', '', '2728', 2)"),
        "series: numbers start at 1",
    ),
    "series_stays": (
        lambda books: books.run("DELETE FROM series"),
        "series: never forgotten",
    ),
    "operator_has_a_role": (
        lambda books: books.insert(tables.Operator, code="x", role="boss"),
        "operator: no such role",
    ),
    "operator_keeps_a_role": (
        lambda books: books.run("UPDATE operator SET role = 'boss'"),
        "operator: no such role",
    ),
    "operator_stays": (
        lambda books: books.run("DELETE FROM operator"),
        "operator: never forgotten",
    ),
    "bill_line_closed": (add_line, "bill_line: the bill is closed"),
    "bill_tender_closed": (add_tender, "bill_tender: the bill is closed"),
    "bill_balances": (
        lambda books: books.close_bill(tender={"amount_paise": 6100}),
        "bill: lines, round-off, tenders and total do not balance",
    ),
    "bill_returns_what_was_sold": (
        lambda books: books.give_back(SOLD_MILLI),
        "bill: more would come back than was sold",
    ),
    "bill_returns_lines_of_its_original": (
        lambda books: books.give_back(1, of_line=7),
        "bill: a line comes back that was not on the original",
    ),
    "draft_is_no_bill": (open_a_bill_again, "draft: it is a bill already"),
    "bill_in_open_shift": (
        lambda books: books.close_bill(shift="s1", counter="2"),
        "bill: not of the open shift of its counter",
    ),
    "shift_begins_open": (
        lambda books: books.insert(shift_tables.Shift, id="s3", closed_at=1),
        "shift: it begins open, with who opened it",
    ),
    "shift_changes_hands_or_closes": (
        lambda books: books.run("UPDATE shift SET float_paise = float_paise - 1"),
        "shift: it changes hands, or is closed once, by its Z",
    ),
    "shift_stays": (lambda books: books.run("DELETE FROM shift"), "shift: never forgotten"),
    "shift_cash_while_open": (
        lambda books: books.insert(shift_tables.ShiftCash, no=2),
        "shift_cash: the shift is closed",
    ),
    "shift_count_while_open": (
        lambda books: books.insert(shift_tables.ShiftCount, no=2),
        "shift_count: the shift is closed",
    ),
    "shift_count_tender_while_open": (
        lambda books: books.insert(shift_tables.ShiftCountTender, kind="upi"),
        "shift_count_tender: the shift is closed",
    ),
    "z_follows": (
        lambda books: books.next_z(number=3),
        "z_report: it does not follow from the Z before it",
    ),
    "z_adds_up": (
        lambda books: books.next_z(sold_paise=100, perpetual_sold_paise=6300),
        "z_report: it is not the sum of its bills",
    ),
    "z_cash_adds_up": (
        count_too_little,
        "z_report: its cash is not float, sales, returns and movements",
    ),
    "z_tax_with_its_report": (
        lambda books: books.insert(shift_tables.ZTax, rate_bp=500),
        "z_tax: the shift is closed",
    ),
    "customer_stays": (
        lambda books: books.run("DELETE FROM customer"),
        "customer: never forgotten",
    ),
    "customer_merged_or_erased_once": (
        lambda books: books.run("UPDATE customer SET erased_at = NULL"),
        "customer: merged and erased once",
    ),
    "posting_closed": (
        lambda books: books.insert(khata_tables.Posting, no=3),
        "posting: the entry is closed",
    ),
    "ledger_balances": (
        lambda books: books.post(
            {"id": "l2"}, {"ledger": "l2"}, against={"ledger": "l2", "amount": -6100}
        ),
        "ledger: its postings do not sum to zero",
    ),
    "ledger_money_in_open_shift": (
        lambda books: books.post(
            {"id": "l2"}, {"ledger": "l2"}, against={"ledger": "l2", "account": "cash"}
        ),
        "ledger: its money is not of the open shift of its counter",
    ),
    "bill_on_khata_is_somebodys": (
        lambda books: books.close_bill(tender={"kind": "khata"}),
        "bill: on khata without a customer",
    ),
    "z_khata_adds_up": (
        lambda books: books.insert(khata_tables.ZKhata, kind="card", received_paise=1),
        "z_khata: it is not what the shift took for khata",
    ),
    "finger_counts_on": (
        lambda books: books.run("UPDATE finger SET counter = counter - 1"),
        "finger: a key stays what it is, and counts on",
    ),
    "message_goes_on": (
        lambda books: books.run("UPDATE message SET state = 'queued', ended_at = NULL"),
        "message: what was sent stays sent",
    ),
    "z_tender_with_its_report": (
        lambda books: books.insert(shift_tables.ZTender, kind="upi"),
        "z_tender: the shift is closed",
    ),
    **ROUND_VIOLATIONS,
}


@pytest.fixture
def traded(books):
    """The books, with a shift that was closed, the next one counted, a clock that jumped, and an
    operator's key."""
    books.close_shift()
    books.insert(finger_tables.Finger)
    books.insert(message_tables.Message)
    books.insert(shift_tables.ClockJump)
    books.insert(khata_tables.Customer, erased_at=1)
    books.post()
    for table in LEFT_BEHIND:
        books.insert(table)
    return books


def test_every_trigger_is_violated_here(books):
    triggers = books.run("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    assert {name for (name,) in triggers} == VIOLATIONS.keys()


@pytest.mark.parametrize("trigger", VIOLATIONS)
def test_trigger_refuses(traded, trigger):
    violate, message = VIOLATIONS[trigger]
    before = everything(traded)
    with pytest.raises(apsw.ConstraintError, match=f"^{message}$"):
        violate(traded)
    assert everything(traded) == before


def everything(books):
    names = [table._meta.table_name for table in (*PROJECTED, *KEPT)]
    return {name: books.run(f"SELECT * FROM {name} ORDER BY 1, 2") for name in names}


# --- the same triggers, from other sides -------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "counter = counter",
        "counter = 9, operator = 'ravi'",
        "counter = 9, public_key = x'00'",
        "counter = 9, credential = x'00'",
        "counter = 9, id = 'x'",
        "counter = 9, enrolled_at = 2",
        "counter = 9, backend = 'fprintd'",
    ],
)
def test_a_key_stays_what_it_is(traded, change):
    with pytest.raises(apsw.ConstraintError, match="a key stays what it is"):
        traded.run(f"UPDATE finger SET {change}")


@pytest.mark.parametrize(
    "values",
    [
        "node, epoch, seq",  # the same again
        "node, epoch, seq - 1",
        "node, epoch, 0",
        "node, epoch + 1, 2",  # a new life begins at 1
        "'another', epoch, 2",  # so does another machine's chain
    ],
)
def test_an_entry_continues_its_own_chain(books, values):
    with pytest.raises(apsw.ConstraintError, match="entry: the next number of its chain"):
        books.run(
            f"INSERT INTO entry SELECT {values}, at, kind, content, prev, hash, signature"
            " FROM entry ORDER BY seq DESC LIMIT 1"
        )


def test_each_life_of_a_node_is_a_chain_of_its_own(books):
    books.run(
        "INSERT INTO entry SELECT node, epoch + 1, 1, at, kind, content, prev, hash, signature"
        " FROM entry LIMIT 1"
    )
    books.run(NEXT_ENTRY.format(seq="seq + 1"))


@pytest.mark.parametrize(
    "change",
    [
        "last = last",
        "last = last - 1",
        "last = last + 1, counter = '2'",
        "last = last + 1, series = '-R'",
        "last = last + 1, year = '2728'",
    ],
)
def test_a_series_only_counts_on(books, change):
    books.run("INSERT INTO counter VALUES ('2', 'Counter 2')")
    with pytest.raises(apsw.ConstraintError, match="series: numbers are given one after another"):
        books.run(f"UPDATE series SET {change} WHERE series = ''")


@pytest.mark.parametrize(
    "bill",
    [
        {"lines": 2},
        {"tenders": 0},
        {"tenders": 2},
        {"lines": 0, "tenders": 0, "taxable_paise": 0, "total_paise": 0},
        {"total_paise": 6300, "taxable_paise": 6300},
        {"round_off_paise": 50, "taxable_paise": 6150},
        {"change_paise": 100},
        {"tender": {"amount_paise": 10000}},
    ],
    ids=str,
)
def test_a_bill_balances(books, bill):
    with pytest.raises(apsw.ConstraintError, match="do not balance"):
        books.close_bill(**bill)


def test_a_bill_with_change_and_round_off_balances(books):
    books.close_bill(
        line={"amount_paise": 6225, "taxable_paise": 6225},
        tender={"amount_paise": 10000},
        taxable_paise=6225,
        round_off_paise=-25,
        change_paise=3800,
    )


def test_what_came_back_before_counts(books):
    books.give_back(SOLD_MILLI - 1000 - 1, "1-R/2627/90")
    books.give_back(1, "1-R/2627/91")
    with pytest.raises(apsw.ConstraintError, match="more would come back than was sold"):
        books.give_back(1, "1-R/2627/92")


def test_a_line_counts_for_its_own_bill_only(books):
    books.close_bill(id="other")
    with pytest.raises(apsw.ConstraintError, match="more would come back than was sold"):
        books.close_bill(
            line={"qty_milli": 1001, "of_line": 1},
            id="note",
            number="1-R/2627/90",
            kind="credit_note",
            original="other",
        )


# --- shifts --------------------------------------------------------------------------------------


def test_a_shift_closed_by_its_z_is_taken(traded):
    # Else the refusals below might be for another reason than the one they are named after.
    traded.next_z()
    traded.run("UPDATE shift SET closed_at = 3 WHERE id = 's2'")


@pytest.mark.parametrize(
    "bill",
    [
        {"shift": None},
        {"shift": "s9"},
        {"shift": "s2"},  # open, on another counter
        {"shift": "s1"},
        {"counter": "2", "shift": "s1"},  # closed
        {"counter": "2"},
        {"counter": "2", "shift": None},
        {"business_date": "2026-11-24"},
        {"business_date": "2026-11-22"},
    ],
    ids=str,
)
def test_a_bill_is_of_the_open_shift_of_its_counter(traded, bill):
    with pytest.raises(apsw.ConstraintError, match="not of the open shift of its counter"):
        traded.close_bill(**bill)


def test_a_counter_that_never_had_a_shift_takes_the_bills_of_before(books):
    books.insert(tables.Counter)
    books.close_bill(counter="2", shift=None)
    books.insert(shift_tables.Shift)
    with pytest.raises(apsw.ConstraintError, match="not of the open shift of its counter"):
        books.close_bill(id="b3", number="2/2627/2", counter="2", shift=None)


def test_a_counter_has_one_open_shift(traded):
    with pytest.raises(apsw.ConstraintError, match=r"^UNIQUE constraint failed: shift\.counter$"):
        traded.insert(shift_tables.Shift, id="s3", seq=3)


@pytest.mark.parametrize("change", [{"closed_at": 1}, {"operator": "ravi"}, {"opened_by": "ravi"}])
def test_a_shift_begins_open_with_who_opened_it(books, change):
    books.insert(tables.Operator)
    books.insert(tables.Counter)
    with pytest.raises(apsw.ConstraintError, match="it begins open, with who opened it"):
        books.insert(shift_tables.Shift, **change)


def test_an_open_shift_changes_hands(traded):
    traded.insert(tables.Operator)
    traded.run("UPDATE shift SET operator = 'ravi' WHERE id = 's2'")
    with pytest.raises(apsw.ConstraintError, match="FOREIGN KEY constraint failed"):
        traded.run("UPDATE shift SET operator = 'nobody' WHERE id = 's2'")


@pytest.mark.parametrize(
    "change",
    [
        "id = 's3'",
        "seq = 9",
        "counter = '3'",
        "opened_by = 'ravi'",
        "business_date = '2026-11-24'",
        "name = 'evening'",
        "opened_at = 9",
        "float_paise = 0",
        "denominations = ''",
        "declaration = hex(zeroblob(32))",
        "closed_at = 9",  # without a Z
    ],
)
def test_what_an_open_shift_never_changes(traded, change):
    traded.insert(tables.Operator)
    traded.insert(tables.Counter, code="3")
    with pytest.raises(apsw.ConstraintError, match="it changes hands, or is closed once, by its Z"):
        traded.run(f"UPDATE shift SET {change} WHERE id = 's2'")


@pytest.mark.parametrize("change", ["closed_at = NULL", "closed_at = 9", "operator = 'ravi'"])
def test_a_closed_shift_stays_as_it_is(traded, change):
    traded.insert(tables.Operator)
    with pytest.raises(apsw.ConstraintError, match="it changes hands, or is closed once, by its Z"):
        traded.run(f"UPDATE shift SET {change} WHERE id = 's1'")


@pytest.mark.parametrize(
    "change",
    [
        {"number": 1},
        {"number": 3},
        {"counter": "1", "number": 1, "perpetual_sold_paise": 0},
        {"shift": "s1", "bills": 1, "sold_paise": 6200, "perpetual_sold_paise": 12400},  # again
        {"perpetual_sold_paise": 0},
        {"perpetual_sold_paise": 6100},
        {"perpetual_refunded_paise": 100},
    ],
    ids=str,
)
def test_a_z_follows_from_the_one_before(traded, change):
    with pytest.raises(apsw.ConstraintError, match="does not follow from the Z before it"):
        traded.next_z(**change)


@pytest.mark.parametrize("change", [{"number": 2}, {"perpetual_sold_paise": 6100}], ids=str)
def test_the_first_z_follows_from_nothing(books, change):
    books.keep_shift(OF_A_SHIFT[: OF_A_SHIFT.index(shift_tables.ZReport)])
    with pytest.raises(apsw.ConstraintError, match="does not follow from the Z before it"):
        books.insert(shift_tables.ZReport, **change)
    books.insert(shift_tables.ZReport)


@pytest.mark.parametrize(
    "change",
    [
        {"bills": 2},
        {"bills": 0},
        {"sold_paise": 6100, "perpetual_sold_paise": 6100},
        {"returns": 1},
        {"refunded_paise": 100, "perpetual_refunded_paise": 100},
    ],
    ids=str,
)
def test_a_z_is_the_sum_of_its_bills(books, change):
    books.keep_shift(OF_A_SHIFT[: OF_A_SHIFT.index(shift_tables.ZReport)])
    with pytest.raises(apsw.ConstraintError, match="it is not the sum of its bills"):
        books.insert(shift_tables.ZReport, **change)


def test_what_came_back_is_in_a_z_apart(books):
    z = z_of_counter_1(books)
    with pytest.raises(apsw.ConstraintError, match="it is not the sum of its bills"):
        books.insert(shift_tables.ZReport, **{**z, "returns": 0})
    with pytest.raises(apsw.ConstraintError, match="it is not the sum of its bills"):
        books.insert(shift_tables.ZReport, **{**z, "bills": 2})
    books.insert(shift_tables.ZReport, **z)


@pytest.mark.parametrize("expected_paise", [66199, 66201, 50000, 56200, 60000])
def test_the_cash_of_a_z_is_all_that_came_and_went(books, expected_paise):
    books.keep_shift(OF_A_SHIFT[:4])
    books.insert(shift_tables.ShiftCountTender, expected_paise=expected_paise)
    with pytest.raises(apsw.ConstraintError, match="its cash is not float, sales, returns and mov"):
        books.insert(shift_tables.ZReport)


@pytest.mark.parametrize(("kind", "amount", "leaves"), CASH_MOVED)
def test_cash_that_moved_is_in_what_a_z_expects(books, kind, amount, leaves):
    books.keep_shift(OF_A_SHIFT[:3])
    books.insert(shift_tables.ShiftCash, no=2, kind=kind, amount_paise=amount)
    for no, expected_paise in ((1, leaves - 1), (2, leaves)):
        books.insert(shift_tables.ShiftCount, no=no)
        books.insert(shift_tables.ShiftCountTender, no=no, expected_paise=expected_paise)
    with pytest.raises(apsw.ConstraintError, match="its cash is not float, sales, returns and mov"):
        books.insert(shift_tables.ZReport)
    books.insert(shift_tables.ZReport, count_no=2)


def test_change_and_what_came_back_are_in_what_a_z_expects(books):
    """Milk and ghee for 536 in cash, milk for 62 back, milk for 62 with a 100 note."""
    books.close_bill(tender={"amount_paise": 10000}, change_paise=3800)
    z = z_of_counter_1(books, bills=2, sold_paise=53600 + 6200, expected_paise=53600 + 50001)
    with pytest.raises(apsw.ConstraintError, match="its cash is not float, sales, returns and mov"):
        books.insert(shift_tables.ZReport, **z)
    books.insert(shift_tables.ShiftCount, shift=books.bill.shift, no=2)
    books.insert(
        shift_tables.ShiftCountTender, shift=books.bill.shift, no=2, expected_paise=53600 + 50000
    )
    books.insert(shift_tables.ZReport, **{**z, "count_no": 2})


def test_what_is_no_cash_is_not_in_the_cash_of_a_z(books):
    books.keep_shift(OF_A_SHIFT[:3])
    books.close_bill(tender={"kind": "upi"}, id="b3", number="2/2627/2", counter="2", shift="s1")
    both = {"bills": 2, "sold_paise": 12400, "perpetual_sold_paise": 12400}
    for no, expected_paise in ((1, 66200 + 6200), (2, 66200)):
        books.insert(shift_tables.ShiftCount, no=no)
        books.insert(shift_tables.ShiftCountTender, no=no, expected_paise=expected_paise)
    with pytest.raises(apsw.ConstraintError, match="its cash is not float, sales, returns and mov"):
        books.insert(shift_tables.ZReport, **both)
    books.insert(shift_tables.ZReport, **both, count_no=2)


def test_a_z_without_its_cash_counted_is_refused(books):
    books.keep_shift(OF_A_SHIFT[:4])
    books.insert(shift_tables.ShiftCountTender, kind="upi")
    with pytest.raises(apsw.ConstraintError, match="its cash is not float, sales, returns and mov"):
        books.insert(shift_tables.ZReport)


def z_of_counter_1(books, bills=1, sold_paise=53600, expected_paise=53600 - 6200 + 50000):
    """The Z of the shift the books are of, with the count it needs: 536 sold and 62 given back."""
    shift = books.bill.shift
    books.insert(shift_tables.ShiftCount, shift=shift)
    books.insert(shift_tables.ShiftCountTender, shift=shift, expected_paise=expected_paise)
    return {
        "shift": shift,
        "counter": "1",
        "bills": bills,
        "returns": 1,
        "sold_paise": sold_paise,
        "refunded_paise": 6200,
        "perpetual_sold_paise": sold_paise,
        "perpetual_refunded_paise": 6200,
    }
