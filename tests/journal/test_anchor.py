"""The file beside the database that knows the newest entry."""

from stat import S_IMODE

import pytest

from milkpos_tui.journal.anchor import Anchor, Anchored, read_anchor

HASH = bytes(range(32))
OTHER = bytes(range(32, 64))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.anchor"


@pytest.fixture
def anchor(path):
    anchor = Anchor(path)
    yield anchor
    anchor.close()


def test_what_was_written_is_read(anchor, path):
    anchor.write(1, 42, HASH)
    assert read_anchor(path) == Anchored(1, 42, HASH)


def test_golden(anchor, path):
    anchor.write(1, 42, HASH)
    assert path.read_text() == f"00000001 000000000042 {HASH.hex()}\n"


def test_only_its_owner_can_read_it(anchor, path):
    anchor.write(1, 42, HASH)
    assert S_IMODE(path.stat().st_mode) == 0o600


def test_the_newest_head_stands_where_the_older_one_stood(anchor, path):
    sizes = set()
    for seq in (1, 9, 10, 99_999, 999_999_999_999):
        anchor.write(1, seq, OTHER)
        anchor.write(1, seq, HASH)
        assert read_anchor(path) == Anchored(1, seq, HASH)
        sizes.add(path.stat().st_size)
    # One write of one length in place: no cut can leave half of the one and half of the other.
    assert len(sizes) == 1


def test_a_new_epoch_begins_at_a_smaller_number(anchor, path):
    anchor.write(1, 900, HASH)
    anchor.write(2, 1, OTHER)
    assert read_anchor(path) == Anchored(2, 1, OTHER)


def test_another_process_goes_on_with_the_same_file(anchor, path):
    anchor.write(1, 42, HASH)
    other = Anchor(path)
    other.write(1, 43, OTHER)
    other.close()
    assert read_anchor(path) == Anchored(1, 43, OTHER)
    anchor.write(1, 44, HASH)
    assert read_anchor(path) == Anchored(1, 44, HASH)


def test_it_can_be_closed_and_used_again(anchor, path):
    anchor.close()  # nothing was written yet, so nothing was opened
    assert not path.exists()
    anchor.write(1, 42, HASH)
    anchor.close()
    anchor.close()
    anchor.write(1, 43, HASH)
    assert read_anchor(path) == Anchored(1, 43, HASH)


def test_there_is_none_yet(path):
    assert read_anchor(path) is None


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"\0" * 87,
        b"\xff" * 87,
        b"1 2",
        b"1 2 3 4",
        b"one two " + HASH.hex().encode(),
        b"1 2 " + b"xy" * 32,
        b"1 2 " + HASH.hex().encode()[:-1],
    ],
    ids=repr,
)
def test_what_is_no_anchor(path, record):
    path.write_bytes(record)
    assert read_anchor(path) is None


def test_a_folder_is_no_anchor(tmp_path):
    assert read_anchor(tmp_path) is None
