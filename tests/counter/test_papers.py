"""Whatever is in a name, a code or a print job: on paper it is letters (faults 30 and 31)."""

import shutil
import string

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from drivers.printer.decoder import Bars, CutPaper, Kicked, Line, QrCode, Reset, decode
from drivers.printer.faults import CannotSet
from drivers.printer.profile import PAPER_58, PAPER_80, PROFILES
from drivers.printer.simulated import SimulatedPrinter
from drivers.printer.transport import UsbAddress
from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.devices import Device, Kind, Role
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.text import clean, is_clean, printable_ascii
from milkpos_tui.hardware.papers import DUPLICATE, bytes_of, document_of
from milkpos_tui.hardware.wiring import Printer
from milkpos_tui.home import Home
from milkpos_tui.services.printing import JobKind
from tests.counter.stands import numbers, text_of
from tests.support.days import sell
from tests.support.tills import MILK, OWNER, FakeClock, open_sample_till

FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
KICK, CUT, PANIC = "\x1bp\x0022", "\x1dV\x00", "\x10\x14\x01\x00\x01"
COMMANDS = (
    KICK,
    CUT,
    PANIC,
    "\x1b@",
    "\x1d(k",
    "\x10\x04\x01",
    "\x9b2J",
    "\x1b[2J",
    "\x1c\x1d\x1e",
)
MARKUP = (
    "[/x]",
    "[red]",
    "[b]",
    "[link=x]",
    "{B",
    "{{",
    "UPI:",
    "upi://pay?pa=x",
    "\\x1bi",
    "\u202e",
)
pieces = (
    st.sampled_from(COMMANDS + MARKUP) | st.text(max_size=8) | st.text(string.printable, max_size=8)
)
texts = st.lists(pieces, max_size=6).map("".join)
profiles = st.sampled_from(list(PROFILES.values()))


def printer_of(profile):
    return Printer("printer", UsbAddress("/dev/usb/lp0"), profile)


@pytest.fixture(scope="module")
def books(tmp_path_factory, _founded_once):
    """A till for all examples, whose counter has a printer."""
    home = Home(shutil.copytree(_founded_once.path, tmp_path_factory.mktemp("papers") / "till"))
    with open_sample_till(home, FakeClock()) as till:
        till.devices.add(Device("printer", Role.PRINTER, "1", Kind.USB, "/dev/usb/lp0"), OWNER)
        yield till


def last_job(till):
    return till.printing.open_jobs("1")[-1]


def assert_only_letters(steps, *, cut):
    """One document: no drawer, one cut where there is a knife, at its end; letters else."""
    assert sum(isinstance(step, Reset) for step in steps) == 1
    assert not any(isinstance(step, Kicked) for step in steps)
    assert [isinstance(step, CutPaper) for step in steps[:-1]].count(True) == 0
    assert isinstance(steps[-1], CutPaper) == cut
    for step in steps:
        match step:
            case Line(text):
                assert text.isprintable()
            case Bars(code):
                assert code == printable_ascii(code)
            case QrCode(payload):
                assert payload.startswith("upi://pay?pa=nandini@upi&")


def printed(till, job, profile):
    """What the strict decoder reads of a job's bytes."""
    steps = decode(bytes_of(till, job, printer_of(profile)))
    assert_only_letters(steps, cut=profile is not PAPER_58)
    return steps


@FEW
@given(name=texts, reference=texts, profile=profiles)
@example(name=f"Milk{KICK}", reference=CUT, profile=PAPER_80)
@example(name="[/x][red]", reference="[b]", profile=PAPER_58)
@example(name="UPI:", reference="upi://pay?pa=mallory@upi", profile=PAPER_80)
def test_a_name_is_letters_from_the_catalogue_to_the_printer(books, name, reference, profile):
    # As every door does it: cleaned, and refused where nothing is left.
    name = clean(name)
    try:
        books.catalogue.change(MILK._replace(name=name), OWNER)
    except Refused:
        assert not name
        return
    checkout = books.checkout("1", OWNER)
    draft = checkout.key_in("12").draft
    _, bill = books.billing.tender(draft, TenderKind.UPI, None, reference, OWNER)
    steps = printed(books, last_job(books), profile)
    if name.isascii() and len(name) < 20:
        # Shown as it was typed, markup and all; rows are wrapped at its spaces.
        written = "".join("".join(text_of(steps)).split())
        assert "".join(name.split()) in written
    if profile is not PAPER_58:
        assert [step.code for step in steps if isinstance(step, Bars)] == [bill.number]


@FEW
@given(dirty=texts, profile=profiles)
def test_nothing_relies_on_the_door(books, dirty, profile):
    # As if somebody had written past the till, and dropped the database's own rules.
    bill = sell(books, "1", OWNER, "12", "+")
    line = bill.document.lines[0]._replace(name=dirty)
    document = bill.document._replace(lines=(line,))
    slip = books.slip(bill._replace(document=document), profile.columns)
    assert all(row == printable_ascii(row) for row in slip)


@FEW
@given(lines=st.lists(texts, max_size=4), about=texts, kind=st.sampled_from(["text", "label"]))
@example(lines=[f"code\t{KICK}"], about="", kind="label")
@example(lines=[f"large\t{CUT}", f"ean\t{PANIC}", KICK], about=CUT, kind="label")
def test_a_print_job_is_letters(books, lines, about, kind):
    with books.journal.transaction() as connection:
        job = books.printing.put(
            connection, "1", JobKind(kind), clean(about), lines, OWNER.operator
        )
    for profile in PROFILES.values():
        try:
            printed(books, job, profile)
        except CannotSet as error:  # Indic letters, on a machine without their fonts
            cant = error
        else:
            continue
        assert not "".join(lines).isascii(), cant


@FEW
@given(name=texts)
def test_on_a_real_line(books, name):
    """To the simulated printer's own strict decoder, as the spooler sends it."""
    name = clean(name) or "Milk"
    books.catalogue.change(MILK._replace(name=name), OWNER)
    bill = sell(books, "1", OWNER, "12", "+")
    printer = SimulatedPrinter()
    data = bytes_of(books, last_job(books), printer_of(PAPER_80))
    for at in range(0, len(data), 7):
        assert printer.take(data[at : at + 7]) == b"", "nothing in a slip asks the printer"
    assert (printer.not_understood, printer.kicks, numbers(printer)) == ("", 0, [bill.number])


def test_a_copy_says_so_whatever_it_is(books):
    bill = sell(books, "1", OWNER, "12", "+")
    books.billing.reprint(bill.number, OWNER, "1")
    duplicate = last_job(books)
    assert (duplicate.about, duplicate.copy) == (bill.id, 1)
    assert any("DUPLICATE" in row for row in text_of(printed(books, duplicate, PAPER_80)))
    text = books.printing.queue("1", JobKind.TEXT, "statement", ["Ravi owes"], OWNER)
    rows = text_of(printed(books, text._replace(copy=1), PAPER_80))
    assert rows == [DUPLICATE, "Ravi owes"]


def test_a_slip_has_the_columns_of_its_paper(books):
    sell(books, "1", OWNER, "3*12", "110", "+")
    for profile in PROFILES.values():
        rows = text_of(printed(books, last_job(books), profile))
        assert max(map(len, rows)) <= profile.columns
        assert "-" * profile.columns in rows


def test_a_slip_of_a_bill_that_is_not_there(books):
    job = last_job(books)._replace(about="nobody's")
    with pytest.raises(Refused, match="no such bill"):
        document_of(books, job, printer_of(PAPER_80))


def test_the_words_about_a_job_are_clean(books):
    text = books.printing.queue("1", JobKind.TEXT, "statement", ["x"], OWNER)
    assert books.printing.told(text) == "text statement"
    assert is_clean(books.printing.told(last_job(books)))
