"""From the words of a search to the tsqueries that answer it: weights, levels, windows.

Pure and deterministic, so that `why was this found` always has an answer. The figures here were
measured on a million postings; docs/search.md says how.
"""

import itertools
import math
import re
from dataclasses import dataclass

# Every posting is about these; they are content only when nothing else is left.
GENERIC = frozenset({"job", "career", "employ", "hire", "vacanc", "opportun", "posit", "work"})
# Words of questions about pay or duties say little about the job that is meant.
QUESTION = frozenset(
    [
        "much",
        "make",
        "get",
        "find",
        "pay",
        "paid",
        "averag",
        "salari",
        "wage",
        "best",
        "good",
        "list",
        "need",
        "want",
        "long",
        "becom",
        "start",
        "onlin",
        "free",
        "avail",
        "appli",
        "applic",
        "search",
        "look",
        "type",
        "kind",
        "exampl",
        "mean",
        "defin",
        "definit",
    ]
)
# Eight terms cost twice the slowest percentile of six, and found no more.
MAX_TERMS = 6
# A level of relaxation keeps every minimal set of words that holds this share of the weight.
LEVEL_SHARES = (0.7, 0.5)
# The next level runs when all before it gave fewer rows than this.
ENOUGH = 20
# Newest matches that are ranked; beyond it only these are.
CANDIDATES = 1_000
# Counted exactly up to here.
COUNTED = 10_000

_OPERATORS = re.compile(r'"|(?:^|\s)-\w|\sor\s', re.IGNORECASE)
_QUOTED = re.compile(r"(!?)('(?:[^'\\]|''|\\.)*')")
# Time tags: tag = offset + day // length, used while the window has at most `most` days.
_WINDOWS = ((6, 0, 1), (27, 100_000, 7), (56, 200_000, 28))
# Estimates of word pairs assume independence; a window is widened by this.
_SAFETY = 1.4


@dataclass(frozen=True, slots=True)
class Word:
    """A lexeme of the query with the number of live jobs it stands in, anywhere and in the head."""

    lexeme: str
    in_doc: int
    in_head: int


@dataclass(frozen=True, slots=True)
class Corpus:
    """How many live jobs there are, and over how many days they were published."""

    jobs: int
    days: int


@dataclass(frozen=True, slots=True)
class Level:
    """One tsquery and how many jobs it is expected to match, anywhere and in the head."""

    tsquery: str
    in_doc: float
    in_head: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What is searched: levels from strict to loose, the scored words, and the words left out."""

    levels: tuple[Level, ...]
    terms: tuple[tuple[str, float], ...]
    ignored: tuple[str, ...]


def has_operators(text: str) -> bool:
    """Whether the caller wrote a phrase, a negation or an `or`, and so means it literally."""
    return _OPERATORS.search(text) is not None


def quote(lexeme: str) -> str:
    """The lexeme as tsquery text spells it."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def literal(tsquery: str, words: list[Word], corpus: Corpus) -> Plan:
    """The plan of a query with operators: as written, one level, nothing relaxed."""
    if not tsquery:
        return Plan((), (), ())
    wanted = {match[2] for match in _QUOTED.finditer(tsquery) if not match[1]}
    terms = tuple((w.lexeme, _weight(w, corpus)) for w in words if quote(w.lexeme) in wanted)
    rare = min((w.in_doc for w in words if quote(w.lexeme) in wanted), default=corpus.jobs)
    return Plan((Level(tsquery, rare, rare),), terms[:MAX_TERMS], ())


def relaxed(words: list[Word], corpus: Corpus) -> Plan:
    """The plan of plain words: all of them first, then ever smaller sets of the weightiest."""
    known = [word for word in words if word.in_doc > 0]
    content = [word for word in known if word.lexeme not in GENERIC] or known
    heaviest = sorted(content, key=lambda w: (-_weight(w, corpus), w.lexeme))[:MAX_TERMS]
    kept = [word for word in content if word in heaviest]
    ignored = tuple(word.lexeme for word in words if word not in kept)
    if not kept:
        return Plan((), (), ignored)
    weights = {word: _weight(word, corpus) for word in kept}
    levels = [_level([tuple(kept)], corpus)]
    for share in LEVEL_SHARES:
        sets = _minimal_sets(weights, share * sum(weights.values()))
        if sets:
            levels.append(_level(sets, corpus))
    if len(kept) > 1:
        levels.append(_level([(heaviest[0],)], corpus))
    unique = tuple({level.tsquery: level for level in levels}.values())
    return Plan(unique, tuple((w.lexeme, weights[w]) for w in kept), ignored)


def in_title(plan: Plan) -> Plan:
    """The same plan, matching titles alone."""
    levels = tuple(
        Level(_QUOTED.sub(r"\1\2:A", level.tsquery), level.in_head, level.in_head)
        for level in plan.levels
    )
    return Plan(levels, plan.terms, plan.ignored)


def window(
    expected: float, needed: int, corpus: Corpus, today: int
) -> tuple[list[int], int] | None:
    """The time tags that should hold `needed` of `expected` matches, and the first day they cover.

    None when the whole list is about as short. A wrong estimate costs time, never an answer: what
    lies before the window is searched too when the window holds too few.
    """
    if expected <= needed * 2:
        return None
    days = math.ceil(corpus.days * needed * _SAFETY / expected)
    first = today - days + 1
    for most, offset, length in _WINDOWS:
        if days <= most:
            tags = [offset + day for day in range(first // length, (today + 1) // length + 1)]
            return tags, first // length * length
    return None


def _weight(word: Word, corpus: Corpus) -> float:
    """Rare words weigh more, and so do words met in titles and places rather than running text."""
    if word.in_doc <= 0:
        return 0.0
    rarity = math.log(1 + max(corpus.jobs, word.in_doc) / word.in_doc)
    titleness = min(1.0, 4 * word.in_head / word.in_doc)
    return round(rarity * (0.4 + 0.6 * titleness) * (0.5 if word.lexeme in QUESTION else 1.0), 4)


def _minimal_sets(weights: dict[Word, float], needed: float) -> list[tuple[Word, ...]]:
    """Every proper subset that reaches the weight, and would not without its lightest word."""
    found = []
    for size in range(1, len(weights)):
        for group in itertools.combinations(weights, size):
            total = sum(weights[word] for word in group)
            lightest = min(weights[word] for word in group)
            if total >= needed - 1e-9 and total - lightest < needed - 1e-9:
                found.append(group)
    return found


def _level(groups: list[tuple[Word, ...]], corpus: Corpus) -> Level:
    parts = [" & ".join(quote(word.lexeme) for word in group) for group in groups]
    tsquery = parts[0] if len(parts) == 1 else " | ".join(f"({part})" for part in parts)
    jobs = max(corpus.jobs, 1)
    return Level(
        tsquery,
        sum(jobs * math.prod(min(1.0, w.in_doc / jobs) for w in group) for group in groups),
        sum(jobs * math.prod(min(1.0, w.in_head / jobs) for w in group) for group in groups),
    )
