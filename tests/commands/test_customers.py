"""`milkpos customer`, `milkpos rate`: who buys on khata, and what they pay."""

import pytest

from milkpos_tui.domain.text import cell
from tests.commands.driving import REFUSED, UNREACHABLE, USAGE, assert_words

CONTRACT = {"code", "name", "phone", "balance_paise", "limit_paise"}
MEENA = ("--name", "Meena ಮೀನಾ", "--phone", "98450 54321", "--lane", "3rd Cross", "--limit", "3000")


@pytest.fixture
def customer(milkpos):
    """A customer command with `--json`."""

    def call(*args, **how):
        return milkpos("--json", "customer", *args, **how)

    return call


@pytest.fixture
def meena(customer):
    ran = customer("add", "12", *MEENA, "--card", "C0001234", "--consent", "today")
    assert ran.code == 0, ran.err
    return ran.json


def test_added_by_the_names_of_the_contract(customer, meena):
    assert {name: meena[name] for name in CONTRACT} == {
        "code": "12",
        "name": "Meena ಮೀನಾ",
        "phone": "98450 54321",
        "balance_paise": 0,
        "limit_paise": 3000_00,
    }
    assert meena["consent_on"] == "2026-11-23"
    assert customer("show", "12").json == meena
    assert customer("list").json == [meena]


def test_a_code_of_its_own(customer, meena):
    assert customer("add", "--name", "Ravi").json["code"] == "13"


@pytest.mark.parametrize("words", ["12", "meena", "ಮೀನಾ", "54321", "cross", "C0001234"])
def test_found_by(customer, meena, words):
    customer("add", "500", "--name", "Zoya")
    assert [one["code"] for one in customer("list", words).json] == ["12"]


def test_changed(customer, meena):
    after = customer(
        "change", "12", "--limit", "none", "--lane", "4th Cross", "--prices", "counter"
    )
    assert after.json == {
        **meena,
        "limit_paise": None,
        "lane": "4th Cross",
        "price_list": "counter",
    }
    assert customer("change", "12", "--gone").json["active"] is False
    assert customer("list").json == []
    assert len(customer("list", "--gone").json) == 1
    assert customer("change", "12", "--back", "--code", "77").json["code"] == "77"
    assert customer("show", "12").code == REFUSED


def test_merged_and_erased(customer, meena, milkpos):
    customer("add", "45", "--name", "Minu")
    milkpos("ring", "--customer", "45", stdin="12\n+//\n")
    one = customer("merge", "45", "--into", "12").json
    assert (one["code"], one["balance_paise"]) == ("12", 62_00)
    ran = milkpos("customer", "erase", "12", "--json")
    assert "owes Rs 62.00: that stays in the books" in ran.err
    assert (ran.json["name"], ran.json["phone"], ran.json["erased"]) == ("", "", True)
    assert ran.json["balance_paise"] == 62_00
    assert milkpos("audit", "verify", "--rebuild", "--json").json["result"] == "good"


@pytest.mark.parametrize(
    ("args", "exit_code", "code"),
    [
        (("add", "12", "--name", "Again"), REFUSED, "customer-taken"),
        (("add", "x", "--name", "A"), REFUSED, "customer-code"),
        (("add", "13"), USAGE, "usage"),
        (("add", "13", "--name", "A", "--limit", "1.005"), REFUSED, "amount-decimals"),
        (("add", "13", "--name", "A", "--card", "C0001234"), REFUSED, "card-taken"),
        (("add", "13", "--name", "A", "--consent", "2026-11-24"), REFUSED, "date-future"),
        (("change", "12", "--consent", "2031-01-01"), REFUSED, "date-future"),
        (("show", "99"), REFUSED, "customer-unknown"),
        (("change", "99", "--name", "A"), REFUSED, "customer-unknown"),
        (("merge", "12", "--into", "12"), REFUSED, "customer-same"),
        (("import", "nowhere.csv"), UNREACHABLE, "file-unreachable"),
    ],
    ids=str,
)
def test_refused(customer, meena, args, exit_code, code):
    ran = customer(*args)
    assert (ran.code, ran.error["code"], ran.out) == (exit_code, code, "")


def test_a_pin_is_needed(customer, meena):
    for args in (("list",), ("show", "12"), ("export",)):
        assert customer(*args, pin=None).code == USAGE


def test_export_and_import(customer, meena, milkpos, tmp_path):
    exported = milkpos("customer", "export").out
    assert exported.splitlines()[1].startswith("12,Meena ಮೀನಾ,98450 54321,2026-11-23,")
    file = tmp_path / "customers.csv"
    file.write_text(exported)
    counts = {"added": 0, "changed": 0, "unchanged": 1, "dry_run": False}
    assert customer("import", str(file)).json == counts
    file.write_text("code,name,limit\n13,Ravi,500\n14,,x\n15,A,x\n")
    ran = milkpos("customer", "import", str(file))
    assert_words(ran, REFUSED, "nothing was imported", "line 3", "line 4")
    assert len(customer("list").json) == 1
    file.write_text("code,name,limit\n13,Ravi,500\n")
    assert customer("import", str(file), "--dry-run").json["added"] == 1
    assert customer("import", str(file)).json["added"] == 1
    assert customer("show", "13").json["limit_paise"] == 500_00


def test_who_buys_no_longer_is_exported_and_who_is_erased_is_not(customer, meena, milkpos):
    """They may still owe; the column `active` tells."""
    customer("add", "13", "--name", "Ravi")
    customer("add", "14", "--name", "Asha")
    customer("change", "13", "--gone")
    customer("erase", "14")
    rows = milkpos("customer", "export").lines
    assert [row.split(",")[0] for row in rows] == ["code", "12", "13"]
    assert ",no," in rows[2]
    told = [(one["code"], one["active"]) for one in customer("export").json]
    assert told == [("12", True), ("13", False)]


def test_for_people(milkpos, meena):
    assert milkpos("customer", "list").lines == [
        f"{'12':>6} {cell('Meena ಮೀನಾ', 28)} {'98450 54321':14} {'3rd Cross':12} {'0.00':>14}",
        "1 customer",
    ]
    told = milkpos("customer", "show", "12").lines
    assert told[0] == "12 Meena ಮೀನಾ"
    assert told[1] == "  owes nothing, limit Rs 3,000.00"


# --- rates ----------------------------------------------------------------------------------------


@pytest.fixture
def rate(milkpos):
    def call(*args, **how):
        return milkpos("--json", "rate", *args, **how)

    return call


def test_a_rate_is_seen_before_it_is_set(rate, meena, ring):
    args = ("set", "12", "60", "--list", "khata", "--from", "2026-11-20")
    preview = rate(*args, "--preview").json
    assert preview["affected"] == [
        {
            "code": "12",
            "name": "Meena ಮೀನಾ",
            "before_paise": 62_00,
            "after_paise": 60_00,
            "difference_paise": -2_00,
        }
    ]
    assert rate("list", "--list", "khata").json == []
    assert rate(*args).json == {**preview, "preview": False}
    assert rate("list", "--list", "khata").json == [
        {"plu": 12, "from": "2026-11-20", "rate_paise": 60_00, "list": "khata"}
    ]
    _chosen, added = ring("//12", "12")
    assert added["line"]["rate_paise"] == 60_00


def test_a_customer_s_own_rate(rate, meena):
    rate("set", "12", "55", "--customer", "12")
    (own,) = rate("list", "--customer", "12").json
    assert (own["from"], own["rate_paise"], own["list"]) == ("2026-11-23", 55_00, "")
    rate("set", "12", "none", "--customer", "12")
    assert rate("list", "--customer", "12").json[0]["rate_paise"] is None


@pytest.mark.parametrize(
    ("args", "exit_code", "code"),
    [
        (("set", "12", "60"), USAGE, "usage"),
        (("list",), USAGE, "usage"),
        (("list", "--list", "nope"), REFUSED, "price-list"),
        (("set", "12", "60", "--list", "khata", "--customer", "12"), USAGE, "usage"),
        (("set", "12", "60", "--list", "counter"), REFUSED, "price-list"),
        (("set", "110", "361", "--list", "khata"), REFUSED, "price-above-mrp"),
        (("set", "999", "60", "--list", "khata"), REFUSED, "product-unknown"),
        (("set", "12", "60", "--list", "khata", "--from", "soon"), USAGE, "usage"),
    ],
    ids=str,
)
def test_no_rate(rate, meena, args, exit_code, code):
    ran = rate(*args)
    assert (ran.code, ran.error["code"]) == (exit_code, code)
