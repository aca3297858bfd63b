"""What made-up jobs pay: a range by trade, level and country, told by most."""

import random

from src.models.vocabulary import ExperienceLevel
from src.ops.demo_jobs import LEVELS
from src.ops.demo_words import Trade
from src.ops.seed.places import Country

# Of a hundred postings, those that tell no salary, and those that keep it to themselves.
_UNTOLD, _HIDDEN = 0.38, 0.06
_HOURLY = 0.6
# How finely a sum is told: to the thousand a year, to the hundred a month.
_STEPS = {"year": (1, 1000), "month": (12, 100), "hour": (2080, 1)}

Salary = tuple[int | None, int | None, str | None, str | None, bool]


def salary(
    dice: random.Random, trade: Trade, level: ExperienceLevel | None, country: Country
) -> Salary:
    """Least, most, currency, period, and whether it is shown."""
    if dice.random() < _UNTOLD:
        return None, None, None, None, True
    period = country.period
    if trade.is_hourly and country.worth < 10 and dice.random() < _HOURLY:
        period = "hour"
    per, step = _STEPS[period]
    worth = LEVELS[level][2] if level else 1.0
    low = trade.pay[0] * dice.uniform(0.85, 1.4) * worth * country.worth / per
    high = low * dice.uniform(1.05, 1.5)
    least, most = (max(round(amount / step), 1) * step for amount in (low, high))
    return least, most, country.currency, period, dice.random() >= _HIDDEN
