"""Printing from the command line: what is sold without an open till gets its slip as well."""

import threading
import time
from contextlib import contextmanager

import pytest
from PIL import Image

from drivers.printer.decoder import Bars, CutPaper, Line, Raster
from drivers.printer.simulated import SimulatedPrinter
from drivers.printer.status import Paper
from milkpos_tui.commands.printing import WAIT_S
from milkpos_tui.domain.errors import Refused
from milkpos_tui.hardware.spooler import Spooler
from milkpos_tui.hardware.wiring import printer_of
from milkpos_tui.home import Home
from milkpos_tui.services.printing import JobKind
from milkpos_tui.till import MachineClock, open_till
from tests.commands.driving import REFUSED, USAGE, assert_words
from tests.support.tills import OWNER

JOB_NAMES = [
    *("id", "counter", "kind", "about", "number", "copy", "state", "queued_at", "tries", "error")
]


def sell(milkpos, *keys):
    return milkpos("ring", stdin="\n".join(keys or ("12", "+500")))


def texts(slip):
    return [step.text.strip() for step in slip if isinstance(step, Line)]


@pytest.fixture
def printed(printer):
    """The slips on paper, when there are so many and the drawer was opened so often."""
    paper = printer.printer

    def there(slips, kicks=0):
        def so_many():
            cuts = sum(isinstance(step, CutPaper) for step in paper.steps)
            return cuts >= slips and paper.kicks >= kicks

        assert paper.wait_for(so_many)
        assert (len(paper.slips), paper.kicks) == (slips, kicks)
        return paper.slips

    return there


@contextmanager
def telling(home, spooler):
    """As an open till does: whenever somebody wrote the books, its spooler looks at the queue."""
    done = threading.Event()

    def watch():
        with open_till(home, MachineClock()) as till:
            while not done.wait(0.05):
                if till.others_wrote():
                    spooler.look()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.fixture
def jobs(milkpos):
    return lambda: milkpos("device", "jobs", "--json", pin=None).json


def test_a_sale_is_printed_and_opens_the_drawer_for_cash(milkpos, printed, jobs):
    ran = sell(milkpos)
    assert (ran.code, ran.err) == (0, "")
    (slip,) = printed(1, kicks=1)
    assert Bars("1/2627/1", 64, 2, "center") in slip
    assert "*** DUPLICATE ***" not in texts(slip)
    assert jobs() == []


def test_a_sale_by_upi_leaves_the_drawer_shut(milkpos, printed):
    assert sell(milkpos, "12", "+upi").code == 0
    printed(1, kicks=0)


def test_nothing_is_printed_where_the_shop_wants_no_slips_but_the_drawer_opens(
    milkpos, printer, printed
):
    assert milkpos("setting", "set", "print-slips", "no").code == 0
    assert sell(milkpos).code == 0
    printed(0, kicks=1)


def test_a_cash_refund_prints_its_note_and_opens_the_drawer(milkpos, printed):
    sell(milkpos)
    back = milkpos("bill", "return", "1/2627/1", "--line", "1=1", "--reason", "sour")
    assert back.code == 0, back.err
    assert any("CREDIT NOTE" in text for text in texts(printed(2, kicks=2)[-1]))


def test_a_reprint_says_duplicate(milkpos, printed):
    sell(milkpos)
    assert milkpos("bill", "reprint", "1/2627/1").code == 0
    assert any("DUPLICATE" in text for text in texts(printed(2, kicks=1)[1]))


def test_the_drawer_is_opened_by_its_command(milkpos, printed):
    assert milkpos("shift", "drawer", "--reason", "change").code == 0
    printed(0, kicks=1)
    assert_words(milkpos("shift", "drawer", "--reason", " "), REFUSED, "say why")
    printed(0, kicks=1)


def test_the_z_is_printed_at_the_close(milkpos, printed):
    ran = milkpos("shift", "close", "--count", "500=1")
    assert ran.code == 0, ran.err
    (slip,) = printed(1)
    assert any(text.startswith("Z") for text in texts(slip))


def test_the_z_is_not_printed_where_the_shop_does_not_want_it(milkpos, printed, jobs):
    milkpos("setting", "set", "print-z", "no")
    assert milkpos("shift", "close", "--count", "500=1").code == 0
    assert (printed(0), jobs()) == ([], [])


def test_a_close_without_a_printer_is_a_close(milkpos, jobs):
    assert milkpos("shift", "close", "--count", "500=1").code == 0
    assert jobs() == []


def test_out_of_paper_the_sale_is_done_and_its_slip_waits(milkpos, printer, printed, jobs):
    printer.printer.paper = Paper.OUT
    ran = sell(milkpos)
    assert ran.code == 0
    assert "1 print job left to print" in ran.err
    assert "out of paper" in ran.err
    (job,) = jobs()
    assert list(job) == JOB_NAMES
    assert (job["kind"], job["number"], job["state"]) == ("slip", "1/2627/1", "waiting")
    printer.printer.paper = Paper.OK
    assert sell(milkpos, "12", "+upi").err == ""
    assert [bars.code for slip in printed(2) for bars in slip if isinstance(bars, Bars)] == [
        "1/2627/1",
        "1/2627/2",
    ]


def test_a_printer_that_is_gone_is_told_and_keeps_nobody(milkpos, printer, jobs):
    printer.unplug()
    ran = sell(milkpos)
    assert ran.code == 0
    assert "the drawer did not open" in ran.err
    assert "refuses the connection" in ran.err
    assert [job["state"] for job in jobs()] == ["waiting"]


def test_an_open_till_that_has_the_printer_prints_it(milkpos, printer, printed, jobs, home):
    begun = time.monotonic()
    with home.holding_printer("1"):
        ran = sell(milkpos)
    assert time.monotonic() - begun < WAIT_S  # it is not waited for like a printer of ours
    assert ran.code == 0
    assert "another terminal prints for counter 1" in ran.err
    printed(0)
    assert len(jobs()) == 1


def test_a_command_waits_for_the_open_till_to_print_it(milkpos, printer, printed, jobs, home):
    with open_till(home, MachineClock()) as till:
        (device,) = till.devices.of("1")
    till_s = Spooler(home, "1", printer_of(device))
    till_s.start()
    try:
        assert printer.printer.wait_for(lambda: printer.printer.received > 0)  # it has the printer
        # Told by its look at who wrote, the till begins with what the command left.
        with telling(home, till_s):
            ran = sell(milkpos, "12", "+upi")
        assert (ran.code, ran.err) == (0, "")
    finally:
        assert till_s.stop()
    printed(1)
    assert jobs() == []


@pytest.fixture
def slow(printer, monkeypatch):
    """The printer takes its next slip only when this is set."""
    may_go, take = threading.Event(), SimulatedPrinter.take

    def slowly(paper, data):
        if len(data) > 10:  # no question how it is: the slip
            assert may_go.wait(20)
        return take(paper, data)

    monkeypatch.setattr(SimulatedPrinter, "take", slowly)
    yield may_go
    may_go.set()


def wait_until(happened, within_s=20.0):
    until = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < until
        threading.Event().wait(0.01)


def test_winding_up_finishes_a_slip_and_begins_no_other(
    milkpos, printer, printed, jobs, home, slow
):
    """What is broken off would be half a slip, and nobody would know how much of it."""
    printer.unplug()
    for _ in range(3):
        sell(milkpos, "12", "+upi")
    printer.plug()
    with open_till(home, MachineClock()) as till:
        (device,) = till.devices.of("1")
    spooler = Spooler(home, "1", printer_of(device))
    spooler.start()
    wait_until(lambda: any(job["state"] == "printing" for job in jobs()))
    spooler.wind_up()
    slow.set()
    wait_until(lambda: spooler.state.printed == 1)
    spooler.look()
    paper = printer.printer
    assert not paper.wait_for(lambda: len(paper.slips) > 1, within_s=0.5)
    assert spooler.stop()
    assert [job["state"] for job in jobs()] == ["waiting"] * 2
    printed(1)


def test_a_command_ends_in_time_with_its_slip_whole(
    milkpos, printer, printed, jobs, slow, monkeypatch
):
    winding_up = Spooler.wind_up

    def wind_up(spooler):
        winding_up(spooler)
        slow.set()

    monkeypatch.setattr(Spooler, "wind_up", wind_up)
    monkeypatch.setattr("milkpos_tui.commands.printing.WAIT_S", 1)
    assert sell(milkpos, "12", "+upi", "12", "+upi", "12", "+upi").code == 0
    left = [job["state"] for job in jobs()]
    assert set(left) == {"waiting"}, "none is torn, none unsure, and not all are printed"
    printed(3 - len(left))  # a line may take a second slip while the printer has the first


def test_without_a_printer_nothing_is_queued_or_said(milkpos, jobs):
    ran = sell(milkpos)
    assert (ran.code, ran.err) == (0, "")
    assert jobs() == []


def test_what_will_never_be_printed_is_told(milkpos, printed, jobs, monkeypatch):
    def refuse(*_):
        raise Refused("no-such-bill", "nobody knows this bill")

    monkeypatch.setattr("milkpos_tui.hardware.papers.document_of", refuse)
    ran = sell(milkpos)
    assert ran.code == 0
    assert "slip of bill 1/2627/1 can't be printed: nobody knows this bill" in ran.err
    printed(0, kicks=1)
    assert jobs() == []


def test_a_logo_that_is_no_picture_is_refused_and_one_that_was_spoilt_stops_no_slip(
    milkpos, printed, tmp_path
):
    logo = tmp_path / "logo.png"
    args = ("device", "change", "printer", "--set", f"logo={logo}")
    assert_words(milkpos(*args), REFUSED, "there is no picture")
    logo.write_text("no picture")
    assert_words(milkpos(*args), REFUSED, "the logo can't be read")
    Image.new("1", (64, 64)).save(logo)
    assert milkpos(*args).code == 0
    sell(milkpos, "12", "+upi")
    assert any(isinstance(step, Raster) for step in printed(1)[0])
    logo.write_text("spoilt")
    sell(milkpos, "12", "+upi")
    assert Bars("1/2627/2", 64, 2, "center") in printed(2)[1]


# --- jobs ----------------------------------------------------------------------------------------


@pytest.fixture
def cut_off(milkpos, printer, home, clock):
    """A slip that was being printed when the current went: its number."""
    printer.unplug()
    sell(milkpos)
    with open_till(home, clock) as till:
        job = till.printing.next("1")
        assert till.printing.begin(job)
        till.printing.take_over("1")
    printer.plug()
    return job.id


def test_an_unsure_job_is_told_by_whatever_prints_next(milkpos, cut_off):
    ran = milkpos("shift", "drawer", "--reason", "change")
    assert "1 print job: printed or not?" in ran.err
    assert "printed or not? look, and settle it" in milkpos("device", "jobs").out


def test_what_is_on_paper_is_not_printed_again(milkpos, cut_off, printed, jobs):
    assert milkpos("device", "settle", str(cut_off), "--printed").code == 0
    assert (printed(0), jobs()) == ([], [])


def test_what_is_not_is_printed_marked(milkpos, cut_off, printed, jobs):
    ran = milkpos("device", "settle", str(cut_off), "--again")
    assert ran.code == 0, ran.err
    (slip,) = printed(1)
    assert any("DUPLICATE" in text for text in texts(slip))
    assert jobs() == []
    assert milkpos("bill", "show", "1/2627/1", "--json").json["copies"] == 1


def test_settling_needs_to_know_which(milkpos, cut_off):
    for args in ((), ("--printed", "--again")):
        assert_words(milkpos("device", "settle", str(cut_off), *args), USAGE, "either --printed")
    assert_words(milkpos("device", "settle", "99", "--again"), REFUSED, "no print job 99")
    milkpos("device", "settle", str(cut_off), "--printed")
    again = milkpos("device", "settle", str(cut_off), "--printed")
    assert_words(again, REFUSED, "is printed, not unsure")


def test_a_waiting_job_is_dropped(milkpos, printer, jobs):
    printer.unplug()
    sell(milkpos)
    (job,) = jobs()
    dropped = milkpos("device", "drop", str(job["id"]), "--json").json
    assert dropped["state"] == "dropped"
    assert jobs() == []
    assert_words(milkpos("device", "drop", str(job["id"])), REFUSED, "dropped already")
    assert_words(milkpos("device", "drop", "one"), USAGE, "JOB")


def test_no_jobs_in_words(milkpos):
    assert milkpos("device", "jobs").lines == ["nothing is to be printed on counter 1"]


def test_a_job_that_is_no_bill_has_no_number(milkpos, printer, home: Home, clock, jobs):
    printer.unplug()
    with open_till(home, clock) as till:
        till.printing.queue("1", JobKind.TEXT, "note", ["hello"], OWNER)
    assert [(job["kind"], job["number"]) for job in jobs()] == [("text", None)]
