"""Customers in the order of their codes as people count, from any place on, both ways."""

import apsw
from hypothesis import example, given
from hypothesis import strategies as st

from milkpos_tui.services.code_order import (
    BEHIND_ALL,
    FIRST_OF_ALL,
    Standing,
    ascending,
    descending,
)

CODES = st.text("0129", min_size=1, max_size=6)


class Books:
    """Customers alone, as the till has them."""

    def __init__(self, customers):
        self._connection = apsw.Connection(":memory:")
        self._connection.execute(
            "CREATE TABLE customer (id TEXT PRIMARY KEY, code TEXT, merged_into TEXT);"
            "CREATE INDEX customer_code ON customer (code)"
        )
        rows = [(one.id, one.code, "x" if one.merged else None) for one in customers]
        self._connection.executemany("INSERT INTO customer VALUES (?, ?, ?)", rows)

    def connection(self):
        return self._connection


@given(st.lists(st.tuples(CODES, st.booleans()), max_size=30), CODES, st.integers(0, 30))
@example([("1", False), ("10", False), ("100", False), ("2", False), ("09", True)], "10", 0)
@example([("9", False), ("9", False), ("10", False)], "9", 1)  # two tills gave one code
def test_the_order_is_that_of_numbers_from_any_place_on(given_codes, code, number):
    customers = [Standing(f"{n:02}", one, gone) for n, (one, gone) in enumerate(given_codes)]
    books, inorder = Books(customers), sorted(customers, key=lambda one: one.key)
    keys = [FIRST_OF_ALL, BEHIND_ALL, (len(code), code, f"{number:02}")]
    for key in keys + [one.key for one in customers]:
        assert list(ascending(books, key)) == [one for one in inorder if one.key >= key]
        assert list(descending(books, key)) == [one for one in inorder if one.key < key][::-1]


def test_a_page_of_many_takes_few_look_ups():
    books = Books([Standing(f"{n:05}", str(n), False) for n in range(1, 20_001)])
    looks = []
    books.connection().trace_v2(apsw.SQLITE_TRACE_STMT, looks.append)
    order = ascending(books, (4, "5000", ""))
    assert [next(order).code for _ in range(20)] == [str(n) for n in range(5000, 5020)]
    assert len(looks) <= 3 * 20
