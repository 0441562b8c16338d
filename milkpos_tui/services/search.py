"""Search by words: the query for the index, and the order of the few it finds."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

WORDS_MAX = 6


class Ranked(NamedTuple):
    """A candidate of a search."""

    plu: int
    name: str


def match_queries(words: str) -> tuple[str, ...]:
    """FTS5 queries for words as typed, the likelier first: names that begin so, then any that have
    the words. Each word is a quoted prefix, so no character is an operator."""
    prefixes = [f'"{word}"*' for word in _words(words)[:WORDS_MAX]]
    if not prefixes:
        return ()
    anywhere = " AND ".join(prefixes)
    return (f"(name : ^{prefixes[0]}) AND ({anywhere})", anywhere)


def rank(words: str, found: Sequence[Ranked]) -> list[Ranked]:
    """The likeliest first: names that begin so; then the smallest PLU, as a shop gives the
    smallest to what it keys most."""
    typed = " ".join(_words(words))

    def unlikeliness(candidate: Ranked) -> tuple[bool, int]:
        return not candidate.name.casefold().startswith(typed), candidate.plu

    return sorted(found, key=unlikeliness)


def has_words(words: str, text: str) -> bool:
    """Whether each of the words begins a word of the text."""
    there, wanted = _words(text), _words(words)
    return bool(wanted) and all(any(word.startswith(typed) for word in there) for typed in wanted)


def _words(text: str) -> list[str]:
    """Letters, digits and their marks, as the index's tokenizer splits them."""
    return "".join(
        char if unicodedata.category(char)[0] in "LNM" else " " for char in text.casefold()
    ).split()
