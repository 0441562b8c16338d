"""`milkpos user`, and what somebody else allows on the command line."""

import pytest

from tests.commands.driving import REFUSED, USAGE, assert_words, run
from tests.support.tills import OWNER_PIN


@pytest.fixture
def user(milkpos):
    """`milkpos user ...` with a new PIN at hand."""

    def do(*args, new="271828", **more):
        return milkpos("user", *args, env={"MILKPOS_NEW_PIN": new}, **more)

    return do


@pytest.fixture
def ravi(user):
    assert user("add", "ravi", "--name", "Ravi").code == 0


def names(code, name, role, *, active=True):
    return {"code": code, "name": name, "role": role, "active": active}


ASHA = names("asha", "Asha", "owner")


def test_a_new_cashier_signs_in(user, milkpos):
    made = user("add", "ravi", "--name", "Ravi\x1b[2J", "--json")
    assert made.json == names("ravi", "Ravi[2J", "cashier")
    assert milkpos("ring", operator="ravi", pin="271828", stdin="12\n+\n").code == 0
    assert user("list", "--json").json == [ASHA, made.json]


def test_the_list_reads_well(user, ravi):
    user("disable", "ravi")
    assert user("list").lines == [
        "asha         owner      Asha",
        "ravi         cashier    Ravi  (disabled)",
    ]


def test_another_role_and_name(user, ravi):
    changed = user("change", "ravi", "--role", "supervisor", "--name", "Ravi K", "--json")
    assert changed.json == names("ravi", "Ravi K", "supervisor")


def test_disabled_and_back(user, milkpos, ravi):
    assert user("disable", "ravi", "--json").json["active"] is False
    assert milkpos("ring", operator="ravi", pin="271828", stdin="12\n").code == REFUSED
    assert user("enable", "ravi", "--json").json["active"] is True
    assert milkpos("ring", operator="ravi", pin="271828", stdin="12\n+\n").code == 0


def test_a_new_pin(user, milkpos, ravi):
    assert user("set-pin", "ravi", new="314159").code == 0
    assert milkpos("ring", operator="ravi", pin="271828", stdin="12\n").code == REFUSED
    assert milkpos("ring", operator="ravi", pin="314159", stdin="12\n+\n").code == 0
    assert user("set-pin", "ravi", new="482914", operator="ravi", pin="314159").code == 0


def test_a_lost_pin_is_reset_by_whoever_has_the_machine(user, milkpos):
    reset = user("reset-pin", "asha", operator=None, pin=None)
    assert reset.code == 0
    assert "without proof" in reset.err
    assert milkpos("ring", pin=OWNER_PIN, stdin="12\n").code == REFUSED
    assert milkpos("ring", pin="271828", stdin="12\n+\n").code == 0
    assert milkpos("audit", "verify", "--rebuild").code == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("add", "asha", "--name", "X"), "there is an operator asha already"),
        (("add", "a b", "--name", "X"), "1 to 12 letters or digits"),
        (("change", "nobody", "--name", "X"), "no operator nobody"),
        (("disable", "asha"), "there must be an owner"),
        (("change", "asha", "--role", "cashier"), "there must be an owner"),
        (("set-pin", "nobody"), "no operator nobody"),
        (("reset-pin", "nobody"), "no operator nobody"),
    ],
    ids=lambda args: " ".join(args) if isinstance(args, tuple) else None,
)
def test_refused(user, args, words):
    assert_words(user(*args), REFUSED, words)


def test_a_pin_of_the_first_to_be_tried(user):
    assert_words(user("set-pin", "asha", new="123456"), REFUSED, "one of the first to be tried")


def test_no_such_role(user):
    assert user("add", "x", "--name", "X", "--role", "boss").code == USAGE


def test_without_a_terminal_the_new_pin_comes_from_the_environment(shop):
    assert_words(run("user", "set-pin", "asha", home=shop), USAGE, "set MILKPOS_NEW_PIN")


# --- allowed by somebody else --------------------------------------------------------------------


def test_a_cashier_may_not_manage_people(user, ravi):
    told = user("add", "mina", "--name", "Mina", operator="ravi", pin="271828")
    assert_words(told, REFUSED, "a cashier may not add people")


def test_a_cashier_does_not_see_what_was_taken(milkpos, ravi):
    assert_words(
        milkpos("bill", "list", operator="ravi", pin="271828"),
        REFUSED,
        "a cashier may not see what was taken",
    )
    assert milkpos("bill", "list").code == 0


def test_a_return_needs_somebody_who_allows_it(milkpos, ravi):
    sold = milkpos("ring", "--json", stdin="12\n+\n").documents[1]["bill"]["number"]
    back = ("bill", "return", sold, "--line", "1=1", "--reason", "sour", "--refund", "cash")
    alone = milkpos(*back, "--json", operator="ravi", pin="271828")
    assert (alone.code, alone.error["code"]) == (REFUSED, "needs-approval")
    allowing = {"MILKPOS_APPROVER_PIN": OWNER_PIN}
    by = ("--approve", "asha", "--json")
    allowed = milkpos(*back, *by, operator="ravi", pin="271828", env=allowing)
    assert (allowed.code, allowed.json["operator"]) == (0, "ravi")


def test_a_wrong_pin_of_who_allows_it(milkpos, ravi):
    allowing = {"MILKPOS_APPROVER": "asha", "MILKPOS_APPROVER_PIN": "999991"}
    keyed = "12\n**50\n+\n"
    ran = milkpos("ring", operator="ravi", pin="271828", stdin=keyed, env=allowing)
    assert ran.code == REFUSED
    assert "the operator or the PIN is wrong" in ran.out
