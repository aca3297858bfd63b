"""Places as people write them: countries in many spellings, cities with states, and "remote"."""

import functools
import re
from dataclasses import dataclass

import pycountry

# Spellings that ISO 3166 does not know; lower case, without full stops.
_ALIASES = {
    "usa": "US", "us": "US", "u s a": "US", "u s": "US", "america": "US",
    "united states of america": "US", "uk": "GB", "great britain": "GB", "england": "GB",
    "scotland": "GB", "wales": "GB", "northern ireland": "GB", "uae": "AE", "south korea": "KR",
    "korea": "KR", "republic of (south korea)": "KR", "republic of korea": "KR",
    "north korea": "KP", "russia": "RU", "vietnam": "VN", "taiwan (roc)": "TW", "taiwan": "TW",
    "iran": "IR", "syria": "SY", "bolivia": "BO", "venezuela": "VE", "tanzania": "TZ",
    "moldova": "MD", "czech republic": "CZ", "turkey": "TR", "türkiye": "TR",
    "ivory coast": "CI", "cape verde": "CV", "macedonia": "MK", "swaziland": "SZ",
    "france, metropolitan": "FR", "the netherlands": "NL", "holland": "NL", "deutschland": "DE",
    "österreich": "AT", "schweiz": "CH", "españa": "ES", "brasil": "BR", "méxico": "MX",
    "italia": "IT", "polska": "PL", "hong kong": "HK", "hong kong sar": "HK", "macau": "MO",
    "palestine": "PS", "laos": "LA", "brunei": "BN", "burma": "MM", "中国": "CN", "日本": "JP",
}  # fmt: skip
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
_SEPARATORS = re.compile(r"\s*(?:;|\||\s/\s|\s-\s|\bor\b|\band\b|•)\s*")
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
_SHORT = {"NYC": "New York", "New York City": "New York", "SF": "San Francisco"}
_EDGES = " -–—,.()[]:/"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in parts; `country` is an ISO 3166 code."""

    city: str | None = None
    region: str | None = None
    country: str | None = None
    is_remote: bool = False


@functools.lru_cache(maxsize=8192)
def country_code(spelling: str) -> str | None:
    """The ISO 3166 code of a country as written, None for what is no country."""
    key = spelling.strip(" .").lower().replace(".", "")
    if key in _ALIASES:
        return _ALIASES[key]
    return _codes().get(key)


@functools.cache
def _codes() -> dict[str, str]:
    """Every code and name of ISO 3166 in lower case."""
    found: dict[str, str] = {}
    for country in pycountry.countries:
        names = (
            country.alpha_2,
            country.alpha_3,
            country.name,
            getattr(country, "common_name", ""),
        )
        found |= {name.lower(): str(country.alpha_2) for name in names if name}
    return found


@functools.cache
def _states() -> dict[str, str]:
    """The states of the US by code; read late, since who serves never asks."""
    divisions = pycountry.subdivisions.get(country_code="US")  # type: ignore[no-untyped-call]
    return {state.code[3:]: state.name for state in divisions if len(state.code) == 5}


@functools.cache
def _state_names() -> dict[str, str]:
    """Their names, by the name in lower case."""
    return {name.lower(): name for name in _states().values()}


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
    return name in _state_names().values() and name not in _RATHER_CITIES


def _tail(parts: list[str], code: str | None) -> tuple[str | None, str | None, list[str]]:
    """Take country and state off the end: "Austin, TX", "Austin, Texas, USA", "Rome, Italy"."""
    last = parts[-1]
    state = _states().get(last) or _state_names().get(last.lower())
    if state and code in (None, "US") and (len(parts) > 1 or code == "US"):
        return "US", state, parts[:-1]
    found = country_code(last) if len(last) > 2 or last in ("UK", "US") else None
    if found is None or (code is not None and found != code):
        return code, None, parts
    rest = parts[:-1]
    if len(rest) > 1:
        region = rest[-1]
        return found, _states().get(region, region) if found == "US" else region, rest[:-1]
    if rest and found == "US" and rest[0].lower() in _state_names() and rest[0] != "New York":
        return found, rest[0], []
    return found, None, rest
