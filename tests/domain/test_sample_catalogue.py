"""The sample catalogue that a new shop may start from (milkpos_tui/data/catalogue.csv)."""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import milkpos_tui
from milkpos_tui.domain.labels import is_gtin
from milkpos_tui.domain.text import is_clean

PATH = Path(milkpos_tui.__file__).parent / "data" / "catalogue.csv"
HEADER = "plu,name,barcodes,category,unit,price,mrp,hsn,gst_rates,packed,step"

# (HSN, pre-packed, rates): the rows of the rate table of 2025-09-22 that a dairy shop sells under.
NEW = ";2025-09-22="
LAWFUL = {
    ("0401", "no", "0"),
    ("0401", "yes", "0"),
    ("0401", "yes", f"5{NEW}0"),  # UHT milk
    ("0402", "no", "5"),
    ("0402", "yes", "5"),
    ("0402", "yes", f"12{NEW}5"),  # condensed milk
    ("0403", "no", "0"),
    ("0403", "yes", "5"),
    ("0405", "no", f"12{NEW}5"),
    ("0405", "yes", f"12{NEW}5"),
    ("0406", "no", "0"),
    ("0406", "yes", f"5{NEW}0"),  # paneer
    ("0406", "yes", f"12{NEW}5"),  # cheese
    ("0407", "no", "0"),
    ("0407", "yes", "0"),
    ("0409", "no", "0"),
    ("0409", "yes", "5"),
    ("1704", "yes", f"12{NEW}5"),
    ("1806", "yes", f"18{NEW}5"),
    ("1905", "yes", "0"),  # bread
    ("1905", "yes", f"18{NEW}5"),  # biscuits
    ("2105", "no", f"18{NEW}5"),
    ("2105", "yes", f"18{NEW}5"),
    ("2106", "no", "5"),  # mithai
    ("2106", "yes", "5"),
    ("2106", "yes", f"12{NEW}5"),  # namkeen
    ("2201", "yes", f"18{NEW}5"),
    ("2202", "yes", f"12{NEW}5"),  # flavoured milk
    ("2202", "yes", f"28{NEW}40"),  # soft drinks; the cess of before is left out
    ("2309", "no", "0"),
    ("2309", "yes", "0"),
}
RATES_OF = {  # by a word of the name, where one HSN has several rates
    "UHT": f"5{NEW}0",
    "Condensed": f"12{NEW}5",
    "Chee": f"12{NEW}5",
    "Mozzarella": f"12{NEW}5",
    "Bread": "0",
    "Bhujia": f"12{NEW}5",
    "Flavoured Milk": f"12{NEW}5",
    "Cola": f"28{NEW}40",
}

with PATH.open(encoding="utf-8", newline="") as file:
    READER = csv.DictReader(file, strict=True)
    ITEMS = list(READER)

each_item = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["plu"])


def test_the_catalogue_as_a_whole():
    assert ",".join(READER.fieldnames) == HEADER
    assert 55 <= len(ITEMS) <= 70
    assert {item["unit"] for item in ITEMS} == {"piece", "kg", "litre", "pack"}
    assert sum(bool(re.search("[\u0900-\u097f]", item["name"])) for item in ITEMS) == 2
    assert any(len(item["barcodes"].split()) > 1 for item in ITEMS)


@pytest.mark.parametrize("column", ["plu", "name", "barcodes"])
def test_nothing_stands_for_two_items(column):
    split = column == "barcodes"
    values = Counter(
        each
        for item in ITEMS
        for each in (item[column].split() if split else [item[column].casefold()])
    )
    assert [value for value, times in values.items() if times > 1] == []


def test_item_12_is_the_milk_of_the_documentation():
    item = next(item for item in ITEMS if item["plu"] == "12")
    assert (item["unit"], item["price"], item["hsn"]) == ("litre", "62", "0401")
    assert thousandths(item["step"]) == 1  # sold by fifty rupees' worth too


@each_item
def test_texts_are_clean(item):
    assert None not in item
    assert all(is_clean(value) for value in item.values())
    assert item["name"]
    assert item["category"]


@each_item
def test_loose_items_have_short_plus_and_packed_ones_a_barcode(item):
    assert re.fullmatch("[1-9][0-9]?" if item["packed"] == "no" else "[1-9][0-9]{2}", item["plu"])
    barcodes = item["barcodes"].split()
    assert all(len(code) == 13 and code.startswith("890") and is_gtin(code) for code in barcodes)
    assert bool(barcodes) == (item["packed"] == "yes")


@each_item
def test_prices(item):
    price = paise(item["price"])
    assert price > 0
    if item["packed"] == "yes":
        assert paise(item["mrp"]) >= price
    else:
        assert item["mrp"] == ""


@each_item
def test_steps_fit_the_unit(item):
    if item["unit"] in {"piece", "pack"}:
        assert item["step"] in {"", "1"}
    else:
        assert item["packed"] == "no"
        assert item["step"] == "" or 1000 % thousandths(item["step"]) == 0


@each_item
def test_rates_are_the_laws(item):
    first, *changes = item["gst_rates"].split(";")
    days = [date.fromisoformat(change.split("=")[0]) for change in changes]
    rates = [first, *(change.split("=")[1] for change in changes)]
    assert days == sorted(set(days))
    assert all(rate.isdecimal() and int(rate) <= 40 for rate in rates)
    assert (item["hsn"], item["packed"], item["gst_rates"]) in LAWFUL
    for word, lawful in RATES_OF.items():
        assert word not in item["name"] or item["gst_rates"] == lawful


def paise(rupees: str) -> int:
    match = re.fullmatch(r"(\d+)(?:\.(\d{2}))?", rupees)
    assert match, f"{rupees!r} is not rupees"
    return int(match[1]) * 100 + int(match[2] or 0)


def thousandths(step: str) -> int:
    match = re.fullmatch(r"([01])(?:\.(\d{1,3}))?", step)
    assert match, f"{step!r} is not a step"
    return int(match[1]) * 1000 + int((match[2] or "0").ljust(3, "0"))
