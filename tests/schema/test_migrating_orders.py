"""A till of before orders had a place, opened by this version: its orders stay the round's."""

from milkpos_tui.domain.orders import DAILY, Half, OrderPlace
from milkpos_tui.journal import round_projection
from milkpos_tui.services.accounts import Customer
from milkpos_tui.services.orders import Wish
from milkpos_tui.till import open_till
from schema import connection as opening
from schema.round_tables import StandingOrder
from schema.sql import columns
from tests.schema.test_migrating import assert_rebuilt, before, version
from tests.support.tills import DAY_MS, MILK, MONDAY, MONDAY_7_AM, OWNER, FakeClock, make_home

BEFORE_PLACES = 8
_NAMES = [name for name in columns(StandingOrder) if name != "place"]
ORDER_BEFORE = (
    f"INSERT INTO standing_order ({', '.join(_NAMES)}) "
    f"SELECT {', '.join(f'?{number}' for number in range(1, len(_NAMES) + 1))} "
    f"WHERE ?{len(_NAMES) + 1} = 'round'"
)


def test_its_orders_are_brought_and_its_journal_still_rebuilds(tmp_path, clock, monkeypatch):
    (tmp_path / "migrations").mkdir()
    earlier = FakeClock(MONDAY_7_AM - DAY_MS, boot="boot-0")
    with before(BEFORE_PLACES, tmp_path / "migrations"), monkeypatch.context() as patch:
        patch.setattr(round_projection, "_ORDER", ORDER_BEFORE)
        home = make_home(tmp_path / "old", clock=earlier)
        with open_till(home, earlier) as till:
            till.catalogue.add(MILK, OWNER)
            till.customers.add(Customer("", "9", name="Gita"), OWNER)
            till.orders.add("9", Wish(MILK.plu, 1000, DAILY), OWNER)
    assert version(home) == BEFORE_PLACES
    with open_till(home, clock) as till:
        assert version(home) == opening.SCHEMA_VERSION
        (order,) = till.orders.of(till.accounts.known("9"))
        assert order.place is OrderPlace.ROUND
        assert len(till.orders.deliveries(MONDAY, Half.MORNING)) == 1
    assert_rebuilt(home)
