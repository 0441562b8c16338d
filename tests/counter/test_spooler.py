"""The print queue at work, against a printer at the end of a real line."""

import select
import threading
import time
from pathlib import Path

import pytest

from drivers.printer import status, transport
from drivers.printer.decoder import CutPaper
from drivers.printer.status import Paper
from milkpos_tui.domain.devices import DeviceState
from milkpos_tui.domain.errors import Busy
from milkpos_tui.hardware import papers
from milkpos_tui.hardware.spooler import Condition
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.printing import JobKind, JobState, Queued
from tests.counter.stands import AMPLE_S, NOTHING, marked, numbers, standing, text_of
from tests.services.reading import entries
from tests.support.tills import OWNER, close_shift


def reprinted(till):
    """The bills of the entries about slips that were printed again."""
    return [entry.body["number"] for entry in entries(till, Kind.BILL_REPRINTED)]


def test_a_sale_s_slip_is_printed_with_the_bill_s_number_and_cut(plugged, stand):
    printer, _ = plugged
    bill = stand.start().sell("3*12", "+")
    stand.woken.until(lambda: stand.state.printed)
    assert stand.queued == NOTHING
    assert printer.wait_for(lambda: CutPaper(whole=True) in printer.steps)
    assert numbers(printer) == [bill.number]
    (slip,) = printer.slips
    assert any("Cow milk" in line for line in text_of(slip))
    assert slip[-1] == CutPaper(whole=True)
    assert not printer.not_understood
    stand.woken.until(lambda: stand.state.condition is Condition.READY)
    assert stand.state.printed == 1
    assert (marked(printer), reprinted(stand.till)) == ([], [])
    assert stand.till.devices.device("printer").state is DeviceState.UP


def test_what_was_sold_before_it_began_is_printed_in_order(plugged, stand):
    printer, _ = plugged
    sold = [stand.sell().number for _ in range(3)]
    stand.start().await_queue()
    assert printer.wait_for(lambda: numbers(printer) == sold)


def test_the_queue_survives_a_restart(plugged, stand):
    printer, plug = plugged
    plug.unplug()
    stand.start()
    sold = [stand.sell().number for _ in range(3)]
    stand.woken.until(lambda: stand.state.condition is Condition.DOWN)
    assert stand.queued == Queued(3, 0)
    stand.restart()
    plug.plug()
    stand.await_queue()
    assert printer.wait_for(lambda: numbers(printer) == sold)
    assert marked(printer) == []


def test_pulled_out_and_put_in_again(plugged, stand):
    printer, plug = plugged
    stand.start()
    first = stand.sell()
    stand.await_queue()
    # What a line has taken and the printer has not read is lost with the plug, as on a real one.
    assert printer.wait_for(lambda: CutPaper(whole=True) in printer.steps)
    plug.unplug()
    second = stand.sell()
    stand.woken.until(lambda: stand.state.condition is Condition.DOWN)
    told = stand.till.devices.device("printer")
    assert (told.state, told.errors) == (DeviceState.DOWN, 1)
    plug.plug()
    stand.await_queue()
    assert printer.wait_for(lambda: numbers(printer) == [first.number, second.number])
    stand.woken.until(lambda: stand.state.condition is Condition.READY)
    assert stand.state.words == ""
    assert marked(printer) == []


def test_gone_for_an_hour_and_200_slips(home, till, plugged, monkeypatch):
    printer, plug = plugged
    now = [0.0]
    tried = []
    connect = transport.connect
    # Waits as long as in a shop: it is the test's clock that goes on.
    monkeypatch.setattr("milkpos_tui.hardware.spooler.AGAIN_FIRST_S", 0.5)
    monkeypatch.setattr("milkpos_tui.hardware.spooler.AGAIN_MAX_S", 10.0)
    monkeypatch.setattr(
        "drivers.printer.job.connect", lambda *given: tried.append(now[0]) or connect(*given)
    )
    with standing(home, till, plug, now_s=lambda: now[0]) as stand:
        plug.unplug()
        stand.start()
        sold = [stand.sell().number for _ in range(200)]
        stand.woken.until(lambda: stand.state.queued.waiting == 200)
        assert len(set(tried)) == len(tried) == 1, "it is tried again only when time has passed"
        now[0] = 3600.0
        plug.plug()
        stand.spooler.look()
        stand.await_queue()
        assert printer.wait_for(lambda: len(numbers(printer)) >= 200)
        assert numbers(printer) == sold
        assert (marked(printer), reprinted(till)) == ([], [])


def test_it_is_tried_again_after_a_growing_while(home, till, plugged, monkeypatch):
    _, plug = plugged
    now, waits = [0.0], []
    monkeypatch.setattr("milkpos_tui.hardware.spooler.AGAIN_FIRST_S", 0.5)
    monkeypatch.setattr("milkpos_tui.hardware.spooler.AGAIN_MAX_S", 10.0)
    with standing(home, till, plug, now_s=lambda: now[0]) as stand:
        plug.unplug()

        def pause(seconds):
            waits.append(seconds)
            now[0] += seconds
            if len(waits) == 8:
                stand.spooler._stop.set()

        monkeypatch.setattr(stand.spooler, "_pause", pause)
        stand.sell()
        stand.start()
        stand.spooler._thread.join()
    assert waits[:7] == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_out_of_paper_in_the_middle_of_a_slip(jam):
    printer, stand = jam
    printer.jams = True
    stand.start()
    bill = stand.sell()
    stand.await_words("takes no data")
    assert printer.jammed
    printer.paper = Paper.OUT
    printer.clear()
    stand.await_words("out of paper")
    asked = printer.received
    assert printer.wait_for(lambda: printer.received > asked + 5 * 12), "it is asked again"
    (again,) = stand.till.printing.open_jobs("1")
    assert again.tries == 0, "while it can't print, no row is written"
    printer.paper = Paper.OK
    stand.await_queue()
    assert printer.wait_for(lambda: numbers(printer) == [bill.number])
    assert marked(printer) == [bill.number]
    (entry,) = entries(stand.till, Kind.BILL_REPRINTED)
    assert (entry.body["number"], entry.body["copy"]) == (bill.number, 1)
    assert (entry.actor, entry.session) == (OWNER.operator, "printer")
    assert stand.till.bills.by_number(bill.number).copies == 1


def test_torn_again_and_again_it_is_one_entry(jam):
    printer, stand = jam
    printer.jams = True
    stand.start()
    bill = stand.sell()
    for _ in range(3):
        stand.woken.until(lambda: "takes no data" in stand.state.words and printer.jammed)
        printer.jammed, printer.jams = False, True
        printer.clear()
    stand.woken.until(lambda: "takes no data" in stand.state.words and printer.jammed)
    printer.clear()
    stand.await_queue()
    assert printer.wait_for(lambda: numbers(printer) == [bill.number])
    assert marked(printer) == [bill.number]
    assert reprinted(stand.till) == [bill.number]


def test_the_cable_pulled_in_the_middle_of_a_slip(jam):
    printer, stand = jam
    printer.jams = True
    stand.start()
    bill = stand.sell()
    assert printer.wait_for(lambda: printer.jammed)
    printer.plug.unplug()
    stand.woken.until(lambda: reprinted(stand.till) == [bill.number])
    printer.clear()
    stand.await_queue()
    assert printer.wait_for(lambda: numbers(printer) == [bill.number])
    assert marked(printer) == [bill.number]


def test_the_cable_pulled_while_it_is_asked_tears_nothing(home, till, plugged, monkeypatch):
    # Three bytes of a question were on their way: none of them can stand on paper.
    from drivers.printer import job
    from drivers.printer.faults import BrokenOff

    printer, plug = plugged
    asked, failed = job.ask, []

    def break_off(connection):
        if failed:
            return asked(connection)
        failed.append(True)
        raise BrokenOff("the line broke; at most 3 bytes were taken", 3)

    with standing(home, till, plug) as stand:
        bill = stand.sell()
        monkeypatch.setattr(job, "ask", break_off)
        stand.start().await_queue()
        assert printer.wait_for(lambda: numbers(printer) == [bill.number])
        assert failed
        assert (marked(printer), reprinted(till)) == ([], [])


def test_one_that_accepts_and_never_reads(home, till, plugged):
    printer, plug = plugged
    with standing(home, till, plug) as stand:
        plug.stall()
        stand.start()
        bill = stand.sell()
        stand.await_words("does not answer")
        assert stand.queued == Queued(1, 0)
        assert printer.received == 0
        printer.clear()
        stand.await_queue()
        assert printer.wait_for(lambda: numbers(printer) == [bill.number])
        assert (marked(printer), reprinted(till)) == ([], [])


def test_one_that_does_not_say_how_it_is_gets_nothing(plugged, stand):
    printer, _ = plugged
    printer.silent = True
    stand.start()
    bill = stand.sell()
    stand.await_words("does not answer")
    assert printer.slips == []
    printer.silent = False
    stand.await_queue()
    assert printer.wait_for(lambda: numbers(printer) == [bill.number])


@pytest.mark.parametrize(
    ("state", "words"), [({"paper": Paper.OUT}, "out of paper"), ({"cover_open": True}, "cover")]
)
def test_it_says_what_is_wrong_before_anybody_sells(plugged, stand, state, words):
    printer, _ = plugged
    vars(printer).update(state)
    stand.start().await_words(words)
    assert stand.state.condition is Condition.DOWN


def test_paper_near_its_end(plugged, stand):
    printer, _ = plugged
    printer.paper = Paper.NEAR_END
    stand.start()
    stand.sell()
    stand.await_queue()
    stand.woken.until(lambda: stand.state.condition is Condition.NEAR_END)


# Who else prints


def test_the_second_program_waits_and_then_prints(plugged, stand):
    printer, _ = plugged
    stand.start()
    first = stand.sell()
    stand.await_queue()
    second = stand.another()
    second.start()
    stand.woken.until(lambda: "another terminal prints" in second.state.words)
    assert stand.spooler.stop()
    bill = stand.sell()
    second.look()
    stand.await_queue()
    assert printer.wait_for(lambda: numbers(printer) == [first.number, bill.number])
    stand.woken.until(lambda: second.state.words == "")
    assert second.stop()


def test_waiting_for_the_printer_it_rests_though_it_was_told_of_something(home, stand, monkeypatch):
    monkeypatch.setattr("milkpos_tui.hardware.spooler.LOCK_AGAIN_S", 3600)
    spooler, pause, told = stand.spooler, stand.spooler._pause, []

    def pause_and_tell(seconds):
        told.append(bool(select.select([spooler._word], [], [], 0)[0]))
        stand.woken()
        pause(seconds)

    monkeypatch.setattr(spooler, "_pause", pause_and_tell)
    with home.holding_printer("1"):
        stand.start()
        stand.woken.until(lambda: len(told) == 1)
        spooler.kick()
        stand.woken.until(lambda: len(told) == 2)
        assert told == [False, False], "a word that nobody took lets it turn for ever"
        assert stand.state.words == "another terminal prints for counter 1"
        assert stand.state.drawer == f"the drawer did not open: {stand.state.words}"
        assert spooler.stop()


def test_a_printer_of_another_counter_is_not_held(home):
    with (
        home.holding_printer("1"),
        home.holding_printer("2"),
        pytest.raises(Busy),
        home.holding_printer("1"),
    ):
        pass


# Ending


def test_it_ends_in_the_middle_of_a_slip(jam):
    printer, stand = jam
    printer.jams = True
    stand.start()
    bill = stand.sell()
    assert printer.wait_for(lambda: printer.jammed)
    assert stand.spooler.stop()
    told = stand.till.devices.device("printer")
    assert told.state is not DeviceState.DOWN, "nothing is wrong with the printer"
    printer.clear()
    stand.restart()
    stand.await_queue(Queued(0, 1))
    (job,) = stand.till.printing.open_jobs("1")
    assert (job.state, reprinted(stand.till)) == (JobState.UNSURE, [])
    stand.till.printing.settle(job.id, OWNER, printed=False)
    stand.spooler.look()
    stand.await_queue()
    assert printer.wait_for(lambda: numbers(printer) == [bill.number])
    assert marked(printer) == reprinted(stand.till) == [bill.number]


@pytest.mark.parametrize("asked", ["for a slip", "after a fault", "by itself"])
def test_it_ends_while_it_asks(home, till, plugged, monkeypatch, asked):
    """Nothing is wrong with the printer then, and a slip just waits."""
    printer, plug = plugged
    asking, ask = threading.Event(), status.ask

    def ask_and_tell(connection):
        asking.set()
        return ask(connection, 3600)

    with standing(home, till, plug) as stand:
        plug.stall()
        if asked != "by itself":
            stand.sell()
        if asked == "after a fault":
            stand.start().await_words("does not answer")
        before = till.devices.device("printer")
        monkeypatch.setattr("drivers.printer.job.ask", ask_and_tell)
        if asked != "after a fault":
            stand.start()
        assert asking.wait(AMPLE_S)
        assert stand.spooler.stop()
        assert till.devices.device("printer") == before
        assert stand.queued == Queued(int(asked != "by itself"), 0)
        monkeypatch.setattr("drivers.printer.job.ask", ask)
        printer.clear()
        stand.restart()
        stand.await_queue()
        assert marked(printer) == []


def test_it_gives_back_what_it_took(plugged, stand):
    def begin_and_end():
        another = stand.another()
        another.start()
        stand.woken.until(lambda: another.state.condition is Condition.READY)
        assert another.stop()
        assert another.stop(), "twice does no harm"
        another.look()

    def held():
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

    begin_and_end()
    first = held()
    for _ in range(20):
        begin_and_end()
    # The printer is in this process, too, and closes its own end of a line a moment later.
    until = time.monotonic() + AMPLE_S
    while any(now > then for now, then in zip(held(), first, strict=True)):
        assert time.monotonic() < until, f"{held()} instead of {first}"
        time.sleep(0.001)  # between two looks


# What can't be printed


def test_what_nobody_can_print_does_not_hold_up_the_rest(plugged, stand, monkeypatch):
    printer, _ = plugged
    document_of = papers.document_of
    first = stand.sell()

    def document(till, job, printer):
        if job.about == first.id:
            return [object()]
        return document_of(till, job, printer)

    def build(items, _profile):
        assert all(isinstance(item, tuple) for item in items), "no item of a document"
        return built(items, _profile)

    import drivers.printer.build as building

    built = building.build
    monkeypatch.setattr(building, "build", build)
    monkeypatch.setattr(papers, "document_of", document)
    second = stand.sell()
    stand.start().await_queue()
    assert printer.wait_for(lambda: numbers(printer) == [second.number])
    (told,) = stand.state.refused
    assert f"slip of bill {first.number} can't be printed" in told
    assert stand.till.printing.job(1).state is JobState.DROPPED
    assert "a defect in building it: AssertionError" in stand.till.printing.job(1).error


def test_a_defect_does_not_end_all_printing(plugged, stand, monkeypatch):
    printer, _ = plugged
    bill = stand.sell()
    failed = []
    document_of = papers.document_of

    def document(*given):
        if not failed:
            failed.append(True)
            raise KeyError("defect")
        return document_of(*given)

    monkeypatch.setattr(papers, "document_of", document)
    told = []
    stand.spooler._wake = lambda: (told.append(stand.state.words), stand.woken())
    stand.start().await_queue()
    assert printer.wait_for(lambda: numbers(printer) == [bill.number])
    assert "a defect in printing: KeyError: 'defect'" in told
    stand.woken.until(lambda: stand.state.words == "")


@pytest.mark.parametrize("logo", ["gone", "no picture"])
def test_no_slip_waits_for_its_logo(home, till, plugged, tmp_path, logo):
    printer, plug = plugged
    path = tmp_path / "logo.png"
    path.write_bytes(b"this is no picture")
    with standing(home, till, plug, logo=path) as stand:
        if logo == "gone":
            path.unlink()
        bill = stand.start().sell()
        stand.await_queue()
        assert printer.wait_for(lambda: numbers(printer) == [bill.number])


# Other things than slips


def test_a_z_a_text_and_a_label(plugged, stand):
    printer, _ = plugged
    till = stand.till
    stand.sell()
    z = close_shift(till)
    till.printing.queue("1", JobKind.TEXT, "statement", ["Ravi owes", "Rs 62.00"], OWNER)
    label = ["large\tPaneer", "text\tRs 400.00 a kg", "code\t2100031004126"]
    till.printing.queue("1", JobKind.LABEL, "paneer", label, OWNER)
    stand.start().await_queue()
    assert printer.wait_for(lambda: len(printer.slips) == 4 and len(printer.slips[-1]) >= 4)
    _, report, text, paneer = printer.slips
    assert any(
        f"Z {z.closed.number}" in line or "Z REPORT" in line.upper() for line in text_of(report)
    )
    assert text_of(text) == ["Ravi owes", "Rs 62.00"]
    assert text_of(paneer) == ["Paneer", "Rs 400.00 a kg"]
    assert numbers(printer)[1:] == ["2100031004126"]
    assert all(slip[-1] == CutPaper(whole=True) for slip in printer.slips)
    assert stand.queued == NOTHING
