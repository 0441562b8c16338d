"""`milkpos product import` and `export`: the catalogue as CSV, whole or not at all."""

import csv
import io

import pytest

from tests.commands.driving import PIPE_CLOSED, REFUSED, UNREACHABLE, assert_words, running
from tests.support.tills import GHEE

HEADER = "plu,name,barcodes,category,unit,price,mrp,hsn,gst_rates,packed,step"
EAN = GHEE.barcodes[0]
CODE, OTHER = "8900000000017", "8900000000024"
GOOD = {"plu": "500", "name": "Paneer", "barcodes": "", "category": "", "unit": "kg"}
GOOD |= {"price": "380", "mrp": "", "hsn": "0406", "gst_rates": "0", "packed": "no", "step": ""}
RISKY = "=+-@"  # what a spreadsheet takes for the beginning of a formula


def file_of(*rows):
    """A CSV file of whole rows."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER.split(","), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def books(milkpos):
    """All that an import could change: the items and the number of entries."""

    def read():
        items = milkpos("product", "list", "--retired", "--json").json
        verdict = milkpos("audit", "verify", "--rebuild", "--json").json
        assert verdict["result"] == "good", verdict
        return items, verdict["entries"]

    return read


@pytest.fixture
def take_in(milkpos, tmp_path):
    """An import of a file of some content."""

    def call(content, *options):
        file = tmp_path / "file.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return milkpos("product", "import", str(file), *options)

    return call


def counts(ran):
    """Added, changed, unchanged."""
    assert ran.code == 0, ran.err
    return ran.json["added"], ran.json["changed"], ran.json["unchanged"]


# --- out and in again ---------------------------------------------------------------------------


def test_golden(milkpos):
    assert milkpos("product", "export", pin=None, operator=None).lines == [
        HEADER,
        "12,Cow milk,,milk,litre,62.00,,0401,0,no,0.001",
        "31,Curd,,curd,kg,90.00,,0403,0,no,0.001",
        "40,Egg,,eggs,piece,7.50,,0407,0,no,1",
        "70,Milk peda,,sweets,kg,480.00,,2106,5,no,0.001",
        f"110,Ghee 500 ml,{EAN},ghee,pack,350.00,360.00,0405,12;2025-09-22=5,yes,1",
    ]


def test_what_was_exported_changes_nothing(milkpos, take_in, books):
    odd = ["--category", '"x", y;z', "--barcode", CODE, "--barcode", "ABC-12"]
    assert milkpos("product", "add", "500", "--name", "Peda, पेड़ा 'best'", *KG, *odd).code == 0
    before = books()
    assert counts(take_in(milkpos("product", "export").out, "--json")) == (0, 0, 6)
    assert books() == before


def test_retired_items_stay_retired(milkpos, take_in, books):
    assert milkpos("product", "retire", "12").code == 0
    before = books()
    assert "\n12," not in milkpos("product", "export").out
    exported = milkpos("product", "export", "--retired").out
    assert "\n12," in exported
    assert counts(take_in(exported, "--json")) == (0, 0, 5)
    assert books() == before


def test_a_file_says_what_is_sold_no_longer(take_in, books):
    header = "plu,name,unit,price,active\n"
    assert counts(take_in(f"{header}500,Paneer,kg,380,no\n501,Khoya,kg,420,yes\n", "--json"))
    active = {item["plu"]: item["active"] for item in books()[0]}
    assert (active[500], active[501]) == (False, True)
    assert counts(take_in(f"{header}500,Paneer,kg,380,yes\n", "--json")) == (0, 1, 0)
    assert_words(take_in(f"{header}500,Paneer,kg,380,perhaps\n"), REFUSED, "line 2: ", "yes or no")


def test_into_another_till(milkpos, take_in, books, clock):
    exported = milkpos("product", "export").out
    text = exported.replace("\n", "\n9").replace("\n9\n", "\n").removesuffix("9")
    assert text.splitlines()[1].startswith("912,Cow milk")
    assert counts(take_in(text.replace(EAN, CODE), "--json")) == (5, 0, 0)
    items = {item["plu"]: item for item in books()[0]}
    for plu in (12, 31, 40, 70):
        assert items[int(f"9{plu}")] == items[plu] | {"plu": int(f"9{plu}")}


def test_as_json_it_is_the_list(milkpos):
    assert milkpos("product", "export", "--json").json == milkpos("product", "list", "--json").json


KG = ("--unit", "kg", "--price", "1")
FORMULAS = [f"{sign}{rest}" for sign in RISKY for rest in ("1+1", "cmd|' /C calc'!A0", "")]


@pytest.mark.parametrize("column", ["name", "category"])
def test_no_spreadsheet_runs_a_name(milkpos, take_in, books, column):
    for plu, text in enumerate(FORMULAS, 500):
        names = ("--name", text) if column == "name" else ("--name", "x", f"--category={text}")
        assert milkpos("product", "add", str(plu), *KG, *_joined(names)).code == 0
    before = books()
    exported = milkpos("product", "export").out
    cells = [row[column] for row in csv.DictReader(io.StringIO(exported))][5:]
    assert cells == [f"'{text}" for text in FORMULAS]
    assert counts(take_in(exported, "--json")) == (0, 0, 5 + len(FORMULAS))
    assert books() == before


def test_no_spreadsheet_runs_a_barcode(milkpos, take_in, books):
    """Either such a code is refused, or it is made harmless and comes back as it was."""
    for plu, sign in enumerate(RISKY, 500):
        milkpos("product", "add", str(plu), "--name", "x", *KG, f"--barcode={sign}1+1+1+1")
    before = books()
    exported = milkpos("product", "export").out
    cells = [row["barcodes"] for row in csv.DictReader(io.StringIO(exported))]
    assert [cell for cell in cells if cell.startswith(tuple(RISKY))] == []
    assert counts(take_in(exported, "--json"))[:2] == (0, 0)
    assert books() == before


@pytest.mark.parametrize("name", ["'=1+1", "''x", "'quoted'", "'", "it's"])
def test_apostrophes_of_a_name_come_back(milkpos, take_in, books, name):
    assert milkpos("product", "add", "500", "--name", name, *KG).code == 0
    before = books()
    assert counts(take_in(milkpos("product", "export").out, "--json")) == (0, 0, 6)
    assert books() == before


def _joined(options):
    """`--name=-x`: a value that begins like an option."""
    pairs = list(options)
    return [f"{pairs[0]}={pairs[1]}", *pairs[2:]]


def test_stdout_closed_early_ends_quietly(shop):
    with running("product", "export", home=shop) as export:
        export.stdout.close()
        assert export.wait(60) == PIPE_CLOSED
        assert export.stderr.read() == ""


# --- in ----------------------------------------------------------------------------------------


def test_added_changed_and_unchanged(take_in, books):
    content = (
        "plu,name,unit,price,category,hsn,gst_rates,packed,barcodes,mrp\n"
        "500,Paneer,kg,380,,0406,0,no,8900000000017 8900000000024,\n"
        "12,Cow milk,litre,64,milk,0401,0,no,,\n"
        "31,Curd,kg,90,curd,0403,0,no,,\n"
    )
    ran = take_in(content)
    assert (ran.code, ran.lines) == (0, ["1 added, 1 changed, 1 unchanged"])
    items = {item["plu"]: item for item in books()[0]}
    assert items.keys() == {12, 31, 40, 70, 110, 500}  # what is not in the file stays
    assert items[12]["price_paise"] == 64_00
    assert items[500]["barcodes"] == [CODE, OTHER]


def test_again_is_no_entry(take_in, books):
    content = "plu,name,unit,price\n500,Paneer,kg,380\n"
    assert counts(take_in(content, "--json")) == (1, 0, 0)
    before = books()
    assert counts(take_in(content, "--json")) == (0, 0, 1)
    assert books() == before


def test_a_dry_run_says_the_same_and_does_nothing(take_in, books):
    content = "plu,name,unit,price\n500,Paneer,kg,380\n12,Milk,litre,62\n"
    before = books()
    ran = take_in(content, "--dry-run")
    assert ran.lines == ["1 would be added, 1 would be changed, 0 would be unchanged"]
    assert take_in(content, "--dry-run", "--json").json["dry_run"] is True
    assert books() == before
    assert counts(take_in(content, "--json")) == (1, 1, 0)


@pytest.mark.parametrize("change", [{"price": "free"}, {"barcodes": EAN}], ids=["cell", "barcode"])
def test_a_dry_run_refuses_the_same(take_in, change):
    bad = file_of(GOOD | change)
    assert take_in(bad).code == REFUSED
    assert take_in(bad, "--dry-run") == take_in(bad)


@pytest.mark.parametrize(
    "dressed",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
        lambda text: text.removesuffix("\n").encode(),
        lambda text: text.replace("plu,name", " PLU , Name ").encode(),
        lambda text: text.replace(",", '","').replace("\n", '"\n"').join('""').encode()[:-2],
        lambda text: text.replace("\n", "\n\n").encode(),
        lambda text: text.replace("500,", " 500 , ").encode(),
    ],
    ids=["BOM", "CRLF", "BOM, CRLF", "no last end", "header", "quoted", "blank lines", "spaces"],
)
def test_as_spreadsheets_write_it(take_in, books, dressed):
    text = "plu,name,unit,price\n500,Paneer पनीर,kg,380.00\n501,Khoya,kg,420\n"
    assert counts(take_in(dressed(text), "--json")) == (2, 0, 0)
    names = {item["plu"]: item["name"] for item in books()[0]}
    assert (names[500], names[501]) == ("Paneer पनीर", "Khoya")


def test_a_header_alone(take_in, books):
    before = books()
    assert counts(take_in(HEADER, "--json")) == (0, 0, 0)
    assert books() == before


def test_five_thousand_lines(milkpos, take_in, ring):
    codes = {plu: 890 * 10**10 + plu for plu in range(1000, 6000)}
    rows = [f"{plu},Item {plu},{code},kg,{plu}.50" for plu, code in codes.items()]
    content = "plu,name,barcodes,unit,price\n" + "\n".join(rows)
    assert counts(take_in(content, "--json")) == (5000, 0, 0)
    added, _ = ring(str(codes[5999]), "--")
    assert added["line"]["amount_paise"] == 5999_50
    assert counts(take_in(milkpos("product", "export").out, "--json")) == (0, 0, 5005)
    verdict = milkpos("audit", "verify", "--rebuild", "--json").json
    assert (verdict["result"], verdict["entries"]) == ("good", 21)  # ten of them the import


@pytest.mark.parametrize(
    ("before", "after"),
    [((CODE, ""), ("", CODE)), (("", CODE), (CODE, "")), ((CODE, OTHER), (OTHER, CODE))],
    ids=["down", "up", "swapped"],
)
def test_a_barcode_moves_from_one_item_to_another(take_in, books, before, after):
    """A printed code went to the wrong item: the file puts it right, in whichever order."""
    for codes in (before, after):
        rows = zip(("500", "501"), codes, strict=True)
        ran = take_in(file_of(*(GOOD | {"plu": plu, "barcodes": code} for plu, code in rows)))
        assert ran.code == 0, ran.err
    items = {item["plu"]: item["barcodes"] for item in books()[0]}
    assert (items[500], items[501]) == tuple([code] if code else [] for code in after)


# --- refused whole -----------------------------------------------------------------------------

BAD_CELLS = [  # a column, what stands there, and words of the reason
    ("plu", "", "PLU"),
    ("plu", "0", "1 to 999999"),
    ("plu", "-5", "PLU"),
    ("plu", "5.0", "PLU"),
    ("plu", "1000000", "PLU"),
    ("plu", "abc", "abc"),
    ("plu", "५००", "PLU"),
    ("name", "", "name"),
    ("name", "\u202e\u200b", "name"),
    ("unit", "", "piece, kg, litre, pack"),
    ("unit", "gallon", "gallon"),
    ("price", "", "rupees"),
    ("price", "0", "more than zero"),
    ("price", "free", "free"),
    ("price", "-1", "-1"),
    ("price", "₹380", "380"),
    ("price", "1,380", "1,380"),
    ("price", "380.005", "two decimals"),
    ("price", "9" * 13, "limit"),
    ("mrp", "379.99", "MRP"),
    ("mrp", "none", "none"),
    ("hsn", "040", "4, 6 or 8 digits"),
    ("hsn", "milk", "4, 6 or 8 digits"),
    ("gst_rates", "101", "percentage"),
    ("gst_rates", "12;5", "two rates"),
    ("gst_rates", "2025-09-22=5", "first rate"),
    ("gst_rates", "12;22-09-2025=5", "date"),
    ("packed", "perhaps", "yes or no"),
    ("packed", "1", "yes or no"),
    ("step", "0", "more than zero"),
    ("step", "0.0001", "three decimals"),
    ("step", "-1", "-1"),
    ("step", "small", "small"),
    ("barcodes", "123456", "123456"),
    ("barcodes", "8900000000017₹", "barcode"),
    ("barcodes", "8" * 49, "barcode"),
    ("barcodes", EAN, "item 110"),
]


@pytest.mark.parametrize(
    ("column", "cell", "reason"), BAD_CELLS, ids=[f"{c} {v[:20]!r}" for c, v, _ in BAD_CELLS]
)
def test_one_bad_cell_and_nothing_is_taken(take_in, books, column, cell, reason):
    before = books()
    good = GOOD | {"plu": "499", "name": "Khoya"}
    ran = take_in(file_of(good, GOOD | {column: cell}))
    assert_words(ran, REFUSED, "item 500: " if cell == EAN else "line 3: ", reason)
    assert books() == before


def test_counted_goods_have_whole_steps(take_in):
    ran = take_in(file_of(GOOD | {"unit": "piece", "step": ".5"}))
    assert_words(ran, REFUSED, "line 2: ", "whole number")


def test_every_bad_line_is_told_up_to_ten(take_in, books):
    before = books()
    rows = [GOOD | {"plu": str(plu), "price": "free"} for plu in range(500, 513)]
    ran = take_in(file_of(*rows), "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (REFUSED, "", "import")
    for line in range(2, 12):
        assert f"line {line}: " in ran.error["message"]
    assert "line 12: " not in ran.error["message"]
    assert "and 3 more" in ran.error["message"]
    assert books() == before


def test_an_item_twice(take_in):
    assert_words(take_in(file_of(GOOD, GOOD)), REFUSED, "line 3: ", "500", "line 2")


def test_a_barcode_twice(take_in, books):
    before = books()
    rows = [GOOD | {"plu": plu, "barcodes": CODE} for plu in ("500", "501")]
    assert_words(take_in(file_of(*rows)), REFUSED, CODE, "500", "501")
    assert books() == before


FILES = [  # content, and words of the reason
    ("", "column"),
    ("\n\n", "column"),
    ("plu,name,unit\n500,Paneer,kg\n", "line 1: the column price is missing"),
    ("plu;name;unit;price\n500;Paneer;kg;380\n", "line 1: "),
    (f"{HEADER},colour\n", "line 1: there is no column 'colour'"),
    ("plu,name,unit,price,plu\n", "line 1: "),
    ("plu,name,unit,price\n500,Paneer,kg\n", "line 2: it has not 4 cells"),
    ("plu,name,unit,price\n500,Paneer,kg,380,5\n", "line 2: it has not 4 cells"),
    ("plu,name,unit,price\n500,Paneer, loose,kg,380\n", "line 2: it has not 4 cells"),
    ('plu,name,unit,price\n500,"Paneer,kg,380\n', "line 2: "),
    ('plu,name,unit,price\n500,"Paneer"x,kg,380\n', "line 2: "),
    ('plu,name,unit,price\n500,Paneer,kg,380\n\n501,"Khoya"x,kg,420\n', "line 4: "),
    ("plu,name,unit,price\n500,Paneer,kg,380\n\n501,Khoya,kg,free\n", "line 4: "),
    (b"plu,name,unit,price\n500,Paneer,kg,380\n501,\xff\xfe,kg,380\n", "line 3: "),
    ("plu,name,unit,price\n500,Paneer,kg,380\n".encode("utf-16"), "line 1: "),
    (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xb5", "line 1: "),
    (f"plu,name,unit,price\n500,{'x' * 200_000},kg,380\n", "line 2: "),
]


@pytest.mark.parametrize(("content", "reason"), FILES, ids=[repr(c)[:70] for c, _ in FILES])
def test_what_is_no_catalogue(take_in, books, content, reason):
    before = books()
    assert_words(take_in(content), REFUSED, reason)
    assert books() == before


@pytest.mark.parametrize("column", ["plu", "unit", "price", "mrp", "hsn", "gst_rates", "packed"])
def test_what_a_file_says_reaches_no_terminal_as_a_command(take_in, column):
    ran = take_in(file_of(GOOD | {column: "\x1b]0;x\x07\x1b[2J\x9b31m\u202e"}))
    assert ran.code == REFUSED
    assert [char for char in ran.err if not char.isprintable() and char != "\n"] == []


def test_names_are_cleaned_at_the_door(take_in, books):
    assert (
        take_in(file_of(GOOD | {"name": " Pan\x1b[2Jeer\u202e \t x\n", "category": "\x9bx"})).code
        == 0
    )
    item = books()[0][-1]
    assert (item["name"], item["category"]) == ("Pan[2Jeer x", "x")


def test_files_that_can_not_be_read(milkpos, tmp_path):
    missing = tmp_path / "missing.csv"
    assert_words(milkpos("product", "import", str(missing)), UNREACHABLE, str(missing))
    assert_words(milkpos("product", "import", str(tmp_path)), UNREACHABLE, str(tmp_path))


def test_a_file_that_is_too_large(milkpos, tmp_path):
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(65 * 2**20)
    assert_words(milkpos("product", "import", str(large)), REFUSED, "64 MiB")


def test_an_import_needs_an_operator(milkpos, tmp_path, books):
    before = books()
    file = tmp_path / "file.csv"
    file.write_text(file_of(GOOD))
    assert milkpos("product", "import", str(file), pin=None).code == 2
    assert milkpos("product", "import", str(file), pin="000000").code == REFUSED
    items, journal = books()
    assert (items, journal) == (before[0], before[1] + 1)  # the wrong PIN is an entry
