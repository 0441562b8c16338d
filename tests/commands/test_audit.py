"""`milkpos audit verify`: whatever is done to the books behind the till's back is named."""

import shutil

import pytest

from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.home import Home
from tests.commands.driving import run, running, writing
from tests.commands.tampering import drop, forge, tamper
from tests.support.days import sell
from tests.support.tills import OWNER, open_sample_till

GOOD, TAMPERED, CUT, UNANCHORED, UNREADABLE = range(5)
NEW = 10  # the entries of a new till with its items and an open shift
ENTRIES = NEW + 5  # three bills, a return and a reprint
FIRST_BILL, SECOND_BILL, THIRD_BILL, RETURN, REPRINT = range(NEW + 1, ENTRIES + 1)


@pytest.fixture(scope="session")
def _traded(tmp_path_factory, _founded_on_sunday):
    home = Home(
        shutil.copytree(_founded_on_sunday.path, tmp_path_factory.mktemp("traded") / "till")
    )
    with open_sample_till(home) as till:
        for keys in (("3*12", "110", "+600"), ("2*40", "+/"), ("70", "+*")):
            sell(till, "1", OWNER, *keys)
        till.billing.take_back("1/2627/1", {1: 1000}, "sour", TenderKind.CASH, "1", OWNER)
        till.billing.reprint("1/2627/2", OWNER)
    return home


@pytest.fixture
def home(tmp_path, _traded):
    """The home after a morning: three bills, a part of one returned, one printed again."""
    return Home(shutil.copytree(_traded.path, tmp_path / "till"))


@pytest.fixture
def books(home):
    """The same, where it is not the command's home but what is tampered with."""
    return home


@pytest.fixture
def verify(milkpos, books):
    """The verdict: its exit code, and what `--json` says."""

    def call(*options):
        ran = milkpos("audit", "verify", *options, "--json", pin=None, operator=None)
        assert ran.err == ""
        verdict = ran.json
        names = {"result", "entries", "first_bad", "unanchored_bills", "head"}
        assert verdict.keys() == names
        return ran.code, verdict

    return call


def first_bad(found, code):
    """The first bad thing that a verdict names."""
    exit_code, verdict = found
    results = ("good", "tampered", "cut", "unanchored", "unreadable")
    assert (exit_code, verdict["result"]) == (code, results[code]), verdict
    bad = verdict["first_bad"]
    assert bad.keys() >= {"node", "epoch", "seq", "reason"}
    return bad


def of(seq):
    """An entry in SQL."""
    return f"FROM entry WHERE seq = {seq}"


def content(seq, old, new):
    """SQL that puts another text into an entry's content."""
    text = f"replace(CAST(content AS TEXT), '{old}', '{new}')"
    return f"UPDATE entry SET content = CAST({text} AS BLOB) WHERE seq = {seq}"


# --- good ------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [(), ("--rebuild",)], ids=["plain", "rebuilt"])
def test_whole_books(verify, books, options):
    code, verdict = verify(*options)
    anchored = books.anchor.read_text().split()
    assert (code, verdict) == (
        GOOD,
        {
            "result": "good",
            "entries": ENTRIES,
            "first_bad": None,
            "unanchored_bills": 0,
            "head": anchored[2],
        },
    )
    assert int(anchored[1]) == ENTRIES


def test_in_words(milkpos, books):
    assert milkpos("audit", "verify").lines == [f"good: {ENTRIES} entries"]
    tamper(books, content(SECOND_BILL, "15", "14"))
    ran = milkpos("audit", "verify")
    assert ran.code == TAMPERED
    assert ran.out.startswith(f"tampered: entry {SECOND_BILL} of node ")


def test_a_till_that_sold_nothing(shop):
    assert run("audit", "verify", "--rebuild", home=shop).lines == [f"good: {NEW} entries"]


def test_verifying_changes_nothing(milkpos, books):
    files = [path for path in books.path.rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    assert milkpos("audit", "verify", "--rebuild").code == GOOD
    assert {path: path.read_bytes() for path in files} == before


# --- an entry was changed --------------------------------------------------------------------

CHANGED = {  # SQL, the entry that is named, and words of the reason
    "content": (
        content(SECOND_BILL, '"total_paise":1500', '"total_paise":1400'),
        SECOND_BILL,
        "content",
    ),
    "content, one space": (content(SECOND_BILL, '"body":', '"body": '), SECOND_BILL, "content"),
    "actor": (content(REPRINT, '"actor":"asha"', '"actor":"ravi"'), REPRINT, "content"),
    "time": (content(FIRST_BILL, '"at":1', '"at":2'), FIRST_BILL, "content"),
    "hash": (
        f"UPDATE entry SET hash = zeroblob(32) WHERE seq = {THIRD_BILL}",
        THIRD_BILL,
        "content",
    ),
    "prev": (f"UPDATE entry SET prev = zeroblob(32) WHERE seq = {THIRD_BILL}", THIRD_BILL, "chain"),
    "signature": (
        f"UPDATE entry SET signature = zeroblob(64) WHERE seq = {THIRD_BILL}",
        THIRD_BILL,
        "signature",
    ),
    "signature, short": (
        f"UPDATE entry SET signature = x'00' WHERE seq = {RETURN}",
        RETURN,
        "signature",
    ),
    "another's signature": (
        f"UPDATE entry SET signature = (SELECT signature {of(RETURN)}) WHERE seq = {REPRINT}",
        REPRINT,
        "signature",
    ),
    "kind column": (
        f"UPDATE entry SET kind = 'draft.dropped' WHERE seq = {SECOND_BILL}",
        SECOND_BILL,
        "columns",
    ),
    "time column": (f"UPDATE entry SET at = at + 1 WHERE seq = {RETURN}", RETURN, "columns"),
    "epoch column": (f"UPDATE entry SET epoch = 2 WHERE seq = {REPRINT}", REPRINT, "missing"),
    "a middle one deleted": (f"DELETE {of(SECOND_BILL)}", THIRD_BILL, "missing"),
    "the first deleted": (f"DELETE {of(1)}", 2, "missing"),
    "no content": (f"UPDATE entry SET content = x'' WHERE seq = {RETURN}", RETURN, "content"),
    "garbage": (f"UPDATE entry SET content = x'ff00fe' WHERE seq = {RETURN}", RETURN, "content"),
}


@pytest.mark.parametrize(("sql", "seq", "reason"), CHANGED.values(), ids=CHANGED)
def test_a_changed_entry_is_named(verify, books, sql, seq, reason):
    tamper(books, sql)
    bad = first_bad(verify(), TAMPERED)
    node = books.node_identity.read_text().split()[0]
    assert (bad["node"], bad["seq"]) == (node, seq)
    assert reason in bad["reason"]


def test_the_entries_before_it_are_counted_and_a_rebuild_finds_it_as_well(verify, books):
    tamper(books, CHANGED["content"][0])
    assert verify() == verify("--rebuild")
    assert verify()[1]["entries"] == SECOND_BILL - 1


def test_a_changed_entry_whose_hash_was_mended_breaks_the_next(verify, books):
    """Who knows how the hash is made, but has no key, is found by the signature."""
    tamper(books, content(SECOND_BILL, '"total_paise":1500', '"total_paise":1400'))
    assert "content" in first_bad(verify(), TAMPERED)["reason"]
    forge(books, bytes(32), total_paise=14_00)
    bad = first_bad(verify(), TAMPERED)
    assert (bad["seq"], "signature" in bad["reason"]) == (1, True)


def test_all_rewritten_with_another_key(verify, books):
    forge(books, b"k" * 32, total_paise=1_00)
    bad = first_bad(verify(), TAMPERED)
    assert bad["seq"] == 1
    assert "key" in bad["reason"]


def test_an_entry_that_goes_on_behind_the_head(verify, books):
    columns = "node, epoch, seq, at, kind, content, prev, hash, signature"
    again = columns.replace("seq", "seq + 1").replace("prev, hash", "hash, prev")
    tamper(books, f"INSERT INTO entry ({columns}) SELECT {again} {of(ENTRIES)}")
    assert first_bad(verify(), TAMPERED)["seq"] == ENTRIES + 1


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("UPDATE head SET hash = zeroblob(32)", "head"),
        ("UPDATE head SET seq = seq - 1", "head"),
        ("DELETE FROM head", "head"),
    ],
    ids=["hash", "seq", "gone"],
)
def test_the_head_was_changed(verify, books, sql, reason):
    tamper(books, sql)
    assert reason in first_bad(verify(), TAMPERED)["reason"]


# --- a row was changed: only a rebuild finds it ------------------------------------------------

ROWS = {  # SQL, the table, and what of it is named
    "bill": ("UPDATE bill SET total_paise = 1400 WHERE number = '1/2627/2'", "bill", "total_paise"),
    "bill, operator": (
        "UPDATE bill SET operator = 'ravi' WHERE number = '1/2627/1'",
        "bill",
        "operator",
    ),
    "line": ("UPDATE bill_line SET qty_milli = 1000 WHERE plu = 40", "bill_line", "qty_milli"),
    "tender": ("UPDATE bill_tender SET kind = 'cash' WHERE kind = 'upi'", "bill_tender", "kind"),
    "copy": ("UPDATE bill_copy SET at = 0", "bill_copy", "at"),
    "series": ("UPDATE series SET last = 2 WHERE series = ''", "series", "last"),
    "price": ("UPDATE product SET price_paise = 1 WHERE plu = 12", "product", "price_paise"),
    "barcode": ("UPDATE barcode SET plu = 12", "barcode", "plu"),
    "operator": ("UPDATE operator SET role = 'auditor'", "operator", "role"),
    "shop": ("UPDATE shop SET gstin = '27AAPFU0939F1ZV'", "shop", "gstin"),
    "counter": ("UPDATE counter SET name = 'x'", "counter", "name"),
    "node": ("UPDATE node SET public_key = zeroblob(32)", "node", "public_key"),
    "a row less": ("DELETE FROM bill_copy", "bill_copy", "is missing"),
    "a row more": ("INSERT INTO counter VALUES ('9', 'nine')", "counter", "is in no entry"),
    "a bill less": ("DELETE FROM bill WHERE number = '1/2627/3'", "bill", "is missing"),
    "a product less": ("DELETE FROM product WHERE plu = 40", "product", "row 40"),
}


@pytest.mark.parametrize(("sql", "table", "what"), ROWS.values(), ids=ROWS)
def test_a_changed_row_is_found_by_a_rebuild(verify, books, sql, table, what):
    tamper(books, sql)
    assert verify()[0] == GOOD
    bad = first_bad(verify("--rebuild"), TAMPERED)
    assert bad["table"] == table
    assert "row " in bad["reason"]
    assert f" of {table}" in bad["reason"]
    assert what in bad["reason"]


def test_the_row_is_named_by_its_key(verify, books, milkpos):
    tamper(books, ROWS["line"][0])
    reason = first_bad(verify("--rebuild"), TAMPERED)["reason"]
    assert reason.endswith("/1 of bill_line: qty_milli is not what the journal says")
    ran = milkpos("audit", "verify", "--rebuild")
    assert (ran.code, ran.out) == (TAMPERED, f"tampered: {reason}\n")


# --- the database's own rules ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("DROP TRIGGER entry_no_update", "entry_no_update"),
        ("DROP TRIGGER bill_balances", "bill_balances"),
        ("DROP INDEX draft_open", "draft_open"),
        ("CREATE TRIGGER extra AFTER INSERT ON bill BEGIN SELECT 1; END", "extra"),
        ("CREATE TABLE extra (x)", "extra"),
    ],
    ids=lambda value: value[:28],
)
def test_a_changed_rule_is_found_by_a_rebuild(verify, books, sql, name):
    drop(books, sql)
    assert verify()[0] == GOOD
    bad = first_bad(verify("--rebuild"), TAMPERED)
    assert name in bad["reason"]


def test_a_rule_made_weaker_is_found_by_a_rebuild(verify, books):
    weak = "CREATE TRIGGER bill_no_update BEFORE UPDATE ON bill WHEN 0 BEGIN SELECT 1; END"
    drop(books, "DROP TRIGGER bill_no_update", weak)
    assert "bill_no_update" in first_bad(verify("--rebuild"), TAMPERED)["reason"]


# --- the tail ----------------------------------------------------------------------------------

TAIL = f"DELETE FROM entry WHERE seq >= {RETURN}"
MEND = f"UPDATE head SET (seq, hash) = (SELECT seq, hash {of(THIRD_BILL)})"
ROWS_OF_TAIL = (
    "DELETE FROM bill_copy",
    "DELETE FROM bill_line WHERE bill IN (SELECT id FROM bill WHERE kind = 'credit_note')",
    "DELETE FROM bill_tender WHERE bill IN (SELECT id FROM bill WHERE kind = 'credit_note')",
    "DELETE FROM bill WHERE kind = 'credit_note'",
    "DELETE FROM series WHERE series = '-R'",
)


@pytest.mark.parametrize(
    "more", [(), (MEND,), (MEND, *ROWS_OF_TAIL)], ids=["bare", "mended", "neat"]
)
@pytest.mark.parametrize("options", [(), ("--rebuild",)], ids=["plain", "rebuilt"])
def test_a_tail_that_was_deleted(verify, books, more, options):
    tamper(books, TAIL, *more)
    bad = first_bad(verify(*options), CUT)
    assert bad["seq"] == RETURN
    assert f"entry {THIRD_BILL}" in bad["reason"]
    assert f"entry {ENTRIES}" in bad["reason"]


@pytest.mark.parametrize("bills", [1, 2, 4])
def test_a_tail_that_was_deleted_stays_told_when_selling_goes_on(verify, books, milkpos, bills):
    """The anchor is the one witness: no later sale may write over it."""
    tamper(books, TAIL, MEND, *ROWS_OF_TAIL)
    assert milkpos("ring", stdin="12\n+\n" * bills).code == 0
    assert verify()[0] in (TAMPERED, CUT)


def test_everything_deleted(verify, books):
    tamper(books, "DELETE FROM entry", "DELETE FROM head")
    assert verify()[0] == CUT
    books.anchor.unlink()
    assert verify()[0] == CUT


def test_an_old_copy_of_the_database_put_back(verify, books, milkpos, tmp_path):
    old = tmp_path / "old.db"
    shutil.copy(books.database, old)
    assert milkpos("ring", stdin="12\n+\n").code == 0
    shutil.copy(old, books.database)
    bad = first_bad(verify(), CUT)
    assert bad["seq"] == ENTRIES + 1


# --- the anchor --------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [(), ("--rebuild",)], ids=["plain", "rebuilt"])
@pytest.mark.parametrize(
    "left", [None, b"", b"\xff\xfe", b"1 2 x\n"], ids=["gone", "empty", "bytes", "words"]
)
def test_the_anchor_is_gone(verify, books, options, left):
    books.anchor.unlink()
    if left is not None:
        books.anchor.write_bytes(left)
    code, verdict = verify(*options)
    assert (code, verdict["result"], verdict["entries"]) == (UNANCHORED, "unanchored", ENTRIES)
    assert verdict["first_bad"] is None


def test_tampering_is_told_before_a_missing_anchor(verify, books):
    tamper(books, content(SECOND_BILL, "1500", "1400"))
    books.anchor.unlink()
    assert verify()[0] == TAMPERED


def test_an_anchor_of_another_journal(verify, books):
    text = books.anchor.read_text()
    books.anchor.write_text(text[:-65] + "0" * 64 + "\n")
    assert "anchor" in first_bad(verify(), TAMPERED)["reason"]


def test_an_anchor_that_lags_behind_after_a_power_cut(verify, books, milkpos):
    lagging = books.anchor.read_bytes()
    assert milkpos("ring", stdin="12\n+\n40\n+\n31\n-\n").code == 0
    books.anchor.write_bytes(lagging)
    code, verdict = verify("--rebuild")
    assert (code, verdict["entries"], verdict["unanchored_bills"]) == (GOOD, ENTRIES + 3, 2)


# --- what can't be read ------------------------------------------------------------------------


def test_a_home_that_is_not_there(milkpos, tmp_path):
    ran = milkpos("audit", "verify", "--json", home=tmp_path / "nowhere")
    assert (ran.code, ran.json["result"]) == (UNREADABLE, "unreadable")
    assert str(tmp_path / "nowhere") in ran.json["first_bad"]["reason"]


@pytest.mark.parametrize("rebuild", [(), ("--rebuild",)], ids=["plain", "rebuilt"])
@pytest.mark.parametrize(
    "garbage",
    [b"", b"not a database" * 1000, b"SQLite format 3\0" + b"\xa5" * 8176],
    ids=["empty", "text", "a header"],
)
def test_a_garbage_file(verify, books, garbage, rebuild):
    for path in books.path.glob("till.db*"):
        path.unlink()
    books.database.write_bytes(garbage)
    bad = first_bad(verify(*rebuild), UNREADABLE)
    assert "database" in bad["reason"]


def test_no_database(verify, books):
    for path in books.path.glob("till.db*"):
        path.unlink()
    first_bad(verify(), UNREADABLE)
    assert not books.database.exists()


@pytest.mark.parametrize("left", [None, "", "one", "one xyz", "one ab two"], ids=str)
def test_no_key_to_verify_by(verify, books, left):
    books.node_identity.unlink()
    if left is not None:
        books.node_identity.write_text(left)
    bad = first_bad(verify(), UNREADABLE)
    assert str(books.node_identity) in bad["reason"]


def test_the_private_key_is_not_needed_to_verify(verify, books):
    """An auditor gets the database, the anchor and the public key."""
    books.node_key.unlink()
    books.pepper.unlink()
    assert verify("--rebuild")[0] == GOOD


def test_another_node_s_key(verify, books):
    node = books.node_identity.read_text().split()[0]
    books.node_identity.write_text(f"{node} {'ab' * 32}\n")
    bad = first_bad(verify(), TAMPERED)
    assert (bad["seq"], "key" in bad["reason"]) == (1, True)


# --- while others are at work --------------------------------------------------------------------


def test_while_another_process_holds_the_till_open(shop):
    with running("ring", home=shop) as till:
        for key, options, bills in (("12", (), 0), ("+", (), 1), ("40", ("--rebuild",), 1)):
            till.stdin.write(f"{key}\n")
            till.stdout.readline()
            ran = run("audit", "verify", *options, "--json", home=shop)
            assert (ran.code, ran.json["entries"]) == (GOOD, NEW + bills)


def test_while_another_process_writes(verify, books):
    with writing(books):
        assert verify("--rebuild")[0] == GOOD
