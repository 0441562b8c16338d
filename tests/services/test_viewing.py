"""What a customer may see of a counter, read beside a till that sells."""

import apsw
import pytest

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.errors import MilkPOSError, Unreachable
from milkpos_tui.home import Home
from milkpos_tui.services.displays import Shown
from milkpos_tui.services.viewing import Settled
from milkpos_tui.till import open_reading, open_till
from tests.services.reading import everything
from tests.support.tills import OWNER, FakeClock, close_shift, make_home, open_sample_till

LINK = "upi://pay?pa=nandini@upi"


@pytest.fixture
def till(tmp_path):
    with open_sample_till(make_home(tmp_path), FakeClock()) as till:
        yield till


@pytest.fixture
def reader(till):
    with open_reading(till.home, FakeClock()) as reader:
        yield reader


def test_a_bill_grows_is_paid_in_part_and_settled(till, reader):
    view = reader.viewing.of("1")
    assert (view.lines, view.settled, view.shop) == ((), None, "Nandini Dairy")
    checkout = till.checkout("1", OWNER)
    checkout.key_in("3*12")
    checkout.key_in("2*40")
    view = reader.viewing.of("1")
    assert [(line.item.name, line.amount_paise) for line in view.lines] == [
        ("Cow milk", 186_00),
        ("Egg", 15_00),
    ]
    checkout.key_in("+100")
    view = reader.viewing.of("1")
    assert (view.total_paise, view.given_paise, view.due_paise) == (201_00, 100_00, 101_00)
    paid = checkout.key_in("+200").paid
    view = reader.viewing.of("1")
    assert view.lines == ()
    assert view.settled == Settled(view.settled.seq, False, 201_00, 99_00, 300_00)
    till.billing.take_back(paid.number, {1: 1000}, "sour", TenderKind.CASH, "1", OWNER)
    assert reader.viewing.of("1").settled[1:] == (True, 62_00, 0, 62_00)


def test_held_recalled_and_dropped(till, reader):
    checkout = till.checkout("1", OWNER)
    checkout.key_in("12")
    checkout.key_in(".")
    assert reader.viewing.of("1").lines == ()
    checkout.key_in(".1")
    assert len(reader.viewing.of("1").lines) == 1
    checkout.key_in("--")
    view = reader.viewing.of("1")
    assert (view.lines, view.settled) == ((), None)


def test_another_counter_is_another_view(till, reader):
    till.shops.add_counter("2", "", OWNER)
    till.checkout("1", OWNER).key_in("12")
    view = reader.viewing.of("2")
    assert (view.lines, view.attended) == ((), False)


def test_a_closed_shift_and_another_greeting(till, reader):
    assert reader.viewing.of("1").attended
    till.settings.change("greeting", "Namaste", OWNER)
    close_shift(till)
    view = reader.viewing.of("1")
    assert (view.attended, view.greeting) == (False, "Namaste")


def test_a_code_belongs_to_the_open_bill_and_asks_for_no_more_than_is_due(till, reader):
    checkout = till.checkout("1", OWNER)
    checkout.key_in("3*12")
    asked = Shown(checkout.draft.id, 186_00, LINK)
    till.displays.show_link("1", asked)
    assert reader.viewing.of("1").link == asked
    till.displays.show_link("1", asked._replace(paise=186_01))
    assert reader.viewing.of("1").link is None
    till.displays.show_link("1", asked._replace(draft="another"))
    assert reader.viewing.of("1").link is None
    till.displays.show_link("1", asked)
    checkout.key_in(".")
    assert reader.viewing.of("1").link is None  # held
    checkout.key_in(".1")
    checkout.key_in("+")
    assert reader.viewing.of("1").link is None
    till.displays.hide_link("1")
    assert reader.viewing.of("1").link is None


def test_each_look_is_of_one_moment(till, reader, monkeypatch):
    checkout = till.checkout("1", OWNER)
    checkout.key_in("3*12")
    read = reader.drafts.open_on

    def paid_meanwhile(counter):
        draft = read(counter)
        checkout.key_in("+")
        return draft

    monkeypatch.setattr(reader.drafts, "open_on", paid_meanwhile)
    view = reader.viewing.of("1")
    assert (len(view.lines), view.settled) == (1, None)


def test_nothing_is_written_by_looking(till, reader):
    checkout = till.checkout("1", OWNER)
    checkout.key_in("12")
    before = everything(till)
    reader.viewing.of("1")
    assert everything(till) == before
    with pytest.raises(apsw.ReadOnlyError):
        reader._db.connection().execute("DELETE FROM draft")
    with pytest.raises(MilkPOSError), open_reading(till.home) as other:
        other.displays.show_link("1", Shown("d", 1, LINK))


def test_the_till_may_be_opened_and_closed_meanwhile(tmp_path):
    home = make_home(tmp_path)
    with open_reading(home, FakeClock()) as reader:
        assert reader.viewing.of("1").attended is False
        reader.others_wrote()
        with open_sample_till(home) as till:
            till.checkout("1", OWNER).key_in("12")
            assert reader.others_wrote()
        assert not reader.others_wrote()
        with open_till(home) as till:
            till.checkout("1", OWNER).key_in("12")
        assert reader.others_wrote()
        assert len(reader.viewing.of("1").lines) == 2


PHONE, REFERENCE = "98451 23456", "AXIS-778899"


def test_nothing_of_who_buys_is_seen(till, reader):
    """The phone of a customer, what they owe, and the reference of their payment."""
    checkout = till.checkout("1", OWNER)
    checkout.key_in("12")
    checkout.key_in(f"+upi 20 {REFERENCE}")
    assert REFERENCE not in repr(reader.viewing.of("1"))
    checkout.key_in("+")
    connection = till._db.connection()
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'bill'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("UPDATE bill SET customer = ?", (PHONE,))
    view = reader.viewing.of("1")
    assert PHONE not in repr(view)
    assert REFERENCE not in repr(view)
    assert view.settled is not None


def test_the_books_of_an_older_version_are_left_to_a_till(till):
    home = till.home
    till._db.connection().execute("PRAGMA user_version = 3")
    older = pytest.raises(Unreachable, match="older MilkPOS: open the till once")
    with older as refused, open_reading(home):
        pass
    assert refused.value.code == "database-older"
    assert till._db.connection().execute("PRAGMA user_version").get == 3


def test_without_a_till_it_says_so(tmp_path):
    with pytest.raises(Unreachable, match="milkpos init"), open_reading(Home(tmp_path)):
        pass
