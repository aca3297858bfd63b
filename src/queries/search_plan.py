"""From an understood query to the tsqueries that answer it: terms, wishes, levels.

Pure and deterministic, so that `why was this found` always has an answer. Weights, shares and
bounds are here, with names; docs/search.md says how they were measured.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from src.queries import paging

# Of a job's score, 1.0 is: everything that was asked for stands in its title.
IN_TITLE = 0.55
IN_HEAD = 0.45
# The job's occupation is the one asked for, whatever its title calls it.
SAME_ROLE = 0.9
# It is a kind of that occupation, or, where hardly any job is, that is a kind of it.
KIND_OF_ROLE = 0.75
WIDER_ROLE = 0.5
# Its title has the occupation's usual name.
USUAL_NAME = 0.1
# The words of an occupation scattered over the title of another job.
SCATTERED = 0.7
# What the query itself says, in the title, beside the same occupation under another name.
AS_WRITTEN = 0.15
# All words stand in the text; a level that asks for fewer counts for less.
IN_TEXT = 0.2
# A title of nothing else.
BREVITY = 0.12
# A right role in the wrong place is hardly better than a wrong role in the right one.
WISHES = {"place": 0.8, "employment_type": 0.6, "experience_level": 0.4, "remote": 0.4}
NEAR = 0.35
UNWANTED = 0.3
# Sixty days of age, after which a posting is old and nothing more.
AGE = 0.06
AGE_DAYS = 60

# Eight terms cost twice the slowest percentile of six, and found no more.
MAX_TERMS = 6
# A level of relaxation keeps every minimal set of terms that holds this share of the weight.
LEVEL_SHARES = (0.7, 0.5)
# The next level runs when all before it gave fewer rows than this.
ENOUGH = 20
# Newest matches that are ranked; beyond it only these are.
CANDIDATES = 1_000
# Counted exactly up to here, as every list is.
COUNTED = paging.COUNTED
# So many of every sixteenth job, and there are more than COUNTED: five times the deviation of a
# draw of 10,000 over the 625 that it should give.
SURE = 750
# Fewer expected matches than this are counted at once.
SAMPLED = 5_000


@dataclass(frozen=True, slots=True)
class Count:
    """In how many live jobs a lexeme stands, anywhere and in the head."""

    in_doc: float
    in_head: float


@dataclass(frozen=True, slots=True)
class Corpus:
    """How many live jobs there are, and over how many days they were published."""

    jobs: int
    days: int


# The lexemes that stand together for one way of saying a word.
Lexemes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One word: any of these sets of lexemes, as written first; its weight and expected jobs."""

    label: str
    any_of: tuple[Lexemes, ...]
    weight: float
    in_doc: float
    in_head: float
    # The jobs of the commonest way that is one lexeme: so many at least.
    least: float = 0.0

    def tsquery(self, weights: str = "") -> str:
        return any_of((" & ".join(quote(x) + weights for x in one) for one in self.any_of), " | ")

    def in_text(self) -> str:
        """As written, and synonyms of one word: several would read several long lists."""
        ways = (one for n, one in enumerate(self.any_of) if n == 0 or len(one) == 1)
        return any_of((" & ".join(map(quote, one)) for one in ways), " | ")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that belong together, and the marks of jobs that are meant by all of them."""

    pieces: tuple[Piece, ...]
    marks: tuple[str, ...]
    weight: float
    jobs: float
    heads: float
    kinds: tuple[str, ...] = ()
    wider: tuple[str, ...] = ()
    usual: str = ""
    # The jobs of the commonest of its ways: so many at least.
    least: float = 0.0

    def written(self) -> str:
        """The words as written, or the usual name where no job has the words."""
        words = " & ".join(bracket(piece.tsquery()) for piece in self.pieces)
        return (
            words
            or self.usual
            or any_of(map(quote, (*self.marks, *self.kinds, *self.wider)), " | ")
        )

    def in_text(self) -> str:
        """What a whole posting must hold."""
        return self._known(" & ".join(bracket(piece.in_text()) for piece in self.pieces))

    def in_head(self) -> str:
        """What a head must hold: every way of saying it."""
        return self._known(" & ".join(bracket(piece.tsquery()) for piece in self.pieces))

    def _known(self, words: str) -> str:
        known = map(quote, (*self.marks, *self.kinds, *self.wider))
        return any_of((*known, *([words] if words else [])), " | ")


@dataclass(frozen=True, slots=True)
class Preference:
    """What is preferred: tsqueries of what fits, what nearly does and what does not; its share."""

    kind: str
    fits: str
    nearly: str
    unwanted: str
    weight: float
    share: float


@dataclass(frozen=True, slots=True)
class Level:
    """One tsquery, how many jobs it should match, and how much of the words it vouches for."""

    tsquery: str
    in_doc: float
    in_head: float
    credit: float = 1.0
    # What is looked for in heads alone: as written, then every way of saying it.
    heads: tuple[str, ...] = ()
    # At least so many jobs match, as far as that is known without counting.
    at_least: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is searched: levels from strict to loose, what scores, and the words left out."""

    levels: tuple[Level, ...]
    terms: tuple[Term, ...] = ()
    preferences: tuple[Preference, ...] = ()
    ignored: tuple[str, ...] = ()
    # Asked for everything: "jobs".
    is_open: bool = False
    # ... but for this: a tsquery that a job meets without having any word.
    unlike: str = ""
    notes: Mapping[str, object] = field(default_factory=dict)


def quote(lexeme: str) -> str:
    """The lexeme as tsquery text spells it."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def bracket(tsquery: str) -> str:
    """The tsquery as a part of a larger one."""
    return f"({tsquery})" if " " in tsquery else tsquery


def any_of(parts: Iterable[str], joint: str) -> str:
    """The parts joined, each in brackets where it needs them."""
    found = [part for part in parts if part]
    if len(found) < 2:
        return found[0] if found else ""
    return joint.join(bracket(part) for part in found)


def weight(count: Count, corpus: Corpus) -> float:
    """Rare words weigh more, and so do words met in titles and places rather than running text."""
    if count.in_doc <= 0:
        return 0.0
    rarity = math.log(1 + max(corpus.jobs, count.in_doc) / count.in_doc)
    titleness = min(1.0, 4 * count.in_head / count.in_doc)
    return round(rarity * (0.4 + 0.6 * titleness), 4)
