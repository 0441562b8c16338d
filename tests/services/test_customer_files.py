"""Customers as CSV: all of it or nothing, and what is written is what is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.errors import Refused
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.customer_files import COLUMNS, take_in, written
from milkpos_tui.services.customers import checked
from tests.services.reading import everything
from tests.support.tills import GHEE, OWNER

HEAD = ",".join(COLUMNS[:-1])  # mail addresses came later: a file may do without


def take(till, *lines, head=HEAD, **more):
    content = "\n".join((head, *lines, "")).encode()
    return take_in(till.customers, till.accounts, content, OWNER, **{"dry_run": False} | more)


def refusal(till, *lines, **more):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        take(till, *lines, **more)
    assert everything(till) == before
    assert refused.value.code == "import"
    return refused.value.message


def test_a_file_is_taken_in(till):
    done = take(
        till,
        "12,Meena ಮೀನಾ,98450 54321,2026-11-01,7 Temple Street,3rd Cross,kn,3000,wholesale,"
        "C0001234,two gates,yes",
        "013,Ravi,,,,,,,,,,",
        "14,Gone,,,,,,none,,,,no",
    )
    assert done == {"added": 3, "changed": 0, "unchanged": 0}
    meena = till.accounts.known("12")
    assert meena == checked(
        Customer(
            meena.id,
            "12",
            3000_00,
            "kn",
            "wholesale",
            name="Meena ಮೀನಾ",
            phone="98450 54321",
            consent_on="2026-11-01",
            address="7 Temple Street",
            lane="3rd Cross",
            notes="two gates",
            card="C0001234",
        )
    )
    assert till.accounts.known("13").price_list == "khata"
    assert not till.accounts.known("14").active
    assert [one.code for one in till.accounts.all()] == ["12", "13"]


def test_what_a_file_leaves_out_stays(till):
    take(till, "12,Meena,98450 54321,,,3rd Cross,kn,3000,wholesale,,,yes")
    done = take(till, "12,Meena Rao", "13,Ravi", head="code,name")
    assert done == {"added": 1, "changed": 1, "unchanged": 0}
    meena = till.accounts.known("12")
    assert (meena.name, meena.phone, meena.lane) == ("Meena Rao", "98450 54321", "3rd Cross")
    assert (meena.limit_paise, meena.price_list) == (3000_00, "wholesale")
    assert take(till, "12,Meena Rao", head="code,name")["unchanged"] == 1


def test_a_dry_run_writes_nothing(till):
    before = everything(till)
    assert take(till, "12,Meena,,,,,,,,,,", dry_run=True)["added"] == 1
    assert everything(till) == before


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",Nobody,,,,,,,,,,", "a number of 1 to 6 digits"),
        ("x,Nobody,,,,,,,,,,", "a number of 1 to 6 digits"),
        ("12,,,,,,,,,,,", "needs a name"),
        ("12,A,12,,,,,,,,,", "not a phone number"),
        ("12,A,,yesterday,,,,,,,,", "not a date"),
        ("12,A,,,,,english,,,,,", "not a language"),
        ("12,A,,,,,,much,,,,", "not an amount in rupees"),
        ("12,A,,,,,,,cheap,,,", "price list is one of"),
        ("12,A,,,,,,,,123,,", "as short as a code"),
        (f"12,A,,,,,,,,{GHEE.barcodes[0]},,", "barcode of an item"),
        ("12,A,,,,,,,,,,maybe", "active is yes or no"),
        ("12,A,,", "has not 12 cells"),
        ("1,B,,,,,,,,,,", "on line 2 already"),
        ("5,B,,,,,,,,C0001234,,", "on line 2 already"),
        ("7,B,,,,,,,,C0009999,,", "is that of 6 Known"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_taken(till, line, reason):
    till.customers.add(Customer("", "6", name="Known", card="C0009999"), OWNER)
    told = refusal(till, "1,First,,,,,,,,C0001234,,", line)
    assert reason in told
    assert "line 3" in told


def test_a_bad_head(till):
    assert "column code is missing" in refusal(till, "A", head="name")
    assert "no column 'salary'" in refusal(till, "1,A,5", head="code,name,salary")


def test_who_was_erased_does_not_come_back_by_a_file(till):
    meena = till.customers.add(Customer("", "12", name="Meena"), OWNER)
    till.customers.erase(meena, OWNER)
    assert "was erased" in refusal(till, "12,Meena,,,,,,,,,,")


def test_no_cell_is_a_formula(till):
    till.customers.add(Customer("", "5", name="=cmd|' /C calc'!A0", notes="@SUM(1)"), OWNER)
    line = written(till.accounts.all()).splitlines()[1]
    assert ",'@SUM(1)," in line
    assert "'=cmd|" in line
    assert take(till, line, head=",".join(COLUMNS))["unchanged"] == 1


texts = st.text(max_size=60)


@given(texts, texts, texts, st.none() | st.integers(0, 10**9))
def test_what_is_written_is_what_is_read(lasting_till, name, lane, notes, limit):
    till = lasting_till
    try:
        customer = checked(Customer("", "", limit, name=name, lane=lane, notes=notes))
    except Refused:
        return  # no name
    known = till.customers.add(customer, OWNER)
    head, line = written([known]).split("\n", 1)
    done = take(till, line.removesuffix("\n"), head=head)
    assert done == {"added": 0, "changed": 0, "unchanged": 1}
