"""Slips and the drawer at the till, and the screen of devices."""

import pytest

from drivers.printer.faults import CannotSet
from drivers.printer.status import Paper
from milkpos_tui.domain.devices import Device, DeviceState, Kind, Role
from milkpos_tui.hardware.simulation import Simulation
from milkpos_tui.services.printing import JobKind, JobState
from milkpos_tui.till import open_till
from tests.screens.counter import equipped, set_up
from tests.screens.driving import driven, running
from tests.support.days import sell
from tests.support.tills import OWNER, OWNER_PIN


@pytest.fixture(autouse=True)
def nobody_looks(monkeypatch):
    """What is printed is printed because somebody was told, not at the next look of its own."""
    monkeypatch.setattr("milkpos_tui.hardware.spooler.LOOK_S", 1e6)


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
        told = "printer: out of paper, 2 slips to print"
        await till.until(lambda: told in till.row("#status"), "told")
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
    with open_till(printing) as killed:  # between the first byte and the last
        sell(killed, "1", OWNER, "12", "+")
        assert killed.printing.begin(killed.printing.next("1"))
    async with equipped(printing, place="DevicesScreen") as counter:
        till = counter.till
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


@driven
async def test_a_return_in_cash_opens_the_drawer_and_prints_its_note(printing):
    async with equipped(printing) as counter:
        till = counter.till
        await till.keyed("12<enter>+/<enter>12<enter>+/<enter>")
        await counter.printed(2)
        for refund, kicks in (("/", 0), ("+", 1)):
            await till.keyed(f"<f7><enter>1<enter>+<enter>sour<enter>{refund}<enter>")
            await till.until(lambda: till.place == "Billing", "given back")
            await till.keyed("12<enter>+/<enter>")
            await till.until(lambda: counter.hands.printer.kicks == kicks, "the drawer")  # noqa: B023  # called at once
        await counter.printed(6)
        assert counter.hands.printer.kicks == 1
        notes = [row for slip in range(1, 7) for row in await counter.printed(slip)]
        assert sum("CREDIT NOTE" in row for row in notes) == 2


@driven
async def test_a_payment_in_the_dialog_opens_the_drawer_once(printing):
    async with equipped(printing) as counter:
        till = counter.till
        await till.keyed("12<enter><f9><enter>")
        await till.until(lambda: till.place == "Billing", "paid")
        await counter.printed(1)
        assert counter.hands.printer.kicks == 1


@driven
async def test_what_will_never_be_printed_is_told_until_somebody_has_read_it(printing, monkeypatch):
    def no_font(*_):
        raise CannotSet("no font for Devanagari (apt install fonts-lohit-deva)")

    monkeypatch.setattr("milkpos_tui.hardware.papers.document_of", no_font)
    async with equipped(printing) as counter:
        till = counter.till
        await till.keyed("12<enter>+/<enter>")
        await till.until(lambda: "1 slip can't be printed" in till.row("#status"), "told")
        monkeypatch.undo()
        await till.keyed("12<enter>+/<enter>")
        await counter.printed(1)
        assert "1 slip can't be printed" in till.row("#status")
        await till.keyed("<ctrl+v>")
        assert "slip of bill 1/2627/1 can't be printed" in till.text()
        await till.keyed("<escape>")
        assert "can't be printed" not in till.row("#status")


@driven
async def test_a_printer_that_does_not_say_how_it_is_is_unknown(home):
    printer = Device("printer", Role.PRINTER, "1", Kind.SIMULATED, "", {"status": "no"})
    set_up(home, printer)
    async with running(home, operator="asha", pin=OWNER_PIN, simulation=Simulation) as till:
        await till.until(lambda: "printer: unknown" in till.row("#status"), "told")


@driven
async def test_a_long_queue_scrolls(printing):
    async with equipped(printing) as counter:
        till = counter.till
        counter.hands.toggle("printer")
        with open_till(printing) as books:
            for number in range(60):
                books.printing.queue("1", JobKind.TEXT, f"note {number}", ["x"], OWNER)
        await till.keyed("<ctrl+v>")
        await till.until(lambda: "note 0" in till.text(), "listed")
        await till.keyed("<down>" * 80)
        assert till.reversed("#page")[0].startswith("text note 59")
        await till.keyed("-")
        await till.until(lambda: "note 59" not in till.text(), "dropped")
        await till.keyed("<up>" * 80)
        assert "pole" in till.text()
