"""The canonical bytes of an entry, and the chain. Golden: what is stored must read the same for
ever, and another program must be able to work the hashes out."""

import hashlib
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milkpos_tui.journal.entry import (
    FIRST_PREV,
    HASH_TAG,
    INTEGER_LIMIT,
    Entry,
    canonical,
    chained,
    parse,
)

ENTRY = Entry(
    node="0192f0c1-2b3c-7d4e-8f50-617283940a1b",
    epoch=1,
    seq=42,
    at=1795397400000,
    boot="9d3c5a52-7c0c-4b7e-9d7c-0e4c6a1b2c3d",
    mono=86400000,
    kind="product.added",
    actor="asha",
    approver="",
    session="ssh 192.168.1.7",
    object="12",
    body={"price_paise": 6200, "name": "गाय का दूध ₹", "mrp_paise": None, "barcodes": ["a", "b"]},
)
GOLDEN = (
    '{"actor":"asha","approver":"","at":1795397400000,'
    '"body":{"barcodes":["a","b"],"mrp_paise":null,"name":"गाय का दूध ₹","price_paise":6200},'
    '"boot":"9d3c5a52-7c0c-4b7e-9d7c-0e4c6a1b2c3d","epoch":1,"kind":"product.added",'
    '"mono":86400000,"node":"0192f0c1-2b3c-7d4e-8f50-617283940a1b","object":"12","seq":42,'
    '"session":"ssh 192.168.1.7"}'
).encode()
# printf 'milkpos/entry/1\n' + 32 zero bytes + GOLDEN, through sha256sum; then the same behind it.
GOLDEN_HASH = "b5e9f87f0a93e0b94ea544123ec405387e04dbe5a6e753b16501504368b6169c"
GOLDEN_HASH_BEHIND = "04fb53873a248e724898d0fc014785ce7501c26d1e0505f9b9d2afe3835f10e2"


def saying(**body):
    return ENTRY._replace(body=body)


# --- the golden entry ---------------------------------------------------------------------------


def test_golden_bytes():
    assert canonical(ENTRY) == GOLDEN


def test_golden_entry():
    assert parse(GOLDEN) == ENTRY


def test_golden_chain():
    first = chained(FIRST_PREV, GOLDEN)
    assert first.hex() == GOLDEN_HASH
    assert chained(first, GOLDEN).hex() == GOLDEN_HASH_BEHIND


def test_the_hash_covers_the_tag_the_hash_before_and_every_byte():
    assert chained(bytes(32), b"x") == hashlib.sha256(HASH_TAG + bytes(32) + b"x").digest()
    assert chained(b"\1" + bytes(31), b"x") != chained(bytes(32), b"x")
    assert chained(bytes(32), b"y") != chained(bytes(32), b"x")


# --- what has a canonical form ------------------------------------------------------------------


def test_the_order_in_which_a_body_was_made_does_not_count():
    one = saying(a=1, b={"c": 1, "d": 2})
    other = saying(b={"d": 2, "c": 1}, a=1)
    assert canonical(one) == canonical(other)


def test_a_tuple_is_a_list():
    assert canonical(saying(x=(1, ("a", None)))) == canonical(saying(x=[1, ["a", None]]))
    with pytest.raises(ValueError, match="float"):
        canonical(saying(x=(1, (0.5,))))


@pytest.mark.parametrize("number", [0, -1, INTEGER_LIMIT - 1, 1 - INTEGER_LIMIT])
def test_integers_that_every_json_reader_keeps(number):
    assert parse(canonical(saying(n=number))).body == {"n": number}


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        INTEGER_LIMIT,
        -INTEGER_LIMIT,
        b"bytes",
        bytearray(b"bytes"),
        {1, 2},
        1j,
        "गा\ud800",
    ],
    ids=repr,
)
def test_what_has_no_canonical_form(value):
    for body in ({"x": value}, {"x": [value]}, {"x": {"y": [{"z": value}]}}):
        with pytest.raises(ValueError):  # noqa: PT011 -- one of several, all of them refusals
            canonical(saying(**body))


@pytest.mark.parametrize("field", ["at", "seq", "mono"])
def test_the_fields_are_bound_by_the_same_rules(field):
    with pytest.raises(ValueError, match="canonical form"):
        canonical(ENTRY._replace(**{field: 1.5}))
    with pytest.raises(ValueError, match="2\\^53"):
        canonical(ENTRY._replace(**{field: INTEGER_LIMIT}))


@pytest.mark.parametrize("name", ["naïve", "नाम", 7, None])
def test_names_are_ascii(name):
    with pytest.raises(ValueError, match="ASCII"):
        canonical(ENTRY._replace(body={name: 1}))


@pytest.mark.parametrize(
    ("nfc", "other"),
    [
        ("\u00e9", "e\u0301"),  # e with an acute accent
        ("\u00c5", "\u212b"),  # the letter, and the sign for angstrom
        ("\u0915\u093c", "\u0958"),  # Devanagari qa, which NFC keeps apart
        ("\u09cb", "\u09c7\u09be"),  # Bengali o, which it puts together
    ],
    ids=ascii,
)
def test_text_is_in_nfc(nfc, other):
    canonical(ENTRY._replace(session=nfc, body={"name": nfc}))
    for entry in (saying(name=other), saying(names=[other]), ENTRY._replace(session=other)):
        with pytest.raises(ValueError, match="NFC"):
            canonical(entry)


# --- reading ------------------------------------------------------------------------------------


def spelt(change):
    return change(GOLDEN.decode()).encode()


@pytest.mark.parametrize(
    "content",
    [
        spelt(lambda text: text.replace(",", ", ")),
        spelt(lambda text: text.replace('"seq":42', '"seq":42.0')),
        spelt(lambda text: text.replace('"seq":42', '"seq":4.2e1')),
        spelt(lambda text: text.replace('"seq":42', '"seq":-0')),
        spelt(lambda text: text.replace('"seq":42', f'"seq":{2**53}')),
        spelt(lambda text: text.replace('"seq":42', f'"seq":{"9" * 5000}')),
        spelt(lambda text: text.replace('"seq":42', '"seq":NaN')),
        spelt(lambda text: text.replace('"seq":42', '"seq":41,"seq":42')),
        spelt(lambda text: text.replace("गाय", "\\u0917\\u093e\\u092f")),
        spelt(lambda text: text.replace("asha", "as\\u0068a")),
        spelt(lambda text: text.replace("asha", "asha\n")),
        spelt(lambda text: text.replace('"actor":"asha",', "")),
        spelt(lambda text: text.replace("{", '{"aaa":1,', 1)),
        spelt(lambda text: f" {text}"),
        spelt(lambda text: f"{text}\n"),
        spelt(lambda text: f"{text}{text}"),
        spelt(lambda text: f"[{text}]"),
        spelt(lambda text: text[:-1]),
        spelt(lambda text: text.replace("asha", "a\u0301sha")),
        json.dumps(json.loads(GOLDEN)).encode(),
        b"\xef\xbb\xbf" + GOLDEN,
        GOLDEN.decode().encode("utf-16"),
        GOLDEN[:-30] + b"\xff" + GOLDEN[-29:],
        b"",
        b"null",
        b"{}",
        b"[]",
        b"7",
    ],
)
def test_other_bytes_are_no_entry(content):
    with pytest.raises(ValueError):  # noqa: PT011 -- of the JSON reader, of UTF-8, or ours
        parse(content)


# No control characters: text is cleaned of them at the door, and a mark behind one would compose
# with the last letter of its escape.
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc")),
    max_size=20,
).map(lambda text: unicodedata.normalize("NFC", text))
NUMBERS = st.integers(1 - INTEGER_LIMIT, INTEGER_LIMIT - 1)
NAMES = st.text(st.characters(max_codepoint=126, min_codepoint=32), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
ENTRIES = st.builds(
    Entry,
    node=TEXT,
    epoch=NUMBERS,
    seq=NUMBERS,
    at=NUMBERS,
    boot=TEXT,
    mono=NUMBERS,
    kind=TEXT,
    actor=TEXT,
    approver=TEXT,
    session=TEXT,
    object=TEXT,
    body=st.dictionaries(NAMES, VALUES, max_size=5),
)


@given(ENTRIES)
def test_parse_is_the_inverse(entry):
    content = canonical(entry)
    assert parse(content) == entry
    assert canonical(parse(content)) == content


@given(ENTRIES)
def test_canonical_bytes_are_plain_json(entry):
    # What an auditor's own program reads: sorted, compact, UTF-8 in NFC.
    text = canonical(entry).decode()
    assert unicodedata.is_normalized("NFC", text)
    compact = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}
    assert json.dumps(json.loads(text), **compact) == text
