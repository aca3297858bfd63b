"""The occupations of a query, whatever language or everyday name they are written in."""

import functools
from typing import NamedTuple

from src.understanding import tables
from src.understanding.folding import key
from src.understanding.reading import Span, keys_of, stretches
from src.understanding.tokens import Token, is_cjk

# Longer words are no titles.
LONGEST_COMPOUND = 40
_JOINTS = ("", "s", "n", "en", "e", "es")
# Words of the glossary that are English words too.
_SHARED = tables.words("shared_words")
_SMALL = tables.words("small_words")


class Role(NamedTuple):
    """The occupations a stretch of words names."""

    span: Span
    occupations: tuple[str, ...]


def named(words: list[Token], taken: list[Span], *, least: int) -> list[Role]:
    """Stretches of at least `least` keys that are titles, the longest first.

    What is an occupation only as a whole title counts with two words, or at the end.
    """
    found: list[Role] = []
    for span in stretches(words):
        phrase = keys_of(words, span)
        occupations, is_whole = tables.titles().get(phrase, ((), False))
        size = phrase.count(" ") + 1
        if not occupations or size < least:
            continue
        if is_whole and size == 1 and not _ends(words, span, taken):
            continue
        if not any(span.overlaps(other) for other in (*taken, *(r.span for r in found))):
            found.append(Role(span, occupations))
    return found


def _ends(words: list[Token], span: Span, taken: list[Span]) -> bool:
    return span.last == len(words) - 1 or any(other.first == span.last + 1 for other in taken)


def whole(words: list[Token], span: Span) -> Role | None:
    """The occupation that all of these words together name."""
    occupations, _ = tables.titles().get(keys_of(words, span), ((), False))
    return Role(span, occupations) if occupations else None


def translated(words: list[Token], span: Span) -> Role | None:
    """The occupation of words in another language, by their English, in this or another order."""
    english = [
        each
        for word in words[span.first : span.last + 1]
        if not (len(word.keys) == 1 and word.keys[0] in _SMALL)
        for each in (in_english(word, words) or word.text,)
    ]
    orders = [english, english[::-1]]
    if len(english) > 2:
        orders += [english[1:] + english[:1], english[-2:], english[:2][::-1], english[:2]]
    for order in orders:
        occupations, _ = tables.titles().get(key(" ".join(order)), ((), False))
        if occupations:
            return Role(span, occupations)
    return None


def in_english(word: Token, words: list[Token]) -> str | None:
    """What a word of another language says in English; None for English and unknown words.

    A word that English has too counts only beside one that it has not.
    """
    if " ".join(word.keys) in _SHARED:
        others = (other for other in words if " ".join(other.keys) not in _SHARED)
        if not any(_foreign(other) for other in others):
            return None
    return _foreign(word)


def _foreign(word: Token) -> str | None:
    phrase = " ".join(word.keys)
    known = tables.glossary().get(phrase)
    if known is None and len(word.keys) == 1 and 7 < len(phrase) <= LONGEST_COMPOUND:
        parts = compound(phrase)
        known = " ".join(parts) if parts else None
    return known


@functools.lru_cache(maxsize=4096)
def compound(word: str) -> tuple[str, ...]:
    """The English of the parts of a German compound; empty when some part is not known."""
    return _compound(word, 3)


def _compound(word: str, most: int) -> tuple[str, ...]:
    for size in range(len(word) - 3, 2, -1):
        first = tables.german_parts().get(word[:size])
        if first is None:
            continue
        for joint in _JOINTS:
            rest = word[size:]
            if not rest.startswith(joint):
                continue
            rest = rest[len(joint) :]
            last = tables.german_parts().get(rest)
            if last:
                return (first, last)
            deeper = _compound(rest, most - 1) if most > 2 and len(rest) > 6 else ()
            if deeper:
                return (first, *deeper)
    return ()


def is_foreign(words: list[Token], span: Span) -> bool:
    """Whether some word of the stretch is in another language."""
    stretch = words[span.first : span.last + 1]
    return any(in_english(word, words) or is_cjk(word.text) for word in stretch)
