"""`milkpos audit export`: the journal for an auditor's own tools."""

import hashlib
import json

from nacl.signing import VerifyKey

from tests.commands.driving import REFUSED

FIRST_PREV = "00" * 32


def test_an_auditor_s_own_tools_verify_it(milkpos, ring, home):
    ring("3*12", "+500")
    lines = milkpos("audit", "export").lines
    key = VerifyKey(bytes.fromhex(home.node_identity.read_text().split()[1]))
    prev = FIRST_PREV
    for number, line in enumerate(lines, 1):
        sealed = json.loads(line)
        content = json.dumps(
            sealed["entry"], ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()
        assert (sealed["entry"]["seq"], sealed["prev"]) == (number, prev)
        digest = hashlib.sha256(b"milkpos/entry/1\n" + bytes.fromhex(prev) + content).digest()
        assert digest.hex() == sealed["hash"]
        key.verify(digest, bytes.fromhex(sealed["signature"]))
        prev = sealed["hash"]
    assert json.loads(lines[-1])["entry"]["kind"] == "bill.paid"
    assert number == milkpos("audit", "verify", "--json").json["entries"]


def test_from_an_entry_on(milkpos):
    whole = milkpos("audit", "export").lines
    assert milkpos("audit", "export", "--first", "3").lines == whole[2:]
    assert milkpos("audit", "export", "--first", "999999").lines == []


def test_a_cashier_takes_no_books_out(milkpos):
    new = {"MILKPOS_NEW_PIN": "271828"}
    milkpos("user", "add", "ravi", "--name", "Ravi", "--role", "cashier", env=new)
    ran = milkpos("audit", "export", "--as", "ravi", "--json", pin="271828")
    assert (ran.code, ran.out, ran.error["code"]) == (REFUSED, "", "not-allowed")


def test_over_pages(milkpos, monkeypatch):
    whole = milkpos("audit", "export").lines
    monkeypatch.setattr("milkpos_tui.services.books.PAGE", 2)
    assert milkpos("audit", "export").lines == whole
