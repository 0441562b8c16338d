"""The print queue as rows: written with the sale, worked off, settled by people."""

import pytest

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.devices import Device, Role
from milkpos_tui.domain.devices import Kind as DeviceKind
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.text import is_clean
from milkpos_tui.journal.journal import Actor
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.journal.verify import Result
from milkpos_tui.services import printing as queueing
from milkpos_tui.services.printing import ERROR_MAX, JobKind, JobState, Queued
from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till, verify_home
from tests.services.reading import entries, everything
from tests.support.days import sell
from tests.support.tills import OWNER, open_shift

PRINTER = Device("printer", Role.PRINTER, "1", DeviceKind.USB, "/dev/usb/lp0")
AUDITOR = Operator("anil", "Anil", "auditor")


@pytest.fixture
def printing(till):
    """The queue of a counter with a printer."""
    till.devices.add(PRINTER, OWNER)
    return till.printing


def reprints(till):
    return [
        (entry.body["number"], entry.body["copy"]) for entry in entries(till, Kind.BILL_REPRINTED)
    ]


def in_state(printing, state):
    """A job that got as far as this."""
    job = printing.next("1")
    if state is not JobState.WAITING:
        assert printing.begin(job)
    match state:
        case JobState.UNSURE:
            printing.take_over("1")
        case JobState.PRINTED:
            printing.printed(job)
        case JobState.DROPPED:
            printing.refuse(job, "not")
    assert printing.job(job.id).state is state
    return job


# Written with the sale


def test_a_sale_queues_its_slip(till, printing):
    bill = sell(till, "1", OWNER, "12", "+")
    (job,) = printing.open_jobs("1")
    assert (job.kind, job.about, job.copy, job.operator, job.state, job.tries) == (
        JobKind.SLIP,
        bill.id,
        0,
        OWNER.operator,
        JobState.WAITING,
        0,
    )
    assert printing.told(job) == f"slip of bill {bill.number}"
    assert (printing.next("1"), printing.queued("1")) == (job, Queued(1, 0))


def test_a_return_queues_its_slip_too(till, printing):
    bill = sell(till, "1", OWNER, "12", "+")
    note = till.billing.take_back(bill.number, {1: 500}, "sour", TenderKind.CASH, "1", OWNER)
    assert [job.about for job in printing.open_jobs("1")] == [bill.id, note.id]


@pytest.mark.parametrize("why", ["no printer", "not wanted", "another counter's"])
def test_where_nothing_is_printed_nothing_is_queued(till, why):
    if why == "not wanted":
        till.devices.add(PRINTER, OWNER)
        till.settings.change("print-slips", "no", OWNER)
    if why == "another counter's":
        till.shops.add_counter("B", "Back door", OWNER)
        till.devices.add(PRINTER._replace(counter="B"), OWNER)
    sell(till, "1", OWNER, "12", "+")
    assert till.printing.open_jobs("1") == till.printing.open_jobs("B") == ()


def test_a_sale_that_fails_leaves_no_slip(till, printing, monkeypatch):
    checkout = till.checkout("1", OWNER)
    checkout.key_in("12")
    before = everything(till)

    def fail(*_args):
        raise OSError("the disk is full")

    monkeypatch.setattr(till.journal, "append", fail)
    with pytest.raises(OSError, match="full"):
        checkout.key_in("+")
    assert everything(till) == before


def test_a_slip_that_fails_leaves_no_sale(till, printing, monkeypatch):
    checkout = till.checkout("1", OWNER)
    checkout.key_in("12")
    before = everything(till)
    monkeypatch.setattr(queueing, "_QUEUE_SLIP", "INSERT INTO print_job (id) VALUES (?)")
    with pytest.raises(Exception, match="bindings"):
        checkout.key_in("+")
    assert everything(till) == before


def test_a_part_payment_is_no_slip(till, printing):
    checkout = till.checkout("1", OWNER)
    checkout.key_in("12")
    checkout.key_in("+10")
    assert printing.open_jobs("1") == ()


def test_a_reprint_says_duplicate(till, printing):
    bill = sell(till, "1", OWNER, "12", "+")
    assert till.billing.reprint(bill.number, OWNER, "1").copies == 1
    first, second = printing.open_jobs("1")
    assert (first.copy, second.copy, second.about) == (0, 1, bill.id)
    assert printing.told(second) == f"slip of bill {bill.number}, DUPLICATE"


@pytest.mark.parametrize("counter", ["", "B"])
def test_a_reprint_without_a_printer_is_an_entry_alone(till, printing, counter):
    bill = sell(till, "1", OWNER, "12", "+")
    till.billing.reprint(bill.number, OWNER, counter)
    assert len(printing.open_jobs("1")) == 1
    assert reprints(till) == [(bill.number, 1)]


def test_something_else_to_print(till, printing):
    job = printing.queue("1", JobKind.TEXT, "statement", ["Ravi owes", "Rs 62.00"], OWNER)
    assert (job.content, printing.told(job)) == ("Ravi owes\nRs 62.00", "text statement")
    till.shops.add_counter("B", "Back door", OWNER)
    before = everything(till)
    with pytest.raises(Refused) as refused:
        printing.queue("B", JobKind.TEXT, "statement", [], OWNER)
    assert (refused.value.code, everything(till)) == ("printer-missing", before)


# Worked off


def test_they_are_worked_off_in_order(till, printing):
    bills = [sell(till, "1", OWNER, "12", "+").id for _ in range(3)]
    for bill in bills:
        job = printing.next("1")
        assert job.about == bill
        assert printing.begin(job)
        printing.printed(job)
        assert (printing.job(job.id).state, printing.job(job.id).tries) == (JobState.PRINTED, 1)
    assert printing.next("1") is None
    assert printing.queued("1") == Queued(0, 0)
    assert reprints(till) == []


def test_one_begins_it_alone(till, printing, home, clock):
    sell(till, "1", OWNER, "12", "+")
    job = printing.next("1")
    with open_till(home, clock) as other:
        assert other.printing.begin(job)
        assert not printing.begin(job)
    assert printing.job(job.id).tries == 1


def test_what_never_reached_the_printer_waits_in_its_place(till, printing):
    first, second = (sell(till, "1", OWNER, "12", "+").id for _ in range(2))
    job = printing.next("1")
    printing.begin(job)
    printing.put_back(job, "unplugged\x1b[2J")
    waiting = printing.open_jobs("1")
    assert [job.about for job in waiting] == [first, second]
    assert (waiting[0].error, waiting[0].tries) == ("unplugged[2J", 1)


def test_a_torn_slip_is_printed_again_marked_with_one_entry(till, printing):
    bill = sell(till, "1", OWNER, "12", "+")
    job = in_state(printing, JobState.PRINTING)
    printing.torn(job, "it took at most 100 bytes")
    assert printing.job(job.id).state is JobState.DROPPED
    (again,) = printing.open_jobs("1")
    assert (again.about, again.copy, again.state) == (bill.id, 1, JobState.WAITING)
    for _ in range(5):
        printing.begin(again)
        printing.torn(again, "and again")
    assert [(job.id, job.copy) for job in printing.open_jobs("1")] == [(again.id, 1)]
    assert reprints(till) == [(bill.number, 1)]
    assert till.bills.by_number(bill.number).copies == 1


def test_a_torn_copy_that_was_asked_for_needs_no_other_entry(till, printing):
    bill = sell(till, "1", OWNER, "12", "+")
    printing.printed(in_state(printing, JobState.PRINTING))
    till.billing.reprint(bill.number, OWNER, "1")
    copy = in_state(printing, JobState.PRINTING)
    printing.torn(copy, "torn")
    assert printing.next("1").id == copy.id
    assert reprints(till) == [(bill.number, 1)]


def test_what_is_not_being_printed_can_not_be_torn(till, printing):
    sell(till, "1", OWNER, "12", "+")
    job = in_state(printing, JobState.PRINTED)
    before = everything(till)
    printing.torn(job, "late")
    assert everything(till) == before


def test_a_torn_text_is_marked_without_an_entry(till, printing):
    printing.queue("1", JobKind.TEXT, "statement", ["Ravi owes"], OWNER)
    before = len(entries(till))
    printing.torn(in_state(printing, JobState.PRINTING), "torn")
    (again,) = printing.open_jobs("1")
    assert (again.copy, again.content, len(entries(till))) == (1, "Ravi owes", before)


def test_what_can_not_be_printed_is_out_of_the_way(till, printing):
    sell(till, "1", OWNER, "12", "+")
    job = in_state(printing, JobState.PRINTING)
    printing.refuse(job, "x" * 1000)
    told = printing.job(job.id)
    assert (told.state, len(told.error)) == (JobState.DROPPED, ERROR_MAX)
    assert printing.open_jobs("1") == ()


def test_only_the_newest_of_what_was_printed_are_kept(till, printing, monkeypatch):
    monkeypatch.setattr(queueing, "KEPT_PRINTED", 3)
    till.shops.add_counter("B", "Back door", OWNER)
    open_shift(till, "B")
    till.devices.add(PRINTER._replace(name="printer-b", counter="B"), OWNER)
    sell(till, "B", OWNER, "12", "+")
    sell(till, "1", OWNER, "12", "+")
    unsure = in_state(printing, JobState.UNSURE)
    for _ in range(8):
        sell(till, "1", OWNER, "12", "+")
        printing.printed(in_state(printing, JobState.PRINTING))
    kept = till._db.connection().execute("SELECT counter, state FROM print_job ORDER BY id")
    assert kept.fetchall() == [("B", "waiting"), ("1", "unsure")] + [("1", "printed")] * 3
    assert printing.job(unsure.id).state is JobState.UNSURE


# Changing hands


def test_what_was_being_printed_is_unsure_when_the_printer_changes_hands(till, printing):
    sell(till, "1", OWNER, "12", "+")
    sell(till, "1", OWNER, "12", "+")
    job = in_state(printing, JobState.PRINTING)
    assert printing.queued("1") == Queued(2, 0)
    assert printing.take_over("B") == 0
    assert printing.take_over("1") == 1
    assert printing.take_over("1") == 0
    assert (printing.job(job.id).state, printing.queued("1")) == (JobState.UNSURE, Queued(1, 1))
    assert printing.next("1").id != job.id


# By people


def test_it_was_printed(till, printing):
    sell(till, "1", OWNER, "12", "+")
    job = in_state(printing, JobState.UNSURE)
    assert printing.settle(job.id, OWNER, printed=True).state is JobState.PRINTED
    assert (printing.open_jobs("1"), reprints(till)) == ((), [])


def test_it_was_not_printed(till, printing):
    bill = sell(till, "1", OWNER, "12", "+")
    job = in_state(printing, JobState.UNSURE)
    assert printing.settle(job.id, OWNER, printed=False).state is JobState.DROPPED
    (again,) = printing.open_jobs("1")
    assert (again.about, again.copy, again.state) == (bill.id, 1, JobState.WAITING)
    assert reprints(till) == [(bill.number, 1)]


@pytest.mark.parametrize("printed", [True, False])
@pytest.mark.parametrize(
    "state", [JobState.WAITING, JobState.PRINTING, JobState.PRINTED, JobState.DROPPED]
)
def test_only_what_is_unsure_is_settled(till, printing, state, printed):
    sell(till, "1", OWNER, "12", "+")
    job = in_state(printing, state)
    before = everything(till)
    with pytest.raises(Refused) as refused:
        printing.settle(job.id, OWNER, printed=printed)
    assert (refused.value.code, everything(till)) == ("job-sure", before)


def test_settled_once(till, printing):
    bill = sell(till, "1", OWNER, "12", "+")
    job = in_state(printing, JobState.UNSURE)
    printing.settle(job.id, OWNER, printed=False)
    with pytest.raises(Refused):
        printing.settle(job.id, OWNER, printed=False)
    assert reprints(till) == [(bill.number, 1)]


def test_what_is_not_wanted_any_more(till, printing):
    sell(till, "1", OWNER, "12", "+")
    job = in_state(printing, JobState.WAITING)
    assert printing.drop(job.id, OWNER).state is JobState.DROPPED
    assert not printing.begin(job), "whoever was about to print it is told"
    assert printing.open_jobs("1") == ()


@pytest.mark.parametrize(
    "state", [JobState.PRINTING, JobState.UNSURE, JobState.PRINTED, JobState.DROPPED]
)
def test_only_what_waits_is_dropped(till, printing, state):
    sell(till, "1", OWNER, "12", "+")
    job = in_state(printing, state)
    before = everything(till)
    with pytest.raises(Refused) as refused:
        printing.drop(job.id, OWNER)
    assert (refused.value.code, everything(till)) == ("job-late", before)


def test_a_job_that_is_not_there(printing):
    for work in (printing.job, lambda number: printing.drop(number, OWNER)):
        with pytest.raises(Refused) as refused:
            work(99)
        assert refused.value.code == "job-unknown"


@pytest.mark.parametrize("who", [Actor("anil"), Actor("nobody")])
def test_who_may_not_print_again_settles_and_drops_nothing(till, printing, who):
    till.people.add(AUDITOR, "135790", OWNER)
    sell(till, "1", OWNER, "12", "+")
    sell(till, "1", OWNER, "12", "+")
    unsure, waiting = in_state(printing, JobState.UNSURE), printing.next("1")
    before = everything(till)
    for work in (
        lambda: printing.settle(unsure.id, who, printed=True),
        lambda: printing.settle(unsure.id, who, printed=False),
        lambda: printing.drop(waiting.id, who),
    ):
        with pytest.raises(Refused) as refused:
            work()
        assert refused.value.code == "not-allowed"
    assert everything(till) == before


def test_the_queue_is_no_part_of_what_the_journal_adds_up_to(till, home, printing):
    sell(till, "1", OWNER, "12", "+")
    printing.torn(in_state(printing, JobState.PRINTING), "torn\x1b")
    assert all(is_clean(job.error) for job in printing.open_jobs("1"))
    verdict = verify_home(home, rebuild=True)
    assert (verdict.result, verdict.bad) == (Result.GOOD, None)
