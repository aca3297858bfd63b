"""Misspelt words: which are in doubt, how far two spellings are apart, which one was meant."""

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from src.understanding import tables
from src.understanding.folding import fold
from src.understanding.kept import kept
from src.understanding.places import gazetteer

SHORTEST = 4
# Letters that are compared before two words are weighed against each other.
BEGINNING = 8
# From this length two slips are believed, else one.
LONG = 8
# Half the shorter words are a slip from another one: a job that has them says that they are meant.
MIDDLING = 6
# A word that some jobs have is corrected only to one that many times as many have, by slips.
OUTNUMBERED = {1: 30, 2: 300}
# A long word of the tables is meant more readily: employers misspell titles too.
OUTNUMBERED_BY_KNOWN = {1: 5, 2: 15}
# In how many jobs a word must stand to be what was meant, by slips.
COMMON = {1: 3, 2: 20}
# ... where the misspelt one is short.
COMMON_IF_SHORT = 50
# What a slip costs, and the first letter, in powers of e of how common the words are.
SLIP, FIRST_LETTER = 4.0, 2.0

_WORD = re.compile(f"[a-z]{{{SHORTEST},24}}")


class Like(NamedTuple):
    """A word of titles, companies, places or skills, and in how many jobs it stands."""

    word: str
    jobs: int


@kept(frozenset)
def vocabulary() -> frozenset[str]:
    """Every word of the shipped tables: these are never in doubt."""
    sources: tuple[Iterable[str], ...] = (
        tables.titles(), tables.phrases(), tables.intents(), tables.synonyms(), tables.glossary(),
        tables.german_parts(), gazetteer(),
    )  # fmt: skip
    found = {word for phrases in sources for phrase in phrases for word in phrase.split()}
    found |= {
        fold(word) for group in tables.synonyms().values() for o in group for word in o.split()
    }
    return frozenset(found)


def warm() -> None:
    """Read every table now: up to half a second that the first search would wait for."""
    for read in (
        tables.titles, tables.phrases, tables.intents, tables.synonyms, tables.glossary,
        tables.german_parts, tables.kinds, gazetteer, vocabulary,
    ):  # fmt: skip
        read()


def is_doubtful(word: str) -> bool:
    """Whether a word, folded, might be misspelt: Latin letters that no table knows."""
    if _WORD.fullmatch(word) is None:
        return False
    singular = word.removesuffix("s")
    return word not in vocabulary() and singular not in vocabulary()


def deletions(word: str) -> list[str]:
    """What is left of the word's beginning without up to two letters: two spellings share some."""
    start = word[:BEGINNING]
    found = {start}
    for i in range(len(start)):
        once = start[:i] + start[i + 1 :]
        found.add(once)
        if len(start) > SHORTEST:
            found |= {once[:j] + once[j + 1 :] for j in range(len(once))}
    return sorted(found)


def parted(word: str) -> str | None:
    """Two words written as one, when together they are a title or a place: newyork."""
    if len(word) < 6 or not word.isascii():
        return None
    for place in range(3, len(word) - 2):
        phrase = f"{word[:place]} {word[place:]}"
        if phrase in tables.titles() or phrase in gazetteer():
            return phrase
    return None


def meant(word: str, standing: int, likes: Iterable[Like]) -> str | None:
    """The likeliest word that was meant, None when it is this one; it stands in `standing` jobs."""
    best, best_score = None, 0.0
    is_short = len(word) < MIDDLING
    if is_short and standing:
        return None
    for like in likes:
        if like.word.startswith(word) or word.startswith(like.word):
            # Another form of the same word: reports, abused.
            continue
        slips = distance(word, like.word)
        if slips == 0 or slips > (2 if len(word) >= LONG else 1):
            continue
        readily = len(word) >= LONG and like.word in vocabulary()
        times = OUTNUMBERED_BY_KNOWN if readily else OUTNUMBERED
        common = COMMON_IF_SHORT if is_short else COMMON[slips]
        if like.jobs < max(common, times[slips] * standing):
            continue
        if slips == 2 and like.word[0] != word[0]:
            continue
        score = math.log(like.jobs) - SLIP * slips + FIRST_LETTER * (word[0] == like.word[0]) + 20
        if score > best_score:
            best, best_score = like.word, score
    return best


def is_slip_within(word: str, like: str) -> bool:
    """Whether one slip parts them and it is none of the ending: managed is no slip of manager."""
    return distance(word, like) == 1 and word[:-1] != like[:-1]


def distance(one: str, other: str, most: int = 2) -> int:
    """Insertions, deletions, changes and swaps between two words; `most` + 1 at most."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        fresh = [i]
        for j, against in enumerate(other, 1):
            cost = min(row[j] + 1, fresh[j - 1] + 1, row[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            fresh.append(cost)
        if min(fresh) > most:
            return most + 1
        before, row = row, fresh
    return min(row[-1], most + 1)
