"""The catalogue as CSV: in whole or refused whole with its lines, and out the same way."""

import csv
import hashlib
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from milkpos_tui.domain.errors import Refused, Unreachable
from milkpos_tui.domain.item import Item
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.domain.tax import parse_rates
from milkpos_tui.domain.text import clean, is_clean
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services import product_files as module
from milkpos_tui.services import spreadsheets
from milkpos_tui.services.product_files import (
    Imported,
    parse_barcodes,
    written,
)
from milkpos_tui.services.spreadsheets import FAULTS_SHOWN, read_file
from tests.services.reading import Counter, entries, everything
from tests.support.strategies import items
from tests.support.tills import CURD, GHEE, MILK, OWNER, SAMPLE_ITEMS, SWEETS

HEAD = "plu,name,barcodes,category,unit,price,mrp,hsn,gst_rates,packed,step"
PANEER = "500,Paneer,8900000000008 AB1234,paneer,kg,380,400,0406,5;2025-09-22=0,yes,.05"


def file(*lines, head=HEAD):
    return "\n".join((head, *lines, "")).encode()


def take_in(till, content, **more):
    return module.take_in(till.catalogue, content, OWNER, **{"dry_run": False} | more)


# --- in -----------------------------------------------------------------------------------------


def test_a_line_is_an_item(till):
    assert take_in(till, file(PANEER)) == Imported(added=1, changed=0, unchanged=0)
    assert till.catalogue.item(500) == Item(
        500,
        "Paneer",
        Unit.KG,
        38000,
        parse_rates("5;2025-09-22=0"),
        "0406",
        "paneer",
        mrp_paise=40000,
        packed=True,
        step_milli=50,
        barcodes=("8900000000008", "AB1234"),
    )


@pytest.mark.parametrize(
    ("line", "unit", "step_milli"),
    [("7,Egg,piece,7.5", Unit.PIECE, 1000), ("7,Oil,litre,.50", Unit.LITRE, 1)],
)
def test_what_may_be_left_out(till, line, unit, step_milli):
    take_in(till, file(line, head="plu,name,unit,price"))
    item = till.catalogue.item(7)
    assert (item.unit, item.step_milli) == (unit, step_milli)
    assert (item.mrp_paise, item.hsn, item.category, item.barcodes) == (None, "", "", ())
    assert (item.rates, item.packed, item.active) == (parse_rates("0"), False, True)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + file(PANEER),
        file(PANEER).replace(b"\n", b"\r\n"),
        file(PANEER).rstrip(),
        file("", PANEER, "", ""),
        file(PANEER, head=HEAD.upper()),
        file(PANEER, head=HEAD.replace(",", " , ")),
        file(PANEER.replace(",", " , ")),
        file(PANEER.replace("Paneer", '"Paneer"')),
        file(PANEER.replace("yes", "Yes").replace("kg", "KG")),
        file(PANEER.replace("380", "0380.00").replace("500", "000500")),
        file(PANEER.replace("Paneer", " \x07Pan\u202eeer\u200b ")),
        file(PANEER.replace("8900000000008 AB1234", "AB1234  8900000000008 AB1234")),
    ],
    ids=repr,
)
def test_the_same_item_written_by_other_programs(till, content):
    take_in(till, file(PANEER))
    assert take_in(till, content) == Imported(added=0, changed=0, unchanged=1)


def test_columns_in_any_order(till):
    take_in(till, file("380,kg,500,Paneer", head="price,unit,plu,name"))
    assert till.catalogue.item(500).price_paise == 38000


def test_added_changed_and_unchanged(till):
    before = entries(till)
    content = written([MILK, SWEETS._replace(price_paise=50000), CURD._replace(plu=32)]).encode()
    assert take_in(till, content) == Imported(added=1, changed=1, unchanged=1)
    (entry,) = entries(till)[len(before) :]
    assert (entry.kind, entry.actor) == (Kind.PRODUCTS_IMPORTED, "asha")
    assert entry.object == entry.body["file"] == hashlib.sha256(content).hexdigest()
    assert [product["plu"] for product in entry.body["products"]] == [70, 32]
    assert till.catalogue.item(70).price_paise == 50000
    assert till.catalogue.item(110) == GHEE  # what the file doesn't name stays
    assert take_in(till, content) == Imported(added=0, changed=0, unchanged=3)
    assert len(entries(till)) == len(before) + 1  # nothing new is no entry


def test_a_dry_run_changes_nothing(till):
    before = everything(till)
    content = file(PANEER, "12,Milk,,milk,litre,70,,0401,0,no,0.001")
    assert take_in(till, content, dry_run=True) == Imported(added=1, changed=1, unchanged=0)
    assert everything(till) == before


def test_a_dry_run_refuses_as_well(till):
    with pytest.raises(Refused):
        take_in(till, file("x,Milk,,milk,litre,70,,0401,0,no,"), dry_run=True)


def test_a_file_of_no_item(till):
    before = everything(till)
    assert take_in(till, file()) == Imported(0, 0, 0)
    assert everything(till) == before


def test_a_file_that_does_not_speak_of_it_leaves_an_item_retired(till):
    till.catalogue.retire(GHEE.plu, OWNER)
    assert take_in(till, written([GHEE]).encode()) == Imported(0, 0, 1)
    assert till.catalogue.by_code("110") is None
    dearer = GHEE._replace(price_paise=GHEE.price_paise - 100)
    assert take_in(till, written([dearer]).encode()) == Imported(0, 1, 0)
    assert till.catalogue.by_code("110") is None


def test_a_file_brings_a_retired_item_back(till):
    till.catalogue.retire(GHEE.plu, OWNER)
    again = [GHEE, MILK._replace(plu=99, barcodes=(), active=False)]
    assert take_in(till, written(again, retired=True).encode()).changed == 1
    assert till.catalogue.by_code("110") == GHEE


@pytest.mark.parametrize(
    ("cell", "active"), [("yes", True), ("no", False), (" No ", False), ("", True)]
)
def test_a_column_says_what_is_no_longer_sold(till, cell, active):
    take_in(till, file(f"12,Milk,litre,70,{cell}", head="plu,name,unit,price,active"))
    assert till.catalogue.known(12).active is active
    assert bool(till.catalogue.by_code("12")) is active
    assert (12 in [item.plu for item in till.catalogue.search("milk")]) is active


def test_an_export_with_what_is_retired_changes_nothing(till):
    till.catalogue.retire(GHEE.plu, OWNER)
    export = written(till.catalogue.items(retired=True), retired=True)
    assert export.splitlines()[0] == f"{HEAD},active"
    before = everything(till)
    assert take_in(till, export.encode()) == Imported(0, 0, len(SAMPLE_ITEMS))
    assert everything(till) == before


# --- refused, whole, with the line --------------------------------------------------------------

BASE = dict(zip(HEAD.split(","), PANEER.split(","), strict=True))


def row(**change):
    return ",".join({**BASE, **change}.values())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"plu": ""}, "'' is not a PLU"),
        ({"plu": "x"}, "'x' is not a PLU"),
        ({"plu": "1234567"}, "'1234567' is not a PLU"),
        ({"plu": "१२"}, "is not a PLU"),
        ({"plu": "-5"}, "is not a PLU"),
        ({"plu": "1.5"}, "is not a PLU"),
        ({"plu": "0"}, "from 1 to 999999"),
        ({"name": ""}, "item 500 needs a name"),
        ({"name": " \x07\u202e "}, "item 500 needs a name"),
        ({"unit": ""}, "'' is not a unit: piece, kg, litre, pack"),
        ({"unit": "g"}, "'g' is not a unit"),
        ({"price": ""}, "'' is not an amount"),
        ({"price": "-5"}, "'-5' is not an amount"),
        ({"price": "3.999"}, "at most two decimals"),
        ({"price": "1e3"}, "is not an amount"),
        ({"price": "₹380"}, "is not an amount"),
        ({"price": "0"}, "must be more than zero"),
        ({"price": "99999999999"}, "over the limit"),
        ({"price": "400.01"}, "above the MRP"),
        ({"mrp": "379"}, "above the MRP"),
        ({"mrp": "x"}, "'x' is not an amount"),
        ({"hsn": "04"}, "HSN"),
        ({"hsn": "04AB"}, "HSN"),
        ({"gst_rates": "x"}, "'x' is not a percentage"),
        ({"gst_rates": "101"}, "is not a percentage"),
        ({"gst_rates": "2025-09-22=5"}, "has no first rate"),
        ({"gst_rates": "12;2025-13-01=5"}, "is not a date"),
        ({"gst_rates": "12;5"}, "two rates for one day"),
        ({"packed": "maybe"}, "packed is yes or no, not 'maybe'"),
        ({"step": "x"}, "'x' is not a quantity"),
        ({"step": "0"}, "must be more than zero"),
        ({"step": "0.0001"}, "at most three decimals"),
        ({"unit": "piece", "step": "0.5"}, "its step is a whole number"),
        ({"barcodes": "123456"}, "as short as a PLU"),
        ({"barcodes": "1"}, "as short as a PLU"),
        ({"barcodes": "x" * 49}, "is not a barcode"),
        ({"barcodes": "12-34567"}, "'12-34567' is not a barcode"),
        ({"barcodes": "1234567 *A1*"}, "'*A1*' is not a barcode"),
        ({"barcodes": "दूध"}, "is not a barcode"),
    ],
    ids=repr,
)
def test_a_bad_line(till, change, words):
    before = everything(till)
    good = "600,Good,,,kg,1,,,0,no,"
    with pytest.raises(Refused) as refused:
        take_in(till, file(good, row(**change), "601,Good,,,kg,1,,,0,no,"))
    assert refused.value.code == "import"
    assert refused.value.message.startswith("nothing was imported. ")
    assert words in refused.value.message
    assert "line 3: " in refused.value.message
    assert "601" not in refused.value.message
    assert everything(till) == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1: the column name is missing"),
        (b"\n\n", "line 1: the column name is missing"),
        (b"plu,name,unit\n", "line 1: the column price is missing"),
        (b"plu;name;unit;price\n", "line 1: the column name is missing"),
        (b"plu,name,unit,price,colour\n", "line 1: there is no column 'colour'"),
        (b"plu,name,unit,price,plu\n", "line 1: there is no column 'twice the same'"),
        (b"plu,name,unit,price,\n", "line 1: there is no column ''"),
        (b"plu,name,unit,price\n7,Egg,piece\n", "line 2: it has not 4 cells"),
        (b"plu,name,unit,price\n7,Egg,piece,5\n8,Egg,piece,5,6\n", "line 3: it has not 4 cells"),
        (b"plu,name,unit,price\n7,Caf\xe9,piece,5\n", "line 2: the file is not UTF-8 text"),
        (b"plu,name,unit,price\n7,A,kg,5\n8,B\xff,kg,5\n", "line 3: the file is not UTF-8"),
        (b"plu,name,unit,price\n7,A,kg,5\n7,B,kg,5\n", "line 3: item 7 is on line 2 already"),
        ("plu,name,unit,price\n".encode("utf-16"), "line 1: the file is not UTF-8 text"),
        (b"\x00\x01\x02", "line 1: "),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_bad_file(till, content, words):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        take_in(till, content)
    assert refused.value.code == "import"
    assert words in refused.value.message
    assert everything(till) == before


BROKEN = ['7,"Egg,piece,5', '7,"Egg"x,piece,5', f"7,{'x' * 200_000},kg,5"]


@pytest.mark.parametrize("line", BROKEN, ids=["no end", "two ends", "huge"])
def test_a_line_that_is_no_csv(till, line):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        take_in(till, file(line, head="plu,name,unit,price"))
    assert refused.value.code == "import"
    assert everything(till) == before


@pytest.mark.parametrize("line", BROKEN, ids=["no end", "two ends", "huge"])
def test_a_line_that_is_no_csv_is_told_by_its_number(till, line):
    with pytest.raises(Refused, match="line 2: "):
        take_in(till, file(line, head="plu,name,unit,price"))


def test_a_line_is_counted_as_an_editor_counts_it(till):
    content = file('600,"Two\nlines",,,kg,1,,,0,no,', "", "x,Bad,,,kg,1,,,0,no,")
    with pytest.raises(Refused, match=r"line 5: 'x' is not a PLU"):
        take_in(till, content)


@pytest.mark.parametrize(
    "bad",
    [
        "x,Bad,,,kg,1,,,0,no,",
        "7,Egg",
        '7,"Egg"x',
    ],
)
def test_blank_lines_are_counted_as_well(till, bad):
    content = file("600,Good,,,kg,1,,,0,no,", "", "", "", bad)
    with pytest.raises(Refused, match="line 6: "):
        take_in(till, content)


def test_an_item_of_many_barcodes(till):
    many = GHEE._replace(barcodes=tuple(str(89010000000000 + number) for number in range(40)))
    till.catalogue.change(many, OWNER)
    assert take_in(till, written([many]).encode()) == Imported(0, 0, 1)


def test_all_bad_lines_are_told_up_to_a_limit(till):
    bad = [f"{plu},Bad,,,kg,0,,,0,no," for plu in range(1, FAULTS_SHOWN + 3)]
    with pytest.raises(Refused) as some:
        take_in(till, file(*bad[:FAULTS_SHOWN]))
    assert some.value.message.count("line ") == FAULTS_SHOWN
    assert "more" not in some.value.message.partition("; ")[2].replace("more than", "")
    with pytest.raises(Refused) as many:
        take_in(till, file(*bad))
    assert many.value.message.count("line ") == FAULTS_SHOWN
    assert many.value.message.endswith("; and 2 more")


def test_a_barcode_of_two_items_of_the_file(till):
    head = "plu,name,unit,price,barcodes"
    content = file("7,A,kg,1,1234567", "8,B,kg,1,AB1 1234567", "9,C,kg,1,AB1", head=head)
    before = everything(till)
    with pytest.raises(Refused, match="item 8: 1234567 is the barcode of item 7 too") as refused:
        take_in(till, content)
    assert refused.value.code == "barcode-taken"
    assert everything(till) == before


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_barcode_of_an_item_the_file_leaves_alone(till, dry_run):
    before = everything(till)
    with pytest.raises(Refused, match="item 500: 8901234567894 is the barcode of item 110 too"):
        take_in(till, file(row(barcodes="8901234567894")), dry_run=dry_run)
    assert everything(till) == before


def test_a_barcode_that_its_item_gives_up_in_the_file(till):
    content = written([GHEE._replace(barcodes=()), MILK._replace(barcodes=GHEE.barcodes)])
    assert take_in(till, content.encode()) == Imported(0, 2, 0)
    assert till.catalogue.by_code(GHEE.barcodes[0]).plu == MILK.plu


def test_a_barcode_of_a_retired_item_is_taken(till):
    till.catalogue.retire(GHEE.plu, OWNER)
    with pytest.raises(Refused, match="is the barcode of item 110 too"):
        take_in(till, written([MILK._replace(barcodes=GHEE.barcodes)]).encode())


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ()),
        ("1234567", ("1234567",)),
        (" b2  a1 b2 ", ("a1", "b2")),
        ("x" * 48, ("x" * 48,)),
        ("12345A", ("12345A",)),
    ],
)
def test_barcodes(text, codes):
    assert parse_barcodes(text) == codes


@settings(max_examples=60)
@example(code="12-34567")
@example(code="2*AB")
@example(code="+12345678")
@example(code="2100031002507")  # it looks like a label
@example(code="COW")
@given(code=st.text("0123456789ABab-+*./$% ", min_size=1, max_size=14))
def test_a_barcode_that_is_one_can_be_scanned(lasting_till, code):
    try:
        codes = parse_barcodes(code)
    except Refused:
        return
    assert codes == tuple(sorted(set(code.split())))
    coded = lasting_till.catalogue.change(GHEE._replace(barcodes=codes), OWNER)
    counter = Counter(lasting_till)
    for each in codes:
        assert counter.checkout.key_in(each).line.item == coded
        counter.checkout.key_in("--")


# --- out ----------------------------------------------------------------------------------------


def test_golden():
    paneer = Item(
        500,
        'Paneer, "malai"',
        Unit.KG,
        1234567890,
        parse_rates("12;2025-09-22=5"),
        "0406",
        "=cat",
        mrp_paise=1234567891,
        packed=True,
        step_milli=50,
        barcodes=("8900000000008", "AB-1234"),
    )
    assert written([MILK, paneer]) == (
        "plu,name,barcodes,category,unit,price,mrp,hsn,gst_rates,packed,step\n"
        "12,Cow milk,,milk,litre,62.00,,0401,0,no,0.001\n"
        '500,"Paneer, ""malai""",8900000000008 AB-1234,\'=cat,kg,12345678.90,12345678.91,0406,'
        "12;2025-09-22=5,yes,0.05\n"
    )


@pytest.mark.parametrize("start", "=+-@")
def test_no_cell_is_a_formula(till, start):
    name = f"{start}HYPERLINK(1)"
    dangerous = MILK._replace(name=name, category=name)
    (_head, cells) = csv.reader(io.StringIO(written([dangerous])))
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    take_in(till, written([dangerous]).encode())
    assert till.catalogue.item(12) == dangerous


def test_no_barcode_is_a_formula():
    coded = MILK._replace(barcodes=("=1+1.x", "AB1"))  # no way leads there; and still
    (_head, cells) = csv.reader(io.StringIO(written([coded])))
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]


@pytest.mark.parametrize("name", ["'=1", "''=1", "'", "'a", "''", "' =1"])
def test_a_name_that_begins_with_the_sign_against_formulas(till, name):
    quoted = till.catalogue.change(MILK._replace(name=name, category=name), OWNER)
    assert take_in(till, written([quoted]).encode()) == Imported(0, 0, 1)


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).map(clean).filter(bool)
NAMES |= st.sampled_from(
    ["=x", "@ y", "'=x", "'", '"', 'a"b,c', "- -", "गाय का दूध", ";", "#1", "Cola [b]"]
)
CODES = st.from_regex(r"[0-9]{7,14}|[A-Z][A-Za-z0-9]{0,20}", fullmatch=True)


@st.composite
def catalogues(draw):
    """Items as a shop has them: each PLU and each barcode once."""
    chosen = draw(st.lists(items(), max_size=6, unique_by=lambda item: item.plu))
    codes = draw(st.sets(CODES, max_size=8))
    named = []
    for item in chosen:
        own = {codes.pop() for _ in range(draw(st.integers(0, 2))) if codes}
        named.append(
            item._replace(
                name=draw(NAMES),
                category=draw(st.just("") | NAMES)[:40].rstrip(),
                barcodes=tuple(sorted(own)),
            )
        )
    return sorted(named, key=lambda item: item.plu)


@settings(max_examples=60)
@given(shelf=catalogues())
def test_what_is_written_is_what_is_read(shelf):
    assert all(is_clean(item.name) for item in shelf)
    assert list(module._items(written(shelf).encode(), frozenset())) == shelf


@settings(max_examples=25)
@given(shelf=catalogues())
@example(shelf=list(SAMPLE_ITEMS))
def test_an_export_that_is_imported_changes_nothing(lasting_till, shelf):
    till = lasting_till
    for item in till.catalogue.items():
        till.catalogue.change(item._replace(barcodes=()), OWNER)
    known = {item.plu for item in till.catalogue.items(retired=True)}
    done = take_in(till, written(shelf).encode())
    assert done.added == sum(item.plu not in known for item in shelf)
    assert [till.catalogue.item(item.plu) for item in shelf] == shelf
    before = everything(till)
    export = list(till.catalogue.items())
    again = take_in(till, written(export).encode())
    assert again == Imported(0, 0, len(export))
    assert everything(till) == before


# --- files --------------------------------------------------------------------------------------


def test_a_file_is_read(tmp_path):
    path = tmp_path / "items.csv"
    path.write_bytes(b"plu\n")
    assert read_file(path) == b"plu\n"


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheets, "FILE_LIMIT_BYTES", 3)
    path = tmp_path / "items.csv"
    path.write_bytes(b"plu")
    assert read_file(path) == b"plu"
    path.write_bytes(b"plu\n")
    with pytest.raises(Refused) as refused:
        read_file(path)
    assert refused.value.code == "file-too-large"


def test_a_file_that_is_not_there(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Unreachable) as refused:
            read_file(path)
        assert refused.value.code == "file-unreachable"
