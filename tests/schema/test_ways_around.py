"""Ways around the rules that were open once: each is closed now."""

import apsw
import pytest

from schema import errors, shift_tables
from schema.connection import open_database


# OR REPLACE deletes the old row without firing the delete trigger (recursive_triggers is off)
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT OR REPLACE INTO bill SELECT id, number, seq, kind, at, business_date, shift,"
        " counter, operator, customer, taxable_paise, cgst_paise, sgst_paise, igst_paise,"
        " discount_paise,"
        " round_off_paise, total_paise, change_paise, original, 'changed' FROM bill"
        " WHERE original IS NULL",
        "INSERT OR REPLACE INTO node SELECT id, epoch, zeroblob(32), opened_at FROM node",
        "INSERT OR REPLACE INTO bill_copy SELECT bill, copy, 0, operator FROM bill_copy",
        "INSERT OR REPLACE INTO series SELECT counter, series, year, 1 FROM series",
        "INSERT OR REPLACE INTO shift SELECT id, seq, counter, operator, opened_by, business_date,"
        " name, opened_at, NULL, 0, denominations, declaration FROM shift",
        "INSERT OR REPLACE INTO shift_cash SELECT shift, no, kind, 1, at, operator, approver,"
        " reason, payee FROM shift_cash",
        "INSERT OR REPLACE INTO shift_count SELECT shift, no, at, operator, '', successor, reason"
        " FROM shift_count",
        "INSERT OR REPLACE INTO shift_count_tender SELECT shift, no, kind, expected_paise, 0"
        " FROM shift_count_tender",
        "INSERT OR REPLACE INTO z_tender SELECT shift, kind, 0, 0 FROM z_tender",
        "INSERT OR REPLACE INTO z_tax SELECT shift, rate_bp, 0, 0, 0, 0, 0 FROM z_tax",
        "INSERT OR REPLACE INTO clock_jump SELECT node, epoch, seq, last_at, 1 FROM clock_jump",
    ],
)
def test_or_replace_is_no_way_around(books, sql):
    # Of a shift that is still open: one that is closed takes no row at all.
    books.keep_shift()
    books.insert(shift_tables.ClockJump)
    if "series" in sql:  # so that 1 is another number than the last
        books.run("UPDATE series SET last = last + 1")
    with pytest.raises(apsw.ConstraintError):
        books.run(sql)


# another program's database
def other_program(path, application, version):
    connection = apsw.Connection(str(path))
    connection.execute(
        f"CREATE TABLE notes (text); PRAGMA application_id={application};"
        f"PRAGMA user_version={version}"
    )
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize(("application", "version"), [(0, 0), (0, 7), (77, 9)])
def test_another_program_s_database_is_refused(tmp_path, application, version):
    other_program(tmp_path / "till.db", application, version)
    with pytest.raises(errors.NotADatabase):
        open_database(tmp_path / "till.db").close()


@pytest.mark.parametrize(("application", "version"), [(77, 0), (77, 1)])
def test_a_refused_file_is_not_touched(tmp_path, application, version):
    before = other_program(tmp_path / "till.db", application, version)
    with pytest.raises(errors.NotADatabase):
        open_database(tmp_path / "till.db").close()
    assert (tmp_path / "till.db").read_bytes() == before


# fault 29: ESC, C1, bidi ... refused by a CHECK
@pytest.mark.parametrize("char", ["\0", "\x80", "\x9b", "\u202e", "\u2066", "\u200f"], ids=ascii)
def test_c1_bidi_and_nul_are_refused(books, char):
    with pytest.raises(apsw.ConstraintError):
        books.run("UPDATE operator SET name = ?", [f"a{char}b"])


# a note whose line names no line of the original returns anything
@pytest.mark.parametrize("of_line", [0, 7, -1])
def test_a_note_returns_lines_of_its_bill(books, of_line):
    with pytest.raises(apsw.ConstraintError):
        books.close_bill(
            line={"qty_milli": 999_999, "of_line": of_line},
            number="1-R/2627/90",
            kind="credit_note",
            original=books.bill.id,
        )


# a bill's own totals
def test_a_round_off_is_less_than_a_rupee(books):
    with pytest.raises(apsw.ConstraintError):
        books.close_bill(round_off_paise=-6200, total_paise=0, tenders=0)


def test_a_bill_s_tax_is_that_of_its_lines(books):
    with pytest.raises(apsw.ConstraintError):
        books.close_bill(line={"taxable_paise": 5200, "cgst_paise": 500, "sgst_paise": 500})
