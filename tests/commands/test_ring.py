"""`milkpos ring`: the whole of a sale by the entry line, from a script."""

import json
import os
import select
from pathlib import Path

import pytest

from milkpos_tui.domain.entryline import GRAMMAR, KEYED_MAX
from milkpos_tui.domain.labels import DEFAULT_LAYOUTS, write_label
from milkpos_tui.till import open_till
from tests.commands.driving import (
    BUSY,
    PATIENCE_S,
    PIPE_CLOSED,
    REFUSED,
    UNREACHABLE,
    USAGE,
    run,
    running,
)

EAN = "8901234567894"  # the ghee's
BY_WEIGHT, BY_PRICE = DEFAULT_LAYOUTS
QUARTER_OF_SWEETS = write_label(BY_WEIGHT, 70, 250)
FIFTY_OF_CURD = write_label(BY_PRICE, 31, 50_00)

LINE = ("plu", "name", "qty_milli", "unit", "rate_paise", "discount_paise", "amount_paise")
LINE += ("taxable_paise", "gst_rate_bp", "hsn")
BILL = ("number", "kind", "state", "at", "business_date", "shift", "counter", "operator")
BILL += ("customer", "lines", "taxable_paise", "cgst_paise", "sgst_paise", "igst_paise")
BILL += ("discount_paise", "round_off_paise", "total_paise", "tenders", "change_paise")
TENDER = ("kind", "amount_paise", "reference")


def picked(document, *names):
    """Some of a document's values; KeyError where a name of the contract is missing."""
    return tuple(document[name] for name in names)


# --- the grammar ----------------------------------------------------------------------------

ADDED = [  # what is keyed, and the line it adds: PLU, quantity, amount
    ("12", (12, 1000, 62_00)),
    ("  12  ", (12, 1000, 62_00)),
    ("012", (12, 1000, 62_00)),
    ("3*12", (12, 3000, 186_00)),
    (".5*12", (12, 500, 31_00)),
    ("0.250*12", (12, 250, 15_50)),
    ("/50*12", (12, 806, 50_00)),
    ("/7.50*40", (40, 1000, 7_50)),
    (EAN, (110, 1000, 350_00)),
    (f"2*{EAN}", (110, 2000, 700_00)),
    (QUARTER_OF_SWEETS, (70, 250, 120_00)),
    (FIFTY_OF_CURD, (31, 556, 50_00)),
    ("cow", (12, 1000, 62_00)),
    ("MILK co", (12, 1000, 62_00)),
    ("2*cow milk", (12, 2000, 124_00)),
    ("/31*cow", (12, 500, 31_00)),
]


@pytest.mark.parametrize(("keyed", "line"), ADDED, ids=[keyed for keyed, _ in ADDED])
def test_an_item_added(ring, keyed, line):
    (added,) = ring(keyed)
    assert picked(added, "key", "ok", "did") == (keyed.strip(), True, "added")
    assert picked(added["line"], "plu", "qty_milli", "amount_paise") == line
    assert added["due_paise"] == (line[2] + 50) // 100 * 100  # in whole rupees, half up


CHANGED = [  # what is keyed after 2*12 (124.00), and quantity, rate, discount, amount then
    ("*3", (3000, 62_00, 0, 186_00)),
    ("*.25", (250, 62_00, 0, 15_50)),
    ("*/50", (806, 62_00, 0, 50_00)),
    ("**58", (2000, 58_00, 0, 116_00)),
    ("**70.50", (2000, 70_50, 0, 141_00)),
    ("*-10", (2000, 62_00, 10_00, 114_00)),
    ("*-5/", (2000, 62_00, 6_20, 117_80)),
    ("*-12.5/", (2000, 62_00, 15_50, 108_50)),
    ("*-124", (2000, 62_00, 124_00, 0)),
]


@pytest.mark.parametrize(("keyed", "line"), CHANGED, ids=[keyed for keyed, _ in CHANGED])
def test_the_last_line_changed(ring, keyed, line):
    _, _, changed = ring("40", "2*12", keyed)
    assert picked(changed, "key", "ok", "did") == (keyed, True, "changed")
    assert changed["line"]["plu"] == 12
    names = ("qty_milli", "rate_paise", "discount_paise", "amount_paise")
    assert picked(changed["line"], *names) == line


@pytest.mark.parametrize(
    ("keyed", "due"), [("+-10", 114_00), ("+-5/", 118_00), ("+-0", 124_00), ("+-124", 0)]
)
def test_a_discount_on_the_bill(ring, keyed, due):
    _, off, paid = ring("2*12", keyed, "+")
    assert picked(off, "did", "due_paise") == ("discount", due)
    assert "line" not in off
    assert paid["bill"]["total_paise"] == due


PAID = [  # what is keyed for a bill of 62.00, and the tender and change it makes
    ("+", ("cash", 62_00, ""), 0),
    ("+500", ("cash", 500_00, ""), 438_00),
    ("+62.00", ("cash", 62_00, ""), 0),
    ("+/", ("upi", 62_00, ""), 0),
    ("+/62", ("upi", 62_00, ""), 0),
    ("+*", ("card", 62_00, ""), 0),
    ("+*62", ("card", 62_00, ""), 0),
    ("+cash", ("cash", 62_00, ""), 0),
    ("+cash 100", ("cash", 100_00, ""), 38_00),
    ("+UPI", ("upi", 62_00, ""), 0),
    ("+upi UTR 12 34", ("upi", 62_00, "UTR 12 34"), 0),
    ("+upi 62 UTR1234", ("upi", 62_00, "UTR1234"), 0),
    ("+card 62.00 last4", ("card", 62_00, "last4"), 0),
]


@pytest.mark.parametrize(("keyed", "tender", "change"), PAID, ids=[keyed for keyed, *_ in PAID])
def test_a_bill_paid(ring, keyed, tender, change):
    _, paid = ring("12", keyed)
    assert picked(paid, "key", "ok", "did") == (keyed, True, "paid")
    (given,) = paid["bill"]["tenders"]
    assert picked(given, *TENDER) == tender
    assert picked(paid["bill"], "total_paise", "change_paise") == (62_00, change)


def test_a_bill_paid_in_parts_by_three_ways(ring):
    *parts, paid = ring("2*12", "40", "+/50", "+*30", "+cash 100")[2:]
    assert [picked(part, "did", "due_paise") for part in parts] == [
        ("part_paid", 82_00),
        ("part_paid", 52_00),
    ]
    tenders = [picked(tender, "kind", "amount_paise") for tender in paid["bill"]["tenders"]]
    assert tenders == [("upi", 50_00), ("card", 30_00), ("cash", 100_00)]
    names = ("total_paise", "round_off_paise", "change_paise")
    assert picked(paid["bill"], *names) == (132_00, 50, 48_00)


def test_money_taken_back_then_lines_off(ring):
    documents = ring("12", "40", "31", "+20", "-", "-", "-1", "+")
    told = [(document["did"], document.get("due_paise")) for document in documents[3:]]
    assert told == [
        ("part_paid", 140_00),
        ("given_back", 160_00),
        ("removed", 70_00),
        ("removed", 8_00),
        ("paid", None),
    ]
    assert [document["line"]["plu"] for document in documents[5:7]] == [31, 12]
    assert [line["plu"] for line in documents[-1]["bill"]["lines"]] == [40]


def test_a_bill_dropped(ring, milkpos):
    _, _, dropped, fresh = ring("12", "40", "--", "31")
    assert picked(dropped, "did", "due_paise") == ("dropped", 0)
    assert fresh["due_paise"] == 90_00
    ran = milkpos("bill", "list", "--json")
    assert ran.json == []


def test_bills_put_aside_and_taken_back(ring):
    documents = ring("12", ".", "31", ".", "40", ".2", "+", ".1", "+", ".1", "+")
    told = [(document["did"], document.get("due_paise")) for document in documents]
    assert told[1::2] == [
        ("held", 0),
        ("held", 0),
        ("recalled", 90_00),
        ("recalled", 62_00),
        ("recalled", 8_00),
    ]
    totals = [document["bill"]["total_paise"] for document in documents if "bill" in document]
    assert totals == [90_00, 62_00, 8_00]


@pytest.mark.parametrize("keyed", [keyed for keyed, _ in GRAMMAR])
def test_every_example_of_the_help_is_understood(milkpos, keyed):
    """Refused it may be by a rule of the trade, but never as something nobody knows."""
    before = ("40", ".", "31", ".", "2*12")  # two bills held, one open
    *_, document = milkpos("ring", "--json", stdin="\n".join([*before, keyed])).documents
    assert document["key"] == keyed
    code = document.get("error", {"code": ""})["code"]
    of_the_trade = ("words-many", "words-unknown", "tender-above-due")
    of_nobody = ("customer-unknown", "khata-needs-customer", "points-needs-customer")
    assert code in ("", *of_the_trade, *of_nobody), code


def test_the_help_tells_the_grammar(milkpos):
    told = milkpos("ring", "--help").out
    for keyed, does in GRAMMAR:
        assert f"{keyed:14}{does}" in told


# --- the documents of --json -----------------------------------------------------------------


def test_an_added_line_by_the_names_of_the_contract(ring):
    (added,) = ring("2*110")
    assert picked(added, "key", "ok", "due_paise") == ("2*110", True, 700_00)
    assert dict(zip(LINE, picked(added["line"], *LINE), strict=True)) == {
        "plu": 110,
        "name": "Ghee 500 ml",
        "qty_milli": 2000,
        "unit": "pack",
        "rate_paise": 350_00,
        "discount_paise": 0,
        "amount_paise": 700_00,
        "taxable_paise": 666_66,
        "gst_rate_bp": 500,
        "hsn": "0405",
    }


def test_a_bill_by_the_names_of_the_contract(ring, home, clock):
    with open_till(home, clock) as till:
        shift = till.custody.needed("1").id
    *_, paid = ring("3*12", "110", "*-10", "+500", "+upi 26 UTR1234")
    bill = paid["bill"]
    lines = bill["lines"]
    assert paid.keys() == {"key", "ok", "did", "bill"}
    assert dict(zip(BILL, picked(bill, *BILL), strict=True)) == {
        "number": "1/2627/1",
        "kind": "invoice_cum_bill",
        "state": "paid",
        "at": "2026-11-23T07:00:00+05:30",
        "business_date": "2026-11-23",
        "shift": shift,
        "counter": "1",
        "operator": "asha",
        "customer": None,
        "lines": lines,
        "taxable_paise": 509_80,
        "cgst_paise": 8_10,
        "sgst_paise": 8_10,
        "igst_paise": 0,
        "discount_paise": 10_00,
        "round_off_paise": 0,
        "total_paise": 526_00,
        "tenders": bill["tenders"],
        "change_paise": 0,
    }
    assert [picked(tender, *TENDER) for tender in bill["tenders"]] == [
        ("cash", 500_00, ""),
        ("upi", 26_00, "UTR1234"),
    ]
    assert [picked(line, *LINE) for line in lines] == [
        (12, "Cow milk", 3000, "litre", 62_00, 0, 186_00, 186_00, 0, "0401"),
        (110, "Ghee 500 ml", 1000, "pack", 350_00, 10_00, 340_00, 323_80, 500, "0405"),
    ]


def test_a_refusal_by_the_names_of_the_contract(milkpos):
    ran = milkpos("ring", "--json", stdin="999\n")
    assert (ran.code, ran.err) == (REFUSED, "")
    (refused,) = ran.documents
    assert refused == {
        "key": "999",
        "ok": False,
        "error": {"code": "code-unknown", "message": "no item has the code 999"},
    }


def test_each_key_in_is_answered_while_the_next_is_still_to_come(shop):
    for flags, keyed, answer in (
        ((), "12", "62.00"),
        ((), "999", "refused"),
        (("--json",), "-", "removed"),
        (("--json",), "999", "code-unknown"),
    ):
        with running("ring", *flags, home=shop) as ring:
            ring.stdin.write(f"{keyed}\n")
            came, _, _ = select.select([ring.stdout], [], [], PATIENCE_S / 6)
            assert came, f"nothing is said about {keyed} until the input ends"
            assert answer in ring.stdout.readline()
            ring.stdin.close()
            ring.wait(PATIENCE_S)


# --- lines for people ------------------------------------------------------------------------


def test_a_line_a_key_in(milkpos):
    ran = milkpos("ring", stdin="3*12\n999\n*-6\n+20\n-\n+500\n")
    assert ran.code == REFUSED
    assert ran.lines == [
        "3 L Cow milk  186.00  due 186.00",
        "999: refused: no item has the code 999",
        "3 L Cow milk  180.00  due 180.00",
        "Rs 160.00 still due  due 160.00",
        "Rs 20.00 cash given back  due 180.00",
        "bill 1/2627/1  total 180.00  cash 500.00  change 320.00",
    ]
    assert ran.err == ""


def test_a_bill_of_nothing_is_free(milkpos):
    ran = milkpos("ring", stdin="12\n+-62\n+\n")
    assert ran.lines[-1] == "bill 1/2627/1  total 0.00  free  change 0.00"


def test_what_is_keyed_reaches_no_terminal_as_a_command(milkpos):
    ran = milkpos("ring", stdin="\x1b[31mq\x9b2J\u202eq\x07\n\x1b]0;x\x07\n")
    assert ran.code == REFUSED
    assert [char for char in ran.out if not char.isprintable() and char != "\n"] == []


def test_json_holds_no_control_characters_either(milkpos):
    ran = milkpos("ring", "--json", stdin="q\x9b2J\u202eq\x7f\n")
    assert [char for char in ran.out if not char.isprintable() and char != "\n"] == []


# --- refusals --------------------------------------------------------------------------------

REFUSALS = [  # what was keyed before, what is refused, by which rule
    ("", "999", "code-unknown"),
    ("", "8901234567890123", "code-unknown"),
    ("", "zebra", "words-unknown"),
    ("", "c", "words-many"),
    ("", "2*c", "words-many"),
    ("", QUARTER_OF_SWEETS[:-1] + str((int(QUARTER_OF_SWEETS[-1]) + 1) % 10), "label-check-digit"),
    ("", write_label(BY_WEIGHT, 99, 250), "code-unknown"),
    ("", f"2*{QUARTER_OF_SWEETS}", "label-quantity"),
    ("", write_label(BY_WEIGHT, 40, 250), "quantity-step"),
    ("", "0*12", "quantity-zero"),
    ("", "1.5*40", "quantity-step"),
    ("", "0.0001*12", "quantity-decimals"),
    ("", "10000*12", "quantity-limit"),
    ("", "1..5*12", "quantity-unreadable"),
    ("", "/0*12", "quantity-zero"),
    ("", "/50.125*12", "amount-decimals"),
    ("", "3*12*4", "key-in"),
    ("", "12+3", "key-in"),
    ("", "=", "key-in"),
    ("", "1" * (KEYED_MAX + 1), "key-in-long"),
    ("", "*3", "no-line"),
    ("", "**58", "no-line"),
    ("", "*-10", "no-line"),
    ("", "+-10", "no-line"),
    ("", "-", "no-line"),
    ("", "-1", "no-line"),
    ("", "--", "no-line"),
    ("", ".", "no-line"),
    ("", ".1", "held-unknown"),
    ("", "+", "nothing-to-pay"),
    ("", "+500", "nothing-to-pay"),
    ("12", "-2", "no-line"),
    ("12", "-0", "no-line"),
    ("12", "*0", "quantity-zero"),
    ("12", "**0", "price-zero"),
    ("110", "**360.01", "price-above-mrp"),
    ("12", "*-62.01", "discount-too-much"),
    ("12", "*-101/", "percent"),
    ("12", "+-62.01", "discount-too-much"),
    ("12", "+0", "tender-zero"),
    ("12", "+62.505", "amount-decimals"),
    ("12", "+abc", "key-in"),
    ("12", "+62x", "key-in"),
    ("12", "+/62.01", "tender-above-due"),
    ("12", "+*100", "tender-above-due"),
    ("12", "+upi 62.01", "tender-above-due"),
    ("12", "+10062.01", "tender-too-much"),
    ("12", "+99999999999", "amount-limit"),
    ("12", "+khata", "khata-needs-customer"),
    ("12\n+20", "40", "part-paid"),
    ("12\n+20", "*3", "part-paid"),
    ("12\n+20", "-1", "part-paid"),
    ("12\n+20", "--", "part-paid"),
    ("12\n+20", "+-10", "part-paid"),
]


@pytest.mark.parametrize(
    ("before", "keyed", "code"), REFUSALS, ids=[f"{b!r} {k[:20]}" for b, k, _ in REFUSALS]
)
def test_a_refused_key_in_changes_nothing_and_the_next_is_taken(milkpos, before, keyed, code):
    """What is paid afterwards is one of the first item at its price; or there was no bill."""
    keys = [*before.splitlines(), keyed, "+" if before else "12"]
    ran = milkpos("ring", "--json", stdin="\n".join(keys))
    assert (ran.code, ran.err.startswith("a bill is left open")) == (REFUSED, not before)
    *_, refused, after = ran.documents
    assert picked(refused, "key", "ok") == (keyed[:KEYED_MAX], False)
    assert refused["error"]["code"] == code
    assert refused["error"]["message"]
    if not before:
        assert after["due_paise"] == 62_00
        return
    price = 350_00 if before == "110" else 62_00
    (line,) = after["bill"]["lines"]
    assert picked(line, "qty_milli", "discount_paise", "amount_paise") == (1000, 0, price)
    assert after["bill"]["total_paise"] == price
    assert after["bill"]["change_paise"] == 0


def test_goes_on_after_refusals_and_ends_with_1(milkpos):
    ran = milkpos("ring", "--json", stdin="999\n12\nzebra\n+/100\n+\n+\n31\n+\n")
    assert ran.code == REFUSED
    taken = [one["ok"] for one in ran.documents]
    assert taken == [False, True, False, False, True, False, True, True]
    numbers = [one["bill"]["number"] for one in ran.documents if "bill" in one]
    assert numbers == ["1/2627/1", "1/2627/2"]


def test_an_item_no_longer_sold_is_not_rung(milkpos):
    assert milkpos("product", "retire", "110").code == 0
    ran = milkpos("ring", "--json", stdin=f"110\n{EAN}\nghee\n")
    codes = [one["error"]["code"] for one in ran.documents]
    assert codes == ["code-unknown", "code-unknown", "words-unknown"]


# --- odd input -------------------------------------------------------------------------------


@pytest.mark.parametrize("stdin", ["", "\n", " \t\r\n\n"], ids=["nothing", "a line", "blanks"])
def test_nothing_keyed(milkpos, stdin):
    ran = milkpos("ring", stdin=stdin)
    assert (ran.code, ran.out, ran.err) == (0, "", "")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n \n"], ids=["LF", "CRLF", "blank lines"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "not ended"])
def test_ends_of_lines(milkpos, end, last):
    stdin = end.join(["12", "40", "+"]) + (end if last else "")
    ran = milkpos("ring", "--json", stdin=stdin)
    assert (ran.code, [one["key"] for one in ran.documents]) == (0, ["12", "40", "+"])


def test_bytes_that_are_no_text_are_refused_and_the_rest_goes_on(shop):
    stdin = b"\xff\xfe12\n\x80\n12\n\xf0\x9f\n+\n"
    ran = run("ring", "--json", home=shop, stdin=stdin)
    assert ran.code == REFUSED
    assert [one["ok"] for one in ran.documents] == [False, False, True, False, True]
    assert {one["error"]["code"] for one in ran.documents if not one["ok"]} <= {
        "key-in",
        "code-unknown",
        "words-unknown",
    }


def test_control_and_format_characters_are_no_part_of_a_key_in(milkpos):
    ran = milkpos("ring", "--json", stdin="1\x002\n\u202e40\u200b\n\x1b+\n")
    assert ran.code == 0
    lines = ran.documents[-1]["bill"]["lines"]
    assert [picked(line, "plu", "qty_milli") for line in lines] == [(12, 1000), (40, 1000)]


def test_a_reference_is_one_clean_line(ring):
    _, paid = ring("12", "+upi  UTR\t12\x1b[2J\u202e34")
    assert paid["bill"]["tenders"][0]["reference"] == "UTR 12[2J34"


def test_a_thousand_key_ins(shop):
    keys = [key for n in range(1, 251) for key in (f"{n}*40", "3*12", "-2", "+")]
    ran = run("ring", "--json", home=shop, stdin="\n".join(keys))
    assert (ran.code, ran.err) == (0, "")
    documents = ran.documents
    assert [one["key"] for one in documents] == keys
    bills = [one["bill"] for one in documents if "bill" in one]
    assert [bill["number"].split("/")[2] for bill in bills] == [str(n) for n in range(1, 251)]
    assert [bill["lines"][0]["qty_milli"] for bill in bills] == [n * 1000 for n in range(1, 251)]
    assert run("audit", "verify", "--rebuild", home=shop).code == 0


# --- the bill that is left open --------------------------------------------------------------


def test_a_bill_left_open_comes_back(milkpos):
    first = milkpos("ring", "--json", stdin="3*12\n+-6\n+20\n")
    assert first.code == 0
    assert first.err == "a bill is left open: 1 lines, Rs 160.00 due\n"
    nothing = milkpos("ring", stdin="")
    assert nothing.err.splitlines() == [
        "the bill left open is back: 1 lines, Rs 160.00 due",
        "a bill is left open: 1 lines, Rs 160.00 due",
    ]
    paid = milkpos("ring", "--json", stdin="+\n")
    assert paid.err == "the bill left open is back: 1 lines, Rs 160.00 due\n"
    bill = paid.documents[0]["bill"]
    tenders = [tender["amount_paise"] for tender in bill["tenders"]]
    assert (bill["total_paise"], bill["discount_paise"], tenders) == (180_00, 6_00, [20_00, 160_00])
    assert milkpos("ring", stdin="").err == ""


def test_held_bills_come_back_too(milkpos):
    assert milkpos("ring", stdin="12\n.\n31\n.\n").err == ""
    ran = milkpos("ring", "--json", stdin=".2\n+\n.1\n+\n")
    totals = [one["bill"]["total_paise"] for one in ran.documents if "bill" in one]
    assert (ran.code, totals) == (0, [90_00, 62_00])


@pytest.mark.parametrize(
    "change",
    [
        ("change", "12", "--step", "0.5"),
        ("change", "12", "--unit", "piece"),
        ("change", "12", "--mrp", "60", "--price", "60"),
        ("retire", "12"),
    ],
    ids=["step", "unit", "MRP below its price", "retired"],
)
@pytest.mark.parametrize(
    ("aside", "next_customer"),
    [("", "31\n--\n"), (".\n", "31\n.\n.2\n--\n")],
    ids=["open", "held"],
)
def test_a_bill_left_open_comes_back_though_its_item_changed(milkpos, change, aside, next_customer):
    """The customer stands there with the goods: the bill can be paid as it was keyed, or changed;
    and in no case is the counter closed to the next customer."""
    milkpos("ring", stdin=f".333*12\n{aside}")
    assert milkpos("product", *change).code == 0
    ran = milkpos("ring", "--json", stdin=next_customer)
    assert ran.code == 0, ran.out + ran.err


# --- who, where and what is in the way ---------------------------------------------------------


def test_a_counter_held_by_another_process(shop):
    with running("ring", home=shop) as first:
        first.stdin.write("12\n")
        assert "Cow milk" in first.stdout.readline()
        second = run("ring", "--json", home=shop, stdin="31\n+\n")
        assert (second.code, second.out) == (BUSY, "")
        assert second.error["code"] == "counter-held"
        assert run("bill", "list", "--json", home=shop).json == []
        first.stdin.write("+\n")
        assert "bill 1/" in first.stdout.readline()
        first.stdin.close()
        assert first.wait(PATIENCE_S) == 0
    assert run("ring", home=shop, stdin="31\n+\n").code == 0


def test_a_counter_is_free_again_when_its_holder_was_killed(shop):
    with running("ring", home=shop) as first:
        first.stdin.write("12\n")
        first.stdout.readline()
        first.kill()
        first.wait(PATIENCE_S)
    ran = run("ring", "--json", home=shop, stdin="+\n")
    assert (ran.code, ran.documents[0]["bill"]["total_paise"]) == (0, 62_00)


@pytest.mark.parametrize("counter", ["2", "ABCD", "", "1/2"])
def test_an_unknown_counter(milkpos, counter):
    ran = milkpos("ring", "--counter", counter, stdin="12\n")
    assert (ran.code, ran.out) == (USAGE if counter == "" else REFUSED, "")
    assert "counter" in ran.err


@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["words", "json"])
def test_stdout_closed_early_ends_quietly(shop, flags):
    """As with every command whose reader goes away: no words, no traceback, the books whole."""
    reader, writer = os.pipe()
    os.close(reader)
    with running("ring", *flags, home=shop, stdout=writer) as ring:
        os.close(writer)
        _, said = ring.communicate("12\n+\n31\n+\n" * 20, timeout=PATIENCE_S)
        assert (ring.returncode, said) == (PIPE_CLOSED, "")
    assert run("audit", "verify", "--rebuild", home=shop).code == 0


def test_stdout_on_a_full_disk_is_told(shop):
    with Path("/dev/full").open("w") as full, running("ring", home=shop, stdout=full) as ring:
        _, said = ring.communicate("12\n", timeout=PATIENCE_S)
        assert ring.returncode == UNREACHABLE
    assert said.splitlines()[-1].startswith("milkpos: ")
    assert "No space left on device" in said
    assert "None:" not in said
    assert "Exception ignored" not in said
    assert run("audit", "verify", "--rebuild", home=shop).code == 0


def test_interrupted_keeps_what_was_said(shop):
    with running("ring", "--json", home=shop) as ring:
        ring.stdin.write("12\n+\n31\n")
        said = [json.loads(ring.stdout.readline()) for _ in range(3)]
        ring.send_signal(2)
        _, told = ring.communicate(timeout=PATIENCE_S)
        assert (ring.returncode, told) == (130, "")
    number = said[1]["bill"]["number"]
    assert run("bill", "show", number, home=shop).code == 0
    assert "Rs 90.00 due" in run("ring", home=shop).err


# --- the usual --------------------------------------------------------------------------------


@pytest.fixture
def regular(milkpos):
    """Lakshmi collects two litres and an egg each morning and evening."""
    assert milkpos("customer", "add", "12", "--name", "Lakshmi").code == 0
    for plu, quantity in (("12", "2"), ("40", "1")):
        order = ("order", "add", "12", plu, quantity, "--half", "both", "--collected")
        assert milkpos(*order).code == 0
    return milkpos


def test_an_empty_line_takes_the_usual(regular):
    ran = regular("ring", stdin="//12\n\n+//\n//12\n\n")
    assert ran.code == 0
    assert ran.lines[:2] == [
        "12 Lakshmi: owes nothing; 2 L Cow milk + 1 Egg = Rs 132?  an empty line takes it",
        "the usual: 2 lines: 2 L Cow milk 124.00, 1 Egg 7.50  due 132.00",
    ]
    assert ran.lines[2].startswith("bill 1/2627/1  total 132.00  khata 132.00")
    assert ran.lines[3:] == [
        "12 Lakshmi: this morning's usual was collected; owes Rs 132.00  due 0.00"
    ]


def test_the_usual_as_json(ring, regular):
    chosen, taken, paid, again = ring("//12", "", "+//", "//12", "")
    assert picked(chosen, "key", "ok", "did", "due_paise") == ("//12", True, "customer", 0)
    usual = chosen["usual"]
    assert picked(usual, "source", "half", "total_paise", "left_out") == (
        "orders", "morning", 132_00, [],
    )  # fmt: skip
    assert [picked(line, "plu", "qty_milli", "amount_paise") for line in usual["lines"]] == [
        (12, 2000, 124_00),
        (40, 1000, 7_50),
    ]
    assert picked(taken, "key", "ok", "did", "due_paise") == ("", True, "usual", 132_00)
    assert taken["lines"] == usual["lines"]
    assert picked(paid["bill"], "customer", "total_paise") == ("12", 132_00)
    assert (again["did"], again["usual"]) == ("customer", None)


def test_what_is_left_out_of_the_usual_is_told_to_scripts(ring, regular):
    assert regular("product", "retire", "40").code == 0
    (chosen,) = ring("//12")
    assert chosen["usual"]["left_out"] == [{"name": "Egg", "why": "sold no longer"}]


def test_empty_lines_are_passed_over_where_nothing_was_proposed(ring, regular):
    documents = ring("", "   ", "12", "", "//12", "", "+", "", "")
    assert [one["did"] for one in documents] == ["added", "customer", "paid"]


def test_with_a_customer_said_beforehand_nothing_is_proposed(regular):
    ran = regular("ring", "--json", "--customer", "12", stdin="\n12\n+\n\n")
    assert [one["did"] for one in ran.documents] == ["added", "paid"]
