"""An entry: its fields, its canonical bytes, its hash."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, cast

Body = Mapping[str, "Value"]
"""What an entry says: names in ASCII; text in NFC, integers below 2^53, lists and bodies."""
Value = str | int | bool | None | Sequence["Value"] | Body

HASH_TAG = b"milkpos/entry/1\n"
FIRST_PREV = bytes(32)
INTEGER_LIMIT = 2**53


class Entry(NamedTuple):
    """One fact. `at` is UTC milliseconds, `mono` monotonic milliseconds since `boot` began, so
    that a clock that jumps is seen. (node, epoch, seq) orders entries; time never does."""

    node: str
    epoch: int
    seq: int
    at: int
    boot: str
    mono: int
    kind: str
    actor: str
    approver: str
    session: str
    object: str
    body: Body


_JSON = json.JSONEncoder(
    ensure_ascii=False,
    check_circular=False,  # a body is a tree
    sort_keys=True,
    separators=(",", ":"),
)

FIELDS = frozenset(Entry._fields)
_NUMBERS = frozenset({"epoch", "seq", "at", "mono"})
_KINDS = {name: int if name in _NUMBERS else dict if name == "body" else str for name in FIELDS}


def canonical(entry: Entry) -> bytes:
    """The bytes that are hashed and stored: JSON in UTF-8 NFC, keys sorted, no spaces.

    Raises ValueError for what has no canonical form: floats, integers from 2^53, text not in NFC.
    """
    fields: dict[str, Value] = entry._asdict()
    _check(fields)
    return _JSON.encode(fields).encode()


def parse(content: bytes) -> Entry:
    """The entry that canonical bytes say. Raises ValueError for other bytes."""
    try:
        fields = json.loads(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(fields, dict) or fields.keys() != FIELDS:
        raise ValueError("the fields are not those of an entry")
    for name, kind in _KINDS.items():
        if type(fields[name]) is not kind:
            raise ValueError(f"the field {name} is not what an entry has there")
    entry = Entry(**fields)
    if canonical(entry) != content:
        raise ValueError("the bytes are not in canonical form")
    return entry


def chained(prev: bytes, content: bytes) -> bytes:
    """The hash of an entry's bytes behind the hash of the entry before it."""
    return hashlib.sha256(HASH_TAG + prev + content).digest()


def _check(fields: dict[str, Value]) -> None:
    """Walk all values; plain ASCII texts, the most of them, cost one look."""
    waiting: list[Value] = [fields]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            _check_names(value)
            inner: Iterable[Value] = value.values()
        else:
            inner = cast("Sequence[Value]", value)
        for one in inner:
            kind = type(one)
            if kind is int:
                if not -INTEGER_LIMIT < one < INTEGER_LIMIT:  # type: ignore[operator]  # its kind says so
                    raise ValueError(f"{one} is no integer below 2^53")
            elif isinstance(one, str):
                if not one.isascii() and not unicodedata.is_normalized("NFC", one):
                    raise ValueError("text in an entry must be in Unicode form NFC")
            elif isinstance(one, dict | list | tuple):
                waiting.append(one)
            elif one is not None and kind is not bool:
                raise ValueError(f"{kind.__name__} has no canonical form")


def _check_names(body: dict[str, Value]) -> None:
    try:
        ascii_only = "".join(body).isascii()
    except TypeError:
        ascii_only = False
    if not ascii_only:
        raise ValueError(f"a name in {', '.join(map(repr, body))} is not ASCII")
