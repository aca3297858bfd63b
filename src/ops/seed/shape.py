"""The shape of real postings, as numbers: how often words are used, how long texts are.

Measured on 11,776 real postings (6.5 million words, 60,578 different ones): the most frequent
words lose little from rank to rank, those beyond the first 1,500 much. No word comes from there.
"""

import random
from collections.abc import Sequence
from itertools import accumulate

# Zipf and Mandelbrot: the word of rank r is used in proportion to 1 / (r + SHIFT) ** SLOPE, and
# beyond the knee to 1 / r ** TAIL_SLOPE.
SHIFT, SLOPE = 1.5, 0.9
KNEE, TAIL_SLOPE = 1_500, 1.9
# Of a hundred words of a posting, those of its occupation, and those beyond the dictionary.
TOPIC_SHARE, TAIL_SHARE = 0.22, 0.04
# Two random bytes choose a word: the table repeats each word as often as it is used.
SLOTS = 65_536
# Words in a text; half of the postings have at most exp(MEAN_LOG). With HTML 2 kB on average.
MEAN_LOG, SPREAD_LOG = 5.03, 0.75
LEAST_WORDS, MOST_WORDS = 20, 2_000


def weight(rank: int) -> float:
    """How often the word of a rank (from 1) is used, in proportion to the others."""
    near: float = (min(rank, KNEE) + SHIFT) ** -SLOPE
    beyond_knee: float = max(1.0, rank / KNEE) ** -TAIL_SLOPE
    return near * beyond_knee


def table(words: Sequence[str]) -> tuple[str, ...]:
    """SLOTS words, most frequent first; each of `words` at least once."""
    shares = [weight(rank) for rank in range(1, len(words) + 1)]
    scale = (SLOTS - len(words)) / sum(shares)
    ends = [round(end * scale) for end in accumulate(shares)]
    filled: list[str] = []
    for place, (word, end) in enumerate(zip(words, ends, strict=True), 1):
        filled += [word] * (end + place - len(filled))
    return tuple(filled)


def draw(dice: random.Random, slots: tuple[str, ...], count: int) -> list[str]:
    """So many words of a table."""
    return list(map(slots.__getitem__, memoryview(dice.randbytes(2 * count)).cast("H")))


def beyond(dice: random.Random, dictionary: int) -> int:
    """A rank in the tail, beyond a dictionary of so many words; there is no last one."""
    return int(dictionary * dice.paretovariate(TAIL_SLOPE - 1))


def words_in_text(dice: random.Random) -> int:
    """How many words a text has: a few have thirty, a few two thousand."""
    return int(max(LEAST_WORDS, min(MOST_WORDS, dice.lognormvariate(MEAN_LOG, SPREAD_LOG))))


def shares(count: int, shift: float, slope: float) -> list[float]:
    """The share of each of so many, the largest first, by Zipf and Mandelbrot."""
    raw = [(place + shift) ** -slope for place in range(1, count + 1)]
    total = sum(raw)
    return [one / total for one in raw]


def whole(parts: Sequence[float], total: int) -> list[int]:
    """Shares as whole numbers that add up to the total."""
    ends = [round(end * total) for end in accumulate(parts)]
    return [end - before for before, end in zip([0, *ends], ends, strict=False)]
