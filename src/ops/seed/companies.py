"""Made-up companies: their names, sizes, trades and staff."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from src.ops.demo_phrases import BENEFITS
from src.ops.demo_words import TRADES
from src.ops.seed import names, places, shape, words
from src.ops.seed.plan import DAY_SECONDS, Plan, moment
from src.utils.text import slugify

# With 20,000 companies and a million jobs: the largest has 0.9 % of them, the median 10. Among few
# companies the first ones stand out more.
SIZE_SHIFT, SIZE_SLOPE = 24.5, 1.138
# How the trades share the companies.
TRADE_SHIFT, TRADE_SLOPE = 4.0, 1.0
_SUFFIXES = (
    "Systems", "Group", "Partners", "Labs", "Works", "Services", "Health", "Logistics", "Foods",
    "& Sons", "Consulting", "Industries", "Holding", "Care", "Studio", "Energy", "Retail", "Bank",
    "Schools", "Robotics", "Media", "Solutions", "International", "Collective",
)  # fmt: skip
_IN_SCRIPT = {"CN": "科技有限公司", "JP": "株式会社", "KR": " 주식회사", "EG": " للخدمات"}
_SIZES = ((4, "1-10"), (10, "11-50"), (40, "51-200"), (150, "201-500"), (500, "501-1000"),
          (2000, "1001-5000"))  # fmt: skip
SHOWCASE = "Lighthouse Showcase"
# The share of companies whose jobs come from another system, by a number of theirs.
IMPORTS = 0.55


@dataclass(frozen=True, slots=True)
class Firm:
    """A company; `staff` are its members, the owner first, of whom `viewers` only read."""

    name: str
    slug: str
    country: int
    trades: tuple[str, ...]
    jobs: int
    staff: int
    viewers: int
    imports: bool


def make(plan: Plan, taken: set[str]) -> list[Firm]:
    """The firms, the showcase first and the others in no order of size; no slug of `taken`."""
    dice = plan.dice("firms")
    others = plan.companies - 1
    parts = shape.shares(others, min(SIZE_SHIFT, others / 20), SIZE_SLOPE)
    sizes = shape.whole(parts, plan.jobs - plan.showcase_jobs)
    dice.shuffle(sizes)
    used = set(taken)
    return [
        _firm(dice, place, jobs, used) for place, jobs in enumerate((plan.showcase_jobs, *sizes))
    ]


def _firm(dice: random.Random, place: int, jobs: int, used: set[str]) -> Firm:
    country = 0 if place == 0 else dice.choices(_BY_SHARE, _COUNTRY_SHARES)[0]
    name = SHOWCASE if place == 0 else _name(dice, places.countries()[country].code)
    slug = slugify(name)
    if slug in used or not any(letter.isalpha() for letter in slug):
        slug = f"{slug}-c{place}".lstrip("-")
    used.add(slug)
    trades = dice.choices(list(TRADES), _TRADE_SHARES, k=1 + min(jobs // 8, 5))
    viewers = int(dice.random() < 0.3)
    recruiters = min(1 + jobs // 60, 20)
    imports = dice.random() < IMPORTS
    own = tuple(dict.fromkeys(trades))
    return Firm(name, slug, country, own, jobs, 1 + recruiters + viewers, viewers, imports)


def _name(dice: random.Random, code: str) -> str:
    if code in _IN_SCRIPT and dice.random() < 0.6:
        return f"{names.surname(dice, code)}{names.surname(dice, code)}{_IN_SCRIPT[code]}"
    first = names.surname(dice, code) if dice.random() < 0.3 else _coined(dice)
    return f"{first} {dice.choice(_SUFFIXES)}"


def _coined(dice: random.Random) -> str:
    return words.made_up(dice.randrange(2_000, 4_000_000)).capitalize()


def rows(plan: Plan, firms: list[Firm], first_id: int) -> Iterator[tuple[object, ...]]:
    """Rows of COMPANIES."""
    dice = plan.dice("companies")
    for place, firm in enumerate(firms):
        country = places.countries()[firm.country]
        city, region = country.city(dice)
        size = next((band for most, band in _SIZES if firm.jobs <= most), "5001+")
        created = plan.since - dice.randrange(1, 1500 * DAY_SECONDS)
        site = f"https://{slugify(firm.slug)}.example"
        yield (
            first_id + place, firm.name, firm.slug, firm.slug if firm.imports else None,
            _about(dice, firm), TRADES[firm.trades[0]].field, site,
            f"{site}/logo.png" if dice.random() < 0.6 else None, size, dice.randrange(1870, 2025),
            city, region, country.code, dice.random() < 0.4, moment(created), moment(created),
        )  # fmt: skip


def benefit_rows(plan: Plan, firms: list[Firm], first_id: int) -> Iterator[tuple[object, ...]]:
    """Rows of BENEFITS: a few a company."""
    dice = plan.dice("benefits")
    for place in range(len(firms)):
        for number, (name, says) in enumerate(dice.sample(BENEFITS, dice.randint(0, 5))):
            yield first_id + place, name, says, number, moment(plan.since)


def _about(dice: random.Random, firm: Firm) -> str:
    tokens = shape.draw(dice, words.common_table(), dice.randrange(12, 60))
    tokens[::4] = shape.draw(dice, words.topic_table(firm.trades[0]), len(tokens[::4]))
    return f"{firm.name} works in {TRADES[firm.trades[0]].field.lower()}: {' '.join(tokens)}."


_COUNTRY_SHARES = [country.share for country in places.countries()]
_BY_SHARE = range(len(_COUNTRY_SHARES))
_TRADE_SHARES = shape.shares(len(TRADES), TRADE_SHIFT, TRADE_SLOPE)
