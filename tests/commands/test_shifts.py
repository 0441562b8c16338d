"""`milkpos shift` without a terminal, as scripts and cron meet it: who answers for which cash."""

import csv
import io
import json
import re
import subprocess
import sys

import pytest

from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till
from tests.commands.driving import (
    PATIENCE_S,
    REFUSED,
    ROOT,
    USAGE,
    assert_words,
    environment,
    run,
)
from tests.support.staff import PIN
from tests.support.tills import DAY_MS, MONDAY_7_AM, OWNER, OWNER_PIN, close_shift

HOUR_MS = 60 * 60 * 1000
ROLES = {"ravi": "cashier", "mina": "cashier", "sunil": "supervisor", "adit": "auditor"}
SHIFT_NAMES = [
    *("id", "counter", "operator", "business_date", "name", "state", "opened_at", "closed_at"),
    *("float_paise", "expected", "counted", "difference_paise", "bills", "returns", "total_paise"),
]
APPROVED = {"MILKPOS_APPROVER_PIN": PIN}
BY_SUNIL = ("--approve", "sunil")
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DECLARATION = "I counted the cash in this drawer."


@pytest.fixture
def people(home, clock):
    """Two cashiers, a supervisor and an auditor beside the owner."""
    with open_till(home, clock) as till:
        for code, role in ROLES.items():
            till.people.add(Operator(code, code.title(), role), PIN, OWNER)


@pytest.fixture
def shift(milkpos, people):
    """`milkpos shift ...` by somebody, the owner where nobody is named."""

    def do(*args, by=OWNER.operator, **more):
        pin = OWNER_PIN if by == OWNER.operator else PIN
        return milkpos("shift", *args, **({"operator": by, "pin": pin} | more))

    return do


@pytest.fixture
def no_shift(home, clock, people):
    """Nobody answers for counter 1: its first shift was closed."""
    with open_till(home, clock) as till:
        close_shift(till)


@pytest.fixture
def ravi_s(shift, no_shift):
    """Ravi answers for counter 1, with Rs 500 in the drawer."""
    assert shift("open", "--float", "500", by="ravi").code == 0


@pytest.fixture
def sell(milkpos):
    """Key-ins on a counter, by somebody; all of them taken."""

    def do(*keys, by=OWNER.operator, counter="1"):
        pin = OWNER_PIN if by == OWNER.operator else PIN
        args = ("ring", "--json", "--counter", counter)
        ran = milkpos(*args, operator=by, pin=pin, stdin="\n".join(keys))
        assert ran.code == 0, ran.out + ran.err
        return ran.documents

    return do


@pytest.fixture
def entries(milkpos):
    """The journal's entries of a kind."""

    def read(kind):
        told = [line["entry"] for line in milkpos("audit", "export").documents]
        return [entry for entry in told if entry["kind"] == kind]

    return read


def refused(ran, code, exit_code=REFUSED):
    """It ended so, with this code in JSON, and gave no result."""
    assert (ran.code, ran.out) == (exit_code, ""), ran.out + ran.err
    assert ran.error["code"] == code, ran.err
    return ran.error["message"]


# --- open ----------------------------------------------------------------------------------------


def test_opened_by_an_amount(shift, no_shift):
    ran = shift("open", "--float", "500.50", "--json", by="ravi")
    told = ran.json
    assert set(SHIFT_NAMES) <= told.keys()
    expected = {
        "counter": "1",
        "operator": "ravi",
        "business_date": "2026-11-23",
        "name": "morning",
        "state": "open",
        "closed_at": None,
        "float_paise": 500_50,
        "float_count": "",
    }
    assert {name: told[name] for name in expected} == expected
    assert re.fullmatch(r"2026-11-23T07:00:0\d\+05:30", told["opened_at"])


def test_opened_by_a_count(shift, no_shift):
    told = shift("open", "--count", "10=10,100=3, 50 = 4", "--json").json
    assert (told["float_paise"], told["float_count"]) == (600_00, "100=3,50=4,10=10")


def test_an_empty_drawer_is_a_float(shift, no_shift):
    assert shift("open", "--count", "", "--json").json["float_paise"] == 0


def test_the_result_stands_alone_and_the_rest_on_standard_error(shift, no_shift):
    ran = shift("open", "--float", "500", by="ravi")
    told = "counter 1: morning of 2026-11-23, ravi answers for it, float Rs 500.00"
    assert (ran.code, ran.lines) == (0, [told])
    checks = [line.split()[1] for line in ran.err.splitlines()[:-1]]
    assert checks == ["printer", "scale", "scanner", "drawer", "clock", "disk", "backup"]
    assert {line.split()[0] for line in ran.err.splitlines()[:-1]} <= {"ok", "warn", "missing"}
    assert ran.err.splitlines()[-1].startswith(DECLARATION)


def test_the_declaration_is_the_shop_s_and_its_digest_is_in_the_entry(
    shift, no_shift, milkpos, entries
):
    milkpos("setting", "set", "declaration", "Mine is this drawer.")
    assert shift("open", "--float", "1").err.endswith("\nMine is this drawer.\n")
    digests = [entry["body"]["declaration"] for entry in entries("shift.opened")]
    assert len(digests) == len(set(digests)) == 2
    checks = entries("shift.opened")[-1]["body"]["checks"]
    assert [check["name"] for check in checks][:2] == ["printer", "scale"]


def test_a_name_and_a_date(shift, no_shift):
    ran = shift("open", "--float", "1", "--name", "Evening", "--date", "2026-11-22", "--json")
    assert (ran.json["name"], ran.json["business_date"]) == ("evening", "2026-11-22")


@pytest.mark.parametrize(
    ("args", "code", "exit_code"),
    [
        ((), "float-missing", USAGE),
        (("--float", "500", "--count", "100=5"), "usage", USAGE),
        (("--float", "500.005"), "amount-decimals", REFUSED),
        (("--float", "-5"), "amount-unreadable", REFUSED),
        (("--float", ""), "amount-unreadable", REFUSED),
        (("--float", "five"), "amount-unreadable", REFUSED),
        (("--float", "99999999999"), "amount-limit", REFUSED),
        (("--count", "100=-1"), "count-negative", REFUSED),
        (("--count", "25=1"), "denomination", REFUSED),
        (("--count", "1000=1"), "denomination", REFUSED),
        (("--count", "100"), "count-unreadable", REFUSED),
        (("--count", "100=1.5"), "count-unreadable", REFUSED),
        (("--count", "100=1;50=2"), "count-unreadable", REFUSED),
        (("--count", "500=100000"), "count-limit", REFUSED),
        (("--float", "1", "--name", "noon"), "shift-name", REFUSED),
        (("--float", "1", "--date", "2026-11-31"), "usage", USAGE),
        (("--float", "1", "--date", "today"), "usage", USAGE),
        (("--float", "1", "--counter", "9"), "counter-unknown", REFUSED),
        (("--float", "1", "--as", "nobody"), "sign-in", REFUSED),
        (("500",), "usage", USAGE),
    ],
    ids=lambda value: " ".join(value) or "nothing" if isinstance(value, tuple) else None,
)
def test_what_no_shift_opens_with(shift, no_shift, entries, args, code, exit_code):
    refused(shift("open", *args, "--json"), code, exit_code)
    assert len(entries("shift.opened")) == 1
    assert shift("status", "--json").json["state"] == "none"


def test_the_rule_is_told_in_words(shift, no_shift):
    assert_words(shift("open", "--count", "100=-1"), REFUSED, "never < 0")
    assert_words(shift("open", "--count", "25=1"), REFUSED, "no note or coin of Rs 25", "2000, 500")
    assert_words(shift("open", "--float", "1.005"), REFUSED, "at most two decimals")
    assert_words(shift("open", "--float", "1", "--name", "noon"), REFUSED, "only morning, evening")
    assert_words(shift("open"), USAGE, "--float 500", "--count")


def test_one_shift_at_a_time(shift, ravi_s, entries):
    told = refused(shift("open", "--float", "1", "--json"), "shift-open")
    assert told == ("a shift is open on counter 1: morning of 2026-11-23, ravi answers for it")
    assert len(entries("shift.opened")) == 2


def test_an_auditor_opens_none(shift, no_shift):
    assert_words(shift("open", "--float", "1", by="adit"), REFUSED, "auditor may not")


def test_another_date_is_somebody_else_s_to_allow(shift, no_shift, entries):
    other = ("open", "--float", "1", "--date", "2026-11-22")
    assert_words(shift(*other, by="ravi"), REFUSED, "supervisor must allow it", "--approve")
    assert len(entries("shift.opened")) == 1
    assert shift(*other, *BY_SUNIL, by="ravi", env=APPROVED).code == 0
    entry = entries("shift.opened")[-1]
    assert (entry["actor"], entry["approver"]) == ("ravi", "sunil")
    assert entry["body"]["business_date"] == "2026-11-22"


def test_without_a_shift_nothing_is_sold(milkpos, shift, no_shift):
    ran = milkpos("ring", "--json", stdin="12\n+\n")
    assert ran.code == REFUSED
    assert {one["error"]["code"] for one in ran.documents if not one["ok"]} >= {"no-shift"}
    for args in (
        ("cash-in", "1", "--reason", "x"),
        ("cash-out", "1", "--reason", "x"),
        ("drop", "1"),
        ("drawer", "--reason", "x"),
        ("count", "--count", "1=1"),
        ("handover", "--to", "ravi", "--count", "1=1"),
        ("close", "--count", "1=1"),
        ("close", "--uncounted"),
    ):
        told = refused(shift(*args, "--json", env={"MILKPOS_SUCCESSOR_PIN": PIN}), "no-shift")
        assert told == "no shift is open on counter 1: open one first"


# --- status --------------------------------------------------------------------------------------


def test_status_tells_who_answers_and_nothing_of_the_takings(shift, ravi_s, sell):
    sell("12", "+100", by="ravi")
    ran = shift("status", "--json", pin=None, operator=None)
    told = ran.json
    assert (ran.code, told["operator"], told["state"]) == (0, "ravi", "open")
    for name in ("expected", "counted", "difference_paise", "bills", "returns", "total_paise"):
        assert told[name] is None, name
    words = shift("status", pin=None, operator=None)
    assert words.lines == ["counter 1: morning of 2026-11-23, ravi answers for it, float Rs 500.00"]
    assert words.err == ""


@pytest.mark.parametrize(("by", "sees"), [("asha", 1), ("sunil", 1), ("adit", 1), ("ravi", 0)])
def test_status_by_a_pin(shift, ravi_s, sell, by, sees):
    sell("12", "+100", by="ravi")
    told = shift("status", "--json", by=by).json
    if sees:
        assert told["expected"] == {"cash": 562_00}
        assert (told["bills"], told["returns"], told["total_paise"]) == (1, 0, 62_00)
        assert "cash: Rs 562.00 expected" in shift("status", by=by).lines
    else:
        assert (told["expected"], told["bills"]) == (None, None)
        assert "562" not in shift("status", by=by).out


def test_status_with_a_wrong_pin_is_no_status(shift, ravi_s):
    refused(shift("status", "--json", pin="000000"), "sign-in")


def test_the_only_operator_need_not_be_named(milkpos, home):
    assert milkpos("shift", "status", "--json", operator=None).json["expected"] == {"cash": 500_00}


def test_status_with_several_operators_and_a_pin_that_is_nobody_s(shift, ravi_s):
    assert shift("status", "--json", operator=None).json["expected"] is None


def test_status_without_a_shift(shift, no_shift):
    ran = shift("status", "--json")
    assert (ran.json["state"], ran.json["counter"]) == ("none", "1")
    assert shift("status").lines == ["no shift is open on counter 1"]


def test_status_names_the_unpaid_bills(shift, ravi_s, sell):
    sell("12", ".", "31", ".", "40", "+2", by="ravi")
    told = shift("status", "--json", by="ravi").json["open_bills"]
    assert [(one["bill"], one["total_paise"], one["paid_paise"]) for one in told] == [
        ("open", 8_00, 2_00),
        ("1", 62_00, 0),
        ("2", 90_00, 0),
    ]
    assert shift("status", by="ravi").lines[1:] == [
        "unpaid bill open: 1 lines, Rs 8.00, Rs 2.00 paid",
        "unpaid bill 1: 1 lines, Rs 62.00",
        "unpaid bill 2: 1 lines, Rs 90.00",
    ]


def test_held_bills_are_numbered_from_one_where_none_is_under_way(shift, ravi_s, sell):
    sell("12", ".", "31", ".", by="ravi")
    told = shift("status", "--json").json["open_bills"]
    assert [one["bill"] for one in told] == ["1", "2"]


def test_a_shift_of_yesterday_and_a_clock_that_is_behind_are_told(shift, ravi_s, clock):
    clock.set(MONDAY_7_AM + DAY_MS)
    assert shift("status", by="ravi").lines[-1] == "this shift is of Mon 23 Nov: count and close it"
    clock.set(MONDAY_7_AM - DAY_MS)
    (warning,) = shift("status", "--json", pin=None).json["warnings"]
    assert warning.startswith("the clock is behind")


# --- cash in and out -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "kind", "words", "left"),
    [
        ("cash-in", "in", "Rs 120.50 put in: ice", 620_50),
        ("cash-out", "out", "Rs 120.50 paid out: ice", 379_50),
        ("drop", "drop", "Rs 120.50 into the safe: ice", 379_50),
    ],
)
def test_cash_moves(shift, command, kind, words, left):
    payee = () if command == "drop" else ("--payee", "Manju\x1b[2J")
    ran = shift(command, "120.50", "--reason", " ice ", *payee, "--json")
    assert ran.json == {
        "counter": "1",
        "kind": kind,
        "amount_paise": 120_50,
        "reason": "ice",
        "payee": "Manju[2J" if payee else "",
    }
    assert ran.err == ""
    assert shift("status", "--json").json["expected"] == {"cash": left}
    assert shift(command, "120.50", "--reason", "ice").lines == [words]


def test_a_drop_needs_no_reason(shift):
    assert shift("drop", "100").lines == ["Rs 100.00 into the safe: into the safe"]


@pytest.mark.parametrize("command", ["cash-in", "cash-out", "drop"])
@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("0", "--reason", "x"), "amount-zero"),
        (("1.005", "--reason", "x"), "amount-decimals"),
        (("x", "--reason", "x"), "amount-unreadable"),
        (("1", "--reason", " \x1b "), "reason-missing"),
        (("--reason", "x", "--", "-5"), "amount-unreadable"),
    ],
    ids=str,
)
def test_amounts_that_do_not_move(shift, entries, command, args, code):
    refused(shift(command, "--json", *args), code)
    assert entries("cash.moved") == []


@pytest.mark.parametrize("args", [("cash-in", "1"), ("cash-out", "1"), ("drawer",), ("drop",)])
def test_what_must_be_said(shift, args):
    assert_words(shift(*args), USAGE, "Missing")


@pytest.mark.parametrize("command", ["cash-out", "drop"])
def test_never_more_than_is_there_and_not_told_how_much_that_is(shift, ravi_s, command):
    args = (command, "500.01", "--reason", "x", *BY_SUNIL)
    ran = shift(*args, by="ravi", env=APPROVED)
    assert_words(ran, REFUSED, "not so much in the drawer")
    assert "500.00" not in ran.err


def test_a_cashier_s_cash_out_has_both_names(shift, ravi_s, entries):
    out = ("cash-out", "50", "--reason", "ice")
    told = refused(shift(*out, "--json", by="ravi"), "needs-approval")
    assert "--approve" in told
    wrong = {"MILKPOS_APPROVER_PIN": "000001"}
    told = refused(shift(*out, *BY_SUNIL, "--json", by="ravi", env=wrong), "sign-in")
    assert told == "sunil, who is to allow it: the operator or the PIN is wrong"
    mina = ("--approve", "mina")
    refused(shift(*out, *mina, "--json", by="ravi", env=APPROVED), "not-allowed")
    assert entries("cash.moved") == []
    because = ("--because", "it melts")
    assert shift(*out, *BY_SUNIL, *because, by="ravi", env=APPROVED).code == 0
    (entry,) = entries("cash.moved")
    assert (entry["actor"], entry["approver"]) == ("ravi", "sunil")


def test_the_drawer_opened(shift, ravi_s, entries):
    drawer = ("drawer", "--reason", "a note\x1b[2J \u202efor change", "--json")
    refused(shift(*drawer, by="ravi"), "needs-approval")
    ran = shift(*drawer, *BY_SUNIL, by="ravi", env=APPROVED)
    assert ran.json == {"counter": "1", "reason": "a note[2J for change"}
    (entry,) = entries("drawer.opened")
    assert (entry["actor"], entry["approver"]) == ("ravi", "sunil")
    assert shift("report", "--json").json["moves"]["drawer_openings"] == 1


# --- count ---------------------------------------------------------------------------------------


def test_a_count_tells_what_should_have_been_there(shift, ravi_s, sell):
    sell("12", "+100", "31", "+/", by="ravi")
    counted = ("count", "--count", "500=1,10=6", "--upi", "90")
    ran = shift(*counted, by="ravi")
    assert ran.lines == [
        "cash: Rs 560.00 counted, Rs 562.00 expected: Rs 2.00 short",
        "upi: Rs 90.00 counted, Rs 90.00 expected: exact",
    ]
    told = shift(*counted, "--card", "5", "--json", by="ravi").json
    assert (told["no"], told["operator"], told["count"]) == (2, "ravi", "500=1,10=6")
    assert [tuple(one.values()) for one in told["tenders"]] == [
        ("cash", 562_00, 560_00, -2_00),
        ("upi", 90_00, 90_00, 0),
        ("card", 0, 5_00, 5_00),
    ]
    assert told["difference_paise"] == 3_00


BAD_COUNTS = [
    ((), "count-missing", USAGE),
    (("--upi", "5"), "count-missing", USAGE),
    (("--count", "500=-1"), "count-negative", REFUSED),
    (("--count", "3=1"), "denomination", REFUSED),
    (("--count", "x"), "count-unreadable", REFUSED),
    (("--count", "1=1", "--upi", "1.005"), "amount-decimals", REFUSED),
    (("--count", "1=1", "--card", "-5"), "amount-unreadable", REFUSED),
]


@pytest.mark.parametrize("command", ["count", "handover"])
@pytest.mark.parametrize(("args", "code", "exit_code"), BAD_COUNTS, ids=str)
def test_what_is_no_count(shift, ravi_s, sell, entries, command, args, code, exit_code):
    sell("12", "+100", by="ravi")
    to = ("--to", "mina") if command == "handover" else ()
    env = {"MILKPOS_SUCCESSOR_PIN": PIN}
    ran = shift(command, *to, *args, "--json", by="ravi", env=env)
    refused(ran, code, exit_code)
    assert "562" not in ran.err
    assert entries("shift.handed_over") == []
    assert len(entries("shift.counted")) == 1  # of the shift before


def test_nobody_counts_another_s_drawer_alone(shift, ravi_s, entries):
    counted = ("count", "--count", "500=1", "--json")
    ran = shift(*counted, by="mina")
    refused(ran, "needs-approval")
    assert shift(*counted, *BY_SUNIL, by="mina", env=APPROVED).code == 0
    entry = entries("shift.counted")[-1]
    assert (entry["actor"], entry["approver"]) == ("mina", "sunil")
    refused(shift(*counted, by="adit"), "not-allowed")


# --- handover ------------------------------------------------------------------------------------


@pytest.fixture
def hand(shift):
    """Ravi hands his drawer over, counted as Rs 560."""

    def do(to="mina", *args, pin=PIN, by="ravi", env=None):
        env = {"MILKPOS_SUCCESSOR_PIN": pin} | (env or {}) if pin else env
        counted = ("--count", "500=1,10=6")
        return shift("handover", "--to", to, *counted, *args, by=by, env=env)

    return do


def test_a_drawer_goes_to_somebody_else(shift, ravi_s, sell, hand, entries):
    sell("12", "+100", by="ravi")
    ran = hand("mina", "--reason", "tea", "--json")
    assert (ran.json["operator"], ran.json["successor"]) == ("ravi", "mina")
    assert (ran.json["difference_paise"], ran.json["reason"]) == (-2_00, "tea")
    status = shift("status", "--json").json
    assert (status["operator"], status["opened_by"], status["state"]) == ("mina", "ravi", "open")
    (entry,) = entries("shift.handed_over")
    assert (entry["actor"], entry["body"]["successor"]) == ("ravi", "mina")
    refused(shift("close", "--count", "1=1", "--json", by="ravi"), "needs-approval")
    assert shift("close", "--count", "1=1", by="mina").code == 0


def test_a_handover_for_people(ravi_s, hand):
    assert hand().lines == [
        "cash: Rs 560.00 counted, Rs 500.00 expected: Rs 60.00 over",
        "mina answers for it now",
    ]


@pytest.mark.parametrize(
    ("to", "pin", "code", "words"),
    [
        ("mina", "000001", "sign-in", "mina, who takes it over: the operator or the PIN is wrong"),
        ("nobody", PIN, "sign-in", "nobody, who takes it over"),
        ("adit", PIN, "not-allowed", "auditor may not open, hand over and close a shift"),
        ("ravi", PIN, "successor", "ravi answers for this drawer already"),
    ],
)
def test_who_does_not_take_it_over(shift, ravi_s, hand, entries, to, pin, code, words):
    ran = hand(to, "--json", pin=pin)
    assert words in refused(ran, code)
    assert "500.00" not in ran.err
    assert entries("shift.handed_over") == []
    assert shift("status", "--json").json["operator"] == "ravi"


def test_the_successor_s_pin_is_never_the_actor_s(ravi_s, hand):
    assert_words(hand(pin=None), USAGE, "MILKPOS_SUCCESSOR_PIN")


def test_somebody_else_s_drawer_is_handed_over_with_leave(ravi_s, hand, entries):
    refused(hand("asha", "--json", by="mina", pin=OWNER_PIN), "needs-approval")
    assert hand("mina", *BY_SUNIL, by="mina", env=APPROVED).code == 0
    (entry,) = entries("shift.handed_over")
    assert (entry["actor"], entry["approver"]) == ("mina", "sunil")


def test_whose_pin_was_wrong_is_told_once(ravi_s, hand):
    wrong = {"MILKPOS_APPROVER_PIN": "000001"}
    ran = hand("mina", *BY_SUNIL, "--json", by="mina", env=wrong)
    told = refused(ran, "sign-in")
    assert told == "sunil, who is to allow it: the operator or the PIN is wrong"


def test_a_handover_names_who(shift, ravi_s):
    assert_words(shift("handover", "--count", "1=1", by="ravi"), USAGE, "--to")


# --- close ---------------------------------------------------------------------------------------


@pytest.fixture
def close(shift):
    """Ravi closes his shift, counted as Rs 562."""

    def do(*args, by="ravi", count="500=1,50=1,10=1,2=1", **more):
        counted = () if count is None else ("--count", count)
        return shift("close", *counted, *args, by=by, **more)

    return do


def test_the_z_is_the_result(shift, ravi_s, sell, close):
    sell("12", "+100", by="ravi")
    ran = close()
    assert (ran.code, ran.err) == (0, "")
    assert any("Z REPORT 2" in line for line in ran.lines)
    assert re.search(r"^Cash expected +562\.00$", ran.out, re.MULTILINE)
    assert re.search(r"^Cash difference +exact$", ran.out, re.MULTILINE)
    assert max(map(len, ran.lines)) == 42
    assert shift("report").lines == ran.lines


def test_the_names_of_a_z(ravi_s, sell, close):
    *_, paid = sell("12", "+100", "31", "+/", by="ravi")
    told = close("--upi", "80", "--reason", "the app was down", "--json").json
    assert set(SHIFT_NAMES) <= told.keys()
    expected = {
        "operator": "ravi",
        "closed_by": "ravi",
        "business_date": "2026-11-23",
        "state": "closed",
        "float_paise": 500_00,
        "expected": {"cash": 562_00, "upi": 90_00},
        "counted": {"cash": 562_00, "upi": 80_00},
        "difference_paise": -10_00,
        "bills": 2,
        "returns": 0,
        "total_paise": 152_00,
        "z": 2,
        "first_bill": "1/2627/1",
        "last_bill": paid["bill"]["number"],
        "perpetual_sold_paise": 152_00,
        "reason": "the app was down",
    }
    assert {name: told[name] for name in expected} == expected
    assert re.fullmatch(r"2026-11-23T07:00:\d\d\+05:30", told["closed_at"])
    assert re.fullmatch(r"[0-9a-f]{64}", told["head_hash"])
    assert any("Z REPORT 2" in line for line in told["slip"])


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_a_z_of_each_width(ravi_s, close, columns):
    ran = close("--columns", str(columns))
    assert max(map(len, ran.lines)) == columns
    assert ran.out.isascii()


def test_another_width_is_refused_before_anything_is_closed(shift, ravi_s, close):
    refused(close("--columns", "40", "--json"), "slip-columns")
    assert shift("status", "--json").json["state"] == "open"


def test_a_difference_never_stands_in_the_way(ravi_s, sell, close):
    sell("12", "+100", by="ravi")
    ran = close(count="500=1")
    assert ran.code == 0
    assert re.search(r"^Cash difference +Rs 62\.00 short$", ran.out, re.MULTILINE)
    assert "Reason: no reason was given" in ran.out


@pytest.mark.parametrize(
    ("count", "args", "code", "exit_code"),
    [
        ("500=-1", (), "count-negative", REFUSED),
        ("7=1", (), "denomination", REFUSED),
        ("x", (), "count-unreadable", REFUSED),
        ("1=1", ("--upi", "1.005"), "amount-decimals", REFUSED),
        ("1=1", ("--uncounted",), "usage", USAGE),
        (None, ("--upi", "5"), "usage", USAGE),
        (None, (), "count-missing", REFUSED),
        ("1=1", ("--carry", "open"), "bill-of-another-shift", REFUSED),
        ("1=1", ("--drop", "1", "--reason", "x"), "bill-of-another-shift", REFUSED),
        ("1=1", ("--columns", "x"), "usage", USAGE),
    ],
    ids=str,
)
def test_what_closes_nothing(shift, ravi_s, sell, close, entries, count, args, code, exit_code):
    sell("12", "+100", by="ravi")
    ran = close(*args, "--json", count=count)
    refused(ran, code, exit_code)
    assert "562" not in ran.err
    assert len(entries("shift.closed")) == len(entries("shift.counted")) == 1
    assert shift("status", "--json").json["state"] == "open"


def test_the_count_made_last_closes_a_shift(shift, ravi_s, close):
    shift("count", "--count", "500=1,1=1", by="ravi")
    told = close("--json", count=None).json
    assert told["counted"] == {"cash": 501_00}
    assert len(told["counts"]) == 1


def test_not_when_something_was_sold_since(shift, ravi_s, sell, close):
    shift("count", "--count", "500=1", by="ravi")
    sell("12", "+100", by="ravi")
    ran = close(count=None)
    assert_words(ran, REFUSED, "count again")
    assert "562" not in ran.err


def test_closed_uncounted(shift, ravi_s, sell, close):
    sell("12", "+100", "31", "+/", by="ravi")
    told = close("--uncounted", "--upi", "90", "--json", count=None, by="asha").json
    assert (told["counted"], told["expected"]) == (
        {"upi": 90_00},
        {"cash": 562_00, "upi": 90_00},
    )
    assert re.search(r"^Cash counted +not counted$", shift("report").out, re.MULTILINE)


def test_a_cashier_closes_uncounted_with_leave_alone(shift, ravi_s, close):
    ran = close("--uncounted", "--json", count=None)
    assert (ran.code, ran.out, ran.error["code"]) == (REFUSED, "", "needs-approval")
    assert "500" not in ran.err


def test_a_z_that_nobody_counted_is_never_told_to_be_exact(shift, ravi_s, close):
    assert "exact" not in close("--uncounted", count=None, by="asha").out
    assert shift("report", "--last", "1").lines[0].endswith("not counted")
    (row,) = read_csv(shift("report", "--last", "1", "--csv").out)
    assert (row["cash_expected"], row["cash_counted"], row["cash_difference"]) == ("500.00", "", "")


def test_closed_twice(ravi_s, close, entries):
    assert close().code == 0
    refused(close("--json"), "no-shift")
    assert len(entries("shift.closed")) == 2  # the one before, and this one once


def test_another_s_shift_is_closed_with_leave_and_both_names(shift, ravi_s, close, entries):
    refused(close("--json", by="mina"), "needs-approval")
    refused(close("--json", by="adit"), "not-allowed")
    told = close("--json", *BY_SUNIL, by="mina", env=APPROVED).json
    assert (told["operator"], told["closed_by"]) == ("ravi", "mina")
    entry = entries("shift.closed")[-1]
    assert (entry["actor"], entry["approver"]) == ("mina", "sunil")
    assert re.search(r"^Closed .* by Mina$", shift("report").out, re.MULTILINE)
    assert "Shift of Ravi" in shift("report").lines


def test_a_supervisor_closes_anybody_s(ravi_s, close):
    assert close("--json", by="sunil").json["closed_by"] == "sunil"


def test_left_open_overnight_it_is_closed_late_under_its_own_date(
    shift, ravi_s, sell, close, clock
):
    sell("12", "+100", by="ravi")
    clock.set(MONDAY_7_AM + DAY_MS)
    *_, paid = sell("31", "+100", by="ravi")
    assert paid["bill"]["business_date"] == "2026-11-23"
    told = close("--json").json
    assert told["business_date"] == "2026-11-23"
    assert told["closed_at"].startswith("2026-11-24T07:00")
    assert (told["bills"], told["total_paise"]) == (2, 152_00)
    assert "morning, 23-11-2026" in shift("report").out
    assert shift("open", "--float", "1", "--json").json["business_date"] == "2026-11-24"


# --- bills that are not paid ---------------------------------------------------------------------


@pytest.fixture
def three_left(ravi_s, sell):
    """A bill under way and two held ones; the cash of one that was paid."""
    sell("12", "+100", "12", ".", "31", ".", "40", by="ravi")


def left(shift):
    """The unpaid bills of counter 1: their names there, and paise."""
    told = shift("status", "--json").json["open_bills"]
    return {one["bill"]: one["total_paise"] for one in told}


def test_unpaid_bills_are_decided_or_nothing_is_closed(shift, three_left, close, entries):
    assert_words(close(), REFUSED, "3 unpaid bills")
    assert_words(close("--carry", "1", "--carry", "open"), REFUSED, "1 unpaid bill:")
    assert len(entries("shift.closed")) == len(entries("shift.counted")) == 1
    assert len(left(shift)) == 3


def test_carried_over_they_are_the_next_shift_s(shift, three_left, close, sell):
    told = close("--carry", "all", "--json").json
    assert (told["carried"], told["carried_paise"], told["dropped_bills"]) == (3, 160_00, 0)
    assert left(shift) == {"open": 8_00, "1": 62_00, "2": 90_00}
    shift("open", "--float", "1")
    assert sell("+")[-1]["bill"]["total_paise"] == 8_00


def test_dropped_by_their_names(shift, three_left, close, entries):
    drop = ("--drop", "open", "--drop", "2", "--carry", "1")
    refused(close(*drop, "--json"), "reason-missing")
    refused(close(*drop, "--reason", "spilt", "--json"), "needs-approval")
    ran = close(*drop, "--reason", "spilt", "--json", *BY_SUNIL, env=APPROVED)
    assert (ran.json["carried"], ran.json["dropped_bills"]) == (1, 2)
    assert ran.json["dropped_bills_paise"] == 98_00
    assert left(shift) == {"1": 62_00}
    dropped = entries("draft.dropped")
    assert {(one["actor"], one["approver"]) for one in dropped} == {("ravi", "sunil")}
    assert {one["body"]["reason"] for one in dropped} == {"spilt"}
    assert len(dropped) == 2


def test_dropped_by_their_ids_and_all(shift, three_left, close):
    first, *_others = shift("status", "--json").json["open_bills"]
    args = ("--carry", first["id"], "--drop", "all", "--reason", "spilt", "--json")
    told = close(*args, by="sunil").json
    assert (told["carried"], told["carried_paise"]) == (1, first["total_paise"])
    assert left(shift) == {"open": 8_00}


def test_all_are_all_that_are_not_named_otherwise(shift, three_left, close):
    told = close("--carry", "all", "--drop", "1", "--reason", "x", "--json", by="sunil").json
    assert (told["carried"], told["dropped_bills_paise"]) == (2, 62_00)
    assert left(shift) == {"open": 8_00, "1": 90_00}


@pytest.mark.parametrize("name", ["open", "1", "all"])
def test_none_is_both_carried_over_and_dropped(shift, three_left, close, name):
    both = ("--carry", name, "--drop", name, "--reason", "x", "--json")
    refused(close(*both, by="sunil"), "usage", USAGE)
    assert len(left(shift)) == 3


def test_nor_by_its_name_and_its_id(shift, three_left, close):
    first, *_others = shift("status", "--json").json["open_bills"]
    both = ("--carry", "all", "--carry", "open", "--drop", first["id"], "--reason", "x", "--json")
    refused(close(*both, by="sunil"), "usage", USAGE)


@pytest.mark.parametrize("option", ["--carry", "--drop"])
@pytest.mark.parametrize("name", ["3", "0", "nonsense", "", "\x1b[2J"])
def test_names_of_no_bill(shift, three_left, close, option, name):
    args = (option, name, "--carry" if option == "--drop" else "--drop", "all", "--reason", "x")
    refused(close(*args, "--json", by="sunil"), "bill-of-another-shift")
    assert len(left(shift)) == 3


def test_all_of_none(ravi_s, close):
    told = close("--carry", "all", "--json").json
    assert (told["carried"], told["dropped_bills"]) == (0, 0)


def test_a_bill_of_another_counter_s_shift(shift, three_left, milkpos, close, sell, entries):
    milkpos("counter", "add", "2")
    shift("open", "--float", "1", "--counter", "2", by="mina")
    sell("12", by="mina", counter="2")
    (other,) = shift("status", "--counter", "2", "--json").json["open_bills"]
    args = ("--carry", "all", "--drop", other["id"], "--reason", "x", "--json")
    told = refused(close(*args, by="sunil"), "bill-of-another-shift")
    assert "not an open bill of counter 1" in told
    assert len(shift("status", "--counter", "2", "--json").json["open_bills"]) == 1
    assert len(entries("shift.closed")) == 1


def test_a_bill_that_is_paid_in_part_is_neither(shift, ravi_s, sell, close):
    sell("12", "+20", by="ravi")
    for option in ("--carry", "--drop"):
        ran = close(option, "all", "--reason", "x", "--json", by="sunil")
        assert "Rs 20.00 was taken" in refused(ran, "part-paid")
    assert shift("status", "--json").json["expected"] == {"cash": 520_00}


# --- report --------------------------------------------------------------------------------------

HEADER = (
    "counter,z,business_date,shift,opened_at,closed_at,operator,closed_by,bills,returns,"
    "sold,refunded,total,float,in,out,dropped,"
    "cash_expected,cash_counted,cash_difference,upi_expected,upi_counted,upi_difference,"
    "card_expected,card_counted,card_difference,khata_expected,khata_counted,khata_difference,"
    "reason,head"
)


def read_csv(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_x_of_an_open_shift(shift, ravi_s, sell):
    sell("12", "+100", by="ravi")
    ran = shift("report")
    assert (ran.code, ran.err) == (0, "")
    assert any("X REPORT" in line for line in ran.lines)
    told = shift("report", "--json").json
    assert (told["state"], told["z"], told["closed_by"]) == ("open", None, None)
    assert (told["expected"], told["counted"]) == ({"cash": 562_00}, {})
    again = shift("report", "--columns", "48")
    assert again.code == 0
    assert max(map(len, again.lines)) == 48


def test_an_x_closes_nothing(shift, ravi_s, entries):
    for _ in range(3):
        shift("report")
    assert len(entries("shift.closed")) == 1


def test_a_z_by_its_number(shift, ravi_s, close):
    close("--reason", "=1+1")
    for number in (1, 2):
        told = shift("report", "--z", str(number), "--json").json
        assert told["z"] == number
    refused(shift("report", "--z", "3", "--json"), "z-unknown")


@pytest.mark.parametrize(
    "args",
    [
        ("--z", "0"),
        ("--z", "x"),
        ("--last", "0"),
        ("--last", "-1"),
        ("--last", "100000"),
        ("--csv",),
        ("--z", "1", "--csv"),
        ("--z", "1", "--last", "1"),
    ],
    ids=" ".join,
)
def test_reports_that_are_none(shift, ravi_s, args):
    assert_words(shift("report", *args), USAGE)


def test_the_newest_zs_as_csv(shift, ravi_s, sell, close):
    sell("12", "+100", "31", "+/", by="ravi")
    shift("cash-in", "1234.50", "--reason", "x")
    close("--reason", "=HYPERLINK(1)", "--upi", "0")
    ran = shift("report", "--last", "30", "--csv")
    assert (ran.code, ran.err) == (0, "")
    assert ran.lines[0] == HEADER
    newest, oldest = read_csv(ran.out)
    assert (newest["z"], oldest["z"]) == ("2", "1")
    expected = {
        "counter": "1",
        "business_date": "2026-11-23",
        "shift": "morning",
        "operator": "ravi",
        "closed_by": "ravi",
        "bills": "2",
        "returns": "0",
        "sold": "152.00",
        "refunded": "0.00",
        "total": "152.00",
        "float": "500.00",
        "in": "1234.50",
        "out": "0.00",
        "dropped": "0.00",
        "cash_expected": "1796.50",
        "cash_counted": "562.00",
        "cash_difference": "-1234.50",
        "upi_expected": "90.00",
        "upi_counted": "0.00",
        "upi_difference": "-90.00",
        "card_expected": "",
        "card_counted": "",
        "reason": "'=HYPERLINK(1)",
    }
    assert {name: newest[name] for name in expected} == expected
    assert oldest["reason"] == ""
    told = shift("report", "--z", "2", "--json").json
    assert (newest["head"], newest["opened_at"]) == (told["head_hash"], told["opened_at"])
    assert told["reason"] == "=HYPERLINK(1)"


@pytest.mark.parametrize("reason", ["=1", "+1", "-1", "@x", '="a",b', "'=1", 'say "x", y'])
def test_a_reason_that_a_spreadsheet_would_run(shift, ravi_s, close, reason):
    close("--reason", reason)
    cell = read_csv(shift("report", "--last", "1", "--csv").out)[0]["reason"]
    assert cell in (reason, f"'{reason}")
    assert not cell.startswith(("=", "+", "-", "@"))


def test_the_last_n_and_no_more(shift, ravi_s, close):
    close()
    assert [one["z"] for one in shift("report", "--last", "1", "--json").json] == [2]
    assert [one["z"] for one in shift("report", "--last", "9", "--csv", "--json").json] == [2, 1]
    (line,) = shift("report", "--last", "1").lines
    assert re.sub(" +", " ", line) == "Z 2 2026-11-23 morning ravi 0 bills 0.00 Rs 62.00 over"


def test_of_a_counter_that_had_no_shift(shift, milkpos, people):
    milkpos("counter", "add", "2")
    refused(shift("report", "--counter", "2", "--json"), "no-shift")
    assert shift("report", "--counter", "2", "--last", "3", "--json").json == []
    assert shift("report", "--counter", "2", "--last", "3", "--csv").lines == [HEADER]


@pytest.mark.parametrize("args", [(), ("--z", "1"), ("--last", "3"), ("--last", "3", "--csv")])
@pytest.mark.parametrize(("by", "sees"), [("ravi", 0), ("sunil", 1), ("adit", 1)])
def test_who_sees_reports(shift, ravi_s, sell, args, by, sees):
    sell("12", "+100", by="ravi")
    ran = shift("report", *args, by=by)
    if sees:
        assert (ran.code, ran.err) == (0, "")
    else:
        assert_words(ran, REFUSED, "a cashier may not see what was taken")
        assert "62.00" not in ran.err


def test_reports_need_a_pin(shift, ravi_s):
    assert_words(shift("report", pin=None), USAGE, "PIN")


# --- blindness -----------------------------------------------------------------------------------


def test_before_a_count_is_in_the_journal_a_cashier_is_told_nothing(shift, ravi_s, sell, close):
    """Every command, as it ends for the cashier; Rs 1,349 is there, Rs 849 of it of sales."""
    sell("12", "*-5/", "+100", by="ravi")
    sell("/790*70", "+1000", by="ravi")
    tries = [
        ("status",),
        ("status", "--json"),
        ("report",),
        ("report", "--json"),
        ("report", "--last", "3"),
        ("open", "--float", "5"),
        ("count",),
        ("count", "--count", "x"),
        ("count", "--count", "500=-1"),
        ("handover", "--to", "adit", "--count", "1=1"),
        ("handover", "--to", "ravi", "--count", "1=1"),
        ("close",),
        ("close", "--carry", "1", "--count", "1=1"),
        ("close", "--columns", "1", "--count", "1=1"),
        ("cash-out", "2000", "--reason", "x", *BY_SUNIL),
        ("drop", "2000", *BY_SUNIL),
    ]
    env = APPROVED | {"MILKPOS_SUCCESSOR_PIN": PIN}
    for args in tries:
        ran = shift(*args, by="ravi", env=env)
        said = UUID.sub("", ran.out + ran.err)  # chance may have written any figure there
        for figure in ("1349", "1,349", "134900", "849", "84900"):
            assert figure not in said, (args, ran)
    told = shift("count", "--count", "1=1", by="ravi")
    assert "Rs 1,349.00 expected" in told.out


# --- several counters ----------------------------------------------------------------------------


def test_two_counters_with_their_own_series_and_z(shift, milkpos, ravi_s, sell, close):
    milkpos("counter", "add", "2")
    shift("open", "--float", "100", "--counter", "2", by="mina")
    one = sell("12", "+", by="ravi")[-1]["bill"]
    two = sell("31", "+", by="mina", counter="2")[-1]["bill"]
    assert (one["number"], two["number"]) == ("1/2627/1", "2/2627/1")
    assert one["shift"] != two["shift"]
    told = close("--counter", "2", "--json", by="mina", count="100=1,50=1,20=2").json
    assert (told["z"], told["counter"], told["expected"]) == (1, "2", {"cash": 190_00})
    assert (told["first_bill"], told["bills"]) == ("2/2627/1", 1)
    assert told["perpetual_sold_paise"] == 90_00
    assert shift("status", "--json").json["state"] == "open"
    assert shift("status", "--counter", "2", "--json").json["state"] == "none"
    told = close("--json").json
    assert (told["z"], told["expected"], told["difference_paise"]) == (2, {"cash": 562_00}, 0)
    assert milkpos("audit", "verify", "--rebuild").code == 0


# --- as processes: cron, and what is loaded ------------------------------------------------------


def test_cron_closes_without_a_terminal(shop):
    run("ring", home=shop, stdin="12\n+100\n31\n")
    ended = subprocess.run(
        ["sh", "-c", f'exec "{sys.executable}" -m cli shift close --count 500=1 --carry all <&-'],
        cwd=ROOT,
        env=environment(shop),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Z REPORT 1" in ended.stdout
    assert re.search(r"^Cash difference +Rs 62\.00 short$", ended.stdout, re.MULTILINE)


def test_cron_is_told_why_not(shop):
    run("ring", home=shop, stdin="12\n")
    ran = run("shift", "close", "--count", "500=1", home=shop)
    assert_words(ran, REFUSED, "1 unpaid bill:")
    assert run("shift", "status", "--json", home=shop).json["state"] == "open"


@pytest.mark.parametrize(
    "args",
    [
        ("shift", "status"),
        ("shift", "cash-in", "5", "--reason", "x"),
        ("shift", "count", "--count", "500=1"),
        ("shift", "close", "--count", "500=1"),
        ("shift", "report", "--json"),
        ("setting", "list"),
        ("counter", "list"),
    ],
    ids=" ".join,
)
def test_no_command_loads_textual(shop, args):
    code = (
        "import json, sys, cli\n"
        f"sys.argv = ['milkpos', *{args!r}]\n"
        "try:\n    cli.main()\n"
        "except SystemExit as ended:\n    assert not ended.code, ended.code\n"
        "print(json.dumps(list(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(shop),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "typer" in loaded
    assert loaded & {"textual", "escpos", "segno", "serial", "evdev"} == set()


def test_the_books_are_whole_after_all_of_it(shift, three_left, close, milkpos):
    shift("cash-out", "5", "--reason", "x", *BY_SUNIL, by="ravi", env=APPROVED)
    shift(
        "handover", "--to", "mina", "--count", "1=1", by="ravi", env={"MILKPOS_SUCCESSOR_PIN": PIN}
    )
    close("--drop", "all", "--reason", "x", by="sunil")
    verdict = milkpos("audit", "verify", "--rebuild", "--json").json
    assert verdict["result"] == "good"
