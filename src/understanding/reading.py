"""Stretches of a query's words, and what the tables say of them."""

from dataclasses import dataclass

from src.understanding import tables
from src.understanding.tables import Intent
from src.understanding.tokens import Token


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of tokens, first to last, that a table knows."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    def overlaps(self, other: "Span") -> bool:
        return self.first <= other.last and other.first <= self.last


def keys_of(words: list[Token], span: Span) -> str:
    """The key of a stretch of words."""
    return " ".join(key for word in words[span.first : span.last + 1] for key in word.keys)


def stretches(words: list[Token], longest: int = 8) -> list[Span]:
    """Every stretch of words, the longest first, then from the left."""
    count = len(words)
    return [
        Span(first, first + size - 1)
        for size in range(min(longest, count), 0, -1)
        for first in range(count - size + 1)
    ]


def phrases(words: list[Token], taken: list[Span]) -> list[Span]:
    """Stretches of several words that have synonyms: department of homeland security."""
    found: list[Span] = []
    for span in stretches(words, 6):
        is_known = len(span) > 1 and keys_of(words, span) in tables.synonyms()
        if is_known and not any(span.overlaps(other) for other in (*taken, *found)):
            found.append(span)
    return found


def intents(words: list[Token], taken: list[Span]) -> dict[Span, Intent]:
    """What stretches of words ask for, where no span taken already has them."""
    table = tables.intents()
    found: dict[Span, Intent] = {}
    for span in stretches(words, 5):
        intent = table.get(keys_of(words, span))
        if intent and not any(span.overlaps(other) for other in (*taken, *found)):
            found[span] = intent
    return found
