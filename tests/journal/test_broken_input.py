"""What a power cut can leave in a file, what others can send, and how append must be called."""

import pytest

from milkpos_tui.domain.errors import NotWhole
from milkpos_tui.journal.anchor import read_anchor
from milkpos_tui.journal.entry import Entry, canonical, parse
from milkpos_tui.journal.keys import read_key
from milkpos_tui.journal.kinds import Kind
from tests.support.tills import OWNER

ENTRY = Entry("n", 1, 1, 0, "b", 0, "k", "a", "", "", "o", {})


# what a power cut can leave in a file
def test_a_key_of_garbage_is_broken(tmp_path):
    (tmp_path / "key").write_bytes(b"\xff\xfe\0" * 20)
    with pytest.raises(NotWhole):
        read_key(tmp_path / "key")


@pytest.mark.parametrize("text", ["1 2 abcd", "-1 2 " + "ab" * 32])
def test_a_cut_anchor_is_none(tmp_path, text):
    (tmp_path / "anchor").write_text(text)
    assert read_anchor(tmp_path / "anchor") is None


# append outside a transaction; a transaction within one
def test_append_needs_a_transaction(till):
    with pytest.raises(AssertionError):
        till.journal.append(Kind.COUNTER_ADDED, "2", {"code": "2", "name": "2"}, OWNER)


def test_a_transaction_is_no_part_of_another(till):
    with till.journal.transaction(), pytest.raises(AssertionError), till.journal.transaction():
        pass


# entries that others send
def test_deep_bytes_are_no_entry():
    with pytest.raises(ValueError, match="deep"):
        parse(b"[" * 100_000)


@pytest.mark.parametrize("field", [{"node": 5}, {"epoch": "x"}, {"seq": True}, {"body": [1]}])
def test_fields_have_their_types(field):
    with pytest.raises(ValueError, match=r"field|list|value|integer"):
        parse(canonical(ENTRY._replace(**field)))


def test_nfc_text_behind_a_control_character():
    canonical(ENTRY._replace(body={"text": "\n\u0303"}))
