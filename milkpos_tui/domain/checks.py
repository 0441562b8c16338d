"""How a thing of the shop stands when somebody looks: ok, worth a warning, or missing."""

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """How a thing stands."""

    OK = "ok"
    WARN = "warn"
    MISSING = "missing"


class Check(NamedTuple):
    """One thing that was looked at, and words for people."""

    name: str
    state: State
    words: str
