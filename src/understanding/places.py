"""Places by their many names: cities, states, countries and areas, and what each stands for."""

import functools
from collections import defaultdict
from typing import Any, NamedTuple

import pycountry

from src.understanding.folding import key
from src.understanding.kept import kept
from src.understanding.tables import rows, words

# As the name of a place these need "in" before them, or a state or country behind.
AMBIGUOUS = words("ambiguous_places")
# Codes of states that are hardly anything else in a search.
PLAIN_CODES = words("plain_codes")
# Names this large are read as places anywhere in a query, and in titles.
LARGE_THOUSANDS = 150


class Place(NamedTuple):
    """One reading of a name; keys are folded, `country` an ISO 3166 code."""

    kind: str
    key: str
    name: str
    region: str
    country: str
    thousands: int
    members: tuple[str, ...] = ()


def _as_places(written: dict[str, list[list[Any]]]) -> dict[str, tuple[Place, ...]]:
    return {
        name: tuple([Place._make((*values[:-1], tuple(values[-1]))) for values in found])
        for name, found in written.items()
    }


@kept(_as_places)
def gazetteer() -> dict[str, tuple[Place, ...]]:
    """Every name, by key, with what it may mean: the largest first."""
    found: dict[str, list[Place]] = defaultdict(list)
    region_key = functools.cache(key)
    for name, region, country, thousands, aliases in rows("cities.tsv"):
        city = Place("city", key(name), name, region_key(region), country, int(thousands))
        found[city.key].append(city)
        for spelling in filter(None, aliases.split(";")):
            found[key(spelling)].append(city)
    for name, country, code, aliases in rows("regions.tsv"):
        state = Place("region", key(name), name, key(name), country, 5_000)
        for spelling in (name, code, *filter(None, aliases.split(";"))):
            if spelling:
                found[key(spelling)].append(state)
    for code, names in country_names().items():
        for name in names:
            found[name].append(Place("country", code, _display(code), "", code, 50_000))
    for name, members, aliases in rows("areas.tsv"):
        area = Place("area", key(name), name, "", "", 100_000, tuple(members.split(";")))
        for spelling in (name, *filter(None, aliases.split(";"))):
            found[key(spelling)].append(area)
    return {name: _largest_first(all_) for name, all_ in found.items()}


def _largest_first(places: list[Place]) -> tuple[Place, ...]:
    if len(places) == 1:
        return (places[0],)
    # Those as large as each other as the tables have them: the same in every process.
    return tuple(sorted(dict.fromkeys(places), key=lambda place: -place.thousands))


@functools.cache
def country_names() -> dict[str, tuple[str, ...]]:
    """The keys of each country's names, in one order in every process."""
    found: dict[str, set[str]] = defaultdict(set)
    for country in pycountry.countries:
        found[country.alpha_2] |= {
            key(country.name),
            key(getattr(country, "common_name", country.name)),
        }
    for code, aliases in rows("countries.tsv"):
        found[code] |= {key(alias) for alias in aliases.split(";")}
    return {code: tuple(sorted(filter(None, names))) for code, names in found.items()}


def _display(code: str) -> str:
    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", country.name)) if country else code


@functools.cache
def continents() -> dict[str, str]:
    """The continent of each country: AF, AS, EU, NA, OC, SA."""
    return {
        country: name for name, members in rows("continents.tsv") for country in members.split()
    }


def is_plain(name: str, place: Place) -> bool:
    """Whether the name alone, anywhere, is read as this place."""
    if name in AMBIGUOUS or len(name) < 3:
        return False
    return place.kind != "city" or place.thousands >= LARGE_THOUSANDS


def marks(place: Place) -> tuple[str, ...]:
    """The marks of a job that is there."""
    if place.kind == "area":
        return (f"area={place.key}",)
    found = [f"{place.kind}={place.key}"]
    if place.kind == "city" and place.region:
        found.append(f"region={place.region}")
    if place.country and place.kind != "country":
        found.append(f"country={place.country}")
    if place.country in continents():
        found.append(f"area={continents()[place.country]}")
    return tuple(found)
