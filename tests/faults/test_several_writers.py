"""Several processes on one file (fault 8): no gap, no duplicate, nobody is told of a lock."""

import pytest

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.journal.clock import MachineClock
from milkpos_tui.services.closing import Closing
from milkpos_tui.services.counting import Counted
from milkpos_tui.till import open_till, verify_home
from tests.commands.driving import found
from tests.faults.several_writers import PAID_PAISE, WRITERS, numbers, prepare, run
from tests.support.tills import OWNER

SALES = 25


@pytest.fixture
def home(tmp_path):
    """A till whose processes work by the machine's clock."""
    home = found(tmp_path, MachineClock())
    prepare(home)
    return home


def test_eight_sell_at_once_and_one_reads(home):
    told = run(home, sales_each=SALES, seconds=600)
    assert {one.done for counter, one in told.items() if counter} == {SALES * 3}
    assert told[""].done > 1
    assert [one.refused for one in told.values()] == [[]] * 9
    with open_till(home) as till:
        assert numbers(till) == {counter: list(range(1, SALES + 1)) for counter in WRITERS}
        for counter in WRITERS:
            assert till.closings.left_over(counter) == ()
            z = till.closings.close(counter, Closing(Counted(None)), OWNER)
            assert (z.takings.bills, z.takings.sold_paise) == (SALES, SALES * PAID_PAISE)
            assert z.moves.out_paise == SALES // 10 * 1_00
            assert z.takings.tender(TenderKind.CASH).kept_paise == SALES * PAID_PAISE
    verdict = verify_home(home, rebuild=True)
    assert (verdict.result, verdict.bad) == ("good", None)
