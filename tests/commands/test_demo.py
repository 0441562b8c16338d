"""`milkpos demo`: a shop to try, whose books are real ones; and never at the cost of others."""

import json
import os
import shutil
from datetime import date, datetime, time, timedelta

import pytest

from milkpos_tui.demo import FEED, PIN, make_demo, sold_by_day
from milkpos_tui.domain.orders import Half
from milkpos_tui.domain.settlement import cycle_of
from milkpos_tui.home import Home
from milkpos_tui.journal.clock import INDIA, MachineClock, day_in_india
from milkpos_tui.till import Actor, open_till
from tests.commands.driving import (
    COMMAND,
    PATIENCE_S,
    REFUSED,
    ROOT,
    USAGE,
    assert_words,
    run,
    running,
)
from tests.support.terminal import Terminal
from tests.support.tills import FakeClock

NOBODY = {"pin": None, "operator": None}
ASHA = {"pin": PIN, "operator": "asha"}
SUMS = ("bills", "returns", "total_paise", "cash_paise", "upi_paise", "card_paise")
SUMS += ("khata_paise",)


@pytest.fixture(scope="module")
def _traded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "shop"
    ran = run("demo", "--no-ui", "--json", home=folder, **NOBODY)
    assert ran.code == 0, ran.err
    return Home(folder), ran


@pytest.fixture
def traded(tmp_path, _traded):
    """A home with a demo of its usual days, a copy for each test, and what its making printed."""
    home, ran = _traded
    return Home(shutil.copytree(home.path, tmp_path / "demo")), ran


def sums(bills):
    """What bills come to, as the demo prints a day."""
    day = dict.fromkeys(SUMS, 0)
    for bill in bills:
        back = bill["kind"] == "credit_note"
        sign = -1 if back else 1
        day["returns" if back else "bills"] += 1
        day["total_paise"] += sign * bill["total_paise"]
        for tender in bill["tenders"]:
            day[f"{tender['kind']}_paise"] += sign * tender["amount_paise"]
        day["cash_paise"] -= bill["change_paise"]
    return day


def test_what_is_printed_is_what_the_books_say(traded):
    home, made = traded
    printed = made.json
    bills = run("bill", "list", "--from", "2000-01-01", "--json", home=home, **ASHA).json
    days = sorted({bill["business_date"] for bill in bills})
    assert [day["date"] for day in printed["days"]] == days
    for day in printed["days"]:
        of_day = [bill for bill in bills if bill["business_date"] == day["date"]]
        assert {name: day[name] for name in SUMS} == sums(of_day)
        assert day["total_paise"] == sum(day[name] for name in SUMS[3:])
    assert printed["bills"] == sum(day["bills"] for day in printed["days"])
    assert printed["total_paise"] == sum(day["total_paise"] for day in printed["days"])


def test_the_days_are_those_up_to_yesterday(traded):
    _, made = traded
    days = [date.fromisoformat(day["date"]) for day in made.json["days"]]
    today = day_in_india(MachineClock().now())
    assert days[1] - days[0] == timedelta(1)
    assert today - days[-1] in (timedelta(1), timedelta(2))  # midnight may pass meanwhile
    assert all(day["bills"] == 60 for day in made.json["days"])


def test_the_books_are_good(traded):
    home, _ = traded
    verdict = run("audit", "verify", "--rebuild", "--json", home=home, **NOBODY).json
    assert (verdict["result"], verdict["first_bad"]) == ("good", None)
    assert run("doctor", home=home, **NOBODY).code == 0


def test_some_owe_money_and_some_paid(traded):
    home, _ = traded
    aged = run("khata", "ageing", "--json", home=home, **ASHA).json
    assert len(aged) >= 2
    assert not any(one["over_limit"] for one in aged)
    kinds = {
        entry["kind"]
        for one in aged
        for entry in run("khata", "statement", one["code"], "--json", home=home, **ASHA).json[
            "entries"
        ]
    }
    assert {"sale", "payment"} <= kinds


def test_the_rounds_of_the_traded_days_are_recorded_and_todays_waits(traded):
    home, made = traded
    days = [day["date"] for day in made.json["days"]]
    evening = f"round {days[-1]} evening"
    (hotel,) = [one for one in statement(home, "4") if one["reference"] == evening]
    assert (hotel["kind"], hotel["amount_paise"] % 72_00) == ("sale", 0)
    of_one = {one["reference"] for one in statement(home, "1")}
    struck = {f"round {day} {half}" for day in days for half in ("morning", "evening")} - of_one
    assert len(struck) < 7  # days on which nothing was left there
    last = date.fromisoformat(days[-1])
    for half in ("morning", "evening"):
        day = (last + timedelta(1)).isoformat()
        sheet = run("round", "sheet", "--date", day, "--half", half, "--json", home=home, **ASHA)
        stops = {stop["code"]: stop["deliveries"] for stop in sheet.json["stops"]}
        assert {"1", "4"} <= stops.keys() <= {"1", "2", "3", "4"}
    morning = run("round", "sheet", "--date", day, "--half", "morning", "--json", home=home, **ASHA)
    (lakshmi,) = [stop for stop in morning.json["stops"] if stop["code"] == "1"]
    assert lakshmi["deliveries"][0]["qty_milli"] == 1500  # what she said for today


def statement(home, code):
    ran = run("khata", "statement", code, "--json", home=home, **ASHA)
    return ran.json["entries"]


def test_a_farmer_brings_milk_twice_a_day(traded):
    home, made = traded
    days = [date.fromisoformat(day["date"]) for day in made.json["days"]]
    cans = [
        can
        for cycle in sorted({str(cycle_of(day)) for day in days})
        for can in run("milk", "list", "301", cycle, "--json", home=home, **ASHA).json
    ]
    assert len(cans) == 2 * len(days)
    settled = sum(can["amount_paise"] for can in cans if can["settled"])
    over = {str(cycle_of(day)) for day in days} - {str(cycle_of(days[-1]))}
    of = [str(cycle_of(date.fromisoformat(can["date"]))) for can in cans if can["settled"]]
    assert set(of) == over
    owed = run("khata", "show", "301", "--json", home=home, **ASHA).json["balance_paise"]
    assert owed == FEED.amount_paise * len(over) - settled


@pytest.mark.parametrize("today", ["2026-03-01", "2027-01-01", "2028-03-11", "2026-11-21"])
def test_it_can_be_made_on_any_day(tmp_path, monkeypatch, today):
    """Ten days may just be over, a month or a year; and what is made stands under that day."""
    day = date.fromisoformat(today)
    clock = FakeClock(int(datetime.combine(day, time(0, 0, 1), INDIA).timestamp() * 1000))
    monkeypatch.setattr("milkpos_tui.till.MachineClock", lambda: clock)
    home = Home(tmp_path / "shop")
    make_demo(home, 2, day)
    with open_till(home, clock) as till:
        assert [one.bills for one in sold_by_day(till)] == [60, 60]
        assert till.custody.needed("1").day == day
        assert till.rounds.carried(day, Half.MORNING, Actor("asha")).sheet.stops


def test_the_numbers_are_gapless(traded):
    home, _ = traded
    bills = run("bill", "list", "--from", "2000-01-01", "--json", home=home, **ASHA).json
    for kind in (True, False):
        runs: dict[str, list[int]] = {}
        for bill in bills:
            if (bill["kind"] == "credit_note") is kind:
                series, serial = bill["number"].rsplit("/", 1)
                runs.setdefault(series, []).append(int(serial))
        assert all(serials == list(range(1, len(serials) + 1)) for serials in runs.values())


def test_a_second_run_reuses_it(traded):
    home, made = traded
    again = run("demo", "--no-ui", "--days", "30", "--json", home=home, **NOBODY)
    assert (again.code, again.err) == (0, "")
    assert again.json == made.json | {"home": str(home.path)}


def test_what_was_sold_since_stays_and_is_told(traded):
    home, made = traded
    assert run("ring", home=home, **ASHA, stdin="12\n+\n").code == 0
    again = run("demo", "--no-ui", "--json", home=home, **NOBODY).json
    assert again["bills"] == made.json["bills"] + 1


def test_for_people(traded):
    home, made = traded
    ran = run("demo", "--no-ui", home=home, **NOBODY)
    head, *days, total = ran.lines
    assert head.split() == ["day", "bills", "returns", "total", "cash", "UPI", "card", "khata"]
    assert [line.split()[0] for line in days] == [day["date"] for day in made.json["days"]]
    assert total.startswith(f"{made.json['bills']} bills, Rs ")
    assert total.endswith(f" in {home.path}")


def test_without_a_terminal_it_behaves_as_with_no_ui(traded):
    home, _ = traded
    with_flag = run("demo", "--no-ui", home=home, **NOBODY)
    assert run("demo", home=home, **NOBODY) == with_flag


def test_no_days(tmp_path, milkpos):
    ran = milkpos("demo", "--no-ui", "--days", "0", "--json", home=tmp_path / "shop", **NOBODY)
    assert ran.json == {"home": str(tmp_path / "shop"), "bills": 0, "total_paise": 0, "days": []}
    assert "trading 0 days" in ran.err
    assert milkpos("audit", "verify", "--rebuild", home=tmp_path / "shop").code == 0


@pytest.mark.parametrize("days", ["-1", "367", "x", "1.5"])
def test_days_that_are_none(milkpos, tmp_path, days):
    ran = milkpos("demo", "--no-ui", f"--days={days}", home=tmp_path / "shop")
    assert_words(ran, USAGE, "--days")
    assert not (tmp_path / "shop").exists()


def test_without_a_home_it_is_a_folder_of_its_own(milkpos, tmp_path, clock):
    env = {"XDG_DATA_HOME": str(tmp_path)}
    milkpos.home = None
    ran = milkpos("demo", "--no-ui", "--days", "0", "--json", env=env, **NOBODY)
    assert ran.json["home"] == str(tmp_path / "milkpos-demo")
    assert not (tmp_path / "milkpos").exists()


def test_with_a_terminal_the_till_opens(traded):
    home, _ = traded
    env = {"MILKPOS_HOME": str(home.path)}
    with Terminal([*COMMAND, "demo"], env=env, cwd=ROOT) as till:
        till.wait_for(f"PIN {PIN}")
        till.send("<ctrl+q>")
        assert till.exit_code() == 0


# --- never at the cost of others --------------------------------------------------------------


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_real_till_is_refused(milkpos, home):
    before = files(home.path)
    assert_words(milkpos("demo", "--no-ui", **NOBODY), REFUSED, str(home.path), "real till")
    assert files(home.path) == before


@pytest.mark.parametrize("content", ["", "traded\n", "my notes of the demo\n"], ids=repr)
def test_a_real_till_with_a_file_called_demo_is_not_touched(milkpos, home, content):
    (home.path / "demo").write_text(content)
    before = files(home.path)
    milkpos("demo", "--no-ui", "--days", "0", **NOBODY)
    assert files(home.path).items() >= before.items()


@pytest.mark.parametrize("content", ["", "traded\n", "my notes of the demo\n"], ids=repr)
def test_a_folder_with_a_file_called_demo_is_not_emptied(milkpos, tmp_path, content):
    """`milkpos demo --home .` where somebody keeps their own things."""
    (tmp_path / "demo").write_text(content)
    (tmp_path / "accounts").mkdir()
    (tmp_path / "accounts" / "2026.txt").write_text("the only copy")
    milkpos("demo", "--no-ui", "--days", "0", home=tmp_path, **NOBODY)
    assert (tmp_path / "accounts" / "2026.txt").read_text() == "the only copy"
    assert (tmp_path / "demo").read_text() == content


def test_a_folder_called_demo_in_the_home(milkpos, tmp_path):
    (tmp_path / "demo").mkdir()
    ran = milkpos("demo", "--no-ui", "--days", "0", home=tmp_path, **NOBODY)
    assert (tmp_path / "demo").is_dir()
    assert ran.code == 0 or ran.err.splitlines()[-1].startswith("milkpos: ")


@pytest.mark.parametrize("moment", ["at once", "while it trades"])
def test_a_demo_that_was_cut_off_begins_again(tmp_path, moment):
    home = Home(tmp_path / "shop")
    home.path.mkdir()
    (home.path / "notes.txt").write_text("not the demo's")
    with running("demo", "--no-ui", "--days", "60", home=home) as cut_off:
        assert "trading 60 days" in cut_off.stderr.readline()
        while moment == "while it trades" and not home.exists:
            assert cut_off.poll() is None
            os.sched_yield()
        cut_off.kill()
        cut_off.wait(PATIENCE_S)
    again = run("demo", "--no-ui", "--days", "1", "--json", home=home, **NOBODY)
    assert again.code == 0, again.err
    assert [day["bills"] for day in again.json["days"]] == [60]
    assert (home.path / "notes.txt").read_text() == "not the demo's"
    assert run("audit", "verify", "--rebuild", home=home, **NOBODY).code == 0


def test_json_is_one_document(traded):
    _, made = traded
    assert len(made.out.splitlines()) == 1
    assert json.loads(made.out).keys() == {"home", "bills", "total_paise", "days"}
