"""The levels of a plan: everything that was asked for, then ever less of it."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

from src.queries.search_plan import LEVEL_SHARES, Corpus, Level, Preference, Term, bracket

# The share of jobs that is taken to lie near a place.
NEARLY = 0.05


def levels(
    terms: Sequence[Term], preferences: Sequence[Preference], corpus: Corpus
) -> tuple[Level, ...]:
    """All terms and wishes; all terms and the place; all terms; ever smaller sets of them."""
    place = [wish for wish in preferences if wish.kind == "place"]
    if not terms:
        return _of_wishes(preferences, place, corpus)
    found = [
        _level([tuple(terms)], wishes, corpus, 1.0) for wishes in (preferences, place) if wishes
    ]
    shares = [(share, sets) for share in LEVEL_SHARES if (sets := _minimal_sets(terms, share))]
    if place and shares:
        share, sets = shares[0]
        found.append(_level(sets, place, corpus, share))
    found.append(_level([tuple(terms)], (), corpus, 1.0))
    found += [_level(sets, (), corpus, share) for share, sets in shares]
    first, *looser = _unique([*found, *_last_resorts(terms, corpus)])
    heads = tuple(dict.fromkeys(_in_heads(terms, preferences)))
    return (replace(first, heads=heads), *looser)


def _of_wishes(
    preferences: Sequence[Preference], place: Sequence[Preference], corpus: Corpus
) -> tuple[Level, ...]:
    """Nothing but a place, a type or a level was asked for."""
    wished = [preferences, place, *([wish] for wish in preferences)]
    found = [_level([()], wishes, corpus, 1.0) for wishes in wished if wishes]
    nearly = corpus.jobs * NEARLY
    found += [Level(wish.nearly, nearly, nearly) for wish in place if wish.nearly]
    return _unique(found)


def _in_heads(terms: Sequence[Term], preferences: Sequence[Preference]) -> list[str]:
    """What heads are asked for: everything as written, then everything in any way."""
    wished = [wish.fits for wish in preferences]
    ways = ([term.written() for term in terms], [term.in_head() for term in terms])
    return [_all_of([*way, *wished]) for way in ways]


def _last_resorts(terms: Sequence[Term], corpus: Corpus) -> list[Level]:
    """The occupations alone, any of the terms, and the weightiest word of an occupation."""
    found = []
    whole = sum(term.weight for term in terms) or 1.0
    roles = [term for term in terms if term.usual]
    if roles and len(roles) < len(terms):
        found.append(_level([tuple(roles)], (), corpus, sum(t.weight for t in roles) / whole))
    if len(terms) > 1:
        least = min(term.weight for term in terms)
        found.append(_level([(term,) for term in terms], (), corpus, least / whole))
    pieces = max(terms, key=lambda term: term.weight).pieces
    if len(pieces) > 1:
        best = max(pieces, key=lambda piece: piece.weight)
        alone = Term((best,), (), best.weight, best.in_doc, best.in_head)
        found.append(_level([(alone,)], (), corpus, best.weight / whole / 2))
    return found


def _all_of(parts: Sequence[str]) -> str:
    """The tsqueries joined, each in brackets where there are several."""
    found = [part for part in parts if part]
    return found[0] if len(found) == 1 else " & ".join(map(bracket, found))


def _unique(found: list[Level]) -> tuple[Level, ...]:
    by_query: dict[str, Level] = {}
    for level in found:
        by_query.setdefault(level.tsquery, level)
    return tuple(by_query.values())


def _minimal_sets(terms: Sequence[Term], share: float) -> list[tuple[Term, ...]]:
    """Every proper subset that holds the share, and would not without its lightest term."""
    needed = share * sum(term.weight for term in terms)
    found = []
    for size in range(1, len(terms)):
        for group in itertools.combinations(terms, size):
            total = sum(term.weight for term in group)
            lightest = min(term.weight for term in group)
            if total >= needed - 1e-9 and total - lightest < needed - 1e-9:
                found.append(group)
    return found


def _level(
    groups: list[tuple[Term, ...]], wishes: Sequence[Preference], corpus: Corpus, credit: float
) -> Level:
    parts = [_all_of([term.in_text() for term in group]) for group in groups]
    wanted = parts[0] if len(parts) == 1 else " | ".join(f"({part})" for part in parts)
    jobs = max(corpus.jobs, 1)
    among = math.prod(wish.share for wish in wishes)
    alone = [group[0].least for group in groups if len(group) == 1 and not wishes]
    return Level(
        _all_of([wanted, *(wish.fits for wish in wishes)]),
        sum(among * jobs * math.prod(min(1.0, t.jobs / jobs) for t in g) for g in groups),
        sum(among * jobs * math.prod(min(1.0, t.heads / jobs) for t in g) for g in groups),
        credit,
        at_least=max(alone, default=0.0),
    )
