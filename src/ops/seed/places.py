"""Where made-up jobs are: countries by their share, cities, languages, and what is paid there."""

import functools
import random
from dataclasses import dataclass

from mimesis import Address, Locale

from src.ops import demo_places
from src.ops.seed import shape

_SEED = 1
# Of a thousand jobs; the language of texts beside English, and of how many in a hundred.
_COUNTRIES = (
    ("US", 430, Locale.EN, "es", 1), ("GB", 105, Locale.EN_GB, "", 0), ("IN", 80, None, "", 0),
    ("DE", 75, Locale.DE, "de", 45), ("CA", 52, None, "fr", 12),
    ("FR", 38, Locale.FR, "fr", 45), ("AU", 34, None, "", 0),
    ("NL", 28, Locale.NL, "nl", 30), ("ES", 26, Locale.ES, "es", 45),
    ("PL", 24, None, "pl", 35), ("BR", 20, Locale.PT_BR, "pt", 60), ("IE", 14, None, "", 0),
    ("SG", 14, None, "", 0), ("SE", 12, Locale.SV, "sv", 30), ("CH", 11, Locale.DE_CH, "de", 50),
    ("JP", 10, None, "ja", 60), ("MX", 9, Locale.ES_MX, "es", 65), ("ZA", 8, None, "", 0),
    ("CN", 5, Locale.ZH, "zh", 75), ("KR", 3, Locale.KO, "ko", 70),
    ("EG", 2, Locale.AR_EG, "ar", 50),
)  # fmt: skip
# Beside those of the demo data: currency, what is paid for a dollar in the United States, period.
_PAY = {"CN": ("CNY", 2.6, "month"), "KR": ("KRW", 600.0, "year"), "EG": ("EGP", 7.0, "month")}
# A few cities have most of the jobs.
_CITY_SHIFT, _CITY_SLOPE = 3.0, 1.1
_CITIES_KNOWN = 400


@dataclass(frozen=True, slots=True)
class Country:
    """A country with the names that its places have, the largest cities first."""

    code: str
    share: int
    language: str
    language_percent: int
    cities: tuple[tuple[str, str], ...]
    slots: tuple[int, ...]
    currency: str
    worth: float
    period: str

    def city(self, dice: random.Random) -> tuple[str, str]:
        """A city and its region."""
        return self.cities[self.slots[dice.getrandbits(12)]]


@functools.cache
def countries() -> tuple[Country, ...]:
    """Every country, the one with most jobs first."""
    return tuple(_country(*row) for row in _COUNTRIES)


@functools.cache
def country_slots() -> tuple[Country, ...]:
    """A thousand countries, each as often as it has jobs."""
    return tuple(country for country in countries() for _ in range(country.share))


def _country(code: str, share: int, locale: Locale | None, language: str, percent: int) -> Country:
    cities = [tuple(place.split(", ", 1)) for place in demo_places.CITIES.get(code, ())]
    if locale is not None:
        cities += _made(locale)
    known = tuple((city, region) for city, region in cities)[:_CITIES_KNOWN]
    counts = shape.whole(shape.shares(len(known), _CITY_SHIFT, _CITY_SLOPE), 4096)
    slots = tuple(place for place, count in enumerate(counts) for _ in range(count))
    currency, worth, period = (demo_places.PAY | _PAY)[code]
    return Country(code, share, language, percent, known, slots, currency, worth, period)


def _made(locale: Locale) -> list[tuple[str, ...]]:
    address = Address(locale, seed=_SEED)
    names = dict.fromkeys(address.city() for _ in range(4 * _CITIES_KNOWN))
    return [(name, address.region().strip()) for name in names]
