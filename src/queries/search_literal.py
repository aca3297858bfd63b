"""Plans that keep to the letter: operators as written, and titles alone."""

import re
from collections.abc import Mapping
from dataclasses import replace

from src.queries.search_plan import (
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

_QUOTED = re.compile(r"(!?)('(?:[^'\\]|''|\\.)*')")


def literal(tsquery: str, words: Mapping[str, Count], corpus: Corpus) -> Plan:
    """The plan of a query with operators: as written, one level, nothing relaxed."""
    if not tsquery:
        return Plan(())
    wanted = {match[2] for match in _QUOTED.finditer(tsquery) if not match[1]}
    terms = [
        Term((Piece(x, ((x,),), w := weight(count, corpus), count.in_doc, count.in_head),), (), w,
             count.in_doc, count.in_head)
        for x, count in words.items() if quote(x) in wanted
    ]  # fmt: skip
    # Of all words the rarest bounds what is found, of either of two the commonest.
    bound = max if " | " in tsquery else min
    expected = bound((term.jobs for term in terms), default=float(corpus.jobs))
    return Plan((Level(tsquery, expected, expected),), tuple(terms[:MAX_TERMS]))


def in_title(plan: Plan) -> Plan:
    """The same plan, matching titles alone; marks say nothing of where a word stands."""
    return replace(plan, levels=tuple(map(_level_in_title, plan.levels)))


def _level_in_title(level: Level) -> Level:
    heads = tuple(titled(tsquery) for tsquery in level.heads)
    tsquery = titled(level.tsquery)
    return replace(level, tsquery=tsquery, in_doc=level.in_head, at_least=0.0, heads=heads)


def titled(tsquery: str) -> str:
    """The tsquery, matching titles alone."""
    return _QUOTED.sub(lambda m: m[0] if "=" in m[2] else f"{m[1]}{m[2]}:A", tsquery)
