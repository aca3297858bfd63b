"""The measures of a ranked list: nDCG and precision of its first ten, as TREC computes them."""

import math
from collections.abc import Mapping, Sequence

DEPTH = 10
# A posting of this grade or better answers the query.
RELEVANT = 2


def ndcg(keys: Sequence[str], grades: Mapping[str, int]) -> float:
    """Discounted gain of the first ten (2^grade - 1 over log2), of the best possible; 0 to 1."""
    ideal = _gain(sorted(grades.values(), reverse=True))
    return _gain([grades.get(key, 0) for key in keys]) / ideal if ideal else 0.0


def precision(keys: Sequence[str], grades: Mapping[str, int]) -> float:
    """The share of ten that answers the query; a missing answer counts as a wrong one."""
    return sum(grades.get(key, 0) >= RELEVANT for key in keys[:DEPTH]) / DEPTH


def unjudged(keys: Sequence[str], grades: Mapping[str, int]) -> int:
    """How many of the first ten nobody looked at; they count as misses."""
    return sum(key not in grades for key in keys[:DEPTH])


def _gain(grades: Sequence[int]) -> float:
    ranked = enumerate(grades[:DEPTH], 2)
    return float(sum((2**grade - 1) / math.log2(place) for place, grade in ranked))
