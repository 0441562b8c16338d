"""`milkpos product`: the catalogue, item by item."""

import pytest

from tests.commands.driving import REFUSED, USAGE, assert_words

NAMES = {"plu", "name", "barcodes", "category", "unit", "price_paise", "mrp_paise", "hsn"}
NAMES |= {"gst_rate_bp", "packed", "stock_milli", "active"}
EAN = "8901234567894"  # the ghee's
PANEER = ("--name", "Paneer", "--unit", "kg", "--price", "380")


@pytest.fixture
def product(milkpos):
    """A product command with `--json`."""

    def call(*args, **how):
        return milkpos("--json", "product", *args, **how)

    return call


@pytest.fixture
def plus(product):
    """The PLUs that are on sale."""
    return lambda *args: [item["plu"] for item in product("list", *args).json]


def entries(milkpos):
    """How many entries the journal has; it is whole."""
    verdict = milkpos("audit", "verify", "--rebuild", "--json").json
    assert verdict["result"] == "good"
    return verdict["entries"]


# --- list and show ----------------------------------------------------------------------------


def test_all_items(product):
    items = product("list").json
    assert [item["plu"] for item in items] == [12, 31, 40, 70, 110]
    assert all(item.keys() >= NAMES for item in items)


def test_an_item_by_the_names_of_the_contract(product):
    item = product("show", "110").json
    assert {name: item[name] for name in NAMES} == {
        "plu": 110,
        "name": "Ghee 500 ml",
        "barcodes": [EAN],
        "category": "ghee",
        "unit": "pack",
        "price_paise": 350_00,
        "mrp_paise": 360_00,
        "hsn": "0405",
        "gst_rate_bp": 500,
        "packed": True,
        "stock_milli": None,
        "active": True,
    }
    assert product("list", "ghee").json == [item]
    assert product("show", "12").json["mrp_paise"] is None


def test_items_for_people(milkpos):
    assert [" ".join(line.split()) for line in milkpos("product", "list").lines] == [
        "12 Cow milk 62.00 / L",
        "31 Curd 90.00 / kg",
        "40 Egg 7.50 / pc",
        "70 Milk peda 480.00 / kg",
        "110 Ghee 500 ml 350.00 / pk",
    ]
    first, second = milkpos("product", "show", "110").lines
    assert first.endswith("350.00 / pk, MRP 360.00")
    assert second.strip() == (f"HSN 0405, GST 12;2025-09-22=5 %, packed, step 1, barcodes {EAN}")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("milk", [12, 70]),
        ("MIL", [12, 70]),
        ("cow mi", [12]),
        ("ghee 500", [110]),
        ("zebra", []),
        ('milk" OR "curd', []),
        ("-milk", [12, 70]),
    ],
)
def test_items_by_words(plus, words, found):
    assert plus("--", words) == found


def test_a_long_list_by_words_is_whole(product, plus, tmp_path):
    file = tmp_path / "toffees.csv"
    file.write_text(
        "plu,name,unit,price\n" + "".join(f"{plu},Toffee,piece,1\n" for plu in range(1000, 1100))
    )
    assert product("import", str(file)).code == 0
    assert plus("toffee") == list(range(1000, 1100))


def test_retired_items_are_listed_where_they_are_asked_for(product, plus):
    assert product("retire", "12").json["active"] is False
    assert plus() == [31, 40, 70, 110]
    assert plus("--retired") == [12, 31, 40, 70, 110]
    assert plus("cow") == []
    assert plus("cow", "--retired") == [12]
    assert product("show", "12").json["active"] is False


@pytest.mark.parametrize("plu", ["13", "999999", "1000000", "99999999999999999999"])
@pytest.mark.parametrize(
    "command",
    [("show",), ("price", "5"), ("change", "--price", "5"), ("retire",)],
    ids=lambda c: c[0],
)
def test_an_item_that_is_not_there(milkpos, command, plu):
    name, *rest = command
    ran = milkpos("product", name, plu, *rest, "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (REFUSED, "", "product-unknown")
    assert plu in ran.error["message"]


@pytest.mark.parametrize("plu", ["0", "-1", "abc", "1.5", "", EAN + "x"])
def test_what_is_no_plu(milkpos, plu):
    assert_words(milkpos("product", "show", "--", plu), USAGE, "PLU")


# --- add and change ----------------------------------------------------------------------------


def test_an_item_added_is_sold(product, ring, milkpos):
    options = ["--mrp", "400.50", "--hsn", "0406", "--gst", "12;2025-09-22=5", "--packed"]
    options += ["--step", ".05", "--barcode", "8900000000017", "--barcode", "8900000000024"]
    options += ["--category", "  Paneer \t & khoya "]
    added = product("add", "500", *PANEER, *options).json
    assert {name: added[name] for name in NAMES} == {
        "plu": 500,
        "name": "Paneer",
        "barcodes": ["8900000000017", "8900000000024"],
        "category": "Paneer & khoya",
        "unit": "kg",
        "price_paise": 380_00,
        "mrp_paise": 400_50,
        "hsn": "0406",
        "gst_rate_bp": 500,
        "packed": True,
        "stock_milli": None,
        "active": True,
    }
    assert product("show", "500").json == added
    *_, paid = ring("paneer", ".05*8900000000024", "+")
    assert [line["qty_milli"] for line in paid["bill"]["lines"]] == [1000, 50]
    assert entries(milkpos)


def test_an_item_added_plainly(product):
    added = product("add", "500", *PANEER).json
    assert (added["gst_rate_bp"], added["mrp_paise"], added["hsn"]) == (0, None, "")
    assert (added["packed"], added["step_milli"], added["barcodes"]) == (False, 1, [])
    counted = product("add", "501", "--name", "Pot", "--unit", "piece", "--price", ".5").json
    assert (counted["step_milli"], counted["price_paise"]) == (1000, 50)


CHANGES = [
    (("--name", "Ghee, half a litre"), {"name": "Ghee, half a litre"}),
    (("--price", "355.50"), {"price_paise": 355_50}),
    (("--mrp", "400"), {"mrp_paise": 400_00}),
    (("--mrp", "none"), {"mrp_paise": None}),
    (("--hsn", "040590"), {"hsn": "040590"}),
    (("--hsn", ""), {"hsn": ""}),
    (("--gst", "18"), {"gst_rate_bp": 1800, "gst_rates": "18"}),
    (("--loose",), {"packed": False}),
    (("--step", "2"), {"step_milli": 2000}),
    (("--barcode", "8900000000017"), {"barcodes": ["8900000000017"]}),
    (("--barcode", "none"), {"barcodes": []}),
    (("--category", ""), {"category": ""}),
    (("--unit", "kg"), {"unit": "kg", "step_milli": 1}),
    (("--price", "500", "--mrp", "500"), {"price_paise": 500_00, "mrp_paise": 500_00}),
]


@pytest.mark.parametrize(("options", "changed"), CHANGES, ids=lambda value: str(value)[:40])
def test_what_is_named_changes_and_nothing_else(product, options, changed):
    before = product("show", "110").json
    after = product("change", "110", *options).json
    assert after == before | changed
    assert product("show", "110").json == after


def test_a_changed_name_is_found_and_the_old_one_is_not(product, plus):
    product("change", "31", "--name", "Dahi दही")
    assert (plus("dahi"), plus("दही"), plus("curd")) == ([31], [31], [31])  # the category
    product("change", "31", "--category", "")
    assert plus("curd") == []


def test_a_new_price_is_asked_at_once_and_old_bills_keep_theirs(ring, milkpos, product):
    *_, paid = ring("12", "+")
    assert product("price", "12", "64.50").json["price_paise"] == 64_50
    assert ring("12", "--")[0]["line"]["rate_paise"] == 64_50
    old = milkpos("bill", "show", paid["bill"]["number"], "--json").json
    assert old["lines"][0]["rate_paise"] == 62_00


BAD = [  # options of change, and the rule that refuses them
    (("--price", "360.01"), "price-above-mrp"),
    (("--mrp", "349.99"), "price-above-mrp"),
    (("--price", "0"), "price-zero"),
    (("--price", "62.505"), "amount-decimals"),
    (("--price", "-5"), "amount-unreadable"),
    (("--price", "62,50"), "amount-unreadable"),
    (("--price", "1e3"), "amount-unreadable"),
    (("--price", ""), "amount-unreadable"),
    (("--price", "99999999999"), "amount-limit"),
    (("--mrp", "free"), "amount-unreadable"),
    (("--name", ""), "name-missing"),
    (("--name", "\x1b\u202e"), "name-missing"),
    (("--hsn", "04"), "hsn"),
    (("--hsn", "milk"), "hsn"),
    (("--gst", "101"), "percent"),
    (("--gst", "five"), "percent"),
    (("--gst", "2025-09-22=5"), "rate-first"),
    (("--gst", "12;2025-09-31=5"), "rate-date"),
    (("--gst", "12;5"), "rate-date"),
    (("--step", "0"), "step"),
    (("--step", ".5"), "step"),
    (("--step", "x"), "quantity-unreadable"),
    (("--barcode", "123456"), "barcode"),
    (("--barcode", "8900000000017\u20b9"), "barcode"),
    (("--barcode", "1" * 49), "barcode"),
]


@pytest.mark.parametrize(("options", "code"), BAD, ids=lambda value: str(value)[:40])
def test_what_is_refused_changes_nothing(milkpos, product, options, code):
    before, journal = product("show", "110").json, entries(milkpos)
    ran = product("change", "110", *options)
    assert (ran.code, ran.out, ran.error["code"]) == (REFUSED, "", code)
    assert (product("show", "110").json, entries(milkpos)) == (before, journal)


def test_a_price_above_the_mrp_is_named_an_offence(milkpos):
    ran = milkpos("product", "price", "110", "361")
    assert_words(ran, REFUSED, "361.00", "MRP", "360.00", "offence")
    ran = milkpos("product", "add", "500", *PANEER, "--mrp", "379.99")
    assert_words(ran, REFUSED, "offence")


def test_a_plu_and_a_barcode_are_one_item_s_alone(product, plus):
    assert product("add", "12", *PANEER).error["code"] == "plu-taken"
    assert product("add", "500", *PANEER, "--barcode", EAN).error["code"] == "barcode-taken"
    assert product("change", "12", "--barcode", EAN).error["code"] == "barcode-taken"
    assert product("add", "1000000", *PANEER).error["code"] == "plu"
    assert plus() == [12, 31, 40, 70, 110]


@pytest.mark.parametrize("missing", ["--name", "--unit", "--price"])
def test_what_an_item_needs(milkpos, missing):
    at = PANEER.index(missing)
    assert_words(milkpos("product", "add", "500", *PANEER[:at], *PANEER[at + 2 :]), USAGE, missing)


def test_an_unknown_unit(milkpos):
    ran = milkpos("product", "add", "500", *PANEER, "--unit", "gallon")
    assert_words(ran, USAGE, "piece", "kg", "litre", "pack")


# --- retire -----------------------------------------------------------------------------------


def test_a_retired_item_is_kept_and_its_number_is_not_given_again(milkpos, product, ring):
    *_, paid = ring("110", "+")
    assert product("retire", "110").code == 0
    assert product("retire", "110").error["code"] == "product-retired"
    assert product("add", "110", *PANEER).error["code"] == "plu-taken"
    old = milkpos("bill", "show", paid["bill"]["number"], "--json").json
    assert old["lines"][0]["name"] == "Ghee 500 ml"
    assert entries(milkpos)


def test_a_retired_item_that_is_changed_stays_retired(product, plus):
    product("retire", "12")
    assert product("price", "12", "70").json["active"] is False
    assert plus() == [31, 40, 70, 110]


# --- who -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [
        ("add", "500", *PANEER),
        ("change", "12", "--price", "70"),
        ("price", "12", "70"),
        ("retire", "12"),
    ],
    ids=lambda args: args[0],
)
def test_changes_need_an_operator_and_reading_none(milkpos, product, args):
    before = product("list", pin=None, operator=None).json
    assert_words(milkpos("product", *args, pin=None), USAGE, "MILKPOS_PIN")
    assert_words(milkpos("product", *args, pin="111111"), REFUSED, "PIN")
    assert_words(milkpos("product", *args, operator="ravi"), REFUSED)
    assert product("list", "--retired", pin=None, operator=None).json == before
