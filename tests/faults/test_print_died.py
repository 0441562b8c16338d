"""Cut off between the sale and the paper (fault 2): no slip is lost, none comes twice unmarked."""

import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest
from PIL import Image

from milkpos_tui.home import Home
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services.printing import JobState, Queued
from milkpos_tui.till import MachineClock, open_till, verify_home
from tests.commands.driving import PATIENCE_S, ROOT, found
from tests.counter.stands import (
    NOTHING,
    Stand,
    add_printer,
    marked,
    network_printer,
    numbers,
    shorten,
)
from tests.services.reading import entries
from tests.support.tills import OWNER

UNSURE = Queued(0, 1)


@pytest.fixture(scope="module")
def _founded_now(tmp_path_factory):
    return found(tmp_path_factory.mktemp("now"), MachineClock())


@pytest.fixture
def home(tmp_path, _founded_now):
    return Home(shutil.copytree(_founded_now.path, tmp_path / "till"))


@pytest.fixture
def line():
    with network_printer() as both:
        yield both


@pytest.fixture
def device(home, line, tmp_path):
    """The printer's row; a logo makes its slips longer than what a line's buffers hold."""
    logo = tmp_path / "logo.png"
    Image.effect_noise((576, 400), 200).save(logo)
    with open_till(home) as till:
        return add_printer(till, line[1], logo=str(logo))


def killed(home, printer, moment):
    """The number of the bill that a program sold before it was killed at a moment."""
    command = (sys.executable, "-m", "tests.faults.print_worker", str(home.path), moment)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        number = worker.stdout.readline().strip()
        if moment == "jammed":
            assert printer.wait_for(lambda: printer.jammed, PATIENCE_S)
            worker.kill()
        assert worker.wait(PATIENCE_S) == -9
    return number


@contextmanager
def back(home, device, monkeypatch):
    """The till begins again, and with it the spooler."""
    shorten(monkeypatch)
    with open_till(home) as till:
        stand = Stand(home, till, device)
        try:
            yield stand.start()
        finally:
            assert stand.spooler.stop()


def copies(till):
    return [(entry.body["number"], entry.session) for entry in entries(till, Kind.BILL_REPRINTED)]


def test_after_the_sale_it_is_printed_when_the_till_is_back(home, line, device, monkeypatch):
    printer, _ = line
    number = killed(home, printer, "sold")
    assert printer.received == 0
    with back(home, device, monkeypatch) as stand:
        stand.await_queue()
        assert printer.wait_for(lambda: numbers(printer) == [number])
        assert (marked(printer), copies(stand.till)) == ([], [])


@pytest.mark.parametrize("settled", ["printed", "again"])
@pytest.mark.parametrize("moment", ["begun", "jammed", "sent"])
def test_what_may_stand_on_paper_is_asked(home, line, device, monkeypatch, moment, settled):
    printer, _ = line
    printer.jams = moment == "jammed"
    number = killed(home, printer, moment)
    on_paper = [number] if moment == "sent" else []
    assert printer.wait_for(lambda: numbers(printer) == on_paper)
    printer.clear()
    with back(home, device, monkeypatch) as stand:
        till, printing = stand.till, stand.till.printing
        stand.woken.until(lambda: stand.state.queued == UNSURE)
        (job,) = printing.open_jobs("1")
        assert (job.state, printing.told(job)) == (JobState.UNSURE, f"slip of bill {number}")
        # The next customer's slip does not wait for the answer.
        following = stand.sell().number
        stand.await_queue(UNSURE)
        assert printer.wait_for(lambda: numbers(printer) == [*on_paper, following])
        printing.settle(job.id, OWNER, printed=settled == "printed")
        stand.spooler.look()
        stand.await_queue(NOTHING)
        if settled == "printed":
            assert numbers(printer) == [*on_paper, following]
            assert (marked(printer), copies(till)) == ([], [])
        else:
            assert printer.wait_for(lambda: numbers(printer) == [*on_paper, following, number])
            assert (marked(printer), copies(till)) == ([number], [(number, "")])
    assert verify_home(home, rebuild=True).result is Result.GOOD


def test_what_was_written_down_is_not_printed_again(home, line, device, monkeypatch):
    printer, _ = line
    number = killed(home, printer, "printed")
    with back(home, device, monkeypatch) as stand:
        following = stand.sell().number
        stand.await_queue(NOTHING)
        assert printer.wait_for(lambda: numbers(printer) == [number, following])
        assert marked(printer) == []


def test_the_printer_is_free_when_its_program_is_killed(home, line, device, monkeypatch):
    """Its lock goes with it: the terminal that waited prints at once."""
    printer, _ = line
    printer.jams = True
    command = (sys.executable, "-m", "tests.faults.print_worker", str(home.path), "jammed")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        worker.stdout.readline()
        assert printer.wait_for(lambda: printer.jammed, PATIENCE_S)
        with back(home, device, monkeypatch) as stand:
            stand.await_words("another terminal prints for counter 1")
            assert stand.queued == Queued(1, 0)
            worker.kill()
            worker.wait(PATIENCE_S)
            printer.clear()
            stand.await_queue(UNSURE)
            following = stand.sell().number
            stand.await_queue(UNSURE)
            assert printer.wait_for(lambda: numbers(printer) == [following])
