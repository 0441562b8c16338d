"""Slips and the drawer at the till, and the screen of devices."""

import pytest

from drivers.printer.status import Paper
from milkpos_tui.domain.devices import DeviceState
from milkpos_tui.services.printing import JobState
from tests.screens.counter import equipped, set_up
from tests.screens.driving import driven


@pytest.fixture
def printing(home):
    set_up(home)
    return home


@driven
async def test_a_cash_sale_prints_its_slip_and_opens_the_drawer_once(printing):
    async with equipped(printing) as counter:
        till = counter.till
        await till.keyed("12<enter>+<enter>")
        rows = await counter.printed(1)
        assert any("1/2627/1" in row for row in rows)
        assert counter.hands.printer.kicks == 1
        await till.keyed("12<enter>+/<enter>")
        await counter.printed(2)
        assert counter.hands.printer.kicks == 1
        assert counter.hands.printer.not_understood == ""


@driven
async def test_paper_out_is_seen_stops_no_sale_and_the_slips_come_later(printing):
    async with equipped(printing) as counter:
        till = counter.till
        counter.hands.printer.paper = Paper.OUT
        await till.keyed("12<enter>+<enter>")
        await till.until(lambda: "out of paper" in till.row("#status"), "told")
        await till.keyed("12<enter>+<enter>")
        assert len(await till.bills()) == 2
        await till.until(lambda: "2 slips to print" in till.row("#status"), "told")
        counter.hands.printer.paper = Paper.OK
        rows = await counter.printed(2)
        assert any("1/2627/2" in row for row in rows)
        assert not any("DUPLICATE" in row for row in rows)


@driven
async def test_a_reprint_comes_out_marked(printing):
    async with equipped(printing) as counter:
        till = counter.till
        await till.keyed("12<enter>+<enter>")
        await counter.printed(1)
        await till.keyed("<f8>r")
        rows = await counter.printed(2)
        assert any("DUPLICATE" in row for row in rows)


@driven
async def test_a_slip_that_may_not_be_printed_is_asked_about(printing):
    from milkpos_tui.till import open_till
    from tests.support.days import sell
    from tests.support.tills import OWNER

    with open_till(printing) as killed:  # between the first byte and the last
        sell(killed, "1", OWNER, "12", "+")
        assert killed.printing.begin(killed.printing.next("1"))
    async with equipped(printing) as counter:
        till = counter.till
        await till.until(lambda: till.place == "DevicesScreen", "asked")
        assert "on paper?" in till.notice
        await till.keyed("n")
        rows = await counter.printed(1)
        assert any("DUPLICATE" in row for row in rows)
        assert "bill.reprinted" in await till.kinds()


@driven
async def test_the_screen_of_devices_tells_tests_and_pulls_out(printing):
    async with equipped(printing) as counter:
        till = counter.till
        await till.keyed("<ctrl+v>")
        text = till.text()
        for device in counter.desk.devices:
            assert device.name in text
        await till.keyed("<down>t")  # by role: display, printer, scale, scanner
        rows = await counter.printed(1)
        assert "This printer works." in rows
        await till.keyed("ut")
        await counter.state("printer", DeviceState.DOWN)
        await till.until(lambda: "text test" in till.text(), "it waits")
        await till.keyed("<down><down><down>-")
        jobs = await till.asked(lambda books: books.printing.open_jobs("1"))
        assert jobs == ()
        counter.hands.scan("8901234567894")
        await till.until(lambda: "scanner read 8901234567894" in till.notice, "read")
        assert (await till.cart()).lines == ()


@driven
async def test_opening_the_drawer_without_a_sale_opens_it_after_the_entry(printing):
    async with equipped(printing) as counter:
        till = counter.till
        await till.keyed("<f11>4change for a note<enter>")
        await till.until(lambda: counter.hands.printer.kicks == 1, "open")
        assert "drawer.opened" in await till.kinds()


@driven
async def test_the_sign_in_tells_of_slips_and_faults(printing):
    async with equipped(printing) as counter:
        till = counter.till
        counter.hands.toggle("printer")
        await till.keyed("12<enter>+/<enter>")
        await counter.state("printer", DeviceState.DOWN)
        await till.keyed("<f10>")
        await till.until(lambda: "1 slip not printed yet" in till.text(), "told")
        assert "printer:" in till.text()
        jobs = await till.asked(lambda books: books.printing.open_jobs("1"))
        assert [job.state for job in jobs] == [JobState.WAITING]
