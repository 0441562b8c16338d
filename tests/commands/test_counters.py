"""`milkpos counter`: the billing positions of a shop, and who answers for the cash of each."""

import pytest

from milkpos_tui.services.records import Operator
from milkpos_tui.till import open_till
from tests.commands.driving import REFUSED, USAGE, assert_words, run
from tests.support.staff import PIN
from tests.support.tills import OWNER, close_shift

ROLES = ("cashier", "supervisor", "manager", "auditor")


@pytest.fixture
def people(home, clock):
    """Somebody of each role beside the owner, by the role's name."""
    with open_till(home, clock) as till:
        for role in ROLES:
            till.people.add(Operator(role, role.title(), role), PIN, OWNER)


@pytest.fixture
def counter(milkpos):
    """`milkpos counter ...` by somebody, the owner where nobody is named."""

    def do(*args, by=None, **more):
        who = {"operator": by, "pin": PIN} if by else {}
        return milkpos("counter", *args, **(who | more))

    return do


def codes(counter):
    return [one["counter"] for one in counter("list", "--json").json]


def test_the_list_needs_no_pin_and_tells_no_takings(counter, milkpos, home, clock):
    milkpos("ring", stdin="12\n+100\n12\n.\n")
    counter("add", "2", "--name", "Back door")
    ran = counter("list", "--json", pin=None, operator=None)
    assert (ran.code, ran.err) == (0, "")
    first, second = ran.json
    assert (first["counter"], first["operator"], first["held"]) == ("1", "asha", 1)
    with open_till(home, clock) as till:
        assert first["shift"] == till.custody.needed("1").id
    expected = {"counter": "2", "shift": None, "operator": None, "held": 0}
    assert {name: second[name] for name in expected} == expected
    assert counter("list").lines == ["1    morning of 2026-11-23, asha", "2    no shift is open"]


def test_the_list_follows_the_shifts(counter, home, clock):
    with open_till(home, clock) as till:
        close_shift(till)
    assert counter("list").lines == ["1    no shift is open"]


@pytest.mark.parametrize(("code", "kept"), [("2", "2"), ("b", "B"), (" b2 ", "B2"), ("XYZ", "XYZ")])
def test_one_more(counter, milkpos, code, kept):
    ran = counter("add", code, "--json")
    assert (ran.code, ran.err, ran.json) == (0, "", {"counter": kept})
    assert codes(counter) == sorted(("1", kept))
    status = milkpos("shift", "status", "--counter", code, "--json").json
    assert (status["counter"], status["state"]) == (kept, "none")
    assert milkpos("audit", "verify", "--rebuild").code == 0


def test_one_more_for_people(counter):
    told = ["counter B is there: milkpos --counter B"]
    assert counter("add", "b", "--name", "Back\x1b[2J door").lines == told


@pytest.mark.parametrize(
    ("code", "refusal", "words"),
    [
        ("1", "counter-taken", "there is a counter 1 already"),
        ("2", "counter-taken", "there is a counter 2 already"),
        ("", "counter-code", "one to three letters or digits"),
        ("LONG", "counter-code", "one to three letters or digits"),
        ("1/2", "counter-code", "one to three letters or digits"),
        ("१", "counter-code", "one to three letters or digits"),
        ("\x1b", "counter-code", "one to three letters or digits"),
        ("../1", "counter-code", "one to three letters or digits"),
    ],
)
def test_codes_that_are_none(counter, code, refusal, words):
    counter("add", "2")
    ran = counter("add", "--json", "--", code)
    assert (ran.code, ran.out, ran.error["code"]) == (REFUSED, "", refusal)
    assert words in ran.error["message"]
    assert codes(counter) == ["1", "2"]


@pytest.mark.parametrize("args", [(), ("2", "3"), ("2", "--name")])
def test_a_code_alone_is_needed(counter, args):
    assert_words(counter("add", *args), USAGE)
    assert codes(counter) == ["1"]


@pytest.mark.parametrize("role", ROLES)
def test_who_adds(counter, people, role):
    ran = counter("add", "2", by=role)
    if role == "manager":
        assert ran.code == 0
    else:
        assert_words(ran, REFUSED, f"{role} may not change settings")
    assert codes(counter) == (["1", "2"] if role == "manager" else ["1"])


def test_a_pin_is_needed(counter):
    assert_words(counter("add", "2", pin=None), USAGE, "PIN")
    assert_words(counter("add", "2", pin="000000"), REFUSED, "PIN")


@pytest.mark.parametrize(
    "args", [("shift", "status"), ("shift", "open", "--float", "1"), ("ring",)]
)
def test_a_counter_that_was_not_added(milkpos, args):
    assert_words(milkpos(*args, "--counter", "2"), REFUSED, "there is no counter 2, only 1")


def test_as_processes(shop):
    assert run("counter", "add", "2", home=shop).code == 0
    assert run("shift", "open", "--float", "1", "--counter", "2", home=shop).code == 0
    sold = run("ring", "--json", "--counter", "2", home=shop, stdin="12\n+\n").documents
    assert sold[-1]["bill"]["number"].startswith("2/")
    assert [one["operator"] for one in run("counter", "list", "--json", home=shop).json] == [
        "asha",
        "asha",
    ]
