"""Plans that keep to the letter: operators as written, and titles alone."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace

from src.queries.job_search import Filters
from src.queries.search_plan import (
    COUNTED,
    MAX_TERMS,
    Corpus,
    Count,
    Level,
    Piece,
    Plan,
    Term,
    quote,
    weight,
)

# Negations alone are held to one text after the other, 43 us each: of fewer, many read in vain.
_LEAST_LEFT = 0.5

_QUOTED = re.compile(r"(!?)('(?:[^'\\]|''|\\.)*')")
_NEGATED_PHRASE = re.compile(r"!\((?:[^'()]|'(?:[^'\\]|''|\\.)*')*\)")


def literal(tsquery: str, words: Mapping[str, Count], corpus: Corpus) -> Plan:
    """The plan of a query with operators: as written, one level, nothing relaxed."""
    if not tsquery:
        return Plan(())
    said = _NEGATED_PHRASE.sub("", tsquery)
    wanted = {match[2] for match in _QUOTED.finditer(said) if not match[1]}
    terms = [
        Term((Piece(x, ((x,),), w := weight(count, corpus), count.in_doc, count.in_head),), (), w,
             count.in_doc, count.in_head)
        for x, count in words.items() if quote(x) in wanted
    ]  # fmt: skip
    # Of all words the rarest bounds what is found, of either of two the commonest.
    bound = max if " | " in tsquery else min
    expected = bound((term.jobs for term in terms), default=float(corpus.jobs))
    return Plan((Level(tsquery, expected, expected),), tuple(terms[:MAX_TERMS]))


def unlike(tsquery: str, words: Mapping[str, Count], corpus: Corpus) -> Plan:
    """The plan of negations alone: all jobs but those, the newest first.

    Of many jobs, words that most of them have are ignored: hardly a job would be left.
    """
    shares = [min(1.0, count.in_doc / max(corpus.jobs, 1)) for count in words.values()]
    if corpus.jobs > COUNTED and math.prod(1 - share for share in shares) < _LEAST_LEFT:
        return Plan((), ignored=tuple(words), is_open=True)
    return Plan((), is_open=True, unlike=tsquery)


def without(tsquery: str) -> Filters:
    """The filter of such a plan. No index has what is not there: it is held to the rows walked.

    A sub-select is reckoned dearer than most conditions, so that it is asked after them.
    """
    return Filters(
        conditions=("(SELECT doc @@ CAST(:unlike AS tsquery))",), values={"unlike": tsquery}
    )


def in_title(plan: Plan) -> Plan:
    """The same plan, matching titles alone; marks say nothing of where a word stands."""
    levels = tuple(map(_level_in_title, plan.levels))
    return replace(plan, levels=levels, unlike=titled(plan.unlike))


def _level_in_title(level: Level) -> Level:
    tsquery = titled(level.tsquery)
    # Whole titles are in heads: nothing that the texts say matters.
    heads = tuple(titled(each) for each in level.heads) or (tsquery,)
    return replace(level, tsquery=tsquery, in_doc=level.in_head, at_least=0.0, heads=heads)


def titled(tsquery: str) -> str:
    """The tsquery, matching titles alone."""
    return _QUOTED.sub(lambda m: m[0] if "=" in m[2] else f"{m[1]}{m[2]}:A", tsquery)
