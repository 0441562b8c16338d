"""`milkpos khata`: what customers owe, and what they pay."""

import pytest

from tests.commands.driving import REFUSED, USAGE, assert_words

ENTRY = ("at", "kind", "reference", "amount_paise", "balance_paise")


@pytest.fixture
def khata(milkpos):
    """A khata command with `--json`, of a shop where Meena (12) owes Rs 186."""
    assert milkpos("customer", "add", "12", "--name", "Meena", "--limit", "200").code == 0
    assert milkpos("ring", "--customer", "12", stdin="3*12\n+//\n").code == 0

    def call(*args, **how):
        return milkpos("--json", "khata", *args, **how)

    return call


def picked(document, *names):
    return tuple(document[name] for name in names)


def test_what_somebody_owes(khata):
    shown = khata("show", "12").json
    assert picked(shown, "code", "name", "balance_paise", "limit_paise") == (
        "12",
        "Meena",
        186_00,
        200_00,
    )
    (entry,) = shown["entries"]
    assert picked(entry, *ENTRY[1:]) == ("sale", "1/2627/1", 186_00, 186_00)
    assert entry["at"].startswith("2026-11-23T07:00:00+05:30")
    assert shown["ages"]["days_0_30_paise"] == 186_00
    before = khata("show", "12", "--date", "2026-11-22").json
    assert picked(before, "balance_paise", "entries") == (0, [])


def test_a_payment(khata):
    paid = khata("receive", "12", "100", "--tender", "upi", "--reference", "UTR 9").json
    assert picked(paid, "amount_paise", "balance_paise", "tender") == (100_00, 86_00, "upi")
    entry = khata("show", "12", "--last", "1").json["entries"][0]
    assert picked(entry, *ENTRY[1:]) == ("payment", "UTR 9", -100_00, 86_00)


def test_more_than_is_due_is_told(khata, milkpos):
    ran = milkpos("khata", "receive", "12", "200")
    assert ran.lines == [
        "12 Meena: Rs 200.00 by cash; has Rs 14.00 in advance",
        "Rs 14.00 is more than was due: taken as an advance",
    ]


def test_the_same_again_must_be_said(khata, milkpos):
    khata("receive", "12", "50")
    ran = khata("receive", "12", "50")
    assert (ran.code, ran.error["code"]) == (REFUSED, "payment-again")
    assert "--again" in ran.error["message"]
    assert khata("receive", "12", "50", "--again").json["balance_paise"] == 86_00


@pytest.mark.parametrize(
    ("args", "exit_code", "code"),
    [
        (("receive", "12", "5.005"), REFUSED, "amount-decimals"),
        (("receive", "12", "0"), REFUSED, "amount-zero"),
        (("receive", "12", "-5"), USAGE, "usage"),
        (("receive", "99", "5"), REFUSED, "customer-unknown"),
        (("receive", "12", "5", "--date", "2026-11-24"), REFUSED, "date-future"),
        (("receive", "12", "5", "--date", "today"), USAGE, "usage"),
        (("receive", "12", "5", "--tender", "khata"), USAGE, "usage"),
        (("adjust", "12", "5"), USAGE, "usage"),
        (("adjust", "12", "5", "--reason", " "), REFUSED, "reason-missing"),
        (("adjust", "12", "0", "--reason", "x"), REFUSED, "amount-zero"),
        (("adjust", "12", "-5.005", "--reason", "x"), REFUSED, "amount-decimals"),
        (("adjust", "12", "5", "--reason", "x", "--date", "2026-11-24"), REFUSED, "date-future"),
        (("adjust", "12", "5", "--reason", "x", "--from-deposit"), USAGE, "usage"),
        (("adjust", "12", "-5", "--reason", "x", "--from-deposit"), REFUSED, "khata-short"),
        (
            ("adjust", "12", "-5", "--reason", "x", "--from-deposit", "--date", "2026-11-01"),
            USAGE,
            "usage",
        ),
        (("show", "12", "--last", "9" * 20), USAGE, "usage"),
        (("pay-back", "12", "5", "--reason", "x"), REFUSED, "khata-short"),
        (("pay-back", "12", "5"), USAGE, "usage"),
        (("containers", "12", "jar=1"), REFUSED, "containers"),
        (("containers", "12"), USAGE, "usage"),
        (("show", "99"), REFUSED, "customer-unknown"),
        (("statement", "99"), REFUSED, "customer-unknown"),
        (("statement", "12", "--from", "2026-11-02", "--to", "2026-11-01"), USAGE, "usage"),
        (("ageing", "--date", "x"), USAGE, "usage"),
    ],
    ids=str,
)
def test_refused(khata, args, exit_code, code):
    ran = khata(*args)
    assert (ran.code, ran.error["code"], ran.out) == (exit_code, code, "")
    assert khata("show", "12").json["balance_paise"] == 186_00


def test_a_correction(khata):
    assert khata("adjust", "12", "-62", "--reason", "sour").json["balance_paise"] == 124_00
    assert khata("adjust", "12", "+2", "--reason", "ok", "--date", "2026-10-01").json[
        "balance_paise"
    ] == (126_00)
    statement = khata("statement", "12", "--from", "2026-11-01").json
    assert picked(statement, "opening_paise", "closing_paise") == (2_00, 126_00)
    assert [picked(entry, "kind", "reason") for entry in statement["entries"]] == [
        ("sale", ""),
        ("adjustment", "sour"),
    ]


def test_a_deposit(khata):
    after = khata("receive", "12", "500", "--deposit").json
    assert picked(after, "balance_paise", "deposit_paise") == (186_00, 500_00)
    after = khata("adjust", "12", "-86", "--from-deposit", "--reason", "month's end").json
    assert picked(after, "balance_paise", "deposit_paise") == (100_00, 414_00)
    after = khata("pay-back", "12", "414", "--deposit", "--reason", "moves away").json
    assert picked(after, "balance_paise", "deposit_paise") == (100_00, 0)


def test_containers(khata):
    assert khata("containers", "12", "bottle=2", "can=-1").json["containers"] == {
        "bottle": 2,
        "can": -1,
        "crate": 0,
    }


def test_ageing(khata, milkpos):
    milkpos("customer", "add", "5", "--name", "Ravi")
    khata("adjust", "5", "70", "--reason", "the old book", "--date", "2026-09-01")
    meena, ravi = khata("ageing").json
    assert picked(meena, "code", "balance_paise", "over_limit", "days_0_30_paise") == (
        "12",
        186_00,
        False,
        186_00,
    )
    assert picked(ravi, "code", "days_61_90_paise") == ("5", 70_00)
    khata("adjust", "12", "50", "--reason", "more")
    assert [one["code"] for one in khata("ageing", "--over").json] == ["12"]
    assert any("OVER LIMIT" in line for line in milkpos("khata", "ageing").lines)


def test_ring_for_a_customer(khata, milkpos):
    ran = milkpos("ring", "--customer", "12", "--json", stdin="12\n+\n12\n+//\n")
    bills = [one["bill"] for one in ran.documents if "bill" in one]
    assert [bill["customer"] for bill in bills] == ["12", "12"]
    assert "OVER the limit of Rs 200.00" in ran.documents[-1]["message"]
    assert milkpos("ring", "--customer", "99", stdin="12\n").code == REFUSED
    assert_words(milkpos("ring", "--customer", "99", stdin="12\n"), REFUSED, "no customer 99")


def test_above_the_limit_a_cashier_asks(khata, milkpos):
    pins = {"MILKPOS_NEW_PIN": "271828"}
    assert milkpos("user", "add", "cara", "--name", "Cara", "--role", "cashier", env=pins).code == 0
    keys = "//12\n12\n+//\n"
    ran = milkpos("ring", "--json", stdin=keys, operator="cara", pin="271828")
    assert ran.documents[-1]["error"]["code"] == "needs-approval"
    allowed = {"MILKPOS_APPROVER": "asha", "MILKPOS_APPROVER_PIN": "482913"}
    ran = milkpos("ring", "--json", stdin="+//\n", operator="cara", pin="271828", env=allowed)
    assert ran.documents[-1]["did"] == "paid"


def test_the_drawer_counts_what_was_received(khata, milkpos):
    khata("receive", "12", "100")
    report = milkpos("--json", "shift", "report").json
    assert report["expected"]["cash"] == 600_00
    assert report["khata"] == [{"kind": "cash", "kept_paise": 100_00, "refunded_paise": 0}]
    closed = milkpos("--json", "shift", "close", "--count", "500=1,100=1")
    assert closed.json["difference_paise"] == 0
    assert milkpos("audit", "verify", "--rebuild", "--json").json["result"] == "good"


def test_a_return_to_khata(khata, milkpos):
    ran = milkpos(
        "--json",
        "bill",
        "return",
        "1/2627/1",
        "--line",
        "1=1",
        "--reason",
        "sour",
        "--refund",
        "khata",
    )
    assert ran.json["customer"] == "12"
    assert khata("show", "12").json["balance_paise"] == 124_00


def test_help_has_examples(milkpos):
    for command in ("show", "receive", "pay-back", "adjust", "containers", "statement", "ageing"):
        assert "Example: milkpos khata" in milkpos("khata", command, "--help").out


def test_what_begins_after_it_ends_is_misused(khata, milkpos):
    assert khata("statement", "12", "--from", "2026-11-24").code == USAGE
    late = ("--from", "2026-11-22", "--to", "2026-11-21")
    assert_words(milkpos("khata", "statement", "12", *late), USAGE, "--from is after 2026-11-21")
    rate = ("rate", "set", "12", "60", "--list", "khata", "--from", "2026-02-30")
    assert_words(milkpos(*rate), USAGE, "is not a date")
