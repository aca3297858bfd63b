"""Searches as people type them, of the made-up vocabulary: shipped in place of anybody's own."""

import random
from collections.abc import Sequence

from src.ops.demo_places import CITIES
from src.ops.demo_words import TRADES

_SEED = 1
_FORMS = (
    "{title}", "{title} jobs", "{title} {city}", "{title} jobs in {city}", "{skill} {title}",
    "{skill}", "{field} careers", "part time {title}", "how much does a {title} make",
    "remote {title}", "senior {title} {skill}", "{field} jobs near {city}", "entry level {title}",
    "what does a {title} do", '"{title}"', "{title} -{skill}",
)  # fmt: skip


def made_up(count: int) -> list[str]:
    """So many different searches, the same ones every time."""
    dice = random.Random(_SEED)  # noqa: S311 - repeatable, no secret
    cities = [city.split(",")[0] for known in CITIES.values() for city in known]
    trades = list(TRADES.values())
    found: dict[str, None] = {}
    while len(found) < count:
        trade = dice.choice(trades)
        words = {
            "title": dice.choice(trade.titles), "skill": dice.choice(trade.skills),
            "field": trade.field, "city": dice.choice(cities),
        }  # fmt: skip
        found[dice.choice(_FORMS).format(**words).lower()] = None
    return list(found)


def read(text: str) -> Sequence[str]:
    """The searches of a file, one a line; empty lines are none."""
    return [line.strip() for line in text.splitlines() if line.strip()]
