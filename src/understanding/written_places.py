"""Places as people write them, taken apart: a city, its state and country, and "remote"."""

import functools
import gzip
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from src.understanding.countries import State, country_code, state_of

# GeoNames' cities: what the database is filled from, read here where it alone can tell.
_CITIES = Path(__file__).parent / "data" / "coordinates.tsv.gz"
# In the US the table has towns down to 15,000 people, and those below share names with small
# cities elsewhere: only one this large speaks against a state.
_LARGE_THOUSANDS = 100
# As the name of a place alone, these are cities.
_RATHER_CITIES = ("New York", "Washington")
_REMOTE = re.compile(
    r"\b(?:fully |100% )?remote(?:ly)?(?: (?:only|first|ok|friendly))?\b|\banywhere\b"
    r"|\bwork from home\b|\bworldwide\b",
    re.IGNORECASE,
)
_NOT_A_PLACE = re.compile(
    r"\b(?:hybrid|on-?site|in-?office|full[ -]?time|part[ -]?time|contract|intern(?:ship)?"
    r"|multiple locations|various|flexible|emea|latam|apac|namer|eu|asia|europe|european union"
    r"|north america|any location|negotiable after selection)\b",
    re.IGNORECASE,
)
# Of "Trinidad and Tobago" and its like the "and" separates nothing.
_SEPARATORS = re.compile(
    r"\s*(?:;|\||\s/\s|\s-\s|\bor\b|•|\band\b(?! (?:Barbuda|Caicos|Futuna|Herzegovina|Jan Mayen"
    r"|Labrador|McDonald Islands|Miquelon|Nevis|Principe|Saba|the Grenadines"
    r"|the South Sandwich Islands|Tobago|Tristan da Cunha)\b))\s*"
)
_ASIDE = re.compile(
    r"\([^)]*\)?|\b(?:HQ|headquarters|office|(?:bay )?area)\b|https?://\S+"
    r"|^(?:based )?in\b|\bgreater\b|[-\s]based$",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"(?<=[A-Z]{2}) \d{5}(?:-\d{4})?$")
_HOUSE = re.compile(r"\d+ ")
# What stands where a place should, and is a sentence about the job.
_PROSE = re.compile(
    r"^[^\w]*$|^\d+ |^[a-z]+ |\b(?:engineer|developer|nurse|partner|manager|roles?"
    r"|compan(?:y|ies)|team|hiring|days?|hours?|time ?zones?|seniority|preferred)\b",
)
# Two letters that are a country with nothing before them.
_PLAIN_CODES = ("UK", "US")
_SHORT = {"NYC": "New York", "New York City": "New York", "SF": "San Francisco"}
_EDGES = " -–—,.()[]:/"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in parts; `country` is an ISO 3166 code."""

    city: str | None = None
    region: str | None = None
    country: str | None = None
    is_remote: bool = False


class _Site(NamedTuple):
    country: str
    region: str
    is_large: bool


@functools.cache
def _cities() -> dict[str, tuple[_Site, ...]]:
    """Where the cities of each name are; 0.3 s and 20 MB once, when a name is in doubt."""
    found: dict[str, list[_Site]] = defaultdict(list)
    with gzip.open(_CITIES, "rt", encoding="utf-8") as file:
        rows = (line.rstrip("\n").split("\t") for line in file if not line.startswith("#"))
        next(rows)
        for _, name, region, country, thousands, _, _, *others in rows:
            site = _Site(country, region, int(thousands) >= _LARGE_THOUSANDS)
            for spelling in filter(None, (name, *"".join(others).split(";"))):
                found[_bare(spelling)].append(site)
    return {name: tuple(sites) for name, sites in found.items()}


def _bare(name: str) -> str:
    """A name in lower case and without accents."""
    if name.isascii():
        return name.lower()
    spread = unicodedata.normalize("NFKD", name.lower())
    return "".join(mark for mark in spread if not unicodedata.combining(mark))


@functools.lru_cache(maxsize=8192)
def parse_place(text: str, country: str | None) -> Place:
    """The first place in a text of one or many; a stated country wins over one in the text."""
    is_remote = _REMOTE.search(text) is not None
    code = country_code(country) if country else None
    if country and code is None and _REMOTE.search(country):
        is_remote = True
    # Separators are looked for at every blank: what is taken out leaves one, not a row of them.
    kept = " ".join(_NOT_A_PLACE.sub(" ", _REMOTE.sub(" ", _ASIDE.sub(" ", text))).split())
    first = next((part for part in _SEPARATORS.split(kept) if part.strip(_EDGES)), "")
    parts = [part.strip(_EDGES) for part in first.split(",")]
    parts = [_POSTCODE.sub("", part) for part in parts if part and len(part) <= 60]
    parts = [_SHORT.get(part, part) for part in parts]
    region = None
    if len(parts) > 1 or (parts and code is None):
        code, region, parts = _tail(parts, code)
    elif parts and code is not None and country_code(parts[0]) == code:
        parts = []
    elif parts and code == "US" and _is_state_alone(parts[0]):
        region, parts = parts[0], []
    if len(parts) > 1 and _HOUSE.match(parts[0]):
        parts = parts[1:]
    city = parts[0] if parts and not _PROSE.search(parts[0]) else None
    if region is None and len(parts) > 1:
        region = parts[-1]
    return Place(city, region, code, is_remote)


def _is_state_alone(name: str) -> bool:
    return state_of(name) == State(name, "US") and name not in _RATHER_CITIES


def _tail(parts: list[str], code: str | None) -> tuple[str | None, str | None, list[str]]:
    """Take country and state off the end: "Austin, TX", "Austin, Texas, USA", "Rome, Italy"."""
    *rest, last = parts
    state, found = _state_in(last) if rest else None, _country_in(last, rest)
    if state and (code == state.country or (code is None and _is_meant(state, found, rest))):
        return state.country, state.name, rest
    if found is None or (code is not None and found != code):
        return code, None, parts
    if code is None and len(last) == 2 and _is_elsewhere(rest, found):
        return code, None, parts
    if len(rest) > 1:
        within = _state_in(rest[-1])
        return found, within.name if within and within.country == found else rest[-1], rest[:-1]
    if rest and found == "US" and len(rest[0]) > 2 and rest[0] != "New York":
        within = state_of(rest[0])
        if within and within.country == found:
            return found, within.name, []
    return found, None, rest


def _state_in(part: str) -> State | None:
    return state_of(part) if len(part) > 2 or part.isupper() else None


def _country_in(last: str, rest: list[str]) -> str | None:
    """The country of a name or a code; alone, two letters are one only for two countries."""
    is_code = last in _PLAIN_CODES or (last.isupper() and rest)
    return country_code(last) if len(last) > 2 or is_code else None


def _is_meant(state: State, found: str | None, rest: list[str]) -> bool:
    """Whether a state is rather meant than the country of its code or name, by what is before."""
    if found is None or _is_same(state, found):
        return True
    within = _state_in(rest[-1]) if len(rest) > 1 else None
    if within and within.country == found:
        return False
    sites = _sites(rest)
    if any((site.region, site.country) == state for site in sites):
        return True
    return state.country == "US" and not any(
        site.country == found and site.is_large for site in sites
    )


def _is_same(state: State, country: str) -> bool:
    """Whether ISO 3166 has a state as a country too: "San Juan, PR", and not "Tbilisi, Georgia"."""
    return state_of(country) == state and country_code(state.name) == country


def _is_elsewhere(rest: list[str], country: str) -> bool:
    """Whether cities of these names are known, but none there: "Cape Town, SA".

    UK and US are always believed: nothing else is written so.
    """
    countries = {site.country for site in _sites(rest)}
    return bool(countries) and country not in {*countries, "GB", "US"}


def _sites(names: list[str]) -> list[_Site]:
    return [site for name in names for site in _cities().get(_bare(name), ())]
