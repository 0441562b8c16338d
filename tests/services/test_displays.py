from milkpos_tui.services.displays import Shown
from milkpos_tui.till import open_till
from tests.services.reading import entries
from tests.support.tills import OWNER

LINK = Shown("d1", 62_00, "upi://pay?pa=nandini@upi&am=62.00")


def test_a_link_is_shown_to_other_programs_and_hidden(home, till, clock):
    with open_till(home, clock) as other:
        assert other.displays.shown("1") is None
        till.displays.show_link("1", LINK)
        assert other.displays.shown("1") == LINK
        newer = LINK._replace(paise=50_00)
        till.displays.show_link("1", newer)
        assert other.displays.shown("1") == newer
        other.displays.hide_link("1")
        assert till.displays.shown("1") is None
        till.displays.hide_link("1")


def test_counters_show_their_own(till):
    till.shops.add_counter("B", "Back door", OWNER)
    till.displays.show_link("1", LINK)
    till.displays.show_link("B", LINK._replace(draft="d2"))
    till.displays.hide_link("1")
    assert (till.displays.shown("1"), till.displays.shown("B").draft) == (None, "d2")


def test_it_is_no_entry(till):
    before = len(entries(till))
    till.displays.show_link("1", LINK)
    assert len(entries(till)) == before


def test_hiding_what_is_not_shown_writes_nothing(till):
    till.others_wrote()
    connection = till._db.connection()
    before = connection.total_changes()
    till.displays.hide_link("1")
    assert connection.total_changes() == before
