"""What made-up jobs are called: by trade and level, by country and language."""

import functools
import random

from mimesis import Locale, Person

from src.models.vocabulary import ExperienceLevel
from src.ops.demo_jobs import LEVELS
from src.ops.demo_words import TRADES, Trade
from src.ops.seed import shape
from src.ops.seed.languages import Language
from src.ops.seed.places import Country

_SEED = 1
# Of a hundred titles, those of the many other occupations that there are.
_RARE = 0.3
_RARE_SHIFT, _RARE_SLOPE = 12.0, 1.0
# What employers write behind a title, in about a third of all.
_BEHIND = 0.34
_NUMBERS = ("I", "II", "III", "IV")
_SHIFTS = ("Night Shift", "Weekends", "Early Shift", "Part-Time", "Seasonal", "12-Month Contract")
_LEVELS = list(LEVELS)
_LEVEL_SHARES = [share for share, _, _ in LEVELS.values()]


def level(dice: random.Random) -> ExperienceLevel:
    """How experienced one must be."""
    return dice.choices(_LEVELS, _LEVEL_SHARES)[0]


def title(
    dice: random.Random, trade: Trade, wanted: ExperienceLevel, country: Country, city: str
) -> str:
    """An English title."""
    is_rare = dice.random() < _RARE
    name = _rare(trade.slug)[dice.getrandbits(12)] if is_rare else dice.choice(trade.titles)
    called = LEVELS[wanted][1].format(title=name, field=trade.field)
    return f"{called}{_behind(dice, country, city)}" if dice.random() < _BEHIND else called


def foreign_title(dice: random.Random, language: Language) -> str:
    """A title in another language."""
    names = language.titles
    return names[int(len(names) * dice.random() ** 2)]


def _behind(dice: random.Random, country: Country, city: str) -> str:
    kind = dice.random()
    if country.code in ("DE", "CH") and kind < 0.6:
        return " (m/w/d)"
    if kind < 0.3:
        return f" - {city}"
    if kind < 0.5:
        return f" {dice.choice(_NUMBERS)}"
    if kind < 0.75:
        return f" ({dice.choice(_SHIFTS)})"
    return f", {dice.choice(list(TRADES.values())).field}"


@functools.cache
def _rare(slug: str) -> tuple[str, ...]:
    """4,096 slots of the occupations that are filed under a trade, the first ones most often."""
    person = Person(Locale.EN, seed=_SEED)
    known = sorted({person.occupation() for _ in range(8_000)})
    dice = random.Random(slug)  # noqa: S311 - the same occupations for a trade each time
    own = dice.sample(known, len(known) // 4)
    counts = shape.whole(shape.shares(len(own), _RARE_SHIFT, _RARE_SLOPE), 4096)
    return tuple(name for name, count in zip(own, counts, strict=True) for _ in range(count))
