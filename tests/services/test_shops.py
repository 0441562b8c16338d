"""The shop's particulars and its counters: set up once, checked, and read."""

import apsw
import pytest

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.founding import check_shop, set_up
from milkpos_tui.services.records import Shop
from milkpos_tui.services.shops import Shops
from schema.connection import open_database
from tests.services.reading import entries, everything
from tests.support.tills import GSTIN, OWNER

SHOP = Shop(
    "Nandini Dairy",
    "29",
    TaxMode.REGULAR,
    gstin=GSTIN,
    address="14 Market Road, Mysuru",
    phone="98450 12345",
    upi_vpa="nandini@upi",
)


def test_the_shop_of_a_till(till):
    assert till.shops.shop() == SHOP
    assert till.shop == SHOP
    assert till.shops.counters() == ("1",)


@pytest.mark.parametrize("mode", TaxMode)
@pytest.mark.parametrize("round_to", [1, 100])
def test_shops_of_every_kind(till_of, mode, round_to):
    till = till_of(mode, round_to)
    assert (till.shop.tax_mode, till.shop.round_to_paise) == (mode, round_to)
    assert isinstance(till.shop.tax_mode, TaxMode)


def test_a_shop_set_up_is_two_entries_with_everything(till):
    news = SHOP._replace(
        name="नंदिनी", tax_mode=TaxMode.COMPOSITION, fssai="11223344556677", round_to_paise=1
    )
    before = entries(till)
    set_up(till.journal, news, " b2 ", OWNER)
    assert till.shops.shop() == news
    assert till.shops.counters() == ("1", "B2")
    shop, counter = entries(till)[len(before) :]
    assert (shop.kind, shop.object, shop.actor) == (Kind.SHOP_SET_UP, "shop", "asha")
    assert shop.body == {
        "name": "नंदिनी",
        "state_code": "29",
        "tax_mode": "composition",
        "gstin": GSTIN,
        "fssai": "11223344556677",
        "address": "14 Market Road, Mysuru",
        "phone": "98450 12345",
        "upi_vpa": "nandini@upi",
        "round_to_paise": 1,
    }
    assert (counter.kind, counter.object) == (Kind.COUNTER_ADDED, "B2")
    assert counter.body == {"code": "B2", "name": "Counter B2"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "name-missing"),
        ({"state_code": "00"}, "state-code"),
        ({"state_code": ""}, "state-code"),
        ({"gstin": "29AAGCB7383J1Z5"}, "gstin"),
        ({"gstin": "27AAPFU0939F1ZV"}, "gstin"),
        ({"state_code": "27"}, "gstin"),
        ({"tax_mode": TaxMode.UNREGISTERED}, "gstin"),
        ({"fssai": "1122334455667"}, "fssai"),
        ({"upi_vpa": "nandini"}, "vpa"),
    ],
    ids=repr,
)
def test_a_shop_that_is_refused(till, change, code):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        set_up(till.journal, SHOP._replace(**change), "2", OWNER)
    assert code in refused.value.code
    assert everything(till) == before


def test_a_shop_whose_counter_is_refused_is_not_set_up(till):
    before = everything(till)
    with pytest.raises(Refused) as refused:
        set_up(till.journal, SHOP._replace(name="Other"), "1/2", OWNER)
    assert refused.value.code == "counter-code"
    with pytest.raises(apsw.ConstraintError):  # both entries or none
        set_up(till.journal, SHOP._replace(name="Other"), "1", OWNER)
    assert everything(till) == before


def test_an_unregistered_shop_needs_nothing_of_the_tax_office():
    check_shop(Shop("Nandini", "29", TaxMode.UNREGISTERED))


@pytest.mark.parametrize(("code", "known"), [("1", "1"), (" 1 ", "1"), ("b2", "B2"), ("B2", "B2")])
def test_a_counter_by_its_code(till, code, known):
    set_up(till.journal, SHOP, "B2", OWNER)
    assert till.shops.check_counter(code) == known


@pytest.mark.parametrize(
    ("code", "refused_as"),
    [
        ("2", "counter-unknown"),
        ("", "counter-code"),
        ("1234", "counter-code"),
        ("१", "counter-code"),
    ],
)
def test_a_counter_that_is_not_there(till, code, refused_as):
    with pytest.raises(Refused) as refused:
        till.shops.check_counter(code)
    assert refused.value.code == refused_as


def test_an_unknown_counter_is_told_which_there_are(till):
    set_up(till.journal, SHOP, "B2", OWNER)
    with pytest.raises(Refused, match="no counter 7, only 1, B2"):
        till.shops.check_counter("7")


def test_a_counter_added_is_an_entry(till):
    told = entries(till)
    assert till.shops.add_counter(" b2 ", "Back\x07 door", OWNER) == "B2"
    assert till.shops.add_counter("3", "", OWNER) == "3"
    assert till.shops.counters() == ("1", "3", "B2")
    assert [(entry.kind, entry.object, entry.body) for entry in entries(till)[len(told) :]] == [
        (Kind.COUNTER_ADDED, "B2", {"code": "B2", "name": "Back door"}),
        (Kind.COUNTER_ADDED, "3", {"code": "3", "name": "Counter 3"}),
    ]


@pytest.mark.parametrize(
    ("code", "refused_as"),
    [
        ("1", "counter-taken"),
        (" b2 ", "counter-taken"),
        ("", "counter-code"),
        ("1/2", "counter-code"),
    ],
)
def test_a_counter_that_can_not_be_added(till, code, refused_as):
    till.shops.add_counter("B2", "", OWNER)
    before = everything(till)
    with pytest.raises(Refused) as refused:
        till.shops.add_counter(code, "Other", OWNER)
    assert refused.value.code == refused_as
    assert everything(till) == before


def test_no_shop_was_set_up(tmp_path):
    empty = open_database(tmp_path / "empty.db", create=True)
    try:
        with pytest.raises(Refused) as refused:
            Shops(empty, None, None).shop()  # reading asks nobody
        assert refused.value.code == "shop-missing"
    finally:
        empty.close()
