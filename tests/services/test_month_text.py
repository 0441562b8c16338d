"""Monthly bills as text, as the slip for a dispute, and as CSV."""

import csv
import io
from datetime import date

import pytest

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.month import Adjustment
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.domain.text import width_of
from milkpos_tui.services.month_papers import Party, payment_link
from milkpos_tui.services.month_text import (
    dispute_slip,
    grid_csv,
    grid_rows,
    month_csv,
    statement,
)
from tests.support.months import ITEMS, PARTY, SHOP, given, paper

HINDI = Party("22", "लक्ष्मी क्षीरसागर")


def amount_of(rows, label):
    (row,) = [row for row in rows if row.startswith(label)]
    return row.split()[-1]


def test_the_statement_adds_up_on_paper():
    rows = statement(paper())
    shown = [
        int(amount_of(rows, label).replace(",", "").replace(".", ""))
        for label in ("Previous", "Deliveries", "Bought", "Adjustments", "Payments", "DUE")
    ]
    assert sum(shown[:-1]) == shown[-1]
    assert amount_of(rows, "DUE") == "3,998.50"
    assert "Rupees Three Thousand Nine Hundred Ninety-Eight and Fifty Paise Only" in rows


def test_what_must_stand_on_it():
    text = "\n".join(statement(paper()))
    for told in (
        "INVOICE-CUM-BILL OF SUPPLY", "GSTIN 29AAGCB7383J1Z4", "FSSAI Lic No 11223344556677",
        "No 1-M/2627/4", "Date 01-11-2026", "Customer 9  Asha Rao", "October 2026", "4th Main",
        "Cow Milk (0401)", "Ghee 500 ml (0405)", "Taxable at 5%", "sour milk", "Bill 1/2627/88",
        "Paid, UPI",
    ):  # fmt: skip
        assert told in text


def test_both_rates_of_the_month_have_their_line():
    lines = [row.split() for row in statement(paper()) if row.startswith("Cow Milk")]
    assert [(row[3], row[5], row[6]) for row in lines] == [
        ("22.5", "60.00", "1,350.00"),
        ("24", "62.00", "1,488.00"),
    ]


@pytest.mark.parametrize("party", [PARTY, HINDI, Party("1", "x" * 80, "y" * 80)])
def test_no_row_is_wider_than_the_paper(party):
    one = paper(party=party)
    assert max(width_of(row) for row in statement(one) if not row.startswith("upi:")) <= 80
    for columns in (32, 42, 48):
        assert max(map(width_of, dispute_slip(one, columns))) <= columns


def test_names_stay_in_their_letters():
    assert any("लक्ष्मी क्षीरसागर" in row for row in statement(paper(party=HINDI)))
    assert "22 लक्ष्मी क्षीरसागर" in dispute_slip(paper(party=HINDI))


def test_a_draft_says_so_and_asks_for_no_money():
    rows = statement(paper(issued=None))
    assert any("DRAFT - not a bill" in row for row in rows)
    assert not any("upi://" in row for row in rows)
    assert any("DRAFT" in row for row in dispute_slip(paper(issued=None)))


def test_a_composition_shop_says_what_it_is_and_shows_no_tax():
    text = "\n".join(statement(paper(shop=SHOP._replace(tax_mode=TaxMode.COMPOSITION))))
    assert "BILL OF SUPPLY" in text
    assert "composition taxable person" in text
    assert "CGST" not in text


def test_a_month_without_deliveries_is_a_statement():
    rows = statement(paper(()))
    assert any(row.strip() == "STATEMENT" for row in rows)
    assert not any(row.startswith("Deliveries") for row in rows)


def test_an_advance_is_not_due():
    rows = statement(paper((), adjustments=[Adjustment(date(2026, 10, 2), "refund", -900_00)]))
    assert amount_of(rows, "IN ADVANCE") == "854.50"
    assert not any(row.startswith("DUE") for row in rows)


def test_the_link_asks_for_what_is_due_and_is_last():
    link = payment_link(paper())
    assert link == (
        "upi://pay?pa=lakshmi@upi&pn=Sri%20Lakshmi%20Dairy&am=3998.50&cu=INR&tn=Milk%202026-10&tr=1-M-2627-4"
    )
    assert statement(paper())[-2:] == ["UPI:", link]
    slip = dispute_slip(paper())
    assert "".join(slip[slip.index("UPI:") + 1 :]) == link


@pytest.mark.parametrize(
    "one",
    [
        paper(issued=None),
        paper(shop=SHOP._replace(upi_vpa="")),
        paper(shop=SHOP._replace(upi_vpa="no address")),
        paper((), adjustments=[Adjustment(date(2026, 10, 2), "refund", -900_00)]),
    ],
)
def test_where_there_is_nothing_to_ask_for_there_is_no_link(one):
    assert payment_link(one) == ""


def test_the_grid_of_a_dispute_has_all_31_days_on_58_mm():
    rows = grid_rows(paper().bill, 32)
    assert rows[1].split() == ["M", "E"] * 3
    days = [row.split() for row in rows[2:-1]]
    assert [row[0] for row in days] == [str(day) for day in range(1, 32)]
    assert days[6] == ["7", "1", "0.5", "0.25", ".", "2", "."]
    assert rows[-1].split() == ["46.5", "L", "7.75", "L", "2", "pc"]


def test_long_quantities_take_fewer_items_beside_each_other():
    bill = paper([given(1, plu, 12_375) for plu in ITEMS]).bill
    rows = grid_rows(bill, 32)
    assert max(map(len, rows)) <= 32
    assert sum(row.split()[:1] == ["31"] for row in rows) == 2
    assert sum("12.375" in row for row in rows) == 4  # in the days and in the totals, twice


def test_nothing_delivered_has_no_grid():
    assert grid_rows(paper(()).bill, 32) == []


def test_other_widths_are_refused():
    with pytest.raises(Refused):
        dispute_slip(paper(), 40)


def test_the_csv_sums_to_what_is_due():
    rows = list(csv.DictReader(io.StringIO(month_csv([paper(), paper(party=HINDI)]))))
    for code in ("9", "22"):
        amounts = [float(row["amount"]) for row in rows if row["customer"] == code]
        assert round(sum(amounts[:-1]), 2) == amounts[-1] == 3998.50
    assert rows[1] == {
        "customer": "9", "name": "Asha Rao", "month": "2026-10", "bill": "1-M/2627/4", "date": "",
        "what": "Cow Milk", "quantity": "22.5", "rate": "60.00", "amount": "1350.00",
    }  # fmt: skip


def test_no_cell_is_a_formula():
    one = paper(
        party=Party("9", "=cmd()"),
        adjustments=[Adjustment(date(2026, 10, 2), "+1+1", 100)],
    )
    text = month_csv([one]) + grid_csv([one])
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert "'=cmd()" in cells
    assert "'+1+1" in cells
    assert not any(cell[:1] in "=+@" for cell in cells if cell)


def test_the_grid_as_csv():
    rows = list(csv.DictReader(io.StringIO(grid_csv([paper()]))))
    cow = [row for row in rows if row["item"] == "Cow Milk"]
    assert len(cow) == 31
    assert (cow[0]["date"], cow[0]["morning"], cow[0]["evening"]) == ("2026-10-01", "1", "0.5")
    assert [row["item"] for row in rows].count("Ghee 500 ml") == 1
