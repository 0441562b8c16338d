"""Labels of packs and shelves: what they say, and that a scan brings the very line back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.domain.cart import CartLine
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.labels import DEFAULT_LAYOUTS, Layout, is_gtin, read_label
from milkpos_tui.domain.quantity import MILLI
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.services.labels import LARGE_COLUMNS, Content, item_label, shelf_label
from milkpos_tui.services.records import Shop
from tests.support.tills import CURD, EGG, GHEE, GSTIN, MILK, MONDAY, SWEETS

SHOP = Shop("Nandini Dairy", "29", TaxMode.REGULAR, GSTIN, fssai="11223344556677")
PIECES = Layout.parse("25CCCCCNNNNNk")


def label(item, layouts=DEFAULT_LAYOUTS, **content):
    return item_label(SHOP, item, Content(**content), MONDAY, layouts)


def digits(rows):
    (found,) = [row.removeprefix("ean\t") for row in rows if row.startswith("ean\t")]
    assert is_gtin(found)
    return found


def test_all_that_a_label_says():
    assert label(SWEETS, weight_milli=450) == [
        "text\tNandini Dairy",
        "large\tMilk peda",
        "text\tNet: 0.450 kg",
        "text\tRate: Rs 480.00 / kg",
        "large\tRs 216.00",
        "text\tPacked on 23-11-2026",
        "text\tFSSAI Lic No 11223344556677",
        "ean\t2100070004507",
    ]


def test_the_mrp_stands_on_it_with_the_words_of_the_law():
    rows = label(GHEE._replace(barcodes=()), pieces=2)
    assert rows[3:7] == [
        "text\tRate: Rs 350.00 / pk",
        "large\tRs 700.00",
        "text\tMRP Rs 360.00",
        "text\t(incl. of all taxes)",
    ]
    assert "text\tNet: 2 pk" in rows


def test_no_food_licence_no_row():
    rows = item_label(SHOP._replace(fssai=""), MILK, Content(weight_milli=1000), MONDAY)
    assert not any("FSSAI" in row for row in rows)


def test_the_barcode_says_what_was_measured():
    assert digits(label(CURD, weight_milli=250)).startswith("2100031")
    assert digits(label(CURD, worth_paise=5000)).startswith("230003105000")
    assert digits(label(EGG, pieces=6)).startswith("230004004500")  # no layout has pieces
    assert digits(label(EGG, (*DEFAULT_LAYOUTS, PIECES), pieces=6)).startswith("250004000006")


def test_one_pack_of_a_maker_has_the_maker_s_own_barcode():
    own = GHEE._replace(barcodes=("8901262150262",))
    assert digits(label(own)) == digits(label(own, pieces=1)) == "8901262150262"
    assert digits(label(own, pieces=2)).startswith("2300110")
    assert digits(label(GHEE)).startswith("23")  # whose barcode has a wrong check digit


@pytest.mark.parametrize(
    ("item", "content", "code"),
    [
        (MILK, {}, "label-content"),
        (MILK, {"weight_milli": 1, "worth_paise": 1}, "label-content"),
        (MILK, {"pieces": 3}, "not-by-count"),
        (EGG, {"weight_milli": 500}, "not-by-weight"),
        (EGG, {"worth_paise": 1000}, "quantity-step"),
        (MILK, {"weight_milli": 0}, "quantity-zero"),
        (MILK, {"weight_milli": 100_000}, "label-room"),
        (CURD._replace(step_milli=50), {"weight_milli": 120}, "quantity-step"),
        (CURD._replace(plu=100_000), {"weight_milli": 120}, "label-room"),
        (GHEE._replace(mrp_paise=34900), {"pieces": 1}, "price-above-mrp"),
    ],
)
def test_what_would_not_sell_gets_no_label(item, content, code):
    with pytest.raises(Refused) as refused:
        label(item, **content)
    assert refused.value.code == code


def test_without_a_layout_for_it_there_is_no_label():
    with pytest.raises(Refused, match="no label layout"):
        label(CURD, DEFAULT_LAYOUTS[:1], worth_paise=5000)


contents = st.one_of(
    st.integers(10, 99_999).map(lambda grams: Content(weight_milli=grams)),
    st.integers(100, 99_999).map(lambda paise: Content(worth_paise=paise)),
)


@given(st.sampled_from([MILK, CURD, SWEETS]), contents)
def test_a_scan_of_the_label_brings_the_line_that_it_shows(item, content):
    rows = item_label(SHOP, item, content, date(2026, 11, 23))
    scanned = read_label(digits(rows))
    assert scanned.plu == item.plu
    if scanned.weight_milli is not None:
        line = CartLine.by_quantity(1, item, scanned.weight_milli)
    else:
        line = CartLine.by_worth(1, item, scanned.price_paise)
    whole, rest = divmod(line.qty_milli, MILLI)
    assert f"text\tNet: {whole}.{rest:03d} {item.unit.sign}" in rows
    assert f"Rs {line.amount_paise // 100}.{line.amount_paise % 100:02d}" in "".join(
        row for row in rows if row.startswith("large")
    ).replace(",", "")


def test_a_shelf_shows_the_price_and_brings_one_when_scanned():
    assert shelf_label(MILK) == ["large\tCow milk", "large\tRs 62.00 / L", "code\t12"]
    assert shelf_label(GHEE._replace(barcodes=("12345670", "8901262150262"))) == [
        "large\tGhee 500 ml",
        "large\tRs 350.00 / pk",
        "text\tMRP Rs 360.00",
        "text\t(incl. of all taxes)",
        "ean\t8901262150262",
    ]
    with pytest.raises(Refused, match="above the MRP"):
        shelf_label(GHEE._replace(mrp_paise=34900))


@given(st.text(min_size=1, max_size=80))
def test_a_name_stays_in_its_rows(name):
    rows = label(MILK._replace(name=name), weight_milli=1000)
    assert all(row.partition("\t")[0] in ("text", "large", "ean") for row in rows)
    assert not any("\n" in row or row.count("\t") > 1 for row in rows)
    large = [row.removeprefix("large\t") for row in rows if row.startswith("large")]
    assert all(len(row) <= LARGE_COLUMNS for row in large)
