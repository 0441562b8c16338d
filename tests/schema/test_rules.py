"""The money rules that triggers keep: each broken once, by plain SQL."""

import apsw
import pytest

from schema import tables

SOLD_MILLI = 3000  # of the bill in `books`, and 1000 of it came back

CHANGES = {
    "entry": "kind = 'bill.dropped'",
    "bill": "operator = 'ravi'",
    "bill_line": "qty_milli = 1",
    "bill_tender": "kind = 'upi'",
    "bill_copy": "at = 0",
    "node": "public_key = zeroblob(32)",
}
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
}


def test_every_trigger_is_violated_here(books):
    triggers = books.run("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    assert {name for (name,) in triggers} == VIOLATIONS.keys()


@pytest.mark.parametrize("trigger", VIOLATIONS)
def test_trigger_refuses(books, trigger):
    violate, message = VIOLATIONS[trigger]
    before = everything(books)
    with pytest.raises(apsw.ConstraintError, match=f"^{message}$"):
        violate(books)
    assert everything(books) == before


def everything(books):
    return {
        table: books.run(f"SELECT * FROM {table} ORDER BY 1, 2")
        for table in (*CHANGES, "series", "draft", "operator")
    }


# --- the same triggers, from other sides -------------------------------------------------------


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
