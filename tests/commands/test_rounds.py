"""`milkpos order`, `round`, `month` and `milk`, as scripts meet them."""

import json

import pytest

from milkpos_tui.domain.errors import Unreachable
from tests.commands.driving import REFUSED, UNREACHABLE, USAGE, assert_words

MONDAY, SUNDAY = "2026-11-23", "2026-11-22"


@pytest.fixture
def street(milkpos):
    """Two households: 9 takes a litre each morning, 14 two."""
    for code, quantity in (("9", "1"), ("14", "2")):
        assert milkpos("customer", "add", code, "--name", f"House {code}").code == 0
        assert milkpos("order", "add", code, "12", quantity).code == 0
    return milkpos


def test_an_order_in_words_and_as_json(street):
    ran = street("order", "list", "9")
    assert ran.lines == ["9 House 9", " 1 1 L 12 Cow milk, daily, morning, from 2026-11-23"]
    (order,) = street("--json", "order", "list", "9").json["orders"]
    assert (order["number"], order["plu"], order["qty_milli"]) == (1, 12, 1000)
    assert (order["days"], order["halves"], order["to"]) == ("daily", ["morning"], None)


def test_what_is_collected_at_the_counter(street):
    ran = street("order", "add", "9", "31", ".5", "--half", "both", "--collected")
    assert ran.lines[2] == " 2 0.5 kg 31 Curd, daily, both, from 2026-11-23, collected"
    orders = street("--json", "order", "list", "9").json["orders"]
    assert [order["place"] for order in orders] == ["round", "counter"]
    assert street("order", "end", "9", "--order", "2").lines[2].endswith("2026-11-23, collected")
    shown = street("--json", "round", "sheet", "--half", "morning").json
    assert [load["plu"] for load in shown["loads"]] == [12]


def test_what_is_said_about_days(street):
    street("order", "pause", "9", "--from", "2026-12-20", "--to", "2026-12-31")
    street("order", "skip", "9", "--half", "evening")
    street("order", "more", "9", "-.5")
    ran = street("order", "switch", "9", "31", "--from", "2026-12-01")
    assert ran.lines[2:] == [
        "   paused from 2026-12-20 to 2026-12-31",
        "   not on 2026-11-23 evening",
        "   0.5 less on 2026-11-23 morning",
        "   item 31 from 2026-12-01",
    ]
    assert len(street("--json", "order", "resume", "9", "--date", "2026-12-25").json["said"]) == 4
    assert street("order", "end", "9").lines[1].endswith("from 2026-11-23 to 2026-11-23")


def test_what_is_said_of_one_of_several_orders_says_of_which(street):
    street("order", "add", "9", "31", ".5")
    street("order", "pause", "9", "--from", "2026-12-20", "--to", "2026-12-31")
    ran = street("order", "more", "9", "+.25", "--order", "2")
    assert ran.lines[3:] == [
        "   paused from 2026-12-20 to 2026-12-31",
        "   2: 0.25 more on 2026-11-23 morning",
    ]
    for twice in ("--1", "+-1", "-+1"):
        assert street("order", "more", "9", twice, "--order", "2").code == REFUSED


def test_the_sheet_leaves_out_what_was_taken_without_an_order(street):
    street("round", "record", "--half", "morning", "9/31+1")
    lines = street("round", "sheet", "--half", "morning").lines
    assert not any("Curd" in line for line in lines)
    shown = street("--json", "round", "sheet", "--half", "morning").json
    assert [load["plu"] for load in shown["loads"]] == [12]
    nine = next(stop for stop in shown["stops"] if stop["code"] == "9")
    assert {one["plu"]: one["qty_milli"] for one in nine["deliveries"]} == {12: 1000, 31: 0}


def test_a_pause_that_ended_before_it_began_is_told_no_more(street):
    street("order", "pause", "9", "--from", "2026-12-20")
    assert street("order", "resume", "9", "--date", "2026-12-20").code == 0
    assert street("--json", "order", "list", "9").json["said"] == []


def test_a_place_is_told_under_the_code_as_it_is(street):
    assert street("--json", "round", "place", "009", "3").json == {"code": "9", "sequence": 3}


def test_the_sheet(street):
    assert street("round", "place", "14", "1").code == 0
    shown = street("--json", "round", "sheet", "--half", "morning").json
    assert [stop["code"] for stop in shown["stops"]] == ["9", "14"]
    assert shown["loads"] == [{"lane": "", "plu": 12, "name": "Cow milk", "qty_milli": 3000}]
    lines = street("round", "sheet", "--half", "m").lines
    assert lines[0] == "Round of 23-11-2026, morning: 2 doors"
    assert lines[-1] == "   take 3 L Cow milk"


def test_a_round_recorded_by_exception_and_corrected(street):
    ran = street("round", "record", "--half", "morning", "-14", "9+1")
    assert ran.lines == ["2026-11-23 morning: 2 deliveries recorded, 1 of them nothing, Rs 124.00"]
    again = street("--json", "round", "record", "--half", "morning", "-14", "9+1").json
    assert (again["recorded"], again["corrections"]) == (0, [])
    late = street("--json", "round", "record", "--half", "morning", "-14", "--anew").json
    assert [one["amount_paise"] for one in late["corrections"]] == [-62_00]
    assert street("--json", "khata", "show", "9").json["balance_paise"] == 62_00


def test_who_is_over_the_limit_by_a_round_is_told(street):
    street("customer", "change", "9", "--limit", "100")
    assert street("--json", "round", "record", "--half", "morning").json["over_limit"] == []
    ran = street("round", "record", "--half", "evening", "9/12+1", "14/12+1")
    assert ran.lines[1:] == ["   OVER the limit of Rs 100.00: 9 House 9 owes Rs 124.00"]
    again = street("--json", "round", "record", "--half", "evening", "9/12+1", "14/12+1").json
    assert again["over_limit"] == []  # nothing was recorded


def test_putting_one_door_right_undoes_no_other(street):
    record = ("round", "record", "--half", "morning")
    assert street(*record, "-14/12", "9+1", "14/31+.5").code == 0
    ran = street(*record, "9+2")
    assert_words(ran, REFUSED, "-14/12 14/31*0.5", "--anew")
    assert street("--json", *record, "9+2").error["code"] == "round-undone"
    late = street("--json", *record, "9+2", "-14/12", "14/31*0.5").json
    assert [(one["code"], one["amount_paise"]) for one in late["corrections"]] == [("9", 62_00)]
    told = street(*record, "9+3", "-14/12", "14/31*0.5").lines[1]
    assert told == "   corrected: 9, 2026-11-23 morning: 4 instead of 3 L Cow milk, Rs 62.00"
    assert len(street("--json", *record, "--anew").json["corrections"]) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("record", "--half", "morning", "-77"), REFUSED, "round-stop"),
        (("record", "--half", "morning", "9"), REFUSED, "round-word"),
        (("record", "--date", "2026-11-24", "--half", "morning"), REFUSED, "date-future"),
        (("record", "--half", "both"), USAGE, "usage"),
        (("sheet", "--date", "tomorrow"), USAGE, "usage"),
        (("place", "9", "100000"), REFUSED, "round-place"),
    ],
)
def test_what_a_round_refuses(street, arguments, code, error):
    ran = street("--json", "round", *arguments)
    assert (ran.code, ran.error["code"]) == (code, error)


def test_generating(street):
    ran = street("round", "generate", "--from", MONDAY)
    assert ran.lines == ["2026-11-23 morning: 2 deliveries recorded, Rs 186.00"]
    ran = street("round", "generate", "--from", MONDAY)
    assert (ran.code, ran.lines) == (0, [])
    assert "nothing to record" in ran.err


def test_the_help_shows_the_grammar(street):
    shown = street("round", "record", "--help").out
    for example in ("-14 -22", "9+1", "9*2", "9/12+1"):
        assert example in shown


# --- months -------------------------------------------------------------------------------------


@pytest.fixture
def december(street, clock):
    """November is over: both are billed for it."""
    assert street("round", "generate", "--from", MONDAY).code == 0
    clock.advance(8 * 24 * 60 * 60 * 1000)
    return street


def test_a_draft_and_a_month_that_is_not_over(street):
    shown = street("--json", "month", "show", "9", "2026-11").json
    assert (shown["state"], shown["number"], shown["due_paise"]) == ("draft", "", 0)
    ran = street("--json", "month", "run", "2026-11")
    assert (ran.code, ran.error["code"]) == (REFUSED, "month-open")
    assert street("month", "run", "november").code == REFUSED


def test_a_month_is_billed_once(december, tmp_path):
    folder = tmp_path / "bills"
    ran = december("month", "run", "2026-11", "--pdf", str(folder))
    assert ran.lines == ["2026-11: 2 bills issued, 0 were there, Rs 186.00 due"]
    assert sorted(path.name for path in folder.iterdir()) == ["2026-11-14.pdf", "2026-11-9.pdf"]
    assert (folder / "2026-11-9.pdf").read_bytes().startswith(b"%PDF-1.7")
    again = december("--json", "month", "run", "2026-11").json
    assert (again["issued"], again["held"]) == (0, 2)
    listed = december("--json", "month", "list", "2026-11").json
    assert [(one["number"], one["customer"], one["state"]) for one in listed] == [
        ("1-M/2627/1", "9", "issued"),
        ("1-M/2627/2", "14", "issued"),
    ]
    assert december("month", "list", "2026-11").lines[0].split() == [
        "1-M/2627/1", "9", "House", "9", "62.00", "issued",
    ]  # fmt: skip


def test_papers_that_cannot_be_are_refused_before_anything_is_issued(december, tmp_path):
    (tmp_path / "a file").write_text("")
    run_it = ("month", "run", "2026-11", "--pdf")
    assert december(*run_it, str(tmp_path / "bills"), "--size", "a3").code == USAGE
    assert december(*run_it, str(tmp_path / "a file" / "bills")).code == UNREACHABLE
    assert december("--json", "month", "list", "2026-11").json == []


def test_letters_without_a_font_stop_no_run(december, tmp_path, monkeypatch):
    def drawn(paper, size):
        if paper.party.code == "9":
            raise Unreachable("font-missing", "no font for Telugu letters")
        return b"%PDF"

    monkeypatch.setattr("milkpos_tui.services.month_pdf.month_pdf", drawn)
    ran = december("--json", "month", "run", "2026-11", "--pdf", str(tmp_path))
    assert (ran.code, ran.json["issued"]) == (UNREACHABLE, 2)
    assert ran.error["message"] == "no PDF of 9: no font for Telugu letters; then run it again"
    assert [path.name for path in tmp_path.glob("*.pdf")] == ["2026-11-14.pdf"]


def test_a_pdf_with_json_is_a_document_too(december, tmp_path):
    ran = december("--json", "month", "show", "9", "2026-11", "--pdf", str(tmp_path / "a.pdf"))
    assert ran.json["customer"] == "9"
    assert (tmp_path / "a.pdf").exists()


@pytest.mark.parametrize("month", ["9999-12", "3000-01", "1999-12", "2026-13"])
def test_a_month_that_is_none(street, month):
    assert_words(street("month", "run", month), REFUSED, "is not a month")


def test_a_bill_is_shown_in_each_way(december, tmp_path):
    december("month", "run", "2026-11")
    show = ("month", "show", "9", "2026-11")
    assert any(line.startswith("DUE") for line in december(*show).lines)
    assert max(map(len, december(*show, "--slip").lines)) <= 32
    assert december(*show, "--csv").lines[0].startswith("customer,name,month")
    assert december(*show, "--message").lines[0] == (
        "Dear House 9, your bill of November 2026 from Nandini Dairy: Rs 62.00 is due."
    )
    assert december(*show, "--pdf", str(tmp_path / "a.pdf"), "--size", "a5").code == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert december(*show, "--pdf", str(tmp_path / "a.pdf"), "--size", "a3").code == USAGE


def test_messages_only_for_who_agreed(december):
    december("month", "run", "2026-11")
    assert december("--json", "month", "messages", "2026-11").json == []
    agreed = ("--phone", "98450 12345", "--consent", MONDAY, "--language", "kn")
    assert december("customer", "change", "9", *agreed).code == 0
    (one,) = december("--json", "month", "messages", "2026-11").json
    assert one["code"] == "9"
    assert "ಬಾಕಿ ಇದೆ" in one["message"]
    assert december("month", "messages", "2026-11").lines[0].count("\t") == 2


def test_slips_and_the_sheet_go_to_the_printer(december, printer):
    assert december("month", "run", "2026-11").code == 0
    assert december("month", "print", "2026-11").lines == ["2026-11: 2 slips to print"]
    assert december("month", "print", "2026-11", "9").lines == ["2026-11: 1 slip to print"]
    assert december("round", "sheet", "--date", MONDAY, "--half", "m", "--print").code == 0
    assert printer.printer.wait_for(lambda: len(printer.printer.slips) >= 4)
    on_paper = [step.text for step in printer.printer.slips[-1] if hasattr(step, "text")]
    assert on_paper[0].strip() == "ROUND 23-11-2026 morning"


def test_without_a_printer_nothing_is_queued(december):
    ran = december("--json", "month", "print", "2026-11", "9")
    assert (ran.code, ran.error["code"]) == (REFUSED, "printer-missing")


# --- milk ---------------------------------------------------------------------------------------


@pytest.fixture
def farm(street, tmp_path):
    """A farmer, and rates from November on."""
    rates = tmp_path / "rates.csv"
    rates.write_text("since,fat_kg,snf_kg\n2026-11-01,350,240\n")
    assert street("customer", "add", "301", "--name", "Farmer").code == 0
    assert street("milk", "rates", str(rates)).lines == ["1 rates"]
    return street


def test_a_can_of_milk(farm):
    ran = farm("milk", "take", "301", "10", "4", "--clr", "28")
    assert ran.lines == ["10 L cow, fat 4.0, SNF 8.44: Rs 352.15"]
    (can,) = farm("--json", "milk", "list", "301", "2026-11/3").json
    assert (can["snf_bp"], can["amount_paise"], can["settled"]) == (844, 352_15, False)
    for wrong in (("4",), ("4", "--clr", "28", "--snf", "8.5"), ("4.555", "--clr", "28")):
        assert farm("milk", "take", "301", "10", *wrong).code == REFUSED


def test_a_chart(farm, tmp_path):
    chart = tmp_path / "chart.csv"
    chart.write_text("fat,8.0,8.5\n3.0,30,31\n4.0,35,36\n")
    assert farm("milk", "chart", str(chart), "--from", MONDAY, "--milk", "cow").code == 0
    ran = farm("--json", "milk", "take", "301", "10", "4", "--clr", "28")
    assert ran.json["amount_paise"] == 350_00
    chart.write_text("fat,8.0,8.5\n3.0,30,31\n4.0,35,x\n")
    ran = farm("milk", "chart", str(chart), "--from", MONDAY)
    assert_words(ran, REFUSED, "nothing was taken in", "line 3")
    assert farm("milk", "chart", str(tmp_path / "no.csv"), "--from", MONDAY).code == 4


def test_ten_days_are_settled(farm, clock):
    farm("milk", "take", "301", "10", "4", "--clr", "28")
    settle = ("milk", "settle", "301", "2026-11/3", "--off", "feed=100")
    assert farm(*settle).code == REFUSED
    clock.advance(8 * 24 * 60 * 60 * 1000)
    dry = farm("--json", *settle, "--dry-run").json
    assert (dry["id"], dry["payable_paise"]) == (None, 252_15)
    ran = farm(*settle)
    assert ran.lines[0] == "301 Farmer"
    assert max(map(len, ran.lines)) <= 32
    assert ran.lines[-1].split() == ["TO", "PAY", "252.15"]
    assert farm("--json", "khata", "show", "301").json["balance_paise"] == -252_15
    assert farm(*settle).code == REFUSED
    assert farm("milk", "settle", "301", "2026-11/3", "--off", "goods=1").code == USAGE


def test_the_half_is_that_of_the_clock_or_said(farm, clock):
    take = ("--json", "milk", "take", "301", "10", "4", "--clr", "28")
    assert farm(*take).json["half"] == "morning"
    clock.advance(10 * 60 * 60 * 1000)
    assert farm(*take).json["half"] == "evening"
    ran = farm(*take, "--date", SUNDAY)
    assert (ran.code, ran.error["code"]) == (USAGE, "usage")
    assert farm(*take, "--date", SUNDAY, "--half", "evening").json["date"] == SUNDAY


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("10.1234", "4", "--clr", "28"), REFUSED, "quantity-decimals"),
        (("0", "4", "--clr", "28"), REFUSED, "quantity-zero"),
        (("10", "30", "--clr", "28"), REFUSED, "milk-reading"),
        (("10", "4", "--clr", "99"), REFUSED, "milk-reading"),
        (("10", "4", "--snf", "28"), REFUSED, "milk-reading"),
        (("10", "4"), REFUSED, "milk-reading"),
        (
            ("10", "4", "--clr", "28", "--date", "2026-12-24", "--half", "morning"),
            REFUSED,
            "date-future",
        ),
        (("10", "4", "--clr", "28", "--slip", "--columns", "40"), REFUSED, "slip-columns"),
        (("10", "4", "--clr", "28", "--milk", "goat"), USAGE, "usage"),
    ],
)
def test_a_can_that_is_refused(farm, arguments, code, error):
    ran = farm("--json", "milk", "take", "301", *arguments)
    assert (ran.code, ran.error["code"]) == (code, error)
    assert farm("--json", "milk", "list", "301", "2026-11/3").json == []
    assert farm("milk", "take", "777", "10", "4", "--clr", "28").code == REFUSED


def test_the_same_can_again(farm):
    take = ("milk", "take", "301", "10", "4", "--clr", "28")
    assert farm(*take).code == 0
    ran = farm("--json", *take)
    assert (ran.code, ran.error["code"]) == (REFUSED, "milk-again")
    assert ran.error["message"].endswith("--again")
    assert farm(*take, "--again").code == 0


def test_a_can_put_right(farm):
    farm("milk", "take", "301", "115", "4", "--clr", "28")
    put_right = ("milk", "correct", "301", MONDAY, "--half", "morning", "--reason", "keyed 115")
    assert farm(*put_right).code == USAGE
    assert farm(*put_right, "--litres", "11.5", "--strike").code == USAGE
    ran = farm(*put_right, "--litres", "11.5")
    assert ran.lines == [
        "11.5 L cow, fat 4.0, SNF 8.44 instead of 115 L cow, fat 4.0, SNF 8.44",
        "Rs 404.97 instead of Rs 4,049.74",
    ]
    assert (
        farm("milk", "list", "301", "2026-11/3")
        .lines[0]
        .endswith(
            " 4,049.74 struck out: 11.5 L cow, fat 4.0, SNF 8.44 instead of "
            "115 L cow, fat 4.0, SNF 8.44: keyed 115"
        )
    )
    (due,) = farm("--json", "milk", "due", "2026-11/3").json
    assert (due["cans"], due["litres_milli"], due["payable_paise"]) == (1, 11_500, 404_97)
    struck = farm("--json", *put_right, "--strike").json
    assert (struck["now"], struck["amount_paise"]) == (None, 404_97)


def test_a_cashier_needs_leave_to_put_a_can_right(farm):
    pins = {"MILKPOS_NEW_PIN": "271828"}
    assert farm("user", "add", "cara", "--name", "Cara", "--role", "cashier", env=pins).code == 0
    farm("milk", "take", "301", "115", "4", "--clr", "28")
    put_right = ("milk", "correct", "301", MONDAY, "--half", "morning", "--reason", "x", "--strike")
    ran = farm("--json", *put_right, operator="cara", pin="271828")
    assert (ran.code, ran.error["code"]) == (REFUSED, "needs-approval")
    allowed = {"MILKPOS_APPROVER": "asha", "MILKPOS_APPROVER_PIN": "482913"}
    assert farm(*put_right, operator="cara", pin="271828", env=allowed).code == 0


def test_farmers_slips_on_the_terminal(farm):
    slip = farm("milk", "take", "301", "10", "4", "--clr", "28", "--slip", "--columns", "42")
    assert slip.lines[-2:] == ["=" * 42, f"{'21-30 Nov: 10 L':32}{'352.15':>10}"]
    assert farm("milk", "slip", "301", MONDAY, "--columns", "42").lines == slip.lines
    assert farm("milk", "slip", "301", MONDAY, "--half", "evening").code == REFUSED
    ten_days = farm("milk", "slip", "301", "2026-11/3")
    assert ten_days.lines[2].strip() == "NOT SETTLED YET"
    assert farm("milk", "settle", "301", "2026-11/3", "--dry-run").lines == ten_days.lines


def test_farmers_slips_on_paper(farm, printer, clock):
    farm("milk", "take", "301", "10", "4", "--clr", "28", "--print")
    farm("milk", "slip", "301", MONDAY, "--print")
    clock.advance(8 * 24 * 60 * 60 * 1000)
    assert farm("milk", "settle", "301", "2026-11/3", "--print").code == 0
    farm("milk", "slip", "301", "2026-11/3", "--print")
    assert printer.printer.wait_for(lambda: len(printer.printer.slips) >= 4)
    can, copy, settled, again = (
        [step.text.strip() for step in slip if hasattr(step, "text")]
        for slip in printer.printer.slips
    )
    assert can[1] == "MILK"
    assert copy == ["COPY", *can]
    assert "Settled 01-12-2026" in settled
    assert settled[-1].startswith("Signed")
    assert again == ["COPY", *settled]


def test_without_a_printer_the_can_is_taken_and_it_is_told(farm):
    ran = farm("milk", "take", "301", "10", "4", "--clr", "28", "--print")
    assert (ran.code, len(ran.lines)) == (0, 1)
    assert "no printer" in ran.err
    assert len(farm("--json", "milk", "list", "301", "2026-11/3").json) == 1


def test_json_is_one_document(street):
    for arguments in (("order", "list", "9"), ("round", "sheet"), ("month", "list", "2026-11")):
        json.loads(street("--json", *arguments).out)
