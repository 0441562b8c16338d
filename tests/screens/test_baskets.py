"""Ten typical baskets, keyed in as docs/keystrokes.md says, come to the bills it says."""

import shutil

import pytest

from benchmarks.baskets import baskets, page, regulars, usual_orders
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.orders import BOTH, DAILY, OrderPlace
from milkpos_tui.domain.quantity import parse_quantity
from milkpos_tui.home import Home
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.orders import Wish
from milkpos_tui.services.product_files import take_in
from milkpos_tui.till import SAMPLE, open_till
from tests.screens.driving import driven, keys, signed_in
from tests.support.sources import ROOT
from tests.support.tills import OWNER, make_home, open_shift


@pytest.fixture(scope="session")
def _stocked_once(tmp_path_factory):
    home = make_home(tmp_path_factory.mktemp("stocked"))
    with open_till(home) as till:
        take_in(till.catalogue, SAMPLE.read_bytes(), OWNER, dry_run=False)
        open_shift(till)
    return home


@pytest.fixture
def home(tmp_path, _stocked_once):
    """A home with the sample catalogue and an open shift."""
    return Home(shutil.copytree(_stocked_once.path, tmp_path / "till"))


@pytest.fixture
def regulars_shop(home):
    """The same, with regulars who ordered for the counter."""
    with open_till(home) as till:
        for one in usual_orders():
            if till.accounts.find(one.code) is None:
                till.customers.add(Customer("", one.code, name="Regular", card=one.card), OWNER)
            qty = parse_quantity(one.quantity)
            wish = Wish(one.plu, qty, DAILY, BOTH, place=OrderPlace.COUNTER)
            till.orders.add(one.code, wish, OWNER)
    return home


def test_there_are_ten():
    assert len(baskets()) == 10


@pytest.mark.parametrize("basket", regulars(), ids=lambda basket: basket.wants)
@driven
async def test_a_regular_collects_the_usual(regulars_shop, basket):
    async with signed_in(regulars_shop) as till:
        await till.keyed(basket.received)
        (bill,) = await till.bills()
        assert bill.document.total_paise == basket.total_paise
        assert len(bill.document.lines) == basket.lines
        assert bill.customer_code is not None


def test_the_goods_of_a_regular_take_few_keys():
    assert [basket.goods for basket in regulars()] == [4, 5, 1]  # three to five, by a code of two


@pytest.mark.parametrize("basket", baskets(), ids=lambda basket: basket.wants)
@driven
async def test_the_keys_make_the_bill(home, basket):
    async with signed_in(home) as till:
        await till.keyed(basket.received)
        (bill,) = await till.bills()
        assert bill.document.total_paise == basket.total_paise
        assert len(bill.document.lines) == basket.lines
        assert till.lines == []
        assert till.entry == ""
        assert show_rupees(basket.total_paise) in till.row("#last")


@pytest.mark.parametrize("basket", baskets(), ids=lambda basket: basket.wants)
def test_a_key_is_a_press_of_the_keyboard(basket):
    if "<scan" not in basket.keys:
        assert basket.count == len(keys(basket.keys))


def test_a_scanner_presses_its_own_keys():
    (scanned,) = [basket for basket in baskets() if "<scan" in basket.keys]
    assert scanned.received.startswith("8909950002046<enter>")
    assert scanned.count == len(keys("+*<enter>"))


def test_the_page_is_made_of_them():
    assert (ROOT / "docs/keystrokes.md").read_text() == page(baskets(), regulars())
