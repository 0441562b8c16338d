"""What is sold: found by its codes, added, changed and retired, each as an entry."""

import apsw
import pytest

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.item import PLU_MAX, Item
from milkpos_tui.domain.quantity import Unit
from milkpos_tui.domain.tax import parse_rates
from milkpos_tui.journal.journal import Actor
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services import catalogue as module
from milkpos_tui.services.catalogue import product_body
from milkpos_tui.services.records import Operator
from tests.services.reading import Counter, entries, everything
from tests.support.tills import CURD, GHEE, MILK, OWNER, SAMPLE_ITEMS, SWEETS

RAVI = Actor("ravi", "asha", "tty2")
PANEER = Item(
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
    barcodes=("8900000000008", "AB-12"),
)


@pytest.fixture
def catalogue(till):
    till.people.add(Operator("ravi", "Ravi", "manager"), "135790", OWNER)
    return till.catalogue


def assert_refused(till, code, decide):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        decide()
    assert refused.value.code == code
    assert refused.value.message
    assert everything(till) == before


# --- by code ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "item"),
    [
        ("12", MILK),
        ("000012", MILK),
        ("8901234567894", GHEE),
        ("110", GHEE),
        ("0000012", None),  # seven digits are a barcode
        ("13", None),
        ("0", None),
        ("", None),
        ("²", None),
        ("१२", None),
        ("12 ", None),
        ("cow", None),
        ("890123456789", None),
        ("%", None),
    ],
)
def test_by_code(catalogue, code, item):
    assert catalogue.by_code(code) == item


def test_every_barcode_of_an_item_finds_it(catalogue):
    catalogue.add(PANEER, OWNER)
    assert [catalogue.by_code(code) for code in PANEER.barcodes] == [PANEER, PANEER]
    assert catalogue.by_code("ab-12") is None  # as it is printed


def test_by_plu(catalogue):
    assert catalogue.item(12) == MILK
    assert catalogue.item(13) is None
    assert catalogue.known(12) == MILK
    with pytest.raises(Refused, match="there is no item 13"):
        catalogue.known(13)


def test_all_items_by_plu(catalogue):
    catalogue.add(PANEER, OWNER)
    catalogue.retire(CURD.plu, OWNER)
    on_sale = [item for item in (*SAMPLE_ITEMS, PANEER) if item != CURD]
    assert list(catalogue.items()) == on_sale
    retired = CURD._replace(active=False)
    assert list(catalogue.items(retired=True)) == [
        retired if item == CURD else item for item in (*SAMPLE_ITEMS, PANEER)
    ]


def test_another_terminals_change_is_seen_at_once(catalogue, other_till):
    assert catalogue.by_code("12") == MILK
    dearer = other_till.catalogue.change(MILK._replace(price_paise=6500), OWNER)
    assert catalogue.by_code("12") == dearer
    other_till.catalogue.retire(12, OWNER)
    assert catalogue.by_code("12") is None


# --- adding -------------------------------------------------------------------------------------


def test_an_added_item_is_an_entry_and_there(till, catalogue):
    assert catalogue.add(PANEER, RAVI) == PANEER
    assert catalogue.item(500) == PANEER
    entry = entries(till)[-1]
    assert (entry.kind, entry.object) == (Kind.PRODUCT_ADDED, "500")
    assert (entry.actor, entry.approver, entry.session) == ("ravi", "asha", "tty2")
    assert entry.body == {
        "plu": 500,
        "name": "Paneer",
        "category": "paneer",
        "unit": "kg",
        "price_paise": 38000,
        "mrp_paise": 40000,
        "hsn": "0406",
        "rates": "5;2025-09-22=0",
        "packed": 1,
        "step_milli": 50,
        "active": 1,
        "barcodes": ["8900000000008", "AB-12"],
    }


@pytest.mark.parametrize(
    "item",
    [
        PANEER._replace(plu=1),
        PANEER._replace(plu=PLU_MAX),
        PANEER._replace(name="गाय का दूध", category="दूध"),
        PANEER._replace(name="[red]Cola[/red] 'x' \"y\""),
        PANEER._replace(mrp_paise=PANEER.price_paise),
        PANEER._replace(mrp_paise=None, packed=False, barcodes=(), hsn="", category=""),
        PANEER._replace(unit=Unit.PACK, step_milli=6000),
    ],
    ids=repr,
)
def test_what_is_added_is_what_is_read(catalogue, item):
    catalogue.add(item, OWNER)
    assert catalogue.item(item.plu) == item


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"plu": 12}, "plu-taken"),
        ({"plu": 0}, "plu"),
        ({"plu": -1}, "plu"),
        ({"plu": PLU_MAX + 1}, "plu"),
        ({"name": ""}, "name-missing"),
        ({"unit": Unit.PIECE, "step_milli": 500}, "step"),
        ({"unit": Unit.PACK, "step_milli": 1}, "step"),
        ({"step_milli": 0}, "step"),
        ({"step_milli": -50}, "step"),
        ({"unit": Unit.PIECE, "step_milli": 0}, "step"),
        ({"price_paise": 0}, "price-zero"),
        ({"price_paise": -100}, "price-zero"),
        ({"price_paise": 40001}, "price-above-mrp"),
        ({"mrp_paise": 37999}, "price-above-mrp"),
        ({"barcodes": ("8901234567894",)}, "barcode-taken"),
        ({"barcodes": ("AB-12", "8901234567894")}, "barcode-taken"),
    ],
    ids=repr,
)
def test_what_is_not_added(till, catalogue, change, code):
    assert_refused(till, code, lambda: catalogue.add(PANEER._replace(**change), OWNER))


def test_a_plu_or_barcode_of_a_retired_item_is_taken(till, catalogue):
    catalogue.retire(GHEE.plu, OWNER)
    assert_refused(till, "plu-taken", lambda: catalogue.add(PANEER._replace(plu=110), OWNER))
    assert_refused(
        till,
        "barcode-taken",
        lambda: catalogue.add(PANEER._replace(barcodes=GHEE.barcodes), OWNER),
    )


# --- changing -----------------------------------------------------------------------------------


def test_a_changed_item_is_an_entry_and_there(till, catalogue):
    news = GHEE._replace(
        name="Cow ghee",
        price_paise=35500,
        barcodes=("1234567", "8901234567894"),
        packed=False,
    )
    assert catalogue.change(news, RAVI) == news
    assert catalogue.item(110) == news
    assert [catalogue.by_code(code) for code in news.barcodes] == [news, news]
    entry = entries(till)[-1]
    assert (entry.kind, entry.object, entry.actor) == (Kind.PRODUCT_CHANGED, "110", "ravi")
    assert entry.body == product_body(news)


def test_a_barcode_given_up_is_free_for_another(catalogue):
    catalogue.change(GHEE._replace(barcodes=()), OWNER)
    assert catalogue.by_code("8901234567894") is None
    taking = catalogue.change(MILK._replace(barcodes=GHEE.barcodes), OWNER)
    assert catalogue.by_code("8901234567894") == taking


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (PANEER, "product-unknown"),
        (MILK._replace(barcodes=GHEE.barcodes), "barcode-taken"),
        (GHEE._replace(price_paise=36001), "price-above-mrp"),
        (MILK._replace(price_paise=0), "price-zero"),
        (MILK._replace(name=""), "name-missing"),
        (GHEE._replace(step_milli=500), "step"),
    ],
    ids=repr,
)
def test_what_is_not_changed(till, catalogue, item, code):
    assert_refused(till, code, lambda: catalogue.change(item, OWNER))


def test_a_retired_item_is_no_longer_sold_but_known(till, catalogue):
    assert catalogue.retire(GHEE.plu, RAVI) == GHEE._replace(active=False)
    assert catalogue.known(110) == GHEE._replace(active=False)
    assert catalogue.by_code("110") is None
    assert catalogue.by_code("8901234567894") is None
    assert catalogue.search("ghee") == ()
    entry = entries(till)[-1]
    assert (entry.kind, entry.object, entry.body) == (Kind.PRODUCT_RETIRED, "110", {"plu": 110})
    assert_refused(till, "product-retired", lambda: catalogue.retire(110, OWNER))
    assert_refused(till, "product-unknown", lambda: catalogue.retire(111, OWNER))


def test_a_retired_item_that_is_changed_stays_retired(catalogue):
    retired = catalogue.retire(GHEE.plu, OWNER)
    catalogue.change(retired._replace(name="Old ghee"), OWNER)
    assert catalogue.known(110) == retired._replace(name="Old ghee")
    assert catalogue.search("ghee") == ()
    assert catalogue.by_code("110") is None


def test_a_retired_item_on_sale_again(catalogue):
    catalogue.retire(GHEE.plu, OWNER)
    catalogue.change(GHEE, OWNER)
    assert catalogue.by_code("110") == GHEE
    assert catalogue.search("ghee") == (GHEE,)


def test_an_item_retired_while_it_is_on_the_counter_is_still_sold(till, catalogue):
    key = Counter(till)
    key("12")
    catalogue.retire(12, OWNER)
    assert till.checkout("1", OWNER).draft.cart.lines[0].item.active is False
    assert key.checkout.key_in("+").paid.document.lines[0].plu == 12


# --- a whole file of items ----------------------------------------------------------------------


def many(count, first=1000):
    return [PANEER._replace(plu=plu, barcodes=()) for plu in range(first, first + count)]


@pytest.mark.parametrize(
    ("count", "batches"), [(1, [1]), (4, [4]), (5, [4, 1]), (8, [4, 4]), (9, [4, 4, 1])]
)
def test_a_file_is_taken_in_by_batches(till, catalogue, monkeypatch, count, batches):
    monkeypatch.setattr(module, "IMPORT_BATCH", 4)
    items, before = many(count), entries(till)
    catalogue.take_in(items, "ab" * 32, RAVI)
    told = entries(till)[len(before) :]
    assert [len(entry.body["products"]) for entry in told] == batches
    assert [entry.kind for entry in told] == [Kind.PRODUCTS_IMPORTED] * len(batches)
    assert {(entry.object, entry.body["file"], entry.actor) for entry in told} == {
        ("ab" * 32, "ab" * 32, "ravi")
    }
    assert [item for item in catalogue.items() if item.plu >= 1000] == items


def test_a_file_adds_and_changes(catalogue):
    news = [PANEER, MILK._replace(price_paise=6500, barcodes=("7654321",))]
    catalogue.take_in(news, "00", OWNER)
    assert [catalogue.item(500), catalogue.item(12)] == news
    assert catalogue.item(31) == CURD


def test_nothing_of_a_file_with_a_bad_item_is_taken_in(till, catalogue, monkeypatch):
    monkeypatch.setattr(module, "IMPORT_BATCH", 2)
    items = [*many(5), SWEETS._replace(price_paise=0)]
    assert_refused(till, "price-zero", lambda: catalogue.take_in(items, "00", OWNER))


def test_nothing_of_a_file_is_taken_in_when_the_database_refuses_the_last(
    till, catalogue, monkeypatch
):
    monkeypatch.setattr(module, "IMPORT_BATCH", 2)
    items, before = [*many(5), PANEER._replace(name="x" * 81)], everything(till)
    with pytest.raises(apsw.ConstraintError):
        catalogue.take_in(items, "00", OWNER)
    assert everything(till) == before


def test_a_file_with_a_barcode_that_is_taken(till, catalogue):
    items = [*many(3), PANEER._replace(barcodes=GHEE.barcodes)]
    assert_refused(till, "barcode-taken", lambda: catalogue.take_in(items, "00", OWNER))
    twice = [PANEER, PANEER._replace(plu=501)]
    assert_refused(till, "barcode-taken", lambda: catalogue.take_in(twice, "00", OWNER))


@pytest.mark.parametrize("batch", [1, 2])
def test_barcodes_move_between_the_items_of_a_file(catalogue, monkeypatch, batch):
    monkeypatch.setattr(module, "IMPORT_BATCH", batch)
    moved = [MILK._replace(barcodes=GHEE.barcodes), GHEE._replace(barcodes=())]
    for news in (moved, moved[::-1], [MILK, GHEE], [GHEE, MILK]):
        catalogue.take_in(news, "00", OWNER)
        assert [catalogue.item(item.plu) for item in news] == news
        owner = next(item for item in news if item.barcodes)
        assert catalogue.by_code(GHEE.barcodes[0]) == owner
    swapped = [MILK._replace(barcodes=("7654321",)), GHEE]
    catalogue.take_in(swapped, "00", OWNER)
    swapped = [MILK._replace(barcodes=GHEE.barcodes), GHEE._replace(barcodes=("7654321",))]
    catalogue.take_in(swapped, "00", OWNER)
    assert [catalogue.item(item.plu) for item in swapped] == swapped
