"""`milkpos setting`: what an owner may set, and what is refused there."""

import pytest

from milkpos_tui.domain.settings import SETTINGS
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
def setting(milkpos):
    """`milkpos setting ...` by somebody, the owner where nobody is named."""

    def do(*args, by=None, **more):
        who = {"operator": by, "pin": PIN} if by else {}
        return milkpos("setting", *args, **(who | more))

    return do


def values(setting):
    """The values by name, as the list tells them."""
    return {one["name"]: one["value"] for one in setting("list", "--json").json}


def test_the_list_needs_no_pin_and_tells_what_is_usual(setting):
    ran = setting("list", "--json", pin=None, operator=None)
    assert (ran.code, ran.err) == (0, "")
    assert [set(one) for one in ran.json] == [{"name", "value", "usual", "tells"}] * len(SETTINGS)
    assert {one["name"]: one["value"] for one in ran.json} == {
        "shift-names": "morning=04:00,evening=14:00",
        "declaration": SETTINGS["declaration"].usual,
        "blind-count": "yes",
        "discount-limit": "10",
        "remove-within": "120",
        "lock-after": "300",
        "credit-limit": "none",
        "snf-formula": "isi",
        "loyalty": "none",
        "point-worth": "1",
        "print-slips": "yes",
        "print-z": "yes",
        "weigh-by-itself": "no",
        "tares": "",
        "greeting": "Welcome",
        "messages": "no",
        **{f"message-{language}": "" for language in ("en", "hi", "kn", "ta", "mr", "te")},
        "finger-instead": "none",
        "finger-also": "none",
    }


def test_the_list_for_people(setting):
    lines = setting("list").lines
    assert len(lines) == 2 * len(SETTINGS)
    assert lines[0] == "shift-names      morning=04:00,evening=14:00"
    assert lines[1].strip() == "the day's shifts, and when each begins"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("shift-names", "dawn=03:30, evening=15:00", "dawn=03:30, evening=15:00"),
        ("shift-names", "सुबह=04:00", "सुबह=04:00"),
        ("declaration", "  Mine\x1b[2J\tis\nthis. ", "Mine[2J is this."),
        ("blind-count", "no", "no"),
        ("Discount-Limit", "12.5", "12.5"),
        ("remove-within", "0", "0"),
        ("lock-after", "86400", "86400"),
    ],
)
def test_another_value(setting, milkpos, name, value, kept):
    ran = setting("set", name, value, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.json == {"name": name.lower(), "value": kept}
    assert values(setting)[name.lower()] == kept
    assert setting("set", name, value).lines == [f"{name.lower()} is {kept}"]
    assert milkpos("audit", "verify", "--rebuild").code == 0


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("nonsense", "1", "setting-unknown"),
        ("", "1", "setting-unknown"),
        ("shift-names", "morning", "shift-names"),
        ("shift-names", "morning=25:00", "shift-names"),
        ("shift-names", "a=04:00,A=05:00", "shift-names"),
        ("shift-names", "", "shift-names"),
        ("declaration", " ", "setting-value"),
        ("declaration", "x" * 401, "setting-value"),
        ("blind-count", "maybe", "setting-value"),
        ("blind-count", "", "setting-value"),
        ("lock-after", "-1", "setting-value"),
        ("lock-after", "86401", "setting-value"),
        ("lock-after", "5m", "setting-value"),
        ("remove-within", "1.5", "setting-value"),
    ],
    ids=lambda value: value[:20],
)
def test_values_without_a_meaning(setting, name, value, code):
    before = values(setting)
    ran = setting("set", "--json", "--", name, value)
    assert (ran.code, ran.out, ran.error["code"]) == (REFUSED, "", code)
    assert values(setting) == before


@pytest.mark.parametrize("value", ["101", "-1", "ten", ""])
def test_a_limit_that_is_no_percentage(setting, value):
    assert setting("set", "--", "discount-limit", value).code == REFUSED
    assert values(setting)["discount-limit"] == "10"


def test_the_rule_is_told_and_what_there_is(setting):
    assert_words(setting("set", "x", "1"), REFUSED, "no setting 'x'", "shift-names", "lock-after")
    assert_words(setting("set", "blind-count", "maybe"), REFUSED, "neither yes nor no")


@pytest.mark.parametrize("args", [(), ("lock-after",), ("declaration", "two", "words")])
def test_a_name_and_a_value(setting, args):
    assert_words(setting("set", *args), USAGE)


@pytest.mark.parametrize("role", ROLES)
def test_who_sets(setting, people, role):
    ran = setting("set", "lock-after", "60", by=role)
    if role == "manager":
        assert ran.code == 0
    else:
        assert_words(ran, REFUSED, f"{role} may not change settings")
    assert values(setting)["lock-after"] == ("60" if role == "manager" else "300")


def test_nobody_lets_a_cashier_set(setting, people):
    env = {"MILKPOS_APPROVER": "manager", "MILKPOS_APPROVER_PIN": PIN}
    ran = setting("set", "lock-after", "60", "--json", by="cashier", env=env)
    assert (ran.code, ran.error["code"]) == (REFUSED, "not-allowed")


def test_a_pin_is_needed(setting):
    assert_words(setting("set", "lock-after", "60", pin=None), USAGE, "PIN")


def test_a_setting_is_in_force_at_once(setting, milkpos, home, clock):
    setting("set", "shift-names", "dawn=03:00,noon=12:00")
    with open_till(home, clock) as till:
        close_shift(till)
    assert milkpos("shift", "open", "--float", "1", "--json").json["name"] == "dawn"


def test_as_a_process(shop):
    assert run("setting", "set", "lock-after", "60", home=shop).lines == ["lock-after is 60"]
    told = run("setting", "list", "--json", home=shop, pin=None, operator=None).json
    assert {one["name"]: one["value"] for one in told}["lock-after"] == "60"
