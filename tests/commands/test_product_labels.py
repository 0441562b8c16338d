"""`milkpos product label`: out of the printer, and sold by its barcode."""

import pytest

from drivers.printer.decoder import Bars, CutPaper, EanBars, Line
from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till
from tests.commands.driving import REFUSED, USAGE, assert_words
from tests.support.staff import PIN
from tests.support.tills import OWNER


@pytest.fixture
def labels(printer):
    """The labels on paper, when there are so many."""
    paper = printer.printer

    def there(count):
        def so_many():
            return sum(isinstance(step, CutPaper) for step in paper.steps) >= count

        assert paper.wait_for(so_many)
        assert len(paper.slips) == count
        return paper.slips

    return there


def label(milkpos, *args, **more):
    return milkpos("product", "label", *args, **more)


def test_a_label_is_printed_and_sells_what_it_says(milkpos, labels):
    ran = label(milkpos, "12", "--weight", "0.45", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["plu"] == 12
    (job,) = ran.json["jobs"]
    assert (job["kind"], job["about"], job["state"]) == ("label", "12", "printed")
    (printed,) = labels(1)
    texts = [step.text for step in printed if isinstance(step, Line)]
    assert {"Nandini Dairy", "Cow milk", "Net: 0.450 L", "Rs 27.90"} <= set(texts)
    (bars,) = [step.digits for step in printed if isinstance(step, EanBars)]
    sold = milkpos("ring", "--json", stdin=bars).documents[0]
    assert (sold["line"]["plu"], sold["line"]["qty_milli"]) == (12, 450)
    assert sold["line"]["amount_paise"] == 2790


def test_so_many_copies_and_one_for_the_shelf(milkpos, labels):
    assert label(milkpos, "31", "--price", "50", "--copies", "3").code == 0
    assert label(milkpos, "12", "--shelf").lines == ["Cow milk", "Rs 62.00 / L", "12"]
    *copies, shelf = labels(4)
    assert copies[0] == copies[1] == copies[2]
    assert Bars("12", 64, 2, "center") in shelf


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("12",), REFUSED, "say how much"),
        (("40", "--weight", "1"), REFUSED, "say a count"),
        (("12", "--weight", "x"), REFUSED, "not a quantity"),
        (("12", "--weight", "100"), REFUSED, "does not fit the label layout"),
        (("12", "--price", "1.999"), REFUSED, "1.999"),
        (("999", "--price", "5"), REFUSED, "no item 999"),
        (("12", "--price", "5", "--weight", "1"), USAGE, "one of"),
        (("12", "--price", "5", "--shelf"), USAGE, "--shelf"),
        (("12", "--price", "5", "--copies", "101"), USAGE, "--copies"),
        (("12", "--count", "0"), USAGE, "--count"),
        (("milk",), USAGE, "PLU"),
    ],
)
def test_what_makes_no_label_is_told_and_prints_nothing(milkpos, labels, args, code, words):
    assert_words(label(milkpos, *args), code, words)
    assert milkpos("device", "jobs", "--json").json == []
    labels(0)


def test_without_a_printer_there_is_no_label(milkpos):
    assert_words(label(milkpos, "12", "--price", "5"), REFUSED, "has no printer")


def test_without_paper_it_waits(milkpos, printer):
    printer.unplug()
    ran = label(milkpos, "12", "--price", "5", "--json")
    assert (ran.code, ran.json["jobs"][0]["state"]) == (0, "waiting")
    assert "1 print job left to print" in ran.err


def test_what_can_t_be_drawn_is_refused_and_not_tried_for_ever(milkpos, printer, monkeypatch):
    def torn():
        from drivers.printer.faults import CannotSet

        raise CannotSet("Indic letters can't be printed here")

    monkeypatch.setattr("drivers.printer.drawing.check_shaping", torn)
    milkpos("product", "change", "12", "--name", "दूध")
    ran = label(milkpos, "12", "--price", "5", "--copies", "3", "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (REFUSED, "", "label-unprintable")
    assert "Indic letters can't be printed here" in ran.error["message"]
    assert len(ran.err.splitlines()) == 2
    assert milkpos("device", "jobs", "--json").json == []


def test_who_may_not_sell_prints_no_labels(milkpos, printer, home, clock):
    with open_till(home, clock) as till:
        till.people.add(Operator("adit", "Adit", "auditor"), PIN, OWNER)
    ran = label(milkpos, "12", "--price", "5", operator="adit", pin=PIN)
    assert_words(ran, REFUSED, "sell")
