"""The days in which a common word is looked for: a GIN has no order, and its lists are long."""

import math

from src.queries.search_plan import Corpus

# Time tags: tag = offset + day // length, used while the window has at most `most` days.
_WINDOWS = ((6, 0, 1), (27, 100_000, 7), (56, 200_000, 28))
# Estimates of word pairs assume independence; a window is widened by this.
_SAFETY = 1.4


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
    # Today is not over: by itself it may hold hardly any.
    first = today - days
    for most, offset, length in _WINDOWS:
        if days <= most:
            tags = [offset + day for day in range(first // length, (today + 1) // length + 1)]
            return tags, first // length * length
    return None
