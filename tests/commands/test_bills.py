"""`milkpos bill`: the documents of the books, by date and number, on paper, and taken back."""

import re
from datetime import timedelta

import pytest

from tests.commands.driving import NOT_WHOLE, REFUSED, USAGE, Ran, assert_words, next_shift, run
from tests.support.tills import DAY_MS, MONDAY, MONDAY_7_AM

HOUR_MS = 60 * 60 * 1000
SLIP_AMOUNT = r"{label} +{amount}$"


@pytest.fixture
def sold(ring):
    """Milk and ghee and eggs sold: the bill's number."""
    *_, paid = ring("3*12", "110", "3*40", "+600")
    return paid["bill"]["number"]


@pytest.fixture
def give_back(milkpos):
    """Lines of a bill taken back, like `1=.5`."""

    def take(number, *lines, reason="sour", **more) -> Ran:
        options = [word for line in lines for word in ("--line", line)]
        options += [word for name, value in more.items() for word in (f"--{name}", value)]
        return milkpos("bill", "return", number, *options, "--reason", reason, "--json")

    return take


def listed(milkpos, *options):
    """The numbers that a list gives."""
    ran = milkpos("bill", "list", *options, "--json")
    assert ran.code == 0, ran.err
    return [bill["number"] for bill in ran.json]


# --- list -----------------------------------------------------------------------------------


@pytest.fixture
def three_days(ring, home, clock):
    """A bill in a shift of Sunday, two in one of Monday, one in one of Tuesday; it is Tuesday."""
    for day, bills in ((-1, 1), (0, 2), (1, 1)):
        clock.set(MONDAY_7_AM + day * DAY_MS)
        next_shift(home, clock, MONDAY + timedelta(day))
        for _ in range(bills):
            ring("12", "+")


@pytest.mark.parametrize(
    ("options", "serials"),
    [
        ((), [4]),
        (("--date", "2026-11-22"), [1]),
        (("--date", "2026-11-23"), [2, 3]),
        (("--date", "2026-11-25"), []),
        (("--from", "2026-11-23"), [2, 3, 4]),
        (("--from", "2026-11-24"), [4]),
        (("--to", "2026-11-22"), [1]),
        (("--to", "2026-11-23"), [1, 2, 3]),
        (("--from", "2026-11-22", "--to", "2026-11-23"), [1, 2, 3]),
        (("--from", "2020-01-01", "--to", "2040-01-01"), [1, 2, 3, 4]),
        (("--from", "2026-11-23", "--to", "2026-11-23"), [2, 3]),
    ],
    ids=lambda value: " ".join(map(str, value)) or "none",
)
def test_bills_of_some_days(three_days, milkpos, options, serials):
    assert listed(milkpos, *options) == [f"1/2627/{serial}" for serial in serials]


def test_the_day_is_india_s(ring, milkpos, home, clock):
    """19:00 in London is past midnight in Mysuru: the next shift is of Tuesday."""
    clock.set(MONDAY_7_AM + 17 * HOUR_MS - 60_000)  # Monday, a minute before midnight
    next_shift(home, clock)
    ring("12", "+")
    clock.advance(60_000)
    next_shift(home, clock)
    ring("12", "+")
    assert listed(milkpos, "--date", "2026-11-23") == ["1/2627/1"]
    assert listed(milkpos) == listed(milkpos, "--date", "2026-11-24") == ["1/2627/2"]


def test_the_day_is_the_shift_s(ring, milkpos, clock):
    """What is sold past midnight, before the shift is closed, was sold on its day."""
    clock.advance(17 * HOUR_MS + 60_000)
    bill = ring("12", "+")[1]["bill"]
    assert bill["at"].startswith("2026-11-24T00:01")
    assert bill["business_date"] == "2026-11-23"
    assert listed(milkpos, "--date", "2026-11-23") == ["1/2627/1"]
    assert listed(milkpos, "--date", "2026-11-24") == []


def test_in_the_order_of_their_numbers(ring, milkpos):
    """A bill that waited stands where it was paid, not where it was begun."""
    ring("12", ".", "31", "+", ".1", "+")
    assert listed(milkpos) == ["1/2627/1", "1/2627/2"]


def test_a_list_for_people(three_days, milkpos):
    ran = milkpos("bill", "list", "--date", "2026-11-23")
    *bills, count = ran.lines
    assert count == "2 documents"
    for line, serial in zip(bills, (2, 3), strict=True):
        told = f"1/2627/{serial} 2026-11-23 BILL OF SUPPLY asha 62.00 paid"
        assert line.split() == told.split()


def test_more_bills_than_a_page(shop):
    assert run("ring", home=shop, stdin="12\n+\n" * 205).code == 0
    ran = run("bill", "list", "--from", "2020-01-01", "--json", home=shop)
    serials = sorted(int(bill["number"].split("/")[2]) for bill in ran.json)
    assert serials == list(range(1, 206))


@pytest.mark.parametrize(
    "options",
    [
        ("--date", "2026-11-31"),
        ("--date", "yesterday"),
        ("--date", "23-11-2026"),
        ("--date", "20261123"),
        ("--date", "2026-W48-1"),
        ("--from", "2026-13-01"),
        ("--to", "2026-11-23T07:00"),
        ("--date", "2026-11-23", "--from", "2026-11-22"),
        ("--date", "2026-11-23", "--to", "2026-11-24"),
        ("2026-11-23",),
    ],
    ids=" ".join,
)
def test_dates_that_are_none(milkpos, options):
    assert_words(milkpos("bill", "list", *options), USAGE)


def test_takings_are_shown_to_an_operator_alone(milkpos, sold):
    assert_words(milkpos("bill", "list", pin=None), USAGE, "PIN")
    assert_words(milkpos("bill", "list", pin="000000"), REFUSED, "PIN")


# --- show -----------------------------------------------------------------------------------


def test_a_bill_shown(milkpos, sold):
    ran = milkpos("bill", "show", sold)
    assert ran.code == 0
    assert ran.lines[0] == "INVOICE-CUM-BILL OF SUPPLY 1/2627/1  2026-11-23  paid"
    assert [line.split()[0] for line in ran.lines[1:4]] == ["1", "2", "3"]
    assert ran.lines[4:] == [
        "round-off 0.50",
        "total 559.00",
        "cash 600.00",
        "change 41.00",
    ]


@pytest.mark.parametrize("number", ["1/2627/1", " 1/2627/1 ", "1/2627/1\n"])
def test_the_same_bill_as_was_rung_and_as_is_listed(milkpos, ring, number):
    *_, paid = ring("3*12", "110", "*-10", "+600")
    shown = milkpos("bill", "show", number, "--json").json
    assert shown == paid["bill"]
    assert milkpos("bill", "list", "--json").json == [paid["bill"]]


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_a_slip_of_each_width(milkpos, sold, columns):
    ran = milkpos("bill", "show", sold, "--slip", "--columns", str(columns))
    assert ran.code == 0
    assert max(map(len, ran.lines)) == columns
    assert ran.out.isascii()
    assert "DUPLICATE" not in ran.out
    for label, amount in (("TOTAL Rs", "559.00"), ("Cash", "600.00"), ("Change", "41.00")):
        assert re.search(SLIP_AMOUNT.format(label=label, amount=amount), ran.out, re.MULTILINE)


def test_a_slip_is_42_wide_where_nothing_is_said(milkpos, sold):
    said = milkpos("bill", "show", sold, "--slip", "--columns", "42")
    assert milkpos("bill", "show", sold, "--slip").out == said.out


@pytest.mark.parametrize("columns", ["0", "31", "33", "40", "64", "-42", "4200"])
@pytest.mark.parametrize("command", ["show", "reprint"])
def test_other_widths_are_refused(milkpos, sold, command, columns):
    options = [f"--columns={columns}"] + ["--slip"] * (command == "show")
    assert_words(milkpos("bill", command, sold, *options), REFUSED, "32, 42 or 48")
    assert milkpos("bill", "show", sold, "--json").json["copies"] == 0


def test_a_slip_asked_for_as_json_is_there(milkpos, sold):
    shown = milkpos("bill", "show", sold, "--slip", "--columns", "32", "--json").json
    slip = milkpos("bill", "show", sold, "--slip", "--columns", "32").lines
    assert shown["slip"] == slip


BAD_NUMBERS = ["", "1", "1/2627", "1/2627/", "1/2627/0", "1/2627/01", "1/26/1", "1-X/2627/1"]
BAD_NUMBERS += ["1/2627/12345678", "ABCD/2627/1", "../../etc/passwd", "1/2627/1; DROP TABLE bill"]
BAD_NUMBERS += ["१/2627/1", "1/2627/1\x1b[2J"]


@pytest.mark.parametrize("number", BAD_NUMBERS)
def test_what_is_no_number(milkpos, sold, number):
    ran = milkpos("bill", "show", "--json", "--", number)
    assert (ran.code, ran.out, ran.error["code"]) == (REFUSED, "", "bill-number")


@pytest.mark.parametrize("number", ["1/2627/2", "2/2627/1", "1-R/2627/1", "1/2526/1"])
@pytest.mark.parametrize("command", ["show", "reprint", "return"])
def test_a_number_that_was_not_given(milkpos, sold, command, number):
    more = ["--line", "1=1", "--reason", "sour"] if command == "return" else []
    ran = milkpos("bill", command, number, *more, "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (REFUSED, "", "bill-unknown")
    assert number in ran.error["message"]


# --- return ---------------------------------------------------------------------------------


def test_a_part_taken_back_is_a_credit_note(milkpos, give_back, sold):
    note = give_back(sold, "1=.5", "2=1", reason=" leaking \t pack ", refund="upi").json
    assert (note["number"], note["kind"], note["state"]) == (
        "1-R/2627/1",
        "credit_note",
        "refunded",
    )
    assert (note["original"], note["reason"]) == (sold, "leaking pack")
    lines = [(line["plu"], line["qty_milli"], line["amount_paise"]) for line in note["lines"]]
    assert lines == [(12, 500, 31_00), (110, 1000, 350_00)]
    assert (note["total_paise"], note["cgst_paise"]) == (381_00, 8_33)
    assert [(one["kind"], one["amount_paise"]) for one in note["tenders"]] == [("upi", 381_00)]
    assert milkpos("bill", "show", note["number"], "--json").json == note
    assert milkpos("bill", "show", sold, "--json").json["state"] == "part_returned"


def test_credit_notes_have_a_series_of_their_own(ring, give_back, milkpos):
    for serial in (1, 2, 3):
        ring("2*12", "+")
        assert give_back(f"1/2627/{serial}", "1=1").json["number"] == f"1-R/2627/{serial}"
    assert ring("12", "+")[1]["bill"]["number"] == "1/2627/4"
    assert listed(milkpos) == [
        *("1/2627/1", "1-R/2627/1", "1/2627/2", "1-R/2627/2", "1/2627/3", "1-R/2627/3"),
        "1/2627/4",
    ]


def test_all_of_a_bill_in_parts_is_never_more_than_was_paid(milkpos, give_back, sold):
    parts = ["1=1", "1=.333", "1=1.667", "2=1", "3=2", "3=1"]
    refunds = [give_back(sold, part).json["total_paise"] for part in parts]
    assert sum(refunds) == milkpos("bill", "show", sold, "--json").json["total_paise"]
    assert milkpos("bill", "show", sold, "--json").json["state"] == "returned"
    for line in ("1=.001", "2=1", "3=1"):
        again = give_back(sold, line)
        assert (again.code, again.error["code"]) == (REFUSED, "return-too-much")


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["1=3.001"], "return-too-much"),
        (["2=2"], "return-too-much"),
        (["1=99999999"], "return-too-much"),
        (["1=0"], "quantity-zero"),
        (["2=.5"], "quantity-step"),
        (["0=1"], "no-line"),
        (["4=1"], "no-line"),
        (["1=1", "4=1"], "no-line"),
        (["1=1", "2=2"], "return-too-much"),
        (["1=0.0001"], "quantity-decimals"),
        (["1=half"], "quantity-unreadable"),
        (["1=-1"], "quantity-unreadable"),
        (["1="], "quantity-unreadable"),
    ],
    ids=str,
)
def test_what_can_not_come_back(milkpos, give_back, sold, lines, code):
    before = milkpos("bill", "show", sold, "--json").json
    ran = give_back(sold, *lines)
    assert (ran.code, ran.out, ran.error["code"]) == (REFUSED, "", code)
    assert milkpos("bill", "show", sold, "--json").json == before
    assert listed(milkpos) == [sold]


@pytest.mark.parametrize("line", ["1", "=1", "x=1", "1.5=1", "-1=1", "99999=1", "१=1", ""])
def test_what_names_no_line(give_back, sold, line):
    ran = give_back(sold, line)
    assert (ran.code, ran.error["code"]) == (USAGE, "usage")


def test_a_line_named_twice(give_back, sold, milkpos):
    assert give_back(sold, "1=1", "1=1").error["code"] == "usage"
    assert listed(milkpos) == [sold]


@pytest.mark.parametrize("reason", ["", "  ", "\x1b"])
def test_a_return_needs_a_reason(give_back, sold, reason):
    ran = give_back(sold, "1=1", reason=reason)
    assert (ran.code, ran.error["code"]) == (REFUSED, "reason-missing")


@pytest.mark.parametrize("missing", ["--line", "--reason"])
def test_a_return_needs_a_line_and_a_reason(milkpos, sold, missing):
    given = {"--line": "1=1", "--reason": "sour"}
    del given[missing]
    (left,) = given.items()
    assert_words(milkpos("bill", "return", sold, *left), USAGE, missing)


def test_a_credit_note_does_not_come_back(give_back, sold):
    assert give_back(sold, "1=1").code == 0
    ran = give_back("1-R/2627/1", "1=1")
    assert (ran.code, ran.error["code"]) == (REFUSED, "return-of-note")


@pytest.mark.parametrize(("refund", "code"), [("khata", REFUSED), ("gold", USAGE), ("", USAGE)])
def test_refunds_that_do_not_go(milkpos, give_back, sold, refund, code):
    assert give_back(sold, "1=1", refund=refund).code == code
    assert listed(milkpos) == [sold]


@pytest.mark.parametrize("refund", ["cash", "upi", "card"])
def test_refunds(give_back, sold, refund):
    (tender,) = give_back(sold, "1=1", refund=refund).json["tenders"]
    assert (tender["kind"], tender["amount_paise"]) == (refund, 62_00)


def test_a_return_for_people_and_on_paper(milkpos, sold):
    ran = milkpos("bill", "return", sold, "--line", "1=1", "--reason", "sour")
    assert ran.lines[0] == "CREDIT NOTE 1-R/2627/1  2026-11-23  refunded"
    assert ran.lines[-1] == "against bill 1/2627/1: sour"
    slip = milkpos("bill", "show", "1-R/2627/1", "--slip").out
    assert "CREDIT NOTE" in slip
    assert "Against bill 1/2627/1" in slip
    assert "Reason: sour" in slip
    assert re.search(r"REFUND Cash +62\.00$", slip, re.MULTILINE)


def test_a_return_in_the_next_financial_year(ring, give_back, home, clock):
    ring("2*12", "+")
    clock.advance(200 * DAY_MS)
    next_shift(home, clock)
    assert give_back("1/2627/1", "1=1").json["number"] == "1-R/2728/1"
    assert ring("12", "+")[1]["bill"]["number"] == "1/2728/1"


# --- reprint --------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_a_reprint_says_duplicate(milkpos, sold, columns):
    options = ("--columns", str(columns))
    slip = milkpos("bill", "show", sold, "--slip", *options).lines
    ran = milkpos("bill", "reprint", sold, *options)
    marked = [line.strip() for line in ran.lines if line not in slip]
    assert (ran.code, marked) == (0, ["*** DUPLICATE ***"])
    assert [line for line in ran.lines if "DUPLICATE" not in line] == slip
    assert ran.err == f"copy 1 of {sold}\n"


def test_reprints_are_counted(milkpos, sold):
    for copy in (1, 2, 3):
        again = milkpos("bill", "reprint", sold, "--json")
        assert (again.json["copies"], again.err) == (copy, "")
        assert any("DUPLICATE" in line for line in again.json["slip"])
        assert milkpos("bill", "show", sold, "--json").json["copies"] == copy


def test_a_credit_note_is_reprinted_too(milkpos, give_back, sold):
    give_back(sold, "1=1")
    ran = milkpos("bill", "reprint", "1-r/2627/1")
    assert ran.code == 0
    assert "DUPLICATE" in ran.out


def test_a_reprint_is_an_entry_and_needs_an_operator(milkpos, sold):
    entries = milkpos("audit", "verify", "--json").json["entries"]
    assert_words(milkpos("bill", "reprint", sold, pin=None), USAGE)
    assert milkpos("audit", "verify", "--json").json["entries"] == entries
    assert milkpos("bill", "reprint", sold).code == 0
    verdict = milkpos("audit", "verify", "--rebuild", "--json").json
    assert (verdict["result"], verdict["entries"]) == ("good", entries + 1)


def test_no_bill_at_all(milkpos):
    assert listed(milkpos) == []
    assert milkpos("bill", "list").lines == ["0 documents"]
    assert milkpos("bill", "show", "1/2627/1").code == REFUSED != NOT_WHOLE


# --- points ---------------------------------------------------------------------------------


def test_points_that_were_taken_are_said(milkpos, ring):
    assert milkpos("setting", "set", "loyalty", "milk=5").code == 0
    assert milkpos("customer", "add", "9", "--name", "Meena").code == 0
    *_, first = ring("//9", "10*12", "+")
    *_, second = ring("//9", "10*12", "+**20", "+")
    assert (first["bill"]["points_earned"], first["bill"]["points_taken"]) == (31, 0)
    assert (second["bill"]["points_earned"], second["bill"]["points_taken"]) == (30, 20)
    number = second["bill"]["number"]
    assert milkpos("bill", "show", number, "--json").json["points_taken"] == 20
    listed = milkpos("bill", "list", "--json").json
    assert [bill["points_taken"] for bill in listed] == [0, 20]
    everything = ("bill", "return", number, "--line", "1=10", "--reason", "sour", "--json")
    note = milkpos(*everything).json
    assert (note["points_earned"], note["points_taken"]) == (-30, -20)
