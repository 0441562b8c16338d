"""The node's key: a file for its owner alone, and signatures that others can verify."""

import os
from stat import S_IMODE

import pytest

from milkpos_tui.domain.errors import NotWhole, Unreachable
from milkpos_tui.journal.keys import NodeKey, make_key, read_key, verified

# RFC 8032, 7.1, test 1: the key and its signature over nothing.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
SIGNATURE = (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)
DIGEST = bytes(range(32))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "node.key"


def test_it_is_ed25519():
    key = NodeKey(SEED)
    assert key.public.hex() == PUBLIC
    assert key.sign(b"").hex() == SIGNATURE


@pytest.mark.parametrize("umask", [0, 0o022, 0o077], ids=oct)
def test_only_its_owner_can_read_it(path, umask):
    before = os.umask(umask)
    try:
        make_key(path)
    finally:
        os.umask(before)
    assert S_IMODE(path.stat().st_mode) == 0o600


def test_what_was_made_is_what_is_read(path):
    made = make_key(path)
    assert len(made.seed) == 32
    assert read_key(path).seed == made.seed
    assert read_key(path).public == made.public


def test_two_nodes_have_two_keys(tmp_path):
    assert make_key(tmp_path / "one").seed != make_key(tmp_path / "other").seed


def test_a_key_is_never_overwritten(path):
    made = make_key(path)
    with pytest.raises(FileExistsError):
        make_key(path)
    assert read_key(path).seed == made.seed


def test_a_missing_key(path):
    with pytest.raises(Unreachable, match=str(path)) as refused:
        read_key(path)
    assert refused.value.code == "key-missing"


@pytest.mark.parametrize(
    "text",
    ["", "\n", "no key", SEED.hex()[:-1], SEED.hex()[:-2], SEED.hex() + "00", "0x" + SEED.hex()],
    ids=repr,
)
def test_a_broken_key(path, text):
    path.write_text(text)
    with pytest.raises(NotWhole, match=str(path)) as refused:
        read_key(path)
    assert refused.value.code == "key-broken"


def test_a_signature_is_verified():
    key = NodeKey(SEED)
    assert verified(key.public, DIGEST, key.sign(DIGEST))


def test_another_s_signature_is_not(path):
    key, other = NodeKey(SEED), make_key(path)
    signature = key.sign(DIGEST)
    assert not verified(other.public, DIGEST, signature)
    assert not verified(key.public, DIGEST[::-1], signature)
    assert not verified(key.public, DIGEST, other.sign(DIGEST))
    for position in (0, 31, 32, 63):
        forged = bytearray(signature)
        forged[position] ^= 1
        assert not verified(key.public, DIGEST, bytes(forged))


@pytest.mark.parametrize(
    ("public", "signature"),
    [
        (b"", bytes(64)),
        (bytes(31), bytes(64)),
        (bytes.fromhex(PUBLIC), b""),
        (bytes.fromhex(PUBLIC), bytes(63)),
        (bytes.fromhex(PUBLIC), bytes(65)),
        (bytes(32), bytes(64)),
    ],
    ids=lambda value: f"{len(value)} bytes",
)
def test_what_is_no_signature_at_all_is_not_verified(public, signature):
    assert not verified(public, DIGEST, signature)
